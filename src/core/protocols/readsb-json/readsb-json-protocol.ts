// JSON of readsb, tar1090 and dump1090: `aircraft.json` (one object with "now" and "aircraft") and the lines of readsb's JSON port
// (one aircraft each, with "now"). Field names and units as in readsb's README-json.md: feet, knots, feet a minute, degrees.

import { decodeUtf8Strict, sanitizeText } from "../../base/text.ts";
import {
  METRES_PER_FOOT,
  METRES_PER_SECOND_PER_KNOT,
  metres,
  metresPerSecond,
  micros,
  RADIANS_PER_DEGREE,
  radians,
} from "../../base/units.ts";
import type { ClaimStatements, Detection, Height, Identity, Observation, PositionMeasurement } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import { categoryWords } from "../mode-s/category.ts";
import { positionSigma, velocitySigma } from "../mode-s/quality.ts";
import type { Decoded, Protocol } from "../protocol.ts";

/** Octets of a document. An aircraft takes some 700, so this is 3,000 of them; a receiver hears a few hundred. */
export const READSB_MAX_LENGTH = 2 * 1024 * 1024;
const MAX_AIRCRAFT = 8_192;
/** Lists and objects inside each other: document, `aircraft`, an aircraft, its lists, and one more. */
const MAX_DEPTH = 5;
/** A position this old, s, says little of where the aircraft is. */
const MAX_POSITION_AGE = 60;
const CLAIM_PERIOD = 5; // s
const FORGET_AFTER = 300; // s

export interface ReadsbAircraft {
  /** Seconds of the feed's clock; positions not newer than this were told already. */
  positionAt: number;
  claim: string;
  claimedAt: number;
  lastHeard: number;
}

export interface ReadsbState {
  readonly aircraft: Map<string, ReadsbAircraft>;
  /** Aircraft that the full table had no place for. */
  refused: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Aircraft from readsb's JSON: one document or one line a packet.
 *
 * A position is told once, at `now` less `seen_pos`, however often the file is read again. "ground" in `alt_baro` is a word, not an
 * altitude. Positions by multilateration and TIS-B are marked in the claim's `transport`.
 */
export const readsbJsonProtocol: Protocol<ReadsbState> = {
  name: "readsb-json",
  createState: () => ({ aircraft: new Map(), refused: 0 }),
  receive(state, packet) {
    const observations: Observation[] = [];
    const errors: DecodeError[] = [];
    const records = takeDocument(state, packet.bytes, observations, errors);
    return { observations, errors, records } satisfies Decoded;
  },
};

function takeDocument(state: ReadsbState, bytes: Uint8Array, observations: Observation[], errors: DecodeError[]): number {
  if (bytes.length > READSB_MAX_LENGTH) {
    errors.push({
      code: "oversized",
      item: "document",
      message: "a document has more than 2 MiB",
      needed: READSB_MAX_LENGTH,
      got: bytes.length,
    });
    return 0;
  }
  if (isDeeper(bytes, MAX_DEPTH)) {
    errors.push({
      code: "malformed",
      item: "document",
      message: `lists and objects are nested more than ${MAX_DEPTH} deep`,
      needed: MAX_DEPTH,
    });
    return 0;
  }
  const text = decodeUtf8Strict(bytes);
  const document = text === undefined ? undefined : parse(text);
  if (!isFields(document)) {
    errors.push({ code: "malformed", item: "document", message: "a packet is one JSON object" });
    return 0;
  }
  const now = finite(document.now);
  if (now === undefined || now < 0 || now > 1e11) {
    errors.push({ code: "out-of-range", item: "now", message: "`now` is seconds since 1970" });
    return 0;
  }
  if (document.aircraft === undefined) return takeAircraft(state, document, now, observations, errors) ? 1 : 0;
  if (!Array.isArray(document.aircraft)) {
    errors.push({ code: "malformed", item: "aircraft", message: "`aircraft` is a list" });
    return 0;
  }
  let records = 0;
  for (const aircraft of document.aircraft.slice(0, MAX_AIRCRAFT) as unknown[]) {
    if (!isFields(aircraft)) errors.push({ code: "malformed", item: "aircraft", message: "an aircraft is a JSON object" });
    else if (takeAircraft(state, aircraft, now, observations, errors)) records += 1;
  }
  for (const [name, known] of state.aircraft) if (now - known.lastHeard > FORGET_AFTER) state.aircraft.delete(name);
  return records;
}

/** Whether brackets outside strings are nested deeper than `limit`; a parser would spend memory on each. */
function isDeeper(bytes: Uint8Array, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i];
    if (inString) {
      if (octet === 0x5c) i += 1;
      else if (octet === 0x22) inString = false;
    } else if (octet === 0x22) inString = true;
    else if (octet === 0x5b || octet === 0x7b) {
      depth += 1;
      if (depth > limit) return true;
    } else if (octet === 0x5d || octet === 0x7d) depth -= 1;
  }
  return false;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // only for text that is not JSON
  }
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const finite = (value: unknown): number | undefined => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const within = (value: unknown, low: number, high: number): number | undefined => {
  const got = finite(value);
  return got !== undefined && got >= low && got <= high ? got : undefined;
};
const lists = (value: unknown, word: string): boolean => Array.isArray(value) && value.includes(word);

function takeAircraft(state: ReadsbState, fields: Fields, now: number, observations: Observation[], errors: DecodeError[]): boolean {
  const name = typeof fields.hex === "string" ? fields.hex.trim().toLowerCase() : "";
  if (!/^~?[0-9a-f]{6}$/.test(name)) {
    errors.push({ code: "malformed", item: "hex", message: "`hex` has six hexadecimal digits, after ~ where the address is not ICAO's" });
    return false;
  }
  if (/^~?(000000|ffffff)$/.test(name)) return true; // not assignable: noise
  const messages = finite(fields.messages);
  if (messages !== undefined && messages < 2) return true; // heard once proves nothing
  let known = state.aircraft.get(name);
  if (known === undefined) {
    if (state.aircraft.size >= MAX_AIRCRAFT) {
      for (const [other, aircraft] of state.aircraft) if (now - aircraft.lastHeard > FORGET_AFTER) state.aircraft.delete(other);
    }
    if (state.aircraft.size >= MAX_AIRCRAFT) {
      state.refused += 1;
      errors.push({
        code: "oversized",
        item: "aircraft table",
        message: `more than ${MAX_AIRCRAFT} aircraft at once: a new one was left out`,
      });
      return false;
    }
    known = { positionAt: -1, claim: "", claimedAt: -1, lastHeard: now };
    state.aircraft.set(name, known);
  }
  known.lastHeard = now;
  const about: Identity[] = [{ scheme: "icao24", value: name }];
  const detection = positionOf(fields, now, about, known, errors);
  if (detection !== undefined) observations.push(detection);

  const seen = within(fields.seen, 0, 86_400) ?? 0;
  const statements = statementsOf(fields, name);
  const claim = JSON.stringify(statements);
  if (Object.keys(statements).length > 1 && (claim !== known.claim || now - known.claimedAt >= CLAIM_PERIOD)) {
    known.claim = claim;
    known.claimedAt = now;
    const at = micros(Math.round((now - seen) * 1e6));
    observations.push({ type: "claim", sensorKey: "", time: { kind: "utc", at }, about, statements });
  }
  return true;
}

function positionOf(
  fields: Fields,
  now: number,
  identities: readonly Identity[],
  known: ReadsbAircraft,
  errors: DecodeError[],
): Detection | undefined {
  if (fields.lat === undefined && fields.lon === undefined) return undefined;
  const latitude = within(fields.lat, -90, 90);
  const longitude = within(fields.lon, -180, 180);
  if (latitude === undefined || longitude === undefined) {
    errors.push({ code: "out-of-range", item: "lat, lon", message: "latitude and longitude are degrees, and come together" });
    return undefined;
  }
  const age = within(fields.seen_pos, 0, 1e6) ?? 0;
  if (age > MAX_POSITION_AGE) return undefined;
  const at = now - age;
  if (at <= known.positionAt + 0.05) return undefined; // the same position again, to the feed's rounding
  known.positionAt = at;

  const measurement: { -readonly [K in keyof PositionMeasurement]: PositionMeasurement[K] } = {
    kind: "position",
    latitude: radians(latitude * RADIANS_PER_DEGREE),
    longitude: radians(longitude * RADIANS_PER_DEGREE),
  };
  const geometric = within(fields.alt_geom, -5_000, 200_000);
  const pressure = within(fields.alt_baro, -5_000, 200_000);
  let height: Height | undefined;
  if (geometric !== undefined) height = { kind: "hae", value: metres(geometric * METRES_PER_FOOT) };
  else if (pressure !== undefined) height = { kind: "pressure", value: metres(pressure * METRES_PER_FOOT) };
  if (height !== undefined) measurement.height = height;
  const nacp = within(fields.nac_p, 0, 11);
  const radius = within(fields.rc, 0, 100_000);
  if (nacp !== undefined && nacp > 0) measurement.horizontalSigma = positionSigma(11, 2, nacp, false, false, false);
  else if (radius !== undefined && radius > 0) measurement.horizontalSigma = metres(radius / 2 / 2.4477468306808166);

  const speed = within(fields.gs, 0, 5_000);
  const track = within(fields.track, 0, 360);
  if (speed !== undefined && track !== undefined && age <= 3) {
    const metresASecond = speed * METRES_PER_SECOND_PER_KNOT;
    measurement.velocityEast = metresPerSecond(metresASecond * Math.sin(track * RADIANS_PER_DEGREE));
    measurement.velocityNorth = metresPerSecond(metresASecond * Math.cos(track * RADIANS_PER_DEGREE));
    const rate = within(fields.geom_rate, -50_000, 50_000) ?? within(fields.baro_rate, -50_000, 50_000);
    if (rate !== undefined) measurement.velocityUp = metresPerSecond((rate * METRES_PER_FOOT) / 60);
    measurement.velocitySigma = velocitySigma(within(fields.nac_v, 0, 4) ?? 0);
  }
  return { type: "detection", sensorKey: "", time: { kind: "utc", at: micros(Math.round(at * 1e6)) }, measurement, identities };
}

const TRANSPORTS: Readonly<Record<string, string>> = {
  adsb_icao: "ADS-B",
  adsb_icao_nt: "ADS-B",
  adsb_other: "ADS-B",
  adsr_icao: "ADS-R",
  adsr_other: "ADS-R",
  tisb_icao: "TIS-B",
  tisb_other: "TIS-B",
  tisb_trackfile: "TIS-B",
  mlat: "MLAT",
  mode_s: "Mode S",
  adsc: "ADS-C",
};

function statementsOf(fields: Fields, name: string): ClaimStatements {
  const statements: { -readonly [K in keyof ClaimStatements]: ClaimStatements[K] } = { icao24: name };
  const word = (value: unknown, length: number) => (typeof value === "string" ? sanitizeText(value, length) : "");
  const callsign = word(fields.flight, 8);
  if (callsign !== "") statements.callsign = callsign;
  const squawk = word(fields.squawk, 4);
  if (/^[0-7]{4}$/.test(squawk)) statements.squawk = squawk;
  const category = word(fields.category, 2);
  if (/^[A-D][1-7]$/.test(category)) statements.category = categoryWords(category);
  const emergency = word(fields.emergency, 32);
  if (emergency !== "") statements.emergency = emergency;
  const model = word(fields.t, 32);
  if (model !== "") statements.model = model;
  if (fields.alt_baro === "ground") statements.onGround = true;
  else if (finite(fields.alt_baro) !== undefined) statements.onGround = false;
  const type = word(fields.type, 20);
  if (lists(fields.mlat, "lat")) statements.transport = "MLAT";
  else if (lists(fields.tisb, "lat")) statements.transport = "TIS-B";
  else if (TRANSPORTS[type] !== undefined) statements.transport = TRANSPORTS[type];
  return statements;
}
