import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { at } from "../../../test/support/identification-tracks.ts";
import { CLASS_NAMES, type Evidence } from "../model/identity.ts";
import { AFFILIATION_LOG_PRIOR, decideAffiliation } from "./affiliation.ts";
import { classAnswer } from "./class-answer.ts";
import { classPrior } from "./class-evidence.ts";
import {
  boundEvidence,
  causeOf,
  DECIBANS_PER_NAT,
  EVIDENCE_LIMIT,
  leadingPair,
  logPosteriorOf,
  type Obtainable,
  questionLedger,
  softmax,
} from "./ledger.ts";

const piece = (slot: string, logLikelihood: readonly number[], over: Partial<Evidence> = {}): Evidence => ({
  slot,
  question: "affiliation",
  source: "test",
  basis: "measured",
  at: at(0),
  logLikelihood,
  key: "affiliation-no-approach",
  values: {},
  ...over,
});
const ledgerFor = (
  logPrior: readonly number[],
  names: readonly string[],
  evidence: readonly Evidence[],
  decide: (evidence: readonly Evidence[]) => string = () => "unknown",
  obtainable: readonly Obtainable[] = [],
) => questionLedger("affiliation", names, logPrior, evidence, decide, obtainable, [], 0, at(1));

const ABC = ["a", "b", "c"];
const EVEN = [Math.log(1 / 3), Math.log(1 / 3), Math.log(1 / 3)];

test("ten to one is 10 decibans, a hundred to one 20", () => {
  const ledger = ledgerFor(EVEN, ABC, [piece("x", [Math.log(0.5), Math.log(0.05), Math.log(0.005)])]);
  assert.equal(ledger.leading, "a");
  assert.equal(ledger.rival, "b");
  assert.ok(Math.abs(ledger.evidence[0].weight - 10) < 1e-9);
  assert.deepEqual(
    ledger.evidence[0].weights.map((weight) => Math.round(weight)),
    [0, -10, -20],
  );
  // 100 : 10 : 1 of 111.
  assert.ok(Math.abs(ledger.posterior[0] - 100 / 111) < 1e-12);
});

const likelihoods = (count: number) => fc.array(fc.double({ min: -12, max: 0, noNaN: true }), { minLength: count, maxLength: count });
const pieces = (count: number) =>
  fc
    .array(likelihoods(count), { minLength: 1, maxLength: 20 })
    .map((rows) => rows.map((row, index) => piece(`slot-${index}`, row, { question: count === 3 ? "affiliation" : "class" })));

for (const [question, prior, names] of [
  ["affiliation", AFFILIATION_LOG_PRIOR, ["friend", "neutral", "hostile"]],
  ["class", classPrior(), CLASS_NAMES],
] as const) {
  test(`${question}: taking one piece away changes the log odds by exactly its printed weight`, () => {
    fc.assert(
      fc.property(pieces(names.length), fc.nat(), (evidence, pick) => {
        const ledger = ledgerFor(prior, names, evidence);
        const first = names.indexOf(ledger.leading as never);
        const second = names.indexOf(ledger.rival as never);
        const line = ledger.evidence[pick % evidence.length];
        const rest = logPosteriorOf(
          prior,
          evidence.filter(({ slot }) => slot !== line.slot),
        );
        const oddsWithout = (rest[first] - rest[second]) * DECIBANS_PER_NAT;
        assert.ok(Math.abs(ledger.logOdds - oddsWithout - line.weight) < 1e-9);
        // And of any two hypotheses by the difference of their weights.
        const [h, g] = [pick % names.length, (pick + 1) % names.length];
        const total = logPosteriorOf(prior, evidence);
        const moved = (total[h] - total[g] - (rest[h] - rest[g])) * DECIBANS_PER_NAT;
        assert.ok(Math.abs(moved - (line.weights[h] - line.weights[g])) < 1e-9);
      }),
    );
  });

  test(`${question}: prior and weights add up to the log odds, and the posterior is softmax of the sum`, () => {
    fc.assert(
      fc.property(pieces(names.length), (evidence) => {
        const ledger = ledgerFor(prior, names, evidence);
        const sum = ledger.evidence.reduce((total, { weight }) => total + weight, ledger.priorWeight);
        assert.ok(Math.abs(sum - ledger.logOdds) < 1e-9);
        assert.ok(Math.abs(ledger.posterior.reduce((total, p) => total + p, 0) - 1) < 1e-12);
        const [first, second] = leadingPair(ledger.posterior);
        assert.ok(Math.abs(10 * Math.log10(ledger.posterior[first] / ledger.posterior[second]) - ledger.logOdds) < 1e-6);
      }),
    );
  });
}

test("what would change: exactly the pieces without which the answer is another, and the ones that would make it another", () => {
  const decide = (evidence: readonly Evidence[]) => {
    const p = softmax(logPosteriorOf(EVEN, evidence));
    const [first] = leadingPair(p);
    return p[first] > 0.9 ? ABC[first] : "unknown";
  };
  const evidence = [piece("strong", [0, -3, -3]), piece("weak", [0, -0.2, -0.2])];
  const seen: Obtainable = {
    key: "obtain-run-in",
    values: {},
    logLikelihood: [-9, -9, 0],
    basis: "measured",
    slot: "behaviour",
  };
  const dull: Obtainable = { ...seen, key: "obtain-rotor", logLikelihood: [0, 0, 0] };
  const ledger = ledgerFor(EVEN, ABC, evidence, decide, [seen, dull]);
  assert.equal(ledger.answer, "a");
  assert.deepEqual(
    ledger.whatWouldChange.map(({ kind, slot, key, wouldBe }) => [kind, slot ?? key, wouldBe]),
    [
      ["without", "strong", "unknown"],
      ["with", "obtain-run-in", "c"],
    ],
  );
});

test("every printed counterfactual holds when it is carried out", () => {
  fc.assert(
    fc.property(pieces(3), (evidence) => {
      const decide = (some: readonly Evidence[]) => decideAffiliation(some, true);
      const ledger = ledgerFor(AFFILIATION_LOG_PRIOR, ["friend", "neutral", "hostile"], evidence, decide);
      const said = new Map(ledger.whatWouldChange.map(({ slot, wouldBe }) => [slot, wouldBe]));
      for (const { slot } of evidence) {
        const without = decide(evidence.filter((other) => other.slot !== slot));
        assert.equal(said.get(slot), without === ledger.answer ? undefined : without);
      }
    }),
  );
});

test("newer replaces older in a slot, unsound pieces are left out, and beyond 64 the least telling make room", () => {
  const same = [piece("x", [0, -1, -1]), piece("x", [0, -2, -2])];
  assert.equal(boundEvidence(same, 3), 1);
  assert.deepEqual(same[0].logLikelihood, [0, -2, -2]);
  const unsound = [piece("a", [0, Number.NaN, 0]), piece("b", [0, 1]), piece("c", [0, Number.NEGATIVE_INFINITY, 0]), piece("d", [0, 0, 0])];
  assert.equal(boundEvidence(unsound, 3), 3);
  assert.deepEqual(
    unsound.map(({ slot }) => slot),
    ["d"],
  );
  const many = Array.from({ length: 100 }, (_, i) => piece(`s${i}`, [0, -i, 0]));
  assert.equal(boundEvidence(many, 3), 100 - EVIDENCE_LIMIT);
  assert.equal(many.length, EVIDENCE_LIMIT);
  assert.equal(many[0].slot, "s36");
});

test("the cause of a reversal is the piece that moved the new answer against the old the most", () => {
  const before = [piece("a", [0, -2, -2]), piece("b", [0, -0.1, 0])];
  const appeared = causeOf(before, [...before, piece("c", [-9, 0, -9])], EVEN);
  assert.deepEqual([appeared?.slot, appeared?.change], ["c", "appeared"]);
  const gone = causeOf([piece("a", [0, -2, -2]), piece("b", [-1, 0, -1])], [piece("b", [-1, 0, -1])], EVEN);
  assert.deepEqual([gone?.slot, gone?.change], ["a", "vanished"]);
  const changed = causeOf([piece("a", [0, -2, -2])], [piece("a", [-2, 0, -2])], EVEN);
  assert.deepEqual([changed?.slot, changed?.change], ["a", "changed"]);
  // From 2 nats for a to 2 nats for b: 4 nats.
  assert.ok(Math.abs(changed!.weight - 4 * DECIBANS_PER_NAT) < 1e-9);
  assert.equal(causeOf(before, before, EVEN), undefined);
});

test("no number of pieces makes the answer anything but a known class, and its probabilities anything but a distribution", () => {
  fc.assert(
    fc.property(pieces(CLASS_NAMES.length), (evidence) => {
      const answer = classAnswer(logPosteriorOf(classPrior(), evidence));
      assert.ok(CLASS_NAMES.includes(answer.className));
      assert.ok(Math.abs(answer.probabilities.reduce((a, b) => a + b, 0) - 1) < 1e-9);
    }),
  );
});
