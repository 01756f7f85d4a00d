import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { fromBinary } from "@bufbuild/protobuf";
import { micros } from "../../core/base/units.ts";
import type { Origin } from "../../core/model/observation.ts";
import type { TrackView } from "../../core/model/picture-view.ts";
import { createSender, encodeRegistration, encodeStatus } from "../../core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../../core/protocols/sapient/sapient-framer.ts";
import { Registration_NodeType, SapientMessageSchema } from "../../core/protocols/sapient/sapient-pb.gen.ts";
import { sapientProtocol } from "../../core/protocols/sapient/sapient-protocol.ts";
import { createSapientOutputs, type OutputHost, sapientParentSchema, sapientRecorderSchema } from "./sapient-outputs.ts";
import { systemClock } from "./upward-client.ts";

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
  const host: OutputHost = {
    now: systemClock,
    site: () => ({ name: "Base", latitude: 0.6, longitude: 0.7, heightHae: 300 }),
    softwareVersion: "0",
    source: (id) => (id === "edge" ? { state, origin } : undefined),
    sources: () => [{ state, origin }],
    tracks: () => [track],
    health: () => "ok",
    note: (_level, message) => notes.push(message),
  };
  return { state, node, host, notes, registration };
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
    const outputs = createSapientOutputs({ recorders: [recorder(more)], parents: [] }, host);
    await outputs.start();
    const port = outputs.recorders.get("log")!;
    const client = await listen(port.port());
    await until("the client", () => port.clients() === 1);
    outputs.packetRead("edge", encodeStatus(node, T0, {}));
    outputs.packetRead("another", encodeStatus(node, T0, {}));
    if (want.length > 0) await until("the messages", () => client.kinds.length === want.length);
    else await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(client.kinds, want, `${origin} ${JSON.stringify(more)}`);
    client.socket.destroy();
    await outputs.stop();
  }
});

test("a recorders' port beyond this machine needs TLS or an allow-list", () => {
  const { host } = aSite("live");
  const open = (more: object) =>
    createSapientOutputs({ recorders: [recorder({ listen: "tcp://0.0.0.0:5003", ...more })], parents: [] }, host);
  assert.throws(() => open({}), /recorder log: tcp:\/\/0\.0\.0\.0:5003 is open to the network/);
  assert.doesNotThrow(() => open({ allow: ["192.0.2.0/24"] }));
  assert.throws(() => open({ tls: { certificate: "/none.pem", key: "/none.pem", authorities: "/none.pem" } }), /cannot be read/);
  assert.throws(
    () => createSapientOutputs({ recorders: [recorder({ listen: "udp://127.0.0.1:1" })], parents: [] }, host),
    /expected listen: tcp/,
  );
});

test("a parent gets a fusion node with the site's sensors as dependents, and live tracks in cycles", async () => {
  for (const [origin, wanted] of [
    ["live", true],
    ["simulated", false],
  ] as const) {
    const { host, node } = aSite(origin);
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
    const outputs = createSapientOutputs({ recorders: [], parents: [file] }, host);
    await outputs.start();
    await until("the acceptance", () => outputs.parents.get("up")!.state.phase === "active");
    for (let i = 0; i < 20; i++) outputs.pictureChanged();
    await until("the status", () => kinds.includes("statusReport"));
    if (wanted) await until("the track", () => kinds.includes("detectionReport"));
    else await new Promise((resolve) => setTimeout(resolve, 50));
    assert.equal(kinds.filter((kind) => kind === "detectionReport").length, wanted ? 1 : 0, "twenty changes within a cycle are one report");
    assert.deepEqual(parent.nodes.get(deriveUuid("base"))!.contract.dependentNodes, wanted ? [node.nodeId] : []);
    await outputs.stop();
    await new Promise((resolve) => server.close(resolve));
  }
});
