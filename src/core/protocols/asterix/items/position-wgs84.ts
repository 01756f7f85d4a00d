// Positions on WGS84: latitude then longitude, two's complement, with different numbers of octets and steps.
// I062/105: 4 + 4 octets of 180/2^25 deg. I021/131: 4 + 4 of 180/2^30. I021/130, I034/120, I062/380 POS: 3 + 3 of 180/2^23.

import type { DecodeError } from "../../decode-error.ts";

export const LSB_2_23 = Math.PI / 8_388_608; // rad
export const LSB_2_25 = Math.PI / 33_554_432; // rad
export const LSB_2_30 = Math.PI / 1_073_741_824; // rad
export const LSB_2_31 = Math.PI / 2_147_483_648; // rad

/** Three octets, two's complement. */
export function readInt24(bytes: Uint8Array, offset: number): number {
  const raw = bytes[offset] * 65_536 + bytes[offset + 1] * 256 + bytes[offset + 2];
  return raw >= 0x80_0000 ? raw - 0x100_0000 : raw;
}

/** Four octets, two's complement. */
export const readInt32 = (bytes: Uint8Array, offset: number): number =>
  (bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3];

/** Undefined when the place can be on the Earth. Unit: radians. */
export function placeError(item: string, latitude: number, longitude: number, offset: number): DecodeError | undefined {
  if (Math.abs(latitude) <= Math.PI / 2 && Math.abs(longitude) <= Math.PI) return undefined;
  const degrees = (angle: number) => ((angle * 180) / Math.PI).toFixed(3);
  return {
    code: "out-of-range",
    item,
    message: `latitude ${degrees(latitude)}, longitude ${degrees(longitude)} degrees are not on the Earth; is the edition right?`,
    offset,
  };
}
