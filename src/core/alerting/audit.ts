// What the monthly self-audit counts, kept while alarms change: a few tens of kilobytes for two months, however many alarms there were.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import { type AlertChange, ANNUNCIATES, LONGEST_SHELF } from "./alert-change.ts";

/** Steps of the histogram of times to acknowledge: each is 10 % longer than the one before; the first is 0.1 s. */
export const ACK_STEPS = 150;
const FIRST_STEP = 0.1; // s
const STEP = Math.log(1.1);

const TEN_MINUTES = 600 * MICROS_PER_SECOND;
/** Ten-minute periods of the longest month. */
const PERIODS = 31 * 144;
/** Sources that are counted apart; the rarest makes room. */
const SOURCES = 1000;

export interface MonthAudit {
  /** "2026-11", UTC. */
  month: string;
  startsAt: Micros;
  endsAt: Micros;
  /** First and newest moment in it at which anything happened. */
  firstAt: Micros;
  lastAt: Micros;
  /** Calls by alarm definition. */
  byDefinition: Map<string, number>;
  /** Calls by level 1, 2, 3. */
  byLevel: [number, number, number];
  /** Calls by hour of the day, UTC. */
  byHour: number[];
  /** Calls in each period of ten minutes. */
  byTenMinutes: Uint16Array;
  /** "definition subject" -> calls and the last three of them. */
  sources: Map<string, { definitionId: string; subject: string; calls: number; last: Micros[]; chattered: number }>;
  /** Times to acknowledge, s: by step, one row for each level. */
  toAcknowledge: [Uint32Array, Uint32Array, Uint32Array];
  /** Alarms that were open for more than 24 h, by definition. */
  stale: Map<string, number>;
  shelved: number;
  /** Shelved again at the end of the time on the shelf, or for half of the longest time and more. */
  shelvedLong: number;
  /** Ended without anybody having acknowledged. */
  neverAcknowledged: number;
  sourcesDropped: number;
}

export interface AuditState {
  /** Newest last; at most two. */
  months: MonthAudit[];
}

export const createAudit = (): AuditState => ({ months: [] });

/** Days since 1970-01-01 of the first of a month, proleptic Gregorian (Hinnant, "chrono-compatible low-level date algorithms"). */
function daysFromCivil(year: number, month: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Calendar month of an instant, UTC. */
export function monthOf(at: Micros): { month: string; startsAt: Micros; endsAt: Micros } {
  const day = Math.floor(at / (86_400 * MICROS_PER_SECOND));
  let year = 1970 + Math.floor(day / 365.2425);
  while (daysFromCivil(year + 1, 1) <= day) year += 1;
  while (daysFromCivil(year, 1) > day) year -= 1;
  let month = 1;
  while (month < 12 && daysFromCivil(year, month + 1) <= day) month += 1;
  const next = month === 12 ? daysFromCivil(year + 1, 1) : daysFromCivil(year, month + 1);
  const instant = (days: number) => (days * 86_400 * MICROS_PER_SECOND) as Micros;
  return {
    month: `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}`,
    startsAt: instant(daysFromCivil(year, month)),
    endsAt: instant(next),
  };
}

function monthAudit(audit: AuditState, at: Micros): MonthAudit {
  const newest = audit.months[audit.months.length - 1];
  // Time does not run backwards in a picture; what claims to be older counts for the month at hand.
  if (newest !== undefined && at < newest.endsAt) return newest;
  const created: MonthAudit = {
    ...monthOf(at),
    firstAt: at,
    lastAt: at,
    byDefinition: new Map(),
    byLevel: [0, 0, 0],
    byHour: new Array<number>(24).fill(0),
    byTenMinutes: new Uint16Array(PERIODS),
    sources: new Map(),
    toAcknowledge: [new Uint32Array(ACK_STEPS), new Uint32Array(ACK_STEPS), new Uint32Array(ACK_STEPS)],
    stale: new Map(),
    shelved: 0,
    shelvedLong: 0,
    neverAcknowledged: 0,
    sourcesDropped: 0,
  };
  audit.months.push(created);
  if (audit.months.length > 2) audit.months.shift();
  return created;
}

/** Counts one change of one alarm. Changes `audit`. */
export function recordChange(audit: AuditState, change: AlertChange): void {
  const { alert, at } = change;
  const month = monthAudit(audit, at);
  month.lastAt = at;
  if (ANNUNCIATES[change.kind]) {
    month.byDefinition.set(alert.definitionId, (month.byDefinition.get(alert.definitionId) ?? 0) + 1);
    month.byLevel[alert.level - 1]! += 1;
    const second = Math.floor(at / MICROS_PER_SECOND);
    month.byHour[Math.floor((second % 86_400) / 3600)]! += 1;
    const period = Math.floor((at - month.startsAt) / TEN_MINUTES);
    if (period >= 0 && period < PERIODS && month.byTenMinutes[period]! < 65_535) month.byTenMinutes[period]! += 1;
    recordSource(month, alert.definitionId, alert.subject, at);
  }
  switch (change.kind) {
    case "acknowledged": {
      const seconds = (at - alert.raisedAt) / MICROS_PER_SECOND;
      month.toAcknowledge[alert.level - 1]![ackStep(seconds)]! += 1;
      break;
    }
    case "shelved":
      month.shelved += 1;
      if ((alert.shelvedUntil ?? at) - at >= (LONGEST_SHELF[alert.level] * MICROS_PER_SECOND) / 2) month.shelvedLong += 1;
      break;
    case "shelf-expired":
      month.shelvedLong += 1;
      break;
    case "cleared":
    case "evicted":
      if (alert.acknowledgedAt === undefined) month.neverAcknowledged += 1;
      if (at - alert.raisedAt > 86_400 * MICROS_PER_SECOND)
        month.stale.set(alert.definitionId, (month.stale.get(alert.definitionId) ?? 0) + 1);
      break;
    default:
  }
}

function recordSource(month: MonthAudit, definitionId: string, subject: string, at: Micros): void {
  const key = `${definitionId} ${subject}`;
  let source = month.sources.get(key);
  if (source === undefined) {
    if (month.sources.size >= SOURCES) {
      let rarest: string | undefined;
      let fewest = Number.POSITIVE_INFINITY;
      for (const [other, { calls }] of month.sources) {
        if (calls < fewest) {
          fewest = calls;
          rarest = other;
        }
      }
      if (rarest !== undefined) month.sources.delete(rarest);
      month.sourcesDropped += 1;
    }
    source = { definitionId, subject, calls: 0, last: [], chattered: 0 };
    month.sources.set(key, source);
  }
  source.calls += 1;
  source.last.push(at);
  if (source.last.length > 3) source.last.shift();
  if (source.last.length === 3 && at - source.last[0]! <= 60 * MICROS_PER_SECOND) source.chattered += 1;
}

/** Step of the histogram that holds a time to acknowledge. */
export function ackStep(seconds: number): number {
  if (!(seconds > FIRST_STEP)) return 0;
  return Math.min(ACK_STEPS - 1, Math.ceil(Math.log(seconds / FIRST_STEP) / STEP));
}

/** Upper end of a step, s. */
export const ackSeconds = (step: number): number => FIRST_STEP * Math.exp(step * STEP);
