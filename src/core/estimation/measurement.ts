// What a sensor would measure of a state, its Jacobian, and the parts of an extended Kalman update that all detections of one
// look share. Frame: site ENU; a sensor's local frame is its position and a rotation. Angles in radians, wrapped to (-pi, pi].

import { choleskyPacked } from "../math/symmetric.ts";

/** Codes of the measurement kinds, in the order of `MeasurementKind`. */
export const POLAR_3D = 0;
export const POLAR_2D = 1;
export const BEARING = 2;
export const BEARING_ELEVATION = 3;
export const POSITION_2D = 4;
export const POSITION_3D = 5;
export const POSITION_2D_VELOCITY = 6;
export const POSITION_3D_VELOCITY = 7;

/** Where a sensor stands and how it counts azimuth. Plain data. */
export interface SensorGeometry {
  readonly east: number;
  readonly north: number;
  readonly up: number;
  /** Row-major 3x3: site ENU vector to the sensor's local ENU vector. */
  readonly rotation: readonly number[];
  /** +1: counter-clockwise from east; -1: clockwise from north. */
  readonly azimuthSign: 1 | -1;
}

/** z [6] of the last `linearize`, and its Jacobian H [6 x 6], row-major. */
export const predictedZ = new Float64Array(6);
export const jacobian = new Float64Array(36);

/**
 * Writes h(x) to `predictedZ` and its Jacobian to `jacobian` for the state x [6] at `s[o]`. `n` is the number of components
 * (range-rate is the last component of the polar kinds when present). Allocates nothing.
 */
export function linearize(s: Float64Array, o: number, kind: number, n: number, sensor: SensorGeometry): void {
  const h = jacobian;
  if (kind >= POSITION_2D) {
    h.fill(0, 0, n * 6);
    if (kind === POSITION_2D || kind === POSITION_3D) {
      for (let i = 0; i < n; i++) {
        predictedZ[i] = s[o + i]!;
        h[i * 7] = 1;
      }
    } else if (kind === POSITION_2D_VELOCITY) {
      for (let i = 0; i < 4; i++) {
        const component = i < 2 ? i : i + 1;
        predictedZ[i] = s[o + component]!;
        h[i * 6 + component] = 1;
      }
    } else {
      for (let i = 0; i < 6; i++) {
        predictedZ[i] = s[o + i]!;
        h[i * 7] = 1;
      }
    }
    return;
  }
  const rot = sensor.rotation;
  const r00 = rot[0]!;
  const r01 = rot[1]!;
  const r02 = rot[2]!;
  const r10 = rot[3]!;
  const r11 = rot[4]!;
  const r12 = rot[5]!;
  const r20 = rot[6]!;
  const r21 = rot[7]!;
  const r22 = rot[8]!;
  const dx = s[o]! - sensor.east;
  const dy = s[o + 1]! - sensor.north;
  const dz = s[o + 2]! - sensor.up;
  const e = r00 * dx + r01 * dy + r02 * dz;
  const g = r10 * dx + r11 * dy + r12 * dz;
  const u = r20 * dx + r21 * dy + r22 * dz;
  // One metre keeps the derivatives finite for a state on top of the sensor.
  const flat2 = Math.max(e * e + g * g, 1);
  const flat = Math.sqrt(flat2);
  const range2 = Math.max(flat2 + u * u, 1);
  const range = Math.sqrt(range2);
  const sign = sensor.azimuthSign;
  const azimuth = sign > 0 ? Math.atan2(g, e) : Math.atan2(e, g);
  const az0 = (-sign * g) / flat2;
  const az1 = (sign * e) / flat2;
  if (kind === BEARING || kind === BEARING_ELEVATION) {
    predictedZ[0] = azimuth;
    setRow(0, az0, az1, 0, rot);
    if (kind === BEARING_ELEVATION) {
      predictedZ[1] = Math.atan2(u, flat);
      setRow(1, (-e * u) / (range2 * flat), (-g * u) / (range2 * flat), flat / range2, rot);
    }
    return;
  }
  const ue = e / range;
  const ug = g / range;
  const uu = u / range;
  predictedZ[0] = range;
  setRow(0, ue, ug, uu, rot);
  predictedZ[1] = azimuth;
  setRow(1, az0, az1, 0, rot);
  let next = 2;
  if (kind === POLAR_3D) {
    predictedZ[2] = Math.atan2(u, flat);
    setRow(2, (-e * u) / (range2 * flat), (-g * u) / (range2 * flat), flat / range2, rot);
    next = 3;
  }
  if (n > next) {
    const vx = s[o + 3]!;
    const vy = s[o + 4]!;
    const vz = s[o + 5]!;
    const ve = r00 * vx + r01 * vy + r02 * vz;
    const vg = r10 * vx + r11 * vy + r12 * vz;
    const vu = r20 * vx + r21 * vy + r22 * vz;
    const rate = ue * ve + ug * vg + uu * vu;
    predictedZ[next] = rate;
    setRow(next, (ve - rate * ue) / range, (vg - rate * ug) / range, (vu - rate * uu) / range, rot);
    const base = next * 6 + 3;
    h[base] = ue * r00 + ug * r10 + uu * r20;
    h[base + 1] = ue * r01 + ug * r11 + uu * r21;
    h[base + 2] = ue * r02 + ug * r12 + uu * r22;
  }
}

/** Turns a row given in the sensor's local frame into the site's, velocity part zero. */
function setRow(row: number, e: number, g: number, u: number, rot: readonly number[]): void {
  const h = jacobian;
  const base = row * 6;
  h[base] = e * rot[0]! + g * rot[3]! + u * rot[6]!;
  h[base + 1] = e * rot[1]! + g * rot[4]! + u * rot[7]!;
  h[base + 2] = e * rot[2]! + g * rot[5]! + u * rot[8]!;
  h[base + 3] = 0;
  h[base + 4] = 0;
  h[base + 5] = 0;
}

/** Which component is an angle that wraps (azimuth), or -1. */
export function angleComponent(kind: number): number {
  return kind <= POLAR_2D ? 1 : kind <= BEARING_ELEVATION ? 0 : -1;
}

// Layout of one prepared update: zPred [6], L packed [21], Y [6 x 6] with Y = P H' L^-T, posterior P packed [21], log det S.
export const PREPARED_Z = 0;
export const PREPARED_L = 6;
export const PREPARED_Y = 27;
export const PREPARED_P = 63;
export const PREPARED_LOG_DET = 84;
export const PREPARED_SIZE = 85;

const pht = new Float64Array(36);

/**
 * Prepares the extended Kalman update of one mode (x, packed P at `s[o]`) for detections of one kind and noise: everything except
 * the innovation. With S = H P H' + R = L L' and Y = P H' L^-T the posterior is P - Y Y' and x + Y e, where e = L^-1 (z - h(x)), and the
 * squared Mahalanobis distance is e'e. `variance` [n] is the diagonal of R, `covarianceEn` its (1, 0) element for positions.
 * Answers false (and the caller skips the pair) when S is not positive definite. Allocates nothing.
 *
 * Bar-Shalom, Li & Kirubarajan (2001), section 10.3; the square-root form is the one of Bierman (1977).
 */
export function prepareUpdate(
  s: Float64Array,
  o: number,
  kind: number,
  n: number,
  sensor: SensorGeometry,
  variance: ArrayLike<number>,
  varianceAt: number,
  covarianceEn: number,
  out: Float64Array,
  at: number,
): boolean {
  linearize(s, o, kind, n, sensor);
  const h = jacobian;
  const p = o + 6;
  const p0 = s[p]!;
  const p1 = s[p + 1]!;
  const p2 = s[p + 2]!;
  const p3 = s[p + 3]!;
  const p4 = s[p + 4]!;
  const p5 = s[p + 5]!;
  const p6 = s[p + 6]!;
  const p7 = s[p + 7]!;
  const p8 = s[p + 8]!;
  const p9 = s[p + 9]!;
  const p10 = s[p + 10]!;
  const p11 = s[p + 11]!;
  const p12 = s[p + 12]!;
  const p13 = s[p + 13]!;
  const p14 = s[p + 14]!;
  const p15 = s[p + 15]!;
  const p16 = s[p + 16]!;
  const p17 = s[p + 17]!;
  const p18 = s[p + 18]!;
  const p19 = s[p + 19]!;
  const p20 = s[p + 20]!;
  // Row j of pht is P times row j of H.
  for (let j = 0; j < n; j++) {
    const b = j * 6;
    const h0 = h[b]!;
    const h1 = h[b + 1]!;
    const h2 = h[b + 2]!;
    const h3 = h[b + 3]!;
    const h4 = h[b + 4]!;
    const h5 = h[b + 5]!;
    pht[b] = p0 * h0 + p1 * h1 + p3 * h2 + p6 * h3 + p10 * h4 + p15 * h5;
    pht[b + 1] = p1 * h0 + p2 * h1 + p4 * h2 + p7 * h3 + p11 * h4 + p16 * h5;
    pht[b + 2] = p3 * h0 + p4 * h1 + p5 * h2 + p8 * h3 + p12 * h4 + p17 * h5;
    pht[b + 3] = p6 * h0 + p7 * h1 + p8 * h2 + p9 * h3 + p13 * h4 + p18 * h5;
    pht[b + 4] = p10 * h0 + p11 * h1 + p12 * h2 + p13 * h3 + p14 * h4 + p19 * h5;
    pht[b + 5] = p15 * h0 + p16 * h1 + p17 * h2 + p18 * h3 + p19 * h4 + p20 * h5;
  }
  const l = at + PREPARED_L;
  let k = l;
  for (let i = 0; i < n; i++) {
    const hi = i * 6;
    for (let j = 0; j <= i; j++) {
      const b = j * 6;
      out[k++] =
        h[hi]! * pht[b]! +
        h[hi + 1]! * pht[b + 1]! +
        h[hi + 2]! * pht[b + 2]! +
        h[hi + 3]! * pht[b + 3]! +
        h[hi + 4]! * pht[b + 4]! +
        h[hi + 5]! * pht[b + 5]!;
    }
    out[k - 1] = out[k - 1]! + variance[varianceAt + i]!;
    out[at + PREPARED_Z + i] = predictedZ[i]!;
  }
  if (covarianceEn !== 0 && kind >= POSITION_2D) out[l + 1] = out[l + 1]! + covarianceEn;
  const logDeterminant = choleskyPacked(out, l, n);
  if (!(logDeterminant < Infinity)) return false;
  out[at + PREPARED_LOG_DET] = logDeterminant;
  // Columns of Y, kept as rows: Y_j = (P H'_j - sum_{k<j} L_jk Y_k) / L_jj.
  const y = at + PREPARED_Y;
  for (let j = 0; j < n; j++) {
    const rowL = l + (j * (j + 1)) / 2;
    const yj = y + j * 6;
    const b = j * 6;
    let a0 = pht[b]!;
    let a1 = pht[b + 1]!;
    let a2 = pht[b + 2]!;
    let a3 = pht[b + 3]!;
    let a4 = pht[b + 4]!;
    let a5 = pht[b + 5]!;
    for (let m = 0; m < j; m++) {
      const f = out[rowL + m]!;
      const ym = y + m * 6;
      a0 -= f * out[ym]!;
      a1 -= f * out[ym + 1]!;
      a2 -= f * out[ym + 2]!;
      a3 -= f * out[ym + 3]!;
      a4 -= f * out[ym + 4]!;
      a5 -= f * out[ym + 5]!;
    }
    const scale = 1 / out[rowL + j]!;
    out[yj] = a0 * scale;
    out[yj + 1] = a1 * scale;
    out[yj + 2] = a2 * scale;
    out[yj + 3] = a3 * scale;
    out[yj + 4] = a4 * scale;
    out[yj + 5] = a5 * scale;
  }
  const q = at + PREPARED_P;
  for (let i = 0; i < 21; i++) out[q + i] = s[p + i]!;
  for (let j = 0; j < n; j++) {
    const b = y + j * 6;
    const y0 = out[b]!;
    const y1 = out[b + 1]!;
    const y2 = out[b + 2]!;
    const y3 = out[b + 3]!;
    const y4 = out[b + 4]!;
    const y5 = out[b + 5]!;
    out[q] = out[q]! - y0 * y0;
    out[q + 1] = out[q + 1]! - y1 * y0;
    out[q + 2] = out[q + 2]! - y1 * y1;
    out[q + 3] = out[q + 3]! - y2 * y0;
    out[q + 4] = out[q + 4]! - y2 * y1;
    out[q + 5] = out[q + 5]! - y2 * y2;
    out[q + 6] = out[q + 6]! - y3 * y0;
    out[q + 7] = out[q + 7]! - y3 * y1;
    out[q + 8] = out[q + 8]! - y3 * y2;
    out[q + 9] = out[q + 9]! - y3 * y3;
    out[q + 10] = out[q + 10]! - y4 * y0;
    out[q + 11] = out[q + 11]! - y4 * y1;
    out[q + 12] = out[q + 12]! - y4 * y2;
    out[q + 13] = out[q + 13]! - y4 * y3;
    out[q + 14] = out[q + 14]! - y4 * y4;
    out[q + 15] = out[q + 15]! - y5 * y0;
    out[q + 16] = out[q + 16]! - y5 * y1;
    out[q + 17] = out[q + 17]! - y5 * y2;
    out[q + 18] = out[q + 18]! - y5 * y3;
    out[q + 19] = out[q + 19]! - y5 * y4;
    out[q + 20] = out[q + 20]! - y5 * y5;
  }
  // Rounding may not leave a variance at or below zero.
  if (!(out[q]! > 0)) out[q] = 1e-9;
  if (!(out[q + 2]! > 0)) out[q + 2] = 1e-9;
  if (!(out[q + 5]! > 0)) out[q + 5] = 1e-9;
  if (!(out[q + 9]! > 0)) out[q + 9] = 1e-9;
  if (!(out[q + 14]! > 0)) out[q + 14] = 1e-9;
  if (!(out[q + 20]! > 0)) out[q + 20] = 1e-9;
  return true;
}

/**
 * Innovation of detection z [n] at `z[zAt]` against the prepared update at `prepared[at]`: writes e = L^-1 (z - h(x)) to `out[outAt]` and
 * answers e'e. The azimuth's difference is wrapped. Leaves early with a value above `limit` once that is passed.
 */
export function innovate(
  prepared: Float64Array,
  at: number,
  z: ArrayLike<number>,
  zAt: number,
  n: number,
  angle: number,
  limit: number,
  out: Float64Array,
  outAt: number,
): number {
  let distance2 = 0;
  let row = at + PREPARED_L;
  for (let i = 0; i < n; i++) {
    let v = z[zAt + i]! - prepared[at + i]!;
    if (i === angle) {
      if (v > Math.PI) v -= 2 * Math.PI;
      else if (v < -Math.PI) v += 2 * Math.PI;
    }
    for (let k = 0; k < i; k++) v -= prepared[row + k]! * out[outAt + k]!;
    v /= prepared[row + i]!;
    out[outAt + i] = v;
    distance2 += v * v;
    if (distance2 > limit) return distance2;
    row += i + 1;
  }
  return distance2;
}
