// Prometheus figures of one server. A registry of its own, so that two servers in one process (tests) do not meet.

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { isFake } from "../core/identification/emitters/emitters.ts";
import type { PictureHost } from "./live/picture-host.ts";
import { sensorsOf, sourcesOf, tracksOf } from "./live/picture-host.ts";
import type { Loop } from "./loop/loop.ts";

export interface Metrics {
  read(): Promise<{ type: string; text: string }>;
  turn(milliseconds: number): void;
  tracked(microseconds: number): void;
}

export function createMetrics(host: PictureHost, loop: Loop | undefined, clients: () => number): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: string[] = []) => new Gauge({ name, help, labelNames, registers: [registry] });
  const turns = new Histogram({
    name: "picket_turn_seconds",
    help: "Time of one turn of the picture's loop",
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1],
    registers: [registry],
  });
  const tracked = new Histogram({
    name: "picket_packet_to_track_seconds",
    help: "From a packet's arrival until its detections are in the tracks",
    buckets: [0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.008, 0.009, 0.01, 0.012, 0.015, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1],
    registers: [registry],
  });
  const tracks = gauge("picket_tracks", "Tracks by origin and status, without those that are probably no object", ["origin", "status"]);
  const fakes = gauge("picket_tracks_fake", "Tracks of broadcasts that are probably no object", ["origin"]);
  const packets = gauge("picket_source_packets", "Packets read since the start", ["source"]);
  const records = gauge("picket_source_records", "Messages or records understood since the start", ["source"]);
  const errors = gauge("picket_source_errors", "Refused input by reason", ["source", "code", "item"]);
  const drops = gauge("picket_source_drops", "Dropped before reading, by reason", ["source", "reason"]);
  const depth = gauge("picket_queue_depth", "Packets waiting", ["source"]);
  const rate = gauge("picket_sensor_detections_per_second", "Detections a second", ["sensor"]);
  const fresh = gauge("picket_sensor_live", "1 LIVE, 0.5 DEGRADED, 0 STALE or OFFLINE", ["sensor"]);
  const sent = gauge("picket_output_sent", "Messages handed to the network since the start", ["output"]);
  const sentBytes = gauge("picket_output_bytes", "Octets handed to the network since the start", ["output"]);
  const lost = gauge("picket_output_drops", "Messages and receivers dropped, by reason", ["output", "reason"]);
  const receivers = gauge("picket_output_receivers", "Receivers connected, or 1 while the link stands", ["output"]);
  const consoles = gauge("picket_consoles", "Connected consoles");
  const sequence = gauge("picket_sequence", "Sequence of the newest event");
  const events = new Counter({ name: "picket_events_total", help: "Events stepped", registers: [registry] });
  let counted = 0;
  return {
    turn: (milliseconds) => turns.observe(milliseconds / 1000),
    tracked: (microseconds) => tracked.observe(microseconds / 1e6),
    read: async () => {
      for (const each of [tracks, packets, records, errors, drops, depth, rate, fresh]) each.reset();
      fakes.reset();
      const { emitters } = host.picture().judgement;
      for (const track of tracksOf(host)) {
        if (isFake(emitters, track.id) >= 0.5) fakes.inc({ origin: track.origin });
        else tracks.inc({ origin: track.origin, status: track.status });
      }
      for (const source of sourcesOf(host)) {
        packets.set({ source: source.id }, source.packets);
        records.set({ source: source.id }, source.records);
        for (const error of source.errors) errors.set({ source: source.id, code: error.code, item: error.item }, error.count);
        for (const drop of source.drops) drops.set({ source: source.id, reason: drop.reason }, drop.count);
      }
      for (const [source, waiting] of loop?.queueDepths() ?? []) depth.set({ source }, waiting);
      for (const sensor of sensorsOf(host)) {
        rate.set({ sensor: sensor.id }, sensor.detectionsPerSecond);
        fresh.set({ sensor: sensor.id }, sensor.freshness === "LIVE" ? 1 : sensor.freshness === "DEGRADED" ? 0.5 : 0);
      }
      for (const each of [sent, sentBytes, lost, receivers]) each.reset();
      for (const output of host.outputs?.() ?? []) {
        sent.set({ output: output.id }, output.sent);
        sentBytes.set({ output: output.id }, output.bytes);
        receivers.set({ output: output.id }, output.receivers);
        for (const drop of output.drops) lost.set({ output: output.id, reason: drop.reason }, drop.count);
      }
      consoles.set(clients());
      sequence.set(host.picture().sequence);
      const total = loop?.statistics().events ?? 0;
      events.inc(total - counted);
      counted = total;
      return { type: registry.contentType, text: await registry.metrics() };
    },
  };
}
