// What a military interrogator heard: Mode 4 in I048/020 FOE/FRI and its extended form in the expansion field (M4E), Mode 5 summaries in
// I048 RE (MD5, M5N), I021 RE (MES) and I062/110, Mode 4 and 5 in I062/080. Words for people and evidence for the
// identification; a friendly reply heard by somebody else's interrogator is never an affiliation by itself.

/** I048/020 FOE/FRI and I062/080 MD4, MD5. */
const REPLIES = [undefined, "friendly reply", "unknown reply", "no reply"];
/** I048 RE subfield M4E. */
const EXTENDED_REPLIES = [undefined, "possibly friendly reply", "probably friendly reply", "friendly reply"];

const mode = (name: string, words: string | undefined): string | undefined => (words === undefined ? undefined : `${name}: ${words}`);

export const mode4Reply = (code: number): string | undefined => mode("Mode 4", REPLIES[code]);
export const extendedMode4Reply = (code: number): string | undefined => mode("Mode 4", EXTENDED_REPLIES[code]);
export const mode5Reply = (code: number): string | undefined => mode("Mode 5", REPLIES[code]);

const SUMMARY_PRESENT = 0x80;
const INTERROGATED = 0x80;
const AUTHENTICATED = 0x60; // an identification reply, a data reply

/** The summary of a Mode 5 compound at `offset` (its first presence octet); undefined without one or without an interrogation. */
export function readMode5Summary(bytes: Uint8Array, offset: number): string | undefined {
  if (offset < 0 || (bytes[offset] & SUMMARY_PRESENT) === 0) return undefined;
  let at = offset + 1;
  while ((bytes[at - 1] & 1) !== 0) at++;
  const summary = bytes[at];
  if ((summary & AUTHENTICATED) !== 0) return "Mode 5: authenticated reply";
  return (summary & INTERROGATED) !== 0 ? "Mode 5: interrogated, no authenticated reply" : undefined;
}
