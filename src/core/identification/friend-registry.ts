// Own drones and announced flights: who, where, when. An announcement covers one flight; a track matches it when it is inside one of
// its volumes at that volume's time, within tolerances that are wider for a track that is less well known, but never wide enough for
// 500 m or 5 min.

import { err, ok, type Result } from "../base/result.ts";
import type { Micros } from "../base/units.ts";
import type { FriendIntent, FriendVolume } from "../model/identity.ts";
import type { Identity, Origin } from "../model/observation.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import { areaOf, boundsOf, distanceTo } from "./friend-volume.ts";

export const FRIEND_LIMIT = 500;
const VOLUMES_LIMIT = 64;
const POINTS_LIMIT = 512;
const IDENTITIES_LIMIT = 16;
const TEXT_LIMIT = 256;

/** A crew flies its plan to about this, m: margin for every track. */
export const HORIZONTAL_MARGIN = 100;
export const VERTICAL_MARGIN = 40;
/** With two sigma of the track on top, the margin never grows beyond these, m. */
export const HORIZONTAL_MARGIN_MOST = 250;
export const VERTICAL_MARGIN_MOST = 120;
/** Early and late, us. */
export const TIME_MARGIN = 60e6 as Micros;
/** A track whose place is known worse than this (1 sigma, m) can neither match nor leave a plan. */
export const SIGMA_MOST = 200;

/**
 * Area and height over which a stranger's place is taken to be even, for the chance that one is inside a volume: a circle of 5 km and
 * 500 m. An estimate: the air that a drone radar watches.
 */
export const WATCHED_AREA = Math.PI * 5000 * 5000;
export const WATCHED_HEIGHT = 500;
/** Strangers gather where friends fly: never rarer than this. */
export const CHANCE_LEAST = 0.003;

/** The track that flies an announced flight. */
export interface PlanHolder {
  readonly key: string;
  readonly since: Micros;
  /** Last inside the plan. */
  at: Micros;
  /** It carries an announced identity that no track elsewhere carries. */
  byIdentity: boolean;
}

/** What the registry keeps of one announcement. */
export interface FriendRecord {
  readonly intent: FriendIntent;
  /** [west, south, east, north] of each volume, m, and of all of them together. */
  readonly bounds: readonly (readonly number[])[];
  readonly box: readonly number[];
  /** First start and last end. */
  readonly startsAt: Micros;
  readonly endsAt: Micros;
  /** Track of each origin that flies it: an exercise never takes a plan from a live track. */
  readonly holders: Map<Origin, PlanHolder>;
}

export interface FriendRegistry {
  friends: Map<string, FriendRecord>;
  /** Scheme -> upper-case value -> ids of friends, in the order of their registration. */
  byIdentity: Map<string, Map<string, string[]>>;
  /** Announcements that made room or were refused because it was full. */
  evicted: number;
  refused: number;
}

export interface FriendRefusal {
  readonly code: "invalid" | "full";
  readonly item: string;
  readonly message: string;
}

export const createFriendRegistry = (): FriendRegistry => ({ friends: new Map(), byIdentity: new Map(), evicted: 0, refused: 0 });

/** Says what is wrong with an announcement from outside; undefined when it can be used. */
export function friendProblem(intent: FriendIntent): FriendRefusal | undefined {
  const invalid = (item: string, message: string): FriendRefusal => ({ code: "invalid", item, message: `${item}: ${message}` });
  for (const item of ["id", "name", "owner"] as const) {
    const text = intent[item];
    if (typeof text !== "string" || text.length === 0 || text.length > TEXT_LIMIT)
      return invalid(item, `1 to ${TEXT_LIMIT} characters expected`);
  }
  if (!Number.isFinite(intent.expiresAt)) return invalid("expiresAt", "an instant expected");
  if (intent.identities.length > IDENTITIES_LIMIT) return invalid("identities", `at most ${IDENTITIES_LIMIT}`);
  for (const identity of intent.identities)
    if (identity.value.length === 0 || identity.value.length > TEXT_LIMIT) return invalid("identities", `1 to ${TEXT_LIMIT} characters`);
  if (intent.volumes.length === 0) return invalid("volumes", "at least one: a friend without a place and a time matches nothing");
  if (intent.volumes.length > VOLUMES_LIMIT) return invalid("volumes", `at most ${VOLUMES_LIMIT}`);
  for (const [index, volume] of intent.volumes.entries()) {
    const problem = volumeProblem(volume);
    if (problem !== undefined) return invalid(`volumes[${index}]`, problem);
  }
  return undefined;
}

function volumeProblem(volume: FriendVolume): string | undefined {
  const { shape } = volume;
  if (!Number.isFinite(volume.floor) || !Number.isFinite(volume.ceiling) || volume.floor >= volume.ceiling)
    return "the floor must be below the ceiling";
  if (!Number.isFinite(volume.startsAt) || !Number.isFinite(volume.endsAt) || volume.startsAt >= volume.endsAt)
    return "the start must be before the end";
  if (shape.kind === "circle") {
    if (![...shape.centre, shape.radius].every(Number.isFinite) || shape.radius <= 0) return "a circle needs a centre and a radius above 0";
    return undefined;
  }
  const least = shape.kind === "polygon" ? 3 : 2;
  if (shape.points.length < least || shape.points.length > POINTS_LIMIT) return `${least} to ${POINTS_LIMIT} points expected`;
  if (!shape.points.every(([e, n]) => Number.isFinite(e) && Number.isFinite(n))) return "points must be numbers";
  if (shape.kind === "path" && !(Number.isFinite(shape.halfWidth) && shape.halfWidth > 0)) return "a path needs a half width above 0";
  return undefined;
}

const upper = (value: string) => value.toUpperCase();

/**
 * Takes in an announcement, or a newer version of one with the same id. When the registry is full the one of least value makes room:
 * an expired one, else the one that starts last of those that start later than the new one; when there is none it is refused, counted.
 */
export function registerFriend(registry: FriendRegistry, intent: FriendIntent, now: Micros): Result<FriendIntent, FriendRefusal> {
  const problem = friendProblem(intent);
  if (problem !== undefined) {
    registry.refused += 1;
    return err(problem);
  }
  const startsAt = Math.min(...intent.volumes.map((volume) => volume.startsAt)) as Micros;
  const endsAt = Math.max(...intent.volumes.map((volume) => volume.endsAt)) as Micros;
  const before = registry.friends.get(intent.id);
  if (before === undefined && registry.friends.size >= FRIEND_LIMIT) {
    removeExpiredFriends(registry, now);
    if (registry.friends.size >= FRIEND_LIMIT) {
      let last: FriendRecord | undefined;
      for (const record of registry.friends.values()) {
        if (record.holders.size > 0 || record.startsAt <= startsAt) continue;
        if (last === undefined || record.startsAt > last.startsAt) last = record;
      }
      if (last === undefined) {
        registry.refused += 1;
        return err({
          code: "full",
          item: "friends",
          message: `friends: ${FRIEND_LIMIT} announcements are in force or start sooner; none can make room`,
        });
      }
      removeFriend(registry, last.intent.id);
      registry.evicted += 1;
    }
  }
  if (before !== undefined) removeFriend(registry, intent.id);
  const bounds = intent.volumes.map((volume) => boundsOf(volume.shape));
  registry.friends.set(intent.id, {
    intent,
    bounds,
    box: [
      Math.min(...bounds.map((box) => box[0])),
      Math.min(...bounds.map((box) => box[1])),
      Math.max(...bounds.map((box) => box[2])),
      Math.max(...bounds.map((box) => box[3])),
    ],
    startsAt,
    endsAt,
    holders: before?.holders ?? new Map(),
  });
  for (const { scheme, value } of intent.identities) {
    const values = registry.byIdentity.get(scheme) ?? new Map<string, string[]>();
    registry.byIdentity.set(scheme, values);
    const ids = values.get(upper(value)) ?? [];
    values.set(upper(value), ids);
    if (!ids.includes(intent.id)) ids.push(intent.id);
  }
  return ok(intent);
}

/** Why one of several announcements was refused. */
export interface FriendItemError {
  /** "friends[2].volumes[0].floor" */
  readonly item: string;
  readonly message: string;
}

/** Takes in several announcements, all or none: one that is refused leaves the registry as it was, and every refusal is named. */
export function registerFriends(
  registry: FriendRegistry,
  intents: readonly FriendIntent[],
  now: Micros,
): Result<readonly FriendIntent[], readonly FriendItemError[]> {
  const before = {
    friends: new Map(registry.friends),
    byIdentity: new Map(
      [...registry.byIdentity].map(([scheme, values]) => [scheme, new Map([...values].map(([value, ids]) => [value, [...ids]]))]),
    ),
    evicted: registry.evicted,
  };
  const errors: FriendItemError[] = [];
  for (const [index, intent] of intents.entries()) {
    const kept = registerFriend(registry, intent, now);
    if (!kept.ok) errors.push({ item: `friends[${index}]`, message: `friends[${index}] (${intent.id}): ${kept.error.message}` });
  }
  // One of them may have made room for another.
  for (const [index, { id }] of intents.entries())
    if (errors.length === 0 && !registry.friends.has(id))
      errors.push({ item: `friends[${index}]`, message: `friends[${index}] (${id}): full, there is no room for all of them` });
  if (errors.length === 0) return ok(intents);
  Object.assign(registry, before);
  return err(errors);
}

/** False when there is no such announcement. */
export function removeFriend(registry: FriendRegistry, id: string): boolean {
  const record = registry.friends.get(id);
  if (record === undefined) return false;
  registry.friends.delete(id);
  for (const { scheme, value } of record.intent.identities) {
    const values = registry.byIdentity.get(scheme);
    const ids = values?.get(upper(value));
    if (values === undefined || ids === undefined) continue;
    const at = ids.indexOf(id);
    if (at >= 0) ids.splice(at, 1);
    if (ids.length === 0) values.delete(upper(value));
    if (values.size === 0) registry.byIdentity.delete(scheme);
  }
  return true;
}

/** Announcements are removed when they expire: a forgotten one must not vouch for a stranger. */
export function removeExpiredFriends(registry: FriendRegistry, now: Micros): void {
  for (const [id, record] of registry.friends) if (record.intent.expiresAt <= now) removeFriend(registry, id);
}

/** Ids of friends that are announced with this identity; case does not count. */
export function friendsByIdentity(registry: FriendRegistry, identity: Identity): readonly string[] {
  const values = registry.byIdentity.get(identity.scheme);
  if (values === undefined) return NONE;
  return values.get(identity.value) ?? values.get(upper(identity.value)) ?? NONE;
}
const NONE: readonly string[] = [];

/** How a track lies to the plan of one friend. */
export interface PlanFit {
  /** in: inside a volume at its time, within tolerance. off: outside. unclear: the track's place is known too badly to say. */
  readonly fit: "in" | "off" | "unclear";
  /** m outside the nearest volume that is in force, tolerance not taken off; Infinity when none is in force. */
  readonly distance: number;
  /** Index of the volume that fits best; -1 when none is in force. */
  readonly volume: number;
  /** Chance that a stranger who is somewhere in the watched air is inside that volume, 0..1. */
  readonly chance: number;
}

const NOT_NOW: PlanFit = { fit: "off", distance: Number.POSITIVE_INFINITY, volume: -1, chance: 1 };

/** Largest 1 sigma of the horizontal position, m. */
export function horizontalSigma(covariance: Float64Array): number {
  const ee = covariance[0];
  const nn = covariance[7];
  const en = covariance[1];
  const mean = (ee + nn) / 2;
  const half = (ee - nn) / 2;
  return Math.sqrt(Math.max(0, mean + Math.sqrt(half * half + en * en)));
}

/** Compares a track with every volume of a plan that is in force at `now`. */
export function planFit(record: FriendRecord, facts: TrackFacts, now: Micros): PlanFit {
  if (now < record.startsAt - TIME_MARGIN || now > record.endsAt + TIME_MARGIN || now >= record.intent.expiresAt) return NOT_NOW;
  const { position } = facts;
  const east = position[0];
  const north = position[1];
  const up = position[2];
  const sigma = horizontalSigma(facts.covariance);
  const allowed = Math.min(HORIZONTAL_MARGIN_MOST, HORIZONTAL_MARGIN + 2 * sigma);
  let nearest = Number.POSITIVE_INFINITY;
  let at = -1;
  const { volumes } = record.intent;
  for (let i = 0; i < volumes.length; i++) {
    const volume = volumes[i];
    if (now < volume.startsAt - TIME_MARGIN || now > volume.endsAt + TIME_MARGIN) continue;
    const bounds = record.bounds[i];
    const de = Math.max(bounds[0] - east, 0, east - bounds[2]);
    const dn = Math.max(bounds[1] - north, 0, north - bounds[3]);
    let distance = Math.sqrt(de * de + dn * dn);
    // Outside the box by more than the best so far cannot become better inside it.
    if (distance >= nearest) continue;
    if (distance <= allowed) distance = distanceTo(volume.shape, east, north);
    let vertical = 0;
    if (facts.heightKnown) {
      const margin = Math.min(VERTICAL_MARGIN_MOST, VERTICAL_MARGIN + 2 * Math.sqrt(Math.max(0, facts.covariance[14])));
      vertical = Math.max(0, volume.floor - margin - up, up - volume.ceiling - margin);
    }
    // Too high by so much is as bad as too far by so much: the tolerance of height is used up already.
    if (vertical > 0) distance = Math.max(distance, allowed) + vertical;
    if (distance < nearest) {
      nearest = distance;
      at = i;
    }
  }
  if (at < 0) return NOT_NOW;
  // Only what is inside is asked for its chance.
  const chance = nearest <= allowed ? chanceInside(volumes[at], facts.heightKnown, allowed) : 1;
  if (sigma > SIGMA_MOST) return { fit: "unclear", distance: nearest, volume: at, chance };
  return { fit: nearest <= allowed ? "in" : "off", distance: nearest, volume: at, chance };
}

/** Whether the track can be inside a plan at all: most are far from every plan, and this is all that is asked of them. */
export function isNearPlan(record: FriendRecord, east: number, north: number): boolean {
  const { box } = record;
  return (
    east >= box[0] - HORIZONTAL_MARGIN_MOST &&
    north >= box[1] - HORIZONTAL_MARGIN_MOST &&
    east <= box[2] + HORIZONTAL_MARGIN_MOST &&
    north <= box[3] + HORIZONTAL_MARGIN_MOST
  );
}

/** m from the track to the nearest volume of a plan in force at `now`, horizontally and without tolerance; Infinity when none is in force. */
export function distanceOutside(record: FriendRecord, facts: TrackFacts, now: Micros): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const volume of record.intent.volumes) {
    if (now < volume.startsAt - TIME_MARGIN || now > volume.endsAt + TIME_MARGIN) continue;
    nearest = Math.min(nearest, distanceTo(volume.shape, facts.position[0], facts.position[1]));
  }
  return nearest;
}

/** Chance that a stranger is inside a volume widened by its tolerance: its share of the watched air. */
export function chanceInside(volume: FriendVolume, heightKnown: boolean, margin: number): number {
  const area = areaOf(volume.shape);
  // Widened as a circle of the same area would be.
  const radius = Math.sqrt(area / Math.PI) + margin;
  const share = (Math.PI * radius * radius) / WATCHED_AREA;
  const height = heightKnown ? Math.min(1, (volume.ceiling - volume.floor + 2 * VERTICAL_MARGIN) / WATCHED_HEIGHT) : 1;
  return Math.min(1, Math.max(CHANCE_LEAST, share * height));
}

/** Identities of the track that an announcement names; undefined when it carries none of them. */
export function carriedIdentity(record: FriendRecord, identities: readonly Identity[]): Identity | undefined {
  for (const identity of identities) {
    for (const announced of record.intent.identities) {
      if (announced.scheme === identity.scheme && upper(announced.value) === upper(identity.value)) return identity;
    }
  }
  return undefined;
}

/** How a track fits an announcement, for people and programs that ask. */
export interface FriendMatch {
  readonly friendId: string;
  readonly name: string;
  readonly fit: PlanFit["fit"];
  /** m outside; 0 inside; undefined when the plan is not in force now. */
  readonly distance?: number;
  readonly identity?: Identity;
}

/** Every announcement that the track fits by place and time or whose identity it carries. */
export function matchFriends(registry: FriendRegistry, facts: TrackFacts, now: Micros): FriendMatch[] {
  const matches: FriendMatch[] = [];
  for (const [friendId, record] of registry.friends) {
    if (record.intent.expiresAt <= now) continue;
    const identity = carriedIdentity(record, facts.identities);
    const { fit, distance } = planFit(record, facts, now);
    if (identity === undefined && fit !== "in") continue;
    matches.push({
      friendId,
      name: record.intent.name,
      fit,
      distance: Number.isFinite(distance) ? distance : undefined,
      identity,
    });
  }
  return matches;
}
