/** Unsigned value of `count` (1..32) bits from bit `first` (0 is the most significant bit of octet `offset`). */
export function readBits(bytes: Uint8Array, offset: number, first: number, count: number): number {
  let value = 0;
  let position = offset * 8 + first;
  let left = count;
  while (left > 0) {
    const inOctet = position & 7;
    const taken = Math.min(8 - inOctet, left);
    const part = (bytes[position >> 3] >> (8 - inOctet - taken)) & ((1 << taken) - 1);
    value = value * (1 << taken) + part; // not a shift: 32 bits would turn negative
    position += taken;
    left -= taken;
  }
  return value;
}
