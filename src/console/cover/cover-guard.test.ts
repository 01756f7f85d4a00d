import assert from "node:assert/strict";
import { test } from "node:test";
import { pressGuard } from "./cover-guard.ts";

test("one press orders nothing; a second one within 2 s does", () => {
  const first = pressGuard(undefined, 1_000);
  assert.deepEqual(first, { guard: 1_000, order: false });
  assert.deepEqual(pressGuard(first.guard, 2_999), { guard: undefined, order: true });
  assert.deepEqual(pressGuard(first.guard, 3_000), { guard: undefined, order: true });
});

test("after 2 s the next press is a first one again", () => {
  assert.deepEqual(pressGuard(1_000, 3_001), { guard: 3_001, order: false });
});

test("a double click is one press: the guard stays armed and a third press orders", () => {
  assert.deepEqual(pressGuard(1_000, 1_120), { guard: 1_000, order: false });
  assert.deepEqual(pressGuard(1_000, 1_400), { guard: undefined, order: true });
});
