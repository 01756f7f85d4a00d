// How an exercise went, as the API and the screen say it.

import type { TargetFamily } from "./target-classes.ts";

export type Mistake = "drone-dismissed" | "declared-friend" | "declared-hostile";

export interface ObjectScore {
  readonly object: string;
  readonly family: TargetFamily;
  /** A foreign drone that came near enough to a protected place for a person to be wanted. */
  readonly calledFor: boolean;
  readonly firstAtUs: number;
  /** Nearest approach to the edge of a protected place's radius, m; negative is inside. */
  readonly nearestMetres: number;
  readonly nearestAsset: string;
  /** When it first was inside such a radius; null: never. */
  readonly arrivedAtUs: number | null;
  readonly trackIds: readonly string[];
  readonly trackedAtUs: number | null;
  readonly alarmedAtUs: number | null;
  readonly acknowledgedAtUs: number | null;
  /** Somebody looked and said so: accepted, dismissed or declared. */
  readonly assessedAtUs: number | null;
  /** Take cover, a response case, a dismissal or a declaration. */
  readonly decidedAtUs: number | null;
  /** Decided before it arrived; null where nobody was called for. */
  readonly inTime: boolean | null;
  readonly mistakes: readonly Mistake[];
}

/** Medians and worst of what was done, s since the first track; null where nothing was. */
export interface Spread {
  readonly median: number | null;
  readonly worst: number | null;
  /** Of how many objects that were called for. */
  readonly done: number;
}

export interface ExerciseScore {
  readonly calledFor: number;
  readonly tracked: number;
  readonly inTime: number;
  readonly acknowledge: Spread;
  readonly assess: Spread;
  readonly decide: Spread;
  /** Alarms about nothing that a person was called for. */
  readonly needlessAlarms: number;
  readonly mistakes: number;
  /** Called for first, then by first appearance. */
  readonly objects: readonly ObjectScore[];
}
