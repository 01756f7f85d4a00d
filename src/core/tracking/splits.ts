// What a person said that a track is not: detections of a sensor, or under certain names, that belong to another object. The tracker does not
// give them to that track while the word stands, and never makes it one with the track that they started instead.

import { ID, IDENTITY, type SensorRecord, slotOf, type TrackerState } from "./tracker-state.ts";

export interface Split {
  readonly track: number;
  /** Its detections belong to another object; undefined: only the names decide. */
  readonly sensorId?: string;
  /** As in `TrackerDetection.identity`. */
  readonly identities: readonly string[];
  /** Sensors and names that stay with `track`: theirs do not go to the other. */
  readonly keptSensors: readonly string[];
  readonly keptIdentities: readonly string[];
  /** The track that these detections started; 0: none yet. */
  other: number;
}

/** Takes over which splits stand now. A track loses the name that was split off it. Plain data; never throws. */
export function setSplits(state: TrackerState, splits: readonly Split[]): void {
  if (splits.length === 0) {
    delete state.splits;
    return;
  }
  state.splits = splits.map((split) => ({ ...split }));
  for (const { track, identities } of splits) {
    const slot = slotOf(state, track);
    if (slot < 0) continue;
    const base = slot * state.stride;
    const place = state.slab[base + IDENTITY]!;
    if (place < 0 || !identities.includes(state.identities[place]!)) continue;
    state.slab[base + IDENTITY] = -1;
    if (state.identityTrack[place] === state.slab[base + ID]) state.identityTrack[place] = 0;
  }
}

/** Whether a detection of this sensor, under the name at `identity` (-1: none), was split off the track. */
export function isSplitOff(state: TrackerState, trackId: number, record: SensorRecord, identity: number): boolean {
  const name = identity < 0 ? undefined : state.identities[identity]!;
  for (const split of state.splits ?? []) {
    if (split.track === trackId && (split.sensorId === record.sensor.id || (name !== undefined && split.identities.includes(name))))
      return true;
    if (split.other !== trackId) continue;
    if (split.keptSensors.includes(record.sensor.id) || (name !== undefined && split.keptIdentities.includes(name))) return true;
  }
  return false;
}

/** Whether a person said that these two are not one. */
export function isKeptApart(state: TrackerState, a: number, b: number): boolean {
  return (state.splits ?? []).some(({ track, other }) => other !== 0 && ((track === a && other === b) || (track === b && other === a)));
}
