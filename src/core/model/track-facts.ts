// What the judgement (identification, threat, alerting) is told of a track: the tracker's estimate on the picture's clock, and what
// single detections said besides where the object is. Frame: the site's east-north-up frame, metres; SI units throughout.

import type { Micros } from "../base/units.ts";
import type { ClaimStatements, Identity, MicroDoppler, Origin, SensorClassification } from "./observation.ts";
import type { SensorKind } from "./site.ts";

/** One sensor's share in a track. */
export interface Contributor {
  readonly sensorId: string;
  readonly kind: SensorKind;
  /** Newest measurement, on the picture's clock. */
  readonly lastAt: Micros;
  readonly detections: number;
}

export interface TrackFacts {
  /** "T12", "SIM-T12": as shown. */
  readonly key: string;
  readonly origin: Origin;
  readonly status: "tentative" | "confirmed" | "coasting";
  /** 0..1 */
  readonly existence: number;
  /** All instants are on the picture's clock; recordings are moved to it. */
  readonly createdAt: Micros;
  readonly measuredAt: Micros;
  /** Instant for which the state is given: that of the judgement. */
  readonly at: Micros;
  /** East, north, up, m. */
  readonly position: readonly [number, number, number];
  /** m/s. */
  readonly velocity: readonly [number, number, number];
  /** Row-major 6x6, position then velocity. */
  readonly covariance: Float64Array;
  /** False when no measurement has ever told the height: then `position[2]` and `velocity[2]` say nothing. */
  readonly heightKnown: boolean;
  /** Strongest first. */
  readonly identities: readonly Identity[];
  readonly contributors: readonly Contributor[];
}

/** What one detection that went into a track said besides its position. */
export interface FeatureObservation {
  readonly sensorId: string;
  readonly sensorKind: SensorKind;
  /** On the picture's clock. */
  readonly at: Micros;
  /** dB relative to 1 m^2. */
  readonly rcsDbsm?: number;
  readonly snrDb?: number;
  readonly signalDbm?: number;
  readonly microDoppler?: MicroDoppler;
  readonly classifications?: readonly SensorClassification[];
  /** 0..1 that this detection belongs to the track. */
  readonly association: number;
  /** Slant range from the sensor to the track at that time, m; undefined when the sensor's place is not known. */
  readonly range?: number;
}

/** What one sensor heard an object say of itself, or a partner say of it. Evidence, never identity. */
export interface ClaimFact {
  readonly sensorId: string;
  readonly sensorKind: SensorKind;
  /** Newest, on the picture's clock. */
  readonly heardAt: Micros;
  readonly statements: ClaimStatements;
  /** Every identity that the broadcast used, strongest first. */
  readonly identities: readonly Identity[];
}

/** One direction from a sensor that measures no range. */
export interface BearingFact {
  readonly sensorId: string;
  readonly sensorKind: SensorKind;
  readonly at: Micros;
  /** Of the sensor: east, north, up, m. */
  readonly from: readonly [number, number, number];
  /** Clockwise from true north, rad, with its 1 sigma. */
  readonly azimuth: number;
  readonly azimuthSigma: number;
  /** Above the sensor's horizon, rad. */
  readonly elevation?: number;
  readonly elevationSigma?: number;
  /** What the emission said of itself, where it was read. */
  readonly identities: readonly Identity[];
  readonly signalDbm?: number;
  /** Track that it went into, if any. */
  readonly trackKey?: string;
}

/** How well one sensor sees a place now: 0 where it is ill, off, or does not look. */
export interface CoverageFact {
  readonly sensorId: string;
  readonly kind: SensorKind;
  /** 0..1 in one look. */
  readonly detectionProbability: number;
}

/** A protected asset in the site's frame. */
export interface AssetFact {
  readonly id: string;
  readonly name: string;
  /** East, north, up, m. */
  readonly position: readonly [number, number, number];
  /** Keep-out distance, m. */
  readonly radius: number;
}

/** Wind over ground: the velocity of the air itself. */
export interface Wind {
  /** m/s. */
  readonly east: number;
  readonly north: number;
  /** 1 sigma of each component, m/s. */
  readonly sigma: number;
  readonly from: "configuration" | "operator" | "feed";
}
