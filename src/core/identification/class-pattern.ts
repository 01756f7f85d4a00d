// What motion, height and drift say together of the family. The other slots weigh each feature against the spreads of the tables, as if features were
// independent and showed in a track as the tables have them; in a track they do neither. This slot is what is left: a sum of bent lines, one for each
// feature and family, fitted on simulated, tracked objects to what the other slots said of them (bench/classifier-pattern.ts).

import type { ClassFamily } from "../model/identity.ts";
import type { Wind } from "../model/track-facts.ts";
import type { MotionSummary } from "./class-features.ts";
import { PATTERN_TABLE } from "./class-pattern-table.ts";

/** Families that the pattern speaks of, in the order of its weights; "unknown" is what they are weighed against. */
export const PATTERN_FAMILIES: readonly Exclude<ClassFamily, "unknown">[] = ["uas", "bird", "manned", "lta", "ground", "clutter"];

/** In the order of the table; SI units. What is not known is NaN, and has a weight of its own. */
export const PATTERN_FEATURES = [
  "speed",
  "standing",
  "turn",
  "turnAgainstSigma",
  "gain",
  "gainAgainstSigma",
  "climb",
  "climbAgainstSigma",
  "progress",
  "agility",
  "height",
  "support",
  "offWind",
  "straightness",
] as const;

export interface PatternTable {
  /** [families] ln of the likelihood against "unknown". */
  readonly offset: readonly number[];
  /** For each feature: rising knots, and [knots + 1][families] ln at each knot and, last, where the feature is not known; straight between knots, level outside. */
  readonly features: readonly { readonly knots: readonly number[]; readonly weights: readonly (readonly number[])[] }[];
}

/** m/s; below it wind carries nothing. */
const LEAST_WIND = 1;

/**
 * Fills `out` [PATTERN_FEATURES] from a summary of motion, the height above the site (m; NaN: not known) and the wind (undefined: not known). Allocates
 * nothing.
 */
export function patternFeatures(motion: MotionSummary, height: number, wind: Wind | undefined, out: Float64Array): void {
  out[0] = motion.speed;
  out[1] = motion.hoverShare;
  out[2] = motion.turn >= 0 ? motion.turn : Number.NaN;
  out[3] = motion.turn >= 0 ? motion.turn / motion.turnSigma : Number.NaN;
  out[4] = motion.gain >= 0 ? motion.gain : Number.NaN;
  out[5] = motion.gain >= 0 ? motion.gain / motion.gainSigma : Number.NaN;
  out[6] = Math.abs(motion.climb);
  out[7] = Math.abs(motion.climb) / motion.climbSigma;
  out[8] = motion.progress >= 0 ? motion.progress : Number.NaN;
  out[9] = motion.agility;
  out[10] = height;
  out[11] = motion.support >= 0 ? motion.support : Number.NaN;
  out[12] = Number.NaN;
  if (wind !== undefined) {
    const dE = motion.east - wind.east;
    const dN = motion.north - wind.north;
    const speed = Math.sqrt(wind.east * wind.east + wind.north * wind.north);
    if (speed >= LEAST_WIND) out[12] = Math.sqrt(dE * dE + dN * dN) / (1 + 0.3 * speed);
  }
  out[13] = motion.straightness;
}

/** Log-likelihoods of the families (natural logarithms, against "unknown") into `out` [PATTERN_FAMILIES]. Finite whatever the features are. Allocates nothing. */
export function patternLikelihood(features: Float64Array, out: Float64Array, table: PatternTable = PATTERN_TABLE): void {
  const families = out.length;
  for (let f = 0; f < families; f++) out[f] = table.offset[f]!;
  for (let j = 0; j < table.features.length; j++) {
    const { knots, weights } = table.features[j]!;
    const x = features[j]!;
    const last = knots.length - 1;
    if (x - x !== 0) {
      const row = weights[last + 1]!;
      for (let f = 0; f < families; f++) out[f] = out[f]! + row[f]!;
      continue;
    }
    let k = 0;
    while (k < last && x > knots[k]!) k += 1;
    const upper = weights[k]!;
    if (k === 0 || x >= knots[last]!) {
      for (let f = 0; f < families; f++) out[f] = out[f]! + upper[f]!;
      continue;
    }
    const lower = weights[k - 1]!;
    const t = (x - knots[k - 1]!) / (knots[k]! - knots[k - 1]!);
    for (let f = 0; f < families; f++) out[f] = out[f]! + (1 - t) * lower[f]! + t * upper[f]!;
  }
}
