// npm run scenarios [-- --only ID] [--seeds N] [--first N]: the scenario pack in full, as a table with 95 % intervals.

import { parseArgs } from "node:util";
import { PACK } from "../test/scenarios/pack/pack.ts";
import { tally, wilson } from "../test/scenarios/pack/pack-scenario.ts";

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { only: { type: "string" }, seeds: { type: "string" }, first: { type: "string", default: "1" } },
  });
  const chosen = PACK.filter(({ id }) => values.only === undefined || values.only.split(",").includes(id));
  if (chosen.length === 0) {
    console.error(`there is no scenario "${values.only}"; there are ${PACK.map(({ id }) => id).join(", ")}`);
    return 2;
  }
  console.log("Scenario pack. Everything is simulated: it shows what the judgement does, and says nothing about a site.\n");
  let missed = 0;
  for (const scenario of chosen) {
    const seeds = Number(values.seeds ?? scenario.seeds);
    const before = process.cpuUsage();
    const rows = tally(scenario, seeds, Number(values.first), (done) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${scenario.id}: ${done} of ${seeds}   `);
    });
    const { user, system } = process.cpuUsage(before);
    if (process.stderr.isTTY) process.stderr.write("\r");
    console.log(`${scenario.id}: ${scenario.title} (${seeds} seeds, ${((user + system) / 1e6).toFixed(0)} s of CPU time)`);
    for (const { must, yes, asked, met } of rows) {
      const [low, high] = wilson(yes, asked);
      const share = asked === 0 ? "  -  " : `${((100 * yes) / asked).toFixed(1)} %`;
      const bar = must.atLeast !== undefined ? `>= ${100 * must.atLeast} %` : `<= ${100 * (must.atMost ?? 0)} %`;
      console.log(
        `  ${met ? "met   " : "MISSED"}  ${share.padStart(7)}  [${(100 * low).toFixed(1)}, ${(100 * high).toFixed(1)}]  ${bar.padEnd(10)} ${must.text} (${yes} of ${asked})`,
      );
      if (!met) missed += 1;
    }
  }
  console.log(missed === 0 ? "\nevery must is met" : `\n${missed} musts are missed`);
  return missed === 0 ? 0 : 1;
}
