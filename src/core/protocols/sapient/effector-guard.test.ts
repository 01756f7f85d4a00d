import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type GuardedRegistration, hasUnknownFields, isExternalEffector, mayTask } from "./effector-guard.ts";
import { deriveUuid } from "./identifiers.ts";
import {
  type Task,
  Task_CommandSchema,
  Task_Control,
  Task_RegionType,
  TaskSchema,
  Registration_NodeType as Type,
} from "./sapient-pb.gen.ts";

const node = (types: readonly number[], dependentNodes: readonly string[] = []): GuardedRegistration => ({
  nodeDefinition: types.map((nodeType) => ({ nodeType })),
  dependentNodes,
});
const task = (command: Record<string, unknown>, control: number = Task_Control.START): Task =>
  create(TaskSchema, { control: control as Task_Control, command: { command: command as never } });
const REQUEST = task({ case: "request", value: "Status" });
const allowed = (registration: GuardedRegistration, order: Task = REQUEST, known: Record<string, GuardedRegistration> = {}) =>
  mayTask(registration, order, (id) => known[id]).allowed;

/** Every node type of the interface and whether a node of this type alone may be tasked. */
const TYPES: Record<keyof typeof Type, boolean> = {
  UNSPECIFIED: false,
  OTHER: false,
  RADAR: true,
  LIDAR: true,
  CAMERA: true,
  SEISMIC: true,
  ACOUSTIC: true,
  PROXIMITY_SENSOR: true,
  PASSIVE_RF: true,
  HUMAN: true,
  CHEMICAL: true,
  BIOLOGICAL: true,
  RADIATION: true,
  KINETIC: false,
  JAMMER: false,
  CYBER: false,
  LDEW: false,
  RFDEW: false,
  MOBILE_NODE: false,
  POINTABLE_NODE: false,
  FUSION_NODE: false,
};
const names = Object.keys(TYPES) as (keyof typeof Type)[];

for (const name of names) {
  test(`a node of type ${name} alone may ${TYPES[name] ? "" : "not "}be tasked`, () => {
    assert.equal(allowed(node([Type[name]])), TYPES[name]);
  });
}

test("the table above names every type of the interface", () => {
  assert.deepEqual(
    names.map((name) => Type[name]).sort((a, b) => a - b),
    Array.from({ length: 21 }, (_, i) => i),
  );
});

test("of two types both must be sensors, or one of them POINTABLE beside a sensor", () => {
  for (const a of names) {
    for (const b of names) {
      const pointableBesideSensor = (x: keyof typeof Type, y: keyof typeof Type) => x === "POINTABLE_NODE" && TYPES[y];
      const want = (TYPES[a] && TYPES[b]) || pointableBesideSensor(a, b) || pointableBesideSensor(b, a);
      assert.equal(allowed(node([Type[a], Type[b]])), want, `${a} + ${b}`);
    }
  }
});

test("one effector type among many sensors is enough to refuse, wherever it stands", () => {
  for (const effector of ["OTHER", "KINETIC", "JAMMER", "CYBER", "LDEW", "RFDEW", "MOBILE_NODE", "UNSPECIFIED"] as const) {
    for (let at = 0; at < 4; at++) {
      const types: number[] = [Type.RADAR, Type.CAMERA, Type.POINTABLE_NODE];
      types.splice(at, 0, Type[effector]);
      assert.equal(allowed(node(types)), false, `${effector} at ${at}`);
    }
  }
});

test("a node type of a later edition, and a node without a type, are refused", () => {
  for (let type = 21; type < 60; type++) assert.equal(allowed(node([Type.RADAR, type])), false);
  assert.equal(allowed(node([])), false);
  assert.equal(allowed({ nodeDefinition: [{}], dependentNodes: [] }), false);
});

/** Every command of the interface and whether it may be sent to a sensor. */
const COMMANDS: [string, unknown, boolean][] = [
  ["request", "Reset", true],
  ["detectionThreshold", 1, true],
  ["detectionReportRate", 2, true],
  ["classificationThreshold", 3, true],
  ["modeChange", "Default", true],
  ["lookAt", {}, true],
  ["moveTo", {}, false],
  ["patrol", {}, false],
  ["follow", {}, false],
];

for (const [command, value, want] of COMMANDS) {
  test(`the command ${command} is ${want ? "sent to a sensor and to nothing else" : "never sent to anything"}`, () => {
    for (const name of names) assert.equal(allowed(node([Type[name]]), task({ case: command, value })), want && TYPES[name], name);
    assert.equal(allowed(node([Type.RADAR, Type.POINTABLE_NODE]), task({ case: command, value })), want);
  });
}

test("the table above names every command of the interface", () => {
  const oneof = Task_CommandSchema.oneofs.find((candidate) => candidate.name === "command")!;
  assert.deepEqual(COMMANDS.map(([name]) => name).sort(), oneof.fields.map((field) => field.localName).sort());
});

test("a task needs a control and something to do; stopping needs nothing more", () => {
  const radar = node([Type.RADAR]);
  assert.equal(allowed(radar, create(TaskSchema, { control: Task_Control.START })), false);
  assert.equal(allowed(radar, create(TaskSchema, { control: Task_Control.STOP })), true);
  assert.equal(allowed(radar, create(TaskSchema, { control: Task_Control.PAUSE })), true);
  assert.equal(allowed(radar, create(TaskSchema, {})), false);
  assert.equal(allowed(radar, task({ case: "request", value: "Status" }, 4)), false);
  assert.equal(allowed(radar, create(TaskSchema, { control: Task_Control.START, command: {} })), false);
  for (const control of [Task_Control.STOP, Task_Control.PAUSE])
    assert.equal(allowed(radar, task({ case: "moveTo", value: {} }, control)), false);
});

test("regions say where to look; regions for moving nodes are refused", () => {
  const want = {
    UNSPECIFIED: false,
    AREA_OF_INTEREST: true,
    IGNORE: true,
    BOUNDARY: true,
    MOBILE_NODE_NO_GO_AREA: false,
    MOBILE_NODE_GO_AREA: false,
  };
  assert.deepEqual(Object.keys(want).sort(), Object.keys(Task_RegionType).sort());
  for (const [name, expected] of Object.entries(want)) {
    const region = create(TaskSchema, {
      control: Task_Control.START,
      region: [{ type: Task_RegionType[name as keyof typeof Task_RegionType] }],
    });
    assert.equal(allowed(node([Type.RADAR]), region), expected, name);
  }
});

test("a field that this version does not have is refused at any depth: it could hold a retired or a later command", () => {
  const plain = toBinary(TaskSchema, REQUEST);
  // Field 20 of the task, and field 12 of its command: 0xa2 0x01 is field 20 with a length, 0x62 field 12.
  const outer = fromBinary(TaskSchema, Uint8Array.of(...plain, 0xa2, 0x01, 0x01, 0x00));
  const command = toBinary(Task_CommandSchema, create(Task_CommandSchema, { command: { case: "request", value: "x" } }));
  const inner = fromBinary(TaskSchema, Uint8Array.of(0x30, 0x01, 0x42, command.length + 3, ...command, 0x62, 0x01, 0x00));
  assert.equal(hasUnknownFields(REQUEST), false);
  for (const smuggled of [outer, inner]) {
    assert.equal(hasUnknownFields(smuggled), true);
    assert.equal(allowed(node([Type.RADAR]), smuggled), false);
  }
});

test("a fusion node may be tasked only when all its dependents are known and may be tasked", () => {
  const [a, b, c] = ["a", "b", "c"].map(deriveUuid);
  const radar = node([Type.RADAR]);
  const jammer = node([Type.JAMMER]);
  const fusion = (...dependents: string[]) => node([Type.FUSION_NODE], dependents);
  assert.equal(allowed(fusion(), REQUEST), false, "no dependents declared");
  assert.equal(allowed(fusion(a, b), REQUEST, { [a]: radar, [b]: radar }), true);
  assert.equal(allowed(fusion(a, b), REQUEST, { [a]: radar }), false, "one is not known");
  assert.equal(allowed(fusion(a, b), REQUEST, { [a]: radar, [b]: jammer }), false, "one is an effector");
  assert.equal(allowed(fusion(a), REQUEST, { [a]: fusion(b), [b]: radar }), true, "two levels");
  assert.equal(allowed(fusion(a), REQUEST, { [a]: fusion(b), [b]: jammer }), false, "an effector two levels down");
  assert.equal(allowed(fusion(a), REQUEST, { [a]: fusion(b), [b]: fusion(a) }), false, "a circle");
  assert.equal(allowed(fusion("not a uuid"), REQUEST), false);
  assert.equal(allowed(node([Type.FUSION_NODE, Type.JAMMER], [a]), REQUEST, { [a]: radar }), false);
  assert.equal(allowed(node([Type.RADAR], [a]), REQUEST, { [a]: jammer }), false, "a sensor with an effector behind it");
  assert.equal(allowed(fusion(a.toUpperCase(), c), REQUEST, { [a]: radar, [c]: radar }), true, "spelling does not hide a node");
  const deep: Record<string, GuardedRegistration> = {};
  const chain = Array.from({ length: 8 }, (_, i) => deriveUuid(`level ${i}`));
  for (const [i, id] of chain.entries()) deep[id] = i === 7 ? radar : fusion(chain[i + 1]);
  assert.equal(allowed(fusion(chain[0]), REQUEST, deep), false, "too deep to vouch for");
});

test("effectors, and types that say nothing, get no alert and no detection", () => {
  for (const name of names) {
    const want = ["OTHER", "KINETIC", "JAMMER", "CYBER", "LDEW", "RFDEW"].includes(name);
    assert.equal(isExternalEffector([Type.RADAR, Type[name]]), want, name);
  }
});
