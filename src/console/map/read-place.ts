// Reads a place that a person typed or pasted: MGRS, or latitude and longitude in the usual notations.

import * as mgrsModule from "mgrs";
import type { Place } from "./ruler.ts";

// Node takes the package's CommonJS file, which has only a default export; the build takes the module, which has none.
const mgrs = (mgrsModule as unknown as { default?: typeof mgrsModule }).default ?? mgrsModule;

/** At least ten kilometres' precision, or a track called "38S" would be a place. */
const MGRS = /^(\d{1,2}[C-HJ-NP-X])([A-HJ-NP-Z]{2})((?:\d\d){1,5})$/;
const NUMBER = String.raw`(-?\d{1,3}(?:\.\d+)?)`;
const DECIMAL = new RegExp(`^${NUMBER}[\\s,;]+${NUMBER}$`);
/** Degrees; degrees and minutes; or degrees, minutes and seconds, with or without their signs. */
const ANGLE = String.raw`(-?\d{1,3}(?:\.\d+)?(?:[°\s:']+\d{1,2}(?:\.\d+)?){0,2}[°'"\s]*)`;
const LETTER_AFTER = new RegExp(`^${ANGLE}([NSEW])[\\s,;/]*${ANGLE}([NSEW])$`);
const LETTER_BEFORE = new RegExp(`^([NSEW])\\s*${ANGLE}[\\s,;/]*([NSEW])\\s*${ANGLE}$`);
/** As aviation writes it: DDMM[SS[.s]]N DDDMM[SS[.s]]E. */
const COMPACT = /^(\d\d)(\d\d)(\d\d(?:\.\d+)?)?([NS])\s*(\d{3})(\d\d)(\d\d(?:\.\d+)?)?([EW])$/;

/** The place, or undefined when the text is none. Without letters latitude comes first, as it is read out over a radio. */
export function readPlace(text: string): Place | undefined {
  const typed = plain(text);
  const grid = MGRS.exec(typed.replace(/\s+/g, ""));
  if (grid !== null) {
    try {
      const [longitudeDegrees, latitudeDegrees] = mgrs.toPoint(grid[0]);
      return within(latitudeDegrees, longitudeDegrees);
    } catch {
      return undefined;
    }
  }
  const compact = COMPACT.exec(typed);
  if (compact !== null) {
    const [, a, b, c, north, d, e, f, east] = compact;
    return ofLettered([a!, b!, c ?? "0"].join(" "), north!, [d!, e!, f ?? "0"].join(" "), east!);
  }
  const after = LETTER_AFTER.exec(typed);
  if (after !== null) return ofLettered(after[1]!, after[2]!, after[3]!, after[4]!);
  const before = LETTER_BEFORE.exec(typed);
  if (before !== null) return ofLettered(before[2]!, before[1]!, before[4]!, before[3]!);
  const decimal = DECIMAL.exec(typed);
  return decimal === null ? undefined : within(Number(decimal[1]), Number(decimal[2]));
}

/** Capitals, Western digits, one kind of each sign, and nothing that only turns the direction of text. */
function plain(text: string): string {
  return text
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    .replace(/\u066b/g, ".")
    .replace(/\u060c/g, ",")
    .replace(/[\u2032\u2019\u02b9]/g, "'")
    .replace(/[\u2033\u201d\u02ba]|''/g, '"')
    .replace(/\u00ba/g, "°")
    .replace(/\u2212/g, "-")
    .trim()
    .toUpperCase();
}

function ofLettered(first: string, firstLetter: string, second: string, secondLetter: string): Place | undefined {
  const a = { degrees: degreesOf(first), letter: firstLetter };
  const b = { degrees: degreesOf(second), letter: secondLetter };
  const latitude = "NS".includes(a.letter) ? a : b;
  const longitude = latitude === a ? b : a;
  if (latitude.degrees === undefined || longitude.degrees === undefined) return undefined;
  if (!"NS".includes(latitude.letter) || !"EW".includes(longitude.letter)) return undefined;
  return within(latitude.degrees * (latitude.letter === "S" ? -1 : 1), longitude.degrees * (longitude.letter === "W" ? -1 : 1));
}

/** Degrees of one angle; undefined when a part that must be whole has a fraction, or a minute or second is 60 or more. */
function degreesOf(angle: string): number | undefined {
  const parts = angle.match(/-?\d+(?:\.\d+)?/g) ?? [];
  if (parts.slice(0, -1).some((part) => part.includes("."))) return undefined;
  const [degrees, minutes = 0, seconds = 0] = parts.map(Number);
  if (degrees === undefined || minutes >= 60 || seconds >= 60) return undefined;
  const size = Math.abs(degrees) + minutes / 60 + seconds / 3600;
  return parts[0]!.startsWith("-") ? -size : size;
}

function within(latitudeDegrees: number, longitudeDegrees: number): Place | undefined {
  if (!(Math.abs(latitudeDegrees) <= 85) || !(Math.abs(longitudeDegrees) <= 180)) return undefined;
  return { latitudeDegrees, longitudeDegrees };
}
