// One message as JSON for `picket decode`: the canonical protobuf form with the schema's own names, and what is wrong with it.

import { fromBinary, toJson } from "@bufbuild/protobuf";
import { sanitizeText } from "../../base/text.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Packet, ProtocolOptions } from "../protocol.ts";
import { type SapientMessage, SapientMessageSchema } from "./sapient-pb.gen.ts";
import { validateMessage } from "./validate.ts";
import { guardWire } from "./wire-guard.ts";

/**
 * A describer of single messages (without length prefix). Each packet gives one object: the message under its JSON names,
 * with `findings` where the schema is violated; or `{error, item, offset, message}` where it cannot be read.
 */
export function createSapientDescriber(options: ProtocolOptions = {}): (packet: Packet) => Record<string, unknown>[] {
  return ({ bytes }) => {
    const guarded = guardWire(bytes);
    if (!guarded.ok) return [errorObject(guarded.error)];
    let message: SapientMessage;
    try {
      message = fromBinary(SapientMessageSchema, bytes);
    } catch (error) {
      return [errorObject({ code: "malformed", item: "message", message: sanitizeText(String((error as Error).message), 160), offset: 0 })];
    }
    const findings = validateMessage(message)
      .filter((violation) => options.strict === true || !violation.harnessOnly)
      .map(({ kind, item, message: text }) => ({ kind, item, message: text }));
    const body = jsonOf(message);
    return [
      {
        ...body,
        ...(findings.length === 0 ? {} : { findings }),
        ...(guarded.value.unknown.length === 0 ? {} : { unknownFields: [...guarded.value.unknown] }),
      },
    ];
  };
}

const errorObject = ({ code, item, message, offset }: DecodeError) => ({ error: code, item, offset: offset ?? 0, message });

/** Protobuf JSON; a time stamp that JSON cannot hold is written as its numbers. */
function jsonOf(message: SapientMessage): Record<string, unknown> {
  try {
    return toJson(SapientMessageSchema, message) as Record<string, unknown>;
  } catch (error) {
    return { error: "out-of-range", item: "message", offset: 0, message: sanitizeText(String((error as Error).message), 160) };
  }
}
