import assert from "node:assert/strict";
import { test } from "node:test";
import { TARGET_CLASSES } from "../model/target-classes.ts";
import { drawFrom, drawTraits, valueAt } from "./draw.ts";
import { randomStream } from "./stream.ts";

test("drawn objects have the quantiles of their class's table", () => {
  // 4,000 draws: the 5 % quantile is known to 0.34 % of all draws (1 sigma); four of them are allowed.
  for (const { id, features } of TARGET_CLASSES) {
    for (const name of ["speed", "rcsDbsm", "heightAboveGround", "turnRate"] as const) {
      const spread = features[name];
      const random = randomStream(7, id, name);
      const values = Array.from({ length: 4000 }, () => drawFrom(random, spread));
      // A table whose quantiles are lopsided is met in the middle and in its width, not at both ends: so against the fitted spread.
      for (const [z, share] of [
        [-1.645, 0.05],
        [0, 0.5],
        [1.645, 0.95],
      ] as const) {
        const below = values.filter((value) => value < valueAt(spread, z)).length / values.length;
        const sigma = Math.sqrt((share * (1 - share)) / values.length);
        assert.ok(Math.abs(below - share) < 4 * sigma + 0.002, `${id} ${name}: ${below} below the ${share} quantile`);
      }
    }
  }
});

test("a log-normal spread with quantiles 2, 9 and 19 has its middle at 9 and never falls below zero", () => {
  const spread = { shape: "log-normal", low: 2, median: 9, high: 19, basis: "maker", source: "DJI-SPEC" } as const;
  assert.ok(Math.abs(valueAt(spread, 0) - 9) < 1e-12);
  // Width in the logarithm: (ln 19 - ln 2) / 3.29 = 0.6843
  assert.ok(Math.abs(Math.log(valueAt(spread, 1) / 9) - 0.6843) < 1e-4);
  const random = randomStream(1, "width");
  for (let i = 0; i < 1000; i++) assert.ok(drawFrom(random, spread) > 0);
});

test("the same seed and purpose draw the same object, another purpose another one", () => {
  const targetClass = TARGET_CLASSES[1];
  assert.deepEqual(drawTraits(randomStream(3, "object", "a", 1), targetClass), drawTraits(randomStream(3, "object", "a", 1), targetClass));
  assert.notDeepEqual(
    drawTraits(randomStream(3, "object", "a", 1), targetClass),
    drawTraits(randomStream(3, "object", "a", 2), targetClass),
  );
  assert.notDeepEqual(randomStream(3, "ab", "c"), randomStream(3, "a", "bc"));
});
