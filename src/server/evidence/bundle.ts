// An evidence bundle: one zip file with the part of the journal that a case needs, what was signed, by whom, with which software and
// configuration, and who has handed it out before. docs/evidence-format.md is the same for people who write a second verifier.

import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { appendFile, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Zip, ZipDeflate } from "fflate";
import { canonicalJson } from "../../core/base/canonical-json.ts";
import { toHex } from "../../core/base/hex.ts";
import { encodeUtf8 } from "../../core/base/text.ts";
import type { Micros } from "../../core/base/units.ts";
import type { PictureEvent } from "../../core/model/event.ts";
import { readJournal } from "../journal/read-journal.ts";
import type { SiteKey } from "../journal/site-key.ts";
import { type JournalStorage, storageOfPath } from "../journal/storage.ts";
import { newSliceCounts, type SliceCounts, sliceSegment } from "./slice.ts";
import { summaryPage } from "./summary-page.ts";

export const EVIDENCE_FORMAT = "picket-evidence/1";
const SIGNING_DOMAIN = "picket-evidence-v1\n";
/** The zip format without its 64-bit extension ends at 4 GiB; the verifier unpacks no more than 2. */
const MAX_BUNDLE = 2 ** 31 - 1;
const CUSTODY_FILE = "custody.jsonl";

/** One handing-out of evidence. */
export interface CustodyEntry {
  /** UTC microseconds. */
  readonly at: Micros;
  readonly by: string;
  readonly reason: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly caseIds: readonly string[];
  readonly bundleId: string;
}

/** What a person decided, as the journal holds it. */
export type Decision = Extract<PictureEvent, { type: "command" }>;

/** A case with what was signed: the shape that `cases/ID.json` has in the bundle. */
export interface CaseRecord {
  readonly id: string;
  /** The text whose hash was signed, as data. */
  readonly case: unknown;
  /** SHA-256 of its canonical JSON. */
  readonly hash: string;
  /** open, authorised, refused... */
  readonly state: string;
  readonly approvals: readonly unknown[];
}

export interface BundleRequest {
  /** Folder of the site's data: `journal`, `keys` and the custody log are in it. */
  readonly dataFolder: string;
  readonly target: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly by: string;
  readonly reason: string;
  /** UTC microseconds, by the caller's clock. */
  readonly madeAt: Micros;
  readonly key: SiteKey;
  readonly softwareVersion: string;
  readonly cases: readonly CaseRecord[];
  readonly onProgress?: (read: number, total: number) => void;
}

export interface BundleReport {
  readonly bundleId: string;
  readonly octets: number;
  readonly segments: number;
  readonly decisions: number;
  readonly counts: SliceCounts;
}

/** Rejects with one clear sentence when nothing lies in the window, when the bundle would be too large, or when a file cannot be used. */
export async function writeBundle(request: BundleRequest): Promise<BundleReport> {
  const { storage, names } = await storageOfPath(join(request.dataFolder, "journal"));
  const { decisions, siteId, versions, files } = await survey(request, names);
  const bundleId = randomUUID();
  const entry: CustodyEntry = {
    at: request.madeAt,
    by: request.by,
    reason: request.reason,
    from: request.from,
    to: request.to,
    caseIds: request.cases.map(({ id }) => id),
    bundleId,
  };
  const custody = `${await readCustody(request.dataFolder)}${JSON.stringify(entry)}\n`;
  const counts = newSliceCounts();
  const aside = `${request.target}.${process.pid}.new`;
  try {
    const zip = createZipFile(aside);
    const caseIds = new Set(request.cases.map(({ id }) => id));
    for (const [i, name] of files.entries()) {
      await zip.add(`journal/${name}.slice`, slicesOf(storage, name, request, i < files.length - 1, caseIds, counts));
      request.onProgress?.(i + 1, files.length);
    }
    for (const record of request.cases) await zip.addText(`cases/${fileNameOf(record.id)}.json`, `${canonicalJson(record)}\n`);
    await zip.addText("versions.json", `${JSON.stringify({ bundleWrittenBy: request.softwareVersion, recordedBy: versions }, null, 2)}\n`);
    await zip.addText("clock.json", `${JSON.stringify(clockQuality(counts), null, 2)}\n`);
    await zip.addText(CUSTODY_FILE, custody);
    await zip.addText(
      "summary.html",
      summaryPage({ siteId, ...request, bundleId, decisions, versions, counts, publicKey: request.key.publicKey }),
    );
    await zip.addText("README.txt", README);
    const unsigned = {
      format: EVIDENCE_FORMAT,
      bundleId,
      siteId,
      from: request.from,
      to: request.to,
      madeAt: request.madeAt,
      madeBy: request.by,
      reason: request.reason,
      softwareVersion: request.softwareVersion,
      publicKey: request.key.publicKey,
      files: zip.hashes(),
    };
    const signature = toHex(request.key.sign(encodeUtf8(SIGNING_DOMAIN + canonicalJson(unsigned))));
    await zip.addText("manifest.json", `${canonicalJson({ ...unsigned, signature })}\n`);
    const octets = await zip.end();
    // The log first: a bundle that nobody noted must not exist.
    await appendFile(join(request.dataFolder, CUSTODY_FILE), `${JSON.stringify(entry)}\n`, { mode: 0o600, flush: true });
    await rename(aside, request.target);
    return { bundleId, octets, segments: files.length, decisions: decisions.length, counts };
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

async function* slicesOf(
  storage: JournalStorage,
  name: string,
  { from, to }: BundleRequest,
  followed: boolean,
  caseIds: ReadonlySet<string>,
  counts: SliceCounts,
): AsyncGenerator<Uint8Array> {
  const file = await storage.open(name);
  const wanted = (text: string) => [...caseIds].some((id) => text.includes(`"caseId":${JSON.stringify(id)}`));
  try {
    yield* sliceSegment(file, { from, to, followed, wanted: caseIds.size === 0 ? undefined : wanted }, counts);
  } finally {
    await file.close();
  }
}

/** One pass over the journal: which segments touch the window, and what people did in it. */
async function survey(request: BundleRequest, names: readonly string[]) {
  const decisions: Decision[] = [];
  const touched = new Set<string>();
  const versions = new Set<string>();
  const caseIds = new Set(request.cases.map(({ id }) => id));
  let siteId = "";
  const path = join(request.dataFolder, "journal");
  for await (const record of readJournal(path)) {
    if (record.kind === "segment") {
      siteId = record.segment.siteId;
      if (record.segment.createdAt <= request.to) versions.add(record.segment.softwareVersion);
    }
    if (record.kind !== "event" && record.kind !== "seal") continue;
    const at = record.kind === "seal" ? record.seal.at : record.at;
    const ofCase = record.kind === "event" && record.event.type === "command" && isOfCase(record.event, caseIds);
    if ((at < request.from || at > request.to) && !ofCase) continue;
    touched.add(record.file);
    if (record.kind === "event" && record.event.type === "command") decisions.push(record.event);
  }
  // From the first that touches to the last, without a hole: the chain goes through all of them.
  const first = names.findIndex((name) => touched.has(name));
  const last = names.findLastIndex((name) => touched.has(name));
  if (first < 0) throw new Error(`the journal holds nothing between ${isoTime(request.from)} and ${isoTime(request.to)}`);
  return { decisions, siteId, versions: [...versions], files: names.slice(first, last + 1) };
}

const isOfCase = (event: Decision, caseIds: ReadonlySet<string>): boolean =>
  "caseId" in event.command && typeof event.command.caseId === "string" && caseIds.has(event.command.caseId);

const isoTime = (at: Micros): string => new Date(at / 1000).toISOString();

const fileNameOf = (id: string): string => id.replace(/[^A-Za-z0-9_-]/g, "_");

async function readCustody(dataFolder: string): Promise<string> {
  try {
    return await readFile(join(dataFolder, CUSTODY_FILE), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

const clockQuality = ({ seals, longestGap, backwards }: SliceCounts) => ({
  source: "the server's own clock; Picket never lets the recorded time run backwards, and does not know how the host keeps its clock right",
  seals,
  longestTimeBetweenSealsMs: Math.round(longestGap / 1000),
  timesClockRanBackwards: backwards,
});

const README = `This is an evidence bundle of Picket, an open air picture and command system.

summary.html    what happened, in English and Arabic; open it in any browser
journal/        the record itself: what sensors sent and what people did, sealed each second with the site's key
cases/          decisions with their approvals: the text that was signed and each signature
manifest.json   the list of these files with their hashes, signed with the site's key
custody.jsonl   who has handed out evidence of this site, when and why

To check it without trusting whoever gave it to you: take picket-verify.mjs from the Picket project, not from this bundle's sender, install Node 20 or
later, and run, without any network:
    node picket-verify.mjs THIS-FILE.zip --key KEY
KEY is the site's public key, as the site told it to you by another way. The format is written down in docs/evidence-format.md.
`;

interface ZipFile {
  add(name: string, content: AsyncIterable<Uint8Array>): Promise<void>;
  addText(name: string, text: string): Promise<void>;
  /** SHA-256 of each file so far. */
  hashes(): Record<string, string>;
  /** Octets written. */
  end(): Promise<number>;
}

function createZipFile(path: string): ZipFile {
  const out = createWriteStream(path, { flags: "wx", mode: 0o600 });
  const hashes: Record<string, string> = {};
  let octets = 0;
  let unpacked = 0;
  let failed: Error | undefined;
  let full = false;
  out.on("error", (error) => {
    failed = error;
  });
  const zip = new Zip((error, chunk) => {
    if (error) failed = error;
    octets += chunk.length;
    if (!out.write(chunk)) full = true;
  });
  const settle = async () => {
    if (failed !== undefined) throw failed;
    if (full) await once(out, "drain");
    full = false;
  };
  async function add(name: string, content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    const hash = createHash("sha256");
    const entry = new ZipDeflate(name, { level: 6 });
    zip.add(entry);
    for await (const piece of content) {
      hash.update(piece);
      unpacked += piece.length;
      if (unpacked > MAX_BUNDLE) throw new Error("the bundle would hold more than 2 GiB: ask for a shorter time");
      entry.push(piece);
      await settle();
    }
    entry.push(new Uint8Array(0), true);
    hashes[name] = hash.digest("hex");
    await settle();
  }
  return {
    add,
    addText: (name, text) => add(name, [encodeUtf8(text)]),
    hashes: () => ({ ...hashes }),
    end: async () => {
      zip.end();
      await settle();
      out.end();
      await once(out, "close");
      if (failed !== undefined) throw failed;
      return octets;
    },
  };
}
