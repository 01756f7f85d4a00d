import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeState, encodeState } from "../../base/state-codec.ts";
import type { Micros } from "../../base/units.ts";
import type { Identity } from "../../model/observation.ts";
import type { TrackFacts } from "../../model/track-facts.ts";
import {
  bearingLogRatio,
  clockLogRatio,
  constantLogRatio,
  fakeProbability,
  motionLogRatio,
  radarLogRatio,
  signalLogRatio,
} from "./emitter-models.ts";
import {
  checkEmitters,
  createEmitters,
  EMITTER_LIMITS,
  type Emission,
  type EmitterState,
  emitterEvidence,
  emitterFindings,
  floods,
  isFake,
  observeEmission,
  type SensorCoverage,
} from "./emitters.ts";
import { findSharedLevel } from "./flood.ts";

const at = (seconds: number): Micros => (1_700_000_000_000_000 + Math.round(seconds * 1e6)) as Micros;
const serial = (value: string): Identity => ({ scheme: "remote-id-serial", value });
const near = (value: number, expected: number, within: number) =>
  assert.ok(Math.abs(value - expected) <= within, `${value} is not ${expected} +- ${within}`);

const emission = (t: number, name: string, change: Partial<Emission> = {}): Emission => ({
  origin: "live",
  sensorId: "rid-1",
  sensorPositionEnu: [0, 0, 5],
  at: at(t),
  identities: [serial(name), { scheme: "radio-address", value: `address of ${name}` }],
  positionEnu: [500 + 10 * t, 500, 80],
  heightKnown: true,
  positionSigma: 5,
  velocityEnu: [10, 0, 0],
  trackKey: `T-${name}`,
  ...change,
});

const track = (t: number, key: string, position: readonly [number, number, number], radarDetections = 0): TrackFacts => ({
  key,
  origin: "live",
  status: "confirmed",
  existence: 1,
  createdAt: at(0),
  measuredAt: at(t),
  at: at(t),
  position,
  velocity: [10, 0, 0],
  covariance: new Float64Array(36),
  heightKnown: true,
  identities: [],
  contributors: radarDetections === 0 ? [] : [{ sensorId: "radar-1", kind: "radar", lastAt: at(t), detections: radarDetections }],
});

const radar = (detectionProbability: number) => (): SensorCoverage[] => [
  { sensorId: "radar-1", kind: "radar", detectionProbability, updatePeriod: 1, positionEnu: [0, 0, 8] },
];
const nobody = () => [];

function fly(
  state: EmitterState,
  seconds: number,
  each: (t: number) => { emissions: Emission[]; tracks?: TrackFacts[] },
  coverage = nobody as () => SensorCoverage[],
) {
  for (let t = 1; t <= seconds; t++) {
    const { emissions, tracks = [] } = each(t);
    for (const one of emissions) observeEmission(state, one);
    checkEmitters(state, { now: at(t + 0.1), tracks, coverage, bearings: [] });
  }
}

// ---- the models, by hand

test("no looks say nothing; many misses at Pd 0.9 are worth ln(1/0.01) = 4.6, and never more", () => {
  near(radarLogRatio(0, 0, 0.01), 0, 1e-12);
  // Three misses: 0.97^3 = 0.9127 over 0.01 * 0.9127 + 0.99 * 0.001 = 0.010117, ln 90.2 = 4.50.
  near(radarLogRatio(3 * Math.log(0.1), 3 * Math.log(0.97), 0.01), 4.502, 0.001);
  near(radarLogRatio(50 * Math.log(0.1), 50 * Math.log(0.97), 0.01), Math.log(100), 1e-6);
});

test("one hit at Pd 0.9 where clutter gives 3 % speaks for the object: ln(0.03 / (0.0003 + 0.891)) = -3.39", () => {
  near(radarLogRatio(Math.log(0.9), Math.log(0.03), 0.01), -3.391, 0.001);
});

test("a bearing on the claimed place supports it, one ten sigma off contradicts it by half of ln(1/0.08)", () => {
  assert.ok(bearingLogRatio(0, 0.05) < -1);
  near(bearingLogRatio(0.5, 0.05), 0.5 * Math.log(1 / 0.08), 1e-6);
});

test("a level as expected supports the claimed range, one 30 dB below contradicts it", () => {
  assert.ok(signalLogRatio([0], [64]) < 0);
  assert.ok(signalLogRatio([-30], [4]) > 3);
  assert.equal(signalLogRatio([], []), 0);
});

test("with two receivers a weak transmitter is weak at both; only the difference contradicts", () => {
  assert.ok(signalLogRatio([-12, -12], [4, 4]) < signalLogRatio([-12, 12], [4, 4]));
});

test("a level that follows the claimed range supports it, one that stays contradicts it", () => {
  // Thirty messages, expected variance 36 dB^2, a third counts: (36 - 2 * 36) * 10 / 72 = -5, bounded at -3; and +5.
  assert.equal(constantLogRatio(36, 36, 30), -3);
  assert.equal(constantLogRatio(36, 0, 30), 5);
  assert.equal(constantLogRatio(0, 0, 30), 0);
});

test("three jumps in ten places are no accident; none are a little reassuring", () => {
  assert.ok(motionLogRatio(3, 10, 0, 0) > 5);
  near(motionLogRatio(0, 10, 0, 0), Math.log(0.7 + 0.3 * Math.exp(-3 + 0.03)), 1e-9);
});

test("stamps four hundred seconds old cost ln 30, eighteen seconds (leap seconds forgotten) only ln 3", () => {
  near(clockLogRatio(5, 400, 0, false), Math.log(30), 1e-9);
  near(clockLogRatio(5, 18, 0, false), Math.log(3), 1e-9);
  assert.ok(clockLogRatio(5, 400, 4, false) > 6);
  assert.equal(clockLogRatio(1, 400, 0, false), 0);
});

test("before any check one broadcast in fifty is doubted", () => {
  near(fakeProbability(0), 0.02, 1e-12);
});

test("twenty identities at one level with claimed ranges 26 dB apart share a transmitter; twenty that follow their ranges do not", () => {
  const wave = (i: number) => ((i * 7) % 5) - 2; // -2 to 2 dB, without chance
  const one = Array.from({ length: 20 }, (_, i) => ({ level: -70 + 0.5 * wave(i), gain: -50 - 1.3 * i, variance: 2 }));
  const many = Array.from({ length: 20 }, (_, i) => ({ level: -25 - 50 - 1.3 * i + 3 * wave(i), gain: -50 - 1.3 * i, variance: 2 }));
  assert.ok(findSharedLevel(one).groupLog > 10);
  assert.ok(findSharedLevel(many).groupLog < 3);
});

test("a show of thirty drones of one make at one place is no flood: their ranges explain the common level", () => {
  const wave = (i: number) => ((i * 7) % 5) - 2;
  const show = Array.from({ length: 30 }, (_, i) => ({ level: -80 + 0.4 * wave(i), gain: -55 + 0.2 * wave(i + 1), variance: 2 }));
  assert.ok(findSharedLevel(show).groupLog < 5);
});

// ---- the judge

test("where a radar must see it and sees nothing, the claim is contradicted within ten seconds", () => {
  const state = createEmitters();
  let after = 0;
  for (let t = 1; t <= 10 && after === 0; t++) {
    observeEmission(state, emission(t, "A"));
    checkEmitters(state, { now: at(t + 0.1), tracks: [track(t, "T-A", [500 + 10 * t, 500, 80])], coverage: radar(0.95), bearings: [] });
    if (emitterFindings(state, "T-A").some((one) => one.code === "no-radar-support")) after = t;
  }
  assert.ok(after > 0 && after <= 10);
  assert.ok(isFake(state, "T-A") > 0.5);
});

test("outside the radars' coverage silence of radar says nothing", () => {
  const state = createEmitters();
  fly(state, 20, (t) => ({ emissions: [emission(t, "A")], tracks: [track(t, "T-A", [500 + 10 * t, 500, 80])] }), radar(0.6));
  assert.deepEqual(emitterFindings(state, "T-A"), []);
  assert.ok(isFake(state, "T-A") < 0.05);
});

test("echoes in its own track, or in a radar track beside it that is nobody else's, support the claim", () => {
  for (const key of ["T-A", "T-radar"]) {
    const state = createEmitters();
    fly(
      state,
      15,
      (t) => ({
        emissions: [emission(t, "A")],
        tracks: [...(key === "T-A" ? [] : [track(t, "T-A", [500 + 10 * t, 500, 80])]), track(t, key, [505 + 10 * t, 497, 78], t)],
      }),
      radar(0.95),
    );
    assert.ok(isFake(state, "T-A") < 0.001, key);
  }
});

test("one echo does not support two: of two claims beside one radar track the nearer has it", () => {
  const state = createEmitters();
  const claims = (t: number) => [
    emission(t, "A"),
    emission(t, "B", { positionEnu: [500 + 10 * t, 640, 80] }), // 140 m beside
  ];
  fly(
    state,
    12,
    (t) => ({
      emissions: claims(t),
      tracks: [
        track(t, "T-A", [500 + 10 * t, 500, 80]),
        track(t, "T-B", [500 + 10 * t, 640, 80]),
        track(t, "T-radar", [502 + 10 * t, 503, 80], t),
      ],
    }),
    radar(0.95),
  );
  assert.ok(isFake(state, "T-A") < 0.01);
  assert.ok(isFake(state, "T-B") > 0.5);
});

test("a drone that hovers cannot be seen by a radar that needs radial speed, and is not condemned for it", () => {
  const state = createEmitters();
  fly(
    state,
    30,
    (t) => ({
      emissions: [emission(t, "A", { positionEnu: [500, 500, 80], velocityEnu: [0, 0, 0] })],
      tracks: [track(t, "T-A", [500, 500, 80])],
    }),
    radar(0.95),
  );
  assert.deepEqual(emitterFindings(state, "T-A"), []);
  assert.ok(isFake(state, "T-A") < 0.2);
});

test("a serial on two courses 800 m apart is contradicted on both; the later course more", () => {
  const state = createEmitters();
  fly(state, 60, (t) => ({
    emissions: [
      emission(t, "F"),
      ...(t > 40 ? [emission(t + 0.5, "F", { positionEnu: [500 + 10 * t, 1300, 80], trackKey: "T-copy" })] : []),
    ].map((one) => ({ ...one, at: Math.min(one.at, at(t + 0.05)) as Micros })),
  }));
  for (const key of ["T-F", "T-copy"])
    assert.ok(
      emitterFindings(state, key).some((one) => one.code === "serial-in-two-places"),
      key,
    );
  assert.deepEqual(emitterFindings(state, "T-F").find((one) => one.code === "serial-in-two-places")!.tracks, ["T-copy"]);
  const friend = (key: string) => emitterEvidence(state, key).find((one) => one.slot.startsWith("emitter-copied"))!.logLikelihood[0]!;
  assert.ok(friend("T-copy") < friend("T-F") && friend("T-F") < 0);
  // Both may be real objects: nobody is called a phantom for it.
  assert.ok(isFake(state, "T-F") < 0.5 && isFake(state, "T-copy") < 0.5);
});

test("places that nothing can fly between, each new, are impossible motion", () => {
  const state = createEmitters();
  fly(state, 8, (t) => ({
    emissions: [emission(t, "J", { positionEnu: [((t * 7919) % 5000) - 2500, ((t * 104729) % 5000) - 2500, 80] })],
  }));
  assert.ok(emitterFindings(state, "T-J").some((one) => one.code === "impossible-motion"));
  assert.ok(isFake(state, "T-J") > 0.5);
});

test("a replayed recording is told by its stamps", () => {
  const state = createEmitters();
  fly(state, 40, (t) => ({ emissions: [emission(t, "R", { sensorTime: at(-600 + (t % 12)) })] }));
  assert.ok(emitterFindings(state, "T-R").some((one) => one.code === "replayed-time"));
});

test("one address with three serials is one group of three, whatever they claim; a changing address of one serial is none", () => {
  const state = createEmitters();
  const shared: Identity = { scheme: "radio-address", value: "one" };
  fly(state, 10, (t) => ({
    emissions: [
      ...["A", "B", "C"].map((name, i) => emission(t, name, { identities: [serial(name), shared], positionEnu: [300 * i, 900 + t, 60] })),
      emission(t, "honest", { identities: [serial("honest"), { scheme: "radio-address", value: `changes ${Math.floor(t / 3)}` }] }),
    ],
  }));
  const groups = floods(state);
  assert.equal(groups.length, 1);
  assert.equal(groups[0]!.count, 3);
  assert.deepEqual([...groups[0]!.trackKeys].sort(), ["T-A", "T-B", "T-C"]);
  assert.ok(isFake(state, "T-A") > 0.5);
  assert.ok(isFake(state, "T-honest") < 0.05);
});

test("a bearing that misses the claimed place by 60 degrees, again and again, contradicts it", () => {
  const state = createEmitters();
  for (let t = 1; t <= 8; t++) {
    observeEmission(state, emission(t, "A"));
    const azimuth = Math.atan2(500 + 10 * t, 500) + Math.PI / 3;
    const bearing = { sensorId: "df", at: at(t), positionEnu: [0, 0, 5] as const, azimuth, sigma: 0.05, identities: [serial("A")] };
    checkEmitters(state, { now: at(t + 0.1), tracks: [], coverage: nobody, bearings: [bearing] });
  }
  assert.ok(emitterFindings(state, "T-A").some((one) => one.code === "bearing-disagrees"));
});

test("positions that carry only the address belong to whoever named itself with it", () => {
  const state = createEmitters();
  observeEmission(state, emission(1, "A", { positionEnu: undefined }));
  observeEmission(state, emission(2, "A", { identities: [{ scheme: "radio-address", value: "address of A" }] }));
  assert.equal(state.emitters.size, 1);
  assert.equal([...state.emitters.values()][0]!.heard, 2);
});

test("the pieces of evidence add up to the log-likelihood of all checks together", () => {
  const state = createEmitters();
  fly(state, 10, (t) => ({ emissions: [emission(t, "A")], tracks: [track(t, "T-A", [500 + 10 * t, 500, 80])] }), radar(0.95));
  const emitter = [...state.emitters.values()][0]!;
  const total = Math.log(isFake(state, "T-A") / (1 - isFake(state, "T-A"))) - Math.log(0.02 / 0.98);
  const pieces = emitterEvidence(state, "T-A").filter((one) => one.question === "affiliation");
  assert.ok(pieces.length >= 1 && emitter.copiedLog === 0);
  const hostile = pieces.reduce((sum, one) => sum + one.logLikelihood[2]!, 0);
  near(hostile, Math.log(0.9 + 0.1 * Math.exp(total)), 0.05);
});

// ---- properties

const anyNumber = fc.oneof(
  fc.double(),
  fc.double({ min: -5000, max: 5000, noNaN: true }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0),
);
const anyPlace = fc.tuple(anyNumber, anyNumber, anyNumber);
const anyEmission = fc.record({
  name: fc.integer({ min: 0, max: 12 }),
  address: fc.integer({ min: 0, max: 6 }),
  dt: fc.double({ min: 0, max: 3, noNaN: true }),
  position: fc.option(anyPlace, { nil: undefined }),
  velocity: fc.option(anyPlace, { nil: undefined }),
  sigma: fc.option(anyNumber, { nil: undefined }),
  signal: fc.option(anyNumber, { nil: undefined }),
  stamp: fc.option(anyNumber, { nil: undefined }),
});

function drive(rows: readonly (typeof anyEmission extends fc.Arbitrary<infer Row> ? Row : never)[]): EmitterState {
  const state = createEmitters();
  let t = 0;
  rows.forEach((row, i) => {
    t += row.dt;
    observeEmission(
      state,
      emission(t, `S${row.name}`, {
        identities: [serial(`S${row.name}`), { scheme: "radio-address", value: `a${row.address}` }],
        positionEnu: row.position,
        velocityEnu: row.velocity,
        positionSigma: row.sigma,
        signalDbm: row.signal,
        sensorTime: row.stamp === undefined ? undefined : ((at(t) + row.stamp * 1e6) as Micros),
      }),
    );
    if (i % 3 === 0)
      checkEmitters(state, { now: at(t), tracks: [track(t, "T-S1", [0, 0, 0], i + 1)], coverage: radar(0.95), bearings: [] });
  });
  checkEmitters(state, { now: at(t + 1), tracks: [], coverage: radar(0.95), bearings: [] });
  return state;
}

test("whatever is broadcast, nothing throws and every probability and weight is a number", () => {
  fc.assert(
    fc.property(fc.array(anyEmission, { maxLength: 60 }), (rows) => {
      const state = drive(rows);
      for (let name = 0; name <= 12; name++) {
        const fake = isFake(state, `T-S${name}`);
        assert.ok(fake >= 0 && fake <= 1);
        for (const one of emitterFindings(state, `T-S${name}`)) assert.ok(one.confidence >= 0 && one.confidence <= 1);
        for (const one of emitterEvidence(state, `T-S${name}`)) assert.ok(one.logLikelihood.every(Number.isFinite));
      }
    }),
    { numRuns: 60 },
  );
});

test("the state is plain data, and the same broadcasts give the same octets", () => {
  fc.assert(
    fc.property(fc.array(anyEmission, { maxLength: 40 }), (rows) => {
      const once = encodeState(drive(rows));
      assert.deepEqual(encodeState(drive(rows)), once);
      assert.deepEqual(encodeState(decodeState(once)), once);
    }),
    { numRuns: 20 },
  );
});

test("a flood of any size keeps the memory bounded and never pushes out an emitter that a radar has seen", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 3 * EMITTER_LIMITS.emitters }), (real, flood) => {
      const state = createEmitters();
      for (let i = 0; i < real; i++) {
        observeEmission(state, emission(1, `real ${i}`));
        state.emitters.get(`live remote-id-serial:real ${i}`)!.supports = 2;
      }
      for (let i = 0; i < flood; i++) observeEmission(state, emission(2, `fake ${i}`, { signalDbm: -60 }));
      assert.ok(state.emitters.size <= EMITTER_LIMITS.emitters);
      assert.ok(state.owners.size <= EMITTER_LIMITS.emitters * EMITTER_LIMITS.addressesPerEmitter);
      for (let i = 0; i < real; i++) assert.ok(state.emitters.has(`live remote-id-serial:real ${i}`));
      assert.equal(state.evicted, real + flood - state.emitters.size);
    }),
    { numRuns: 8 },
  );
});

test("a long-standing honest emitter without radar outlives a flood of identities that are heard once", () => {
  const state = createEmitters();
  for (let t = 0; t < 30; t++) observeEmission(state, emission(t, "old"));
  for (let i = 0; i < 3 * EMITTER_LIMITS.emitters; i++) observeEmission(state, emission(31, `once ${i}`));
  assert.ok(state.emitters.has("live remote-id-serial:old"));
});

test("when every place is taken by emitters that radar has seen, a newcomer is refused and counted", () => {
  const state = createEmitters();
  for (let i = 0; i < EMITTER_LIMITS.emitters; i++) observeEmission(state, emission(1, `real ${i}`));
  for (const emitter of state.emitters.values()) emitter.supports = 2;
  observeEmission(state, emission(2, "newcomer"));
  assert.equal(state.emitters.size, EMITTER_LIMITS.emitters);
  assert.equal(state.refused, 1);
});
