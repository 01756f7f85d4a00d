// Registration: each polar sensor's constant errors in range, azimuth, elevation and clock, estimated on line from pairs of detections of
// one target by two sensors. A pair is measurement against measurement, carried over the fraction of a second between them with the
// track's velocity, so what is fed to the filter does not depend on a picture that the bias itself has bent. Reports of the target
// itself (ADS-B, Remote ID) fix the absolute value; two radars alone fix only their difference.
//
// Kalman filter over the stacked biases of all sensors; Lin, Bar-Shalom & Kirubarajan, "Exact multisensor dynamic bias estimation with local
// tracks", IEEE Trans. AES 40(2), 2004, for the pseudo-measurement; Schmidt (1966) for carrying what is not yet known as extra variance.

import { wrapAngle } from "../base/units.ts";

/** Biases of one sensor: range (m), azimuth, elevation (rad), clock (s; positive: the sensor stamps late). */
export const BIASES = 4;
const MAXIMUM_PLACES = 12;
const SIZE = BIASES * MAXIMUM_PLACES;

/** 1 sigma of an installed sensor's errors before anything is known: surveyed by hand compass and telephone. */
const PRIOR: readonly number[] = [12, 0.012, 0.008, 0.05];
/** Random walk, variance a second. */
const WALK: readonly number[] = [4e-3, 1e-9, 1e-9, 1e-7];

export interface RegistrationState {
  /** [SIZE] estimates, sensor after sensor. */
  mean: Float64Array;
  /** [SIZE x SIZE], row-major. */
  covariance: Float64Array;
  places: number;
  /** Pairs used by each place. */
  pairs: number[];
  /** True once a report of a target itself took part: then the values are absolute. */
  absolute: boolean;
  refused: number;
  /** Newest instant, us. */
  at: number;
  /** What is applied: the estimate, given that the first sensor is right when nothing absolute is known; and its variance. */
  applied: Float64Array;
  appliedVariance: Float64Array;
}

export function createRegistration(): RegistrationState {
  return {
    mean: new Float64Array(SIZE),
    covariance: new Float64Array(SIZE * SIZE),
    places: 0,
    pairs: [],
    absolute: false,
    refused: 0,
    at: 0,
    applied: new Float64Array(SIZE),
    appliedVariance: new Float64Array(SIZE),
  };
}

/** Gives a sensor a place in the filter, or -1 when all are taken. */
export function addPlace(state: RegistrationState): number {
  if (state.places === MAXIMUM_PLACES) return -1;
  const place = state.places;
  state.places += 1;
  state.pairs.push(0);
  for (let k = 0; k < BIASES; k++) {
    const i = place * BIASES + k;
    state.covariance[i * SIZE + i] = PRIOR[k]! * PRIOR[k]!;
  }
  return place;
}

/** One side of a pair. Polar: z and variance are range, azimuth, elevation. Position: east, north, up. */
export interface PairSide {
  /** Place in the filter; -1 for a position report, which has no bias here. */
  readonly place: number;
  readonly polar: boolean;
  readonly z: readonly [number, number, number];
  readonly variance: readonly [number, number, number];
  readonly at: number;
  readonly east: number;
  readonly north: number;
  readonly up: number;
  readonly rotation: readonly number[];
  readonly azimuthSign: 1 | -1;
}

const point = new Float64Array(3);
const gradient = new Float64Array(9); // of position by range, azimuth, elevation: [position x measurement]
const predicted = new Float64Array(3);
const slope = new Float64Array(9); // of measurement by position: [measurement x position]
const row = new Float64Array(SIZE);
const gain = new Float64Array(SIZE);

/** Position of a polar measurement, and its derivatives. */
function toPosition(side: PairSide): void {
  const [range, azimuth, elevation] = side.z;
  const ce = Math.cos(elevation);
  const se = Math.sin(elevation);
  const c = side.azimuthSign > 0 ? Math.cos(azimuth) : Math.sin(azimuth);
  const s = side.azimuthSign > 0 ? Math.sin(azimuth) : Math.cos(azimuth);
  const turn = side.azimuthSign;
  const local = [
    [ce * c, -turn * range * ce * s, -range * se * c],
    [ce * s, turn * range * ce * c, -range * se * s],
    [se, 0, range * ce],
  ];
  const rot = side.rotation;
  // The transposed rotation takes the sensor's frame back to the site's.
  for (let i = 0; i < 3; i++)
    for (let k = 0; k < 3; k++) gradient[i * 3 + k] = rot[i]! * local[0]![k]! + rot[3 + i]! * local[1]![k]! + rot[6 + i]! * local[2]![k]!;
  point[0] = side.east + range * gradient[0]!;
  point[1] = side.north + range * gradient[3]!;
  point[2] = side.up + range * gradient[6]!;
}

/** What a polar sensor would measure of `point`, and its derivatives by the site's coordinates. */
function toMeasurement(side: PairSide): boolean {
  const rot = side.rotation;
  const dx = point[0]! - side.east;
  const dy = point[1]! - side.north;
  const dz = point[2]! - side.up;
  const e = rot[0]! * dx + rot[1]! * dy + rot[2]! * dz;
  const n = rot[3]! * dx + rot[4]! * dy + rot[5]! * dz;
  const u = rot[6]! * dx + rot[7]! * dy + rot[8]! * dz;
  const flat2 = e * e + n * n;
  const range2 = flat2 + u * u;
  if (!(flat2 > 100)) return false;
  const flat = Math.sqrt(flat2);
  const range = Math.sqrt(range2);
  predicted[0] = range;
  predicted[1] = side.azimuthSign > 0 ? Math.atan2(n, e) : Math.atan2(e, n);
  predicted[2] = Math.atan2(u, flat);
  const turn = side.azimuthSign;
  const local = [
    [e / range, n / range, u / range],
    [(-turn * n) / flat2, (turn * e) / flat2, 0],
    [(-e * u) / (range2 * flat), (-n * u) / (range2 * flat), flat / range2],
  ];
  for (let k = 0; k < 3; k++)
    for (let i = 0; i < 3; i++) slope[k * 3 + i] = local[k]![0]! * rot[i]! + local[k]![1]! * rot[3 + i]! + local[k]![2]! * rot[6 + i]!;
  return true;
}

/**
 * Feeds one pair: `polar` was measured by a sensor with a place; `reference` by another, or reported by the target. `velocity` (m/s, site
 * ENU) and `velocityVariance` (per axis) are the track's. The three components are taken one after another; a pair whose residual
 * lies outside five sigma is refused and counted. Answers whether it was used.
 */
export function addPair(
  state: RegistrationState,
  polar: PairSide,
  reference: PairSide,
  velocity: readonly number[],
  velocityVariance: number,
): boolean {
  const lead = (polar.at - reference.at) / 1e6;
  const newest = Math.max(polar.at, reference.at);
  if (newest > state.at) {
    const dt = state.at === 0 ? 0 : Math.min((newest - state.at) / 1e6, 60);
    state.at = newest;
    for (let p = 0; p < state.places; p++)
      for (let k = 0; k < BIASES; k++) {
        const i = p * BIASES + k;
        // Never wider than before anything was known.
        state.covariance[i * SIZE + i] = Math.min(state.covariance[i * SIZE + i]! + WALK[k]! * dt, PRIOR[k]! * PRIOR[k]!);
      }
  }
  if (reference.polar) toPosition(reference);
  else for (let i = 0; i < 3; i++) point[i] = reference.z[i]!;
  for (let i = 0; i < 3; i++) point[i] = point[i]! + lead * velocity[i]!;
  if (!toMeasurement(polar)) return false;

  const residual = [polar.z[0] - predicted[0]!, wrapAngle(polar.z[1] - predicted[1]!), polar.z[2] - predicted[2]!];
  const used = state.places * BIASES;
  const rows: Float64Array[] = [];
  const noises: number[] = [];
  for (let k = 0; k < 3; k++) {
    row.fill(0, 0, used);
    const own = polar.place * BIASES;
    row[own + k] = 1;
    let rate = 0;
    let noise = polar.variance[k]!;
    for (let i = 0; i < 3; i++) {
      rate += slope[k * 3 + i]! * velocity[i]!;
      noise += slope[k * 3 + i]! * slope[k * 3 + i]! * velocityVariance * lead * lead;
    }
    // A clock that stamps late shows the target where it was before.
    row[own + 3] = -rate;
    for (let q = 0; q < 3; q++) {
      if (reference.polar) {
        let through = 0;
        for (let i = 0; i < 3; i++) through += slope[k * 3 + i]! * gradient[i * 3 + q]!;
        row[reference.place * BIASES + q] = -through;
        noise += through * through * reference.variance[q]!;
      } else noise += slope[k * 3 + q]! * slope[k * 3 + q]! * reference.variance[q]!;
    }
    if (reference.polar) row[reference.place * BIASES + 3] = rate;
    rows.push(Float64Array.from(row.subarray(0, used)));
    noises.push(noise);
  }
  // All three components must agree before any is believed.
  for (let k = 0; k < 3; k++) {
    let expected = 0;
    let spread = noises[k]!;
    for (let i = 0; i < used; i++) {
      if (rows[k]![i] === 0) continue;
      expected += rows[k]![i]! * state.mean[i]!;
      for (let j = 0; j < used; j++) spread += rows[k]![i]! * rows[k]![j]! * state.covariance[i * SIZE + j]!;
    }
    const off = residual[k]! - expected;
    if (!(off * off < 25 * spread)) {
      state.refused += 1;
      return false;
    }
  }
  for (let k = 0; k < 3; k++) scalarUpdate(state.mean, state.covariance, used, rows[k]!, residual[k]!, noises[k]!);
  state.pairs[polar.place]! += 1;
  if (reference.polar) state.pairs[reference.place]! += 1;
  else state.absolute = true;
  refreshApplied(state);
  return true;
}

function scalarUpdate(mean: Float64Array, covariance: Float64Array, used: number, h: Float64Array, z: number, noise: number): void {
  let innovation = z;
  let spread = noise;
  for (let i = 0; i < used; i++) {
    let sum = 0;
    for (let j = 0; j < used; j++) if (h[j] !== 0) sum += covariance[i * SIZE + j]! * h[j]!;
    gain[i] = sum;
    innovation -= h[i]! * mean[i]!;
  }
  for (let i = 0; i < used; i++) spread += h[i]! * gain[i]!;
  if (!(spread > 0)) return;
  for (let i = 0; i < used; i++) mean[i] = mean[i]! + (gain[i]! * innovation) / spread;
  for (let i = 0; i < used; i++)
    for (let j = 0; j < used; j++) covariance[i * SIZE + j] = covariance[i * SIZE + j]! - (gain[i]! * gain[j]!) / spread;
}

const conditionedMean = new Float64Array(SIZE);
const conditionedCovariance = new Float64Array(SIZE * SIZE);
const unit = new Float64Array(SIZE);

/** What is applied. With nothing absolute, the sensor with the lowest place that has pairs is taken as right, and the others follow it. */
function refreshApplied(state: RegistrationState): void {
  const used = state.places * BIASES;
  let mean = state.mean;
  let covariance = state.covariance;
  if (!state.absolute) {
    const anchor = state.pairs.findIndex((count) => count > 0);
    conditionedMean.set(state.mean);
    conditionedCovariance.set(state.covariance);
    for (let k = 0; k < BIASES; k++) {
      unit.fill(0);
      unit[anchor * BIASES + k] = 1;
      scalarUpdate(conditionedMean, conditionedCovariance, used, unit, 0, PRIOR[k]! * PRIOR[k]! * 1e-6);
    }
    mean = conditionedMean;
    covariance = conditionedCovariance;
  }
  for (let i = 0; i < used; i++) {
    state.applied[i] = mean[i]!;
    state.appliedVariance[i] = Math.max(covariance[i * SIZE + i]!, 0);
  }
}
