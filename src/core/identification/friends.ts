// Which track flies which announced flight. A plan speaks for one track: the one that carries its identity, else the one that was in it
// first and alone. An identity without the plan is no match, and an identity heard in two places speaks for neither by itself.

import type { Micros } from "../base/units.ts";
import type { Evidence } from "../model/identity.ts";
import type { Identity } from "../model/observation.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import { ASSESS_AFTER, affiliationEvidence, keptPiece } from "./affiliation.ts";
import {
  distanceOutside,
  type FriendRecord,
  type FriendRegistry,
  friendsByIdentity,
  horizontalSigma,
  isNearPlan,
  planFit,
  TIME_MARGIN,
} from "./friend-registry.ts";
import {
  FRIEND_CARRIES_IDENTITY,
  FRIEND_IN_PLAN,
  IDENTITY_OFF_PLAN,
  IDENTITY_TWICE,
  logRow,
  STRANGER_CARRIES_IDENTITY,
} from "./source-tables.ts";

/** What is remembered of a track's relation to the registry. */
export interface FriendTrackState {
  /** Announced flight that this track flies; "" for none. */
  friendId: string;
  /** Off the plan of `offFriendId` without a break since; 0: not now. */
  offSince: Micros;
  offFriendId: string;
}

export const createFriendTrackState = (): FriendTrackState => ({ friendId: "", offSince: 0 as Micros, offFriendId: "" });

/** A warning about a friend, to become a finding. */
export interface FriendWarning {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly confidence: number;
  readonly tracks: readonly string[];
}

/** What is worked out once for all tracks of a round. */
export interface FriendRound {
  /** Announcements that are in force now, by place and time. */
  readonly inForce: readonly FriendRecord[];
  /** "origin friendId" -> the tracks that carry an identity of that friend and are being measured. Worked out when first asked. */
  carriers(): ReadonlyMap<string, readonly TrackFacts[]>;
}

const EMPTY: ReadonlyMap<string, readonly TrackFacts[]> = new Map();
/** An identity is carried now when the track was measured within this: a track that was just given up must not count as a second place. */
const CARRIED_AGE = 6e6;
/** Nearer than this (m, with 3 sigma on top) is one place. */
const ONE_PLACE = 100;
/** A holder that left its plan keeps it reserved for this long: it may come back. */
const RESERVED = 60e6;
/** Off the plan for this long before it is said. */
const OFF_AFTER = 3e6;
/** A receiver that covers the place this well would hear the announced identity. */
const COVERED = 0.5;

const LOG_IDENTITY = logRow(STRANGER_CARRIES_IDENTITY);
const LOG_TWICE = logRow(IDENTITY_TWICE);
const LOG_OFF_PLAN = logRow(IDENTITY_OFF_PLAN);
const SAYS_NOTHING: readonly number[] = [0, 0, 0];

export function startFriendRound(registry: FriendRegistry, allTracks: readonly TrackFacts[], now: Micros): FriendRound {
  const inForce: FriendRecord[] = [];
  for (const record of registry.friends.values()) {
    if (now >= record.startsAt - TIME_MARGIN && now <= record.endsAt + TIME_MARGIN && now < record.intent.expiresAt) inForce.push(record);
  }
  let carriers: ReadonlyMap<string, readonly TrackFacts[]> | undefined;
  return {
    inForce,
    carriers() {
      carriers ??= registry.byIdentity.size === 0 ? EMPTY : findCarriers(registry, allTracks, now);
      return carriers;
    },
  };
}

function findCarriers(registry: FriendRegistry, allTracks: readonly TrackFacts[], now: Micros): Map<string, TrackFacts[]> {
  const carriers = new Map<string, TrackFacts[]>();
  for (const facts of allTracks) {
    if (facts.identities.length === 0 || now - facts.measuredAt > CARRIED_AGE) continue;
    for (const identity of facts.identities) {
      for (const friendId of friendsByIdentity(registry, identity)) {
        const key = `${facts.origin} ${friendId}`;
        const found = carriers.get(key);
        if (found === undefined) carriers.set(key, [facts]);
        else if (!found.includes(facts)) found.push(facts);
      }
    }
  }
  return carriers;
}

const isHolder = (record: FriendRecord, facts: TrackFacts): boolean => record.holders.get(facts.origin)?.key === facts.key;

/** Ends what the registry believes of tracks that are no more. */
export function releaseFriends(registry: FriendRegistry, alive: ReadonlySet<string>): void {
  for (const record of registry.friends.values())
    for (const [origin, { key }] of record.holders) if (!alive.has(key)) record.holders.delete(origin);
}

/** Filled in anew for each track of a round. */
export interface FriendQuestion {
  facts: TrackFacts;
  readonly registry: FriendRegistry;
  readonly round: FriendRound;
  readonly allTracks: readonly TrackFacts[];
  readonly now: Micros;
  /** Coverage by Remote ID at the track's place, and the receiver's id. */
  remoteIdCoverage: number;
  remoteIdSensor: string;
  /** Evidence of the round before. */
  previous: readonly Evidence[];
  /** Track that is known to be something else, for "alone in the plan": an airliner with a transponder, another friend. */
  isExplained(key: string): boolean;
}

/** The identity of `friendId` that this track carries and in how many tracks it is heard. */
interface Carried {
  readonly record: FriendRecord;
  readonly identity: Identity;
  readonly heard: number;
}

/**
 * Appends the registry's evidence on a track and returns warnings. Afterwards `state.friendId` is the announced flight that it flies, if
 * any. Never throws.
 */
export function friendEvidence(state: FriendTrackState, question: FriendQuestion, out: Evidence[]): FriendWarning[] | undefined {
  const { facts, registry, round, now } = question;
  if (registry.friends.size === 0) {
    state.friendId = "";
    state.offSince = 0 as Micros;
    return undefined;
  }
  const carried = carriedFriends(question);
  const east = facts.position[0];
  const north = facts.position[1];

  // The plan that speaks for this track: one whose identity it carries first, then one that it already flies, then the smallest.
  let best: { record: FriendRecord; chance: number; carried: Carried | undefined; rank: number } | undefined;
  let unclear = false;
  for (const record of round.inForce) {
    if (!isNearPlan(record, east, north)) continue;
    const fit = planFit(record, facts, now);
    const own = carried?.find((each) => each.record === record);
    if (fit.fit === "unclear" && (own !== undefined || isHolder(record, facts))) unclear = true;
    if (fit.fit !== "in") continue;
    const rank = own !== undefined && own.heard === 1 ? 3 : isHolder(record, facts) ? 2 : own !== undefined ? 1 : 0;
    if (best === undefined || rank > best.rank || (rank === best.rank && fit.chance < best.chance))
      best = { record, chance: fit.chance, carried: own, rank };
  }

  const held = state.friendId === "" ? undefined : registry.friends.get(state.friendId);
  if (best !== undefined && takePlan(question, best.record, best.carried)) {
    const { record, chance, carried: own } = best;
    if (held !== undefined && held !== record && isHolder(held, facts)) held.holders.delete(facts.origin);
    state.friendId = record.intent.id;
    state.offSince = 0 as Micros;
    const { name, owner } = record.intent;
    const row = [Math.log(FRIEND_IN_PLAN), Math.log(chance), Math.log(chance)];
    const kept = keptPiece(question.previous, "friend-plan", "friend-plan", row, now);
    out.push(
      kept?.values.name === name
        ? kept
        : affiliationEvidence("friend-plan", "registry", "measured", now, row, "friend-plan", { name, owner }),
    );
    pushIdentity(question, record, own, out);
    return undefined;
  }
  if (best !== undefined && !best.record.holders.has(facts.origin)) {
    // Several contacts in a plan that nobody flew before: it speaks for none of them.
    const count = contactsIn(question, best.record);
    const values = { name: best.record.intent.name, count };
    out.push(affiliationEvidence("friend-plan", "registry", "measured", now, SAYS_NOTHING, "friend-plan-shared", values));
    pushIdentity(question, best.record, best.carried, out);
    state.friendId = "";
    return undefined;
  }

  state.friendId = held !== undefined && isHolder(held, facts) ? held.intent.id : "";
  if (unclear) return undefined;
  return offPlan(state, question, carried, held, out);
}

/** Whether the registry has nothing to do with a track that it had nothing to do with before: no identity of a friend, and in no plan. */
export function isNoFriend({ inForce }: FriendRound, registry: FriendRegistry, facts: TrackFacts, now: Micros): boolean {
  const { identities, position } = facts;
  if (registry.byIdentity.size > 0)
    for (let i = 0; i < identities.length; i++) if (friendsByIdentity(registry, identities[i]).length > 0) return false;
  for (let i = 0; i < inForce.length; i++)
    if (isNearPlan(inForce[i], position[0], position[1]) && planFit(inForce[i], facts, now).fit !== "off") return false;
  return true;
}

/** Tracks at other places that carry an identity of this friend. */
function elsewhere({ facts, round }: FriendQuestion, friendId: string): TrackFacts[] {
  const found = round.carriers().get(`${facts.origin} ${friendId}`);
  if (found === undefined) return [];
  return found.filter((other) => {
    if (other.key === facts.key) return false;
    const away = Math.hypot(other.position[0] - facts.position[0], other.position[1] - facts.position[1]);
    return away > ONE_PLACE + 3 * (horizontalSigma(other.covariance) + horizontalSigma(facts.covariance));
  });
}

function carriedFriends(question: FriendQuestion): Carried[] | undefined {
  const { facts, registry } = question;
  if (registry.byIdentity.size === 0 || facts.identities.length === 0) return undefined;
  let found: Carried[] | undefined;
  for (const identity of facts.identities) {
    for (const friendId of friendsByIdentity(registry, identity)) {
      const record = registry.friends.get(friendId);
      if (record === undefined || found?.some((each) => each.record === record) === true) continue;
      found ??= [];
      found.push({ record, identity, heard: 1 + elsewhere(question, friendId).length });
    }
  }
  return found;
}

/** Whether the plan speaks for this track; if so, the track holds it from now on. */
function takePlan(question: FriendQuestion, record: FriendRecord, carried: Carried | undefined): boolean {
  const { facts, now } = question;
  const byIdentity = carried !== undefined && carried.heard === 1;
  const holder = record.holders.get(facts.origin);
  if (holder?.key === facts.key) {
    holder.at = now;
    holder.byIdentity = byIdentity;
    return true;
  }
  if (holder !== undefined && now - holder.at <= RESERVED) {
    // Its own identity, heard nowhere else, takes a plan from a track that was merely in it first.
    if (!byIdentity || holder.byIdentity) return false;
  } else {
    record.holders.delete(facts.origin);
    if (!byIdentity && contactsIn(question, record) > 1) return false;
  }
  record.holders.set(facts.origin, { key: facts.key, since: now, at: now, byIdentity });
  return true;
}

/** Confirmed contacts inside the plan now that nothing else explains, this one included. */
function contactsIn({ facts, allTracks, isExplained, now }: FriendQuestion, record: FriendRecord): number {
  let count = 0;
  for (const other of allTracks) {
    if (other.key === facts.key) {
      count += 1;
      continue;
    }
    if (other.origin !== facts.origin || other.status === "tentative" || !isNearPlan(record, other.position[0], other.position[1]))
      continue;
    if (planFit(record, other, now).fit === "in" && !isExplained(other.key)) count += 1;
  }
  return count;
}

function pushIdentity(question: FriendQuestion, record: FriendRecord, carried: Carried | undefined, out: Evidence[]): void {
  const { facts, now, remoteIdCoverage, remoteIdSensor } = question;
  const { name } = record.intent;
  if (carried !== undefined) {
    const identity = `${carried.identity.scheme} ${carried.identity.value}`;
    out.push(
      carried.heard === 1
        ? affiliationEvidence("friend-identity", "registry", "claimed", now, LOG_IDENTITY, "friend-identity", { name, identity })
        : affiliationEvidence("friend-identity", "registry", "claimed", now, LOG_TWICE, "friend-identity-twice", {
            name,
            identity,
            count: carried.heard,
          }),
    );
    return;
  }
  const expected = record.intent.identities.find(({ scheme }) => scheme.startsWith("remote-id"));
  if (expected === undefined || remoteIdCoverage < COVERED || now - facts.createdAt < ASSESS_AFTER) return;
  const row = logRow([1 - FRIEND_CARRIES_IDENTITY * remoteIdCoverage, 1, 1]);
  const values = { name, identity: `${expected.scheme} ${expected.value}`, sensor: remoteIdSensor };
  out.push(affiliationEvidence("friend-identity", "registry", "measured", now, row, "friend-identity-missing", values));
}

/** A track that carries a friend's identity off its plan, or that flew a plan and left it. */
function offPlan(
  state: FriendTrackState,
  question: FriendQuestion,
  carried: readonly Carried[] | undefined,
  held: FriendRecord | undefined,
  out: Evidence[],
): FriendWarning[] | undefined {
  const { facts, registry, now } = question;
  const own = carried?.[0];
  const heldHere = held !== undefined && isHolder(held, facts) ? held : undefined;
  // A holder whose announcement was taken back flies no plan any more.
  const before = registry.friends.get(state.offFriendId);
  const record = own?.record ?? heldHere ?? (state.offSince !== 0 ? before : undefined);
  if (record === undefined) {
    state.offSince = 0 as Micros;
    state.offFriendId = "";
    return undefined;
  }
  if (state.offFriendId !== record.intent.id || state.offSince === 0) {
    state.offFriendId = record.intent.id;
    state.offSince = now;
  }
  if (heldHere !== undefined && now - heldHere.holders.get(facts.origin)!.at > RESERVED) {
    heldHere.holders.delete(facts.origin);
    state.friendId = "";
  }
  const { name } = record.intent;
  const distance = distanceOutside(record, facts, now);
  const inTime = Number.isFinite(distance);
  if (own !== undefined) {
    const identity = `${own.identity.scheme} ${own.identity.value}`;
    out.push(
      own.heard === 1
        ? affiliationEvidence("friend-identity", "registry", "claimed", now, LOG_OFF_PLAN, "friend-identity-off-plan", { name, identity })
        : affiliationEvidence("friend-identity", "registry", "claimed", now, LOG_TWICE, "friend-identity-twice", {
            name,
            identity,
            count: own.heard,
          }),
    );
  }
  if (now - state.offSince < OFF_AFTER) return undefined;
  const tracks = elsewhere(question, record.intent.id).map(({ key }) => key);
  const away = Math.round(inTime ? distance : 0);
  if (own === undefined) {
    const overdue = !inTime && now > record.endsAt;
    return [{ key: overdue ? "friend-overdue" : "friend-left-plan", values: { name, distance: away }, confidence: 0.7, tracks }];
  }
  return inTime
    ? [{ key: "friend-off-plan", values: { name, distance: away }, confidence: 0.9, tracks }]
    : [{ key: "friend-off-plan-time", values: { name }, confidence: 0.9, tracks }];
}
