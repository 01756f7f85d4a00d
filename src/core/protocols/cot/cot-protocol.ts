// Cursor on Target in: XML events and TAK protocol version 1 messages. One packet is a datagram, or one message of a stream (cot-framer.ts).
// What a partner says is a claim of that partner: its affiliation is shown as such and decides nothing by itself.

import { decodeUtf8Strict, sanitizeText } from "../../base/text.ts";
import { MICROS_PER_SECOND, type Micros, metresPerSecond, micros, RADIANS_PER_DEGREE, radians } from "../../base/units.ts";
import type { Claim, ClaimStatements, Observation, PositionMeasurement, SourceTrack } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Protocol } from "../protocol.ts";
import { evictLeastHeard } from "../remote-id/least-heard.ts";
import { decodeTakMesh, TAK_MAGIC } from "../tak/tak-message.ts";
import { createTakStream, negotiate, negotiationTick, type TakStream } from "../tak/tak-negotiation.ts";
import { type CotEvent, decodeCotXml, parseCotNumber } from "./cot-event.ts";
import { splitEvents } from "./cot-split.ts";
import { readCotType } from "./cot-type.ts";
import { attributeOf, childOf, MAX_XML } from "./xml.ts";

/** Events of one datagram. */
const MAX_EVENTS = 64;
/** Objects of one source remembered at one time. */
export const MAX_OBJECTS = 10_000;
/** Validity of an event that does not say when it becomes stale; MITRE leaves it to the receiver. */
const DEFAULT_VALIDITY = 60 * MICROS_PER_SECOND; // us
/** No event is believed for longer: a marker that is valid for a year is still looked at again after a day. */
const MAX_VALIDITY = 86_400 * MICROS_PER_SECOND; // us
/** Connections that negotiate at one time. */
const MAX_STREAMS = 256;
const TYPE_DELETE = "t-x-d-d";

interface Known {
  /** Events heard: its value when room is needed. */
  heard: number;
  lastHeard: Micros;
  /** On our own clock, so that a sender's wrong one ends nothing early. */
  staleAt: Micros;
  /** Latest, kept so that its end can be told. */
  track: SourceTrack;
}

export interface CotState {
  /** Connections to a TAK server that offered protocol version 1. */
  streams: Map<number, TakStream>;
  objects: Map<string, Known>;
  evicted: number;
  evictedTold: number;
}

export const cotProtocol: Protocol<CotState> = {
  name: "cot",
  createState: () => ({ streams: new Map(), objects: new Map(), evicted: 0, evictedTold: 0 }),
  receive(state, packet, options) {
    const { events, errors } = readCotPacket(packet.bytes);
    const observations: Observation[] = [];
    const replies: Uint8Array[] = [];
    for (const event of events) {
      if (event.type.startsWith("t-x-takp-")) {
        const reply = negotiateAsClient(state, packet.connection, event, packet.receivedAt);
        if (reply !== undefined) replies.push(reply);
      } else if (options.ownUidPrefix !== undefined && event.uid.startsWith(options.ownUidPrefix)) {
        errors.push({ code: "refused", item: "event.uid", message: "The event is one of our own that came back." });
      } else observations.push(...observeEvent(state, event, packet.receivedAt));
    }
    return { observations, errors, records: events.length, replies: replies.length === 0 ? undefined : replies };
  },
  connectionChanged(state, connection) {
    state.streams.delete(connection);
    return { observations: [], errors: [], records: 0 };
  },
  tick(state, now) {
    const observations: Observation[] = [];
    for (const [uid, known] of state.objects) {
      if (now < known.staleAt) continue;
      observations.push({ ...known.track, ended: true });
      state.objects.delete(uid);
    }
    if (state.evicted > state.evictedTold) {
      const note = `${state.evicted - state.evictedTold} objects were given up because more than ${MAX_OBJECTS} were reported at once.`;
      observations.push({ type: "status", sensorKey: "", time: undefined, notes: [note] });
      state.evictedTold = state.evicted;
    }
    const close: { connection: number; reason: string }[] = [];
    for (const [connection, stream] of state.streams) {
      const reason = negotiationTick(stream, now).close;
      if (reason === undefined) continue;
      close.push({ connection, reason });
      state.streams.delete(connection);
    }
    return { observations, errors: [], replies: [], close };
  },
};

/** Only a stream can be negotiated; a datagram that says so is somebody else's. */
function negotiateAsClient(state: CotState, connection: number, event: CotEvent, now: Micros): Uint8Array | undefined {
  if (connection === 0) return undefined;
  let stream = state.streams.get(connection);
  if (stream === undefined) {
    if (state.streams.size >= MAX_STREAMS) return undefined;
    stream = createTakStream("client", now);
    state.streams.set(connection, stream);
  }
  return negotiate(stream, event, now).reply;
}

/** Every event of one packet, and what was wrong with the others. Never throws. */
export function readCotPacket(bytes: Uint8Array): { events: CotEvent[]; errors: DecodeError[] } {
  if (bytes.length > MAX_XML) {
    const message = `A packet of ${bytes.length} octets is over the limit of ${MAX_XML}.`;
    return { events: [], errors: [{ code: "oversized", item: "CoT", message, needed: MAX_XML, got: bytes.length }] };
  }
  const events: CotEvent[] = [];
  const errors: DecodeError[] = [];
  if (bytes[0] === TAK_MAGIC) {
    const message = decodeTakMesh(bytes);
    if (!message.ok) errors.push(message.error);
    else if (message.value.event !== undefined) events.push(message.value.event);
    return { events, errors };
  }
  const pieces = splitEvents(bytes, MAX_EVENTS + 1);
  if (pieces.length > MAX_EVENTS) {
    pieces.pop();
    errors.push({ code: "oversized", item: "CoT", message: `A packet holds more than ${MAX_EVENTS} events; the rest was left out.` });
  }
  if (pieces.length === 0) errors.push({ code: "malformed", item: "CoT", message: "The packet holds no event." });
  for (const piece of pieces) {
    const text = decodeUtf8Strict(piece);
    if (text === undefined) {
      errors.push({ code: "malformed", item: "CoT", message: "The packet is neither UTF-8 text nor a TAK message." });
      continue;
    }
    const event = decodeCotXml(text);
    if (event.ok) events.push(event.value);
    else errors.push(event.error);
  }
  return { events, errors };
}

function observeEvent(state: CotState, event: CotEvent, receivedAt: Micros): Observation[] {
  if (event.type === TYPE_DELETE) return observeDeletion(state, event);
  const type = readCotType(event.type);
  // 0/0 is what senders write when they have no position; an object in the Gulf of Guinea is at least a centimetre off it.
  const placed = event.point.latitudeDegrees !== 0 || event.point.longitudeDegrees !== 0;
  if (!type.isAtom || !placed) return [];
  const track = trackOf(event, type.words);
  if (!remember(state, event, track, receivedAt)) return [{ ...track, ended: true }];
  const statements = statementsOf(event, type);
  const claim: Claim = { type: "claim", sensorKey: "", time: track.time, about: track.identities, statements };
  return [track, claim];
}

/** Only what this source reported itself can be deleted by it. */
function observeDeletion(state: CotState, event: CotEvent): Observation[] {
  const ended: Observation[] = [];
  const links = event.detail?.children.filter((child) => child.name === "link") ?? [];
  const named = links.map((link) => attributeOf(link, "uid")).filter((uid) => uid !== undefined);
  for (const uid of named.length > 0 ? named : [event.uid]) {
    const known = state.objects.get(uid);
    if (known === undefined) continue;
    ended.push({ ...known.track, ended: true });
    state.objects.delete(uid);
  }
  return ended;
}

/** False when the event was stale already as it was sent. */
function remember(state: CotState, event: CotEvent, track: SourceTrack, receivedAt: Micros): boolean {
  const from = event.time ?? event.start;
  const said = event.stale === undefined || from === undefined ? DEFAULT_VALIDITY : event.stale - from;
  if (said <= 0) {
    state.objects.delete(event.uid);
    return false;
  }
  const staleAt = micros(receivedAt + Math.min(said, MAX_VALIDITY));
  const known = state.objects.get(event.uid);
  if (known !== undefined) {
    known.heard += 1;
    known.lastHeard = receivedAt;
    known.staleAt = staleAt;
    known.track = track;
    return true;
  }
  if (state.objects.size >= MAX_OBJECTS) state.evicted += evictLeastHeard(state.objects);
  state.objects.set(event.uid, { heard: 1, lastHeard: receivedAt, staleAt, track });
  return true;
}

function trackOf(event: CotEvent, words: string | undefined): SourceTrack {
  // "time" is when the event was written, "start" from when on it is valid: a sender that tells both apart saw the object at the start.
  const at = event.start !== undefined && event.time !== undefined && event.start < event.time ? event.start : (event.time ?? event.start);
  return {
    type: "source-track",
    sensorKey: "",
    sourceTrackId: event.uid,
    time: at === undefined ? undefined : { kind: "utc", at },
    measurement: measurementOf(event),
    identities: [{ scheme: "cot-uid", value: event.uid }],
    classifications: words === undefined ? undefined : [{ label: words }],
    // "m-a": predicted by an algorithm; "m-s": out of a simulation.
    coasting: isHow(event.how, "m-a") ? true : undefined,
    simulated: isHow(event.how, "m-s") ? true : undefined,
  };
}

const isHow = (how: string, code: string) => how === code || how.startsWith(`${code}-`);

function measurementOf(event: CotEvent): PositionMeasurement {
  const point = event.point;
  const motion = childOf(event.detail, "track");
  const speed = parseCotNumber(attributeOf(motion, "speed"));
  const course = parseCotNumber(attributeOf(motion, "course"));
  // m/s and degrees clockwise from true north. Faster than 3 km/s is a fault or a marker.
  const moving = speed !== undefined && speed >= 0 && speed < 3000 && (speed === 0 || (course !== undefined && Math.abs(course) <= 360));
  const angle = (course ?? 0) * RADIANS_PER_DEGREE;
  return {
    kind: "position",
    latitude: radians(point.latitudeDegrees * RADIANS_PER_DEGREE),
    longitude: radians(point.longitudeDegrees * RADIANS_PER_DEGREE),
    height: point.hae === undefined ? undefined : { kind: "hae", value: point.hae, sigma: point.le },
    horizontalSigma: point.ce,
    velocityEast: moving ? metresPerSecond(speed * Math.sin(angle)) : undefined,
    velocityNorth: moving ? metresPerSecond(speed * Math.cos(angle)) : undefined,
  };
}

function statementsOf(event: CotEvent, type: ReturnType<typeof readCotType>): ClaimStatements {
  const said: { -readonly [Key in keyof ClaimStatements]: ClaimStatements[Key] } = {};
  const callsign = sanitizeText(attributeOf(childOf(event.detail, "contact"), "callsign") ?? "", 64);
  if (callsign !== "") said.callsign = callsign;
  const remarks = sanitizeText(childOf(event.detail, "remarks")?.text ?? "");
  if (remarks !== "") said.description = remarks;
  if (type.words !== undefined) said.category = type.words;
  if (type.affiliation !== undefined) said.affiliation = type.affiliation;
  const emergency = childOf(event.detail, "emergency");
  if (emergency !== undefined && attributeOf(emergency, "cancel") !== "true") {
    said.emergency = sanitizeText(attributeOf(emergency, "type") ?? emergency.text, 64) || "emergency";
  }
  return said;
}
