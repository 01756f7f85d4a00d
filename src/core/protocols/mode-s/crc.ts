// Mode S parity. ICAO Annex 10 volume IV, 3.1.2.3.3: generator x^24 + x^23 + ... = 0x1FFF409.

const GENERATOR = 0xfff409;

const TABLE = new Int32Array(256);
for (let octet = 0; octet < 256; octet++) {
  let remainder = octet << 16;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder & 0x800000) !== 0 ? ((remainder << 1) ^ GENERATOR) & 0xffffff : (remainder << 1) & 0xffffff;
  }
  TABLE[octet] = remainder;
}

/**
 * Parity of the message without its last three octets, exclusive-or those three: what was laid over the parity.
 * That is 0 for DF17 and DF18, the interrogator's code (7 bits) for DF11, and the aircraft's address for the others.
 * `length` is 7 or 14 octets from `offset`.
 */
export function parityResidual(bytes: Uint8Array, offset: number, length: number): number {
  const end = offset + length - 3;
  let remainder = 0;
  for (let i = offset; i < end; i++) {
    remainder = ((remainder << 8) & 0xffffff) ^ TABLE[(remainder >> 16) ^ bytes[i]];
  }
  return remainder ^ ((bytes[end] << 16) | (bytes[end + 1] << 8) | bytes[end + 2]);
}
