import assert from "node:assert/strict";
import { test } from "node:test";
import { actionLabel, actionOf, KEY_BINDINGS } from "./keys.ts";
import { en } from "./strings/en.ts";

const press = (
  code: string,
  part: Partial<{ key: string; shiftKey: boolean; ctrlKey: boolean; altKey: boolean; metaKey: boolean }> = {},
) => ({
  code,
  key: "",
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...part,
});

test("each key means one thing, and each action has a name in the key sheet", () => {
  const keys = KEY_BINDINGS.map((binding) => `${binding.code}${binding.shift === true ? "+shift" : ""}`);
  assert.equal(new Set(keys).size, keys.length);
  for (const binding of KEY_BINDINGS) assert.ok(actionLabel(binding.action) in en, binding.action);
});

test("a key keeps its place when the keyboard is Arabic: the code counts, not the letter", () => {
  assert.equal(actionOf(press("KeyT", { key: "ف" }), true), "table");
});

test("with single keys off only Alt with the key acts, and Escape always does", () => {
  assert.equal(actionOf(press("KeyT", { key: "t" }), false), undefined);
  assert.equal(actionOf(press("KeyT", { key: "t", altKey: true }), false), "table");
  assert.equal(actionOf(press("Escape", { key: "Escape" }), false), "close");
});

test("the browser's own keys stay the browser's", () => {
  assert.equal(actionOf(press("KeyR", { key: "r", ctrlKey: true }), true), undefined);
  assert.equal(actionOf(press("KeyF", { key: "f", metaKey: true }), true), undefined);
});

test("a question mark is one wherever the layout has it", () => {
  assert.equal(actionOf(press("Minus", { key: "?", shiftKey: true }), true), "keys");
  assert.equal(actionOf(press("Slash", { key: "/" }), true), "filter");
});
