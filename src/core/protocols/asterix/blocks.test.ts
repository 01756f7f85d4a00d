import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fromHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import { asterixProtocol } from "./asterix-protocol.ts";
import { createAsterixDescriber } from "./describe.ts";
import { encodeAsterix } from "./encode.ts";

const receiveHex = (hex: string, editions?: Record<string, string>) => {
  const options = { editions };
  const state = asterixProtocol.createState(options);
  return asterixProtocol.receive(state, { bytes: fromHex(hex)!, connection: 0, receivedAt: micros(0) }, options);
};
const errorsOf = (hex: string) => receiveHex(hex).errors.map((error) => [error.code, error.item, error.offset]);
/** One plot: category 48, 14 octets, items 010, 140, 020, 040. */
const GOOD = "30000ef01702000080a001004000";

test("a good datagram gives its record and no error", () => {
  const decoded = receiveHex(GOOD);
  assert.equal(decoded.records, 1);
  assert.deepEqual(decoded.errors, []);
});

test("a block's length is checked before its records", () => {
  assert.deepEqual(errorsOf("300000"), [["malformed", "data block header", 1]]);
  assert.deepEqual(errorsOf("300003"), [["malformed", "data block header", 1]]);
  assert.deepEqual(errorsOf("3000ff"), [["truncated", "data block header", 1]]);
  assert.deepEqual(errorsOf("30"), [["truncated", "data block header", 0]]);
  assert.deepEqual(errorsOf(`${GOOD}3000`), [["truncated", "data block header", 14]]);
  assert.deepEqual(receiveHex("").errors, []);
});

test("a datagram cut anywhere gives one error and only the records of whole blocks", () => {
  const two = GOOD + GOOD;
  for (let octets = 1; octets < 28; octets++) {
    const decoded = receiveHex(two.slice(0, 2 * octets));
    assert.equal(decoded.records, octets >= 14 ? 1 : 0, `${octets} octets`);
    assert.equal(decoded.errors.length, octets === 14 ? 0 : 1, `${octets} octets`);
  }
});

test("after a bad record the next block is read, and what stood before it stays", () => {
  // The second record of the first block lacks its last octet.
  const records = "f017020000802001004000f01702000080200100" + "40";
  const decoded = receiveHex(`300018${records}${GOOD}`);
  assert.equal(decoded.records, 2);
  assert.deepEqual(
    decoded.errors.map((error) => [error.code, error.item, error.offset]),
    [["truncated", "I048/040", 21]],
  );
});

test("an FSPEC that goes on beyond the profile, is empty, or sets a spare position is malformed", () => {
  assert.deepEqual(errorsOf("300010ffffffffffffffffffffffffff"), [["malformed", "I048 FSPEC", 3]]);
  assert.deepEqual(errorsOf("30000400"), [["malformed", "I048 FSPEC", 3]]);
  // Category 034 has 14 positions; the third octet's first is the 15th.
  assert.deepEqual(errorsOf("220009810180170201"), [["malformed", "I034 FSPEC", 3]]);
  // Category 062: position 2 is spare.
  assert.deepEqual(errorsOf("3e0006c01902"), [["malformed", "I062 FSPEC", 3]]);
});

test("an unknown category is one error, and the next block is read", () => {
  const decoded = receiveHex(`ff0006800000${GOOD}`);
  assert.equal(decoded.records, 1);
  assert.deepEqual(
    decoded.errors.map((error) => [error.code, error.item]),
    [["unsupported", "I255"]],
  );
});

test("a record without its data source is refused", () => {
  assert.deepEqual(errorsOf("30000740000080"), [["malformed", "I048/010", 3]]);
});

test("a time of day of more than a day refuses the record", () => {
  assert.deepEqual(errorsOf("300009c01702ffffff"), [["out-of-range", "I048/140", 6]]);
});

test("I048/020: an extension after the last one is malformed", () => {
  assert.deepEqual(errorsOf("30000da0170201010101010101"), [["malformed", "I048/020", 11]]);
});

test("an expansion field whose length is too small for its subfields refuses the record, and leaves no phantom", () => {
  // RE announces ERR, which has three octets, and a length of 3 that leaves it one; two octets follow.
  const decoded = receiveHex("30000e" + "81010102" + "1702" + "03082c" + "0000");
  assert.equal(decoded.records, 0);
  assert.equal(decoded.errors.length, 1);
});

test("an expansion field of a newer edition is kept as octets", () => {
  const block = encodeAsterix(48, "1.32", [{ "010": { SAC: 1, SIC: 2 }, RE: { hex: "01aabb" } }]);
  const described = createAsterixDescriber({})({ bytes: block, connection: 0, receivedAt: micros(0) });
  assert.deepEqual(described, [{ category: 48, edition: "1.32", items: { "010": { SAC: 1, SIC: 2 }, RE: { hex: "01aabb" } } }]);
});

test("the edition follows the sensor, then the category, then the default; one that is not held is said", () => {
  const edition = (editions?: Record<string, string>) =>
    createAsterixDescriber({ editions })({ bytes: fromHex(GOOD)!, connection: 0, receivedAt: micros(0) })[0].edition;
  assert.equal(edition(), "1.32");
  assert.equal(edition({ "048": "1.23" }), "1.23");
  assert.equal(edition({ "23/2:048": "1.23" }), "1.23");
  assert.equal(edition({ "23/3:048": "1.23" }), "1.32");
  assert.equal(edition({ "048": "1.23", "23/2:048": "1.32" }), "1.32");
  const refused = receiveHex(GOOD, { "048": "9.9" });
  assert.equal(refused.records, 0);
  assert.match(refused.errors[0].message, /edition 9\.9 of category 048 is configured, but only 1\.32, 1\.27, 1\.23 are held/);
});

const vectors = new URL("../../../../../shared/data/bad-input/vectors.jsonl", import.meta.url);
test("bad input seen by other decoders: one reject with a reason, no phantom record, and the next datagram is read", {
  skip: existsSync(vectors) ? false : "../shared is absent",
}, () => {
  const state = asterixProtocol.createState({});
  let seen = 0;
  for (const line of readFileSync(vectors, "utf8").trim().split("\n")) {
    const vector = JSON.parse(line) as { protocol: string; hex: string; why: string };
    if (vector.protocol !== "asterix") continue;
    seen++;
    const decoded = asterixProtocol.receive(state, { bytes: fromHex(vector.hex)!, connection: 0, receivedAt: micros(0) }, {});
    const valid = vector.why.startsWith("VALID");
    assert.equal(decoded.records, valid ? 1 : 0, vector.why);
    assert.equal(decoded.errors.length, valid ? 0 : 1, vector.why);
    if (!valid) assert.ok(decoded.errors[0].message.length > 10 && decoded.errors[0].item.length > 0);
    const next = asterixProtocol.receive(state, { bytes: fromHex(GOOD)!, connection: 0, receivedAt: micros(0) }, {});
    assert.equal(next.records, 1);
  }
  assert.equal(seen, 10);
});
