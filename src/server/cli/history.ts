// picket history: make the searchable history again, and search it without a server.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { HistoryFilter } from "../history/queries.ts";
import { type CliCommand, UsageError } from "./command.ts";
import { createProgress } from "./progress.ts";

const HELP = `Usage: picket history rebuild [--data DIR]
       picket history query WHAT [options]

The history is the searchable side of the record: tracks, alarms, decisions and incidents in one SQLite file (DIR/history/history.db). The
journal is the record itself. Deleting the history loses nothing: rebuild makes it again by stepping the journal.

rebuild   makes it again from DIR/journal, from nothing; the server must not be running on DIR
query     prints what matches, one JSON object a line, newest first; WHAT is incidents, alarms, decisions, tracks, positions (oldest first)
          or heat

Options:
  --data DIR          folder of the server (default data)
  --from, --to TIME   ISO 8601 with its offset, for example 2026-03-01T03:40:00Z
  --zone ID           only what was in this zone
  --text TEXT         identifier, serial, call sign, name of a person, words of an alarm
  --class NAME        class of a track: multirotor-small, bird-flock
  --affiliation NAME  pending, unknown, assumed-friend, friend, neutral, suspect or hostile
  --origin NAME       live, simulated, recorded or exercise
  --incident KEY      of one incident
  --track KEY         of one track
  --limit N           at most so many (default 100)
  --after CURSOR      go on after an earlier answer; the cursor is printed on stderr
  --help              this text

Examples:
  picket history rebuild --data data
  picket history query alarms --from 2026-03-01T00:00:00Z --zone apron
  picket history query tracks --text 1581F5BKD

Exit codes: 0 done; 2 wrong usage, or a file that cannot be read.`;

const KINDS = ["incidents", "alarms", "decisions", "tracks", "positions", "heat"] as const;

async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      data: { type: "string", default: "data" },
      from: { type: "string" },
      to: { type: "string" },
      zone: { type: "string" },
      text: { type: "string" },
      class: { type: "string" },
      affiliation: { type: "string" },
      origin: { type: "string" },
      incident: { type: "string" },
      track: { type: "string" },
      limit: { type: "string", default: "100" },
      after: { type: "string" },
    },
  });
  const [what, kind, ...more] = positionals;
  if (what === "rebuild" && kind === undefined) return rebuild(values.data);
  if (what !== "query" || more.length > 0) throw new UsageError("picket history wants rebuild, or query WHAT; see picket history --help");
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
    throw new UsageError(`--limit: expected a whole number from 1 to 10000, found "${values.limit}"`);
  const filter: HistoryFilter = {
    ...timeOf("from", values.from),
    ...timeOf("to", values.to),
    ...(values.zone === undefined ? {} : { zone: values.zone }),
    ...(values.text === undefined ? {} : { text: values.text }),
    ...(values.class === undefined ? {} : { className: values.class }),
    ...(values.affiliation === undefined ? {} : { affiliation: values.affiliation }),
    ...(values.origin === undefined ? {} : { origin: values.origin }),
    ...(values.incident === undefined ? {} : { incident: values.incident }),
    ...(values.track === undefined ? {} : { track: values.track }),
    ...(values.after === undefined ? {} : { after: values.after }),
    limit,
  };
  return query(values.data, kind ?? "", filter);
}

function timeOf(name: "from" | "to", text: string | undefined): { fromUs?: number; toUs?: number } {
  if (text === undefined) return {};
  const ms = /(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isFinite(ms)) throw new UsageError(`--${name}: expected ISO 8601 with its offset (2026-03-01T03:40:00Z), found "${text}"`);
  return name === "from" ? { fromUs: ms * 1000 } : { toUs: ms * 1000 };
}

async function rebuild(data: string): Promise<number> {
  const journal = join(data, "journal");
  if (!existsSync(journal)) throw new UsageError(`there is no journal in ${data}`);
  refuseRunning(data);
  const { rebuildHistory } = await import("../history/rebuild.ts");
  const { historyFile } = await import("../history/history-store.ts");
  const progress = createProgress("history");
  const began = performance.now();
  const rebuilt = await rebuildHistory(journal, historyFile(data), {
    onProgress: progress.show,
    onNote: (text) => console.error(`note: ${text}`),
  });
  progress.end();
  const seconds = (performance.now() - began) / 1000;
  const counted = Object.entries(rebuilt.rows).map(([table, count]) => `${count} ${table.replace("_", " ")}`);
  console.log(`${rebuilt.events} events in ${seconds.toFixed(1)} s, up to event ${rebuilt.lastSequence}`);
  console.log(`${counted.join(", ")}; ${(rebuilt.bytes / 1024 / 1024).toFixed(1)} MiB`);
  return 0;
}

/** Two writers of one file: the server's own thread would go on with a file that is no longer there. */
function refuseRunning(data: string): void {
  let owner: number;
  try {
    owner = Number(readFileSync(join(data, "picket.pid"), "utf8").split("\n")[0]);
    process.kill(owner, 0);
  } catch {
    return; // nobody runs here
  }
  if (owner !== process.pid)
    throw new UsageError(`a server (process ${owner}) is running on ${data}: it keeps the history itself; stop it first`);
}

async function query(data: string, kind: string, filter: HistoryFilter): Promise<number> {
  if (!(KINDS as readonly string[]).includes(kind)) throw new UsageError(`picket history query wants one of ${KINDS.join(", ")}`);
  const { historyFile, openHistory, UnusableHistory } = await import("../history/history-store.ts");
  const file = historyFile(data);
  if (!existsSync(file)) throw new UsageError(`there is no history in ${data}; make it with picket history rebuild --data ${data}`);
  const queries = await import("../history/queries.ts");
  try {
    const store = openHistory(file);
    const page =
      kind === "tracks"
        ? await queries.findTracks(store, filter, false)
        : kind === "alarms"
          ? await queries.findAlarms(store, filter)
          : kind === "decisions"
            ? await queries.findDecisions(store, filter)
            : kind === "incidents"
              ? await queries.findIncidents(store, filter)
              : kind === "positions"
                ? await queries.findPositions(store, filter)
                : { items: await queries.countHeat(store, filter, 100), next: null };
    for (const item of page.items) console.log(JSON.stringify(item));
    if (page.next !== null) console.error(`more: --after ${page.next}`);
    store.close();
  } catch (error) {
    if (error instanceof UnusableHistory)
      throw new UsageError(`${file} cannot be used: ${error.message}; picket history rebuild makes it again`);
    throw error;
  }
  return 0;
}

export const historyCommand: CliCommand = {
  name: "history",
  summary: "search the record, or make its searchable side again",
  help: HELP,
  run,
};
