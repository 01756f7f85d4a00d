// npm run bench -- classifier [--worlds N] [--first N] [--shift 0.15] [--pictures]: how well the class of tracked objects is told, on what shows of it. Every figure is
// of the simulator's objects: SIMULATED, and no promise for a site.
//
// World k flies one object of each class of target-classes with every median moved by plus or minus 15 %, before one radar with noise and
// false plots; the real tracker tracks them. The class number k modulo 28 is withheld from the classifier: its objects should come out as
// "unknown". Families weigh the same, classes within a family too. Constants and pattern were fitted on other worlds (bench/classifier-fit.ts,
// bench/classifier-pattern.ts).

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { classAnswer } from "../src/core/identification/class-answer.ts";
import { classEvidence, classPrior } from "../src/core/identification/class-evidence.ts";
import { observeFacts } from "../src/core/identification/class-features.ts";
import { type ClassModel, createClassModel } from "../src/core/identification/class-model.ts";
import type { ClassFamily } from "../src/core/model/identity.ts";
import { TARGET_CLASSES } from "../src/core/model/target-classes.ts";
import { flyWorlds, type TrackedObject } from "./classifier-scene.ts";

const FAMILIES: readonly ClassFamily[] = ["uas", "bird", "manned", "lta", "ground", "clutter", "unknown"];
const KNOWN = FAMILIES.slice(0, 6);
const EQUAL = { uas: 1, bird: 1, manned: 1, lta: 1, ground: 1, clutter: 1 };
const BINS = 10;
/** m; the radar is specified to 3,500 m for 0.01 m^2. */
const RANGES = [3500, 2000];

interface FeatureSet {
  readonly name: string;
  readonly without: readonly string[];
  readonly must?: number;
  readonly aim?: number;
}
// The age of a track says how the weights of the families change while false tracks die; here they are equal when it is judged.
const SETS: readonly FeatureSet[] = [
  { name: "speed, manoeuvre, climb", without: ["age", "height", "wind", "rcs", "micro-doppler"] },
  { name: "kinematics: with height and wind", without: ["age", "rcs", "micro-doppler"], must: 0.65, aim: 0.73 },
  { name: "with RCS, wind not known", without: ["age", "wind", "micro-doppler"] },
  { name: "with RCS", without: ["age", "micro-doppler"], must: 0.78, aim: 0.88 },
  { name: "with micro-Doppler, wind not known", without: ["age", "wind"] },
  { name: "with micro-Doppler", without: ["age"], must: 0.85, aim: 0.92 },
];

const familyOf = new Map(TARGET_CLASSES.map((one) => [one.id, one.family]));
const classesIn = (family: string) => TARGET_CLASSES.filter((one) => one.family === family);

interface Judged {
  readonly object: TrackedObject;
  readonly withheld: boolean;
  /** In the order of FAMILIES. */
  readonly families: readonly number[];
  readonly answer: number;
}

function judgeAll(objects: readonly TrackedObject[], models: readonly ClassModel[], without: readonly string[]): Judged[] {
  const priors = models.map((model) => classPrior(EQUAL, model));
  return objects.map((object) => {
    const k = object.world % TARGET_CLASSES.length;
    const sum = priors[k]!.slice();
    for (const piece of classEvidence(object.features, object.facts, [], object.wind, { model: models[k]!, without }))
      for (let n = 0; n < sum.length; n++) sum[n] += piece.logLikelihood[n]!;
    const { families, family } = classAnswer(sum);
    return {
      object,
      withheld: TARGET_CLASSES[k]!.id === object.classId,
      families: FAMILIES.map((one) => families[one]),
      answer: FAMILIES.indexOf(family),
    };
  });
}

interface Rate {
  readonly value: number;
  /** Half of the 95 % interval. */
  readonly half: number;
}
const show = ({ value, half }: Rate) =>
  `${value.toFixed(3)} [${Math.max(0, value - half).toFixed(3)}, ${Math.min(1, value + half).toFixed(3)}]`;

/** Mean over classes of a share, each class weighing the same; the interval from the binomial variance of each (Agresti-Coull's n + 4). */
function classMean(judged: readonly Judged[], ids: readonly string[], test: (one: Judged) => boolean): Rate {
  let value = 0;
  let variance = 0;
  let used = 0;
  for (const id of ids) {
    const of = judged.filter(({ object }) => object.classId === id);
    if (of.length === 0) continue;
    const hits = of.filter(test).length;
    used += 1;
    value += hits / of.length;
    const p = (hits + 2) / (of.length + 4);
    variance += (p * (1 - p)) / (of.length + 4);
  }
  return { value: value / used, half: (1.96 * Math.sqrt(variance)) / used };
}

function hitRate(judged: readonly Judged[]): Rate {
  const rates = KNOWN.map((family, f) =>
    classMean(
      judged.filter(({ withheld }) => !withheld),
      classesIn(family).map(({ id }) => id),
      ({ answer }) => answer === f,
    ),
  );
  return {
    value: rates.reduce((sum, rate) => sum + rate.value, 0) / rates.length,
    half: Math.sqrt(rates.reduce((sum, rate) => sum + rate.half * rate.half, 0)) / rates.length,
  };
}

/** Weight of each object so that families, and classes in a family, count the same; withheld objects are 1 in 28 altogether. */
function weigh(judged: readonly Judged[]): number[] {
  const counts = new Map<string, number>();
  let withheld = 0;
  for (const one of judged) {
    if (one.withheld) withheld += 1;
    else counts.set(one.object.classId, (counts.get(one.object.classId) ?? 0) + 1);
  }
  const share = 1 / TARGET_CLASSES.length;
  return judged.map((one) => {
    if (one.withheld) return share / withheld;
    const family = familyOf.get(one.object.classId)!;
    return (1 - share) / (6 * classesIn(family).length * counts.get(one.object.classId)!);
  });
}

interface Reliability {
  readonly error: number;
  readonly bins: readonly { readonly said: number; readonly true: number; readonly weight: number; readonly objects: number }[];
}

/** Top probability against how often it was right, in ten even bins; the expected calibration error is the weighted mean gap. */
function reliability(judged: readonly Judged[], weights: readonly number[]): Reliability {
  const bins = Array.from({ length: BINS }, () => ({ said: 0, true: 0, weight: 0, objects: 0 }));
  judged.forEach((one, i) => {
    const p = one.families[one.answer]!;
    const bin = bins[Math.min(Math.floor(p * BINS), BINS - 1)]!;
    const truth = one.withheld ? FAMILIES.indexOf("unknown") : FAMILIES.indexOf(familyOf.get(one.object.classId)!);
    bin.said += weights[i]! * p;
    bin.true += truth === one.answer ? weights[i]! : 0;
    bin.weight += weights[i]!;
    bin.objects += 1;
  });
  const total = bins.reduce((sum, bin) => sum + bin.weight, 0);
  const error = bins.reduce((sum, bin) => sum + Math.abs(bin.said - bin.true), 0) / total;
  return {
    error,
    bins: bins.map((bin) => ({ ...bin, said: bin.said / Math.max(bin.weight, 1e-12), true: bin.true / Math.max(bin.weight, 1e-12) })),
  };
}

/** The calibration error again on objects drawn anew from these, world by world: its spread, by 40 draws with their own seed. */
function errorInterval(judged: readonly Judged[]): [number, number] {
  const byWorld = new Map<number, Judged[]>();
  for (const one of judged) {
    const list = byWorld.get(one.object.world);
    if (list === undefined) byWorld.set(one.object.world, [one]);
    else list.push(one);
  }
  const worlds = [...byWorld.values()];
  let seed = 12345;
  const next = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 4294967296;
  };
  const errors: number[] = [];
  for (let draw = 0; draw < 40; draw++) {
    const sample: Judged[] = [];
    for (let k = 0; k < worlds.length; k++) sample.push(...worlds[Math.floor(next() * worlds.length)]!);
    errors.push(reliability(sample, weigh(sample)).error);
  }
  errors.sort((a, b) => a - b);
  return [errors[1]!, errors[38]!];
}

const brier = (judged: readonly Judged[], weights: readonly number[]): number => {
  let sum = 0;
  let total = 0;
  judged.forEach((one, i) => {
    const truth = one.withheld ? FAMILIES.indexOf("unknown") : FAMILIES.indexOf(familyOf.get(one.object.classId)!);
    let square = 0;
    one.families.forEach((p, f) => {
      square += (p - (f === truth ? 1 : 0)) * (p - (f === truth ? 1 : 0));
    });
    sum += weights[i]! * square;
    total += weights[i]!;
  });
  return sum / total;
};

function confusionTable(judged: readonly Judged[]): number[][] {
  const known = judged.filter(({ withheld }) => !withheld);
  const rows = KNOWN.map((family) => {
    const ids = classesIn(family).map(({ id }) => id);
    return FAMILIES.map((_, f) => classMean(known, ids, ({ answer }) => answer === f).value);
  });
  const withheld = judged.filter((one) => one.withheld);
  rows.push(FAMILIES.map((_, f) => withheld.filter(({ answer }) => answer === f).length / Math.max(withheld.length, 1)));
  return rows;
}

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      worlds: { type: "string", default: "280" },
      first: { type: "string", default: "1" },
      shift: { type: "string", default: "0.15" },
      pictures: { type: "boolean", default: false },
    },
  });
  const count = Number(values.worlds);
  const first = Number(values.first);
  const began = performance.now();
  const objects = flyWorlds(first, count, { shift: Number(values.shift), judgeAt: 20 });
  const models = TARGET_CLASSES.map(({ id }) => createClassModel({ withheld: [id] }));
  console.log(
    `SIMULATED: ${objects.length} tracked objects of ${count} worlds (${first} to ${first + count - 1}), ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  const ages = objects.map(({ age }) => age).sort((a, b) => a - b);
  console.log(
    `age of the track when judged: 10 % below ${ages[Math.floor(0.1 * ages.length)]!.toFixed(0)} s, median ${ages[ages.length >> 1]!.toFixed(0)} s`,
  );
  const untracked = TARGET_CLASSES.map(({ id }) => [id, 1 - objects.filter((one) => one.classId === id).length / count] as const)
    .filter(([, share]) => share > 0.1)
    .map(([id, share]) => `${id} ${(100 * share).toFixed(0)} %`);
  console.log(`not tracked for 4 s, so not judged: ${untracked.join(", ") || "none"}\n`);

  let missed = 0;
  const curves: { name: string; reliability: Reliability }[] = [];
  for (const range of RANGES) {
    // Above half the radar's range an object is seen beyond it only: those are kept in the wider set.
    const near = range >= RANGES[0]! ? objects : objects.filter(({ facts }) => Math.hypot(...facts.position) <= range);
    console.log(`${near.length} objects, ${range >= RANGES[0]! ? "all" : `within ${range} m`}: family hit rate, with its 95 % interval`);
    for (const set of SETS) {
      const judged = judgeAll(near, models, set.without);
      const weights = weigh(judged);
      const rate = hitRate(judged);
      const curve = reliability(judged, weights);
      const [low, high] = errorInterval(judged);
      const hitMissed = set.must !== undefined && rate.value < set.must;
      const errorMissed = set.must !== undefined && curve.error > 0.05;
      if (range === RANGES[0]) missed += (hitMissed ? 1 : 0) + (errorMissed ? 1 : 0);
      const bar =
        set.must === undefined
          ? ""
          : `  must ${set.must}, aim ${set.aim}: ${hitMissed ? "MISSED" : rate.value >= set.aim! ? "aim" : "must"}`;
      console.log(`  ${set.name.padEnd(36)} ${show(rate)}${bar}`);
      const birds = classMean(
        judged.filter((one) => !one.withheld),
        classesIn("bird").map(({ id }) => id),
        ({ answer }) => answer === 0,
      );
      const drones = classMean(
        judged.filter((one) => !one.withheld),
        classesIn("uas").map(({ id }) => id),
        ({ answer }) => answer !== 0,
      );
      console.log(
        `  ${"".padEnd(36)} calibration error ${curve.error.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]${set.must === undefined ? "" : errorMissed ? " (must 0.05: MISSED)" : " (must 0.05: must)"}, Brier ${brier(judged, weights).toFixed(3)}, P(bird called uas) ${show(birds)}, P(uas missed) ${show(drones)}`,
      );
      if (range !== RANGES[0] || set.must === undefined) continue;
      curves.push({ name: set.name, reliability: curve });
      console.log(`    truth      ${FAMILIES.map((family) => family.padStart(8)).join("")}`);
      confusionTable(judged).forEach((row, f) => {
        console.log(`    ${(KNOWN[f] ?? "withheld").padEnd(11)}${row.map((p) => p.toFixed(2).padStart(8)).join("")}`);
      });
      const withheld = judged.filter((one) => one.withheld);
      const own = withheld.filter((one) => FAMILIES[one.answer] === familyOf.get(one.object.classId)).length;
      const unknown = withheld.filter((one) => FAMILIES[one.answer] === "unknown").length;
      console.log(
        `    withheld classes (${withheld.length} objects): called unknown ${(unknown / withheld.length).toFixed(2)}, by the family of their kin ${(own / withheld.length).toFixed(2)}`,
      );
      console.log(
        `    said -> true: ${curve.bins
          .filter((bin) => bin.objects > 0)
          .map((bin) => `${bin.said.toFixed(2)} -> ${bin.true.toFixed(2)} (${bin.objects})`)
          .join(", ")}`,
      );
    }
    console.log("");
  }
  cost(objects);
  if (values.pictures) {
    const folder = join(import.meta.dirname, "../docs/images/identification");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "reliability.svg"), `${drawReliability(curves)}\n`);
    console.log("wrote docs/images/identification/reliability.svg");
  }
  return missed > 0 ? 1 : 0;
}

/** CPU time of the two functions that run for every track: what a judgement of 1,000 tracks pays. */
function cost(objects: readonly TrackedObject[]): void {
  const some = objects.slice(0, 1000);
  const time = (work: (object: TrackedObject, round: number) => void, rounds: number): number => {
    for (const object of some) work(object, 0);
    const began = process.cpuUsage();
    for (let round = 1; round <= rounds; round++) for (const object of some) work(object, round);
    const spent = process.cpuUsage(began);
    return (spent.user + spent.system) / (rounds * some.length);
  };
  const evidence = time(({ features, facts, wind }) => void classEvidence(features, facts, [], wind), 20);
  const kept = some.map(({ features, facts, wind }) => classEvidence(features, facts, [], wind));
  const again = new Map(some.map((object, i) => [object, kept[i]!]));
  const unchanged = time(
    (object) => void classEvidence(object.features, object.facts, [], object.wind, { previous: again.get(object)! }),
    20,
  );
  const later = some.map(({ facts }) =>
    Array.from({ length: 21 }, (_, round) => {
      const at = (facts.at + round * 1_000_000) as typeof facts.at;
      return { ...facts, at, measuredAt: at };
    }),
  );
  const place = new Map(some.map((object, i) => [object, i]));
  const observe = time((object, round) => observeFacts(object.features, later[place.get(object)!]![round]!), 20);
  console.log(
    `CPU time a track: observeFacts ${observe.toFixed(2)} us, classEvidence ${evidence.toFixed(2)} us, again when nothing changed ${unchanged.toFixed(2)} us`,
  );
}

const COLOURS = ["#0b6e99", "#c2410c", "#15803d"];

/** Said against true, a line for each set of features; the area of a dot is the share of objects. */
function drawReliability(curves: readonly { readonly name: string; readonly reliability: Reliability }[]): string {
  const size = 360;
  const x = (p: number) => (50 + p * (size - 70)).toFixed(1);
  const y = (p: number) => (size - 40 - p * (size - 60)).toFixed(1);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size + 250} ${size}" role="img" aria-label="Reliability of the family of class, simulated">`,
    `<rect width="${size + 250}" height="${size}" fill="#fff"/>`,
    `<path d="M${x(0)} ${y(0)}L${x(1)} ${y(1)}" stroke="#bbb" stroke-dasharray="4 4"/>`,
    `<path d="M${x(0)} ${y(1)}V${y(0)}H${x(1)}" fill="none" stroke="#444"/>`,
  ];
  for (const tick of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    parts.push(`<text x="${x(tick)}" y="${Number(y(0)) + 14}" font-size="11" text-anchor="middle">${tick}</text>`);
    parts.push(`<text x="${Number(x(0)) - 6}" y="${Number(y(tick)) + 4}" font-size="11" text-anchor="end">${tick}</text>`);
  }
  parts.push(`<text x="${x(0.5)}" y="${size - 8}" font-size="12" text-anchor="middle">probability said of the answer</text>`);
  parts.push(
    `<text x="12" y="${y(0.5)}" font-size="12" text-anchor="middle" transform="rotate(-90 12 ${y(0.5)})">share that was right</text>`,
  );
  curves.forEach(({ name, reliability: { bins, error } }, k) => {
    const colour = COLOURS[k % COLOURS.length]!;
    const used = bins.filter((bin) => bin.objects >= 10);
    parts.push(
      `<polyline points="${used.map((bin) => `${x(bin.said)},${y(bin.true)}`).join(" ")}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
    );
    for (const bin of used)
      parts.push(
        `<circle cx="${x(bin.said)}" cy="${y(bin.true)}" r="${(2 + 10 * Math.sqrt(bin.weight)).toFixed(1)}" fill="${colour}" fill-opacity="0.35"/>`,
      );
    parts.push(`<circle cx="${size + 6}" cy="${40 + 20 * k}" r="5" fill="${colour}"/>`);
    parts.push(`<text x="${size + 16}" y="${44 + 20 * k}" font-size="11">${name}: error ${error.toFixed(3)}</text>`);
  });
  parts.push(`<text x="${size + 0}" y="20" font-size="12">Simulated, medians moved by 15 %</text>`, "</svg>");
  return parts.join("\n");
}
