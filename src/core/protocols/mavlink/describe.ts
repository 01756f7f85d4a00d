import { toHex } from "../../base/hex.ts";
import { sanitizeText } from "../../base/text.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Packet, ProtocolOptions } from "../protocol.ts";
import { scanFrames } from "./frame.ts";
import { readFields } from "./messages.ts";

/**
 * Makes a function that takes one frame, or one datagram of several, and returns one object for each message and each error.
 *
 * Fields keep MAVLink's own names and units (1e-7 degrees, millimetres, cm/s), so that other tools' output can be compared.
 * Octet arrays are hexadecimal; a float that is NaN or infinite is left out.
 */
export function createMavlinkDescriber(_options: ProtocolOptions): (packet: Packet) => Record<string, unknown>[] {
  return (packet) => {
    const out: Record<string, unknown>[] = [];
    const errors: DecodeError[] = [];
    scanFrames(
      packet.bytes,
      (frame) => {
        const described: Record<string, unknown> = {
          message: frame.definition?.name ?? `unknown ${frame.messageId}`,
          version: frame.version,
          system: frame.system,
          component: frame.component,
          sequence: frame.sequence,
          signed: frame.signed,
        };
        if (frame.definition !== undefined) {
          for (const [name, value] of Object.entries(
            readFields(frame.definition, frame.bytes.subarray(frame.payloadAt, frame.payloadEnd)),
          )) {
            if (typeof value === "number") {
              if (Number.isFinite(value)) described[name] = value;
            } else described[name] = typeof value === "string" ? sanitizeText(value) : toHex(value);
          }
        }
        out.push(described);
      },
      errors,
      true,
    );
    for (const { code, item, message, offset } of errors) {
      out.push({ error: code, item, message, ...(offset === undefined ? {} : { offset }) });
    }
    return out;
  };
}
