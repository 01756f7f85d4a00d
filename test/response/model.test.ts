// The short form of `npm run model`, and proof that it finds what it looks for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/core/response/decide.ts";
import { explore } from "./explore.ts";
import { FAULTS, faultyReducer } from "./mutants.ts";
import type { Deed } from "./world.ts";

test("in every state of two nations with three officers each and an administrator, to depth 5, nothing is authorised without a valid quorum, and everything with one", () => {
  const report = explore(decide, { quorum: [1, 1], depth: 5, compareEvery: 10 });
  assert.deepEqual(report.violations, []);
  // A walk on which nobody ever agrees would prove nothing.
  assert.equal(report.states, 3222);
  assert.ok(report.authorised > 400, `agreements: ${report.authorised}`);
  assert.ok(report.judgedByHistory > 100);
  assert.ok(report.merges > 20, `pairs taken for one compared: ${report.merges}`);
});

test("with two officers of each nation four different persons are needed", () => {
  const report = explore(decide, { quorum: [2, 2], depth: 5 });
  assert.deepEqual(report.violations, []);
  assert.ok(report.authorised > 0);
  assert.equal(explore(decide, { quorum: [2, 2], depth: 4 }).authorised, 0);
});

test("not telling the officers of one nation apart leaves no state out", () => {
  const reduced = new Set<string>();
  const whole = new Set<string>();
  explore(decide, { quorum: [1, 1], depth: 4, keys: reduced });
  const { states } = explore(decide, { quorum: [1, 1], depth: 4, symmetry: false, keys: whole });
  // Each state of the whole, with the officers of a nation sorted, is one of the reduced, and the other way round.
  const sorted = new Set([...whole].map(sortOfficers));
  assert.deepEqual([...sorted].sort(), [...reduced].sort());
  assert.ok(states > 3 * reduced.size, `${states} states instead of ${reduced.size}`);
});

function sortOfficers(key: string): string {
  const [rest, a, b, x] = key.split("#");
  return [rest, a!.split(";").sort().join(";"), b!.split(";").sort().join(";"), x].join("#");
}

/** For a case that lives long: one officer of each nation, and time. */
const few = (deed: Deed): boolean => !("who" in deed) || ["O", "A1", "B1"].includes(deed.who);

for (const fault of FAULTS) {
  test(`the model finds the fault: ${fault.name}`, async () => {
    const faulty = await faultyReducer(fault);
    const report = explore(faulty, { quorum: fault.quorum, depth: 6, only: few });
    const broken = report.violations.length > 0 ? report : explore(faulty, { quorum: fault.quorum, depth: 5 });
    assert.equal(broken.violations.length, 1);
  });
}
