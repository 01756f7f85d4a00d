// The console beyond this machine: only encrypted, only under its own name, and to nobody before there is an account.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import WebSocket from "ws";
import { parseSite } from "../../src/server/configuration/load-site.ts";
import { startHttpServer } from "../../src/server/http/http-server.ts";
import { anAuthority, writeCredentials } from "../support/certificates.ts";
import { startSite, type TestSite } from "../support/start-site.ts";

const NAME = "picket.example";
const PASSWORD = "a canary flies at night 4711";
const authority = anAuthority();
const folder = mkdtempSync(join(tmpdir(), "picket-console-tls-"));
const files = writeCredentials(folder, "server", authority.issue("first", "urn:picket:server"), authority.ca);
const yaml = (http: string) => `
site: { id: named, name: Named, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
http: ${http}
`;
const OPEN = `{ bind: 0.0.0.0, hosts: [${NAME}], certificate: "${files.certificate}", key: "${files.key}" }`;

let site: TestSite;
let port = 0;
before(async () => {
  site = await startSite(yaml(OPEN));
  port = site.server.port;
});
after(async () => {
  await site.end();
  rmSync(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Record<string, unknown>;
  /** Common name of the certificate that the server showed. */
  shown: string;
}
function ask(method: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const content = body === undefined ? undefined : JSON.stringify(body);
    const sent = request(
      {
        ...{ host: "127.0.0.1", port, method, path, ca: authority.ca, servername: "localhost", agent: false },
        headers: {
          host: `${NAME}:${port}`,
          ...(content === undefined ? {} : { "content-type": "application/json", "content-length": String(Buffer.byteLength(content)) }),
          ...headers,
        },
      },
      (response) => {
        const { subject } = (response.socket as import("node:tls").TLSSocket).getPeerCertificate();
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => {
          let parsed = {};
          try {
            parsed = JSON.parse(text) as Record<string, unknown>;
          } catch {
            // a page
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed, shown: String(subject.CN) });
        });
      },
    );
    sent.on("error", reject);
    sent.end(content);
  });
}

test("a bind beyond this machine without certificate or without a name is refused with one sentence, at its line", async () => {
  for (const http of [
    "{ bind: 0.0.0.0 }",
    `{ bind: 0.0.0.0, hosts: [${NAME}] }`,
    `{ bind: "::", certificate: "${files.certificate}", key: "${files.key}" }`,
  ]) {
    assert.throws(
      () => parseSite(yaml(http), join(folder, "site.yaml")),
      /site\.yaml:3.*is open to the network: give certificate and key/s,
    );
  }
  assert.throws(() => parseSite(yaml("{ hosts: [192.0.2.7] }"), join(folder, "site.yaml")), /a host name in small letters/);
  await assert.rejects(
    startHttpServer({ host: "0.0.0.0", port: 0, hosts: [NAME] } as unknown as Parameters<typeof startHttpServer>[0]),
    /needs TLS and a host name/,
  );
});

test("the one-time link carries the site's name, and nobody is let in before it was used, not even to look", async () => {
  const link = site.said.find((line) => line.includes("#invitation=")) ?? "";
  assert.ok(link.includes(`https://${NAME}:${port}/#invitation=`), link);
  assert.equal((await ask("GET", "/api/v1/tracks")).status, 401);
  const { mode, firstAccount } = (await ask("GET", "/api/v1/session")).body;
  assert.deepEqual([mode, firstAccount], ["accounts", true], "so that the page asks for a name");
  const made = await ask(
    "POST",
    "/api/v1/invitations/accept",
    { origin: `https://${NAME}:${port}` },
    { token: link.split("#invitation=")[1], name: "Noor", password: PASSWORD },
  );
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const cookie = String(made.headers["set-cookie"]);
  for (const part of ["__Host-picket-session=", "; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/;"])
    assert.ok(cookie.includes(part), cookie);
  assert.ok(!/domain/i.test(cookie), cookie);
  assert.equal((await ask("GET", "/api/v1/tracks", { cookie: cookie.split(";")[0]! })).status, 200);
  assert.equal((await ask("GET", "/api/v1/session")).body.firstAccount, undefined);
  const renamed = cookie.split(";")[0]!.replace("__Host-", "");
  assert.equal(
    (await ask("GET", "/api/v1/tracks", { cookie: renamed })).status,
    401,
    "a name that a neighbour's page could set does not count",
  );
});

test("only the site's own name and its own pages get an answer; that name is pinned to encryption", async () => {
  const own = await ask("GET", "/healthz", { origin: `https://${NAME}:${port}` });
  assert.equal(own.status, 200);
  assert.equal(own.headers["strict-transport-security"], "max-age=31536000");
  for (const headers of [
    { host: `evil.example:${port}` },
    { host: `${NAME}.evil.example:${port}` },
    { origin: `http://${NAME}:${port}` },
    { origin: `https://${NAME}` },
    { origin: "null" },
  ] as Record<string, string>[])
    assert.equal((await ask("GET", "/healthz", headers)).status, 403, JSON.stringify(headers));
  const local = await ask("GET", "/healthz", { host: `localhost:${port}` });
  assert.equal(local.status, 200, "a program of this machine may call it localhost");
  assert.equal(local.headers["strict-transport-security"], undefined, "that name belongs to every program of the machine");
});

test("a certificate that counts no longer than a month is told at the start", () => {
  assert.ok(
    site.said.some((line) => line.startsWith("the console's certificate counts only until ")),
    site.said.join("\n"),
  );
});

test("passkeys are asked for under the site's name", async () => {
  const options = await ask("POST", "/api/v1/session/passkey-options", { origin: `https://${NAME}:${port}` });
  assert.equal(options.status, 200, JSON.stringify(options.body));
  assert.equal(options.body.rpId, NAME);
});

test("the live link is as strict: another page's is refused, nobody's is refused", async () => {
  const statusOf = (headers: Record<string, string>): Promise<number> =>
    new Promise((resolve) => {
      const link = new WebSocket(`wss://127.0.0.1:${port}/live`, {
        ...{ ca: authority.ca, servername: "localhost" },
        headers: { host: `${NAME}:${port}`, ...headers },
      });
      link.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
      link.on("error", () => resolve(0));
      link.on("open", () => resolve(101));
    });
  assert.equal(await statusOf({ origin: "https://evil.example" }), 403);
  assert.equal(await statusOf({ origin: `https://${NAME}:${port}` }), 401);
});

test("a new certificate counts without a restart", async () => {
  const fresh = authority.issue("second", "urn:picket:server");
  assert.equal((await ask("GET", "/healthz")).shown, "first");
  writeFileSync(files.key, fresh.key);
  writeFileSync(files.certificate, fresh.cert);
  const deadline = performance.now() + 20_000;
  while ((await ask("GET", "/healthz")).shown !== "second") {
    assert.ok(performance.now() < deadline, "the old certificate is still shown");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
