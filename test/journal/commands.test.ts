import assert from "node:assert/strict";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { runAudit } from "../../src/server/cli/audit.ts";
import { UsageError } from "../../src/server/cli/command.ts";
import { runReplay } from "../../src/server/cli/replay.ts";
import { recover, recoverPicture } from "../../src/server/journal/recover.ts";
import { replayEvents } from "../../src/server/journal/replay.ts";
import { loadSiteKey } from "../../src/server/journal/site-key.ts";
import { directoryStorage } from "../../src/server/journal/storage.ts";
import { countingEngine, KEY, note, openSite, packet, timeOf, VERSION } from "./harness.ts";

const folder = await mkdtemp(join(tmpdir(), "picket-journal-"));
after(() => rm(folder, { recursive: true }));

function captured() {
  const lines: string[] = [];
  const notes: string[] = [];
  return { lines, notes, line: (text: string) => void lines.push(text), note: (text: string) => void notes.push(text) };
}

/** A journal of 20 events with digests after each fifth and a snapshot after the tenth; `wrong` stores a wrong digest after it. */
async function journalFolder(name: string, settings: { wrong?: number; version?: string } = {}): Promise<string> {
  const path = join(folder, name);
  const site = await openSite(await directoryStorage(path), settings.version === undefined ? {} : { softwareVersion: settings.version });
  for (let i = 1; i <= 20; i++) {
    site.happen((sequence) => (i % 6 === 0 ? note(sequence, `id-${i}`) : packet(sequence)));
    if (i === settings.wrong) site.journal.writeDigest(i, "0".repeat(64));
    else if (i % 5 === 0) site.digest();
    if (i === 10) site.snapshot();
  }
  await site.journal.close();
  return path;
}

const segmentOf = async (path: string) => join(path, (await readdir(path))[0]);
const run = (argv: string[], output = captured()) => runReplay(argv, countingEngine, output, VERSION);

test("replay prints the digest after each N events, agrees with what was stored, and ends with exit code 0", async () => {
  const path = await segmentOf(await journalFolder("good"));
  const output = captured();
  assert.equal(await run([path, "--every", "8"], output), 0);
  assert.deepEqual(
    output.lines.map((line) => line.split(" ")[0]),
    ["8", "16", "20"],
  );
  assert.match(output.lines[0], /^8 [0-9a-f]{64}$/);
  // Four digests and one snapshot.
  assert.ok(
    output.notes.some((text) => /20 events replayed .*; 5 digests compared, 0 different/.test(text)),
    output.notes.join(),
  );
});

test("replay stops at the first difference with exit code 1 and says where", async () => {
  const path = await segmentOf(await journalFolder("wrong", { wrong: 7 }));
  const output = captured();
  assert.equal(await run([path, "--every", "1"], output), 1);
  assert.equal(output.lines.at(-1)?.split(" ")[0], "7");
  assert.ok(output.notes.some((text) => /difference after event 7: digest stored in the journal 0{64}, found [0-9a-f]{64}/.test(text)));
});

test("a journal of another version is replayed to its end, the differences are reported, and the exit code is 0", async () => {
  const path = await segmentOf(await journalFolder("other", { wrong: 7, version: "1.0.0" }));
  const output = captured();
  assert.equal(await run([path, "--every", "0"], output), 0);
  assert.equal(output.lines[0].split(" ")[0], "20");
  assert.ok(output.notes.some((text) => /difference after event 7/.test(text)));
  assert.ok(output.notes.some((text) => /written by version 1\.0\.0, replayed by 9\.9\.9/.test(text)));
});

test("a replay's digests can be kept and compared with: a changed one is the first difference", async () => {
  const path = await segmentOf(await journalFolder("kept"));
  const kept = join(folder, "kept.digests");
  assert.equal(await run([path, "--every", "3", "--digests", kept]), 0);
  assert.equal(await run([path, "--every", "0", "--against", kept]), 0);
  const text = await readFile(kept, "utf8");
  await writeFile(kept, text.replace(/^12 ../m, "12 zz"));
  await assert.rejects(run([path, "--against", kept]), (error) => error instanceof UsageError && /line 4/.test(error.message));
  await writeFile(
    kept,
    text.replace(/^12 [0-9a-f]{2}/m, (found) => (found === "12 00" ? "12 11" : "12 00")),
  );
  const output = captured();
  assert.equal(await run([path, "--every", "0", "--against", kept], output), 1);
  assert.ok(output.notes.some((note) => /difference after event 12: digest to compare with/.test(note)));
});

test("replay from the last snapshot arrives at the same digest with half of the events", async () => {
  const path = await segmentOf(await journalFolder("half"));
  const whole = captured();
  const half = captured();
  assert.equal(await run([path, "--every", "0"], whole), 0);
  assert.equal(await run([path, "--every", "0", "--from-snapshot"], half), 0);
  assert.deepEqual(half.lines, whole.lines);
  assert.ok(
    half.notes.some((text) => /^10 events replayed/.test(text)),
    half.notes.join(),
  );
});

test("an event that was set aside is skipped, and the digests behind it agree", async () => {
  const path = join(folder, "aside");
  const site = await openSite(await directoryStorage(path));
  site.happen((sequence) => packet(sequence));
  const poison = packet(2, Uint8Array.of(0xad));
  site.journal.append(poison);
  assert.throws(() => countingEngine.step(site.picture, poison), /poison/);
  countingEngine.skipEvent(site.picture, 2);
  site.happen((sequence) => ({ type: "set-aside", sequence, at: timeOf(sequence), setAside: 2, reason: "a poison event" }));
  site.happen((sequence) => packet(sequence));
  site.digest();
  await site.journal.close();
  const output = captured();
  assert.equal(await run([path, "--every", "0"], output), 0);
  assert.ok(output.notes.includes("note: event 2 was set aside"));
  assert.ok(
    output.notes.some((text) => /3 events replayed .* 1 digests compared, 0 different/.test(text)),
    output.notes.join(),
  );
});

test("a server that was started again with another picture is a new beginning, told in a note, and not a difference", async () => {
  const path = await journalFolder("restarted");
  const storage = await directoryStorage(path);
  const { picture } = await recoverPicture(await recover(storage), countingEngine);
  picture.notes = ["began again"];
  const site = await openSite(storage, {}, picture);
  site.happen((sequence) => packet(sequence));
  site.digest();
  await site.journal.close();
  const output = captured();
  assert.equal(await run([path, "--every", "0"], output), 0);
  assert.ok(
    output.notes.some((text) => /started behind event 20 with another picture: notes\.0: /.test(text)),
    output.notes.join(),
  );
  assert.ok(
    output.notes.some((text) => /21 events replayed .* 6 digests compared, 0 different/.test(text)),
    output.notes.join(),
  );
});

test("an event that stops the step and was not set aside ends the replay with exit code 1", async () => {
  const path = join(folder, "poison");
  const site = await openSite(await directoryStorage(path));
  site.happen((sequence) => packet(sequence));
  site.journal.append(packet(2, Uint8Array.of(0xad)));
  await site.journal.close();
  const output = captured();
  assert.equal(await run([path], output), 1);
  assert.ok(output.notes.includes("event 2 stopped the step: a poison event"));
});

test("replayed events of a damaged journal leave out what cannot be known and go on at the next snapshot", async () => {
  const path = await segmentOf(await journalFolder("damaged"));
  const octets = await readFile(path);
  const at = octets.indexOf(Buffer.from([4, 1, 2])); // the payload of packet 4
  octets[at] ^= 1;
  await writeFile(path, octets);
  const kinds: string[] = [];
  for await (const items of replayEvents(path)) {
    for (const item of items) kinds.push(item.kind === "event" ? String(item.event.sequence) : item.kind);
  }
  // One batch was written: the damage shows before anything behind it is given out.
  assert.deepEqual(kinds.slice(0, 6), ["version", "1", "2", "3", "note", "note"]);
  assert.equal(kinds[6], "restore");
  assert.deepEqual(
    kinds.filter((kind) => /^\d+$/.test(kind)),
    ["1", "2", "3", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"],
  );
  assert.equal(await run([path]), 1);
});

test("replay and audit refuse wrong usage and absent files with one sentence", async () => {
  await assert.rejects(run([]), UsageError);
  await assert.rejects(run(["x", "--every", "many"]), /--every wants a whole number/);
  await assert.rejects(run([join(folder, "absent.mcap")]), /there is no file/);
  await assert.rejects(runAudit(["verify"], captured()), UsageError);
  await assert.rejects(runAudit(["verify", join(folder, "absent.mcap")], captured()), /there is no file/);
  await assert.rejects(runAudit(["verify", "x", "--key", "12"], captured()), /64 lower-case/);
  const output = captured();
  assert.equal(await runAudit(["--help"], output), 0);
  assert.match(output.lines[0], /Exit codes/);
});

test("audit verify says ok for an untouched journal, and where a changed one is wrong", async () => {
  const path = await segmentOf(await journalFolder("audited"));
  const good = captured();
  assert.equal(await runAudit(["verify", path, "--key", KEY.publicKey], good), 0);
  assert.match(good.lines[0], /^ok /);
  const octets = await readFile(path);
  const at = octets.indexOf(Buffer.from([4, 1, 2]));
  octets[at] ^= 1;
  await writeFile(path, octets);
  const bad = captured();
  assert.equal(await runAudit(["verify", path], bad), 1);
  assert.match(bad.lines[0], /^BAD /);
  assert.ok(
    bad.lines.some((line) =>
      new RegExp(`octet ${at - 31}, record \\d+ \\(source/radar\\), sequence 4: a record that is not what was written`).test(line),
    ),
    bad.lines.join("\n"),
  );
});

test("audit verify --stdin answers each path with ok or bad", async () => {
  const path = await segmentOf(await journalFolder("listed"));
  const cut = join(folder, "cut.mcap");
  await writeFile(cut, (await readFile(path)).subarray(0, 3000));
  async function* paths() {
    yield path;
    yield cut;
    yield join(folder, "absent.mcap");
    yield path;
  }
  const output = captured();
  assert.equal(await runAudit(["verify", "--stdin"], output, paths()), 1);
  assert.deepEqual(output.lines, ["ok", "bad", "bad", "ok"]);
});

test("audit ids lists the stored decisions in order", async () => {
  const output = captured();
  assert.equal(await runAudit(["ids", await journalFolder("ids")], output), 0);
  assert.deepEqual(output.lines, ["id-6", "id-12", "id-18"]);
});

test("audit verify of a folder notices a segment that is missing between two others, and an anchor that is in none", async () => {
  const path = join(folder, "many");
  const site = await openSite(await directoryStorage(path), { settings: { segmentBytes: 3000 } });
  for (let i = 0; i < 60; i++) site.happen((sequence) => packet(sequence, new Uint8Array(100)));
  await site.journal.close();
  const good = captured();
  assert.equal(await runAudit(["verify", path, "--anchor", site.journal.stats().head], good), 0);
  assert.equal(await runAudit(["verify", path, "--anchor", "0".repeat(64)], captured()), 1);
  const names = await readdir(path);
  assert.ok(names.length >= 4);
  await rm(join(path, names[1]));
  const bad = captured();
  assert.equal(await runAudit(["verify", path], bad), 1);
  assert.ok(
    bad.lines.some((line) => line.includes(`${names[1]}, is not in the folder`)),
    bad.lines.join("\n"),
  );
});

test("the site's key is made once, is readable by its owner alone, and is refused when others may read it", async () => {
  const keys = join(folder, "keys");
  const first = await loadSiteKey(keys);
  assert.equal((await loadSiteKey(keys)).publicKey, first.publicKey);
  assert.equal((await stat(join(keys, "site-key.pem"))).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(keys), ["site-key.pem"]);
  await chmod(join(keys, "site-key.pem"), 0o644);
  await assert.rejects(loadSiteKey(keys), /may be read by others/);
  await chmod(join(keys, "site-key.pem"), 0o600);
  await writeFile(join(keys, "site-key.pem"), "no key");
  await assert.rejects(loadSiteKey(keys), /cannot be read/);
});
