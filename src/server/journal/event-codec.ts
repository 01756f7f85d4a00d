// PictureEvent <-> the payload of an MCAP message. Packets keep their raw octets, so that any MCAP tool shows what a sensor sent.

import { assert } from "../../core/base/assert.ts";
import { decodeUtf8Strict, encodeUtf8 } from "../../core/base/text.ts";
import type { Micros } from "../../core/base/units.ts";
import type { PictureEvent } from "../../core/model/event.ts";
import { CONNECTION_PREFIX, ENCODING, TOPIC } from "./format.ts";

const NO_OCTETS = new Uint8Array(0);

/** Payload in two pieces, so that a packet's octets are not copied twice. */
export interface EventPayload {
  readonly topic: string;
  readonly encoding: string;
  readonly prefix: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * The event exactly as the journal will give it back. The server steps this one and not the original, so that a replay sees
 * the same values: members that are undefined are gone, octets are a plain Uint8Array, minus zero is zero.
 *
 * Asserts on NaN and infinities, which JSON would turn into null.
 */
export function asJournalled<Event extends PictureEvent>(event: Event): Event {
  if (event.type === "packet") {
    const { bytes } = event;
    if (Object.getPrototypeOf(bytes) === Uint8Array.prototype) return event;
    return { ...event, bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  }
  return JSON.parse(eventText(event)) as Event;
}

function eventText(event: PictureEvent): string {
  return JSON.stringify(event, (_, value: unknown) => {
    assert(typeof value !== "number" || Number.isFinite(value), `a ${event.type} event with a number that JSON cannot say`);
    return value;
  });
}

/** Asserts on what `asJournalled` asserts on, and on a connection number beyond 32 bits. */
export function encodeEvent(event: PictureEvent): EventPayload {
  if (event.type !== "packet") {
    const topic = event.type === "command" ? TOPIC.decisions : TOPIC.events;
    return { topic, encoding: ENCODING.json, prefix: NO_OCTETS, body: encodeUtf8(eventText(event)) };
  }
  const topic = TOPIC.source + event.sourceId;
  if (event.connection === 0) return { topic, encoding: ENCODING.packet, prefix: NO_OCTETS, body: event.bytes };
  assert(event.connection > 0 && event.connection <= 0xffff_ffff, "connections are counted in 32 bits");
  const prefix = new Uint8Array(CONNECTION_PREFIX);
  new DataView(prefix.buffer).setUint32(0, event.connection);
  return { topic: `${topic}/stream`, encoding: ENCODING.connectionPacket, prefix, body: event.bytes };
}

/** What a channel's metadata says of a source; undefined for other channels. */
export interface SourceChannel {
  readonly sourceId: string;
  readonly stream: boolean;
}

const EVENT_TYPES = [
  "configure",
  "connection",
  "source-counts",
  "source-state",
  "tick",
  "command",
  "camera-state",
  "slew-result",
  "receipt",
  "health",
  "set-aside",
  "gap",
];

/** The packet in a message of a source's channel; undefined when a stream's connection number is missing. */
export function decodePacket(channel: SourceChannel, sequence: number, at: number, payload: Uint8Array): PictureEvent | undefined {
  if (!channel.stream) return { type: "packet", sequence, at: at as Micros, sourceId: channel.sourceId, connection: 0, bytes: payload };
  if (payload.length < CONNECTION_PREFIX) return undefined;
  const connection = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
  const bytes = payload.subarray(CONNECTION_PREFIX);
  return { type: "packet", sequence, at: at as Micros, sourceId: channel.sourceId, connection, bytes };
}

/** The event in a JSON payload; undefined when it is none, or not that of this sequence and time. */
export function decodeEvent(sequence: number, at: number, payload: Uint8Array): PictureEvent | undefined {
  const text = decodeUtf8Strict(payload);
  if (text === undefined) return undefined;
  try {
    const event = JSON.parse(text) as PictureEvent;
    return EVENT_TYPES.includes(event.type) && event.sequence === sequence && event.at === at ? event : undefined;
  } catch {
    return undefined; // not JSON, or null
  }
}
