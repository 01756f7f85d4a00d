import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ecefToGeodetic, enuToGeodetic, geodeticToEcef, geodeticToEnu, localFrame, rotationBetween, WGS84_A, WGS84_B } from "./wgs84.ts";

const close = (got: number, want: number, tolerance: number) =>
  assert.ok(Math.abs(got - want) <= tolerance, `${got} is not ${want} within ${tolerance}`);

test("the equator at Greenwich is one semi-major axis out, the pole one semi-minor axis up", () => {
  const [x, y, z] = geodeticToEcef(0, 0, 0);
  close(x, WGS84_A, 1e-6);
  close(y, 0, 1e-6);
  close(z, 0, 1e-6);
  close(geodeticToEcef(Math.PI / 2, 0, 0)[2], WGS84_B, 1e-6);
});

test("geodetic to ECEF and back is the same place", () => {
  const latitude = fc.double({ min: -Math.PI / 2, max: Math.PI / 2, noNaN: true });
  const longitude = fc.double({ min: -Math.PI + 1e-9, max: Math.PI, noNaN: true });
  const height = fc.double({ min: -500, max: 50_000, noNaN: true });
  fc.assert(
    fc.property(latitude, longitude, height, (lat, lon, h) => {
      const [x, y, z] = geodeticToEcef(lat, lon, h);
      const back = ecefToGeodetic(x, y, z);
      close(back.latitude, lat, 1e-9);
      close(back.heightHae, h, 1e-5);
      if (Math.abs(lat) < 1.57) close(back.longitude, lon, 1e-9);
    }),
  );
});

test("one second of latitude at 45 degrees north is 30.87 m north and nothing east", () => {
  const frame = localFrame(Math.PI / 4, 0.1, 0);
  const [east, north, up] = geodeticToEnu(frame, Math.PI / 4 + Math.PI / 180 / 3600, 0.1, 0);
  close(north, 30.87, 0.01);
  close(east, 0, 1e-6);
  close(up, 0, 1e-3);
});

test("a place 100 km away on the ellipsoid lies 785 m below the tangent plane", () => {
  // d^2 / 2R with R = 6,371 km: the horizon drop that a flat map forgets.
  const frame = localFrame(0.6, 0.2, 0);
  const place = enuToGeodetic(frame, 0, 100_000, 0);
  close(place.heightHae, 785, 3);
});

test("the rotation between two frames is orthogonal and the identity for one frame", () => {
  const a = localFrame(0.7, 0.3, 0);
  const same = rotationBetween(a, a);
  for (let i = 0; i < 9; i++) close(same[i], i % 4 === 0 ? 1 : 0, 1e-12);
});
