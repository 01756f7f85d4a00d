// node --import tsx bench/classifier-fit.ts [--worlds N] [--rounds R]: fits CLASS_CONSTANTS (core/identification/class-model) on simulated,
// tracked objects. Its worlds are numbered from 500,001, those of the bench from 1: neither ever sees the other's.
//
// What is made small: the mean of -ln P(true family), every class of a family and every family weighing the same, over what motion alone
// shows, with echoes, and with micro-Doppler; and a quarter of the same for the names, so that the fit does not trade names for families.
// Each constant is moved in turn by a step that shrinks when no constant gains any more.

import { parseArgs } from "node:util";
import { classEvidence, classPrior } from "../src/core/identification/class-evidence.ts";
import { CLASS_CONSTANTS, type ClassConstants, createClassModel, NAME_OF_CLASS } from "../src/core/identification/class-model.ts";
import { CLASS_FAMILY, CLASS_NAMES } from "../src/core/model/identity.ts";
import { TARGET_CLASSES } from "../src/core/model/target-classes.ts";
import { flyWorlds } from "./classifier-scene.ts";

const FIRST_WORLD = 500_001;
/** A single object that is quite wrong must not lead the fit. */
const FLOOR = 0.003;
const EQUAL = { uas: 1, bird: 1, manned: 1, lta: 1, ground: 1, clutter: 1 };
/** The age of a track says how the weights of families change while false tracks die; here they are equal when it is judged. */
const LEFT_OUT = [["age", "rcs", "micro-doppler"], ["age", "micro-doppler"], ["age"]];
/** Between 0 and 1; the rest are positive. */
const SHARES: readonly (keyof ClassConstants)[] = [
  "straightShare",
  "steadyShare",
  "levelShare",
  "straightShareWings",
  "steadyShareWings",
  "levelShareWings",
  "bladeShare",
  "bladeReach",
  "standingSeen",
  "supportShare",
  "supportFalse",
  "outlierShare",
  "microDopplerDoubt",
];
/** Not told by worlds in which every class is known. */
const FIXED: readonly (keyof ClassConstants)[] = [
  "unknownPrior",
  "labelWeight",
  // Chosen: how manoeuvres show depends on the simulator's way of flying too much to learn it from there. Their weights are fitted.
  "peakNoise",
  "turnFactor",
  "turnFactorWings",
  "gainFactor",
  "gainFactorWings",
  "turnSpread",
  "gainSpread",
  "supportFalse",
  // The simulator's micro-Doppler and tables make no mistakes; radars and tables do.
  "microDopplerDoubt",
  "speedSpread",
];
/** May be below 0: moved by steps of their own. */
const SIGNED: readonly (keyof ClassConstants)[] = ["agilityStraight", "agilityManoeuvre", "agilityMiddle", "agilityBlades"];

const { values } = parseArgs({
  options: { worlds: { type: "string", default: "150" }, rounds: { type: "string", default: "4" }, only: { type: "string" } },
  strict: true,
});
const objects = flyWorlds(FIRST_WORLD, Number(values.worlds), { shift: 0.15, judgeAt: 20 });
console.log(`${objects.length} tracked objects of ${values.worlds} worlds from ${FIRST_WORLD}`);

const perClass = new Map<string, number>();
for (const { classId } of objects) perClass.set(classId, (perClass.get(classId) ?? 0) + 1);
const familyOf = new Map(TARGET_CLASSES.map((one) => [one.id, one.family]));
const classesIn = (family: string) => TARGET_CLASSES.filter((one) => one.family === family).length;
const weights = objects.map(({ classId }) => 1 / perClass.get(classId)! / classesIn(familyOf.get(classId)!) / 6);
const familyNames = CLASS_NAMES.map((name) => CLASS_FAMILY[name]);

function loss(constants: ClassConstants): number {
  const model = createClassModel({ constants });
  const prior = classPrior(EQUAL, model);
  let sum = 0;
  objects.forEach((object, i) => {
    const family = familyOf.get(object.classId)!;
    const name = CLASS_NAMES.indexOf(NAME_OF_CLASS[object.classId]!);
    for (const without of LEFT_OUT) {
      const log = prior.slice();
      for (const piece of classEvidence(object.features, object.facts, [], object.wind, { model, without }))
        for (let n = 0; n < log.length; n++) log[n] += piece.logLikelihood[n]!;
      const top = Math.max(...log);
      let total = 0;
      let right = 0;
      let rightName = 0;
      for (let n = 0; n < log.length; n++) {
        const p = Math.exp(log[n]! - top);
        total += p;
        if (familyNames[n] === family) right += p;
        if (n === name) rightName += p;
      }
      sum -= (weights[i]! * (Math.log(right / total + FLOOR) + 0.25 * Math.log(rightName / total + FLOOR))) / LEFT_OUT.length;
    }
  });
  return sum;
}

let best: ClassConstants = CLASS_CONSTANTS;
let least = loss(best);
console.log(`as they are: ${least.toFixed(4)}`);
const keys = (Object.keys(best) as (keyof ClassConstants)[]).filter((key) =>
  values.only === undefined ? !FIXED.includes(key) : values.only.split(",").includes(key),
);
const moved = (key: keyof ClassConstants, by: number): ClassConstants => {
  const old = best[key];
  if (SHARES.includes(key)) {
    const logit = Math.log(old / (1 - old)) + 2 * by;
    return { ...best, [key]: Math.min(Math.max(1 / (1 + Math.exp(-logit)), 1e-4), 0.995) };
  }
  if (SIGNED.includes(key)) return { ...best, [key]: old + by };
  const value = Math.max(old * Math.exp(by), 1e-3);
  // An exponent above 1 would count a feature for more than it says.
  return { ...best, [key]: key.endsWith("Weight") ? Math.min(value, 1) : value };
};
let step = 0.3;
for (let round = 0; round < Number(values.rounds); round++) {
  const before = least;
  for (const key of keys) {
    for (const by of [step, -step]) {
      const trial = moved(key, by);
      const value = loss(trial);
      if (value >= least - 1e-6) continue;
      best = trial;
      least = value;
      break;
    }
  }
  console.log(`round ${round + 1}, step ${step}: ${least.toFixed(4)}`);
  if (before - least < 0.002) step /= 2;
}
for (const key of Object.keys(best) as (keyof ClassConstants)[]) console.log(`  ${key}: ${Number(best[key].toPrecision(3))},`);
