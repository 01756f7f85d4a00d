// Two officers of two nations, two browsers, two languages, two passkeys: from a track on the screen to one signed message.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import type { TrackView } from "../../src/core/model/picture-view.ts";
import { startSite, type TestSite } from "../support/start-site.ts";
import { launchChromium } from "./launch-chromium.ts";
import { ensureConsoleBuild, until } from "./start-picket.ts";

const PASSWORD = "four words nobody guesses";
const PATIENCE_MS = 90_000;
const letters: string[] = [];
const receiver = createServer((request, response) => {
  let text = "";
  request.on("data", (part) => {
    text += part;
  });
  request.on("end", () => {
    letters.push(text);
    response.writeHead(204).end();
  });
});
const socket = createSocket("udp4");
let feeding: NodeJS.Timeout | undefined;
let browser: Browser;
let site: TestSite;

const yaml = (port: number) => `
site: { id: border-post, name: Border post, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: partner, protocol: cot, listen: "udp://127.0.0.1:0", allow: ["127.0.0.1"] }
sensors:
  - { id: partner-feed, kind: track-feed, source: partner, noise: { horizontalMetres: 5, verticalMetres: 5 } }
assets:
  - { id: post, name: Command post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 500 }
response:
  version: "test-1"
  nations: [{ id: north, name: North }, { id: south, name: South }]
  gateRadiusMetres: 5000
  rules:
    - { action: notify, seats: [{ nation: north }, { nation: south }], expiresAfterSeconds: 600, withinSeconds: 500 }
  receivers:
    - { id: c2, name: Partner C2, actions: [notify], url: "http://127.0.0.1:${port}/" }
`;

async function ask(
  method: string,
  path: string,
  cookie: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, never>; cookie: string }> {
  const response = await fetch(`${site.url}/api/v1/${path}`, {
    method,
    headers: { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, never>,
    cookie: (response.headers.get("set-cookie") ?? "").split(";")[0]!,
  };
}

before(async () => {
  await ensureConsoleBuild();
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  browser = await launchChromium();
  site = await startSite(yaml((receiver.address() as AddressInfo).port));
  const port = site.server.sourcePort("partner") as number;
  const began = Date.now();
  // On its way in at 12 m/s: nothing that might have people aboard.
  feeding = setInterval(() => {
    const metres = 3500 - ((Date.now() - began) / 1000) * 12;
    const at = new Date().toISOString();
    const stale = new Date(Date.now() + 10_000).toISOString();
    socket.send(
      `<event version="2.0" uid="UAV-1" type="a-u-A-M-F-Q" how="m-g" time="${at}" start="${at}" stale="${stale}"><point lat="${36.9 + metres / 111_000}" lon="43.1" hae="400" ce="5" le="5"/><detail/></event>`,
      port,
      "127.0.0.1",
    );
  }, 200);
});
after(async () => {
  clearInterval(feeding);
  socket.close();
  receiver.close();
  await browser?.close();
  await site?.end();
});

interface Words {
  readonly password: string;
  readonly accept: string;
  readonly addPasskey: string;
  readonly added: string;
  readonly approve: string;
}
const ENGLISH: Words = {
  password: "Password",
  accept: "Password again",
  addPasskey: "Add a passkey on this machine",
  added: "Passkey added.",
  approve: "Approve with passkey",
};
const ARABIC: Words = {
  password: "كلمة المرور",
  accept: "كلمة المرور مرة أخرى",
  addPasskey: "أضف مفتاح مرور على هذا الجهاز",
  added: "أُضيف مفتاح المرور.",
  approve: "وافق بمفتاح المرور",
};

/** A person's browser: opens the one-time link, chooses a password, adds a passkey. */
async function arrive(invitation: string, language: "en" | "ar", words: Words): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 }, reducedMotion: "reduce" });
  await context.addInitScript((chosen) => {
    if (localStorage.getItem("picket.settings") === null)
      localStorage.setItem("picket.settings", JSON.stringify({ language: chosen, sounds: false }));
  }, language);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(`http://localhost:${site.server.port}/#invitation=${invitation}`);
  await page.getByLabel(words.password, { exact: true }).fill(PASSWORD);
  await page.getByLabel(words.accept).fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator(".operator-chip").click();
  await page.getByRole("button", { name: words.addPasskey }).click();
  await page.getByText(words.added).waitFor();
  // The focus is still in the dialog, or Escape would reach nothing.
  await page.keyboard.press("Escape");
  await page.locator('[role="dialog"]').waitFor({ state: "detached" });
  return page;
}

test("from a track to one signed message: each officer presses once, in the own language, on the same hash", async () => {
  const token = (site.said.find((line) => line.includes("#invitation=")) ?? "").split("#invitation=")[1];
  const admin = (await ask("POST", "invitations/accept", "", { token, name: "admin", password: PASSWORD })).cookie;
  const invite = async (name: string, nation: string): Promise<string> =>
    (await ask("POST", "accounts", admin, { name, role: "officer", nation })).body.invitation;
  const reem = await arrive(await invite("ريم", "north"), "ar", ARABIC);
  const ingrid = await arrive(await invite("Ingrid", "south"), "en", ENGLISH);

  // One track for both, chosen by what it is and not by where it stands: on a slow machine ranks change meanwhile.
  const id = await until("a confirmed track", async () => {
    const { items } = (await (await fetch(`${site.url}/api/v1/tracks`, { headers: { cookie: admin } })).json()) as { items: TrackView[] };
    return items.find(({ status, claims }) => status === "confirmed" && claims.length > 0)?.id;
  });
  for (const page of [reem, ingrid]) await page.locator(`.row[data-track="${id}"]`).click();
  const declared = await ingrid.evaluate(async (id) => {
    const answer = await fetch(`/api/v1/tracks/${id}/declaration`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ question: "affiliation", value: "suspect", reason: "seen by eye" }),
    });
    return answer.status;
  }, id);
  assert.equal(declared, 200);
  await ingrid.getByLabel("What the message says").fill("Please take over watch.");
  await ingrid.locator(".case-form select").nth(1).selectOption("c2");
  await ingrid.getByRole("button", { name: "Open a case" }).click();
  await ingrid
    .locator('.case[data-state="open"]')
    .waitFor()
    .catch(async (error: Error) => {
      throw new Error(`${error.message}\nThe pane says: ${await ingrid.locator(".side-end").innerText()}`);
    });

  await reem.getByRole("button", { name: ARABIC.approve }).click();
  await ingrid.locator(".case-seats li[data-full]", { hasText: "North" }).waitFor();
  assert.equal(letters.length, 0, "one nation alone sends nothing");
  const hashes = await Promise.all([reem, ingrid].map((page) => page.locator(".case-hash .mono").innerText()));
  assert.equal(hashes[0], hashes[1]);
  await ingrid.getByRole("button", { name: ENGLISH.approve }).click();
  await until("the message", () => (letters.length > 0 ? true : undefined));
  for (const page of [reem, ingrid]) await page.locator('.case[data-state="authorised"]').waitFor();
  assert.equal(letters.length, 1);
  const message = JSON.parse(Buffer.from(letters[0]!.split(".")[1]!, "base64url").toString("utf8")) as {
    caseHash: string;
    text: string;
    approvals: { method: string; nation: string }[];
  };
  assert.ok(message.caseHash.startsWith(hashes[0]!));
  assert.deepEqual(
    message.approvals.map(({ method, nation }) => [method, nation]),
    [
      ["passkey", "north"],
      ["passkey", "south"],
    ],
  );
});
