import { type Micros, metresPerSecond } from "../../base/units.ts";
import type { ClaimStatements, Identity, Observation, PositionMeasurement, SensorTime } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import { distance } from "../mode-s/position.ts";
import type { Decoded, Protocol } from "../protocol.ts";
import { decodeSbsLine, type SbsLine } from "./sbs-line.ts";

const MAX_AIRCRAFT = 8_192;
const FORGET_AFTER = 300_000_000; // us
const CONFIRM_WITHIN = 60_000_000; // us
const VELOCITY_FRESH = 3_000_000; // us
const CLAIM_PERIOD = 5_000_000; // us
const SWEEP_PERIOD = 10_000_000; // us
/** Receipt bunches lines and a recording may be played fast, so the gate is wide: it is here for places on another continent. */
const SPEED = 1_000; // m/s
const SLACK = 50_000; // m
const OVERRULE_AFTER = 3;

export interface SbsAircraft {
  readonly name: string;
  lines: number;
  /** Receipt, us. */
  lastHeard: number;
  confirmed: boolean;
  /** What the receiver's clock said of the first line; the lines of one message have the same. */
  readonly madeAt: number | undefined;
  positionAt: number | undefined;
  latitude: number;
  longitude: number;
  refusals: number;
  velocityAt: number | undefined;
  velocityEast: number;
  velocityNorth: number;
  velocityUp: number | undefined;
  claimed: ClaimStatements;
  claimedAt: number;
}

export interface SbsState {
  readonly aircraft: Map<string, SbsAircraft>;
  sweptAt: number;
  evicted: number;
}

/**
 * Aircraft from BaseStation lines: the receiver has decoded them, so there is no parity to check here. A packet is one line, or a
 * datagram of several.
 *
 * An address shows after a line of a second message within a minute. Velocity (MSG 4) is put beside a position (MSG 3 and 2) of
 * the same aircraft when it is fresh. The lines carry no accuracy; the sensor's configuration has it.
 */
export const sbsProtocol: Protocol<SbsState> = {
  name: "sbs",
  createState: () => ({ aircraft: new Map(), sweptAt: 0, evicted: 0 }),
  receive(state, packet) {
    const observations: Observation[] = [];
    const errors: DecodeError[] = [];
    let records = 0;
    for (const line of linesOf(packet.bytes)) {
      const decoded = decodeSbsLine(line);
      if (!decoded.ok) errors.push(decoded.error);
      else {
        takeLine(state, decoded.value, packet.receivedAt, observations, errors);
        records += 1;
      }
    }
    return { observations, errors, records } satisfies Decoded;
  },
};

const LF = 0x0a;

function linesOf(bytes: Uint8Array): Uint8Array[] {
  if (!bytes.includes(LF)) return [bytes];
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(LF, start);
    const end = found < 0 ? bytes.length : found;
    const blank = end === start || (end === start + 1 && bytes[start] === 0x0d);
    if (!blank) lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function takeLine(state: SbsState, line: SbsLine, now: Micros, observations: Observation[], errors: DecodeError[]): void {
  if (line.messageType !== "MSG" || line.address === undefined) return;
  if (/^~?(000000|ffffff)$/.test(line.address)) return; // not assignable: noise that got through the receiver
  sweep(state, now);
  const aircraft = admit(state, line, now, errors);
  if (aircraft === undefined) return;
  const time: SensorTime | undefined = line.madeAt === undefined ? undefined : { kind: "utc", at: line.madeAt };
  const about: Identity[] = [{ scheme: "icao24", value: aircraft.name }];

  if (line.groundSpeed !== undefined && line.track !== undefined) {
    aircraft.velocityAt = now;
    aircraft.velocityEast = line.groundSpeed * Math.sin(line.track);
    aircraft.velocityNorth = line.groundSpeed * Math.cos(line.track);
    aircraft.velocityUp = line.verticalRate;
  }
  if (line.latitude !== undefined && line.longitude !== undefined && accept(aircraft, line.latitude, line.longitude, now, errors)) {
    const measurement: { -readonly [K in keyof PositionMeasurement]: PositionMeasurement[K] } = {
      kind: "position",
      latitude: line.latitude,
      longitude: line.longitude,
    };
    if (line.altitude !== undefined) measurement.height = { kind: "pressure", value: line.altitude };
    if (aircraft.velocityAt !== undefined && now - aircraft.velocityAt <= VELOCITY_FRESH) {
      measurement.velocityEast = metresPerSecond(aircraft.velocityEast);
      measurement.velocityNorth = metresPerSecond(aircraft.velocityNorth);
      if (aircraft.velocityUp !== undefined) measurement.velocityUp = metresPerSecond(aircraft.velocityUp);
    }
    observations.push({ type: "detection", sensorKey: "", time, measurement, identities: about });
  }
  const statements: { -readonly [K in keyof ClaimStatements]: ClaimStatements[K] } = {};
  if (line.callsign !== undefined) statements.callsign = line.callsign;
  if (line.squawk !== undefined) statements.squawk = line.squawk;
  if (line.emergency === true) statements.emergency = "general emergency";
  if (line.onGround !== undefined) statements.onGround = line.onGround;
  if (Object.keys(statements).length === 0) return;
  const before = aircraft.claimed;
  const changed = (Object.keys(statements) as (keyof ClaimStatements)[]).some((key) => statements[key] !== before[key]);
  if (!changed && now - aircraft.claimedAt < CLAIM_PERIOD) return;
  aircraft.claimed = { ...before, ...statements };
  aircraft.claimedAt = now;
  observations.push({ type: "claim", sensorKey: "", time, about, statements: { icao24: aircraft.name, ...statements } });
}

function admit(state: SbsState, line: SbsLine, now: number, errors: DecodeError[]): SbsAircraft | undefined {
  const name = line.address!;
  let aircraft = state.aircraft.get(name);
  if (aircraft === undefined) {
    if (state.aircraft.size >= MAX_AIRCRAFT) evict(state, errors);
    aircraft = {
      name,
      lines: 0,
      lastHeard: now,
      confirmed: false,
      madeAt: line.madeAt,
      positionAt: undefined,
      latitude: 0,
      longitude: 0,
      refusals: 0,
      velocityAt: undefined,
      velocityEast: 0,
      velocityNorth: 0,
      velocityUp: undefined,
      claimed: {},
      claimedAt: 0,
    };
    state.aircraft.set(name, aircraft);
  } else if (!aircraft.confirmed) {
    const sameMessage = now === aircraft.lastHeard && line.madeAt === aircraft.madeAt;
    aircraft.confirmed = !sameMessage && now - aircraft.lastHeard <= CONFIRM_WITHIN;
  }
  aircraft.lines += 1;
  aircraft.lastHeard = now;
  return aircraft.confirmed ? aircraft : undefined;
}

/** Drops an eighth: the unconfirmed first, then those without a position, then those heard least. */
function evict(state: SbsState, errors: DecodeError[]): void {
  const worth = (a: SbsAircraft) => a.lines + (a.confirmed ? 1_000_000_000 : 0) + (a.positionAt !== undefined ? 1_000_000_000 : 0);
  const ranked = [...state.aircraft.values()].sort((a, b) => worth(a) - worth(b) || (a.name < b.name ? -1 : 1));
  const surplus = MAX_AIRCRAFT / 8;
  for (let i = 0; i < surplus; i++) state.aircraft.delete(ranked[i].name);
  state.evicted += surplus;
  errors.push({
    code: "oversized",
    item: "aircraft table",
    message: `more than ${MAX_AIRCRAFT} aircraft at once: the ${surplus} heard least were dropped`,
  });
}

function sweep(state: SbsState, now: number): void {
  if (now - state.sweptAt < SWEEP_PERIOD) return;
  state.sweptAt = now;
  for (const [name, aircraft] of state.aircraft) {
    if (now - aircraft.lastHeard > FORGET_AFTER) state.aircraft.delete(name);
  }
}

function accept(aircraft: SbsAircraft, latitude: number, longitude: number, now: number, errors: DecodeError[]): boolean {
  if (aircraft.positionAt !== undefined && now - aircraft.positionAt <= FORGET_AFTER) {
    const jump = distance(latitude, longitude, aircraft.latitude, aircraft.longitude);
    if (jump > SLACK + (SPEED * (now - aircraft.positionAt)) / 1_000_000 && aircraft.refusals + 1 < OVERRULE_AFTER) {
      aircraft.refusals += 1;
      errors.push({
        code: "inconsistent",
        item: "SBS speed gate",
        message: `${aircraft.name} would have jumped ${Math.round(jump / 1000)} km; the position was not used`,
      });
      return false;
    }
  }
  aircraft.refusals = 0;
  aircraft.positionAt = now;
  aircraft.latitude = latitude;
  aircraft.longitude = longitude;
  return true;
}
