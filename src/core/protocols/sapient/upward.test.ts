import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary } from "@bufbuild/protobuf";
import { RADIANS_PER_DEGREE as DEGREE, type Micros, micros } from "../../base/units.ts";
import type { SensorStatus, SourceTrack } from "../../model/observation.ts";
import type { TrackView } from "../../model/picture-view.ts";
import { createSender, encodeSapient, nextUlid } from "./encode.ts";
import { deriveUuid } from "./identifiers.ts";
import {
  Registration_NodeType,
  RegistrationSchema,
  type SapientMessage,
  SapientMessageSchema,
  StatusReport_Info,
  TaskAck_TaskStatus,
} from "./sapient-pb.gen.ts";
import { sapientProtocol } from "./sapient-protocol.ts";
import {
  createUpwardState,
  type FusedTrack,
  fusedTrackOf,
  fusionRegistration,
  type UpwardOutcome,
  type UpwardProfile,
  upwardClosed,
  upwardConnected,
  upwardGoodbye,
  upwardPublish,
  upwardReceive,
  upwardTick,
} from "./upward.ts";
import { validateMessage } from "./validate.ts";

const T0 = micros(1_780_000_000_000_000);
const after = (seconds: number) => micros(T0 + seconds * 1e6);
const PROFILE: UpwardProfile = {
  nodeId: deriveUuid("picket at the base"),
  name: "Picket base",
  shortName: "PKT",
  statusIntervalSeconds: 10,
  cycleMilliseconds: 80,
  dependentNodes: [deriveUuid("radar"), deriveUuid("camera")],
  region: [
    { latitude: 36.8 * DEGREE, longitude: 43 * DEGREE },
    { latitude: 37 * DEGREE, longitude: 43 * DEGREE },
    { latitude: 37 * DEGREE, longitude: 43.2 * DEGREE },
  ],
  place: { latitude: 36.9 * DEGREE, longitude: 43.1 * DEGREE, height: 300 },
  softwareVersion: "0.1.0",
  exercise: false,
  releaseIdentities: false,
};
const TRACK: FusedTrack = {
  id: "T12",
  origin: "live",
  confirmed: true,
  firstAt: T0,
  latitude: 36.91 * DEGREE,
  longitude: 43.11 * DEGREE,
  heightHae: 420,
  sigmaEast: 8,
  sigmaNorth: 5,
  verticalSigma: 12,
  velocity: [10, -4, 1],
  existence: 0.97,
  classPath: ["Air Vehicle", "UAV Rotary Wing"],
  contributors: [{ nodeId: deriveUuid("radar"), objectId: "01ARYZ6S410000000000000001" }],
  identity: "1581F45T7228S00A1B23",
};

const read = (outcome: UpwardOutcome): SapientMessage[] => outcome.send.map((bytes) => fromBinary(SapientMessageSchema, bytes));
const cases = (outcome: UpwardOutcome) => read(outcome).map((message) => message.content.case);

/** A child and another Picket as its parent, with a wire between them. */
function aHierarchy(profile: UpwardProfile = PROFILE) {
  const child = createUpwardState(profile, T0);
  const parent = sapientProtocol.createState({});
  const heard: (SensorStatus | SourceTrack)[] = [];
  const errors: string[] = [];
  const deliver = (outcome: UpwardOutcome, at: Micros): void => {
    for (const bytes of outcome.send) {
      const decoded = sapientProtocol.receive(parent, { bytes, receivedAt: at, connection: 1 }, {});
      heard.push(...(decoded.observations as (SensorStatus | SourceTrack)[]));
      errors.push(...decoded.errors.map(({ message }) => message));
      for (const reply of decoded.replies ?? []) deliver(upwardReceive(child, profile, reply, at), at);
    }
  };
  return { child, parent, heard, errors, deliver };
}

test("two Pickets agree: registered as a fusion node, a status, a fused track with its contributors, and nothing odd about any of it", () => {
  const { child, parent, heard, errors, deliver } = aHierarchy();
  assert.equal(upwardTick(child, PROFILE, "ok", T0).connect, true);
  deliver(upwardConnected(child, PROFILE, T0), T0);
  assert.equal(child.phase, "active");
  deliver(upwardPublish(child, PROFILE, [TRACK], after(1)), after(1));
  const track = heard.find((observation) => observation.type === "source-track") as SourceTrack;
  assert.ok(track.measurement.kind === "position");
  assert.ok(Math.abs(track.measurement.latitude - TRACK.latitude) < 1e-12);
  const [ee, en, nn] = track.measurement.covarianceEn!;
  assert.ok(Math.abs(ee - 64) < 1e-6 && en === 0 && Math.abs(nn - 25) < 1e-6);
  assert.deepEqual(track.measurement.height, { kind: "hae", value: 420, sigma: 12 });
  assert.equal(track.measurement.velocityEast, 10);
  assert.deepEqual(track.lineage, [`${deriveUuid("radar")}/01ARYZ6S410000000000000001`]);
  assert.deepEqual(track.classifications, [{ label: "Air Vehicle/UAV Rotary Wing" }]);
  assert.deepEqual(errors, []);
  const [node] = parent.nodes.values();
  assert.deepEqual([...node.findings.values()], []);
  assert.deepEqual(node.contract.nodeTypes, [Registration_NodeType.FUSION_NODE]);
  assert.deepEqual(node.contract.dependentNodes, PROFILE.dependentNodes);
});

test("the registration upwards satisfies the schema and Dstl's harness, with the region that it reports on", () => {
  const message = create(RegistrationSchema, fusionRegistration(PROFILE));
  assert.deepEqual(validateMessage(message, RegistrationSchema), []);
  assert.equal(message.reportingRegion[0].fovOneof.case, "locationList");
  assert.equal(create(RegistrationSchema, fusionRegistration({ ...PROFILE, icdVersion: "another" })).icdVersion, "another");
});

test("all reports of a cycle carry one time stamp, and no cycle follows another within 80 ms", () => {
  const { child, deliver } = aHierarchy();
  deliver(upwardConnected(child, PROFILE, T0), T0);
  const tracks = [TRACK, { ...TRACK, id: "T13" }, { ...TRACK, id: "T14" }];
  const first = read(upwardPublish(child, PROFILE, tracks, after(1)));
  assert.equal(first.length, 3);
  assert.equal(new Set(first.map(({ timestamp }) => `${timestamp?.seconds}.${timestamp?.nanos}`)).size, 1);
  assert.equal(new Set(first.map(({ content }) => (content.case === "detectionReport" ? content.value.objectId : ""))).size, 3);
  assert.deepEqual(upwardPublish(child, PROFILE, tracks, micros(after(1) + 79_999)).send, []);
  assert.equal(upwardPublish(child, PROFILE, tracks, micros(after(1) + 80_000)).send.length, 3);
});

test("simulated, recorded and exercise tracks stay here unless the parent is marked as exercise; tentative ones always", () => {
  const { child, deliver } = aHierarchy();
  deliver(upwardConnected(child, PROFILE, T0), T0);
  const others = (["simulated", "recorded", "exercise"] as const).map((origin, i) => ({ ...TRACK, id: `SIM-T${i}`, origin }));
  assert.deepEqual(upwardPublish(child, PROFILE, others, after(1)).send, []);
  assert.deepEqual(upwardPublish(child, PROFILE, [{ ...TRACK, confirmed: false }], after(2)).send, []);
  const exercise = { ...PROFILE, exercise: true };
  const sent = read(upwardPublish(child, exercise, others, after(3)));
  const labels = sent.map(({ content }) => (content.case === "detectionReport" ? content.value.objectInfo[0].value : ""));
  assert.deepEqual(labels, ["simulated", "recorded", "exercise"]);
});

test("a track keeps its object_id while it lives and ends with a report in state lost", () => {
  const { child, deliver } = aHierarchy();
  deliver(upwardConnected(child, PROFILE, T0), T0);
  const reports = [1, 2].map((at) => read(upwardPublish(child, PROFILE, [TRACK], after(at)))[0].content);
  const [gone] = read(upwardPublish(child, PROFILE, [], after(3)));
  assert.ok(reports.every((content) => content.case === "detectionReport"));
  assert.ok(gone.content.case === "detectionReport");
  assert.equal(gone.content.value.state, "lost");
  const ids = [...reports, gone.content].map((content) => (content.case === "detectionReport" ? content.value.objectId : ""));
  assert.equal(new Set(ids).size, 1);
  const own = [...reports, gone.content].map((content) => (content.case === "detectionReport" ? content.value.reportId : ""));
  assert.equal(new Set(own).size, 3);
  assert.deepEqual(upwardPublish(child, PROFILE, [], after(4)).send, []);
});

test("a broadcast serial goes up only where the profile releases it", () => {
  for (const releaseIdentities of [false, true]) {
    const { child, deliver } = aHierarchy();
    deliver(upwardConnected(child, PROFILE, T0), T0);
    const [report] = read(upwardPublish(child, { ...PROFILE, releaseIdentities }, [TRACK], after(1)));
    assert.ok(report.content.case === "detectionReport");
    assert.equal(report.content.value.id, releaseIdentities ? TRACK.identity : undefined);
  }
});

test("SEQ-01 and SEQ-02: nothing but the registration before the acknowledgement; after 30 s without it the link is given up and tried again after 10 s", () => {
  const child = createUpwardState(PROFILE, T0);
  assert.deepEqual(cases(upwardConnected(child, PROFILE, T0)), ["registration"]);
  assert.deepEqual(upwardPublish(child, PROFILE, [TRACK], after(1)).send, []);
  assert.deepEqual(upwardTick(child, PROFILE, "ok", after(29)), { send: [] });
  assert.match(upwardTick(child, PROFILE, "ok", after(30)).close!, /no RegistrationAck within 30 s/);
  assert.equal(upwardTick(child, PROFILE, "ok", after(39)).connect, undefined);
  assert.equal(upwardTick(child, PROFILE, "ok", after(40)).connect, true);
});

test("SEQ-03: a refusal is told to the operator with its reasons and not tried again for a minute", () => {
  const child = createUpwardState(PROFILE, T0);
  upwardConnected(child, PROFILE, T0);
  const parent = createSender(deriveUuid("parent"));
  const no = encodeSapient(parent, T0, { case: "registrationAck", value: { acceptance: false, ackResponseReason: ["unknown node"] } });
  assert.match(upwardReceive(child, PROFILE, no, T0).close!, /refused the registration: unknown node/);
  assert.equal(upwardTick(child, PROFILE, "ok", after(59)).connect, undefined);
  assert.equal(upwardTick(child, PROFILE, "ok", after(60)).connect, true);
});

test("SEQ-05 and SEQ-06: a status each interval, UNCHANGED while nothing changes, NEW when it does and after a reconnection", () => {
  const { child, deliver } = aHierarchy();
  const infos: (number | undefined)[] = [];
  const note = (outcome: UpwardOutcome) => {
    for (const { content } of read(outcome)) if (content.case === "statusReport") infos.push(content.value.info);
  };
  deliver(upwardConnected(child, PROFILE, T0), T0); // sends NEW inside
  assert.deepEqual(upwardTick(child, PROFILE, "ok", after(9)).send, []);
  note(upwardTick(child, PROFILE, "ok", after(10)));
  note(upwardTick(child, PROFILE, "warning", after(20)));
  note(upwardTick(child, PROFILE, "warning", after(30)));
  assert.deepEqual(infos, [StatusReport_Info.UNCHANGED, StatusReport_Info.NEW, StatusReport_Info.UNCHANGED]);
  upwardClosed(child, "broken off", after(31));
  assert.equal(upwardTick(child, PROFILE, "ok", after(33)).connect, undefined);
  assert.equal(upwardTick(child, PROFILE, "ok", after(44)).connect, true);
  upwardConnected(child, PROFILE, after(44));
  const yes = encodeSapient(createSender(deriveUuid("parent")), after(44), { case: "registrationAck", value: { acceptance: true } });
  note(upwardReceive(child, PROFILE, yes, after(44)));
  assert.equal(infos.at(-1), StatusReport_Info.NEW);
});

test("new dependents are registered with the parent, at most every half minute", () => {
  const { child, deliver } = aHierarchy();
  deliver(upwardConnected(child, PROFILE, T0), T0);
  const more = { ...PROFILE, dependentNodes: [...PROFILE.dependentNodes, deriveUuid("new")] };
  assert.deepEqual(cases(upwardTick(child, more, "ok", after(15))), ["statusReport"]);
  assert.deepEqual(cases(upwardTick(child, PROFILE, "ok", after(31))), ["statusReport"], "the same dependents are no news");
  const again = read(upwardTick(child, more, "ok", after(32)));
  assert.ok(again[0].content.case === "registration");
  assert.deepEqual(again[0].content.value.dependentNodes, more.dependentNodes);
});

test("SEQ-18: the parent may ask for registration and status; every other task is refused with the reason", () => {
  const { child, deliver } = aHierarchy();
  deliver(upwardConnected(child, PROFILE, T0), T0);
  const parent = createSender(deriveUuid("parent"));
  const task = (command: unknown) =>
    upwardReceive(
      child,
      PROFILE,
      encodeSapient(parent, after(1), {
        case: "task",
        value: { taskId: nextUlid(parent, after(1)), control: 1, command: { command: command as never } },
      }),
      after(1),
    );
  assert.deepEqual(cases(task({ case: "request", value: "Status" })), ["taskAck", "statusReport"]);
  for (const command of [
    { case: "request", value: "Reset" },
    { case: "moveTo", value: {} },
    { case: "lookAt", value: {} },
  ]) {
    const [answer] = read(task(command));
    assert.ok(answer.content.case === "taskAck");
    assert.equal(answer.content.value.taskStatus, TaskAck_TaskStatus.REJECTED);
    assert.match(answer.content.value.reason[0], /ask its operators/);
  }
  assert.equal(child.tasksRefused, 3);
  assert.deepEqual(cases(task({ case: "request", value: "Registration" })), ["taskAck", "registration"]);
  assert.equal(child.phase, "registering");
});

test("SEQ-10: switched off, it says goodbye; SEQ-17: an Error of the parent is noted and not answered", () => {
  const { child, heard, deliver } = aHierarchy();
  deliver(upwardConnected(child, PROFILE, T0), T0);
  const error = encodeSapient(createSender(deriveUuid("parent")), T0, { case: "error", value: { errorMessage: ["too old"] } });
  assert.deepEqual(upwardReceive(child, PROFILE, error, T0), { send: [] });
  assert.match(child.note, /too old/);
  const bye = upwardGoodbye(child, after(1));
  deliver(bye, after(1));
  assert.equal(bye.close, "switched off");
  assert.equal((heard.at(-1) as SensorStatus).state, "goodbye");
});

test("octets that are no message do nothing to the session", () => {
  const child = createUpwardState(PROFILE, T0);
  upwardConnected(child, PROFILE, T0);
  for (const bytes of [new Uint8Array(0), Uint8Array.of(255), new Uint8Array(5000).fill(11)]) {
    assert.deepEqual(upwardReceive(child, PROFILE, bytes, T0), { send: [] });
  }
  assert.equal(child.phase, "registering");
});

test("a track of the screen becomes a fused track: 95 % ellipse to sigmas, source tracks to contributors", () => {
  const view = {
    id: "T12",
    status: "confirmed",
    origin: "live",
    existence: 0.9,
    firstAtUs: T0,
    position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: null, heightAmslMetres: null },
    velocityEastMps: 1,
    velocityNorthMps: 2,
    velocityUpMps: 3,
    ellipse: { semiMajorMetres: 24.477, semiMinorMetres: 2.4477, azimuthDegrees: 90 },
    verticalSigmaMetres: null,
    classification: "Air Vehicle/UAV Rotary Wing",
    identities: [
      { scheme: "source-track", value: `${deriveUuid("radar")}/01ARYZ6S410000000000000001` },
      { scheme: "source-track", value: "7" },
      { scheme: "remote-id-serial", value: "1581F45T7228S00A1B23" },
    ],
  } as unknown as TrackView;
  const fused = fusedTrackOf(view);
  assert.ok(Math.abs(fused.sigmaEast - 10) < 1e-9, "the long axis points east");
  assert.ok(Math.abs(fused.sigmaNorth - 1) < 1e-9);
  assert.deepEqual(fused.contributors, [{ nodeId: deriveUuid("radar"), objectId: "01ARYZ6S410000000000000001" }]);
  assert.equal(fused.identity, "1581F45T7228S00A1B23");
  assert.equal(fused.heightHae, undefined);
  assert.deepEqual(fused.classPath, ["Air Vehicle", "UAV Rotary Wing"]);
  const pathOf = (over: Partial<TrackView>) => fusedTrackOf({ ...view, ...over }).classPath;
  assert.deepEqual(pathOf({ className: "fixed-wing" }), ["Air Vehicle", "UAV Fixed Wing"], "Picket's own answer comes first");
  assert.deepEqual(pathOf({ className: "unknown", classification: "helicopter or multirotor" }), ["Unknown"], "nothing undeclared is sent");
});
