import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "../base/hex.ts";
import { readFrame } from "../protocols/mavlink/frame.ts";
import { type FieldValue, GLOBAL_POSITION_INT, HEARTBEAT, MESSAGES, readFields } from "../protocols/mavlink/messages.ts";
import { splitTlog } from "../protocols/mavlink/tlog.ts";
import { encodeMavlink } from "./encode-mavlink.ts";

const SHARED = new URL("../../../../shared/data/mavlink/", import.meta.url);
const skip = existsSync(SHARED) ? false : "../shared is absent";
const SENDER = { system: 1, component: 1, sequence: 7 };

test("a heartbeat of version 1 is the seventeen octets that a reader can count by hand", () => {
  const values = { type: 6, autopilot: 8, system_status: 0, mavlink_version: 3 };
  // 0xfe, 9 octets, sequence 0, system 255, component 0, message 0; custom mode, type, autopilot, base mode, status, version; checksum.
  assert.equal(
    toHex(encodeMavlink(HEARTBEAT, { system: 255, component: 0, sequence: 0 }, values, 1)),
    "fe0900ff0000000000000608000003a1df",
  );
});

test("whatever is written is read again, field by field", () => {
  for (const definition of MESSAGES.values()) {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: definition.fullLength, maxLength: definition.fullLength }), (payload) => {
        const values = readFields(definition, payload);
        const kept = Object.entries(values).filter(([, value]) => typeof value !== "number" || Number.isSafeInteger(value));
        const written = encodable(Object.fromEntries(kept));
        const result = readFrame(encodeMavlink(definition, SENDER, written), 0);
        assert.ok(result.kind === "frame" && result.frame.definition === definition);
        const { bytes, payloadAt, payloadEnd } = result.frame;
        const again = readFields(definition, bytes.subarray(payloadAt, payloadEnd));
        for (const [name, value] of Object.entries(written)) assert.deepEqual(again[name], value, `${definition.name}.${name}`);
      }),
      { numRuns: 30 },
    );
  }
});

/** Text that is not UTF-8 does not come back as it was; it is tried as ASCII. */
function encodable(values: Record<string, FieldValue>): Record<string, FieldValue> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? value.replace(/[^ -~]/g, "?") : value]),
  );
}

test("a field that the message does not have, and a value that does not fit, are mistakes of the program", () => {
  assert.throws(() => encodeMavlink(GLOBAL_POSITION_INT, SENDER, { latitude: 1 }), /no field latitude/);
  assert.throws(() => encodeMavlink(GLOBAL_POSITION_INT, SENDER, { vx: 40_000 }), /16 bits/);
  assert.throws(() => encodeMavlink(GLOBAL_POSITION_INT, SENDER, { lat: 0.5 }), /whole number/);
  assert.throws(() => encodeMavlink({ ...GLOBAL_POSITION_INT, id: 76 }, SENDER, {}), /only messages that Picket reads/);
});

test("200 frames of pymavlink, written from its decoded values, are the same octets", { skip }, () => {
  const rows = readFileSync(new URL("odid_adsb_gpi_pymavlink_encoded.jsonl", SHARED), "utf8").trim().split("\n");
  for (const line of rows) {
    const { hex, decoded } = JSON.parse(line) as { hex: string; decoded: Record<string, number | string | number[]> };
    const { mavpackettype, ...values } = decoded;
    const definition = [...MESSAGES.values()].find((message) => message.name === mavpackettype)!;
    const given = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, Array.isArray(value) ? Uint8Array.from(value) : value]),
    );
    const sent = fromHex(hex)!;
    const sender = { sequence: sent[4]!, system: sent[5]!, component: sent[6]! };
    assert.equal(toHex(encodeMavlink(definition, sender, given)), hex);
  }
});

test("4,782 frames of a real flight, read and written again, are the same octets", { skip }, () => {
  const { packets } = splitTlog(readFileSync(new URL("flight_dev.tlog", SHARED)));
  let count = 0;
  for (const { bytes } of packets) {
    const result = readFrame(bytes, 0);
    if (result.kind !== "frame" || result.frame.definition === undefined) continue;
    const { definition, payloadAt, payloadEnd, system, component, sequence, version } = result.frame;
    const fields = readFields(definition, bytes.subarray(payloadAt, payloadEnd));
    assert.equal(toHex(encodeMavlink(definition, { system, component, sequence }, fields, version)), toHex(bytes));
    count += 1;
  }
  assert.equal(count, 4_782);
});
