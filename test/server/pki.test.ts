// The site's own authority, and what its certificates open: each link is one sensor's or one nation's, until it is revoked.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import type { SourceView } from "../../src/core/model/picture-view.ts";
import { pkiCommand } from "../../src/server/cli/pki.ts";
import { issueCertificate, issuedBy, makeAuthority, revokeCertificate } from "../../src/server/pki/authority.ts";
import { objectIdentifier, time } from "../../src/server/pki/der.ts";
import { readRevocationList } from "../../src/server/pki/revocation-list.ts";
import { createRecorderPort } from "../../src/server/sapient/recorder-port.ts";
import { createClientBinding, portBinding } from "../../src/server/sources/client-binding.ts";
import { reloadableListenTls } from "../../src/server/sources/tls.ts";
import { type Items, startSite } from "../support/start-site.ts";

const temporary = () => mkdtempSync(join(tmpdir(), "picket-pki-"));
const text = (folder: string, file: string) => readFileSync(join(folder, file), "utf8");

test("DER: an object identifier and the two forms of time have the octets that X.690 and RFC 5280 give them", () => {
  assert.equal(objectIdentifier("1.2.840.113549").toString("hex"), "06062a864886f70d");
  assert.equal(time(Date.UTC(2049, 11, 31, 23, 59, 59)).toString("latin1"), "\u0017\r491231235959Z");
  assert.equal(time(Date.UTC(2050, 0, 1)).toString("latin1"), "\u0018\u000f20500101000000Z");
});

test("init makes an authority, a certificate for the host name and one for each party; keys are their owner's only; nothing is made twice", async () => {
  const folder = temporary();
  const dir = join(folder, "pki");
  const argv = ["init", "--host", "picket.example", "--host", "picket", "--sensor", "radar-1", "--nation", "north", "--dir", dir];
  const { log } = console;
  try {
    console.log = () => undefined;
    assert.equal(await pkiCommand.run(argv), 0);
    const before = readdirSync(dir).map((file) => text(dir, file));
    await assert.rejects(pkiCommand.run(argv), /exists already: an authority is made once/);
    await assert.rejects(
      pkiCommand.run(["issue", "radar-1", "--sensor", "radar-1", "--dir", dir]),
      /there is a certificate "radar-1" already/,
    );
    await assert.rejects(pkiCommand.run(["issue", "../up", "--sensor", "a", "--dir", dir]), /expected a name of small letters/);
    await assert.rejects(pkiCommand.run(["issue", "two", "--sensor", "a", "--nation", "b", "--dir", dir]), /exactly one of/);
    assert.deepEqual(
      readdirSync(dir).map((file) => text(dir, file)),
      before,
    );
    for (const file of readdirSync(dir)) {
      const mode = statSync(join(dir, file)).mode & 0o777;
      assert.equal(mode, file.endsWith("-key.pem") ? 0o600 : 0o644, file);
    }
    const [authority, server, sensor, nation] = ["authority", "server", "radar-1", "north"].map(
      (name) => new X509Certificate(text(dir, `${name}.pem`)),
    );
    assert.equal(authority!.ca, true);
    for (const one of [server!, sensor!, nation!]) {
      assert.equal(one.ca, false);
      assert.equal(one.verify(authority!.publicKey), true);
      assert.equal(one.checkIssued(authority!), true);
    }
    assert.equal(server!.checkHost("picket.example"), "picket.example");
    assert.equal(server!.checkHost("evil.example"), undefined);
    assert.equal(sensor!.subjectAltName, "URI:urn:picket:sensor:radar-1");
    assert.equal(nation!.subjectAltName, "URI:urn:picket:nation:north");
    assert.deepEqual(server!.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.deepEqual(sensor!.keyUsage, ["1.3.6.1.5.5.7.3.2"]);
  } finally {
    console.log = log;
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a client that trusts the authority accepts the server by its name, and no other name", async () => {
  const folder = temporary();
  makeAuthority(folder, "Site", Date.now());
  issueCertificate(folder, "server", { kind: "server", hosts: ["picket.example"] }, Date.now());
  const server = createServer({ cert: text(folder, "server.pem"), key: text(folder, "server-key.pem") }).listen(0, "127.0.0.1");
  server.on("tlsClientError", () => undefined);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const outcome = (servername: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect({ host: "127.0.0.1", port, ca: text(folder, "authority.pem"), servername });
      socket.on("secureConnect", () => {
        resolve(socket.authorized ? "accepted" : "let through");
        socket.destroy();
      });
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  try {
    assert.equal(await outcome("picket.example"), "accepted");
    assert.equal(await outcome("evil.example"), "ERR_TLS_CERT_ALTNAME_INVALID");
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a list with a line that is no fingerprint is refused whole", () => {
  const folder = temporary();
  const path = join(folder, "revoked.txt");
  const fingerprint = Array.from({ length: 32 }, () => "AB").join(":");
  try {
    writeFileSync(path, `# a list\n\n${fingerprint.toLowerCase()}  radar-1  2026-03-01  stolen\n`);
    assert.deepEqual([...readRevocationList(path)], [fingerprint]);
    appendFileSync(path, "radar-2 stolen too\n");
    assert.throws(() => readRevocationList(path), /revoked\.txt:4: expected a SHA-256 fingerprint/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a certificate is one party's: unknown names, and names of two parties, are nobody's", () => {
  const sensors = [{ id: "radar-1", key: "0b6e9f4e-2a4b-4d65-9c7e-111111111111" }, { id: "radar-2" }];
  const byUri = createClientBinding({ clients: undefined, sensors, nations: ["north"] });
  assert.equal(byUri(["radar-1"]), undefined, "a common name alone is anybody's invention");
  assert.equal(byUri(["urn:picket:sensor:radar-9"]), undefined);
  assert.equal(byUri(["urn:picket:nation:south"]), undefined);
  assert.equal(byUri(["urn:picket:sensor:radar-1", "urn:picket:nation:north"]), undefined);
  assert.equal(byUri(["urn:picket:nation:north"])?.kind, "nation");
  const radar = byUri(["urn:uuid:99999999-2a4b-4d65-9c7e-111111111111", "urn:picket:sensor:radar-1"]);
  assert.deepEqual(radar?.names, ["urn:picket:sensor:radar-1", sensors[0]!.key], "another node's id in the certificate lets nobody be it");
  const byName = createClientBinding({ clients: [{ name: "edge", sensor: "radar-2" }], sensors, nations: [] });
  assert.equal(byName(["edge"])?.id, "radar-2");
  assert.equal(byName(["urn:picket:sensor:radar-1"]), undefined, "where the file lists the names, only these count");
});

test("a port lets a sensor's certificate in, refuses one that is bound to nobody, cuts it within five seconds of its revocation, and the name issued again stays apart", async () => {
  const folder = temporary();
  const now = Date.now();
  makeAuthority(folder, "Site", now);
  for (const [name, sensor] of [
    ["radar-1", "radar-1"],
    ["stranger", "radar-of-another-site"],
  ] as const)
    issueCertificate(folder, name, { kind: "sensor", id: sensor }, now);
  issueCertificate(folder, "server", { kind: "server", hosts: ["localhost"] }, now);
  const site = await startSite(`
site: { id: base, name: Base, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - id: edge
    protocol: sbs
    listen: "tcp://127.0.0.1:0"
    tls: { certificate: "${folder}/server.pem", key: "${folder}/server-key.pem", clientAuthority: "${folder}/authority.pem", revoked: "${folder}/revoked.txt" }
sensors: [{ id: radar-1, kind: adsb, source: edge }]
`);
  const sockets: TLSSocket[] = [];
  const credentials = (name: string) => ({ cert: text(folder, `${name}.pem`), key: text(folder, `${name}-key.pem`) });
  const dial = (shown: { cert: string; key: string }) => {
    const socket = connect({
      host: "127.0.0.1",
      port: site.server.sourcePort("edge")!,
      ca: text(folder, "authority.pem"),
      servername: "localhost",
      ...shown,
    });
    socket.on("error", () => undefined);
    sockets.push(socket);
    return socket;
  };
  const drops = async (reason: string) =>
    site.until<Items<SourceView>>("sources", ({ items }) => items[0]!.drops.some((drop) => drop.reason === reason));
  const connected = async (count: number) => site.until<Items<SourceView>>("sources", ({ items }) => items[0]!.connections === count);
  try {
    const old = credentials("radar-1");
    const link = dial(old);
    await connected(1);
    dial(credentials("stranger"));
    await drops("sender whose certificate is bound to no sensor or nation here");

    const revokedAt = performance.now();
    const closed = once(link, "close");
    revokeCertificate(folder, "radar-1", "stolen\nby night", Date.now());
    await closed;
    assert.ok(performance.now() - revokedAt < 5000, "the live link outlived its certificate");
    dial(old);
    await drops("sender with a revoked certificate");

    // The same name again: a new certificate for the sensor, and the old one is let in no more for it.
    issueCertificate(folder, "radar-1", { kind: "sensor", id: "radar-1" }, Date.now());
    dial(credentials("radar-1"));
    await connected(1);
    const { items } = await site.get<Items<SourceView>>("sources");
    const refused = (view: SourceView) => view.drops.find(({ reason }) => reason === "sender with a revoked certificate")?.count;
    assert.equal(refused(items[0]!), 1);
    dial(old);
    await site.until<Items<SourceView>>("sources", (answer) => refused(answer.items[0]!) === 2);
    assert.deepEqual(
      issuedBy(folder).map(({ name, revoked }) => [name, revoked]),
      [
        ["radar-1", true],
        ["stranger", false],
        ["server", false],
        ["radar-1", false],
      ],
    );
    assert.deepEqual((await site.get<Items<SourceView>>("sources")).items[0]!.unauthenticated, false);
  } finally {
    for (const socket of sockets) socket.destroy();
    await site.end();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a port for recorders is as strict: a nation of the site is let in, another is not, and revocation cuts it", async () => {
  const folder = temporary();
  const now = Date.now();
  makeAuthority(folder, "Site", now);
  issueCertificate(folder, "server", { kind: "server", hosts: ["localhost"] }, now);
  for (const id of ["north", "south"]) issueCertificate(folder, id, { kind: "nation", id }, now);
  const files = { certificate: "server.pem", key: "server-key.pem", clientAuthority: "authority.pem", revoked: "revoked.txt" };
  const dropped: string[] = [];
  const notes: string[] = [];
  const bind = portBinding(files, { sensors: [], nations: ["north"] });
  const port = createRecorderPort(
    {
      host: "127.0.0.1",
      port: 0,
      allow: [],
      maxClients: 4,
      tls: reloadableListenTls(files, folder, 20),
      ...(bind === undefined ? {} : { bind }),
    },
    { lateJoin: () => [], answer: () => ({}), note: (_level, text) => notes.push(text), dropped: (reason) => dropped.push(reason) },
  );
  await port.start();
  const dial = (name: string) => {
    const shown = { cert: text(folder, `${name}.pem`), key: text(folder, `${name}-key.pem`) };
    const socket = connect({ host: "127.0.0.1", port: port.port(), ca: text(folder, "authority.pem"), servername: "localhost", ...shown });
    socket.on("error", () => undefined);
    socket.resume();
    return socket;
  };
  const until = async (good: () => boolean) => {
    const deadline = performance.now() + 20_000;
    while (!good()) {
      assert.ok(performance.now() < deadline, JSON.stringify([dropped, notes]));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  try {
    const north = dial("north");
    await until(() => port.clients() === 1);
    const south = dial("south");
    await once(south, "close");
    await until(() => dropped.includes("a client whose certificate is bound to no sensor or nation here"));
    const gone = once(north, "close");
    revokeCertificate(folder, "north", "", Date.now());
    await gone;
    await until(() => notes.some((note) => note.endsWith("is gone (its certificate was revoked)")));
  } finally {
    await port.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
