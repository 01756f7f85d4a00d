// I048/130 Radar Plot Characteristics: seven one-octet subfields, of which the amplitudes tell how strong the target was.
// EUROCONTROL-SPEC-0149-4 edition 1.32.

const SAM = 0x20;
const PAM = 0x08;
const BEFORE_PAM = [0x80, 0x40, 0x20, 0x10];

/** Amplitude of the primary echo, else of the transponder's reply, dBm; undefined without either. */
export function readAmplitude(bytes: Uint8Array, offset: number): number | undefined {
  const presence = bytes[offset];
  const wanted = (presence & PAM) !== 0 ? PAM : presence & SAM;
  if (wanted === 0) return undefined;
  let at = offset + 1;
  while ((bytes[at - 1] & 1) !== 0) at++; // longer presence fields are allowed, if empty
  for (const bit of BEFORE_PAM) if (bit > wanted && (presence & bit) !== 0) at++;
  return bytes[at] >= 0x80 ? bytes[at] - 0x100 : bytes[at];
}

const RATIO_LSB = 0.1; // dB

/**
 * Signal to clutter of a primary plot from subfield RPC of the reserved expansion field (edition 1.11), whose compound starts at
 * `offset`: score (one octet), ratio (two octets), widths. Unit: dB; undefined when it is not sent.
 */
export function readPlotRatio(bytes: Uint8Array, offset: number): number | undefined {
  const presence = bytes[offset];
  if ((presence & 0x40) === 0) return undefined;
  let at = offset + 1;
  while ((bytes[at - 1] & 1) !== 0) at++;
  if ((presence & 0x80) !== 0) at++;
  return (bytes[at] * 256 + bytes[at + 1]) * RATIO_LSB;
}
