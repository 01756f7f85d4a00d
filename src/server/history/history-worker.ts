// The thread that keeps the history: it writes what the server observed, catches up from the journal where something is missing, makes
// the file again when it cannot be used, and answers questions. The server's own thread never waits for it.

import { parentPort, workerData } from "node:worker_threads";
import { readExport, writeExport } from "./export.ts";
import { followJournal, journalIdOf } from "./follow-journal.ts";
import { type HistoryStore, openHistory, removeHistory, UnusableHistory } from "./history-store.ts";
import { type Projection, project } from "./project.ts";
import { countHeat, findAlarms, findDecisions, findIncidents, findPositions, findTracks, findZones, momentAt } from "./queries.ts";
import type { FromWorker, HistoryQuestion, HistoryState, ToWorker, WorkerStart } from "./worker-messages.ts";

const PRUNE_PERIOD = 10 * 60 * 1000; // ms
const STATE_PERIOD = 1000; // ms
/** The journal is written a moment after the picture is stepped: how often, and how long, to look again. */
const STOP_PATIENCE = 2000; // ms
const JOURNAL_WAIT = 250; // ms
const JOURNAL_ATTEMPTS = 40;

const port = parentPort!;
const start = workerData as WorkerStart;
const tell = (message: FromWorker) => port.postMessage(message);
const note = (text: string, level: "info" | "warn" = "info") => tell({ type: "note", level, text });

let store: HistoryStore | undefined;
let projection: Projection | undefined;
let state: HistoryState["state"] = "starting";
let reason = "";
let share = 0;
let toldAt = 0;

function tellState(): void {
  toldAt = performance.now();
  const extent = store?.extent();
  tell({
    type: "state",
    state: {
      state,
      reason,
      share,
      sequence: store?.sequence() ?? 0,
      bytes: store?.bytes() ?? 0,
      fromUs: extent?.fromUs ?? null,
      toUs: extent?.toUs ?? null,
    },
  });
}

function enter(next: HistoryState["state"], why: string, part: number): void {
  state = next;
  reason = why;
  share = part;
  tellState();
}

/** An empty file in place of one that cannot be used. */
function begin(why: string): void {
  note(`the history is made again from the journal: ${why}`, "warn");
  store?.close();
  removeHistory(start.file);
  store = openHistory(start.file);
  projection = store.projection();
  reason = why;
}

async function open(): Promise<void> {
  try {
    store = openHistory(start.file);
    projection = store.projection();
  } catch (error) {
    if (!(error instanceof UnusableHistory)) throw error;
    begin(error.message);
  }
  const journal = (await journalIdOf(start.journal)) ?? "";
  const known = store!.journalId();
  if (known !== "" && known !== journal) begin("it is of another journal");
  store!.setJournal(journal);
}

/** Brings the file up to event `to` from the journal. */
async function catchUp(to: number): Promise<void> {
  for (let attempt = 0; store!.sequence() < to; attempt++) {
    if (tooLate()) throw new Error("the server stops");
    enter("catching-up", reason, 0);
    await followJournal({
      path: start.journal,
      store: store!,
      projection: projection!,
      until: to,
      onProgress: (read, total) => {
        if (tooLate()) throw new Error("the server stops");
        if (performance.now() - toldAt > STATE_PERIOD) enter("catching-up", reason, total === 0 ? 1 : Math.min(1, read / total));
      },
    });
    if (store!.sequence() >= to) return;
    if (attempt >= JOURNAL_ATTEMPTS) {
      note(`events ${store!.sequence() + 1} to ${to} are not in the journal: the history leaves them out`, "warn");
      store!.write([], to);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, JOURNAL_WAIT));
  }
}

async function takeFacts({ from, to, facts }: Extract<ToWorker, { type: "facts" }>): Promise<void> {
  // Ahead of the journal: it lost its end when the machine died, and what was here has not happened.
  if (store!.sequence() > from) begin("it held more than the journal");
  if (store!.sequence() < from) await catchUp(from);
  store!.write(
    facts.map((fact) => project(projection!, fact)),
    to,
  );
  if (state !== "ready") enter("ready", "", 1);
  else if (performance.now() - toldAt > STATE_PERIOD) tellState();
  tell({ type: "written", to });
}

async function answer(question: HistoryQuestion): Promise<unknown> {
  if (store === undefined) throw new Error("the history is not open");
  switch (question.ask) {
    case "tracks":
      return findTracks(store, question.filter, question.pilots);
    case "alarms":
      return findAlarms(store, question.filter);
    case "decisions":
      return findDecisions(store, question.filter);
    case "incidents":
      return findIncidents(store, question.filter);
    case "positions":
      return findPositions(store, question.filter);
    case "heat":
      return countHeat(store, question.filter, question.cellMetres);
    case "zones":
      return findZones(store);
    case "moment":
      return momentAt(store, question.atUs);
    case "export": {
      const content = await readExport(store, question.filter, question.pilots);
      return typeof content === "string"
        ? { tooMuch: content }
        : { text: writeExport(content, question.format), tracks: content.tracks.length, decisions: content.decisions.length };
    }
  }
}

function prune(): void {
  const extent = store?.extent();
  if (store === undefined || extent === undefined || state !== "ready") return;
  const { keep, maximumBytes } = start.retention;
  store.prune(extent.toUs - keep);
  // Oldest tenths go until it fits; what is open stays.
  for (let pass = 0; pass < 10 && store.bytes() > maximumBytes; pass++) {
    const now = store.extent();
    if (now === undefined || store.prune(now.fromUs + Math.ceil((now.toUs - now.fromUs) / 10)) === 0) break;
  }
}

/** Messages in order: facts may have to wait for the journal, and questions are answered in between. */
let facts: Promise<void> = open();
let stopping = false;
let stopBy = Number.POSITIVE_INFINITY;
/** A server that stops does not wait for long work: what is not written now is taken from the journal at the next start. */
const tooLate = () => performance.now() > stopBy;

function fail(error: unknown): void {
  const text = (error as Error).message;
  note(`the history is not kept: ${text}`, "warn");
  enter("failed", text, 0);
}

async function withRepair(work: () => Promise<void>): Promise<void> {
  if (state === "failed" || tooLate()) return;
  try {
    await work();
  } catch (error) {
    // A file that broke while it was in use is made again, once; a disk that is full is not cured by that.
    const { code } = error as { code?: string };
    if (code !== "SQLITE_CORRUPT" && code !== "SQLITE_NOTADB") return fail(error);
    try {
      begin((error as Error).message);
      await work();
    } catch (again) {
      fail(again);
    }
  }
}

facts = facts.catch(fail);
const pruning = setInterval(() => {
  facts = facts.then(() => withRepair(async () => prune()));
}, PRUNE_PERIOD);

port.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "facts":
      facts = facts.then(() => withRepair(() => takeFacts(message))).then(() => undefined);
      return;
    case "question":
      void answer(message.question).then(
        (value) => tell({ type: "answer", id: message.id, ok: true, value }),
        (error: Error) => tell({ type: "answer", id: message.id, ok: false, error: error.message }),
      );
      return;
    case "stop":
      if (stopping) return;
      stopping = true;
      stopBy = performance.now() + STOP_PATIENCE;
      clearInterval(pruning);
      void facts.then(() => {
        store?.close();
        tell({ type: "stopped" });
        port.close();
      });
  }
});
