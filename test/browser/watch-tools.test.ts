// The tools of the watch screen by keyboard and pointer: zones and assets, groups, notes, measuring, filters; in both languages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type ContractServer, startContractServer } from "./contract-server.ts";
import { launchChromium } from "./launch-chromium.ts";
import { samplePicture } from "./sample-picture.ts";
import { ensureConsoleBuild, until } from "./start-picket.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser: Browser;

before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
});
after(() => browser?.close());

interface Screen {
  page: Page;
  server: ContractServer;
}

async function withScreen(settings: object, look: (screen: Screen) => Promise<void>): Promise<void> {
  const server = await startContractServer(samplePicture(Date.now() * 1000));
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: "reduce" });
  const beat = setInterval(() => server.heartbeat(Date.now() * 1000), 500);
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !/WebSocket connection|409/.test(message.text())) complaints.push(`console: ${message.text()}`);
    });
    await page.addInitScript((text) => localStorage.setItem("picket.settings", text), JSON.stringify(settings));
    await page.goto(server.url);
    await page.waitForSelector(".row[data-track]");
    await look({ page, server });
    assert.deepEqual(complaints, []);
  } finally {
    clearInterval(beat);
    await context.close();
    await server.close();
  }
}

const asked = (server: ContractServer, count: number) =>
  until("the page asked the server", () => (server.asked.length >= count ? server.asked[count - 1] : undefined));

async function isClean(page: Page, where: string): Promise<void> {
  await page.evaluate(axeSource);
  const found = await page.evaluate(async (selector) => {
    const { axe } = window as unknown as {
      axe: { run(where: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    return (await axe.run(document.querySelector(selector)!)).violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html}`);
  }, where);
  assert.deepEqual(found, [], where);
}

for (const language of ["en", "ar"] as const) {
  const said = (english: string, arabic: string) => (language === "en" ? english : arabic);

  test(`${language}: a zone is typed and drawn, shown as what changes, saved and taken back; an asset's distance changes`, async () => {
    await withScreen({ language, operator: "Amal" }, async ({ page, server }) => {
      await page.getByRole("button", { name: said("New zone", "منطقة جديدة") }).press("Enter");
      await page.waitForSelector(".place-form input:focus"); // the hand is in the name
      await page.keyboard.type("South gate");
      await page.getByLabel(said("Corners, one on each line", "الزوايا، واحدة في كل سطر")).fill("36.89 43.1\n36°53'24\"N 43°06'36\"E");
      await page.getByRole("button", { name: said("Show what changes", "أظهر ما يتغير") }).press("Enter");
      await page.waitForSelector(".place-form .press-refusal");
      // The third corner comes from the map: its middle, by keyboard.
      await page.focus(".map-ground canvas");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.querySelector("textarea")?.value.split("\n").length === 3);
      const ceiling = page.getByRole("group", { name: said("Ceiling", "السقف") });
      await ceiling.getByRole("textbox").fill("120");
      await isClean(page, ".place-pane");
      await page.getByRole("button", { name: said("Show what changes", "أظهر ما يتغير") }).press("Enter");
      await page.waitForSelector(".place-review ins");
      assert.match((await page.textContent(".place-review"))!, /South gate/);
      await page.keyboard.press("Enter"); // the hand is on Save
      const saved = await asked(server, 1);
      assert.equal(saved!.path, "zones/south-gate");
      const { place, before, actor } = saved!.body as { place: { polygon: unknown[]; ceiling: unknown }; before: unknown; actor: string };
      assert.deepEqual([place.polygon.length, place.ceiling, before, actor], [3, { aboveTakeoffMetres: 120 }, null, "Amal"]);
      await page.getByRole("button", { name: said("Undo", "تراجع") }).press("Enter");
      assert.deepEqual(await asked(server, 2), { method: "DELETE", path: "zones/south-gate", body: { actor: "Amal" } });

      await page.getByRole("button", { name: said("Change Headquarters", "تغيير \u2068Headquarters\u2069") }).press("Enter");
      await page.getByLabel(said("Keep-out distance, metres", "مسافة المنع بالأمتار")).fill("800");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".place-review ins");
      assert.equal((await page.$$(".place-review .fact")).length, 1, "only what is different");
      await page.keyboard.press("Enter");
      const changed = (await asked(server, 3))!;
      assert.deepEqual([changed.path, (changed.body.place as { radiusMetres: number }).radiusMetres], ["assets/hq", 800]);
      assert.equal((changed.body.before as { radiusMetres: number }).radiusMetres, 500);
    });
  });
}

test("range and bearing by keyboard; a filter says what it hides and never hides what calls a person; a searched place is marked; a group opens", async () => {
  await withScreen({}, async ({ page, server }) => {
    await page.keyboard.press("2");
    const next = page.getByLabel("Next point: MGRS, latitude and longitude, track or asset");
    await next.fill("hq");
    await next.press("Enter");
    await next.fill("36.99 43.1");
    await next.press("Enter");
    await page.waitForSelector(".legs li");
    // A tenth of a degree less a hundredth of latitude: 0.09 x 111 km, and due north.
    assert.match((await page.textContent(".legs"))!, /10\.0 km.*5\.\d\d NM.*000° true · 35\d° magnetic/);
    await isClean(page, ".measure");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".measure", { state: "detached" });

    const rows = page.locator(".tracks .row[data-track]");
    const before = await rows.count();
    await page.keyboard.press("4");
    await page.getByRole("combobox", { name: "Affiliation", exact: true }).selectOption("friend");
    await page.waitForSelector(".filter-state");
    assert.match((await page.textContent(".filter-state"))!, /tracks are hidden\..*(stays|stay): (it calls|they call) a person/);
    assert.ok((await rows.count()) < before);
    assert.equal(await page.locator('.row[data-track="T27"]').count(), 1, "an alarm stands about T27");
    await isClean(page, ".tracks");
    await page.getByRole("button", { name: "Show all" }).press("Enter");
    await page.waitForSelector(".filter-state", { state: "detached" });

    await page.getByRole("searchbox").fill("36°54'N 43°06'E");
    await page.getByRole("searchbox").press("Enter");
    assert.equal(await page.locator(".filter-state").count(), 0, "a place hides no track");
    await page.getByRole("searchbox").fill("");

    const { judgement } = server.picture;
    const tracks = ["T8", "T12", "T19"];
    const hull = tracks.map((id) => server.picture.tracks.find((track) => track.id === id)!.position);
    server.publish({
      judgement: {
        ...judgement,
        groups: [
          {
            id: "G8",
            origin: "live",
            tracks,
            count: 3,
            countLow: 3,
            countHigh: 5,
            hull: hull.map((place) => [place.longitudeDegrees, place.latitudeDegrees]),
          },
        ],
      },
    });
    const group = page.locator('.row[data-group="G8"]');
    await group.waitFor();
    assert.match((await group.textContent())!, /3–5 objects.*3 tracks/);
    assert.equal(await page.locator('.row[data-track="T12"]').count(), 0);
    await group.click();
    await page.waitForSelector('.row[data-track="T12"]');
    await isClean(page, ".tracks");
  });
});

test("a note and a merge go to the server with a reason, and what stands is shown and taken back", async () => {
  await withScreen({ language: "ar", operator: "Amal" }, async ({ page, server }) => {
    await page.click('.row[data-track="T27"]');
    await page.getByLabel("ملاحظة جديدة").fill("طائرة المسح");
    await page.keyboard.press("Enter");
    assert.deepEqual(await asked(server, 1), { method: "POST", path: "tracks/T27/notes", body: { text: "طائرة المسح", actor: "Amal" } });
    await page.getByRole("button", { name: "ادمج" }).first().press("Enter");
    await page.getByLabel("هو نفس الجسم").selectOption("T12");
    await page.getByLabel("السبب").last().fill("واحدة");
    await page.keyboard.press("Enter");
    assert.deepEqual(await asked(server, 2), {
      method: "POST",
      path: "tracks/T27/merge",
      body: { otherId: "T12", reason: "واحدة", minutes: 60, actor: "Amal" },
    });
    const atUs = server.picture.system.nowUs;
    server.publish({
      judgement: {
        ...server.picture.judgement,
        notes: [{ id: 1, trackId: "T27", text: "<b>x</b>", by: "Amal", authenticated: false, atUs }],
        associations: [
          {
            id: 4,
            kind: "merge",
            trackId: "T27",
            others: ["T12"],
            sensorId: null,
            names: [],
            by: "Amal",
            authenticated: false,
            atUs,
            reason: "x",
            expiresAtUs: atUs + 60e6,
            apart: ["T12"],
          },
        ],
      },
    });
    await page.waitForSelector(".notes .warn-word");
    assert.match((await page.textContent(".notes"))!, /<b>x<\/b>/, "a note is text");
    await isClean(page, ".pane-body");
    await page.getByRole("button", { name: "اسحب القول" }).press("Enter");
    assert.deepEqual(await asked(server, 3), { method: "DELETE", path: "associations/4", body: { actor: "Amal" } });
  });
});
