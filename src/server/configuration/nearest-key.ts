/** The key that a person most probably meant, or undefined when none is near. */
export function nearestKey(found: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const key of known) {
    const lower = key.toLowerCase();
    const sought = found.toLowerCase();
    // A key without its unit, or with another one, is nearer than its letters say.
    const shared = lower.startsWith(sought) || sought.startsWith(lower) || stem(lower) === stem(sought);
    const distance = shared ? Math.min(1, editDistance(sought, lower)) : editDistance(sought, lower);
    if (distance < bestDistance) {
      best = key;
      bestDistance = distance;
    }
  }
  return bestDistance <= Math.max(2, Math.floor(found.length / 2)) ? best : undefined;
}

const UNITS =
  /(metres|meters|kilometres|km|m|feet|ft|degrees|deg|radians|rad|seconds|sec|s|minutes|mps|kmh|knots|hectopascals|hpa|megabytes|gigabytes)$/;
const stem = (key: string) => key.replace(/[_-]/g, "").replace(UNITS, "");

/** Levenshtein distance. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    previous = current;
  }
  return previous[b.length];
}
