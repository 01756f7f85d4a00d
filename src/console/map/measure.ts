// A measured line: each leg with its distance, its bearing from true and from magnetic north, and the running total. Pure.

import type { Micros } from "../../core/base/units.ts";
import { magneticDeclination } from "../../core/geodesy/declination.ts";
import { type Place, rangeAndBearing } from "./ruler.ts";

export const METRES_PER_NAUTICAL_MILE = 1852;
const RADIANS_PER_DEGREE = Math.PI / 180;
/** rad: where the model is less sure than this, as near the magnetic poles, it is no bearing to read out. */
const WORST_SIGMA = 5 * RADIANS_PER_DEGREE;

export interface Leg {
  readonly metres: number;
  readonly nauticalMiles: number;
  /** Clockwise from true north at the leg's start, degrees in [0, 360). */
  readonly trueDegrees: number;
  /** From magnetic north there and then; undefined where the model does not hold. */
  readonly magneticDegrees: number | undefined;
  /** Along all legs up to the end of this one. */
  readonly totalMetres: number;
}

/** Legs between places in order; none for fewer than two. `atUs`: for which moment magnetic north is asked, microseconds. */
export function legsOf(places: readonly Place[], atUs: number): Leg[] {
  const legs: Leg[] = [];
  let total = 0;
  for (let i = 1; i < places.length; i++) {
    const from = places[i - 1]!;
    const { metres, degrees } = rangeAndBearing(from, places[i]!);
    total += metres;
    const { declination, sigma } = magneticDeclination(
      from.latitudeDegrees * RADIANS_PER_DEGREE,
      from.longitudeDegrees * RADIANS_PER_DEGREE,
      0,
      atUs as Micros,
    );
    const magnetic = degrees - declination / RADIANS_PER_DEGREE;
    legs.push({
      metres,
      nauticalMiles: metres / METRES_PER_NAUTICAL_MILE,
      trueDegrees: degrees,
      magneticDegrees: sigma < WORST_SIGMA ? (magnetic + 360) % 360 : undefined,
      totalMetres: total,
    });
  }
  return legs;
}
