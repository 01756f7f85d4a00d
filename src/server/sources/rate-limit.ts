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

export interface PeerRates {
  readonly perSecond: number;
  readonly burst: number;
  /** Of one address alone: less than of all, so that one that floods leaves room for the others. */
  readonly perSecondEach: number;
  readonly burstEach: number;
}

/** Addresses remembered; the one heard longest ago makes room. */
const MAX_ADDRESSES = 1024;

/** A limit for all peers together and for each address. A peer that is over its own limit takes nothing from the others'. */
export function createPeerRateLimit(rates: PeerRates): { take(address: string, now: number): boolean } {
  const all = createRateLimit(rates.perSecond, rates.burst);
  const each = new Map<string, RateLimit>();
  return {
    take: (address, now) => {
      const own = each.get(address) ?? createRateLimit(rates.perSecondEach, rates.burstEach);
      each.delete(address);
      each.set(address, own);
      if (each.size > MAX_ADDRESSES) each.delete(each.keys().next().value!);
      return own.take(now) && all.take(now);
    },
  };
}
