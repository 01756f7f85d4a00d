import assert from "node:assert/strict";
import { test } from "node:test";
import { McapIndexedReader, McapStreamReader } from "@mcap/core";
import { asJournalled } from "../../src/server/journal/event-codec.ts";
import { readSegments } from "../../src/server/journal/read-journal.ts";
import { NO_JOURNAL } from "../../src/server/journal/recover.ts";
import { verifySegment } from "../../src/server/journal/verify.ts";
import { eventsOf, note, openSite, packet, recordsOf, START, tick, timeOf, VERSION } from "./harness.ts";
import { simulatedDisk } from "./simulated-disk.ts";

test("what was appended is read back: packets with their octets and connection, other events as JSON, in order", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk);
  const appended = [packet(1), packet(2, Uint8Array.of(), 0), packet(3, Uint8Array.of(9, 8), 70_000), tick(4), note(5, "c-1")];
  for (const event of appended) site.happen(() => event);
  site.digest();
  site.snapshot();
  await site.journal.close();
  const records = await recordsOf(disk);
  assert.deepEqual(eventsOf(records), appended);
  assert.deepEqual(
    records.map(({ kind }) => kind),
    ["segment", "seal", "event", "event", "event", "event", "event", "digest", "snapshot", "seal", "end"],
  );
  const segment = records[0];
  assert.ok(segment.kind === "segment");
  assert.equal(segment.segment.softwareVersion, VERSION);
  assert.equal(segment.segment.previousEnd, "none");
});

test("a standard MCAP stream reader finds each source's raw octets on a channel of its own", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk);
  site.happen(() => packet(1, Uint8Array.of(0x30, 0x00, 0x2f)));
  site.happen(() => packet(2, Uint8Array.of(0x1a, 0x33), 258));
  await site.journal.close();
  const [name] = await disk.list();
  const reader = new McapStreamReader();
  reader.append(disk.contents(name));
  const topics = new Map<number, string>();
  const found: [string | undefined, number, bigint, string][] = [];
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    if (record.type === "Channel") topics.set(record.id, record.topic);
    if (record.type === "Message" && topics.get(record.channelId)?.startsWith("source/")) {
      found.push([topics.get(record.channelId), record.sequence, record.logTime, Buffer.from(record.data).toString("hex")]);
    }
  }
  assert.ok(reader.done());
  assert.deepEqual(found, [
    ["source/radar", 1, BigInt(START + 1000) * 1000n, "30002f"],
    // Connection 258 is 0x00000102, in front of the octets.
    ["source/beast/stream", 2, BigInt(START + 2000) * 1000n, "000001021a33"],
  ]);
});

test("a standard MCAP indexed reader finds channels, counts and metadata at the end of a closed journal", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk);
  for (let i = 0; i < 10; i++) site.happen((sequence) => packet(sequence));
  site.happen((sequence) => tick(sequence));
  await site.journal.close();
  const octets = disk.contents((await disk.list())[0]);
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: async () => BigInt(octets.length),
      read: async (offset, length) => octets.subarray(Number(offset), Number(offset + length)),
    },
  });
  const counts = new Map(
    [...reader.channelsById.values()].map(({ id, topic }) => [topic, reader.statistics?.channelMessageCounts.get(id)]),
  );
  assert.equal(counts.get("source/radar"), 10n);
  assert.equal(counts.get("picket/events"), 1n);
  assert.equal(counts.get("picket/seals"), 2n);
  assert.deepEqual(
    reader.metadataIndexes.map(({ name }) => name),
    ["picket.segment", "picket.index"],
  );
  assert.equal(reader.header.profile, "picket");
});

test("an event is stepped as the journal gives it back: no undefined members, no Buffer, no NaN", () => {
  const bytes = Buffer.from([1, 2, 3]);
  const plain = asJournalled(packet(1, bytes));
  assert.ok(plain.type === "packet" && Object.getPrototypeOf(plain.bytes) === Uint8Array.prototype);
  assert.deepEqual([...plain.bytes], [1, 2, 3]);
  const override = { ...note(1, "x"), command: { kind: "override-configuration", path: "a", value: { b: undefined, c: -0 } } } as const;
  assert.deepEqual(
    JSON.stringify(asJournalled(override as never)),
    JSON.stringify({ ...override, command: { ...override.command, value: { c: 0 } } }),
  );
  const bad = { ...note(1, "x"), command: { kind: "override-configuration", path: "a", value: Number.NaN } };
  assert.throws(() => asJournalled(bad as never), /JSON cannot say/);
});

test("segments roll by size; each later one begins with a snapshot and the chain of seals goes on across them", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk, { settings: { segmentBytes: 4000 } });
  for (let i = 0; i < 100; i++) site.happen((sequence) => packet(sequence, new Uint8Array(50).fill(sequence)));
  await site.journal.close();
  const names = await disk.list();
  assert.ok(names.length >= 3, `${names.length} segments`);
  let previous = "";
  let sequence = 0;
  for (const [i, name] of names.entries()) {
    const report = await verifySegment(disk, name);
    assert.deepEqual(report.problems, []);
    const records = await recordsOf(disk, [name]);
    const first = records[0];
    assert.ok(first.kind === "segment");
    assert.equal(first.segment.index, i + 1);
    assert.equal(first.segment.afterSequence, sequence);
    if (i > 0) {
      assert.equal(first.segment.previousFile, names[i - 1]);
      assert.equal(first.segment.previousSeal, previous);
      assert.equal(records[1].kind, "snapshot");
    }
    previous = report.head;
    sequence = report.lastSequence;
  }
  assert.equal(sequence, 100);
  assert.deepEqual(
    eventsOf(await recordsOf(disk)).map((event) => event.sequence),
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
});

test("segments roll by time", async () => {
  const disk = simulatedDisk();
  const sevenSeconds = (sequence: number) => timeOf(0) + 7_000_000 * sequence;
  let now = sevenSeconds(0);
  const site = await openSite(disk, { settings: { segmentSeconds: 10 }, now: () => now });
  for (let i = 1; i <= 4; i++) {
    now = sevenSeconds(i);
    site.happen((sequence) => ({ ...tick(sequence), at: now as never }));
  }
  await site.journal.close();
  // Event 2 comes 14 s after the first segment began, event 4 14 s after the second.
  const found = await Promise.all(
    (await disk.list()).map(async (name) => eventsOf(await recordsOf(disk, [name])).map((event) => event.sequence)),
  );
  assert.deepEqual(found, [[1], [2, 3], [4]]);
});

test("reading from a sequence starts at the last snapshot before it, also in a file that was not closed", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk);
  for (let i = 1; i <= 30; i++) {
    site.happen((sequence) => packet(sequence));
    if (i % 10 === 0) site.snapshot();
  }
  await site.journal.syncDecision();
  for (const closed of [false, true]) {
    if (closed) await site.journal.close();
    const records = [];
    for await (const batch of readSegments(disk, await disk.list(), { from: 25 })) records.push(...batch);
    assert.equal(records[0].kind, "snapshot");
    assert.ok(records[0].kind === "snapshot" && records[0].sequence === 20);
    assert.deepEqual(
      eventsOf(records).map((event) => event.sequence),
      [21, 22, 23, 24, 25, 26, 27, 28, 29, 30],
    );
    assert.ok(records.every(({ kind }) => kind !== "damage"));
  }
});

test("sequences beyond 32 bits come back whole, although MCAP keeps 32 bits of them", async () => {
  const disk = simulatedDisk();
  const before = 4_294_967_290;
  const picture = { sequence: before, sum: 0, notes: [] };
  const site = await openSite(disk, { resume: { ...NO_JOURNAL, sequence: before } }, picture);
  for (let i = 0; i < 12; i++) site.happen((sequence) => (i % 2 === 0 ? packet(sequence) : tick(sequence)));
  await site.journal.close();
  const found = eventsOf(await recordsOf(disk)).map((event) => event.sequence);
  assert.deepEqual(
    found,
    Array.from({ length: 12 }, (_, i) => before + 1 + i),
  );
  assert.deepEqual((await verifySegment(disk, (await disk.list())[0])).problems, []);
});

test("a seal comes by itself after the time between seals, without a decision", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk, { settings: { sealMilliseconds: 5, flushMilliseconds: 1, syncMilliseconds: 1 } });
  site.happen((sequence) => packet(sequence));
  while (site.journal.stats().sealedSequence < 1) await new Promise((resolve) => setTimeout(resolve, 1));
  const seals = (await recordsOf(disk)).flatMap((record) => (record.kind === "seal" ? [record.seal.kind] : []));
  assert.deepEqual(seals, ["open", "timer"]);
  await site.journal.close();
});

test("beyond the disk budget the oldest segments are removed, each written down and synced first; what is left verifies and replays", async () => {
  const disk = simulatedDisk();
  const settings = { segmentBytes: 4000, diskBudgetBytes: 20_000 };
  const site = await openSite(disk, { settings });
  const removed: string[] = [];
  disk.beforeOperation = (operation, name) => {
    if (operation !== "remove") return;
    const recorded = [...disk.files.values()].some(({ durable }) => Buffer.from(durable).includes(`{"file":"${name}"`));
    assert.ok(recorded, `${name} was removed before that was recorded and synced`);
    removed.push(name);
  };
  const { totalBytes } = site.journal.stats();
  assert.ok(totalBytes < settings.diskBudgetBytes);
  for (let i = 0; i < 300; i++) {
    site.happen((sequence) => packet(sequence, new Uint8Array(50)));
    if (i % 5 === 0) await site.journal.syncDecision();
  }
  // The last removals are still under way: they need no further event, but a roll asks again.
  for (let i = 0; i < 500 && site.journal.stats().totalBytes > settings.diskBudgetBytes; i++) {
    site.happen((sequence) => packet(sequence, new Uint8Array(50)));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await site.journal.close();
  const names = await disk.list();
  assert.ok(removed.length >= 3);
  assert.equal(site.journal.stats().removedSegments, removed.length);
  const total = names.reduce((sum, name) => sum + disk.contents(name).length, 0);
  assert.ok(total <= settings.diskBudgetBytes + 3000, `${total} octets in ${names.length} segments, ${removed.length} removed`);
  for (const name of names) assert.deepEqual((await verifySegment(disk, name)).problems, []);
  const first = (await recordsOf(disk, [names[0]]))[1];
  assert.ok(first.kind === "snapshot" && first.sequence > 0);
});
