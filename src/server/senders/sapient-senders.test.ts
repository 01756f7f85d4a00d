import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { micros } from "../../core/base/units.ts";
import type { Origin } from "../../core/model/observation.ts";
import type { SystemView, TrackView } from "../../core/model/picture-view.ts";
import { createSender, encodeRegistration, encodeStatus } from "../../core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../../core/protocols/sapient/sapient-framer.ts";
import { Registration_NodeType, SapientMessageSchema } from "../../core/protocols/sapient/sapient-pb.gen.ts";
import { sapientProtocol } from "../../core/protocols/sapient/sapient-protocol.ts";
import { sapientParentSchema, sapientRecorderSchema } from "../configuration/output-schemas.ts";
import { systemClock } from "../sapient/upward-client.ts";
import { createSapientParentSender } from "./sapient-parent-sender.ts";
import { createSapientRecorderSender } from "./sapient-recorder-sender.ts";
import type { SenderHost } from "./sender.ts";

const T0 = micros(1_780_000_000_000_000);

async function until(what: string, done: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!done()) {
    if (Date.now() > end) assert.fail(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A site with one SAPIENT source of one registered node, and one track. */
function aSite(origin: Origin) {
  const state = sapientProtocol.createState({});
  const node = createSender(deriveUuid("radar"));
  const registration = encodeRegistration(node, T0, {
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
  sapientProtocol.receive(state, { bytes: registration, receivedAt: T0, connection: 1 }, {});
  const track = {
    id: "T1",
    status: "confirmed",
    origin,
    existence: 0.9,
    firstAtUs: T0,
    position: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, heightHaeMetres: 400, heightAmslMetres: null },
    velocityEastMps: 1,
    velocityNorthMps: 2,
    velocityUpMps: 0,
    ellipse: { semiMajorMetres: 10, semiMinorMetres: 10, azimuthDegrees: 0 },
    verticalSigmaMetres: 5,
    classification: "",
    identities: [],
  } as unknown as TrackView;
  const notes: string[] = [];
  const host: SenderHost = {
    now: systemClock,
    site: () => ({ id: "base", name: "Base", latitude: 0.6, longitude: 0.7, heightHae: 300 }),
    softwareVersion: "0",
    source: (id) => (id === "edge" ? { state, origin } : undefined),
    sources: () => [{ state, origin }],
    system: () => ({ health: "OK" }) as SystemView,
    overloaded: () => false,
    note: (_level, message) => notes.push(message),
  };
  return { state, node, host, notes, registration, tracks: () => [track] };
}

const recorder = (more: object = {}) => sapientRecorderSchema.parse({ id: "log", source: "edge", listen: "tcp://127.0.0.1:0", ...more });

async function listen(port: number): Promise<{ socket: Socket; kinds: string[] }> {
  const socket = connect({ host: "127.0.0.1", port });
  const framer = createSapientFramer();
  const kinds: string[] = [];
  socket.on("error", () => undefined);
  socket.on("data", (chunk) => {
    for (const bytes of framer.push(chunk).packets) kinds.push(fromBinary(SapientMessageSchema, bytes).content.case ?? "");
  });
  await once(socket, "connect");
  return { socket, kinds };
}

test("by default a recorder is told nothing; with its nodes named it is told, and simulated data only in an exercise", async () => {
  const cases: [Origin, object, string[]][] = [
    ["live", {}, []],
    ["live", { nodes: "all" }, ["registration", "statusReport"]],
    ["live", { nodes: [deriveUuid("radar")] }, ["registration", "statusReport"]],
    ["simulated", { nodes: "all" }, []],
    ["simulated", { nodes: "all", exercise: true }, ["registration", "statusReport"]],
  ];
  for (const [origin, more, want] of cases) {
    const { node, host } = aSite(origin);
    const outputs = createSapientRecorderSender(recorder(more), host, "/");
    await outputs.start();
    const client = await listen(outputs.port());
    await until("the client", () => outputs.status().receivers === 1);
    outputs.packetRead!("edge", encodeStatus(node, T0, {}));
    outputs.packetRead!("another", encodeStatus(node, T0, {}));
    if (want.length > 0) await until("the messages", () => client.kinds.length === want.length);
    else await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(client.kinds, want, `${origin} ${JSON.stringify(more)}`);
    client.socket.destroy();
    await outputs.stop();
  }
});

test("a recorders' port beyond this machine needs TLS or an allow-list", () => {
  const { host } = aSite("live");
  const open = (more: object) => createSapientRecorderSender(recorder({ listen: "tcp://0.0.0.0:5003", ...more }), host, "/");
  assert.throws(() => open({}), /output log: tcp:\/\/0\.0\.0\.0:5003 is open to the network/);
  assert.doesNotThrow(() => open({ allow: ["192.0.2.0/24"] }));
  const tls = { certificate: "none.pem", key: "none.pem" };
  assert.throws(() => open({ tls }), /is open to the network/, "TLS without client certificates lets anybody in");
  assert.throws(() => open({ tls: { ...tls, clientAuthority: "none.pem" } }), /tls certificate: \/none\.pem cannot be read/);
  assert.throws(() => createSapientRecorderSender(recorder({ listen: "udp://127.0.0.1:1" }), host, "/"), /expected listen: tcp/);
});

test("a parent gets a fusion node with the site's sensors as dependents, and live tracks in cycles", async () => {
  for (const [origin, wanted] of [
    ["live", true],
    ["simulated", false],
  ] as const) {
    const { host, node, tracks } = aSite(origin);
    const parent = sapientProtocol.createState({});
    const kinds: string[] = [];
    const server = createServer((socket) => {
      const framer = createSapientFramer();
      socket.on("error", () => undefined);
      socket.on("data", (chunk) => {
        for (const bytes of framer.push(chunk).packets) {
          kinds.push(fromBinary(SapientMessageSchema, bytes).content.case ?? "");
          const { replies } = sapientProtocol.receive(parent, { bytes, receivedAt: systemClock(), connection: 1 }, {});
          for (const reply of replies ?? []) socket.write(frameSapient(reply));
        }
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const file = sapientParentSchema.parse({
      id: "up",
      connect: `tcp://127.0.0.1:${address.port}`,
      nodeId: deriveUuid("base"),
      cycleMilliseconds: 80,
    });
    const outputs = createSapientParentSender(file, host, "/");
    await outputs.start();
    await until("the acceptance", () => outputs.status().state === "connected");
    // Twenty changes within one cycle of 80 ms.
    const now = systemClock();
    for (let i = 0; i < 20; i++) outputs.pictureChanged(tracks, micros(now + i));
    await until("the status", () => kinds.includes("statusReport"));
    if (wanted) await until("the track", () => kinds.includes("detectionReport"));
    else await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(kinds.filter((kind) => kind === "detectionReport").length, wanted ? 1 : 0, "twenty changes within a cycle are one report");
    assert.deepEqual(parent.nodes.get(deriveUuid("base"))!.contract.dependentNodes, wanted ? [node.nodeId] : []);
    await outputs.stop();
    await new Promise((resolve) => server.close(resolve));
  }
});
