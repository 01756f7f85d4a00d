// What a sensor that is broken, or meant to do harm, can do to the tracks of the others: nothing that counts.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom, uniform } from "../math/random.ts";
import {
  advanceTime,
  createTracker,
  predictTrack,
  processScan,
  readBearingTracks,
  readTracks,
  SPATIAL_SETTINGS,
  setSensor,
  type TrackerState,
} from "./picket-tracker.ts";
import type { MeasurementKind, Scan, TrackerDetection, TrackerSensor } from "./tracker.ts";
import { DETECTION_SLOTS, LOOK_SLOTS } from "./tracker-state.ts";

const START = 1_700_000_000_000_000;
const at = (seconds: number) => START + Math.round(seconds * 1e6);
const RADAR: TrackerSensor = {
  id: "radar",
  positionEnu: [0, 0, 0],
  rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  azimuthFrom: "north",
  fieldOfView: { rangeMin: 100, rangeMax: 5000, azimuthCentre: 0, azimuthWidth: 2 * Math.PI, elevationMin: -0.1, elevationMax: 1 },
  detectionProbability: 0.9,
  falseDetectionsPerScan: 2,
  updatePeriod: 1,
  cooperative: false,
};

const plot = (east: number, north: number, up: number, rate: number, handle = 0): TrackerDetection => {
  const range = Math.hypot(east, north, up);
  return { kind: "polar3d", z: [range, Math.atan2(east, north), Math.asin(up / range), rate], variance: [25, 1e-4, 1e-4, 0.25], handle };
};

/** Ten drones that fly straight, seen by the good radar each second; answers the RMS error of the tracks that are near them, and how many are not. */
function fly(state: TrackerState, besides: (second: number) => readonly Scan[] = () => []): { error: number; missed: number } {
  const random = createRandom(5);
  let sum = 0;
  let near = 0;
  let missed = 0;
  for (let second = 0; second < 40; second++) {
    const truth = Array.from({ length: 10 }, (_, k) => [600 + 300 * k + 8 * second, 2500 - 12 * second, 90 + 10 * k] as const);
    const detections = truth.map(([east, north, up]) => {
      const range = Math.hypot(east, north, up);
      const exact = plot(east, north, up, (8 * east - 12 * north) / range);
      return { ...exact, z: exact.z.map((value, i) => value + Math.sqrt(12 * exact.variance[i]!) * (uniform(random) - 0.5)) };
    });
    processScan(state, { sensorId: "radar", t: at(second), looked: "field-of-view", detections });
    for (const scan of besides(second)) processScan(state, scan);
    advanceTime(state, at(second + 0.9));
    if (second < 10) continue;
    const tracks = readTracks(state).map((track) => predictTrack(track, at(second)));
    for (const place of truth) {
      const off = Math.min(...tracks.map(({ position }) => Math.hypot(...place.map((value, i) => value - position[i]!))));
      if (off > 100) missed += 1;
      else {
        sum += off * off;
        near += 1;
      }
    }
  }
  return { error: Math.sqrt(sum / near), missed };
}

function site(): TrackerState {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, RADAR);
  setSensor(state, { ...RADAR, id: "mad", positionEnu: [300, -200, 10] });
  return state;
}

const clean = fly(site());

/** Whether the drones' tracks are as good as without the mad sensor, within 10 %; and no number anywhere is none. */
function assertUnharmed(state: TrackerState, { error, missed }: { error: number; missed: number }): void {
  assert.ok(error < 1.1 * clean.error, `${error} m against ${clean.error} m`);
  assert.ok(missed <= clean.missed + 3, `${missed} missed against ${clean.missed}`);
  assertNumbers(state);
}

function assertNumbers(state: TrackerState): void {
  for (const track of readTracks(state, 0)) {
    const { existence, position, velocity, covariance } = track;
    for (const value of [existence, ...position, ...velocity, ...covariance]) assert.ok(Number.isFinite(value), JSON.stringify(track));
    for (let i = 0; i < 6; i++) assert.ok(covariance[i * 7]! > 0, "a variance that is none");
  }
  for (const { shown } of readBearingTracks(state).map((one) => ({ shown: JSON.stringify(one) })))
    assert.ok(!shown.includes("null"), shown);
  for (const { detected, missed, clutterShape, clutterRate, undetected } of state.sensors)
    for (const value of [detected, missed, clutterShape, clutterRate, undetected]) assert.ok(Number.isFinite(value) && value >= 0);
  for (const value of state.registration.applied) assert.ok(Number.isFinite(value));
}

test("a sensor that sends what is no number, and variances that none can have, is refused and counted; the others' tracks do not notice", () => {
  const state = site();
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e300];
  const result = fly(state, (second) => [
    {
      sensorId: "mad",
      t: at(second + 0.3),
      looked: "field-of-view",
      detections: bad.flatMap((value, k) => {
        const good = plot(900 + 300 * k, 2200 - 12 * second, 100, 0);
        return [
          ...[0, 1, 2].map((i) => ({ ...good, variance: good.variance.map((v, j) => (i === j ? value : v)) })),
          { ...good, z: [Number.NaN, 0.1, 0.1, 0] as const },
          { ...good, z: [2000, Number.POSITIVE_INFINITY, 0.1, 0] as const },
        ];
      }),
    },
  ]);
  assertUnharmed(state, result);
  assert.equal(state.counts.refused, 40 * 25);
  assert.equal(state.sensors[1]!.refused, 40 * 25);
  assert.equal((state.counts.refusedReasons.variance ?? 0) + (state.counts.refusedReasons.value ?? 0), 40 * 25);
});

test("a sensor that claims to be a thousand times better than it is moves no track of the others out of its gate", () => {
  const state = site();
  const random = createRandom(8);
  const result = fly(state, (second) => [
    {
      sensorId: "mad",
      t: at(second + 0.3),
      looked: "field-of-view",
      // 200 m to 1 km off, said to be good to a millimetre.
      detections: Array.from({ length: 10 }, (_, k) => ({
        ...plot(600 + 300 * k + 200 + 800 * uniform(random), 2000 - 12 * second, 100, 0),
        variance: [1e-6, 1e-12, 1e-12, 1e-6],
      })),
    },
  ]);
  assertUnharmed(state, result);
});

test("a variance smaller than anybody can measure is taken at what one can, counted, and leaves a covariance that is one", () => {
  const state = site();
  const small: TrackerDetection = { kind: "polar3d", z: [0, 0, 0, 0], variance: [1e-100, 1e-100, 1e-100, 1e-100], handle: 0 };
  for (let k = 0; k < 3; k++) processScan(state, { sensorId: "radar", t: at(k), looked: "field-of-view", detections: [small] });
  assert.equal(state.counts.widened, 12);
  assert.equal(state.counts.refused, 0);
  assertNumbers(state);
});

test("a clock that jumps an hour ahead, back, and to the end of time carries nothing with it and is counted", () => {
  const state = site();
  const jumps = [3600, -3600, 1e9, -30, 90];
  const result = fly(state, (second) => [
    {
      sensorId: "mad",
      t: second % 7 === 6 ? Number.NaN : at(second + jumps[second % jumps.length]!),
      looked: "field-of-view",
      detections: [plot(1000, 1000, 100, 0)],
    },
  ]);
  assertUnharmed(state, result);
  assert.ok(state.now < at(41));
  assert.ok(state.counts.refusedReasons["time-jump"]! >= 10);
  assert.ok(state.counts.tooLate >= 5);
  assert.ok(state.counts.refusedReasons.time! >= 5);
});

test("a sensor that repeats what it said, at once or every second, is believed once: its tracks are no surer than one report makes them", () => {
  const once = site();
  const over = site();
  const scan: Scan = { sensorId: "mad", t: at(0.3), looked: "field-of-view", detections: [plot(-1500, -1500, 100, 0, 1)] };
  const first = fly(once, (second) => (second === 0 ? [scan] : []));
  const again = fly(over, (second) => (second === 0 ? Array.from({ length: 50 }, () => scan) : second < 4 ? [scan] : []));
  assert.deepEqual(
    readTracks(over, 0).map(({ existence, position }) => [existence, ...position]),
    readTracks(once, 0).map(({ existence, position }) => [existence, ...position]),
  );
  assert.equal(over.counts.refusedReasons.repeated, 52);
  assertUnharmed(over, again);
  assert.deepEqual(again, first);
});

/** `seconds` of 20,000 false detections a second, in pieces of `piece`. */
function flood(seconds: number, piece: number, looked: Scan["looked"]): (second: number) => Scan[] {
  const random = createRandom(9);
  return (second) =>
    second < 15 || second >= 15 + seconds
      ? []
      : Array.from({ length: 20_000 / piece }, (_, k) => ({
          sensorId: "mad",
          t: at(second + 0.05 + (0.8 * k * piece) / 20_000),
          looked,
          detections: Array.from({ length: piece }, (__, handle) => ({
            kind: "polar3d" as const,
            z: [200 + 4700 * uniform(random), 6.28 * uniform(random) - 3.14, 0.5 * uniform(random), 20 * uniform(random) - 10],
            variance: [25, 1e-4, 1e-4, 0.25],
            handle,
          })),
        }));
}

for (const [name, piece, looked] of [
  ["in pieces of a turn", 400, "detections-only"],
  ["as whole looks", 2000, "field-of-view"],
] as const) {
  test(`20,000 false detections a second, ${name}: the others' tracks stay as good, memory stays bounded, what is too much is counted`, () => {
    const state = site();
    const result = fly(state, flood(2, piece, looked));
    assertUnharmed(state, result);
    assert.ok(state.counts.refusedReasons["too-many"]! > 15_000);
    assert.equal(state.sensors[1]!.refused, state.counts.refusedReasons["too-many"]);
    assert.ok(state.slab.length <= 2 * SPATIAL_SETTINGS.maximumTracks * state.stride * 2);
    assert.ok(state.detections.length / 26 <= DETECTION_SLOTS);
    assert.ok(state.looks.length / 11 <= LOOK_SLOTS);
    assert.ok(state.history.length <= SPATIAL_SETTINGS.historyStates * state.stride);
    // What it taught is of the mad sensor alone.
    assert.ok(state.sensors[1]!.clutterShape / state.sensors[1]!.clutterRate > 100);
    assert.ok(state.sensors[0]!.clutterShape / state.sensors[0]!.clutterRate < 3);
  });
}

test("names without end: twenty-five thousand identities take the room of twenty thousand", () => {
  const state = createTracker({ ...SPATIAL_SETTINGS, maximumTracks: 50 });
  setSensor(state, { ...RADAR, id: "rid", fieldOfView: undefined, falseDetectionsPerScan: 0, cooperative: true });
  for (let n = 0; n < 250; n++)
    processScan(state, {
      sensorId: "rid",
      t: at(n / 10),
      looked: "detections-only",
      detections: Array.from({ length: 100 }, (_, k) => ({
        kind: "position3d",
        z: [((n * 100 + k) % 97) * 90 - 4000, ((n * 7 + k) % 89) * 90 - 4000, 100],
        variance: [25, 25, 25],
        identity: `name ${n * 100 + k}`,
        handle: k,
      })),
    });
  assert.ok(state.identities.length <= 20_000);
  assert.equal(Object.keys(state.identityPlace).length, state.identities.length);
  assert.ok(state.count <= 50);
  assertNumbers(state);
});

const KINDS: readonly MeasurementKind[] = [
  "polar3d",
  "polar2d",
  "bearing",
  "bearing-elevation",
  "position2d",
  "position3d",
  "position2d-velocity",
  "position3d-velocity",
];
const anyNumber = fc.oneof(
  fc.double(),
  fc.double({ min: -10, max: 10 }),
  fc.double({ min: 0, max: 5000 }),
  fc.constantFrom(0, -0, Number.NaN, 1e-300, 1e12),
);
const anyDetection: fc.Arbitrary<TrackerDetection> = fc.record(
  {
    kind: fc.constantFrom(...KINDS),
    z: fc.array(anyNumber, { maxLength: 7 }),
    variance: fc.array(anyNumber, { maxLength: 7 }),
    covarianceEn: anyNumber,
    identity: fc.constantFrom("a", "b:1", "__proto__", ""),
    sourceTrack: fc.constantFrom("7", "8"),
    madeOf: fc.constantFrom(["radar"], []),
    t: fc.oneof(anyNumber, fc.integer({ min: START - 9e6, max: START + 9e6 })),
    handle: fc.nat(),
  },
  { requiredKeys: ["kind", "z", "variance", "handle"] },
);
/** The right number of components, so that it is the values that are judged. */
const shaped: fc.Arbitrary<TrackerDetection> = anyDetection.map((detection) => {
  const length = [4, 3, 1, 2, 2, 3, 4, 6][KINDS.indexOf(detection.kind)]!;
  const fill = (values: readonly number[]) => Array.from({ length }, (_, k) => values[k % Math.max(values.length, 1)] ?? 1);
  return { ...detection, z: fill(detection.z), variance: fill(detection.variance) };
});

test("whatever scans come in whatever order, nothing is thrown, and no track is ever NaN", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          sensorId: fc.constantFrom("radar", "mad", "rid", "nobody"),
          t: fc.oneof(fc.integer({ min: START, max: START + 20e6 }), anyNumber),
          looked: fc.constantFrom("field-of-view" as const, "detections-only" as const),
          detections: fc.array(fc.oneof(anyDetection, shaped), { maxLength: 8 }),
        }),
        { maxLength: 30 },
      ),
      (scans) => {
        const state = site();
        setSensor(state, { ...RADAR, id: "rid", fieldOfView: undefined, cooperative: true });
        for (const scan of scans) {
          processScan(state, scan);
          advanceTime(state, scan.t > START + 30e6 ? START : scan.t);
        }
        assertNumbers(state);
      },
    ),
    { numRuns: 150 },
  );
});
