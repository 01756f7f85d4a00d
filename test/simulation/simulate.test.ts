// picket simulate against sockets of this machine, as a server would have them.

import assert from "node:assert/strict";
import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parse } from "yaml";
import { toHex } from "../../src/core/base/hex.ts";
import { micros } from "../../src/core/base/units.ts";
import type { Observation } from "../../src/core/model/observation.ts";
import { createBeastFramer } from "../../src/core/protocols/beast/beast-framer.ts";
import { createSapientFramer, frameSapient } from "../../src/core/protocols/sapient/sapient-framer.ts";
import { sapientProtocol } from "../../src/core/protocols/sapient/sapient-protocol.ts";
import { findScene } from "../../src/core/simulation/built-in-scenes.ts";
import { readScene } from "../../src/core/simulation/read-scene.ts";
import { advanceWorld, createWorld } from "../../src/core/simulation/world.ts";
import { UsageError } from "../../src/server/cli/command.ts";
import { simulateCommand } from "../../src/server/cli/simulate.ts";
import { datagramFrame } from "../../src/server/play/datagram-frame.ts";
import { openRecording } from "../../src/server/play/recording.ts";

const folder = mkdtempSync(join(tmpdir(), "picket-simulate-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const EXAMPLES = join(import.meta.dirname, "../../examples/scenes");

const portOf = (server: Server) => (server.address() as AddressInfo).port;
/** Servers do not keep a failed test from ending. */
const listen = (server: Server, port = 0) =>
  new Promise<void>((resolve) => {
    server.unref();
    server.on("connection", (socket: Socket) => socket.unref());
    server.listen(port, "127.0.0.1", resolve);
  });
const close = (server: Server) => new Promise((resolve) => server.close(resolve));
async function udp(heard: Buffer[]): Promise<UdpSocket> {
  const socket = createSocket("udp4");
  socket.on("message", (message) => heard.push(message));
  socket.unref();
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket;
}

/** A fusion node made of Picket's own SAPIENT codec. */
function fusionNode(observations: Observation[], errors: string[], closes: string[]): Server {
  const options = { nodeId: "4e6d5b9c-0000-4000-8000-000000000001" };
  const state = sapientProtocol.createState(options);
  let connections = 0;
  return createServer((socket) => {
    const connection = ++connections;
    const now = () => micros(Date.now() * 1000);
    sapientProtocol.connectionChanged?.(state, connection, "opened", now(), options);
    const framer = createSapientFramer();
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      for (const bytes of framer.push(chunk).packets) {
        const decoded = sapientProtocol.receive(state, { receivedAt: now(), connection, bytes }, options);
        observations.push(...decoded.observations);
        errors.push(...decoded.errors.map((error) => `${error.item}: ${error.message}`));
        for (const reply of decoded.replies ?? []) socket.write(frameSapient(reply));
        if (decoded.close !== undefined) {
          closes.push(decoded.close);
          socket.end();
        }
      }
    });
  });
}

test("the demonstration reaches a SAPIENT node, an ASTERIX port, a Beast port, Remote ID and CoT ports, and says goodbye", async () => {
  const observations: Observation[] = [];
  const errors: string[] = [];
  const closes: string[] = [];
  const sapient = fusionNode(observations, errors, closes);
  const beastFramer = createBeastFramer();
  let beastFrames = 0;
  const beast = createServer((socket) =>
    socket.on("data", (chunk) => {
      const framed = beastFramer.push(chunk);
      beastFrames += framed.packets.length;
      errors.push(...framed.errors.map((error) => error.message));
    }),
  );
  await listen(sapient);
  await listen(beast);
  const [asterix, remoteId, cot]: Buffer[][] = [[], [], []];
  const sockets = [await udp(asterix), await udp(remoteId), await udp(cot)];
  const [asterixPort, remoteIdPort, cotPort] = sockets.map((socket) => socket.address().port);
  const code = await simulateCommand.run([
    "--duration",
    "20",
    "--speed",
    "10",
    "--quiet",
    "--to",
    `sapient=tcp://127.0.0.1:${portOf(sapient)}`,
    "--to",
    `beast=tcp://127.0.0.1:${portOf(beast)}`,
    "--to",
    `asterix=udp://127.0.0.1:${asterixPort}`,
    "--to",
    `remote-id-json=udp://127.0.0.1:${remoteIdPort}`,
    "--to",
    `cot=udp://127.0.0.1:${cotPort}`,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all([close(sapient), close(beast)]);
  for (const socket of sockets) socket.close();
  assert.equal(code, 0);
  assert.deepEqual(errors, []);
  assert.deepEqual(closes, []);
  assert.ok(observations.filter((one) => one.type === "detection").length > 100, "detections after the registration was accepted");
  const sensors = new Set(observations.map((one) => one.sensorKey));
  assert.equal(sensors.size, 4, "a drone radar, two direction finders, a camera");
  const states = observations.filter((one) => one.type === "status").map((one) => one.state);
  assert.equal(states.filter((one) => one === "goodbye").length, 4);
  assert.ok(beastFrames > 100);
  assert.ok(asterix.some((datagram) => datagram[0] === 48) && asterix.some((datagram) => datagram[0] === 34));
  assert.ok(remoteId.length > 10 && remoteId.every((datagram) => datagram.toString().includes('"SIM0A')));
  assert.ok(cot.length > 5 && cot.every((datagram) => datagram.toString().includes("SIMULATED")));
});

test("a server that comes late, and one that goes and comes back, gets registrations anew", async () => {
  const first: Observation[] = [];
  const second: Observation[] = [];
  const errors: string[] = [];
  const reserved = createServer();
  await listen(reserved);
  const port = portOf(reserved);
  await close(reserved);
  const running = simulateCommand.run([
    "--scene",
    join(EXAMPLES, "desk.yaml"),
    "--duration",
    "60",
    "--speed",
    "12",
    "--quiet",
    "--to",
    `sapient=tcp://127.0.0.1:${port}`,
  ]);
  await new Promise((resolve) => setTimeout(resolve, 400));
  const early = fusionNode(first, errors, []);
  const sockets = new Set<Socket>();
  early.on("connection", (socket) => sockets.add(socket));
  await listen(early, port);
  const until = async (done: () => boolean) => {
    for (let i = 0; i < 200 && !done(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.ok(done(), "in time");
  };
  await until(() => first.some((one) => one.type === "detection"));
  for (const socket of sockets) socket.destroy();
  await close(early);
  const again = fusionNode(second, errors, []);
  await listen(again, port);
  await until(() => second.some((one) => one.type === "detection"));
  assert.equal(await running, 0);
  await close(again);
  assert.deepEqual(errors, []);
  // The node kept its identity over both servers.
  assert.equal(new Set([...first, ...second].map((one) => one.sensorKey)).size, 1);
});

test("--out writes the same octets for the same seed and start, and the truth beside them", async () => {
  const write = (name: string, seed: string) =>
    simulateCommand.run([
      "--scene",
      "demo",
      "--seed",
      seed,
      "--start",
      "2026-01-01T00:00:00Z",
      "--duration",
      "5",
      "--out",
      join(folder, name),
      "--truth",
      join(folder, `${name}.truth`),
    ]);
  await write("a.jsonl", "1");
  await write("b.jsonl", "1");
  await write("c.jsonl", "2");
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  assert.equal(read("a.jsonl"), read("b.jsonl"));
  assert.notEqual(read("a.jsonl"), read("c.jsonl"));
  const truth = read("a.jsonl.truth").trim().split("\n");
  assert.equal(truth.length, 5);
  const [first] = truth.map((line) => JSON.parse(line) as { atUs: number; objects: { id: string; class: string }[] });
  assert.equal(first.atUs, Date.UTC(2026, 0, 1, 0, 0, 1) * 1000);
  assert.ok(first.objects.some((one) => one.id === "survey" && one.class === "uas.multirotor.small"));
  await simulateCommand.run(["--start", "2026-01-01T00:00:00Z", "--duration", "5", "--out", join(folder, "a.beast")]);
  assert.ok(createBeastFramer().push(readFileSync(join(folder, "a.beast"))).packets.length > 20);
});

test("--out x.pcapng is a capture whose datagrams play and are those of the lines", async () => {
  const scene = ["--scene", "demo", "--start", "2026-01-01T00:00:00Z", "--duration", "5"];
  await simulateCommand.run([...scene, "--out", join(folder, "d.pcapng")]);
  await simulateCommand.run([...scene, "--out", join(folder, "d.jsonl")]);
  const lines = readFileSync(join(folder, "d.jsonl"), "utf8").trim().split("\n");
  const asterix = lines
    .map((line) => JSON.parse(line) as { link: string; hex: string; t: number })
    .filter((line) => line.link === "asterix");
  const recording = await openRecording(join(folder, "d.pcapng"), { transport: "udp", port: 30_048, topic: undefined });
  const played: { hex: string; time: number | undefined }[] = [];
  for await (const { bytes, time } of recording.read()) played.push({ hex: toHex(bytes), time });
  assert.ok(played.length > 50);
  assert.deepEqual(
    played.map((one) => one.hex),
    asterix.map((one) => one.hex),
  );
  assert.ok(Math.abs((played[0].time ?? 0) - Date.UTC(2026, 0, 1) / 1000 - asterix[0].t) < 1e-5);
});

test("an IPv4 header's words add up to 0xffff with their checksum", () => {
  const frame = datagramFrame(new Uint8Array([1, 2, 3]), 30_048, micros(0));
  assert.ok(frame !== undefined);
  const view = new DataView(frame.bytes.buffer);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += view.getUint16(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  assert.equal(sum, 0xffff);
  assert.equal(frame.bytes.length, 31);
  assert.equal(datagramFrame(new Uint8Array(70_000), 1, micros(0)), undefined);
});

test("the scenes in examples are good ones, and a slip in one is told with its place", async () => {
  const files = readdirSync(EXAMPLES).filter((name) => name.endsWith(".yaml"));
  assert.ok(files.length >= 2);
  for (const name of files) {
    const scene = readScene(parse(readFileSync(join(EXAMPLES, name), "utf8")));
    assert.ok(scene.ok, `${name}: ${scene.ok ? "" : `${scene.error.path}: ${scene.error.message}`}`);
  }
  const slip = join(folder, "slip.yaml");
  writeFileSync(slip, readFileSync(join(EXAMPLES, "desk.yaml"), "utf8").replace("boresightDegrees", "borsightDegrees"));
  await assert.rejects(
    simulateCommand.run(["--scene", slip]),
    (error) =>
      error instanceof UsageError && /sensors\[0\]\.borsightDegrees: unknown key; did you mean "boresightDegrees"\?/.test(error.message),
  );
});

test("wrong usage is told before anything is sent", async () => {
  const wrong: [string[], RegExp][] = [
    [["--scene", "nowhere"], /none of demo, swarm, migration, quiet, load, load-200, and no file/],
    [["--to", "asterix=udp://192.0.2.1:30048"], /not on this machine/],
    [["--to", "radar=udp://127.0.0.1:30048"], /no link "radar"; it has sapient, asterix, beast/],
    [["--to", "asterix=tcp://127.0.0.1:30048"], /asterix goes by udp/],
    [["--to", "sapient=tcp-listen://127.0.0.1:14000"], /an? SAPIENT edge node connects/],
    [["--speed", "0"], /--speed/],
    [["--seed", "1.5"], /whole number/],
    [["--start", "tomorrow"], /--start: expected a time/],
    [["--out", join(folder, "x.jsonl")], /--out needs --duration/],
    [["--out", join(folder, "x.doc"), "--duration", "1"], /ends in \.jsonl, \.pcapng, \.beast or \.sbs/],
    [["--ports-from", "http://127.0.0.1:9"], /does not tell its sources/],
  ];
  for (const [argv, expected] of wrong) {
    await assert.rejects(simulateCommand.run(argv), (error) => error instanceof UsageError && expected.test(error.message), argv.join(" "));
  }
});

test("--ports-from finds the simulated sources of a running Picket and leaves the live ones alone", async () => {
  const heard: Buffer[] = [];
  const live: Buffer[] = [];
  const [simulated, real] = [await udp(heard), await udp(live)];
  const source = (origin: string, protocol: string, port: number) => ({
    protocol,
    origin,
    direction: "listen",
    transport: "udp",
    host: "127.0.0.1",
    port,
  });
  const api = createHttpServer((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({
        items: [
          source("live", "asterix", real.address().port),
          source("simulated", "asterix", simulated.address().port),
          source("live", "cot", 1),
        ],
        next: null,
      }),
    );
  });
  await listen(api);
  assert.equal(
    await simulateCommand.run(["--ports-from", `http://127.0.0.1:${portOf(api)}`, "--duration", "10", "--speed", "20", "--quiet"]),
    0,
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  api.closeAllConnections();
  await close(api);
  simulated.close();
  real.close();
  assert.ok(heard.length > 50);
  assert.equal(live.length, 0);
});

test("the demonstration never runs dry: in every ten minutes of an hour a drone without Remote ID comes, birds and airliners fly", () => {
  const demo = findScene("demo")!;
  const start = micros(Date.UTC(2026, 0, 1) * 1000);
  const world = createWorld({ ...demo, sensors: [] }, start);
  for (let span = 0; span < 6; span++) {
    const seen = new Set<string>();
    for (let i = 1; i <= 20; i++) {
      advanceWorld(world, micros(start + (span * 600 + i * 30) * 1e6));
      for (const object of world.objects) {
        if (!object.alive) continue;
        if (object.classId.startsWith("uas.") && !object.speaksRemoteId) seen.add("silent drone");
        if (object.classId.startsWith("uas.") && object.speaksRemoteId) seen.add("honest drone");
        seen.add(object.classId);
      }
      assert.ok(world.objects.filter((object) => object.alive).length >= 15, "fifteen objects and more at any time");
    }
    for (const kind of ["silent drone", "honest drone", "manned.transport", "bird.medium"])
      assert.ok(seen.has(kind), `${kind} in span ${span}`);
  }
});
