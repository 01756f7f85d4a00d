import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import { createPcapFramer, type PcapPacket, readPcapPacket } from "./pcap-framer.ts";
import { writePcapPacket } from "./pcap-packet.ts";
import { createPcapngWriter } from "./pcap-writer.ts";

const read = (bytes: Uint8Array): PcapPacket => {
  const packet = readPcapPacket(bytes);
  assert(packet.ok);
  return packet.value;
};
const summary = (bytes: Uint8Array) => {
  const packet = read(bytes);
  return [packet.linkType, packet.capturedAt, packet.cut, Buffer.from(packet.bytes).toString("hex")];
};

/** Number of `size` octets in either byte order. */
function number(value: number | bigint, size: 2 | 4 | 8, little: boolean): Buffer {
  const bytes = Buffer.alloc(size);
  if (size === 2) little ? bytes.writeUInt16LE(Number(value)) : bytes.writeUInt16BE(Number(value));
  else if (size === 4) little ? bytes.writeUInt32LE(Number(value)) : bytes.writeUInt32BE(Number(value));
  else little ? bytes.writeBigInt64LE(BigInt(value)) : bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function pcapFile(
  little: boolean,
  nanoseconds: boolean,
  linkType: number,
  records: [seconds: number, fraction: number, bytes: string, original: number][],
) {
  const n4 = (value: number) => number(value, 4, little);
  const n2 = (value: number) => number(value, 2, little);
  return Buffer.concat([
    n4(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4),
    n2(2),
    n2(4),
    n4(0),
    n4(0),
    n4(65535),
    n4(linkType),
    ...records.flatMap(([seconds, fraction, hex, original]) => [
      n4(seconds),
      n4(fraction),
      n4(hex.length / 2),
      n4(original),
      Buffer.from(hex, "hex"),
    ]),
  ]);
}

function block(type: number, body: Buffer, little: boolean): Buffer {
  const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
  const total = number(12 + padded.length, 4, little);
  return Buffer.concat([number(type, 4, little), total, padded, total]);
}
const section = (little: boolean) =>
  block(
    0x0a0d0d0a,
    Buffer.concat([number(0x1a2b3c4d, 4, little), number(1, 2, little), number(0, 2, little), number(-1n, 8, little)]),
    little,
  );
const interfaceBlock = (linkType: number, little: boolean, options: Buffer = Buffer.alloc(0)) =>
  block(1, Buffer.concat([number(linkType, 2, little), number(0, 2, little), number(0, 4, little), options]), little);
const option = (code: number, value: Buffer, little: boolean) =>
  Buffer.concat([number(code, 2, little), number(value.length, 2, little), value, Buffer.alloc((4 - (value.length % 4)) % 4)]);
function enhanced(index: number, ticks: bigint, hex: string, original: number, little: boolean): Buffer {
  const n4 = (value: number | bigint) => number(value, 4, little);
  return block(
    6,
    Buffer.concat([n4(index), n4(ticks >> 32n), n4(ticks & 0xffffffffn), n4(hex.length / 2), n4(original), Buffer.from(hex, "hex")]),
    little,
  );
}

test("pcap: both byte orders, microseconds and nanoseconds, give the same frames", () => {
  for (const little of [true, false]) {
    for (const nanoseconds of [true, false]) {
      const fraction = nanoseconds ? 250_000_999 : 250_000;
      const file = pcapFile(little, nanoseconds, 127, [
        [1_700_000_000, fraction, "0102030405", 5],
        [1_700_000_001, 0, "aa", 9],
      ]);
      const framed = createPcapFramer().push(file);
      assert.deepEqual(framed.errors, []);
      assert.deepEqual(framed.packets.map(summary), [
        [127, 1_700_000_000_250_000, false, "0102030405"],
        [127, 1_700_000_001_000_000, true, "aa"],
      ]);
    }
  }
});

test("pcapng: sections in either byte order, several interfaces, resolutions and an offset", () => {
  const little = section(true);
  const milli = option(9, Buffer.from([3]), true); // 10^-3 s
  const binary = option(9, Buffer.from([0x80 | 10]), true); // 2^-10 s
  const nano = Buffer.concat([
    option(9, Buffer.from([9]), false),
    option(14, number(100n, 8, false), false),
    option(0, Buffer.alloc(0), false),
  ]);
  const stream = Buffer.concat([
    little,
    interfaceBlock(1, true),
    interfaceBlock(272, true, milli),
    interfaceBlock(105, true, binary),
    enhanced(0, 5_000_000n, "01", 1, true),
    enhanced(1, 5_000n, "0203", 2, true),
    enhanced(2, 5_120n, "040506", 4, true),
    section(false), // interfaces start anew
    interfaceBlock(127, false, nano),
    enhanced(0, 1_700_000_000_123_456_789n, "07", 1, false),
  ]);
  const framed = createPcapFramer().push(stream);
  assert.deepEqual(framed.errors, []);
  assert.deepEqual(framed.packets.slice(0, 3).map(summary), [
    [1, 5_000_000, false, "01"],
    [272, 5_000_000, false, "0203"],
    [105, 5_000_000, true, "040506"],
  ]);
  const [linkType, capturedAt] = summary(framed.packets[3]);
  assert.equal(linkType, 127);
  // A 64-bit count of nanoseconds is beyond exact integers; the microsecond is right.
  assert.equal(capturedAt, 1_700_000_100_123_456);
});

test("pcapng: simple packets have no time, unknown blocks are passed over, an undescribed interface is one error", () => {
  const stream = Buffer.concat([
    section(true),
    block(0x0bad, Buffer.from("statistics"), true),
    enhanced(4, 0n, "01", 1, true),
    interfaceBlock(105, true),
    block(3, Buffer.concat([number(2, 4, true), Buffer.from("beef", "hex")]), true),
  ]);
  const framed = createPcapFramer().push(stream);
  assert.deepEqual(framed.packets.map(summary), [[105, undefined, false, "beef"]]);
  assert.deepEqual(
    framed.errors.map((error) => error.code),
    ["inconsistent"],
  );
  assert.equal(framed.close, undefined);
});

test("the stream is the same in one piece, in single octets, and in any other pieces", () => {
  const stream = Buffer.concat([
    section(true),
    interfaceBlock(127, true),
    enhanced(0, 1n, "0102030405", 5, true),
    enhanced(0, 2n, "06", 1, true),
  ]);
  const whole = createPcapFramer().push(stream).packets.map(summary);
  assert.equal(whole.length, 2);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 200 }), (sizes) => {
      const framer = createPcapFramer();
      const got: unknown[] = [];
      let at = 0;
      for (const size of [...sizes, stream.length]) {
        got.push(...framer.push(stream.subarray(at, at + size)).packets.map(summary));
        at += size;
      }
      assert.deepEqual(got, whole);
    }),
  );
});

test("a stream that is no capture, an impossible length and a block over the limit close it, once, with the reason", () => {
  const streams = [
    Buffer.from("GET / HTTP/1.1\r\n"),
    Buffer.concat([section(true), number(6, 4, true), number(13, 4, true), Buffer.alloc(20)]),
    Buffer.concat([section(true), number(6, 4, true), number(0xfffffff0, 4, true), Buffer.alloc(20)]),
    Buffer.concat([
      pcapFile(true, false, 127, []),
      number(0, 4, true),
      number(0, 4, true),
      number(0x7fffffff, 4, true),
      number(0, 4, true),
    ]),
    Buffer.concat([section(true), enhanced(0, 0n, "01", 1, true).subarray(0, -4), Buffer.from("99999999", "hex")]),
  ];
  for (const stream of streams) {
    const framer = createPcapFramer();
    const first = framer.push(stream);
    assert.equal(first.errors.length, 1);
    assert.match(first.close!, /cannot be followed/);
    const second = framer.push(stream);
    assert.deepEqual([second.packets, second.errors], [[], []]);
    assert.equal(second.close, first.close);
  }
});

test("any octets: no throw, and nothing but typed errors", () => {
  const starts = [Buffer.alloc(0), section(true), pcapFile(false, true, 1, [])];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 5 }), (start, chunks) => {
      const framer = createPcapFramer();
      framer.push(start);
      for (const chunk of chunks) for (const packet of framer.push(chunk).packets) read(packet);
    }),
    { numRuns: 1000 },
  );
});

test("a captured frame survives the writer and the framer", () => {
  const packet = fc.record(
    {
      linkType: fc.constantFrom(1, 105, 127, 272),
      capturedAt: fc.integer({ min: 0, max: 4_000_000_000_000_000 }).map(micros),
      cut: fc.boolean(),
      bytes: fc.uint8Array({ maxLength: 64 }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 10 }), (packets) => {
      const writer = createPcapngWriter();
      const framer = createPcapFramer();
      const got = packets.flatMap((one) => framer.push(writer.write(one)).packets.map(read));
      assert.deepEqual(
        got.map((one) => ({ ...one, bytes: Uint8Array.from(one.bytes) })),
        packets,
      );
    }),
  );
});

test("the packet header: link type 127, time 1 us beyond 2^32, cut", () => {
  const bytes = writePcapPacket({ linkType: 127, capturedAt: micros(4_294_967_297), cut: true, bytes: fromHex("abcd")! });
  assert.equal(Buffer.from(bytes).toString("hex"), "7f0003000100000001000000abcd");
  assert.equal(readPcapPacket(bytes.subarray(0, 11)).ok, false);
  assert.equal(readPcapPacket(fromHex("7f00ff000100000001000000abcd")!).ok, false);
});
