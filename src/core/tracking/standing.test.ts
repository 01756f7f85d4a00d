import assert from "node:assert/strict";
import { test } from "node:test";
import { createTracker, processScan, readTracks, SPATIAL_SETTINGS, setSensor, setStandings, type TrackerState } from "./picket-tracker.ts";
import type { TrackerDetection, TrackerSensor } from "./tracker.ts";

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
const REMOTE_ID: TrackerSensor = { ...RADAR, id: "rid", fieldOfView: undefined, falseDetectionsPerScan: 0, cooperative: true };

const plot = (east: number, north: number, up = 100): TrackerDetection => {
  const range = Math.hypot(east, north, up);
  return { kind: "polar3d", z: [range, Math.atan2(east, north), Math.asin(up / range), 0], variance: [25, 1e-4, 1e-4, 0.25], handle: 0 };
};
const report = (identity: string, east: number, north: number): TrackerDetection => ({
  kind: "position3d",
  z: [east, north, 100],
  variance: [25, 25, 25],
  identity,
  handle: 0,
});
const look = (state: TrackerState, seconds: number, detections: TrackerDetection[]) =>
  processScan(state, { sensorId: "radar", t: at(seconds), looked: "field-of-view", detections });
const hear = (state: TrackerState, seconds: number, detections: TrackerDetection[]) =>
  processScan(state, { sensorId: "rid", t: at(seconds), looked: "detections-only", detections });

/** A site with both sensors; room for `maximumTracks`. */
function site(maximumTracks = SPATIAL_SETTINGS.maximumTracks): TrackerState {
  const state = createTracker({ ...SPATIAL_SETTINGS, maximumTracks });
  setSensor(state, RADAR);
  setSensor(state, REMOTE_ID);
  return state;
}

const grid = (count: number, prefix: string, east = -4000) =>
  Array.from({ length: count }, (_, k) => report(`${prefix}${k}`, east + 400 * (k % 10), 300 + 400 * Math.floor(k / 10)));

/** The radar's detection probability after it saw one drone and missed two reported ones that it is believed to see, held for fakes with `fake`. */
function learnedBeside(fake: number): number {
  const state = site();
  for (let k = 0; k < 40; k++) {
    hear(state, k, [report("a", 2000, 2000), report("b", -2000, 2000)]);
    for (const { id, position } of readTracks(state, 0)) {
      if (position[1] < 0) continue;
      setStandings(state, [{ id, fake, threat: 0 }]);
      for (let slot = 0; slot < state.count; slot++)
        if (state.slab[slot * state.stride] === id) state.detectable[slot * state.places + state.sensors[0]!.index] = 6;
    }
    look(state, k + 0.5, [plot(1000, -1500)]);
  }
  const { detected, missed } = state.sensors[0]!;
  return detected / (detected + missed);
}

test("what a radar does not see of fakes does not lower its detection probability; of drones it would", () => {
  assert.ok(learnedBeside(0.5) > 0.9, `${learnedBeside(0.5)}`);
  assert.ok(learnedBeside(0.49) < 0.6, `${learnedBeside(0.49)}`);
});

test("a detection that only a fake track explains counts as a false one", () => {
  const learned = (fake: number) => {
    const state = site();
    for (let k = 0; k < 40; k++) {
      hear(state, k, [report("a", 2000, 2000)]);
      setStandings(
        state,
        readTracks(state, 0).map(({ id }) => ({ id, fake, threat: 0 })),
      );
      look(state, k + 0.5, [plot(2000, 2000)]);
    }
    return state.sensors[0]!.clutterShape / state.sensors[0]!.clutterRate;
  };
  assert.ok(learned(0.9) > 0.8, `${learned(0.9)}`);
  assert.ok(learned(0) < 0.5, `${learned(0)}`);
});

test("registration believes no pair of a fake track", () => {
  const pairs = (fake: number) => {
    const state = site();
    for (let k = 0; k < 20; k++) {
      hear(state, k, [report("a", 2000, 2000)]);
      setStandings(
        state,
        readTracks(state, 0).map(({ id }) => ({ id, fake, threat: 0 })),
      );
      look(state, k + 0.2, [plot(2010, 2000)]);
    }
    return state.registration.pairs[0] ?? 0;
  };
  assert.equal(pairs(0.5), 0);
  assert.ok(pairs(0.4) > 10, `${pairs(0.4)}`);
});

test("when there is no room, a fake makes way for what the radar measures, and it is counted", () => {
  const state = site(20);
  hear(state, 0, grid(20, "s"));
  assert.equal(state.count, 20);
  const fakes = readTracks(state, 0).slice(0, 3);
  setStandings(
    state,
    fakes.map(({ id }) => ({ id, fake: 0.8, threat: 1 })),
  );
  look(state, 1, [plot(1500, -1500), plot(2500, -1500), plot(2500, -2500)]);
  assert.equal(state.count, 20);
  const left = readTracks(state, 0).map(({ id }) => id);
  for (const { id } of fakes) assert.ok(!left.includes(id), `${id} is still there`);
  assert.equal(state.counts.evicted, 3);
});

test("a fake that the radar detects is an object all the same, and keeps its place by what it threatens", () => {
  const state = site(2);
  hear(state, 0, [report("a", 1500, -1500), report("b", -1500, -1500)]);
  for (let k = 1; k < 4; k++) look(state, k, [plot(1500, -1500)]);
  const [seen] = readTracks(state, 0).filter(({ position }) => position[0] > 0);
  setStandings(state, [{ id: seen!.id, fake: 0.9, threat: 0.7 }]);
  look(state, 4, [plot(1500, -1500), plot(2500, 2500), plot(3500, 2500)]);
  assert.ok(readTracks(state, 0).some(({ id }) => id === seen!.id));
});

test("a flood of new broadcasts takes half of the room at most: a radar's newcomers become tracks", () => {
  const state = site(40);
  hear(state, 0, grid(40, "s"));
  for (let k = 1; k < 6; k++) {
    look(state, k, [plot(1500, -1500), plot(2500, -2500)]);
    hear(state, k + 0.5, grid(40, `again${k}-`, -3900));
  }
  assert.ok(state.count <= 40);
  const radar = readTracks(state).filter(({ position }) => position[1] < 0);
  assert.equal(radar.length, 2, JSON.stringify(readTracks(state, 0).map(({ position }) => position)));
});

test("a flood of false plots pushes out no track that is surer or worse than they are", () => {
  const state = site(40);
  hear(state, 0, grid(10, "s"));
  const names = readTracks(state, 0).map(({ id }) => id);
  for (let k = 1; k < 4; k++)
    look(
      state,
      k,
      Array.from({ length: 200 }, (_, n) => plot(-3500 + 7000 * ((n * 0.618 + k * 0.37) % 1), -400 - 17 * n)),
    );
  const left = readTracks(state, 0).map(({ id }) => id);
  for (const id of names) assert.ok(left.includes(id), `${id} is gone`);
  assert.ok(state.counts.evicted > 0);
});

test("standings of tracks that are not there, and numbers that are none, change nothing", () => {
  const state = site();
  hear(state, 0, [report("a", 1500, -1500)]);
  const before = structuredClone(state);
  setStandings(state, [
    { id: 99, fake: 1, threat: 1 },
    { id: 1, fake: Number.NaN, threat: Number.POSITIVE_INFINITY },
    { id: 1, fake: -1, threat: 2 },
  ]);
  assert.deepEqual(state, before);
});
