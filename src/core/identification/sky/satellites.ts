// Which of the supplied satellites an observer could see: above the horizon, in sunlight, against a dark sky.

import { Body, Equator, MakeTime, Observer } from "astronomy-engine";
import { DEGREES_PER_RADIAN, type Micros, RADIANS_PER_DEGREE, wrapAzimuth } from "../../base/units.ts";
import { ecefToEnu, localFrame } from "../../geodesy/wgs84.ts";
import type { SkyObserver } from "./celestial.ts";
import { greenwichSiderealTime, propagateSatellite, type SatelliteElements } from "./sgp4.ts";

const EARTH_RADIUS = 6_378_137; // m

export interface SatellitePlace {
  /** rad, true, not refracted. */
  readonly azimuth: number;
  readonly elevation: number;
  /** m */
  readonly range: number;
  readonly sunlit: boolean;
}

/** Place of a satellite at an instant; undefined when the elements cannot be used then. The Earth's shadow is taken as a cylinder. */
export function placeOfSatellite(elements: SatelliteElements, observer: SkyObserver, at: Micros): SatellitePlace | undefined {
  const state = propagateSatellite(elements, (at - elements.epoch) / 60_000_000);
  if (state === undefined) return undefined;
  const [x, y, z] = state.position.map((kilometres) => kilometres * 1000);
  const theta = greenwichSiderealTime(at);
  const c = Math.cos(theta);
  const s = Math.sin(theta);
  const frame = localFrame(observer.latitude, observer.longitude, observer.heightHae);
  const [east, north, up] = ecefToEnu(frame, c * x + s * y, -s * x + c * y, z);
  const range = Math.hypot(east, north, up);

  const sun = Equator(
    Body.Sun,
    MakeTime(new Date(at / 1000)),
    new Observer(observer.latitude * DEGREES_PER_RADIAN, observer.longitude * DEGREES_PER_RADIAN, 0),
    true,
    true,
  );
  const ra = sun.ra * 15 * RADIANS_PER_DEGREE;
  const dec = sun.dec * RADIANS_PER_DEGREE;
  const direction = [Math.cos(dec) * Math.cos(ra), Math.cos(dec) * Math.sin(ra), Math.sin(dec)];
  const along = x * direction[0] + y * direction[1] + z * direction[2];
  const beside = Math.sqrt(Math.max(0, x * x + y * y + z * z - along * along));
  return {
    azimuth: wrapAzimuth(Math.atan2(east, north)),
    elevation: Math.asin(up / range),
    range,
    sunlit: along > 0 || beside > EARTH_RADIUS,
  };
}
