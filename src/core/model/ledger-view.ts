// What the ledger of a track looks like to whoever asks why, and how announcements stand. Plain data, shared by core, API and console.

import type { Micros } from "../base/units.ts";
import type { DismissalReason } from "./alert.ts";
import type { Actor } from "./event.ts";
import type { Declaration, EvidenceBasis, Finding, FriendIntent } from "./identity.ts";
import type { Threat } from "./threat.ts";

/** One change of the answer that is shown, and the piece of evidence that caused it. */
export interface Reversal {
  readonly at: Micros;
  readonly from: string;
  readonly to: string;
  /** Undefined when no piece changed: the time that a track needs before an answer had passed. */
  readonly cause?: {
    /** declared, withdrawn: a person's word that is shown in place of the estimate, or that ended. */
    readonly change: "appeared" | "vanished" | "changed" | "declared" | "withdrawn";
    readonly slot: string;
    readonly key: string;
    readonly values: Readonly<Record<string, string | number>>;
    readonly sentence: string;
    /** By how much it moved the log odds of the new leading hypothesis against the old one, decibans. */
    readonly weight: number;
  };
}

export interface LedgerLine {
  readonly slot: string;
  readonly source: string;
  readonly basis: EvidenceBasis;
  readonly at: Micros;
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly sentence: string;
  /** Decibans for the leading hypothesis against its strongest rival; negative speaks against the leader. */
  readonly weight: number;
  /** Decibans for each hypothesis; only differences mean anything, the best supported is 0. */
  readonly weights: readonly number[];
}

/** One thing that would change the answer: a piece taken away, or one that is not there yet. */
export interface AnswerChange {
  readonly kind: "without" | "with";
  /** Of the piece in the ledger, for "without". */
  readonly slot?: string;
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly sentence: string;
  readonly wouldBe: string;
}

export interface QuestionLedger {
  readonly question: "class" | "affiliation";
  readonly hypotheses: readonly string[];
  /** What automation answers; it may be more careful than the leading hypothesis. */
  readonly answer: string;
  readonly leading: string;
  readonly rival: string;
  /** Probabilities in the order of `hypotheses`; each sums to 1. */
  readonly prior: readonly number[];
  readonly posterior: readonly number[];
  /** Decibans of the leading hypothesis against its rival: the prior's, and with all evidence. The weights of the lines make the difference. */
  readonly priorWeight: number;
  readonly logOdds: number;
  readonly evidence: readonly LedgerLine[];
  readonly whatWouldChange: readonly AnswerChange[];
  readonly reversals: readonly Reversal[];
  /** Older reversals that made room. */
  readonly reversalsDropped: number;
}

/** A person said why a track needs no attention: a hypothesis that goes on being tested. */
export interface Dismissal {
  readonly reason: DismissalReason;
  readonly text: string;
  readonly by: Actor;
  readonly at: Micros;
}

/** Everything that speaks for and against what is said of a track. */
export interface LedgerView {
  readonly trackKey: string;
  readonly at: Micros;
  readonly class: QuestionLedger;
  readonly affiliation: QuestionLedger;
  readonly conflict: number;
  readonly declarations: readonly Declaration[];
  readonly dismissal?: Dismissal;
  readonly findings: readonly (Finding & { readonly sentence: string })[];
  readonly friendId?: string;
  /** Pieces of evidence that made room for more telling ones. */
  readonly evidenceDropped: number;
}

/** How an announcement stands now. */
export interface FriendStatus {
  readonly intent: FriendIntent;
  readonly state: "upcoming" | "in-force" | "over";
  readonly startsAt: Micros;
  readonly endsAt: Micros;
  /** Tracks that fly it: at most one of each origin. */
  readonly trackKeys: readonly string[];
}

/** Of `/api/v1/tracks/{id}/evidence`. */
export interface EvidenceView {
  trackId: string;
  ledger: LedgerView;
  threat: Threat | null;
}
