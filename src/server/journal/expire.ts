// Retention: payloads that may no longer be kept are replaced by their hashes. Leaves stay what they were, so every seal still holds.

import { crc32 } from "node:zlib";
import { McapRecordBuilder, Opcode } from "@mcap/core";
import {
  EXPIRED_CHANNEL,
  EXPIRED_LENGTH,
  HASHES_CHANNEL,
  INDEX_METADATA,
  MESSAGE_HEAD,
  messageHead,
  SEALS_CHANNEL,
  type SegmentIndex,
  segmentIndexOf,
  sha256Octets,
} from "./format.ts";
import { channelOf, type Frame, messageHeadOf, metadataOf, readFrames, schemaOf } from "./frames.ts";
import type { GrowingFile, ReadableFile } from "./storage.ts";
import { createSummary, summaryOctets } from "./summary.ts";

/**
 * Writes a copy of a closed segment to `target` in which the payloads that `isExpired` names are gone; index and footer are made again.
 * `at` is in UTC microseconds. The caller records the deletion in the newest segment, verifies and syncs the copy, and puts it in the
 * place of the original.
 *
 * Returns how many payloads were replaced; rejects when the segment is not closed or cannot be read as records, and then the copy is
 * worthless. Streaming: holds one block.
 */
export async function copyExpired(
  source: ReadableFile,
  target: GrowingFile,
  isExpired: (topic: string, at: number) => boolean,
): Promise<number> {
  const summary = createSummary();
  const topics = new Map<number, string>();
  /** Old offset of a message -> new offset. */
  const moved = new Map<number, number>();
  let index: SegmentIndex | undefined;
  let dataEnded = false;
  let length = 0;
  let dataCrc = 0;
  let replaced = 0;
  let block: Uint8Array[] = [];

  function put(octets: Uint8Array): void {
    block.push(octets);
    length += octets.length;
    dataCrc = crc32(octets, dataCrc);
  }

  function copyMessage({ offset, octets }: Frame): void {
    const head = messageHeadOf(octets);
    const topic = topics.get(head.channel);
    const ours = head.channel === HASHES_CHANNEL || head.channel === SEALS_CHANNEL || head.channel === EXPIRED_CHANNEL;
    moved.set(offset, length);
    if (ours || topic === undefined || !isExpired(topic, Number(head.logTimeNs / 1000n))) {
      summary.countMessage(head.channel, head.logTimeNs);
      put(octets);
      return;
    }
    replaced += 1;
    summary.countMessage(EXPIRED_CHANNEL, head.logTimeNs);
    put(messageHead(EXPIRED_CHANNEL, head.sequence, head.logTimeNs, EXPIRED_LENGTH));
    put(octets.subarray(0, MESSAGE_HEAD));
    put(sha256Octets(octets.subarray(MESSAGE_HEAD)));
  }

  function copyRecord(frame: Frame): void {
    const { octets, opcode } = frame;
    if (opcode === Opcode.DATA_END) dataEnded = true;
    if (dataEnded) return;
    if (opcode === Opcode.MESSAGE) {
      copyMessage(frame);
      return;
    }
    if (opcode === Opcode.METADATA) {
      const content = metadataOf(octets);
      if (content?.name === INDEX_METADATA) {
        index = segmentIndexOf(content.metadata);
        return;
      }
      summary.metadata.push({ offset: BigInt(length), length: BigInt(octets.length), name: content?.name ?? "" });
    } else if (opcode === Opcode.CHANNEL) {
      const channel = channelOf(octets);
      if (channel !== undefined) {
        topics.set(channel.id, channel.topic);
        summary.channels.push(channel);
      }
    } else if (opcode === Opcode.SCHEMA) {
      const schema = schemaOf(octets);
      if (schema !== undefined) summary.schemas.push(schema);
    }
    put(octets);
  }

  const magic = new McapRecordBuilder();
  magic.writeMagic();
  put(magic.buffer);
  const frames = readFrames(source);
  let next = await frames.next();
  while (!next.done) {
    for (const frame of next.value) copyRecord(frame);
    await target.append(Buffer.concat(block));
    block = [];
    next = await frames.next();
  }
  if (next.value.kind !== "footer" || index === undefined) throw new Error("only a closed segment can expire: it has no index and footer");

  const snapshots = index.snapshots.map(([sequence, at, offset]) => [sequence, at, moved.get(offset) ?? 0] as const);
  const builder = new McapRecordBuilder();
  builder.writeMetadata({ name: INDEX_METADATA, metadata: new Map([["index", JSON.stringify({ ...index, snapshots })]]) });
  summary.metadata.push({ offset: BigInt(length), length: BigInt(builder.length), name: INDEX_METADATA });
  put(builder.buffer);
  builder.reset();
  builder.writeDataEnd({ dataSectionCrc: dataCrc });
  put(builder.buffer);
  put(summaryOctets(summary, length));
  await target.append(Buffer.concat(block));
  await target.datasync();
  return replaced;
}
