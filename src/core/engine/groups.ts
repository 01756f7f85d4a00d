// Tracks that fly together, of every origin, with the keys of their members.

import type { Origin } from "../model/observation.ts";
import { readGroups } from "../tracking/picket-tracker.ts";
import { type Picture, trackKey } from "./picture.ts";

export interface TrackGroupFact {
  /** "G12", "SIM-G12": of its smallest member. */
  readonly id: string;
  readonly origin: Origin;
  readonly tracks: string[];
  /** Number of objects with its 95 % interval. */
  readonly count: number;
  readonly countLow: number;
  readonly countHigh: number;
  /** [east, north], m. */
  readonly hull: readonly (readonly [number, number])[];
}

export function groupsOf(picture: Picture): TrackGroupFact[] {
  const groups: TrackGroupFact[] = [];
  for (const [origin, tracker] of picture.trackers) {
    for (const { id, members, hull, count, countLow, countHigh } of readGroups(tracker)) {
      groups.push({
        id: trackKey(origin, id).replace(/T(\d+)$/, "G$1"),
        origin,
        tracks: members.map((member) => trackKey(origin, member)),
        count,
        countLow,
        countHigh,
        hull,
      });
    }
  }
  return groups;
}
