// Mode S Beast binary format, as the receivers and readsb, dump1090 send it: 0x1a, type octet, six octets of time stamp,
// one of signal, then the message; every 0x1a inside is sent twice.
// Types: '1' Mode A/C, 2 octets; '2' short Mode S, 7; '3' long Mode S, 14; '4' status of the receiver, skipped.

import type { DecodeError } from "../decode-error.ts";
import type { Framer } from "../protocol.ts";

const ESCAPE = 0x1a;
const TYPE_MODE_AC = 0x31;
const TYPE_LONG = 0x33;
const TYPE_STATUS = 0x34;

/** Octets after the type: time stamp 6, signal 1, message. */
const BODY_LENGTH = [9, 14, 21] as const;
export const BEAST_HEADER_LENGTH = 8;

type Place = "between" | "type" | "body" | "skip";

/**
 * Cuts a Beast stream into frames. A packet is one frame without its 0x1a and with its escapes removed: type octet
 * (0x31 to 0x33), six octets of time stamp, one of signal, message.
 *
 * A frame that is cut by the start of the next one is counted as "truncated" and the next one is read. Octets between frames
 * are counted once a run as "malformed". Keeps at most one frame in memory.
 */
export function createBeastFramer(): Framer {
  const frame = new Uint8Array(1 + BODY_LENGTH[2]);
  let place: Place = "between";
  let needed = 0;
  let length = 0;
  let escaped = false;
  let strayed = 0;
  /** Where to go on when the octet after an 0x1a is another one. */
  let resume: "between" | "skip" = "between";

  return {
    push(chunk) {
      const packets: Uint8Array[] = [];
      const errors: DecodeError[] = [];
      for (let i = 0; i < chunk.length; i++) {
        const octet = chunk[i];
        if (place === "body") {
          if (!escaped && octet === ESCAPE) {
            escaped = true;
            continue;
          }
          if (!escaped || octet === ESCAPE) {
            escaped = false;
            frame[length++] = octet;
            if (length === needed) {
              packets.push(frame.slice(0, length));
              place = "between";
            }
            continue;
          }
          // An escape that is followed by a type: the frame was cut and the next one starts here.
          errors.push({
            code: "truncated",
            item: "Beast frame",
            message: "a frame was cut by the start of the next one",
            offset: i,
            needed,
            got: length,
          });
          escaped = false;
          resume = "between";
          place = "type";
        }
        if (place === "between" || place === "skip") {
          if (octet === ESCAPE) {
            resume = place;
            place = "type";
            continue;
          }
          if (place === "between") strayed += 1;
          continue;
        }
        // The octet after 0x1a.
        if (octet >= TYPE_MODE_AC && octet <= TYPE_LONG) {
          if (strayed > 0) {
            errors.push(strayOctets(strayed, i));
            strayed = 0;
          }
          frame[0] = octet;
          length = 1;
          needed = 1 + BODY_LENGTH[octet - TYPE_MODE_AC];
          place = "body";
        } else if (octet === ESCAPE) {
          // An escaped octet of something that is being skipped.
          if (resume === "between") strayed += 2;
          place = resume;
        } else {
          const name = octet === TYPE_STATUS ? "receiver status (type 4)" : `type 0x${octet.toString(16).padStart(2, "0")}`;
          errors.push({
            code: "unsupported",
            item: `Beast type 0x${octet.toString(16).padStart(2, "0")}`,
            message: `a frame of ${name} was skipped`,
            offset: i,
          });
          place = "skip";
        }
      }
      if (strayed > 0) {
        errors.push(strayOctets(strayed, chunk.length));
        strayed = 0;
      }
      return { packets, errors };
    },
  };
}

const strayOctets = (count: number, offset: number): DecodeError => ({
  code: "malformed",
  item: "Beast stream",
  message: `${count} octets outside any frame were skipped`,
  offset,
  got: count,
});

/** All frames of a whole file of Beast octets. */
export function splitBeastFile(bytes: Uint8Array): { packets: Uint8Array[]; errors: DecodeError[] } {
  const { packets, errors } = createBeastFramer().push(bytes);
  return { packets, errors };
}
