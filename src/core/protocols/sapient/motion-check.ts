// Does the velocity that a node reports agree with how its objects move? A unit or an axis that is wrong shows at once to a
// tracker and to nobody else: so the integration bench looks.

import type { Micros } from "../../base/units.ts";
import type { Measurement } from "../../model/observation.ts";
import { metresPerDegree } from "./local-scale.ts";

/** Plain data; one for each node. */
export interface MotionState {
  /** Last place of some of its objects, by object_id; the oldest is forgotten first. */
  readonly places: Map<string, { readonly latitude: number; readonly longitude: number; readonly at: Micros }>;
  /** Newest comparisons, one letter each: "=" agrees, "k" 3.6 times too large, "m" 3.6 times too small, "s" east and north swapped, "r" reversed, "?" none of these. */
  verdicts: string;
}

export const createMotionState = (): MotionState => ({ places: new Map(), verdicts: "" });

const MAX_OBJECTS = 32;
const MEMORY = 40; // comparisons
const ENOUGH = 20;
/** Displacements over less time drown in the errors of the places, over more in manoeuvres. */
const SHORTEST = 500_000; // us
const LONGEST = 5_000_000; // us
/** Slower objects move less than their places err. */
const SLOWEST = 4; // m/s

/** Compares one report; returns a sentence when nearly all of the last comparisons show the same fault. */
export function checkMotion(state: MotionState, objectId: string, measurement: Measurement, at: Micros | undefined): string | undefined {
  if (measurement.kind !== "position" || at === undefined || objectId === "") return undefined;
  const { latitude, longitude, velocityEast: east, velocityNorth: north } = measurement;
  if (east === undefined || north === undefined) return undefined;
  const before = state.places.get(objectId);
  const elapsed = before === undefined ? 0 : at - before.at;
  if (before !== undefined && elapsed >= 0 && elapsed < SHORTEST) return undefined;
  state.places.delete(objectId);
  state.places.set(objectId, { latitude, longitude, at });
  if (state.places.size > MAX_OBJECTS) {
    const [oldest] = state.places.keys();
    state.places.delete(oldest);
  }
  if (before === undefined || elapsed > LONGEST || elapsed < 0) return undefined;
  const perDegree = metresPerDegree(latitude);
  const degrees = 180 / Math.PI;
  const seconds = elapsed / 1e6;
  const movedEast = ((longitude - before.longitude) * degrees * perDegree.east) / seconds;
  const movedNorth = ((latitude - before.latitude) * degrees * perDegree.north) / seconds;
  // A jump is another object under the same identifier, or the edge of the map.
  const moved = Math.hypot(movedEast, movedNorth);
  if (moved < SLOWEST || moved > 1_000 || Math.hypot(east, north) < SLOWEST / 3.6) return undefined;
  state.verdicts = (state.verdicts + judge(movedEast, movedNorth, east, north, moved)).slice(-MEMORY);
  if (state.verdicts.length < ENOUGH) return undefined;
  for (const [letter, sentence] of SENTENCES) {
    let count = 0;
    for (const verdict of state.verdicts) if (verdict === letter) count += 1;
    if (count >= 0.8 * state.verdicts.length) return sentence;
  }
  return undefined;
}

/** The first explanation within a quarter of the speed; the true reading comes first, and swapping must explain much better. */
function judge(movedEast: number, movedNorth: number, east: number, north: number, moved: number): string {
  const misses = (e: number, n: number) => Math.hypot(movedEast - e, movedNorth - n) / moved;
  if (misses(east, north) < 0.35) return "=";
  if (misses(east / 3.6, north / 3.6) < 0.25) return "k";
  if (misses(east * 3.6, north * 3.6) < 0.25) return "m";
  if (misses(north, east) < 0.25) return "s";
  if (misses(-east, -north) < 0.25) return "r";
  return "?";
}

const SENTENCES: readonly (readonly [string, string])[] = [
  ["k", "velocities are 3.6 times what the objects do: km/h under a registration that says m/s"],
  ["m", "velocities are 3.6 times less than what the objects do: m/s under a registration that says km/h"],
  ["s", "east and north rates are exchanged: the objects move the other way round"],
  ["r", "velocities point against the way that the objects move"],
];
