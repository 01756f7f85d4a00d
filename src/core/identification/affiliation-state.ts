// What is remembered of a track for the question whose it is. Plain data: part of the picture.

import type { Micros } from "../base/units.ts";

/** What it does near protected assets, mildest first: a row of BEHAVIOUR. */
export const BEHAVIOUR_LEVELS = ["none", "approaching", "inside", "loitering", "run-in", "run-in-fast"] as const;
export type BehaviourLevel = (typeof BEHAVIOUR_LEVELS)[number];

export interface BehaviourState {
  /** Heading for an asset without a break, and straight for it; 0: not now. */
  approachSince: Micros;
  runInSince: Micros;
  /** Near an asset without a break; 0: not now. */
  nearSince: Micros;
  /** Worst level of the last while, when it last held, and what was said of it then. */
  level: BehaviourLevel;
  levelAt: Micros;
  values: Record<string, string | number>;
}

export interface AffiliationState {
  behaviour: BehaviourState;
  /** ADS-B and a radar have both fed the track without a break since; 0: not now. */
  supportedSince: Micros;
  /** Newest of its identities in words, for sentences, and how many it had then. */
  identityCount: number;
  remoteIdText: string;
  adsbText: string;
  /** Coverage at the track's place, asked again after a while. */
  coverageAt: Micros;
  radarCoverage: number;
  remoteIdCoverage: number;
  remoteIdSensor: string;
  adsbCoverage: number;
  adsbSensor: string;
}

export const createAffiliationState = (): AffiliationState => ({
  behaviour: {
    approachSince: 0 as Micros,
    runInSince: 0 as Micros,
    nearSince: 0 as Micros,
    level: "none",
    levelAt: 0 as Micros,
    values: {},
  },
  supportedSince: 0 as Micros,
  identityCount: -1,
  remoteIdText: "",
  adsbText: "",
  coverageAt: 0 as Micros,
  radarCoverage: 0,
  remoteIdCoverage: 0,
  remoteIdSensor: "",
  adsbCoverage: 0,
  adsbSensor: "",
});
