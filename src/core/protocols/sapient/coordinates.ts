// Location, RangeBearing and RangeBearingCone to SI: every coordinate form, with its errors, and the repairs.
//
// Most sample data of this interface has latitude in x, or degrees in fields that are labelled UTM. Refusing it would
// blind a site to a sensor that works; so what can only be meant in one way is repaired, and said aloud.

import { metres, metresPerSecond, RADIANS_PER_DEGREE, radians, wrapAngle, wrapAzimuth } from "../../base/units.ts";
import { parseUtmZone, utmToGeodetic, utmZone } from "../../geodesy/utm.ts";
import type {
  BearingMeasurement,
  Height,
  Measurement,
  NorthReference,
  PolarMeasurement,
  PositionMeasurement,
} from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { DetectionContract } from "./contract.ts";
import { metresPerDegree } from "./local-scale.ts";
import {
  type ENUVelocity,
  type Location,
  LocationCoordinateSystem,
  LocationDatum,
  type RangeBearing,
  type RangeBearingCone,
  RangeBearingCoordinateSystem,
  RangeBearingDatum,
} from "./sapient-pb.gen.ts";

export interface Place {
  /** rad. */
  readonly latitude: number;
  readonly longitude: number;
}

export interface CoordinateContext {
  readonly detection?: DetectionContract;
  /** Something near which the truth must lie: the node's own place, or the site. */
  readonly reference?: Place;
  /** A repair is an error. */
  readonly strict: boolean;
}

export interface CoordinateWarning {
  readonly item: string;
  readonly message: string;
  /** True where a value was changed, not only doubted. */
  readonly repaired: boolean;
}

export type Placed<Value> =
  | { readonly ok: true; readonly value: Value; readonly warnings: readonly CoordinateWarning[] }
  | { readonly ok: false; readonly error: DecodeError };

const HEIGHT_MIN = -1_000; // m; below the lowest land with room for a poor geoid
const HEIGHT_MAX = 100_000; // m
/** An error in degrees above this (5.5 km) is metres in a field of degrees. */
const DEGREE_ERROR_LIMIT = 0.05;
const RANGE_MAX = 1_000_000; // m
/** A sensor that can only see directions but must send a range states an error as large as the range itself. */
const BEARING_ONLY_ERROR_SHARE = 0.9;

const refuse = (code: DecodeError["code"], item: string, message: string): { ok: false; error: DecodeError } => ({
  ok: false,
  error: { code, item, message },
});

/** Reads a Location. `item` is its path in the message. Missing heights stay unknown; every error becomes one sigma in metres. */
export function readLocation(location: Location, item: string, context: CoordinateContext): Placed<PositionMeasurement> {
  const warnings: CoordinateWarning[] = [];
  const { x, y } = location;
  if (x === undefined || y === undefined) return refuse("malformed", item, `${x === undefined ? "x" : "y"} is missing`);
  if (!Number.isFinite(x) || !Number.isFinite(y)) return refuse("out-of-range", item, "x or y is not a finite number");

  let system = location.coordinateSystem ?? LocationCoordinateSystem.UNSPECIFIED;
  if (system === LocationCoordinateSystem.UNSPECIFIED) {
    const declared = context.detection?.locationUnits ?? LocationCoordinateSystem.UNSPECIFIED;
    if (declared === LocationCoordinateSystem.UNSPECIFIED || context.strict) {
      return refuse("malformed", `${item}.coordinate_system`, "no coordinate system is given, and none is registered");
    }
    system = declared as LocationCoordinateSystem;
    warnings.push({
      item: `${item}.coordinate_system`,
      message: "no coordinate system is given; the registered one is used",
      repaired: true,
    });
  }

  let placed: { latitude: number; longitude: number; convergence: number } | undefined;
  let degrees = false;
  if (system === LocationCoordinateSystem.UTM_M) {
    if (Math.abs(x) <= 180 && Math.abs(y) <= 180) {
      // No easting lies below 100,000 m: these are degrees.
      if (context.strict) return refuse("out-of-range", item, `x ${short(x)} and y ${short(y)} are no UTM metres`);
      warnings.push({
        item,
        message: `x ${short(x)} and y ${short(y)} are degrees in fields that say UTM metres; read as degrees`,
        repaired: true,
      });
      degrees = true;
    } else {
      const utm = readUtm(x, y, location.utmZone, item, context, warnings);
      if ("error" in utm) return { ok: false, error: utm.error };
      placed = utm;
    }
  } else if (system === LocationCoordinateSystem.LAT_LNG_DEG_M) degrees = true;
  else if (system !== LocationCoordinateSystem.LAT_LNG_RAD_M) {
    return refuse("unsupported", `${item}.coordinate_system`, `coordinate system ${system} is not known`);
  }

  if (placed === undefined) {
    const unit = degrees ? RADIANS_PER_DEGREE : 1;
    const order = orderOf(x * unit, y * unit, context.reference);
    if (order === undefined) return refuse("out-of-range", item, `x ${short(x)}, y ${short(y)} is no place on Earth`);
    if (order.swapped) {
      if (context.strict) return refuse("out-of-range", item, "x and y are swapped: x is longitude, y is latitude");
      warnings.push({
        item,
        message: `x ${short(x)} and y ${short(y)} are swapped (x is longitude, y is latitude); read the other way round`,
        repaired: true,
      });
    }
    placed = { latitude: order.latitude, longitude: order.longitude, convergence: 0 };
  }

  const height = readHeight(location, item, context, warnings);
  const covariance = readHorizontalError(location, item, system, degrees, placed, context, warnings);
  return {
    ok: true,
    warnings,
    value: {
      kind: "position",
      latitude: radians(placed.latitude),
      longitude: radians(placed.longitude),
      ...(height === undefined ? {} : { height }),
      ...(covariance === undefined ? {} : { covarianceEn: covariance }),
    },
  };
}

/**
 * Nearer than this to the reference, a swapped reading is believed; farther than FAR, the reading as sent is not: no sensor on
 * the ground sees an aircraft at 600 km. On the diagonal, where latitude and longitude are within about 3 degrees, a swap is not seen.
 */
const NEAR = 300_000; // m
const FAR = 600_000; // m

/**
 * Latitude and longitude (rad) of two angles, as sent or swapped; undefined when neither is believable. A swap needs a
 * reference: latitude 91.5 alone is an error and not a longitude.
 */
function orderOf(
  x: number,
  y: number,
  reference: Place | undefined,
): { latitude: number; longitude: number; swapped: boolean } | undefined {
  const right = Math.abs(y) <= Math.PI / 2 && Math.abs(x) <= 2 * Math.PI;
  const wrong = Math.abs(x) <= Math.PI / 2 && Math.abs(y) <= 2 * Math.PI;
  const straight = { latitude: y, longitude: wrapAngle(x), swapped: false };
  const crossed = { latitude: x, longitude: wrapAngle(y), swapped: true };
  const crossedIsNear = wrong && reference !== undefined && roughDistance(crossed, reference) < NEAR;
  if (!right) return crossedIsNear ? crossed : undefined;
  if (crossedIsNear && roughDistance(straight, reference) > FAR) return crossed;
  return straight;
}

/** Metres along the great circle of a sphere; good enough to tell a town from a continent. */
function roughDistance(a: Place, b: Place): number {
  const s = Math.sin((a.latitude - b.latitude) / 2);
  const t = Math.sin((a.longitude - b.longitude) / 2);
  const h = s * s + Math.cos(a.latitude) * Math.cos(b.latitude) * t * t;
  return 2 * 6_371_000 * Math.asin(Math.sqrt(Math.min(1, Math.max(0, h))));
}

function readUtm(
  x: number,
  y: number,
  zoneText: string | undefined,
  item: string,
  context: CoordinateContext,
  warnings: CoordinateWarning[],
): { latitude: number; longitude: number; convergence: number } | { error: DecodeError } {
  const text = zoneText ?? context.detection?.zone;
  const zone = text === undefined ? undefined : parseUtmZone(text);
  if (text !== undefined && zone === undefined) {
    return refuse("malformed", `${item}.utm_zone`, `"${text.slice(0, 16)}" is no UTM zone`);
  }
  const { reference } = context;
  if (zone === undefined && (reference === undefined || context.strict)) {
    return refuse("unplaced", `${item}.utm_zone`, "UTM coordinates without a zone, neither here nor in the registration");
  }
  if (zone === undefined) {
    warnings.push({ item: `${item}.utm_zone`, message: "no UTM zone is given; the one where the node stands is used", repaired: true });
  }
  let easting = x;
  let northing = y;
  const plausible = (e: number, n: number) => e >= 100_000 && e <= 900_000 && n >= 0 && n <= 10_000_000;
  if (!plausible(x, y) && plausible(y, x)) {
    if (context.strict) return refuse("out-of-range", item, "x and y are swapped: x is easting, y is northing");
    warnings.push({ item, message: "x and y are swapped (x is easting, y is northing); read the other way round", repaired: true });
    easting = y;
    northing = x;
  }
  // Overlap with the neighbouring zones is used in practice; a degree of longitude beyond it is 100 km at the equator.
  if (!(easting > -500_000 && easting < 1_500_000 && northing >= -10_000_000 && northing <= 20_000_000)) {
    return refuse("out-of-range", item, `easting ${short(easting)}, northing ${short(northing)} is no place in a UTM zone`);
  }
  const number = zone?.zone ?? utmZone(reference!.latitude, reference!.longitude);
  let hemisphere = zone?.hemisphere ?? (reference!.latitude < 0 ? "south" : "north");
  if (zone?.ambiguous === true && reference !== undefined) {
    // "30S" is band S of the north or the whole south: the reference says which.
    hemisphere = reference.latitude < 0 ? "south" : "north";
  }
  const placed = utmToGeodetic(number, hemisphere, easting, northing);
  if (!Number.isFinite(placed.latitude) || !Number.isFinite(placed.longitude)) return refuse("out-of-range", item, "no place on Earth");
  return placed;
}

function readHeight(location: Location, item: string, context: CoordinateContext, warnings: CoordinateWarning[]): Height | undefined {
  const { z } = location;
  if (z === undefined) return undefined;
  if (!Number.isFinite(z) || z < HEIGHT_MIN || z > HEIGHT_MAX) {
    warnings.push({ item: `${item}.z`, message: `z ${short(z)} is no height in metres; left out`, repaired: true });
    return undefined;
  }
  let datum = location.datum ?? LocationDatum.UNSPECIFIED;
  if (datum === LocationDatum.UNSPECIFIED) datum = (context.detection?.locationDatum ?? LocationDatum.UNSPECIFIED) as LocationDatum;
  if (datum !== LocationDatum.WGS84_E && datum !== LocationDatum.WGS84_G) {
    warnings.push({ item: `${item}.datum`, message: "no datum says what z is counted from; the height is left out", repaired: true });
    return undefined;
  }
  const sigma = positive(location.zError);
  return {
    kind: datum === LocationDatum.WGS84_E ? "hae" : "amsl",
    value: metres(z),
    ...(sigma === undefined ? {} : { sigma: metres(metresSigma(sigma * (context.detection?.sigmaPerError ?? 1))) }),
  };
}

/** An error that says something: above zero, and no larger than numbers that can still be squared. */
const positive = (value: number | undefined): number | undefined => (value !== undefined && value > 0 && value < 1e12 ? value : undefined);

/** One sigma within what a measurement can be: nobody knows a place to less than a centimetre, nor cares beyond 1,000 km. */
const metresSigma = (value: number) => Math.min(Math.max(value, 0.01), 1e6);
/** As much for an angle: a microradian to half a turn. */
const angleSigmaOf = (value: number) => Math.min(Math.max(value, 1e-6), Math.PI);

/** Covariance [east-east, east-north, north-north] in m^2; undefined when the node does not say, so that its configuration counts. */
function readHorizontalError(
  location: Location,
  item: string,
  system: LocationCoordinateSystem,
  degrees: boolean,
  placed: { latitude: number; convergence: number },
  context: CoordinateContext,
  warnings: CoordinateWarning[],
): readonly [number, number, number] | undefined {
  let ex = positive(location.xError);
  let ey = positive(location.yError);
  if (ex === undefined && ey === undefined) return undefined;
  ex ??= ey!;
  ey ??= ex;
  const factor = context.detection?.sigmaPerError ?? 1;
  if (system === LocationCoordinateSystem.UTM_M && !degrees) {
    // The grid's axes are turned against east and north by the convergence: true azimuth = grid azimuth + convergence.
    const c = Math.cos(placed.convergence);
    const s = Math.sin(placed.convergence);
    const sx = metresSigma(ex * factor);
    const sy = metresSigma(ey * factor);
    const vx = sx * sx;
    const vy = sy * sy;
    return [c * c * vx + s * s * vy, c * s * (vy - vx), s * s * vx + c * c * vy];
  }
  const inMetres = context.detection?.errorsInMetres === true;
  const limit = degrees ? DEGREE_ERROR_LIMIT : DEGREE_ERROR_LIMIT * RADIANS_PER_DEGREE;
  if (!inMetres && Math.max(ex, ey) <= limit) {
    const scale = metresPerDegree(placed.latitude);
    const unit = degrees ? 1 : 1 / RADIANS_PER_DEGREE;
    const east = metresSigma(ex * unit * scale.east * factor);
    const north = metresSigma(ey * unit * scale.north * factor);
    return [east * east, 0, north * north];
  }
  if (!inMetres) {
    warnings.push({
      item: `${item}.x_error`,
      message: `an error of ${short(Math.max(ex, ey))} cannot be ${degrees ? "degrees" : "radians"}; read as metres`,
      repaired: true,
    });
  }
  const east = metresSigma(ex * factor);
  const north = metresSigma(ey * factor);
  return [east * east, 0, north * north];
}

const NORTH: Readonly<Record<number, NorthReference>> = {
  [RangeBearingDatum.TRUE]: "true",
  [RangeBearingDatum.MAGNETIC]: "magnetic",
  [RangeBearingDatum.GRID]: "grid",
  [RangeBearingDatum.PLATFORM]: "platform",
};

/** Radians of one unit of angle and metres of one unit of range; undefined for an unknown system. */
export function rangeBearingUnits(system: number): { angle: number; range: number } | undefined {
  switch (system) {
    case RangeBearingCoordinateSystem.DEGREES_M:
      return { angle: RADIANS_PER_DEGREE, range: 1 };
    case RangeBearingCoordinateSystem.RADIANS_M:
      return { angle: 1, range: 1 };
    case RangeBearingCoordinateSystem.DEGREES_KM:
      return { angle: RADIANS_PER_DEGREE, range: 1000 };
    case RangeBearingCoordinateSystem.RADIANS_KM:
      return { angle: 1, range: 1000 };
    default:
      return undefined;
  }
}

interface Frame {
  readonly angle: number;
  readonly range: number;
  readonly north: NorthReference;
}

/** Units and north of a RangeBearing or its cone, with the registered ones where the message says nothing. */
export function rangeBearingFrame(
  shape: Pick<RangeBearing | RangeBearingCone, "coordinateSystem" | "datum">,
  item: string,
  context: CoordinateContext,
  warnings: CoordinateWarning[],
): Frame | { error: DecodeError } {
  let system: number = shape.coordinateSystem ?? 0;
  let datum: number = shape.datum ?? 0;
  if (system === 0 && !context.strict) system = context.detection?.rangeBearingUnits ?? 0;
  if (datum === 0 && !context.strict) datum = context.detection?.rangeBearingDatum ?? 0;
  const units = rangeBearingUnits(system);
  if (units === undefined)
    return refuse("malformed", `${item}.coordinate_system`, "the unit of angles and ranges is neither given nor registered");
  const north = NORTH[datum];
  if (north === undefined)
    return refuse("malformed", `${item}.datum`, "the north that azimuths are counted from is neither given nor registered");
  if ((shape.coordinateSystem ?? 0) === 0 || (shape.datum ?? 0) === 0) {
    warnings.push({ item, message: "coordinate system or datum is not given; the registered one is used", repaired: true });
  }
  return { ...units, north };
}

/**
 * Reads a RangeBearing as a polar measurement or, without a usable range, as a bearing. A range whose error is as large as
 * itself is the older way of saying that there is none.
 */
export function readRangeBearing(
  shape: RangeBearing,
  item: string,
  context: CoordinateContext,
): Placed<PolarMeasurement | BearingMeasurement> {
  const warnings: CoordinateWarning[] = [];
  const frame = rangeBearingFrame(shape, item, context, warnings);
  if ("error" in frame) return { ok: false, error: frame.error };
  const { azimuth, elevation, range } = shape;
  if (azimuth === undefined) {
    return refuse("unsupported", `${item}.azimuth`, "a report without azimuth cannot be placed: a range or an elevation alone is not used");
  }
  for (const [name, value] of [
    ["azimuth", azimuth],
    ["elevation", elevation],
    ["range", range],
  ] as const) {
    if (value !== undefined && !Number.isFinite(value)) return refuse("out-of-range", `${item}.${name}`, `${name} is not a finite number`);
  }
  const angleOf = (value: number) => value * frame.angle;
  if (Math.abs(angleOf(azimuth)) > 2 * Math.PI + 1e-9)
    return refuse("out-of-range", `${item}.azimuth`, `azimuth ${short(azimuth)} is more than a full turn`);
  if (elevation !== undefined && Math.abs(angleOf(elevation)) > Math.PI / 2 + 1e-9) {
    return refuse("out-of-range", `${item}.elevation`, `elevation ${short(elevation)} is beyond the zenith`);
  }
  const factor = context.detection?.sigmaPerError ?? 1;
  const angleSigma = (value: number | undefined) => {
    const error = positive(value);
    return error === undefined ? undefined : radians(angleSigmaOf(error * frame.angle * factor));
  };
  const azimuthSigma = angleSigma(shape.azimuthError);
  const elevationSigma = angleSigma(shape.elevationError);
  const angles = {
    azimuth: radians(wrapAzimuth(angleOf(azimuth))),
    ...(azimuthSigma === undefined ? {} : { azimuthSigma }),
    north: frame.north,
    ...(elevation === undefined ? {} : { elevation: radians(angleOf(elevation)) }),
    ...(elevation === undefined || elevationSigma === undefined ? {} : { elevationSigma }),
  };
  const rangeError = positive(shape.rangeError);
  if (range === undefined || (rangeError !== undefined && range > 0 && rangeError >= BEARING_ONLY_ERROR_SHARE * range)) {
    return { ok: true, warnings, value: { kind: "bearing", ...angles } };
  }
  const distance = range * frame.range;
  if (!(distance > 0 && distance <= RANGE_MAX))
    return refuse("out-of-range", `${item}.range`, `range ${short(range)} is not within 0 to ${RANGE_MAX / 1000} km`);
  return {
    ok: true,
    warnings,
    value: {
      kind: "polar",
      range: metres(distance),
      ...(rangeError === undefined ? {} : { rangeSigma: metres(metresSigma(rangeError * frame.range * factor)) }),
      ...angles,
    },
  };
}

const SPEED_MAX = 3_000; // m/s; beyond it the unit is wrong

/**
 * Adds an ENU velocity to a position, in the unit that the registration declares. For a polar measurement its share along
 * the line of sight becomes the range rate where azimuths count from true north; otherwise it is left out.
 */
export function addVelocity(
  measurement: Measurement,
  velocity: ENUVelocity,
  item: string,
  context: CoordinateContext,
): { readonly measurement: Measurement; readonly warnings: readonly CoordinateWarning[] } {
  const warnings: CoordinateWarning[] = [];
  const scale = context.detection?.velocityScaleEastNorth;
  const scaleUp = context.detection?.velocityScaleUp ?? scale ?? 1;
  if (scale === undefined) {
    warnings.push({ item, message: "the unit of velocities is not registered; metres per second are assumed", repaired: true });
  }
  const unit = scale ?? 1;
  if (velocity.eastRate === undefined || velocity.northRate === undefined) return { measurement, warnings };
  const east = velocity.eastRate * unit;
  const north = velocity.northRate * unit;
  const up = velocity.upRate === undefined ? undefined : velocity.upRate * scaleUp;
  if (!Number.isFinite(east + north + (up ?? 0)) || Math.hypot(east, north, up ?? 0) > SPEED_MAX) {
    warnings.push({ item, message: `a speed that is no number or above ${SPEED_MAX} m/s; left out`, repaired: true });
    return { measurement, warnings };
  }
  const factor = (context.detection?.sigmaPerError ?? 1) * unit;
  const errors = [positive(velocity.eastRateError), positive(velocity.northRateError)].filter((value) => value !== undefined);
  const sigma = errors.length === 0 ? undefined : metresPerSecond(Math.min(Math.max(Math.max(...errors) * factor, 0.001), SPEED_MAX));
  if (measurement.kind === "position") {
    return {
      warnings,
      measurement: {
        ...measurement,
        velocityEast: metresPerSecond(east),
        velocityNorth: metresPerSecond(north),
        ...(up === undefined ? {} : { velocityUp: metresPerSecond(up) }),
        ...(sigma === undefined ? {} : { velocitySigma: sigma }),
      },
    };
  }
  if (measurement.kind === "polar" && measurement.north === "true" && sigma !== undefined) {
    const elevation = measurement.elevation ?? 0;
    const rate =
      Math.cos(elevation) * (east * Math.sin(measurement.azimuth) + north * Math.cos(measurement.azimuth)) +
      Math.sin(elevation) * (up ?? 0);
    return { warnings, measurement: { ...measurement, rangeRate: metresPerSecond(rate), rangeRateSigma: sigma } };
  }
  return { measurement, warnings };
}

/** A number as a person writes it: six significant digits. */
const short = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(6))) : String(value));
