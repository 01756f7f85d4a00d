// I034/060 System Processing Mode: data reduction steps during the last turn. EUROCONTROL-SPEC-0149-2b edition 1.29.

/** One plain sentence for each reduction in force: targets may be missing. Empty when there is none. */
export function readProcessingMode(bytes: Uint8Array, offset: number): string[] {
  const presence = bytes[offset];
  let at = offset + 1;
  while ((bytes[at - 1] & 1) !== 0) at++;
  const notes: string[] = [];
  const add = (step: number, where: string) => {
    if (step > 0) notes.push(`${where} reduced by overload, step ${step} of 7: targets may be missing`);
  };
  if ((presence & 0x80) !== 0) {
    add((bytes[at] >> 4) & 7, "radar data processing");
    add((bytes[at] >> 1) & 7, "transmission");
    at++;
  }
  if ((presence & 0x10) !== 0) add((bytes[at++] >> 4) & 7, "primary radar");
  if ((presence & 0x08) !== 0) add(bytes[at++] >> 5, "secondary radar");
  if ((presence & 0x04) !== 0) add(bytes[at] >> 5, "Mode S radar");
  return notes;
}
