import assert from "node:assert/strict";
import { test } from "node:test";
import { GENERATORS } from "./generators.ts";
import type { HeaderRow, ScanRow, ScenarioRow, TruthRow } from "./scenario-rows.ts";

const scansOf = (rows: readonly ScenarioRow[]) => rows.filter((row): row is ScanRow => row.type === "scan");
const truthOf = (rows: readonly ScenarioRow[]) => rows.filter((row): row is TruthRow => row.type === "truth");

test("a seed is a scenario: the same seed gives the same rows, another gives others", () => {
  for (const name of ["crossing", "multi-sensor", "out-of-sequence"]) {
    assert.deepEqual(GENERATORS[name]!(3), GENERATORS[name]!(3));
    assert.notDeepEqual(GENERATORS[name]!(3), GENERATORS[name]!(4));
  }
});

test("crossing: four targets, three after step 39, and detections at the stated rates", () => {
  let detected = 0;
  let chances = 0;
  let clutter = 0;
  let scans = 0;
  for (let seed = 1; seed <= 10; seed++) {
    const rows = GENERATORS.crossing!(seed);
    const truth = truthOf(rows);
    assert.equal(truth[39]!.targets.length, 4);
    assert.equal(truth[40]!.targets.length, 3);
    scansOf(rows).forEach((scan, k) => {
      chances += truth[k]!.targets.length;
      detected += scan.src.filter((id) => id >= 0).length;
      clutter += scan.src.filter((id) => id < 0).length;
      scans += 1;
    });
  }
  assert.ok(Math.abs(detected / chances - 0.9) < 0.02);
  assert.ok(Math.abs(clutter / scans - 10) < 0.5);
});

test("every scan arrives in order of arrival, and Remote ID a second after it was measured", () => {
  const rows = GENERATORS["multi-sensor"]!(2);
  const scans = scansOf(rows);
  for (let k = 1; k < scans.length; k++) assert.ok(scans[k]!.arr >= scans[k - 1]!.arr);
  for (const scan of scans.filter((one) => one.sensor === "rid")) assert.ok(Math.abs(scan.arr - scan.t - 1) < 1e-6);
});

test("the biased scene differs from the unbiased one in radar 2 alone: 12 m and 0.8 degrees", () => {
  const plain = scansOf(GENERATORS["multi-sensor"]!(5));
  const biased = scansOf(GENERATORS["multi-sensor-biased"]!(5));
  plain.forEach((scan, k) => {
    const other = biased[k]!;
    scan.det.forEach((det, j) => {
      if (scan.sensor !== "radar2" || scan.src[j]! < 0) assert.deepEqual(other.det[j], det);
      else assert.ok(Math.abs((other.det[j]![0] as number) - (det[0] as number) - 12) < 0.02);
    });
  });
});

test("occlusion: the drone is out of sight for eight seconds in the middle", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const seen = scansOf(GENERATORS.occlusion!(seed))
      .filter((scan) => scan.src.includes(0))
      .map((scan) => scan.t);
    const gaps = seen.slice(1).map((t, k) => t - seen[k]!);
    assert.ok(Math.max(...gaps) >= 8 && Math.max(...gaps) <= 13, String(Math.max(...gaps)));
  }
});

test("out-of-sequence: 120 scans, about a fifth late, none before it was measured", () => {
  const scans = scansOf(GENERATORS["out-of-sequence"]!(1));
  assert.equal(scans.length, 120);
  let newest = 0;
  let late = 0;
  for (const scan of scans) {
    assert.ok(scan.arr >= scan.t - 0.06);
    if (scan.t < newest) late += 1;
    newest = Math.max(newest, scan.t);
  }
  assert.ok(late >= 5 && late <= 30, String(late));
  assert.equal((GENERATORS["out-of-sequence"]!(1)[0] as HeaderRow).sensors[0]!.noise_std[0], 2);
});
