// Which alarm a key acknowledges, which one blinks, and when which tone is due. Pure.

import type { AlertLevel } from "../../core/model/alert.ts";
import type { AlertView } from "../../core/model/picture-view.ts";

/** Nobody has acknowledged it: it calls, or it called and its cause is gone (latched). */
export const isUnacknowledged = ({ state }: AlertView): boolean => state === "raised" || state === "returned";

/** The one that a key acknowledges: the server's order is highest level, then state, then newest. */
export const topUnacknowledged = (alerts: readonly AlertView[]): AlertView | undefined =>
  alerts.reduce<AlertView | undefined>((top, alert) => {
    if (!isUnacknowledged(alert)) return top;
    return top === undefined || alert.level < top.level ? alert : top;
  }, undefined);

/** Only the highest level, and only until somebody has it. */
export const blinks = (alert: AlertView): boolean => alert.level === 1 && isUnacknowledged(alert);

/** Longest time on the shelf, minutes, by level; the server refuses more for the highest. */
export const SHELF_MINUTES: Readonly<Record<AlertLevel, readonly number[]>> = { 1: [5, 10, 15], 2: [10, 30, 60], 3: [10, 60, 240] };

/** A call of the highest level is repeated until it is acknowledged. */
export const REPEAT_MS = 8_000;

export interface ToneState {
  /** Calls that sounded: alarm -> what of it, so that the next call of the same alarm sounds again. */
  readonly heard: ReadonlyMap<string, string>;
  /** Monotonic ms of the newest tone of level 1. */
  readonly level1AtMs: number;
}

export const SILENT: ToneState = { heard: new Map(), level1AtMs: Number.NEGATIVE_INFINITY };

/**
 * The tone that is due now, at most one: the highest level of the calls that have not sounded, or level 1 again while one is
 * unacknowledged. Gives the state to hand in next time.
 */
export function toneDue(
  state: ToneState,
  alerts: readonly AlertView[],
  nowMs: number,
): { state: ToneState; level: AlertLevel | undefined } {
  const heard = new Map<string, string>();
  let level: AlertLevel | undefined;
  let calling = false;
  for (const alert of alerts) {
    if (alert.state !== "raised") {
      if (blinks(alert)) calling = true;
      continue;
    }
    const call = `${alert.level} ${alert.raisedAtUs} ${alert.repeats}`;
    heard.set(alert.id, call);
    if (alert.level === 1) calling = true;
    if (state.heard.get(alert.id) !== call && (level === undefined || alert.level < level)) level = alert.level;
  }
  if (level === undefined && calling && nowMs - state.level1AtMs >= REPEAT_MS) level = 1;
  return { state: { heard, level1AtMs: level === 1 ? nowMs : state.level1AtMs }, level };
}
