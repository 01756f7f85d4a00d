// The summary section and footer of a segment. The writer makes them while it goes; verification makes them again from what it read and
// compares octet by octet, so nothing in them can be changed unseen.

import { crc32 } from "node:zlib";
import { type Channel, McapRecordBuilder, type MetadataIndex, Opcode, type Schema } from "@mcap/core";

export interface Summary {
  readonly schemas: Schema[];
  readonly channels: Channel[];
  readonly metadata: MetadataIndex[];
  readonly channelCounts: Map<number, bigint>;
  messages: bigint;
  firstTimeNs: bigint;
  lastTimeNs: bigint;
  countMessage(channel: number, timeNs: bigint): void;
}

export function createSummary(): Summary {
  const summary: Summary = {
    schemas: [],
    channels: [],
    metadata: [],
    channelCounts: new Map(),
    messages: 0n,
    firstTimeNs: 0n,
    lastTimeNs: 0n,
    countMessage: (channel, timeNs) => {
      if (summary.messages === 0n || timeNs < summary.firstTimeNs) summary.firstTimeNs = timeNs;
      if (summary.messages === 0n || timeNs > summary.lastTimeNs) summary.lastTimeNs = timeNs;
      summary.messages += 1n;
      summary.channelCounts.set(channel, (summary.channelCounts.get(channel) ?? 0n) + 1n);
    },
  };
  return summary;
}

/** Everything behind the DataEnd record, which ends at `start`: schemas, channels, statistics, metadata index, offsets, footer, magic. */
export function summaryOctets(summary: Summary, start: number): Uint8Array {
  const builder = new McapRecordBuilder();
  const groups: { opcode: Opcode; from: number; to: number }[] = [];
  const group = (opcode: Opcode, write: () => void) => {
    const from = builder.length;
    write();
    if (builder.length > from) groups.push({ opcode, from, to: builder.length });
  };
  group(Opcode.SCHEMA, () => {
    for (const schema of summary.schemas) builder.writeSchema(schema);
  });
  group(Opcode.CHANNEL, () => {
    for (const channel of summary.channels) builder.writeChannel(channel);
  });
  group(Opcode.STATISTICS, () => {
    builder.writeStatistics({
      messageCount: summary.messages,
      schemaCount: summary.schemas.length,
      channelCount: summary.channels.length,
      attachmentCount: 0,
      metadataCount: summary.metadata.length,
      chunkCount: 0,
      messageStartTime: summary.firstTimeNs,
      messageEndTime: summary.lastTimeNs,
      channelMessageCounts: summary.channelCounts,
    });
  });
  group(Opcode.METADATA_INDEX, () => {
    for (const entry of summary.metadata) builder.writeMetadataIndex(entry);
  });
  const offsetsFrom = builder.length;
  for (const { opcode, from, to } of groups) {
    builder.writeSummaryOffset({ groupOpcode: opcode, groupStart: BigInt(start + from), groupLength: BigInt(to - from) });
  }

  // The footer's CRC covers the summary and the footer itself up to the CRC.
  const footer = new Uint8Array(25);
  const view = new DataView(footer.buffer);
  footer[0] = Opcode.FOOTER;
  view.setBigUint64(1, 20n, true);
  view.setBigUint64(9, BigInt(start), true);
  view.setBigUint64(17, BigInt(start + offsetsFrom), true);
  const summaryCrc = crc32(footer, crc32(builder.buffer));
  builder.writeFooter({ summaryStart: BigInt(start), summaryOffsetStart: BigInt(start + offsetsFrom), summaryCrc });
  builder.writeMagic();
  return builder.buffer;
}
