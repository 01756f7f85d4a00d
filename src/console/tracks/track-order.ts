// In which order tracks stand in the table, and when that order may change: never under the pointer or the focused row.

import type { TrackView } from "../../core/model/picture-view.ts";
import type { Approach } from "./approach.ts";

export type SortKey = "rank" | "id" | "distance" | "height" | "speed" | "age";
export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

export interface RankedTrack {
  readonly track: TrackView;
  readonly approach: Approach | undefined;
  /** Place in the server's ranking, from 0; undefined for one that it does not rank. */
  readonly rank?: number | undefined;
}

/** Place of each track in the server's ranking. */
export const ranksOf = (ranking: readonly string[] | undefined): ReadonlyMap<string, number> =>
  new Map((ranking ?? []).map((id, index) => [id, index]));

/** "SIM-T12" is "SIM" and "T12"; a live track has no prefix. */
export function splitTrackId(id: string): { prefix: string; rest: string } {
  const parts = /^([A-Z]+)-(.+)$/.exec(id);
  return parts === null ? { prefix: "", rest: id } : { prefix: parts[1]!, rest: parts[2]! };
}

/** T2 before T10: letters first, then the number. */
export function compareIds(a: string, b: string): number {
  const left = /^(.*?)(\d*)$/.exec(a)!;
  const right = /^(.*?)(\d*)$/.exec(b)!;
  if (left[1] !== right[1]) return left[1]! < right[1]! ? -1 : 1;
  return Number(left[2]) - Number(right[2]);
}

/** A person's word counts before geometry: hostile and suspect first, friends last, the rest between. */
function concern(track: TrackView): number {
  switch (track.affiliation) {
    case "hostile":
      return 0;
    case "suspect":
      return 1;
    case "pending":
    case "unknown":
      return 2;
    case "neutral":
      return 3;
    case "assumed-friend":
      return 4;
    case "friend":
      return 5;
  }
}

const never = Number.POSITIVE_INFINITY;

/**
 * Below zero when `a` stands above `b`: the server's ranking first, then what it does not rank (it ranks a hundred): concern, then what is surely there before what may be nothing, then time to
 * an asset, then distance, then identifier.
 */
export function compareRank(a: RankedTrack, b: RankedTrack): number {
  if (a.rank !== b.rank) return (a.rank ?? never) - (b.rank ?? never);
  const byConcern = concern(a.track) - concern(b.track);
  if (byConcern !== 0) return byConcern;
  const byStatus = Number(a.track.status === "tentative") - Number(b.track.status === "tentative");
  if (byStatus !== 0) return byStatus;
  const left = a.approach?.reachesIn ?? never;
  const right = b.approach?.reachesIn ?? never;
  if (left !== right) return left - right;
  const byDistance = (a.approach?.distance ?? never) - (b.approach?.distance ?? never);
  if (byDistance !== 0 && !Number.isNaN(byDistance)) return byDistance;
  return compareIds(a.track.id, b.track.id);
}

export function sortTracks(tracks: readonly RankedTrack[], sorting: Sorting): RankedTrack[] {
  const value = (ranked: RankedTrack): number => {
    switch (sorting.key) {
      case "distance":
        return ranked.approach?.distance ?? never;
      case "height":
        return ranked.track.position.heightAmslMetres ?? ranked.track.position.heightHaeMetres ?? never;
      case "speed":
        return ranked.track.speedMps;
      case "age":
        return ranked.track.measuredAtUs;
      default:
        return 0;
    }
  };
  const sorted = [...tracks].sort((a, b) => {
    if (sorting.key === "rank") return compareRank(a, b);
    if (sorting.key === "id") return compareIds(a.track.id, b.track.id);
    const difference = value(a) - value(b);
    return difference !== 0 && !Number.isNaN(difference) ? difference : compareIds(a.track.id, b.track.id);
  });
  return sorting.descending ? sorted.reverse() : sorted;
}

/**
 * The order to show, given the one shown last and the one that is right now.
 *
 * `frozen`: a hand is at work in the table. Every row keeps its place; tracks that ended leave, new ones are added below.
 * `pinned`: rows that keep their index even when the rest is sorted (under the pointer, focused).
 */
export function settleOrder(
  shown: readonly string[],
  wanted: readonly string[],
  pinned: ReadonlySet<string>,
  frozen: boolean,
): readonly string[] {
  if (frozen) {
    const alive = new Set(wanted);
    const kept = shown.filter((id) => alive.has(id));
    if (kept.length === wanted.length) return kept.length === shown.length ? shown : kept;
    const had = new Set(kept);
    return [...kept, ...wanted.filter((id) => !had.has(id))];
  }
  if (pinned.size === 0) return wanted;
  const held = new Map<number, string>();
  const alive = new Set(wanted);
  for (let index = 0; index < shown.length; index++) {
    const id = shown[index]!;
    if (pinned.has(id) && alive.has(id)) held.set(Math.min(index, wanted.length - 1), id);
  }
  const rest = wanted.filter((id) => ![...held.values()].includes(id));
  const order: string[] = [];
  let next = 0;
  for (let index = 0; index < wanted.length; index++) {
    const pinnedHere = held.get(index);
    if (pinnedHere !== undefined) order.push(pinnedHere);
    else order.push(rest[next++]!);
  }
  return order;
}

/** Where a row would go if it were sorted now: up, down, or where it is. `wantedIndex` maps identifier to place. */
export function pendingMove(id: string, shownIndex: number, wantedIndex: ReadonlyMap<string, number>): "up" | "down" | undefined {
  const wanted = wantedIndex.get(id);
  if (wanted === undefined || wanted === shownIndex) return undefined;
  return wanted < shownIndex ? "up" : "down";
}
