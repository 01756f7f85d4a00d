import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { emptySummary } from "./class-features.ts";
import { PATTERN_FAMILIES, PATTERN_FEATURES, type PatternTable, patternFeatures, patternLikelihood } from "./class-pattern.ts";
import { PATTERN_TABLE } from "./class-pattern-table.ts";

const FAMILIES = PATTERN_FAMILIES.length;

test("between two knots the weight runs straight, outside it stays level, and what is not known has its own", () => {
  const table: PatternTable = {
    offset: [1, 0],
    features: [
      {
        knots: [10, 20],
        weights: [
          [2, -1],
          [4, 1],
          [7, 0],
        ],
      },
    ],
  };
  const at = (x: number) => {
    const out = new Float64Array(2);
    patternLikelihood(Float64Array.of(x), out, table);
    return [...out];
  };
  assert.deepEqual(at(10), [3, -1]);
  assert.deepEqual(at(15), [4, 0]);
  assert.deepEqual(at(20), [5, 1]);
  assert.deepEqual(at(-100), [3, -1]);
  assert.deepEqual(at(1e9), [5, 1]);
  assert.deepEqual(at(Number.NaN), [8, 0]);
});

test("the fitted table has rising knots, one row more than knots for each feature, and a bounded weight for every family", () => {
  assert.equal(PATTERN_TABLE.offset.length, FAMILIES);
  assert.equal(PATTERN_TABLE.features.length, PATTERN_FEATURES.length);
  for (const { knots, weights } of PATTERN_TABLE.features) {
    assert.ok(knots.length >= 1);
    for (let k = 1; k < knots.length; k++) assert.ok(knots[k]! > knots[k - 1]!);
    assert.equal(weights.length, knots.length + 1);
    for (const row of weights) {
      assert.equal(row.length, FAMILIES);
      for (const weight of row) assert.ok(Math.abs(weight) < 10, `${weight}`);
    }
  }
});

test("whatever the features are, the log-likelihoods are numbers, and they do not jump", () => {
  const value = fc.oneof(fc.double({ noNaN: false }), fc.constant(Number.NaN), fc.double({ min: -10, max: 500, noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: PATTERN_FEATURES.length, maxLength: PATTERN_FEATURES.length }), (values) => {
      const out = new Float64Array(FAMILIES);
      const beside = new Float64Array(FAMILIES);
      patternLikelihood(Float64Array.from(values), out);
      patternLikelihood(
        Float64Array.from(values, (x) => x + 1e-9),
        beside,
      );
      for (let f = 0; f < FAMILIES; f++) {
        assert.ok(Number.isFinite(out[f]!));
        assert.ok(Math.abs(out[f]! - beside[f]!) < 1e-3);
      }
    }),
  );
});

test("wind below 1 m/s, and wind that is not known, is a feature that is not known", () => {
  const motion = { ...emptySummary(), samples: 10, speed: 5, east: 3, north: 4 };
  const features = new Float64Array(PATTERN_FEATURES.length);
  const off = PATTERN_FEATURES.indexOf("offWind");
  patternFeatures(motion, 60, { east: 3, north: 0, sigma: 1, from: "feed" }, features);
  // Off by (0, 4) m/s in a wind of 3 m/s: 4 / 1.9.
  assert.ok(Math.abs(features[off]! - 4 / 1.9) < 1e-12);
  assert.equal(features[PATTERN_FEATURES.indexOf("height")], 60);
  patternFeatures(motion, 60, { east: 0.5, north: 0, sigma: 1, from: "feed" }, features);
  assert.ok(Number.isNaN(features[off]!));
  patternFeatures(motion, 60, undefined, features);
  assert.ok(Number.isNaN(features[off]!));
  // No turn and no climb could be told.
  assert.ok(Number.isNaN(features[PATTERN_FEATURES.indexOf("turn")]!));
  assert.ok(Number.isNaN(features[PATTERN_FEATURES.indexOf("climb")]!));
});
