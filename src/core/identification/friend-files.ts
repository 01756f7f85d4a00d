// Announced flights from outside: Picket's own form (YAML or JSON, already read into values) and operational intents in the shape of
// ASTM F3548-21, as a service supplier hands them out. Everything wrong comes back as one sentence with its place.

import { err, ok, type Result } from "../base/result.ts";
import { sanitizeText } from "../base/text.ts";
import { type Micros, RADIANS_PER_DEGREE } from "../base/units.ts";
import { heightToHae } from "../geodesy/heights.ts";
import { geodeticToEnu, type LocalFrame } from "../geodesy/wgs84.ts";
import type { FriendIntent, FriendVolume } from "../model/identity.ts";
import { FRIEND_LIMIT, friendProblem } from "./friend-registry.ts";

export interface FriendFileContext {
  /** The site's frame: every volume is turned into it. */
  readonly frame: LocalFrame;
  readonly now: Micros;
  readonly from: FriendIntent["from"];
  readonly registeredBy: string;
}

export interface FriendFileError {
  readonly code: "invalid";
  /** "friends[2].volumes[0].floor" */
  readonly item: string;
  readonly message: string;
  /** Of a list: what is wrong with every entry, the first of which is above. */
  readonly errors?: readonly { readonly item: string; readonly message: string }[];
}

type Checked<Value> = Result<Value, FriendFileError>;
type Fields = Readonly<Record<string, unknown>>;

const wrong = (item: string, expected: string): { readonly ok: false; readonly error: FriendFileError } =>
  err({ code: "invalid", item, message: `${item}: ${expected}` });

/** An announcement is kept for this long after its end, so that a friend who is late is told from a stranger. */
const KEPT_AFTER_END = 30 * 60e6;
/** Wrong entries of a list that are named. */
const ERRORS_NAMED = 100;
/** Farther from the site than this is not of this site, m. */
const SITE_REACH = 200_000;

/**
 * Reads announcements: one, a list, `{ friends: [...] }`, or operational intents (`{ operational_intent }`, `{ operational_intents }`, or
 * one with `details.volumes`). All or nothing: a file with one wrong entry is refused as a whole, and each wrong entry is named. Never throws.
 */
export function parseFriends(value: unknown, context: FriendFileContext): Checked<FriendIntent[]> {
  const { list, at } = listOf(value);
  if (list === undefined) return wrong("friends", "a list of announced flights expected");
  if (list.length > FRIEND_LIMIT) return wrong(at, `at most ${FRIEND_LIMIT} entries`);
  const intents: FriendIntent[] = [];
  const places = new Map<string, string>();
  const errors: FriendFileError[] = [];
  for (const [index, entry] of list.entries()) {
    const item = `${at}[${index}]`;
    const read = isOperationalIntent(entry) ? readOperationalIntent(entry, item, context) : readFriend(entry, item, context);
    const other = read.ok ? places.get(read.value.id) : undefined;
    if (!read.ok) errors.push(read.error);
    else if (other !== undefined) errors.push(wrong(`${item}.id`, `"${read.value.id}" is the id of ${other} too`).error);
    else {
      places.set(read.value.id, item);
      intents.push(read.value);
    }
  }
  const [first] = errors;
  if (first === undefined) return ok(intents);
  const named = errors.slice(0, ERRORS_NAMED).map(({ item, message }) => ({ item, message }));
  return err({ ...first, ...(errors.length === 1 ? {} : { errors: named }) });
}

function listOf(value: unknown): { list: readonly unknown[] | undefined; at: string } {
  if (Array.isArray(value)) return { list: value, at: "friends" };
  if (!isFields(value)) return { list: undefined, at: "friends" };
  for (const name of ["friends", "operational_intents"])
    if (Array.isArray(value[name])) return { list: value[name] as unknown[], at: name };
  return { list: [value], at: "friends" };
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isOperationalIntent = (value: unknown): value is Fields =>
  isFields(value) && (isFields(value.operational_intent) || isFields(value.details) || isFields(value.reference));

// --- Picket's own form ------------------------------------------------------------------------------------------------------------------

const FRIEND_FIELDS = ["id", "name", "owner", "callsign", "identities", "volumes", "expiresAt"];
const VOLUME_FIELDS = ["polygon", "path", "circle", "floor", "ceiling", "from", "to"];
const SCHEMES = [
  "icao24",
  "mode3a",
  "remote-id-serial",
  "remote-id-session",
  "caa-registration",
  "radio-address",
  "source-track",
  "callsign",
  "cot-uid",
  "mavlink-system",
] as const;

function readFriend(value: unknown, item: string, context: FriendFileContext): Checked<FriendIntent> {
  if (!isFields(value)) return wrong(item, "an announcement with id, name, owner and volumes expected");
  const stray = unknownField(value, FRIEND_FIELDS);
  if (stray !== undefined) return wrong(`${item}.${stray}`, `unknown; known are ${FRIEND_FIELDS.join(", ")}`);
  const id = text(value.id);
  if (id === undefined) return wrong(`${item}.id`, "a text expected");
  const name = value.name === undefined ? id : text(value.name);
  if (name === undefined) return wrong(`${item}.name`, "a text expected");
  const owner = text(value.owner);
  if (owner === undefined) return wrong(`${item}.owner`, "a text expected: whose flight it is");
  const callsign = value.callsign === undefined ? undefined : text(value.callsign);
  if (value.callsign !== undefined && callsign === undefined) return wrong(`${item}.callsign`, "a text expected");
  const identities = readIdentities(value.identities, `${item}.identities`);
  if (!identities.ok) return identities;
  if (!Array.isArray(value.volumes)) return wrong(`${item}.volumes`, "a list of volumes expected: where and when it flies");
  const volumes: FriendVolume[] = [];
  for (const [index, each] of value.volumes.entries()) {
    const volume = readVolume(each, `${item}.volumes[${index}]`, context);
    if (!volume.ok) return volume;
    volumes.push(volume.value);
  }
  let expiresAt: Micros | undefined;
  if (value.expiresAt !== undefined) {
    expiresAt = parseTime(value.expiresAt);
    if (expiresAt === undefined) return wrong(`${item}.expiresAt`, `${TIME_FORM} expected`);
  }
  return finish({ id, name, owner, callsign, identities: identities.value, volumes, expiresAt }, item, context);
}

function readIdentities(value: unknown, item: string): Checked<FriendIntent["identities"]> {
  if (value === undefined) return ok([]);
  if (!Array.isArray(value)) return wrong(item, "a list of { scheme, value } expected");
  const identities: { scheme: string; value: string }[] = [];
  for (const [index, entry] of value.entries()) {
    const at = `${item}[${index}]`;
    if (!isFields(entry)) return wrong(at, "{ scheme, value } expected");
    const scheme = SCHEMES.find((known) => known === entry.scheme);
    if (scheme === undefined) return wrong(`${at}.scheme`, `one of ${SCHEMES.join(", ")} expected`);
    const carried = text(entry.value);
    if (carried === undefined) return wrong(`${at}.value`, "a text expected");
    identities.push({ scheme, value: carried });
  }
  return ok(identities);
}

function readVolume(value: unknown, item: string, context: FriendFileContext): Checked<FriendVolume> {
  if (!isFields(value)) return wrong(item, "a volume with a shape, floor, ceiling, from and to expected");
  const stray = unknownField(value, VOLUME_FIELDS);
  if (stray !== undefined) return wrong(`${item}.${stray}`, `unknown; known are ${VOLUME_FIELDS.join(", ")}`);
  const shapes = ["polygon", "path", "circle"].filter((name) => value[name] !== undefined);
  if (shapes.length !== 1) return wrong(item, "exactly one of polygon, path and circle expected");
  let outline: Outline;
  if (value.circle !== undefined) {
    const { circle } = value;
    if (!isFields(circle)) return wrong(`${item}.circle`, "{ centre, radiusMetres } expected");
    const centre = readPoint(circle.centre, `${item}.circle.centre`);
    if (!centre.ok) return centre;
    if (!isNumber(circle.radiusMetres)) return wrong(`${item}.circle.radiusMetres`, "a number of metres expected");
    outline = { kind: "circle", points: [centre.value], size: circle.radiusMetres };
  } else if (value.path !== undefined) {
    const { path } = value;
    if (!isFields(path)) return wrong(`${item}.path`, "{ points, halfWidthMetres } expected");
    const points = readPoints(path.points, `${item}.path.points`);
    if (!points.ok) return points;
    if (!isNumber(path.halfWidthMetres)) return wrong(`${item}.path.halfWidthMetres`, "a number of metres expected");
    outline = { kind: "path", points: points.value, size: path.halfWidthMetres };
  } else {
    const points = readPoints(value.polygon, `${item}.polygon`);
    if (!points.ok) return points;
    outline = { kind: "polygon", points: points.value, size: 0 };
  }
  const startsAt = parseTime(value.from);
  if (startsAt === undefined) return wrong(`${item}.from`, `${TIME_FORM} expected`);
  const endsAt = parseTime(value.to);
  if (endsAt === undefined) return wrong(`${item}.to`, `${TIME_FORM} expected`);
  const floor = readHeight(value.floor, `${item}.floor`, outline.points[0], context);
  if (!floor.ok) return floor;
  const ceiling = readHeight(value.ceiling, `${item}.ceiling`, outline.points[0], context);
  if (!ceiling.ok) return ceiling;
  return placeVolume(outline, floor.value, ceiling.value, startsAt, endsAt, item, context);
}

/** Up in the site's frame, m. */
function readHeight(value: unknown, item: string, place: Place, context: FriendFileContext): Checked<number> {
  const form = "{ amslMetres }, { haeMetres } or { aboveSiteMetres } expected";
  if (!isFields(value)) return wrong(item, form);
  const names = Object.keys(value);
  const metres = value[names[0]];
  if (names.length !== 1 || !isNumber(metres)) return wrong(item, form);
  switch (names[0]) {
    case "aboveSiteMetres":
      return ok(metres);
    case "haeMetres":
      return ok(upOf(metres, place, context.frame));
    case "amslMetres": {
      const height = heightToHae({ kind: "amsl", value: metres }, place[0], place[1], {});
      return height === undefined ? wrong(item, form) : ok(upOf(height.hae, place, context.frame));
    }
    default:
      return wrong(item, form);
  }
}

// --- ASTM F3548-21 ----------------------------------------------------------------------------------------------------------------------

/**
 * One operational intent: `reference` names it, `details.volumes` (and `off_nominal_volumes`) are Volume4D: an outline, altitudes in
 * metres above the WGS84 ellipsoid ("W84", "M") and times ("RFC3339"). Ended and cancelled ones are refused by their state.
 */
function readOperationalIntent(value: Fields, item: string, context: FriendFileContext): Checked<FriendIntent> {
  const inner = isFields(value.operational_intent) ? value.operational_intent : value;
  const at = inner === value ? item : `${item}.operational_intent`;
  const { reference, details } = inner;
  if (!isFields(reference)) return wrong(`${at}.reference`, "an operational intent reference expected");
  if (!isFields(details)) return wrong(`${at}.details`, "operational intent details expected");
  const id = text(reference.id);
  if (id === undefined) return wrong(`${at}.reference.id`, "a text expected");
  const state = text(reference.state);
  if (state === "Ended") return wrong(`${at}.reference.state`, "the flight has ended");
  const owner = text(reference.manager) ?? text(reference.uss_base_url) ?? "unnamed service supplier";
  const volumes: FriendVolume[] = [];
  for (const name of ["volumes", "off_nominal_volumes"]) {
    const list = details[name];
    if (list === undefined && name !== "volumes") continue;
    if (!Array.isArray(list)) return wrong(`${at}.details.${name}`, "a list of Volume4D expected");
    for (const [index, each] of list.entries()) {
      const volume = readVolume4d(each, `${at}.details.${name}[${index}]`, context);
      if (!volume.ok) return volume;
      volumes.push(volume.value);
    }
  }
  return finish({ id, name: id, owner, callsign: undefined, identities: [], volumes, expiresAt: undefined }, at, {
    ...context,
    from: "f3548",
  });
}

function readVolume4d(value: unknown, item: string, context: FriendFileContext): Checked<FriendVolume> {
  if (!isFields(value) || !isFields(value.volume)) return wrong(item, "a Volume4D expected");
  const { volume } = value;
  const at = `${item}.volume`;
  const polygon = volume.outline_polygon ?? undefined;
  const circle = volume.outline_circle ?? undefined;
  if ((polygon === undefined) === (circle === undefined)) return wrong(at, "exactly one of outline_polygon and outline_circle expected");
  let outline: Outline;
  if (circle !== undefined) {
    if (!isFields(circle)) return wrong(`${at}.outline_circle`, "{ center, radius } expected");
    const centre = readLatLng(circle.center, `${at}.outline_circle.center`);
    if (!centre.ok) return centre;
    const { radius } = circle;
    if (!isFields(radius) || radius.units !== "M" || !isNumber(radius.value))
      return wrong(`${at}.outline_circle.radius`, '{ value, units: "M" } expected');
    outline = { kind: "circle", points: [centre.value], size: radius.value };
  } else {
    if (!isFields(polygon) || !Array.isArray(polygon.vertices)) return wrong(`${at}.outline_polygon`, "{ vertices } expected");
    const points: Place[] = [];
    for (const [index, vertex] of polygon.vertices.entries()) {
      const point = readLatLng(vertex, `${at}.outline_polygon.vertices[${index}]`);
      if (!point.ok) return point;
      points.push(point.value);
    }
    outline = { kind: "polygon", points, size: 0 };
  }
  if (outline.points.length === 0) return wrong(`${at}.outline_polygon.vertices`, "at least 3 points expected");
  const startsAt = readTime4d(value.time_start, `${item}.time_start`);
  if (!startsAt.ok) return startsAt;
  const endsAt = readTime4d(value.time_end, `${item}.time_end`);
  if (!endsAt.ok) return endsAt;
  const floor = readAltitude(volume.altitude_lower, `${at}.altitude_lower`, outline.points[0], context.frame);
  if (!floor.ok) return floor;
  const ceiling = readAltitude(volume.altitude_upper, `${at}.altitude_upper`, outline.points[0], context.frame);
  if (!ceiling.ok) return ceiling;
  return placeVolume(outline, floor.value, ceiling.value, startsAt.value, endsAt.value, item, context);
}

function readLatLng(value: unknown, item: string): Checked<Place> {
  if (!isFields(value)) return wrong(item, "{ lat, lng } expected");
  return place(value.lng, value.lat, item);
}

function readAltitude(value: unknown, item: string, at: Place, frame: LocalFrame): Checked<number> {
  if (!isFields(value) || value.reference !== "W84" || value.units !== "M" || !isNumber(value.value))
    return wrong(item, '{ value, reference: "W84", units: "M" } expected');
  return ok(upOf(value.value, at, frame));
}

function readTime4d(value: unknown, item: string): Checked<Micros> {
  if (!isFields(value) || value.format !== "RFC3339") return wrong(item, '{ value, format: "RFC3339" } expected');
  const at = parseTime(value.value);
  return at === undefined ? wrong(`${item}.value`, `${TIME_FORM} expected`) : ok(at);
}

// --- Both -------------------------------------------------------------------------------------------------------------------------------

/** Latitude and longitude, rad. */
type Place = readonly [latitude: number, longitude: number];
interface Outline {
  readonly kind: FriendVolume["shape"]["kind"];
  readonly points: readonly Place[];
  /** Radius or half width, m. */
  readonly size: number;
}

const isNumber = (value: unknown): value is number => typeof value === "number" && Number.isFinite(value);
const unknownField = (value: Fields, known: readonly string[]): string | undefined =>
  Object.keys(value).find((name) => !known.includes(name));

function text(value: unknown): string | undefined {
  const written = typeof value === "number" && Number.isFinite(value) ? String(value) : value;
  if (typeof written !== "string") return undefined;
  const clean = sanitizeText(written);
  return clean === "" ? undefined : clean;
}

function place(longitude: unknown, latitude: unknown, item: string): Checked<Place> {
  if (!isNumber(longitude) || !isNumber(latitude) || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return wrong(item, "longitude within 180 and latitude within 90 degrees expected");
  return ok([latitude * RADIANS_PER_DEGREE, longitude * RADIANS_PER_DEGREE]);
}

/** [longitudeDegrees, latitudeDegrees], as zones have it and GeoJSON. */
function readPoint(value: unknown, item: string): Checked<Place> {
  if (!Array.isArray(value) || value.length < 2) return wrong(item, "[longitudeDegrees, latitudeDegrees] expected");
  return place(value[0], value[1], item);
}

function readPoints(value: unknown, item: string): Checked<Place[]> {
  if (!Array.isArray(value) || value.length === 0) return wrong(item, "a list of [longitudeDegrees, latitudeDegrees] expected");
  const points: Place[] = [];
  for (const [index, entry] of value.entries()) {
    const point = readPoint(entry, `${item}[${index}]`);
    if (!point.ok) return point;
    points.push(point.value);
  }
  return ok(points);
}

const upOf = (heightHae: number, [latitude, longitude]: Place, frame: LocalFrame): number =>
  geodeticToEnu(frame, latitude, longitude, heightHae)[2];

function placeVolume(
  outline: Outline,
  floor: number,
  ceiling: number,
  startsAt: Micros,
  endsAt: Micros,
  item: string,
  { frame }: FriendFileContext,
): Checked<FriendVolume> {
  const points = outline.points.map(([latitude, longitude]): [number, number] => {
    const [east, north] = geodeticToEnu(frame, latitude, longitude, frame.origin.heightHae);
    return [east, north];
  });
  if (points.some(([east, north]) => !(Math.hypot(east, north) <= SITE_REACH)))
    return wrong(item, `farther than ${SITE_REACH / 1000} km from the site`);
  // A ring may be written closed, as in GeoJSON.
  const [first] = points;
  const last = points[points.length - 1];
  if (outline.kind === "polygon" && points.length > 3 && first[0] === last[0] && first[1] === last[1]) points.pop();
  const shape: FriendVolume["shape"] =
    outline.kind === "circle"
      ? { kind: "circle", centre: first, radius: outline.size }
      : outline.kind === "path"
        ? { kind: "path", points, halfWidth: outline.size }
        : { kind: "polygon", points };
  return ok({ shape, floor, ceiling, startsAt, endsAt });
}

function finish(
  read: Pick<FriendIntent, "id" | "name" | "owner" | "callsign" | "identities" | "volumes"> & { readonly expiresAt: Micros | undefined },
  item: string,
  context: FriendFileContext,
): Checked<FriendIntent> {
  const lastEnd = read.volumes.reduce((latest, { endsAt }) => Math.max(latest, endsAt), 0);
  const intent: FriendIntent = {
    id: read.id,
    name: read.name,
    owner: read.owner,
    ...(read.callsign === undefined ? {} : { callsign: read.callsign }),
    identities: read.identities,
    volumes: read.volumes,
    expiresAt: read.expiresAt ?? ((lastEnd + KEPT_AFTER_END) as Micros),
    from: context.from,
    registeredAt: context.now,
    registeredBy: context.registeredBy,
  };
  const problem = friendProblem(intent);
  return problem === undefined ? ok(intent) : wrong(`${item}.${problem.item}`, problem.message.slice(problem.item.length + 2));
}

const TIME_FORM = 'a time with its zone like "2026-03-01T22:10:00Z"';
const TIME_PATTERN = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** An RFC 3339 time; undefined for anything else. A leap second is the first of the next minute. */
function parseTime(value: unknown): Micros | undefined {
  const match = typeof value === "string" ? TIME_PATTERN.exec(value) : null;
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && leap ? 29 : MONTH_DAYS[month - 1];
  if (days === undefined || day < 1 || day > days || hour > 23 || minute > 59 || second > 60) return undefined;
  const zone = match[8].toUpperCase();
  let offset = 0;
  if (zone !== "Z") {
    const hours = Number(zone.slice(1, 3));
    const minutes = Number(zone.slice(4));
    if (hours > 23 || minutes > 59) return undefined;
    offset = (hours * 60 + minutes) * (zone[0] === "-" ? -1 : 1);
  }
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second) - offset * 60_000;
  return (milliseconds * 1000 + Number((match[7] ?? "").padEnd(6, "0").slice(0, 6))) as Micros;
}
