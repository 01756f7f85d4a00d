// Whatever arrives on a port: counted and shown, never a crash, never a NaN, other sources unaffected.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { test } from "node:test";
import { createRandom, uniform } from "../../src/core/math/random.ts";
import type { SensorView, SourceView, SystemView, TrackView } from "../../src/core/model/picture-view.ts";
import { sceneEvents } from "../support/scene-events.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const SITE = `
site: { id: bad-input, name: Bad input, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources:
  - { id: sapient, protocol: sapient, listen: "tcp://127.0.0.1:0", maxConnections: 100 }
  - { id: asterix, protocol: asterix, listen: "udp://127.0.0.1:0" }
  - { id: beast, protocol: beast, listen: "tcp://127.0.0.1:0" }
  - { id: sbs, protocol: sbs, listen: "tcp://127.0.0.1:0" }
  - { id: rid-json, protocol: remote-id-json, listen: "udp://127.0.0.1:0" }
  - { id: rid-capture, protocol: remote-id-capture, listen: "tcp://127.0.0.1:0" }
  - { id: cot, protocol: cot, listen: "udp://127.0.0.1:0" }
  - { id: good, protocol: remote-id-json, origin: simulated, listen: "udp://127.0.0.1:0" }
`;

function octets(seed: number, length: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length }, () => Math.floor(uniform(random) * 256));
}

async function throwAt(site: TestSite, id: string, chunks: readonly Uint8Array[]): Promise<void> {
  const port = site.server.sourcePort(id)!;
  const source = (await site.get<Items<SourceView>>("sources")).items.find((item) => item.id === id)!;
  if (source.transport === "udp") {
    const socket = createSocket("udp4");
    for (const chunk of chunks) await new Promise<void>((resolve) => socket.send(chunk, port, "127.0.0.1", () => resolve()));
    socket.close();
    return;
  }
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined); // the server may close on garbage, as it should
  await new Promise((resolve) => socket.once("connect", resolve));
  for (const chunk of chunks) if (!socket.destroyed) socket.write(chunk);
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
}

const allFinite = (value: unknown): boolean => {
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(allFinite);
  if (value !== null && typeof value === "object") return Object.values(value).every(allFinite);
  return true;
};

test("random, truncated and oversized octets and the wrong protocol on every port are counted by reason, and a good source does not notice", async () => {
  const site = await startSite(SITE);
  try {
    const ids = ["sapient", "asterix", "beast", "sbs", "rid-json", "rid-capture", "cot"];
    const wrong = [...sceneEvents("quiet", 3, 3)].flatMap((event) => (event.type === "packet" ? [event.bytes] : [])).slice(0, 50);
    const goodPackets = [...sceneEvents("demo", 3, 12)].flatMap((event) =>
      event.type === "packet" && event.sourceId === "remote-id" ? [event.bytes] : [],
    );
    for (const [index, id] of ids.entries()) {
      const chunks = [...Array.from({ length: 40 }, (_, i) => octets(100 * index + i, 1 + ((i * 37) % 900))), ...wrong];
      // 0xffffffff as a length, an open bracket without end, a pcapng block of 4 GiB: nothing may be allocated for a promise.
      chunks.push(
        Uint8Array.from([255, 255, 255, 255]),
        new TextEncoder().encode("[".repeat(5000)),
        Uint8Array.from([10, 13, 13, 10, 255, 255, 255, 255]),
      );
      await throwAt(site, id, chunks);
    }
    await throwAt(site, "good", goodPackets);
    const { items } = await site.until<Items<SourceView>>(
      "sources",
      ({ items }) =>
        items.find((item) => item.id === "good")!.packets === goodPackets.length &&
        ids.every((id) => {
          const source = items.find((item) => item.id === id)!;
          return source.errors.reduce((sum, error) => sum + error.count, 0) > 0;
        }),
    );
    for (const id of ids) {
      const source = items.find((item) => item.id === id)!;
      assert.equal(source.state, "listening");
      for (const error of source.errors) assert.ok(error.message.length > 5 && error.code !== "", `${id}: ${JSON.stringify(error)}`);
    }
    const good = items.find((item) => item.id === "good")!;
    assert.equal(good.packets, goodPackets.length);
    assert.deepEqual(good.errors, []);
    const tracks = await site.get<Items<TrackView>>("tracks");
    assert.ok(tracks.items.length >= 1 && tracks.items.every((track) => track.origin === "simulated"), "only the good source made tracks");
    assert.ok(allFinite(tracks) && allFinite(await site.get("sensors")), "a number is not finite");
    assert.equal((await site.get<SystemView>("system")).journal?.recording, true);
  } finally {
    await site.end();
  }
});

test("10,000 connects and disconnects leave no connection open, and the port still answers", async () => {
  const site = await startSite(SITE);
  try {
    const port = site.server.sourcePort("sbs")!;
    let done = 0;
    const worker = async () => {
      while (done < 10_000) {
        done += 1;
        await new Promise<void>((resolve) => {
          const socket = connect(port, "127.0.0.1");
          socket.on("connect", () => socket.destroy());
          socket.on("error", () => undefined);
          socket.on("close", () => resolve());
        });
      }
    };
    await Promise.all(Array.from({ length: 20 }, worker));
    const { items } = await site.until<Items<SourceView>>(
      "sources",
      ({ items }) => items.find((item) => item.id === "sbs")!.connections === 0,
      60,
    );
    assert.equal(items.find((item) => item.id === "sbs")!.state, "listening");
    // A sensor that is refused right behind the flood tries again, as sensors do.
    const line = new TextEncoder().encode(
      "MSG,3,1,1,4CA123,1,2026/01/01,00:00:00.000,2026/01/01,00:00:00.000,,3000,,,36.9,43.1,,,0,0,0,0\r\n",
    );
    const source = async () => (await site.get<Items<SourceView>>("sources")).items.find((item) => item.id === "sbs")!;
    for (let tries = 0; (await source()).records === 0; tries++) {
      assert.ok(tries < 100, "never let in again");
      await throwAt(site, "sbs", [line]);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const told = (await site.get<Items<{ type: string }>>("events?limit=10000")).items.filter(
      (event) => event.type === "connection",
    ).length;
    const refused = (await source()).drops.find((drop) => drop.reason === "connections came too fast")!.count;
    assert.ok(told < 2000 && refused > 9000, `${told} connection events, ${refused} refused: a flood must not fill the journal`);
  } finally {
    await site.end();
  }
});

test("a sender that is not on the allow-list is dropped and counted, before its octets are read", async () => {
  const site = await startSite(`
site: { id: list, name: List, origin: { latitudeDegrees: 0, longitudeDegrees: 0, heightHaeMetres: 0 } }
sources:
  - { id: closed, protocol: asterix, listen: "udp://127.0.0.1:0", allow: [192.0.2.0/24] }
  - { id: closed-tcp, protocol: sbs, listen: "tcp://127.0.0.1:0", allow: [192.0.2.7] }
`);
  try {
    await throwAt(site, "closed", [octets(1, 20)]);
    await throwAt(site, "closed-tcp", [octets(1, 20)]);
    const { items } = await site.until<Items<SourceView>>("sources", ({ items }) => items.every((item) => item.drops.length > 0));
    for (const item of items) {
      assert.equal(item.packets, 0);
      assert.equal(item.drops[0]!.reason, "sender not on the allow-list");
    }
  } finally {
    await site.end();
  }
});

test("connections beyond the limit are closed and counted; those before stay", async () => {
  const site = await startSite(`
site: { id: few, name: Few, origin: { latitudeDegrees: 0, longitudeDegrees: 0, heightHaeMetres: 0 } }
sources: [{ id: sbs, protocol: sbs, listen: "tcp://127.0.0.1:0", maxConnections: 2 }]
`);
  const sockets = Array.from({ length: 4 }, () => connect(site.server.sourcePort("sbs")!, "127.0.0.1").on("error", () => undefined));
  try {
    const { items } = await site.until<Items<SourceView>>("sources", ({ items }) => items[0]!.drops.some((drop) => drop.count === 2));
    assert.equal(items[0]!.connections, 2);
  } finally {
    for (const socket of sockets) socket.destroy();
    await site.end();
  }
});

test("a half-open link is noticed: a silent connection is given up after the idle time-out, and made again", async () => {
  const { createServer } = await import("node:net");
  let accepted = 0;
  const held = new Set<import("node:net").Socket>();
  const silent = createServer((socket) => {
    accepted += 1;
    held.add(socket);
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const site = await startSite(`
site: { id: idle, name: Idle, origin: { latitudeDegrees: 0, longitudeDegrees: 0, heightHaeMetres: 0 } }
sources: [{ id: beast, protocol: beast, connect: "tcp://127.0.0.1:${port}", idleTimeoutSeconds: 0.3 }]
`);
  try {
    await site.until<Items<SensorView>>("sensors", () => accepted >= 2);
    const { items } = await site.get<Items<{ text: string }>>("events");
    assert.ok(
      items.some((event) => event.text.includes("silent for 0.3 s")),
      JSON.stringify(items),
    );
  } finally {
    await site.end();
    for (const socket of held) socket.destroy();
    silent.close();
  }
});
