import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeltaMessage, SnapshotMessage, SystemView, TrackView } from "../../core/model/picture-view.ts";
import { noJudgement } from "../../core/model/unjudged.ts";
import { createPictureStore, mercatorX, mercatorY, pictureClock, TRAIL_POINTS } from "./picture-store.ts";

const SYSTEM: SystemView = {
  version: "0",
  mode: "live",
  replay: null,
  health: "OK",
  healthReasons: [],
  journal: null,
  sequence: 1,
  nowUs: 1_000_000_000,
};

const track = (id: string, measuredAtUs: number, longitudeDegrees = 0): TrackView =>
  ({ id, measuredAtUs, position: { latitudeDegrees: 0, longitudeDegrees, heightHaeMetres: null, heightAmslMetres: null } }) as TrackView;

const snapshot = (part: Partial<SnapshotMessage> = {}): SnapshotMessage => ({
  type: "snapshot",
  sentAtUs: 0,
  revision: 1,
  site: { id: "s", name: "S", latitudeDegrees: 0, longitudeDegrees: 0, heightHaeMetres: 0, assets: [], zones: [] },
  system: SYSTEM,
  tracks: [],
  sensors: [],
  sources: [],
  notices: [],
  judgement: noJudgement(),
  ...part,
});

const delta = (part: Partial<DeltaMessage>): DeltaMessage => ({
  type: "delta",
  sentAtUs: 0,
  revision: 2,
  tracks: [],
  removedTracks: [],
  sensors: [],
  sources: [],
  notices: [],
  ...part,
});

test("Mercator: the equator at Greenwich is the middle, and 85.0511 N the upper edge", () => {
  assert.equal(mercatorX(0), 0.5);
  assert.equal(mercatorY(0), 0.5);
  assert.equal(mercatorX(180), 1);
  assert.ok(Math.abs(mercatorY(85.0511287798)) < 1e-9);
});

test("a delta replaces whole tracks and takes away those that ended", () => {
  const store = createPictureStore();
  store.apply(snapshot({ tracks: [track("T1", 1e6), track("T2", 1e6)] }), 0);
  store.apply(delta({ tracks: [track("T1", 5e6, 1)], removedTracks: ["T2"] }), 0);
  assert.deepEqual([...store.picture.tracks.keys()], ["T1"]);
  assert.equal(store.picture.tracks.get("T1")!.position.longitudeDegrees, 1);
  assert.equal(store.picture.trails.has("T2"), false);
});

test("a new snapshot leaves nothing of the old picture but the trails of tracks that live on", () => {
  const store = createPictureStore();
  store.apply(snapshot({ tracks: [track("T1", 1e6), track("T2", 1e6)] }), 0);
  store.apply(delta({ tracks: [track("T1", 3e6)] }), 0);
  store.apply(snapshot({ tracks: [track("T1", 5e6), track("T3", 5e6)] }), 0);
  assert.deepEqual([...store.picture.tracks.keys()], ["T1", "T3"]);
  assert.equal(store.picture.trails.get("T1")!.count, 3);
  assert.deepEqual([...store.picture.trails.keys()], ["T1", "T3"]);
});

test("a trail keeps its newest points, one a second, in a ring of fixed size", () => {
  const store = createPictureStore();
  store.apply(snapshot(), 0);
  for (let i = 0; i < 1000; i++) store.apply(delta({ tracks: [track("T1", i * 500_000, i / 1000)] }), 0);
  const trail = store.picture.trails.get("T1")!;
  assert.equal(trail.count, TRAIL_POINTS);
  const oldest = trail.points[trail.start * 3 + 2]!;
  const newest = trail.points[((trail.start + trail.count - 1) % TRAIL_POINTS) * 3 + 2]!;
  assert.equal(newest, 499);
  assert.equal(oldest, newest - (TRAIL_POINTS - 1));
});

test("when a replay jumps back, trails of what has not happened yet are gone", () => {
  const store = createPictureStore();
  const replay = { file: "f", startUs: 0, endUs: 2_000_000_000, atUs: 0, speed: 1, playing: true };
  store.apply(snapshot({ system: { ...SYSTEM, mode: "replay", replay } }), 0);
  for (const s of [1000, 1001, 1002]) store.apply(delta({ tracks: [track("T1", s * 1e6)] }), 0);
  assert.equal(store.picture.trails.get("T1")!.count, 3);
  store.apply(delta({ system: { ...SYSTEM, mode: "replay", replay, nowUs: 500_000_000 }, tracks: [track("T1", 500e6)] }), 0);
  assert.equal(store.picture.trails.get("T1")!.count, 1);
});

test("the picture's clock runs on in silence, stands in a paused replay and runs at its speed in a playing one", () => {
  const store = createPictureStore();
  store.apply(snapshot(), 5_000);
  assert.equal(pictureClock(store.picture, 8_000), SYSTEM.nowUs + 3_000_000);
  const replay = { file: "f", startUs: 0, endUs: 9_000_000_000, atUs: 0, speed: 10, playing: false };
  store.apply(snapshot({ system: { ...SYSTEM, mode: "replay", replay } }), 5_000);
  assert.equal(pictureClock(store.picture, 8_000), SYSTEM.nowUs);
  store.apply(snapshot({ system: { ...SYSTEM, mode: "replay", replay: { ...replay, playing: true } } }), 5_000);
  assert.equal(pictureClock(store.picture, 8_000), SYSTEM.nowUs + 30_000_000);
});

test("notices come newest first, each once, and the oldest are let go", () => {
  const store = createPictureStore();
  const notice = (id: number) => ({ id, atUs: id, level: "info" as const, key: "k", values: {}, text: String(id) });
  store.apply(snapshot({ notices: [notice(1), notice(2)] }), 0);
  store.apply(delta({ notices: [notice(2), notice(3)] }), 0);
  assert.deepEqual(
    store.picture.notices.map((entry) => entry.id),
    [3, 2, 1],
  );
  for (let id = 4; id < 600; id++) store.apply(delta({ notices: [notice(id)] }), 0);
  assert.equal(store.picture.notices.length, 200);
  assert.equal(store.picture.notices[0]!.id, 599);
});
