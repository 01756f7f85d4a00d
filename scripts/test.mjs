// npm test: installs what it needs, checks types and style, builds, runs every test, and ends with "N passed, N failed".
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, checkNode, installPackages, root } from "./prepare.mjs";

checkNode();
await installPackages();
const check = spawnSync(process.execPath, [join(root, "scripts", "check.mjs")], { cwd: root, stdio: "inherit" });
await build();
// The runner's lines come as they are made; its counts come by a file, so that the last line is one sum of everything.
const folder = mkdtempSync(join(tmpdir(), "picket-counts-"));
const countsFile = join(folder, "counts.json");
spawnSync(process.execPath, [join(root, "scripts", "run-tests.mjs"), ...process.argv.slice(2)], {
  cwd: root,
  stdio: ["ignore", "inherit", "inherit"],
  env: { ...process.env, PICKET_COUNTS_FILE: countsFile },
});
const counts = existsSync(countsFile) ? JSON.parse(readFileSync(countsFile, "utf8")) : { passed: 0, failed: 1 };
rmSync(folder, { recursive: true, force: true });
const passed = counts.passed + (check.status === 0 ? 1 : 0);
const failed = counts.failed + (check.status === 0 ? 0 : 1);
if (check.status !== 0) console.log("types or style: FAILED (see above)");
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
