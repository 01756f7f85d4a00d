// What is remembered of each aircraft of one source. Plain data, bounded.

import type { DecodeError } from "../decode-error.ts";

/** Confirmed aircraft kept at once. A busy receiver hears about 1,000. */
export const MAX_AIRCRAFT = 8_192;
/** Addresses heard once, that wait for a second message. */
export const MAX_CANDIDATES = 4_096;
/** Silence after which an aircraft is forgotten, s. */
export const FORGET_AFTER = 300;
/** A second message must come within this, s, to confirm a new address. */
export const CONFIRM_WITHIN = 60;
/** The same frame again within this, s, is one transmission that came over two ways, and confirms nothing. */
export const SAME_TRANSMISSION = 0.05;

/** Set in an address that is not an ICAO address (TIS-B track file, anonymous). */
export const NOT_ICAO = 0x1000000;

export interface CprHalf {
  at: number; // s, stream clock; -1 when there is none
  surface: boolean;
  latitude: number;
  longitude: number;
}

export interface Aircraft {
  readonly address: number;
  /** Six hexadecimal digits, with "~" before an address that is not ICAO's. */
  readonly name: string;
  messages: number;
  /** Stream clock, s. */
  lastHeard: number;
  readonly even: CprHalf;
  readonly odd: CprHalf;

  /** Last position that was accepted, radians; `positionAt` is -1 when there is none. */
  positionAt: number;
  latitude: number;
  longitude: number;
  positionOnSurface: boolean;
  /** Global positions in a row that a gate refused, and the last of them. */
  refusals: number;
  refusedAt: number;
  refusedLatitude: number;
  refusedLongitude: number;

  /** -1 when there is none. m/s; `up` undefined when not broadcast. */
  velocityAt: number;
  velocityEast: number;
  velocityNorth: number;
  velocityUp: number | undefined;
  nacv: number;

  /** Geometric height less barometric altitude, m; `differenceAt` -1 when there is none. */
  differenceAt: number;
  geometricMinusBarometric: number;

  /** ADS-B version, 0 until an operational status says otherwise. */
  version: number;
  nacp: number | undefined;
  gva: number | undefined;
  nicSupplementA: boolean;
  nicSupplementC: boolean;

  /** What was last claimed, so that a claim is sent when it changes and every few seconds. */
  callsign: string | undefined;
  category: string | undefined;
  squawk: string | undefined;
  emergency: string | undefined;
  onGround: boolean | undefined;
  /** What a reply said last whose address lay over its parity; it is claimed when a second reply says the same. */
  repliedSquawk: string | undefined;
  repliedOnGround: boolean | undefined;
  callsignAt: number;
  squawkAt: number;
  emergencyAt: number;
  onGroundAt: number;
  saidUnplaced: boolean;
}

export interface Candidate {
  /** Stream clock of the message, s. */
  at: number;
  /** Its first and its last octets, to know the same transmission again. */
  head: number;
  tail: number;
}

export interface AircraftTable {
  readonly aircraft: Map<number, Aircraft>;
  readonly candidates: Map<number, Candidate>;
  /** Confirmed aircraft that were dropped because the table was full. */
  evicted: number;
  droppedCandidates: number;
  sweptAt: number;
}

export const createAircraftTable = (): AircraftTable => ({
  aircraft: new Map(),
  candidates: new Map(),
  evicted: 0,
  droppedCandidates: 0,
  sweptAt: 0,
});

export function createAircraft(address: number, now: number): Aircraft {
  const hex = (address & 0xffffff).toString(16).padStart(6, "0");
  return {
    address,
    name: address >= NOT_ICAO ? `~${hex}` : hex,
    messages: 0,
    lastHeard: now,
    even: { at: -1, surface: false, latitude: 0, longitude: 0 },
    odd: { at: -1, surface: false, latitude: 0, longitude: 0 },
    positionAt: -1,
    latitude: 0,
    longitude: 0,
    positionOnSurface: false,
    refusals: 0,
    refusedAt: -1,
    refusedLatitude: 0,
    refusedLongitude: 0,
    velocityAt: -1,
    velocityEast: 0,
    velocityNorth: 0,
    velocityUp: undefined,
    nacv: 0,
    differenceAt: -1,
    geometricMinusBarometric: 0,
    version: 0,
    nacp: undefined,
    gva: undefined,
    nicSupplementA: false,
    nicSupplementC: false,
    callsign: undefined,
    category: undefined,
    squawk: undefined,
    emergency: undefined,
    onGround: undefined,
    repliedSquawk: undefined,
    repliedOnGround: undefined,
    callsignAt: -1,
    squawkAt: -1,
    emergencyAt: -1,
    onGroundAt: -1,
    saidUnplaced: false,
  };
}

/** Address 0 is what an all-zero message carries, and all ones is not assigned (ICAO Annex 10 volume III, 9.2). */
export const isAssignable = (address: number): boolean => (address & 0xffffff) !== 0 && (address & 0xffffff) !== 0xffffff;

/**
 * The aircraft of a message whose parity proves its address. A new address stays a candidate, and so unseen, until a second
 * message of its own comes within a minute: noise passes a 24-bit parity now and then, but not twice for the same address.
 */
export function admit(
  table: AircraftTable,
  address: number,
  now: number,
  head: number,
  tail: number,
  errors: DecodeError[],
): Aircraft | undefined {
  const known = table.aircraft.get(address);
  if (known !== undefined) return known;
  if (!isAssignable(address)) return undefined;
  const candidate = table.candidates.get(address);
  if (candidate === undefined) {
    if (table.candidates.size >= MAX_CANDIDATES) dropCandidates(table, now);
    table.candidates.set(address, { at: now, head, tail });
    return undefined;
  }
  const repeated = candidate.head === head && candidate.tail === tail && now - candidate.at < SAME_TRANSMISSION;
  if (repeated) return undefined;
  if (now - candidate.at > CONFIRM_WITHIN) {
    candidate.at = now;
    candidate.head = head;
    candidate.tail = tail;
    return undefined;
  }
  table.candidates.delete(address);
  if (table.aircraft.size >= MAX_AIRCRAFT) evict(table, errors);
  const aircraft = createAircraft(address, now);
  table.aircraft.set(address, aircraft);
  return aircraft;
}

/** The old ones, and when all are young the older half: they cost an unseen address one more message. */
function dropCandidates(table: AircraftTable, now: number): void {
  const before = table.candidates.size;
  for (const [address, candidate] of table.candidates) {
    if (now - candidate.at > CONFIRM_WITHIN) table.candidates.delete(address);
  }
  if (table.candidates.size > MAX_CANDIDATES / 2) {
    let surplus = table.candidates.size - MAX_CANDIDATES / 2;
    for (const address of table.candidates.keys()) {
      if (surplus-- <= 0) break;
      table.candidates.delete(address);
    }
  }
  table.droppedCandidates += before - table.candidates.size;
}

/**
 * Drops an eighth of a full table: those without a position first, then those heard least. A flood of invented addresses
 * brings few messages each, so it throws out its own.
 */
function evict(table: AircraftTable, errors: DecodeError[]): void {
  const worth = (aircraft: Aircraft) => aircraft.messages + (aircraft.positionAt >= 0 ? 1_000_000_000 : 0);
  const ranked = [...table.aircraft.values()].sort((a, b) => worth(a) - worth(b) || a.address - b.address);
  const surplus = MAX_AIRCRAFT / 8;
  for (let i = 0; i < surplus; i++) table.aircraft.delete(ranked[i].address);
  table.evicted += surplus;
  errors.push({
    code: "oversized",
    item: "aircraft table",
    message: `more than ${MAX_AIRCRAFT} aircraft at once: the ${surplus} heard least were dropped`,
    needed: MAX_AIRCRAFT,
    got: MAX_AIRCRAFT + 1,
  });
}

/** Forgets the silent, about once in ten seconds of the stream's clock. */
export function sweep(table: AircraftTable, now: number): void {
  if (now - table.sweptAt < 10 && now >= table.sweptAt) return;
  table.sweptAt = now;
  for (const [address, aircraft] of table.aircraft) {
    if (now - aircraft.lastHeard > FORGET_AFTER) table.aircraft.delete(address);
  }
  for (const [address, candidate] of table.candidates) {
    if (now - candidate.at > CONFIRM_WITHIN) table.candidates.delete(address);
  }
}
