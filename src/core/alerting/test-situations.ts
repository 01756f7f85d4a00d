// Situations and tracks for tests: what is not said is ordinary. Identifications and track facts are made here too, because alerting knows nothing of threat.

import { type Micros, micros } from "../base/units.ts";
import type { Attention, Situation } from "../model/alert.ts";
import type { Actor } from "../model/event.ts";
import { CLASS_NAMES, type ClassName, type Finding, type FindingCode, type Identification } from "../model/identity.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { Threat } from "../model/threat.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import type { SituationTrack } from "./situations.ts";

export const START: Micros = micros(1_780_000_000_000_000);
export const after = (seconds: number): Micros => micros(START + Math.round(seconds * 1_000_000));
export const AMAL: Actor = { name: "Amal", authenticated: true };
export const BEN: Actor = { name: "Ben", authenticated: true };

export const aSituation = (definitionId: string, subject = "T1", more: Partial<Situation> = {}): Situation => ({
  definitionId,
  subject,
  origin: "live",
  tracks: subject.startsWith("T") ? [subject] : [],
  values: {},
  ...more,
});

export const aFinding = (code: FindingCode, more: Partial<Finding> = {}): Finding => ({
  code,
  at: START,
  lastAt: START,
  confidence: 1,
  key: code,
  values: {},
  tracks: [],
  ...more,
});

/** P(uas) as given, the rest birds, but for `unknown`. */
export function anIdentification(
  uas: number,
  more: { affiliation?: Affiliation; unknown?: number; findings?: readonly Finding[] } = {},
): Identification {
  const unknown = more.unknown ?? 0.02;
  const bird = Math.max(0, 1 - uas - unknown);
  const className: ClassName = uas > bird ? "multirotor-small" : "bird-medium";
  const affiliation = more.affiliation ?? "unknown";
  return {
    at: START,
    classProbabilities: CLASS_NAMES.map((name) =>
      name === "multirotor-small" ? uas : name === "bird-medium" ? bird : name === "unknown" ? unknown : 0,
    ),
    className,
    classConfidence: Math.max(uas, bird),
    manned: 0,
    uas,
    allegiance: [1 / 3, 1 / 3, 1 / 3],
    automatic: affiliation,
    affiliation,
    conflict: 0,
    declarations: [],
    findings: more.findings ?? [],
  };
}

export const NOT_INBOUND: Attention = { state: "not-inbound", needs: "rule", boost: 0 };

/** A confirmed track that flies at `speed` m/s along -east towards the asset "depot" at the origin with a keep-out of 500 m, `distance` m from it. */
export function aSituationTrack(options: {
  key?: string;
  distance?: number;
  speed?: number;
  north?: number;
  entryProbability?: number;
  inbound?: boolean;
  score?: number;
  identification?: Identification;
  attention?: Attention;
  status?: TrackFacts["status"];
  remoteId?: string;
  origin?: TrackFacts["origin"];
}): SituationTrack {
  const { key = "T1", distance = 2000, speed = 15, north = 0, entryProbability = 0.9, inbound = true, score = 0.6 } = options;
  const time = Math.max(0, (distance - 500) / speed);
  const threat: Threat = {
    at: START,
    score,
    assetId: "depot",
    ...(inbound ? { timeToZone: time } : {}),
    inbound,
    assets: [
      {
        assetId: "depot",
        distance,
        closingSpeed: speed,
        closestApproach: Math.abs(north),
        timeToClosestApproach: distance / speed,
        ...(inbound ? { timeToKeepOut: time } : {}),
        entryProbability,
        score,
        contributions: [],
      },
    ],
  };
  return {
    facts: {
      key,
      origin: options.origin ?? "live",
      status: options.status ?? "confirmed",
      existence: 1,
      createdAt: START,
      measuredAt: START,
      at: START,
      position: [distance, north, 60],
      velocity: [-speed, 0, 0],
      covariance: new Float64Array(36),
      heightKnown: true,
      identities: options.remoteId === undefined ? [] : [{ scheme: "remote-id-serial", value: options.remoteId }],
      contributors: [],
    },
    threat,
    ...(options.identification === undefined ? {} : { identification: options.identification }),
    attention: options.attention ?? NOT_INBOUND,
  };
}

export const DEPOT = { id: "depot", name: "Depot", position: [0, 0, 0], radius: 500 } as const;
