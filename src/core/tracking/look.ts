// One look of one sensor worked into the tracks: predict, gate, cluster, marginal association probabilities, update, births.
//
// The filter is a track-oriented Poisson multi-Bernoulli filter (Williams, "Marginal multi-Bernoulli filters: RFS derivation of MHT,
// JIPDA, and association-based MeMBer", IEEE Trans. AES 51(3), 2015) with an IMM inside each Bernoulli. Targets that no track stands
// for yet are a Poisson process whose expected number in each sensor's field of view is kept in `SensorRecord.undetected`.

import { type ClusterOptions, enumerateHypotheses, type JointHypotheses } from "../association/hypotheses.ts";
import { type AssociationGraph, propagateBeliefs } from "../association/loopy.ts";
import { reorderHypotheses, type VariationalCluster } from "../association/variational.ts";
import { wrapAngle } from "../base/units.ts";
import { addScaledSpread, collapseModes, fillTransition, mixModes } from "../estimation/imm.ts";
import {
  angleComponent,
  BEARING,
  BEARING_ELEVATION,
  innovate,
  POLAR_2D,
  POLAR_3D,
  POSITION_2D,
  POSITION_2D_VELOCITY,
  POSITION_3D,
  POSITION_3D_VELOCITY,
  PREPARED_LOG_DET,
  PREPARED_P,
  PREPARED_SIZE,
  PREPARED_Y,
  prepareUpdate,
} from "../estimation/measurement.ts";
import { MODE_SIZE, predictCoordinatedTurn } from "../estimation/motion.ts";
import { chiSquareQuantile } from "../math/statistics.ts";
import { addPair, addPlace, type PairSide } from "../registration/bias-filter.ts";
import { addBearing, type Fix } from "./bearing-tracks.ts";
import { isKeptApart, isSplitOff } from "./splits.ts";
import { findVictims, looksForItself, makeRoom, noteMeasured, teachesNothing, type Victims } from "./standing.ts";
import type { Assignment } from "./tracker.ts";
import type { MotionMode, TrackerSettings } from "./tracker-settings.ts";
import {
  AT,
  appendSlot,
  CONFIRMED,
  COVERED_UNTIL,
  CREATED_AT,
  D_AT,
  D_BORN,
  D_CLAIM_PROBABILITY,
  D_CLAIM_TRACK,
  D_COMPONENTS,
  D_COVARIANCE_EN,
  D_HANDLE,
  D_IDENTITY,
  D_KIND,
  D_RAW,
  D_SIZE,
  D_VARIANCE,
  D_Z,
  EXISTENCE,
  HEIGHT_KNOWN,
  HIDDEN,
  HITS,
  ID,
  IDENTITY,
  LAST_HISTORY,
  MODE_PROBABILITY,
  MODES,
  RECENT,
  RECENT_SIZE,
  rememberState,
  type SensorRecord,
  sensorPlaceOf,
  slotOf,
  type TrackerState,
  UPDATED_AT,
} from "./tracker-state.ts";

const TWO_PI = 2 * Math.PI;
const LOG_TWO_PI = Math.log(TWO_PI);

// ---------------------------------------------------------------- scratch, made once and grown

let touchedCapacity = 0;
let touchedSlot = new Int32Array(0);
let touchedPd = new Float64Array(0);
let touchedDetect = new Float64Array(0); // the sensor's own probability there, detectability apart
let touchedCoverage = new Float64Array(0);
let firstEdge = new Int32Array(0);
let missWeight = new Float64Array(0);
let missProbability = new Float64Array(0);
let rootOf = new Int32Array(0);
let memberNext = new Int32Array(0);
/** Clusters before the beliefs thinned them out. */
let coarseRoot = new Int32Array(0);

let preparedCapacity = 0;
let prepared = new Float64Array(0);

let edgeCapacity = 0;
let edgeDetection = new Int32Array(0);
let edgeWeight = new Float64Array(0);
let edgeProbability = new Float64Array(0);
let edgePrepared = new Int32Array(0);
let edgeMode = new Float64Array(0); // [edge x modes] mode probabilities given the pair
let edgeInnovation = new Float64Array(0); // [edge x modes x 6] whitened innovation

let detectionCapacity = 0;
let background = new Float64Array(0);
let birthIntensity = new Float64Array(0);
let unassigned = new Float64Array(0);
let columnSum = new Float64Array(0);
let detectionRoot = new Int32Array(0);
let localDetection = new Int32Array(0);
let sorted = new Int32Array(0);
let sortKey = new Float64Array(0);
/** Key and cross component of the detections in the order of `sorted`: read in a row by every track's window. */
let orderedKey = new Float64Array(0);
let orderedCross = new Float64Array(0);
let bestTrack = new Int32Array(0);
let bestProbability = new Float64Array(0);

const whitened = new Float64Array(24);
const transition = new Float64Array(16);
let transitionDt = -1;
let transitionModes: readonly MotionMode[] | undefined;

function reserveTouched(count: number): void {
  if (carriedFrom.length < count) carriedFrom = new Float64Array(count * 2);
  if (count <= touchedCapacity) return;
  touchedCapacity = Math.max(64, count * 2);
  touchedSlot = new Int32Array(touchedCapacity);
  touchedPd = new Float64Array(touchedCapacity);
  touchedDetect = new Float64Array(touchedCapacity);
  touchedCoverage = new Float64Array(touchedCapacity);
  firstEdge = new Int32Array(touchedCapacity + 1);
  missWeight = new Float64Array(touchedCapacity);
  missProbability = new Float64Array(touchedCapacity);
  rootOf = new Int32Array(touchedCapacity);
  memberNext = new Int32Array(touchedCapacity);
  coarseRoot = new Int32Array(touchedCapacity);
}

function reservePrepared(count: number): void {
  if (count <= preparedCapacity) return;
  preparedCapacity = Math.max(256, count * 2);
  const larger = new Float64Array(preparedCapacity * PREPARED_SIZE);
  larger.set(prepared);
  prepared = larger;
}

function reserveEdges(count: number, modes: number): void {
  if (count <= edgeCapacity && edgeMode.length >= count * modes) return;
  edgeCapacity = Math.max(512, count * 2);
  const keep = <T extends Float64Array | Int32Array>(larger: T, old: T): T => {
    larger.set(old as never);
    return larger;
  };
  edgeDetection = keep(new Int32Array(edgeCapacity), edgeDetection);
  edgeWeight = keep(new Float64Array(edgeCapacity), edgeWeight);
  edgeProbability = keep(new Float64Array(edgeCapacity), edgeProbability);
  edgePrepared = keep(new Int32Array(edgeCapacity), edgePrepared);
  edgeMode = keep(new Float64Array(edgeCapacity * 4), edgeMode);
  edgeInnovation = keep(new Float64Array(edgeCapacity * 24), edgeInnovation);
}

function reserveDetections(count: number): void {
  if (count <= detectionCapacity) return;
  detectionCapacity = Math.max(256, count * 2);
  background = new Float64Array(detectionCapacity);
  birthIntensity = new Float64Array(detectionCapacity);
  unassigned = new Float64Array(detectionCapacity);
  columnSum = new Float64Array(detectionCapacity);
  detectionRoot = new Int32Array(detectionCapacity);
  localDetection = new Int32Array(detectionCapacity);
  sorted = new Int32Array(detectionCapacity);
  sortKey = new Float64Array(detectionCapacity);
  orderedKey = new Float64Array(detectionCapacity);
  orderedCross = new Float64Array(detectionCapacity);
  bestTrack = new Int32Array(detectionCapacity);
  bestProbability = new Float64Array(detectionCapacity);
}

// ---------------------------------------------------------------- what a sensor sees

let gateTail = 0;
const gateOf = new Float64Array(7);

/** Squared gate for n components. */
function gate(tail: number, n: number): number {
  if (tail !== gateTail) {
    gateTail = tail;
    for (let k = 1; k <= 6; k++) gateOf[k] = chiSquareQuantile(1 - tail, k);
  }
  return gateOf[n]!;
}

/** The sensor's present estimate of its detection probability. */
export function detectionProbability(record: SensorRecord): number {
  return record.detected / (record.detected + record.missed);
}

/** The sensor's present estimate of false detections in one look. */
export function falseDetections(record: SensorRecord): number {
  return record.clutterShape / record.clutterRate;
}

/** Probability that a target near (east, north, up) is inside the field of view; soft by `slack` m at its edges. Unknown: 1. */
export function coverage(record: SensorRecord, east: number, north: number, up: number, slack: number): number {
  const view = record.sensor.fieldOfView;
  if (view === undefined) return 1;
  const rot = record.rotation;
  const dx = east - record.east;
  const dy = north - record.north;
  const dz = up - record.up;
  const e = rot[0]! * dx + rot[1]! * dy + rot[2]! * dz;
  const n = rot[3]! * dx + rot[4]! * dy + rot[5]! * dz;
  const u = rot[6]! * dx + rot[7]! * dy + rot[8]! * dz;
  const flat = Math.sqrt(e * e + n * n);
  const range = Math.sqrt(flat * flat + u * u);
  let inside = ramp(range - view.rangeMin, slack) * ramp(view.rangeMax - range, slack);
  if (inside === 0) return 0;
  if (view.azimuthWidth < TWO_PI - 1e-9) {
    const azimuth = record.azimuthSign > 0 ? Math.atan2(n, e) : Math.atan2(e, n);
    inside *= ramp((view.azimuthWidth / 2 - Math.abs(wrapAngle(azimuth - view.azimuthCentre))) * Math.max(flat, 1), slack);
    if (inside === 0) return 0;
  }
  const elevation = Math.atan2(u, Math.max(flat, 1));
  return inside * ramp((elevation - view.elevationMin) * range, slack) * ramp((view.elevationMax - elevation) * range, slack);
}

/** 0 below -slack, 1 above slack, straight between. */
function ramp(distance: number, slack: number): number {
  return distance >= slack ? 1 : distance <= -slack ? 0 : 0.5 + (0.5 * distance) / slack;
}

/** Volume of the field of view in the coordinates of a kind (range-rate apart): what "evenly spread" divides by. */
function viewVolume(record: SensorRecord, kind: number): number {
  const view = record.sensor.fieldOfView;
  const rangeSpan = view === undefined ? 10_000 : Math.max(view.rangeMax - view.rangeMin, 1);
  const azimuthSpan = view === undefined ? TWO_PI : Math.max(view.azimuthWidth, 1e-3);
  const elevationSpan = view === undefined ? 0.6 : Math.max(view.elevationMax - view.elevationMin, 1e-3);
  switch (kind) {
    case POLAR_3D:
      return rangeSpan * azimuthSpan * elevationSpan;
    case POLAR_2D:
      return rangeSpan * azimuthSpan;
    case BEARING:
      return azimuthSpan;
    case BEARING_ELEVATION:
      return azimuthSpan * elevationSpan;
    default: {
      const outer = view === undefined ? 10_000 : view.rangeMax;
      const inner = view === undefined ? 0 : view.rangeMin;
      const area = Math.max((azimuthSpan / 2) * (outer * outer - inner * inner), 1);
      const flat =
        kind === POSITION_2D ? area : kind === POSITION_3D ? area * 1000 : kind === POSITION_2D_VELOCITY ? area * 3600 : area * 3.6e7;
      return flat;
    }
  }
}

function normalDensity(value: number, sigma: number): number {
  const u = value / sigma;
  return Math.exp(-0.5 * u * u) / (sigma * 2.5066282746310002);
}

// ---------------------------------------------------------------- prediction

/** Survival over the time from the track's state to `t`, by how long a sensor's looks covered it. */
export function survival(state: TrackerState, base: number, t: number): number {
  const { slab, settings } = state;
  const dt = (t - slab[base + AT]!) / 1e6;
  if (!(dt > 0)) return 1;
  const covered = Math.min(Math.max((slab[base + COVERED_UNTIL]! - slab[base + AT]!) / 1e6, 0), dt);
  return Math.exp(-covered / settings.lifetime - (dt - covered) / settings.uncoveredLifetime);
}

/** Predicts the track at `base` to `t` (us), in place: survival, mixing, motion of each mode. */
export function predictTrackState(state: TrackerState, base: number, t: number): void {
  const { slab, settings } = state;
  const dt = (t - slab[base + AT]!) / 1e6;
  if (!(dt > 0)) return;
  slab[base + EXISTENCE] = slab[base + EXISTENCE]! * survival(state, base, t);
  if (settings.hidingRate > 0 && slab[base + CONFIRMED] === 1) {
    const stay = Math.exp(-dt / settings.hidingTime);
    slab[base + HIDDEN] = slab[base + HIDDEN]! * stay + (1 - slab[base + HIDDEN]!) * (1 - Math.exp(-settings.hidingRate * dt));
  }
  const modes = settings.modes;
  const count = modes.length;
  if (count > 1) {
    if (dt !== transitionDt || modes !== transitionModes) {
      fillTransition(modes, dt, transition);
      transitionDt = dt;
      transitionModes = modes;
    }
    mixModes(slab, base + MODE_PROBABILITY, base + MODES, count, transition);
  }
  for (let m = 0; m < count; m++) {
    const mode = modes[m]!;
    predictCoordinatedTurn(slab, base + MODES + m * MODE_SIZE, dt, mode.turnRate, mode.q, mode.qUp);
  }
  slab[base + AT] = t;
}

// ---------------------------------------------------------------- association

const graph: AssociationGraph = {
  tracks: 0,
  detections: 0,
  edges: 0,
  missWeight,
  firstEdge,
  detectionOf: edgeDetection,
  weight: edgeWeight,
  edgeProbability,
  missProbability,
};
let optionCapacity = 256;
const options: ClusterOptions = {
  tracks: 0,
  firstOption: new Int32Array(64),
  detectionOf: new Int32Array(optionCapacity),
  weight: new Float64Array(optionCapacity),
};
let optionEdge = new Int32Array(optionCapacity);
const optionOrder: number[] = [];
const joint: JointHypotheses = { count: 0, weight: new Float64Array(0), option: new Int32Array(0), complete: true };
const variational: VariationalCluster = {
  tracks: 0,
  options: 0,
  firstOption: options.firstOption,
  existence: new Float64Array(optionCapacity),
  gaussian: new Float64Array(optionCapacity * MODE_SIZE),
  share: new Float64Array(0),
};
let members = new Int32Array(64);

function find(node: number): number {
  let root = node;
  while (rootOf[root] !== root) root = rootOf[root]!;
  while (rootOf[node] !== root) {
    const next = rootOf[node]!;
    rootOf[node] = root;
    node = next;
  }
  return root;
}

/** Groups touched tracks that share a detection; the root is the smallest index. */
function cluster(touched: number, detections: number, floor: number): void {
  for (let i = 0; i < touched; i++) rootOf[i] = i;
  detectionRoot.fill(-1, 0, detections);
  for (let i = 0; i < touched; i++) {
    for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) {
      if (edgeProbability[e]! < floor) continue;
      const j = edgeDetection[e]!;
      const other = detectionRoot[j]!;
      if (other < 0) detectionRoot[j] = i;
      else {
        const a = find(other);
        const b = find(i);
        if (a < b) rootOf[b] = a;
        else if (b < a) rootOf[a] = b;
      }
    }
  }
}

// ---------------------------------------------------------------- update

/** Merged result of one track before it is written back: existence, mode probabilities, modes. */
const MERGED_MODES = 5;
let merged = new Float64Array(64 * (MERGED_MODES + 4 * MODE_SIZE));
const mergedStride = MERGED_MODES + 4 * MODE_SIZE;

// Components of one merge: weight (existence included), track (touched index), edge or -1.
let componentCapacity = 128;
let componentWeight = new Float64Array(componentCapacity);
let componentTrack = new Int32Array(componentCapacity);
let componentEdge = new Int32Array(componentCapacity);
const componentX = { at: new Float64Array(128 * 24) };

function reserveComponents(count: number): void {
  if (count <= componentCapacity) return;
  componentCapacity = count * 2;
  const w = new Float64Array(componentCapacity);
  w.set(componentWeight);
  componentWeight = w;
  const t = new Int32Array(componentCapacity);
  t.set(componentTrack);
  componentTrack = t;
  const e = new Int32Array(componentCapacity);
  e.set(componentEdge);
  componentEdge = e;
  componentX.at = new Float64Array(componentCapacity * 24);
}

/** Mean of mode m of a component: the prediction, or x + Y e. */
function componentMean(
  state: TrackerState,
  track: number,
  edge: number,
  m: number,
  components: number,
  out: Float64Array,
  at: number,
): void {
  const s = state.slab;
  const o = touchedSlot[track]! * state.stride + MODES + m * MODE_SIZE;
  let x0 = s[o]!;
  let x1 = s[o + 1]!;
  let x2 = s[o + 2]!;
  let x3 = s[o + 3]!;
  let x4 = s[o + 4]!;
  let x5 = s[o + 5]!;
  if (edge >= 0) {
    const y = (edgePrepared[edge]! + m) * PREPARED_SIZE + PREPARED_Y;
    const w = edge * 24 + m * 6;
    for (let k = 0; k < components; k++) {
      const v = edgeInnovation[w + k]!;
      const b = y + k * 6;
      x0 += v * prepared[b]!;
      x1 += v * prepared[b + 1]!;
      x2 += v * prepared[b + 2]!;
      x3 += v * prepared[b + 3]!;
      x4 += v * prepared[b + 4]!;
      x5 += v * prepared[b + 5]!;
    }
  }
  out[at] = x0;
  out[at + 1] = x1;
  out[at + 2] = x2;
  out[at + 3] = x3;
  out[at + 4] = x4;
  out[at + 5] = x5;
}

/**
 * Moment-matches `count` components into one Bernoulli with an IMM at `merged[to]`: existence is the sum of weights; each mode keeps
 * its own mean and covariance, weighted by the mode probability given the component.
 */
function mergeComponents(state: TrackerState, count: number, components: number, to: number): void {
  const modes = state.settings.modes.length;
  const s = state.slab;
  let existence = 0;
  for (let c = 0; c < count; c++) existence += componentWeight[c]!;
  merged[to] = existence;
  const xs = componentX.at;
  if (count === 1) {
    // One hypothesis: nothing to match.
    const edge = componentEdge[0]!;
    const base = touchedSlot[componentTrack[0]!]! * state.stride;
    for (let m = 0; m < modes; m++) {
      const at = to + MERGED_MODES + m * MODE_SIZE;
      merged[to + 1 + m] = edge >= 0 ? edgeMode[edge * 4 + m]! : s[base + MODE_PROBABILITY + m]!;
      componentMean(state, componentTrack[0]!, edge, m, components, merged, at);
      const source = edge >= 0 ? prepared : s;
      const p = edge >= 0 ? (edgePrepared[edge]! + m) * PREPARED_SIZE + PREPARED_P : base + MODES + m * MODE_SIZE + 6;
      for (let k = 0; k < 21; k++) merged[at + 6 + k] = source[p + k]!;
    }
    return;
  }
  for (let m = 0; m < modes; m++) {
    const at = to + MERGED_MODES + m * MODE_SIZE;
    let total = 0;
    for (let c = 0; c < count; c++) {
      const edge = componentEdge[c]!;
      const mu = edge >= 0 ? edgeMode[edge * 4 + m]! : s[touchedSlot[componentTrack[c]!]! * state.stride + MODE_PROBABILITY + m]!;
      total += componentWeight[c]! * mu;
    }
    merged[to + 1 + m] = existence > 0 ? total / existence : 0;
    // A mode that nothing supports keeps the first component's mean, so that it is never undefined.
    const flat = !(total > 1e-30);
    for (let k = 0; k < MODE_SIZE; k++) merged[at + k] = 0;
    for (let c = 0; c < count; c++) {
      componentMean(state, componentTrack[c]!, componentEdge[c]!, m, components, xs, c * 6);
      const w = weightOf(state, c, m, total, flat, existence);
      for (let k = 0; k < 6; k++) merged[at + k] = merged[at + k]! + w * (xs[c * 6 + k]! - xs[k]!);
    }
    for (let k = 0; k < 6; k++) merged[at + k] = merged[at + k]! + xs[k]!;
    for (let c = 0; c < count; c++) {
      const w = weightOf(state, c, m, total, flat, existence);
      if (w === 0) continue;
      const edge = componentEdge[c]!;
      const x = c * 6;
      if (edge >= 0) {
        addScaledSpread(
          merged,
          at + 6,
          w,
          prepared,
          (edgePrepared[edge]! + m) * PREPARED_SIZE + PREPARED_P,
          xs[x]! - merged[at]!,
          xs[x + 1]! - merged[at + 1]!,
          xs[x + 2]! - merged[at + 2]!,
          xs[x + 3]! - merged[at + 3]!,
          xs[x + 4]! - merged[at + 4]!,
          xs[x + 5]! - merged[at + 5]!,
        );
      } else {
        addScaledSpread(
          merged,
          at + 6,
          w,
          s,
          touchedSlot[componentTrack[c]!]! * state.stride + MODES + m * MODE_SIZE + 6,
          xs[x]! - merged[at]!,
          xs[x + 1]! - merged[at + 1]!,
          xs[x + 2]! - merged[at + 2]!,
          xs[x + 3]! - merged[at + 3]!,
          xs[x + 4]! - merged[at + 4]!,
          xs[x + 5]! - merged[at + 5]!,
        );
      }
    }
  }
}

function weightOf(state: TrackerState, c: number, m: number, total: number, flat: boolean, existence: number): number {
  if (flat) return existence > 0 ? componentWeight[c]! / existence : c === 0 ? 1 : 0;
  const edge = componentEdge[c]!;
  const mu = edge >= 0 ? edgeMode[edge * 4 + m]! : state.slab[touchedSlot[componentTrack[c]!]! * state.stride + MODE_PROBABILITY + m]!;
  return (componentWeight[c]! * mu) / total;
}

/** Writes a merged Bernoulli to the track's place. */
function writeBack(state: TrackerState, touched: number, from: number): void {
  const s = state.slab;
  const modes = state.settings.modes.length;
  const base = touchedSlot[touched]! * state.stride;
  s[base + EXISTENCE] = Math.min(merged[from]!, 1 - 1e-9);
  for (let m = 0; m < modes; m++) s[base + MODE_PROBABILITY + m] = merged[from + 1 + m]!;
  for (let k = 0; k < modes * MODE_SIZE; k++) s[base + MODES + k] = merged[from + MERGED_MODES + k]!;
}

// ---------------------------------------------------------------- one look

export interface LookOptions {
  /** Places of the tracks that take part, rising; undefined: all. */
  readonly slots?: Int32Array;
  readonly slotCount?: number;
  /**
   * "fresh": the newest of its sensor. "late": older than what was worked in already; nothing is learned of the sensor. "replay": a
   * look of the log, again, for the tracks in `slots` only; what other tracks claimed counts as background.
   */
  /**
   * "fresh": the newest so far. "late": into the past, the tracks that take part were set back before. "retro": a little late and part of
   * a turn; tracks that are further on are carried back along their own motion, updated, and carried on. "replay": repeated after a late one.
   */
  readonly mode: "fresh" | "late" | "retro" | "replay";
  /**
   * What is known of the sensor was set back to what it was before this look. True: learn from it as if it were the newest; false: but for
   * the expected undetected targets leave it. Undefined: it was not set back.
   */
  readonly learn?: boolean;
  readonly assignments?: Assignment[];
}

/** Existence below which a candidate is only predicted when a detection lies near it. */
const UNLIKELY = 0.3;

/** Existence of a track in a hypothesis in which it was not detected. */
function missedExistence(r: number, pd: number, informative: boolean): number {
  return informative ? (r * (1 - pd)) / (1 - r * pd) : r;
}

/** Instant at which each touched track stood before it was carried back to a late look; 0: it was not. */
let carriedFrom = new Float64Array(64);

/**
 * Carries a track along its own motion to `t`, back or on, without process noise and without mixing: a late measurement of position is then a
 * measurement of the present state, short of the noise of the seconds between, which is small beside the sensor's for the lateness
 * that this is used for. Bar-Shalom, "Update with out-of-sequence measurements in tracking: exact solution" (2002), the approximation
 * that leaves the process noise of the retrodiction out. With `touched` >= 0 it notes where the track came from.
 */
function carry(state: TrackerState, base: number, t: number, touched: number): void {
  const { slab, settings } = state;
  if (touched >= 0) carriedFrom[touched] = slab[base + AT]!;
  const dt = (t - slab[base + AT]!) / 1e6;
  for (let m = 0; m < settings.modes.length; m++)
    predictCoordinatedTurn(slab, base + MODES + m * MODE_SIZE, dt, settings.modes[m]!.turnRate, 0, 0);
  slab[base + AT] = t;
}

/** The look at hand is the newest of its own sensor: a sensor whose data always come late still starts tracks, and what it learns still counts. */
let isNews = false;

/**
 * Works the detections `[first, first + count)` of the log, measured by `record` at `t` (us), into the tracks.
 *
 * `full`: everything in the field of view was looked at, so a covered track without a detection was missed. Otherwise a missing
 * detection says nothing here. All tracks that take part must have a state at or before `t`. Deterministic.
 */
export function applyLook(
  state: TrackerState,
  record: SensorRecord,
  t: number,
  first: number,
  count: number,
  full: boolean,
  how: LookOptions,
): void {
  const { settings, detections: log } = state;
  const modes = settings.modes.length;
  const stride = state.stride;
  const cooperative = record.sensor.cooperative;
  const pdSensor = detectionProbability(record);
  const sensorPlace = sensorPlaceOf(state, record);
  const informative = full && !cooperative;

  // --- background of each detection: clutter and undetected targets, per unit of measurement space
  reserveDetections(count);
  let uniformNoise = true;
  const falseCount = cooperative ? 1e-3 : falseDetections(record);
  const again = how.mode === "replay";
  isNews = how.mode === "fresh" || (how.learn ?? (!again && (record.looks === 0 || t > record.lastLookAt)));
  if (isNews || how.learn === false) {
    const since = record.lastLookAt === 0 ? 0 : Math.max(0, (t - record.lastLookAt) / 1e6);
    record.undetected =
      record.lastLookAt === 0 ? settings.initialUndetected : undetectedAfter(settings, record, since, informative, pdSensor);
  }
  const undetected = cooperative ? 0.05 : record.undetected * pdSensor;
  for (let j = 0; j < count; j++) {
    const d = (first + j) * D_SIZE;
    const kind = log[d + D_KIND]!;
    const n = log[d + D_COMPONENTS]!;
    const volume = viewVolume(record, kind);
    let clutter =
      record.sensor.falseDetectionDensity !== undefined && !cooperative
        ? (record.sensor.falseDetectionDensity * falseCount) / Math.max(record.sensor.falseDetectionsPerScan, 1e-6)
        : falseCount / volume;
    let birth = undetected / volume;
    if (settings.birthPlace !== undefined && kind >= POSITION_2D) {
      const place = settings.birthPlace;
      birth =
        undetected *
        normalDensity(log[d + D_Z]! - place.mean[0], Math.hypot(place.sigma[0], Math.sqrt(log[d + D_VARIANCE]!))) *
        normalDensity(log[d + D_Z + 1]! - place.mean[1], Math.hypot(place.sigma[1], Math.sqrt(log[d + D_VARIANCE + 1]!)));
    } else if (record.sensor.falseDetectionDensity !== undefined && !cooperative) {
      birth = (undetected * record.sensor.falseDetectionDensity) / Math.max(record.sensor.falseDetectionsPerScan, 1e-6);
    }
    if ((kind === POLAR_3D && n === 4) || (kind === POLAR_2D && n === 3)) {
      const rate = log[d + D_Z + n - 1]!;
      // A tenth of the false detections may have any range-rate: an outlier must not look like proof of a target.
      clutter *= 0.9 * normalDensity(rate, settings.clutterRangeRate) + 0.1 / 300;
      birth *= 0.9 * normalDensity(rate, settings.targetRangeRate) + 0.1 / 300;
    }
    const named = log[d + D_IDENTITY]!;
    if (cooperative && named >= 0 && state.identityTrack[named] === 0 && kind >= POSITION_2D) {
      const spread = kind === POSITION_2D ? 1000 : kind === POSITION_3D ? 1 : kind === POSITION_2D_VELOCITY ? 1000 / 3600 : 1 / 36_000;
      birth = Math.max(birth, NEWCOMERS * spread);
    }
    background[j] = clutter + birth;
    birthIntensity[j] = birth;
    if (how.mode === "replay") {
      // What tracks outside this cluster claimed is background to it: a claim of probability p raises it by p / (1 - p).
      let claimed = 0;
      for (let k = 0; k < 2; k++) {
        const claimant = log[d + D_CLAIM_TRACK + k]!;
        if (claimant > 0 && !isIn(state, claimant, how)) claimed += log[d + D_CLAIM_PROBABILITY + k]!;
      }
      if (claimed > 0) background[j] = background[j]! / Math.max(1 - claimed, 1e-6);
    }
    unassigned[j] = 1;
    if (j > 0) {
      const d0 = first * D_SIZE;
      if (kind !== log[d0 + D_KIND] || n !== log[d0 + D_COMPONENTS] || log[d + D_COVARIANCE_EN] !== log[d0 + D_COVARIANCE_EN])
        uniformNoise = false;
      else for (let k = 0; k < n; k++) if (log[d + D_VARIANCE + k] !== log[d0 + D_VARIANCE + k]) uniformNoise = false;
    }
  }

  // --- an index over the detections: sorted by azimuth or east
  const firstKind = count > 0 ? log[first * D_SIZE + D_KIND]! : POSITION_2D;
  let sameFamily = true;
  for (let j = 1; j < count; j++) if (keyComponent(log[(first + j) * D_SIZE + D_KIND]!) !== keyComponent(firstKind)) sameFamily = false;
  const indexed = sameFamily && count > 12;
  const key = keyComponent(firstKind);
  const cross = firstKind <= POLAR_2D ? 0 : firstKind >= POSITION_2D ? 1 : -1;
  let largestVariance = 0;
  let anyIdentity = false;
  for (let j = 0; j < count; j++) {
    sorted[j] = j;
    const d = (first + j) * D_SIZE;
    if (log[d + D_IDENTITY]! >= 0) anyIdentity = true;
    sortKey[j] = log[d + D_Z + key]!;
    if (log[d + D_VARIANCE + key]! > largestVariance) largestVariance = log[d + D_VARIANCE + key]!;
  }
  if (indexed) sortByKey(count);
  for (let place = 0; place < count; place++) {
    const j = sorted[place]!;
    orderedKey[place] = sortKey[j]!;
    orderedCross[place] = cross >= 0 ? log[(first + j) * D_SIZE + D_Z + cross]! : 0;
  }
  // In the index by azimuth a track finds the few detections near it; an identity would have to be looked for among all.
  const windowVariance = indexed && key === 1 && !anyIdentity ? largestVariance : -1;
  const quick = indexed && informative && uniformNoise && (firstKind === POLAR_3D || firstKind === POSITION_2D);

  // --- touched tracks: predicted to t, with their gated pairs
  const slotTotal = how.slots === undefined ? state.count : how.slotCount!;
  reserveTouched(slotTotal);
  let touched = 0;
  let edges = 0;
  let preparedCount = 0;
  for (let q = 0; q < slotTotal; q++) {
    const slot = how.slots === undefined ? q : how.slots[q]!;
    const base = slot * stride;
    const s = state.slab;
    if (s[base + AT]! > t && how.mode !== "retro") continue;
    const lead = (t - s[base + AT]!) / 1e6;
    let best = 0;
    for (let m = 1; m < modes; m++) if (s[base + MODE_PROBABILITY + m]! > s[base + MODE_PROBABILITY + best]!) best = m;
    const o = base + MODES + best * MODE_SIZE;
    const east = s[o]! + lead * s[o + 3]!;
    const north = s[o + 1]! + lead * s[o + 4]!;
    const up = s[o + 2]! + lead * s[o + 5]!;
    const slack = 2 * Math.sqrt(Math.max(s[o + 6]!, s[o + 8]!)) + 1;
    const inView = coverage(record, east, north, up, slack);
    if (inView === 0) continue;
    const share = 1 / (1 + Math.exp(-state.detectable[slot * state.places + sensorPlace]!));
    const detect = cooperative ? 0.9 : pdSensor * inView;
    let pd = Math.min(detect * share * (1 - s[base + HIDDEN]!), 0.999);
    if (
      quick &&
      s[base + EXISTENCE]! < UNLIKELY &&
      !anyInWindow(state, base, record, first, count, lead, firstKind, gate(settings.gateTail, log[first * D_SIZE + D_COMPONENTS]!))
    ) {
      // Nothing near an unlikely candidate: it was missed, and that is all. Its state stays where it was.
      const existence = s[base + EXISTENCE]!;
      s[base + EXISTENCE] = (existence * (1 - pd)) / (1 - existence * pd);
      s[base + HIDDEN] = hiddenAfterMiss(s[base + HIDDEN]!, detect * share);
      s[base + COVERED_UNTIL] = Math.max(s[base + COVERED_UNTIL]!, t + 2.2e6 * (record.sensor.updatePeriod ?? 1));
      continue;
    }
    if (!informative && !mayGateAny(state, base, record, first, count, lead, east, north, up, windowVariance)) continue;

    if (lead < 0) carry(state, base, t, touched);
    else {
      carriedFrom[touched] = 0;
      predictTrackState(state, base, t);
    }
    pd = Math.min(detect * share * (1 - s[base + HIDDEN]!), 0.999);
    const r = s[base + EXISTENCE]!;
    touchedSlot[touched] = slot;
    touchedPd[touched] = pd;
    touchedDetect[touched] = detect;
    touchedCoverage[touched] = inView;
    missWeight[touched] = Math.max(1 - r * pd, 1e-9);
    firstEdge[touched] = edges;
    if (informative && s[base + COVERED_UNTIL]! < t + 2_500_000) {
      const period = record.sensor.updatePeriod ?? 1;
      s[base + COVERED_UNTIL] = Math.max(s[base + COVERED_UNTIL]!, t + 2.2e6 * period);
    }
    if (count > 0) {
      if (uniformNoise) {
        reservePrepared(preparedCount + modes);
        const n = log[first * D_SIZE + D_COMPONENTS]!;
        let good = true;
        for (let m = 0; m < modes; m++) {
          if (
            !prepareUpdate(
              s,
              base + MODES + m * MODE_SIZE,
              firstKind,
              n,
              record,
              log,
              first * D_SIZE + D_VARIANCE,
              log[first * D_SIZE + D_COVARIANCE_EN]!,
              prepared,
              (preparedCount + m) * PREPARED_SIZE,
            )
          )
            good = false;
        }
        if (good) {
          const preparedAt = preparedCount;
          preparedCount += modes;
          // Window over the modes on the sorted key, then on the cross component.
          const limit = gate(settings.gateTail, n);
          let low = Infinity;
          let high = -Infinity;
          let crossLow = Infinity;
          let crossHigh = -Infinity;
          for (let m = 0; m < modes; m++) {
            const p = (preparedAt + m) * PREPARED_SIZE;
            const half = Math.sqrt(limit * rowNorm2(p, key));
            let centre = prepared[p + key]!;
            if (m > 0 && key === angleComponent(firstKind))
              centre = prepared[preparedAt * PREPARED_SIZE + key]! + wrapAngle(centre - prepared[preparedAt * PREPARED_SIZE + key]!);
            if (centre - half < low) low = centre - half;
            if (centre + half > high) high = centre + half;
            if (cross >= 0) {
              const crossHalf = Math.sqrt(limit * rowNorm2(p, cross));
              if (prepared[p + cross]! - crossHalf < crossLow) crossLow = prepared[p + cross]! - crossHalf;
              if (prepared[p + cross]! + crossHalf > crossHigh) crossHigh = prepared[p + cross]! + crossHalf;
            }
          }
          const angular = key === angleComponent(firstKind);
          for (let turn = angular ? -1 : 0; turn <= (angular ? 1 : 0); turn++) {
            const from = low + turn * TWO_PI;
            const to = high + turn * TWO_PI;
            if (angular && high - low >= TWO_PI && turn !== 0) continue;
            const all = angular && high - low >= TWO_PI;
            if (!all && angular && (to < -Math.PI || from > Math.PI)) continue;
            let place = indexed && !all ? lowerBound(count, from) : 0;
            for (; place < count; place++) {
              const value = orderedKey[place]!;
              if (!all) {
                if (indexed) {
                  if (value > to) break;
                } else if (value > to || value < from) continue;
              }
              if (cross >= 0 && (orderedCross[place]! < crossLow || orderedCross[place]! > crossHigh)) continue;
              edges = addEdge(state, base, record, first, sorted[place]!, n, limit, preparedAt, edges, r, pd, cooperative);
            }
          }
        }
      } else {
        for (let j = 0; j < count; j++) {
          const d = (first + j) * D_SIZE;
          const kind = log[d + D_KIND]!;
          const n = log[d + D_COMPONENTS]!;
          if (kind >= POSITION_2D) {
            const reach = 6 * Math.sqrt(s[base + MODES + 6]! + s[base + MODES + 8]! + log[d + D_VARIANCE]! + log[d + D_VARIANCE + 1]!) + 50;
            if (Math.abs(log[d + D_Z]! - east) > reach || Math.abs(log[d + D_Z + 1]! - north) > reach) {
              if (!(log[d + D_IDENTITY]! >= 0 && log[d + D_IDENTITY] === s[base + IDENTITY])) continue;
            }
          } else if (!mayGate(state, base, record, first + j, 1, 0, east, north, up)) continue; // it stands at t by now
          reservePrepared(preparedCount + modes);
          let good = true;
          for (let m = 0; m < modes; m++) {
            if (
              !prepareUpdate(
                s,
                base + MODES + m * MODE_SIZE,
                kind,
                n,
                record,
                log,
                d + D_VARIANCE,
                log[d + D_COVARIANCE_EN]!,
                prepared,
                (preparedCount + m) * PREPARED_SIZE,
              )
            )
              good = false;
          }
          if (!good) continue;
          const before = edges;
          edges = addEdge(state, base, record, first, j, n, gate(settings.gateTail, n), preparedCount, edges, r, pd, cooperative);
          if (edges > before) preparedCount += modes;
        }
      }
    }
    if (!informative && edges === firstEdge[touched]) {
      // No detection is near it after all, and a missing one says nothing: it takes no part.
      if (lead < 0) carry(state, base, carriedFrom[touched]!, -1);
      continue;
    }
    touched += 1;
  }
  firstEdge[touched] = edges;

  associate(state, touched, count, edges);

  // --- learning: clutter, detection probability, undetected targets
  if (isNews) learn(state, record, t, touched, count, informative, again);
  updateTouched(state, record, t, first, count, touched, informative, how);
  const current = how.mode === "fresh" || how.mode === "retro";
  if (current && !cooperative && record.sensor.passive !== true && (informative || record.sensor.updatePeriod !== undefined))
    judgeTwins(state, record, t, touched, informative);
  if (!informative && !cooperative && record.sensor.passive !== true && how.mode !== "replay") seenApart(state, touched);
  for (let i = 0; i < touched; i++) {
    if (carriedFrom[i]! > 0) carry(state, touchedSlot[i]! * state.stride, carriedFrom[i]!, -1);
    rememberState(state, touchedSlot[i]!);
  }
  createTracks(state, record, t, first, count, how);
  if (how.assignments !== undefined) reportAssignments(state, first, count, touched, how.assignments);
}

/**
 * Expected undetected targets in the field of view `since` seconds after the sensor's last look. Newcomers add to them; whole looks take away
 * what they find in `learn`. A sensor that looks in turns finds all the time: du/dt = births + u ln(1 - pd) / period. What an irregular one,
 * which may look or not, leaves undetected is not known, and stays what it was at first.
 */
function undetectedAfter(settings: TrackerSettings, record: SensorRecord, since: number, informative: boolean, pd: number): number {
  const period = record.sensor.updatePeriod;
  const grown = Math.min(record.undetected + settings.birthRate * since, 100);
  if (informative || record.sensor.cooperative) return grown;
  if (period === undefined) return Math.min(grown, settings.initialUndetected);
  if (since > SILENT_TURNS * period) return grown; // it did not turn
  const rate = -Math.log(1 - pd) / period;
  const steady = settings.birthRate / rate;
  return steady + (record.undetected - steady) * Math.exp(-rate * since);
}

/** A sensor of which nothing came for so many of its turns did not look. */
const SILENT_TURNS = 2.5;

/** Bayes on one bit: a hidden target is never detected. */
export function hiddenAfterMiss(hidden: number, pd: number): number {
  return hidden === 0 ? 0 : hidden / (hidden + (1 - hidden) * (1 - Math.min(pd, 0.999)));
}

function isIn(state: TrackerState, id: number, how: LookOptions): boolean {
  const slot = slotOf(state, id);
  if (slot < 0) return true; // the claimant is gone: its claim is free again
  for (let q = 0; q < how.slotCount!; q++) if (how.slots![q] === slot) return true;
  return false;
}

const keyComponent = (kind: number) => (kind <= POLAR_2D ? 1 : 0);

/** Sorts `sorted` [0, count) by key, equal keys by index. Shell sort: in place, and quick on the few hundred of a scan. */
function sortByKey(count: number): void {
  let gap = 1;
  while (gap < count / 3) gap = gap * 3 + 1;
  for (; gap >= 1; gap = Math.floor(gap / 3)) {
    for (let i = gap; i < count; i++) {
      const value = sorted[i]!;
      const key = sortKey[value]!;
      let k = i;
      for (; k >= gap; k -= gap) {
        const other = sorted[k - gap]!;
        if (sortKey[other]! < key || (sortKey[other] === key && other < value)) break;
        sorted[k] = other;
      }
      sorted[k] = value;
    }
  }
}

/**
 * Whether any detection lies in the two-component window (azimuth and range, or east and north) of any mode of a track: what an unlikely
 * candidate needs before it is worth a prediction. Computed from the blocks of P that the window needs; wider than the gate.
 */
function anyInWindow(
  state: TrackerState,
  base: number,
  record: SensorRecord,
  first: number,
  count: number,
  lead: number,
  kind: number,
  limit: number,
): boolean {
  const s = state.slab;
  const log = state.detections;
  const d0 = first * D_SIZE;
  const polar = kind === POLAR_3D;
  const crossComponent = polar ? 0 : 1;
  const keyVariance = log[d0 + D_VARIANCE + (polar ? 1 : 0)]!;
  const crossVariance = log[d0 + D_VARIANCE + crossComponent]!;
  const modes = state.settings.modes;
  const cube = (lead * lead * lead) / 3;
  for (let m = 0; m < modes.length; m++) {
    if (s[base + MODE_PROBABILITY + m]! < 1e-4) continue;
    const mode = modes[m]!;
    const o = base + MODES + m * MODE_SIZE;
    const p = o + 6;
    let keyCentre = s[o]! + lead * s[o + 3]!;
    let crossCentre = s[o + 1]! + lead * s[o + 4]!;
    let keyHalf: number;
    let crossHalf: number;
    if (polar) {
      const rot = record.rotation;
      const dx = keyCentre - record.east;
      const dy = crossCentre - record.north;
      const dz = s[o + 2]! + lead * s[o + 5]! - record.up;
      const e = rot[0]! * dx + rot[1]! * dy + rot[2]! * dz;
      const n = rot[3]! * dx + rot[4]! * dy + rot[5]! * dz;
      const u = rot[6]! * dx + rot[7]! * dy + rot[8]! * dz;
      const flat = Math.max(Math.sqrt(e * e + n * n), 1);
      const range = Math.max(Math.sqrt(flat * flat + u * u), 1);
      keyCentre = record.azimuthSign > 0 ? Math.atan2(n, e) : Math.atan2(e, n);
      crossCentre = range;
      const ahead = spreadAlong(s, p, dx / range, dy / range, dz / range, lead) + Math.max(mode.q, mode.qUp) * cube;
      // Horizontal and across: the site's plane is near enough to the sensor's for a window.
      const across = spreadAlong(s, p, (-dy / flat) * 1, dx / flat, 0, lead) + mode.q * cube;
      // A turn bends the path by v omega dt^2 / 2.
      const bend = Math.abs(mode.turnRate) * lead * lead * 15;
      crossHalf = Math.sqrt(limit * (ahead + crossVariance)) + bend;
      keyHalf = (Math.sqrt(limit * (across + keyVariance * flat * flat)) + bend) / flat;
      if (keyHalf > 3) return true;
    } else {
      keyHalf = Math.sqrt(limit * (s[p]! + 2 * lead * s[p + 6]! + lead * lead * s[p + 9]! + mode.q * cube + keyVariance));
      crossHalf = Math.sqrt(limit * (s[p + 2]! + 2 * lead * s[p + 11]! + lead * lead * s[p + 14]! + mode.q * cube + crossVariance));
    }
    keyHalf *= 1.15;
    crossHalf *= 1.15;
    for (let turn = polar ? -1 : 0; turn <= (polar ? 1 : 0); turn++) {
      const from = keyCentre - keyHalf + turn * TWO_PI;
      const to = keyCentre + keyHalf + turn * TWO_PI;
      if (polar && (to < -Math.PI || from > Math.PI)) continue;
      for (let place = lowerBound(count, from); place < count; place++) {
        if (orderedKey[place]! > to) break;
        if (Math.abs(orderedCross[place]! - crossCentre) < crossHalf) return true;
      }
    }
  }
  return false;
}

/** Variance of the position `lead` seconds on, along a unit vector, without process noise. */
function spreadAlong(s: Float64Array, p: number, a: number, b: number, c: number, lead: number): number {
  const pp = s[p]! * a * a + s[p + 2]! * b * b + s[p + 5]! * c * c + 2 * (s[p + 1]! * a * b + s[p + 3]! * a * c + s[p + 4]! * b * c);
  const vp =
    a * (s[p + 6]! * a + s[p + 7]! * b + s[p + 8]! * c) +
    b * (s[p + 10]! * a + s[p + 11]! * b + s[p + 12]! * c) +
    c * (s[p + 15]! * a + s[p + 16]! * b + s[p + 17]! * c);
  const vv =
    s[p + 9]! * a * a + s[p + 14]! * b * b + s[p + 20]! * c * c + 2 * (s[p + 13]! * a * b + s[p + 18]! * a * c + s[p + 19]! * b * c);
  return Math.max(pp + 2 * lead * vp + lead * lead * vv, 0);
}

function lowerBound(count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (orderedKey[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** S_kk of a prepared update: the squared norm of row k of L. */
function rowNorm2(p: number, k: number): number {
  let sum = 0;
  const row = p + 6 + (k * (k + 1)) / 2;
  for (let i = 0; i <= k; i++) sum += prepared[row + i]! * prepared[row + i]!;
  return sum;
}

/** How much wider than the gate the windows of `mayGate` are: mixing moves a mode's mean and widens it a little before it is gated. */
const WINDOW = 1.25;

/** Beyond so many detections without an index, a track is predicted at once: looking through them all would cost more. */
const FEW_DETECTIONS = 64;

/**
 * Whether a track could gate with any detection of the look: `mayGate` for those that the index by azimuth finds near it (`windowVariance`, the largest
 * of the look, >= 0), or for all where there is no index.
 */
function mayGateAny(
  state: TrackerState,
  base: number,
  record: SensorRecord,
  first: number,
  count: number,
  lead: number,
  east: number,
  north: number,
  up: number,
  windowVariance: number,
): boolean {
  if (windowVariance >= 0) {
    const reach = crudeReach(state, base, lead);
    const rot = record.rotation;
    const dx = east - record.east;
    const dy = north - record.north;
    const dz = up - record.up;
    const e = rot[0]! * dx + rot[1]! * dy + rot[2]! * dz;
    const n = rot[3]! * dx + rot[4]! * dy + rot[5]! * dz;
    const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
    const half = reach / Math.max(Math.sqrt(e * e + n * n), 1) + 6 * Math.sqrt(windowVariance);
    if (range >= reach * 2 && half < 1) {
      const azimuth = record.azimuthSign > 0 ? Math.atan2(n, e) : Math.atan2(e, n);
      for (let turn = -1; turn <= 1; turn++) {
        const from = azimuth - half + turn * TWO_PI;
        const to = azimuth + half + turn * TWO_PI;
        if (to < -Math.PI || from > Math.PI) continue;
        for (let place = lowerBound(count, from); place < count && orderedKey[place]! <= to; place++)
          if (mayGate(state, base, record, first + sorted[place]!, 1, lead, east, north, up)) return true;
      }
      return false;
    }
  }
  return count > FEW_DETECTIONS || mayGate(state, base, record, first, count, lead, east, north, up);
}

/** How far from where it is expected a track may be found `lead` seconds on, m: crude, and the same all round. */
function crudeReach(state: TrackerState, base: number, lead: number): number {
  const s = state.slab;
  let spread = 0;
  const span = Math.abs(lead); // back in time a track spreads as it does ahead
  for (let m = 0; m < state.settings.modes.length; m++) {
    const p = base + MODES + m * MODE_SIZE + 6;
    const v = s[p]! + s[p + 2]! + s[p + 5]! + span * span * (s[p + 9]! + s[p + 14]! + s[p + 20]! + 200 * span);
    if (v > spread) spread = v;
  }
  return 6 * Math.sqrt(spread) + 60 * span + 20;
}

/**
 * Whether a track could gate with any of a few detections: spares the prediction of the others. First a crude test in metres, the same all round;
 * then, mode by mode, windows along and across the line of sight (or east and north), a little wider than the gate.
 */
function mayGate(
  state: TrackerState,
  base: number,
  record: SensorRecord,
  first: number,
  count: number,
  lead: number,
  east: number,
  north: number,
  up: number,
): boolean {
  const s = state.slab;
  const log = state.detections;
  const reach = crudeReach(state, base, lead);
  const dx = east - record.east;
  const dy = north - record.north;
  const dz = up - record.up;
  const range = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const identity = s[base + IDENTITY]!;
  let azimuth = 0;
  let flat = -1;
  for (let j = 0; j < count; j++) {
    const d = (first + j) * D_SIZE;
    const kind = log[d + D_KIND]!;
    if (log[d + D_IDENTITY]! >= 0 && log[d + D_IDENTITY] === identity) return true;
    if (kind >= POSITION_2D) {
      const own = 6 * Math.sqrt(log[d + D_VARIANCE]! + log[d + D_VARIANCE + 1]!);
      if (Math.abs(log[d + D_Z]! - east) >= reach + own || Math.abs(log[d + D_Z + 1]! - north) >= reach + own) continue;
    } else if (range >= reach * 2) {
      if (kind <= POLAR_2D && Math.abs(log[d + D_Z]! - range) > reach + 6 * Math.sqrt(log[d + D_VARIANCE]!)) continue;
      if (flat < 0) {
        const rot = record.rotation;
        const e = rot[0]! * dx + rot[1]! * dy + rot[2]! * dz;
        const n = rot[3]! * dx + rot[4]! * dy + rot[5]! * dz;
        flat = Math.max(Math.sqrt(e * e + n * n), 1);
        azimuth = record.azimuthSign > 0 ? Math.atan2(n, e) : Math.atan2(e, n);
      }
      const a = kind <= POLAR_2D ? 1 : 0;
      if (Math.abs(wrapAngle(log[d + D_Z + a]! - azimuth)) >= reach / flat + 6 * Math.sqrt(log[d + D_VARIANCE + a]!)) continue;
    }
    if (inWindow(state, base, record, d, kind, lead)) return true;
  }
  return false;
}

/** Whether the detection at `d` lies in the window of any mode of a track. */
function inWindow(state: TrackerState, base: number, record: SensorRecord, d: number, kind: number, lead: number): boolean {
  const s = state.slab;
  const log = state.detections;
  const { modes } = state.settings;
  const limit = gate(state.settings.gateTail, log[d + D_COMPONENTS]!) * WINDOW * WINDOW;
  const cube = Math.abs(lead * lead * lead) / 3;
  for (let m = 0; m < modes.length; m++) {
    if (s[base + MODE_PROBABILITY + m]! < 1e-4) continue;
    const mode = modes[m]!;
    const o = base + MODES + m * MODE_SIZE;
    const p = o + 6;
    const east = s[o]! + lead * s[o + 3]!;
    const north = s[o + 1]! + lead * s[o + 4]!;
    const up = s[o + 2]! + lead * s[o + 5]!;
    const noise = Math.max(mode.q, mode.qUp) * cube;
    // A turn bends the path by omega v dt^2 / 2.
    const bend = 0.5 * Math.abs(mode.turnRate) * lead * lead * (Math.abs(s[o + 3]!) + Math.abs(s[o + 4]!) + 15);
    if (kind >= POSITION_2D) {
      const ve = s[p]! + 2 * lead * s[p + 6]! + lead * lead * s[p + 9]! + noise + log[d + D_VARIANCE]!;
      if (Math.abs(log[d + D_Z]! - east) > Math.sqrt(limit * Math.max(ve, 0)) + bend) continue;
      const vn = s[p + 2]! + 2 * lead * s[p + 11]! + lead * lead * s[p + 14]! + noise + log[d + D_VARIANCE + 1]!;
      if (Math.abs(log[d + D_Z + 1]! - north) > Math.sqrt(limit * Math.max(vn, 0)) + bend) continue;
      return true;
    }
    const rot = record.rotation;
    const dx = east - record.east;
    const dy = north - record.north;
    const dz = up - record.up;
    const flat = Math.max(Math.sqrt(dx * dx + dy * dy), 1);
    const across = Math.sqrt(limit * (spreadAlong(s, p, -dy / flat, dx / flat, 0, lead) + noise)) + bend;
    const range = Math.max(Math.sqrt(flat * flat + dz * dz), 1);
    const along = Math.sqrt(limit * (spreadAlong(s, p, dx / range, dy / range, dz / range, lead) + noise)) + bend;
    // Too near for a window: directions mean little.
    if (flat < 2 * across || flat < 2 * along) return true;
    if (kind <= POLAR_2D && Math.abs(log[d + D_Z]! - range) > along + Math.sqrt(limit * log[d + D_VARIANCE]!)) {
      // The range of a track whose height nobody knows is curved across it.
      if ((across * across) / (2 * range) < 1) continue;
    }
    const e = rot[0]! * dx + rot[1]! * dy + rot[2]! * dz;
    const n = rot[3]! * dx + rot[4]! * dy + rot[5]! * dz;
    const azimuth = record.azimuthSign > 0 ? Math.atan2(n, e) : Math.atan2(e, n);
    const a = kind <= POLAR_2D ? 1 : 0;
    if (Math.abs(wrapAngle(log[d + D_Z + a]! - azimuth)) > across / flat + Math.sqrt(limit * log[d + D_VARIANCE + a]!)) continue;
    return true;
  }
  return false;
}

/** Odds that a report's identity gives: for the track that holds it, for one that holds another, for one that holds none while another holds it. */
const SAME_IDENTITY = 20;
const OTHER_IDENTITY = 1e-12;
/** An object may broadcast by two schemes at once (ADS-B and Remote ID), under a name in each. */
const OTHER_SCHEME = 0.05;
/** Newcomers that report themselves, one in each 10 km^3: what a first report weighs against a track that is merely not far away, 1/m^3. */
const NEWCOMERS = 1e-10;
const IDENTITY_ELSEWHERE = 0.1;

/** Tests one pair against the gate of each mode and, if it passes, adds it. Answers the new number of edges. */
function addEdge(
  state: TrackerState,
  base: number,
  record: SensorRecord,
  first: number,
  j: number,
  n: number,
  limit: number,
  preparedAt: number,
  edges: number,
  r: number,
  pd: number,
  cooperative: boolean,
): number {
  const s = state.slab;
  const log = state.detections;
  const modes = state.settings.modes.length;
  const d = (first + j) * D_SIZE;
  const angle = angleComponent(log[d + D_KIND]!);
  const identity = log[d + D_IDENTITY]!;
  if (state.splits !== undefined && isSplitOff(state, s[base + ID]!, record, identity)) return edges;
  const own = s[base + IDENTITY]!;
  const same = identity >= 0 && identity === own;
  // The same identity opens the gate: the object says that it is the same one, and a manoeuvre may have carried it out.
  const wide = same ? Math.max(limit, 60) : limit;
  reserveEdges(edges + 1, modes);
  let likelihood = 0;
  for (let m = 0; m < modes; m++) {
    const at = (preparedAt + m) * PREPARED_SIZE;
    const distance2 = innovate(prepared, at, log, d + D_Z, n, angle, wide, whitened, 0);
    let l = 0;
    if (distance2 <= wide) {
      l = s[base + MODE_PROBABILITY + m]! * Math.exp(-0.5 * (distance2 + prepared[at + PREPARED_LOG_DET]! + n * LOG_TWO_PI));
      const w = edges * 24 + m * 6;
      for (let k = 0; k < n; k++) edgeInnovation[w + k] = whitened[k]!;
    } else {
      const w = edges * 24 + m * 6;
      for (let k = 0; k < n; k++) edgeInnovation[w + k] = 0;
    }
    edgeMode[edges * 4 + m] = l;
    likelihood += l;
  }
  if (!(likelihood > 0)) return edges;
  for (let m = 0; m < modes; m++) edgeMode[edges * 4 + m] = edgeMode[edges * 4 + m]! / likelihood;
  let factor = 1;
  if (identity >= 0) {
    // Moderate odds, on purpose: a report must be able to move over to another track of the same object, or the two live on side by side.
    if (same) factor = SAME_IDENTITY;
    else if (own >= 0) factor = claimDifferent(state, identity, own) ? OTHER_IDENTITY : OTHER_SCHEME;
    else if (state.identityTrack[identity] !== 0) factor = IDENTITY_ELSEWHERE;
  }
  const weight = (factor * r * pd * likelihood) / background[j]!;
  if (!(weight > (cooperative ? 1e-9 : 1e-5))) return edges;
  edgeDetection[edges] = j;
  edgeWeight[edges] = Math.min(weight, 1e30);
  edgePrepared[edges] = preparedAt;
  return edges + 1;
}

/** Marginal association probabilities of all touched tracks; joint hypotheses of small clusters are handed to the update as they come. */
function associate(state: TrackerState, touched: number, count: number, edges: number): void {
  const { settings } = state;
  // Pairs that lose clearly against another claimant of the same detection are none: a track that is then alone would take the detection too.
  for (let j = 0; j < count; j++) columnSum[j] = 1;
  for (let e = 0; e < edges; e++) columnSum[edgeDetection[e]!] = columnSum[edgeDetection[e]!]! + edgeWeight[e]!;
  for (let e = 0; e < edges; e++) {
    edgeProbability[e] = edgeWeight[e]! / columnSum[edgeDetection[e]!]!;
    if (edgeProbability[e]! < 1e-5) {
      edgeProbability[e] = 0;
      edgeWeight[e] = 0;
    }
  }
  cluster(touched, count, 1e-5);
  let anyShared = false;
  for (let i = 0; i < touched; i++) {
    coarseRoot[i] = find(i);
    if (coarseRoot[i] !== i) anyShared = true;
  }
  if (anyShared) {
    graph.tracks = touched;
    graph.detections = count;
    graph.edges = edges;
    graph.missWeight = missWeight;
    graph.firstEdge = firstEdge;
    graph.detectionOf = edgeDetection;
    graph.weight = edgeWeight;
    graph.edgeProbability = edgeProbability;
    graph.missProbability = missProbability;
    propagateBeliefs(graph, 30, 1e-3);
    cluster(touched, count, settings.hypothesisFloor);
  } else {
    // Every track alone: closed form.
    for (let i = 0; i < touched; i++) {
      let sum = missWeight[i]!;
      for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) sum += edgeWeight[e]!;
      for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) edgeProbability[e] = edgeWeight[e]! / sum;
      missProbability[i] = missWeight[i]! / sum;
    }
  }
}

/** Existence, modes and bookkeeping of all touched tracks, cluster by cluster. */
function updateTouched(
  state: TrackerState,
  record: SensorRecord,
  t: number,
  first: number,
  count: number,
  touched: number,
  informative: boolean,
  how: LookOptions,
): void {
  const { settings } = state;
  const log = state.detections;
  // Members of each cluster as linked lists from the root, in rising order.
  for (let i = touched - 1; i >= 0; i--) memberNext[i] = -1;
  for (let i = touched - 1; i >= 0; i--) {
    const root = find(i);
    if (root !== i) {
      memberNext[i] = memberNext[root]!;
      memberNext[root] = i;
    }
  }
  for (let i = 0; i < touched; i++) {
    if (rootOf[i] !== i) continue;
    if (memberNext[i] === -1) {
      mergeOwn(state, i, first, informative, 0);
      finish(state, record, t, first, i, 0, informative, how);
      continue;
    }
    let size = 0;
    for (let m = i; m !== -1; m = memberNext[m]!) {
      if (size === members.length) {
        const larger = new Int32Array(size * 2);
        larger.set(members);
        members = larger;
      }
      members[size++] = m;
    }
    if (merged.length < size * mergedStride) merged = new Float64Array(size * 2 * mergedStride);
    if (size <= settings.enumeratedTracks && enumerateCluster(state, size, count, first, informative)) {
      // merged by the joint hypotheses
    } else for (let k = 0; k < size; k++) mergeOwn(state, members[k]!, first, informative, k * mergedStride);
    for (let k = 0; k < size; k++) finish(state, record, t, first, members[k]!, k * mergedStride, informative, how);
  }
  for (let j = 0; j < count; j++) {
    const d = (first + j) * D_SIZE;
    for (let k = 0; k < 2; k++) {
      const claimant = log[d + D_CLAIM_TRACK + k]!;
      if (how.mode !== "replay" || claimant === 0 || isIn(state, claimant, how)) {
        log[d + D_CLAIM_TRACK + k] = 0;
        log[d + D_CLAIM_PROBABILITY + k] = 0;
      } else unassigned[j] = unassigned[j]! - log[d + D_CLAIM_PROBABILITY + k]!;
    }
  }
  for (let i = 0; i < touched; i++) {
    const id = state.slab[touchedSlot[i]! * state.stride + ID]!;
    for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) {
      const p = edgeProbability[e]!;
      const j = edgeDetection[e]!;
      unassigned[j] = unassigned[j]! - p;
      const d = (first + j) * D_SIZE;
      const at = log[d + D_CLAIM_PROBABILITY]! <= log[d + D_CLAIM_PROBABILITY + 1]! ? 0 : 1;
      if (p > log[d + D_CLAIM_PROBABILITY + at]!) {
        log[d + D_CLAIM_PROBABILITY + at] = p;
        log[d + D_CLAIM_TRACK + at] = id;
      }
    }
  }
}

/** A hypothesis this much less probable than the best of its track changes neither mean nor covariance that anyone could notice. */
const NEGLIGIBLE = 1e-4;

/** Merges the hypotheses of one track with its own marginal probabilities. */
function mergeOwn(state: TrackerState, i: number, first: number, informative: boolean, to: number): void {
  const r = state.slab[touchedSlot[i]! * state.stride + EXISTENCE]!;
  reserveComponents(firstEdge[i + 1]! - firstEdge[i]! + 1);
  let c = 0;
  componentWeight[0] = missProbability[i]! * missedExistence(r, touchedPd[i]!, informative);
  componentTrack[0] = i;
  componentEdge[0] = -1;
  let strongest = componentWeight[0]!;
  for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) if (edgeProbability[e]! > strongest) strongest = edgeProbability[e]!;
  const least = strongest * NEGLIGIBLE;
  if (componentWeight[0]! > least || firstEdge[i] === firstEdge[i + 1]) c = 1;
  let n = 0;
  for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) {
    if (edgeProbability[e]! <= least) continue;
    componentWeight[c] = edgeProbability[e]!;
    componentTrack[c] = i;
    componentEdge[c] = e;
    n = state.detections[(first + edgeDetection[e]!) * D_SIZE + D_COMPONENTS]!;
    c += 1;
  }
  if (c === 1 && componentEdge[0] === -1) {
    // Nothing but a miss: the modes stay as predicted.
    const base = touchedSlot[i]! * state.stride;
    merged[to] = componentWeight[0]!;
    const modes = state.settings.modes.length;
    for (let m = 0; m < modes; m++) merged[to + 1 + m] = state.slab[base + MODE_PROBABILITY + m]!;
    for (let k = 0; k < modes * MODE_SIZE; k++) merged[to + MERGED_MODES + k] = state.slab[base + MODES + k]!;
    return;
  }
  mergeComponents(state, c, n, to);
}

/**
 * Joint hypotheses of the cluster in `members`: exact marginals, and a merge that may reorder the Bernoullis. Answers false when the
 * search was cut off (the beliefs stand).
 */
function enumerateCluster(state: TrackerState, size: number, count: number, first: number, informative: boolean): boolean {
  const { settings } = state;
  let total = 0;
  let locals = 0;
  localDetection.fill(-1, 0, count);
  for (let k = 0; k < size; k++) {
    const i = members[k]!;
    options.firstOption[k] = total;
    let largest = missWeight[i]!;
    if (optionCapacity < total + firstEdge[i + 1]! - firstEdge[i]! + 1) growOptions(total + firstEdge[i + 1]! - firstEdge[i]! + 1);
    optionOrder.length = 0;
    for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) {
      if (edgeProbability[e]! < settings.hypothesisFloor * 0.1) {
        edgeProbability[e] = 0;
        continue;
      }
      optionOrder.push(e);
      if (edgeWeight[e]! > largest) largest = edgeWeight[e]!;
    }
    optionOrder.sort((a, b) => edgeWeight[b]! - edgeWeight[a]! || a - b);
    let missDone = false;
    for (let q = 0; q <= optionOrder.length; q++) {
      const e = q < optionOrder.length ? optionOrder[q]! : -1;
      if (!missDone && (e === -1 || missWeight[i]! >= edgeWeight[e]!)) {
        options.detectionOf[total] = -1;
        options.weight[total] = missWeight[i]! / largest;
        optionEdge[total++] = -1;
        missDone = true;
      }
      if (e === -1) break;
      const j = edgeDetection[e]!;
      if (localDetection[j]! < 0) localDetection[j] = locals++;
      options.detectionOf[total] = localDetection[j]!;
      options.weight[total] = edgeWeight[e]! / largest;
      optionEdge[total++] = e;
    }
  }
  options.firstOption[size] = total;
  options.tracks = size;
  enumerateHypotheses(options, locals, settings.hypotheses, settings.hypothesisFloor, 20000, joint);
  if (!joint.complete || joint.count === 0) return false;
  // Marginals of the joint hypotheses replace the beliefs.
  for (let k = 0; k < size; k++) {
    const i = members[k]!;
    for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) edgeProbability[e] = 0;
    missProbability[i] = 0;
  }
  for (let h = 0; h < joint.count; h++) {
    const w = joint.weight[h]!;
    for (let k = 0; k < size; k++) {
      const e = optionEdge[joint.option[h * size + k]!]!;
      if (e >= 0) edgeProbability[e] = edgeProbability[e]! + w;
      else missProbability[members[k]!] = missProbability[members[k]!]! + w;
    }
  }
  if (settings.variationalSweeps === 0 || joint.count === 1) {
    for (let k = 0; k < size; k++) mergeOwn(state, members[k]!, first, informative, k * mergedStride);
    return true;
  }
  // One Gaussian for each option, over its modes.
  const modes = settings.modes.length;
  for (let k = 0; k < size; k++) {
    const i = members[k]!;
    const base = touchedSlot[i]! * state.stride;
    const r = state.slab[base + EXISTENCE]!;
    for (let o = options.firstOption[k]!; o < options.firstOption[k + 1]!; o++) {
      const e = optionEdge[o]!;
      variational.existence[o] = e >= 0 ? 1 : missedExistence(r, touchedPd[i]!, informative);
      const n = e >= 0 ? state.detections[(first + edgeDetection[e]!) * D_SIZE + D_COMPONENTS]! : 0;
      const at = o * MODE_SIZE;
      const g = variational.gaussian;
      for (let q = 0; q < MODE_SIZE; q++) g[at + q] = 0;
      for (let m = 0; m < modes; m++) componentMean(state, i, e, m, n, componentX.at, m * 6);
      const xs = componentX.at;
      for (let m = 0; m < modes; m++) {
        const mu = e >= 0 ? edgeMode[e * 4 + m]! : state.slab[base + MODE_PROBABILITY + m]!;
        for (let q = 0; q < 6; q++) g[at + q] = g[at + q]! + mu * (xs[m * 6 + q]! - xs[q]!);
      }
      for (let q = 0; q < 6; q++) g[at + q] = g[at + q]! + xs[q]!;
      for (let m = 0; m < modes; m++) {
        const mu = e >= 0 ? edgeMode[e * 4 + m]! : state.slab[base + MODE_PROBABILITY + m]!;
        const x = m * 6;
        const source = e >= 0 ? prepared : state.slab;
        const p = e >= 0 ? (edgePrepared[e]! + m) * PREPARED_SIZE + PREPARED_P : base + MODES + m * MODE_SIZE + 6;
        addScaledSpread(
          g,
          at + 6,
          mu,
          source,
          p,
          xs[x]! - g[at]!,
          xs[x + 1]! - g[at + 1]!,
          xs[x + 2]! - g[at + 2]!,
          xs[x + 3]! - g[at + 3]!,
          xs[x + 4]! - g[at + 4]!,
          xs[x + 5]! - g[at + 5]!,
        );
      }
    }
  }
  variational.tracks = size;
  variational.options = total;
  variational.firstOption = options.firstOption;
  reorderHypotheses(variational, joint, settings.variationalSweeps);
  reserveComponents(total);
  for (let k = 0; k < size; k++) {
    let c = 0;
    let n = 0;
    for (let o = 0; o < total; o++) {
      const w = variational.share[k * total + o]! * variational.existence[o]!;
      if (w < 1e-9) continue;
      componentWeight[c] = w;
      componentTrack[c] = ownerOf(o, size);
      componentEdge[c] = optionEdge[o]!;
      if (optionEdge[o]! >= 0) n = state.detections[(first + edgeDetection[optionEdge[o]!]!) * D_SIZE + D_COMPONENTS]!;
      c += 1;
    }
    if (c === 0) {
      componentWeight[0] = 1e-12;
      componentTrack[0] = members[k]!;
      componentEdge[0] = -1;
      c = 1;
    }
    mergeComponents(state, c, n, k * mergedStride);
  }
  return true;
}

function ownerOf(option: number, size: number): number {
  let k = 0;
  while (k + 1 < size && options.firstOption[k + 1]! <= option) k += 1;
  return members[k]!;
}

function growOptions(count: number): void {
  optionCapacity = count * 2;
  const detectionOf = new Int32Array(optionCapacity);
  detectionOf.set(options.detectionOf);
  options.detectionOf = detectionOf;
  const weight = new Float64Array(optionCapacity);
  weight.set(options.weight);
  options.weight = weight;
  const edge = new Int32Array(optionCapacity);
  edge.set(optionEdge);
  optionEdge = edge;
  variational.existence = new Float64Array(optionCapacity);
  variational.gaussian = new Float64Array(optionCapacity * MODE_SIZE);
}

/** Writes the merged state back and keeps the track's books. */
function finish(
  state: TrackerState,
  record: SensorRecord,
  t: number,
  first: number,
  i: number,
  from: number,
  informative: boolean,
  how: LookOptions,
): void {
  const s = state.slab;
  const slot = touchedSlot[i]!;
  const base = slot * state.stride;
  const sensorPlace = sensorPlaceOf(state, record);
  let detected = 0;
  let strongest = -1;
  for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) {
    detected += edgeProbability[e]!;
    if (strongest < 0 || edgeProbability[e]! > edgeProbability[strongest]!) strongest = e;
  }
  writeBack(state, i, from);
  if (informative) s[base + HIDDEN] = Math.max(1 - detected, 0) * hiddenAfterMiss(s[base + HIDDEN]!, touchedDetect[i]!);
  else if (detected > 0) s[base + HIDDEN] = s[base + HIDDEN]! * Math.max(1 - detected, 0);
  s[base + HITS] = s[base + HITS]! + detected;
  if (detected > 0.5) {
    if (looksForItself(record)) noteMeasured(state, slot, t);
    s[base + UPDATED_AT] = Math.max(s[base + UPDATED_AT]!, t);
    const kind = state.detections[(first + edgeDetection[strongest]!) * D_SIZE + D_KIND]!;
    if (kind === POLAR_3D || kind === POSITION_3D || kind === POSITION_3D_VELOCITY || kind === BEARING_ELEVATION)
      s[base + HEIGHT_KNOWN] = 1;
    // Whoever sees it looks there again after a period, or reports again.
    s[base + COVERED_UNTIL] = Math.max(
      s[base + COVERED_UNTIL]!,
      t + (record.sensor.cooperative ? 3e6 : 2.2e6) * (record.sensor.updatePeriod ?? 1),
    );
    const identity = state.detections[(first + edgeDetection[strongest]!) * D_SIZE + D_IDENTITY]!;
    if (identity >= 0 && edgeProbability[strongest]! > 0.5 && s[base + IDENTITY] === -1) {
      const holder = state.identityTrack[identity]! > 0 ? slotOf(state, state.identityTrack[identity]!) : -1;
      if (holder >= 0 && holder !== slot) s[holder * state.stride + IDENTITY] = -1;
      s[base + IDENTITY] = identity;
      state.identityTrack[identity] = s[base + ID]!;
    }
  }
  if (isNews && how.mode !== "replay") {
    if (informative || detected > 0.5)
      state.lookedAt[slot * state.places + sensorPlace] = Math.max(state.lookedAt[slot * state.places + sensorPlace]!, t);
    if (informative || detected > 0.5) {
      // Can this sensor see this target at all? Bayes on one bit. An active sensor that saw it once can; only a passive one may fall silent.
      // What a sensor that looks in turns missed is counted as time advances.
      const place = slot * state.places + sensorPlace;
      const share = 1 / (1 + Math.exp(-state.detectable[place]!));
      const settled = !informative || (record.sensor.passive !== true && share > SURELY_SEEN);
      const missed = settled ? share : (share * (1 - touchedDetect[i]!)) / Math.max(1 - share * touchedDetect[i]!, 1e-9);
      const after = Math.min(Math.max(detected + (1 - detected) * missed, 1e-4), 1 - 1e-4);
      state.detectable[place] = Math.log(after / (1 - after));
    }
  }
  if (
    state.settings.registration &&
    how.mode !== "replay" &&
    strongest >= 0 &&
    edgeProbability[strongest]! > 0.95 &&
    s[base + CONFIRMED] === 1 &&
    !teachesNothing(state, slot)
  )
    collectPairs(state, record, slot, (first + edgeDetection[strongest]!) * D_SIZE);
  if (s[base + EXISTENCE]! >= state.settings.confirmExistence && s[base + HITS]! >= (record.sensor.cooperative ? 0.9 : 1.8))
    s[base + CONFIRMED] = 1;
}

/** Sum of squared normalised differences (position and velocity) below which two tracks lie on one another. */
const TWIN_DISTANCE = 12;
/** Log-odds at which two such tracks are called one target. */
const TWIN_ODDS = 5;
/** A second detection where one target is: its probability under clutter alone. */
const SECOND_DETECTION = 0.01;
const MAXIMUM_TWINS = 512;
/** Sensors that look in turns whose detections are counted for a pair; of more, the newest. */
const TWIN_SENSORS = 4;
/** How long a pair is remembered after it last lay on one another: two turns of a slow radar, us. */
const TWIN_MEMORY = 10_000_000;

/**
 * Finds tracks that stand for one target. Several sensors can keep two tracks on one target alive, each fed by another: the existence
 * calculation of one look cannot see that. What tells is how many detections the two get together: one target gives one at most.
 */
function judgeTwins(state: TrackerState, record: SensorRecord, t: number, touched: number, informative: boolean): void {
  const pd = detectionProbability(record);
  const period = record.sensor.updatePeriod ?? 1;
  const s = state.slab;
  const { stride, twins } = state;
  for (let i = 0; i < touched; i++) memberNext[i] = -1;
  for (let i = touched - 1; i >= 0; i--) {
    const root = coarseRoot[i]!;
    if (root !== i) {
      memberNext[i] = memberNext[root]!;
      memberNext[root] = i;
    }
  }
  for (let root = 0; root < touched; root++) {
    if (coarseRoot[root] !== root || memberNext[root] === -1) continue;
    for (let i = root; i !== -1; i = memberNext[i]!) {
      const a = touchedSlot[i]! * stride;
      if (s[a + EXISTENCE]! < 0.2 || s[a + CONFIRMED] !== 1) continue;
      for (let j = memberNext[i]!; j !== -1; j = memberNext[j]!) {
        const b = touchedSlot[j]! * stride;
        if (s[b + EXISTENCE]! < 0.2 || s[b + CONFIRMED] !== 1) continue;
        if (Math.abs(s[a + MODES]! - s[b + MODES]!) > 200 || !overlap(state, a, b)) continue;
        const first = Math.min(s[a + ID]!, s[b + ID]!);
        const second = Math.max(s[a + ID]!, s[b + ID]!);
        let twin = twins.find((pair) => pair.a === first && pair.b === second);
        if (twin === undefined) {
          if (twins.length >= MAXIMUM_TWINS) twins.shift();
          twin = { a: first, b: second, odds: -1, at: t, turns: [] };
          twins.push(twin);
        }
        let found = 0;
        for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) found += edgeProbability[e]!;
        for (let e = firstEdge[j]!; e < firstEdge[j + 1]!; e++) found += edgeProbability[e]!;
        twin.at = Math.max(twin.at, t);
        if (!informative) {
          // A turn comes in pieces: what the two got is counted over the whole of it.
          let turn = twin.turns.find((one) => one.sensor === record.index);
          if (turn === undefined) {
            if (twin.turns.length >= TWIN_SENSORS) twin.turns.shift();
            turn = { sensor: record.index, since: t, found: 0 };
            twin.turns.push(turn);
          }
          if (t - turn.since < 0.6e6 * period) {
            turn.found += found;
            continue;
          }
          const before = turn.found;
          turn.since = t;
          turn.found = found;
          found = Math.min(before, 2);
        }
        const none = -Math.log(1 - pd);
        const one = -Math.log(2 * (1 - pd));
        const change = found <= 1 ? (1 - found) * none + found * one : (2 - found) * one + (found - 1) * Math.log(SECOND_DETECTION);
        twin.odds = Math.min(Math.max(twin.odds + change, -4), TWIN_ODDS + 1);
        if (twin.odds > TWIN_ODDS && !isKeptApart(state, s[a + ID]!, s[b + ID]!)) becomeOne(state, a, b);
      }
    }
  }
  if (twins.length > 0) state.twins = twins.filter((pair) => pair.at > t - TWIN_MEMORY && pair.odds <= TWIN_ODDS);
}

/** A second of lying on one another without ever being seen apart. */
const TWIN_SECOND = 2;

/**
 * Sensors that look in turns never show all of their field of view at once, so `judgeTwins` has nothing to count there. What tells instead:
 * two tracks that lie on one another for some seconds, and of which no look ever showed both (`seenApart`), are one target. Called once a second.
 */
export function judgeStandingTwins(state: TrackerState, t: number): void {
  const s = state.slab;
  const { stride, twins } = state;
  for (let i = 0; i < state.count; i++) {
    const a = i * stride;
    if (s[a + EXISTENCE]! < 0.2 || s[a + CONFIRMED] !== 1) continue;
    for (let j = i + 1; j < state.count; j++) {
      const b = j * stride;
      if (Math.abs(s[a + MODES]! - s[b + MODES]!) > 400 || Math.abs(s[a + MODES + 1]! - s[b + MODES + 1]!) > 400) continue;
      if (s[b + EXISTENCE]! < 0.2 || s[b + CONFIRMED] !== 1 || s[a + EXISTENCE] === 0) continue;
      if (claimDifferent(state, s[a + IDENTITY]!, s[b + IDENTITY]!) || !overlap(state, a, b)) continue;
      if (isKeptApart(state, s[a + ID]!, s[b + ID]!)) continue;
      let twin = twins.find((pair) => pair.a === s[a + ID] && pair.b === s[b + ID]);
      if (twin === undefined) {
        if (twins.length >= MAXIMUM_TWINS) twins.shift();
        twin = { a: s[a + ID]!, b: s[b + ID]!, odds: -1, at: t, turns: [] };
        twins.push(twin);
      }
      twin.odds += TWIN_SECOND;
      twin.at = t;
      if (twin.odds > TWIN_ODDS) becomeOne(state, a, b);
    }
  }
  if (twins.length > 0) state.twins = twins.filter((pair) => pair.at > t - TWIN_MEMORY && pair.odds <= TWIN_ODDS);
}

/** Two identities of one scheme ("icao24:...", or without a scheme) that differ are claimed to be two objects. */
function claimDifferent(state: TrackerState, a: number, b: number): boolean {
  if (a < 0 || b < 0 || a === b) return false;
  const one = state.identities[a]!;
  const other = state.identities[b]!;
  return one.slice(0, Math.max(one.indexOf(":"), 0)) === other.slice(0, Math.max(other.indexOf(":"), 0));
}

/** Two tracks that one look shows both, each with a detection of its own, are two: what spoke for twins is forgotten. */
function seenApart(state: TrackerState, touched: number): void {
  if (state.twins.length === 0 || touched < 2) return;
  const s = state.slab;
  const { stride } = state;
  touchedOf.clear();
  for (let i = 0; i < touched; i++) if (firstEdge[i + 1]! > firstEdge[i]!) touchedOf.set(s[touchedSlot[i]! * stride + ID]!, i);
  if (touchedOf.size < 2) return;
  for (const twin of state.twins) {
    const i = touchedOf.get(twin.a);
    const j = i === undefined ? undefined : touchedOf.get(twin.b);
    if (i === undefined || j === undefined) continue;
    let found = 0;
    for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) found += edgeProbability[e]!;
    let other = 0;
    for (let e = firstEdge[j]!; e < firstEdge[j + 1]!; e++) other += edgeProbability[e]!;
    if (found > 0.7 && other > 0.7) twin.odds = -4;
  }
}

/** Place of each touched track with a gated detection, by identifier. */
const touchedOf = new Map<number, number>();

/** Whether two tracks agree in position and velocity, by the diagonals of their covariances. */
function overlap(state: TrackerState, a: number, b: number): boolean {
  const s = state.slab;
  const modes = state.settings.modes.length;
  collapseModes(s, a + MODE_PROBABILITY, a + MODES, modes, twinStates, 0);
  collapseModes(s, b + MODE_PROBABILITY, b + MODES, modes, twinStates, MODE_SIZE);
  const lead = (s[a + AT]! - s[b + AT]!) / 1e6;
  let sum = 0;
  // A height that nothing ever measured is a guess that the geometry of a slant range bends further, and a climb that only rough heights tell is
  // little but what newcomers are expected to do: they say nothing against one target.
  const heights = s[a + HEIGHT_KNOWN] === 1 && s[b + HEIGHT_KNOWN] === 1;
  const climbs = heights && twinStates[6 + UP_UP]! < ROUGH_HEIGHT && twinStates[MODE_SIZE + 6 + UP_UP]! < ROUGH_HEIGHT;
  for (let k = 0, p = 6; k < 6; p += ++k + 1) {
    if ((k === 2 && !heights) || (k === 5 && !climbs)) continue;
    const moved = k < 3 ? lead * twinStates[MODE_SIZE + 3 + k]! : 0;
    const difference = twinStates[k]! - twinStates[MODE_SIZE + k]! - moved;
    sum += (difference * difference) / (twinStates[p]! + twinStates[MODE_SIZE + p]!);
    if (sum > TWIN_DISTANCE) return false;
  }
  return true;
}

const twinStates = new Float64Array(2 * MODE_SIZE);
/** Place of the variance of the height in a packed covariance, and from where on it is too rough to tell a climb, m^2. */
const UP_UP = 5;
const ROUGH_HEIGHT = 2500;

/** Two tracks of one target: the older name stays, with the better state of the two and either's identity. */
function becomeOne(state: TrackerState, a: number, b: number): void {
  const s = state.slab;
  const keep = s[a + ID]! < s[b + ID]! ? a : b;
  const drop = keep === a ? b : a;
  const better = s[drop + EXISTENCE]! > s[keep + EXISTENCE]! || s[drop + UPDATED_AT]! > s[keep + UPDATED_AT]!;
  if (better) {
    const modes = state.settings.modes.length;
    for (let k = MODE_PROBABILITY; k < MODES + modes * MODE_SIZE; k++) s[keep + k] = s[drop + k]!;
    s[keep + EXISTENCE] = Math.max(s[keep + EXISTENCE]!, s[drop + EXISTENCE]!);
    s[keep + UPDATED_AT] = Math.max(s[keep + UPDATED_AT]!, s[drop + UPDATED_AT]!);
  }
  s[keep + HEIGHT_KNOWN] = Math.max(s[keep + HEIGHT_KNOWN]!, s[drop + HEIGHT_KNOWN]!);
  const identity = s[drop + IDENTITY]!;
  if (identity >= 0 && s[keep + IDENTITY] === -1) {
    s[keep + IDENTITY] = identity;
    state.identityTrack[identity] = s[keep + ID]!;
  }
  s[drop + EXISTENCE] = 0;
  s[drop + LAST_HISTORY] = -1; // no late detection brings it back
  state.counts.merged += 1;
}

/** Two detections of one track further apart than this make no pair, us. */
const PAIR_SPAN = 600_000;
/** Uses of a detection in pairs: with a report of the target itself, with another radar. */
const USED_ABSOLUTE = 1;
const USED_RELATIVE = 2;

/** Feeds registration: pairs the detection at `d` with recent ones of the same track by other sensors, then remembers it. */
function collectPairs(state: TrackerState, record: SensorRecord, slot: number, d: number): void {
  const log = state.detections;
  const kind = log[d + D_KIND]!;
  if (kind !== POLAR_3D && !(kind === POSITION_3D && record.sensor.cooperative)) return;
  if (kind === POLAR_3D && record.place === -1) {
    record.place = addPlace(state.registration);
    if (record.place === -1) return;
  }
  const recent = state.recent;
  const from = slot * RECENT_SIZE;
  const at = log[d + D_AT]!;
  let use = 0;
  let oldest = from;
  collapseModes(state.slab, slot * state.stride + MODE_PROBABILITY, slot * state.stride + MODES, state.settings.modes.length, pairState, 0);
  const velocity = [pairState[3]!, pairState[4]!, pairState[5]!];
  const velocityVariance = Math.max(pairState[6 + 9]!, pairState[6 + 14]!, pairState[6 + 20]!);
  for (let k = 0; k < RECENT; k++) {
    const p = from + 4 * k;
    if (recent[p + 2]! < recent[oldest + 2]!) oldest = p;
    const other = recent[p]!;
    if (!(Math.abs(recent[p + 2]! - at) < PAIR_SPAN) || recent[p + 1] === record.index || log[other + D_AT] !== recent[p + 2]) continue;
    const otherPolar = log[other + D_KIND] === POLAR_3D;
    if (!otherPolar && kind !== POLAR_3D) continue;
    const kindOfUse = otherPolar && kind === POLAR_3D ? USED_RELATIVE : USED_ABSOLUTE;
    if ((use & kindOfUse) !== 0 || (recent[p + 3]! & kindOfUse) !== 0) continue;
    const a = pairSide(record, log, d);
    const b = pairSide(state.sensors[recent[p + 1]!]!, log, other);
    // The polar side with a place is compared with the other; of two radars, the newer one.
    if (addPair(state.registration, a.polar ? a : b, a.polar ? b : a, velocity, velocityVariance)) {
      use |= kindOfUse;
      recent[p + 3] = recent[p + 3]! | kindOfUse;
    }
  }
  recent[oldest] = d;
  recent[oldest + 1] = record.index;
  recent[oldest + 2] = at;
  recent[oldest + 3] = use;
}

const pairState = new Float64Array(MODE_SIZE);

function pairSide(record: SensorRecord, log: Float64Array, d: number): PairSide {
  const polar = log[d + D_KIND] === POLAR_3D;
  const from = polar ? D_RAW : D_Z;
  return {
    place: polar ? record.place : -1,
    polar,
    z: [log[d + from]!, log[d + from + 1]!, log[d + from + 2]!],
    variance: [log[d + D_VARIANCE]!, log[d + D_VARIANCE + 1]!, log[d + D_VARIANCE + 2]!],
    at: log[d + D_AT]!,
    east: record.east,
    north: record.north,
    up: record.up,
    rotation: record.rotation,
    azimuthSign: record.azimuthSign,
  };
}

/** Weight that what was learned keeps over one look of everything: of false detections, of the detection probability. */
const CLUTTER_MEMORY = 0.98;
const DETECTION_MEMORY = 0.995;

/** Clutter rate, detection probability and the expected number of undetected targets, with forgetting. */
function learn(
  state: TrackerState,
  record: SensorRecord,
  t: number,
  touched: number,
  count: number,
  informative: boolean,
  again: boolean,
): void {
  const { settings } = state;
  // How much of a whole look this one is: a sensor that looks in turns sends what it finds as it turns. In silence it may have looked or not.
  const period = record.sensor.updatePeriod;
  let share = 1;
  if (!informative)
    share = period === undefined || record.lastLookAt === 0 ? 0 : Math.min((t - record.lastLookAt) / (1e6 * period), SILENT_TURNS);
  record.lastLookAt = t;
  if (!again) record.looks += 1;
  if (record.sensor.cooperative) return;
  if (informative) record.undetected *= 1 - detectionProbability(record);
  if (!(share > 0)) return;
  if (settings.adaptClutter) {
    let free = 0;
    for (let j = 0; j < count; j++) columnSum[j] = 1;
    for (let i = 0; i < touched; i++) {
      if (teachesNothing(state, touchedSlot[i]!)) continue;
      for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++)
        columnSum[edgeDetection[e]!] = columnSum[edgeDetection[e]!]! - edgeProbability[e]!;
    }
    for (let j = 0; j < count; j++) free += Math.max(columnSum[j]!, 0) * (1 - birthIntensity[j]! / background[j]!);
    const kept = share === 1 ? CLUTTER_MEMORY : Math.exp(share * Math.log(CLUTTER_MEMORY));
    record.clutterShape = record.clutterShape * kept + free;
    record.clutterRate = record.clutterRate * kept + share;
  }
  if (settings.adaptDetection) {
    const kept = share === 1 ? DETECTION_MEMORY : Math.exp(share * Math.log(DETECTION_MEMORY));
    record.detected *= kept;
    record.missed *= kept;
    for (let i = 0; i < touched; i++) learnDetection(state, record, t, i, informative);
    boundDetection(record);
  }
}

/** A track that surely is there and that the sensor sees teaches how often it does. */
function learnDetection(state: TrackerState, record: SensorRecord, t: number, i: number, informative: boolean): void {
  const { slab, stride } = state;
  const slot = touchedSlot[i]!;
  const base = slot * stride;
  if (slab[base + CONFIRMED] !== 1 || touchedCoverage[i]! < 0.99 || slab[base + EXISTENCE]! < 0.5) return;
  if (teachesNothing(state, slot)) return;
  const place = slot * state.places + sensorPlaceOf(state, record);
  if (1 / (1 + Math.exp(-state.detectable[place]!)) < (informative ? 0.9 : SURELY_SEEN)) return;
  let detected = 0;
  for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) detected += edgeProbability[e]!;
  if (!informative) {
    // In turns nothing says at once that a track was missed, nor whether one that is not seen again is still there. One that is found again was:
    // its turns without a detection were misses. What was found twice in one turn was found once; after long it was hidden.
    const since = (t - state.lookedAt[place]!) / (1e6 * record.sensor.updatePeriod!);
    if (detected <= 0.5 || since < 0.5) return;
    const missed = state.missedTurns[place]! + Math.max(Math.round(since) - 1, 0);
    state.missedTurns[place] = 0;
    if (missed > MOST_MISSED_TURNS) return;
    record.detected += detected;
    record.missed += missed;
    return;
  }
  record.detected += detected;
  record.missed += (1 - detected) * missedExistence(slab[base + EXISTENCE]!, touchedPd[i]!, true);
}

/** A track without a detection in more turns than this was behind something. */
const MOST_MISSED_TURNS = 5;

/** Probability that a sensor can see a target above which it did so already. */
export const SURELY_SEEN = 0.998;

/** Keeps a learned detection probability where one can be: neither blind nor infallible. */
function boundDetection(record: SensorRecord): void {
  const pd = detectionProbability(record);
  if (pd <= 0.99 && pd >= 0.05) return;
  const total = record.detected + record.missed;
  const kept = Math.min(Math.max(pd, 0.05), 0.99);
  record.detected = kept * total;
  record.missed = (1 - kept) * total;
}

/** A candidate track for each detection that nothing explains and that fixes a position. */
function createTracks(state: TrackerState, record: SensorRecord, t: number, first: number, count: number, how: LookOptions): void {
  const { settings } = state;
  const log = state.detections;
  const cooperative = record.sensor.cooperative;
  const measured = looksForItself(record);
  let victims: Victims | undefined;
  for (let j = 0; j < count; j++) {
    const d = (first + j) * D_SIZE;
    const kind = log[d + D_KIND]!;
    if (kind === BEARING || kind === BEARING_ELEVATION) {
      if (how.mode === "fresh" && unassigned[j]! > 0.5) {
        const withElevation = kind === BEARING_ELEVATION;
        addBearing(
          state.bearings,
          record.index,
          t,
          log[d + D_Z]!,
          log[d + D_VARIANCE]!,
          withElevation ? log[d + D_Z + 1]! : undefined,
          withElevation ? log[d + D_VARIANCE + 1]! : 0,
        );
      }
      continue;
    }
    const free = Math.min(Math.max(unassigned[j]!, 0), 1);
    const identity = log[d + D_IDENTITY]!;
    // A second track of an identity that has one is a copy unless the first is clearly elsewhere; its claim then waits for one more report.
    const r =
      ((free * birthIntensity[j]!) / background[j]!) * (cooperative && identity >= 0 && state.identityTrack[identity] !== 0 ? 0.2 : 1);
    if (!(r >= settings.birthExistence)) continue;
    let slot = -1;
    if (how.mode === "replay") {
      const old = log[d + D_BORN]! > 0 ? slotOf(state, log[d + D_BORN]!) : -1;
      if (old >= 0 && state.slab[old * state.stride + HITS] === -1) slot = old;
      else if (old >= 0 || how.learn !== true) continue;
    }
    if (slot < 0) {
      if (state.count >= settings.maximumTracks) {
        victims ??= findVictims(state);
        if (!makeRoom(state, victims, r, measured)) continue;
      }
      slot = appendSlot(state);
      state.slab[slot * state.stride + ID] = state.nextId++;
    }
    initialise(state, slot, record, t, d, Math.min(r, 1 - 1e-6));
    if (measured) noteMeasured(state, slot, t);
    rememberState(state, slot);
    log[d + D_BORN] = state.slab[slot * state.stride + ID]!;
  }
}

/** Starts a track where bearings of two sensors cross, unless one is there already. */
export function startFromFix(state: TrackerState, fix: Fix): void {
  const { settings } = state;
  const s0 = state.slab;
  const reach = 3 * Math.sqrt(fix.positionVariance) + 30;
  for (let slot = 0; slot < state.count; slot++) {
    const base = slot * state.stride;
    const lead = (fix.at - s0[base + AT]!) / 1e6;
    const o = base + MODES;
    if (s0[base + EXISTENCE]! < 0.1) continue;
    if (Math.hypot(s0[o]! + lead * s0[o + 3]! - fix.x[0], s0[o + 1]! + lead * s0[o + 4]! - fix.x[1]) < reach) return;
  }
  if (state.count >= settings.maximumTracks && !makeRoom(state, findVictims(state), FIX_EXISTENCE, false)) return;
  const slot = appendSlot(state);
  const s = state.slab;
  const base = slot * state.stride;
  s.fill(0, base, base + state.stride);
  s[base + ID] = state.nextId++;
  s[base + AT] = fix.at;
  s[base + CREATED_AT] = fix.at;
  s[base + UPDATED_AT] = fix.at;
  s[base + EXISTENCE] = FIX_EXISTENCE;
  s[base + HITS] = 1;
  s[base + HEIGHT_KNOWN] = fix.upVariance > 0 ? 1 : 0;
  s[base + COVERED_UNTIL] = fix.at + 3_000_000;
  s[base + IDENTITY] = -1;
  s[base + LAST_HISTORY] = -1;
  s[base + HIDDEN] = 0;
  state.recent.fill(0, slot * RECENT_SIZE, (slot + 1) * RECENT_SIZE);
  for (let k = 0; k < state.sensors.length && k < state.places; k++) {
    state.detectable[slot * state.places + k] = detectableOdds(state, state.sensors[k]!, fix.sensors.includes(k));
    state.lookedAt[slot * state.places + k] = fix.at;
  }
  let total = 0;
  for (const mode of settings.modes) total += mode.share;
  settings.modes.forEach((mode, m) => {
    s[base + MODE_PROBABILITY + m] = mode.share / total;
    const o = base + MODES + m * MODE_SIZE;
    for (let k = 0; k < 6; k++) s[o + k] = fix.x[k]!;
    const p = o + 6;
    s[p] = fix.positionVariance;
    s[p + 2] = fix.positionVariance;
    if (fix.upVariance > 0) s[p + 5] = fix.upVariance;
    else {
      s[o + 2] = state.sensors[fix.sensors[0]]!.up + settings.unknownHeight;
      s[p + 5] = settings.unknownHeightSigma * settings.unknownHeightSigma;
    }
    s[p + 9] = fix.velocityVariance;
    s[p + 14] = fix.velocityVariance;
    s[p + 20] = mode.birthSpeedUp * mode.birthSpeedUp;
  });
  rememberState(state, slot);
}

/** A crossing that passed its chi-square test is a candidate; further bearings must confirm it. */
const FIX_EXISTENCE = 0.4;

const line = new Float64Array(9);

/** First state of a track from one detection: position from the measurement, velocity unknown but for the range-rate. */
function initialise(state: TrackerState, slot: number, record: SensorRecord, t: number, d: number, r: number): void {
  const { settings } = state;
  const s = state.slab;
  const log = state.detections;
  const base = slot * state.stride;
  const kind = log[d + D_KIND]!;
  const n = log[d + D_COMPONENTS]!;
  s[base + AT] = t;
  s[base + CREATED_AT] = t;
  s[base + UPDATED_AT] = t;
  s[base + EXISTENCE] = r;
  s[base + HITS] = 1;
  s[base + HEIGHT_KNOWN] = kind === POLAR_3D || kind === POSITION_3D || kind === POSITION_3D_VELOCITY ? 1 : 0;
  s[base + COVERED_UNTIL] = t + 3e6 * (record.sensor.updatePeriod ?? 1);
  s[base + CONFIRMED] = record.sensor.cooperative && r >= settings.confirmExistence ? 1 : 0;
  s[base + IDENTITY] = log[d + D_IDENTITY]!;
  s[base + LAST_HISTORY] = -1;
  s[base + HIDDEN] = 0;
  state.recent.fill(0, slot * RECENT_SIZE, (slot + 1) * RECENT_SIZE);
  if (log[d + D_IDENTITY]! >= 0 && state.identityTrack[log[d + D_IDENTITY]!] === 0)
    state.identityTrack[log[d + D_IDENTITY]!] = s[base + ID]!;
  for (let k = 0; k < state.sensors.length && k < state.places; k++) {
    const other = state.sensors[k]!;
    state.detectable[slot * state.places + k] = detectableOdds(state, other, k === record.index);
    state.lookedAt[slot * state.places + k] = t;
  }
  const modes = settings.modes;
  for (let m = 0; m < modes.length; m++) {
    const mode = modes[m]!;
    s[base + MODE_PROBABILITY + m] = mode.share;
    const o = base + MODES + m * MODE_SIZE;
    for (let k = 0; k < MODE_SIZE; k++) s[o + k] = 0;
    const p = o + 6;
    const speed = mode.birthSpeed * mode.birthSpeed;
    const speedUp = mode.birthSpeedUp * mode.birthSpeedUp;
    s[p + 9] = speed;
    s[p + 14] = speed;
    s[p + 20] = speedUp;
    if (kind >= POSITION_2D) {
      s[o] = log[d + D_Z]!;
      s[o + 1] = log[d + D_Z + 1]!;
      s[p] = log[d + D_VARIANCE]!;
      s[p + 1] = log[d + D_COVARIANCE_EN]!;
      s[p + 2] = log[d + D_VARIANCE + 1]!;
      const hasHeight = kind === POSITION_3D || kind === POSITION_3D_VELOCITY;
      s[o + 2] = hasHeight ? log[d + D_Z + 2]! : record.up + settings.unknownHeight;
      s[p + 5] = hasHeight ? log[d + D_VARIANCE + 2]! : settings.unknownHeightSigma * settings.unknownHeightSigma;
      if (kind === POSITION_2D_VELOCITY) {
        s[o + 3] = log[d + D_Z + 2]!;
        s[o + 4] = log[d + D_Z + 3]!;
        s[p + 9] = log[d + D_VARIANCE + 2]!;
        s[p + 14] = log[d + D_VARIANCE + 3]!;
      } else if (kind === POSITION_3D_VELOCITY) {
        for (let k = 0; k < 3; k++) s[o + 3 + k] = log[d + D_Z + 3 + k]!;
        s[p + 9] = log[d + D_VARIANCE + 3]!;
        s[p + 14] = log[d + D_VARIANCE + 4]!;
        s[p + 20] = log[d + D_VARIANCE + 5]!;
      }
      continue;
    }
    // Polar: unit vectors along range, azimuth and elevation in the sensor's frame, turned into the site's.
    const range = Math.max(log[d + D_Z]!, 1);
    const azimuth = log[d + D_Z + 1]!;
    const has3d = kind === POLAR_3D;
    let elevation: number;
    let elevationVariance: number;
    if (has3d) {
      elevation = log[d + D_Z + 2]!;
      elevationVariance = log[d + D_VARIANCE + 2]!;
    } else {
      elevation = Math.asin(Math.min(Math.max(settings.unknownHeight / range, -0.9), 0.9));
      const sine = Math.min(settings.unknownHeightSigma / range, 0.7);
      elevationVariance = sine * sine;
    }
    const ce = Math.cos(elevation);
    const se = Math.sin(elevation);
    const horizontal0 = record.azimuthSign > 0 ? Math.cos(azimuth) : Math.sin(azimuth);
    const horizontal1 = record.azimuthSign > 0 ? Math.sin(azimuth) : Math.cos(azimuth);
    const rot = record.rotation;
    // Rows: along range, along azimuth, along elevation.
    line[0] = ce * horizontal0;
    line[1] = ce * horizontal1;
    line[2] = se;
    line[3] = -horizontal1;
    line[4] = horizontal0;
    line[5] = 0;
    line[6] = -se * horizontal0;
    line[7] = -se * horizontal1;
    line[8] = ce;
    for (let k = 0; k < 3; k++) {
      const a = line[k * 3]!;
      const b = line[k * 3 + 1]!;
      const c = line[k * 3 + 2]!;
      line[k * 3] = a * rot[0]! + b * rot[3]! + c * rot[6]!;
      line[k * 3 + 1] = a * rot[1]! + b * rot[4]! + c * rot[7]!;
      line[k * 3 + 2] = a * rot[2]! + b * rot[5]! + c * rot[8]!;
    }
    s[o] = record.east + range * line[0]!;
    s[o + 1] = record.north + range * line[1]!;
    s[o + 2] = record.up + range * line[2]!;
    const vr = log[d + D_VARIANCE]!;
    const va = log[d + D_VARIANCE + 1]! * range * range * ce * ce;
    const ve = elevationVariance * range * range;
    let k = p;
    for (let i = 0; i < 3; i++) {
      for (let q = 0; q <= i; q++) {
        s[k++] = vr * line[i]! * line[q]! + va * line[3 + i]! * line[3 + q]! + ve * line[6 + i]! * line[6 + q]!;
      }
    }
    const hasRate = has3d ? n === 4 : n === 3;
    if (hasRate) {
      // Condition the velocity prior on its component along the line of sight.
      const rate = log[d + D_Z + n - 1]!;
      const rateVariance = log[d + D_VARIANCE + n - 1]!;
      const g0 = speed * line[0]!;
      const g1 = speed * line[1]!;
      const g2 = speedUp * line[2]!;
      const total = g0 * line[0]! + g1 * line[1]! + g2 * line[2]! + rateVariance;
      s[o + 3] = (g0 * rate) / total;
      s[o + 4] = (g1 * rate) / total;
      s[o + 5] = (g2 * rate) / total;
      s[p + 9] = speed - (g0 * g0) / total;
      s[p + 13] = -(g1 * g0) / total;
      s[p + 14] = speed - (g1 * g1) / total;
      s[p + 18] = -(g2 * g0) / total;
      s[p + 19] = -(g2 * g1) / total;
      s[p + 20] = speedUp - (g2 * g2) / total;
      // How well this mode's prior explains the range-rate decides how likely the mode is.
      s[base + MODE_PROBABILITY + m] = mode.share * normalDensity(rate, Math.sqrt(total));
    }
  }
  let total = 0;
  for (let m = 0; m < modes.length; m++) total += s[base + MODE_PROBABILITY + m]!;
  for (let m = 0; m < modes.length; m++)
    s[base + MODE_PROBABILITY + m] = total > 0 ? s[base + MODE_PROBABILITY + m]! / total : 1 / modes.length;
}

/** Log-odds, before any look, that a sensor can see a target at all. */
export function detectableOdds(state: TrackerState, record: SensorRecord, seen: boolean): number {
  if (seen) return Math.log(0.999 / 0.001);
  const share =
    record.sensor.detectableShare ?? (record.sensor.passive === true ? state.settings.passiveShare : state.settings.activeShare);
  return Math.log(share / (1 - share));
}

/** Which track each detection most probably updated. */
function reportAssignments(state: TrackerState, first: number, count: number, touched: number, out: Assignment[]): void {
  const log = state.detections;
  for (let j = 0; j < count; j++) {
    bestTrack[j] = 0;
    bestProbability[j] = 0;
  }
  for (let i = 0; i < touched; i++) {
    const id = state.slab[touchedSlot[i]! * state.stride + ID]!;
    for (let e = firstEdge[i]!; e < firstEdge[i + 1]!; e++) {
      const j = edgeDetection[e]!;
      if (edgeProbability[e]! > bestProbability[j]!) {
        bestProbability[j] = edgeProbability[e]!;
        bestTrack[j] = id;
      }
    }
  }
  for (let j = 0; j < count; j++) {
    const d = (first + j) * D_SIZE;
    const free = Math.max(unassigned[j]!, 0);
    if (bestProbability[j]! >= free && bestTrack[j]! > 0)
      out.push({ handle: log[d + D_HANDLE]!, trackId: bestTrack[j]!, probability: bestProbability[j]! });
    else out.push({ handle: log[d + D_HANDLE]!, trackId: log[d + D_BORN]!, probability: log[d + D_BORN]! > 0 ? free : 0 });
  }
}
