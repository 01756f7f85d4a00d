// From the alarm to the decision: acknowledge, look, dismiss or declare, take cover; by keyboard, in both languages, in each theme.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { JudgementView } from "../../src/core/model/picture-view.ts";
import { type ContractServer, startContractServer } from "./contract-server.ts";
import { launchChromium } from "./launch-chromium.ts";
import { anAlert, samplePicture } from "./sample-picture.ts";
import { ensureConsoleBuild, until } from "./start-picket.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE_MS = 90_000;
let browser: Browser;

before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
});
after(() => browser?.close());

interface Screen {
  page: Page;
  server: ContractServer;
  complaints: string[];
  /** Tells the page what the judgement is now. */
  judge(part: Partial<JudgementView>): void;
}

async function withScreen(
  options: { settings?: object; width?: number; height?: number; quiet?: boolean },
  look: (screen: Screen) => Promise<void>,
): Promise<void> {
  const picture = samplePicture(Date.now() * 1000);
  if (options.quiet === true) picture.judgement = { ...picture.judgement, alerts: [] };
  const server = await startContractServer(picture);
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1920, height: options.height ?? 1080 },
    reducedMotion: "reduce",
  });
  const beat = setInterval(() => server.heartbeat(Date.now() * 1000), 500);
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !/WebSocket connection|409/.test(message.text())) complaints.push(`console: ${message.text()}`);
    });
    await page.addInitScript((text) => localStorage.setItem("picket.settings", text), JSON.stringify(options.settings ?? {}));
    await page.goto(server.url);
    await page.waitForSelector(".row[data-track]");
    await look({
      page,
      server,
      complaints,
      judge(part) {
        server.picture = { ...server.picture, judgement: { ...server.picture.judgement, ...part } };
        server.publish({ judgement: server.picture.judgement });
      },
    });
  } finally {
    clearInterval(beat);
    await context.close();
    await server.close();
  }
}

const lastAsked = (server: ContractServer, count: number) =>
  until("the page asked the server", () => (server.asked.length >= count ? server.asked[count - 1] : undefined));

test("an alarm appears, one key acknowledges it, one selects its track, a number dismisses it: four strokes", async () => {
  await withScreen({ quiet: true, settings: { operator: "Amal" } }, async ({ page, server, judge, complaints }) => {
    assert.match((await page.textContent(".alarms .list"))!, /No alarm\./);
    const nowUs = server.picture.system.nowUs;
    judge({ alerts: [anAlert("A3", nowUs)] });
    await page.waitForSelector('.alarm[data-alarm="A3"][data-blinks]');
    const said = (await page.textContent('.alarm[data-alarm="A3"]'))!;
    assert.match(said, /nobody has assessed it in time; Headquarters in 142 s/);
    assert.match(said, /Look at it now/);

    await page.keyboard.press("a");
    assert.deepEqual(await lastAsked(server, 1), { method: "POST", path: "alerts/A3/acknowledge", body: { actor: "Amal" } });
    judge({ alerts: [anAlert("A3", nowUs, { state: "acknowledged", acknowledgedBy: "Amal" })] });
    await page.waitForSelector('.alarm[data-alarm="A3"][data-state="acknowledged"]');
    assert.equal(await page.$("[data-blinks]"), null, "nothing blinks once somebody has it");

    await page.keyboard.press("o");
    await page.waitForSelector('.pane[data-track="T27"] .evidence');
    const pane = (await page.textContent(".pane"))!;
    for (const words of [
      "Small multirotor",
      "94 % sure",
      "Suspect.",
      "it is in the corridor of T19",
      "it has held straight for Headquarters for 24 s",
      "+9.0",
      "−7.0",
      "+12.3",
      "an announced flight that covers it",
      "it would be Assumed friend",
      "from Pending to Suspect",
    ])
      assert.ok(pane.includes(words), `the pane does not say "${words}"`);
    assert.match((await page.textContent(".attention"))!, /Assess it/);

    await page.keyboard.press("q");
    await page.waitForSelector(".dismiss-form");
    await page.keyboard.press("2");
    assert.deepEqual(await lastAsked(server, 2), {
      method: "POST",
      path: "tracks/T27/dismiss",
      body: { reason: "balloon", text: "", actor: "Amal" },
    });
    await page.waitForSelector(".dismiss-form", { state: "detached" });
    assert.equal(
      await page.evaluate(() => document.activeElement?.closest(".decision-acts") !== null),
      true,
      "the focus is not lost with the form",
    );
    assert.deepEqual(complaints, []);
  });
});

test("a refusal is said in words beside the button, and other reasons ask for words", async () => {
  await withScreen({}, async ({ page, server }) => {
    server.refusal = "T27 is held by Basma";
    await page.click('.row[data-track="T27"]');
    await page.keyboard.press("y");
    await page.waitForSelector(".decision-acts .press-refusal");
    assert.equal(await page.textContent(".decision-acts .press-refusal"), "Refused: T27 is held by Basma");
    server.refusal = undefined;
    await page.keyboard.press("q");
    await page.keyboard.press("6");
    await page.fill(".dismiss-form input", "kite of the school");
    await page.keyboard.press("Enter");
    const asked = await lastAsked(server, 2);
    assert.deepEqual(asked!.body, { reason: "other", text: "kite of the school", actor: "operator" });
  });
});

test("a declaration has a value, a reason and an end; one that stands can be taken back", async () => {
  await withScreen({}, async ({ page, server }) => {
    await page.click('.row[data-track="T31"]');
    await page.waitForSelector(".declared");
    assert.match((await page.textContent(".declared"))!, /Basma declared: Hostile.*not authenticated.*seen by the gate/s);
    await page.click(".declared >> text=Take the declaration back");
    assert.deepEqual(await lastAsked(server, 1), {
      method: "DELETE",
      path: "tracks/T31/declaration/affiliation",
      body: { actor: "operator" },
    });
    await page.click(".decision-buttons >> text=Declare");
    await page.selectOption(".decision-acts .act-form select >> nth=0", "class/helicopter");
    await page.fill(".decision-acts .act-form input", "heard it");
    await page.selectOption(".decision-acts .act-form select >> nth=1", "15");
    await page.click('.decision-acts .act-form button[type="submit"]');
    assert.deepEqual(await lastAsked(server, 2), {
      method: "PUT",
      path: "tracks/T31/declaration",
      body: { question: "class", value: "helicopter", reason: "heard it", minutes: 15, actor: "operator" },
    });
  });
});

test("an alarm is shelved with a reason and an end, and brought back", async () => {
  await withScreen({}, async ({ page, server }) => {
    await page.click('.alarm[data-alarm="A3"] >> text=Shelve');
    await page.fill(".alarm .act-form input", "known kite");
    await page.selectOption(".alarm .act-form select", "15");
    await page.click(".alarm .act-form >> text=Shelve it");
    assert.deepEqual(await lastAsked(server, 1), {
      method: "POST",
      path: "alerts/A3/shelve",
      body: { reason: "known kite", minutes: 15, actor: "operator" },
    });
    await page.click('.alarm[data-alarm="A1"] >> text=Bring back');
    assert.equal((await lastAsked(server, 2))!.path, "alerts/A1/unshelve");
  });
});

test("TAKE COVER: one press orders nothing, two within two seconds do, receipts are shown by channel", async () => {
  await withScreen({}, async ({ page, server, judge }) => {
    await page.keyboard.press("x");
    await page.waitForSelector(".cover[data-armed]");
    await page.waitForSelector(".cover:not([data-armed])", { state: "attached" });
    assert.equal(server.asked.length, 0, "armed and left alone: nothing is ordered");

    await page.keyboard.press("x");
    await page.waitForSelector(".cover[data-armed]");
    await page.waitForTimeout(350);
    await page.keyboard.press("x");
    assert.deepEqual(await lastAsked(server, 1), {
      method: "POST",
      path: "take-cover",
      body: { assetIds: [], text: "", actor: "operator" },
    });
    judge({
      cover: {
        state: "ordered",
        atUs: server.picture.system.nowUs,
        by: "operator",
        assetIds: ["hq", "fuel"],
        text: "",
        receipts: [
          { channel: "siren", state: "delivered", atUs: 0, message: "" },
          { channel: "mail", state: "failed", atUs: 0, message: "connection refused" },
        ],
      },
    });
    await page.waitForSelector(".cover-state");
    const said = (await page.textContent(".cover-state"))!;
    assert.match(said, /TAKE COVER is ordered by operator at .*Whole site/);
    assert.match(said, /siren delivered/);
    assert.match(said, /mail FAILED\s*connection refused/);

    await page.click(".cover-state button");
    await page.waitForTimeout(350);
    await page.click(".cover-state button");
    assert.equal((await lastAsked(server, 2))!.path, "all-clear");
  });
});

test("a prompt to order cover is over the map with its reason; it arms for its asset and orders nothing by itself", async () => {
  await withScreen({}, async ({ page, server, judge }) => {
    judge({
      coverPrompts: [
        {
          assetId: "fuel",
          trackId: "T27",
          key: "prompt.take-cover",
          values: { track: "T27", asset: "fuel", time: 175 },
          text: "T27 reaches fuel in 175 s: order TAKE COVER?",
        },
      ],
    });
    await page.waitForSelector(".cover-prompt");
    assert.match((await page.textContent(".cover-prompt"))!, /T27 reaches Fuel farm in 175 s: order TAKE COVER\?/);
    await page.click(".cover-prompt >> text=Prepare TAKE COVER");
    await page.waitForSelector(".cover[data-armed]");
    assert.equal(server.asked.length, 0);
    await page.waitForTimeout(350);
    await page.click(".cover-button");
    assert.deepEqual((await lastAsked(server, 1))!.body, { assetIds: ["fuel"], text: "", actor: "operator" });
  });
});

test("friends and channels are in the site pane: a friend's track can be selected, a channel tested", async () => {
  await withScreen({}, async ({ page, server, complaints }) => {
    await page.click(".drawer[data-name=channels] summary");
    await page.waitForSelector(".drawer-list >> text=duty-mail");
    assert.match((await page.textContent(".drawer[data-name=channels]"))!, /duty-mail\s*failed.*connection refused/s);
    await page.click('[aria-label="Test: siren"]');
    assert.equal((await lastAsked(server, 1))!.path, "channels/siren/test");
    await page.click(".drawer[data-name=friends] summary");
    await page.waitForSelector(".drawer-list >> text=Patrol 2");
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
      const { violations } = await (
        window as unknown as { axe: { run(where: object): Promise<{ violations: { id: string }[] }> } }
      ).axe.run(document.querySelector(".side-end")!);
      return violations.map(({ id }) => id);
    });
    assert.deepEqual(found, []);
    await page.click(".drawer[data-name=friends] .alarm-track");
    await page.waitForSelector('.pane[data-track="T19"]');
    assert.deepEqual(complaints, []);
  });
});

const PANELS = [".cover", ".alarms", ".pane", ".notices"] as const;

test("axe finds nothing in the three themes and both languages, and nothing overlaps at 1280 x 720", async () => {
  for (const language of ["en", "ar"]) {
    await withScreen({ settings: { language }, width: 1280, height: 720 }, async ({ page, complaints, judge }) => {
      judge({
        coverPrompts: [
          {
            assetId: "fuel",
            trackId: "T27",
            key: "prompt.take-cover",
            values: { track: "T27", asset: "fuel", time: 175 },
            text: "T27 reaches fuel in 175 s: order TAKE COVER?",
          },
        ],
      });
      await page.click('.row[data-track="T27"]');
      await page.waitForSelector(".evidence");
      // Arabic comes with its own catalogue: no English sentence is left on the screen.
      if (language === "ar")
        await until("the sentences are Arabic", async () => ((await page.$('.spoken[lang="en"]')) === null ? true : undefined));
      await page.keyboard.press("q");
      await page.waitForSelector(".dismiss-form");
      const boxes = await Promise.all(PANELS.map(async (name) => ({ name, box: (await page.locator(name).boundingBox())! })));
      for (let i = 1; i < boxes.length; i++)
        assert.ok(
          boxes[i]!.box.y >= boxes[i - 1]!.box.y + boxes[i - 1]!.box.height - 0.5,
          `${boxes[i]!.name} lies over ${boxes[i - 1]!.name}`,
        );
      const body = (await page.locator(".pane-body").boundingBox())!;
      assert.ok(body.height >= 60, `the evidence has ${body.height} pixels`);
      const outside = await page.$$eval(".side-end *", (elements) => {
        const frame = document.querySelector(".side-end")!.getBoundingClientRect();
        return elements
          .filter((element) => {
            const box = element.getBoundingClientRect();
            return (
              box.width > 1 && element.closest(".visually-hidden") === null && (box.left < frame.left - 1 || box.right > frame.right + 1)
            );
          })
          .map((element) => `${element.className} ${element.textContent?.slice(0, 40)}`);
      });
      assert.deepEqual(outside, []);
      await page.evaluate(axeSource);
      for (const theme of ["dark", "red", "light"]) {
        await until(theme, async () => {
          if ((await page.getAttribute("html", "data-theme")) === theme) return true;
          await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
          await page.keyboard.press("n");
          return undefined;
        });
        const found = await page.evaluate(async () => {
          const { violations } = await (
            window as unknown as {
              axe: { run(where: object): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> };
            }
          ).axe.run({ include: [[".side-end"], [".cover-prompt-place"], [".system-bar"], [".tracks"]] });
          return violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => html.slice(0, 120) + failureSummary).join(" | ")}`,
          );
        });
        assert.deepEqual(found, [], `${theme} ${language}`);
      }
      assert.deepEqual(complaints, []);
    });
  }
});
