// A second contact that keeps company with a friend. In the best documented failure an intruder came in while the watch followed its own
// returning drone; so a contact in a friend's corridor raises concern, however it was dismissed before, and never lowers it.
//
// The corridor is where the friend flew in the last five minutes, where it will fly in the next minute if it holds its course, and its
// announced path. A contact in it that goes its way is flagged once that has held for two seconds and the two are surely two: one sensor
// sees both, or they are apart by more than their errors.

import type { Micros } from "../base/units.ts";
import type { FriendIntent } from "../model/identity.ts";
import type { FeatureObservation, TrackFacts } from "../model/track-facts.ts";
import { boundsOf, distanceTo } from "./friend-volume.ts";

/** What is remembered of a track that may keep company with a friend. */
export interface CompanionState {
  /** Friend's track; "" for none. */
  friendKey: string;
  /** s for which it has kept company; forgets half as fast as it learns. */
  score: number;
  /** Began to keep company, and last looked at. */
  since: Micros;
  updatedAt: Micros;
  /** Looks in which one sensor saw both. */
  looks: number;
  lookAt: Micros;
  /** Flagged since, and newest time at which it held; 0: not. */
  flaggedAt: Micros;
  heldAt: Micros;
  distance: number;
  kind: CompanionKind;
}
export type CompanionKind = "follows" | "near" | "in-corridor";

export const createCompanionState = (): CompanionState => ({
  friendKey: "",
  score: 0,
  since: 0 as Micros,
  updatedAt: 0 as Micros,
  looks: 0,
  lookAt: 0 as Micros,
  flaggedAt: 0 as Micros,
  heldAt: 0 as Micros,
  distance: 0,
  kind: "near",
});

/** A friend in the air, with what its corridor is made of. */
export interface FriendInAir {
  readonly facts: TrackFacts;
  readonly name: string;
  /** Points flown: [time us, east, north, up] each, oldest first. */
  readonly trail: readonly number[];
  readonly intent: FriendIntent | undefined;
  /** [west, south, east, north]: nothing outside it keeps company; m. */
  readonly box: readonly number[];
}

const FLAG_AFTER = 2; // s
/** A flagged companion stays flagged for this long after it last held. */
export const COMPANION_HOLD = 60e6;
/** m from the friend's line, 2 sigma on top up to the second figure. */
const CORRIDOR = 120;
const CORRIDOR_MOST = 220;
const NEAR = 250;
const VERTICAL = 120;
/** The friend must have been measured within this: the rest of a broken track is no company for the one that goes on. */
const MEASURED_AGE = 6e6;
const LOOK_AHEAD = 60; // s
const SLOW = 3; // m/s
/** A sensor saw both in one look when its newest detections of them are no farther apart than this. */
const ONE_LOOK = 0.5e6;
/** Errors of place between sensors of different kind, m: two tracks nearer than this may be one object seen twice. */
const REGISTRATION = 150;

/** Points of a friend's trail, and their spacing. */
const TRAIL_POINTS = 150;
const TRAIL_AGE = 300e6;
const TRAIL_STEP = 20; // m
const TRAIL_TIME = 2e6;
const POINT = 4;

/** Adds where a friend is now to its trail; drops what is older than five minutes. */
export function extendTrail(trail: number[], facts: TrackFacts, now: Micros): void {
  const [east, north, up] = facts.position;
  const last = trail.length - POINT;
  if (
    last < 0 ||
    (now - trail[last] >= TRAIL_TIME && facts.measuredAt > trail[last]) ||
    Math.hypot(east - trail[last + 1], north - trail[last + 2]) >= TRAIL_STEP
  )
    trail.push(now, east, north, up);
  let old = 0;
  while (old < trail.length && (now - trail[old] > TRAIL_AGE || trail.length - old > TRAIL_POINTS * POINT)) old += POINT;
  if (old > 0) trail.splice(0, old);
}

/** A friend with the box around everything that counts as its company. */
export function friendInAir(facts: TrackFacts, name: string, trail: readonly number[], intent: FriendIntent | undefined): FriendInAir {
  const [east, north] = facts.position;
  const [aheadEast, aheadNorth] = [east + facts.velocity[0] * LOOK_AHEAD, north + facts.velocity[1] * LOOK_AHEAD];
  let west = Math.min(east, aheadEast);
  let south = Math.min(north, aheadNorth);
  let eastEnd = Math.max(east, aheadEast);
  let northEnd = Math.max(north, aheadNorth);
  for (let i = 0; i < trail.length; i += POINT) {
    west = Math.min(west, trail[i + 1]);
    eastEnd = Math.max(eastEnd, trail[i + 1]);
    south = Math.min(south, trail[i + 2]);
    northEnd = Math.max(northEnd, trail[i + 2]);
  }
  for (const { shape } of intent?.volumes ?? []) {
    if (shape.kind !== "path") continue;
    const [w, s, e, n] = boundsOf(shape);
    west = Math.min(west, w);
    south = Math.min(south, s);
    eastEnd = Math.max(eastEnd, e);
    northEnd = Math.max(northEnd, n);
  }
  return { facts, name, trail, intent, box: [west - NEAR, south - NEAR, eastEnd + NEAR, northEnd + NEAR] };
}

/** Takes in how a track lies to the friends in the air. `friends` are of its own origin and leave out the track itself. */
export function observeCompanion(state: CompanionState, facts: TrackFacts, friends: readonly FriendInAir[], now: Micros): void {
  const elapsed = state.updatedAt === 0 ? 0.5 : Math.min(1, (now - state.updatedAt) / 1e6);
  state.updatedAt = now;
  let best: { friend: FriendInAir; kind: CompanionKind; distance: number } | undefined;
  const east = facts.position[0];
  const north = facts.position[1];
  for (const friend of friends) {
    const { box } = friend;
    if (east < box[0] || north < box[1] || east > box[2] || north > box[3]) continue;
    if (now - friend.facts.measuredAt > MEASURED_AGE) continue;
    const de = east - friend.facts.position[0];
    const dn = north - friend.facts.position[1];
    const distance = Math.sqrt(de * de + dn * dn);
    if (best !== undefined && distance >= best.distance) continue;
    const kind = companyOf(facts, friend, distance);
    if (kind !== undefined) best = { friend, kind, distance };
  }
  if (best === undefined) {
    state.score = Math.max(0, state.score - elapsed / 2);
    if (state.score === 0) state.friendKey = "";
    return;
  }
  const { friend, kind, distance } = best;
  if (state.friendKey !== friend.facts.key) {
    state.friendKey = friend.facts.key;
    state.score = 0;
    state.since = now;
    state.looks = 0;
    state.lookAt = 0 as Micros;
  }
  state.score = Math.min(2 * FLAG_AFTER, state.score + elapsed);
  countLooks(state, facts, friend.facts);
  if (state.score < FLAG_AFTER || friend.facts.measuredAt <= state.since || !areTwo(state, facts, friend.facts, distance)) return;
  if (state.flaggedAt === 0) state.flaggedAt = now;
  state.heldAt = now;
  state.distance = distance;
  state.kind = kind;
}

/** Whether a track is outside everything that counts as a friend's company. */
export function isApart(facts: TrackFacts, friends: readonly FriendInAir[]): boolean {
  const east = facts.position[0];
  const north = facts.position[1];
  for (let i = 0; i < friends.length; i++) {
    const { box } = friends[i];
    if (!(east < box[0] || north < box[1] || east > box[2] || north > box[3])) return false;
  }
  return true;
}

/** Whether a track is flagged now. */
export const isCompanion = (state: CompanionState, now: Micros): boolean => state.flaggedAt !== 0 && now - state.heldAt <= COMPANION_HOLD;

function countLooks(state: CompanionState, facts: TrackFacts, friend: TrackFacts): void {
  for (const mine of facts.contributors) {
    if (mine.lastAt <= state.lookAt) continue;
    for (const theirs of friend.contributors) {
      if (theirs.sensorId !== mine.sensorId || Math.abs(theirs.lastAt - mine.lastAt) > ONE_LOOK) continue;
      state.lookAt = mine.lastAt;
      state.looks += 1;
      return;
    }
  }
}

/** Two objects, not one that the tracker or two sensors show twice. */
function areTwo(state: CompanionState, facts: TrackFacts, friend: TrackFacts, distance: number): boolean {
  const apart = separation(facts, friend);
  if (state.looks >= 2 && apart > 4) return true;
  // One is known only from what it says itself and the other only from echoes: then the gap may be an error of registration.
  if (distance < REGISTRATION && isCooperative(facts) !== isCooperative(friend)) {
    const relative = Math.hypot(facts.velocity[0] - friend.velocity[0], facts.velocity[1] - friend.velocity[1]);
    if (relative < 3 + 2 * velocitySigma(facts) + 2 * velocitySigma(friend)) return false;
  }
  return apart > 16;
}

/** Squared Mahalanobis distance of two tracks' places in the plane. */
function separation(a: TrackFacts, b: TrackFacts): number {
  const de = a.position[0] - b.position[0];
  const dn = a.position[1] - b.position[1];
  const ee = a.covariance[0] + b.covariance[0];
  const en = a.covariance[1] + b.covariance[1];
  const nn = a.covariance[7] + b.covariance[7];
  const determinant = ee * nn - en * en;
  if (!(determinant > 0)) return 0;
  return (nn * de * de - 2 * en * de * dn + ee * dn * dn) / determinant;
}

const isCooperative = (facts: TrackFacts): boolean =>
  facts.contributors.length > 0 && facts.contributors.every(({ kind }) => kind === "remote-id" || kind === "adsb" || kind === "track-feed");
const velocitySigma = (facts: TrackFacts): number => Math.sqrt(Math.max(0, facts.covariance[21], facts.covariance[28]));

/** How a contact keeps company with a friend now; undefined when it does not. */
function companyOf(facts: TrackFacts, friend: FriendInAir, distance: number): CompanionKind | undefined {
  const { position } = facts;
  const east = position[0];
  const north = position[1];
  const up = position[2];
  const anyHeight = !facts.heightKnown || !friend.facts.heightKnown;
  const sigma = Math.sqrt(Math.max(0, facts.covariance[0], facts.covariance[7]));
  const width = Math.min(CORRIDOR_MOST, CORRIDOR + 2 * sigma);
  const [fE, fN, fU] = friend.facts.position;
  const [vE, vN] = friend.facts.velocity;
  const friendSpeed = Math.sqrt(vE * vE + vN * vN);

  // Behind: on the line that the friend flew, and going the same way.
  const { trail } = friend;
  let nearest = Number.POSITIVE_INFINITY;
  let leg = -1;
  for (let i = POINT; i < trail.length; i += POINT) {
    const e0 = trail[i - 3];
    const e1 = trail[i + 1];
    if (east < Math.min(e0, e1) - width || east > Math.max(e0, e1) + width) continue;
    const n0 = trail[i - 2];
    const n1 = trail[i + 2];
    if (north < Math.min(n0, n1) - width || north > Math.max(n0, n1) + width) continue;
    const away = distanceToLeg(e0, n0, e1, n1, east, north);
    if (away < nearest) {
      nearest = away;
      leg = i;
    }
  }
  if (leg > 0 && nearest <= width && (anyHeight || Math.abs(up - trail[leg + 3]) <= VERTICAL)) {
    const dE = trail[leg + 1] - trail[leg - 3];
    const dN = trail[leg + 2] - trail[leg - 2];
    if (goesAlong(facts, dE, dN)) return "follows";
  }
  if (distance <= NEAR && (anyHeight || Math.abs(up - fU) <= VERTICAL)) {
    const relative = Math.hypot(facts.velocity[0] - vE, facts.velocity[1] - vN);
    const towards = (fE - east) * facts.velocity[0] + (fN - north) * facts.velocity[1] > 0;
    if (friendSpeed >= SLOW ? goesAlong(facts, vE, vN) || relative <= SLOW : towards && speedOf(facts) >= SLOW) return "near";
  }
  const upThere = fU + friend.facts.velocity[2] * (distance / Math.max(friendSpeed, SLOW));
  if (friendSpeed >= SLOW && (anyHeight || Math.abs(up - upThere) <= VERTICAL)) {
    const ahead = distanceToLeg(fE, fN, fE + vE * LOOK_AHEAD, fN + vN * LOOK_AHEAD, east, north);
    if (ahead <= width && goesAlong(facts, vE, vN)) return "in-corridor";
  }
  return friend.intent !== undefined && alongPlan(facts, friend.intent, width - CORRIDOR) ? "in-corridor" : undefined;
}

const speedOf = (facts: TrackFacts): number => Math.hypot(facts.velocity[0], facts.velocity[1]);

/** Moves, and within 42 degrees of a direction; the velocity's own error is allowed for. */
function goesAlong(facts: TrackFacts, dE: number, dN: number): boolean {
  const [vE, vN] = facts.velocity;
  const length = Math.sqrt(dE * dE + dN * dN);
  if (length === 0) return false;
  const along = (vE * dE + vN * dN) / length;
  const across = Math.abs(vE * dN - vN * dE) / length;
  return along >= 2 && across <= 0.9 * along + 2 * velocitySigma(facts);
}

/** Inside an announced path at its time and flying along one of its legs, whichever way: friends come back on it. */
function alongPlan(facts: TrackFacts, intent: FriendIntent, margin: number): boolean {
  const [east, north, up] = facts.position;
  for (const { shape, floor, ceiling, startsAt, endsAt } of intent.volumes) {
    if (shape.kind !== "path" || facts.at < startsAt || facts.at > endsAt) continue;
    if (facts.heightKnown && (up < floor - VERTICAL / 2 || up > ceiling + VERTICAL / 2)) continue;
    if (distanceTo(shape, east, north) > margin) continue;
    let nearest = Number.POSITIVE_INFINITY;
    let at = 0;
    for (let i = 1; i < shape.points.length; i++) {
      const [e0, n0] = shape.points[i - 1];
      const [e1, n1] = shape.points[i];
      const away = distanceToLeg(e0, n0, e1, n1, east, north);
      if (away < nearest) {
        nearest = away;
        at = i;
      }
    }
    const [e0, n0] = shape.points[at - 1];
    const [e1, n1] = shape.points[at];
    if (goesAlong(facts, e1 - e0, n1 - n0) || goesAlong(facts, e0 - e1, n0 - n1)) return true;
  }
  return false;
}

function distanceToLeg(e0: number, n0: number, e1: number, n1: number, east: number, north: number): number {
  const de = e1 - e0;
  const dn = n1 - n0;
  const squared = de * de + dn * dn;
  const along = squared === 0 ? 0 : Math.max(0, Math.min(1, ((east - e0) * de + (north - n0) * dn) / squared));
  const mE = east - e0 - along * de;
  const mN = north - n0 - along * dn;
  return Math.sqrt(mE * mE + mN * mN);
}

// --- Two echoes in one track ------------------------------------------------------------------------------------------------------------

/** Plots of one radar that went into one track, look by look. */
export interface PlotCount {
  readonly sensorId: string;
  /** Newest plot, and plots in its look. */
  at: Micros;
  plots: number;
  /** Smoothed time between two looks, us. */
  interval: number;
  /** One bit for each look before, newest lowest: 1 where there were two plots or more. */
  history: number;
}

const MOST_SENSORS = 4;
/** Share of a plot that must belong to the track. */
const LEAST_ASSOCIATION = 0.15;
const HISTORY = 6;
const HISTORY_MASK = (1 << HISTORY) - 1;
/** So many of the last looks with two plots are no accident. */
const TWO_PLOTS = 3;

/** Takes in one detection that went into a track. One object gives one plot in a look; a second one now and then is clutter. */
export function countPlots(counts: PlotCount[], observation: FeatureObservation): void {
  const { sensorKind, sensorId, association, at } = observation;
  if ((sensorKind !== "radar" && sensorKind !== "radar-2d") || !(association >= LEAST_ASSOCIATION)) return;
  let count = counts.find((each) => each.sensorId === sensorId);
  if (count === undefined) {
    if (counts.length >= MOST_SENSORS) {
      let oldest = 0;
      for (let i = 1; i < counts.length; i++) if (counts[i].at < counts[oldest].at) oldest = i;
      counts.splice(oldest, 1);
    }
    count = { sensorId, at, plots: 0, interval: 1e6, history: 0 };
    counts.push(count);
  }
  const since = at - count.at;
  if (count.plots > 0 && Math.abs(since) > Math.min(0.1e6, count.interval / 4)) {
    if (since < 0) return; // late: its look is over
    count.history = ((count.history << 1) | (count.plots >= 2 ? 1 : 0)) & HISTORY_MASK;
    count.interval += (Math.min(since, 10e6) - count.interval) / 4;
    count.plots = 0;
  }
  count.at = Math.max(count.at, at) as Micros;
  count.plots += 1;
}

/** Radar that sees two objects where the track is; undefined for none. */
export function radarOfTwo(counts: readonly PlotCount[], now: Micros): string | undefined {
  for (const { sensorId, at, plots, history } of counts) {
    if (now - at > 15e6) continue;
    let double = plots >= 2 ? 1 : 0;
    for (let bits = history; bits !== 0; bits >>= 1) double += bits & 1;
    if (double >= TWO_PLOTS) return sensorId;
  }
  return undefined;
}
