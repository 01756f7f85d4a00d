// One Open Drone ID transmission: a single message of 25 octets, or a message pack (type 0xF) of one to nine of them.
// ASTM F3411-22a table 4 (header) and table 12 (message pack).

import { err, ok, type Result } from "../../base/result.ts";
import type { DecodeError } from "../decode-error.ts";
import { type AuthenticationPage, decodeAuthentication } from "./authentication.ts";
import { type BasicId, decodeBasicId } from "./basic-id.ts";
import { decodeLocation, type Location } from "./location.ts";
import { MESSAGE_LENGTH } from "./odid-octets.ts";
import { decodeOperatorId, type OperatorId } from "./operator-id.ts";
import { decodeSelfId, type SelfId } from "./self-id.ts";
import { decodeSystem, type SystemMessage } from "./system.ts";

export const PACK_HEADER = 3;
export const PACK_MAX_MESSAGES = 9;
const TYPE_PACK = 0xf;

/** What one transmission says. A later message of a kind replaces an earlier one of the same pack; identifiers and pages add up. */
export interface OdidTransmission {
  /** Of the pack, or of the single message: 0 F3411-19, 1 prEN 4709-002, 2 F3411-22a. */
  readonly version: number;
  readonly pack: boolean;
  /** Messages read. */
  messages: number;
  readonly basicIds: BasicId[];
  location?: Location;
  readonly authentication: AuthenticationPage[];
  selfId?: SelfId;
  system?: SystemMessage;
  operatorId?: OperatorId;
}

/**
 * Reads one transmission at `offset`. Octets after it are padding and are left alone. Never throws.
 *
 * One wrong message refuses the whole transmission: its octets came in one frame, so the others cannot be trusted either.
 * An empty pack (count 0), which devices send before they know anything, is refused as `malformed`.
 */
export function decodeOdid(bytes: Uint8Array, offset = 0): Result<OdidTransmission, DecodeError> {
  if (bytes.length <= offset) return err(truncated("ODID message", offset, 1, 0));
  const type = bytes[offset] >> 4;
  const version = bytes[offset] & 15;
  const transmission: OdidTransmission = { version, pack: type === TYPE_PACK, messages: 0, basicIds: [], authentication: [] };
  if (type !== TYPE_PACK) {
    const error = decodeMessage(bytes, offset, transmission);
    return error === undefined ? ok(transmission) : err(error);
  }
  const got = bytes.length - offset;
  if (got < PACK_HEADER) return err(truncated("ODID pack", offset, PACK_HEADER, got));
  const size = bytes[offset + 1];
  const count = bytes[offset + 2];
  if (size !== MESSAGE_LENGTH) {
    return err({
      code: "malformed",
      item: "ODID pack.SingleMessageSize",
      message: `A pack says that its messages have ${size} octets; they have 25.`,
      offset: offset + 1,
    });
  }
  if (count < 1 || count > PACK_MAX_MESSAGES) {
    return err({
      code: "malformed",
      item: "ODID pack.MsgPackSize",
      message: count === 0 ? "A pack holds no message." : `A pack says that it holds ${count} messages; nine are the most.`,
      offset: offset + 2,
    });
  }
  const needed = PACK_HEADER + count * MESSAGE_LENGTH;
  if (got < needed) return err(truncated("ODID pack", offset, needed, got));
  for (let i = 0; i < count; i++) {
    const at = offset + PACK_HEADER + i * MESSAGE_LENGTH;
    if (bytes[at] >> 4 === TYPE_PACK) {
      return err({ code: "malformed", item: "ODID pack", message: "A pack holds another pack.", offset: at });
    }
    const error = decodeMessage(bytes, at, transmission);
    if (error !== undefined) return err(error);
  }
  return ok(transmission);
}

/** Adds the message at `offset` to `transmission`; returns why it was refused. */
function decodeMessage(bytes: Uint8Array, offset: number, transmission: OdidTransmission): DecodeError | undefined {
  const got = bytes.length - offset;
  if (got < MESSAGE_LENGTH) return truncated("ODID message", offset, MESSAGE_LENGTH, got);
  transmission.messages += 1;
  const type = bytes[offset] >> 4;
  switch (type) {
    case 0: {
      const read = decodeBasicId(bytes, offset);
      if (!read.ok) return read.error;
      transmission.basicIds.push(read.value);
      return undefined;
    }
    case 1: {
      const read = decodeLocation(bytes, offset);
      if (!read.ok) return read.error;
      transmission.location = read.value;
      return undefined;
    }
    case 2: {
      const read = decodeAuthentication(bytes, offset);
      if (!read.ok) return read.error;
      transmission.authentication.push(read.value);
      return undefined;
    }
    case 3: {
      const read = decodeSelfId(bytes, offset);
      if (!read.ok) return read.error;
      transmission.selfId = read.value;
      return undefined;
    }
    case 4: {
      const read = decodeSystem(bytes, offset);
      if (!read.ok) return read.error;
      transmission.system = read.value;
      return undefined;
    }
    case 5: {
      const read = decodeOperatorId(bytes, offset);
      if (!read.ok) return read.error;
      transmission.operatorId = read.value;
      return undefined;
    }
    default:
      return { code: "unsupported", item: "ODID message", message: `Message type ${type} is not one of the standard's.`, offset };
  }
}

function truncated(item: string, offset: number, needed: number, got: number): DecodeError {
  return { code: "truncated", item, message: `${item} needs ${needed} octets, got ${got}.`, offset, needed, got };
}
