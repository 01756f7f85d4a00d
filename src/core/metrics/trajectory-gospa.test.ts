import assert from "node:assert/strict";
import { test } from "node:test";
import { averageBand, averageErrors, normalisedError } from "./consistency.ts";
import { ospa2, trajectoryGospa } from "./trajectory-gospa.ts";

test("OSPA(2) of a track 3 m off for all of its life is 3, and 10 (the cut-off) when it never exists with its target", () => {
  assert.equal(
    ospa2(
      [
        [
          [0, 0],
          [1, 0],
        ],
      ],
      [
        [
          [0, 3],
          [1, 3],
        ],
      ],
      10,
    ),
    3,
  );
  assert.equal(ospa2([[[0, 0], undefined]], [[undefined, [0, 0]]], 10), 10);
});

test("OSPA(2) counts a track that starts half a life late as half the cut-off", () => {
  assert.equal(
    ospa2(
      [
        [
          [0, 0],
          [0, 0],
        ],
      ],
      [[undefined, [0, 0]]],
      10,
    ),
    5,
  );
});

test("OSPA(2) of sets of different size: (1^2 + 10^2) / 2", () => {
  assert.equal(ospa2([[[0, 0]], [[100, 0]]], [[[1, 0]]], 10), Math.sqrt(101 / 2));
});

test("trajectory GOSPA without switches is the root of the summed GOSPA: 3^2 + 3^2 over two steps", () => {
  assert.equal(
    trajectoryGospa(
      [
        [
          [0, 0],
          [1, 0],
        ],
      ],
      [
        [
          [0, 3],
          [1, 3],
        ],
      ],
      10,
      2,
      2,
    ),
    Math.sqrt(18),
  );
});

test("trajectory GOSPA charges two switches when two tracks trade their targets", () => {
  const truth = [
    [
      [0, 0],
      [0, 0],
    ],
    [
      [100, 0],
      [100, 0],
    ],
  ];
  const traded = [
    [
      [0, 0],
      [100, 0],
    ],
    [
      [100, 0],
      [0, 0],
    ],
  ];
  // Both change partner once: 2 x 2^2. Keeping the partners would cost 4 x 50.
  assert.equal(trajectoryGospa(truth, traded, 10, 2, 2), Math.sqrt(8));
});

test("trajectory GOSPA charges half a switch for a change to no partner", () => {
  // The track leaves for far away at the second step: missed 50 + false 50, and half of 2^2; or it stays paired at the cut-off for 100.
  assert.equal(
    trajectoryGospa(
      [
        [
          [0, 0],
          [0, 0],
        ],
      ],
      [
        [
          [0, 0],
          [500, 0],
        ],
      ],
      10,
      2,
      2,
    ),
    10,
  );
});

test("an error of one sigma in each of two components has a normalised error of 2", () => {
  assert.ok(Math.abs(normalisedError([2, 3], [4, 0, 0, 9], 2) - 2) < 1e-12);
  assert.ok(Number.isNaN(normalisedError([1, 1], [1, 2, 2, 1], 2)));
});

test("the 95 % band of the average NEES of 50 runs with 4 components is 3.26 to 4.82", () => {
  // Chi-square with 200 degrees: 162.73 and 241.06.
  const [low, high] = averageBand(50, 4);
  assert.ok(Math.abs(low - 162.728 / 50) < 1e-4, String(low));
  assert.ok(Math.abs(high - 241.058 / 50) < 1e-4, String(high));
  assert.deepEqual(
    averageErrors(
      [
        [4, 100],
        [4, 100],
      ],
      4,
    ),
    { average: [4, 100], inside: 0.5 },
  );
});
