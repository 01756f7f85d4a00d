// Runs the test files with node:test, prints what failed, and ends with "N passed, N failed".
// Usage: node scripts/run-tests.mjs [--only unit|replay|browser] [FILE or FOLDER ...]
import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const words = process.argv.slice(2);
const skipBrowser = words.includes("--no-browser");
const wanted = words.filter((word) => !word.startsWith("--"));

function testsUnder(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => {
      const inner = join(path, name);
      if (name === "node_modules") return [];
      if (statSync(inner).isDirectory()) return testsUnder(inner);
      return /\.test\.tsx?$/.test(name) ? [inner] : [];
    });
}

const places = wanted.length > 0 ? wanted : ["src", "test"];
const files = places
  .flatMap((place) => testsUnder(join(root, place)))
  .map((path) => relative(root, path))
  .filter((path) => !(skipBrowser && path.startsWith(join("test", "browser"))));
if (files.length === 0) {
  console.log("no test file found\n0 passed, 1 failed");
  process.exit(1);
}
if (!existsSync(join(root, "..", "shared"))) {
  console.log("note: ../shared is absent, so the tests that read recordings skip themselves by name");
}

// Tests without a browser run side by side, more of them than there are cores, because many wait for sockets; the browser tests share one
// machine's two cores and run one after another.
const browser = files.filter((path) => path.startsWith(join("test", "browser")));
const rest = files.filter((path) => !browser.includes(path));
let passed = 0;
let failed = 0;
let skipped = 0;

async function runGroup(group, concurrency) {
  if (group.length === 0) return;
  const child = spawn(
    process.execPath,
    [
      "--import",
      "tsx",
      "--test",
      `--test-concurrency=${concurrency}`,
      "--test-reporter",
      join(root, "scripts", "test-reporter.mjs"),
      ...group,
    ],
    { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (chunk) => {
    text += chunk;
    let end = text.indexOf("\n");
    while (end >= 0) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      const counts = /^#counts (\d+) (\d+) (\d+)$/.exec(line);
      if (counts) {
        passed += Number(counts[1]);
        failed += Number(counts[2]);
        skipped += Number(counts[3]);
      } else console.log(line);
      end = text.indexOf("\n");
    }
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0 && failed === 0) failed += 1;
}

await runGroup(rest, 4);
await runGroup(browser, 1);
if (skipped > 0) console.log(`${skipped} skipped (named above)`);
if (process.env.PICKET_COUNTS_FILE !== undefined) writeFileSync(process.env.PICKET_COUNTS_FILE, JSON.stringify({ passed, failed }));
else console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
