import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RADIANS_PER_DEGREE as D } from "../base/units.ts";
import { type CameraMount, lookDirection } from "./camera-mount.ts";
import { type CameraReach, type CameraTarget, fieldOfViewAt, pointCamera, zoomFor } from "./camera-pointing.ts";
import { localFrame } from "./wgs84.ts";

const site = localFrame(24.45 * D, 54.37 * D, 0);
const level: CameraMount = { heading: 0, pitch: 0, roll: 0, tiltZero: 0, panScale: D, tiltScale: D };
const reach: CameraReach = {
  panMin: -180,
  panMax: 180,
  tiltMin: -30,
  tiltMax: 90,
  zoomMin: 0,
  zoomMax: 1,
  panSpeed: 90 * D,
  tiltSpeed: 90 * D,
  widest: 60 * D,
  narrowest: 2 * D,
  rangeMax: 5000,
};

function target(position: [number, number, number], velocity: [number, number, number] = [0, 0, 0], sigma = 1): CameraTarget {
  const covariance = new Float64Array(36);
  for (let i = 0; i < 3; i++) covariance[i * 7] = sigma * sigma;
  return { position, velocity, covariance, heightKnown: true };
}

const pointing = (of: CameraTarget, from = { pan: 0, tilt: 0 }, more: Partial<CameraReach> = {}, age = 0, latency = 0) =>
  pointCamera(level, 0, { ...reach, ...more }, site, site, of, from, age, latency);

test("a target 1,000 m east and 1,000 m up: pan 90, tilt 45", () => {
  const done = pointing(target([1000, 0, 1000]));
  assert.ok(done.ok);
  assert.ok(Math.abs(done.value.pan - 90) < 1e-6 && Math.abs(done.value.tilt - 45) < 1e-6);
  assert.ok(Math.abs(done.value.range - 1414.2) < 0.1);
});

test("a target that flies on is met where it will be: 1 s old, 0.5 s of latency and the turn's own time ahead of it", () => {
  // 1,000 m north, crossing east at 20 m/s; the turn takes a fraction of a second at 90 degrees a second.
  const done = pointing(target([0, 1000, 0], [20, 0, 0]), { pan: 0, tilt: 0 }, {}, 1, 0.5);
  assert.ok(done.ok);
  const { lead, turnSeconds, pan } = done.value;
  assert.ok(Math.abs(lead - (1.5 + turnSeconds)) < 1e-4);
  assert.ok(Math.abs(turnSeconds - pan / 90) < 1e-4);
  assert.ok(Math.abs(Math.tan(pan * D) - (20 * lead) / 1000) < 1e-6);
});

test("the picture takes in the target's 95 % ellipse and the camera's own error, within what the lens can", () => {
  const fov = (sigma: number, own: number) => {
    const done = pointCamera(level, own, reach, site, site, target([0, 1000, 0], [0, 0, 0], sigma), { pan: 0, tilt: 0 }, 0, 0);
    assert.ok(done.ok);
    return done.value.fieldOfView / D;
  };
  // 20 m at 1,000 m: 2.4477 x 0.02 rad = 2.805 degrees each side; x 2 x 1.2 x 16/9 = 11.97 degrees.
  assert.ok(Math.abs(fov(20, 0) - 11.97) < 0.02, String(fov(20, 0)));
  assert.ok(Math.abs(fov(0, 1 * D) - 2.4477 * 2 * 1.2 * (16 / 9)) < 0.02);
  assert.ok(Math.abs(fov(0.1, 0) - 2) < 1e-9);
  assert.ok(Math.abs(fov(500, 0) - 60) < 1e-9);
});

test("between two ways round the nearer one is taken, and never one through a stop", () => {
  const south = target([-1, -1000, 0]); // azimuth 180.06, which is pan 180.06 or -179.94
  const free = pointing(south, { pan: 170, tilt: 0 }, { panMin: -350, panMax: 350 });
  assert.ok(free.ok && Math.abs(free.value.pan - 180.057) < 0.01);
  const stopped = pointing(south, { pan: 170, tilt: 0 }, { panMax: 175 });
  assert.ok(stopped.ok && Math.abs(stopped.value.pan + 179.943) < 0.01);
});

test("a little beyond a stop the camera goes to the stop and stays wide; far beyond it is out of reach and says by how much", () => {
  const limits = { panMin: -100, panMax: 100, tiltMin: -10, tiltMax: 20 };
  const near = pointing(target([0, 1000, 1000 * Math.tan(25 * D)]), { pan: 0, tilt: 0 }, limits);
  assert.ok(near.ok && near.value.tilt === 20);
  assert.ok(Math.abs(near.value.beyond - 5 * D) < 0.01 * D);
  assert.ok(near.value.fieldOfView * (9 / 32) >= 5 * D, "the target is inside the picture");
  const high = pointing(target([0, 1000, 1000 * Math.tan(60 * D)]), { pan: 0, tilt: 0 }, limits);
  assert.ok(!high.ok && high.error.code === "tilt-stop" && Math.abs(high.error.missing - 40 * D) < 0.01 * D);
  const behind = pointing(target([0, -1000, 0]), { pan: 0, tilt: 0 }, limits);
  assert.ok(!behind.ok && behind.error.code === "pan-stop" && Math.abs(behind.error.missing - 80 * D) < 0.01 * D);
  const far = pointing(target([0, 6000, 0]));
  assert.ok(!far.ok && far.error.code === "too-far" && Math.round(far.error.missing) === 1000);
  assert.equal(pointing(target([0, 1, 0])).ok, false);
});

test("what is commanded never leaves the camera's limits, and looks at the target within the picture", () => {
  const metre = fc.double({ min: -4000, max: 4000, noNaN: true });
  const speed = fc.double({ min: -60, max: 60, noNaN: true });
  fc.assert(
    fc.property(metre, metre, metre, speed, speed, fc.integer({ min: -180, max: 180 }), (e, n, u, ve, vn, pan) => {
      const mount = { ...level, heading: 1, pitch: 0.1, roll: -0.1, panScale: -D };
      const done = pointCamera(mount, 0.01, reach, site, site, target([e, n, u], [ve, vn, 0], 10), { pan, tilt: 0 }, 0.5, 0.3);
      if (!done.ok) return;
      const { value } = done;
      assert.ok(value.pan >= -180 && value.pan <= 180 && value.tilt >= -30 && value.tilt <= 90 && value.zoom >= 0 && value.zoom <= 1);
      const look = lookDirection(mount, value.pan, value.tilt);
      const cos =
        look[0] * Math.sin(value.azimuth) * Math.cos(value.elevation) +
        look[1] * Math.cos(value.azimuth) * Math.cos(value.elevation) +
        look[2] * Math.sin(value.elevation);
      assert.ok(Math.acos(Math.min(1, cos)) <= value.beyond * 1.5 + 1e-6);
    }),
  );
});

test("zoom and field of view are each other's inverse, the widest at one end and the narrowest at the other", () => {
  assert.equal(zoomFor(reach, reach.widest), 0);
  assert.equal(zoomFor(reach, reach.narrowest), 1);
  for (const zoom of [0, 0.1, 0.5, 0.9, 1]) assert.ok(Math.abs(zoomFor(reach, fieldOfViewAt(reach, zoom)) - zoom) < 1e-9);
});
