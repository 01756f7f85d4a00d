// npm run fuzz: damaged input for every decoder, for as long as is asked.

import { parseArgs } from "node:util";
import { FuzzFailure, fuzz } from "./fuzz.ts";
import { hasRecordings } from "./recorded.ts";
import { TARGETS } from "./targets.ts";

const HELP = `Usage: npm run fuzz -- [--runs N] [--protocol P ...] [--seed S] [--call-ms M] [--heap-bytes B]

Feeds N damaged inputs (default 100,000) to each decoder, or to those named, from recorded samples where ../shared is there
and from the project's own vectors otherwise. The same seed (default 1) gives the same inputs.
Holds: no throw, typed errors only, no NaN or Infinity, the same output for the same input, state that survives a snapshot,
no call over M ms (default 20), a heap that does not grow by more than B bytes (default 32 MiB).

Decoders: ${TARGETS.map((target) => target.name).join(", ")}

Exit codes: 0 every promise held; 1 one was broken (seed, run and octets are printed); 2 wrong usage.`;

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "100000" },
    protocol: { type: "string", multiple: true },
    seed: { type: "string", default: "1" },
    "call-ms": { type: "string", default: "20" },
    "heap-bytes": { type: "string", default: String(32 * 1024 * 1024) },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const runs = Number(values.runs);
const seed = Number(values.seed);
const callMilliseconds = Number(values["call-ms"]);
const heapGrowth = Number(values["heap-bytes"]);
const unknown = (values.protocol ?? []).filter((name) => !TARGETS.some((target) => target.name === name));
if (![runs, seed, callMilliseconds, heapGrowth].every((value) => Number.isFinite(value) && value >= 0) || unknown.length > 0) {
  console.error(unknown.length > 0 ? `no decoder named ${unknown.join(", ")}` : "a number was expected");
  console.error(HELP);
  process.exit(2);
}
console.log(
  `seed ${seed}, ${runs.toLocaleString("en")} runs each, samples ${hasRecordings ? "recorded and own" : "own only (../shared is absent)"}`,
);
let broken = 0;
for (const target of TARGETS) {
  if (values.protocol !== undefined && !values.protocol.includes(target.name)) continue;
  const began = performance.now();
  try {
    const onProgress = (done: number) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${target.name} ${done.toLocaleString("en")} of ${runs.toLocaleString("en")}   `);
    };
    const report = fuzz(target, { runs, seed, callMilliseconds, heapGrowth, onProgress });
    if (process.stderr.isTTY) process.stderr.write("\r");
    const heap = report.heapGrowth === undefined ? "" : `, heap ${(report.heapGrowth / 1_048_576).toFixed(1)} MiB more`;
    console.log(
      `ok   ${target.name.padEnd(18)} ${report.records.toLocaleString("en")} records, ${report.observations.toLocaleString("en")} observations, ` +
        `${report.errors.toLocaleString("en")} errors; worst call ${report.worstMilliseconds.toFixed(1)} ms${heap}; ` +
        `${((performance.now() - began) / 1000).toFixed(0)} s`,
    );
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error;
    broken += 1;
    console.log(`FAIL ${error.message}`);
  }
}
process.exit(broken === 0 ? 0 : 1);
