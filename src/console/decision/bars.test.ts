import assert from "node:assert/strict";
import { test } from "node:test";
import type { Threat } from "../../core/model/threat.ts";
import { barOf, threatLines } from "./bars.ts";

test("a weight of half the largest fills a quarter of the room, on its own side of the middle", () => {
  assert.deepEqual(barOf(10, 20), { start: 50, size: 25 });
  assert.deepEqual(barOf(-10, 20), { start: 25, size: 25 });
  assert.deepEqual(barOf(0, 20), { start: 50, size: 0 });
});

test("a bar never leaves its room, and one of no number is none", () => {
  assert.deepEqual(barOf(500, 20), { start: 50, size: 50 });
  assert.deepEqual(barOf(Number.POSITIVE_INFINITY, 20), { start: 50, size: 0 });
  assert.deepEqual(barOf(3, 0), { start: 50, size: 0 });
});

test("the reasons shown are those of the asset that is worst off, the weightiest first", () => {
  const contributions = [
    { key: "approach", probability: 0.2, points: 12, values: {} },
    { key: "zone-entry", probability: 0.5, points: 40, values: {} },
  ];
  const threat = {
    assetId: "b",
    assets: [
      { assetId: "a", contributions: [] },
      { assetId: "b", contributions },
    ],
  } as unknown as Threat;
  assert.deepEqual(
    threatLines(threat).map(({ key }) => key),
    ["zone-entry", "approach"],
  );
  assert.deepEqual(threatLines({ assets: [] } as unknown as Threat), []);
});
