// What identification remembers of every track. Plain data: part of the picture, written into snapshots bit for bit.

import type { Micros } from "../base/units.ts";
import type { ClassName, Declaration, Evidence, Finding, Identification, Label } from "../model/identity.ts";
import type { Dismissal } from "../model/ledger-view.ts";
import type { Origin } from "../model/observation.ts";
import type { Affiliation } from "../model/picture-view.ts";
import { AFFILIATION_LOG_PRIOR } from "./affiliation.ts";
import { type AffiliationState, createAffiliationState } from "./affiliation-state.ts";
import { classAnswer } from "./class-answer.ts";
import { classPrior } from "./class-evidence.ts";
import { type ClassFeatures, createClassFeatures } from "./class-features.ts";
import { type CompanionState, createCompanionState, type PlotCount } from "./companion.ts";
import type { DismissalTest } from "./dismissal.ts";
import { createFriendRegistry, type FriendRegistry } from "./friend-registry.ts";
import { createFriendTrackState, type FriendTrackState } from "./friends.ts";
import { type Reversal, softmax } from "./ledger.ts";

export const LABEL_LIMIT = 5000;

/** The track as it was when it was last judged: what a dismissal and a label start from. */
export interface LastFacts {
  at: Micros;
  east: number;
  north: number;
  up: number;
  velocityEast: number;
  velocityNorth: number;
  velocityUp: number;
  heightKnown: boolean;
  existence: number;
  /** 1 sigma of the horizontal position, m. */
  sigma: number;
}

export type { Dismissal } from "../model/ledger-view.ts";

export interface ClassReading {
  readonly probabilities: readonly number[];
  readonly className: ClassName;
  readonly confidence: number;
  readonly manned: number;
  readonly uas: number;
}

export interface TrackIdentification {
  readonly key: string;
  origin: Origin;
  /** First seen confirmed; 0: not yet. */
  confirmedAt: Micros;
  features: ClassFeatures;
  classEvidence: Evidence[];
  /** What automation reads from the ledger of class. */
  class: ClassReading;
  /** Log odds of an unmanned aircraft by its own evidence, without that of the company that it keeps. */
  ownLogOdds: number;
  affiliationEvidence: Evidence[];
  /** What automation reads from the ledger of affiliation. */
  allegiance: number[];
  automatic: Affiliation;
  conflict: number;
  /** Long enough seen for "unknown" to replace "pending", when last read. */
  assessed: boolean;
  affiliation: AffiliationState;
  friend: FriendTrackState;
  companion: CompanionState;
  /** Shown as a friend, or flying an announced plan. */
  isFriend: boolean;
  /** Where it flew, while it is shown as a friend: its corridor. */
  trail: number[];
  plots: PlotCount[];
  declarations: Declaration[];
  dismissal: Dismissal | undefined;
  dismissalTest: DismissalTest | undefined;
  /** Warnings of the registry, of companions and of dismissals; those of broadcasts come with each round. */
  findings: Finding[];
  /** `at` is 0 before the first judgement. */
  last: LastFacts;
  /**
   * Its affiliation need not be weighed before, ms after it began (small whole numbers need no memory of their own), while `cooperation` is what it was (see
   * `cooperationOf`) and nothing happens to it; 0: weigh it.
   */
  quietUntil: number;
  cooperation: number;
  classReversals: Reversal[];
  affiliationReversals: Reversal[];
  /** Reversals that made room, and pieces of evidence that did, both questions together. */
  reversalsDropped: number;
  evidenceDropped: number;
  identification: Identification;
}

export interface IdentificationState {
  /** Keyed as tracks are shown: "T12", "SIM-T12". */
  tracks: Map<string, TrackIdentification>;
  friends: FriendRegistry;
  /** Keys of tracks that are shown as friend or assumed friend, or fly an announced plan. */
  friendTracks: Set<string>;
  /** Oldest first. */
  labels: Label[];
  labelsDropped: number;
  /** Prior of class, natural logarithms, in the order of CLASS_NAMES. */
  classLogPrior: number[];
}

export const createIdentification = (): IdentificationState => ({
  tracks: new Map(),
  friends: createFriendRegistry(),
  friendTracks: new Set(),
  labels: [],
  labelsDropped: 0,
  classLogPrior: classPrior(),
});

export function createTrackIdentification(key: string, at: Micros, classLogPrior: readonly number[]): TrackIdentification {
  const { probabilities, className, confidence, manned, uas } = classAnswer(classLogPrior);
  const allegiance = softmax(AFFILIATION_LOG_PRIOR);
  return {
    key,
    origin: "live",
    confirmedAt: 0 as Micros,
    features: createClassFeatures(at),
    classEvidence: [],
    class: { probabilities, className, confidence, manned, uas },
    ownLogOdds: 0,
    affiliationEvidence: [],
    allegiance,
    automatic: "pending",
    conflict: 0,
    assessed: false,
    affiliation: createAffiliationState(),
    friend: createFriendTrackState(),
    companion: createCompanionState(),
    isFriend: false,
    trail: [],
    plots: [],
    declarations: [],
    dismissal: undefined,
    dismissalTest: undefined,
    findings: [],
    last: {
      at: 0 as Micros,
      east: 0,
      north: 0,
      up: 0,
      velocityEast: 0,
      velocityNorth: 0,
      velocityUp: 0,
      heightKnown: false,
      existence: 0,
      sigma: 0,
    },
    quietUntil: 0,
    cooperation: -1,
    classReversals: [],
    affiliationReversals: [],
    reversalsDropped: 0,
    evidenceDropped: 0,
    identification: {
      at,
      classProbabilities: probabilities,
      className,
      classConfidence: confidence,
      manned,
      uas,
      allegiance,
      automatic: "pending",
      affiliation: "pending",
      conflict: 0,
      declarations: [],
      findings: [],
    },
  };
}
