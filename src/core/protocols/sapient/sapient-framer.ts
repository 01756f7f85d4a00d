// SAPIENT over TCP: uint32 little-endian length of the payload, then one serialised SapientMessage, repeated.
// BSI Flex 335 v2.0 as the interface table has it; the length does not count itself.

import type { Framer } from "../protocol.ts";

/**
 * Largest message that is read. Dstl's Apex middleware closes at the same 1 MiB, so every node that lives behind Apex stays
 * below it; a larger cap would only be room for an attacker.
 */
export const SAPIENT_MAX_FRAME = 1_048_576;
export const SAPIENT_FRAME_PREFIX = 4; // octets
const PREFIX = SAPIENT_FRAME_PREFIX;

/** One frame: the length and the message. */
export function frameSapient(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(PREFIX + message.length);
  writeSapientFrame(frame, 0, message);
  return frame;
}

/** Writes one frame into `target` at `offset`, where there is room for it. */
export function writeSapientFrame(target: Uint8Array, offset: number, message: Uint8Array): void {
  const { length } = message;
  target[offset] = length & 255;
  target[offset + 1] = (length >>> 8) & 255;
  target[offset + 2] = (length >>> 16) & 255;
  target[offset + 3] = length >>> 24;
  target.set(message, offset + PREFIX);
}

/**
 * Cuts a TCP stream into messages. A length over `maxFrame` ends the stream before a single octet is reserved for it,
 * because nothing after it can be found again. A frame of length zero is passed on as an empty packet.
 *
 * Memory: at most one frame and one chunk; the buffer grows with what has arrived, not with what was announced.
 */
export function createSapientFramer(options: { maxFrame?: number } = {}): Framer {
  const maxFrame = options.maxFrame ?? SAPIENT_MAX_FRAME;
  let held = new Uint8Array(0); // capacity
  let size = 0; // octets of it that are in use
  let closed: string | undefined;

  function append(chunk: Uint8Array): void {
    if (size + chunk.length > held.length) {
      const grown = new Uint8Array(Math.max(size + chunk.length, Math.min(2 * held.length, maxFrame + PREFIX)));
      grown.set(held.subarray(0, size));
      held = grown;
    }
    held.set(chunk, size);
    size += chunk.length;
  }

  return {
    push(chunk) {
      if (closed !== undefined) return { packets: [], errors: [], close: closed };
      // Whole frames inside one chunk are cut without passing through the buffer.
      let bytes = chunk;
      if (size > 0) {
        append(chunk);
        bytes = held.subarray(0, size);
      }
      const packets: Uint8Array[] = [];
      let offset = 0;
      while (bytes.length - offset >= PREFIX) {
        const length = (bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24)) >>> 0;
        if (length > maxFrame) {
          const bigEndian = ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0;
          const hint =
            bigEndian <= maxFrame ? `; read as big-endian it would be ${bigEndian}, so the sender probably has the wrong byte order` : "";
          closed = `the length prefix says ${length} octets, the limit is ${maxFrame}${hint}`;
          held = new Uint8Array(0);
          size = 0;
          return {
            packets,
            errors: [{ code: "oversized", item: "frame length", message: closed, offset, needed: length, got: maxFrame }],
            close: closed,
          };
        }
        if (bytes.length - offset - PREFIX < length) break;
        packets.push(bytes.slice(offset + PREFIX, offset + PREFIX + length));
        offset += PREFIX + length;
      }
      const rest = bytes.length - offset;
      if (size > 0) {
        held.copyWithin(0, offset, size);
        size = rest;
        // A large frame leaves a large buffer behind; give it back once it is not needed.
        if (size === 0 && held.length > 65_536) held = new Uint8Array(0);
      } else if (rest > 0) append(bytes.subarray(offset));
      return { packets, errors: [] };
    },
  };
}
