// One box that finds a track by anything that is written on it, or by how high, fast or old it is.

import type { TrackView } from "../../core/model/picture-view.ts";

/** "height>300" (metres above sea level, else above the ellipsoid), "speed<20" (m/s), "age>5" (s since the newest measurement). */
const COMPARISON = /^(height|speed|age)([<>])(\d+(?:\.\d+)?)$/;

function measureOf(track: TrackView, name: string): number | undefined {
  if (name === "height") return track.position.heightAmslMetres ?? track.position.heightHaeMetres ?? undefined;
  if (name === "speed") return track.speedMps;
  return (track.atUs - track.measuredAtUs) / 1e6;
}

/**
 * True when every word of the filter fits: a comparison holds (never for what is unknown), any other word occurs somewhere in what the
 * track is called, claims or is. An empty filter lets all pass.
 */
export function matchesFilter(track: TrackView, filter: string): boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  if (words.length === 0) return true;
  let text: string | undefined;
  for (const word of words) {
    const comparison = COMPARISON.exec(word);
    if (comparison !== null) {
      const value = measureOf(track, comparison[1]!);
      const limit = Number(comparison[3]);
      if (value === undefined || !(comparison[2] === ">" ? value > limit : value < limit)) return false;
    } else {
      text ??= textOf(track);
      if (!text.includes(word)) return false;
    }
  }
  return true;
}

function textOf(track: TrackView): string {
  return [
    track.id,
    track.affiliation,
    track.classification,
    track.origin,
    track.status,
    track.freshness,
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
}
