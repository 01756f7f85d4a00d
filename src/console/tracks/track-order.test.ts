import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Affiliation, TrackView } from "../../core/model/picture-view.ts";
import { compareIds, pendingMove, type RankedTrack, ranksOf, settleOrder, sortTracks } from "./track-order.ts";

const none = new Set<string>();

function ranked(id: string, affiliation: Affiliation, reachesIn: number | undefined, distance = 1_000): RankedTrack {
  return {
    track: { id, affiliation, speedMps: 1, measuredAtUs: 0, position: { heightAmslMetres: null, heightHaeMetres: null } } as TrackView,
    approach: { kind: "asset", id: "a", name: "A", distance, reachesIn },
  };
}
const ids = (tracks: readonly RankedTrack[]) => tracks.map((entry) => entry.track.id);

test("T2 stands before T10, and a live track before a simulated one of the same number", () => {
  assert.deepEqual(["T10", "SIM-T2", "T2"].sort(compareIds), ["SIM-T2", "T2", "T10"]);
});

test("rank: hostile before suspect before pending; then who is first at an asset; friends last", () => {
  const tracks = [
    ranked("T1", "friend", 5),
    ranked("T2", "pending", 90),
    ranked("T3", "unknown", 40),
    ranked("T4", "pending", undefined, 300),
    ranked("T5", "hostile", undefined),
    ranked("T6", "suspect", 10),
  ];
  assert.deepEqual(ids(sortTracks(tracks, { key: "rank", descending: false })), ["T5", "T6", "T3", "T2", "T4", "T1"]);
});

test("while a hand is at work no row moves: ended tracks leave, new ones come below", () => {
  assert.deepEqual(settleOrder(["a", "b", "c"], ["c", "n", "a"], none, true), ["a", "c", "n"]);
});

test("at rest the order is the right one, but for the row under the pointer, which keeps its place", () => {
  assert.deepEqual(settleOrder(["a", "b", "c"], ["c", "b", "a"], none, false), ["c", "b", "a"]);
  assert.deepEqual(settleOrder(["a", "b", "c"], ["c", "b", "a"], new Set(["a"]), false), ["a", "c", "b"]);
});

test("a pinned row that would stand beyond the end stands at the end", () => {
  assert.deepEqual(settleOrder(["a", "b", "c", "d"], ["d", "a"], new Set(["d"]), false), ["a", "d"]);
});

test("whatever happens, the order holds exactly the tracks that are there, and a pinned row keeps its index", () => {
  const letters = fc.uniqueArray(fc.constantFrom(..."abcdefghij"), { maxLength: 10 });
  fc.assert(
    fc.property(letters, letters, fc.option(fc.constantFrom(..."abcdefghij")), fc.boolean(), (shown, wanted, pin, frozen) => {
      const order = settleOrder(shown, wanted, new Set(pin === null ? [] : [pin]), frozen);
      assert.deepEqual([...order].sort(), [...wanted].sort());
      if (pin !== null && !frozen && shown.includes(pin) && wanted.includes(pin)) {
        assert.equal(order.indexOf(pin), Math.min(shown.indexOf(pin), wanted.length - 1));
      }
    }),
  );
});

test("a row that is held back says which way it will go", () => {
  const wanted = new Map([
    ["a", 0],
    ["b", 1],
    ["c", 2],
  ]);
  assert.equal(pendingMove("a", 2, wanted), "up");
  assert.equal(pendingMove("c", 0, wanted), "down");
  assert.equal(pendingMove("b", 1, wanted), undefined);
});

test("the server's ranking orders before anything else; what it does not rank comes after, by the old rule", () => {
  const ranks = ranksOf(["T9", "T2"]);
  const of = (id: string, affiliation: TrackView["affiliation"]): RankedTrack => ({
    track: { id, affiliation, status: "confirmed" } as TrackView,
    approach: undefined,
    rank: ranks.get(id),
  });
  const sorted = sortTracks([of("T1", "neutral"), of("T2", "hostile"), of("T3", "suspect"), of("T9", "pending")], {
    key: "rank",
    descending: false,
  });
  assert.deepEqual(
    sorted.map(({ track }) => track.id),
    ["T9", "T2", "T3", "T1"],
  );
});
