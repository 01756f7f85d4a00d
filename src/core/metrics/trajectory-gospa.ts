// Metrics between sets of trajectories: OSPA(2) and trajectory GOSPA.

import { euclidean, leastCostPairs, type Point, power, root } from "./gospa.ts";

/** Positions by step; undefined where the target or track does not exist. All trajectories of one comparison have the same length. */
export type Trajectory = readonly (Point | undefined)[];

/**
 * OSPA(2): OSPA between sets of trajectories with the time-averaged, cut-off distance as base (Beard, Vo & Vo, "OSPA(2): using the OSPA
 * metric to evaluate multi-target tracking performance", ICCAIS 2017). Where only one of two exists the distance is the cut-off `c`;
 * where neither does, it does not count.
 */
export function ospa2(truth: readonly Trajectory[], tracks: readonly Trajectory[], c: number, p: 1 | 2 = 2): number {
  const n = truth.length;
  const m = tracks.length;
  if (n === 0 && m === 0) return 0;
  const cost = new Float64Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      let count = 0;
      for (let k = 0; k < truth[i]!.length; k++) {
        const a = truth[i]![k];
        const b = tracks[j]![k];
        if (a === undefined && b === undefined) continue;
        count += 1;
        sum += a === undefined || b === undefined ? c : Math.min(euclidean(a, b), c);
      }
      cost[i * m + j] = power(count === 0 ? 0 : sum / count, p);
    }
  }
  const columnOfRow = leastCostPairs(cost, n, m);
  let sum = Math.abs(n - m) * power(c, p);
  for (let i = 0; i < n; i++) if (columnOfRow[i]! >= 0) sum += cost[i * m + columnOfRow[i]!]!;
  return root(sum / Math.max(n, m), p);
}

/**
 * Trajectory GOSPA with alpha = 2 for at most a few targets (Garcia-Fernandez, Rahmathullah & Svensson, "A metric on the space of finite
 * sets of trajectories", IEEE Trans. SP 68, 2020): at each step the GOSPA cost of an assignment, plus `switchCost`^p for each change of
 * the partner of a truth (half of it between a partner and none). Exact by dynamic programming over the assignments of each step,
 * so it is for up to about five trajectories on either side.
 */
export function trajectoryGospa(
  truth: readonly Trajectory[],
  tracks: readonly Trajectory[],
  c: number,
  p: 1 | 2,
  switchCost: number,
): number {
  const n = truth.length;
  const m = tracks.length;
  const steps = truth[0]?.length ?? tracks[0]?.length ?? 0;
  const assignments = partialAssignments(n, m);
  const half = power(c, p) / 2;
  const change = power(switchCost, p);
  const between = assignments.map((a) =>
    assignments.map((b) => {
      let sum = 0;
      for (let i = 0; i < n; i++) if (a[i] !== b[i]) sum += a[i] === -1 || b[i] === -1 ? change / 2 : change;
      return sum;
    }),
  );
  let best = new Float64Array(assignments.length);
  for (let k = 0; k < steps; k++) {
    const next = new Float64Array(assignments.length).fill(Infinity);
    assignments.forEach((assignment, s) => {
      let cost = 0;
      const taken = new Uint8Array(m);
      for (let i = 0; i < n; i++) {
        const j = assignment[i]!;
        const a = truth[i]![k];
        const b = j >= 0 ? tracks[j]![k] : undefined;
        if (j >= 0) taken[j] = 1;
        if (a !== undefined && b !== undefined) cost += Math.min(power(euclidean(a, b), p), 2 * half);
        else if (a !== undefined || b !== undefined) cost += half;
      }
      for (let j = 0; j < m; j++) if (taken[j] === 0 && tracks[j]![k] !== undefined) cost += half;
      if (k === 0) next[s] = cost;
      else
        for (let before = 0; before < assignments.length; before++)
          next[s] = Math.min(next[s]!, best[before]! + between[before]![s]! + cost);
    });
    best = next;
  }
  return root(steps === 0 ? 0 : Math.min(...best), p);
}

/** Every way to give each of n truths one of m tracks or none (-1). */
function partialAssignments(n: number, m: number): number[][] {
  let all: number[][] = [[]];
  for (let i = 0; i < n; i++) {
    const longer: number[][] = [];
    for (const partial of all) for (let j = -1; j < m; j++) if (j === -1 || !partial.includes(j)) longer.push([...partial, j]);
    all = longer;
  }
  return all;
}
