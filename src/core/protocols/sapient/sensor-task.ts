// From what a person asks of a sensor, in Picket's words, to a Task of the interface; and what may be asked, for a screen.

import { sanitizeText } from "../../base/text.ts";
import { type Micros, RADIANS_PER_DEGREE, wrapAzimuth } from "../../base/units.ts";
import { heightToHae } from "../../geodesy/heights.ts";
import { geodeticToEnu, localFrame } from "../../geodesy/wgs84.ts";
import type { SensorTaskingView } from "../../model/picture-view.ts";
import type { SensorTask, TaskLevel, TaskPlace } from "../../model/sensor-task.ts";
import { location, rangeBearing } from "./encode.ts";
import { Registration_CommandType, Task_DiscreteThreshold } from "./sapient-pb.gen.ts";
import { activeMode, type NodeState, type SapientState } from "./state.ts";
import { orderTask, type TaskBasis, type TaskOrder, type TaskResult, taskingRefusal, wordsListed } from "./tasking.ts";

const LEVEL: Readonly<Record<TaskLevel, Task_DiscreteThreshold>> = {
  low: Task_DiscreteThreshold.LOW,
  medium: Task_DiscreteThreshold.MEDIUM,
  high: Task_DiscreteThreshold.HIGH,
};
const KIND_OF_COMMAND: Readonly<Record<number, SensorTask["kind"]>> = {
  [Registration_CommandType.REQUEST]: "request",
  [Registration_CommandType.DETECTION_THRESHOLD]: "detection-threshold",
  [Registration_CommandType.DETECTION_REPORT_RATE]: "detection-report-rate",
  [Registration_CommandType.CLASSIFICATION_THRESHOLD]: "classification-threshold",
  [Registration_CommandType.MODE_CHANGE]: "mode-change",
  [Registration_CommandType.LOOK_AT]: "look-at",
};

/**
 * Asks the node for `task`: `orderTask` judges it, the effector guard first. `commandId` is the command in the journal.
 * A place to look at goes out as latitude and longitude, or as a cone from where the node says it stands when its
 * declaration of the command speaks of cones or bearings and not of locations.
 */
export function orderSensorTask(
  state: SapientState,
  nodeId: string,
  task: SensorTask,
  basis: TaskBasis,
  commandId: string,
  now: Micros,
): TaskResult {
  const node = state.nodes.get(nodeId);
  const command = commandOf(node, task);
  return orderTask(state, { nodeId, commandId, command }, basis, now);
}

function commandOf(node: NodeState | undefined, task: SensorTask): NonNullable<TaskOrder["command"]> {
  switch (task.kind) {
    case "request":
      return { case: "request", value: declaredWord(node, task.request) };
    case "detection-threshold":
      return { case: "detectionThreshold", value: LEVEL[task.level] };
    case "classification-threshold":
      return { case: "classificationThreshold", value: LEVEL[task.level] };
    case "detection-report-rate":
      return { case: "detectionReportRate", value: LEVEL[task.level] };
    case "mode-change":
      return { case: "modeChange", value: declaredMode(node, task.mode) };
    case "look-at":
      return { case: "lookAt", value: { fovOneof: lookAt(node, task.place) } };
  }
}

/** The word as the node spells it. */
function declaredWord(node: NodeState | undefined, word: string): string {
  return requestsOf(node).find((declared) => declared.toLowerCase() === word.trim().toLowerCase()) ?? word;
}

/** The mode under the name that the node declared: what a screen shows is cleaned of control characters. */
function declaredMode(node: NodeState | undefined, name: string): string {
  return node?.contract.modes.find((mode) => mode.name === name || sanitizeText(mode.name, 80) === name)?.name ?? name;
}

const commandsOf = (node: NodeState | undefined, type: number) =>
  node === undefined ? [] : (activeMode(node)?.commands ?? []).filter((command) => command.type === type);
const requestsOf = (node: NodeState | undefined) =>
  commandsOf(node, Registration_CommandType.REQUEST).flatMap((command) => wordsListed(command.units));

function lookAt(node: NodeState | undefined, place: TaskPlace) {
  const latitude = place.latitudeDegrees * RADIANS_PER_DEGREE;
  const longitude = place.longitudeDegrees * RADIANS_PER_DEGREE;
  const height = place.heightHaeMetres ?? undefined;
  const units = commandsOf(node, Registration_CommandType.LOOK_AT)
    .map((command) => command.units)
    .join(" ");
  const own = node?.place;
  if (own !== undefined && /cone|bearing|azimuth/i.test(units) && !/location|lat/i.test(units)) {
    const ownHae = own.height === undefined ? undefined : heightToHae(own.height, own.latitude, own.longitude, {})?.hae;
    const frame = localFrame(own.latitude, own.longitude, ownHae ?? height ?? 0);
    const [east, north, up] = geodeticToEnu(frame, latitude, longitude, height ?? ownHae ?? 0);
    // Without both heights nobody knows the elevation; the node then keeps its own.
    const heightsKnown = ownHae !== undefined && height !== undefined;
    const { azimuth, elevation, range, coordinateSystem, datum } = rangeBearing({
      azimuth: wrapAzimuth(Math.atan2(east, north)),
      range: Math.hypot(east, north, up),
      ...(heightsKnown ? { elevation: Math.atan2(up, Math.hypot(east, north)) } : {}),
    });
    return { case: "rangeBearing" as const, value: { azimuth, elevation, range, coordinateSystem, datum } };
  }
  return { case: "locationList" as const, value: { locations: [location({ latitude, longitude, height }) as never] } };
}

/** What may be asked of a node now and what became of what was asked; undefined for one that is not registered. */
export function taskingView(state: SapientState, nodeId: string): SensorTaskingView | undefined {
  const node = state.nodes.get(nodeId) ?? state.departed.get(nodeId);
  if (node === undefined) return undefined;
  const present = state.nodes.has(nodeId);
  const mode = activeMode(node);
  const kinds = (mode?.commands ?? []).map((command) => KIND_OF_COMMAND[command.type]).filter((kind) => kind !== undefined);
  return {
    nodeId,
    refusal: present ? (taskingRefusal(state, node) ?? null) : "this node is not registered",
    mode: sanitizeText(mode?.name ?? "", 80),
    modes: node.contract.modes.map(({ name }) => sanitizeText(name, 80)),
    commands: [...new Set(kinds)],
    requests: [...new Set(requestsOf(node))],
    tasks: [...node.tasks].reverse().map((task) => ({
      id: task.taskId,
      commandId: task.commandId,
      what: task.what,
      phase: task.phase,
      reason: task.reason,
      orderedBy: task.basis.actor,
      rule: task.basis.rule ?? null,
      orderedAtUs: task.orderedAt,
      changedAtUs: task.changedAt,
      sendings: task.sendings,
    })),
  };
}
