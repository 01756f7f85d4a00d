// What one receiver said of one unmanned aircraft in one message, whatever the wire form, and how it becomes observations.
// Broadcast Remote ID is not authenticated: everything here is a claim, never an identity of its own.

import { type Micros, metresPerSecond, micros, type Seconds } from "../../base/units.ts";
import type {
  Claim,
  ClaimStatements,
  Detection,
  Height,
  Identity,
  Observation,
  SensorClassification,
  SensorTime,
} from "../../model/observation.ts";
import { horizontalSigma, speedSigma, verticalSigma } from "./accuracy.ts";
import { type IdKind, UA_TYPES } from "./basic-id.ts";
import { evictLeastHeard } from "./least-heard.ts";
import { type Location, OPERATIONAL_STATUS } from "./location.ts";
import type { OperatorId } from "./operator-id.ts";
import type { SelfId } from "./self-id.ts";
import { OPERATOR_POSITION_KINDS, type SystemMessage } from "./system.ts";

export interface ReportedId {
  readonly kind: IdKind;
  readonly id: string;
  readonly uaType?: number;
}

export interface UasReport {
  /** The receiver's own name; "" where the message names none. */
  readonly receiver: string;
  readonly transport?: string;
  /** Lower case with colons. */
  readonly radioAddress?: string;
  readonly signalDbm?: number;
  /** When the receiver heard it. */
  readonly heardAt?: SensorTime;
  readonly ids: readonly ReportedId[];
  readonly location?: Location;
  readonly selfId?: SelfId;
  readonly system?: SystemMessage;
  readonly operatorId?: OperatorId;
  /** Statements that only this wire form has. */
  readonly more?: ClaimStatements;
}

/** Addresses remembered at one time; a city's worth of drones and every rotation of their addresses. */
export const MAX_EMITTERS = 4096;
/** A transmitter that was silent for longer is forgotten. */
const FORGET_AFTER = 600_000_000; // us
/** The same content again within this time is the same broadcast heard again, not a second measurement. */
const REPEAT_WITHIN = 1_000_000; // us
/** Two serial numbers from one address within this time: the address is shared, so it identifies nobody. */
const SHARED_WITHIN = 60_000_000; // us
/** A drone's clock that differs from its receiver's by more is not used to date a position. */
const CLOCK_TOLERANCE = 10_000_000; // us
const HOUR = 3_600_000_000; // us

/** What is remembered of one radio address (or of one identifier where no address is given) at one receiver. Plain data. */
interface Emitter {
  /** Reports heard: its value when room is needed. */
  heard: number;
  lastHeard: Micros;
  ids: ReportedId[];
  /** When the identifiers were last heard. */
  idsAt: Micros;
  sharedUntil: Micros;
  location: Location | undefined;
  detectedAt: Micros;
  statements: ClaimStatements | undefined;
  claimedAt: Micros;
}

export interface RemoteIdState {
  emitters: Map<string, Emitter>;
  /** Emitters given up for room; told to the operator by `tickReports`. */
  evicted: number;
  evictedTold: number;
}

export const createRemoteIdState = (): RemoteIdState => ({ emitters: new Map(), evicted: 0, evictedTold: 0 });

const NEVER = micros(Number.MIN_SAFE_INTEGER);

/**
 * Observations of one report: a Detection where it has a new position, a Claim where it says something new.
 *
 * Identities are strongest first: serial number, CAA registration, session, radio address. A report without its own identifier
 * (Bluetooth 4 sends identity and position apart) takes those heard from the same address; an address that sends several serial
 * numbers (a spoofer, or a relay) is nobody's. A report without any identity gets none, so it can never merge with another one.
 */
export function observeReport(state: RemoteIdState, report: UasReport, receivedAt: Micros): Observation[] {
  const emitter = rememberEmitter(state, report, receivedAt);
  const identities = identitiesOf(report, emitter, receivedAt);
  const observations: Observation[] = [];
  const location = report.location;
  if (location?.latitude !== undefined && location.longitude !== undefined) {
    const repeated =
      emitter?.location !== undefined && receivedAt - emitter.detectedAt < REPEAT_WITHIN && sameFields(emitter.location, location);
    if (!repeated) {
      observations.push(detectionOf(report, location, identities, isShared(emitter, receivedAt) ? undefined : emitter));
      if (emitter !== undefined) {
        emitter.location = location;
        emitter.detectedAt = receivedAt;
      }
    }
  }
  const statements = statementsOf(report);
  if (identities.length > 0 && saysAnything(statements)) {
    const repeated =
      emitter?.statements !== undefined && receivedAt - emitter.claimedAt < REPEAT_WITHIN && sameFields(emitter.statements, statements);
    if (!repeated) {
      const claim: Claim = {
        type: "claim",
        sensorKey: report.receiver,
        time: timeOf(report.heardAt, location?.secondsAfterHour),
        about: identities,
        statements,
      };
      observations.push(claim);
      if (emitter !== undefined) {
        emitter.statements = statements;
        emitter.claimedAt = receivedAt;
      }
    }
  }
  return observations;
}

/** Forgets silent transmitters; says once a second at most when room ran out. */
export function tickReports(state: RemoteIdState, now: Micros): Observation[] {
  for (const [key, emitter] of state.emitters) if (now - emitter.lastHeard > FORGET_AFTER) state.emitters.delete(key);
  if (state.evicted === state.evictedTold) return [];
  const fresh = state.evicted - state.evictedTold;
  state.evictedTold = state.evicted;
  const note = `${fresh} radio addresses were given up because more than ${MAX_EMITTERS} were heard at once; this can be a flood of false ones.`;
  return [{ type: "status", sensorKey: "", time: undefined, notes: [note] }];
}

function rememberEmitter(state: RemoteIdState, report: UasReport, receivedAt: Micros): Emitter | undefined {
  const name = report.radioAddress ?? report.ids[0]?.id;
  if (name === undefined || name === "") return undefined;
  const key = `${report.receiver}|${name}`;
  let emitter = state.emitters.get(key);
  if (emitter === undefined) {
    if (state.emitters.size >= MAX_EMITTERS) state.evicted += evictLeastHeard(state.emitters);
    emitter = {
      heard: 0,
      lastHeard: receivedAt,
      ids: [],
      idsAt: NEVER,
      sharedUntil: NEVER,
      location: undefined,
      detectedAt: NEVER,
      statements: undefined,
      claimedAt: NEVER,
    };
    state.emitters.set(key, emitter);
  }
  emitter.heard += 1;
  emitter.lastHeard = receivedAt;
  for (const reported of report.ids) {
    if (reported.id === "") continue;
    const at = emitter.ids.findIndex((known) => known.kind === reported.kind);
    if (at < 0) emitter.ids.push(reported);
    else if (emitter.ids[at].id !== reported.id) {
      if (reported.kind === "serial" && receivedAt - emitter.idsAt < SHARED_WITHIN) {
        emitter.sharedUntil = micros(receivedAt + SHARED_WITHIN);
      }
      // Another aircraft now: what the last one said of itself in other identifiers does not hold for it.
      emitter.ids = [reported];
    } else if (emitter.ids[at].uaType !== reported.uaType) emitter.ids[at] = reported;
    emitter.idsAt = receivedAt;
  }
  return emitter;
}

const SCHEMES: readonly (readonly [IdKind, Identity["scheme"]])[] = [
  ["serial", "remote-id-serial"],
  ["caa-registration", "caa-registration"],
  ["session", "remote-id-session"],
  ["utm-assigned", "remote-id-session"],
];

const isShared = (emitter: Emitter | undefined, now: Micros) => emitter !== undefined && now < emitter.sharedUntil;

function identitiesOf(report: UasReport, emitter: Emitter | undefined, receivedAt: Micros): Identity[] {
  const shared = isShared(emitter, receivedAt);
  const own = report.ids.some((reported) => reported.id !== "" && reported.kind !== "none");
  const known = own || shared ? report.ids : (emitter?.ids ?? report.ids);
  const identities: Identity[] = [];
  for (const [kind, scheme] of SCHEMES) {
    for (const reported of known) if (reported.kind === kind && reported.id !== "") identities.push({ scheme, value: reported.id });
  }
  // The other identifiers of the same transmitter stay known when a message carries only one of them.
  if (own && !shared && emitter !== undefined) {
    for (const [kind, scheme] of SCHEMES) {
      if (identities.some((identity) => identity.scheme === scheme)) continue;
      for (const reported of emitter.ids) if (reported.kind === kind) identities.push({ scheme, value: reported.id });
    }
    identities.sort((a, b) => rank(a.scheme) - rank(b.scheme));
  }
  if (report.radioAddress !== undefined && !shared) identities.push({ scheme: "radio-address", value: report.radioAddress });
  return identities;
}

const rank = (scheme: Identity["scheme"]) => SCHEMES.findIndex(([, of]) => of === scheme);

function detectionOf(report: UasReport, location: Location, identities: Identity[], emitter: Emitter | undefined): Detection {
  const velocity = velocityOf(location);
  return {
    type: "detection",
    sensorKey: report.receiver,
    time: timeOf(report.heardAt, location.secondsAfterHour),
    measurement: {
      kind: "position",
      latitude: location.latitude!,
      longitude: location.longitude!,
      height: heightOf(location),
      horizontalSigma: horizontalSigma(location.horizontalAccuracy),
      velocityEast: velocity === undefined ? undefined : metresPerSecond(velocity.east),
      velocityNorth: velocity === undefined ? undefined : metresPerSecond(velocity.north),
      velocityUp: location.speedVertical,
      velocitySigma: speedSigma(location.speedAccuracy),
    },
    identities,
    classifications: classificationsOf(report, emitter),
    signalDbm: report.signalDbm,
  };
}

/** The type that the aircraft gives itself, in this report or in one that came before from the same address. */
function classificationsOf(report: UasReport, emitter: Emitter | undefined): SensorClassification[] | undefined {
  const known = report.ids.length > 0 ? report.ids : (emitter?.ids ?? []);
  const type = known.find((reported) => reported.uaType !== undefined && reported.uaType > 0)?.uaType;
  return type === undefined ? undefined : [{ label: UA_TYPES[type] }];
}

function heightOf(location: Location): Height | undefined {
  if (location.geodeticAltitude !== undefined) {
    return { kind: "hae", value: location.geodeticAltitude, sigma: verticalSigma(location.verticalAccuracy) };
  }
  if (location.pressureAltitude !== undefined) {
    return { kind: "pressure", value: location.pressureAltitude, sigma: verticalSigma(location.barometricAccuracy) };
  }
  return undefined;
}

/** m/s; a standing aircraft needs no direction. */
function velocityOf(location: Location): { east: number; north: number } | undefined {
  const speed = location.speedHorizontal;
  if (speed === 0) return { east: 0, north: 0 };
  if (speed === undefined || location.direction === undefined) return undefined;
  return { east: speed * Math.sin(location.direction), north: speed * Math.cos(location.direction) };
}

/**
 * The instant of a position. The message says tenths of seconds after the full hour; a receiver that dates what it heard says
 * which hour. A drone's clock that disagrees with the receiver's by more than 10 s (many never set it) is not used.
 */
export function timeOf(heardAt: SensorTime | undefined, secondsAfterHour: Seconds | undefined): SensorTime | undefined {
  if (secondsAfterHour === undefined) return heardAt;
  if (heardAt?.kind !== "utc") return heardAt ?? { kind: "hour", seconds: secondsAfterHour };
  const hourStart = Math.floor(heardAt.at / HOUR) * HOUR;
  let at = hourStart + Math.round(secondsAfterHour * 1_000_000);
  if (at - heardAt.at > HOUR / 2) at -= HOUR;
  else if (heardAt.at - at > HOUR / 2) at += HOUR;
  return Math.abs(at - heardAt.at) <= CLOCK_TOLERANCE ? { kind: "utc", at: micros(at) } : heardAt;
}

/** The words of a report, without what it does not say. */
export function statementsOf(report: UasReport): ClaimStatements {
  const said: { -readonly [Key in keyof ClaimStatements]: ClaimStatements[Key] } = {};
  for (const reported of report.ids) {
    if (reported.id !== "") {
      if (reported.kind === "serial") said.serial = reported.id;
      else if (reported.kind === "caa-registration") said.caaRegistration = reported.id;
      else if (reported.kind === "session" || reported.kind === "utm-assigned") said.sessionId = reported.id;
    }
    if (reported.uaType !== undefined && reported.uaType > 0) said.category = UA_TYPES[reported.uaType];
  }
  const location = report.location;
  if (location !== undefined) {
    const status = OPERATIONAL_STATUS[location.status];
    if (location.status > 0 && status !== undefined) said.operationalStatus = status;
    if (location.status === 1) said.onGround = true;
    else if (location.status === 2) said.onGround = false;
    else if (location.status === 3) said.emergency = "emergency";
    if (location.height !== undefined) said.heightAboveTakeoff = location.height;
  }
  const selfId = report.selfId;
  if (selfId !== undefined && selfId.text !== "") {
    if (selfId.descriptionType === 1) said.emergency = selfId.text;
    else said.description = selfId.text;
  }
  const system = report.system;
  if (system !== undefined) {
    const euClass = euWords(system);
    if (euClass !== undefined) said.category = said.category === undefined ? euClass : `${said.category}, ${euClass}`;
    if (system.operatorLatitude !== undefined && system.operatorLongitude !== undefined) {
      said.operatorLatitude = system.operatorLatitude;
      said.operatorLongitude = system.operatorLongitude;
      said.operatorPositionKind = OPERATOR_POSITION_KINDS[system.operatorLocationType];
      if (system.operatorAltitude !== undefined) said.operatorHeight = { kind: "hae", value: system.operatorAltitude };
    }
  }
  if (report.operatorId !== undefined && report.operatorId.id !== "") said.operatorId = report.operatorId.id;
  if (report.more !== undefined) Object.assign(said, report.more);
  if (saysAnything(said) && report.transport !== undefined) said.transport = report.transport;
  return said;
}

const EU_CATEGORIES = [undefined, "open", "specific", "certified"];

function euWords(system: SystemMessage): string | undefined {
  if (system.classificationType !== 1) return undefined;
  const category = EU_CATEGORIES[system.categoryEu];
  if (category === undefined) return undefined;
  return system.classEu >= 1 && system.classEu <= 7 ? `EU ${category} class C${system.classEu - 1}` : `EU ${category}`;
}

function saysAnything(statements: ClaimStatements): boolean {
  for (const key in statements) if (statements[key as keyof ClaimStatements] !== undefined) return true;
  return false;
}

/** Equal in every field; a Height inside is compared by its parts. */
function sameFields<Fields extends object>(a: Fields, b: Fields): boolean {
  const keys = Object.keys(a) as (keyof Fields)[];
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const left = a[key];
    const right = b[key];
    if (left === right) return true;
    if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
    return sameFields(left, right);
  });
}
