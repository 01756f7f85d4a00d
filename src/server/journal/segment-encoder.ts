// Turns records into the octets of one segment, in order, with their leaves, hashes records and seals. Pure of I/O: it hands out octets,
// and whoever writes them knows what reached the disk.

import { crc32 } from "node:zlib";
import { McapRecordBuilder } from "@mcap/core";
import { assert } from "../../core/base/assert.ts";
import { toHex } from "../../core/base/hex.ts";
import { encodeUtf8 } from "../../core/base/text.ts";
import {
  describeSegment,
  ENCODING,
  EXPIRED_CHANNEL,
  encodeSeal,
  FIRST_FREE_CHANNEL,
  HASHES_CHANNEL,
  INDEX_METADATA,
  JSON_SCHEMA,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MESSAGE_HEAD,
  messageHead,
  messageLeaf,
  PROFILE,
  SEALS_CHANNEL,
  SEGMENT_METADATA,
  type SealKind,
  type SegmentDescription,
  sha256Octets,
  TOPIC,
  writeMessageHead,
} from "./format.ts";
import type { SiteKey } from "./site-key.ts";
import { createSummary, type Summary, summaryOctets } from "./summary.ts";

export interface ChannelDescription {
  readonly topic: string;
  /** One of ENCODING. */
  readonly encoding: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface SegmentEncoder {
  readonly description: SegmentDescription;
  /** Octets of the segment so far, those not yet taken included. */
  readonly length: number;
  /** Records since the last seal. */
  readonly unsealed: number;
  readonly lastSealHash: string;
  readonly nextSeal: number;
  readonly lastSequence: number;
  /** `body` must not change before the octets were taken. Times are UTC microseconds. */
  add(channel: ChannelDescription, sequence: number, at: number, prefix: Uint8Array, body: Uint8Array): void;
  seal(kind: SealKind, at: number): void;
  /** Seals, and adds the footer and the index: nothing may follow. */
  finish(at: number): void;
  /** Octets since the last call; every record among them is followed by its hash. */
  take(): Uint8Array;
}

const NOTHING = new Uint8Array(0);
/** Messages up to so many octets are copied into one piece with their head: three pieces each would cost more to join, to sum and to hash. */
const COPIED = 4096;

export function createSegmentEncoder(description: SegmentDescription, key: SiteKey): SegmentEncoder {
  const builder = new McapRecordBuilder();
  const summary: Summary = createSummary();
  const channels = new Map<string, number>();
  /** The same by topic, as the topic was last described: spelling a channel out for every packet would cost more than hashing it. */
  const lastByTopic = new Map<string, { readonly channel: ChannelDescription; readonly id: number }>();
  let chunks: Uint8Array[] = [];
  let chunksLength = 0;
  let length = 0;
  /** Of the data section as far as it was taken. */
  let dataCrc = 0;
  let finished = false;
  /** Leaves that no hashes record lists yet. */
  let unlisted: Uint8Array[] = [];
  let unlistedBytes = 0;
  /** Leaves that no seal covers yet. A segment that follows a crash first seals the tail that was recovered: see `description`. */
  let unsealed: Uint8Array[] = [];
  let lastSealHash = description.previousSeal;
  let nextSeal = description.firstSeal;
  let lastSequence = description.afterSequence;
  let lastTimeNs = 0n;
  let firstSequence = 0;
  let firstAt = 0;
  let lastAt = description.createdAt;
  const snapshots: [number, number, number][] = [];

  function push(octets: Uint8Array): void {
    if (octets.length === 0) return;
    chunks.push(octets);
    chunksLength += octets.length;
    length += octets.length;
  }

  function addLeaf(leaf: Uint8Array, octets: number): void {
    unlisted.push(leaf);
    unlistedBytes += octets;
    unsealed.push(leaf);
  }

  /** A record that is no message: the builder holds it and nothing else. */
  function pushBuilt(): void {
    const octets = builder.buffer;
    builder.reset();
    push(octets);
    addLeaf(sha256Octets(octets), octets.length);
  }

  /** Returns head and payload of the message as they go to the file. */
  function pushMessage(channel: number, sequence: number, timeNs: bigint, prefix: Uint8Array, body: Uint8Array) {
    const length = prefix.length + body.length;
    summary.countMessage(channel, timeNs);
    if (length > COPIED) {
      const head = messageHead(channel, sequence, timeNs, length);
      push(head);
      push(prefix);
      push(body);
      return { head, payload: prefix.length === 0 ? body : Buffer.concat([prefix, body]) };
    }
    const octets = Buffer.allocUnsafe(MESSAGE_HEAD + length);
    writeMessageHead(octets, channel, sequence, timeNs, length);
    octets.set(prefix, MESSAGE_HEAD);
    octets.set(body, MESSAGE_HEAD + prefix.length);
    push(octets);
    return { head: octets.subarray(0, MESSAGE_HEAD), payload: octets.subarray(MESSAGE_HEAD) };
  }

  function addChannel(id: number, channel: ChannelDescription): void {
    const record = {
      id,
      schemaId: channel.encoding === ENCODING.json ? JSON_SCHEMA : 0,
      topic: channel.topic,
      messageEncoding: channel.encoding,
      metadata: new Map(Object.entries(channel.metadata ?? {})),
    };
    builder.writeChannel(record);
    summary.channels.push(record);
    pushBuilt();
  }

  function channelFor(channel: ChannelDescription): number {
    const last = lastByTopic.get(channel.topic);
    if (last !== undefined && last.channel.encoding === channel.encoding && last.channel.metadata === channel.metadata) return last.id;
    const id = describedChannel(channel);
    lastByTopic.set(channel.topic, { channel, id });
    return id;
  }

  function describedChannel(channel: ChannelDescription): number {
    const key = JSON.stringify([channel.topic, channel.encoding, channel.metadata ?? {}]);
    const known = channels.get(key);
    if (known !== undefined) return known;
    const id = FIRST_FREE_CHANNEL + channels.size;
    assert(id <= 0xffff, "an MCAP file has at most 65,535 channels");
    channels.set(key, id);
    addChannel(id, channel);
    return id;
  }

  function addMetadata(name: string, metadata: Map<string, string>): void {
    builder.writeMetadata({ name, metadata });
    summary.metadata.push({ offset: BigInt(length), length: BigInt(builder.length), name });
    if (name === INDEX_METADATA) {
      push(builder.buffer); // behind the last seal: not a leaf
      builder.reset();
    } else pushBuilt();
  }

  /** Lists the leaves since the last hashes record. Its head repeats the sequence and time of the last message before it. */
  function listLeaves(): void {
    if (unlisted.length === 0) return;
    const list = Buffer.concat(unlisted);
    unlisted = [];
    unlistedBytes = 0;
    pushMessage(HASHES_CHANNEL, lastSequence, lastTimeNs, NOTHING, list);
  }

  const encoder: SegmentEncoder = {
    description,
    get length() {
      return length;
    },
    get unsealed() {
      return unsealed.length;
    },
    get lastSealHash() {
      return lastSealHash;
    },
    get nextSeal() {
      return nextSeal;
    },
    get lastSequence() {
      return lastSequence;
    },
    add: (channel, sequence, at, prefix, body) => {
      assert(!finished, "a finished segment takes no records");
      const id = channelFor(channel);
      if (channel.topic === TOPIC.snapshots) snapshots.push([sequence, at, length]);
      const timeNs = BigInt(at) * 1000n;
      const { head, payload } = pushMessage(id, sequence, timeNs, prefix, body);
      lastSequence = Math.max(lastSequence, sequence); // a digest may come after later events
      lastTimeNs = timeNs;
      if (firstAt === 0) {
        firstSequence = sequence;
        firstAt = at;
      }
      lastAt = at;
      addLeaf(messageLeaf(head, sha256Octets(payload)), payload.length);
      if (unlisted.length >= MAX_BATCH_RECORDS || unlistedBytes >= MAX_BATCH_BYTES) listLeaves();
    },
    seal: (kind, at) => {
      listLeaves();
      const payload = encodeSeal(
        {
          kind,
          number: nextSeal,
          at,
          previous: lastSealHash,
          records: unsealed.length,
          sequence: lastSequence,
          leaves: toHex(sha256Octets(Buffer.concat(unsealed))),
          keyId: key.keyId,
        },
        key,
      );
      pushMessage(SEALS_CHANNEL, lastSequence, BigInt(at) * 1000n, NOTHING, payload);
      unsealed = [];
      nextSeal += 1;
      lastSealHash = toHex(sha256Octets(payload));
    },
    finish: (at) => {
      const index = { firstSequence, lastSequence, firstAt, lastAt, snapshots };
      encoder.seal("close", at);
      addMetadata(INDEX_METADATA, new Map([["index", JSON.stringify(index)]]));
      for (const chunk of chunks) dataCrc = crc32(chunk, dataCrc);
      const end = new McapRecordBuilder();
      end.writeDataEnd({ dataSectionCrc: dataCrc });
      push(end.buffer);
      push(summaryOctets(summary, length));
      finished = true;
    },
    take: () => {
      if (!finished) listLeaves();
      const octets = Buffer.concat(chunks, chunksLength);
      if (!finished) dataCrc = crc32(octets, dataCrc);
      chunks = [];
      chunksLength = 0;
      return octets;
    },
  };

  builder.writeMagic();
  push(builder.buffer);
  builder.reset();
  builder.writeHeader({ profile: PROFILE, library: `picket ${description.softwareVersion}` });
  pushBuilt();
  addMetadata(SEGMENT_METADATA, describeSegment(description));
  const schema = { id: JSON_SCHEMA, name: "picket.json", encoding: "jsonschema", data: encodeUtf8('{"type":"object"}') };
  builder.writeSchema(schema);
  summary.schemas.push(schema);
  pushBuilt();
  addChannel(HASHES_CHANNEL, { topic: TOPIC.hashes, encoding: ENCODING.hashes });
  addChannel(SEALS_CHANNEL, { topic: TOPIC.seals, encoding: ENCODING.json });
  addChannel(EXPIRED_CHANNEL, { topic: TOPIC.expired, encoding: ENCODING.expired });
  return encoder;
}
