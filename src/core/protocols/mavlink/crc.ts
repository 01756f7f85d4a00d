// CRC-16/MCRF4XX, which MAVLink calls X.25 (mavlink.io, "Serialization", checksum): polynomial 0x1021 reflected, start 0xffff.

const TABLE = new Uint16Array(256);
for (let octet = 0; octet < 256; octet++) {
  let value = octet;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >> 1) ^ 0x8408 : value >> 1;
  TABLE[octet] = value;
}

export const CRC_START = 0xffff;

export const addToCrc = (crc: number, octet: number): number => (crc >> 8) ^ TABLE[(crc ^ octet) & 0xff];

/** CRC of the octets from `from` up to `to`, going on from `crc`. */
export function crcOf(bytes: Uint8Array, from: number, to: number, crc: number): number {
  let value = crc;
  for (let i = from; i < to; i++) value = (value >> 8) ^ TABLE[(value ^ bytes[i]) & 0xff];
  return value;
}
