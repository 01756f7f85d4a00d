// Steps one seeded journal with two versions of Node and compares every digest. Usage: compare-digests.mjs NODE_A NODE_B
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./prepare.mjs";

const [first, second] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "picket-digests-"));
const digestsOf = (node, name) => {
  const out = join(folder, name);
  const run = spawnSync(node, ["--import", "tsx", "test/replay/write-digests.ts", out], { cwd: root, encoding: "utf8" });
  if (run.status !== 0) {
    console.error(run.stdout + run.stderr);
    process.exit(1);
  }
  return readFileSync(out, "utf8").trim().split("\n");
};
const a = digestsOf(first, "a");
const b = digestsOf(second, "b");
rmSync(folder, { recursive: true, force: true });
const differing = a.findIndex((line, index) => line !== b[index]);
if (differing >= 0 || a.length !== b.length) {
  console.error(`digests differ at line ${differing + 1}: ${a[differing]} against ${b[differing]}`);
  process.exit(1);
}
console.log(`${a.length} digests agree`);
