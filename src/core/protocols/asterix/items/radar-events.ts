// Places in words for the operator: windows and sectors of radar service messages, in degrees and kilometres.

import { readUint16 } from "./flight-level.ts";

const AZIMUTH_LSB = 360 / 65_536; // degrees

/**
 * " from A to B degrees, C to D km" of a polar window (I034/100 in 1/256 NM, I002/100 in 1/128 NM), else " at A degrees" of a sector,
 * else "". Offsets are -1 where the item is absent. `rangeLsb` is in km.
 */
export function describeWindow(bytes: Uint8Array, windowAt: number, sectorAt: number, rangeLsb: number): string {
  if (windowAt >= 0) {
    const rangeFrom = (readUint16(bytes, windowAt) * rangeLsb).toFixed(1);
    const rangeTo = (readUint16(bytes, windowAt + 2) * rangeLsb).toFixed(1);
    const azimuthFrom = (readUint16(bytes, windowAt + 4) * AZIMUTH_LSB).toFixed(1);
    const azimuthTo = (readUint16(bytes, windowAt + 6) * AZIMUTH_LSB).toFixed(1);
    return ` from ${azimuthFrom} to ${azimuthTo} degrees, ${rangeFrom} to ${rangeTo} km`;
  }
  return sectorAt >= 0 ? ` at ${((bytes[sectorAt] * 360) / 256).toFixed(1)} degrees` : "";
}
