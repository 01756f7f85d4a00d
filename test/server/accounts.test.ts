// Accounts over HTTP: the one-time link, signing in and out, who may do what on every route, and what is cut when.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const YAML = `
site: { id: accounts, name: Accounts, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: partner, protocol: cot, listen: "udp://127.0.0.1:0", allow: ["127.0.0.1"] }
assets:
  - { id: post, name: Command post, position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 }, radiusMetres: 500 }
`;
const PASSWORD = "a canary flies at night 4711";
const ROLES = ["observer", "operator", "supervisor", "officer", "engineer", "administrator", "partner", "service"] as const;

let site: TestSite;
let token = "";
/** Cookie of one account of each role. */
const cookies = new Map<string, string>();
const ids = new Map<string, string>();

interface Answer {
  status: number;
  body: Record<string, unknown>;
  cookie: string;
}
async function ask(
  method: string,
  path: string,
  options: { cookie?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(`${site.url}${path}`, {
    method,
    headers: {
      ...(options.cookie === undefined ? {} : { cookie: options.cookie }),
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0];
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // not JSON: files, YAML
  }
  return { status: response.status, body, cookie };
}

async function invite(role: string): Promise<void> {
  const admin = cookies.get("administrator");
  const made = await ask("POST", "/api/v1/accounts", { cookie: admin, body: { name: `Person ${role}`, role, nation: "north" } });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const accepted = await ask("POST", "/api/v1/invitations/accept", { body: { token: made.body.invitation, password: PASSWORD } });
  assert.equal(accepted.status, 200, JSON.stringify(accepted.body));
  cookies.set(role, accepted.cookie);
  ids.set(role, (made.body.account as { id: string }).id);
}

before(async () => {
  site = await startSite(YAML);
});
after(() => site.end());

test("before the first account everybody on this machine operates, nobody makes accounts, and the link is told to the terminal only", async () => {
  assert.equal((await ask("GET", "/api/v1/tracks")).status, 200);
  assert.deepEqual((await ask("GET", "/api/v1/session")).body, { mode: "open", state: "none", person: null, passkeys: [] });
  assert.equal((await ask("POST", "/api/v1/accounts", { body: { name: "Mallory", role: "administrator" } })).status, 401);
  const line = site.said.find((one) => one.includes("#invitation=")) ?? "";
  token = line.split("#invitation=")[1];
  assert.ok(token.length > 40, line);
  assert.equal(readFileSync(join(site.dataFolder, "picket.log"), "utf8").includes(token), false);
});

test("the one-time link makes the first account, an administrator, and then never another", async () => {
  const short = await ask("POST", "/api/v1/invitations/accept", { body: { token, name: "Noor", password: "short" } });
  assert.equal(short.status, 400);
  assert.match(String(short.body.detail), /at least 12 characters/);
  const first = await ask("POST", "/api/v1/invitations/accept", { body: { token, name: "Noor", password: PASSWORD } });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.equal((first.body.person as { role: string }).role, "administrator");
  cookies.set("administrator", first.cookie);
  const again = await ask("POST", "/api/v1/invitations/accept", { body: { token, name: "Eve", password: PASSWORD } });
  assert.equal(again.status, 401);
});

test("from then on nothing but the session answers without a sign-in", async () => {
  for (const path of ["/api/v1/tracks", "/api/v1/site", "/api/v1/accounts", "/api/v1/events"])
    assert.equal((await ask("GET", path)).status, 401, path);
  const system = await ask("GET", "/api/v1/session");
  assert.equal(system.body.mode, "accounts");
  for (const path of ["/healthz", "/readyz"]) assert.equal((await ask("GET", path)).status, 200);
});

test("the cookie is out of reach of scripts and of other sites", async () => {
  const response = await fetch(`${site.url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "noor", password: PASSWORD }),
  });
  assert.equal(response.status, 200);
  const cookie = response.headers.get("set-cookie") ?? "";
  for (const part of ["HttpOnly", "SameSite=Strict", "Path=/"]) assert.ok(cookie.includes(part), cookie);
  cookies.set("administrator", cookie.split(";")[0]);
});

test("every route allows exactly the roles that its description names: none, garbage, each role", async () => {
  for (const role of ROLES) if (role !== "administrator") await invite(role);
  const description = (await ask("GET", "/openapi.json", { cookie: cookies.get("administrator") })).body as {
    paths: Record<string, Record<string, { "x-roles": string[] }>>;
  };
  let checked = 0;
  const wrong: string[] = [];
  for (const [template, operations] of Object.entries(description.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      // Acts that would change what this very test stands on; they are tested by name below.
      const ownSession = template.startsWith("/api/v1/session") && !template.startsWith("/api/v1/session/provider");
      if (ownSession || template.startsWith("/api/v1/invitations")) continue;
      const path = template.replace(/\{[^}]+\}/g, "none-such");
      const roles = operation["x-roles"];
      assert.ok(Array.isArray(roles) && roles.length > 0, `${method} ${template}`);
      const cases: [string, string | undefined][] = [
        ["none", undefined],
        ["garbage", "picket-session=garbage"],
        ["empty", "picket-session="],
        ["doubled", `picket-session=garbage; ${cookies.get("operator")}x`],
        ...ROLES.map((role): [string, string | undefined] => [role, cookies.get(role)]),
      ];
      for (const [who, cookie] of cases) {
        // An empty body is refused by every act, behind the gate: 400 shows that the gate let it through.
        const answer = await ask(method.toUpperCase(), path, { cookie, ...(method === "get" ? {} : { body: {} }) });
        const expected = roles.includes(who) || roles.includes("anyone") ? "through" : ROLES.includes(who as "observer") ? 403 : 401;
        const got = answer.status === 401 || answer.status === 403 ? answer.status : "through";
        if (got !== expected) wrong.push(`${method} ${template} as ${who}: ${answer.status}, expected ${expected}`);
        checked += 1;
      }
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(checked > 400, `${checked} pairs of route and role`);
});

test("the record names who signed in, whatever name the request carries", async () => {
  const done = await ask("PUT", "/api/v1/configuration/override", {
    cookie: cookies.get("engineer"),
    body: { path: "site.qnhHectopascals", value: 1001.5, actor: "somebody else" },
  });
  assert.equal(done.status, 200, JSON.stringify(done.body));
  const events = await ask("GET", "/api/v1/events?limit=10000", { cookie: cookies.get("observer") });
  const texts = (events.body as unknown as Items<{ type: string; text: string }>).items.filter(({ type }) => type === "command");
  assert.ok(
    texts.some(({ text }) => text.includes("Person engineer: override-configuration")),
    JSON.stringify(texts),
  );
  assert.ok(!texts.some(({ text }) => text.includes("somebody else")));
});

const linkOf = (cookie: string | undefined): Promise<{ opened: boolean; closed: Promise<number>; end: () => void }> =>
  new Promise((resolve) => {
    const link = new WebSocket(`${site.url.replace("http", "ws")}/live`, {
      headers: { ...(cookie === undefined ? {} : { cookie }), origin: site.url },
    });
    const closed = new Promise<number>((done) => link.on("close", () => done(performance.now())));
    link.on("message", () => resolve({ opened: true, closed, end: () => link.terminate() }));
    link.on("error", () => resolve({ opened: false, closed, end: () => undefined }));
  });

test("the live link opens for persons of the site only, and is cut by log-out, disabling and a changed role", async () => {
  assert.equal((await linkOf(undefined)).opened, false);
  assert.equal((await linkOf("picket-session=garbage")).opened, false);
  assert.equal((await linkOf(cookies.get("partner"))).opened, false);
  const admin = cookies.get("administrator");

  const observer = await linkOf(cookies.get("observer"));
  const operator = await linkOf(cookies.get("operator"));
  const officer = await linkOf(cookies.get("officer"));
  assert.deepEqual([observer.opened, operator.opened, officer.opened], [true, true, true]);
  assert.equal((await ask("DELETE", "/api/v1/session", { cookie: cookies.get("observer") })).status, 200);
  await observer.closed;
  assert.equal((await ask("GET", "/api/v1/tracks", { cookie: cookies.get("observer") })).status, 401);

  assert.equal((await ask("PATCH", `/api/v1/accounts/${ids.get("operator")}`, { cookie: admin, body: { disabled: true } })).status, 200);
  await operator.closed;
  assert.equal((await ask("GET", "/api/v1/tracks", { cookie: cookies.get("operator") })).status, 401);
  const disabled = await ask("POST", "/api/v1/session", { body: { name: "Person operator", password: PASSWORD } });
  assert.equal(disabled.status, 401);

  assert.equal((await ask("PATCH", `/api/v1/accounts/${ids.get("officer")}`, { cookie: admin, body: { role: "observer" } })).status, 200);
  await officer.closed;
  assert.equal(
    (await ask("GET", "/api/v1/tracks", { cookie: cookies.get("officer") })).status,
    401,
    "a changed role begins with a new sign-in",
  );
});

test("a page of another origin cannot open the live link with the person's cookie", async () => {
  const link = new WebSocket(`${site.url.replace("http", "ws")}/live`, {
    headers: { cookie: cookies.get("supervisor") ?? "", origin: "http://evil.example" },
  });
  const status = await new Promise<number>((resolve) => {
    link.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    link.on("error", () => resolve(0));
    link.on("open", () => resolve(101));
  });
  assert.equal(status, 403);
});

test("the last administrator cannot lock everybody out", async () => {
  const id = (await ask("GET", "/api/v1/session", { cookie: cookies.get("administrator") })).body.person as { id: string };
  const answer = await ask("PATCH", `/api/v1/accounts/${id.id}`, { cookie: cookies.get("administrator"), body: { disabled: true } });
  assert.equal(answer.status, 409);
  assert.match(String(answer.body.detail), /last administrator/);
});

test("whoever guesses has to wait, and a right password does not help before that", async () => {
  for (let i = 0; i < 5; i++) {
    const wrong = await ask("POST", "/api/v1/session", { body: { name: "Person supervisor", password: `guess number ${i} of many` } });
    assert.equal(wrong.status, 401);
    assert.equal(wrong.body.detail, "name or password is wrong");
  }
  const slowed = await ask("POST", "/api/v1/session", { body: { name: "Person supervisor", password: PASSWORD } });
  assert.equal(slowed.status, 429, JSON.stringify(slowed.body));
});

test("a new account of an old name inherits nothing; a new link takes away what the account had", async () => {
  const admin = cookies.get("administrator");
  const again = await ask("POST", `/api/v1/accounts/${ids.get("engineer")}/invitation`, { cookie: admin });
  assert.equal(again.status, 200, JSON.stringify(again.body));
  assert.equal((again.body.account as { hasPassword: boolean }).hasPassword, false);
  assert.equal((await ask("GET", "/api/v1/tracks", { cookie: cookies.get("engineer") })).status, 401);
  const twice = await ask("POST", "/api/v1/accounts", { cookie: admin, body: { name: "person ENGINEER", role: "operator" } });
  assert.equal(twice.status, 409);
});

test("accounts survive a restart, sessions do not, and no secret lies in any file", async () => {
  await site.stop();
  const files = readdirSync(site.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const secrets = [PASSWORD, token, ...[...cookies.values()].map((cookie) => cookie.split("=")[1])].filter((secret) => secret !== "");
  for (const entry of files) {
    const content = readFileSync(join(entry.parentPath, entry.name));
    for (const secret of secrets) assert.equal(content.includes(secret), false, `${entry.name} holds a secret`);
  }
  assert.equal(statSync(join(site.dataFolder, "accounts", "accounts.json")).mode & 0o077, 0);
  site = await startSite(YAML, site.dataFolder);
  assert.equal(
    site.said.some((line) => line.includes("#invitation=")),
    false,
  );
  assert.equal((await ask("GET", "/api/v1/tracks", { cookie: cookies.get("administrator") })).status, 401);
  const back = await ask("POST", "/api/v1/session", { body: { name: "Noor", password: PASSWORD } });
  assert.equal(back.status, 200);
  assert.equal((await ask("GET", "/api/v1/accounts", { cookie: back.cookie })).status, 200);
});
