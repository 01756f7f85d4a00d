// What others than the tracker know of a track and it must act on: whether there is anything behind it, and how bad it would be to lose it.
// The engine says so about once a second; nothing here changes an estimate. A track that identification holds for a fake broadcast
// teaches the tracker nothing (false alarms, detection probability, biases), and when there is room for no more tracks it goes first.

import {
  EXISTENCE,
  LAST_HISTORY,
  S_FAKE,
  S_MEASURED_AT,
  S_THREAT,
  type SensorRecord,
  STANDING_SIZE,
  slotOf,
  type TrackerState,
} from "./tracker-state.ts";

/** What is known of one track from outside the tracker. */
export interface TrackStanding {
  readonly id: number;
  /** P(what is broadcast there is no real object), 0..1. */
  readonly fake: number;
  /** How bad it would be, 0..1: the threat's score. */
  readonly threat: number;
}

/** At this probability a track is taken for a fake. */
const FAKE = 0.5;
/** us: a sensor that looks for itself and detected the track within this vouches for it, whatever is broadcast there. */
const VOUCHED_FOR = 5_000_000;

/** Takes over what is known of tracks; those that are not named, and numbers that are none, keep what they had. Never throws. */
export function setStandings(state: TrackerState, standings: readonly TrackStanding[]): void {
  for (const { id, fake, threat } of standings) {
    const slot = slotOf(state, id);
    if (slot < 0) continue;
    const at = slot * STANDING_SIZE;
    if (fake >= 0 && fake <= 1) state.standing[at + S_FAKE] = fake;
    if (threat >= 0 && threat <= 1) state.standing[at + S_THREAT] = threat;
  }
}

/** A sensor that looks for itself: what a target says of its own place, and what a receiver hears, a transmitter alone can make. */
export const looksForItself = (record: SensorRecord): boolean => !record.sensor.cooperative && record.sensor.passive !== true;

/** Notes that a sensor which looks for itself detected the track at `t` (us). */
export function noteMeasured(state: TrackerState, slot: number, t: number): void {
  const at = slot * STANDING_SIZE + S_MEASURED_AT;
  state.standing[at] = Math.max(state.standing[at]!, t);
}

/** Whether nothing may be learned from this track. */
export const teachesNothing = (state: TrackerState, slot: number): boolean => state.standing[slot * STANDING_SIZE + S_FAKE]! >= FAKE;

const isVouchedFor = (state: TrackerState, slot: number): boolean =>
  state.standing[slot * STANDING_SIZE + S_MEASURED_AT]! > state.now - VOUCHED_FOR;

/**
 * What a track is worth keeping for: how sure it is, and how bad it would be to lose it, 0..2. A fake that no sensor vouches for is worth nothing.
 */
function worth(state: TrackerState, slot: number): number {
  if (teachesNothing(state, slot) && !isVouchedFor(state, slot)) return 0;
  return state.slab[slot * state.stride + EXISTENCE]! + state.standing[slot * STANDING_SIZE + S_THREAT]!;
}

interface Victim {
  readonly slot: number;
  readonly worth: number;
}

/** Those that may make room in one look, the least worth first; made at the first newcomer for whom there is none. */
export interface Victims {
  readonly all: readonly Victim[];
  next: number;
  /** Tracks that no sensor which looks for itself ever detected: known from what is broadcast alone. */
  readonly claimed: readonly Victim[];
  nextClaimed: number;
  /** How many of those there are beyond half of the room. */
  spare: number;
}

export function findVictims(state: TrackerState): Victims {
  const all: Victim[] = [];
  for (let slot = 0; slot < state.count; slot++) if (!isDropped(state, slot)) all.push({ slot, worth: worth(state, slot) });
  // Equals by identifier: the higher goes.
  all.sort((a, b) => a.worth - b.worth || b.slot - a.slot);
  const claimed = all.filter(({ slot }) => isClaimed(state, slot));
  return { all, next: 0, claimed, nextClaimed: 0, spare: claimed.length - Math.floor(state.settings.maximumTracks / 2) };
}

/**
 * Makes room for a newcomer of existence `r` by dropping one track, and answers whether there is room now. Dropped is the one that is least
 * worth keeping (certainty and threat) if that is less than the newcomer.
 *
 * A broadcast is sure of itself, so a flood of them would push out every candidate of a radar. Tracks known from broadcasts alone may
 * therefore hold half of the room: while they do, a broadcast makes way only for its like, and what they hold beyond makes way for whatever a
 * sensor measured itself (`measured`). Everything dropped or turned away is counted.
 */
export function makeRoom(state: TrackerState, victims: Victims, r: number, measured: boolean): boolean {
  state.counts.evicted += 1;
  // Dropped tracks leave their places only at the end of the look.
  if (state.count >= state.settings.maximumTracks * 2) return false;
  const { all, claimed } = victims;
  while (victims.next < all.length && isDropped(state, all[victims.next]!.slot)) victims.next += 1;
  while (victims.nextClaimed < claimed.length && isDropped(state, claimed[victims.nextClaimed]!.slot)) victims.nextClaimed += 1;
  const least = all[victims.next];
  const leastClaimed = claimed[victims.nextClaimed];
  let victim: Victim | undefined;
  if (!measured && victims.spare >= 0) victim = leastClaimed !== undefined && leastClaimed.worth < r ? leastClaimed : undefined;
  else if (least !== undefined && least.worth < r) victim = least;
  else if (measured && victims.spare > 0) victim = leastClaimed;
  if (victim === undefined) return false;
  if (isClaimed(state, victim.slot)) victims.spare -= 1;
  if (!measured) victims.spare += 1;
  // Existence 0 marks it; the sweep at the end of the scan frees its place, and no late detection brings it back.
  state.slab[victim.slot * state.stride + EXISTENCE] = 0;
  state.slab[victim.slot * state.stride + LAST_HISTORY] = -1;
  return true;
}

const isDropped = (state: TrackerState, slot: number): boolean => state.slab[slot * state.stride + EXISTENCE] === 0;
const isClaimed = (state: TrackerState, slot: number): boolean => state.standing[slot * STANDING_SIZE + S_MEASURED_AT] === 0;
