import assert from "node:assert/strict";
import { test } from "node:test";
import { copyExpired } from "../../src/server/journal/expire.ts";
import { verifySegment } from "../../src/server/journal/verify.ts";
import { eventsOf, note, openSite, packet, recordsOf, timeOf } from "./harness.ts";
import { type SimulatedDisk, simulatedDisk } from "./simulated-disk.ts";

const NAME = "journal-000001-20260101T000000Z.mcap";
/** A payload to be found again: twelve octets that occur nowhere else. */
const SECRET = Buffer.from("pilot's home");

async function closed(): Promise<SimulatedDisk> {
  const disk = simulatedDisk();
  const site = await openSite(disk);
  for (let i = 1; i <= 9; i++) {
    site.happen((sequence) =>
      i === 5 ? note(sequence, "c-5") : packet(sequence, i < 5 ? new Uint8Array(SECRET) : Uint8Array.of(i), i % 2),
    );
    if (i === 6) site.snapshot();
  }
  await site.journal.close();
  return disk;
}

async function expired(before: number): Promise<{ disk: SimulatedDisk; original: Uint8Array; replaced: number }> {
  const original = (await closed()).contents(NAME);
  const from = simulatedDisk([[NAME, original]]);
  const disk = simulatedDisk();
  const isExpired = (topic: string, at: number) => topic.startsWith("source/") && at < before;
  const replaced = await copyExpired(await from.open(NAME), await disk.create(NAME), isExpired);
  return { disk, original, replaced };
}

test("expired payloads are gone from the file, and every seal of it still holds", async () => {
  const { disk, original, replaced } = await expired(timeOf(5));
  assert.equal(replaced, 4);
  assert.ok(Buffer.from(original).includes(SECRET));
  assert.ok(!Buffer.from(disk.contents(NAME)).includes(SECRET));
  const report = await verifySegment(disk, NAME);
  assert.deepEqual(report.problems, []);
  assert.deepEqual([report.expired, report.events, report.lastSequence], [4, 9, 9]);
  assert.equal(report.head, (await verifySegment(simulatedDisk([[NAME, original]]), NAME)).head);
});

test("what expired is read as such, with its sequence, time and topic; everything else is as it was", async () => {
  const { disk } = await expired(timeOf(5));
  const records = await recordsOf(disk);
  assert.deepEqual(
    records.flatMap((record) => (record.kind === "expired" ? [[record.sequence, record.at, record.topic]] : [])),
    [1, 2, 3, 4].map((i) => [i, timeOf(i), i % 2 === 0 ? "source/radar" : "source/beast/stream"]),
  );
  assert.deepEqual(
    eventsOf(records).map((event) => event.sequence),
    [5, 6, 7, 8, 9],
  );
  assert.ok(records.every(({ kind }) => kind !== "damage"));
});

test("when nothing expires the copy is the file, octet for octet; what expired once stays when more expires", async () => {
  const { disk, original } = await expired(0);
  assert.deepEqual(disk.contents(NAME), original);
  const once = (await expired(timeOf(3))).disk;
  const twice = simulatedDisk();
  const isExpired = (topic: string, at: number) => topic.startsWith("source/") && at < timeOf(5);
  assert.equal(await copyExpired(await once.open(NAME), await twice.create(NAME), isExpired), 2);
  const report = await verifySegment(twice, NAME);
  assert.deepEqual(report.problems, []);
  assert.equal(report.expired, 4);
});

test("a changed hash of an expired payload, or its changed time, is found", async () => {
  const { disk } = await expired(timeOf(5));
  const octets = disk.contents(NAME);
  // The length of an expired record is 22 + 63 = 85 (0x55), its channel is 3.
  const at = Buffer.from(octets).indexOf(Buffer.from([5, 0x55, 0, 0, 0, 0, 0, 0, 0, 3, 0]));
  assert.ok(at > 0);
  for (let bit = at * 8; bit < (at + 94) * 8; bit += 3) {
    const changed = octets.slice();
    changed[bit >> 3] ^= 1 << (bit & 7);
    assert.equal((await verifySegment(simulatedDisk([[NAME, changed]]), NAME)).ok, false, `bit ${bit}`);
  }
});

test("a segment that is not closed does not expire", async () => {
  const from = simulatedDisk([[NAME, (await closed()).contents(NAME).slice(0, 2500)]]);
  await assert.rejects(
    copyExpired(await from.open(NAME), await simulatedDisk().create(NAME), () => true),
    /only a closed segment/,
  );
});
