// What the checks of broadcasts (Remote ID, ADS-B, DJI DroneID) are told, and what they answer. Frame: the site's east-north-up frame,
// metres; SI units; instants are on the picture's clock.

import type { Micros } from "../../base/units.ts";
import type { Identity, Origin } from "../../model/observation.ts";
import type { SensorKind } from "../../model/site.ts";
import type { TrackFacts } from "../../model/track-facts.ts";

export type Enu = readonly [number, number, number];

/** One broadcast as one receiver heard it. Everything in it but `at`, `sensorId` and `signalDbm` is a claim of whoever transmitted. */
export interface Emission {
  readonly origin: Origin;
  readonly sensorId: string;
  /** Of the receiver's antenna; without it the signal's strength says nothing. */
  readonly sensorPositionEnu?: Enu;
  /** When it was heard. */
  readonly at: Micros;
  /** The time that the message itself carries, as an instant: for Remote ID the hour nearest to `at`. Not replaced by `at` when it is wrong. */
  readonly sensorTime?: Micros;
  /** Strongest first: serial, session, radio address, icao24. */
  readonly identities: readonly Identity[];
  /** Claimed place; `up` is ignored when `heightKnown` is false. */
  readonly positionEnu?: Enu;
  readonly heightKnown?: boolean;
  /** 1 sigma of each horizontal axis, m; 10 m (30 m for aircraft) when it is not told. */
  readonly positionSigma?: number;
  readonly velocityEnu?: Enu;
  /** Claimed place of the pilot or of take-off. */
  readonly operatorPositionEnu?: Enu;
  readonly signalDbm?: number;
  /** "bluetooth-legacy", "wifi-beacon": transmitters of one transport are alike in power. */
  readonly transport?: string;
  /** The track that the detection of this broadcast went to. */
  readonly trackKey?: string;
}

/** What one sensor would see of an object at some place. */
export interface SensorCoverage {
  readonly sensorId: string;
  readonly kind: SensorKind;
  /** 0..1 in one look, for the asked target. */
  readonly detectionProbability: number;
  /** s between two looks at that place; 1 when absent. */
  readonly updatePeriod?: number;
  /** m/s along the line of sight below which the radar is blind; 1 when absent. */
  readonly minimumRadialSpeed?: number;
  /** Of the antenna; without it the radial speed is taken from the claimed ground speed. */
  readonly positionEnu?: Enu;
}

/** The direction of one transmission, measured. */
export interface EmissionBearing {
  readonly sensorId: string;
  readonly at: Micros;
  /** Of the direction finder. */
  readonly positionEnu: Enu;
  /** Clockwise from true north, rad. */
  readonly azimuth: number;
  /** 1 sigma, rad. */
  readonly sigma: number;
  /** Those decoded from the transmission, or its radio address: without one it belongs to nobody. */
  readonly identities: readonly Identity[];
}

/** The place of one transmission, measured from differences of its times of arrival. */
export interface EmissionFix {
  readonly sensorId: string;
  readonly at: Micros;
  readonly positionEnu: Enu;
  /** 1 sigma of each horizontal axis, m. */
  readonly sigma: number;
  readonly identities: readonly Identity[];
}

export interface EmitterCheckInput {
  readonly now: Micros;
  readonly tracks: readonly TrackFacts[];
  /** Sensors that see this place; `target` tells what would have to be seen. Called at most once for each place that is claimed now. */
  coverage(positionEnu: Enu, target: "drone" | "aircraft"): readonly SensorCoverage[];
  /** Radar plots of about the last two seconds within `radius` (horizontal, m). Needed only while the tracker may hold plots back. */
  radarPlotsNear?(positionEnu: Enu, radius: number): number;
  /** Bearings since the check before. */
  readonly bearings: readonly EmissionBearing[];
  /** Positions by time difference of arrival since the check before. */
  readonly fixes?: readonly EmissionFix[];
}

/** Many identities that one transmitter sends. */
export interface Flood {
  /** "F1": counts up within a picture. */
  readonly id: string;
  /** First noticed, and newest time at which it held. */
  readonly at: Micros;
  readonly lastAt: Micros;
  readonly emitterKeys: readonly string[];
  readonly trackKeys: readonly string[];
  /** Identities taken for members. */
  readonly count: number;
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}
