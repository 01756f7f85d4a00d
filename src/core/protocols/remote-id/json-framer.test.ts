import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeUtf8 } from "../../base/text.ts";
import { createJsonFramer } from "./json-framer.ts";

const cut = (...chunks: string[]) => {
  const framer = createJsonFramer({ maxLength: 100 });
  const results = chunks.map((chunk) => framer.push(encodeUtf8(chunk)));
  return {
    texts: results.flatMap((result) => result.packets.map((packet) => Buffer.from(packet).toString())),
    errors: results.flatMap((result) => result.errors.map((error) => error.code)),
  };
};

test("texts on lines, over many lines, right behind each other, and without a last line end", () => {
  assert.deepEqual(cut('{"a":1}\n[2]\r\n{"b":{"c":[3]}}{"d":"}"}'), {
    texts: ['{"a":1}', "[2]", '{"b":{"c":[3]}}', '{"d":"}"}'],
    errors: [],
  });
  assert.deepEqual(cut('{\n  "a": [\n    { "b": "\\"{" }\n  ]\n}'), { texts: ['{\n  "a": [\n    { "b": "\\"{" }\n  ]\n}'], errors: [] });
});

test("a line that is no JSON is one error and takes nothing after it", () => {
  assert.deepEqual(cut('boot: rst:0x1 {x}\n{"a":1}\nready\n{"b":2}\n'), {
    texts: ['{"a":1}', '{"b":2}'],
    errors: ["malformed", "malformed"],
  });
});

test("a text that was broken off, in a string or outside, costs itself only", () => {
  assert.deepEqual(cut('{"a":"x\n{"b":2}\n'), { texts: ['{"b":2}'], errors: ["malformed"] });
  assert.deepEqual(cut('{"a":[1,\n{"b":2}\n'), { texts: ['{"b":2}'], errors: ["malformed"] });
});

test("a text over the limit is one error, and the next line is read", () => {
  assert.deepEqual(cut(`{"a":"${"x".repeat(200)}"}\n{"b":2}`), { texts: ['{"b":2}'], errors: ["oversized"] });
  assert.deepEqual(cut(`[${" ".repeat(98)}]`).texts.length, 1);
});

test("the same texts in any pieces", () => {
  const stream = encodeUtf8('{"a":"ü\\"}"}\nnoise\n[{"b":[1,{"c":2}]}]{"broken":"x\n{"d":4}\n');
  const whole = cut(Buffer.from(stream).toString());
  assert.equal(whole.texts.length, 3);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 80 }), (sizes) => {
      const framer = createJsonFramer({ maxLength: 100 });
      const texts: string[] = [];
      let at = 0;
      for (const size of [...sizes, stream.length]) {
        texts.push(...framer.push(stream.subarray(at, at + size)).packets.map((packet) => Buffer.from(packet).toString()));
        at += size;
      }
      assert.deepEqual(texts, whole.texts);
    }),
  );
});
