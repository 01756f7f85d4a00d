import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Micros } from "../base/units.ts";
import { CLASS_NAMES, type Evidence } from "../model/identity.ts";
import type { MicroDoppler, SensorClassification } from "../model/observation.ts";
import type { Contributor, TrackFacts, Wind } from "../model/track-facts.ts";
import { classAnswer } from "./class-answer.ts";
import { classEvidence, classPrior } from "./class-evidence.ts";
import { createClassFeatures, observeFacts, observeFeature } from "./class-features.ts";
import type { ClassClaim } from "./class-labels.ts";
import { createClassModel } from "./class-model.ts";
import { evidenceKeys, evidenceText } from "./evidence-text.ts";

const START = 1_000_000_000_000;
const WIND: Wind = { east: 4, north: 3, sigma: 1, from: "configuration" };

interface Flight {
  readonly seconds?: number;
  readonly velocity: (t: number) => readonly [number, number, number];
  readonly height?: number;
  readonly sigma?: number;
  readonly identities?: TrackFacts["identities"];
  readonly contributors?: readonly Contributor[];
  readonly rcsDbsm?: number;
  readonly microDoppler?: MicroDoppler;
  readonly classifications?: readonly SensorClassification[];
}

/** Flies a track of one state a second, 1 sigma 5 m and 1 m/s unless said otherwise. */
function fly(flight: Flight) {
  const features = createClassFeatures(START as Micros);
  const covariance = new Float64Array(36);
  for (let i = 0; i < 3; i++) {
    covariance[i * 7] = 25;
    covariance[(i + 3) * 7] = (flight.sigma ?? 1) * (flight.sigma ?? 1);
  }
  let position: [number, number, number] = [500, 500, flight.height ?? 80];
  let facts: TrackFacts | undefined;
  for (let t = 0; t <= (flight.seconds ?? 15); t++) {
    const velocity = flight.velocity(t);
    const at = (START + t * 1e6) as Micros;
    facts = {
      key: "T1",
      origin: "live",
      status: "confirmed",
      existence: 0.99,
      createdAt: START as Micros,
      measuredAt: at,
      at,
      position,
      velocity,
      covariance,
      heightKnown: true,
      identities: flight.identities ?? [],
      contributors: flight.contributors ?? [{ sensorId: "radar", kind: "radar", lastAt: at, detections: t + 1 }],
    };
    observeFacts(features, facts);
    observeFeature(features, {
      sensorId: "radar",
      sensorKind: "radar",
      at,
      association: 0.95,
      // The mean of the logarithm of a Swerling 1 echo lies 2.5 dB below that of the echo.
      ...(flight.rcsDbsm === undefined ? {} : { rcsDbsm: flight.rcsDbsm - 2.5 + 5 * Math.sin(7 * t) }),
      ...(flight.microDoppler === undefined ? {} : { microDoppler: flight.microDoppler }),
      ...(flight.classifications === undefined ? {} : { classifications: flight.classifications }),
    });
    position = [position[0] + velocity[0], position[1] + velocity[1], position[2] + velocity[2]];
  }
  return { features, facts: facts! };
}

const answerOf = (evidence: readonly Evidence[], prior = classPrior()) => {
  const sum = prior.slice();
  for (const piece of evidence) for (let n = 0; n < sum.length; n++) sum[n] += piece.logLikelihood[n];
  return classAnswer(sum);
};
function judge(flight: Flight, claims: readonly ClassClaim[] = [], wind: Wind | undefined = undefined) {
  const { features, facts } = fly(flight);
  const evidence = classEvidence(features, facts, claims, wind);
  return { evidence, ...answerOf(evidence) };
}
const straight =
  (east: number, north = 0, up = 0) =>
  () =>
    [east, north, up] as const;
const piece = (evidence: readonly Evidence[], slot: string) => evidence.find((one) => one.slot === slot)!;
const of = (one: Evidence, name: (typeof CLASS_NAMES)[number]) => one.logLikelihood[CLASS_NAMES.indexOf(name)];

test("rotors on a small echo at 60 m make a drone, beating wings a bird", () => {
  const flight: Flight = { velocity: straight(12), height: 60, rcsDbsm: -17 };
  assert.ok(judge({ ...flight, microDoppler: "rotor" }).uas > 0.2, "with one drone among 25 tracks, one look at rotors is not proof");
  const bird = judge({ ...flight, rcsDbsm: -25, microDoppler: "flap" });
  assert.ok(bird.families.bird > 0.95);
  assert.ok(bird.uas < 0.03);
  const sum = (value: number) => answerOf(judge({ ...flight, microDoppler: "rotor" }).evidence, classPrior({ uas: value, bird: 1 }));
  assert.ok(sum(1).uas > 0.8, "where drones are as common as birds it is");
});

test("a helicopter on final with transponder and a large echo is manned with 0.99 within 10 s", () => {
  const claims: ClassClaim[] = [{ sensorId: "adsb", kind: "adsb", category: "A7 rotorcraft", at: START as Micros }];
  const final: Flight = {
    seconds: 10,
    velocity: straight(-32, 0, -2.5),
    height: 150,
    rcsDbsm: 9,
    identities: [{ scheme: "icao24", value: "fa0001" }],
    contributors: [
      { sensorId: "radar", kind: "radar", lastAt: START as Micros, detections: 10 },
      { sensorId: "adsb", kind: "adsb", lastAt: START as Micros, detections: 20 },
    ],
  };
  const judged = judge(final, claims);
  assert.ok(judged.manned >= 0.99, String(judged.manned));
  assert.equal(judged.className, "helicopter");
  // The radar alone: a transponder that it interrogates, no broadcast.
  const interrogated = judge({ ...final, contributors: [{ sensorId: "radar", kind: "radar", lastAt: START as Micros, detections: 10 }] });
  assert.ok(interrogated.manned >= 0.99, String(interrogated.manned));
  assert.equal(piece(interrogated.evidence, "transponder").basis, "measured");
  assert.equal(piece(judged.evidence, "transponder").basis, "claimed");
});

test("what goes with the wind is a balloon, and the sentence says so; the same flight across the wind is not", () => {
  const drifting: Flight = { seconds: 20, velocity: straight(4.2, 2.8, 2), height: 150, rcsDbsm: -20, microDoppler: "none" };
  const balloon = judge(drifting, [], WIND);
  assert.equal(balloon.className, "balloon");
  const wind = piece(balloon.evidence, "wind");
  assert.equal(wind.key, "class-drifts-with-wind");
  assert.deepEqual(wind.values, { speed: 5, course: 56, windSpeed: 5, windCourse: 53, difference: 0.3 });
  assert.match(evidenceText(wind.key, wind.values), /goes where the wind goes: 5 m\/s towards 56 deg in a wind of 5 m\/s towards 53 deg/);
  const across = judge({ ...drifting, velocity: straight(-3, 4, 2) }, [], WIND);
  assert.equal(piece(across.evidence, "wind").key, "class-not-with-wind");
  assert.ok(across.families.lta < balloon.families.lta / 3);
  assert.ok(of(piece(across.evidence, "wind"), "balloon") < 0 && of(piece(across.evidence, "wind"), "multirotor-small") === 0);
  assert.equal(
    judge(drifting).evidence.find(({ slot }) => slot === "wind"),
    undefined,
    "without wind no wind evidence",
  );
  const calm = judge(drifting, [], { ...WIND, east: 0.3, north: 0 });
  assert.equal(
    calm.evidence.find(({ slot }) => slot === "wind"),
    undefined,
    "calm air carries nothing",
  );
});

test("an echo that seems to fly and stays where it is is clutter", () => {
  // A turbine's blades: Doppler of 15 m/s this way and that, always the same place.
  const features = createClassFeatures(START as Micros);
  const covariance = Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? (i < 18 ? 25 : 9) : 0));
  let facts: TrackFacts | undefined;
  for (let t = 0; t <= 12; t++) {
    const at = (START + t * 1e6) as Micros;
    const sign = t % 2 === 0 ? 1 : -1;
    facts = {
      ...fly({ velocity: straight(0) }).facts,
      at,
      measuredAt: at,
      position: [900 + sign, 200, 80],
      velocity: [15 * sign, 0, 0],
      covariance,
    };
    observeFacts(features, facts);
  }
  const evidence = classEvidence(features, facts!, [], undefined);
  assert.equal(piece(evidence, "progress").key, "class-gets-nowhere");
  assert.ok(of(piece(evidence, "progress"), "clutter") > of(piece(evidence, "progress"), "bird-medium") + 2);
});

test("a coasting track is no evidence of straight flight", () => {
  const features = createClassFeatures(START as Micros);
  const { facts } = fly({ velocity: straight(10), seconds: 0 });
  for (let t = 0; t < 20; t++) observeFacts(features, { ...facts, at: (START + t * 1e6) as Micros });
  assert.equal(features.samples, 1, "the measurement is the same one");
});

test("labels of one sensor fill one slot however often they come, and a word without a meaning none", () => {
  const rotary = { label: "Air Vehicle/UAV Rotary Wing", confidence: 0.8 };
  const once = judge({ velocity: straight(10), seconds: 2, classifications: [rotary] });
  const often = judge({ velocity: straight(10), seconds: 15, classifications: [rotary] });
  assert.equal(often.evidence.filter(({ slot }) => slot.startsWith("label:")).length, 1);
  assert.ok(Math.abs(of(piece(once.evidence, "label:radar"), "fpv") - of(piece(often.evidence, "label:radar"), "fpv")) < 0.2);
  const strange = judge({ velocity: straight(10), classifications: [{ label: "Zeppelin of Oz" }] });
  assert.equal(
    strange.evidence.find(({ slot }) => slot.startsWith("label:")),
    undefined,
  );
});

test("a radar's own word counts less where it reports the micro-Doppler that it is made of", () => {
  const labelled: Flight = { velocity: straight(10), classifications: [{ label: "Air Vehicle/UAV Rotary Wing", confidence: 0.8 }] };
  const alone = of(piece(judge(labelled).evidence, "label:radar"), "fpv");
  const beside = of(piece(judge({ ...labelled, microDoppler: "rotor" }).evidence, "label:radar"), "fpv");
  assert.ok(beside < alone / 2, `${beside} against ${alone}`);
});

test("a claim that a spoof check does not trust says less", () => {
  const claim: ClassClaim = { sensorId: "rid", kind: "remote-id", category: "helicopter or multirotor", at: START as Micros };
  const trusted = judge({ velocity: straight(10) }, [claim]);
  const doubted = judge({ velocity: straight(10) }, [{ ...claim, reliability: 0.05 }]);
  assert.ok(trusted.uas > 0.9);
  assert.ok(doubted.uas < trusted.uas);
  assert.equal(piece(trusted.evidence, "claim:rid").basis, "claimed");
});

test("what the model does not know comes out as unknown rather than as the nearest class with certainty", () => {
  const model = createClassModel({ withheld: ["manned.transport", "manned.jet", "manned.light", "manned.helicopter"] });
  const { features, facts } = fly({ velocity: straight(190), height: 3000, rcsDbsm: 20 });
  const without = answerOf(classEvidence(features, facts, [], undefined, { model }), classPrior(undefined, model));
  const known = answerOf(classEvidence(features, facts, [], undefined));
  assert.ok(known.manned > 0.9);
  assert.equal(without.className, "unknown");
  assert.ok(without.families.unknown > 0.5, String(without.families.unknown));
});

test("pieces that did not change come back as the same objects, and the same list when none did", () => {
  const { features, facts } = fly({ velocity: straight(12), rcsDbsm: -17, microDoppler: "rotor" });
  const first = classEvidence(features, facts, [], WIND);
  assert.equal(classEvidence(features, facts, [], WIND, { previous: first }), first);
  observeFeature(features, { sensorId: "radar", sensorKind: "radar", at: facts.at, association: 1, microDoppler: "rotor" });
  const second = classEvidence(features, facts, [], WIND, { previous: first });
  assert.equal(piece(second, "speed"), piece(first, "speed"));
});

test("every key of class evidence has its sentence with all values filled in", () => {
  const keys = evidenceKeys();
  const flights: Flight[] = [
    { velocity: straight(12), rcsDbsm: -17, microDoppler: "rotor", classifications: [{ label: "bird" }] },
    { velocity: straight(0.1), microDoppler: "none" },
    { velocity: (t) => (t % 8 < 4 ? [0, 0, 0] : [9, 0, 0]), microDoppler: "propeller" },
    { velocity: (t) => [15 * Math.sin(t / 2), 15 * Math.cos(t / 2), 4], microDoppler: "flap", sigma: 1.5 },
    { velocity: (t) => [5 + 3 * t, 0, -4], sigma: 0.2 },
  ];
  for (const flight of flights) {
    for (const one of judge(flight, [{ sensorId: "x", kind: "adsb", category: "A1 light aircraft", at: START as Micros }], WIND).evidence) {
      assert.ok(keys.includes(one.key), one.key);
      assert.doesNotMatch(evidenceText(one.key, one.values), /[{}]|NaN|undefined/, one.key);
    }
  }
});

test("whatever is measured: evidence is finite, unknown is the reference, one piece for each slot, probabilities sum to 1", () => {
  const anyNumber = fc.oneof(
    fc.double({ min: -400, max: 400, noNaN: true }),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e12, -1e12, 0),
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyNumber, anyNumber, anyNumber, fc.double({ min: 0, max: 100, noNaN: true })), { minLength: 1, maxLength: 30 }),
      anyNumber,
      anyNumber,
      fc.constantFrom("rotor", "propeller", "flap", "none", undefined),
      fc.option(fc.record({ east: anyNumber, north: anyNumber }), { nil: undefined }),
      fc.string(),
      (states, height, rcs, microDoppler, air, words) => {
        const features = createClassFeatures(START as Micros);
        const base = fly({ velocity: straight(1), seconds: 0 }).facts;
        let facts = base;
        states.forEach(([e, n, u, sigma], t) => {
          const at = (START + t * 1_200_000) as Micros;
          facts = {
            ...base,
            at,
            measuredAt: at,
            position: [e * t, n * t, height],
            velocity: [e, n, u],
            covariance: Float64Array.from({ length: 36 }, (_, i) => (i % 7 === 0 ? sigma * sigma : 0)),
          };
          observeFacts(features, facts);
          observeFeature(features, {
            sensorId: "r",
            sensorKind: "radar",
            at,
            association: 0.7,
            rcsDbsm: rcs,
            ...(microDoppler === undefined ? {} : { microDoppler: microDoppler as MicroDoppler }),
            classifications: [{ label: words }],
          });
        });
        const wind = air === undefined ? undefined : ({ ...air, sigma: 1, from: "feed" } as Wind);
        const evidence = classEvidence(features, facts, [{ sensorId: "c", kind: "partner", category: words, at: base.at }], wind);
        const slots = new Set(evidence.map(({ slot }) => slot));
        assert.equal(slots.size, evidence.length);
        for (const one of evidence) {
          assert.equal(one.logLikelihood.length, CLASS_NAMES.length);
          for (const value of one.logLikelihood) assert.ok(Number.isFinite(value), `${one.slot}: ${value}`);
          assert.equal(of(one, "unknown"), 0);
        }
        const { probabilities } = answerOf(evidence);
        assert.ok(Math.abs(probabilities.reduce((a, b) => a + b, 0) - 1) < 1e-9);
      },
    ),
    { numRuns: 150 },
  );
});

test("the larger the echo, the more it speaks for an aircraft against a small bird, up to what aircraft reflect", () => {
  let last = Number.NEGATIVE_INFINITY;
  for (let rcs = -35; rcs <= 0; rcs += 5) {
    const echo = piece(judge({ velocity: straight(20), rcsDbsm: rcs }).evidence, "rcs");
    const now = of(echo, "aircraft") - of(echo, "bird-small");
    assert.ok(now >= last - 1e-9, `${rcs} dBsm: ${now} after ${last}`);
    last = now;
  }
});

test("an error of the measurement ten times as large makes speed say less", () => {
  const spread = (sigma: number) => {
    const { logLikelihood } = piece(judge({ velocity: straight(14), sigma }).evidence, "speed");
    return Math.max(...logLikelihood) - Math.min(...logLikelihood);
  };
  assert.ok(spread(5) < spread(0.5));
});

test("a prior sums to 1, shares a family among its classes, and keeps a place for the unknown", () => {
  const prior = classPrior({ uas: 1, bird: 1, manned: 1, lta: 1, ground: 1, clutter: 1 }).map(Math.exp);
  assert.ok(Math.abs(prior.reduce((a, b) => a + b, 0) - 1) < 1e-12);
  const unknown = prior[CLASS_NAMES.indexOf("unknown")];
  assert.ok(unknown > 0 && unknown < 0.1);
  const fpv = prior[CLASS_NAMES.indexOf("fpv")];
  // One of nine classes of drone; two classes are shown as multirotor-small.
  assert.ok(Math.abs(fpv - (1 - unknown) / 54) < 1e-12);
  assert.ok(Math.abs(prior[CLASS_NAMES.indexOf("multirotor-small")] - 2 * fpv) < 1e-12);
});

test("an answer below the thresholds is unknown; nothing known at all is unknown with certainty of nothing", () => {
  const log = (values: Partial<Record<(typeof CLASS_NAMES)[number], number>>) =>
    CLASS_NAMES.map((name) => Math.log((values[name] ?? 0) + 1e-12));
  assert.equal(classAnswer(log({ fpv: 0.7, "bird-small": 0.3 })).className, "fpv");
  assert.equal(classAnswer(log({ fpv: 0.45, "bird-small": 0.3, balloon: 0.25 })).className, "unknown", "no family above one half");
  const spread = classAnswer(log({ fpv: 0.3, vtol: 0.3, "fixed-wing": 0.3, balloon: 0.1 }));
  assert.equal(spread.className, "unknown", "surely a drone, but which");
  assert.ok(Math.abs(spread.uas - 0.9) < 1e-9);
  assert.equal(spread.family, "uas");
  const nothing = classAnswer(CLASS_NAMES.map(() => Number.NEGATIVE_INFINITY));
  assert.equal(nothing.className, "unknown");
  assert.equal(nothing.probabilities[CLASS_NAMES.indexOf("unknown")], 1);
});

test("features of one track stay small: 16 samples, 8 sensors, 3 words", () => {
  const { features, facts } = fly({ velocity: straight(10), seconds: 200 });
  for (let k = 0; k < 30; k++) {
    observeFeature(features, {
      sensorId: `s${k}`,
      sensorKind: "camera",
      at: (facts.at + k) as Micros,
      association: 1,
      classifications: [{ label: `word ${k}` }],
    });
    observeFeature(features, {
      sensorId: "s29",
      sensorKind: "camera",
      at: facts.at,
      association: 1,
      classifications: [{ label: `w${k}` }],
    });
  }
  assert.ok(features.sensors.length <= 8);
  assert.ok(features.forgotten > 0, "what made room is counted");
  for (const { labels } of features.sensors) assert.ok(labels.length <= 3);
  assert.ok(features.ring.byteLength <= 704);
});

/** s from a second look at evidence until it was weighed again, while the track goes on with `velocity` from second 40. */
function weighedAgainAfter(velocity: Flight["velocity"]): number {
  const { features, facts } = fly({ velocity: straight(10), seconds: 40 });
  let pieces = classEvidence(features, facts, [], undefined, { previous: [] });
  const [first, revision] = [facts.at, features.judged.revision];
  for (let t = 41; t < 80; t++) {
    const at = (START + t * 1e6) as Micros;
    const [east, north] = facts.position;
    const next = { ...facts, at, measuredAt: at, position: [east + 10 * (t - 40), north, 80] as const, velocity: velocity(t) };
    observeFacts(features, next);
    pieces = classEvidence(features, next, [], undefined, { previous: pieces });
    if (features.judged.revision !== revision) return (at - first) / 1e6;
  }
  return Number.POSITIVE_INFINITY;
}

test("a track that flies on as it did is weighed again after 12 s; one that speeds up, turns or climbs, after 4 s", () => {
  assert.equal(weighedAgainAfter(straight(10)), 12);
  assert.equal(weighedAgainAfter(straight(11)), 12, "1 m/s is within the error");
  assert.equal(weighedAgainAfter(straight(13)), 4, "3 m/s is not");
  const turning = (t: number) => [10 * Math.cos((t - 40) / 3), 10 * Math.sin((t - 40) / 3), 0] as const;
  assert.equal(weighedAgainAfter(turning), 4);
  assert.equal(
    weighedAgainAfter(() => [10, 0, 4]),
    4,
  );
});
