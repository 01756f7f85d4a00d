// Where a pan-tilt camera looks, and which pan and tilt look at a place. Angles in radians; azimuths clockwise from true north,
// elevations above the camera's own horizontal plane (its east-north-up frame). Refraction is left out: 0.01 degrees at 5 km.

import type { Vector3 } from "./wgs84.ts";

/**
 * How a camera is fixed to the ground, and what its numbers mean. Pan and tilt are in the camera's own units ("raw"): degrees, or
 * whatever the position space of its maker counts.
 */
export interface CameraMount {
  /** Azimuth of the mount's forward axis, where pan is 0. */
  readonly heading: number;
  /** The forward axis is raised by so much. */
  readonly pitch: number;
  /** The right side is lowered by so much. */
  readonly roll: number;
  /** Elevation in the mount's own frame where the camera says tilt 0. */
  readonly tiltZero: number;
  /** rad for each raw unit; negative where pan counts anticlockwise. */
  readonly panScale: number;
  /** rad for each raw unit; negative where tilt counts downwards. */
  readonly tiltScale: number;
}

/** Unit vector east, north, up of the direction in which a camera at raw `pan` and `tilt` looks. */
export function lookDirection(mount: CameraMount, pan: number, tilt: number): Vector3 {
  const theta = mount.panScale * pan;
  const phi = mount.tiltZero + mount.tiltScale * tilt;
  const right = Math.sin(theta) * Math.cos(phi);
  const forward = Math.cos(theta) * Math.cos(phi);
  const up = Math.sin(phi);
  // Rolled about the forward axis, then pitched about the right axis, then turned to the heading.
  const sr = Math.sin(mount.roll);
  const cr = Math.cos(mount.roll);
  const x = right * cr + up * sr;
  const z1 = up * cr - right * sr;
  const sp = Math.sin(mount.pitch);
  const cp = Math.cos(mount.pitch);
  const y = forward * cp - z1 * sp;
  const z = forward * sp + z1 * cp;
  const sh = Math.sin(mount.heading);
  const ch = Math.cos(mount.heading);
  return [x * ch + y * sh, y * ch - x * sh, z];
}

/** Pan angle (-pi, pi] and tilt angle in the mount's frame, rad, of a direction east, north, up of any length above 0. */
export function mountAngles(mount: CameraMount, direction: Vector3): { theta: number; phi: number } {
  const [east, north, z] = direction;
  const sh = Math.sin(mount.heading);
  const ch = Math.cos(mount.heading);
  const x = east * ch - north * sh;
  const y = east * sh + north * ch;
  const sp = Math.sin(mount.pitch);
  const cp = Math.cos(mount.pitch);
  const forward = y * cp + z * sp;
  const z1 = z * cp - y * sp;
  const sr = Math.sin(mount.roll);
  const cr = Math.cos(mount.roll);
  const right = x * cr - z1 * sr;
  const up = x * sr + z1 * cr;
  return { theta: Math.atan2(right, forward), phi: Math.atan2(up, Math.hypot(right, forward)) };
}

/** Azimuth in [0, 2*pi) and elevation of a direction east, north, up. */
export function azimuthElevation(direction: Vector3): { azimuth: number; elevation: number } {
  const [east, north, up] = direction;
  const azimuth = Math.atan2(east, north);
  return { azimuth: azimuth < 0 ? azimuth + 2 * Math.PI : azimuth, elevation: Math.atan2(up, Math.hypot(east, north)) };
}

/** Angle between two directions, rad, exact for small angles too. */
export function angleBetween(a: Vector3, b: Vector3): number {
  const cross = Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]);
  return Math.atan2(cross, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
}
