// Where cameras stand and look, on the canvas above the map: a mark, and the two edges of the picture as far as the track that it looks at.

import type { CameraView } from "../../core/model/camera.ts";
import { mercatorX, mercatorY } from "../live/picture-store.ts";
import type { MapColours } from "./theme-colours.ts";

/** Metres on the ground that a wedge reaches when the camera looks at no track. */
const PLAIN_REACH = 1_500;

export interface Wedge {
  /** Pixels. */
  readonly x: number;
  readonly y: number;
  /** Ends of the two edges; undefined where nobody knows where the camera looks. */
  readonly edges: readonly [{ readonly x: number; readonly y: number }, { readonly x: number; readonly y: number }] | undefined;
}

/** The place and the edges of one camera, pixels. North is up and the map is never mirrored. */
export function wedgeOf(
  camera: CameraView,
  view: { readonly width: number; readonly height: number; readonly centreX: number; readonly centreY: number; readonly worldSize: number },
  pixelsPerMetre: number,
): Wedge {
  let dx = mercatorX(camera.longitudeDegrees) - view.centreX;
  dx -= Math.round(dx);
  const x = dx * view.worldSize + view.width / 2;
  const y = (mercatorY(camera.latitudeDegrees) - view.centreY) * view.worldSize + view.height / 2;
  const { azimuthDegrees, elevationDegrees, fieldOfViewDegrees } = camera;
  if (azimuthDegrees === null || elevationDegrees === null || fieldOfViewDegrees === null) return { x, y, edges: undefined };
  const range = camera.looksAt === null ? null : (camera.slew?.rangeMetres ?? null);
  const reach = (range === null ? PLAIN_REACH : range * 1.15) * Math.max(0, Math.cos((elevationDegrees * Math.PI) / 180)) * pixelsPerMetre;
  const edge = (side: number) => {
    const azimuth = ((azimuthDegrees + (side * fieldOfViewDegrees) / 2) * Math.PI) / 180;
    return { x: x + reach * Math.sin(azimuth), y: y - reach * Math.cos(azimuth) };
  };
  return { x, y, edges: [edge(-1), edge(1)] };
}

export function drawCameras(
  context: CanvasRenderingContext2D,
  cameras: readonly CameraView[],
  view: { readonly width: number; readonly height: number; readonly centreX: number; readonly centreY: number; readonly worldSize: number },
  pixelsPerMetre: number,
  colours: MapColours,
): void {
  for (const camera of cameras) {
    const { x, y, edges } = wedgeOf(camera, view, pixelsPerMetre);
    if (Math.abs(x) > 1e5 || Math.abs(y) > 1e5) continue;
    const ill = camera.connection !== "ready";
    const colour = ill ? colours.coverageIll : colours.asset;
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    if (edges !== undefined && !ill) {
      context.beginPath();
      context.moveTo(edges[0].x, edges[0].y);
      context.lineTo(x, y);
      context.lineTo(edges[1].x, edges[1].y);
      context.globalAlpha = 0.08;
      context.fillStyle = colour;
      context.fill();
      context.globalAlpha = 0.75;
      context.setLineDash(camera.looksAt === null ? [3, 4] : []);
      context.stroke();
      context.setLineDash([]);
      context.globalAlpha = 1;
    }
    // A camera: a box with a lens towards the top.
    context.fillStyle = colours.fill;
    context.setLineDash(ill ? [2, 2] : []);
    context.beginPath();
    context.roundRect(x - 6, y - 4, 12, 9, 2);
    context.moveTo(x - 3, y - 4);
    context.lineTo(x - 4, y - 8);
    context.lineTo(x + 4, y - 8);
    context.lineTo(x + 3, y - 4);
    context.fill();
    context.stroke();
    context.setLineDash([]);
  }
}
