import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom, normal, type RandomState } from "../math/random.ts";
import { discEntryProbability, polygonEntryProbability } from "./entry-probability.ts";
import { depthInPolygon, timeToDisc, timeToPolygon } from "./geometry.ts";
import { normalCdf } from "./normal-cdf.ts";

const covariance = (sigma: number, sigmaVelocity: number, correlation = 0): Float64Array => {
  const P = new Float64Array(36);
  for (let i = 0; i < 3; i++) {
    P[i * 7] = sigma * sigma;
    P[(i + 3) * 7] = sigmaVelocity * sigmaVelocity;
    P[i * 6 + i + 3] = P[(i + 3) * 6 + i] = correlation * sigma * sigmaVelocity;
  }
  return P;
};

test("the normal distribution: half at 0, 84.1345 % at 1 sigma, 97.5 % at 1.95996, never outside 0 to 1", () => {
  assert.ok(Math.abs(normalCdf(0) - 0.5) < 1e-7);
  assert.ok(Math.abs(normalCdf(1) - 0.8413447) < 1e-6);
  assert.ok(Math.abs(normalCdf(1.959964) - 0.975) < 1e-6);
  assert.ok(Math.abs(normalCdf(-1) + normalCdf(1) - 1) < 1e-12);
  assert.equal(normalCdf(Number.POSITIVE_INFINITY), 1);
  assert.equal(normalCdf(Number.NEGATIVE_INFINITY), 0);
  for (let z = -9; z < 9; z += 0.01) assert.ok(normalCdf(z + 0.01) >= normalCdf(z) - 1e-7);
});

test("3,000 m away at 10 m/s, keep-out 500 m: 250 s; a course that misses the centre by 300 m of 500 enters 400 m before it", () => {
  assert.equal(timeToDisc(3000, 0, 10, 0, 500), 250);
  assert.equal(timeToDisc(3000, 300, 10, 0, 500), 260);
  assert.equal(timeToDisc(3000, 501, 10, 0, 500), undefined);
  assert.equal(timeToDisc(3000, 0, -10, 0, 500), undefined);
  assert.equal(timeToDisc(100, 0, -10, 0, 500), 0);
});

const SQUARE = [
  [0, 0],
  [100, 0],
  [100, 100],
  [0, 100],
] as const;

test("a point 30 m inside the nearest edge of a square is 30 deep, one 40 m outside it is -40, and a corner counts by its own distance", () => {
  assert.equal(depthInPolygon(50, 30, SQUARE), 30);
  assert.equal(depthInPolygon(140, 50, SQUARE), -40);
  assert.equal(depthInPolygon(103, 104, SQUARE), -5);
});

test("a course at 10 m/s meets the square 200 m ahead after 20 s, and one that passes beside it never", () => {
  assert.equal(timeToPolygon(-200, 50, 10, 0, SQUARE), 20);
  assert.equal(timeToPolygon(-200, 150, 10, 0, SQUARE), undefined);
  assert.equal(timeToPolygon(-200, 50, -10, 0, SQUARE), undefined);
});

test("an exact course decides: straight through is 1, past by more than the radius is 0, out of reach in time is 0", () => {
  const sharp = covariance(0.1, 0.001);
  assert.ok(discEntryProbability(2000, 0, 20, 0, sharp, 500, 120, 0) > 0.999);
  assert.ok(discEntryProbability(2000, 600, 20, 0, sharp, 500, 120, 0) < 0.001);
  assert.ok(discEntryProbability(2000, 0, 10, 0, sharp, 500, 120, 0) < 0.001, "1,200 m flown, 1,500 m needed");
  assert.ok(discEntryProbability(100, 0, 0, 0, sharp, 500, 120, 0) > 0.999, "inside");
});

test("a course that touches the edge of the keep-out enters it with one half", () => {
  // 2,000 m ahead, 500 m abreast, sigma 10 m and 0.5 m/s: at the closest approach (100 s) sigma across is 51 m.
  const p = discEntryProbability(2000, 500, 20, 0, covariance(10, 0.5), 500, 300, 0);
  assert.ok(Math.abs(p - 0.5) < 0.01, `${p}`);
});

/** Share of drawn paths (constant velocity, white acceleration of density q in 0.5 s steps) that come within the place. */
function drawn(random: RandomState, count: number, state: Case, within: (e: number, n: number) => boolean): number {
  let hits = 0;
  const step = 0.5;
  const { sigma, sigmaVelocity, correlation, q, horizon } = state;
  const rest = Math.sqrt(1 - correlation * correlation);
  const kick = Math.sqrt(q * step);
  for (let i = 0; i < count; i++) {
    const a = normal(random);
    const b = normal(random);
    let e = sigma * a;
    let n = sigma * b;
    let ve = state.velocity[0] + sigmaVelocity * (correlation * a + rest * normal(random));
    let vn = state.velocity[1] + sigmaVelocity * (correlation * b + rest * normal(random));
    for (let t = 0; t <= horizon; t += step) {
      if (within(e, n)) {
        hits += 1;
        break;
      }
      e += ve * step;
      n += vn * step;
      if (q > 0) {
        ve += kick * normal(random);
        vn += kick * normal(random);
      }
    }
  }
  return hits / count;
}
interface Case {
  to: [number, number];
  velocity: [number, number];
  sigma: number;
  sigmaVelocity: number;
  correlation: number;
  radius: number;
  q: number;
  horizon: number;
}

test("P(entry) lies within 0.08 of what drawn paths do, for heading in, missing, leaving, hovering, slow, badly known and manoeuvring tracks", () => {
  const base: Case = { to: [3000, 0], velocity: [15, 0], sigma: 20, sigmaVelocity: 0.7, correlation: 0.5, radius: 500, q: 0, horizon: 240 };
  const cases: [string, Case][] = [
    ["straight in", base],
    ["misses by 100 m more than the radius", { ...base, to: [3000, 600] }],
    ["would miss by 300 m", { ...base, to: [3000, 800] }],
    ["just in time", { ...base, velocity: [10.4, 0] }],
    ["too slow by a little", { ...base, velocity: [10, 0] }],
    ["velocity badly known", { ...base, sigmaVelocity: 3 }],
    ["leaving", { ...base, velocity: [-15, 0] }],
    ["leaving from just outside", { ...base, to: [540, 0], velocity: [-5, 0] }],
    ["leaving from just inside", { ...base, to: [480, 0], velocity: [-5, 0] }],
    ["hovering near the edge", { ...base, to: [600, 0], velocity: [0, 0], sigmaVelocity: 0.5 }],
    ["hovering far off", { ...base, to: [2000, 0], velocity: [0, 0], sigmaVelocity: 0.5 }],
    ["creeping in", { ...base, to: [1000, 200], velocity: [2, 0], sigmaVelocity: 0.6 }],
    ["a small place", { ...base, radius: 100, to: [2000, 150] }],
    ["passing abeam", { ...base, to: [0, 700] }],
    ["drifting with q 0.01", { ...base, q: 0.01 }],
    ["drifting with q 0.01, missing by 200 m", { ...base, q: 0.01, to: [3000, 700] }],
    ["manoeuvring with q 0.15", { ...base, q: 0.15, to: [2000, 500] }],
  ];
  const random = createRandom(11);
  const rows: string[] = [];
  for (const [name, one] of cases) {
    const truth = drawn(random, 4000, one, (e, n) => Math.hypot(one.to[0] - e, one.to[1] - n) <= one.radius);
    const P = covariance(one.sigma, one.sigmaVelocity, one.correlation);
    const got = discEntryProbability(one.to[0], one.to[1], one.velocity[0], one.velocity[1], P, one.radius, one.horizon, one.q);
    rows.push(`${name}: formula ${got.toFixed(3)}, drawn ${truth.toFixed(3)}`);
    assert.ok(Math.abs(got - truth) < 0.08, rows.at(-1));
  }
});

test("P(entry) of a polygon lies within 0.1 of what drawn paths do where it is convex, and is too large rather than too small in a hollow", () => {
  const hexagon: [number, number][] = [0, 1, 2, 3, 4, 5].map((i) => [
    2500 + 600 * Math.cos((i * Math.PI) / 3),
    600 * Math.sin((i * Math.PI) / 3),
  ]);
  const hollow: [number, number][] = [
    [2000, -600],
    [3000, -600],
    [3000, 600],
    [2000, 600],
    [2000, 400],
    [2800, 400],
    [2800, -400],
    [2000, -400],
  ];
  const base: Case = { to: [0, 0], velocity: [15, 0], sigma: 20, sigmaVelocity: 0.7, correlation: 0.5, radius: 0, q: 0, horizon: 240 };
  const random = createRandom(12);
  for (const velocity of [
    [15, 0],
    [15, 3.2],
    [12, 4],
    [-15, 0],
    [8.2, 0],
  ] as [number, number][]) {
    for (const [ring, hollowed] of [
      [hexagon, false],
      [hollow, true],
    ] as const) {
      const one = { ...base, velocity };
      const truth = drawn(random, 1500, one, (e, n) => e > 1800 && depthInPolygon(e, n, ring) >= 0);
      const P = covariance(one.sigma, one.sigmaVelocity, one.correlation);
      const got = polygonEntryProbability(
        0,
        0,
        velocity[0],
        velocity[1],
        P,
        ring,
        depthInPolygon(0, 0, ring),
        timeToPolygon(0, 0, ...velocity, ring),
        one.horizon,
        0,
      );
      if (hollowed) assert.ok(got > truth - 0.1, `${velocity}: ${got} ${truth}`);
      else assert.ok(Math.abs(got - truth) < 0.1, `${velocity}: ${got} ${truth}`);
    }
  }
});
