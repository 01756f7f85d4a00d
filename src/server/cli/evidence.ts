import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Micros, micros } from "../../core/base/units.ts";
import { writeBundle } from "../evidence/bundle.ts";
import { caseFromJournal, type FoundCase } from "../evidence/case-record.ts";
import { loadSiteKey } from "../journal/site-key.ts";
import { softwareVersion } from "../software-version.ts";
import { type CliCommand, UsageError } from "./command.ts";
import { createProgress } from "./progress.ts";
import type { Output } from "./replay.ts";

const HELP = `Usage: picket evidence export --case ID --by NAME --reason TEXT [options]
       picket evidence export --from TIME --to TIME --by NAME --reason TEXT [options]

Writes one zip file with the part of the journal from one time to another, the seals that hold it together, what people did in it, software
versions, clock quality, the log of who has handed out evidence before, and a summary in English and Arabic. Spans outside the time are
left out, and their number of records stays provable. bin/picket-verify.mjs checks the file without Picket and without a network.

Options:
  --case ID        a response case: what was signed, every signature, and the record from two minutes before its opening to one minute after its
                   last decision; may be given more than once
  --from TIME      UTC, as 2026-03-01T22:10:00Z
  --to TIME        UTC
  --by NAME        who hands the evidence out; kept in the custody log and in the bundle
  --reason TEXT    why, and for whom
  --data DIR       the site's data folder (default: ./data)
  --out FILE       where to write (default: evidence-FROM.zip); an existing file is not replaced
  --help           this text

Examples:
  picket evidence export --data /var/lib/picket --case C7 --by "Maj. Reem" --reason "inquiry 17"
  picket evidence export --data /var/lib/picket --from 2026-03-01T22:00:00Z --to 2026-03-01T22:30:00Z --by "Maj. Reem" --reason "inquiry 17"

Exit codes: 0 written; 2 wrong usage, or a file that cannot be read or written.`;

const consoleOutput: Output = { line: (text) => console.log(text), note: (text) => console.error(text) };

/** `picket evidence`. */
export async function runEvidence(argv: readonly string[], output: Output = consoleOutput): Promise<number> {
  const { values, positionals } = parse(argv);
  if (values.help) {
    output.line(HELP);
    return 0;
  }
  if (positionals.length !== 1 || positionals[0] !== "export") {
    throw new UsageError("picket evidence wants export with --from and --to; see picket evidence --help");
  }
  const by = values.by?.trim() ?? "";
  const reason = values.reason?.trim() ?? "";
  if (by === "" || reason === "") throw new UsageError("evidence is handed out by somebody for a reason: give --by and --reason");
  const dataFolder = resolve(values.data ?? "data");
  if (!existsSync(join(dataFolder, "journal")))
    throw new UsageError(`${dataFolder}: holds no journal; name the site's data folder with --data`);
  const found: FoundCase[] = [];
  for (const id of values.case ?? []) found.push(await caseOf(join(dataFolder, "journal"), id));
  const from =
    values.from === undefined && found.length > 0
      ? micros(Math.min(...found.map((one) => one.from)) - BEFORE)
      : timeOf(values.from, "--from");
  const to =
    values.to === undefined && found.length > 0 ? micros(Math.max(...found.map((one) => one.to)) + AFTER) : timeOf(values.to, "--to");
  if (to < from) throw new UsageError("--to is before --from");
  const target = resolve(values.out ?? `evidence-${new Date(from / 1000).toISOString().replace(/[:.]/g, "")}.zip`);
  if (existsSync(target)) throw new UsageError(`${target}: exists already; name another file with --out`);
  const key = await loadSiteKey(join(dataFolder, "keys"));
  const progress = createProgress("evidence");
  try {
    const report = await writeBundle({
      dataFolder,
      target,
      from,
      to,
      by,
      reason,
      madeAt: micros(Date.now() * 1000),
      key,
      softwareVersion: softwareVersion(),
      cases: found.map(({ record }) => record),
      onProgress: progress.show,
    });
    progress.end();
    output.line(`${target}: ${report.octets} octets, bundle ${report.bundleId}`);
    output.line(`  ${report.counts.keptRecords} records and ${report.decisions} decisions from ${report.segments} segments`);
    output.line(`  ${report.counts.withheldRecords} records outside this time are left out; ${report.counts.seals} seals hold the chain`);
    output.line(`check it with: node bin/picket-verify.mjs ${target} --key ${key.publicKey}`);
    return 0;
  } catch (error) {
    progress.end();
    throw new UsageError((error as Error).message);
  }
}

/** What a case's bundle holds beside the case itself. */
const BEFORE = 120_000_000; // us
const AFTER = 60_000_000; // us

async function caseOf(journal: string, id: string): Promise<FoundCase> {
  try {
    return await caseFromJournal(journal, id);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        case: { type: "string", multiple: true },
        from: { type: "string" },
        to: { type: "string" },
        by: { type: "string" },
        reason: { type: "string" },
        data: { type: "string" },
        out: { type: "string" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; see picket evidence --help`);
  }
}

/** UTC microseconds of an ISO 8601 time. */
function timeOf(text: string | undefined, option: string): Micros {
  const at = text === undefined ? Number.NaN : Date.parse(text);
  if (!Number.isFinite(at))
    throw new UsageError(`${option} wants a time such as 2026-03-01T22:10:00Z${text === undefined ? "" : `, not "${text}"`}`);
  return micros(at * 1000);
}

export const evidenceCommand: CliCommand = {
  name: "evidence",
  summary: "write an evidence bundle that anyone can check offline",
  help: HELP,
  run: (argv) => runEvidence(argv),
};
