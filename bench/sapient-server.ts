// SAPIENT through the whole server: 20 edge nodes on real sockets, their detections counted at the other end, and the time from an
// Alert to its AlertAck, which passes socket, queue, journal, picture and socket in the order of arrival.
// Usage: npm run bench -- sapient [--seconds N] [--rate DETECTIONS_A_SECOND] [--tracking none|track]

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
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

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: {
      seconds: { type: "string", default: "20" },
      rate: { type: "string", default: "10000" },
      tracking: { type: "string", default: "track" },
    },
  });
  const measured = Number(values.seconds);
  const rate = Number(values.rate);
  const tracking = values.tracking === "none" ? "none" : "track";
  const folder = mkdtempSync(join(tmpdir(), "picket-bench-"));
  writeFileSync(
    join(folder, "site.yaml"),
    `site: { id: bench, name: Bench, origin: { latitudeDegrees: ${SITE.latitude}, longitudeDegrees: ${SITE.longitude}, heightHaeMetres: 300 } }
sources:
  - { id: nodes, protocol: sapient, listen: "tcp://127.0.0.1:0", origin: simulated, timeBasis: receive, queuePackets: 20000 }
`,
  );
  const children: ChildProcess[] = [];
  const nodes: Node[] = [];
  const command = picketCommand();
  try {
    const server = spawn(
      process.execPath,
      [...command.args, "run", "--config", join(folder, "site.yaml"), "--port", "0", "--data", join(folder, "data")],
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

    const waits: number[] = [];
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
          if (sent !== undefined) waits.push(performance.now() - sent);
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
      const text = await (await fetch(`${url}/metrics`)).text();
      return text
        .split("\n")
        .filter((line) => line.startsWith(name))
        .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    };

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
    while (performance.now() - began < measured * 1000) {
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      else if (wait < -1000) {
        late += 1;
        due = performance.now();
      }
      due += STEP;
      turn += 1;
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
          frames.push(frameSapient(encodeSapient(node.sender, at, { case: "detectionReport", value })));
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
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const records = await figure("picket_source_records{");
    const dropped = await figure("picket_source_drops{");
    const errors = await figure("picket_source_errors{");
    const cpu = await figure("process_cpu_seconds_total");
    const resident = (await figure("process_resident_memory_bytes")) / 1024 / 1024;
    const unanswered = nodes.reduce((sum, node) => sum + node.asked.size, 0);
    waits.sort((a, b) => a - b);
    const share = (p: number) => (waits.length === 0 ? Number.NaN : waits[Math.min(waits.length - 1, Math.floor(p * waits.length))]!);
    console.log(
      `SAPIENT, ${NODES} nodes, ${OBJECTS} objects each, tracking_type ${tracking}, ${took.toFixed(0)} s, Node ${process.version}; client and server share this machine; server ${command.how}`,
    );
    console.log("| figure | value | bar |\n| --- | --- | --- |");
    console.log(`| detections a second | ${(detections / took).toFixed(0)} | 10000 (Apex routes 410-1,640) |`);
    console.log(`| messages sent, read | ${sent + NODES}, ${records} | equal |`);
    console.log(`| dropped, refused | ${dropped}, ${errors} | 0, 0 |`);
    console.log(`| Alert to AlertAck p50 | ${share(0.5).toFixed(1)} ms | |`);
    console.log(`| Alert to AlertAck p99 | ${share(0.99).toFixed(1)} ms | 100 ms |`);
    console.log(`| alerts unanswered | ${unanswered} of ${waits.length + unanswered} | 0 |`);
    console.log(`| server CPU | ${((100 * cpu) / took).toFixed(0)} % of one core | |`);
    console.log(`| server resident | ${resident.toFixed(0)} MiB | 512 MiB |`);
    if (late > 0) console.log(`| client fell behind | ${late} times by a second | 0 |`);
    return 0;
  } finally {
    for (const node of nodes) node.socket.destroy();
    for (const child of children.reverse()) {
      child.kill("SIGTERM");
      await new Promise((resolve) =>
        child.exitCode === null && child.signalCode === null ? child.once("close", resolve) : resolve(undefined),
      );
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
