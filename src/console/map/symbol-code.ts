// Which MIL-STD-2525D / APP-6D symbol a track gets: its 20-digit symbol identification code (SIDC), symbol set 01, air.

import { CLASS_FAMILY, type ClassName } from "../../core/model/identity.ts";
import type { Affiliation, TrackView } from "../../core/model/picture-view.ts";

/** Fourth digit: standard identity. MIL-STD-2525D table A-III. */
const STANDARD_IDENTITY: Record<Affiliation, string> = {
  pending: "0",
  unknown: "1",
  "assumed-friend": "2",
  friend: "3",
  neutral: "4",
  suspect: "5",
  hostile: "6",
};

/** What it is, as far as the screen draws differences; never a statement about whose it is. */
export type AirKind = "drone" | "fixed-wing" | "rotary-wing" | "lighter-than-air" | "bird" | "unknown";

/** Entity, entity type and subtype. MIL-STD-2525D table A-X (symbol set 01); zeros leave the frame empty. */
const ENTITY: Record<AirKind, string> = {
  drone: "110300",
  "fixed-wing": "120100",
  "rotary-wing": "120200",
  "lighter-than-air": "120400",
  bird: "000000",
  unknown: "000000",
};

/** Kinds already read, by the words they were read from: thousands of tracks share a few words. Bounded; words come from the air. */
const kindsRead = new Map<string, AirKind>();
const KINDS_KEPT = 2_000;

/** What Picket's own answer, or a person's declaration, draws. */
function judgedKind(className: ClassName | undefined): AirKind {
  switch (className === undefined ? undefined : CLASS_FAMILY[className]) {
    case "uas":
      return "drone";
    case "bird":
      return "bird";
    case "manned":
      return className === "helicopter" ? "rotary-wing" : "fixed-wing";
    case "lta":
      return "lighter-than-air";
    default:
      return "unknown";
  }
}

/**
 * A person's declaration of the class first, then words of a sensor or broadcast, then what Picket makes of it where nobody said any: a sensor's
 * words stay visible until a person says otherwise.
 */
export function airKindOf(track: TrackView): AirKind {
  const declared = track.declarations?.some(({ question }) => question === "class") === true;
  if (declared) return judgedKind(track.className);
  const said = saidKind(track);
  return said === "unknown" ? judgedKind(track.className) : said;
}

function saidKind(track: TrackView): AirKind {
  let words = track.classification;
  for (const claim of track.claims) if (claim.category !== undefined) words += ` ${claim.category}`;
  let remoteId = false;
  let address = false;
  for (const identity of track.identities) {
    if (identity.scheme.startsWith("remote-id")) remoteId = true;
    else if (identity.scheme === "icao24") address = true;
  }
  const key = `${remoteId ? "r" : ""}${address ? "a" : ""}|${words}`;
  let kind = kindsRead.get(key);
  if (kind === undefined) {
    if (kindsRead.size >= KINDS_KEPT) kindsRead.clear();
    kind = readKind(words.toLowerCase(), remoteId, address);
    kindsRead.set(key, kind);
  }
  return kind;
}

/**
 * Reads the kind out of the track's class in words, then out of what it broadcasts: a Remote ID means that it says that it is a
 * drone, a 24-bit address that it says that it is an aircraft. The order matters: "unmanned helicopter" is a drone.
 */
function readKind(words: string, remoteId: boolean, address: boolean): AirKind {
  if (/\b(animal|bird|flock|gull|goose|geese|stork|pigeon|bat)s?\b/.test(words)) return "bird";
  if (/drone|\buav\b|\buas\b|unmanned|multirotor|quadcopter|\bfpv\b/.test(words) && !/helicopter or multirotor/.test(words)) return "drone";
  if (/balloon|airship|lighter.than.air|blimp|aerostat/.test(words)) return "lighter-than-air";
  // Remote ID's own category "helicopter or multirotor" is said by drones.
  if (/helicopter|rotorcraft|rotary|gyroplane/.test(words)) return remoteId ? "drone" : "rotary-wing";
  if (remoteId) return "drone";
  if (/aeroplane|airplane|aircraft|airliner|fixed.wing|glider|jet|\blight\b|\blarge\b|\bheavy\b/.test(words)) return "fixed-wing";
  return address ? "fixed-wing" : "unknown";
}

/** Third digit: reality, exercise, simulation. A recording was real once and carries its tag beside the symbol. */
function context(track: TrackView): string {
  if (track.origin === "exercise") return "1";
  if (track.origin === "simulated") return "2";
  return "0";
}

export const isBird = (track: TrackView): boolean => airKindOf(track) === "bird";

const codes = new WeakMap<TrackView, string>();

export function symbolCodeOf(track: TrackView): string {
  let code = codes.get(track);
  if (code === undefined) {
    code = makeSymbolCode(track);
    codes.set(track, code);
  }
  return code;
}

function makeSymbolCode(track: TrackView): string {
  return `10${context(track)}${STANDARD_IDENTITY[track.affiliation]}010000${ENTITY[airKindOf(track)]}0000`;
}

/** The standard has no bird; its frame stays empty and gets this outline of a gull: x and y in units of the symbol's size. */
export const BIRD_WINGS: readonly (readonly [number, number])[] = [
  [-0.34, -0.1],
  [-0.16, -0.24],
  [0, 0.06],
  [0.16, -0.24],
  [0.34, -0.1],
];

/** One letter for each affiliation, as CoT writes them; a second cue beside frame and colour. */
export const AFFILIATION_LETTER: Record<Affiliation, string> = {
  pending: "P",
  unknown: "U",
  "assumed-friend": "A",
  friend: "F",
  neutral: "N",
  suspect: "S",
  hostile: "H",
};
