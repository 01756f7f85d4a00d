// From detections to tracks: gathers what one sensor saw in one look, hands it to the tracker of its origin, and keeps beside
// each track who contributed to it and what it is called.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { Detection, Identity, Origin, SourceTrack } from "../model/observation.ts";
import {
  advanceTime,
  createTracker,
  processScan,
  SPATIAL_SETTINGS,
  setSensor,
  type TrackerSettings,
  type TrackerState,
} from "../tracking/picket-tracker.ts";
import type { TrackerDetection } from "../tracking/tracker.ts";
import { noteContribution, reportedTracks, shownTrack } from "./associations.ts";
import { featuresOf, takeFeatures } from "./judgement-inputs.ts";
import {
  countError,
  type DetectionContext,
  identityKey,
  LIMITS,
  notify,
  type OpenScan,
  type Picture,
  type SensorState,
  type TrackRecord,
  trackKey,
} from "./picture.ts";
import { placeMeasurement, trackerSensor } from "./placement.ts";
import { mayLeaveOut } from "./source-track-thinning.ts";

/** Detections of one look that arrive apart wait this long for each other; the screen must not notice. */
const SCAN_QUIET = 1_000; // us since the last
const SCAN_LONGEST = 4_000; // us since the first
/** Detections measured farther apart than this belong to different looks. */
const SCAN_SPAN = 50_000; // us

/** Identities that say "the same object" strongly enough to be given to the tracker, strongest first. */
const TRACKING_SCHEMES: readonly Identity["scheme"][] = [
  "icao24",
  "remote-id-serial",
  "remote-id-session",
  "caa-registration",
  "mavlink-system",
  "cot-uid",
  "radio-address",
];

/**
 * What an object reports of its own place is wrong in the same way from report to report: satellite errors, and the age of the position, change over
 * some seconds, and it reports once or twice a second. So many reports count as one, or the track would be surer than they all are and a
 * radar's plot a few metres off would start another track.
 */
const OWN_REPORTS_ALIKE = 4;
function asOneOfMany(kind: TrackerDetection["kind"], variance: readonly number[]): number[] {
  const positions = kind.startsWith("position2d") ? 2 : 3;
  return variance.map((value, k) => (k < positions ? value * OWN_REPORTS_ALIKE : value));
}
const isOwnReport = (sensor: SensorState) => sensor.kind === "adsb" || sensor.kind === "remote-id";

/** Takes one detection or source track in; returns why it could not be placed. */
export function observeDetection(
  picture: Picture,
  sensor: SensorState,
  origin: Origin,
  observation: Detection | SourceTrack,
  at: Micros,
  timeSigma: number,
): { code: string; message: string } | undefined {
  if (observation.type === "source-track" && observation.ended === true) return undefined; // the tracker lets it coast and end
  if (observation.type === "source-track") {
    const timedByReceipt = picture.sources.get(sensor.sourceId)?.configuration.timeBasis === "receive";
    if (mayLeaveOut(picture, sensor, observation.sourceTrackId, at, timedByReceipt)) return undefined;
  }
  const placed = placeMeasurement(picture, sensor, observation.measurement, timeSigma);
  if (!placed.ok) return { code: placed.code, message: placed.message };

  const identity = trackingIdentity(sensor, observation);
  let scan = sensor.openScan;
  if (scan !== undefined && !belongs(scan, origin, at, identity)) {
    closeScan(picture, sensor, scan);
    scan = undefined;
  }
  if (scan === undefined) {
    scan = { origin, t: at, firstArrivalAt: picture.now, lastArrivalAt: picture.now, detections: [], contexts: [] };
    sensor.openScan = scan;
  }
  scan.lastArrivalAt = picture.now;
  const detection: TrackerDetection = {
    kind: placed.value.kind,
    z: placed.value.z,
    variance: isOwnReport(sensor) ? asOneOfMany(placed.value.kind, placed.value.variance) : placed.value.variance,
    covarianceEn:
      isOwnReport(sensor) && placed.value.covarianceEn !== undefined
        ? placed.value.covarianceEn * OWN_REPORTS_ALIKE
        : placed.value.covarianceEn,
    ...(identity === undefined ? {} : { identity }),
    ...(observation.type === "source-track" ? { sourceTrack: observation.sourceTrackId, madeOf: sensorsIn(picture, observation) } : {}),
    t: at,
    handle: scan.detections.length,
  };
  scan.detections.push(detection);
  const strongest =
    observation.classifications === undefined || observation.classifications.length === 0
      ? undefined
      : observation.classifications.reduce((a, b) => ((b.confidence ?? 0) > (a.confidence ?? 0) ? b : a));
  scan.contexts.push({
    identities: observation.identities,
    classification: strongest?.label,
    sourceTrackId: observation.type === "source-track" ? observation.sourceTrackId : undefined,
    ended: false,
    features: featuresOf(picture, observation),
  });
  return undefined;
}

function belongs(scan: OpenScan, origin: Origin, at: Micros, identity: string | undefined): boolean {
  if (scan.origin !== origin || scan.detections.length >= LIMITS.detectionsPerScan) return false;
  if (at - scan.t > SCAN_SPAN || scan.t - at > SCAN_SPAN) return false;
  // One object gives one detection in one look: a second report of it opens the next.
  return identity === undefined || !scan.detections.some((detection) => detection.identity === identity);
}

function trackingIdentity(sensor: SensorState, observation: Detection | SourceTrack): string | undefined {
  for (const scheme of TRACKING_SCHEMES) {
    for (const identity of observation.identities) if (identity.scheme === scheme) return identityKey(identity);
  }
  // A track number means something within its own sensor only: each sensor is a scheme of its own (the text before the colon), or
  // two sensors' numbers for one object would speak against its being one.
  if (observation.type === "source-track") return `source-track@${sensor.id.replaceAll(":", "-")}:${observation.sourceTrackId}`;
  return undefined;
}

/** Sensors here that a source's track says it was made of ("23/2:77" or "23/2"): their detections are in the picture already. */
function sensorsIn(picture: Picture, track: SourceTrack): string[] {
  const found: string[] = [];
  for (const origin of track.lineage ?? []) {
    const key = origin.split(":")[0]!;
    for (const sensor of picture.sensors.values())
      if (sensor.key === key && key !== "" && !found.includes(sensor.id)) found.push(sensor.id);
  }
  return found;
}

/** Reports of objects themselves have no look to wait for. */
const waitsForNothing = (sensor: SensorState) => sensor.kind === "adsb" || sensor.kind === "remote-id" || sensor.kind === "track-feed";

/** When an open scan is complete: quiet for long enough, or open for too long. */
function dueAt(sensor: SensorState, scan: OpenScan): number {
  if (waitsForNothing(sensor)) return scan.firstArrivalAt;
  return Math.min(scan.lastArrivalAt + SCAN_QUIET, scan.firstArrivalAt + SCAN_LONGEST);
}

/** Hands over the scans that are complete. */
export function closeDueScans(picture: Picture, all: boolean): void {
  for (const sensor of picture.sensors.values()) {
    const scan = sensor.openScan;
    if (scan !== undefined && (all || picture.now >= dueAt(sensor, scan))) closeScan(picture, sensor, scan);
  }
}

/** The instant at which the first of the open scans is complete, us, or undefined: the shell lets time pass then. */
export function nextScanDue(picture: Picture): number | undefined {
  let first: number | undefined;
  for (const sensor of picture.sensors.values()) {
    if (sensor.openScan === undefined) continue;
    const due = dueAt(sensor, sensor.openScan);
    if (first === undefined || due < first) first = due;
  }
  return first;
}

export function removeSensorFromScans(picture: Picture, sensor: SensorState): void {
  if (sensor.openScan !== undefined) closeScan(picture, sensor, sensor.openScan);
}

/**
 * A site sees fewer newcomers than a swarm exercise: what starts a track there is a second look, not the hope for one. Data that come more
 * than 2.5 s late are rare, so little history is kept: it would be most of every snapshot.
 */
const TRACKER_SETTINGS: TrackerSettings = { ...SPATIAL_SETTINGS, birthRate: 0.1, initialUndetected: 2, historyStates: 1024 };

function trackerOf(picture: Picture, origin: Origin): TrackerState {
  let tracker = picture.trackers.get(origin);
  if (tracker === undefined) {
    tracker = createTracker(TRACKER_SETTINGS);
    picture.trackers.set(origin, tracker);
  }
  return tracker;
}

function closeScan(picture: Picture, sensor: SensorState, scan: OpenScan): void {
  sensor.openScan = undefined;
  const tracker = trackerOf(picture, scan.origin);
  if (!sensor.placedIn.includes(scan.origin)) {
    setSensor(tracker, trackerSensor(picture, sensor));
    sensor.placedIn.push(scan.origin);
  }
  const assignments = processScan(tracker, { sensorId: sensor.id, t: scan.t, looked: "detections-only", detections: scan.detections });
  for (const assignment of assignments) {
    const context = scan.contexts[assignment.handle]!;
    const detection = scan.detections[assignment.handle]!;
    const at = detection.t ?? scan.t;
    const trackId = shownTrack(picture, scan.origin, assignment.trackId);
    takeFeatures(picture, sensor, scan.origin, trackId, assignment.probability, context, detection, at);
    if (trackId === 0) continue;
    contribute(picture, sensor, scan.origin, trackId, context, at);
    noteContribution(picture, scan.origin, sensor.id, context.identities, assignment.trackId);
  }
}

function contribute(picture: Picture, sensor: SensorState, origin: Origin, trackId: number, context: DetectionContext, at: number): void {
  const key = trackKey(origin, trackId);
  let record = picture.tracks.get(key);
  if (record === undefined) {
    record = {
      id: trackId,
      origin,
      createdAt: at as Micros,
      updatedAt: at as Micros,
      identities: new Map(),
      contributions: new Map(),
      classification: "",
    } satisfies TrackRecord;
    picture.tracks.set(key, record);
  }
  record.updatedAt = Math.max(record.updatedAt, at) as Micros;
  const contribution = record.contributions.get(sensor.id);
  if (contribution === undefined) record.contributions.set(sensor.id, { lastAt: at as Micros, detections: 1 });
  else {
    contribution.lastAt = Math.max(contribution.lastAt, at) as Micros;
    contribution.detections += 1;
  }
  for (const identity of context.identities) {
    if (record.identities.size >= LIMITS.identitiesPerTrack) break;
    record.identities.set(identityKey(identity), identity);
  }
  if (context.classification !== undefined) record.classification = context.classification;
}

/** Measurements on their usual way (antenna, plot extractor, network) are not late: time passes in a tracker only so far behind the clock. */
const USUAL_LATENCY = 1_000_000; // us

/** Time passes in every tracker: misses are counted, dead tracks removed. */
export function advanceTrackers(picture: Picture): void {
  for (const [origin, tracker] of picture.trackers) advanceTime(tracker, picture.now - (picture.lags.get(origin) ?? 0) - USUAL_LATENCY);
}

/** Detections that a tracker refused since the last second, by sensor: told as a finding of the sensor, never silently lost. */
export function tellRefusals(picture: Picture): void {
  for (const tracker of picture.trackers.values()) {
    // The tracker counts reasons for all its sensors together.
    const why = Object.entries(tracker.counts.refusedReasons).map(([reason, count]) => `${reason} ${count}`);
    const reasons = why.sort().join(", ");
    for (const record of tracker.sensors) {
      const sensor = picture.sensors.get(record.sensor.id);
      if (sensor === undefined) continue;
      const refused = record.refused - sensor.refusedBefore;
      sensor.refusedBefore = record.refused;
      if (refused <= 0) {
        sensor.findings.delete("refused");
        continue;
      }
      sensor.findings.set(
        "refused",
        `${refused} detections of the last second were refused by the tracker: too late, repeated, or not possible`,
      );
      const source = picture.sources.get(sensor.sourceId);
      if (source !== undefined) {
        countError(
          source.errors,
          "refused",
          `${sensor.id}: detection`,
          `refused by the tracker; so far, of all sensors of this origin: ${reasons}`,
          picture.now,
          refused,
        );
      }
    }
  }
}

/** Forgets what was kept beside tracks that no tracker holds any more, and tells how many objects were lost. */
export function pruneTracks(picture: Picture): void {
  const alive = new Set<string>();
  for (const [origin, tracker] of picture.trackers)
    for (const estimate of reportedTracks(picture, origin, tracker)) alive.add(trackKey(origin, estimate.id));
  for (const [key, record] of picture.tracks) {
    if (!alive.has(key) && picture.now - record.updatedAt > 2 * MICROS_PER_SECOND) picture.tracks.delete(key);
  }
  const dropped = picture.dropped.get("claims") ?? 0;
  if (dropped > 0) {
    notify(picture, "warning", "claims-dropped", { count: dropped });
    picture.dropped.delete("claims");
  }
}
