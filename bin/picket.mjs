#!/usr/bin/env node
// Runs the built command line, or the sources when nothing is built.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const built = join(root, "dist", "server", "cli", "main.js");
if (existsSync(built)) await import(pathToFileURL(built).href);
else {
  const { register } = await import("tsx/esm/api");
  register();
  await import(pathToFileURL(join(root, "src", "server", "cli", "main.ts")).href);
}
