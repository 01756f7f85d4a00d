// The guard of TAKE COVER: two presses within two seconds, so that nothing that falls on the keyboard orders it. Pure.

/** ms after the first press within which the second orders. */
export const GUARD_MS = 2_000;
/** ms within which a second press is the bounce of the first: a double click, a hand that trembles. */
export const BOUNCE_MS = 250;

/** Monotonic ms of the first press; undefined: not armed. */
export type Guard = number | undefined;

/** What a press does. A key that repeats by being held is no second press: the caller leaves those out. */
export function pressGuard(guard: Guard, nowMs: number): { guard: Guard; order: boolean } {
  if (guard === undefined || nowMs - guard > GUARD_MS) return { guard: nowMs, order: false };
  if (nowMs - guard < BOUNCE_MS) return { guard, order: false };
  return { guard: undefined, order: true };
}
