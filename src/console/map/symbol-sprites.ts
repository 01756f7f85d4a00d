// Symbols drawn once by milsymbol and kept as pictures. Frames follow MIL-STD-2525D; fills follow the theme, so that a dark
// screen stays dark: an outlined frame for everything, and a filled one for what people called hostile.

import ms from "milsymbol";
import { BIRD_WINGS } from "./symbol-code.ts";

export interface SymbolColours {
  /** Frame and icon, by standard identity: friend, neutral, unknown (and pending), suspect, hostile. */
  readonly friend: string;
  readonly neutral: string;
  readonly unknown: string;
  readonly suspect: string;
  readonly hostile: string;
  /** Inside of an outlined frame. */
  readonly fill: string;
  /** Icon inside a filled frame. */
  readonly onHostile: string;
}

export interface Sprite {
  readonly canvas: HTMLCanvasElement;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Where the object is, from the top left corner, CSS pixels. */
  readonly anchorX: number;
  readonly anchorY: number;
}

export function frameColour(sidc: string, colours: SymbolColours): string {
  switch (sidc[3]) {
    case "2":
    case "3":
      return colours.friend;
    case "4":
      return colours.neutral;
    case "5":
      return colours.suspect;
    case "6":
      return colours.hostile;
    default:
      return colours.unknown;
  }
}

/** The dashes of pending, assumed friend and suspect are gaps painted over the frame in this colour of milsymbol. */
const MILSYMBOL_GAP = "rgb(239, 239, 239)";

/** `share` of colour `a` in colour `b`, both #rrggbb. Anything else gives `b`. */
export function mixColours(a: string, b: string, share: number): string {
  const hex = /^#[0-9a-f]{6}$/i;
  if (!hex.test(a) || !hex.test(b)) return b;
  const channel = (at: number) => {
    const value = Number.parseInt(a.slice(at, at + 2), 16) * share + Number.parseInt(b.slice(at, at + 2), 16) * (1 - share);
    return Math.round(value).toString(16).padStart(2, "0");
  };
  return `#${channel(1)}${channel(3)}${channel(5)}`;
}

/** Instructions nest; strokes in the gap's colour take another one instead. */
function recolourGaps(instruction: unknown, gap: string): void {
  if (Array.isArray(instruction)) {
    for (const inner of instruction) recolourGaps(inner, gap);
  } else if (typeof instruction === "object" && instruction !== null) {
    const drawn = instruction as { stroke?: unknown; draw?: unknown };
    if (drawn.stroke === MILSYMBOL_GAP) drawn.stroke = gap;
    if (drawn.draw !== undefined) recolourGaps(drawn.draw, gap);
  }
}

function drawBird(canvas: HTMLCanvasElement, pixelRatio: number, x: number, y: number, size: number, colour: string): void {
  const context = canvas.getContext("2d")!;
  const [tipStart, crownStart, body, crownEnd, tipEnd] = BIRD_WINGS.map(([dx, dy]) => [x + dx * size, y + dy * size] as const) as [
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
    readonly [number, number],
  ];
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1.25, size * 0.08);
  context.lineCap = "round";
  context.beginPath();
  context.moveTo(...tipStart);
  context.quadraticCurveTo(...crownStart, ...body);
  context.quadraticCurveTo(...crownEnd, ...tipEnd);
  context.stroke();
}

export function createSprites(colours: SymbolColours, pixelRatio: number) {
  const kept = new Map<string, Sprite>();
  return {
    /** `size` as milsymbol counts it: a frame is about 1.2 times as wide. */
    get(sidc: string, size: number, isBird = false): Sprite {
      const key = `${sidc}/${size}/${isBird}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      const frame = frameColour(sidc, colours);
      const filled = sidc[3] === "6";
      const all = (colour: string) => ({
        Civilian: colour,
        Friend: colour,
        Hostile: colour,
        Neutral: colour,
        Unknown: colour,
        Suspect: colour,
      });
      const symbol = new ms.Symbol(sidc, {
        size,
        standard: "2525",
        civilianColor: false,
        infoFields: false,
        colorMode: all(filled ? frame : colours.fill),
        frameColor: all(frame),
        iconColor: all(filled ? colours.onHostile : frame),
        strokeWidth: filled ? 5 : 7,
      });
      // Gaps that keep a third of the frame's colour still read as dashes and leave the frame its shape at 20 pixels.
      recolourGaps((symbol as unknown as { drawInstructions: unknown }).drawInstructions, mixColours(frame, colours.fill, 0.33));
      const canvas = symbol.asCanvas(pixelRatio) as HTMLCanvasElement;
      const { width, height } = symbol.getSize();
      const { x, y } = symbol.getAnchor();
      if (isBird) drawBird(canvas, pixelRatio, x, y, size, filled ? colours.onHostile : frame);
      const sprite = { canvas, width, height, anchorX: x, anchorY: y };
      kept.set(key, sprite);
      return sprite;
    },
  };
}

export type Sprites = ReturnType<typeof createSprites>;
