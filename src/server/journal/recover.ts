// What a start finds: the newest snapshot, the events since, and where the chain of seals goes on. Nothing is changed on the disk: the
// torn end of a segment stays as evidence, and the next segment vouches for what was whole before it.

import { createHash } from "node:crypto";
import type { PictureEvent } from "../../core/model/event.ts";
import { type PreviousEnd, segmentIndexOfName, ZERO_HASH } from "./format.ts";
import { type JournalRecord, readSegment, readSegments, type StartPlace } from "./read-journal.ts";
import type { JournalStorage } from "./storage.ts";

/** Where the next segment goes on. */
export interface ResumePoint {
  /** Undefined when there is no journal yet. */
  readonly journalId: string | undefined;
  readonly nextIndex: number;
  /** Of the last event in the journal; 0 when there is none. */
  readonly sequence: number;
  /** Its time, UTC microseconds. */
  readonly at: number;
  /** Highest connection number in the journal: numbers are never used again. */
  readonly lastConnection: number;
  readonly previousFile: string;
  readonly previousSeal: string;
  readonly nextSeal: number;
  readonly previousEnd: PreviousEnd;
  /** Whole octets of the previous segment, and the records behind its last seal, when it was not closed. */
  readonly previousLength: number;
  readonly tailRecords: number;
  readonly tailLeaves: string;
  /** Octets of all segments. */
  readonly totalBytes: number;
  /** Octets behind the last whole record. */
  readonly tornOctets: number;
}

export interface Recovered {
  /** Give it to `openJournal`. */
  readonly resume: ResumePoint;
  /** Undefined: start from an empty picture. */
  readonly snapshot: { readonly sequence: number; readonly at: number; readonly state: Uint8Array } | undefined;
  /** Events behind the snapshot, in order, without those that were set aside. Reads the files again, streaming. */
  events(): AsyncGenerator<PictureEvent, void>;
  /** What an operator should know: a torn end, damage, events that are missing. Plain sentences; empty after a clean close. */
  readonly notes: readonly string[];
}

const EMPTY: ResumePoint = {
  journalId: undefined,
  nextIndex: 1,
  sequence: 0,
  at: 0,
  lastConnection: 0,
  previousFile: "",
  previousSeal: ZERO_HASH,
  nextSeal: 0,
  previousEnd: "none",
  previousLength: 0,
  tailRecords: 0,
  tailLeaves: ZERO_HASH,
  totalBytes: 0,
  tornOctets: 0,
};

/** The end of the journal in `storage`. Reads the newest segment to its end, and an older one only when the newest holds nothing whole. */
export async function findResumePoint(storage: JournalStorage): Promise<ResumePoint> {
  return (await survey(storage)).resume;
}

/** See `Recovered`. Rejects only when the files cannot be read. */
export async function recover(storage: JournalStorage): Promise<Recovered> {
  const { resume, names, start, snapshot, notes } = await survey(storage);
  return { resume, snapshot, notes, events: () => eventsSince(storage, names, start, snapshot?.sequence ?? 0) };
}

interface Survey {
  readonly resume: ResumePoint;
  readonly names: readonly string[];
  /** Segment and offset of the newest snapshot. */
  readonly start: StartPlace;
  readonly snapshot: Recovered["snapshot"];
  readonly notes: readonly string[];
}

async function survey(storage: JournalStorage): Promise<Survey> {
  const names = (await storage.list()).filter((name) => segmentIndexOfName(name) !== undefined);
  const notes: string[] = [];
  let resume: ResumePoint | undefined;
  let snapshot: Recovered["snapshot"];
  let start: StartPlace = { first: 0, offset: 0 };
  let totalBytes = 0;
  for (const name of names) {
    const file = await storage.open(name);
    totalBytes += await file.size();
    await file.close();
  }
  for (let i = names.length - 1; i >= 0 && (resume === undefined || snapshot === undefined); i--) {
    const segment = await surveySegment(storage, names[i]);
    notes.unshift(...segment.notes);
    if (snapshot === undefined && segment.snapshot !== undefined) {
      snapshot = segment.snapshot;
      start = { first: i, offset: segment.snapshotOffset };
    }
    if (resume === undefined && segment.resume !== undefined) {
      resume = { ...segment.resume, nextIndex: (segmentIndexOfName(names[names.length - 1]) ?? 0) + 1, totalBytes };
    }
  }
  // Files of which nothing can be read keep their names: the next segment gets a higher number.
  const newest = names.length > 0 ? (segmentIndexOfName(names[names.length - 1]) ?? 0) : 0;
  return { resume: resume ?? { ...EMPTY, nextIndex: newest + 1, totalBytes }, names, start, snapshot, notes };
}

async function surveySegment(
  storage: JournalStorage,
  name: string,
): Promise<Pick<Survey, "snapshot" | "notes"> & { resume: ResumePoint | undefined; snapshotOffset: number }> {
  const notes: string[] = [];
  let resume: ResumePoint | undefined;
  let snapshot: Recovered["snapshot"];
  let snapshotOffset = 0;
  let tail = createHash("sha256");
  let tailRecords = 0;
  const onLeaf = (leaf: Uint8Array) => {
    tail.update(leaf);
    tailRecords += 1;
  };
  const file = await storage.open(name);
  try {
    for await (const record of flat(readSegment(file, name, { onLeaf }))) {
      if (record.kind === "segment") {
        const { journalId, afterSequence, afterConnection, createdAt, previousSeal, firstSeal } = record.segment;
        const chain = { previousFile: name, previousSeal, nextSeal: firstSeal, previousEnd: "recovered" as const };
        resume = { ...EMPTY, journalId, sequence: afterSequence, at: createdAt, lastConnection: afterConnection, ...chain };
      } else if (record.kind === "damage") notes.push(`${name}: ${record.reason}`);
      else if (resume === undefined) continue;
      else if (record.kind === "seal") {
        resume = { ...resume, previousSeal: record.hash, nextSeal: record.seal.number + 1 };
        tail = createHash("sha256");
        tailRecords = 0;
      } else if (record.kind === "end") {
        const tailLeaves = tailRecords > 0 ? tail.copy().digest("hex") : ZERO_HASH;
        resume = { ...resume, previousEnd: record.closed ? "closed" : "recovered", previousLength: record.offset, tailRecords, tailLeaves };
        resume = { ...resume, tornOctets: record.tornOctets };
        if (!record.closed)
          notes.push(`${name} was not closed: read to octet ${record.offset}, ${record.tornOctets} torn octets behind it`);
      } else {
        resume = { ...resume, sequence: Math.max(resume.sequence, record.sequence), at: Math.max(resume.at, record.at) };
        if (record.kind === "snapshot") {
          snapshot = { sequence: record.sequence, at: record.at, state: record.state };
          snapshotOffset = record.offset;
        }
        if (record.kind === "event" && (record.event.type === "packet" || record.event.type === "connection")) {
          resume = { ...resume, lastConnection: Math.max(resume.lastConnection, record.event.connection) };
        }
      }
    }
  } finally {
    await file.close();
  }
  return { resume, snapshot, snapshotOffset, notes };
}

async function* eventsSince(
  storage: JournalStorage,
  names: readonly string[],
  start: StartPlace,
  sequence: number,
): AsyncGenerator<PictureEvent, void> {
  for await (const batch of withoutSetAside(readSegments(storage, names, { start }))) {
    for (const record of batch) if (record.kind === "event" && record.sequence > sequence) yield record.event;
  }
}

async function* flat(batches: AsyncIterable<JournalRecord[]>): AsyncGenerator<JournalRecord, void> {
  for await (const batch of batches) yield* batch;
}

/**
 * The same records without the events that were set aside: a `set-aside` event directly follows the event that it takes back. The
 * `set-aside` event itself stays.
 */
export async function* withoutSetAside(batches: AsyncIterable<JournalRecord[]>): AsyncGenerator<JournalRecord[], void> {
  /** The newest event, and what stands behind it: seals and digests may stand between the two. */
  let held: JournalRecord[] = [];
  for await (const batch of batches) {
    const out: JournalRecord[] = [];
    for (const record of batch) {
      if (record.kind === "event") {
        const { event } = record;
        if (event.type === "set-aside" && held[0]?.kind === "event" && held[0].sequence === event.setAside) held.shift();
        out.push(...held);
        held = [record];
      } else if (held.length > 0) held.push(record);
      else out.push(record);
    }
    if (out.length > 0) yield out;
  }
  yield held;
}
