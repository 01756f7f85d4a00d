// One officer gives the watch to another: what stood at that moment, who gave it, who took it.

import type { Micros } from "../base/units.ts";
import type { Actor } from "./event.ts";

/** What the one who comes must know, made from the picture; at most `WATCH_SUMMARY_ENTRIES` of each, the rest counted in `more`. */
export interface WatchSummary {
  /** Alarms that are neither over nor shelved, by their order of importance. */
  readonly alarms: readonly { readonly id: string; readonly level: number; readonly heldBy: string | null }[];
  readonly shelved: readonly { readonly id: string; readonly untilUs: number; readonly reason: string }[];
  /** Inbound tracks that nobody assessed: due, overdue, or brought back. */
  readonly unassessed: readonly { readonly id: string; readonly state: "due" | "overdue" | "reopened" }[];
  readonly dismissed: readonly { readonly id: string; readonly by: string }[];
  readonly held: readonly { readonly id: string; readonly by: string }[];
  /** Own drones and announced flights, in force or to come. */
  readonly friends: readonly {
    readonly id: string;
    readonly state: "upcoming" | "in-force";
    readonly fromUs: number;
    readonly toUs: number;
  }[];
  /** Sensors that are not live. */
  readonly sensors: readonly { readonly id: string; readonly freshness: "DEGRADED" | "STALE" | "OFFLINE" }[];
  /** Links that do not stand. */
  readonly sources: readonly { readonly id: string; readonly state: string }[];
  /** Since when the order to take cover stands; null: no order. */
  readonly coverSinceUs: number | null;
  /** Entries that had no room. */
  readonly more: number;
}

export const WATCH_SUMMARY_ENTRIES = 40;
export const HAND_OVER_TEXT = 2000;

export interface HandOver {
  readonly id: number;
  readonly at: Micros;
  readonly from: Actor;
  /** Name of who is to take the watch. */
  readonly to: string;
  readonly text: string;
  readonly summary: WatchSummary;
  readonly state: "open" | "accepted" | "lapsed" | "replaced";
  readonly endedAt?: Micros;
  readonly by?: Actor;
}

export interface HandOverView {
  id: number;
  atUs: number;
  from: string;
  fromAuthenticated: boolean;
  to: string;
  text: string;
  summary: WatchSummary;
  state: "open" | "accepted" | "lapsed" | "replaced";
  endedAtUs: number | null;
  by: string | null;
  byAuthenticated: boolean;
}
