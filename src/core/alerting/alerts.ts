// Situations become alarms: the state machine of ISA-18.2 with on and off delays, latching, shelving, one alarm for one situation, and who
// holds what. State is plain data and bounded; time is an argument.

import { err, ok, type Result } from "../base/result.ts";
import { MICROS_PER_SECOND, type Micros, micros } from "../base/units.ts";
import type { AlarmDefinition, Alert, AlertFigures, AlertLevel, AlertState, Situation } from "../model/alert.ts";
import type { Actor } from "../model/event.ts";
import type { Origin } from "../model/observation.ts";
import { type AlertChange, ANNUNCIATES, LONGEST_SHELF } from "./alert-change.ts";
import { type AuditState, createAudit, recordChange } from "./audit.ts";

/** An alarm that is not over. */
export interface OpenAlert {
  alert: Alert;
  family: string;
  /** Since when the condition is gone; undefined while it holds. */
  goneSince: Micros | undefined;
  /** Of the definition of its level, kept because the condition may be gone. */
  offDelay: number;
  latching: boolean;
  /** A person has acknowledged or shelved it since it last called. */
  seen: boolean;
  /** Of a group: each track that was in it, and when last. Empty for all others. */
  members: Map<string, Micros>;
  /** Of a track that flew in a group: who flew beside it when its condition last held. */
  beside?: readonly string[];
}

/** One time that an alarm called. */
export interface Annunciation {
  at: Micros;
  definitionId: string;
  subject: string;
  level: AlertLevel;
}

export type { AlertFigures } from "../model/alert.ts";

export interface AlertingState {
  nextId: number;
  /** Keyed by alert id, in the order of raising. */
  open: Map<string, OpenAlert>;
  /** "family subject" -> alert id. */
  byPair: Map<string, string>;
  /** "definition subject" -> since when the condition holds without having been raised, and when it was last seen. */
  pending: Map<string, { since: Micros; lastAt: Micros }>;
  /** "family subject" -> times of raising within the last hour, for chattering. */
  recent: Map<string, Micros[]>;
  /** Cleared ones, oldest first. */
  history: Alert[];
  /** Calls of the last 24 h, oldest first. */
  annunciations: Annunciation[];
  /** Who has which track in hand. */
  trackHolds: Map<string, { by: string; at: Micros }>;
  audit: AuditState;
  /** What the bounds cost: never silent. */
  dropped: { open: number; refused: number; history: number; pending: number; recent: number; annunciations: number; holds: number };
}

export const ALERT_LIMITS = {
  open: 1000,
  history: 5000,
  pending: 4000,
  recent: 4000,
  annunciations: 20_000,
  trackHolds: 1000,
  tracksOfAlert: 500,
} as const;

/** s for which a track that fell out of a group's alarm is still counted to it: groups lose and find members from scan to scan. */
const STAYS_IN_GROUP = 20;
/** Tracks that a group must share with those beside which a track flew that is no more, to take its alarm in. */
const LEAST_SHARED = 3;

const HOUR = 3600 * MICROS_PER_SECOND;
const DAY = 24 * HOUR;
/** Longer texts are cut: they come from people and sensors. */
const REASON_LENGTH = 500;

const PREFIX: Readonly<Record<Origin, string>> = { live: "", simulated: "SIM-", recorded: "REC-", exercise: "EX-" };

export function createAlerting(): AlertingState {
  return {
    nextId: 1,
    open: new Map(),
    byPair: new Map(),
    pending: new Map(),
    recent: new Map(),
    history: [],
    annunciations: [],
    trackHolds: new Map(),
    audit: createAudit(),
    dropped: { open: 0, refused: 0, history: 0, pending: 0, recent: 0, annunciations: 0, holds: 0 },
  };
}

const familyOf = (definition: AlarmDefinition) => definition.family ?? definition.id;
const pairOf = (family: string, subject: string) => `${family} ${subject}`;

const copyOf = (alert: Alert): Alert => ({ ...alert, tracks: [...alert.tracks], values: { ...alert.values } });

interface Candidate {
  situation: Situation;
  definition: AlarmDefinition;
}

/** Worse: a higher level, then a larger rank. */
const isWorse = (a: AlarmDefinition, b: AlarmDefinition) => a.level < b.level || (a.level === b.level && (a.rank ?? 0) > (b.rank ?? 0));

/**
 * Brings the alarms up to `now`.
 *
 * `situations`: every condition that holds now, complete: what is not in it is gone. A condition is raised when it has held for its on-delay
 * without a break, and cleared when it has been gone for its off-delay; one that latches waits for a person. Conditions of one family about one
 * subject are one alarm, that of the worst; when its level rises it calls again, whatever a person had done with the lower one. A group's
 * situation takes over the alarms of its tracks. An unknown or disabled definition is passed over. Changes `state`; answers what changed, in order.
 */
export function updateAlerts(
  state: AlertingState,
  situations: readonly Situation[],
  context: { now: Micros; definitions: readonly AlarmDefinition[] },
): AlertChange[] {
  const { now } = context;
  const changes: AlertChange[] = [];
  const definitions = new Map(context.definitions.map((definition) => [definition.id, definition]));
  const say = (change: AlertChange) => {
    changes.push(change);
    note(state, change);
  };

  // What holds long enough, worst of each family and subject. Conditions of an open alarm count at once: their own delay is for the first call,
  // and for a rise in level it runs from when that worse condition began.
  const ready = new Map<string, Candidate>();
  const holding = new Map<string, Candidate>();
  for (const situation of situations) {
    const definition = definitions.get(situation.definitionId);
    if (definition === undefined || !definition.enabled) continue;
    const subject = subjectOf(state, situation, definition);
    const pair = pairOf(familyOf(definition), subject);
    const candidate = subject === situation.subject ? { situation, definition } : { situation: { ...situation, subject }, definition };
    take(holding, pair, candidate);
    if (heldLongEnough(state, definition, subject, situation.holdFor ?? 0, now)) take(ready, pair, candidate);
  }
  for (const [key, entry] of state.pending) if (entry.lastAt !== now) state.pending.delete(key);

  for (const [pair, held] of holding) {
    const id = state.byPair.get(pair);
    const open = id === undefined ? undefined : state.open.get(id);
    const candidate = ready.get(pair);
    if (open === undefined) {
      if (candidate !== undefined && !isOfGroup(state, candidate, now)) raise(state, pair, candidate, now, say);
      continue;
    }
    keepUp(open, held, candidate, now, say);
  }

  // A group's alarm takes the alarms of its tracks in.
  for (const [pair, { situation, definition }] of ready) {
    if (definition.groupBy !== "group" || situation.tracks.length === 0) continue;
    const groupId = state.byPair.get(pair);
    if (groupId === undefined) continue;
    const { members } = state.open.get(groupId)!;
    for (const track of situation.tracks) members.set(track, now);
    for (const [track, lastAt] of members) if (now - lastAt > STAYS_IN_GROUP * MICROS_PER_SECOND) members.delete(track);
    for (const track of situation.tracks) {
      for (const family of context.definitions) {
        if (family.groupBy !== "track" || family.family === undefined) continue;
        const id = state.byPair.get(pairOf(family.family, track));
        const member = id === undefined ? undefined : state.open.get(id);
        if (member === undefined) continue;
        close(state, member, now);
        say({ kind: "merged", at: now, alert: copyOf(member.alert), into: groupId });
      }
    }
    // A dense group loses tracks and finds them again under other names: the alarm of one that is no more is the group's too.
    const tracks = new Set(situation.tracks);
    for (const member of state.open.values()) {
      if (member.beside === undefined || holding.has(pairOf(member.family, member.alert.subject))) continue;
      let shared = 0;
      for (const key of member.beside) if (tracks.has(key)) shared += 1;
      if (shared < LEAST_SHARED) continue;
      close(state, member, now);
      say({ kind: "merged", at: now, alert: copyOf(member.alert), into: groupId });
    }
  }

  for (const [id, open] of state.open) {
    const { alert } = open;
    if (!holding.has(pairOf(open.family, alert.subject))) open.goneSince ??= now;
    if (alert.state === "shelved" && alert.shelvedUntil !== undefined && now >= alert.shelvedUntil && open.goneSince === undefined) {
      unshelf(alert);
      open.seen = false;
      alert.state = "raised";
      say({ kind: "shelf-expired", at: now, alert: copyOf(alert) });
    }
    if (open.goneSince === undefined || now - open.goneSince < open.offDelay * MICROS_PER_SECOND) continue;
    if (open.latching && !open.seen) {
      if (alert.state !== "returned") {
        alert.state = "returned";
        say({ kind: "returned", at: now, alert: copyOf(alert) });
      }
      continue;
    }
    close(state, open, now);
    state.open.delete(id);
    say({ kind: "cleared", at: now, alert: copyOf(alert) });
  }
  forget(state, now);
  return changes;
}

/** A track of a family belongs to an open alarm of a group, now or a moment ago: what it would say alone is said. */
function isOfGroup(state: AlertingState, { situation, definition }: Candidate, now: Micros): boolean {
  if (definition.groupBy !== "track" || definition.family === undefined) return false;
  for (const { members } of state.open.values()) {
    if (members.size === 0) continue;
    const lastAt = members.get(situation.subject);
    if (lastAt !== undefined && now - lastAt <= STAYS_IN_GROUP * MICROS_PER_SECOND) return true;
  }
  return false;
}

/** Keeps the worst condition of a pair; two parts of what was one group count together. */
function take(into: Map<string, Candidate>, pair: string, candidate: Candidate): void {
  const before = into.get(pair);
  if (before === undefined || isWorse(candidate.definition, before.definition)) {
    into.set(pair, candidate);
    return;
  }
  if (candidate.definition.groupBy !== "group" || candidate.definition.id !== before.definition.id) return;
  const tracks = [...new Set([...before.situation.tracks, ...candidate.situation.tracks])];
  into.set(pair, { ...before, situation: { ...before.situation, tracks } });
}

/** A group keeps its alarm though its identifier changes, as long as it shares tracks with it. */
function subjectOf(state: AlertingState, situation: Situation, definition: AlarmDefinition): string {
  if (definition.groupBy !== "group" || state.byPair.has(pairOf(familyOf(definition), situation.subject))) return situation.subject;
  let best: string | undefined;
  let most = 0;
  const tracks = new Set(situation.tracks);
  for (const { alert, family } of state.open.values()) {
    if (family !== familyOf(definition) || alert.origin !== situation.origin) continue;
    let shared = 0;
    for (const track of alert.tracks) if (tracks.has(track)) shared += 1;
    if (shared > most) {
      most = shared;
      best = alert.subject;
    }
  }
  return best ?? situation.subject;
}

function heldLongEnough(state: AlertingState, definition: AlarmDefinition, subject: string, holdFor: number, now: Micros): boolean {
  const delay = Math.max(definition.onDelay, holdFor);
  const key = pairOf(definition.id, subject);
  const entry = state.pending.get(key);
  if (entry !== undefined) {
    entry.lastAt = now;
    return now - entry.since >= delay * MICROS_PER_SECOND;
  }
  // Full: the highest level is never made to wait for room.
  if (state.pending.size >= ALERT_LIMITS.pending) {
    state.dropped.pending += 1;
    return definition.level === 1;
  }
  state.pending.set(key, { since: now, lastAt: now });
  return delay <= 0;
}

function raise(
  state: AlertingState,
  pair: string,
  { situation, definition }: Candidate,
  now: Micros,
  say: (change: AlertChange) => void,
): void {
  if (state.open.size >= ALERT_LIMITS.open && !makeRoom(state, definition.level, now, say)) {
    state.dropped.refused += 1;
    return;
  }
  const family = familyOf(definition);
  const earlier = remember(state, pair, now);
  const alert: Alert = {
    id: `${PREFIX[situation.origin]}A${state.nextId}`,
    definitionId: definition.id,
    subject: situation.subject,
    origin: situation.origin,
    level: definition.level,
    state: "raised",
    raisedAt: now,
    lastAt: now,
    tracks: situation.tracks.slice(0, ALERT_LIMITS.tracksOfAlert),
    ...(situation.assetId === undefined ? {} : { assetId: situation.assetId }),
    values: { ...situation.values },
    repeats: earlier,
  };
  state.nextId += 1;
  state.open.set(alert.id, {
    alert,
    family,
    goneSince: undefined,
    offDelay: definition.offDelay,
    latching: definition.latching || definition.level === 1,
    seen: false,
    members: new Map(),
    ...(situation.beside === undefined ? {} : { beside: situation.beside }),
  });
  state.byPair.set(pair, alert.id);
  say({ kind: "raised", at: now, alert: copyOf(alert) });
}

/** The alarm is open and the condition holds: new values, perhaps a higher level. */
function keepUp(open: OpenAlert, held: Candidate, candidate: Candidate | undefined, now: Micros, say: (change: AlertChange) => void): void {
  const { alert } = open;
  // The text follows the worst condition that has held for its delay; until then, and when that is over, the worst that holds.
  const shown = candidate ?? held;
  alert.lastAt = now;
  open.goneSince = undefined;
  if (shown.situation.beside !== undefined) open.beside = shown.situation.beside;
  if (alert.definitionId === shown.definition.id || candidate !== undefined) {
    alert.definitionId = shown.definition.id;
    alert.values = { ...shown.situation.values };
    alert.tracks = shown.situation.tracks.slice(0, ALERT_LIMITS.tracksOfAlert);
    if (shown.situation.assetId === undefined) delete alert.assetId;
    else alert.assetId = shown.situation.assetId;
  }
  if (candidate !== undefined && candidate.definition.level < alert.level) {
    alert.level = candidate.definition.level;
    open.offDelay = candidate.definition.offDelay;
    open.latching = open.latching || candidate.definition.latching || alert.level === 1;
    unshelf(alert);
    open.seen = false;
    alert.state = "raised";
    say({ kind: "escalated", at: now, alert: copyOf(alert) });
    return;
  }
  if (alert.state === "returned") {
    alert.state = "raised";
    alert.repeats += 1;
    say({ kind: "re-raised", at: now, alert: copyOf(alert) });
  }
}

/** Times that this pair was raised in the hour before; adds this one. */
function remember(state: AlertingState, pair: string, now: Micros): number {
  const times = (state.recent.get(pair) ?? []).filter((at) => now - at < HOUR);
  const earlier = times.length;
  times.push(now);
  if (times.length > 100) times.shift();
  state.recent.delete(pair);
  if (state.recent.size >= ALERT_LIMITS.recent) {
    const oldest = state.recent.keys().next().value;
    if (oldest !== undefined) state.recent.delete(oldest);
    state.dropped.recent += 1;
  }
  state.recent.set(pair, times);
  return earlier;
}

/** Evicts the open alarm that is worth least, if it is worth less than a new one of `level`: the lowest level, seen before unseen, the oldest. */
function makeRoom(state: AlertingState, level: AlertLevel, now: Micros, say: (change: AlertChange) => void): boolean {
  let least: OpenAlert | undefined;
  for (const open of state.open.values()) {
    if (least === undefined || open.alert.level > least.alert.level || (open.alert.level === least.alert.level && open.seen && !least.seen))
      least = open;
  }
  if (least === undefined) return true;
  if (least.alert.level < level || (least.alert.level === level && !least.seen)) return false;
  close(state, least, now);
  state.dropped.open += 1;
  say({ kind: "evicted", at: now, alert: copyOf(least.alert) });
  return true;
}

function close(state: AlertingState, open: OpenAlert, now: Micros): void {
  const { alert } = open;
  unshelf(alert);
  alert.state = "cleared";
  alert.clearedAt = now;
  delete alert.heldBy;
  state.open.delete(alert.id);
  state.byPair.delete(pairOf(open.family, alert.subject));
  state.history.push(alert);
  if (state.history.length > ALERT_LIMITS.history) {
    state.history.shift();
    state.dropped.history += 1;
  }
}

function unshelf(alert: Alert): void {
  delete alert.shelvedUntil;
  delete alert.shelvedBy;
  delete alert.shelvedReason;
}

function note(state: AlertingState, change: AlertChange): void {
  recordChange(state.audit, change);
  if (!ANNUNCIATES[change.kind]) return;
  const { definitionId, subject, level } = change.alert;
  state.annunciations.push({ at: change.at, definitionId, subject, level });
  if (state.annunciations.length > ALERT_LIMITS.annunciations) {
    state.annunciations.shift();
    state.dropped.annunciations += 1;
  }
}

function forget(state: AlertingState, now: Micros): void {
  let old = 0;
  while (old < state.annunciations.length && now - state.annunciations[old]!.at > DAY) old += 1;
  if (old > 0) state.annunciations.splice(0, old);
  // The one raised longest ago is first.
  for (const [pair, times] of state.recent) {
    if (now - times[times.length - 1]! < HOUR) break;
    state.recent.delete(pair);
  }
}

// What people do.

export interface AlertRefusal {
  readonly code:
    | "unknown-alert"
    | "already-acknowledged"
    | "shelved"
    | "no-reason"
    | "too-long"
    | "not-shelved"
    | "held-by-another"
    | "not-held"
    | "full";
  /** One plain sentence. */
  readonly message: string;
}
type Outcome = Result<AlertChange[], AlertRefusal>;

const refuse = (code: AlertRefusal["code"], message: string): Outcome => err({ code, message });
const unknown = (id: string): Outcome => refuse("unknown-alert", `there is no open alarm "${id}"`);

function done(state: AlertingState, change: AlertChange): Outcome {
  note(state, change);
  return ok([change]);
}

/**
 * A person has seen it: one press, by whoever is there, also when another holds it. An alarm whose condition is gone is then over.
 * Acknowledging a shelved alarm takes it off the shelf.
 */
export function acknowledge(state: AlertingState, alertId: string, actor: Actor, now: Micros): Outcome {
  const open = state.open.get(alertId);
  if (open === undefined) return unknown(alertId);
  const { alert } = open;
  if (alert.state === "acknowledged")
    return refuse("already-acknowledged", `${alertId} was acknowledged by ${alert.acknowledgedBy?.name ?? "somebody"}`);
  const over = alert.state === "returned";
  unshelf(alert);
  alert.state = "acknowledged";
  alert.acknowledgedAt = now;
  alert.acknowledgedBy = actor;
  open.seen = true;
  const change: AlertChange = { kind: "acknowledged", at: now, alert: copyOf(alert), by: actor };
  note(state, change);
  if (!over) return ok([change]);
  close(state, open, now);
  const cleared: AlertChange = { kind: "cleared", at: now, alert: copyOf(alert), by: actor };
  note(state, cleared);
  return ok([change, cleared]);
}

/** Puts an alarm off until `until`, with a reason that others read: at most 15 min for the highest level, an hour, a watch. */
export function shelve(
  state: AlertingState,
  alertId: string,
  request: { reason: string; until: Micros },
  actor: Actor,
  now: Micros,
): Outcome {
  const open = state.open.get(alertId);
  if (open === undefined) return unknown(alertId);
  const { alert } = open;
  const reason = request.reason.trim().slice(0, REASON_LENGTH);
  if (reason === "") return refuse("no-reason", "say why the alarm is put off");
  const longest = LONGEST_SHELF[alert.level];
  if (!(request.until > now)) return refuse("too-long", "the end of the shelving lies in the past");
  if (request.until - now > longest * MICROS_PER_SECOND)
    return refuse("too-long", `an alarm of level ${alert.level} can be put off for at most ${longest / 60} minutes`);
  alert.state = "shelved";
  alert.shelvedUntil = request.until;
  alert.shelvedBy = actor;
  alert.shelvedReason = reason;
  open.seen = true;
  return done(state, { kind: "shelved", at: now, alert: copyOf(alert), by: actor, reason });
}

/** Takes an alarm off the shelf before its time; it calls again. */
export function unshelve(state: AlertingState, alertId: string, actor: Actor, now: Micros): Outcome {
  const open = state.open.get(alertId);
  if (open === undefined) return unknown(alertId);
  if (open.alert.state !== "shelved") return refuse("not-shelved", `${alertId} is not shelved`);
  unshelf(open.alert);
  open.alert.state = "raised";
  open.seen = false;
  return done(state, { kind: "unshelved", at: now, alert: copyOf(open.alert), by: actor });
}

/** Says who has the alarm in hand. Another's hold must be released first, or taken over with `take`. */
export function hold(state: AlertingState, alertId: string, actor: Actor, now: Micros, take = false): Outcome {
  const open = state.open.get(alertId);
  if (open === undefined) return unknown(alertId);
  const { alert } = open;
  if (alert.heldBy !== undefined && alert.heldBy !== actor.name && !take)
    return refuse("held-by-another", `${alertId} is in the hands of ${alert.heldBy}`);
  alert.heldBy = actor.name;
  return done(state, { kind: "held", at: now, alert: copyOf(alert), by: actor });
}

/** Gives the alarm back. Only who holds it, or with `take` anybody (a console that fell silent must not keep an alarm). */
export function release(state: AlertingState, alertId: string, actor: Actor, now: Micros, take = false): Outcome {
  const open = state.open.get(alertId);
  if (open === undefined) return unknown(alertId);
  const { alert } = open;
  if (alert.heldBy === undefined) return refuse("not-held", `nobody holds ${alertId}`);
  if (alert.heldBy !== actor.name && !take) return refuse("held-by-another", `${alertId} is in the hands of ${alert.heldBy}`);
  delete alert.heldBy;
  return done(state, { kind: "released", at: now, alert: copyOf(alert), by: actor });
}

/** The same for a track. */
export function holdTrack(
  state: AlertingState,
  key: string,
  actor: Actor,
  now: Micros,
  take = false,
): Result<{ by: string; at: Micros }, AlertRefusal> {
  const held = state.trackHolds.get(key);
  if (held !== undefined && held.by !== actor.name && !take)
    return err({ code: "held-by-another", message: `${key} is in the hands of ${held.by}` });
  if (held === undefined && state.trackHolds.size >= ALERT_LIMITS.trackHolds) {
    state.dropped.holds += 1;
    return err({ code: "full", message: "too many tracks are in somebody's hands" });
  }
  const entry = { by: actor.name, at: now };
  state.trackHolds.set(key, entry);
  return ok(entry);
}

export function releaseTrack(state: AlertingState, key: string, actor: Actor, take = false): Result<string, AlertRefusal> {
  const held = state.trackHolds.get(key);
  if (held === undefined) return err({ code: "not-held", message: `nobody holds ${key}` });
  if (held.by !== actor.name && !take) return err({ code: "held-by-another", message: `${key} is in the hands of ${held.by}` });
  state.trackHolds.delete(key);
  return ok(key);
}

/** Forgets holds of tracks that are no more. */
export function forgetTrackHolds(state: AlertingState, exists: (key: string) => boolean): void {
  for (const key of state.trackHolds.keys()) if (!exists(key)) state.trackHolds.delete(key);
}

// What is seen.

const STATE_ORDER: Readonly<Record<AlertState, number>> = { raised: 0, returned: 1, acknowledged: 2, shelved: 3, cleared: 4 };

/** Alarms that are not over: highest level first, unseen before seen, newest first. */
export function openAlerts(state: AlertingState): Alert[] {
  return [...state.open.values()]
    .map(({ alert }) => alert)
    .sort((a, b) => a.level - b.level || STATE_ORDER[a.state] - STATE_ORDER[b.state] || b.raisedAt - a.raisedAt || (a.id < b.id ? -1 : 1));
}

/** Calls in 10 minutes, for one operator, from which an alarm flood begins, and below which it is over (ISA-18.2). */
export const FLOOD = { begins: 10, ends: 5 } as const;

/** Live figures after ISA-18.2 and EEMUA 191. `operators`: at least 1. O(calls of the last day): for once a second. */
export function alertFigures(state: AlertingState, now: Micros, operators = 1): AlertFigures {
  const people = Math.max(1, operators);
  const minute = 60 * MICROS_PER_SECOND;
  let per10Min = 0;
  let perHour = 0;
  const levels = { 1: 0, 2: 0, 3: 0 };
  const sources = new Map<string, { definitionId: string; subject: string; calls: number; times: Micros[] }>();
  let total = 0;
  for (const call of state.annunciations) {
    const age = now - call.at;
    if (age < 0 || age >= DAY) continue;
    total += 1;
    if (age < 10 * minute) per10Min += 1;
    if (age < HOUR) perHour += 1;
    levels[call.level] += 1;
    const key = pairOf(call.definitionId, call.subject);
    let source = sources.get(key);
    if (source === undefined) {
      source = { definitionId: call.definitionId, subject: call.subject, calls: 0, times: [] };
      sources.set(key, source);
    }
    source.calls += 1;
    if (age < HOUR) source.times.push(call.at);
  }
  const { minutes, flooded } = floodMinutes(state.annunciations, now, people);
  const stale: string[] = [];
  for (const { alert } of state.open.values()) if (now - alert.raisedAt > DAY) stale.push(alert.id);
  const chattering: { definitionId: string; subject: string; calls: number }[] = [];
  for (const { definitionId, subject, times } of sources.values()) {
    if (isChattering(times)) chattering.push({ definitionId, subject, calls: times.length });
  }
  const topSources = [...sources.values()]
    .sort((a, b) => b.calls - a.calls || (pairOf(a.definitionId, a.subject) < pairOf(b.definitionId, b.subject) ? -1 : 1))
    .slice(0, 10)
    .map(({ definitionId, subject, calls }) => ({ definitionId, subject, calls, share: calls / total }));
  const share = (count: number) => (total === 0 ? 0 : count / total);
  return {
    per10Min,
    ratePerOperatorHour: perHour / people,
    floodMinutes: minutes,
    inFlood: flooded,
    stale,
    chattering,
    topSources,
    levels: { 1: share(levels[1]), 2: share(levels[2]), 3: share(levels[3]) },
    open: state.open.size,
    dropped: { ...state.dropped },
  };
}

/** Three calls within one minute. `times` ascend. */
export function isChattering(times: readonly Micros[]): boolean {
  for (let i = 2; i < times.length; i++) if (times[i]! - times[i - 2]! <= 60 * MICROS_PER_SECOND) return true;
  return false;
}

/** Minutes of the last 24 h in flood: begun at `FLOOD.begins` calls in 10 min for each operator, over below `FLOOD.ends`. */
function floodMinutes(calls: readonly Annunciation[], now: Micros, operators: number): { minutes: number; flooded: boolean } {
  const minute = 60 * MICROS_PER_SECOND;
  let first = 0;
  let last = 0;
  let flooded = false;
  let minutes = 0;
  for (let m = 24 * 60 - 1; m >= 0; m--) {
    const end = now - m * minute;
    while (last < calls.length && calls[last]!.at <= end) last += 1;
    while (first < last && calls[first]!.at <= end - 10 * minute) first += 1;
    const rate = (last - first) / operators;
    flooded = flooded ? rate >= FLOOD.ends : rate >= FLOOD.begins;
    if (flooded) minutes += 1;
  }
  return { minutes, flooded };
}

export const untilAfter = (now: Micros, seconds: number): Micros => micros(now + Math.round(seconds * MICROS_PER_SECOND));
