// I048/120 Radial Doppler Speed, subfield CAL: a flag for doubt, five spare bits, ten bits in m/s, two's complement.
// EUROCONTROL-SPEC-0149-4 edition 1.32: the sign is the implementer's, positive away from the radar recommended. Picket takes the
// recommendation. The raw Doppler (subfield RDS) is ambiguous and is not used.

const CAL_PRESENT = 0x80;
const DOUBTFUL = 0x80;

/** Speed away from the radar, m/s; undefined when it is absent or marked doubtful. */
export function readRadialSpeed(bytes: Uint8Array, offset: number): number | undefined {
  if ((bytes[offset] & CAL_PRESENT) === 0) return undefined;
  const high = bytes[offset + 1]; // the presence octet is the only one: the item has two subfields
  if ((high & DOUBTFUL) !== 0) return undefined;
  const raw = (high & 0x03) * 256 + bytes[offset + 2];
  return raw >= 0x200 ? raw - 0x400 : raw;
}
