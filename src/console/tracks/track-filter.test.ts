import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClaimView, TrackView } from "../../core/model/picture-view.ts";
import { matchesFilter } from "./track-filter.ts";

const track = {
  id: "T12",
  affiliation: "pending",
  classification: "drone",
  origin: "live",
  status: "confirmed",
  freshness: "LIVE",
  atUs: 10_000_000,
  measuredAtUs: 6_000_000,
  speedMps: 16,
  position: { latitudeDegrees: 0, longitudeDegrees: 0, heightAmslMetres: 392, heightHaeMetres: 410 },
  identities: [{ scheme: "remote-id-serial", value: "1581F6N8" }],
  claims: [{ callsign: "GULF 4", operatorId: "FIN87astrdge12k8" } as ClaimView],
  contributions: [{ sensorId: "radar-north", lastAtUs: 0, detections: 1 }],
} as unknown as TrackView;

test("words find it by identifier, class, affiliation, claim, serial and sensor, in any letters; all must fit", () => {
  for (const filter of ["", "  ", "t12", "DRONE", "pending", "gulf", "fin87", "1581f6", "radar-north", "drone radar"])
    assert.ok(matchesFilter(track, filter), filter);
  for (const filter of ["t13", "drone hostile", "gulf xyz"]) assert.equal(matchesFilter(track, filter), false, filter);
});

test("height above sea level, speed and age are compared", () => {
  for (const filter of ["height>300", "height<400", "speed>15.5", "age>3", "age<5 drone"]) assert.ok(matchesFilter(track, filter), filter);
  for (const filter of ["height>392", "speed<16", "age<4", "height>300 bird"]) assert.equal(matchesFilter(track, filter), false, filter);
});

test("an unknown height fits no comparison", () => {
  const unknown = { ...track, position: { ...track.position, heightAmslMetres: null, heightHaeMetres: null } };
  assert.equal(matchesFilter(unknown, "height>0"), false);
  assert.equal(matchesFilter(unknown, "height<9999"), false);
});
