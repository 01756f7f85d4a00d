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

test("members keep the company of their group; a track near three of them keeps that of the whole group, whatever its velocity; one near two, one farther off, and one of another origin, does not", () => {
  const among = at("T50", 140, 30);
  const beyond = at("T51", 140, 160);
  // Before the head of the row: three birds within 150 m, then two.
  const ahead = at("T52", 340, 30);
  const farAhead = at("T54", 380, 30);
  const simulated = at("SIM-T53", 140, 30, "simulated");
  const company = companies([flock], [...birds, among, beyond, ahead, farAhead, simulated]);
  assert.deepEqual(company.get("T1"), flock.tracks);
  assert.deepEqual(company.get("T50"), flock.tracks);
  assert.equal(company.get("T51"), undefined);
  assert.deepEqual(company.get("T52"), flock.tracks);
  assert.equal(company.get("T54"), undefined);
  assert.equal(company.get("SIM-T53"), undefined);
});

test("without a group nobody keeps company", () => {
  assert.equal(companies([], birds).size, 0);
});
