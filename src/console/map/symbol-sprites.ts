// Symbols drawn once by milsymbol and kept as pictures. Frames follow MIL-STD-2525D; fills follow the theme, so that a dark
// screen stays dark: an outlined frame for everything, and a filled one for what people called hostile.

import ms from "milsymbol";

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

/** Instructions nest; strokes in the gap's colour take the colour under the frame instead. */
function recolourGaps(instruction: unknown, gap: string): void {
  if (Array.isArray(instruction)) {
    for (const inner of instruction) recolourGaps(inner, gap);
  } else if (typeof instruction === "object" && instruction !== null) {
    const drawn = instruction as { stroke?: unknown; draw?: unknown };
    if (drawn.stroke === MILSYMBOL_GAP) drawn.stroke = gap;
    if (drawn.draw !== undefined) recolourGaps(drawn.draw, gap);
  }
}

export function createSprites(colours: SymbolColours, pixelRatio: number) {
  const kept = new Map<string, Sprite>();
  return {
    /** `size` as milsymbol counts it: a frame is about 1.2 times as wide. */
    get(sidc: string, size: number): Sprite {
      const key = `${sidc}/${size}`;
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
      recolourGaps((symbol as unknown as { drawInstructions: unknown }).drawInstructions, colours.fill);
      const canvas = symbol.asCanvas(pixelRatio) as HTMLCanvasElement;
      const { width, height } = symbol.getSize();
      const { x, y } = symbol.getAnchor();
      const sprite = { canvas, width, height, anchorX: x, anchorY: y };
      kept.set(key, sprite);
      return sprite;
    },
  };
}

export type Sprites = ReturnType<typeof createSprites>;
