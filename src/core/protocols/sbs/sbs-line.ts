// BaseStation (SBS-1) text as receivers and readsb, dump1090 send it on port 30003: 22 fields between commas, any of them empty.
// Field numbers count from 1: message type, transmission type, session, aircraft, address, flight, date and time made, date and
// time logged, callsign, altitude, ground speed, track, latitude, longitude, vertical rate, squawk, alert, emergency, ident, on ground.

import { err, ok, type Result } from "../../base/result.ts";
import { decodeUtf8, sanitizeText } from "../../base/text.ts";
import {
  METRES_PER_FOOT,
  METRES_PER_SECOND_PER_KNOT,
  type Metres,
  type MetresPerSecond,
  type Micros,
  metres,
  metresPerSecond,
  micros,
  RADIANS_PER_DEGREE,
  type Radians,
  radians,
} from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";

export const SBS_MAX_LINE = 512;
const FIELDS = 22;
const MIN_FIELDS = 10; // SEL, ID, STA, AIR and CLK lines end early

export interface SbsLine {
  /** MSG, and the rarer SEL, ID, AIR, STA, CLK of the original program. */
  readonly messageType: string;
  /** 1 to 8 of MSG. */
  readonly transmissionType: number | undefined;
  /** Six lower-case hexadecimal digits, with "~" before an address that is not ICAO's. */
  readonly address: string | undefined;
  /** As the receiver's clock says, read as UTC: the format names no zone. */
  readonly madeAt: Micros | undefined;
  readonly callsign: string | undefined;
  /** Pressure altitude. */
  readonly altitude: Metres | undefined;
  readonly groundSpeed: MetresPerSecond | undefined;
  readonly track: Radians | undefined;
  readonly latitude: Radians | undefined;
  readonly longitude: Radians | undefined;
  readonly verticalRate: MetresPerSecond | undefined;
  readonly squawk: string | undefined;
  readonly alert: boolean | undefined;
  readonly emergency: boolean | undefined;
  readonly ident: boolean | undefined;
  readonly onGround: boolean | undefined;
}

/** Reads one line. An empty field is unknown; a field that cannot be true refuses the line. */
export function decodeSbsLine(bytes: Uint8Array): Result<SbsLine, DecodeError> {
  if (bytes.length > SBS_MAX_LINE) {
    return err({
      code: "oversized",
      item: "SBS line",
      message: `a line has more than ${SBS_MAX_LINE} octets`,
      needed: SBS_MAX_LINE,
      got: bytes.length,
    });
  }
  const fields = decodeUtf8(bytes).split(",");
  const messageType = fields[0].trim();
  if (!KNOWN_TYPES.has(messageType)) {
    return err({ code: "malformed", item: "SBS field 1", message: "a line starts with MSG, SEL, ID, AIR, STA or CLK", offset: 0 });
  }
  if (fields.length < (messageType === "MSG" ? FIELDS : MIN_FIELDS)) {
    return err({
      code: "truncated",
      item: "SBS line",
      message: `a ${messageType} line has fewer fields than it must`,
      needed: FIELDS,
      got: fields.length,
    });
  }
  const field = (number: number): string => (fields[number - 1] ?? "").trim();

  const transmissionType = number(field(2));
  if (
    messageType === "MSG" &&
    !(transmissionType !== undefined && Number.isInteger(transmissionType) && transmissionType >= 1 && transmissionType <= 8)
  ) {
    return err({ code: "unsupported", item: "SBS field 2", message: "the transmission type of MSG is 1 to 8" });
  }
  const addressText = field(5);
  if (addressText !== "" && !/^~?[0-9A-Fa-f]{6}$/.test(addressText)) {
    return err({ code: "malformed", item: "SBS field 5", message: "the address has six hexadecimal digits" });
  }
  const altitude = number(field(12));
  const speed = number(field(13));
  const track = number(field(14));
  const latitude = number(field(15));
  const longitude = number(field(16));
  const rate = number(field(17));
  for (const [item, text, value, low, high] of [
    ["SBS field 12 (altitude)", field(12), altitude, -2_000, 150_000],
    ["SBS field 13 (ground speed)", field(13), speed, 0, 5_000],
    ["SBS field 14 (track)", field(14), track, -360, 360],
    ["SBS field 15 (latitude)", field(15), latitude, -90, 90],
    ["SBS field 16 (longitude)", field(16), longitude, -180, 180],
    ["SBS field 17 (vertical rate)", field(17), rate, -40_000, 40_000],
  ] as const) {
    if (text === "") continue;
    if (value === undefined) return err({ code: "malformed", item, message: `${item} is not a number` });
    if (value < low || value > high) return err({ code: "out-of-range", item, message: `${item} must lie between ${low} and ${high}` });
  }
  if ((latitude === undefined) !== (longitude === undefined)) {
    return err({ code: "inconsistent", item: "SBS fields 15 and 16", message: "latitude and longitude come together or not at all" });
  }
  const squawk = field(18);
  const callsign = sanitizeText(field(11), 8);
  return ok({
    messageType,
    transmissionType,
    address: addressText === "" ? undefined : addressText.toLowerCase(),
    madeAt: instant(field(7), field(8)),
    callsign: callsign === "" ? undefined : callsign,
    altitude: altitude === undefined ? undefined : metres(altitude * METRES_PER_FOOT),
    groundSpeed: speed === undefined ? undefined : metresPerSecond(speed * METRES_PER_SECOND_PER_KNOT),
    track: track === undefined ? undefined : radians(track * RADIANS_PER_DEGREE),
    latitude: latitude === undefined ? undefined : radians(latitude * RADIANS_PER_DEGREE),
    longitude: longitude === undefined ? undefined : radians(longitude * RADIANS_PER_DEGREE),
    verticalRate: rate === undefined ? undefined : metresPerSecond((rate * METRES_PER_FOOT) / 60),
    squawk: /^[0-7]{1,4}$/.test(squawk) ? squawk.padStart(4, "0") : undefined,
    alert: flag(field(19)),
    emergency: flag(field(20)),
    ident: flag(field(21)),
    onGround: flag(field(22)),
  });
}

const KNOWN_TYPES = new Set(["MSG", "SEL", "ID", "AIR", "STA", "CLK"]);

function number(text: string): number | undefined {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number(text) : undefined;
}

/** -1 or 1 is set, 0 is not, empty is unknown. */
function flag(text: string): boolean | undefined {
  if (text === "-1" || text === "1") return true;
  return text === "0" ? false : undefined;
}

function instant(date: string, time: string): Micros | undefined {
  const day = /^(\d{4})\/(\d{2})\/(\d{2})$/.exec(date);
  const clock = /^(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,6}))?$/.exec(time);
  if (day === null || clock === null) return undefined;
  const at = Date.UTC(Number(day[1]), Number(day[2]) - 1, Number(day[3]), Number(clock[1]), Number(clock[2]), Number(clock[3]));
  return micros(at * 1000 + Number((clock[4] ?? "0").padEnd(6, "0")));
}
