import assert from "node:assert/strict";
import { test } from "node:test";
import { createWords, mgrsOf } from "../strings/words.ts";
import { readPlace } from "./read-place.ts";

const place = { latitudeDegrees: 36.9, longitudeDegrees: 43.1 };

test("decimal degrees, latitude first, with space, comma or semicolon", () => {
  for (const text of ["36.9 43.1", "36.9, 43.1", " 36.9;43.1 "]) assert.deepEqual(readPlace(text), place, text);
  assert.deepEqual(readPlace("-33.5 -70"), { latitudeDegrees: -33.5, longitudeDegrees: -70 });
});

test("degrees with letters, as the console writes them", () => {
  assert.deepEqual(readPlace("36.9 N 43.1 E"), place);
  assert.deepEqual(readPlace("33.5S, 70W"), { latitudeDegrees: -33.5, longitudeDegrees: -70 });
  assert.deepEqual(readPlace(createWords("en", "latn").latLon(place)), place);
});

test("MGRS, as the console writes it, comes back within a metre", () => {
  const read = readPlace(mgrsOf(place))!;
  assert.ok(Math.abs(read.latitudeDegrees - place.latitudeDegrees) < 1e-5);
  assert.ok(Math.abs(read.longitudeDegrees - place.longitudeDegrees) < 1.3e-5);
});

test("names of tracks, serials and impossible places are no places", () => {
  for (const text of [
    "",
    "T12",
    "SIM-T4",
    "38S",
    "1581F45T7229000A1B2C",
    "FIN87astrdge12k8",
    "91 200",
    "36.9",
    "4521",
    "99 99 99",
    "38S LF 1",
  ])
    assert.equal(readPlace(text), undefined, text);
});

test("minutes and seconds, letters before or after, either order, with or without signs: one place", () => {
  // 36 deg 12' 30" is 36.208333, 43 deg 0' 36" is 43.01.
  for (const text of [
    `36°12'30"N 43°00'36"E`,
    "36 12 30 N, 43 0 36 E",
    "36° 12.5' N 43° 0.6' E",
    "N36 12.5 E043 00.6",
    "43°00′36″E 36°12′30″N",
    "361230N 0430036E",
    "36:12:30N 43:00:36E",
    "٣٦ ١٢ ٣٠ N ٤٣ ٠ ٣٦ E",
    "N 36.208333 E 43.01",
  ]) {
    const place = readPlace(text);
    assert.ok(place !== undefined, text);
    assert.ok(Math.abs(place.latitudeDegrees - 36.208333) < 1e-6, text);
    assert.ok(Math.abs(place.longitudeDegrees - 43.01) < 1e-6, text);
  }
  const south = readPlace(`33°51'24"S 151°12'54"W`)!;
  assert.ok(Math.abs(south.latitudeDegrees + 33.856667) < 1e-6);
  assert.ok(Math.abs(south.longitudeDegrees + 151.215) < 1e-6);
});

test("two latitudes, 60 minutes, and a fraction before the last part are no place", () => {
  for (const text of ["36 N 43 N", "36 60 N 43 0 E", "36.5 12 N 43 0 E", "36 N", "T12", ""]) assert.equal(readPlace(text), undefined, text);
});
