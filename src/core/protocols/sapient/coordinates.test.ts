import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import fc from "fast-check";
import { RADIANS_PER_DEGREE as DEGREE, metres, radians } from "../../base/units.ts";
import { geodeticToUtm } from "../../geodesy/utm.ts";
import type { DetectionContract } from "./contract.ts";
import { addVelocity, type CoordinateContext, readLocation, readRangeBearing } from "./coordinates.ts";
import { location, locationUtm } from "./encode.ts";
import { metresPerDegree } from "./local-scale.ts";
import {
  ENUVelocitySchema,
  LocationCoordinateSystem,
  LocationDatum,
  LocationSchema,
  RangeBearingCoordinateSystem,
  RangeBearingDatum,
  RangeBearingSchema,
} from "./sapient-pb.gen.ts";

const CONTRACT: DetectionContract = {
  form: "location",
  sigmaPerError: 1,
  errorKnown: true,
  errorsInMetres: false,
  classes: [],
  declared: {},
};
const LONDON = { latitude: 51.5 * DEGREE, longitude: -0.1 * DEGREE };
const NEAR: CoordinateContext = { strict: false, reference: LONDON };
const close = (got: number | undefined, want: number, tolerance: number) =>
  assert.ok(got !== undefined && Math.abs(got - want) <= tolerance, `${got} is not ${want} within ${tolerance}`);

function place(init: MessageInitShape<typeof LocationSchema>, context: CoordinateContext = NEAR) {
  const result = readLocation(create(LocationSchema, init), "location", context);
  assert.ok(result.ok, result.ok ? "" : result.error.message);
  return { ...result.value, warnings: result.warnings.map(({ message }) => message).join("; ") };
}
function refusal(init: MessageInitShape<typeof LocationSchema>, context: CoordinateContext = NEAR) {
  const result = readLocation(create(LocationSchema, init), "location", context);
  assert.ok(!result.ok, "was read");
  return `${result.error.code} ${result.error.item} ${result.error.message}`;
}
const DEG = { coordinateSystem: LocationCoordinateSystem.LAT_LNG_DEG_M, datum: LocationDatum.WGS84_E };
const UTM = { coordinateSystem: LocationCoordinateSystem.UTM_M, datum: LocationDatum.WGS84_E };

test("degrees, radians and UTM metres of one place are one place", () => {
  const latitude = fc.double({ min: -79 * DEGREE, max: 83 * DEGREE, noNaN: true });
  const longitude = fc.double({ min: -179.9 * DEGREE, max: 179.9 * DEGREE, noNaN: true });
  fc.assert(
    fc.property(latitude, longitude, (lat, lon) => {
      const context: CoordinateContext = { strict: true, reference: { latitude: lat, longitude: lon } };
      const forms = [
        location({ latitude: lat, longitude: lon }),
        { x: lon, y: lat, coordinateSystem: LocationCoordinateSystem.LAT_LNG_RAD_M, datum: LocationDatum.WGS84_E },
        locationUtm({ latitude: lat, longitude: lon }),
      ];
      for (const form of forms) {
        const got = place(form, context);
        close(got.latitude, lat, 1e-9);
        close(Math.cos(got.longitude - lon), 1, 1e-12);
        assert.equal(got.warnings, "");
      }
    }),
  );
});

test("a zone comes from the message, else from the registration, else from where the node stands, with a warning", () => {
  const there = geodeticToUtm(LONDON.latitude, LONDON.longitude);
  const grid = { x: there.easting, y: there.northing, ...UTM };
  close(place({ ...grid, utmZone: "30U" }).latitude, LONDON.latitude, 1e-10);
  close(place(grid, { ...NEAR, detection: { ...CONTRACT, zone: "30U" } }).latitude, LONDON.latitude, 1e-10);
  const guessed = place(grid);
  close(guessed.longitude, LONDON.longitude, 1e-10);
  assert.match(guessed.warnings, /no UTM zone is given/);
  assert.match(refusal(grid, { strict: false }), /unplaced location\.utm_zone/);
  assert.match(refusal(grid, { ...NEAR, strict: true }), /unplaced/);
  assert.match(refusal({ ...grid, utmZone: "Zone 30" }), /malformed location\.utm_zone "Zone 30" is no UTM zone/);
});

test("zone 34S is band S in the north and the southern half in the south: the node's own place decides", () => {
  const crete = { latitude: 35.3 * DEGREE, longitude: 24 * DEGREE };
  const cape = { latitude: -33.9 * DEGREE, longitude: 18.4 * DEGREE };
  for (const at of [crete, cape]) {
    const grid = geodeticToUtm(at.latitude, at.longitude);
    const text = at === crete ? "35S" : "34S";
    const got = place({ x: grid.easting, y: grid.northing, ...UTM, utmZone: text }, { strict: false, reference: at });
    close(got.latitude, at.latitude, 1e-10);
    close(got.longitude, at.longitude, 1e-10);
  }
});

test("swapped easting and northing are recognised by their size", () => {
  const there = geodeticToUtm(LONDON.latitude, LONDON.longitude);
  const got = place({ x: there.northing, y: there.easting, ...UTM, utmZone: "30U" });
  close(got.latitude, LONDON.latitude, 1e-10);
  assert.match(got.warnings, /x is easting, y is northing/);
  assert.match(refusal({ x: there.northing, y: there.easting, ...UTM, utmZone: "30U" }, { ...NEAR, strict: true }), /swapped/);
  assert.match(refusal({ x: 3e6, y: 3e6, ...UTM, utmZone: "30U" }), /no place in a UTM zone/);
});

test("a swap of degrees is repaired only when the swapped place is near and the place as sent is far or nowhere", () => {
  close(place({ x: 51.4, y: -0.2, ...DEG }).latitude, 51.4 * DEGREE, 1e-12);
  // 10 E 50 N against 50 E 10 N with a node in between: neither is near, so it stays as sent.
  const between: CoordinateContext = { strict: false, reference: { latitude: 30 * DEGREE, longitude: 30 * DEGREE } };
  close(place({ x: 50, y: 10, ...DEG }, between).latitude, 10 * DEGREE, 1e-12);
  assert.match(refusal({ x: 5, y: 91.5, ...DEG }), /no place on Earth/, "latitude 91.5 is an error and not a longitude");
  const asia: CoordinateContext = { strict: false, reference: { latitude: 25 * DEGREE, longitude: 121 * DEGREE } };
  close(place({ x: 25.05, y: 121.5, ...DEG }, asia).longitude, 121.5 * DEGREE, 1e-12);
});

test("errors become sigmas in metres: degrees by the length of a degree there, metres where the registration or their size says so", () => {
  const perDegree = metresPerDegree(LONDON.latitude);
  const at = { x: -0.1, y: 51.5, ...DEG };
  const degrees = place({ ...at, xError: 0.001, yError: 0.0005 });
  close(degrees.covarianceEn?.[0], (0.001 * perDegree.east) ** 2, 1e-6);
  close(degrees.covarianceEn?.[2], (0.0005 * perDegree.north) ** 2, 1e-6);
  const inMetres = place({ ...at, xError: 0.02, yError: 0.04 }, { ...NEAR, detection: { ...CONTRACT, errorsInMetres: true } });
  assert.deepEqual(
    inMetres.covarianceEn?.map((value) => Math.round(value * 1e6)),
    [400, 0, 1600],
  );
  const large = place({ ...at, xError: 12, yError: 5 });
  assert.deepEqual(large.covarianceEn, [144, 0, 25]);
  assert.match(large.warnings, /an error of 12 cannot be degrees; read as metres/);
  assert.deepEqual(place({ ...at, xError: 12 }).covarianceEn, [144, 0, 144], "one error stands for both");
  assert.equal(place(at).covarianceEn, undefined, "no error is said: the configuration's counts");
  assert.equal(place({ ...at, xError: 0, yError: -1 }).covarianceEn, undefined);
  const radian = place({
    x: -0.1 * DEGREE,
    y: 51.5 * DEGREE,
    xError: 1e-5,
    coordinateSystem: LocationCoordinateSystem.LAT_LNG_RAD_M,
    datum: LocationDatum.WGS84_E,
  });
  close(radian.covarianceEn?.[2], (1e-5 * (perDegree.north / DEGREE)) ** 2, 1);
});

test("an error that the registration calls 95 % is 1.96 sigma, in every form", () => {
  const context: CoordinateContext = { ...NEAR, detection: { ...CONTRACT, sigmaPerError: 1 / 1.96 } };
  const perDegree = metresPerDegree(LONDON.latitude);
  const geodetic = place({ x: -0.1, y: 51.5, z: 10, zError: 19.6, xError: 0.00196, yError: 0.00196, ...DEG }, context);
  close(geodetic.covarianceEn?.[2], (0.001 * perDegree.north) ** 2, 1e-6);
  close(geodetic.height?.sigma, 10, 1e-9);
  const metresInDegrees = place({ x: -0.1, y: 51.5, xError: 19.6, yError: 19.6, ...DEG }, context);
  close(metresInDegrees.covarianceEn?.[0], 100, 1e-9);
  const grid = place({ ...locationUtm(LONDON), xError: 19.6, yError: 39.2 }, context);
  close(grid.covarianceEn![0] + grid.covarianceEn![2], 500, 1e-6);
  const polar = readRangeBearing(
    create(RangeBearingSchema, {
      azimuth: 10,
      azimuthError: 1.96,
      elevation: 1,
      elevationError: 3.92,
      range: 1000,
      rangeError: 19.6,
      coordinateSystem: 1,
      datum: 1,
    } as never),
    "rb",
    context,
  );
  assert.ok(polar.ok && polar.value.kind === "polar");
  close(polar.value.azimuthSigma, DEGREE, 1e-12);
  close(polar.value.elevationSigma, 2 * DEGREE, 1e-12);
  close(polar.value.rangeSigma, 10, 1e-9);
});

test("heights: limits, datum of the message before that of the registration, unknown stays unknown", () => {
  const at = { x: -0.1, y: 51.5, coordinateSystem: LocationCoordinateSystem.LAT_LNG_DEG_M };
  const declared: CoordinateContext = { ...NEAR, detection: { ...CONTRACT, locationDatum: LocationDatum.WGS84_G } };
  assert.deepEqual(place({ ...at, z: 5, datum: LocationDatum.WGS84_E }, declared).height, { kind: "hae", value: 5 });
  assert.deepEqual(place({ ...at, z: 5 }, declared).height, { kind: "amsl", value: 5 });
  assert.equal(place({ ...at, datum: LocationDatum.WGS84_E }).height, undefined);
  assert.match(place({ ...at, z: 5 }).warnings, /no datum says/);
  assert.deepEqual(place({ ...at, z: -1000, datum: LocationDatum.WGS84_E }).height, { kind: "hae", value: -1000 });
  assert.deepEqual(place({ ...at, z: 100_000, datum: LocationDatum.WGS84_E }).height, { kind: "hae", value: 100_000 });
  for (const z of [-1001, 100_001, -9999, Number.NaN]) {
    const got = place({ ...at, z, datum: LocationDatum.WGS84_E });
    assert.equal(got.height, undefined);
    assert.match(got.warnings, /is no height in metres/);
  }
});

test("a missing coordinate system is the registered one with a warning, and without one a refusal", () => {
  const at = { x: -0.1, y: 51.5 };
  const declared: CoordinateContext = { ...NEAR, detection: { ...CONTRACT, locationUnits: LocationCoordinateSystem.LAT_LNG_DEG_M } };
  assert.match(place(at, declared).warnings, /the registered one is used/);
  assert.match(refusal(at), /no coordinate system is given, and none is registered/);
  assert.match(refusal(at, { ...declared, strict: true }), /no coordinate system/);
  assert.match(refusal({ ...at, coordinateSystem: 3 as never }), /unsupported/);
});

const bearing = (init: MessageInitShape<typeof RangeBearingSchema>, context: CoordinateContext = NEAR) =>
  readRangeBearing(
    create(RangeBearingSchema, { coordinateSystem: RangeBearingCoordinateSystem.DEGREES_M, datum: RangeBearingDatum.TRUE, ...init }),
    "rb",
    context,
  );

test("limits of ranges and angles are where the sky ends", () => {
  const reads = (init: MessageInitShape<typeof RangeBearingSchema>) => bearing(init).ok;
  assert.equal(reads({ azimuth: 360, range: 1 }), true);
  assert.equal(reads({ azimuth: -360, range: 1 }), true);
  assert.equal(reads({ azimuth: 360.1, range: 1 }), false);
  assert.equal(reads({ azimuth: 0, elevation: 90, range: 1 }), true);
  assert.equal(reads({ azimuth: 0, elevation: 90.1, range: 1 }), false);
  assert.equal(reads({ azimuth: 0, elevation: -90.1, range: 1 }), false);
  assert.equal(reads({ azimuth: 0, range: 1_000_000 }), true);
  assert.equal(reads({ azimuth: 0, range: 1_000_001 }), false);
  assert.equal(reads({ azimuth: 0, range: 0 }), false);
  assert.equal(reads({ azimuth: 0, range: Number.POSITIVE_INFINITY }), false);
  const back = bearing({ azimuth: -90, range: 1 });
  assert.ok(back.ok);
  close(back.value.azimuth, 1.5 * Math.PI, 1e-12);
});

test("a range is a range until its error is nine tenths of it", () => {
  const kind = (rangeError: number) => {
    const got = bearing({ azimuth: 0, range: 1000, rangeError });
    assert.ok(got.ok);
    return got.value.kind;
  };
  assert.equal(kind(899), "polar");
  assert.equal(kind(900), "bearing");
});

test("unit and north that a message leaves out are the registered ones, with a warning", () => {
  const context: CoordinateContext = {
    ...NEAR,
    detection: {
      ...CONTRACT,
      form: "range-bearing",
      rangeBearingUnits: RangeBearingCoordinateSystem.RADIANS_KM,
      rangeBearingDatum: RangeBearingDatum.GRID,
    },
  };
  const got = bearing({ azimuth: 1, range: 2, coordinateSystem: undefined, datum: undefined }, context);
  assert.ok(got.ok && got.value.kind === "polar");
  assert.equal(got.value.range, 2000);
  assert.equal(got.value.azimuth, 1);
  assert.equal(got.value.north, "grid");
  assert.match(got.warnings[0].message, /the registered one is used/);
  assert.equal(bearing({ azimuth: 1, coordinateSystem: undefined }).ok, false);
  assert.equal(bearing({ azimuth: 1, datum: undefined }).ok, false);
  assert.equal(bearing({ azimuth: 1, datum: undefined }, { ...context, strict: true }).ok, false);
  for (const [datum, north] of [
    [1, "true"],
    [2, "magnetic"],
    [3, "grid"],
    [4, "platform"],
  ] as const) {
    const named = bearing({ azimuth: 1, datum: datum as RangeBearingDatum });
    assert.ok(named.ok && named.value.north === north);
  }
});

const polar = (azimuth: number, elevation?: number) => ({
  kind: "polar" as const,
  range: metres(1000),
  azimuth: radians(azimuth),
  ...(elevation === undefined ? {} : { elevation: radians(elevation) }),
  north: "true" as const,
});
const velocity = (east: number, north: number, up?: number, error?: number) =>
  create(ENUVelocitySchema, { eastRate: east, northRate: north, upRate: up, eastRateError: error, northRateError: error });
const METRIC: CoordinateContext = { ...NEAR, detection: { ...CONTRACT, velocityScaleEastNorth: 1, velocityScaleUp: 1 } };

test("a velocity beside range and bearing is a range rate along the line of sight", () => {
  const rate = (measurement: ReturnType<typeof polar>, east: number, north: number, up?: number) => {
    const moved = addVelocity(measurement, velocity(east, north, up, 1), "v", METRIC).measurement;
    assert.ok(moved.kind === "polar");
    return moved.rangeRate;
  };
  close(rate(polar(0), 0, 10), 10, 1e-12);
  close(rate(polar(Math.PI / 2), 10, 0), 10, 1e-12);
  close(rate(polar(Math.PI), 0, 10), -10, 1e-12);
  // 30 degrees up, climbing at 4 m/s: cos 30 * 10 + sin 30 * 4 = 8.66 + 2.
  close(rate(polar(0, Math.PI / 6), 0, 10, 4), 10.6603, 1e-4);
  const withoutError = addVelocity(polar(0), velocity(0, 10), "v", METRIC).measurement;
  assert.ok(withoutError.kind === "polar" && withoutError.rangeRate === undefined, "a rate without an error is not used");
  const magnetic = addVelocity({ ...polar(0), north: "magnetic" }, velocity(0, 10, 0, 1), "v", METRIC).measurement;
  assert.ok(magnetic.kind === "polar" && magnetic.rangeRate === undefined);
});

test("errors of velocities are sigmas in metres per second, the larger of the two", () => {
  const kph: CoordinateContext = { ...NEAR, detection: { ...CONTRACT, sigmaPerError: 0.5, velocityScaleEastNorth: 1 / 3.6 } };
  const at = { kind: "position" as const, latitude: radians(0.9), longitude: radians(0) };
  const moved = addVelocity(
    at,
    create(ENUVelocitySchema, { eastRate: 36, northRate: 0, eastRateError: 7.2, northRateError: 3.6 }),
    "v",
    kph,
  ).measurement;
  assert.ok(moved.kind === "position");
  close(moved.velocityEast, 10, 1e-12);
  // 7.2 km/h is 2 m/s, and half of it one sigma.
  close(moved.velocitySigma, 1, 1e-12);
});

test("a velocity without a registered unit is metres per second with a warning; an impossible one is left out", () => {
  const at = { kind: "position" as const, latitude: radians(0.9), longitude: radians(0) };
  const guessed = addVelocity(at, velocity(3, 4), "v", NEAR);
  assert.ok(guessed.measurement.kind === "position" && guessed.measurement.velocityEast === 3);
  assert.match(guessed.warnings[0].message, /metres per second are assumed/);
  assert.equal(guessed.warnings[0].repaired, true);
  for (const [east, north] of [
    [3001, 0],
    [Number.NaN, 1],
  ]) {
    const got = addVelocity(at, velocity(east, north), "v", METRIC);
    assert.ok(got.measurement.kind === "position" && got.measurement.velocityEast === undefined);
    assert.match(got.warnings[0].message, /left out/);
  }
  assert.deepEqual(addVelocity(at, create(ENUVelocitySchema, { eastRate: 1 }), "v", METRIC).measurement, at, "half a velocity is none");
});
