// The effector guard: Picket neither encodes nor forwards a Task to a node that could do more than sense.
// It is asked at the moment of sending, about the registration in force then, and fails closed.

import { fromBinary } from "@bufbuild/protobuf";
import { normalizeUuid } from "./identifiers.ts";
import {
  Registration_NodeType,
  type SapientMessage,
  SapientMessageSchema,
  type Task,
  Task_Control,
  Task_RegionType,
} from "./sapient-pb.gen.ts";
import { guardWire } from "./wire-guard.ts";

/** What the guard needs of a registration; `Registration` itself fits, and so does a `Contract` through `guardedOf`. */
export interface GuardedRegistration {
  readonly nodeDefinition: readonly { readonly nodeType?: number | undefined }[];
  readonly dependentNodes: readonly string[];
}

export type GuardVerdict = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

/** Types that only observe. Anything that is not in this list is not one, types of later editions included. */
const SENSOR_TYPES: ReadonlySet<number> = new Set([
  Registration_NodeType.RADAR,
  Registration_NodeType.LIDAR,
  Registration_NodeType.CAMERA,
  Registration_NodeType.SEISMIC,
  Registration_NodeType.ACOUSTIC,
  Registration_NodeType.PROXIMITY_SENSOR,
  Registration_NodeType.PASSIVE_RF,
  Registration_NodeType.HUMAN,
  Registration_NodeType.CHEMICAL,
  Registration_NodeType.BIOLOGICAL,
  Registration_NodeType.RADIATION,
]);

/** Shown as "external, not controlled"; get no Alert and no DetectionReport. */
const EFFECTOR_TYPES: ReadonlySet<number> = new Set([
  Registration_NodeType.KINETIC,
  Registration_NodeType.JAMMER,
  Registration_NodeType.CYBER,
  Registration_NodeType.LDEW,
  Registration_NodeType.RFDEW,
  Registration_NodeType.OTHER,
]);

/** Asking, tuning, changing the mode and looking; never moving. */
const ALLOWED_COMMANDS: ReadonlySet<string> = new Set([
  "request",
  "detectionThreshold",
  "detectionReportRate",
  "classificationThreshold",
  "modeChange",
  "lookAt",
]);
const ALLOWED_REGIONS: ReadonlySet<number> = new Set([Task_RegionType.AREA_OF_INTEREST, Task_RegionType.IGNORE, Task_RegionType.BOUNDARY]);
/** Fusion nodes under fusion nodes; deeper than this nobody can say what is at the end. */
const MAX_HIERARCHY = 4;

const no = (reason: string): GuardVerdict => ({ allowed: false, reason });
const YES: GuardVerdict = { allowed: true };

/** True where the node declared any type that acts on the world, or one that says nothing: it is told nothing. */
export const isExternalEffector = (nodeTypes: readonly number[]): boolean => nodeTypes.some((type) => EFFECTOR_TYPES.has(type));

/**
 * Says whether `task` may be sent to the node that registered with `registration`.
 *
 * Every declared type must be a sensor type, or POINTABLE beside one. A fusion node may be tasked only when all of its
 * dependents are known to `registrationOf` and may be tasked themselves. A field that this version of the interface does
 * not have, at any depth, is refused: it could hold what a list of commands does not name.
 */
export function mayTask(
  registration: GuardedRegistration,
  task: Task,
  registrationOf: (nodeId: string) => GuardedRegistration | undefined = () => undefined,
): GuardVerdict {
  const command = mayCommand(task);
  return command.allowed ? mayTaskNode(registration, registrationOf, 0, new Set()) : command;
}

/**
 * The same for a message that somebody else wrote and that would be passed on with its original octets. It must be one plain
 * Task: where a field occurs twice, or is not known, two readers may see two different tasks.
 */
export function mayForward(
  octets: Uint8Array,
  registration: GuardedRegistration,
  registrationOf?: (nodeId: string) => GuardedRegistration | undefined,
): GuardVerdict {
  const guarded = guardWire(octets);
  if (!guarded.ok) return no(`the message cannot be read: ${guarded.error.message}`);
  if (guarded.value.repeatedSingular) return no("a field occurs twice, so readers may differ on what it says");
  if (guarded.value.unknown.length > 0) return no("the message holds fields that this version of the interface does not have");
  let message: SapientMessage;
  try {
    message = fromBinary(SapientMessageSchema, octets);
  } catch {
    return no("the message cannot be read");
  }
  return message.content.case === "task"
    ? mayTask(registration, message.content.value, registrationOf)
    : no("only a Task is passed on to a node");
}

function mayCommand(task: Task): GuardVerdict {
  if (hasUnknownFields(task)) return no("the task holds fields that this version of the interface does not have");
  const command = task.command?.command;
  if (command?.case !== undefined && !ALLOWED_COMMANDS.has(command.case))
    return no(`the command ${command.case} moves a node; Picket never sends it`);
  if (task.command !== undefined && command?.case === undefined) return no("the command is empty or not known");
  const control = task.control ?? Task_Control.UNSPECIFIED;
  if (control !== Task_Control.START && control !== Task_Control.STOP && control !== Task_Control.PAUSE)
    return no("the control is not START, STOP or PAUSE");
  for (const region of task.region) {
    if (!ALLOWED_REGIONS.has(region.type ?? Task_RegionType.UNSPECIFIED))
      return no("a region that is not an area of interest, to ignore, or a boundary");
  }
  if (control === Task_Control.START && command === undefined && task.region.length === 0) return no("the task asks for nothing");
  return YES;
}

/** Why a node of these declared types is not one that only senses; undefined when it is. */
export function typesRefusal(types: readonly number[]): string | undefined {
  if (types.length === 0) return "the node declared no type";
  for (const type of types) {
    if (SENSOR_TYPES.has(type)) continue;
    if (type === Registration_NodeType.POINTABLE_NODE && types.some((beside) => SENSOR_TYPES.has(beside))) continue;
    if (type === Registration_NodeType.FUSION_NODE) continue;
    return `the node declared the type ${nameOf(type)}, which is not a sensor type`;
  }
  return undefined;
}

function mayTaskNode(
  registration: GuardedRegistration,
  registrationOf: (nodeId: string) => GuardedRegistration | undefined,
  depth: number,
  seen: Set<string>,
): GuardVerdict {
  const types = registration.nodeDefinition.map((definition) => definition.nodeType ?? Registration_NodeType.UNSPECIFIED);
  const refusal = typesRefusal(types);
  if (refusal !== undefined) return no(refusal);
  const isFusion = types.includes(Registration_NodeType.FUSION_NODE);
  // A dependent may hide behind any node, so they are asked for wherever they are declared.
  if (isFusion && registration.dependentNodes.length === 0) return no("the fusion node does not say which nodes depend on it");
  for (const text of registration.dependentNodes) {
    const id = normalizeUuid(text);
    if (id === undefined) return no("a dependent node has no readable identifier");
    if (seen.has(id)) return no(`node ${id} depends on itself`);
    if (depth >= MAX_HIERARCHY) return no(`more than ${MAX_HIERARCHY} levels of fusion nodes`);
    const dependent = registrationOf(id);
    if (dependent === undefined) return no(`the dependent node ${id} is not known`);
    const verdict = mayTaskNode(dependent, registrationOf, depth + 1, new Set([...seen, id]));
    if (!verdict.allowed) return no(`dependent node ${id}: ${verdict.reason}`);
  }
  return YES;
}

const names = new Map<number, string>(Object.entries(Registration_NodeType).map(([name, value]) => [value as number, name]));
const nameOf = (type: number) => names.get(type) ?? String(type);

/** True when a decoded message holds a field that its schema does not have, at any depth. */
export function hasUnknownFields(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasUnknownFields);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return false;
  const unknown = (value as { $unknown?: readonly unknown[] }).$unknown;
  if (unknown !== undefined && unknown.length > 0) return true;
  for (const [key, inner] of Object.entries(value)) if (key !== "$unknown" && hasUnknownFields(inner)) return true;
  return false;
}
