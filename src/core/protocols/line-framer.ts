import type { DecodeError } from "./decode-error.ts";
import type { Framer } from "./protocol.ts";

const LF = 0x0a;
const CR = 0x0d;

export interface LineFramerOptions {
  /** Longest line in octets, without its end. */
  readonly maxLength: number;
}

/**
 * Cuts a stream into lines: ended by LF or CR LF, the end removed, empty lines dropped.
 *
 * A line over `maxLength` is counted once as "oversized" and skipped to its end; what is kept in memory never exceeds
 * `maxLength` + 1 octets. A last line without an end stays inside: a stream that was cut cannot prove that it is whole.
 */
export function createLineFramer(options: LineFramerOptions): Framer {
  const { maxLength } = options;
  const capacity = maxLength + 1; // one more, because it may be the CR of the line's end
  let pending = new Uint8Array(Math.min(256, capacity));
  let length = 0;
  let skipping = false;

  function keep(part: Uint8Array): void {
    const wanted = length + part.length;
    if (wanted > pending.length) {
      const grown = new Uint8Array(Math.min(capacity, Math.max(wanted, 2 * pending.length)));
      grown.set(pending.subarray(0, length));
      pending = grown;
    }
    pending.set(part, length);
    length = wanted;
  }

  return {
    push(chunk) {
      const packets: Uint8Array[] = [];
      const errors: DecodeError[] = [];
      let start = 0;
      while (start < chunk.length) {
        const found = chunk.indexOf(LF, start);
        const end = found < 0 ? chunk.length : found;
        if (!skipping && length + end - start > capacity) {
          skipping = true;
          length = 0;
          errors.push(oversized(maxLength));
        }
        if (!skipping) keep(chunk.subarray(start, end));
        if (found < 0) break;
        if (!skipping) {
          const whole = length > 0 && pending[length - 1] === CR ? length - 1 : length;
          if (whole > maxLength) errors.push(oversized(maxLength));
          else if (whole > 0) packets.push(pending.slice(0, whole));
        }
        skipping = false;
        length = 0;
        start = end + 1;
      }
      return { packets, errors };
    },
  };
}

const oversized = (maxLength: number): DecodeError => ({
  code: "oversized",
  item: "line",
  message: `a line is longer than ${maxLength} octets and was skipped to its end`,
  needed: maxLength,
});
