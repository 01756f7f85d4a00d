import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeUtf8, encodeUtf8 } from "../base/text.ts";
import { createLineFramer } from "./line-framer.ts";

const linesOf = (chunks: string[], maxLength: number) => {
  const framer = createLineFramer({ maxLength });
  const lines: string[] = [];
  let errors = 0;
  for (const chunk of chunks) {
    const out = framer.push(encodeUtf8(chunk));
    lines.push(...out.packets.map(decodeUtf8));
    errors += out.errors.length;
  }
  return { lines, errors };
};

test("a line ends with LF or CR LF, and empty lines are dropped", () => {
  assert.deepEqual(linesOf(["a\r\nbc\n\n\r\nd\n"], 10), { lines: ["a", "bc", "d"], errors: 0 });
});

test("a line without an end stays inside until its end comes", () => {
  assert.deepEqual(linesOf(["ab", "c", "\nde"], 10), { lines: ["abc"], errors: 0 });
});

test("a line of exactly the limit passes; one octet more is counted once and skipped to its end", () => {
  assert.deepEqual(linesOf(["12345\r\n123456\n789\n"], 5), { lines: ["12345", "789"], errors: 1 });
  assert.deepEqual(linesOf(["12345\r", "\n1234567", "89", "0\n789\n"], 5), { lines: ["12345", "789"], errors: 1 });
});

test("how the octets are cut into chunks changes nothing", () => {
  const letter = fc.constantFrom("a", "b", "\r", "\n", "c");
  fc.assert(
    fc.property(fc.array(letter, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (letters, maxLength) => {
      const whole = linesOf([letters.join("")], maxLength);
      assert.deepEqual(linesOf(letters, maxLength), whole);
    }),
  );
});
