import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Micros, micros } from "../base/units.ts";
import type { Threat } from "../model/threat.ts";
import { createLoiter, updateLoiter } from "./loiter.ts";
import { createRank, RANK_SETTINGS, type RankCandidate, type RankState, rankTracks } from "./rank.ts";
import { aTrack, START } from "./test-tracks.ts";

const candidate = (
  key: string,
  score: number,
  timeToZone?: number,
  boost = 0,
  status: RankCandidate["status"] = "confirmed",
): RankCandidate => {
  const threat: Threat = {
    at: START,
    score,
    inbound: timeToZone !== undefined,
    assets: [],
    ...(timeToZone === undefined ? {} : { timeToZone }),
  };
  return { key, threat, boost, status };
};
const later = (s: number): Micros => micros(START + s * 1_000_000);
const keys = (state: RankState) => state.order.map(({ key }) => key);

test("what is on its way and matters comes first, by who arrives first; then the rest by score", () => {
  const state = rankTracks(
    createRank(),
    [candidate("T1", 0.3, 10), candidate("T2", 0.7, 90), candidate("T3", 0.6, 30), candidate("T4", 0.4), candidate("T5", 0.9)],
    START,
  );
  assert.deepEqual(keys(state), ["T3", "T2", "T5", "T4", "T1"]);
});

test("ties are broken by key, and a tentative track stands behind a confirmed one of the same score", () => {
  assert.deepEqual(keys(rankTracks(createRank(), [candidate("T2", 0.2), candidate("T1", 0.2)], START)), ["T1", "T2"]);
  const state = rankTracks(createRank(), [candidate("T1", 0.3, undefined, 0, "tentative"), candidate("T2", 0.3)], START);
  assert.deepEqual(keys(state), ["T2", "T1"]);
});

test("two tracks that arrive 1 s apart do not change places while their times flicker by 1 s, and do when one is 20 s later", () => {
  let state = rankTracks(createRank(), [candidate("T1", 0.7, 60), candidate("T2", 0.7, 61)], START);
  for (let s = 1; s <= 10; s++) {
    const flicker = s % 2 === 0 ? 1.4 : -1.4;
    state = rankTracks(state, [candidate("T1", 0.7, 60 - s + flicker), candidate("T2", 0.7, 61 - s - flicker)], later(s));
    assert.deepEqual(keys(state), ["T1", "T2"], `after ${s} s`);
  }
  state = rankTracks(state, [candidate("T1", 0.7, 70), candidate("T2", 0.7, 50)], later(11));
  assert.deepEqual(keys(state), ["T2", "T1"]);
});

test("a score that flickers about the limit does not move a track in and out of the first tier", () => {
  let state = rankTracks(createRank(), [candidate("T1", 0.51, 60), candidate("T2", 0.49, 20)], START);
  assert.deepEqual(keys(state), ["T1", "T2"]);
  state = rankTracks(state, [candidate("T1", 0.45, 59), candidate("T2", 0.49, 19)], later(1));
  assert.deepEqual(keys(state), ["T1", "T2"]);
  state = rankTracks(state, [candidate("T1", 0.3, 58), candidate("T2", 0.49, 18)], later(2));
  assert.deepEqual(keys(state), ["T2", "T1"]);
});

test("a track that came back with a boost stands above where it was", () => {
  const before = rankTracks(createRank(), [candidate("T1", 0.45, 60), candidate("T2", 0.6, 55)], START);
  assert.deepEqual(keys(before), ["T2", "T1"]);
  const after = rankTracks(before, [candidate("T1", 0.45, 60, 0.2), candidate("T2", 0.6, 55)], START);
  assert.deepEqual(keys(after), ["T1", "T2"]);
});

test("any order of the candidates gives the same ranking, each track once, and none stands before one that beats it by two margins", () => {
  const entries = fc.uniqueArray(
    fc.record({
      n: fc.nat(60),
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      time: fc.option(fc.double({ min: 0, max: 300, noNaN: true }), { nil: undefined }),
    }),
    { selector: ({ n }) => n, maxLength: 20 },
  );
  fc.assert(
    fc.property(entries, entries, (first, second) => {
      const made = (all: typeof first) => all.map(({ n, score, time }) => candidate(`T${n}`, score, time));
      const a = rankTracks(rankTracks(createRank(), made(first), START), made(second), later(1));
      const b = rankTracks(rankTracks(createRank(), made(first).reverse(), START), made(second).reverse(), later(1));
      assert.deepEqual(keys(a), keys(b));
      assert.deepEqual(
        [...keys(a)].sort(),
        made(second)
          .map(({ key }) => key)
          .sort(),
      );
      const truth = new Map(second.map(({ n, score, time }) => [`T${n}`, { score, time }]));
      for (let i = 1; i < a.order.length; i++) {
        const [above, below] = [a.order[i - 1]!, a.order[i]!];
        assert.ok(above.tier <= below.tier);
        if (above.tier === 0 && below.tier === 0) {
          const gain = truth.get(above.key)!.time! - truth.get(below.key)!.time!;
          assert.ok(gain <= 2 * Math.max(RANK_SETTINGS.timeMargin, RANK_SETTINGS.timeShare * 300));
        } else if (above.tier === 1 && below.tier === 1) {
          assert.ok(truth.get(below.key)!.score - truth.get(above.key)!.score <= 2 * RANK_SETTINGS.scoreMargin + 1e-9);
        }
      }
    }),
  );
});

test("a drone that circles within 300 m for a minute has stayed 60 s; one that flies on has not", () => {
  const loiter = createLoiter();
  let circling = 0;
  let passing = 0;
  for (let s = 0; s <= 60; s++) {
    const circle = aTrack({ key: "T1", position: [100 * Math.sin(s / 10), 100 * Math.cos(s / 10), 50], velocity: [0, 0, 0] });
    circling = updateLoiter(loiter, circle, 300, later(s));
    passing = updateLoiter(loiter, aTrack({ key: "T2", position: [15 * s, 0, 50], velocity: [15, 0, 0] }), 300, later(s));
  }
  assert.equal(circling, 60);
  assert.ok(passing <= 21);
});
