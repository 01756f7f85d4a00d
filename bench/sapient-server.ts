// SAPIENT through the whole server: 20 edge nodes on real sockets and a recorder that gets what they say, as middleware routes it. Three times:
// - routed: from the moment a node sends a detection until the recorder has it: socket, queue, journal, picture, output, socket;
// - answered: from an Alert to its AlertAck, the only answer that the interface has to what a node reports;
// - tracked: from a packet's arrival until its detections are in the tracks, as the server itself counts.
// The nodes start at full rate on a server that has just started and whose code is cold. These first seconds are printed apart, and count among what
// must not be lost.
// Usage: npm run bench -- sapient [--seconds N] [--warm-up N] [--rate DETECTIONS_A_SECOND] [--tracking none|track]

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
import { serverFlags } from "../scripts/server-flags.mjs";
import { micros, RADIANS_PER_DEGREE } from "../src/core/base/units.ts";
import {
  createSender,
  detectionReport,
  encodeRegistration,
  encodeSapient,
  encodeStatus,
  location,
  nextUlid,
  objectUlid,
  type SenderState,
} from "../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../src/core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../src/core/protocols/sapient/sapient-framer.ts";
import { Alert_AlertType, Registration_NodeType, SapientMessageSchema } from "../src/core/protocols/sapient/sapient-pb.gen.ts";
import { picketCommand } from "./picket-command.ts";

const NODES = 20;
const OBJECTS = 50;
const SITE = { latitude: 36.9, longitude: 43.1 };
const now = () => micros(Math.round((performance.timeOrigin + performance.now()) * 1000));

interface Node {
  sender: SenderState;
  socket: Socket;
  /** Alert identifier -> when it was sent, ms. */
  asked: Map<string, number>;
}

/** Objects on circles of 200 to 3,000 m around the site, 15 m/s: every node sees each of them with its own error. */
function place(object: number, at: number, node: number) {
  const radius = 200 + 56 * object;
  const angle = object * 2.4 + ((15 / radius) * at) / 1e6;
  const metresPerDegree = 111_320;
  const jitter = (Math.sin(object * 12.9898 + node * 78.233 + at / 1e5) * 43758.5453) % 1;
  const north = radius * Math.cos(angle) + 5 * jitter;
  const east = radius * Math.sin(angle) - 5 * jitter;
  return location({
    latitude: (SITE.latitude + north / metresPerDegree) * RADIANS_PER_DEGREE,
    longitude: (SITE.longitude + east / (metresPerDegree * Math.cos(SITE.latitude * RADIANS_PER_DEGREE))) * RADIANS_PER_DEGREE,
    height: 400 + 5 * object,
    horizontalSigma: 5,
    verticalSigma: 10,
  });
}

interface Wait {
  /** `performance.now()` when it was sent. */
  readonly sent: number;
  /** ms. */
  readonly took: number;
}

/** Between which bounds of a histogram the 99th of each hundred lies that came after `before`: "5 to 6 ms". */
function bound(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): string {
  const most = Number.POSITIVE_INFINITY;
  const all = (after.get(most) ?? 0) - (before.get(most) ?? 0);
  let lower = 0;
  for (const upper of [...after.keys()].sort((x, y) => x - y)) {
    if ((after.get(upper) ?? 0) - (before.get(upper) ?? 0) >= 0.99 * all)
      return upper === most ? `over ${lower * 1000} ms` : `${lower * 1000} to ${upper * 1000} ms`;
    lower = upper;
  }
  return "-";
}

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      seconds: { type: "string", default: "20" },
      "warm-up": { type: "string", default: "5" },
      rate: { type: "string", default: "10000" },
      tracking: { type: "string", default: "track" },
    },
  });
  const warmUp = Number(values["warm-up"]);
  const measured = Number(values.seconds) + warmUp;
  const rate = Number(values.rate);
  const tracking = values.tracking === "none" ? "none" : "track";
  const folder = mkdtempSync(join(tmpdir(), "picket-bench-"));
  writeFileSync(
    join(folder, "site.yaml"),
    `site: { id: bench, name: Bench, origin: { latitudeDegrees: ${SITE.latitude}, longitudeDegrees: ${SITE.longitude}, heightHaeMetres: 300 } }
sources:
  - { id: nodes, protocol: sapient, listen: "tcp://127.0.0.1:0", origin: simulated, timeBasis: receive, queuePackets: 20000 }
outputs:
  sapientRecorders:
    - { id: recorder, source: nodes, listen: "tcp://127.0.0.1:0", exercise: true, nodes: all, texts: true }
`,
  );
  const children: ChildProcess[] = [];
  const nodes: Node[] = [];
  const sockets: Socket[] = [];
  const command = picketCommand();
  const loadBefore = loadavg()[0]!.toFixed(1);
  try {
    const server = spawn(
      process.execPath,
      [...serverFlags, ...command.args, "run", "--config", join(folder, "site.yaml"), "--port", "0", "--data", join(folder, "data")],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    children.push(server);
    const url = await new Promise<string>((resolve, reject) => {
      let text = "";
      server.stdout.on("data", (chunk) => {
        text += chunk;
        const found = /http:\/\/localhost:(\d+)/.exec(text);
        if (found !== null) resolve(`http://127.0.0.1:${found[1]}`);
      });
      server.on("close", () => reject(new Error(`the server ended: ${text}`)));
    });
    const { items } = (await (await fetch(`${url}/api/v1/sources`)).json()) as { items: { id: string; port: number }[] };
    const { port } = items.find(({ id }) => id === "nodes")!;

    const outputs = (await (await fetch(`${url}/api/v1/outputs`)).json()) as { items: { id: string; address: string }[] };
    const recorderPort = Number(/:(\d+)$/.exec(outputs.items[0]!.address)![1]);

    /** Start of sending and waiting time, ms. */
    const answered: Wait[] = [];
    const routed: Wait[] = [];
    /** One detection of each write, by its octets: messages are passed on as they came. */
    const underWay = new Map<string, number>();
    let passedOn = 0;
    const recorder = connect({ host: "127.0.0.1", port: recorderPort });
    sockets.push(recorder);
    const recorderFramer = createSapientFramer();
    recorder.on("data", (chunk: Buffer) => {
      for (const bytes of recorderFramer.push(chunk).packets) {
        passedOn += 1;
        const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
        const sent = underWay.get(octets);
        if (sent === undefined) continue;
        routed.push({ sent, took: performance.now() - sent });
        underWay.delete(octets);
      }
    });
    await new Promise<void>((resolve) => recorder.once("connect", () => resolve()));
    for (let i = 0; i < NODES; i++) {
      const sender = createSender(deriveUuid(`bench node ${i}`));
      const socket = connect({ host: "127.0.0.1", port });
      socket.setNoDelay(true);
      const node: Node = { sender, socket, asked: new Map() };
      const framer = createSapientFramer();
      socket.on("data", (chunk: Buffer) => {
        for (const bytes of framer.push(chunk).packets) {
          const { content } = fromBinary(SapientMessageSchema, bytes);
          if (content.case !== "alertAck") continue;
          const sent = node.asked.get(content.value.alertId ?? "");
          if (sent !== undefined) answered.push({ sent, took: performance.now() - sent });
          node.asked.delete(content.value.alertId ?? "");
        }
      });
      const at = now();
      socket.write(
        frameSapient(
          encodeRegistration(sender, at, {
            name: `Bench ${i}`,
            shortName: `B${i}`,
            nodeTypes: [Registration_NodeType.RADAR],
            statusIntervalSeconds: 10,
            tracking,
            form: "location",
            maximumLatencySeconds: 0.1,
            manufacturer: "Example",
            model: "Bench",
          }),
        ),
      );
      nodes.push(node);
    }
    const figure = async (name: string): Promise<number> => {
      return (await lines(name)).reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    };
    const lines = async (name: string): Promise<string[]> => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text.split("\n").filter((line) => line.startsWith(name));
    };
    /** Counts of the server's own histogram, by upper bound in seconds. */
    const tracked = async (): Promise<Map<number, number>> =>
      new Map(
        (await lines("picket_packet_to_track_seconds_bucket")).map((line) => {
          const [, bound, count] = /le="([^"]+)"} (\d+)/.exec(line)!;
          return [bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound), Number(count)];
        }),
      );

    // Every 20 ms each node gets its share of the rate; what a slow machine could not send in time is not made up for.
    const STEP = 20; // ms
    let sent = 0;
    let detections = 0;
    let turn = 0;
    const perNode = (rate * STEP) / 1000 / NODES;
    const began = performance.now();
    let due = began;
    let lastStatus = 0;
    let late = 0;
    let cold: Map<number, number> | undefined;
    while (performance.now() - began < measured * 1000) {
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      else if (wait < -1000) {
        late += 1;
        due = performance.now();
      }
      due += STEP;
      turn += 1;
      if (cold === undefined && performance.now() - began >= warmUp * 1000) cold = await tracked();
      const at = now();
      const status = performance.now() - lastStatus > 5000;
      if (status) lastStatus = performance.now();
      for (const [index, node] of nodes.entries()) {
        const frames: Uint8Array[] = [];
        if (status) {
          frames.push(
            frameSapient(
              encodeStatus(node.sender, at, {
                place: { latitude: SITE.latitude * RADIANS_PER_DEGREE, longitude: SITE.longitude * RADIANS_PER_DEGREE, height: 300 },
              }),
            ),
          );
        }
        const from = Math.floor(turn * perNode);
        const to = Math.floor((turn + 1) * perNode);
        for (let k = from; k < to; k++) {
          const object = k % OBJECTS;
          const value = detectionReport(node.sender, at, {
            objectId: objectUlid(node.sender, micros(0), object),
            location: place(object, at % 1e10, index),
            confidence: 0.9,
          });
          const octets = encodeSapient(node.sender, at, { case: "detectionReport", value });
          frames.push(frameSapient(octets));
          if (k === from) underWay.set(Buffer.from(octets).toString("latin1"), performance.now());
          detections += 1;
        }
        // One alert a second from each node, spread over the second.
        if (turn % 50 === index) {
          const alertId = nextUlid(node.sender, at);
          node.asked.set(alertId, performance.now());
          frames.push(
            frameSapient(
              encodeSapient(node.sender, at, {
                case: "alert",
                value: { alertId, alertType: Alert_AlertType.INFORMATION, description: "bench" },
              }),
            ),
          );
        }
        sent += frames.length;
        node.socket.write(Buffer.concat(frames));
      }
    }
    const took = (performance.now() - began) / 1000;
    // What is on its way arrives, or never will.
    for (let last = -1; last !== passedOn; await new Promise((resolve) => setTimeout(resolve, 1500))) last = passedOn;
    const records = await figure("picket_source_records{");
    const drops = await lines("picket_source_drops{");
    const errors = await lines("picket_source_errors{");
    const total = (found: string[]) => found.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    const inTracks = await tracked();
    const cpu = await figure("process_cpu_seconds_total");
    const resident = (await figure("process_resident_memory_bytes")) / 1024 / 1024;
    const unanswered = nodes.reduce((sum, node) => sum + node.asked.size, 0);
    const isCold = ({ sent: at }: Wait) => at - began < warmUp * 1000;
    const p99 = (waits: readonly Wait[], cut: (wait: Wait) => boolean) => {
      const sorted = waits
        .filter(cut)
        .map(({ took: ms }) => ms)
        .sort((x, y) => x - y);
      const share = (p: number) =>
        sorted.length === 0 ? "-" : sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))]!.toFixed(1);
      return `p50 ${share(0.5)}, p99 ${share(0.99)} ms of ${sorted.length}`;
    };
    const isWarm = (wait: Wait) => !isCold(wait);
    console.log(
      `SAPIENT, ${NODES} nodes, ${OBJECTS} objects each, tracking_type ${tracking}, ${took.toFixed(0)} s, Node ${process.version}; client and server share this machine, load ${loadBefore} before and ${loadavg()[0]!.toFixed(1)} after; server ${command.how}`,
    );
    console.log(`| figure | first ${warmUp} s, cold | then | bar |\n| --- | --- | --- | --- |`);
    console.log(`| detections a second | | ${(detections / took).toFixed(0)} | 10000 (Apex routes 410-1,640) |`);
    console.log(`| detection routed to a recorder | ${p99(routed, isCold)} | ${p99(routed, isWarm)} | p99 < 100 ms |`);
    console.log(`| Alert to AlertAck | ${p99(answered, isCold)} | ${p99(answered, isWarm)} | p99 < 100 ms |`);
    console.log(`| packet in the tracks, p99 | ${bound(new Map(), cold ?? inTracks)} | ${bound(cold ?? new Map(), inTracks)} | < 100 ms |`);
    console.log(`| messages sent, read, passed on | | ${sent + NODES}, ${records}, ${passedOn} | equal |`);
    console.log(`| dropped, refused | | ${total(drops)}, ${total(errors)} | 0, 0 |`);
    console.log(`| detections sampled and never routed, alerts unanswered | | ${underWay.size}, ${unanswered} | 0, 0 |`);
    console.log(`| server CPU, since its start | | ${((100 * cpu) / took).toFixed(0)} % of one core | |`);
    console.log(`| server resident | | ${resident.toFixed(0)} MiB | 512 MiB |`);
    if (late > 0) console.log(`| client fell behind | | ${late} times by a second | 0 |`);
    for (const line of [...drops, ...errors]) console.log(line);
    return 0;
  } finally {
    for (const socket of [...sockets, ...nodes.map((node) => node.socket)]) socket.destroy();
    for (const child of children.reverse()) {
      child.kill("SIGTERM");
      await new Promise((resolve) =>
        child.exitCode === null && child.signalCode === null ? child.once("close", resolve) : resolve(undefined),
      );
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
