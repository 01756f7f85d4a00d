// How long a track has kept to one place: the memory that a single state does not have.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { TrackFacts } from "../model/track-facts.ts";

/** Plain data; keyed by track. */
export interface LoiterState {
  anchors: Map<string, { east: number; north: number; since: Micros; seenAt: Micros }>;
  /** Tracks that were left out because the memory was full. */
  refused: number;
}

/** Tracks remembered at once. */
const CAPACITY = 8192;

export const createLoiter = (): LoiterState => ({ anchors: new Map(), refused: 0 });

/** s that the track has stayed within `radius` m of where it was first. Circling counts, because it comes back. Changes `state`. */
export function updateLoiter(state: LoiterState, facts: TrackFacts, radius: number, now: Micros): number {
  const { position } = facts;
  const east = position[0];
  const north = position[1];
  const anchor = state.anchors.get(facts.key);
  if (anchor === undefined) {
    if (state.anchors.size >= CAPACITY) {
      state.refused += 1;
      return 0;
    }
    state.anchors.set(facts.key, { east, north, since: now, seenAt: now });
    return 0;
  }
  anchor.seenAt = now;
  const dE = east - anchor.east;
  const dN = north - anchor.north;
  if (dE * dE + dN * dN > radius * radius) {
    anchor.east = east;
    anchor.north = north;
    anchor.since = now;
  }
  return Math.max(0, (now - anchor.since) / MICROS_PER_SECOND);
}

/** s that the track has stayed, as of the newest update; 0 for one that is not known. */
export function loiterOf(state: LoiterState, key: string, now: Micros): number {
  const anchor = state.anchors.get(key);
  return anchor === undefined ? 0 : Math.max(0, (now - anchor.since) / MICROS_PER_SECOND);
}

/** Forgets tracks that were not seen for `seconds`. */
export function forgetLoiter(state: LoiterState, now: Micros, seconds: number): void {
  for (const [key, anchor] of state.anchors) if (now - anchor.seenAt > seconds * MICROS_PER_SECOND) state.anchors.delete(key);
}
