import assert from "node:assert/strict";
import { test } from "node:test";
import { findSensorClass } from "../model/sensor-classes.ts";
import {
  angleSigma,
  detectionProbability,
  freeSpaceLevel,
  fromDb,
  imageChance,
  logisticChance,
  meanSnr,
  pixelsOnTarget,
  radioHorizon,
  toDb,
} from "./radar-equation.ts";

test("a radar with Pd 0.8 at 3,500 m for 0.01 m^2 has Pd 0.5 at 4,688 m and 0.9 at 2,895 m", () => {
  const reference = findSensorClass("radar.rotating3d.x")!.radar!.reference;
  const pd = (range: number, rcs: number) => detectionProbability(meanSnr(reference, range, rcs), reference.falseAlarmProbability);
  assert.ok(Math.abs(pd(3500, 0.01) - 0.8) < 1e-12);
  // The ranges are rounded to the metre: half a metre moves Pd by 1.4e-4.
  assert.ok(Math.abs(pd(4688, 0.01) - 0.5) < 1.5e-4);
  assert.ok(Math.abs(pd(2895, 0.01) - 0.9) < 1.5e-4);
  // Ten times the echo is 1.78 times the range.
  assert.ok(Math.abs(pd(8336, 0.1) - 0.5) < 1.5e-4);
});

test("an angle is no better than its floor, and a weak echo shares out the beam", () => {
  assert.equal(angleSigma(0.01, undefined, 1), 0.01);
  assert.ok(angleSigma(0.01, 0.05, 1e9) - 0.01 < 1e-6);
  // SNR 2: beam / (1.6 * 2) = 0.05 / 3.2
  assert.ok(Math.abs(angleSigma(0, 0.05, 2) - 0.05 / 3.2) < 1e-15);
});

test("an antenna at 10 m sees an aircraft at 30 m to 35.6 km", () => {
  assert.equal(Math.round(radioHorizon(10, 30) / 100), 356);
});

test("half of all tries succeed at the half range, nine tenths a quarter of it nearer", () => {
  assert.equal(logisticChance(2000, 2000), 0.5);
  assert.ok(Math.abs(logisticChance(1500, 2000) - 0.9) < 1e-12);
  assert.ok(Math.abs(logisticChance(2500, 2000) - 0.1) < 1e-12);
});

test("through 2.3 degrees on 1,920 pixels 0.38 m is 2 pixels at 9,088 m before haze", () => {
  const camera = findSensorClass("eo.ptz")!.camera!;
  const haze = (camera.derating.best + camera.derating.worst) / 2;
  assert.ok(Math.abs(pixelsOnTarget(camera, 0.38, 9088) / haze - 2) < 0.002);
  assert.equal(imageChance(2, 2), 0.5);
  assert.ok(imageChance(8, 2) > 0.99 && imageChance(0.5, 2) < 0.02 && imageChance(0, 2) === 0);
});

test("free space takes 100 dB from 2.4 GHz over 1 km", () => {
  assert.ok(Math.abs(freeSpaceLevel(0, 1000, 2.4e9) + 100.05) < 0.01);
  assert.ok(Math.abs(fromDb(3) - 1.9953) < 1e-4 && Math.abs(toDb(100) - 20) < 1e-12);
});
