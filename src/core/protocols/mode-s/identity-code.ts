// Mode A code in Mode S messages (ID field). ICAO Annex 10 volume IV, 3.1.2.6.7.1: C1 A1 C2 A2 C4 A4 0 B1 D1 B2 D2 B4 D4.

/** Four octal digits A B C D of a 13-bit ID field. */
export function decodeSquawk(code: number): string {
  const bit = (mask: number, weight: number) => ((code & mask) !== 0 ? weight : 0);
  const a = bit(0x0800, 1) + bit(0x0200, 2) + bit(0x0080, 4);
  const b = bit(0x0020, 1) + bit(0x0008, 2) + bit(0x0002, 4);
  const c = bit(0x1000, 1) + bit(0x0400, 2) + bit(0x0100, 4);
  const d = bit(0x0010, 1) + bit(0x0004, 2) + bit(0x0001, 4);
  return `${a}${b}${c}${d}`;
}
