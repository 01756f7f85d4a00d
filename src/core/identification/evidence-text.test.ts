import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { evidenceKeys, evidenceText } from "./evidence-text.ts";

const folder = dirname(fileURLToPath(import.meta.url));

test("values stand in the sentence, an unknown key is shown as it is, a missing value keeps its place", () => {
  assert.equal(
    evidenceText("friend-off-plan", { name: "Patrol", distance: 700 }),
    "it carries the identity of Patrol but is 700 m outside its plan",
  );
  assert.equal(evidenceText("no-such-key", { a: 1 }), "no-such-key");
  assert.match(evidenceText("friend-off-plan", { name: "Patrol" }), /\{distance\} m/);
  assert.match(evidenceText("friend-off-plan", { distance: 5 }), /\{name\}/);
});

test("a text from outside cannot bring in another value", () => {
  assert.equal(
    evidenceText("friend-off-plan", { name: "{distance}", distance: 5 }),
    "it carries the identity of {distance} but is 5 m outside its plan",
  );
});

test("every key that affiliation, friends, companions and dismissals use has a sentence", () => {
  const known = new Set(evidenceKeys());
  const missing: string[] = [];
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts") || name === "evidence-text.ts") continue;
    const code = readFileSync(join(folder, name), "utf8").replace(/^import[\s\S]*?;$/gm, "");
    for (const [, key] of code.matchAll(/"((?:affiliation|friend|companion|obtain)-[a-z0-9-]+)"/g)) {
      // Slots of the ledger look alike.
      if (["friend-identity", "friend-plan"].includes(key) || known.has(key)) continue;
      missing.push(`${name}: ${key}`);
    }
    if (name === "dismissal.ts")
      for (const [, key] of code.matchAll(/expect\(\s*"([a-z-]+)"/g)) if (!known.has(`dismissal-${key}`)) missing.push(`${name}: ${key}`);
  }
  assert.deepEqual(missing, []);
});
