import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, normal } from "../math/random.ts";
import { createGroups, findGroups } from "./groups.ts";
import {
  advanceTime,
  createTracker,
  processScan,
  readBearingTracks,
  readGroups,
  readTracks,
  SPATIAL_SETTINGS,
  setSensor,
} from "./picket-tracker.ts";
import type { TrackEstimate, TrackerSensor } from "./tracker.ts";

const START = 1_700_000_000_000_000;
const at = (seconds: number) => START + Math.round(seconds * 1e6);
const FINDER: TrackerSensor = {
  id: "west",
  positionEnu: [0, 0, 0],
  rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  azimuthFrom: "north",
  fieldOfView: { rangeMin: 0, rangeMax: 5000, azimuthCentre: 0, azimuthWidth: 2 * Math.PI, elevationMin: -1.5, elevationMax: 1.5 },
  detectionProbability: 0.8,
  falseDetectionsPerScan: 0.2,
  updatePeriod: 1,
  cooperative: false,
  passive: true,
};
const EAST: TrackerSensor = { ...FINDER, id: "east", positionEnu: [1500, 0, 0] };

/** Bearings of a drone that crosses from (700, 1500) at 10 m/s east. */
function feed(sensors: readonly TrackerSensor[], seconds: number, seed = 1) {
  const state = createTracker(SPATIAL_SETTINGS);
  for (const sensor of sensors) setSensor(state, sensor);
  const random = createRandom(seed);
  for (let k = 0; k < seconds; k++) {
    sensors.forEach((sensor, s) => {
      const t = k + 0.3 * s;
      const azimuth = Math.atan2(700 + 10 * t - sensor.positionEnu[0], 1500) + 0.008 * normal(random);
      processScan(state, {
        sensorId: sensor.id,
        t: at(t),
        looked: "field-of-view",
        detections: [{ kind: "bearing", z: [azimuth], variance: [0.008 * 0.008], handle: 1 }],
      });
    });
    advanceTime(state, at(k + 0.5));
  }
  return state;
}

test("one direction finder alone never starts a track in space, but says the bearing and how far away it may be", () => {
  const state = feed([FINDER], 20);
  assert.equal(readTracks(state, 0).length, 0);
  const bearings = readBearingTracks(state);
  assert.equal(bearings.length, 1);
  const [bearing] = bearings;
  assert.ok(Math.abs(bearing!.azimuth - Math.atan2(890, 1500)) < 0.03);
  assert.ok(Math.abs(bearing!.rangeProbability.reduce((sum, p) => sum + p, 0) - 1) < 1e-12);
  // It turns at about 10/2000 rad/s: five kilometres away it would need 25 m/s, so that is less likely than a kilometre.
  const likely = (range: number) => bearing!.rangeProbability[bearing!.ranges.findIndex((one) => one >= range)]!;
  assert.ok(likely(1000) > likely(4900));
});

test("two direction finders fix a place when the crossings move like one target, within 100 m after 20 s", () => {
  const state = feed([FINDER, EAST], 20);
  const tracks = readTracks(state, 0.3);
  assert.equal(tracks.length, 1);
  const [east, north] = tracks[0]!.position;
  assert.ok(Math.hypot(east - 890, north - 1500) < 100, `${east} ${north}`);
  assert.equal(tracks[0]!.heightKnown, false);
  assert.equal(readBearingTracks(state).length, 0);
});

const flyer = (id: number, east: number, north: number, v: number): TrackEstimate => {
  const covariance = new Float64Array(36);
  for (let k = 0; k < 6; k++) covariance[k * 7] = 1;
  return {
    id,
    status: "confirmed",
    existence: 0.9,
    createdAt: 0,
    at: 0,
    updatedAt: 0,
    position: [east, north, 50],
    velocity: [v, 0, 0],
    covariance,
    heightKnown: true,
  };
};

test("seven tracks side by side become a group after five seconds, six never do", () => {
  for (const size of [6, 7]) {
    const state = createGroups();
    for (let second = 0; second <= 6; second++) {
      const tracks = Array.from({ length: size }, (_, k) => flyer(k + 1, 70 * k + 10 * second, 0, 10));
      const groups = findGroups(state, tracks, second * 1e6);
      assert.equal(groups.length, size === 7 && second >= 5 ? 1 : 0, `${size} tracks at ${second} s`);
      if (groups.length === 1) {
        assert.deepEqual(groups[0]!.members, [1, 2, 3, 4, 5, 6, 7]);
        assert.ok(Math.abs(groups[0]!.count - 6.3) < 1e-9);
        // 6.3 - 1.96 sqrt(7 x 0.09), and with 0.07 x 6.3 = 0.441 that no track holds: 6.741 + 1.96 sqrt(7 x 0.09 + 0.441)
        assert.deepEqual([groups[0]!.countLow, groups[0]!.countHigh], [4, 9]);
      }
    }
  }
});

test("a track that flies the other way is no member", () => {
  const state = createGroups();
  let groups = findGroups(state, [], 0);
  for (let second = 0; second <= 6; second++) {
    const tracks = Array.from({ length: 8 }, (_, k) => flyer(k + 1, 70 * k + (k === 7 ? -10 : 10) * second, 0, k === 7 ? -10 : 10));
    groups = findGroups(state, tracks, second * 1e6);
  }
  assert.deepEqual(groups[0]!.members, [1, 2, 3, 4, 5, 6, 7]);
});

test("the hull of a square of tracks with one inside has four corners", () => {
  const state = createGroups();
  const places = [
    [0, 0],
    [100, 0],
    [100, 100],
    [0, 100],
    [50, 50],
    [40, 60],
    [60, 40],
  ];
  let groups = findGroups(state, [], 0);
  for (let second = 0; second <= 5; second++)
    groups = findGroups(
      state,
      places.map(([e, n], k) => flyer(k + 1, e!, n!, 0)),
      second * 1e6,
    );
  assert.deepEqual(groups[0]!.hull, [
    [0, 0],
    [100, 0],
    [100, 100],
    [0, 100],
  ]);
  assert.deepEqual(readGroups(createTracker(SPATIAL_SETTINGS)), []);
});

test("a source track made of detections that are fed here too is not counted twice", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, { ...FINDER, id: "radar", passive: false });
  setSensor(state, { ...FINDER, id: "fusion", passive: false, cooperative: true, fieldOfView: undefined });
  processScan(state, {
    sensorId: "radar",
    t: at(0),
    looked: "detections-only",
    detections: [{ kind: "polar3d", z: [1000, 0.5, 0.1], variance: [25, 1e-4, 1e-4], handle: 1 }],
  });
  processScan(state, {
    sensorId: "fusion",
    t: at(1),
    looked: "detections-only",
    detections: [{ kind: "position3d", z: [480, 873, 100], variance: [9, 9, 9], sourceTrack: "5", madeOf: ["radar"], handle: 2 }],
  });
  assert.equal(state.counts.countedAlready, 1);
});
