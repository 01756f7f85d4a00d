// Single values of a payload where it lies in its frame. Octets that the sender cut off as trailing zeros read as zero.
// All are little-endian (mavlink.io, "Packet serialization").

import type { MessageDefinition } from "./messages.ts";

export interface Payload {
  readonly bytes: Uint8Array;
  /** First octet of the payload in `bytes`, and the one behind its last. */
  readonly payloadAt: number;
  readonly payloadEnd: number;
}

/** Offset of each field within the payload, by name. */
export function offsetsOf<Name extends string>(definition: MessageDefinition, ...names: Name[]): Record<Name, number> {
  const offsets = {} as Record<Name, number>;
  for (const field of definition.fields) if ((names as string[]).includes(field.name)) offsets[field.name as Name] = field.offset;
  return offsets;
}

export function uint8(payload: Payload, offset: number): number {
  const at = payload.payloadAt + offset;
  return at < payload.payloadEnd ? payload.bytes[at] : 0;
}

export function uint16(payload: Payload, offset: number): number {
  return uint8(payload, offset) | (uint8(payload, offset + 1) << 8);
}

export function int16(payload: Payload, offset: number): number {
  return (uint16(payload, offset) << 16) >> 16;
}

export function int32(payload: Payload, offset: number): number {
  const at = payload.payloadAt + offset;
  if (at + 4 <= payload.payloadEnd) {
    const { bytes } = payload;
    return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  }
  return uint16(payload, offset) | (uint16(payload, offset + 2) << 16);
}

export function uint32(payload: Payload, offset: number): number {
  return int32(payload, offset) >>> 0;
}

/** Exact up to 2^53. */
export function uint64(payload: Payload, offset: number): number {
  return uint32(payload, offset + 4) * 4_294_967_296 + uint32(payload, offset);
}

const scratch = new DataView(new ArrayBuffer(4));

/** May be NaN or infinite: whoever uses it checks. */
export function float32(payload: Payload, offset: number): number {
  scratch.setInt32(0, int32(payload, offset));
  return scratch.getFloat32(0);
}

/** A copy of `count` octets. */
export function octets(payload: Payload, offset: number, count: number): Uint8Array {
  const copy = new Uint8Array(count);
  const from = payload.payloadAt + offset;
  const to = Math.min(from + count, payload.payloadEnd);
  for (let i = from; i < to; i++) copy[i - from] = payload.bytes[i];
  return copy;
}

/** Octets up to the first NUL, as Latin letters and digits: what call signs and identifiers are made of. */
export function latin(payload: Payload, offset: number, count: number): string {
  let text = "";
  for (let i = 0; i < count; i++) {
    const octet = uint8(payload, offset + i);
    if (octet === 0) break;
    text += String.fromCharCode(octet);
  }
  return text;
}
