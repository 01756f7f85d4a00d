// How a simulated object moves: guidance (where it wants to go) and dynamics (what its class can do), on the ellipsoid itself, so
// that an airliner 100 km away moves as truly as a drone at the fence.

import { assert } from "../base/assert.ts";
import { RADIANS_PER_DEGREE, wrapAngle } from "../base/units.ts";
import { enuToGeodetic, type LocalFrame, WGS84_A, WGS84_E2 } from "../geodesy/wgs84.ts";
import { exponential, normal, type RandomState, uniform, uniformBetween } from "../math/random.ts";
import { findTargetClass, type TargetClass } from "../model/target-classes.ts";
import type { Traits } from "./draw.ts";
import type { MotionSpec, PlaceSpec } from "./scene.ts";

/** Plain data. Radians, metres above the ellipsoid; velocity east, north, up (m/s) in the object's own tangent plane. */
export interface Kinematics {
  latitude: number;
  longitude: number;
  heightHae: number;
  velocityEast: number;
  velocityNorth: number;
  velocityUp: number;
}

/** A place to go to. */
export interface Goal {
  latitude: number;
  longitude: number;
  heightHae: number;
  /** m/s */
  speed: number;
  /** s to wait there. */
  hover: number;
}

/** What an object is doing: plain data, changed by `steer`. */
export interface Pilot {
  goals: Goal[];
  goal: number;
  /** s left to hover; also the pause that the class's hover share asks for. */
  hoverLeft: number;
  /** s until the next pause is drawn. */
  nextPause: number;
  /** Soaring: s left in this thermal; 0 while gliding. */
  thermalLeft: number;
  /** Closest approach to the present goal, to notice that it was passed. */
  nearest: number;
  /** Slow sway of a hovering object, m east, north, up. */
  sway: [number, number, number];
  finished: boolean;
}

/** The site on which a scene plays. */
export interface Ground {
  readonly frame: LocalFrame;
  readonly groundHae: number;
  /** m/s */
  readonly windEast: number;
  readonly windNorth: number;
}

/** Metres per radian of latitude and of longitude at a place. */
export function metresPerRadian(latitude: number, heightHae: number): { north: number; east: number } {
  const s = Math.sin(latitude);
  const w2 = 1 - WGS84_E2 * s * s;
  const w = Math.sqrt(w2);
  return { north: (WGS84_A * (1 - WGS84_E2)) / (w2 * w) + heightHae, east: (WGS84_A / w + heightHae) * Math.cos(latitude) };
}

/** East and north metres from one place to another; straight enough up to some hundred kilometres. */
export function offsetBetween(
  from: { latitude: number; longitude: number },
  to: { latitude: number; longitude: number },
  heightHae: number,
): { east: number; north: number } {
  const scale = metresPerRadian((from.latitude + to.latitude) / 2, heightHae);
  return { east: wrapAngle(to.longitude - from.longitude) * scale.east, north: (to.latitude - from.latitude) * scale.north };
}

/** Draws a place of a scene: east and north metres from the origin. A disc's ring is drawn evenly in area. */
export function drawPlace(random: RandomState, place: PlaceSpec): { east: number; north: number } {
  if ("eastMetres" in place) return { east: place.eastMetres, north: place.northMetres };
  const [nearest, farthest] = place.rangeMetres;
  const range = Math.sqrt(uniformBetween(random, nearest * nearest, farthest * farthest));
  const bearing = uniformBetween(random, place.bearingDegrees[0], place.bearingDegrees[1]) * RADIANS_PER_DEGREE;
  return { east: range * Math.sin(bearing), north: range * Math.cos(bearing) };
}

function goalAt(ground: Ground, place: { east: number; north: number }, heightAboveGround: number, speed: number, hover = 0): Goal {
  const at = enuToGeodetic(ground.frame, place.east, place.north, 0);
  return { latitude: at.latitude, longitude: at.longitude, heightHae: ground.groundHae + heightAboveGround, speed, hover };
}

const inDisc = (random: RandomState, centre: { east: number; north: number }, radius: number) => {
  const r = radius * Math.sqrt(uniform(random));
  const bearing = 2 * Math.PI * uniform(random);
  return { east: centre.east + r * Math.sin(bearing), north: centre.north + r * Math.cos(bearing) };
};

/** Points of one round of an orbit: enough for the path to look round. */
const ORBIT_POINTS = 24;
/** Goals that a wandering object draws ahead; then it goes through them again. */
const WANDER_GOALS = 64;
/** m/s; soaring birds sink so fast between thermals. An estimate. */
const GLIDE_SINK = 1;

/**
 * Where an object of this motion starts and what it will do. Draws from `random` in a fixed order.
 */
export function startMotion(
  random: RandomState,
  ground: Ground,
  motion: MotionSpec,
  traits: Traits,
): { kinematics: Kinematics; pilot: Pilot } {
  const goals: Goal[] = [];
  const height = traits.heightAboveGround;
  switch (motion.kind) {
    case "waypoints": {
      let h = height;
      let v = traits.speed;
      for (const point of motion.points) {
        h = point.heightMetres ?? h;
        v = point.speedMetresPerSecond ?? v;
        goals.push(goalAt(ground, drawPlace(random, point), h, v, point.hoverSeconds ?? 0));
      }
      break;
    }
    case "orbit": {
      const centre = drawPlace(random, motion.centre);
      const phase = 2 * Math.PI * uniform(random);
      for (let i = 0; i < ORBIT_POINTS; i++) {
        const turn = phase + ((motion.clockwise === false ? -1 : 1) * 2 * Math.PI * i) / ORBIT_POINTS;
        const place = {
          east: centre.east + motion.radiusMetres * Math.sin(turn),
          north: centre.north + motion.radiusMetres * Math.cos(turn),
        };
        goals.push(goalAt(ground, place, height, traits.speed));
      }
      break;
    }
    case "hover":
      goals.push(goalAt(ground, drawPlace(random, motion.at), height, 0));
      break;
    case "approach": {
      const from = drawPlace(random, motion.from);
      const towards = drawPlace(random, motion.towards);
      const distance = Math.hypot(from.east - towards.east, from.north - towards.north);
      const share = distance <= motion.standoffMetres ? 1 : motion.standoffMetres / distance;
      const stop = {
        east: towards.east + share * (from.east - towards.east),
        north: towards.north + share * (from.north - towards.north),
      };
      goals.push(goalAt(ground, from, height, traits.speed));
      goals.push(goalAt(ground, stop, height, traits.speed, motion.hoverSeconds));
      goals.push(goalAt(ground, from, height, traits.speed));
      break;
    }
    case "wander":
    case "soar": {
      const centre = drawPlace(random, motion.centre);
      for (let i = 0; i < WANDER_GOALS; i++) {
        const up = height * Math.exp(0.25 * normal(random)); // an estimate: heights of one object within some ten per cent
        goals.push(goalAt(ground, inDisc(random, centre, motion.radiusMetres), up, traits.speed));
      }
      break;
    }
    case "drift":
      // The one goal is the place where it starts; `steer` lets the wind have it from there.
      goals.push(goalAt(ground, drawPlace(random, motion.from), 0, traits.speed));
      break;
  }
  assert(goals.length > 0, "a motion has somewhere to start");
  const first = goals[0];
  const next = goals[Math.min(1, goals.length - 1)];
  const toNext = offsetBetween(first, next, first.heightHae);
  const distance = Math.hypot(toNext.east, toNext.north);
  const moving = motion.kind !== "hover" && distance > 0;
  return {
    kinematics: {
      latitude: first.latitude,
      longitude: first.longitude,
      heightHae: first.heightHae,
      velocityEast: moving ? (first.speed * toNext.east) / distance : 0,
      velocityNorth: moving ? (first.speed * toNext.north) / distance : 0,
      velocityUp: 0,
    },
    pilot: {
      goals,
      goal: Math.min(1, goals.length - 1),
      hoverLeft: first.hover,
      nextPause: motion.kind === "wander" ? exponential(random, MEAN_STRETCH) : 0,
      thermalLeft: 0,
      nearest: Number.MAX_VALUE,
      sway: [0, 0, 0],
      finished: false,
    },
  };
}

/** Mean length of a stretch of movement between pauses, s; an estimate. The pauses are as long as the class's hover share asks for. */
const MEAN_STRETCH = 45;

/** True for those that can stop in the air or on a road. */
export const canHover = (targetClass: TargetClass): boolean => targetClass.hoverShare > 0.05 || targetClass.fixed === true;

/**
 * Moves one object by `dt` seconds, in place. `leader` is the object that it keeps station on, with its `station` (m to the right,
 * behind, above, in the leader's own heading).
 */
export function steer(
  random: RandomState,
  ground: Ground,
  classId: string,
  motion: MotionSpec,
  traits: Traits,
  k: Kinematics,
  pilot: Pilot,
  dt: number,
  leader?: { kinematics: Kinematics; station: readonly [number, number, number] },
): void {
  const targetClass = findTargetClass(classId);
  assert(targetClass !== undefined, "the class was checked when the scene was read");
  if (leader !== undefined) {
    keepStation(random, targetClass, traits, k, pilot, dt, leader);
    return;
  }
  if (motion.kind === "drift") {
    drift(random, ground, motion.ceilingMetres, traits, k, pilot, dt);
    return;
  }
  if (motion.kind === "hover") {
    sway(random, motion.swayMetres ?? 2, k, pilot, dt);
    return;
  }
  const goal = pilot.goals[pilot.goal];
  const to = offsetBetween(k, goal, k.heightHae);
  const distance = Math.hypot(to.east, to.north);
  let speed = goal.speed;

  // Pauses: long stretches of movement and of standing still, in the class's own proportion.
  if (motion.kind === "wander" && pilot.hoverLeft <= 0 && targetClass.hoverShare > 0) {
    pilot.nextPause -= dt;
    if (pilot.nextPause <= 0) {
      pilot.hoverLeft = exponential(random, (MEAN_STRETCH * targetClass.hoverShare) / (1 - targetClass.hoverShare));
      pilot.nextPause = exponential(random, MEAN_STRETCH);
    }
  }
  if (pilot.hoverLeft > 0) {
    pilot.hoverLeft -= dt;
    accelerate(targetClass, traits, k, 0, 0, dt);
    climb(traits, k, goal.heightHae - k.heightHae, dt);
    advance(k, dt);
    return;
  }

  if (motion.kind === "soar") {
    if (pilot.thermalLeft > 0) {
      pilot.thermalLeft -= dt;
      const heading = Math.atan2(k.velocityEast - ground.windEast, k.velocityNorth - ground.windNorth) + traits.turnRate * dt;
      k.velocityEast = traits.speed * Math.sin(heading) + ground.windEast;
      k.velocityNorth = traits.speed * Math.cos(heading) + ground.windNorth;
      approachValue(k, traits.climbRate, traits.climbRate * dt);
      if (k.heightHae > goal.heightHae + 2 * traits.heightAboveGround) pilot.thermalLeft = 0;
      advance(k, dt);
      return;
    }
    if (distance < 60) {
      pilot.thermalLeft = uniformBetween(random, 60, 180);
      pilot.goal = (pilot.goal + 1) % pilot.goals.length;
    }
  }

  // Passing a goal: where the turn to the next one must begin, or farther away again after having been near.
  const turning = speed / Math.max(turnLimit(targetClass, traits), 1e-3);
  const last = pilot.goal === pilot.goals.length - 1;
  const ends = last && ((motion.kind === "waypoints" && motion.repeat !== true) || motion.kind === "approach");
  const capture =
    canHover(targetClass) || ends ? Math.max(2, speed * 0.5) : turnBefore(to, goal, pilot.goals[last ? 0 : pilot.goal + 1], turning);
  pilot.nearest = Math.min(pilot.nearest, distance);
  if (distance < capture || (pilot.nearest < 2 * turning && distance > pilot.nearest + turning / 2)) {
    if (goal.hover > 0) pilot.hoverLeft = goal.hover;
    pilot.nearest = Number.MAX_VALUE;
    if (ends) pilot.finished = true;
    else if (motion.kind !== "soar") pilot.goal = last ? 0 : pilot.goal + 1;
  }

  // Brakes in time where it is going to wait.
  if (goal.hover > 0)
    speed = Math.min(speed, Math.sqrt(2 * Math.max(traits.acceleration, 0.3) * Math.max(distance - capture / 2, 0)) + 0.5);
  const scale = distance > 1e-6 ? speed / distance : 0;
  accelerate(targetClass, traits, k, to.east * scale, to.north * scale, dt);
  const heightGap = goal.heightHae - k.heightHae;
  if (motion.kind === "soar") climb({ ...traits, climbRate: heightGap < 0 ? GLIDE_SINK : traits.climbRate }, k, heightGap, dt);
  else climb(traits, k, spreadClimb(heightGap, distance, speed, traits), dt);
  advance(k, dt);
}

/** How far before a goal the turn to the next one begins, m: radius times the tangent of half the turn. */
function turnBefore(to: { east: number; north: number }, goal: Goal, next: Goal, radius: number): number {
  const on = offsetBetween(goal, next, goal.heightHae);
  const turn = Math.abs(wrapAngle(Math.atan2(on.east, on.north) - Math.atan2(to.east, to.north)));
  return Math.max(20, Math.min(2, Math.tan(Math.min(turn, 3) / 2)) * radius);
}

/** A long leg is climbed evenly, a short one as fast as the class can. Metres of height to gain now. */
function spreadClimb(gap: number, distance: number, speed: number, traits: Traits): number {
  const secondsLeft = speed > 0 ? distance / speed : 0;
  const needed = secondsLeft > 1 ? Math.abs(gap) / secondsLeft : traits.climbRate;
  const rate = Math.min(traits.climbRate, Math.max(needed, 0));
  return Math.sign(gap) * Math.min(Math.abs(gap), rate * 2); // `climb` aims at the gap within two seconds
}

/** rad/s. The table spreads what is seen; what an object can do is at least the middle of that. */
const turnLimit = (targetClass: TargetClass, traits: Traits): number => Math.max(traits.turnRate, targetClass.features.turnRate.median);

/** Changes the horizontal velocity towards the wanted one within the limits of class and object. */
function accelerate(targetClass: TargetClass, traits: Traits, k: Kinematics, wantEast: number, wantNorth: number, dt: number): void {
  const most = Math.max(traits.acceleration, 0.3) * dt;
  if (canHover(targetClass)) {
    const dE = wantEast - k.velocityEast;
    const dN = wantNorth - k.velocityNorth;
    const size = Math.hypot(dE, dN);
    const share = size <= most ? 1 : most / size;
    k.velocityEast += dE * share;
    k.velocityNorth += dN * share;
    return;
  }
  // On wings: the course turns, the speed changes slowly.
  const speed = Math.hypot(k.velocityEast, k.velocityNorth);
  const wanted = Math.hypot(wantEast, wantNorth);
  const course = speed > 0.01 ? Math.atan2(k.velocityEast, k.velocityNorth) : Math.atan2(wantEast, wantNorth);
  const turn = wanted > 0.01 ? wrapAngle(Math.atan2(wantEast, wantNorth) - course) : 0;
  const limit = turnLimit(targetClass, traits) * dt;
  const newCourse = course + Math.max(-limit, Math.min(limit, turn));
  const newSpeed = speed + Math.max(-most, Math.min(most, wanted - speed));
  k.velocityEast = newSpeed * Math.sin(newCourse);
  k.velocityNorth = newSpeed * Math.cos(newCourse);
}

/** Vertical speed towards closing `gap` metres, within the climb rate; changes by at most the climb rate in a second. */
function climb(traits: Traits, k: Kinematics, gap: number, dt: number): void {
  approachValue(k, Math.max(-traits.climbRate, Math.min(traits.climbRate, gap / 2)), traits.climbRate * dt);
}

function approachValue(k: Kinematics, wantUp: number, most: number): void {
  k.velocityUp += Math.max(-most, Math.min(most, wantUp - k.velocityUp));
}

function advance(k: Kinematics, dt: number): void {
  const scale = metresPerRadian(k.latitude, k.heightHae);
  k.latitude += (k.velocityNorth * dt) / scale.north;
  k.longitude = wrapAngle(k.longitude + (k.velocityEast * dt) / scale.east);
  k.heightHae += k.velocityUp * dt;
}

/** Seconds in which a follower closes a gap to its station. */
const STATION_TIME = 4;
/** A follower may be so much faster than it would fly alone, to catch up. */
const CATCH_UP = 1.5;
/** Seconds over which a follower's wish to be elsewhere lasts, and its size as a share of the spacing. */
const RESTLESS_TIME = 8;
const RESTLESS_SHARE = 0.35;

function keepStation(
  random: RandomState,
  targetClass: TargetClass,
  traits: Traits,
  k: Kinematics,
  pilot: Pilot,
  dt: number,
  leader: { kinematics: Kinematics; station: readonly [number, number, number] },
): void {
  const l = leader.kinematics;
  const speed = Math.hypot(l.velocityEast, l.velocityNorth);
  const sin = speed > 0.5 ? l.velocityEast / speed : 0;
  const cos = speed > 0.5 ? l.velocityNorth / speed : 1;
  const [right, behind, above] = leader.station;
  const spacing = Math.hypot(right, behind, above);
  ornsteinUhlenbeck(random, pilot.sway, RESTLESS_TIME, RESTLESS_SHARE * Math.min(spacing, 40), dt);
  const to = offsetBetween(k, l, k.heightHae);
  const gapEast = to.east + right * cos - behind * sin + pilot.sway[0];
  const gapNorth = to.north - right * sin - behind * cos + pilot.sway[1];
  let wantEast = l.velocityEast + gapEast / STATION_TIME;
  let wantNorth = l.velocityNorth + gapNorth / STATION_TIME;
  const wanted = Math.hypot(wantEast, wantNorth);
  const most = CATCH_UP * Math.max(traits.speed, speed);
  if (wanted > most) {
    wantEast *= most / wanted;
    wantNorth *= most / wanted;
  }
  accelerate(targetClass, traits, k, wantEast, wantNorth, dt);
  climb(traits, k, l.heightHae + above + 0.3 * pilot.sway[2] - k.heightHae + 2 * l.velocityUp, dt);
  advance(k, dt);
}

/** A slow random walk that is pulled back to zero: standard deviation `sigma`, memory `tau` seconds. */
function ornsteinUhlenbeck(random: RandomState, state: [number, number, number], tau: number, sigma: number, dt: number): void {
  const keep = Math.exp(-dt / tau);
  const kick = sigma * Math.sqrt(1 - keep * keep);
  for (let i = 0; i < 3; i++) state[i] = state[i] * keep + kick * normal(random);
}

/** rad/s and share of critical damping with which a hovering drone swings about its place. Estimates. */
const SWAY_RATE = (2 * Math.PI) / 12;
const SWAY_DAMPING = 0.5;

/** A damped spring driven by gusts; the driving noise is sized so that each axis has standard deviation `sigma` metres. */
function sway(random: RandomState, sigma: number, k: Kinematics, pilot: Pilot, dt: number): void {
  const home = pilot.goals[0];
  const back = offsetBetween(k, home, k.heightHae);
  const stiffness = SWAY_RATE * SWAY_RATE;
  const friction = 2 * SWAY_DAMPING * SWAY_RATE;
  const kick = sigma * Math.sqrt(2 * friction * stiffness * dt);
  k.velocityEast += (stiffness * back.east - friction * k.velocityEast) * dt + kick * normal(random);
  k.velocityNorth += (stiffness * back.north - friction * k.velocityNorth) * dt + kick * normal(random);
  k.velocityUp += (stiffness * (home.heightHae - k.heightHae) - friction * k.velocityUp) * dt + 0.3 * kick * normal(random);
  advance(k, dt);
}

function drift(
  random: RandomState,
  ground: Ground,
  ceiling: number | undefined,
  traits: Traits,
  k: Kinematics,
  pilot: Pilot,
  dt: number,
): void {
  ornsteinUhlenbeck(random, pilot.sway, 30, 0.6, dt); // gusts; an estimate
  const most = Math.max(traits.acceleration, 0.05) * dt;
  k.velocityEast += Math.max(-most, Math.min(most, ground.windEast + pilot.sway[0] - k.velocityEast));
  k.velocityNorth += Math.max(-most, Math.min(most, ground.windNorth + pilot.sway[1] - k.velocityNorth));
  approachValue(k, traits.climbRate, most);
  advance(k, dt);
  if (ceiling !== undefined && k.heightHae > ground.groundHae + ceiling) pilot.finished = true;
}
