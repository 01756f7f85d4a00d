// What the journal's tests share: a key, events whose numbers can be read by hand, a journal on a simulated disk, and an engine of one line.

import { generateKeyPairSync } from "node:crypto";
import { sha256Hex } from "../../src/core/base/sha256.ts";
import { decodeState, encodeState } from "../../src/core/base/state-codec.ts";
import type { Micros } from "../../src/core/base/units.ts";
import type { PictureEvent } from "../../src/core/model/event.ts";
import { type Journal, type JournalOptions, openJournal } from "../../src/server/journal/journal.ts";
import { type JournalRecord, readSegments } from "../../src/server/journal/read-journal.ts";
import type { ReplayEngine } from "../../src/server/journal/replay.ts";
import { siteKeyOf } from "../../src/server/journal/site-key.ts";
import type { JournalStorage } from "../../src/server/journal/storage.ts";

export const KEY = siteKeyOf(generateKeyPairSync("ed25519").privateKey);
/** 2026-01-01T00:00:00Z. */
export const START = 1_767_225_600_000_000;
export const VERSION = "9.9.9";

/** Event n happens n milliseconds after the start. */
export const timeOf = (sequence: number) => (START + sequence * 1000) as Micros;

export const packet = (sequence: number, bytes: Uint8Array = Uint8Array.of(sequence & 255, 1, 2), connection = 0): PictureEvent => ({
  type: "packet",
  sequence,
  at: timeOf(sequence),
  sourceId: connection === 0 ? "radar" : "beast",
  connection,
  bytes,
});
export const tick = (sequence: number): PictureEvent => ({ type: "tick", sequence, at: timeOf(sequence) });
export const note = (sequence: number, id: string): PictureEvent => ({
  type: "command",
  sequence,
  at: timeOf(sequence),
  commandId: id,
  actor: { name: "operator", authenticated: false },
  command: { kind: "note", text: `note ${id}` },
});
export const gap = (sequence: number, reason: string): PictureEvent => ({ type: "gap", sequence, at: timeOf(sequence), reason });

/** A picture that depends on every octet of every event and on their order. */
export interface CountingPicture {
  sequence: number;
  sum: number;
  notes: string[];
}
export const countingEngine: ReplayEngine<CountingPicture> = {
  createPicture: () => ({ sequence: 0, sum: 0, notes: [] }),
  step: (picture, event) => {
    if (event.sequence !== picture.sequence + 1) throw new Error(`event ${event.sequence} follows ${picture.sequence}`);
    if (event.type === "packet" && event.bytes[0] === 0xbad % 256 && event.bytes.length === 1) throw new Error("a poison event");
    picture.sequence = event.sequence;
    if (event.type === "packet") for (const octet of event.bytes) picture.sum = (picture.sum * 31 + octet + event.connection) % 1_000_003;
    if (event.type === "command" && event.command.kind === "note") picture.notes.push(event.command.text);
  },
  pictureDigest: (picture) => sha256Hex(encodeState(picture)),
  snapshotPicture: (picture) => encodeState(picture),
  restorePicture: (state) => decodeState(state) as CountingPicture,
  skipEvent: (picture, sequence) => {
    picture.sequence = sequence;
  },
};

/** A server of one line: stamps, appends, steps. */
export interface TestSite {
  readonly journal: Journal;
  picture: CountingPicture;
  /** Appends and steps the event that `make` gives for the next sequence. */
  happen(make: (sequence: number) => PictureEvent): void;
  snapshot(): void;
  digest(): void;
  readonly states: { recording: boolean; reason: string }[];
}

export async function openSite(
  storage: JournalStorage,
  options: Partial<JournalOptions> = {},
  picture: CountingPicture = countingEngine.createPicture(),
): Promise<TestSite> {
  const states: { recording: boolean; reason: string }[] = [];
  const site = {
    picture,
    states,
    happen: (make: (sequence: number) => PictureEvent) => {
      const event = make(site.picture.sequence + 1);
      journal.append(event);
      countingEngine.step(site.picture, event);
    },
    snapshot: () => journal.writeSnapshot(site.picture.sequence, timeOf(site.picture.sequence), encodeState(site.picture)),
    digest: () => journal.writeDigest(site.picture.sequence, countingEngine.pictureDigest(site.picture)),
  };
  const journal = await openJournal({
    storage,
    key: KEY,
    siteId: "test",
    softwareVersion: VERSION,
    now: () => timeOf(site.picture.sequence),
    takeSnapshot: () => ({
      sequence: site.picture.sequence,
      at: timeOf(site.picture.sequence),
      state: encodeState(site.picture),
    }),
    onGap: (reason) => {
      site.happen((sequence) => gap(sequence, reason));
      site.snapshot();
    },
    onStateChange: (recording, reason) => states.push({ recording, reason }),
    ...options,
    settings: { retryMilliseconds: 5, ...options.settings },
  });
  return {
    ...site,
    journal,
    happen: site.happen,
    get picture() {
      return site.picture;
    },
    set picture(value) {
      site.picture = value;
    },
  };
}

export async function recordsOf(storage: JournalStorage, names?: readonly string[]): Promise<JournalRecord[]> {
  const all: JournalRecord[] = [];
  for await (const batch of readSegments(storage, names ?? (await storage.list()))) all.push(...batch);
  return all;
}

export const eventsOf = (records: readonly JournalRecord[]) => records.flatMap((record) => (record.kind === "event" ? [record.event] : []));

export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}
