import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex } from "../../base/hex.ts";
import { createSapientFramer, frameSapient, SAPIENT_MAX_FRAME } from "./sapient-framer.ts";

test("a frame is the length, little-endian and without itself, and the message", () => {
  assert.deepEqual(frameSapient(Uint8Array.of(1, 2, 3)), fromHex("03000000010203"));
  assert.deepEqual(frameSapient(new Uint8Array(0)), fromHex("00000000"));
  assert.deepEqual(createSapientFramer().push(fromHex("03000000010203")!), { packets: [Uint8Array.of(1, 2, 3)], errors: [] });
});

test("whatever way a stream is cut, the same messages come out", () => {
  const message = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 }),
      (messages, cuts) => {
        const frames = messages.map(frameSapient);
        const stream = new Uint8Array(frames.reduce((sum, frame) => sum + frame.length, 0));
        let at = 0;
        for (const frame of frames) {
          stream.set(frame, at);
          at += frame.length;
        }
        const framer = createSapientFramer();
        const got: Uint8Array[] = [];
        for (let offset = 0, i = 0; offset < stream.length; i++) {
          const size = cuts[i % cuts.length];
          got.push(...framer.push(stream.slice(offset, offset + size)).packets);
          offset += size;
        }
        assert.deepEqual(got, messages);
      },
    ),
  );
});

test("one octet at a time is enough", () => {
  const framer = createSapientFramer();
  const frame = frameSapient(Uint8Array.of(9, 8, 7));
  const got = [...frame].flatMap((octet) => framer.push(Uint8Array.of(octet)).packets);
  assert.deepEqual(got, [Uint8Array.of(9, 8, 7)]);
});

test("a length of 4 GiB closes the stream and reserves nothing; what came before it still counts", () => {
  const framer = createSapientFramer();
  const result = framer.push(fromHex("0100000007ffffffff00")!);
  assert.deepEqual(result.packets, [Uint8Array.of(7)]);
  assert.equal(result.errors[0].code, "oversized");
  assert.equal(result.errors[0].needed, 4_294_967_295);
  assert.match(result.close!, /4294967295 octets, the limit is 1048576/);
  assert.deepEqual(framer.push(fromHex("0100000007")!).packets, [], "the stream stays closed");
});

test("one octet over the limit is refused, the limit itself is not", () => {
  const over = createSapientFramer({ maxFrame: 4 });
  assert.ok(over.push(frameSapient(new Uint8Array(5))).close !== undefined);
  const at = createSapientFramer({ maxFrame: 4 });
  assert.equal(at.push(frameSapient(new Uint8Array(4))).packets.length, 1);
  assert.equal(SAPIENT_MAX_FRAME, 1024 * 1024);
});

test("a sender with the wrong byte order is told so", () => {
  assert.match(createSapientFramer().push(fromHex("00000040")!).close!, /big-endian it would be 64/);
});

test("a packet stays what it was when the stream goes on", () => {
  const framer = createSapientFramer();
  const chunk = frameSapient(Uint8Array.of(1, 2, 3));
  const [packet] = framer.push(chunk).packets;
  chunk.fill(0xff);
  framer.push(frameSapient(Uint8Array.of(4, 5, 6)));
  assert.deepEqual(packet, Uint8Array.of(1, 2, 3));
});
