import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { decodeUtf8, encodeUtf8 } from "../../base/text.ts";
import { RADIANS_PER_DEGREE as DEGREE, micros } from "../../base/units.ts";
import type { SensorStatus } from "../../model/observation.ts";
import { createSender, registration, statusReport, toTimestamp } from "./encode.ts";
import { deriveUuid } from "./identifiers.ts";
import {
  AlertAck_AlertAckStatus,
  Registration_ModeType,
  Registration_NodeType,
  type SapientMessage,
  SapientMessageSchema,
  StatusReport_PowerSource,
  StatusReport_PowerStatus,
  StatusReport_StatusType,
} from "./sapient-pb.gen.ts";
import { sapientProtocol } from "./sapient-protocol.ts";
import { upgradeVersionOne } from "./version-one.ts";

const T0 = micros(1_780_000_000_000_000);
/** A text as it is left over after decoding: its length and its octets. */
const leftText = (no: number, text: string) => {
  const octets = encodeUtf8(text);
  return { no, wireType: 2, data: Uint8Array.of(octets.length, ...octets) };
};
const message = (content: Record<string, unknown>): SapientMessage =>
  create(SapientMessageSchema, { timestamp: toTimestamp(T0), nodeId: deriveUuid("old"), content: content as never });

test("the single texts of version 1.0 become the lists of version 2.0", () => {
  for (const [name, number, field] of [
    ["registrationAck", 2, "ackResponseReason"],
    ["error", 2, "errorMessage"],
    ["taskAck", 3, "reason"],
    ["alertAck", 3, "reason"],
  ] as const) {
    const old = message({ case: name, value: {} });
    const inner = old.content.value as unknown as Record<string, unknown>;
    inner.$unknown = [leftText(number, "because")];
    assert.equal(upgradeVersionOne(old).length, 1, name);
    assert.deepEqual(inner[field], ["because"]);
    assert.equal(inner.$unknown, undefined);
  }
});

test("texts of power and status become the enums, and an unknown word stays readable", () => {
  const old = message({
    case: "statusReport",
    value: { power: {}, status: [{ statusLevel: 3, statusValue: "5" }, { statusValue: "wet" }] },
  });
  assert.ok(old.content.case === "statusReport");
  const report = old.content.value;
  report.power!.$unknown = [leftText(1, "Internal Battery"), leftText(2, "Fault")];
  report.status[0].$unknown = [leftText(2, "InternalFault")];
  report.status[1].$unknown = [leftText(2, "Lens")];
  report.$unknown = [{ no: 9, wireType: 2, data: Uint8Array.of(2, 0x0a, 0x00) }]; // coverage with an empty cone
  assert.deepEqual(upgradeVersionOne(old), [
    "status_report.coverage",
    "status_report.power.source",
    "status_report.power.status",
    "status_report.status.status_type",
  ]);
  assert.equal(report.power!.source, StatusReport_PowerSource.POWERSOURCE_INTERNAL_BATTERY);
  assert.equal(report.power!.status, StatusReport_PowerStatus.POWERSTATUS_FAULT);
  assert.equal(report.status[0].statusType, StatusReport_StatusType.INTERNAL_FAULT);
  assert.equal(report.status[0].statusValue, "5");
  assert.equal(report.status[1].statusType, StatusReport_StatusType.OTHER);
  assert.equal(report.status[1].statusValue, "Lens: wet");
  assert.equal(report.coverage[0].fovOneof.case, "rangeBearing");
});

test("the status of an alert's acknowledgement keeps its meaning; other unknown fields stay", () => {
  const old = message({ case: "alertAck", value: {} });
  assert.ok(old.content.case === "alertAck");
  old.content.value.$unknown = [
    { no: 2, wireType: 0, data: Uint8Array.of(2) },
    { no: 19, wireType: 0, data: Uint8Array.of(1) },
  ];
  upgradeVersionOne(old);
  assert.equal(old.content.value.alertAckStatus, AlertAck_AlertAckStatus.REJECTED);
  assert.deepEqual(
    old.content.value.$unknown?.map(({ no }) => no),
    [19],
  );
});

test("a message of version 2.0 is left as it is", () => {
  const fresh = message({ case: "statusReport", value: statusReport(createSender(deriveUuid("x")), T0, {}) });
  const before = toBinary(SapientMessageSchema, fresh);
  assert.deepEqual(upgradeVersionOne(fresh), []);
  assert.deepEqual(toBinary(SapientMessageSchema, fresh), before);
});

test("a node of version 1.0 registers without config_data and without a DEFAULT mode, and its status is read", () => {
  const options = { referenceLatitude: 0.9, referenceLongitude: 0 };
  const state = sapientProtocol.createState(options);
  const node = createSender(deriveUuid("old"));
  const give = (content: Record<string, unknown>, patch: (old: SapientMessage) => void = () => undefined) => {
    const old = message(content);
    patch(old);
    return sapientProtocol.receive(state, { bytes: toBinary(SapientMessageSchema, old), receivedAt: T0, connection: 1 }, options);
  };
  const old = registration({
    name: "Old radar",
    shortName: "OLD",
    nodeTypes: [Registration_NodeType.RADAR],
    statusIntervalSeconds: 10,
    tracking: "none",
    form: "range-bearing",
    maximumLatencySeconds: 0.1,
    manufacturer: "",
    model: "",
    icdVersion: "BSI Flex 335 v1.0",
  });
  old.configData = [];
  old.modeDefinition![0].modeType = Registration_ModeType.PERMANENT;
  const registered = give({ case: "registration", value: old });
  assert.deepEqual(registered.errors, []);
  assert.equal(state.nodes.size, 1);
  const report = statusReport(node, T0, { place: { latitude: 51 * DEGREE, longitude: 0, height: 10 } });
  report.status = [{ statusLevel: 3 }];
  const read = give({ case: "statusReport", value: report }, (oldReport) => {
    assert.ok(oldReport.content.case === "statusReport");
    oldReport.content.value.mode = undefined;
    oldReport.content.value.status[0].$unknown = [leftText(2, "Weather")];
  });
  const [status] = read.observations as SensorStatus[];
  assert.equal(status.state, "operational");
  assert.deepEqual(status.notes, [
    "warning: weather",
    "registration.icd_version: registered with version 1.0 of the interface; read as version 2.0 with its differences",
  ]);
});

test("a refused node of version 1.0 finds the reasons in the one text that its version has", () => {
  const state = sapientProtocol.createState({});
  const refused = message({ case: "registration", value: { icdVersion: "BSI Flex 335 v1.0" } });
  const { replies } = sapientProtocol.receive(state, { bytes: toBinary(SapientMessageSchema, refused), receivedAt: T0, connection: 1 }, {});
  const reply = fromBinary(SapientMessageSchema, replies![0]);
  assert.ok(reply.content.case === "registrationAck" && reply.content.value.acceptance === false);
  const text = decodeUtf8(reply.content.value.$unknown!.find(({ no }) => no === 2)!.data);
  for (const reason of reply.content.value.ackResponseReason) assert.ok(text.includes(reason));
});
