// When a person is called, after ISA-18.2 and EEMUA 191: an alarm exists only where the operator has something to do, and says what.

import type { Micros } from "../base/units.ts";
import type { Actor } from "./event.ts";
import type { Origin } from "./observation.ts";

/** 1 is the highest. Aimed at 5 / 15 / 80 of a hundred alarms. */
export type AlertLevel = 1 | 2 | 3;

export interface AlarmDefinition {
  /** "inbound-unassessed", "zone-entry", "identity-contradiction", "sensor-lost"... */
  readonly id: string;
  readonly level: AlertLevel;
  /** Catalogue keys: what happened, and what the operator is to do. */
  readonly conditionKey: string;
  readonly actionKey: string;
  /** One alarm for: each track, each group of tracks, each asset, each sensor, or the whole site. */
  readonly groupBy: "track" | "group" | "asset" | "sensor" | "site";
  /** s that the condition must hold before it is raised, and be gone before it is cleared. */
  readonly onDelay: number;
  readonly offDelay: number;
  /** Stays until a person acknowledges it, though the condition is gone. */
  readonly latching: boolean;
  readonly enabled: boolean;
  /** Alarms of one family about one subject are one alarm, that of the worst condition that holds. Absent: its own id. */
  readonly family?: string;
  /** Within a family and level: the larger stands for the alarm. */
  readonly rank?: number;
  /** A site may neither switch it off nor lower it: without it an inbound track could be left unassessed. */
  readonly mandatory?: boolean;
}

/** A condition that holds now; the alerting state machine turns situations into alarms. */
export interface Situation {
  readonly definitionId: string;
  /** Of the group: track key, group id, asset id, sensor id or "site". One alarm for each pair of definition and subject. */
  readonly subject: string;
  readonly origin: Origin;
  readonly tracks: readonly string[];
  readonly assetId?: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** Of one track that flies in a group: all tracks of the group. */
  readonly beside?: readonly string[];
  /** s that it must hold before it calls, where that is longer than the definition's on-delay. */
  readonly holdFor?: number;
}

/**
 * raised: calls for a person. acknowledged: a person has it. shelved: a person put it off, with reason and expiry.
 * returned: the condition is gone but nobody acknowledged (latched). cleared: over; kept in the history.
 */
export type AlertState = "raised" | "acknowledged" | "shelved" | "returned" | "cleared";

export interface Alert {
  /** Counter in the picture, "A17" or "SIM-A17". */
  readonly id: string;
  /** Of the worst condition of its family that holds, or held last. */
  definitionId: string;
  readonly subject: string;
  readonly origin: Origin;
  /** Never falls while the alarm is open. */
  level: AlertLevel;
  state: AlertState;
  raisedAt: Micros;
  /** Newest time at which the condition held. */
  lastAt: Micros;
  acknowledgedAt?: Micros;
  acknowledgedBy?: Actor;
  shelvedUntil?: Micros;
  shelvedBy?: Actor;
  shelvedReason?: string;
  clearedAt?: Micros;
  /** Who has it in hand, with several operators. */
  heldBy?: string;
  tracks: string[];
  assetId?: string;
  values: Record<string, string | number>;
  /** Times it was raised again within its off-delay or the hour before: chattering. */
  repeats: number;
}

/** Reasons for which a person may dismiss a track; a hypothesis that Picket keeps testing. */
export const DISMISSAL_REASONS = ["bird", "balloon", "friend", "aircraft", "clutter", "other"] as const;
export type DismissalReason = (typeof DISMISSAL_REASONS)[number];

/** How a track stands with the attention guard. */
export interface Attention {
  /** not-inbound: nothing to do. due: must be assessed by `assessBy`. overdue: was not. assessed. dismissed. reopened: a dismissal stopped fitting. */
  state: "not-inbound" | "due" | "overdue" | "assessed" | "dismissed" | "reopened";
  /** Set while due, overdue or reopened. */
  assessBy?: Micros;
  /** Above the site's attention score a person assesses, below it a listed rule does. */
  needs: "person" | "rule";
  assessedAt?: Micros;
  by?: Actor;
  /** Rule that assessed it, catalogue key with values, where no person did. */
  rule?: string;
  ruleValues?: Record<string, string | number>;
  reason?: DismissalReason;
  text?: string;
  /** Why it came back. */
  reopenedBecause?: string;
  reopenedAt?: Micros;
  /** Rank bonus of a track that came back: above where it was. */
  boost: number;
}

/** What leaves for a person who is not at the console. */
export interface Notification {
  /** Counter: receipts name it. */
  readonly id: number;
  readonly kind: "alert" | "take-cover" | "all-clear" | "test";
  readonly at: Micros;
  readonly level: AlertLevel;
  readonly origin: Origin;
  readonly alertId?: string;
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  /** Channel ids; empty means every channel that takes this level. */
  readonly channels: readonly string[];
}

export interface NotificationReceipt {
  readonly notificationId: number;
  readonly channel: string;
  readonly state: "sent" | "delivered" | "retrying" | "failed";
  readonly at: Micros;
  readonly message: string;
}

/** Live figures of the alarms, after ISA-18.2. */
export interface AlertFigures {
  /** Calls in the last 10 minutes. */
  readonly per10Min: number;
  /** Calls in the last hour for each operator. */
  readonly ratePerOperatorHour: number;
  /** Minutes of the last 24 h in an alarm flood. */
  readonly floodMinutes: number;
  readonly inFlood: boolean;
  /** Ids of alarms that have been open for more than 24 h. */
  readonly stale: readonly string[];
  /** Called three times or more within a minute, in the last hour. */
  readonly chattering: readonly { readonly definitionId: string; readonly subject: string; readonly calls: number }[];
  /** The noisiest of the last 24 h, at most ten. */
  readonly topSources: readonly {
    readonly definitionId: string;
    readonly subject: string;
    readonly calls: number;
    readonly share: number;
  }[];
  /** Share of the last 24 h's calls by level, 0..1. */
  readonly levels: Readonly<Record<AlertLevel, number>>;
  readonly open: number;
  /** What the bounds of memory cost. */
  readonly dropped: Readonly<{
    open: number;
    refused: number;
    history: number;
    pending: number;
    recent: number;
    annunciations: number;
    holds: number;
  }>;
}
