// What the screen knows: the last picture, and what only the screen needs (trails, activity over time). Changed in place by
// each message; whoever draws reads it when it draws. The map draws at most once a frame, the panels at most five times a second.

import type { CameraView } from "../../core/model/camera.ts";
import type {
  JudgementView,
  LiveMessage,
  NoticeView,
  OutputView,
  SensorView,
  SiteView,
  SourceView,
  SystemView,
  TrackView,
} from "../../core/model/picture-view.ts";
import type { LiveState } from "./live-connection.ts";

/** Places where a track was, oldest first, in a ring: Mercator x and y in [0, 1], and the instant in seconds. */
export interface Trail {
  readonly points: Float64Array;
  start: number;
  count: number;
}

export const TRAIL_POINTS = 120;
/** Closer in time than this adds no point, so that a trail covers at least two minutes. */
const TRAIL_STEP_US = 1_000_000;
const NOTICES_KEPT = 200;
/** One sample each five seconds: an hour. */
export const ACTIVITY_STEP_US = 5_000_000;
const ACTIVITY_KEPT = 720;

export interface ActivitySample {
  readonly atUs: number;
  readonly tracks: number;
}

export interface Picture {
  state: LiveState;
  /** Monotonic milliseconds of this computer when the newest message came; undefined before the first. */
  heardAtMs: number | undefined;
  /** The picture's clock as last told, and this computer's monotonic milliseconds when it was told. */
  nowUs: number;
  nowToldAtMs: number;
  site: SiteView | undefined;
  system: SystemView | undefined;
  readonly tracks: Map<string, TrackView>;
  readonly trails: Map<string, Trail>;
  readonly sensors: Map<string, SensorView>;
  readonly sources: Map<string, SourceView>;
  outputs: OutputView[];
  /** Newest first. */
  notices: NoticeView[];
  judgement: JudgementView | undefined;
  cameras: readonly CameraView[];
  activity: ActivitySample[];
  /** Counts up with each change of anything. */
  version: number;
  /** Counts up when site, sensors or their fields of view change: the slow layers of the map. */
  groundVersion: number;
}

export interface PictureStore {
  readonly picture: Picture;
  apply(message: LiveMessage, monotonicMs: number): void;
  setState(state: LiveState): void;
  /** Called after each change; gives back how to stop. */
  subscribe(listener: () => void): () => void;
}

/**
 * The picture's clock at a moment of this computer's monotonic clock, microseconds. Runs on while nothing arrives, so that ages
 * grow; stands still in a paused replay and runs at its speed in a running one.
 */
export function pictureClock(picture: Picture, monotonicMs: number): number {
  const replay = picture.system?.mode === "replay" ? picture.system.replay : null;
  const rate = replay === null || replay === undefined ? 1 : replay.playing ? replay.speed : 0;
  const now = picture.nowUs + (monotonicMs - picture.nowToldAtMs) * 1000 * rate;
  return replay ? Math.min(now, Math.max(replay.endUs, picture.nowUs)) : now;
}

export function mercatorX(longitudeDegrees: number): number {
  return longitudeDegrees / 360 + 0.5;
}

/** Web Mercator, [0, 1] from 85.05 N to 85.05 S. */
export function mercatorY(latitudeDegrees: number): number {
  const s = Math.sin((latitudeDegrees * Math.PI) / 180);
  return 0.5 - Math.log((1 + s) / (1 - s)) / (4 * Math.PI);
}

function extendTrail(trails: Map<string, Trail>, track: TrackView): void {
  let trail = trails.get(track.id);
  if (trail === undefined) {
    trail = { points: new Float64Array(TRAIL_POINTS * 3), start: 0, count: 0 };
    trails.set(track.id, trail);
  }
  const seconds = track.measuredAtUs / 1e6;
  if (trail.count > 0) {
    const last = (trail.start + trail.count - 1) % TRAIL_POINTS;
    const lastSeconds = trail.points[last * 3 + 2]!;
    if (seconds < lastSeconds) {
      // Time ran backwards: a replay was moved. What was drawn has not happened yet.
      trail.start = 0;
      trail.count = 0;
    } else if ((seconds - lastSeconds) * 1e6 < TRAIL_STEP_US) return;
  }
  let index: number;
  if (trail.count < TRAIL_POINTS) {
    index = (trail.start + trail.count) % TRAIL_POINTS;
    trail.count += 1;
  } else {
    index = trail.start;
    trail.start = (trail.start + 1) % TRAIL_POINTS;
  }
  trail.points[index * 3] = mercatorX(track.position.longitudeDegrees);
  trail.points[index * 3 + 1] = mercatorY(track.position.latitudeDegrees);
  trail.points[index * 3 + 2] = seconds;
}

export function createPictureStore(): PictureStore {
  const picture: Picture = {
    state: "connecting",
    heardAtMs: undefined,
    nowUs: 0,
    nowToldAtMs: 0,
    site: undefined,
    system: undefined,
    tracks: new Map(),
    trails: new Map(),
    sensors: new Map(),
    sources: new Map(),
    outputs: [],
    notices: [],
    judgement: undefined,
    cameras: [],
    activity: [],
    version: 0,
    groundVersion: 0,
  };
  const listeners = new Set<() => void>();
  const tell = () => {
    picture.version += 1;
    for (const listener of listeners) listener();
  };

  const takeSystem = (system: SystemView, monotonicMs: number) => {
    if (picture.system !== undefined && system.nowUs < picture.system.nowUs - 1_000_000) {
      picture.trails.clear();
      picture.activity = [];
    }
    picture.system = system;
    picture.nowUs = system.nowUs;
    picture.nowToldAtMs = monotonicMs;
  };

  const takeNotices = (notices: readonly NoticeView[]) => {
    if (notices.length === 0) return;
    const known = new Map(picture.notices.map((notice) => [notice.id, notice]));
    for (const notice of notices) known.set(notice.id, notice);
    picture.notices = [...known.values()].sort((a, b) => b.id - a.id).slice(0, NOTICES_KEPT);
  };

  const takeSensor = (sensor: SensorView) => {
    const before = picture.sensors.get(sensor.id);
    picture.sensors.set(sensor.id, sensor);
    if (
      before === undefined ||
      before.freshness !== sensor.freshness ||
      before.rangeMaxMetres !== sensor.rangeMaxMetres ||
      before.azimuthCentreDegrees !== sensor.azimuthCentreDegrees ||
      before.azimuthWidthDegrees !== sensor.azimuthWidthDegrees ||
      before.position?.latitudeDegrees !== sensor.position?.latitudeDegrees ||
      before.position?.longitudeDegrees !== sensor.position?.longitudeDegrees
    )
      picture.groundVersion += 1;
  };

  const sampleActivity = () => {
    const last = picture.activity.at(-1);
    if (last !== undefined && picture.nowUs - last.atUs < ACTIVITY_STEP_US) return;
    picture.activity.push({ atUs: picture.nowUs, tracks: picture.tracks.size });
    if (picture.activity.length > ACTIVITY_KEPT) picture.activity.shift();
  };

  return {
    picture,
    apply(message, monotonicMs) {
      picture.heardAtMs = monotonicMs;
      if (message.type === "heartbeat") {
        picture.nowUs = message.nowUs;
        picture.nowToldAtMs = monotonicMs;
      } else if (message.type === "snapshot") {
        if (picture.site !== undefined && picture.site.id !== message.site.id) picture.trails.clear();
        picture.site = message.site;
        takeSystem(message.system, monotonicMs);
        picture.tracks.clear();
        picture.sensors.clear();
        picture.sources.clear();
        for (const track of message.tracks) {
          picture.tracks.set(track.id, track);
          extendTrail(picture.trails, track);
        }
        for (const id of [...picture.trails.keys()]) if (!picture.tracks.has(id)) picture.trails.delete(id);
        for (const sensor of message.sensors) takeSensor(sensor);
        for (const source of message.sources) picture.sources.set(source.id, source);
        picture.outputs = message.outputs ?? [];
        picture.judgement = message.judgement;
        picture.cameras = message.cameras ?? [];
        picture.notices = [];
        takeNotices(message.notices);
        picture.groundVersion += 1;
      } else {
        if (message.site !== undefined) {
          picture.site = message.site;
          picture.groundVersion += 1;
        }
        if (message.system !== undefined) takeSystem(message.system, monotonicMs);
        for (const track of message.tracks) {
          picture.tracks.set(track.id, track);
          extendTrail(picture.trails, track);
        }
        for (const id of message.removedTracks) {
          picture.tracks.delete(id);
          picture.trails.delete(id);
        }
        for (const sensor of message.sensors) takeSensor(sensor);
        for (const source of message.sources) picture.sources.set(source.id, source);
        if (message.outputs !== undefined) picture.outputs = message.outputs;
        if (message.judgement !== undefined) picture.judgement = message.judgement;
        if (message.cameras !== undefined) picture.cameras = message.cameras;
        takeNotices(message.notices);
      }
      sampleActivity();
      tell();
    },
    setState(state) {
      picture.state = state;
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
