// Training on the screen, from its start to its debrief, and the hand-over of the watch: both pages of a server at work.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchChromium } from "./launch-chromium.ts";
import { ensureConsoleBuild, type RunningPicket, startPicket, until } from "./start-picket.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE_MS = 90_000;
let browser: Browser;
let atWork: RunningPicket;

before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
  // No place of the demonstration: the exercise has the site's own places, and the scene is far from them.
  atWork = await startPicket(`
site: { id: work, name: At work, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: sapient, protocol: sapient, listen: "tcp://127.0.0.1:0" }
  - { id: rid, protocol: remote-id-json, listen: "udp://127.0.0.1:0" }
assets:
  - { id: post, name: Post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 500 }
`);
});
after(async () => {
  await browser?.close();
  await atWork?.stop();
});

async function faults(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { violations } = await (
      window as unknown as { axe: { run(where: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run(document.querySelector('[role="dialog"]')!);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(" | ")}`);
  });
}

test("key 5 starts an exercise on a screen of its own; its frame says so in both languages; when it ends it is scored, and a press replays it", async () => {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, reducedMotion: "reduce" });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(atWork.url);
    await page.locator(".system-bar").waitFor();
    assert.equal(await page.locator(".exercise-frame").count(), 0, "a server at work has no such frame");
    await page.keyboard.press("5");
    await page.getByLabel("Seed").fill("3");
    await page.getByRole("button", { name: "Start" }).click();
    const link = page.getByRole("link", { name: "Open the exercise's screen" });
    await link.waitFor();
    assert.deepEqual(await faults(page), []);
    const exerciseUrl = (await link.getAttribute("href"))!;

    const screen = await context.newPage();
    screen.setDefaultTimeout(PATIENCE_MS);
    await screen.goto(exerciseUrl);
    const frame = screen.locator(".exercise-frame");
    await frame.getByText("EXERCISE", { exact: true }).waitFor();
    await frame.getByText("seed 3").waitFor();
    await until("an exercise track", async () => ((await screen.locator('.row[data-track^="EX-T"]').count()) > 0 ? true : undefined));
    await until("somebody is called for and seen for some seconds", async () => {
      const { items } = (await (await fetch(`${exerciseUrl}/api/v1/tracks`)).json()) as {
        items: { claims: unknown[]; firstAtUs: number; lastAtUs?: number }[];
      };
      return items.some(({ claims }) => claims.length > 0) ? true : undefined;
    });
    await screen.waitForTimeout(5_000);
    await screen.keyboard.press("5");
    await screen.getByRole("button", { name: "End the exercise" }).click();
    await screen.locator(".training-sums").waitFor();
    assert.deepEqual(await faults(screen), []);
    const rows = screen.locator("tr[data-object]");
    await until("the debrief names a drone", async () => ((await rows.count()) > 0 ? true : undefined));
    assert.match((await rows.first().textContent())!, /EX-T\d+/);
    await rows.first().getByRole("button").click();
    await screen
      .locator(".replay-frame", { hasText: "Not the present" })
      .or(screen.locator(".replay-frame:not(.exercise-frame)"))
      .first()
      .waitFor();
    await screen.keyboard.press("0");
    await frame.waitFor();
    await screen.keyboard.press("g");
    await frame.getByText("تمرين", { exact: true }).waitFor();
    await screen.keyboard.press("5");
    await screen.getByText("قُرر في الوقت").waitFor();
    assert.deepEqual(await faults(screen), []);
  } finally {
    await fetch(`${atWork.url}/api/v1/exercise/end`, { method: "POST" });
    await context.close();
  }
});

test("the watch is handed over by keyboard: offered on one screen with what stands, seen and taken on the other, in both languages", async () => {
  const screenOf = async (settings: object): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript((text) => localStorage.setItem("picket.settings", text), JSON.stringify(settings));
    await page.goto(atWork.url);
    await page.locator(".system-bar").waitFor();
    return page;
  };
  const basma = await screenOf({ operator: "Basma" });
  const nils = await screenOf({ operator: "Nils", language: "ar" });
  try {
    await basma.keyboard.press("6");
    await basma.locator(".watch-summary").waitFor();
    await basma.getByLabel("Who takes the watch").focus();
    await basma.keyboard.type("Nils");
    await basma.keyboard.press("Tab");
    await basma.keyboard.type("Radar north is slow");
    await basma.keyboard.press("Tab");
    await basma.keyboard.press("Enter");
    await basma.getByText("Name not proved").waitFor();
    assert.deepEqual(await faults(basma), []);
    // Nobody takes what he gave himself.
    await basma.getByRole("button", { name: "Take the watch as Basma" }).click();
    await basma.getByText(/Basma gave the watch and cannot take it/).waitFor();

    await nils.locator(".chip", { hasText: /يسلّم .*Basma.* المناوبة إلى .*Nils/ }).waitFor();
    await nils.keyboard.press("6");
    await nils.getByText("Radar north is slow").waitFor();
    assert.deepEqual(await faults(nils), []);
    await nils.getByRole("button", { name: /تسلّم المناوبة باسم .*Nils/ }).focus();
    await nils.keyboard.press("Enter");
    await basma.getByText("Nils took the watch from Basma").waitFor();
    await nils.locator(".watch-offer").waitFor({ state: "detached" });
    const { items } = (await (await fetch(`${atWork.url}/api/v1/events`)).json()) as { items: { type: string; text: string }[] };
    assert.ok(
      items.some(({ text }) => text.includes("Nils") && /watch/.test(text)),
      JSON.stringify(items.slice(-4)),
    );
  } finally {
    await basma.context().close();
    await nils.context().close();
  }
});
