// Operator ID message, type 0x5. ASTM F3411-22a table 11.

import { err, ok, type Result } from "../../base/result.ts";
import type { DecodeError } from "../decode-error.ts";
import { ID_LENGTH, readIdText } from "./odid-octets.ts";

export interface OperatorId {
  /** 0 operator ID; others are reserved or private. */
  readonly operatorIdType: number;
  readonly id: string;
}

/** Reads the 25 octets at `offset`; the caller has checked that they are there. Refuses an identifier that is not printable. */
export function decodeOperatorId(bytes: Uint8Array, offset: number): Result<OperatorId, DecodeError> {
  const id = readIdText(bytes, offset + 2, ID_LENGTH);
  if (id === undefined) {
    return err({
      code: "malformed",
      item: "ODID Operator ID.OperatorId",
      message: "An operator identifier holds octets that are not printable text.",
      offset,
    });
  }
  return ok({ operatorIdType: bytes[offset + 1], id });
}
