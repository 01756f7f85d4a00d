// The hand-written kernels against the plain matrix form.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createRandom, normal } from "../math/random.ts";
import { packSymmetric6, unpackSymmetric6 } from "../math/symmetric.ts";
import { collapseModes, fillTransition, mixModes } from "./imm.ts";
import {
  angleComponent,
  innovate,
  jacobian,
  linearize,
  PREPARED_P,
  PREPARED_SIZE,
  PREPARED_Y,
  predictedZ,
  prepareUpdate,
  type SensorGeometry,
} from "./measurement.ts";
import { MODE_SIZE, predictConstantVelocity, predictCoordinatedTurn } from "./motion.ts";

type Matrix = number[][];
const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, value, k) => sum + value * b[k]![j]!, 0)));
const transpose = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const add = (a: Matrix, b: Matrix, scale = 1): Matrix => a.map((row, i) => row.map((value, j) => value + scale * b[i]![j]!));
const toMatrix = (full: ArrayLike<number>, n = 6): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => full[i * n + j]!));

function inverse(a: Matrix): Matrix {
  const n = a.length;
  const m = a.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let i = 0; i < n; i++) {
    let pivot = i;
    for (let k = i + 1; k < n; k++) if (Math.abs(m[k]![i]!) > Math.abs(m[pivot]![i]!)) pivot = k;
    [m[i], m[pivot]] = [m[pivot]!, m[i]!];
    const scale = m[i]![i]!;
    for (let j = 0; j < 2 * n; j++) m[i]![j]! /= scale;
    for (let k = 0; k < n; k++) if (k !== i) for (let j = 2 * n - 1; j >= i; j--) m[k]![j]! -= m[k]![i]! * m[i]![j]!;
  }
  return m.map((row) => row.slice(n));
}

/** A random state and covariance: x and P = A A' + I, scaled like a track. */
function aMode(seed: number): { s: Float64Array; x: number[]; P: Matrix } {
  const random = createRandom(seed);
  const s = new Float64Array(MODE_SIZE);
  const x = [
    1500 + 300 * normal(random),
    -800 + 300 * normal(random),
    200 + 30 * normal(random),
    12 * normal(random),
    12 * normal(random),
    2 * normal(random),
  ];
  const scale = [20, 20, 20, 4, 4, 2];
  const A = Array.from({ length: 6 }, () => Array.from({ length: 6 }, () => normal(random)));
  const P = add(multiply(A, transpose(A)), toMatrix(Float64Array.from({ length: 36 }, (_, k) => (k % 7 === 0 ? 1 : 0)))).map((row, i) =>
    row.map((value, j) => value * scale[i]! * scale[j]!),
  );
  s.set(x);
  packSymmetric6(P.flat(), s, 6);
  return { s, x, P };
}

function assertClose(got: ArrayLike<number>, want: ArrayLike<number>, relative: number): void {
  assert.equal(got.length, want.length);
  let largest = 1e-12;
  for (let k = 0; k < want.length; k++) largest = Math.max(largest, Math.abs(want[k]!));
  for (let k = 0; k < want.length; k++)
    assert.ok(Math.abs(got[k]! - want[k]!) <= relative * largest, `element ${k}: ${got[k]} against ${want[k]}`);
}

const processNoise = (dt: number, q: number, qUp: number): Matrix => {
  const Q = Array.from({ length: 6 }, () => new Array<number>(6).fill(0));
  for (let i = 0; i < 3; i++) {
    const density = i < 2 ? q : qUp;
    Q[i]![i] = (density * dt * dt * dt) / 3;
    Q[i]![i + 3] = (density * dt * dt) / 2;
    Q[i + 3]![i] = (density * dt * dt) / 2;
    Q[i + 3]![i + 3] = density * dt;
  }
  return Q;
};

test("the packed prediction is F P F' + Q, for straight flight and for turns", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0.01, max: 10, noNaN: true }),
      fc.constantFrom(0, 0.14, -0.14, 0.5),
      (seed, dt, omega) => {
        const { s, x, P } = aMode(seed);
        const F: Matrix = Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j): number => (i === j ? 1 : 0)));
        const ms = omega === 0 ? dt : Math.sin(omega * dt) / omega;
        const mc = omega === 0 ? 0 : (1 - Math.cos(omega * dt)) / omega;
        F[0]![3] = ms;
        F[0]![4] = -mc;
        F[1]![3] = mc;
        F[1]![4] = ms;
        F[2]![5] = dt;
        F[3]![3] = Math.cos(omega * dt);
        F[3]![4] = -Math.sin(omega * dt);
        F[4]![3] = Math.sin(omega * dt);
        F[4]![4] = Math.cos(omega * dt);
        predictCoordinatedTurn(s, 0, dt, omega, 0.7, 0.2);
        assertClose(
          s.subarray(0, 6),
          multiply(
            F,
            x.map((value) => [value]),
          ).flat(),
          1e-12,
        );
        assertClose(unpackSymmetric6(s, 6), add(multiply(multiply(F, P), transpose(F)), processNoise(dt, 0.7, 0.2)).flat(), 1e-11);
      },
    ),
  );
});

test("two half steps of straight flight equal one whole step", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: 0.01, max: 8, noNaN: true }), (seed, dt) => {
      const once = aMode(seed).s;
      const twice = aMode(seed).s;
      predictConstantVelocity(once, 0, dt, 2, 0.5);
      predictConstantVelocity(twice, 0, dt / 2, 2, 0.5);
      predictConstantVelocity(twice, 0, dt / 2, 2, 0.5);
      assertClose(twice, once, 1e-11);
    }),
  );
});

const GEOMETRY: SensorGeometry = { east: 100, north: -50, up: 10, rotation: [0, 1, 0, -1, 0, 0, 0, 0, 1], azimuthSign: -1 };
const COMPONENTS = [4, 3, 1, 2, 2, 3, 4, 6];

test("every Jacobian agrees with differences of the measurement, rotated sensors included", () => {
  for (let kind = 0; kind < 8; kind++) {
    const n = COMPONENTS[kind]!;
    for (let seed = 1; seed < 20; seed++) {
      const { s } = aMode(seed);
      linearize(s, 0, kind, n, GEOMETRY);
      const H = jacobian.slice(0, n * 6);
      const z = predictedZ.slice(0, n);
      for (let i = 0; i < 6; i++) {
        const step = 1e-3;
        const moved = s.slice();
        moved[i]! += step;
        linearize(moved, 0, kind, n, GEOMETRY);
        for (let k = 0; k < n; k++) {
          let difference = predictedZ[k]! - z[k]!;
          if (k === angleComponent(kind)) difference = Math.atan2(Math.sin(difference), Math.cos(difference));
          assert.ok(Math.abs(difference / step - H[k * 6 + i]!) < 1e-4, `kind ${kind}, component ${k}, state ${i}`);
        }
      }
    }
  }
});

test("the square-root update is the plain extended Kalman update", () => {
  for (let kind = 0; kind < 8; kind++) {
    const n = COMPONENTS[kind]!;
    const sigma = kind <= 1 ? [5, 0.01, 0.012, 0.4] : kind <= 3 ? [0.01, 0.012] : [5, 6, 7, 1, 1, 1];
    const variance = sigma.slice(0, n).map((value) => value * value);
    for (let seed = 1; seed < 20; seed++) {
      const { s, x, P } = aMode(seed);
      const prepared = new Float64Array(PREPARED_SIZE);
      assert.ok(prepareUpdate(s, 0, kind, n, GEOMETRY, variance, 0, 0, prepared, 0));
      linearize(s, 0, kind, n, GEOMETRY);
      const H = toMatrix(jacobian, 6).slice(0, n);
      const R = variance.map((value, i) => variance.map((_, j) => (i === j ? value : 0)));
      const S = add(multiply(multiply(H, P), transpose(H)), R);
      const K = multiply(multiply(P, transpose(H)), inverse(S));
      const innovation = variance.map((value, k) => Math.sqrt(value) * (k % 2 === 0 ? 0.8 : -1.1));
      const z = innovation.map((value, k) => predictedZ[k]! + value);
      const whitened = new Float64Array(6);
      const distance2 = innovate(prepared, 0, z, 0, n, angleComponent(kind), Infinity, whitened, 0);
      const plain = multiply(multiply([innovation], inverse(S)), transpose([innovation]))[0]![0]!;
      assert.ok(Math.abs(distance2 - plain) < 1e-6 * Math.max(plain, 1), `kind ${kind}: ${distance2} against ${plain}`);
      const posterior = add(P, multiply(multiply(K, S), transpose(K)), -1);
      assertClose(unpackSymmetric6(prepared, PREPARED_P), posterior.flat(), 1e-7);
      const moved = x.map(
        (value, i) =>
          value + Array.from({ length: n }, (_, k) => prepared[PREPARED_Y + k * 6 + i]! * whitened[k]!).reduce((sum, v) => sum + v, 0),
      );
      assertClose(
        moved,
        x.map(
          (value, i) =>
            value +
            multiply(
              K,
              innovation.map((v) => [v]),
            )[i]![0]!,
        ),
        1e-8,
      );
    }
  }
});

test("an azimuth just short of a full turn is near one just past it", () => {
  const { s } = aMode(3);
  s[0] = -1000;
  s[1] = -1e-6;
  const sensor: SensorGeometry = { east: 0, north: 0, up: 0, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], azimuthSign: 1 };
  const prepared = new Float64Array(PREPARED_SIZE);
  prepareUpdate(s, 0, 2, 1, sensor, [1e-4], 0, 0, prepared, 0);
  assert.ok(innovate(prepared, 0, [Math.PI - 1e-3], 0, 1, 0, Infinity, new Float64Array(6), 0) < 1);
});

test("mixing keeps the mean and covariance of the whole mixture", () => {
  const modes = [
    { sojourn: 20, share: 0.5 },
    { sojourn: 8, share: 0.3 },
    { sojourn: 5, share: 0.2 },
  ];
  for (let seed = 1; seed < 30; seed++) {
    const s = new Float64Array(4 + 3 * MODE_SIZE);
    s.set([0.6, 0.3, 0.1]);
    for (let m = 0; m < 3; m++) s.set(aMode(seed * 3 + m).s, 4 + m * MODE_SIZE);
    const before = new Float64Array(MODE_SIZE);
    const after = new Float64Array(MODE_SIZE);
    collapseModes(s, 0, 4, 3, before, 0);
    const transition = new Float64Array(9);
    fillTransition(modes, 1.5, transition);
    for (let m = 0; m < 3; m++) assert.ok(Math.abs(transition[m * 3]! + transition[m * 3 + 1]! + transition[m * 3 + 2]! - 1) < 1e-12);
    mixModes(s, 0, 4, 3, transition);
    collapseModes(s, 0, 4, 3, after, 0);
    assertClose(after.subarray(0, 6), before.subarray(0, 6), 1e-12);
    assertClose(after.subarray(6), before.subarray(6), 1e-10);
  }
});
