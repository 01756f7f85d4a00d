// The ledger of one question: every piece of evidence with its weight, and what follows from the sum. One piece in each slot; the
// posterior is softmax(log prior + sum of log-likelihoods), so taking a piece out changes the log odds of any two hypotheses by
// exactly the difference of the two weights that are printed for it.
//
// Weights are printed in decibans (10 log10 of a likelihood ratio; I. J. Good, "Probability and the Weighing of Evidence", 1950): 10
// make one hypothesis ten times as likely against the other, 20 a hundred times.

import type { Micros } from "../base/units.ts";
import type { Evidence, EvidenceBasis } from "../model/identity.ts";
import type { AnswerChange, LedgerLine, QuestionLedger, Reversal } from "../model/ledger-view.ts";
import { evidenceText } from "./evidence-text.ts";

export type { AnswerChange, LedgerLine, QuestionLedger, Reversal } from "../model/ledger-view.ts";

/** Decibans in a natural logarithm. */
export const DECIBANS_PER_NAT = 10 / Math.LN10;
export const EVIDENCE_LIMIT = 64;
export const REVERSAL_LIMIT = 50;

/** Evidence that nobody has yet but that somebody could get. */
export interface Obtainable {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly logLikelihood: readonly number[];
  readonly basis: EvidenceBasis;
  /** The slot it would take; a piece that is there makes room. */
  readonly slot: string;
}

/** Adds up a ledger: unnormalised log posterior, natural logarithms, in the order of the prior. */
export function logPosteriorOf(logPrior: readonly number[], evidence: readonly Evidence[]): number[] {
  const sum = logPrior.slice();
  for (let i = 0; i < evidence.length; i++) {
    const ll = evidence[i].logLikelihood;
    for (let h = 0; h < sum.length; h++) sum[h] += ll[h];
  }
  return sum;
}

/** exp and normalise; the largest is taken off first, so nothing overflows. */
export function softmax(logs: readonly number[]): number[] {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of logs) if (value > largest) largest = value;
  const out = new Array<number>(logs.length);
  let total = 0;
  for (let h = 0; h < logs.length; h++) {
    out[h] = Math.exp(logs[h] - largest);
    total += out[h];
  }
  for (let h = 0; h < out.length; h++) out[h] /= total;
  return out;
}

/** How much a piece can move any two hypotheses against each other, nats: 0 for one that says nothing. */
export function spreadOf(evidence: Evidence): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of evidence.logLikelihood) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return high - low;
}

/**
 * One piece for each slot (the last one given stands), finite ones only, at most `EVIDENCE_LIMIT`: the least telling make room.
 * Returns how many were left out. `pieces` is changed in place.
 */
export function boundEvidence(pieces: Evidence[], hypotheses: number): number {
  const before = pieces.length;
  let unique = true;
  for (let i = 1; i < pieces.length && unique; i++) for (let j = 0; j < i; j++) if (pieces[i].slot === pieces[j].slot) unique = false;
  if (!unique) {
    const bySlot = new Map<string, Evidence>();
    for (const piece of pieces) bySlot.set(piece.slot, piece);
    pieces.splice(0, pieces.length, ...bySlot.values());
  }
  for (let i = pieces.length - 1; i >= 0; i--) {
    const ll = pieces[i].logLikelihood;
    let sound = ll.length === hypotheses;
    for (let h = 0; h < ll.length && sound; h++) sound = Number.isFinite(ll[h]);
    if (!sound) pieces.splice(i, 1);
  }
  if (pieces.length > EVIDENCE_LIMIT) {
    const worth = pieces.map((piece, index) => ({ index, value: spreadOf(piece) }));
    worth.sort((a, b) => b.value - a.value || a.index - b.index);
    const kept = new Set(worth.slice(0, EVIDENCE_LIMIT).map(({ index }) => index));
    const rest = pieces.filter((_, index) => kept.has(index));
    pieces.splice(0, pieces.length, ...rest);
  }
  return before - pieces.length;
}

/** Indices of the most and second most probable hypothesis; the earlier one where two are equal. */
export function leadingPair(values: readonly number[]): [first: number, second: number] {
  let first = 0;
  for (let h = 1; h < values.length; h++) if (values[h] > values[first]) first = h;
  let second = first === 0 ? 1 : 0;
  for (let h = 0; h < values.length; h++) if (h !== first && values[h] > values[second]) second = h;
  return [first, second];
}

/**
 * The piece that moved the answer: the one whose appearing, vanishing or changing moved the log odds of the new leading hypothesis
 * against the old one (or, where the leader stayed, against its rival either way) the most. Undefined when no piece changed.
 */
export function causeOf(
  before: readonly Evidence[],
  after: readonly Evidence[],
  logPrior: readonly number[],
): Reversal["cause"] | undefined {
  const oldLead = leadingPair(logPosteriorOf(logPrior, before))[0];
  const [newLead, rival] = leadingPair(logPosteriorOf(logPrior, after));
  const against = newLead === oldLead ? rival : oldLead;
  const signed = newLead !== oldLead;
  let best: { piece: Evidence; change: "appeared" | "vanished" | "changed"; weight: number; score: number } | undefined;
  const consider = (piece: Evidence, change: "appeared" | "vanished" | "changed", moved: number) => {
    const score = signed ? moved : Math.abs(moved);
    if (best === undefined || score > best.score) best = { piece, change, weight: moved * DECIBANS_PER_NAT, score };
  };
  for (const piece of after) {
    const old = before.find((other) => other.slot === piece.slot);
    const now = piece.logLikelihood[newLead] - piece.logLikelihood[against];
    if (old === undefined) consider(piece, "appeared", now);
    else {
      const moved = now - (old.logLikelihood[newLead] - old.logLikelihood[against]);
      if (moved !== 0 || old.key !== piece.key) consider(piece, "changed", moved);
    }
  }
  for (const piece of before) {
    if (after.some((other) => other.slot === piece.slot)) continue;
    consider(piece, "vanished", piece.logLikelihood[against] - piece.logLikelihood[newLead]);
  }
  if (best === undefined) return undefined;
  const { piece, change, weight } = best;
  return { change, slot: piece.slot, key: piece.key, values: piece.values, sentence: evidenceText(piece.key, piece.values), weight };
}

/**
 * The ledger as people read it. `decide` gives the answer that automation would show for any list of evidence; it is asked again
 * without each piece, and with each of `obtainable`.
 */
export function questionLedger(
  question: "class" | "affiliation",
  hypotheses: readonly string[],
  logPrior: readonly number[],
  evidence: readonly Evidence[],
  decide: (evidence: readonly Evidence[]) => string,
  obtainable: readonly Obtainable[],
  reversals: readonly Reversal[],
  reversalsDropped: number,
  now: Micros,
): QuestionLedger {
  const total = logPosteriorOf(logPrior, evidence);
  const posterior = softmax(total);
  const [first, second] = leadingPair(total);
  const answer = decide(evidence);
  const lines = evidence.map((piece): LedgerLine => {
    const ll = piece.logLikelihood;
    let highest = ll[0];
    for (const value of ll) if (value > highest) highest = value;
    return {
      slot: piece.slot,
      source: piece.source,
      basis: piece.basis,
      at: piece.at,
      key: piece.key,
      values: piece.values,
      sentence: evidenceText(piece.key, piece.values),
      weight: (ll[first] - ll[second]) * DECIBANS_PER_NAT,
      weights: ll.map((value) => (value - highest) * DECIBANS_PER_NAT),
    };
  });
  // The most telling first; slots break ties.
  lines.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.slot < b.slot ? -1 : a.slot > b.slot ? 1 : 0));
  const changes: AnswerChange[] = [];
  for (const line of lines) {
    const wouldBe = decide(evidence.filter((piece) => piece.slot !== line.slot));
    if (wouldBe === answer) continue;
    changes.push({ kind: "without", slot: line.slot, key: line.key, values: line.values, sentence: line.sentence, wouldBe });
  }
  for (const piece of obtainable) {
    const with_: Evidence = { ...piece, question, source: "picket", at: now };
    const wouldBe = decide([...evidence.filter((other) => other.slot !== piece.slot), with_]);
    if (wouldBe === answer) continue;
    changes.push({ kind: "with", key: piece.key, values: piece.values, sentence: evidenceText(piece.key, piece.values), wouldBe });
  }
  return {
    question,
    hypotheses,
    answer,
    leading: hypotheses[first],
    rival: hypotheses[second],
    prior: softmax(logPrior),
    posterior,
    priorWeight: (logPrior[first] - logPrior[second]) * DECIBANS_PER_NAT,
    logOdds: (total[first] - total[second]) * DECIBANS_PER_NAT,
    evidence: lines,
    whatWouldChange: changes,
    reversals,
    reversalsDropped,
  };
}
