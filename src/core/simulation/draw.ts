// Draws one object from the tables of its class.

import { assert } from "../base/assert.ts";
import { normal, type RandomState } from "../math/random.ts";
import type { Distribution, TargetClass } from "../model/target-classes.ts";

/** Quantiles at 5 % and 95 % lie 3.29 standard deviations apart. */
const SIGMAS_BETWEEN_QUANTILES = 3.29;
/** Draws farther out are drawn again: a table of three quantiles says nothing of the one object in a thousand. */
const FARTHEST_SIGMA = 3;

/** One draw from a spread, in the spread's own unit, cut at three standard deviations. */
export function drawFrom(random: RandomState, spread: Distribution): number {
  let z = normal(random);
  while (Math.abs(z) > FARTHEST_SIGMA) z = normal(random);
  return valueAt(spread, z);
}

/** The value `z` standard deviations above the middle. */
export function valueAt(spread: Distribution, z: number): number {
  if (spread.shape === "normal") return spread.median + (z * (spread.high - spread.low)) / SIGMAS_BETWEEN_QUANTILES;
  assert(spread.low > 0, "a log-normal spread is above zero");
  return Math.exp(Math.log(spread.median) + (z * (Math.log(spread.high) - Math.log(spread.low))) / SIGMAS_BETWEEN_QUANTILES);
}

/** How one object of a class flies and echoes. SI units; drawn once when it appears. */
export interface Traits {
  /** m/s over ground while moving. */
  speed: number;
  /** m/s, limit of climb and descent. */
  climbRate: number;
  /** m/s^2, limit of horizontal acceleration. */
  acceleration: number;
  /** rad/s, limit of the change of course. */
  turnRate: number;
  /** m */
  heightAboveGround: number;
  /** m, largest dimension. */
  size: number;
  /** dB relative to 1 m^2, mean over aspects. */
  rcsDbsm: number;
  /** m at which a microphone array hears it half of the time; 0: silent. */
  acousticRange: number;
}

const SIZE_WITHOUT_FIGURE = 0.3; // m; only false tracks have no size in the table, and no camera sees them

/** Draws the traits of one object. The order of the draws is fixed: it is part of what a seed means. */
export function drawTraits(random: RandomState, targetClass: TargetClass): Traits {
  const { features } = targetClass;
  const speed = drawFrom(random, features.speed);
  const climbRate = drawFrom(random, features.climbRate);
  const acceleration = drawFrom(random, features.acceleration);
  const turnRate = drawFrom(random, features.turnRate);
  const heightAboveGround = drawFrom(random, features.heightAboveGround);
  const rcsDbsm = drawFrom(random, features.rcsDbsm);
  // A normal spread of sizes can reach below zero where its 5 % quantile is small against its width.
  const size = features.size === undefined ? SIZE_WITHOUT_FIGURE : Math.max(features.size.low / 2, drawFrom(random, features.size));
  const acousticRange = features.acousticRange === undefined ? 0 : drawFrom(random, features.acousticRange);
  return { speed, climbRate, acceleration, turnRate, heightAboveGround, size, rcsDbsm, acousticRange };
}
