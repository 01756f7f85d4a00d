// The one shape of every protocol as the engine sees it: octets in, observations out, replies where the standard has them.

import type { Micros } from "../base/units.ts";
import type { Observation } from "../model/observation.ts";
import type { DecodeError } from "./decode-error.ts";

/** One framed unit of a source: a UDP payload, one Beast frame, one SAPIENT message without its length prefix. */
export interface Packet {
  /** Stamped by the shell when the octets arrived. */
  readonly receivedAt: Micros;
  /** Which connection of the source; 0 for datagrams and files. Counts up and is never reused within a journal. */
  readonly connection: number;
  readonly bytes: Uint8Array;
}

export interface Decoded {
  /** In the order of the octets. */
  readonly observations: Observation[];
  readonly errors: DecodeError[];
  /** Messages or records read, good ones only; for the rate shown beside a sensor. */
  readonly records: number;
  /** Octets to send back on the same connection (framed by the shell), for protocols that talk. */
  readonly replies?: Uint8Array[];
  /** The connection must be closed after the replies, with the reason for the operator. */
  readonly close?: string;
}

/** Settings of one source that a codec may use; names with units, from the site's configuration. */
export interface ProtocolOptions {
  /** Edition for each ASTERIX category and sensor, for example {"048": "1.32", "23/2:048": "1.23"}. */
  readonly editions?: Readonly<Record<string, string>>;
  /** Reference for protocols that need one (surface CPR), WGS84 radians. */
  readonly referenceLatitude?: number;
  readonly referenceLongitude?: number;
  /** What the six octets of time stamp in a Beast frame count; undefined means the usual 12 MHz counter. */
  readonly beastTimestamps?: "12mhz" | "gps";
  /** The shell refuses frames without a genuine signature before they get here (MAVLink with a key), so claims count as authenticated. */
  readonly signaturesVerified?: boolean;
  /** UUID of this Picket as SAPIENT fusion node. */
  readonly nodeId?: string;
  /** Text that a SAPIENT peer wants in `icd_version`. */
  readonly icdVersion?: string;
  /** Node ids that may connect; undefined allows all. */
  readonly allowedNodes?: readonly string[];
  readonly strict?: boolean;
  /** CoT uids that start with it are events of this site that a server sends back; they are refused. */
  readonly ownUidPrefix?: string;
}

/**
 * A protocol. `State` is plain data (objects, arrays, Maps, Sets, typed arrays, numbers, strings): it is part of the
 * picture, is snapshotted with it, and changes only in `receive`, `connectionChanged` and `tick`.
 */
export interface Protocol<State> {
  readonly name: string;
  createState(options: ProtocolOptions): State;
  /** Never throws for any octets. Work and memory are bounded by the packet's length and by stated limits of the state. */
  receive(state: State, packet: Packet, options: ProtocolOptions): Decoded;
  /**
   * A connection of the source was opened or closed; absent where the protocol does not care. `identity`: the names that the
   * other side proved with its certificate, absent where it proved nothing.
   */
  connectionChanged?(
    state: State,
    connection: number,
    change: "opened" | "closed",
    now: Micros,
    options: ProtocolOptions,
    identity?: readonly string[],
  ): Decoded;
  /** Time passes: about once a second. For time-outs. Replies are addressed by connection. */
  tick?(state: State, now: Micros, options: ProtocolOptions): Timed;
}

export interface Timed {
  readonly observations: Observation[];
  readonly errors: DecodeError[];
  readonly replies: { readonly connection: number; readonly bytes: Uint8Array }[];
  readonly close: { readonly connection: number; readonly reason: string }[];
}

/**
 * Cuts a byte stream into packets. Lives in the shell, one for each connection, so it may keep state in a closure.
 * Returned packets are copies or views that stay valid after the next call. Errors are counted by the shell, and the
 * stream goes on after resynchronising, unless `close` says that it cannot.
 */
export interface Framer {
  push(chunk: Uint8Array): { readonly packets: Uint8Array[]; readonly errors: DecodeError[]; readonly close?: string };
}
