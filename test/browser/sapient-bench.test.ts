// The integration bench and the tasks of a sensor on a real screen, against the demonstration with one node that breaks the rules.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import AxeSource from "axe-core";
import type { Browser, Page } from "playwright-core";
import { micros } from "../../src/core/base/units.ts";
import type { NodeVerdict } from "../../src/core/model/sapient-bench.ts";
import {
  createSender,
  encodeDetection,
  encodeRegistration,
  encodeSapient,
  encodeStatus,
  location,
  objectUlid,
} from "../../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../src/core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../../src/core/protocols/sapient/sapient-framer.ts";
import { Registration_NodeType, SapientMessageSchema, TaskAck_TaskStatus } from "../../src/core/protocols/sapient/sapient-pb.gen.ts";
import { launchChromium } from "./launch-chromium.ts";
import { demonstrationSite, ensureConsoleBuild, picket, startPicket, until } from "./start-picket.ts";

const PATIENCE_MS = 90_000;
const PLACE = { latitude: (36.9 * Math.PI) / 180, longitude: (43.1 * Math.PI) / 180, height: 300 };
let browser: Browser;
before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
});
after(() => browser?.close());

/** A radar that writes latitude into x, has a slow clock and reports a class that it did not declare. It does what it is asked. */
function connectFaultyNode(port: number) {
  const sender = createSender(deriveUuid("faulty radar"));
  const socket = connect({ host: "127.0.0.1", port });
  const framer = createSapientFramer();
  const now = () => micros(Date.now() * 1000);
  const send = (octets: Uint8Array) => socket.write(frameSapient(octets));
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    for (const octets of framer.push(chunk).packets) {
      const { content } = fromBinary(SapientMessageSchema, octets);
      if (content.case === "registrationAck") {
        send(encodeStatus(sender, now(), { place: PLACE }));
        const late = micros(now() - 2_500_000);
        const swapped = { ...location(PLACE), x: 36.9, y: 43.1 };
        send(encodeDetection(sender, late, { objectId: objectUlid(sender, late, 1), location: swapped, classes: [{ path: ["Airship"] }] }));
      }
      if (content.case !== "task") continue;
      for (const taskStatus of [TaskAck_TaskStatus.ACCEPTED, TaskAck_TaskStatus.COMPLETED])
        send(encodeSapient(sender, now(), { case: "taskAck", value: { taskId: content.value.taskId!, taskStatus } }));
    }
  });
  send(
    encodeRegistration(sender, now(), {
      name: "Faulty radar",
      shortName: "FAULTY-1",
      nodeTypes: [Registration_NodeType.RADAR],
      statusIntervalSeconds: 60,
      tracking: "none",
      form: "location",
      maximumLatencySeconds: 0.1,
      manufacturer: "Example",
      model: "R1",
      classes: [["Air Vehicle"]],
    }),
  );
  return { nodeId: sender.nodeId, end: () => socket.destroy() };
}

async function open(url: string) {
  const page: Page = await browser.newPage({ viewport: { width: 1920, height: 1080 }, reducedMotion: "reduce", acceptDownloads: true });
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  await page.goto(url);
  await page.waitForSelector(".map-ground canvas");
  return { page, complaints };
}

/** Serious and critical findings of axe in the pane. */
async function accessibilityOf(page: Page): Promise<string[]> {
  await page.evaluate(AxeSource.source);
  return page.evaluate(async () => {
    const axe = (globalThis as unknown as { axe: typeof AxeSource }).axe;
    const { violations } = await axe.run(".side-end");
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

test("by a key to the bench: the demonstration's nodes are clean, a faulty one is explained, and its report can be downloaded", async () => {
  const server = await startPicket(demonstrationSite());
  const simulator = picket(["simulate", "--ports-from", server.url, "--quiet"]);
  let faulty: ReturnType<typeof connectFaultyNode> | undefined;
  try {
    faulty = connectFaultyNode(await server.portOf("sapient"));
    await until("the demonstration's nodes and the faulty one", async () => {
      const { items } = (await server.json("/api/v1/sapient/nodes")) as { items: NodeVerdict[] };
      return items.length >= 3 && items.some(({ verdict }) => verdict === "clean") && items.some(({ findings }) => findings >= 3)
        ? true
        : undefined;
    });
    const { page, complaints } = await open(server.url);
    await page.keyboard.press("i");
    const row = page.locator(`.bench-node[data-node="${faulty.nodeId}"]`);
    await row.waitFor();
    assert.match((await row.textContent())!, /FAULTY-1.*Tolerated.*RADAR.*findings/);
    assert.ok((await page.locator('.bench-node .bench-verdict[data-verdict="clean"]').count()) >= 1, "the simulated nodes keep the rules");
    assert.deepEqual(await accessibilityOf(page), []);

    await row.click();
    const swapped = page.locator('.bench-findings li[data-cause="swapped-axes"]');
    await swapped.waitFor();
    const text = (await swapped.textContent())!;
    assert.match(text, /Repaired/);
    assert.match(text, /the node writes latitude into x and longitude into y/);
    assert.match(text, /detection_report\.location/);
    assert.match(text, /1 time, last/);
    const clock = (await page.locator('.bench-findings li[data-cause="clock-off"]').textContent())!;
    assert.match(clock, /clock is \d+ ms behind/);
    assert.match(clock, /NTP/);
    assert.match(clock, /SEQ-22/);
    await page.locator('.bench-findings li[data-cause="undeclared-class"]').first().waitFor();
    await swapped.locator("summary").click();
    assert.match((await swapped.locator(".bench-example").first().textContent())!, /"x": 36\.9/);
    assert.deepEqual(await accessibilityOf(page), []);

    const [download] = await Promise.all([page.waitForEvent("download"), page.click(".bench-downloads a.button")]);
    assert.equal(download.suggestedFilename(), `sapient-${faulty.nodeId}.md`);
    const report = readFileSync((await download.path())!, "utf8");
    assert.match(report, /^# SAPIENT conformance report: FAULTY-1/);
    assert.match(report, /likely cause: the node writes latitude into x/);

    // The same in Arabic, in the same place.
    await page.keyboard.press("g");
    await until("the cause in Arabic", async () => (/تكتب العقدة خط العرض في x/.test((await swapped.textContent())!) ? true : undefined));
    assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
    await page.keyboard.press("g");
    await page.keyboard.press("Escape");
    assert.deepEqual(complaints, []);
    await page.close();
  } finally {
    faulty?.end();
    await simulator.stop();
    await server.stop();
  }
});

test("from a sensor's pane: a request goes to the node, and its answer is seen; the way leads on to the bench", async () => {
  const server = await startPicket(demonstrationSite());
  const node = connectFaultyNode(await server.portOf("sapient"));
  try {
    const { page, complaints } = await open(server.url);
    await page.locator('.sensors .item:has-text("FAULTY-1")').first().click();
    await page.locator('.side-end .button:has-text("Request: Status")').click();
    const done = page.locator('.tasks li[data-phase="completed"]');
    await done.waitFor();
    assert.match((await done.textContent())!, /request Status · Done.*by operator/);
    assert.deepEqual(await accessibilityOf(page), []);
    await page.locator('.side-end .link:has-text("Integration bench")').click();
    await page.waitForSelector(`.bench[data-node="${node.nodeId}"]`);
    assert.deepEqual(complaints, []);
    await page.close();
  } finally {
    node.end();
    await server.stop();
  }
});
