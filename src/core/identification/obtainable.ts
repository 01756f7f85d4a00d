// Evidence that nobody has yet but that somebody could get: a call, a look, another sensor. The ledger asks what each would change.

import { CLASS_FAMILY, CLASS_NAMES, type ClassFamily } from "../model/identity.ts";
import { TARGET_CLASSES } from "../model/target-classes.ts";
import { NAME_OF_CLASS } from "./class-model.ts";
import type { Obtainable } from "./ledger.ts";
import { ADSB_LOW_OR_SLOW, BEHAVIOUR, CHANCE_OF_PLAN, EYE_CONTACT, logRow, NEIGHBOUR, OWN_SYSTEM, type Row } from "./source-tables.ts";

const NOTHING = {};

const affiliation = (key: string, slot: string, basis: Obtainable["basis"], row: Row): Obtainable => ({
  key,
  values: NOTHING,
  logLikelihood: logRow(row),
  basis,
  slot,
});

const AFFILIATION: readonly Obtainable[] = [
  affiliation("obtain-own-registration", "friend-plan", "measured", CHANCE_OF_PLAN),
  affiliation("obtain-authenticated-link", "own-system", "authenticated", OWN_SYSTEM.reports),
  affiliation("obtain-neighbour-theirs", "neighbour", "declared", NEIGHBOUR.theirs),
  affiliation("obtain-neighbour-not-theirs", "neighbour", "declared", NEIGHBOUR["not-theirs"]),
  affiliation("obtain-transponder", "adsb", "measured", ADSB_LOW_OR_SLOW.supported),
  affiliation("obtain-eye-contact-civil", "eye-contact", "declared", EYE_CONTACT.civil),
  affiliation("obtain-eye-contact-threat", "eye-contact", "declared", EYE_CONTACT.threat),
  affiliation("obtain-run-in", "behaviour", "measured", BEHAVIOUR["run-in"]),
];

/** For the question whose it is. */
export const obtainableAffiliation = (): readonly Obtainable[] => AFFILIATION;

/** What a look by a person with a good view is worth: right in nine of ten cases, else anything. An estimate. */
const LOOK_RIGHT = 0.9;
const LOOK_WRONG = 0.02;

function seenAs(family: ClassFamily): Obtainable {
  const row = CLASS_NAMES.map((name) => (name === "unknown" ? 0.1 : CLASS_FAMILY[name] === family ? LOOK_RIGHT : LOOK_WRONG));
  return { key: `obtain-seen-${family}`, values: NOTHING, logLikelihood: row.map(Math.log), basis: "declared", slot: "eye-contact" };
}

/** A radar with micro-Doppler that sees turning blades or beating wings: shares of the class table, evenly over the classes of a name. */
function blades(kind: "rotor" | "flap"): Obtainable {
  const sums = CLASS_NAMES.map(() => 0);
  const counts = CLASS_NAMES.map(() => 0);
  let total = 0;
  for (const { id, microDoppler } of TARGET_CLASSES) {
    const share = (kind === "rotor" ? microDoppler.rotor : microDoppler.flap) ?? 0;
    total += share;
    const name = NAME_OF_CLASS[id];
    if (name === undefined) continue;
    sums[CLASS_NAMES.indexOf(name)] += share;
    counts[CLASS_NAMES.indexOf(name)] += 1;
  }
  const even = total / TARGET_CLASSES.length;
  const row = sums.map((sum, h) => Math.log(Math.max(0.005, counts[h] === 0 ? even : sum / counts[h])));
  return { key: `obtain-${kind}`, values: NOTHING, logLikelihood: row, basis: "measured", slot: "micro-doppler" };
}

let classes: readonly Obtainable[] | undefined;

/** For the question what it is. */
export function obtainableClass(): readonly Obtainable[] {
  classes ??= [blades("rotor"), blades("flap"), seenAs("uas"), seenAs("bird"), seenAs("manned"), seenAs("lta")];
  return classes;
}
