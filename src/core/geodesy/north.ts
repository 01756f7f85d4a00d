// The four norths: true, magnetic, grid and the platform's own. Every azimuth inside Picket is counted from true north.

import { type Micros, wrapAzimuth } from "../base/units.ts";
import { magneticDeclination } from "./declination.ts";
import { geodeticToUtm } from "./utm.ts";

export { type Declination, magneticDeclination } from "./declination.ts";

/** Grid convergence of UTM at a place (rad), in `zone` or in the zone where it lies: true azimuth = grid azimuth + convergence. */
export const gridConvergence = (latitude: number, longitude: number, zone?: number): number =>
  geodeticToUtm(latitude, longitude, zone).convergence;

export type North = "true" | "magnetic" | "grid" | "platform";

export interface NorthContext {
  /** Where the sensor stands (rad, m). */
  readonly latitude: number;
  readonly longitude: number;
  /** 0 when left out: a kilometre changes declination by less than 0.01 degrees. */
  readonly heightHae?: number;
  readonly at: Micros;
  /** UTM zone of the sensor's grid, when it is not the one where it stands. */
  readonly zone?: number;
  /** Heading of the platform from true north with its 1 sigma, rad. */
  readonly heading?: number;
  readonly headingSigma?: number;
}

export interface TrueAzimuth {
  /** rad, clockwise from true north, in [0, 2*pi). */
  readonly azimuth: number;
  /** What the conversion adds to the azimuth's own 1 sigma, rad. */
  readonly addedSigma: number;
}

/** Turns an azimuth (rad) from the stated north to true north; undefined when the platform's heading is needed and unknown. */
export function toTrueAzimuth(azimuth: number, north: North, context: NorthContext): TrueAzimuth | undefined {
  if (north === "true") return { azimuth: wrapAzimuth(azimuth), addedSigma: 0 };
  if (north === "grid") {
    return { azimuth: wrapAzimuth(azimuth + gridConvergence(context.latitude, context.longitude, context.zone)), addedSigma: 0 };
  }
  if (north === "magnetic") {
    const { declination, sigma } = magneticDeclination(context.latitude, context.longitude, context.heightHae ?? 0, context.at);
    return { azimuth: wrapAzimuth(azimuth + declination), addedSigma: sigma };
  }
  if (context.heading === undefined) return undefined;
  return { azimuth: wrapAzimuth(azimuth + context.heading), addedSigma: context.headingSigma ?? 0 };
}

/** The azimuth alone, for callers that carry the added error elsewhere. */
export const azimuthToTrue = (azimuth: number, north: North, context: NorthContext): number | undefined =>
  toTrueAzimuth(azimuth, north, context)?.azimuth;
