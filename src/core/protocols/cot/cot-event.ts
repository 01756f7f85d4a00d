// One Cursor on Target event. MITRE MTR 05B0000 base schema "Event.xsd" 2.0: event and point attributes; the detail is open.

import { err, ok, type Result } from "../../base/result.ts";
import { sanitizeText } from "../../base/text.ts";
import { type Metres, type Micros, metres } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { parseCotTime } from "./cot-time.ts";
import { attributeOf, childOf, parseXml, type XmlElement } from "./xml.ts";

/** What CoT writes for "not known" in hae, ce and le; anything this large is. */
const UNKNOWN_FROM = 9_999_999;
export const COT_UNKNOWN = 9_999_999.0;

export interface CotPoint {
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
  /** Above the WGS84 ellipsoid. */
  readonly hae?: Metres;
  /** Circular and linear error, 1 sigma of a normal distribution as the schema says. */
  readonly ce?: Metres;
  readonly le?: Metres;
}

export interface CotEvent {
  readonly uid: string;
  readonly type: string;
  /** How the position came about; "" when not said. */
  readonly how: string;
  readonly time?: Micros;
  readonly start?: Micros;
  readonly stale?: Micros;
  readonly access?: string;
  readonly qos?: string;
  readonly opex?: string;
  readonly point: CotPoint;
  readonly detail?: XmlElement;
}

const MAX_UID = 256;
const MAX_TYPE = 64;

/** Reads one XML document. Never throws; one error for a document that cannot be used, naming the attribute. */
export function decodeCotXml(text: string): Result<CotEvent, DecodeError> {
  const parsed = parseXml(text);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  if (root.name !== "event") return err(malformed("event", `The document is a "${root.name.slice(0, 40)}", not an event.`));
  const uid = attributeOf(root, "uid") ?? "";
  const type = attributeOf(root, "type") ?? "";
  const wrong = checkNames(uid, type);
  if (wrong !== undefined) return err(wrong);
  const times: Partial<Record<"time" | "start" | "stale", Micros>> = {};
  for (const name of ["time", "start", "stale"] as const) {
    const said = attributeOf(root, name);
    if (said === undefined) continue;
    const at = parseCotTime(said);
    if (at === undefined) return err(malformed(`event.${name}`, `"${said.slice(0, 40)}" is not a time like 2020-12-16T19:59:34.910Z.`));
    times[name] = at;
  }
  const point = decodePoint(childOf(root, "point"));
  if (!point.ok) return point;
  return ok({
    uid,
    type,
    how: attributeOf(root, "how") ?? "",
    ...times,
    access: attributeOf(root, "access"),
    qos: attributeOf(root, "qos"),
    opex: attributeOf(root, "opex"),
    point: point.value,
    detail: childOf(root, "detail"),
  });
}

/**
 * A uid is kept as it is, because it is compared; so one that a screen could not show safely (control and direction characters) is
 * refused instead of cleaned. Types are letters, digits, dots and dashes.
 */
export function checkNames(uid: string, type: string): DecodeError | undefined {
  if (uid === "" || uid.length > MAX_UID || sanitizeText(uid, MAX_UID) !== uid)
    return malformed("event.uid", "The event has no uid, or one that is too long or not plain text.");
  if (type.length > MAX_TYPE || !/^[A-Za-z0-9.-]+$/.test(type))
    return malformed("event.type", "The event has no type, or one that is too long or not a type.");
  return undefined;
}

function decodePoint(point: XmlElement | undefined): Result<CotPoint, DecodeError> {
  if (point === undefined) return err(malformed("event.point", "The event has no point."));
  const latitude = parseCotNumber(attributeOf(point, "lat"));
  const longitude = parseCotNumber(attributeOf(point, "lon"));
  return cotPoint(
    latitude,
    longitude,
    parseCotNumber(attributeOf(point, "hae")),
    parseCotNumber(attributeOf(point, "ce")),
    parseCotNumber(attributeOf(point, "le")),
  );
}

/** A point from numbers: a place that exists, and the unknown markers as undefined. */
export function cotPoint(
  latitude: number | undefined,
  longitude: number | undefined,
  hae: number | undefined,
  ce: number | undefined,
  le: number | undefined,
): Result<CotPoint, DecodeError> {
  if (latitude === undefined || longitude === undefined || !(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) {
    return err({
      code: "out-of-range",
      item: "event.point",
      message: `Latitude ${latitude ?? "(no number)"} and longitude ${longitude ?? "(no number)"} are not a place on the Earth.`,
    });
  }
  const height = hae !== undefined && hae > -20_000 && hae < UNKNOWN_FROM ? metres(hae) : undefined;
  return ok({ latitudeDegrees: latitude, longitudeDegrees: longitude, hae: height, ce: errorOf(ce), le: errorOf(le) });
}

/** An error of zero is how senders without one fill the field; a perfect position does not exist. */
function errorOf(value: number | undefined): Metres | undefined {
  return value !== undefined && value > 0 && value < UNKNOWN_FROM ? metres(value) : undefined;
}

/** A finite decimal number; undefined for anything else, so that "NaN" and "Infinity" never get in. */
export function parseCotNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

const malformed = (item: string, message: string): DecodeError => ({ code: "malformed", item, message });
