// The scenario pack in its short form: a few seeds of each scenario, every must met in each. In full: npm run scenarios.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SHORT_PACK } from "./pack/pack.ts";
import { tally, wilson } from "./pack/pack-scenario.ts";

for (const scenario of SHORT_PACK) {
  test(`${scenario.title}: every must is met on the first seeds`, () => {
    for (const { must, yes, asked } of tally(scenario, scenario.shortSeeds)) {
      assert.ok(asked > 0, `the question "${must.text}" never came up`);
      // So few seeds can show that something broke, not that a share is met.
      if (must.atLeast !== undefined) assert.equal(yes, asked, must.text);
      if (must.atMost !== undefined) assert.equal(yes, 0, must.text);
    }
  });
}

test("the interval of a share is that of Wilson", () => {
  // 95 of 100: published as 88.8 % to 97.8 %.
  const [low, high] = wilson(95, 100);
  assert.ok(Math.abs(low - 0.888) < 0.001 && Math.abs(high - 0.978) < 0.001, `${low} ${high}`);
});
