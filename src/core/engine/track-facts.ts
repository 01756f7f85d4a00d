// The tracker's estimates as the judgement reads them: on the picture's clock, at one instant.

import type { Micros } from "../base/units.ts";
import type { Origin } from "../model/observation.ts";
import type { SensorKind } from "../model/site.ts";
import type { Contributor, TrackFacts } from "../model/track-facts.ts";
import { predictTrack } from "../tracking/picket-tracker.ts";
import { reportedTracks } from "./associations.ts";
import { type Picture, trackKey } from "./picture.ts";

const ORIGINS: readonly Origin[] = ["live", "exercise", "recorded", "simulated"];

/** Every reportable track at `picture.now`, live ones first, then by identifier. */
export function readFacts(picture: Picture): TrackFacts[] {
  const facts: TrackFacts[] = [];
  for (const origin of ORIGINS) {
    const tracker = picture.trackers.get(origin);
    if (tracker === undefined) continue;
    const lag = picture.lags.get(origin) ?? 0;
    for (const newest of reportedTracks(picture, origin, tracker)) {
      const estimate = predictTrack(newest, picture.now - lag);
      const key = trackKey(origin, newest.id);
      const record = picture.tracks.get(key);
      const contributors: Contributor[] = [];
      for (const [sensorId, { lastAt, detections }] of record?.contributions ?? []) {
        const kind: SensorKind = picture.sensors.get(sensorId)?.kind ?? "other";
        contributors.push({ sensorId, kind, lastAt: (lastAt + lag) as Micros, detections });
      }
      facts.push({
        key,
        origin,
        status: newest.status,
        existence: newest.existence,
        createdAt: (newest.createdAt + lag) as Micros,
        measuredAt: (newest.updatedAt + lag) as Micros,
        at: picture.now,
        position: estimate.position,
        velocity: estimate.velocity,
        covariance: estimate.covariance,
        heightKnown: estimate.heightKnown,
        identities: record === undefined ? [] : [...record.identities.values()],
        contributors,
      });
    }
  }
  return facts;
}
