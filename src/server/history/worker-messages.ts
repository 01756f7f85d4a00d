// What the server and the thread that keeps the history say to each other.

import type { ExportFormat } from "./export.ts";
import type { HistoryFact } from "./observe.ts";
import type { HistoryFilter } from "./queries.ts";

export interface HistoryRetention {
  /** us; what ended earlier is removed. */
  readonly keep: number;
  readonly maximumBytes: number;
}

export interface WorkerStart {
  readonly file: string;
  /** Folder of segments. */
  readonly journal: string;
  readonly retention: HistoryRetention;
}

export type HistoryQuestion =
  | { readonly ask: "tracks"; readonly filter: HistoryFilter; readonly pilots: boolean }
  | { readonly ask: "alarms" | "decisions" | "incidents" | "positions"; readonly filter: HistoryFilter }
  | { readonly ask: "heat"; readonly filter: HistoryFilter; readonly cellMetres: number }
  | { readonly ask: "export"; readonly filter: HistoryFilter; readonly format: ExportFormat; readonly pilots: boolean }
  | { readonly ask: "zones" }
  | { readonly ask: "moment"; readonly atUs: number };

export interface HistoryState {
  /** "failed": it cannot be written; the journal goes on. */
  readonly state: "starting" | "catching-up" | "ready" | "failed";
  /** Why it is made again or failed, in one sentence; empty otherwise. */
  readonly reason: string;
  /** Of the catching up, 0 to 1. */
  readonly share: number;
  readonly sequence: number;
  readonly bytes: number;
  /** First and last instant in it; null when it is empty. */
  readonly fromUs: number | null;
  readonly toUs: number | null;
}

export type ToWorker =
  /** Facts of the events behind `from`, up to `to`, in order. */
  | { readonly type: "facts"; readonly from: number; readonly to: number; readonly facts: readonly HistoryFact[] }
  | { readonly type: "question"; readonly id: number; readonly question: HistoryQuestion }
  /** Writes what it has and ends. */
  | { readonly type: "stop" };

export type FromWorker =
  | { readonly type: "state"; readonly state: HistoryState }
  | { readonly type: "note"; readonly level: "info" | "warn"; readonly text: string }
  /** Events up to this one are written. */
  | { readonly type: "written"; readonly to: number }
  | { readonly type: "answer"; readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly type: "answer"; readonly id: number; readonly ok: false; readonly error: string }
  | { readonly type: "stopped" };
