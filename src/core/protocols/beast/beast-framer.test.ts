import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../../base/hex.ts";
import { createBeastFramer, splitBeastFile } from "./beast-framer.ts";

const SHARED = new URL("../../../../../shared/data/", import.meta.url);
const skip = existsSync(SHARED) ? false : "../shared is absent";
const frames = (hex: string) => {
  const { packets, errors } = splitBeastFile(fromHex(hex)!);
  return { packets: packets.map(toHex), errors: errors.map((error) => error.code) };
};
const MESSAGE = "8d406b902015a678d4d220aa4bda";

test("a frame is type, six octets of time stamp, one of signal and the message; types 1, 2, 3 carry 2, 7, 14 octets", () => {
  assert.deepEqual(frames(`1a310000000000012a1234`), { packets: ["310000000000012a1234"], errors: [] });
  assert.deepEqual(frames(`1a320000000000022a02e60eb9be4118`), { packets: ["320000000000022a02e60eb9be4118"], errors: [] });
  assert.deepEqual(frames(`1a330000000000032a${MESSAGE}`), { packets: [`330000000000032a${MESSAGE}`], errors: [] });
});

test("an escaped 0x1a in the time stamp is one octet", () => {
  assert.deepEqual(frames(`1a33001a1a0000000060${MESSAGE}`), { packets: [`33001a0000000060${MESSAGE}`], errors: [] });
});

test("a frame cut by the start of the next one is counted and the next one is read", () => {
  assert.deepEqual(frames(`1a33000000000000608d406b902015a678d4d220aa1a330000000000032a${MESSAGE}`), {
    packets: [`330000000000032a${MESSAGE}`],
    errors: ["truncated"],
  });
});

test("a status frame (type 4) between frames is skipped and counted, escapes inside it too", () => {
  const good = `1a330000000000032a${MESSAGE}`;
  const { packets, errors } = frames(`${good}1a34000000001a1a000000${good}`);
  assert.equal(packets.length, 2);
  assert.deepEqual(errors, ["unsupported"]);
});

test("octets of another protocol are counted once a run, and the stream goes on", () => {
  const { packets, errors } = frames(`474554202f1a330000000000032a${MESSAGE}`);
  assert.deepEqual({ count: packets.length, errors }, { count: 1, errors: ["malformed"] });
});

test("how the octets are cut into chunks changes no frame", () => {
  const octet = fc.constantFrom(0x1a, 0x31, 0x32, 0x33, 0x34, 0x00, 0x7f);
  fc.assert(
    fc.property(fc.array(octet, { maxLength: 120 }), (octets) => {
      const whole = splitBeastFile(Uint8Array.from(octets)).packets.map(toHex);
      const framer = createBeastFramer();
      const single = octets.flatMap((value) => framer.push(Uint8Array.of(value)).packets.map(toHex));
      assert.deepEqual(single, whole);
    }),
  );
});

test("a recorded Beast stream gives exactly the frames that the recorder wrote beside it", { skip }, () => {
  const { packets, errors } = splitBeastFile(readFileSync(new URL("adsb-feeds/lfbo_240s.beast", SHARED)));
  const expected = readFileSync(new URL("adsb-feeds/lfbo_240s.frames.jsonl", SHARED), "utf8").trim().split("\n");
  assert.equal(packets.length, 3_298);
  assert.deepEqual(errors, []);
  assert.deepEqual(
    packets.map((packet) => toHex(packet.subarray(8))),
    expected.map((line) => (JSON.parse(line) as { frame: string }).frame),
  );
});

test("the bad-input vectors: one counted reject each, no phantom frame, and the next good frame is read", { skip }, () => {
  const vectors = readFileSync(new URL("bad-input/vectors.jsonl", SHARED), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { protocol: string; hex: string; why: string })
    .filter((vector) => vector.protocol === "modes-beast");
  assert.equal(vectors.length, 3);
  for (const { hex, why } of vectors) {
    const { packets, errors } = frames(`${hex}1a330000000000032a${MESSAGE}`);
    const valid = why.startsWith("escaped"); // that one is a whole frame with an escape in it
    assert.deepEqual([packets.length, errors.length], valid ? [2, 0] : [1, 1], why);
  }
});
