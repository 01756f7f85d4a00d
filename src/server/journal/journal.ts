// The journal's writer: appending costs microseconds and never waits; octets go to the disk in batches, are synced by timer, and at once
// before a decision counts. When the disk fails, everything but decisions goes on, marked as unrecorded, until a new segment can be begun.

import { randomBytes } from "node:crypto";
import { encodeUtf8 } from "../../core/base/text.ts";
import type { PictureEvent } from "../../core/model/event.ts";
import { encodeEvent } from "./event-codec.ts";
import {
  ENCODING,
  FORMAT,
  type PreviousEnd,
  type SegmentDescription,
  segmentIndexOfName,
  segmentName,
  TOPIC,
  ZERO_HASH,
} from "./format.ts";
import { findResumePoint, type ResumePoint } from "./recover.ts";
import { type ChannelDescription, createSegmentEncoder, type SegmentEncoder } from "./segment-encoder.ts";
import type { SiteKey } from "./site-key.ts";
import type { GrowingFile, JournalStorage } from "./storage.ts";

export interface JournalOptions {
  readonly storage: JournalStorage;
  readonly key: SiteKey;
  readonly siteId: string;
  readonly softwareVersion: string;
  /** UTC microseconds; dates seals and segments. */
  readonly now: () => number;
  /** Where the journal goes on, from `recover`; found by reading the newest segment when it is not given. */
  readonly resume?: ResumePoint;
  /**
   * State of the picture after the last event that was appended. Asked for inside `append`, when a new segment begins or after a
   * failure, before the event at hand is written: so the shell appends an event, then steps it, one by one.
   */
  readonly takeSnapshot?: () => { readonly sequence: number; readonly at: number; readonly state: Uint8Array };
  /** Recording goes on after a loss: the shell appends a `gap` event with this reason and steps it. Called once for each loss. */
  readonly onGap?: (reason: string) => void;
  /** Called when recording stops and when it goes on. */
  readonly onStateChange?: (recording: boolean, reason: string) => void;
  readonly settings?: Partial<JournalSettings>;
}

export interface JournalSettings {
  /** A segment is closed when it is larger, or older, than this. */
  readonly segmentBytes: number;
  readonly segmentSeconds: number;
  /** Longest time that appended octets wait for a write, for a sync, for a seal. */
  readonly flushMilliseconds: number;
  readonly syncMilliseconds: number;
  readonly sealMilliseconds: number;
  /** Octets that wait for a slow disk before it counts as failed. */
  readonly backlogBytes: number;
  /** A write or sync that takes longer counts as failed. */
  readonly ioTimeoutMilliseconds: number;
  /** How long after a failure the disk is tried again, with a new file. */
  readonly retryMilliseconds: number;
  /** What all segments together may take: beyond it the oldest are removed, each with a record of it. Undefined: what the disk has. */
  readonly diskBudgetBytes: number | undefined;
}

export const DEFAULT_SETTINGS: JournalSettings = {
  segmentBytes: 128 * 1024 * 1024,
  segmentSeconds: 3600,
  flushMilliseconds: 25,
  syncMilliseconds: 200,
  sealMilliseconds: 1000,
  backlogBytes: 64 * 1024 * 1024,
  ioTimeoutMilliseconds: 5000,
  retryMilliseconds: 2000,
  diskBudgetBytes: undefined,
};

/** Nothing was recorded: a decision that needs a record is refused with this. */
export class NotRecordedError extends Error {
  override readonly name = "NotRecordedError";
}

export interface JournalStats {
  /** False while the disk fails: what happens is marked UNRECORDED. */
  readonly recording: boolean;
  /** Why not, one plain sentence. */
  readonly reason: string;
  /** Name of the newest segment. */
  readonly file: string;
  /** Octets of the newest segment, and of all segments together. */
  readonly bytes: number;
  readonly totalBytes: number;
  /** Octets that wait to be written. */
  readonly backlogBytes: number;
  readonly appendedSequence: number;
  readonly syncedSequence: number;
  readonly sealedSequence: number;
  /** Events that are in no segment, since the start. */
  readonly lostEvents: number;
  readonly seals: number;
  readonly syncs: number;
  readonly failures: number;
  /** Segments that were removed to keep to the disk budget. */
  readonly removedSegments: number;
  readonly lastSyncMilliseconds: number;
  /** At the rate since the start; null in the first minute, and when nothing limits it. */
  readonly daysLeft: number | null;
  readonly publicKey: string;
  /** Newest seal that is synced: what an anchor outside the file should name. */
  readonly head: string;
}

export interface Journal {
  /** Buffers the event; never waits and never throws for the disk's sake. */
  append(event: PictureEvent): void;
  writeSnapshot(sequence: number, at: number, state: Uint8Array): void;
  writeDigest(sequence: number, digest: string): void;
  /**
   * Seals and syncs what was appended so far (durability class D2). Resolves when it survives a loss of power; rejects with
   * NotRecordedError when it does not, and then the decision must not take effect.
   */
  syncDecision(): Promise<void>;
  stats(): JournalStats;
  /** Seals the last record, writes footer and index, syncs. Rejects with NotRecordedError when that fails. */
  close(): Promise<void>;
}

/** Octets on their way into one file. */
interface Segment {
  readonly name: string;
  readonly encoder: SegmentEncoder;
  file: GrowingFile | undefined;
  queue: { readonly octets: Uint8Array; readonly mark: Mark }[];
  ended: boolean;
}

/** How far the journal had come when some octets were taken. */
interface Mark {
  /** Octets over all segments. */
  readonly octets: number;
  readonly sequence: number;
  readonly sealedSequence: number;
  readonly sealHash: string;
  readonly nextSeal: number;
  readonly file: string;
}

interface Waiter {
  readonly octets: number;
  resolve(): void;
  reject(error: Error): void;
}

const NOTHING = new Uint8Array(0);
/** Commands kept in memory while nothing can be recorded; more are counted as lost. */
const MAX_LATE_COMMANDS = 10_000;

/** Opens a new segment behind the newest one and starts recording. Rejects when the folder cannot be used. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const settings: JournalSettings = { ...DEFAULT_SETTINGS, ...options.settings };
  const { storage, key } = options;
  const resume = options.resume ?? (await findResumePoint(storage));
  const journalId = resume.journalId ?? randomBytes(16).toString("hex");
  let olderBytes = resume.totalBytes;
  const openedAt = options.now();

  let segments: Segment[] = [];
  let current: Segment;
  let recording = true;
  let reason = "";
  let closing = false;
  /** Counts failures, so that what an abandoned write reports late is told from the present. */
  let generation = 0;
  let pumping = false;
  let snapshotDue = false;
  let waiters: Waiter[] = [];
  let late: PictureEvent[] = [];

  let lastAt = resume.at;
  let appendedSequence = resume.sequence;
  let lastConnection = resume.lastConnection;
  let sealedSequence = resume.sequence;
  let takenOctets = 0;
  let writtenMark: Mark = {
    octets: 0,
    sequence: resume.sequence,
    sealedSequence: resume.sequence,
    sealHash: resume.previousSeal,
    nextSeal: resume.nextSeal,
    file: resume.previousFile,
  };
  let syncedMark = writtenMark;
  let lostEvents = 0;
  let seals = 0;
  let syncs = 0;
  let failures = 0;
  let removedSegments = 0;
  let makingRoom = false;
  let lastSyncMilliseconds = 0;
  let freeBytes: number | undefined;

  let flushTimer: NodeJS.Timeout | undefined;
  let syncTimer: NodeJS.Timeout | undefined;
  let retryTimer: NodeJS.Timeout | undefined;
  /** Of writes and syncs under way. */
  const ioTimers = new Set<NodeJS.Timeout>();
  const sealTimer = setInterval(sealByTimer, settings.sealMilliseconds);
  sealTimer.unref();
  let lastSyncAt = performance.now();
  /** Channel for each source and kind of connection, with the metadata of the newest configuration. */
  let sourceMetadata = new Map<string, Readonly<Record<string, string>>>();

  function describe(begunBy: SegmentDescription["begunBy"], index: number, afterSequence: number, before: Previous): SegmentDescription {
    return {
      format: FORMAT,
      journalId,
      siteId: options.siteId,
      index,
      softwareVersion: options.softwareVersion,
      begunBy,
      createdAt: options.now(),
      afterSequence,
      afterConnection: lastConnection,
      publicKey: key.publicKey,
      ...before,
    };
  }

  function beginSegment(begunBy: SegmentDescription["begunBy"], index: number, afterSequence: number, before: Previous): Segment {
    const encoder = createSegmentEncoder(describe(begunBy, index, afterSequence, before), key);
    return { name: segmentName(index, encoder.description.createdAt), encoder, file: undefined, queue: [], ended: false };
  }

  function addJson(topic: string, sequence: number, at: number, text: string): void {
    current.encoder.add({ topic, encoding: ENCODING.json }, sequence, at, NOTHING, encodeUtf8(text));
  }

  function addSnapshot(sequence: number, at: number, state: Uint8Array): void {
    snapshotDue = false;
    current.encoder.add({ topic: TOPIC.snapshots, encoding: ENCODING.state }, sequence, at, NOTHING, state);
  }

  /** Moves what the encoder holds to the queue of octets to be written, and sees that they are. */
  function flush(): void {
    clearTimeout(flushTimer);
    flushTimer = undefined;
    if (!recording) return;
    const octets = current.encoder.take();
    if (octets.length > 0) {
      takenOctets += octets.length;
      current.queue.push({ octets, mark: markOf(current) });
    }
    if (takenOctets - writtenMark.octets > settings.backlogBytes)
      fail(`the disk is too slow: ${takenOctets - writtenMark.octets} octets wait`);
    else void pump();
  }

  function markOf({ name, encoder }: Segment): Mark {
    const { lastSealHash, nextSeal } = encoder;
    return { octets: takenOctets, sequence: appendedSequence, sealedSequence, sealHash: lastSealHash, nextSeal, file: name };
  }

  function flushSoon(): void {
    flushTimer ??= setTimeout(flush, settings.flushMilliseconds);
  }

  function seal(kind: "open" | "timer" | "decision"): void {
    current.encoder.seal(kind, options.now());
    sealedSequence = current.encoder.lastSequence;
    seals += 1;
  }

  function sealByTimer(): void {
    if (!recording || closing || current.encoder.unsealed === 0) return;
    seal("timer");
    flush();
  }

  function roll(): void {
    const old = current;
    old.encoder.finish(options.now());
    sealedSequence = old.encoder.lastSequence;
    seals += 1;
    old.ended = true;
    flush();
    if (!recording) return; // the flush found the disk too slow
    olderBytes += old.encoder.length;
    current = beginSegment("roll", old.encoder.description.index + 1, old.encoder.lastSequence, {
      ...NO_TAIL,
      previousFile: old.name,
      previousSeal: old.encoder.lastSealHash,
      firstSeal: old.encoder.nextSeal,
      previousEnd: "closed",
    });
    segments.push(current);
    addStartingSnapshot();
    seal("open");
    flush();
    void makeRoom();
  }

  function addStartingSnapshot(): void {
    const snapshot = appendedSequence > 0 ? options.takeSnapshot?.() : undefined;
    if (snapshot !== undefined) addSnapshot(snapshot.sequence, snapshot.at, snapshot.state);
    snapshotDue = false;
  }

  function rollIsDue(at: number): boolean {
    const { encoder } = current;
    return encoder.length > settings.segmentBytes || at - encoder.description.createdAt > settings.segmentSeconds * 1_000_000;
  }

  /** Writes and syncs, one thing at a time, until nothing is left to do. */
  async function pump(): Promise<void> {
    if (pumping || !recording) return;
    pumping = true;
    const mine = generation;
    try {
      while (segments.length > 0 && mine === generation) {
        const segment = segments[0];
        if (segment.file === undefined) {
          const file = await limited(storage.create(segment.name));
          if (mine !== generation) {
            await file.close();
            return;
          }
          segment.file = file;
        }
        if (segment.queue.length > 0) {
          const batch = segment.queue;
          segment.queue = [];
          await limited(segment.file.append(Buffer.concat(batch.map(({ octets }) => octets))));
          if (mine !== generation) return;
          writtenMark = batch[batch.length - 1].mark;
          continue;
        }
        const unsynced = writtenMark.octets > syncedMark.octets;
        const asked = waiters.length > 0 || segment.ended;
        const due = performance.now() - lastSyncAt >= settings.syncMilliseconds;
        if (unsynced && (asked || due)) {
          await syncFile(segment, mine);
          continue;
        }
        if (segment.ended) {
          segments.shift();
          await limited(segment.file.close());
          continue;
        }
        if (unsynced && syncTimer === undefined) {
          syncTimer = setTimeout(
            () => {
              syncTimer = undefined;
              void pump();
            },
            settings.syncMilliseconds - (performance.now() - lastSyncAt),
          );
        }
        break;
      }
    } catch (error) {
      if (mine === generation) fail((error as Error).message);
    } finally {
      if (mine === generation) pumping = false;
    }
  }

  async function syncFile(segment: Segment, mine: number): Promise<void> {
    const mark = writtenMark;
    const began = performance.now();
    await limited((segment.file as GrowingFile).datasync());
    if (mine !== generation) return;
    lastSyncAt = performance.now();
    lastSyncMilliseconds = lastSyncAt - began;
    syncs += 1;
    syncedMark = mark;
    const done = waiters.filter((waiter) => waiter.octets <= mark.octets);
    waiters = waiters.filter((waiter) => waiter.octets > mark.octets);
    for (const waiter of done) waiter.resolve();
  }

  /** The same promise, but rejected when the disk does not answer. */
  function limited<Value>(work: Promise<Value>): Promise<Value> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("the disk does not answer")), settings.ioTimeoutMilliseconds);
      ioTimers.add(timer);
      work.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        ioTimers.delete(timer);
      });
    });
  }

  /**
   * The disk failed: what a failed write or sync left in the file is unknown, so the file is given up and never synced again. Octets not
   * yet synced count as lost, although some may be on the disk.
   */
  function fail(why: string): void {
    generation += 1;
    pumping = false;
    failures += 1;
    recording = false;
    reason = why;
    lostEvents += appendedSequence - syncedMark.sequence;
    for (const segment of segments) segment.file?.close().catch(() => undefined); // given up: nothing to learn from it
    segments = [];
    for (const timer of ioTimers) clearTimeout(timer);
    ioTimers.clear();
    clearTimeout(flushTimer);
    clearTimeout(syncTimer);
    flushTimer = undefined;
    syncTimer = undefined;
    const refused = waiters;
    waiters = [];
    for (const waiter of refused) waiter.reject(new NotRecordedError(`not recorded: ${why}`));
    if (!closing) {
      retryTimer = setTimeout(() => void retry(), settings.retryMilliseconds);
      retryTimer.unref();
    }
    options.onStateChange?.(false, why);
  }

  /** Begins a new segment on its own; only when its beginning is synced does recording go on. */
  async function retry(): Promise<void> {
    const mine = generation;
    const before: Previous = {
      ...NO_TAIL,
      previousFile: syncedMark.file,
      previousSeal: syncedMark.sealHash,
      firstSeal: syncedMark.nextSeal,
      previousEnd: "abandoned",
    };
    const segment = beginSegment("failure", current.encoder.description.index + 1, appendedSequence, before);
    const octets = segment.encoder.take();
    try {
      const file = await limited(storage.create(segment.name));
      segment.file = file;
      await limited(file.append(octets));
      await limited(file.datasync());
    } catch (error) {
      if (segment.file !== undefined) {
        segment.file.close().catch(() => undefined);
        storage.remove(segment.name).catch(() => undefined); // the beginning of a segment without any event: nothing is lost with it
      }
      if (mine !== generation || closing) return;
      reason = (error as Error).message;
      retryTimer = setTimeout(() => void retry(), settings.retryMilliseconds);
      retryTimer.unref();
      return;
    }
    if (mine !== generation || closing) {
      segment.file.close().catch(() => undefined);
      return;
    }
    const lost = reason;
    olderBytes += current.encoder.length;
    current = segment;
    segments = [segment];
    takenOctets += octets.length;
    writtenMark = markOf(segment);
    syncedMark = writtenMark;
    lastSyncAt = performance.now();
    recording = true;
    reason = "";
    snapshotDue = true;
    writeLateCommands();
    options.onStateChange?.(true, "");
    options.onGap?.(lost);
    flushSoon();
  }

  function writeLateCommands(): void {
    const commands = late;
    late = [];
    for (const command of commands) addJson(TOPIC.unrecorded, appendedSequence, lastAt, JSON.stringify(command));
  }

  function append(event: PictureEvent): void {
    if (closing) return;
    if (event.type === "configure") sourceMetadata = metadataOfSources(event);
    if (recording && snapshotDue && event.type !== "gap") addStartingSnapshot();
    if (recording && !snapshotDue && rollIsDue(event.at)) roll();
    appendedSequence = event.sequence;
    lastAt = event.at;
    if (event.type === "packet" || event.type === "connection") lastConnection = Math.max(lastConnection, event.connection);
    if (!recording) {
      lostEvents += 1;
      if (event.type === "command" && late.length < MAX_LATE_COMMANDS) late.push(event);
      return;
    }
    const { topic, encoding, prefix, body } = encodeEvent(event);
    const channel: ChannelDescription =
      event.type === "packet" ? { topic, encoding, metadata: sourceMetadata.get(event.sourceId) } : { topic, encoding };
    current.encoder.add(channel, event.sequence, event.at, prefix, body);
    flushSoon();
  }

  function refuse(): NotRecordedError {
    return new NotRecordedError(closing ? "not recorded: the journal is closed" : `not recorded: ${reason}`);
  }

  function synced(): Promise<void> {
    if (syncedMark.octets >= takenOctets) return Promise.resolve();
    return new Promise((resolve, reject) => {
      waiters.push({ octets: takenOctets, resolve, reject });
      void pump();
    });
  }

  async function measureFreeSpace(): Promise<void> {
    freeBytes = await storage.freeBytes().catch(() => undefined); // shown as unknown
  }

  /**
   * Removes the oldest segments until all fit the budget. What is removed is first written down, sealed and synced: a segment that is
   * missing without such a record was taken away by somebody else.
   */
  async function makeRoom(): Promise<void> {
    const budget = settings.diskBudgetBytes;
    if (budget === undefined || makingRoom) return;
    makingRoom = true;
    try {
      // Room for a whole segment, so that the budget holds until the next one is begun.
      while (recording && !closing && olderBytes + Math.max(current.encoder.length, settings.segmentBytes) > budget) {
        const open = segmentIndexOfName(segments[0]?.name ?? current.name) ?? 0;
        const oldest = (await storage.list()).find((name) => (segmentIndexOfName(name) ?? open) < open);
        if (oldest === undefined) break; // what is written now may be more than the budget
        const file = await storage.open(oldest);
        const bytes = await file.size();
        await file.close();
        if (!recording || closing) break;
        addJson(
          TOPIC.deletions,
          appendedSequence,
          lastAt,
          JSON.stringify({ file: oldest, bytes, reason: "disk budget", at: options.now() }),
        );
        seal("decision");
        flush();
        await synced();
        await storage.remove(oldest);
        olderBytes -= bytes;
        removedSegments += 1;
      }
    } catch {
      // The disk refused: what is too much stays, and the next minute tries again.
    } finally {
      makingRoom = false;
    }
  }

  function daysLeft(): number | null {
    const totalBytes = olderBytes + current.encoder.length;
    const seconds = (options.now() - openedAt) / 1_000_000;
    const written = totalBytes - resume.totalBytes;
    if (seconds < 60 || written <= 0) return null;
    const budget = settings.diskBudgetBytes === undefined ? Number.POSITIVE_INFINITY : settings.diskBudgetBytes - totalBytes;
    const left = Math.max(0, Math.min(budget, freeBytes ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(left) ? left / (written / seconds) / 86_400 : null;
  }

  // The first segment is begun before this resolves, so that a folder that cannot be used is found on start.
  current = beginSegment("start", resume.nextIndex, resume.sequence, {
    previousFile: resume.previousFile,
    previousSeal: resume.previousSeal,
    firstSeal: resume.nextSeal,
    previousEnd: resume.previousEnd,
    previousLength: resume.previousLength,
    previousTailRecords: resume.tailRecords,
    previousTailLeaves: resume.tailLeaves,
  });
  segments.push(current);
  addStartingSnapshot();
  seal("open");
  const opened = new Promise<void>((resolve, reject) => waiters.push({ octets: current.encoder.length, resolve, reject }));
  flush();
  try {
    await opened;
  } catch (error) {
    closing = true;
    clearInterval(sealTimer);
    clearTimeout(retryTimer);
    throw error;
  }
  await measureFreeSpace();
  void makeRoom();
  const spaceTimer = setInterval(() => {
    void measureFreeSpace();
    void makeRoom();
  }, 60_000);
  spaceTimer.unref();

  return {
    append,
    writeSnapshot: (sequence, at, state) => {
      if (!recording || closing) return;
      addSnapshot(sequence, at, state);
      flushSoon();
    },
    writeDigest: (sequence, digest) => {
      if (!recording || closing) return;
      addJson(TOPIC.digests, sequence, lastAt, JSON.stringify({ sequence, digest }));
      flushSoon();
    },
    syncDecision: () => {
      if (!recording || closing) return Promise.reject(refuse());
      if (current.encoder.unsealed > 0) seal("decision");
      flush();
      return recording ? synced() : Promise.reject(refuse());
    },
    stats: () => ({
      recording,
      reason,
      file: current.name,
      bytes: current.encoder.length,
      totalBytes: olderBytes + current.encoder.length,
      backlogBytes: recording ? takenOctets - writtenMark.octets : 0,
      appendedSequence,
      syncedSequence: syncedMark.sequence,
      sealedSequence: syncedMark.sealedSequence,
      lostEvents,
      seals,
      syncs,
      failures,
      removedSegments,
      lastSyncMilliseconds,
      daysLeft: daysLeft(),
      publicKey: key.publicKey,
      head: syncedMark.sealHash,
    }),
    close: async () => {
      if (closing) return;
      const wasRecording = recording;
      closing = true;
      clearInterval(sealTimer);
      clearInterval(spaceTimer);
      clearTimeout(retryTimer);
      if (!wasRecording) throw new NotRecordedError(`the journal was not recording when it was closed: ${reason}`);
      current.encoder.finish(options.now());
      current.ended = true;
      flush();
      if (!recording) throw new NotRecordedError(`not recorded: ${reason}`);
      await synced();
      while (segments.length > 0 && recording) await new Promise((resolve) => setTimeout(resolve, 1));
      clearTimeout(syncTimer);
    },
  };
}

/** How a segment refers to the one before it. */
type Previous = Pick<
  SegmentDescription,
  "previousFile" | "previousSeal" | "firstSeal" | "previousLength" | "previousTailRecords" | "previousTailLeaves"
> & { readonly previousEnd: PreviousEnd };

const NO_TAIL = { previousLength: 0, previousTailRecords: 0, previousTailLeaves: ZERO_HASH };

/** What a channel says of its source, for people who open the file in another tool. */
function metadataOfSources(event: Extract<PictureEvent, { type: "configure" }>): Map<string, Readonly<Record<string, string>>> {
  return new Map(
    event.site.sources.map((source) => [
      source.id,
      { source: source.id, protocol: source.protocol, origin: source.origin, timeBasis: source.timeBasis },
    ]),
  );
}
