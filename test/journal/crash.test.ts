import assert from "node:assert/strict";
import { test } from "node:test";
import { Opcode } from "@mcap/core";
import { readFrames } from "../../src/server/journal/frames.ts";
import { recover, recoverPicture } from "../../src/server/journal/recover.ts";
import { verifySegment } from "../../src/server/journal/verify.ts";
import { countingEngine, eventsOf, note, openSite, packet, recordsOf, type TestSite } from "./harness.ts";
import { readable, type SimulatedDisk, seededRandom, simulatedDisk } from "./simulated-disk.ts";

const NAME = "journal-000001-20260101T000000Z.mcap";

/** The picture that a start after a crash arrives at. */
async function recoveredPicture(disk: SimulatedDisk) {
  const recovered = await recover(disk);
  return { recovered, ...(await recoverPicture(recovered, countingEngine)) };
}

/** Digest of the picture after each event, from an undisturbed run. */
function digestsOf(events: readonly Parameters<typeof countingEngine.step>[1][]): string[] {
  const picture = countingEngine.createPicture();
  return [
    countingEngine.pictureDigest(picture),
    ...events.map((event) => {
      countingEngine.step(picture, event);
      return countingEngine.pictureDigest(picture);
    }),
  ];
}

/** Nine events in three writes, a snapshot after the sixth; not closed. */
async function unfinished(): Promise<Uint8Array> {
  const disk = simulatedDisk();
  const site = await openSite(disk);
  for (let i = 1; i <= 9; i++) {
    site.happen((sequence) => (i % 4 === 0 ? note(sequence, `c-${i}`) : packet(sequence, Uint8Array.of(i), i % 2)));
    if (i === 6) site.snapshot();
    if (i % 4 === 0) await site.journal.syncDecision();
  }
  const octets = disk.contents(NAME);
  await site.journal.close();
  return octets;
}

test("cut at any octet, a journal is read up to its last whole batch, and recovery arrives at exactly the picture of that moment", async () => {
  const octets = await unfinished();
  const whole = eventsOf(await recordsOf(simulatedDisk([[NAME, octets]])));
  const digests = digestsOf(whole);
  const ends: number[] = [];
  for await (const block of readFrames(readable(octets))) {
    for (const { opcode, offset, octets: frame } of block) {
      if (opcode === Opcode.MESSAGE && frame[9] === 1) ends.push(offset + frame.length);
    }
  }
  assert.ok(ends.length >= 3);
  let seen = 0;
  for (let length = 0; length <= octets.length; length++) {
    const disk = simulatedDisk([[NAME, octets.slice(0, length)]]);
    const { recovered, picture } = await recoveredPicture(disk);
    assert.equal(countingEngine.pictureDigest(picture), digests[picture.sequence], `cut to ${length}`);
    assert.equal(recovered.resume.sequence, picture.sequence);
    assert.ok(picture.sequence >= seen, "a longer file never holds less");
    seen = picture.sequence;
    if (length > 0 && length < ends[0]) assert.equal(picture.sequence, 0);
  }
  assert.equal(seen, whole.length);
});

test("octets of any kind behind the last whole record do not disturb recovery", async () => {
  const octets = await unfinished();
  const random = seededRandom(3);
  const { picture } = await recoveredPicture(simulatedDisk([[NAME, octets]]));
  for (let round = 0; round < 200; round++) {
    const tail = Uint8Array.from({ length: 1 + Math.floor(random() * 200) }, () => (round % 3 === 0 ? 0 : Math.floor(random() * 256)));
    const found = await recoveredPicture(simulatedDisk([[NAME, new Uint8Array(Buffer.concat([octets, tail]))]]));
    assert.deepEqual(found.picture, picture);
    assert.equal(found.recovered.resume.previousLength, octets.length);
    assert.equal(found.recovered.resume.tornOctets, tail.length);
  }
});

test("after a crash the next segment vouches for the torn one: both verify, and the chain goes on", async () => {
  const octets = await unfinished();
  const torn = octets.slice(0, octets.length - 700);
  const disk = simulatedDisk([[NAME, torn]]);
  assert.equal((await verifySegment(disk, NAME)).ok, false, "nothing vouches for the end yet");
  const { recovered, picture } = await recoveredPicture(disk);
  const site = await openSite(disk, { resume: recovered.resume }, picture);
  site.happen((sequence) => packet(sequence));
  await site.journal.close();
  const names = await disk.list();
  for (const name of names) {
    const report = await verifySegment(disk, name);
    assert.deepEqual(report.problems, []);
    assert.equal(report.vouched, name === NAME);
  }
  // Events behind the first segment's last whole record were never acknowledged; the numbers go on without a hole.
  const sequences = eventsOf(await recordsOf(disk)).map((event) => event.sequence);
  assert.deepEqual(
    sequences,
    Array.from({ length: picture.sequence }, (_, i) => i + 1),
  );
  // One whole record less than the next segment vouches for is found.
  disk.put(NAME, torn.slice(0, recovered.resume.previousLength - 1));
  assert.equal((await verifySegment(disk, NAME)).ok, false);
});

test("a start on an empty folder, and on files of which nothing can be read, begins a journal and leaves the files alone", async () => {
  const disk = simulatedDisk([["journal-000004-20250101T000000Z.mcap", Uint8Array.of(1, 2, 3)]]);
  const site = await openSite(disk);
  site.happen((sequence) => packet(sequence));
  await site.journal.close();
  assert.deepEqual(await disk.list(), ["journal-000004-20250101T000000Z.mcap", "journal-000005-20260101T000000Z.mcap"]);
  assert.deepEqual([...disk.contents("journal-000004-20250101T000000Z.mcap")], [1, 2, 3]);
});

test("connection numbers go on behind the highest one in the journal, also when its segment is an old one", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk, { settings: { segmentBytes: 2500 } });
  site.happen((sequence) => packet(sequence, Uint8Array.of(1), 41));
  for (let i = 0; i < 60; i++) site.happen((sequence) => packet(sequence, new Uint8Array(100)));
  await site.journal.close();
  assert.ok((await disk.list()).length >= 3);
  assert.equal((await recover(disk)).resume.lastConnection, 41);
});

test("an event that was set aside is left out on recovery, the mark that says so is kept", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk);
  site.happen((sequence) => packet(sequence));
  site.journal.append(packet(2, Uint8Array.of(0xad)));
  site.journal.append({ type: "set-aside", sequence: 3, at: packet(3).at, setAside: 2, reason: "a poison event" });
  site.journal.append(packet(4));
  await site.journal.close();
  const recovered = await recover(disk);
  const sequences: number[] = [];
  for await (const event of recovered.events()) sequences.push(event.sequence);
  assert.deepEqual(sequences, [1, 3, 4]);
  assert.equal(recovered.resume.sequence, 4);
});

/** A workload with decisions; what was acknowledged is noted. */
async function work(site: TestSite, count: number, acknowledged: string[], random: () => number): Promise<void> {
  for (let i = 0; i < count; i++) {
    if (random() < 0.15) {
      const id = `d-${site.picture.sequence + 1}`;
      site.happen((sequence) => note(sequence, id));
      try {
        await site.journal.syncDecision();
        acknowledged.push(id);
      } catch {
        // Refused: it may or may not be found, and was not acted upon.
      }
    } else site.happen((sequence) => packet(sequence, Uint8Array.of(sequence & 255, 1, 2)));
    if (random() < 0.05) site.snapshot();
    if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve));
  }
}

test("power lost at any operation of a workload, with unsynced blocks missing, zeroed or cut: no acknowledged decision is lost or doubled", async () => {
  let tried = 0;
  let acknowledgedInAll = 0;
  let gaps = 0;
  for (let crashAt = 6; crashAt < 400; crashAt += 9) {
    const random = seededRandom(crashAt);
    const disk = simulatedDisk();
    const acknowledged: string[] = [];
    let image: SimulatedDisk | undefined;
    disk.beforeOperation = () => {
      if (disk.operations !== crashAt) return;
      image = disk.afterPowerLoss(random);
      throw new Error("the power is gone");
    };
    const site = await openSite(disk, {
      settings: { segmentBytes: 6000, flushMilliseconds: 0, syncMilliseconds: 0, retryMilliseconds: 100_000 },
    });
    let alive = 0;
    for (let round = 0; round < 40 && image === undefined; round++) {
      await work(site, 10, acknowledged, random);
      alive += 1;
    }
    const known = [...acknowledged];
    await site.journal.close().catch(() => undefined);
    if (image === undefined) break; // the workload has fewer operations
    tried += 1;
    acknowledgedInAll += known.length;
    assert.ok(alive > 0);
    const { picture, recovered, gap } = await recoveredPicture(image);
    const events = eventsOf(await recordsOf(image));
    const ids = events.flatMap((event) => (event.type === "command" ? [event.commandId] : []));
    assert.equal(new Set(ids).size, ids.length, "no decision twice");
    for (const id of known) assert.ok(ids.includes(id), `crash at operation ${crashAt}: acknowledged ${id} is lost`);
    if (gap === undefined) {
      assert.equal(countingEngine.pictureDigest(picture), digestsOf(events)[picture.sequence], `crash at operation ${crashAt}`);
    } else gaps += 1;
    // And the next start goes on from there.
    const next = await openSite(image, { resume: recovered.resume }, picture);
    next.happen((sequence) => packet(sequence));
    await next.journal.close();
    for (const name of await image.list()) {
      // A segment of which nothing was synced may hold nothing whole, and then nothing was acknowledged in it.
      const report = await verifySegment(image, name);
      if (gap === undefined) assert.deepEqual(report.problems, [], `crash at operation ${crashAt}, ${name}`);
    }
  }
  assert.ok(tried >= 15 && gaps < tried / 2, `${tried} crash points, ${gaps} with a gap`);
  assert.ok(acknowledgedInAll > 100, `${acknowledgedInAll} decisions`);
});
