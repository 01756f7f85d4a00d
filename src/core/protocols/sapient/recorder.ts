// Those who listen: recorders and command systems that connect to a port of Picket and get what the nodes say, with its
// original octets (SEQ-20). They order nothing here.

import { fromBinary } from "@bufbuild/protobuf";
import type { Micros } from "../../base/units.ts";
import { isExternalEffector } from "./effector-guard.ts";
import { encodeError } from "./encode.ts";
import { normalizeUuid } from "./identifiers.ts";
import { type SapientMessage, SapientMessageSchema } from "./sapient-pb.gen.ts";
import { skimDetection } from "./skim.ts";
import type { SapientState } from "./state.ts";
import { guardWire } from "./wire-guard.ts";

/** What may go out on a port. Deny by default: nodes that are not named stay here. */
export interface ReleasePolicy {
  /** Nodes whose messages go out; "all" is said aloud in the configuration or not at all. */
  readonly nodes: readonly string[] | "all";
  /** Free texts of the nodes (alerts, status values) may go out with their messages. Nothing is edited: without it such messages stay. */
  readonly texts: boolean;
  /** Detections that say where a pilot is may go out. */
  readonly pilotPositions: boolean;
}

/** What a late client gets first: for each released node its Registration, its last NEW and its last UNCHANGED status, by time of registration. */
export function lateJoinMessages(state: SapientState, policy: ReleasePolicy): Uint8Array[] {
  return [...state.nodes.values()]
    .filter((node) => node.connection !== undefined && releases(policy, node.nodeId))
    .sort((a, b) => a.registeredAt - b.registeredAt || (a.nodeId < b.nodeId ? -1 : 1))
    .flatMap(({ cached }) => [cached.registration, cached.statusNew, cached.statusUnchanged])
    .filter((octets) => octets !== undefined);
}

const releases = (policy: ReleasePolicy, nodeId: string) =>
  policy.nodes === "all" || policy.nodes.some((id) => normalizeUuid(id) === nodeId);

/** Kinds that come from an edge node and are for those above it. */
const RELEASED = new Set(["registration", "statusReport", "detectionReport", "taskAck", "alert"]);

/**
 * Says whether one message of a node may go out with its octets as they are: only what this fusion node read without
 * refusing (the caller knows), of a released node, of a released kind.
 */
export function mayRelease(octets: Uint8Array, policy: ReleasePolicy): boolean {
  // Most of what comes is a detection without any text: that much the octets say without being decoded a second time.
  const skimmed = skimDetection(octets);
  if (skimmed !== undefined && (policy.pilotPositions || !skimmed.hasPairs)) {
    const nodeId = normalizeUuid(skimmed.nodeId);
    return nodeId !== undefined && releases(policy, nodeId);
  }
  const message = decode(octets);
  if (message === undefined) return false;
  const nodeId = normalizeUuid(message.nodeId ?? "");
  if (nodeId === undefined || !releases(policy, nodeId) || !RELEASED.has(message.content.case ?? "")) return false;
  return (policy.texts || !hasTexts(message)) && (policy.pilotPositions || !hasPilotPosition(message));
}

/** Names of pairs that place a person: operator_latitude, pilotPosition, home location and the like. */
const PILOT = /^(operator|pilot|home|takeoff|controller).*(lat|lon|lng|position|location|mgrs)/;

function hasPilotPosition(message: SapientMessage): boolean {
  const { content } = message;
  if (content.case !== "detectionReport") return false;
  const pairs = [...content.value.objectInfo, ...content.value.trackInfo];
  return pairs.some((pair) => PILOT.test((pair.type ?? "").toLowerCase().replace(/[^a-z0-9]/g, "")));
}

function hasTexts(message: SapientMessage): boolean {
  if ((message.additionalInformation ?? "") !== "") return true;
  const { content } = message;
  if (content.case === "alert") return (content.value.description ?? "") !== "" || (content.value.additionalInformation ?? "") !== "";
  if (content.case === "statusReport") return content.value.status.some((entry) => (entry.statusValue ?? "") !== "");
  return false;
}

function decode(octets: Uint8Array): SapientMessage | undefined {
  if (octets.length === 0 || !guardWire(octets).ok) return undefined;
  try {
    return fromBinary(SapientMessageSchema, octets);
  } catch {
    return undefined;
  }
}

/** What to do about something that a listening client sent: an Error for anything; the end for one that is an effector. */
export function answerListener(
  state: SapientState,
  octets: Uint8Array,
  now: Micros,
): { readonly reply?: Uint8Array; readonly close?: string } {
  const message = decode(octets);
  if (message === undefined) return { close: "sent what is no SapientMessage" };
  const { content } = message;
  if (content.case === "error" || content.case === "alertAck" || content.case === undefined) return {};
  if (content.case === "registration") {
    const types = content.value.nodeDefinition.map((definition) => definition.nodeType ?? 0);
    // Effectors get no Alert and no DetectionReport, on whichever port they ask.
    if (isExternalEffector(types)) return { close: "is an external effector; Picket tells effectors nothing" };
  }
  return {
    reply: encodeError(state.self, now, octets.subarray(0, 4096), [
      "this port only tells; nodes register on the nodes' port, and tasks are ordered at Picket's console",
    ]),
  };
}
