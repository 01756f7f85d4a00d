import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { readAnchors } from "../journal/anchors.ts";
import { readJournal } from "../journal/read-journal.ts";
import { storageOfPath } from "../journal/storage.ts";
import { type VerifyOptions, type VerifyReport, verifySegment } from "../journal/verify.ts";
import { type CliCommand, UsageError } from "./command.ts";
import { createProgress } from "./progress.ts";
import { fileError, type Output } from "./replay.ts";

const HELP = `Usage: picket audit verify FILE [options]
       picket audit verify --stdin [options]
       picket audit ids FILE
       picket audit report FILE [--from TIME] [--to TIME] [--actor NAME]

verify  checks a journal (one segment, or a folder of segments): every record against its hash, every hash against its seal, every seal against
        the one before it and the site's key, the chain from segment to segment, index and footer. Prints what it found, and for each
        problem the octet offset, the record's number, and the event's sequence.
report  prints who did what, when, one line each: decisions, acknowledgements, sign-ups, approvals, and whether the name was proved.
ids     prints the command ids of the decisions that the journal holds, one a line, in order.

Options:
  --stdin            read paths from standard input, one a line; answer each with one line, "ok" or "bad"
  --key HEX          the public key that must have signed (64 hexadecimal digits); without it the key named in the file is taken
  --anchor HASH      the hash of a seal that was noted outside the file and must be in it; may be given more than once
  --anchors FILE     the same for every line of a file that the site wrote (journal.anchors in site.yaml)
  --in-use           accept a file without footer: the journal is still written to, or its writer died and nothing follows
  --json             print the report as one JSON object a file
  --help             this text

Examples:
  picket audit verify data/journal
  picket audit verify data/journal/journal-000001-20260301T120000Z.mcap --key 3837f8933726890017e1889d2a9a9e6332939f64eeb772a13e7ba3d735d85e4d
  ls data/journal/*.mcap | picket audit verify --stdin
  picket audit ids data/journal

Exit codes: 0 nothing is wrong; 1 something is; 2 wrong usage, or a file that cannot be read.`;

const consoleOutput: Output = { line: (text) => console.log(text), note: (text) => console.error(text) };

/** `picket audit`. `paths` stands for standard input in tests. */
export async function runAudit(argv: readonly string[], output: Output = consoleOutput, paths?: AsyncIterable<string>): Promise<number> {
  const { values, positionals } = parse(argv);
  if (values.help) {
    output.line(HELP);
    return 0;
  }
  const [action, ...files] = positionals;
  if (action === "ids" && files.length === 1) return listIds(files[0], output);
  if (action === "report" && files.length === 1) return reportActs(files[0], values, output);
  if (action !== "verify" || files.length !== (values.stdin ? 0 : 1)) {
    throw new UsageError("picket audit wants verify FILE, verify --stdin, ids FILE, or report FILE; see picket audit --help");
  }
  for (const hex of [...(values.anchor ?? []), ...(values.key === undefined ? [] : [values.key])]) {
    if (!/^[0-9a-f]{64}$/.test(hex)) throw new UsageError(`expected 64 lower-case hexadecimal digits, found "${hex}"`);
  }
  const noted = values.anchors === undefined ? undefined : anchorsIn(values.anchors, output);
  const anchors = noted === undefined ? values.anchor : [...(values.anchor ?? []), ...noted];
  const options: VerifyOptions = { publicKey: values.key, anchors, allowUnfinished: values["in-use"] };
  if (!values.stdin) {
    const reports = await verifyPath(files[0], options, true);
    for (const report of reports) printReport(report, output, values.json === true);
    return reports.length > 0 && reports.every(({ ok }) => ok) ? 0 : 1;
  }
  let good = true;
  for await (const path of paths ?? createInterface({ input: process.stdin })) {
    if (path.trim() === "") continue;
    let ok = false;
    try {
      const reports = await verifyPath(path.trim(), options, false);
      ok = reports.length > 0 && reports.every((report) => report.ok);
    } catch (error) {
      output.note(error instanceof UsageError ? error.message : `${path}: ${(error as Error).message}`);
    }
    output.line(ok ? "ok" : "bad");
    good &&= ok;
  }
  return good ? 0 : 1;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        stdin: { type: "boolean" },
        key: { type: "string" },
        anchor: { type: "string", multiple: true },
        anchors: { type: "string" },
        from: { type: "string" },
        to: { type: "string" },
        actor: { type: "string" },
        "in-use": { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; see picket audit --help`);
  }
}

async function verifyPath(path: string, options: VerifyOptions, showProgress: boolean): Promise<VerifyReport[]> {
  const reports: VerifyReport[] = [];
  try {
    const { storage, names } = await storageOfPath(path);
    for (const [i, name] of names.entries()) {
      const progress = createProgress(`verify ${name}`);
      // Anchors may name a seal of any segment: they are looked for in all of them together, below. Only the newest may be unfinished.
      const newest = i === names.length - 1;
      const own = { ...options, anchors: names.length === 1 ? options.anchors : [], allowUnfinished: newest && options.allowUnfinished };
      reports.push(await verifySegment(storage, name, { ...own, onProgress: showProgress ? progress.show : undefined }));
      progress.end();
    }
    return names.length > 1 ? await withFolderChecks(reports, options, path) : reports;
  } catch (error) {
    throw fileError(error, path);
  }
}

/** What only all segments together can show: a segment that is missing between two others, and anchors. */
async function withFolderChecks(reports: VerifyReport[], options: VerifyOptions, path: string): Promise<VerifyReport[]> {
  const checked = reports.map((report, i) => {
    const before = reports[i - 1];
    const wanted = report.segment?.previousFile;
    if (before === undefined || wanted === undefined || wanted === before.file) return report;
    if (reports.some(({ file }) => file === wanted)) return report;
    return withProblem(report, `the segment before this one, ${wanted || "unnamed"}, is not in the folder`);
  });
  const anchors = options.anchors ?? [];
  if (anchors.length === 0) return checked;
  const seals = new Set<string>();
  for await (const record of readJournal(path)) if (record.kind === "seal") seals.add(record.hash);
  const missing = anchors.filter((anchor) => !seals.has(anchor));
  return missing.reduce(
    (all, anchor) =>
      all.with(-1, withProblem(all[all.length - 1], `the seal ${anchor}, which was noted outside the journal, is not in it`)),
    checked,
  );
}

function withProblem(report: VerifyReport, what: string): VerifyReport {
  const problem = { offset: 0, record: undefined, sequence: undefined, topic: "", what };
  return { ...report, ok: false, problems: [...report.problems, problem], problemCount: report.problemCount + 1 };
}

function printReport(report: VerifyReport, output: Output, json: boolean): void {
  if (json) {
    output.line(JSON.stringify(report));
    return;
  }
  const { segment } = report;
  output.line(`${report.ok ? "ok " : "BAD"} ${report.file}`);
  if (segment !== undefined) {
    output.line(`    site ${segment.siteId}, segment ${segment.index} of journal ${segment.journalId}, Picket ${segment.softwareVersion}`);
    output.line(`    key ${report.keyId} (${segment.publicKey})`);
  }
  output.line(`    ${report.bytes} octets, ${report.records} records, ${report.seals} seals`);
  output.line(`    ${report.events} events, ${report.firstSequence} to ${report.lastSequence}; sealed up to ${report.sealedSequence}`);
  if (report.expired > 0) output.line(`    ${report.expired} payloads have expired; their hashes still count`);
  if (!report.closed) {
    const why = report.vouched ? "the next segment vouches for its end" : "nothing vouches for its end";
    output.line(`    not closed: ${report.unsealedRecords} records behind the last seal; ${why}`);
  }
  output.line(`    last seal ${report.head}`);
  for (const problem of report.problems) {
    const record = problem.record === undefined ? "" : `, record ${problem.record}`;
    const topic = problem.topic === "" ? "" : ` (${problem.topic})`;
    const sequence = problem.sequence === undefined ? "" : `, sequence ${problem.sequence}`;
    output.line(`    octet ${problem.offset}${record}${topic}${sequence}: ${problem.what}`);
  }
  const more = report.problemCount - report.problems.length;
  if (more > 0) output.line(`    and ${more} more problems`);
}

async function listIds(path: string, output: Output): Promise<number> {
  let damage = 0;
  try {
    for await (const record of readJournal(path)) {
      if (record.kind === "damage") {
        damage += 1;
        output.note(`${record.file}, octet ${record.offset}: ${record.reason}`);
      } else if (record.kind === "event" && record.event.type === "command") output.line(record.event.commandId);
    }
  } catch (error) {
    throw fileError(error, path);
  }
  return damage > 0 ? 1 : 0;
}

function anchorsIn(path: string, output: Output): readonly string[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fileError(error, path);
  }
  const { heads, problems } = readAnchors(text);
  for (const problem of problems) output.note(`${path}: ${problem}`);
  if (heads.length === 0) throw new UsageError(`${path}: holds no anchor`);
  return heads;
}

interface ReportOptions {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly actor?: string | undefined;
  readonly json?: boolean | undefined;
}

async function reportActs(path: string, options: ReportOptions, output: Output): Promise<number> {
  const from = timeOf(options.from, "--from") ?? 0;
  const to = timeOf(options.to, "--to") ?? Number.MAX_SAFE_INTEGER;
  const counts = new Map<string, number>();
  let damage = 0;
  try {
    for await (const record of readJournal(path)) {
      if (record.kind === "damage") {
        damage += 1;
        output.note(`${record.file}, octet ${record.offset}: ${record.reason}`);
        continue;
      }
      if ((record.kind !== "event" && record.kind !== "unrecorded") || record.event.type !== "command") continue;
      const { at, actor, command, commandId } = record.event;
      if (at < from || at > to || (options.actor !== undefined && actor.name !== options.actor)) continue;
      const { kind, ...what } = command;
      counts.set(actor.name, (counts.get(actor.name) ?? 0) + 1);
      if (options.json) output.line(JSON.stringify({ at: new Date(at / 1000).toISOString(), actor, commandId, command }));
      else {
        const proof = actor.authenticated ? (actor.personId ?? "signed in") : "name not proved";
        const late = record.kind === "unrecorded" ? " (written afterwards: the disk had failed)" : "";
        output.line(`${new Date(at / 1000).toISOString()}  ${actor.name} (${proof})  ${kind}  ${JSON.stringify(what)}${late}`);
      }
    }
  } catch (error) {
    throw fileError(error, path);
  }
  for (const [name, count] of [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) output.note(`${name}: ${count} acts`);
  return damage > 0 ? 1 : 0;
}

/** UTC microseconds. */
function timeOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (!Number.isFinite(at)) throw new UsageError(`${option} wants a time such as 2026-03-01T22:10:00Z, not "${text}"`);
  return at * 1000;
}

export const auditCommand: CliCommand = {
  name: "audit",
  summary: "verify a journal's seals, report who did what, list the decisions it holds",
  help: HELP,
  run: (argv) => runAudit(argv),
};
