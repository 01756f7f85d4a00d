// Picket as a child of another fusion node (SEQ-21): the session upwards as a reducer. The shell holds the socket, asks
// `upwardTick` about once a second, and does what each call returns.

import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { sanitizeText } from "../../base/text.ts";
import { type Micros, micros, RADIANS_PER_DEGREE } from "../../base/units.ts";
import type { TrackView } from "../../model/picture-view.ts";
import {
  createSender,
  detectionReport,
  encodeSapient,
  location,
  nextUlid,
  objectUlid,
  type PlaceInput,
  registration,
  type SenderState,
  statusReport,
} from "./encode.ts";
import { isUlid, isUuid } from "./identifiers.ts";
import { metresPerDegree } from "./local-scale.ts";
import {
  AlertAck_AlertAckStatus,
  Registration_NodeType,
  type RegistrationSchema,
  type SapientMessage,
  SapientMessageSchema,
  type Task,
  TaskAck_TaskStatus,
} from "./sapient-pb.gen.ts";
import { guardWire } from "./wire-guard.ts";

/** How one parent wants it. */
export interface UpwardProfile {
  /** UUID of this Picket as a node. */
  readonly nodeId: string;
  readonly name: string;
  readonly shortName: string;
  /** Exact text that the parent compares; "BSI Flex 335 v2.0" unless it wants another. */
  readonly icdVersion?: string;
  readonly statusIntervalSeconds: number;
  /** Shortest time between two cycles of reports; Apex drops what follows sooner. */
  readonly cycleMilliseconds: number;
  readonly dependentNodes: readonly string[];
  /** Corners of the area that it reports on, rad. */
  readonly region: readonly { readonly latitude: number; readonly longitude: number }[];
  readonly place: PlaceInput;
  readonly softwareVersion: string;
  /** The parent is part of an exercise: simulated, recorded and exercise tracks may go there, and nothing else keeps them back. */
  readonly exercise: boolean;
  /** A broadcast serial or address may be passed on. */
  readonly releaseIdentities: boolean;
}

export const APEX_CYCLE_MILLISECONDS = 80;
/** SEQ-02, SEQ-09; and after a refusal nobody is served by trying at once again. */
const ACK_TIMEOUT = 30_000_000;
const RETRY = 10_000_000;
const RETRY_AFTER_REFUSAL = 60_000_000;
const REREGISTER = 30_000_000;
const MAX_TRACKS = 4_096;

export interface UpwardState {
  readonly sender: SenderState;
  phase: "away" | "connecting" | "registering" | "active";
  /** When to connect next, or when to give up waiting for the acknowledgement. */
  due: Micros;
  /** Dependents that the parent was told of; a change is a new registration. */
  dependents: string;
  registeredAt: Micros;
  /** Why the parent refused, or the link ended: for the operator. */
  note: string;
  /** The status that the parent has, without its identifier; undefined when it has none. */
  lastStatus: { readonly key: string; readonly at: Micros } | undefined;
  lastCycleAt: Micros | undefined;
  /** Tracks that the parent has, by Picket's identifier. */
  readonly known: Map<string, { readonly objectId: string; lastSent: MessageInitShape<typeof SapientMessageSchema>["content"] }>;
  sent: number;
  errorsHeard: number;
  tasksRefused: number;
}

export interface UpwardOutcome {
  readonly send: readonly Uint8Array[];
  readonly connect?: boolean;
  readonly close?: string;
}

const nothing: UpwardOutcome = { send: [] };

export const createUpwardState = (profile: UpwardProfile, now: Micros): UpwardState => ({
  sender: createSender(profile.nodeId),
  phase: "away",
  due: now,
  dependents: "",
  registeredAt: now,
  note: "",
  lastStatus: undefined,
  lastCycleAt: undefined,
  known: new Map(),
  sent: 0,
  errorsHeard: 0,
  tasksRefused: 0,
});

/** The Registration as a fusion node: its dependents, its region, and every field that its reports will carry. */
export function fusionRegistration(profile: UpwardProfile): MessageInitShape<typeof RegistrationSchema> {
  const base = registration({
    name: profile.name,
    shortName: profile.shortName,
    nodeTypes: [Registration_NodeType.FUSION_NODE],
    statusIntervalSeconds: profile.statusIntervalSeconds,
    tracking: "track",
    form: "location",
    heightDatum: "ellipsoid",
    maximumLatencySeconds: 1,
    scan: "fixed",
    manufacturer: "Picket",
    model: "Picket fusion node",
    softwareVersion: profile.softwareVersion,
    icdVersion: profile.icdVersion,
    dependentNodes: profile.dependentNodes,
    classes: [
      ["Air Vehicle", "UAV Rotary Wing"],
      ["Air Vehicle", "UAV Fixed Wing"],
      ["Air Vehicle", "Manned Rotary Wing"],
      ["Air Vehicle", "Manned Fixed Wing"],
      ["Animal", "Bird"],
      ["Unknown"],
    ],
    objectInfo: [{ type: "origin", units: "live, simulated, recorded, exercise" }],
  });
  const corners = profile.region.map((corner) => location({ latitude: corner.latitude, longitude: corner.longitude }));
  if (corners.length > 0)
    base.reportingRegion = [{ fovOneof: { case: "locationList", value: { locations: corners as never[] } } }] as never;
  return base;
}

/** The socket is open: the first message is the Registration (SEQ-01). */
export function upwardConnected(state: UpwardState, profile: UpwardProfile, now: Micros): UpwardOutcome {
  return register(state, profile, now);
}

function register(state: UpwardState, profile: UpwardProfile, now: Micros): UpwardOutcome {
  state.phase = "registering";
  state.due = micros(now + ACK_TIMEOUT);
  state.dependents = [...profile.dependentNodes].sort().join();
  state.registeredAt = now;
  state.lastStatus = undefined;
  state.known.clear();
  return { send: [encodeSapient(state.sender, now, { case: "registration", value: fusionRegistration(profile) })] };
}

/** The socket is closed, or could not be opened. */
export function upwardClosed(state: UpwardState, reason: string, now: Micros): void {
  if (state.phase === "away") return; // closed by ourselves; the time of the next try stands
  state.phase = "away";
  state.note = sanitizeText(reason, 200);
  // Up to two seconds apart for different nodes, so that a restart of the parent is not met by all at once.
  state.due = micros(now + RETRY + (state.sender.stream % 2000) * 1000);
  state.lastStatus = undefined;
  state.known.clear();
}

/** Time-outs and heartbeats. `system` is how this Picket is. */
export function upwardTick(state: UpwardState, profile: UpwardProfile, system: "ok" | "warning" | "error", now: Micros): UpwardOutcome {
  switch (state.phase) {
    case "away":
      if (now < state.due) return nothing;
      state.phase = "connecting";
      state.due = micros(now + ACK_TIMEOUT);
      return { send: [], connect: true };
    case "connecting":
      return nothing;
    case "registering":
      if (now < state.due) return nothing;
      return leave(state, `no RegistrationAck within ${ACK_TIMEOUT / 1e6} s`, micros(now + RETRY));
    case "active":
      // Sensors come and go in bunches; half a minute gathers them into one registration.
      if (now - state.registeredAt > REREGISTER && [...profile.dependentNodes].sort().join() !== state.dependents)
        return register(state, profile, now);
      if (state.lastStatus !== undefined && now - state.lastStatus.at < profile.statusIntervalSeconds * 1e6) return nothing;
      return { send: [status(state, profile, system, now)] };
  }
}

function leave(state: UpwardState, reason: string, next: Micros): UpwardOutcome {
  state.phase = "away";
  state.note = reason;
  state.due = next;
  return { send: [], close: reason };
}

/** SEQ-06: NEW when anything but the identifier differs from the last one that was sent. */
function status(state: UpwardState, profile: UpwardProfile, system: "ok" | "warning" | "error", now: Micros): Uint8Array {
  const key = JSON.stringify([system, profile.place]);
  const unchanged = state.lastStatus?.key === key;
  state.lastStatus = { key, at: now };
  return encodeSapient(state.sender, now, {
    case: "statusReport",
    value: statusReport(state.sender, now, { system, unchanged, place: profile.place }),
  });
}

/** The orderly end (SEQ-10); the shell closes after sending it. */
export function upwardGoodbye(state: UpwardState, now: Micros): UpwardOutcome {
  if (state.phase !== "active") return leave(state, "switched off", now);
  const last = encodeSapient(state.sender, now, { case: "statusReport", value: statusReport(state.sender, now, { system: "goodbye" }) });
  return { ...leave(state, "switched off", now), send: [last] };
}

/** What the parent says. Its tasks reach no sensor of this site: tasks are ordered here, by a person. */
export function upwardReceive(state: UpwardState, profile: UpwardProfile, bytes: Uint8Array, now: Micros): UpwardOutcome {
  if (bytes.length === 0 || !guardWire(bytes).ok) return nothing;
  let message: SapientMessage;
  try {
    message = fromBinary(SapientMessageSchema, bytes);
  } catch {
    return nothing;
  }
  const { content } = message;
  switch (content.case) {
    case "registrationAck": {
      if (state.phase !== "registering") return nothing;
      if (content.value.acceptance === true) {
        state.phase = "active";
        state.note = "";
        return { send: [status(state, profile, "ok", now)] };
      }
      const reasons = content.value.ackResponseReason.slice(0, 8).map((text) => sanitizeText(text, 160));
      return leave(
        state,
        `the parent refused the registration: ${reasons.length === 0 ? "no reason given" : reasons.join("; ")}`,
        micros(now + RETRY_AFTER_REFUSAL),
      );
    }
    case "task":
      return answerTask(state, profile, content.value, now, message.nodeId);
    case "alert": {
      const { alertId } = content.value;
      state.note = `alert of the parent: ${sanitizeText(content.value.description ?? "", 160)}`;
      if (alertId === undefined || !isUlid(alertId)) return nothing;
      return {
        send: [
          encodeSapient(
            state.sender,
            now,
            { case: "alertAck", value: { alertId, alertAckStatus: AlertAck_AlertAckStatus.ACCEPTED } },
            message.nodeId,
          ),
        ],
      };
    }
    case "error": {
      state.errorsHeard += 1;
      state.note = `the parent did not accept a message: ${content.value.errorMessage
        .slice(0, 2)
        .map((text) => sanitizeText(text, 120))
        .join("; ")}`;
      // Some peers answer a Registration with an Error and mean a refusal.
      return state.phase === "registering" ? leave(state, state.note, micros(now + RETRY_AFTER_REFUSAL)) : nothing;
    }
    default:
      return nothing;
  }
}

function answerTask(state: UpwardState, profile: UpwardProfile, task: Task, now: Micros, parent: string | undefined): UpwardOutcome {
  const taskId = task.taskId ?? "";
  const answer = (taskStatus: TaskAck_TaskStatus, reason: string[] = []) =>
    encodeSapient(state.sender, now, { case: "taskAck", value: { taskId, taskStatus, reason } }, parent);
  if (!isUlid(taskId) || state.phase !== "active") return nothing;
  const command = task.command?.command;
  const request = command?.case === "request" ? command.value.trim().toLowerCase() : "";
  if (request === "registration") {
    const done = answer(TaskAck_TaskStatus.COMPLETED);
    return { send: [done, ...register(state, profile, now).send] };
  }
  if (request === "status" || request === "heartbeat") {
    state.lastStatus = undefined;
    return { send: [answer(TaskAck_TaskStatus.COMPLETED), status(state, profile, "ok", now)] };
  }
  state.tasksRefused += 1;
  return { send: [answer(TaskAck_TaskStatus.REJECTED, ["this node passes no task on to its sensors; ask its operators"])] };
}

/** One fused track as it goes upwards. SI units and radians. */
export interface FusedTrack {
  /** Picket's identifier, unique within the site. */
  readonly id: string;
  readonly origin: TrackView["origin"];
  readonly confirmed: boolean;
  readonly firstAt: Micros;
  readonly latitude: number;
  readonly longitude: number;
  readonly heightHae?: number;
  /** 1 sigma, m. */
  readonly sigmaEast: number;
  readonly sigmaNorth: number;
  readonly verticalSigma?: number;
  /** m/s, east, north, up. */
  readonly velocity: readonly [number, number, number];
  readonly existence: number;
  readonly classPath: readonly string[];
  /** Nodes and their objects that it was made of. */
  readonly contributors: readonly { readonly nodeId: string; readonly objectId: string }[];
  /** Serial or address that it broadcasts. */
  readonly identity?: string;
}

/** A FusedTrack of what the screen and the API show. */
export function fusedTrackOf(view: TrackView): FusedTrack {
  const contributors: { nodeId: string; objectId: string }[] = [];
  let identity: string | undefined;
  for (const { scheme, value } of view.identities) {
    const [nodeId, objectId] = value.split("/");
    if (scheme === "source-track" && isUuid(nodeId) && objectId !== undefined && isUlid(objectId)) contributors.push({ nodeId, objectId });
    else if (scheme === "remote-id-serial" || scheme === "icao24") identity ??= value;
  }
  // 2.4477 is the radius of 95 % of a two-dimensional normal distribution in sigmas.
  const major = view.ellipse.semiMajorMetres / 2.4477;
  const minor = view.ellipse.semiMinorMetres / 2.4477;
  const along = view.ellipse.azimuthDegrees * RADIANS_PER_DEGREE;
  return {
    id: view.id,
    origin: view.origin,
    confirmed: view.status !== "tentative",
    firstAt: micros(view.firstAtUs),
    latitude: view.position.latitudeDegrees * RADIANS_PER_DEGREE,
    longitude: view.position.longitudeDegrees * RADIANS_PER_DEGREE,
    ...(view.position.heightHaeMetres === null ? {} : { heightHae: view.position.heightHaeMetres }),
    sigmaEast: Math.hypot(major * Math.sin(along), minor * Math.cos(along)),
    sigmaNorth: Math.hypot(major * Math.cos(along), minor * Math.sin(along)),
    ...(view.verticalSigmaMetres === null ? {} : { verticalSigma: view.verticalSigmaMetres }),
    velocity: [view.velocityEastMps, view.velocityNorthMps, view.velocityUpMps],
    existence: view.existence,
    classPath: classPathOf(view),
    contributors,
    ...(identity === undefined ? {} : { identity }),
  };
}

const ROTARY = ["Air Vehicle", "UAV Rotary Wing"] as const;
const FIXED = ["Air Vehicle", "UAV Fixed Wing"] as const;
const BIRD = ["Animal", "Bird"] as const;
const CLASS_PATHS: Partial<Record<TrackView["className"], readonly string[]>> = {
  "multirotor-small": ROTARY,
  "multirotor-large": ROTARY,
  fpv: ROTARY,
  "fixed-wing": FIXED,
  "one-way": FIXED,
  vtol: FIXED,
  aircraft: ["Air Vehicle", "Manned Fixed Wing"],
  helicopter: ["Air Vehicle", "Manned Rotary Wing"],
  "bird-small": BIRD,
  "bird-medium": BIRD,
  "bird-large": BIRD,
  "bird-flock": BIRD,
};

/** Picket's own answer, else the words of a node where they are a path that the registration declares; nothing undeclared is sent. */
function classPathOf(view: Pick<TrackView, "className" | "classification">): readonly string[] {
  const answer = CLASS_PATHS[view.className];
  if (answer !== undefined) return answer;
  const said = view.classification.split("/");
  const declared = Object.values(CLASS_PATHS).some((path) => path.join("/") === view.classification);
  return declared ? said : ["Unknown"];
}

/**
 * One cycle of reports: every confirmed track that may go to this parent, all stamped with one time, and a last report in
 * state "lost" of each track that is gone. Sends nothing before the parent accepted, nor sooner than the profile's cycle.
 */
export function upwardPublish(state: UpwardState, profile: UpwardProfile, tracks: readonly FusedTrack[], now: Micros): UpwardOutcome {
  if (state.phase !== "active") return nothing;
  if (state.lastCycleAt !== undefined && now - state.lastCycleAt < profile.cycleMilliseconds * 1000) return nothing;
  const send: Uint8Array[] = [];
  const present = new Set<string>();
  for (const track of tracks) {
    if (!track.confirmed || (track.origin !== "live" && !profile.exercise)) continue;
    if (present.size >= MAX_TRACKS) break;
    present.add(track.id);
    const known = state.known.get(track.id);
    const objectId = known?.objectId ?? objectUlid(state.sender, track.firstAt, numberOf(track.id));
    const content = reportOf(state, profile, track, objectId, now);
    state.known.set(track.id, { objectId, lastSent: content });
    send.push(encodeSapient(state.sender, now, content));
  }
  for (const [id, { lastSent }] of state.known) {
    if (present.has(id)) continue;
    state.known.delete(id);
    if (lastSent?.case === "detectionReport")
      send.push(
        encodeSapient(state.sender, now, {
          case: "detectionReport",
          value: { ...lastSent.value, reportId: nextUlid(state.sender, now), state: "lost" } as never,
        }),
      );
  }
  if (send.length > 0) state.lastCycleAt = now;
  state.sent += send.length;
  return { send };
}

function reportOf(state: UpwardState, profile: UpwardProfile, track: FusedTrack, objectId: string, now: Micros) {
  const [east, north, up] = track.velocity;
  const perDegree = metresPerDegree(track.latitude);
  return {
    case: "detectionReport" as const,
    value: detectionReport(state.sender, now, {
      objectId,
      location: {
        ...location({
          latitude: track.latitude,
          longitude: track.longitude,
          height: track.heightHae,
          verticalSigma: track.heightHae === undefined ? undefined : track.verticalSigma,
        }),
        xError: track.sigmaEast / perDegree.east,
        yError: track.sigmaNorth / perDegree.north,
      },
      velocity: { east, north, up: track.heightHae === undefined ? undefined : up },
      confidence: Math.min(1, Math.max(0, track.existence)),
      classes: [{ path: track.classPath }],
      objectInfo: [{ type: "origin", value: track.origin }],
      id: profile.releaseIdentities ? track.identity : undefined,
      contributors: track.contributors,
    }),
  };
}

/** The digits of "T12" or "SIM-T12"; the counter is unique within a site. */
const numberOf = (id: string): number => Number(/(\d+)$/.exec(id)?.[1] ?? 0);
