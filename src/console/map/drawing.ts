// What a hand is drawing on the map, above everything else on its canvas: corners of a zone, the ring of an asset, a measured line; and the
// mark of a place that was searched. Pure but for the canvas.

import { mercatorX, mercatorY } from "../live/picture-store.ts";
import { circle, frameAt } from "./ground-shapes.ts";
import type { Place } from "./ruler.ts";
import type { MapColours } from "./theme-colours.ts";

export interface Drawing {
  readonly kind: "polygon" | "line" | "circle";
  readonly points: readonly Place[];
  /** Of a circle around the first point. */
  readonly radiusMetres?: number;
  /** Beside each point, where there is one. */
  readonly labels?: readonly string[];
}

/** What a hand on the map does to a drawing. */
export interface DrawingHands {
  /** `trackId`: the symbol that was hit, where one was. */
  onAdd(place: Place, trackId: string | undefined): void;
  onMove?(index: number, place: Place): void;
}

interface Seen {
  readonly width: number;
  readonly height: number;
  readonly centreX: number;
  readonly centreY: number;
  readonly worldSize: number;
}

/** Half a handle, pixels: easy to hit with a glove on. */
const HANDLE = 5;
const REACH = 14;

export function pixelOf(place: Place, view: Seen): { x: number; y: number } {
  let dx = mercatorX(place.longitudeDegrees) - view.centreX;
  dx -= Math.round(dx);
  return {
    x: dx * view.worldSize + view.width / 2,
    y: (mercatorY(place.latitudeDegrees) - view.centreY) * view.worldSize + view.height / 2,
  };
}

/** The handle under a pixel, the nearest of several; undefined where there is none. */
export function handleAt(drawing: Drawing, view: Seen, x: number, y: number): number | undefined {
  let best: number | undefined;
  let least = REACH;
  drawing.points.forEach((point, index) => {
    const at = pixelOf(point, view);
    const away = Math.hypot(at.x - x, at.y - y);
    if (away < least) {
      least = away;
      best = index;
    }
  });
  return best;
}

export function drawDrawing(context: CanvasRenderingContext2D, drawing: Drawing, view: Seen, colours: MapColours): void {
  const { points, kind } = drawing;
  if (points.length === 0) return;
  const line =
    kind === "circle" && drawing.radiusMetres !== undefined && drawing.radiusMetres > 0
      ? circle(frameAt(points[0]!.latitudeDegrees, points[0]!.longitudeDegrees), drawing.radiusMetres).map(
          ([longitudeDegrees, latitudeDegrees]) => pixelOf({ longitudeDegrees, latitudeDegrees }, view),
        )
      : points.map((point) => pixelOf(point, view));
  context.beginPath();
  for (const { x, y } of line) context.lineTo(x, y); // of an empty path the first is a move
  if (kind !== "line") {
    context.closePath();
    context.globalAlpha = 0.12;
    context.fillStyle = colours.select;
    context.fill();
    context.globalAlpha = 1;
  }
  context.lineJoin = "round";
  context.strokeStyle = colours.halo;
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = colours.select;
  context.lineWidth = 2;
  context.setLineDash(kind === "line" ? [] : [8, 4]);
  context.stroke();
  context.setLineDash([]);
  context.font = '600 12px "Noto Sans Variable", "Noto Sans Arabic Variable", sans-serif';
  context.textAlign = "left";
  context.textBaseline = "middle";
  points.forEach((point, index) => {
    const { x, y } = pixelOf(point, view);
    context.fillStyle = colours.fill;
    context.strokeStyle = colours.select;
    context.lineWidth = 2;
    context.beginPath();
    context.rect(x - HANDLE, y - HANDLE, 2 * HANDLE, 2 * HANDLE);
    context.fill();
    context.stroke();
    const label = drawing.labels?.[index];
    if (label === undefined || label === "") return;
    context.strokeStyle = colours.halo;
    context.lineWidth = 4;
    context.strokeText(label, x + HANDLE + 5, y);
    context.fillStyle = colours.text;
    context.fillText(label, x + HANDLE + 5, y);
  });
}

/** A cross in the middle of the map, for a hand on the keyboard: Enter takes this place. */
export function drawCrosshair(context: CanvasRenderingContext2D, view: Seen, colours: MapColours): void {
  const [x, y] = [view.width / 2, view.height / 2];
  for (const [colour, width] of [
    [colours.halo, 4],
    [colours.select, 1.5],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      context.moveTo(x + 5 * dx, y + 5 * dy);
      context.lineTo(x + 16 * dx, y + 16 * dy);
    }
    context.stroke();
  }
}

/** Where a person asked to be taken: a pin with what was typed beside it. */
export function drawMarker(context: CanvasRenderingContext2D, place: Place, label: string, view: Seen, colours: MapColours): void {
  const { x, y } = pixelOf(place, view);
  if (x < -200 || y < -50 || x > view.width + 50 || y > view.height + 50) return;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - 7, y - 14);
  context.arc(x, y - 17, 7.6, Math.PI * 0.85, Math.PI * 0.15);
  context.closePath();
  context.lineWidth = 4;
  context.strokeStyle = colours.halo;
  context.stroke();
  context.fillStyle = colours.select;
  context.fill();
  context.fillStyle = colours.halo;
  context.beginPath();
  context.arc(x, y - 17, 2.6, 0, 2 * Math.PI);
  context.fill();
  context.font = '600 12px "Noto Sans Variable", "Noto Sans Arabic Variable", sans-serif';
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.strokeStyle = colours.halo;
  context.lineWidth = 4;
  context.strokeText(label, x + 12, y - 17);
  context.fillStyle = colours.text;
  context.fillText(label, x + 12, y - 17);
}
