import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, createStreamClock } from "./stream-clock.ts";

/** The clock after each frame: [received, counter or undefined], seconds. */
function run(frames: readonly (readonly [number, number | undefined])[]): number[] {
  const clock = createStreamClock(0);
  return frames.map(([received, stamp]) => advance(clock, received, stamp));
}

test("the counter measures, so a recording played at once keeps its own pace", () => {
  assert.deepEqual(
    run([
      [100, 5],
      [100, 6],
      [100, 9.5],
      [100, 400],
    ]),
    [0, 1, 4.5, 395],
  );
});

test("without a counter the time of receipt measures", () => {
  assert.deepEqual(
    run([
      [100, undefined],
      [101, undefined],
      [105, undefined],
    ]),
    [0, 1, 5],
  );
});

test("a frame without a counter between frames that have one is not counted twice", () => {
  assert.deepEqual(
    run([
      [100, 5],
      [101, undefined],
      [102, 7],
    ]),
    [0, 1, 2],
  );
});

test("frames of one moment may come in any order: the clock never runs back", () => {
  assert.deepEqual(
    run([
      [100, 5],
      [100, 4.9],
      [100, 5.1],
    ]).map((value) => Math.round(value * 1000)),
    [0, 0, 100],
  );
});

test("two receivers with unlike counters on one stream: the time of receipt measures", () => {
  const frames = Array.from({ length: 20 }, (_, i) => [100 + i, i % 2 === 0 ? 1_000 + i : 900_000 + i] as const);
  const clock = run(frames);
  // The first step from one counter to the other looks like a long gap; from the first step back on nothing is believed.
  assert.equal(clock[19]! - clock[2]!, 17);
});

test("a receiver that starts again: the step is the time of receipt, and then its counter is trusted in small steps", () => {
  assert.deepEqual(
    run([
      [100, 5_000],
      [101, 5_001],
      [110, 0.5],
      [111, 1.5],
    ]),
    [0, 1, 10, 11],
  );
});
