import assert from "node:assert/strict";
import { test } from "node:test";
import { at, declaration, friend, round, serial, track } from "../../../test/support/identification-tracks.ts";
import { createRandom, normal, uniform, uniformBetween } from "../math/random.ts";
import type { Contributor, TrackFacts } from "../model/track-facts.ts";
import {
  createIdentification,
  declare,
  type IdentificationContext,
  type IdentificationState,
  identificationOf,
  identifyTracks,
  registerFriend,
} from "./identify.ts";

/** Contacts that wander about the site, drop out of a sensor and come back, meet a friend's plan and each other; two of them are friends' own. */
function wander(seed: number, count: number) {
  const random = createRandom(seed);
  const flyers = Array.from({ length: count }, (_, i) => {
    // Every other one is slow, and near the friend's corridor.
    const near = i % 2 === 0;
    return {
      east: near ? uniformBetween(random, 1100, 2600) : uniformBetween(random, -6000, 6000),
      north: near ? uniformBetween(random, -500, 500) : uniformBetween(random, -6000, 6000),
      course: i === 2 ? Math.PI / 2 : uniformBetween(random, 0, 2 * Math.PI),
      speed: near ? uniformBetween(random, 3, 9) : uniformBetween(random, 3, 90),
      up: uniformBetween(random, 20, near ? 120 : 600),
    };
  });
  return (seconds: number): TrackFacts[] =>
    flyers.map((flyer, i) => {
      if (uniform(random) < 0.05) flyer.course += normal(random);
      flyer.east += flyer.speed * Math.sin(flyer.course);
      flyer.north += flyer.speed * Math.cos(flyer.course);
      if (Math.hypot(flyer.east, flyer.north) > 7000) flyer.course = Math.atan2(-flyer.east, -flyer.north);
      const seen = (shift: number) => Math.floor((seconds + 7 * i + shift) / 25) % 4 !== 0;
      const contributors: Contributor[] = [];
      const add = (sensorId: string, kind: Contributor["kind"], shift: number) =>
        contributors.push({ sensorId, kind, lastAt: at(seen(shift) ? seconds : Math.max(0, seconds - 12)), detections: seconds });
      add("radar-1", "radar", 0);
      if (i % 3 === 1) add("adsb-1", "adsb", 40);
      if (i % 3 === 2) add("rid-1", "remote-id", 80);
      const identities = i % 3 === 2 && seconds > 30 ? [serial(i === 2 ? "OURS" : `S${i}`)] : [];
      const facts = track(seconds, {
        key: `T${i}`,
        position: [flyer.east, flyer.north, flyer.up],
        velocity: [flyer.speed * Math.sin(flyer.course), flyer.speed * Math.cos(flyer.course), 0],
        identities,
      });
      return { ...facts, contributors };
    });
}

const coverage: IdentificationContext["coverage"] = () => [
  { sensorId: "rid-1", kind: "remote-id", detectionProbability: 0.9 },
  { sensorId: "adsb-1", kind: "adsb", detectionProbability: 0.98 },
];

const answers = (state: IdentificationState, count: number) =>
  Array.from({ length: count }, (_, i) => {
    const {
      at: instant,
      affiliation,
      automatic,
      allegiance,
      conflict,
      className,
      classProbabilities,
      findings,
      friendId,
    } = identificationOf(state, `T${i}`)!;
    return { instant, affiliation, automatic, allegiance, conflict, className, classProbabilities, findings, friendId };
  });

test("leaving a track alone to which nothing happens answers as weighing every track in every round does", () => {
  const count = 40;
  let left = 0;
  for (const seed of [1, 2]) {
    const spared = createIdentification();
    const whole = createIdentification();
    const [sparedTracks, wholeTracks] = [wander(seed, count), wander(seed, count)];
    for (const state of [spared, whole]) {
      registerFriend(state, friend({ identities: [serial("OURS")] }), at(0));
    }
    for (let s = 0; s < 110; s++) {
      for (const each of spared.tracks.values()) if (each.quietUntil > 0) left += 1;
      for (const each of whole.tracks.values()) each.quietUntil = 0;
      const [a, b] = [sparedTracks(s), wholeTracks(s)];
      identifyTracks(spared, a, round(s, a, { coverage }));
      identifyTracks(whole, b, round(s, b, { coverage }));
      if (s === 60) for (const state of [spared, whole]) declare(state, "T3", declaration({ at: at(60), expiresAt: at(90) }));
      assert.deepEqual(answers(spared, count), answers(whole, count), `seed ${seed}, second ${s}`);
    }
  }
  assert.ok(left > 1000, `only ${left} times was a track left alone`);
});
