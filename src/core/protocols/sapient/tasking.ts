// Tasks to sensors: what may be asked of a node, and what became of it (SEQ-13, SEQ-14, and rule 10 of docs/protocols/sapient.md).
//
// A task exists only because a person pressed something or a standing rule that a person switched on asked for it; the
// caller says which, and it stays with the task. The effector guard is asked at every sending, repeats included.

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { sanitizeText } from "../../base/text.ts";
import type { Micros } from "../../base/units.ts";
import type { Contract, ModeContract } from "./contract.ts";
import { type GuardedRegistration, type GuardVerdict, mayTask } from "./effector-guard.ts";
import { encodeSapient, nextUlid } from "./encode.ts";
import {
  Registration_CommandType,
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
}

export type TaskPhase = "sent" | "accepted" | "completed" | "rejected" | "failed" | "timed-out" | "cancelled";

export interface OpenTask {
  readonly taskId: string;
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
  /** The task as it goes out, without envelope: a repeat is the same task. */
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

/** Asks the effector guard with what the nodes of `state` declare now. */
export const mayTaskNow = (state: SapientState, node: NodeState, task: Task): GuardVerdict =>
  mayTask(guardedOf(node.contract), task, (nodeId) => {
    const dependent = state.nodes.get(nodeId);
    return dependent === undefined ? undefined : guardedOf(dependent.contract);
  });

export type TaskResult =
  | { readonly ok: true; readonly taskId: string; readonly connection: number; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: string };

const no = (reason: string): TaskResult => ({ ok: false, reason });

/**
 * Makes a task, or says in one sentence why it may not be sent. The octets go out on `connection`, framed by the shell.
 * Refused are: what the effector guard refuses, what the node did not declare in its active mode, a node that is away.
 */
export function orderTask(state: SapientState, order: TaskOrder, basis: TaskBasis, now: Micros): TaskResult {
  if (basis.actor.trim() === "") return no("a task needs a person who ordered it");
  if (basis.kind === "standing-rule" && (basis.rule ?? "") === "") return no("a standing rule needs its name");
  const node = state.nodes.get(order.nodeId);
  if (node === undefined) return no("this node is not registered");
  if (node.connection === undefined) return no("this node is not connected");
  const control = order.control ?? "start";
  const command = order.command?.case === undefined ? undefined : create(Task_CommandSchema, { command: order.command });
  if (control !== "start" && order.taskId === undefined) return no("stopping or pausing needs the task that it is about");
  if (control !== "start" && !node.tasks.some((task) => task.taskId === order.taskId)) return no("this task was not given to this node");
  const task = create(TaskSchema, {
    taskId: order.taskId ?? nextUlid(state.self, now),
    taskName: order.name,
    control: CONTROL[control],
    command,
    region: [...(order.regions ?? [])],
  });
  const guard = mayTaskNow(state, node, task);
  if (!guard.allowed) return no(guard.reason);
  const mode = activeMode(node);
  const declared = control === "start" ? checkDeclared(node.contract, mode, task) : undefined;
  if (declared !== undefined) return no(declared);
  const running = node.tasks.filter((open) => open.phase === "sent" || open.phase === "accepted");
  if (control === "start" && running.length >= Math.min(Math.max(mode?.concurrentTasks ?? 1, 1), MAX_TASKS)) {
    return no(`the node takes ${mode?.concurrentTasks ?? 1} tasks at a time and is busy`);
  }
  if (node.tasks.length >= MAX_TASKS) {
    const done = node.tasks.findIndex((open) => open.phase !== "sent" && open.phase !== "accepted");
    if (done < 0) return no(`${MAX_TASKS} tasks of this node are open`);
    node.tasks.splice(done, 1);
  }
  const octets = toBinary(TaskSchema, task);
  node.tasks.push({
    taskId: task.taskId!,
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
    octets,
  });
  return {
    ok: true,
    taskId: task.taskId!,
    connection: node.connection,
    bytes: encodeSapient(state.self, now, { case: "task", value: task }, node.nodeId),
  };
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

/** A list in words, "Registration, Status": true when it names `value`, or names nothing at all. */
function lists(units: string, value: string): boolean {
  const words = units
    .split(/[,;|/]/)
    .map((word) => word.trim().toLowerCase())
    .filter((word) => word !== "");
  return words.length === 0 || words.includes(value.trim().toLowerCase());
}

function completionOf(mode: ModeContract | undefined, task: Task): number {
  const type = COMMAND_TYPE[task.command?.command.case ?? ""];
  const declared = mode?.commands.find((candidate) => candidate.type === type)?.completionSeconds;
  return Math.max(declared ?? DEFAULT_COMPLETION, 1);
}

function describeTask(task: Task, control: string): string {
  const command = task.command?.command;
  const name = command?.case?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) ?? (task.region.length > 0 ? "region" : "task");
  const value = typeof command?.value === "string" ? ` ${sanitizeText(command.value, 40)}` : "";
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
  const task = node.tasks.find((candidate) => candidate.taskId === taskId?.toUpperCase());
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
  for (const task of tasks) if (task.phase === "sent" || task.phase === "accepted") giveUp(task, "cancelled", reason, now);
}

/** Sentences about open tasks and those that ended within the last minutes. */
export function taskNotes(tasks: readonly OpenTask[], now: Micros): string[] {
  return tasks
    .filter((task) => task.phase === "sent" || task.phase === "accepted" || now - task.changedAt < SHOWN)
    .slice(-4)
    .map((task) => `task ${task.what}: ${task.phase}${task.reason === "" ? "" : ` (${task.reason})`}, ordered by ${task.basis.actor}`);
}
const SHOWN = 300_000_000;
