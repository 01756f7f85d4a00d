// What a start finds: the newest snapshot, the events since, and where the chain of seals goes on. Nothing is changed on the disk: the
// torn end of a segment stays as evidence, and the next segment vouches for what was whole before it.

import { Opcode } from "@mcap/core";
import type { PictureEvent } from "../../core/model/event.ts";
import {
  CONNECTION_PREFIX,
  ENCODING,
  MESSAGE_HEAD,
  type PreviousEnd,
  SEALS_CHANNEL,
  SEGMENT_METADATA,
  type SegmentDescription,
  segmentDescriptionOf,
  segmentIndexOfName,
  TOPIC,
  ZERO_HASH,
} from "./format.ts";
import { channelOf, messageHeadOf, metadataOf, readFrames } from "./frames.ts";
import { type JournalRecord, readSegment, readSegments, type StartPlace } from "./read-journal.ts";
import type { ReplayEngine } from "./replay.ts";
import type { JournalStorage, ReadableFile } from "./storage.ts";

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
  /**
   * Why events behind the snapshot are missing; undefined when none are. `events` then ends before the first missing one, and the
   * picture must go on behind `resume.sequence`: see `recoverPicture`.
   */
  readonly gap: string | undefined;
  /** Events behind the snapshot, in order, without those that were set aside. Reads the files again, streaming. */
  events(): AsyncGenerator<PictureEvent, void>;
  /** What an operator should know: a torn end, damage, events that are missing. Plain sentences; empty after a clean close. */
  readonly notes: readonly string[];
}

/** An empty folder. */
export const NO_JOURNAL: ResumePoint = {
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
  const { resume, names, start, snapshot, gap, notes } = await survey(storage);
  return { resume, snapshot, gap, notes, events: () => eventsSince(storage, names, start, snapshot?.sequence ?? 0) };
}

interface Survey {
  readonly resume: ResumePoint;
  readonly names: readonly string[];
  /** Segment and offset of the newest snapshot. */
  readonly start: StartPlace;
  readonly snapshot: Recovered["snapshot"];
  readonly gap: string | undefined;
  readonly notes: readonly string[];
}

async function survey(storage: JournalStorage): Promise<Survey> {
  const names = (await storage.list()).filter((name) => segmentIndexOfName(name) !== undefined);
  const notes: string[] = [];
  let resume: ResumePoint | undefined;
  let snapshot: Recovered["snapshot"];
  let start: StartPlace = { first: 0, offset: 0 };
  let gap: string | undefined;
  let totalBytes = 0;
  for (const name of names) {
    const file = await storage.open(name);
    totalBytes += await file.size();
    await file.close();
  }
  for (let i = names.length - 1; i >= 0 && (resume === undefined || snapshot === undefined); i--) {
    const segment = await surveySegment(storage, names[i]);
    notes.unshift(...segment.notes);
    if (snapshot === undefined) gap = segment.gap ?? gap;
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
  return { resume: resume ?? { ...NO_JOURNAL, nextIndex: newest + 1, totalBytes }, names, start, snapshot, gap, notes };
}

interface SegmentSurvey extends Pick<Survey, "snapshot" | "notes"> {
  /** Undefined when not even the description is whole. */
  readonly resume: ResumePoint | undefined;
  readonly snapshotOffset: number;
  /** Events behind the snapshot are missing. */
  readonly gap: string | undefined;
}

/** Where a quick survey may begin, and what it must know of the part before. */
interface QuickStart {
  readonly segment: SegmentDescription;
  /** Of the last seal in front of the last snapshot. */
  readonly offset: number;
  readonly lastConnection: number;
}

/**
 * Finds the last snapshot by the heads of the records alone, which takes a tenth of the time of checking every hash. What lies before it is
 * checked by verification and not by a start. Undefined when there is no snapshot behind a seal, or when the records cannot be walked to
 * the end: then the whole segment is read.
 */
async function findQuickStart(file: ReadableFile): Promise<QuickStart | undefined> {
  let segment: SegmentDescription | undefined;
  let snapshots = -1;
  let events = -1;
  const streams = new Set<number>();
  let lastSeal: number | undefined;
  let offset: number | undefined;
  let lastConnection = 0;
  const frames = readFrames(file);
  for (;;) {
    const next = await frames.next();
    if (next.done) {
      if (next.value.kind === "broken") return undefined;
      return segment === undefined || offset === undefined ? undefined : { segment, offset, lastConnection };
    }
    for (const frame of next.value) {
      const { octets, opcode } = frame;
      if (opcode === Opcode.METADATA) {
        const content = metadataOf(octets);
        if (content?.name === SEGMENT_METADATA) segment = segmentDescriptionOf(content.metadata);
      } else if (opcode === Opcode.CHANNEL) {
        const channel = channelOf(octets);
        if (channel?.topic === TOPIC.snapshots) snapshots = channel.id;
        else if (channel?.topic === TOPIC.events) events = channel.id;
        else if (channel?.messageEncoding === ENCODING.connectionPacket) streams.add(channel.id);
      } else if (opcode === Opcode.MESSAGE) {
        const { channel } = messageHeadOf(octets);
        if (channel === SEALS_CHANNEL) lastSeal = frame.offset;
        else if (channel === snapshots) offset = lastSeal;
        else if (streams.has(channel) && octets.length >= MESSAGE_HEAD + CONNECTION_PREFIX) {
          lastConnection = Math.max(lastConnection, new DataView(octets.buffer, octets.byteOffset + MESSAGE_HEAD).getUint32(0));
        } else if (channel === events) lastConnection = Math.max(lastConnection, connectionIn(octets.subarray(MESSAGE_HEAD)));
      }
    }
  }
}

const CONNECTION_TYPE = Buffer.from('"type":"connection"');

/** The number in a `connection` event; 0 for every other event. */
function connectionIn(payload: Uint8Array): number {
  const text = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (!text.includes(CONNECTION_TYPE)) return 0;
  try {
    const { type, connection } = JSON.parse(text.toString("utf8")) as { type?: unknown; connection?: unknown };
    return type === "connection" && typeof connection === "number" ? connection : 0;
  } catch {
    return 0; // no JSON: damage, which verification finds
  }
}

function beginningOf(name: string, segment: SegmentDescription): ResumePoint {
  const { journalId, afterSequence, afterConnection, createdAt, previousSeal, firstSeal } = segment;
  const chain = { previousFile: name, previousSeal, nextSeal: firstSeal };
  return { ...NO_JOURNAL, journalId, sequence: afterSequence, at: createdAt, lastConnection: afterConnection, ...chain };
}

async function surveySegment(storage: JournalStorage, name: string): Promise<SegmentSurvey> {
  const file = await storage.open(name);
  try {
    const quick = await findQuickStart(file);
    if (quick !== undefined) {
      const found = await surveyFrom(file, name, quick);
      // The last snapshot may be one whose hash was never written, and then the part before decides.
      if (found.snapshot !== undefined && found.gap === undefined) return found;
    }
    return await surveyFrom(file, name, undefined);
  } finally {
    await file.close();
  }
}

async function surveyFrom(file: ReadableFile, name: string, quick: QuickStart | undefined): Promise<SegmentSurvey> {
  const notes: string[] = [];
  let resume: ResumePoint | undefined;
  let snapshot: Recovered["snapshot"];
  let snapshotOffset = 0;
  let gap: string | undefined;
  if (quick !== undefined) {
    resume = beginningOf(name, quick.segment);
    resume = { ...resume, lastConnection: Math.max(resume.lastConnection, quick.lastConnection) };
  }
  for await (const record of flat(readSegment(file, name, { from: quick?.offset ?? 0 }))) {
    if (record.kind === "segment") {
      resume = beginningOf(name, record.segment);
    } else if (record.kind === "damage") {
      gap = `${name}, octet ${record.offset}: ${record.reason}`;
      notes.push(gap);
    } else if (resume === undefined || record.kind === "seal") continue;
    else if (record.kind === "end") {
      const { length, seal, tailRecords, tailLeaves } = record.sound;
      const chain = seal === undefined ? {} : { previousSeal: seal.hash, nextSeal: seal.number + 1 };
      const previousEnd = record.closed ? ("closed" as const) : ("recovered" as const);
      resume = { ...resume, ...chain, previousEnd, previousLength: length, tailRecords, tailLeaves, tornOctets: record.tornOctets };
      if (!record.closed) notes.push(`${name} was not closed: whole up to octet ${length}, ${record.tornOctets} torn octets behind`);
    } else {
      resume = { ...resume, sequence: Math.max(resume.sequence, record.sequence), at: Math.max(resume.at, record.at) };
      if (record.kind === "snapshot") {
        snapshot = { sequence: record.sequence, at: record.at, state: record.state };
        snapshotOffset = record.offset;
        gap = undefined;
      }
      if (record.kind === "event" && (record.event.type === "packet" || record.event.type === "connection")) {
        resume = { ...resume, lastConnection: Math.max(resume.lastConnection, record.event.connection) };
      }
    }
  }
  return { resume, snapshot, snapshotOffset, gap, notes };
}

async function* eventsSince(
  storage: JournalStorage,
  names: readonly string[],
  start: StartPlace,
  sequence: number,
): AsyncGenerator<PictureEvent, void> {
  for await (const batch of withoutSetAside(readSegments(storage, names, { start }))) {
    for (const record of batch) {
      if (record.kind === "damage" || record.kind === "expired") return;
      if (record.kind === "event" && record.sequence > sequence) yield record.event;
    }
  }
}

/**
 * The picture with which a start goes on. `gap` is set when events are missing from it: the shell then appends a `gap` event with that
 * reason, steps it, and writes a snapshot. Throws what `step` throws.
 */
export async function recoverPicture<Picture>(
  recovered: Recovered,
  engine: Pick<ReplayEngine<Picture>, "createPicture" | "restorePicture" | "skipEvent" | "step">,
): Promise<{ picture: Picture; gap: string | undefined }> {
  const { snapshot, resume } = recovered;
  const picture = snapshot === undefined ? engine.createPicture() : engine.restorePicture(snapshot.state);
  let last = snapshot?.sequence ?? 0;
  let missing = recovered.gap;
  for await (const event of recovered.events()) {
    if (event.sequence > last + 1) {
      const setAside = event.type === "set-aside" && event.setAside === last + 1 && event.sequence === last + 2;
      if (!setAside) {
        missing ??= `events ${last + 1} to ${event.sequence - 1} are missing`;
        if (event.type !== "gap") break;
      }
      engine.skipEvent(picture, event.sequence - 1);
    }
    engine.step(picture, event);
    last = event.sequence;
  }
  if (last < resume.sequence) {
    missing ??= `events ${last + 1} to ${resume.sequence} are missing`;
    engine.skipEvent(picture, resume.sequence);
  }
  return { picture, gap: missing };
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
