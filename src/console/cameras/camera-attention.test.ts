import assert from "node:assert/strict";
import { test } from "node:test";
import type { CameraView } from "../../core/model/camera.ts";
import type { TrackView } from "../../core/model/picture-view.ts";
import { chooseCamera, distractionOf, newlySlewed } from "./camera-attention.ts";

const camera = (id: string, more: Partial<CameraView> = {}): CameraView =>
  ({
    id,
    name: id,
    connection: "ready",
    exercise: false,
    latitudeDegrees: 36.9,
    longitudeDegrees: 43.1,
    heldBy: null,
    rule: { enabled: false, priorities: [], follow: null, by: null },
    slew: null,
    looksAt: null,
    ...more,
  }) as CameraView;
const track = { id: "T1", origin: "live", position: { latitudeDegrees: 36.9, longitudeDegrees: 43.11 } } as TrackView;
const slew = (id: number, rule = false, atUs = id) => ({ id, trackId: "T1", by: "x", rule, atUs }) as CameraView["slew"];

test("the nearest camera that answers and is free is turned; a held or silent one only when there is no other", () => {
  const near = camera("near", { longitudeDegrees: 43.109 });
  const far = camera("far");
  assert.equal(chooseCamera([far, near], track)?.id, "near");
  assert.equal(chooseCamera([far, { ...near, heldBy: "Basma" }], track)?.id, "far");
  assert.equal(chooseCamera([far, { ...near, heldBy: "operator" }], track)?.id, "near");
  assert.equal(chooseCamera([far, { ...near, connection: "failed" }], track)?.id, "far");
  assert.equal(chooseCamera([far, { ...near, rule: { ...near.rule, enabled: true } }], track)?.id, "far");
  assert.equal(chooseCamera([{ ...near, heldBy: "Basma" }], track)?.id, "near");
  assert.equal(chooseCamera([near, { ...far, exercise: true }], { ...track, origin: "simulated" })?.id, "far");
  assert.equal(chooseCamera([], track), undefined);
});

test("the tile opens on a slew that a person asked for since this console looked, never on a standing rule's", () => {
  const known = new Map([["a", 3]]);
  assert.equal(newlySlewed([camera("a", { slew: slew(3) })], known), undefined);
  assert.equal(newlySlewed([camera("a", { slew: slew(4) })], known)?.id, "a");
  assert.equal(newlySlewed([camera("a", { slew: slew(4, true) })], known), undefined);
  assert.equal(newlySlewed([camera("a", { slew: slew(4, false, 10) }), camera("b", { slew: slew(1, false, 20) })], known)?.id, "b");
});

test("a camera on rank 3 is a distraction while nobody looks at rank 1, and none once somebody does", () => {
  const ranking = ["T9", "T5", "T1"];
  const third = camera("a", { looksAt: "T1" });
  assert.deepEqual(
    (({ trackId, rank, firstId }) => [trackId, rank, firstId])(distractionOf([third, camera("b", { looksAt: "T5" })], ranking)!),
    ["T1", 3, "T9"],
  );
  assert.equal(distractionOf([third, camera("b", { looksAt: "T9" })], ranking), undefined);
  assert.equal(distractionOf([camera("a", { looksAt: "T9" })], ranking), undefined);
  assert.equal(distractionOf([camera("a")], ranking), undefined);
  assert.equal(distractionOf([third], []), undefined);
});
