import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Micros } from "../base/units.ts";
import { TARGET_CLASSES } from "../model/target-classes.ts";
import type { ClaimFact } from "../model/track-facts.ts";
import { classClaims, confusion, LABEL_QUALITY, meaningOf, means } from "./class-labels.ts";

const families = (label: string): string[] => {
  const meaning = meaningOf(label);
  if (meaning === undefined) return [];
  return [...new Set(TARGET_CLASSES.filter((one) => means(meaning, one)).map(({ family }) => family))];
};

test("the words of every codec lead to what they mean", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["Air Vehicle/UAV Rotary Wing", ["uas"]],
    ["Air Vehicle/UAV Fixed Wing", ["uas"]],
    ["Air Vehicle/Manned Rotary Wing", ["manned"]],
    ["Air Vehicle/UAV Rotary Wing/Quadcopter X", ["uas"]],
    ["Animal/Bird", ["bird"]],
    ["Land Vehicle", ["ground"]],
    ["flock of birds", ["bird"]],
    ["wind turbine", ["clutter"]],
    ["second-time-around reply", ["clutter"]],
    ["A7 rotorcraft", ["manned"]],
    ["B6 unmanned aerial vehicle", ["uas"]],
    ["B2 lighter than air", ["lta"]],
    ["heavy aircraft", ["manned"]],
    ["helicopter or multirotor", ["uas"]],
    ["helicopter or multirotor, EU open class C1", ["uas"]],
    ["free balloon", ["lta"]],
    ["air, military rotary-wing drone", ["uas"]],
    ["air, civil fixed wing", ["manned"]],
    ["VTOL tail-sitter quad", ["uas"]],
    ["hexarotor", ["uas"]],
    ["DJI drone", ["uas"]],
  ];
  for (const [label, expected] of cases) assert.deepEqual(families(label), expected, label);
});

test("words without a meaning here say nothing, and so does what only looks like a key of an object", () => {
  for (const label of ["", "Unknown", "androne", "class 17", "radio channel 5", "constructor", "__proto__", "toString", "air, neutral"])
    assert.equal(meaningOf(label), undefined, label);
});

test("any text is answered in bounded time without an exception", () => {
  fc.assert(fc.property(fc.string({ maxLength: 5000 }), (text) => void meaningOf(text)));
});

test("every word that is known means at least one class", () => {
  for (const label of ["aeroplane", "glider", "kite", "captive balloon", "gyroplane", "ground rover", "angel", "human", "cluster obstacle"])
    assert.notEqual(families(label).length, 0, label);
});

test("a confusion column is highest where the word is right, and the surer the sensor the more so", () => {
  const meaning = meaningOf("bird")!;
  const sure = confusion(TARGET_CLASSES, meaning, LABEL_QUALITY.camera, 1);
  const doubtful = confusion(TARGET_CLASSES, meaning, LABEL_QUALITY.camera, 0.3);
  const at = (id: string) => TARGET_CLASSES.findIndex((one) => one.id === id);
  for (const column of [sure, doubtful]) {
    for (const value of column) assert.ok(value > 0 && value <= 1);
    assert.ok(column[at("bird.small")] > column[at("uas.fpv")]);
    assert.ok(column[at("uas.fpv")] > column[at("ground.vehicle")], "a drone is sooner taken for a bird than a lorry is");
  }
  const odds = (column: Float64Array) => column[at("bird.small")] / column[at("uas.fpv")];
  assert.ok(odds(sure) > odds(doubtful));
});

test("claims carry how they were said; those without a category say nothing of the class", () => {
  const claim = (fact: Partial<ClaimFact>): ClaimFact => ({
    sensorId: "s",
    sensorKind: "other",
    heardAt: 5 as Micros,
    identities: [],
    statements: {},
    ...fact,
  });
  assert.deepEqual(
    classClaims([
      claim({ sensorKind: "adsb", statements: { category: "A1 light aircraft" } }),
      claim({ sensorKind: "remote-id", statements: { category: "aeroplane", serial: "1581F" } }),
      claim({ sensorKind: "track-feed", statements: { category: "air, civil fixed wing" } }),
      claim({ statements: { category: "quadrotor", transport: "MAVLink", authenticated: true } }),
      claim({ statements: { category: "aeroplane", serial: "1581F" } }),
      claim({ sensorKind: "adsb", statements: { callsign: "SIM1" } }),
    ]).map(({ kind }) => kind),
    ["adsb", "remote-id", "partner", "own-system", "remote-id"],
  );
});
