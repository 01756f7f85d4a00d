// Time of day: three octets, seconds since midnight UTC in steps of 1/128 s, no date. I048/140, I034/030, I062/070, I021/071 and
// others; EUROCONTROL-SPEC-0149 says that it restarts at 0 at midnight.

import { seconds } from "../../../base/units.ts";
import type { SensorTime } from "../../../model/observation.ts";
import type { DecodeError } from "../../decode-error.ts";

const LSB = 1 / 128; // s
const DAY = 86_400; // s

/** Seconds since midnight; may be beyond a day when the octets are wrong (see `timeOfDayError`). */
export const readTimeOfDay = (bytes: Uint8Array, offset: number): number =>
  (bytes[offset] * 65_536 + bytes[offset + 1] * 256 + bytes[offset + 2]) * LSB;

export const timeOfDay = (value: number): SensorTime => ({ kind: "time-of-day", seconds: seconds(value) });

/** Undefined when the time can be one; a record with another is not of the edition that it was taken for. */
export function timeOfDayError(item: string, value: number, offset: number): DecodeError | undefined {
  if (value < DAY) return undefined;
  return { code: "out-of-range", item, message: `a time of day of ${value} s; a day has ${DAY}`, offset };
}
