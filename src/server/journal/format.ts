// The journal's file format in one place: topics, fixed channels, what a leaf and a seal are. docs/journal-format.md is the same for
// people who write a second implementation.

import { hash } from "node:crypto";
import { Opcode } from "@mcap/core";
import { canonicalJson } from "../../core/base/canonical-json.ts";
import { fromHex, toHex } from "../../core/base/hex.ts";
import { decodeUtf8Strict, encodeUtf8 } from "../../core/base/text.ts";
import type { SiteKey } from "./site-key.ts";

export const FORMAT = "picket-journal/1";
export const PROFILE = "picket";
export const SEGMENT_METADATA = "picket.segment";
export const INDEX_METADATA = "picket.index";

export const TOPIC = {
  hashes: "picket/hashes",
  seals: "picket/seals",
  events: "picket/events",
  decisions: "picket/decisions",
  snapshots: "picket/snapshots",
  digests: "picket/digests",
  /** Commands that were carried out while the disk failed; written afterwards, not stepped again. */
  unrecorded: "picket/unrecorded",
  /** A whole segment was removed because the disk budget was used up: which one, when, why. */
  deletions: "picket/deletions",
  /** Stands where a payload was that has expired: the record's own head and the hash of what it held. */
  expired: "picket/expired",
  /** Datagrams: `source/<id>`. Connections: `source/<id>/stream`, with the connection's number in front of the octets. */
  source: "source/",
} as const;

export const ENCODING = {
  json: "json",
  hashes: "picket-hashes",
  expired: "picket-expired",
  state: "picket-state",
  /** What a sensor sent and nothing else. */
  packet: "picket-packet",
  /** The connection's number (four octets, big-endian), then what the sensor sent. */
  connectionPacket: "picket-connection-packet",
} as const;

/** These channels have the same number in every segment, so that a reader finds its feet in a damaged file. */
export const HASHES_CHANNEL = 1;
export const SEALS_CHANNEL = 2;
export const EXPIRED_CHANNEL = 3;
/** The first number for channels that are described when they are first used. */
export const FIRST_FREE_CHANNEL = 4;
export const JSON_SCHEMA = 1;

/** Opcode (1), length (8), channel (2), sequence (4), log time (8), publish time (8); MCAP is little-endian. */
export const MESSAGE_HEAD = 31;
/** Opcode and length, in front of every MCAP record. */
export const RECORD_HEAD = 9;
/** No record of ours is larger; a larger length is damage. */
export const MAX_RECORD = 512 * 1024 * 1024;
/** A hashes record follows at the latest after so many records or octets, so that a reader holds back no more than that. */
export const MAX_BATCH_RECORDS = 512;
export const MAX_BATCH_BYTES = 1024 * 1024;
/** Packets of a connection begin with its number: four octets, big-endian. */
export const CONNECTION_PREFIX = 4;

export const HASH_LENGTH = 32;
export const ZERO_HASH = "0".repeat(64);

export const sha256Octets = (octets: Uint8Array): Buffer => hash("sha256", octets, "buffer");

/** The 31 octets in front of a message's payload. `sequence` is cut to 32 bits. */
export function messageHead(channel: number, sequence: number, timeNs: bigint, payloadLength: number): Uint8Array {
  const head = new Uint8Array(MESSAGE_HEAD);
  writeMessageHead(head, channel, sequence, timeNs, payloadLength);
  return head;
}

/** The same, at the beginning of `octets`. */
export function writeMessageHead(octets: Uint8Array, channel: number, sequence: number, timeNs: bigint, payloadLength: number): void {
  const view = new DataView(octets.buffer, octets.byteOffset, MESSAGE_HEAD);
  const length = MESSAGE_HEAD - RECORD_HEAD + payloadLength;
  octets[0] = Opcode.MESSAGE;
  view.setUint32(1, length % 4_294_967_296, true);
  view.setUint32(5, Math.floor(length / 4_294_967_296), true);
  view.setUint16(9, channel, true);
  view.setUint32(11, sequence % 4_294_967_296, true);
  view.setBigUint64(15, timeNs, true);
  view.setBigUint64(23, timeNs, true);
}

const leafScratch = new Uint8Array(MESSAGE_HEAD + HASH_LENGTH);

/** Leaf of a message: SHA-256 of its 31 head octets and the SHA-256 of its payload, so that the payload can expire and the leaf stays. */
export function messageLeaf(head: Uint8Array, payloadHash: Uint8Array): Buffer {
  leafScratch.set(head);
  leafScratch.set(payloadHash, MESSAGE_HEAD);
  return sha256Octets(leafScratch);
}

/** Payload that stands for an expired one: the original head and the hash of the original payload. Its SHA-256 is the original leaf. */
export const EXPIRED_LENGTH = MESSAGE_HEAD + HASH_LENGTH;

export type SealKind = "open" | "timer" | "decision" | "close";

/** What the site's key signs: everything since the previous seal. */
export interface Seal {
  readonly kind: SealKind;
  /** Counts up by one over all segments of a journal, from 0. */
  readonly number: number;
  /** UTC microseconds by the server's clock. */
  readonly at: number;
  /** SHA-256 of the previous seal's payload; of the previous segment's for the first seal of a segment; zeros for the first of all. */
  readonly previous: string;
  /** Records covered, hashes and seals not counted. */
  readonly records: number;
  /** Sequence of the last event before this seal. */
  readonly sequence: number;
  /** SHA-256 of the leaves of the covered records, in the order of the file. */
  readonly leaves: string;
  readonly keyId: string;
  /** Ed25519 over SEAL_DOMAIN and the canonical JSON of the other members; 128 hexadecimal digits. */
  readonly signature: string;
}

const SEAL_DOMAIN = "picket-seal-v1\n";

export const sealOctets = (seal: Omit<Seal, "signature">): Uint8Array => encodeUtf8(SEAL_DOMAIN + canonicalJson(seal));

/** The payload of a seal: canonical JSON, signature included. */
export function encodeSeal(unsigned: Omit<Seal, "signature">, key: SiteKey): Uint8Array {
  return encodeUtf8(canonicalJson({ ...unsigned, signature: toHex(key.sign(sealOctets(unsigned))) }));
}

/** The seal in a payload; undefined unless it is exactly the canonical text of a seal. */
export function decodeSeal(payload: Uint8Array): Seal | undefined {
  const text = decodeUtf8Strict(payload);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { kind, number, at, previous, records, sequence, leaves, keyId, signature } = value as Record<string, unknown>;
  if (kind !== "open" && kind !== "timer" && kind !== "decision" && kind !== "close") return undefined;
  if (!isCount(number) || !isCount(at) || !isCount(records) || !isCount(sequence)) return undefined;
  if (!isHex(previous, 64) || !isHex(leaves, 64) || !isHex(keyId, 16) || !isHex(signature, 128)) return undefined;
  const seal: Seal = { kind, number, at, previous, records, sequence, leaves, keyId, signature };
  // Comparing the canonical text catches further members and every other way of writing the same.
  return canonicalJson(seal) === text ? seal : undefined;
}

const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const isHex = (value: unknown, digits: number): value is string =>
  typeof value === "string" && value.length === digits && fromHex(value) !== undefined && value === value.toLowerCase();

/** How the segment before this one ended, as far as the writer of this one knows. */
export type PreviousEnd =
  /** There is none. */
  | "none"
  /** Sealed and closed. */
  | "closed"
  /** The process died; its segment was read forward to its last whole record. */
  | "recovered"
  /** The disk refused; what lies behind the named seal was never acknowledged. */
  | "abandoned";

/** First metadata record of a segment. */
export interface SegmentDescription {
  readonly format: string;
  /** Of all segments of one journal, 32 hexadecimal digits. */
  readonly journalId: string;
  readonly siteId: string;
  /** From 1. */
  readonly index: number;
  readonly softwareVersion: string;
  /**
   * start: a server was started, and its first snapshot is where its picture begins; roll: the segment before was full, and the picture
   * goes on; failure: the disk refused for a while.
   */
  readonly begunBy: "start" | "roll" | "failure";
  /** UTC microseconds. */
  readonly createdAt: number;
  /** Sequence of the last event before this segment; 0 when there was none. */
  readonly afterSequence: number;
  /** Highest connection number before this segment: numbers are never used again within a journal. */
  readonly afterConnection: number;
  readonly publicKey: string;
  readonly previousFile: string;
  /** Hash of the last known seal of the previous segment. */
  readonly previousSeal: string;
  /** Number that the first seal of this segment gets. */
  readonly firstSeal: number;
  readonly previousEnd: PreviousEnd;
  /** Octets of the previous segment that were whole, for "recovered". */
  readonly previousLength: number;
  /** Records behind the last seal of the previous segment, and the SHA-256 of their leaves, for "recovered": they are sealed by this segment. */
  readonly previousTailRecords: number;
  readonly previousTailLeaves: string;
}

export function describeSegment(description: SegmentDescription): Map<string, string> {
  return new Map(Object.entries(description).map(([name, value]) => [name, String(value)]));
}

/** The description in a metadata record; undefined when a member is missing or wrong. */
export function segmentDescriptionOf(metadata: ReadonlyMap<string, string>): SegmentDescription | undefined {
  const text = (name: string) => metadata.get(name) ?? "";
  const count = (name: string) => (/^(0|[1-9]\d{0,15})$/.test(text(name)) ? Number(text(name)) : Number.NaN);
  const previousEnd = text("previousEnd");
  if (previousEnd !== "none" && previousEnd !== "closed" && previousEnd !== "recovered" && previousEnd !== "abandoned") return undefined;
  const begunBy = text("begunBy");
  if (begunBy !== "start" && begunBy !== "roll" && begunBy !== "failure") return undefined;
  const description: SegmentDescription = {
    format: text("format"),
    journalId: text("journalId"),
    siteId: text("siteId"),
    index: count("index"),
    softwareVersion: text("softwareVersion"),
    begunBy,
    createdAt: count("createdAt"),
    afterSequence: count("afterSequence"),
    afterConnection: count("afterConnection"),
    publicKey: text("publicKey"),
    previousFile: text("previousFile"),
    previousSeal: text("previousSeal"),
    firstSeal: count("firstSeal"),
    previousEnd,
    previousLength: count("previousLength"),
    previousTailRecords: count("previousTailRecords"),
    previousTailLeaves: text("previousTailLeaves"),
  };
  const counts = Object.values(description).filter((value) => typeof value === "number");
  if (description.format !== FORMAT || counts.some((value) => !isCount(value))) return undefined;
  if (!isHex(description.publicKey, 64) || !isHex(description.previousSeal, 64)) return undefined;
  return description;
}

/** Last metadata record of a closed segment, behind its last seal: where its snapshots are. Verification makes it again and compares. */
export interface SegmentIndex {
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** [sequence, time, offset of the record] of each snapshot. */
  readonly snapshots: readonly (readonly [number, number, number])[];
}

export function segmentIndexOf(metadata: ReadonlyMap<string, string>): SegmentIndex | undefined {
  try {
    const value = JSON.parse(metadata.get("index") ?? "") as SegmentIndex;
    const numbers = [value.firstSequence, value.lastSequence, value.firstAt, value.lastAt, ...value.snapshots.flat()];
    return numbers.every(isCount) && value.snapshots.every((entry) => entry.length === 3) ? value : undefined;
  } catch {
    return undefined; // not JSON, or not of this shape: the reader then scans forward
  }
}

/** `journal-000012-20260301T120000Z.mcap`: sorts by index. */
export function segmentName(index: number, createdAt: number): string {
  const time = new Date(Math.floor(createdAt / 1000)).toISOString().replace(/[-:]|\.\d+/g, "");
  return `journal-${String(index).padStart(6, "0")}-${time}.mcap`;
}

/** The index in a segment's name; undefined for other files. */
export function segmentIndexOfName(name: string): number | undefined {
  const match = /^journal-(\d{6,})-\d{8}T\d{6}Z\.mcap$/.exec(name);
  return match ? Number(match[1]) : undefined;
}
