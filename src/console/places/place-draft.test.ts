import assert from "node:assert/strict";
import { test } from "node:test";
import { changesOf, type Draft, draftOf, idFor, newDraft, type PlaceWords, placeOf, readCorners, type ZoneFile } from "./place-draft.ts";

const ZONE: ZoneFile = {
  id: "north",
  name: "North",
  kind: "alert",
  polygon: [
    [43.1, 36.91],
    [43.12, 36.91],
    [43.12, 36.93],
  ],
  floor: { amslMetres: 300 },
  schedule: { days: ["fri"], from: "22:00", to: "04:00" },
};
const WORDS: PlaceWords = {
  kind: (kind) => kind,
  corners: (count) => `${count} corners`,
  height: (kind, metres) => `${metres} ${kind}`,
  schedule: ({ from, to }) => `${from}-${to}`,
  metres: (value) => `${value} m`,
  place: ({ latitudeDegrees, longitudeDegrees }) => `${latitudeDegrees} ${longitudeDegrees}`,
  number: String,
  none: "none",
  always: "always",
};

test("a zone and an asset go through the form unchanged", () => {
  assert.deepEqual(placeOf(draftOf(ZONE), []), { place: ZONE });
  const asset = {
    id: "post",
    name: "Post",
    position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightAmslMetres: 280.5 },
    radiusMetres: 500,
    weight: 2,
  };
  assert.deepEqual(placeOf(draftOf(asset), []), { place: asset });
  assert.deepEqual(changesOf(ZONE, ZONE, WORDS), []);
});

test("corners are typed in any notation that the search takes, and the first wrong line is named", () => {
  const typed = "36.91, 43.1\n\n36°54'36\"N 43°07'12\"E\n36.93 N 43.12 E\n";
  const { places, wrongLine } = readCorners(typed);
  assert.equal(wrongLine, undefined);
  assert.deepEqual(
    places.map(({ longitudeDegrees }) => Number(longitudeDegrees.toFixed(6))),
    [43.1, 43.12, 43.12],
  );
  assert.equal(readCorners("36.9 43.1\nthere\nhere").wrongLine, 2);
});

test("the form says what is missing: a name, a third corner, a number", () => {
  const draft: Draft = { ...newDraft("zone", 300), name: "South", corners: "36.9 43.1\n36.8 43.1" };
  assert.deepEqual(placeOf({ ...draft, name: " " }, []), { fault: { kind: "name" } });
  assert.deepEqual(placeOf(draft, []), { fault: { kind: "few" } });
  const whole = { ...draft, corners: `${draft.corners}\n36.8 43.2` };
  assert.deepEqual(placeOf({ ...whole, ceiling: "high" }, []), { fault: { kind: "number", field: "ceiling" } });
  assert.ok("place" in placeOf({ ...whole, ceiling: "١٢٠" }, []));
  assert.deepEqual(placeOf({ ...newDraft("asset", 300), name: "Gate", corners: "36.9 43.1", radius: "0" }, []), {
    fault: { kind: "number", field: "radius" },
  });
});

test("an identifier comes from the name, never one that is taken, and an Arabic name gets a number", () => {
  assert.equal(idFor("North  Gate!", "zone", []), "north-gate");
  assert.equal(idFor("North Gate", "zone", ["north-gate", "north-gate-2"]), "north-gate-3");
  assert.equal(idFor("البوابة الشمالية", "zone", ["zone-1"]), "zone-2");
});

test("what changes is told field by field: another ceiling, other corners; all of a new zone", () => {
  const after: ZoneFile = { ...ZONE, ceiling: { amslMetres: 500 }, polygon: [...ZONE.polygon, [43.1, 36.93]] };
  assert.deepEqual(changesOf(ZONE, after, WORDS), [
    { field: "corners", before: "3 corners", after: "4 corners" },
    { field: "ceiling", before: "none", after: "500 amslMetres" },
  ]);
  assert.equal(changesOf(undefined, ZONE, WORDS).length, 6);
  const moved: ZoneFile = { ...ZONE, polygon: [[43.11, 36.91], ZONE.polygon[1]!, ZONE.polygon[2]!] };
  assert.deepEqual(
    changesOf(ZONE, moved, WORDS).map(({ field }) => field),
    ["corners"],
  );
});
