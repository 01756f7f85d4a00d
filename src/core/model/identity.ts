// What an object is and whose: the hypotheses, the evidence for them, and the answer. Class and affiliation are two questions
// with two ledgers; the one is never derived from the other.

import type { Micros } from "../base/units.ts";
import type { Actor } from "./event.ts";
import type { Affiliation } from "./picture-view.ts";

/** Hypotheses of class, in the order of every log-likelihood vector of the question "class". */
export const CLASS_NAMES = [
  "multirotor-small",
  "multirotor-large",
  "fpv",
  "fixed-wing",
  "vtol",
  "one-way",
  "bird-small",
  "bird-medium",
  "bird-large",
  "bird-flock",
  "aircraft",
  "helicopter",
  "balloon",
  "ground-vehicle",
  "clutter",
  "unknown",
] as const;
export type ClassName = (typeof CLASS_NAMES)[number];

export type ClassFamily = "uas" | "bird" | "manned" | "lta" | "ground" | "clutter" | "unknown";

export const CLASS_FAMILY: Readonly<Record<ClassName, ClassFamily>> = {
  "multirotor-small": "uas",
  "multirotor-large": "uas",
  fpv: "uas",
  "fixed-wing": "uas",
  vtol: "uas",
  "one-way": "uas",
  "bird-small": "bird",
  "bird-medium": "bird",
  "bird-large": "bird",
  "bird-flock": "bird",
  aircraft: "manned",
  helicopter: "manned",
  balloon: "lta",
  "ground-vehicle": "ground",
  clutter: "clutter",
  unknown: "unknown",
};

/**
 * Hypotheses of affiliation, in the order of every log-likelihood vector of the question "affiliation". The seven affiliations that are
 * shown are decisions on these: too little known is *pending* or *unknown*, not a hypothesis.
 */
export const ALLEGIANCES = ["friend", "neutral", "hostile"] as const;
export type Allegiance = (typeof ALLEGIANCES)[number];

export type Question = "class" | "affiliation";

/** How far a piece of evidence can be trusted, strongest last. */
export type EvidenceBasis = "claimed" | "measured" | "authenticated" | "declared";

/**
 * One piece of evidence. A ledger holds one piece in each slot, newer replaces older, so that repeated readings of one feature are not
 * counted as independent. The posterior of a question is softmax(prior + sum of logLikelihood): removing a piece changes it by exactly
 * what is printed.
 */
export interface Evidence {
  /** Unique within its ledger: "speed", "rcs:radar-1", "remote-id:1581F...". */
  readonly slot: string;
  readonly question: Question;
  /** Sensor id, "picket" for its own reasoning, "registry", or a person's name. */
  readonly source: string;
  readonly basis: EvidenceBasis;
  readonly at: Micros;
  /** Natural logarithms, one for each hypothesis of the question; a constant may be taken off all. */
  readonly logLikelihood: readonly number[];
  /** Key in the catalogue of evidence sentences and its values; `evidenceText` makes the English sentence. */
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}

/** A contradiction or warning found while identifying: each is evidence too, and may call a person. */
export interface Finding {
  readonly code: FindingCode;
  readonly at: Micros;
  /** Newest time at which it still held. */
  readonly lastAt: Micros;
  /** 0..1: how sure. */
  readonly confidence: number;
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** Other tracks concerned. */
  readonly tracks: readonly string[];
}
export const FINDING_CODES = [
  /** Claimed position where a radar must see something and sees nothing. */
  "no-radar-support",
  "bearing-disagrees",
  "signal-strength-disagrees",
  "impossible-motion",
  "serial-in-two-places",
  "replayed-time",
  "constant-signal",
  "many-identities-one-emitter",
  /** A second contact in the corridor of a friend who returns. */
  "companion",
  /** A friend's serial at a place or time that its plan does not cover. */
  "off-plan",
  /** A track stopped behaving like the reason for which a person dismissed it. */
  "dismissal-contradicted",
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** A person's statement beside the estimate: who, why, until when. It never overwrites the estimate. */
export interface Declaration {
  readonly question: Question;
  readonly value: Affiliation | ClassName;
  readonly by: Actor;
  readonly at: Micros;
  readonly reason: string;
  readonly expiresAt: Micros;
}

export interface Identification {
  readonly at: Micros;
  /** In the order of CLASS_NAMES; sums to 1. */
  readonly classProbabilities: readonly number[];
  /** The answer shown: "unknown" where no class is likely enough, or a person's declaration in force. */
  readonly className: ClassName;
  readonly classConfidence: number;
  /** P(class family is manned). */
  readonly manned: number;
  readonly uas: number;
  /** In the order of ALLEGIANCES; sums to 1. */
  readonly allegiance: readonly number[];
  /** What automation says: at most "suspect" one way and "assumed-friend" the other, "friend" only for an authenticated own system. */
  readonly automatic: Affiliation;
  /** What is shown: a declaration in force, else `automatic`. */
  readonly affiliation: Affiliation;
  /** 0..1: how far the sources of affiliation contradict each other. */
  readonly conflict: number;
  readonly declarations: readonly Declaration[];
  readonly findings: readonly Finding[];
  /** Registry entry that the track matches. */
  readonly friendId?: string;
}

/** An own drone or an announced flight: a volume of space and time, and who flies. */
export interface FriendIntent {
  readonly id: string;
  readonly name: string;
  readonly owner: string;
  readonly callsign?: string;
  /** Remote ID serial, or another identity, that it is expected to carry: scheme and value. */
  readonly identities: readonly { readonly scheme: string; readonly value: string }[];
  /** Legs of the plan; a point that is in one of them at its time matches. */
  readonly volumes: readonly FriendVolume[];
  /** After this the entry is ignored and removed. */
  readonly expiresAt: Micros;
  readonly from: "file" | "api" | "mavlink" | "f3548";
  readonly registeredAt: Micros;
  readonly registeredBy: string;
}

export interface FriendVolume {
  /** Outer ring in the site's ENU frame, m, not closed; or a path with a half width. */
  readonly shape:
    | { readonly kind: "polygon"; readonly points: readonly (readonly [number, number])[] }
    | { readonly kind: "path"; readonly points: readonly (readonly [number, number])[]; readonly halfWidth: number }
    | { readonly kind: "circle"; readonly centre: readonly [number, number]; readonly radius: number };
  /** Up in the site frame, m. */
  readonly floor: number;
  readonly ceiling: number;
  readonly startsAt: Micros;
  readonly endsAt: Micros;
}

/** A person's dismissal or declaration, kept with the features of that moment so that a site can fit its classifier again. */
export interface Label {
  readonly trackKey: string;
  readonly at: Micros;
  readonly by: Actor;
  readonly kind: "dismissal" | "declaration";
  readonly value: string;
  readonly reason: string;
  /** Features at that moment, by name, SI. */
  readonly features: Readonly<Record<string, number>>;
}
