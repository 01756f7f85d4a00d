import assert from "node:assert/strict";
import { test } from "node:test";
import { causeKeys } from "../../core/protocols/sapient/conformance.ts";
import { createWords } from "../strings/words.ts";

test("each cause that a report can name has its sentence in both languages", () => {
  const [english, arabic] = [createWords("en", "latn"), createWords("ar", "arab")];
  assert.ok(causeKeys().length >= 40);
  for (const key of causeKeys()) {
    assert.ok(english.tMaybe(`bench-cause.${key}`) !== undefined, key);
    assert.match(arabic.tMaybe(`bench-cause.${key}`) ?? "", /[\u0600-\u06ff]/, key);
  }
});
