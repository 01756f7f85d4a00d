// Birds of a feather: what flies together is mostly of one kind. A dense flock gives each of its tracks a strange echo now and then; what the
// others look like says more of it than that.

import type { Micros } from "../base/units.ts";
import { CLASS_FAMILY, CLASS_NAMES, type Evidence } from "../model/identity.ts";

/** Others that are needed before a group says anything of its members. */
const LEAST_OTHERS = 6;
/**
 * Nats at most, either way: a drone that hides in a flock has to be found by its own evidence, and eight to one does not drown that. An estimate of
 * this project.
 */
const MOST = 2.1;
const UAS = CLASS_NAMES.map((name) => CLASS_FAMILY[name] === "uas");
const UNKNOWN = CLASS_NAMES.indexOf("unknown");

export const logOdds = (probability: number): number => {
  const p = Math.min(Math.max(probability, 1e-6), 1 - 1e-6);
  return Math.log(p / (1 - p));
};

/**
 * Evidence on the class of a track from those that fly with it: their mean log odds of being drones, each by its own evidence alone, so that
 * nobody's opinion comes back to him. Undefined where there are too few.
 */
export function companyEvidence(others: readonly number[], at: Micros): Evidence | undefined {
  if (others.length < LEAST_OTHERS) return undefined;
  let sum = 0;
  let drones = 0;
  for (const each of others) {
    sum += Math.min(Math.max(each, -4), 4);
    if (each > 0) drones += 1;
  }
  const weight = Math.min(Math.max(sum / others.length, -MOST), MOST);
  return {
    slot: "company",
    question: "class",
    source: "picket",
    basis: "measured",
    at,
    logLikelihood: UAS.map((uas, index) => (index === UNKNOWN ? weight / 2 : uas ? weight : 0)),
    key: "class-company",
    values: { count: others.length, share: Math.round((100 * drones) / others.length) },
  };
}
