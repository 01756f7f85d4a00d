import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, normal } from "../math/random.ts";
import { addPair, addPlace, BIASES, createRegistration, type PairSide } from "./bias-filter.ts";

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1];
const VARIANCE = [25, 1e-4, 1e-4] as const;
const radar = (
  place: number,
  east: number,
  north: number,
  target: readonly number[],
  bias: readonly number[],
  at = 0,
  sign: 1 | -1 = -1,
): PairSide => {
  const [dx, dy, dz] = [target[0]! - east, target[1]! - north, target[2]!];
  const range = Math.hypot(dx, dy, dz);
  const azimuth = sign > 0 ? Math.atan2(dy, dx) : Math.atan2(dx, dy);
  return {
    place,
    polar: true,
    z: [range + bias[0]!, azimuth + bias[1]!, Math.asin(dz / range) + bias[2]!],
    variance: VARIANCE,
    at,
    east,
    north,
    up: 0,
    rotation: IDENTITY,
    azimuthSign: sign,
  };
};
const report = (target: readonly number[], at = 0): PairSide => ({
  place: -1,
  polar: false,
  z: [target[0]!, target[1]!, target[2]!],
  variance: [9, 9, 36],
  at,
  east: 0,
  north: 0,
  up: 0,
  rotation: IDENTITY,
  azimuthSign: 1,
});
const aTarget = (random: ReturnType<typeof createRandom>) => [
  1000 + 800 * normal(random),
  2000 + 500 * normal(random),
  200 + 30 * normal(random),
];

for (const sign of [1, -1] as const) {
  test(`reports of targets themselves fix a bias of 12 m, 0.014 rad and -0.005 rad (azimuth ${sign > 0 ? "from east" : "from north"})`, () => {
    const state = createRegistration();
    const place = addPlace(state);
    const random = createRandom(4);
    for (let k = 0; k < 300; k++) {
      const target = aTarget(random);
      const exact = radar(place, 0, 0, target, [12, 0.014, -0.005], k * 100_000, sign);
      const noisy: PairSide = {
        ...exact,
        z: exact.z.map((value, i) => value + Math.sqrt(VARIANCE[i]!) * normal(random)) as [number, number, number],
      };
      addPair(state, noisy, report(target, k * 100_000), [10 * normal(random), 10 * normal(random), 0], 1);
    }
    assert.ok(state.absolute);
    [12, 0.014, -0.005].forEach((want, k) => {
      const sigma = Math.sqrt(state.covariance[k * BIASES * 12 + k]!);
      assert.ok(Math.abs(state.mean[k]! - want) < 4 * sigma, `${state.mean[k]} +- ${sigma} against ${want}`);
    });
    assert.ok(Math.abs(state.applied[0]! - 12) < 2);
  });
}

test("two radars alone fix only their difference: the first is taken as right, and the second carries all of it", () => {
  const state = createRegistration();
  const [a, b] = [addPlace(state), addPlace(state)];
  const random = createRandom(6);
  for (let k = 0; k < 400; k++) {
    const target = aTarget(random);
    addPair(state, radar(b, 2500, 1200, target, [10, 0.01, 0], k * 100_000), radar(a, 0, 0, target, [0, 0, 0], k * 100_000), [0, 0, 0], 1);
  }
  assert.equal(state.absolute, false);
  assert.ok(Math.abs(state.applied[0]!) < 0.5 && Math.abs(state.applied[1]!) < 1e-3);
  assert.ok(Math.abs(state.applied[BIASES + 1]! - 0.01) < 2e-3, String(state.applied[BIASES + 1]));
});

test("a clock that stamps 0.1 s late shows in targets that move", () => {
  const state = createRegistration();
  const place = addPlace(state);
  const random = createRandom(8);
  for (let k = 0; k < 500; k++) {
    const target = aTarget(random);
    const velocity = [60 * normal(random), 60 * normal(random), 0];
    // Stamped at t, but the target was measured 0.1 s before.
    const before = target.map((value, i) => value - 0.1 * velocity[i]!);
    addPair(state, radar(place, 0, 0, before, [0, 0, 0], k * 100_000), report(target, k * 100_000), velocity, 1);
  }
  assert.ok(Math.abs(state.mean[3]! - 0.1) < 0.02, String(state.mean[3]));
});

test("a pair that cannot be one target is refused and counted", () => {
  const state = createRegistration();
  const place = addPlace(state);
  assert.equal(addPair(state, radar(place, 0, 0, [1000, 2000, 100], [0, 0, 0]), report([1500, 2000, 100]), [0, 0, 0], 1), false);
  assert.equal(state.refused, 1);
  assert.deepEqual(state.pairs, [0]);
});
