import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { GENERATORS } from "../../core/simulation/tracking-scenarios/generators.ts";
import { SPATIAL_SETTINGS } from "../../core/tracking/tracker-settings.ts";
import { UsageError } from "./command.ts";
import { applySets, percentile, trackCommand } from "./track.ts";

test("picket track writes one line for each whole second, and a report with a picture", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-track-"));
  try {
    const scenario = join(folder, "scene.jsonl");
    writeFileSync(
      scenario,
      GENERATORS.crossing!(1)
        .map((row) => JSON.stringify(row))
        .join("\n"),
    );
    const [out, report] = [join(folder, "estimates.jsonl"), join(folder, "report.html")];
    assert.equal(await trackCommand.run(["--scenario", scenario, "--out", out, "--report", report, "--set", "reportExistence=0.6"]), 0);
    const lines = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as [number, number, number[][]]);
    assert.equal(lines.length, 81);
    assert.deepEqual(
      lines.map(([run, t]) => [run, t]),
      Array.from({ length: 81 }, (_, k) => [0, k]),
    );
    // [track id, x, y] in a flat scene.
    assert.ok(lines[30]![2].length >= 3 && lines[30]![2].every((track) => track.length === 3));
    assert.match(readFileSync(report, "utf8"), /<svg[\s\S]*polyline/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("an unknown setting, a wrong type and a missing file are usage errors in one sentence", async () => {
  assert.throws(() => applySets(SPATIAL_SETTINGS, ["gateTali=1"]), UsageError);
  assert.throws(() => applySets(SPATIAL_SETTINGS, ["registration=1"]), UsageError);
  assert.throws(() => applySets(SPATIAL_SETTINGS, ["gateTail="]), UsageError);
  await assert.rejects(trackCommand.run(["--scenario", "no-such-file", "--out", "x"]), UsageError);
  await assert.rejects(trackCommand.run(["--out", "x"]), UsageError);
});

test("--set changes a number, a switch, and what the sensors are told", () => {
  const { settings, missFactor, clutterFactor } = applySets(SPATIAL_SETTINGS, [
    "lifetime=50",
    "adaptClutter=false",
    "missFactor=2",
    "clutterFactor=0.5",
  ]);
  assert.equal(settings.lifetime, 50);
  assert.equal(settings.adaptClutter, false);
  assert.deepEqual([missFactor, clutterFactor], [2, 0.5]);
});

test("of ten sorted values the p50 is the sixth and the p99 the last", () => {
  const values = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  assert.deepEqual([percentile(values, 0.5), percentile(values, 0.99)], [6, 10]);
});
