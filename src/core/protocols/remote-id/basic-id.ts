// Basic ID message, type 0x0. ASTM F3411-22a table 5.

import { toHex } from "../../base/hex.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { DecodeError } from "../decode-error.ts";
import { ID_LENGTH, readIdText } from "./odid-octets.ts";

const ITEM = "ODID Basic ID";

export const ID_KINDS = ["none", "serial", "caa-registration", "utm-assigned", "session"] as const;
export type IdKind = (typeof ID_KINDS)[number] | "reserved";

/** The standard's words for the type of unmanned aircraft, by number. */
export const UA_TYPES: readonly string[] = [
  "none",
  "aeroplane",
  "helicopter or multirotor",
  "gyroplane",
  "hybrid lift (VTOL)",
  "ornithopter",
  "glider",
  "kite",
  "free balloon",
  "captive balloon",
  "airship",
  "free fall or parachute",
  "rocket",
  "tethered powered aircraft",
  "ground obstacle",
  "other",
];

export interface BasicId {
  readonly kind: IdKind;
  /** As on the air: 0..15. */
  readonly idType: number;
  readonly uaType: number;
  /** Text, or lower-case hexadecimal octets for UTM identifiers and session identifiers; "" when none is given. */
  readonly id: string;
}

/** Reads the 25 octets at `offset`; the caller has checked that they are there. Refuses an identifier that is not printable. */
export function decodeBasicId(bytes: Uint8Array, offset: number): Result<BasicId, DecodeError> {
  const idType = bytes[offset + 1] >> 4;
  const uaType = bytes[offset + 1] & 15;
  const kind = (ID_KINDS[idType] ?? "reserved") as IdKind;
  let id = readIdText(bytes, offset + 2, ID_LENGTH);
  // A UTM identifier is a binary UUID and a session identifier starts with a binary type (1: IETF DRIP entity tag, 16 octets).
  // Devices also put text there; binary octets are shown as hexadecimal.
  if (kind === "utm-assigned" || kind === "session" || kind === "reserved") {
    if (id === undefined || id.length === 0) id = binaryId(bytes, offset + 2);
  }
  if (id === undefined) {
    return err({ code: "malformed", item: `${ITEM}.UASID`, message: "An identifier holds octets that are not printable text.", offset });
  }
  return ok({ kind, idType, uaType, id });
}

function binaryId(bytes: Uint8Array, offset: number): string {
  let end = ID_LENGTH;
  while (end > 0 && bytes[offset + end - 1] === 0) end--;
  return toHex(bytes.subarray(offset, offset + end));
}
