// Directions in which a receiver hears something that no track explains: shown as rays, because nobody knows how far away it is.

import { DEGREES_PER_RADIAN, wrapAzimuth } from "../base/units.ts";
import type { BearingTrackView } from "../model/picture-view.ts";
import { readBearingTracks } from "../tracking/picket-tracker.ts";
import { type Picture, trackKey } from "./picture.ts";

/** Rays shown at most; those heard most often first. */
const MOST_SHOWN = 64;
/** A ray of a receiver that says no range reaches so far, m. */
const USUAL_RANGE = 10_000;

export function bearingViews(picture: Picture): BearingTrackView[] {
  const views: (BearingTrackView & { hits: number })[] = [];
  for (const [origin, tracker] of picture.trackers) {
    if (tracker.bearings.tracks.length === 0) continue;
    for (const bearing of readBearingTracks(tracker)) {
      const record = tracker.sensors[bearing.sensor];
      const sensor = record === undefined ? undefined : picture.sensors.get(record.sensor.id);
      if (record === undefined || sensor?.position === undefined) continue;
      const azimuth = record.sensor.azimuthFrom === "east" ? Math.PI / 2 - bearing.azimuth : bearing.azimuth;
      views.push({
        id: trackKey(origin, bearing.id).replace(/T(\d+)$/, "B$1"),
        origin,
        sensorId: sensor.id,
        latitudeDegrees: Math.round(sensor.position.latitude * DEGREES_PER_RADIAN * 1e6) / 1e6,
        longitudeDegrees: Math.round(sensor.position.longitude * DEGREES_PER_RADIAN * 1e6) / 1e6,
        azimuthDegrees: Math.round(wrapAzimuth(azimuth) * DEGREES_PER_RADIAN * 10) / 10,
        sigmaDegrees: Math.max(0.1, Math.round(bearing.azimuthSigma * DEGREES_PER_RADIAN * 10) / 10),
        rangeMetres: Math.round(record.sensor.fieldOfView?.rangeMax ?? USUAL_RANGE),
        hits: bearing.hits,
      });
    }
  }
  return views
    .sort((a, b) => b.hits - a.hits || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_SHOWN)
    .map(({ hits: _, ...view }) => view);
}
