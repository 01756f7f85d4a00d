import assert from "node:assert/strict";
import { test } from "node:test";
import { NotRecordedError } from "../../src/server/journal/journal.ts";
import { replay } from "../../src/server/journal/replay.ts";
import { verifySegment } from "../../src/server/journal/verify.ts";
import { countingEngine, eventsOf, note, openSite, packet, recordsOf, until } from "./harness.ts";
import { type Operation, type SimulatedDisk, simulatedDisk } from "./simulated-disk.ts";

const quick = { flushMilliseconds: 0, syncMilliseconds: 0, retryMilliseconds: 2 };

/** Fails the operations that `which` names while `on` is true. */
function breakDisk(disk: SimulatedDisk, which: readonly Operation[], message: string) {
  const fault = { on: false, hits: [] as string[] };
  disk.beforeOperation = (operation, name) => {
    if (!fault.on || !which.includes(operation)) return;
    fault.hits.push(`${operation} ${name}`);
    throw new Error(message);
  };
  return fault;
}

for (const [operation, message] of [
  ["append", "no space left on device"],
  ["datasync", "input/output error"],
] as const) {
  test(`when ${operation} fails, a decision is refused, the picture goes on, and recording resumes by itself with a gap and a snapshot`, async () => {
    const disk = simulatedDisk();
    const site = await openSite(disk, { settings: quick });
    site.happen((sequence) => packet(sequence));
    site.happen((sequence) => note(sequence, "before"));
    await site.journal.syncDecision();
    const fault = breakDisk(disk, [operation], message);
    fault.on = true;
    site.happen((sequence) => note(sequence, "refused"));
    await assert.rejects(site.journal.syncDecision(), NotRecordedError);
    assert.equal(site.journal.stats().recording, false);
    assert.match(site.journal.stats().reason, new RegExp(message));
    // A failed file is never synced again.
    assert.equal(fault.hits.filter((hit) => hit.startsWith("datasync journal-000001")).length, operation === "datasync" ? 1 : 0);
    site.happen((sequence) => packet(sequence));
    site.happen((sequence) => note(sequence, "while failing"));
    await assert.rejects(site.journal.syncDecision(), /not recorded/);
    assert.equal(site.journal.stats().lostEvents, 3);
    await until(() => fault.hits.length >= 3);
    fault.on = false;
    await until(() => site.journal.stats().recording);
    site.happen((sequence) => note(sequence, "after"));
    await site.journal.syncDecision();
    site.digest();
    await site.journal.close();
    assert.deepEqual(
      site.states.map(({ recording }) => recording),
      [false, true],
    );

    const records = await recordsOf(disk);
    const ids = eventsOf(records).flatMap((event) => (event.type === "command" ? [event.commandId] : []));
    assert.ok(ids.includes("before") && ids.includes("after"));
    assert.ok(eventsOf(records).some((event) => event.type === "gap" && event.reason.includes(message)));
    // What was done while nothing could be recorded is in the journal afterwards, apart from what is replayed.
    assert.deepEqual(
      records.flatMap((record) => (record.kind === "unrecorded" && record.event.type === "command" ? [record.event.commandId] : [])),
      ["while failing"],
    );
    for (const name of await disk.list()) assert.deepEqual((await verifySegment(disk, name)).problems, []);
  });
}

test("after a loss, replay restarts at the snapshot behind the gap and agrees with the digests that follow", async () => {
  const { mkdtemp, writeFile, rm } = await import("node:fs/promises");
  const { join } = await import("node:path");
  const { tmpdir } = await import("node:os");
  const disk = simulatedDisk();
  const site = await openSite(disk, { settings: quick });
  for (let i = 0; i < 5; i++) site.happen((sequence) => packet(sequence));
  site.digest();
  await site.journal.syncDecision();
  const fault = breakDisk(disk, ["append"], "no space left on device");
  fault.on = true;
  for (let i = 0; i < 5; i++) site.happen((sequence) => packet(sequence));
  await until(() => !site.journal.stats().recording);
  fault.on = false;
  await until(() => site.journal.stats().recording);
  for (let i = 0; i < 5; i++) site.happen((sequence) => packet(sequence));
  site.digest();
  await site.journal.close();
  const folder = await mkdtemp(join(tmpdir(), "picket-gap-"));
  try {
    for (const name of await disk.list()) await writeFile(join(folder, name), disk.contents(name));
    const notes: string[] = [];
    const report = await replay(folder, countingEngine, { softwareVersion: "9.9.9", every: 0, onNote: (text) => notes.push(text) });
    assert.equal(report.different, 0);
    assert.equal(report.compared, 2);
    assert.equal(report.digest, countingEngine.pictureDigest(site.picture));
    assert.ok(notes.some((text) => /the disk failed/.test(text)) && notes.some((text) => /gap|missing/.test(text)), notes.join("; "));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a disk that does not answer counts as failed: the decision is refused, and the late answer changes nothing", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk, { settings: { ...quick, ioTimeoutMilliseconds: 20 } });
  let release: () => void = () => undefined;
  let hang = true;
  disk.beforeOperation = (operation) => {
    if (operation !== "datasync" || !hang) return undefined;
    hang = false;
    return new Promise<void>((resolve) => {
      release = resolve;
    });
  };
  site.happen((sequence) => note(sequence, "hangs"));
  await assert.rejects(site.journal.syncDecision(), /does not answer/);
  await until(() => site.journal.stats().recording);
  const { syncedSequence, file } = site.journal.stats();
  release();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(site.journal.stats().file, file);
  assert.ok(site.journal.stats().syncedSequence >= syncedSequence);
  site.happen((sequence) => note(sequence, "again"));
  await site.journal.syncDecision();
  await site.journal.close();
});

test("octets that a slow disk lets pile up are bounded: beyond the limit recording stops instead of memory growing", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk, {
    settings: { ...quick, backlogBytes: 100_000, ioTimeoutMilliseconds: 60_000, retryMilliseconds: 60_000 },
  });
  disk.beforeOperation = (operation) => (operation === "append" ? new Promise<void>(() => undefined) : undefined);
  for (let i = 0; i < 200; i++) {
    site.happen((sequence) => packet(sequence, new Uint8Array(1000)));
    await new Promise((resolve) => setImmediate(resolve));
    if (!site.journal.stats().recording) break;
  }
  assert.equal(site.journal.stats().recording, false);
  assert.match(site.journal.stats().reason, /too slow/);
  assert.ok(site.journal.stats().lostEvents > 0);
  await assert.rejects(site.journal.close(), NotRecordedError);
});

test("whichever operation fails, and however often, what was acknowledged is found and every segment verifies", async () => {
  for (let failing = 5; failing < 45; failing++) {
    const disk = simulatedDisk();
    const site = await openSite(disk, { settings: { ...quick, segmentBytes: 3000 } });
    disk.beforeOperation = () => {
      if (disk.operations === failing || disk.operations === failing + 2) throw new Error("input/output error");
    };
    const acknowledged: string[] = [];
    for (let i = 0; i < 60; i++) {
      site.happen((sequence) => (i % 5 === 4 ? note(sequence, `d-${i}`) : packet(sequence, new Uint8Array(30))));
      if (i % 5 === 4) {
        try {
          await site.journal.syncDecision();
          acknowledged.push(`d-${i}`);
        } catch (error) {
          assert.ok(error instanceof NotRecordedError);
          await until(() => site.journal.stats().recording);
        }
      }
    }
    await site.journal.close().catch((error) => assert.ok(error instanceof NotRecordedError));
    const ids = eventsOf(await recordsOf(disk)).flatMap((event) => (event.type === "command" ? [event.commandId] : []));
    assert.ok(acknowledged.length >= 9, `operation ${failing}: ${acknowledged.length} acknowledged`);
    for (const id of acknowledged) assert.equal(ids.filter((found) => found === id).length, 1, `operation ${failing}: ${id}`);
    const names = await disk.list();
    for (const name of names) {
      const report = await verifySegment(disk, name, { allowUnfinished: name === names.at(-1) });
      assert.deepEqual(report.problems, [], `operation ${failing}, ${name}`);
    }
  }
});

test("a folder that cannot be written to is refused when the journal is opened", async () => {
  const disk = simulatedDisk();
  disk.beforeOperation = (operation) => {
    if (operation === "create") throw new Error("permission denied");
  };
  await assert.rejects(openSite(disk), /permission denied/);
});
