// One peer that floods, trickles or stalls delays no other on the same port: SAPIENT nodes over TCP, SBS receivers over TCP, senders of datagrams.

import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { micros } from "../../src/core/base/units.ts";
import type { SensorView, SourceView } from "../../src/core/model/picture-view.ts";
import { createSender, encodeRegistration, encodeSapient, nextUlid, type SenderState } from "../../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../src/core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../../src/core/protocols/sapient/sapient-framer.ts";
import { Alert_AlertType, Registration_NodeType, SapientMessageSchema } from "../../src/core/protocols/sapient/sapient-pb.gen.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const now = () => micros(Math.round((performance.timeOrigin + performance.now()) * 1000));

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port });
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  return socket;
}

const registration = (sender: SenderState, name: string) =>
  frameSapient(
    encodeRegistration(sender, now(), {
      name,
      shortName: name,
      nodeTypes: [Registration_NodeType.RADAR],
      statusIntervalSeconds: 10,
      tracking: "track",
      form: "location",
      maximumLatencySeconds: 0.1,
      manufacturer: "Example",
      model: "Fair",
    }),
  );
const alert = (sender: SenderState, alertId: string) =>
  frameSapient(
    encodeSapient(sender, now(), { case: "alert", value: { alertId, alertType: Alert_AlertType.INFORMATION, description: "fair" } }),
  );

/** Writes `octets` again and again, as fast as the other side takes them; gives how many writes went out, and how to stop. */
function flood(socket: Socket, octets: Uint8Array): { writes(): number; held(): boolean; stop(): void } {
  let writes = 0;
  let stopped = false;
  const more = (): void => {
    while (!stopped && socket.write(octets)) writes += 1;
    writes += 1;
  };
  socket.on("drain", more);
  more();
  return { writes: () => writes, held: () => socket.writableNeedDrain, stop: () => (stopped = true) };
}

/** Writes one octet of `octets` each `period` ms. */
function trickle(socket: Socket, octets: Uint8Array, period: number): NodeJS.Timeout {
  let at = 0;
  return setInterval(() => {
    socket.write(octets.subarray(at, at + 1));
    at = (at + 1) % octets.length;
  }, period);
}

const sourceOf = async (site: TestSite): Promise<SourceView> => (await site.get<Items<SourceView>>("sources")).items[0]!;

test("SAPIENT: beside a flooding, a trickling and a stalled node, every message of a healthy one is answered at once and nothing is lost", async () => {
  const site = await startSite(`
site: { id: fair, name: Fair, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: nodes, protocol: sapient, listen: "tcp://127.0.0.1:0", origin: simulated, queuePackets: 2000 }]
`);
  const port = site.server.sourcePort("nodes")!;
  const senders = ["flood", "trickle", "stall", "healthy"].map((name) => createSender(deriveUuid(`fair ${name}`)));
  const sockets: Socket[] = [];
  let trickling: NodeJS.Timeout | undefined;
  try {
    for (let k = 0; k < 4; k++) sockets.push(await open(port));
    const [flooding, slow, stalled, healthy] = sockets as [Socket, Socket, Socket, Socket];
    // Every node registers but the one that trickles: it is at it all the time.
    for (const k of [0, 2, 3]) sockets[k]!.write(registration(senders[k]!, `node${k}`));
    await site.until<Items<SensorView>>("sensors", ({ items }) => items.length === 3);
    // An Alert is the message that a node gets an answer to; the flood does not read its own.
    const thousand = Buffer.concat(Array.from({ length: 1000 }, () => alert(senders[0]!, nextUlid(senders[0]!, now()))));
    flooding.pause();
    stalled.pause();
    stalled.write(alert(senders[2]!, nextUlid(senders[2]!, now())).subarray(0, 20)); // the rest never comes
    trickling = trickle(slow, registration(senders[1]!, "node1"), 100);
    const running = flood(flooding, thousand);

    const answered = new Map<string, () => void>();
    const framer = createSapientFramer();
    healthy.on("data", (chunk: Buffer) => {
      for (const bytes of framer.push(chunk).packets) {
        const { content } = fromBinary(SapientMessageSchema, bytes);
        if (content.case === "alertAck") answered.get(content.value.alertId ?? "")?.();
      }
    });
    const waits: number[] = [];
    let readBefore = 0;
    for (let i = 0; i < 20; i++) {
      const id = nextUlid(senders[3]!, now());
      const sent = performance.now();
      const answer = new Promise<void>((resolve) => answered.set(id, resolve));
      healthy.write(alert(senders[3]!, id));
      await answer;
      waits.push(performance.now() - sent);
      if (i === 0) readBefore = (await sourceOf(site)).packets;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const source = await sourceOf(site);
    running.stop();
    // The flood was read all the while, and more of it waits than any queue holds: one that had to wait behind it would wait for all of that.
    assert.ok(source.packets - readBefore > 300, `read ${source.packets - readBefore} of the flood meanwhile`);
    assert.ok(running.writes() * 1000 > source.packets, "the flood is faster than we read");
    assert.deepEqual(source.drops, [], "nothing was dropped: who floods waits");
    assert.equal(source.connections, 4);
    waits.sort((a, b) => a - b);
    // A generous bound, for loaded machines: behind the whole flood the first answer alone took seconds.
    assert.ok(waits[10]! < 1000, `half of the answers within ${waits[10]!.toFixed(0)} ms`);
  } finally {
    clearInterval(trickling);
    for (const socket of sockets) socket.destroy();
    await site.end();
  }
});

test("SBS: the lines of a healthy receiver are all read beside one that floods, one that trickles and one that says nothing", async () => {
  const site = await startSite(`
site: { id: fair, name: Fair, origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 300 } }
sources: [{ id: sbs, protocol: sbs, listen: "tcp://127.0.0.1:0", origin: simulated, queuePackets: 1000, idleTimeoutSeconds: 0.6 }]
`);
  const port = site.server.sourcePort("sbs")!;
  const callSign = (i: number) => `FAIR${String(i).padStart(2, "0")}`;
  const line = (i: number) =>
    `MSG,1,1,1,4CA1${String(i).padStart(2, "0")},1,2026/01/01,00:00:00.000,2026/01/01,00:00:00.000,${callSign(i)},,,,,,,,,,,\r\n`;
  const sockets: Socket[] = [];
  const clearing: NodeJS.Timeout[] = [];
  try {
    for (let k = 0; k < 4; k++) sockets.push(await open(port));
    const [flooding, slow, , healthy] = sockets as [Socket, Socket, Socket, Socket];
    const ended = sockets.map((socket) => {
      let over = false;
      socket.on("close", () => (over = true));
      socket.resume();
      return () => over;
    });
    clearing.push(trickle(slow, Buffer.from("X".repeat(500)), 50)); // a line that never ends
    const running = flood(flooding, Buffer.from("MSG,8,1,1,4CA000,1,,,,,,,,,,,,,,,,\r\n".repeat(2000)));
    for (let i = 0; i < 25; i++) {
      healthy.write(line(i) + line(i)); // a new address needs two
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const talking = setInterval(() => healthy.write(line(24)), 100);
    clearing.push(talking);
    // Twenty-five aircraft, two lines each: a single lost line is a missing one.
    const heard = () => {
      const said = JSON.stringify([...site.server.host.picture().claims.values()].map((claim) => claim.statements));
      return Array.from({ length: 25 }, (_, i) => said.includes(callSign(i))).filter(Boolean).length;
    };
    const { items } = await site.until<Items<SourceView>>("sources", () => heard() === 25 && ended[1]!());
    assert.ok(ended[1]!(), "who trickles without ever ending a line is given up");
    assert.ok(ended[2]!(), "and so is who says nothing");
    assert.equal(ended[3]!(), false);
    assert.equal(ended[0]!(), false, "who floods is only slowed down");
    assert.deepEqual(items[0]!.drops, []);
    running.stop();
    const reasons = (await site.get<Items<{ text: string }>>("events")).items.map(({ text }) => text).join("\n");
    assert.match(reasons, /no whole message for 1.2 s/);
    assert.match(reasons, /silent for 0.6 s/);
  } finally {
    for (const timer of clearing) clearInterval(timer);
    for (const socket of sockets) socket.destroy();
    await site.end();
  }
});

test("one address may have three quarters of a port's connections: the rest stays free for others", async () => {
  const site = await startSite(`
site: { id: fair, name: Fair, origin: { latitudeDegrees: 0, longitudeDegrees: 0, heightHaeMetres: 0 } }
sources: [{ id: sbs, protocol: sbs, listen: "tcp://0.0.0.0:0", allow: [127.0.0.0/8], maxConnections: 8 }]
`);
  const port = site.server.sourcePort("sbs")!;
  const greedy = Array.from({ length: 8 }, () => connect({ port, host: "127.0.0.1" }).on("error", () => undefined));
  try {
    const { items } = await site.until<Items<SourceView>>("sources", ({ items }) => items[0]!.drops.some((drop) => drop.count === 2));
    assert.deepEqual(items[0]!.drops, [{ reason: "too many connections from one address", count: 2 }]);
    assert.equal(items[0]!.connections, 6);
    greedy.push(connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" }));
    await site.until<Items<SourceView>>("sources", ({ items }) => items[0]!.connections === 7);
  } finally {
    for (const socket of greedy) socket.destroy();
    await site.end();
  }
});
