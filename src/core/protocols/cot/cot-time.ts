// Time stamps of Cursor on Target: ISO 8601 with a date, a time and a zone, "2020-12-16T19:59:34.910Z".

import { type Micros, micros } from "../../base/units.ts";

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})$/;

/** Undefined for anything that is not exactly such a time. A leap second is the first microsecond of the next minute. */
export function parseCotTime(text: string): Micros | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 60) return undefined;
  const fraction = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  const zone = match[8];
  let offset = 0;
  if (zone !== "Z") {
    const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
    if (Number(zone.slice(-2)) > 59 || minutes > 14 * 60) return undefined;
    offset = zone[0] === "-" ? -minutes : minutes;
  }
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second) - offset * 60_000;
  return micros(milliseconds * 1000 + fraction);
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** "2020-12-16T19:59:34.910Z"; whole milliseconds, as every TAK client writes them. */
export const formatCotTime = (at: Micros): string => new Date(Math.floor(at / 1000)).toISOString();
