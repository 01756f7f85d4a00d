// A newcomer's minutes: clone, npm start until /readyz, stop; then a second start. Usage: npm run bench -- start

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFolder } from "../src/server/software-version.ts";

async function startAndStop(folder: string, data: string): Promise<{ ready: number; output: string }> {
  const port = 18_000 + Math.floor((process.pid * 7) % 900);
  const began = performance.now();
  const child: ChildProcess = spawn("npm", ["start", "--", "--port", String(port), "--data", data, "--no-simulator"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  child.stdout!.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr!.on("data", (chunk) => {
    output += chunk;
  });
  try {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
      if (answer?.ok === true) break;
      if (child.exitCode !== null) throw new Error(output);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { ready: (performance.now() - began) / 1000, output };
  } finally {
    // As a service manager does: the whole group at once.
    process.kill(-child.pid!, "SIGTERM");
    await new Promise((resolve) => (child.exitCode === null ? child.once("close", resolve) : resolve(undefined)));
  }
}

export async function run(_argv: string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "picket-fresh-"));
  try {
    const clone = spawnSync("git", ["clone", "--quiet", packageFolder(), join(folder, "picket")], { encoding: "utf8" });
    if (clone.status !== 0) throw new Error(clone.stderr);
    const first = await startAndStop(join(folder, "picket"), join(folder, "data"));
    const second = await startAndStop(join(folder, "picket"), join(folder, "data"));
    const step = (title: string) => new RegExp(`${title}[^:]*: ([\\d.]+) s`).exec(first.output)?.[1] ?? "?";
    console.log(`Fresh clone to ready, Node ${process.version}`);
    console.log("| figure | value | bar |\n| --- | --- | --- |");
    console.log(`| install | ${step("Installing packages")} s | |`);
    console.log(`| build server, console | ${step("Building the server")} s, ${step("Building the console")} s | |`);
    console.log(`| fresh clone to ready | ${first.ready.toFixed(1)} s | 120 s |`);
    console.log(`| second start to ready | ${second.ready.toFixed(1)} s | 5 s |`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
