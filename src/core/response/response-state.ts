// What the picture remembers of responses, and what can happen to it. Readonly plain data: the reducer returns a new state, or the same one where nothing changed.

import type { Micros } from "../base/units.ts";
import type { Actor } from "../model/event.ts";
import type { LedgerView } from "../model/ledger-view.ts";
import type {
  CaseEvidence,
  GhostFinding,
  ResponseAction,
  ResponseCase,
  ResponseCommand,
  ResponseEffect,
  ResponsePolicy,
  RosterEntry,
} from "../model/response.ts";

/** An action that was authorised or refused for a track: cool-downs and the ladder count from it. */
export interface SettledAction {
  readonly trackId: string;
  readonly action: ResponseAction;
  readonly at: Micros;
  readonly outcome: "authorised" | "refused";
}

export interface ResponseState {
  readonly siteId: string;
  readonly policy: ResponsePolicy | undefined;
  /** SHA-256 of the canonical policy; "" without one. */
  readonly policyDigest: string;
  readonly nextCase: number;
  /** Sorted by id. */
  readonly roster: readonly RosterEntry[];
  readonly clockTrouble: string | undefined;
  /** Open, or authorised and not finished; oldest first. */
  readonly cases: readonly ResponseCase[];
  /** Finished; oldest first. */
  readonly closed: readonly ResponseCase[];
  /** Finished cases that made room. */
  readonly dropped: number;
  /** Oldest first. */
  readonly settled: readonly SettledAction[];
  readonly ghosts: readonly GhostFinding[];
}

export const createResponse = (): ResponseState => ({
  siteId: "",
  policy: undefined,
  policyDigest: "",
  nextCase: 1,
  roster: [],
  clockTrouble: undefined,
  cases: [],
  closed: [],
  dropped: 0,
  settled: [],
  ghosts: [],
});

/** Bounds of memory. Where one is reached the answer is no: nothing that could still bind somebody is forgotten. */
export const RESPONSE_LIMITS = {
  cases: 64,
  closed: 64,
  settled: 512,
  roster: 1000,
  ghosts: 128,
  signatures: 64,
  delegations: 32,
  facts: 32,
  text: 500,
};

/** What the engine knows at the moment of a command. */
export interface CommandContext {
  /** The newest of the track concerned; undefined: there is no such track now. */
  readonly evidence?: CaseEvidence;
  readonly ledger?: LedgerView;
  /** Why nothing may go to the plan's receiver now: the effector guard's reason. */
  readonly receiverRefusal?: string;
}

export type ResponseEvent =
  | { readonly type: "policy"; readonly at: Micros; readonly siteId: string; readonly policy: ResponsePolicy | undefined }
  /** Undefined: the clock is well. */
  | { readonly type: "clock"; readonly at: Micros; readonly trouble: string | undefined }
  /** Time passes: the newest of every track that has a case; one that is missing is lost. */
  | { readonly type: "time"; readonly at: Micros; readonly tracks: ReadonlyMap<string, CaseEvidence> }
  | {
      readonly type: "command";
      readonly at: Micros;
      readonly by: Actor;
      readonly command: ResponseCommand;
      readonly context: CommandContext;
    };

/** A sentence by its key in `response-text.ts`. */
export interface Reason {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** One thing that was done, refused, or happened by itself. A command's answer comes first; every refusal has at least one reason. */
export interface ResponseResult {
  readonly ok: boolean;
  readonly caseId: string | undefined;
  readonly reasons: readonly Reason[];
}

export interface ResponseOutcome {
  readonly state: ResponseState;
  readonly results: readonly ResponseResult[];
  readonly effects: readonly ResponseEffect[];
}

export const reason = (key: string, values: Readonly<Record<string, string | number>> = {}): Reason => ({ key: `response.${key}`, values });
