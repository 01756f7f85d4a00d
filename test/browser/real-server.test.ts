// The whole way: real octets into real sockets, through the product, onto the screen of a real browser.

import assert from "node:assert/strict";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import type { TrackView } from "../../src/core/model/picture-view.ts";
import { launchChromium } from "./launch-chromium.ts";
import { demonstrationSite, ensureConsoleBuild, picket, startPicket, startReplay, until } from "./start-picket.ts";

const DJI = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..", "shared", "data", "remoteid", "dji_air3.pcapng");
let browser: Browser;
/** A machine that is busy with other tests is slow, not wrong. */
const PATIENCE_MS = 90_000;

before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
});
after(() => browser?.close());

interface Opened {
  page: Page;
  /** Complaints of the page: script errors, refusals by the security policy, requests to other hosts. */
  complaints: string[];
}

async function open(url: string): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce" });
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => {
    if (new URL(request.url()).host !== new URL(url).host) complaints.push(`other host: ${request.url()}`);
  });
  await page.goto(url);
  await page.waitForSelector(".map-ground canvas");
  return { page, complaints };
}

/** Selects a track by keys, centres the map on it, and checks that something of its symbol's colour is drawn in the middle of the map. */
async function findOnMap(page: Page, id: string): Promise<void> {
  await page.click(`.row[data-track="${id}"]`);
  await page.waitForSelector(`.pane[data-track="${id}"]`);
  await page.keyboard.press("c");
  await until(`${id} is drawn in the middle of the map`, async () => {
    await page.keyboard.press("c");
    return (await page.evaluate((wanted) => {
      const marker = document.querySelector<HTMLElement>(".map-marker")!;
      const canvas = document.querySelector<HTMLCanvasElement>(".map-tracks")!;
      if (marker.hidden || marker.dataset.track !== wanted) return false;
      const frame = canvas.getBoundingClientRect();
      const at = marker.getBoundingClientRect();
      const x = at.left - frame.left;
      const y = at.top - frame.top;
      if (Math.hypot(x - frame.width / 2, y - frame.height / 2) > 40) return false;
      const ratio = canvas.width / frame.width;
      const pixels = canvas.getContext("2d")!.getImageData((x - 24) * ratio, (y - 24) * ratio, 48 * ratio, 48 * ratio).data;
      // The frame of a pending symbol in the dark theme: #e8d27a.
      let drawn = 0;
      for (let i = 0; i < pixels.length; i += 4)
        if (Math.abs(pixels[i]! - 0xe8) < 12 && Math.abs(pixels[i + 1]! - 0xd2) < 12 && Math.abs(pixels[i + 2]! - 0x7a) < 12) drawn += 1;
      return drawn > 20;
    }, id))
      ? true
      : undefined;
  });
}

const SITE_OF_THE_DJI = `
site:
  id: dji
  name: Test field
  origin: { latitudeDegrees: 33.6652, longitudeDegrees: -82.1918, heightHaeMetres: 80 }
sources:
  - { id: capture, protocol: remote-id-capture, origin: recorded, timeBasis: sensor-shifted, listen: "tcp://127.0.0.1:0" }
sensors:
  - { id: rid, name: Remote ID receiver, kind: remote-id, source: capture, position: { latitudeDegrees: 33.6655, longitudeDegrees: -82.192, heightHaeMetres: 82 } }
assets:
  - { id: hut, name: Hut, position: { latitudeDegrees: 33.6652, longitudeDegrees: -82.1918, heightHaeMetres: 80 }, radiusMetres: 100, weight: 1 }
`;

test("a real DJI drone, played from its recording: in the table, on the map, with serial, operator's position and affiliation pending", {
  skip: existsSync(DJI) ? false : "../shared is absent",
}, async () => {
  const server = await startPicket(SITE_OF_THE_DJI);
  try {
    const { page, complaints } = await open(server.url);
    const play = picket(["play", DJI, "--to", `tcp://127.0.0.1:${await server.portOf("capture")}`]);
    try {
      const row = await page.waitForSelector(".row[data-track]");
      const id = (await row.getAttribute("data-track"))!;
      assert.match(id, /^REC-T\d+$/);
      await findOnMap(page, id);
      const pane = await until("the claim has serial and operator", async () => {
        const text = (await page.textContent(".side-end .pane"))!;
        return text.includes("1581F6N8A23B2ML3Y3KR") && /Operator \(live\)|Take-off place/.test(text) ? text : undefined;
      });
      assert.match(pane, /P · Pending/);
      assert.match(pane, /Recorded/);
      assert.match(pane, /Claim.*not proof of identity|not proof of identity.*Claim/s);
      // The operator as the broadcast says: 33.66324 N, 82.19166 W.
      assert.match(pane, /33\.6632\d° N\s+82\.1916\d° W/);
      assert.equal(await page.locator(".row[data-track]").count(), 1, "one drone is one track");
      const { items } = (await server.json("/api/v1/tracks")) as { items: TrackView[] };
      assert.equal(items[0]!.affiliation, "pending");
      assert.equal(await page.textContent(".origin-frame"), "Recorded data");
      assert.equal(await play.ended, 0, play.output());
    } finally {
      await play.stop();
    }
    assert.deepEqual(complaints, []);
    await page.close();
  } finally {
    await server.stop();
  }
});

test("the simulated demonstration: tracks, sensors and sources on screen, every label says simulated, the picture survives a restart of the server's link, and its journal replays in the same console", async () => {
  const server = await startPicket(demonstrationSite(), true);
  let journal: string | undefined;
  try {
    const simulator = picket(["simulate", "--ports-from", server.url, "--quiet"]);
    try {
      const { page, complaints } = await open(server.url);
      const count = await until("at least five tracks", async () => {
        const rows = await page.locator(".row[data-track]").count();
        return rows >= 5 ? rows : undefined;
      });
      assert.ok(count >= 5);
      const ids = await page.$$eval(".row[data-track]", (rows) => rows.map((row) => (row as HTMLElement).dataset.track!));
      for (const id of ids) assert.match(id, /^SIM-T\d+$/);
      assert.equal(await page.textContent(".origin-frame"), "Simulated data");
      const drone = await until("a confirmed track", async () => {
        const { items } = (await server.json("/api/v1/tracks")) as { items: TrackView[] };
        return items.find(
          (track) =>
            track.status === "confirmed" && track.claims.some((claim) => claim.serial !== undefined || claim.callsign !== undefined),
        );
      });
      await page.keyboard.press("/");
      await page.keyboard.type(drone.id);
      await findOnMap(page, drone.id);
      assert.match((await page.textContent(".side-end .pane"))!, /Claim/);
      await page.fill(".filter input", "");
      const sensors = (await page.textContent(".sensors"))!;
      for (const name of ["ADS-B receiver", "Remote ID receiver", "sapient", "asterix"])
        assert.ok(sensors.includes(name), `no ${name} in the sensor list`);
      await page.locator('.sensors .item:has-text("ADS-B receiver")').first().click();
      assert.match((await page.textContent(".side-end .pane"))!, /It reports\. Last message/);
      // The link is cut under the console's feet: it comes back with the full picture by itself.
      await page.context().setOffline(true);
      await page.waitForSelector(".banner");
      await page.context().setOffline(false);
      await page.waitForSelector(".banner", { state: "detached" });
      assert.ok((await page.locator(".row[data-track]").count()) >= 5);
      assert.deepEqual(
        complaints.filter((complaint) => !/WebSocket|ERR_INTERNET_DISCONNECTED/.test(complaint)),
        [],
      );
      await page.close();
    } finally {
      await simulator.stop();
    }
  } finally {
    await server.stop();
    const folder = join(server.dataFolder, "journal");
    if (existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".mcap"))) journal = folder;
  }
  assert.ok(journal !== undefined, "the run left a journal");
  const replay = await startReplay(journal);
  try {
    const { page, complaints } = await open(replay.url);
    await until("the chip says replay", async () => ((await page.textContent(".chip-mode")) === "Replay" ? true : undefined));
    const shown = () => page.textContent(".replay-at .clock-time");
    await until("the replay has tracks", async () => ((await page.locator(".row[data-track]").count()) > 0 ? true : undefined));
    const playing = async () => (await page.getAttribute("#replay-play", "aria-label")) === "Pause";
    if (await playing()) {
      await page.click("#replay-play");
      await until("it pauses", async () => ((await playing()) ? undefined : true));
    }
    const stood = await shown();
    await page.waitForTimeout(1_200);
    assert.equal(await shown(), stood, "a paused replay stands still");
    await page.focus(".slider input");
    await page.keyboard.press("End");
    await until("the end has another time", async () => ((await shown()) !== stood ? true : undefined));
    const end = await shown();
    await page.keyboard.press("Home");
    await until("the beginning is before the end", async () => ((await shown())! < end! ? true : undefined));
    await page.click('.speed:has-text("10×")');
    await page.keyboard.press("p");
    await until("it plays", async () => ((await playing()) ? true : undefined));
    assert.deepEqual(complaints, []);
    await page.close();
  } finally {
    await replay.stop();
    rmSync(dirname(server.dataFolder), { recursive: true, force: true });
  }
});
