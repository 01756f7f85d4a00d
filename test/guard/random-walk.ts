// A random walk through everything that can happen between Picket and SAPIENT nodes: registrations of every kind, commands of
// every kind, answers, damaged and repeated octets, connections that come and go, time. Whatever happens, the watch looks at
// every octet that leaves. The same seed gives the same walk.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { metres, micros, radians } from "../../src/core/base/units.ts";
import { createPicture, type Picture } from "../../src/core/engine/picture.ts";
import { sapientStateOf } from "../../src/core/engine/sensor-tasks.ts";
import { step } from "../../src/core/engine/step.ts";
import { createRandom, uniform, uniformInteger } from "../../src/core/math/random.ts";
import type { Effect, PictureEvent } from "../../src/core/model/event.ts";
import type { SensorTask } from "../../src/core/model/sensor-task.ts";
import type { Site } from "../../src/core/model/site.ts";
import { mayForward } from "../../src/core/protocols/sapient/effector-guard.ts";
import {
  createSender,
  encodeAlert,
  encodeDetection,
  encodeGoodbye,
  encodeMessage,
  encodeSapient,
  encodeStatus,
  location,
  objectUlid,
  registration,
  type SenderState,
} from "../../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../../src/core/protocols/sapient/identifiers.ts";
import { answerListener } from "../../src/core/protocols/sapient/recorder.ts";
import {
  Registration_ModeType,
  Registration_TimeUnits,
  SapientMessageSchema,
  type Task,
  TaskSchema,
} from "../../src/core/protocols/sapient/sapient-pb.gen.ts";
import { guardedOf, maySend } from "../../src/core/protocols/sapient/tasking.ts";
import { createUpwardState, upwardReceive } from "../../src/core/protocols/sapient/upward.ts";
import { createTaskWatch } from "./task-watch.ts";

export interface WalkReport {
  steps: number;
  /** What must be 0. */
  violations: string[];
  registrations: number;
  commands: number;
  /** Commands to nodes that declared something else than a sensor. */
  commandsToEffectors: number;
  tasksSent: number;
  repeats: number;
  refused: number;
  /** Octets of somebody else that the guard was asked to pass on, and that it let pass. */
  forwardsAsked: number;
  forwardsAllowed: number;
}

const SOURCE = "nodes";
const START = 1_790_000_000_000_000;
const NODES = 10;
const CONNECTIONS = 6;
const DEGREE = Math.PI / 180;
const SITE: Site = {
  id: "guard",
  name: "Guard",
  origin: { latitude: radians(36.9 * DEGREE), longitude: radians(43.1 * DEGREE), heightHae: metres(300) },
  sources: [{ id: SOURCE, protocol: "sapient", origin: "live", timeBasis: "receive", options: {} }],
  sensors: [],
  assets: [],
  zones: [],
};
const PLACE = { latitude: 36.9 * DEGREE, longitude: 43.1 * DEGREE, height: 300 };
const SENSOR_TYPES = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const EFFECTOR_TYPES = [0, 1, 13, 14, 15, 16, 17, 18, 21, 60];

type WithoutStamps<T> = T extends PictureEvent ? Omit<T, "sequence" | "at"> : never;

/** Walks `steps` random steps. Throws when the product throws; otherwise says what was seen. */
export function walkGuard(steps: number, seed: number, onProgress?: (done: number) => void): WalkReport {
  const random = createRandom(seed);
  const draw = (count: number) => uniformInteger(random, count);
  const chance = (probability: number) => uniform(random) < probability;
  const pick = <Item>(items: readonly Item[]): Item => items[draw(items.length)]!;

  const report: WalkReport = {
    steps: 0,
    violations: [],
    registrations: 0,
    commands: 0,
    commandsToEffectors: 0,
    tasksSent: 0,
    repeats: 0,
    refused: 0,
    forwardsAsked: 0,
    forwardsAllowed: 0,
  };
  const picture: Picture = createPicture();
  const watch = createTaskWatch();
  let at = START;
  const senders: SenderState[] = Array.from({ length: NODES }, (_, i) => createSender(deriveUuid(`walk ${seed} ${i}`)));
  const ids = senders.map(({ nodeId }) => nodeId);
  let connections: number[] = [];
  let lastConnection = 0;
  /** Which connection each node uses most of the time. */
  const home = new Map<number, number>();
  /** Tasks that nodes heard, so that they can be answered and abused. */
  let heard: { connection: number; octets: Uint8Array; nodeId: string; taskId: string }[] = [];
  /** Octets of earlier steps, to come again from anywhere. */
  const earlier: Uint8Array[] = [];
  const fail = (sentence: string) => report.violations.push(`step ${report.steps}, seed ${seed}: ${sentence}`);

  const give = (event: WithoutStamps<PictureEvent>): Effect[] => {
    const effects = step(picture, { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent);
    for (const effect of effects) {
      if (effect.type === "send") {
        const wrong = effect.sourceId === SOURCE ? watch.leaving(effect.connection, effect.bytes) : `octets to ${effect.sourceId}`;
        if (wrong !== undefined) fail(wrong);
        const message = fromBinary(SapientMessageSchema, effect.bytes);
        if (message.content.case === "task") {
          heard.push({
            connection: effect.connection,
            octets: effect.bytes,
            nodeId: message.destinationId ?? "",
            taskId: message.content.value.taskId ?? "",
          });
          if (heard.length > 64) heard = heard.slice(-32);
        }
      } else if (effect.type !== "close" && effect.type !== "notify") fail(`an effect of type ${effect.type}`);
    }
    // The shell closes what it is told to close.
    for (const effect of effects) if (effect.type === "close") close(effect.connection);
    return effects;
  };
  function close(connection: number): void {
    if (!connections.includes(connection)) return;
    connections = connections.filter((other) => other !== connection);
    watch.closed(connection);
    give({ type: "connection", sourceId: SOURCE, connection, change: "closed", peer: "", reason: "" });
  }
  const open = (): number => {
    lastConnection += 1;
    connections.push(lastConnection);
    const identity = chance(0.1) ? { identity: [pick(ids), "somebody"] } : {};
    give({ type: "connection", sourceId: SOURCE, connection: lastConnection, change: "opened", peer: "walk", reason: "", ...identity });
    return lastConnection;
  };
  const packet = (connection: number, octets: Uint8Array): void => {
    if (earlier.length < 200) earlier.push(octets);
    else earlier[draw(200)] = octets;
    watch.arrived(connection, octets);
    give({ type: "packet", sourceId: SOURCE, connection, bytes: octets });
    watch.settled();
  };
  const connectionOf = (node: number): number => {
    const usual = home.get(node);
    if (usual !== undefined && connections.includes(usual) && !chance(0.03)) return usual;
    const chosen = connections.length < CONNECTIONS || chance(0.3) ? open() : pick(connections);
    home.set(node, chosen);
    return chosen;
  };

  const types = (): number[] => {
    const list = [pick(SENSOR_TYPES)];
    if (chance(0.3)) list.push(pick(SENSOR_TYPES));
    if (chance(0.2)) list.push(19);
    if (chance(0.12)) list.push(20);
    if (chance(0.18)) list.splice(draw(list.length + 1), chance(0.5) ? 1 : 0, pick(EFFECTOR_TYPES));
    if (chance(0.02)) list.length = 0;
    return list;
  };
  const registrationOf = (node: number): Uint8Array => {
    const dependentNodes = chance(0.15) ? Array.from({ length: 1 + draw(3) }, () => pick(ids)) : [];
    const init = registration({
      name: `N${node}`,
      shortName: `N${node}`,
      nodeTypes: types() as never[],
      statusIntervalSeconds: 60,
      tracking: "none",
      form: "location",
      maximumLatencySeconds: 0.1,
      manufacturer: "walk",
      model: "1",
      dependentNodes: dependentNodes.map((id) => (chance(0.2) ? id.toUpperCase() : id)),
      ...(chance(0.05) ? { icdVersion: "v9" } : {}),
    });
    const mode = init.modeDefinition![0]!;
    mode.task!.concurrentTasks = 1 + draw(8);
    mode.task!.command = [1, 2, 3, 4, 5, 6]
      .filter(() => chance(0.9))
      .map((type) => ({
        type,
        units: type === 1 ? "Registration,Status" : pick(["discrete", "cone", "location", ""]),
        completionTime: { units: Registration_TimeUnits.SECONDS, value: 1 + draw(20) },
      })) as never;
    init.modeDefinition = [mode, { ...mode, modeName: "Night", modeType: Registration_ModeType.PERMANENT } as never];
    report.registrations += 1;
    return encodeSapient(senders[node]!, micros(at), { case: "registration", value: init });
  };

  const COMMANDS = [
    { case: "request", value: "Status" },
    { case: "detectionThreshold", value: 1 },
    { case: "detectionReportRate", value: 2 },
    { case: "classificationThreshold", value: 3 },
    { case: "modeChange", value: "Night" },
    { case: "lookAt", value: { fovOneof: { case: "locationList", value: { locations: [location(PLACE)] } } } },
    { case: "moveTo", value: { locations: [location(PLACE)] } },
    { case: "patrol", value: { locations: [location(PLACE)] } },
    { case: "follow", value: { followObjectId: "01ARZ3NDEKTSV4RRFFQ69G5FAV" } },
  ];
  /** A Task that somebody else wrote, good or bad, sometimes spoilt in its octets. */
  const foreignTask = (): Uint8Array => {
    const task = create(TaskSchema, {
      taskId: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
      control: draw(5) as never,
      ...(chance(0.9) ? { command: { command: pick(COMMANDS) as never } } : {}),
      ...(chance(0.2) ? { region: [{ type: draw(7) as never, regionId: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }] } : {}),
    });
    const from = pick(senders);
    const octets = encodeSapient(from, micros(at), { case: "task", value: task }, pick(ids));
    switch (draw(8)) {
      case 0: // an unknown field at the end
        return Uint8Array.of(...octets, 0xa2, 0x01, 0x01, 0x00);
      case 1: {
        // A second task behind the first: readers differ on which counts.
        const second = create(TaskSchema, { taskId: task.taskId!, control: 1 as never, command: { command: pick(COMMANDS) as never } });
        return Uint8Array.of(...octets, ...encodeMessage(create(SapientMessageSchema, { content: { case: "task", value: second } })));
      }
      case 2: {
        const spoilt = octets.slice();
        spoilt[draw(spoilt.length)]! ^= 1 << draw(8);
        return spoilt;
      }
      default:
        return octets;
    }
  };
  const readTask = (octets: Uint8Array): { task: Task; nodeId: string } | undefined => {
    try {
      const message = fromBinary(SapientMessageSchema, octets);
      return message.content.case === "task"
        ? { task: message.content.value, nodeId: (message.destinationId ?? "").toLowerCase() }
        : undefined;
    } catch {
      return undefined;
    }
  };

  const order = (): void => {
    const nodeId = chance(0.97) ? pick(ids) : deriveUuid("nobody");
    const level = pick(["low", "medium", "high"] as const);
    const task = pick<SensorTask>([
      { kind: "request", request: pick(["Status", "registration", "Reset"]) },
      { kind: "detection-threshold", level },
      { kind: "classification-threshold", level },
      { kind: "detection-report-rate", level },
      { kind: "mode-change", mode: pick(["Default", "Night", "Turbo"]) },
      { kind: "look-at", place: { latitudeDegrees: 36.91, longitudeDegrees: 43.11, heightHaeMetres: chance(0.5) ? 400 : null } },
      // What a spoilt journal or a later version could hold.
      { kind: "move-to" } as never,
    ]);
    report.commands += 1;
    const node = sapientStateOf(picture.sources.get(SOURCE))?.nodes.get(nodeId);
    if (node?.contract.nodeTypes.some((type) => EFFECTOR_TYPES.includes(type))) report.commandsToEffectors += 1;
    const actor = { name: chance(0.97) ? "Lt Reyes" : " ", authenticated: false };
    if (actor.name !== " ") watch.ordered(nodeId);
    const before = watch.tasksSent();
    give({
      type: "command",
      commandId: `c${report.commands}`,
      actor,
      command: { kind: "sapient-task", sourceId: chance(0.99) ? SOURCE : "elsewhere", nodeId, task },
    });
    watch.settled();
    if (watch.tasksSent() === before) report.refused += 1;
  };
  const answer = (): void => {
    if (heard.length === 0) return;
    const { connection, nodeId, taskId } = pick(heard);
    const sender = senders.find((one) => one.nodeId === nodeId);
    if (sender === undefined || !connections.includes(connection)) return;
    const value = {
      taskId: chance(0.95) ? taskId : "01ARZ3NDEKTSV4RRFFQ69G5FAV",
      taskStatus: draw(6) as never,
      reason: chance(0.5) ? ["walk"] : [],
    };
    packet(connection, encodeSapient(sender, micros(at), { case: "taskAck", value }));
  };
  const upward = createUpwardState({ nodeId: deriveUuid("walk parent") } as never, micros(at));
  /** What somebody asks to have passed on: to a node, upwards, or from a recorder. */
  const forward = (): void => {
    const octets = chance(0.2) && heard.length > 0 ? pick(heard).octets : foreignTask();
    const state = sapientStateOf(picture.sources.get(SOURCE));
    if (state === undefined) return;
    report.forwardsAsked += 1;
    const read = readTask(octets);
    const to = read?.nodeId ?? pick(ids);
    const node = state.nodes.get(to);
    if (node !== undefined) {
      const known = (id: string) => {
        const one = state.nodes.get(id);
        return one === undefined ? undefined : guardedOf(one.contract);
      };
      if (mayForward(octets, guardedOf(node.contract), known).allowed && read === undefined) fail("what is no Task would be forwarded");
    }
    const connection = chance(0.7) ? (node?.connection ?? 0) : connections.length > 0 ? pick(connections) : 0;
    if (maySend(state, connection, octets).allowed && read !== undefined) {
      report.forwardsAllowed += 1;
      const wrong = watch.objection(to, connection, read.task);
      if (wrong !== undefined) fail(`a forwarded Task would leave: ${wrong}`);
      // Read and written again it is as long: nothing was hidden in it. A spoilt number may be written with fewer octets.
      const plain = toBinary(SapientMessageSchema, fromBinary(SapientMessageSchema, octets), { writeUnknownFields: false });
      if (octets.length - plain.length > 3) fail("a forwarded Task that readers may see differently would leave");
    }
    const replies = [
      answerListener(state, octets, micros(at)).reply,
      ...upwardReceive(upward, { nodeId: deriveUuid("walk parent") } as never, octets, micros(at)).send,
    ].filter((reply) => reply !== undefined);
    if (replies.some((reply) => readTask(reply) !== undefined)) fail("a Task goes to a recorder or a parent");
  };

  give({ type: "configure", site: SITE, softwareVersion: "walk" });
  while (report.steps < steps && report.violations.length < 20) {
    report.steps += 1;
    at += 1_000 + draw(200_000);
    const node = draw(NODES);
    const kind = uniform(random);
    if (kind < 0.12) packet(connectionOf(node), registrationOf(node));
    else if (kind < 0.37) order();
    else if (kind < 0.52) answer();
    else if (kind < 0.6) forward();
    else if (kind < 0.68) packet(connectionOf(node), encodeStatus(senders[node]!, micros(at), { place: PLACE }));
    else if (kind < 0.7) packet(connectionOf(node), encodeGoodbye(senders[node]!, micros(at)));
    else if (kind < 0.73) {
      const objectId = objectUlid(senders[node]!, micros(at), draw(50));
      packet(connectionOf(node), encodeDetection(senders[node]!, micros(at), { objectId, location: location(PLACE) }));
    } else if (kind < 0.75) packet(connectionOf(node), encodeAlert(senders[node]!, micros(at), 1, "walk"));
    else if (kind < 0.79) packet(connectionOf(node), foreignTask());
    else if (kind < 0.82 && earlier.length > 0) packet(connectionOf(node), pick(earlier));
    else if (kind < 0.84)
      packet(
        connectionOf(node),
        Uint8Array.from({ length: draw(64) }, () => draw(256)),
      );
    else if (kind < 0.86 && connections.length > 0) close(pick(connections));
    else if (kind < 0.862) {
      // The same site again, or one whose source is something else now: all registrations are then of the past.
      const origin = chance(0.5) ? ("live" as const) : ("simulated" as const);
      const changed = picture.sources.get(SOURCE)!.configuration.origin !== origin;
      give({ type: "configure", site: { ...SITE, sources: [{ ...SITE.sources[0]!, origin }] }, softwareVersion: "walk" });
      if (changed) for (const connection of [...connections]) close(connection);
    } else {
      at += chance(0.05) ? draw(150_000_000) : draw(4_000_000);
      give({ type: "tick" });
      watch.settled();
    }
    if (report.steps % 10_000 === 0) onProgress?.(report.steps);
  }
  report.tasksSent = watch.tasksSent();
  report.repeats = watch.repeats();
  return report;
}
