// Slew-to-cue on the screen: the real server, a real track from a socket, a camera that turns.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { geoidUndulation } from "../../src/core/geodesy/heights.ts";
import { enuToGeodetic, localFrame } from "../../src/core/geodesy/wgs84.ts";
import type { CameraView } from "../../src/core/model/camera.ts";
import type { TrackView } from "../../src/core/model/picture-view.ts";
import { type OnvifCamera, startOnvifCamera } from "../support/onvif-camera.ts";
import { writeTownMap } from "../support/town-map.ts";
import { launchChromium } from "./launch-chromium.ts";
import { ensureConsoleBuild, type RunningPicket, startPicket, until } from "./start-picket.ts";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PLACE = { latitude: 36.9, longitude: 43.1 };
const PATIENCE_MS = 90_000;
const D = Math.PI / 180;

let browser: Browser;
let camera: OnvifCamera;
let picket: RunningPicket;
let timer: NodeJS.Timeout;
const socket = createSocket("udp4");
const folder = mkdtempSync(join(tmpdir(), "picket-town-"));
const townMap = join(folder, "town.mbtiles");
/** Metres east and north of the site, by serial. */
const drones = new Map<string, [number, number]>();

before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
  camera = await startOnvifCamera();
  writeTownMap(townMap);
  picket = await startPicket(`
site: { id: test, name: Test, origin: { latitudeDegrees: ${PLACE.latitude}, longitudeDegrees: ${PLACE.longitude}, heightHaeMetres: 300 } }
sources:
  - { id: rid, protocol: remote-id-json, listen: "udp://127.0.0.1:0" }
assets:
  - { id: house, name: House, position: { latitudeDegrees: ${PLACE.latitude}, longitudeDegrees: ${PLACE.longitude}, heightHaeMetres: 300 } }
baseMap: { file: ${JSON.stringify(townMap)} }
cameras:
  - id: mast
    name: Mast
    position: { latitudeDegrees: ${PLACE.latitude}, longitudeDegrees: ${PLACE.longitude}, heightHaeMetres: 320 }
    onvif: "${camera.url}"
    user: picket
    passwordEnvironment: PICKET_TEST_CAMERA
    panDegreesPerSecond: 120
    tiltDegreesPerSecond: 120
`);
  const port = await picket.portOf("rid");
  timer = setInterval(() => {
    for (const [serial, [east, north]] of drones) {
      const message = {
        mac: `60:60:1f:00:00:0${serial.at(-1)}`,
        rssi: -60,
        drone_lat: PLACE.latitude + north / 111_000,
        drone_long: PLACE.longitude + east / 88_990,
        drone_altitude: 400,
        pilot_lat: 0,
        pilot_long: 0,
        basic_id: serial,
      };
      socket.send(`${JSON.stringify(message)}\n`, port, "127.0.0.1");
    }
  }, 200);
  drones.set("1581F0000000000TEST1", [500, 900]);
  drones.set("1581F0000000000TEST2", [-2500, 800]);
  await until("two tracks and a camera that answers", async () => {
    const [tracks, cameras] = (await Promise.all([picket.json("/api/v1/tracks"), picket.json("/api/v1/cameras")])) as [
      { items: TrackView[] },
      { items: CameraView[] },
    ];
    return tracks.items.filter(({ status }) => status === "confirmed").length === 2 && cameras.items[0]?.connection === "ready"
      ? true
      : undefined;
  });
});
process.env.PICKET_TEST_CAMERA = "camera-secret";

after(async () => {
  clearInterval(timer);
  socket.close();
  await browser?.close();
  await picket?.stop();
  await camera?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function withPage(settings: object, look: (page: Page, complaints: string[]) => Promise<void>): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce" });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error" && !/WebSocket connection|409/.test(message.text())) complaints.push(`console: ${message.text()}`);
    });
    await page.addInitScript((text) => localStorage.setItem("picket.settings", text), JSON.stringify(settings));
    await page.goto(picket.url);
    await page.waitForSelector(".rows .row[data-track]");
    await look(page, complaints);
  } finally {
    await context.close();
  }
}

const rowsByRank = async (page: Page): Promise<string[]> => {
  const rows = await page.$$eval(".rows .row[data-track]", (elements) =>
    elements.map((element) => ({ id: (element as HTMLElement).dataset.track!, top: element.getBoundingClientRect().top })),
  );
  return rows.sort((a, b) => a.top - b.top).map(({ id }) => id);
};
/** What axe finds below one element. */
async function faults(page: Page, below: string): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async (selector) => {
    const { violations } = await (
      window as unknown as { axe: { run(where: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }
    ).axe.run(document.querySelector(selector)!);
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 100)).join(" | ")}`);
  }, below);
}
const stateText = (page: Page) => page.textContent(".camera-tile .camera-state");
const post = (path: string, body: object) =>
  fetch(`${picket.url}/api/v1/cameras/mast/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("one key turns the camera to the selected track: the tile opens with its picture, and the focus stays where it was", async () => {
  await withPage({}, async (page, complaints) => {
    assert.equal(await page.$(".camera-tile"), null);
    const first = (await rowsByRank(page))[0]!;
    await page.click(`.row[data-track="${first}"]`);
    await page.waitForSelector(`.pane-foot >> text=Slew camera`);
    const focused = () => page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
    const before = await focused();
    await page.keyboard.press("w");
    await page.waitForSelector(".camera-tile");
    await until("the camera is on the track", async () => ((await stateText(page)) === `On ${first}` ? true : undefined));
    assert.equal(await focused(), before);
    // 80 x 45 blocks of 8: the camera's own picture, not a broken one.
    await until("the picture", async () =>
      (await page.$eval(".camera-picture img", (image) => (image as HTMLImageElement).naturalWidth)) === 640 ? true : undefined,
    );
    const seen = camera.pictures;
    await until("the next picture", () => (camera.pictures > seen ? true : undefined));
    assert.ok(Math.abs(camera.looks().azimuthDegrees - 29) < 3, "500 m east, 900 m north is 29 degrees");
    assert.deepEqual(complaints, []);
    // Escape deselects; the tile has its own button.
    await page.click(".camera-tile .icon-button");
    assert.equal(await page.$(".camera-tile"), null);
  });
});

test("the site's own base map is drawn from its file, its makers are named, and nothing complains", async () => {
  const tiles: number[] = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on("response", (response) => {
      if (/\/base-map\/\d/.test(response.url())) tiles.push(response.status());
    });
    await page.addInitScript(() => localStorage.setItem("picket.settings", '{"theme":"light"}'));
    await page.goto(picket.url);
    await page.waitForSelector(".map-ground canvas");
    await until("a tile came", () => (tiles.length > 0 ? true : undefined));
    await page.getByText("Town surveyors · Borders approximate").waitFor();
    assert.deepEqual([...new Set(tiles)], [200]);
    assert.equal(await page.$(".map-failed"), null);
    // A green ground: clearly more green than red and blue in what is on the screen.
    const picture = (await page.locator(".map").screenshot()).toString("base64");
    const [red, green, blue] = await page.evaluate(async (base64) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
      const canvas = new OffscreenCanvas(image.width, image.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(image, 0, 0);
      return [...context.getImageData(120, image.height - 120, 1, 1).data];
    }, picture);
    assert.ok(green! > red! + 30 && green! > blue! + 30, `${red} ${green} ${blue}`);
  } finally {
    await context.close();
  }
});

test("a slew that another screen asked for opens the tile here too; a camera on rank 2 while nobody sees rank 1 raises the banner", async () => {
  await withPage({}, async (page) => {
    const [first, second] = (await rowsByRank(page)) as [string, string];
    assert.equal((await post("slew", { trackId: second, actor: "Basma" })).status, 200);
    await page.waitForSelector(".camera-tile");
    await page.waitForSelector(".camera-banner");
    assert.equal(await page.textContent(".camera-banner"), `Mast looks at rank 2, ${second}, while rank 1, ${first}, is not observed`);
    assert.equal((await post("slew", { trackId: first, actor: "Basma" })).status, 200);
    await page.waitForSelector(".camera-banner", { state: "detached" });
  });
});

test("hold, a refusal in words, take over and release, each by one press", async () => {
  await withPage({}, async (page) => {
    assert.equal((await post("hold", { actor: "Basma" })).status, 200);
    const first = (await rowsByRank(page))[0]!;
    await page.click(`.row[data-track="${first}"]`);
    await page.keyboard.press("w");
    await page.waitForSelector(".camera-refusal");
    assert.equal(await page.textContent(".camera-refusal"), "Refused: Basma has Mast by hand");
    assert.match((await page.textContent(".camera-holder"))!, /By hand: .*Basma/);
    await page.click(".camera-tile >> text=Take over");
    await page.waitForSelector(".camera-tile >> text=Release");
    // The standing rule is off until a person switches it on, and is named while it is on.
    await page.click(".camera-tile >> text=Rule: Hostile, Suspect");
    await page.waitForSelector(".camera-tile >> text=Switch the rule off");
    assert.deepEqual(((await picket.json("/api/v1/cameras")) as { items: CameraView[] }).items[0]!.rule.priorities, ["hostile", "suspect"]);
    await page.click(".camera-tile >> text=Switch the rule off");
    await page.waitForSelector(".camera-tile >> text=Rule: Hostile, Suspect");
    await page.click(".camera-tile >> text=Release");
    await page.waitForSelector(".camera-tile >> text=Hold");
    assert.equal(await page.$(".camera-refusal"), null);
  });
});

test("three landmarks, each taken with one press while the camera looks at it, give the mount, and a place that is none says so", async () => {
  const frame = localFrame(PLACE.latitude * D, PLACE.longitude * D, 320);
  await withPage({}, async (page) => {
    assert.equal((await post("hold", { actor: "operator" })).status, 200);
    await page.click(`.row[data-track="${(await rowsByRank(page))[0]!}"]`);
    assert.equal((await post("slew", { trackId: (await rowsByRank(page))[0]!, actor: "operator" })).status, 200);
    await page.click(".camera-tile >> text=Calibrate");
    const panel = page.locator(".calibration");
    const [name, place, height] = ["Landmark", "Place (MGRS, degrees, or press on the map)", "Height, m above sea level"].map((label) =>
      panel.getByLabel(label, { exact: true }),
    ) as [Locator, Locator, Locator];
    await name.fill("nowhere");
    await place.fill("here");
    await height.fill("300");
    await panel.getByRole("button", { name: "Take: it is in the middle now" }).click();
    assert.match((await panel.locator('[role="alert"]').textContent())!, /This is no place/);
    for (const [label, azimuth, range, up] of [
      ["mast", 20, 600, 5],
      ["tower", 150, 500, 60],
      ["roof", -100, 450, -10],
    ] as const) {
      const east = range * Math.sin(azimuth * D);
      const north = range * Math.cos(azimuth * D);
      const at = enuToGeodetic(frame, east, north, up);
      const [pan, tilt] = [azimuth, Math.atan2(up, range) / D];
      camera.turnTo(pan, tilt);
      await until("the camera stands, and the screen knows", async () => {
        const { items } = (await picket.json("/api/v1/cameras")) as { items: CameraView[] };
        const there = Math.abs(items[0]!.pan! - pan) < 0.01 && Math.abs(items[0]!.tilt! - tilt) < 0.01;
        return there && (await panel.textContent())!.includes(`pan ${items[0]!.pan!.toFixed(4)}`) ? true : undefined;
      });
      await name.fill(label);
      await place.fill(`${(at.latitude / D).toFixed(7)}, ${(at.longitude / D).toFixed(7)}`);
      await height.fill((at.heightHae - geoidUndulation(at.latitude, at.longitude)).toFixed(2));
      await panel.getByRole("button", { name: "Take: it is in the middle now" }).click();
      await panel.locator(`[data-landmark="${label}"]`).waitFor();
    }
    await panel.getByRole("button", { name: /^Work out the mount/ }).click();
    await panel.getByText("In force. Looks at").waitFor();
    assert.equal(await panel.locator("[data-landmark]", { hasText: "off" }).count(), 3);
    const { items } = (await picket.json("/api/v1/cameras")) as { items: CameraView[] };
    assert.equal(items[0]!.calibration!.landmarks, 3);
    assert.ok(items[0]!.calibration!.worstDegrees < 0.05, String(items[0]!.calibration!.worstDegrees));
    assert.deepEqual(await faults(page, ".calibration"), []);
    await post("release", { actor: "operator" });
  });
});

test("in Arabic the tile stands on the other side, with Arabic words; axe finds nothing in any theme", async () => {
  for (const theme of ["dark", "light", "red"]) {
    await withPage({ language: "ar", theme }, async (page, complaints) => {
      const first = (await rowsByRank(page))[0]!;
      await page.click(`.row[data-track="${first}"]`);
      await page.keyboard.press("w");
      await page.waitForSelector(".camera-tile");
      await until("the camera is on the track", async () => (/^على/.test((await stateText(page)) ?? "") ? true : undefined));
      const [tile, map] = await Promise.all([page.locator(".camera-tile").boundingBox(), page.locator(".centre").boundingBox()]);
      assert.ok(tile!.x - map!.x < 40, "the end side is the left one");
      assert.deepEqual(await faults(page, ".camera-tile"), []);
      assert.deepEqual(complaints, []);
    });
  }
});
