import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readJournal } from "../../src/server/journal/read-journal.ts";
import { replay } from "../../src/server/journal/replay.ts";
import { directoryStorage } from "../../src/server/journal/storage.ts";
import { verifySegment } from "../../src/server/journal/verify.ts";
import { countingEngine, VERSION } from "./harness.ts";
import { seededRandom } from "./simulated-disk.ts";

const APPENDER = fileURLToPath(new URL("./appender.ts", import.meta.url));
/** Five in the suite; PICKET_KILL_ROUNDS=200 for the long run. */
const ROUNDS = Number(process.env.PICKET_KILL_ROUNDS ?? "5");

/** Runs the appender until `enough` decisions were acknowledged, then kills it without warning after `delay` ms; returns its lines. */
function runAndKill(folder: string, round: number, enough: number, delay: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", APPENDER, folder, String(round)], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    let errors = "";
    let dying = false;
    child.stderr.on("data", (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (dying || (text.match(/^ack /gm)?.length ?? 0) < enough) return;
      dying = true;
      setTimeout(() => child.kill("SIGKILL"), delay);
    });
    child.on("close", (_, signal) => {
      if (signal !== "SIGKILL") reject(new Error(`the appender ended by itself: ${errors}`));
      // The last line may have been cut by the kill.
      else resolve(text.split("\n").slice(0, -1));
    });
  });
}

test("killed without warning at random moments and started again, the journal loses no acknowledged decision and doubles none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "picket-kill-"));
  try {
    const random = seededRandom(11);
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const lines = await runAndKill(folder, round, 1 + Math.floor(random() * 30), Math.floor(random() * 20));
      assert.match(lines[0], /^start /);
      acknowledged.push(...lines.filter((line) => line.startsWith("ack ")).map((line) => line.slice(4)));
    }
    const journal = join(folder, "journal");
    const stored: string[] = [];
    let last = 0;
    for await (const record of readJournal(journal)) {
      assert.notEqual(record.kind, "damage");
      if (record.kind !== "event") continue;
      assert.equal(record.sequence, last + 1, "no event is missing and none is there twice");
      last = record.sequence;
      if (record.event.type === "command") stored.push(record.event.commandId);
    }
    assert.ok(acknowledged.length >= ROUNDS);
    assert.equal(new Set(stored).size, stored.length);
    for (const id of acknowledged) assert.ok(stored.includes(id), `acknowledged ${id} is lost`);
    // Every start went on from exactly the picture that the journal replays to: otherwise there is a note.
    const notes: string[] = [];
    const report = await replay(journal, countingEngine, { softwareVersion: VERSION, every: 0, onNote: (text) => notes.push(text) });
    assert.deepEqual(
      notes.filter((text) => !/was not closed/.test(text)),
      [],
    );
    assert.deepEqual([report.different, report.failure, report.lastSequence], [0, undefined, last]);
    const storage = await directoryStorage(journal);
    const names = await storage.list();
    for (const name of names) {
      const { problems } = await verifySegment(storage, name, { allowUnfinished: name === names.at(-1) });
      assert.deepEqual(problems, [], name);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
