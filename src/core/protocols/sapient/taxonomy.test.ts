import assert from "node:assert/strict";
import { test } from "node:test";
import { normalizeClassPath } from "./taxonomy.ts";

test("names of the older interface and of habit become paths of the core taxonomy", () => {
  assert.deepEqual(normalizeClassPath(["Air Vehicle", "Rotor UAV"]), ["Air Vehicle", "UAV Rotary Wing"]);
  assert.deepEqual(normalizeClassPath(["air  vehicle", "fixed-wing_uav"]), ["Air Vehicle", "UAV Fixed Wing"]);
  assert.deepEqual(normalizeClassPath(["Drone"]), ["Air Vehicle", "UAV Rotary Wing"]);
  assert.deepEqual(normalizeClassPath(["Vehicle"]), ["Land Vehicle"]);
  assert.deepEqual(normalizeClassPath(["Static Object"]), ["Fixed Object"]);
  assert.deepEqual(normalizeClassPath(["Land Vehicle "]), ["Land Vehicle"], "one source writes it with a trailing blank");
});

test("unknown words are kept as they came, beside what is known", () => {
  assert.deepEqual(normalizeClassPath(["Kite"]), ["Kite"]);
  assert.deepEqual(normalizeClassPath(["Air Vehicle", "Paraglider", "Red"]), ["Air Vehicle", "Paraglider", "Red"]);
  assert.deepEqual(normalizeClassPath(["Animal", "Bird", "Gull"]), ["Animal", "Bird", "Gull"]);
});

test("a more exact name replaces what stood between it and its root", () => {
  assert.deepEqual(normalizeClassPath(["Animal", "Other", "Bird"]), ["Animal", "Bird"]);
  assert.deepEqual(normalizeClassPath([]), []);
});
