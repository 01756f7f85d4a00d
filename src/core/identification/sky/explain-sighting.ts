// What may it be that a person saw? A report ("a light, bearing 240, elevation 30, 22:10") is compared with what is known to be in that direction:
// tracks, planets and stars, Sun and Moon, satellites; and with what is not known to be anywhere. Bayes over the candidates, with "none of these" as an
// answer. Offline and pure. Method and figures: docs/identification.md.

import { DEGREES_PER_RADIAN, MICROS_PER_SECOND, type Micros, RADIANS_PER_DEGREE, wrapAngle, wrapAzimuth } from "../../base/units.ts";
import { geodeticToEnu, localFrame } from "../../geodesy/wgs84.ts";
import { CLASS_FAMILY, type ClassFamily, type ClassName } from "../../model/identity.ts";
import type { Wind } from "../../model/track-facts.ts";
import { celestialBodies, type SkyObserver, sunElevation } from "./celestial.ts";
import { placeOfSatellite } from "./satellites.ts";
import type { SatelliteElements } from "./sgp4.ts";

/** Words that a report is made of. */
export const SIGHTING_WORDS = ["light", "steady", "blinking", "coloured", "moving", "still", "dark-object", "drifting", "sound"] as const;
export type SightingWord = (typeof SIGHTING_WORDS)[number];

export interface Sighting {
  readonly observer: SkyObserver;
  readonly at: Micros;
  /** 1 sigma of the time, s; 30 when absent. */
  readonly timeSigma?: number;
  /** rad, clockwise from true north, and 1 sigma; 10 degrees when absent. */
  readonly azimuth: number;
  readonly azimuthSigma?: number;
  /** rad above the horizon, and 1 sigma; people are 8 degrees off when they say nothing. */
  readonly elevation?: number;
  readonly elevationSigma?: number;
  readonly words: readonly SightingWord[];
  /** rad/s against the background. */
  readonly angularRate?: number;
}

/** A track as the observer might see it; WGS84, rad, m, m/s. */
export interface SkyTrack {
  readonly key: string;
  readonly name?: string;
  readonly className: ClassName;
  /** Instant of the position. */
  readonly at: Micros;
  readonly latitude: number;
  readonly longitude: number;
  /** undefined: not known. */
  readonly heightHae?: number;
  /** East, north, up. */
  readonly velocity: readonly [number, number, number];
  /** 1 sigma of each horizontal axis, m. */
  readonly sigma: number;
  /** 0..1, P(no real object). */
  readonly fake?: number;
}

export interface SightingInput {
  readonly sighting: Sighting;
  readonly tracks: readonly SkyTrack[];
  readonly satellites: readonly SatelliteElements[];
  readonly wind?: Wind;
}

export type ExplanationKind = "track" | "sun" | "moon" | "planet" | "star" | "satellite" | "balloon" | "none";

export interface Explanation {
  readonly kind: ExplanationKind;
  /** "Venus", "T12", "ISS"; "" for what has no name. */
  readonly name: string;
  readonly trackKey?: string;
  /** 0..1; all explanations of one sighting sum to 1. */
  readonly probability: number;
  /** Where it was, rad; absent where that is not known. */
  readonly azimuth?: number;
  readonly elevation?: number;
  /** Angle between the reported and this direction, rad. */
  readonly separation?: number;
  /** Key of the sentence and its values (degrees, km); `evidenceText` makes the English one. */
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
}

type Looks = "sun" | "moon" | "planet" | "star" | "satellite" | "balloon" | "none" | ClassFamily;

/**
 * P(a report of such a thing uses the word), estimates of this project. People call planets moving (they drift against clouds and the eye wanders) far
 * more often than they move. "none" stands for whatever else flies, an unknown drone above all.
 */
const WORDS: Readonly<Record<SightingWord, Readonly<Record<Looks, number>>>> = {
  light: {
    sun: 0.5,
    moon: 0.6,
    planet: 0.95,
    star: 0.95,
    satellite: 0.95,
    balloon: 0.15,
    none: 0.6,
    uas: 0.6,
    bird: 0.02,
    manned: 0.75,
    lta: 0.15,
    ground: 0.3,
    clutter: 0.2,
    unknown: 0.5,
  },
  steady: {
    sun: 0.5,
    moon: 0.5,
    planet: 0.7,
    star: 0.35,
    satellite: 0.6,
    balloon: 0.2,
    none: 0.3,
    uas: 0.25,
    bird: 0.1,
    manned: 0.25,
    lta: 0.2,
    ground: 0.3,
    clutter: 0.2,
    unknown: 0.3,
  },
  blinking: {
    sun: 0.01,
    moon: 0.01,
    planet: 0.08,
    star: 0.3,
    satellite: 0.05,
    balloon: 0.03,
    none: 0.35,
    uas: 0.45,
    bird: 0.01,
    manned: 0.6,
    lta: 0.03,
    ground: 0.2,
    clutter: 0.1,
    unknown: 0.3,
  },
  coloured: {
    sun: 0.05,
    moon: 0.05,
    planet: 0.15,
    star: 0.25,
    satellite: 0.05,
    balloon: 0.2,
    none: 0.3,
    uas: 0.4,
    bird: 0.02,
    manned: 0.4,
    lta: 0.2,
    ground: 0.1,
    clutter: 0.1,
    unknown: 0.3,
  },
  moving: {
    sun: 0.02,
    moon: 0.03,
    planet: 0.12,
    star: 0.1,
    satellite: 0.9,
    balloon: 0.6,
    none: 0.6,
    uas: 0.6,
    bird: 0.9,
    manned: 0.85,
    lta: 0.6,
    ground: 0.3,
    clutter: 0.2,
    unknown: 0.6,
  },
  still: {
    sun: 0.4,
    moon: 0.4,
    planet: 0.6,
    star: 0.6,
    satellite: 0.01,
    balloon: 0.15,
    none: 0.3,
    uas: 0.35,
    bird: 0.02,
    manned: 0.05,
    lta: 0.15,
    ground: 0.6,
    clutter: 0.5,
    unknown: 0.3,
  },
  "dark-object": {
    sun: 0.001,
    moon: 0.001,
    planet: 0.003,
    star: 0.003,
    satellite: 0.003,
    balloon: 0.5,
    none: 0.35,
    uas: 0.4,
    bird: 0.7,
    manned: 0.3,
    lta: 0.5,
    ground: 0.2,
    clutter: 0.2,
    unknown: 0.4,
  },
  drifting: {
    sun: 0.005,
    moon: 0.01,
    planet: 0.03,
    star: 0.03,
    satellite: 0.1,
    balloon: 0.6,
    none: 0.12,
    uas: 0.1,
    bird: 0.15,
    manned: 0.03,
    lta: 0.6,
    ground: 0.01,
    clutter: 0.1,
    unknown: 0.15,
  },
  sound: {
    sun: 0.005,
    moon: 0.005,
    planet: 0.01,
    star: 0.01,
    satellite: 0.01,
    balloon: 0.01,
    none: 0.3,
    uas: 0.4,
    bird: 0.05,
    manned: 0.6,
    lta: 0.01,
    ground: 0.3,
    clutter: 0.05,
    unknown: 0.3,
  },
};

/** How often a thing that is in sight makes somebody report it, against 1 for "something else"; halves are not to be taken seriously. */
const NOTICED = {
  sun: 0.05,
  moon: 0.3,
  satellite: 1.5,
  balloon: 0.15,
  none: 1,
  uas: 6,
  lta: 4,
  manned: 5,
  bird: 0.5,
  ground: 0.1,
  clutter: 0.05,
  unknown: 3,
};

const DEFAULTS = { timeSigma: 30, azimuthSigma: 10 * RADIANS_PER_DEGREE, elevationSigma: 8 * RADIANS_PER_DEGREE };
/** Share of reports whose direction is plainly wrong: another hill, the wrong side of north. */
const WILD = 0.03;
/** m: a drone and an aircraft with lights are seen from so far. */
const SIGHT = { uas: 4000, bird: 1500, lta: 5000, manned: 60_000, ground: 4000, clutter: 2000, unknown: 8000 };
/** At most so many are told. */
const TOLD = 12;

interface Candidate {
  readonly kind: ExplanationKind;
  readonly looks: Looks;
  readonly name: string;
  readonly trackKey?: string;
  readonly weight: number;
  readonly azimuth?: number;
  readonly elevation?: number;
  /** rad: how far off its own place may be, and how fast it moves. */
  readonly placeSigma: number;
  readonly rate: number | undefined;
  readonly key: string;
  readonly values: Record<string, string | number>;
}

/** Whole degrees; no minus zero. */
const degrees = (angle: number): number => Math.round(angle * DEGREES_PER_RADIAN) + 0;

/**
 * Ranked explanations, likeliest first; their probabilities sum to 1 ("none of these" is always among them). Never throws: numbers that cannot be give
 * "none of these" alone.
 */
export function explainSighting(input: SightingInput): Explanation[] {
  const { sighting } = input;
  const { observer, at } = sighting;
  const numbers = [observer.latitude, observer.longitude, observer.heightHae, at, sighting.azimuth, sighting.elevation ?? 0];
  // Ephemerides are good for a few centuries; a date beyond them is a slip.
  const possible = numbers.every(Number.isFinite) && Math.abs(observer.latitude) <= Math.PI / 2 && at > -3e15 && at < 1e16;
  const candidates: Candidate[] = possible ? gather(input) : [];
  candidates.push({
    kind: "none",
    looks: "none",
    name: "",
    weight: NOTICED.none,
    placeSigma: 0,
    rate: undefined,
    key: "sky-none",
    values: { azimuth: degrees(wrapAzimuth(possible ? sighting.azimuth : 0)), count: candidates.length },
  });
  const logs = candidates.map((one) => logLikelihood(one, sighting));
  let most = Number.NEGATIVE_INFINITY;
  for (const log of logs) most = Math.max(most, log);
  const shares = logs.map((log) => Math.exp(log - most));
  const sum = shares.reduce((total, share) => total + share, 0);
  const explanations = candidates.map((one, i): Explanation => {
    const separation = separationOf(one, sighting);
    return {
      kind: one.kind,
      name: one.name,
      ...(one.trackKey === undefined ? {} : { trackKey: one.trackKey }),
      probability: shares[i]! / sum,
      ...(one.azimuth === undefined ? {} : { azimuth: one.azimuth }),
      ...(one.elevation === undefined ? {} : { elevation: one.elevation }),
      ...(separation === undefined ? {} : { separation }),
      key: one.key,
      values: { ...one.values, ...(separation === undefined ? {} : { separation: degrees(separation) }) },
    };
  });
  explanations.sort((a, b) => b.probability - a.probability || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.kind < b.kind ? -1 : 1));
  return shorten(explanations);
}

/** The likeliest, and "none of these"; what is left out goes to "none", so that the sum stays 1. */
function shorten(all: Explanation[]): Explanation[] {
  if (all.length <= TOLD) return all;
  const kept = all.slice(0, TOLD);
  const none = all.find((one) => one.kind === "none")!;
  if (!kept.includes(none)) kept[TOLD - 1] = none;
  const rest = 1 - kept.reduce((sum, one) => sum + one.probability, 0);
  return kept
    .map((one) => (one.kind === "none" ? { ...one, probability: Math.max(0, one.probability + rest) } : one))
    .sort((a, b) => b.probability - a.probability);
}

function gather(input: SightingInput): Candidate[] {
  const { sighting } = input;
  const { observer, at } = sighting;
  const sun = sunElevation(observer, at);
  const candidates: Candidate[] = [];
  for (const body of celestialBodies(observer, at)) {
    if (!visible(body.kind, body.magnitude, body.elevation, sun)) continue;
    const values = {
      name: body.name,
      azimuth: degrees(body.azimuth),
      elevation: degrees(body.elevation),
      magnitude: Math.round(body.magnitude * 10) / 10 + 0,
    };
    candidates.push({
      kind: body.kind,
      looks: body.kind,
      name: body.name,
      // Bright ones draw the eye: Venus ten times as often as a star of the first magnitude; the low ones more, as they seem to hang over the land.
      weight: body.kind === "sun" ? NOTICED.sun : body.kind === "moon" ? NOTICED.moon : Math.min(8, 0.8 * Math.exp(-0.5 * body.magnitude)),
      azimuth: body.azimuth,
      elevation: body.elevation,
      placeSigma: 0.1 * RADIANS_PER_DEGREE,
      rate: 7.3e-5, // the turning sky
      key: `sky-${body.kind}`,
      values,
    });
  }
  if (sun < -4 * RADIANS_PER_DEGREE) for (const elements of input.satellites) addSatellite(candidates, elements, sighting);
  const frame = localFrame(observer.latitude, observer.longitude, observer.heightHae);
  for (const track of input.tracks) addTrack(candidates, track, sighting, frame);
  const wind = input.wind;
  candidates.push({
    kind: "balloon",
    looks: "balloon",
    name: "",
    weight: NOTICED.balloon,
    placeSigma: 0,
    rate: undefined,
    key: wind === undefined ? "sky-balloon" : "sky-balloon-wind",
    values:
      wind === undefined
        ? {}
        : { speed: Math.round(Math.hypot(wind.east, wind.north)), course: degrees(wrapAzimuth(Math.atan2(wind.east, wind.north))) },
  });
  return candidates;
}

/** Whether a body can be seen at all at this height of the Sun (rad): stars come out in twilight, Venus and the Moon may be seen by day. */
function visible(kind: ExplanationKind, magnitude: number, elevation: number, sun: number): boolean {
  if (elevation < -0.5 * RADIANS_PER_DEGREE) return false;
  if (kind === "sun" || kind === "moon") return true;
  // Limit of the naked eye: -4 by day, 2.5 when the Sun is 10 degrees down; two magnitudes less on the horizon.
  const dark = Math.max(0, Math.min(1, -sun / (10 * RADIANS_PER_DEGREE)));
  const low = elevation < 5 * RADIANS_PER_DEGREE ? 1.5 : 0;
  return magnitude <= -4 + 6.5 * dark - low;
}

function addSatellite(candidates: Candidate[], elements: SatelliteElements, sighting: Sighting): void {
  const { observer, at } = sighting;
  const age = Math.abs(at - elements.epoch) / 86_400_000_000;
  if (age > 30) return; // days: older elements say nothing
  const spread = sighting.timeSigma ?? DEFAULTS.timeSigma;
  // It moves through the time's own error: the best moment of the report's span counts, at the price of that moment.
  let best: { weight: number; place: NonNullable<ReturnType<typeof placeOfSatellite>>; rate: number; at: number } | undefined;
  for (let step = -8; step <= 8; step++) {
    const off = (step * spread) / 4;
    const moment = (at + off * MICROS_PER_SECOND) as Micros;
    const place = placeOfSatellite(elements, observer, moment);
    if (place === undefined || !place.sunlit || place.elevation < 5 * RADIANS_PER_DEGREE) continue;
    const next = placeOfSatellite(elements, observer, (moment + MICROS_PER_SECOND) as Micros);
    if (next === undefined) continue;
    const rate = angleBetween(place.azimuth, place.elevation, next.azimuth, next.elevation);
    const fits = Math.exp(
      -0.5 * (off / spread) * (off / spread) + directionLog(place.azimuth, place.elevation, 0.01 + 0.004 * age, sighting),
    );
    if (best === undefined || fits > best.weight) best = { weight: fits, place, rate, at: moment };
  }
  if (best === undefined) return;
  candidates.push({
    kind: "satellite",
    looks: "satellite",
    name: elements.name,
    weight: NOTICED.satellite,
    azimuth: best.place.azimuth,
    elevation: best.place.elevation,
    placeSigma: 0.01 + 0.004 * age + Math.min(best.rate * spread * 0.25, 0.1),
    rate: best.rate,
    key: "sky-satellite",
    values: {
      name: elements.name,
      azimuth: degrees(best.place.azimuth),
      elevation: degrees(best.place.elevation),
      kilometres: Math.round(best.place.range / 1000),
      age: Math.round(age * 10) / 10,
    },
  });
}

function addTrack(candidates: Candidate[], track: SkyTrack, sighting: Sighting, frame: ReturnType<typeof localFrame>): void {
  const spread = sighting.timeSigma ?? DEFAULTS.timeSigma;
  const gap = (sighting.at - track.at) / MICROS_PER_SECOND;
  if (!Number.isFinite(gap) || Math.abs(gap) > 300) return;
  const known = track.heightHae !== undefined && Number.isFinite(track.heightHae);
  const family = CLASS_FAMILY[track.className];
  const [east0, north0, up0] = geodeticToEnu(
    frame,
    track.latitude,
    track.longitude,
    known ? track.heightHae! : sighting.observer.heightHae,
  );
  const east = east0 + track.velocity[0] * gap;
  const north = north0 + track.velocity[1] * gap;
  const up = up0 + (known ? track.velocity[2] * gap : 0);
  const ground = Math.max(Math.hypot(east, north), 1);
  const range = Math.hypot(ground, up);
  if (!Number.isFinite(range) || range > 2 * SIGHT[family]) return;
  const azimuth = wrapAzimuth(Math.atan2(east, north));
  const elevation = Math.atan2(up, ground);
  if (known && elevation < -5 * RADIANS_PER_DEGREE) return;
  const [ve, vn, vu] = track.velocity;
  const speed = Math.hypot(ve, vn, known ? vu : 0);
  const radial = (ve * east + vn * north + (known ? vu * up : 0)) / range;
  const across = Math.sqrt(Math.max(0, speed * speed - radial * radial));
  const drift = (across * Math.hypot(spread, 0.3 * gap)) / range; // what nobody knows of the time and of turns since
  const seen = 1 / (1 + Math.exp((6 * (range - SIGHT[family])) / SIGHT[family]));
  candidates.push({
    kind: "track",
    looks: family,
    name: track.name ?? track.key,
    trackKey: track.key,
    weight: NOTICED[family] * seen * (1 - Math.min(1, Math.max(0, track.fake ?? 0))),
    azimuth,
    ...(known ? { elevation } : {}),
    placeSigma: Math.min(track.sigma / range + drift, 1),
    rate: across / range,
    key: family === "lta" ? "sky-track-balloon" : family === "manned" ? "sky-track-manned" : "sky-track",
    values: {
      name: track.name ?? track.key,
      className: track.className,
      azimuth: degrees(azimuth),
      elevation: known ? degrees(elevation) : "?",
      kilometres: Math.round(range / 100) / 10,
    },
  });
}

function angleBetween(azimuth1: number, elevation1: number, azimuth2: number, elevation2: number): number {
  const dE = Math.sin((elevation2 - elevation1) / 2);
  const dA = Math.sin((azimuth2 - azimuth1) / 2);
  const h = dE * dE + Math.cos(elevation1) * Math.cos(elevation2) * dA * dA;
  return 2 * Math.asin(Math.min(1, Math.sqrt(h)));
}

function separationOf(one: Candidate, sighting: Sighting): number | undefined {
  if (one.azimuth === undefined) return undefined;
  if (one.elevation === undefined || sighting.elevation === undefined) return Math.abs(wrapAngle(one.azimuth - sighting.azimuth));
  return angleBetween(one.azimuth, one.elevation, sighting.azimuth, sighting.elevation);
}

const sigmaOf = (given: number | undefined, fallback: number): number =>
  given !== undefined && given > 0 && Number.isFinite(given) ? Math.min(given, Math.PI) : fallback;

/**
 * ln p(reported direction | it is there) - ln p(reported direction | anywhere): normal in azimuth and elevation, with 3 % anywhere. Near the zenith an
 * azimuth means little: its sigma grows with 1 / cos(elevation).
 */
function directionLog(azimuth: number, elevation: number | undefined, placeSigma: number, sighting: Sighting): number {
  const stretch = 1 / Math.max(Math.cos(elevation ?? 0), 0.05);
  const sa = Math.hypot(sigmaOf(sighting.azimuthSigma, DEFAULTS.azimuthSigma), placeSigma) * stretch;
  const da = wrapAngle(azimuth - sighting.azimuth);
  let near = Math.exp(-0.5 * (da / sa) * (da / sa)) / (sa * Math.sqrt(2 * Math.PI));
  let anywhere = 1 / (2 * Math.PI);
  if (elevation !== undefined && sighting.elevation !== undefined) {
    const se = Math.hypot(sigmaOf(sighting.elevationSigma, DEFAULTS.elevationSigma), placeSigma);
    const de = elevation - sighting.elevation;
    near *= Math.exp(-0.5 * (de / se) * (de / se)) / (se * Math.sqrt(2 * Math.PI));
    anywhere /= Math.PI / 2;
  }
  return Math.log((1 - WILD) * (near / anywhere) + WILD);
}

/** Factor by which people misjudge how fast a thing crosses the sky: 1 sigma of its logarithm. */
const RATE_SIGMA = 0.9;
/** rad/s: slower is "still" to the eye. */
const STILL = 0.02 * RADIANS_PER_DEGREE;
/** Rate of things that are not known: its logarithm is this broad around 1 degree a second. */
const ANY_RATE = { mean: Math.log(1 * RADIANS_PER_DEGREE), sigma: 1.7 };

function logLikelihood(one: Candidate, sighting: Sighting): number {
  let log = Math.log(Math.max(one.weight, 1e-6));
  if (one.azimuth !== undefined) log += directionLog(one.azimuth, one.elevation, one.placeSigma, sighting);
  for (const word of new Set(sighting.words)) log += Math.log(WORDS[word]?.[one.looks] ?? 0.3);
  const rate = sighting.angularRate;
  if (rate !== undefined && rate >= 0 && Number.isFinite(rate)) {
    const said = Math.log(Math.max(rate, STILL));
    const [mean, sigma] = one.rate === undefined ? [ANY_RATE.mean, ANY_RATE.sigma] : [Math.log(Math.max(one.rate, STILL)), RATE_SIGMA];
    const off = (said - mean) / sigma;
    // Bounded: one report in fifty has the rate of something else.
    log += Math.log(0.98 * (Math.exp(-0.5 * off * off) / sigma) + 0.02 * 0.2);
  }
  return log;
}
