// The type of an event: "a-h-A-M-H-Q" is an atom, hostile, air, military, rotary wing, drone. MITRE, "Cursor on Target message
// types"; letters after the battle dimension are the function identifiers of MIL-STD-2525.

import type { ClaimStatements } from "../../model/observation.ts";

export type ClaimedAffiliation = NonNullable<ClaimStatements["affiliation"]>;

const AFFILIATIONS: Readonly<Record<string, ClaimedAffiliation>> = {
  p: "pending",
  u: "unknown",
  a: "assumed-friend",
  f: "friend",
  n: "neutral",
  s: "suspect",
  h: "hostile",
};
const EXERCISE_LETTERS: Readonly<Record<string, string>> = {
  j: "joker (friend acting as suspect for an exercise)",
  k: "faker (friend acting as hostile for an exercise)",
};
const DIMENSIONS: Readonly<Record<string, string>> = {
  P: "space",
  A: "air",
  G: "ground",
  S: "sea surface",
  U: "subsurface",
  X: "other",
};
/** Function identifiers below the air dimension, longest first where one begins another. */
const AIR_FUNCTIONS: readonly (readonly [code: string, words: string])[] = [
  ["M-F-Q", "military fixed-wing drone"],
  ["M-H-Q", "military rotary-wing drone"],
  ["M-F", "military fixed wing"],
  ["M-H", "military rotary wing"],
  ["M-L", "military lighter than air"],
  ["M", "military"],
  ["W-M", "missile in flight"],
  ["W-D", "decoy"],
  ["W", "weapon"],
  ["C-F", "civil fixed wing"],
  ["C-H", "civil rotary wing"],
  ["C-L", "civil lighter than air"],
  ["C", "civil"],
];

export interface CotType {
  /** Something that is really there, as opposed to a drawing, a chat or a task. */
  readonly isAtom: boolean;
  readonly affiliation?: ClaimedAffiliation;
  /** Plain words for what it is said to be: "air, military rotary-wing drone". */
  readonly words?: string;
}

/** What a type says; unknown letters say nothing. */
export function readCotType(type: string): CotType {
  if (!type.startsWith("a-")) return { isAtom: false };
  const [, letter = "", dimension = "", ...rest] = type.split("-");
  const words: string[] = [];
  const place = DIMENSIONS[dimension];
  if (place !== undefined) words.push(place);
  if (dimension === "A") {
    const code = rest.join("-");
    const found = AIR_FUNCTIONS.find(([known]) => code === known || code.startsWith(`${known}-`));
    if (found !== undefined) words.push(found[1]);
  }
  const exercise = EXERCISE_LETTERS[letter];
  if (exercise !== undefined) words.push(exercise);
  return { isAtom: true, affiliation: AFFILIATIONS[letter], words: words.length === 0 ? undefined : words.join(", ") };
}
