// From a sensor's own coordinates to what the tracker works with: the site's east-north-up frame, metres and radians.

import { RADIANS_PER_DEGREE } from "../base/units.ts";
import { heightToHae } from "../geodesy/heights.ts";
import { toTrueAzimuth } from "../geodesy/north.ts";
import {
  ecefToEnu,
  enuToEcef,
  geodeticToEcef,
  geodeticToEnu,
  localFrame,
  rotate,
  rotationBetween,
  WGS84_A,
  WGS84_E2,
} from "../geodesy/wgs84.ts";
import type { Height, Measurement, NorthReference } from "../model/observation.ts";
import type { SensorKind, SensorNoise } from "../model/site.ts";
import type { MeasurementKind, TrackerSensor } from "../tracking/tracker.ts";
import type { Picture, SensorState } from "./picture.ts";

export interface Placed {
  kind: MeasurementKind;
  z: number[];
  variance: number[];
  covarianceEn: number;
}

export type Placement =
  | { readonly ok: true; readonly value: Placed }
  | { readonly ok: false; readonly code: "unplaced" | "out-of-range"; readonly message: string };

/** Farther from the site's origin than this is refused: a flat covariance means little there, and it is nearly always a wrong configuration. */
const SITE_RADIUS = 1_000_000; // m

/** 1 sigma where neither the message nor the configuration says one. Estimates: brochure orders of magnitude. */
const DEFAULT_NOISE: Record<SensorKind, Required<SensorNoise>> = {
  radar: noise(15, 0.5, 0.8, 0.5, 20, 30),
  "radar-2d": noise(60, 0.15, 10, 5, 60, 100),
  "rf-direction-finder": noise(100, 3, 5, 5, 100, 100),
  "rf-tdoa": noise(50, 3, 5, 5, 40, 80),
  "remote-id": noise(30, 3, 5, 1, 10, 15),
  adsb: noise(30, 1, 1, 1, 30, 30),
  camera: noise(100, 0.1, 0.1, 5, 50, 50),
  acoustic: noise(100, 5, 8, 5, 100, 100),
  "track-feed": noise(50, 1, 1, 2, 50, 50),
  other: noise(50, 1, 2, 2, 50, 50),
};

function noise(
  range: number,
  azimuthDegrees: number,
  elevationDegrees: number,
  rangeRate: number,
  horizontal: number,
  vertical: number,
): Required<SensorNoise> {
  return {
    range,
    azimuth: azimuthDegrees * RADIANS_PER_DEGREE,
    elevation: elevationDegrees * RADIANS_PER_DEGREE,
    rangeRate,
    horizontal,
    vertical,
  } as Required<SensorNoise>;
}

const square = (value: number) => value * value;

/** What a target without a known speed is taken to do while its measurement is on its way: a small drone's, m/s and m/s^2. */
const USUAL_SPEED = 12;
const USUAL_ACCELERATION = 2;

/** Adds to a placed measurement what the doubt about its time (1 sigma, s) makes of a moving target. */
function blurForTime(placed: Placed, timeSigma: number): void {
  const { kind, z, variance } = placed;
  const withVelocity = kind === "position2d-velocity" || kind === "position3d-velocity";
  const flat = kind === "position2d" || kind === "position2d-velocity";
  if (kind === "position2d" || kind === "position3d" || withVelocity) {
    const at = flat ? 2 : 3;
    // Along the path where the speed is told, in both directions where it is not.
    const ve = withVelocity ? z[at] : USUAL_SPEED;
    const vn = withVelocity ? z[at + 1] : USUAL_SPEED;
    variance[0] += square(ve * timeSigma);
    variance[1] += square(vn * timeSigma);
    if (withVelocity) {
      placed.covarianceEn += ve * vn * square(timeSigma);
      variance[at] += square(USUAL_ACCELERATION * timeSigma);
      variance[at + 1] += square(USUAL_ACCELERATION * timeSigma);
    }
    return;
  }
  if (kind !== "polar2d" && kind !== "polar3d") return;
  const moved = USUAL_SPEED * timeSigma;
  const angular = square(moved / Math.max(z[0], 1));
  variance[0] += square(moved);
  variance[1] += angular;
  if (kind === "polar3d") variance[2] += angular / 4;
  const rate = kind === "polar3d" ? 3 : 2;
  if (variance.length > rate) variance[rate] += square(USUAL_ACCELERATION * timeSigma);
}

/** True where every number is finite: nothing else reaches the tracker. */
export const allFinite = (values: readonly number[]): boolean => values.every((value) => Number.isFinite(value));

/**
 * Places one measurement in the site's frame, with the variance of every component; `timeSigma` is the doubt about its time, s. Never throws;
 * says why it cannot.
 */
export function placeMeasurement(picture: Picture, sensor: SensorState, measurement: Measurement, timeSigma: number): Placement {
  const placement = place(picture, sensor, measurement);
  if (placement.ok) blurForTime(placement.value, timeSigma);
  return placement;
}

function place(picture: Picture, sensor: SensorState, measurement: Measurement): Placement {
  const defaults = DEFAULT_NOISE[sensor.kind];
  const sigma = {
    range: sensor.noise.range ?? defaults.range,
    azimuth: sensor.noise.azimuth ?? defaults.azimuth,
    elevation: sensor.noise.elevation ?? defaults.elevation,
    rangeRate: sensor.noise.rangeRate ?? defaults.rangeRate,
    horizontal: sensor.noise.horizontal ?? defaults.horizontal,
    vertical: sensor.noise.vertical ?? defaults.vertical,
  };

  if (measurement.kind === "position") {
    const height =
      measurement.height === undefined
        ? undefined
        : resolveHeight(picture, sensor, measurement.height, measurement.latitude, measurement.longitude, sigma.vertical);
    const [east, north, up] = geodeticToEnu(
      picture.frame,
      measurement.latitude,
      measurement.longitude,
      height?.hae ?? picture.frame.origin.heightHae,
    );
    if (!allFinite([east, north, up])) return refuse("out-of-range", "position or height is not a finite number");
    const distance = Math.hypot(east, north);
    if (distance > SITE_RADIUS) {
      return refuse(
        "out-of-range",
        `position is ${Math.round(distance / 1000)} km from the site's origin (limit ${SITE_RADIUS / 1000} km): check the origin in the configuration`,
      );
    }
    const horizontal = square(measurement.horizontalSigma ?? sigma.horizontal);
    const [vee, ven, vnn] = measurement.covarianceEn ?? [horizontal, 0, horizontal];
    const hasVelocity = measurement.velocityEast !== undefined && measurement.velocityNorth !== undefined;
    const z: number[] = [east, north];
    const variance: number[] = [vee, vnn];
    if (height !== undefined) {
      z.push(up);
      variance.push(square(height.sigma));
    }
    if (hasVelocity) {
      const velocityVariance = square(measurement.velocitySigma ?? 3);
      const turn = rotationBetween(localFrame(measurement.latitude, measurement.longitude, 0), picture.frame);
      const [ve, vn, vu] = rotate(turn, [measurement.velocityEast!, measurement.velocityNorth!, measurement.velocityUp ?? 0]);
      z.push(ve, vn);
      variance.push(velocityVariance, velocityVariance);
      if (height !== undefined) {
        z.push(vu);
        variance.push(measurement.velocityUp === undefined ? square(8) : velocityVariance);
      }
    }
    const kind: MeasurementKind =
      height === undefined ? (hasVelocity ? "position2d-velocity" : "position2d") : hasVelocity ? "position3d-velocity" : "position3d";
    return finish({ kind, z, variance, covarianceEn: ven });
  }

  if (sensor.frame === undefined || sensor.position === undefined) {
    return refuse(
      "unplaced",
      "the position of this sensor is not known: add it to the configuration (sensors: position) to place its measurements",
    );
  }

  if (measurement.kind === "local") {
    const [x, y, zEcef] = enuToEcef(sensor.frame, measurement.east, measurement.north, measurement.up ?? 0);
    const [east, north, up] = ecefToEnu(picture.frame, x, y, zEcef);
    const horizontal = square(measurement.sigma ?? sigma.horizontal);
    if (measurement.up === undefined)
      return finish({ kind: "position2d", z: [east, north], variance: [horizontal, horizontal], covarianceEn: 0 });
    return finish({
      kind: "position3d",
      z: [east, north, up],
      variance: [horizontal, horizontal, square(sigma.vertical)],
      covarianceEn: 0,
    });
  }

  const azimuth = azimuthOf(picture, sensor, measurement.azimuth, measurement.north);
  if (azimuth === undefined) return refuse("unplaced", "azimuths of this sensor count from its own platform, and its heading is not known");
  const azimuthVariance = square(measurement.azimuthSigma ?? sigma.azimuth) + square(azimuth.addedSigma);

  if (measurement.kind === "bearing") {
    if (measurement.elevation === undefined)
      return finish({ kind: "bearing", z: [azimuth.azimuth], variance: [azimuthVariance], covarianceEn: 0 });
    return finish({
      kind: "bearing-elevation",
      z: [azimuth.azimuth, measurement.elevation],
      variance: [azimuthVariance, square(measurement.elevationSigma ?? sigma.elevation)],
      covarianceEn: 0,
    });
  }

  const { range } = measurement;
  if (!(range > 0)) return refuse("out-of-range", "range is not a positive number");
  const rangeVariance = square(measurement.rangeSigma ?? sigma.range);
  let elevation: number | undefined = measurement.elevation;
  let elevationVariance = square(measurement.elevationSigma ?? sigma.elevation);
  if (elevation === undefined && measurement.height !== undefined) {
    // A transponder's height turns a slant range into a place: the elevation at which the ray reaches that height over a round Earth.
    const latitude = sensor.position.latitude;
    const height = resolveHeight(picture, sensor, measurement.height, latitude, sensor.position.longitude, sigma.vertical);
    if (height !== undefined) {
      const sinLat = Math.sin(latitude);
      const radius = WGS84_A / Math.sqrt(1 - WGS84_E2 * sinLat * sinLat);
      const near = radius + sensor.position.heightHae;
      const far = radius + height.hae;
      const sinElevation = (far * far - near * near - range * range) / (2 * range * near);
      if (sinElevation > -1 && sinElevation < 1) {
        elevation = Math.asin(sinElevation);
        const cosElevation = Math.max(0.05, Math.cos(elevation));
        elevationVariance = square(height.sigma / (range * cosElevation));
      }
    }
  }
  const z: number[] = [range, azimuth.azimuth];
  const variance: number[] = [rangeVariance, azimuthVariance];
  if (elevation !== undefined) {
    z.push(elevation);
    variance.push(elevationVariance);
  }
  if (measurement.rangeRate !== undefined) {
    z.push(measurement.rangeRate);
    variance.push(square(measurement.rangeRateSigma ?? sigma.rangeRate));
  }
  return finish({ kind: elevation === undefined ? "polar2d" : "polar3d", z, variance, covarianceEn: 0 });
}

function finish(placed: Placed): Placement {
  if (!allFinite(placed.z)) return refuse("out-of-range", "a component of the measurement is not a finite number");
  for (const value of placed.variance)
    if (!(value > 0 && Number.isFinite(value))) return refuse("out-of-range", "an accuracy of the measurement is not a positive number");
  return { ok: true, value: placed };
}

const refuse = (code: "unplaced" | "out-of-range", message: string): Placement => ({ ok: false, code, message });

/** Height above the ellipsoid with its 1 sigma; undefined for a height above an unknown take-off place. */
export function resolveHeight(
  picture: Picture,
  sensor: SensorState,
  height: Height,
  latitude: number,
  longitude: number,
  defaultSigma: number,
): { hae: number; sigma: number } | undefined {
  const converted = heightToHae(height, latitude, longitude, { qnh: picture.qnh });
  if (converted === undefined || !Number.isFinite(converted.hae)) return undefined;
  const own = height.sigma ?? sensor.noise.vertical ?? defaultSigma;
  return { hae: converted.hae, sigma: Math.hypot(own, converted.sigma) };
}

function azimuthOf(
  picture: Picture,
  sensor: SensorState,
  azimuth: number,
  north: NorthReference,
): { azimuth: number; addedSigma: number } | undefined {
  // What a codec calls "true" is the sensor's own north; the configuration says what that is.
  const reference = north === "true" ? sensor.north : north;
  const { latitude, longitude, heightHae } = sensor.position!;
  return toTrueAzimuth(azimuth, reference, { latitude, longitude, heightHae, heading: sensor.heading, at: picture.now });
}

/** Sensors that hear or see what a target gives off: most targets give off nothing that they can hear, so silence says little. */
const PASSIVE: readonly SensorKind[] = ["rf-direction-finder", "rf-tdoa", "acoustic", "camera"];
/** Seconds between two looks where neither the configuration nor the sensor says: radars look in turns, the others when they please. */
const USUAL_PERIOD: Partial<Record<SensorKind, number>> = { radar: 2, "radar-2d": 4 };

/** The tracker's view of a sensor, for its present place and field of view. */
export function trackerSensor(picture: Picture, sensor: SensorState): TrackerSensor {
  const cooperative = sensor.kind === "adsb" || sensor.kind === "remote-id" || sensor.kind === "track-feed";
  const position = sensor.position;
  const frame = sensor.frame;
  const [east, north, up] =
    position === undefined
      ? [0, 0, 0]
      : ecefToEnu(picture.frame, ...geodeticToEcef(position.latitude, position.longitude, position.heightHae));
  const view = sensor.fieldOfView;
  const period = sensor.updatePeriod ?? USUAL_PERIOD[sensor.kind];
  return {
    id: sensor.id,
    positionEnu: [east, north, up],
    rotation: frame === undefined ? [1, 0, 0, 0, 1, 0, 0, 0, 1] : rotationBetween(picture.frame, frame),
    azimuthFrom: "north",
    ...(view === undefined ? {} : { fieldOfView: view }),
    detectionProbability: sensor.detectionProbability ?? (cooperative ? 0.95 : 0.8),
    falseDetectionsPerScan: sensor.falseDetectionsPerScan ?? (cooperative ? 0 : 5),
    ...(period === undefined ? {} : { updatePeriod: period }),
    cooperative,
    passive: PASSIVE.includes(sensor.kind),
  };
}
