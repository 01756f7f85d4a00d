// How bad: each track against each protected asset. Ranking only; nothing here proposes engagement.

import type { Micros } from "../base/units.ts";
import type { Zone } from "./site.ts";

/** One reason for a score: with noisy-OR, 1 - score is the product of all (1 - probability). */
export interface ThreatContribution {
  /** Catalogue key: "zone-entry", "approach", "loiter", "capability", "legitimacy", "contradiction", "companion". */
  readonly key: string;
  /** 0..1 that this cause alone makes the track matter. */
  readonly probability: number;
  /** Share of the score in points of 0..100; the points of all contributions add up to 100 * score. */
  readonly points: number;
  readonly values: Readonly<Record<string, string | number>>;
}

export interface AssetThreat {
  readonly assetId: string;
  /** Now, horizontal, m. */
  readonly distance: number;
  /** Component of the velocity towards the asset, m/s; negative when it leaves. */
  readonly closingSpeed: number;
  /** Of the straight prediction: smallest horizontal distance and when, m and s from now (0 when it leaves). */
  readonly closestApproach: number;
  readonly timeToClosestApproach: number;
  /** s until the straight prediction enters the keep-out radius; 0 inside; undefined when it does not. */
  readonly timeToKeepOut?: number;
  /** P(inside the keep-out radius at some time within the horizon), from the covariance. */
  readonly entryProbability: number;
  readonly score: number;
  /** Empty where only scores were asked for. */
  readonly contributions: readonly ThreatContribution[];
}

/** A track against a zone in force. */
export interface ZoneThreat {
  readonly zoneId: string;
  readonly kind: Zone["kind"];
  readonly inside: boolean;
  /** Now, horizontal, to the nearest edge, m; negative inside. */
  readonly distance: number;
  /** s until the straight prediction enters; 0 inside; undefined when it does not. */
  readonly timeToEntry?: number;
  /** P(inside at some time within the horizon), from the covariance. */
  readonly entryProbability: number;
  readonly score: number;
  readonly contributions: readonly ThreatContribution[];
}

export interface Threat {
  readonly at: Micros;
  /** 0..1, that of the asset which is worst off, by weight. */
  readonly score: number;
  readonly assetId?: string;
  /** Set where a zone is worse off than every asset. */
  readonly zoneId?: string;
  /** s to the keep-out of the asset that is reached first; undefined when none is on the way. */
  readonly timeToZone?: number;
  /** On its way to an asset or inside one: such a track must be assessed in time. */
  readonly inbound: boolean;
  readonly assets: readonly AssetThreat[];
  /** Absent: none in force. */
  readonly zones?: readonly ZoneThreat[];
}
