import assert from "node:assert/strict";
import { test } from "node:test";
import type { GroupView, TrackView } from "../../core/model/picture-view.ts";
import { tableRows } from "./group-rows.ts";
import type { RankedTrack } from "./track-order.ts";

const ranked = ["T5", "T1", "T9", "T2", "T3"].map(
  (id) => ({ track: { id } as TrackView, approach: undefined, rank: undefined }) as RankedTrack,
);
const group = (id: string, tracks: string[]): GroupView => ({
  id,
  origin: "live",
  tracks,
  count: tracks.length,
  countLow: 2,
  countHigh: 4,
  hull: [],
});
const G1 = group("G1", ["T1", "T2", "T3"]);

test("a group stands where its best member stood, and the others are inside it", () => {
  const { order, groups } = tableRows(ranked, [G1], new Set(), undefined);
  assert.deepEqual(order, ["T5", "G1", "T9"]);
  assert.deepEqual(
    groups.get("G1")!.members.map(({ track }) => track.id),
    ["T1", "T2", "T3"],
  );
});

test("an open group shows its members below it, and so does the group of the selected track", () => {
  const all = ["T5", "G1", "T1", "T2", "T3", "T9"];
  assert.deepEqual(tableRows(ranked, [G1], new Set(["G1"]), undefined).order, all);
  assert.deepEqual(tableRows(ranked, [G1], new Set(), "T3").order, all);
});

test("a group of which a filter leaves one track is that track; no track is lost or doubled", () => {
  assert.deepEqual(tableRows(ranked.slice(0, 3), [G1], new Set(), undefined).order, ["T5", "T1", "T9"]);
  const { order, groups } = tableRows(ranked, [G1, group("G5", ["T5", "T9"])], new Set(["G1", "G5"]), undefined);
  assert.deepEqual(order.filter((id) => !groups.has(id)).sort(), ["T1", "T2", "T3", "T5", "T9"]);
});
