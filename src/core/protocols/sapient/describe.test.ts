import assert from "node:assert/strict";
import { test } from "node:test";
import { micros } from "../../base/units.ts";
import { createSapientDescriber } from "./describe.ts";
import { createSender, encodeDetection, encodeStatus, rangeBearing } from "./encode.ts";
import { deriveUuid } from "./identifiers.ts";

const T0 = micros(1_780_000_000_000_000);
const describe = (bytes: Uint8Array, strict = false) => createSapientDescriber({ strict })({ bytes, receivedAt: T0, connection: 0 });

test("a message is described in protobuf's JSON names", () => {
  const [shown] = describe(encodeStatus(createSender(deriveUuid("x")), T0, { place: { latitude: 0.5, longitude: 0.25 } }));
  assert.equal(shown.timestamp, "2026-05-28T20:26:40Z");
  assert.equal(shown.nodeId, deriveUuid("x"));
  const report = shown.statusReport as { system: string; mode: string };
  assert.equal(report.system, "SYSTEM_OK");
  assert.equal(report.mode, "Default");
  assert.equal(shown.findings, undefined);
  assert.doesNotThrow(() => JSON.stringify(shown));
});

test("what violates the schema is listed beside the message", () => {
  const [shown] = describe(
    encodeDetection(createSender(deriveUuid("x")), T0, {
      objectId: "5",
      rangeBearing: rangeBearing({ azimuth: Number.NaN }),
      confidence: 1.5,
    }),
  );
  assert.deepEqual((shown.findings as { item: string }[]).map(({ item }) => item).sort(), [
    "detection_report.detection_confidence",
    "detection_report.object_id",
    "detection_report.range_bearing.azimuth",
  ]);
});

test("what cannot be read is an object with error, item and offset", () => {
  assert.deepEqual(describe(Uint8Array.of(0x3a, 0x0a, 0x0a, 0x00)), [
    { error: "truncated", item: "detection_report", offset: 2, message: "length 10 goes 8 octets beyond the end" },
  ]);
});
