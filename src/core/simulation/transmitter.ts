// From what sensors measured to the octets that leave them: encodes, waits out each sensor's latency, keeps each sensor's order.

import { MICROS_PER_SECOND, type Micros, micros } from "../base/units.ts";
import { type RandomState, uniformBetween } from "../math/random.ts";
import { findSensorClass } from "../model/sensor-classes.ts";
import { frameSapient } from "../protocols/sapient/sapient-framer.ts";
import { createEdgeNode, detectionOf, type EdgeNode, STATUS_INTERVAL, statusOf } from "./edge-node.ts";
import { encodeBeast, encodeSbs, encodeSquitters } from "./encode-adsb.ts";
import { encodeSector, type RadarIdentity } from "./encode-asterix.ts";
import { encodeCot } from "./encode-cot.ts";
import { encodeRemoteIdJson } from "./encode-remote-id.ts";
import type { PlotReport, Report } from "./report.ts";
import type { Output } from "./scene.ts";
import { randomStream } from "./stream.ts";
import type { World } from "./world.ts";

/** Octets that leave a sensor at `at`: one datagram, or a piece of its stream with the stream's own framing. */
export interface Transmission {
  readonly at: Micros;
  readonly sensor: number;
  readonly output: Output;
  /** Which target it goes to. */
  readonly link: string;
  readonly bytes: Uint8Array;
  /** Detections, messages or lines in it; 0 for status and service messages. */
  readonly records: number;
}

/** Plain data. */
export interface Transmitter {
  readonly latency: RandomState[];
  readonly nodes: (EdgeNode | undefined)[];
  readonly radars: (RadarIdentity | undefined)[];
  /** Plots of the sector that is being swept, by sensor. */
  readonly swept: PlotReport[][];
  /** When each sensor sent last: it never sends out of order. */
  readonly lastSent: number[];
  readonly nextStatus: number[];
  pending: Transmission[];
}

export const linkOf = (world: World, sensor: number): string => world.scene.sensors[sensor].link ?? world.scene.sensors[sensor].output;

export function createTransmitter(world: World): Transmitter {
  const { sensors } = world.scene;
  return {
    latency: sensors.map((spec) => randomStream(world.seed, "latency", spec.id)),
    nodes: sensors.map((spec, index) => (spec.output === "sapient" ? createEdgeNode(world, index) : undefined)),
    radars: sensors.map((spec, index) =>
      spec.output === "asterix" ? { sac: spec.sac ?? 0, sic: spec.sic ?? index + 1, ...world.sensors[index].frame.origin } : undefined,
    ),
    swept: sensors.map(() => []),
    lastSent: sensors.map(() => 0),
    // Nodes do not all report in the same instant.
    nextStatus: sensors.map((_, index) => world.start + STATUS_INTERVAL * MICROS_PER_SECOND + index * 100_000),
    pending: [],
  };
}

/** Encodes what was measured up to now and returns what leaves until now, in order of time, then of the sensors. */
export function transmit(world: World, transmitter: Transmitter, reports: readonly Report[]): Transmission[] {
  for (const report of reports) enqueue(world, transmitter, report);
  transmitter.nodes.forEach((node, sensor) => {
    while (node !== undefined && transmitter.nextStatus[sensor] <= world.now) {
      const at = sendingTime(transmitter, sensor, transmitter.nextStatus[sensor]);
      push(world, transmitter, at, sensor, frameSapient(statusOf(node, at, true)), 0);
      transmitter.nextStatus[sensor] += STATUS_INTERVAL * MICROS_PER_SECOND;
    }
  });
  const due = transmitter.pending.filter((one) => one.at <= world.now);
  transmitter.pending = transmitter.pending.filter((one) => one.at > world.now);
  return due.sort((a, b) => a.at - b.at || a.sensor - b.sensor); // stable: what a sensor sends in one instant keeps its order
}

function sendingTime(transmitter: Transmitter, sensor: number, earliest: number): Micros {
  const at = Math.max(transmitter.lastSent[sensor], Math.round(earliest));
  transmitter.lastSent[sensor] = at;
  return micros(at);
}

function push(world: World, transmitter: Transmitter, at: Micros, sensor: number, bytes: Uint8Array, records: number): void {
  const output = world.scene.sensors[sensor].output;
  transmitter.pending.push({ at, sensor, output, link: linkOf(world, sensor), bytes, records });
}

function enqueue(world: World, transmitter: Transmitter, report: Report): void {
  const { sensor } = report;
  const radar = transmitter.radars[sensor];
  if (report.kind === "plot" && radar !== undefined) {
    transmitter.swept[sensor].push(report);
    return;
  }
  if (report.kind === "sector" && radar === undefined) return; // a SAPIENT radar does not report its sectors
  const latency = findSensorClass(world.scene.sensors[sensor].class)?.latency ?? { best: 0, worst: 0 };
  const delay = MICROS_PER_SECOND * uniformBetween(transmitter.latency[sensor], latency.best, latency.worst);
  const at = sendingTime(transmitter, sensor, report.at + delay);
  switch (report.kind) {
    case "sector": {
      const plots = transmitter.swept[sensor];
      transmitter.swept[sensor] = [];
      const datagrams = encodeSector(radar as RadarIdentity, plots, report);
      datagrams.forEach((bytes, i) => {
        const last = i === datagrams.length - 1; // the service message
        push(world, transmitter, at, sensor, bytes, last ? 0 : Math.min(50, plots.length - 50 * i));
      });
      return;
    }
    case "plot":
    case "bearing": {
      const node = transmitter.nodes[sensor];
      if (node !== undefined) push(world, transmitter, at, sensor, frameSapient(detectionOf(node, at, report)), 1);
      return;
    }
    case "adsb": {
      if (world.scene.sensors[sensor].output === "sbs") {
        push(world, transmitter, at, sensor, encodeSbs(report), 1);
        return;
      }
      for (const message of encodeSquitters(report)) {
        push(world, transmitter, at, sensor, encodeBeast(message, report.at - world.start, report.levelDbm), 1);
      }
      return;
    }
    case "remote-id":
      push(world, transmitter, at, sensor, encodeRemoteIdJson(report, sensor % 2 === 0 ? "list" : "object"), 1);
      return;
    case "partner":
      push(world, transmitter, at, sensor, encodeCot(report, at), 1);
      return;
  }
}
