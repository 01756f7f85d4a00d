// Between the judgement and the decisions: what a case is frozen from, and people's commands on their way into the reducer.

import { attentionOf } from "../alerting/attention.ts";
import { DEGREES_PER_RADIAN, wrapAngle } from "../base/units.ts";
import { amslFromHae } from "../geodesy/heights.ts";
import { enuToGeodetic, geodeticToEnu } from "../geodesy/wgs84.ts";
import { distanceTo } from "../identification/friend-volume.ts";
import { friendsOf, identificationOf, ledgerOf } from "../identification/identify.ts";
import type { Actor, Command, Effect } from "../model/event.ts";
import { CLASS_FAMILY } from "../model/identity.ts";
import type { CaseEvidence, CrewedTrack, NearFriend, ResponseCommand } from "../model/response.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import { typesRefusal } from "../protocols/sapient/effector-guard.ts";
import { guardedOf } from "../protocols/sapient/tasking.ts";
import { wellFormed } from "../response/case-content.ts";
import { decide } from "../response/decide.ts";
import { type CommandContext, createResponse, type ResponseEvent, type ResponseState } from "../response/response-state.ts";
import { responseText } from "../response/response-text.ts";
import { notify, type Picture } from "./picture.ts";
import { sapientStateOf } from "./sensor-tasks.ts";
import { readFacts } from "./track-facts.ts";
import { ellipseOf } from "./views.ts";

/** A friend's flight nearer than this to the track is on the list of those who must be told, m. */
const FRIEND_NEAR = 2000;
/** Crewed aircraft this near are told; the gate decides which of them lock. */
const CREWED_NEAR = 20_000; // m
const MOST_NEAR = 16;

const KINDS: readonly Command["kind"][] = [
  "enrol-person",
  "revoke-person",
  "open-case",
  "edit-case",
  "approve-case",
  "refuse-case",
  "withdraw-approval",
  "cancel-case",
  "delegate-seat",
  "acknowledge-case",
  "record-ghost",
  "release-response",
  "record-response-fact",
];

export const isResponseCommand = (command: Command): command is ResponseCommand => KINDS.includes(command.kind);

/** Absent in snapshots of versions without responses. */
export const responseOf = (picture: Picture): ResponseState => picture.response ?? createResponse();

/** Carries a person's command out and answers it; every refusal is a notice as well, with its reasons. */
export function commandResponse(picture: Picture, command: ResponseCommand, actor: Actor, commandId: string, effects: Effect[]): void {
  const context = contextOf(picture, command);
  const [answer] = decideAndTell(picture, { type: "command", at: picture.now, by: actor, command, context }, effects);
  const message = answer?.reasons.map(({ key, values }) => responseText(key, values)).join("; ") ?? "";
  effects.push(
    answer === undefined || answer.ok
      ? { type: "command-result", commandId, ok: true, ...(answer?.caseId === undefined ? {} : { message: answer.caseId }) }
      : { type: "command-result", commandId, ok: false, code: codeOf(answer.reasons[0]?.key ?? ""), message },
  );
}

/** "response.manned-lock" -> "manned-lock". */
const codeOf = (key: string): string => key.replace(/^response\./, "");

function decideAndTell(picture: Picture, event: ResponseEvent, effects: Effect[]) {
  const before = responseOf(picture);
  const isEnrolment = event.type === "command" && event.command.kind === "enrol-person";
  const outcome = decide(before, event);
  picture.response = outcome.state;
  for (const { ok, caseId, reasons } of outcome.results) {
    // Accounts that come again with every start are no news.
    if (isEnrolment && before === outcome.state) continue;
    for (const { key, values } of reasons)
      notify(picture, ok ? "info" : "warning", key, { ...values, ...(caseId === undefined ? {} : { case: caseId }), ...by(event) });
  }
  effects.push(...outcome.effects);
  return outcome.results;
}

const by = (event: ResponseEvent): { actor?: string } => (event.type === "command" ? { actor: event.by.name } : {});

/** The policy of a configuration; a changed one ends approvals given under the other. */
export function configureResponses(picture: Picture, effects: Effect[]): void {
  const { site } = picture;
  if (site === undefined || (picture.response === undefined && site.response === undefined)) return;
  decideAndTell(picture, { type: "policy", at: picture.now, siteId: site.id, policy: site.response }, effects);
}

/** What the shell says of its clock; undefined: it is well. */
export function hearClock(picture: Picture, trouble: string | undefined, effects: Effect[]): void {
  if (picture.response === undefined && trouble === undefined) return;
  decideAndTell(picture, { type: "clock", at: picture.now, trouble }, effects);
}

/** Once a second: what is over, what has changed. */
export function passResponseTime(picture: Picture, effects: Effect[]): void {
  const { response } = picture;
  if (response === undefined || (response.cases.length === 0 && response.ghosts.length === 0 && response.settled.length === 0)) return;
  const tracks = new Map<string, CaseEvidence>();
  const all = response.cases.length === 0 ? [] : readFacts(picture);
  for (const { content } of response.cases) {
    const { trackId } = content.evidence;
    const facts = all.find(({ key }) => key === trackId);
    if (facts !== undefined && !tracks.has(trackId)) tracks.set(trackId, caseEvidence(picture, facts, all));
  }
  decideAndTell(picture, { type: "time", at: picture.now, tracks }, effects);
}

function contextOf(picture: Picture, command: ResponseCommand): CommandContext {
  const { response } = picture;
  const theCase = "caseId" in command ? response?.cases.find(({ id }) => id === command.caseId) : undefined;
  const trackId = command.kind === "open-case" ? command.trackId : theCase?.content.evidence.trackId;
  if (trackId === undefined) return {};
  const all = readFacts(picture);
  const facts = all.find(({ key }) => key === trackId);
  const freezes = command.kind === "open-case" || command.kind === "edit-case";
  const ledger = freezes ? ledgerOf(picture.judgement.identification, trackId) : undefined;
  const receiverId = freezes ? command.plan.receiverId : theCase?.content.plan.receiverId;
  const receiverRefusal = refusalOfReceiver(picture, receiverId ?? null);
  return {
    ...(facts === undefined ? {} : { evidence: caseEvidence(picture, facts, all) }),
    ...(ledger === undefined ? {} : { ledger: sayable(ledger) as NonNullable<CommandContext["ledger"]> }),
    ...(receiverRefusal === undefined ? {} : { receiverRefusal }),
  };
}

/** Why nothing may go to a receiver that is a SAPIENT node: it declared something that acts, or is not here to be asked. The shell asks again when it sends. */
export function refusalOfReceiver(picture: Picture, receiverId: string | null): string | undefined {
  const nodeId = picture.site?.response?.receivers.find(({ id }) => id === receiverId)?.sapientNodeId;
  if (nodeId === undefined) return undefined;
  for (const source of picture.sources.values()) {
    const node = sapientStateOf(source)?.nodes.get(nodeId);
    if (node === undefined || node.connection === undefined) continue;
    return typesRefusal(guardedOf(node.contract).nodeDefinition.map(({ nodeType }) => nodeType ?? 0));
  }
  return "the node is not registered now";
}

/** A multiple of a power of ten, without the digits that its binary form adds. */
const fixed = (value: number, digits: 0 | 1 | 2 | 3 | 6): number => {
  const scale = { 0: 1, 1: 10, 2: 100, 3: 1000, 6: 1_000_000 }[digits];
  return Math.round(value * scale) / scale;
};

/** What is known of a track now, as a case freezes it and holds it against what it froze. */
export function caseEvidence(picture: Picture, facts: TrackFacts, all: readonly TrackFacts[]): CaseEvidence {
  const { judgement, now } = picture;
  const identification = identificationOf(judgement.identification, facts.key);
  const threat = judgement.threats.get(facts.key);
  const attention = attentionOf(judgement.attention, facts.key);
  const [east, north, up] = facts.position;
  const place = enuToGeodetic(picture.frame, east, north, up);
  const P = facts.covariance;
  const declared = identification?.declarations.some(({ expiresAt }) => expiresAt > now) === true;
  const className = identification?.className ?? "unknown";
  return {
    trackId: facts.key,
    origin: facts.origin,
    atUs: facts.at,
    measuredAtUs: facts.measuredAt,
    status: facts.status,
    existence: fixed(facts.existence, 3),
    latitudeDegrees: fixed(place.latitude * DEGREES_PER_RADIAN, 6),
    longitudeDegrees: fixed(wrapAngle(place.longitude) * DEGREES_PER_RADIAN, 6),
    heightAmslMetres: facts.heightKnown ? fixed(amslFromHae(place.latitude, place.longitude, place.heightHae), 1) : null,
    eastMetres: fixed(east, 1),
    northMetres: fixed(north, 1),
    upMetres: fixed(up, 1),
    velocityEastMps: fixed(facts.velocity[0], 2),
    velocityNorthMps: fixed(facts.velocity[1], 2),
    velocityUpMps: facts.heightKnown ? fixed(facts.velocity[2], 2) : 0,
    uncertaintyMetres: ellipseOf(P[0]!, P[1]!, P[7]!).semiMajorMetres,
    className,
    classFamily: CLASS_FAMILY[className],
    classConfidence: fixed(identification?.classConfidence ?? 0, 3),
    // Of a track that nothing was judged of yet nobody knows that it is unmanned: rounding up keeps a limit a limit.
    manned: identification === undefined ? 1 : Math.ceil(identification.manned * 10_000) / 10_000,
    uas: fixed(identification?.uas ?? 0, 3),
    affiliation: identification?.affiliation ?? "pending",
    conflict: fixed(identification?.conflict ?? 0, 3),
    findings: [...new Set((identification?.findings ?? []).map(({ code }) => code))].sort(),
    assessedByPerson: declared || attention.by !== undefined,
    score: fixed(threat?.score ?? 0, 3),
    inbound: threat?.inbound === true,
    assetId: threat?.assetId ?? null,
    timeToAssetSeconds: threat?.timeToZone === undefined ? null : Math.round(threat.timeToZone),
    sensors: facts.contributors.map(({ sensorId }) => sensorId).sort(),
    identities: facts.identities.map(({ scheme, value }) => ({ scheme, value: wellFormed(value) })),
    crewed: crewedNear(picture, facts, all),
    friends: friendsNear(picture, facts),
    borders: bordersNear(picture, facts),
  };
}

const horizontal = (a: TrackFacts, b: TrackFacts): number => Math.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1]);

/** Tracks that an aircraft's transponder speaks for, or that probably have people aboard; the track itself among them. */
function crewedNear(picture: Picture, facts: TrackFacts, all: readonly TrackFacts[]): CrewedTrack[] {
  const near: CrewedTrack[] = [];
  for (const other of all) {
    if (other.origin !== facts.origin && other.origin !== "live") continue;
    const distance = horizontal(facts, other);
    if (distance > CREWED_NEAR) continue;
    const manned = other.key === facts.key ? 0 : (identificationOf(picture.judgement.identification, other.key)?.manned ?? 0);
    const speaks = other.identities.some(({ scheme }) => scheme === "icao24") || other.contributors.some(({ kind }) => kind === "adsb");
    if (speaks || manned >= 0.5) near.push({ trackId: other.key, distanceMetres: Math.floor(distance) });
  }
  return near.sort((a, b) => a.distanceMetres - b.distanceMetres || (a.trackId < b.trackId ? -1 : 1)).slice(0, MOST_NEAR);
}

/** Announced flights in force whose volume, or whose own track, is near. */
function friendsNear(picture: Picture, facts: TrackFacts): NearFriend[] {
  const [east, north] = facts.position;
  return friendsOf(picture.judgement.identification, picture.now)
    .filter(({ state, intent, trackKeys }) => {
      if (trackKeys.includes(facts.key)) return true;
      return state === "in-force" && intent.volumes.some(({ shape }) => distanceTo(shape, east, north) <= FRIEND_NEAR);
    })
    .map(({ intent: { id, name, owner } }) => ({ friendId: wellFormed(id), name: wellFormed(name), owner: wellFormed(owner) }))
    .sort((a, b) => (a.friendId < b.friendId ? -1 : 1));
}

function bordersNear(picture: Picture, facts: TrackFacts): CaseEvidence["borders"] {
  const [east, north] = facts.position;
  return (picture.site?.response?.parties ?? []).flatMap(({ id, border }) => {
    if (border === undefined || border.length < 2) return [];
    const points = border.map(({ latitude, longitude }) => {
      const [e, n] = geodeticToEnu(picture.frame, latitude, longitude, picture.frame.origin.heightHae);
      return [e, n] as const;
    });
    const distance = distanceTo({ kind: "path", points, halfWidth: 0 }, east, north);
    return [{ partyId: id, distanceMetres: Math.round(distance) }];
  });
}

/** A copy that canonical JSON can say: text well-formed, numbers finite, nothing undefined. Values that are not finite become their names. */
function sayable(value: unknown): unknown {
  if (typeof value === "string") return wellFormed(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(sayable);
  if (typeof value !== "object" || value === null) return value ?? null;
  const copy: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) if (inner !== undefined) copy[wellFormed(name)] = sayable(inner);
  return copy;
}
