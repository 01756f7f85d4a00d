// What a Registration does to the session, and its acknowledgement: SEQ-01, 03, 11, 12, 15, 18.

import { create } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { encodeUtf8, sanitizeText } from "../../base/text.ts";
import { type Micros, seconds } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { icdVersionOf, readRegistration } from "./contract.ts";
import { typesRefusal } from "./effector-guard.ts";
import { encodeSapient, type SenderState } from "./encode.ts";
import { normalizeUuid } from "./identifiers.ts";
import { createMotionState } from "./motion-check.ts";
import { RegistrationAckSchema, type SapientMessage } from "./sapient-pb.gen.ts";
import { sentTime } from "./sequence.ts";
import {
  forgetNode,
  isDependent,
  keepOctets,
  MAX_NODES,
  MAX_REFUSED_CALLERS,
  type NodeState,
  noteFinding,
  notesOf,
  type SapientState,
} from "./state.ts";
import { cancelTasks } from "./tasking.ts";
import type { Turn } from "./turn.ts";

const MAX_REASONS = 64;
/** Octets of a registration: what is remembered of it grows with it, and real ones have some kilobytes. */
const MAX_REGISTRATION = 262_144;

/** The acknowledgement with its reasons where the node's version of the interface looks for them. */
function encodeRegistrationAck(
  self: SenderState,
  now: Micros,
  acceptance: boolean,
  reasons: readonly string[],
  nodeId: string,
  icdVersion: string | undefined,
): Uint8Array {
  const texts = reasons.map((reason) => sanitizeText(reason, 400));
  const value = create(RegistrationAckSchema, { acceptance, ackResponseReason: texts });
  if (icdVersionOf(icdVersion ?? "") === "1.0" && texts.length > 0) {
    // Version 1.0 has one text, as field 2.
    const octets = encodeUtf8(texts.join("; "));
    value.$unknown = [{ no: 2, wireType: 2, data: new BinaryWriter().bytes(octets).finish() }];
  }
  return encodeSapient(self, now, { case: "registrationAck", value }, nodeId);
}

/** SEQ-01, 02, 03, 11, 18: what a Registration does. */
export function register(turn: Turn, nodeId: string, message: SapientMessage): void {
  const { state, connection, options, packet } = turn;
  if (message.content.case !== "registration") return;
  const registration = message.content.value;
  // Whatever becomes of this registration: who said once that it does more than sense is behind this connection.
  if (typesRefusal(registration.nodeDefinition.map((definition) => definition.nodeType ?? 0)) !== undefined) connection.effector = nodeId;
  const acknowledge = (acceptance: boolean, reasons: readonly string[]) =>
    turn.replies.push(
      encodeRegistrationAck(state.self, turn.now, acceptance, reasons.slice(0, MAX_REASONS), nodeId, registration.icdVersion),
    );
  const reject = (code: DecodeError["code"], reasons: readonly string[]) => {
    acknowledge(false, reasons);
    turn.errors.push({ code, item: "registration", message: sanitizeText(reasons.join("; "), 400) });
    rememberRefusal(turn, nodeId, message, reasons);
    // SEQ-18: a refused registration ends what was agreed before, also with a dependent, which speaks on the connection of another.
    if (state.nodes.get(nodeId)?.connection === packet.connection) forgetNode(state, nodeId, "its new registration was refused", turn.now);
    if (connection.nodeId === nodeId) connection.nodeId = undefined;
    if (connection.nodeId === undefined) connection.barred = "its registration was refused";
  };

  if (options.allowedNodes !== undefined && !options.allowedNodes.some((allowed) => normalizeUuid(allowed) === nodeId)) {
    reject("refused", [`node_id ${nodeId} is not on this fusion node's list of allowed nodes`]);
    return;
  }
  if (connection.provedNodeIds.length > 0 && !connection.provedNodeIds.includes(nodeId)) {
    reject("refused", [`the certificate of this connection does not name node_id ${nodeId}`]);
    return;
  }
  const speaker = connection.nodeId === undefined ? undefined : state.nodes.get(connection.nodeId);
  if (speaker !== undefined && speaker.nodeId !== nodeId && !isDependent(speaker, nodeId)) {
    turn.refuse(
      {
        code: "sequence",
        item: "node_id",
        message: `this connection belongs to node ${speaker.nodeId}; node ${nodeId} needs its own, or must be among the dependent nodes`,
      },
      nodeId,
    );
    return;
  }

  if (packet.bytes.length > MAX_REGISTRATION) {
    reject("oversized", [`the registration has ${packet.bytes.length} octets, the limit is ${MAX_REGISTRATION}`]);
    return;
  }
  const verdict = readRegistration(registration, options.strict);
  if (verdict.contract === undefined) {
    reject("malformed", verdict.reasons);
    return;
  }
  const previous = state.nodes.get(nodeId);
  if (previous?.authenticated === true && !connection.authenticated) {
    // Also while it is away: whoever could break the authenticated link must not inherit its name.
    reject("refused", [`node_id ${nodeId} belongs to an authenticated connection`]);
    const message = "an unauthenticated connection tried to register with this node id: a spoof or a wrong configuration";
    noteFinding(previous, "node_id", message, "warning", turn.now);
    turn.announce = previous;
    return;
  }
  const other = previous?.connection;
  if (previous !== undefined && other !== undefined && other !== packet.connection) {
    const theirs = state.connections.get(other);
    // SEQ-12: between equals the newest wins; the operator is told, because it may be a spoof. A parent whose dependent was
    // taken over keeps its own connection.
    if (theirs?.nodeId === nodeId) {
      theirs.barred = "another connection registered with its node id";
      theirs.nodeId = undefined;
      theirs.openedAt = turn.now;
    }
  }
  if (previous === undefined && state.nodes.size >= MAX_NODES && !forgetOneNode(state, turn.now)) {
    state.refusedNodes += 1;
    reject("oversized", [`this fusion node already holds ${MAX_NODES} nodes`]);
    return;
  }

  const known = previous ?? state.departed.get(nodeId);
  const node: NodeState = {
    nodeId,
    connection: packet.connection,
    contract: verdict.contract,
    registeredAt: turn.now,
    heardAt: turn.now,
    closedAt: undefined,
    authenticated: connection.authenticated,
    lost: false,
    mode: verdict.contract.startMode,
    system: undefined,
    hadNewStatus: false,
    // SEQ-11: a new registration clears what was cached of the status; findings are about the vendor and stay.
    place: undefined,
    heading: undefined,
    findings: known?.findings ?? new Map(),
    findingsForgotten: known?.findingsForgotten ?? 0,
    notes: [],
    alerts: known?.alerts ?? [],
    tasks: known?.tasks ?? [],
    counts: known?.counts ?? { statuses: 0, detections: 0, alerts: 0, refused: 0 },
    clock: { count: 0, sum: 0, min: 0, max: 0 },
    motion: createMotionState(),
    lastDetectionSentAt: undefined,
    lastReportId: "",
    cached: { registration: keepOctets(packet.bytes), statusNew: undefined, statusUnchanged: undefined },
  };
  cancelTasks(node.tasks, "the node registered again", turn.now);
  state.nodes.set(nodeId, node);
  state.refusedCallers.delete(nodeId);
  state.departed.delete(nodeId);
  connection.nodeId ??= nodeId;
  connection.barred = undefined;
  turn.records = 1;
  acknowledge(true, []);
  for (const warning of verdict.warnings) turn.warn(node, { ...warning, repaired: false });
  if (other !== undefined && other !== packet.connection) {
    turn.warn(node, {
      item: "node_id",
      message: "registered on two connections at once, the newest counts: a spoof or a wrong configuration",
      repaired: false,
    });
    turn.errors.push({
      code: "inconsistent",
      item: "node_id",
      message: `node ${nodeId} registered on a second connection; the first is no longer heard`,
    });
  }
  sentTime(turn, node, message);
  turn.observations.push({
    type: "status",
    sensorKey: nodeId,
    time: undefined,
    notes: notesOf(node, turn.now),
    sensorType: node.contract.typeNames.join(" + "),
    name: node.contract.shortName === "" ? node.contract.name : node.contract.shortName,
    statusInterval: seconds(node.contract.statusIntervalSeconds),
  });
}

function rememberRefusal(turn: Turn, nodeId: string, message: SapientMessage, reasons: readonly string[]): void {
  const { refusedCallers } = turn.state;
  const registration = message.content.case === "registration" ? message.content.value : undefined;
  let caller = refusedCallers.get(nodeId);
  if (caller === undefined) {
    if (refusedCallers.size >= MAX_REFUSED_CALLERS) {
      // The one that tried least often; of those, the one that has been quiet longest.
      const [least] = [...refusedCallers.values()].sort((a, b) => a.attempts - b.attempts || a.lastAt - b.lastAt);
      refusedCallers.delete(least.nodeId);
    }
    caller = { nodeId, name: "", lastAt: turn.now, attempts: 0, findings: new Map(), findingsForgotten: 0 };
    refusedCallers.set(nodeId, caller);
  }
  caller.name = sanitizeText(registration?.shortName ?? registration?.name ?? "", 80);
  caller.lastAt = turn.now;
  caller.attempts += 1;
  for (const reason of reasons) noteFinding(caller, "registration", sanitizeText(reason, 200), "refused", turn.now, turn.packet.bytes);
}

/** Makes room by forgetting the node that has been away longest; false when all are connected. */
function forgetOneNode(state: SapientState, now: Micros): boolean {
  let oldest: NodeState | undefined;
  for (const node of state.nodes.values()) {
    if (node.closedAt !== undefined && (oldest === undefined || node.closedAt < oldest.closedAt!)) oldest = node;
  }
  if (oldest === undefined) return false;
  forgetNode(state, oldest.nodeId, "it made room for another node", now);
  return true;
}
