// npm run model: every state of the decision reducer's small world, to a depth.

import { parseArgs } from "node:util";
import { decide } from "../../src/core/response/decide.ts";
import { explore } from "./explore.ts";
import type { Quorum } from "./world.ts";

const HELP = `Usage: npm run model -- [--depth N] [--quorum A+B] [--compare N]

Walks every state of two nations with three officers each, an administrator and a watch operator, to depth N (default 10): propose,
approve (and with a signature of another text, a false one, an old one, one from the future, one seen before, one of somebody else),
refuse, withdraw, edit, change of role and nation, revoke, clock trouble, time with and without a tick. Each step is judged by a
specification that shares no code with the reducer. --quorum: officers of each nation that must agree, 1+1 when nothing is said (2+2
is the other one that is kept). --compare: every N-th state (default 50) that is met again by another way is taken a step further, to
check that taking the two for one was right.

Depth 10 takes about half an hour and 6 GB; depth 8 a minute or two.

Exit codes: 0 it held; 1 it was broken (the shortest way there is printed); 2 wrong usage.`;

const { values } = parseArgs({
  options: {
    depth: { type: "string", default: "10" },
    quorum: { type: "string", default: "1+1" },
    compare: { type: "string", default: "50" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const depth = Number(values.depth);
const compareEvery = Number(values.compare);
const [ofA, ofB] = values.quorum.split("+").map(Number);
const whole = [depth, compareEvery, ofA, ofB].every((value) => Number.isInteger(value) && value! >= 0);
if (!whole || depth < 1 || ofA! < 1 || ofA! > 3 || ofB! < 1 || ofB! > 3) {
  console.error("--depth, --compare: whole numbers; --quorum: two of 1 to 3 with a plus between");
  console.error(HELP);
  process.exit(2);
}
const n = (value: number) => value.toLocaleString("en");
const began = performance.now();
const quorum = [ofA!, ofB!] as Quorum;
const report = explore(decide, {
  quorum,
  depth,
  compareEvery,
  progress: (reached, states) =>
    console.log(`     depth ${reached}: ${n(states)} states, ${((performance.now() - began) / 1000).toFixed(0)} s`),
});
if (report.violations.length > 0) {
  for (const violation of report.violations) console.error(`BROKEN ${violation}`);
  process.exit(1);
}
console.log(
  `ok   quorum ${values.quorum}, every state to depth ${depth}: ${n(report.states)} states, ${n(report.steps)} steps; ` +
    `${n(report.authorised)} became authorised, 0 of them without a valid quorum (${n(report.judgedByHistory)} also judged by the whole log); ` +
    `${n(report.merges)} pairs taken for one compared; ${((performance.now() - began) / 1000).toFixed(0)} s`,
);
