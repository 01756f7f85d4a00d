// Is the filter as good as it says? Normalised errors and their chi-square bands.

import { chiSquareQuantile } from "../math/statistics.ts";
import { choleskyPacked } from "../math/symmetric.ts";

/**
 * Normalised squared error e' P^-1 e of n components; `covariance` is row-major [n x n]. NaN when it is not positive definite.
 * With P the state covariance it is NEES, with the innovation covariance NIS. Bar-Shalom, Li & Kirubarajan (2001), section 5.4.
 */
export function normalisedError(error: ArrayLike<number>, covariance: ArrayLike<number>, n: number): number {
  const factor = new Float64Array((n * (n + 1)) / 2);
  let k = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) factor[k++] = covariance[i * n + j]!;
  if (Number.isNaN(choleskyPacked(factor, 0, n))) return Number.NaN;
  const y = new Float64Array(n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let value = error[i]!;
    for (let j = 0; j < i; j++) value -= factor[(i * (i + 1)) / 2 + j]! * y[j]!;
    y[i] = value / factor[(i * (i + 1)) / 2 + i]!;
    sum += y[i]! * y[i]!;
  }
  return sum;
}

/** Two-sided band for the average of `runs` normalised errors of n components. */
export function averageBand(runs: number, n: number, probability = 0.95): readonly [number, number] {
  const tail = (1 - probability) / 2;
  return [chiSquareQuantile(tail, runs * n) / runs, chiSquareQuantile(1 - tail, runs * n) / runs];
}

/** Average over runs at each step (ANEES times n), and the share of steps inside the band. `errors[run][step]`. */
export function averageErrors(errors: readonly (readonly number[])[], n: number): { average: number[]; inside: number } {
  const runs = errors.length;
  const steps = errors[0]?.length ?? 0;
  const [low, high] = averageBand(runs, n);
  const average: number[] = [];
  let inside = 0;
  for (let step = 0; step < steps; step++) {
    let sum = 0;
    for (const run of errors) sum += run[step]!;
    average.push(sum / runs);
    if (sum / runs >= low && sum / runs <= high) inside += 1;
  }
  return { average, inside: steps > 0 ? inside / steps : 0 };
}
