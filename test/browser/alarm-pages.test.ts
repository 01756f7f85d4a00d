// The alarm pages: definitions, live figures and the self-audit for paper; opened by one key, in both languages, in each theme.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { ALARM_DEFINITIONS } from "../../src/core/alerting/alarm-definitions.ts";
import { alertText } from "../../src/core/alerting/alert-text.ts";
import { type AlarmDefinitionView, AUDIT_FIGURES, type AuditReport } from "../../src/core/model/alarm-report.ts";
import { startContractServer } from "./contract-server.ts";
import { launchChromium } from "./launch-chromium.ts";
import { samplePicture } from "./sample-picture.ts";
import { ensureConsoleBuild } from "./start-picket.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser: Browser;
before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
});
after(() => browser?.close());

const DEFINITIONS: AlarmDefinitionView[] = ALARM_DEFINITIONS.map(
  ({ id, level, actionKey, groupBy, onDelay, offDelay, latching, mandatory }) => ({
    id,
    level,
    action: { key: actionKey, values: {}, text: alertText(actionKey, {}) },
    groupBy,
    onDelaySeconds: onDelay,
    offDelaySeconds: offDelay,
    latching,
    enabled: id !== "off-plan",
    mandatory: mandatory === true,
    changed: id === "off-plan",
  }),
);
const aMonth = (month: string, calls: number): AuditReport["items"][number] => ({
  month,
  fromUs: 1_761_955_200_000_000,
  toUs: 1_763_900_000_000_000,
  operators: 1,
  calls,
  byDefinition: [{ definitionId: "zone-entry", calls }],
  byLevel: ([1, 2, 3] as const).map((level) => ({
    level,
    calls: level === 2 ? calls : 0,
    share: level === 2 ? 1 : 0,
    acknowledged: 3,
    medianSeconds: 4.2,
    p95Seconds: null,
  })),
  byHour: Array.from({ length: 24 }, (_, hour) => (hour === 3 ? calls : 0)),
  meanPer10Min: 0.01,
  peakPer10Min: 12,
  peakAtUs: 1_763_000_000_000_000,
  floodShare: 0.02,
  stale: [],
  chattering: [{ definitionId: "sensor-lost", subject: "radar-1", times: 4 }],
  topTen: [{ definitionId: "zone-entry", subject: "T7", calls, share: 1 }],
  shelved: 2,
  shelvedTooLong: 1,
  neverAcknowledged: 5,
  figures: AUDIT_FIGURES.map((key) => ({ key, value: 0.5, aim: 1, met: key !== "flood-share" })),
  sourcesDropped: 0,
});

for (const { language, theme } of [
  { language: "en", theme: "dark" },
  { language: "ar", theme: "light" },
] as const) {
  test(`the three alarm pages open by one key, say what they are about, and are accessible (${language}, ${theme})`, async () => {
    const server = await startContractServer(samplePicture(Date.now() * 1000));
    server.answers.set("alerts/definitions", { items: DEFINITIONS, next: null });
    server.answers.set("alerts/audit", { items: [aMonth("2026-10", 31), aMonth("2026-11", 44)], missing: [], next: null });
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce" });
    const beat = setInterval(() => server.heartbeat(Date.now() * 1000), 500);
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(90_000);
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(error.message));
      await page.addInitScript((text) => localStorage.setItem("picket.settings", text), JSON.stringify({ language, theme }));
      await page.goto(server.url);
      await page.waitForSelector(".row[data-track]");
      await page.evaluate(axeSource);
      const violations = () =>
        page.evaluate(async () => {
          const axe = (globalThis as unknown as { axe: { run(where: string, options: object): Promise<{ violations: { id: string }[] }> } })
            .axe;
          const found = await axe.run(".alarm-pages", { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] });
          return found.violations.map(({ id }) => id);
        });

      await page.keyboard.press("Shift+A");
      await page.waitForSelector(".alarm-pages .alarm-table");
      assert.equal(await page.locator(".alarm-table tbody tr").count(), ALARM_DEFINITIONS.length);
      const empty = await page
        .locator(".alarm-table tbody tr td:nth-child(3)")
        .evaluateAll((cells) => cells.filter((cell) => cell.textContent === "").length);
      assert.equal(empty, 0, "every alarm says when it calls");
      assert.deepEqual(await violations(), []);

      await page.getByRole("tab").nth(1).click();
      await page.waitForSelector('.alarm-table caption:has-text("10"), .alarm-table >> nth=1');
      assert.ok((await page.locator(".alarm-table").count()) === 4);
      assert.deepEqual(await violations(), []);

      await page.getByRole("tab").nth(2).click();
      await page.waitForSelector('.alarm-report[data-month="2026-11"]');
      await page.locator(".alarm-choice select").selectOption("2026-10");
      await page.waitForSelector('.alarm-report[data-month="2026-10"]');
      assert.equal(await page.locator(".alarm-report .warn-word").count(), 1, "one aim is not met, in words");
      assert.deepEqual(await violations(), []);

      // On paper: the report, black on white, and nothing of the screen.
      await page.emulateMedia({ media: "print" });
      assert.equal(await page.locator(".watch").isVisible(), false);
      assert.equal(await page.locator(".alarm-tabs").isVisible(), false);
      assert.equal(await page.locator(".alarm-report").isVisible(), true);
      assert.equal(await page.locator(".alarm-report h3").evaluate((head) => getComputedStyle(head).color), "rgb(0, 0, 0)");
      await page.emulateMedia({ media: "screen" });

      // A key that orders something is not pressed blindly: it closes the pages.
      await page.getByRole("tab").nth(0).click();
      await page.keyboard.press("a");
      await page.waitForSelector(".alarm-pages", { state: "detached" });
      assert.deepEqual(server.asked, [], "nothing was acknowledged behind the pages");
      assert.deepEqual(complaints, []);
    } finally {
      clearInterval(beat);
      await context.close();
      await server.close();
    }
  });
}
