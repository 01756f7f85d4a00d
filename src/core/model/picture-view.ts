// What leaves the core for a screen or an API: JSON with units in the names. The console, /live and /api/v1 share these types.

import type { Origin } from "./observation.ts";

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
  affiliation: Affiliation;
  /** Class in words where a sensor or broadcast says one; "unknown" is an answer. */
  classification: string;
  identities: { scheme: string; value: string }[];
  claims: ClaimView[];
  contributions: ContributionView[];
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
  notices: NoticeView[];
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
  notices: NoticeView[];
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
