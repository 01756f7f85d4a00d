// Self-ID message, type 0x3: free text of the pilot. ASTM F3411-22a table 9.

import { ok, type Result } from "../../base/result.ts";
import { decodeUtf8, sanitizeText } from "../../base/text.ts";
import type { DecodeError } from "../decode-error.ts";
import { readIdText } from "./odid-octets.ts";

const TEXT_LENGTH = 23;

export const DESCRIPTION_TYPES: readonly string[] = ["text", "emergency", "extended status"];

export interface SelfId {
  /** 0 text, 1 emergency, 2 extended status. */
  readonly descriptionType: number;
  /** Sanitised. The standard says ASCII; pilots write in their own language, so UTF-8 is read too. */
  readonly text: string;
}

/** Reads the 25 octets at `offset`; the caller has checked that they are there. */
export function decodeSelfId(bytes: Uint8Array, offset: number): Result<SelfId, DecodeError> {
  let text = readIdText(bytes, offset + 2, TEXT_LENGTH);
  if (text === undefined) {
    const field = bytes.subarray(offset + 2, offset + 2 + TEXT_LENGTH);
    const end = field.indexOf(0);
    text = sanitizeText(decodeUtf8(end < 0 ? field : field.subarray(0, end)));
  }
  return ok({ descriptionType: bytes[offset + 1], text });
}
