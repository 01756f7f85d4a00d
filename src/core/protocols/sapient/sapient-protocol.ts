// SAPIENT (BSI Flex 335 v2.0) as a fusion node: edge nodes connect, register, report. The session rules are SEQ-01 to
// SEQ-22 of docs/protocols/sapient.md; every answer is a function of the octets, the state and the given time.

import { fromBinary } from "@bufbuild/protobuf";
import { sanitizeText } from "../../base/text.ts";
import type { Micros } from "../../base/units.ts";
import type { Observation, SensorTime } from "../../model/observation.ts";
import type { Decoded, Packet, Protocol, ProtocolOptions, Timed } from "../protocol.ts";
import type { Place } from "./coordinates.ts";
import { readDetection } from "./detection.ts";
import { hasUnknownFields } from "./effector-guard.ts";
import { encodeSapient } from "./encode.ts";
import { isUuid, normalizeUlid, normalizeUuid } from "./identifiers.ts";
import { register } from "./registration.ts";
import {
  Alert_AlertType,
  AlertAck_AlertAckStatus,
  type SapientMessage,
  SapientMessageSchema,
  StatusReport_Info,
  StatusReport_System,
} from "./sapient-pb.gen.ts";
import { checkDetectionSequence, checkGeometry, checkStatusInterval, checkStatusSequence, INTERVAL_SLACK, sentTime } from "./sequence.ts";
import {
  type ConnectionState,
  createConnection,
  createSapientState,
  forgetNode,
  isDependent,
  keepOctets,
  MAX_CONNECTIONS,
  type NodeState,
  notesOf,
  type SapientState,
} from "./state.ts";
import { readStatus } from "./status.ts";
import { acknowledgeTask, taskNotes, tickTasks } from "./tasking.ts";
import { noteStatus, Turn } from "./turn.ts";
import { validateMessage } from "./validate.ts";
import { upgradeVersionOne } from "./version-one.ts";
import { guardWire } from "./wire-guard.ts";

/** SEQ-07: so many status reports in a row may be missing. */
const MISSED_REPORTS = 3;
/** SEQ-08. */
const RETENTION = 120_000_000;
/** A connection that says nothing we can use for so long is closed: it may be a port scan, or half open. */
const REGISTRATION_TIMEOUT = 60_000_000;

function receive(state: SapientState, packet: Packet, options: ProtocolOptions): Decoded {
  const connection = connectionOf(state, packet.connection, packet.receivedAt);
  if (connection === undefined) {
    const message = `more than ${MAX_CONNECTIONS} connections of one source`;
    return { observations: [], errors: [{ code: "oversized", item: "connection", message }], records: 0, close: message };
  }
  const turn = new Turn(state, packet, options, connection);
  const { bytes } = packet;
  if (bytes.length === 0) {
    // Some clients send it to keep a link alive; it is no message, and answering it would keep both busy.
    return { observations: [], errors: [], records: 0 };
  }
  const guarded = guardWire(bytes);
  if (!guarded.ok) {
    turn.refuse(guarded.error);
    return turn.done();
  }
  let message: SapientMessage;
  try {
    message = fromBinary(SapientMessageSchema, bytes);
  } catch (error) {
    turn.refuse({
      code: "malformed",
      item: "message",
      message: `not a SapientMessage: ${sanitizeText(String((error as Error).message), 120)}`,
    });
    return turn.done();
  }
  readMessage(turn, message, guarded.value.unknown, upgradeVersionOne(message));
  return turn.done();
}

function readMessage(turn: Turn, message: SapientMessage, unknownFields: readonly string[], upgraded: readonly string[]): void {
  const { state, connection, options } = turn;
  const { content } = message;
  if (content.case === undefined) {
    turn.refuse({ code: "malformed", item: "content", message: "the message has no content" });
    return;
  }
  // An Error is never answered, whatever else is wrong with it.
  if (content.case === "error") {
    turn.records = 1;
    const reasons = content.value.errorMessage
      .slice(0, 4)
      .map((text) => sanitizeText(text, 160))
      .join("; ");
    const said = reasons === "" ? "it gave no reason" : `it said: ${reasons}`;
    turn.errors.push({ code: "refused", item: "error", message: `the node did not accept a message of this fusion node; ${said}` });
    return;
  }
  const nodeId = nodeIdOf(turn, message);
  if (nodeId === undefined) return;
  if (content.case === "registration") {
    register(turn, nodeId, message);
    return;
  }

  const node = boundNode(turn, nodeId, content.case);
  if (node === undefined) return;
  turn.records = 1;

  const time = sentTime(turn, node, message);
  const strict = options.strict === true;
  if (upgraded.length > 0 && node.contract.version !== "1.0") {
    turn.warn(node, {
      item: upgraded[0],
      message: "a field of version 1.0 in a message of version 2.0; read as its successor",
      repaired: false,
    });
  }
  // The guard counted every unknown field; those of version 1.0 have found their place.
  if (unknownFields.length > upgraded.length && hasUnknownFields(message)) {
    turn.warn(node, { item: unknownFields[0], message: "a field that version 2.0 does not have; ignored", repaired: false });
  }
  // Every fault is shown; in strict mode any of them refuses the message.
  const violations = validateMessage(message);
  for (const violation of violations) {
    if (violation.harnessOnly && !strict) continue;
    if (node.contract.version === "1.0" && violation.kind === "missing" && NEW_IN_VERSION_2.has(violation.item.replace(/\[\d+\]/g, "")))
      continue;
    turn.warn(node, { item: violation.item.replace(/\[\d+\]/g, ""), message: violation.message, repaired: false });
  }
  if (strict && violations.length > 0) {
    const first = violations[0];
    const code = first.kind === "not-finite" || first.kind === "out-of-range" ? "out-of-range" : "malformed";
    turn.refuse(
      {
        code,
        item: first.item,
        message: violations
          .map((violation) => violation.message)
          .slice(0, 8)
          .join("; "),
      },
      nodeId,
    );
    return;
  }

  const reference = referenceOf(node, options);
  const context = { strict, ...(reference === undefined ? {} : { reference }) };
  switch (content.case) {
    case "statusReport": {
      const report = content.value;
      checkStatusSequence(turn, node, report.system ?? 0, report.info ?? 0, report.mode);
      const reading = readStatus(report, node, time, turn.now, context);
      for (const warning of reading.warnings) turn.warn(node, warning);
      for (const error of reading.errors) turn.refuse(error, nodeId);
      if (node.hadNewStatus && node.counts.statuses > 0) checkStatusInterval(turn, node);
      node.counts.statuses += 1;
      node.heardAt = turn.now;
      node.lost = false;
      node.notes = reading.status.notes ?? [];
      if (report.info === StatusReport_Info.UNCHANGED) node.cached.statusUnchanged = keepOctets(turn.packet.bytes);
      else node.cached.statusNew = keepOctets(turn.packet.bytes);
      if (report.system === StatusReport_System.GOODBYE) {
        // SEQ-10: an orderly end. The registration is gone, and nobody is alarmed.
        turn.observations.push({ ...reading.status, state: "goodbye", notes: ["said goodbye"] });
        forgetNode(state, nodeId, "the node said goodbye", turn.now);
        if (connection.nodeId === nodeId) connection.nodeId = undefined;
        connection.openedAt = turn.now;
        return;
      }
      turn.observations.push({ ...reading.status, notes: notesOf(node, turn.now) });
      return;
    }
    case "detectionReport": {
      if (!node.hadNewStatus) {
        turn.warn(node, { item: "detection_report", message: "a detection before the first status report (SEQ-04)", repaired: false });
        if (strict) {
          turn.refuse({ code: "sequence", item: "detection_report", message: "a status report must come first" }, nodeId);
          return;
        }
      }
      checkDetectionSequence(turn, node, content.value.reportId ?? "", time);
      const reading = readDetection(content.value, node, time, context);
      if (!reading.ok) {
        turn.refuse(reading.error, nodeId);
        return;
      }
      node.counts.detections += 1;
      for (const warning of reading.warnings) turn.warn(node, warning);
      turn.observations.push(...reading.observations);
      checkGeometry(turn, node, content.value.objectId ?? "", reading.observations[0], time);
      return;
    }
    case "alert":
      readAlert(turn, node, content.value.alertId, content.value.alertType, content.value.description, time);
      return;
    case "taskAck": {
      const { taskId, taskStatus, reason } = content.value;
      const odd = acknowledgeTask(node, taskId, taskStatus, reason, turn.now);
      if (odd !== undefined) turn.warn(node, { item: "task_ack", message: odd, repaired: false });
      turn.observations.push(noteStatus(node, turn.now));
      return;
    }
    case "alertAck":
      // This fusion node raises no alerts towards its sensors; a late or repeated acknowledgement is tolerated.
      return;
    default:
      turn.refuse(
        { code: "sequence", item: content.case, message: `${wordsOf(content.case)} comes from a fusion node, not from an edge node` },
        nodeId,
      );
  }
}

/** Fields that version 1.0 did not ask for. */
const NEW_IN_VERSION_2: ReadonlySet<string> = new Set(["status_report.mode", "alert_ack.alert_ack_status"]);

/** The sender in the strict spelling; refuses the message when there is none. */
function nodeIdOf(turn: Turn, message: SapientMessage): string | undefined {
  const text = message.nodeId;
  if (text === undefined || text === "") {
    turn.refuse({ code: "malformed", item: "node_id", message: "the message does not say which node sent it" });
    return undefined;
  }
  const normal = normalizeUuid(text);
  if (normal === undefined || (turn.options.strict === true && !isUuid(text))) {
    turn.refuse({ code: "malformed", item: "node_id", message: `"${sanitizeText(text, 48)}" is no UUID version 4 in lower case` });
    return undefined;
  }
  return normal;
}

/** The registered node that may speak on this connection, or undefined after refusing the message (SEQ-01, 03, 08, 11, 12). */
function boundNode(turn: Turn, nodeId: string, content: string): NodeState | undefined {
  const { state, connection, packet } = turn;
  if (connection.barred !== undefined) {
    turn.refuse({ code: "sequence", item: wordsOf(content), message: `not read: ${connection.barred}; register again` }, nodeId);
    return undefined;
  }
  const node = state.nodes.get(nodeId);
  if (node === undefined) {
    turn.refuse({ code: "sequence", item: wordsOf(content), message: "a Registration must come first" }, nodeId);
    return undefined;
  }
  if (node.connection === packet.connection) return node;
  const speaker = connection.nodeId === undefined ? undefined : state.nodes.get(connection.nodeId);
  if (connection.nodeId !== undefined && !isDependent(speaker, nodeId)) {
    turn.refuse({ code: "sequence", item: "node_id", message: `this connection belongs to node ${connection.nodeId}` }, nodeId);
    return undefined;
  }
  if (node.connection !== undefined) {
    turn.refuse(
      { code: "sequence", item: wordsOf(content), message: "this node is registered on another connection; register here first" },
      nodeId,
    );
    return undefined;
  }
  if (
    (node.authenticated && !connection.authenticated) ||
    (connection.provedNodeIds.length > 0 && !connection.provedNodeIds.includes(nodeId))
  ) {
    turn.refuse(
      { code: "refused", item: wordsOf(content), message: "this node registered on an authenticated connection; register here first" },
      nodeId,
    );
    return undefined;
  }
  // SEQ-08: back within two minutes, it goes on without registering.
  node.connection = packet.connection;
  node.closedAt = undefined;
  node.lost = false;
  node.heardAt = packet.receivedAt;
  connection.nodeId ??= nodeId;
  return node;
}

function referenceOf(node: NodeState, options: ProtocolOptions): Place | undefined {
  if (node.place !== undefined) return node.place;
  const { referenceLatitude, referenceLongitude } = options;
  return referenceLatitude === undefined || referenceLongitude === undefined
    ? undefined
    : { latitude: referenceLatitude, longitude: referenceLongitude };
}

const ALERT_LEVEL: Readonly<Record<number, string>> = {
  [Alert_AlertType.INFORMATION]: "information",
  [Alert_AlertType.WARNING]: "warning",
  [Alert_AlertType.CRITICAL]: "critical",
  [Alert_AlertType.ERROR]: "error",
  [Alert_AlertType.FATAL]: "fatal",
  [Alert_AlertType.MODE_CHANGE]: "mode change",
};

/** SEQ-16: every valid alert is acknowledged with its own identifier, and shown. */
function readAlert(
  turn: Turn,
  node: NodeState,
  alertId: string | undefined,
  type: number | undefined,
  description: string | undefined,
  time: SensorTime | undefined,
): void {
  if (alertId === undefined || normalizeUlid(alertId) === undefined) {
    turn.refuse(
      { code: "malformed", item: "alert.alert_id", message: "an alert needs a ULID, so that it can be acknowledged" },
      node.nodeId,
    );
    return;
  }
  turn.replies.push(
    encodeSapient(
      turn.state.self,
      turn.now,
      { case: "alertAck", value: { alertId, alertAckStatus: AlertAck_AlertAckStatus.ACCEPTED } },
      node.nodeId,
    ),
  );
  const level = ALERT_LEVEL[type ?? 0] ?? "alert";
  const text = sanitizeText(description ?? "", 200);
  node.counts.alerts += 1;
  node.alerts.unshift({ text: `alert (${level})${text === "" ? "" : `: ${text}`}`, at: turn.now });
  node.alerts.length = Math.min(node.alerts.length, MAX_ALERTS);
  turn.observations.push({ type: "status", sensorKey: node.nodeId, time, notes: notesOf(node, turn.now) });
}

/** Newest alerts of a node that are shown beside it. */
const MAX_ALERTS = 3;

/** "detection_report" for "detectionReport". */
const wordsOf = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function connectionOf(state: SapientState, id: number, now: Micros): ConnectionState | undefined {
  const known = state.connections.get(id);
  if (known !== undefined) return known;
  if (state.connections.size >= MAX_CONNECTIONS) {
    state.refusedConnections += 1;
    return undefined;
  }
  const created = createConnection(now);
  state.connections.set(id, created);
  return created;
}

function connectionChanged(
  state: SapientState,
  id: number,
  change: "opened" | "closed",
  now: Micros,
  _options: ProtocolOptions,
  identity?: readonly string[],
): Decoded {
  const observations: Observation[] = [];
  if (change === "opened") {
    const connection = connectionOf(state, id, now);
    if (connection !== undefined && identity !== undefined) {
      connection.authenticated = true;
      connection.provedNodeIds = identity
        .map((name) => normalizeUuid(name.replace(/^urn:uuid:/i, "")))
        .filter((nodeId) => nodeId !== undefined);
    }
    return { observations, errors: [], records: 0 };
  }
  state.connections.delete(id);
  for (const node of state.nodes.values()) {
    if (node.connection !== id) continue;
    node.connection = undefined;
    node.closedAt = now;
    if (!node.lost) {
      observations.push({
        type: "status",
        sensorKey: node.nodeId,
        time: undefined,
        state: "degraded",
        notes: ["its connection ended without a goodbye"],
      });
    }
  }
  return { observations, errors: [], records: 0 };
}

function tick(state: SapientState, now: Micros): Timed {
  const observations: Observation[] = [];
  const close: { connection: number; reason: string }[] = [];
  const replies: { connection: number; bytes: Uint8Array }[] = [];
  for (const node of [...state.nodes.values()]) {
    const before = taskNotes(node.tasks, now).join();
    replies.push(...tickTasks(state, node, now));
    if (node.tasks.length > 0 && taskNotes(node.tasks, now).join() !== before) observations.push(noteStatus(node, now));
    const patience = MISSED_REPORTS * INTERVAL_SLACK * node.contract.statusIntervalSeconds * 1e6;
    if (!node.lost && now - node.heardAt > patience) {
      node.lost = true;
      const silent = Math.round((now - node.heardAt) / 1e6);
      observations.push({
        type: "status",
        sensorKey: node.nodeId,
        time: undefined,
        state: "fault",
        notes: [`node lost: no status report for ${silent} s (promised every ${node.contract.statusIntervalSeconds} s)`],
      });
      // A dependent that falls silent does not take its parent's connection with it.
      if (node.connection !== undefined && state.connections.get(node.connection)?.nodeId === node.nodeId)
        close.push({ connection: node.connection, reason: `node ${node.nodeId} missed ${MISSED_REPORTS} status reports` });
    }
    // A connection that the shell could not close yet still counts as away from the moment the node was lost.
    if (node.closedAt !== undefined && now - node.closedAt > RETENTION) forgetNode(state, node.nodeId, "the node went away", now);
  }
  for (const [id, connection] of state.connections) {
    if (connection.nodeId === undefined && now - connection.openedAt > REGISTRATION_TIMEOUT) {
      close.push({ connection: id, reason: `no accepted registration within ${REGISTRATION_TIMEOUT / 1e6} s` });
      connection.openedAt = now;
    }
  }
  return { observations, errors: [], replies, close };
}

export const sapientProtocol: Protocol<SapientState> = {
  name: "sapient",
  createState: (options) => createSapientState(options.nodeId === undefined ? undefined : normalizeUuid(options.nodeId)),
  receive,
  connectionChanged,
  tick,
};
