import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type Micros, micros } from "../../base/units.ts";
import type { SensorStatus } from "../../model/observation.ts";
import { mayForward } from "./effector-guard.ts";
import {
  createSender,
  type EdgeNodeDescription,
  encodeGoodbye,
  encodeRegistration,
  encodeSapient,
  encodeStatus,
  registration,
} from "./encode.ts";
import { deriveUuid, isUlid } from "./identifiers.ts";
import {
  RangeBearingCoordinateSystem,
  RangeBearingDatum,
  Registration_CommandType,
  Registration_DurationSchema,
  Registration_ModeType,
  Registration_NodeType,
  Registration_TimeUnits,
  SapientMessageSchema,
  TaskAck_TaskStatus,
} from "./sapient-pb.gen.ts";
import { sapientProtocol } from "./sapient-protocol.ts";
import { guardedOf, maySend, orderTask, type TaskBasis } from "./tasking.ts";

const T0 = micros(1_780_000_000_000_000);
const after = (seconds: number) => micros(T0 + seconds * 1e6);
const PRESS: TaskBasis = { kind: "operator-press", actor: "Lt Reyes" };
const CAMERA: EdgeNodeDescription = {
  name: "Camera",
  shortName: "CAM",
  nodeTypes: [Registration_NodeType.CAMERA, Registration_NodeType.POINTABLE_NODE],
  statusIntervalSeconds: 30,
  tracking: "track",
  form: "location",
  maximumLatencySeconds: 0.1,
  manufacturer: "Example",
  model: "C1",
};
const LOOK_AT = {
  case: "lookAt" as const,
  value: {
    fovOneof: {
      case: "rangeBearing" as const,
      value: { azimuth: 90, elevation: 5, coordinateSystem: RangeBearingCoordinateSystem.DEGREES_M, datum: RangeBearingDatum.TRUE },
    },
  },
};

function aCamera(description: EdgeNodeDescription = CAMERA) {
  const state = sapientProtocol.createState({});
  const node = createSender(deriveUuid("camera"));
  const give = (bytes: Uint8Array, at: Micros = T0) => sapientProtocol.receive(state, { bytes, receivedAt: at, connection: 1 }, {});
  const init = registration(description);
  const seconds = (value: number) => create(Registration_DurationSchema, { units: Registration_TimeUnits.SECONDS, value });
  init.modeDefinition![0].task!.command = [
    { type: Registration_CommandType.REQUEST, units: "Registration, Status", completionTime: seconds(5) },
    { type: Registration_CommandType.LOOK_AT, units: "cone", completionTime: seconds(10) },
    { type: Registration_CommandType.MODE_CHANGE, units: "Default,Night", completionTime: seconds(2) },
  ];
  const night = { ...init.modeDefinition![0], modeName: "Night", modeType: Registration_ModeType.PERMANENT };
  init.modeDefinition = [init.modeDefinition![0], night as never];
  const register = (at: Micros = T0) => give(encodeSapient(node, at, { case: "registration", value: init }), at);
  register();
  give(encodeStatus(node, T0, {}));
  const ack = (taskId: string, taskStatus: TaskAck_TaskStatus, at: Micros, reason: string[] = []) =>
    give(encodeSapient(node, at, { case: "taskAck", value: { taskId, taskStatus, reason } }), at);
  return {
    state,
    node,
    give,
    register,
    ack,
    tick: (at: Micros) => sapientProtocol.tick!(state, at, {}),
    me: () => state.nodes.get(node.nodeId)!,
  };
}
const lookAt = (camera: ReturnType<typeof aCamera>, at: Micros = T0) => {
  const result = orderTask(camera.state, { nodeId: camera.node.nodeId, command: LOOK_AT }, PRESS, at);
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result;
};
const refusal = (result: ReturnType<typeof orderTask>) => {
  assert.ok(!result.ok, "was sent");
  return result.reason;
};

test("a camera slew goes out addressed to the node, with a ULID, and its life is followed to the end", () => {
  const camera = aCamera();
  const sent = lookAt(camera);
  const message = fromBinary(SapientMessageSchema, sent.bytes);
  assert.equal(message.destinationId, camera.node.nodeId);
  assert.ok(message.content.case === "task");
  assert.ok(isUlid(message.content.value.taskId!));
  assert.equal(message.content.value.command?.command.case, "lookAt");
  assert.equal(camera.me().tasks[0].phase, "sent");
  camera.ack(sent.taskId, TaskAck_TaskStatus.ACCEPTED, after(1));
  assert.equal(camera.me().tasks[0].phase, "accepted");
  const done = camera.ack(sent.taskId, TaskAck_TaskStatus.COMPLETED, after(4));
  assert.equal(camera.me().tasks[0].phase, "completed");
  assert.match((done.observations[0] as SensorStatus).notes!.join(), /task look_at: completed, ordered by Lt Reyes/);
  assert.equal(camera.me().findings.size, 0);
});

test("nothing goes out without a person, or without the name of the rule that a person switched on", () => {
  const camera = aCamera();
  const order = { nodeId: camera.node.nodeId, command: LOOK_AT };
  assert.match(refusal(orderTask(camera.state, order, { kind: "operator-press", actor: " " }, T0)), /needs a person/);
  assert.match(refusal(orderTask(camera.state, order, { kind: "standing-rule", actor: "Lt Reyes" }, T0)), /needs its name/);
  assert.ok(orderTask(camera.state, order, { kind: "standing-rule", actor: "Lt Reyes", rule: "slew to new tracks" }, T0).ok);
});

test("only what the node declared in its active mode is sent", () => {
  const camera = aCamera();
  const ask = (command: NonNullable<Parameters<typeof orderTask>[1]["command"]>) =>
    orderTask(camera.state, { nodeId: camera.node.nodeId, command }, PRESS, T0);
  assert.match(refusal(ask({ case: "detectionThreshold", value: 1 })), /did not declare this command/);
  assert.match(refusal(ask({ case: "request", value: "Reset" })), /did not declare the request "Reset"/);
  assert.match(refusal(ask({ case: "modeChange", value: "Turbo" })), /did not declare the mode "Turbo"/);
  assert.match(refusal(orderTask(camera.state, { nodeId: deriveUuid("nobody"), command: LOOK_AT }, PRESS, T0)), /not registered/);
  assert.ok(ask({ case: "request", value: "status" }).ok);
});

test("the effector guard stands before everything: no movement for a sensor, nothing at all for a jammer", () => {
  const camera = aCamera();
  assert.match(
    refusal(orderTask(camera.state, { nodeId: camera.node.nodeId, command: { case: "moveTo", value: {} } }, PRESS, T0)),
    /Picket never sends it/,
  );
  const jammer = aCamera({ ...CAMERA, nodeTypes: [Registration_NodeType.CAMERA, Registration_NodeType.JAMMER] });
  assert.match(
    refusal(orderTask(jammer.state, { nodeId: jammer.node.nodeId, command: { case: "request", value: "Status" } }, PRESS, T0)),
    /JAMMER, which is not a sensor type/,
  );
});

test("a node that takes one task at a time gets the second when the first is over", () => {
  const camera = aCamera();
  const first = lookAt(camera);
  assert.match(refusal(orderTask(camera.state, { nodeId: camera.node.nodeId, command: LOOK_AT }, PRESS, T0)), /busy/);
  camera.ack(first.taskId, TaskAck_TaskStatus.REJECTED, after(1), ["pointing at the sun"]);
  assert.equal(camera.me().tasks[0].reason, "pointing at the sun");
  lookAt(camera, after(2));
});

test("an unanswered task is repeated twice under the same identifier and then given up", () => {
  const camera = aCamera();
  const sent = lookAt(camera);
  assert.deepEqual(camera.tick(after(4)).replies, []);
  for (const at of [5, 10]) {
    const [again] = camera.tick(after(at)).replies;
    const message = fromBinary(SapientMessageSchema, again.bytes);
    assert.ok(message.content.case === "task" && message.content.value.taskId === sent.taskId);
  }
  const last = camera.tick(after(15));
  assert.deepEqual(last.replies, []);
  assert.equal(camera.me().tasks[0].phase, "timed-out");
  assert.match((last.observations[0] as SensorStatus).notes!.join(), /timed-out \(not answered after 3 sendings\)/);
  camera.ack(sent.taskId, TaskAck_TaskStatus.COMPLETED, after(20));
  assert.equal(camera.me().tasks[0].phase, "completed", "a late answer is still believed");
});

test("an accepted task that takes half as long again as promised is timed out", () => {
  const camera = aCamera();
  const sent = lookAt(camera);
  camera.ack(sent.taskId, TaskAck_TaskStatus.ACCEPTED, after(1));
  camera.tick(after(15));
  assert.equal(camera.me().tasks[0].phase, "accepted");
  camera.tick(after(17));
  assert.equal(camera.me().tasks[0].phase, "timed-out");
});

test("a re-registration cancels open tasks, and a repeat asks the guard about the registration in force", () => {
  const camera = aCamera();
  lookAt(camera);
  camera.register(after(1));
  assert.equal(camera.me().tasks[0].phase, "cancelled");
  assert.deepEqual(camera.tick(after(10)).replies, []);
  const later = aCamera();
  lookAt(later);
  // The contract changes under an open task in a way that only the guard can see.
  later.me().contract = { ...later.me().contract, nodeTypes: [Registration_NodeType.CAMERA, Registration_NodeType.KINETIC] };
  assert.deepEqual(later.tick(after(6)).replies, []);
  assert.match(later.me().tasks[0].reason, /KINETIC/);
});

test("SEQ-14: the mode changes when the node accepts", () => {
  const camera = aCamera();
  const sent = orderTask(camera.state, { nodeId: camera.node.nodeId, command: { case: "modeChange", value: "Night" } }, PRESS, T0);
  assert.ok(sent.ok);
  assert.equal(camera.me().mode, "Default");
  camera.ack(sent.taskId, TaskAck_TaskStatus.ACCEPTED, after(1));
  assert.equal(camera.me().mode, "Night");
});

test("SEQ-13: impossible transitions and unknown tasks are findings; a repeat is none", () => {
  const camera = aCamera();
  const sent = lookAt(camera);
  camera.ack(sent.taskId, TaskAck_TaskStatus.COMPLETED, after(1));
  camera.ack(sent.taskId, TaskAck_TaskStatus.COMPLETED, after(2));
  assert.equal(camera.me().findings.size, 0);
  camera.ack(sent.taskId, TaskAck_TaskStatus.ACCEPTED, after(3));
  camera.ack(deriveUuid("x"), TaskAck_TaskStatus.ACCEPTED, after(3));
  const found = [...camera.me().findings.values()].map(({ message }) => message).join("\n");
  assert.match(found, /from completed to accepted \(SEQ-13\)/);
  assert.match(found, /did not give/);
  assert.equal(camera.me().tasks[0].phase, "completed");
});

test("no more than sixteen tasks of a node are remembered", () => {
  const camera = aCamera();
  for (let i = 0; i < 40; i++) {
    const sent = lookAt(camera, after(i));
    camera.ack(sent.taskId, TaskAck_TaskStatus.COMPLETED, after(i));
  }
  assert.equal(camera.me().tasks.length, 16);
});

test("forwarded octets pass the same guard, and must be readable in one way only", () => {
  const camera = aCamera();
  const known = guardedOf(camera.me().contract);
  const { bytes } = lookAt(camera);
  assert.equal(mayForward(bytes, known).allowed, true);
  assert.equal(mayForward(bytes, { ...known, nodeDefinition: [{ nodeType: Registration_NodeType.JAMMER }] }).allowed, false);
  const move = encodeSapient(camera.node, T0, {
    case: "task",
    value: { taskId: "x", control: 1, command: { command: { case: "follow", value: {} } } },
  });
  assert.equal(mayForward(move, known).allowed, false);
  // Two tasks in one envelope: protobuf merges them, another reader may take either.
  const tail = toBinary(
    SapientMessageSchema,
    create(SapientMessageSchema, {
      content: { case: "task", value: { control: 1, command: { command: { case: "request", value: "Status" } } } },
    }),
  );
  assert.equal(mayForward(Uint8Array.of(...move, ...tail), known).allowed, false);
  assert.equal(mayForward(Uint8Array.of(...bytes, 0xa2, 0x01, 0x00), known).allowed, false, "an unknown field");
  assert.equal(mayForward(Uint8Array.of(0xff), known).allowed, false);
  assert.equal(mayForward(encodeRegistration(camera.node, T0, CAMERA), known).allowed, false, "not a task");
});

test("a refusal stands among the node's tasks with its reason, and pushes out no task that is open", () => {
  const camera = aCamera();
  const open = lookAt(camera);
  for (let i = 0; i < 30; i++) {
    const turbo = { nodeId: camera.node.nodeId, command: { case: "modeChange" as const, value: "Turbo" }, commandId: `c${i}` };
    refusal(orderTask(camera.state, turbo, PRESS, after(i)));
  }
  const { tasks } = camera.me();
  assert.equal(tasks.length, 16);
  assert.equal(tasks[0].taskId, open.taskId);
  assert.equal(tasks[15].phase, "refused");
  assert.equal(tasks[15].commandId, "c29");
  assert.match(tasks[15].reason, /did not declare the mode "Turbo"/);
  assert.deepEqual(
    camera.tick(after(6)).replies.map(({ bytes }) => fromBinary(SapientMessageSchema, bytes).content.case),
    ["task"],
    "only the open one is repeated",
  );
});

test("a connection on which anybody registered as more than a sensor carries no task, whoever it is for", () => {
  const camera = aCamera();
  const jammer = createSender(deriveUuid("jammer"));
  // The registration itself is refused: the connection belongs to the camera.
  camera.give(encodeRegistration(jammer, T0, { ...CAMERA, nodeTypes: [Registration_NodeType.JAMMER] }));
  assert.equal(camera.state.nodes.size, 1);
  const order = { nodeId: camera.node.nodeId, command: LOOK_AT };
  assert.match(refusal(orderTask(camera.state, order, PRESS, T0)), /on the same connection as something that is not a sensor/);
  // On a connection of its own the camera is a camera again.
  const again = (bytes: Uint8Array) => sapientProtocol.receive(camera.state, { bytes, receivedAt: T0, connection: 2 }, {});
  again(camera.me().cached.registration!);
  assert.ok(orderTask(camera.state, order, PRESS, T0).ok);
});

test("an effector among the dependents on a connection keeps tasks from the sensor beside it", () => {
  const camera = aCamera({ ...CAMERA, dependentNodes: [deriveUuid("mast")] });
  const mast = createSender(deriveUuid("mast"));
  assert.match(refusal(orderTask(camera.state, { nodeId: camera.node.nodeId, command: LOOK_AT }, PRESS, T0)), /is not known/);
  camera.give(encodeRegistration(mast, T0, { ...CAMERA, nodeTypes: [Registration_NodeType.ACOUSTIC] }));
  lookAt(camera);
  const task = camera.me().tasks[1];
  assert.equal(camera.me().connection, camera.state.nodes.get(mast.nodeId)!.connection);
  camera.give(encodeRegistration(mast, T0, { ...CAMERA, nodeTypes: [Registration_NodeType.LDEW] }));
  assert.deepEqual(camera.tick(after(6)).replies, [], "the repeat is judged by what is registered then");
  assert.match(task.reason, /LDEW/);
});

test("the last gate lets nothing out but acknowledgements, errors, and a plain task to the node on its own connection", () => {
  const camera = aCamera();
  const { bytes, connection } = lookAt(camera);
  const reasonOf = (verdict: ReturnType<typeof maySend>) => (verdict.allowed ? "" : verdict.reason);
  assert.equal(maySend(camera.state, connection, bytes).allowed, true);
  assert.match(reasonOf(maySend(camera.state, 9, bytes)), /another connection/);
  assert.match(reasonOf(maySend(camera.state, connection, Uint8Array.of(...bytes, 0xa2, 0x01, 0x00))), /fields that this version/);
  const elsewhere = encodeSapient(camera.node, T0, { case: "task", value: { control: 1 } }, deriveUuid("nobody"));
  assert.match(reasonOf(maySend(camera.state, connection, elsewhere)), /not registered/);
  assert.match(reasonOf(maySend(camera.state, connection, encodeStatus(camera.node, T0, {}))), /does not send statusReport/);
  assert.match(reasonOf(maySend(camera.state, connection, Uint8Array.of(0xff))), /cannot be read/);
});

test("when a node goes its open tasks are off, and what became of them is still known", () => {
  const camera = aCamera();
  lookAt(camera);
  camera.give(encodeGoodbye(camera.node, after(1)), after(1));
  assert.equal(camera.state.nodes.size, 0);
  assert.equal(camera.state.departed.get(camera.node.nodeId)!.tasks[0].reason, "the node said goodbye");
  camera.register(after(2));
  assert.equal(camera.me().tasks[0].phase, "cancelled");
});

test("SEQ-18: a dependent whose new registration is refused is registered no longer, and gets no task", () => {
  const camera = aCamera({ ...CAMERA, dependentNodes: [deriveUuid("mast")] });
  const mast = createSender(deriveUuid("mast"));
  const description = { ...CAMERA, nodeTypes: [Registration_NodeType.ACOUSTIC] };
  camera.give(encodeRegistration(mast, T0, description));
  assert.ok(camera.state.nodes.has(mast.nodeId));
  camera.give(encodeRegistration(mast, T0, { ...description, icdVersion: "v9" }));
  assert.ok(!camera.state.nodes.has(mast.nodeId));
  assert.ok(camera.state.nodes.has(camera.node.nodeId), "its parent is");
  const order = { nodeId: mast.nodeId, command: { case: "request" as const, value: "Status" } };
  assert.match(refusal(orderTask(camera.state, order, PRESS, T0)), /not registered/);
});
