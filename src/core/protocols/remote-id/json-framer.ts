// Cuts a stream into JSON texts: one a line as ESP32 receivers write them on a serial port, one over many lines as files hold them,
// or one right behind the other. Lines that are no JSON (a boot message between two reports) are skipped and counted.

import type { DecodeError } from "../decode-error.ts";
import type { Framer } from "../protocol.ts";

const LF = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export interface JsonFramerOptions {
  /** Octets of one text. */
  readonly maxLength: number;
}

/**
 * A text starts with "{" or "[" and ends with the bracket that closes it. A damaged one is given up at the line end inside a string,
 * which JSON does not allow, or where a line starts with a bracket again; so it costs itself and nothing after it.
 * Memory: `maxLength` octets.
 */
export function createJsonFramer(options: JsonFramerOptions): Framer {
  const { maxLength } = options;
  let held = new Uint8Array(Math.min(1024, maxLength));
  let length = 0;
  let depth = 0;
  let quoted = false;
  let escaped = false;
  let lineStart = true;
  /** Octets outside of a text, up to the line's end; reported once a line. */
  let skipping = false;

  return {
    push(chunk) {
      const packets: Uint8Array[] = [];
      const errors: DecodeError[] = [];
      for (let at = 0; at < chunk.length; at++) {
        const octet = chunk[at];
        const opens = octet === 0x7b || octet === 0x5b;
        if (depth > 0 && ((octet === LF && quoted) || (lineStart && opens && !quoted))) {
          errors.push({ code: "malformed", item: "JSON", message: "A JSON text was broken off." });
          reset();
        }
        if (depth === 0) {
          if (opens && !skipping) {
            depth = 1;
            keep(octet);
          } else if (octet === LF) skipping = false;
          else if (!skipping && octet > 0x20) {
            skipping = true;
            errors.push({ code: "malformed", item: "JSON", message: "A line that is no JSON object or list was skipped." });
          }
        } else {
          keep(octet);
          if (escaped) escaped = false;
          else if (quoted) {
            if (octet === BACKSLASH) escaped = true;
            else if (octet === QUOTE) quoted = false;
          } else if (octet === QUOTE) quoted = true;
          else if (opens) depth += 1;
          else if (octet === 0x7d || octet === 0x5d) depth -= 1;
          if (depth === 0) {
            packets.push(held.slice(0, length));
            reset();
          } else if (length > maxLength) {
            errors.push({
              code: "oversized",
              item: "JSON",
              message: `A JSON text is over the limit of ${maxLength} octets.`,
              needed: maxLength,
            });
            reset();
            skipping = true;
          }
        }
        lineStart = octet === LF;
      }
      return { packets, errors };
    },
  };

  function keep(octet: number): void {
    if (length === held.length) {
      const larger = new Uint8Array(Math.min(2 * held.length, maxLength + 1));
      larger.set(held);
      held = larger;
    }
    held[length++] = octet;
  }

  function reset(): void {
    length = 0;
    depth = 0;
    quoted = false;
    escaped = false;
  }
}
