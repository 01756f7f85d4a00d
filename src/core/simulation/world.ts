// The simulated world: what flies, and when it comes and goes. Plain data; the same scene and seed give the same world.

import { assert } from "../base/assert.ts";
import { MICROS_PER_SECOND, type Micros, micros, RADIANS_PER_DEGREE } from "../base/units.ts";
import { enuToGeodetic, geodeticToEcef, localFrame } from "../geodesy/wgs84.ts";
import { normal, type RandomState, uniform, uniformBetween, uniformInteger } from "../math/random.ts";
import { findTargetClass, type TargetClass } from "../model/target-classes.ts";
import { drawTraits, type Traits } from "./draw.ts";
import { drawPlace, type Ground, type Kinematics, metresPerRadian, type Pilot, startMotion, steer } from "./motion.ts";
import type { Report } from "./report.ts";
import type { Decision, ObjectSpec, Scene } from "./scene.ts";
import { createSensors, lookAround, type SimulatedSensor } from "./sensing.ts";
import { chance, randomStream } from "./stream.ts";
import { ALTIMETER_SIGMA, NAVIGATION_SIGMA } from "./voice.ts";

/** One object; an object that comes back is the same entry with a new `number` and new draws. */
export interface SimulatedObject {
  readonly id: string;
  readonly classId: string;
  /** Index in the scene's list, for its motion. */
  readonly spec: number;
  /** Index of the object that it follows; -1 for one that flies by itself. */
  readonly leader: number;
  /** Its place among its group, 0 for the leader. */
  readonly member: number;
  /** How often it has appeared. */
  incarnation: number;
  /** Counts up over all objects of the world, from 1; names, addresses and serials come from it. */
  number: number;
  alive: boolean;
  /** When a hidden object appears (again); never when infinite. */
  appearsAt: number;
  disappearsAt: number;
  random: RandomState;
  /** Draws for what it broadcasts, apart from those that move it. */
  voice: RandomState;
  traits: Traits;
  kinematics: Kinematics;
  pilot: Pilot;
  /** m to the right of, behind and above its leader. */
  station: [number, number, number];
  /** ECEF metres and metres per second, renewed with each step. */
  ecef: [number, number, number];
  ecefVelocity: [number, number, number];
  /** What micro-Doppler shows of it while it lives. */
  turning: "rotor" | "prop" | "flap" | "none";
  speaksRemoteId: boolean;
  speaksAdsb: boolean;
  /** Hz; 0: silent. */
  radioFrequency: number;
  /** Where its operator stands. */
  operator: { latitude: number; longitude: number; heightHae: number };
  takeoffHeightHae: number;
  /** Slow error of its own satellite navigation (m, east north up), and when it was last renewed. */
  navigationError: [number, number, number];
  navigationErrorAt: number;
  /** m; of its altimeter, all its life. */
  altimeterError: number;
  /** Next transmission of each kind, microseconds. */
  next: { position: number; velocity: number; identification: number; remoteId: number; partner: number };
  oddNext: boolean;
}

export interface World {
  readonly scene: Scene;
  readonly seed: number;
  readonly start: Micros;
  readonly ground: Ground;
  /** Of one step of the motion, microseconds. */
  readonly step: number;
  now: Micros;
  /** Numbers given so far. */
  numbered: number;
  readonly objects: SimulatedObject[];
  readonly sensors: SimulatedSensor[];
}

const STEP = 100_000; // microseconds: a drone at 30 m/s turns by a few degrees in it
export function createWorld(scene: Scene, start: Micros, seed = scene.seed): World {
  const { origin, wind } = scene;
  const bearing = wind.fromDegrees * RADIANS_PER_DEGREE;
  const world: World = {
    scene,
    seed,
    start,
    ground: {
      frame: localFrame(origin.latitudeDegrees * RADIANS_PER_DEGREE, origin.longitudeDegrees * RADIANS_PER_DEGREE, origin.groundHaeMetres),
      groundHae: origin.groundHaeMetres,
      windEast: -wind.speedMetresPerSecond * Math.sin(bearing),
      windNorth: -wind.speedMetresPerSecond * Math.cos(bearing),
    },
    step: STEP,
    now: start,
    numbered: 0,
    objects: [],
    sensors: [],
  };
  scene.objects.forEach((spec, index) => {
    const leader = world.objects.length;
    const count = spec.group?.count ?? 1;
    for (let member = 0; member < count; member++) {
      const id = count === 1 ? spec.id : `${spec.id}/${member + 1}`;
      world.objects.push(blankObject(id, spec, index, member === 0 ? -1 : leader, member, start + (spec.appearsAfterSeconds ?? 0) * 1e6));
    }
  });
  world.sensors.push(...createSensors(world));
  for (const object of world.objects) if (object.appearsAt <= start) appear(world, object);
  return world;
}

function blankObject(id: string, spec: ObjectSpec, index: number, leader: number, member: number, appearsAt: number): SimulatedObject {
  assert(findTargetClass(spec.class) !== undefined, "the class was checked when the scene was read");
  const random = randomStream(0, id);
  return {
    id,
    classId: spec.class,
    spec: index,
    leader,
    member,
    incarnation: 0,
    number: 0,
    alive: false,
    appearsAt,
    disappearsAt: Number.POSITIVE_INFINITY,
    random,
    voice: random,
    traits: { speed: 0, climbRate: 0, acceleration: 0, turnRate: 0, heightAboveGround: 0, size: 0, rcsDbsm: 0, acousticRange: 0 },
    kinematics: { latitude: 0, longitude: 0, heightHae: 0, velocityEast: 0, velocityNorth: 0, velocityUp: 0 },
    pilot: { goals: [], goal: 0, hoverLeft: 0, nextPause: 0, thermalLeft: 0, nearest: 0, sway: [0, 0, 0], finished: false },
    station: [0, 0, 0],
    ecef: [0, 0, 0],
    ecefVelocity: [0, 0, 0],
    turning: "none",
    speaksRemoteId: false,
    speaksAdsb: false,
    radioFrequency: 0,
    operator: { latitude: 0, longitude: 0, heightHae: 0 },
    takeoffHeightHae: 0,
    navigationError: [0, 0, 0],
    navigationErrorAt: 0,
    altimeterError: 0,
    next: { position: 0, velocity: 0, identification: 0, remoteId: 0, partner: 0 },
    oddNext: false,
  };
}

function appear(world: World, object: SimulatedObject): void {
  const spec = world.scene.objects[object.spec];
  const targetClass = findTargetClass(spec.class) as TargetClass;
  object.incarnation += 1;
  world.numbered += 1;
  object.number = world.numbered;
  object.random = randomStream(world.seed, "object", object.id, object.incarnation);
  object.voice = randomStream(world.seed, "voice", object.id, object.incarnation);
  const random = object.random;
  const traits = drawTraits(random, targetClass);
  if (spec.speedMetresPerSecond !== undefined) traits.speed = spec.speedMetresPerSecond;
  if (spec.heightMetres !== undefined) traits.heightAboveGround = spec.heightMetres;
  if (spec.rcsDbsm !== undefined) traits.rcsDbsm = spec.rcsDbsm;
  object.traits = traits;
  const started = startMotion(random, world.ground, spec.motion, traits);
  object.kinematics = started.kinematics;
  object.pilot = started.pilot;
  if (object.leader >= 0) joinLeader(world, object, spec);
  object.alive = true;
  object.disappearsAt = spec.lifetimeSeconds === undefined ? Number.POSITIVE_INFINITY : world.now + spec.lifetimeSeconds * 1e6;

  object.turning = drawTurning(random, targetClass);
  object.speaksRemoteId = decide(random, spec.remoteId, targetClass.remoteIdProbability);
  object.speaksAdsb = decide(random, spec.adsb, targetClass.adsbProbability);
  const emits = decide(random, spec.radio, targetClass.radio.emitProbability);
  const bands = targetClass.radio.bandsMegahertz;
  const band = bands.length === 0 ? 0 : bands[uniformInteger(random, bands.length)];
  object.radioFrequency = emits && band > 0 ? (band + 40 * uniform(random)) * 1e6 : 0;
  object.altimeterError = ALTIMETER_SIGMA * normal(random);
  object.takeoffHeightHae = world.ground.groundHae;
  const operator = spec.operator === undefined ? undefined : drawPlace(random, spec.operator);
  const place = operator === undefined ? object.kinematics : enuToGeodetic(world.ground.frame, operator.east, operator.north, 0);
  object.operator = { latitude: place.latitude, longitude: place.longitude, heightHae: world.ground.groundHae + 1.5 };
  object.navigationError = [0, 0, 0];
  for (let i = 0; i < 3; i++) object.navigationError[i] = NAVIGATION_SIGMA[i] * normal(object.voice);
  object.navigationErrorAt = world.now;
  // Transmitters do not start together.
  const phase = (period: number) => world.now + Math.floor(uniform(object.voice) * period);
  object.next = {
    position: phase(500_000),
    velocity: phase(500_000),
    identification: phase(5_000_000),
    remoteId: phase(1_000_000),
    partner: phase(2_000_000),
  };
  object.oddNext = false;
  renewEcef(object);
}

function joinLeader(world: World, object: SimulatedObject, spec: ObjectSpec): void {
  const leader = world.objects[object.leader];
  const group = spec.group;
  assert(group !== undefined, "a follower belongs to a group");
  const random = object.random;
  const { spacingMetres: spacing, count } = group;
  const rank = Math.ceil(object.member / 2);
  switch (group.shape) {
    case "wedge":
      object.station = [(object.member % 2 === 1 ? 1 : -1) * rank * spacing, rank * spacing, 0];
      break;
    case "line":
      object.station = [0, object.member * spacing, 0];
      break;
    case "flock": {
      // Spread so that neighbours are about `spacing` apart.
      const radius = (spacing * Math.sqrt(count)) / 2;
      object.station = [radius * normal(random), radius * normal(random), 0.3 * radius * normal(random)];
      break;
    }
  }
  const l = leader.kinematics;
  const scale = metresPerRadian(l.latitude, l.heightHae);
  object.kinematics = {
    ...l,
    latitude: l.latitude - object.station[1] / scale.north,
    longitude: l.longitude + object.station[0] / scale.east,
    heightHae: Math.max(world.ground.groundHae + 2, l.heightHae + object.station[2]),
  };
}

const decide = (random: RandomState, decision: Decision | undefined, probability: number): boolean => {
  const drawn = chance(random, probability); // drawn always, so that a scene's word does not change the other draws
  return decision === "yes" || (decision !== "no" && drawn);
};

function drawTurning(random: RandomState, targetClass: TargetClass): SimulatedObject["turning"] {
  const { rotor = 0, prop = 0, flap } = targetClass.microDoppler;
  const at = uniform(random);
  if (at < rotor) return "rotor";
  if (at < rotor + prop) return "prop";
  return at < rotor + prop + flap ? "flap" : "none";
}

function renewEcef(object: SimulatedObject): void {
  const k = object.kinematics;
  object.ecef = geodeticToEcef(k.latitude, k.longitude, k.heightHae);
  const sinLat = Math.sin(k.latitude);
  const cosLat = Math.cos(k.latitude);
  const sinLon = Math.sin(k.longitude);
  const cosLon = Math.cos(k.longitude);
  const inward = -sinLat * k.velocityNorth + cosLat * k.velocityUp;
  object.ecefVelocity = [
    -sinLon * k.velocityEast + cosLon * inward,
    cosLon * k.velocityEast + sinLon * inward,
    cosLat * k.velocityNorth + sinLat * k.velocityUp,
  ];
}

/**
 * Lets time pass until `until` and returns what was measured and heard, in the order of the steps (0.1 s); within a step by sensor.
 */
export function advanceWorld(world: World, until: Micros): Report[] {
  const reports: Report[] = [];
  const dt = world.step / MICROS_PER_SECOND;
  while (world.now + world.step <= until) {
    world.now = micros(world.now + world.step);
    for (const object of world.objects) {
      if (!object.alive) {
        if (object.appearsAt <= world.now && (object.leader < 0 || world.objects[object.leader].alive)) appear(world, object);
        continue;
      }
      const spec = world.scene.objects[object.spec];
      const leader = object.leader < 0 ? undefined : world.objects[object.leader];
      if (leader !== undefined && !leader.alive) {
        disappear(world, object, leader.appearsAt);
        continue;
      }
      steer(
        object.random,
        world.ground,
        object.classId,
        spec.motion,
        object.traits,
        object.kinematics,
        object.pilot,
        dt,
        leader === undefined ? undefined : { kinematics: leader.kinematics, station: object.station },
      );
      const floor = world.ground.groundHae + 0.3;
      if (object.kinematics.heightHae < floor) {
        object.kinematics.heightHae = floor;
        object.kinematics.velocityUp = Math.max(0, object.kinematics.velocityUp);
      }
      renewEcef(object);
      if (object.pilot.finished || world.now >= object.disappearsAt) {
        const wait = spec.returnsAfterSeconds;
        const back = wait === undefined ? Number.POSITIVE_INFINITY : world.now + 1e6 * uniformBetween(object.random, wait[0], wait[1]);
        disappear(world, object, Math.ceil(back));
      }
    }
    lookAround(world, reports);
  }
  return reports;
}

function disappear(_world: World, object: SimulatedObject, appearsAt: number): void {
  object.alive = false;
  object.appearsAt = appearsAt;
}

/** The truth of one object, for scores and tests; never encoded. */
export interface Truth {
  readonly number: number;
  readonly id: string;
  readonly classId: string;
  /** Own or friendly: the partner feed reports it. */
  readonly partner: boolean;
  readonly latitude: number;
  readonly longitude: number;
  readonly heightHae: number;
  readonly velocityEast: number;
  readonly velocityNorth: number;
  readonly velocityUp: number;
}

export const readTruth = (world: World): Truth[] =>
  world.objects
    .filter((object) => object.alive)
    .map((object) => ({
      number: object.number,
      id: object.id,
      classId: object.classId,
      partner: world.scene.objects[object.spec]?.partner === true,
      ...object.kinematics,
    }));
