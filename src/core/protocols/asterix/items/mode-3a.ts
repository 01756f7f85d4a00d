// Mode 3/A code in octal: V, G, L (or CH), a spare bit, four octal digits. I048/070, I062/060, I021/070, I001/070, I010/060, I020/070.

/** Codes that say no more than "nobody gave me one": no identity follows from them. */
const CONSPICUITY = new Set([
  0o0000, // no code, or a transponder that is not set
  0o1000, // Mode S conspicuity in Europe: the call sign correlates
  0o1200, // visual flight in North America
  0o2000, // entering without an instruction
  0o7000, // visual flight in Europe
]);
const EMERGENCY: ReadonlyMap<number, string> = new Map([
  [0o7500, "unlawful interference (7500)"],
  [0o7600, "radio failure (7600)"],
  [0o7700, "general emergency (7700)"],
]);

const NOT_VALIDATED = 0x80;
const GARBLED = 0x40;

/** The twelve bits of the code, or -1 when the sensor marks it as not validated or garbled. */
export function readMode3A(bytes: Uint8Array, offset: number): number {
  if ((bytes[offset] & (NOT_VALIDATED | GARBLED)) !== 0) return -1;
  return (bytes[offset] & 0x0f) * 256 + bytes[offset + 1];
}

const texts: (string | undefined)[] = [];

/** Four octal digits. */
export function squawkText(code: number): string {
  let text = texts[code];
  if (text === undefined) {
    text = code.toString(8).padStart(4, "0");
    texts[code] = text;
  }
  return text;
}

/** True when the code can tell one aircraft from another, weakly: many share one over a day. */
export const isDiscrete = (code: number): boolean => code >= 0 && !CONSPICUITY.has(code) && !EMERGENCY.has(code);

/** What an emergency code says, or undefined. */
export const emergencyOf = (code: number): string | undefined => EMERGENCY.get(code);
