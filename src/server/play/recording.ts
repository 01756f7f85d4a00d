// Recordings as a stream of octets with times, whatever their file format. Read piece by piece: a recording may be larger than memory.

import { createReadStream, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { McapStreamReader } from "@mcap/core";
import { fromHex } from "../../core/base/hex.ts";
import { decodeUtf8, encodeUtf8 } from "../../core/base/text.ts";
import { micros } from "../../core/base/units.ts";
import { createBeastFramer } from "../../core/protocols/beast/beast-framer.ts";
import { createPcapFramer } from "../../core/protocols/pcap/pcap-framer.ts";
import { type PcapPacket, readPcapPacket } from "../../core/protocols/pcap/pcap-packet.ts";
import { createPcapngWriter } from "../../core/protocols/pcap/pcap-writer.ts";
import { readUdpPayload } from "../../core/protocols/pcap/udp-payload.ts";
import { frameSapient } from "../../core/protocols/sapient/sapient-framer.ts";
import { UsageError } from "../cli/command.ts";

/** One piece to send. */
export interface Recorded {
  /** s from any origin, never a gap in a steady stream; undefined where the recording has no times. */
  readonly time: number | undefined;
  readonly bytes: Uint8Array;
  /** Pieces of different connections go out on connections of their own. */
  readonly connection: number;
  /** Octets of the file read so far. */
  readonly position: number;
}

export type RecordingFormat = "pcap" | "jsonl" | "beast" | "sbs" | "avr" | "mcap" | "cot";

export interface ReadOptions {
  readonly transport: "udp" | "tcp";
  /** Datagrams to this port only; undefined takes all. */
  readonly port: number | undefined;
  /** Topic of an MCAP file, or the id of a Picket source. */
  readonly topic: string | undefined;
}

export interface Recording {
  readonly format: RecordingFormat;
  readonly size: number;
  /** Sentences about what is being played: links, steady rates, what is left out. Complete when `read` has ended. */
  readonly notes: string[];
  /** From the start; may be called again for another round. */
  read(): AsyncGenerator<Recorded>;
}

const PCAP_MAGICS = ["d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "0a0d0d0a"];
const MCAP_MAGIC = "894d434150300d0a";

/** Finds out what the file is, by its first octets and then by its name. */
export async function openRecording(path: string, options: ReadOptions): Promise<Recording> {
  let head: Uint8Array;
  let size: number;
  try {
    const status = statSync(path);
    if (status.isDirectory()) throw new UsageError(`${path} is a folder`);
    size = status.size;
    const file = await open(path, "r");
    const read = await file.read(new Uint8Array(64), 0, 64, 0);
    head = read.buffer.subarray(0, read.bytesRead);
    await file.close();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    throw new UsageError(code === "ENOENT" ? `${path}: no such file` : `${path} cannot be read (${code})`);
  }
  if (size === 0) throw new UsageError(`${path} is empty`);
  const format = formatOf(path, head);
  const notes: string[] = [];
  const note = (sentence: string) => {
    if (!notes.includes(sentence)) notes.push(sentence);
  };
  const readers: Record<RecordingFormat, () => AsyncGenerator<Recorded>> = {
    pcap: () => readPcap(path, options, note),
    jsonl: () => readJsonLines(path, options, note),
    beast: () => readBeast(path, note),
    sbs: () => readSbs(path),
    avr: () => readLines(path),
    mcap: () => readMcap(path, options, note),
    cot: () => readWhole(path),
  };
  if (options.transport === "udp" && (format === "beast" || format === "sbs" || format === "avr")) {
    throw new UsageError(`${path}: a ${format} recording is a stream; play it --to tcp://HOST:PORT`);
  }
  return { format, size, notes, read: readers[format] };
}

function formatOf(path: string, head: Uint8Array): RecordingFormat {
  const hex = [...head].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  if (PCAP_MAGICS.some((magic) => hex.startsWith(magic))) return "pcap";
  if (hex.startsWith(MCAP_MAGIC)) return "mcap";
  const name = path.toLowerCase();
  if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) return "jsonl";
  if (name.endsWith(".beast") || hex.startsWith("1a3")) return "beast";
  if (name.endsWith(".sbs") || decodeUtf8(head).startsWith("MSG,")) return "sbs";
  if (name.endsWith(".avr")) return "avr";
  if (name.endsWith(".cot") || name.endsWith(".xml")) return "cot";
  throw new UsageError(`${path}: not a recording that Picket plays (pcap, pcapng, .jsonl with "hex", .beast, .sbs, .avr, .cot, MCAP)`);
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) yield chunk as Uint8Array;
}

/** IEEE 802.11 plain, with Prism, AVS and radiotap headers; Bluetooth LE sniffers. */
const RADIO_LINKS = [105, 119, 163, 127, 251, 256, 272];

async function* readPcap(path: string, options: ReadOptions, note: (sentence: string) => void): AsyncGenerator<Recorded> {
  const framer = createPcapFramer();
  let position = 0;
  let frames = 0;
  let found = 0;
  const passedOver = new Map<string, number>();
  const passOver = (reason: string) => passedOver.set(reason, (passedOver.get(reason) ?? 0) + 1);
  const writer = createPcapngWriter();
  for await (const chunk of chunksOf(path)) {
    position += chunk.length;
    const framed = framer.push(chunk);
    for (const error of framed.errors) passOver(error.message);
    for (const octets of framed.packets) {
      frames += 1;
      const packet = readPcapPacket(octets);
      if (!packet.ok) continue;
      const recorded =
        options.transport === "tcp" ? passRadioFrame(packet.value, writer, passOver) : takeDatagram(packet.value, options.port, passOver);
      if (recorded === undefined) continue;
      found += 1;
      const at = packet.value.capturedAt;
      yield { time: at === undefined ? undefined : at / 1e6, bytes: recorded, connection: 0, position };
    }
    if (framed.close !== undefined) {
      note(`${path}: ${framed.close}`);
      break;
    }
  }
  for (const [reason, count] of passedOver) note(`${count} of ${frames} frames left out: ${reason}`);
  if (found === 0 && frames > 0) {
    throw new UsageError(
      options.transport === "tcp"
        ? `${path} holds no radio frames; play its datagrams --to udp://HOST:PORT`
        : `${path} holds no UDP datagrams${options.port === undefined ? "" : ` to port ${options.port}`} among ${frames} frames` +
            (passedOver.has("a radio frame") ? "; play its radio frames --to tcp://HOST:PORT" : ""),
    );
  }
  if (frames === 0) throw new UsageError(`${path} holds no frames`);
}

function passRadioFrame(
  packet: PcapPacket,
  writer: ReturnType<typeof createPcapngWriter>,
  passOver: (reason: string) => void,
): Uint8Array | undefined {
  if (RADIO_LINKS.includes(packet.linkType)) return writer.write(packet);
  passOver(`link type ${packet.linkType} is no radio`);
  return undefined;
}

function takeDatagram(packet: PcapPacket, port: number | undefined, passOver: (reason: string) => void): Uint8Array | undefined {
  if (RADIO_LINKS.includes(packet.linkType)) {
    passOver("a radio frame");
    return undefined;
  }
  const datagram = readUdpPayload(packet);
  if (typeof datagram === "string") {
    passOver(datagram);
    return undefined;
  }
  if (port !== undefined && datagram.destinationPort !== port) {
    passOver(`to port ${datagram.destinationPort}`);
    return undefined;
  }
  return datagram.payload;
}

async function* linesOf(path: string): AsyncGenerator<{ line: string; position: number }> {
  let position = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    position += line.length + 1; // ASCII in every format that is read by lines
    yield { line, position };
  }
}

/** Lines {i, t, hex}: one datagram each. Lines {t, linktype, frame} are captured radio frames. */
async function* readJsonLines(path: string, options: ReadOptions, note: (sentence: string) => void): AsyncGenerator<Recorded> {
  const writer = createPcapngWriter();
  let number = 0;
  for await (const { line, position } of linesOf(path)) {
    number += 1;
    if (line.trim() === "") continue;
    let entry: { t?: unknown; hex?: unknown; frame?: unknown; linktype?: unknown; link?: unknown; sensor?: unknown };
    try {
      entry = JSON.parse(line) as typeof entry;
    } catch {
      throw new UsageError(`${path}, line ${number}: not JSON`);
    }
    const time = typeof entry.t === "number" && Number.isFinite(entry.t) ? entry.t : undefined;
    if (typeof entry.frame === "string" && typeof entry.linktype === "number") {
      const bytes = fromHex(entry.frame.toLowerCase());
      if (bytes === undefined) throw new UsageError(`${path}, line ${number}: "frame" is not hexadecimal`);
      if (options.transport === "udp") throw new UsageError(`${path} holds radio frames; play them --to tcp://HOST:PORT`);
      const capturedAt = time === undefined ? undefined : micros(Math.round(time * 1e6));
      yield { time, bytes: writer.write({ linkType: entry.linktype, capturedAt, cut: false, bytes }), connection: 0, position };
      continue;
    }
    if (options.topic !== undefined && entry.link !== options.topic && entry.sensor !== options.topic) continue;
    const bytes = typeof entry.hex === "string" ? fromHex(entry.hex.toLowerCase()) : undefined;
    if (bytes === undefined) throw new UsageError(`${path}, line ${number}: expected a field "hex" of hexadecimal digits`);
    if (typeof entry.link === "string" && options.topic === undefined) note("the file has several links; choose one with --topic");
    yield { time, bytes, connection: 0, position };
  }
}

const BEAST_CLOCK = 12_000_000; // Hz
const TWO_48 = 281_474_976_710_656;
/** Counters that jump farther than this (s) are another receiver's, or MLAT's made-up ones: no time passes. */
const LONGEST_BEAST_GAP = 120;

async function* readBeast(path: string, note: (sentence: string) => void): AsyncGenerator<Recorded> {
  const framer = createBeastFramer();
  let position = 0;
  let time = 0;
  let before: number | undefined;
  let frames = 0;
  let jumps = 0;
  let broken = 0;
  for await (const chunk of chunksOf(path)) {
    position += chunk.length;
    const framed = framer.push(chunk);
    broken += framed.errors.length;
    for (const frame of framed.packets) {
      frames += 1;
      let counter = 0;
      for (let i = 1; i <= 6; i++) counter = counter * 256 + frame[i];
      if (before !== undefined) {
        const passed = ((counter - before + TWO_48) % TWO_48) / BEAST_CLOCK;
        if (passed <= LONGEST_BEAST_GAP) time += passed;
        else jumps += 1;
      }
      before = counter;
      yield { time, bytes: escapeBeast(frame), connection: 0, position };
    }
  }
  note(`${frames} Beast frames, ${time.toFixed(1)} s by their 12 MHz counter`);
  if (jumps > 0) note(`the counter jumps ${jumps} times; no time passes there`);
  if (broken > 0) note(`${broken} places of the file are no Beast frames and were left out`);
  if (frames === 0) throw new UsageError(`${path} holds no Beast frames`);
}

function escapeBeast(frame: Uint8Array): Uint8Array {
  const out = [0x1a, frame[0]];
  for (const octet of frame.subarray(1)) {
    out.push(octet);
    if (octet === 0x1a) out.push(octet);
  }
  return Uint8Array.from(out);
}

/** BaseStation lines carry the date and time at which they were made, in fields 7 and 8. */
async function* readSbs(path: string): AsyncGenerator<Recorded> {
  for await (const { line, position } of linesOf(path)) {
    if (line.trim() === "") continue;
    const fields = line.split(",");
    const at = Date.parse(`${(fields[6] ?? "").replaceAll("/", "-")}T${fields[7] ?? ""}Z`);
    yield { time: Number.isFinite(at) ? at / 1000 : undefined, bytes: encodeUtf8(`${line}\r\n`), connection: 0, position };
  }
}

async function* readLines(path: string): AsyncGenerator<Recorded> {
  for await (const { line, position } of linesOf(path)) {
    if (line.trim() !== "") yield { time: undefined, bytes: encodeUtf8(`${line}\n`), connection: 0, position };
  }
}

async function* readWhole(path: string): AsyncGenerator<Recorded> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunksOf(path)) parts.push(chunk);
  const bytes = Buffer.concat(parts);
  yield { time: undefined, bytes, connection: 0, position: bytes.length };
}

/** How a packet of a stream is put back into its stream, by the protocol that the channel names. */
const REFRAME: Readonly<Record<string, () => (packet: Uint8Array) => Uint8Array | undefined>> = {
  sapient: () => frameSapient,
  beast: () => escapeBeast,
  sbs: () => (packet) => Buffer.concat([packet, encodeUtf8("\r\n")]),
  "remote-id-capture": () => {
    const writer = createPcapngWriter();
    return (octets) => {
      const packet = readPcapPacket(octets);
      return packet.ok ? writer.write(packet.value) : undefined;
    };
  },
};
const CONNECTION_OCTETS = 4;

/** A journal of Picket, one topic at a time; or any MCAP file whose messages are datagrams. */
async function* readMcap(path: string, options: ReadOptions, note: (sentence: string) => void): AsyncGenerator<Recorded> {
  const reader = new McapStreamReader({ validateCrcs: false });
  const channels = new Map<number, { topic: string; encoding: string; protocol: string }>();
  const framings = new Map<number, (packet: Uint8Array) => Uint8Array | undefined>();
  const topics = new Map<string, number>();
  let position = 0;
  let found = 0;
  try {
    for await (const chunk of chunksOf(path)) {
      position += chunk.length;
      reader.append(chunk);
      for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
        if (record.type === "Channel") {
          channels.set(record.id, {
            topic: record.topic,
            encoding: record.messageEncoding,
            protocol: record.metadata.get("protocol") ?? "",
          });
        }
        if (record.type !== "Message") continue;
        const channel = channels.get(record.channelId);
        if (channel === undefined) continue;
        topics.set(channel.topic, (topics.get(channel.topic) ?? 0) + 1);
        if (!isWanted(channel.topic, options.topic)) continue;
        let bytes: Uint8Array | undefined = record.data;
        let connection = 0;
        if (channel.encoding === "picket-connection-packet") {
          if (bytes.length < CONNECTION_OCTETS) continue;
          connection = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
          bytes = bytes.slice(CONNECTION_OCTETS);
          let reframe = framings.get(connection);
          if (reframe === undefined) {
            const make = REFRAME[channel.protocol];
            if (make === undefined) throw new UsageError(`${path}: streams of protocol "${channel.protocol}" cannot be put together again`);
            reframe = make();
            framings.set(connection, reframe);
          }
          bytes = reframe(bytes);
          if (bytes === undefined) continue;
          if (options.transport === "udp") throw new UsageError(`${path}: ${channel.topic} was a stream; play it --to tcp://HOST:PORT`);
        }
        found += 1;
        yield { time: Number(record.logTime / 1000n) / 1e6, bytes: bytes.slice(), connection, position };
      }
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    note(`the file ends in the middle or is damaged: ${(error as Error).message.slice(0, 120)}`);
  }
  if (found === 0) {
    const known = [...topics.keys()].filter((topic) => topic.startsWith("source/"));
    const list = (known.length > 0 ? known : [...topics.keys()]).join(", ") || "none";
    throw new UsageError(
      options.topic === undefined
        ? `${path}: say which topic with --topic; it has ${list}`
        : `${path} has no messages of "${options.topic}"; it has ${list}`,
    );
  }
}

/** "radar", "source/radar" and "source/radar/stream" all mean the source "radar". */
const isWanted = (topic: string, wanted: string | undefined): boolean =>
  wanted !== undefined && [wanted, `source/${wanted}`, `source/${wanted}/stream`, `${wanted}/stream`].includes(topic);
