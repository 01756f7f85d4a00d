// The history beside a running server: looks at each step, hands what it saw to a thread of its own, and asks that thread. Nothing here
// waits for a disk.

import type { Picture } from "../../core/engine/picture.ts";
import type { Effect, PictureEvent } from "../../core/model/event.ts";
import { createObserver, type HistoryFact, type Observer } from "./observe.ts";
import { startWorker } from "./start-worker.ts";
import type { FromWorker, HistoryQuestion, HistoryRetention, HistoryState, ToWorker, WorkerStart } from "./worker-messages.ts";

export interface History {
  /** To be called after each step. */
  observe(picture: Picture, event: PictureEvent, effects: readonly Effect[]): void;
  ask(question: HistoryQuestion): Promise<unknown>;
  state(): HistoryState;
  stop(): Promise<void>;
}

export interface HistoryOptions {
  readonly file: string;
  /** Folder of segments. */
  readonly journal: string;
  readonly retention: HistoryRetention;
  /** The picture as it is before the first step. */
  readonly picture: Picture;
  readonly log: (level: "info" | "warn", message: string) => void;
}

const SEND_PERIOD = 250; // ms
/** Facts that may wait for the thread; beyond, it reads them out of the journal later. */
const MOST_WAITING = 4000;
const STOP_LIMIT = 20_000; // ms

export function createHistory(options: HistoryOptions): History {
  const start: WorkerStart = { file: options.file, journal: options.journal, retention: options.retention };
  const worker = startWorker("history-worker", import.meta.url, { workerData: start });
  worker.unref();
  let observer: Observer | undefined = createObserver(options.picture);
  let facts: HistoryFact[] = [];
  /** Facts of events behind this one are waiting here. */
  let from = options.picture.sequence;
  let sequence = from;
  /** [newest event, number of facts] of each message that is not written yet. */
  const unwritten: [number, number][] = [];
  let waiting = 0;
  let alive = true;
  let nextId = 1;
  const questions = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let state: HistoryState = { state: "starting", reason: "", share: 0, sequence: 0, bytes: 0, fromUs: null, toUs: null };
  let stopped: (() => void) | undefined;

  const send = (message: ToWorker) => worker.postMessage(message);

  function flush(): void {
    // What fell out is found in the journal: the thread sees that the events between are missing.
    if (!alive || sequence === from || observer === undefined) return;
    send({ type: "facts", from, to: sequence, facts });
    unwritten.push([sequence, facts.length]);
    waiting += facts.length;
    facts = [];
    from = sequence;
  }
  const timer = setInterval(flush, SEND_PERIOD);
  timer.unref();

  function end(why: string): void {
    if (!alive) return;
    alive = false;
    clearInterval(timer);
    state = { ...state, state: "failed", reason: why };
    for (const { reject } of questions.values()) reject(new Error(why));
    questions.clear();
    stopped?.();
  }
  worker.on("message", (message: FromWorker) => {
    switch (message.type) {
      case "state":
        state = message.state;
        return;
      case "note":
        options.log(message.level, message.text);
        return;
      case "written":
        while (unwritten.length > 0 && unwritten[0]![0] <= message.to) waiting -= unwritten.shift()![1];
        return;
      case "answer": {
        const asked = questions.get(message.id);
        questions.delete(message.id);
        if (message.ok) asked?.resolve(message.value);
        else asked?.reject(new Error(message.error));
        return;
      }
      case "stopped":
        end("the server stops");
    }
  });
  worker.on("error", (error) => {
    options.log("warn", `the history's thread ended: ${error.message}`);
    end(error.message);
  });
  worker.on("exit", () => end("the history's thread ended"));

  return {
    observe: (picture, event, effects) => {
      if (!alive) return;
      if (observer === undefined) {
        if (waiting > MOST_WAITING / 2) return;
        // It has caught up with what was sent; the events in between come from the journal. This step was not looked at either.
        observer = createObserver(picture);
        from = event.sequence;
        sequence = from;
        return;
      }
      facts.push(...observer.observe(picture, event, effects));
      sequence = event.sequence;
      if (waiting + facts.length > MOST_WAITING) {
        options.log("warn", "the history is behind: it goes on from the journal");
        facts = [];
        observer = undefined;
      }
    },
    ask: (question) =>
      new Promise((resolve, reject) => {
        if (!alive) {
          reject(new Error(state.reason));
          return;
        }
        const id = nextId;
        nextId += 1;
        questions.set(id, { resolve, reject });
        send({ type: "question", id, question });
      }),
    state: () => state,
    stop: async () => {
      if (!alive) return;
      flush();
      clearInterval(timer);
      const ended = new Promise<void>((resolve) => {
        stopped = resolve;
      });
      const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
      send({ type: "stop" });
      // A thread that hangs in a disk is not waited for: what it did not write is in the journal. It is never cut off either: the database's
      // native code aborts the whole program when its thread is ended under it.
      let limit: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        limit = setTimeout(() => {
          end("it did not end in time");
          resolve();
        }, STOP_LIMIT);
      });
      await Promise.race([Promise.all([ended, gone]), patience]);
      clearTimeout(limit);
    },
  };
}
