// Authentication message, type 0x2: one page of at most sixteen. ASTM F3411-22a tables 7 and 8. Picket keeps the pages as evidence
// and verifies no signature, so nothing here ever makes a claim "authenticated".

import { err, ok, type Result } from "../../base/result.ts";
import type { DecodeError } from "../decode-error.ts";
import { EPOCH_2019_SECONDS, uint32 } from "./odid-octets.ts";

const ITEM = "ODID Authentication";
const PAGE_ZERO_LENGTH = 17;
const PAGE_LENGTH = 23;

export const AUTHENTICATION_TYPES: readonly string[] = [
  "none",
  "UAS ID signature",
  "operator ID signature",
  "message set signature",
  "network remote ID",
  "specific method",
];

export interface AuthenticationPage {
  readonly authenticationType: number;
  readonly page: number;
  /** Page 0 only. */
  readonly lastPage?: number;
  /** Octets in all pages; page 0 only. */
  readonly length?: number;
  /** Seconds since the Unix epoch; page 0 only; undefined when the field is zero. */
  readonly unixSeconds?: number;
  /** 17 octets on page 0, 23 on the others; a copy. */
  readonly octets: Uint8Array;
}

/** Reads the 25 octets at `offset`; the caller has checked that they are there. Refuses lengths that its pages cannot hold. */
export function decodeAuthentication(bytes: Uint8Array, offset: number): Result<AuthenticationPage, DecodeError> {
  const authenticationType = bytes[offset + 1] >> 4;
  const page = bytes[offset + 1] & 15;
  if (page > 0) return ok({ authenticationType, page, octets: bytes.slice(offset + 2, offset + 2 + PAGE_LENGTH) });
  const lastPage = bytes[offset + 2];
  const length = bytes[offset + 3];
  if (lastPage > 15 || length > PAGE_ZERO_LENGTH + lastPage * PAGE_LENGTH) {
    return err({
      code: "inconsistent",
      item: `${ITEM}.Length`,
      message: `${length} octets of authentication do not fit in pages 0 to ${lastPage} (15 at most).`,
      offset: offset + 2,
    });
  }
  const time = uint32(bytes, offset + 4);
  return ok({
    authenticationType,
    page,
    lastPage,
    length,
    unixSeconds: time === 0 ? undefined : EPOCH_2019_SECONDS + time,
    octets: bytes.slice(offset + 8, offset + 8 + PAGE_ZERO_LENGTH),
  });
}
