// A token bucket: so many at once, and so many a second after that.

export interface RateLimit {
  /** Takes one; false when there is none left at `now` (milliseconds of any steady clock). */
  take(now: number): boolean;
}

export function createRateLimit(perSecond: number, burst: number): RateLimit {
  let left = burst;
  let at = Number.NEGATIVE_INFINITY;
  return {
    take: (now) => {
      left = at === Number.NEGATIVE_INFINITY ? burst : Math.min(burst, left + (Math.max(0, now - at) * perSecond) / 1000);
      at = now;
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}
