import assert from "node:assert/strict";
import { test } from "node:test";
import munkres from "munkres";
import { assignRows } from "../math/assignment.ts";
import { createRandom, uniform, uniformInteger } from "../math/random.ts";
import { chiSquareCdf, chiSquareQuantile } from "../math/statistics.ts";
import { enumerateHypotheses, type JointHypotheses } from "./hypotheses.ts";
import { propagateBeliefs } from "./loopy.ts";
import { reorderHypotheses } from "./variational.ts";

test("assignment costs what the munkres package's costs, on 200 random matrices", () => {
  const random = createRandom(5);
  for (let trial = 0; trial < 200; trial++) {
    const rows = 1 + uniformInteger(random, 8);
    const columns = rows + uniformInteger(random, 5);
    const cost = Float64Array.from({ length: rows * columns }, () => Math.round(100 * uniform(random)));
    const chosen = new Int32Array(rows);
    const total = assignRows(cost, rows, columns, chosen);
    assert.equal(new Set(chosen).size, rows);
    const matrix = Array.from({ length: rows }, (_, i) => [...cost.subarray(i * columns, (i + 1) * columns)]);
    const theirs = (munkres as unknown as (m: number[][]) => [number, number][])(matrix).reduce((sum, [i, j]) => sum + matrix[i]![j]!, 0);
    assert.equal(total, theirs);
  }
});

test("chi-square: 95 % of one degree lies below 3.841, of four below 9.488", () => {
  assert.ok(Math.abs(chiSquareQuantile(0.95, 1) - 3.841459) < 1e-5);
  assert.ok(Math.abs(chiSquareQuantile(0.95, 4) - 9.487729) < 1e-5);
  assert.ok(Math.abs(chiSquareCdf(2, 2) - (1 - Math.exp(-1))) < 1e-12);
});

/** Every joint hypothesis, by plain recursion. */
function bruteForce(miss: number[], weights: number[][]): { weight: number; choice: number[] }[] {
  const all: { weight: number; choice: number[] }[] = [];
  const descend = (i: number, weight: number, choice: number[]) => {
    if (i === miss.length) {
      all.push({ weight, choice: [...choice] });
      return;
    }
    descend(i + 1, weight * miss[i]!, [...choice, -1]);
    weights[i]!.forEach((w, j) => {
      if (w > 0 && !choice.includes(j)) descend(i + 1, weight * w, [...choice, j]);
    });
  };
  descend(0, 1, []);
  return all.sort((a, b) => b.weight - a.weight);
}

function randomCluster(seed: number) {
  const random = createRandom(seed);
  const tracks = 2 + uniformInteger(random, 3);
  const detections = 1 + uniformInteger(random, 4);
  const miss = Array.from({ length: tracks }, () => 0.05 + uniform(random));
  const weights = Array.from({ length: tracks }, () =>
    Array.from({ length: detections }, () => (uniform(random) < 0.7 ? 5 * uniform(random) : 0)),
  );
  return { tracks, detections, miss, weights };
}

function optionsOf({ tracks, miss, weights }: ReturnType<typeof randomCluster>) {
  const firstOption: number[] = [];
  const detectionOf: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < tracks; i++) {
    firstOption.push(detectionOf.length);
    const list = [{ j: -1, w: miss[i]! }, ...weights[i]!.map((w, j) => ({ j, w })).filter(({ w }) => w > 0)].sort((a, b) => b.w - a.w);
    for (const { j, w } of list) {
      detectionOf.push(j);
      weight.push(w);
    }
  }
  firstOption.push(detectionOf.length);
  return {
    tracks,
    firstOption: Int32Array.from(firstOption),
    detectionOf: Int32Array.from(detectionOf),
    weight: Float64Array.from(weight),
  };
}

const empty = (): JointHypotheses => ({ count: 0, weight: new Float64Array(0), option: new Int32Array(0), complete: true });

test("branch and bound finds every joint hypothesis, and with a limit the best ones in order", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const cluster = randomCluster(seed);
    const all = bruteForce(cluster.miss, cluster.weights);
    const total = all.reduce((sum, one) => sum + one.weight, 0);
    const found = empty();
    enumerateHypotheses(optionsOf(cluster), cluster.detections, 10_000, 0, 1e6, found);
    assert.equal(found.count, all.length);
    for (let k = 0; k < found.count; k++) assert.ok(Math.abs(found.weight[k]! - all[k]!.weight / total) < 1e-12);
    const few = empty();
    enumerateHypotheses(optionsOf(cluster), cluster.detections, 5, 0, 1e6, few);
    assert.equal(few.count, Math.min(5, all.length));
    for (let k = 1; k < few.count; k++) assert.ok(Math.abs(few.weight[k]! / few.weight[0]! - all[k]!.weight / all[0]!.weight) < 1e-12);
  }
});

test("a search that runs out of nodes says so", () => {
  const found = empty();
  const cluster = randomCluster(3);
  enumerateHypotheses(optionsOf(cluster), cluster.detections, 1000, 0, 2, found);
  assert.equal(found.complete, false);
});

function beliefs({ tracks, detections, miss, weights }: ReturnType<typeof randomCluster>) {
  const first = [0];
  const detectionOf: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < tracks; i++) {
    weights[i]!.forEach((w, j) => {
      if (w > 0) {
        detectionOf.push(j);
        weight.push(w);
      }
    });
    first.push(detectionOf.length);
  }
  const graph = {
    tracks,
    detections,
    edges: weight.length,
    missWeight: Float64Array.from(miss),
    firstEdge: Int32Array.from(first),
    detectionOf: Int32Array.from(detectionOf),
    weight: Float64Array.from(weight),
    edgeProbability: new Float64Array(weight.length),
    missProbability: new Float64Array(tracks),
  };
  propagateBeliefs(graph, 200, 1e-12);
  return graph;
}

test("beliefs are exact on a tree: two tracks that share one detection", () => {
  // Hypotheses: none 1/4; first takes it 2 x 1/2; second takes it 3 x 1/2. Sum 2.75.
  const graph = beliefs({ tracks: 2, detections: 1, miss: [0.5, 0.5], weights: [[2], [3]] });
  assert.ok(Math.abs(graph.edgeProbability[0]! - 1 / 2.75) < 1e-9);
  assert.ok(Math.abs(graph.edgeProbability[1]! - 1.5 / 2.75) < 1e-9);
  assert.ok(Math.abs(graph.missProbability[0]! - 1.75 / 2.75) < 1e-9);
});

test("beliefs stay within 0.12 of the exact marginals on dense random clusters", () => {
  for (let seed = 1; seed <= 60; seed++) {
    const cluster = randomCluster(seed);
    const all = bruteForce(cluster.miss, cluster.weights);
    const total = all.reduce((sum, one) => sum + one.weight, 0);
    const graph = beliefs(cluster);
    for (let i = 0; i < cluster.tracks; i++) {
      const exact = all.filter((one) => one.choice[i] === -1).reduce((sum, one) => sum + one.weight, 0) / total;
      assert.ok(Math.abs(graph.missProbability[i]! - exact) < 0.12, `seed ${seed}: ${graph.missProbability[i]} against ${exact}`);
    }
  }
});

test("two hypotheses that differ only in the names of two targets become two sharp tracks, not two smeared ones", () => {
  // Tracks 0 and 1 may each be at x = 0 or x = 10; the joint hypotheses are (0, 10) with 0.55 and (10, 0) with 0.45.
  const gaussian = new Float64Array(4 * 27);
  [0, 10, 0, 10].forEach((x, option) => {
    gaussian[option * 27] = x;
    for (let i = 0, k = 6; i < 6; i++, k += i + 1) gaussian[option * 27 + k] = 1;
  });
  const cluster = {
    tracks: 2,
    options: 4,
    firstOption: Int32Array.from([0, 2, 4]),
    existence: Float64Array.from([1, 1, 1, 1]),
    gaussian,
    share: new Float64Array(0),
  };
  const joint: JointHypotheses = {
    count: 2,
    weight: Float64Array.from([0.55, 0.45]),
    option: Int32Array.from([0, 3, 1, 2]),
    complete: true,
  };
  reorderHypotheses(cluster, joint, 3);
  // The first track takes everything that is at 0, whichever track brought it, and the second everything at 10.
  const near = (got: number, want: number) => assert.ok(Math.abs(got - want) < 1e-12, `${got} against ${want}`);
  near(cluster.share[0]!, 0.55);
  near(cluster.share[2]!, 0.45);
  near(cluster.share[4 + 3]!, 0.55);
  near(cluster.share[4 + 1]!, 0.45);
});
