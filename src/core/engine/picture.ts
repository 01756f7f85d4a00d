// The picture: everything Picket holds to be true of the sky and of its own senses. Plain data throughout (objects, arrays,
// Maps, typed arrays, numbers, strings), so that a snapshot is exact and a replay can be compared bit for bit.

import type { Micros, Pascals } from "../base/units.ts";
import { type LocalFrame, localFrame } from "../geodesy/wgs84.ts";
import type { HandOver } from "../model/hand-over.ts";
import type { ClaimStatements, Identity, MicroDoppler, NorthReference, Origin, SensorClassification } from "../model/observation.ts";
import type { Freshness } from "../model/picture-view.ts";
import type { FieldOfView, SensorKind, SensorNoise, Site, SourceConfiguration } from "../model/site.ts";
import type { ResponseState } from "../response/response-state.ts";
import type { TrackerState } from "../tracking/picket-tracker.ts";
import type { TrackerDetection } from "../tracking/tracker.ts";
import type { Association } from "./associations.ts";
import type { CameraState } from "./cameras.ts";
import { createJudgement, type JudgementState } from "./judgement-state.ts";
import type { ClockAnchor } from "./measurement-time.ts";
import type { TrackNote } from "./track-notes.ts";

/** How often one kind of refusal happened, with the newest example in plain words. */
export interface Count {
  code: string;
  item: string;
  message: string;
  count: number;
  lastAt: Micros;
}

export interface SourceState {
  configuration: SourceConfiguration;
  /** Of the protocol named in the configuration. */
  protocolState: unknown;
  state: string;
  message: string;
  connections: number;
  packets: number;
  bytes: number;
  records: number;
  lastAt: Micros | undefined;
  /** Keyed "code item"; bounded. */
  errors: Map<string, Count>;
  drops: Map<string, number>;
  /** Packets since the last whole second, and the smoothed rate. */
  packetsThisSecond: number;
  packetsPerSecond: number;
  /** For `sensor-shifted`: how the recording's clock lies against ours. */
  clockAnchor: ClockAnchor | undefined;
}

/** Detections of one look that are still arriving. */
export interface OpenScan {
  origin: Origin;
  /** Measurement time of the first detection. */
  t: Micros;
  firstArrivalAt: Micros;
  lastArrivalAt: Micros;
  detections: TrackerDetection[];
  /** Beside each detection, what the engine needs after association. */
  contexts: DetectionContext[];
}

export interface DetectionContext {
  identities: readonly Identity[];
  classification: string | undefined;
  sourceTrackId: string | undefined;
  ended: boolean;
  features: DetectionFeatures;
}

/** What a detection said besides where the object is. */
export interface DetectionFeatures {
  /** When it reached the server. */
  heardAt: Micros;
  /** The instant that a broadcast itself carries, believed or not. */
  stampAt?: Micros;
  rcsDbsm?: number;
  snrDb?: number;
  signalDbm?: number;
  microDoppler?: MicroDoppler;
  classifications?: readonly SensorClassification[];
}

export interface SensorState {
  id: string;
  name: string;
  kind: SensorKind;
  sourceId: string;
  key: string;
  origin: Origin;
  configured: boolean;
  /** WGS84, radians and metres above the ellipsoid; configured, or told by the sensor itself. */
  position: { latitude: number; longitude: number; heightHae: number } | undefined;
  positionFrom: "configuration" | "sensor" | undefined;
  frame: LocalFrame | undefined;
  heading: number | undefined;
  north: NorthReference;
  noise: SensorNoise;
  fieldOfView: FieldOfView | undefined;
  updatePeriod: number | undefined;
  detectionProbability: number | undefined;
  falseDetectionsPerScan: number | undefined;
  staleAfter: number;
  offlineAfter: number;
  state: "operational" | "degraded" | "fault" | "off" | "goodbye" | "unknown";
  /** What the sensor says of itself. */
  notes: string[];
  /** What Picket says of it: "clock off by 4 s", "position not known". */
  findings: Map<string, string>;
  lastAt: Micros | undefined;
  detections: number;
  detectionsThisSecond: number;
  /** The tracker's count of refused detections at the last whole second. */
  refusedBefore: number;
  detectionsPerSecond: number;
  /** Smoothed sensor time minus receive time, seconds. */
  clockOffset: number | undefined;
  openScan: OpenScan | undefined;
  /** While its source floods: when each of its own tracks was last fused. */
  fusedAt: Map<string, Micros>;
  /** Trackers that know the sensor at its present place. */
  placedIn: Origin[];
  /** At the last whole second, to tell the operator of a change once. */
  freshness: Freshness;
}

export interface ClaimRecord {
  id: number;
  origin: Origin;
  sensorId: string;
  heardAt: Micros;
  statements: ClaimStatements;
  /** Every identity that the broadcast used, strongest first. */
  identities: Identity[];
}

/** What the engine keeps of a track beside the tracker's estimate. */
export interface TrackRecord {
  id: number;
  origin: Origin;
  createdAt: Micros;
  updatedAt: Micros;
  /** Keyed "scheme:value". */
  identities: Map<string, Identity>;
  /** Keyed by sensor id. */
  contributions: Map<string, { lastAt: Micros; detections: number }>;
  classification: string;
}

export interface Notice {
  id: number;
  at: Micros;
  level: "info" | "warning" | "error";
  key: string;
  values: Record<string, string | number>;
}

export interface Picture {
  sequence: number;
  now: Micros;
  softwareVersion: string;
  site: Site | undefined;
  /** Origin of the site's ENU frame. */
  frame: LocalFrame;
  /** Pa; a person's entry stands over the file's. */
  qnh: Pascals | undefined;
  sources: Map<string, SourceState>;
  /** Keyed by sensor id. */
  sensors: Map<string, SensorState>;
  /** "sourceId key" -> sensor id. */
  sensorByKey: Map<string, string>;
  /** Live and other origins never fuse: one tracker for each. */
  trackers: Map<Origin, TrackerState>;
  /** How far the clock of a tracker's measurements is behind ours, us: recordings run on their own clock; 0 for live. */
  lags: Map<Origin, number>;
  /** Keyed by `trackKey(origin, id)`. */
  tracks: Map<string, TrackRecord>;
  /** The one silent longest comes first; what makes room is decided by worth (`claims.ts`). */
  claims: Map<number, ClaimRecord>;
  /** "origin scheme:value" -> the newest claim about that identity. */
  claimByIdentity: Map<string, number>;
  nextClaimId: number;
  notices: Notice[];
  nextNoticeId: number;
  /** Whole second (Unix) of the last housekeeping. */
  lastSecond: number;
  lastAdvanceAt: Micros;
  dropped: Map<string, number>;
  /** What is thought of it all: identities, threats, alarms. */
  judgement: JudgementState;
  /** Highest connection number so far: a server that goes on with this picture counts on from here. */
  lastConnection: number;
  /** What people said of which tracks are one; absent: nothing, and in snapshots of versions without. */
  associations?: Association[];
  nextAssociationId?: number;
  /** What people wrote about tracks, oldest first; absent: nothing. */
  trackNotes?: TrackNote[];
  /** The newest hand-overs of the watch, oldest first; absent: none. */
  handOvers?: HandOver[];
  /** Keyed by camera id; absent in snapshots of versions without cameras. */
  cameras?: Map<string, CameraState>;
  /** Cases that people decide; absent before there was a policy or an account. */
  response?: ResponseState;
}

export function createPicture(): Picture {
  return {
    sequence: 0,
    now: 0 as Micros,
    softwareVersion: "",
    site: undefined,
    frame: localFrame(0, 0, 0),
    qnh: undefined,
    sources: new Map(),
    sensors: new Map(),
    sensorByKey: new Map(),
    trackers: new Map(),
    lags: new Map(),
    tracks: new Map(),
    claims: new Map(),
    claimByIdentity: new Map(),
    nextClaimId: 1,
    notices: [],
    nextNoticeId: 1,
    lastSecond: 0,
    lastAdvanceAt: 0 as Micros,
    dropped: new Map(),
    judgement: createJudgement(),
    lastConnection: 0,
  };
}

/** Bounds that keep a flood from filling the memory; what is dropped is counted. */
export const LIMITS = {
  sensorsPerSource: 512,
  errorsPerSource: 64,
  claims: 8192,
  identitiesPerTrack: 16,
  notices: 256,
  bearings: 512,
  detectionsPerScan: 4096,
};

const PREFIX: Record<Origin, string> = { live: "", simulated: "SIM-", recorded: "REC-", exercise: "EX-" };

/** "T12", or with the label of its origin in front: "SIM-T12". */
export function trackKey(origin: Origin, id: number): string {
  // A name is asked for many times a second; one and the same text is found in a map far faster than one that is equal.
  const names = NAMES[origin];
  let name = names.get(id);
  if (name === undefined) {
    if (names.size > 8192) names.clear();
    name = `${PREFIX[origin]}T${id}`;
    names.set(id, name);
  }
  return name;
}
const NAMES: Record<Origin, Map<number, string>> = { live: new Map(), simulated: new Map(), recorded: new Map(), exercise: new Map() };

export const identityKey = (identity: Identity): string => `${identity.scheme}:${identity.value}`;

/** Counts a refusal under its code and item; the newest example's sentence is kept. */
export function countError(errors: Map<string, Count>, code: string, item: string, message: string, at: Micros, by = 1): void {
  const key = `${code} ${item}`;
  const known = errors.get(key);
  if (known !== undefined) {
    known.count += by;
    known.message = message;
    known.lastAt = at;
    return;
  }
  if (errors.size >= LIMITS.errorsPerSource) {
    const other = errors.get("other other");
    if (other !== undefined) {
      other.count += by;
      other.message = message;
      other.lastAt = at;
      return;
    }
    // The rarest makes room, so that its count is not lost but joins "other".
    let rarest: Count | undefined;
    for (const entry of errors.values()) if (rarest === undefined || entry.count < rarest.count) rarest = entry;
    if (rarest !== undefined) errors.delete(`${rarest.code} ${rarest.item}`);
    errors.set("other other", { code: "other", item: "other", message, count: by + (rarest?.count ?? 0), lastAt: at });
    return;
  }
  errors.set(key, { code, item, message, count: by, lastAt: at });
}

/** Tells the operator; the newest `LIMITS.notices` are kept. Keys are those of the console's catalogue. */
export function notify(picture: Picture, level: Notice["level"], key: string, values: Record<string, string | number>): void {
  picture.notices.push({ id: picture.nextNoticeId, at: picture.now, level, key, values });
  picture.nextNoticeId += 1;
  if (picture.notices.length > LIMITS.notices) picture.notices.shift();
}
