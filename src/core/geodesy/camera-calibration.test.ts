import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RADIANS_PER_DEGREE as D, wrapAngle } from "../base/units.ts";
import { calibrateCamera, type LandmarkSighting } from "./camera-calibration.ts";
import { angleBetween, azimuthElevation, type CameraMount, lookDirection, mountAngles } from "./camera-mount.ts";
import { enuToGeodetic, localFrame, type Vector3 } from "./wgs84.ts";

const camera = { latitude: 24.45 * D, longitude: 54.37 * D, heightHae: 30 };
const frame = localFrame(camera.latitude, camera.longitude, camera.heightHae);
const IN_DEGREES = { panScale: D, tiltScale: D, known: true };
const NORMALISED = { panScale: Math.PI, tiltScale: Math.PI / 2, known: false };

/** A landmark `range` m away at azimuth and elevation (degrees), with the pan and tilt that the mount would read there. */
function seen(
  mount: CameraMount,
  azimuth: number,
  elevation: number,
  range = 800,
  centringError: [number, number] = [0, 0],
): LandmarkSighting {
  const a = azimuth * D;
  const e = elevation * D;
  const direction: Vector3 = [Math.sin(a) * Math.cos(e), Math.cos(a) * Math.cos(e), Math.sin(e)];
  const { theta, phi } = mountAngles(mount, direction);
  return {
    name: `at ${azimuth}`,
    position: enuToGeodetic(frame, range * direction[0], range * direction[1], range * direction[2]),
    pan: theta / mount.panScale + centringError[0],
    tilt: (phi - mount.tiltZero) / mount.tiltScale + centringError[1],
  };
}

const level: CameraMount = { heading: 90 * D, pitch: 0, roll: 0, tiltZero: 0, panScale: D, tiltScale: D };

test("a level camera that faces east: pan 90 looks south, tilt 45 half way up", () => {
  const [east, north, up] = lookDirection(level, 90, 45);
  assert.ok(Math.abs(east) < 1e-12 && Math.abs(north + Math.SQRT1_2) < 1e-12 && Math.abs(up - Math.SQRT1_2) < 1e-12);
});

test("a mount pitched by 10 degrees looks 10 degrees up at pan 0, level at pan 90; a roll of 10 lowers what is to the right", () => {
  const pitched = { ...level, heading: 0, pitch: 10 * D };
  assert.ok(Math.abs(azimuthElevation(lookDirection(pitched, 0, 0)).elevation - 10 * D) < 1e-12);
  assert.ok(Math.abs(azimuthElevation(lookDirection(pitched, 90, 0)).elevation) < 1e-12);
  const rolled = { ...level, heading: 0, roll: 10 * D };
  assert.ok(Math.abs(azimuthElevation(lookDirection(rolled, 90, 0)).elevation + 10 * D) < 1e-12);
  assert.ok(Math.abs(azimuthElevation(lookDirection(rolled, 0, 0)).elevation) < 1e-12);
});

test("pan and tilt of a direction are those that look there", () => {
  const angle = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true });
  fc.assert(
    fc.property(angle(3), angle(0.4), angle(0.4), angle(3.1), angle(1.4), (heading, pitch, roll, theta, phi) => {
      const mount = { heading, pitch, roll, tiltZero: 0.1, panScale: -D, tiltScale: 2 * D };
      const back = mountAngles(mount, lookDirection(mount, theta / mount.panScale, (phi - 0.1) / mount.tiltScale));
      assert.ok(Math.abs(wrapAngle(back.theta - theta)) < 1e-9 && Math.abs(back.phi - phi) < 1e-9);
    }),
  );
});

test("three exact landmarks give heading, pitch and roll of a camera in degrees back", () => {
  const mount = { ...level, heading: 123 * D, pitch: 2 * D, roll: -1.5 * D, tiltZero: 0.5 * D };
  const done = calibrateCamera([seen(mount, 10, 2), seen(mount, 130, 5), seen(mount, 250, -1)], camera, IN_DEGREES);
  assert.ok(done.ok, JSON.stringify(done));
  const { value } = done;
  assert.ok(Math.abs(wrapAngle(value.mount.heading - mount.heading)) < 0.01 * D);
  assert.ok(Math.abs(value.mount.pitch - mount.pitch) < 0.01 * D);
  assert.ok(Math.abs(value.mount.roll - mount.roll) < 0.01 * D);
  assert.ok(Math.abs(value.mount.tiltZero - mount.tiltZero) < 0.01 * D);
  assert.ok(value.worst < 0.01 * D);
  assert.equal(value.redundancy, 2); // six angles, four unknowns
  assert.deepEqual(value.fitted, []);
  assert.equal(value.panReversed || value.tiltReversed, false);
});

test("a normalised space whose unit is 160 degrees of pan and 55 of tilt, upside down, is found from four landmarks", () => {
  const mount = { heading: 200 * D, pitch: -1 * D, roll: 2 * D, tiltZero: 20 * D, panScale: 160 * D, tiltScale: -55 * D };
  const landmarks = [seen(mount, 60, 1), seen(mount, 150, 25), seen(mount, 230, -3), seen(mount, 320, 12)];
  const done = calibrateCamera(landmarks, camera, NORMALISED);
  assert.ok(done.ok, JSON.stringify(done));
  assert.ok(Math.abs(done.value.mount.panScale - mount.panScale) < 0.1 * D);
  assert.ok(Math.abs(done.value.mount.tiltScale - mount.tiltScale) < 0.1 * D);
  assert.equal(done.value.tiltReversed, true);
  assert.equal(done.value.panReversed, false);
  const elsewhere = angleBetween(lookDirection(done.value.mount, 0.3, 0.2), lookDirection(mount, 0.3, 0.2));
  assert.ok(elsewhere < 0.1 * D);
});

test("firmware that counts 400 degrees for a turn is found out: the scale is fitted though the space says degrees", () => {
  const mount = { ...level, panScale: (360 / 400) * D };
  const done = calibrateCamera([seen(mount, 0, 1), seen(mount, 80, 3), seen(mount, 160, 0), seen(mount, 250, 8)], camera, IN_DEGREES);
  assert.ok(done.ok, JSON.stringify(done));
  assert.deepEqual(done.value.fitted, ["panScale"]);
  assert.ok(Math.abs(done.value.mount.panScale / mount.panScale - 1) < 0.001);
});

test("any mount within 10 degrees of level is found from four landmarks around, pointing everywhere within 0.05 degrees", () => {
  const degrees = (low: number, high: number) => fc.double({ min: low, max: high, noNaN: true }).map((value) => value * D);
  fc.assert(
    fc.property(
      degrees(0, 360),
      degrees(-7, 7),
      degrees(-7, 7),
      degrees(-3, 3),
      degrees(0, 90),
      (heading, pitch, roll, tiltZero, first) => {
        const mount = { heading, pitch, roll, tiltZero, panScale: D, tiltScale: D };
        const landmarks = [0, 85, 170, 260].map((step, i) => seen(mount, first / D + step, [1, 6, -1, 12][i]!));
        const done = calibrateCamera(landmarks, camera, IN_DEGREES);
        assert.ok(done.ok, JSON.stringify(done));
        for (const [pan, tilt] of [
          [0, 0],
          [120, 40],
          [-100, 10],
        ] as const) {
          const miss = angleBetween(lookDirection(done.value.mount, pan, tilt), lookDirection(mount, pan, tilt));
          assert.ok(miss < 0.05 * D, `${miss / D} degrees at ${pan}, ${tilt}`);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test("centring errors of a tenth of a degree stay residuals of a tenth, and the stated error covers the pointing error", () => {
  const mount = { ...level, heading: 40 * D, pitch: 1 * D, roll: 1 * D };
  const errors: [number, number][] = [
    [0.1, -0.1],
    [-0.1, 0.05],
    [0.1, 0.1],
    [-0.05, -0.1],
    [0.05, 0.1],
  ];
  const done = calibrateCamera(
    [0, 70, 140, 210, 290].map((azimuth, i) => seen(mount, azimuth, i * 2, 900, errors[i])),
    camera,
    IN_DEGREES,
  );
  assert.ok(done.ok, JSON.stringify(done));
  assert.ok(done.value.rms > 0.02 * D && done.value.worst < 0.25 * D, `${done.value.rms / D} ${done.value.worst / D}`);
  for (let pan = -180; pan < 180; pan += 30) {
    const miss = angleBetween(lookDirection(done.value.mount, pan, 10), lookDirection(mount, pan, 10));
    assert.ok(miss < 3 * done.value.sigma, `${pan}: ${miss / D} against ${done.value.sigma / D}`);
  }
});

test("two landmarks, one too near, ones in one direction, and a swapped pair are refused with what to do", () => {
  const refusal = (landmarks: LandmarkSighting[], units = IN_DEGREES) => {
    const done = calibrateCamera(landmarks, camera, units);
    assert.ok(!done.ok, JSON.stringify(done));
    return done.error.code;
  };
  const good = [seen(level, 0, 1), seen(level, 120, 4), seen(level, 240, 2)];
  assert.equal(refusal(good.slice(0, 2)), "too-few");
  assert.equal(refusal([...good.slice(0, 2), seen(level, 240, 2, 20)]), "too-near");
  assert.equal(refusal([seen(level, 50, 1), seen(level, 53, 1.5), seen(level, 56, 1)]), "bunched");
  assert.equal(refusal([good[0]!, good[0]!, good[0]!]), "bunched");
  const [a, b, c] = good as [LandmarkSighting, LandmarkSighting, LandmarkSighting];
  const d = seen(level, 300, 6);
  assert.equal(refusal([{ ...a, position: b.position }, { ...b, position: a.position }, c, d]), "poor-fit");
  assert.equal(refusal([{ ...a, pan: Number.NaN }, b, c]), "not-finite");
  // A normalised tilt shows only where landmarks differ in elevation.
  const flat = { heading: 0, pitch: 0, roll: 0, tiltZero: 0, panScale: Math.PI, tiltScale: Math.PI / 2 };
  assert.equal(
    refusal(
      [0, 90, 180, 270].map((azimuth) => seen(flat, azimuth, 0)),
      NORMALISED,
    ),
    "scale-unseen",
  );
});

test("numbers of any kind are refused or fitted, never thrown at", () => {
  const any = fc.double();
  fc.assert(
    fc.property(fc.array(fc.tuple(any, any, any, any, any), { maxLength: 6 }), fc.boolean(), (rows, known) => {
      const landmarks = rows.map(([latitude, longitude, heightHae, pan, tilt]) => ({
        name: "x",
        position: { latitude, longitude, heightHae },
        pan,
        tilt,
      }));
      const done = calibrateCamera(landmarks, camera, known ? IN_DEGREES : NORMALISED);
      if (done.ok) for (const value of Object.values(done.value.mount)) assert.ok(Number.isFinite(value));
    }),
    { numRuns: 60 },
  );
});
