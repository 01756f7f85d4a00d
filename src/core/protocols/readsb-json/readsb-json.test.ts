import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { encodeUtf8 } from "../../base/text.ts";
import { micros } from "../../base/units.ts";
import type { Claim, Detection, PositionMeasurement } from "../../model/observation.ts";
import { createReadsbDescriber } from "./describe.ts";
import { readsbJsonProtocol } from "./readsb-json-protocol.ts";

const SHARED = new URL("../../../../../shared/data/adsb-feeds/", import.meta.url);
const skip = existsSync(SHARED) ? false : "../shared is absent";

const run = (...documents: unknown[]) => {
  const state = readsbJsonProtocol.createState({});
  return documents.map((document) => {
    const bytes = encodeUtf8(typeof document === "string" ? document : JSON.stringify(document));
    return readsbJsonProtocol.receive(state, { receivedAt: micros(0), connection: 1, bytes }, {});
  });
};
const AIRCRAFT = { hex: "4CA216", lat: 36.9, lon: 43.1, seen_pos: 1.5, seen: 0.5, messages: 20, alt_baro: 1000, gs: 100, track: 90 };

test("a position is dated `now` less `seen_pos`: 1,000 ft is 304.8 m of pressure altitude, 100 kt east is 51.4 m/s", () => {
  const [result] = run({ now: 1_000, aircraft: [AIRCRAFT] });
  const detection = result!.observations[0] as Detection;
  const place = detection.measurement as PositionMeasurement;
  assert.deepEqual(detection.time, { kind: "utc", at: 998_500_000 });
  assert.deepEqual(place.height, { kind: "pressure", value: 304.8 });
  assert.ok(Math.abs(place.velocityEast! - 51.444) < 1e-3);
  assert.deepEqual(detection.identities, [{ scheme: "icao24", value: "4ca216" }]);
});

test("the same position read again is told once", () => {
  const results = run(
    { now: 1_000, aircraft: [AIRCRAFT] },
    { now: 1_001, aircraft: [{ ...AIRCRAFT, seen_pos: 2.5 }] },
    { now: 1_002, aircraft: [{ ...AIRCRAFT, seen_pos: 0.1 }] },
  );
  assert.deepEqual(
    results.map((result) => result.observations.filter((observation) => observation.type === "detection").length),
    [1, 0, 1],
  );
});

test("the altitude `ground` is a word: on the ground, without a height", () => {
  const [result] = run({ now: 1_000, aircraft: [{ ...AIRCRAFT, alt_baro: "ground" }] });
  const detection = result!.observations.find((observation): observation is Detection => observation.type === "detection")!;
  const claim = result!.observations.find((observation): observation is Claim => observation.type === "claim")!;
  assert.equal((detection.measurement as PositionMeasurement).height, undefined);
  assert.equal(claim.statements.onGround, true);
});

test("a multilaterated and a TIS-B position are marked, and a foreign address keeps its ~", () => {
  const claimOf = (fields: object) =>
    run({ now: 1_000, aircraft: [{ ...AIRCRAFT, ...fields }] })[0]!.observations.find((o): o is Claim => o.type === "claim")!;
  assert.equal(claimOf({ mlat: ["lat", "lon"] }).statements.transport, "MLAT");
  assert.equal(claimOf({ tisb: ["lat"], hex: "~2ab123" }).statements.transport, "TIS-B");
  assert.equal(claimOf({ hex: "~2ab123" }).about[0]!.value, "~2ab123");
});

test("what cannot be true is refused by field, and the other aircraft of the document stay", () => {
  const [result] = run({ now: 1_000, aircraft: [{ ...AIRCRAFT, lat: 91 }, 7, { hex: "xyz" }, { ...AIRCRAFT, hex: "4ca217" }] });
  assert.deepEqual(
    result!.errors.map((error) => [error.code, error.item]),
    [
      ["out-of-range", "lat, lon"],
      ["malformed", "aircraft"],
      ["malformed", "hex"],
    ],
  );
  assert.equal(result!.observations.filter((observation) => observation.type === "detection").length, 1);
  for (const bad of ["", "[]", "null", "{", '{"now":"x"}', '{"now":1,"aircraft":5}', '{"now":1e300}']) {
    const [refused] = run(bad);
    assert.deepEqual([refused!.errors.length, refused!.records], [1, 0], bad);
  }
});

test("a document over 2 MiB is refused unread, and one that is nested over 5 deep is refused unparsed", () => {
  const [long] = run(`{"now":1,"aircraft":[${" ".repeat(2 * 1024 * 1024)}]}`);
  assert.deepEqual(
    long!.errors.map((error) => error.code),
    ["oversized"],
  );
  const [deep] = run(`${"[".repeat(500_000)}${"]".repeat(500_000)}`);
  assert.deepEqual(
    deep!.errors.map((error) => [error.code, error.needed]),
    [["malformed", 5]],
  );
  const [quoted] = run({ now: 1_000, aircraft: [{ ...AIRCRAFT, t: '[[[[[[[[\\"[[[' }] });
  assert.deepEqual([quoted!.errors.length, quoted!.records], [0, 1], "brackets in a text are text");
});

test("picket decode: one row an aircraft, one an error with its place in the list, a refused document once", () => {
  const describe = createReadsbDescriber({});
  const rows = (document: unknown) =>
    describe({
      receivedAt: micros(0),
      connection: 1,
      bytes: encodeUtf8(typeof document === "string" ? document : JSON.stringify(document)),
    });
  const [good, bad, silent, ...rest] = rows({ now: 1_000, aircraft: [AIRCRAFT, { hex: "x" }, { hex: "4ca217", messages: 9 }] });
  assert.deepEqual(rest, []);
  assert.equal(good!.icao24, "4ca216");
  assert.equal(good!.measuredAtUs, 998_500_000);
  assert.equal(good!.pressureAltitudeMetres, 304.8);
  assert.ok(Math.abs((good!.latitudeDegrees as number) - 36.9) < 1e-9);
  assert.deepEqual([bad!.error, bad!.item, bad!.aircraft], ["malformed", "hex", 1]);
  assert.deepEqual(silent, { aircraft: 2, icao24: "4ca217" });
  assert.equal(rows({ ...AIRCRAFT, now: 1_000 })[0]!.icao24, "4ca216", "a line of the JSON port");
  for (const document of ["nonsense", "[[[[[[[[]]]]]]]]", '{"now":-1,"aircraft":[{"hex":"4ca216"}]}'])
    assert.equal(rows(document).length, 1);
  assert.deepEqual(rows({ now: 1_000, aircraft: [] }), []);
});

test("recorded: the aircraft.json snapshots and the JSON port give one aircraft and its callsign", { skip }, () => {
  for (const [name, expected] of [
    ["aircraft_json_snapshots.jsonl", 12],
    ["readsb_out.positions.jsonl", 479],
  ] as const) {
    const lines = readFileSync(new URL(name, SHARED), "utf8").trim().split("\n");
    assert.equal(lines.length, expected);
    const results = run(...lines);
    assert.ok(results.every((result) => result.errors.length === 0 && result.records === 1));
    const observations = results.flatMap((result) => result.observations);
    const names = new Set(observations.map((o) => (o.type === "claim" ? o.about[0]!.value : (o as Detection).identities[0]!.value)));
    assert.deepEqual([...names], ["400f99"]);
    assert.ok(observations.filter((observation) => observation.type === "detection").length >= 0.95 * expected);
    assert.ok(observations.some((observation) => observation.type === "claim" && observation.statements.callsign === "BAW3AK"));
  }
});
