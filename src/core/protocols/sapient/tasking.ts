// Tasks to sensors: what may be asked of a node, and what became of it (SEQ-13, SEQ-14, and rule 10 of docs/protocols/sapient.md).
//
// A task exists only because a person pressed something or a standing rule that a person switched on asked for it; the
// caller says which, and it stays with the task. The effector guard is asked at every sending, repeats included.

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { sanitizeText } from "../../base/text.ts";
import type { Micros } from "../../base/units.ts";
import type { TaskPhase } from "../../model/sensor-task.ts";
import type { Contract, ModeContract } from "./contract.ts";
import { type GuardedRegistration, type GuardVerdict, mayForward, mayTask } from "./effector-guard.ts";
import { encodeSapient, nextUlid } from "./encode.ts";
import { normalizeUuid } from "./identifiers.ts";
import {
  Registration_CommandType,
  type SapientMessage,
  SapientMessageSchema,
  type Task,
  Task_CommandSchema,
  Task_Control,
  type Task_RegionSchema,
  TaskAck_TaskStatus,
  TaskSchema,
} from "./sapient-pb.gen.ts";
import { activeMode, type NodeState, type SapientState } from "./state.ts";

/** Who wanted it: nothing else may start a task. */
export interface TaskBasis {
  readonly kind: "operator-press" | "standing-rule";
  /** The person who pressed, or who switched the rule on. */
  readonly actor: string;
  /** Name of the rule. */
  readonly rule?: string;
}

export interface TaskOrder {
  readonly nodeId: string;
  readonly control?: "start" | "stop" | "pause";
  readonly command?: MessageInitShape<typeof Task_CommandSchema>["command"];
  readonly regions?: readonly MessageInitShape<typeof Task_RegionSchema>[];
  readonly name?: string;
  /** Task that a stop or pause is about. */
  readonly taskId?: string;
  /** The command in the journal that asked for it. */
  readonly commandId?: string;
}

export interface OpenTask {
  readonly taskId: string;
  readonly commandId: string;
  /** What it asks, in words: "look_at", "mode_change Night". */
  readonly what: string;
  readonly basis: TaskBasis;
  phase: TaskPhase;
  readonly orderedAt: Micros;
  sentAt: Micros;
  sendings: number;
  changedAt: Micros;
  /** The node must be done by then, once it accepted. */
  deadline: Micros | undefined;
  /** Why it was refused, failed or given up. */
  reason: string;
  /** Mode that it changes to. */
  readonly modeName: string | undefined;
  readonly completionSeconds: number;
  /** The task as it goes out, without envelope: a repeat is the same task. Empty where it was refused. */
  readonly octets: Uint8Array;
}

const RESEND_AFTER = 5_000_000;
const MAX_SENDINGS = 3;
const DEFAULT_COMPLETION = 60; // s, for a node that does not say how long a command takes
/** A node that declares 10 s is given 15 s before it is said to have failed. */
const COMPLETION_SLACK = 1.5;
const MAX_TASKS = 16;

const CONTROL = { start: Task_Control.START, stop: Task_Control.STOP, pause: Task_Control.PAUSE };
const COMMAND_TYPE: Readonly<Record<string, number>> = {
  request: Registration_CommandType.REQUEST,
  detectionThreshold: Registration_CommandType.DETECTION_THRESHOLD,
  detectionReportRate: Registration_CommandType.DETECTION_REPORT_RATE,
  classificationThreshold: Registration_CommandType.CLASSIFICATION_THRESHOLD,
  modeChange: Registration_CommandType.MODE_CHANGE,
  lookAt: Registration_CommandType.LOOK_AT,
};

/** The part of a contract that the guard asks about. */
export const guardedOf = (contract: Contract): GuardedRegistration => ({
  nodeDefinition: contract.nodeTypes.map((nodeType) => ({ nodeType })),
  dependentNodes: contract.dependentNodes,
});

/**
 * Asks the effector guard with what the nodes of `state` declare now, about the node and about everybody who speaks on its
 * connection: octets for a sensor must not pass through the hands of an effector either.
 */
export function mayTaskNow(state: SapientState, node: NodeState, task: Task): GuardVerdict {
  const verdict = mayTask(guardedOf(node.contract), task, lookUp(state));
  return verdict.allowed ? mayTaskNeighbours(state, node, task) : verdict;
}

const lookUp =
  (state: SapientState) =>
  (nodeId: string): GuardedRegistration | undefined => {
    const dependent = state.nodes.get(nodeId);
    return dependent === undefined ? undefined : guardedOf(dependent.contract);
  };

function mayTaskNeighbours(state: SapientState, node: NodeState, task: Task): GuardVerdict {
  if (node.connection === undefined) return { allowed: true };
  const effector = state.connections.get(node.connection)?.effector;
  if (effector !== undefined)
    return { allowed: false, reason: `node ${effector} registered on the same connection as something that is not a sensor` };
  for (const other of state.nodes.values()) {
    if (other === node || other.connection !== node.connection) continue;
    const verdict = mayTask(guardedOf(other.contract), task, lookUp(state));
    if (!verdict.allowed) return { allowed: false, reason: `node ${other.nodeId} on the same connection: ${verdict.reason}` };
  }
  return { allowed: true };
}

/** What this fusion node has to say to its nodes. Nothing else leaves, whoever asks for it. */
const SENDABLE: ReadonlySet<string> = new Set(["registrationAck", "alertAck", "error", "task"]);

/**
 * The last gate: judges the octets that are about to leave on `connection`, with what is registered at this moment. A Task
 * passes only to the node that it names, on that node's own connection, and as `mayForward` and `mayTaskNow` allow.
 * Fails closed: what cannot be read does not leave.
 */
export function maySend(state: SapientState, connection: number, octets: Uint8Array): GuardVerdict {
  let message: SapientMessage;
  try {
    message = fromBinary(SapientMessageSchema, octets);
  } catch {
    return { allowed: false, reason: "the message cannot be read" };
  }
  const { content } = message;
  if (!SENDABLE.has(content.case ?? ""))
    return { allowed: false, reason: `a fusion node does not send ${content.case ?? "an empty message"}` };
  if (content.case !== "task") return { allowed: true };
  const node = state.nodes.get(normalizeUuid(message.destinationId ?? "") ?? "");
  if (node === undefined) return { allowed: false, reason: "the task is for a node that is not registered" };
  if (node.connection !== connection) return { allowed: false, reason: "the task is for a node on another connection" };
  const verdict = mayForward(octets, guardedOf(node.contract), lookUp(state));
  return verdict.allowed ? mayTaskNeighbours(state, node, content.value) : verdict;
}

export type TaskResult =
  | { readonly ok: true; readonly taskId: string; readonly connection: number; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

const no = (reason: string): TaskResult => ({ ok: false, reason });

/**
 * Makes a task, or says in one sentence why it may not be sent. The octets go out on `connection`, framed by the shell.
 * Refused are: what the effector guard refuses, what the node did not declare in its active mode, a node that is away.
 * A refusal is remembered with the node's tasks, so that it is seen.
 */
export function orderTask(state: SapientState, order: TaskOrder, basis: TaskBasis, now: Micros): TaskResult {
  if (basis.actor.trim() === "") return no("a task needs a person who ordered it");
  if (basis.kind === "standing-rule" && (basis.rule ?? "") === "") return no("a standing rule needs its name");
  const node = state.nodes.get(order.nodeId);
  if (node === undefined) return no("this node is not registered");
  const control = order.control ?? "start";
  const command = order.command?.case === undefined ? undefined : create(Task_CommandSchema, { command: order.command });
  const task = create(TaskSchema, {
    taskId: order.taskId ?? nextUlid(state.self, now),
    taskName: order.name,
    control: CONTROL[control],
    command,
    region: [...(order.regions ?? [])],
  });
  const mode = activeMode(node);
  const open: OpenTask = {
    taskId: task.taskId!,
    commandId: order.commandId ?? "",
    what: describeTask(task, control),
    basis: { ...basis },
    phase: "sent",
    orderedAt: now,
    sentAt: now,
    sendings: 1,
    changedAt: now,
    deadline: undefined,
    reason: "",
    modeName: command?.command.case === "modeChange" ? command.command.value : undefined,
    completionSeconds: completionOf(mode, task),
    octets: toBinary(TaskSchema, task),
  };
  const refusal = refusalOf(state, node, mode, order, task);
  if (refusal !== undefined) {
    makeRoom(node.tasks);
    if (node.tasks.length < MAX_TASKS)
      node.tasks.push({ ...open, phase: "refused", reason: refusal, sendings: 0, octets: new Uint8Array(0) });
    return no(refusal);
  }
  makeRoom(node.tasks);
  node.tasks.push(open);
  return {
    ok: true,
    taskId: open.taskId,
    connection: node.connection!,
    bytes: encodeSapient(state.self, now, { case: "task", value: task }, node.nodeId),
  };
}

const isOpen = (task: OpenTask) => task.phase === "sent" || task.phase === "accepted";

/** The oldest task that is over makes room. */
function makeRoom(tasks: OpenTask[]): void {
  if (tasks.length < MAX_TASKS) return;
  const done = tasks.findIndex((task) => !isOpen(task));
  if (done >= 0) tasks.splice(done, 1);
}

/** Why `task` may not be sent to `node` now; undefined when it may. The effector guard comes first. */
function refusalOf(state: SapientState, node: NodeState, mode: ModeContract | undefined, order: TaskOrder, task: Task): string | undefined {
  const guard = mayTaskNow(state, node, task);
  if (!guard.allowed) return guard.reason;
  if (node.connection === undefined) return "this node is not connected";
  if ((order.control ?? "start") !== "start") {
    if (order.taskId === undefined) return "stopping or pausing needs the task that it is about";
    return node.tasks.some((open) => open.taskId === order.taskId) ? undefined : "this task was not given to this node";
  }
  const declared = checkDeclared(node.contract, mode, task);
  if (declared !== undefined) return declared;
  const running = node.tasks.filter(isOpen).length;
  const most = Math.min(Math.max(mode?.concurrentTasks ?? 1, 1), MAX_TASKS);
  return running >= most ? `the node takes ${most} ${most === 1 ? "task" : "tasks"} at a time and is busy` : undefined;
}

/**
 * Why nothing at all may be sent to `node` now, for a screen; undefined when something may. Asked with the mildest of all
 * tasks: what is refused for that is refused for everything.
 */
export function taskingRefusal(state: SapientState, node: NodeState): string | undefined {
  const probe = create(TaskSchema, {
    control: Task_Control.START,
    command: create(Task_CommandSchema, { command: { case: "request", value: "Status" } }),
  });
  const guard = mayTaskNow(state, node, probe);
  if (!guard.allowed) return guard.reason;
  return node.connection === undefined ? "this node is not connected" : undefined;
}

/** Undefined when the node declared what `task` asks, else what is missing. */
function checkDeclared(contract: Contract, mode: ModeContract | undefined, task: Task): string | undefined {
  if (mode === undefined) return "the node declared no mode that it could be in";
  const command = task.command?.command;
  if (command?.case !== undefined) {
    const declared = mode.commands.filter((candidate) => candidate.type === COMMAND_TYPE[command.case!]);
    if (declared.length === 0) return `the node did not declare this command in its mode "${mode.name}"`;
    if (command.case === "request" && !declared.some((candidate) => lists(candidate.units, command.value))) {
      return `the node did not declare the request "${sanitizeText(command.value, 40)}"`;
    }
    if (command.case === "modeChange" && !contract.modes.some((candidate) => candidate.name === command.value)) {
      return `the node did not declare the mode "${sanitizeText(command.value, 40)}"`;
    }
  }
  for (const region of task.region) {
    if (!mode.regionTypes.includes(region.type ?? 0)) return "the node did not declare this type of region";
  }
  return undefined;
}

/** A list in words, "Registration, Status". */
export const wordsListed = (units: string): string[] =>
  units
    .split(/[,;|/]/)
    .map((word) => word.trim())
    .filter((word) => word !== "");

/** True when the list names `value`, or names nothing at all. */
function lists(units: string, value: string): boolean {
  const words = wordsListed(units);
  return words.length === 0 || words.some((word) => word.toLowerCase() === value.trim().toLowerCase());
}

function completionOf(mode: ModeContract | undefined, task: Task): number {
  const type = COMMAND_TYPE[task.command?.command.case ?? ""];
  const declared = mode?.commands.find((candidate) => candidate.type === type)?.completionSeconds;
  return Math.max(declared ?? DEFAULT_COMPLETION, 1);
}

const LEVEL_WORDS: Readonly<Record<number, string>> = { 1: "low", 2: "medium", 3: "high" };

function describeTask(task: Task, control: string): string {
  const command = task.command?.command;
  const name = command?.case?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) ?? (task.region.length > 0 ? "region" : "task");
  const value =
    typeof command?.value === "string"
      ? ` ${sanitizeText(command.value, 40)}`
      : typeof command?.value === "number"
        ? ` ${LEVEL_WORDS[command.value] ?? command.value}`
        : "";
  return `${control === "start" ? "" : `${control} `}${name}${value}`;
}

const PHASE: Readonly<Record<number, TaskPhase>> = {
  [TaskAck_TaskStatus.ACCEPTED]: "accepted",
  [TaskAck_TaskStatus.REJECTED]: "rejected",
  [TaskAck_TaskStatus.COMPLETED]: "completed",
  [TaskAck_TaskStatus.FAILED]: "failed",
};
/** SEQ-13: what may follow what. COMPLETED may come directly. */
const MAY_FOLLOW: Readonly<Record<TaskPhase, readonly TaskPhase[]>> = {
  sent: ["accepted", "rejected", "completed", "failed"],
  accepted: ["completed", "failed"],
  refused: [],
  // After we gave up, the node may still be heard.
  "timed-out": ["accepted", "rejected", "completed", "failed"],
  completed: [],
  rejected: [],
  failed: [],
  cancelled: [],
};

/** Takes a TaskAck. Returns a sentence when it does not fit, for the findings; a repeat is tolerated. */
export function acknowledgeTask(
  node: NodeState,
  taskId: string | undefined,
  status: number | undefined,
  reasons: readonly string[],
  now: Micros,
): string | undefined {
  // A stop carries the identifier of what it stops: the newest that is open is the one that is answered.
  const named = node.tasks.filter((candidate) => candidate.taskId === taskId?.toUpperCase() && candidate.phase !== "refused").reverse();
  const task = named.find(isOpen) ?? named[0];
  if (task === undefined) return "a TaskAck for a task that this fusion node did not give";
  const phase = PHASE[status ?? 0];
  if (phase === undefined) return "a TaskAck without a status";
  if (phase === task.phase) return undefined;
  if (!MAY_FOLLOW[task.phase].includes(phase)) return `a task went from ${task.phase} to ${phase} (SEQ-13)`;
  task.phase = phase;
  task.changedAt = now;
  task.reason = sanitizeText(reasons.join("; "), 160);
  if (phase === "accepted") {
    task.deadline = (now + task.completionSeconds * COMPLETION_SLACK * 1e6) as Micros;
    // SEQ-14: the mode changes when the node accepts.
    if (task.modeName !== undefined) node.mode = task.modeName;
  }
  if ((phase === "rejected" || phase === "failed") && task.reason === "") return `a task was ${phase} without a reason`;
  return undefined;
}

/** Repeats what was not answered and gives up what took too long. The guard is asked again before each repeat. */
export function tickTasks(state: SapientState, node: NodeState, now: Micros): { connection: number; bytes: Uint8Array }[] {
  const sendings: { connection: number; bytes: Uint8Array }[] = [];
  for (const task of node.tasks) {
    if (task.phase === "accepted" && task.deadline !== undefined && now > task.deadline) {
      giveUp(task, "timed-out", `accepted, but not done within ${task.completionSeconds * COMPLETION_SLACK} s`, now);
    }
    if (task.phase !== "sent" || now - task.sentAt < RESEND_AFTER) continue;
    if (node.connection === undefined) {
      giveUp(task, "cancelled", "the node went away before it answered", now);
      continue;
    }
    if (task.sendings >= MAX_SENDINGS) {
      giveUp(task, "timed-out", `not answered after ${MAX_SENDINGS} sendings`, now);
      continue;
    }
    const again = fromBinary(TaskSchema, task.octets);
    const guard = mayTaskNow(state, node, again);
    if (!guard.allowed) {
      giveUp(task, "cancelled", guard.reason, now);
      continue;
    }
    task.sendings += 1;
    task.sentAt = now;
    sendings.push({ connection: node.connection, bytes: encodeSapient(state.self, now, { case: "task", value: again }, node.nodeId) });
  }
  return sendings;
}

function giveUp(task: OpenTask, phase: TaskPhase, reason: string, now: Micros): void {
  task.phase = phase;
  task.reason = reason;
  task.changedAt = now;
}

/** A new registration is a new contract: what was ordered under the old one is off. */
export function cancelTasks(tasks: readonly OpenTask[], reason: string, now: Micros): void {
  for (const task of tasks) if (isOpen(task)) giveUp(task, "cancelled", reason, now);
}

/** Sentences about open tasks and those that ended within the last minutes. */
export function taskNotes(tasks: readonly OpenTask[], now: Micros): string[] {
  return tasks
    .filter((task) => isOpen(task) || now - task.changedAt < SHOWN)
    .slice(-4)
    .map((task) => `task ${task.what}: ${task.phase}${task.reason === "" ? "" : ` (${task.reason})`}, ordered by ${task.basis.actor}`);
}
const SHOWN = 300_000_000;
