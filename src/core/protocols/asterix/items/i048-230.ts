// I048/230 Communications/ACAS Capability and Flight Status; the flight status is bits 13 to 11. EUROCONTROL-SPEC-0149-4 edition 1.32.
// I062/380 subfield 10 and I020/230 have the same bits.

/** True on ground, false airborne, undefined where the status does not tell (alert with either, or not known). */
export function readOnGround(bytes: Uint8Array, offset: number): boolean | undefined {
  switch ((bytes[offset] >> 2) & 7) {
    case 0:
    case 2:
      return false;
    case 1:
    case 3:
      return true;
    default:
      return undefined;
  }
}
