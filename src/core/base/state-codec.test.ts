import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AssertionError } from "./assert.ts";
import { toHex } from "./hex.ts";
import { decodeState, encodeState } from "./state-codec.ts";

const returned = (value: unknown) => decodeState(encodeState(value));

test("the octets of a small state can be read by hand", () => {
  // version 1; object of 2: new key "a" = 300 (0xac 0x02), new key "b" = array of 2: object with the known key 1 ("a") = -1, null.
  const value = { a: 300, b: [{ a: -1 }, null] };
  assert.equal(toHex(encodeState(value)), "01" + "0b02" + "00080161" + "04ac02" + "00080162" + "0a02" + "0b01" + "01" + "0500" + "01");
});

test("minus zero, NaN, infinities and the edges of the safe integers come back as they were", () => {
  for (const value of [
    0,
    -0,
    1,
    -1,
    127,
    128,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
    9007199254740992,
    -9007199254740992,
    0.1,
    5e-324,
    Number.MAX_VALUE,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]) {
    assert.ok(Object.is(returned(value), value), String(value));
  }
});

test("every kind of view comes back with its type, from its own window of a shared buffer", () => {
  const slab = Uint8Array.from({ length: 64 }, (_, i) => 255 - i).buffer;
  const views = [
    new Uint8Array(slab, 3, 5),
    new Int8Array(slab, 3, 5),
    new Uint8ClampedArray(slab, 1, 2),
    new Int16Array(slab, 2, 3),
    new Uint16Array(slab, 2, 3),
    new Int32Array(slab, 4, 3),
    new Uint32Array(slab, 4, 3),
    new Float32Array([1.5, -0, 1e-40]),
    new Float64Array([1.5, -0, 5e-324, Number.POSITIVE_INFINITY]),
    new BigInt64Array(slab, 8, 2),
    new BigUint64Array(slab, 8, 2),
    new DataView(slab, 7, 9),
    new Float64Array(0),
  ];
  for (const view of views) {
    const back = returned(view) as typeof view;
    assert.equal(back.constructor, view.constructor);
    assert.deepEqual(back, view);
    assert.equal(back.buffer.byteLength, view.byteLength);
  }
  assert.deepEqual(returned(slab), slab);
});

test("a NaN has one encoding whatever its bits were, so that two kinds of processor give one digest", () => {
  const odd64 = new Float64Array(new Uint32Array([1, 0xfff80000]).buffer);
  const odd32 = new Float32Array(new Uint32Array([0xffc00001]).buffer);
  assert.deepEqual(encodeState(odd64), encodeState(new Float64Array([Number.NaN])));
  assert.deepEqual(encodeState(odd32), encodeState(new Float32Array([Number.NaN])));
  assert.deepEqual(encodeState(odd64[0]), encodeState(Number.NaN));
});

test("key order, insertion order of Map and Set, and undefined members are kept", () => {
  const value = {
    b: 1,
    a: undefined,
    map: new Map<unknown, unknown>([
      [2, "x"],
      ["1", new Set([3, 1])],
    ]),
    n: Object.create(null) as object,
  };
  const back = returned(value) as typeof value;
  assert.deepEqual(back, value);
  assert.deepEqual(Object.keys(back), ["b", "a", "map", "n"]);
  assert.deepEqual([...back.map.keys()], [2, "1"]);
  assert.equal(Object.getPrototypeOf(back.n), null);
  assert.notDeepEqual(encodeState({ a: 1, b: 2 }), encodeState({ b: 2, a: 1 }));
});

test("a member named __proto__ is an ordinary member", () => {
  const value = JSON.parse('{"__proto__": {"polluted": true}}') as object;
  const back = returned(value) as Record<string, unknown>;
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.equal(toHex(encodeState(back)), toHex(encodeState(value)));
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test("strings of any code units come back, unpaired surrogates too, long ones too", () => {
  for (const text of ["", "plain", "\u00ff", "\u0100", "\ud800", "\u{1f681}", "x".repeat(10_000), "\u20ac".repeat(10_000)]) {
    assert.equal(returned(text), text);
  }
});

test("sharing does not show: equal values have equal octets", () => {
  const shared = [1, 2];
  assert.deepEqual(
    encodeState([shared, shared]),
    encodeState([
      [1, 2],
      [1, 2],
    ]),
  );
});

test("functions, class instances, symbols, holes and cycles are refused", () => {
  class Track {}
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
  const refused = [() => 0, new Track(), Symbol("x"), { [Symbol("x")]: 1 }, [1, , 2], cycle, new Date(0), new Error("x"), Buffer.from("x")];
  for (const value of refused) assert.throws(() => encodeState({ value }), AssertionError);
});

const plainData = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.oneof(
      fc.double(),
      fc.integer(),
      fc.maxSafeInteger(),
      fc.string({ unit: "binary" }),
      fc.bigInt(),
      fc.boolean(),
      fc.constantFrom(null, undefined),
      fc.float64Array({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 5 }),
    ),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 5 }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(fc.integer(), { maxLength: 4 }).map((members) => new Set(members)),
  ),
})).value;

test("any plain data comes back equal, and encodes to the same octets again", () => {
  fc.assert(
    fc.property(plainData, (value) => {
      const bytes = encodeState(value);
      const back = decodeState(bytes);
      assert.deepStrictEqual(back, value);
      assert.deepEqual(encodeState(back), bytes);
    }),
    { numRuns: 500 },
  );
});

test("cut short or corrupted octets end in an assertion, never in another error, an endless loop or a huge allocation", () => {
  fc.assert(
    fc.property(plainData, fc.nat(), fc.nat(255), fc.boolean(), (value, place, octet, cut) => {
      const bytes = encodeState(value);
      const at = place % bytes.length;
      const wrong = cut ? bytes.slice(0, at) : bytes.slice();
      if (!cut) wrong[at] = octet;
      try {
        decodeState(wrong);
      } catch (error) {
        assert.ok(error instanceof AssertionError, String(error));
      }
    }),
    { numRuns: 1000 },
  );
});

test("a forged count of four thousand million entries is refused before any memory is taken", () => {
  for (const tag of [0x0a, 0x0b, 0x0d, 0x0e, 0x08, 0x09, 0x0f]) {
    assert.throws(() => decodeState(Uint8Array.of(1, tag, 0xff, 0xff, 0xff, 0xff, 0x0f)), /count larger/);
  }
});
