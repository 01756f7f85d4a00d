// Which sensor is speaking, where it stands and how it is.

import { MICROS_PER_SECOND, metres, radians, seconds } from "../base/units.ts";
import { heightToHae } from "../geodesy/heights.ts";
import { localFrame } from "../geodesy/wgs84.ts";
import type { Observation, SensorStatus } from "../model/observation.ts";
import type { Freshness } from "../model/picture-view.ts";
import type { ProtocolName, SensorConfiguration, SensorKind, Site } from "../model/site.ts";
import { forgetSensor } from "../tracking/picket-tracker.ts";
import { countError, LIMITS, notify, type Picture, type SensorState, type SourceState } from "./picture.ts";
import { smoothRate } from "./rate.ts";

const STALE_AFTER = seconds(10);
const OFFLINE_AFTER = seconds(60);

/** Takes over the configured sensors; what is known of a sensor's health and counts is kept. */
export function configureSensors(picture: Picture, site: Site): void {
  const known = picture.sensors;
  picture.sensors = new Map();
  picture.sensorByKey = new Map();
  for (const configuration of site.sensors) {
    const source = picture.sources.get(configuration.source);
    if (source === undefined) continue; // the configuration was checked before; a journal of another version may differ
    const sensor = known.get(configuration.id) ?? blankSensor(configuration.id, source, configuration.key ?? "", configuration.kind);
    applyConfiguration(sensor, source, configuration);
    picture.sensors.set(sensor.id, sensor);
    picture.sensorByKey.set(`${configuration.source} ${configuration.key ?? "*"}`, sensor.id);
  }
  for (const sensor of known.values()) {
    if (sensor.configured || picture.sensors.has(sensor.id) || !picture.sources.has(sensor.sourceId)) continue;
    sensor.placedIn = [];
    sensor.origin = picture.sources.get(sensor.sourceId)!.configuration.origin;
    picture.sensors.set(sensor.id, sensor);
    picture.sensorByKey.set(`${sensor.sourceId} ${sensor.key}`, sensor.id);
  }
}

function blankSensor(id: string, source: SourceState, key: string, kind: SensorKind): SensorState {
  return {
    id,
    name: id,
    kind,
    sourceId: source.configuration.id,
    key,
    origin: source.configuration.origin,
    configured: false,
    position: undefined,
    positionFrom: undefined,
    frame: undefined,
    heading: undefined,
    north: "true",
    noise: {},
    fieldOfView: undefined,
    updatePeriod: undefined,
    detectionProbability: undefined,
    falseDetectionsPerScan: undefined,
    staleAfter: STALE_AFTER,
    offlineAfter: OFFLINE_AFTER,
    state: "unknown",
    notes: [],
    findings: new Map(),
    lastAt: undefined,
    detections: 0,
    detectionsThisSecond: 0,
    refusedBefore: 0,
    detectionsPerSecond: 0,
    clockOffset: undefined,
    openScan: undefined,
    fusedAt: new Map(),
    placedIn: [],
    freshness: "OFFLINE",
  };
}

function applyConfiguration(sensor: SensorState, source: SourceState, configuration: SensorConfiguration): void {
  sensor.name = configuration.name;
  sensor.kind = configuration.kind;
  sensor.sourceId = configuration.source;
  sensor.key = configuration.key ?? "";
  sensor.origin = source.configuration.origin;
  sensor.configured = true;
  sensor.north = configuration.north;
  sensor.noise = configuration.noise;
  sensor.fieldOfView = configuration.fieldOfView;
  sensor.updatePeriod = configuration.updatePeriod;
  sensor.detectionProbability = configuration.detectionProbability;
  sensor.falseDetectionsPerScan = configuration.falseDetectionsPerScan;
  sensor.staleAfter = configuration.staleAfter;
  sensor.offlineAfter = configuration.offlineAfter;
  sensor.placedIn = [];
  if (configuration.position !== undefined) {
    setPosition(
      sensor,
      configuration.position.latitude,
      configuration.position.longitude,
      configuration.position.heightHae,
      "configuration",
    );
  }
}

function setPosition(sensor: SensorState, latitude: number, longitude: number, heightHae: number, from: "configuration" | "sensor"): void {
  const before = sensor.position;
  if (before !== undefined && before.latitude === latitude && before.longitude === longitude && before.heightHae === heightHae) return;
  sensor.position = { latitude, longitude, heightHae };
  sensor.positionFrom = from;
  sensor.frame = localFrame(latitude, longitude, heightHae);
  sensor.placedIn = [];
}

/** The sensor an observation comes from; one that is not configured appears by itself, up to a limit. */
export function sensorFor(picture: Picture, source: SourceState, observation: Observation): SensorState | undefined {
  const sourceId = source.configuration.id;
  const key = observation.sensorKey;
  const id = picture.sensorByKey.get(`${sourceId} ${key}`) ?? picture.sensorByKey.get(`${sourceId} *`);
  if (id !== undefined) {
    const sensor = picture.sensors.get(id)!;
    if (!sensor.configured && sensor.kind === "other") sensor.kind = kindOf(source.configuration.protocol, observation);
    return sensor;
  }
  makeRoom(picture, source);
  const newId = key === "" ? sourceId : `${sourceId}/${key}`;
  const sensor = blankSensor(newId, source, key, kindOf(source.configuration.protocol, observation));
  picture.sensors.set(newId, sensor);
  picture.sensorByKey.set(`${sourceId} ${key}`, newId);
  return sensor;
}

/** A source's appeared sensors are bounded. The one that has told least makes room, so that invented ones cannot keep a real one out. */
function makeRoom(picture: Picture, source: SourceState): void {
  const sourceId = source.configuration.id;
  let count = 0;
  let least: SensorState | undefined;
  for (const sensor of picture.sensors.values()) {
    if (sensor.sourceId !== sourceId || sensor.configured) continue;
    count += 1;
    if (
      least === undefined ||
      sensor.detections < least.detections ||
      (sensor.detections === least.detections && (sensor.lastAt ?? 0) < (least.lastAt ?? 0))
    ) {
      least = sensor;
    }
  }
  if (count < LIMITS.sensorsPerSource || least === undefined) return;
  const message = `more than ${LIMITS.sensorsPerSource} sensors appeared on one source; ${least.id}, which told least, was forgotten`;
  countError(source.errors, "refused", "sensor", message, picture.now);
  picture.sensors.delete(least.id);
  picture.sensorByKey.delete(`${sourceId} ${least.key}`);
  for (const tracker of picture.trackers.values()) forgetSensor(tracker, least.id);
}

function kindOf(protocol: ProtocolName, observation: Observation): SensorKind {
  if (protocol === "beast" || protocol === "avr" || protocol === "sbs" || protocol === "readsb-json") return "adsb";
  if (protocol === "remote-id-json" || protocol === "remote-id-capture" || protocol === "dji-droneid" || protocol === "mavlink")
    return "remote-id";
  if (protocol === "cot") return "track-feed";
  if (observation.type === "source-track") return "track-feed";
  if (observation.type === "detection") {
    const measurement = observation.measurement;
    if (measurement.kind === "polar") return measurement.elevation === undefined ? "radar-2d" : "radar";
    if (measurement.kind === "bearing") return "rf-direction-finder";
    if (measurement.kind === "position" && protocol === "asterix") return "adsb";
  }
  return "other";
}

/** What a sensor calls itself, in the words of SAPIENT node types and of ASTERIX service messages. The first word that fits decides. */
const KIND_WORDS: readonly (readonly [RegExp, SensorKind])[] = [
  [/camera|electro|optic|infrared|thermal|lidar/i, "camera"],
  [/acoustic|seismic/i, "acoustic"],
  [/direction finder|passive_?rf|passive rf/i, "rf-direction-finder"],
  [/multilateration/i, "rf-tdoa"],
  [/ads-?b/i, "adsb"],
  [/fusion/i, "track-feed"],
];

/** Takes over what a sensor says of itself. A configured position stands over what the sensor says, and a difference is told. */
export function applyStatus(picture: Picture, sensor: SensorState, status: SensorStatus): void {
  if (status.state !== undefined) sensor.state = status.state;
  if (status.notes !== undefined) sensor.notes = status.notes.slice(0, 12);
  if (status.heading !== undefined) sensor.heading = status.heading;
  if (status.name !== undefined && !sensor.configured) sensor.name = status.name;
  if (status.sensorType !== undefined && !sensor.configured) {
    const words = status.sensorType;
    const kind = KIND_WORDS.find(([pattern]) => pattern.test(words))?.[1];
    if (kind !== undefined && kind !== sensor.kind) {
      sensor.kind = kind;
      sensor.placedIn = [];
    }
  }
  if (status.fieldOfView !== undefined && !sensor.configured) {
    sensor.fieldOfView = status.fieldOfView;
    sensor.placedIn = [];
  }
  if (
    status.rotationPeriod !== undefined &&
    status.rotationPeriod > 0 &&
    !sensor.configured &&
    sensor.updatePeriod !== status.rotationPeriod
  ) {
    sensor.updatePeriod = status.rotationPeriod;
    sensor.placedIn = [];
  }
  if (status.statusInterval !== undefined && status.statusInterval > 0 && !sensor.configured) {
    sensor.staleAfter = Math.max(STALE_AFTER, 2.5 * status.statusInterval);
    sensor.offlineAfter = Math.max(OFFLINE_AFTER, 5 * status.statusInterval);
  }
  if (status.latitude === undefined || status.longitude === undefined) return;
  const height =
    status.height === undefined ? undefined : heightToHae(status.height, status.latitude, status.longitude, { qnh: picture.qnh });
  const heightHae = height?.hae ?? picture.frame.origin.heightHae;
  if (sensor.positionFrom === "configuration" && sensor.position !== undefined) {
    const apart = Math.hypot(
      (status.latitude - sensor.position.latitude) * 6_371_000,
      (status.longitude - sensor.position.longitude) * 6_371_000 * Math.cos(sensor.position.latitude),
    );
    if (apart > 100)
      sensor.findings.set(
        "position",
        `says that it stands ${Math.round(apart)} m from where the configuration puts it; the configuration is used`,
      );
    else sensor.findings.delete("position");
    return;
  }
  setPosition(sensor, radians(status.latitude), radians(status.longitude), metres(heightHae), "sensor");
}

/** LIVE, DEGRADED, STALE or OFFLINE, by silence first and by what the sensor says second. */
export function sensorFreshness(picture: Picture, sensor: SensorState): Freshness {
  if (sensor.lastAt === undefined || sensor.state === "off" || sensor.state === "goodbye") return "OFFLINE";
  const silence = (picture.now - sensor.lastAt) / MICROS_PER_SECOND;
  if (silence > sensor.offlineAfter) return "OFFLINE";
  if (silence > sensor.staleAfter) return "STALE";
  if (sensor.state === "degraded" || sensor.state === "fault" || sensor.findings.size > 0) return "DEGRADED";
  return "LIVE";
}

/** Each whole second: rates, and news of sensors that fell silent or came back. */
export function settleSensors(picture: Picture, elapsed: number): void {
  for (const sensor of picture.sensors.values()) {
    sensor.detectionsPerSecond = smoothRate(sensor.detectionsPerSecond, sensor.detectionsThisSecond / elapsed, elapsed);
    sensor.detectionsThisSecond = 0;
    const freshness = sensorFreshness(picture, sensor);
    if (freshness === sensor.freshness) continue;
    const silent = freshness === "STALE" || freshness === "OFFLINE";
    const wasSilent = sensor.freshness === "STALE" || sensor.freshness === "OFFLINE";
    if (sensor.state === "goodbye") notify(picture, "info", "sensor-goodbye", { sensor: sensor.name });
    else if (silent && sensor.lastAt !== undefined && (freshness === "OFFLINE" || !wasSilent)) {
      notify(picture, "warning", freshness === "OFFLINE" ? "sensor-offline" : "sensor-stale", {
        sensor: sensor.name,
        seconds: Math.round((picture.now - sensor.lastAt) / MICROS_PER_SECOND),
      });
    } else if (!silent && wasSilent) notify(picture, "info", "sensor-live", { sensor: sensor.name });
    sensor.freshness = freshness;
  }
}
