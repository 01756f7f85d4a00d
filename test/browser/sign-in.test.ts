// The first account by its one-time link, a second person with a passkey, in a real browser with a virtual authenticator, in both languages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { startSite, type TestSite } from "../support/start-site.ts";
import { launchChromium } from "./launch-chromium.ts";
import { ensureConsoleBuild } from "./start-picket.ts";

const YAML = `
site: { id: sign-in, name: Sign-in, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: partner, protocol: cot, listen: "udp://127.0.0.1:0", allow: ["127.0.0.1"] }
assets:
  - { id: post, name: Command post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 500 }
`;
const PASSWORD = "four words nobody guesses";
const PATIENCE_MS = 90_000;

let browser: Browser;
let site: TestSite;
let officer: Page;

before(async () => {
  await ensureConsoleBuild();
  browser = await launchChromium();
  site = await startSite(YAML);
});
after(async () => {
  await browser?.close();
  await site?.end();
});

const address = () => `http://localhost:${site.server.port}`;

async function newPerson(language: "en" | "ar"): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, reducedMotion: "reduce" });
  await context.addInitScript((chosen) => {
    if (localStorage.getItem("picket.settings") === null) localStorage.setItem("picket.settings", JSON.stringify({ language: chosen }));
  }, language);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

async function addAuthenticator(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
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
}

async function violations(page: Page): Promise<string[]> {
  // By the devtools: the page's own policy allows no script from elsewhere.
  await page.evaluate(`${axe.source}; undefined`);
  const found = (await page.evaluate("axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })")) as {
    violations: { id: string; nodes: { html: string }[] }[];
  };
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

test("the one-time link makes the first account; a second person takes an invitation, adds a passkey, and comes back with it alone", async () => {
  const noor = await newPerson("en");
  const link = site.said.find((line) => line.includes("#invitation="))?.trim() ?? "";
  await noor.goto(link);
  await noor.getByLabel("Your name (for the first account)").fill("Noor");
  await noor.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await noor.getByLabel("Password again").fill("another one");
  assert.deepEqual(await violations(noor), []);
  await noor.keyboard.press("Enter");
  await noor.getByText("The two passwords differ.").waitFor();
  await noor.getByLabel("Password again").fill(PASSWORD);
  await noor.keyboard.press("Enter");
  await noor.locator(".operator-chip", { hasText: "Noor" }).waitFor();
  assert.equal(new URL(noor.url()).hash, "", "the token stays in no address");

  const token = await noor.evaluate(async () => {
    const answer = await fetch("/api/v1/accounts", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "ريم", role: "officer", nation: "north" }),
    });
    return ((await answer.json()) as { invitation: string }).invitation;
  });

  const reem = await newPerson("ar");
  officer = reem;
  await addAuthenticator(reem);
  await reem.goto(`${address()}/#invitation=${token}`);
  await reem.getByLabel("كلمة المرور", { exact: true }).fill(PASSWORD);
  await reem.getByLabel("كلمة المرور مرة أخرى").fill(PASSWORD);
  assert.equal(await reem.evaluate("document.documentElement.dir"), "rtl");
  assert.deepEqual(await violations(reem), []);
  await reem.keyboard.press("Enter");
  await reem.locator(".operator-chip").click();
  await reem.getByRole("button", { name: "أضف مفتاح مرور على هذا الجهاز" }).click();
  await reem.getByText("أُضيف مفتاح المرور.").waitFor();
  await reem.getByRole("button", { name: "تسجيل الخروج" }).click();
  await reem.getByRole("button", { name: "الدخول بمفتاح المرور" }).click();
  await reem.locator(".operator-chip", { hasText: "ريم" }).waitFor();
  const who = await reem.evaluate(
    async () => (await (await fetch("/api/v1/session")).json()) as { person: { nation: string }; passkeys: unknown[] },
  );
  assert.equal(who.person.nation, "north");
  assert.equal(who.passkeys.length, 1);
});

test("whoever is disabled loses the picture, and is asked to sign in", async () => {
  const noor = await newPerson("en");
  await noor.goto(address());
  await noor.getByLabel("Name").fill("Noor");
  await noor.getByLabel("Password").fill(PASSWORD);
  assert.deepEqual(await violations(noor), []);
  await noor.keyboard.press("Enter");
  await noor.locator(".operator-chip", { hasText: "Noor" }).waitFor();
  const outcome = await noor.evaluate(async () => {
    const all = (await (await fetch("/api/v1/accounts")).json()) as { items: { id: string; role: string }[] };
    const wanted = all.items.find(({ role }) => role === "officer");
    const change = await fetch(`/api/v1/accounts/${wanted?.id}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ disabled: true }),
    });
    return change.status;
  });
  assert.equal(outcome, 200);
  await officer.reload();
  await officer.getByRole("button", { name: "الدخول بمفتاح المرور" }).waitFor();
});
