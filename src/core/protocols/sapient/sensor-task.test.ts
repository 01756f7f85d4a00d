import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary } from "@bufbuild/protobuf";
import { micros, RADIANS_PER_DEGREE } from "../../base/units.ts";
import type { SensorTask } from "../../model/sensor-task.ts";
import { createSender, encodeSapient, encodeStatus, registration } from "./encode.ts";
import { deriveUuid } from "./identifiers.ts";
import {
  Registration_CommandType,
  Registration_DurationSchema,
  Registration_ModeType,
  Registration_NodeType,
  Registration_TimeUnits,
  SapientMessageSchema,
} from "./sapient-pb.gen.ts";
import { sapientProtocol } from "./sapient-protocol.ts";
import { orderSensorTask, taskingView } from "./sensor-task.ts";

const T0 = micros(1_780_000_000_000_000);
const PRESS = { kind: "operator-press", actor: "Lt Reyes" } as const;

/** A camera at 36.9 N 43.1 E, 300 m, that takes every harmless command; `lookAt` are the units of its look_at. */
function aCamera(lookAt: string) {
  const state = sapientProtocol.createState({});
  const node = createSender(deriveUuid("camera"));
  const give = (bytes: Uint8Array) => sapientProtocol.receive(state, { bytes, receivedAt: T0, connection: 1 }, {});
  const init = registration({
    name: "Camera",
    shortName: "CAM",
    nodeTypes: [Registration_NodeType.CAMERA],
    statusIntervalSeconds: 30,
    tracking: "track",
    form: "location",
    maximumLatencySeconds: 0.1,
    manufacturer: "Example",
    model: "C1",
  });
  const completionTime = create(Registration_DurationSchema, { units: Registration_TimeUnits.SECONDS, value: 5 });
  const mode = init.modeDefinition![0];
  mode.task!.concurrentTasks = 8;
  mode.task!.command = [
    ...[1, 2, 3, 4, 5].map((type) => ({ type: type as Registration_CommandType, units: "Registration, Status", completionTime })),
    { type: Registration_CommandType.LOOK_AT, units: lookAt, completionTime },
  ] as never;
  init.modeDefinition = [mode, { ...mode, modeName: "Night\u0007", modeType: Registration_ModeType.PERMANENT } as never];
  give(encodeSapient(node, T0, { case: "registration", value: init }));
  const degrees = { latitude: 36.9 * RADIANS_PER_DEGREE, longitude: 43.1 * RADIANS_PER_DEGREE };
  give(encodeStatus(node, T0, { place: { ...degrees, height: 300 } }));
  const order = (task: SensorTask) => {
    const result = orderSensorTask(state, node.nodeId, task, PRESS, "c1", T0);
    assert.ok(result.ok, result.ok ? "" : result.reason);
    const { content } = fromBinary(SapientMessageSchema, result.bytes);
    assert.ok(content.case === "task");
    return content.value.command!.command;
  };
  return { state, node, order, give };
}

test("each thing that may be asked becomes the command of the interface, words in the node's own spelling", () => {
  const { order, state, node } = aCamera("location");
  assert.deepEqual(order({ kind: "request", request: "status" }), { case: "request", value: "Status" });
  assert.deepEqual(order({ kind: "detection-threshold", level: "low" }), { case: "detectionThreshold", value: 1 });
  assert.deepEqual(order({ kind: "classification-threshold", level: "medium" }), { case: "classificationThreshold", value: 2 });
  assert.deepEqual(order({ kind: "detection-report-rate", level: "high" }), { case: "detectionReportRate", value: 3 });
  const view = taskingView(state, node.nodeId)!;
  assert.equal(view.tasks[0].what, "detection_report_rate high");
  // A screen shows the mode without its control character, and may order it under that name.
  const shown = view.modes[1];
  assert.match(shown, /^Night.?$/);
  assert.deepEqual(order({ kind: "mode-change", mode: shown }), { case: "modeChange", value: "Night\u0007" });
});

const NORTH: SensorTask = { kind: "look-at", place: { latitudeDegrees: 36.91, longitudeDegrees: 43.1, heightHaeMetres: 300 } };

test("a place to look at goes out as a place, with its height when it is known", () => {
  const { order } = aCamera("location");
  const command = order(NORTH);
  assert.ok(command.case === "lookAt" && command.value.fovOneof.case === "locationList");
  const [place] = command.value.fovOneof.value.locations;
  assert.ok(Math.abs(place.y! - 36.91) < 1e-9 && Math.abs(place.x! - 43.1) < 1e-9);
  assert.equal(place.z, 300);
  const flat = order({ kind: "look-at", place: { latitudeDegrees: 36.91, longitudeDegrees: 43.1, heightHaeMetres: null } });
  assert.ok(flat.case === "lookAt" && flat.value.fovOneof.case === "locationList");
  assert.equal(flat.value.fovOneof.value.locations[0].z, undefined);
});

test("to a node that declares cones it goes out as azimuth, elevation and range from where the node stands", () => {
  const { order } = aCamera("range bearing cone");
  const command = order(NORTH);
  assert.ok(command.case === "lookAt" && command.value.fovOneof.case === "rangeBearing");
  const cone = command.value.fovOneof.value;
  // A hundredth of a degree of latitude is 1,110 m there; due north, a tenth of a metre below the horizontal.
  assert.ok(Math.min(cone.azimuth!, 360 - cone.azimuth!) < 1e-6);
  assert.ok(Math.abs(cone.range! - 1_109.8) < 0.5, String(cone.range));
  assert.ok(Math.abs(cone.elevation!) < 0.01);
  const flat = order({ kind: "look-at", place: { latitudeDegrees: 36.91, longitudeDegrees: 43.1, heightHaeMetres: null } });
  assert.ok(flat.case === "lookAt" && flat.value.fovOneof.case === "rangeBearing");
  assert.equal(flat.value.fovOneof.value.elevation, undefined, "an unknown height gives no elevation");
});

test("the view says what may be asked, and why nothing may", () => {
  const { state, node, give } = aCamera("location");
  const view = taskingView(state, node.nodeId)!;
  assert.equal(view.refusal, null);
  assert.equal(view.mode, "Default");
  assert.deepEqual(view.requests, ["Registration", "Status"]);
  assert.deepEqual([...view.commands].sort(), [
    "classification-threshold",
    "detection-report-rate",
    "detection-threshold",
    "look-at",
    "mode-change",
    "request",
  ]);
  sapientProtocol.connectionChanged!(state, 1, "closed", T0, {});
  assert.equal(taskingView(state, node.nodeId)!.refusal, "this node is not connected");
  give(encodeStatus(node, T0, { system: "goodbye" }));
  assert.equal(taskingView(state, node.nodeId)!.refusal, "this node is not registered");
  assert.equal(taskingView(state, deriveUuid("nobody")), undefined);
});
