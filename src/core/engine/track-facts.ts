// The tracker's estimates as the judgement reads them: on the picture's clock, at one instant.

import type { Micros } from "../base/units.ts";
import type { Identity, Origin } from "../model/observation.ts";
import type { SensorKind } from "../model/site.ts";
import type { Contributor, TrackFacts } from "../model/track-facts.ts";
import { predictTrack } from "../tracking/picket-tracker.ts";
import type { TrackEstimate } from "../tracking/tracker.ts";
import { reportedTracks } from "./associations.ts";
import { type Picture, trackKey } from "./picture.ts";

const ORIGINS: readonly Origin[] = ["live", "exercise", "recorded", "simulated"];

/**
 * One track's facts. Twenty times a second every track is read, and few of them are asked for more than their key and status: the state is carried on to
 * the picture's time, and the lists are made, when they are first asked for. Valid within the step in which it was read, and never kept.
 */
class ReadFacts implements TrackFacts {
  readonly key: string;
  readonly origin: Origin;
  readonly at: Micros;
  private readonly picture: Picture;
  private readonly newest: TrackEstimate;
  private readonly lag: number;
  private predicted: TrackEstimate | undefined;
  private listed: readonly Contributor[] | undefined;

  constructor(picture: Picture, origin: Origin, newest: TrackEstimate, lag: number) {
    this.key = trackKey(origin, newest.id);
    this.origin = origin;
    this.at = picture.now;
    this.picture = picture;
    this.newest = newest;
    this.lag = lag;
    this.predicted = undefined;
    this.listed = undefined;
  }
  get status() {
    return this.newest.status;
  }
  get existence() {
    return this.newest.existence;
  }
  get createdAt() {
    return (this.newest.createdAt + this.lag) as Micros;
  }
  get measuredAt() {
    return (this.newest.updatedAt + this.lag) as Micros;
  }
  get heightKnown() {
    return this.newest.heightKnown;
  }
  get position() {
    return this.estimate().position;
  }
  get velocity() {
    return this.newest.velocity;
  }
  get covariance() {
    return this.estimate().covariance;
  }
  get identities(): readonly Identity[] {
    const record = this.picture.tracks.get(this.key);
    return record === undefined || record.identities.size === 0 ? NOBODY : [...record.identities.values()];
  }
  get contributors(): readonly Contributor[] {
    this.listed ??= this.listContributors();
    return this.listed;
  }

  private estimate(): TrackEstimate {
    this.predicted ??= predictTrack(this.newest, this.at - this.lag);
    return this.predicted;
  }

  private listContributors(): Contributor[] {
    const contributors: Contributor[] = [];
    const record = this.picture.tracks.get(this.key);
    if (record === undefined) return contributors;
    for (const [sensorId, { lastAt, detections }] of record.contributions) {
      const kind: SensorKind = this.picture.sensors.get(sensorId)?.kind ?? "other";
      contributors.push({ sensorId, kind, lastAt: (lastAt + this.lag) as Micros, detections });
    }
    return contributors;
  }
}
const NOBODY: readonly Identity[] = [];

/** Every reportable track at `picture.now`, live ones first, then by identifier. */
export function readFacts(picture: Picture): TrackFacts[] {
  const facts: TrackFacts[] = [];
  for (const origin of ORIGINS) {
    const tracker = picture.trackers.get(origin);
    if (tracker === undefined) continue;
    const lag = picture.lags.get(origin) ?? 0;
    for (const newest of reportedTracks(picture, origin, tracker)) facts.push(new ReadFacts(picture, origin, newest, lag));
  }
  return facts;
}
