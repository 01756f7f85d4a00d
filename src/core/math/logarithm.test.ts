import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { naturalLogarithm } from "./logarithm.ts";

test("the logarithm of 1 is 0, of 2 and of e what the engine says", () => {
  assert.equal(naturalLogarithm(1), 0);
  assert.ok(Math.abs(naturalLogarithm(2) - Math.LN2) < 1e-13);
  assert.ok(Math.abs(naturalLogarithm(Math.E) - 1) < 1e-13);
});

test("any positive number has the engine's logarithm within 1e-13, relative to the larger of 1 and the logarithm", () => {
  fc.assert(
    fc.property(fc.double({ min: 5e-324, max: 1.7e308, noNaN: true }), (x) => {
      const exact = Math.log(x);
      assert.ok(Math.abs(naturalLogarithm(x) - exact) <= 1e-13 * Math.max(1, Math.abs(exact)));
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 0.5, max: 2, noNaN: true }), (x) => {
      assert.ok(Math.abs(naturalLogarithm(x) - Math.log(x)) < 1e-13);
    }),
  );
});

test("what has no logarithm gives what the engine gives", () => {
  assert.equal(naturalLogarithm(0), Number.NEGATIVE_INFINITY);
  assert.equal(naturalLogarithm(Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  for (const x of [-1, -0.5, Number.NaN, Number.NEGATIVE_INFINITY]) assert.ok(Number.isNaN(naturalLogarithm(x)));
});
