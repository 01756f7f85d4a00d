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
