import { createContext, useContext, useEffect, useRef } from "react";
import type { TrackView } from "../../core/model/picture-view.ts";
import { isBird, symbolCodeOf } from "../map/symbol-code.ts";
import { createSprites, type Sprites } from "../map/symbol-sprites.ts";
import { readColours } from "../map/theme-colours.ts";
import type { Theme } from "../settings.ts";

let kept: { theme: Theme; ratio: number; sprites: Sprites } | undefined;

export const ThemeContext = createContext<Theme>("dark");

function spritesOf(theme: Theme): Sprites {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  if (kept === undefined || kept.theme !== theme || kept.ratio !== ratio)
    kept = { theme, ratio, sprites: createSprites(readColours(), ratio) };
  return kept.sprites;
}

/** The same symbol as on the map, in a square box. The words beside it say what it means. */
export function TrackSymbol({ track, box, size }: { track: TrackView; box: number; size: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const code = symbolCodeOf(track);
  const bird = isBird(track);
  const theme = useContext(ThemeContext);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    element.width = box * ratio;
    element.height = box * ratio;
    const context = element.getContext("2d")!;
    context.scale(ratio, ratio);
    const sprite = spritesOf(theme).get(code, size, bird);
    context.drawImage(sprite.canvas, (box - sprite.width) / 2, (box - sprite.height) / 2, sprite.width, sprite.height);
  }, [code, bird, box, size, theme]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas without content takes no focus
  return <canvas ref={canvas} className="symbol" style={{ inlineSize: box, blockSize: box }} aria-hidden="true" />;
}
