// npm test: installs what it needs, checks types and style, builds, runs every test, and ends with "N passed, N failed".
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { build, checkNode, installPackages, root } from "./prepare.mjs";

checkNode();
await installPackages();
const check = spawnSync(process.execPath, [join(root, "scripts", "check.mjs")], { cwd: root, stdio: "inherit" });
await build();
const tests = spawnSync(process.execPath, [join(root, "scripts", "run-tests.mjs"), ...process.argv.slice(2)], {
  cwd: root,
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
  maxBuffer: 256 * 1024 * 1024,
});
const lines = tests.stdout.trimEnd().split("\n");
const counts = /^(\d+) passed, (\d+) failed$/.exec(lines.at(-1) ?? "");
console.log((counts === null ? lines : lines.slice(0, -1)).join("\n"));
const passed = Number(counts?.[1] ?? 0) + (check.status === 0 ? 1 : 0);
const failed = Number(counts?.[2] ?? 1) + (check.status === 0 ? 0 : 1);
if (check.status !== 0) console.log("types or style: FAILED (see above)");
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
