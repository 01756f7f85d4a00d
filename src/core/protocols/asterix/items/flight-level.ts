// Flight levels: quarters of a flight level (25 ft), pressure altitude against 1013.25 hPa, two's complement.
// I048/090, I001/090, I010/090, I020/090: V, G and 14 bits. I062/136, I021/145: 16 bits.

import { METRES_PER_FOOT, metres } from "../../../base/units.ts";
import type { Height } from "../../../model/observation.ts";

const LSB = 25 * METRES_PER_FOOT; // m; the standard counts 1/4 FL

const NOT_VALIDATED = 0x80;
const GARBLED = 0x40;

/** Pressure altitude of a level with V and G flags; undefined when it is not validated or garbled. FL -1 is negative. */
export function readFlaggedFlightLevel(bytes: Uint8Array, offset: number): Height | undefined {
  if ((bytes[offset] & (NOT_VALIDATED | GARBLED)) !== 0) return undefined;
  const raw = (bytes[offset] & 0x3f) * 256 + bytes[offset + 1];
  return { kind: "pressure", value: metres((raw >= 0x2000 ? raw - 0x4000 : raw) * LSB) };
}

/** Pressure altitude of a 16-bit level. */
export function readFlightLevel(bytes: Uint8Array, offset: number): Height {
  return { kind: "pressure", value: metres(readInt16(bytes, offset) * LSB) };
}

/** Two octets, two's complement. */
export function readInt16(bytes: Uint8Array, offset: number): number {
  const raw = bytes[offset] * 256 + bytes[offset + 1];
  return raw >= 0x8000 ? raw - 0x1_0000 : raw;
}

export const readUint16 = (bytes: Uint8Array, offset: number): number => bytes[offset] * 256 + bytes[offset + 1];
