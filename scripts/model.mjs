// npm run model: starts test/response/main.ts with room for ten million states.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const main = join(root, "test", "response", "main.ts");
const run = spawnSync(process.execPath, ["--max-old-space-size=8192", "--import", "tsx", main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(run.status ?? 1);
