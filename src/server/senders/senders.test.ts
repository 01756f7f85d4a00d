// Each sender alone, through real sockets on the loopback interface; the whole way through a server is in test/server/outputs.test.ts.

import assert from "node:assert/strict";
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { aTrackView } from "../../../test/support/a-track-view.ts";
import { anAuthority, writeCredentials } from "../../../test/support/certificates.ts";
import { type Micros, micros } from "../../core/base/units.ts";
import type { SystemView, TrackView } from "../../core/model/picture-view.ts";
import type { CotEvent } from "../../core/protocols/cot/cot-event.ts";
import { createCotFramer } from "../../core/protocols/cot/cot-framer.ts";
import { readCotPacket } from "../../core/protocols/cot/cot-protocol.ts";
import { TAK_MAGIC } from "../../core/protocols/tak/tak-message.ts";
import { announcement, createTakStream, negotiate } from "../../core/protocols/tak/tak-negotiation.ts";
import { asterixOutputSchema, cotOutputSchema, outputsSchema } from "../configuration/output-schemas.ts";
import { identityOf } from "../sources/tls.ts";
import { createAsterixSender } from "./asterix-sender.ts";
import { createCotSender } from "./cot-sender.ts";
import { createOutputs } from "./outputs.ts";
import type { Sender, SenderHost } from "./sender.ts";

/** What a test opened: closed after it, also when it failed. */
const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});
const watched = (sender: Sender): Sender => {
  opened.push(sender.stop);
  return sender;
};

const NOW = Date.UTC(2026, 10, 23, 12) * 1000; // us

function aHost(): SenderHost & { notes: string[] } {
  const notes: string[] = [];
  return {
    notes,
    now: () => micros(NOW),
    site: () => ({ id: "base", name: "Base", latitude: 0.6, longitude: 0.7, heightHae: 300 }),
    softwareVersion: "0",
    system: () => ({ health: "OK" }) as SystemView,
    overloaded: () => false,
    source: () => undefined,
    sources: () => [],
    note: (_level, message) => notes.push(message),
  };
}

async function until(what: string, done: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!done()) {
    if (Date.now() > end) assert.fail(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const at = (seconds: number): Micros => micros(NOW + seconds * 1e6);

/** A receiver of datagrams. */
async function aReceiver(): Promise<{ socket: DatagramSocket; port: number; datagrams: Uint8Array[] }> {
  const socket = createSocket("udp4");
  const datagrams: Uint8Array[] = [];
  socket.on("message", (bytes) => datagrams.push(new Uint8Array(bytes)));
  opened.push(() => {
    try {
      socket.close();
    } catch {
      // The test itself has closed it.
    }
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return { socket, port: socket.address().port, datagrams };
}

/** A server of CoT streams: what each client said, and the protocol that it was brought to. */
async function aTakServer(options: { offers?: boolean; reads?: boolean; server?: Server } = {}) {
  const sockets: Socket[] = [];
  const events: CotEvent[] = [];
  const first: number[] = [];
  const identities: (readonly string[] | undefined)[] = [];
  const serve = (socket: Socket): void => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    identities.push("authorized" in socket ? identityOf(socket as never) : undefined);
    if (options.reads === false) {
      socket.pause();
      return;
    }
    const framer = createCotFramer();
    const stream = createTakStream("server", micros(NOW));
    if (options.offers === true) socket.write(announcement(micros(NOW)));
    socket.on("data", (chunk: Buffer) => {
      for (const packet of framer.push(chunk).packets) {
        for (const event of readCotPacket(packet).events) {
          const step = negotiate(stream, event, micros(NOW));
          if (step.reply !== undefined) socket.write(step.reply);
          if (step.handled) continue;
          first.push(packet[0]!);
          events.push(event);
        }
      }
    });
  };
  const server = options.server ?? createServer();
  server.on(options.server === undefined ? "connection" : "secureConnection", serve);
  opened.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return {
    port: address.port,
    sockets,
    events,
    first,
    identities,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("ASTERIX: two hundred tracks and the service status arrive, and the end of service is told", async () => {
  const receiver = await aReceiver();
  const sender = watched(
    createAsterixSender(asterixOutputSchema.parse({ id: "atm", send: `udp://127.0.0.1:${receiver.port}`, sac: 25, sic: 100 }), aHost()),
  );
  await sender.start();
  await until("the link", () => sender.status().state === "sending");
  const tracks = Array.from({ length: 200 }, (_, i) => aTrackView(NOW, { id: `T${i + 1}` }));
  // Two hundred tracks go in two parts.
  sender.pictureChanged(() => tracks, at(0));
  sender.pictureChanged(() => assert.fail("the update is of one moment"), at(0.1));
  sender.pictureChanged(() => assert.fail("nothing is due within the period"), at(0.5));
  await until("the end of the update", () => receiver.datagrams.filter((bytes) => bytes[0] === 65).length === 2);
  await sender.stop();
  await until("the goodbye", () => receiver.datagrams.filter((bytes) => bytes[0] === 65).length === 3);
  assert.equal(
    sender.status().bytes,
    receiver.datagrams.reduce((sum, bytes) => sum + bytes.length, 0),
  );
  assert.deepEqual([sender.status().state, sender.status().sent], ["stopped", 200]);
  receiver.socket.close();
});

test("datagrams to nobody are counted with the reason, and the sender goes on", async () => {
  const receiver = await aReceiver();
  const { port } = receiver;
  receiver.socket.close();
  await once(receiver.socket, "close");
  const sender = watched(createCotSender(cotOutputSchema.parse({ id: "mesh", send: `udp://127.0.0.1:${port}` }), aHost(), "/"));
  await sender.start();
  await until("the link", () => sender.status().state === "sending");
  for (let i = 0; i < 4; i++) {
    sender.pictureChanged(() => [aTrackView(NOW)], at(i));
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await until("the reason", () => /nobody listens there/.test(sender.status().message));
  assert.equal(sender.status().state, "retrying");
  await sender.stop();
});

test("an interface that this machine does not have is one clear sentence", async () => {
  const sender = watched(
    createAsterixSender(
      asterixOutputSchema.parse({ id: "atm", send: "udp://239.255.62.1:8600", interface: "192.0.2.77", sac: 1, sic: 1 }),
      aHost(),
    ),
  );
  await assert.rejects(sender.start(), /udp:\/\/239\.255\.62\.1:8600: cannot send from 192\.0\.2\.77/);
  await sender.stop();
});

test("CoT stream: XML until the server offers protocol version 1, then protobuf; form xml stays with XML", async () => {
  for (const [form, offers, magic] of [
    ["tak", true, TAK_MAGIC],
    ["tak", false, "<".charCodeAt(0)],
    ["xml", true, "<".charCodeAt(0)],
  ] as const) {
    const server = await aTakServer({ offers });
    const sender = watched(
      createCotSender(cotOutputSchema.parse({ id: "tak", connect: `tcp://127.0.0.1:${server.port}`, form }), aHost(), "/"),
    );
    await sender.start();
    await until("the link", () => sender.status().state === "connected");
    let second = 0;
    await until(`${form} ${offers}`, () => {
      second += 2;
      sender.pictureChanged(() => [aTrackView(NOW)], at(second));
      return server.first.at(-1) === magic;
    });
    assert.equal(server.events.at(-1)!.uid, "picket.base.T12");
    assert.equal(server.events.at(-1)!.type, "a-s-A-M-H-Q");
    await sender.stop();
    await server.close();
  }
});

test("after a broken link everything is told again, and what ended meanwhile is deleted", async () => {
  const server = await aTakServer();
  const host = aHost();
  const sender = watched(
    createCotSender(cotOutputSchema.parse({ id: "tak", connect: `tcp://127.0.0.1:${server.port}`, form: "xml" }), host, "/"),
  );
  await sender.start();
  await until("the link", () => sender.status().state === "connected");
  sender.pictureChanged(() => [aTrackView(NOW, { id: "T1" }), aTrackView(NOW, { id: "T2" })], at(0));
  await until("both tracks", () => server.events.length === 2);
  server.sockets[0]!.destroy();
  await until("the loss", () => sender.status().state === "retrying");
  assert.match(sender.status().message, /next try in 0\.5 s/);
  sender.pictureChanged(() => assert.fail("nothing is made while the link is down"), at(0.1));
  await until("the way back", () => server.sockets.length === 2 && sender.status().state === "connected");
  // Within the period of the first events: due again because the link is new.
  sender.pictureChanged(() => [aTrackView(NOW, { id: "T2" })], at(0.2));
  await until("the rest", () => server.events.length === 4);
  assert.deepEqual(
    server.events.slice(2).map((event) => [event.uid, event.type]),
    [
      ["picket.base.T2", "a-s-A-M-H-Q"],
      ["picket.base.T1.delete", "t-x-d-d"],
    ],
  );
  await sender.stop();
  await server.close();
});

test("a TAK server that does not read is hung up on, and delays neither the caller nor another output", async () => {
  const stalled = await aTakServer({ reads: false });
  const reader = await aTakServer();
  const open = (id: string, port: number) =>
    watched(createCotSender(cotOutputSchema.parse({ id, connect: `tcp://127.0.0.1:${port}`, form: "xml" }), aHost(), "/", 256 * 1024));
  const slow = open("slow", stalled.port);
  const good = open("good", reader.port);
  await slow.start();
  await good.start();
  await until("both links", () => slow.status().state === "connected" && good.status().state === "connected");
  const tracks = Array.from({ length: 300 }, (_, i) => aTrackView(NOW, { id: `T${i + 1}` }));
  let look = 0;
  // The stalled one's socket buffers fill first, then its queue.
  while (slow.status().state === "connected") {
    assert.ok(look < 2000, "the stalled receiver was never dropped");
    slow.pictureChanged(() => tracks, at(look * 0.4));
    good.pictureChanged(() => tracks, at(look * 0.4));
    look += 1;
    await until("the reader", () => reader.events.length === good.status().sent);
  }
  assert.match(slow.status().message, /does not read/);
  assert.ok(slow.status().drops.some((drop) => drop.reason === "the receiver does not read" && drop.count > 0));
  assert.deepEqual([good.status().state, good.status().drops], ["connected", []]);
  await Promise.all([slow.stop(), good.stop()]);
  await stalled.close();
  await reader.close();
});

test("CoT over TLS: our certificate is shown, and a server of another authority gets nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-out-"));
  try {
    const authority = anAuthority();
    writeCredentials(folder, "picket", authority.issue("picket", "urn:picket"), authority.ca);
    const tls = { certificate: "picket.pem", key: "picket-key.pem", serverAuthority: "picket-ca.pem", serverName: "localhost" };
    const open = (port: number) =>
      watched(createCotSender(cotOutputSchema.parse({ id: "tak", connect: `tcp://127.0.0.1:${port}`, form: "xml", tls }), aHost(), folder));
    const secured = { ...authority.issue("server", "urn:tak"), ca: authority.ca, requestCert: true, rejectUnauthorized: true };
    const server = await aTakServer({ server: createTlsServer(secured) });
    const sender = open(server.port);
    await sender.start();
    await until("the link", () => sender.status().state === "connected");
    sender.pictureChanged(() => [aTrackView(NOW)], at(0));
    await until("the track", () => server.events.length === 1);
    assert.deepEqual(server.identities, [["picket", "urn:picket", "localhost"]]);
    assert.equal(sender.status().encrypted, true);
    await sender.stop();
    await server.close();

    const impostor = await aTakServer({ server: createTlsServer(anAuthority("Another authority").issue("server", "urn:tak")) });
    const wary = open(impostor.port);
    await wary.start();
    await until("the refusal", () => wary.status().state === "retrying");
    wary.pictureChanged(() => [aTrackView(NOW)], at(0));
    assert.deepEqual(impostor.events, []);
    assert.equal(wary.status().sent, 0);
    await wary.stop();
    await impostor.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("nobody at the other end: each try comes later than the one before, up to half a minute", async () => {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const host = aHost();
  const sender = watched(createCotSender(cotOutputSchema.parse({ id: "tak", connect: `tcp://127.0.0.1:${port}` }), host, "/"));
  await sender.start();
  await until("the second try", () => host.notes.some((note) => note.includes("next try in 1.0 s")));
  assert.ok(host.notes.some((note) => /output tak: tcp:\/\/127\.0\.0\.1:\d+: nobody listens there; next try in 0\.5 s/.test(note)));
  await sender.stop();
  assert.equal(sender.status().state, "stopped");
});

test("operators' positions leave only where the output is configured for them, and disappear with the track", async () => {
  const pilot = {
    sensorId: "rid",
    heardAtUs: NOW,
    serial: "PKT1",
    operator: { latitudeDegrees: 36.91, longitudeDegrees: 43.11, heightHaeMetres: null, heightAmslMetres: null, kind: "live" as const },
  };
  const view = aTrackView(NOW, { claims: [pilot] });
  for (const operatorPositions of [false, true]) {
    const receiver = await aReceiver();
    const file = cotOutputSchema.parse({ id: "mesh", send: `udp://127.0.0.1:${receiver.port}`, form: "xml", operatorPositions });
    const sender = watched(createCotSender(file, aHost(), "/"));
    await sender.start();
    await until("the link", () => sender.status().state === "sending");
    sender.pictureChanged(() => [view], at(0));
    sender.pictureChanged(() => [], at(1));
    const wanted = operatorPositions ? 4 : 2;
    await until("the events", () => receiver.datagrams.length === wanted);
    const uids = receiver.datagrams.flatMap((bytes) => readCotPacket(bytes).events.map((event) => event.uid));
    const track = ["picket.base.T12", "picket.base.T12.delete"];
    const operator = ["picket.base.T12.operator", "picket.base.T12.operator.delete"];
    assert.deepEqual(uids.sort(), (operatorPositions ? [...track, ...operator] : track).sort());
    assert.equal(
      receiver.datagrams.some((bytes) => Buffer.from(bytes).includes("PKT1")),
      false,
      "identities are not released",
    );
    assert.equal(sender.status().pilotPositions, operatorPositions);
    await sender.stop();
    receiver.socket.close();
  }
});

test("an output that is not enabled opens nothing and says that it is off; one that fails takes no other down", async () => {
  const receiver = await aReceiver();
  const send = `udp://127.0.0.1:${receiver.port}`;
  const file = outputsSchema.parse({
    asterix: [{ id: "off", enabled: false, send, sac: 1, sic: 1 }],
    cot: [{ id: "on", send, form: "xml" }],
    sapientRecorders: [{ id: "log", enabled: false, source: "edge", listen: "tcp://127.0.0.1:1" }],
    sapientParents: [{ id: "up", enabled: false, connect: "tcp://127.0.0.1:1", nodeId: "3f0e6f0a-6d6b-4c55-9a53-0b4f6f8a7e11" }],
  });
  let view: TrackView | undefined = aTrackView(NOW);
  const outputs = createOutputs(file, "/", aHost(), () => (view === undefined ? assert.fail("a view that cannot be made") : [view]));
  outputs.pictureChanged(at(0)); // before the start: nothing
  await outputs.start();
  await until("the link", () => outputs.views()[0]!.state === "sending");
  outputs.pictureChanged(at(1));
  await until("the track", () => receiver.datagrams.length === 1);
  assert.deepEqual(
    outputs.views().map(({ id, state, sent }) => [id, state, sent]),
    [
      ["on", "sending", 1],
      ["off", "off", 0],
      ["log", "off", 0],
      ["up", "off", 0],
    ],
  );
  view = undefined;
  assert.doesNotThrow(() => outputs.pictureChanged(at(3)));
  assert.equal(outputs.views()[0]!.state, "failed");
  assert.match(outputs.views()[0]!.message, /a view that cannot be made/);
  assert.equal(receiver.datagrams.length, 1);
  await outputs.stop();
  receiver.socket.close();
});
