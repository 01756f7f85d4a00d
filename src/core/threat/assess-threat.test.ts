import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CLASS_NAMES, FINDING_CODES, type Identification } from "../model/identity.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { Threat } from "../model/threat.ts";
import { assessThreat, concernOf, type Judged, type PlaceFeatures, scorePlace, type ThreatSite } from "./assess-threat.ts";
import { discEntryProbability, polygonEntryProbability } from "./entry-probability.ts";
import { depthInPolygon, timeToPolygon } from "./geometry.ts";
import { aFinding, anIdentification, aTrack, START } from "./test-tracks.ts";
import { THREAT_SETTINGS } from "./threat-settings.ts";

const SITE: ThreatSite = { assets: [{ id: "depot", positionEnu: [0, 0, 0], radius: 500, weight: 1 }], zones: [] };
const DRONE = anIdentification({ classes: { "multirotor-small": 0.9, "bird-medium": 0.05 } });
const BIRD = anIdentification({ classes: { "bird-medium": 0.7, "bird-large": 0.15, "multirotor-small": 0.1 } });
const WORSE: readonly Affiliation[] = ["friend", "assumed-friend", "neutral", "unknown", "suspect", "hostile"];

const judge = (
  position: [number, number, number],
  velocity: [number, number, number],
  judged: Judged = { identification: DRONE },
  site = SITE,
  options: Partial<Parameters<typeof aTrack>[0]> = {},
): Threat => assessThreat(aTrack({ position, velocity, ...options }), judged, site, THREAT_SETTINGS, START);

test("a drone 3,000 m east of an asset with a keep-out of 500 m, heading in at 10 m/s, is at the keep-out in 250 s", () => {
  const threat = judge([3000, 0, 60], [-10, 0, 0]);
  const [asset] = threat.assets;
  assert.equal(asset!.distance, 3000);
  assert.equal(asset!.closingSpeed, 10);
  assert.equal(asset!.closestApproach, 0);
  assert.equal(asset!.timeToClosestApproach, 300);
  assert.equal(asset!.timeToKeepOut, 250);
  assert.equal(threat.timeToZone, 250);
  assert.equal(threat.inbound, true);
  assert.ok(asset!.entryProbability > 0.7);
});

test("one that leaves has its closest approach now, no time to the keep-out, and is not inbound", () => {
  const threat = judge([3000, 0, 60], [10, 0, 0]);
  assert.equal(threat.assets[0]!.closestApproach, 3000);
  assert.equal(threat.assets[0]!.timeToClosestApproach, 0);
  assert.equal(threat.assets[0]!.timeToKeepOut, undefined);
  assert.equal(threat.inbound, false);
  assert.equal(threat.timeToZone, undefined);
  assert.ok(threat.assets[0]!.entryProbability < 1e-3);
});

test("one that passes 2 km beside is not inbound; one inside is, at 0 s, whichever way it flies", () => {
  assert.equal(judge([3000, 2000, 60], [-15, 0, 0]).inbound, false);
  for (const velocity of [
    [10, 0, 0],
    [-10, 0, 0],
    [0, 0, 0],
  ] as [number, number, number][]) {
    const threat = judge([200, 0, 60], velocity);
    assert.equal(threat.inbound, true);
    assert.equal(threat.timeToZone, 0);
    assert.ok(threat.assets[0]!.entryProbability > 0.999);
  }
});

test("a hovering drone 1 km out is not inbound, but after two minutes in one place it scores more than when it came", () => {
  const fresh = judge([1500, 0, 60], [0, 0, 0], { identification: DRONE, loiterSeconds: 0 });
  const settled = judge([1500, 0, 60], [0, 0, 0], { identification: DRONE, loiterSeconds: 120 });
  assert.equal(fresh.inbound, false);
  assert.ok(settled.score > fresh.score + 0.05, `${fresh.score} ${settled.score}`);
  assert.ok(settled.assets[0]!.contributions.some(({ key }) => key === "loiter"));
});

test("an airliner 10 km above the asset is not inside, a drone at 120 m is, and a track without a height is taken to be inside", () => {
  assert.equal(judge([100, 0, 10_000], [200, 0, 0]).inbound, false);
  assert.equal(judge([100, 0, 120], [20, 0, 0]).inbound, true);
  const unknown = judge([100, 0, 10_000], [20, 0, 0], { identification: DRONE }, SITE, { heightKnown: false });
  assert.equal(unknown.inbound, true);
  assert.equal(unknown.assets[0]!.contributions[0]!.values.height, "unknown");
});

test("a height that is known badly counts in part, and a descent towards the asset counts by where it ends", () => {
  const exact = judge([2000, 0, 1600], [-20, 0, 0], { identification: DRONE }, SITE, { sigma: 1, sigmaVelocity: 0.05 });
  const badly = judge([2000, 0, 1600], [-20, 0, 0], { identification: DRONE }, SITE, { sigma: 300 });
  const descending = judge([2000, 0, 1600], [-20, 0, -10], { identification: DRONE }, SITE, { sigma: 1, sigmaVelocity: 0.05 });
  assert.ok(exact.assets[0]!.entryProbability < 0.05);
  assert.ok(badly.assets[0]!.entryProbability > 0.2 && badly.assets[0]!.entryProbability < 0.7);
  assert.ok(descending.assets[0]!.entryProbability > 0.95);
});

test("heading in 60 s out: an unknown drone scores above 0.6, a friend's below 0.2, a bird below 0.3", () => {
  const at: [number, number, number] = [1400, 0, 60];
  const drone = judge(at, [-15, 0, 0]).score;
  const friend = judge(at, [-15, 0, 0], {
    identification: anIdentification({ classes: { "multirotor-small": 0.9 }, affiliation: "friend" }),
  }).score;
  const bird = judge(at, [-15, 0, 0], { identification: BIRD }).score;
  assert.ok(drone > 0.6, `${drone}`);
  assert.ok(friend < 0.2, `${friend}`);
  assert.ok(bird < 0.3, `${bird}`);
});

test("a second contact in a friend's corridor raises the score, whatever the track is taken for", () => {
  for (const affiliation of WORSE) {
    const classes = { "multirotor-small": 0.9 };
    const alone = judge([2000, 0, 60], [-15, 0, 0], { identification: anIdentification({ classes, affiliation }) });
    const followed = judge([2000, 0, 60], [-15, 0, 0], {
      identification: anIdentification({ classes, affiliation, findings: [aFinding("companion", 0.9)] }),
    });
    assert.ok(followed.score > alone.score, `${affiliation}: ${alone.score} ${followed.score}`);
    assert.ok(followed.assets[0]!.contributions.some(({ key }) => key === "companion"));
  }
});

test("an asset of half the weight counts half: the same drone between two assets is ranked by the important one", () => {
  const site: ThreatSite = {
    assets: [
      { id: "fence", positionEnu: [-2000, 0, 0], radius: 500, weight: 1 },
      { id: "depot", positionEnu: [2000, 0, 0], radius: 500, weight: 2 },
    ],
    zones: [],
  };
  const threat = judge([0, 0, 60], [0, 0, 0], { identification: DRONE }, site);
  assert.equal(threat.assetId, "depot");
  assert.ok(threat.assets[0]!.score < threat.assets[1]!.score);
  assert.equal(threat.score, threat.assets[1]!.score);
});

test("a keep-out zone in force counts like an asset between its floor and ceiling; out of force, and an information zone, count nothing", () => {
  const zone = {
    id: "range",
    kind: "keep-out" as const,
    polygonEnu: [
      [1000, -500],
      [2000, -500],
      [2000, 500],
      [1000, 500],
    ] as [number, number][],
    floor: 0,
    ceiling: 400,
    inForce: true,
  };
  const inForce = judge([0, 0, 60], [10, 0, 0], { identification: DRONE }, { assets: [], zones: [zone] });
  assert.equal(inForce.zoneId, "range");
  assert.equal(inForce.timeToZone, 100);
  assert.equal(inForce.inbound, true);
  const above = judge([0, 0, 900], [10, 0, 0], { identification: DRONE }, { assets: [], zones: [zone] });
  assert.equal(above.inbound, false);
  for (const change of [{ inForce: false }, { kind: "information" as const }]) {
    const nothing = judge([0, 0, 60], [10, 0, 0], { identification: DRONE }, { assets: [], zones: [{ ...zone, ...change }] });
    assert.equal(nothing.inbound, false);
    assert.equal(nothing.score, 0);
  }
});

test("without any asset or zone, and with a state that is no number, the score is 0", () => {
  assert.equal(judge([0, 0, 0], [1, 0, 0], {}, { assets: [], zones: [] }).score, 0);
  assert.equal(judge([Number.NaN, 0, 0], [1, 0, 0]).score, 0);
});

// Properties.

test("what is left out for speed would have been nothing: P(entry) equals that of the formulas for every place", () => {
  const ring: [number, number][] = [
    [800, -300],
    [1600, -500],
    [1900, 400],
    [900, 700],
  ];
  const site: ThreatSite = { ...SITE, zones: [{ id: "z", kind: "keep-out", polygonEnu: ring, inForce: true }] };
  const { horizon, manoeuvre } = THREAT_SETTINGS;
  fc.assert(
    fc.property(
      number(-9000, 9000),
      number(-9000, 9000),
      number(-40, 40),
      number(-40, 40),
      number(1, 200),
      number(0.05, 5),
      (e, n, ve, vn, sigma, sigmaVelocity) => {
        const threat = judge([e, n, 60], [ve, vn, 0], { identification: DRONE }, site, { sigma, sigmaVelocity });
        const { covariance } = aTrack({ position: [e, n, 60], velocity: [ve, vn, 0], sigma, sigmaVelocity });
        const asset = discEntryProbability(-e, -n, ve, vn, covariance, 500, horizon, manoeuvre);
        assert.ok(Math.abs(threat.assets[0]!.entryProbability - asset) < 1e-3, `asset ${threat.assets[0]!.entryProbability} ${asset}`);
        const depth = depthInPolygon(e, n, ring);
        const time = depth >= 0 ? 0 : timeToPolygon(e, n, ve, vn, ring);
        const zone = polygonEntryProbability(e, n, ve, vn, covariance, ring, depth, time, horizon, manoeuvre);
        assert.ok(Math.abs(threat.zones![0]!.entryProbability - zone) < 1e-3, `zone ${threat.zones![0]!.entryProbability} ${zone}`);
        assert.equal(threat.zones![0]!.timeToEntry, time);
      },
    ),
    // A course so slow that its square is rounded to nothing.
    { numRuns: 2000, examples: [[-176.48256000536628, 0, 2.722312378772631e-162, 0, 1, 0.05]] },
  );
});

const identifications = (): fc.Arbitrary<Identification> =>
  fc
    .record({
      posterior: fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: CLASS_NAMES.length, maxLength: CLASS_NAMES.length }),
      affiliation: fc.constantFrom(...WORSE),
      findings: fc.array(fc.tuple(fc.constantFrom(...FINDING_CODES), fc.double({ min: 0, max: 1, noNaN: true })), { maxLength: 3 }),
    })
    .map(({ posterior, affiliation, findings }) => {
      const sum = posterior.reduce((a, b) => a + b, 0);
      return {
        ...anIdentification({ affiliation, findings: findings.map(([code, confidence]) => aFinding(code, confidence)) }),
        classProbabilities: posterior.map((p) => p / sum),
      };
    });
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const features = (): fc.Arbitrary<PlaceFeatures> =>
  fc.record({
    gap: number(0, 20_000),
    closingSpeed: number(-60, 60),
    miss: number(0, 5000),
    entryProbability: number(0, 1),
    loiterSeconds: number(0, 600),
    share: number(0.01, 1),
    time: fc.constant(undefined),
    heightKnown: fc.boolean(),
  });

test("the points of all contributions add up exactly to 100 times the score, in tenths", () => {
  fc.assert(
    fc.property(identifications(), features(), number(0, 1), (identification, place, existence) => {
      const { score, contributions } = scorePlace(concernOf(existence, identification, THREAT_SETTINGS), place, THREAT_SETTINGS);
      const tenths = contributions.reduce((sum, { points }) => sum + Math.round(points * 10), 0);
      assert.equal(tenths, Math.round(score * 1000));
      assert.equal(score * 1000, Math.round(score * 1000));
      assert.ok(score >= 0 && score <= 1);
      for (const { points, probability } of contributions) assert.ok(points >= 0 && probability > 0 && probability < 1);
    }),
    { numRuns: 500 },
  );
});

test("closer, faster towards, a smaller miss, a higher P(entry), a longer stay or more weight never lower the score of a place", () => {
  fc.assert(
    fc.property(identifications(), features(), features(), (identification, a, b) => {
      const concern = concernOf(1, identification, THREAT_SETTINGS);
      const worse: PlaceFeatures = {
        gap: Math.min(a.gap, b.gap),
        closingSpeed: Math.max(a.closingSpeed, b.closingSpeed),
        miss: Math.min(a.miss, b.miss),
        entryProbability: Math.max(a.entryProbability, b.entryProbability),
        loiterSeconds: Math.max(a.loiterSeconds, b.loiterSeconds),
        share: Math.max(a.share, b.share),
        time: undefined,
        heightKnown: true,
      };
      const score = scorePlace(concern, a, THREAT_SETTINGS).score;
      // Each alone, and all together.
      for (const change of ["gap", "closingSpeed", "miss", "entryProbability", "loiterSeconds", "share"] as const)
        assert.ok(scorePlace(concern, { ...a, [change]: worse[change] }, THREAT_SETTINGS).score >= score, change);
      assert.ok(scorePlace(concern, worse, THREAT_SETTINGS).score >= score);
    }),
    { numRuns: 300 },
  );
});

test("a worse affiliation, a further finding, more existence, and probability moved from a lesser to a more capable class never lower the score", () => {
  fc.assert(
    fc.property(
      identifications(),
      features(),
      fc.nat(WORSE.length - 1),
      fc.nat(WORSE.length - 1),
      fc.constantFrom(...FINDING_CODES),
      number(0, 1),
      number(0, 1),
      (identification, place, i, j, code, confidence, existence) => {
        const score = (which: Identification, r = existence) =>
          scorePlace(concernOf(r, which, THREAT_SETTINGS), place, THREAT_SETTINGS).score;
        const better = { ...identification, affiliation: WORSE[Math.min(i, j)]! };
        const worse = { ...identification, affiliation: WORSE[Math.max(i, j)]! };
        assert.ok(score(worse) >= score(better));
        const withFinding = { ...identification, findings: [...identification.findings, aFinding(code, confidence)] };
        assert.ok(score(withFinding) >= score(identification));
        assert.ok(score(identification, 1) >= score(identification));
        const posterior = [...identification.classProbabilities];
        const bird = CLASS_NAMES.indexOf("bird-small");
        const fpv = CLASS_NAMES.indexOf("fpv");
        posterior[fpv] = posterior[fpv]! + posterior[bird]!;
        posterior[bird] = 0;
        assert.ok(score({ ...identification, classProbabilities: posterior }) >= score(identification));
      },
    ),
    { numRuns: 300 },
  );
});

test("a track that heads straight for an asset never scores less when it is closer or faster", () => {
  fc.assert(
    fc.property(
      identifications(),
      number(0, 2 * Math.PI),
      number(10, 12_000),
      number(10, 12_000),
      number(0, 40),
      number(0, 40),
      number(1, 100),
      number(0.1, 4),
      (identification, azimuth, d1, d2, v1, v2, sigma, sigmaVelocity) => {
        const at = (distance: number, speed: number) =>
          judge(
            [distance * Math.sin(azimuth), distance * Math.cos(azimuth), 60],
            [-speed * Math.sin(azimuth), -speed * Math.cos(azimuth), 0],
            { identification },
            SITE,
            { sigma, sigmaVelocity },
          ).score;
        const near = Math.min(d1, d2);
        const far = Math.max(d1, d2);
        assert.ok(at(near, v1) >= at(far, v1) - 0.0011, `${near} ${far} at ${v1}: ${at(near, v1)} ${at(far, v1)}`);
        assert.ok(at(d1, Math.max(v1, v2)) >= at(d1, Math.min(v1, v2)) - 0.0011, `${v1} ${v2} at ${d1}`);
      },
    ),
    { numRuns: 500 },
  );
});
