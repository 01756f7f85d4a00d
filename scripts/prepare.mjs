// What the two commands of a newcomer need before they can begin: packages from the lock file, and a build of the present sources.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Says so when Node is too old, in one sentence, and ends with 2. */
export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Picket needs Node 20.19 or newer (24 is recommended); this is ${process.versions.node}.`);
    process.exit(2);
  }
}

/** Runs a command and shows that it is alive while it takes longer than a second. Returns seconds; ends the program with 2 on failure. */
export async function runStep(title, command, args, options = {}) {
  const began = performance.now();
  const seconds = () => ((performance.now() - began) / 1000).toFixed(0);
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], ...options });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const tty = process.stderr.isTTY;
  const pulse = setInterval(
    () => process.stderr.write(tty ? `\r${title} ... ${seconds()} s ` : `${title} ... ${seconds()} s\n`),
    tty ? 1000 : 10_000,
  );
  const code = await new Promise((resolve) => {
    child.on("close", resolve);
    child.on("error", (error) => {
      output += String(error);
      resolve(1);
    });
  });
  clearInterval(pulse);
  if (tty) process.stderr.write("\r\u001b[K");
  if (code !== 0) {
    console.error(`${title} failed:\n${output.split("\n").slice(-40).join("\n")}`);
    process.exit(2);
  }
  const took = (performance.now() - began) / 1000;
  console.log(`${title}: ${took.toFixed(1)} s`);
  return took;
}

const lockHash = () =>
  createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
const installStamp = () => join(root, "node_modules", ".picket-lock");

/** Installs from the lock file, without running any install script, when the packages there are not those of the lock. */
export async function installPackages() {
  if (existsSync(installStamp()) && readFileSync(installStamp(), "utf8") === lockHash()) return 0;
  const npm = process.env.npm_execpath;
  const [command, first] = npm !== undefined && /\.[cm]?js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  const took = await runStep("Installing packages (once; about half a minute)", command, [
    ...first,
    "ci",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
  ]);
  writeFileSync(installStamp(), lockHash());
  return took;
}

function sourcesHash(folders) {
  const hash = createHash("sha256");
  const walk = (path) => {
    for (const name of readdirSync(path).sort()) {
      const inner = join(path, name);
      const info = statSync(inner);
      if (info.isDirectory()) walk(inner);
      else if (!/\.test\.tsx?$/.test(name)) hash.update(`${inner.slice(root.length)} ${info.size} `).update(readFileSync(inner));
    }
  };
  for (const folder of folders) walk(join(root, folder));
  for (const file of ["package-lock.json", "tsconfig.base.json", "tsconfig.build.json", "vite.config.ts"])
    hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

/** Builds server and console when the sources changed since the last build. */
export async function build({ force = false } = {}) {
  const stamp = join(root, "dist", ".picket-sources");
  const wanted = sourcesHash(["src"]);
  if (!force && existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return 0;
  rmSync(join(root, "dist"), { recursive: true, force: true });
  mkdirSync(join(root, "dist"), { recursive: true });
  const node = process.execPath;
  const server = await runStep("Building the server", node, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"]);
  const console_ = await runStep("Building the console", node, [
    join(root, "node_modules/vite/bin/vite.js"),
    "build",
    "--logLevel",
    "warn",
  ]);
  writeFileSync(stamp, wanted);
  return server + console_;
}
