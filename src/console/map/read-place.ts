// Reads a place that a person typed or pasted: decimal degrees, degrees with letters, or MGRS.

import * as mgrsModule from "mgrs";
import type { Place } from "./ruler.ts";

// Node takes the package's CommonJS file, which has only a default export; the build takes the module, which has none.
const mgrs = (mgrsModule as unknown as { default?: typeof mgrsModule }).default ?? mgrsModule;

/** At least ten kilometres' precision, or a track called "38S" would be a place. */
const MGRS = /^(\d{1,2}[C-HJ-NP-X])([A-HJ-NP-Z]{2})((?:\d\d){1,5})$/;
const NUMBER = String.raw`(-?\d{1,3}(?:\.\d+)?)`;
const DECIMAL = new RegExp(`^${NUMBER}[\\s,;]+${NUMBER}$`);
const LETTERED = new RegExp(`^${NUMBER}\\s*°?\\s*([NS])[\\s,;]*${NUMBER}\\s*°?\\s*([EW])$`);

/** The place, or undefined when the text is none. Latitude first, as it is read out over a radio. */
export function readPlace(text: string): Place | undefined {
  const typed = text.trim().toUpperCase();
  const grid = MGRS.exec(typed.replace(/\s+/g, ""));
  if (grid !== null) {
    try {
      const [longitudeDegrees, latitudeDegrees] = mgrs.toPoint(grid[0]);
      return within(latitudeDegrees, longitudeDegrees);
    } catch {
      return undefined;
    }
  }
  const lettered = LETTERED.exec(typed);
  if (lettered !== null) {
    const latitude = Number(lettered[1]) * (lettered[2] === "S" ? -1 : 1);
    return within(latitude, Number(lettered[3]) * (lettered[4] === "W" ? -1 : 1));
  }
  const decimal = DECIMAL.exec(typed);
  return decimal === null ? undefined : within(Number(decimal[1]), Number(decimal[2]));
}

function within(latitudeDegrees: number, longitudeDegrees: number): Place | undefined {
  if (!(Math.abs(latitudeDegrees) <= 85) || !(Math.abs(longitudeDegrees) <= 180)) return undefined;
  return { latitudeDegrees, longitudeDegrees };
}
