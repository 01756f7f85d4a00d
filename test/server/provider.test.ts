// Signing in through an identity provider: a real one on the loopback interface, and a browser's cookies and redirects by hand.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import OidcProvider from "oidc-provider";
import type { Micros } from "../../src/core/base/units.ts";
import { openAccounts } from "../../src/server/accounts/account-store.ts";
import { type Arrival, createProvider, personOf } from "../../src/server/accounts/provider.ts";
import { accountOfArrival } from "../../src/server/accounts/provider-sign-in.ts";
import { createSessions } from "../../src/server/accounts/sessions.ts";
import type { ProviderFile } from "../../src/server/configuration/sign-in-schema.ts";
import { startSite, type TestSite } from "../support/start-site.ts";

const PASSWORD = "a canary flies at night 4711";
const SECRET = "canary-secret-of-the-client-0815";
const folder = mkdtempSync(join(tmpdir(), "picket-provider-"));

/** What the provider says of its people; the tests change it. */
const people: Record<string, Record<string, unknown>> = {
  u1: { preferred_username: "Noor", groups: ["watch"], country: "N" },
  u2: { preferred_username: "Sam", groups: ["cleaners"], country: "N" },
  u3: { preferred_username: "Kim", groups: ["officers"], country: "nowhere" },
};
/** Who sits at the provider's own sign-in page. */
let sitting = "u1";
let listener: RequestListener = (_request, response) => response.end();
let server: Server;
let issuer = "";
let site: TestSite;
let admin = "";

before(async () => {
  server = createServer((request, response) => listener(request, response)).listen(0, "127.0.0.1");
  await once(server, "listening");
  issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  writeFileSync(join(folder, "secret"), `${SECRET}\n`);
  site = await startSite(`
site: { id: provided, name: Provided, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
signIn:
  provider:
    issuer: "${issuer}"
    clientId: picket
    clientSecretFile: "${join(folder, "secret")}"
    name: Base directory
    scopes: [openid, profile, groups]
    roleClaim: groups
    roles: [{ value: watch, role: operator }, { value: officers, role: officer }]
    nationClaim: country
    nations: [{ value: N, nation: north }]
    createAccounts: true
`);
  const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const provider: OidcProvider = new OidcProvider(issuer, {
    clients: [
      {
        client_id: "picket",
        client_secret: SECRET,
        redirect_uris: [`${site.url}/api/v1/session/provider/callback`],
        post_logout_redirect_uris: [`${site.url}/`],
      },
    ],
    jwks: { keys: [{ ...key, use: "sig", alg: "RS256", kid: "one" }] },
    cookies: { keys: ["for this test only"] },
    scopes: ["openid", "profile", "groups"],
    claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups", "country"] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => "/person" },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    loadExistingGrant: async (context: { oidc: { session: { accountId: string }; client: { clientId: string } } }) => {
      const grant = new provider.Grant({ accountId: context.oidc.session.accountId, clientId: context.oidc.client.clientId });
      grant.addOIDCScope("openid profile groups");
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  listener = (request, response) => {
    if (request.url === "/person") void provider.interactionFinished(request, response, { login: { accountId: sitting } });
    else void answer(request, response);
  };
  const token = site.said.find((line) => line.includes("#invitation="))!.split("#invitation=")[1]!;
  admin = (await post("/api/v1/invitations/accept", { token, name: "Admin", password: PASSWORD })).cookies;
});
after(async () => {
  await site.end();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  body: Record<string, unknown>;
  cookies: string;
}
async function ask(method: string, path: string, cookie: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${site.url}${path}`, {
    method,
    headers: { cookie, origin: site.url, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, cookies: cookiesOf(response) };
}
const post = (path: string, body: unknown, cookie = "") => ask("POST", path, cookie, body);
const cookiesOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0]!)
    .filter((cookie) => !cookie.endsWith("="))
    .join("; ");

/** Begins here, goes through the provider as `who`; gives the address that it sends the browser back to. */
async function through(who: string, invitation?: string): Promise<{ back: string; handle: string; begun: URL }> {
  sitting = who;
  const begun = await post("/api/v1/session/provider", invitation === undefined ? {} : { invitation });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const first = String(begun.body.url);
  const jar = new Map<string, string>();
  let url = first;
  for (let steps = 0; steps < 10 && !url.startsWith(site.url); steps++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, { redirect: "manual", headers: { cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      jar.set(name, value);
    }
    const next = response.headers.get("location");
    assert.ok(next !== null, `${url}: ${response.status} ${await response.text()}`);
    url = new URL(next, url).href;
  }
  return { back: url, handle: begun.cookies, begun: new URL(first) };
}
async function arrive(back: string, handle: string): Promise<{ location: string; cookies: string; raw: string[] }> {
  const response = await fetch(back, { redirect: "manual", headers: { cookie: handle } });
  assert.equal(response.status, 303);
  return { location: response.headers.get("location") ?? "", cookies: cookiesOf(response), raw: response.headers.getSetCookie() };
}
const signInAs = async (who: string, invitation?: string) => {
  const { back, handle } = await through(who, invitation);
  return arrive(back, handle);
};
const personIn = async (cookies: string) =>
  (await ask("GET", "/api/v1/session", cookies)).body.person as { id: string; name: string; role: string; nation: string };

test("a person whom the provider proves gets the role and the nation that the site's list gives to the claims", async () => {
  const session = await ask("GET", "/api/v1/session", "");
  assert.deepEqual(session.body.provider, { name: "Base directory" });
  const { back, handle, begun } = await through("u1");
  assert.equal(begun.searchParams.get("code_challenge_method"), "S256");
  for (const name of ["state", "nonce", "code_challenge"]) assert.ok((begun.searchParams.get(name) ?? "").length >= 40, name);
  const arrived = await arrive(back, handle);
  assert.equal(arrived.location, "/");
  assert.ok(
    arrived.raw.some((cookie) => /^picket-session=.*HttpOnly; SameSite=Strict/.test(cookie)),
    arrived.raw.join("\n"),
  );
  const { name, role, nation } = await personIn(arrived.cookies);
  assert.deepEqual([name, role, nation], ["Noor", "operator", "north"]);
  assert.equal((await ask("GET", "/api/v1/tracks", arrived.cookies)).status, 200);

  // The same way back once more, and by a browser that never began.
  assert.equal((await arrive(back, handle)).location, "/#sign-in=expired");
  assert.equal((await arrive(back, "")).location, "/#sign-in=expired");
});

test("no listed claim, no access; an officer without a nation is none", async () => {
  for (const who of ["u2", "u3"]) {
    const arrived = await signInAs(who);
    assert.equal(arrived.location, "/#sign-in=no-access", who);
    assert.ok(!arrived.cookies.includes("picket-session"), arrived.cookies);
  }
  const accounts = (await ask("GET", "/api/v1/accounts", admin)).body.items as { name: string }[];
  assert.deepEqual(
    accounts.map(({ name }) => name),
    ["Admin", "Noor"],
  );
});

test("another attempt's answer, a changed state, a changed issuer and a made-up code sign nobody in", async () => {
  const one = await through("u1");
  const two = await through("u1");
  assert.equal((await arrive(one.back, two.handle)).location, "/#sign-in=not-proved", "begun by somebody else");
  const change = async (name: string, value: string) => {
    const { back, handle } = await through("u1");
    const url = new URL(back);
    url.searchParams.set(name, value);
    return (await arrive(url.href, handle)).location;
  };
  assert.equal(await change("state", "x".repeat(43)), "/#sign-in=not-proved");
  assert.equal(await change("iss", "https://evil.example"), "/#sign-in=not-proved");
  assert.equal(await change("code", "made-up"), "/#sign-in=not-proved");
  const { handle, back } = await through("u1");
  const state = new URL(back).searchParams.get("state")!;
  const denied = `${site.url}/api/v1/session/provider/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(issuer)}`;
  assert.equal((await arrive(denied, handle)).location, "/#sign-in=refused");
});

test("a role that the provider takes away is gone at the next sign-in, with every session of before", async () => {
  const before = await signInAs("u1");
  people.u1!.groups = ["officers"];
  const now = await signInAs("u1");
  assert.equal((await personIn(now.cookies)).role, "officer");
  assert.equal((await ask("GET", "/api/v1/tracks", before.cookies)).status, 401);
  people.u1!.groups = [];
  assert.equal((await signInAs("u1")).location, "/#sign-in=no-access");
  assert.equal((await ask("GET", "/api/v1/tracks", now.cookies)).status, 401);
  people.u1!.groups = ["watch"];
});

test("signing out ends the session here and says where it ends at the provider", async () => {
  const { cookies } = await signInAs("u1");
  const out = await ask("DELETE", "/api/v1/session", cookies);
  const url = new URL(String(out.body.signOutUrl));
  assert.equal(url.origin, issuer);
  assert.equal(url.searchParams.get("post_logout_redirect_uri"), `${site.url}/`);
  assert.ok((url.searchParams.get("id_token_hint") ?? "").split(".").length === 3);
  assert.equal((await ask("GET", "/api/v1/tracks", cookies)).status, 401);
  const local = await post("/api/v1/session", { name: "Admin", password: PASSWORD });
  admin = local.cookies;
  assert.equal(local.body.signOutUrl, undefined);
});

test("an account that was reset inherits no subject, the old person comes back by a link only, and a name alone opens nothing", async () => {
  const { id } = await personIn((await signInAs("u1")).cookies);
  const reset = await ask("POST", `/api/v1/accounts/${id}/invitation`, admin);
  assert.equal(reset.status, 200, JSON.stringify(reset.body));
  assert.equal((await signInAs("u1")).location, "/#sign-in=no-account", "what was taken away does not come back by itself");
  // Somebody else of the same name, new at the provider: the account of that name is not theirs.
  people.u4 = { preferred_username: "Noor", groups: ["watch"], country: "N" };
  assert.equal((await signInAs("u4")).location, "/#sign-in=name-taken");
  const joined = await signInAs("u1", String(reset.body.invitation));
  assert.equal(joined.location, "/");
  assert.equal((await personIn(joined.cookies)).id, id);
  assert.equal((await ask("PATCH", `/api/v1/accounts/${id}`, admin, { disabled: true })).status, 200);
  assert.equal((await signInAs("u1")).location, "/#sign-in=disabled");
});

test("a provider that is down is told as such, local accounts work on, and its secret is in no file of the site", async () => {
  const { back, handle } = await through("u1");
  const working = listener;
  listener = (request) => request.socket.destroy();
  assert.equal((await arrive(back, handle)).location, "/#sign-in=unreachable");
  assert.equal((await post("/api/v1/session", { name: "Admin", password: PASSWORD })).status, 200);
  const log = readFileSync(join(site.dataFolder, "picket.log"), "utf8");
  assert.equal(log.includes(SECRET), false);
  listener = working;
});

const FILE: ProviderFile = {
  issuer: "https://id.example",
  clientId: "picket",
  name: "Directory",
  scopes: ["openid"],
  nameClaim: "name",
  roleClaim: "realm_access.roles",
  roles: [
    { value: "chief", role: "supervisor" },
    { value: "watch", role: "operator" },
  ],
  nations: [],
  createAccounts: false,
};

test("a provider that never answered is told before the browser is sent anywhere", async () => {
  const told: string[] = [];
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address() as { port: number };
  closed.close();
  const provider = createProvider(
    { ...FILE, issuer: `http://127.0.0.1:${port}` },
    undefined,
    () => 0,
    (message) => told.push(message),
  );
  assert.deepEqual(await provider.begin("http://localhost:8080"), { ok: false, error: "unreachable" });
  assert.match(told[0] ?? "", /cannot be used/);
});

test("claims: the first line of the list that fits counts; odd shapes and inherited names give nothing", () => {
  const role = (claims: Record<string, unknown>) => personOf(FILE, { iss: "https://id.example", sub: "7", ...claims }).access?.role;
  assert.equal(role({ realm_access: { roles: ["watch", "chief"] } }), "supervisor");
  assert.equal(role({ realm_access: { roles: "watch" } }), "operator");
  for (const roles of [["Watch"], [], null, 7, { 0: "watch" }, [["watch"]]]) assert.equal(role({ realm_access: { roles } }), undefined);
  assert.equal(role({}), undefined);
  const odd = { ...FILE, roleClaim: "constructor.name", roles: [{ value: "Object", role: "operator" as const }] };
  assert.equal(personOf(odd, { iss: "i", sub: "s" }).access, undefined);
});

test("accounts are made only where the site allows it, and never the first", async () => {
  const own = mkdtempSync(join(tmpdir(), "picket-provided-"));
  try {
    const now = () => 1_000_000 as Micros;
    const accounts = await openAccounts({ folder: own, now, record: async () => undefined });
    const sessions = createSessions(now);
    const arrival: Arrival = {
      subject: "i s",
      name: "Noor",
      access: { role: "operator", nation: undefined },
      idToken: undefined,
      invitation: undefined,
    };
    const outcome = async (createAccounts: boolean) => {
      const answer = await accountOfArrival(arrival, { accounts, sessions, createAccounts });
      return answer.ok ? answer.value.name : answer.error;
    };
    assert.equal(await outcome(true), "no-account", "the first account comes by the link at the terminal");
    await accounts.create({ name: "Admin", role: "administrator" });
    assert.equal(await outcome(false), "no-account");
    assert.equal(await outcome(true), "Noor");
    assert.equal(await outcome(false), "Noor", "known again by the subject");
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
});
