// One MAVLink frame. mavlink.io, "Packet serialization" (version 1: 0xfe, version 2: 0xfd) and "Message signing".

import type { DecodeError } from "../decode-error.ts";
import { addToCrc, CRC_START, crcOf } from "./crc.ts";
import { MESSAGES, type MessageDefinition } from "./messages.ts";
import type { Payload } from "./payload.ts";

export const STX_1 = 0xfe;
export const STX_2 = 0xfd;
const HEADER_1 = 6;
const HEADER_2 = 10;
const CRC_LENGTH = 2;
export const SIGNATURE_LENGTH = 13;
const FLAG_SIGNED = 0x01;
/** 10 + 255 + 2 + 13 octets. */
export const MAX_FRAME = 280;

export interface MavlinkFrame extends Payload {
  readonly version: 1 | 2;
  readonly sequence: number;
  readonly system: number;
  readonly component: number;
  readonly messageId: number;
  /** Undefined for messages that Picket does not read; their checksum cannot be checked. */
  readonly definition: MessageDefinition | undefined;
  readonly signed: boolean;
  /** Octets of the whole frame. */
  readonly length: number;
}

export type FrameResult =
  | { readonly kind: "frame"; readonly frame: MavlinkFrame }
  /** More octets are needed to say. */
  | { readonly kind: "incomplete"; readonly needed: number }
  /** `skip`: octets to leave out before looking for the next frame. */
  | { readonly kind: "refused"; readonly error: DecodeError; readonly skip: number };

/** Reads the frame that starts at `offset`, where 0xfe or 0xfd stands. Nothing is allocated before the length is known to be there. */
export function readFrame(bytes: Uint8Array, offset: number): FrameResult {
  const available = bytes.length - offset;
  const two = bytes[offset] === STX_2;
  const header = two ? HEADER_2 : HEADER_1;
  if (available < header) return { kind: "incomplete", needed: header };
  const payloadLength = bytes[offset + 1];
  const flags = two ? bytes[offset + 2] : 0;
  const signed = (flags & FLAG_SIGNED) !== 0;
  const length = header + payloadLength + CRC_LENGTH + (signed ? SIGNATURE_LENGTH : 0);
  if (available < length) return { kind: "incomplete", needed: length };
  if ((flags & ~FLAG_SIGNED) !== 0) {
    const error: DecodeError = {
      code: "unsupported",
      item: "MAVLink incompatibility flags",
      message: `a frame with incompatibility flags 0x${flags.toString(16)} was dropped: only signing is understood`,
      offset: offset + 2,
    };
    return { kind: "refused", error, skip: length };
  }
  const messageId = two ? bytes[offset + 7] | (bytes[offset + 8] << 8) | (bytes[offset + 9] << 16) : bytes[offset + 5];
  const definition = MESSAGES.get(messageId);
  const payloadAt = offset + header;
  if (definition !== undefined) {
    const crc = addToCrc(crcOf(bytes, offset + 1, payloadAt + payloadLength, CRC_START), definition.crcExtra);
    const sent = bytes[payloadAt + payloadLength] | (bytes[payloadAt + payloadLength + 1] << 8);
    if (crc !== sent) {
      const error: DecodeError = {
        code: "checksum",
        item: `MAVLink ${definition.name}`,
        message: `the checksum of a ${definition.name} does not hold`,
        offset,
      };
      return { kind: "refused", error, skip: 1 };
    }
    if (!two && payloadLength !== definition.baseLength) {
      const error: DecodeError = {
        code: payloadLength < definition.baseLength ? "truncated" : "malformed",
        item: `MAVLink ${definition.name}`,
        message: `a version 1 ${definition.name} has ${definition.baseLength} octets`,
        offset,
        needed: definition.baseLength,
        got: payloadLength,
      };
      return { kind: "refused", error, skip: length };
    }
  }
  const at = two ? offset + 4 : offset + 2;
  return {
    kind: "frame",
    frame: {
      version: two ? 2 : 1,
      sequence: bytes[at],
      system: bytes[at + 1],
      component: bytes[at + 2],
      messageId,
      definition,
      bytes,
      payloadAt,
      payloadEnd: payloadAt + payloadLength,
      signed,
      length,
    },
  };
}

const isStart = (octet: number | undefined) => octet === STX_1 || octet === STX_2;

/**
 * Finds the frames in `bytes` in order and calls `found` for each with its offset. Returns how many octets are done with; the
 * rest is a frame that is not complete. Where nothing more will come (`last`, a datagram) that is told as "truncated", and the
 * search goes on inside it: the start may have been noise.
 *
 * A frame whose message is unknown has no checksum that could be checked, so it counts only when another frame, or nothing,
 * follows it. Octets that belong to no frame are told once a run, and not at all after a refused frame, which was told.
 */
export function scanFrames(
  bytes: Uint8Array,
  found: (frame: MavlinkFrame, offset: number) => void,
  errors: DecodeError[],
  last: boolean,
): number {
  let position = 0;
  let strayed = 0;
  let told = false;
  let cut = false;
  while (position < bytes.length) {
    if (!isStart(bytes[position])) {
      strayed += 1;
      position += 1;
      continue;
    }
    const result = readFrame(bytes, position);
    if (result.kind === "incomplete") {
      if (!last) break;
      if (!cut) {
        cut = true;
        errors.push({
          code: "truncated",
          item: "MAVLink frame",
          message: "the packet ends inside a frame",
          offset: position,
          needed: result.needed,
          got: bytes.length - position,
        });
      }
      told = true;
      strayed += 1;
      position += 1;
      continue;
    }
    if (result.kind === "refused") {
      // Inside a run of strays every 0xfe looks like a start; only the first refusal is news.
      if (strayed === 0) {
        errors.push(result.error);
        told = true;
      }
      strayed += result.skip;
      position += result.skip;
      continue;
    }
    const { frame } = result;
    const after = position + frame.length;
    if (frame.definition === undefined && after < bytes.length && !isStart(bytes[after])) {
      strayed += 1;
      position += 1;
      continue;
    }
    if (strayed > 0) {
      if (!told) errors.push(stray(strayed, position));
      strayed = 0;
      told = false;
    }
    found(frame, position);
    position = after;
  }
  if (strayed > 0 && !told) errors.push(stray(strayed, position));
  return position;
}

const stray = (count: number, offset: number): DecodeError => ({
  code: "malformed",
  item: "MAVLink stream",
  message: `${count} octets outside any frame were skipped`,
  offset,
  got: count,
});
