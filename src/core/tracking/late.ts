// Late data. A detection older than what was worked in already goes back to its own instant: the tracks that could have caused it, and
// those that shared detections with them since, are set back to the state they had then, the late detection is worked in, and the looks
// since are repeated for these tracks alone. Everything else in the picture stays as it is, and nothing ever waits.

import { wrapAngle } from "../base/units.ts";
import { linearize, predictedZ } from "../estimation/measurement.ts";
import { MODE_SIZE } from "../estimation/motion.ts";
import { applyLook, coverage, detectableOdds, detectionProbability } from "./look.ts";
import type { Assignment } from "./tracker.ts";
import {
  AT,
  CREATED_AT,
  D_AT,
  D_BORN,
  D_CLAIM_PROBABILITY,
  D_CLAIM_TRACK,
  D_IDENTITY,
  D_KIND,
  D_SIZE,
  D_VARIANCE,
  D_Z,
  EXISTENCE,
  G_CREATED_AT,
  G_HISTORY,
  G_ID,
  G_REMOVED_AT,
  G_SENSOR,
  G_SIZE,
  GRAVES,
  HITS,
  historyPlaces,
  ID,
  IDENTITY,
  insertSlot,
  L_AT,
  L_COUNT,
  L_FIRST,
  L_FULL,
  L_SENSOR,
  L_SIZE,
  LAST_HISTORY,
  LOOK_SLOTS,
  MODE_PROBABILITY,
  MODES,
  noteLearned,
  recallLearned,
  type SensorRecord,
  sensorPlaceOf,
  slotOf,
  stateBefore,
  type TrackerState,
} from "./tracker-state.ts";

/** Most tracks that one late look sets back; beyond, those found last keep their state. */
const LARGEST_CLUSTER = 64;
/** Tracks times looks that a late look may repeat at most for the whole picture to be set back: some milliseconds of work. */
const WHOLE_PICTURE = 2000;
/** A claim below this does not tie two tracks together. */
const LEAST_CLAIM = 0.02;

let chosen = new Uint8Array(0);
let slots = new Int32Array(0);
const nominal = new Float64Array(6);

/**
 * Works look `n` of the log into the past.
 *
 * A look over the whole field of view concerns every track that it shows or misses. A picture so small that everything since can be repeated
 * for all of it (`WHOLE_PICTURE`) is then set back whole: what was removed since comes back, what was learned of the sensors since is learned
 * again, and the result is that of looks in order of time. In a larger one, or for a look that says nothing of what it does not detect, only
 * the tracks that the detections concern are set back, and the late look teaches nothing.
 */
export function applyLateLook(state: TrackerState, record: SensorRecord, n: number, assignments: Assignment[] | undefined): void {
  const { stride, looks } = state;
  const place = (n % LOOK_SLOTS) * L_SIZE;
  const t = looks[place + L_AT]!;
  const first = looks[place + L_FIRST]!;
  const count = looks[place + L_COUNT]!;
  const full = looks[place + L_FULL] === 1;
  const again = looksSince(state, t);
  const whole = full && !record.sensor.cooperative && (state.count + count) * (again.length + 1) <= WHOLE_PICTURE;
  if (whole) revive(state, t);
  if (chosen.length < state.count + count) {
    chosen = new Uint8Array((state.count + count) * 2);
    slots = new Int32Array((state.count + count) * 2);
  }
  chosen.fill(whole ? 1 : 0, 0, state.count + count);
  if (!whole) {
    let size = 0;
    for (let slot = 0; slot < state.count && size < LARGEST_CLUSTER; slot++) {
      if (state.slab[slot * stride + EXISTENCE] === 0 || !couldCause(state, slot, record, t, first, count)) continue;
      chosen[slot] = 1;
      size += 1;
    }
    if (size > 0) closeOver(state, t, size);
  }
  let restored = setBack(state, t, whole);

  // What is known of each sensor goes back to what it was before its first look since; for good, or while the looks are repeated.
  const present = state.sensors.map(learnedOf);
  const recalled = state.sensors.map(() => false);
  for (const k of again) {
    const sensor = looks[(k % LOOK_SLOTS) * L_SIZE + L_SENSOR]!;
    if (!recalled[sensor]) recallLearned(state, k, state.sensors[sensor]!);
    recalled[sensor] = true;
  }
  noteLearned(state, n, record);

  if (full && !record.sensor.cooperative && !whole) missOthers(state, record, restored);

  const repeat = (k: number, mode: "late" | "replay") => {
    const at = (k % LOOK_SLOTS) * L_SIZE;
    const sensor = state.sensors[looks[at + L_SENSOR]!]!;
    const before = state.count;
    if (mode === "replay") {
      if (whole) noteLearned(state, k, sensor);
      else {
        const { undetected, lastLookAt } = sensor;
        recallLearned(state, k, sensor);
        // The late look changes what its sensor may have left undetected since.
        if (sensor === record) Object.assign(sensor, { undetected, lastLookAt });
      }
    }
    applyLook(state, sensor, looks[at + L_AT]!, looks[at + L_FIRST]!, looks[at + L_COUNT]!, looks[at + L_FULL] === 1, {
      mode,
      slots,
      slotCount: restored,
      ...(whole || recalled[sensor.index] ? { learn: whole } : {}),
      ...(mode === "late" ? { assignments } : {}),
    });
    if (!whole && recalled[sensor.index]) {
      sensor.lastLookAt = looks[at + L_AT]!;
      if (looks[at + L_FULL] === 1 && !sensor.sensor.cooperative) sensor.undetected *= 1 - detectionProbability(sensor);
    }
    if (slots.length < restored + state.count - before) {
      const larger = new Int32Array((restored + state.count - before) * 2);
      larger.set(slots);
      slots = larger;
    }
    for (let slot = before; slot < state.count; slot++) slots[restored++] = slot;
  };
  repeat(n, "late");
  for (const k of again) repeat(k, "replay");
  if (!whole) for (const sensor of state.sensors) if (recalled[sensor.index]) Object.assign(sensor, present[sensor.index]);
  for (let q = 0; q < restored; q++) {
    const base = slots[q]! * stride;
    if (state.slab[base + HITS] === -1) state.slab[base + AT] = t; // not born again: existence is 0 and the sweep removes it
  }
}

/** Looks after `t` that can be repeated, in the order of their own time. */
function looksSince(state: TrackerState, t: number): number[] {
  const { looks } = state;
  const again: number[] = [];
  for (let n = Math.max(0, state.lookCount - LOOK_SLOTS); n < state.lookCount; n++) {
    const at = (n % LOOK_SLOTS) * L_SIZE;
    if (looks[at + L_AT]! <= t) continue;
    // A look whose detections were overwritten in an overload cannot be repeated.
    if (looks[at + L_COUNT]! > 0 && state.detections[looks[at + L_FIRST]! * D_SIZE + D_AT] !== looks[at + L_AT]) continue;
    again.push(n);
  }
  return again.sort((a, b) => looks[(a % LOOK_SLOTS) * L_SIZE + L_AT]! - looks[(b % LOOK_SLOTS) * L_SIZE + L_AT]! || a - b);
}

const learnedOf = ({ undetected, clutterShape, clutterRate, detected, missed, lastLookAt }: SensorRecord) => ({
  undetected,
  clutterShape,
  clutterRate,
  detected,
  missed,
  lastLookAt,
});

/** Gives the tracks that were removed after `t` their places again, without existence: `setBack` gives them the state that they had. */
function revive(state: TrackerState, t: number): void {
  for (let n = Math.max(0, state.removedCount - GRAVES); n < state.removedCount; n++) {
    const at = (n % GRAVES) * G_SIZE;
    if (!(state.removed[at + G_REMOVED_AT]! > t) || state.removed[at + G_ID] === 0) continue;
    if (state.count >= state.settings.maximumTracks) return;
    const id = state.removed[at + G_ID]!;
    if (slotOf(state, id) >= 0) continue;
    const slot = insertSlot(state, id);
    const base = slot * state.stride;
    state.slab[base + CREATED_AT] = state.removed[at + G_CREATED_AT]!;
    state.slab[base + LAST_HISTORY] = state.removed[at + G_HISTORY]!;
    state.slab[base + AT] = Infinity;
    for (const sensor of state.sensors) {
      if (sensor.index >= state.places) continue;
      state.detectable[slot * state.places + sensor.index] = detectableOdds(state, sensor, sensor.index === state.removed[at + G_SENSOR]);
      state.lookedAt[slot * state.places + sensor.index] = t;
    }
    state.removed[at + G_ID] = 0;
  }
}

/** Sets the chosen tracks back to the state that they had at `t`; lists them in `slots` and answers how many they are. */
function setBack(state: TrackerState, t: number, whole: boolean): number {
  const { slab, stride } = state;
  let restored = 0;
  for (let slot = 0; slot < state.count; slot++) {
    if (chosen[slot] !== 1) continue;
    const base = slot * stride;
    if (slab[base + CREATED_AT]! > t) {
      // Born since: the repeated looks decide again whether it is born, and under the same name.
      slab[base + HITS] = -1;
      slab[base + EXISTENCE] = 0;
      slab[base + AT] = Infinity;
      slots[restored++] = slot;
      continue;
    }
    if (slab[base + AT]! > t) {
      const from = stateBefore(state, slot, t);
      if (from < 0) {
        // Older than the ring remembers: it keeps its state, or stays removed.
        if (slab[base + AT] === Infinity) forgetRevived(state, slot, t);
        continue;
      }
      const sequence = sequenceAt(state, slot, from);
      slab.set(state.history.subarray(from, from + stride), base);
      slab[base + LAST_HISTORY] = sequence;
      const identity = slab[base + IDENTITY]!;
      if (whole && identity >= 0 && state.identityTrack[identity] !== slab[base + ID]) {
        if (state.identityTrack[identity] === 0) state.identityTrack[identity] = slab[base + ID]!;
        else slab[base + IDENTITY] = -1;
      }
    }
    slots[restored++] = slot;
  }
  return restored;
}

function forgetRevived(state: TrackerState, slot: number, t: number): void {
  const base = slot * state.stride;
  state.slab[base + AT] = t;
  state.slab[base + LAST_HISTORY] = -1;
  state.slab[base + IDENTITY] = -1;
}

function sequenceAt(state: TrackerState, slot: number, offset: number): number {
  let sequence = state.slab[slot * state.stride + LAST_HISTORY]!;
  const places = historyPlaces(state);
  while ((sequence % places) * state.stride !== offset) sequence = state.history[(sequence % places) * state.stride + LAST_HISTORY]!;
  return sequence;
}

/** A generous test in measurement space on the state that the track had then. */
function couldCause(state: TrackerState, slot: number, record: SensorRecord, t: number, first: number, count: number): boolean {
  const { detections: log, stride } = state;
  let source = state.slab;
  let base = slot * stride;
  // A track born since is followed backwards: the late detection may be what it should have been born of.
  if (source[base + AT]! > t && source[base + CREATED_AT]! <= t) {
    const from = stateBefore(state, slot, t);
    if (from < 0) return false;
    source = state.history;
    base = from;
  }
  const lead = (t - source[base + AT]!) / 1e6;
  let likely = 0;
  let spread = 0;
  for (let m = 0; m < state.settings.modes.length; m++) {
    if (source[base + MODE_PROBABILITY + m]! > source[base + MODE_PROBABILITY + likely]!) likely = m;
    const p = base + MODES + m * MODE_SIZE + 6;
    const v =
      source[p]! +
      source[p + 2]! +
      source[p + 5]! +
      lead * lead * (source[p + 9]! + source[p + 14]! + source[p + 20]! + 20 * Math.abs(lead));
    if (v > spread) spread = v;
  }
  const o = base + MODES + likely * MODE_SIZE;
  for (let k = 0; k < 3; k++) {
    nominal[k] = source[o + k]! + lead * source[o + 3 + k]!;
    nominal[3 + k] = source[o + 3 + k]!;
  }
  const reach = 5 * Math.sqrt(spread) + 5;
  for (let j = 0; j < count; j++) {
    const d = (first + j) * D_SIZE;
    const kind = log[d + D_KIND]!;
    if (log[d + D_IDENTITY]! >= 0 && log[d + D_IDENTITY] === source[base + IDENTITY]) return true;
    const positions = kind >= 4;
    linearize(nominal, 0, kind, positions ? 2 : kind === 0 ? 3 : kind === 1 ? 2 : kind - 1, record);
    if (positions) {
      const own = 5 * Math.sqrt(log[d + D_VARIANCE]! + log[d + D_VARIANCE + 1]!);
      if (Math.abs(log[d + D_Z]! - predictedZ[0]!) < reach + own && Math.abs(log[d + D_Z + 1]! - predictedZ[1]!) < reach + own) return true;
      continue;
    }
    const flat = Math.max(Math.hypot(nominal[0]! - record.east, nominal[1]! - record.north), 1);
    const a = kind <= 1 ? 1 : 0;
    if (kind <= 1 && Math.abs(log[d + D_Z]! - predictedZ[0]!) > reach + 5 * Math.sqrt(log[d + D_VARIANCE]!)) continue;
    if (Math.abs(wrapAngle(log[d + D_Z + a]! - predictedZ[a]!)) < reach / flat + 5 * Math.sqrt(log[d + D_VARIANCE + a]!)) return true;
  }
  return false;
}

/** Adds the tracks that shared detections with the chosen ones in the looks since, until none is added. */
function closeOver(state: TrackerState, t: number, size: number): number {
  const log = state.detections;
  const oldest = Math.max(0, state.lookCount - LOOK_SLOTS);
  for (let grew = true; grew && size < LARGEST_CLUSTER; ) {
    grew = false;
    for (let n = oldest; n < state.lookCount; n++) {
      const at = (n % LOOK_SLOTS) * L_SIZE;
      if (state.looks[at + L_AT]! <= t) continue;
      const first = state.looks[at + L_FIRST]!;
      for (let j = 0; j < state.looks[at + L_COUNT]!; j++) {
        const d = (first + j) * D_SIZE;
        let tied = false;
        for (let k = 0; k < 2; k++) {
          if (log[d + D_CLAIM_PROBABILITY + k]! < LEAST_CLAIM) continue;
          const slot = slotOf(state, log[d + D_CLAIM_TRACK + k]!);
          if (slot >= 0 && chosen[slot] === 1) tied = true;
        }
        const born = log[d + D_BORN]! > 0 ? slotOf(state, log[d + D_BORN]!) : -1;
        if (born >= 0 && chosen[born] === 1) tied = true;
        if (!tied) continue;
        for (let k = 0; k < 3; k++) {
          const slot = k < 2 ? (log[d + D_CLAIM_PROBABILITY + k]! < LEAST_CLAIM ? -1 : slotOf(state, log[d + D_CLAIM_TRACK + k]!)) : born;
          if (slot >= 0 && chosen[slot] === 0 && size < LARGEST_CLUSTER) {
            chosen[slot] = 1;
            size += 1;
            grew = true;
          }
        }
      }
    }
  }
  return size;
}

/** The late look missed the covered tracks that it could not have seen: a miss commutes with what came since but for its existence. */
function missOthers(state: TrackerState, record: SensorRecord, restored: number): void {
  const { slab, stride } = state;
  let next = 0;
  for (let slot = 0; slot < state.count; slot++) {
    if (next < restored && slots[next] === slot) {
      next += 1;
      continue;
    }
    const base = slot * stride;
    const o = base + MODES;
    const inside = coverage(record, slab[o]!, slab[o + 1]!, slab[o + 2]!, 10);
    if (inside === 0) continue;
    const share = 1 / (1 + Math.exp(-state.detectable[slot * state.places + sensorPlaceOf(state, record)]!));
    const pd = Math.min(detectionProbability(record) * inside * share, 0.999);
    const r = slab[base + EXISTENCE]!;
    slab[base + EXISTENCE] = (r * (1 - pd)) / (1 - r * pd);
  }
}
