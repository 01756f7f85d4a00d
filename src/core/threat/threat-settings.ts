// Every number of the ranking with its unit and reason. None was fitted to a site: each is an estimate of this project.

import { CLASS_NAMES, type ClassName, type FindingCode } from "../model/identity.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { Zone } from "../model/site.ts";

export interface ThreatSettings {
  /** s ahead that P(entry) looks. Long enough that a take-cover prompt can come 180 s before an arrival. */
  readonly horizon: number;
  /**
   * White acceleration of the straight prediction, m^2/s^3. 0.01 spreads the velocity by 1.4 m/s and the place by 160 m over 200 s: the
   * drift of something that keeps its course. The tracker's own modes (0.15 and more) would say that nothing far off ever arrives.
   */
  readonly manoeuvre: number;
  /** m above an asset up to which a track above it counts as inside; an airliner that passes over does not. */
  readonly assetCeiling: number;
  /** P(entry) from which a track is on its way. */
  readonly inboundProbability: number;
  /** 0..1: how much each cause weighs when it is certain and everything else about the track is at its worst. */
  readonly weights: {
    readonly zoneEntry: number;
    readonly approach: number;
    readonly loiter: number;
    readonly capability: number;
  };
  /** s of flight at which the urgency of an approach is half. */
  readonly approachTime: number;
  /** m by which a straight course may miss the keep-out before its approach counts half. */
  readonly missScale: number;
  /** m outside the keep-out at which loitering, and what the class is capable of, count half. */
  readonly nearScale: number;
  /** s in one place before it is loitering, and s after that until it counts 63 %. */
  readonly loiterAfter: number;
  readonly loiterScale: number;
  /** m from the place where it was first, beyond which a track has moved on. */
  readonly loiterRadius: number;
  /** Of a track that nobody has classified yet. */
  readonly concernWithoutIdentification: number;
}

export const THREAT_SETTINGS: ThreatSettings = {
  horizon: 300,
  manoeuvre: 0.01,
  assetCeiling: 1500,
  inboundProbability: 0.25,
  weights: { zoneEntry: 0.9, approach: 0.5, loiter: 0.5, capability: 0.25 },
  approachTime: 60,
  missScale: 1000,
  nearScale: 1000,
  loiterAfter: 30,
  loiterScale: 60,
  loiterRadius: 300,
  concernWithoutIdentification: 0.5,
};

/** What a class is capable of near an asset, 0..1: estimates of this project, for ranking only. Birds and clutter are not nothing, because a posterior may be wrong. */
export const CLASS_CAPABILITY: Readonly<Record<ClassName, number>> = {
  "multirotor-small": 0.9,
  "multirotor-large": 0.95,
  fpv: 1,
  "fixed-wing": 0.9,
  vtol: 0.95,
  "one-way": 1,
  "bird-small": 0.01,
  "bird-medium": 0.01,
  "bird-large": 0.02,
  "bird-flock": 0.02,
  aircraft: 0.1,
  helicopter: 0.1,
  balloon: 0.05,
  "ground-vehicle": 0.02,
  clutter: 0.01,
  unknown: 0.45,
};
/** In the order of CLASS_NAMES, the order of a posterior. */
export const CAPABILITY_BY_INDEX: readonly number[] = CLASS_NAMES.map((name) => CLASS_CAPABILITY[name]);

/** How far an affiliation lets the other causes count, 0..1: never falls from friend to hostile. */
export const AFFILIATION_GATE: Readonly<Record<Affiliation, number>> = {
  friend: 0.03,
  "assumed-friend": 0.15,
  neutral: 0.3,
  pending: 0.95,
  unknown: 0.95,
  suspect: 1,
  hostile: 1,
};
/** That the affiliation alone makes a track matter, 0..1, in the same order. */
export const AFFILIATION_CAUSE: Readonly<Record<Affiliation, number>> = {
  friend: 0,
  "assumed-friend": 0,
  neutral: 0,
  pending: 0.02,
  unknown: 0.02,
  suspect: 0.35,
  hostile: 0.6,
};

/** That a contradiction alone makes a track matter when it is certain, 0..1. */
export const FINDING_CAUSE: Readonly<Record<FindingCode, number>> = {
  companion: 0.6,
  "dismissal-contradicted": 0.5,
  "serial-in-two-places": 0.5,
  "off-plan": 0.3,
  "impossible-motion": 0.3,
  "bearing-disagrees": 0.25,
  "replayed-time": 0.25,
  "signal-strength-disagrees": 0.2,
  "constant-signal": 0.2,
  "no-radar-support": 0.2,
  "many-identities-one-emitter": 0.15,
};

/**
 * Findings after which being taken for a friend no longer excuses a track: they open the affiliation's gate by their confidence. So a
 * second contact in a friend's corridor always raises the score and never lowers it.
 */
export const OPENS_THE_GATE: Readonly<Record<FindingCode, boolean>> = {
  companion: true,
  "dismissal-contradicted": true,
  "serial-in-two-places": true,
  "off-plan": true,
  "impossible-motion": true,
  "bearing-disagrees": true,
  "replayed-time": true,
  "signal-strength-disagrees": false,
  "constant-signal": false,
  "no-radar-support": false,
  "many-identities-one-emitter": false,
};

/** Share of the most important asset's weight at which a zone counts; an information zone does not. */
export const ZONE_SHARE: Readonly<Record<Zone["kind"], number>> = { "keep-out": 1, restricted: 0.6, alert: 0.6, information: 0 };
