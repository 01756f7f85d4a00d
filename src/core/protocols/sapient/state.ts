// What the fusion node remembers of its nodes and connections. Plain data, part of the picture, bounded everywhere.

import type { Micros } from "../../base/units.ts";
import type { FindingKind } from "../../model/sapient-bench.ts";
import type { Contract, DetectionContract, ModeContract } from "./contract.ts";
import type { Place } from "./coordinates.ts";
import { isExternalEffector } from "./effector-guard.ts";
import { createSender, type SenderState } from "./encode.ts";
import { deriveUuid, normalizeUuid } from "./identifiers.ts";
import type { MotionState } from "./motion-check.ts";
import { cancelTasks, type OpenTask, taskNotes } from "./tasking.ts";

/** Caps. Beyond them the newest comer is refused, or the quietest finding forgotten; both are counted. */
export const MAX_NODES = 256;
export const MAX_CONNECTIONS = 512;
export const MAX_FINDINGS = 64;

/** One thing that is odd about a node, counted. */
export interface Finding {
  readonly item: string;
  message: string;
  count: number;
  firstAt: Micros;
  lastAt: Micros;
  readonly kind: FindingKind;
  /** Octets of the first message that showed it, when it was short enough to keep. */
  readonly example: Uint8Array | undefined;
}

export interface NodePlace extends Place {
  readonly height?: { readonly kind: "hae" | "amsl"; readonly value: number };
  readonly at: Micros;
}

export interface NodeState extends Noted {
  readonly nodeId: string;
  /** Connection on which it speaks; undefined while it is away. */
  connection: number | undefined;
  contract: Contract;
  registeredAt: Micros;
  /** Newest status report, or the registration before there is one. */
  heardAt: Micros;
  closedAt: Micros | undefined;
  /** It registered on a connection that proved who it is; it never goes on with less. */
  authenticated: boolean;
  /** A lost node was reported; not again until it is back. */
  lost: boolean;
  mode: string;
  system: number | undefined;
  hadNewStatus: boolean;
  place: NodePlace | undefined;
  heading: number | undefined;
  /** What its newest status report complained of, and its newest alerts. */
  notes: readonly string[];
  readonly alerts: { readonly text: string; readonly at: Micros }[];
  readonly counts: NodeCounts;
  /** Newest last; at most 16. */
  readonly tasks: OpenTask[];
  /** Send time less time of arrival, microseconds: clock offset less the way here. */
  readonly clock: { count: number; sum: number; min: number; max: number };
  readonly motion: MotionState;
  lastDetectionSentAt: Micros | undefined;
  lastReportId: string;
  /** Octets of the newest registration and status reports, for those who connect later (SEQ-20). */
  readonly cached: { registration: Uint8Array | undefined; statusNew: Uint8Array | undefined; statusUnchanged: Uint8Array | undefined };
}

export interface NodeCounts {
  statuses: number;
  detections: number;
  alerts: number;
  refused: number;
}

/** A caller whose registration was refused: kept for the integration bench. */
export interface RefusedCaller extends Noted {
  readonly nodeId: string;
  name: string;
  lastAt: Micros;
  attempts: number;
}
export const MAX_REFUSED_CALLERS = 32;

export interface ConnectionState {
  nodeId: string | undefined;
  /** Its registration was refused, or another connection took its node over: nothing but a registration is read. */
  barred: string | undefined;
  openedAt: Micros;
  /** Error replies that may still be sent; refilled with time. */
  errorTokens: number;
  errorTokensAt: Micros;
  errorsSuppressed: number;
  /** Who registered on it, or tried to, as more than a sensor: no Task goes this way any more, whoever it is for. */
  effector: string | undefined;
  /** The peer proved who it is (mutual TLS). */
  authenticated: boolean;
  /** Node ids that its certificate names; empty where it names none. Only these may register on it. */
  provedNodeIds: readonly string[];
}

export interface SapientState {
  readonly self: SenderState;
  readonly nodes: Map<string, NodeState>;
  readonly connections: Map<number, ConnectionState>;
  readonly refusedCallers: Map<string, RefusedCaller>;
  /** Nodes that are gone, the longest gone first: what was found about them and what was asked of them is still asked for. */
  readonly departed: Map<string, NodeState>;
  refusedNodes: number;
  refusedConnections: number;
}

export const createSapientState = (nodeId: string | undefined): SapientState => ({
  self: createSender(nodeId ?? deriveUuid("picket fusion node")),
  nodes: new Map(),
  connections: new Map(),
  refusedCallers: new Map(),
  departed: new Map(),
  refusedNodes: 0,
  refusedConnections: 0,
});

const MAX_DEPARTED = 32;

/** Ends a node's registration: its open tasks are off, and its record is kept for a while. */
export function forgetNode(state: SapientState, nodeId: string, reason: string, now: Micros): void {
  const node = state.nodes.get(nodeId);
  if (node === undefined) return;
  cancelTasks(node.tasks, reason, now);
  node.connection = undefined;
  node.closedAt ??= now;
  node.cached.registration = undefined;
  node.cached.statusNew = undefined;
  node.cached.statusUnchanged = undefined;
  state.nodes.delete(nodeId);
  state.departed.delete(nodeId);
  state.departed.set(nodeId, node);
  if (state.departed.size > MAX_DEPARTED) state.departed.delete(state.departed.keys().next().value!);
}

export const createConnection = (now: Micros): ConnectionState => ({
  nodeId: undefined,
  barred: undefined,
  openedAt: now,
  errorTokens: ERROR_BURST,
  errorTokensAt: now,
  errorsSuppressed: 0,
  effector: undefined,
  authenticated: false,
  provedNodeIds: [],
});

const ERROR_BURST = 5;
const ERRORS_PER_SECOND = 1;

/** Takes one Error reply from the connection's allowance; false when there is none left. */
export function mayReplyError(connection: ConnectionState, now: Micros): boolean {
  const refilled = connection.errorTokens + (Math.max(0, now - connection.errorTokensAt) / 1e6) * ERRORS_PER_SECOND;
  connection.errorTokens = Math.min(ERROR_BURST, refilled);
  connection.errorTokensAt = now;
  if (connection.errorTokens < 1) {
    connection.errorsSuppressed += 1;
    return false;
  }
  connection.errorTokens -= 1;
  return true;
}

/** Counts a finding; true when it is new, so that the operator is told once. `example` is the message that showed it. */
export function noteFinding(node: Noted, item: string, message: string, kind: FindingKind, at: Micros, example?: Uint8Array): boolean {
  const key = `${item}: ${message.replace(/-?\d+(\.\d+)?/g, "#")}`;
  const known = node.findings.get(key);
  if (known !== undefined) {
    const fresh = at - known.lastAt > FINDING_ACTIVE;
    known.count += 1;
    known.lastAt = at;
    known.message = message;
    return fresh;
  }
  if (node.findings.size >= MAX_FINDINGS) {
    // The one that happened least often, and of those the oldest, is worth least.
    let least: string | undefined;
    let leastFinding: Finding | undefined;
    for (const [candidate, finding] of node.findings) {
      if (
        leastFinding === undefined ||
        finding.count < leastFinding.count ||
        (finding.count === leastFinding.count && finding.lastAt < leastFinding.lastAt)
      ) {
        least = candidate;
        leastFinding = finding;
      }
    }
    if (least !== undefined) node.findings.delete(least);
    node.findingsForgotten += 1;
  }
  const keep = example !== undefined && example.length <= MAX_EXAMPLE && node.findings.size < MAX_EXAMPLES;
  node.findings.set(key, { item, message, count: 1, firstAt: at, lastAt: at, kind, example: keep ? example.slice() : undefined });
  return true;
}

/** Whatever findings are kept about: a node, or a caller that never became one. */
export interface Noted {
  readonly findings: Map<string, Finding>;
  findingsForgotten: number;
}

/** Examples are for the report to the vendor; a picture must not grow by them. */
const MAX_EXAMPLE = 1_024; // octets
const MAX_EXAMPLES = 16;

/** A finding is shown on the sensor this long after it was last seen. */
const FINDING_ACTIVE = 60_000_000;

const WEIGHT: Readonly<Record<FindingKind, number>> = { refused: 2, repaired: 1, warning: 0 };

/** Sentences for the operator: what was odd within the last minute, repairs first; at most 6. */
export function activeFindings(node: NodeState, now: Micros): string[] {
  return [...node.findings.values()]
    .filter((finding) => now - finding.lastAt <= FINDING_ACTIVE)
    .sort((a, b) => WEIGHT[b.kind] - WEIGHT[a.kind] || b.count - a.count || (a.item < b.item ? -1 : a.item > b.item ? 1 : 0))
    .slice(0, 6)
    .map((finding) => `${finding.item}: ${finding.message}${finding.count > 1 ? ` (${finding.count} times)` : ""}`);
}

/** The mode that the node says it is in, else the one it starts in. */
export function activeMode(node: NodeState): ModeContract | undefined {
  return (
    node.contract.modes.find((mode) => mode.name === node.mode) ?? node.contract.modes.find((mode) => mode.name === node.contract.startMode)
  );
}

/** What the active mode says of detections of a form; the first declaration that fits. */
export const detectionContract = (mode: ModeContract | undefined, form: "location" | "range-bearing"): DetectionContract | undefined =>
  mode?.detections.find((detection) => detection.form === form) ?? mode?.detections[0];

/** An alert stays beside the sensor this long. */
const ALERT_SHOWN = 300_000_000;

/** Everything that is said beside the sensor: what it is, its alerts, its own complaints, and what is odd about its messages. */
export function notesOf(node: NodeState, now: Micros): string[] {
  return [
    ...(isExternalEffector(node.contract.nodeTypes) ? ["external effector, not controlled by Picket"] : []),
    ...taskNotes(node.tasks, now),
    ...node.alerts.filter((alert) => now - alert.at <= ALERT_SHOWN).map((alert) => alert.text),
    ...node.notes,
    ...activeFindings(node, now),
  ];
}

/** Registrations and status reports are kept for late comers up to this size; larger ones are not forwarded to them. */
const MAX_CACHED = 32_768; // octets
export const keepOctets = (bytes: Uint8Array): Uint8Array | undefined => (bytes.length <= MAX_CACHED ? bytes.slice() : undefined);

/** True where `node` says that `nodeId` stands behind it, so that both may share a connection. */
export const isDependent = (node: NodeState | undefined, nodeId: string): boolean =>
  node?.contract.dependentNodes.some((id) => normalizeUuid(id) === nodeId) === true;
