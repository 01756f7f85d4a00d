// How far the sources of affiliation contradict each other, 0..1. A posterior alone cannot tell "nobody knows" from "two sources say the
// opposite"; this can.

import type { Evidence } from "../model/identity.ts";
import { softmax } from "./ledger.ts";

/**
 * Each source's evidence alone, on an even prior, gives a distribution p over the hypotheses. Two sources conflict by the Jensen-Shannon
 * divergence of their distributions in bits (0 equal, 1 disjoint; J. Lin, IEEE Trans. Information Theory 37(1), 1991), times the less
 * sure source's certainty, 1 - H(p) / ln n: a source that says little contradicts nobody. The answer is that of the worst pair, so that
 * many agreeing sources cannot hide one that disagrees. 0 for fewer than two sources.
 */
export function conflictOf(evidence: readonly Evidence[], hypotheses: number): number {
  if (evidence.length < 2) return 0;
  const sources: string[] = [];
  const sums: number[][] = [];
  for (const { source, logLikelihood } of evidence) {
    const at = sources.indexOf(source);
    if (at < 0) {
      sources.push(source);
      sums.push(logLikelihood.slice());
    } else for (let h = 0; h < hypotheses; h++) sums[at][h] += logLikelihood[h];
  }
  if (sums.length < 2) return 0;
  const distributions = sums.map(softmax);
  const certainty = distributions.map((p) => 1 - entropy(p) / Math.log(hypotheses));
  let worst = 0;
  for (let i = 1; i < distributions.length; i++) {
    for (let j = 0; j < i; j++) {
      const weight = Math.min(certainty[i], certainty[j]);
      if (weight <= worst) continue;
      worst = Math.max(worst, weight * divergence(distributions[i], distributions[j]));
    }
  }
  return Math.min(1, Math.max(0, worst));
}

function entropy(p: readonly number[]): number {
  let sum = 0;
  for (const value of p) if (value > 0) sum -= value * Math.log(value);
  return sum;
}

/** Jensen-Shannon divergence in bits. */
function divergence(p: readonly number[], q: readonly number[]): number {
  let sum = 0;
  for (let h = 0; h < p.length; h++) {
    const m = (p[h] + q[h]) / 2;
    if (p[h] > 0) sum += 0.5 * p[h] * Math.log(p[h] / m);
    if (q[h] > 0) sum += 0.5 * q[h] * Math.log(q[h] / m);
  }
  return sum / Math.LN2;
}
