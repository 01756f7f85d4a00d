import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import { createSender, encodeRegistration, encodeStatus } from "./encode.ts";
import { deriveUuid } from "./identifiers.ts";
import { Registration_NodeType } from "./sapient-pb.gen.ts";
import { guardWire, SAPIENT_WIRE_LIMITS } from "./wire-guard.ts";

const errorOf = (bytes: Uint8Array, limits = SAPIENT_WIRE_LIMITS) => {
  const result = guardWire(bytes, limits);
  assert.ok(!result.ok, "was let through");
  return result.error;
};

/** A length-delimited field. */
function field(number: number, content: Uint8Array): Uint8Array {
  const head = [number * 8 + 2 < 128 ? number * 8 + 2 : -1];
  assert.ok(head[0] > 0, "the helper writes small field numbers only");
  let length = content.length;
  while (length > 127) {
    head.push((length % 128) + 128);
    length = Math.floor(length / 128);
  }
  head.push(length);
  const out = new Uint8Array(head.length + content.length);
  out.set(head);
  out.set(content, head.length);
  return out;
}
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));

/** A detection whose classification has sub-classes inside sub-classes, `depth` of them. */
function nested(depth: number): Uint8Array {
  let inner: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < depth; i++) inner = field(4, inner); // SubClass.sub_class
  return field(7, field(11, field(3, inner))); // detection_report.classification.sub_class
}

test("real messages of our own encoder pass with room to spare", () => {
  const sender = createSender(deriveUuid("x"));
  const at = micros(1_780_000_000_000_000);
  const registration = guardWire(
    encodeRegistration(sender, at, {
      name: "n",
      shortName: "n",
      nodeTypes: [Registration_NodeType.RADAR],
      statusIntervalSeconds: 5,
      tracking: "track",
      form: "location",
      maximumLatencySeconds: 0.1,
      manufacturer: "m",
      model: "m",
      classes: [["Air Vehicle", "UAV Rotary Wing", "Commercial"]],
    }),
  );
  assert.ok(registration.ok);
  assert.ok(registration.value.fields < 200);
  assert.ok(registration.value.depth <= 8);
  assert.deepEqual(registration.value.unknown, []);
  assert.equal(registration.value.repeatedSingular, false);
  assert.ok(guardWire(encodeStatus(sender, at, {})).ok);
});

test("a message may be as large as a frame, and not an octet larger", () => {
  assert.equal(SAPIENT_WIRE_LIMITS.maxBytes, 1_048_576);
  assert.equal(errorOf(new Uint8Array(1_048_577)).code, "oversized");
  const text = field(13, new Uint8Array(1_048_576 - 4).fill(65)); // additional_information with a three-octet length
  assert.equal(text.length, 1_048_576);
  assert.ok(guardWire(text).ok);
});

test("24 levels of messages pass, 25 do not", () => {
  // Envelope, report, classification and first sub_class are four levels.
  const deepest = guardWire(nested(20));
  assert.ok(deepest.ok);
  assert.equal(deepest.value.depth, 24);
  const error = errorOf(nested(21));
  assert.equal(error.code, "oversized");
  assert.match(error.message, /deeper than 24/);
});

test("a nesting bomb of 100,000 levels is refused at level 25, without recursion into the rest", () => {
  // Written from the innermost outwards, so that every length is right.
  const bomb = new Uint8Array(500_000);
  let start = bomb.length;
  const wrap = (number: number) => {
    let length = bomb.length - start;
    const digits: number[] = [];
    do {
      digits.push((length % 128) + (length > 127 ? 128 : 0));
      length = Math.floor(length / 128);
    } while (length > 0);
    start -= digits.length + 1;
    bomb.set([number * 8 + 2, ...digits], start);
  };
  for (let i = 0; i < 100_000; i++) wrap(4);
  wrap(3);
  wrap(11);
  wrap(7);
  const error = errorOf(bomb.subarray(start));
  assert.equal(error.code, "oversized");
  assert.match(error.message, /deeper than 24/);
});

test("4,096 fields pass, one more does not: a small message cannot become a large object; a registration may have twice as many", () => {
  const repeated = (outer: number, inner: number, count: number) =>
    field(
      outer,
      Uint8Array.from({ length: 2 * count }, (_, i) => field(inner, new Uint8Array(0))[i % 2]),
    );
  // Empty classifications in a detection report, empty capabilities in a registration: two octets each.
  for (const [outer, inner, most] of [
    [7, 11, 4096],
    [4, 5, 8192],
  ]) {
    const fits = guardWire(repeated(outer, inner, most - 1));
    assert.ok(fits.ok);
    assert.equal(fits.value.fields, most);
    const error = errorOf(repeated(outer, inner, most));
    assert.equal(error.code, "oversized");
    assert.match(error.message, new RegExp(`more than ${most} fields`));
  }
});

test("elements of a packed list count as fields", () => {
  // registration.mode_definition.task.region_definition.region_type, packed.
  const packed = (count: number) => field(4, field(7, field(11, field(2, field(1, new Uint8Array(count).fill(1))))));
  assert.ok(guardWire(packed(1000)).ok);
  assert.equal(errorOf(packed(20_000)).code, "oversized");
});

test("a list of numbers may come packed or one by one, and in no other way", () => {
  const list = (content: Uint8Array) => field(4, field(7, field(11, field(2, content))));
  assert.ok(guardWire(list(Uint8Array.of(0x08, 1, 0x08, 2))).ok, "one by one");
  assert.ok(guardWire(list(Uint8Array.of(0x0a, 2, 1, 2))).ok, "packed");
  assert.equal(errorOf(list(Uint8Array.of(0x0d, 1, 0, 0, 0))).code, "malformed");
});

test("groups are refused, nested or not", () => {
  const error = errorOf(new Uint8Array(50_000).fill(0x0b)); // start group 1, again and again
  assert.equal(error.code, "malformed");
  assert.match(error.message, /wire type 3/);
});

test("a length beyond the end names the field, the offset and by how much", () => {
  // detection_report of 10 octets, of which 2 are there.
  const error = errorOf(fromHex("3a0a0a00")!);
  assert.equal(error.code, "truncated");
  assert.equal(error.item, "detection_report");
  assert.match(error.message, /8 octets beyond/);
  assert.equal(error.offset, 2);
});

test("a field of the wrong wire type is refused before a decoder reads a number as a text", () => {
  const error = errorOf(fromHex("1001")!); // node_id as a varint
  assert.equal(error.item, "node_id");
  assert.match(error.message, /wire type 0, expected 2/);
});

test("cut tags, overlong numbers and field zero are malformed", () => {
  assert.equal(errorOf(fromHex("80")!).code, "malformed");
  assert.equal(errorOf(fromHex("ffffffffffffffffffffff01")!).code, "malformed");
  assert.equal(errorOf(fromHex("0200")!).code, "malformed");
});

test("errors about unknown fields share one item, so that a sender cannot make error counts grow without end", () => {
  const items = new Set<string>();
  for (let number = 14; number < 200; number++) {
    const tag = number * 8 + 2;
    items.add(errorOf(Uint8Array.of((tag % 128) + 128, Math.floor(tag / 128), 5, 0)).item);
  }
  assert.deepEqual([...items], ["unknown"]);
});

test("fields that the version does not have are listed by path, at most sixteen", () => {
  // registration_ack.2 is a text in version 1.0.
  const result = guardWire(field(5, joined(Uint8Array.of(0x08, 0x01), field(2, Uint8Array.of(65)))));
  assert.ok(result.ok);
  assert.deepEqual(result.value.unknown, ["registration_ack.2"]);
  const many = guardWire(new Uint8Array(200).fill(0).map((_, i) => (i % 2 === 0 ? 0x70 : 1))); // field 14, varint
  assert.ok(many.ok);
  assert.equal(many.value.unknown.length, 16);
});

test("a single field, or a oneof, that occurs twice is noticed", () => {
  const twice = (bytes: Uint8Array) => {
    const result = guardWire(bytes);
    assert.ok(result.ok);
    return result.value.repeatedSingular;
  };
  assert.equal(twice(joined(field(2, Uint8Array.of(65)), field(2, Uint8Array.of(66)))), true);
  assert.equal(twice(joined(field(7, new Uint8Array(0)), field(8, new Uint8Array(0)))), true, "a report and a task in one envelope");
  assert.equal(twice(field(7, joined(field(11, new Uint8Array(0)), field(11, new Uint8Array(0))))), false, "a list may");
});
