import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { micros } from "../../base/units.ts";
import { createSender, detectionReport, encodeMessage, location, registration, statusReport, toTimestamp } from "./encode.ts";
import { deriveUuid, makeUlid } from "./identifiers.ts";
import { Registration_NodeType, type SapientMessage, SapientMessageSchema } from "./sapient-pb.gen.ts";
import { validateMessage } from "./validate.ts";

const T0 = micros(1_780_000_000_000_000);
const sender = createSender(deriveUuid("x"));
const message = (content: SapientMessage["content"] | Record<string, unknown>): SapientMessage =>
  create(SapientMessageSchema, { timestamp: toTimestamp(T0), nodeId: sender.nodeId, content: content as never });
const said = (content: Record<string, unknown>) => validateMessage(message(content)).map(({ kind, item }) => `${kind} ${item}`);

const DETECTION = () =>
  detectionReport(sender, T0, { objectId: makeUlid(T0, 1, 1), location: location({ latitude: 0.9, longitude: 0, height: 10 }) });

test("what our own builders make has nothing wrong with it, by schema or by harness", () => {
  const node = {
    name: "n",
    shortName: "n",
    nodeTypes: [Registration_NodeType.RADAR],
    statusIntervalSeconds: 5,
    tracking: "track" as const,
    maximumLatencySeconds: 0.1,
    manufacturer: "m",
    model: "m",
    classes: [["Air Vehicle", "UAV Rotary Wing"]],
  };
  for (const form of ["location", "range-bearing", "utm"] as const) {
    assert.deepEqual(said({ case: "registration", value: registration({ ...node, form, zone: "30U" }) }), [], form);
  }
  assert.deepEqual(said({ case: "statusReport", value: statusReport(sender, T0, { place: { latitude: 1, longitude: 1 } }) }), []);
  assert.deepEqual(said({ case: "detectionReport", value: DETECTION() }), []);
  assert.ok(encodeMessage(message({ case: "detectionReport", value: DETECTION() })).length > 0);
});

test("missing fields and choices are named by their path", () => {
  assert.deepEqual(said({ case: "detectionReport", value: {} }), [
    "missing detection_report.report_id",
    "missing detection_report.object_id",
    "missing detection_report.location_oneof",
  ]);
  assert.deepEqual(
    validateMessage(create(SapientMessageSchema, {})).map(({ item }) => item),
    ["timestamp", "node_id", "content"],
  );
});

test("numbers that are none and shares outside 0 to 1 are found at any depth", () => {
  const bad = DETECTION();
  bad.detectionConfidence = 1.7;
  bad.classification = [{ type: "Air Vehicle", subClass: [{ type: "x", level: 1, confidence: -0.1, subClass: [] }] }];
  (bad.locationOneof as { value: { z: number } }).value.z = Number.NaN;
  assert.deepEqual(said({ case: "detectionReport", value: bad }).sort(), [
    "not-finite detection_report.location.z",
    "out-of-range detection_report.classification.sub_class.confidence",
    "out-of-range detection_report.detection_confidence",
  ]);
});

test("identifiers of another kind are told from those in another spelling", () => {
  const bad = DETECTION();
  bad.objectId = "track 5";
  bad.reportId = String(bad.reportId).toLowerCase();
  assert.deepEqual(said({ case: "detectionReport", value: bad }), [
    "identifier-spelling detection_report.report_id",
    "identifier detection_report.object_id",
  ]);
});

test("texts with control characters are found, tabs and line ends are not", () => {
  const bad = DETECTION();
  bad.state = "a\u0007b";
  bad.colour = "a\tb\n";
  assert.deepEqual(said({ case: "detectionReport", value: bad }), ["control-characters detection_report.state"]);
});

test("an enum without meaning is the harness's complaint, one that does not exist everybody's", () => {
  const unspecified = validateMessage(
    message({ case: "statusReport", value: { reportId: makeUlid(T0, 1, 1), system: 0, info: 1, mode: "m" } }),
  );
  assert.deepEqual(
    unspecified.map(({ kind, harnessOnly }) => [kind, harnessOnly]),
    [["unspecified", true]],
  );
  const unknown = validateMessage(
    message({ case: "statusReport", value: { reportId: makeUlid(T0, 1, 1), system: 77, info: 1, mode: "m" } }),
  );
  assert.deepEqual(
    unknown.map(({ kind, harnessOnly }) => [kind, harnessOnly]),
    [["unknown-value", false]],
  );
});

test("no message gives more than 64 lines", () => {
  const bad = DETECTION();
  bad.associatedFile = Array.from({ length: 500 }, () => ({}));
  assert.equal(validateMessage(message({ case: "detectionReport", value: bad })).length, 64);
});
