// Makes the README's pictures from the running console on the simulated demonstration, in both languages.
// Usage: node --import tsx test/browser/screenshot.ts [FOLDER] [--seconds N]   (default docs/images, after 75 s of the scene)

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { TrackView } from "../../src/core/model/picture-view.ts";
import { launchChromium } from "./launch-chromium.ts";
import { demonstrationSite, ensureConsoleBuild, picket, startPicket, until } from "./start-picket.ts";

const { positionals, values } = parseArgs({ allowPositionals: true, options: { seconds: { type: "string", default: "75" } } });
const folder = resolve(positionals[0] ?? join("docs", "images"));
mkdirSync(folder, { recursive: true });

/** Keys that lead from one picture to the next: language and theme change under the hand. */
const SHOTS = [
  { name: "watch-en-dark", keys: [] },
  { name: "watch-en-red", keys: ["n"] },
  { name: "watch-en-light", keys: ["n"] },
  { name: "watch-ar-dark", keys: ["n", "g"] },
] as const;

await ensureConsoleBuild();
const server = await startPicket(demonstrationSite());
const simulator = picket(["simulate", "--ports-from", server.url, "--quiet"]);
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(120_000);
  await page.goto(server.url);
  await page.waitForSelector(".map-ground canvas");
  await new Promise((done) => setTimeout(done, Number(values.seconds) * 1000));
  // A confirmed drone that broadcasts and whose operator is known shows most of what the pane can say.
  const best = await until(
    "a confirmed track with a claim",
    async () => {
      const { items } = (await server.json("/api/v1/tracks")) as { items: TrackView[] };
      const confirmed = items.filter((track) => track.status === "confirmed" && track.freshness === "LIVE");
      return (
        confirmed.find((track) => track.claims.some((claim) => claim.operator !== undefined)) ??
        confirmed.find((track) => track.claims.length > 0)
      );
    },
    120,
  );
  // Found as a person would find it.
  await page.keyboard.press("/");
  await page.keyboard.type(best.id);
  await page.click(`.row[data-track="${best.id}"]`);
  await page.waitForSelector(`.pane[data-track="${best.id}"]`);
  await page.fill(".filter input", "");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.mouse.move(960, 1040);
  for (const shot of SHOTS) {
    for (const key of shot.keys) await page.keyboard.press(key);
    await page.waitForTimeout(3_000);
    const path = join(folder, `${shot.name}.png`);
    await page.screenshot({ path });
    console.log(path);
  }
} finally {
  await browser.close();
  await simulator.stop();
  await server.stop();
}
