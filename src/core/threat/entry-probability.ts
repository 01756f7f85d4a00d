// P(a track enters a place within a time), from its Gaussian state: closed form, a handful of normal integrals.

import { timeToPolygon } from "./geometry.ts";
import { normalCdf } from "./normal-cdf.ts";

/** Variances of a straight prediction along one horizontal direction: position `a`, cross `b`, velocity `c`. */
interface Spread {
  a: number;
  b: number;
  c: number;
}

/** Spread along the unit vector (e, n); `P` is [6x6] row-major, position then velocity, m and m/s. */
function spreadAlong(P: Float64Array, e: number, n: number, into: Spread): void {
  into.a = e * e * P[0]! + e * n * (P[1]! + P[6]!) + n * n * P[7]!;
  into.b = e * e * P[3]! + e * n * (P[4]! + P[9]!) + n * n * P[10]!;
  into.c = e * e * P[21]! + e * n * (P[22]! + P[27]!) + n * n * P[28]!;
}

/** 1 sigma of the position after `t` s with white acceleration of density `q`, m; never 0, so that an exact state gives a step. */
function sigmaAfter(spread: Spread, t: number, q: number): number {
  const variance = spread.a + 2 * t * spread.b + t * t * spread.c + (q * t * t * t) / 3;
  return variance > 1e-6 ? Math.sqrt(variance) : 1e-3;
}

/** 1 sigma of the height after `t` s, m. */
export function heightSigmaAfter(P: Float64Array, t: number, q: number): number {
  const variance = P[14]! + t * (P[17]! + P[32]!) + t * t * P[35]! + (q * t * t * t) / 3;
  return variance > 1e-6 ? Math.sqrt(variance) : 1e-3;
}

// Scratch beside the functions: nothing of it outlives a call.
const across: Spread = { a: 0, b: 0, c: 0 };
const along: Spread = { a: 0, b: 0, c: 0 };
const direction = { e: 0, n: 0 };

/**
 * Direction in which the prediction is looked at: that of the velocity, turned towards the place by as much as the velocity is unknown. For a
 * hovering track it is the line to the place, because the direction of its velocity is only noise.
 */
function chooseDirection(P: Float64Array, ve: number, vn: number, toE: number, toN: number, distance: number): void {
  const half = (P[21]! + P[28]!) / 2;
  const sigma = half > 0 ? Math.sqrt(half) : 0;
  const e = ve + (distance > 0 ? (sigma * toE) / distance : 0);
  const n = vn + (distance > 0 ? (sigma * toN) / distance : 0);
  const length = Math.sqrt(e * e + n * n);
  if (length > 1e-9) {
    direction.e = e / length;
    direction.n = n / length;
  } else if (distance > 0) {
    direction.e = toE / distance;
    direction.n = toN / distance;
  } else {
    direction.e = 1;
    direction.n = 0;
  }
}

/**
 * P(the path crosses a strip within `horizon`), in the frame of `direction`. The place lies from `xNear` to `xFar` ahead of the track and from
 * `yLow` to `yHigh` to its left, m; `speed` along, `drift` across, m/s.
 *
 *   P(the course runs through it) at the time when the track passes  x  P(it gets there within the horizon)  x  P(it has not passed yet)
 *
 * The three are taken as independent.
 */
function stripProbability(
  xNear: number,
  xFar: number,
  yLow: number,
  yHigh: number,
  speed: number,
  drift: number,
  horizon: number,
  q: number,
): number {
  const middle = (xNear + xFar) / 2;
  const t = middle <= 0 ? 0 : speed * horizon > middle ? middle / speed : horizon;
  const sigmaY = sigmaAfter(across, t, q);
  if (yLow - drift * t > 5 * sigmaY || drift * t - yHigh > 5 * sigmaY) return 0;
  const cross = normalCdf((yHigh - drift * t) / sigmaY) - normalCdf((yLow - drift * t) / sigmaY);
  if (cross < 1e-6) return 0;
  const arrives = normalCdf((speed * horizon - xNear) / sigmaAfter(along, horizon, q));
  if (middle >= 0) return cross * arrives;
  // Past the middle: what counts is that it may still be inside. Even with the approach at the middle, so that closer is never less.
  const sigmaX = sigmaAfter(along, 0, 0);
  return (cross * arrives * normalCdf(xFar / sigmaX)) / normalCdf((xFar - xNear) / (2 * sigmaX));
}

/**
 * P(within `radius` of a place at some time within `horizon` s), horizontal, from the covariance.
 *
 * `toE`, `toN`: from the track to the place, m. `P` [6x6] row-major in the site's ENU frame. `q`: white acceleration, m^2/s^3. The
 * larger of: inside now (radial sigma), and the strip of half width `radius` across the course. Approximations: the disc's chord is its
 * mean over where the course may run; along and across are independent; the way curves only through `q`. Against 20,000 drawn paths the
 * error stays below 0.08 where the position is known to better than the radius (test). Allocates nothing.
 */
export function discEntryProbability(
  toE: number,
  toN: number,
  ve: number,
  vn: number,
  P: Float64Array,
  radius: number,
  horizon: number,
  q: number,
): number {
  const distance = Math.sqrt(toE * toE + toN * toN);
  // Nothing gets there: saves the integrals for most tracks of a large picture.
  const spreadE = Math.sqrt(Math.max(0, P[0]! + P[7]!));
  const spreadV = Math.sqrt(Math.max(0, P[21]! + P[28]!));
  const speedNow = Math.sqrt(ve * ve + vn * vn);
  const reach = radius + (speedNow + 5 * spreadV) * horizon + 5 * spreadE + 5 * Math.sqrt((q * horizon * horizon * horizon) / 3);
  if (distance > reach) return 0;
  chooseDirection(P, ve, vn, toE, toN, distance);
  const { e, n } = direction;
  spreadAlong(P, e, n, along);
  spreadAlong(P, -n, e, across);
  const speed = ve * e + vn * n;
  const drift = -ve * n + vn * e;
  const x = toE * e + toN * n;
  const y = -toE * n + toN * e;
  const t = x <= 0 ? 0 : speed * horizon > x ? x / speed : horizon;
  const sigmaY = sigmaAfter(across, t, q);
  const off = y - drift * t;
  // Half the chord: exact on a sharp course, its mean (pi/4) where the course may run anywhere through the disc.
  const spread = (off * off + sigmaY * sigmaY) / (radius * radius);
  const chord = radius * Math.sqrt(1 - (spread < 0.383 ? spread : 0.383));
  const passing = stripProbability(x - chord, x + chord, y - radius, y + radius, speed, drift, horizon, q);
  return Math.max(passing, insideDiscNow(toE, toN, distance, P, radius));
}

/** P(inside now) by the sigma towards the place; a disc is taken as the half plane that it is from where the track stands. */
function insideDiscNow(toE: number, toN: number, distance: number, P: Float64Array, radius: number): number {
  if (distance < 1e-9) return 1;
  const e = toE / distance;
  const n = toN / distance;
  const variance = e * e * P[0]! + e * n * (P[1]! + P[6]!) + n * n * P[7]!;
  const sigma = variance > 1e-6 ? Math.sqrt(variance) : 1e-3;
  if (distance - radius > 5 * sigma) return 0;
  // Beyond the far edge too, when the place is smaller than what is known.
  return normalCdf((radius - distance) / sigma) - normalCdf((-radius - distance) / sigma);
}

/**
 * P(inside a polygon at some time within `horizon` s), horizontal. `ring`: [east, north] in the site's frame, not closed, m; `e0`, `n0`: the
 * track; `signedDepth` and `timeToEntry` as `geometry.ts` gives them. The strip is that between the outermost corners seen along the course, so a hollow in the polygon counts as polygon: too much
 * rather than too little. Allocates nothing.
 */
export function polygonEntryProbability(
  e0: number,
  n0: number,
  ve: number,
  vn: number,
  P: Float64Array,
  ring: readonly (readonly [number, number])[],
  signedDepth: number,
  timeToEntry: number | undefined,
  horizon: number,
  q: number,
): number {
  let middleE = 0;
  let middleN = 0;
  for (const corner of ring) {
    middleE += corner[0];
    middleN += corner[1];
  }
  const toE = middleE / ring.length - e0;
  const toN = middleN / ring.length - n0;
  chooseDirection(P, ve, vn, toE, toN, Math.sqrt(toE * toE + toN * toN));
  const { e, n } = direction;
  spreadAlong(P, e, n, along);
  spreadAlong(P, -n, e, across);
  let xNear = Number.POSITIVE_INFINITY;
  let xFar = Number.NEGATIVE_INFINITY;
  let yLow = Number.POSITIVE_INFINITY;
  let yHigh = Number.NEGATIVE_INFINITY;
  for (const corner of ring) {
    const de = corner[0] - e0;
    const dn = corner[1] - n0;
    const x = de * e + dn * n;
    const y = -de * n + dn * e;
    if (x < xNear) xNear = x;
    if (x > xFar) xFar = x;
    if (y < yLow) yLow = y;
    if (y > yHigh) yHigh = y;
  }
  const variance = (P[0]! + P[7]!) / 2;
  const inside = normalCdf(signedDepth / (variance > 1e-6 ? Math.sqrt(variance) : 1e-3));
  const speed = ve * e + vn * n;
  const drift = -ve * n + vn * e;
  const passing = stripProbability(xNear, xFar, yLow, yHigh, speed, drift, horizon, q);
  if (timeToEntry === undefined || timeToEntry <= 0) return Math.max(inside, passing);
  // The nearest corner says when the polygon could be reached; the edge that the course meets is farther. Three courses, abreast by
  // -1.73, 0 and 1.73 sigma, weighed 1/6, 2/3, 1/6 (Gauss-Hermite), say by how much.
  const sigmaX = sigmaAfter(along, horizon, q);
  const farthest = speed * horizon;
  const nearest = normalCdf((farthest - xNear) / sigmaX);
  if (nearest < 1e-6 || farthest - xFar > 3 * sigmaX) return Math.max(inside, passing);
  const abreast = 1.7320508 * sigmaAfter(across, Math.min(timeToEntry, horizon), q);
  let arrives = (2 / 3) * normalCdf((farthest - speed * timeToEntry) / sigmaX);
  for (const side of SIDES) {
    const time = timeToPolygon(e0 - side * abreast * n, n0 + side * abreast * e, ve, vn, ring);
    arrives += (1 / 6) * (time === undefined ? nearest : normalCdf((farthest - speed * time) / sigmaX));
  }
  return Math.max(inside, Math.min(1, (passing * arrives) / nearest));
}
const SIDES = [-1, 1] as const;
