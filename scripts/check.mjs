// Type check of the three compiler projects, then the linter. Exit code 1 when anything is wrong.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const steps = [
  ["types: core", "typescript/bin/tsc", ["-p", "tsconfig.core.json"]],
  ["types: server, tests, bench", "typescript/bin/tsc", ["-p", "tsconfig.server.json"]],
  ["types: browser tests", "typescript/bin/tsc", ["-p", "tsconfig.browser-tests.json"]],
  ["types: console", "typescript/bin/tsc", ["-p", "tsconfig.console.json"]],
  ["types: console tests", "typescript/bin/tsc", ["-p", "tsconfig.console-tests.json"]],
  ["lint", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."]],
];
let failed = 0;
for (const [title, script, args] of steps) {
  const began = performance.now();
  const run = spawnSync(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root, encoding: "utf8" });
  const good = run.status === 0;
  if (!good) failed += 1;
  console.log(`${good ? "ok  " : "FAIL"} ${title} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
  if (!good) console.log(run.stdout + run.stderr);
}
process.exit(failed === 0 ? 0 : 1);
