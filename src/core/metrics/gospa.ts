// Distances between the true targets and the tracks of one instant. Positions are arrays of coordinates in metres.

import { assignRows } from "../math/assignment.ts";

export type Point = readonly number[];

export interface Gospa {
  /** The metric itself, m. */
  readonly distance: number;
  /** Parts as p-th powers: they add up to distance^p. */
  readonly localisation: number;
  readonly missed: number;
  readonly false: number;
  /** Indices [truth, estimate] of the pairs, in rising order of truth. */
  readonly pairs: readonly (readonly [number, number])[];
}

export function euclidean(a: Point, b: Point): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) * (a[k]! - b[k]!);
  return Math.sqrt(sum);
}

/** x to the power p for p = 1 or 2, the two that trackers are compared with. */
export function power(x: number, p: 1 | 2): number {
  return p === 1 ? x : x * x;
}

export function root(x: number, p: 1 | 2): number {
  return p === 1 ? x : Math.sqrt(x);
}

/** Least-cost pairing of rows and columns of any shape: column of each row, -1 where a row has none. */
export function leastCostPairs(cost: Float64Array, rows: number, columns: number): Int32Array {
  const columnOfRow = new Int32Array(rows).fill(-1);
  if (rows === 0 || columns === 0) return columnOfRow;
  if (rows <= columns) {
    assignRows(cost, rows, columns, columnOfRow);
    return columnOfRow;
  }
  const turned = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) turned[j * rows + i] = cost[i * columns + j]!;
  const rowOfColumn = new Int32Array(columns);
  assignRows(turned, columns, rows, rowOfColumn);
  for (let j = 0; j < columns; j++) columnOfRow[rowOfColumn[j]!] = j;
  return columnOfRow;
}

/**
 * GOSPA with alpha = 2 (Rahmathullah, Garcia-Fernandez & Svensson, "Generalized optimal sub-pattern assignment metric", FUSION 2017).
 * A pair must be closer than the cut-off `c` (m); an unpaired truth or estimate costs c^p / 2.
 */
export function gospa(truth: readonly Point[], estimate: readonly Point[], c: number, p: 1 | 2 = 2): Gospa {
  const n = truth.length;
  const m = estimate.length;
  const cost = new Float64Array(n * m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) cost[i * m + j] = power(Math.min(euclidean(truth[i]!, estimate[j]!), c), p);
  const columnOfRow = leastCostPairs(cost, n, m);
  const pairs: [number, number][] = [];
  let localisation = 0;
  for (let i = 0; i < n; i++) {
    const j = columnOfRow[i]!;
    if (j < 0) continue;
    const distance = euclidean(truth[i]!, estimate[j]!);
    if (distance >= c) continue;
    pairs.push([i, j]);
    localisation += power(distance, p);
  }
  const missed = ((n - pairs.length) * power(c, p)) / 2;
  const falseTracks = ((m - pairs.length) * power(c, p)) / 2;
  return { distance: root(localisation + missed + falseTracks, p), localisation, missed, false: falseTracks, pairs };
}

/** OSPA (Schuhmacher, Vo & Vo, "A consistent metric for performance evaluation of multi-object filters", IEEE Trans. SP 56(8), 2008). */
export function ospa(truth: readonly Point[], estimate: readonly Point[], c: number, p: 1 | 2 = 2): number {
  const n = truth.length;
  const m = estimate.length;
  if (n === 0 && m === 0) return 0;
  const cost = new Float64Array(n * m);
  for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) cost[i * m + j] = power(Math.min(euclidean(truth[i]!, estimate[j]!), c), p);
  const columnOfRow = leastCostPairs(cost, n, m);
  let sum = Math.abs(n - m) * power(c, p);
  for (let i = 0; i < n; i++) if (columnOfRow[i]! >= 0) sum += cost[i * m + columnOfRow[i]!]!;
  return root(sum / Math.max(n, m), p);
}
