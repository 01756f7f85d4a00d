// Detection and noise of radar, radio and cameras by the rules of thumb that the sensor classes are given for.

import type { RadarReference, SensorClass } from "../model/sensor-classes.ts";

/** Linear from dB. */
export const fromDb = (db: number): number => Math.exp((db * Math.LN10) / 10);
export const toDb = (linear: number): number => (10 * Math.log(linear)) / Math.LN10;

/** Signal-to-noise ratio (linear) at which a Swerling 1 target is detected with this probability: ln Pfa / ln Pd - 1. */
export const snrForDetection = (detectionProbability: number, falseAlarmProbability: number): number =>
  Math.log(falseAlarmProbability) / Math.log(detectionProbability) - 1;

/** Mean signal-to-noise ratio (linear) of an echo of `rcs` m^2 at `range` m: the fourth power of range. */
export function meanSnr(reference: RadarReference, range: number, rcs: number): number {
  const nearer = reference.range / range;
  const square = nearer * nearer;
  return snrForDetection(reference.detectionProbability, reference.falseAlarmProbability) * square * square * (rcs / reference.rcs);
}

/** Pd = Pfa^(1 / (1 + SNR)): Swerling 1, one look. */
export const detectionProbability = (snr: number, falseAlarmProbability: number): number =>
  Math.exp(Math.log(falseAlarmProbability) / (1 + snr));

/** 1 sigma of an angle: a floor, and the beam shared out by the strength of the echo. Radians. */
export function angleSigma(floor: number, beam: number | undefined, snr: number): number {
  if (beam === undefined) return floor;
  return Math.hypot(floor, beam / (1.6 * Math.sqrt(2 * snr)));
}

/** 4/3 Earth: farthest line of sight (m) between two heights above ground (m). */
export const radioHorizon = (h1: number, h2: number): number => 4120 * (Math.sqrt(Math.max(0, h1)) + Math.sqrt(Math.max(0, h2)));

/** Chance of success at `range` where half of all tries succeed at `halfRange`; the 10-90 % width is half of that range. */
export function logisticChance(range: number, halfRange: number): number {
  const width = halfRange / 2 / (2 * Math.log(9));
  return 1 / (1 + Math.exp((range - halfRange) / width));
}

/**
 * Target transfer probability function: chance to detect (or recognise) with `pixels` on target where `pixels50` give one half.
 * (n^e / (1 + n^e), e = 2.7 + 0.7 n: Lloyd and others, Night Vision Laboratory model; n is the ratio.)
 */
export function imageChance(pixels: number, pixels50: number): number {
  const n = pixels / pixels50;
  if (n <= 0) return 0;
  const power = Math.exp((2.7 + 0.7 * n) * Math.log(n));
  return Number.isFinite(power) ? power / (1 + power) : 1;
}

/** Free-space level (dBm) of a transmitter of `transmitDbm` at `range` m and `frequencyHz`. */
export function freeSpaceLevel(transmitDbm: number, range: number, frequencyHz: number): number {
  const loss = 2 * toDb((4 * Math.PI * Math.max(range, 1) * frequencyHz) / 299_792_458);
  return transmitDbm - loss;
}

/** Pixels across an object of `size` m at `range` m through the narrowest field of this camera, made smaller for haze and pointing. */
export function pixelsOnTarget(camera: NonNullable<SensorClass["camera"]>, size: number, range: number): number {
  const field = camera.fieldTele ?? camera.fieldWide;
  const angle = camera.pixelAngle ?? (field !== undefined && camera.pixels !== undefined ? field / camera.pixels : 1e-3);
  const derating = (camera.derating.best + camera.derating.worst) / 2;
  return (size / (range * angle)) * derating;
}
