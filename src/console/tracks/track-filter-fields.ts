// What the table and the map leave out on a person's word, and what they never leave out: a track about which an alarm stands, or which waits for
// a person. Pure.

import type { Affiliation, AlertView, TrackView } from "../../core/model/picture-view.ts";
import { matchesFilter } from "./track-filter.ts";

/** Everything undefined or empty lets all pass. */
export interface FilterFields {
  readonly className?: string;
  readonly affiliation?: Affiliation;
  /** A sensor that contributes. */
  readonly sensorId?: string;
  /** Metres above mean sea level, else above the ellipsoid. A track of unknown height passes no limit. */
  readonly heightFrom?: number;
  readonly heightTo?: number;
  /** Seconds since the newest measurement, at most. */
  readonly ageMost?: number;
}

export const isEmpty = (fields: FilterFields): boolean => Object.values(fields).every((value) => value === undefined);

export function matchesFields(track: TrackView, fields: FilterFields, nowUs: number): boolean {
  const { className, affiliation, sensorId, heightFrom, heightTo, ageMost } = fields;
  if (className !== undefined && track.className !== className) return false;
  if (affiliation !== undefined && track.affiliation !== affiliation) return false;
  if (sensorId !== undefined && !track.contributions.some((each) => each.sensorId === sensorId)) return false;
  const height = track.position.heightAmslMetres ?? track.position.heightHaeMetres;
  if (heightFrom !== undefined && !(height !== null && height >= heightFrom)) return false;
  if (heightTo !== undefined && !(height !== null && height <= heightTo)) return false;
  return ageMost === undefined || (nowUs - track.measuredAtUs) / 1e6 <= ageMost;
}

/** Tracks about which an alarm stands: in any state but cleared or shelved. */
export function alarmedTracks(alerts: readonly AlertView[]): ReadonlySet<string> {
  const alarmed = new Set<string>();
  for (const alert of alerts) if (alert.state !== "shelved" && alert.state !== "cleared") for (const id of alert.tracks) alarmed.add(id);
  return alarmed;
}

const WAITING: readonly TrackView["attention"]["state"][] = ["due", "overdue", "reopened"];

export type Passing = "passes" | "kept" | "hidden";

/** "kept": the fields would hide it, and it stays because an alarm stands about it or it waits for a person. */
export function passing(track: TrackView, text: string, fields: FilterFields, alarmed: ReadonlySet<string>, nowUs: number): Passing {
  // Whoever looks for a name wants what bears it; how many it hides is said beside the box.
  if (!matchesFilter(track, text)) return "hidden";
  if (matchesFields(track, fields, nowUs)) return "passes";
  return alarmed.has(track.id) || WAITING.includes(track.attention.state) ? "kept" : "hidden";
}
