// node --import tsx bench/classifier-pattern.ts [--worlds N] [--write]: fits the slot "pattern" (core/identification/class-pattern) on simulated, tracked
// objects. Its worlds are numbered from 700,001, those of the bench from 1: neither ever sees the other's.
//
// A multinomial logistic regression (ridge, full batches, Adam) on bent lines of each feature, on top of what all other slots say: with motion alone, with
// echoes and with micro-Doppler at once, the same weights in all three. Then, all else held, the weights of wind, height and climb that are not known.
// Objects are judged 5 to 20 s after their track began and only while it lives, so that it learns nothing from how soon a track ends. As in the bench one
// class is withheld in each world and "unknown" there; families weigh the same, classes within a family too.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { classAnswer } from "../src/core/identification/class-answer.ts";
import { classEvidence, classPrior } from "../src/core/identification/class-evidence.ts";
import { emptySummary, summarizeMotion } from "../src/core/identification/class-features.ts";
import { createClassModel } from "../src/core/identification/class-model.ts";
import { PATTERN_FAMILIES, PATTERN_FEATURES, patternFeatures } from "../src/core/identification/class-pattern.ts";
import type { ClassFamily } from "../src/core/model/identity.ts";
import { TARGET_CLASSES } from "../src/core/model/target-classes.ts";
import { flyWorld, type TrackedObject } from "./classifier-scene.ts";

const FIRST_WORLD = 700_001;
/** Worlds come in blocks: 700,001 to 700,700, then 710,001 to 710,700. */
const BLOCK = 700;
const BLOCK_GAP = 9_300;
const AGES = [5, 8, 12, 20, 20];
const FAMILIES: readonly ClassFamily[] = [...PATTERN_FAMILIES, "unknown"];
const K = FAMILIES.length;
const EQUAL = { uas: 1, bird: 1, manned: 1, lta: 1, ground: 1, clutter: 1 };
const KNOTS = 6;
const RIDGE = 3e-5;
const STEPS = 120;
/** What is known in each of the parts that are fitted together: slots that are left out. */
const WHEN_KNOWN = [["rcs", "micro-doppler"], ["micro-doppler"], []];
const WHEN_MISSING = [
  ["wind"],
  ["height", "climb"],
  ["height", "climb", "wind"],
  ["wind", "micro-doppler"],
  ["height", "climb", "micro-doppler"],
];
const MISSING: readonly (typeof PATTERN_FEATURES)[number][] = ["climb", "climbAgainstSigma", "height", "offWind"];

const { values } = parseArgs({
  options: { worlds: { type: "string", default: "1400" }, write: { type: "boolean", default: false } },
  strict: true,
});

const objects: TrackedObject[] = [];
for (let k = 0; k < Number(values.worlds); k++) {
  const judgeAt = AGES[k % AGES.length]!;
  objects.push(
    ...flyWorld(FIRST_WORLD + k + BLOCK_GAP * Math.floor(k / BLOCK), { shift: 0.15, judgeAt }).filter(({ age }) => age >= judgeAt),
  );
}
console.log(`SIMULATED: ${objects.length} tracked objects of ${values.worlds} worlds from ${FIRST_WORLD}`);

const familyOf = new Map(TARGET_CLASSES.map((one) => [one.id, one.family]));
const isWithheld = ({ world, classId }: TrackedObject) => TARGET_CLASSES[world % TARGET_CLASSES.length]!.id === classId;
const truth = objects.map((object) => (isWithheld(object) ? K - 1 : FAMILIES.indexOf(familyOf.get(object.classId)!)));
const counts = new Map<string, number>();
for (const object of objects) {
  const key = isWithheld(object) ? "unknown" : object.classId;
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
const share = 1 / TARGET_CLASSES.length;
const weights = objects.map((object) => {
  if (isWithheld(object)) return share / counts.get("unknown")!;
  const family = familyOf.get(object.classId)!;
  return (1 - share) / (6 * TARGET_CLASSES.filter((one) => one.family === family).length * counts.get(object.classId)!);
});

const models = TARGET_CLASSES.map(({ id }) => createClassModel({ withheld: [id] }));
const priors = models.map((model) => classPrior(EQUAL, model));
const summary = emptySummary();

/** ln P(family) by the other slots, [objects * K]. */
function others(without: readonly string[]): Float64Array {
  const out = new Float64Array(objects.length * K);
  objects.forEach(({ features, facts, wind, world }, i) => {
    const k = world % TARGET_CLASSES.length;
    const sum = priors[k]!.slice();
    for (const piece of classEvidence(features, facts, [], wind, { model: models[k]!, without }))
      for (let n = 0; n < sum.length; n++) sum[n] += piece.logLikelihood[n]!;
    const { families } = classAnswer(sum);
    FAMILIES.forEach((family, f) => {
      out[i * K + f] = Math.log(Math.max(families[family], 1e-6));
    });
  });
  return out;
}

function featuresOf({ features, facts, wind }: TrackedObject, without: readonly string[]): Float64Array {
  const out = new Float64Array(PATTERN_FEATURES.length);
  summarizeMotion(features, facts.at, Math.sqrt((facts.covariance[0]! + facts.covariance[7]!) / 2), summary);
  if (without.includes("climb")) summary.climb = Number.NaN;
  patternFeatures(summary, without.includes("height") ? Number.NaN : facts.position[2], without.includes("wind") ? undefined : wind, out);
  return out;
}

const whole = objects.map((object) => featuresOf(object, []));
const rounded = (value: number, digits: number) => Number(value.toPrecision(digits));
const knots = PATTERN_FEATURES.map((_, j) => {
  const sorted = whole
    .map((row) => row[j]!)
    .filter((value) => value - value === 0)
    .sort((a, b) => a - b);
  const chosen: number[] = [];
  for (let k = 0; k < KNOTS; k++) {
    const at = rounded(sorted[Math.round((0.02 + (0.96 * k) / (KNOTS - 1)) * (sorted.length - 1))]!, 3);
    if (chosen.length === 0 || at > chosen[chosen.length - 1]!) chosen.push(at);
  }
  return chosen;
});
const starts: number[] = [];
let width = 1;
for (const each of knots) {
  starts.push(width);
  width += each.length + 1;
}

/** Columns and values of one object's bent lines. */
function lines(features: Float64Array): { columns: number[]; values: number[] } {
  const columns = [0];
  const values = [1];
  knots.forEach((own, j) => {
    const x = features[j]!;
    const last = own.length - 1;
    if (x - x !== 0) {
      columns.push(starts[j]! + last + 1);
      values.push(1);
      return;
    }
    let k = 0;
    while (k < last && x > own[k]!) k += 1;
    if (k === 0 || x >= own[last]!) {
      columns.push(starts[j]! + k);
      values.push(1);
      return;
    }
    const t = (x - own[k - 1]!) / (own[k]! - own[k - 1]!);
    columns.push(starts[j]! + k - 1, starts[j]! + k);
    values.push(1 - t, t);
  });
  return { columns, values };
}

const theta = new Float64Array(width * K);

/** Fits the columns that are `free` on what is left of each part when its slots are left out. */
function fit(left: readonly (readonly string[])[], free: (column: number) => boolean): void {
  const parts = left.map((each) => {
    const without = ["pattern", "age", ...each];
    return { base: others(without), rows: objects.map((object) => lines(featuresOf(object, without))) };
  });
  const first = new Float64Array(theta.length);
  const second = new Float64Array(theta.length);
  const scores = new Float64Array(K);
  for (let step = 1; step <= STEPS; step++) {
    const gradient = new Float64Array(theta.length);
    let loss = 0;
    for (const { base, rows } of parts) {
      rows.forEach(({ columns, values: amounts }, i) => {
        let top = Number.NEGATIVE_INFINITY;
        for (let f = 0; f < K; f++) {
          let sum = base[i * K + f]!;
          for (let j = 0; j < columns.length; j++) sum += theta[columns[j]! * K + f]! * amounts[j]!;
          scores[f] = sum;
          top = Math.max(top, sum);
        }
        let total = 0;
        for (let f = 0; f < K; f++) {
          scores[f] = Math.exp(scores[f]! - top);
          total += scores[f]!;
        }
        const weight = weights[i]! / parts.length;
        loss -= weight * Math.log(scores[truth[i]!]! / total + 1e-9);
        for (let f = 0; f < K; f++) {
          const error = weight * (scores[f]! / total - (f === truth[i] ? 1 : 0));
          for (let j = 0; j < columns.length; j++) gradient[columns[j]! * K + f]! += error * amounts[j]!;
        }
      });
    }
    const rate = step < 0.7 * STEPS ? 0.05 : 0.01;
    for (let a = 0; a < theta.length; a++) {
      if (!free(Math.floor(a / K))) continue;
      const g = gradient[a]! + RIDGE * theta[a]!;
      first[a] = 0.9 * first[a]! + 0.1 * g;
      second[a] = 0.99 * second[a]! + 0.01 * g * g;
      theta[a]! -= (rate * (first[a]! / (1 - 0.9 ** step))) / (Math.sqrt(second[a]! / (1 - 0.99 ** step)) + 1e-8);
    }
    if (step === 1 || step % 40 === 0) console.log(`step ${step}: mean of -ln P(true family) ${loss.toFixed(4)}`);
  }
}
fit(WHEN_KNOWN, () => true);
const missing = new Set(MISSING.map((name) => starts[PATTERN_FEATURES.indexOf(name)]! + knots[PATTERN_FEATURES.indexOf(name)]!.length));
fit(WHEN_MISSING, (column) => missing.has(column));

/** Against "unknown". */
const rowOf = (column: number) =>
  PATTERN_FAMILIES.map((_, f) => Math.round(100 * (theta[column * K + f]! - theta[column * K + K - 1]!)) / 100);
const text = [
  "// Written by bench/classifier-pattern.ts: weights fitted on simulated objects, which say nothing of a site. Do not edit by hand.",
  "",
  'import type { PatternTable } from "./class-pattern.ts";',
  "",
  "export const PATTERN_TABLE: PatternTable = {",
  `  offset: [${rowOf(0).join(", ")}],`,
  "  features: [",
  ...PATTERN_FEATURES.flatMap((name, j) => [
    `    // ${name}`,
    "    {",
    `      knots: [${knots[j]!.join(", ")}],`,
    "      weights: [",
    ...Array.from({ length: knots[j]!.length + 1 }, (_, k) => `        [${rowOf(starts[j]! + k).join(", ")}],`),
    "      ],",
    "    },",
  ]),
  "  ],",
  "};",
  "",
].join("\n");
if (values.write) writeFileSync(join(import.meta.dirname, "../src/core/identification/class-pattern-table.ts"), text);
else console.log(text);
