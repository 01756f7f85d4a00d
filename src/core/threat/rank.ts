// Who comes first in the list: by (time to zone, score), and calm enough to be read.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { Threat } from "../model/threat.ts";
import type { TrackFacts } from "../model/track-facts.ts";

export interface RankCandidate {
  readonly key: string;
  readonly threat: Threat;
  /** Of the attention guard: a track that came back stands above where it was. */
  readonly boost: number;
  readonly status: TrackFacts["status"];
}

/** What a track is sorted by. It follows the truth only when that has moved by more than the hysteresis. */
export interface RankEntry {
  key: string;
  /** 0: on its way and it matters. 1: everything else. */
  tier: 0 | 1;
  /** Instant of arrival at the first zone. An approach at constant speed keeps it, so a list by it does not churn. */
  arrivalAt: Micros;
  /** With the boost. */
  score: number;
}

export interface RankState {
  /** Sorted, best first. */
  readonly order: readonly RankEntry[];
}

export interface RankSettings {
  /** Score from which an inbound track belongs to the first tier: the site's attention score. */
  readonly matters: number;
  /** A track of the first tier leaves it below `matters - tierMargin`. */
  readonly tierMargin: number;
  /** s, and share of the remaining time, by which an arrival must move before the list follows. */
  readonly timeMargin: number;
  readonly timeShare: number;
  readonly scoreMargin: number;
}

export const RANK_SETTINGS: RankSettings = { matters: 0.5, tierMargin: 0.08, timeMargin: 2, timeShare: 0.1, scoreMargin: 0.03 };

export const createRank = (): RankState => ({ order: [] });

/**
 * The new order. First tier: inbound tracks whose score (with boost) is at least `matters`, by instant of arrival; a boost brings it
 * forward by that share of the remaining time. Second tier: the rest, by score, those that are only tentative behind. Ties by key.
 *
 * Hysteresis: each track is sorted by values that follow the true ones only when those moved by more than the margin. So no track stands
 * wrong by more than two margins, an order never depends on chance, and equal input gives an equal order. Takes over the entries of `previous`.
 */
export function rankTracks(
  previous: RankState,
  candidates: readonly RankCandidate[],
  now: Micros,
  settings: RankSettings = RANK_SETTINGS,
): RankState {
  const byKey = new Map<string, RankCandidate>();
  for (const candidate of candidates) byKey.set(candidate.key, candidate);
  // What did not move stands in the right order already; only the others are sorted, and the two merged.
  const standing: RankEntry[] = [];
  const moved: RankEntry[] = [];
  for (const entry of previous.order) {
    const candidate = byKey.get(entry.key);
    if (candidate === undefined) continue;
    const { tier, arrivalAt, score } = entry;
    follow(entry, candidate, now, settings);
    const same = entry.tier === tier && entry.score === score && (tier === 1 || entry.arrivalAt === arrivalAt);
    (same ? standing : moved).push(entry);
  }
  if (standing.length + moved.length < byKey.size) {
    const known = new Set<string>();
    for (const { key } of previous.order) known.add(key);
    for (const candidate of byKey.values()) {
      if (known.has(candidate.key)) continue;
      const entry: RankEntry = { key: candidate.key, tier: 1, arrivalAt: Number.NaN as Micros, score: Number.NaN };
      follow(entry, candidate, now, settings);
      moved.push(entry);
    }
  }
  if (moved.length === 0) return { order: standing };
  moved.sort(before);
  const order: RankEntry[] = [];
  let next = 0;
  for (const entry of standing) {
    while (next < moved.length && before(moved[next]!, entry) < 0) order.push(moved[next++]!);
    order.push(entry);
  }
  while (next < moved.length) order.push(moved[next++]!);
  return { order };
}

function before(a: RankEntry, b: RankEntry): number {
  if (a.tier !== b.tier) return a.tier - b.tier;
  if (a.tier === 0 && a.arrivalAt !== b.arrivalAt) return a.arrivalAt - b.arrivalAt;
  if (a.score !== b.score) return b.score - a.score;
  return a.key < b.key ? -1 : 1;
}

function follow(entry: RankEntry, candidate: RankCandidate, now: Micros, settings: RankSettings): void {
  const { threat, boost } = candidate;
  // A track that may yet be nothing is behind one that is as bad and sure.
  const score = Math.min(1, threat.score + boost) - (candidate.status === "tentative" ? 0.1 : 0);
  if (!(Math.abs(score - entry.score) <= settings.scoreMargin)) entry.score = score;
  const time = threat.timeToZone;
  const limit = entry.tier === 0 ? settings.matters - settings.tierMargin : settings.matters;
  entry.tier = threat.inbound && time !== undefined && score >= limit ? 0 : 1;
  if (time === undefined) return;
  const remaining = time * (1 - Math.min(0.9, boost));
  const arrivalAt = (now + Math.round(remaining * MICROS_PER_SECOND)) as Micros;
  const margin = Math.max(settings.timeMargin, settings.timeShare * remaining) * MICROS_PER_SECOND;
  if (!(Math.abs(arrivalAt - entry.arrivalAt) <= margin)) entry.arrivalAt = arrivalAt;
}
