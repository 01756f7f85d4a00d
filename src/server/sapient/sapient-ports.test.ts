import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connect as connectTls } from "node:tls";
import { fromBinary } from "@bufbuild/protobuf";
import { anAuthority, writeCredentials } from "../../../test/support/certificates.ts";
import { type Micros, micros } from "../../core/base/units.ts";
import {
  createSender,
  type EdgeNodeDescription,
  encodeDetection,
  encodeRegistration,
  encodeSapient,
  encodeStatus,
  objectUlid,
  rangeBearing,
} from "../../core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../core/protocols/sapient/identifiers.ts";
import { answerListener, lateJoinMessages, mayRelease, type ReleasePolicy } from "../../core/protocols/sapient/recorder.ts";
import { createSapientFramer, frameSapient } from "../../core/protocols/sapient/sapient-framer.ts";
import { Registration_NodeType, SapientMessageSchema } from "../../core/protocols/sapient/sapient-pb.gen.ts";
import { sapientProtocol } from "../../core/protocols/sapient/sapient-protocol.ts";
import type { FusedTrack, UpwardProfile } from "../../core/protocols/sapient/upward.ts";
import type { Ingest } from "../sources/source.ts";
import { createTcpListenSource } from "../sources/tcp-listen-source.ts";
import { identityOf, listenTls, reloadableListenTls } from "../sources/tls.ts";
import { createRecorderPort, type RecorderPortHooks } from "./recorder-port.ts";
import { createUpwardClient, systemClock } from "./upward-client.ts";

const T0 = micros(1_780_000_000_000_000);
const RADAR: EdgeNodeDescription = {
  name: "n",
  shortName: "n",
  nodeTypes: [Registration_NodeType.RADAR],
  statusIntervalSeconds: 10,
  tracking: "none",
  form: "range-bearing",
  maximumLatencySeconds: 0.1,
  manufacturer: "m",
  model: "m",
};

/** Waits until `done` holds; fails after five seconds. */
async function until(what: string, done: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!done()) {
    if (Date.now() > end) assert.fail(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A client that collects the messages it is sent. */
async function aListener(port: number): Promise<{ socket: Socket; packets: Uint8Array[]; closed: () => boolean }> {
  const socket = connect({ host: "127.0.0.1", port });
  const framer = createSapientFramer();
  const packets: Uint8Array[] = [];
  let closed = false;
  socket.on("data", (chunk) => packets.push(...framer.push(chunk).packets));
  socket.on("error", () => undefined);
  socket.on("close", () => {
    closed = true;
  });
  await once(socket, "connect");
  return { socket, packets, closed: () => closed };
}

function aRecorder(
  policy: ReleasePolicy = { nodes: "all", texts: true, pilotPositions: true },
  more: { maxWaiting?: number; maxClients?: number } = {},
) {
  const state = sapientProtocol.createState({});
  const notes: string[] = [];
  const sent: { octets: number; messages: number }[] = [];
  const hooks: RecorderPortHooks = {
    lateJoin: () => lateJoinMessages(state, policy),
    answer: (octets) => answerListener(state, octets, T0),
    note: (_level, message) => notes.push(message),
    sent: (octets, messages) => sent.push({ octets, messages }),
  };
  const port = createRecorderPort({ host: "127.0.0.1", port: 0, allow: [], maxClients: 8, ...more }, hooks);
  const give = (bytes: Uint8Array) => {
    const decoded = sapientProtocol.receive(state, { bytes, receivedAt: T0, connection: 1 }, {});
    if (decoded.records > 0 && mayRelease(bytes, policy)) port.publish(bytes);
  };
  return { state, notes, sent, port, give };
}

test("messages of one turn go out together and in order, whatever their sizes, and each is counted", async () => {
  const recorder = aRecorder();
  await recorder.port.start();
  const listener = await aListener(recorder.port.port());
  await until("the client", () => recorder.port.clients() === 1);
  // More than one batch, one message larger than a batch, and what a buffer that is used again would give away: each message says its number.
  const sizes = [...Array.from({ length: 300 }, (_, k) => 200 + k), 100_000, ...Array.from({ length: 300 }, () => 250)];
  const messages = sizes.map((size, k) => new Uint8Array(size).fill(k % 251));
  for (const message of messages) recorder.port.publish(message);
  recorder.port.flush();
  assert.equal(
    recorder.sent.reduce((sum, batch) => sum + batch.messages, 0),
    601,
    "all are with the socket when flush returns",
  );
  assert.equal(
    recorder.sent.reduce((sum, batch) => sum + batch.octets, 0),
    sizes.reduce((sum, size) => sum + 4 + size, 0),
  );
  assert.ok(recorder.sent.length < 10, `${recorder.sent.length} writes`);
  recorder.port.publish(messages[7]!);
  await until("all, the last without a flush", () => listener.packets.length === 602);
  for (const [k, packet] of listener.packets.entries()) assert.deepEqual(new Uint8Array(packet), messages[k === 601 ? 7 : k]);
  await recorder.port.stop();
});

test("a recorder that comes late gets the registration and status first, then every message, octet for octet", async () => {
  const recorder = aRecorder();
  await recorder.port.start();
  const node = createSender(deriveUuid("radar"));
  const registration = encodeRegistration(node, T0, RADAR);
  const status = encodeStatus(node, T0, {});
  recorder.give(registration);
  recorder.give(status);
  const late = await aListener(recorder.port.port());
  await until("the cached messages", () => late.packets.length === 2);
  const detection = encodeDetection(node, T0, {
    objectId: objectUlid(node, T0, 1),
    rangeBearing: rangeBearing({ azimuth: 1, range: 100 }),
  });
  recorder.give(detection);
  recorder.give(encodeDetection(node, T0, { objectId: objectUlid(node, T0, 1) })); // without a place: refused, so not passed on
  recorder.give(status);
  await until("the live messages", () => late.packets.length === 4);
  assert.deepEqual(
    late.packets.map((packet) => [...packet]),
    [registration, status, detection, status].map((packet) => [...packet]),
  );
  await recorder.port.stop();
  await until("the end", late.closed);
});

test("a listener that floods is cut off after two hundred messages, and another goes on hearing", async () => {
  const recorder = aRecorder();
  await recorder.port.start();
  const healthy = await aListener(recorder.port.port());
  const flooding = await aListener(recorder.port.port());
  const sender = createSender(deriveUuid("c2"));
  flooding.socket.write(Buffer.concat(Array.from({ length: 1000 }, () => frameSapient(encodeStatus(sender, T0, {})))));
  await until("the end of the flood", flooding.closed);
  assert.ok(recorder.notes.some((note) => note.includes("sent more than 20 messages a second")));
  const node = createSender(deriveUuid("radar"));
  recorder.give(encodeRegistration(node, T0, RADAR));
  await until("the next message", () => healthy.packets.length === 1);
  assert.equal(healthy.closed(), false);
  await recorder.port.stop();
});

test("a listener that sends a task gets an Error; one that registers as an effector, or sends junk, is cut off", async () => {
  const recorder = aRecorder();
  await recorder.port.start();
  const c2 = createSender(deriveUuid("c2"));
  const asking = await aListener(recorder.port.port());
  asking.socket.write(frameSapient(encodeSapient(c2, T0, { case: "task", value: { control: 1 } })));
  await until("the Error", () => asking.packets.length === 1);
  assert.equal(fromBinary(SapientMessageSchema, asking.packets[0]).content.case, "error");
  const effector = await aListener(recorder.port.port());
  effector.socket.write(frameSapient(encodeRegistration(c2, T0, { ...RADAR, nodeTypes: [Registration_NodeType.JAMMER] })));
  await until("the effector's end", effector.closed);
  const junk = await aListener(recorder.port.port());
  junk.socket.write(Uint8Array.of(255, 255, 255, 255));
  await until("the end of junk", junk.closed);
  assert.equal(asking.closed(), false);
  assert.match(recorder.notes.join("\n"), /tells effectors nothing/);
  await recorder.port.stop();
});

test("a listener that does not read is dropped and delays nobody else", async () => {
  const recorder = aRecorder({ nodes: "all", texts: true, pilotPositions: true }, { maxWaiting: 256 * 1024 });
  await recorder.port.start();
  const stalled = await aListener(recorder.port.port());
  stalled.socket.pause();
  const reader = await aListener(recorder.port.port());
  await until("both clients", () => recorder.port.clients() === 2);
  const large = new Uint8Array(200_000);
  let sent = 0;
  // The stalled one's socket buffers fill first, then its queue; the reader keeps up.
  while (recorder.port.clients() === 2) {
    assert.ok(sent < 500, "the stalled client was never dropped");
    recorder.port.publish(large);
    sent += 1;
    await until("the reader", () => reader.packets.length === sent);
  }
  assert.equal(reader.closed(), false);
  assert.match(recorder.notes.join("\n"), /did not read/);
  await recorder.port.stop();
});

test("more clients than allowed are refused, and a port in use is one clear sentence", async () => {
  const recorder = aRecorder({ nodes: "all", texts: true, pilotPositions: true }, { maxClients: 1 });
  await recorder.port.start();
  await aListener(recorder.port.port());
  await until("the first", () => recorder.port.clients() === 1);
  const second = await aListener(recorder.port.port());
  await until("the refusal", second.closed);
  const same = createRecorderPort(
    { host: "127.0.0.1", port: recorder.port.port(), allow: [], maxClients: 1 },
    { lateJoin: () => [], answer: () => ({}), note: () => undefined },
  );
  await assert.rejects(same.start(), /the port is already in use/);
  await recorder.port.stop();
});

const PROFILE: UpwardProfile = {
  nodeId: deriveUuid("picket"),
  name: "Picket",
  shortName: "PKT",
  statusIntervalSeconds: 10,
  cycleMilliseconds: 0,
  dependentNodes: [],
  region: [],
  place: { latitude: 0.6, longitude: 0.7, height: 300 },
  softwareVersion: "0",
  exercise: false,
  releaseIdentities: false,
};
const TRACK: FusedTrack = {
  id: "T1",
  origin: "live",
  confirmed: true,
  firstAt: T0,
  latitude: 0.6,
  longitude: 0.7,
  sigmaEast: 5,
  sigmaNorth: 5,
  velocity: [1, 2, 3],
  existence: 0.9,
  classPath: ["Unknown"],
  contributors: [],
};

/** A parent fusion node: Picket's own, behind a socket. */
async function aParent() {
  const state = sapientProtocol.createState({});
  const kinds: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    const connection = ++connections;
    sockets.add(socket);
    const framer = createSapientFramer();
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      for (const bytes of framer.push(chunk).packets) {
        kinds.push(fromBinary(SapientMessageSchema, bytes).content.case ?? "");
        const decoded = sapientProtocol.receive(state, { bytes, receivedAt: systemClock(), connection }, {});
        for (const reply of decoded.replies ?? []) socket.write(frameSapient(reply));
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return {
    state,
    kinds,
    port: address.port,
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

test("the link upwards registers, reports, survives a broken connection, and says goodbye", async () => {
  const parent = await aParent();
  const notes: string[] = [];
  // Hours pass in seconds here, so that the waits of the protocol are short.
  const began = systemClock();
  const now = (): Micros => micros(began + (systemClock() - began) * 100);
  const client = createUpwardClient(
    { host: "127.0.0.1", port: parent.port, profile: () => PROFILE, tickMilliseconds: 10 },
    { now, system: () => "ok", note: (message) => notes.push(message) },
  );
  client.start();
  await until("the registration", () => client.state.phase === "active");
  client.publish([TRACK]);
  await until("the track", () => parent.kinds.includes("detectionReport"));
  assert.deepEqual(parent.kinds.slice(0, 2), ["registration", "statusReport"]);
  parent.drop();
  await until("the loss", () => client.state.phase === "away");
  await until("the way back", () => client.state.phase === "active");
  assert.equal(parent.kinds.filter((kind) => kind === "registration").length, 2);
  client.publish([TRACK]);
  await until("the track again", () => parent.kinds.filter((kind) => kind === "detectionReport").length === 2);
  await client.stop();
  await until("the goodbye", () => parent.state.nodes.size === 0);
  assert.match(notes.join("\n"), /accepted by the parent/);
  await parent.close();
});

test("nobody at home: the link says so and tries again", async () => {
  const notes: string[] = [];
  const closed = createServer();
  closed.listen(0, "127.0.0.1");
  await once(closed, "listening");
  const address = closed.address();
  assert.ok(address !== null && typeof address === "object");
  const { port } = address;
  await new Promise((resolve) => closed.close(resolve));
  const client = createUpwardClient(
    { host: "127.0.0.1", port, profile: () => PROFILE, tickMilliseconds: 10 },
    { now: systemClock, system: () => "ok", note: (message) => notes.push(message) },
  );
  client.start();
  await until("the sentence", () => notes.some((note) => /nobody listens there/.test(note)));
  assert.equal(client.state.phase, "away");
  await client.stop();
});

test("mutual TLS: a client of our authority is let in under the names in its certificate, others are not", async () => {
  const folder = mkdtempSync(join(tmpdir(), "picket-tls-"));
  try {
    const authority = anAuthority();
    const paths = writeCredentials(folder, "picket", authority.issue("picket", "urn:picket"), authority.ca);
    const files = { certificate: paths.certificate, key: paths.key, clientAuthority: paths.authority };
    assert.throws(() => listenTls({ ...files, key: "none.pem" }, folder), /tls key: .*none\.pem cannot be read \(ENOENT\)/);

    const opened: string[] = [];
    const drops: string[] = [];
    const packets: Uint8Array[] = [];
    let next = 0;
    const ingest: Ingest = {
      packet: (_id, _connection, bytes) => packets.push(bytes) > 0,
      hasRoom: () => true,
      onceRoom: () => undefined,
      nextConnection: () => ++next,
      connection: (_id, connection, change, _peer, _reason, identity) => opened.push(`${connection} ${change} ${identity?.join()}`),
      error: () => undefined,
      drop: (_id, reason) => drops.push(reason),
      state: () => undefined,
    };
    const source = createTcpListenSource(
      "edge",
      { transport: "tcp", host: "127.0.0.1", port: 0, topic: "", user: undefined, password: undefined, multicast: false },
      { allow: [], maxConnections: 4, idleTimeoutSeconds: 10, tls: reloadableListenTls(files, folder) },
      () => createSapientFramer(),
      ingest,
    );
    await source.start();
    const { port } = source.address();
    const nodeId = deriveUuid("radar");
    const dial = (credentials: { cert?: string; key?: string }) =>
      connectTls({ host: "127.0.0.1", port: port!, ca: authority.ca, servername: "localhost", ...credentials });

    const good = dial(authority.issue("radar", `urn:uuid:${nodeId}`));
    good.on("error", () => undefined);
    await once(good, "secureConnect");
    good.write(frameSapient(Uint8Array.of(1, 2, 3)));
    await until("the packet", () => packets.length === 1);
    assert.equal(opened[0], `1 opened radar,urn:uuid:${nodeId},localhost`);
    assert.equal(source.address().unauthenticated, false);
    assert.deepEqual(identityOf(good), ["picket", "urn:picket", "localhost"]);

    for (const credentials of [{}, anAuthority("Another authority").issue("radar", `urn:uuid:${nodeId}`)]) {
      const before = drops.length;
      const bad = dial(credentials);
      bad.on("error", () => undefined);
      await until("the refusal", () => drops.length > before);
      bad.destroy();
    }
    assert.ok(drops.every((reason) => reason === "sender without a valid certificate"));
    assert.equal(packets.length, 1);
    good.destroy();
    await source.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
