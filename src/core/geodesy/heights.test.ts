import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RADIANS_PER_DEGREE as DEGREE, pascals } from "../base/units.ts";
import {
  altitudeAtPressure,
  amslFromHae,
  amslFromPressureAltitude,
  GEOID_SIGMA,
  geoidUndulation,
  heightToHae,
  pressureAltitudeFromAmsl,
  pressureAtAltitude,
  QNH_SIGMA,
  QNH_UNKNOWN_SIGMA,
} from "./heights.ts";

const close = (got: number, want: number, tolerance: number) =>
  assert.ok(Math.abs(got - want) <= tolerance, `${got} is not ${want} within ${tolerance}`);

test("the EGM96 undulation has the sign and unit of NGA's published test points", () => {
  // The six points and results that come with NGA's F477 harmonic synthesis program, metres.
  const points: [number, number, number][] = [
    [38.628155, 269.779155, -31.628],
    [-14.621217, 305.021114, -2.969],
    [46.874319, 102.448729, -43.575],
    [-23.617446, 133.874712, 15.871],
    [38.625473, 359.9995, 50.066],
    [-0.466744, 0.0023, 17.329],
  ];
  for (const [lat, lon, want] of points) close(geoidUndulation(lat * DEGREE, lon * DEGREE), want, 0.1);
});

test("the undulation is continuous over the poles, the date line and Greenwich", () => {
  close(geoidUndulation(Math.PI / 2, 0), 13.61, 0.01);
  close(geoidUndulation(-Math.PI / 2, 3), -29.53, 0.01);
  close(geoidUndulation(0, Math.PI), geoidUndulation(0, -Math.PI + 1e-12), 1e-6);
  for (const lat of [-1.5, -0.3, 0.2, 1.57079]) close(geoidUndulation(lat, -1e-16), geoidUndulation(lat, 1e-16), 1e-6);
});

test("mean sea level at 38.6 N 0 E lies 50 m above the ellipsoid, so 100 m amsl is 150 m hae", () => {
  const lat = 38.625473 * DEGREE;
  const lon = 359.9995 * DEGREE;
  const got = heightToHae({ kind: "amsl", value: 100 }, lat, lon, {});
  assert.ok(got !== undefined);
  close(got.hae, 150.05, 0.1);
  assert.equal(got.sigma, GEOID_SIGMA);
  close(amslFromHae(lat, lon, got.hae), 100, 1e-9);
});

test("the standard atmosphere gives the tabulated altitudes of the main pressure levels", () => {
  // ICAO Doc 7488/3, geopotential metres.
  close(altitudeAtPressure(pascals(101_325)), 0, 1e-6);
  close(altitudeAtPressure(pascals(85_000)), 1457.3, 0.1);
  close(altitudeAtPressure(pascals(70_000)), 3012.2, 0.1);
  close(altitudeAtPressure(pascals(50_000)), 5574.4, 0.1);
  close(altitudeAtPressure(pascals(22_632)), 11_000, 0.1);
  close(altitudeAtPressure(pascals(10_000)), 16_179.7, 0.3);
  close(pressureAtAltitude(20_000), 5474.9, 0.1);
});

test("pressure and altitude are inverse to each other up to 20 km", () => {
  fc.assert(
    fc.property(fc.double({ min: -1000, max: 20_000, noNaN: true }), (altitude) => {
      close(altitudeAtPressure(pressureAtAltitude(altitude)), altitude, 1e-6);
    }),
  );
});

test("10 hPa more of QNH is 83 m more of height above mean sea level", () => {
  const standard = amslFromPressureAltitude(1000, pascals(101_325));
  const high = amslFromPressureAltitude(1000, pascals(102_325));
  close(standard.value, 1000, 1e-9);
  close(high.value - standard.value, 83, 0.5);
  close(pressureAltitudeFromAmsl(high.value, pascals(102_325)).value, 1000, 1e-9);
});

test("a pressure altitude on the ground is as wrong as its QNH, and much more without one", () => {
  assert.equal(amslFromPressureAltitude(0, pascals(101_325)).sigma, QNH_SIGMA);
  const unknown = amslFromPressureAltitude(0, undefined);
  assert.equal(unknown.value, 0);
  assert.equal(unknown.sigma, QNH_UNKNOWN_SIGMA);
  // 4 % of 3,000 m is 120 m; with 4 m of QNH sqrt(120^2 + 4^2) = 120.07.
  close(amslFromPressureAltitude(3000, pascals(101_325)).sigma, 120.07, 0.01);
});

test("a pressure altitude becomes hae through QNH and geoid, and the errors add as squares", () => {
  const got = heightToHae({ kind: "pressure", value: 0 }, 38.625473 * DEGREE, 0, { qnh: pascals(101_325) });
  assert.ok(got !== undefined);
  close(got.hae, 50.05, 0.1);
  close(got.sigma, Math.sqrt(QNH_SIGMA * QNH_SIGMA + GEOID_SIGMA * GEOID_SIGMA), 1e-9);
});

test("a height above take-off is unknown until the take-off's height is known", () => {
  assert.equal(heightToHae({ kind: "takeoff", value: 30 }, 0, 0, {}), undefined);
  assert.deepEqual(heightToHae({ kind: "takeoff", value: 30 }, 0, 0, { takeoffHae: { value: 100, sigma: 5 } }), { hae: 130, sigma: 5 });
});

test("a height above the ellipsoid needs no conversion and gains no error", () => {
  assert.deepEqual(heightToHae({ kind: "hae", value: 12.5 }, 0, 0, {}), { hae: 12.5, sigma: 0 });
});
