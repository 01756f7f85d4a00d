import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ReplayEngine, type ReplayReport, replay } from "../journal/replay.ts";
import { softwareVersion } from "../software-version.ts";
import { type CliCommand, UsageError } from "./command.ts";
import { createProgress } from "./progress.ts";

const HELP = `Usage: picket replay FILE [options]

Replays a journal (one segment, or a folder of segments) through the engine, prints the digest of the picture after each N events as
"SEQUENCE DIGEST", and compares with every digest and snapshot that the journal holds. With the version that wrote the journal, stops at
the first difference; with another version, goes on and prints a report of the differences.

Options:
  --every N          digest after each N events (default 1000); 0 prints the last one only
  --digests OUT      also write the digests to the file OUT
  --against FILE     compare with the digests of an earlier replay (made with --digests)
  --from-snapshot    start at the last snapshot of the journal instead of its beginning
  --serve            show it in the console instead, with a time scrub and speed, until Ctrl-C
  --port N           port of the console with --serve (default 8080)
  --speed X          speed with --serve (default 1)
  --help             this text

Examples:
  picket replay data/journal/journal-000001-20260301T120000Z.mcap
  picket replay data/journal --every 10000 --digests monday.digests
  picket replay data/journal --against monday.digests
  picket replay data/journal --serve --speed 10

Exit codes: 0 everything agreed, or another version wrote the journal and the differences were reported; 1 a difference, or records that
are not what was written; 2 wrong usage, or a file that cannot be read.`;

/** Where the command writes; tests read it. */
export interface Output {
  line(text: string): void;
  note(text: string): void;
}

const consoleOutput: Output = { line: (text) => console.log(text), note: (text) => console.error(text) };

/** `picket replay` with any engine. */
export async function runReplay<Picture>(
  argv: readonly string[],
  engine: ReplayEngine<Picture>,
  output: Output = consoleOutput,
  version = softwareVersion(),
): Promise<number> {
  const { values, positionals } = parse(argv);
  if (values.help) {
    output.line(HELP);
    return 0;
  }
  if (positionals.length !== 1) throw new UsageError("picket replay wants one journal file or folder; see picket replay --help");
  const every = Number(values.every ?? "1000");
  if (!Number.isSafeInteger(every) || every < 0) throw new UsageError(`--every wants a whole number, not ${values.every}`);
  const against = values.against === undefined ? undefined : readDigests(values.against);
  const written: string[] = [];
  const progress = createProgress("replay");
  const began = performance.now();
  let report: ReplayReport;
  try {
    report = await replay(positionals[0], engine, {
      softwareVersion: version,
      every,
      against,
      fromLastSnapshot: values["from-snapshot"],
      onProgress: progress.show,
      onDigest: (sequence, digest) => {
        output.line(`${sequence} ${digest}`);
        written.push(`${sequence} ${digest}\n`);
      },
      onNote: (text) => output.note(`note: ${text}`),
    });
  } catch (error) {
    throw fileError(error, positionals[0]);
  } finally {
    progress.end();
  }
  if (every === 0 || report.events % every !== 0) {
    output.line(`${report.lastSequence} ${report.digest}`);
    written.push(`${report.lastSequence} ${report.digest}\n`);
  }
  if (values.digests !== undefined) {
    try {
      writeFileSync(values.digests, written.join(""));
    } catch (error) {
      throw new UsageError(`${values.digests} cannot be written: ${(error as Error).message}`);
    }
  }
  return conclude(report, version, (performance.now() - began) / 1000, output);
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        every: { type: "string" },
        digests: { type: "string" },
        against: { type: "string" },
        "from-snapshot": { type: "boolean" },
        help: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}; see picket replay --help`);
  }
}

function readDigests(path: string): Map<number, string> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw fileError(error, path);
  }
  const digests = new Map<number, string>();
  text.split("\n").forEach((line, i) => {
    if (line.trim() === "") return;
    const match = /^(\d+) ([0-9a-f]{64})$/.exec(line.trim());
    if (match === null) throw new UsageError(`${path}, line ${i + 1}: expected "SEQUENCE DIGEST", found "${line.slice(0, 40)}"`);
    digests.set(Number(match[1]), match[2]);
  });
  return digests;
}

/** The world's refusals become one sentence and exit code 2; our own mistakes keep their stack. */
export function fileError(error: unknown, path: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new UsageError(code === "ENOENT" ? `there is no file ${path}` : `${path} cannot be read: ${message}`);
}

function conclude(report: ReplayReport, version: string, seconds: number, output: Output): number {
  for (const difference of report.differences) {
    const from = { journal: "stored in the journal", snapshot: "of the stored snapshot", against: "to compare with" }[difference.source];
    output.note(`difference after event ${difference.sequence}: digest ${from} ${difference.expected}, found ${difference.found}`);
    for (const member of difference.members) output.note(`  ${member}`);
  }
  if (report.failure !== undefined) output.note(`event ${report.failure.sequence} stopped the step: ${report.failure.message}`);
  if (report.harm > 0) output.note(`${report.harm} places of the journal are not what was written: run picket audit verify`);
  const rate = seconds > 0 ? Math.round(report.events / seconds) : report.events;
  output.note(`${report.events} events replayed (${rate} a second); ${report.compared} digests compared, ${report.different} different`);
  if (report.compared === 0) output.note("nothing to compare with: the journal holds no digest behind these events");
  if (!report.sameVersion) {
    output.note(
      `written by version ${report.versions.join(", ")}, replayed by ${version}: differences are reported, not counted as a failure`,
    );
  }
  if (report.harm > 0 || report.failure !== undefined) return 1;
  return report.different > 0 && report.sameVersion ? 1 : 0;
}

export const replayCommand: CliCommand = {
  name: "replay",
  summary: "replay a journal bit for bit and compare the digests",
  help: HELP,
  run: async (argv) => {
    if (argv.includes("--serve")) return (await import("./replay-serve.ts")).serveReplay(argv);
    const { productEngine } = await import("../journal/product-engine.ts");
    return runReplay(argv, productEngine);
  },
};
