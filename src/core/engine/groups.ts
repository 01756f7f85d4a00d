// Tracks that fly together, of every origin, with the keys of their members.

import type { Origin } from "../model/observation.ts";
import type { TrackFacts } from "../model/track-facts.ts";
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

/** m; a track with members of a group all around it within this is in the group's company, though the tracker gives it another velocity. */
const AMONG = 150;
/** Members within that distance from which on it counts: at the head or the end of a wedge there are no more. */
const LEAST_AMONG = 3;

/**
 * Who keeps whose company: keys of the tracks beside which each track flies. The members of a group, and for a track that the tracker counts to no
 * group those of the one that has most members near it: in a flock a track that changes from bird to bird shows a speed that no bird has, and is of the
 * flock all the same. What the company is worth is for the judgement of class to say: a drone beside a flock has its own evidence.
 */
export function companies(groups: readonly TrackGroupFact[], all: readonly TrackFacts[]): Map<string, readonly string[]> {
  const company = new Map<string, readonly string[]>();
  if (groups.length === 0) return company;
  for (const { tracks } of groups) for (const key of tracks) company.set(key, tracks);
  const factsOf = new Map(all.map((facts) => [facts.key, facts]));
  const boxes = groups.map(({ hull }) => {
    const box = {
      west: Number.POSITIVE_INFINITY,
      east: Number.NEGATIVE_INFINITY,
      south: Number.POSITIVE_INFINITY,
      north: Number.NEGATIVE_INFINITY,
    };
    for (const [east, north] of hull) {
      box.west = Math.min(box.west, east - AMONG);
      box.east = Math.max(box.east, east + AMONG);
      box.south = Math.min(box.south, north - AMONG);
      box.north = Math.max(box.north, north + AMONG);
    }
    return box;
  });
  for (const { key, origin, position } of all) {
    if (company.has(key)) continue;
    const [east, north] = position;
    let beside: readonly string[] | undefined;
    let most = LEAST_AMONG - 1;
    groups.forEach((group, index) => {
      const box = boxes[index]!;
      if (group.origin !== origin || east < box.west || east > box.east || north < box.south || north > box.north) return;
      let near = 0;
      for (const member of group.tracks) {
        const facts = factsOf.get(member);
        if (facts !== undefined && Math.hypot(facts.position[0] - east, facts.position[1] - north) <= AMONG) near += 1;
      }
      if (near <= most) return;
      most = near;
      beside = group.tracks;
    });
    if (beside !== undefined) company.set(key, beside);
  }
  return company;
}
