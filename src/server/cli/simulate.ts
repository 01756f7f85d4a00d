// picket simulate: a process of its own that plays sensors. It talks to a server's real sockets; nothing is passed inside.

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { parseArgs } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
import { parse as parseYaml } from "yaml";
import { toHex } from "../../core/base/hex.ts";
import { type Micros, micros } from "../../core/base/units.ts";
import { createPcapngWriter } from "../../core/protocols/pcap/pcap-writer.ts";
import { createSapientFramer, frameSapient } from "../../core/protocols/sapient/sapient-framer.ts";
import { SapientMessageSchema } from "../../core/protocols/sapient/sapient-pb.gen.ts";
import { BUILT_IN_SCENES, findScene } from "../../core/simulation/built-in-scenes.ts";
import { goodbyeOf, registrationOf, statusOf } from "../../core/simulation/edge-node.ts";
import { readScene } from "../../core/simulation/read-scene.ts";
import type { Output, Scene } from "../../core/simulation/scene.ts";
import { createTransmitter, linkOf, type Transmission, type Transmitter, transmit } from "../../core/simulation/transmitter.ts";
import { advanceWorld, createWorld, readTruth, type World } from "../../core/simulation/world.ts";
import { datagramFrame } from "../play/datagram-frame.ts";
import { createSender, createTcpSender, type Sender } from "../play/sender.ts";
import { parseTarget, requireLoopback, showTarget, type Target } from "../play/target.ts";
import { type CliCommand, UsageError } from "./command.ts";

/** Where the demonstration site listens. */
const DEFAULT_TARGETS: Readonly<Record<Output, string>> = {
  sapient: "tcp://127.0.0.1:14000",
  asterix: "udp://127.0.0.1:30048",
  beast: "tcp://127.0.0.1:30005",
  sbs: "tcp://127.0.0.1:30003",
  "remote-id-json": "udp://127.0.0.1:30011",
  cot: "udp://127.0.0.1:30069",
};
const DATAGRAMS: readonly Output[] = ["asterix", "remote-id-json", "cot"];

export const simulateCommand: CliCommand = {
  name: "simulate",
  summary: "send a simulated scene to the sockets of a server",
  help: `Usage: picket simulate [--scene NAME|FILE] [options]

Plays the sensors of a scene: drones, birds, aircraft and clutter as radars, direction finders, cameras and receivers would
report them, in the octets of their real protocols. Everything is invented; every call sign and serial starts with SIM.
Configure the sources that it sends to with "origin: simulated".

Scenes: ${BUILT_IN_SCENES.map((scene) => `\n  ${scene.name.padEnd(10)} ${scene.title}`).join("")}
  FILE       a scene of your own, YAML or JSON (docs/simulation.md)

Options:
  --scene NAME|FILE     default demo
  --seed N              another draw of the same scene
  --speed X             scene seconds a second, default 1 (use time basis "sensor" for anything else)
  --start TIME          scene clock at the start, for example 2026-01-01T00:00:00Z (default: the scene's own, else now)
  --duration S          stop after so many scene seconds
  --to LINK=TARGET      where a link goes: udp://HOST:PORT, tcp://HOST:PORT or tcp-listen://HOST:PORT; "LINK=off" sends it nowhere;
                        may be given again. Links are the outputs of the scene's sensors unless it names others. Defaults:
${Object.entries(DEFAULT_TARGETS)
  .map(([output, target]) => `                          ${output}=${target}`)
  .join("\n")}
  --ports-from URL      ask a running Picket (http://localhost:8080) where its simulated or exercise sources listen
  --allow-remote        allow targets beyond this machine
  --out FILE            write instead of sending, as fast as can be: .jsonl (lines {i, t, link, sensor, hex}), .pcapng (the
                        datagrams, to their default ports), .beast or .sbs
  --truth FILE          write what is really there, JSON Lines, once a scene second
  --quiet               no lines of progress

Examples:
  picket simulate
  picket simulate --scene swarm --seed 7 --duration 300
  picket simulate --scene my-site.yaml --to asterix=udp://127.0.0.1:8600 --to sapient=off
  picket simulate --scene migration --duration 600 --start 2026-01-01T00:00:00Z --out migration.jsonl --truth truth.jsonl

Exit codes: 0 done or stopped; 2 wrong usage, scene or environment.`,
  run: async (argv) => {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        scene: { type: "string", default: "demo" },
        seed: { type: "string" },
        speed: { type: "string", default: "1" },
        start: { type: "string" },
        duration: { type: "string" },
        to: { type: "string", multiple: true, default: [] },
        "ports-from": { type: "string" },
        "allow-remote": { type: "boolean", default: false },
        out: { type: "string" },
        truth: { type: "string" },
        quiet: { type: "boolean", default: false },
      },
    });
    const scene = loadScene(values.scene);
    const seed = values.seed === undefined ? scene.seed : readNumber(values.seed, "--seed", 0, 4_294_967_295);
    if (!Number.isInteger(seed)) throw new UsageError(`--seed: expected a whole number, found ${values.seed}`);
    const speed = readNumber(values.speed, "--speed", 0.01, 1000);
    const duration = values.duration === undefined ? scene.durationSeconds : readNumber(values.duration, "--duration", 0.1, 30 * 86_400);
    const start = startOf(values.start ?? scene.start, values.start === undefined ? "the scene's start" : "--start");
    const truth = values.truth === undefined ? undefined : openForWriting(values.truth);
    try {
      if (values.out !== undefined) {
        if (duration === undefined) throw new UsageError("--out needs --duration: the scene has no end of its own");
        return writeScene(scene, seed, start, duration, values.out, truth);
      }
      const targets = await resolveTargets(scene, values.to, values["ports-from"]);
      requireLoopback(
        [...targets.values()].filter((target) => target !== undefined),
        values["allow-remote"],
      );
      return await sendScene(scene, seed, start, duration, speed, targets, truth, values.quiet);
    } finally {
      if (truth !== undefined) closeSync(truth);
    }
  },
};

function readNumber(text: string, option: string, low: number, high: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value < low || value > high) {
    throw new UsageError(`${option}: expected a number from ${low} to ${high}, found "${text}"`);
  }
  return value;
}

function startOf(text: string | undefined, what: string): Micros {
  if (text === undefined) return micros(Date.now() * 1000);
  const at = Date.parse(text);
  if (!Number.isFinite(at)) throw new UsageError(`${what}: expected a time such as 2026-01-01T00:00:00Z, found "${text}"`);
  return micros(at * 1000);
}

function openForWriting(path: string): number {
  try {
    return openSync(path, "w");
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

/** A scene that comes with Picket, or one from a file. */
function loadScene(name: string): Scene {
  const builtIn = findScene(name);
  if (builtIn !== undefined) return builtIn;
  let text: string;
  try {
    text = readFileSync(name, "utf8");
  } catch (error) {
    const known = BUILT_IN_SCENES.map((scene) => scene.name).join(", ");
    throw new UsageError(`--scene: "${name}" is none of ${known}, and no file that can be read (${(error as NodeJS.ErrnoException).code})`);
  }
  let value: unknown;
  try {
    value = parseYaml(text, { maxAliasCount: 100 }); // JSON is YAML too
  } catch (error) {
    throw new UsageError(`${name}: ${(error as Error).message.split("\n")[0]}`);
  }
  const scene = readScene(value);
  if (!scene.ok) throw new UsageError(`${name}: ${scene.error.path === "" ? "" : `${scene.error.path}: `}${scene.error.message}`);
  return scene.value;
}

/** Link name -> target; undefined for one that is switched off. */
async function resolveTargets(
  scene: Scene,
  options: readonly string[],
  portsFrom: string | undefined,
): Promise<Map<string, Target | undefined>> {
  const outputs = new Map<string, Output>();
  for (const sensor of scene.sensors) {
    const link = sensor.link ?? sensor.output;
    const before = outputs.get(link);
    if (before !== undefined && before !== sensor.output)
      throw new UsageError(`link "${link}" of the scene is both ${before} and ${sensor.output}`);
    outputs.set(link, sensor.output);
  }
  const asked = portsFrom === undefined ? new Map<string, string>() : await askForPorts(portsFrom);
  const targets = new Map<string, Target | undefined>();
  for (const [link, output] of outputs) {
    const text = asked.get(output) ?? (portsFrom === undefined ? DEFAULT_TARGETS[output] : undefined);
    targets.set(link, text === undefined ? undefined : parseTarget(text, "--ports-from"));
  }
  for (const option of options) {
    const at = option.indexOf("=");
    const link = option.slice(0, Math.max(0, at));
    const output = outputs.get(link);
    if (output === undefined) throw new UsageError(`--to: the scene has no link "${link}"; it has ${[...outputs.keys()].join(", ")}`);
    const target = option.slice(at + 1) === "off" ? undefined : parseTarget(option.slice(at + 1), "--to");
    if (target !== undefined && (target.transport === "udp") !== DATAGRAMS.includes(output)) {
      throw new UsageError(`--to: ${output} goes by ${DATAGRAMS.includes(output) ? "udp" : "tcp"}, found "${option}"`);
    }
    if (target?.listen === true && output === "sapient") throw new UsageError("--to: a SAPIENT edge node connects; it does not listen");
    targets.set(link, target);
  }
  return targets;
}

/** Simulated and exercise listening sources of a running Picket, by protocol: the first of each. */
async function askForPorts(url: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  let items: { protocol: string; origin: string; direction: string; transport: string; host: string; port: number | null }[];
  try {
    const answer = await fetch(new URL("/api/v1/sources", url), { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    items = ((await answer.json()) as { items: typeof items }).items;
  } catch (error) {
    throw new UsageError(`--ports-from: ${url} does not tell its sources (${(error as Error).message})`);
  }
  for (const item of items) {
    if (
      (item.origin !== "simulated" && item.origin !== "exercise") ||
      item.direction !== "listen" ||
      item.port === null ||
      found.has(item.protocol)
    )
      continue;
    const host = item.host === "0.0.0.0" || item.host === "::" ? "127.0.0.1" : item.host;
    found.set(item.protocol, `${item.transport}://${host.includes(":") ? `[${host}]` : host}:${item.port}`);
  }
  if (found.size === 0) throw new UsageError(`--ports-from: ${url} has no listening source with origin "simulated" or "exercise"`);
  return found;
}

const LOOK_AHEAD = 200_000; // microseconds of scene that are computed before they are sent, two steps of the motion
const TICK = 10; // ms
const SAY_EVERY = 5000; // ms
/**
 * The scene clock keeps to the real one, because receivers compare the two. What became too old while the program did not get to run
 * is lost, as with a sensor that hung; after a machine slept for longer, the scene starts anew.
 */
const TOO_OLD = 1_000_000; // microseconds of scene at speed 1
const LONGEST_SLEEP = 60_000; // ms

/** What one sensor sends through. A SAPIENT node has its own connection; datagrams and receivers share the link's. */
interface Outlet {
  sender: Sender;
  /** May detections go out: for SAPIENT after the registration was accepted. */
  open: () => boolean;
  /** The last words before the end. */
  farewell: () => Promise<void>;
  trouble: () => string;
}

async function sendScene(
  scene: Scene,
  seed: number,
  start: Micros,
  duration: number | undefined,
  speed: number,
  targets: Map<string, Target | undefined>,
  truth: number | undefined,
  quiet: boolean,
): Promise<number> {
  let world = createWorld(scene, start, seed);
  let transmitter = createTransmitter(world);
  let sceneNow: number = start;
  const outlets = await openOutlets(world, transmitter, targets, () => micros(Math.round(sceneNow)));
  const end = duration === undefined ? Number.POSITIVE_INFINITY : start + duration * 1e6;
  const recent = new Map<number, { records: number; octets: number; withheld: number }>();
  let stop = false;
  const halt = () => {
    stop = true;
  };
  process.once("SIGINT", halt);
  process.once("SIGTERM", halt);

  if (!quiet) {
    console.log(`${scene.title}\nscene ${scene.name}, seed ${seed}, speed ${speed}, scene clock from ${isoTime(start)}`);
    for (const [link, target] of targets) console.log(`  ${link.padEnd(16)} ${target === undefined ? "off" : showTarget(target)}`);
  }
  const queue: Transmission[] = [];
  // The wall clock, not a monotonic one: that stands still while a machine sleeps.
  let last = Date.now();
  let saidAt = last;
  let truthAt: number = start;
  while (!stop && sceneNow < end) {
    const now = Date.now();
    const passed = Math.max(0, now - last);
    sceneNow = Math.min(end, sceneNow + passed * 1000 * speed);
    last = now;
    if (passed > LONGEST_SLEEP) {
      if (!quiet) console.log(`no time to run for ${(passed / 1000).toFixed(0)} s: the scene starts anew`);
      world = createWorld(scene, micros(Math.round(sceneNow)), seed);
      transmitter = createTransmitter(world);
      queue.length = 0;
      truthAt = world.now;
    }
    queue.push(...transmit(world, transmitter, advanceWorld(world, micros(Math.round(sceneNow + LOOK_AHEAD)))));
    if (truth !== undefined && world.now >= truthAt + 1e6) {
      truthAt = world.now;
      writeTruth(truth, world);
    }
    let count = 0;
    while (count < queue.length && queue[count].at <= sceneNow) count++;
    for (const one of queue.splice(0, count)) {
      const outlet = outlets[one.sensor];
      if (outlet === undefined) continue;
      const tally = recent.get(one.sensor) ?? { records: 0, octets: 0, withheld: 0 };
      recent.set(one.sensor, tally);
      // A lost connection loses what was measured meanwhile, as a real sensor's would.
      if (!outlet.open() || one.at < sceneNow - TOO_OLD * Math.max(1, speed)) tally.withheld += 1;
      else {
        tally.records += one.records;
        tally.octets += one.bytes.length;
        void outlet.sender.send(one.bytes);
      }
    }
    if (!quiet && now - saidAt >= SAY_EVERY) {
      console.log(progressLine(world, outlets, recent, (now - saidAt) / 1000, (sceneNow - start) / 1e6));
      recent.clear();
      saidAt = now;
    }
    await new Promise((resolve) => setTimeout(resolve, TICK));
  }
  await Promise.all([...new Set(outlets)].map(async (outlet) => outlet?.farewell()));
  if (!quiet) {
    const senders = [...new Set(outlets.map((outlet) => outlet?.sender))].filter((sender) => sender !== undefined);
    const sent = senders.reduce((sum, sender) => sum + sender.counts.sent, 0);
    const octets = senders.reduce((sum, sender) => sum + sender.counts.octets, 0);
    console.log(`sent ${sent} packets, ${octets} octets, ${((sceneNow - start) / 1e6).toFixed(1)} scene seconds`);
  }
  process.off("SIGINT", halt);
  process.off("SIGTERM", halt);
  return 0;
}

const isoTime = (at: number): string => new Date(Math.floor(at / 1000)).toISOString();

function progressLine(
  world: World,
  outlets: readonly (Outlet | undefined)[],
  recent: Map<number, { records: number; octets: number; withheld: number }>,
  seconds: number,
  sceneSeconds: number,
): string {
  const clock = new Date(Math.floor(sceneSeconds) * 1000).toISOString().slice(11, 19);
  const parts = world.scene.sensors.flatMap((spec, sensor) => {
    const outlet = outlets[sensor];
    if (outlet === undefined) return [];
    const tally = recent.get(sensor);
    const lost = tally === undefined || tally.withheld === 0 ? "" : `, ${tally.withheld} lost`;
    const rate = `${spec.id} ${((tally?.records ?? 0) / seconds).toFixed(1)}/s${lost}`;
    return outlet.open() && outlet.trouble() === "" ? rate : `${rate} (${outlet.trouble() || outlet.sender.state()})`;
  });
  return `${clock}  ${readTruth(world).length} objects  ${parts.join("  ")}`;
}

async function openOutlets(
  world: World,
  transmitter: Transmitter,
  targets: Map<string, Target | undefined>,
  clock: () => Micros,
): Promise<(Outlet | undefined)[]> {
  const shared = new Map<string, Outlet>();
  const outlets: (Outlet | undefined)[] = [];
  for (let sensor = 0; sensor < world.sensors.length; sensor++) {
    const link = linkOf(world, sensor);
    const target = targets.get(link);
    if (target === undefined) outlets.push(undefined);
    else if (world.scene.sensors[sensor].output === "sapient") outlets.push(openEdgeNode(transmitter, sensor, target, clock));
    else {
      let outlet = shared.get(link);
      if (outlet === undefined) {
        const sender = await createSender(target).catch((error: NodeJS.ErrnoException) => {
          throw new UsageError(`${showTarget(target)}: ${error.message}`);
        });
        outlet = {
          sender,
          open: () => sender.ready(),
          farewell: () => sender.close(),
          trouble: () => (sender.state().includes("://") ? sender.state() : ""),
        };
        shared.set(link, outlet);
      }
      outlets.push(outlet);
    }
  }
  return outlets;
}

/** One SAPIENT node: registers on every new connection, and sends detections only when it was accepted. */
function openEdgeNode(transmitter: Transmitter, sensor: number, target: Target, clock: () => Micros): Outlet {
  const node = transmitter.nodes[sensor];
  if (node === undefined) throw new Error("a sapient sensor has its node");
  let accepted = false;
  let trouble = "";
  let write: (bytes: Uint8Array) => void = () => {};
  let framer = createSapientFramer();
  const sender = createTcpSender(target, {
    opened: (to) => {
      write = to;
      framer = createSapientFramer();
      trouble = "waits for its registration";
      write(frameSapient(registrationOf(node, clock())));
    },
    received: (chunk) => {
      for (const packet of framer.push(chunk).packets) {
        let content: ReturnType<typeof fromBinary<typeof SapientMessageSchema>>["content"];
        try {
          content = fromBinary(SapientMessageSchema, packet).content;
        } catch {
          continue; // the other side's mistake; a sensor has nobody to tell
        }
        if (content.case === "registrationAck") {
          accepted = content.value.acceptance === true;
          trouble = accepted ? "" : `registration refused: ${content.value.ackResponseReason.join("; ")}`;
          if (accepted) write(frameSapient(statusOf(node, clock(), false)));
        } else if (content.case === "error") trouble = `the server says: ${content.value.errorMessage.join("; ").slice(0, 200)}`;
      }
    },
    closed: () => {
      accepted = false;
      trouble = "";
    },
  });
  return {
    sender,
    open: () => accepted,
    farewell: async () => {
      if (accepted) write(frameSapient(goodbyeOf(node, clock())));
      await sender.close();
    },
    trouble: () => trouble,
  };
}

function writeTruth(file: number, world: World): void {
  const degrees = 180 / Math.PI;
  const objects = readTruth(world).map((one) => ({
    number: one.number,
    id: one.id,
    class: one.classId,
    partner: one.partner,
    latitudeDegrees: one.latitude * degrees,
    longitudeDegrees: one.longitude * degrees,
    heightHaeMetres: one.heightHae,
    velocityEastMps: one.velocityEast,
    velocityNorthMps: one.velocityNorth,
    velocityUpMps: one.velocityUp,
  }));
  writeSync(file, `${JSON.stringify({ atUs: world.now, objects })}\n`);
}

/** Writes the scene's octets to a file, without a clock. */
function writeScene(scene: Scene, seed: number, start: Micros, duration: number, path: string, truth: number | undefined): number {
  const kind = /\.(jsonl|pcapng|beast|sbs)$/.exec(path)?.[1];
  if (kind === undefined) throw new UsageError(`--out: expected a name that ends in .jsonl, .pcapng, .beast or .sbs, found "${path}"`);
  const file = openForWriting(path);
  const world = createWorld(scene, start, seed);
  const transmitter = createTransmitter(world);
  let written = 0;
  const openings = transmitter.nodes.flatMap((node, sensor): Transmission[] =>
    node === undefined
      ? []
      : [registrationOf(node, start), statusOf(node, start, false)].map((message) => ({
          at: start,
          sensor,
          output: "sapient",
          link: linkOf(world, sensor),
          bytes: frameSapient(message),
          records: 0,
        })),
  );
  const capture = createPcapngWriter();
  const put = (one: Transmission) => {
    if (kind === "pcapng") {
      if (!DATAGRAMS.includes(one.output)) return;
      const frame = datagramFrame(one.bytes, parseTarget(DEFAULT_TARGETS[one.output], "--out").port, one.at);
      if (frame === undefined) return;
      writeSync(file, capture.write(frame));
      written += 1;
      return;
    }
    if (kind !== "jsonl" && one.output !== kind) return;
    if (kind === "jsonl") {
      const line = { i: written, t: (one.at - start) / 1e6, link: one.link, sensor: scene.sensors[one.sensor].id, hex: toHex(one.bytes) };
      writeSync(file, `${JSON.stringify(line)}\n`);
    } else writeSync(file, one.bytes);
    written += 1;
  };
  openings.forEach(put);
  for (let second = 1; second <= Math.ceil(duration); second++) {
    const until = micros(start + Math.min(second, duration) * 1e6);
    for (const one of transmit(world, transmitter, advanceWorld(world, until))) put(one);
    if (truth !== undefined) writeTruth(truth, world);
  }
  closeSync(file);
  console.log(`wrote ${written} packets of ${duration} scene seconds to ${path}`);
  return 0;
}
