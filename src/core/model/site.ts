// A site as the core sees it: SI units, radians, resolved and checked. Made from site.yaml by server/configuration.

import type { Metres, MetresPerSecond, Pascals, Radians, Seconds } from "../base/units.ts";
import type { AlertLevel } from "./alert.ts";
import type { CameraConfiguration } from "./camera.ts";
import type { FriendIntent } from "./identity.ts";
import type { Height, NorthReference, Origin, SensorKey, TimeBasis } from "./observation.ts";
import type { OutputView } from "./picture-view.ts";
import type { ResponsePolicy } from "./response.ts";

export interface GeodeticPoint {
  readonly latitude: Radians;
  readonly longitude: Radians;
}

export interface GeodeticPosition extends GeodeticPoint {
  /** Above the WGS84 ellipsoid. */
  readonly heightHae: Metres;
}

export type ProtocolName =
  | "sapient"
  | "asterix"
  | "beast"
  | "avr"
  | "sbs"
  | "readsb-json"
  | "remote-id-json"
  | "remote-id-capture"
  | "dji-droneid"
  | "cot"
  | "mavlink";

/** What the core needs to know of a source; sockets belong to the shell. */
export interface SourceConfiguration {
  readonly id: string;
  readonly protocol: ProtocolName;
  readonly origin: Origin;
  readonly timeBasis: TimeBasis;
  readonly options: {
    readonly editions?: Readonly<Record<string, string>>;
    readonly nodeId?: string;
    readonly icdVersion?: string;
    readonly allowedNodes?: readonly string[];
    readonly strict?: boolean;
    /** What the time stamps of a Beast receiver count. */
    readonly beastTimestamps?: "12mhz" | "gps";
  };
}

export type SensorKind =
  | "radar"
  | "radar-2d"
  | "rf-direction-finder"
  | "rf-tdoa"
  | "remote-id"
  | "adsb"
  | "camera"
  | "acoustic"
  | "track-feed"
  | "other";

/** Where a sensor can see. Azimuths clockwise from true north. */
export interface FieldOfView {
  readonly rangeMin: Metres;
  readonly rangeMax: Metres;
  /** Middle of the sector; the sector is the whole circle when `azimuthWidth` is 2*pi. */
  readonly azimuthCentre: Radians;
  readonly azimuthWidth: Radians;
  readonly elevationMin: Radians;
  readonly elevationMax: Radians;
}

/** 1 sigma; used where a message does not carry its own. */
export interface SensorNoise {
  readonly range?: Metres;
  readonly azimuth?: Radians;
  readonly elevation?: Radians;
  readonly rangeRate?: MetresPerSecond;
  readonly horizontal?: Metres;
  readonly vertical?: Metres;
}

export interface SensorConfiguration {
  readonly id: string;
  readonly name: string;
  readonly kind: SensorKind;
  readonly source: string;
  /** Which sensor of the source; undefined takes every key of the source. */
  readonly key?: SensorKey;
  readonly position?: GeodeticPosition;
  readonly north: NorthReference;
  readonly noise: SensorNoise;
  readonly fieldOfView?: FieldOfView;
  /** Expected time between two looks at the same place. */
  readonly updatePeriod?: Seconds;
  readonly detectionProbability?: number;
  /** Expected false detections in one look over the whole field of view. */
  readonly falseDetectionsPerScan?: number;
  /** Silence after which the sensor is STALE, and after which it is OFFLINE. */
  readonly staleAfter: Seconds;
  readonly offlineAfter: Seconds;
}

export interface ProtectedAsset {
  readonly id: string;
  readonly name: string;
  readonly position: GeodeticPosition;
  /** Keep-out distance. */
  readonly radius: Metres;
  /** Larger is more important. */
  readonly weight: number;
}

export interface Schedule {
  /** Days 0 (Sunday) to 6, UTC; empty means every day. */
  readonly days: readonly number[];
  /** Seconds since midnight UTC; `to` may be before `from`, over midnight. */
  readonly from: Seconds;
  readonly to: Seconds;
}

export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly kind: "keep-out" | "alert" | "restricted" | "information";
  /** Outer ring, not closed, at least three points. */
  readonly polygon: readonly GeodeticPoint[];
  readonly floor?: Height;
  readonly ceiling?: Height;
  readonly schedule?: Schedule;
}

/** What a site sets about identification, threat and alarms. */
export interface JudgementSettings {
  /** Velocity of the air over ground, m/s, 1 sigma of each component. */
  readonly wind?: { readonly east: MetresPerSecond; readonly north: MetresPerSecond; readonly sigma: MetresPerSecond };
  readonly attention: {
    /** Threat score from which a person must assess an inbound track; below it a listed rule may. */
    readonly score: number;
    /** Time to assess an inbound track, and where it is nearer than `urgentBelow` to an asset. */
    readonly assess: Seconds;
    readonly urgent: Seconds;
    readonly urgentBelow: Seconds;
  };
  /** Changes to the set of alarms that Picket comes with. */
  readonly alarms: readonly {
    readonly id: string;
    readonly level?: AlertLevel;
    readonly enabled?: boolean;
    readonly onDelay?: Seconds;
    readonly offDelay?: Seconds;
  }[];
  /** Threats are judged this far ahead. */
  readonly horizon: Seconds;
}

export const DEFAULT_JUDGEMENT: JudgementSettings = {
  attention: { score: 0.5, assess: 20 as Seconds, urgent: 5 as Seconds, urgentBelow: 60 as Seconds },
  alarms: [],
  horizon: 300 as Seconds,
};

/** What the core needs to know of a way to reach people; addresses and secrets belong to the shell. */
export interface ChannelConfiguration {
  readonly id: string;
  /** Alarms of these levels go there. */
  readonly levels: readonly AlertLevel[];
  readonly takeCover: boolean;
  /** Takes exercise, simulated and recorded alarms, marked as such; other channels take live ones only. */
  readonly exercise: boolean;
}

/** One way out of the site. The core sends nothing by it: it is here so that the journal says what could leave at any time, and to whom. */
export interface OutputConfiguration {
  readonly id: string;
  readonly protocol: OutputView["protocol"];
  /** Of the receiver, or of the port that receivers connect to. */
  readonly address: string;
  readonly enabled: boolean;
  /** Simulated, recorded and exercise data may go there. */
  readonly exercise: boolean;
  readonly pilotPositions: boolean;
}

export interface Site {
  /** Absent: none. */
  readonly cameras?: readonly CameraConfiguration[];
  readonly id: string;
  readonly name: string;
  /** Origin of the site's east-north-up frame. */
  readonly origin: GeodeticPosition;
  /** Pressure reduced to mean sea level; undefined inflates the variance of pressure altitudes. */
  readonly qnh?: Pascals;
  readonly sources: readonly SourceConfiguration[];
  readonly sensors: readonly SensorConfiguration[];
  readonly assets: readonly ProtectedAsset[];
  readonly zones: readonly Zone[];
  /** Absent where the site has none. */
  readonly outputs?: readonly OutputConfiguration[];
  /** Absent in journals from before there was a judgement: DEFAULT_JUDGEMENT. */
  readonly judgement?: JudgementSettings;
  readonly channels?: readonly ChannelConfiguration[];
  /** Own drones and announced flights from files. */
  readonly friends?: readonly FriendIntent[];
  /** Absent: no case can be opened. */
  readonly response?: ResponsePolicy;
}
