// Outlines of tracks that fly together, below their symbols, with how many objects there are.

import type { GroupView } from "../../core/model/picture-view.ts";
import { pixelOf } from "./drawing.ts";
import type { MapColours } from "./theme-colours.ts";

interface Seen {
  readonly width: number;
  readonly height: number;
  readonly centreX: number;
  readonly centreY: number;
  readonly worldSize: number;
}

/** Pixels between the outermost symbols and the outline. */
const ROOM = 16;

/** The outline moved outwards by `room` pixels from its own middle, so that it encloses symbols and not only their centres. */
export function widened(points: readonly { x: number; y: number }[], room = ROOM): { x: number; y: number }[] {
  if (points.length === 0) return [];
  const middle = {
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  };
  return points.map(({ x, y }) => {
    const away = Math.hypot(x - middle.x, y - middle.y);
    const share = away === 0 ? 0 : room / away;
    return { x: x + (x - middle.x) * share, y: y + (y - middle.y) * share };
  });
}

export function drawGroups(
  context: CanvasRenderingContext2D,
  groups: readonly GroupView[],
  label: (group: GroupView) => string,
  view: Seen,
  colours: MapColours,
): void {
  for (const group of groups) {
    const corners = widened(group.hull.map(([longitudeDegrees, latitudeDegrees]) => pixelOf({ longitudeDegrees, latitudeDegrees }, view)));
    if (corners.length < 3 || !corners.some(({ x, y }) => x > -50 && y > -50 && x < view.width + 50 && y < view.height + 50)) continue;
    context.beginPath();
    for (const { x, y } of corners) context.lineTo(x, y);
    context.closePath();
    context.fillStyle = colours.tag;
    context.globalAlpha = 0.08;
    context.fill();
    context.globalAlpha = 1;
    context.lineJoin = "round";
    context.lineWidth = 1.5;
    context.strokeStyle = colours.tag;
    context.setLineDash([10, 4, 2, 4]);
    context.stroke();
    context.setLineDash([]);
    const top = corners.reduce((best, corner) => (corner.y < best.y ? corner : best));
    context.font = '600 12px "Noto Sans Variable", "Noto Sans Arabic Variable", sans-serif';
    context.textAlign = "center";
    context.textBaseline = "alphabetic";
    context.lineWidth = 4;
    context.strokeStyle = colours.halo;
    const text = label(group);
    context.strokeText(text, top.x, top.y - 6);
    context.fillStyle = colours.text;
    context.fillText(text, top.x, top.y - 6);
    context.textAlign = "left";
  }
}
