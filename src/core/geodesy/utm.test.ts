import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RADIANS_PER_DEGREE as DEGREE } from "../base/units.ts";
import { centralMeridian, formatMgrs, geodeticToUtm, parseUtmZone, utmBand, utmToGeodetic, utmZone } from "./utm.ts";
import { WGS84_A, WGS84_E2 } from "./wgs84.ts";

const close = (got: number, want: number, tolerance: number, what = "") =>
  assert.ok(Math.abs(got - want) <= tolerance, `${what} ${got} is not ${want} within ${tolerance}`);

// Values of GeographicLib's GeoConvert (exact to nanometres), whose author published the series used here.
const PUBLISHED = [
  {
    place: "London",
    lat: 51.5,
    lon: -0.1,
    zone: 30,
    e: 701277.665127,
    n: 5709417.124848,
    gamma: 2.27032066241,
    k: 1.0000974260328,
    mgrs: "30UYC0127709417",
  },
  {
    place: "south-west Norway",
    lat: 60,
    lon: 4.5,
    zone: 32,
    e: 249129.5488,
    n: 6659949.573583,
    gamma: -3.89912708298,
    k: 1.0003713467566,
    mgrs: "32VKM4912959949",
  },
  {
    place: "Svalbard",
    lat: 78,
    lon: 20,
    zone: 33,
    e: 615914.524877,
    n: 8663320.201404,
    gamma: 4.8912744264,
    k: 0.9997642017396,
    mgrs: "33XXG1591463320",
  },
  {
    place: "Cape Town",
    lat: -33.9,
    lon: 18.4,
    zone: 34,
    e: 259583.22166,
    n: 6245888.045441,
    gamma: 1.45083291153,
    k: 1.0003125936817,
    mgrs: "34HBH5958345888",
  },
  {
    place: "near the equator",
    lat: -0.5,
    lon: 2.9,
    zone: 31,
    e: 488872.918879,
    n: 9944734.878121,
    gamma: 0.00087265445,
    k: 0.9996015326231,
    mgrs: "31MDV8887244734",
  },
  {
    place: "the far north",
    lat: 83.9,
    lon: 41.9,
    zone: 37,
    e: 534390.83127,
    n: 9317795.753332,
    gamma: 2.88360783629,
    k: 0.9996144474529,
    mgrs: "37XEP3439017795",
  },
];

for (const want of PUBLISHED) {
  test(`UTM of ${want.place} equals the published position to a hundredth of a millimetre, and its convergence, scale and MGRS`, () => {
    const got = geodeticToUtm(want.lat * DEGREE, want.lon * DEGREE);
    assert.equal(got.zone, want.zone);
    close(got.easting, want.e, 1e-5, "easting");
    close(got.northing, want.n, 1e-5, "northing");
    close(got.convergence / DEGREE, want.gamma, 1e-9, "convergence");
    close(got.scale, want.k, 1e-12, "scale");
    assert.equal(formatMgrs(want.lat * DEGREE, want.lon * DEGREE), want.mgrs);
  });
}

test("the CN Tower stands at 630084 m east, 4833438 m north in zone 17T", () => {
  const lat = (43 + 38 / 60 + 33.24 / 3600) * DEGREE;
  const lon = -(79 + 23 / 60 + 13.7 / 3600) * DEGREE;
  const got = geodeticToUtm(lat, lon);
  assert.equal(got.zone, 17);
  assert.equal(utmBand(lat), "T");
  close(got.easting, 630084, 1);
  close(got.northing, 4833438, 1);
});

test("along the central meridian the northing is the arc of the ellipse times 0.9996", () => {
  // Simpson's rule over the meridian's radius of curvature: independent of the series.
  const arc = (to: number) => {
    const steps = 2000;
    const f = (lat: number) => {
      const w = 1 - WGS84_E2 * Math.sin(lat) * Math.sin(lat);
      return (WGS84_A * (1 - WGS84_E2)) / (w * Math.sqrt(w));
    };
    let sum = f(0) + f(to);
    for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f((to * i) / steps);
    return (sum * to) / steps / 3;
  };
  for (const lat of [1, 20, 45, 70, 84]) {
    const got = geodeticToUtm(lat * DEGREE, centralMeridian(33), 33);
    close(got.northing, 0.9996 * arc(lat * DEGREE), 1e-5);
    close(got.easting, 500_000, 1e-8);
    close(got.scale, 0.9996, 1e-12);
  }
});

test("the projection is conformal: east and north displacements are the same rotation and scale", () => {
  const latitude = fc.double({ min: -80 * DEGREE, max: 84 * DEGREE, noNaN: true });
  const offset = fc.double({ min: -4 * DEGREE, max: 4 * DEGREE, noNaN: true });
  fc.assert(
    fc.property(latitude, fc.integer({ min: 1, max: 60 }), offset, (lat, zone, dLon) => {
      const lon = centralMeridian(zone) + dLon;
      const h = 1e-5; // rad; central differences
      const w = 1 - WGS84_E2 * Math.sin(lat) * Math.sin(lat);
      const meridian = (WGS84_A * (1 - WGS84_E2)) / (w * Math.sqrt(w));
      const parallel = (WGS84_A / Math.sqrt(w)) * Math.cos(lat);
      const at = (a: number, b: number) => {
        const p = geodeticToUtm(a, b, zone);
        return [p.easting, p.northing - (p.hemisphere === "south" ? 1e7 : 0)] as const;
      };
      const [nx1, ny1] = at(lat + h, lon);
      const [nx0, ny0] = at(lat - h, lon);
      const [ex1, ey1] = at(lat, lon + h);
      const [ex0, ey0] = at(lat, lon - h);
      const north = [(nx1 - nx0) / (2 * h * meridian), (ny1 - ny0) / (2 * h * meridian)];
      const east = [(ex1 - ex0) / (2 * h * parallel), (ey1 - ey0) / (2 * h * parallel)];
      close(east[0], north[1], 1e-6);
      close(east[1], -north[0], 1e-6);
      // True north points convergence to the left of grid north where grid north lies east of it.
      const { convergence, scale } = geodeticToUtm(lat, lon, zone);
      close(Math.atan2(north[0], north[1]), -convergence, 1e-6);
      close(Math.hypot(north[0], north[1]), scale, 1e-6);
    }),
    { numRuns: 200 },
  );
});

test("UTM and back is the same place to a tenth of a millimetre, in its own zone and in the next", () => {
  const latitude = fc.double({ min: -80 * DEGREE, max: 84 * DEGREE, noNaN: true });
  const longitude = fc.double({ min: -179.9 * DEGREE, max: 179.9 * DEGREE, noNaN: true });
  fc.assert(
    fc.property(latitude, longitude, fc.integer({ min: -1, max: 1 }), (lat, lon, step) => {
      const zone = ((utmZone(lat, lon) - 1 + step + 60) % 60) + 1;
      const p = geodeticToUtm(lat, lon, zone);
      const back = utmToGeodetic(p.zone, p.hemisphere, p.easting, p.northing);
      close(back.latitude, lat, 1e-4 / WGS84_A);
      close(back.longitude, lon, 1e-4 / WGS84_A);
      close(back.convergence, p.convergence, 1e-9);
    }),
  );
});

test("zones follow the rule of six degrees, with the exceptions of Norway and Svalbard", () => {
  const zone = (lat: number, lon: number) => utmZone(lat * DEGREE, lon * DEGREE);
  assert.equal(zone(0, -180), 1);
  assert.equal(zone(0, 179.999), 60);
  assert.equal(zone(0, 180), 1);
  assert.equal(zone(55.9, 4), 31);
  assert.equal(zone(56, 4), 32);
  assert.equal(zone(73, 8.9), 31);
  assert.equal(zone(73, 9), 33);
  assert.equal(zone(73, 32.9), 35);
  assert.equal(zone(73, 33), 37);
  assert.equal(zone(73, 42), 38);
});

test("band letters run from C to X without I and O", () => {
  assert.equal(utmBand(-80 * DEGREE), "C");
  assert.equal(utmBand(-0.001 * DEGREE), "M");
  assert.equal(utmBand(-5e-324), "M");
  assert.equal(utmBand(0), "N");
  assert.equal(utmBand(51.5 * DEGREE), "U");
  assert.equal(utmBand(84 * DEGREE), "X");
  assert.equal(utmBand(84.1 * DEGREE), undefined);
  assert.equal(utmBand(Number.NaN), undefined);
});

test("zone texts are read with band or hemisphere, and the ambiguous ones say so", () => {
  assert.deepEqual(parseUtmZone("30U"), { zone: 30, hemisphere: "north", band: "U", ambiguous: false });
  assert.deepEqual(parseUtmZone(" 34 h "), { zone: 34, hemisphere: "south", band: "H", ambiguous: false });
  assert.deepEqual(parseUtmZone("30N"), { zone: 30, hemisphere: "north", ambiguous: false });
  assert.deepEqual(parseUtmZone("30S"), { zone: 30, hemisphere: "north", band: "S", ambiguous: true });
  assert.deepEqual(parseUtmZone("30south"), { zone: 30, hemisphere: "south", ambiguous: false });
  assert.deepEqual(parseUtmZone("7"), { zone: 7, hemisphere: "north", ambiguous: true });
  for (const text of ["", "0U", "61U", "30I", "30O", "U30", "30UU", "EPSG:32630"]) assert.equal(parseUtmZone(text), undefined, text);
});

test("MGRS is truncated, not rounded, and undefined near the poles", () => {
  assert.equal(formatMgrs(51.5 * DEGREE, -0.1 * DEGREE, 3), "30UYC012094");
  assert.equal(formatMgrs(85 * DEGREE, 0), undefined);
  assert.equal(formatMgrs(Number.NaN, 0), undefined);
  assert.equal(formatMgrs(0, Number.NaN), undefined);
});
