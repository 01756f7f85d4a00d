import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { Opcode } from "@mcap/core";
import { messageHeadOf, readFrames } from "../../src/server/journal/frames.ts";
import { siteKeyOf } from "../../src/server/journal/site-key.ts";
import { type VerifyReport, verifySegment } from "../../src/server/journal/verify.ts";
import { KEY, note, openSite, packet } from "./harness.ts";
import { readable, seededRandom, simulatedDisk } from "./simulated-disk.ts";

const NAME = "journal-000001-20260101T000000Z.mcap";

/** A closed segment of `events` events; a decision is sealed after each `decisionEvery` of them. */
async function closedSegment(events = 12, decisionEvery = 4, key = KEY): Promise<Uint8Array> {
  const disk = simulatedDisk();
  const site = await openSite(disk, { key });
  for (let i = 1; i <= events; i++) {
    const decision = i % decisionEvery === 0;
    site.happen((sequence) => (decision ? note(sequence, `c-${i}`) : packet(sequence, new Uint8Array(8).fill(i), i % 3)));
    if (decision) await site.journal.syncDecision();
  }
  await site.journal.close();
  const names = await disk.list();
  assert.deepEqual(names, [NAME]);
  return disk.contents(NAME);
}

const verify = (octets: Uint8Array, options = {}): Promise<VerifyReport> => verifySegment(simulatedDisk([[NAME, octets]]), NAME, options);

interface Record {
  offset: number;
  end: number;
  opcode: number;
  channel: number;
  sequence: number;
}

async function recordsIn(octets: Uint8Array): Promise<Record[]> {
  const found: Record[] = [];
  for await (const block of readFrames(readable(octets))) {
    for (const frame of block) {
      const head = frame.opcode === Opcode.MESSAGE ? messageHeadOf(frame.octets) : { channel: -1, sequence: -1 };
      found.push({ offset: frame.offset, end: frame.offset + frame.octets.length, opcode: frame.opcode, ...head });
    }
  }
  return found;
}

const flipped = (octets: Uint8Array, bit: number) => {
  const copy = octets.slice();
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
};
const join = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

test("an untouched journal verifies, and says what it holds", async () => {
  const report = await verify(await closedSegment());
  assert.deepEqual(report.problems, []);
  assert.equal(report.ok, true);
  assert.equal(report.closed, true);
  assert.equal(report.events, 12);
  // open, three decisions, close
  assert.equal(report.seals, 5);
  assert.deepEqual([report.firstSequence, report.lastSequence, report.sealedSequence, report.unsealedRecords], [1, 12, 12, 0]);
  assert.equal(report.keyId, KEY.keyId);
});

test("flipped bits of one sealed span are found and placed: every bit of its records, two or three of each octet of its list, one of each octet of its seal", async () => {
  const octets = await closedSegment(3, 2);
  const records = await recordsIn(octets);
  const seals = records.filter(({ channel }) => channel === 2);
  const span = records.filter(({ offset, channel }) => offset >= seals[0].end && offset <= seals[1].offset && channel > 0);
  // An event, a decision, their list of hashes, the seal.
  assert.deepEqual(
    span.map(({ channel }) => (channel === 1 ? "hashes" : channel === 2 ? "seal" : "event")),
    ["event", "event", "hashes", "seal"],
  );
  for (const record of span) {
    for (let bit = record.offset * 8; bit < record.end * 8; bit += record.channel === 2 ? 7 : record.channel === 1 ? 3 : 1) {
      const report = await verify(flipped(octets, bit));
      assert.equal(report.ok, false, `bit ${bit}`);
      // A list of hashes that was hit names the records that it no longer knows; everything else is placed where it was hit or at the
      // end of its span.
      const from = record.channel === 1 ? seals[0].end : record.offset;
      const { offset } = report.problems[0];
      assert.ok(
        offset >= from && offset <= seals[1].end,
        `bit ${bit} of the record at ${record.offset}: ${JSON.stringify(report.problems)}`,
      );
    }
  }
});

test("a flipped bit in the payload of an event names that event's record and sequence, and no other event", async () => {
  const octets = await closedSegment();
  const records = await recordsIn(octets);
  for (const record of records.filter(({ channel, end, offset }) => channel > 3 && end - offset > 31)) {
    for (let bit = (record.offset + 31) * 8; bit < record.end * 8; bit += 23) {
      const { problems } = await verify(flipped(octets, bit));
      assert.deepEqual(
        [problems[0].offset, problems[0].sequence, problems[0].what],
        [record.offset, record.sequence, "a record that is not what was written"],
      );
      assert.deepEqual(
        problems.slice(1).map(({ what }) => what),
        ["the checksum of the data is wrong"],
      );
    }
  }
});

test("one flipped bit in every octet of the whole file, magic, index and footer included, is found", async () => {
  const octets = await closedSegment(2, 9);
  const random = seededRandom(7);
  for (let at = 0; at < octets.length; at++) {
    const bit = Math.floor(random() * 8);
    const report = await verify(flipped(octets, at * 8 + bit));
    assert.equal(report.ok, false, `octet ${at}, bit ${bit}`);
  }
});

test("a deleted event is found and placed behind the record before it", async () => {
  const octets = await closedSegment();
  const records = await recordsIn(octets);
  const events = records.filter(({ channel }) => channel > 3);
  for (const event of events) {
    const { problems, ok } = await verify(join(octets.subarray(0, event.offset), octets.subarray(event.end)));
    assert.equal(ok, false);
    const before = records[records.indexOf(event) - 1];
    const expected = before.channel === 2 ? event.offset : before.offset;
    assert.ok(Math.abs(problems[0].offset - expected) <= 700, JSON.stringify(problems));
    assert.match(problems.map(({ what }) => what).join(), /missing|no list|the head of a list/);
  }
});

test("two events that changed places are found and named", async () => {
  const octets = await closedSegment();
  const records = (await recordsIn(octets)).filter(({ channel }) => channel > 3);
  let tried = 0;
  for (let i = 0; i + 1 < records.length; i++) {
    const [a, b] = [records[i], records[i + 1]];
    if (a.end !== b.offset) continue; // a seal or a list stands between them
    tried += 1;
    const swapped = join(
      octets.subarray(0, a.offset),
      octets.subarray(b.offset, b.end),
      octets.subarray(a.offset, a.end),
      octets.subarray(b.end),
    );
    const { problems } = await verify(swapped);
    assert.ok(
      problems.some(({ what, sequence }) => /another place/.test(what) && (sequence === a.sequence || sequence === b.sequence)),
      JSON.stringify(problems),
    );
  }
  assert.ok(tried >= 4);
});

test("an event that was added, with a list of hashes to match, breaks the seal behind it", async () => {
  const octets = await closedSegment();
  const records = await recordsIn(octets);
  const event = records.find(({ channel }) => channel > 3)!;
  const copy = octets.subarray(event.offset, event.end);
  const { problems } = await verify(join(octets.subarray(0, event.end), copy, octets.subarray(event.end)));
  assert.ok(
    problems.some(({ what }) => /stands twice|added/.test(what)),
    JSON.stringify(problems),
  );
});

test("a seal that is missing, and two spans that changed places, are found by the chain", async () => {
  const octets = await closedSegment();
  const seals = (await recordsIn(octets)).filter(({ channel }) => channel === 2);
  const without = await verify(join(octets.subarray(0, seals[1].end), octets.subarray(seals[2].end)));
  assert.ok(
    without.problems.some(({ what }) => /does not follow/.test(what)),
    JSON.stringify(without.problems),
  );
  const [one, two, three] = [seals[1].end, seals[2].end, seals[3].end];
  const swapped = await verify(
    join(octets.subarray(0, one), octets.subarray(two, three), octets.subarray(one, two), octets.subarray(three)),
  );
  assert.ok(
    swapped.problems.some(({ what }) => /does not follow/.test(what)),
    JSON.stringify(swapped.problems),
  );
});

test("every cut of the file is found, and with the last seal noted outside even a cut at a seal of an unfinished file", async () => {
  const octets = await closedSegment(4, 3);
  const head = (await verify(octets)).head;
  for (let length = 0; length < octets.length; length++) {
    const report = await verify(octets.subarray(0, length));
    assert.equal(report.ok, false, `cut to ${length}`);
  }
  for (const { end } of (await recordsIn(octets)).filter(({ channel }) => channel === 2).slice(0, -1)) {
    const cut = octets.subarray(0, end);
    assert.equal((await verify(cut, { allowUnfinished: true })).ok, true, "nothing in the file itself shows a cut at a seal");
    assert.equal((await verify(cut, { allowUnfinished: true, anchors: [head] })).ok, false);
  }
});

test("a journal that was written again with another key is found by the expected key", async () => {
  const other = siteKeyOf(generateKeyPairSync("ed25519").privateKey);
  const forged = await closedSegment(4, 4, other);
  assert.equal((await verify(forged)).ok, true);
  const { problems } = await verify(forged, { publicKey: KEY.publicKey });
  assert.ok(problems.some(({ what }) => /names the key/.test(what)));
  assert.ok(problems.some(({ what }) => /a seal of the key/.test(what)));
});

test("five hundred seeded edits, deletions, repetitions and cuts of a larger file are all found", async () => {
  const octets = await closedSegment(200, 66);
  const random = seededRandom(2026);
  const pick = (limit: number) => Math.floor(random() * limit);
  for (let round = 0; round < 500; round++) {
    const from = pick(octets.length);
    const length = 1 + pick(Math.min(300, octets.length - from));
    const kind = round % 4;
    let changed: Uint8Array;
    if (kind === 0) {
      changed = octets.slice();
      for (let i = from; i < from + length; i++) changed[i] = pick(256);
    } else if (kind === 1) changed = join(octets.subarray(0, from), octets.subarray(from + length));
    else if (kind === 2) changed = join(octets.subarray(0, from + length), octets.subarray(from));
    else changed = octets.subarray(0, from);
    if (Buffer.compare(changed, octets) === 0) continue;
    const report = await verify(changed);
    assert.equal(report.ok, false, `round ${round}: kind ${kind}, ${length} octets from ${from}`);
    assert.ok(report.problems.length > 0);
  }
});
