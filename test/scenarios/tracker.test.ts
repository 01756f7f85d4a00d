// The tracker as a whole, on the project's own seeded scenes.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createRandom, uniform } from "../../src/core/math/random.ts";
import { averageErrors, normalisedError } from "../../src/core/metrics/consistency.ts";
import { createScoreSheet, readScore } from "../../src/core/metrics/score.ts";
import { GENERATORS } from "../../src/core/simulation/tracking-scenarios/generators.ts";
import { MATCHED_MOTIONS, matchedRun } from "../../src/core/simulation/tracking-scenarios/matched.ts";
import {
  createTracker,
  processScan,
  readTracks,
  SPATIAL_SETTINGS,
  setSensor,
  type TrackerState,
} from "../../src/core/tracking/picket-tracker.ts";
import type { Scan } from "../../src/core/tracking/tracker.ts";
import { misinform, runScenario, type Scenario, scenarioFromRows, scoreRun, settingsFor } from "../../src/server/cli/track-scenario.ts";

const scene = (name: string, seed: number) => scenarioFromRows(GENERATORS[name]!(seed));

function gospaOf(scenario: Scenario, sensors = scenario.sensors, from = 0): number {
  const sheet = createScoreSheet(scenario.header.gospa.c, 2);
  scoreRun(sheet, scenario, 0, runScenario(scenario, scenario.runs[0]!, settingsFor(scenario), sensors).estimates, from);
  return readScore(sheet).rmsGospa;
}

/** Root of the mean squared GOSPA over seeds. */
function overSeeds(name: string, seeds: readonly number[], from = 0): number {
  return Math.sqrt(seeds.reduce((sum, seed) => sum + gospaOf(scene(name, seed), undefined, from) ** 2, 0) / seeds.length);
}

for (const [name, seed] of [
  ["crossing", 1],
  ["multi-sensor", 1],
  ["hover-sprint", 1],
  ["occlusion", 1],
] as const) {
  test(`golden: the tracks of ${name}, seed ${seed}, every tenth step, to a centimetre`, () => {
    const path = join(import.meta.dirname, `tracker-golden-${name}.json`);
    const scenario = scene(name, seed);
    const { estimates } = runScenario(scenario, scenario.runs[0]!, settingsFor(scenario));
    const lines = estimates
      .map((tracks, step) => ({ step, tracks }))
      .filter(({ step }) => step % 10 === 0)
      .map(({ step, tracks }) =>
        JSON.stringify([step, tracks.map((track) => [track.id, ...track.position.map((value) => Math.round(value * 100) / 100)])]),
      );
    const text = `[\n${lines.join(",\n")}\n]\n`;
    if (process.env.PICKET_WRITE_GOLDENS === "1") writeFileSync(path, text);
    assert.equal(
      text,
      readFileSync(path, "utf8"),
      "the tracks changed: if they are better, say why in the commit and write the golden again (PICKET_WRITE_GOLDENS=1)",
    );
  });
}

test("four targets that meet and part keep an RMS GOSPA below 3.4 m over eight seeds", () => {
  assert.ok(overSeeds("crossing", [1, 2, 3, 4, 5, 6, 7, 8]) < 3.4);
});

test("a swarm of fifty in formations keeps an RMS GOSPA below 120 m over three seeds", () => {
  assert.ok(overSeeds("swarm-50", [1, 2, 3]) < 120);
});

test("a radar that is 12 m and 0.8 degrees off costs less than 5 % after the first minute, and the bias is found", () => {
  assert.ok(overSeeds("multi-sensor-biased", [1, 2, 3], 60) < 1.05 * overSeeds("multi-sensor", [1, 2, 3], 60));
  const scenario = scene("multi-sensor-biased", 4);
  const state = createTracker(settingsFor(scenario));
  for (const sensor of scenario.sensors) setSensor(state, sensor);
  for (const scan of scenario.runs[0]!.scans) processScan(state, scan);
  const place = state.sensors.find((record) => record.sensor.id === "radar2")!.place;
  assert.ok(Math.abs(state.registration.mean[place * 4]! - 12) < 2);
  assert.ok(Math.abs(state.registration.mean[place * 4 + 1]! - 0.8 * (Math.PI / 180)) < 0.1 * (Math.PI / 180));
});

test("told twice the misses and twice the clutter, the swarm's GOSPA stays within 7 %", () => {
  const scenario = scene("swarm-50", 2);
  assert.ok(gospaOf(scenario, misinform(scenario.sensors, 2, 2)) < 1.07 * gospaOf(scenario));
});

test("late scans give the picture that sorted ones give, to 0.2 % of GOSPA on each of four seeds", () => {
  for (const seed of [1, 2, 3, 4]) {
    const scenario = scene("out-of-sequence", seed);
    const run = scenario.runs[0]!;
    // At the end everything has arrived.
    const last = scenario.header.steps - 1;
    const picture = (scans: readonly Scan[]) => {
      const state = createTracker(settingsFor(scenario));
      for (const sensor of scenario.sensors) setSensor(state, sensor);
      for (const scan of scans) processScan(state, scan);
      return { tracks: readTracks(state), late: state.counts.late };
    };
    const arrived = picture(run.scans);
    const sorted = picture([...run.scans].sort((a, b) => a.t - b.t));
    assert.ok(arrived.late > 5);
    assert.equal(sorted.late, 0);
    const score = (tracks: ReturnType<typeof readTracks>) => {
      const sheet = createScoreSheet(20, 2);
      scoreRun(sheet, { ...scenario, runs: [{ ...run, truth: [run.truth[last]!] }], header: { ...scenario.header, steps: 1 } }, 0, [
        tracks,
      ]);
      return readScore(sheet).rmsGospa;
    };
    assert.ok(Math.abs(score(arrived.tracks) - score(sorted.tracks)) <= 0.002 * score(sorted.tracks), `seed ${seed}`);
  }
});

for (const motion of MATCHED_MOTIONS) {
  test(`${motion.name}: over 50 runs of matched motion the average NEES is inside its 95 % band on at least 90 % of steps`, () => {
    const errors: number[][] = [];
    for (let seed = 1; seed <= 50; seed++) {
      const { sensor, scans, truth } = matchedRun(motion.name, seed);
      const state = createTracker({ ...SPATIAL_SETTINGS, modes: [motion.mode] });
      setSensor(state, sensor);
      const run: number[] = [];
      scans.forEach((scan, k) => {
        processScan(state, scan);
        if (k < 10) return;
        const track = readTracks(state, 0).sort((a, b) => b.existence - a.existence)[0]!;
        const error = truth[k]!.map((value, i) => (i < 3 ? track.position[i]! : track.velocity[i - 3]!) - value);
        run.push(normalisedError(error, track.covariance, 6));
      });
      errors.push(run);
    }
    const { inside } = averageErrors(errors, 6);
    assert.ok(inside >= 0.9, `${inside}`);
  });
}

/** Every number of a state, in order: equal digests are equal bits. */
const bits = (state: TrackerState) =>
  JSON.stringify(state, (_, value) =>
    value instanceof Float64Array ? [...value].map((x) => (Number.isFinite(x) ? x : String(x))) : value,
  );

test("a snapshot taken in the middle of a scene with late data continues bit for bit", () => {
  const scenario = scene("multi-sensor", 3);
  const scans = scenario.runs[0]!.scans.slice(0, 400);
  const state = createTracker({ ...settingsFor(scenario), historyStates: 1024 });
  for (const sensor of scenario.sensors) setSensor(state, sensor);
  for (const scan of scans.slice(0, 250)) processScan(state, scan);
  const copy = structuredClone(state);
  for (const scan of scans.slice(250)) {
    // Another tracker in between must not leak through scratch space.
    processScan(state, scan);
    processScan(copy, scan);
  }
  assert.equal(bits(copy), bits(state));
});

test("a sensor that reports 20,000 false detections a second leaves the tracks of the others as good as they were, within 10 %", () => {
  const scenario = scene("multi-sensor", 2);
  const clean = gospaOf(scenario, undefined, 20);
  const random = createRandom(9);
  const flood: Scan[] = [];
  for (let k = 0; k < 20; k++) {
    flood.push({
      sensorId: "mad",
      t: scenario.runs[0]!.scans[0]!.t + 25_000_000 + k * 100_000,
      looked: "field-of-view",
      detections: Array.from({ length: 2000 }, (_, handle) => ({
        kind: "polar3d" as const,
        z: [200 + 5000 * uniform(random), 6.28 * uniform(random) - 3.14, 0.5 * uniform(random), 20 * uniform(random) - 10],
        variance: [25, 1e-4, 1e-4, 0.25],
        handle,
      })),
    });
  }
  const scans = [...scenario.runs[0]!.scans, ...flood].sort((a, b) => a.t - b.t);
  const mad = { ...scenario.sensors[0]!, id: "mad", falseDetectionsPerScan: 5 };
  const flooded: Scenario = { ...scenario, runs: [{ ...scenario.runs[0]!, scans }], sensors: [...scenario.sensors, mad] };
  const sorted: Scenario = { ...scenario, runs: [{ ...scenario.runs[0]!, scans: [...scenario.runs[0]!.scans].sort((a, b) => a.t - b.t) }] };
  const { state, estimates } = runScenario(flooded, flooded.runs[0]!, settingsFor(flooded));
  assert.ok(state.count <= SPATIAL_SETTINGS.maximumTracks);
  // What the flood adds is its own affair; the tracks near the truth must stay. False tracks are counted apart.
  const part = (result: typeof estimates, of: Scenario) => {
    const sheet = createScoreSheet(50, 2);
    scoreRun(sheet, of, 0, result, 20);
    const score = readScore(sheet);
    return Math.hypot(score.rmsLocalisation, score.rmsMissed);
  };
  const cleanPart = part(runScenario(sorted, sorted.runs[0]!, settingsFor(sorted)).estimates, sorted);
  assert.ok(part(estimates, flooded) < 1.1 * cleanPart, `${part(estimates, flooded)} against ${cleanPart}`);
  assert.ok(clean > 0);
  for (const track of readTracks(state, 0))
    for (const value of [...track.position, ...track.velocity, ...track.covariance]) assert.ok(Number.isFinite(value));
});
