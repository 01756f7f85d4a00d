// Birds of a feather: what flies together is mostly of one kind. A dense flock gives each of its tracks a strange echo now and then; what the
// others look like says more of it than that.

import type { Micros } from "../base/units.ts";
import { CLASS_FAMILY, CLASS_NAMES, type Evidence } from "../model/identity.ts";
import { classPrior } from "./class-evidence.ts";

/** Others that are needed before a group says anything of its members. */
const LEAST_OTHERS = 6;
/**
 * Nats at most, either way: a drone that hides in a flock has to be found by its own evidence, and eight to one does not drown that. An estimate of
 * this project.
 */
const MOST = 2.1;
/**
 * The evidence of a whole group counts as that of so many members who know nothing of each other: they share course, speed, height and the radar that looks
 * at them, so what deceives in one deceives in the others. An estimate of this project.
 */
const INDEPENDENT = 3;
/** Nats for one member at most, either way. */
const MOST_OF_ONE = 4;
const UAS = CLASS_NAMES.map((name) => CLASS_FAMILY[name] === "uas");
const UNKNOWN = CLASS_NAMES.indexOf("unknown");

export const logOdds = (probability: number): number => {
  const p = Math.min(Math.max(probability, 1e-6), 1 - 1e-6);
  return Math.log(p / (1 - p));
};

/** Log odds of a drone among new tracks, which each member's own log odds begin with. */
const PRIOR = logOdds(classPrior().reduce((sum, log, index) => (UAS[index] ? sum + Math.exp(log) : sum), 0));

/**
 * Evidence on the class of a track from those that fly with it. `others`: their log odds of being drones, each by its own evidence alone, so that nobody's
 * opinion comes back to him. How rare drones are is in each of these and in the track's own already: it is taken out here, because otherwise every
 * group that evidence speaks for a little would be called birds by its own rarity. Undefined where there are too few.
 */
export function companyEvidence(others: readonly number[], at: Micros): Evidence | undefined {
  if (others.length < LEAST_OTHERS) return undefined;
  let sum = 0;
  let drones = 0;
  for (const each of others) {
    sum += Math.min(Math.max(each - PRIOR, -MOST_OF_ONE), MOST_OF_ONE);
    if (each > 0) drones += 1;
  }
  const weight = Math.min(Math.max((INDEPENDENT * sum) / others.length, -MOST), MOST);
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
