// I048/040 Measured Position in Polar Co-ordinates, four octets, big-endian.
// EUROCONTROL-SPEC-0149-4 (CAT048) edition 1.32. I001/040 counts range in 1/128 NM instead.

import { readUint16 } from "./flight-level.ts";

/** m; the standard counts 1/256 NM. */
export const RANGE_LSB = 1852 / 256;
/** m; category 001 counts 1/128 NM. */
export const RANGE_LSB_001 = 1852 / 128;
const AZIMUTH_LSB = (2 * Math.PI) / 65_536; // rad; the standard counts 360/65536 deg

/** Slant range from the antenna. Unit: m. */
export const readRange = (bytes: Uint8Array, offset: number, lsb: number = RANGE_LSB): number => readUint16(bytes, offset) * lsb;

/** Clockwise from the radar's own north, in [0, 2*pi). Its bias is not removed here; see `registration`. Unit: rad. */
export const readAzimuth = (bytes: Uint8Array, offset: number): number => readUint16(bytes, offset + 2) * AZIMUTH_LSB;

/** ERR of the reserved expansion field: range beyond 256 NM, three octets of the same step. Unit: m. */
export const readExtendedRange = (bytes: Uint8Array, offset: number): number =>
  (bytes[offset] * 65_536 + bytes[offset + 1] * 256 + bytes[offset + 2]) * RANGE_LSB;
