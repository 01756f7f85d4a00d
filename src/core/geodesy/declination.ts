// Magnetic declination by the World Magnetic Model.

import geomagnetism from "geomagnetism";
import { type Micros, RADIANS_PER_DEGREE } from "../base/units.ts";

export interface Declination {
  /** rad; true azimuth = magnetic azimuth + declination. Positive where magnetic north lies east of true north. */
  readonly declination: number;
  /** 1 sigma of the model at this place and time, rad. Iron near the compass comes on top. */
  readonly sigma: number;
}

const MICROS_PER_DAY = 86_400_000_000;
// The models that the package carries: World Magnetic Model 2015 to 2025. Outside these days the nearest one is used.
const FIRST_DAY = Math.floor(Date.UTC(2014, 11, 16) / 86_400_000);
const LAST_DAY = Math.floor(Date.UTC(2029, 10, 12) / 86_400_000);
// WMM2025 technical report, error model of declination: sqrt(0.26^2 + (5417 nT / H)^2) degrees; WMM2020 differs by 2 %.
const SIGMA_FLOOR_DEGREES = 0.26;
const SIGMA_FIELD_DEGREES = 5417;
/** Drift of a model past its end: secular variation is 0.1 to 0.3 degrees a year at mid latitudes, and its change unknown. */
const SIGMA_PER_YEAR_OUTSIDE_DEGREES = 0.2;

// Building a model costs as much as evaluating it, and a day changes declination by less than 0.002 degrees.
let cachedDay = Number.NaN;
let cachedModel: ReturnType<typeof geomagnetism.model> | undefined;

/**
 * Magnetic declination at a place (rad, m above the ellipsoid) on the UTC day of `at`.
 * World Magnetic Model; near the magnetic poles `sigma` grows up to pi, and the value means nothing.
 */
export function magneticDeclination(latitude: number, longitude: number, heightHae: number, at: Micros): Declination {
  const asked = Math.floor(at / MICROS_PER_DAY);
  const day = Math.min(Math.max(asked, FIRST_DAY), LAST_DAY);
  if (cachedModel === undefined || day !== cachedDay) {
    cachedModel = geomagnetism.model(new Date(day * 86_400_000));
    cachedDay = day;
  }
  const field = cachedModel.point([latitude / RADIANS_PER_DEGREE, longitude / RADIANS_PER_DEGREE, heightHae / 1000]);
  const yearsOutside = Math.abs(asked - day) / 365.25;
  const sigmaDegrees = Math.min(
    180,
    Math.hypot(SIGMA_FLOOR_DEGREES, SIGMA_FIELD_DEGREES / Math.max(field.h, 1)) + yearsOutside * SIGMA_PER_YEAR_OUTSIDE_DEGREES,
  );
  return { declination: field.decl * RADIANS_PER_DEGREE, sigma: sigmaDegrees * RADIANS_PER_DEGREE };
}
