// How the two ends of a TCP or TLS stream agree to leave XML for TAK protocol version 1. The server announces what it speaks
// (t-x-takp-v), the client asks (t-x-takp-q) and then sends nothing until the server answers (t-x-takp-r); both change after the
// answer. Each waits a minute at most. Facts from the protocol text in ATAK-CIV's commoncommo, in our own words.
// Pure: the shell sends what is returned and holds events back while `waiting`.

import { encodeUtf8 } from "../../base/text.ts";
import { MICROS_PER_SECOND, type Micros, micros } from "../../base/units.ts";
import type { CotEvent } from "../cot/cot-event.ts";
import { encodeCotXml } from "../cot/encode.ts";
import { attributeOf, childOf, type XmlElement } from "../cot/xml.ts";
import { encodeTakStream } from "./tak-encode.ts";

export const NEGOTIATION_TIMEOUT = 60 * MICROS_PER_SECOND; // us
const TYPE_VERSIONS = "t-x-takp-v";
const TYPE_REQUEST = "t-x-takp-q";
const TYPE_RESPONSE = "t-x-takp-r";
const VERSION = "1";

/** One end of one connection. Plain data. */
export interface TakStream {
  readonly role: "client" | "server";
  /** What this end sends now. `waiting`: nothing may be sent. */
  mode: "xml" | "waiting" | "protobuf";
  since: Micros;
}

export const createTakStream = (role: TakStream["role"], now: Micros): TakStream => ({ role, mode: "xml", since: now });

/** What a server says first on a new connection. */
export const announcement = (now: Micros): Uint8Array => control(TYPE_VERSIONS, "TakProtocolSupport", ["version", VERSION], now);

export interface NegotiationStep {
  /** Octets to send at once, before anything else. */
  readonly reply?: Uint8Array;
  /** The event belonged to the negotiation. */
  readonly handled: boolean;
  /** The connection cannot go on. */
  readonly close?: string;
}

/** Takes one event that the other end sent. */
export function negotiate(stream: TakStream, event: CotEvent, now: Micros): NegotiationStep {
  const part = childOf(event.detail, "TakControl");
  if (event.type === TYPE_VERSIONS) {
    const offers =
      part?.children.some((child) => child.name === "TakProtocolSupport" && attributeOf(child, "version") === VERSION) ?? false;
    if (stream.role !== "client" || stream.mode !== "xml" || !offers) return { handled: true };
    stream.mode = "waiting";
    stream.since = now;
    return { handled: true, reply: control(TYPE_REQUEST, "TakRequest", ["version", VERSION], now) };
  }
  if (event.type === TYPE_REQUEST) {
    if (stream.role !== "server" || stream.mode !== "xml") return { handled: true };
    const granted = attributeOf(childOf(part, "TakRequest"), "version") === VERSION;
    const reply = control(TYPE_RESPONSE, "TakResponse", ["status", granted ? "true" : "false"], now);
    if (granted) stream.mode = "protobuf";
    return { handled: true, reply };
  }
  if (event.type === TYPE_RESPONSE) {
    if (stream.role !== "client" || stream.mode !== "waiting") return { handled: true };
    stream.mode = attributeOf(childOf(part, "TakResponse"), "status") === "true" ? "protobuf" : "xml";
    stream.since = now;
    return { handled: true };
  }
  return { handled: false };
}

/** Time passes: a server that never answers leaves the two ends in doubt about the form, so the connection starts anew. */
export function negotiationTick(stream: TakStream, now: Micros): { readonly close?: string } {
  if (stream.mode !== "waiting" || now - stream.since < NEGOTIATION_TIMEOUT) return {};
  return { close: "The TAK server did not answer the request for protocol version 1 within a minute." };
}

/** An event in the form that was agreed; undefined while nothing may be sent. */
export function encodeForStream(stream: TakStream, event: CotEvent): Uint8Array | undefined {
  if (stream.mode === "waiting") return undefined;
  return stream.mode === "xml" ? encodeUtf8(encodeCotXml(event)) : encodeTakStream(event);
}

function control(type: string, name: string, attribute: [string, string], now: Micros): Uint8Array {
  const inner: XmlElement = { name, attributes: [attribute], children: [], text: "" };
  const takControl: XmlElement = { name: "TakControl", attributes: [], children: [inner], text: "" };
  return encodeUtf8(
    encodeCotXml({
      uid: "protouid",
      type,
      how: "m-g",
      time: now,
      start: now,
      stale: micros(now + NEGOTIATION_TIMEOUT),
      point: { latitudeDegrees: 0, longitudeDegrees: 0, hae: undefined },
      detail: { name: "detail", attributes: [], children: [takControl], text: "" },
    }),
  );
}
