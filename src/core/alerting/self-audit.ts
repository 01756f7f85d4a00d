// The monthly self-audit: is the alarm system one that a person can live with? Plain data; the server makes pages and tables of it.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import { FEWEST_FOR_SHARES } from "../model/alarm-report.ts";
import type { AlertLevel } from "../model/alert.ts";
import type { AlertingState } from "./alerts.ts";
import { ACK_STEPS, ackSeconds, type MonthAudit } from "./audit.ts";

const DAY = 86_400 * MICROS_PER_SECOND;
const TEN_MINUTES = 600 * MICROS_PER_SECOND;

/** What ISA-18.2 and EEMUA 191 publish as aims for one operator, and Picket's own. Recalled from the standards' public summaries. */
export const AUDIT_AIMS = {
  /** Calls in 10 min: very likely acceptable, and the most that can be managed. */
  meanPer10Min: 1,
  manageablePer10Min: 2,
  /** Share of the time in flood. */
  floodShare: 0.01,
  /** Shares of the levels 1, 2, 3. */
  levels: { 1: 0.05, 2: 0.15, 3: 0.8 },
  /** Share of the ten noisiest sources. */
  topTenShare: 0.05,
  stale: 5,
  chattering: 0,
} as const;

export interface AuditFigure {
  /** "mean-per-10-min", "flood-share"...: catalogue key. */
  readonly key: string;
  readonly value: number;
  readonly aim: number;
  readonly met: boolean;
}

export interface SelfAudit {
  readonly month: string;
  readonly from: Micros;
  readonly to: Micros;
  readonly operators: number;
  /** Calls: raised, raised again, risen in level, back from the shelf. */
  readonly calls: number;
  readonly byDefinition: readonly { readonly definitionId: string; readonly calls: number }[];
  readonly byLevel: Readonly<Record<AlertLevel, { readonly calls: number; readonly share: number }>>;
  /** Calls by hour of the day, UTC; 24 numbers. */
  readonly byHour: readonly number[];
  /** For each operator. */
  readonly meanPer10Min: number;
  readonly peakPer10Min: number;
  /** Start of the period with the peak. */
  readonly peakAt: Micros | undefined;
  /** Share of the periods of ten minutes with more than ten calls for each operator. */
  readonly floodShare: number;
  /** Open for more than 24 h: still, and ended within the month. */
  readonly stale: readonly { readonly definitionId: string; readonly count: number }[];
  readonly chattering: readonly { readonly definitionId: string; readonly subject: string; readonly times: number }[];
  readonly topTen: readonly { readonly definitionId: string; readonly subject: string; readonly calls: number; readonly share: number }[];
  readonly shelved: number;
  readonly shelvedTooLong: number;
  readonly neverAcknowledged: number;
  /** s by level; undefined where nothing was acknowledged. Resolution 10 %. */
  readonly toAcknowledge: Readonly<Record<AlertLevel, { readonly count: number; readonly median?: number; readonly p95?: number }>>;
  readonly figures: readonly AuditFigure[];
  /** Sources that were not counted apart because there were too many. */
  readonly sourcesDropped: number;
}

/** Months for which there are figures, newest last: this one and the one before. */
export const auditMonths = (state: AlertingState): string[] => state.audit.months.map(({ month }) => month);

/**
 * Figures of one month ("2026-11", UTC), from its first alarm or `recordingSince` on, up to `now`; undefined when nothing is known of it. `operators`: on
 * watch on average, at least 1.
 */
export function selfAudit(
  state: AlertingState,
  month: string,
  now: Micros,
  operators = 1,
  recordingSince: Micros | undefined = undefined,
): SelfAudit | undefined {
  const audit = state.audit.months.find((each) => each.month === month);
  if (audit === undefined) return undefined;
  const people = Math.max(1, operators);
  const from = Math.max(audit.startsAt, Math.min(audit.firstAt, recordingSince ?? audit.firstAt)) as Micros;
  const to = Math.min(audit.endsAt, Math.max(now, audit.lastAt)) as Micros;
  const calls = audit.byLevel[0] + audit.byLevel[1] + audit.byLevel[2];
  const share = (count: number) => (calls === 0 ? 0 : count / calls);
  const byDefinition = [...audit.byDefinition]
    .map(([definitionId, count]) => ({ definitionId, calls: count }))
    .sort((a, b) => b.calls - a.calls || (a.definitionId < b.definitionId ? -1 : 1));
  const level = (which: AlertLevel) => ({ calls: audit.byLevel[which - 1]!, share: share(audit.byLevel[which - 1]!) });
  const byLevel = { 1: level(1), 2: level(2), 3: level(3) };

  const first = Math.max(0, Math.floor((from - audit.startsAt) / TEN_MINUTES));
  const last = Math.min(audit.byTenMinutes.length - 1, Math.max(first, Math.ceil((to - audit.startsAt) / TEN_MINUTES) - 1));
  let peak = 0;
  let peakAt: Micros | undefined;
  let flooded = 0;
  for (let i = first; i <= last; i++) {
    const count = audit.byTenMinutes[i]!;
    if (count / people > 10) flooded += 1;
    if (count > peak) {
      peak = count;
      peakAt = (audit.startsAt + i * TEN_MINUTES) as Micros;
    }
  }
  const periods = last - first + 1;

  const stale = new Map(audit.stale);
  for (const { alert } of state.open.values())
    if (to - alert.raisedAt > DAY && alert.raisedAt < to) stale.set(alert.definitionId, (stale.get(alert.definitionId) ?? 0) + 1);
  const sources = [...audit.sources.values()].sort(
    (a, b) => b.calls - a.calls || (`${a.definitionId} ${a.subject}` < `${b.definitionId} ${b.subject}` ? -1 : 1),
  );
  const topTen = sources
    .slice(0, 10)
    .map(({ definitionId, subject, calls: count }) => ({ definitionId, subject, calls: count, share: share(count) }));
  const chattering = sources
    .filter(({ chattered }) => chattered > 0)
    .map(({ definitionId, subject, chattered }) => ({ definitionId, subject, times: chattered }));
  const staleCount = [...stale.values()].reduce((sum, count) => sum + count, 0);
  const days = Math.max(1, (to - from) / DAY);
  const figure = (key: string, value: number, aim: number, met: boolean): AuditFigure => ({ key, value, aim, met });
  const mean = calls / periods / people;
  const topShare = topTen.reduce((sum, source) => sum + source.share, 0);
  return {
    month,
    from,
    to,
    operators: people,
    calls,
    byDefinition,
    byLevel,
    byHour: [...audit.byHour],
    meanPer10Min: mean,
    peakPer10Min: peak / people,
    peakAt,
    floodShare: flooded / periods,
    stale: [...stale].map(([definitionId, count]) => ({ definitionId, count })),
    chattering,
    topTen,
    shelved: audit.shelved,
    shelvedTooLong: audit.shelvedLong,
    neverAcknowledged: audit.neverAcknowledged,
    toAcknowledge: { 1: timesOf(audit, 1), 2: timesOf(audit, 2), 3: timesOf(audit, 3) },
    figures: [
      figure("mean-per-10-min", mean, AUDIT_AIMS.meanPer10Min, mean <= AUDIT_AIMS.meanPer10Min),
      figure("peak-per-10-min", peak / people, 10, peak / people <= 10),
      figure("flood-share", flooded / periods, AUDIT_AIMS.floodShare, flooded / periods <= AUDIT_AIMS.floodShare),
      figure(
        "level-1-share",
        byLevel[1].share,
        AUDIT_AIMS.levels[1],
        calls < FEWEST_FOR_SHARES || byLevel[1].share <= 2 * AUDIT_AIMS.levels[1],
      ),
      figure(
        "level-2-share",
        byLevel[2].share,
        AUDIT_AIMS.levels[2],
        calls < FEWEST_FOR_SHARES || byLevel[2].share <= 2 * AUDIT_AIMS.levels[2],
      ),
      figure("stale-per-day", staleCount / days, AUDIT_AIMS.stale, staleCount / days <= AUDIT_AIMS.stale),
      figure("chattering", chattering.length, AUDIT_AIMS.chattering, chattering.length === 0),
      figure("top-ten-share", topShare, AUDIT_AIMS.topTenShare, calls < 200 || topShare <= AUDIT_AIMS.topTenShare),
    ],
    sourcesDropped: audit.sourcesDropped,
  };
}

/** Median and 95 % quantile of the time to acknowledge, s. */
function timesOf(audit: MonthAudit, level: AlertLevel): { count: number; median?: number; p95?: number } {
  const steps = audit.toAcknowledge[level - 1]!;
  let count = 0;
  for (const each of steps) count += each;
  if (count === 0) return { count };
  const quantile = (q: number) => {
    let sum = 0;
    for (let step = 0; step < ACK_STEPS; step++) {
      sum += steps[step]!;
      if (sum >= q * count) return ackSeconds(step);
    }
    return ackSeconds(ACK_STEPS - 1);
  };
  return { count, median: quantile(0.5), p95: quantile(0.95) };
}
