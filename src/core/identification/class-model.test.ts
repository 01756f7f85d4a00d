import assert from "node:assert/strict";
import { test } from "node:test";
import { CLASS_FAMILY, CLASS_NAMES } from "../model/identity.ts";
import { TARGET_CLASSES } from "../model/target-classes.ts";
import { besselI0e, createClassModel, defaultClassModel, multiplyLikelihood, NAME_OF_CLASS, stopAndGo } from "./class-model.ts";

test("every class of the table is shown under a name of its own family, and every name but unknown has a class", () => {
  for (const { id, family } of TARGET_CLASSES) assert.equal(CLASS_FAMILY[NAME_OF_CLASS[id]], family, id);
  const used = new Set(Object.values(NAME_OF_CLASS));
  for (const name of CLASS_NAMES) assert.equal(used.has(name), name !== "unknown", name);
});

test("the scaled Bessel function has its known values", () => {
  assert.ok(Math.abs(besselI0e(0) - 1) < 1e-9);
  assert.ok(Math.abs(besselI0e(1) - 1.2660658778 / Math.E) < 1e-6); // I0(1)
  assert.ok(Math.abs(besselI0e(10) - 2815.716628 * Math.exp(-10)) < 1e-6); // I0(10)
});

test("moving, standing and both add up to 1; a bird hardly ever stands", () => {
  for (const share of [0, 0.03, 0.1, 0.4, 0.95]) {
    const { moves, stands, both } = stopAndGo(share);
    assert.ok(Math.abs(moves + stands + both - 1) < 0.01, `${share}: ${moves} ${stands} ${both}`);
  }
  assert.ok(stopAndGo(0.01).moves > 0.97);
  assert.ok(stopAndGo(0.95).stands > 0.9);
});

test("untempered, the likelihoods of speed and height are densities: they integrate to 1 over what can be measured", () => {
  const model = createClassModel({ constants: { speedWeight: 1, heightWeight: 1, outlierShare: 0 } });
  const size = model.classes.length + 1;
  const integrate = (ask: (x: number, out: Float64Array) => void, from: number, to: number, steps: number) => {
    const total = new Float64Array(size);
    for (let i = 0; i < steps; i++) {
      const out = new Float64Array(size).fill(1);
      ask(from + ((to - from) * (i + 0.5)) / steps, out);
      for (let m = 0; m < size; m++) total[m] += (out[m] * (to - from)) / steps;
    }
    return total;
  };
  const fpv = model.classes.findIndex(({ id }) => id === "uas.fpv");
  const transport = model.classes.findIndex(({ id }) => id === "manned.transport");
  const heights = integrate((x, out) => multiplyLikelihood(model.height, x, 5, out), -100, 600, 4000);
  assert.ok(Math.abs(heights[fpv] - 1) < 0.05, String(heights[fpv]));
  const speeds = integrate((x, out) => multiplyLikelihood(model.speed, x, 1, out), 0.01, 390, 8000);
  // What neither stands nor moves throughout is asked in the other table.
  assert.ok(speeds[transport] > 0.95 && speeds[transport] < 1.05, String(speeds[transport]));
});

test("outside its range a table gives its edge, and what is no number does not escape it", () => {
  const model = defaultClassModel();
  for (const [value, sigma] of [
    [1e9, 1],
    [-1e9, 1],
    [Number.NaN, 1],
    [10, Number.NaN],
    [10, 0],
    [10, 1e9],
  ]) {
    const out = new Float64Array(model.classes.length + 1).fill(1);
    multiplyLikelihood(model.height, value, sigma, out);
    for (const p of out) assert.ok(p > 0 && Number.isFinite(p), `${value} +- ${sigma}: ${p}`);
  }
});
