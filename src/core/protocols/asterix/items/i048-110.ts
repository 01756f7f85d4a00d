// I048/110 Height Measured by a 3D Radar: two spare bits and 14 bits, two's complement, 25 ft, above mean sea level.
// EUROCONTROL-SPEC-0149-4 edition 1.32.

import { METRES_PER_FOOT, metres } from "../../../base/units.ts";
import type { Height } from "../../../model/observation.ts";

const LSB = 25 * METRES_PER_FOOT; // m

export function readHeight3D(bytes: Uint8Array, offset: number): Height {
  const raw = (bytes[offset] & 0x3f) * 256 + bytes[offset + 1];
  return { kind: "amsl", value: metres((raw >= 0x2000 ? raw - 0x4000 : raw) * LSB) };
}
