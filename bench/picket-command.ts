// How a benchmark starts the product: as it is built, unless the build is older than the sources. A figure of yesterday's code is none.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { packageFolder } from "../src/server/software-version.ts";

function newestUnder(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestUnder(path) : /\.tsx?$/.test(entry.name) ? statSync(path).mtimeMs : 0);
  }
  return newest;
}

/** Arguments for node that run `picket`, and a word for the report: "as built" or "from the sources". */
export function picketCommand(): { args: string[]; how: string } {
  const root = packageFolder();
  const built = join(root, "dist", "server", "cli", "main.js");
  const sources = ["core", "server"].map((name) => newestUnder(join(root, "src", name)));
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources)) return { args: [built], how: "as built" };
  return {
    args: ["--import", "tsx", join(root, "src", "server", "cli", "main.ts")],
    how: "from the sources, which are newer than the build",
  };
}
