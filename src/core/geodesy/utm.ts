// Universal Transverse Mercator (UTM) on WGS84 and the Military Grid Reference System (MGRS).
// Krueger's series to sixth order in the third flattening: Karney, "Transverse Mercator with an accuracy of a few
// nanometers", J. Geodesy 85 (2011), equations 7-9, 11, 17-26, 35, 36. NGA.SIG.0012 (2014) for zones and bands.
// Hyperbolic functions are written with exp and log, because those are known to agree between engine versions.

import mgrs from "mgrs";
import { RADIANS_PER_DEGREE, wrapAngle } from "../base/units.ts";
import { WGS84_A, WGS84_E2, WGS84_F } from "./wgs84.ts";

const SCALE_ON_CENTRAL_MERIDIAN = 0.9996;
const FALSE_EASTING = 500_000; // m
const FALSE_NORTHING_SOUTH = 10_000_000; // m
const E = Math.sqrt(WGS84_E2);
const n = WGS84_F / (2 - WGS84_F); // third flattening
const n2 = n * n;
const n3 = n2 * n;
const n4 = n3 * n;
const n5 = n4 * n;
const n6 = n5 * n;
/** Radius of the rectifying sphere, m. */
const RECTIFYING = (WGS84_A / (1 + n)) * (1 + n2 / 4 + n4 / 64 + n6 / 256);
const ALPHA = [
  n / 2 - (2 / 3) * n2 + (5 / 16) * n3 + (41 / 180) * n4 - (127 / 288) * n5 + (7891 / 37800) * n6,
  (13 / 48) * n2 - (3 / 5) * n3 + (557 / 1440) * n4 + (281 / 630) * n5 - (1983433 / 1935360) * n6,
  (61 / 240) * n3 - (103 / 140) * n4 + (15061 / 26880) * n5 + (167603 / 181440) * n6,
  (49561 / 161280) * n4 - (179 / 168) * n5 + (6601661 / 7257600) * n6,
  (34729 / 80640) * n5 - (3418889 / 1995840) * n6,
  (212378941 / 319334400) * n6,
];
const BETA = [
  n / 2 - (2 / 3) * n2 + (37 / 96) * n3 - (1 / 360) * n4 - (81 / 512) * n5 + (96199 / 604800) * n6,
  (1 / 48) * n2 + (1 / 15) * n3 - (437 / 1440) * n4 + (46 / 105) * n5 - (1118711 / 3870720) * n6,
  (17 / 480) * n3 - (37 / 840) * n4 - (209 / 4480) * n5 + (5569 / 90720) * n6,
  (4397 / 161280) * n4 - (11 / 504) * n5 - (830251 / 7257600) * n6,
  (4583 / 161280) * n5 - (108847 / 3991680) * n6,
  (20648693 / 638668800) * n6,
];

const sinh = (x: number) => (Math.exp(x) - Math.exp(-x)) / 2;
const cosh = (x: number) => (Math.exp(x) + Math.exp(-x)) / 2;
const asinh = (x: number) => (x < 0 ? -Math.log(-x + Math.sqrt(1 + x * x)) : Math.log(x + Math.sqrt(1 + x * x)));
const atanh = (x: number) => Math.log((1 + x) / (1 - x)) / 2;

export type Hemisphere = "north" | "south";

export interface UtmPosition {
  /** 1 to 60. */
  readonly zone: number;
  readonly hemisphere: Hemisphere;
  /** m, with the false easting of 500 km. */
  readonly easting: number;
  /** m, with the false northing of 10,000 km in the south. */
  readonly northing: number;
  /** Grid convergence, rad: true azimuth = grid azimuth + convergence. Positive where grid north lies east of true north. */
  readonly convergence: number;
  /** Grid distance over distance on the ellipsoid. */
  readonly scale: number;
}

/** Longitude of the middle of `zone`, rad. */
export const centralMeridian = (zone: number): number => (zone * 6 - 183) * RADIANS_PER_DEGREE;

/** The UTM zone (1 to 60) in which a place lies (rad), with the exceptions for south-west Norway and Svalbard. */
export function utmZone(latitude: number, longitude: number): number {
  const lat = latitude / RADIANS_PER_DEGREE;
  const lon = wrapAngle(longitude) / RADIANS_PER_DEGREE;
  const regular = lon >= 180 ? 1 : Math.min(60, Math.floor((lon + 180) / 6) + 1);
  if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
  if (lat >= 72 && lat <= 84 && lon >= 0 && lon < 42) return lon < 9 ? 31 : lon < 21 ? 33 : lon < 33 ? 35 : 37;
  return regular;
}

const BANDS = "CDEFGHJKLMNPQRSTUVWX";

/** Latitude band letter (C to X) of a latitude (rad); undefined outside 80 S to 84 N, where UTM is not used. */
export function utmBand(latitude: number): string | undefined {
  const lat = latitude / RADIANS_PER_DEGREE;
  if (!(lat >= -80 && lat <= 84)) return undefined;
  // A latitude just below zero rounds to zero when 80 is added; its northing is that of the south all the same.
  return BANDS[Math.min(latitude < 0 ? 9 : 19, Math.floor((lat + 80) / 8))];
}

/**
 * UTM of a geodetic place (rad), in `zone` or else in the zone where it lies. Better than 1 micrometre within 30 degrees
 * of the central meridian; a place a quarter of the Earth away gives numbers that mean nothing.
 */
export function geodeticToUtm(latitude: number, longitude: number, zone = utmZone(latitude, longitude)): UtmPosition {
  const lambda = wrapAngle(longitude - centralMeridian(zone));
  const sinLat = Math.sin(latitude);
  const cosLat = Math.max(Math.cos(latitude), 1e-15); // the pole itself has a finite grid position
  const tau = sinLat / cosLat;
  const tauPrime = conformalTangent(tau);
  const cosLambda = Math.cos(lambda);
  const sinLambda = Math.sin(lambda);
  const root = Math.hypot(tauPrime, cosLambda);
  const xiPrime = Math.atan2(tauPrime, cosLambda);
  const etaPrime = asinh(sinLambda / root);

  let xi = xiPrime;
  let eta = etaPrime;
  let p = 1;
  let q = 0;
  for (let j = 1; j <= 6; j++) {
    const a = ALPHA[j - 1];
    const s = Math.sin(2 * j * xiPrime);
    const c = Math.cos(2 * j * xiPrime);
    const sh = sinh(2 * j * etaPrime);
    const ch = cosh(2 * j * etaPrime);
    xi += a * s * ch;
    eta += a * c * sh;
    p += 2 * j * a * c * ch;
    q += 2 * j * a * s * sh;
  }
  const convergence = Math.atan2(tauPrime * sinLambda, cosLambda * Math.sqrt(1 + tauPrime * tauPrime)) + Math.atan2(q, p);
  const scale =
    ((SCALE_ON_CENTRAL_MERIDIAN * RECTIFYING) / WGS84_A) *
    Math.hypot(p, q) *
    ((Math.sqrt(1 - WGS84_E2 * sinLat * sinLat) * Math.sqrt(1 + tau * tau)) / root);
  const hemisphere: Hemisphere = latitude < 0 ? "south" : "north";
  return {
    zone,
    hemisphere,
    easting: FALSE_EASTING + SCALE_ON_CENTRAL_MERIDIAN * RECTIFYING * eta,
    northing: (hemisphere === "south" ? FALSE_NORTHING_SOUTH : 0) + SCALE_ON_CENTRAL_MERIDIAN * RECTIFYING * xi,
    convergence,
    scale,
  };
}

/** Geodetic place (rad) of a UTM position (m), with the convergence (rad) there. The inverse of `geodeticToUtm`, as exact. */
export function utmToGeodetic(
  zone: number,
  hemisphere: Hemisphere,
  easting: number,
  northing: number,
): { latitude: number; longitude: number; convergence: number } {
  const xi = (northing - (hemisphere === "south" ? FALSE_NORTHING_SOUTH : 0)) / (SCALE_ON_CENTRAL_MERIDIAN * RECTIFYING);
  const eta = (easting - FALSE_EASTING) / (SCALE_ON_CENTRAL_MERIDIAN * RECTIFYING);
  let xiPrime = xi;
  let etaPrime = eta;
  for (let j = 1; j <= 6; j++) {
    const b = BETA[j - 1];
    xiPrime -= b * Math.sin(2 * j * xi) * cosh(2 * j * eta);
    etaPrime -= b * Math.cos(2 * j * xi) * sinh(2 * j * eta);
  }
  const sh = sinh(etaPrime);
  const cosXi = Math.cos(xiPrime);
  const tauPrime = Math.sin(xiPrime) / Math.max(Math.hypot(sh, cosXi), 1e-15);
  let tau = tauPrime;
  // Newton; two passes reach 1e-15, the third is for high latitudes.
  for (let pass = 0; pass < 3; pass++) {
    const estimate = conformalTangent(tau);
    tau +=
      ((tauPrime - estimate) / Math.sqrt(1 + estimate * estimate)) *
      ((1 + (1 - WGS84_E2) * tau * tau) / ((1 - WGS84_E2) * Math.sqrt(1 + tau * tau)));
  }
  const latitude = Math.atan2(tau, 1);
  const longitude = wrapAngle(centralMeridian(zone) + Math.atan2(sh, cosXi));
  return { latitude, longitude, convergence: geodeticToUtm(latitude, longitude, zone).convergence };
}

/** Tangent of the conformal latitude of the latitude whose tangent is `tau`. */
function conformalTangent(tau: number): number {
  const secant = Math.sqrt(1 + tau * tau);
  const sigma = sinh(E * atanh((E * tau) / secant));
  return tau * Math.sqrt(1 + sigma * sigma) - sigma * secant;
}

export interface UtmZoneText {
  readonly zone: number;
  readonly hemisphere: Hemisphere;
  /** Latitude band where the text gives one that is not also a hemisphere. */
  readonly band?: string;
  /** "30S" may be band S (32 to 40 north) or the southern hemisphere; it is read as the band, and this is set. */
  readonly ambiguous: boolean;
}

/** Reads "30U", "30 N", "30north" or "30"; a zone without a letter is taken as northern and ambiguous. Undefined when it is no zone. */
export function parseUtmZone(text: string): UtmZoneText | undefined {
  const match = /^\s*(\d{1,2})\s*([A-Za-z]*)\s*$/.exec(text);
  if (match === null) return undefined;
  const zone = Number(match[1]);
  if (zone < 1 || zone > 60) return undefined;
  const letters = match[2].toUpperCase();
  if (letters === "") return { zone, hemisphere: "north", ambiguous: true };
  if (letters === "NORTH") return { zone, hemisphere: "north", ambiguous: false };
  if (letters === "SOUTH") return { zone, hemisphere: "south", ambiguous: false };
  if (letters.length !== 1 || !BANDS.includes(letters)) return undefined;
  // Band N begins at the equator: both readings of "N" are north.
  if (letters === "N") return { zone, hemisphere: "north", ambiguous: false };
  return { zone, hemisphere: letters < "N" ? "south" : "north", band: letters, ambiguous: letters === "S" };
}

/**
 * MGRS text of a place (rad), to 1 m with `digits` 5, 10 m with 4 and so on; truncated, as the standard says.
 * Undefined outside 80 S to 84 N.
 */
export function formatMgrs(latitude: number, longitude: number, digits: 0 | 1 | 2 | 3 | 4 | 5 = 5): string | undefined {
  const lat = latitude / RADIANS_PER_DEGREE;
  const lon = wrapAngle(longitude) / RADIANS_PER_DEGREE;
  if (!(lat >= -80 && lat <= 84) || !Number.isFinite(lon)) return undefined;
  return mgrs.forward([Math.min(lon, 180), lat], digits);
}
