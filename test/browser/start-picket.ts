// Starts the product as a user does, on free ports and a folder of its own, and stops it again.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const MAIN = join(root, "src", "server", "cli", "main.ts");

export interface RunningPicket {
  readonly url: string;
  readonly dataFolder: string;
  /** Where a source listens, as the API says. */
  portOf(sourceId: string): Promise<number>;
  json(path: string): Promise<unknown>;
  stop(): Promise<void>;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  /** Everything it has printed so far. */
  output(): string;
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

export function picket(args: readonly string[]): RunningCommand {
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    output += String(chunk);
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)));
  return {
    child,
    output: () => output,
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Waits until `look` gives something, and says what was missing when it does not within `seconds`. */
export async function until<Found>(what: string, look: () => Promise<Found | undefined> | Found | undefined, seconds = 90): Promise<Found> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`waited ${seconds} s in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function running(command: RunningCommand, dataFolder: string, clean: () => void): Promise<RunningPicket> {
  try {
    const url = await until("the server prints its address", () => {
      if (command.child.exitCode !== null) throw new Error(`picket ended: ${command.output()}`);
      return /http:\/\/localhost:\d+/.exec(command.output())?.[0];
    });
    await until("/readyz", async () => ((await fetch(`${url}/readyz`).catch(() => undefined))?.ok === true ? true : undefined));
    const json = async (path: string) => (await fetch(`${url}${path}`)).json() as Promise<unknown>;
    return {
      url,
      dataFolder,
      json,
      async portOf(sourceId) {
        const { items } = (await json("/api/v1/sources")) as { items: { id: string; port: number }[] };
        const source = items.find((item) => item.id === sourceId);
        if (source === undefined) throw new Error(`no source ${sourceId}`);
        return source.port;
      },
      async stop() {
        await command.stop();
        clean();
      },
    };
  } catch (error) {
    await command.stop();
    clean();
    throw error;
  }
}

/** Runs a site. `keep` leaves the data folder for a replay; the caller removes it. */
export async function startPicket(siteYaml: string, keep = false): Promise<RunningPicket> {
  const folder = mkdtempSync(join(tmpdir(), "picket-browser-"));
  const site = join(folder, "site.yaml");
  writeFileSync(site, siteYaml);
  const dataFolder = join(folder, "data");
  return running(picket(["run", "--config", site, "--port", "0", "--data", dataFolder]), dataFolder, () => {
    if (!keep) rmSync(folder, { recursive: true, force: true });
  });
}

export function startReplay(journal: string): Promise<RunningPicket> {
  return running(picket(["replay", journal, "--serve", "--port", "0"]), "", () => {});
}

/** The demonstration's own site, but on free ports, so that it runs beside anything. */
export function demonstrationSite(): string {
  return readFileSync(join(root, "examples", "demonstration.yaml"), "utf8").replace(
    /(listen: "(?:tcp|udp):\/\/127\.0\.0\.1):\d+"/g,
    '$1:0"',
  );
}

function newestUnder(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestUnder(path) : statSync(path).mtimeMs);
  }
  return newest;
}

/** Builds the console when it is missing or older than its sources: a test never looks at yesterday's screen. */
export async function ensureConsoleBuild(): Promise<void> {
  const built = join(root, "dist", "console", "index.html");
  let builtAt = 0;
  try {
    builtAt = statSync(built).mtimeMs;
  } catch {
    // Not built yet.
  }
  if (builtAt > Math.max(newestUnder(join(root, "src", "console")), newestUnder(join(root, "src", "core", "model")))) return;
  await build({ configFile: join(root, "vite.config.ts"), logLevel: "error" });
}
