// Altitude codes. ICAO Annex 10 volume IV, 3.1.2.6.5.4 (AC, 13 bits) and its appendix to chapter 3 (Gillham code);
// the 12-bit form of extended squitter is the same without the M bit (ICAO Doc 9871, A.2.3.2.4).

import { METRES_PER_FOOT, type Metres, metres } from "../../base/units.ts";

const M_BIT = 0x40;
const Q_BIT = 0x10;
const STEP_Q = 25; // ft
const STEP_GILLHAM = 100; // ft

export interface CodedAltitude {
  readonly altitude: Metres;
  /** Step of the code: 25 ft, 100 ft or 1 m. */
  readonly step: Metres;
}

/** Altitude of a 13-bit AC field; undefined when it is zero (not available) or no legal code. */
export function decodeAltitude13(code: number): CodedAltitude | undefined {
  if (code === 0) return undefined;
  if ((code & M_BIT) !== 0) {
    // The metric form: twelve bits of metres; defined but not used in practice.
    return { altitude: metres(((code & 0x1f80) >> 1) | (code & 0x3f)), step: metres(1) };
  }
  if ((code & Q_BIT) !== 0) {
    const count = ((code & 0x1f80) >> 2) | ((code & 0x20) >> 1) | (code & 0x0f);
    return { altitude: metres((count * STEP_Q - 1000) * METRES_PER_FOOT), step: metres(STEP_Q * METRES_PER_FOOT) };
  }
  const hundreds = decodeGillham(code);
  if (hundreds === undefined) return undefined;
  return { altitude: metres(hundreds * STEP_GILLHAM * METRES_PER_FOOT), step: metres(STEP_GILLHAM * METRES_PER_FOOT) };
}

/** Altitude of a 12-bit field of extended squitter. */
export function decodeAltitude12(code: number): CodedAltitude | undefined {
  return decodeAltitude13(((code & 0xfc0) << 1) | (code & 0x3f));
}

/**
 * Hundreds of feet of a Gillham code in Mode C order C1 A1 C2 A2 C4 A4 x B1 D1 B2 D2 B4 D4; undefined when no legal code.
 *
 * D2 D4 A1 A2 A4 B1 B2 B4 is a Gray count of 500 ft (D1 is not used, and stands where the Q bit is); C1 C2 C4 is a reflected count of 100 ft from 1 to 5, in which 5 is
 * written as Gray 7. The count starts at -1,200 ft.
 */
export function decodeGillham(code: number): number | undefined {
  const bit = (mask: number) => ((code & mask) !== 0 ? 1 : 0);
  if ((code & Q_BIT) !== 0) return undefined;
  const gray500 =
    (bit(0x0004) << 7) |
    (bit(0x0001) << 6) |
    (bit(0x0800) << 5) |
    (bit(0x0200) << 4) |
    (bit(0x0080) << 3) |
    (bit(0x0020) << 2) |
    (bit(0x0008) << 1) |
    bit(0x0002);
  const gray100 = (bit(0x1000) << 2) | (bit(0x0400) << 1) | bit(0x0100);
  const fiveHundreds = grayToBinary(gray500);
  let hundreds = grayToBinary(gray100);
  if (hundreds === 7) hundreds = 5;
  else if (hundreds === 0 || hundreds > 4) return undefined;
  if (fiveHundreds % 2 === 1) hundreds = 6 - hundreds; // the count runs back in every other step
  return fiveHundreds * 5 + hundreds - 13;
}

function grayToBinary(gray: number): number {
  let value = gray;
  value ^= value >> 4;
  value ^= value >> 2;
  value ^= value >> 1;
  return value;
}
