import assert from "node:assert/strict";
import { test } from "node:test";
import { at, covariance, friend, round, START, track } from "../../../test/support/identification-tracks.ts";
import { createRandom, normal, type RandomState, uniformBetween } from "../math/random.ts";
import type { FeatureObservation, TrackFacts } from "../model/track-facts.ts";
import { countPlots, type PlotCount, radarOfTwo } from "./companion.ts";
import {
  createIdentification,
  dismiss,
  forgetTracks,
  type IdentificationState,
  identificationOf,
  identifyTracks,
  ledgerOf,
  observeFeature,
  registerFriend,
} from "./identify.ts";

const PERIOD = 1; // s between two looks of the radar, and between two judgements

/** A tracked estimate of a place and velocity: errors that change slowly, as a filter's do. */
interface Estimator {
  error: [number, number, number, number];
}
const estimator = (random: RandomState): Estimator => ({ error: [8 * normal(random), 8 * normal(random), normal(random), normal(random)] });

function estimate(
  from: Estimator,
  random: RandomState,
  seconds: number,
  key: string,
  since: number,
  place: readonly [number, number, number],
  velocity: readonly [number, number, number],
): TrackFacts {
  const keep = 0.8;
  const fresh = Math.sqrt(1 - keep * keep);
  from.error = from.error.map((e, i) => keep * e + fresh * (i < 2 ? 8 : 1) * normal(random)) as Estimator["error"];
  const [e, n, vE, vN] = from.error;
  return {
    ...track(seconds, {
      key,
      since,
      position: [place[0] + e, place[1] + n, place[2]],
      velocity: [velocity[0] + vE, velocity[1] + vN, velocity[2]],
    }),
    covariance: covariance(8, 1),
  };
}

/** A friend that comes home from 2 km east, at 12 m/s; it was announced. */
const HOME = { speed: 12, from: 1950 };
const friendAt = (seconds: number): [number, number, number] => [HOME.from - HOME.speed * seconds, 0, 80];

interface Outcome {
  readonly state: IdentificationState;
  /** s from the second contact's first confirmed estimate to its flag; undefined: never. */
  readonly flagged: number | undefined;
  readonly falselyFlagged: boolean;
}

/** `intruder` gives place and velocity s seconds into the flight; it is confirmed at `appears`. */
function fly(
  seed: number,
  until: number,
  intruder?: {
    appears: number;
    at(seconds: number): { place: [number, number, number]; velocity: [number, number, number] };
    dismissed?: boolean;
  },
  bystanders: (seconds: number, random: RandomState) => TrackFacts[] = () => [],
): Outcome {
  const random = createRandom(seed);
  const state = createIdentification();
  registerFriend(state, friend(), at(-60));
  const own = estimator(random);
  const other = estimator(random);
  let flagged: number | undefined;
  let falsely = false;
  for (let s = 0; s <= until; s += PERIOD) {
    const tracks = [estimate(own, random, s, "T1", 0, friendAt(s), [-HOME.speed, 0, 0])];
    if (intruder !== undefined && s >= intruder.appears) {
      const { place, velocity } = intruder.at(s);
      tracks.push(estimate(other, random, s, "T2", intruder.appears, place, velocity));
    }
    tracks.push(...bystanders(s, random));
    identifyTracks(state, tracks, round(s, tracks));
    if (intruder?.dismissed === true && s === intruder.appears) {
      const by = { name: "A. Officer", authenticated: false };
      dismiss(state, "T2", { reason: "balloon", text: "", by, at: at(s) });
    }
    for (const { key } of tracks) {
      const company = identificationOf(state, key)!.findings.some(({ code }) => code === "companion");
      if (company && key === "T2") flagged ??= s - intruder!.appears;
      if (company && key !== "T2") falsely = true;
    }
  }
  return { state, flagged, falselyFlagged: falsely };
}

/** A slow intruder on the friend's line, 100 to 800 m behind it. */
function follower(seed: number, dismissed = false) {
  const random = createRandom(seed + 10_000);
  const appears = Math.round(uniformBetween(random, 20, 60));
  const behind = uniformBetween(random, 100, Math.min(800, HOME.speed * appears - 60));
  const speed = uniformBetween(random, 6, 14);
  const aside = uniformBetween(random, -60, 60);
  const start = friendAt(appears)[0] + behind;
  return {
    appears,
    dismissed,
    at: (s: number): { place: [number, number, number]; velocity: [number, number, number] } => ({
      place: [start - speed * (s - appears), aside, 60],
      velocity: [-speed, 0, 0],
    }),
  };
}

test("a contact that follows a returning friend is flagged within 5 s in at least 99 % of 200 flights", () => {
  let inTime = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const { flagged } = fly(seed, 75, follower(seed));
    if (flagged !== undefined && flagged <= 5) inTime += 1;
  }
  assert.ok(inTime >= 198, `${inTime} of 200`);
});

test("an earlier dismissal as a balloon silences nothing: it is flagged as soon, and the dismissal is contradicted", () => {
  let inTime = 0;
  let contradicted = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const { flagged, state } = fly(seed, 75, follower(seed, true));
    if (flagged !== undefined && flagged <= 5) inTime += 1;
    if (identificationOf(state, "T2")!.findings.some(({ key }) => key === "dismissal-companion")) contradicted += 1;
  }
  assert.ok(inTime >= 99, `${inTime} of 100 flagged`);
  assert.ok(contradicted >= 99, `${contradicted} of 100 contradicted`);
});

test("200 flights of a friend alone, with bystanders that cross its corridor, raise no companion in 198 of them", () => {
  let wrong = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed + 50_000);
    const crossing = estimator(random);
    const north = uniformBetween(random, -700, -300);
    const east = uniformBetween(random, 300, 1500);
    const bystanders = (s: number, inner: RandomState) => [estimate(crossing, inner, s, "T9", 0, [east, north + 13 * s, 90], [0, 13, 0])];
    if (fly(seed, 90, undefined, bystanders).falselyFlagged) wrong += 1;
  }
  assert.ok(wrong <= 2, `${wrong} of 200`);
});

test("company raises concern about the contact by its printed weight and leaves the friend what it was", () => {
  const { state } = fly(7, 75, follower(7));
  const ledger = ledgerOf(state, "T2")!.affiliation;
  const piece = ledger.evidence.find(({ slot }) => slot === "companion")!;
  // 0.2 against 0.02 is ten to one for hostile against neutral: 10 decibans.
  assert.equal(Math.round((piece.weights[2] - piece.weights[1]) * 1e9) / 1e9, 10);
  assert.ok(ledger.posterior[2] > ledger.prior[2]);
  assert.notEqual(identificationOf(state, "T2")!.affiliation, "assumed-friend");
  assert.equal(identificationOf(state, "T1")!.affiliation, "assumed-friend");
});

test("the rest of a broken track is no companion of the friend's new track", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = createRandom(seed);
    const state = createIdentification();
    registerFriend(state, friend(), at(-60));
    const first = estimator(random);
    const second = estimator(random);
    for (let s = 0; s <= 60; s++) {
      const tracks: TrackFacts[] = [];
      // T1 is last measured at 30 s and coasts on its old course until 45 s; the friend goes on as T2.
      if (s <= 30) tracks.push(estimate(first, random, s, "T1", 0, friendAt(s), [-12, 0, 0]));
      else if (s <= 45)
        tracks.push({ ...estimate(first, random, s, "T1", 0, friendAt(s), [-12, 0, 0]), status: "coasting", measuredAt: at(30) });
      if (s >= 33) tracks.push(estimate(second, random, s, "T2", 33, friendAt(s), [-12, 0, 0]));
      identifyTracks(state, tracks, round(s, tracks));
      forgetTracks(state, new Set(tracks.map(({ key }) => key)));
      for (const { key } of tracks)
        assert.deepEqual(
          identificationOf(state, key)!.findings.filter(({ code }) => code === "companion"),
          [],
          `seed ${seed}, ${s} s`,
        );
    }
    assert.equal(identificationOf(state, "T2")!.affiliation, "assumed-friend", "the announced flight goes on under its new key");
  }
});

test("a friend's own broadcast beside its echo, off by an error of registration, is not a second contact", () => {
  const state = createIdentification();
  registerFriend(state, friend(), at(-60));
  for (let s = 0; s <= 40; s++) {
    const [east] = friendAt(s);
    const tracks = [
      track(s, { key: "T1", position: [east, 0, 80], velocity: [-12, 0, 0], sigma: 8 }),
      track(s, { key: "T2", since: 5, position: [east, 70, 80], velocity: [-12, 0, 0], sigma: 8, fedBy: ["remote-id"] }),
    ];
    identifyTracks(state, tracks, round(s, tracks));
    assert.deepEqual(identificationOf(state, "T2")!.findings, []);
  }
});

const plot = (seconds: number, association = 0.6): FeatureObservation => ({
  sensorId: "radar-1",
  sensorKind: "radar",
  at: (START + Math.round(seconds * 1e6)) as FeatureObservation["at"],
  association,
});

test("two plots of one radar in three looks of six are two objects; one stray plot is not", () => {
  const counts: PlotCount[] = [];
  for (const s of [0, 1, 2]) countPlots(counts, plot(s));
  countPlots(counts, plot(2.01));
  for (const s of [3, 4]) countPlots(counts, plot(s));
  assert.equal(radarOfTwo(counts, at(4)), undefined);
  for (const s of [5, 5.02, 6, 6.02]) countPlots(counts, plot(s));
  assert.equal(radarOfTwo(counts, at(6)), "radar-1");
});

test("plots that hardly belong to the track do not count, nor does a radar that looks ten times a second", () => {
  const counts: PlotCount[] = [];
  for (let s = 0; s < 20; s++) {
    countPlots(counts, plot(s));
    countPlots(counts, plot(s + 0.01, 0.05));
  }
  assert.equal(radarOfTwo(counts, at(20)), undefined);
  const fast: PlotCount[] = [];
  for (let i = 0; i < 200; i++) countPlots(fast, plot(i / 10));
  assert.equal(radarOfTwo(fast, at(20)), undefined);
});

test("two echoes in a friend's track are reported on the friend's track", () => {
  const state = createIdentification();
  registerFriend(state, friend(), at(-60));
  for (let s = 0; s <= 12; s++) {
    observeFeature(state, "T1", plot(s));
    if (s >= 6) observeFeature(state, "T1", plot(s + 0.01, 0.4));
    const tracks = [track(s, { position: [1500 - 10 * s, 0, 80], velocity: [-10, 0, 0] })];
    identifyTracks(state, tracks, round(s, tracks));
    const found = identificationOf(state, "T1")!.findings.map(({ key }) => key);
    assert.deepEqual(found, s >= 8 ? ["companion-two-plots"] : [], `${s} s`);
  }
});
