// One camera and what it does: connects and connects again, tells where it looks, turns to a track, checks that it got there. One thing
// at a time; of several slews that come at once the newest is done.

import { DEGREES_PER_RADIAN, metres, RADIANS_PER_DEGREE, radians } from "../../core/base/units.ts";
import { angleBetween, azimuthElevation, type CameraMount, lookDirection } from "../../core/geodesy/camera-mount.ts";
import { type CameraReach, fieldOfViewAt, type Pointing, pointCamera } from "../../core/geodesy/camera-pointing.ts";
import { type LocalFrame, localFrame } from "../../core/geodesy/wgs84.ts";
import type { CameraConfiguration, CameraEffect, CameraEvent, CameraPoseReport, SlewOutcome } from "../../core/model/camera.ts";
import type { CameraFile } from "../configuration/camera-schema.ts";
import type { BoundedHttp, HttpCredentials } from "./bounded-http.ts";
import { connectOnvif, type OnvifCamera, type OnvifStatus } from "./onvif-client.ts";

type SlewEffect = Extract<CameraEffect, { type: "slew" }>;

export interface CameraDriverOptions {
  readonly file: CameraFile;
  readonly configuration: () => CameraConfiguration | undefined;
  readonly http: BoundedHttp;
  readonly credentials: HttpCredentials | undefined;
  /** From the picture: how it is mounted, rad, with the 1 sigma of its pointing. */
  readonly mount: () => { mount: CameraMount; sigma: number } | undefined;
  /** The site's frame. */
  readonly site: () => LocalFrame;
  /** The picture's clock, microseconds. */
  readonly now: () => number;
  readonly tell: (event: CameraEvent) => void;
}

export interface CameraDriver {
  start(): void;
  stop(): Promise<void>;
  slew(effect: SlewEffect): void;
  halt(): void;
  /** What was found out about it; undefined while it does not answer. */
  found(): OnvifCamera | undefined;
}

const IDLE_POLL = 1000; // ms
const MOVING_POLL = 200; // ms
/** An unchanged pose is told again so often, so that the picture knows it is true. */
const RETELL = 4000; // ms
const BACK_OFF_FIRST = 1000; // ms
const BACK_OFF_MOST = 30_000; // ms
/** Between two moves: motors and firmware suffer from a stream of commands. */
const MOVE_PERIOD = 400; // ms
/** Beyond what the turn should take. */
const GRACE = 4; // s
/** Arrived: within this, or within an eighth of the picture where that is wider. */
const TOLERANCE = 0.5 * RADIANS_PER_DEGREE;
/** Stands still off the target for so many looks: it will not come any more. */
const STANDSTILL = 5;

export function createCameraDriver(options: CameraDriverOptions): CameraDriver {
  const { file, tell } = options;
  let camera: OnvifCamera | undefined;
  let wanted: SlewEffect | undefined;
  let halting = false;
  let stopped = false;
  let wake: (() => void) | undefined;
  let running: Promise<void> | undefined;
  let told = "";
  let toldAt = 0;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        wake = undefined;
        resolve();
      }
      wake = done;
    });

  const reachOf = (found: OnvifCamera, configuration: CameraConfiguration | undefined): CameraReach => ({
    panMin: found.pan.min,
    panMax: found.pan.max,
    tiltMin: found.tilt.min,
    tiltMax: found.tilt.max,
    zoomMin: found.zoom?.min ?? 0,
    zoomMax: found.zoom?.max ?? 0,
    panSpeed: file.panDegreesPerSecond * RADIANS_PER_DEGREE,
    tiltSpeed: file.tiltDegreesPerSecond * RADIANS_PER_DEGREE,
    widest: file.lens.widestDegrees * RADIANS_PER_DEGREE,
    narrowest: (found.zoom === undefined ? file.lens.widestDegrees : file.lens.narrowestDegrees) * RADIANS_PER_DEGREE,
    rangeMax: configuration?.rangeMax,
  });

  function poseOf(found: OnvifCamera, status: OnvifStatus): CameraPoseReport {
    const reach = reachOf(found, options.configuration());
    const zoom = status.zoom ?? reach.zoomMin;
    const mounted = options.mount();
    const look = mounted === undefined ? undefined : azimuthElevation(lookDirection(mounted.mount, status.pan, status.tilt));
    return {
      pan: status.pan,
      tilt: status.tilt,
      zoom,
      fieldOfView: radians(fieldOfViewAt(reach, zoom)),
      ...(look === undefined ? {} : { azimuth: radians(look.azimuth), elevation: radians(look.elevation) }),
    };
  }

  function tellState(connection: "connecting" | "ready" | "failed", message: string, status?: OnvifStatus): void {
    const event: CameraEvent = {
      type: "camera-state",
      cameraId: file.id,
      connection,
      message,
      ...(camera === undefined ? {} : { space: camera.space }),
      ...(camera === undefined || status === undefined ? {} : { pose: poseOf(camera, status) }),
    };
    const text = JSON.stringify(event);
    const now = performance.now();
    if (text === told && now - toldAt < RETELL) return;
    told = text;
    toldAt = now;
    tell(event);
  }

  function tellSlew(effect: SlewEffect, outcome: SlewOutcome, reason: string, pointing?: Pointing, miss?: number): void {
    tell({
      type: "slew-result",
      cameraId: file.id,
      requestId: effect.requestId,
      outcome,
      reason,
      ...(pointing === undefined
        ? {}
        : {
            azimuth: radians(pointing.azimuth),
            elevation: radians(pointing.elevation),
            fieldOfView: radians(pointing.fieldOfView),
            range: metres(pointing.range),
          }),
      ...(miss === undefined ? {} : { miss: radians(miss) }),
    });
  }

  /** Turns to the track and sees that it gets there. False: the camera does not answer any more. */
  async function carryOut(found: OnvifCamera, effect: SlewEffect): Promise<boolean> {
    const configuration = options.configuration();
    const mounted = options.mount();
    // Checked again here, where it is done: no camera turns to anything but live targets unless it is marked for exercises.
    if (configuration === undefined || (effect.origin !== "live" && !configuration.exercise)) {
      tellSlew(effect, "failed", "the camera is not marked for exercises");
      return true;
    }
    if (mounted === undefined) {
      tellSlew(effect, "failed", "nobody knows how the camera is mounted; calibrate it with three or more landmarks");
      return true;
    }
    const before = await found.status();
    if (!before.ok) {
      tellSlew(effect, "failed", before.error);
      return false;
    }
    const { latitude, longitude, heightHae } = configuration.position;
    const pointed = pointCamera(
      mounted.mount,
      mounted.sigma,
      reachOf(found, configuration),
      localFrame(latitude, longitude, heightHae),
      options.site(),
      effect,
      before.value,
      (options.now() - effect.at) / 1e6,
      file.latencySeconds,
    );
    if (!pointed.ok) {
      tellSlew(effect, "out-of-reach", reachSentence(pointed.error));
      return true;
    }
    const pointing = pointed.value;
    const moved = await found.moveTo(pointing.pan, pointing.tilt, found.zoom === undefined ? undefined : pointing.zoom);
    if (!moved.ok) {
      tellSlew(effect, "failed", moved.error, pointing);
      return true;
    }
    const began = performance.now();
    tellSlew(effect, "moving", effect.heightKnown ? "" : "the track's height is not known; a likely one is assumed", pointing);

    const goal = lookDirection(mounted.mount, pointing.pan, pointing.tilt);
    const tolerance = Math.max(TOLERANCE, pointing.fieldOfView / 8);
    const limit = (pointing.turnSeconds * 1.5 + file.latencySeconds + GRACE) * 1000;
    let miss = Number.POSITIVE_INFINITY;
    let still = 0;
    let last: OnvifStatus | undefined;
    for (;;) {
      await pause(MOVING_POLL);
      if (stopped) return true;
      if (halting) {
        tellSlew(effect, "stopped", "a person has taken the camera by hand", pointing);
        return true;
      }
      // A newer slew takes the place of this one.
      if (wanted !== undefined && performance.now() - began >= MOVE_PERIOD) return true;
      const status = await found.status();
      if (!status.ok) {
        tellSlew(effect, "failed", status.error, pointing);
        return false;
      }
      tellState("ready", "", status.value);
      miss = angleBetween(lookDirection(mounted.mount, status.value.pan, status.value.tilt), goal);
      const zoomed =
        found.zoom === undefined ||
        status.value.zoom === undefined ||
        Math.abs(status.value.zoom - pointing.zoom) <= 0.05 * (found.zoom.max - found.zoom.min);
      if (miss <= tolerance && zoomed && status.value.moving !== "MOVING") {
        const beyond =
          pointing.beyond === 0 ? "" : `the track is ${inDegrees(pointing.beyond)} beyond the camera's stop, at the edge of the picture`;
        tellSlew(effect, "on-target", beyond, pointing, miss);
        return true;
      }
      still =
        last !== undefined && last.pan === status.value.pan && last.tilt === status.value.tilt && last.zoom === status.value.zoom
          ? still + 1
          : 0;
      last = status.value;
      if ((still >= STANDSTILL && status.value.moving !== "MOVING") || performance.now() - began > limit) {
        const why = still >= STANDSTILL ? "it stands still" : "it is still on its way";
        tellSlew(effect, "not-reached", `${why}, ${inDegrees(miss)} away from where it was sent`, pointing, miss);
        return true;
      }
    }
  }

  async function run(): Promise<void> {
    let backOff = BACK_OFF_FIRST;
    // Out of the step that asked for it: nothing is told from inside a step.
    await new Promise((resolve) => setImmediate(resolve));
    while (!stopped) {
      // Between two attempts it stays what it is: lost, with the reason.
      if (told === "") tellState("connecting", "");
      const found = await connectOnvif({
        device: new URL(file.onvif),
        credentials: options.credentials,
        profile: file.profile,
        preferDegrees: file.positions === "degrees",
        http: options.http,
        now: Date.now,
      });
      if (stopped) return;
      if (!found.ok) {
        tellState("failed", found.error);
        await pause(backOff);
        backOff = Math.min(BACK_OFF_MOST, backOff * 2);
        continue;
      }
      backOff = BACK_OFF_FIRST;
      camera = found.value;
      const lost = await serve(found.value);
      camera = undefined;
      if (stopped) return;
      tellState("failed", lost);
      await pause(BACK_OFF_FIRST);
    }
  }

  /** Works with a camera until it answers no more; says why. */
  async function serve(found: OnvifCamera): Promise<string> {
    for (;;) {
      if (stopped) return "";
      if (halting) {
        const done = await found.stop();
        halting = false;
        if (!done.ok) return done.error;
      }
      const effect = wanted;
      if (effect !== undefined) {
        wanted = undefined;
        if (!(await carryOut(found, effect))) return "it stopped answering during a turn";
        continue;
      }
      const status = await found.status();
      if (stopped) return "";
      if (!status.ok) return status.error;
      tellState("ready", "", status.value);
      if (wanted === undefined && !halting) await pause(status.value.moving === "MOVING" ? MOVING_POLL : IDLE_POLL);
    }
  }

  return {
    start: () => {
      running = run();
    },
    stop: async () => {
      stopped = true;
      wake?.();
      options.http.close();
      await running;
    },
    slew: (effect) => {
      wanted = effect;
      wake?.();
    },
    halt: () => {
      halting = true;
      wanted = undefined;
      wake?.();
    },
    found: () => camera,
  };
}

const inDegrees = (angle: number) => `${Math.round(angle * DEGREES_PER_RADIAN * 10) / 10} degrees`;

function reachSentence(error: { code: "pan-stop" | "tilt-stop" | "too-far" | "too-near"; missing: number }): string {
  switch (error.code) {
    case "pan-stop":
      return `it is ${inDegrees(error.missing)} beyond the stop of pan`;
    case "tilt-stop":
      return `it is ${inDegrees(error.missing)} beyond the stop of tilt`;
    case "too-far":
      return `it is ${Math.round(error.missing)} m beyond the camera's range`;
    case "too-near":
      return "it is at the camera itself";
  }
}
