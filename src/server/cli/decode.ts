// picket decode: octets in, one JSON object a record out. For looking into a sensor's bytes without a server.

import { createReadStream } from "node:fs";
import { parseArgs } from "node:util";
import { fromHex } from "../../core/base/hex.ts";
import { micros, RADIANS_PER_DEGREE } from "../../core/base/units.ts";
import { createAsterixDescriber } from "../../core/protocols/asterix/describe.ts";
import { createBeastFramer } from "../../core/protocols/beast/beast-framer.ts";
import { createCotFramer } from "../../core/protocols/cot/cot-framer.ts";
import { createCotDescriber } from "../../core/protocols/cot/describe.ts";
import { createDjiDescriber } from "../../core/protocols/dji-droneid/describe.ts";
import { createLineFramer } from "../../core/protocols/line-framer.ts";
import { createMavlinkDescriber } from "../../core/protocols/mavlink/describe.ts";
import { createMavlinkFramer } from "../../core/protocols/mavlink/mavlink-framer.ts";
import { createModeSDescriber } from "../../core/protocols/mode-s/describe.ts";
import { createPcapFramer } from "../../core/protocols/pcap/pcap-framer.ts";
import type { Framer, Packet, ProtocolOptions } from "../../core/protocols/protocol.ts";
import { createReadsbDescriber } from "../../core/protocols/readsb-json/describe.ts";
import { READSB_MAX_LENGTH } from "../../core/protocols/readsb-json/readsb-json-protocol.ts";
import { createRemoteIdDescriber, createRemoteIdJsonDescriber } from "../../core/protocols/remote-id/describe.ts";
import { createJsonFramer } from "../../core/protocols/remote-id/json-framer.ts";
import { createSapientDescriber } from "../../core/protocols/sapient/describe.ts";
import { createSapientFramer } from "../../core/protocols/sapient/sapient-framer.ts";
import { createSbsDescriber } from "../../core/protocols/sbs/describe.ts";
import { type CliCommand, UsageError } from "./command.ts";

type Describer = (packet: Packet) => Record<string, unknown>[];

interface Reader {
  describer: (options: ProtocolOptions) => Describer;
  /** How raw octets of a file are cut; undefined where only whole datagrams make sense. */
  framer: (() => Framer) | undefined;
}

const READERS: Record<string, Reader> = {
  cot: { describer: createCotDescriber, framer: () => createCotFramer() },
  mavlink: { describer: createMavlinkDescriber, framer: () => createMavlinkFramer() },
  asterix: { describer: createAsterixDescriber, framer: undefined },
  beast: { describer: createModeSDescriber, framer: () => createBeastFramer() },
  sbs: { describer: createSbsDescriber, framer: () => createLineFramer({ maxLength: 1024 }) },
  avr: { describer: (options) => createModeSDescriber({ ...options, format: "avr" }), framer: () => createLineFramer({ maxLength: 64 }) },
  "readsb-json": { describer: createReadsbDescriber, framer: () => createJsonFramer({ maxLength: READSB_MAX_LENGTH }) },
  "dji-droneid": { describer: createDjiDescriber, framer: undefined },
  sapient: { describer: createSapientDescriber, framer: () => createSapientFramer({}) },
  "remote-id-json": { describer: createRemoteIdJsonDescriber, framer: () => createJsonFramer({ maxLength: 65_536 }) },
  "remote-id-capture": { describer: createRemoteIdDescriber, framer: () => createPcapFramer() },
};

export const decodeCommand: CliCommand = {
  name: "decode",
  summary: "print what octets say, one JSON object a record",
  help: `Usage: picket decode --protocol P --in FILE|- [--edition CAT=ED ...]

Reads raw octets of a stream protocol, or JSON Lines with a "hex" field (datagrams), and prints one JSON object for
each record. What cannot be read is an object with "error" (a code), "item", "message" and "offset" (octets, or null); reading goes on behind it.

Options:
  --protocol P     ${Object.keys(READERS).join(", ")}
  --in FILE        file to read, or - for standard input
  --edition C=E    ASTERIX edition, for example 048=1.23 or 23/2:048=1.23; may be given again
  --reference P    LATITUDE,LONGITUDE of the receiver, degrees: places aircraft on the ground (Mode S)
  --jsonl          take the input for JSON Lines whatever its name (default: files that end in .jsonl)

Examples:
  picket decode --protocol asterix --in radar.datagrams.jsonl --edition 048=1.32
  picket decode --protocol beast --in recording.beast
  picket decode --protocol remote-id-capture --in capture.pcapng
  cat lines.sbs | picket decode --protocol sbs --in -

Exit codes: 0 read to the end (errors are in the output); 1 nothing at all could be read; 2 wrong usage.`,
  run: async (argv) => {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        protocol: { type: "string" },
        in: { type: "string" },
        edition: { type: "string", multiple: true },
        jsonl: { type: "boolean", default: false },
        reference: { type: "string" },
      },
    });
    if (values.protocol === undefined) throw new UsageError("--protocol is needed; see picket decode --help");
    const reader = READERS[values.protocol];
    if (reader === undefined)
      throw new UsageError(`--protocol: expected one of ${Object.keys(READERS).join(", ")}, found "${values.protocol}"`);
    if (values.in === undefined) throw new UsageError("--in FILE is needed (or --in - for standard input)");
    const editions: Record<string, string> = {};
    for (const entry of values.edition ?? []) {
      const [category, edition] = entry.split("=");
      if (category === undefined || edition === undefined || edition === "")
        throw new UsageError(`--edition: expected CAT=EDITION such as 048=1.32, found "${entry}"`);
      editions[category] = edition;
    }
    const describe = reader.describer({ editions, ...readReference(values.reference) });
    const lines = values.jsonl || values.in.endsWith(".jsonl");
    const input = values.in === "-" ? process.stdin : createReadStream(values.in);
    let good = 0;
    let bad = 0;
    let count = 0;
    const print = async (bytes: Uint8Array, extra: Record<string, unknown>) => {
      const packet: Packet = { receivedAt: micros(0), connection: 1, bytes };
      for (const record of describe(packet)) {
        if ("error" in record) bad += 1;
        else good += 1;
        const placed = "error" in record && record.offset === undefined ? { ...record, offset: null } : record;
        if (!process.stdout.write(`${JSON.stringify({ ...extra, ...placed })}\n`))
          await new Promise((resolve) => process.stdout.once("drain", resolve));
      }
    };
    const fail = async (error: { code: string; item: string; message: string; offset?: number }, extra: Record<string, unknown>) => {
      bad += 1;
      process.stdout.write(
        `${JSON.stringify({ ...extra, error: error.code, item: error.item, message: error.message, offset: error.offset ?? null })}\n`,
      );
    };
    const framer = lines ? createLineFramer({ maxLength: 1024 * 1024 }) : reader.framer?.();
    if (framer === undefined) throw new UsageError(`${values.protocol} has no stream form: give JSON Lines with a "hex" field (--jsonl)`);
    const take = async (packet: Uint8Array) => {
      if (!lines) return print(packet, {});
      const text = new TextDecoder().decode(packet).trim();
      if (text === "") return;
      const index = count;
      count += 1;
      let row: { i?: unknown; hex?: unknown; t?: unknown };
      try {
        row = JSON.parse(text) as typeof row;
      } catch {
        return fail({ code: "malformed", item: `line ${index + 1}`, message: "not JSON" }, {});
      }
      const bytes = typeof row.hex === "string" ? fromHex(row.hex) : undefined;
      if (bytes === undefined)
        return fail({ code: "malformed", item: `line ${index + 1}`, message: 'no "hex" field with whole octets' }, {});
      return print(bytes, { i: row.i ?? index });
    };
    try {
      for await (const chunk of input) {
        const framed = framer.push(chunk as Buffer);
        for (const error of framed.errors) await fail(error, {});
        for (const packet of framed.packets) await take(packet);
        if (framed.close !== undefined) {
          await fail({ code: "malformed", item: "stream", message: framed.close }, {});
          break;
        }
      }
      if (lines) for (const packet of framer.push(new Uint8Array([10])).packets) await take(packet);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new UsageError(`--in: there is no file ${values.in}`);
      if ((error as NodeJS.ErrnoException).code === "EISDIR") throw new UsageError(`--in: ${values.in} is a folder`);
      throw error;
    }
    return good > 0 || bad === 0 ? 0 : 1;
  },
};

function readReference(text: string | undefined): { referenceLatitude?: number; referenceLongitude?: number } {
  if (text === undefined) return {};
  const [latitude, longitude, ...rest] = text.split(",").map(Number);
  if (rest.length > 0 || !(Math.abs(latitude!) <= 90) || !(Math.abs(longitude!) <= 180)) {
    throw new UsageError(`--reference: expected LATITUDE,LONGITUDE in degrees, found "${text}"`);
  }
  return { referenceLatitude: latitude! * RADIANS_PER_DEGREE, referenceLongitude: longitude! * RADIANS_PER_DEGREE };
}
