// AVR text: one message a line in hexadecimal, as receivers and dump1090, readsb send it on port 30002.
// `*8D406B90...;` plain; `@` and `%` have twelve digits of a 12 MHz counter before it; `<` has twelve digits and two of signal.

import { fromHex } from "../../base/hex.ts";
import { err, ok, type Result } from "../../base/result.ts";
import type { Observation } from "../../model/observation.ts";
import { type BeastState, beastStamp, createBeastState, keepTime, MLAT_HIGH, MLAT_LOW } from "../beast/beast-protocol.ts";
import type { DecodeError } from "../decode-error.ts";
import { type ModeSTrace, receiveModeS } from "../mode-s/mode-s-receiver.ts";
import type { Decoded, Packet, Protocol, ProtocolOptions } from "../protocol.ts";

export const AVR_MAX_LINE = 64;

export interface AvrLine {
  /** The two halves of 24 bits of the counter; undefined where the line has none. */
  readonly stamp: { readonly high: number; readonly low: number } | undefined;
  /** 2 octets of Mode A/C, or 7 or 14 of Mode S. */
  readonly message: Uint8Array;
}

/** Reads one line without its end. */
export function decodeAvrLine(bytes: Uint8Array): Result<AvrLine, DecodeError> {
  if (bytes.length > AVR_MAX_LINE) {
    return err({
      code: "oversized",
      item: "AVR line",
      message: `a line has at most ${AVR_MAX_LINE} octets`,
      needed: AVR_MAX_LINE,
      got: bytes.length,
    });
  }
  const before = PREFIX_DIGITS[String.fromCharCode(bytes[0] ?? 0)];
  if (before === undefined) {
    return err({ code: "malformed", item: "AVR line", message: "a line starts with *, @, % or <", offset: 0 });
  }
  if (bytes[bytes.length - 1] !== 0x3b) {
    return err({ code: "truncated", item: "AVR line", message: "a line ends with ;", offset: bytes.length });
  }
  let text = "";
  for (let i = 1; i < bytes.length - 1; i++) text += String.fromCharCode(bytes[i]);
  const octets = fromHex(text);
  if (octets === undefined) {
    return err({ code: "malformed", item: "AVR line", message: "a message is an even number of hexadecimal digits", offset: 1 });
  }
  const message = octets.subarray(before / 2);
  if (message.length !== 2 && message.length !== 7 && message.length !== 14) {
    return err({ code: "malformed", item: "AVR line", message: "a message has 2, 7 or 14 octets", got: message.length });
  }
  const stamp =
    before === 0
      ? undefined
      : { high: (octets[0] << 16) | (octets[1] << 8) | octets[2], low: (octets[3] << 16) | (octets[4] << 8) | octets[5] };
  return ok({ stamp, message });
}

/** Digits before the message by the line's first character. */
const PREFIX_DIGITS: Readonly<Record<string, number>> = { "*": 0, "@": 12, "%": 12, "<": 14 };

/** Mode S from AVR lines; everything else as in `beastProtocol`. */
export const avrProtocol: Protocol<BeastState> = {
  name: "avr",
  createState: createBeastState,
  receive: (state, packet, options) => receiveAvr(state, packet, options),
  connectionChanged(state, connection, change) {
    if (change === "closed") state.clocks.delete(connection);
    return { observations: [], errors: [], records: 0 };
  },
};

/** As `avrProtocol.receive`, and fills `trace` for whoever shows single messages. */
export function receiveAvr(state: BeastState, packet: Packet, options: ProtocolOptions, trace?: ModeSTrace): Decoded {
  const observations: Observation[] = [];
  const decoded = decodeAvrLine(packet.bytes);
  if (!decoded.ok) return { observations, errors: [decoded.error], records: 0 };
  const { stamp: halves, message } = decoded.value;
  const multilateration = halves !== undefined && halves.high === MLAT_HIGH && halves.low === MLAT_LOW;
  const stamp = halves === undefined || multilateration ? undefined : beastStamp(halves.high, halves.low, options);
  const now = keepTime(state, packet, stamp?.seconds);
  const errors: DecodeError[] = [];
  if (message.length === 2) return { observations, errors, records: 1 };
  const good = receiveModeS(
    state.modeS,
    message,
    0,
    message.length,
    now,
    stamp?.time,
    multilateration,
    options,
    observations,
    errors,
    trace,
  );
  return { observations, errors, records: good ? 1 : 0 };
}
