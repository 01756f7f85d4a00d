// Late data. A detection older than what was worked in already goes back to its own instant: the tracks that could have caused it, and
// those that shared detections with them since, are set back to the state they had then, the late detection is worked in, and the looks
// since are repeated for these tracks alone. Everything else in the picture stays as it is, and nothing ever waits.

import { wrapAngle } from "../base/units.ts";
import { linearize, predictedZ } from "../estimation/measurement.ts";
import { MODE_SIZE } from "../estimation/motion.ts";
import { applyLook, coverage, detectionProbability } from "./look.ts";
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
  HITS,
  historyPlaces,
  IDENTITY,
  L_AT,
  L_COUNT,
  L_FIRST,
  L_FULL,
  L_SENSOR,
  L_SIZE,
  LAST_HISTORY,
  LOOK_SLOTS,
  MAXIMUM_SENSORS,
  MODE_PROBABILITY,
  MODES,
  type SensorRecord,
  slotOf,
  stateBefore,
  type TrackerState,
} from "./tracker-state.ts";

/** Most tracks that one late look sets back; beyond, those found last keep their state. */
const LARGEST_CLUSTER = 64;
/** A claim below this does not tie two tracks together. */
const LEAST_CLAIM = 0.02;

let chosen = new Uint8Array(0);
let slots = new Int32Array(0);
const nominal = new Float64Array(6);

/** Works a look into the past. `first` and `count` are its detections in the log; it must be in the log of looks already. */
export function applyLateLook(
  state: TrackerState,
  record: SensorRecord,
  t: number,
  first: number,
  count: number,
  full: boolean,
  assignments: Assignment[] | undefined,
): void {
  const { slab, stride } = state;
  if (chosen.length < state.count + count) {
    chosen = new Uint8Array((state.count + count) * 2);
    slots = new Int32Array((state.count + count) * 2);
  }
  chosen.fill(0, 0, state.count + count);
  let size = 0;
  for (let slot = 0; slot < state.count && size < LARGEST_CLUSTER; slot++) {
    const base = slot * stride;
    if (slab[base + EXISTENCE] === 0) continue;
    if (couldCause(state, slot, record, t, first, count)) {
      chosen[slot] = 1;
      size += 1;
    }
  }
  if (size > 0) size = closeOver(state, t, size);

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
      if (from < 0) continue; // older than the ring remembers: it keeps its state
      const sequence = sequenceAt(state, slot, from);
      slab.set(state.history.subarray(from, from + stride), base);
      slab[base + LAST_HISTORY] = sequence;
    }
    slots[restored++] = slot;
  }

  if (full && !record.sensor.cooperative) missOthers(state, record, restored);

  const before = state.count;
  applyLook(state, record, t, first, count, full, { mode: "late", slots, slotCount: restored, assignments });
  if (slots.length < restored + state.count - before) {
    const larger = new Int32Array((restored + state.count - before) * 2);
    larger.set(slots);
    slots = larger;
  }
  for (let slot = before; slot < state.count; slot++) slots[restored++] = slot;

  // Repeat the looks since, in the order of their own time.
  const again: number[] = [];
  for (let n = Math.max(0, state.lookCount - LOOK_SLOTS); n < state.lookCount; n++) {
    const at = (n % LOOK_SLOTS) * L_SIZE;
    if (state.looks[at + L_AT]! <= t) continue;
    // A look whose detections were overwritten in an overload cannot be repeated.
    if (state.looks[at + L_COUNT]! > 0 && state.detections[state.looks[at + L_FIRST]! * D_SIZE + D_AT] !== state.looks[at + L_AT]) continue;
    again.push(n);
  }
  again.sort((a, b) => state.looks[(a % LOOK_SLOTS) * L_SIZE + L_AT]! - state.looks[(b % LOOK_SLOTS) * L_SIZE + L_AT]! || a - b);
  for (const n of again) {
    const at = (n % LOOK_SLOTS) * L_SIZE;
    applyLook(
      state,
      state.sensors[state.looks[at + L_SENSOR]!]!,
      state.looks[at + L_AT]!,
      state.looks[at + L_FIRST]!,
      state.looks[at + L_COUNT]!,
      state.looks[at + L_FULL] === 1,
      { mode: "replay", slots, slotCount: restored },
    );
  }
  for (let q = 0; q < restored; q++) {
    const base = slots[q]! * stride;
    if (state.slab[base + HITS] === -1) state.slab[base + AT] = t; // not born again: existence is 0 and the sweep removes it
  }
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
    const share = 1 / (1 + Math.exp(-state.detectable[slot * MAXIMUM_SENSORS + Math.min(record.index, MAXIMUM_SENSORS - 1)]!));
    const pd = Math.min(detectionProbability(record) * inside * share, 0.999);
    const r = slab[base + EXISTENCE]!;
    slab[base + EXISTENCE] = (r * (1 - pd)) / (1 - r * pd);
  }
}
