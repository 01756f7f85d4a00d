import { type Micros, micros } from "../../core/base/units.ts";

export interface Clock {
  /** Unix microseconds, UTC; never runs backwards. */
  now(): Micros;
}

/** How far the wall clock may be ahead before it is followed at once. */
const FOLLOW_AHEAD = 250_000; // us

/**
 * The wall clock, carried by the monotonic one between looks: a clock that is set back neither stops nor reverses the picture,
 * one that is set forward is followed. Told apart by comparing both each time.
 */
export function createClock(wall: () => number = Date.now, monotonic: () => number = () => performance.now()): Clock {
  let anchor = wall() * 1000;
  let anchorAt = monotonic();
  let last = anchor;
  return {
    now: () => {
      const carried = anchor + (monotonic() - anchorAt) * 1000;
      const wallNow = wall() * 1000;
      if (wallNow - carried > FOLLOW_AHEAD) {
        anchor = wallNow;
        anchorAt = monotonic();
        last = Math.max(last, wallNow);
      } else last = Math.max(last, carried);
      last = Math.round(last);
      return micros(last);
    },
  };
}
