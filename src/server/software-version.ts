import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json, found upwards from this file: where the built console and the examples are. */
export function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("package.json of picket was not found");
    folder = parent;
  }
  return folder;
}

let known: string | undefined;

/** Version in package.json. */
export function softwareVersion(): string {
  known ??= (JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8")) as { version: string }).version;
  return known;
}
