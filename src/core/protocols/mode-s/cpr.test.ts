import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeCprGlobalAirborne, decodeCprGlobalSurface, decodeCprLocal, longitudeZones } from "./cpr.ts";

const DEGREE = Math.PI / 180;
const degrees = (place: { latitude: number; longitude: number } | undefined) => {
  assert.ok(place !== undefined);
  return [place.latitude / DEGREE, place.longitude / DEGREE] as const;
};
const near = (actual: readonly number[], expected: readonly number[], tolerance: number) => {
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    assert.ok(Math.min(difference, Math.abs(difference - 360)) <= tolerance, `${actual} is not near ${expected}`);
  }
};

/** CPR encoding as ICAO Doc 9871 C.2.6.3 writes it: the independent other direction, for tests only. */
function encode(latitude: number, longitude: number, odd: boolean, surface: boolean): [number, number] {
  const mod = (value: number, base: number) => value - base * Math.floor(value / base);
  const scale = surface ? 524288 : 131072; // 2^19 on the surface, of which 17 bits are sent
  const dLatitude = 360 / (odd ? 59 : 60);
  const yz = Math.floor((scale * mod(latitude, dLatitude)) / dLatitude + 0.5);
  const rounded = dLatitude * (yz / scale + Math.floor(latitude / dLatitude));
  const zones = longitudeZones(rounded) - (odd ? 1 : 0);
  const dLongitude = 360 / Math.max(zones, 1);
  const xz = Math.floor((scale * mod(longitude, dLongitude)) / dLongitude + 0.5);
  return [yz % 131072, xz % 131072];
}

test("longitude zones: 59 at the equator, 1 above 87 degrees, and the published edges", () => {
  assert.equal(longitudeZones(0), 59);
  assert.equal(longitudeZones(10.47), 59);
  assert.equal(longitudeZones(10.4705), 58);
  assert.equal(longitudeZones(-59.9), 30);
  assert.equal(longitudeZones(59.96), 29);
  assert.equal(longitudeZones(86.5), 3);
  assert.equal(longitudeZones(86.6), 2);
  assert.equal(longitudeZones(87.1), 1);
});

test("the published airborne pair lies at 52.25720 north, 3.91937 east", () => {
  near(degrees(decodeCprGlobalAirborne(93_000, 51_372, 74_158, 50_194, false)), [52.2572, 3.91937], 1e-5);
});

test("the published surface pair lies at 52.32056 north, 4.73573 east when the reference is near", () => {
  const place = decodeCprGlobalSurface(115_609, 116_941, 39_199, 110_269, true, 51.99 * DEGREE, 4.375 * DEGREE);
  near(degrees(place), [52.32061, 4.73473], 1e-5);
});

test("the published airborne message, decoded beside a known place, lies at 52.25720 north, 3.91937 east", () => {
  near(degrees(decodeCprLocal(93_000, 51_372, false, false, 52.258 * DEGREE, 3.918 * DEGREE)), [52.2572, 3.91937], 1e-5);
});

test("a pair in two longitude zones gives no position", () => {
  const even = encode(10.47, 20, false, false);
  const odd = encode(10.471, 20, true, false);
  assert.equal(decodeCprGlobalAirborne(even[0], even[1], odd[0], odd[1], true), undefined);
});

test("any airborne place away from the poles comes back within 6 m, from a pair and from one message", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -86, max: 86, noNaN: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.boolean(),
      (latitude, longitude, newestOdd) => {
        const even = encode(latitude, longitude, false, false);
        const odd = encode(latitude, longitude, true, false);
        const tolerance = 6e-5 / Math.cos(latitude * DEGREE); // half a count of a 6 degree zone is 2.3e-5 degrees of latitude
        const pair = decodeCprGlobalAirborne(even[0], even[1], odd[0], odd[1], newestOdd);
        if (pair !== undefined) near(degrees(pair), [latitude, longitude], tolerance);
        const newest = newestOdd ? odd : even;
        const one = decodeCprLocal(newest[0], newest[1], newestOdd, false, (latitude + 1.5) * DEGREE, (longitude - 1.5) * DEGREE);
        near(degrees(one), [latitude, longitude], tolerance);
      },
    ),
  );
});

test("any surface place comes back within 2 m when the reference is within half a zone, in both hemispheres", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -85, max: 85, noNaN: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.boolean(),
      (latitude, longitude, newestOdd) => {
        const even = encode(latitude, longitude, false, true);
        const odd = encode(latitude, longitude, true, true);
        const reference = [(latitude - 0.4) * DEGREE, (longitude + 0.4) * DEGREE] as const;
        const tolerance = 1.5e-5 / Math.cos(latitude * DEGREE);
        const pair = decodeCprGlobalSurface(even[0], even[1], odd[0], odd[1], newestOdd, ...reference);
        if (pair !== undefined) near(degrees(pair), [latitude, longitude], tolerance);
        const newest = newestOdd ? odd : even;
        near(degrees(decodeCprLocal(newest[0], newest[1], newestOdd, true, ...reference)), [latitude, longitude], tolerance);
      },
    ),
  );
});
