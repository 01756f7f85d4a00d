// npm run guard: the effector guard under random walks, for as long as is asked.

import { parseArgs } from "node:util";
import { walkGuard } from "./random-walk.ts";

const HELP = `Usage: npm run guard -- [--runs N] [--seed S]

Walks N random steps (default 100,000), in walks of 50,000 each with its own seed from S (default 1): registrations of every
kind, commands, answers, forwarded and damaged octets, connections that come and go, time. An independent book of who
registered as what judges every octet that leaves.
Holds: no Task for a node that declared anything but a sensor type, beside or above one, unordered, after a new registration,
more than three times; nothing else that is not for a node.

Exit codes: 0 it held; 1 it was broken (seed and step are printed); 2 wrong usage.`;
const WALK = 50_000;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const runs = Number(values.runs);
const firstSeed = Number(values.seed);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(firstSeed)) {
  console.error("--runs and --seed: expected whole numbers");
  console.error(HELP);
  process.exit(2);
}
const began = performance.now();
const sum = {
  steps: 0,
  registrations: 0,
  commands: 0,
  commandsToEffectors: 0,
  tasksSent: 0,
  repeats: 0,
  refused: 0,
  forwardsAsked: 0,
  forwardsAllowed: 0,
};
for (let seed = firstSeed; sum.steps < runs; seed++) {
  const report = walkGuard(Math.min(WALK, runs - sum.steps), seed, (done) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${(sum.steps + done).toLocaleString("en")} of ${runs.toLocaleString("en")}   `);
  });
  for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += report[key];
  if (report.violations.length > 0) {
    for (const sentence of report.violations) console.error(`BROKEN ${sentence}`);
    process.exit(1);
  }
}
const n = (value: number) => value.toLocaleString("en");
console.log(
  `ok   ${n(sum.steps)} steps: ${n(sum.registrations)} registrations, ${n(sum.commands)} commands (${n(sum.commandsToEffectors)} to effectors), ` +
    `${n(sum.tasksSent)} tasks sent and ${n(sum.repeats)} repeated, ${n(sum.refused)} refused; ${n(sum.forwardsAsked)} foreign messages, ` +
    `${n(sum.forwardsAllowed)} of them harmless; 0 past the guard; ${((performance.now() - began) / 1000).toFixed(0)} s`,
);
