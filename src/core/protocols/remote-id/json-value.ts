// Careful reading of receivers' JSON: numbers that come as text with a unit, markers that mean "not known", words for codes.

import { sanitizeText } from "../../base/text.ts";
import { metres, metresPerSecond, RADIANS_PER_DEGREE, radians, seconds } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { HORIZONTAL_BOUNDS, SPEED_BOUNDS, VERTICAL_BOUNDS } from "./accuracy.ts";
import type { IdKind } from "./basic-id.ts";
import type { Location } from "./location.ts";
import type { SystemMessage } from "./system.ts";
import type { ReportedId } from "./uas-report.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === "object" && value !== null && !Array.isArray(value);

/** The object under the first of `keys` that has one. */
export function objectAt(from: JsonObject, ...keys: string[]): JsonObject | undefined {
  for (const key of keys) {
    const value = own(from, key);
    if (isObject(value)) return value;
  }
  return undefined;
}

/** The finite number under the first of `keys` that has one; text may carry a unit behind the number ("12.5 m/s"). */
export function numberAt(from: JsonObject, ...keys: string[]): number | undefined {
  for (const key of keys) {
    const value = own(from, key);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    if (typeof value === "string") {
      const match = /^\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?:m|m\/s|deg|degrees|s|dBm)?\s*$/.exec(value);
      const parsed = match === null ? Number.NaN : Number(match[1]);
      if (Number.isFinite(parsed)) return parsed;
    }
  }
  return undefined;
}

/** Sanitised text under the first of `keys` that has some. */
export function textAt(from: JsonObject, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = own(from, key);
    const text = typeof value === "string" ? sanitizeText(value) : typeof value === "number" ? String(value) : "";
    if (text !== "") return text;
  }
  return undefined;
}

// A key such as "__proto__" must not reach the prototype.
const own = (from: JsonObject, key: string): unknown => (Object.hasOwn(from, key) ? from[key] : undefined);

/** "aa:bb:cc:dd:ee:ff", or undefined when the text does not start with six octets. */
export function radioAddressOf(text: string | undefined): string | undefined {
  const match = /^([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})(?:\s|$)/i.exec(
    text ?? "",
  );
  if (match === null) return undefined;
  const address = match.slice(1, 7).join(":").toLowerCase();
  return address === "00:00:00:00:00:00" || address === "ff:ff:ff:ff:ff:ff" ? undefined : address;
}

/** dBm of a received signal; 0 and positive numbers are what receivers write when they do not know. */
export function signalDbmOf(value: number | undefined): number | undefined {
  return value !== undefined && value < 0 && value >= -150 ? value : undefined;
}

/**
 * One identifier that a receiver gives every aircraft it cannot name would make them all one. These are such fallbacks; a
 * text without a letter or digit other than zero is one too.
 */
const FALLBACK_ID = /^(drone[-_ ]?)?(alert|unknown)([-_ ]|$)|^(none|null|undefined|n\/?a|no[-_ ]?id)$/i;

/** A usable identifier, or undefined for an empty one or a fallback. */
export function identifierOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const id = text.trim();
  if (FALLBACK_ID.test(id) || !/[1-9a-z]/i.test(id)) return undefined;
  return id.slice(0, 64);
}

const ID_KIND_WORDS: readonly (readonly [RegExp, IdKind])[] = [
  [/serial|cta-?2063/i, "serial"],
  [/caa|registration/i, "caa-registration"],
  [/utm|uss/i, "utm-assigned"],
  [/session/i, "session"],
  [/^none/i, "none"],
];
const ID_KIND_NUMBERS: readonly IdKind[] = ["none", "serial", "caa-registration", "utm-assigned", "session"];

/** Kind of an identifier from a receiver's word or number; an identifier without a kind is taken for a serial number. */
export function idKindOf(value: unknown): IdKind {
  if (typeof value === "number") return ID_KIND_NUMBERS[value] ?? "reserved";
  if (typeof value === "string") for (const [pattern, kind] of ID_KIND_WORDS) if (pattern.test(value)) return kind;
  return "serial";
}

/** The identifier of a report; undefined when it has none that could tell two aircraft apart. */
export function reportedIdOf(id: string | undefined, idType: unknown, uaType: unknown): ReportedId | undefined {
  const usable = identifierOf(id);
  const type = uaTypeOf(uaType);
  const kind = idKindOf(idType);
  if (usable === undefined || kind === "none") return type === undefined ? undefined : { kind: "none", id: "", uaType: type };
  return { kind, id: usable, uaType: type };
}

const UA_TYPE_WORDS = [
  /^none/i,
  /a(e|i)ro?plane/i,
  /helicopter|multirotor/i,
  /gyroplane/i,
  /hybrid|vtol/i,
  /ornithopter/i,
  /^glider/i,
  /^kite/i,
  /free balloon/i,
  /captive balloon/i,
  /airship/i,
  /free fall|parachute/i,
  /^rocket/i,
  /tethered/i,
  /ground obstacle/i,
  /^other/i,
];

/** 0..15 from a receiver's number or word. */
export function uaTypeOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= 15 ? value : undefined;
  if (typeof value !== "string" || value === "") return undefined;
  if (/^\d{1,2}$/.test(value)) return uaTypeOf(Number(value));
  const found = UA_TYPE_WORDS.findIndex((pattern) => pattern.test(value));
  return found < 0 ? undefined : found;
}

const STATUS_WORDS = [/^undeclared/i, /^(on )?ground/i, /airborne/i, /^emergency/i, /failure/i];

/** 0..4 from a receiver's number or word; 0 when it says nothing. */
export function statusOf(value: unknown): number {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= 15 ? value : 0;
  if (typeof value !== "string") return 0;
  return Math.max(
    0,
    STATUS_WORDS.findIndex((pattern) => pattern.test(value)),
  );
}

/** An accuracy code from a code, or from words such as "<10 m", "<0.3 m/s" and "<4 NM (7.408 km)". */
export function accuracyCodeOf(value: unknown, bounds: readonly (number | undefined)[]): number {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= 15 ? value : 0;
  const match = typeof value === "string" ? /^\s*<\s*(\d+(?:\.\d+)?)\s*(nm|km|m)?/i.exec(value) : null;
  if (match === null) return 0;
  const unit = (match[2] ?? "m").toLowerCase();
  const bound = Number(match[1]) * (unit === "nm" ? 1852 : unit === "km" ? 1000 : 1);
  // Words are rounded ("7.4 km"), so the nearest class within 2 % is meant.
  const found = bounds.findIndex((known) => known !== undefined && Math.abs(known - bound) <= 0.02 * known);
  return Math.max(0, found);
}

export const horizontalCodeOf = (value: unknown) => accuracyCodeOf(value, HORIZONTAL_BOUNDS);
export const verticalCodeOf = (value: unknown) => accuracyCodeOf(value, VERTICAL_BOUNDS);
export const speedCodeOf = (value: unknown) => accuracyCodeOf(value, SPEED_BOUNDS);

/** Numbers of a position report as receivers give them: degrees, metres, metres per second. */
export interface LocationNumbers {
  readonly status?: number;
  readonly directionDegrees?: number;
  readonly speed?: number;
  readonly verticalSpeed?: number;
  readonly latitudeDegrees?: number;
  readonly longitudeDegrees?: number;
  readonly pressureAltitude?: number;
  readonly geodeticAltitude?: number;
  readonly height?: number;
  readonly heightReference?: "takeoff" | "ground";
  readonly horizontalAccuracy?: number;
  readonly verticalAccuracy?: number;
  readonly barometricAccuracy?: number;
  readonly speedAccuracy?: number;
  readonly timeAccuracy?: number;
  readonly secondsAfterHour?: number;
}

/** Into the message's own shape, with the standard's markers (0/0, 361 degrees, 255, 63, -1000) and impossible values as undefined. */
export function locationOf(numbers: LocationNumbers, item: string): Location | DecodeError {
  const position = positionOf(numbers.latitudeDegrees, numbers.longitudeDegrees, item);
  if (position !== undefined && "code" in position) return position;
  const direction = within(numbers.directionDegrees, 0, 360);
  const speed = within(numbers.speed, 0, 254.25);
  const verticalSpeed = within(numbers.verticalSpeed, -62, 62);
  const after = within(numbers.secondsAfterHour, 0, 3600);
  return {
    status: numbers.status ?? 0,
    direction: direction === undefined ? undefined : radians((direction === 360 ? 0 : direction) * RADIANS_PER_DEGREE),
    speedHorizontal: speed === undefined ? undefined : metresPerSecond(speed),
    speedVertical: verticalSpeed === undefined ? undefined : metresPerSecond(verticalSpeed),
    latitude: position?.latitude,
    longitude: position?.longitude,
    pressureAltitude: altitudeOf(numbers.pressureAltitude),
    geodeticAltitude: altitudeOf(numbers.geodeticAltitude),
    heightReference: numbers.heightReference ?? "takeoff",
    height: altitudeOf(numbers.height),
    horizontalAccuracy: numbers.horizontalAccuracy ?? 0,
    verticalAccuracy: numbers.verticalAccuracy ?? 0,
    barometricAccuracy: numbers.barometricAccuracy ?? 0,
    speedAccuracy: numbers.speedAccuracy ?? 0,
    timeAccuracy: numbers.timeAccuracy ?? 0,
    secondsAfterHour: after === undefined ? undefined : seconds(after),
  };
}

/** A system message that has only the operator's place; `kind` 0 take-off, 1 live, 2 fixed, 3 not said. */
export function operatorOf(
  latitudeDegrees: number | undefined,
  longitudeDegrees: number | undefined,
  altitude: number | undefined,
  kind: number,
  item: string,
): SystemMessage | DecodeError | undefined {
  const position = positionOf(latitudeDegrees, longitudeDegrees, item);
  if (position === undefined || "code" in position) return position;
  return {
    operatorLocationType: kind,
    classificationType: 0,
    operatorLatitude: position.latitude,
    operatorLongitude: position.longitude,
    operatorAltitude: altitudeOf(altitude),
    areaCount: 0,
    areaRadius: metres(0),
    categoryEu: 0,
    classEu: 0,
  };
}

export const isError = (value: object | undefined): value is DecodeError => value !== undefined && "code" in value && "item" in value;

function positionOf(latitudeDegrees: number | undefined, longitudeDegrees: number | undefined, item: string) {
  if (latitudeDegrees === undefined || longitudeDegrees === undefined) return undefined;
  if (latitudeDegrees === 0 && longitudeDegrees === 0) return undefined;
  if (Math.abs(latitudeDegrees) > 90 || Math.abs(longitudeDegrees) > 180) {
    const error: DecodeError = {
      code: "out-of-range",
      item,
      message: `Latitude ${latitudeDegrees} and longitude ${longitudeDegrees} are not a place on the Earth.`,
    };
    return error;
  }
  return { latitude: radians(latitudeDegrees * RADIANS_PER_DEGREE), longitude: radians(longitudeDegrees * RADIANS_PER_DEGREE) };
}

function within(value: number | undefined, low: number, high: number): number | undefined {
  return value !== undefined && value >= low && value <= high ? value : undefined;
}

/** The format's own range is -1000 (unknown) to 31,767.5 m; receivers that read it unsigned write 65,531 for -5. */
function altitudeOf(value: number | undefined) {
  return value !== undefined && value > -1000 && value <= 31_767.5 ? metres(value) : undefined;
}
