import assert from "node:assert/strict";
import { test } from "node:test";
import type { AlertView, TrackView } from "../../core/model/picture-view.ts";
import { alarmedTracks, isEmpty, matchesFields, passing } from "./track-filter-fields.ts";

const track = (rest: object = {}): TrackView =>
  ({
    id: "T1",
    affiliation: "pending",
    className: "bird",
    classification: "",
    origin: "live",
    status: "confirmed",
    freshness: "LIVE",
    identities: [],
    claims: [],
    contributions: [{ sensorId: "radar", lastAtUs: 0, detections: 3 }],
    position: { latitudeDegrees: 0, longitudeDegrees: 0, heightHaeMetres: 350, heightAmslMetres: 330 },
    measuredAtUs: 10e6,
    atUs: 12e6,
    attention: { state: "not-inbound" },
    ...rest,
  }) as unknown as TrackView;

test("each field lets through what it names; a track of unknown height passes no limit", () => {
  const one = track();
  assert.ok(isEmpty({}) && matchesFields(one, {}, 12e6));
  assert.ok(
    matchesFields(one, { className: "bird", affiliation: "pending", sensorId: "radar", heightFrom: 330, heightTo: 330, ageMost: 2 }, 12e6),
  );
  assert.ok(!matchesFields(one, { className: "fixed-wing" }, 12e6));
  assert.ok(!matchesFields(one, { affiliation: "hostile" }, 12e6));
  assert.ok(!matchesFields(one, { sensorId: "camera" }, 12e6));
  assert.ok(!matchesFields(one, { heightTo: 329 }, 12e6));
  assert.ok(!matchesFields(one, { ageMost: 1.9 }, 12e6));
  const flat = track({ position: { heightHaeMetres: null, heightAmslMetres: null } });
  assert.ok(!matchesFields(flat, { heightFrom: 0 }, 12e6) && !matchesFields(flat, { heightTo: 9e3 }, 12e6));
});

test("a track about which an alarm stands, or which waits for a person, is never hidden; a shelved alarm holds nothing", () => {
  const alert = (state: string) => ({ state, tracks: ["T1"] }) as unknown as AlertView;
  const hide = { affiliation: "hostile" } as const;
  assert.equal(passing(track(), "", hide, new Set(), 12e6), "hidden");
  assert.equal(passing(track(), "", hide, alarmedTracks([alert("acknowledged")]), 12e6), "kept");
  assert.equal(passing(track(), "", hide, alarmedTracks([alert("shelved")]), 12e6), "hidden");
  assert.equal(passing(track({ attention: { state: "overdue" } }), "", hide, new Set(), 12e6), "kept");
  assert.equal(passing(track(), "t1", {}, new Set(), 12e6), "passes");
});
