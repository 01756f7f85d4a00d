import assert from "node:assert/strict";
import { test } from "node:test";
import { geometricHeightSigma, navigationIntegrity, navigationUncertainty, positionSigma, velocitySigma } from "./quality.ts";

/** sqrt(-2 ln 0.05): sigmas of one axis in the radius of a circle that holds 95 %. */
const CIRCLE = Math.sqrt(-2 * Math.log(0.05));
const near = (actual: number | undefined, expected: number) =>
  assert.ok(Math.abs(actual! - expected) < 1e-9, `${actual} is not ${expected}`);

test("NUCp follows from the type code of a version 0 position: 9 for types 5, 9 and 20, falling by one a type", () => {
  assert.deepEqual([5, 6, 7, 8].map(navigationUncertainty), [9, 8, 7, 6]);
  assert.deepEqual([9, 10, 11, 12, 13, 14, 15, 16, 17, 18].map(navigationUncertainty), [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  assert.deepEqual([20, 21, 22, 0].map(navigationUncertainty), [9, 8, 0, 0]);
});

test("version 0, type 11: 95 % within 0.05 NM is 37.8 m on each axis; type 18 says nothing", () => {
  near(positionSigma(11, 0, undefined, false, false, false), 92.6 / CIRCLE);
  assert.equal(positionSigma(18, 0, undefined, false, false, false), undefined);
});

test("versions 1 and 2: NACp says it where it is known: 9 is 30 m, 10 is 10 m, 11 is 3 m", () => {
  for (const [nacp, radius] of [
    [11, 3],
    [10, 10],
    [9, 30],
    [8, 92.6],
    [1, 18_520],
  ] as const) {
    near(positionSigma(11, 2, nacp, false, false, false), radius / CIRCLE);
  }
});

test("without NACp half the integrity radius stands in for the 95 % radius", () => {
  near(positionSigma(12, 2, 0, false, false, false), 370.4 / 2 / CIRCLE);
  near(positionSigma(12, 1, undefined, false, false, false), 370.4 / 2 / CIRCLE);
  assert.equal(positionSigma(18, 2, 0, false, false, false), undefined);
});

test("NIC by type and supplements, version 2: the rows that share a type differ by their supplements", () => {
  const row = (type: number, a: boolean, b: boolean, c = false) => {
    const { nic, radius } = navigationIntegrity(type, 2, a, b, c);
    return [nic, radius];
  };
  assert.deepEqual(row(9, false, false), [11, 7.5]);
  assert.deepEqual(row(11, true, true), [9, 75]);
  assert.deepEqual(row(11, false, false), [8, 185.2]);
  assert.deepEqual(row(13, false, true), [6, 555.6]);
  assert.deepEqual(row(13, false, false), [6, 926]);
  assert.deepEqual(row(13, true, true), [6, 1111.2]);
  assert.deepEqual(row(16, true, true), [3, 7408]);
  assert.deepEqual(row(16, false, false), [2, 14816]);
  // On the surface supplement C takes the place of B.
  assert.deepEqual(row(7, true, false, false), [9, 75]);
  assert.deepEqual(row(8, true, false, true), [7, 370.4]);
  assert.deepEqual(row(8, true, false, false), [6, 555.6]);
  assert.deepEqual(row(8, false, false, true), [6, 1111.2]);
  assert.deepEqual(row(8, false, false, false), [0, undefined]);
});

test("NACv 1 to 4 is 10, 3, 1 and 0.3 m/s at 95 %, and 0 says nothing", () => {
  assert.equal(velocitySigma(0), undefined);
  for (const [nacv, speed] of [
    [1, 10],
    [2, 3],
    [3, 1],
    [4, 0.3],
  ] as const) {
    near(velocitySigma(nacv), speed / CIRCLE);
  }
  assert.equal(velocitySigma(7), undefined);
});

test("GVA 1 and 2 are 150 m and 45 m at 95 % of one axis: 1.96 sigmas", () => {
  near(geometricHeightSigma(2), 45 / 1.959963984540054);
  near(geometricHeightSigma(1), 150 / 1.959963984540054);
  assert.equal(geometricHeightSigma(0), undefined);
  assert.equal(geometricHeightSigma(undefined), undefined);
});
