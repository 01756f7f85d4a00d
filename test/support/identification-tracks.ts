// Tracks and rounds for tests of identification: the little that each test does not care about.

import type { Micros } from "../../src/core/base/units.ts";
import type { IdentificationContext } from "../../src/core/identification/context.ts";
import type { Declaration, FriendIntent, FriendVolume } from "../../src/core/model/identity.ts";
import type { Identity } from "../../src/core/model/observation.ts";
import type { AssetFact, Contributor, TrackFacts } from "../../src/core/model/track-facts.ts";

/** A quiet Monday; every test counts its seconds from here. */
export const START = 1_767_225_600e6;
export const at = (seconds: number): Micros => Math.round(START + seconds * 1e6) as Micros;

/** Row-major 6x6 with the same 1 sigma on each position and each velocity axis. */
export function covariance(position: number, velocity = 0.5): Float64Array {
  const P = new Float64Array(36);
  for (let i = 0; i < 6; i++) P[i * 7] = i < 3 ? position * position : velocity * velocity;
  return P;
}

export interface Draft {
  readonly key?: string;
  readonly origin?: TrackFacts["origin"];
  readonly status?: TrackFacts["status"];
  /** s since START. */
  readonly since?: number;
  readonly position?: readonly [number, number, number];
  readonly velocity?: readonly [number, number, number];
  readonly sigma?: number;
  readonly heightKnown?: boolean;
  readonly identities?: readonly Identity[];
  /** Kinds of sensor that feed it now; ids are "radar-1" and the like. */
  readonly fedBy?: readonly Contributor["kind"][];
  readonly measured?: number;
}

export function track(seconds: number, draft: Draft = {}): TrackFacts {
  const fed = draft.fedBy ?? ["radar"];
  return {
    key: draft.key ?? "T1",
    origin: draft.origin ?? "live",
    status: draft.status ?? "confirmed",
    existence: 0.99,
    createdAt: at(draft.since ?? 0),
    measuredAt: at(draft.measured ?? seconds),
    at: at(seconds),
    position: draft.position ?? [3000, 0, 80],
    velocity: draft.velocity ?? [0, 10, 0],
    covariance: covariance(draft.sigma ?? 10),
    heightKnown: draft.heightKnown ?? true,
    identities: draft.identities ?? [],
    contributors: fed.map((kind) => ({ sensorId: `${kind}-1`, kind, lastAt: at(draft.measured ?? seconds), detections: 20 })),
  };
}

export const HANGAR: AssetFact = { id: "hangar", name: "Hangar", position: [0, 0, 0], radius: 500 };

export function round(
  seconds: number,
  allTracks: readonly TrackFacts[],
  over: Partial<Omit<IdentificationContext, "now" | "allTracks">> = {},
): IdentificationContext {
  return { now: at(seconds), claims: () => [], coverage: () => [], assets: [HANGAR], ...over, allTracks };
}

export const serial = (value: string): Identity => ({ scheme: "remote-id-serial", value });

/** A corridor of 200 m by 2 km from the site to the east, 20 to 120 m up, from second 0 to second 600. */
export const CORRIDOR: FriendVolume = {
  shape: {
    kind: "path",
    points: [
      [0, 0],
      [2000, 0],
    ],
    halfWidth: 100,
  },
  floor: 20,
  ceiling: 120,
  startsAt: at(0),
  endsAt: at(600),
};

export function friend(over: Partial<FriendIntent> = {}): FriendIntent {
  return {
    id: "patrol",
    name: "Perimeter patrol",
    owner: "Base security",
    identities: [],
    volumes: [CORRIDOR],
    expiresAt: at(3600),
    from: "api",
    registeredAt: at(-600),
    registeredBy: "duty officer",
    ...over,
  };
}

export const declaration = (over: Partial<Declaration> = {}): Declaration => ({
  question: "affiliation",
  value: "friend",
  by: { name: "A. Officer", authenticated: false },
  at: at(20),
  reason: "called the neighbour",
  expiresAt: at(620),
  ...over,
});
