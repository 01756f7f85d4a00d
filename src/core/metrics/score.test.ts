import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gospa, ospa } from "./gospa.ts";
import { createScoreSheet, readScore, scoreStep } from "./score.ts";

const casesPath = join(import.meta.dirname, "../../../../shared/tracking/metric_cases.json");

interface MetricCase {
  name: string;
  c: number;
  p: 1 | 2;
  steps: { truth: [string, ...number[]][]; tracks: [string, ...number[]][] }[];
  expect: Record<string, number | number[] | number[][]>;
}

const labelled = ([id, ...position]: [string, ...number[]]) => ({ id, position });

test("all shared metric cases come out to within 1e-9", { skip: existsSync(casesPath) ? false : "../shared is absent" }, () => {
  const cases = (JSON.parse(readFileSync(casesPath, "utf8")) as { cases: MetricCase[] }).cases;
  assert.equal(cases.length, 27);
  let figures = 0;
  for (const metricCase of cases) {
    const sheet = createScoreSheet(metricCase.c, metricCase.p);
    for (const step of metricCase.steps) scoreStep(sheet, 0, step.truth.map(labelled), step.tracks.map(labelled));
    const score = readScore(sheet);
    const got: Record<string, unknown> = {
      gospa_per_step: sheet.steps.map((step) => step.gospa),
      parts_per_step: sheet.steps.map((step) => [step.localisation, step.missed, step.false]),
      ospa_per_step: sheet.steps.map((step) => step.ospa),
      rms_gospa: score.rmsGospa,
      rms_localisation: score.rmsLocalisation,
      rms_missed: score.rmsMissed,
      rms_false: score.rmsFalse,
      mean_ospa: score.meanOspa,
      missed_per_step: score.missedPerStep,
      false_per_step: score.falsePerStep,
      position_rmse: score.positionRmse,
      completeness: score.completeness,
      ambiguity: score.ambiguity,
      spuriousness: score.spuriousness,
      id_switches: score.idSwitches,
      targets: score.targets,
      id_hold: score.idHold,
    };
    for (const [name, want] of Object.entries(metricCase.expect)) {
      const flatGot = [got[name]].flat(3) as number[];
      const flatWant = [want].flat(3) as number[];
      assert.equal(flatGot.length, flatWant.length, `${metricCase.name}: ${name}`);
      flatWant.forEach((value, k) => {
        assert.ok(Math.abs(flatGot[k]! - value) < 1e-9, `${metricCase.name}: ${name} is ${flatGot[k]}, expected ${value}`);
        figures += 1;
      });
    }
  }
  assert.ok(figures > 150);
});

test("a target missed by 3 m and a false track cost sqrt(9 + 50)", () => {
  const g = gospa(
    [[0, 0]],
    [
      [3, 0],
      [100, 0],
    ],
    10,
  );
  assert.deepEqual([g.localisation, g.missed, g.false], [9, 0, 50]);
  assert.equal(g.distance, Math.sqrt(59));
  assert.deepEqual(g.pairs, [[0, 0]]);
});

test("OSPA of one target seen 3 m off and one unseen, cut-off 10: sqrt((9 + 100) / 2)", () => {
  assert.equal(
    ospa(
      [
        [0, 0],
        [50, 0],
      ],
      [[0, 3]],
      10,
    ),
    Math.sqrt(54.5),
  );
});
