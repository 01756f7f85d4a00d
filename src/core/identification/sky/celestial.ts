// Where the Sun, the Moon, planets and bright stars stand for an observer. Positions by astronomy-engine (VSOP87 and ELP2000, about one arc minute),
// refracted for a standard atmosphere. Not used inside `step`: nothing here is part of the picture.

import {
  Body,
  Equator,
  EquatorFromVector,
  Horizon,
  Illumination,
  MakeTime,
  Observer,
  RotateVector,
  Rotation_EQJ_EQD,
  Vector,
} from "astronomy-engine";
import { DEGREES_PER_RADIAN, type Micros, RADIANS_PER_DEGREE } from "../../base/units.ts";
import { BRIGHT_STARS } from "./bright-stars.ts";

/** WGS84, rad and m. */
export interface SkyObserver {
  readonly latitude: number;
  readonly longitude: number;
  readonly heightHae: number;
}

export interface CelestialBody {
  readonly kind: "sun" | "moon" | "planet" | "star";
  readonly name: string;
  /** rad, clockwise from true north. */
  readonly azimuth: number;
  /** rad, apparent (refracted). */
  readonly elevation: number;
  /** Visual; smaller is brighter. */
  readonly magnitude: number;
}

/** Those that the naked eye sees as more than a faint point. */
const BODIES: readonly [Body, CelestialBody["kind"]][] = [
  [Body.Sun, "sun"],
  [Body.Moon, "moon"],
  [Body.Mercury, "planet"],
  [Body.Venus, "planet"],
  [Body.Mars, "planet"],
  [Body.Jupiter, "planet"],
  [Body.Saturn, "planet"],
];

/** rad: low bodies may be seen over a falling horizon. */
const LOWEST = -1 * RADIANS_PER_DEGREE;

/** Apparent place of one body or of the Sun, whether above the horizon or not. `refracted` false leaves the atmosphere out. */
export function placeOfBody(body: Body, observer: SkyObserver, at: Micros, refracted = true): { azimuth: number; elevation: number } {
  const time = MakeTime(new Date(at / 1000));
  const place = new Observer(observer.latitude * DEGREES_PER_RADIAN, observer.longitude * DEGREES_PER_RADIAN, observer.heightHae);
  const { ra, dec } = Equator(body, time, place, true, true);
  const { azimuth, altitude } = Horizon(time, place, ra, dec, refracted ? "normal" : undefined);
  return { azimuth: azimuth * RADIANS_PER_DEGREE, elevation: altitude * RADIANS_PER_DEGREE };
}

/** rad: how high the centre of the Sun stands. */
export const sunElevation = (observer: SkyObserver, at: Micros): number => placeOfBody(Body.Sun, observer, at).elevation;

/** Everything of the table that stands above the horizon (a degree of grace), brightest first. Precession and nutation are applied to stars. */
export function celestialBodies(observer: SkyObserver, at: Micros): CelestialBody[] {
  const time = MakeTime(new Date(at / 1000));
  const place = new Observer(observer.latitude * DEGREES_PER_RADIAN, observer.longitude * DEGREES_PER_RADIAN, observer.heightHae);
  const found: CelestialBody[] = [];
  for (const [body, kind] of BODIES) {
    const { azimuth, elevation } = placeOfBody(body, observer, at);
    if (elevation < LOWEST) continue;
    found.push({ kind, name: body, azimuth, elevation, magnitude: kind === "sun" ? -26.7 : Illumination(body, time).mag });
  }
  const toDate = Rotation_EQJ_EQD(time);
  for (const star of BRIGHT_STARS) {
    const ra = star.rightAscensionHours * 15 * RADIANS_PER_DEGREE;
    const dec = star.declinationDegrees * RADIANS_PER_DEGREE;
    const j2000 = new Vector(Math.cos(dec) * Math.cos(ra), Math.cos(dec) * Math.sin(ra), Math.sin(dec), time);
    const ofDate = EquatorFromVector(RotateVector(toDate, j2000));
    const { azimuth, altitude } = Horizon(time, place, ofDate.ra, ofDate.dec, "normal");
    const elevation = altitude * RADIANS_PER_DEGREE;
    if (elevation < LOWEST) continue;
    found.push({ kind: "star", name: star.name, azimuth: azimuth * RADIANS_PER_DEGREE, elevation, magnitude: star.magnitude });
  }
  return found.sort((a, b) => a.magnitude - b.magnitude || (a.name < b.name ? -1 : 1));
}
