// Reading the parts of an extended item one by one, absent parts being 0: the standard's default everywhere in ASTERIX.

/** Octet `index` of an item whose parts are one octet each; 0 when the item is absent (offset -1) or shorter. */
export const partOf = (bytes: Uint8Array, offset: number, end: number, index: number): number =>
  offset >= 0 && offset + index < end ? bytes[offset + index] : 0;
