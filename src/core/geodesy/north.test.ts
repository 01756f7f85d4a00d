import assert from "node:assert/strict";
import { test } from "node:test";
import { RADIANS_PER_DEGREE as DEGREE, micros } from "../base/units.ts";
import { azimuthToTrue, gridConvergence, magneticDeclination, toTrueAzimuth } from "./north.ts";

const close = (got: number, want: number, tolerance: number) =>
  assert.ok(Math.abs(got - want) <= tolerance, `${got} is not ${want} within ${tolerance}`);
const utc = (year: number, month = 1, day = 1) => micros(Date.UTC(year, month - 1, day) * 1000);
const declinationDegrees = (lat: number, lon: number, heightHae: number, at = utc(2025)) =>
  magneticDeclination(lat * DEGREE, lon * DEGREE, heightHae, at).declination / DEGREE;

test("declination equals the test values that NOAA publishes with each World Magnetic Model", () => {
  close(declinationDegrees(80, 0, 0), 1.28, 0.006);
  close(declinationDegrees(-80, 240, 0), 68.78, 0.006);
  close(declinationDegrees(80, 0, 100_000, utc(2027, 7, 2)), 2.16, 0.006);
  close(declinationDegrees(-80, 240, 100_000, utc(2027, 7, 2)), 67.93, 0.006);
  close(declinationDegrees(14, 143, 66_000, utc(2020)), 0.12, 0.006);
  close(declinationDegrees(-36, -137, 6_000, utc(2020, 7, 2)), 20.16, 0.006);
});

test("the error of declination is that of the model, large near a magnetic pole, and grows beyond the model's years", () => {
  const sigma = (lat: number, lon: number, at = utc(2026)) => magneticDeclination(lat * DEGREE, lon * DEGREE, 0, at).sigma / DEGREE;
  // At H = 19,000 nT: sqrt(0.26^2 + (5417/19000)^2) = 0.39 degrees.
  close(sigma(51.5, -0.1), 0.39, 0.02);
  assert.ok(sigma(86, 140) > 2);
  close(sigma(51.5, -0.1, utc(2034, 11, 12)) - sigma(51.5, -0.1), 1, 0.05);
  close(sigma(51.5, -0.1, utc(2010, 12, 16)) - sigma(51.5, -0.1), 0.8, 0.05);
});

test("declination depends on the time that is given and on nothing else", () => {
  const first = declinationDegrees(51.5, -0.1, 0, utc(2025));
  declinationDegrees(51.5, -0.1, 0, utc(2028));
  assert.equal(declinationDegrees(51.5, -0.1, 0, utc(2025)), first);
});

test("a magnetic azimuth plus declination is the true azimuth", () => {
  const at = utc(2025);
  const context = { latitude: -80 * DEGREE, longitude: 240 * DEGREE, heightHae: 0, at };
  const got = toTrueAzimuth(10 * DEGREE, "magnetic", context);
  assert.ok(got !== undefined);
  close(got.azimuth / DEGREE, 78.78, 0.006);
  assert.ok(got.addedSigma > 0.26 * DEGREE);
});

test("a grid azimuth plus convergence is the true azimuth: 2.27 degrees in London, -3.90 in Bergen's zone 32", () => {
  close(gridConvergence(51.5 * DEGREE, -0.1 * DEGREE) / DEGREE, 2.27032, 1e-5);
  const got = azimuthToTrue(359 * DEGREE, "grid", { latitude: 51.5 * DEGREE, longitude: -0.1 * DEGREE, at: utc(2025) });
  close(got! / DEGREE, 1.27032, 1e-5);
  close(gridConvergence(60 * DEGREE, 4.5 * DEGREE) / DEGREE, -3.89913, 1e-5);
  // The sensor's grid may be that of the neighbouring zone.
  assert.ok(gridConvergence(51.5 * DEGREE, -0.1 * DEGREE, 31) < 0);
});

test("an azimuth from the platform needs the platform's heading", () => {
  const context = { latitude: 0.9, longitude: 0, heightHae: 0, at: utc(2025) };
  assert.equal(toTrueAzimuth(1, "platform", context), undefined);
  const got = toTrueAzimuth(350 * DEGREE, "platform", { ...context, heading: 20 * DEGREE, headingSigma: 0.01 });
  assert.ok(got !== undefined);
  close(got.azimuth / DEGREE, 10, 1e-9);
  assert.equal(got.addedSigma, 0.01);
});

test("a true azimuth stays what it is, wrapped to a circle", () => {
  const context = { latitude: 0, longitude: 0, at: utc(2025) };
  assert.deepEqual(toTrueAzimuth(1, "true", context), { azimuth: 1, addedSigma: 0 });
  close(azimuthToTrue(-0.5, "true", context)!, 2 * Math.PI - 0.5, 1e-12);
});
