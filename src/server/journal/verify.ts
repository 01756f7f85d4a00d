// Checks a segment against its own hashes and seals, and says what is wrong and where. It shares no state with the writer: it reads the
// octets, makes leaves, lists, seals, index and footer again, and compares.

import { createHash, type Hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { MCAP_MAGIC, McapRecordBuilder, Opcode } from "@mcap/core";
import { fromHex, toHex } from "../../core/base/hex.ts";
import {
  decodeSeal,
  EXPIRED_CHANNEL,
  EXPIRED_LENGTH,
  HASH_LENGTH,
  HASHES_CHANNEL,
  INDEX_METADATA,
  MESSAGE_HEAD,
  SEALS_CHANNEL,
  SEGMENT_METADATA,
  type Seal,
  type SegmentDescription,
  sealOctets,
  segmentDescriptionOf,
  segmentIndexOfName,
  sha256Octets,
  TOPIC,
  ZERO_HASH,
} from "./format.ts";
import { type ChannelRecord, channelOf, type Frame, messageHeadOf, metadataOf, readFrames, schemaOf } from "./frames.ts";
import { findSeal, leafOf } from "./read-journal.ts";
import { keyIdOf, signatureChecker } from "./site-key.ts";
import type { JournalStorage, ReadableFile } from "./storage.ts";
import { createSummary, type Summary, summaryOctets } from "./summary.ts";

export interface Problem {
  readonly offset: number;
  /** Number of the record in the file, from 0; undefined where it is no record. */
  readonly record: number | undefined;
  /** Of the event concerned, as far as that can be told. */
  readonly sequence: number | undefined;
  readonly topic: string;
  /** One plain sentence. */
  readonly what: string;
}

export interface VerifyOptions {
  /** Public key that must have signed, 64 hexadecimal digits; otherwise the one that the file names is taken. */
  readonly publicKey?: string;
  /** Hashes of seals that must be in the file: noted outside it earlier. */
  readonly anchors?: readonly string[];
  /** Accept a file without footer, as one that is still written to. */
  readonly allowUnfinished?: boolean;
  readonly onProgress?: (read: number, total: number) => void;
}

export interface VerifyReport {
  readonly file: string;
  /** Nothing is wrong. */
  readonly ok: boolean;
  /** The first thousand. */
  readonly problems: readonly Problem[];
  readonly problemCount: number;
  readonly segment: SegmentDescription | undefined;
  readonly records: number;
  readonly events: number;
  readonly seals: number;
  readonly expired: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Last event that a seal covers. */
  readonly sealedSequence: number;
  /** Records behind the last seal. */
  readonly unsealedRecords: number;
  readonly closed: boolean;
  /** The next segment vouches for the end of this one. */
  readonly vouched: boolean;
  readonly bytes: number;
  readonly keyId: string;
  /** Hash of the last seal: what an anchor should name. */
  readonly head: string;
}

const KEPT_PROBLEMS = 1000;

/**
 * Verifies the segment `name` of a folder; its neighbours are read as far as its own beginning and end need. Rejects only when the file
 * cannot be read.
 */
export async function verifySegment(storage: JournalStorage, name: string, options: VerifyOptions = {}): Promise<VerifyReport> {
  const file = await storage.open(name);
  try {
    const verifier = createVerifier(options);
    const bytes = await file.size();
    await verifier.read(file, bytes);
    const state = verifier.state();
    if (state.segment !== undefined) await checkBeginning(storage, name, state.segment, verifier.problem);
    const voucher = state.closed ? undefined : await findVoucher(storage, name, state, bytes);
    if (!state.closed && voucher === undefined && !options.allowUnfinished && state.segment !== undefined) {
      const why = "it was cut, its writer died, or it is still written to (then --in-use accepts it)";
      verifier.problem(state.end, undefined, `the file ends without a footer: ${why}`);
    }
    for (const anchor of options.anchors ?? []) {
      if (!state.sealEnds.has(anchor))
        verifier.problem(state.end, undefined, `the seal ${anchor}, which was noted outside the file, is not in it`);
    }
    const report = verifier.report();
    const all = { ...report, file: name, bytes, vouched: voucher !== undefined, ok: report.problemCount === 0 };
    if (voucher === undefined || state.lastSealEnd > voucher.length) return all;
    // Behind the part that the next segment vouches for lies what a failing disk or a dying writer left, and no seal: nothing was promised.
    const problems = report.problems.filter(({ offset }) => offset < voucher.length);
    return { ...all, problems, problemCount: problems.length, ok: problems.length === 0 };
  } finally {
    await file.close();
  }
}

type AddProblem = (offset: number, record: number | undefined, what: string, sequence?: number, topic?: string) => void;

interface Listed {
  readonly record: number;
  readonly offset: number;
  readonly leaf: Uint8Array;
  readonly sequence: number | undefined;
  readonly topic: string;
}

interface VerifierState {
  readonly segment: SegmentDescription | undefined;
  readonly closed: boolean;
  /** Offset behind the last record that was read. */
  readonly end: number;
  readonly head: string;
  /** Hash of each seal -> offset behind it. */
  readonly sealEnds: ReadonlyMap<string, number>;
  /** Behind the last seal with a right signature. */
  readonly lastSealEnd: number;
  /** Records behind the last seal that a hashes record lists, their leaves' hash, and where the last list ends. */
  readonly tailRecords: number;
  readonly tailLeaves: string;
  readonly checkedEnd: number;
}

interface Verifier {
  /** `firstSealOnly`: ends behind the first seal, and says nothing of the rest. */
  read(file: ReadableFile, bytes: number, firstSealOnly?: boolean): Promise<void>;
  problem: AddProblem;
  state(): VerifierState;
  report(): Omit<VerifyReport, "file" | "bytes" | "vouched" | "ok">;
}

function createVerifier(options: VerifyOptions): Verifier {
  const problems: Problem[] = [];
  let problemCount = 0;
  const problem: AddProblem = (offset, record, what, sequence, topic = "") => {
    problemCount += 1;
    if (problems.length < KEPT_PROBLEMS) problems.push({ offset, record, sequence, topic, what });
  };

  let segment: SegmentDescription | undefined;
  let check = options.publicKey === undefined ? undefined : signatureChecker(options.publicKey);
  let keyId = options.publicKey === undefined ? "" : keyIdOf(fromHex(options.publicKey) ?? new Uint8Array(0));
  const channels = new Map<number, ChannelRecord>();
  const summary: Summary = createSummary();
  const snapshots: [number, number, number][] = [];
  const sealEnds = new Map<string, number>();
  let lastSealEnd = 0;

  let records = 0;
  let events = 0;
  let seals = 0;
  let expired = 0;
  let lastSequence = 0;
  let firstMessageSequence = 0;
  let firstAt = 0;
  let lastAt = 0;
  let firstEvent = 0;
  let lastEvent = 0;
  let sealedSequence = 0;
  /** What the head of a hashes record repeats. */
  let listSequence = 0;
  let listTimeNs = 0n;
  let unlisted: Listed[] = [];
  let sealed: Hash = createHash("sha256");
  let sealedRecords = 0;
  /** The same with the leaves as the hashes records list them: tells whether a record or a list was changed. */
  let listedLeaves: Hash = createHash("sha256");
  let listedRecords = 0;
  let placed = false;
  let lastSeal: { readonly seal: Seal; readonly hash: string; readonly offset: number } | undefined;
  let expectedPrevious: string | undefined;
  let expectedNumber: number | undefined;
  /** Seal and list before this place cannot be trusted to be complete: octets were skipped. */
  let broken = false;
  let dataCrc = 0;
  let dataEnd: number | undefined;
  let dataEndCrc = 0;
  let indexSeen = false;
  let closed = false;
  let end = 0;
  let lastOffset = 0;
  let checkedEnd = 0;

  function sequenceOf(low: number): number {
    const turn = 4_294_967_296;
    const ahead = (((low - lastSequence) % turn) + turn) % turn;
    return lastSequence + (ahead < turn / 2 ? ahead : ahead - turn);
  }

  function takeDescription({ offset, octets }: Frame): void {
    const content = metadataOf(octets);
    if (content === undefined) {
      problem(offset, records, "a metadata record that cannot be read");
      return;
    }
    summary.metadata.push({ offset: BigInt(offset), length: BigInt(octets.length), name: content.name });
    if (content.name === INDEX_METADATA) {
      checkIndex(offset, octets);
      return;
    }
    if (content.name !== SEGMENT_METADATA || segment !== undefined) return;
    segment = segmentDescriptionOf(content.metadata);
    if (segment === undefined) {
      problem(offset, records, "the description of the segment cannot be read");
      return;
    }
    lastSequence = segment.afterSequence;
    sealedSequence = segment.afterSequence;
    listSequence = segment.afterSequence;
    lastAt = segment.createdAt;
    expectedPrevious = segment.previousSeal;
    expectedNumber = segment.firstSeal;
    if (options.publicKey === undefined) {
      check = signatureChecker(segment.publicKey);
      keyId = keyIdOf(fromHex(segment.publicKey) ?? new Uint8Array(0));
    } else if (options.publicKey !== segment.publicKey) {
      problem(offset, records, `the segment names the key ${segment.publicKey}, not the expected one`);
    }
  }

  /** The index is no leaf: it is made again from what was read. */
  function checkIndex(offset: number, octets: Uint8Array): void {
    indexSeen = true;
    const index = { firstSequence: firstMessageSequence, lastSequence: listSequence, firstAt, lastAt, snapshots };
    const builder = new McapRecordBuilder();
    builder.writeMetadata({ name: INDEX_METADATA, metadata: new Map([["index", JSON.stringify(index)]]) });
    if (Buffer.compare(builder.buffer, octets) !== 0) problem(offset, records, "the index is not that of the records in the file");
  }

  function takeMessage(frame: Frame): void {
    const { offset, octets } = frame;
    const head = messageHeadOf(octets);
    summary.countMessage(head.channel, head.logTimeNs);
    if (head.channel === HASHES_CHANNEL) {
      takeHashes(frame);
      return;
    }
    if (head.channel === SEALS_CHANNEL) {
      takeSeal(frame);
      return;
    }
    const isExpired = head.channel === EXPIRED_CHANNEL;
    if (isExpired && octets.length !== MESSAGE_HEAD + EXPIRED_LENGTH) problem(offset, records, "an expired record of a wrong length");
    else if (isExpired) expired += 1;
    const shown = isExpired && octets.length === MESSAGE_HEAD + EXPIRED_LENGTH ? messageHeadOf(octets.subarray(MESSAGE_HEAD)) : head;
    if (
      isExpired &&
      (shown.sequence !== head.sequence || shown.logTimeNs !== head.logTimeNs || shown.publishTimeNs !== head.publishTimeNs)
    ) {
      problem(offset, records, "an expired record with another sequence or time than what it stands for");
    }
    if (isExpired && head.logTimeNs !== head.publishTimeNs) problem(offset, records, "an expired record with two times");
    const topic = channels.get(shown.channel)?.topic ?? `channel ${shown.channel}`;
    const sequence = sequenceOf(shown.sequence);
    lastSequence = sequence;
    const at = Number(shown.logTimeNs / 1000n);
    if (topic === TOPIC.snapshots) snapshots.push([sequence, at, offset]);
    else if (topic === TOPIC.events || topic === TOPIC.decisions || topic.startsWith(TOPIC.source)) {
      events += 1;
      if (events === 1) firstEvent = sequence;
      lastEvent = sequence;
    }
    if (firstAt === 0) {
      firstMessageSequence = sequence;
      firstAt = at;
    }
    lastAt = at;
    listSequence = Math.max(listSequence, sequence);
    listTimeNs = shown.logTimeNs;
    addLeaf({ record: records, offset, leaf: leafOf(frame), sequence, topic });
  }

  function addLeaf(listed: Listed): void {
    unlisted.push(listed);
    sealed.update(listed.leaf);
    sealedRecords += 1;
  }

  function takeHashes({ offset, octets }: Frame): void {
    const list = octets.subarray(MESSAGE_HEAD);
    const head = messageHeadOf(octets);
    const wanted = { sequence: listSequence % 4_294_967_296, logTimeNs: listTimeNs, publishTimeNs: listTimeNs };
    if (head.sequence !== wanted.sequence || head.logTimeNs !== wanted.logTimeNs || head.publishTimeNs !== wanted.publishTimeNs) {
      if (!broken) problem(offset, records, "the head of a list of hashes is not that of the record before it", listSequence, TOPIC.hashes);
    }
    listedLeaves.update(list);
    listedRecords += Math.floor(list.length / HASH_LENGTH);
    if (list.length % HASH_LENGTH !== 0) problem(offset, records, "a list of hashes with part of a hash", listSequence, TOPIC.hashes);
    const found = compareWithList(unlisted, list);
    if (found.length > 0 && !broken) {
      placed = true;
      for (const one of found) problem(one.offset ?? offset, one.record, one.what, one.sequence, one.topic);
    }
    unlisted = [];
    checkedEnd = offset + octets.length;
  }

  function takeSeal({ offset, octets }: Frame): void {
    const payload = octets.subarray(MESSAGE_HEAD);
    const seal = decodeSeal(payload);
    const hash = toHex(sha256Octets(payload));
    const head = messageHeadOf(octets);
    if (unlisted.length > 0 && !broken) {
      placed = true;
      for (const one of unlisted) problem(one.offset, one.record, "a record that no list of hashes names", one.sequence, one.topic);
    }
    unlisted = [];
    if (seal === undefined) problem(offset, records, "a seal that cannot be read", listSequence, TOPIC.seals);
    else {
      seals += 1;
      const wrong = (what: string) => problem(offset, records, what, seal.sequence, TOPIC.seals);
      const timeNs = BigInt(seal.at) * 1000n;
      if (head.sequence !== seal.sequence % 4_294_967_296 || head.logTimeNs !== timeNs || head.publishTimeNs !== timeNs) {
        wrong("the head of a seal is not what the seal says");
      }
      const { signature, ...unsigned } = seal;
      const octetsOfSignature = fromHex(signature) ?? new Uint8Array(0);
      if (seal.keyId !== keyId) wrong(`a seal of the key ${seal.keyId}, not of ${keyId || "any known key"}`);
      else if (check === undefined || !check(sealOctets(unsigned), octetsOfSignature)) wrong("a seal whose signature is wrong");
      else lastSealEnd = offset + octets.length;
      if (expectedPrevious !== undefined && seal.previous !== expectedPrevious) {
        const between = lastSeal === undefined ? "the first seal" : `the seal at octet ${lastSeal.offset}`;
        wrong(`a seal that does not follow ${between}: seals are missing, or were changed or moved`);
      } else if (expectedNumber !== undefined && seal.number !== expectedNumber)
        wrong(`seal ${seal.number} stands where ${expectedNumber} belongs`);
      const spanFrom = lastSeal === undefined ? "the beginning" : `the seal at octet ${lastSeal.offset}`;
      const digest = sealed.copy().digest("hex");
      if (!broken && (digest !== seal.leaves || sealedRecords !== seal.records)) {
        const listIsRight = listedLeaves.copy().digest("hex") === seal.leaves && listedRecords === seal.records;
        const counts = `${seal.records} were sealed, ${sealedRecords} are there`;
        // Where the lists are as they were sealed, the changed records were named when their list was read.
        if (!placed) wrong(`the records since ${spanFrom} and their lists of hashes were changed together: ${counts}`);
        else if (!listIsRight) wrong(`the records since ${spanFrom}, or their lists of hashes, are not those that were sealed: ${counts}`);
      } else if (!broken && seal.sequence !== listSequence) wrong("a seal with another sequence than the record before it");
      sealedSequence = Math.max(sealedSequence, seal.sequence);
      if (broken && seal.sequence > listSequence) {
        lastSequence = seal.sequence;
        listSequence = seal.sequence;
      }
      lastSeal = { seal, hash, offset };
      sealEnds.set(hash, offset + octets.length);
      expectedNumber = seal.number + 1;
    }
    expectedPrevious = hash;
    sealed = createHash("sha256");
    sealedRecords = 0;
    listedLeaves = createHash("sha256");
    listedRecords = 0;
    placed = false;
    broken = false;
    checkedEnd = offset + octets.length;
  }

  function takeRecord(frame: Frame): void {
    const { offset, octets, opcode } = frame;
    end = offset + octets.length;
    lastOffset = offset;
    if (dataEnd !== undefined) return; // compared as a whole
    if (opcode === Opcode.DATA_END) {
      dataEnd = end;
      dataEndCrc = octets.length === 13 ? new DataView(octets.buffer, octets.byteOffset).getUint32(9, true) : -1;
      if (sealedRecords > 0 || unlisted.length > 0)
        problem(offset, records, `${sealedRecords} records behind the last seal of a closed file`);
      if (lastSeal !== undefined && lastSeal.seal.kind !== "close")
        problem(offset, records, "the last seal of a closed file is no closing seal");
      if (!indexSeen) problem(offset, records, "a closed file without its index");
      if (dataEndCrc !== dataCrc) problem(offset, records, "the checksum of the data is wrong");
      return;
    }
    dataCrc = crc32(octets, dataCrc);
    if (indexSeen) problem(offset, records, "a record behind the index");
    if (opcode === Opcode.MESSAGE) takeMessage(frame);
    else {
      if (opcode === Opcode.CHANNEL) {
        const channel = channelOf(octets);
        if (channel === undefined) problem(offset, records, "a channel that cannot be read");
        else {
          channels.set(channel.id, channel);
          summary.channels.push(channel);
        }
      } else if (opcode === Opcode.SCHEMA) {
        const schema = schemaOf(octets);
        if (schema === undefined) problem(offset, records, "a schema that cannot be read");
        else summary.schemas.push(schema);
      } else if (opcode === Opcode.METADATA) {
        takeDescription(frame);
        if (indexSeen) {
          records += 1;
          return;
        }
      } else if (opcode !== Opcode.HEADER) problem(offset, records, `a record of type ${opcode}, which Picket does not write`);
      addLeaf({ record: records, offset, leaf: leafOf(frame), sequence: undefined, topic: nameOfRecord(opcode) });
    }
    records += 1;
  }

  return {
    problem,
    read: async (file, bytes, firstSealOnly = false) => {
      dataCrc = crc32(Uint8Array.from(MCAP_MAGIC));
      let start = 0;
      for (;;) {
        const frames = readFrames(file, start);
        let next = await frames.next();
        while (!next.done) {
          for (const frame of next.value) {
            takeRecord(frame);
            if (firstSealOnly && seals > 0) return;
          }
          options.onProgress?.(end, bytes);
          next = await frames.next();
        }
        const ending = next.value;
        if (ending.kind === "footer") {
          closed = true;
          break;
        }
        if (ending.kind === "end") break;
        if (ending.kind === "torn" && ending.offset > 0 && (options.allowUnfinished || dataEnd === undefined)) {
          // A torn end is what a dying writer leaves, unless something readable follows it: then a length was changed.
          const seal = await findSeal(file, Math.max(lastOffset, start) + 1);
          if (seal === undefined) {
            end = ending.offset;
            break;
          }
        }
        // The record before the place may be the one whose length is wrong: then it swallowed what is looked for.
        const resumed = ending.offset === 0 ? undefined : await findSeal(file, Math.max(lastOffset, start) + 1);
        const at = resumed !== undefined && resumed < ending.offset ? lastOffset : ending.offset;
        const what = `${(resumed ?? bytes) - at} octets that cannot be read as records: ${ending.reason}`;
        problem(at, at === lastOffset ? records - 1 : records, what, listSequence);
        end = ending.offset;
        if (resumed === undefined) break;
        broken = true;
        unlisted = [];
        start = resumed;
      }
      if (segment === undefined) problem(end, undefined, "no description of a segment: this is not a journal of Picket");
      if (dataEnd !== undefined) await compareSummary(file, bytes, dataEnd, summary, problem);
      else if (closed) problem(end, undefined, "a footer without an end of the data");
      closed = closed && dataEnd !== undefined;
    },
    state: () => ({
      segment,
      closed,
      end,
      head: expectedPrevious ?? ZERO_HASH,
      sealEnds,
      lastSealEnd,
      tailRecords: listedRecords,
      tailLeaves: listedRecords > 0 ? listedLeaves.copy().digest("hex") : ZERO_HASH,
      checkedEnd,
    }),
    report: () => ({
      problems,
      problemCount,
      segment,
      records,
      events,
      seals,
      expired,
      firstSequence: firstEvent,
      lastSequence: lastEvent,
      sealedSequence,
      unsealedRecords: sealedRecords,
      closed,
      keyId,
      head: lastSeal?.hash ?? segment?.previousSeal ?? ZERO_HASH,
    }),
  };
}

function nameOfRecord(opcode: number): string {
  if (opcode === Opcode.HEADER) return "header";
  if (opcode === Opcode.CHANNEL) return "channel";
  if (opcode === Opcode.SCHEMA) return "schema";
  return opcode === Opcode.METADATA ? "metadata" : `record type ${opcode}`;
}

/** Everything behind DataEnd is made again and compared octet by octet. */
async function compareSummary(file: ReadableFile, bytes: number, start: number, summary: Summary, problem: AddProblem): Promise<void> {
  const expected = summaryOctets(summary, start);
  const found = await file.read(start, Math.min(bytes - start, expected.length + 1));
  const length = Math.min(expected.length, found.length);
  for (let i = 0; i < length; i++) {
    if (expected[i] !== found[i]) {
      problem(start + i, undefined, "the index and footer are not those of the records in the file");
      return;
    }
  }
  if (bytes - start !== expected.length) {
    const what =
      bytes - start > expected.length ? `${bytes - start - expected.length} octets behind the end of the file` : "the footer is cut short";
    problem(start + length, undefined, what);
  }
}

interface ListProblem {
  readonly offset: number | undefined;
  readonly record: number | undefined;
  readonly sequence: number | undefined;
  readonly topic: string;
  readonly what: string;
}

/** What became of the records that a list of hashes names: changed, missing, added or moved. */
function compareWithList(found: readonly Listed[], list: Uint8Array): ListProblem[] {
  const count = Math.floor(list.length / HASH_LENGTH);
  const listed = Array.from({ length: count }, (_, i) => toHex(list.subarray(i * HASH_LENGTH, (i + 1) * HASH_LENGTH)));
  const leaves = found.map(({ leaf }) => toHex(leaf));
  if (leaves.length === count && leaves.every((leaf, i) => leaf === listed[i])) return [];
  const known = new Set(listed);
  const present = new Set(leaves);
  const foreign = found.filter((_, i) => !known.has(leaves[i]));
  const missing = listed.flatMap((leaf, i) => (present.has(leaf) ? [] : [i]));
  const problems: ListProblem[] = [];
  const about = (one: Listed, what: string): ListProblem => ({
    offset: one.offset,
    record: one.record,
    sequence: one.sequence,
    topic: one.topic,
    what,
  });
  if (foreign.length === missing.length) for (const one of foreign) problems.push(about(one, "a record that is not what was written"));
  else {
    for (const one of foreign) problems.push(about(one, "a record that was added or changed"));
    for (const index of missing) {
      const before = found[leaves.indexOf(listed[index - 1])];
      const where =
        before === undefined
          ? `${index} records behind the last list of hashes`
          : `behind record ${before.record} at octet ${before.offset}`;
      problems.push({
        offset: before?.offset,
        record: before?.record,
        sequence: before?.sequence,
        topic: before?.topic ?? "",
        what: `a record is missing ${where}`,
      });
    }
  }
  if (problems.length > 0) return problems;
  // The same leaves in another order, or one of them twice.
  const seen = new Set<string>();
  found.forEach((one, i) => {
    if (seen.has(leaves[i])) problems.push(about(one, "a record that stands twice"));
    else if (leaves[i] !== listed[i]) problems.push(about(one, "a record that stands in another place than it was written"));
    seen.add(leaves[i]);
  });
  return problems.length > 0
    ? problems
    : [{ offset: undefined, record: undefined, sequence: undefined, topic: "", what: "a list of hashes that names a record twice" }];
}

/** The chain must go on from the segment before, where that is in the same folder. */
async function checkBeginning(storage: JournalStorage, name: string, segment: SegmentDescription, problem: AddProblem): Promise<void> {
  if (segment.previousEnd === "none") {
    if (segment.previousSeal !== ZERO_HASH || segment.firstSeal !== 0)
      problem(0, undefined, "a first segment that refers to one before it");
    return;
  }
  if (segment.previousFile === name || !(await storage.list()).includes(segment.previousFile)) return; // kept elsewhere: verify it there
  const file = await storage.open(segment.previousFile);
  try {
    const { hashes, previousSeal } = await sealsOf(file);
    const known =
      segment.previousEnd === "closed"
        ? hashes.at(-1) === segment.previousSeal
        : hashes.includes(segment.previousSeal) || previousSeal === segment.previousSeal;
    if (!known) problem(0, undefined, `the chain does not go on from ${segment.previousFile}: its last seal is another one`);
  } finally {
    await file.close();
  }
}

/** Hashes of the seals of a segment, unchecked: verification of that segment checks them. */
async function sealsOf(file: ReadableFile): Promise<{ hashes: string[]; previousSeal: string | undefined }> {
  const hashes: string[] = [];
  for await (const block of readFrames(file)) {
    for (const { opcode, octets } of block) {
      if (opcode !== Opcode.MESSAGE || messageHeadOf(octets).channel !== SEALS_CHANNEL) continue;
      hashes.push(toHex(sha256Octets(octets.subarray(MESSAGE_HEAD))));
    }
  }
  return { hashes, previousSeal: (await descriptionOf(file))?.previousSeal };
}

/**
 * How many octets of this segment, which has no footer, the next one in the folder vouches for: all up to a torn end after a crash; those
 * up to the last synced seal after a failure of the disk; none when the chain passes it by, because nothing in it was ever synced.
 */
async function findVoucher(
  storage: JournalStorage,
  name: string,
  state: VerifierState,
  bytes: number,
): Promise<{ length: number } | undefined> {
  const index = segmentIndexOfName(name);
  if (index === undefined) return undefined;
  for (const other of await storage.list()) {
    const otherIndex = segmentIndexOfName(other);
    if (otherIndex === undefined || otherIndex <= index) continue;
    const file = await storage.open(other);
    try {
      const next = await descriptionOf(file);
      if (next === undefined) continue; // nothing whole in it
      if (!(await firstSealIsRight(file))) return undefined;
      if (next.previousFile !== name) {
        const passedBy = next.previousEnd === "none" || (segmentIndexOfName(next.previousFile) ?? index) < index;
        return passedBy ? { length: 0 } : undefined;
      }
      if (next.publicKey !== state.segment?.publicKey) return undefined;
      if (next.previousEnd === "abandoned") {
        if (next.previousSeal === state.segment.previousSeal) return { length: 0 };
        const end = state.sealEnds.get(next.previousSeal);
        return end === undefined ? undefined : { length: end };
      }
      if (next.previousEnd !== "recovered" || next.previousLength > bytes) return undefined;
      return (await isSoundUpTo(storage, name, next)) ? { length: next.previousLength } : undefined;
    } finally {
      await file.close();
    }
  }
  return undefined;
}

/** Whether the segment, cut where the next one says that it was whole, ends as the next one says. */
async function isSoundUpTo(storage: JournalStorage, name: string, next: SegmentDescription): Promise<boolean> {
  const file = await storage.open(name);
  try {
    const verifier = createVerifier({});
    const cut: ReadableFile = { ...file, size: async () => next.previousLength };
    await verifier.read(cut, next.previousLength);
    const { head, checkedEnd, tailRecords, tailLeaves } = verifier.state();
    return (
      head === next.previousSeal &&
      checkedEnd === next.previousLength &&
      tailRecords === next.previousTailRecords &&
      tailLeaves === next.previousTailLeaves
    );
  } finally {
    await file.close();
  }
}

/** What a segment says of the one before it counts once a seal covers it. */
async function firstSealIsRight(file: ReadableFile): Promise<boolean> {
  const verifier = createVerifier({});
  await verifier.read(file, await file.size(), true);
  const { seals, problemCount } = verifier.report();
  return seals === 1 && problemCount === 0;
}

async function descriptionOf(file: ReadableFile): Promise<SegmentDescription | undefined> {
  for await (const block of readFrames(file)) {
    for (const frame of block) {
      if (frame.opcode !== Opcode.METADATA) continue;
      const content = metadataOf(frame.octets);
      return content?.name === SEGMENT_METADATA ? segmentDescriptionOf(content.metadata) : undefined;
    }
  }
  return undefined;
}
