// Bits inside octets, the most significant first, and the characters that ASTERIX packs into them.

/** Unsigned value of `bits` (at most 48) bits at `bitOffset`; the caller has checked that they are there. */
export function readBits(bytes: Uint8Array, bitOffset: number, bits: number): number {
  let value = 0;
  let at = bitOffset;
  let left = bits;
  while (left > 0) {
    const inOctet = at & 7;
    const take = Math.min(8 - inOctet, left);
    const chunk = (bytes[at >> 3] >> (8 - inOctet - take)) & ((1 << take) - 1);
    value = value * (1 << take) + chunk; // not a shift: that would stop at 32 bits
    at += take;
    left -= take;
  }
  return value;
}

/** As `readBits`, two's complement. */
export function readSignedBits(bytes: Uint8Array, bitOffset: number, bits: number): number {
  const value = readBits(bytes, bitOffset, bits);
  const half = powerOfTwo(bits - 1);
  return value >= half ? value - 2 * half : value;
}

/** Writes the low `bits` (at most 48) of a non-negative integer. */
export function writeBits(bytes: Uint8Array, bitOffset: number, bits: number, value: number): void {
  let at = bitOffset + bits;
  let rest = value;
  let left = bits;
  while (left > 0) {
    const room = at & 7 || 8;
    const take = Math.min(room, left);
    const modulus = 1 << take;
    const chunk = rest % modulus;
    rest = (rest - chunk) / modulus;
    at -= take;
    left -= take;
    const shift = 8 - (at & 7) - take;
    bytes[at >> 3] = (bytes[at >> 3] & ~((modulus - 1) << shift)) | (chunk << shift);
  }
}

export function powerOfTwo(exponent: number): number {
  let value = 1;
  for (let i = 0; i < exponent; i++) value *= 2;
  return value;
}

/** Six-bit characters of ICAO Annex 10 volume IV, table 3-9: letters from 1, space 32, digits from 48; the rest are not characters. */
const SIX_BIT = "?ABCDEFGHIJKLMNOPQRSTUVWXYZ????? ???????????????0123456789??????";

/** Text of six-bit characters; a code that is no character becomes "?". */
export function readSixBitText(bytes: Uint8Array, bitOffset: number, characters: number): string {
  let text = "";
  for (let i = 0; i < characters; i++) text += SIX_BIT[readBits(bytes, bitOffset + 6 * i, 6)];
  return text;
}

/** Code of a character; 0 (none) for one that cannot be sent. */
export function sixBitCode(character: string): number {
  const code = SIX_BIT.indexOf(character);
  return code < 0 || character === "?" ? 0 : code;
}
