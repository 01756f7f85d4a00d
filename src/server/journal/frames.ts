// MCAP records of a file with their offsets, read forward in blocks. A damaged or torn file ends the frames with a reason and a place;
// it never throws and never asks for more memory than the largest record that the format allows.

import { MCAP_MAGIC, Opcode } from "@mcap/core";
import { MAX_RECORD, MESSAGE_HEAD, RECORD_HEAD } from "./format.ts";
import type { ReadableFile } from "./storage.ts";

export interface Frame {
  readonly offset: number;
  readonly opcode: number;
  /** Head and content as in the file; a view that is valid until the next block is asked for. */
  readonly octets: Uint8Array;
}

export interface FramesEnd {
  /** `end`: the trailing magic, or the very end of the file behind a whole record. */
  readonly kind: "footer" | "end" | "torn" | "broken";
  /** Where the first octet lies that is no whole record. */
  readonly offset: number;
  readonly reason: string;
}

const BLOCK = 1024 * 1024;
/** MCAP's own record types; ours are all among them. */
const isKnown = (opcode: number) => opcode >= Opcode.HEADER && opcode <= Opcode.DATA_END;

/**
 * Yields the frames of each block, and returns how it ended. `from` is an offset where a record begins, 0 for the magic in front.
 * `limit` ends the reading before that offset, as if the file were no longer.
 */
export async function* readFrames(file: ReadableFile, from = 0, limit = Number.MAX_SAFE_INTEGER): AsyncGenerator<Frame[], FramesEnd> {
  const fileLength = Math.min(await file.size(), limit);
  let start = from;
  if (from === 0) {
    const magic = await file.read(0, Math.min(MCAP_MAGIC.length, fileLength));
    if (magic.length < MCAP_MAGIC.length)
      return { kind: "torn", offset: 0, reason: "shorter than the eight octets that begin an MCAP file" };
    if (!isMagic(magic, 0)) return { kind: "broken", offset: 0, reason: "does not begin with the eight octets of an MCAP file" };
    start = MCAP_MAGIC.length;
  }
  let wanted = BLOCK;
  while (start < fileLength) {
    const block = await file.read(start, Math.min(wanted, fileLength - start));
    const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
    const frames: Frame[] = [];
    let at = 0;
    let end: FramesEnd | undefined;
    wanted = BLOCK;
    while (at < block.length) {
      const offset = start + at;
      const known = isKnown(block[at]);
      if (!known) {
        end = { kind: "broken", offset, reason: `no record begins with octet 0x${block[at].toString(16).padStart(2, "0")}` };
        break;
      }
      if (block.length - at < RECORD_HEAD) {
        wanted = BLOCK;
        if (start + block.length >= fileLength) end = { kind: "torn", offset, reason: "the file ends inside the head of a record" };
        break;
      }
      const length = view.getBigUint64(at + 1, true);
      if (length > BigInt(MAX_RECORD)) {
        end = { kind: "broken", offset, reason: `a record of ${length} octets, larger than any of ours` };
        break;
      }
      const whole = RECORD_HEAD + Number(length);
      if (block[at] === Opcode.MESSAGE && whole < MESSAGE_HEAD) {
        end = { kind: "broken", offset, reason: "a message shorter than its own head" };
        break;
      }
      if (whole > block.length - at) {
        if (offset + whole > fileLength) {
          end = { kind: "torn", offset, reason: `the file ends ${offset + whole - fileLength} octets before the end of a record` };
        } else wanted = Math.max(BLOCK, whole);
        break;
      }
      const octets = block.subarray(at, at + whole);
      at += whole;
      if (octets[0] === Opcode.FOOTER) {
        frames.push({ offset, opcode: octets[0], octets });
        end = { kind: "footer", offset: start + at, reason: "" };
        break;
      }
      frames.push({ offset, opcode: octets[0], octets });
    }
    start += at;
    if (frames.length > 0) yield frames;
    if (end !== undefined) return end;
    if (block.length === 0) return { kind: "torn", offset: start, reason: "the file became shorter while it was read" };
  }
  return { kind: "end", offset: start, reason: "" };
}

const isMagic = (octets: Uint8Array, at: number) => MCAP_MAGIC.every((value, i) => octets[at + i] === value);

/** Head of a message frame. */
export interface MessageHead {
  readonly channel: number;
  /** The low 32 bits. */
  readonly sequence: number;
  readonly logTimeNs: bigint;
  readonly publishTimeNs: bigint;
}

export function messageHeadOf(octets: Uint8Array): MessageHead {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  return {
    channel: view.getUint16(9, true),
    sequence: view.getUint32(11, true),
    logTimeNs: view.getBigUint64(15, true),
    publishTimeNs: view.getBigUint64(23, true),
  };
}

/** Reads the small text fields of MCAP records; every read is checked against the end. */
interface Cursor {
  readonly octets: Uint8Array;
  readonly view: DataView;
  at: number;
  failed: boolean;
}

const cursorOf = (octets: Uint8Array): Cursor => ({
  octets,
  view: new DataView(octets.buffer, octets.byteOffset, octets.byteLength),
  at: RECORD_HEAD,
  failed: false,
});

function readUint(cursor: Cursor, width: 2 | 4): number {
  if (cursor.at + width > cursor.octets.length) {
    cursor.failed = true;
    return 0;
  }
  const value = width === 2 ? cursor.view.getUint16(cursor.at, true) : cursor.view.getUint32(cursor.at, true);
  cursor.at += width;
  return value;
}

const decoder = new TextDecoder("utf-8", { fatal: false });

function readText(cursor: Cursor): string {
  const length = readUint(cursor, 4);
  if (cursor.failed || cursor.at + length > cursor.octets.length) {
    cursor.failed = true;
    return "";
  }
  const text = decoder.decode(cursor.octets.subarray(cursor.at, cursor.at + length));
  cursor.at += length;
  return text;
}

function readMap(cursor: Cursor): Map<string, string> {
  const length = readUint(cursor, 4);
  const end = cursor.at + length;
  const map = new Map<string, string>();
  while (!cursor.failed && cursor.at < end) {
    const key = readText(cursor);
    map.set(key, readText(cursor));
  }
  if (cursor.at !== end) cursor.failed = true;
  return map;
}

export interface ChannelRecord {
  readonly id: number;
  readonly schemaId: number;
  readonly topic: string;
  readonly messageEncoding: string;
  readonly metadata: Map<string, string>;
}

/** A channel record's content; undefined when its lengths do not add up. */
export function channelOf(octets: Uint8Array): ChannelRecord | undefined {
  const cursor = cursorOf(octets);
  const id = readUint(cursor, 2);
  const schemaId = readUint(cursor, 2);
  const topic = readText(cursor);
  const messageEncoding = readText(cursor);
  const metadata = readMap(cursor);
  return cursor.failed || cursor.at !== octets.length ? undefined : { id, schemaId, topic, messageEncoding, metadata };
}

export function metadataOf(octets: Uint8Array): { name: string; metadata: Map<string, string> } | undefined {
  const cursor = cursorOf(octets);
  const name = readText(cursor);
  const metadata = readMap(cursor);
  return cursor.failed || cursor.at !== octets.length ? undefined : { name, metadata };
}

export function schemaOf(octets: Uint8Array): { id: number; name: string; encoding: string; data: Uint8Array } | undefined {
  const cursor = cursorOf(octets);
  const id = readUint(cursor, 2);
  const name = readText(cursor);
  const encoding = readText(cursor);
  const length = readUint(cursor, 4);
  if (cursor.failed || cursor.at + length !== octets.length) return undefined;
  return { id, name, encoding, data: octets.slice(cursor.at) };
}
