// The tracker as the engine sees it: scans in, tracks out. The state is plain data; these functions are the only ones that change it.

import { wrapAngle } from "../base/units.ts";
import { collapseModes } from "../estimation/imm.ts";
import { MODE_SIZE } from "../estimation/motion.ts";
import { unpackSymmetric6 } from "../math/symmetric.ts";
import { BIASES } from "../registration/bias-filter.ts";
import { type BearingEstimate, type BearingSensor, crossBearings, forgetBearings, readBearings } from "./bearing-tracks.ts";
import { findGroups, type TrackGroup } from "./groups.ts";
import { applyLateLook } from "./late.ts";
import {
  applyLook,
  coverage,
  detectableOdds,
  detectionProbability,
  hiddenAfterMiss,
  judgeStandingTwins,
  SURELY_SEEN,
  startFromFix,
  survival,
} from "./look.ts";
import { toTracklet } from "./source-track.ts";
import type { Assignment, MeasurementKind, Scan, TrackEstimate, TrackerDetection, TrackerSensor } from "./tracker.ts";
import {
  AT,
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
  ID,
  L_AT,
  L_COUNT,
  L_FIRST,
  L_FULL,
  L_SENSOR,
  L_SIZE,
  LOOK_SLOTS,
  MODE_PROBABILITY,
  MODES,
  noteLearned,
  placeDetections,
  removeTracks,
  reserveSensorPlaces,
  type SensorRecord,
  type TrackerState,
  UPDATED_AT,
} from "./tracker-state.ts";

export { setStandings, type TrackStanding } from "./standing.ts";
export { FLAT_SETTINGS, SPATIAL_SETTINGS, type TrackerSettings } from "./tracker-settings.ts";
export { createTracker, type TrackerState } from "./tracker-state.ts";

const KINDS: readonly MeasurementKind[] = [
  "polar3d",
  "polar2d",
  "bearing",
  "bearing-elevation",
  "position2d",
  "position3d",
  "position2d-velocity",
  "position3d-velocity",
];
/** Components that a kind must have at least and at most. */
const COMPONENTS: readonly (readonly [number, number])[] = [
  [3, 4],
  [2, 3],
  [1, 1],
  [2, 2],
  [2, 2],
  [3, 3],
  [4, 4],
  [6, 6],
];
/** Late by at most this, us, a scan that is part of a turn updates tracks where they are instead of repeating what came since. */
const RETRODICTION_LIMIT = 2_500_000;
/** A scan further ahead of the tracker's time than this (us) waits until others confirm the jump. */
const LARGEST_STEP = 60_000_000;
const CONFIRMING_SCANS = 3;
/** Detections with times of their own are worked in together when they are this close, us. */
const TIME_BIN = 20_000;
const MAXIMUM_IDENTITIES = 20_000;
/** Weight, in looks, of the configured clutter; in detections, of the configured detection probability. */
const CLUTTER_PRIOR_LOOKS = 5;
const DETECTION_PRIOR = 60;

/** Identifier of a place in the list that a forgotten sensor left; no sensor can be called so. */
const FREE = "\u0000";

/** Forgets a sensor and what was learned of it; its place goes to the next new one. */
export function forgetSensor(state: TrackerState, sensorId: string): void {
  const record = state.sensors.find((candidate) => candidate.sensor.id === sensorId);
  if (record !== undefined) record.sensor = { ...record.sensor, id: FREE, cooperative: true };
}

/** Adds a sensor, or changes one: what was learned of it is kept unless its configured values changed. */
export function setSensor(state: TrackerState, sensor: TrackerSensor): void {
  const old = state.sensors.find((record) => record.sensor.id === sensor.id);
  const pd = Math.min(Math.max(sensor.detectionProbability, 0.01), 0.99);
  const clutter = Math.max(sensor.falseDetectionsPerScan, 1e-6);
  const fresh = {
    sensor,
    east: sensor.positionEnu[0],
    north: sensor.positionEnu[1],
    up: sensor.positionEnu[2],
    rotation: sensor.rotation.length === 9 ? sensor.rotation : [1, 0, 0, 0, 1, 0, 0, 0, 1],
    azimuthSign: sensor.azimuthFrom === "east" ? (1 as const) : (-1 as const),
  };
  if (old !== undefined) {
    const same =
      old.sensor.detectionProbability === sensor.detectionProbability &&
      old.sensor.falseDetectionsPerScan === sensor.falseDetectionsPerScan;
    Object.assign(old, fresh);
    if (!same) {
      old.clutterShape = clutter * CLUTTER_PRIOR_LOOKS;
      old.clutterRate = CLUTTER_PRIOR_LOOKS;
      old.detected = pd * DETECTION_PRIOR;
      old.missed = (1 - pd) * DETECTION_PRIOR;
    }
    return;
  }
  const free = state.sensors.findIndex((candidate) => candidate.sensor.id === FREE);
  const record: SensorRecord = {
    ...fresh,
    index: free < 0 ? state.sensors.length : free,
    undetected: 0,
    place: -1,
    lastLookAt: 0,
    looks: 0,
    clutterShape: clutter * CLUTTER_PRIOR_LOOKS,
    clutterRate: CLUTTER_PRIOR_LOOKS,
    detected: pd * DETECTION_PRIOR,
    missed: (1 - pd) * DETECTION_PRIOR,
    refused: 0,
    late: 0,
    tooLate: 0,
    allowed: state.settings.maximumDetections,
    allowedAt: 0,
  };
  state.sensors[record.index] = record;
  reserveSensorPlaces(state, state.sensors.length);
  if (record.index >= state.places) return;
  for (let slot = 0; slot < state.count; slot++) {
    state.detectable[slot * state.places + record.index] = detectableOdds(state, record, false);
    state.lookedAt[slot * state.places + record.index] = state.slab[slot * state.stride + UPDATED_AT]!;
  }
}

function refuse(state: TrackerState, record: SensorRecord | undefined, reason: string, by = 1): void {
  state.counts.refused += by;
  state.counts.refusedReasons[reason] = (state.counts.refusedReasons[reason] ?? 0) + by;
  if (record !== undefined) record.refused += by;
}

/**
 * Nobody measures better than to a millimetre (or mm/s) and 30 microradians. What says so is taken at that, and counted: smaller variances, beside those
 * of a newcomer, are lost in rounding, and a covariance would no longer be one.
 */
const LEAST_VARIANCE = 1e-6;
const LEAST_ANGLE_VARIANCE = 1e-9;

const isAngle = (kind: number, component: number): boolean =>
  (kind <= 1 && (component === 1 || (kind === 0 && component === 2))) || kind === 2 || kind === 3;

/** Why a detection cannot be used, or undefined. */
function fault(detection: TrackerDetection): string | undefined {
  const kind = KINDS.indexOf(detection.kind);
  if (kind < 0) return "unknown-kind";
  const limits = COMPONENTS[kind]!;
  const n = detection.z.length;
  if (n < limits[0] || n > limits[1] || detection.variance.length !== n) return "wrong-length";
  for (let k = 0; k < n; k++) {
    const z = detection.z[k]!;
    const v = detection.variance[k]!;
    if (!Number.isFinite(z) || Math.abs(z) > 1e7) return "value";
    if (!(v > 0) || v > 1e12) return "variance";
    if (isAngle(kind, k) && (v > 3 || Math.abs(z) > 7)) return v > 3 ? "variance" : "value";
  }
  if (kind <= 1 && detection.z[0]! < 0) return "value";
  const cross = detection.covarianceEn ?? 0;
  if (!Number.isFinite(cross) || cross * cross >= detection.variance[0]! * (detection.variance[1] ?? 1)) return "variance";
  return undefined;
}

function identityPlace(state: TrackerState, identity: string | undefined): number {
  if (identity === undefined) return -1;
  const key = `#${identity}`;
  const known = state.identityPlace[key];
  if (known !== undefined) return known;
  let place = state.identities.length;
  if (place >= MAXIMUM_IDENTITIES) {
    // Take over the place of an identity that no track holds.
    place = -1;
    for (let tried = 0; tried < MAXIMUM_IDENTITIES; tried++) {
      const candidate = state.nextIdentity;
      state.nextIdentity = (candidate + 1) % MAXIMUM_IDENTITIES;
      if (state.identityTrack[candidate] === 0) {
        place = candidate;
        break;
      }
    }
    if (place < 0) return -1;
    delete state.identityPlace[`#${state.identities[place]!}`];
  }
  state.identities[place] = identity;
  state.identityTrack[place] = 0;
  state.identityPlace[key] = place;
  return place;
}

/** Whether a detection equal to this one, of the same sensor and instant, is in the log already. */
function isRepeated(
  state: TrackerState,
  record: SensorRecord,
  t: number,
  kind: number,
  detection: TrackerDetection,
  since: number,
): boolean {
  const log = state.detections;
  for (let n = state.lookCount - 1; n >= Math.max(0, state.lookCount - 64, since); n--) {
    const at = (n % LOOK_SLOTS) * L_SIZE;
    if (state.looks[at + L_AT]! !== t || state.looks[at + L_SENSOR] !== record.index) continue;
    const first = state.looks[at + L_FIRST]!;
    for (let j = 0; j < state.looks[at + L_COUNT]!; j++) {
      const d = (first + j) * D_SIZE;
      if (log[d + D_KIND] !== kind || log[d + D_COMPONENTS] !== detection.z.length) continue;
      let equal = true;
      for (let k = 0; k < detection.z.length; k++)
        if (log[d + (k < 3 ? D_RAW : D_Z) + k] !== wrapped(kind, k, detection.z[k]!)) equal = false;
      if (equal) return true;
    }
  }
  return false;
}

function wrapped(kind: number, component: number, value: number): number {
  const azimuth = (kind <= 1 && component === 1) || ((kind === 2 || kind === 3) && component === 0);
  if (!azimuth) return value;
  if (value > Math.PI) return value - 2 * Math.PI;
  return value <= -Math.PI ? value + 2 * Math.PI : value;
}

/**
 * Works one scan in and answers, for each detection used, which track it most probably updated.
 *
 * Times may be older than the tracker's: late data goes back to its own instant (`late.ts`), or is refused and counted when it is older
 * than the history. Detections that are not numbers, repeat themselves, or have absurd variances are refused and counted by reason.
 * Never throws.
 */
export function processScan(state: TrackerState, scan: Scan): Assignment[] {
  const record = state.sensors.find((candidate) => candidate.sensor.id === scan.sensorId);
  const assignments: Assignment[] = [];
  if (record === undefined) {
    refuse(state, undefined, "unknown-sensor");
    return assignments;
  }
  if (!Number.isFinite(scan.t) || scan.t < 0) {
    refuse(state, record, "time");
    return assignments;
  }
  if (state.now > 0 && scan.t > state.now + LARGEST_STEP) {
    // One sensor's clock must not carry the whole picture away; three scans that agree may.
    if (Math.abs(scan.t - state.jumpTo) > LARGEST_STEP) state.jumpSeen = 0;
    state.jumpTo = scan.t;
    state.jumpSeen += 1;
    if (state.jumpSeen < CONFIRMING_SCANS) {
      refuse(state, record, "time-jump");
      return assignments;
    }
    state.jumpSeen = 0;
  }
  const full = scan.looked === "field-of-view";
  // Detections with a time of their own form looks of their own, in order of time.
  let bins: { t: number; detections: TrackerDetection[] }[];
  if (scan.detections.every((detection) => detection.t === undefined || detection.t === scan.t)) {
    bins = [{ t: scan.t, detections: scan.detections as TrackerDetection[] }];
  } else {
    const ordered = [...scan.detections].sort((a, b) => (a.t ?? scan.t) - (b.t ?? scan.t));
    bins = [];
    for (const detection of ordered) {
      const t = detection.t ?? scan.t;
      if (!Number.isFinite(t) || Math.abs(t - scan.t) > LARGEST_STEP) {
        refuse(state, record, "time");
        continue;
      }
      const last = bins.at(-1);
      if (last !== undefined && t - last.t <= TIME_BIN) last.detections.push(detection);
      else bins.push({ t, detections: [detection] });
    }
  }
  if (bins.length === 0) bins.push({ t: scan.t, detections: [] });
  for (let b = 0; b < bins.length; b++)
    processLook(state, record, bins[b]!.t, bins[b]!.detections, full && b === bins.length - 1 && bins.length === 1, assignments);
  return assignments;
}

function processLook(
  state: TrackerState,
  record: SensorRecord,
  t: number,
  detections: readonly TrackerDetection[],
  full: boolean,
  assignments: Assignment[],
): void {
  const { settings } = state;
  if (t < state.now - settings.historySeconds * 1e6) {
    state.counts.tooLate += 1;
    record.tooLate += 1;
    refuse(state, record, "too-late");
    return;
  }
  const room = allowance(state, record, t, detections.length);
  if (room < detections.length) {
    // What was refused cannot be told from what was missed.
    refuse(state, record, "too-many", detections.length - room);
    full = false;
  }
  const first = placeDetections(state, room);
  const log = state.detections;
  let used = 0;
  const sameInstant = t <= record.lastLookAt;
  for (let j = 0; j < room; j++) {
    let detection = detections[j]!;
    const reason = fault(detection);
    if (reason !== undefined) {
      refuse(state, record, reason);
      continue;
    }
    const kind = KINDS.indexOf(detection.kind);
    if (detection.sourceTrack !== undefined) {
      if (
        detection.madeOf?.some((id) => id !== record.sensor.id && state.sensors.some((other) => other.sensor.id === id && other.looks > 0))
      ) {
        state.counts.countedAlready += 1;
        refuse(state, record, "counted-already");
        continue;
      }
      const tracklet = toTracklet(state.sourceTracks, record.sensor.id, detection, t);
      if (tracklet === undefined) {
        refuse(state, record, "repeated");
        continue;
      }
      detection = tracklet;
    }
    if (sameInstant && isRepeated(state, record, t, kind, detection, 0)) {
      state.counts.duplicates += 1;
      refuse(state, record, "repeated");
      continue;
    }
    const d = (first + used) * D_SIZE;
    log[d + D_KIND] = kind;
    log[d + D_COMPONENTS] = detection.z.length;
    log[d + D_HANDLE] = detection.handle;
    log[d + D_IDENTITY] = identityPlace(state, detection.identity);
    log[d + D_COVARIANCE_EN] = detection.covarianceEn ?? 0;
    log[d + D_BORN] = 0;
    log[d + D_CLAIM_TRACK] = 0;
    log[d + D_CLAIM_TRACK + 1] = 0;
    log[d + D_CLAIM_PROBABILITY] = 0;
    log[d + D_CLAIM_PROBABILITY + 1] = 0;
    log[d + D_AT] = t;
    for (let k = 0; k < detection.z.length; k++) {
      const z = wrapped(kind, k, detection.z[k]!);
      log[d + D_Z + k] = z;
      const variance = detection.variance[k]!;
      const least = isAngle(kind, k) ? LEAST_ANGLE_VARIANCE : LEAST_VARIANCE;
      if (variance < least) state.counts.widened += 1;
      log[d + D_VARIANCE + k] = Math.max(variance, least);
      if (k < 3) log[d + D_RAW + k] = z;
    }
    if (kind === 0 && record.place >= 0) removeBias(state, record, d);
    used += 1;
  }
  if (full && sameInstant && used === 0 && detections.length > 0) return; // the same scan again says nothing new
  state.nextDetection = first + used;
  const at = (state.lookCount % LOOK_SLOTS) * L_SIZE;
  state.looks[at + L_SENSOR] = record.index;
  state.looks[at + L_AT] = t;
  state.looks[at + L_FIRST] = first;
  state.looks[at + L_COUNT] = used;
  state.looks[at + L_FULL] = full ? 1 : 0;
  noteLearned(state, state.lookCount, record);
  state.lookCount += 1;
  if (t < state.now) {
    state.counts.late += 1;
    record.late += 1;
    // Part of a turn, and but a little late: no miss has to be taken back, and no look repeated.
    if (!full && state.now - t <= RETRODICTION_LIMIT) applyLook(state, record, t, first, used, false, { mode: "retro", assignments });
    else applyLateLook(state, record, state.lookCount - 1, assignments);
  } else {
    state.now = t;
    applyLook(state, record, t, first, used, full, { mode: "fresh", assignments });
    if (state.bearings.tracks.length > 1)
      for (const fix of crossBearings(state.bearings, bearingSensors(state), t)) startFromFix(state, fix);
    if (state.bearings.tracks.length > 0) forgetBearings(state.bearings, t);
  }
  sweep(state);
}

/**
 * How many of `wanted` detections a sensor may still give: no more than the settings allow a second in the long run, nor in one go. One that sends
 * more than any radar can see takes nobody else's time.
 */
function allowance(state: TrackerState, record: SensorRecord, t: number, wanted: number): number {
  const { maximumDetections, maximumDetectionRate } = state.settings;
  if (t > record.allowedAt) {
    record.allowed = Math.min(record.allowed + ((t - record.allowedAt) / 1e6) * maximumDetectionRate, maximumDetections);
    record.allowedAt = t;
  }
  const given = Math.min(wanted, Math.floor(record.allowed));
  record.allowed -= given;
  return given;
}

const bearingSensors = (state: TrackerState): BearingSensor[] =>
  state.sensors.map((record) => ({
    index: record.index,
    east: record.east,
    north: record.north,
    up: record.up,
    azimuthSign: record.azimuthSign,
    rangeMax: record.sensor.fieldOfView?.rangeMax ?? 10_000,
  }));

/** Bearings that belong to no track in space, each with how far away it may be. */
export function readBearingTracks(state: TrackerState): BearingEstimate[] {
  return readBearings(state.bearings, bearingSensors(state));
}

/** Groups of more than six tracks that fly together, as of the last whole second that `advanceTime` saw. */
export function readGroups(state: TrackerState): readonly TrackGroup[] {
  return state.groupList;
}

/** Takes the sensor's estimated bias off a polar detection, and adds what is not yet known of it to the variance (Schmidt). */
function removeBias(state: TrackerState, record: SensorRecord, d: number): void {
  const { registration, detections: log } = state;
  if (registration.pairs[record.place]! === 0) return;
  for (let k = 0; k < 3; k++) {
    const i = record.place * BIASES + k;
    const z = log[d + D_RAW + k]! - registration.applied[i]!;
    log[d + D_Z + k] = k === 1 ? wrapAngle(z) : z;
    log[d + D_VARIANCE + k] = log[d + D_VARIANCE + k]! + registration.appliedVariance[i]!;
  }
}

/** Drops tracks whose existence fell below the floor. */
function sweep(state: TrackerState): void {
  const { slab, stride } = state;
  const floor = state.settings.dropExistence;
  let any = false;
  for (let slot = 0; slot < state.count; slot++) if (!(slab[slot * stride + EXISTENCE]! >= floor)) any = true;
  if (!any) return;
  removeTracks(state, (slot) => !(slab[slot * stride + EXISTENCE]! >= floor));
}

/**
 * Lets time pass to `t` (us): sensors that look in turns ("detections-only" with an `updatePeriod`) have missed what they should have
 * seen by now, and tracks that nothing supports any longer are dropped.
 */
export function advanceTime(state: TrackerState, t: number): void {
  if (!Number.isFinite(t)) return;
  if (t > state.now) state.now = t;
  const { slab, stride } = state;
  for (const record of state.sensors) {
    const period = record.sensor.updatePeriod;
    if (record.sensor.cooperative || period === undefined || record.index >= state.places) continue;
    // A sensor that has gone silent misses nothing: it did not look.
    if (record.looks === 0 || t - record.lastLookAt > 2.5e6 * period) continue;
    for (let slot = 0; slot < state.count; slot++) {
      const place = slot * state.places + record.index;
      const base = slot * stride;
      if (t - state.lookedAt[place]! < 1.4e6 * period) continue;
      const lead = (t - slab[base + AT]!) / 1e6;
      const o = base + MODES;
      const inside = coverage(
        record,
        slab[o]! + lead * slab[o + 3]!,
        slab[o + 1]! + lead * slab[o + 4]!,
        slab[o + 2]! + lead * slab[o + 5]!,
        50,
      );
      state.lookedAt[place] = state.lookedAt[place]! + 1e6 * period;
      if (inside === 0) continue;
      const share = 1 / (1 + Math.exp(-state.detectable[place]!));
      const detect = detectionProbability(record) * inside;
      // The state is not predicted here, so what hides a target has to be let go here as well.
      if (state.settings.hidingRate > 0 && slab[base + CONFIRMED] === 1) {
        const stay = Math.exp(-period / state.settings.hidingTime);
        slab[base + HIDDEN] =
          slab[base + HIDDEN]! * stay + (1 - slab[base + HIDDEN]!) * (1 - Math.exp(-state.settings.hidingRate * period));
      }
      const pd = Math.min(detect * share * (1 - slab[base + HIDDEN]!), 0.999);
      // It may have ended since the last turn: without this doubt a sure track would outlive many misses.
      const r = slab[base + EXISTENCE]! * Math.exp(-period / state.settings.lifetime);
      state.missedTurns[place] = state.missedTurns[place]! + 1;
      slab[base + HIDDEN] = hiddenAfterMiss(slab[base + HIDDEN]!, detect * share);
      slab[base + EXISTENCE] = (r * (1 - pd)) / (1 - r * pd);
      slab[base + COVERED_UNTIL] = Math.max(slab[base + COVERED_UNTIL]!, t + 1e6 * period);
      // As in a whole look: an active sensor that saw the target once can see it; only a passive one may fall silent.
      if (record.sensor.passive !== true && share > SURELY_SEEN) continue;
      const able = Math.min(Math.max((share * (1 - detect)) / Math.max(1 - share * detect, 1e-9), 1e-4), 1 - 1e-4);
      state.detectable[place] = Math.log(able / (1 - able));
    }
  }
  const floor = state.settings.dropExistence;
  removeTracks(state, (slot) => !(slab[slot * stride + EXISTENCE]! * survival(state, slot * stride, state.now) >= floor));
  if (state.now - state.groupsAt >= 1_000_000) {
    state.groupsAt = state.now;
    judgeStandingTwins(state, state.now);
    const tracks = readTracks(state).map((track) => predictTrack(track, state.now));
    state.groupList = findGroups(state.groups, tracks, state.now);
  }
}

const collapsed = new Float64Array(MODE_SIZE);
const COASTING_AFTER = 2_500_000;

/**
 * The reportable tracks, in rising order of identifier: those at or above the reporting threshold, and tentative ones that stand on
 * more than one detection. Each state is at its own instant (`at`); `predictTrack` carries it forward.
 */
export function readTracks(state: TrackerState, least = state.settings.reportExistence): TrackEstimate[] {
  const { slab, stride, settings } = state;
  const tracks: TrackEstimate[] = [];
  for (let slot = 0; slot < state.count; slot++) {
    const base = slot * stride;
    const existence = slab[base + EXISTENCE]! * survival(state, base, state.now);
    // A target that is probably hidden is kept, not shown: it comes back under its name.
    if (existence * (1 - slab[base + HIDDEN]!) < least) continue;
    collapseModes(slab, base + MODE_PROBABILITY, base + MODES, settings.modes.length, collapsed, 0);
    const updatedAt = slab[base + UPDATED_AT]!;
    const confirmed = slab[base + CONFIRMED] === 1;
    tracks.push({
      id: slab[base + ID]!,
      status: !confirmed ? "tentative" : state.now - updatedAt > COASTING_AFTER ? "coasting" : "confirmed",
      existence,
      createdAt: slab[base + CREATED_AT]!,
      at: slab[base + AT]!,
      updatedAt,
      position: [collapsed[0]!, collapsed[1]!, collapsed[2]!],
      velocity: [collapsed[3]!, collapsed[4]!, collapsed[5]!],
      covariance: unpackSymmetric6(collapsed, 6),
      heightKnown: slab[base + HEIGHT_KNOWN] === 1,
    });
  }
  return tracks;
}

/** Straight extrapolation of an estimate to `t` (us), with the process noise of a manoeuvring target. Backwards in time too. */
export function predictTrack(estimate: TrackEstimate, t: number): TrackEstimate {
  const dt = (t - estimate.at) / 1e6;
  if (dt === 0 || !Number.isFinite(dt)) return estimate;
  const [x, y, z] = estimate.position;
  const [vx, vy, vz] = estimate.velocity;
  const P = estimate.covariance;
  const covariance = new Float64Array(36);
  const q = 1;
  const span = Math.abs(dt);
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 3; j++) {
      const noise = i === j ? 1 : 0;
      const pp = P[i * 6 + j]!;
      const pv = P[i * 6 + j + 3]!;
      const vp = P[(i + 3) * 6 + j]!;
      const vv = P[(i + 3) * 6 + j + 3]!;
      covariance[i * 6 + j] = pp + dt * (pv + vp) + dt * dt * vv + (noise * q * span * span * span) / 3;
      covariance[i * 6 + j + 3] = pv + dt * vv + (noise * q * dt * span) / 2;
      covariance[(i + 3) * 6 + j] = vp + dt * vv + (noise * q * dt * span) / 2;
      covariance[(i + 3) * 6 + j + 3] = vv + noise * q * span;
    }
  }
  return { ...estimate, at: t, position: [x + dt * vx, y + dt * vy, z + dt * vz], covariance };
}
