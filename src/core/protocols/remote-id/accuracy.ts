// Accuracy codes of the Location message into 1 sigma. ASTM F3411-22a table 6 takes its classes from DO-260B's NACp, GVA and NACv,
// where each bound holds for 95 % of the errors.

import { type Metres, type MetresPerSecond, metres, metresPerSecond } from "../../base/units.ts";

// m; index is the code. 0 is "18.52 km or more, or unknown"; 13 to 15 are reserved.
export const HORIZONTAL_BOUNDS: readonly (number | undefined)[] = [
  undefined,
  18_520,
  7_408,
  3_704,
  1_852,
  926,
  555.6,
  185.2,
  92.6,
  30,
  10,
  3,
  1,
];
// m; geodetic and barometric altitude alike. 0 is "150 m or more, or unknown"; 7 to 15 are reserved.
export const VERTICAL_BOUNDS: readonly (number | undefined)[] = [undefined, 150, 45, 25, 10, 3, 1];
// m/s. 0 is "10 m/s or more, or unknown"; 5 to 15 are reserved.
export const SPEED_BOUNDS: readonly (number | undefined)[] = [undefined, 10, 3, 1, 0.3];

/** Radius that holds 95 % of a circular normal distribution, in sigmas of one axis: sqrt(-2 ln 0.05). */
const SIGMAS_95_CIRCLE = 2.447746830680816;
/** Half-width that holds 95 % of a normal distribution, in sigmas. */
const SIGMAS_95_LINE = 1.959963984540054;

/** 1 sigma along each horizontal axis; undefined for codes that say nothing. */
export function horizontalSigma(code: number): Metres | undefined {
  const bound = HORIZONTAL_BOUNDS[code];
  return bound === undefined ? undefined : metres(bound / SIGMAS_95_CIRCLE);
}

export function verticalSigma(code: number): Metres | undefined {
  const bound = VERTICAL_BOUNDS[code];
  return bound === undefined ? undefined : metres(bound / SIGMAS_95_LINE);
}

/** 1 sigma along each axis; the standard's one class holds for horizontal and vertical speed. */
export function speedSigma(code: number): MetresPerSecond | undefined {
  const bound = SPEED_BOUNDS[code];
  return bound === undefined ? undefined : metresPerSecond(bound / SIGMAS_95_CIRCLE);
}
