// One message and what it leads to: observations, errors, replies, and sentences for the operator.

import type { Micros } from "../../base/units.ts";
import type { Observation, SensorStatus } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Decoded, Packet, ProtocolOptions } from "../protocol.ts";
import type { CoordinateWarning } from "./coordinates.ts";
import { encodeError } from "./encode.ts";
import { type ConnectionState, mayReplyError, type NodeState, noteFinding, notesOf, type SapientState } from "./state.ts";

/** Octets of an offending packet that are sent back; enough to find it in a log. */
const ECHO_LIMIT = 4_096;

/** What one message leads to, collected while it is read. */
export class Turn {
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
export const noteStatus = (node: NodeState, now: Micros): SensorStatus => ({
  type: "status",
  sensorKey: node.nodeId,
  time: undefined,
  notes: notesOf(node, now),
});
