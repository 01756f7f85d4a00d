// Tracks and judgements for tests and benchmarks: what is not said is ordinary.

import { type Micros, micros } from "../base/units.ts";
import { CLASS_NAMES, type ClassName, type Finding, type FindingCode, type Identification } from "../model/identity.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { TrackFacts } from "../model/track-facts.ts";

export const START: Micros = micros(1_780_000_000_000_000);

/** A confirmed live track; sigmas are 1 sigma of each axis, m and m/s, without correlation. */
export function aTrack(options: {
  key?: string;
  position: readonly [number, number, number];
  velocity: readonly [number, number, number];
  sigma?: number;
  sigmaVelocity?: number;
  existence?: number;
  status?: TrackFacts["status"];
  heightKnown?: boolean;
  at?: Micros;
  createdAt?: Micros;
}): TrackFacts {
  const { sigma = 10, sigmaVelocity = 0.5, at = START } = options;
  const covariance = new Float64Array(36);
  for (let i = 0; i < 3; i++) {
    covariance[i * 7] = sigma * sigma;
    covariance[(i + 3) * 7] = sigmaVelocity * sigmaVelocity;
  }
  return {
    key: options.key ?? "T1",
    origin: "live",
    status: options.status ?? "confirmed",
    existence: options.existence ?? 1,
    createdAt: options.createdAt ?? START,
    measuredAt: at,
    at,
    position: options.position,
    velocity: options.velocity,
    covariance,
    heightKnown: options.heightKnown ?? true,
    identities: [],
    contributors: [{ sensorId: "radar-1", kind: "radar", lastAt: at, detections: 20 }],
  };
}

/** The rest of the probability goes to "unknown". */
export function anIdentification(options: {
  classes?: Partial<Record<ClassName, number>>;
  affiliation?: Affiliation;
  findings?: readonly Finding[];
  friendId?: string;
}): Identification {
  const classes = options.classes ?? {};
  const given = Object.values(classes).reduce((sum, p) => sum + p, 0);
  const classProbabilities = CLASS_NAMES.map((name) =>
    name === "unknown" ? Math.max(0, 1 - given) + (classes.unknown ?? 0) : (classes[name] ?? 0),
  );
  let best = 0;
  for (let i = 1; i < classProbabilities.length; i++) if (classProbabilities[i]! > classProbabilities[best]!) best = i;
  const family = (from: number, to: number) => classProbabilities.slice(from, to).reduce((sum, p) => sum + p, 0);
  const affiliation = options.affiliation ?? "unknown";
  return {
    at: START,
    classProbabilities,
    className: CLASS_NAMES[best]!,
    classConfidence: classProbabilities[best]!,
    uas: family(0, 6),
    manned: family(10, 12),
    allegiance: [1 / 3, 1 / 3, 1 / 3],
    automatic: affiliation,
    affiliation,
    conflict: 0,
    declarations: [],
    findings: options.findings ?? [],
    ...(options.friendId === undefined ? {} : { friendId: options.friendId }),
  };
}

export const aFinding = (code: FindingCode, confidence = 1, at: Micros = START): Finding => ({
  code,
  at,
  lastAt: at,
  confidence,
  key: code,
  values: {},
  tracks: [],
});
