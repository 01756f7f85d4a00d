// The tracker's state: plain data only. Tracks lie one after another in a slab, in rising order of identifier; what a late
// detection needs (recent looks, their detections, recent states) lies in three rings of fixed size.

import { MODE_SIZE } from "../estimation/motion.ts";
import { createRegistration, type RegistrationState } from "../registration/bias-filter.ts";
import { type BearingState, createBearings } from "./bearing-tracks.ts";
import { createGroups, type GroupState, type TrackGroup } from "./groups.ts";
import type { SourceMemory } from "./source-track.ts";
import type { Split } from "./splits.ts";
import type { TrackerSensor } from "./tracker.ts";
import type { TrackerSettings } from "./tracker-settings.ts";

// Fields of a track before its modes.
export const ID = 0;
/** Instant of the state, us. */
export const AT = 1;
export const CREATED_AT = 2;
export const UPDATED_AT = 3;
export const EXISTENCE = 4;
/** Expected number of detections used. */
export const HITS = 5;
export const HEIGHT_KNOWN = 6;
/** Some sensor's look covers the track until this instant, us. */
export const COVERED_UNTIL = 7;
/** 1 once the track was confirmed. */
export const CONFIRMED = 8;
/** Position in `identities`, or -1. */
export const IDENTITY = 9;
/** Sequence number of the newest state of this track in the history ring, or -1. A state in the ring names the one before it. */
export const LAST_HISTORY = 10;
/** Probability that the target, if it exists, is hidden just now. */
export const HIDDEN = 11;
/** Probability of each mode, up to 4. */
export const MODE_PROBABILITY = 12;
export const MODES = 16;
export const MAXIMUM_MODES = 4;

/** Sensors whose looks are remembered for each track: room for some at first, doubled as they come; those beyond the most share the last place. */
const FIRST_SENSOR_PLACES = 8;
const MOST_SENSOR_PLACES = 1024;

// Fields of a detection in the log.
export const D_KIND = 0;
export const D_COMPONENTS = 1;
export const D_HANDLE = 2;
export const D_IDENTITY = 3;
export const D_COVARIANCE_EN = 4;
/** Track born of it, or 0. */
export const D_BORN = 5;
/** The two tracks that claimed it most, and with what probability. */
export const D_CLAIM_TRACK = 6;
export const D_CLAIM_PROBABILITY = 8;
export const D_Z = 10;
export const D_VARIANCE = 16;
/** Range, azimuth and elevation as measured, before the sensor's bias was taken off. */
export const D_RAW = 22;
/** Instant, us. */
export const D_AT = 25;
export const D_SIZE = 26;

// What is known of a track from outside (standing.ts), beside the slab: a late detection that sets the track back must not forget it.
/** P(what is broadcast there is no real object). */
export const S_FAKE = 0;
/** How bad it would be, 0..1. */
export const S_THREAT = 1;
/** When a sensor that looks for itself last detected it, us; 0: never. */
export const S_MEASURED_AT = 2;
export const STANDING_SIZE = 3;

/** Detections of each track that may still form a pair for registration: [RECENT x (place in the log, sensor, instant, use)]. */
export const RECENT = 8;
export const RECENT_SIZE = 4 * RECENT;

// Fields of a look in the log.
export const L_SENSOR = 0;
export const L_AT = 1;
export const L_FIRST = 2;
export const L_COUNT = 3;
/** 1: everything in the field of view was looked at. */
export const L_FULL = 4;
/** What was learned of the sensor before this look: expected undetected targets, clutter, detections, misses, its look before (us). */
export const L_UNDETECTED = 5;
export const L_CLUTTER_SHAPE = 6;
export const L_CLUTTER_RATE = 7;
export const L_DETECTED = 8;
export const L_MISSED = 9;
export const L_LOOK_BEFORE = 10;
export const L_SIZE = 11;

// Fields of a track that was removed: a late detection may show that it should not have been.
export const G_ID = 0;
export const G_CREATED_AT = 1;
/** When it was removed, us. */
export const G_REMOVED_AT = 2;
/** Sequence number of its newest state in the history ring. */
export const G_HISTORY = 3;
/** The sensor that most surely sees it. */
export const G_SENSOR = 4;
export const G_SIZE = 5;
/** Removed tracks that are remembered; of more, the newest. */
export const GRAVES = 256;

/** What the tracker knows and learns of one sensor. */
export interface SensorRecord {
  sensor: TrackerSensor;
  index: number;
  east: number;
  north: number;
  up: number;
  rotation: readonly number[];
  azimuthSign: 1 | -1;
  /** Expected targets in its field of view without a track. */
  undetected: number;
  /** Place in the registration filter, -1: none yet. */
  place: number;
  lastLookAt: number;
  looks: number;
  /** Gamma posterior of false detections a look: shape / rate. */
  clutterShape: number;
  clutterRate: number;
  /** Beta posterior of the detection probability. */
  detected: number;
  missed: number;
  refused: number;
  late: number;
  tooLate: number;
  /** Detections that it may give at once, as of `allowedAt` (us). */
  allowed: number;
  allowedAt: number;
}

/** Two tracks that lie on one another. */
export interface Twin {
  readonly a: number;
  readonly b: number;
  /** Log-odds that they are one target. */
  odds: number;
  at: number;
  /** For each of the sensors that look in turns: since when this turn, and how many detections the two got in it. */
  turns: { readonly sensor: number; since: number; found: number }[];
}

export interface TrackerState {
  readonly settings: TrackerSettings;
  /** Newest instant that it was told of, us. */
  now: number;
  nextId: number;
  /** Tracks in the slab. */
  count: number;
  /** Numbers of one track. */
  stride: number;
  slab: Float64Array;
  /** Sensors that each track has room for in `detectable` and `lookedAt`. */
  places: number;
  /** [capacity x places] log-odds that the sensor can see this target at all. */
  detectable: Float64Array;
  /** [capacity x places] when the sensor last looked at the track, us. */
  lookedAt: Float64Array;
  /** [capacity x places] turns of the sensor since, in which it should have seen the track and did not. */
  missedTurns: Float64Array;
  /** [capacity x RECENT_SIZE] */
  recent: Float64Array;
  /** [capacity x STANDING_SIZE] */
  standing: Float64Array;
  registration: RegistrationState;
  /** Pairs of tracks that lie on one another, with the log-odds that they are one target. Rising by `a`, then `b`. */
  twins: Twin[];
  sourceTracks: Map<string, SourceMemory>;
  /** What people said that tracks are not (splits.ts); absent: nothing. */
  splits?: Split[];
  bearings: BearingState;
  groups: GroupState;
  /** As of the last whole second that `advanceTime` saw. */
  groupList: TrackGroup[];
  groupsAt: number;
  sensors: SensorRecord[];
  identities: string[];
  /** "#" + identity -> place in `identities`. */
  identityPlace: Record<string, number>;
  nextIdentity: number;
  /** Track that holds each identity, 0: none. */
  identityTrack: number[];
  detections: Float64Array;
  nextDetection: number;
  looks: Float64Array;
  /** Looks ever logged; number n lies at place n modulo the size of the log. */
  lookCount: number;
  /** Tracks removed lately, [GRAVES x G_SIZE]; number n lies at place n modulo GRAVES. */
  removed: Float64Array;
  removedCount: number;
  /** Time of a jump ahead that waits to be confirmed, and how often it was. */
  jumpTo: number;
  jumpSeen: number;
  history: Float64Array;
  /** States ever put into the ring; number n lies at place n modulo its size. */
  historyCount: number;
  counts: {
    evicted: number;
    refused: number;
    /** Variances smaller than anybody can measure, taken at what one can. */
    widened: number;
    refusedReasons: Record<string, number>;
    late: number;
    tooLate: number;
    duplicates: number;
    merged: number;
    countedAlready: number;
  };
}

/** Most detections that the log remembers; it starts small and grows while what it would overwrite is still needed. */
export const DETECTION_SLOTS = 32768;
const FIRST_DETECTIONS = 512;
const FIRST_STATES = 256;
export const LOOK_SLOTS = 2048;

export function createTracker(settings: TrackerSettings): TrackerState {
  const stride = MODES + settings.modes.length * MODE_SIZE;
  const capacity = 64;
  return {
    settings,
    now: 0,
    nextId: 1,
    count: 0,
    stride,
    slab: new Float64Array(capacity * stride),
    places: FIRST_SENSOR_PLACES,
    detectable: new Float64Array(capacity * FIRST_SENSOR_PLACES),
    lookedAt: new Float64Array(capacity * FIRST_SENSOR_PLACES),
    missedTurns: new Float64Array(capacity * FIRST_SENSOR_PLACES),
    recent: new Float64Array(capacity * RECENT_SIZE),
    standing: new Float64Array(capacity * STANDING_SIZE),
    registration: createRegistration(),
    twins: [],
    sourceTracks: new Map(),
    bearings: createBearings(),
    groups: createGroups(),
    groupList: [],
    groupsAt: 0,
    sensors: [],
    identities: [],
    identityPlace: {},
    nextIdentity: 0,
    identityTrack: [],
    detections: new Float64Array(FIRST_DETECTIONS * D_SIZE),
    nextDetection: 0,
    looks: new Float64Array(LOOK_SLOTS * L_SIZE),
    lookCount: 0,
    removed: new Float64Array(GRAVES * G_SIZE),
    removedCount: 0,
    jumpTo: 0,
    jumpSeen: 0,
    history: new Float64Array(Math.min(FIRST_STATES, settings.historyStates) * stride),
    historyCount: 0,
    counts: { evicted: 0, refused: 0, widened: 0, refusedReasons: {}, late: 0, tooLate: 0, duplicates: 0, merged: 0, countedAlready: 0 },
  };
}

/** Makes room for one more track and answers its place; the new place is the last, so identifiers keep rising. */
export function appendSlot(state: TrackerState): number {
  const slot = state.count;
  if ((slot + 1) * state.stride > state.slab.length) {
    const capacity = slot * 2;
    state.slab = grown(state.slab, capacity * state.stride);
    state.detectable = grown(state.detectable, capacity * state.places);
    state.lookedAt = grown(state.lookedAt, capacity * state.places);
    state.missedTurns = grown(state.missedTurns, capacity * state.places);
    state.recent = grown(state.recent, capacity * RECENT_SIZE);
    state.standing = grown(state.standing, capacity * STANDING_SIZE);
  }
  state.missedTurns.fill(0, slot * state.places, (slot + 1) * state.places);
  state.standing.fill(0, slot * STANDING_SIZE, (slot + 1) * STANDING_SIZE);
  state.count = slot + 1;
  return slot;
}

function grown(array: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(array);
  return larger;
}

/** Makes room for one more sensor beside every track. */
export function reserveSensorPlaces(state: TrackerState, sensors: number): void {
  const before = state.places;
  let places = before;
  while (places < sensors && places < MOST_SENSOR_PLACES) places *= 2;
  if (places === before) return;
  const widened = (old: Float64Array): Float64Array<ArrayBuffer> => {
    const wider = new Float64Array((old.length / before) * places);
    for (let slot = 0; slot < state.count; slot++) wider.set(old.subarray(slot * before, (slot + 1) * before), slot * places);
    return wider;
  };
  state.detectable = widened(state.detectable);
  state.lookedAt = widened(state.lookedAt);
  state.missedTurns = widened(state.missedTurns);
  state.places = places;
}

/** Place of a sensor beside every track. */
export const sensorPlaceOf = (state: TrackerState, record: SensorRecord): number => Math.min(record.index, state.places - 1);

/** Place of the track with this identifier, or -1. Identifiers rise along the slab. */
export function slotOf(state: TrackerState, id: number): number {
  let low = 0;
  let high = state.count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = state.slab[middle * state.stride]!;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Removes the tracks for which `drop` is true, keeping the order of the others. */
export function removeTracks(state: TrackerState, drop: (slot: number) => boolean): void {
  const { slab, stride, places, detectable, lookedAt } = state;
  let to = 0;
  for (let slot = 0; slot < state.count; slot++) {
    if (drop(slot)) {
      const identity = slab[slot * stride + IDENTITY]!;
      if (identity >= 0 && state.identityTrack[identity] === slab[slot * stride]!) state.identityTrack[identity] = 0;
      if (slab[slot * stride + LAST_HISTORY]! >= 0) rememberRemoved(state, slot);
      continue;
    }
    if (to !== slot) {
      slab.copyWithin(to * stride, slot * stride, (slot + 1) * stride);
      detectable.copyWithin(to * places, slot * places, (slot + 1) * places);
      state.recent.copyWithin(to * RECENT_SIZE, slot * RECENT_SIZE, (slot + 1) * RECENT_SIZE);
      state.standing.copyWithin(to * STANDING_SIZE, slot * STANDING_SIZE, (slot + 1) * STANDING_SIZE);
      lookedAt.copyWithin(to * places, slot * places, (slot + 1) * places);
      state.missedTurns.copyWithin(to * places, slot * places, (slot + 1) * places);
    }
    to += 1;
  }
  state.count = to;
}

function rememberRemoved(state: TrackerState, slot: number): void {
  const { places } = state;
  const base = slot * state.stride;
  const to = (state.removedCount % GRAVES) * G_SIZE;
  let sensor = 0;
  for (let k = 1; k < state.sensors.length && k < places; k++)
    if (state.detectable[slot * places + k]! > state.detectable[slot * places + sensor]!) sensor = k;
  state.removed[to + G_ID] = state.slab[base + ID]!;
  state.removed[to + G_CREATED_AT] = state.slab[base + CREATED_AT]!;
  state.removed[to + G_REMOVED_AT] = state.now;
  state.removed[to + G_HISTORY] = state.slab[base + LAST_HISTORY]!;
  state.removed[to + G_SENSOR] = sensor;
  state.removedCount += 1;
}

/** Makes a place for a track with this identifier among the others, which keep their order, and answers it. Its numbers are 0. */
export function insertSlot(state: TrackerState, id: number): number {
  const last = appendSlot(state);
  const { slab, stride, places, detectable, lookedAt, recent, standing } = state;
  let slot = last;
  while (slot > 0 && slab[(slot - 1) * stride + ID]! > id) slot -= 1;
  slab.copyWithin((slot + 1) * stride, slot * stride, last * stride);
  detectable.copyWithin((slot + 1) * places, slot * places, last * places);
  lookedAt.copyWithin((slot + 1) * places, slot * places, last * places);
  state.missedTurns.copyWithin((slot + 1) * places, slot * places, last * places);
  recent.copyWithin((slot + 1) * RECENT_SIZE, slot * RECENT_SIZE, last * RECENT_SIZE);
  standing.copyWithin((slot + 1) * STANDING_SIZE, slot * STANDING_SIZE, last * STANDING_SIZE);
  slab.fill(0, slot * stride, (slot + 1) * stride);
  detectable.fill(0, slot * places, (slot + 1) * places);
  lookedAt.fill(0, slot * places, (slot + 1) * places);
  state.missedTurns.fill(0, slot * places, (slot + 1) * places);
  recent.fill(0, slot * RECENT_SIZE, (slot + 1) * RECENT_SIZE);
  standing.fill(0, slot * STANDING_SIZE, (slot + 1) * STANDING_SIZE);
  slab[slot * stride + ID] = id;
  return slot;
}

/** Notes beside look n what is known of its sensor before it. */
export function noteLearned(state: TrackerState, n: number, record: SensorRecord): void {
  const at = (n % LOOK_SLOTS) * L_SIZE;
  state.looks[at + L_UNDETECTED] = record.undetected;
  state.looks[at + L_CLUTTER_SHAPE] = record.clutterShape;
  state.looks[at + L_CLUTTER_RATE] = record.clutterRate;
  state.looks[at + L_DETECTED] = record.detected;
  state.looks[at + L_MISSED] = record.missed;
  state.looks[at + L_LOOK_BEFORE] = record.lastLookAt;
}

/** Sets what is known of a sensor back to what it was before look n. */
export function recallLearned(state: TrackerState, n: number, record: SensorRecord): void {
  const at = (n % LOOK_SLOTS) * L_SIZE;
  record.undetected = state.looks[at + L_UNDETECTED]!;
  record.clutterShape = state.looks[at + L_CLUTTER_SHAPE]!;
  record.clutterRate = state.looks[at + L_CLUTTER_RATE]!;
  record.detected = state.looks[at + L_DETECTED]!;
  record.missed = state.looks[at + L_MISSED]!;
  record.lastLookAt = state.looks[at + L_LOOK_BEFORE]!;
}

/** States that the history ring has room for now. */
export function historyPlaces(state: TrackerState): number {
  return state.history.length / state.stride;
}

/** Puts the track's present state into the history ring, which grows while the state that it would overwrite is still needed. */
export function rememberState(state: TrackerState, slot: number): void {
  const { slab, stride } = state;
  if (state.settings.historyStates === 0) return;
  const sequence = state.historyCount;
  let places = historyPlaces(state);
  let to = (sequence % places) * stride;
  if (
    sequence >= places &&
    places < state.settings.historyStates &&
    state.history[to + AT]! > state.now - (state.settings.historySeconds + 1) * 1e6
  ) {
    const larger = new Float64Array(Math.min(places * 2, state.settings.historyStates) * stride);
    const now = larger.length / stride;
    for (let n = sequence - places; n < sequence; n++)
      larger.set(state.history.subarray((n % places) * stride, ((n % places) + 1) * stride), (n % now) * stride);
    state.history = larger;
    places = now;
    to = (sequence % places) * stride;
  }
  const { history } = state;
  const from = slot * stride;
  for (let k = 0; k < stride; k++) history[to + k] = slab[from + k]!;
  state.historyCount = sequence + 1;
  slab[from + LAST_HISTORY] = sequence;
}

/** Offset in `history` of the newest remembered state of the track at or before `t` (us), or -1. */
export function stateBefore(state: TrackerState, slot: number, t: number): number {
  const { slab, stride, history } = state;
  const places = historyPlaces(state);
  const id = slab[slot * stride + ID]!;
  let sequence = slab[slot * stride + LAST_HISTORY]!;
  while (sequence >= 0 && sequence > state.historyCount - 1 - places) {
    const at = (sequence % places) * stride;
    if (history[at + ID] !== id) return -1;
    if (history[at + AT]! <= t) return at;
    sequence = history[at + LAST_HISTORY]!;
  }
  return -1;
}

/** First place of `room` detections in a row in the log: after the newest, or from the start again once that is old enough. */
export function placeDetections(state: TrackerState, room: number): number {
  const slots = state.detections.length / D_SIZE;
  const first = state.nextDetection;
  if (first + room <= slots) return first;
  const needed = Math.min(room, slots);
  const old = state.detections[Math.max(needed - 1, 0) * D_SIZE + D_AT]! < state.now - (state.settings.historySeconds + 1) * 1e6;
  if (room <= slots && (old || slots >= DETECTION_SLOTS)) return 0;
  state.detections = grown(state.detections, Math.max(slots * 2, first + room) * D_SIZE);
  return first;
}
