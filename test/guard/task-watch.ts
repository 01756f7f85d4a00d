// The other side of the effector guard: a book of its own about who registered as what on which connection, kept from the octets
// alone, and the judgement of every octet that leaves. It shares no rule with the product.

import { fromBinary } from "@bufbuild/protobuf";
import {
  type SapientMessage,
  SapientMessageSchema,
  StatusReport_System,
  type Task,
} from "../../src/core/protocols/sapient/sapient-pb.gen.ts";

/** OTHER, MOBILE_NODE and UNSPECIFIED are here: whoever does not say that it only senses is not one that only senses. */
const NOT_A_SENSOR = new Set([0, 1, 13, 14, 15, 16, 17, 18]);
const POINTABLE = 19;
const FUSION = 20;
const KNOWN_TYPES = 20;
const HARMLESS = new Set(["request", "detectionThreshold", "detectionReportRate", "classificationThreshold", "modeChange", "lookAt"]);
/** Kinds of message that a fusion node has for its nodes. */
const FOR_NODES = new Set(["registrationAck", "alertAck", "error", "task"]);
const MOST_SENDINGS = 3;

interface Entry {
  types: readonly number[];
  dependents: readonly string[];
  /** Where it registered; undefined once that connection ended, or it said goodbye there. */
  connection: number | undefined;
  /** Connections on which it said anything. */
  spokeOn: Set<number>;
}

export interface TaskWatch {
  /** Octets that came from a node, before the product sees them. */
  arrived(connection: number, octets: Uint8Array): void;
  /** The step that took them is over: what was not acknowledged did not register. */
  settled(): void;
  closed(connection: number): void;
  /** A person ordered something of this node in the step that follows. */
  ordered(nodeId: string): void;
  /** Octets that the product wants to send: a sentence when they must not leave. */
  leaving(connection: number, octets: Uint8Array): string | undefined;
  /** Why a Task to this node on this connection would be wrong; undefined when it would not. */
  objection(nodeId: string, connection: number, task: Task): string | undefined;
  readonly tasksSent: () => number;
  readonly repeats: () => number;
}

export function createTaskWatch(): TaskWatch {
  const book = new Map<string, Entry>();
  /** A registration that waits for its acknowledgement. */
  let asking: { nodeId: string; entry: Entry } | undefined;
  let orderedNode: string | undefined;
  /** Connections on which anybody registered, or tried to, as more than a sensor. */
  const tainted = new Set<number>();
  const sendings = new Map<string, { nodeId: string; count: number; registration: Entry }>();
  let tasksSent = 0;
  let repeats = 0;

  const typesObjection = (types: readonly number[]): string | undefined => {
    if (types.length === 0) return "no type";
    const bad = types.find((type) => NOT_A_SENSOR.has(type) || type > KNOWN_TYPES);
    if (bad !== undefined) return `type ${bad}`;
    const sensors = types.filter((type) => type !== POINTABLE && type !== FUSION);
    return types.includes(POINTABLE) && sensors.length === 0 ? "pointable and no sensor" : undefined;
  };
  const nodeObjection = (nodeId: string, above: readonly string[]): string | undefined => {
    const entry = book.get(nodeId);
    if (entry === undefined) return `${nodeId} never registered`;
    const own = typesObjection(entry.types);
    if (own !== undefined) return `${nodeId}: ${own}`;
    if (entry.types.includes(FUSION) && entry.dependents.length === 0) return `${nodeId}: a fusion node that hides its nodes`;
    for (const dependent of entry.dependents) {
      if (above.includes(dependent)) return `${dependent} depends on itself`;
      const below = nodeObjection(dependent, [...above, dependent]);
      if (below !== undefined) return below;
    }
    return undefined;
  };
  const objection = (nodeId: string, task: Task): string | undefined => {
    const command = task.command?.command.case;
    if (task.command !== undefined && (command === undefined || !HARMLESS.has(command))) return `the command ${command}`;
    if (task.command === undefined && task.region.length === 0 && task.control === 1) return "nothing is asked";
    const own = nodeObjection(nodeId, []);
    if (own !== undefined) return own;
    return undefined;
  };
  /** Who else would hear what goes out on a connection. */
  const connectionObjection = (connection: number): string | undefined => {
    if (tainted.has(connection)) return "beside it: somebody who registered as more than a sensor";
    for (const [other, entry] of book) {
      if (entry.connection !== connection) continue;
      const beside = nodeObjection(other, []);
      if (beside !== undefined) return `beside it: ${beside}`;
    }
    return undefined;
  };
  const read = (octets: Uint8Array): SapientMessage | undefined => {
    try {
      return fromBinary(SapientMessageSchema, octets);
    } catch {
      return undefined;
    }
  };

  return {
    arrived: (connection, octets) => {
      const message = read(octets);
      const nodeId = message?.nodeId?.toLowerCase();
      if (message === undefined || nodeId === undefined) return;
      const { content } = message;
      if (content.case === "registration") {
        const types = content.value.nodeDefinition.map((definition) => definition.nodeType ?? 0);
        asking = {
          nodeId,
          entry: {
            types,
            dependents: content.value.dependentNodes.map((id) => id.toLowerCase()),
            connection,
            spokeOn: new Set([connection]),
          },
        };
        if (typesObjection(types) !== undefined) tainted.add(connection);
        return;
      }
      const entry = book.get(nodeId);
      if (entry === undefined) return;
      entry.spokeOn.add(connection);
      if (content.case === "statusReport" && content.value.system === StatusReport_System.GOODBYE && entry.connection === connection)
        entry.connection = undefined;
    },
    settled: () => {
      asking = undefined;
      orderedNode = undefined;
    },
    closed: (connection) => {
      for (const entry of book.values()) if (entry.connection === connection) entry.connection = undefined;
    },
    ordered: (nodeId) => {
      orderedNode = nodeId;
    },
    leaving: (connection, octets) => {
      const message = read(octets);
      if (message === undefined) return "what leaves cannot be read";
      const { content } = message;
      if (!FOR_NODES.has(content.case ?? "")) return `a ${content.case} leaves`;
      if (content.case === "registrationAck" && content.value.acceptance === true) {
        if (asking === undefined) return "an acknowledgement of nothing";
        if (message.destinationId !== asking.nodeId || connection !== asking.entry.connection) return "an acknowledgement to somebody else";
        book.set(asking.nodeId, asking.entry);
      }
      if (content.case === "registrationAck" && content.value.acceptance !== true && asking !== undefined) {
        // A refused registration ends what the node had on this connection.
        if (book.get(asking.nodeId)?.connection === connection) book.delete(asking.nodeId);
      }
      if (content.case !== "task") return undefined;
      const task = content.value;
      const nodeId = message.destinationId ?? "";
      const wrong = objection(nodeId, task);
      if (wrong !== undefined) return `a Task leaves: ${wrong}`;
      const entry = book.get(nodeId)!;
      if (!entry.spokeOn.has(connection)) return `a Task for ${nodeId} leaves on connection ${connection}, where it never was`;
      const beside = connectionObjection(connection);
      if (beside !== undefined) return `a Task leaves: ${beside}`;
      const before = sendings.get(task.taskId ?? "");
      if (before === undefined) {
        if (orderedNode !== nodeId) return `a Task for ${nodeId} that nobody ordered`;
        orderedNode = undefined;
        tasksSent += 1;
        sendings.set(task.taskId ?? "", { nodeId, count: 1, registration: entry });
        return undefined;
      }
      repeats += 1;
      before.count += 1;
      if (before.nodeId !== nodeId) return "a repeat goes to another node";
      if (before.registration !== entry) return "a repeat after a new registration";
      return before.count > MOST_SENDINGS ? `sent ${before.count} times` : undefined;
    },
    objection: (nodeId, connection, task) => objection(nodeId, task) ?? connectionObjection(connection),
    tasksSent: () => tasksSent,
    repeats: () => repeats,
  };
}
