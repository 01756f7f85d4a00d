// Compact position reporting. ICAO Doc 9871 (second edition) C.2.6 and RTCA DO-260B 2.2.3.2.3.7 and appendix A.1.7.
// Angles are degrees inside, as in the standards; `CprPosition` carries radians out.

import { RADIANS_PER_DEGREE, type Radians, radians } from "../../base/units.ts";

/** 17-bit fractions of a zone. */
const SCALE = 1 / 131072;
const ZONES = 15; // NZ: latitude zones between the equator and a pole

export interface CprPosition {
  readonly latitude: Radians;
  readonly longitude: Radians;
}

/** Latitudes (degrees) at which the number of longitude zones falls from 59 to 58, 58 to 57, ... 3 to 2; then 87 for 2 to 1. */
const ZONE_EDGES: number[] = [];
for (let zones = 59; zones >= 2; zones--) {
  const a = 1 - Math.cos(Math.PI / (2 * ZONES));
  const cosine = Math.sqrt(a / (1 - Math.cos((2 * Math.PI) / zones)));
  // arc cosine by arc tangent, which engines agree on
  ZONE_EDGES.push(zones === 2 ? 87 : Math.atan2(Math.sqrt(Math.max(0, 1 - cosine * cosine)), cosine) / RADIANS_PER_DEGREE);
}

/** NL: the number of longitude zones at a latitude (degrees), 59 at the equator to 1 at the poles. */
export function longitudeZones(latitude: number): number {
  const absolute = latitude < 0 ? -latitude : latitude;
  let low = 0;
  let high = ZONE_EDGES.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (absolute < ZONE_EDGES[middle]) high = middle;
    else low = middle + 1;
  }
  return 59 - low;
}

const modulo = (value: number, base: number) => value - base * Math.floor(value / base);

/** Degrees to (-180, 180]. */
const wrapDegrees = (angle: number) => (angle > 180 || angle <= -180 ? 180 - modulo(180 - angle, 360) : angle);

const position = (latitude: number, longitude: number): CprPosition => ({
  latitude: radians(latitude * RADIANS_PER_DEGREE),
  longitude: radians(longitude * RADIANS_PER_DEGREE),
});

/**
 * Airborne position of an even and an odd message; `newestOdd` says which of the two is dated last and so gives the position.
 *
 * Undefined when the two lie in different longitude zones or give no place on the Earth. The caller holds the age of the pair.
 */
export function decodeCprGlobalAirborne(
  evenLatitude: number,
  evenLongitude: number,
  oddLatitude: number,
  oddLongitude: number,
  newestOdd: boolean,
): CprPosition | undefined {
  const j = Math.floor((59 * evenLatitude - 60 * oddLatitude) * SCALE + 0.5);
  let even = 6 * (modulo(j, 60) + evenLatitude * SCALE);
  let odd = (360 / 59) * (modulo(j, 59) + oddLatitude * SCALE);
  if (even >= 270) even -= 360;
  if (odd >= 270) odd -= 360;
  if (even > 90 || even < -90 || odd > 90 || odd < -90) return undefined;
  const zones = longitudeZones(even);
  if (zones !== longitudeZones(odd)) return undefined;
  const m = Math.floor((evenLongitude * (zones - 1) - oddLongitude * zones) * SCALE + 0.5);
  if (newestOdd) {
    const count = Math.max(zones - 1, 1);
    return position(odd, wrapDegrees((360 / count) * (modulo(m, count) + oddLongitude * SCALE)));
  }
  return position(even, wrapDegrees((360 / zones) * (modulo(m, zones) + evenLongitude * SCALE)));
}

/**
 * Position on the surface from a pair of messages. A pair leaves a choice of two latitudes and four longitudes; the one
 * nearest to the reference (radians) is taken, which must lie within 45 degrees of the truth.
 */
export function decodeCprGlobalSurface(
  evenLatitude: number,
  evenLongitude: number,
  oddLatitude: number,
  oddLongitude: number,
  newestOdd: boolean,
  referenceLatitude: number,
  referenceLongitude: number,
): CprPosition | undefined {
  const latitudeDegrees = referenceLatitude / RADIANS_PER_DEGREE;
  const longitudeDegrees = referenceLongitude / RADIANS_PER_DEGREE;
  const j = Math.floor((59 * evenLatitude - 60 * oddLatitude) * SCALE + 0.5);
  let even = 1.5 * (modulo(j, 60) + evenLatitude * SCALE);
  let odd = (90 / 59) * (modulo(j, 59) + oddLatitude * SCALE);
  // The solutions lie 90 degrees apart: 0 to 90 north, and the same less 90 in the south.
  if (Math.abs(even - 90 - latitudeDegrees) < Math.abs(even - latitudeDegrees)) {
    even -= 90;
    odd -= 90;
  }
  if (even > 90 || even < -90 || odd > 90 || odd < -90) return undefined;
  const zones = longitudeZones(even);
  if (zones !== longitudeZones(odd)) return undefined;
  const m = Math.floor((evenLongitude * (zones - 1) - oddLongitude * zones) * SCALE + 0.5);
  const count = newestOdd ? Math.max(zones - 1, 1) : zones;
  const fraction = (newestOdd ? oddLongitude : evenLongitude) * SCALE;
  const first = (90 / count) * (modulo(m, count) + fraction);
  const longitude = first + 90 * Math.round((longitudeDegrees - first) / 90);
  return position(newestOdd ? odd : even, wrapDegrees(longitude));
}

/**
 * Position of one message that lies within half a zone of a known place (radians): 180 NM airborne, 45 NM on the surface.
 * Undefined when that gives no place on the Earth. Whether the known place is near enough is the caller's to say.
 */
export function decodeCprLocal(
  latitudeCode: number,
  longitudeCode: number,
  odd: boolean,
  surface: boolean,
  referenceLatitude: number,
  referenceLongitude: number,
): CprPosition | undefined {
  const span = surface ? 90 : 360;
  const latitudeDegrees = referenceLatitude / RADIANS_PER_DEGREE;
  const longitudeDegrees = referenceLongitude / RADIANS_PER_DEGREE;
  const dLatitude = span / (odd ? 4 * ZONES - 1 : 4 * ZONES);
  const yz = latitudeCode * SCALE;
  const j = Math.floor(latitudeDegrees / dLatitude) + Math.floor(0.5 + modulo(latitudeDegrees, dLatitude) / dLatitude - yz);
  const latitude = dLatitude * (j + yz);
  if (latitude > 90 || latitude < -90) return undefined;
  const dLongitude = span / Math.max(longitudeZones(latitude) - (odd ? 1 : 0), 1);
  const xz = longitudeCode * SCALE;
  const m = Math.floor(longitudeDegrees / dLongitude) + Math.floor(0.5 + modulo(longitudeDegrees, dLongitude) / dLongitude - xz);
  return position(latitude, wrapDegrees(dLongitude * (m + xz)));
}
