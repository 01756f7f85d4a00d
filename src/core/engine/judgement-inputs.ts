// What single detections tell the judgement besides where an object is: features of its class, broadcasts to be checked, bearings.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import { geodeticToEnu } from "../geodesy/wgs84.ts";
import type { Emission } from "../identification/emitters/emission.ts";
import { observeEmission } from "../identification/emitters/emitters.ts";
import { observeFeature } from "../identification/identify.ts";
import type { Detection, Origin, SensorTime, SourceTrack } from "../model/observation.ts";
import type { BearingFact, FeatureObservation } from "../model/track-facts.ts";
import type { TrackerDetection } from "../tracking/tracker.ts";
import { claimsAbout } from "./claims.ts";
import { type DetectionContext, type DetectionFeatures, LIMITS, type Picture, type SensorState, trackKey } from "./picture.ts";

const HOUR = 3600 * MICROS_PER_SECOND;
/** Bearings are compared with claimed places for so long. */
const BEARING_MEMORY = 10 * MICROS_PER_SECOND;

/** What of a detection the judgement will want once it is known which track it belongs to. */
export function featuresOf(picture: Picture, observation: Detection | SourceTrack): DetectionFeatures {
  const signalDbm = observation.type === "detection" ? observation.signalDbm : undefined;
  const snrDb = observation.type === "detection" ? observation.snrDb : undefined;
  const stampAt = stampOf(observation.time, picture.now);
  return {
    heardAt: picture.now,
    ...(stampAt === undefined ? {} : { stampAt }),
    ...(observation.rcsDbsm === undefined ? {} : { rcsDbsm: observation.rcsDbsm }),
    ...(observation.microDoppler === undefined ? {} : { microDoppler: observation.microDoppler }),
    ...(snrDb === undefined ? {} : { snrDb }),
    ...(signalDbm === undefined ? {} : { signalDbm }),
    ...(observation.classifications === undefined || observation.classifications.length === 0
      ? {}
      : { classifications: observation.classifications }),
  };
}

/** The instant that a broadcast itself carries, believed or not; undefined where it carries none. */
function stampOf(time: SensorTime | undefined, now: Micros): Micros | undefined {
  if (time?.kind === "utc") return Math.round(time.at) as Micros;
  if (time?.kind !== "hour") return undefined;
  const stamp = Math.round(time.seconds * MICROS_PER_SECOND);
  return (now - ((((now - stamp + HOUR / 2) % HOUR) + HOUR) % HOUR) + HOUR / 2) as Micros;
}

/**
 * Hands on what a detection said, after association. `trackId` 0: it went to no track. `at` is on the tracker's clock; what is handed on is
 * on the picture's.
 */
export function takeFeatures(
  picture: Picture,
  sensor: SensorState,
  origin: Origin,
  trackId: number,
  probability: number,
  context: DetectionContext,
  detection: TrackerDetection,
  at: number,
): void {
  const { judgement } = picture;
  const pictureAt = (at + (picture.lags.get(origin) ?? 0)) as Micros;
  const key = trackId === 0 ? undefined : trackKey(origin, trackId);
  const { features } = context;
  if (key !== undefined) {
    judgement.heard.add(key);
    const ranged = detection.kind === "polar2d" || detection.kind === "polar3d";
    if (
      features.rcsDbsm !== undefined ||
      features.microDoppler !== undefined ||
      features.classifications !== undefined ||
      features.signalDbm !== undefined ||
      features.snrDb !== undefined
    ) {
      const observation: FeatureObservation = {
        sensorId: sensor.id,
        sensorKind: sensor.kind,
        at: pictureAt,
        association: probability,
        ...(features.rcsDbsm === undefined ? {} : { rcsDbsm: features.rcsDbsm }),
        ...(features.snrDb === undefined ? {} : { snrDb: features.snrDb }),
        ...(features.signalDbm === undefined ? {} : { signalDbm: features.signalDbm }),
        ...(features.microDoppler === undefined ? {} : { microDoppler: features.microDoppler }),
        ...(features.classifications === undefined ? {} : { classifications: features.classifications }),
        ...(ranged ? { range: detection.z[0]! } : {}),
      };
      observeFeature(judgement.identification, key, observation);
    }
  }
  if (sensor.kind === "remote-id" || sensor.kind === "adsb") takeEmission(picture, sensor, origin, key, context, detection);
  else if (sensor.kind === "rf-tdoa") takeFix(picture, sensor, context, detection, pictureAt);
  else if (detection.kind === "bearing" || detection.kind === "bearing-elevation")
    takeBearing(picture, sensor, key, context, detection, pictureAt);
}

const placeOf = (picture: Picture, sensor: SensorState): readonly [number, number, number] | undefined => {
  const { position } = sensor;
  return position === undefined ? undefined : geodeticToEnu(picture.frame, position.latitude, position.longitude, position.heightHae);
};

function takeEmission(
  picture: Picture,
  sensor: SensorState,
  origin: Origin,
  key: string | undefined,
  context: DetectionContext,
  detection: TrackerDetection,
): void {
  if (context.identities.length === 0) return;
  const { kind, z, variance } = detection;
  if (!kind.startsWith("position")) return;
  const flat = kind === "position2d" || kind === "position2d-velocity";
  const first = flat ? 2 : 3;
  const from = placeOf(picture, sensor);
  const said = claimsAbout(picture, origin, context.identities)[0]?.statements;
  const operator =
    said?.operatorLatitude === undefined || said.operatorLongitude === undefined
      ? undefined
      : geodeticToEnu(picture.frame, said.operatorLatitude, said.operatorLongitude, picture.frame.origin.heightHae);
  const { features } = context;
  const emission: Emission = {
    origin,
    sensorId: sensor.id,
    at: features.heardAt,
    identities: context.identities,
    positionEnu: [z[0]!, z[1]!, flat ? 0 : z[2]!],
    heightKnown: !flat,
    positionSigma: Math.sqrt(Math.max(variance[0]!, variance[1]!)),
    ...(kind.endsWith("velocity") ? { velocityEnu: [z[first]!, z[first + 1]!, flat ? 0 : z[first + 2]!] as const } : {}),
    ...(from === undefined ? {} : { sensorPositionEnu: from }),
    // A recording's clock is old by nature: its stamps say nothing about now.
    ...(features.stampAt === undefined || origin === "recorded" ? {} : { sensorTime: features.stampAt }),
    ...(operator === undefined ? {} : { operatorPositionEnu: operator }),
    ...(features.signalDbm === undefined ? {} : { signalDbm: features.signalDbm }),
    ...(said?.transport === undefined ? {} : { transport: said.transport }),
    ...(key === undefined ? {} : { trackKey: key }),
  };
  observeEmission(picture.judgement.emitters, emission);
}

/** A transmission placed by differences of its times of arrival: what its sender claims is compared with that. */
function takeFix(picture: Picture, sensor: SensorState, context: DetectionContext, detection: TrackerDetection, at: Micros): void {
  const { kind, z, variance } = detection;
  if (context.identities.length === 0 || !kind.startsWith("position")) return;
  const flat = kind === "position2d" || kind === "position2d-velocity";
  const { fixes } = picture.judgement;
  fixes.push({
    sensorId: sensor.id,
    at,
    positionEnu: [z[0]!, z[1]!, flat ? 0 : z[2]!],
    sigma: Math.sqrt(Math.max(variance[0]!, variance[1]!)),
    identities: context.identities,
  });
  // They are compared once a second; the newest of a flood are.
  while (fixes.length > LIMITS.bearings) fixes.shift();
}

function takeBearing(
  picture: Picture,
  sensor: SensorState,
  key: string | undefined,
  context: DetectionContext,
  detection: TrackerDetection,
  at: Micros,
): void {
  const from = placeOf(picture, sensor);
  if (from === undefined) return;
  const { bearings } = picture.judgement;
  const { z, variance } = detection;
  const bearing: BearingFact = {
    sensorId: sensor.id,
    sensorKind: sensor.kind,
    at,
    from,
    azimuth: z[0]!,
    azimuthSigma: Math.sqrt(variance[0]!),
    ...(detection.kind === "bearing-elevation" ? { elevation: z[1]!, elevationSigma: Math.sqrt(variance[1]!) } : {}),
    identities: context.identities,
    ...(context.features.signalDbm === undefined ? {} : { signalDbm: context.features.signalDbm }),
    ...(key === undefined ? {} : { trackKey: key }),
  };
  bearings.push(bearing);
  while (bearings.length > LIMITS.bearings || (bearings.length > 0 && bearings[0]!.at < picture.now - BEARING_MEMORY)) bearings.shift();
}
