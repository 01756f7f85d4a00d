// step(picture, event) -> effects: single writer, no clock, no randomness, no I/O. The same events in the same order give the
// same picture, bit for bit; that is what makes a recording evidence.

import { assert } from "../base/assert.ts";
import { MICROS_PER_SECOND, type Micros, pascals } from "../base/units.ts";
import { localFrame } from "../geodesy/wgs84.ts";
import type { Effect, PictureEvent } from "../model/event.ts";
import type { Claim, Detection, Observation, Origin, SensorStatus, SourceTrack } from "../model/observation.ts";
import type { Site, SourceConfiguration } from "../model/site.ts";
import { ownUidPrefix } from "../protocols/cot/cot-publisher.ts";
import type { Protocol } from "../protocols/protocol.ts";
import { forgetAssociations, passAssociationTime } from "./associations.ts";
import { takeDeliveryReceipt } from "./call-people.ts";
import { commandCamera, configureCameras, hearCamera, isCameraCommand, passCameraTime } from "./cameras.ts";
import { keepClaim } from "./claims.ts";
import { commandWatch, isWatchCommand, passWatchTime } from "./hand-over.ts";
import { configureJudgement, judge } from "./judgement.ts";
import { commandJudgement, isJudgementCommand } from "./judgement-commands.ts";
import { resolveTime } from "./measurement-time.ts";
import { countError, notify, type Picture, type SensorState, type SourceState } from "./picture.ts";
import { PROTOCOLS } from "./protocol-table.ts";
import { smoothRate } from "./rate.ts";
import { commandResponse, configureResponses, hearClock, isResponseCommand, passResponseTime } from "./responses.ts";
import { advanceTrackers, closeDueScans, observeDetection, pruneTracks, removeSensorFromScans, tellRefusals } from "./scans.ts";
import { scopeIdentities } from "./scoped-identities.ts";
import { orderTaskOfSensor, sendToSource } from "./sensor-tasks.ts";
import { applyStatus, configureSensors, sensorFor, settleSensors } from "./sensors.ts";
import { commandTrack, isTrackCommand } from "./track-commands.ts";

/** Trackers are told of the passing of time at most this often. */
const ADVANCE_PERIOD = 100_000; // us

export function step(picture: Picture, event: PictureEvent): Effect[] {
  assert(event.sequence === picture.sequence + 1, `event ${event.sequence} follows ${picture.sequence}`);
  assert(event.at >= picture.now, "the shell never lets time run backwards");
  picture.sequence = event.sequence;
  picture.now = event.at;
  const effects: Effect[] = [];
  switch (event.type) {
    case "configure":
      configure(picture, event.site, event.softwareVersion);
      configureResponses(picture, effects);
      break;
    case "packet":
      receivePacket(picture, event.sourceId, event.connection, event.bytes, effects);
      break;
    case "connection":
      changeConnection(picture, event, effects);
      break;
    case "source-counts":
      addCounts(picture, event);
      break;
    case "source-state": {
      const source = picture.sources.get(event.sourceId);
      if (source !== undefined) {
        source.state = event.state;
        source.message = event.message;
      }
      break;
    }
    case "tick":
      if (event.looks === true) closeDueScans(picture, false);
      else passTime(picture, effects);
      break;
    case "command":
      if (event.command.kind === "set-qnh")
        picture.qnh = event.command.hectopascals === null ? undefined : pascals(event.command.hectopascals * 100);
      else if (isCameraCommand(event.command)) commandCamera(picture, event.command, event.actor, event.commandId, effects);
      else if (isTrackCommand(event.command)) commandTrack(picture, event.command, event.actor, event.commandId, effects);
      else if (isWatchCommand(event.command)) commandWatch(picture, event.command, event.actor, event.commandId, effects);
      else if (isJudgementCommand(event.command)) commandJudgement(picture, event.command, event.actor, event.commandId, effects);
      else if (isResponseCommand(event.command)) commandResponse(picture, event.command, event.actor, event.commandId, effects);
      else if (event.command.kind === "override-configuration") {
        const { about, value } = event.command;
        if (about !== undefined) tellPlaceChange(picture, about, value, event.actor.name);
      } else if (event.command.kind === "note")
        notify(picture, "info", "operator-note", { actor: event.actor.name, text: event.command.text });
      else if (event.command.kind === "sapient-task") orderTaskOfSensor(picture, event.command, event.actor, event.commandId, effects);
      break;
    case "camera-state":
    case "slew-result":
      hearCamera(picture, event);
      break;
    case "receipt": {
      const { notificationId, channel, state, message } = event;
      takeDeliveryReceipt(picture, { notificationId, channel, state, at: event.at, message });
      break;
    }
    case "health":
      picture.judgement.health = { recordingFailed: event.recordingFailed, overload: event.overload };
      hearClock(picture, event.clockTrouble, effects);
      break;
    case "set-aside":
      notify(picture, "error", "event-set-aside", { sequence: event.setAside, reason: event.reason });
      break;
    case "gap":
      notify(picture, "error", "journal-gap", { reason: event.reason });
      break;
  }
  return effects;
}

function configure(picture: Picture, site: Site, softwareVersion: string): void {
  const moved =
    picture.site === undefined ||
    picture.site.origin.latitude !== site.origin.latitude ||
    picture.site.origin.longitude !== site.origin.longitude ||
    picture.site.origin.heightHae !== site.origin.heightHae;
  // A person's entry stands until the configuration's own value changes.
  if (picture.site === undefined || picture.site.qnh !== site.qnh) picture.qnh = site.qnh;
  const framedBefore = picture.site === undefined ? undefined : picture.frame;
  picture.site = site;
  picture.softwareVersion = softwareVersion;
  picture.frame = localFrame(site.origin.latitude, site.origin.longitude, site.origin.heightHae);
  if (moved) {
    // Every coordinate of every track counts from the origin: a moved origin starts a new picture.
    picture.trackers.clear();
    picture.lags.clear();
    for (const sensor of picture.sensors.values()) sensor.openScan = undefined;
    picture.tracks.clear();
    forgetAssociations(picture);
  }
  const known = picture.sources;
  picture.sources = new Map();
  for (const configuration of site.sources) {
    const before = known.get(configuration.id);
    const same =
      before !== undefined &&
      before.configuration.protocol === configuration.protocol &&
      before.configuration.origin === configuration.origin;
    picture.sources.set(configuration.id, same ? { ...before, configuration } : newSource(picture, configuration));
  }
  configureSensors(picture, site);
  configureJudgement(picture, site, moved ? { from: framedBefore } : undefined);
  configureCameras(picture, site);
}

/** Everybody at a screen learns that a zone or an asset is another, and by whose hand; the site itself comes with the configuration that follows. */
function tellPlaceChange(picture: Picture, about: string, list: unknown, actor: string): void {
  const dot = about.indexOf(".");
  const id = about.slice(dot + 1);
  const isZone = about.startsWith("zones.");
  const before = (isZone ? picture.site?.zones : picture.site?.assets)?.find((place) => place.id === id);
  const after = Array.isArray(list) ? (list as { id?: unknown; name?: unknown }[]).find((place) => place.id === id) : undefined;
  const change = after === undefined ? "removed" : before === undefined ? "added" : "changed";
  const name = typeof after?.name === "string" ? after.name : (before?.name ?? id);
  notify(picture, "warning", `${isZone ? "zone" : "asset"}-${change}`, { actor, place: name });
}

function newSource(picture: Picture, configuration: SourceConfiguration): SourceState {
  const protocol = PROTOCOLS[configuration.protocol];
  return {
    configuration,
    protocolState: protocol.createState(optionsOf(picture, configuration)),
    state: "starting",
    message: "",
    connections: 0,
    packets: 0,
    bytes: 0,
    records: 0,
    lastAt: undefined,
    errors: new Map(),
    drops: new Map(),
    packetsThisSecond: 0,
    packetsPerSecond: 0,
    clockAnchor: undefined,
  };
}

function optionsOf(picture: Picture, configuration: SourceConfiguration) {
  // A receiver's own place is the better reference for what it hears; the site's origin stands in.
  let place: { latitude: number; longitude: number } = picture.frame.origin;
  for (const sensor of picture.sensors.values()) {
    if (sensor.sourceId === configuration.id && sensor.position !== undefined) place = sensor.position;
  }
  return {
    ...configuration.options,
    referenceLatitude: place.latitude,
    referenceLongitude: place.longitude,
    ownUidPrefix: ownUidPrefix(picture.site?.id ?? ""),
  };
}

function receivePacket(picture: Picture, sourceId: string, connection: number, bytes: Uint8Array, effects: Effect[]): void {
  const source = picture.sources.get(sourceId);
  if (source === undefined) return; // of a source that a newer configuration removed
  source.packets += 1;
  source.packetsThisSecond += 1;
  source.bytes += bytes.length;
  source.lastAt = picture.now;
  const protocol = PROTOCOLS[source.configuration.protocol];
  const decoded = protocol.receive(
    source.protocolState,
    { receivedAt: picture.now, connection, bytes },
    optionsOf(picture, source.configuration),
  );
  source.records += decoded.records;
  for (const error of decoded.errors) countError(source.errors, error.code, error.item, error.message, picture.now);
  for (const observation of decoded.observations) observe(picture, source, observation);
  for (const reply of decoded.replies ?? []) sendToSource(picture, source, connection, reply, effects);
  if (decoded.close !== undefined) effects.push({ type: "close", sourceId, connection, reason: decoded.close });
}

function changeConnection(picture: Picture, event: Extract<PictureEvent, { type: "connection" }>, effects: Effect[]): void {
  picture.lastConnection = Math.max(picture.lastConnection, event.connection);
  const source = picture.sources.get(event.sourceId);
  if (source === undefined) return;
  source.connections = Math.max(0, source.connections + (event.change === "opened" ? 1 : -1));
  const protocol: Protocol<unknown> | undefined = PROTOCOLS[source.configuration.protocol];
  const decoded = protocol.connectionChanged?.(
    source.protocolState,
    event.connection,
    event.change,
    picture.now,
    optionsOf(picture, source.configuration),
    event.identity,
  );
  if (decoded === undefined) return;
  for (const error of decoded.errors) countError(source.errors, error.code, error.item, error.message, picture.now);
  for (const observation of decoded.observations) observe(picture, source, observation);
  if (event.change === "opened") {
    for (const bytes of decoded.replies ?? []) sendToSource(picture, source, event.connection, bytes, effects);
    if (decoded.close !== undefined)
      effects.push({ type: "close", sourceId: event.sourceId, connection: event.connection, reason: decoded.close });
  }
}

function addCounts(picture: Picture, event: Extract<PictureEvent, { type: "source-counts" }>): void {
  const source = picture.sources.get(event.sourceId);
  if (source === undefined) return;
  for (const error of event.errors) countError(source.errors, error.code, error.item, error.message, picture.now, error.count);
  for (const drop of event.drops) source.drops.set(drop.reason, (source.drops.get(drop.reason) ?? 0) + drop.count);
}

function observe(picture: Picture, source: SourceState, told: Observation): void {
  const observation = scopeIdentities(told, source.configuration.id);
  const sensor = sensorFor(picture, source, observation);
  if (sensor === undefined) return; // counted there
  sensor.lastAt = picture.now;
  switch (observation.type) {
    case "status":
      applyStatus(picture, sensor, observation satisfies SensorStatus);
      if (observation.state === "goodbye") removeSensorFromScans(picture, sensor);
      return;
    case "claim":
      keepClaim(picture, sensor, observation satisfies Claim);
      return;
    default:
      locate(picture, source, sensor, observation);
  }
}

function locate(picture: Picture, source: SourceState, sensor: SensorState, observation: Detection | SourceTrack): void {
  const time = resolveTime(observation.time, source.configuration.timeBasis, picture.now, source.clockAnchor);
  source.clockAnchor = time.anchor;
  if (source.configuration.timeBasis === "sensor-shifted")
    followRecordingClock(picture, source.configuration.origin, picture.now - time.at);
  if (time.offset !== undefined) {
    const offset = time.offset / MICROS_PER_SECOND;
    sensor.clockOffset = sensor.clockOffset === undefined ? offset : sensor.clockOffset + 0.05 * (offset - sensor.clockOffset);
  }
  if (time.finding === undefined) sensor.findings.delete("clock");
  else sensor.findings.set("clock", time.finding);
  sensor.detections += 1;
  sensor.detectionsThisSecond += 1;
  // A target that its own sensor marks as a test never enters the live picture.
  const origin: Origin =
    observation.simulated === true && source.configuration.origin === "live" ? "simulated" : source.configuration.origin;
  const refused = observeDetection(picture, sensor, origin, observation, time.at, time.sigma);
  if (refused !== undefined) {
    countError(source.errors, refused.code, `${sensor.id}: ${observation.measurement.kind}`, refused.message, picture.now);
    sensor.findings.set(refused.code, refused.message);
  } else {
    sensor.findings.delete("unplaced");
    sensor.findings.delete("out-of-range");
  }
}

/** Jitter of single messages must not move every track's time. */
const LAG_STEP = 500_000; // us

function followRecordingClock(picture: Picture, origin: Origin, lag: number): void {
  const before = picture.lags.get(origin);
  if (before === undefined || Math.abs(lag - before) > LAG_STEP) picture.lags.set(origin, lag);
}

function passTime(picture: Picture, effects: Effect[]): void {
  closeDueScans(picture, false);
  if (picture.now - picture.lastAdvanceAt >= ADVANCE_PERIOD) {
    picture.lastAdvanceAt = picture.now;
    advanceTrackers(picture);
  }
  judge(picture, effects);
  const second = Math.floor(picture.now / MICROS_PER_SECOND);
  if (second === picture.lastSecond) return;
  const elapsed = picture.lastSecond === 0 ? 1 : second - picture.lastSecond;
  picture.lastSecond = second;
  for (const source of picture.sources.values()) {
    const options = optionsOf(picture, source.configuration);
    const timed = PROTOCOLS[source.configuration.protocol].tick?.(source.protocolState, picture.now, options);
    if (timed !== undefined) {
      const sourceId = source.configuration.id;
      for (const error of timed.errors) countError(source.errors, error.code, error.item, error.message, picture.now);
      for (const observation of timed.observations) observeQuietly(picture, source, observation);
      for (const reply of timed.replies) sendToSource(picture, source, reply.connection, reply.bytes, effects);
      for (const close of timed.close) effects.push({ type: "close", sourceId, connection: close.connection, reason: close.reason });
    }
    source.packetsPerSecond = smoothRate(source.packetsPerSecond, source.packetsThisSecond / elapsed, elapsed);
    source.packetsThisSecond = 0;
  }
  tellRefusals(picture);
  settleSensors(picture, elapsed);
  passCameraTime(picture, effects);
  passResponseTime(picture, effects);
  passAssociationTime(picture);
  passWatchTime(picture);
  pruneTracks(picture);
}

/** An observation that a time-out made: it is news of the sensor but no sign of life from it. */
function observeQuietly(picture: Picture, source: SourceState, observation: Observation): void {
  const sensor = sensorFor(picture, source, observation);
  if (sensor === undefined) return;
  const lastAt: Micros | undefined = sensor.lastAt;
  observe(picture, source, observation);
  sensor.lastAt = lastAt;
}
