// Each way in: MQTT through a real broker, multicast on the loopback interface, a file, an outgoing connection that comes back.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Aedes } from "aedes";
import { connectAsync } from "mqtt";
import type { SourceView, TrackView } from "../../src/core/model/picture-view.ts";
import { sceneEvents } from "../support/scene-events.ts";
import { type Items, startSite } from "../support/start-site.ts";

const packetsOf = (sourceId: string, seconds: number) =>
  [...sceneEvents("demo", 3, seconds)].flatMap((event) => (event.type === "packet" && event.sourceId === sourceId ? [event.bytes] : []));

const site = (sources: string) => `
site: { id: ways, name: Ways in, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [${sources}]
`;

test("Remote ID by MQTT: subscribed to the topic, a track with its serial, and told when the broker goes away", async () => {
  const broker = await Aedes.createBroker();
  const server = createServer((socket) => broker.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const running = await startSite(
    site(`{ id: mqtt, protocol: remote-id-json, origin: simulated, subscribe: "mqtt://127.0.0.1:${port}/kit/%2B/drone" }`),
  );
  try {
    await running.until<Items<SourceView>>("sources", ({ items }) => items[0]!.state === "connected");
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
    for (const packet of packetsOf("remote-id", 8)) await client.publishAsync("kit/7/drone", Buffer.from(packet));
    await client.endAsync();
    const { items } = await running.until<Items<TrackView>>("tracks", ({ items }) => items.some((track) => track.claims.length > 0));
    assert.ok(items.some((track) => track.claims[0]?.serial?.startsWith("SIM") === true));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    await running.until<Items<SourceView>>("sources", ({ items }) => items[0]!.state === "retrying");
  } finally {
    await running.end();
    server.close();
  }
});

test("ASTERIX from a multicast group joined on the loopback interface", async () => {
  const running = await startSite(
    site(`{ id: group, protocol: asterix, origin: simulated, listen: "udp://239.255.48.1:0", interface: 127.0.0.1, allow: [127.0.0.0/8] }`),
  );
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", () => resolve()));
    socket.setMulticastInterface("127.0.0.1");
    socket.setMulticastLoopback(true);
    const packets = packetsOf("asterix", 4);
    for (const packet of packets) {
      await new Promise<void>((resolve) => socket.send(packet, running.server.sourcePort("group")!, "239.255.48.1", () => resolve()));
    }
    const { items } = await running.until<Items<SourceView>>("sources", ({ items }) => items[0]!.packets === packets.length);
    assert.equal(items[0]!.transport, "udp-multicast");
    assert.ok(items[0]!.records > 0);
  } finally {
    socket.close();
    await running.end();
  }
});

test("a recording named in the configuration is read once, to its end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-file-"));
  const lines = Array.from(
    { length: 20 },
    (_, i) =>
      `MSG,3,1,1,4CA12${i % 10},1,2026/01/01,00:00:0${i % 10}.000,2026/01/01,00:00:0${i % 10}.000,,3000,,,36.9${i % 10},43.1,,,0,0,0,0\r\n`,
  );
  writeFileSync(join(folder, "day.sbs"), lines.join(""));
  const running = await startSite(site(`{ id: day, protocol: sbs, origin: recorded, file: "${join(folder, "day.sbs")}" }`));
  try {
    const { items } = await running.until<Items<SourceView>>("sources", ({ items }) => items[0]!.state === "ended");
    assert.equal(items[0]!.records, 20);
  } finally {
    await running.end();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a receiver that breaks the connection off is connected to again, with a state that says why it waits", async () => {
  const accepted: Socket[] = [];
  const receiver = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const { port } = receiver.address() as { port: number };
  const running = await startSite(site(`{ id: beast, protocol: beast, origin: simulated, connect: "tcp://127.0.0.1:${port}" }`));
  try {
    await running.until<Items<SourceView>>("sources", ({ items }) => items[0]!.connections === 1);
    accepted[0]!.destroy();
    const { items } = await running.until<Items<SourceView>>("sources", ({ items }) => items[0]!.state === "retrying");
    assert.match(items[0]!.message, /next try in/);
    await running.until<Items<SourceView>>("sources", ({ items }) => items[0]!.state === "connected" && items[0]!.connections === 1);
    assert.equal(accepted.length, 2);
  } finally {
    await running.end();
    for (const socket of accepted) socket.destroy();
    receiver.close();
  }
});
