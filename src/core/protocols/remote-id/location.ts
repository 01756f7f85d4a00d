// Location/Vector message, type 0x1. ASTM F3411-22a table 6.

import { err, ok, type Result } from "../../base/result.ts";
import {
  type Metres,
  type MetresPerSecond,
  metresPerSecond,
  RADIANS_PER_DEGREE,
  type Radians,
  radians,
  type Seconds,
  seconds,
} from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { readAltitude, readPosition, uint16 } from "./odid-octets.ts";

const ITEM = "ODID Location";
const SPEED_LSB = 0.25; // m/s
const SPEED_FAST_LSB = 0.75; // m/s, when the multiplier bit is set
const SPEED_FAST_OFFSET = 255 * SPEED_LSB; // m/s
const SPEED_MAX = 254.25; // m/s; "254.25 or more"; 255 is the marker of unknown
const VERTICAL_SPEED_LSB = 0.5; // m/s, up positive
const VERTICAL_SPEED_MAX = 62; // m/s; 63 is the marker of unknown
const TIME_LSB_PER_SECOND = 10;
const TIME_UNKNOWN = 0xffff;
const TIME_MAX = 36_000; // one hour

/** The standard's words for the operational status, by number. */
export const OPERATIONAL_STATUS: readonly string[] = ["undeclared", "ground", "airborne", "emergency", "remote ID system failure"];

export interface Location {
  /** As on the air, 0..15; see OPERATIONAL_STATUS. */
  readonly status: number;
  /** Course over ground, clockwise from true north, in [0, 2*pi). */
  readonly direction?: Radians;
  readonly speedHorizontal?: MetresPerSecond;
  readonly speedVertical?: MetresPerSecond;
  readonly latitude?: Radians;
  readonly longitude?: Radians;
  /** Pressure altitude, ISA 1013.25 hPa. */
  readonly pressureAltitude?: Metres;
  /** Above the WGS84 ellipsoid. */
  readonly geodeticAltitude?: Metres;
  readonly heightReference: "takeoff" | "ground";
  readonly height?: Metres;
  /** Accuracy codes as on the air; accuracy.ts turns them into metres. */
  readonly horizontalAccuracy: number;
  readonly verticalAccuracy: number;
  readonly barometricAccuracy: number;
  readonly speedAccuracy: number;
  /** Tenths of seconds; 0 is unknown. */
  readonly timeAccuracy: number;
  /** After the full hour, UTC, in [0, 3600]. */
  readonly secondsAfterHour?: Seconds;
}

/** Reads the 25 octets at `offset`; the caller has checked that they are there. Refuses impossible positions and times. */
export function decodeLocation(bytes: Uint8Array, offset: number): Result<Location, DecodeError> {
  const flags = bytes[offset + 1];
  const position = readPosition(bytes, offset + 5, `${ITEM}.Latitude`);
  if (position !== undefined && "code" in position) return err(position);
  const time = uint16(bytes, offset + 21);
  if (time > TIME_MAX && time !== TIME_UNKNOWN) {
    return err({
      code: "out-of-range",
      item: `${ITEM}.Timestamp`,
      message: `A time of ${time / TIME_LSB_PER_SECOND} s after the full hour is over one hour.`,
      offset: offset + 21,
    });
  }
  return ok({
    status: flags >> 4,
    direction: readDirection(bytes[offset + 2], (flags & 2) !== 0),
    speedHorizontal: readSpeed(bytes[offset + 3], (flags & 1) !== 0),
    speedVertical: readVerticalSpeed(bytes[offset + 4]),
    latitude: position?.latitude,
    longitude: position?.longitude,
    pressureAltitude: readAltitude(bytes, offset + 13),
    geodeticAltitude: readAltitude(bytes, offset + 15),
    heightReference: (flags & 4) === 0 ? "takeoff" : "ground",
    height: readAltitude(bytes, offset + 17),
    horizontalAccuracy: bytes[offset + 19] & 15,
    verticalAccuracy: bytes[offset + 19] >> 4,
    speedAccuracy: bytes[offset + 20] & 15,
    barometricAccuracy: bytes[offset + 20] >> 4,
    secondsAfterHour: time === TIME_UNKNOWN ? undefined : seconds(time / TIME_LSB_PER_SECOND),
    timeAccuracy: bytes[offset + 23] & 15,
  });
}

/** 0..179 degrees and a flag for the western half; 361 in all is the marker of unknown. */
function readDirection(raw: number, west: boolean): Radians | undefined {
  const degrees = raw + (west ? 180 : 0);
  if (degrees > 360) return undefined;
  return radians((degrees === 360 ? 0 : degrees) * RADIANS_PER_DEGREE);
}

function readSpeed(raw: number, fast: boolean): MetresPerSecond | undefined {
  const speed = fast ? raw * SPEED_FAST_LSB + SPEED_FAST_OFFSET : raw * SPEED_LSB;
  return speed > SPEED_MAX ? undefined : metresPerSecond(speed);
}

function readVerticalSpeed(raw: number): MetresPerSecond | undefined {
  const speed = (raw > 127 ? raw - 256 : raw) * VERTICAL_SPEED_LSB;
  return speed > VERTICAL_SPEED_MAX || speed < -VERTICAL_SPEED_MAX ? undefined : metresPerSecond(speed);
}
