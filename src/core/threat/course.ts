// The course that a track has held for a minute. A tracker must follow every turn, so its velocity is that of the last seconds and uncertain; what has
// flown straight for a minute says far better where it will be in four. Used only while the track keeps to its line.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { TrackFacts } from "../model/track-facts.ts";

/** s between samples, and how many are kept: a minute. */
const STEP = 2;
const SAMPLES = 30;
/** Samples needed before a line says more than the tracker. */
const LEAST = 6;
/** Neighbouring estimates of one tracker share their measurements: their errors count as this many times the variance. */
const CORRELATION = 3;
/** Chi-square per degree of freedom above which the track does not keep to a line. */
const STRAIGHT = 1.5;
/** Squared Mahalanobis distance (2 degrees of freedom, 99 %) at which the tracker's velocity says that a turn has begun. */
const TURNED = 9.21;
const CAPACITY = 8192;

/** Plain data. Samples oldest first: s since `since`, east, north (m), variance (m^2). */
export interface CourseState {
  courses: Map<string, { since: Micros; seenAt: Micros; samples: number[] }>;
}

export const createCourses = (): CourseState => ({ courses: new Map() });

/**
 * The facts with the velocity of the line that the track has held, where that is surer than the tracker's; the same facts otherwise. Weighted
 * least squares of constant velocity over up to a minute; the covariance of the velocity is that of the fit, position and velocity are then taken as
 * independent. Changes `state`.
 */
export function refineCourse(state: CourseState, facts: TrackFacts, now: Micros): TrackFacts {
  let course = state.courses.get(facts.key);
  if (course === undefined) {
    if (state.courses.size >= CAPACITY) return facts;
    course = { since: now, seenAt: now, samples: [] };
    state.courses.set(facts.key, course);
  }
  course.seenAt = now;
  const { samples } = course;
  const t = (now - course.since) / MICROS_PER_SECOND;
  const P = facts.covariance;
  if (facts.status !== "coasting" && (samples.length === 0 || t - samples[samples.length - 4]! >= STEP - 0.05)) {
    samples.push(t, facts.position[0], facts.position[1], (P[0]! + P[7]!) / 2);
    if (samples.length > 4 * SAMPLES) samples.splice(0, 4);
  }
  const fit = fitLine(samples);
  // Off the line: what lies behind says nothing of what comes. Begin again with the newer half.
  if (fit !== undefined && fit.chiSquare > STRAIGHT) samples.splice(0, 4 * Math.floor(samples.length / 8));
  return onCourse(facts, fit);
}

/** The same without taking the facts into the memory: for an explanation of what was judged. */
export function courseOf(state: CourseState, facts: TrackFacts): TrackFacts {
  const course = state.courses.get(facts.key);
  return course === undefined ? facts : onCourse(facts, fitLine(course.samples));
}

function onCourse(facts: TrackFacts, fit: Line | undefined): TrackFacts {
  if (fit === undefined || fit.chiSquare > STRAIGHT) return facts;
  const P = facts.covariance;
  const variance = fit.velocityVariance;
  if (variance >= (P[21]! + P[28]!) / 2) return facts;
  const de = facts.velocity[0] - fit.velocityEast;
  const dn = facts.velocity[1] - fit.velocityNorth;
  const a = P[21]! + variance;
  const b = P[22]!;
  const d = P[28]! + variance;
  const determinant = a * d - b * b;
  if (!(determinant > 0) || (d * de * de - 2 * b * de * dn + a * dn * dn) / determinant > TURNED) return facts;
  const covariance = new Float64Array(P);
  for (const [row, column] of CROSS) {
    covariance[6 * row + column] = 0;
    covariance[6 * column + row] = 0;
  }
  covariance[21] = variance;
  covariance[28] = variance;
  covariance[22] = 0;
  covariance[27] = 0;
  const { key, origin, status, existence, createdAt, measuredAt, at, position, heightKnown, identities, contributors } = facts;
  const velocity = [fit.velocityEast, fit.velocityNorth, facts.velocity[2]] as const;
  const state = { position, velocity, covariance, heightKnown };
  return { key, origin, status, existence, createdAt, measuredAt, at, ...state, identities, contributors };
}

/** Horizontal velocity (3, 4) against everything else. */
const CROSS = [
  [0, 3],
  [0, 4],
  [1, 3],
  [1, 4],
  [2, 3],
  [2, 4],
  [5, 3],
  [5, 4],
] as const;

interface Line {
  readonly velocityEast: number;
  readonly velocityNorth: number;
  /** Of each component, m^2/s^2. */
  readonly velocityVariance: number;
  /** Per degree of freedom. */
  readonly chiSquare: number;
}

function fitLine(samples: readonly number[]): Line | undefined {
  const n = samples.length / 4;
  if (n < LEAST) return undefined;
  let w = 0;
  let wt = 0;
  let we = 0;
  let wn = 0;
  for (let i = 0; i < samples.length; i += 4) {
    const weight = 1 / Math.max(samples[i + 3]!, 1);
    w += weight;
    wt += weight * samples[i]!;
    we += weight * samples[i + 1]!;
    wn += weight * samples[i + 2]!;
  }
  const t0 = wt / w;
  const e0 = we / w;
  const n0 = wn / w;
  let tt = 0;
  let te = 0;
  let tn = 0;
  for (let i = 0; i < samples.length; i += 4) {
    const weight = 1 / Math.max(samples[i + 3]!, 1);
    const dt = samples[i]! - t0;
    tt += weight * dt * dt;
    te += weight * dt * (samples[i + 1]! - e0);
    tn += weight * dt * (samples[i + 2]! - n0);
  }
  if (!(tt > 0)) return undefined;
  const velocityEast = te / tt;
  const velocityNorth = tn / tt;
  let chi = 0;
  for (let i = 0; i < samples.length; i += 4) {
    const weight = 1 / Math.max(samples[i + 3]!, 1);
    const dt = samples[i]! - t0;
    const re = samples[i + 1]! - e0 - velocityEast * dt;
    const rn = samples[i + 2]! - n0 - velocityNorth * dt;
    chi += weight * (re * re + rn * rn);
  }
  return { velocityEast, velocityNorth, velocityVariance: CORRELATION / tt, chiSquare: chi / (2 * n - 4) };
}

/** Forgets tracks that were not seen for `seconds`. */
export function forgetCourses(state: CourseState, now: Micros, seconds: number): void {
  for (const [key, course] of state.courses) if (now - course.seenAt > seconds * MICROS_PER_SECOND) state.courses.delete(key);
}
