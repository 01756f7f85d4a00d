// Packet to WebSocket under load: a server, the simulator's "load" scene on its real sockets, and a console's live link. The server dates
// measurements by receipt, so the age of a track's newest measurement when its message arrives is the whole way through.
// Usage: npm run bench -- spine [--seconds N] [--scene NAME]. What the server itself needs, told apart from what else the machine does: bench -- chunks.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { WebSocket } from "ws";
import { serverFlags } from "../scripts/server-flags.mjs";
import type { LiveMessage } from "../src/core/model/picture-view.ts";
import { packageFolder } from "../src/server/software-version.ts";
import { picketCommand } from "./picket-command.ts";

export async function run(argv: string[]): Promise<number> {
  const { values } = parseArgs({
    args: argv,
    options: { seconds: { type: "string", default: "40" }, scene: { type: "string", default: "load" } },
  });
  const measured = Number(values.seconds);
  // What is measured is what a user runs: the build, unless it is older than the sources.
  const picket = picketCommand();
  const folder = mkdtempSync(join(tmpdir(), "picket-bench-"));
  const site = readFileSync(join(packageFolder(), "examples", "demonstration.yaml"), "utf8")
    .replaceAll("timeBasis: sensor", "timeBasis: receive")
    .replace(/(127\.0\.0\.1):\d+"/g, '$1:0"');
  writeFileSync(join(folder, "site.yaml"), site);
  const children: ChildProcess[] = [];
  try {
    const server = spawn(
      process.execPath,
      [...serverFlags, ...picket.args, "run", "--config", join(folder, "site.yaml"), "--port", "0", "--data", join(folder, "data")],
      { stdio: ["ignore", "pipe", "inherit"] },
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
    const simulator = spawn(
      process.execPath,
      [...picket.args, "simulate", "--scene", values.scene, "--seed", "5", "--ports-from", url, "--quiet"],
      {
        stdio: ["ignore", "ignore", "inherit"],
      },
    );
    children.push(simulator);

    const ages: number[] = [];
    const known = new Map<string, number>();
    let messages = 0;
    let octets = 0;
    let tracks = 0;
    let measuring = false;
    const socket = new WebSocket(`${url.replace("http", "ws")}/live`);
    socket.on("message", (bytes) => {
      const now = Date.now() * 1000;
      const text = String(bytes);
      const message = JSON.parse(text) as LiveMessage;
      if (message.type === "heartbeat") return;
      messages += 1;
      octets += text.length;
      for (const track of message.tracks) {
        const before = known.get(track.id);
        known.set(track.id, track.measuredAtUs);
        if (measuring && before !== undefined && track.measuredAtUs > before) ages.push((now - track.measuredAtUs) / 1000);
      }
      if (message.type === "delta") for (const id of message.removedTracks) known.delete(id);
      tracks = known.size;
    });
    const figure = async (name: string): Promise<number> => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text
        .split("\n")
        .filter((line) => line.startsWith(name))
        .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
    };
    await new Promise((resolve) => setTimeout(resolve, 15_000)); // every track is up
    measuring = true;
    const recordsBefore = await figure("picket_source_records{");
    const buckets = async (): Promise<[number, number][]> =>
      [...(await (await fetch(`${url}/metrics`)).text()).matchAll(/^picket_packet_to_track_seconds_bucket\{le="([^"]+)"\} (\d+)/gm)].map(
        ([, le, count]) => [le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le) * 1000, Number(count)],
      );
    const bucketsBefore = await buckets();
    const cpuBefore = await figure("process_cpu_seconds_total");
    messages = 0;
    octets = 0;
    await new Promise((resolve) => setTimeout(resolve, measured * 1000));
    measuring = false;
    const records = (await figure("picket_source_records{")) - recordsBefore;
    const cpu = (await figure("process_cpu_seconds_total")) - cpuBefore;
    const resident = (await figure("process_resident_memory_bytes")) / 1024 / 1024;
    const dropped = await figure("picket_source_drops{");
    const trackedIn = (await buckets()).map(([le, count], i) => [le, count - (bucketsBefore[i]?.[1] ?? 0)] as const);
    const trackedAll = trackedIn.at(-1)?.[1] ?? 0;
    /** Upper edge of the bucket in which the share lies: the figure is at most this. */
    const trackedAt = (share: number) => trackedIn.find(([, count]) => count >= share * trackedAll)?.[0] ?? Number.NaN;
    socket.terminate();
    ages.sort((a, b) => a - b);
    const at = (share: number) => (ages.length === 0 ? Number.NaN : ages[Math.min(ages.length - 1, Math.floor(share * ages.length))]!);
    console.log(
      `Packet to WebSocket, scene ${values.scene}, ${measured} s, Node ${process.version}, ${picket.how}; server, simulator and client share this machine (load ${loadavg()[0]!.toFixed(1)} on ${cpus().length} cores)`,
    );
    console.log("| figure | value | bar |\n| --- | --- | --- |");
    console.log(`| tracks at the end | ${tracks} | 500 |`);
    console.log(`| records a second | ${(records / measured).toFixed(0)} | 2000 |`);
    console.log(`| packet to WebSocket p50 | ${at(0.5).toFixed(1)} ms | 40 ms |`);
    console.log(`| packet to WebSocket p99 | ${at(0.99).toFixed(1)} ms | 150 ms |`);
    console.log(`| slowest | ${at(1).toFixed(1)} ms of ${ages.length} updates | |`);
    console.log(
      `| packet to track p50, p99 | at most ${trackedAt(0.5)} ms, ${trackedAt(0.99)} ms | p99 10 ms at 200 targets (--scene load-200) |`,
    );
    console.log(`| server resident | ${resident.toFixed(0)} MiB | 512 MiB |`);
    console.log(`| server CPU | ${((100 * cpu) / measured).toFixed(0)} % of one core | |`);
    console.log(`| dropped | ${dropped} | 0 |`);
    console.log(
      `| live link | ${(messages / measured).toFixed(1)} messages a second, ${(octets / measured / 1024).toFixed(0)} KiB a second | |`,
    );
    return 0;
  } finally {
    for (const child of children.reverse()) {
      child.kill("SIGTERM");
      await new Promise((resolve) =>
        child.exitCode === null && child.signalCode === null ? child.once("close", resolve) : resolve(undefined),
      );
    }
    rmSync(folder, { recursive: true, force: true });
  }
}
