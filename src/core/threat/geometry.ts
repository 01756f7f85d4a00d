// Straight predictions against circles and polygons, horizontal, in the site's east-north frame, metres and seconds.

/** m from the point to the polygon's edge: positive inside, negative outside. `ring` is [east, north], not closed. */
export function depthInPolygon(e: number, n: number, ring: readonly (readonly [number, number])[]): number {
  let inside = false;
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const ae = ring[i]![0];
    const an = ring[i]![1];
    const be = ring[j]![0];
    const bn = ring[j]![1];
    if (an > n !== bn > n && e < ((be - ae) * (n - an)) / (bn - an) + ae) inside = !inside;
    const de = be - ae;
    const dn = bn - an;
    const length = de * de + dn * dn;
    const along = length > 0 ? Math.min(1, Math.max(0, ((e - ae) * de + (n - an) * dn) / length)) : 0;
    const oe = e - ae - along * de;
    const on = n - an - along * dn;
    const square = oe * oe + on * on;
    if (square < nearest) nearest = square;
  }
  return inside ? Math.sqrt(nearest) : -Math.sqrt(nearest);
}

/** (m/s)^2: a micrometre a second goes nowhere, and squares of less are rounded away, so that two formulas would disagree. */
const STANDS = 1e-12;

/** s until a point at (e, n) with velocity (ve, vn) first crosses an edge of the polygon; undefined when it does not. */
export function timeToPolygon(
  e: number,
  n: number,
  ve: number,
  vn: number,
  ring: readonly (readonly [number, number])[],
): number | undefined {
  if (ve * ve + vn * vn < STANDS) return undefined;
  let first = Number.POSITIVE_INFINITY;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const ae = ring[j]![0];
    const an = ring[j]![1];
    const de = ring[i]![0] - ae;
    const dn = ring[i]![1] - an;
    const cross = ve * dn - vn * de;
    if (cross === 0) continue;
    const t = ((ae - e) * dn - (an - n) * de) / cross;
    const share = ((ae - e) * vn - (an - n) * ve) / cross;
    if (t >= 0 && share >= 0 && share <= 1 && t < first) first = t;
  }
  return first < Number.POSITIVE_INFINITY ? first : undefined;
}

/** s until a straight course comes within `radius` of the place that lies (toE, toN) away; 0 inside; undefined when it does not. */
export function timeToDisc(toE: number, toN: number, ve: number, vn: number, radius: number): number | undefined {
  const outside = toE * toE + toN * toN - radius * radius;
  if (outside <= 0) return 0;
  if (ve * ve + vn * vn < STANDS) return undefined;
  const towards = toE * ve + toN * vn;
  if (towards <= 0) return undefined;
  const speedSquare = ve * ve + vn * vn;
  const root = towards * towards - speedSquare * outside;
  // The smaller root in the form that does not subtract two large numbers.
  return root < 0 ? undefined : outside / (towards + Math.sqrt(root));
}
