import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_SETTINGS, readSettings } from "./settings.ts";

test("stored choices come back", () => {
  const chosen = {
    ...DEFAULT_SETTINGS,
    theme: "red",
    language: "ar",
    digits: "arab",
    calendar: "islamic-umalqura",
    brightness: 0.6,
    labels: false,
  };
  assert.deepEqual(readSettings(JSON.stringify(chosen)), chosen);
});

test("what is unknown, of the wrong kind or no JSON at all becomes the default", () => {
  for (const text of [null, "", "{", "null", "7", "[]", '{"theme":"pink","language":7,"brightness":0,"labels":"no"}'])
    assert.deepEqual(readSettings(text), DEFAULT_SETTINGS, String(text));
});
