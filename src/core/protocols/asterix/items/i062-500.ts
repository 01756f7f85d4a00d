// I062/500 Estimated Accuracies: standard deviations of position (Cartesian and WGS84), heights, velocity. EUROCONTROL-SPEC-0149-9
// edition 1.21. The item does not say "one sigma" but "estimated accuracy"; trackers send standard deviations, and so it is read.

import { METRES_PER_FOOT } from "../../../base/units.ts";
import { readInt16, readUint16 } from "./flight-level.ts";

const CARTESIAN_LSB = 0.5; // m
const ANGLE_LSB = Math.PI / 33_554_432; // rad
const GEOMETRIC_LSB = 6.25 * METRES_PER_FOOT; // m
const BAROMETRIC_LSB = 25 * METRES_PER_FOOT; // m; a quarter of a flight level
const VELOCITY_LSB = 0.25; // m/s
const EARTH_RADIUS = 6_371_000; // m; good to 0.5 %, far better than an accuracy is known

export interface Accuracies {
  /** East-east, east-north, north-north, m^2; NaN in the first when the position's accuracy is not given or 0. */
  readonly covariance: [number, number, number];
  /** m, 1 sigma; NaN when not given. */
  geometricHeight: number;
  barometricHeight: number;
  /** m/s, 1 sigma of the worse axis; NaN when not given. */
  velocity: number;
}

/** Reads the item into `into`: scratch of the caller. `latitude` (rad) turns degrees of longitude into metres. */
export function readAccuracies(bytes: Uint8Array, offset: number, latitude: number, into: Accuracies): void {
  const presence = bytes[offset];
  let at = offset + 1;
  while ((bytes[at - 1] & 1) !== 0) at++;
  into.covariance[0] = Number.NaN;
  into.covariance[1] = 0;
  into.covariance[2] = Number.NaN;
  into.geometricHeight = Number.NaN;
  into.barometricHeight = Number.NaN;
  into.velocity = Number.NaN;
  if ((presence & 0x80) !== 0) {
    const x = readUint16(bytes, at) * CARTESIAN_LSB;
    const y = readUint16(bytes, at + 2) * CARTESIAN_LSB;
    into.covariance[0] = x * x;
    into.covariance[2] = y * y;
    at += 4;
  }
  if ((presence & 0x40) !== 0) {
    // sign(covariance) * sqrt(|covariance|)
    const root = readInt16(bytes, at) * CARTESIAN_LSB;
    into.covariance[1] = root * Math.abs(root);
    at += 2;
  }
  if ((presence & 0x20) !== 0) {
    if (Number.isNaN(into.covariance[0])) {
      const north = readUint16(bytes, at) * ANGLE_LSB * EARTH_RADIUS;
      const east = readUint16(bytes, at + 2) * ANGLE_LSB * EARTH_RADIUS * Math.cos(latitude);
      into.covariance[0] = east * east;
      into.covariance[2] = north * north;
    }
    at += 4;
  }
  if ((presence & 0x10) !== 0) into.geometricHeight = bytes[at++] * GEOMETRIC_LSB;
  if ((presence & 0x08) !== 0) into.barometricHeight = bytes[at++] * BAROMETRIC_LSB;
  if ((presence & 0x04) !== 0) into.velocity = Math.max(bytes[at], bytes[at + 1]) * VELOCITY_LSB;
  // The rest (acceleration, rate of climb) has no place in an observation.
  // A standard deviation of 0 was not computed: nothing is known that well.
  if (into.covariance[0] === 0 || into.covariance[2] === 0) into.covariance[0] = Number.NaN;
  if (into.geometricHeight === 0) into.geometricHeight = Number.NaN;
  if (into.barometricHeight === 0) into.barometricHeight = Number.NaN;
  if (into.velocity === 0) into.velocity = Number.NaN;
  // A cross term that the two variances do not allow, or that leaves no room to either side of a line, is worth nothing.
  if (into.covariance[1] * into.covariance[1] >= into.covariance[0] * into.covariance[2]) into.covariance[1] = 0;
}
