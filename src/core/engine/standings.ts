// What the judgement knows of tracks, told to the trackers: from a fake broadcast nothing is learned, and when there is no more room it goes first.

import { isFake } from "../identification/emitters/emitters.ts";
import { setStandings, type TrackStanding } from "../tracking/picket-tracker.ts";
import { type Picture, trackKey } from "./picture.ts";

/** Tells every tracker of its tracks; about once a second, after the broadcasts were checked. */
export function tellStandings(picture: Picture): void {
  const { emitters, threats } = picture.judgement;
  for (const [origin, tracker] of picture.trackers) {
    const standings: TrackStanding[] = [];
    for (const record of picture.tracks.values()) {
      if (record.origin !== origin) continue;
      const key = trackKey(origin, record.id);
      standings.push({ id: record.id, fake: isFake(emitters, key), threat: threats.get(key)?.score ?? 0 });
    }
    setStandings(tracker, standings);
  }
}
