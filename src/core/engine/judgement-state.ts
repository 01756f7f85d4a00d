// What the picture remembers of its own judgement: plain data, as everything in the picture.

import type { Micros } from "../base/units.ts";
import { createEmitters, type EmissionFix, type EmitterState } from "../identification/emitters/emitters.ts";
import { createIdentification, type IdentificationState } from "../identification/identify.ts";
import type { Threat } from "../model/threat.ts";
import type { BearingFact, Wind } from "../model/track-facts.ts";
import { createLoiter, type LoiterState } from "../threat/loiter.ts";
import { createRank, type RankState } from "../threat/rank.ts";

export interface JudgementState {
  identification: IdentificationState;
  emitters: EmitterState;
  loiter: LoiterState;
  /** Keyed by track key, of the newest judgement of each. */
  threats: Map<string, Threat>;
  rank: RankState;
  /** Tracks that got a detection since they were judged. */
  heard: Set<string>;
  /** When each track was judged. */
  judgedAt: Map<string, Micros>;
  /** Of about the last ten seconds, oldest first. */
  bearings: BearingFact[];
  /** Since the newest check of broadcasts. */
  fixes: EmissionFix[];
  lastRoundAt: Micros;
  lastRankAt: Micros;
  lastEmittersAt: Micros;
  /** A person's entry stands over the configuration's. */
  wind: Wind | undefined;
}

export const createJudgement = (): JudgementState => ({
  identification: createIdentification(),
  emitters: createEmitters(),
  loiter: createLoiter(),
  threats: new Map(),
  rank: createRank(),
  heard: new Set(),
  judgedAt: new Map(),
  bearings: [],
  fixes: [],
  lastRoundAt: 0 as Micros,
  lastRankAt: 0 as Micros,
  lastEmittersAt: 0 as Micros,
  wind: undefined,
});
