// What the picture looks like from outside: JSON with units in the names, for the API, the live link and the console.

import { DEGREES_PER_RADIAN, MICROS_PER_SECOND, type Micros, wrapAzimuth } from "../base/units.ts";
import { amslFromHae, heightToHae } from "../geodesy/heights.ts";
import { enuToGeodetic } from "../geodesy/wgs84.ts";
import type { Height, Origin } from "../model/observation.ts";
import type { ClaimView, Freshness, NoticeView, PlaceView, SensorView, SiteView, SourceView, TrackView } from "../model/picture-view.ts";
import type { Schedule, Zone } from "../model/site.ts";
import { predictTrack } from "../tracking/picket-tracker.ts";
import type { TrackEstimate } from "../tracking/tracker.ts";
import { reportedTracks } from "./associations.ts";
import { claimsAbout } from "./claims.ts";
import { judgedFields } from "./judgement-views.ts";
import { noticeText } from "./notice-text.ts";
import { type ClaimRecord, type Notice, type Picture, type SensorState, type TrackRecord, trackKey } from "./picture.ts";
import { sensorTasking } from "./sensor-tasks.ts";
import { sensorFreshness } from "./sensors.ts";
import { endLook, startLook, viewOf } from "./track-view-memory.ts";

/** 95 % of a two-dimensional Gaussian lie within this many sigma: sqrt(-2 ln 0.05). */
const SIGMA_95 = 2.4477;

/** Every reportable track, live ones first, then by identifier. A view in which nothing changed is the same object as last time: it must not be written to. */
export function trackViews(picture: Picture): TrackView[] {
  const views: TrackView[] = [];
  const memory = startLook(picture);
  const origins: Origin[] = ["live", "exercise", "recorded", "simulated"];
  for (const origin of origins) {
    const tracker = picture.trackers.get(origin);
    if (tracker === undefined) continue;
    const now = picture.now - (picture.lags.get(origin) ?? 0);
    for (const newest of reportedTracks(picture, origin, tracker)) {
      const key = trackKey(origin, newest.id);
      const second = now - newest.at > MICROS_PER_SECOND ? Math.floor(now / MICROS_PER_SECOND) : 0;
      const freshness = trackFreshness(picture, picture.tracks.get(key), newest, now);
      views.push(viewOf(picture, memory, key, origin, newest, second, freshness, () => trackView(picture, origin, newest)));
    }
  }
  endLook(memory, views.length);
  return views;
}

function trackView(picture: Picture, origin: Origin, newest: TrackEstimate): TrackView {
  // A track that nobody has seen for a second is shown where it should be by now, moved on at whole seconds.
  const lag = picture.lags.get(origin) ?? 0;
  const now = picture.now - lag; // on the clock of this track's measurements
  const age = now - newest.at;
  const estimate = age > MICROS_PER_SECOND ? predictTrack(newest, Math.floor(now / MICROS_PER_SECOND) * MICROS_PER_SECOND) : newest;
  const [east, north, up] = estimate.position;
  const [ve, vn, vu] = estimate.velocity;
  const place = enuToGeodetic(picture.frame, east, north, up);
  const record = picture.tracks.get(trackKey(origin, estimate.id));
  const P = estimate.covariance;
  return {
    id: trackKey(origin, estimate.id),
    status: estimate.status,
    origin,
    freshness: trackFreshness(picture, record, newest, now),
    existence: round(estimate.existence, 4),
    firstAtUs: estimate.createdAt + lag,
    atUs: estimate.at + lag,
    measuredAtUs: newest.updatedAt + lag,
    position: placeView(place.latitude, place.longitude, estimate.heightKnown ? place.heightHae : undefined),
    eastMetres: round(east, 2),
    northMetres: round(north, 2),
    upMetres: round(up, 2),
    velocityEastMps: round(ve, 3),
    velocityNorthMps: round(vn, 3),
    velocityUpMps: estimate.heightKnown ? round(vu, 3) : 0,
    speedMps: round(Math.hypot(ve, vn), 2),
    courseDegrees: round(wrapAzimuth(Math.atan2(ve, vn)) * DEGREES_PER_RADIAN, 1),
    ellipse: ellipseOf(P[0], P[1], P[7]),
    verticalSigmaMetres: estimate.heightKnown ? round(Math.sqrt(Math.max(0, P[14])), 1) : null,
    ...judgedFields(picture, trackKey(origin, estimate.id)),
    classification: record?.classification === undefined || record.classification === "" ? "unknown" : record.classification,
    identities: record === undefined ? [] : [...record.identities.values()].map(({ scheme, value }) => ({ scheme, value })),
    claims: record === undefined ? [] : claimsAbout(picture, origin, record.identities.values()).map((claim) => claimView(picture, claim)),
    contributions:
      record === undefined
        ? []
        : [...record.contributions].map(([sensorId, { lastAt, detections }]) => ({ sensorId, lastAtUs: lastAt + lag, detections })),
  };
}

/** 95 % ellipse of a 2x2 covariance [ee, en, nn], m^2. */
export function ellipseOf(ee: number, en: number, nn: number): TrackView["ellipse"] {
  const mean = (ee + nn) / 2;
  const spread = Math.hypot((ee - nn) / 2, en);
  // Angle of the major axis from east towards north; as an azimuth it counts from north towards east.
  const fromEast = 0.5 * Math.atan2(2 * en, ee - nn);
  const azimuth = wrapAzimuth(Math.PI / 2 - fromEast) * DEGREES_PER_RADIAN;
  return {
    semiMajorMetres: round(SIGMA_95 * Math.sqrt(Math.max(0, mean + spread)), 1),
    semiMinorMetres: round(SIGMA_95 * Math.sqrt(Math.max(0, mean - spread)), 1),
    azimuthDegrees: round(azimuth >= 180 ? azimuth - 180 : azimuth, 1),
  };
}

function trackFreshness(picture: Picture, record: TrackRecord | undefined, estimate: TrackEstimate, now: number): Freshness {
  let period = 1;
  let anySensorAlive = record === undefined;
  for (const [sensorId, { lastAt }] of record?.contributions ?? []) {
    const sensor = picture.sensors.get(sensorId);
    if (sensor === undefined) continue;
    const freshness = sensorFreshness(picture, sensor);
    if (freshness !== "OFFLINE" && freshness !== "STALE") anySensorAlive = true;
    if (now - lastAt < 30 * MICROS_PER_SECOND) period = Math.max(period, sensor.updatePeriod ?? 1);
  }
  const age = (now - estimate.updatedAt) / MICROS_PER_SECOND;
  if (!anySensorAlive) return "OFFLINE";
  if (age <= Math.max(3, 1.5 * period)) return "LIVE";
  if (age <= Math.max(6, 3 * period)) return "DEGRADED";
  return "STALE";
}

function claimView(picture: Picture, claim: ClaimRecord): ClaimView {
  const said = claim.statements;
  const view: ClaimView = { sensorId: claim.sensorId, heardAtUs: claim.heardAt };
  const texts = [
    "serial",
    "sessionId",
    "caaRegistration",
    "operatorId",
    "callsign",
    "icao24",
    "squawk",
    "category",
    "model",
    "description",
    "emergency",
    "operationalStatus",
    "transport",
  ] as const;
  for (const name of texts) if (said[name] !== undefined) view[name] = said[name];
  if (said.onGround !== undefined) view.onGround = said.onGround;
  if (said.files !== undefined && said.files.length > 0) view.files = said.files.map(({ type, url }) => ({ type, url }));
  if (said.heightAboveTakeoff !== undefined) view.heightAboveTakeoffMetres = round(said.heightAboveTakeoff, 1);
  if (said.affiliation !== undefined) view.claimedAffiliation = said.affiliation;
  if (said.operatorLatitude !== undefined && said.operatorLongitude !== undefined) {
    view.operator = {
      ...placeView(
        said.operatorLatitude,
        said.operatorLongitude,
        haeOf(picture, said.operatorHeight, said.operatorLatitude, said.operatorLongitude),
      ),
      kind: said.operatorPositionKind ?? "live",
    };
  }
  return view;
}

function haeOf(picture: Picture, height: Height | undefined, latitude: number, longitude: number): number | undefined {
  return height === undefined ? undefined : heightToHae(height, latitude, longitude, { qnh: picture.qnh })?.hae;
}

export function placeView(latitude: number, longitude: number, heightHae: number | undefined): PlaceView {
  return {
    latitudeDegrees: round(latitude * DEGREES_PER_RADIAN, 7),
    longitudeDegrees: round(longitude * DEGREES_PER_RADIAN, 7),
    heightHaeMetres: heightHae === undefined ? null : round(heightHae, 1),
    heightAmslMetres: heightHae === undefined ? null : round(amslFromHae(latitude, longitude, heightHae), 1),
  };
}

export function sensorViews(picture: Picture): SensorView[] {
  return [...picture.sensors.values()].map((sensor) => sensorView(picture, sensor));
}

function sensorView(picture: Picture, sensor: SensorState): SensorView {
  const freshness = sensorFreshness(picture, sensor);
  const notes = [...sensor.notes, ...sensor.findings.values()];
  const tasking = sensorTasking(picture, sensor);
  if (sensor.lastAt === undefined) notes.unshift("nothing heard yet");
  else if (freshness === "STALE" || freshness === "OFFLINE")
    notes.unshift(`silent for ${Math.round((picture.now - sensor.lastAt) / MICROS_PER_SECOND)} s`);
  return {
    id: sensor.id,
    name: sensor.name,
    kind: sensor.kind,
    sourceId: sensor.sourceId,
    key: sensor.key,
    origin: sensor.origin,
    freshness,
    configured: sensor.configured,
    notes,
    state: sensor.state,
    position:
      sensor.position === undefined ? null : placeView(sensor.position.latitude, sensor.position.longitude, sensor.position.heightHae),
    lastAtUs: sensor.lastAt ?? null,
    detectionsPerSecond: round(sensor.detectionsPerSecond, 1),
    detections: sensor.detections,
    clockOffsetSeconds: sensor.clockOffset === undefined ? null : round(sensor.clockOffset, 2),
    rangeMaxMetres: sensor.fieldOfView?.rangeMax ?? null,
    azimuthCentreDegrees: sensor.fieldOfView === undefined ? null : round(sensor.fieldOfView.azimuthCentre * DEGREES_PER_RADIAN, 1),
    azimuthWidthDegrees: sensor.fieldOfView === undefined ? null : round(sensor.fieldOfView.azimuthWidth * DEGREES_PER_RADIAN, 1),
    ...(tasking === undefined ? {} : { tasking }),
  };
}

/** What the picture knows of its sources; host, port and direction are added by the shell, which owns the sockets. */
export type SourceCounters = Omit<SourceView, "direction" | "transport" | "host" | "port" | "unauthenticated">;

export function sourceCounters(picture: Picture): SourceCounters[] {
  return [...picture.sources.values()].map((source) => ({
    id: source.configuration.id,
    protocol: source.configuration.protocol,
    origin: source.configuration.origin,
    timeBasis: source.configuration.timeBasis,
    state: source.state as SourceView["state"],
    message: source.message,
    connections: source.connections,
    packets: source.packets,
    bytes: source.bytes,
    packetsPerSecond: round(source.packetsPerSecond, 1),
    records: source.records,
    lastAtUs: source.lastAt ?? null,
    errors: [...source.errors.values()].map(({ code, item, message, count, lastAt }) => ({ code, item, message, count, lastAtUs: lastAt })),
    drops: [...source.drops].map(([reason, count]) => ({ reason, count })),
  }));
}

export function siteView(picture: Picture): SiteView {
  const site = picture.site;
  return {
    id: site?.id ?? "",
    name: site?.name ?? "",
    latitudeDegrees: round(picture.frame.origin.latitude * DEGREES_PER_RADIAN, 7),
    longitudeDegrees: round(picture.frame.origin.longitude * DEGREES_PER_RADIAN, 7),
    heightHaeMetres: round(picture.frame.origin.heightHae, 1),
    assets: (site?.assets ?? []).map((asset) => ({
      id: asset.id,
      name: asset.name,
      latitudeDegrees: round(asset.position.latitude * DEGREES_PER_RADIAN, 7),
      longitudeDegrees: round(asset.position.longitude * DEGREES_PER_RADIAN, 7),
      radiusMetres: asset.radius,
    })),
    zones: (site?.zones ?? []).map((zone) => zoneView(zone, picture.now)),
  };
}

function zoneView(zone: Zone, now: Micros): SiteView["zones"][number] {
  const heightView = (height: Height | undefined) => (height === undefined ? null : { kind: height.kind, metres: round(height.value, 1) });
  return {
    id: zone.id,
    name: zone.name,
    kind: zone.kind,
    polygon: zone.polygon.map((point) => [round(point.longitude * DEGREES_PER_RADIAN, 7), round(point.latitude * DEGREES_PER_RADIAN, 7)]),
    floor: heightView(zone.floor),
    ceiling: heightView(zone.ceiling),
    active: isActive(zone.schedule, now),
  };
}

/** Whether a schedule is in force at an instant; one that runs over midnight belongs to the day on which it begins. */
export function isActive(schedule: Schedule | undefined, now: Micros): boolean {
  if (schedule === undefined) return true;
  const secondsUtc = Math.floor(now / MICROS_PER_SECOND);
  const daySecond = ((secondsUtc % 86_400) + 86_400) % 86_400;
  const day = (((Math.floor(secondsUtc / 86_400) + 4) % 7) + 7) % 7; // 1 January 1970 was a Thursday
  const onDay = (d: number) => schedule.days.length === 0 || schedule.days.includes((d + 7) % 7);
  if (schedule.from <= schedule.to) return onDay(day) && daySecond >= schedule.from && daySecond < schedule.to;
  return (onDay(day) && daySecond >= schedule.from) || (onDay(day - 1) && daySecond < schedule.to);
}

export const noticeView = (notice: Notice): NoticeView => ({
  id: notice.id,
  atUs: notice.at,
  level: notice.level,
  key: notice.key,
  values: notice.values,
  text: noticeText(notice.key, notice.values),
});

function round(value: number, digits: number): number {
  const scale = SCALES[digits];
  return Math.round(value * scale) / scale;
}
const SCALES = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];
