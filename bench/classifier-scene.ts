// Objects of every class, flown by the simulator, measured by a noisy radar, tracked by the real tracker: what the classifier's bench
// and its fit ask it about. Truth stays beside the tracks and is used for nothing but the score.

import type { Micros } from "../src/core/base/units.ts";
import { geodeticToEcef, localFrame } from "../src/core/geodesy/wgs84.ts";
import { type ClassFeatures, createClassFeatures, observeFacts, observeFeature } from "../src/core/identification/class-features.ts";
import { exponential, normal, poisson, type RandomState, uniform, uniformBetween, uniformInteger } from "../src/core/math/random.ts";
import type { MicroDoppler } from "../src/core/model/observation.ts";
import { findSensorClass } from "../src/core/model/sensor-classes.ts";
import { type Distribution, TARGET_CLASSES, type TargetClass } from "../src/core/model/target-classes.ts";
import type { TrackFacts, Wind } from "../src/core/model/track-facts.ts";
import { drawFrom, drawTraits, type Traits } from "../src/core/simulation/draw.ts";
import { type Ground, type Kinematics, type Pilot, startMotion, steer } from "../src/core/simulation/motion.ts";
import { angleSigma, fromDb, meanSnr, radioHorizon, toDb } from "../src/core/simulation/radar-equation.ts";
import type { MotionSpec, PlaceSpec } from "../src/core/simulation/scene.ts";
import { sightOf } from "../src/core/simulation/sensing.ts";
import { randomStream } from "../src/core/simulation/stream.ts";
import {
  advanceTime,
  createTracker,
  predictTrack,
  processScan,
  readTracks,
  SPATIAL_SETTINGS,
  setSensor,
} from "../src/core/tracking/picket-tracker.ts";

/** One tracked object at the moment at which it is judged. */
export interface TrackedObject {
  readonly classId: string;
  readonly world: number;
  readonly features: ClassFeatures;
  readonly facts: TrackFacts;
  readonly wind: Wind;
  /** s since the track began. */
  readonly age: number;
}

export interface SceneOptions {
  /** How far the medians of every feature of every class are moved, as a share of them; the sign is drawn for each. */
  readonly shift: number;
  /** Age of a track at which it is judged, s; one that ends sooner is judged at its end. */
  readonly judgeAt: number;
}

/** A track younger than this at its end is not judged; s. */
const YOUNGEST = 4;
const STEP = 0.1;
const DURATION = 45;
const EPOCH = 1_000_000_000_000;
const RADAR = findSensorClass("radar.rotating3d.x")!;
const ORIGIN = { latitude: 0.644, longitude: 0.7522, heightHae: 300 };
const ANTENNA = 12;
/** Least detection probability at the place where an object is put: radars hold tracks there. */
const LEAST_PD = 0.75;

/** The class with every median moved by plus or minus `shift`, the whole spread with it. Shares of micro-Doppler and hovering too. */
export function shiftClass(random: RandomState, one: TargetClass, shift: number): TargetClass {
  const sign = () => (uniform(random) < 0.5 ? -1 : 1);
  const moved = (d: Distribution): Distribution => {
    const by = 1 + sign() * shift;
    if (d.shape === "log-normal") return { ...d, low: d.low * by, median: d.median * by, high: d.high * by };
    const step = d.median * by - d.median;
    return { ...d, low: d.low + step, median: d.median + step, high: d.high + step };
  };
  const features = Object.fromEntries(
    Object.entries(one.features).map(([name, d]) => [name, moved(d as Distribution)]),
  ) as unknown as TargetClass["features"];
  const by = 1 + sign() * shift;
  const { rotor = 0, prop = 0, flap } = one.microDoppler;
  const scale = Math.min(by, 0.98 / Math.max(rotor + prop + flap, 1e-9));
  const microDoppler = { rotor: rotor * scale, prop: prop * scale, flap: flap * scale, none: 1 - (rotor + prop + flap) * scale };
  return { ...one, features, microDoppler, hoverShare: Math.min(one.hoverShare * (1 + sign() * shift), 0.98) };
}

/** Mean length of a leg between two even draws from a disc, as a share of its radius, and the mean change of course at its end, rad. */
const LEG_SHARE = 0.905;
const LEG_TURN = 1.75;

/**
 * How objects of a class are let fly: a mixture, drawn for each object. Wandering objects get a disc in which they change course as
 * often as the turn rate drawn for them asks for: the table gives what is seen over 5 s, and the simulator's limit of turning alone would
 * let them fly straight for minutes.
 */
function drawMotion(random: RandomState, id: string, at: { east: number; north: number }, traits: Traits): MotionSpec {
  const { speed, turnRate } = traits;
  const place: PlaceSpec = { eastMetres: at.east, northMetres: at.north };
  const away = (metres: number): PlaceSpec => {
    const bearing = 2 * Math.PI * uniform(random);
    return { eastMetres: at.east + metres * Math.sin(bearing), northMetres: at.north + metres * Math.cos(bearing) };
  };
  const wander: MotionSpec = {
    kind: "wander",
    centre: place,
    radiusMetres: Math.min(Math.max((speed * LEG_TURN) / turnRate / LEG_SHARE, 5), 5000),
  };
  const transit: MotionSpec = { kind: "waypoints", points: [place, away(Math.max(60 * speed, 300))] };
  const orbit: MotionSpec = {
    kind: "orbit",
    centre: place,
    radiusMetres: Math.min(Math.max(speed / turnRate, 30), 5000),
    clockwise: uniform(random) < 0.5,
  };
  const approach: MotionSpec = { kind: "approach", from: place, towards: away(900), standoffMetres: 150, hoverSeconds: 20 };
  const hover = (swayMetres: number): MotionSpec => ({ kind: "hover", at: place, swayMetres });
  const u = uniform(random);
  switch (id) {
    case "uas.multirotor.micro":
    case "uas.multirotor.small":
    case "uas.multirotor.large":
    case "uas.helicopter":
      if (u < 0.65) return wander;
      if (u < 0.75) return hover(2);
      return u < 0.9 ? approach : orbit;
    case "uas.fpv":
      return u < 0.7 ? wander : approach;
    case "uas.fixedwing.small":
    case "uas.tactical":
    case "uas.vtol_hybrid":
      return u < 0.5 ? wander : u < 0.75 ? orbit : transit;
    case "uas.oneway":
    case "manned.transport":
      return transit;
    case "bird.soaring":
      return { kind: "soar", centre: place, radiusMetres: 500 };
    case "manned.helicopter":
      return u < 0.6 ? transit : u < 0.9 ? wander : hover(2);
    case "manned.light":
    case "manned.jet":
    case "manned.ultralight":
      return u < 0.6 ? transit : orbit;
    case "lta.balloon":
    case "lta.radiosonde":
      return { kind: "drift", from: place };
    case "lta.aerostat":
      return hover(3);
    case "clutter.wind_turbine":
      return hover(0.2);
    case "lta.kite":
    case "ground.vehicle":
    case "ground.person":
    case "insect_bat":
    case "clutter.false_track":
      return wander;
    default:
      return u < 0.65 ? wander : transit; // birds
  }
}

interface Flyer {
  readonly shifted: TargetClass;
  readonly traits: Traits;
  readonly motion: MotionSpec;
  readonly ground: Ground;
  readonly kinematics: Kinematics;
  readonly pilot: Pilot;
  readonly random: RandomState;
  readonly turning: MicroDoppler;
  readonly endsAt: number;
}

/** Draws one object where the radar can see it; undefined when this draw flies where it cannot. */
function drawFlyer(random: RandomState, shifted: TargetClass): Flyer | undefined {
  const traits = drawTraits(random, shifted);
  const radar = RADAR.radar!;
  const coverage = RADAR.coverage!;
  // Slant range at which this echo is still detected with LEAST_PD.
  const needed = Math.log(radar.reference.falseAlarmProbability) / Math.log(LEAST_PD) - 1;
  const atReference = meanSnr(radar.reference, radar.reference.range, fromDb(traits.rcsDbsm));
  const height = Math.max(traits.heightAboveGround, 0.5);
  // Within the range at which the radar is specified, unless it flies so high that it is seen beyond only.
  const most = height < 0.5 * radar.reference.range ? radar.reference.range : 0.9 * coverage.rangeMax;
  const reach = Math.min(radar.reference.range * Math.sqrt(Math.sqrt(atReference / needed)), most);
  const nearest = Math.max(300, height / Math.tan(coverage.elevationMax! * 0.9));
  const farthest = Math.min(Math.sqrt(Math.max(reach * reach - height * height, 0)), radioHorizon(ANTENNA, height) * 0.95);
  if (!(farthest > nearest)) return undefined;
  const range = uniformBetween(random, nearest, farthest);
  const bearing = 2 * Math.PI * uniform(random);
  const at = { east: range * Math.sin(bearing), north: range * Math.cos(bearing) };
  // Where it drifts, the wind is as fast as the table says such things go.
  const windTo = 2 * Math.PI * uniform(random);
  const drifts = shifted.id === "lta.balloon" || shifted.id === "lta.radiosonde";
  const windSpeed = drifts ? traits.speed : drawFrom(random, TARGET_CLASSES.find(({ id }) => id === "lta.balloon")!.features.speed);
  const ground: Ground = {
    frame: localFrame(ORIGIN.latitude, ORIGIN.longitude, ORIGIN.heightHae),
    groundHae: ORIGIN.heightHae,
    windEast: windSpeed * Math.sin(windTo),
    windNorth: windSpeed * Math.cos(windTo),
  };
  const motion = drawMotion(random, shifted.id, at, traits);
  const { kinematics, pilot } = startMotion(random, ground, motion, traits);
  if (motion.kind === "drift") {
    // It has been drifting and climbing for a while.
    kinematics.heightHae = ground.groundHae + height;
    kinematics.velocityEast = ground.windEast;
    kinematics.velocityNorth = ground.windNorth;
    kinematics.velocityUp = traits.climbRate;
  }
  const { rotor = 0, prop = 0, flap } = shifted.microDoppler;
  const u = uniform(random);
  const turning: MicroDoppler = u < rotor ? "rotor" : u < rotor + prop ? "propeller" : u < rotor + prop + flap ? "flap" : "none";
  const lifetime = shifted.lifetime;
  const endsAt =
    lifetime === undefined
      ? Number.POSITIVE_INFINITY
      : drawFrom(random, {
          ...shifted.features.speed,
          shape: "log-normal",
          low: lifetime[0],
          median: lifetime[1],
          high: lifetime[2],
        });
  return { shifted, traits, motion, ground, kinematics, pilot, random, turning, endsAt };
}

interface Kept {
  features: ClassFeatures;
  facts: TrackFacts | undefined;
  votes: Map<number, number>;
  judged: boolean;
  /** Of the newest state: [features, facts]. */
  last: { features: ClassFeatures; facts: TrackFacts } | undefined;
}

const copyFeatures = (f: ClassFeatures): ClassFeatures => ({
  ...f,
  ring: f.ring.slice(),
  sensors: f.sensors.map((sensor) => ({
    ...sensor,
    microDoppler: [...sensor.microDoppler],
    labels: sensor.labels.map((label) => ({ ...label })),
  })),
});

/** Flies one object of each class at once before one radar, and returns those that were tracked, as they looked when they were judged. */
export function flyWorld(world: number, options: SceneOptions): TrackedObject[] {
  const random = randomStream(world, "classifier");
  const radar = RADAR.radar!;
  const coverage = RADAR.coverage!;
  const { noise } = RADAR;
  const period = RADAR.updatePeriod.typical;
  const sensorFrame = localFrame(ORIGIN.latitude, ORIGIN.longitude, ORIGIN.heightHae + ANTENNA);
  const flyers: Flyer[] = [];
  for (const one of TARGET_CLASSES) {
    const own = randomStream(world, "classifier", one.id);
    const shifted = shiftClass(own, one, options.shift);
    for (let tries = 0; tries < 50; tries++) {
      const flyer = drawFlyer(own, shifted);
      if (flyer === undefined) continue;
      flyers.push(flyer);
      break;
    }
  }
  const tracker = createTracker({ ...SPATIAL_SETTINGS, birthRate: 0.1, initialUndetected: 2, historyStates: 1024 });
  setSensor(tracker, {
    id: "radar",
    positionEnu: [0, 0, ANTENNA],
    rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    azimuthFrom: "north",
    fieldOfView: {
      rangeMin: coverage.rangeMin,
      rangeMax: coverage.rangeMax,
      azimuthCentre: 0,
      azimuthWidth: 2 * Math.PI,
      elevationMin: coverage.elevationMin!,
      elevationMax: coverage.elevationMax!,
    },
    detectionProbability: 0.85,
    falseDetectionsPerScan: radar.falsePerScan.typical,
    updatePeriod: period,
    cooperative: false,
  });
  const threshold = -Math.log(radar.reference.falseAlarmProbability);
  const kept = new Map<number, Kept>();
  const judged: TrackedObject[] = [];
  const done = new Set<number>();

  const judge = (record: Kept, at: { features: ClassFeatures; facts: TrackFacts }): void => {
    let best = -1;
    let most = 0;
    let total = 0;
    for (const [index, count] of record.votes) {
      total += count;
      if (count > most) {
        most = count;
        best = index;
      }
    }
    record.judged = true;
    if (best < 0 || most < 0.8 * total || done.has(best)) return;
    done.add(best);
    const flyer = flyers[best]!;
    const { windEast, windNorth } = flyer.ground;
    // A site's anemometer: calibrated, but not where the object is.
    const own = randomStream(world, "wind", best);
    const wind: Wind = { east: windEast + normal(own), north: windNorth + normal(own), sigma: 1, from: "feed" };
    judged.push({
      classId: flyer.shifted.id,
      world,
      features: at.features,
      facts: at.facts,
      wind,
      age: (at.facts.at - at.features.createdAt) / 1e6,
    });
  };

  let nextLook = period * uniform(random);
  for (let t = 0; t < DURATION; t += STEP) {
    for (const flyer of flyers) {
      if (t > flyer.endsAt) continue;
      steer(flyer.random, flyer.ground, flyer.shifted.id, flyer.motion, flyer.traits, flyer.kinematics, flyer.pilot, STEP);
      const floor = flyer.ground.groundHae + 0.3;
      if (flyer.kinematics.heightHae < floor) {
        flyer.kinematics.heightHae = floor;
        flyer.kinematics.velocityUp = Math.max(0, flyer.kinematics.velocityUp);
      }
    }
    if (t < nextLook) continue;
    nextLook += period;
    const at = (EPOCH + Math.round(t * 1e6)) as Micros;
    const detections: { z: number[]; variance: number[]; truth: number; rcs: number; snrDb: number; turning: MicroDoppler }[] = [];
    flyers.forEach((flyer, index) => {
      if (t > flyer.endsAt) return;
      const k = flyer.kinematics;
      const sight = sightOf(sensorFrame, geodeticToEcef(k.latitude, k.longitude, k.heightHae), velocityEcef(k));
      if (sight.range < coverage.rangeMin || sight.range > coverage.rangeMax) return;
      if (sight.elevation < coverage.elevationMin! || sight.elevation > coverage.elevationMax!) return;
      if (sight.range > radioHorizon(ANTENNA, k.heightHae - ORIGIN.heightHae)) return;
      const blades = flyer.shifted.fixed === true ? (flyer.shifted.features.microDopplerTipSpeed?.median ?? 0) : 0;
      const rangeRate = blades > 0 ? uniformBetween(random, -blades, blades) : sight.rangeRate;
      if (Math.abs(rangeRate) < radar.minimumRadialSpeed) return;
      const rcs = fromDb(flyer.traits.rcsDbsm);
      const mean = meanSnr(radar.reference, sight.range, rcs);
      const power = exponential(random, 1 + mean);
      if (power < threshold) return;
      const snr = Math.max(power - 1, 1);
      const azimuthSigma = angleSigma(noise.azimuth!, radar.beamAzimuth, snr);
      const elevationSigma = angleSigma(noise.elevation!, radar.beamElevation, snr);
      detections.push({
        z: [
          Math.max(0, sight.range + noise.range! * normal(random)),
          sight.azimuth + azimuthSigma * normal(random),
          sight.elevation + elevationSigma * normal(random),
          rangeRate + noise.rangeRate! * normal(random),
        ],
        variance: [
          noise.range! * noise.range!,
          azimuthSigma * azimuthSigma,
          elevationSigma * elevationSigma,
          noise.rangeRate! * noise.rangeRate!,
        ],
        truth: index,
        rcs: toDb(rcs * (snr / mean)),
        snrDb: toDb(snr),
        turning: flyer.turning,
      });
    });
    const count = poisson(random, radar.falsePerScan.typical);
    for (let i = 0; i < count; i++) {
      const snr = threshold + exponential(random, 1) - 1;
      const azimuthSigma = angleSigma(noise.azimuth!, radar.beamAzimuth, snr);
      const elevationSigma = angleSigma(noise.elevation!, radar.beamElevation, snr);
      const range = uniformBetween(random, coverage.rangeMin, coverage.rangeMax);
      detections.push({
        z: [
          range,
          2 * Math.PI * uniform(random),
          uniformBetween(random, coverage.elevationMin!, coverage.elevationMax!),
          uniformBetween(random, -30, 30),
        ],
        variance: [
          noise.range! * noise.range!,
          azimuthSigma * azimuthSigma,
          elevationSigma * elevationSigma,
          noise.rangeRate! * noise.rangeRate!,
        ],
        truth: -1,
        rcs: toDb((radar.reference.rcs * snr) / meanSnr(radar.reference, range, radar.reference.rcs)),
        snrDb: toDb(snr),
        turning: "none",
      });
    }
    // The order in which plots arrive must not tell which is which.
    for (let i = detections.length - 1; i > 0; i--) {
      const j = uniformInteger(random, i + 1);
      [detections[i], detections[j]] = [detections[j]!, detections[i]!];
    }
    const assignments = processScan(tracker, {
      sensorId: "radar",
      t: at,
      looked: "detections-only",
      detections: detections.map(({ z, variance }, handle) => ({ kind: "polar3d", z, variance, handle })),
    });
    advanceTime(tracker, at);
    const estimates = readTracks(tracker);
    const present = new Set<number>();
    for (const estimate of estimates) {
      present.add(estimate.id);
      let record = kept.get(estimate.id);
      if (record === undefined) {
        record = {
          features: createClassFeatures(estimate.createdAt as Micros),
          facts: undefined,
          votes: new Map(),
          judged: false,
          last: undefined,
        };
        kept.set(estimate.id, record);
      }
    }
    for (const { handle, trackId, probability } of assignments) {
      const record = kept.get(trackId);
      if (record === undefined) continue;
      const plot = detections[handle]!;
      record.votes.set(plot.truth, (record.votes.get(plot.truth) ?? 0) + 1);
      observeFeature(record.features, {
        sensorId: "radar",
        sensorKind: "radar",
        at,
        rcsDbsm: plot.rcs,
        snrDb: plot.snrDb,
        microDoppler: plot.turning,
        association: probability,
      });
    }
    for (const estimate of estimates) {
      const record = kept.get(estimate.id)!;
      const now = predictTrack(estimate, at);
      const facts: TrackFacts = {
        key: `T${estimate.id}`,
        origin: "simulated",
        status: estimate.status,
        existence: estimate.existence,
        createdAt: estimate.createdAt as Micros,
        measuredAt: estimate.updatedAt as Micros,
        at,
        position: now.position,
        velocity: now.velocity,
        covariance: now.covariance,
        heightKnown: estimate.heightKnown,
        identities: [],
        contributors: [{ sensorId: "radar", kind: "radar", lastAt: estimate.updatedAt as Micros, detections: 1 }],
      };
      observeFacts(record.features, facts);
      if (record.judged) continue;
      const age = (at - estimate.createdAt) / 1e6;
      if (age >= options.judgeAt) judge(record, { features: copyFeatures(record.features), facts });
      else if (age >= YOUNGEST && estimate.updatedAt === at) record.last = { features: copyFeatures(record.features), facts };
    }
    for (const [id, record] of kept) {
      if (present.has(id)) continue;
      if (!record.judged && record.last !== undefined) judge(record, record.last);
      kept.delete(id);
    }
  }
  for (const record of kept.values()) if (!record.judged && record.last !== undefined) judge(record, record.last);
  return judged;
}

function velocityEcef(k: Kinematics): [number, number, number] {
  const sinLat = Math.sin(k.latitude);
  const cosLat = Math.cos(k.latitude);
  const sinLon = Math.sin(k.longitude);
  const cosLon = Math.cos(k.longitude);
  const inward = -sinLat * k.velocityNorth + cosLat * k.velocityUp;
  return [
    -sinLon * k.velocityEast + cosLon * inward,
    cosLon * k.velocityEast + sinLon * inward,
    cosLat * k.velocityNorth + sinLat * k.velocityUp,
  ];
}

/** Tracked objects of many worlds, `worlds` numbered from `first`. */
export function flyWorlds(first: number, worlds: number, options: SceneOptions): TrackedObject[] {
  const all: TrackedObject[] = [];
  for (let k = 0; k < worlds; k++) all.push(...flyWorld(first + k, options));
  return all;
}
