// The simulated sensors: when each looks, what it sees of the world, and with what error.

import { assert } from "../base/assert.ts";
import { MICROS_PER_SECOND, type Micros, micros, RADIANS_PER_DEGREE, wrapAngle, wrapAzimuth } from "../base/units.ts";
import { ecefToEnu, enuToGeodetic, geodeticToEcef, type LocalFrame, localFrame, type Vector3 } from "../geodesy/wgs84.ts";
import { exponential, normal, poisson, type RandomState, uniformBetween } from "../math/random.ts";
import { findSensorClass, type SensorClass } from "../model/sensor-classes.ts";
import { findTargetClass } from "../model/target-classes.ts";
import { metresPerRadian } from "./motion.ts";
import {
  angleSigma,
  freeSpaceLevel,
  fromDb,
  imageChance,
  logisticChance,
  meanSnr,
  pixelsOnTarget,
  radioHorizon,
  toDb,
} from "./radar-equation.ts";
import { type Report, SECTORS } from "./report.ts";
import type { SensorSpec } from "./scene.ts";
import { chance, randomStream } from "./stream.ts";
import { callsignOf, icao24Of, macOf, operatorIdOf, ownPosition, ownPressureAltitude, serialOf } from "./voice.ts";
import type { SimulatedObject, World } from "./world.ts";

export interface SimulatedSensor {
  readonly index: number;
  readonly classId: string;
  readonly frame: LocalFrame;
  /** m above the ground. */
  readonly height: number;
  readonly random: RandomState;
  /** Next look, microseconds: the end of a sector for a rotating antenna. */
  next: number;
  sector: number;
  /** What the last sector plotted: an echo on the edge may not be told from one of those. */
  lastSeen: Sight[];
  /** Camera: number of the object that it follows (0: none), until when, from when it is steady, and where it points. */
  following: number;
  followUntil: number;
  steadyAt: number;
  azimuth: number;
}

/** Kinds of sensor class that the simulator can be. */
const SIMULATED_KINDS = ["radar", "rf-direction-finder", "remote-id", "adsb", "camera", "infrared", "acoustic", "track-feed"];

/** Why a scene may not have this sensor; undefined when it may. */
export function whyNotSimulated(spec: SensorSpec): string | undefined {
  const sensorClass = findSensorClass(spec.class);
  if (sensorClass === undefined) return `there is no sensor class "${spec.class}"`;
  if (!SIMULATED_KINDS.includes(sensorClass.kind)) return `sensors of kind ${sensorClass.kind} are not simulated`;
  if (sensorClass.kind === "infrared" && sensorClass.camera === undefined) return `"${spec.class}" has no figures for pixels on target`;
  const outputs = OUTPUTS_OF[sensorClass.kind];
  if (!outputs.includes(spec.output)) {
    return `a ${sensorClass.kind} sensor sends ${outputs.join(" or ")}, not ${spec.output}`;
  }
  if (spec.output === "asterix" && sensorClass.coverage?.azimuthWidth !== 2 * Math.PI) {
    return "an ASTERIX radar is simulated as a rotating one: its class must see all round";
  }
  if (spec.setting !== undefined && sensorClass.halfRange?.[spec.setting] === undefined) {
    return `setting "${spec.setting}" is none of ${Object.keys(sensorClass.halfRange ?? {}).join(", ") || "(none)"}`;
  }
  return undefined;
}

const OUTPUTS_OF: Record<string, readonly SensorSpec["output"][]> = {
  radar: ["sapient", "asterix"],
  "rf-direction-finder": ["sapient"],
  "remote-id": ["remote-id-json"],
  adsb: ["beast", "sbs"],
  camera: ["sapient"],
  infrared: ["sapient"],
  acoustic: ["sapient"],
  "track-feed": ["cot"],
};
export function createSensors(world: World): SimulatedSensor[] {
  return world.scene.sensors.map((spec, index) => {
    const at = enuToGeodetic(world.ground.frame, spec.at.eastMetres, spec.at.northMetres, 0);
    const random = randomStream(world.seed, "sensor", spec.id);
    const sensor: SimulatedSensor = {
      index,
      classId: spec.class,
      frame: localFrame(at.latitude, at.longitude, world.ground.groundHae + spec.heightMetres),
      height: spec.heightMetres,
      random,
      next: world.start,
      sector: 0,
      lastSeen: [],
      following: 0,
      followUntil: 0,
      steadyAt: 0,
      azimuth: 0,
    };
    sensor.next = world.start + Math.ceil(lookPeriod(spec, classOf(sensor)) * MICROS_PER_SECOND * uniformBetween(random, 0.2, 1));
    return sensor;
  });
}

const classOf = (sensor: SimulatedSensor): SensorClass => {
  const found = findSensorClass(sensor.classId);
  assert(found !== undefined, "the class was checked when the scene was read");
  return found;
};

/** A radar that sees all round turns; others stare. */
export const rotates = (sensorClass: SensorClass): boolean =>
  sensorClass.kind === "radar" && sensorClass.coverage?.azimuthWidth === 2 * Math.PI;

/** s of a whole turn or from look to look. */
export const updatePeriodOf = (spec: SensorSpec, sensorClass: SensorClass): number =>
  spec.updateSeconds ?? sensorClass.updatePeriod.typical;

const lookPeriod = (spec: SensorSpec, sensorClass: SensorClass): number =>
  rotates(sensorClass) ? updatePeriodOf(spec, sensorClass) / SECTORS : updatePeriodOf(spec, sensorClass);

/** Every sensor whose moment lies in the step that ends now. Objects' broadcasts come first: receivers hear them. */
export function lookAround(world: World, reports: Report[]): void {
  broadcast(world, reports);
  for (const sensor of world.sensors) {
    const spec = world.scene.sensors[sensor.index];
    const sensorClass = classOf(sensor);
    if (sensorClass.kind === "adsb" || sensorClass.kind === "remote-id" || sensorClass.kind === "track-feed") continue;
    const period = Math.round(lookPeriod(spec, sensorClass) * MICROS_PER_SECOND);
    while (sensor.next <= world.now) {
      const at = micros(sensor.next);
      if (sensorClass.kind === "radar") lookByRadar(world, sensor, spec, sensorClass, at, reports);
      else if (sensorClass.kind === "camera" || sensorClass.kind === "infrared")
        lookByCamera(world, sensor, spec, sensorClass, at, reports);
      else listen(world, sensor, spec, sensorClass, at, reports);
      sensor.next += period;
    }
  }
}

export interface Sight {
  readonly range: number;
  /** [0, 2 pi) from true north. */
  readonly azimuth: number;
  readonly elevation: number;
  readonly rangeRate: number;
}

/** Truth as seen from a sensor; `before` seconds ago (the object is taken to have flown straight). */
export function sightOf(frame: LocalFrame, ecef: Vector3, ecefVelocity: Vector3, before = 0): Sight {
  const [e, n, u] = ecefToEnu(
    frame,
    ecef[0] - before * ecefVelocity[0],
    ecef[1] - before * ecefVelocity[1],
    ecef[2] - before * ecefVelocity[2],
  );
  const r = frame.rotation;
  const [vx, vy, vz] = ecefVelocity;
  const ve = r[0] * vx + r[1] * vy + r[2] * vz;
  const vn = r[3] * vx + r[4] * vy + r[5] * vz;
  const vu = r[6] * vx + r[7] * vy + r[8] * vz;
  const range = Math.hypot(e, n, u);
  return {
    range,
    azimuth: wrapAzimuth(Math.atan2(e, n)),
    elevation: Math.atan2(u, Math.hypot(e, n)),
    rangeRate: range > 0 ? (e * ve + n * vn + u * vu) / range : 0,
  };
}

function inView(
  world: World,
  sensor: SimulatedSensor,
  spec: SensorSpec,
  sensorClass: SensorClass,
  sight: Sight,
  heightHae: number,
): boolean {
  const coverage = sensorClass.coverage;
  if (coverage === undefined) return true;
  if (sight.range < coverage.rangeMin || sight.range > (spec.rangeMaxMetres ?? coverage.rangeMax)) return false;
  if (coverage.elevationMin !== undefined && sight.elevation < coverage.elevationMin) return false;
  if (coverage.elevationMax !== undefined && sight.elevation > coverage.elevationMax) return false;
  const boresight = (spec.boresightDegrees ?? 0) * RADIANS_PER_DEGREE;
  if (coverage.azimuthWidth < 2 * Math.PI && Math.abs(wrapAngle(sight.azimuth - boresight)) > coverage.azimuthWidth / 2) return false;
  return sight.range <= radioHorizon(sensor.height, heightHae - world.ground.groundHae);
}

interface Echo {
  readonly sight: Sight;
  readonly when: Micros;
  readonly snr: number;
  readonly rcs: number;
  readonly object: SimulatedObject;
}

/** A range cell against the noise of a range inside it: a place that is evenly likely in a cell has this much less spread. */
const CELL_PER_SIGMA = Math.sqrt(12);

/**
 * What a radar can tell apart: of two echoes in one resolution cell (range cell, and half a beam to either side) the stronger is
 * plotted; one that was plotted with the sector before stays. Equal ones go by number, so that the order of objects does not matter.
 */
function resolve(echoes: readonly Echo[], sensorClass: SensorClass, before: readonly Sight[]): Echo[] {
  const rangeCell = CELL_PER_SIGMA * (sensorClass.noise.range ?? 0);
  const azimuthCell = (sensorClass.radar?.beamAzimuth ?? 0) / 2;
  const elevationCell = sensorClass.noise.elevation === undefined ? Math.PI : (sensorClass.radar?.beamElevation ?? 0) / 2;
  const seen: Echo[] = [];
  for (const echo of [...echoes].sort((a, b) => b.snr - a.snr || a.object.number - b.object.number)) {
    const covers = (sight: Sight) =>
      Math.abs(sight.range - echo.sight.range) < rangeCell &&
      Math.abs(wrapAngle(sight.azimuth - echo.sight.azimuth)) < azimuthCell &&
      Math.abs(sight.elevation - echo.sight.elevation) < elevationCell;
    if (!before.some(covers) && !seen.some(({ sight }) => covers(sight))) seen.push(echo);
  }
  return seen;
}

/** m/s up to which false plots seem to move; an estimate. */
const FALSE_SPEED = 30;

function lookByRadar(
  world: World,
  sensor: SimulatedSensor,
  spec: SensorSpec,
  sensorClass: SensorClass,
  at: Micros,
  reports: Report[],
): void {
  const { radar, coverage, noise } = sensorClass;
  assert(radar !== undefined && coverage !== undefined, "a radar class has its figures");
  const { random } = sensor;
  const turns = rotates(sensorClass);
  const turn = updatePeriodOf(spec, sensorClass);
  const width = turns ? (2 * Math.PI) / SECTORS : coverage.azimuthWidth;
  const boresight = (spec.boresightDegrees ?? 0) * RADIANS_PER_DEGREE;
  const from = turns ? sensor.sector * width : boresight - width / 2;
  const { falseAlarmProbability } = radar.reference;
  const threshold = -Math.log(falseAlarmProbability);
  const before = (world.now - at) / MICROS_PER_SECOND;
  const found: (Report & { kind: "plot" })[] = [];
  const echoes: Echo[] = [];

  const plot = (
    sight: Sight,
    when: Micros,
    snr: number,
    rcs: number,
    truth: number,
    turning: SimulatedObject["turning"],
    exact: boolean,
  ) => {
    const azimuthSigma = angleSigma(noise.azimuth ?? 0, radar.beamAzimuth, snr);
    const elevationSigma = noise.elevation === undefined ? undefined : angleSigma(noise.elevation, radar.beamElevation, snr);
    const rangeSigma = noise.range ?? 0;
    const blur = exact ? 0 : 1; // a false alarm is nowhere: it has no error
    const measuredRange = sight.range + blur * rangeSigma * normal(random);
    const azimuth = wrapAzimuth(sight.azimuth + blur * azimuthSigma * normal(random));
    const elevation = elevationSigma === undefined ? undefined : sight.elevation + blur * elevationSigma * normal(random);
    const rangeRate = noise.rangeRate === undefined ? undefined : sight.rangeRate + blur * noise.rangeRate * normal(random);
    found.push({
      kind: "plot",
      at: when,
      sensor: sensor.index,
      truth,
      range: Math.max(0, measuredRange),
      azimuth,
      elevation,
      rangeRate,
      rangeSigma,
      azimuthSigma,
      elevationSigma,
      rangeRateSigma: noise.rangeRate,
      snrDb: toDb(snr),
      rcsDbsm: toDb(rcs),
      turning: radar.microDoppler ? turning : undefined,
    });
  };

  for (const object of world.objects) {
    if (!object.alive) continue;
    let sight = sightOf(sensor.frame, object.ecef, object.ecefVelocity, before);
    let when = at;
    if (turns) {
      const into = wrapAzimuth(sight.azimuth - from);
      if (into >= width) continue;
      // The beam met it some time before the end of the sector.
      const ago = ((width - into) / width) * (turn / SECTORS);
      when = micros(Math.round(at - ago * MICROS_PER_SECOND));
      sight = sightOf(sensor.frame, object.ecef, object.ecefVelocity, before + ago);
    }
    if (!inView(world, sensor, spec, sensorClass, sight, object.kinematics.heightHae)) continue;
    const targetClass = findTargetClass(object.classId);
    assert(targetClass !== undefined, "the class was checked when the scene was read");
    // What stands still and turns (a wind turbine) shows the speed of its blades.
    const blades = targetClass.fixed === true ? (targetClass.features.microDopplerTipSpeed?.median ?? 0) : 0;
    const rangeRate = blades > 0 ? uniformBetween(random, -blades, blades) : sight.rangeRate;
    if (Math.abs(rangeRate) < radar.minimumRadialSpeed) continue;
    const rcs = fromDb(object.traits.rcsDbsm);
    const mean = meanSnr(radar.reference, sight.range, rcs);
    const power = exponential(random, 1 + mean); // Swerling 1: echo and noise together
    if (power < threshold) continue;
    const snr = Math.max(power - 1, 1);
    echoes.push({ sight: { ...sight, rangeRate }, when, snr, rcs: rcs * (snr / mean), object });
  }
  const resolved = resolve(echoes, sensorClass, sensor.lastSeen);
  sensor.lastSeen = turns ? resolved.map(({ sight }) => sight) : [];
  for (const echo of resolved) plot(echo.sight, echo.when, echo.snr, echo.rcs, echo.object.number, echo.object.turning, false);

  const perScan = spec.falsePerScan ?? radar.falsePerScan.typical;
  const rangeMax = spec.rangeMaxMetres ?? coverage.rangeMax;
  const count = poisson(random, turns ? perScan / SECTORS : perScan);
  for (let i = 0; i < count; i++) {
    const into = width * uniformBetween(random, 0, 1);
    const range = uniformBetween(random, coverage.rangeMin, rangeMax); // cells of equal length are equally likely
    const low = coverage.elevationMin ?? 0;
    const elevation = uniformBetween(random, low, coverage.elevationMax ?? low);
    let rangeRate = uniformBetween(random, -FALSE_SPEED, FALSE_SPEED);
    if (Math.abs(rangeRate) < radar.minimumRadialSpeed) rangeRate = Math.sign(rangeRate || 1) * radar.minimumRadialSpeed;
    const snr = threshold + exponential(random, 1) - 1;
    const ago = turns ? ((width - into) / width) * (turn / SECTORS) : 0;
    const rcs = (radar.reference.rcs * snr) / meanSnr(radar.reference, range, radar.reference.rcs);
    plot({ range, azimuth: wrapAzimuth(from + into), elevation, rangeRate }, micros(Math.round(at - ago * 1e6)), snr, rcs, 0, "none", true);
  }

  found.sort((a, b) => a.at - b.at || a.azimuth - b.azimuth);
  reports.push(...found);
  if (turns) {
    reports.push({ kind: "sector", at, sensor: sensor.index, sector: sensor.sector, turn });
    sensor.sector = (sensor.sector + 1) % SECTORS;
  }
}

/** dBm of a small drone's link, and of a control station: the usual limit of the licence-free bands. */
const LINK_POWER = 20;
/** m/s */
const SPEED_OF_SOUND = 343;

/** Direction finders and microphone arrays: a bearing to whatever is loud enough. */
function listen(world: World, sensor: SimulatedSensor, spec: SensorSpec, sensorClass: SensorClass, at: Micros, reports: Report[]): void {
  const { random } = sensor;
  const { noise } = sensorClass;
  const acoustic = sensorClass.kind === "acoustic";
  const before = (world.now - at) / MICROS_PER_SECOND;
  const azimuthSigma = noise.azimuth ?? 0;
  const half = sensorClass.halfRange ?? {};
  const halfRange = half[spec.setting ?? Object.keys(half)[0]] ?? 0;

  const bearing = (sight: Sight, truth: number, frequencyHz: number | undefined, levelDbm: number | undefined) => {
    const outlier = chance(random, sensorClass.outlierProbability ?? 0);
    const azimuth = outlier ? uniformBetween(random, 0, 2 * Math.PI) : sight.azimuth + azimuthSigma * normal(random);
    reports.push({
      kind: "bearing",
      at,
      sensor: sensor.index,
      truth,
      azimuth: wrapAzimuth(azimuth),
      azimuthSigma,
      elevation: noise.elevation === undefined ? undefined : sight.elevation + noise.elevation * normal(random),
      elevationSigma: noise.elevation,
      frequencyHz,
      levelDbm,
    });
  };

  for (const object of world.objects) {
    if (!object.alive) continue;
    if (acoustic) {
      if (object.traits.acousticRange <= 0) continue;
      const now = sightOf(sensor.frame, object.ecef, object.ecefVelocity, before);
      const heard = sightOf(sensor.frame, object.ecef, object.ecefVelocity, before + now.range / SPEED_OF_SOUND);
      if (!inView(world, sensor, spec, sensorClass, heard, object.kinematics.heightHae)) continue;
      // The table's half ranges are for a middling drone; a louder class is heard farther in proportion.
      const reach = object.traits.acousticRange * (spec.setting === undefined ? 1 : halfRange / (half.calm ?? halfRange));
      if (chance(random, logisticChance(heard.range, reach))) bearing(heard, object.number, undefined, undefined);
      continue;
    }
    if (object.radioFrequency <= 0) continue;
    const sight = sightOf(sensor.frame, object.ecef, object.ecefVelocity, before);
    if (
      inView(world, sensor, spec, sensorClass, sight, object.kinematics.heightHae) &&
      chance(random, logisticChance(sight.range, halfRange))
    ) {
      bearing(sight, object.number, object.radioFrequency, freeSpaceLevel(LINK_POWER, sight.range, object.radioFrequency));
    }
    // Its operator's station is on the air too, near the ground. It is a place of its own: truth is negative.
    const o = object.operator;
    const station = sightOf(sensor.frame, geodeticToEcef(o.latitude, o.longitude, o.heightHae), [0, 0, 0]);
    if (inView(world, sensor, spec, sensorClass, station, o.heightHae) && chance(random, logisticChance(station.range, halfRange))) {
      bearing(station, -object.number, object.radioFrequency, freeSpaceLevel(LINK_POWER, station.range, object.radioFrequency));
    }
  }

  const perHour = spec.falsePerHour ?? sensorClass.falsePerHour?.typical ?? 0;
  const count = poisson(random, (perHour * updatePeriodOf(spec, sensorClass)) / 3600);
  for (let i = 0; i < count; i++) {
    const sight = { range: 0, azimuth: uniformBetween(random, 0, 2 * Math.PI), elevation: 0, rangeRate: 0 };
    bearing(sight, 0, acoustic ? undefined : 2.437e9, acoustic ? undefined : -90); // a Wi-Fi access point, say
  }
}

/** s that a simulated camera stays on one object. */
const DWELL = 12;

/**
 * A camera that is cued in turn to what flies within its reach. The cue is the truth, as if an operator pointed it: the simulator
 * does not simulate the operator.
 */
function lookByCamera(
  world: World,
  sensor: SimulatedSensor,
  spec: SensorSpec,
  sensorClass: SensorClass,
  at: Micros,
  reports: Report[],
): void {
  const { camera, noise } = sensorClass;
  assert(camera !== undefined, "a camera class has its figures");
  const { random } = sensor;
  const before = (world.now - at) / MICROS_PER_SECOND;
  const visible = (object: SimulatedObject): Sight | undefined => {
    if (!object.alive || findTargetClass(object.classId)?.family === "ground") return undefined;
    const sight = sightOf(sensor.frame, object.ecef, object.ecefVelocity, before);
    if (!inView(world, sensor, spec, sensorClass, sight, object.kinematics.heightHae)) return undefined;
    return pixelsOnTarget(camera, object.traits.size, sight.range) >= camera.pixelsToDetect ? sight : undefined;
  };
  let object = world.objects.find((one) => one.number === sensor.following && one.alive);
  let sight = object === undefined ? undefined : visible(object);
  if (object === undefined || sight === undefined || at >= sensor.followUntil) {
    // The next one clockwise by number, so that each has its turn; drones before anything else.
    const candidates = world.objects.filter((one) => visible(one) !== undefined);
    const drones = candidates.filter((one) => findTargetClass(one.classId)?.family === "uas");
    const pool = (drones.length > 0 ? drones : candidates).sort((a, b) => a.number - b.number);
    object = pool.find((one) => one.number > sensor.following) ?? pool[0];
    sight = object === undefined ? undefined : visible(object);
    if (object === undefined || sight === undefined) {
      sensor.following = 0;
      return;
    }
    sensor.following = object.number;
    sensor.followUntil = at + DWELL * MICROS_PER_SECOND;
    const turn = Math.abs(wrapAngle(sight.azimuth - sensor.azimuth)) / (camera.slewRate ?? Math.PI) + (camera.settleTime ?? 0);
    sensor.steadyAt = at + Math.round(turn * MICROS_PER_SECOND);
  }
  sensor.azimuth = sight.azimuth;
  if (at < sensor.steadyAt) return;
  const pixels = pixelsOnTarget(camera, object.traits.size, sight.range);
  if (!chance(random, imageChance(pixels, camera.pixelsToDetect))) return;
  const recognised = chance(random, imageChance(pixels, camera.pixelsToRecognise));
  reports.push({
    kind: "bearing",
    at,
    sensor: sensor.index,
    truth: object.number,
    azimuth: wrapAzimuth(sight.azimuth + (noise.azimuth ?? 0) * normal(random)),
    azimuthSigma: noise.azimuth ?? 0,
    elevation: sight.elevation + (noise.elevation ?? 0) * normal(random),
    elevationSigma: noise.elevation,
    path: recognised ? findTargetClass(object.classId)?.taxonomy.sapient : undefined,
  });
}

/** ADS-B emitter categories by class: type code (4 is set A, 3 is set B) and number. DO-260B table 2-19 (recalled). */
const CATEGORIES: Readonly<Record<string, readonly [number, number]>> = {
  "manned.light": [4, 1],
  "manned.transport": [4, 3],
  "manned.jet": [4, 6],
  "manned.helicopter": [4, 7],
  "manned.ultralight": [3, 4],
};
const UNMANNED: readonly [number, number] = [3, 6];
const ADSB_POWER = 51; // dBm, 125 W
const ADSB_FREQUENCY = 1.09e9;
const REMOTE_ID_POWER = 18; // dBm
const REMOTE_ID_FREQUENCY = 2.437e9;

/** What objects say in this step, as each receiver hears it. */
function broadcast(world: World, reports: Report[]): void {
  const receivers = (kind: SensorClass["kind"]) => world.sensors.filter((sensor) => classOf(sensor).kind === kind);
  const adsb = receivers("adsb");
  const remoteId = receivers("remote-id");
  const feeds = receivers("track-feed");
  for (const object of world.objects) {
    if (!object.alive) continue;
    const spec = world.scene.objects[object.spec];
    const { next, voice } = object;
    if (object.speaksAdsb) {
      // DO-260B: position and velocity twice a second, identification every five seconds, each with its jitter.
      for (const what of ["position", "velocity", "identification"] as const) {
        if (next[what] > world.now) continue;
        const period = what === "identification" ? [4.8, 5.2] : [0.4, 0.6];
        next[what] += Math.round(uniformBetween(voice, period[0], period[1]) * MICROS_PER_SECOND);
        sayAdsb(world, object, what, adsb, reports);
      }
    }
    if (object.speaksRemoteId && next.remoteId <= world.now) {
      next.remoteId += MICROS_PER_SECOND;
      sayRemoteId(world, object, remoteId, reports);
    }
    if (spec.partner === true && next.partner <= world.now) {
      next.partner += 2 * MICROS_PER_SECOND;
      for (const feed of feeds) tellPartner(world, object, feed, reports);
    }
  }
}

function sayAdsb(
  world: World,
  object: SimulatedObject,
  what: "position" | "velocity" | "identification",
  receivers: readonly SimulatedSensor[],
  reports: Report[],
): void {
  const own = ownPosition(world, object);
  const k = object.kinematics;
  const pressureAltitude = ownPressureAltitude(world, object);
  const odd = object.oddNext;
  if (what === "position") object.oddNext = !odd;
  for (const sensor of receivers) {
    const spec = world.scene.sensors[sensor.index];
    const sensorClass = classOf(sensor);
    const sight = sightOf(sensor.frame, object.ecef, object.ecefVelocity);
    if (!inView(world, sensor, spec, sensorClass, sight, k.heightHae)) continue;
    if (!chance(sensor.random, sensorClass.messageProbability ?? 1)) continue;
    reports.push({
      kind: "adsb",
      what,
      at: world.now,
      sensor: sensor.index,
      truth: object.number,
      icao24: icao24Of(object),
      callsign: callsignOf(world.scene.objects[object.spec], object),
      category: CATEGORIES[object.classId] ?? UNMANNED,
      ...own,
      pressureAltitude,
      velocityEast: k.velocityEast,
      velocityNorth: k.velocityNorth,
      velocityUp: k.velocityUp,
      odd,
      levelDbm: freeSpaceLevel(ADSB_POWER, sight.range, ADSB_FREQUENCY),
    });
  }
}

function sayRemoteId(world: World, object: SimulatedObject, receivers: readonly SimulatedSensor[], reports: Report[]): void {
  const own = ownPosition(world, object);
  const k = object.kinematics;
  const targetClass = findTargetClass(object.classId);
  for (const sensor of receivers) {
    const spec = world.scene.sensors[sensor.index];
    const sensorClass = classOf(sensor);
    const sight = sightOf(sensor.frame, object.ecef, object.ecefVelocity);
    if (!inView(world, sensor, spec, sensorClass, sight, k.heightHae)) continue;
    const half = sensorClass.halfRange ?? {};
    if (!chance(sensor.random, logisticChance(sight.range, half[spec.setting ?? Object.keys(half)[0]] ?? 0))) continue;
    reports.push({
      kind: "remote-id",
      at: world.now,
      sensor: sensor.index,
      truth: object.number,
      serial: serialOf(object),
      operatorId: operatorIdOf(object),
      uaType: targetClass?.taxonomy.remoteIdType ?? 0,
      mac: macOf(object),
      ...own,
      pressureAltitude: ownPressureAltitude(world, object),
      heightAboveTakeoff: own.heightHae - object.takeoffHeightHae,
      velocityEast: k.velocityEast,
      velocityNorth: k.velocityNorth,
      velocityUp: k.velocityUp,
      operatorLatitude: object.operator.latitude,
      operatorLongitude: object.operator.longitude,
      operatorHeightHae: object.operator.heightHae,
      levelDbm: freeSpaceLevel(REMOTE_ID_POWER, sight.range, REMOTE_ID_FREQUENCY),
    });
  }
}

/** m; what a partner's tracker says of a cooperating aircraft. An estimate. */
const PARTNER_SIGMA = 8;

function tellPartner(world: World, object: SimulatedObject, feed: SimulatedSensor, reports: Report[]): void {
  const k = object.kinematics;
  const spec = world.scene.objects[object.spec];
  const scale = metresPerRadian(k.latitude, k.heightHae);
  const targetClass = findTargetClass(object.classId);
  reports.push({
    kind: "partner",
    at: world.now,
    sensor: feed.index,
    truth: object.number,
    uid: `SIM-${world.scene.name}-${object.number}`,
    callsign: callsignOf(spec, object),
    cotType: (targetClass?.taxonomy.cotType ?? "a-.-A").replace("-.-", "-f-"),
    latitude: k.latitude + (PARTNER_SIGMA * normal(feed.random)) / scale.north,
    longitude: k.longitude + (PARTNER_SIGMA * normal(feed.random)) / scale.east,
    heightHae: k.heightHae + 1.5 * PARTNER_SIGMA * normal(feed.random),
    velocityEast: k.velocityEast,
    velocityNorth: k.velocityNorth,
    horizontalSigma: PARTNER_SIGMA,
    verticalSigma: 1.5 * PARTNER_SIGMA,
  });
}
