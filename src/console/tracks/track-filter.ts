// One box that finds a track by anything that is written on it.

import type { TrackView } from "../../core/model/picture-view.ts";

/** True when every word of the filter occurs somewhere in what the track is called, claims or is. An empty filter lets all pass. */
export function matchesFilter(track: TrackView, filter: string): boolean {
  if (filter === "") return true;
  const text = [
    track.id,
    track.affiliation,
    track.classification,
    track.origin,
    track.status,
    ...track.identities.map((identity) => identity.value),
    ...track.claims.flatMap((claim) => [
      claim.serial,
      claim.callsign,
      claim.sessionId,
      claim.caaRegistration,
      claim.operatorId,
      claim.icao24,
      claim.squawk,
      claim.category,
      claim.model,
      claim.description,
    ]),
    ...track.contributions.map((contribution) => contribution.sensorId),
  ]
    .join(" ")
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
