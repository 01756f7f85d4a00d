// Certificates that change while the port is open.

import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { anAuthority, type Credentials, writeCredentials } from "../../../test/support/certificates.ts";
import { createLineFramer } from "../../core/protocols/line-framer.ts";
import type { Ingest } from "./source.ts";
import { createTcpListenSource } from "./tcp-listen-source.ts";
import { reloadableConnectTls, reloadableListenTls } from "./tls.ts";

async function until(what: string, good: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!good()) {
    assert.ok(performance.now() < deadline, `never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a new certificate counts without a restart, half of a pair is told and not used, a withdrawn authority sends its clients away", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-tls-"));
  const authority = anAuthority();
  const first = authority.issue("first", "urn:first");
  const paths = writeCredentials(folder, "picket", first, authority.ca);
  const states: string[] = [];
  const closed: string[] = [];
  let opened = 0;
  const ingest: Ingest = {
    packet: () => true,
    hasRoom: () => true,
    onceRoom: () => undefined,
    nextConnection: () => ++opened,
    connection: (_id, connection, change, _peer, reason) => change === "closed" && closed.push(`${connection} ${reason}`),
    error: () => undefined,
    drop: () => undefined,
    state: (_id, _state, message) => states.push(message),
  };
  const files = { certificate: paths.certificate, key: paths.key, clientAuthority: paths.authority };
  const source = createTcpListenSource(
    "edge",
    { transport: "tcp", host: "127.0.0.1", port: 0, topic: "", user: undefined, password: undefined, multicast: false },
    { allow: [], maxConnections: 8, idleTimeoutSeconds: 60, tls: reloadableListenTls(files, folder, 20) },
    () => createLineFramer({ maxLength: 100 }),
    ingest,
  );
  const sockets: TLSSocket[] = [];
  /** Connects, waits until the port let us in, and says whose certificate it showed. */
  const dial = async (trusted: string, credentials: Credentials): Promise<string> => {
    const before = opened;
    const socket = connect({ host: "127.0.0.1", port: source.address().port!, ca: trusted, servername: "localhost", ...credentials });
    sockets.push(socket);
    socket.on("error", () => undefined);
    await once(socket, "secureConnect");
    const shown = socket.getPeerCertificate().subject.CN;
    await until("let in", () => opened > before);
    return String(shown);
  };
  try {
    await source.start();
    const radar = authority.issue("radar", "urn:radar");
    assert.equal(await dial(authority.ca, radar), "first");

    // The certificate arrives before its key, by renaming, as programs that renew certificates do it.
    const second = authority.issue("second", "urn:second");
    writeFileSync(join(folder, "new.pem"), second.cert);
    renameSync(join(folder, "new.pem"), paths.certificate);
    await until("the mismatch is told", () => states.some((text) => text.startsWith("the certificates on the disk are not used")));
    assert.equal(await dial(authority.ca, radar), "first", "the old pair serves meanwhile");
    writeFileSync(paths.key, second.key);
    await until("taken", () => states.includes("certificates read again"));
    assert.equal(await dial(authority.ca, radar), "second");
    assert.deepEqual(closed, [], "nobody was cut off for it");

    const other = anAuthority("Another authority");
    writeFileSync(paths.authority, other.ca);
    await until("those let in before are sent away", () => closed.length === 3);
    assert.match(closed[0]!, /the authorities of the clients changed/);
    assert.equal(await dial(authority.ca, other.issue("radar", "urn:radar")), "second");
    const before = opened;
    const old = connect({ host: "127.0.0.1", port: source.address().port!, ca: authority.ca, servername: "localhost", ...radar });
    old.on("error", () => undefined);
    await once(old, "close");
    assert.equal(opened, before, "the old authority's client is not let in any more");
  } finally {
    for (const socket of sockets) socket.destroy();
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a link that connects reads its certificate for each attempt, and keeps the last good pair", () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-tls-"));
  try {
    const authority = anAuthority();
    const first = authority.issue("first", "urn:first");
    const paths = writeCredentials(folder, "picket", first, authority.ca);
    const options = reloadableConnectTls({ certificate: paths.certificate, key: paths.key, serverAuthority: paths.authority }, folder);
    assert.equal(String(options().cert), first.cert);
    const second = authority.issue("second", "urn:second");
    writeFileSync(paths.certificate, second.cert);
    assert.equal(String(options().cert), first.cert, "its key is not there yet");
    writeFileSync(paths.key, second.key);
    assert.equal(String(options().cert), second.cert);
    rmSync(paths.certificate);
    assert.equal(String(options().cert), second.cert);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
