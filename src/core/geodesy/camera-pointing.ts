// From a track to pan, tilt and zoom: where it will be when the camera gets there, within what the camera can do, and as wide as the
// track is uncertain. Pure; angles in radians, raw units as in camera-mount.ts.

import { err, ok, type Result } from "../base/result.ts";
import { azimuthElevation, type CameraMount, mountAngles } from "./camera-mount.ts";
import { ecefToEnu, enuToEcef, type LocalFrame, rotate, rotationBetween, type Vector3 } from "./wgs84.ts";

/** A moving target in a site's east-north-up frame. */
export interface CameraTarget {
  /** Metres, and metres per second. */
  readonly position: readonly [number, number, number];
  readonly velocity: readonly [number, number, number];
  /** Row-major 6x6, position then velocity, m^2, m^2/s, m^2/s^2. */
  readonly covariance: ArrayLike<number>;
  /** False: nobody measured the height; `position[2]` is a guess with its variance. */
  readonly heightKnown: boolean;
}

/** What a camera can do, in raw units. */
export interface CameraReach {
  readonly panMin: number;
  readonly panMax: number;
  readonly tiltMin: number;
  readonly tiltMax: number;
  readonly zoomMin: number;
  readonly zoomMax: number;
  /** rad/s. */
  readonly panSpeed: number;
  readonly tiltSpeed: number;
  /** Horizontal field of view at zoomMin and at zoomMax, rad. */
  readonly widest: number;
  readonly narrowest: number;
  /** m; undefined: any distance. */
  readonly rangeMax: number | undefined;
}

export interface CameraPose {
  readonly pan: number;
  readonly tilt: number;
}

export interface Pointing {
  readonly pan: number;
  readonly tilt: number;
  readonly zoom: number;
  /** Where that looks: azimuth from true north, elevation above the camera's horizontal plane. */
  readonly azimuth: number;
  readonly elevation: number;
  /** Horizontal, rad. */
  readonly fieldOfView: number;
  /** m, to the predicted place. */
  readonly range: number;
  /** Seconds from the target's instant to that of the predicted place. */
  readonly lead: number;
  /** Seconds that the turn itself takes. */
  readonly turnSeconds: number;
  /** The target is beyond a stop of the camera by this angle, yet inside the picture; 0: not. */
  readonly beyond: number;
}

export interface OutOfReach {
  readonly code: "pan-stop" | "tilt-stop" | "too-far" | "too-near";
  /** How much is missing: rad, or m. */
  readonly missing: number;
}

/** 95 % of a two-dimensional Gaussian lie within so many sigma: sqrt(-2 ln 0.05). */
const SIGMA_95 = 2.4477;
/** A target this near fills any picture, and its direction changes faster than any camera turns. */
const NEAREST = 5; // m
/** Acceleration that a track may have unseen: white noise density, m^2/s^3, as the tracker predicts with. */
const MANOEUVRE = 1;
/** Room around what must be in the picture. */
const MARGIN = 1.2;
/** Longest look ahead: beyond, a straight course says nothing. */
const LEAD_MAX = 15; // s
const PASSES = 5;

/**
 * Pan, tilt and zoom at which the target is in the picture once the camera has turned there from `from`.
 *
 * The target is carried forward on a straight line by `age` (how old its state is), by `latency` (until the camera acts) and by the
 * time of the turn, which depends on where it will be: a few passes settle it. The field of view takes in the target's 95 % ellipse
 * across the line of sight and `sigma`, the camera's own pointing error (1 sigma, rad), no narrower than the camera can and no wider.
 * Between two ways round, the one within the stops and nearer to `from` is taken. Beyond a stop the camera goes to the stop if the
 * target is then still inside the picture, and is refused as out of reach otherwise. Never throws.
 */
export function pointCamera(
  mount: CameraMount,
  sigma: number,
  reach: CameraReach,
  camera: LocalFrame,
  site: LocalFrame,
  target: CameraTarget,
  from: CameraPose,
  age: number,
  latency: number,
): Result<Pointing, OutOfReach> {
  const turn = rotationBetween(site, camera);
  let turnSeconds = 0;
  let lead = 0;
  let place: Vector3 = [0, 0, 0];
  let pan = 0;
  let tilt = 0;
  let beyondPan = 0;
  let beyondTilt = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    lead = Math.min(LEAD_MAX, Math.max(0, age) + latency + turnSeconds);
    const [x, y, z] = enuToEcef(
      site,
      target.position[0] + lead * target.velocity[0],
      target.position[1] + lead * target.velocity[1],
      target.position[2] + lead * target.velocity[2],
    );
    place = ecefToEnu(camera, x, y, z);
    const { theta, phi } = mountAngles(mount, place);
    const panned = withinStops(theta, mount.panScale, reach.panMin, reach.panMax, from.pan);
    pan = panned.raw;
    // Near the mount's pole a pan angle is a small angle on the sky.
    beyondPan = panned.beyond * Math.cos(phi);
    const wanted = (phi - mount.tiltZero) / mount.tiltScale;
    tilt = Math.min(reach.tiltMax, Math.max(reach.tiltMin, wanted));
    beyondTilt = Math.abs((wanted - tilt) * mount.tiltScale);
    turnSeconds = Math.max(
      Math.abs((pan - from.pan) * mount.panScale) / reach.panSpeed,
      Math.abs((tilt - from.tilt) * mount.tiltScale) / reach.tiltSpeed,
    );
  }
  const range = Math.hypot(...place);
  if (range < NEAREST) return err({ code: "too-near", missing: NEAREST - range });
  if (reach.rangeMax !== undefined && range > reach.rangeMax) return err({ code: "too-far", missing: range - reach.rangeMax });

  const beyond = Math.hypot(beyondPan, beyondTilt);
  const spread = (SIGMA_95 * acrossSigma(target, turn, place, lead)) / range + SIGMA_95 * sigma;
  // The height of the picture is smaller than its width by 9:16; what must be seen must fit into it.
  if (beyond > (reach.widest * 9) / 32)
    return beyondPan >= beyondTilt ? err({ code: "pan-stop", missing: beyondPan }) : err({ code: "tilt-stop", missing: beyondTilt });
  const fieldOfView = Math.min(reach.widest, Math.max(reach.narrowest, 2 * MARGIN * (16 / 9) * (spread + beyond)));
  return ok({
    pan,
    tilt,
    zoom: zoomFor(reach, fieldOfView),
    ...azimuthElevation(place),
    fieldOfView,
    range,
    lead,
    turnSeconds,
    beyond,
  });
}

/** The raw pan for a mount angle among its whole turns: inside the stops and nearest to `from`, or else the nearer stop. */
function withinStops(theta: number, scale: number, min: number, max: number, from: number): { raw: number; beyond: number } {
  const turn = Math.abs((2 * Math.PI) / scale);
  const first = theta / scale;
  let best: { raw: number; beyond: number } | undefined;
  let bestTravel = Number.POSITIVE_INFINITY;
  let nearest = { raw: min, beyond: Number.POSITIVE_INFINITY };
  for (let k = -2; k <= 2; k++) {
    const raw = first + k * turn;
    const stop = Math.min(max, Math.max(min, raw));
    const beyond = Math.abs((raw - stop) * scale);
    if (beyond === 0) {
      const travel = Math.abs(raw - from);
      if (travel < bestTravel) {
        best = { raw, beyond: 0 };
        bestTravel = travel;
      }
    } else if (beyond < nearest.beyond) nearest = { raw: stop, beyond };
  }
  return best ?? nearest;
}

/** Largest 1 sigma of the target's place across the line of sight after `lead` seconds, m. */
function acrossSigma(target: CameraTarget, turn: readonly number[], place: Vector3, lead: number): number {
  const P = target.covariance;
  const { azimuth, elevation } = azimuthElevation(place);
  const across: Vector3[] = [
    [Math.cos(azimuth), -Math.sin(azimuth), 0],
    [-Math.sin(azimuth) * Math.sin(elevation), -Math.cos(azimuth) * Math.sin(elevation), Math.cos(elevation)],
  ];
  // The other way round: the two axes as vectors of the site's frame, where the covariance is.
  const back = [turn[0], turn[3], turn[6], turn[1], turn[4], turn[7], turn[2], turn[5], turn[8]];
  const axes = across.map((axis) => rotate(back, axis));
  const noise = (MANOEUVRE * lead * lead * lead) / 3;
  const form = (a: Vector3, b: Vector3) => {
    let sum = 0;
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j < 3; j++) {
        const p =
          P[i * 6 + j] + lead * (P[i * 6 + j + 3] + P[(i + 3) * 6 + j]) + lead * lead * P[(i + 3) * 6 + j + 3] + (i === j ? noise : 0);
        sum += a[i] * p * b[j];
      }
    }
    return sum;
  };
  const aa = form(axes[0], axes[0]);
  const ab = form(axes[0], axes[1]);
  const bb = form(axes[1], axes[1]);
  return Math.sqrt(Math.max(0, (aa + bb) / 2 + Math.hypot((aa - bb) / 2, ab)));
}

/**
 * Raw zoom for a field of view. The standard does not say how zoom counts; the focal length is taken to grow evenly with it, which
 * most zoom lenses follow to a few percent in the middle and which is exact at both ends.
 */
export function zoomFor(reach: CameraReach, fieldOfView: number): number {
  const [wide, narrow] = [1 / Math.tan(reach.widest / 2), 1 / Math.tan(reach.narrowest / 2)];
  if (!(narrow > wide)) return reach.zoomMin;
  const share = (1 / Math.tan(fieldOfView / 2) - wide) / (narrow - wide);
  return reach.zoomMin + Math.min(1, Math.max(0, share)) * (reach.zoomMax - reach.zoomMin);
}

/** Horizontal field of view at a raw zoom, rad; the inverse of `zoomFor`. */
export function fieldOfViewAt(reach: CameraReach, zoom: number): number {
  const span = reach.zoomMax - reach.zoomMin;
  const share = span > 0 ? Math.min(1, Math.max(0, (zoom - reach.zoomMin) / span)) : 0;
  const [wide, narrow] = [1 / Math.tan(reach.widest / 2), 1 / Math.tan(reach.narrowest / 2)];
  return 2 * Math.atan(1 / (wide + share * Math.max(0, narrow - wide)));
}
