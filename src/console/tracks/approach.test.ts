import assert from "node:assert/strict";
import { test } from "node:test";
import type { SiteView, TrackView } from "../../core/model/picture-view.ts";
import { approachOf, assetPlaces, timeToRadius } from "./approach.ts";

test("2,000 m out at 15 m/s straight in: the 500 m line is reached in 100 s", () => {
  assert.equal(timeToRadius(0, 2_000, 0, -15, 500), 100);
});

test("a course that passes 600 m beside a 500 m circle never reaches it; one at 400 m does", () => {
  assert.equal(timeToRadius(600, 2_000, 0, -20, 500), undefined);
  // 3-4-5 triangle: the circle is met 300 m before the closest point.
  assert.equal(timeToRadius(400, 2_300, 0, -20, 500), 100);
});

test("inside is now, outbound and hovering is never", () => {
  assert.equal(timeToRadius(100, 0, 3, 3, 500), 0);
  assert.equal(timeToRadius(0, 2_000, 0, 15, 500), undefined);
  assert.equal(timeToRadius(0, 2_000, 0, 0, 500), undefined);
});

const SITE: SiteView = {
  id: "s",
  name: "S",
  latitudeDegrees: 0,
  longitudeDegrees: 0,
  heightHaeMetres: 0,
  assets: [
    { id: "near", name: "Near", latitudeDegrees: 0, longitudeDegrees: 0, radiusMetres: 100 },
    { id: "north", name: "North", latitudeDegrees: 0.01, longitudeDegrees: 0, radiusMetres: 100 },
  ],
  zones: [],
};

test("an asset 0.01 degrees north of the origin is 1,106 m north of it (meridian at the equator)", () => {
  const places = assetPlaces(SITE);
  assert.ok(Math.abs(places[0]!.east) < 1e-6 && Math.abs(places[0]!.north) < 1e-6);
  assert.ok(Math.abs(places[1]!.north - 1_105.74) < 0.01, String(places[1]!.north));
});

test("the asset that is reached counts, even when another one is nearer", () => {
  const track = { eastMetres: 300, northMetres: 400, velocityEastMps: -5, velocityNorthMps: 10 } as TrackView;
  // 500 m from Near but leaving it; its course meets North's circle.
  const approach = approachOf(track, assetPlaces(SITE))!;
  assert.equal(approach.id, "north");
  assert.ok(approach.reachesIn !== undefined && approach.reachesIn > 55 && approach.reachesIn < 75, String(approach.reachesIn));
  assert.equal(approachOf(track, []), undefined);
});

test("what the server judged stands before geometry; a place that the site does not show does not", () => {
  const threat = {
    assetId: "north",
    distanceMetres: 900,
    timeToZoneSeconds: 41,
    reaches: { kind: "asset", id: "north", distanceMetres: 900 },
  } as TrackView["threat"];
  const at = { eastMetres: 0, northMetres: 300, velocityEastMps: 0, velocityNorthMps: -10 };
  const assets = assetPlaces(SITE);
  assert.deepEqual(approachOf({ ...at, threat } as TrackView, assets), {
    kind: "asset",
    id: "north",
    name: "North",
    distance: 900,
    reachesIn: 41,
  });
  const passes = { ...threat, timeToZoneSeconds: null, reaches: null };
  assert.equal(approachOf({ ...at, threat: passes } as TrackView, assets)?.reachesIn, undefined);
  assert.equal(approachOf({ ...at, threat: { ...passes, assetId: "gone" } } as TrackView, assets)?.id, "near");
});

test("a track inside a keep-out zone is inside that zone, not inside the keep-out of the asset that is worst off", () => {
  const threat = {
    assetId: "north",
    distanceMetres: 900,
    timeToZoneSeconds: 0,
    reaches: { kind: "zone", id: "z1", distanceMetres: 0 },
  } as TrackView["threat"];
  const track = { eastMetres: 0, northMetres: 300, velocityEastMps: 0, velocityNorthMps: -10, threat } as TrackView;
  const zones = [{ id: "z1", name: "Runway" }];
  assert.deepEqual(approachOf(track, assetPlaces(SITE), zones), { kind: "zone", id: "z1", name: "Runway", distance: 0, reachesIn: 0 });
});
