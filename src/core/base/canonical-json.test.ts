import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AssertionError } from "./assert.ts";
import { canonicalJson } from "./canonical-json.ts";

test("RFC 8785, 3.2.2: literals, numbers and strings are written as in its example", () => {
  const input = {
    numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\u002f",
    literals: [null, true, false],
  };
  assert.equal(
    canonicalJson(input),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

test("RFC 8785, 3.2.3: members are sorted by UTF-16 code units, so an emoji comes before a Hebrew presentation form", () => {
  const names = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
  const text = canonicalJson(Object.fromEntries(names.map((name) => [name, 0])));
  assert.deepEqual(Object.keys(JSON.parse(text) as object), ["1", "\r", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"]);
});

test("RFC 8785, appendix B: minus zero, the smallest and the largest number, and the switch to exponents", () => {
  const cases: [number, string][] = [
    [-0, "0"],
    [5e-324, "5e-324"],
    [1.7976931348623157e308, "1.7976931348623157e+308"],
    [9007199254740992, "9007199254740992"],
    [295147905179352830000, "295147905179352830000"],
    [9.999999999999997e22, "9.999999999999997e+22"],
    [1e21, "1e+21"],
    [0.000001, "0.000001"],
    [0.0000001, "1e-7"],
  ];
  for (const [value, text] of cases) assert.equal(canonicalJson(value), text);
});

test("the order in which members were added does not show", () => {
  assert.equal(canonicalJson({ b: 1, a: { d: 2, c: [] } }), canonicalJson({ a: { c: [], d: 2 }, b: 1 }));
});

test("what JSON cannot say is refused, an undefined member is left out", () => {
  const cycle: unknown[] = [];
  cycle.push(cycle);
  const refused = [Number.NaN, Number.POSITIVE_INFINITY, 1n, undefined, [undefined], () => 0, new Date(0), new Map(), "\ud800", cycle];
  for (const value of refused) assert.throws(() => canonicalJson(value), AssertionError);
  assert.equal(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
});

test("canonical text is JSON of the same value, and canonical again", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      assert.equal(canonicalJson(JSON.parse(text)), text);
      assert.equal(JSON.stringify(JSON.parse(text)).length, JSON.stringify(JSON.parse(JSON.stringify(value))).length);
    }),
  );
});
