import assert from "node:assert/strict";
import { test } from "node:test";
import { micros } from "../base/units.ts";
import { CLASS_FAMILY, CLASS_NAMES } from "../model/identity.ts";
import { classPrior } from "./class-evidence.ts";
import { companyEvidence, logOdds } from "./company.ts";

const of = (p: number, n: number) => Array.from({ length: n }, () => logOdds(p));
const uas = CLASS_NAMES.indexOf("fpv");
const bird = CLASS_NAMES.indexOf("bird-medium");

test("a strange echo in a flock of birds is a bird again, a drone with its own evidence stays one", () => {
  const evidence = companyEvidence(of(0.006, 24), micros(0))!;
  const weight = evidence.logLikelihood[uas]! - evidence.logLikelihood[bird]!;
  assert.ok(Math.abs(weight + 2.1) < 1e-9, "bounded: eight to one");
  const after = (p: number) => 1 / (1 + Math.exp(-(logOdds(p) + weight)));
  assert.ok(after(0.7) < 0.25);
  assert.ok(after(0.98) > 0.85);
  assert.deepEqual(evidence.values, { count: 24, share: 0 });
});

test("in a swarm of drones the company speaks for a drone", () => {
  const evidence = companyEvidence(of(0.9, 20), micros(0))!;
  assert.ok(evidence.logLikelihood[uas]! > 2);
});

test("how rare drones are is counted once: members whose own evidence doubles the odds of a drone speak for drones though each is probably a bird", () => {
  const prior = classPrior().reduce((sum, log, index) => (CLASS_FAMILY[CLASS_NAMES[index]!] === "uas" ? sum + Math.exp(log) : sum), 0);
  assert.ok(prior < 0.05, "a new track is rarely a drone");
  const weightOf = (odds: number) => companyEvidence(Array(24).fill(logOdds(prior) + Math.log(odds)), micros(0))!.logLikelihood[uas]!;
  // As that of three who know nothing of each other: 2 x 2 x 2 = eight to one.
  assert.ok(Math.abs(weightOf(2) - Math.log(8)) < 1e-9);
  assert.ok(Math.abs(weightOf(1)) < 1e-9, "a group that was not looked at says nothing");
  assert.ok(Math.abs(weightOf(1 / 2) + Math.log(8)) < 1e-9);
});

test("six or more others are needed", () => {
  assert.equal(companyEvidence(of(0.1, 5), micros(0)), undefined);
  assert.ok(companyEvidence(of(0.1, 6), micros(0)) !== undefined);
});
