// picket sapient check: the integration bench on the command line. It plays the fusion node for real edge nodes (or listens to
// middleware) and says in plain words what each node does against the rules.

import { writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { fromBinary } from "@bufbuild/protobuf";
import { type Micros, RADIANS_PER_DEGREE } from "../../core/base/units.ts";
import type { NodeReport } from "../../core/model/sapient-bench.ts";
import type { ProtocolOptions } from "../../core/protocols/protocol.ts";
import { conformanceReports, renderNodeReport } from "../../core/protocols/sapient/conformance.ts";
import { normalizeUuid } from "../../core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../../core/protocols/sapient/sapient-framer.ts";
import { type SapientMessage, SapientMessageSchema } from "../../core/protocols/sapient/sapient-pb.gen.ts";
import { sapientProtocol } from "../../core/protocols/sapient/sapient-protocol.ts";
import { guardWire } from "../../core/protocols/sapient/wire-guard.ts";
import { systemClock } from "../sapient/upward-client.ts";
import { StartError, socketSentence } from "../sources/source.ts";
import { type CliCommand, UsageError } from "./command.ts";

const HELP = `Usage: picket sapient check [HOST:]PORT [options]

Listens as a SAPIENT fusion node (BSI Flex 335 v2.0; 1.0 is read too), acknowledges what connects, and says for each node which rule it
breaks, in which field, how often, with the likely cause and an example message. Findings appear as they happen; the report comes at
the end: after --seconds, when every node that came has said goodbye, or on Ctrl-C. HOST is 127.0.0.1 when it is left out.

What it checks is what Picket's own port checks. It is no certificate: the standard's text is not part of it.

Options:
  --seconds N        stop after N seconds
  --connect          connect to HOST:PORT instead (the recorder or peer port of middleware) and only listen; nothing is sent
  --site LAT,LON     where the nodes stand, degrees; with it swapped coordinates are recognised before a node says its own place
  --strict           take every warning for a fault, and refuse what Dstl's test harness refuses
  --allow UUID       node that may register; may be given again; without it all may
  --node-id UUID     our own node id
  --json             print the report as one JSON object a line, one line for each node, and no findings before it
  --report FILE      write the report to FILE as well, to hand to a vendor
  --help             this text

Examples:
  picket sapient check 14000 --site 51.5,-0.1
  picket sapient check 0.0.0.0:14000 --seconds 120 --report camera-3.txt
  picket sapient check middleware.example:5003 --connect --seconds 60 --json

Exit codes: 0 every node that came was read (warnings and repairs are listed); 1 a message or a registration was refused, or no node
came, or with --strict anything was found; 2 wrong usage, or the port cannot be used.`;

export interface CheckOutput {
  line(text: string): void;
  note(text: string): void;
}
const consoleOutput: CheckOutput = { line: (text) => console.log(text), note: (text) => console.error(text) };

export const sapientCommand: CliCommand = {
  name: "sapient",
  summary: "check what SAPIENT nodes send, in plain words",
  help: HELP,
  run: (argv) => runSapient(argv),
};

/** `stop` ends the observation early; `listening` is told the port. Both are for tests. */
export async function runSapient(
  argv: readonly string[],
  output: CheckOutput = consoleOutput,
  hooks: { readonly stop?: AbortSignal; readonly listening?: (port: number) => void } = {},
): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      seconds: { type: "string" },
      connect: { type: "boolean", default: false },
      site: { type: "string" },
      strict: { type: "boolean", default: false },
      allow: { type: "string", multiple: true },
      "node-id": { type: "string" },
      json: { type: "boolean", default: false },
      report: { type: "string" },
    },
  });
  if (positionals[0] !== "check" || positionals.length !== 2)
    throw new UsageError("expected: picket sapient check [HOST:]PORT; see picket sapient --help");
  const { host, port } = parseAddress(positionals[1]!);
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (seconds !== undefined && !(seconds > 0 && seconds <= 86_400))
    throw new UsageError(`--seconds: expected a number from 0 to 86400, found "${values.seconds}"`);
  const options: ProtocolOptions = {
    ...parseSite(values.site),
    ...(values.strict ? { strict: true } : {}),
    ...(values["node-id"] === undefined ? {} : { nodeId: uuid("--node-id", values["node-id"]) }),
    ...(values.allow === undefined ? {} : { allowedNodes: values.allow.map((text) => uuid("--allow", text)) }),
  };

  const bench = createBench(options, values.json ? undefined : output);
  const end = new AbortController();
  const link = values.connect
    ? openConnection(host, port, bench, output, end)
    : await openPort(host, port, bench, output, end, hooks.listening);
  const ticking = setInterval(() => {
    bench.tick();
    if (bench.everyoneLeft()) end.abort();
  }, 1000);
  const timer = seconds === undefined ? undefined : setTimeout(() => end.abort(), seconds * 1000);
  const interrupted = () => end.abort();
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  hooks.stop?.addEventListener("abort", interrupted);
  if (hooks.stop?.aborted === true) end.abort();
  await new Promise<void>((resolve) => (end.signal.aborted ? resolve() : end.signal.addEventListener("abort", () => resolve())));
  clearInterval(ticking);
  clearTimeout(timer);
  process.off("SIGINT", interrupted);
  process.off("SIGTERM", interrupted);
  await link.close();
  if (link.failure() !== undefined) throw new StartError(link.failure()!);

  const reports = bench.reports();
  const text = values.json
    ? reports.map((report) => JSON.stringify(report)).join("\n")
    : reports.map((report) => renderNodeReport(report, systemClock())).join("\n\n");
  if (reports.length === 0) output.note("no node came");
  else output.line(text);
  if (values.report !== undefined) {
    try {
      writeFileSync(values.report, `${text}\n`);
    } catch (error) {
      throw new UsageError(`--report: ${values.report} cannot be written (${(error as NodeJS.ErrnoException).code ?? "error"})`);
    }
  }
  return reports.length > 0 && reports.every((report) => passes(report, values.strict)) ? 0 : 1;
}

const passes = (report: NodeReport, strict: boolean) => report.verdict === "clean" || (report.verdict === "tolerated" && !strict);

function parseAddress(text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:]+)\]:|([^:[\]]+):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new UsageError(`expected HOST:PORT or PORT, found "${text}"`);
  return { host: match[1] ?? match[2] ?? "127.0.0.1", port };
}

function parseSite(text: string | undefined): { referenceLatitude?: number; referenceLongitude?: number } {
  if (text === undefined) return {};
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  const latitude = Number(match?.[1]);
  const longitude = Number(match?.[2]);
  if (match === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
    throw new UsageError(`--site: expected LATITUDE,LONGITUDE in degrees, such as 51.5,-0.1; found "${text}"`);
  }
  return { referenceLatitude: latitude * RADIANS_PER_DEGREE, referenceLongitude: longitude * RADIANS_PER_DEGREE };
}

function uuid(option: string, text: string): string {
  const id = normalizeUuid(text);
  if (id === undefined) throw new UsageError(`${option}: expected a UUID, found "${text}"`);
  return id;
}

interface Bench {
  /** One message; returns what to send back. */
  receive(connection: number, octets: Uint8Array): { replies: readonly Uint8Array[]; close: string | undefined };
  opened(connection: number): void;
  closed(connection: number): void;
  tick(): void;
  reports(): NodeReport[];
  /** Somebody came and nobody is left. */
  everyoneLeft(): boolean;
  /** Connections that the rules say must end, with the reason. */
  onClose: ((connection: number, reason: string) => void) | undefined;
}

function createBench(options: ProtocolOptions, live: CheckOutput | undefined): Bench {
  const state = sapientProtocol.createState(options);
  const seen = new Map<string, number>();
  /** Reports of nodes that said goodbye or were forgotten: their state is gone, their report is not. */
  const kept = new Map<string, NodeReport>();
  const connections = new Set<number>();
  const began = systemClock();
  let shownErrors = 0;
  let goodbyes = 0;
  let refreshedAt = Number.NEGATIVE_INFINITY;

  const refresh = (): void => {
    refreshedAt = performance.now();
    for (const report of conformanceReports(state)) {
      kept.set(report.nodeId, report);
      if (live === undefined) continue;
      const who = report.name === "" ? report.nodeId : report.name;
      if (!seen.has(report.nodeId)) {
        seen.set(report.nodeId, 0);
        live.line(`${clock(began)} ${who}: ${report.verdict === "refused" ? "tried to register" : `registered, ${report.type}`}`);
      }
      for (const finding of report.findings) {
        const key = `${report.nodeId} ${finding.rule} ${finding.field} ${finding.message.replace(/-?\d+(\.\d+)?/g, "#")}`;
        if (seen.has(key)) continue;
        seen.set(key, 1);
        live.line(
          `${clock(began)} ${who}: ${finding.kind}: ${finding.field}: ${finding.message} [${finding.rule}; likely: ${finding.likelyCause}]`,
        );
      }
    }
  };

  const bench: Bench = {
    onClose: undefined,
    receive: (connection, octets) => {
      // With its goodbye a node's state goes; what was seen of it until then is written down first.
      if (decode(octets)?.content.case === "statusReport") refresh();
      const decoded = sapientProtocol.receive(state, { receivedAt: systemClock(), connection, bytes: octets }, options);
      // What belongs to no node is said here: a message before any registration has no report to go to.
      if (live !== undefined && decoded.records === 0 && shownErrors < 20) {
        for (const error of decoded.errors) {
          if ([...state.nodes.values()].some((node) => node.connection === connection)) continue;
          shownErrors += 1;
          live.line(`${clock(began)} connection ${connection}: refused: ${error.item}: ${error.message}`);
        }
      }
      for (const observation of decoded.observations) {
        if (observation.type !== "status" || observation.state !== "goodbye") continue;
        const report = kept.get(observation.sensorKey);
        goodbyes += 1;
        if (report !== undefined) kept.set(observation.sensorKey, { ...report, connected: false });
        if (live !== undefined) live.line(`${clock(began)} ${report?.name ?? observation.sensorKey}: said goodbye`);
      }
      // Reports hold decoded examples: ten times a second is live enough for a person.
      if (performance.now() - refreshedAt > 100) refresh();
      return { replies: decoded.replies ?? [], close: decoded.close };
    },
    opened: (connection) => {
      connections.add(connection);
      sapientProtocol.connectionChanged!(state, connection, "opened", systemClock(), options);
    },
    closed: (connection) => {
      connections.delete(connection);
      sapientProtocol.connectionChanged!(state, connection, "closed", systemClock(), options);
      refresh();
    },
    tick: () => {
      const timed = sapientProtocol.tick!(state, systemClock(), options);
      for (const observation of timed.observations) {
        if (observation.type === "status" && observation.state === "fault" && live !== undefined) {
          live.line(
            `${clock(began)} ${kept.get(observation.sensorKey)?.name ?? observation.sensorKey}: ${observation.notes?.[0] ?? "lost"}`,
          );
        }
      }
      for (const { connection, reason } of timed.close) bench.onClose?.(connection, reason);
      refresh();
    },
    reports: () => {
      refresh();
      return [...kept.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.nodeId < b.nodeId ? -1 : 1));
    },
    everyoneLeft: () => goodbyes > 0 && connections.size === 0 && state.nodes.size === 0,
  };
  return bench;
}

/** The message, where it can be read at all. */
function decode(octets: Uint8Array): SapientMessage | undefined {
  if (!guardWire(octets).ok) return undefined;
  try {
    return fromBinary(SapientMessageSchema, octets);
  } catch {
    return undefined;
  }
}

const clock = (began: Micros) => `${((systemClock() - began) / 1e6).toFixed(1).padStart(7)} s`;

interface Link {
  close(): Promise<void>;
  failure(): string | undefined;
}

/** More than this many nodes at a bench are somebody's port scan. */
const MAX_CONNECTIONS = 64;

async function openPort(
  host: string,
  port: number,
  bench: Bench,
  output: CheckOutput,
  end: AbortController,
  listening: ((port: number) => void) | undefined,
): Promise<Link> {
  const sockets = new Map<number, Socket>();
  let last = 0;
  const server = createServer((socket) => {
    if (sockets.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    const connection = ++last;
    sockets.set(connection, socket);
    bench.opened(connection);
    socket.setNoDelay(true);
    socket.setTimeout(300_000, () => socket.destroy());
    const framer = createSapientFramer();
    socket.on("error", () => undefined); // told by "close"
    socket.on("data", (chunk: Buffer) => {
      const framed = framer.push(chunk);
      for (const error of framed.errors) output.note(`connection ${connection}: ${error.item}: ${error.message}`);
      for (const octets of framed.packets) {
        const { replies, close } = bench.receive(connection, octets);
        for (const reply of replies) if (socket.writable) socket.write(frameSapient(reply));
        if (close !== undefined) socket.destroy();
      }
      if (framed.close !== undefined || socket.writableLength > 1_048_576) socket.destroy();
    });
    socket.on("close", () => {
      sockets.delete(connection);
      bench.closed(connection);
    });
  });
  bench.onClose = (connection, reason) => {
    output.note(`connection ${connection}: closed: ${reason}`);
    sockets.get(connection)?.destroy();
  };
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new StartError(socketSentence(`tcp://${host}:${port}`, error))));
    server.listen({ host, port, exclusive: true }, resolve);
  });
  server.on("error", () => end.abort());
  const address = server.address();
  const bound = address !== null && typeof address === "object" ? address.port : port;
  output.note(`listening as a fusion node on ${host}:${bound}; Ctrl-C ends the check`);
  listening?.(bound);
  return {
    failure: () => undefined,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.values()) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Listens to middleware: each node that it forwards is taken for a connection of its own, and nothing is sent. */
function openConnection(host: string, port: number, bench: Bench, output: CheckOutput, end: AbortController): Link {
  const what = `tcp://${host}:${port}`;
  const numbers = new Map<string, number>();
  let failure: string | undefined;
  let connected = false;
  const framer = createSapientFramer();
  const socket = connect({ host, port });
  const deadline = setTimeout(() => socket.destroy(new Error("no answer")), 10_000);
  socket.once("connect", () => {
    connected = true;
    clearTimeout(deadline);
    output.note(`listening to ${host}:${port}; Ctrl-C ends the check`);
  });
  socket.on("data", (chunk: Buffer) => {
    const framed = framer.push(chunk);
    for (const error of framed.errors) output.note(`${error.item}: ${error.message}`);
    for (const octets of framed.packets) bench.receive(numberOf(octets), octets);
    if (framed.close !== undefined) socket.destroy();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    if (!connected) failure = error.code === undefined ? `${what}: ${error.message}` : socketSentence(what, error);
  });
  socket.once("close", () => {
    clearTimeout(deadline);
    if (connected) output.note(`${what}: closed`);
    end.abort();
  });
  const numberOf = (octets: Uint8Array): number => {
    // What cannot be read has no sender; the bench says why.
    const nodeId = normalizeUuid(decode(octets)?.nodeId ?? "") ?? "";
    let number = numbers.get(nodeId);
    if (number === undefined) {
      // Beyond the bench's size the rest share a number, and the bench says that a connection belongs to one node.
      number = Math.min(numbers.size + 1, MAX_CONNECTIONS);
      numbers.set(nodeId, number);
      bench.opened(number);
    }
    return number;
  };
  return {
    failure: () => failure,
    close: () =>
      new Promise((resolve) => {
        if (socket.destroyed) return resolve();
        socket.once("close", () => resolve());
        socket.destroy();
      }),
  };
}
