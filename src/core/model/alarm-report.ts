// What the alarm pages show besides the open alarms: the definitions in force and the monthly self-audit. JSON with units in the names.

import type { AlarmDefinition, AlertLevel } from "./alert.ts";
import type { SentenceView } from "./picture-view.ts";

export interface AlarmDefinitionView {
  id: string;
  level: AlertLevel;
  /** What the operator is to do. */
  action: SentenceView;
  groupBy: AlarmDefinition["groupBy"];
  onDelaySeconds: number;
  offDelaySeconds: number;
  latching: boolean;
  enabled: boolean;
  /** A site may neither switch it off nor lower it. */
  mandatory: boolean;
  /** The site's file says otherwise than Picket does. */
  changed: boolean;
}

export interface AuditSourceView {
  definitionId: string;
  subject: string;
}

/** Figures of one calendar month, UTC. "Calls": raised, raised again, risen in level, back from the shelf. */
export interface AuditMonthView {
  /** "2026-11" */
  month: string;
  fromUs: number;
  toUs: number;
  /** On watch on average: rates are for each of them. */
  operators: number;
  calls: number;
  byDefinition: { definitionId: string; calls: number }[];
  byLevel: {
    level: AlertLevel;
    calls: number;
    share: number;
    acknowledged: number;
    medianSeconds: number | null;
    p95Seconds: number | null;
  }[];
  /** By hour of the day, UTC; 24 numbers. */
  byHour: number[];
  meanPer10Min: number;
  peakPer10Min: number;
  peakAtUs: number | null;
  floodShare: number;
  stale: { definitionId: string; count: number }[];
  chattering: (AuditSourceView & { times: number })[];
  topTen: (AuditSourceView & { calls: number; share: number })[];
  shelved: number;
  shelvedTooLong: number;
  neverAcknowledged: number;
  /** Each published aim beside its value. */
  figures: { key: string; value: number; aim: number; met: boolean }[];
  sourcesDropped: number;
}

export interface AuditReport {
  items: AuditMonthView[];
  /** Months asked for of which nothing is known: no alarm changed in them, or their figures are not kept any more. */
  missing: string[];
  next: null;
}

/** Of `AuditMonthView.figures`, in their order. */
export const AUDIT_FIGURES = [
  "mean-per-10-min",
  "peak-per-10-min",
  "flood-share",
  "level-1-share",
  "level-2-share",
  "stale-per-day",
  "chattering",
  "top-ten-share",
] as const;

/** Of fewer calls in a month no share can be told: the aims about shares of levels count as met. */
export const FEWEST_FOR_SHARES = 20;
