// A report of a light in the sky, over HTTP and on the command line.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { packageFolder } from "../../src/server/software-version.ts";
import { startSite, type TestSite } from "../support/start-site.ts";

interface Explained {
  items: { kind: string; name: string; probability: number; trackId: string | null; text: string }[];
  refused: { name: string; reason: string }[];
}

let site: TestSite;
before(async () => {
  site = await startSite(
    "site: { id: sky, name: Sky, origin: { latitudeDegrees: 33.3, longitudeDegrees: 44.4, heightHaeMetres: 40 } }\nsources: []\nsensors: []\n",
  );
});
after(() => site.end());

const explain = (body: unknown) =>
  fetch(`${site.url}/api/v1/sky/explain`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

// The evening star of 1 February 2025 over the site: azimuth 240, 30 degrees high would be 20 degrees beside it.
const EVENING = { at: "2025-02-01T16:30:00Z", azimuthDegrees: 255, elevationDegrees: 22, words: ["light", "steady", "still"] };

test("a steady light where Venus stood is explained as Venus, with the sentence that an operator reads out", async () => {
  const response = await explain(EVENING);
  assert.equal(response.status, 200);
  const { items } = (await response.json()) as Explained;
  assert.equal(items[0]!.name, "Venus");
  assert.ok(items[0]!.probability > 0.9);
  assert.match(items[0]!.text, /^Venus \(magnitude -4\.\d\) stood at 258 deg, 20 deg high, \d deg from the report$/);
  assert.ok(Math.abs(items.reduce((sum, one) => sum + one.probability, 0) - 1) < 0.01);
});

test("elements that cannot be used are named with the reason, and the rest is explained", async () => {
  const response = await explain({ ...EVENING, satellites: [{ name: "X", line1: "1 rubbish", line2: "2 rubbish" }] });
  const { items, refused } = (await response.json()) as Explained;
  assert.equal(items[0]!.name, "Venus");
  assert.deepEqual(
    refused.map((one) => one.name),
    ["X"],
  );
});

test("a bearing of 400 degrees, an unknown word and an unknown member are refused with the name of what is wrong", async () => {
  for (const [change, name] of [
    [{ azimuthDegrees: 400 }, "azimuthDegrees"],
    [{ words: ["ufo"] }, "words"],
    [{ azimut: 3 }, "azimut"],
  ] as const) {
    const response = await explain({ ...EVENING, ...change });
    assert.equal(response.status, 400);
    assert.match(((await response.json()) as { detail: string }).detail, new RegExp(name));
  }
});

test("picket sky says the same without a server, and a time without a zone is wrong usage", () => {
  const run = (...words: string[]) =>
    execFileSync(
      process.execPath,
      ["--import", "tsx", join(packageFolder(), "src/server/cli/main.ts"), "sky", "--latitude", "33.3", "--longitude", "44.4", ...words],
      {
        encoding: "utf8",
        cwd: packageFolder(),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
  const text = run("--at", EVENING.at, "--bearing", "255", "--elevation", "22", "--word", "light", "--word", "steady", "--json");
  assert.equal((JSON.parse(text) as Explained).items[0]!.name, "Venus");
  assert.throws(() => run("--at", "2025-02-01T16:30:00", "--bearing", "255"), /--at: expected an ISO 8601 time with a zone/);
});
