import assert from "node:assert/strict";
import { test } from "node:test";
import { Body } from "astronomy-engine";
import fc from "fast-check";
import { DEGREES_PER_RADIAN, type Micros, RADIANS_PER_DEGREE } from "../../base/units.ts";
import { CLASS_NAMES } from "../../model/identity.ts";
import { evidenceText } from "../evidence-text.ts";
import { BRIGHT_STARS } from "./bright-stars.ts";
import { celestialBodies, placeOfBody, type SkyObserver } from "./celestial.ts";
import { explainSighting, SIGHTING_WORDS, type Sighting, type SightingInput, type SkyTrack } from "./explain-sighting.ts";
import { placeOfSatellite } from "./satellites.ts";
import { greenwichSiderealTime, parseTwoLineElements, propagateSatellite, type SatelliteElements } from "./sgp4.ts";

const instant = (text: string): Micros => (Date.parse(text) * 1000) as Micros;
const observer = (latitude: number, longitude: number, heightHae = 0): SkyObserver => ({
  latitude: latitude * RADIANS_PER_DEGREE,
  longitude: longitude * RADIANS_PER_DEGREE,
  heightHae,
});
const near = (value: number, expected: number, within: number, what = "") =>
  assert.ok(Math.abs(value - expected) <= within, `${what} ${value} is not ${expected} +- ${within}`);

// ---- the sky against published places

test("Venus over Washington on 10 April 1987, 19:21 UT: azimuth 248.03, altitude 15.12 degrees (Meeus, example 13.b)", () => {
  const washington = observer(38 + 55 / 60 + 17 / 3600, -(77 + 3 / 60 + 56 / 3600));
  const venus = placeOfBody(Body.Venus, washington, instant("1987-04-10T19:21:00Z"), false);
  near(venus.azimuth * DEGREES_PER_RADIAN, 248.0337, 0.01);
  near(venus.elevation * DEGREES_PER_RADIAN, 15.1249, 0.01);
});

test("Jupiter and Saturn stood 6.1 arc minutes apart on 21 December 2020, 18:20 UT, within half an arc minute", () => {
  const place = observer(30, -30);
  const [a, b] = [Body.Jupiter, Body.Saturn].map((body) => placeOfBody(body, place, instant("2020-12-21T18:20:00Z"), false));
  const cosine =
    Math.sin(a!.elevation) * Math.sin(b!.elevation) + Math.cos(a!.elevation) * Math.cos(b!.elevation) * Math.cos(a!.azimuth - b!.azimuth);
  const apart = Math.acos(cosine);
  near(apart * DEGREES_PER_RADIAN * 60, 6.1, 0.5);
});

test("the Sun stands 23.4 degrees from the zenith of the equator at the solstice noon", () => {
  // 21 June 2024: the equation of time is -1.9 min, so the Sun culminates over Greenwich at 12:01:54.
  const noon = placeOfBody(Body.Sun, observer(0, 0), instant("2024-06-21T12:01:54Z"), false);
  near(noon.elevation * DEGREES_PER_RADIAN, 90 - 23.44, 0.02);
  near(noon.azimuth * DEGREES_PER_RADIAN > 180 ? 360 - noon.azimuth * DEGREES_PER_RADIAN : noon.azimuth * DEGREES_PER_RADIAN, 0, 0.3);
});

test("the Pole Star stands within 0.8 degrees of the north at the height of the latitude", () => {
  const polaris = celestialBodies(observer(50, 8), instant("2026-03-01T20:00:00Z")).find((body) => body.name === "Polaris")!;
  near(polaris.elevation * DEGREES_PER_RADIAN, 50, 0.8);
});

test("the table holds sixty-odd stars, each once, none fainter than 2.3, brightest first", () => {
  assert.equal(new Set(BRIGHT_STARS.map((star) => star.name)).size, BRIGHT_STARS.length);
  assert.ok(BRIGHT_STARS.length >= 60);
  BRIGHT_STARS.forEach((star, i) => {
    assert.ok(
      star.magnitude <= 2.3 && star.rightAscensionHours >= 0 && star.rightAscensionHours < 24 && Math.abs(star.declinationDegrees) < 90,
    );
    if (i > 0) assert.ok(star.magnitude >= BRIGHT_STARS[i - 1]!.magnitude - 0.02, star.name);
  });
});

test("known figures of the sky come out of the table: the belt of Orion, the pointers to the pole, the Southern Cross", () => {
  const apart = (one: string, other: string) => {
    const [a, b] = [one, other].map((name) => BRIGHT_STARS.find((star) => star.name === name)!);
    const ra = (a!.rightAscensionHours - b!.rightAscensionHours) * 15 * RADIANS_PER_DEGREE;
    const [d1, d2] = [a!.declinationDegrees * RADIANS_PER_DEGREE, b!.declinationDegrees * RADIANS_PER_DEGREE];
    return Math.acos(Math.sin(d1) * Math.sin(d2) + Math.cos(d1) * Math.cos(d2) * Math.cos(ra)) * DEGREES_PER_RADIAN;
  };
  near(apart("Alnitak", "Mintaka"), 2.74, 0.02);
  near(apart("Castor", "Pollux"), 4.5, 0.05);
  near(apart("Acrux", "Gacrux"), 6.0, 0.05);
  near(apart("Dubhe", "Alkaid"), 25.7, 0.1);
});

// ---- satellites

/** The test case of Spacetrack Report No. 3. */
const CASE_88888: SatelliteElements = {
  name: "88888",
  catalogueNumber: "88888",
  epoch: 0 as Micros,
  bstar: 0.66816e-4,
  inclination: 72.8435 * RADIANS_PER_DEGREE,
  node: 115.9689 * RADIANS_PER_DEGREE,
  eccentricity: 0.0086731,
  perigee: 52.6988 * RADIANS_PER_DEGREE,
  meanAnomaly: 110.5714 * RADIANS_PER_DEGREE,
  meanMotion: (16.05824518 * 2 * Math.PI) / 1440,
};

test("SGP4 gives the places that Spacetrack Report No. 3 prints, within 10 m", () => {
  const cases: [number, [number, number, number]][] = [
    [0, [2328.97048951, -5995.22076416, 1719.97067261]],
    [360, [2456.10705566, -6071.9385376, 1222.89727783]],
    [720, [2567.56195068, -6112.50384522, 713.963974]],
  ];
  for (const [minutes, expected] of cases) {
    const state = propagateSatellite(CASE_88888, minutes)!;
    for (let i = 0; i < 3; i++) near(state.position[i]!, expected[i]!, 0.01, `${minutes} min`);
  }
  const [vx, vy, vz] = propagateSatellite(CASE_88888, 0)!.velocity;
  near(vx, 2.9120723, 1e-4);
  near(vy, -0.98341546, 1e-4);
  near(vz, -7.09081703, 1e-4);
});

const ISS = [
  "1 25544U 98067A   08264.51782528 -.00002182  00000-0 -11606-4 0  2927",
  "2 25544  51.6416 247.4627 0006703 130.5360 325.0288 15.72125391563537",
] as const;

test("two-line elements are read to their last digit", () => {
  const read = parseTwoLineElements("ISS", ...ISS);
  assert.ok(read.ok);
  near(read.value.inclination * DEGREES_PER_RADIAN, 51.6416, 1e-9);
  near(read.value.eccentricity, 0.0006703, 1e-12);
  near(read.value.bstar, -0.11606e-4, 1e-12);
  near((read.value.meanMotion * 1440) / (2 * Math.PI), 15.72125391, 1e-9);
  // Day 264.51782528 of 2008 is 20 September, 12:25:40.104.
  near((read.value.epoch - instant("2008-09-20T12:25:40.104Z")) / 1000, 0, 1);
});

test("a wrong digit, lines of two satellites, and a geostationary orbit are refused with the reason", () => {
  const code = (line1: string, line2: string) => {
    const read = parseTwoLineElements("", line1, line2);
    return read.ok ? "ok" : read.error.code;
  };
  assert.equal(code(ISS[0].replace("264.5", "264.6"), ISS[1]), "checksum");
  assert.equal(code("rubbish", ISS[1]), "malformed");
  // One revolution a day; the checksum is that of the changed line.
  assert.equal(code(ISS[0], "2 25544  51.6416 247.4627 0006703 130.5360 325.0288  1.00273791563531"), "deep-space");
});

test("SGP4 keeps a nearly circular orbit at its height, and a whole revolution later the satellite is where it was", () => {
  const read = parseTwoLineElements("ISS", ...ISS);
  assert.ok(read.ok);
  const period = (2 * Math.PI) / read.value.meanMotion;
  for (let i = 0; i <= 10; i++) {
    const state = propagateSatellite(read.value, (i * period) / 10)!;
    near(Math.hypot(...state.position) - 6378, 350, 30, "height");
  }
  const [a, b] = [0, period].map((t) => propagateSatellite(read.value, t)!.position);
  assert.ok(Math.hypot(a![0] - b![0], a![1] - b![1], a![2] - b![2]) < 60);
});

test("Greenwich mean sidereal time is 13 h 10 m 46.37 s on 10 April 1987, 0 h UT (Meeus, example 12.a)", () => {
  near((greenwichSiderealTime(instant("1987-04-10T00:00:00Z")) * DEGREES_PER_RADIAN) / 15, 13 + 10 / 60 + 46.3668 / 3600, 1e-5);
});

test("a satellite straight below the observer's feet is not above the horizon, and one in the Earth's shadow is not lit", () => {
  const read = parseTwoLineElements("ISS", ...ISS);
  assert.ok(read.ok);
  let lit = 0;
  let dark = 0;
  for (let minute = 0; minute < 92; minute++) {
    const place = placeOfSatellite(read.value, observer(50, 8), (read.value.epoch + minute * 60_000_000) as Micros)!;
    if (place.sunlit) lit += 1;
    else dark += 1;
    assert.ok(place.range >= 330_000 || place.elevation < 0);
  }
  // Of one revolution at 350 km about 36 minutes are in shadow unless the orbit faces the Sun.
  assert.ok(dark >= 25 && dark <= 40, `${dark} min dark, ${lit} min lit`);
});

// ---- explanations

const BAGHDAD = observer(33.3, 44.4, 40);
const sighting = (change: Partial<Sighting> & Pick<Sighting, "at" | "azimuth">): Sighting => ({
  observer: BAGHDAD,
  words: ["light"],
  ...change,
});
const explain = (one: Sighting, change: Partial<SightingInput> = {}) =>
  explainSighting({ sighting: one, tracks: [], satellites: [], ...change });
const sum = (all: readonly { probability: number }[]) => all.reduce((total, one) => total + one.probability, 0);

test("a steady light low in the west after sunset where Venus stands is Venus", () => {
  // 1 February 2025, 16:30 UT: Venus is the evening star, magnitude -4.6.
  const at = instant("2025-02-01T16:30:00Z");
  const venus = placeOfBody(Body.Venus, BAGHDAD, at);
  assert.ok(venus.elevation > 10 * RADIANS_PER_DEGREE);
  const [first] = explain(
    sighting({ at, azimuth: venus.azimuth + 0.1, elevation: venus.elevation - 0.05, words: ["light", "steady", "still"] }),
  );
  assert.equal(first!.name, "Venus");
  assert.ok(first!.probability > 0.8, String(first!.probability));
  assert.match(evidenceText(first!.key, first!.values), /^Venus \(magnitude -4\.\d\) stood at 2\d\d deg, \d+ deg high/);
});

test("the same place by day, or a dark object that sounds, is not Venus", () => {
  const at = instant("2025-02-01T16:30:00Z");
  const venus = placeOfBody(Body.Venus, BAGHDAD, at);
  const answers = explain(sighting({ at, azimuth: venus.azimuth, elevation: venus.elevation, words: ["dark-object", "sound", "moving"] }));
  assert.equal(answers[0]!.kind, "none");
  const noon = instant("2025-02-01T09:00:00Z");
  assert.ok(!explain(sighting({ at: noon, azimuth: 3, elevation: 0.8 })).some((one) => one.kind === "star"));
});

const track = (change: Partial<SkyTrack> = {}): SkyTrack => ({
  key: "T7",
  className: "aircraft",
  at: instant("2025-02-01T20:00:00Z"),
  latitude: BAGHDAD.latitude + (20_000 / 6_371_000) * Math.cos(0.5),
  longitude: BAGHDAD.longitude + ((20_000 / 6_371_000) * Math.sin(0.5)) / Math.cos(BAGHDAD.latitude),
  heightHae: 6000,
  velocity: [150, 100, 0],
  sigma: 50,
  ...change,
});

test("a blinking moving light where an airliner was is the airliner; a fake one explains nothing", () => {
  const at = instant("2025-02-01T20:00:00Z");
  const report = sighting({ at, azimuth: 0.5, elevation: 0.28, words: ["light", "blinking", "moving"] });
  const [first] = explain(report, { tracks: [track()] });
  assert.equal(first!.trackKey, "T7");
  assert.ok(first!.probability > 0.7);
  const faked = explain(report, { tracks: [track({ fake: 1 })] }).find((one) => one.trackKey === "T7");
  assert.ok(faked === undefined || faked.probability < 0.01);
});

test("an unlit drifting thing in the direction of a balloon track is the balloon", () => {
  const at = instant("2025-02-01T09:00:00Z");
  const balloon = track({
    at,
    className: "balloon",
    latitude: BAGHDAD.latitude + 1500 / 6_371_000,
    longitude: BAGHDAD.longitude,
    heightHae: 500,
    velocity: [4, 0, 0],
  });
  const [first] = explain(sighting({ at, azimuth: 0.05, words: ["dark-object", "drifting"] }), { tracks: [balloon] });
  assert.equal(first!.trackKey, "T7");
  assert.equal(first!.key, "sky-track-balloon");
});

test("a light that crosses the sky in a minute where a sunlit satellite passed is the satellite", () => {
  const read = parseTwoLineElements("ISS", ...ISS);
  assert.ok(read.ok);
  // Looks for a pass of the next days over the site that is lit while it is dark below.
  let found: { at: Micros; azimuth: number; elevation: number } | undefined;
  for (let minute = 0; minute < 10 * 1440 && found === undefined; minute++) {
    const at = (read.value.epoch + minute * 60_000_000) as Micros;
    const place = placeOfSatellite(read.value, BAGHDAD, at);
    if (place === undefined || place.elevation < 0.4 || !place.sunlit) continue;
    if (placeOfBody(Body.Sun, BAGHDAD, at).elevation < -0.14) found = { at, ...place };
  }
  assert.ok(found !== undefined);
  const report = sighting({ ...found, words: ["light", "steady", "moving"], angularRate: 0.8 * RADIANS_PER_DEGREE });
  const [first] = explain(report, { satellites: [read.value] });
  assert.equal(first!.kind, "satellite");
  assert.ok(first!.probability > 0.5, String(first!.probability));
  assert.notEqual(
    explain(sighting({ ...found, azimuth: found.azimuth + 2, elevation: 0.2, words: ["light", "moving"] }), {
      satellites: [read.value],
    })[0]!.kind,
    "satellite",
  );
});

test("a fast light where nothing is known is none of these", () => {
  const answers = explain(
    sighting({
      at: instant("2025-02-01T20:00:00Z"),
      azimuth: 0,
      azimuthSigma: 0.05,
      elevation: 0.1,
      elevationSigma: 0.03,
      words: ["light", "moving", "blinking"],
      angularRate: 0.05,
    }),
  );
  assert.equal(answers[0]!.kind, "none");
});

test("numbers that cannot be give none of these alone", () => {
  const answers = explain(sighting({ at: instant("2025-02-01T20:00:00Z"), azimuth: Number.NaN }));
  assert.deepEqual(
    answers.map(({ kind, probability }) => [kind, probability]),
    [["none", 1]],
  );
});

test("whatever is reported, the probabilities sum to one, none of these is there, and the answer repeats", () => {
  const rad = fc.double({ min: -7, max: 7, noNaN: true });
  fc.assert(
    fc.property(
      fc.record({
        latitude: fc.double({ min: -1.57, max: 1.57, noNaN: true }),
        longitude: fc.double({ min: -3.14, max: 3.14, noNaN: true }),
        at: fc.integer({ min: 1_500_000_000, max: 2_000_000_000 }),
        azimuth: rad,
        elevation: fc.option(fc.double({ min: -0.2, max: 1.57, noNaN: true }), { nil: undefined }),
        azimuthSigma: fc.option(fc.double(), { nil: undefined }),
        rate: fc.option(fc.double(), { nil: undefined }),
        words: fc.subarray([...SIGHTING_WORDS]),
        className: fc.constantFrom(...CLASS_NAMES),
        height: fc.option(fc.double({ min: -1000, max: 20_000 }), { nil: undefined }),
      }),
      (one) => {
        const at = (one.at * 1_000_000) as Micros;
        const input: SightingInput = {
          sighting: {
            observer: { latitude: one.latitude, longitude: one.longitude, heightHae: 100 },
            at,
            azimuth: one.azimuth,
            elevation: one.elevation,
            azimuthSigma: one.azimuthSigma,
            angularRate: one.rate,
            words: one.words,
          },
          tracks: [
            track({ at, latitude: one.latitude + 0.0005, longitude: one.longitude, className: one.className, heightHae: one.height }),
          ],
          satellites: [],
        };
        const answers = explainSighting(input);
        assert.ok(Math.abs(sum(answers) - 1) < 1e-9);
        assert.ok(answers.some((answer) => answer.kind === "none"));
        assert.ok(answers.length <= 12 && answers.every((answer) => answer.probability >= 0 && answer.probability <= 1));
        assert.deepEqual(explainSighting(input), answers);
      },
    ),
    { numRuns: 60 },
  );
});
