// Fake broadcasts on seeded scenes, in short; `npm run bench -- emitters` prints the same in full with intervals.

import assert from "node:assert/strict";
import { test } from "node:test";
import { floodRates } from "../../bench/emitters.ts";
import { emitterEvidence, floods } from "../../src/core/identification/emitters/emitters.ts";
import { evidenceText } from "../../src/core/identification/evidence-text.ts";
import { ALLEGIANCES } from "../../src/core/model/identity.ts";
import { runScene } from "../support/emitter-scene.ts";

const RADAR = { seconds: 45, honest: 6, radar: true, receivers: 1 };

for (const [fakes, attack] of [
  [64, "rotating"],
  [64, "power"],
  [128, "one-address"],
] as const) {
  test(`${fakes} fake Remote IDs (${attack}) around a real drone with radar are flagged in ten seconds, honest drones are not`, () => {
    const rates = floodRates({ ...RADAR, fakes, attack }, 4, 1);
    assert.ok(rates.fakes >= 4 * fakes * 0.95, `${rates.fakes} fakes were heard at all`);
    assert.ok(rates.fakesInTen >= 0.95 * rates.fakes, `${rates.fakesInTen} of ${rates.fakes}`);
    // One in a hundred is the bar of the full run; of 24 honest drones here none may be.
    assert.equal(rates.honestFlagged, 0);
    assert.equal(rates.absences, 0, "the real drone was forgotten");
  });
}

test("a flood from one address is one group, and its members are the fakes", () => {
  const { state, actors } = runScene({ ...RADAR, seed: 3, fakes: 64, attack: "one-address" });
  const [flood, ...others] = floods(state);
  assert.ok(flood !== undefined);
  assert.equal(others.length, 0);
  const fakeTracks = new Set(actors.filter((one) => one.kind === "fake").map((one) => one.trackKey));
  assert.ok(flood.count >= 60);
  assert.ok(flood.trackKeys.every((key) => fakeTracks.has(key)));
  assert.match(evidenceText(flood.key, flood.values), /^\d+ identities come from one radio address/);
});

test("an ADS-B ghost over the site is contradicted in ten seconds, an airliner that a radar sees is not", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const scene = runScene({ seed, seconds: 40, fakes: 0, attack: "rotating", honest: 2, radar: true, receivers: 1, ghost: true });
    assert.ok((scene.foundAfter.get("G no-radar-support") ?? 99) <= 10, `seed ${seed}`);
    assert.equal(scene.flaggedAfter.get("A"), undefined, `seed ${seed}`);
  }
});

test("a friend's serial that an intruder copies is contradicted in ten seconds, and speaks against a friend on the intruder's track", () => {
  let inTime = 0;
  let heard = 0;
  for (let seed = 1001; seed <= 1010; seed++) {
    const scene = runScene({ seed, seconds: 45, fakes: 0, attack: "rotating", honest: 3, radar: true, receivers: 1, copy: true });
    if (!scene.firstHeard.has("C") || !scene.firstHeard.has("H0")) continue;
    heard += 1;
    const after = scene.foundAfter.get("C serial-in-two-places") ?? 99;
    if (after <= 10) inTime += 1;
    const copied = emitterEvidence(scene.state, "C").find((one) => one.slot.startsWith("emitter-copied"));
    if (copied === undefined) continue;
    const [friend, neutral, hostile] = ALLEGIANCES.map((_, i) => copied.logLikelihood[i]!);
    assert.ok(friend! < neutral! && neutral! < hostile!);
  }
  assert.ok(heard >= 8);
  assert.ok(inTime >= 0.95 * heard, `${inTime} of ${heard}`);
});

test("without fakes nobody is accused in the short run", () => {
  const rates = floodRates({ ...RADAR, seconds: 60, fakes: 0, attack: "rotating" }, 5, 1);
  assert.equal(rates.honestFlagged, 0);
});
