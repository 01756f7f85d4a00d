// What a sensor tells: the nouns that every protocol produces and that the engine consumes.
// Plain data throughout: no class instances, no functions, so that a picture can be snapshotted bit for bit.

import type { Metres, MetresPerSecond, Micros, Radians, Seconds } from "../base/units.ts";
import type { FieldOfView } from "./site.ts";

/** Where a sensor's data really comes from; configured, journalled, and shown wherever it is not "live". */
export type Origin = "live" | "simulated" | "recorded" | "exercise";

/** Which clock dates a source's measurements; "sensor-shifted" is for recordings, whose clock is old. */
export type TimeBasis = "receive" | "sensor" | "sensor-shifted";

/**
 * The time that the message itself carries. The engine resolves it into an instant with the source's `timeBasis`.
 * `utc`: a full instant. `time-of-day`: seconds since midnight UTC, date unknown (ASTERIX).
 * `hour`: seconds since the full hour, UTC (Remote ID). `sent`: a full instant of sending, up to `maximumLatency` after the
 * measurement (SAPIENT). `relative`: a free-running counter in microseconds (Beast 12 MHz, radio captures without a date).
 */
export type SensorTime =
  | { readonly kind: "utc"; readonly at: Micros }
  | { readonly kind: "time-of-day"; readonly seconds: Seconds }
  | { readonly kind: "hour"; readonly seconds: Seconds }
  | { readonly kind: "sent"; readonly at: Micros; readonly maximumLatency: Seconds }
  | { readonly kind: "relative"; readonly at: Micros };

/**
 * Four heights that never mix without a conversion that says its error.
 * hae: above the WGS84 ellipsoid. amsl: above mean sea level (EGM96). pressure: ISA pressure altitude, needs QNH.
 * takeoff: above the place of take-off.
 */
export type HeightKind = "hae" | "amsl" | "pressure" | "takeoff";
export interface Height {
  readonly kind: HeightKind;
  readonly value: Metres;
  /** 1 sigma; undefined when the sensor does not say (the engine then uses the sensor's configuration). */
  readonly sigma?: Metres;
}

/** North to which an azimuth is counted, clockwise. `platform` needs the sensor's heading. */
export type NorthReference = "true" | "magnetic" | "grid" | "platform";

/** Measured from the sensor's own position. Every sigma is 1 sigma; undefined means: use the sensor's configuration. */
export interface PolarMeasurement {
  readonly kind: "polar";
  /** Slant range. */
  readonly range: Metres;
  readonly rangeSigma?: Metres;
  /** Clockwise from `north`, in [0, 2*pi). */
  readonly azimuth: Radians;
  readonly azimuthSigma?: Radians;
  readonly north: NorthReference;
  /** Above the sensor's horizontal plane. Undefined for a 2-D radar. */
  readonly elevation?: Radians;
  readonly elevationSigma?: Radians;
  /** Positive away from the sensor. */
  readonly rangeRate?: MetresPerSecond;
  readonly rangeRateSigma?: MetresPerSecond;
  /** A height reported beside range and azimuth, for example a transponder's Mode C level. */
  readonly height?: Height;
}

/** A direction without a range. */
export interface BearingMeasurement {
  readonly kind: "bearing";
  readonly azimuth: Radians;
  readonly azimuthSigma?: Radians;
  readonly north: NorthReference;
  readonly elevation?: Radians;
  readonly elevationSigma?: Radians;
}

/** A place on the Earth, WGS84. */
export interface PositionMeasurement {
  readonly kind: "position";
  readonly latitude: Radians;
  readonly longitude: Radians;
  /** Undefined means unknown, never zero. */
  readonly height?: Height;
  /** 1 sigma along each horizontal axis (isotropic) unless `covarianceEn` is given. */
  readonly horizontalSigma?: Metres;
  /** [east-east, east-north, north-north], m^2. */
  readonly covarianceEn?: readonly [number, number, number];
  /** East, north and (where known) up velocity, m/s, with 1 sigma for each axis. */
  readonly velocityEast?: MetresPerSecond;
  readonly velocityNorth?: MetresPerSecond;
  readonly velocityUp?: MetresPerSecond;
  readonly velocitySigma?: MetresPerSecond;
}

/** A position in metres from a stated WGS84 origin, for sensors that measure a local Cartesian plane (CAT010, desk scenarios). */
export interface LocalMeasurement {
  readonly kind: "local";
  /** East, north (m) from the sensor's position; `up` undefined means unknown. */
  readonly east: Metres;
  readonly north: Metres;
  readonly up?: Metres;
  readonly sigma?: Metres;
}

export type Measurement = PolarMeasurement | BearingMeasurement | PositionMeasurement | LocalMeasurement;

/**
 * Which sensor of a source: the protocol's own key, resolved by the engine against the configuration.
 * ASTERIX "SAC/SIC", SAPIENT node_id, a Remote ID receiver's id, "" where a source is one sensor.
 */
export type SensorKey = string;

/** An identity that the object itself or its transmission carries. `value` is opaque to the tracker. */
export interface Identity {
  readonly scheme:
    | "icao24"
    | "mode3a"
    | "remote-id-serial"
    | "remote-id-session"
    | "caa-registration"
    | "radio-address"
    | "source-track"
    | "callsign"
    | "cot-uid"
    | "mavlink-system";
  readonly value: string;
}

/** A sensor's own opinion of what it sees; kept in its words and mapped where it can be. */
export interface SensorClassification {
  readonly label: string;
  readonly confidence?: number; // 0..1
}

/** What a radar with micro-Doppler says of the moving parts of an object. */
export type MicroDoppler = "rotor" | "propeller" | "flap" | "none";

/** One measurement of one object by one sensor at one time. */
export interface Detection {
  readonly type: "detection";
  readonly sensorKey: SensorKey;
  readonly time: SensorTime | undefined;
  readonly measurement: Measurement;
  /** Strongest identity first. Two detections with an equal identity are claimed to be one object; a claim, not a proof. */
  readonly identities: readonly Identity[];
  readonly classifications?: readonly SensorClassification[];
  /** dB relative to 1 m^2. */
  readonly rcsDbsm?: number;
  /** Moving parts that a radar with micro-Doppler saw. */
  readonly microDoppler?: MicroDoppler;
  readonly signalDbm?: number;
  readonly snrDb?: number;
  /** 0..1 that there is an object at all, as the sensor says. */
  readonly confidence?: number;
  /** Marked by the sensor itself as a simulated or test target. */
  readonly simulated?: boolean;
}

/**
 * A sensor's own track. Its errors are correlated in time, so it is fused as such and never as independent detections.
 */
export interface SourceTrack {
  readonly type: "source-track";
  readonly sensorKey: SensorKey;
  /** The source's own track identifier; unique within the sensor. */
  readonly sourceTrackId: string;
  readonly time: SensorTime | undefined;
  readonly measurement: Measurement;
  readonly identities: readonly Identity[];
  readonly classifications?: readonly SensorClassification[];
  /** dB relative to 1 m^2. */
  readonly rcsDbsm?: number;
  readonly microDoppler?: MicroDoppler;
  /** Identifiers of the detections or tracks that it was made of, so that nothing is counted twice. */
  readonly lineage?: readonly string[];
  readonly coasting?: boolean;
  readonly ended?: boolean;
  readonly confidence?: number;
  readonly simulated?: boolean;
}

/** What an object broadcasts of itself, or a partner says of it. Evidence, never identity. */
export interface Claim {
  readonly type: "claim";
  readonly sensorKey: SensorKey;
  readonly time: SensorTime | undefined;
  /** Of whom: matched with the identities of detections. */
  readonly about: readonly Identity[];
  /** Only what this message said; the engine keeps the newest of each. Text is sanitised by the codec. */
  readonly statements: ClaimStatements;
}

export interface ClaimStatements {
  readonly serial?: string;
  readonly sessionId?: string;
  readonly caaRegistration?: string;
  readonly operatorId?: string;
  readonly callsign?: string;
  readonly icao24?: string;
  /** Four octal digits. */
  readonly squawk?: string;
  /** The standard's own words: "helicopter or multirotor", "A3 large", "unmanned aerial vehicle". */
  readonly category?: string;
  readonly model?: string;
  readonly description?: string;
  readonly emergency?: string;
  readonly operationalStatus?: string;
  readonly onGround?: boolean;
  readonly operatorLatitude?: Radians;
  readonly operatorLongitude?: Radians;
  readonly operatorHeight?: Height;
  readonly operatorPositionKind?: "take-off" | "live" | "fixed";
  /** Height above take-off or ground as broadcast, beside the detection's own height. */
  readonly heightAboveTakeoff?: Metres;
  /** The letter a partner's system uses: p u a f n s h (CoT). Shown as a claim of that partner. */
  readonly affiliation?: "pending" | "unknown" | "assumed-friend" | "friend" | "neutral" | "suspect" | "hostile";
  readonly authenticated?: boolean;
  readonly transport?: string;
  /** Addresses of pictures or clips, for people; nothing fetches them. */
  readonly files?: readonly { readonly type: string; readonly url: string }[];
}

/** How a sensor is, in its own words. Also carries what the sensor says of its own place and scan. */
export interface SensorStatus {
  readonly type: "status";
  readonly sensorKey: SensorKey;
  readonly time: SensorTime | undefined;
  readonly state?: "operational" | "degraded" | "fault" | "off" | "goodbye";
  /** Plain sentences for the operator; sanitised by the codec. */
  readonly notes?: readonly string[];
  /** What it is, in the protocol's words: "RADAR", "Mode S radar". */
  readonly sensorType?: string;
  readonly name?: string;
  readonly latitude?: Radians;
  readonly longitude?: Radians;
  readonly height?: Height;
  /** Heading of the platform, clockwise from true north. */
  readonly heading?: Radians;
  /** What it sees now, as it says itself. */
  readonly fieldOfView?: FieldOfView;
  /** A whole turn of a rotating antenna. */
  readonly rotationPeriod?: Seconds;
  /** The antenna passed this azimuth now (north mark: 0). */
  readonly antennaAzimuth?: Radians;
  /** Expected time between status messages. */
  readonly statusInterval?: Seconds;
}

export type Observation = Detection | SourceTrack | Claim | SensorStatus;
