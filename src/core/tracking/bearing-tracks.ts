// Bearings that no track explains. One bearing has no range, so it never starts a track in space; it is kept as a track in angle. Two of
// different sensors whose crossing point moves like one target, tested by chi-square over several crossings, do start one.

import { wrapAngle } from "../base/units.ts";
import { chiSquareQuantile } from "../math/statistics.ts";

/** A track in angle of one sensor: azimuth and its rate, and elevation where the sensor measures it. Plain data. */
export interface BearingTrack {
  readonly id: number;
  readonly sensor: number;
  at: number;
  /** rad, rad/s, in the sensor's own convention. */
  azimuth: number;
  rate: number;
  /** Covariance of azimuth and rate: [aa, ar, rr]. */
  covariance: [number, number, number];
  elevation: number | undefined;
  elevationVariance: number;
  hits: number;
  createdAt: number;
}

/** Crossings of two bearing tracks so far. */
export interface Crossing {
  readonly a: number;
  readonly b: number;
  /** Each [t (us), east, north, up, variance along each axis (m^2), up variance or 0 when unknown]. */
  points: number[][];
}

export interface BearingState {
  tracks: BearingTrack[];
  crossings: Crossing[];
  nextId: number;
  dropped: number;
}

export const createBearings = (): BearingState => ({ tracks: [], crossings: [], nextId: 1, dropped: 0 });

export interface BearingSensor {
  readonly index: number;
  readonly east: number;
  readonly north: number;
  readonly up: number;
  readonly azimuthSign: 1 | -1;
  readonly rangeMax: number;
}

/** A target found by crossing bearings. */
export interface Fix {
  readonly at: number;
  /** East, north, up and their rates. */
  readonly x: readonly [number, number, number, number, number, number];
  readonly positionVariance: number;
  readonly upVariance: number;
  readonly velocityVariance: number;
  readonly sensors: readonly [number, number];
}

const MAXIMUM_TRACKS = 256;
const FORGET_AFTER = 6_000_000;
/** (rad/s^2)^2 s: how fast a bearing rate may change. */
const RATE_NOISE = 1e-5;
const GATE = chiSquareQuantile(0.999, 1);
/** Hits that a bearing track needs before it may cross others; crossings that a fix needs. */
const HITS_TO_CROSS = 3;
const POINTS_FOR_FIX = 5;
/** Bearings that meet at less than this angle fix no place, rad. */
const LEAST_ANGLE = 0.17;

/**
 * Works one unexplained bearing in: it continues the nearest track of its sensor inside the gate, or starts one. `azimuth` as measured,
 * variance in rad^2.
 */
export function addBearing(
  state: BearingState,
  sensor: number,
  t: number,
  azimuth: number,
  variance: number,
  elevation: number | undefined,
  elevationVariance: number,
): void {
  let best: BearingTrack | undefined;
  let least = GATE;
  for (const track of state.tracks) {
    if (track.sensor !== sensor || track.at >= t) continue;
    const dt = (t - track.at) / 1e6;
    const [aa, ar, rr] = track.covariance;
    const spread = aa + 2 * dt * ar + dt * dt * rr + (RATE_NOISE * dt * dt * dt) / 3 + variance;
    const off = wrapAngle(azimuth - track.azimuth - dt * track.rate);
    let distance = (off * off) / spread;
    if (elevation !== undefined && track.elevation !== undefined) {
      const offElevation = elevation - track.elevation;
      distance += (offElevation * offElevation) / (elevationVariance + track.elevationVariance + 1e-4 * dt * dt);
    }
    if (distance < least) {
      least = distance;
      best = track;
    }
  }
  if (best === undefined) {
    if (state.tracks.length >= MAXIMUM_TRACKS) {
      // The least supported goes.
      let worst = 0;
      for (let k = 1; k < state.tracks.length; k++) if (state.tracks[k]!.hits < state.tracks[worst]!.hits) worst = k;
      state.tracks.splice(worst, 1);
      state.dropped += 1;
    }
    state.tracks.push({
      id: state.nextId++,
      sensor,
      at: t,
      azimuth,
      rate: 0,
      covariance: [variance, 0, 0.01],
      elevation,
      elevationVariance,
      hits: 1,
      createdAt: t,
    });
    return;
  }
  const dt = (t - best.at) / 1e6;
  const [aa, ar, rr] = best.covariance;
  const paa = aa + 2 * dt * ar + dt * dt * rr + (RATE_NOISE * dt * dt * dt) / 3;
  const par = ar + dt * rr + (RATE_NOISE * dt * dt) / 2;
  const prr = rr + RATE_NOISE * dt;
  const s = paa + variance;
  const off = wrapAngle(azimuth - best.azimuth - dt * best.rate);
  best.azimuth = wrapAngle(best.azimuth + dt * best.rate + (paa / s) * off);
  best.rate += (par / s) * off;
  best.covariance = [paa - (paa * paa) / s, par - (par * paa) / s, prr - (par * par) / s];
  if (elevation !== undefined) {
    if (best.elevation === undefined) {
      best.elevation = elevation;
      best.elevationVariance = elevationVariance;
    } else {
      const p = best.elevationVariance + 1e-4 * dt * dt;
      best.elevation += (p / (p + elevationVariance)) * (elevation - best.elevation);
      best.elevationVariance = (p * elevationVariance) / (p + elevationVariance);
    }
  }
  best.at = t;
  best.hits += 1;
}

/** Drops silent bearing tracks and crossings without both of theirs. */
export function forgetBearings(state: BearingState, t: number): void {
  state.tracks = state.tracks.filter((track) => t - track.at < FORGET_AFTER);
  const alive = new Set(state.tracks.map((track) => track.id));
  state.crossings = state.crossings.filter((crossing) => alive.has(crossing.a) && alive.has(crossing.b));
}

/**
 * Crosses the bearing tracks of different sensors at `t`. A pair whose crossing points fit constant velocity (chi-square over at least
 * five points; elevations must agree too where both sensors measure them) answers a fix, and its bearing tracks are used up.
 */
export function crossBearings(state: BearingState, sensors: readonly BearingSensor[], t: number): Fix[] {
  const fixes: Fix[] = [];
  const used = new Set<number>();
  for (let i = 0; i < state.tracks.length; i++) {
    const a = state.tracks[i]!;
    if (a.hits < HITS_TO_CROSS || t - a.at > 1_500_000) continue;
    for (let j = i + 1; j < state.tracks.length; j++) {
      const b = state.tracks[j]!;
      if (b.sensor === a.sensor || b.hits < HITS_TO_CROSS || t - b.at > 1_500_000 || used.has(a.id) || used.has(b.id)) continue;
      const point = crossingPoint(a, b, sensors, t);
      if (point === undefined) continue;
      let crossing = state.crossings.find((one) => one.a === a.id && one.b === b.id);
      if (crossing === undefined) {
        if (state.crossings.length >= 1024) continue;
        crossing = { a: a.id, b: b.id, points: [] };
        state.crossings.push(crossing);
      }
      const last = crossing.points.at(-1);
      if (last !== undefined && t - last[0]! < 700_000) continue;
      crossing.points.push(point);
      if (crossing.points.length > 12) crossing.points.shift();
      if (crossing.points.length < POINTS_FOR_FIX) continue;
      const fix = fitPoints(crossing.points, t, [a.sensor, b.sensor]);
      if (fix === undefined) {
        crossing.points = crossing.points.slice(1);
        continue;
      }
      fixes.push(fix);
      used.add(a.id);
      used.add(b.id);
    }
  }
  if (used.size > 0) {
    state.tracks = state.tracks.filter((track) => !used.has(track.id));
    state.crossings = state.crossings.filter((crossing) => !used.has(crossing.a) && !used.has(crossing.b));
  }
  return fixes;
}

function crossingPoint(a: BearingTrack, b: BearingTrack, sensors: readonly BearingSensor[], t: number): number[] | undefined {
  const sa = sensors[a.sensor]!;
  const sb = sensors[b.sensor]!;
  const angleA = a.azimuth + ((t - a.at) / 1e6) * a.rate;
  const angleB = b.azimuth + ((t - b.at) / 1e6) * b.rate;
  const [ae, an] = sa.azimuthSign > 0 ? [Math.cos(angleA), Math.sin(angleA)] : [Math.sin(angleA), Math.cos(angleA)];
  const [be, bn] = sb.azimuthSign > 0 ? [Math.cos(angleB), Math.sin(angleB)] : [Math.sin(angleB), Math.cos(angleB)];
  const sine = ae * bn - an * be;
  if (Math.abs(sine) < LEAST_ANGLE) return undefined;
  const de = sb.east - sa.east;
  const dn = sb.north - sa.north;
  const rangeA = (de * bn - dn * be) / sine;
  const rangeB = (de * an - dn * ae) / sine;
  if (!(rangeA > 20 && rangeA < sa.rangeMax && rangeB > 20 && rangeB < sb.rangeMax)) return undefined;
  const variance = (rangeA * rangeA * a.covariance[0] + rangeB * rangeB * b.covariance[0]) / (sine * sine);
  let up = 0;
  let upVariance = 0;
  const heights: [number, number][] = [];
  if (a.elevation !== undefined) heights.push([sa.up + rangeA * Math.tan(a.elevation), rangeA * rangeA * (a.elevationVariance + 1e-6)]);
  if (b.elevation !== undefined) heights.push([sb.up + rangeB * Math.tan(b.elevation), rangeB * rangeB * (b.elevationVariance + 1e-6)]);
  if (heights.length === 2) {
    const off = heights[0]![0] - heights[1]![0];
    if ((off * off) / (heights[0]![1] + heights[1]![1]) > 9) return undefined;
  }
  let weight = 0;
  for (const [height, v] of heights) {
    up += height / v;
    weight += 1 / v;
  }
  if (weight > 0) {
    up /= weight;
    upVariance = 1 / weight;
  }
  return [t, sa.east + rangeA * ae, sa.north + rangeA * an, up, variance, upVariance];
}

/** Least-squares constant velocity through the points; undefined when the chi-square test refuses it or the speed is absurd. */
function fitPoints(points: readonly (readonly number[])[], t: number, sensors: readonly [number, number]): Fix | undefined {
  let sw = 0;
  let st = 0;
  let stt = 0;
  const sums = [0, 0, 0];
  const moments = [0, 0, 0];
  for (const point of points) {
    const w = 1 / point[4]!;
    const dt = (point[0]! - t) / 1e6;
    sw += w;
    st += w * dt;
    stt += w * dt * dt;
    for (let k = 0; k < 3; k++) {
      sums[k] = sums[k]! + w * point[1 + k]!;
      moments[k] = moments[k]! + w * dt * point[1 + k]!;
    }
  }
  const determinant = sw * stt - st * st;
  if (!(determinant > 0)) return undefined;
  const place = [0, 1, 2].map((k) => (stt * sums[k]! - st * moments[k]!) / determinant);
  const speed = [0, 1, 2].map((k) => (sw * moments[k]! - st * sums[k]!) / determinant);
  let chi = 0;
  for (const point of points) {
    const dt = (point[0]! - t) / 1e6;
    for (let k = 0; k < 2; k++) {
      const off = point[1 + k]! - place[k]! - dt * speed[k]!;
      chi += (off * off) / point[4]!;
    }
  }
  const heightKnown = points[0]![5]! > 0;
  if (chi > chiSquareQuantile(0.99, 2 * points.length - 4) || Math.hypot(speed[0]!, speed[1]!) > 120) return undefined;
  return {
    at: t,
    x: [place[0]!, place[1]!, place[2]!, speed[0]!, speed[1]!, 0],
    positionVariance: points.at(-1)![4]!,
    upVariance: heightKnown ? points.at(-1)![5]! : 0,
    velocityVariance: Math.max(sw / determinant, 4),
    sensors,
  };
}

/** A bearing track as the screen may show it: a direction, and how far away it may be by how fast it turns. */
export interface BearingEstimate {
  readonly id: number;
  readonly sensor: number;
  readonly at: number;
  readonly azimuth: number;
  readonly azimuthSigma: number;
  readonly rate: number;
  readonly elevation: number | undefined;
  readonly hits: number;
  /** Ranges (m), logarithmically spaced, and the probability of each: a range-parametrised single bearing. */
  readonly ranges: readonly number[];
  readonly rangeProbability: readonly number[];
}

/**
 * Range-parametrised view of one bearing (Peach, "Bearings-only tracking using a set of range-parameterised extended Kalman filters", IEE
 * Proc. Control Theory 142(1), 1995, reduced to its prior): a target of `speedSigma` m/s across the line of sight that turns the bearing by
 * `rate` is not far away, so each range is weighted by the crossing speed that it would need.
 */
export function readBearings(state: BearingState, sensors: readonly BearingSensor[], speedSigma = 15): BearingEstimate[] {
  return state.tracks
    .filter((track) => track.hits >= HITS_TO_CROSS)
    .map((track) => {
      const far = sensors[track.sensor]!.rangeMax;
      const ranges = Array.from({ length: 8 }, (_, k) => 50 * Math.exp((k / 7) * Math.log(far / 50)));
      const weights = ranges.map((range) => {
        const sigma = Math.hypot(speedSigma, range * Math.sqrt(track.covariance[2]));
        const needed = (range * track.rate) / sigma;
        return Math.exp(-0.5 * needed * needed) / sigma;
      });
      const total = weights.reduce((sum, w) => sum + w, 0);
      return {
        id: track.id,
        sensor: track.sensor,
        at: track.at,
        azimuth: track.azimuth,
        azimuthSigma: Math.sqrt(track.covariance[0]),
        rate: track.rate,
        elevation: track.elevation,
        hits: track.hits,
        ranges,
        rangeProbability: weights.map((w) => w / total),
      };
    });
}
