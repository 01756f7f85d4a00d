/** A rate over about three seconds; one long silence settles it at once. */
export function smoothRate(rate: number, newest: number, elapsed: number): number {
  if (rate === 0) return newest;
  const weight = elapsed >= 5 ? 1 : 0.4;
  const next = rate + weight * (newest - rate);
  return next < 0.01 ? 0 : next;
}
