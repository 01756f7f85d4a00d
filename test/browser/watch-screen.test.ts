// The watch screen against a picture that the test controls: faults, hands, languages, text from the air.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { TrackView } from "../../src/core/model/picture-view.ts";
import { type ContractServer, startContractServer } from "./contract-server.ts";
import { launchChromium } from "./launch-chromium.ts";
import { aTrack, movedOn, samplePicture } from "./sample-picture.ts";
import { ensureConsoleBuild, until } from "./start-picket.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser: Browser;
/** A machine that is busy with other tests is slow, not wrong. */
const PATIENCE_MS = 90_000;

before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
});
after(() => browser?.close());

interface Screen {
  page: Page;
  server: ContractServer;
  /** What the page complained of: errors of scripts, refused by the security policy, requests that failed. */
  complaints: string[];
  /** Hosts that the page asked for anything. */
  hosts: Set<string>;
}

async function withScreen(
  options: { settings?: object; width?: number; height?: number; change?: (picture: ReturnType<typeof samplePicture>) => void },
  look: (screen: Screen) => Promise<void>,
): Promise<void> {
  const picture = samplePicture(Date.now() * 1000);
  options.change?.(picture);
  const server = await startContractServer(picture);
  let context: BrowserContext | undefined;
  try {
    context = await browser.newContext({
      viewport: { width: options.width ?? 1920, height: options.height ?? 1080 },
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    const hosts = new Set<string>();
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !/WebSocket connection/.test(message.text())) complaints.push(`console: ${message.text()}`);
    });
    page.on("request", (request) => hosts.add(new URL(request.url()).host));
    // What the page itself stops asking for, because another track is looked at now, is no failure.
    page.on("requestfailed", (request) => {
      if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()}`);
    });
    await page.addInitScript((text) => localStorage.setItem("picket.settings", text), JSON.stringify(options.settings ?? {}));
    await page.goto(server.url);
    await page.waitForSelector(".row[data-track]");
    // The server speaks each half second, as the product does at least each second.
    const beat = setInterval(() => server.heartbeat(server.picture.system.nowUs + 1), 500);
    try {
      await look({ page, server, complaints, hosts });
    } finally {
      clearInterval(beat);
    }
  } finally {
    await context?.close();
    await server.close();
  }
}

const rows = (page: Page) =>
  page.$$eval(".rows .row[data-track]", (elements) =>
    elements
      .map((element) => ({ id: (element as HTMLElement).dataset.track!, top: element.getBoundingClientRect().top }))
      .sort((a, b) => a.top - b.top)
      .map((row) => row.id),
  );
const mapReady = (page: Page) => page.waitForSelector(".map-ground canvas");

test("the table ranks hostile, suspect, then who is first at an asset, and the pane follows the selection", async () => {
  await withScreen({}, async ({ page }) => {
    assert.deepEqual(
      await rows(page),
      ["T31", "T27", "T12", "T30", "T33", "T8", "T19", "SIM-T4"].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)),
    );
    await page.click('[data-track="T12"].row');
    const pane = await page.textContent(".side-end .pane");
    for (const words of [
      "Pending",
      "Claim",
      "1581F45T7229000A1B2C",
      "FIN87astrdge12k8",
      "Operator (live)",
      "not proof of identity",
      "North radar",
      "212 detections",
    ])
      assert.ok(pane!.includes(words), `the pane does not say "${words}"`);
  });
});
const ORDER = ["T31", "T27", "T12", "T30", "T33", "T8", "T19", "SIM-T4"];

test("nothing is asked of another host, and the strict content security policy is never hit", async () => {
  await withScreen({}, async ({ page, server, hosts, complaints }) => {
    await mapReady(page);
    await page.keyboard.press("j");
    await page.keyboard.press("c");
    await page.keyboard.press("Shift+Slash");
    await page.waitForSelector(".key-sheet");
    await page.keyboard.press("Escape");
    await page.click(".chip-button");
    await page.waitForSelector(".popover");
    await page.keyboard.press("Escape");
    // Names of towns come from the build as well: far enough out there is always one.
    for (let press = 0; press < 4; press++) await page.click(".map-tools .map-button:nth-child(2)");
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>(".map-names")?.dataset.names) > 0);
    await page.waitForTimeout(1_500);
    assert.deepEqual([...hosts], [new URL(server.url).host]);
    assert.deepEqual(complaints, []);
  });
});

test("the selected track is on the map: its marker is in the middle after centring, the symbol's colour is drawn there, a click selects it", async () => {
  await withScreen({}, async ({ page }) => {
    await mapReady(page);
    await page.click('[data-track="T31"].row');
    await page.keyboard.press("c");
    const marker = await until("the marker comes to the middle of the map", async () => {
      const [box, frame] = await Promise.all([page.locator(".map-marker").boundingBox(), page.locator(".map").boundingBox()]);
      if (box === null || frame === null) return undefined;
      const away = Math.hypot(box.x - (frame.x + frame.width / 2), box.y - (frame.y + frame.height / 2));
      return away < 3 ? box : undefined;
    });
    assert.equal(await page.getAttribute(".map-marker", "data-track"), "T31");
    // Hostile is filled: #ff6f61 in the dark theme, just above the middle of the symbol, beside its icon.
    const colour = await page.$eval(
      ".map-tracks",
      (canvas, at) => {
        const element = canvas as HTMLCanvasElement;
        const frame = element.getBoundingClientRect();
        const ratio = element.width / frame.width;
        return [
          ...element.getContext("2d")!.getImageData(Math.round((at.x - frame.x) * ratio), Math.round((at.y - frame.y - 9) * ratio), 1, 1)
            .data,
        ];
      },
      marker,
    );
    assert.deepEqual(colour, [0xff, 0x6f, 0x61, 255]);
    await page.keyboard.press("Escape");
    await page.waitForSelector(".side-end .tally");
    await page.mouse.click(marker.x, marker.y);
    await page.waitForSelector('.pane[data-track="T31"]');
  });
});

test("the theme key changes panels, symbols and the map's ground together", async () => {
  await withScreen({}, async ({ page }) => {
    await mapReady(page);
    /** Colours in the middle of the first row's symbol (hostile, filled) and of the sea: what is really drawn. */
    const drawn = () =>
      page.evaluate(() => {
        const symbol = document.querySelector<HTMLCanvasElement>('.row[data-track="T31"] canvas')!;
        const at = symbol.getContext("2d")!.getImageData(symbol.width / 2, symbol.height * 0.4, 1, 1).data;
        return { theme: document.documentElement.dataset.theme, symbol: [...at] };
      });
    const hostile = { dark: [0xff, 0x6f, 0x61, 255], red: [0xff, 0xb2, 0xa6, 255], light: [0xb3, 0x20, 0x0f, 255] };
    const grounds = new Set<string>();
    for (const theme of ["dark", "red", "light"] as const) {
      await until(`the symbol of the ${theme} theme`, async () => {
        const now = await drawn();
        return now.theme === theme && now.symbol.join() === hostile[theme].join() ? now : undefined;
      });
      // The ground, as it is on the glass, far from everything: the picture of a small piece differs from theme to theme.
      await page.waitForTimeout(600);
      const map = (await page.locator(".map").boundingBox())!;
      grounds.add(
        (await page.screenshot({ clip: { x: map.x + map.width - 60, y: map.y + map.height / 2 + 200, width: 8, height: 8 } })).toString(
          "base64",
        ),
      );
      await page.keyboard.press("n");
    }
    assert.equal(grounds.size, 3);
  });
});

test("every task by keyboard alone: find, walk the table, centre, go to map, pane and sensors, help, close", async () => {
  await withScreen({}, async ({ page }) => {
    await mapReady(page);
    await page.keyboard.press("t");
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("role")), "grid");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.waitForSelector('.pane[data-track="T12"]');
    const active = await page.evaluate(
      () => document.getElementById(document.activeElement!.getAttribute("aria-activedescendant")!)?.dataset.track,
    );
    assert.equal(active, "T12");
    await page.keyboard.press("End");
    await page.waitForSelector('.pane[data-track="SIM-T4"]');
    await page.keyboard.press("/");
    await page.keyboard.type("FIN87");
    await until("the filter leaves the one drone with that operator", async () => ((await rows(page)).join() === "T12" ? true : undefined));
    // Letters in the filter are text, not commands.
    assert.equal(await page.$eval(".filter input", (input) => (input as HTMLInputElement).value), "FIN87");
    await page.keyboard.press("Escape");
    await until("Escape clears the filter", async () => ((await rows(page)).length === 8 ? true : undefined));
    await page.keyboard.press("Escape");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press("m");
    assert.ok(await page.evaluate(() => document.activeElement?.classList.contains("maplibregl-canvas")));
    await page.keyboard.press("s");
    assert.ok(await page.evaluate(() => document.activeElement?.closest(".sensors") !== null));
    await page.keyboard.press("Enter");
    await page.waitForSelector(".pane h2:has-text('Camera mast')");
    await page.keyboard.press("d");
    assert.ok(await page.evaluate(() => document.activeElement?.classList.contains("side-end")));
    await page.keyboard.press("Shift+Slash");
    await page.waitForSelector(".key-sheet");
    await page.keyboard.press("Escape");
    await page.waitForSelector(".key-sheet", { state: "detached" });
  });
});

test("the order never changes under the pointer; an arrow tells of it, and it comes when the pointer has left", async () => {
  await withScreen({}, async ({ page, server }) => {
    const before = await rows(page);
    await page.hover('.row[data-track="T27"]');
    await page.mouse.move(200, 190);
    await page.mouse.move(200, 192);
    const swap = (id: string): TrackView => ({
      ...server.picture.tracks.find((track) => track.id === id)!,
      affiliation: id === "T27" ? "friend" : "hostile",
    });
    const { judgement } = server.picture;
    const ranking = ["T19", ...judgement.ranking.filter((id) => id !== "T19" && id !== "T27"), "T27"];
    server.publish({ tracks: [swap("T27"), swap("T19")], judgement: { ...judgement, ranking } });
    const moves = await until("an arrow tells of the move", async () => {
      const found = await page.$$eval(".row .move", (marks) =>
        marks.map((mark) => `${mark.closest<HTMLElement>(".row")!.dataset.track} ${mark.getAttribute("title")}`),
      );
      return found.length > 0 ? found : undefined;
    });
    assert.deepEqual(await rows(page), before);
    assert.ok(moves.includes("T27 Moves down in the ranking"), moves.join());
    assert.ok(moves.includes("T19 Moves up in the ranking"), moves.join());
    await page.mouse.move(960, 600);
    await until("the new order stands", async () => ((await rows(page)).indexOf("T27") >= 6 ? true : undefined));
    assert.equal((await rows(page)).indexOf("T19") <= 1, true);
  });
});

test("a focused row keeps its place until the next key, which acts in the new order", async () => {
  await withScreen({}, async ({ page, server }) => {
    await page.keyboard.press("t");
    await page.keyboard.press("ArrowDown"); // T27, second
    await page.waitForSelector('.pane[data-track="T27"]');
    const friend = (id: string): TrackView => ({ ...server.picture.tracks.find((track) => track.id === id)!, affiliation: "friend" });
    const { judgement } = server.picture;
    const ranking = [...judgement.ranking.filter((id) => id !== "T27"), "T27"];
    server.publish({ tracks: [friend("T27")], judgement: { ...judgement, ranking } });
    await page.waitForSelector('.row[data-track="T27"] .move');
    assert.equal((await rows(page)).indexOf("T27"), 1);
    await page.keyboard.press("ArrowUp");
    const order = await until("the order is applied", async () => {
      const now = await rows(page);
      return now.indexOf("T27") > 1 ? now : undefined;
    });
    // The row above T27 in the new order is the one that was chosen.
    await page.waitForSelector(`.pane[data-track="${order[order.indexOf("T27") - 1]}"]`);
  });
});

test("a gap in the revisions fetches a new picture, and a lost connection says so and comes back by itself", async () => {
  await withScreen({}, async ({ page, server }) => {
    assert.equal(server.connections, 1);
    server.skipRevision();
    server.picture = { ...server.picture, tracks: server.picture.tracks.filter((track) => track.id !== "T30") };
    server.publish({});
    await until("the console connects again", () => (server.connections === 2 ? true : undefined));
    await until("the new picture has no T30", async () => ((await rows(page)).includes("T30") ? undefined : true));
    server.drop(true);
    await page.waitForSelector('.banner[data-state="lost"]');
    assert.match((await page.textContent(".banner"))!, /Connection lost.*Last heard/);
    assert.equal(await page.textContent(".chip-mode"), "No connection");
    // What was there stays, marked as old.
    assert.ok((await rows(page)).includes("T12"));
    server.accept();
    await page.waitForSelector(".banner", { state: "detached" });
    await until("the chip says live", async () => ((await page.textContent(".chip-mode")) === "Live" ? true : undefined));
  });
});

test("silence on an open socket raises the stale banner", async () => {
  const server = await startContractServer(samplePicture(Date.now() * 1000));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(server.url);
    await page.waitForSelector(".row[data-track]");
    await page.waitForSelector('.banner[data-state="silent"]');
    assert.match((await page.textContent(".banner"))!, /Stale: nothing arrives/);
    assert.equal(server.connections, 1);
    server.heartbeat(server.picture.system.nowUs + 3e6);
    await page.waitForSelector(".banner", { state: "detached" });
  } finally {
    await context.close();
    await server.close();
  }
});

test("when no server answers the screen says so instead of showing an empty sky", async () => {
  const server = await startContractServer(samplePicture(Date.now() * 1000));
  server.drop(true);
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(server.url);
    await page.waitForSelector('.banner[data-state="lost"]');
    assert.match((await page.textContent(".banner"))!, /The server does not answer.*No picture yet/);
    assert.match((await page.textContent(".tracks"))!, /Look at the sensors before calling the sky clear/);
  } finally {
    await context.close();
    await server.close();
  }
});

test("a dead sensor is named where it matters: first in its list, in the overview, in words in its pane", async () => {
  await withScreen({}, async ({ page }) => {
    assert.match((await page.locator(".sensors .item").first().textContent())!, /Camera mast.*Offline/);
    assert.match((await page.textContent(".side-end .pane"))!, /Not seeing fully.*not a clear sky.*Camera mast/);
    await page.locator(".sensors .item").first().click();
    assert.match((await page.textContent(".side-end .pane"))!, /Silent for.*an empty map is not a clear sky.*Pan drive does not answer/);
    await page.click('.sensors .item:has-text("sapient")');
    assert.match(
      (await page.textContent(".side-end .pane"))!,
      /12 messages were cut short \(DetectionReport\.location\).*needed 24 octets, got 17/,
    );
  });
});

test("what is not live carries its tag in table, pane and on the map; a wholly simulated picture has its frame", async () => {
  await withScreen({}, async ({ page }) => {
    assert.equal(await page.textContent('.row[data-track="SIM-T4"] .id'), "SIM-T4");
    assert.equal(await page.textContent('.row[data-track="SIM-T4"] .tag'), "SIM");
    await page.click('.row[data-track="SIM-T4"]');
    assert.equal(await page.textContent(".pane-head .tag"), "Simulated");
    assert.equal(await page.locator(".origin-frame").count(), 0, "live sources are there");
  });
  await withScreen(
    {
      change: (picture) => {
        picture.sources = picture.sources.map((source) => ({ ...source, origin: "simulated" }));
      },
    },
    async ({ page }) => assert.equal(await page.textContent(".origin-frame"), "Simulated data"),
  );
});

test("a replay has its bar: play, pause, speed and scrub are sent to the server, and no live edge is shown", async () => {
  const replaying = (picture: ReturnType<typeof samplePicture>, playing: boolean) => {
    const { nowUs } = picture.system;
    picture.system = {
      ...picture.system,
      mode: "replay",
      journal: null,
      replay: { file: "a.mcap", startUs: nowUs - 600e6, endUs: nowUs + 600e6, atUs: nowUs, speed: 1, playing },
    };
  };
  await withScreen({ change: (picture) => replaying(picture, false) }, async ({ page, server }) => {
    assert.equal(await page.textContent(".chip-mode"), "Replay");
    assert.equal(await page.locator(".live-edge").count(), 0);
    await page.click("#replay-play");
    await page.click('.speed:has-text("10×")');
    await page.focus(".slider input");
    await page.keyboard.press("Home");
    await until("three commands arrive", () => (server.commands.length >= 3 ? true : undefined));
    assert.deepEqual(server.commands.slice(0, 2), [
      { type: "replay", action: "play" },
      { type: "replay", action: "speed", speed: 10 },
    ]);
    const seek = server.commands.find((command) => command.action === "seek");
    assert.ok(seek !== undefined && "atUs" in seek && Math.abs(seek.atUs - (server.picture.system.nowUs - 600e6)) < 1e6);
  });
});

test("Arabic: panels mirror, map and timeline do not, identifiers read left to right, digits follow the choice", async () => {
  await withScreen({ settings: { language: "ar", digits: "arab" } }, async ({ page }) => {
    assert.equal(await page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dir}`), "ar rtl");
    const [table, map, pane] = await Promise.all([".tracks", ".map", ".side-end"].map((name) => page.locator(name).first().boundingBox()));
    assert.ok(table!.x > map!.x && pane!.x < map!.x, "the table is on the right, the pane on the left");
    assert.equal(await page.$eval(".map-canvas", (element) => getComputedStyle(element).direction), "ltr");
    assert.equal(await page.$eval(".lane", (element) => getComputedStyle(element).direction), "ltr");
    assert.equal(await page.$eval('.row[data-track="T12"] .id', (element) => getComputedStyle(element).direction), "ltr");
    assert.match((await page.textContent('.row[data-track="T8"] .cell-height'))!, /^١٬٧٣٢$/);
    await page.keyboard.press("g");
    await until("back to English", async () => ((await page.evaluate(() => document.documentElement.dir)) === "ltr" ? true : undefined));
  });
});

test("no part of the screen overlaps another or leaves it at 1280 x 720 in both languages, nor at 200 % zoom", async () => {
  for (const [language, width, height] of [
    ["en", 1280, 720],
    ["ar", 1280, 720],
    ["en", 960, 540],
  ] as const) {
    await withScreen({ settings: { language }, width, height }, async ({ page }) => {
      await page.keyboard.press("j");
      const faults = await page.evaluate(() => {
        const found: string[] = [];
        const boxes = [".system-bar", ".tracks", ".sensors", ".centre", ".side-end", ".timeline"].map((name) => ({
          name,
          box: document.querySelector(name)!.getBoundingClientRect(),
        }));
        for (const { name, box } of boxes) {
          if (box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5)
            found.push(`${name} leaves the screen`);
          if (box.width < 100 || box.height < 40) found.push(`${name} is ${box.width} x ${box.height}`);
        }
        for (const a of boxes)
          for (const b of boxes)
            if (
              a.name < b.name &&
              a.box.left < b.box.right - 1 &&
              b.box.left < a.box.right - 1 &&
              a.box.top < b.box.bottom - 1 &&
              b.box.top < a.box.bottom - 1
            )
              found.push(`${a.name} overlaps ${b.name}`);
        if (document.documentElement.scrollWidth > innerWidth) {
          const wide = [...document.querySelectorAll("*")].filter((element) => {
            const box = element.getBoundingClientRect();
            return box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5);
          });
          found.push(
            `the page scrolls sideways: ${wide.map((element) => `${element.tagName}.${element.getAttribute("class")}`).join(", ")}`,
          );
        }
        // Cells of a row stay in their columns.
        for (const row of document.querySelectorAll(".rows .row[data-track]")) {
          const cells = [...row.children]
            .filter((cell) => cell.getBoundingClientRect().width > 0)
            .map((cell) => cell.getBoundingClientRect());
          for (let i = 1; i < cells.length; i++) {
            const [left, right] = [cells[i - 1]!, cells[i]!].sort((p, q) => p.left - q.left) as [DOMRect, DOMRect];
            if (left.right > right.left + 1) found.push(`cells overlap in ${(row as HTMLElement).dataset.track}`);
          }
        }
        const bar = [...document.querySelector(".system-bar")!.children]
          .map((child) => child.getBoundingClientRect())
          .sort((p, q) => p.left - q.left);
        for (let i = 1; i < bar.length; i++) if (bar[i - 1]!.right > bar[i]!.left + 1) found.push("the system bar overlaps itself");
        return found;
      });
      assert.deepEqual(faults, [], `${language} ${width} x ${height}`);
    });
  }
});

test("axe finds nothing in any theme and language, with a track, a sensor, the key sheet and the lost banner on screen", async () => {
  const found: string[] = [];
  for (const language of ["en", "ar"]) {
    await withScreen({ settings: { language } }, async ({ page, server }) => {
      // Evaluated by the browser's own debugger: a script element would be refused by the security policy, as it should.
      await page.evaluate(axeSource);
      const check = async (what: string) => {
        const violations = await page.evaluate(async () => {
          type Violation = { id: string; nodes: { target: unknown; failureSummary: string }[] };
          const { axe } = globalThis as unknown as { axe: { run(options: object): Promise<{ violations: Violation[] }> } };
          const result = await axe.run({
            resultTypes: ["violations"],
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
          });
          return result.violations.map(
            ({ id, nodes }) => `${id}: ${nodes.map((node) => `${JSON.stringify(node.target)} ${node.failureSummary}`).join(" | ")}`,
          );
        });
        const theme = await page.evaluate(() => document.documentElement.dataset.theme);
        for (const violation of violations) found.push(`${theme} ${language} ${what}: ${violation}`);
      };
      await mapReady(page);
      const themes: string[] = [];
      for (let turn = 0; turn < 3; turn++) {
        await page.click('.row[data-track="T12"]');
        await page.mouse.move(960, 560);
        await check("track");
        if (turn === 0) {
          await page.locator(".sensors .item").first().click();
          await check("sensor");
          await page.keyboard.press("Shift+Slash");
          await page.waitForSelector(".key-sheet");
          await check("key sheet");
          await page.keyboard.press("Escape");
          await page.waitForSelector(".key-sheet", { state: "detached" });
        }
        themes.push((await page.evaluate(() => document.documentElement.dataset.theme))!);
        await page.keyboard.press("n");
      }
      assert.deepEqual(themes, ["dark", "red", "light"]);
      await page.keyboard.press("Escape");
      server.drop(true);
      await page.waitForSelector(".banner");
      for (let turn = 0; turn < (language === "en" ? 3 : 1); turn++) {
        await check("overview, connection lost");
        await page.keyboard.press("n");
      }
    });
  }
  assert.deepEqual(found, []);
});

test("a computer that cannot draw the map says so, and the table and panes still work", async () => {
  const server = await startContractServer(samplePicture(Date.now() * 1000));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.addInitScript(() => {
      const own = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind.startsWith("webgl") ? null : own.call(this, kind as never, ...(rest as []));
      } as typeof own;
    });
    await page.goto(server.url);
    await page.click('.row[data-track="T12"]');
    await page.waitForSelector('.pane[data-track="T12"]');
    await page.waitForSelector(".map-failed");
    assert.match((await page.textContent(".map-failed"))!, /The table is complete|could not be drawn/);
  } finally {
    await context.close();
    await server.close();
  }
});

test("a place is found by MGRS or degrees, and the pointer's range and bearing are read from the first asset or the selected track", async () => {
  await withScreen({}, async ({ page }) => {
    await mapReady(page);
    await page.keyboard.press("/");
    // 1 km east of the headquarters, from where the map's middle is then 090 degrees away.
    await page.keyboard.type("36.9 N 43.111246 E");
    assert.match((await page.textContent(".go"))!, /^Go to 38S [A-Z]{2} \d{5} \d{5}$/);
    await page.keyboard.press("Enter");
    const map = (await page.locator(".map").boundingBox())!;
    await until("the pointer in the middle is 1 km east of the headquarters", async () => {
      await page.mouse.move(map.x + map.width / 2 + 1, map.y + map.height / 2);
      await page.mouse.move(map.x + map.width / 2, map.y + map.height / 2);
      return /09[01]° (1,00|99)\d m from Headquarters/.test((await page.textContent(".pointer-place"))!) ? true : undefined;
    });
    await page.fill(".filter input", "");
    await page.click('.row[data-track="T31"]');
    await page.mouse.move(map.x + map.width / 2, map.y + map.height / 2);
    await until("now from the selected track", async () =>
      /from T31/.test((await page.textContent(".pointer-place"))!) ? true : undefined,
    );
  });
});

const ATTACKS = [
  "<img src=x onerror=window.__owned=1>",
  "<script>window.__owned=1</script>",
  '"><svg onload=window.__owned=1>',
  "javascript:window.__owned=1",
  "{{constructor.constructor('window.__owned=1')()}}",
  ["$", "{window.__owned=1}"].join(""),
  "</style><script>window.__owned=1</script>",
  "<iframe srcdoc='<script>parent.__owned=1</script>'>",
  "<a href='javascript:window.__owned=1' autofocus onfocus=window.__owned=1>x</a>",
  '<math><mtext></table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.__owned=1&gt;">',
];

test("text from the air is text: markup in serials, call signs, sensor names, errors and notices executes nothing and is shown as it came", async () => {
  await withScreen(
    {
      change: (picture) => {
        const { nowUs } = picture.system;
        picture.tracks = ATTACKS.map((attack, index) =>
          aTrack({ id: `T${index}`, east: 100 * index, north: 900, classification: attack }, nowUs, {
            identities: [{ scheme: "callsign", value: attack }],
            claims: [
              {
                sensorId: attack,
                heardAtUs: nowUs,
                serial: attack,
                callsign: attack,
                description: attack,
                operatorId: attack,
                transport: attack,
              },
            ],
            contributions: [{ sensorId: attack, lastAtUs: nowUs, detections: 1 }],
          }),
        );
        picture.sensors = ATTACKS.map((attack, index) => ({
          ...picture.sensors[0]!,
          id: `s${index}`,
          name: attack,
          kind: attack,
          key: attack,
          notes: [attack],
        }));
        picture.sources = ATTACKS.map((attack, index) => ({
          ...picture.sources[0]!,
          id: `${attack}${index}`,
          message: attack,
          protocol: attack,
          host: attack,
          errors: [{ code: attack, item: attack, count: 1, message: attack, lastAtUs: nowUs }],
          drops: [{ reason: attack, count: 1 }],
        }));
        picture.notices = ATTACKS.map((attack, index) => ({
          id: index,
          atUs: nowUs,
          level: "warning" as const,
          key: attack,
          values: { name: attack },
          text: attack,
        }));
        picture.site = {
          ...picture.site,
          name: ATTACKS[0]!,
          assets: picture.site.assets.map((asset) => ({ ...asset, name: ATTACKS[1]! })),
          zones: picture.site.zones.map((zone) => ({ ...zone, name: ATTACKS[2]! })),
        };
        picture.system = { ...picture.system, healthReasons: ATTACKS };
        picture.judgement = {
          ...picture.judgement,
          alerts: ATTACKS.map((attack, index) => ({
            ...picture.judgement.alerts[0]!,
            id: `A${index}`,
            acknowledgedBy: attack,
            heldBy: attack,
            tracks: [attack],
            condition: { key: attack, values: { track: attack }, text: attack },
            action: { key: attack, values: {}, text: attack },
          })),
          ranking: [],
        };
      },
    },
    async ({ page, server, complaints }) => {
      const evidence = JSON.stringify(server.answers.get("tracks/T27/evidence"));
      for (const [index, attack] of ATTACKS.entries())
        server.answers.set(
          `tracks/T${index}/evidence`,
          JSON.parse(evidence, (key, value) => (["sentence", "source", "asset"].includes(key) ? attack : value)),
        );
      await mapReady(page);
      const alarms = await page.textContent(".alarms");
      for (const attack of ATTACKS) assert.ok(alarms!.includes(attack), "an alarm is not shown as text");
      for (let index = 0; index < ATTACKS.length; index++) {
        await page.click(`.row[data-track="T${index}"]`);
        await page.waitForSelector(`.pane[data-track="T${index}"] .evidence`);
        const pane = await page.textContent(".side-end .pane");
        assert.ok(pane!.includes(ATTACKS[index]!), `attack ${index} is not shown as text`);
      }
      for (const item of await page.locator(".sensors .item").all()) await item.click();
      await page.locator(".chip-button").first().click();
      await page.waitForSelector(".popover");
      assert.equal(await page.evaluate(() => (window as unknown as { __owned?: unknown }).__owned), undefined);
      assert.equal(
        await page.evaluate(() => document.querySelectorAll("#console iframe, #console script, #console img, #console a").length),
        0,
      );
      assert.deepEqual(complaints, []);
    },
  );
});

test("a track that ends while it is looked at says so and keeps the pane; the rest of the picture moves on", async () => {
  await withScreen({}, async ({ page, server }) => {
    await page.click('.row[data-track="T27"]');
    const later = movedOn(server.picture, 1);
    server.publish({ tracks: later.tracks.filter((track) => track.id !== "T27"), removedTracks: ["T27"] });
    await page.waitForSelector(".pane .ended");
    assert.match((await page.textContent(".pane"))!, /T27.*This track has ended/);
    assert.equal((await rows(page)).includes("T27"), false);
  });
});

test("1,000 tracks: the table holds them all with only the visible rows in the page", async () => {
  await withScreen(
    {
      change: (picture) => {
        picture.tracks = Array.from({ length: 1_000 }, (_, index) =>
          aTrack({ id: `T${index + 1}`, east: 300 + 7 * index, north: 3_000 - 5 * index, vEast: 3, vNorth: -2 }, picture.system.nowUs),
        );
      },
    },
    async ({ page }) => {
      await mapReady(page);
      assert.ok((await page.locator(".row[data-track]").count()) < 40);
      assert.equal(await page.getAttribute(".rows", "aria-rowcount"), "1001");
      await page.keyboard.press("t");
      await page.keyboard.press("End");
      await until("the last row is in view", async () =>
        (await page.locator('.row[aria-rowindex="1001"]').count()) === 1 ? true : undefined,
      );
    },
  );
});
