import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { micros } from "../../base/units.ts";
import {
  createSender,
  type EdgeNodeDescription,
  encodeAlert,
  encodeDetection,
  encodeMessage,
  encodeRegistration,
  encodeSapient,
  encodeStatus,
  objectUlid,
  rangeBearing,
} from "./encode.ts";
import { deriveUuid } from "./identifiers.ts";
import { answerListener, lateJoinMessages, mayRelease, type ReleasePolicy } from "./recorder.ts";
import { Alert_AlertType, Registration_NodeType, type SapientMessage, SapientMessageSchema } from "./sapient-pb.gen.ts";
import { sapientProtocol } from "./sapient-protocol.ts";
import { skimDetection } from "./skim.ts";
import { guardWire } from "./wire-guard.ts";

const T0 = micros(1_780_000_000_000_000);
const ALL: ReleasePolicy = { nodes: "all", texts: true, pilotPositions: true };
const NODE: EdgeNodeDescription = {
  name: "n",
  shortName: "n",
  nodeTypes: [Registration_NodeType.RADAR],
  statusIntervalSeconds: 10,
  tracking: "none",
  form: "range-bearing",
  maximumLatencySeconds: 0.1,
  manufacturer: "m",
  model: "m",
};

test("SEQ-20: a late client gets each node's registration, last NEW and last UNCHANGED status, octet for octet", () => {
  const state = sapientProtocol.createState({});
  const give = (bytes: Uint8Array, connection: number, at = T0) =>
    sapientProtocol.receive(state, { bytes, receivedAt: at, connection }, {});
  const [a, b] = ["a", "b"].map((name) => createSender(deriveUuid(name)));
  const registrations = [encodeRegistration(a, T0, NODE), encodeRegistration(b, T0, NODE)];
  give(registrations[0], 1);
  give(registrations[1], 2, micros(T0 + 1));
  give(encodeStatus(a, T0, { system: "warning" }), 1);
  const fresh = encodeStatus(a, T0, {});
  give(fresh, 1);
  const unchanged = encodeStatus(a, T0, { unchanged: true });
  give(unchanged, 1);
  assert.deepEqual(lateJoinMessages(state, ALL), [registrations[0], fresh, unchanged, registrations[1]]);
  assert.deepEqual(lateJoinMessages(state, { nodes: [b.nodeId], texts: true, pilotPositions: true }), [registrations[1]]);
  assert.deepEqual(lateJoinMessages(state, { nodes: [], texts: true, pilotPositions: true }), [], "deny by default");
  // A new registration clears the cached status.
  give(registrations[0], 1);
  assert.equal(lateJoinMessages(state, { nodes: [a.nodeId], texts: true, pilotPositions: true }).length, 1);
});

test("only what a released node says upwards goes out, and free texts only where the policy says so", () => {
  const a = createSender(deriveUuid("a"));
  const detection = encodeDetection(a, T0, { objectId: objectUlid(a, T0, 1), rangeBearing: rangeBearing({ azimuth: 1, range: 5 }) });
  const alert = encodeAlert(a, T0, Alert_AlertType.WARNING, "guard asleep");
  assert.equal(mayRelease(detection, ALL), true);
  assert.equal(mayRelease(detection, { nodes: [a.nodeId.toUpperCase()], texts: false, pilotPositions: true }), true);
  assert.equal(mayRelease(detection, { nodes: [deriveUuid("b")], texts: true, pilotPositions: true }), false);
  assert.equal(mayRelease(alert, ALL), true);
  assert.equal(mayRelease(alert, { nodes: "all", texts: false, pilotPositions: true }), false);
  const annotated = create(SapientMessageSchema, {
    ...fromBinary(SapientMessageSchema, detection),
    additionalInformation: "call the gate",
  });
  assert.equal(mayRelease(encodeMessage(annotated), ALL), true);
  assert.equal(mayRelease(encodeMessage(annotated), { nodes: "all", texts: false, pilotPositions: true }), false);
  assert.equal(mayRelease(encodeSapient(a, T0, { case: "task", value: {} }), ALL), false);
  assert.equal(mayRelease(encodeSapient(a, T0, { case: "registrationAck", value: {} }), ALL), false);
  assert.equal(mayRelease(Uint8Array.of(255), ALL), false);
});

test("a detection that says where a pilot is stays here unless the policy lets it go", () => {
  const a = createSender(deriveUuid("a"));
  const withPair = (type: string) =>
    encodeDetection(a, T0, {
      objectId: objectUlid(a, T0, 1),
      rangeBearing: rangeBearing({ azimuth: 1, range: 5 }),
      objectInfo: [{ type, value: "51.5" }],
    });
  const closed: ReleasePolicy = { nodes: "all", texts: true, pilotPositions: false };
  for (const type of ["operator_latitude", "Operator Longitude", "pilotPosition", "home-location", "takeoffLat"]) {
    assert.equal(mayRelease(withPair(type), closed), false, type);
    assert.equal(mayRelease(withPair(type), ALL), true, type);
  }
  for (const type of ["operator_id", "rcs", "latitude error"]) assert.equal(mayRelease(withPair(type), closed), true, type);
});

test("skimming a detection decides as decoding does, and leaves to the decoder whatever is not plain", () => {
  const a = createSender(deriveUuid("a"));
  const plain = encodeDetection(a, T0, { objectId: objectUlid(a, T0, 1), rangeBearing: rangeBearing({ azimuth: 1, range: 5 }) });
  const paired = encodeDetection(a, T0, { objectId: objectUlid(a, T0, 1), objectInfo: [{ type: "operator_latitude", value: "51.5" }] });
  assert.deepEqual(skimDetection(plain), { nodeId: a.nodeId, hasPairs: false });
  assert.deepEqual(skimDetection(paired), { nodeId: a.nodeId, hasPairs: true });
  const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
  // The last of two counts for a decoder, and merged parts may hold what neither says alone.
  assert.equal(skimDetection(joined(plain, plain)), undefined, "a field twice");
  assert.equal(skimDetection(joined(plain, Uint8Array.of(0x6a, 4, 103, 97, 116, 101))), undefined, "additional_information");
  assert.equal(skimDetection(joined(plain, Uint8Array.of(0x72, 0))), undefined, "an unknown field");
  assert.equal(skimDetection(encodeAlert(a, T0, Alert_AlertType.WARNING, "guard asleep")), undefined, "another kind");
  assert.equal(skimDetection(encodeSapient(a, T0, { case: "task", value: {} })), undefined, "a task");
  for (let length = 0; length < plain.length; length++)
    assert.equal(skimDetection(plain.subarray(0, length)), undefined, `${length} octets`);
  fc.assert(
    fc.property(fc.nat(plain.length - 1), fc.nat(255), fc.boolean(), fc.boolean(), (at, octet, texts, pilotPositions) => {
      const changed = plain.slice();
      changed[at] = octet;
      const policy: ReleasePolicy = { nodes: [a.nodeId], texts, pilotPositions };
      // What the picture refused never comes here; whatever it may read is judged as its decoded form is.
      if (!guardWire(changed).ok) return;
      let message: SapientMessage;
      try {
        message = fromBinary(SapientMessageSchema, changed);
      } catch {
        return;
      }
      const { content } = message;
      const detection = content.case === "detectionReport" ? content.value : undefined;
      const kind = ["registration", "statusReport", "detectionReport", "taskAck", "alert"].includes(content.case ?? "");
      if (detection !== undefined) {
        const pilots = [...detection.objectInfo, ...detection.trackInfo].length > 0;
        const free = (message.additionalInformation ?? "") === "" || texts;
        if (!pilots) assert.equal(mayRelease(changed, policy), message.nodeId?.toLowerCase() === a.nodeId && free);
      } else if (!kind) assert.equal(mayRelease(changed, policy), false);
    }),
    { numRuns: 2000, seed: 7 },
  );
});

test("a listening client orders nothing: it is told so, and an effector is shown the door", () => {
  const state = sapientProtocol.createState({});
  const c2 = createSender(deriveUuid("c2"));
  const task = answerListener(state, encodeSapient(c2, T0, { case: "task", value: { control: 1 } }), T0);
  const reply = fromBinary(SapientMessageSchema, task.reply!);
  assert.ok(reply.content.case === "error");
  assert.match(reply.content.value.errorMessage[0], /this port only tells/);
  assert.equal(task.close, undefined);
  for (const type of [Registration_NodeType.KINETIC, Registration_NodeType.JAMMER, Registration_NodeType.OTHER]) {
    const answer = answerListener(state, encodeRegistration(c2, T0, { ...NODE, nodeTypes: [Registration_NodeType.FUSION_NODE, type] }), T0);
    assert.match(answer.close!, /tells effectors nothing/);
  }
  assert.deepEqual(answerListener(state, encodeSapient(c2, T0, { case: "error", value: {} }), T0), {}, "an Error is not answered");
  assert.match(answerListener(state, Uint8Array.of(1, 2, 3), T0).close!, /no SapientMessage/);
  assert.ok(create(SapientMessageSchema).content.case === undefined);
});
