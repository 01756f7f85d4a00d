// SAPIENT (BSI Flex 335 v2.0) as a fusion node: edge nodes connect, register, report. The session rules are SEQ-01 to
// SEQ-22 of docs/protocols/sapient.md; every answer is a function of the octets, the state and the given time.

import { create, fromBinary } from "@bufbuild/protobuf";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { encodeUtf8, sanitizeText } from "../../base/text.ts";
import { type Micros, micros, seconds } from "../../base/units.ts";
import type { Observation, SensorStatus, SensorTime } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Decoded, Packet, Protocol, ProtocolOptions, Timed } from "../protocol.ts";
import { DEFAULT_LATENCY_SECONDS, icdVersionOf, readRegistration } from "./contract.ts";
import type { CoordinateWarning, Place } from "./coordinates.ts";
import { readDetection } from "./detection.ts";
import { hasUnknownFields } from "./effector-guard.ts";
import { encodeError, encodeSapient, type SenderState } from "./encode.ts";
import { isUuid, normalizeUlid, normalizeUuid } from "./identifiers.ts";
import { checkMotion, createMotionState } from "./motion-check.ts";
import {
  Alert_AlertType,
  AlertAck_AlertAckStatus,
  RegistrationAckSchema,
  type SapientMessage,
  SapientMessageSchema,
  StatusReport_Info,
  StatusReport_System,
} from "./sapient-pb.gen.ts";
import {
  activeMode,
  type ConnectionState,
  createConnection,
  createSapientState,
  MAX_CONNECTIONS,
  MAX_NODES,
  MAX_REFUSED_CALLERS,
  mayReplyError,
  type NodeState,
  noteFinding,
  notesOf,
  type SapientState,
} from "./state.ts";
import { readStatus } from "./status.ts";
import { acknowledgeTask, cancelTasks, taskNotes, tickTasks } from "./tasking.ts";
import { validateMessage } from "./validate.ts";
import { upgradeVersionOne } from "./version-one.ts";
import { guardWire } from "./wire-guard.ts";

/** SEQ-07: so many status reports in a row may be missing, each with a tenth of slack as Dstl's tools allow. */
const MISSED_REPORTS = 3;
const INTERVAL_SLACK = 1.1;
/** SEQ-08. */
const RETENTION = 120_000_000;
/** A connection that says nothing we can use for so long is closed: it may be a port scan, or half open. */
const REGISTRATION_TIMEOUT = 60_000_000;
/** Clock differences that are worth a sentence. The engine estimates and removes the offset. */
const CLOCK_WARNING = 1_000_000;
/** Octets of an offending packet that are sent back; enough to find it in a log. */
const ECHO_LIMIT = 4_096;
const MAX_REASONS = 64;
/** Octets of a registration: what is remembered of it grows with it, and real ones have some kilobytes. */
const MAX_REGISTRATION = 262_144;

/** What one message leads to, collected while it is read. */
class Turn {
  readonly observations: Observation[] = [];
  readonly errors: DecodeError[] = [];
  readonly replies: Uint8Array[] = [];
  close: string | undefined;
  records = 0;

  readonly state: SapientState;
  readonly packet: Packet;
  readonly options: ProtocolOptions;
  readonly connection: ConnectionState;

  constructor(state: SapientState, packet: Packet, options: ProtocolOptions, connection: ConnectionState) {
    this.state = state;
    this.packet = packet;
    this.options = options;
    this.connection = connection;
  }

  get now(): Micros {
    return this.packet.receivedAt;
  }

  /** The packet is not accepted: counted, and told to the peer while its allowance lasts. */
  refuse(error: DecodeError, destination?: string): void {
    this.errors.push(error);
    this.records = 0;
    const speaker = this.connection.nodeId === undefined ? undefined : this.state.nodes.get(this.connection.nodeId);
    if (speaker !== undefined) {
      speaker.counts.refused += 1;
      if (noteFinding(speaker, error.item, error.message, "refused", this.now, this.packet.bytes)) this.announce = speaker;
    }
    if (!mayReplyError(this.connection, this.now)) return;
    const echo = this.packet.bytes.length <= ECHO_LIMIT ? this.packet.bytes : this.packet.bytes.subarray(0, ECHO_LIMIT);
    const reason = `${error.item}: ${error.message}`;
    this.replies.push(encodeError(this.state.self, this.now, echo, [reason], destination));
  }

  /** Something odd that was let through: counted on the node, shown with its status, and told at once when it is new. */
  warn(node: NodeState, warning: CoordinateWarning): void {
    const fresh = noteFinding(node, warning.item, warning.message, warning.repaired ? "repaired" : "warning", this.now, this.packet.bytes);
    if (warning.repaired) this.errors.push({ code: "inconsistent", item: warning.item, message: warning.message });
    if (fresh) this.announce = node;
  }

  announce: NodeState | undefined;

  done(): Decoded {
    if (this.announce !== undefined && !this.observations.some((observation) => observation.type === "status")) {
      this.observations.push(noteStatus(this.announce, this.now));
    }
    const { observations, errors, records, replies, close } = this;
    return { observations, errors, records, ...(replies.length === 0 ? {} : { replies }), ...(close === undefined ? {} : { close }) };
  }
}

/** A status that changes nothing but the sentences beside the sensor. */
const noteStatus = (node: NodeState, now: Micros): SensorStatus => ({
  type: "status",
  sensorKey: node.nodeId,
  time: undefined,
  notes: notesOf(node, now),
});

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
      if (report.info === StatusReport_Info.UNCHANGED) node.cached.statusUnchanged = keep(turn.packet.bytes);
      else node.cached.statusNew = keep(turn.packet.bytes);
      if (report.system === StatusReport_System.GOODBYE) {
        // SEQ-10: an orderly end. The registration is gone, and nobody is alarmed.
        turn.observations.push({ ...reading.status, state: "goodbye", notes: ["said goodbye"] });
        state.nodes.delete(nodeId);
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
function register(turn: Turn, nodeId: string, message: SapientMessage): void {
  const { state, connection, options, packet } = turn;
  if (message.content.case !== "registration") return;
  const registration = message.content.value;
  const acknowledge = (acceptance: boolean, reasons: readonly string[]) =>
    turn.replies.push(
      encodeRegistrationAck(state.self, turn.now, acceptance, reasons.slice(0, MAX_REASONS), nodeId, registration.icdVersion),
    );
  const reject = (code: DecodeError["code"], reasons: readonly string[]) => {
    acknowledge(false, reasons);
    turn.errors.push({ code, item: "registration", message: sanitizeText(reasons.join("; "), 400) });
    rememberRefusal(turn, nodeId, message, reasons);
    // SEQ-18: a refused registration ends what was agreed before.
    if (connection.nodeId === nodeId) {
      state.nodes.delete(nodeId);
      connection.nodeId = undefined;
    }
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
  if (speaker !== undefined && speaker.nodeId !== nodeId && !speaker.contract.dependentNodes.some((id) => normalizeUuid(id) === nodeId)) {
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
    // SEQ-12: between equals the newest wins; the operator is told, because it may be a spoof.
    if (theirs !== undefined) {
      theirs.barred = "another connection registered with its node id";
      theirs.nodeId = undefined;
      theirs.openedAt = turn.now;
    }
  }
  if (previous === undefined && state.nodes.size >= MAX_NODES && !forgetOneNode(state)) {
    state.refusedNodes += 1;
    reject("oversized", [`this fusion node already holds ${MAX_NODES} nodes`]);
    return;
  }

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
    findings: previous?.findings ?? new Map(),
    findingsForgotten: previous?.findingsForgotten ?? 0,
    notes: [],
    alerts: previous?.alerts ?? [],
    tasks: previous?.tasks ?? [],
    counts: previous?.counts ?? { statuses: 0, detections: 0, alerts: 0, refused: 0 },
    clock: { count: 0, sum: 0, min: 0, max: 0 },
    motion: createMotionState(),
    lastDetectionSentAt: undefined,
    lastReportId: "",
    cached: { registration: keep(packet.bytes), statusNew: undefined, statusUnchanged: undefined },
  };
  cancelTasks(node.tasks, "the node registered again", turn.now);
  state.nodes.set(nodeId, node);
  state.refusedCallers.delete(nodeId);
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
function forgetOneNode(state: SapientState): boolean {
  let oldest: NodeState | undefined;
  for (const node of state.nodes.values()) {
    if (node.closedAt !== undefined && (oldest === undefined || node.closedAt < oldest.closedAt!)) oldest = node;
  }
  if (oldest === undefined) return false;
  state.nodes.delete(oldest.nodeId);
  return true;
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
  if (connection.nodeId !== undefined) {
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
  connection.nodeId = nodeId;
  return node;
}

/** Time of sending with the promised latency; says when the node's clock is off. */
function sentTime(turn: Turn, node: NodeState, message: SapientMessage): SensorTime | undefined {
  const stamp = message.timestamp;
  if (stamp === undefined) return undefined;
  const at = micros(Number(stamp.seconds) * 1_000_000 + Math.floor(stamp.nanos / 1000));
  const offset = at - turn.now;
  if (!Number.isSafeInteger(at) || at < 0 || stamp.nanos < 0 || stamp.nanos > 999_999_999) {
    turn.warn(node, { item: "timestamp", message: "the time stamp is no instant; the time of arrival is used", repaired: true });
    return undefined;
  }
  const { clock } = node;
  clock.min = clock.count === 0 ? offset : Math.min(clock.min, offset);
  clock.max = clock.count === 0 ? offset : Math.max(clock.max, offset);
  clock.sum += offset;
  clock.count += 1;
  // The engine decides by the source's time basis whether to believe it: a recording is years old, and right.
  if (Math.abs(offset) > CLOCK_WARNING) {
    const late = offset < 0 ? "behind, or the link is that slow" : "ahead";
    turn.warn(node, {
      item: "timestamp",
      message: `the node's clock is ${durationText(Math.abs(offset))} ${late} (SEQ-22)`,
      repaired: false,
    });
  }
  return { kind: "sent", at, maximumLatency: seconds(activeMode(node)?.maximumLatencySeconds ?? DEFAULT_LATENCY_SECONDS) };
}

/** What only several messages together show: a place that never came, velocities that do not fit the motion. */
function checkGeometry(turn: Turn, node: NodeState, objectId: string, observation: Observation, time: SensorTime | undefined): void {
  if (observation.type !== "detection" && observation.type !== "source-track") return;
  const { measurement } = observation;
  if (measurement.kind === "polar" || measurement.kind === "bearing") {
    if (node.place === undefined) {
      turn.warn(node, {
        item: "status_report.node_location",
        message: "ranges and bearings without the node's own place; they need it, or its place in the site's configuration (SEQ-04)",
        repaired: false,
      });
    }
    if (measurement.north === "platform" && node.heading === undefined) {
      turn.warn(node, {
        item: "status_report.status",
        message: "azimuths count from the platform, and no status says its heading",
        repaired: false,
      });
    }
    return;
  }
  const odd = checkMotion(node.motion, objectId, measurement, time?.kind === "sent" ? time.at : undefined);
  if (odd !== undefined) turn.warn(node, { item: "detection_report.enu_velocity", message: odd, repaired: false });
}

const durationText = (duration: number) =>
  duration < 100_000_000
    ? `${Math.round(duration / 1000)} ms`
    : duration < 2 * 86_400_000_000
      ? `${Math.round(duration / 1e6)} s`
      : `${Math.round(duration / 86_400_000_000)} days`;

/** Registrations and status reports are kept for late comers up to this size; larger ones are not forwarded to them. */
const MAX_CACHED = 32_768; // octets
const keep = (bytes: Uint8Array): Uint8Array | undefined => (bytes.length <= MAX_CACHED ? bytes.slice() : undefined);

/** SEQ-05: said when a report comes later than promised with a tenth of slack. */
function checkStatusInterval(turn: Turn, node: NodeState): void {
  const gap = (turn.now - node.heardAt) / 1e6;
  const promised = node.contract.statusIntervalSeconds;
  if (gap > promised * INTERVAL_SLACK + 0.5) {
    turn.warn(node, {
      item: "status_report",
      message: `a status report ${Math.round(gap * 10) / 10} s after the last, promised every ${promised} s (SEQ-05)`,
      repaired: false,
    });
  }
}

/** SEQ-22 and the identity of reports: time that runs backwards, and a report_id used twice. */
function checkDetectionSequence(turn: Turn, node: NodeState, reportId: string, time: SensorTime | undefined): void {
  if (reportId !== "" && reportId === node.lastReportId) {
    turn.warn(node, {
      item: "detection_report.report_id",
      message: "the same report_id as the report before: each message needs its own",
      repaired: false,
    });
  }
  node.lastReportId = reportId.slice(0, 32);
  const at = time?.kind === "sent" ? time.at : undefined;
  if (at !== undefined && node.lastDetectionSentAt !== undefined && at < node.lastDetectionSentAt) {
    turn.warn(node, {
      item: "timestamp",
      message: "detections run backwards in time; Apex middleware would drop them (SEQ-22)",
      repaired: false,
    });
  }
  node.lastDetectionSentAt = at ?? node.lastDetectionSentAt;
}

function referenceOf(node: NodeState, options: ProtocolOptions): Place | undefined {
  if (node.place !== undefined) return node.place;
  const { referenceLatitude, referenceLongitude } = options;
  return referenceLatitude === undefined || referenceLongitude === undefined
    ? undefined
    : { latitude: referenceLatitude, longitude: referenceLongitude };
}

/** SEQ-04, 06, 14, 15. */
function checkStatusSequence(turn: Turn, node: NodeState, system: number, info: number, mode: string | undefined): void {
  if (info === StatusReport_Info.UNCHANGED && !node.hadNewStatus) {
    turn.warn(node, { item: "status_report.info", message: "UNCHANGED before the first NEW report (SEQ-06)", repaired: false });
  } else if (info === StatusReport_Info.UNCHANGED && node.system !== undefined && node.system !== system) {
    turn.warn(node, { item: "status_report.info", message: "UNCHANGED although the system state changed (SEQ-06)", repaired: false });
  }
  node.hadNewStatus = true;
  node.system = system;
  if (mode === undefined || mode === "") return;
  if (node.contract.modes.some((declared) => declared.name === mode)) node.mode = mode;
  else {
    turn.warn(node, {
      item: "status_report.mode",
      message: `mode "${sanitizeText(mode, 48)}" is not declared in the registration (SEQ-14)`,
      repaired: false,
    });
  }
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
    turn.records = 0;
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
    if (node.closedAt !== undefined && now - node.closedAt > RETENTION) state.nodes.delete(node.nodeId);
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
