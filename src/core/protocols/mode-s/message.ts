// One Mode S downlink message: its format, whose it is, and its fields.
// ICAO Annex 10 volume IV, 3.1.2.3 to 3.1.2.8 and 4.3.8.4 (DF0, DF16).

import { err, ok, type Result } from "../../base/result.ts";
import type { Metres } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { decodeAltitude13 } from "./altitude-code.ts";
import { parityResidual } from "./crc.ts";
import { decodeSquawk } from "./identity-code.ts";

export const SHORT_LENGTH = 7;
export const LONG_LENGTH = 14;

/** How the address of a message is known. */
export type AddressSource =
  /** In clear, and the parity holds: DF11 with interrogator code 0, DF17, DF18, DF19. */
  | "parity"
  /** In clear, but a DF11 answers an interrogator whose code lies over seven bits of the parity. */
  | "interrogator"
  /** Laid over the parity: any noise gives one, so it counts only for an address known otherwise. */
  | "overlay";

export interface Header {
  /** 0, 4, 5, 11, 16, 17, 18, 19, 20, 21 or 24. */
  readonly format: number;
  readonly address: number;
  readonly addressSource: AddressSource;
}

const LONG_FROM = 16;

/**
 * Reads format and address of the message at `offset`, `length` octets long, and checks its parity.
 *
 * No bit is ever corrected: correction turns noise into aircraft that do not exist.
 */
export function decodeHeader(bytes: Uint8Array, offset: number, length: number): Result<Header, DecodeError> {
  if (length < SHORT_LENGTH) {
    return err({ code: "truncated", item: "Mode S", message: "a Mode S message has 7 or 14 octets", needed: SHORT_LENGTH, got: length });
  }
  const first = bytes[offset] >> 3;
  const format = first >= 24 ? 24 : first; // DF24 has two bits of format only
  const needed = format >= LONG_FROM ? LONG_LENGTH : SHORT_LENGTH;
  if (length < needed) {
    return err({ code: "truncated", item: `DF${format}`, message: `DF${format} has ${needed} octets`, needed, got: length });
  }
  if (length !== needed) {
    return err({ code: "malformed", item: `DF${format}`, message: `DF${format} has ${needed} octets, not ${length}`, needed, got: length });
  }
  switch (format) {
    case 17:
    case 18:
    case 19: {
      if (parityResidual(bytes, offset, length) !== 0) return err(badParity(format));
      return ok({ format, address: clearAddress(bytes, offset), addressSource: "parity" });
    }
    case 11: {
      const residual = parityResidual(bytes, offset, length);
      if (residual > 0x7f) return err(badParity(format)); // CL and IC fields: 7 bits
      return ok({ format, address: clearAddress(bytes, offset), addressSource: residual === 0 ? "parity" : "interrogator" });
    }
    case 0:
    case 4:
    case 5:
    case 16:
    case 20:
    case 21:
    case 24:
      return ok({ format, address: parityResidual(bytes, offset, length), addressSource: "overlay" });
    default:
      return err({ code: "unsupported", item: `DF${format}`, message: `downlink format ${format} is not in use` });
  }
}

const clearAddress = (bytes: Uint8Array, offset: number) => (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3];

const badParity = (format: number): DecodeError => ({
  code: "checksum",
  item: `DF${format}`,
  message: `the parity of a DF${format} message does not hold; it was dropped, not corrected`,
});

/** 13 bits of AC or ID, bits 20 to 32 of DF0, 4, 5, 16, 20 and 21. */
export const codeField = (bytes: Uint8Array, offset: number): number => ((bytes[offset + 2] & 0x1f) << 8) | bytes[offset + 3];

/** Pressure altitude of DF0, 4, 16 and 20. */
export const replyAltitude = (bytes: Uint8Array, offset: number): Metres | undefined =>
  decodeAltitude13(codeField(bytes, offset))?.altitude;

/** Mode A code of DF5 and DF21. */
export const replySquawk = (bytes: Uint8Array, offset: number): string => decodeSquawk(codeField(bytes, offset));

/** Whether the aircraft says that it stands on the ground; undefined when it does not say. */
export function replyOnGround(format: number, bytes: Uint8Array, offset: number): boolean | undefined {
  const three = bytes[offset] & 7;
  switch (format) {
    case 0:
    case 16:
      return (three & 4) !== 0; // VS, bit 6
    case 4:
    case 5:
    case 20:
    case 21: // FS: 0 and 2 airborne, 1 and 3 on the ground, 4 and 5 either
      if (three === 0 || three === 2) return false;
      return three === 1 || three === 3 ? true : undefined;
    case 11:
    case 17: // CA: 4 on the ground, 5 airborne
      if (three === 4) return true;
      return three === 5 ? false : undefined;
    default:
      return undefined;
  }
}

/** Flight status 4 or 5: the pilot pressed "ident". 2, 3 and 4: alert, the Mode A code changed or is an emergency. */
export const flightStatus = (bytes: Uint8Array, offset: number): number => bytes[offset] & 7;

/** Six hexadecimal digits. */
export const addressHex = (address: number): string => address.toString(16).padStart(6, "0");
