import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { unzipSync, zipSync } from "fflate";
import { canonicalJson } from "../../src/core/base/canonical-json.ts";
import { sha256Hex } from "../../src/core/base/sha256.ts";
import { micros } from "../../src/core/base/units.ts";
import { type BundleReport, type CaseRecord, writeBundle } from "../../src/server/evidence/bundle.ts";
import { type SiteKey, siteKeyOf } from "../../src/server/journal/site-key.ts";
import { directoryStorage } from "../../src/server/journal/storage.ts";
import { verifySegment } from "../../src/server/journal/verify.ts";
import { KEY, note, openSite, packet, START, timeOf } from "../journal/harness.ts";
import { seededRandom, simulatedDisk } from "../journal/simulated-disk.ts";

const VERIFIER = join(import.meta.dirname, "../../bin/picket-verify.mjs");

interface Found {
  readonly ok: boolean;
  readonly problems: { file: string; offset: number; what: string }[];
  readonly segments: { records: number; seals: number; withheldSpans: number; withheldRecords: number }[];
}
const { check } = (await import(VERIFIER)) as {
  check: (paths: string[], options?: { key?: string; anchors?: string[]; inUse?: boolean }) => Found;
};

const folder = mkdtempSync(join(tmpdir(), "picket-evidence-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A data folder with two segments: 60 events, one a millisecond, a decision that is sealed after every sixth, a roll in the middle. */
async function makeData(name: string): Promise<string> {
  const data = join(folder, name);
  const storage = await directoryStorage(join(data, "journal"));
  const site = await openSite(storage, { key: KEY });
  for (let i = 1; i <= 60; i++) {
    const decision = i % 6 === 0;
    site.happen((sequence) => (decision ? note(sequence, `c-${i}`) : packet(sequence, new Uint8Array(40).fill(i), i % 3)));
    if (decision) await site.journal.syncDecision();
  }
  await site.journal.close();
  return data;
}

let count = 0;
async function bundleOf(data: string, from: number, to: number, cases: CaseRecord[] = []): Promise<{ path: string; report: BundleReport }> {
  count += 1;
  const path = join(folder, `bundle-${count}.zip`);
  const report = await writeBundle({
    dataFolder: data,
    target: path,
    from: timeOf(from),
    to: timeOf(to),
    by: "Maj. <script>Reem",
    reason: "inquiry 17",
    madeAt: micros(START + 1_000_000),
    key: KEY,
    softwareVersion: "9.9.9",
    cases,
  });
  return { path, report };
}

const SLICE = /\.slice$/;

/** The bundle with changed files; its manifest says so and is signed by `key`, as a forger with that key would do it. */
function forged(path: string, change: (files: Record<string, Uint8Array>) => void, key: SiteKey = KEY): string {
  const files = unzipSync(readFileSync(path)) as Record<string, Uint8Array>;
  const { signature: _, ...manifest } = JSON.parse(Buffer.from(files["manifest.json"]).toString("utf8"));
  delete files["manifest.json"];
  change(files);
  const hashes = Object.fromEntries(Object.entries(files).map(([name, octets]) => [name, sha256Hex(octets)]));
  const unsigned = { ...manifest, publicKey: key.publicKey, files: hashes };
  const signature = Buffer.from(key.sign(Buffer.from(`picket-evidence-v1\n${canonicalJson(unsigned)}`))).toString("hex");
  files["manifest.json"] = Buffer.from(canonicalJson({ ...unsigned, signature }));
  count += 1;
  const target = join(folder, `forged-${count}.zip`);
  writeFileSync(target, zipSync(files));
  return target;
}

test("a bundle holds the records of its time and every seal, and the verifier finds nothing wrong", async () => {
  const data = await makeData("whole");
  const { path, report } = await bundleOf(data, 20, 30);
  const found = check([path], { key: KEY.publicKey });
  assert.deepEqual(found.problems, []);
  assert.equal(found.segments[0].withheldRecords, report.counts.withheldRecords);
  assert.ok(report.counts.withheldRecords > 0 && report.counts.keptRecords > 10);
  assert.equal(report.decisions, 2, "the notes of events 24 and 30");
  const files = unzipSync(readFileSync(path));
  assert.deepEqual(
    Object.keys(files).filter((name) => !SLICE.test(name)),
    ["versions.json", "clock.json", "custody.jsonl", "summary.html", "README.txt", "manifest.json"],
  );
  const page = Buffer.from(files["summary.html"]).toString("utf8");
  assert.ok(page.includes("Maj. &lt;script&gt;Reem") && !page.includes("<script>"), "what people typed is text");
  assert.ok(page.includes('dir="rtl"') && page.includes("ما فعله الأشخاص"));
  // Handing out a second bundle tells of the first.
  const second = await bundleOf(data, 1, 5);
  const custody = Buffer.from(unzipSync(readFileSync(second.path))["custody.jsonl"]).toString("utf8");
  assert.deepEqual(
    custody
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).bundleId),
    [report.bundleId, second.report.bundleId],
  );
});

test("the verifier is one file of at most 500 lines that needs nothing but Node", () => {
  const text = readFileSync(VERIFIER, "utf8");
  assert.ok(text.split("\n").length <= 501, `${text.split("\n").length} lines`);
  const imported = [...text.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
  assert.ok(imported.length > 0 && imported.every((name) => name.startsWith("node:")), imported.join(" "));
  assert.ok(!/import\(|require\(/.test(text));
});

test("the verifier says ok or bad in words and in its exit code, and refuses what it cannot read with one sentence", async () => {
  const { path } = await bundleOf(await makeData("words"), 1, 60);
  const run = (...argv: string[]) => spawnSync(process.execPath, [VERIFIER, ...argv], { encoding: "utf8" });
  const good = run(path, "--key", KEY.publicKey);
  assert.equal(good.status, 0, good.stdout + good.stderr);
  assert.match(good.stdout, /ok: nothing is wrong/);
  assert.equal(run(path, "--key", "0".repeat(64)).status, 1);
  assert.equal(run(path, "--key", "short").status, 2);
  assert.equal(run(join(folder, "absent.zip")).status, 2);
  assert.equal(run().status, 2);
  writeFileSync(join(folder, "no.zip"), "this is no zip file, only its name says so");
  assert.match(run(join(folder, "no.zip")).stderr, /is no zip file/);
  const json = JSON.parse(execFileSync(process.execPath, [VERIFIER, "--json", path], { encoding: "utf8" }));
  assert.equal(json.ok, true);
});

test("each change of a slice is found, though the forger holds the key that signs the manifest", async () => {
  const { path } = await bundleOf(await makeData("flips"), 15, 40);
  const files = unzipSync(readFileSync(path));
  const name = Object.keys(files).find((one) => SLICE.test(one)) ?? "";
  const random = seededRandom(7);
  const length = files[name].length;
  for (let i = 0; i < 300; i++) {
    const bit = Math.floor(random() * length * 8);
    const bad = forged(path, (all) => {
      all[name] = all[name].slice();
      all[name][bit >> 3] ^= 1 << (bit & 7);
    });
    const found = check([bad], { key: KEY.publicKey });
    assert.equal(found.ok, false, `bit ${bit & 7} of octet ${bit >> 3} of ${length}`);
  }
});

test("records inside the bundle's own time cannot be left out", async () => {
  const data = await makeData("holes");
  const { path } = await bundleOf(data, 20, 40);
  const narrow = await bundleOf(data, 20, 22);
  const other = unzipSync(readFileSync(narrow.path));
  const bad = forged(path, (files) => {
    for (const name of Object.keys(files)) if (SLICE.test(name)) files[name] = other[name];
  });
  const found = check([bad], { key: KEY.publicKey });
  assert.ok(
    found.problems.some(({ what }) => what === "records inside the bundle's own time are left out"),
    JSON.stringify(found.problems),
  );
});

test("a bundle that another key signed is refused when the site's key is known", async () => {
  const { path } = await bundleOf(await makeData("other-key"), 20, 30);
  const other = siteKeyOf(generateKeyPairSync("ed25519").privateKey);
  const bad = forged(path, () => {}, other);
  assert.match(check([bad], { key: KEY.publicKey }).problems[0].what, /not the expected one/);
  assert.equal(check([bad]).ok, false, "the journal inside is still sealed by the site's key");
});

test("a file that the manifest does not name, or that is missing, is found", async () => {
  const { path } = await bundleOf(await makeData("files"), 20, 30);
  const files = unzipSync(readFileSync(path)) as Record<string, Uint8Array>;
  const write = (all: Record<string, Uint8Array>) => {
    count += 1;
    const target = join(folder, `loose-${count}.zip`);
    writeFileSync(target, zipSync(all));
    return check([target]).problems.map(({ what }) => what);
  };
  assert.deepEqual(write({ ...files, "extra.txt": Uint8Array.of(1) }), ["is not named by the manifest"]);
  const { "clock.json": _, ...without } = files;
  assert.deepEqual(write(without), ["is missing"]);
  assert.deepEqual(write({ ...files, "clock.json": Uint8Array.of(1) }), ["is not the file that the manifest names"]);
});

test("an anchor that was noted outside is looked for among all seals, those of left-out spans too", async () => {
  const data = await makeData("anchors");
  const { path } = await bundleOf(data, 40, 45);
  const storage = await directoryStorage(join(data, "journal"));
  const [name] = await storage.list();
  const { head } = await verifySegment(storage, name);
  const before = await bundleOf(data, 40, 60);
  assert.equal(check([before.path], { anchors: [head] }).ok, true);
  assert.equal(check([path], { anchors: ["ab".repeat(32)] }).ok, false);
});

test("two implementations agree on what is wrong with a journal: 400 flips, cuts and exchanges of records", async () => {
  const disk = simulatedDisk();
  const site = await openSite(disk, { key: KEY });
  for (let i = 1; i <= 24; i++) {
    site.happen((sequence) => (i % 5 === 0 ? note(sequence, `c-${i}`) : packet(sequence, new Uint8Array(8).fill(i))));
    if (i % 5 === 0) await site.journal.syncDecision();
  }
  await site.journal.close();
  const [name] = await disk.list();
  const octets = disk.contents(name);
  const random = seededRandom(11);
  // Index, summary and footer repeat what stands before them; the small verifier does not read them.
  const dataEnd = Buffer.from(octets).indexOf("picket.index") - 13;
  let agreed = 0;
  for (let i = 0; i < 400; i++) {
    const copy = octets.slice();
    const at = Math.floor(random() * dataEnd);
    if (i % 4 < 2) copy[at] ^= 1 << Math.floor(random() * 8);
    else if (i % 4 === 2) copy.copyWithin(at, at + 1 + Math.floor(random() * 60));
    else copy.set(octets.subarray(Math.floor(random() * dataEnd)).subarray(0, 40), Math.min(at, dataEnd - 40));
    const path = join(folder, name);
    writeFileSync(path, copy);
    const theirs = (await verifySegment(simulatedDisk([[name, copy]]), name, { publicKey: KEY.publicKey })).ok;
    const ours = check([path], { key: KEY.publicKey }).ok;
    assert.equal(ours, theirs, `change ${i} at octet ${at}`);
    agreed += 1;
  }
  assert.equal(agreed, 400);
  writeFileSync(join(folder, name), octets);
  assert.equal(check([join(folder, name)], { key: KEY.publicKey }).ok, true);
});
