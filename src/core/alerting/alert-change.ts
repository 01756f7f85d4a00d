// One change of one alarm: what the record, the consoles and the self-audit are told.

import type { Micros } from "../base/units.ts";
import type { Alert, AlertLevel } from "../model/alert.ts";
import type { Actor } from "../model/event.ts";

export type AlertChangeKind =
  /** A new alarm. */
  | "raised"
  /** The condition came back before anybody acknowledged. */
  | "re-raised"
  /** A worse condition of the same family, of a higher level: it calls again. */
  | "escalated"
  /** The shelf time is over and the condition still holds: it calls again. */
  | "shelf-expired"
  /** The condition is gone, nobody acknowledged. */
  | "returned"
  | "cleared"
  /** It became part of a group's alarm. */
  | "merged"
  /** The memory was full and this was worth least. */
  | "evicted"
  | "acknowledged"
  | "shelved"
  | "unshelved"
  | "held"
  | "released";

/** One change, with who and when. `alert` is as it was just after. */
export interface AlertChange {
  readonly kind: AlertChangeKind;
  readonly at: Micros;
  readonly alert: Readonly<Alert>;
  readonly by?: Actor;
  readonly reason?: string;
  /** Group's alarm that it went into. */
  readonly into?: string;
}

/** Calls for a person, with sound and notifications: what is counted as an alarm. */
export const ANNUNCIATES: Readonly<Record<AlertChangeKind, boolean>> = {
  raised: true,
  "re-raised": true,
  escalated: true,
  "shelf-expired": true,
  returned: false,
  cleared: false,
  merged: false,
  evicted: false,
  acknowledged: false,
  shelved: false,
  unshelved: false,
  held: false,
  released: false,
};

/** Longest time on the shelf by level, s: a quarter of an hour, an hour, a watch. */
export const LONGEST_SHELF: Readonly<Record<AlertLevel, number>> = { 1: 15 * 60, 2: 60 * 60, 3: 8 * 60 * 60 };
