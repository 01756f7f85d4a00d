// Slew-to-cue in the picture: who may turn which camera to which track, and what became of it. The shell speaks with the cameras.

import { DEGREES_PER_RADIAN, MICROS_PER_SECOND, type Micros, RADIANS_PER_DEGREE } from "../base/units.ts";
import { type CameraCalibration, calibrateCamera } from "../geodesy/camera-calibration.ts";
import { angleBetween, type CameraMount } from "../geodesy/camera-mount.ts";
import { ecefToEnu, enuToEcef, localFrame, type Vector3 } from "../geodesy/wgs84.ts";
import type {
  CameraCommand,
  CameraConfiguration,
  CameraEvent,
  CameraPoseReport,
  CameraView,
  PanTiltSpace,
  SlewOutcome,
} from "../model/camera.ts";
import type { Actor, Effect } from "../model/event.ts";
import type { Origin } from "../model/observation.ts";
import type { Affiliation, TrackView } from "../model/picture-view.ts";
import type { Site } from "../model/site.ts";
import { predictTrack } from "../tracking/picket-tracker.ts";
import type { TrackEstimate } from "../tracking/tracker.ts";
import { reportedTracks } from "./associations.ts";
import { judgementView } from "./judgement-views.ts";
import { notify, type Picture, trackKey } from "./picture.ts";
import { trackViews } from "./views.ts";

export interface CameraState {
  configuration: CameraConfiguration;
  connection: "connecting" | "ready" | "failed";
  message: string;
  space: PanTiltSpace | undefined;
  pose: CameraPoseReport | undefined;
  poseAt: Micros;
  holder: { actor: Actor; until: Micros } | undefined;
  rule: { enabled: boolean; priorities: Affiliation[]; follow: string | null; actor: Actor | undefined };
  slew: SlewState | undefined;
  nextRequestId: number;
  /** When the standing rule last asked, and since when it asks for the track that it asks for. */
  ruleAt: Micros;
  ruleSince: Micros;
  calibration: { at: Micros; actor: Actor; space: PanTiltSpace; landmarks: number; result: CameraCalibration } | undefined;
}

interface SlewState {
  requestId: number;
  trackId: string;
  actor: Actor;
  rule: boolean;
  at: Micros;
  outcome: SlewOutcome;
  reason: string;
  azimuth: number | undefined;
  elevation: number | undefined;
  range: number | undefined;
  miss: number | undefined;
}

export interface CameraRefusal {
  readonly code: "no-camera" | "no-track" | "not-live" | "held" | "not-held" | "not-ready" | "not-calibrated" | "calibration-refused";
  readonly message: string;
}

/** A mount that was only written down is trusted to this, 1 sigma: a compass on a steel mast. */
const WRITTEN_SIGMA = 2 * RADIANS_PER_DEGREE;
/** A track whose height nobody measured is looked for here above the site's origin, with this 1 sigma. */
const GUESSED_HEIGHT = 60; // m
const GUESSED_SIGMA = 40; // m
const MOST_PRIORITIES = 7;
/** A standing rule stays on a track so long before it goes to a better ranked one of the same affiliation: a camera that hops shows nothing. */
const DWELL = 10 * MICROS_PER_SECOND;

/** A snapshot of an older version has no cameras. */
export const camerasOf = (picture: Picture): Map<string, CameraState> => {
  picture.cameras ??= new Map();
  return picture.cameras;
};

/** Takes the configured cameras over; what is known of one that stays is kept. */
export function configureCameras(picture: Picture, site: Site): void {
  const before = camerasOf(picture);
  const after = new Map<string, CameraState>();
  for (const configuration of site.cameras ?? []) {
    const known = before.get(configuration.id);
    after.set(configuration.id, known === undefined ? newCamera(configuration) : { ...known, configuration });
  }
  picture.cameras = after;
}

const newCamera = (configuration: CameraConfiguration): CameraState => ({
  configuration,
  connection: "connecting",
  message: "",
  space: undefined,
  pose: undefined,
  poseAt: 0 as Micros,
  holder: undefined,
  rule: { enabled: false, priorities: [], follow: null, actor: undefined },
  slew: undefined,
  nextRequestId: 1,
  ruleAt: 0 as Micros,
  ruleSince: 0 as Micros,
  calibration: undefined,
});

/**
 * How a camera is mounted, with the 1 sigma of its pointing (rad): by landmarks, or as written down where its space counts degrees.
 * Undefined where nobody can know: a normalised space without landmarks, or landmarks taken in another space.
 */
export function mountOf(camera: CameraState): { mount: CameraMount; sigma: number } | undefined {
  const { calibration, space, configuration } = camera;
  if (calibration !== undefined && calibration.space === (space ?? calibration.space))
    return { mount: calibration.result.mount, sigma: calibration.result.sigma };
  if (space !== "degrees") return undefined;
  const { heading, pitch, roll } = configuration;
  return {
    mount: { heading, pitch, roll, tiltZero: 0, panScale: RADIANS_PER_DEGREE, tiltScale: RADIANS_PER_DEGREE },
    sigma: WRITTEN_SIGMA,
  };
}

/** Whether this person may turn this camera to this track now. The first reason against it. */
export function judgeSlew(picture: Picture, cameraId: string, trackId: string, actor: Actor | undefined): CameraRefusal | undefined {
  const camera = camerasOf(picture).get(cameraId);
  if (camera === undefined) return { code: "no-camera", message: `there is no camera "${cameraId}"` };
  const track = findTrack(picture, trackId);
  if (track === undefined) return { code: "no-track", message: `there is no track "${trackId}"` };
  if (track.origin !== "live" && !camera.configuration.exercise)
    return { code: "not-live", message: `${trackId} is not live, and ${camera.configuration.name} is not marked for exercises` };
  const held = heldAgainst(camera, actor);
  if (held !== undefined) return held;
  if (camera.connection !== "ready")
    return {
      code: "not-ready",
      message: `${camera.configuration.name} does not answer${camera.message === "" ? "" : `: ${camera.message}`}`,
    };
  if (mountOf(camera) === undefined)
    return {
      code: "not-calibrated",
      message: `${camera.configuration.name} counts in units of its own; calibrate it with three or more landmarks first`,
    };
  return undefined;
}

/** One operator holds a camera at a time; while one does, nothing and nobody else turns it. `actor` undefined: the standing rule. */
function heldAgainst(camera: CameraState, actor: Actor | undefined): CameraRefusal | undefined {
  const { holder, configuration } = camera;
  if (holder === undefined || (actor !== undefined && isSame(holder.actor, actor))) return undefined;
  return { code: "held", message: `${holder.actor.name} has ${configuration.name} by hand` };
}

const isSame = (a: Actor, b: Actor) => a.name === b.name && a.authenticated === b.authenticated;

export const isCameraCommand = (command: { kind: string }): command is CameraCommand =>
  ["slew-camera", "hold-camera", "release-camera", "camera-rule", "calibrate-camera"].includes(command.kind);

/** Carries out a person's command, or says why not; the answer goes out as a `command-result`. */
export function commandCamera(picture: Picture, command: CameraCommand, actor: Actor, commandId: string, effects: Effect[]): void {
  const refusal = obey(picture, command, actor, effects);
  effects.push(
    refusal === undefined
      ? { type: "command-result", commandId, ok: true }
      : { type: "command-result", commandId, ok: false, code: refusal.code, message: refusal.message },
  );
}

function obey(picture: Picture, command: CameraCommand, actor: Actor, effects: Effect[]): CameraRefusal | undefined {
  const camera = camerasOf(picture).get(command.cameraId);
  if (camera === undefined) return { code: "no-camera", message: `there is no camera "${command.cameraId}"` };
  const { name } = camera.configuration;
  switch (command.kind) {
    case "slew-camera": {
      const refusal = judgeSlew(picture, command.cameraId, command.trackId, actor);
      if (refusal === undefined) slew(picture, camera, command.trackId, actor, false, effects);
      return refusal;
    }
    case "hold-camera": {
      const held = heldAgainst(camera, actor);
      if (held !== undefined && !command.takeOver) return held;
      if (held !== undefined)
        notify(picture, "warning", "camera-taken", { camera: name, actor: actor.name, from: camera.holder!.actor.name });
      else if (camera.holder === undefined) notify(picture, "info", "camera-held", { camera: name, actor: actor.name });
      camera.holder = { actor, until: (picture.now + camera.configuration.holdFor * MICROS_PER_SECOND) as Micros };
      effects.push({ type: "stop-camera", cameraId: command.cameraId });
      return undefined;
    }
    case "release-camera": {
      if (camera.holder === undefined) return { code: "not-held", message: `nobody has ${name} by hand` };
      const held = heldAgainst(camera, actor);
      if (held !== undefined) return held;
      camera.holder = undefined;
      notify(picture, "info", "camera-released", { camera: name, actor: actor.name });
      return undefined;
    }
    case "camera-rule": {
      const held = heldAgainst(camera, actor);
      if (held !== undefined) return held;
      if (command.follow !== null && command.enabled) {
        const track = findTrack(picture, command.follow);
        if (track === undefined) return { code: "no-track", message: `there is no track "${command.follow}"` };
        if (track.origin !== "live" && !camera.configuration.exercise)
          return { code: "not-live", message: `${command.follow} is not live, and ${name} is not marked for exercises` };
      }
      camera.rule = {
        enabled: command.enabled,
        priorities: [...new Set(command.priorities)].slice(0, MOST_PRIORITIES),
        follow: command.enabled ? command.follow : null,
        actor,
      };
      camera.ruleAt = 0 as Micros;
      notify(picture, "info", command.enabled ? "camera-rule-on" : "camera-rule-off", { camera: name, actor: actor.name });
      return undefined;
    }
    case "calibrate-camera": {
      const done = calibrateCamera(command.landmarks, camera.configuration.position, {
        panScale: command.panUnit,
        tiltScale: command.tiltUnit,
        known: command.space === "degrees",
      });
      if (!done.ok) return { code: "calibration-refused", message: done.error.message };
      camera.calibration = { at: picture.now, actor, space: command.space, landmarks: command.landmarks.length, result: done.value };
      notify(picture, "info", "camera-calibrated", {
        camera: name,
        actor: actor.name,
        degrees: Math.round(done.value.rms * DEGREES_PER_RADIAN * 100) / 100,
      });
      return undefined;
    }
  }
}

function slew(picture: Picture, camera: CameraState, trackId: string, actor: Actor, rule: boolean, effects: Effect[]): void {
  const { origin, estimate, at } = findTrack(picture, trackId)!;
  const requestId = camera.nextRequestId;
  camera.nextRequestId += 1;
  camera.slew = {
    requestId,
    trackId,
    actor,
    rule,
    at: picture.now,
    outcome: "moving",
    reason: "",
    azimuth: undefined,
    elevation: undefined,
    range: undefined,
    miss: undefined,
  };
  const covariance = [...estimate.covariance];
  const position: [number, number, number] = [...estimate.position];
  const velocity: [number, number, number] = [...estimate.velocity];
  if (!estimate.heightKnown) {
    position[2] = GUESSED_HEIGHT;
    velocity[2] = 0;
    for (let i = 0; i < 6; i++) for (const j of [2, 5]) covariance[i * 6 + j] = covariance[j * 6 + i] = 0;
    covariance[2 * 7] = GUESSED_SIGMA * GUESSED_SIGMA;
    covariance[5 * 7] = 1;
  }
  effects.push({
    type: "slew",
    cameraId: camera.configuration.id,
    requestId,
    trackId,
    origin,
    position,
    velocity,
    covariance,
    heightKnown: estimate.heightKnown,
    at,
  });
}

/** A track by the name that is shown; `at` is its state's instant on the picture's clock. */
function findTrack(picture: Picture, trackId: string): { origin: Origin; estimate: TrackEstimate; at: Micros } | undefined {
  for (const [origin, tracker] of picture.trackers) {
    for (const estimate of reportedTracks(picture, origin, tracker)) {
      if (trackKey(origin, estimate.id) !== trackId) continue;
      return { origin, estimate, at: (estimate.at + (picture.lags.get(origin) ?? 0)) as Micros };
    }
  }
  return undefined;
}

/** What the shell told of a camera. */
export function hearCamera(picture: Picture, event: CameraEvent): void {
  const camera = camerasOf(picture).get(event.cameraId);
  if (camera === undefined) return; // of a camera that a newer configuration removed
  const { name } = camera.configuration;
  if (event.type === "camera-state") {
    if (event.connection === "failed" && camera.connection === "ready")
      notify(picture, "warning", "camera-lost", { camera: name, reason: event.message });
    if (event.connection === "ready" && camera.connection === "failed" && camera.pose !== undefined)
      notify(picture, "info", "camera-back", { camera: name });
    camera.connection = event.connection;
    camera.message = event.message;
    if (event.space !== undefined) camera.space = event.space;
    if (event.pose !== undefined) {
      camera.pose = event.pose;
      camera.poseAt = picture.now;
    }
    return;
  }
  const { slew } = camera;
  if (slew === undefined || slew.requestId !== event.requestId) return; // a newer one was asked for meanwhile
  slew.outcome = event.outcome;
  slew.reason = event.reason;
  slew.azimuth = event.azimuth ?? slew.azimuth;
  slew.elevation = event.elevation ?? slew.elevation;
  slew.range = event.range ?? slew.range;
  slew.miss = event.miss;
  // The rule tries again by itself each few seconds: the tile shows its state, the notices stay for what a person asked.
  if (slew.rule || event.outcome === "moving" || event.outcome === "on-target" || event.outcome === "stopped") return;
  notify(picture, "warning", `camera-${event.outcome}`, { camera: name, track: slew.trackId, reason: event.reason });
}

/** Once a second: holds that ran out, and what standing rules want. */
export function passCameraTime(picture: Picture, effects: Effect[]): void {
  let views: TrackView[] | undefined;
  let ranking: ReadonlyMap<string, number> | undefined;
  for (const camera of camerasOf(picture).values()) {
    const { holder, rule, configuration } = camera;
    if (holder !== undefined && picture.now >= holder.until) {
      camera.holder = undefined;
      notify(picture, "info", "camera-hold-ended", { camera: configuration.name, actor: holder.actor.name });
    }
    if (!rule.enabled || rule.actor === undefined || camera.holder !== undefined) continue;
    if (picture.now - camera.ruleAt < configuration.rulePeriod * MICROS_PER_SECOND) continue;
    views ??= trackViews(picture);
    ranking ??= new Map(judgementView(picture).ranking.map((id, index) => [id, index]));
    const trackId = wantedTrack(picture, camera, views, ranking);
    if (trackId === undefined) {
      if (rule.follow !== null && !views.some((view) => view.id === rule.follow)) {
        // What it followed is gone: the rule ends with it and does not look for something else.
        camera.rule = { ...rule, enabled: false, follow: null };
        notify(picture, "info", "camera-follow-ended", { camera: configuration.name, track: rule.follow });
      }
      continue;
    }
    if (judgeSlew(picture, configuration.id, trackId, undefined) !== undefined) continue;
    camera.ruleAt = picture.now;
    if (camera.slew === undefined || !camera.slew.rule || camera.slew.trackId !== trackId) camera.ruleSince = picture.now;
    slew(picture, camera, trackId, rule.actor, true, effects);
  }
}

/** The followed track; otherwise the first by the rule's affiliations, then by rank, then by identifier. Undefined: none. */
function wantedTrack(
  picture: Picture,
  camera: CameraState,
  views: readonly TrackView[],
  ranking: ReadonlyMap<string, number>,
): string | undefined {
  const { rule, configuration } = camera;
  const allowed = views.filter((view) => (view.origin === "live" || configuration.exercise) && view.status !== "tentative");
  if (rule.follow !== null) return views.some((view) => view.id === rule.follow) ? rule.follow : undefined;
  let best: TrackView | undefined;
  const order = (view: TrackView) => [
    rule.priorities.indexOf(view.affiliation),
    ranking.get(view.id) ?? ranking.size,
    Math.hypot(view.eastMetres, view.northMetres),
  ];
  for (const view of allowed) {
    if (!rule.priorities.includes(view.affiliation)) continue;
    if (best === undefined) {
      best = view;
      continue;
    }
    const [a, b] = [order(view), order(best)];
    const differs = a.findIndex((value, index) => value !== b[index]);
    if (differs >= 0 ? a[differs] < b[differs] : view.id < best.id) best = view;
  }
  const current = camera.slew?.rule === true ? allowed.find((view) => view.id === camera.slew?.trackId) : undefined;
  if (best !== undefined && current !== undefined && current.affiliation === best.affiliation && picture.now - camera.ruleSince < DWELL)
    return current.id;
  return best?.id;
}

export function cameraViews(picture: Picture): CameraView[] {
  return [...camerasOf(picture).values()].map((camera) => cameraView(picture, camera));
}

function cameraView(picture: Picture, camera: CameraState): CameraView {
  const { configuration, pose, slew, calibration, holder, rule } = camera;
  const degrees = (angle: number | undefined, digits = 2) => (angle === undefined ? null : round(angle * DEGREES_PER_RADIAN, digits));
  // 359.998 degrees are shown as 0, not as 360.
  const azimuth = (angle: number | undefined) => (angle === undefined ? null : round(angle * DEGREES_PER_RADIAN, 2) % 360);
  return {
    id: configuration.id,
    name: configuration.name,
    connection: camera.connection,
    message: camera.message,
    exercise: configuration.exercise,
    latitudeDegrees: round(configuration.position.latitude * DEGREES_PER_RADIAN, 7),
    longitudeDegrees: round(configuration.position.longitude * DEGREES_PER_RADIAN, 7),
    heightHaeMetres: round(configuration.position.heightHae, 1),
    space: camera.space ?? null,
    pan: pose === undefined ? null : round(pose.pan, 4),
    tilt: pose === undefined ? null : round(pose.tilt, 4),
    zoom: pose === undefined ? null : round(pose.zoom, 4),
    azimuthDegrees: azimuth(pose?.azimuth),
    elevationDegrees: degrees(pose?.elevation),
    fieldOfViewDegrees: degrees(pose?.fieldOfView),
    poseAtUs: pose === undefined ? null : camera.poseAt,
    heldBy: holder?.actor.name ?? null,
    heldUntilUs: holder?.until ?? null,
    rule: { enabled: rule.enabled, priorities: [...rule.priorities], follow: rule.follow, by: rule.actor?.name ?? null },
    slew:
      slew === undefined
        ? null
        : {
            id: slew.requestId,
            trackId: slew.trackId,
            by: slew.actor.name,
            rule: slew.rule,
            atUs: slew.at,
            outcome: slew.outcome,
            reason: slew.reason,
            missDegrees: degrees(slew.miss),
            azimuthDegrees: azimuth(slew.azimuth),
            elevationDegrees: degrees(slew.elevation),
            rangeMetres: slew.range === undefined ? null : round(slew.range, 0),
          },
    looksAt: slew !== undefined && seesTrack(picture, camera, slew.trackId) ? slew.trackId : null,
    calibration:
      calibration === undefined
        ? null
        : {
            atUs: calibration.at,
            by: calibration.actor.name,
            landmarks: calibration.landmarks,
            rmsDegrees: round(calibration.result.rms * DEGREES_PER_RADIAN, 3),
            worstDegrees: round(calibration.result.worst * DEGREES_PER_RADIAN, 3),
            sigmaDegrees: round(calibration.result.sigma * DEGREES_PER_RADIAN, 3),
            redundancy: calibration.result.redundancy,
          },
  };
}

/** A pose older than this says nothing of where the camera looks now. */
const POSE_OLD = 10 * MICROS_PER_SECOND;

/** Whether the track is inside the picture that the camera makes now, by where both are told to be. */
function seesTrack(picture: Picture, camera: CameraState, trackId: string): boolean {
  const { pose, configuration } = camera;
  if (camera.connection !== "ready" || pose?.azimuth === undefined || pose.elevation === undefined) return false;
  if (picture.now - camera.poseAt > POSE_OLD) return false;
  const track = findTrack(picture, trackId);
  if (track === undefined) return false;
  const now = predictTrack(track.estimate, track.estimate.at + (picture.now - track.at));
  const [east, north, up] = now.position;
  const { latitude, longitude, heightHae } = configuration.position;
  const place = ecefToEnu(
    localFrame(latitude, longitude, heightHae),
    ...enuToEcef(picture.frame, east, north, track.estimate.heightKnown ? up : GUESSED_HEIGHT),
  );
  const cos = Math.cos(pose.elevation);
  const look: Vector3 = [Math.sin(pose.azimuth) * cos, Math.cos(pose.azimuth) * cos, Math.sin(pose.elevation)];
  return angleBetween(look, place) <= pose.fieldOfView / 2;
}

function round(value: number, digits: number): number {
  const scale = SCALES[digits];
  return Math.round(value * scale) / scale;
}
const SCALES = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7];
