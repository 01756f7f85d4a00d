// 24-bit address of a transponder (I048/220, I062/380 subfield 1, I021/080, I020/220, I010/220) and the eight six-bit characters
// of a target identification (I048/240, I062/380 subfield 2, I021/170, I020/245, I010/245).

import { sanitizeText } from "../../../base/text.ts";
import { readBits } from "../bits.ts";

const HEX = "0123456789abcdef";

/** Six lower-case hexadecimal digits; undefined for 000000 and ffffff, which no aircraft has (ICAO Annex 10 volume III, chapter 9). */
export function readTargetAddress(bytes: Uint8Array, offset: number): string | undefined {
  const a = bytes[offset];
  const b = bytes[offset + 1];
  const c = bytes[offset + 2];
  if ((a | b | c) === 0 || (a & b & c) === 0xff) return undefined;
  return HEX[a >> 4] + HEX[a & 15] + HEX[b >> 4] + HEX[b & 15] + HEX[c >> 4] + HEX[c & 15];
}

/** ICAO Annex 10 volume IV, table 3-9; codes that are no character stand as "". */
const CHARACTERS = Array.from({ length: 64 }, (_unused, code) => {
  if (code >= 1 && code <= 26) return String.fromCharCode(64 + code);
  if (code >= 48 && code <= 57) return String.fromCharCode(code);
  return code === 32 ? " " : "";
});

/** The call sign without the padding; undefined when it is empty or holds a code that is no character. */
export function readCallsign(bytes: Uint8Array, offset: number): string | undefined {
  let text = "";
  for (let i = 0; i < 8; i++) {
    const character = CHARACTERS[readBits(bytes, offset * 8 + i * 6, 6)];
    // Some transponders pad with zeros.
    if (character === "") {
      for (let j = i; j < 8; j++) if (readBits(bytes, offset * 8 + j * 6, 6) !== 0) return undefined;
      break;
    }
    text += character;
  }
  text = text.trim();
  return text === "" ? undefined : text;
}

/** Text of plain ASCII octets without the padding; undefined when nothing is left. */
export function readAscii(bytes: Uint8Array, offset: number, octets: number): string | undefined {
  let text = "";
  for (let i = 0; i < octets; i++) text += bytes[offset + i] < 0x80 ? String.fromCharCode(bytes[offset + i]) : " ";
  const clean = sanitizeText(text);
  return clean === "" ? undefined : clean;
}
