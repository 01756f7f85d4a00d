// The alarm pages of a picture: definitions in force, and the self-audit by month.

import { ALARM_DEFINITIONS } from "../alerting/alarm-definitions.ts";
import { alertText } from "../alerting/alert-text.ts";
import { auditMonths, type SelfAudit, selfAudit } from "../alerting/self-audit.ts";
import type { AlarmDefinitionView, AuditMonthView, AuditReport } from "../model/alarm-report.ts";
import type { AlertLevel } from "../model/alert.ts";
import { definitionsOf } from "./call-people.ts";
import type { Picture } from "./picture.ts";

export function alarmDefinitionViews(picture: Picture): AlarmDefinitionView[] {
  return definitionsOf(picture).map((definition) => {
    const { id, level, actionKey, groupBy, onDelay, offDelay, latching, enabled, mandatory } = definition;
    const original = ALARM_DEFINITIONS.find((known) => known.id === id);
    return {
      id,
      level,
      action: { key: actionKey, values: {}, text: alertText(actionKey, {}) },
      groupBy,
      onDelaySeconds: onDelay,
      offDelaySeconds: offDelay,
      latching,
      enabled,
      mandatory: mandatory === true,
      changed:
        original === undefined ||
        original.level !== level ||
        original.onDelay !== onDelay ||
        original.offDelay !== offDelay ||
        original.enabled !== enabled,
    };
  });
}

const LEVELS: readonly AlertLevel[] = [1, 2, 3];

function monthView(audit: SelfAudit): AuditMonthView {
  const { month, operators, calls, meanPer10Min, peakPer10Min, floodShare, shelved, shelvedTooLong, neverAcknowledged, sourcesDropped } =
    audit;
  return {
    month,
    fromUs: audit.from,
    toUs: audit.to,
    operators,
    calls,
    byDefinition: audit.byDefinition.map((each) => ({ ...each })),
    byLevel: LEVELS.map((level) => {
      const { count, median, p95 } = audit.toAcknowledge[level];
      return { level, ...audit.byLevel[level], acknowledged: count, medianSeconds: median ?? null, p95Seconds: p95 ?? null };
    }),
    byHour: [...audit.byHour],
    meanPer10Min,
    peakPer10Min,
    peakAtUs: audit.peakAt ?? null,
    floodShare,
    stale: audit.stale.map((each) => ({ ...each })),
    chattering: audit.chattering.map((each) => ({ ...each })),
    topTen: audit.topTen.map((each) => ({ ...each })),
    shelved,
    shelvedTooLong,
    neverAcknowledged,
    figures: audit.figures.map((each) => ({ ...each })),
    sourcesDropped,
  };
}

/** "2026-11" -> months since year 0; NaN for anything else. */
const monthNumber = (month: string): number => {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  return match === null ? Number.NaN : 12 * Number(match[1]) + Number(match[2]) - 1;
};
const monthName = (number: number): string =>
  `${String(Math.floor(number / 12)).padStart(4, "0")}-${String((number % 12) + 1).padStart(2, "0")}`;

/** Longest span of a report, months. */
export const REPORT_MONTHS = 120;

/**
 * The self-audit of the months from `from` to `to` ("2026-11", UTC, both included), oldest first; undefined ends: the oldest and the newest month that is
 * known. `operators`: on watch on average. Undefined when an end is no month, `from` comes after `to`, or they are more than `REPORT_MONTHS` apart.
 */
export function auditReport(picture: Picture, from: string | undefined, to: string | undefined, operators = 1): AuditReport | undefined {
  const { alerting } = picture.judgement;
  const known = auditMonths(alerting);
  const oldest = known[0];
  const newest = known[known.length - 1];
  const first = from ?? (to === undefined ? oldest : to < (oldest ?? to) ? to : oldest) ?? to;
  const last = to ?? (from === undefined ? newest : from > (newest ?? from) ? from : newest) ?? from;
  if (first === undefined || last === undefined) return { items: [], missing: [], next: null };
  const [a, b] = [monthNumber(first), monthNumber(last)];
  if (!(a <= b && b - a < REPORT_MONTHS)) return undefined;
  const items: AuditMonthView[] = [];
  const missing: string[] = [];
  for (let number = a; number <= b; number++) {
    const month = monthName(number);
    const audit = selfAudit(alerting, month, picture.now, operators);
    if (audit === undefined) missing.push(month);
    else items.push(monthView(audit));
  }
  return { items, missing, next: null };
}
