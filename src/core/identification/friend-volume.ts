// Geometry of announced flights: how far a track is outside a volume of space and time. Site's east-north-up frame, metres.

import type { FriendVolume } from "../model/identity.ts";

type Shape = FriendVolume["shape"];
type Point = readonly [number, number];

/** Bounding box of a shape: [west, south, east, north], m. */
export function boundsOf(shape: Shape): [number, number, number, number] {
  if (shape.kind === "circle") {
    const [e, n] = shape.centre;
    return [e - shape.radius, n - shape.radius, e + shape.radius, n + shape.radius];
  }
  const margin = shape.kind === "path" ? shape.halfWidth : 0;
  let west = Number.POSITIVE_INFINITY;
  let south = Number.POSITIVE_INFINITY;
  let east = Number.NEGATIVE_INFINITY;
  let north = Number.NEGATIVE_INFINITY;
  for (const [e, n] of shape.points) {
    west = Math.min(west, e);
    east = Math.max(east, e);
    south = Math.min(south, n);
    north = Math.max(north, n);
  }
  return [west - margin, south - margin, east + margin, north + margin];
}

/** Area of a shape, m^2; parts of a path that overlap count twice. */
export function areaOf(shape: Shape): number {
  if (shape.kind === "circle") return Math.PI * shape.radius * shape.radius;
  if (shape.kind === "path") {
    let length = 0;
    for (let i = 1; i < shape.points.length; i++) {
      length += Math.hypot(shape.points[i][0] - shape.points[i - 1][0], shape.points[i][1] - shape.points[i - 1][1]);
    }
    return 2 * shape.halfWidth * length + Math.PI * shape.halfWidth * shape.halfWidth;
  }
  let twice = 0;
  for (let i = 0, j = shape.points.length - 1; i < shape.points.length; j = i++) {
    twice += shape.points[j][0] * shape.points[i][1] - shape.points[i][0] * shape.points[j][1];
  }
  return Math.abs(twice) / 2;
}

/** Horizontal distance from a point to a shape, m; 0 inside and on the edge. */
export function distanceTo(shape: Shape, east: number, north: number): number {
  if (shape.kind === "circle") return Math.max(0, Math.hypot(east - shape.centre[0], north - shape.centre[1]) - shape.radius);
  if (shape.kind === "path") return Math.max(0, distanceToLine(shape.points, false, east, north) - shape.halfWidth);
  return isInside(shape.points, east, north) ? 0 : distanceToLine(shape.points, true, east, north);
}

/** Even-odd rule. */
function isInside(ring: readonly Point[], east: number, north: number): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ei, ni] = ring[i];
    const [ej, nj] = ring[j];
    if (ni > north !== nj > north && east < ((ej - ei) * (north - ni)) / (nj - ni) + ei) inside = !inside;
  }
  return inside;
}

function distanceToLine(points: readonly Point[], closed: boolean, east: number, north: number): number {
  if (points.length === 1) return Math.hypot(east - points[0][0], north - points[0][1]);
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = closed ? 0 : 1; i < points.length; i++) {
    const [e0, n0] = points[i === 0 ? points.length - 1 : i - 1];
    const [e1, n1] = points[i];
    const de = e1 - e0;
    const dn = n1 - n0;
    const squared = de * de + dn * dn;
    const along = squared === 0 ? 0 : Math.max(0, Math.min(1, ((east - e0) * de + (north - n0) * dn) / squared));
    nearest = Math.min(nearest, Math.hypot(east - e0 - along * de, north - n0 - along * dn));
  }
  return nearest;
}
