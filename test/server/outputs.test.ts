// What leaves a running server, read with Picket's own decoders and compared with the tracks that the API shows.

import assert from "node:assert/strict";
import { createSocket, type Socket as DatagramSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { fromBinary } from "@bufbuild/protobuf";
import { WebSocket } from "ws";
import { micros } from "../../src/core/base/units.ts";
import type { SourceTrack } from "../../src/core/model/observation.ts";
import type { OutputView, SnapshotMessage, SourceView, TrackView } from "../../src/core/model/picture-view.ts";
import { asterixProtocol } from "../../src/core/protocols/asterix/asterix-protocol.ts";
import type { CotEvent } from "../../src/core/protocols/cot/cot-event.ts";
import { createCotFramer } from "../../src/core/protocols/cot/cot-framer.ts";
import { readCotPacket } from "../../src/core/protocols/cot/cot-protocol.ts";
import { createSender, encodeRegistration, encodeSapient, encodeStatus } from "../../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../src/core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../../src/core/protocols/sapient/sapient-framer.ts";
import { Registration_NodeType, SapientMessageSchema } from "../../src/core/protocols/sapient/sapient-pb.gen.ts";
import { TAK_MAGIC } from "../../src/core/protocols/tak/tak-message.ts";
import { announcement, createTakStream, negotiate } from "../../src/core/protocols/tak/tak-negotiation.ts";
import { anAuthority, writeCredentials } from "../support/certificates.ts";
import { sceneEvents } from "../support/scene-events.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const GROUP = "239.255.62.62";

/** One drone that hovers and tells its operator's place, as a Remote ID receiver passes it on. */
const hoverer = (): Uint8Array => {
  for (const event of sceneEvents("demo", 3, 5)) if (event.type === "packet" && event.sourceId === "remote-id") return event.bytes;
  return assert.fail("the scene has no Remote ID");
};

const now = () => micros(Math.round(Date.now() * 1000));

async function aReceiver(group?: string): Promise<{ socket: DatagramSocket; port: number; datagrams: Uint8Array[] }> {
  const socket = createSocket({ type: "udp4", reuseAddr: group !== undefined });
  const datagrams: Uint8Array[] = [];
  socket.on("message", (bytes) => datagrams.push(new Uint8Array(bytes)));
  await new Promise<void>((resolve) => socket.bind(0, group ?? "127.0.0.1", resolve));
  if (group !== undefined) socket.addMembership(group, "127.0.0.1");
  return { socket, port: socket.address().port, datagrams };
}

async function until(what: string, done: () => boolean, seconds = 20): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!done()) {
    if (Date.now() > end) assert.fail(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Sends the same report to each source, ten times a second, until stopped. */
function feed(site: TestSite, sources: readonly string[]): () => void {
  const socket = createSocket("udp4");
  const packet = hoverer();
  const timer = setInterval(() => {
    for (const source of sources) socket.send(packet, site.server.sourcePort(source)!, "127.0.0.1");
  }, 100);
  let fed = true;
  return () => {
    if (!fed) return;
    fed = false;
    clearInterval(timer);
    socket.close();
  };
}

const tracksOfAsterix = (datagrams: readonly Uint8Array[]): SourceTrack[] =>
  datagrams.flatMap((bytes) => {
    const read = asterixProtocol.receive(asterixProtocol.createState({}), { bytes, connection: 0, receivedAt: now() }, {});
    assert.deepEqual(read.errors, []);
    return read.observations.filter((observation): observation is SourceTrack => observation.type === "source-track");
  });
const eventsOfCot = (datagrams: readonly Uint8Array[]): CotEvent[] =>
  datagrams.flatMap((bytes) => {
    const { events, errors } = readCotPacket(bytes);
    assert.deepEqual(errors, []);
    return events;
  });

/** Metres between a place that was sent and the track as the API showed it for the same instant. */
function metresFrom(latitudeDegrees: number, longitudeDegrees: number, track: TrackView): number {
  const north = (latitudeDegrees - track.position.latitudeDegrees) * 111_000;
  const east = (longitudeDegrees - track.position.longitudeDegrees) * 88_900;
  return Math.hypot(north, east);
}

const timeOfDay = (atUs: number): number => (atUs / 1e6) % 86_400;

test("ASTERIX, CoT datagrams and a TAK server over TLS get the live track; only exercise receivers get the simulated one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-outputs-"));
  const authority = anAuthority();
  const own = writeCredentials(folder, "picket", authority.issue("picket", "urn:picket"), authority.ca);
  const atm = await aReceiver();
  const drill = await aReceiver(GROUP);
  const mesh = await aReceiver();
  const wide = await aReceiver();
  const takEvents: { event: CotEvent; first: number }[] = [];
  const takSockets: Socket[] = [];
  const tak = createTlsServer({ ...authority.issue("tak", "urn:tak"), ca: authority.ca, requestCert: true }, (socket) => {
    takSockets.push(socket);
    socket.on("error", () => undefined);
    const framer = createCotFramer();
    const stream = createTakStream("server", now());
    socket.write(announcement(now()));
    socket.on("data", (chunk: Buffer) => {
      for (const packet of framer.push(chunk).packets)
        for (const event of readCotPacket(packet).events) {
          const { handled, reply } = negotiate(stream, event, now());
          if (reply !== undefined) socket.write(reply);
          if (!handled) takEvents.push({ event, first: packet[0]! });
        }
    });
  });
  tak.listen(0, "127.0.0.1");
  await once(tak, "listening");
  const { port: takPort } = tak.address() as { port: number };
  const silent = await aReceiver();
  const site = await startSite(`
site: { id: base, name: Base, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: rid, protocol: remote-id-json, origin: live, listen: "udp://127.0.0.1:0" }
  - { id: sim, protocol: remote-id-json, origin: simulated, listen: "udp://127.0.0.1:0" }
outputs:
  asterix:
    - { id: atm, send: "udp://127.0.0.1:${atm.port}", sac: 25, sic: 100, periodSeconds: 0.5 }
    - { id: drill, send: "udp://${GROUP}:${drill.port}", interface: 127.0.0.1, sac: 25, sic: 101, periodSeconds: 0.5, exercise: true }
    - { id: silent, enabled: false, send: "udp://127.0.0.1:${silent.port}", sac: 25, sic: 102 }
  cot:
    - { id: mesh, send: "udp://127.0.0.1:${mesh.port}", form: tak, periodSeconds: 0.5, staleSeconds: 20 }
    - { id: wide, send: "udp://127.0.0.1:${wide.port}", form: xml, periodSeconds: 0.5, exercise: true, operatorPositions: true, releaseIdentities: true }
    - id: tak
      connect: "tcp://127.0.0.1:${takPort}"
      periodSeconds: 0.5
      tls: { certificate: "${own.certificate}", key: "${own.key}", serverAuthority: "${own.authority}", serverName: localhost }
`);
  const stop = feed(site, ["rid", "sim"]);
  try {
    const confirmed = (id: string) => (list: Items<TrackView>) =>
      list.items.some((track) => track.id === id && track.status === "confirmed");
    await site.until<Items<TrackView>>("tracks", (list) => confirmed("T1")(list) && confirmed("SIM-T1")(list));
    const has = (events: CotEvent[], uid: string) => events.some((event) => event.uid === uid);
    await until("ASTERIX", () => tracksOfAsterix(atm.datagrams).length > 1);
    await until("the exercise", () => new Set(tracksOfAsterix(drill.datagrams).map((track) => track.sourceTrackId)).size === 2);
    await until("the mesh", () => has(eventsOfCot(mesh.datagrams), "picket.base.T1"));
    await until("the operators", () => has(eventsOfCot(wide.datagrams), "picket.base.SIM-T1.operator"));
    await until("the TAK server", () => takEvents.some(({ first }) => first === TAK_MAGIC));
    // What was sent is compared with the track as the API shows it for the same instant.
    const seen = new Map<number, TrackView>();
    const systemOf = (view: TrackView) =>
      tracksOfAsterix(atm.datagrams).find(
        ({ time }) => time?.kind === "time-of-day" && Math.abs(time.seconds - timeOfDay(view.atUs)) <= 1 / 128,
      );
    const eventOf = (view: TrackView) => eventsOfCot(mesh.datagrams).find(({ time }) => Math.abs((time ?? 0) - view.atUs) < 1000);
    let live: TrackView | undefined;
    while (live === undefined) {
      assert.ok(seen.size < 200, "no instant was shown and sent");
      const { items } = await site.get<Items<TrackView>>("tracks");
      const view = items.find((track) => track.id === "T1")!;
      seen.set(view.atUs, view);
      live = [...seen.values()].find((each) => systemOf(each) !== undefined && eventOf(each) !== undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const system = systemOf(live)!;
    assert.ok(system.measurement.kind === "position");
    const degrees = 180 / Math.PI;
    const apart = metresFrom(system.measurement.latitude * degrees, system.measurement.longitude * degrees, live);
    assert.ok(apart < 0.5, `${apart} m; the item counts steps of 0.6 m`);
    assert.ok(Math.abs(system.measurement.height!.value - live.position.heightHaeMetres!) < 1);
    assert.ok(Math.abs(system.measurement.velocityEast! - live.velocityEastMps) <= 0.13);
    assert.equal(system.sensorKey, "25/100");
    assert.ok(tracksOfAsterix(atm.datagrams).every((track) => track.sourceTrackId === "1" && track.simulated !== true));
    assert.ok(tracksOfAsterix(drill.datagrams).some((track) => track.simulated === true));

    const event = eventOf(live)!;
    assert.ok(metresFrom(event.point.latitudeDegrees, event.point.longitudeDegrees, live) < 0.02);
    assert.equal(
      event.type,
      `a-${{ pending: "p", unknown: "u", "assumed-friend": "a", friend: "f", neutral: "n", suspect: "s", hostile: "h" }[live.affiliation]}-A-M-H-Q`,
    );
    assert.equal(Math.round((event.stale! - event.time!) / 1e6), 20);
    const quiet = [...eventsOfCot(mesh.datagrams), ...takEvents.map((each) => each.event)];
    assert.ok(
      quiet.every(({ uid }) => uid === "picket.base.T1"),
      "no operator, nothing simulated",
    );
    assert.ok(
      mesh.datagrams.every((bytes) => !Buffer.from(bytes).includes("SIM0A")),
      "no serial",
    );
    const operator = eventsOfCot(wide.datagrams).find(({ uid }) => uid === "picket.base.T1.operator")!;
    const claimed = live.claims.find((claim) => claim.operator !== undefined)!.operator!;
    assert.ok(Math.abs(operator.point.latitudeDegrees - claimed.latitudeDegrees) < 1e-6);

    // The drone is gone: each receiver is told.
    stop();
    await site.until<Items<TrackView>>("tracks", (list) => list.items.length === 0, 60);
    await until("the end by ASTERIX", () => tracksOfAsterix(atm.datagrams).at(-1)!.ended === true);
    await until("the deletion", () => has(eventsOfCot(mesh.datagrams), "picket.base.T1.delete"));
    await until("the operator's deletion", () => has(eventsOfCot(wide.datagrams), "picket.base.T1.operator.delete"));

    const outputs = (await site.get<Items<OutputView>>("outputs")).items;
    assert.deepEqual(
      outputs.map(({ id, state }) => [id, state]),
      [
        ["atm", "sending"],
        ["drill", "sending"],
        ["mesh", "sending"],
        ["wide", "sending"],
        ["tak", "connected"],
        ["silent", "off"],
      ],
    );
    assert.ok(outputs.filter(({ state }) => state !== "off").every(({ sent, drops }) => sent > 0 && drops.length === 0));
    assert.deepEqual(silent.datagrams, []);
    const metrics = await (await fetch(`${site.url}/metrics`)).text();
    assert.match(metrics, /picket_output_sent\{output="mesh"\} [1-9]/);
    const socket = new WebSocket(`${site.url.replace("http", "ws")}/live`);
    const [text] = await once(socket, "message");
    assert.deepEqual(
      (JSON.parse(String(text)) as SnapshotMessage).outputs?.map(({ id }) => id),
      outputs.map(({ id }) => id),
    );
    socket.close();
  } finally {
    stop();
    await site.end();
    for (const socket of takSockets) socket.destroy();
    tak.close();
    for (const receiver of [atm, drill, mesh, wide, silent]) receiver.socket.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a site without outputs sends nothing and says so", async () => {
  const site = await startSite(`
site: { id: base, name: Base, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: rid, protocol: remote-id-json, listen: "udp://127.0.0.1:0" }]
`);
  try {
    assert.deepEqual(await site.get("outputs"), { items: [], next: null });
    assert.doesNotMatch(await (await fetch(`${site.url}/metrics`)).text(), /picket_output_sent\{/);
  } finally {
    await site.end();
  }
});

test("a recorder hears the released messages octet for octet, late or in time, and never a Task", async () => {
  const site = await startSite(`
site: { id: base, name: Base, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: edge, protocol: sapient, listen: "tcp://127.0.0.1:0" }]
outputs:
  sapientRecorders: [{ id: log, source: edge, listen: "tcp://127.0.0.1:0", nodes: all }]
`);
  const sockets: Socket[] = [];
  const dial = async (port: number): Promise<{ socket: Socket; packets: Uint8Array[] }> => {
    const socket = connect({ host: "127.0.0.1", port });
    sockets.push(socket);
    socket.on("error", () => undefined);
    const framer = createSapientFramer();
    const packets: Uint8Array[] = [];
    socket.on("data", (chunk: Buffer) => packets.push(...framer.push(chunk).packets));
    await once(socket, "connect");
    return { socket, packets };
  };
  try {
    const node = createSender(deriveUuid("radar"));
    const registration = encodeRegistration(node, now(), {
      name: "n",
      shortName: "n",
      nodeTypes: [Registration_NodeType.RADAR],
      statusIntervalSeconds: 10,
      tracking: "none",
      form: "range-bearing",
      maximumLatencySeconds: 0.1,
      manufacturer: "m",
      model: "m",
    });
    const edge = await dial(site.server.sourcePort("edge")!);
    edge.socket.write(frameSapient(registration));
    await until("the acknowledgement", () => edge.packets.length > 0);
    const { items } = await site.get<Items<OutputView>>("outputs");
    const recorder = await dial(Number(new URL(items[0]!.address.replace("tcp:", "http:")).port));
    await until("the cached registration", () => recorder.packets.length === 1);
    const status = encodeStatus(node, now(), {});
    edge.socket.write(frameSapient(encodeSapient(node, now(), { case: "task", value: { control: 1 } })));
    edge.socket.write(frameSapient(status));
    await until("the status", () => recorder.packets.length === 2);
    assert.deepEqual([...recorder.packets[0]!], [...registration]);
    assert.deepEqual([...recorder.packets[1]!], [...status]);
    // The recorder orders: it gets an Error, the node nothing.
    const before = edge.packets.length;
    recorder.socket.write(frameSapient(encodeSapient(createSender(deriveUuid("c2")), now(), { case: "task", value: { control: 1 } })));
    await until("the Error", () => recorder.packets.length === 3);
    assert.equal(fromBinary(SapientMessageSchema, recorder.packets[2]!).content.case, "error");
    assert.ok(edge.packets.slice(before).every((bytes) => fromBinary(SapientMessageSchema, bytes).content.case !== "task"));
  } finally {
    for (const socket of sockets) socket.destroy();
    await site.end();
  }
});

test("a flood of connections is closed and counted; the journal holds at most the burst", async () => {
  const site = await startSite(`
site: { id: base, name: Base, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: edge, protocol: sapient, listen: "tcp://127.0.0.1:0", maxConnections: 1000 }]
`);
  const port = site.server.sourcePort("edge")!;
  try {
    let closed = 0;
    const sockets = Array.from({ length: 400 }, () => {
      const socket = connect({ host: "127.0.0.1", port });
      socket.on("error", () => undefined);
      socket.on("close", () => {
        closed += 1;
      });
      socket.on("data", () => undefined);
      return socket;
    });
    const { items } = await site.until<Items<SourceView>>("sources", ({ items }) =>
      items[0]!.drops.some((drop) => drop.reason === "connections came too fast" && drop.count + items[0]!.connections === 400),
    );
    // 40 at once from one address, and 10 more for each second that the test took.
    assert.ok(items[0]!.connections >= 40 && items[0]!.connections <= 40 + 10 * 20, `${items[0]!.connections}`);
    await until("the others' end", () => closed === items[0]!.drops[0]!.count);
    const events = await site.get<Items<{ type: string }>>("events?limit=10000");
    assert.equal(events.items.filter((event) => event.type === "connection").length, items[0]!.connections);
    for (const socket of sockets) socket.destroy();
  } finally {
    await site.end();
  }
});

test("a source over mutual TLS takes only clients of its authority, and is not shown as open to all", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-source-tls-"));
  const authority = anAuthority();
  const own = writeCredentials(folder, "picket", authority.issue("picket", "urn:picket"), authority.ca);
  const site = await startSite(`
site: { id: base, name: Base, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - id: sbs
    protocol: sbs
    listen: "tcp://127.0.0.1:0"
    tls: { certificate: "${own.certificate}", key: "${own.key}", clientAuthority: "${own.authority}", clients: [{ name: "urn:radar", sensor: radar }] }
sensors: [{ id: radar, kind: adsb, source: sbs }]
`);
  const dial = (credentials: object) => {
    const socket = connectTls({
      host: "127.0.0.1",
      port: site.server.sourcePort("sbs")!,
      ca: authority.ca,
      servername: "localhost",
      ...credentials,
    });
    socket.on("error", () => undefined);
    return socket;
  };
  try {
    const stranger = dial(anAuthority("Another authority").issue("radar", "urn:x"));
    const known = dial(authority.issue("radar", "urn:radar"));
    await once(known, "secureConnect");
    known.write("MSG,3,1,1,4CA120,1,2026/01/01,00:00:00.000,2026/01/01,00:00:00.000,,3000,,,36.9,43.1,,,0,0,0,0\n");
    const { items } = await site.until<Items<SourceView>>(
      "sources",
      ({ items }) => items[0]!.records === 1 && items[0]!.drops.length === 1,
    );
    assert.deepEqual([items[0]!.transport, items[0]!.unauthenticated, items[0]!.connections], ["tls", false, 1]);
    assert.equal(items[0]!.drops[0]!.reason, "sender without a valid certificate");
    known.destroy();
    stranger.destroy();
  } finally {
    await site.end();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a source that connects over TLS reads from the receiver of its authority, and from no other", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-connect-tls-"));
  const authority = anAuthority();
  const own = writeCredentials(folder, "picket", authority.issue("picket", "urn:picket"), authority.ca);
  const sockets: Socket[] = [];
  const receiverOf = async (issuer: ReturnType<typeof anAuthority>) => {
    const server = createTlsServer(issuer.issue("receiver", "urn:receiver"), (socket) => {
      sockets.push(socket);
      socket.on("error", () => undefined);
      socket.write("MSG,3,1,1,4CA120,1,2026/01/01,00:00:00.000,2026/01/01,00:00:00.000,,3000,,,36.9,43.1,,,0,0,0,0\n");
    });
    server.on("tlsClientError", () => undefined);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return { server, port: (server.address() as { port: number }).port };
  };
  const known = await receiverOf(authority);
  const stranger = await receiverOf(anAuthority("Another authority"));
  const tls = `{ serverAuthority: "${own.authority}", serverName: localhost }`;
  const site = await startSite(`
site: { id: base, name: Base, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: known, protocol: sbs, connect: "tcp://127.0.0.1:${known.port}", tls: ${tls} }
  - { id: stranger, protocol: sbs, connect: "tcp://127.0.0.1:${stranger.port}", tls: ${tls} }
`);
  try {
    const { items } = await site.until<Items<SourceView>>(
      "sources",
      ({ items }) => items[0]!.records === 1 && items[1]!.state === "retrying",
    );
    assert.deepEqual([items[0]!.state, items[0]!.transport], ["connected", "tls"]);
    assert.deepEqual([items[1]!.records, items[1]!.connections], [0, 0]);
  } finally {
    await site.end();
    for (const socket of sockets) socket.destroy();
    known.server.close();
    stranger.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
