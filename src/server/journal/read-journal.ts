// Journal segments read forward: every record is given out only after its hash was checked. Damage is reported as a record of its own;
// reading goes on behind it where that is possible.

import { createHash } from "node:crypto";
import { Opcode } from "@mcap/core";
import { toHex } from "../../core/base/hex.ts";
import { decodeUtf8Strict } from "../../core/base/text.ts";
import type { PictureEvent } from "../../core/model/event.ts";
import { decodeEvent, decodePacket, type SourceChannel } from "./event-codec.ts";
import {
  decodeSeal,
  ENCODING,
  EXPIRED_CHANNEL,
  EXPIRED_LENGTH,
  HASH_LENGTH,
  HASHES_CHANNEL,
  INDEX_METADATA,
  MESSAGE_HEAD,
  messageLeaf,
  SEALS_CHANNEL,
  SEGMENT_METADATA,
  type Seal,
  type SegmentDescription,
  type SegmentIndex,
  segmentDescriptionOf,
  segmentIndexOf,
  sha256Octets,
  TOPIC,
  ZERO_HASH,
} from "./format.ts";
import { type ChannelRecord, channelOf, type Frame, type FramesEnd, messageHeadOf, metadataOf, readFrames } from "./frames.ts";
import { type JournalStorage, type ReadableFile, storageOfPath } from "./storage.ts";

/** Where a record lies. */
interface Place {
  readonly file: string;
  readonly offset: number;
}

/** Each has the sequence of the event that it is or that it follows, and the time of that event (UTC microseconds). */
interface Dated extends Place {
  readonly sequence: number;
  readonly at: number;
}

export type JournalRecord =
  | (Place & { readonly kind: "segment"; readonly segment: SegmentDescription })
  | (Dated & { readonly kind: "event"; readonly event: PictureEvent })
  /** State of the picture after the event with this sequence. */
  | (Dated & { readonly kind: "snapshot"; readonly state: Uint8Array })
  | (Dated & { readonly kind: "digest"; readonly digest: string })
  /** A command that was carried out while nothing could be recorded; its own sequence and time are inside. */
  | (Dated & { readonly kind: "unrecorded"; readonly event: PictureEvent })
  /** An event whose payload has expired: replay resumes at the next snapshot. */
  | (Dated & { readonly kind: "expired"; readonly topic: string })
  /** A segment was removed to keep to the disk budget. */
  | (Dated & { readonly kind: "deletion"; readonly deletedFile: string })
  | (Dated & { readonly kind: "seal"; readonly seal: Seal; readonly hash: string })
  /** Records that are not what was written; nothing of them is given out. */
  | (Place & { readonly kind: "damage"; readonly reason: string })
  /** End of a file. */
  | (Place & {
      readonly kind: "end";
      /** Footer and index are there. */
      readonly closed: boolean;
      /** Octets behind the last record that a list of hashes vouches for, of a write that the writer did not live to finish. */
      readonly tornOctets: number;
      /** How far the file is what was written: all of it but a torn end, or up to the first damage. */
      readonly sound: SoundPart;
      readonly reason: string;
    });

export interface SoundPart {
  /** Octets. */
  readonly length: number;
  /** Hash of the last seal in it, and its number; undefined when it holds none. */
  readonly seal: { readonly hash: string; readonly number: number } | undefined;
  /** Records behind that seal, and the SHA-256 of their leaves. */
  readonly tailRecords: number;
  readonly tailLeaves: string;
}

export interface ReadOptions {
  /** Sequence of the first event that is wanted: reading starts at the last snapshot before it, or at the beginning. */
  readonly from?: number;
  readonly storage?: JournalStorage;
  /** Told now and then how many octets of how many were read. */
  readonly onProgress?: (read: number, total: number) => void;
}

/**
 * Records of a segment, or of all segments of a folder, in the order in which they were written. Streaming: holds one block of the file
 * and at most one batch of records, never the file. Rejects only when a file cannot be opened or read.
 */
export async function* readJournal(path: string, options: ReadOptions = {}): AsyncGenerator<JournalRecord, void> {
  const { storage, names } = await storageOfPath(path);
  for await (const batch of readSegments(options.storage ?? storage, names, options)) yield* batch;
}

/** A segment, by its place in a list of names, and the offset of a record in it. */
export interface StartPlace {
  readonly first: number;
  readonly offset: number;
}
const BEGINNING: StartPlace = { first: 0, offset: 0 };

/** The same over a storage port and the names of segments in it, in batches, which spares a turn of the event loop for each record. */
export async function* readSegments(
  storage: JournalStorage,
  names: readonly string[],
  options: Omit<ReadOptions, "storage"> & { readonly start?: StartPlace } = {},
): AsyncGenerator<JournalRecord[], void> {
  const start = options.start ?? (options.from === undefined ? BEGINNING : await findStart(storage, names, options.from));
  const sizes = await Promise.all(names.map((name) => sizeOf(storage, name)));
  const total = sizes.slice(start.first).reduce((sum, size) => sum + size, 0) - start.offset;
  let read = 0;
  for (let i = start.first; i < names.length; i++) {
    const from = i === start.first ? start.offset : 0;
    const file = await storage.open(names[i]);
    try {
      yield* readSegment(file, names[i], { from, onOffset: (offset) => options.onProgress?.(read + offset - from, total) });
    } finally {
      await file.close();
    }
    read += sizes[i] - from;
  }
}

async function sizeOf(storage: JournalStorage, name: string): Promise<number> {
  const file = await storage.open(name);
  try {
    return await file.size();
  } finally {
    await file.close();
  }
}

/** Where to start so that a snapshot before event `from` is the first thing read. */
async function findStart(storage: JournalStorage, names: readonly string[], from: number): Promise<StartPlace> {
  for (let i = names.length - 1; i >= 0; i--) {
    const file = await storage.open(names[i]);
    try {
      const snapshots = (await readIndex(file))?.snapshots ?? (await snapshotsOf(file, names[i]));
      const best = snapshots.filter(([sequence]) => sequence < from).at(-1);
      if (best !== undefined) return { first: i, offset: best[2] };
    } finally {
      await file.close();
    }
  }
  return BEGINNING;
}

async function snapshotsOf(file: ReadableFile, name: string): Promise<[number, number, number][]> {
  const found: [number, number, number][] = [];
  for await (const batch of readSegment(file, name)) {
    for (const record of batch) if (record.kind === "snapshot") found.push([record.sequence, record.at, record.offset]);
  }
  return found;
}

/** The index of a closed segment; undefined when it was not closed or its end is damaged. */
export async function readIndex(file: ReadableFile): Promise<SegmentIndex | undefined> {
  const size = await file.size();
  const footer = await file.read(Math.max(0, size - 37), 37);
  if (footer.length < 37 || footer[0] !== Opcode.FOOTER) return undefined;
  const summaryStart = Number(new DataView(footer.buffer, footer.byteOffset).getBigUint64(9, true));
  if (!Number.isSafeInteger(summaryStart) || summaryStart >= size) return undefined;
  const frames = readFrames(file, summaryStart);
  for await (const block of frames) {
    for (const frame of block) {
      if (frame.opcode !== Opcode.METADATA_INDEX) continue;
      const view = new DataView(frame.octets.buffer, frame.octets.byteOffset);
      const offset = Number(view.getBigUint64(9, true));
      const length = Number(view.getBigUint64(17, true));
      if (!Number.isSafeInteger(offset) || offset + length > summaryStart || length < 9) continue;
      const content = metadataOf(await file.read(offset, length));
      if (content?.name === INDEX_METADATA) return segmentIndexOf(content.metadata);
    }
  }
  return undefined;
}

export interface SegmentReadOptions {
  /** Offset of a record to start at; 0 for the beginning. */
  readonly from?: number;
  /** Told the offset behind each block. */
  readonly onOffset?: (offset: number) => void;
}

/** Records of one segment. */
export async function* readSegment(
  file: ReadableFile,
  name: string,
  options: SegmentReadOptions = {},
): AsyncGenerator<JournalRecord[], void> {
  const reader = createReader(name);
  let start = options.from ?? 0;
  // Started in the middle: the description and the channels lie in front of the place.
  if (start > 0) await readPreamble(file, start, reader);
  for (;;) {
    const frames = readFrames(file, start);
    let end: FramesEnd;
    for (;;) {
      const next = await frames.next();
      if (next.done) {
        end = next.value;
        break;
      }
      const records: JournalRecord[] = [];
      for (const frame of next.value) reader.take(frame, records);
      if (records.length > 0) yield records;
      const last = next.value.at(-1);
      if (last !== undefined) options.onOffset?.(last.offset + last.octets.length);
    }
    // Unreadable octets at the very end are what a dying writer leaves; with a seal behind them they are damage.
    const resumed = end.kind === "broken" || end.kind === "torn" ? await findSeal(file, end.offset + 1) : undefined;
    if (resumed !== undefined) {
      const lost = reader.damaged();
      const reason = `${end.reason}, at octet ${end.offset}${lost > 0 ? `; ${lost} records before it have no hash` : ""}`;
      yield [{ kind: "damage", file: name, offset: end.offset, reason }];
      start = resumed;
      continue;
    }
    const closed = end.kind === "footer";
    const offset = reader.checkedEnd();
    const tornOctets = closed ? 0 : (await file.size()) - offset;
    yield [{ kind: "end", file: name, offset, closed, tornOctets, reason: closed ? "" : end.reason || "no footer", sound: reader.sound() }];
    return;
  }
}

/** One record whose hash is not checked yet. */
interface Pending {
  readonly frame: Frame;
  readonly leaf: Uint8Array;
}

interface SegmentReader {
  /** Registers what later records need, without giving anything out. */
  prepare(frame: Frame): void;
  /** Adds to `out` what the record completes. */
  take(frame: Frame, out: JournalRecord[]): void;
  /** Octets were skipped: drops what has no hash, and returns how many records that were. */
  damaged(): number;
  /** Offset behind the last record that a hashes record or a seal vouches for. */
  checkedEnd(): number;
  sound(): SoundPart;
}

function createReader(file: string): SegmentReader {
  const channels = new Map<number, ChannelRecord>();
  let lastSequence = 0;
  let pending: Pending[] = [];
  let checkedEnd = 0;
  /** Until the first hashes record, which may list records in front of the place where reading started. */
  let inside = false;
  /** The data section is over. */
  let ended = false;
  /** Nothing was wrong so far; what follows describes the part for which that holds. */
  let intact = true;
  let soundLength = 0;
  let soundSeal: SoundPart["seal"];
  let tail = createHash("sha256");
  let tailRecords = 0;

  function damageAt(offset: number, reason: string): JournalRecord {
    intact = false;
    return { kind: "damage", file, offset, reason };
  }

  /** The full sequence of its low 32 bits: the one nearest to the last. */
  function sequenceOf(low: number): number {
    const turn = 4_294_967_296;
    const ahead = (((low - lastSequence) % turn) + turn) % turn;
    return lastSequence + (ahead < turn / 2 ? ahead : ahead - turn);
  }

  function describe({ octets }: Frame): SegmentDescription | undefined {
    const content = metadataOf(octets);
    const segment = content?.name === SEGMENT_METADATA ? segmentDescriptionOf(content.metadata) : undefined;
    if (segment !== undefined) lastSequence = segment.afterSequence;
    return segment;
  }

  function register({ octets }: Frame): boolean {
    const channel = channelOf(octets);
    if (channel !== undefined) channels.set(channel.id, channel);
    return channel !== undefined;
  }

  /** What a record is, once its hash was found right. */
  function give({ frame }: Pending, out: JournalRecord[]): void {
    const { offset, octets } = frame;
    const damaged = (reason: string) => damageAt(offset, reason);
    if (frame.opcode === Opcode.CHANNEL) {
      if (!register(frame)) out.push(damaged("a channel that cannot be read"));
      return;
    }
    if (frame.opcode === Opcode.METADATA) {
      const segment = describe(frame);
      if (segment !== undefined) out.push({ kind: "segment", file, offset, segment });
      else if (metadataOf(octets)?.name === SEGMENT_METADATA) out.push(damaged("a segment description that cannot be read"));
      return;
    }
    if (frame.opcode !== Opcode.MESSAGE) return;
    const head = messageHeadOf(octets);
    const channel = channels.get(head.channel);
    if (channel === undefined) {
      out.push(damaged(`a message of channel ${head.channel}, which no record describes`));
      return;
    }
    const sequence = sequenceOf(head.sequence);
    lastSequence = sequence;
    const at = Number(head.logTimeNs / 1000n);
    // A copy, so that a packet that is kept does not keep its whole block.
    const payload = octets.slice(MESSAGE_HEAD);
    const dated = { file, offset, sequence, at };
    switch (channel.topic) {
      case TOPIC.snapshots:
        out.push({ kind: "snapshot", ...dated, state: payload });
        return;
      case TOPIC.digests: {
        const digest = textMember(payload, "digest");
        out.push(digest === undefined ? damaged("a digest that cannot be read") : { kind: "digest", ...dated, digest });
        return;
      }
      case TOPIC.deletions: {
        const deletedFile = textMember(payload, "file");
        out.push(deletedFile === undefined ? damaged("a deletion that cannot be read") : { kind: "deletion", ...dated, deletedFile });
        return;
      }
      case TOPIC.expired: {
        const original = payload.length === EXPIRED_LENGTH ? channels.get(messageHeadOf(payload).channel) : undefined;
        out.push(
          original === undefined ? damaged("an expired record that cannot be read") : { kind: "expired", ...dated, topic: original.topic },
        );
        return;
      }
      case TOPIC.unrecorded: {
        const event = lateEvent(payload);
        out.push(event === undefined ? damaged("an unrecorded command that cannot be read") : { kind: "unrecorded", ...dated, event });
        return;
      }
      case TOPIC.events:
      case TOPIC.decisions: {
        const event = decodeEvent(sequence, at, payload);
        out.push(event === undefined ? damaged(`event ${sequence} cannot be read`) : { kind: "event", ...dated, event });
        return;
      }
      default: {
        const source = sourceChannelOf(channel);
        if (source === undefined) return; // a topic of a newer version: not ours to judge
        const event = decodePacket(source, sequence, at, payload);
        out.push(event === undefined ? damaged(`packet ${sequence} cannot be read`) : { kind: "event", ...dated, event });
      }
    }
  }

  /** Gives out what the list vouches for. */
  function check(list: Uint8Array, at: Frame, out: JournalRecord[]): void {
    const batch = pending;
    pending = [];
    const count = list.length / HASH_LENGTH;
    const leafAt = (i: number) => list.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH);
    const skip = inside && count > batch.length ? count - batch.length : 0;
    inside = false;
    if (count - skip !== batch.length || list.length % HASH_LENGTH !== 0) {
      const listed = new Set<string>();
      for (let i = 0; i < count; i++) listed.add(toHex(leafAt(i)));
      const good = batch.filter(({ leaf }) => listed.has(toHex(leaf)));
      out.push(
        damageAt(
          batch[0]?.frame.offset ?? at.offset,
          `${count} records were written here, ${batch.length} are left, ${good.length} of them unchanged`,
        ),
      );
      for (const one of good) give(one, out);
    } else {
      for (let i = 0; i < batch.length; i++) {
        const one = batch[i];
        if (equal(one.leaf, leafAt(i + skip))) {
          give(one, out);
        } else out.push(damageAt(one.frame.offset, "a record that is not what was written"));
      }
    }
    checkedEnd = at.offset + at.octets.length;
    if (intact) {
      soundLength = checkedEnd;
      tail.update(list);
      tailRecords += count;
    }
  }

  return {
    prepare: (frame) => {
      inside = true;
      if (frame.opcode === Opcode.CHANNEL) register(frame);
      else if (frame.opcode === Opcode.METADATA) describe(frame);
    },
    take: (frame, out) => {
      if (frame.opcode === Opcode.DATA_END) ended = true;
      if (ended) return; // the summary repeats what was read
      if (frame.opcode === Opcode.MESSAGE) {
        const { channel } = messageHeadOf(frame.octets);
        const payload = frame.octets.subarray(MESSAGE_HEAD);
        if (channel === HASHES_CHANNEL) {
          check(payload, frame, out);
          return;
        }
        if (channel === SEALS_CHANNEL) {
          const seal = decodeSeal(payload);
          const lost = pending.length;
          pending = [];
          if (lost > 0) out.push(damageAt(frame.offset, `${lost} records in front of a seal have no hash`));
          if (seal === undefined) out.push(damageAt(frame.offset, "a seal that cannot be read"));
          else {
            const at = { file, offset: frame.offset, sequence: seal.sequence, at: seal.at };
            out.push({ kind: "seal", ...at, seal, hash: toHex(sha256Octets(payload)) });
          }
          checkedEnd = frame.offset + frame.octets.length;
          if (intact && seal !== undefined) {
            soundLength = checkedEnd;
            soundSeal = { hash: toHex(sha256Octets(payload)), number: seal.number };
            tail = createHash("sha256");
            tailRecords = 0;
          }
          return;
        }
      }
      // The index is made again on verification instead of being sealed: expiry moves what it points to.
      if (frame.opcode === Opcode.METADATA && metadataOf(frame.octets)?.name === INDEX_METADATA) return;
      pending.push({ frame, leaf: leafOf(frame) });
    },
    damaged: () => {
      const lost = pending.length;
      pending = [];
      intact = false;
      return lost;
    },
    checkedEnd: () => checkedEnd,
    sound: () => ({
      length: soundLength,
      seal: soundSeal,
      tailRecords,
      tailLeaves: tailRecords > 0 ? tail.copy().digest("hex") : ZERO_HASH,
    }),
  };
}

/** Leaf of any record of the data section; an expired record has the leaf of what it stands for. */
export function leafOf(frame: Frame): Uint8Array {
  if (frame.opcode !== Opcode.MESSAGE) return sha256Octets(frame.octets);
  const payload = frame.octets.subarray(MESSAGE_HEAD);
  if (messageHeadOf(frame.octets).channel === EXPIRED_CHANNEL) return sha256Octets(payload);
  return messageLeaf(frame.octets.subarray(0, MESSAGE_HEAD), sha256Octets(payload));
}

/** Which source a channel belongs to; undefined for other channels. Topic and encoding decide, the metadata is for people. */
export function sourceChannelOf({ topic, messageEncoding }: ChannelRecord): SourceChannel | undefined {
  if (!topic.startsWith(TOPIC.source)) return undefined;
  const rest = topic.slice(TOPIC.source.length);
  if (messageEncoding === ENCODING.packet) return { sourceId: rest, stream: false };
  if (messageEncoding !== ENCODING.connectionPacket || !rest.endsWith("/stream")) return undefined;
  return { sourceId: rest.slice(0, -"/stream".length), stream: true };
}

/** A member of a JSON object that is a text; undefined when there is none. */
function textMember(payload: Uint8Array, name: string): string | undefined {
  try {
    const value = (JSON.parse(decodeUtf8Strict(payload) ?? "") as Record<string, unknown>)[name];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined; // not JSON, or null
  }
}

function lateEvent(payload: Uint8Array): PictureEvent | undefined {
  try {
    const { sequence, at } = JSON.parse(decodeUtf8Strict(payload) ?? "") as PictureEvent;
    return decodeEvent(sequence, at, payload);
  } catch {
    return undefined; // not JSON, or null
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

async function readPreamble(file: ReadableFile, until: number, reader: SegmentReader): Promise<void> {
  for await (const block of readFrames(file, 0, until)) for (const frame of block) reader.prepare(frame);
}

/** Octets of a seal that stay the same: opcode, length below 64 Ki, channel; and the beginning of its canonical text. */
const SEAL_TEXT = Buffer.from('{"at":');

/** Offset of the first record at or behind `from` that looks like a seal: where a reader finds its feet again. */
export async function findSeal(file: ReadableFile, from: number): Promise<number | undefined> {
  const size = await file.size();
  const overlap = MESSAGE_HEAD + SEAL_TEXT.length;
  for (let start = from; start < size; start += 1_048_576) {
    const block = Buffer.from(await file.read(start, 1_048_576 + overlap));
    for (let at = block.indexOf(SEAL_TEXT); at >= 0; at = block.indexOf(SEAL_TEXT, at + 1)) {
      const head = at - MESSAGE_HEAD;
      if (head < 0) continue;
      const isSeal =
        block[head] === Opcode.MESSAGE && block.readUInt16LE(head + 9) === SEALS_CHANNEL && block.readBigUInt64LE(head + 1) < 4096n;
      if (isSeal) return start + head;
    }
  }
  return undefined;
}
