// Range and bearing between two places, as an operator reads them out: on the WGS84 ellipsoid's tangent frame of the first one.

import { geodeticToEnu, localFrame } from "../../core/geodesy/wgs84.ts";

const RADIANS_PER_DEGREE = Math.PI / 180;

export interface Place {
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
}

/**
 * Ground distance in metres and bearing in degrees clockwise from true north. The chord between both places is turned into the arc on a
 * sphere of the mean radius: good to 0.3 % over any distance that a site looks over.
 */
export function rangeAndBearing(from: Place, to: Place): { metres: number; degrees: number } {
  const frame = localFrame(from.latitudeDegrees * RADIANS_PER_DEGREE, from.longitudeDegrees * RADIANS_PER_DEGREE, 0);
  const [east, north, up] = geodeticToEnu(frame, to.latitudeDegrees * RADIANS_PER_DEGREE, to.longitudeDegrees * RADIANS_PER_DEGREE, 0);
  const chord = Math.hypot(east, north, up);
  const RADIUS = 6_371_009; // m, mean Earth radius (IUGG)
  const metres = 2 * RADIUS * Math.asin(Math.min(1, chord / (2 * RADIUS)));
  const degrees = (Math.atan2(east, north) / RADIANS_PER_DEGREE + 360) % 360;
  return { metres, degrees };
}
