// What a newcomer does, proved: clone into an empty folder, npm start, wait for /readyz, see live tracks over the API, stop, and check the
// journal that was written. Usage: node scripts/fresh-start.mjs [FOLDER]
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./prepare.mjs";

const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), "picket-fresh-"));
const clone = join(folder, "picket");
const data = join(folder, "data");
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function prove() {
  const cloned = spawnSync("git", ["-c", "safe.directory=*", "clone", "--quiet", root, clone], { encoding: "utf8" });
  if (cloned.status !== 0) return `the clone failed: ${cloned.stderr}`;
  const port = await freePort();
  const began = performance.now();
  const child = spawn("npm", ["start", "--", "--port", String(port), "--data", data], {
    cwd: clone,
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  let ended = false;
  child.once("close", () => {
    ended = true;
  });
  const get = async (path) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    return answer?.ok === true ? answer.json() : undefined;
  };
  let ready;
  while (!ended && ready === undefined && performance.now() - began < 300_000) {
    await wait(200);
    ready = await get("/readyz");
  }
  if (ready === undefined) return ended ? "npm start ended" : "not ready after 300 s";
  console.log(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  let live = 0;
  for (let i = 0; i < 120 && !ended && live < 5; i++) {
    await wait(500);
    live = ((await get("/api/v1/tracks"))?.items ?? []).filter((track) => track.freshness === "LIVE").length;
  }
  console.log(`${live} live tracks over the API`);
  // As a service manager does: the whole group at once.
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    // it has ended by itself; what it wrote is checked below
  }
  // npm may be gone before the server has sealed its journal: the pid file goes last.
  for (let i = 0; i < 300 && (!ended || existsSync(join(data, "picket.pid"))); i++) await wait(100);
  if (live < 5) return "fewer than 5 live tracks";
  if (existsSync(join(data, "picket.pid"))) return "the server did not stop within 30 s";
  const audit = spawnSync(process.execPath, [join(clone, "bin", "picket.mjs"), "audit", "verify", join(data, "journal")], {
    encoding: "utf8",
  });
  console.log(audit.stdout + audit.stderr);
  if (audit.status !== 0) return "the journal does not verify";
  const replay = spawnSync(process.execPath, [join(clone, "bin", "picket.mjs"), "replay", join(data, "journal"), "--every", "0"], {
    encoding: "utf8",
  });
  console.log(replay.stdout + replay.stderr);
  return replay.status === 0 ? undefined : "the journal does not replay";
}

const trouble = await prove();
rmSync(folder, { recursive: true, force: true });
console.log(trouble === undefined ? "fresh start: good" : `fresh start: FAILED: ${trouble}`);
process.exit(trouble === undefined ? 0 : 1);
