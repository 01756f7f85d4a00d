// npm run fuzz: starts test/fuzz/main.ts with a garbage collector that it can call, so that a growing heap shows.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const run = spawnSync(
  process.execPath,
  ["--expose-gc", "--import", "tsx", join(root, "test", "fuzz", "main.ts"), ...process.argv.slice(2)],
  { cwd: root, stdio: "inherit" },
);
process.exit(run.status ?? 1);
