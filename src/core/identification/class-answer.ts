// From the posterior of class to the answer that is shown.

import { CLASS_FAMILY, CLASS_NAMES, type ClassFamily, type ClassName } from "../model/identity.ts";

/** A family must be likelier than not before any of its classes is shown, and the class so likely itself. */
export const FAMILY_SURE = 0.5;
export const CLASS_SURE = 0.35;

export interface ClassAnswer {
  /** In the order of CLASS_NAMES; sums to 1. */
  readonly probabilities: readonly number[];
  /** "unknown" where no family, or no class of the likeliest family, is likely enough. */
  readonly className: ClassName;
  /** Probability of `className`; for "unknown", that of not being of the likeliest family. */
  readonly confidence: number;
  /** P(people are aboard). */
  readonly manned: number;
  readonly uas: number;
  readonly families: Readonly<Record<ClassFamily, number>>;
  /** The likeliest family, "unknown" among them. */
  readonly family: ClassFamily;
}

const FAMILIES: readonly ClassFamily[] = ["uas", "bird", "manned", "lta", "ground", "clutter", "unknown"];
const FAMILY_INDEX = CLASS_NAMES.map((name) => FAMILIES.indexOf(CLASS_FAMILY[name]));
const UNKNOWN = CLASS_NAMES.indexOf("unknown");

/** The answer for log posteriors (natural logarithms, not normalised) in the order of CLASS_NAMES. Never throws; NaN counts as impossible. */
export function classAnswer(logPosterior: readonly number[]): ClassAnswer {
  let largest = Number.NEGATIVE_INFINITY;
  for (const value of logPosterior) if (value > largest) largest = value;
  const probabilities = new Array<number>(CLASS_NAMES.length).fill(0);
  const masses = [0, 0, 0, 0, 0, 0, 0];
  let total = 0;
  for (let n = 0; n < probabilities.length; n++) {
    const p = Math.exp(logPosterior[n]! - largest);
    const sound = p > 0 ? p : largest === Number.NEGATIVE_INFINITY && n === UNKNOWN ? 1 : 0;
    probabilities[n] = sound;
    total += sound;
  }
  if (!(total > 0)) {
    probabilities[UNKNOWN] = 1;
    total = 1;
  }
  for (let n = 0; n < probabilities.length; n++) {
    probabilities[n] /= total;
    masses[FAMILY_INDEX[n]!] += probabilities[n]!;
  }
  let best = 0;
  for (let f = 1; f < masses.length; f++) if (masses[f]! > masses[best]!) best = f;
  let name = UNKNOWN;
  for (let n = 0; n < probabilities.length; n++)
    if (FAMILY_INDEX[n] === best && (FAMILY_INDEX[name] !== best || probabilities[n]! > probabilities[name]!)) name = n;
  const family = FAMILIES[best]!;
  const shown = family !== "unknown" && masses[best]! >= FAMILY_SURE && probabilities[name]! >= CLASS_SURE;
  const families = {} as Record<ClassFamily, number>;
  FAMILIES.forEach((one, f) => {
    families[one] = masses[f]!;
  });
  return {
    probabilities,
    className: shown ? CLASS_NAMES[name]! : "unknown",
    confidence: shown ? probabilities[name]! : family === "unknown" ? masses[best]! : 1 - masses[best]!,
    manned: families.manned,
    uas: families.uas,
    families,
    family,
  };
}
