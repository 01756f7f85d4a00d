import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, normal } from "../math/random.ts";
import { type SourceMemory, toTracklet } from "./source-track.ts";
import type { TrackerDetection } from "./tracker.ts";

const report = (x: number, variance: number): TrackerDetection => ({
  kind: "position2d-velocity",
  z: [x, 0, 0, 0],
  variance: [variance, 1, 1e-9, 1e-9],
  sourceTrack: "17",
  handle: 0,
});

test("a source that averages independent measurements of a resting target gives its measurements back", () => {
  // Measurements 4, 6, 2 of variance 1 averaged by the source: 4 +- 1, 5 +- 1/2, 4 +- 1/3. The growth between reports is kept negligible.
  const memories = new Map<string, SourceMemory>();
  const first = toTracklet(memories, "s", report(4, 1), 1_000_000)!;
  assert.deepEqual(first.z[0], 4);
  const second = toTracklet(memories, "s", report(5, 1 / 2), 1_000_100)!;
  assert.ok(Math.abs(second.z[0]! - 6) < 1e-3, String(second.z[0]));
  assert.ok(Math.abs(second.variance[0]! - 1) < 1e-3);
  const third = toTracklet(memories, "s", report(4, 1 / 3), 1_000_200)!;
  assert.ok(Math.abs(third.z[0]! - 2) < 1e-2, String(third.z[0]));
});

test("a report repeated without new information weighs next to nothing", () => {
  const memories = new Map<string, SourceMemory>();
  toTracklet(memories, "s", report(4, 1), 1_000_000);
  const again = toTracklet(memories, "s", report(4, 1), 1_010_000)!;
  assert.ok(again.variance[0]! > 100);
  assert.equal(toTracklet(memories, "s", report(4, 1), 1_010_000), undefined);
});

test("fused tracklets of a source's filter are as uncertain as the source says, not as sure as independent reports would be", () => {
  const random = createRandom(3);
  const memories = new Map<string, SourceMemory>();
  let mean = 0;
  let variance = 100;
  let information = 0;
  for (let k = 0; k < 50; k++) {
    const gain = variance / (variance + 25);
    mean += gain * (5 * normal(random) - mean);
    variance *= 1 - gain;
    const tracklet = toTracklet(memories, "s", report(mean, variance), 1_000_000 + 100 * k)!;
    information += 1 / tracklet.variance[0]!;
  }
  assert.ok(Math.abs(1 / information / variance - 1) < 0.05, `${1 / information} against ${variance}`);
});

test("4,096 source tracks are remembered; the one longest silent goes first, and comes back as a new one", () => {
  const memories = new Map<string, SourceMemory>();
  const of = (track: number) => ({ ...report(4, 1), sourceTrack: String(track) });
  for (let track = 0; track < 4096; track++) toTracklet(memories, "s", of(track), 1_000_000 + track);
  toTracklet(memories, "s", of(0), 2_000_000); // heard again: not the oldest any more
  toTracklet(memories, "s", of(4096), 2_000_001);
  assert.equal(memories.size, 4096);
  assert.equal(memories.has("s/0"), true);
  assert.equal(memories.has("s/1"), false);
  const fresh = of(1);
  assert.equal(toTracklet(memories, "s", fresh, 2_000_002), fresh, "taken whole");
});
