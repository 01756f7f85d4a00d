// What leaves the core for a screen or an API: JSON with units in the names. The console, /live and /api/v1 share these types.

import type { AlertLevel, AlertState, DismissalReason } from "./alert.ts";
import type { CameraView } from "./camera.ts";
import type { HandOverView } from "./hand-over.ts";
import type { ClassName, FindingCode } from "./identity.ts";
import type { Origin } from "./observation.ts";
import type { TaskPhase } from "./sensor-task.ts";

export type Freshness = "LIVE" | "DEGRADED" | "STALE" | "OFFLINE";
export type Affiliation = "pending" | "unknown" | "assumed-friend" | "friend" | "neutral" | "suspect" | "hostile";
export type TrackStatus = "tentative" | "confirmed" | "coasting";

export interface PlaceView {
  latitudeDegrees: number;
  longitudeDegrees: number;
  /** null: unknown. */
  heightHaeMetres: number | null;
  heightAmslMetres: number | null;
}

export interface ClaimView {
  /** Sensor that heard it. */
  sensorId: string;
  heardAtUs: number;
  serial?: string;
  sessionId?: string;
  caaRegistration?: string;
  operatorId?: string;
  callsign?: string;
  icao24?: string;
  squawk?: string;
  category?: string;
  model?: string;
  description?: string;
  emergency?: string;
  operationalStatus?: string;
  onGround?: boolean;
  heightAboveTakeoffMetres?: number;
  claimedAffiliation?: Affiliation;
  transport?: string;
  /** Addresses of pictures or clips that the sensor names: text for a person. The server fetches one when asked, if the site allows its address. */
  files?: { type: string; url: string }[];
  operator?: PlaceView & { kind: "take-off" | "live" | "fixed" };
}

export interface ContributionView {
  sensorId: string;
  lastAtUs: number;
  detections: number;
}

export interface TrackView {
  /** Site-unique counter; "T12", and "SIM-T12" and the like for anything that is not live. */
  id: string;
  status: TrackStatus;
  origin: Origin;
  freshness: Freshness;
  /** 0..1 */
  existence: number;
  firstAtUs: number;
  /** Instant for which position and velocity are given. */
  atUs: number;
  /** Newest measurement in it. */
  measuredAtUs: number;
  position: PlaceView;
  /** Metres from the site's origin. */
  eastMetres: number;
  northMetres: number;
  upMetres: number;
  velocityEastMps: number;
  velocityNorthMps: number;
  velocityUpMps: number;
  speedMps: number;
  /** Clockwise from true north. */
  courseDegrees: number;
  /** 95 % horizontal ellipse; the azimuth is that of the major axis. */
  ellipse: { semiMajorMetres: number; semiMinorMetres: number; azimuthDegrees: number };
  verticalSigmaMetres: number | null;
  /** What is shown: a person's declaration in force, else what automation says. */
  affiliation: Affiliation;
  /** What automation says, at most "suspect" one way and "assumed-friend" the other. */
  automaticAffiliation: Affiliation;
  /** Newest words of a sensor or broadcast about the class; "unknown" where nobody said any. */
  classification: string;
  /** Picket's own answer, or a person's declaration in force; "unknown" is an answer. */
  className: ClassName;
  /** 0..1 */
  classConfidence: number;
  /** 0..1 that people are aboard; that it is an unmanned aircraft. */
  manned: number;
  uas: number;
  /** 0..1: how far the sources contradict each other about whose it is. */
  conflict: number;
  declarations: DeclarationView[];
  findings: FindingView[];
  friendId: string | null;
  groupId: string | null;
  /** Operator who has it in hand. */
  heldBy: string | null;
  threat: TrackThreatView;
  attention: AttentionView;
  identities: { scheme: string; value: string }[];
  claims: ClaimView[];
  contributions: ContributionView[];
}

/** A sentence by its key in the catalogue, so that each console shows its own language; `text` is English. */
export interface SentenceView {
  key: string;
  values: Record<string, string | number>;
  text: string;
}

export interface FindingView extends SentenceView {
  code: FindingCode;
  atUs: number;
  confidence: number;
  tracks: string[];
}

export interface DeclarationView {
  question: "class" | "affiliation";
  value: string;
  by: string;
  authenticated: boolean;
  atUs: number;
  reason: string;
  expiresAtUs: number;
}

export interface TrackThreatView {
  /** 0..1; a ranking and no proposal. */
  score: number;
  /** The asset that is worst off; null when there is none. */
  assetId: string | null;
  distanceMetres: number | null;
  /** Seconds until the straight prediction enters the keep-out that is reached first; 0 inside; null when it enters none. */
  timeToZoneSeconds: number | null;
  /** What that keep-out is of, and how far it is now, horizontally (an asset's centre, a zone's edge: 0 inside). Null when none is entered. */
  reaches: { kind: "asset" | "zone"; id: string; distanceMetres: number } | null;
  /** 0..1 that it enters within the horizon. */
  entryProbability: number;
  inbound: boolean;
}

export interface AttentionView {
  state: "not-inbound" | "due" | "overdue" | "assessed" | "dismissed" | "reopened";
  assessByUs: number | null;
  needs: "person" | "rule";
  assessedAtUs: number | null;
  by: string | null;
  rule: SentenceView | null;
  reason: DismissalReason | null;
  text: string | null;
  reopenedBecause: string | null;
}

export interface AlertView {
  /** "A17", "SIM-A17". */
  id: string;
  definitionId: string;
  subject: string;
  origin: Origin;
  level: AlertLevel;
  state: AlertState;
  raisedAtUs: number;
  lastAtUs: number;
  acknowledgedAtUs: number | null;
  acknowledgedBy: string | null;
  shelvedUntilUs: number | null;
  shelvedBy: string | null;
  shelvedReason: string | null;
  clearedAtUs: number | null;
  heldBy: string | null;
  tracks: string[];
  assetId: string | null;
  /** What happened, and what the operator is to do. */
  condition: SentenceView;
  action: SentenceView;
  repeats: number;
}

/** Tracks that move together: shown as one, members kept. */
export interface GroupView {
  id: string;
  origin: Origin;
  tracks: string[];
  /** Number of objects, with its 95 % interval. */
  count: number;
  countLow: number;
  countHigh: number;
  /** Outline, [longitudeDegrees, latitudeDegrees]. */
  hull: [number, number][];
}

export interface CoverView {
  state: "ordered" | "all-clear";
  atUs: number;
  by: string;
  assetIds: string[];
  text: string;
  /** What became of it, by channel. */
  receipts: { channel: string; state: string; atUs: number; message: string }[];
}

export interface SensorView {
  id: string;
  name: string;
  kind: string;
  sourceId: string;
  key: string;
  origin: Origin;
  freshness: Freshness;
  /** The sensor is in the configuration; otherwise it appeared by itself. */
  configured: boolean;
  /** Plain sentences: why it is not LIVE, what it says of itself. */
  notes: string[];
  state: "operational" | "degraded" | "fault" | "off" | "goodbye" | "unknown";
  position: PlaceView | null;
  lastAtUs: number | null;
  detectionsPerSecond: number;
  detections: number;
  /** Sensor time minus receive time, seconds, averaged; null where the sensor carries no time. */
  clockOffsetSeconds: number | null;
  rangeMaxMetres: number | null;
  azimuthCentreDegrees: number | null;
  azimuthWidthDegrees: number | null;
  /** Absent where nothing can be asked of the sensor: it does not speak SAPIENT, or is not registered now. */
  tasking?: SensorTaskingView;
}

/** What may be asked of a SAPIENT node now, and what became of what was asked. */
export interface SensorTaskingView {
  nodeId: string;
  /** Why nothing may be sent to it, the effector guard's reason among others; null: it may. */
  refusal: string | null;
  mode: string;
  /** Modes that it declared. */
  modes: string[];
  /** Kinds of `SensorTask` that it declared for the mode that it is in. */
  commands: string[];
  /** Words that it declared for a request. */
  requests: string[];
  /** Newest first, at most 16. */
  tasks: SensorTaskView[];
}

export interface SensorTaskView {
  id: string;
  /** The command that asked for it. */
  commandId: string;
  /** In words: "request Status", "mode_change Night". */
  what: string;
  phase: TaskPhase;
  /** Why it was refused, failed or given up; empty when there is nothing to say. */
  reason: string;
  orderedBy: string;
  /** The standing rule that ordered it; null: a person's press. */
  rule: string | null;
  orderedAtUs: number;
  changedAtUs: number;
  /** How often it was sent; 0 when it was refused. */
  sendings: number;
}

export interface CountView {
  code: string;
  item: string;
  count: number;
  /** One plain sentence: the newest example. */
  message: string;
  lastAtUs: number;
}

export interface SourceView {
  id: string;
  protocol: string;
  origin: Origin;
  timeBasis: string;
  direction: "listen" | "connect" | "subscribe" | "file";
  transport: string;
  host: string;
  port: number | null;
  state: "starting" | "listening" | "connecting" | "connected" | "retrying" | "failed" | "stopped" | "ended";
  /** One plain sentence when the state needs one. */
  message: string;
  /** True where anyone on the network may send to it. */
  unauthenticated: boolean;
  connections: number;
  packets: number;
  bytes: number;
  packetsPerSecond: number;
  records: number;
  lastAtUs: number | null;
  errors: CountView[];
  drops: { reason: string; count: number }[];
}

/** One way out of the site, as configured. */
export interface OutputView {
  id: string;
  protocol: "asterix" | "cot" | "mqtt" | "sapient-recorder" | "sapient-parent";
  /** "udp://239.2.3.1:6969", "tls://192.0.2.7:8089". */
  address: string;
  /** Only then does anything but live data go there. */
  exercise: boolean;
  /** Positions of pilots may go there. */
  pilotPositions: boolean;
  encrypted: boolean;
  /** "off": kept in the configuration, not enabled. */
  state: "off" | "starting" | "sending" | "listening" | "connecting" | "connected" | "retrying" | "failed" | "stopped";
  /** One plain sentence when the state needs one. */
  message: string;
  /** Clients connected, where others connect to it; else 1 while the link stands. */
  receivers: number;
  /** Messages handed to the network since the start, and their octets. */
  sent: number;
  bytes: number;
  lastAtUs: number | null;
  drops: { reason: string; count: number }[];
}

export interface SiteView {
  id: string;
  name: string;
  latitudeDegrees: number;
  longitudeDegrees: number;
  heightHaeMetres: number;
  assets: { id: string; name: string; latitudeDegrees: number; longitudeDegrees: number; radiusMetres: number }[];
  zones: {
    id: string;
    name: string;
    kind: string;
    polygon: [longitudeDegrees: number, latitudeDegrees: number][];
    floor: { kind: string; metres: number } | null;
    ceiling: { kind: string; metres: number } | null;
    /** In force now, by its schedule. */
    active: boolean;
  }[];
}

export interface NoticeView {
  id: number;
  atUs: number;
  level: "info" | "warning" | "error";
  /** Message catalogue key with its values, so that each console shows its own language; `text` is English. */
  key: string;
  values: Record<string, string | number>;
  text: string;
}

export interface SystemView {
  version: string;
  /** "live", or "replay" with the state of the scrub. */
  mode: "live" | "replay";
  replay: { file: string; startUs: number; endUs: number; atUs: number; speed: number; playing: boolean } | null;
  health: "OK" | "DEGRADED";
  healthReasons: string[];
  journal: { file: string; bytes: number; sealedSequence: number; daysLeft: number | null; recording: boolean } | null;
  sequence: number;
  nowUs: number;
}

/** First message on /live, and again after a gap that deltas cannot bridge. */
export interface SnapshotMessage {
  type: "snapshot";
  sentAtUs: number;
  /** Counts up by one with each message to this client. */
  revision: number;
  site: SiteView;
  system: SystemView;
  tracks: TrackView[];
  sensors: SensorView[];
  sources: SourceView[];
  /** Absent where nothing can leave: a replay. */
  outputs?: OutputView[];
  notices: NoticeView[];
  judgement: JudgementView;
  /** Absent: none. */
  cameras?: CameraView[];
}

/** What of the judgement is not of one track. Sent whole when it changed. */
export interface JudgementView {
  /** Alarms that are not cleared, highest level and newest first. */
  alerts: AlertView[];
  groups: GroupView[];
  /** Track ids by rank, the first hundred. */
  ranking: string[];
  /** The order in force, or the newest all-clear; null when there was none. */
  cover: CoverView | null;
  /** Ids of assets for which Picket suggests to order cover now, with why. */
  coverPrompts: (SentenceView & { assetId: string; trackId: string })[];
  wind: { eastMps: number; northMps: number; sigmaMps: number; from: string } | null;
  /** What people said of which tracks are one; absent: nothing. */
  associations?: AssociationView[];
  /** What people wrote about tracks, oldest first; absent: nothing. */
  notes?: TrackNoteView[];
  /** The newest hand-over of the watch; absent: there was none. */
  handOver?: HandOverView;
  /** Directions in which something is heard that no track explains; absent: none. */
  bearings?: BearingTrackView[];
}

/** A direction without a distance, of one receiver. */
export interface BearingTrackView {
  /** "B4", "SIM-B4". */
  id: string;
  origin: Origin;
  sensorId: string;
  /** Of the receiver. */
  latitudeDegrees: number;
  longitudeDegrees: number;
  /** Clockwise from true north, and 1 sigma. */
  azimuthDegrees: number;
  sigmaDegrees: number;
  /** As far as the receiver hears. */
  rangeMetres: number;
}

/** A split or a merge that a person ordered and that stands. */
export interface AssociationView {
  id: number;
  kind: "split" | "merge";
  /** Keeps its name. */
  trackId: string;
  /** Split off, as far as it has begun; or merged into it. */
  others: string[];
  /** Of a split: the sensor or the names whose detections are another object. */
  sensorId: string | null;
  names: string[];
  by: string;
  authenticated: boolean;
  atUs: number;
  reason: string;
  expiresAtUs: number;
  /** Of a merge: tracks that are shown by themselves because they are surely elsewhere. */
  apart: string[];
}

export interface TrackNoteView {
  id: number;
  trackId: string;
  text: string;
  by: string;
  authenticated: boolean;
  atUs: number;
}

/** Whole replacements of what changed; `removed` are identifiers. */
export interface DeltaMessage {
  type: "delta";
  sentAtUs: number;
  revision: number;
  system?: SystemView;
  site?: SiteView;
  tracks: TrackView[];
  removedTracks: string[];
  sensors: SensorView[];
  sources: SourceView[];
  /** All of them, when any changed. */
  outputs?: OutputView[];
  notices: NoticeView[];
  judgement?: JudgementView;
  /** All of them, when one changed. */
  cameras?: CameraView[];
}

/** Sent each second when nothing else is, so that silence is noticed. */
export interface HeartbeatMessage {
  type: "heartbeat";
  sentAtUs: number;
  revision: number;
  nowUs: number;
}

export type LiveMessage = SnapshotMessage | DeltaMessage | HeartbeatMessage;

/** Browser to server on /live: replay control only in this version; answered by the next delta. */
export type LiveCommand =
  | { type: "replay"; action: "play" | "pause" }
  | { type: "replay"; action: "seek"; atUs: number }
  | { type: "replay"; action: "speed"; speed: number };
