import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_FORM, fieldOf, instantOf, paramsOf } from "./history-query.ts";

test("a date field is read as UTC, and an instant comes back as the same field", () => {
  assert.equal(instantOf("2026-03-01T03:40"), 1_772_336_400_000_000);
  assert.equal(fieldOf(1_772_336_400_000_000), "2026-03-01T03:40");
  assert.equal(instantOf(""), undefined);
  assert.equal(instantOf("yesterday"), undefined);
});

test("an empty form asks for everything; a window ends with its last minute", () => {
  assert.equal(paramsOf(EMPTY_FORM).toString(), "");
  const params = paramsOf({ ...EMPTY_FORM, to: "2026-03-01T03:40", text: "  SN&1 ", className: "uas" });
  assert.equal(params.get("to"), "1772336459999999");
  assert.equal(params.get("text"), "SN&1");
  assert.equal(params.get("class"), "uas");
  assert.equal(params.has("from"), false);
});
