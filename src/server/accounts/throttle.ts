// Slows down who guesses. Names and addresses are counted apart: one address cannot try many names, many addresses cannot try one name.

const FREE_FAILURES = 5;
/** Several people may sign in from one screen. */
const FREE_FAILURES_OF_AN_ADDRESS = 20;
const FIRST_WAIT = 2_000_000; // us
const LONGEST_WAIT = 900_000_000; // us
/** A failure is forgotten after so long. */
const MEMORY = 3_600_000_000; // us
const MAX_KEYS = 10_000;

/** What the key of an address begins with; every other key is a name's. */
export const ADDRESS = "address ";

export interface Throttle {
  /** Microseconds until another try is allowed for all of these keys; 0: now. */
  waitFor(keys: readonly string[], now: number): number;
  failed(keys: readonly string[], now: number): void;
  /** Forgets the failures of the name; of the address only the one that was counted beforehand. */
  succeeded(keys: readonly string[]): void;
}

export function createThrottle(): Throttle {
  const failures = new Map<string, { count: number; last: number }>();
  const waitOf = (key: string, now: number): number => {
    const entry = failures.get(key);
    const free = key.startsWith(ADDRESS) ? FREE_FAILURES_OF_AN_ADDRESS : FREE_FAILURES;
    if (entry === undefined || now - entry.last > MEMORY || entry.count < free) return 0;
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(20, entry.count - free));
    return Math.max(0, entry.last + wait - now);
  };
  return {
    waitFor: (keys, now) => Math.max(0, ...keys.map((key) => waitOf(key, now))),
    failed: (keys, now) => {
      for (const key of keys) {
        const before = failures.get(key);
        const count = before === undefined || now - before.last > MEMORY ? 1 : before.count + 1;
        failures.delete(key);
        failures.set(key, { count, last: now });
      }
      // Full: those with the fewest failures go first, so that a flood of made-up names does not free the one under attack.
      if (failures.size > MAX_KEYS) {
        const weakest = [...failures].sort((a, b) => a[1].count - b[1].count || a[1].last - b[1].last);
        for (const [key] of weakest.slice(0, failures.size - MAX_KEYS)) failures.delete(key);
      }
    },
    succeeded: (keys) => {
      for (const key of keys) {
        const entry = failures.get(key);
        if (entry === undefined) continue;
        if (key.startsWith(ADDRESS) && entry.count > 1) failures.set(key, { ...entry, count: entry.count - 1 });
        else failures.delete(key);
      }
    },
  };
}
