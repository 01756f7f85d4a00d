import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { micros } from "../../base/units.ts";
import { createSender, nextUlid, objectUlid } from "./encode.ts";
import { deriveUuid, isUlid, isUuid, makeUlid, normalizeUlid, normalizeUuid, streamOf } from "./identifiers.ts";

test("a ULID begins with its milliseconds in Crockford's base 32", () => {
  // 1469918176385 ms is 01ARYZ6S41, the example of the ULID specification.
  assert.equal(makeUlid(micros(1_469_918_176_385_000), 0, 0), "01ARYZ6S410000000000000000");
  assert.equal(makeUlid(micros(0), 0, 31), "0000000000000000000000000Z");
  assert.equal(makeUlid(micros(0), 0, 32), "00000000000000000000000010");
});

test("every stream and counter gives another valid ULID, in the order of time", () => {
  const stream = fc.integer({ min: 0, max: 0xffffffff });
  const counter = fc.integer({ min: 0, max: 281_474_976_710_655 });
  fc.assert(
    fc.property(stream, counter, stream, counter, (s1, c1, s2, c2) => {
      const a = makeUlid(micros(1_780_000_000_000_000), s1, c1);
      const b = makeUlid(micros(1_780_000_000_000_000), s2, c2);
      assert.ok(isUlid(a));
      assert.equal(a === b, s1 === s2 && c1 === c2);
      assert.ok(makeUlid(micros(1_780_000_000_001_000), s1, c1) > b);
    }),
  );
});

test("a sender's identifiers follow from its counter: the same after a replay", () => {
  const once = createSender(deriveUuid("a"));
  const again = createSender(deriveUuid("a"));
  const at = micros(1_780_000_000_000_000);
  assert.equal(nextUlid(once, at), nextUlid(again, at));
  assert.notEqual(nextUlid(once, at), nextUlid(createSender(deriveUuid("b")), at));
  assert.equal(objectUlid(once, at, 7), objectUlid(again, at, 7));
  assert.ok(isUlid(objectUlid(once, at, 7)));
});

test("derived UUIDs are of version 4, always the same, and differ for similar names", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 2000; i++) {
    const uuid = deriveUuid(`node ${i}`);
    assert.ok(isUuid(uuid), uuid);
    seen.add(uuid);
  }
  assert.equal(seen.size, 2000);
  assert.equal(deriveUuid("x"), deriveUuid("x"));
  assert.notEqual(streamOf("a"), streamOf("b"));
});

test("identifiers are sent strictly and read leniently", () => {
  const strict = "0f8fad5b-d9cb-469f-a165-70867728950e";
  for (const spelled of [strict, strict.toUpperCase(), `{${strict}}`, strict.replace(/-/g, "")])
    assert.equal(normalizeUuid(spelled), strict);
  for (const wrong of ["", "radar-1", `${strict}0`, strict.slice(1)]) assert.equal(normalizeUuid(wrong), undefined);
  assert.equal(isUuid(strict.toUpperCase()), false);
  assert.equal(normalizeUlid("01aryz6s410000000000000000"), "01ARYZ6S410000000000000000");
  for (const wrong of ["", "81ARYZ6S410000000000000000", "01ARYZ6S41000000000000000I", "01ARYZ6S41"])
    assert.equal(normalizeUlid(wrong), undefined);
});
