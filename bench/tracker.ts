// npm run bench -- tracker [--seeds N] [--only PART]: the tracker's scoreboard, accuracy beside speed, baselines beside both.
// Parts: stored, seeds, misinformed, registration, late, demonstration, scaling, consistency. Speed is CPU time of a second pass in one process.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { averageErrors, normalisedError } from "../src/core/metrics/consistency.ts";
import { gospa } from "../src/core/metrics/gospa.ts";
import { createScoreSheet, readScore, type Score } from "../src/core/metrics/score.ts";
import { crowd, GENERATORS } from "../src/core/simulation/tracking-scenarios/generators.ts";
import { MATCHED_MOTIONS, matchedRun } from "../src/core/simulation/tracking-scenarios/matched.ts";
import {
  createTracker,
  predictTrack,
  processScan,
  readTracks,
  SPATIAL_SETTINGS,
  setSensor,
  type TrackerSettings,
} from "../src/core/tracking/picket-tracker.ts";
import { percentile } from "../src/server/cli/track.ts";
import {
  instant,
  misinform,
  readScenario,
  runScenario,
  type Scenario,
  scenarioFromRows,
  scoreRun,
  scoreScenario,
  settingsFor,
} from "../src/server/cli/track-scenario.ts";
import { countDuplicates, type SecondCount } from "../test/support/scene-duplicates.ts";
import { scoreOracle } from "./tracker-oracle.ts";

const SHARED = join(import.meta.dirname, "../../shared/tracking");
const STORED = ["crossing", "crossing-hard", "swarm-50", "swarm-200", "multi-sensor", "multi-sensor-biased"];
const SAME_RUNS: Record<string, number[]> = { crossing: [0, 1, 2, 5, 6, 10, 11, 15, 16], "crossing-hard": [0, 1, 2, 5, 6, 7] };

interface Bar {
  readonly what: string;
  readonly got: number;
  readonly must: number;
  readonly aim?: number;
  readonly more?: boolean;
}
let missed = 0;
const figure = (value: number) => (Math.abs(value) >= 1000 ? String(Math.round(value)) : value.toFixed(Math.abs(value) >= 100 ? 1 : 3));

function check({ what, got, must, aim, more = false }: Bar): void {
  const reached = (bar: number) => (more ? got >= bar : got <= bar);
  if (!reached(must)) missed += 1;
  const verdict = !reached(must) ? "MISSED" : aim !== undefined && reached(aim) ? "aim" : "must";
  console.log(
    `  ${verdict.padEnd(7)}${what.padEnd(58)}${figure(got).padStart(9)}  must ${figure(must)}${aim === undefined ? "" : `, aim ${figure(aim)}`}`,
  );
}

const row = (cells: readonly (string | number)[], widths: readonly number[]) =>
  console.log(cells.map((cell, k) => (k === 0 ? String(cell).padEnd(widths[k]!) : String(cell).padStart(widths[k]!))).join(" "));
const WIDTHS = [34, 8, 7, 7, 7, 7, 10, 7, 7, 10];

function scoreRow(name: string, s: Score, speed: string): void {
  row(
    [
      name,
      s.rmsGospa.toFixed(2),
      s.rmsLocalisation.toFixed(2),
      s.rmsMissed.toFixed(2),
      s.rmsFalse.toFixed(2),
      s.meanOspa.toFixed(2),
      `${s.idSwitches}/${s.targets}`,
      s.completeness.toFixed(3),
      s.spuriousness.toFixed(3),
      speed,
    ],
    WIDTHS,
  );
}

interface Baseline {
  tracker: string;
  scenario: string;
  runs: number[];
  rms_gospa: number;
  rms_localisation: number;
  rms_missed: number;
  rms_false: number;
  mean_ospa: number;
  id_switches: number | null;
  targets: number;
  completeness: number;
  spuriousness: number;
  detections_per_s_cpu: number | null;
}

function cpuSeconds(work: () => void): number {
  const began = process.cpuUsage();
  work();
  const spent = process.cpuUsage(began);
  return (spent.user + spent.system) / 1e6;
}

const load = (name: string) => readScenario(readFileSync(join(SHARED, `${name}.jsonl`), "utf8").split("\n"));

function stored(): void {
  const { baselines } = JSON.parse(readFileSync(join(SHARED, "baselines.json"), "utf8")) as { baselines: Baseline[] };
  const speedMust: Record<string, [number, number]> = {
    "swarm-50": [65_000, 164_000],
    "swarm-200": [37_000, 91_500],
    "multi-sensor": [43_000, 108_500],
    crossing: [90_000, 187_000],
  };
  row(["stored files, all runs", "GOSPA", "loc", "missed", "false", "OSPA", "switches", "compl", "spur", "det/s CPU"], WIDTHS);
  const bars: Bar[] = [];
  for (const name of STORED) {
    const scenario = load(name);
    const settings = settingsFor(scenario);
    const { score } = scoreScenario(scenario, settings);
    const seconds = cpuSeconds(() => {
      for (const run of scenario.runs) runScenario(scenario, run, settings);
    });
    const speed = scenario.detections / seconds;
    scoreRow(`${name}: Picket (arrival order)`, score, speed.toFixed(0));
    for (const b of baselines.filter((one) => one.scenario === name)) {
      row(
        [
          `  ${b.tracker}${b.runs.length < scenario.runs.length ? ` (${b.runs.length} runs)` : ""}`,
          b.rms_gospa.toFixed(2),
          b.rms_localisation.toFixed(2),
          b.rms_missed.toFixed(2),
          b.rms_false.toFixed(2),
          b.mean_ospa.toFixed(2),
          b.id_switches === null ? "-" : `${b.id_switches}/${b.targets}`,
          b.completeness.toFixed(3),
          b.spuriousness.toFixed(3),
          b.detections_per_s_cpu?.toFixed(0) ?? "-",
        ],
        WIDTHS,
      );
    }
    const same = SAME_RUNS[name];
    if (same !== undefined) {
      const onSame = scoreScenario(scenario, settings, scenario.sensors, same).score;
      bars.push({
        what: `${name}: GOSPA on the reference's runs`,
        got: onSame.rmsGospa,
        must: name === "crossing" ? 3.31 : 4.05,
        aim: name === "crossing" ? 2.82 : 3.96,
      });
    }
    if (name.startsWith("swarm")) {
      const small = name === "swarm-50";
      const stoneSoup = baselines.find((one) => one.scenario === name && one.tracker === "Stone Soup GNN")!;
      bars.push({ what: `${name}: GOSPA`, got: score.rmsGospa, must: small ? 115 : 238, aim: small ? 108 : 228 });
      bars.push({ what: `${name}: switches a target`, got: score.idSwitches / score.targets, must: 0.18, aim: 0.1 });
      bars.push({ what: `${name}: missed part, below Stone Soup's`, got: score.rmsMissed, must: stoneSoup.rms_missed });
      bars.push({ what: `${name}: false part, below Stone Soup's`, got: score.rmsFalse, must: stoneSoup.rms_false });
    }
    if (name === "multi-sensor") bars.push({ what: `${name}: GOSPA`, got: score.rmsGospa, must: 75, aim: 69 });
    const wanted = speedMust[name];
    if (wanted !== undefined)
      bars.push({ what: `${name}: detections/s of CPU time`, got: speed, must: wanted[0], aim: wanted[1], more: true });
  }
  for (const bar of bars) check(bar);
}

/** Difference of squared GOSPA run by run, as a share of the second's: mean and standard error. */
function paired(a: readonly number[], b: readonly number[]): string {
  const n = a.length;
  const scale = b.reduce((sum, value) => sum + value, 0) / n;
  const differences = a.map((value, k) => (value - b[k]!) / scale);
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  const variance = differences.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / Math.max(n - 1, 1) / n;
  return `${(50 * mean).toFixed(1)} % +- ${(50 * Math.sqrt(variance)).toFixed(1)}`;
}

function ownSeeds(seeds: number): void {
  console.log(`\nown seeds 1001 to ${1000 + seeds}; "to oracle": difference of GOSPA run by run, with its standard error`);
  row(["scene", "GOSPA", "loc", "missed", "false", "sw/tgt", "oracle", "ratio", "stored", "to oracle"], [22, 8, 7, 7, 7, 7, 8, 7, 7, 18]);
  const bars: Bar[] = [];
  for (const name of Object.keys(GENERATORS)) {
    const count = name === "flock" || name === "swarm-200" ? Math.min(seeds, 20) : seeds;
    const all = createScoreSheet(name.startsWith("crossing") ? 10 : 50, 2);
    const squares: number[] = [];
    const oracleSquares: number[] = [];
    let c = 0;
    for (let k = 0; k < count; k++) {
      const scenario = scenarioFromRows(GENERATORS[name]!(1001 + k));
      c = scenario.header.gospa.c;
      const one = createScoreSheet(c, 2);
      scoreRun(one, scenario, 0, runScenario(scenario, scenario.runs[0]!, settingsFor(scenario)).estimates);
      const score = readScore(one);
      squares.push(score.rmsGospa * score.rmsGospa);
      const oracle = scoreOracle(scenario).rmsGospa;
      oracleSquares.push(oracle * oracle);
      all.steps.push(...one.steps);
      all.switches += one.switches;
      for (const key of Object.keys(one.life)) all.life[`${k}:${key}`] = one.life[key]!;
    }
    const score = readScore(all);
    const oracle = Math.sqrt(oracleSquares.reduce((sum, value) => sum + value, 0) / count);
    const ratio = score.rmsGospa / oracle;
    let storedRatio = "-";
    if (STORED.includes(name) && existsSync(SHARED)) {
      const scenario = load(name);
      const wanted = scoreScenario(scenario, settingsFor(scenario)).score.rmsGospa / scoreOracle(scenario).rmsGospa;
      storedRatio = wanted.toFixed(3);
      bars.push({ what: `${name}: ratio to the oracle on own seeds / on the stored file`, got: ratio / wanted, must: 1.05 });
    }
    row(
      [
        name,
        score.rmsGospa.toFixed(2),
        score.rmsLocalisation.toFixed(2),
        score.rmsMissed.toFixed(2),
        score.rmsFalse.toFixed(2),
        (score.idSwitches / score.targets).toFixed(2),
        oracle.toFixed(2),
        ratio.toFixed(3),
        storedRatio,
        paired(squares, oracleSquares),
      ],
      [22, 8, 7, 7, 7, 7, 8, 7, 7, 18],
    );
  }
  for (const bar of bars) check(bar);
}

function misinformed(): void {
  console.log("\ntold a wrong Pd (miss rate doubled) and wrong clutter (x 0.5, x 2): GOSPA over that with the right values");
  for (const name of ["crossing-hard", "swarm-50"]) {
    const scenario = load(name);
    const settings = settingsFor(scenario);
    const right = scoreScenario(scenario, settings).score.rmsGospa;
    for (const [miss, clutter] of [
      [2, 1],
      [1, 0.5],
      [1, 2],
      [2, 0.5],
      [2, 2],
    ] as const) {
      const told = misinform(scenario.sensors, miss, clutter);
      // The flat preset's settings come from the header and stay.
      const got = scoreScenario(scenario, settings, told).score.rmsGospa;
      check({ what: `${name}: misses x ${miss}, clutter x ${clutter}`, got: got / right, must: 1.15, aim: 1.07 });
    }
  }
}

function registration(): void {
  console.log("\nregistration");
  const unbiased = load("multi-sensor");
  const biased = load("multi-sensor-biased");
  const settings = settingsFor(unbiased);
  const after = (scenario: Scenario) => {
    const sheet = createScoreSheet(50, 2);
    scenario.runs.forEach((run, number) => {
      scoreRun(sheet, scenario, number, runScenario(scenario, run, settings).estimates, 60);
    });
    return readScore(sheet).rmsGospa;
  };
  check({ what: "multi-sensor-biased after 60 s, over the unbiased run", got: after(biased) / after(unbiased), must: 1.1, aim: 1.05 });
  biased.runs.forEach((run, number) => {
    const state = createTracker(settings);
    for (const sensor of biased.sensors) setSensor(state, sensor);
    for (const scan of run.scans) {
      if (scan.t > instant(60)) break;
      processScan(state, scan);
    }
    const place = state.sensors.find((record) => record.sensor.id === "radar2")!.place;
    const { mean } = state.registration;
    check({ what: `run ${number}: error of radar2's range bias at 60 s, m`, got: Math.abs(mean[place * 4]! - 12), must: 2 });
    check({
      what: `run ${number}: error of radar2's azimuth bias at 60 s, degrees`,
      got: Math.abs((mean[place * 4 + 1]! * 180) / Math.PI - 0.8),
      must: 0.1,
    });
  });
}

/** How long after t the picture of t is read, us. */
const READ_AFTER = 3e6;

/**
 * The picture of t, from what was measured by t, read 3 s later: in arrival order, and from the same scans sorted. Some scans of this
 * generator are more than 3 s late, and no filter can have them by then: the picture from all scans, sorted, over that from those that had
 * arrived, sorted too, is the floor of every causal filter.
 */
function late(seeds: number): void {
  console.log("\nlate data (out-of-sequence generator): the state of t, 3 s after t, against the sorted result");
  const ways = ["arrival", "sorted", "all"] as const;
  const sheets = { arrival: createScoreSheet(20, 2), sorted: createScoreSheet(20, 2), all: createScoreSheet(20, 2) };
  const nowSheet = createScoreSheet(20, 2);
  let lateScans = 0;
  let missing = 0;
  let total = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const scenario = scenarioFromRows(GENERATORS["out-of-sequence"]!(1000 + seed));
    const settings = settingsFor(scenario);
    const run = scenario.runs[0]!;
    scoreRun(nowSheet, scenario, 0, runScenario(scenario, run, settings).estimates);
    total += run.scans.length;
    missing += run.scans.filter((scan, k) => run.arrivals[k]! > scan.t + READ_AFTER).length;
    for (const way of ways) {
      const ordered = run.scans.map((scan, k) => ({ scan, arrival: run.arrivals[k]! }));
      if (way !== "arrival") ordered.sort((a, b) => a.scan.t - b.scan.t);
      // What is in at t stays in: it is worked in once, and only the rest again for each t.
      const settled = createTracker(settings);
      for (const sensor of scenario.sensors) setSensor(settled, sensor);
      let next = 0;
      const estimates = [];
      for (let step = 0; step < scenario.header.steps; step++) {
        const t = instant(step);
        const isIn = ({ scan, arrival }: (typeof ordered)[number]) => scan.t <= t && (way === "all" || arrival <= t + READ_AFTER);
        while (next < ordered.length && isIn(ordered[next]!) && (way !== "arrival" || ordered[next]!.arrival <= t))
          processScan(settled, ordered[next++]!.scan);
        const state = structuredClone(settled);
        for (const each of ordered.slice(next)) if (isIn(each)) processScan(state, each.scan);
        if (way === "arrival" && step === scenario.header.steps - 1) lateScans += state.counts.late;
        estimates.push(readTracks(state).map((track) => predictTrack(track, t)));
      }
      scoreRun(sheets[way], scenario, 0, estimates);
    }
  }
  const [arrival, sorted, all] = ways.map((way) => readScore(sheets[way]).rmsGospa);
  const percent = (ratio: number) => `${(100 * (ratio - 1)).toFixed(2)} %`;
  console.log(`  ${seeds} seeds, ${total} scans, ${lateScans} worked in late, ${missing} not yet there 3 s after they were measured`);
  row(["GOSPA of the picture of t", "", "over sorted", "over all"], [34, 8, 12, 10]);
  const line = (name: string, value: number, ofSorted: boolean) =>
    row([name, value.toFixed(3), ofSorted ? percent(value / sorted!) : "", percent(value / all!)], [34, 8, 12, 10]);
  line("all scans, sorted", all!, false);
  line("those in by t + 3 s, sorted (floor)", sorted!, true);
  line("those in by t + 3 s, as they came", arrival!, true);
  line("those in by t", readScore(nowSheet).rmsGospa, true);
  check({ what: "as they came, over the same scans sorted", got: arrival! / sorted!, must: 1.01, aim: 1.002 });
  check({ what: "as they came, over all scans sorted", got: arrival! / all!, must: 1.01 });
}

/** One object, one track: the demonstration's scene through the whole engine, its tracks against the truth at each second. */
function demonstration(): void {
  console.log("\ndemonstration (from the second minute on): tracks against the truth, average of the seconds");
  const widths = [12, 9, 9, 8, 12, 8, 16];
  row(["seed", "objects", "covered", "tracks", "duplicates", "strays", "longest spell"], widths);
  let most = 0;
  let longest = 0;
  for (const seed of [7, 8, 9]) {
    const { seconds, spells } = countDuplicates("demo", seed, 180);
    const settled = seconds.filter(({ second }) => second > 60);
    const mean = (of: (one: SecondCount) => number) => settled.reduce((sum, one) => sum + of(one), 0) / settled.length;
    const spell = Math.max(0, ...spells.filter(({ from }) => from > 60).map((one) => one.seconds));
    const duplicates = mean((one) => one.duplicates);
    most = Math.max(most, duplicates);
    longest = Math.max(longest, spell);
    const cells = [
      mean((one) => one.objects),
      mean((one) => one.covered),
      mean((one) => one.tracks),
      duplicates,
      mean((one) => one.strays),
    ];
    row([seed, ...cells.map((value) => value.toFixed(1)), `${spell} s`], widths);
  }
  check({ what: "duplicates at a time, worst seed", got: most, must: 1 });
  check({ what: "longest a duplicate stood, s", got: longest, must: 10, aim: 5 });
}

function scaling(): void {
  console.log(
    "\nscaling (crowds of independent drones, three detections a scan for each two of them); CPU time and wall-clock time, collector included",
  );
  const time: Record<number, number[]> = {};
  const wall: Record<number, number[]> = {};
  for (const targets of [200, 1000, 2000]) {
    const scenario = scenarioFromRows(crowd(targets, 7, 120));
    const pass = () => {
      const state = createTracker(SPATIAL_SETTINGS);
      for (const sensor of scenario.sensors) setSensor(state, sensor);
      return scenario.runs[0]!.scans.map((scan) => {
        const began = process.cpuUsage();
        const clock = process.hrtime.bigint();
        processScan(state, scan);
        const passed = Number(process.hrtime.bigint() - clock) / 1000;
        const spent = process.cpuUsage(began);
        return { cpu: spent.user + spent.system, wall: passed, tracks: state.count };
      });
    };
    pass();
    // From the tenth scan on the tracks are there.
    const scans = pass().slice(10);
    const ordered = (of: (scan: (typeof scans)[number]) => number) => scans.map(of).sort((a, b) => a - b);
    const cpu = ordered((scan) => scan.cpu);
    time[targets] = cpu;
    wall[targets] = ordered((scan) => scan.wall);
    const ms = (values: readonly number[], p: number) => (percentile(values, p) / 1000).toFixed(2);
    console.log(
      `  ${targets} targets, ${Math.round(scenario.detections / 120)} detections a scan, up to ${Math.max(...scans.map(({ tracks }) => tracks))} tracks and candidates: CPU p50 ${ms(cpu, 0.5)} ms, p99 ${ms(cpu, 0.99)} ms; wall clock p50 ${ms(wall[targets], 0.5)} ms, p99 ${ms(wall[targets], 0.99)} ms`,
    );
  }
  check({ what: "time a scan, 2,000 tracks over 200", got: percentile(time[2000]!, 0.5) / percentile(time[200]!, 0.5), must: 12 });
  check({ what: "1,000 tracks, 1,500 detections: p99 a scan, ms of CPU", got: percentile(time[1000]!, 0.99) / 1000, must: 20, aim: 8 });
}

function consistency(): void {
  console.log("\nconsistency: 50 seeded runs of matched motion, share of steps with ANEES inside its 95 % band");
  for (const motion of MATCHED_MOTIONS) {
    const settings: TrackerSettings = { ...SPATIAL_SETTINGS, modes: [motion.mode] };
    const errors: number[][] = [];
    for (let seed = 1; seed <= 50; seed++) errors.push(matchedErrors(motion.name, seed, settings));
    const { average, inside } = averageErrors(errors, 6);
    const mean = average.reduce((sum, value) => sum + value, 0) / average.length;
    check({ what: `${motion.name} (mean ANEES ${(mean / 6).toFixed(3)})`, got: 100 * inside, must: 90, aim: 95, more: true });
  }
}

/** ANEES of the tracks paired with a truth, on the stored files: reported, not judged. Their motion is nobody's model. */
function storedConsistency(): void {
  console.log("\nANEES of positions on the stored files (1 is consistent, more is too sure of itself); reported only");
  for (const name of STORED) {
    const scenario = load(name);
    const { dimensions } = scenario;
    let sum = 0;
    let pairs = 0;
    scenario.runs.forEach((run) => {
      const { estimates } = runScenario(scenario, run, settingsFor(scenario));
      run.truth.forEach((truth, step) => {
        const tracks = (estimates[step] ?? []).map((track) => track);
        const place = (position: readonly number[]) => position.slice(0, dimensions);
        const paired = gospa(
          truth.map(({ position }) => place(position)),
          tracks.map(({ position }) => place(position)),
          scenario.header.gospa.c,
        ).pairs;
        for (const [i, j] of paired) {
          const track = tracks[j]!;
          const error = place(track.position).map((value, k) => value - truth[i]!.position[k]!);
          const covariance: number[] = [];
          for (let a = 0; a < dimensions; a++) for (let b = 0; b < dimensions; b++) covariance.push(track.covariance[a * 6 + b]!);
          sum += normalisedError(error, covariance, dimensions) / dimensions;
          pairs += 1;
        }
      });
    });
    console.log(`  ${name.padEnd(22)}${(sum / pairs).toFixed(2)} over ${pairs} pairs`);
  }
}

function matchedErrors(name: string, seed: number, settings: TrackerSettings): number[] {
  const { sensor, scans, truth } = matchedRun(name, seed);
  const state = createTracker(settings);
  setSensor(state, sensor);
  const errors: number[] = [];
  scans.forEach((scan, k) => {
    processScan(state, scan);
    if (k < 10) return;
    const tracks = readTracks(state, 0).sort((a, b) => b.existence - a.existence);
    const track = tracks[0]!;
    const error = truth[k]!.map((value, i) => (i < 3 ? track.position[i]! : track.velocity[i - 3]!) - value);
    errors.push(normalisedError(error, track.covariance, 6));
  });
  return errors;
}

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { seeds: { type: "string" }, only: { type: "string" } } });
  const seeds = Math.max(Number(values.seeds ?? 20) || 20, 1);
  const wanted = (part: string) => values.only === undefined || values.only === part;
  const shared = existsSync(SHARED);
  if (!shared) console.log("../shared is absent: the stored files are left out");
  if (shared && wanted("stored")) stored();
  if (wanted("seeds")) ownSeeds(seeds);
  if (shared && wanted("misinformed")) misinformed();
  if (shared && wanted("registration")) registration();
  if (wanted("late")) late(Math.min(seeds, 20));
  if (wanted("demonstration")) demonstration();
  if (wanted("scaling")) scaling();
  if (wanted("consistency")) {
    consistency();
    if (shared) storedConsistency();
  }
  console.log(missed === 0 ? "\nevery must is reached" : `\n${missed} missed`);
  return missed === 0 ? 0 : 1;
}
