import assert from "node:assert/strict";
import { test } from "node:test";
import { micros, seconds } from "../base/units.ts";
import { type ClockAnchor, resolveTime } from "./measurement-time.ts";

// 2026-01-02T00:00:05Z
const JUST_AFTER_MIDNIGHT = micros(1_767_312_005_000_000);
const NOON = micros(1_767_355_200_000_000);

test("a time of day just before midnight, received just after, belongs to yesterday", () => {
  const { at, offset } = resolveTime({ kind: "time-of-day", seconds: seconds(86_399) }, "sensor", JUST_AFTER_MIDNIGHT, undefined);
  assert.equal(at, JUST_AFTER_MIDNIGHT - 6_000_000);
  assert.equal(offset, -6_000_000);
});

test("seconds of the hour resolve to the nearest hour on both sides", () => {
  assert.equal(resolveTime({ kind: "hour", seconds: seconds(3599) }, "sensor", micros(NOON + 500_000), undefined).at, NOON - 1_000_000);
  assert.equal(resolveTime({ kind: "hour", seconds: seconds(0.2) }, "sensor", micros(NOON + 500_000), undefined).at, NOON + 200_000);
});

test("a sensor whose clock is an hour off is dated by receipt, and the operator is told", () => {
  const resolved = resolveTime({ kind: "utc", at: micros(NOON - 3_600_000_000) }, "sensor", NOON, undefined);
  assert.equal(resolved.at, NOON);
  assert.equal(resolved.offset, -3_600_000_000);
  assert.match(resolved.finding!, /differs from the server's by -3600\.0 s/);
});

test("a clock one second ahead never dates a measurement in the future", () => {
  const resolved = resolveTime({ kind: "utc", at: micros(NOON + 1_000_000) }, "sensor", NOON, undefined);
  assert.equal(resolved.at, NOON);
  assert.equal(resolved.finding, undefined);
});

test("the receive clock is used where the source is configured so, and the offset is still known", () => {
  const resolved = resolveTime({ kind: "utc", at: micros(NOON - 700_000) }, "receive", NOON, undefined);
  assert.equal(resolved.at, NOON);
  assert.equal(resolved.offset, -700_000);
});

test("a recording keeps its own spacing even when it is played at another pace", () => {
  let anchor: ClockAnchor | undefined;
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    // One second of recording for each half second of ours: played at double speed.
    const resolved = resolveTime(
      { kind: "time-of-day", seconds: seconds(33_955 + i) },
      "sensor-shifted",
      micros(NOON + i * 500_000),
      anchor,
    );
    anchor = resolved.anchor;
    times.push(resolved.at - NOON);
  }
  assert.deepEqual(times, [0, 1_000_000, 2_000_000, 3_000_000, 4_000_000]);
});

test("a recording whose clock jumps back 80 s is anchored anew and says so", () => {
  const first = resolveTime({ kind: "time-of-day", seconds: seconds(34_011) }, "sensor-shifted", NOON, undefined);
  const jumped = resolveTime({ kind: "time-of-day", seconds: seconds(33_931) }, "sensor-shifted", micros(NOON + 100_000), first.anchor);
  assert.equal(jumped.at, NOON + 100_000);
  assert.match(jumped.finding!, /jumped by -80\.0 s/);
});

test("a time of sending with a declared latency of 0.8 s dates the measurement 0.4 s earlier", () => {
  const sent = { kind: "sent", at: micros(NOON - 50_000), maximumLatency: seconds(0.8) } as const;
  assert.equal(resolveTime(sent, "sensor", NOON, undefined).at, NOON - 450_000);
});
