// Compares the watch screen with the pictures kept in test/browser/visual: both languages, three themes, at 1280 x 720.
// Usage: npm run test:visual [-- --update]. Not part of npm test: fonts and rasterisers of other machines differ in details.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { startContractServer } from "./contract-server.ts";
import { launchChromium } from "./launch-chromium.ts";
import { movedOn, samplePicture } from "./sample-picture.ts";
import { ensureConsoleBuild } from "./start-picket.ts";

const folder = join(dirname(fileURLToPath(import.meta.url)), "visual");
const update = process.argv.includes("--update");
const WIDTH = 640;
const HEIGHT = 360;
/** A pixel of the halved picture differs when any channel is off by more than this. */
const CHANNEL_TOLERANCE = 40;
/** Ages tick while the picture is taken: a few digits may differ, a moved panel may not. */
const SHARE_TOLERANCE = 0.003;

/** Halves a screenshot in a blank page and gives it back as PNG, base64; compares with another one when given. */
async function halve(page: Page, screenshot: string, kept: string | undefined): Promise<{ png: string; share: number }> {
  return page.evaluate(
    async ({ shot, other, width, height, tolerance }) => {
      const pixelsOf = async (png: string) => {
        const image = new Image();
        image.src = `data:image/png;base64,${png}`;
        await image.decode();
        const canvas = document.createElement("canvas");
        canvas.width = width;
        canvas.height = height;
        const context = canvas.getContext("2d")!;
        context.imageSmoothingQuality = "high";
        context.drawImage(image, 0, 0, width, height);
        return { png: canvas.toDataURL("image/png").split(",")[1]!, data: context.getImageData(0, 0, width, height).data };
      };
      const now = await pixelsOf(shot);
      if (other === undefined) return { png: now.png, share: 1 };
      const before = await pixelsOf(other);
      let different = 0;
      for (let i = 0; i < now.data.length; i += 4) {
        const off = Math.max(
          Math.abs(now.data[i]! - before.data[i]!),
          Math.abs(now.data[i + 1]! - before.data[i + 1]!),
          Math.abs(now.data[i + 2]! - before.data[i + 2]!),
        );
        if (off > tolerance) different += 1;
      }
      return { png: now.png, share: different / (width * height) };
    },
    { shot: screenshot, other: kept, width: WIDTH, height: HEIGHT, tolerance: CHANNEL_TOLERANCE },
  );
}

mkdirSync(folder, { recursive: true });
await ensureConsoleBuild();
// A fixed night: the clock, the dates and the trails are the same in every run.
let picture = samplePicture(Date.UTC(2026, 0, 15, 3, 40, 0) * 1000);
const server = await startContractServer(picture);
const browser = await launchChromium();
let failed = 0;
try {
  const judge = await browser.newPage();
  // Functions inside page.evaluate keep their names through a helper that the page does not have.
  await judge.evaluate("globalThis.__name = (value) => value");
  for (const language of ["en", "ar"]) {
    for (const theme of ["dark", "red", "light"]) {
      picture = samplePicture(Date.UTC(2026, 0, 15, 3, 40, 0) * 1000);
      server.picture = picture;
      const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: "reduce" });
      const page = await context.newPage();
      page.setDefaultTimeout(90_000);
      await page.addInitScript((text) => localStorage.setItem("picket.settings", text), JSON.stringify({ language, theme }));
      await page.goto(server.url);
      await page.waitForSelector(".map-ground canvas");
      for (let step = 0; step < 12; step++) {
        picture = movedOn(picture, 2);
        server.picture = picture;
        server.publish({ tracks: picture.tracks, sensors: picture.sensors, system: picture.system });
      }
      await page.click('.row[data-track="T12"]');
      await page.mouse.move(640, 700);
      // Borders and fonts settle; the picture's clock is held by heartbeats that say the same moment.
      for (let beat = 0; beat < 14; beat++) {
        server.heartbeat(picture.system.nowUs);
        await page.waitForTimeout(200);
      }
      const shot = (await page.screenshot()).toString("base64");
      await context.close();
      const name = `watch-${language}-${theme}.png`;
      const path = join(folder, name);
      const kept = existsSync(path) ? readFileSync(path).toString("base64") : undefined;
      const { png, share } = await halve(judge, shot, update ? undefined : kept);
      if (update || kept === undefined) {
        writeFileSync(path, Buffer.from(png, "base64"));
        console.log(`kept   ${name}`);
      } else {
        const good = share <= SHARE_TOLERANCE;
        if (!good) {
          failed += 1;
          writeFileSync(path.replace(/\.png$/, ".found.png"), Buffer.from(png, "base64"));
        }
        console.log(
          `${good ? "same  " : "FAILED"} ${name}  ${(share * 100).toFixed(2)} % of the pixels differ (at most ${(SHARE_TOLERANCE * 100).toFixed(1)} %)`,
        );
      }
    }
  }
} finally {
  await browser.close();
  await server.close();
}
process.exit(failed === 0 ? 0 : 1);
