// The demonstration as a whole, against the truth of its simulated scene.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countDuplicates } from "../support/scene-duplicates.ts";

test("in the demonstration one object is one track: of 45 s after the first minute, less than one duplicate a second, none for more than 10 s", () => {
  const { seconds, spells } = countDuplicates("demo", 7, 105);
  const settled = seconds.filter(({ second }) => second > 60);
  const mean = (of: (count: (typeof seconds)[number]) => number) => settled.reduce((sum, one) => sum + of(one), 0) / settled.length;
  assert.equal(settled.length, 45);
  // 18 objects fly alone, 13 are members of two flocks that a radar of half a degree cannot tell apart.
  assert.ok(mean((one) => one.covered) > 20, `covered: ${mean((one) => one.covered)}`);
  assert.ok(mean((one) => one.duplicates) < 1, `duplicates: ${mean((one) => one.duplicates)}`);
  assert.ok(mean((one) => one.strays) < 6, `strays: ${mean((one) => one.strays)}`);
  const longest = Math.max(0, ...spells.filter(({ from }) => from > 60).map(({ seconds: length }) => length));
  assert.ok(longest <= 10, `longest: ${longest} s`);
});
