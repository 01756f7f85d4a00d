// The events that a server would journal while the simulator plays a scene into its sockets, made without sockets or clock: the same
// seed gives the same octets at the same instants.

import { join } from "node:path";
import { type Micros, micros } from "../../src/core/base/units.ts";
import type { PictureEvent } from "../../src/core/model/event.ts";
import type { Site } from "../../src/core/model/site.ts";
import { createBeastFramer } from "../../src/core/protocols/beast/beast-framer.ts";
import type { Framer } from "../../src/core/protocols/protocol.ts";
import { createSapientFramer, frameSapient } from "../../src/core/protocols/sapient/sapient-framer.ts";
import { findScene } from "../../src/core/simulation/built-in-scenes.ts";
import { registrationOf, statusOf } from "../../src/core/simulation/edge-node.ts";
import type { Scene } from "../../src/core/simulation/scene.ts";
import { createTransmitter, linkOf, transmit } from "../../src/core/simulation/transmitter.ts";
import { advanceWorld, createWorld, type World } from "../../src/core/simulation/world.ts";
import { loadSite } from "../../src/server/configuration/load-site.ts";
import { packageFolder } from "../../src/server/software-version.ts";

export type WithoutStamps<T> = T extends PictureEvent ? Omit<T, "sequence" | "at"> : never;

/** The source of the demonstration site that each output of a scene goes to. */
const SOURCE_OF: Readonly<Record<string, string>> = {
  sapient: "sapient",
  asterix: "asterix",
  beast: "adsb",
  "remote-id-json": "remote-id",
  cot: "partner",
};

export const SCENE_START: Micros = micros(1_790_000_000_000_000);
const STEP = 20_000; // us
/** Detections of one look wait a little for each other: two ticks behind each step, as the server's loop gives them. */
const TICK_AFTER = 10_000; // us

export const demonstrationSite = (): Site =>
  JSON.parse(JSON.stringify(loadSite(join(packageFolder(), "examples", "demonstration.yaml")).site)) as Site;

export interface SceneStep {
  readonly world: World;
  readonly events: readonly PictureEvent[];
}

export interface SceneOptions {
  /** us between two steps; 20 ms as a busy server has them. */
  readonly step?: number;
  /** Events besides those of the scene, asked for before each step: a person's commands, or octets that no simulated object sends. */
  readonly more?: (world: World, now: number) => readonly WithoutStamps<PictureEvent>[];
}

/** Steps of a scene: what was received in each, and the world as it really was. */
export function* sceneSteps(
  of: string | Scene,
  seed: number,
  seconds: number,
  site: Site = demonstrationSite(),
  options: SceneOptions = {},
): Generator<SceneStep> {
  const step = options.step ?? STEP;
  const scene = typeof of === "string" ? findScene(of) : of;
  if (scene === undefined) throw new Error(`there is no scene ${String(of)}`);
  const world = createWorld(scene, SCENE_START, seed);
  const transmitter = createTransmitter(world);
  let sequence = 0;
  let lastAt: number = SCENE_START;
  const stamp = (event: WithoutStamps<PictureEvent>, at: number): PictureEvent => {
    sequence += 1;
    lastAt = Math.max(lastAt, at);
    return { ...event, sequence, at: lastAt } as PictureEvent;
  };
  const framers = new Map<number, Framer>();
  const connections = new Map<number, number>();

  const opening: PictureEvent[] = [stamp({ type: "configure", site, softwareVersion: "test" }, SCENE_START)];
  world.sensors.forEach((_, sensor) => {
    const output = world.scene.sensors[sensor]!.output;
    if (output !== "sapient" && output !== "beast") return;
    const sourceId = SOURCE_OF[linkOf(world, sensor)] ?? SOURCE_OF[output]!;
    const connection = connections.size + 1;
    connections.set(sensor, connection);
    framers.set(sensor, output === "sapient" ? createSapientFramer({}) : createBeastFramer());
    opening.push(stamp({ type: "connection", sourceId, connection, change: "opened", peer: "test", reason: "" }, SCENE_START));
    const node = transmitter.nodes[sensor];
    if (node === undefined) return;
    for (const message of [registrationOf(node, SCENE_START), statusOf(node, SCENE_START, false)]) {
      for (const bytes of framers.get(sensor)!.push(frameSapient(message)).packets)
        opening.push(stamp({ type: "packet", sourceId, connection, bytes }, SCENE_START));
    }
  });
  yield { world, events: opening };

  for (let now = SCENE_START + step; now <= SCENE_START + seconds * 1e6; now += step) {
    const events: PictureEvent[] = [];
    for (const one of transmit(world, transmitter, advanceWorld(world, micros(now)))) {
      const sourceId = SOURCE_OF[one.output];
      if (sourceId === undefined) continue;
      const framer = framers.get(one.sensor);
      const packets = framer === undefined ? [one.bytes] : framer.push(one.bytes).packets;
      const connection = connections.get(one.sensor) ?? 0;
      for (const packet of packets) events.push(stamp({ type: "packet", sourceId, connection, bytes: new Uint8Array(packet) }, one.at));
    }
    for (const event of options.more?.(world, now) ?? []) events.push(stamp(event, now));
    events.push(stamp({ type: "tick" }, now), stamp({ type: "tick" }, now + TICK_AFTER));
    yield { world, events };
  }
}

export function* sceneEvents(of: string | Scene, seed: number, seconds: number, site?: Site): Generator<PictureEvent> {
  for (const { events } of sceneSteps(of, seed, seconds, site)) yield* events;
}
