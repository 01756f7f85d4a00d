import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, uniform } from "../math/random.ts";
import { advanceTime, createTracker, predictTrack, processScan, readTracks, SPATIAL_SETTINGS, setSensor } from "./picket-tracker.ts";
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

/** What a perfect radar at the origin would say of a target at (east, north, up) with this velocity. */
function plot(east: number, north: number, up: number, v: readonly [number, number, number], handle = 1): TrackerDetection {
  const range = Math.hypot(east, north, up);
  return {
    kind: "polar3d",
    z: [range, Math.atan2(east, north), Math.asin(up / range), (east * v[0] + north * v[1] + up * v[2]) / range],
    variance: [25, 1e-4, 1e-4, 0.25],
    handle,
  };
}

test("one radar detection makes no confirmed track, five in a row do", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, RADAR);
  for (let k = 0; k < 5; k++) {
    const answered = processScan(state, {
      sensorId: "radar",
      t: at(k),
      looked: "field-of-view",
      detections: [plot(1000 + 10 * k, 2000, 100, [10, 0, 0], 7)],
    });
    assert.equal(answered[0]!.handle, 7);
    if (k === 0) assert.equal(readTracks(state, 0)[0]!.status, "tentative");
  }
  const tracks = readTracks(state);
  assert.equal(tracks.length, 1);
  assert.equal(tracks[0]!.status, "confirmed");
  const [east, north, up] = predictTrack(tracks[0]!, at(5)).position;
  assert.ok(Math.hypot(east - 1050, north - 2000, up - 100) < 10, `${east} ${north} ${up}`);
});

test("a Remote ID report is a track at once and keeps its name through radar detections of the same drone", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, RADAR);
  setSensor(state, REMOTE_ID);
  const report = (k: number): TrackerDetection => ({
    kind: "position3d",
    z: [500 + 15 * k, 800, 60],
    variance: [9, 9, 36],
    identity: "serial",
    handle: 1,
  });
  processScan(state, { sensorId: "rid", t: at(0), looked: "detections-only", detections: [report(0)] });
  const first = readTracks(state);
  assert.equal(first.length, 1);
  assert.equal(first[0]!.status, "confirmed");
  for (let k = 1; k < 12; k++) {
    processScan(state, {
      sensorId: "radar",
      t: at(k - 0.5),
      looked: "field-of-view",
      detections: [plot(500 + 15 * (k - 0.5), 800, 60, [15, 0, 0])],
    });
    if (k % 2 === 0) processScan(state, { sensorId: "rid", t: at(k), looked: "detections-only", detections: [report(k)] });
  }
  const tracks = readTracks(state);
  assert.equal(tracks.length, 1);
  assert.equal(tracks[0]!.id, first[0]!.id);
});

test("a track that a covering radar misses four times is no longer reported", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, RADAR);
  for (let k = 0; k < 6; k++)
    processScan(state, { sensorId: "radar", t: at(k), looked: "field-of-view", detections: [plot(1000, 1000 + 12 * k, 90, [0, 12, 0])] });
  assert.equal(readTracks(state).length, 1);
  for (let k = 6; k < 10; k++) processScan(state, { sensorId: "radar", t: at(k), looked: "field-of-view", detections: [] });
  assert.equal(readTracks(state).length, 0);
});

test("a rotating radar's misses follow from its period when time advances", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, { ...RADAR, updatePeriod: 4 });
  for (let k = 0; k < 6; k++)
    processScan(state, {
      sensorId: "radar",
      t: at(4 * k),
      looked: "detections-only",
      detections: [plot(1000, 1000 + 40 * k, 90, [0, 10, 0])],
    });
  assert.equal(readTracks(state).length, 1);
  // The radar keeps turning and sees something else.
  for (let k = 6; k < 14; k++) {
    processScan(state, { sensorId: "radar", t: at(4 * k), looked: "detections-only", detections: [plot(-3000, -1000, 90, [0, 0, 0])] });
    advanceTime(state, at(4 * k + 2));
  }
  assert.ok(readTracks(state).every((track) => track.position[0] < 0));
});

test("detections that are not numbers are refused and counted by reason, and leave no NaN", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, RADAR);
  const good = plot(1000, 1000, 50, [5, 0, 0]);
  const bad: TrackerDetection[] = [
    { ...good, z: [Number.NaN, 0, 0, 0] },
    { ...good, variance: [-1, 1e-4, 1e-4, 1] },
    { ...good, variance: [25, 100, 1e-4, 1] },
    { ...good, z: [1000, 0] },
    { ...good, kind: "nonsense" as "polar3d" },
  ];
  for (let k = 0; k < 3; k++) processScan(state, { sensorId: "radar", t: at(k), looked: "field-of-view", detections: [...bad, good] });
  assert.deepEqual(state.counts.refusedReasons, { value: 3, variance: 6, "wrong-length": 3, "unknown-kind": 3 });
  processScan(state, { sensorId: "nobody", t: at(3), looked: "field-of-view", detections: [good] });
  processScan(state, { sensorId: "radar", t: Number.NaN, looked: "field-of-view", detections: [good] });
  for (const track of readTracks(state, 0))
    for (const value of [...track.position, ...track.velocity, ...track.covariance]) assert.ok(Number.isFinite(value));
});

test("a snapshot continues with the same bits as the original", () => {
  const original = createTracker(SPATIAL_SETTINGS);
  setSensor(original, RADAR);
  const feed = (state: ReturnType<typeof createTracker>, from: number, to: number) => {
    for (let k = from; k < to; k++) {
      const detections = [
        plot(1000 + 9 * k, 2000, 100, [9, 0, 0]),
        plot(1040 + 9 * k, 2030, 110, [9, 0, 0]),
        plot(-500 - k * 3, 700 + ((k * 37) % 50), 60, [1, 2, 0]),
      ];
      processScan(state, { sensorId: "radar", t: at(k), looked: "field-of-view", detections });
    }
  };
  feed(original, 0, 8);
  const copy = structuredClone(original);
  feed(original, 8, 16);
  feed(copy, 8, 16);
  assert.deepEqual(readTracks(copy, 0), readTracks(original, 0));
});

test("a 2-D radar that turns in 4 s starts on an airliner at 250 m/s, 110 km away", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, { ...RADAR, fieldOfView: { ...RADAR.fieldOfView!, rangeMax: 400_000 }, updatePeriod: 4 });
  for (let k = 0; k < 8; k++) {
    const [east, north, up] = [100_000 + 1000 * k, 50_000, 9000];
    processScan(state, {
      sensorId: "radar",
      t: at(4 * k),
      looked: "detections-only",
      detections: [{ kind: "polar2d", z: [Math.hypot(east, north, up), Math.atan2(east, north)], variance: [3600, 1.44e-6], handle: 1 }],
    });
    advanceTime(state, at(4 * k + 1));
  }
  const tracks = readTracks(state);
  assert.equal(tracks.length, 1);
  assert.equal(tracks[0]!.heightKnown, false);
  assert.ok(Math.abs(tracks[0]!.velocity[0] - 250) < 15, String(tracks[0]!.velocity));
});

test("one sensor whose clock jumps an hour ahead does not carry the picture away; three scans that agree do", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, RADAR);
  const scan = (seconds: number) =>
    processScan(state, { sensorId: "radar", t: at(seconds), looked: "field-of-view", detections: [plot(1000, 1000, 50, [0, 0, 0])] });
  scan(0);
  scan(3600);
  assert.equal(state.now, at(0));
  assert.deepEqual(state.counts.refusedReasons, { "time-jump": 1 });
  scan(3601);
  scan(3602);
  assert.equal(state.now, at(3602));
});

test("the same scan sent twice counts once", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, RADAR);
  for (let k = 0; k < 3; k++) {
    const scan = { sensorId: "radar", t: at(k), looked: "field-of-view" as const, detections: [plot(1000, 1000 + 5 * k, 50, [0, 5, 0])] };
    processScan(state, scan);
    processScan(state, scan);
  }
  assert.equal(state.counts.duplicates, 3);
  assert.equal(state.lookCount, 3);
});

test("the first report of a new aircraft starts its own track and is not taken by another aircraft three kilometres off", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, REMOTE_ID);
  const say = (seconds: number, identity: string, east: number) =>
    processScan(state, {
      sensorId: "rid",
      t: at(seconds),
      looked: "detections-only",
      detections: [{ kind: "position3d", z: [east, 800, 300], variance: [64, 64, 64], identity, handle: 1 }],
    });
  say(0, "icao24:a", 0);
  say(3, "icao24:b", 1500);
  say(4, "icao24:a", 240);
  say(6, "icao24:b", 1680);
  const tracks = readTracks(state);
  assert.deepEqual(
    tracks.map((track) => Math.round(track.position[0] / 100)),
    [2, 17],
  );
});

test("a track that its only rotating radar stops seeing is gone from the report after six turns, while one that is seen keeps its existence between turns", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, { ...RADAR, updatePeriod: 4 });
  for (let turn = 0; turn < 20; turn++) {
    const detections = [plot(-3000, 1000, 100, [0, 0, 0], 2)];
    if (turn < 12) detections.push(plot(2000, 1000, 100, [0, 0, 0], 1));
    processScan(state, { sensorId: "radar", t: at(4 * turn), looked: "detections-only", detections });
    for (let k = 1; k <= 3; k++) advanceTime(state, at(4 * turn + k));
    const [kept, lost] = [-3000, 2000].map((east) => readTracks(state).find((track) => Math.abs(track.position[0] - east) < 200));
    if (turn > 4) assert.ok(kept!.existence > 0.95, `turn ${turn}: ${kept?.existence}`);
    if (turn >= 18) assert.equal(lost, undefined);
  }
});

test("a look 4 s late gives the same tracks as in order, also for a target that was given up meanwhile", () => {
  const look = (k: number, seen: boolean) => ({
    sensorId: "radar",
    t: at(k),
    looked: "field-of-view" as const,
    detections: seen ? [plot(1000, 1000 + 12 * k, 90, [0, 12, 0])] : [],
  });
  // Seen twice in a row only thanks to the look at 2 s; without it the second look at 1 s is a miss and the candidate dies.
  const looks = [
    look(0, true),
    look(1, false),
    look(2, true),
    look(3, false),
    look(4, false),
    look(5, false),
    look(6, false),
    look(7, true),
  ];
  const inOrder = createTracker(SPATIAL_SETTINGS);
  const late = createTracker(SPATIAL_SETTINGS);
  for (const state of [inOrder, late]) setSensor(state, RADAR);
  for (const each of looks) processScan(inOrder, each);
  for (const each of [...looks.filter((_, k) => k !== 2 && k !== 7), looks[2]!, looks[7]!]) processScan(late, each);
  assert.equal(late.counts.late, 1);
  const [expected, got] = [inOrder, late].map((state) =>
    readTracks(state, 0).map(({ existence, position, at }) => [existence, ...position, at]),
  );
  assert.ok(expected!.length > 0);
  assert.deepEqual(got, expected);
});

test("each of forty sensors keeps its own memory of whether it can see a track, through a snapshot too", () => {
  const feed = (state: ReturnType<typeof createTracker>, from: number, to: number) => {
    for (let k = from; k < to; k++) {
      // Sensors 0 and 35 see the target; 39 looks there and never does.
      for (const n of [0, 35, 39]) {
        const seconds = k + n / 100;
        const detections = n === 39 ? [] : [plot(1000, 1000 + 10 * seconds, 90, [0, 10, 0])];
        processScan(state, { sensorId: `sensor${n}`, t: at(seconds), looked: "field-of-view", detections });
      }
    }
  };
  const state = createTracker(SPATIAL_SETTINGS);
  for (let n = 0; n < 40; n++) setSensor(state, { ...RADAR, id: `sensor${n}`, passive: n > 30 });
  feed(state, 0, 12);
  const copy = structuredClone(state);
  for (const one of [state, copy]) feed(one, 12, 20);
  assert.deepEqual(copy, state);
  assert.equal(readTracks(state).length, 1);
  assert.ok(state.detectable[35]! > 5, `sensor 35: ${state.detectable[35]}`);
  assert.ok(state.detectable[39]! < -5, `sensor 39: ${state.detectable[39]}`);
});

test("a thousand sensors are remembered one by one, and more share a place without harm", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  for (let n = 0; n < 1100; n++) setSensor(state, { ...RADAR, id: `radar${n}` });
  assert.equal(state.places, 1024);
  for (let k = 0; k < 4; k++)
    for (const n of [3, 1023, 1050])
      processScan(state, {
        sensorId: `radar${n}`,
        t: at(k + n / 10_000),
        looked: "field-of-view",
        detections: [plot(1000, 1000 + 10 * (k + n / 10_000), 90, [0, 10, 0])],
      });
  assert.equal(readTracks(state).length, 1);
});

test("a plot that a turning radar sends 1.3 s late updates the track of its target and starts no other", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, { ...RADAR, updatePeriod: 1.3 });
  setSensor(state, REMOTE_ID);
  let id = 0;
  for (let k = 0; k < 15; k++) {
    const report: TrackerDetection = { kind: "position3d", z: [1000, 1000 + 12 * k, 90], variance: [25, 25, 25], identity: "s", handle: 1 };
    processScan(state, { sensorId: "rid", t: at(k), looked: "detections-only", detections: [report] });
    id = readTracks(state)[0]!.id;
    const then = k - 1.3;
    const answered = processScan(state, {
      sensorId: "radar",
      t: at(then),
      looked: "detections-only",
      detections: [plot(1000, 1000 + 12 * then, 90, [0, 12, 0])],
    });
    if (k > 2) assert.equal(answered[0]!.trackId, id);
  }
  assert.deepEqual(
    readTracks(state).map((track) => track.id),
    [id],
  );
});

test("a report that surely is of one track gives nothing to an unlikely candidate beside it", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, RADAR);
  setSensor(state, REMOTE_ID);
  const report = (k: number): TrackerDetection => ({
    kind: "position3d",
    z: [1000, 1000, 90],
    variance: [25, 25, 25],
    identity: "s",
    handle: k,
  });
  for (let k = 0; k < 4; k++) processScan(state, { sensorId: "rid", t: at(k), looked: "detections-only", detections: [report(k)] });
  // A false plot without a height, 60 m off, starts a candidate that could be anywhere near half a second later.
  const plot2d: TrackerDetection = {
    kind: "polar2d",
    z: [Math.hypot(1060, 1000), Math.atan2(1060, 1000)],
    variance: [25, 1e-4],
    handle: 1,
  };
  processScan(state, { sensorId: "radar", t: at(3.5), looked: "detections-only", detections: [plot2d] });
  const before = readTracks(state, 0);
  assert.equal(before.length, 2);
  processScan(state, { sensorId: "rid", t: at(4), looked: "detections-only", detections: [report(4)] });
  const after = readTracks(state, 0);
  assert.ok(after[1]!.existence <= before[1]!.existence, `${before[1]!.existence} became ${after[1]!.existence}`);
});

test("a turning radar that misses a track now and then is still believed to see it, and what it may have left undetected stays little", () => {
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, { ...RADAR, updatePeriod: 1 });
  setSensor(state, REMOTE_ID);
  for (let k = 0; k < 60; k++) {
    const report: TrackerDetection = { kind: "position3d", z: [1000, 1000, 90], variance: [25, 25, 25], identity: "s", handle: 1 };
    processScan(state, { sensorId: "rid", t: at(k), looked: "detections-only", detections: [report] });
    const detections = [plot(-3000, 500, 90, [0, 0, 0], 2)];
    if (k % 3 !== 0) detections.push(plot(1000, 1000, 90, [0, 0, 0]));
    processScan(state, { sensorId: "radar", t: at(k + 0.1), looked: "detections-only", detections });
    advanceTime(state, at(k + 0.5));
  }
  assert.ok(state.detectable[0]! > 3, `log-odds that the radar sees the track: ${state.detectable[0]}`);
  // Half a newcomer a second, nine tenths of them found in each turn of a second.
  assert.ok(state.sensors[0]!.undetected < 0.5, `undetected: ${state.sensors[0]!.undetected}`);
});

/** Ten drones before a radar that turns in `period` seconds, finds `pd` of them and `clutter` false ones a turn, and was configured for 0.6 and 5. */
function learnInTurns(period: number, pd: number, clutter: number): { detection: number; clutter: number } {
  const random = createRandom(3);
  const state = createTracker(SPATIAL_SETTINGS);
  setSensor(state, { ...RADAR, updatePeriod: period, detectionProbability: 0.6, falseDetectionsPerScan: 5 });
  for (let turn = 0; turn < 150; turn++) {
    // A turn comes in eight sectors, each a scan of its own; nothing is said of an empty one.
    for (let sector = 0; sector < 8; sector++) {
      const seconds = period * (turn + sector / 8);
      const detections: TrackerDetection[] = [];
      for (let k = 0; k < 10; k++) {
        const along = (seconds * 10 + 300 * k) % 3000;
        const [east, north] = [along - 1500, 1500 + 150 * k];
        const where = Math.floor((Math.atan2(east, north) / (2 * Math.PI)) * 8 + 4) % 8;
        if (where === sector && uniform(random) < pd) detections.push(plot(east, north, 100, [10, 0, 0]));
      }
      for (let k = 0; k < clutter / 8; k++) {
        const azimuth = -Math.PI + ((sector + uniform(random)) * Math.PI) / 4;
        const range = 100 + 4900 * uniform(random);
        const elevation = uniform(random) - 0.1;
        detections.push({ kind: "polar3d", z: [range, azimuth, elevation, 0], variance: [25, 1e-4, 1e-4, 0.25], handle: 0 });
      }
      if (detections.length > 0) processScan(state, { sensorId: "radar", t: at(seconds), looked: "detections-only", detections });
      advanceTime(state, at(seconds - 1));
    }
  }
  const { detected, missed, clutterShape, clutterRate } = state.sensors[0]!;
  return { detection: detected / (detected + missed), clutter: clutterShape / clutterRate };
}

test("a radar that turns in 1 s or in 4 s teaches what it finds and what is false, though nothing says what it missed", () => {
  for (const [period, pd, clutter] of [
    [1, 0.9, 16],
    [4, 0.9, 40],
    [1, 0.75, 40],
  ] as const) {
    const learned = learnInTurns(period, pd, clutter);
    assert.ok(Math.abs(learned.detection - pd) < 0.05, `period ${period}: ${learned.detection} instead of ${pd}`);
    assert.ok(Math.abs(learned.clutter / clutter - 1) < 0.2, `period ${period}: ${learned.clutter} instead of ${clutter}`);
  }
});
