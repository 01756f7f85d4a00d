// Variational projection of joint hypotheses onto one multi-Bernoulli: before hypotheses are merged, the Bernoullis of each are
// reordered so that like is merged with like. Without it, tracks that were close keep the average of everyone's places, and a target
// that died leaves a share of its death to all. Williams, "An efficient, variational approximation of the best fitting multi-Bernoulli
// filter", IEEE Trans. Signal Processing 63(1), 2015; Garcia-Fernandez, arXiv 2605.07309 (2026), for the track-oriented form.

import { MODE_SIZE } from "../estimation/motion.ts";
import { assignRows } from "../math/assignment.ts";
import { choleskyPacked } from "../math/symmetric.ts";
import type { JointHypotheses } from "./hypotheses.ts";

/** One cluster: a Bernoulli for each option of each track. */
export interface VariationalCluster {
  tracks: number;
  options: number;
  /** First option of each track, [tracks + 1]. */
  firstOption: Int32Array;
  /** Existence of each option's Bernoulli. */
  existence: Float64Array;
  /** x [6] and packed P [21] of each option. */
  gaussian: Float64Array;
  /** Answer, [tracks x options]: how much of each option's probability goes to each merged track. */
  share: Float64Array;
}

let slotGaussian = new Float64Array(0);
let slotInverse = new Float64Array(0);
let slotExistence = new Float64Array(0);
let slotLogDet = new Float64Array(0);
let cost = new Float64Array(0);
let matrix = new Float64Array(0);
let order = new Int32Array(0);
let placed = new Int32Array(0);
const factor = new Float64Array(21);
const inverseFactor = new Float64Array(21);

/**
 * Fills `cluster.share`. The first reference is the best hypothesis in its own order, so the track that the best hypothesis continues
 * keeps its name; then each sweep assigns the Bernoullis of every hypothesis to the merged tracks at least cross-entropy, and merges
 * again, until nothing moves or `sweeps` are done. O(sweeps (tracks options + hypotheses tracks^3)).
 */
export function reorderHypotheses(cluster: VariationalCluster, joint: JointHypotheses, sweeps: number): void {
  const { tracks, options, existence, gaussian } = cluster;
  const total = tracks * options;
  if (cluster.share.length < total) cluster.share = new Float64Array(total * 2);
  if (cost.length < total) cost = new Float64Array(total * 2);
  if (slotExistence.length < tracks) {
    slotExistence = new Float64Array(tracks * 2);
    slotLogDet = new Float64Array(tracks * 2);
    slotGaussian = new Float64Array(tracks * 2 * MODE_SIZE);
    slotInverse = new Float64Array(tracks * 2 * 21);
    matrix = new Float64Array(tracks * tracks * 4);
    placed = new Int32Array(tracks * 2);
  }
  if (order.length < joint.count * tracks) order = new Int32Array(joint.count * tracks * 2);
  const share = cluster.share;
  for (let h = 0; h < joint.count; h++) for (let k = 0; k < tracks; k++) order[h * tracks + k] = k;

  for (let sweep = 0; sweep <= sweeps; sweep++) {
    // Shares by the present order; before the first sweep the best hypothesis alone.
    share.fill(0, 0, total);
    const used = sweep === 0 ? 1 : joint.count;
    for (let h = 0; h < used; h++) {
      for (let k = 0; k < tracks; k++) {
        const at = order[h * tracks + k]! * options + joint.option[h * tracks + k]!;
        share[at] = share[at]! + (sweep === 0 ? 1 : joint.weight[h]!);
      }
    }
    if (sweep === sweeps) break;
    for (let k = 0; k < tracks; k++) mergeSlot(cluster, k);
    for (let k = 0; k < tracks; k++) {
      const r = Math.min(Math.max(slotExistence[k]!, 1e-4), 1 - 1e-4);
      const present = Math.log(r);
      const absent = Math.log(1 - r);
      const g = k * MODE_SIZE;
      const inverse = k * 21;
      for (let o = 0; o < options; o++) {
        const e = existence[o]!;
        const at = o * MODE_SIZE;
        let quadratic = 0;
        let c = 0;
        for (let i = 0; i < 6; i++) {
          const di = gaussian[at + i]! - slotGaussian[g + i]!;
          for (let j = 0; j <= i; j++) {
            const dj = gaussian[at + j]! - slotGaussian[g + j]!;
            const element = slotInverse[inverse + c]! * (gaussian[at + 6 + c]! + di * dj);
            quadratic += i === j ? element : 2 * element;
            c += 1;
          }
        }
        cost[k * options + o] = -(1 - e) * absent - e * (present - 0.5 * (slotLogDet[k]! + quadratic));
      }
    }
    let moved = false;
    for (let h = 0; h < joint.count; h++) {
      for (let k = 0; k < tracks; k++) {
        const option = joint.option[h * tracks + k]!;
        for (let slot = 0; slot < tracks; slot++) matrix[k * tracks + slot] = cost[slot * options + option]!;
      }
      if (tracks === 2) {
        const straight = matrix[0]! + matrix[3]!;
        const crossed = matrix[1]! + matrix[2]!;
        placed[0] = crossed < straight ? 1 : 0;
        placed[1] = crossed < straight ? 0 : 1;
      } else assignRows(matrix, tracks, tracks, placed);
      for (let k = 0; k < tracks; k++) {
        if (order[h * tracks + k] !== placed[k]) {
          order[h * tracks + k] = placed[k]!;
          moved = true;
        }
      }
    }
    if (!moved && sweep > 0) {
      break;
    }
  }
}

/** Moment-matches the options of one merged track, and inverts its covariance. */
function mergeSlot(cluster: VariationalCluster, k: number): void {
  const { options, share, existence, gaussian } = cluster;
  const g = k * MODE_SIZE;
  let total = 0;
  let strongest = 0;
  for (let o = 0; o < options; o++) {
    const w = share[k * options + o]! * existence[o]!;
    total += w;
    if (w > share[k * options + strongest]! * existence[strongest]!) strongest = o;
  }
  slotExistence[k] = total;
  const reference = strongest * MODE_SIZE;
  for (let i = 0; i < MODE_SIZE; i++) slotGaussian[g + i] = 0;
  const scale = total > 1e-30 ? 1 / total : 0;
  for (let o = 0; o < options; o++) {
    const w = share[k * options + o]! * existence[o]! * scale;
    if (w === 0) continue;
    for (let i = 0; i < 6; i++) slotGaussian[g + i] = slotGaussian[g + i]! + w * (gaussian[o * MODE_SIZE + i]! - gaussian[reference + i]!);
  }
  for (let i = 0; i < 6; i++) slotGaussian[g + i] = slotGaussian[g + i]! + gaussian[reference + i]!;
  for (let o = 0; o < options; o++) {
    const w = total > 1e-30 ? share[k * options + o]! * existence[o]! * scale : o === strongest ? 1 : 0;
    if (w === 0) continue;
    const at = o * MODE_SIZE;
    let c = 6;
    for (let i = 0; i < 6; i++) {
      const di = gaussian[at + i]! - slotGaussian[g + i]!;
      for (let j = 0; j <= i; j++) {
        slotGaussian[g + c] = slotGaussian[g + c]! + w * (gaussian[at + c]! + di * (gaussian[at + j]! - slotGaussian[g + j]!));
        c += 1;
      }
    }
  }
  for (let c = 0; c < 21; c++) factor[c] = slotGaussian[g + 6 + c]!;
  const logDet = choleskyPacked(factor, 0, 6);
  slotLogDet[k] = logDet < Infinity ? logDet : 0;
  invertFromFactor(factor, slotInverse, k * 21);
}

/** Packed inverse from the packed Cholesky factor L: first L^-1, then L^-T L^-1. */
function invertFromFactor(l: Float64Array, out: Float64Array, at: number): void {
  for (let j = 0; j < 6; j++) {
    for (let i = j; i < 6; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= l[(i * (i + 1)) / 2 + k]! * inverseFactor[(k * (k + 1)) / 2 + j]!;
      inverseFactor[(i * (i + 1)) / 2 + j] = sum / l[(i * (i + 1)) / 2 + i]!;
    }
  }
  let c = at;
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = i; k < 6; k++) sum += inverseFactor[(k * (k + 1)) / 2 + i]! * inverseFactor[(k * (k + 1)) / 2 + j]!;
      out[c++] = sum;
    }
  }
}
