// The record on screen: searched, drawn, taken away as a file, and any minute of it played again; by keyboard, in both languages.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { sceneEvents } from "../support/scene-events.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";
import { launchChromium } from "./launch-chromium.ts";
import { ensureConsoleBuild } from "./start-picket.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE_MS = 90_000;
const SITE = `
site: { id: past, name: Past, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: rid, protocol: remote-id-json, origin: simulated, listen: "udp://127.0.0.1:0" }]
assets: [{ id: tower, name: Tower, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 5000 }]
zones: [{ id: wide, name: Wide, kind: information, polygon: [[42.5, 36.5], [43.7, 36.5], [43.7, 37.3], [42.5, 37.3]] }]
`;
let browser: Browser;
let site: TestSite;
let track: { key: string; id: string; identities: { value: string }[] };

before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
  site = await startSite(SITE);
  const socket = createSocket("udp4");
  for (const event of sceneEvents("demo", 3, 15)) {
    if (event.type !== "packet" || event.sourceId !== "remote-id") continue;
    await new Promise<void>((resolve) => socket.send(event.bytes, site.server.sourcePort("rid")!, "127.0.0.1", () => resolve()));
    await new Promise((resolve) => setTimeout(resolve, 80));
  }
  socket.close();
  const { items } = await site.until<Items<typeof track & { positions: number }>>("history/tracks", (found) =>
    found.items.some(({ positions, identities }) => positions >= 3 && identities.length > 0),
  );
  track = items.find(({ positions, identities }) => positions >= 3 && identities.length > 0)!;
  await site.until<Items<unknown>>("history/incidents", (found) => found.items.length > 0);
});
after(async () => {
  await browser?.close();
  await site?.end();
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    type Violation = { id: string; nodes: { html: string; failureSummary: string }[] };
    const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
    const result = await axe.run({
      resultTypes: ["violations"],
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return result.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html.slice(0, 300)} ${node.failureSummary}`).join(" | ")}`,
    );
  });
}

const WORDS = {
  en: { tracks: "Tracks", heat: "Heat map", replay: "REPLAY" },
  ar: { tracks: "المسارات", heat: "خريطة الكثافة", replay: "إعادة عرض" },
} as const;

for (const language of ["en", "ar"] as const) {
  test(`the record is searched by serial, drawn, exported, and one press plays the minute again, one key returns (${language})`, async () => {
    const words = WORDS[language];
    const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce" });
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (new URL(request.url()).host !== new URL(site.url).host) complaints.push(`other host: ${request.url()}`);
    });
    await page.addInitScript((text) => localStorage.setItem("picket.settings", text), JSON.stringify({ language }));
    try {
      await page.goto(site.url);
      await page.waitForSelector(".map-ground canvas");
      await page.keyboard.press("3");
      // The newest situations are there without asking.
      await page.waitForSelector(".history-item[data-item^='I']");
      await page.getByRole("button", { name: words.tracks, exact: true }).click();
      await page.waitForSelector(`.history-item[data-item="${track.id}"]`);
      await page.fill(".history-form input[type=search]", "no such serial");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelectorAll(".history-item").length === 0);
      await page.fill(".history-form input[type=search]", track.identities[0]!.value);
      await page.keyboard.press("Enter");
      const item = await page.waitForSelector(`.history-item[data-item="${track.id}"]`);
      assert.match((await item.textContent())!, new RegExp(track.identities[0]!.value));

      // Its path, and where everything was.
      await item.$$eval(".history-acts button", (buttons) => (buttons[1] as HTMLElement).click());
      await page.waitForFunction(() => Number(document.querySelector<HTMLElement>(".history-map-ground")?.dataset.points) >= 3);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        item.$$eval("a[download]", (links) => (links[0] as HTMLElement).click()),
      ]);
      const csv = readFileSync(await download.path(), "utf8");
      assert.match(csv, /^record,id,origin,label,at,/);
      assert.match(csv, new RegExp(`position,${track.id},simulated,SIMULATED,`));
      await page.getByRole("button", { name: words.heat, exact: true }).click();
      await page.waitForFunction(() => Number(document.querySelector<HTMLElement>(".history-map-ground")?.dataset.cells) > 0);
      assert.deepEqual(await violations(page), []);

      // One press: the screen as it was, framed; one key: the present.
      await page.getByRole("button", { name: words.tracks, exact: true }).click();
      await page.waitForSelector(`.history-item[data-item="${track.id}"] .history-acts button`);
      await page.$eval(`.history-item[data-item="${track.id}"] .history-acts button`, (button) => (button as HTMLElement).click());
      const frame = await page.waitForSelector(".replay-frame");
      assert.match((await frame.textContent())!, new RegExp(words.replay));
      await page.waitForSelector("#replay-play");
      // The row, or that of the group that holds it: the present has neither any more.
      await page.waitForSelector(`.row[data-track="${track.id}"], .row[data-group]`);
      assert.deepEqual(await violations(page), []);
      await page.keyboard.press("0");
      await page.waitForSelector(".live-edge");
      assert.equal(await page.locator(".replay-frame").count(), 0);
      assert.deepEqual(complaints, []);
    } finally {
      await page.close();
    }
  });
}
