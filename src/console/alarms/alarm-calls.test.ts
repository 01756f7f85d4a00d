import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertView } from "../../core/model/picture-view.ts";
import { blinks, REPEAT_MS, SHELF_MINUTES, SILENT, toneDue, topUnacknowledged } from "./alarm-calls.ts";
import { TONES } from "./sounds.ts";

const alarm = (id: string, level: 1 | 2 | 3, state: AlertView["state"] = "raised", rest: Partial<AlertView> = {}): AlertView =>
  ({ id, level, state, raisedAtUs: 1, repeats: 0, ...rest }) as AlertView;

test("the key acknowledges the highest level that nobody acknowledged, the first of the server's order among equals", () => {
  const alerts = [alarm("A1", 1, "acknowledged"), alarm("A2", 2, "shelved"), alarm("A3", 2), alarm("A4", 2), alarm("A5", 1, "returned")];
  assert.equal(topUnacknowledged(alerts)?.id, "A5");
  assert.equal(topUnacknowledged(alerts.slice(0, 4))?.id, "A3");
  assert.equal(topUnacknowledged(alerts.slice(0, 2)), undefined);
});

test("only an unacknowledged alarm of level 1 blinks", () => {
  assert.equal(blinks(alarm("A", 1)), true);
  assert.equal(blinks(alarm("A", 1, "returned")), true);
  for (const state of ["acknowledged", "shelved", "cleared"] as const) assert.equal(blinks(alarm("A", 1, state)), false);
  assert.equal(blinks(alarm("A", 2)), false);
});

test("each call sounds once, the highest first; level 1 again after 8 s until it is acknowledged", () => {
  const both = [alarm("A1", 3), alarm("A2", 2)];
  const first = toneDue(SILENT, both, 0);
  assert.equal(first.level, 2);
  const second = toneDue(first.state, both, 60_000);
  assert.equal(second.level, undefined);
  const third = toneDue(second.state, [...both, alarm("A3", 1)], 61_000);
  assert.equal(third.level, 1);
  assert.equal(toneDue(third.state, [...both, alarm("A3", 1)], 61_000 + REPEAT_MS - 1).level, undefined);
  const again = toneDue(third.state, [...both, alarm("A3", 1)], 61_000 + REPEAT_MS);
  assert.equal(again.level, 1);
  assert.equal(toneDue(again.state, [...both, alarm("A3", 1, "acknowledged")], 200_000).level, undefined);
});

test("an alarm that is raised again, or to a higher level, sounds again", () => {
  const { state } = toneDue(SILENT, [alarm("A1", 3)], 0);
  assert.equal(toneDue(state, [alarm("A1", 3, "raised", { repeats: 1 })], 10).level, 3);
  assert.equal(toneDue(state, [alarm("A1", 2)], 10).level, 2);
});

test("the three tones differ in pitch and in number of pulses, and lie within 500 to 3,000 Hz", () => {
  const all = [TONES[1], TONES[2], TONES[3]];
  for (const { hertz } of all.flat()) assert.ok(hertz >= 500 && hertz <= 3_000);
  assert.equal(new Set(all.map((tone) => tone.length)).size, 3);
  assert.equal(new Set(all.map((tone) => tone[0]!.hertz)).size, 3);
});

test("the highest level goes on the shelf for at most 15 minutes", () => {
  assert.ok(Math.max(...SHELF_MINUTES[1]) <= 15);
});
