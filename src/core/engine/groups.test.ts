import assert from "node:assert/strict";
import { test } from "node:test";
import { type Micros, micros } from "../base/units.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import { companies, type TrackGroupFact } from "./groups.ts";

const at = (key: string, east: number, north: number, origin: TrackFacts["origin"] = "live"): TrackFacts => ({
  key,
  origin,
  status: "confirmed",
  existence: 1,
  createdAt: micros(0),
  measuredAt: micros(0),
  at: 0 as Micros,
  position: [east, north, 100],
  velocity: [10, 0, 0],
  covariance: new Float64Array(36),
  heightKnown: true,
  identities: [],
  contributors: [],
});

// Eight birds in a row, 40 m apart.
const birds = Array.from({ length: 8 }, (_, i) => at(`T${i + 1}`, 40 * i, 0));
const flock: TrackGroupFact = {
  id: "G1",
  origin: "live",
  tracks: birds.map(({ key }) => key),
  count: 8,
  countLow: 7,
  countHigh: 9,
  hull: [
    [0, 0],
    [280, 0],
  ],
};

test("members keep the company of their group; a track among six of them does too, whatever its velocity; one farther off, and one of another origin, does not", () => {
  const among = at("T50", 140, 30);
  const beyond = at("T51", 140, 160);
  // The end of the row: four birds within 150 m.
  const ahead = at("T52", 300, 30);
  const simulated = at("SIM-T53", 140, 30, "simulated");
  const company = companies([flock], [...birds, among, beyond, ahead, simulated]);
  assert.deepEqual(company.get("T1"), flock.tracks);
  assert.deepEqual(company.get("T50"), [...flock.tracks, "T50"]);
  assert.equal(company.get("T51"), undefined);
  assert.equal(company.get("T52"), undefined);
  assert.equal(company.get("SIM-T53"), undefined);
});

test("without a group nobody keeps company", () => {
  assert.equal(companies([], birds).size, 0);
});
