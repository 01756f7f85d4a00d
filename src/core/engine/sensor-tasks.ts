// Tasks to sensors and the gate that everything to a SAPIENT node passes: nothing leaves but what the effector guard allows at
// that moment.

import type { Actor, Effect } from "../model/event.ts";
import type { SensorTaskingView } from "../model/picture-view.ts";
import type { SensorTask } from "../model/sensor-task.ts";
import { orderSensorTask, taskingView } from "../protocols/sapient/sensor-task.ts";
import type { SapientState } from "../protocols/sapient/state.ts";
import { maySend } from "../protocols/sapient/tasking.ts";
import { countError, notify, type Picture, type SensorState, type SourceState } from "./picture.ts";

/** What the node of a SAPIENT source is to the picture; undefined for a source of another protocol. */
export const sapientStateOf = (source: SourceState | undefined): SapientState | undefined =>
  source?.configuration.protocol === "sapient" ? (source.protocolState as SapientState) : undefined;

/**
 * Asks the shell to send `bytes`, unless they are for a SAPIENT node and the guard does not let them go. It is asked here, for
 * every message, whoever made it: there is no other way from the core to a node's connection.
 */
export function sendToSource(picture: Picture, source: SourceState, connection: number, bytes: Uint8Array, effects: Effect[]): boolean {
  const state = sapientStateOf(source);
  if (state !== undefined) {
    const verdict = maySend(state, connection, bytes);
    if (!verdict.allowed) {
      countError(source.errors, "refused", "sending", verdict.reason, picture.now);
      return false;
    }
  }
  effects.push({ type: "send", sourceId: source.configuration.id, connection, bytes });
  return true;
}

/** A person's press. What is refused is told, with the reason, and stands among the sensor's tasks. */
export function orderTaskOfSensor(
  picture: Picture,
  order: { readonly sourceId: string; readonly nodeId: string; readonly task: SensorTask },
  actor: Actor,
  commandId: string,
  effects: Effect[],
): void {
  const source = picture.sources.get(order.sourceId);
  const refusal = trySending(picture, source, order, actor, commandId, effects);
  if (refusal === undefined) return;
  const values = { actor: actor.name, sensor: nameOf(picture, order), task: order.task.kind, reason: refusal };
  notify(picture, "warning", "task-refused", values);
}

function trySending(
  picture: Picture,
  source: SourceState | undefined,
  order: { readonly nodeId: string; readonly task: SensorTask },
  actor: Actor,
  commandId: string,
  effects: Effect[],
): string | undefined {
  const state = sapientStateOf(source);
  if (source === undefined || state === undefined) return "there is no such SAPIENT source";
  // A rule that a person switched on may order one day too; it will come with its name and that person's.
  const basis = { kind: "operator-press", actor: actor.name } as const;
  const result = orderSensorTask(state, order.nodeId, order.task, basis, commandId, picture.now);
  if (!result.ok) return result.reason;
  return sendToSource(picture, source, result.connection, result.bytes, effects) ? undefined : "the effector guard held it back";
}

function nameOf(picture: Picture, order: { readonly sourceId: string; readonly nodeId: string }): string {
  const id = picture.sensorByKey.get(`${order.sourceId} ${order.nodeId}`);
  return (id === undefined ? undefined : picture.sensors.get(id)?.name) ?? order.nodeId;
}

/** The SAPIENT node behind a sensor; undefined where there is none, or where one sensor of the site stands for several nodes. */
export function nodeOfSensor(picture: Picture, sensor: SensorState): { readonly state: SapientState; readonly nodeId: string } | undefined {
  const state = sapientStateOf(picture.sources.get(sensor.sourceId));
  if (state === undefined) return undefined;
  if (sensor.key !== "") return { state, nodeId: sensor.key.toLowerCase() };
  const [only, ...others] = state.nodes.size > 0 ? state.nodes.keys() : state.departed.keys();
  return only === undefined || others.length > 0 ? undefined : { state, nodeId: only };
}

/** What may be asked of a sensor, and what became of what was asked; undefined where nothing can be. */
export function sensorTasking(picture: Picture, sensor: SensorState): SensorTaskingView | undefined {
  const node = nodeOfSensor(picture, sensor);
  return node === undefined ? undefined : taskingView(node.state, node.nodeId);
}
