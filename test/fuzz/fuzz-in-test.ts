import assert from "node:assert/strict";
import { test } from "node:test";
import { fuzz } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

const RUNS = 20_000;
const SEED = 20_000;

/** The short form of `npm run fuzz` for one decoder. CPU time and heap are held there only: a busy machine must not fail a test. */
export function fuzzInTest(name: string): void {
  const target = TARGETS.find((candidate) => candidate.name === name);
  assert(target !== undefined, `no decoder named ${name}`);
  test(`${name}: 20,000 damaged packets give typed errors, no NaN, and the same output twice`, () => {
    const report = fuzz(target, { runs: RUNS, seed: SEED });
    assert.ok(report.records > 100, `the good and the lightly damaged ones are read: ${report.records}`);
    assert.ok(report.errors > 100, `the others are refused and told: ${report.errors}`);
    assert.ok(report.observations > 100, `and observations come out: ${report.observations}`);
  });
}
