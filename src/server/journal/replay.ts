// A journal played through the engine again. Replay is the same function fed from the file, so the pictures must agree bit for bit with
// the digests and snapshots that were stored; where bytes were lost it restarts at the next snapshot and says so.

import type { PictureEvent } from "../../core/model/event.ts";
import { type ReadOptions, readSegments } from "./read-journal.ts";
import { withoutSetAside } from "./recover.ts";
import { storageOfPath } from "./storage.ts";

/** What replay needs of the engine; `core/engine` in the product, something small in tests. */
export interface ReplayEngine<Picture> {
  createPicture(): Picture;
  step(picture: Picture, event: PictureEvent): unknown;
  pictureDigest(picture: Picture): string;
  snapshotPicture(picture: Picture): Uint8Array;
  restorePicture(state: Uint8Array): Picture;
  /** The event with this sequence was set aside: the picture goes on behind it as if it had been no event. */
  skipEvent(picture: Picture, sequence: number): void;
}

/** What there is to do, in order. */
export type ReplayItem =
  | { readonly kind: "version"; readonly softwareVersion: string }
  | { readonly kind: "event"; readonly event: PictureEvent }
  /** Go on from this state, whatever the picture was before. `restart`: a server was started here, and began with this picture. */
  | { readonly kind: "restore"; readonly sequence: number; readonly at: number; readonly state: Uint8Array; readonly restart: boolean }
  /** The event with this sequence was set aside. */
  | { readonly kind: "skip"; readonly sequence: number }
  /** State after the event with this sequence, as it was when it was recorded. */
  | { readonly kind: "snapshot"; readonly sequence: number; readonly at: number; readonly state: Uint8Array }
  | { readonly kind: "digest"; readonly sequence: number; readonly at: number; readonly digest: string }
  /** Something an operator should know, in one plain sentence. `harm`: the file is not what was written. */
  | { readonly kind: "note"; readonly harm: boolean; readonly text: string };

export interface ReplayEventsOptions extends Pick<ReadOptions, "from" | "onProgress"> {
  /** Start at the last snapshot of the journal. */
  readonly fromLastSnapshot?: boolean;
}

/**
 * The items of a segment, or of all segments of a folder, in batches. Starts from an empty picture, or with a `restore`; after a
 * gap, damage or an expired payload, events are left out until the next `restore`.
 *
 * Rejects when a file cannot be opened or read.
 */
export async function* replayEvents(path: string, options: ReplayEventsOptions = {}): AsyncGenerator<ReplayItem[], void> {
  const { storage, names } = await storageOfPath(path);
  const from = options.fromLastSnapshot ? Number.MAX_SAFE_INTEGER : options.from;
  // `lost`: what the picture would be is not known, and events are left out until the next snapshot.
  let lost = false;
  let lastSequence = 0;
  let left = 0;
  let started = false;
  /** The next snapshot is what a server began with. */
  let restart = false;
  for await (const batch of withoutSetAside(readSegments(storage, names, { from, onProgress: options.onProgress }))) {
    const items: ReplayItem[] = [];
    const lose = (text: string, harm: boolean) => {
      lost = true;
      items.push({ kind: "note", harm, text });
    };
    for (const record of batch) {
      switch (record.kind) {
        case "segment": {
          const { afterSequence, softwareVersion, begunBy, previousEnd, previousFile } = record.segment;
          items.push({ kind: "version", softwareVersion });
          if (previousEnd === "abandoned") items.push({ kind: "note", harm: false, text: `the disk failed in ${previousFile}` });
          restart = begunBy === "start" && afterSequence > 0;
          if (!started && afterSequence > 0) {
            lost = true; // a later segment on its own: its first snapshot comes at once
            lastSequence = afterSequence;
          }
          started = true;
          break;
        }
        case "snapshot":
          if (lost || restart || !started || (lastSequence === 0 && record.sequence > 0)) {
            if (left > 0) {
              items.push({
                kind: "note",
                harm: false,
                text: `${left} events were left out; replay goes on after event ${record.sequence}`,
              });
            }
            items.push({ kind: "restore", sequence: record.sequence, at: record.at, state: record.state, restart: restart && !lost });
            restart = false;
            lastSequence = Math.max(lastSequence, record.sequence);
            lost = false;
            left = 0;
          } else items.push({ kind: "snapshot", sequence: record.sequence, at: record.at, state: record.state });
          started = true;
          break;
        case "digest":
          if (!lost) items.push({ kind: "digest", sequence: record.sequence, at: record.at, digest: record.digest });
          break;
        case "expired":
          if (!lost) lose(`event ${record.sequence} has expired`, false);
          lastSequence = record.sequence;
          left += 1;
          break;
        case "damage":
          lose(`${record.file}, octet ${record.offset}: ${record.reason}`, true);
          break;
        case "end":
          if (!record.closed) {
            items.push({ kind: "note", harm: false, text: `${record.file} was not closed: it ends at octet ${record.offset}` });
          }
          break;
        case "event": {
          started = true;
          const { event } = record;
          if (event.type === "gap") lose(`gap at event ${event.sequence}: ${event.reason}`, false);
          else if (event.type === "set-aside" && !lost && event.sequence === lastSequence + 2) {
            items.push(
              { kind: "skip", sequence: event.setAside },
              { kind: "note", harm: false, text: `event ${event.setAside} was set aside` },
            );
          } else if (!lost && event.sequence !== lastSequence + 1) {
            lose(`events ${lastSequence + 1} to ${event.sequence - 1} are missing`, false);
          }
          lastSequence = event.sequence;
          if (lost) left += 1;
          else items.push({ kind: "event", event });
        }
      }
    }
    if (items.length > 0) yield items;
  }
  if (left > 0) yield [{ kind: "note", harm: false, text: `${left} events at the end were left out: no snapshot follows them` }];
}

export interface ReplayOptions extends ReplayEventsOptions {
  readonly softwareVersion: string;
  /** A digest after each so many events; 0: only at the end. */
  readonly every: number;
  /** Digests to compare with besides those in the journal, by sequence. */
  readonly against?: ReadonlyMap<number, string>;
  readonly onDigest?: (sequence: number, digest: string) => void;
  readonly onNote?: (text: string) => void;
}

export interface ReplayDifference {
  readonly sequence: number;
  /** Where the expected value comes from. */
  readonly source: "journal" | "snapshot" | "against";
  readonly expected: string;
  readonly found: string;
  /** Members that differ, for a stored snapshot: "tracks.T12.x.0: 1 became 2". */
  readonly members: readonly string[];
}

export interface ReplayReport {
  readonly events: number;
  readonly lastSequence: number;
  /** Stored digests and snapshots, and those of `against`, that were compared. */
  readonly compared: number;
  readonly different: number;
  /** The first ones. */
  readonly differences: readonly ReplayDifference[];
  /** Versions that wrote the journal. */
  readonly versions: readonly string[];
  /** All of it was written by this version: then any difference is a failure. */
  readonly sameVersion: boolean;
  /** Records that are not what was written. */
  readonly harm: number;
  /** Digest after the last event. */
  readonly digest: string;
  /** `step` threw at this event; the message. Nothing was replayed behind it. */
  readonly failure: { readonly sequence: number; readonly message: string } | undefined;
}

const KEPT_DIFFERENCES = 10;

/**
 * Replays a journal and compares. With the version that wrote it, stops at the first difference; with another one, goes on and reports,
 * taking the stored snapshots as new starting points so that each stretch is compared by itself.
 */
export async function replay<Picture>(path: string, engine: ReplayEngine<Picture>, options: ReplayOptions): Promise<ReplayReport> {
  let picture = engine.createPicture();
  let events = 0;
  let lastSequence = 0;
  let compared = 0;
  let different = 0;
  let harm = 0;
  let sameVersion = true;
  let failure: ReplayReport["failure"];
  const differences: ReplayDifference[] = [];
  const versions = new Set<string>();

  /** True when replay must stop. */
  function compare(source: ReplayDifference["source"], expected: string, members: () => string[]): boolean {
    compared += 1;
    const found = engine.pictureDigest(picture);
    if (found === expected) return false;
    different += 1;
    if (differences.length < KEPT_DIFFERENCES) differences.push({ sequence: lastSequence, source, expected, found, members: members() });
    return sameVersion;
  }

  function handle(item: ReplayItem): boolean {
    switch (item.kind) {
      case "version":
        versions.add(item.softwareVersion);
        if (item.softwareVersion !== options.softwareVersion) sameVersion = false;
        return false;
      case "note":
        if (item.harm) harm += 1;
        options.onNote?.(item.text);
        return false;
      case "skip":
        engine.skipEvent(picture, item.sequence);
        return false;
      case "restore": {
        const stored = engine.restorePicture(item.state);
        // A server may begin with another picture than the one before it ended with: connections are closed, a new version starts empty.
        if (item.restart && item.sequence === lastSequence && engine.pictureDigest(stored) !== engine.pictureDigest(picture)) {
          const members = membersThatDiffer(picture, stored);
          options.onNote?.(`a server was started behind event ${lastSequence} with another picture: ${members.slice(0, 3).join("; ")}`);
        }
        picture = stored;
        lastSequence = item.sequence;
        return false;
      }
      case "digest":
        return item.sequence === lastSequence && compare("journal", item.digest, () => []);
      case "snapshot": {
        if (item.sequence !== lastSequence) return false;
        const stored = engine.restorePicture(item.state);
        const stop = compare("snapshot", engine.pictureDigest(stored), () => membersThatDiffer(stored, picture));
        if (!sameVersion) picture = stored;
        return stop;
      }
      case "event": {
        try {
          engine.step(picture, item.event);
        } catch (error) {
          failure = { sequence: item.event.sequence, message: (error as Error).message };
          return true;
        }
        events += 1;
        lastSequence = item.event.sequence;
        if (options.every > 0 && events % options.every === 0) options.onDigest?.(lastSequence, engine.pictureDigest(picture));
        const expected = options.against?.get(lastSequence);
        return expected !== undefined && compare("against", expected, () => []);
      }
    }
  }

  reading: for await (const items of replayEvents(path, options)) {
    for (const item of items) if (handle(item)) break reading;
  }
  const digest = engine.pictureDigest(picture);
  return { events, lastSequence, compared, different, differences, versions: [...versions], sameVersion, harm, digest, failure };
}

const SHOWN_MEMBERS = 20;

/** Paths of plain data that differ, the first twenty: what an engineer looks at first. */
export function membersThatDiffer(stored: unknown, replayed: unknown): string[] {
  const found: string[] = [];
  walk(stored, replayed, "", found);
  return found;
}

function walk(a: unknown, b: unknown, path: string, found: string[]): void {
  if (found.length >= SHOWN_MEMBERS || Object.is(a, b)) return;
  const entriesA = entriesOf(a);
  const entriesB = entriesOf(b);
  if (entriesA === undefined || entriesB === undefined) {
    found.push(`${path || "the whole"}: ${shown(a)} became ${shown(b)}`);
    return;
  }
  const keys = new Set([...entriesA.keys(), ...entriesB.keys()]);
  for (const key of keys) walk(entriesA.get(key), entriesB.get(key), path === "" ? key : `${path}.${key}`, found);
}

function entriesOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Map) return new Map([...value].map(([key, inner]) => [String(key), inner as unknown]));
  if (value instanceof Set) return new Map([...value].map((inner, i) => [String(i), inner as unknown]));
  return new Map(Object.entries(value));
}

function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 60));
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? `a list of ${value.length}` : "an object";
  return String(value);
}
