// What simulated sensors measure and hear, before it becomes octets. SI units and radians; every value already carries its error.

import type { Micros } from "../base/units.ts";

interface Measured {
  /** When it was true, scene clock. */
  readonly at: Micros;
  /** Index of the sensor in the scene. */
  readonly sensor: number;
  /** Number of the object that it is of (truth, for scoring only; it is never encoded); 0: a false alarm. */
  readonly truth: number;
}

/** One radar plot. */
export interface PlotReport extends Measured {
  readonly kind: "plot";
  readonly range: number;
  readonly azimuth: number;
  readonly elevation?: number;
  readonly rangeRate?: number;
  readonly rangeSigma: number;
  readonly azimuthSigma: number;
  readonly elevationSigma?: number;
  readonly rangeRateSigma?: number;
  readonly snrDb: number;
  readonly rcsDbsm: number;
  /** What micro-Doppler saw; "none" where it looked and saw nothing move, absent where the radar does not look. */
  readonly turning?: "rotor" | "prop" | "flap" | "none";
}

/** A rotating antenna has finished a sector; its plots came before. */
export interface SectorReport {
  readonly kind: "sector";
  readonly at: Micros;
  readonly sensor: number;
  /** 0 to SECTORS - 1, clockwise from north. */
  readonly sector: number;
  /** s of a whole turn. */
  readonly turn: number;
}

/** A direction, from radio, sound or an image. */
export interface BearingReport extends Measured {
  readonly kind: "bearing";
  readonly azimuth: number;
  readonly azimuthSigma: number;
  readonly elevation?: number;
  readonly elevationSigma?: number;
  readonly frequencyHz?: number;
  readonly levelDbm?: number;
  /** What an image shows, in SAPIENT's words, where it was recognised. */
  readonly path?: readonly string[];
}

/** What an aircraft says by 1090 MHz extended squitter; `what` is the message. */
export interface AdsbReport extends Measured {
  readonly kind: "adsb";
  readonly what: "position" | "velocity" | "identification";
  readonly icao24: number;
  readonly callsign: string;
  /** ADS-B emitter category set and number, such as [1, 5] for A5. */
  readonly category: readonly [number, number];
  readonly latitude: number;
  readonly longitude: number;
  /** m, ISA. */
  readonly pressureAltitude: number;
  readonly velocityEast: number;
  readonly velocityNorth: number;
  readonly velocityUp: number;
  readonly heightHae: number;
  readonly odd: boolean;
  readonly levelDbm: number;
}

/** What a drone says by Remote ID, as a receiver hears it. */
export interface RemoteIdReport extends Measured {
  readonly kind: "remote-id";
  readonly serial: string;
  readonly operatorId: string;
  /** ASTM F3411 UA type. */
  readonly uaType: number;
  readonly mac: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly heightHae: number;
  readonly pressureAltitude: number;
  readonly heightAboveTakeoff: number;
  readonly velocityEast: number;
  readonly velocityNorth: number;
  readonly velocityUp: number;
  readonly operatorLatitude: number;
  readonly operatorLongitude: number;
  readonly operatorHeightHae: number;
  readonly levelDbm: number;
}

/** A partner's own track. */
export interface PartnerReport extends Measured {
  readonly kind: "partner";
  readonly uid: string;
  readonly callsign: string;
  readonly cotType: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly heightHae: number;
  readonly velocityEast: number;
  readonly velocityNorth: number;
  /** m, 1 sigma. */
  readonly horizontalSigma: number;
  readonly verticalSigma: number;
}

export type Report = PlotReport | SectorReport | BearingReport | AdsbReport | RemoteIdReport | PartnerReport;

/** Sectors of a turn, as ASTERIX CAT034 radars commonly divide it. */
export const SECTORS = 32;
