// Directions without a distance: a wedge as wide as the direction is unsure, fading with the distance, below the symbols.

import type { BearingTrackView } from "../../core/model/picture-view.ts";
import { pixelOf } from "./drawing.ts";
import type { MapColours } from "./theme-colours.ts";

/** Half the width of a wedge in sigmas: 95 % lie in it. */
const SIGMAS = 1.96;

export function drawBearings(
  context: CanvasRenderingContext2D,
  bearings: readonly BearingTrackView[],
  view: { readonly width: number; readonly height: number; readonly centreX: number; readonly centreY: number; readonly worldSize: number },
  pixelsPerMetre: number,
  colours: MapColours,
): void {
  for (const bearing of bearings) {
    const { x, y } = pixelOf(bearing, view);
    if (Math.abs(x) > 1e5 || Math.abs(y) > 1e5) continue;
    const reach = bearing.rangeMetres * pixelsPerMetre;
    // On the canvas angles run clockwise from east, on the compass from north.
    const middle = ((bearing.azimuthDegrees - 90) * Math.PI) / 180;
    const half = Math.min(Math.PI, (SIGMAS * bearing.sigmaDegrees * Math.PI) / 180);
    const fade = context.createRadialGradient(x, y, 0, x, y, Math.max(1, reach));
    fade.addColorStop(0, colours.unknown);
    fade.addColorStop(1, "transparent");
    context.fillStyle = fade;
    context.globalAlpha = 0.3;
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, reach, middle - half, middle + half);
    context.closePath();
    context.fill();
    context.globalAlpha = 0.9;
    context.strokeStyle = colours.unknown;
    context.lineWidth = 1.25;
    context.setLineDash([12, 5]);
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + reach * Math.cos(middle), y + reach * Math.sin(middle));
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
    const out = Math.min(reach * 0.7, Math.hypot(view.width, view.height) * 0.3);
    context.font = '600 12px "Noto Sans Variable", "Noto Sans Arabic Variable", sans-serif';
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.lineWidth = 4;
    context.strokeStyle = colours.halo;
    context.strokeText(bearing.id, x + out * Math.cos(middle) + 6, y + out * Math.sin(middle));
    context.fillStyle = colours.text;
    context.fillText(bearing.id, x + out * Math.cos(middle) + 6, y + out * Math.sin(middle));
  }
}
