import { RADIANS_PER_DEGREE } from "../../base/units.ts";
import { WGS84_A, WGS84_E2 } from "../../geodesy/wgs84.ts";

/** Metres on the ellipsoid that one degree of longitude (east) and of latitude (north) spans at a latitude (rad). */
export function metresPerDegree(latitude: number): { readonly east: number; readonly north: number } {
  const sinLat = Math.sin(latitude);
  const w = 1 - WGS84_E2 * sinLat * sinLat;
  const prime = WGS84_A / Math.sqrt(w);
  return {
    east: prime * Math.max(Math.cos(latitude), 1e-6) * RADIANS_PER_DEGREE,
    north: ((prime * (1 - WGS84_E2)) / w) * RADIANS_PER_DEGREE,
  };
}
