// The part of a journal segment that an evidence bundle carries. Spans between two seals are kept whole or left out whole; every seal stays,
// so the chain can be followed through what was left out, and the number of records left out is itself sealed.

import { Opcode } from "@mcap/core";
import { decodeUtf8Strict } from "../../core/base/text.ts";
import { type Micros, micros } from "../../core/base/units.ts";
import { decodeSeal, HASHES_CHANNEL, MESSAGE_HEAD, SEALS_CHANNEL, TOPIC } from "../journal/format.ts";
import { channelOf, type Frame, messageHeadOf, readFrames } from "../journal/frames.ts";
import type { ReadableFile } from "../journal/storage.ts";

export interface SliceWindow {
  /** UTC microseconds, both inclusive. */
  readonly from: Micros;
  readonly to: Micros;
  /** A later segment follows in the bundle: everything up to the end of this one is then needed for the chain. */
  readonly followed: boolean;
  /** A decision (canonical JSON text of its event) that belongs to the bundle though it lies outside the window. */
  readonly wanted?: (decision: string) => boolean;
}

/** What was kept and what was not; complete when the slice has been read to its end. */
export interface SliceCounts {
  keptRecords: number;
  withheldRecords: number;
  withheldSpans: number;
  seals: number;
  /** Longest time between two seals in the window, microseconds, and how often time ran backwards between two. */
  longestGap: Micros;
  backwards: number;
}

export const newSliceCounts = (): SliceCounts => ({
  keptRecords: 0,
  withheldRecords: 0,
  withheldSpans: 0,
  seals: 0,
  longestGap: micros(0),
  backwards: 0,
});

const MAGIC = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a);

/**
 * Octets of the slice, in pieces. The first span is always kept: it holds the segment's description. So is every span that describes a
 * channel. Streaming: holds one span (at most a second of records) and one block. What is damaged in the segment ends the slice there;
 * the verifier then says so, as it would of the segment.
 */
export async function* sliceSegment(file: ReadableFile, window: SliceWindow, counts: SliceCounts): AsyncGenerator<Uint8Array> {
  yield MAGIC;
  const topics = new Map<number, string>();
  let span: Uint8Array[] = [];
  let spanRecords = 0;
  let needed = false;
  let lastSealAt = micros(0);

  const flush = (): Uint8Array => {
    const octets = Buffer.concat(span);
    counts.keptRecords += spanRecords;
    span = [];
    spanRecords = 0;
    needed = false;
    return octets;
  };

  const frames = readFrames(file);
  for await (const block of frames) {
    for (const frame of block) {
      if (frame.opcode === Opcode.DATA_END || isIndex(frame)) return;
      const channel = frame.opcode === Opcode.MESSAGE ? messageHeadOf(frame.octets).channel : undefined;
      if (channel !== SEALS_CHANNEL) {
        span.push(frame.octets.slice());
        if (channel !== HASHES_CHANNEL) spanRecords += 1;
        if (channel === undefined) {
          needed = true;
          const described = frame.opcode === Opcode.CHANNEL ? channelOf(frame.octets) : undefined;
          if (described !== undefined) topics.set(described.id, described.topic);
        } else if (window.wanted !== undefined && topics.get(channel) === TOPIC.decisions) {
          const text = decodeUtf8Strict(frame.octets.subarray(MESSAGE_HEAD));
          needed ||= text !== undefined && window.wanted(text);
        }
        continue;
      }
      const seal = decodeSeal(frame.octets.subarray(MESSAGE_HEAD));
      const at = micros(seal?.at ?? lastSealAt);
      const inside = at >= window.from && lastSealAt <= window.to;
      counts.seals += 1;
      if (lastSealAt > 0 && at < lastSealAt) counts.backwards += 1;
      if (lastSealAt > 0 && inside) counts.longestGap = micros(Math.max(counts.longestGap, at - lastSealAt));
      if (inside || needed) yield flush();
      else {
        if (spanRecords > 0) counts.withheldSpans += 1;
        counts.withheldRecords += spanRecords;
        span = [];
        spanRecords = 0;
      }
      yield frame.octets.slice();
      if (!window.followed && lastSealAt > window.to && at > window.to) return;
      lastSealAt = at;
    }
  }
  // Behind the last seal: what the next segment vouches for, or the newest second of a journal that is being written.
  if (window.followed) yield flush();
}

/** The index stands behind the last seal of a closed segment and points into the whole file: it means nothing in a slice. */
const isIndex = ({ opcode, octets }: Frame): boolean =>
  opcode === Opcode.METADATA && Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).includes("picket.index");
