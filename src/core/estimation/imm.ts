// Interacting multiple models inside one track (Blom & Bar-Shalom, "The interacting multiple model algorithm for systems with
// Markovian switching coefficients", IEEE Trans. Automatic Control 33(8), 1988), for modes that lie one after another in a slab.

import { MODE_SIZE } from "./motion.ts";

const mixed = new Float64Array(4 * MODE_SIZE);
const weight = new Float64Array(16);
const predictedProbability = new Float64Array(4);

/**
 * Mixes the modes of one track before a prediction, in place.
 *
 * Mode probabilities are `s[mu .. mu + modes)`, states at `s[first + m * MODE_SIZE]`; `transition` is row-major
 * [modes x modes], from row to column. Modes that carry less than 1e-9 of the mixture do not take part. Allocates nothing.
 */
export function mixModes(s: Float64Array, mu: number, first: number, modes: number, transition: Float64Array): void {
  for (let n = 0; n < modes; n++) {
    let sum = 0;
    for (let m = 0; m < modes; m++) {
      const w = transition[m * modes + n]! * s[mu + m]!;
      weight[n * modes + m] = w;
      sum += w;
    }
    predictedProbability[n] = sum;
    for (let m = 0; m < modes; m++) weight[n * modes + m] = sum > 0 ? weight[n * modes + m]! / sum : m === n ? 1 : 0;
  }
  for (let n = 0; n < modes; n++) {
    const to = n * MODE_SIZE;
    const own = first + to;
    let x0 = 0;
    let x1 = 0;
    let x2 = 0;
    let x3 = 0;
    let x4 = 0;
    let x5 = 0;
    // Deviations from the mode's own mean keep the digits of large coordinates.
    for (let m = 0; m < modes; m++) {
      const w = weight[n * modes + m]!;
      if (m === n || w < 1e-9) continue;
      const o = first + m * MODE_SIZE;
      x0 += w * (s[o]! - s[own]!);
      x1 += w * (s[o + 1]! - s[own + 1]!);
      x2 += w * (s[o + 2]! - s[own + 2]!);
      x3 += w * (s[o + 3]! - s[own + 3]!);
      x4 += w * (s[o + 4]! - s[own + 4]!);
      x5 += w * (s[o + 5]! - s[own + 5]!);
    }
    x0 += s[own]!;
    x1 += s[own + 1]!;
    x2 += s[own + 2]!;
    x3 += s[own + 3]!;
    x4 += s[own + 4]!;
    x5 += s[own + 5]!;
    mixed[to] = x0;
    mixed[to + 1] = x1;
    mixed[to + 2] = x2;
    mixed[to + 3] = x3;
    mixed[to + 4] = x4;
    mixed[to + 5] = x5;
    const p = to + 6;
    for (let k = 0; k < 21; k++) mixed[p + k] = 0;
    for (let m = 0; m < modes; m++) {
      const w = weight[n * modes + m]!;
      if (w < 1e-9) continue;
      const o = first + m * MODE_SIZE;
      addScaledSpread(mixed, p, w, s, o + 6, s[o]! - x0, s[o + 1]! - x1, s[o + 2]! - x2, s[o + 3]! - x3, s[o + 4]! - x4, s[o + 5]! - x5);
    }
  }
  for (let n = 0; n < modes; n++) s[mu + n] = predictedProbability[n]!;
  for (let k = 0; k < modes * MODE_SIZE; k++) s[first + k] = mixed[k]!;
}

/** Adds w (P + d d') to the packed matrix at `m[p]`, where P is packed at `s[q]` and d is the deviation. */
export function addScaledSpread(
  m: Float64Array,
  p: number,
  w: number,
  s: Float64Array,
  q: number,
  d0: number,
  d1: number,
  d2: number,
  d3: number,
  d4: number,
  d5: number,
): void {
  m[p] = m[p]! + w * (s[q]! + d0 * d0);
  m[p + 1] = m[p + 1]! + w * (s[q + 1]! + d1 * d0);
  m[p + 2] = m[p + 2]! + w * (s[q + 2]! + d1 * d1);
  m[p + 3] = m[p + 3]! + w * (s[q + 3]! + d2 * d0);
  m[p + 4] = m[p + 4]! + w * (s[q + 4]! + d2 * d1);
  m[p + 5] = m[p + 5]! + w * (s[q + 5]! + d2 * d2);
  m[p + 6] = m[p + 6]! + w * (s[q + 6]! + d3 * d0);
  m[p + 7] = m[p + 7]! + w * (s[q + 7]! + d3 * d1);
  m[p + 8] = m[p + 8]! + w * (s[q + 8]! + d3 * d2);
  m[p + 9] = m[p + 9]! + w * (s[q + 9]! + d3 * d3);
  m[p + 10] = m[p + 10]! + w * (s[q + 10]! + d4 * d0);
  m[p + 11] = m[p + 11]! + w * (s[q + 11]! + d4 * d1);
  m[p + 12] = m[p + 12]! + w * (s[q + 12]! + d4 * d2);
  m[p + 13] = m[p + 13]! + w * (s[q + 13]! + d4 * d3);
  m[p + 14] = m[p + 14]! + w * (s[q + 14]! + d4 * d4);
  m[p + 15] = m[p + 15]! + w * (s[q + 15]! + d5 * d0);
  m[p + 16] = m[p + 16]! + w * (s[q + 16]! + d5 * d1);
  m[p + 17] = m[p + 17]! + w * (s[q + 17]! + d5 * d2);
  m[p + 18] = m[p + 18]! + w * (s[q + 18]! + d5 * d3);
  m[p + 19] = m[p + 19]! + w * (s[q + 19]! + d5 * d4);
  m[p + 20] = m[p + 20]! + w * (s[q + 20]! + d5 * d5);
}

/**
 * Moment-matches the modes of one track to a single Gaussian: x [6] and packed P [21] at `out[at]`.
 */
export function collapseModes(s: Float64Array, mu: number, first: number, modes: number, out: Float64Array, at: number): void {
  for (let i = 0; i < 6; i++) {
    let sum = s[first + i]!;
    for (let m = 1; m < modes; m++) sum += s[mu + m]! * (s[first + m * MODE_SIZE + i]! - s[first + i]!);
    out[at + i] = sum;
  }
  const p = at + 6;
  for (let k = 0; k < 21; k++) out[p + k] = 0;
  for (let m = 0; m < modes; m++) {
    const o = first + m * MODE_SIZE;
    addScaledSpread(
      out,
      p,
      s[mu + m]!,
      s,
      o + 6,
      s[o]! - out[at]!,
      s[o + 1]! - out[at + 1]!,
      s[o + 2]! - out[at + 2]!,
      s[o + 3]! - out[at + 3]!,
      s[o + 4]! - out[at + 4]!,
      s[o + 5]! - out[at + 5]!,
    );
  }
}

/**
 * Transition probabilities over `dt` seconds from mean sojourn times and the shares by which a target that leaves a mode chooses
 * among the others. Row-major [modes x modes].
 */
export function fillTransition(
  modes: readonly { readonly sojourn: number; readonly share: number }[],
  dt: number,
  out: Float64Array,
): void {
  const count = modes.length;
  let total = 0;
  for (const mode of modes) total += mode.share;
  for (let m = 0; m < count; m++) {
    const stay = Math.exp(-dt / modes[m]!.sojourn);
    const others = total - modes[m]!.share;
    for (let n = 0; n < count; n++) {
      out[m * count + n] = m === n ? (others > 0 ? stay : 1) : others > 0 ? ((1 - stay) * modes[n]!.share) / others : 0;
    }
  }
}
