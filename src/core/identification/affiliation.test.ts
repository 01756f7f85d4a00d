import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { at, declaration, friend, HANGAR, round, serial, track } from "../../../test/support/identification-tracks.ts";
import type { Evidence } from "../model/identity.ts";
import type { ClaimFact, CoverageFact, TrackFacts } from "../model/track-facts.ts";
import { AFFILIATION_LOG_PRIOR, closestApproach, decideAffiliation } from "./affiliation.ts";
import { conflictOf } from "./conflict.ts";
import {
  createIdentification,
  declare,
  type IdentificationContext,
  type IdentificationState,
  identificationOf,
  identifyTracks,
  ledgerOf,
  observeFeature,
  registerFriend,
} from "./identify.ts";
import { logPosteriorOf, softmax } from "./ledger.ts";
import * as tables from "./source-tables.ts";

type Over = Partial<Omit<IdentificationContext, "now" | "allTracks">>;

function run(state: IdentificationState, to: number, tracks: (seconds: number) => TrackFacts[], over: Over = {}): void {
  for (let s = 0; s <= to; s++) identifyTracks(state, tracks(s), round(s, tracks(s), over));
}
const slots = (state: IdentificationState, key = "T1") =>
  Object.fromEntries(ledgerOf(state, key)!.affiliation.evidence.map((line) => [line.slot, line.key]));

test("in every table of a source the declarations add up to one for each truth, and none is impossible", () => {
  const found = [
    tables.OWN_SYSTEM,
    tables.REMOTE_ID,
    tables.ADSB_LOW_OR_SLOW,
    tables.ADSB_HIGH_AND_FAST,
    tables.PARTNER,
    tables.PERSON,
    tables.BEHAVIOUR,
    tables.COMPANION,
    tables.NEIGHBOUR,
    tables.EYE_CONTACT,
  ];
  for (const table of found) {
    for (let h = 0; h < 3; h++) {
      const sum = Object.values(table).reduce((total, row) => total + row[h], 0);
      assert.ok(Math.abs(sum - 1) < 1e-12, `${Object.keys(table)}: ${sum}`);
      for (const row of Object.values(table)) assert.ok(row[h] > 0);
    }
  }
});

test("a claim is evidence and never identity: no broadcast or partner multiplies the odds of friend by more than 10", () => {
  for (const row of [tables.REMOTE_ID.broadcast, ...Object.values(tables.PARTNER)]) {
    assert.ok(row[0] / row[1] <= 10 && row[0] / row[2] <= 10);
  }
});

const row = fc.tuple(
  ...([0, 0, 0].map(() => fc.double({ min: -30, max: 30, noNaN: true })) as [
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
    fc.Arbitrary<number>,
  ]),
);
const someEvidence = fc.array(
  fc.record({
    slot: fc.constantFrom(
      "friend-plan",
      "own-system",
      "friend-identity",
      "remote-id",
      "adsb",
      "behaviour",
      "declaration",
      "partner:1",
      "signal",
    ),
    basis: fc.constantFrom("claimed", "measured", "authenticated", "declared"),
    logLikelihood: row,
  }),
  { maxLength: 9 },
);
const toEvidence = (found: { slot: string; basis: string; logLikelihood: readonly number[] }[]): Evidence[] => [
  ...new Map(
    found.map((each) => [
      each.slot,
      { ...each, question: "affiliation", source: each.slot, at: at(0), key: "x", values: {} } as unknown as Evidence,
    ]),
  ).values(),
];

test("whatever the evidence: never hostile; friend only from an authenticated own system; assumed friend only from a plan or an own system", () => {
  fc.assert(
    fc.property(someEvidence, fc.boolean(), (drawn, assessed) => {
      const evidence = toEvidence(drawn);
      const answer = decideAffiliation(evidence, assessed);
      assert.notEqual(answer, "hostile");
      const speaks = ({ logLikelihood: [f, n, h] }: Evidence) => f > n && f > h;
      if (answer === "friend") assert.ok(evidence.some((e) => e.slot === "own-system" && e.basis === "authenticated" && speaks(e)));
      if (answer === "assumed-friend") assert.ok(evidence.some((e) => (e.slot === "friend-plan" || e.slot === "own-system") && speaks(e)));
      if (answer === "suspect") assert.ok(softmax(logPosteriorOf(AFFILIATION_LOG_PRIOR, evidence))[2] >= 0.5);
      assert.equal(answer === "pending", !assessed && answer === "pending");
    }),
    { numRuns: 2000 },
  );
});

test("more weight for hostile never makes a track less suspect", () => {
  fc.assert(
    fc.property(someEvidence, fc.double({ min: 0, max: 20, noNaN: true }), (drawn, more) => {
      const evidence = toEvidence(drawn);
      const before = softmax(logPosteriorOf(AFFILIATION_LOG_PRIOR, evidence))[2];
      const extra = { ...toEvidence([{ slot: "extra", basis: "measured", logLikelihood: [0, 0, more] }])[0] };
      assert.ok(softmax(logPosteriorOf(AFFILIATION_LOG_PRIOR, [...evidence, extra]))[2] >= before - 1e-12);
    }),
  );
});

const words = ["multirotor", "bird", "aircraft", "balloon", "fixed wing", "helicopter", "missile", "clutter"];

test("affiliation never depends on the class: other echoes, blades, labels and categories leave every piece of its evidence as it was", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          rcsDbsm: fc.double({ min: -40, max: 30, noNaN: true }),
          microDoppler: fc.constantFrom("rotor", "propeller", "flap", "none" as const),
          label: fc.constantFrom(...words),
        }),
        { minLength: 5, maxLength: 12 },
      ),
      fc.constantFrom(...words),
      (seen, category) => {
        const judge = (withClass: boolean) => {
          const state = createIdentification();
          registerFriend(state, friend(), at(-60));
          const claim = (said: ClaimFact["statements"]): ClaimFact => ({
            sensorId: "rid-1",
            sensorKind: "remote-id",
            heardAt: at(20),
            statements: said,
            identities: [serial("X1")],
          });
          const tracks = (s: number) => [track(s, { position: [1500 - 10 * s, 0, 80], velocity: [-10, 0, 0], identities: [serial("X1")] })];
          for (let s = 0; s <= 20; s++) {
            if (withClass)
              for (const { rcsDbsm, microDoppler, label } of seen)
                observeFeature(state, "T1", {
                  sensorId: "radar-2",
                  sensorKind: "camera",
                  at: at(s),
                  rcsDbsm,
                  microDoppler: microDoppler as "rotor",
                  classifications: [{ label, confidence: 0.9 }],
                  association: 1,
                });
            identifyTracks(state, tracks(s), round(s, tracks(s), { claims: () => [claim(withClass ? { category } : {})] }));
          }
          const { allegiance, automatic, affiliation, conflict } = identificationOf(state, "T1")!;
          return { allegiance, automatic, affiliation, conflict, evidence: ledgerOf(state, "T1")!.affiliation.evidence };
        };
        assert.deepEqual(judge(true), judge(false));
      },
    ),
    { numRuns: 25 },
  );
});

test("evidence of class and evidence of affiliation never meet: class pieces from a check of broadcasts change no affiliation", () => {
  const emitters = (weight: number) => ({
    findings: new Map(),
    evidence: new Map([
      [
        "T1",
        [
          {
            slot: "x",
            question: "class" as const,
            source: "picket",
            basis: "measured" as const,
            at: at(1),
            logLikelihood: Array.from({ length: 16 }, (_, h) => (h === 0 ? weight : 0)),
            key: "x",
            values: {},
          },
        ],
      ],
    ]),
  });
  const judge = (weight: number) => {
    const state = createIdentification();
    run(state, 15, (s) => [track(s)], { emitters: emitters(weight) });
    return identificationOf(state, "T1")!;
  };
  assert.deepEqual(judge(9).allegiance, judge(-9).allegiance);
  assert.ok(judge(9).classProbabilities[0] > judge(-9).classProbabilities[0]);
});

test("the origin of a track makes no difference to its evidence", () => {
  const judge = (origin: TrackFacts["origin"]) => {
    const state = createIdentification();
    registerFriend(state, friend(), at(-60));
    run(state, 30, (s) => [track(s, { origin, position: [1500 - 10 * s, 0, 80], velocity: [-10, 0, 0] })]);
    return { ...identificationOf(state, "T1")! };
  };
  for (const origin of ["simulated", "exercise", "recorded"] as const) assert.deepEqual(judge(origin), judge("live"));
});

test("an own system over a checked link is a friend while that link feeds the track, and no longer", () => {
  const state = createIdentification();
  const own = { scheme: "mavlink-system" as const, value: "1" };
  const claims = (): ClaimFact[] => [
    { sensorId: "track-feed-1", sensorKind: "track-feed", heardAt: at(10), statements: { authenticated: true }, identities: [own] },
  ];
  run(state, 12, (s) => [track(s, { identities: [own], fedBy: ["radar", "track-feed"] })], { claims });
  assert.equal(identificationOf(state, "T1")!.affiliation, "friend");
  // 0.1 x 0.5 against 0.85 x 0.00025 and 0.05 x 0.00025, and that it approaches nothing: 0.58, 0.7895, 0.125.
  const [f, n, h] = [0.1 * 0.5 * 0.58, 0.85 * 0.00025 * 0.7895, 0.05 * 0.00025 * 0.125];
  assert.ok(Math.abs(identificationOf(state, "T1")!.allegiance[0] - f / (f + n + h)) < 1e-9);
  for (let s = 13; s <= 40; s++) identifyTracks(state, [track(s, { identities: [own] })], round(s, [], { claims }));
  assert.notEqual(identificationOf(state, "T1")!.affiliation, "friend");
});

test("the same claim without a checked signature, about another track, or with only a serial makes no friend", () => {
  const own = { scheme: "mavlink-system" as const, value: "1" };
  const cases: [ClaimFact["statements"], TrackFacts["identities"]][] = [
    [{}, [own]],
    [{ authenticated: true }, []],
    [{ authenticated: true }, [{ scheme: "mavlink-system", value: "2" }]],
  ];
  for (const [statements, identities] of cases) {
    const state = createIdentification();
    const claims = (): ClaimFact[] => [
      { sensorId: "track-feed-1", sensorKind: "track-feed", heardAt: at(10), statements, identities: [own] },
    ];
    run(state, 12, (s) => [track(s, { identities, fedBy: ["radar", "track-feed"] })], { claims });
    assert.equal(identificationOf(state, "T1")!.affiliation, "unknown");
  }
});

test("a transponder and a radar that agree make an aircraft neutral, a transponder alone does not", () => {
  const both = createIdentification();
  const aircraft = (s: number) => ({
    position: [-9000 + 80 * s, 3000, 900] as const,
    velocity: [80, 0, 0] as const,
    identities: [{ scheme: "icao24" as const, value: "4CA7B5" }],
  });
  run(both, 20, (s) => [track(s, { ...aircraft(s), fedBy: ["radar", "adsb"] })]);
  assert.equal(identificationOf(both, "T1")!.affiliation, "neutral");
  const alone = createIdentification();
  run(alone, 20, (s) => [track(s, { ...aircraft(s), fedBy: ["adsb"] })]);
  assert.equal(slots(alone).adsb, "affiliation-adsb-claimed");
  assert.notEqual(identificationOf(alone, "T1")!.affiliation, "friend");
});

test("a helicopter on final to a pad beside the site stays neutral", () => {
  const state = createIdentification();
  run(state, 60, (s) => [
    track(s, {
      position: [-3000 + 30 * s, 350, 200 - 2 * s],
      velocity: [30, 0, -2],
      identities: [{ scheme: "icao24", value: "4CA7B5" }],
      fedBy: ["radar", "adsb"],
    }),
  ]);
  assert.equal(identificationOf(state, "T1")!.affiliation, "neutral");
});

const covered = (kind: CoverageFact["kind"], detectionProbability: number): CoverageFact[] => [
  { sensorId: `${kind}-1`, kind, detectionProbability },
];

test("silence says something only where a receiver would hear: weak for Remote ID, strong for a fast high object without a transponder", () => {
  const silent = createIdentification();
  run(silent, 20, (s) => [track(s)], { coverage: () => covered("remote-id", 0.95) });
  const line = ledgerOf(silent, "T1")!.affiliation.evidence.find(({ slot }) => slot === "remote-id")!;
  assert.equal(line.key, "affiliation-remote-id-silent");
  // (1 - 0.2 x 0.95) against (1 - 0.3 x 0.95): 0.5 decibans for hostile against neutral.
  assert.ok(Math.abs(line.weights[2] - line.weights[1] - 10 * Math.log10(0.81 / 0.715)) < 1e-9);
  const deaf = createIdentification();
  run(deaf, 20, (s) => [track(s)]);
  assert.equal(slots(deaf)["remote-id"], undefined);
  const fast = createIdentification();
  run(fast, 20, (s) => [track(s, { position: [-9000 + 120 * s, 3000, 1500], velocity: [120, 0, 0] })], {
    coverage: () => covered("adsb", 0.99),
  });
  assert.equal(slots(fast).adsb, "affiliation-adsb-silent");
  assert.ok(identificationOf(fast, "T1")!.allegiance[2] > 0.05);
});

test("near an asset: approaching, inside, staying and a straight run-in are one source, graded", () => {
  const cases: [string, (s: number) => TrackFacts, number][] = [
    ["affiliation-no-approach", (s) => track(s, { position: [3000, -2000 + 10 * s, 80], velocity: [0, 10, 0] }), 20],
    ["affiliation-approaching", (s) => track(s, { position: [3000 - 10 * s, 400, 80], velocity: [-10, 0, 0] }), 20],
    ["affiliation-inside", (s) => track(s, { position: [300, -200 + 10 * s, 80], velocity: [0, 10, 0] }), 20],
    ["affiliation-loitering", (s) => track(s, { position: [700, 5 * Math.sin(s), 80], velocity: [0, 1, 0] }), 100],
    ["affiliation-run-in", (s) => track(s, { position: [3000 - 15 * s, 20, 80], velocity: [-15, 0, 0] }), 30],
    ["affiliation-run-in-fast", (s) => track(s, { position: [3000 - 50 * s, 20, 80], velocity: [-50, 0, 0] }), 20],
  ];
  for (const [key, facts, to] of cases) {
    const state = createIdentification();
    run(state, to, (s) => [facts(s)]);
    assert.equal(slots(state).behaviour, key);
  }
});

test("a fast low straight run-in is suspect by itself, an ordinary approach is not", () => {
  const fast = createIdentification();
  run(fast, 12, (s) => [track(s, { position: [3000 - 50 * s, 20, 80], velocity: [-50, 0, 0] })]);
  assert.equal(identificationOf(fast, "T1")!.affiliation, "suspect");
  const slow = createIdentification();
  run(slow, 60, (s) => [track(s, { position: [3000 - 12 * s, 200, 80], velocity: [-12, 0, 0] })]);
  assert.equal(identificationOf(slow, "T1")!.affiliation, "unknown");
});

test("an own drone that nobody announced is never called hostile, and a call to the neighbours is what would change it", () => {
  const state = createIdentification();
  run(state, 60, (s) => [track(s, { position: [3000 - 40 * s, 20, 80], velocity: [-40, 0, 0] })], {
    coverage: () => covered("remote-id", 0.95),
  });
  const { automatic } = identificationOf(state, "T1")!;
  assert.equal(automatic, "suspect");
  const changes = ledgerOf(state, "T1")!.affiliation.whatWouldChange;
  assert.ok(changes.some(({ kind, key }) => kind === "with" && key === "obtain-own-registration"));
});

test("an announced flight that comes home over the asset is no suspect: its plan explains the way", () => {
  const state = createIdentification();
  registerFriend(state, friend({ identities: [{ scheme: "remote-id-serial", value: "X1" }] }), at(-60));
  run(state, 120, (s) => [
    track(s, { position: [1900 - 15 * s, 0, 80], velocity: [-15, 0, 0], identities: [serial("X1")], fedBy: ["radar", "remote-id"] }),
  ]);
  assert.equal(identificationOf(state, "T1")!.affiliation, "assumed-friend");
});

test("conflict is 0 where sources agree or say nothing, 1 where two sure ones say the opposite", () => {
  const source = (name: string, logLikelihood: readonly number[]): Evidence =>
    ({ slot: name, question: "affiliation", source: name, basis: "measured", at: at(0), logLikelihood, key: "x", values: {} }) as Evidence;
  assert.equal(conflictOf([], 3), 0);
  assert.equal(conflictOf([source("a", [0, -50, -50])], 3), 0);
  assert.ok(conflictOf([source("a", [0, -50, -50]), source("b", [0, -50, -50])], 3) < 1e-12);
  assert.ok(conflictOf([source("a", [0, -50, -50]), source("b", [0, 0, 0])], 3) < 1e-12);
  assert.ok(conflictOf([source("a", [0, -50, -50]), source("b", [-50, -50, 0])], 3) > 1 - 1e-9);
  // Halves: a says friend or neutral evenly, b neutral or hostile. Certainty 1 - ln 2 / ln 3 = 0.3691, divergence 0.5 bit.
  const half = conflictOf([source("a", [0, 0, -99]), source("b", [-99, 0, 0])], 3);
  assert.ok(Math.abs(half - (1 - Math.LN2 / Math.log(3)) * 0.5) < 1e-9);
});

test("conflict is between 0 and 1, whatever the order of the sources, and many that agree hide none that disagrees", () => {
  fc.assert(
    fc.property(someEvidence, (drawn) => {
      const evidence = toEvidence(drawn);
      const conflict = conflictOf(evidence, 3);
      assert.ok(conflict >= 0 && conflict <= 1);
      assert.ok(Math.abs(conflictOf([...evidence].reverse(), 3) - conflict) < 1e-12);
    }),
  );
  const source = (name: string, friendly: boolean): Evidence => ({
    ...toEvidence([{ slot: name, basis: "measured", logLikelihood: friendly ? [0, -9, -9] : [-9, -9, 0] }])[0],
  });
  const crowd = Array.from({ length: 20 }, (_, i) => source(`f${i}`, true));
  assert.ok(conflictOf([...crowd, source("h", false)], 3) > 0.9);
});

test("a person who says the opposite of a matched plan shows as conflict", () => {
  const state = createIdentification();
  registerFriend(state, friend(), at(-60));
  run(state, 15, (s) => [track(s, { position: [1500, 0, 80], velocity: [-1, 0, 0] })]);
  const before = identificationOf(state, "T1")!.conflict;
  assert.ok(declare(state, "T1", declaration({ value: "hostile", at: at(15.5) })).ok);
  const after = identificationOf(state, "T1")!;
  assert.ok(after.conflict > 0.4 && after.conflict > before);
  assert.equal(after.affiliation, "hostile");
  assert.notEqual(after.automatic, "hostile");
});

test("the asset that matters is the one it is inside, else the one it reaches first", () => {
  const far = { ...HANGAR, id: "far", name: "Far", position: [-4000, 0, 0] as const };
  const facts = track(0, { position: [3000, 0, 80], velocity: [-10, 0, 0] });
  assert.equal(closestApproach(facts, [far, HANGAR])?.asset.id, "hangar");
  const closest = closestApproach(facts, [HANGAR])!;
  assert.deepEqual([closest.distance, closest.closing, closest.miss, closest.time], [3000, 10, 0, 300]);
  assert.equal(closestApproach(track(0, { position: [-3900, 0, 80] }), [HANGAR, far])?.asset.id, "far");
  assert.equal(closestApproach(facts, []), undefined);
});
