import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { findSensorClass, SENSOR_CLASSES } from "./sensor-classes.ts";

const SHARED = new URL("../../../../shared/domain/sensor_classes.json", import.meta.url);
const DEGREE = Math.PI / 180;

test("every class has an id of its own, and its good day is no worse than its bad one", () => {
  assert.equal(new Set(SENSOR_CLASSES.map((one) => one.id)).size, SENSOR_CLASSES.length);
  for (const one of SENSOR_CLASSES) {
    assert.ok(one.updatePeriod.best <= one.updatePeriod.typical && one.updatePeriod.typical <= one.updatePeriod.worst, one.id);
    assert.ok(one.latency.best <= one.latency.worst, one.id);
    if (one.coverage !== undefined) assert.ok(one.coverage.rangeMin < one.coverage.rangeMax, one.id);
    if (one.radar !== undefined) assert.ok(one.radar.falsePerScan.best <= one.radar.falsePerScan.worst, one.id);
  }
});

test("the rotating drone radar measures to 2.5 m, 0.5 and 0.8 degrees", () => {
  const radar = findSensorClass("radar.rotating3d.x");
  assert.deepEqual(radar?.noise, { range: 2.5, azimuth: 0.5 * DEGREE, elevation: 0.8 * DEGREE, rangeRate: 0.2 });
  assert.equal(findSensorClass("radar.magic"), undefined);
});

test("the figures are those of the domain study", { skip: existsSync(SHARED) ? false : "../shared is absent" }, () => {
  const study = JSON.parse(readFileSync(SHARED, "utf8")) as {
    sensors: {
      id: string;
      update_s: number[];
      latency_s: number[];
      coverage?: { range_m: number[] };
      sigma: Record<string, number | string | null>;
      ref?: { range_m: number; rcs_m2: number; pd: number; pfa_cell: number };
      min_radial_speed_mps?: number;
      src: string[];
    }[];
  };
  assert.equal(study.sensors.length, SENSOR_CLASSES.length);
  for (const theirs of study.sensors) {
    const ours = findSensorClass(theirs.id);
    assert.ok(ours !== undefined, theirs.id);
    assert.deepEqual(Object.values(ours.updatePeriod), theirs.update_s, theirs.id);
    assert.deepEqual([ours.latency.best, ours.latency.worst], [theirs.latency_s[0], theirs.latency_s.at(-1)], theirs.id);
    assert.deepEqual([ours.coverage?.rangeMin, ours.coverage?.rangeMax], theirs.coverage?.range_m ?? [undefined, undefined], theirs.id);
    const azimuth = theirs.sigma.az_deg;
    if (typeof azimuth === "number") assert.ok(Math.abs((ours.noise.azimuth ?? 0) - azimuth * DEGREE) < 1e-12, theirs.id);
    if (typeof theirs.sigma.range_m === "number") assert.equal(ours.noise.range, theirs.sigma.range_m);
    if (theirs.ref !== undefined) {
      const { range_m, rcs_m2, pd, pfa_cell } = theirs.ref;
      assert.deepEqual(Object.values(ours.radar?.reference ?? {}), [range_m, rcs_m2, pd, pfa_cell], theirs.id);
      assert.equal(ours.radar?.minimumRadialSpeed, theirs.min_radial_speed_mps);
    }
    assert.deepEqual(ours.sources, theirs.src);
  }
});
