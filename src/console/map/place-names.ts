// Names of towns beneath the tracks, in the language of the screen: for orientation, so they never cover what moves and are drawn again
// only when the view does. The browser shapes the text, which is right for Arabic without any plug-in.

import { mercatorX, mercatorY } from "../live/picture-store.ts";
import { CELL_ZOOM, cellsIn, leastPopulation, type PlaceEntry, type WorldPlaces } from "./gazetteer.ts";
import type { MapColours } from "./theme-colours.ts";
import type { View } from "./track-overlay.ts";

interface Located {
  readonly name: string;
  readonly arabic: string;
  readonly population: number;
  /** Mercator, 0 to 1 from west to east and from north to south. */
  readonly x: number;
  readonly y: number;
}

const FONTS = '"Noto Sans Variable", "Noto Sans Arabic Variable", sans-serif';
const MOST_NAMES = 60;
/** Room kept free around each name, pixels. */
const MARGIN = { x: 14, y: 10 } as const;

const longitudeOf = (x: number) => x * 360 - 180;
const latitudeOf = (y: number) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;

export interface PlaceNames {
  setShown(shown: boolean): void;
  setArabic(arabic: boolean): void;
  setColours(colours: MapColours): void;
  draw(view: View): void;
}

/** `onLoaded` is told when names came, so that the map draws again. A name that cannot be had is no fault of the map: it stays bare. */
export function createPlaceNames(canvas: HTMLCanvasElement, firstColours: MapColours, onLoaded: () => void): PlaceNames {
  const context = canvas.getContext("2d")!;
  const loaded = new Map<string, Located[] | undefined>();
  let cellsThere: ReadonlySet<string> = new Set();
  let colours = firstColours;
  let shown = true;
  let arabic = false;

  const located = (entries: readonly PlaceEntry[]): Located[] =>
    entries.map(([name, arabicName, lat, lon, population]) => ({
      name,
      arabic: arabicName,
      population,
      x: mercatorX(lon),
      y: mercatorY(lat),
    }));
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.set(file, undefined);
    fetch(`/place-names/${file}.json`)
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then((value: WorldPlaces | readonly PlaceEntry[]) => {
        if ("cells" in value) cellsThere = new Set(value.cells);
        loaded.set(file, located("cells" in value ? value.places : value));
        onLoaded();
      })
      .catch(() => undefined);
  };

  return {
    setShown(next) {
      shown = next;
    },
    setArabic(next) {
      arabic = next;
    },
    setColours(next) {
      colours = next;
    },
    draw(view) {
      const ratio = Math.min(window.devicePixelRatio || 1, 2);
      const [w, h] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
      if (canvas.width !== w || canvas.height !== h) {
        canvas.width = w;
        canvas.height = h;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, view.width, view.height);
      if (!shown || view.width === 0) return;
      load("world");
      const zoom = Math.log2(view.worldSize / 512);
      const [left, right] = [view.centreX - view.width / 2 / view.worldSize, view.centreX + view.width / 2 / view.worldSize];
      const [top, bottom] = [view.centreY - view.height / 2 / view.worldSize, view.centreY + view.height / 2 / view.worldSize];
      const cells =
        zoom < CELL_ZOOM
          ? []
          : cellsIn(longitudeOf(left), latitudeOf(bottom), longitudeOf(right), latitudeOf(top)).filter((cell) => cellsThere.has(cell));
      for (const cell of cells) load(cell);
      const lists = (cells.length > 0 ? cells : ["world"]).map((file) => loaded.get(file) ?? []);

      const least = leastPopulation(zoom);
      const candidates: Located[] = [];
      for (const list of lists)
        for (const place of list) {
          if (place.population < least) break; // by inhabitants, the most first
          if (place.x >= left && place.x <= right && place.y >= top && place.y <= bottom) candidates.push(place);
        }
      if (lists.length > 1) candidates.sort((a, b) => b.population - a.population);

      const taken: { x: number; y: number; w: number }[] = [];
      context.textAlign = "center";
      context.textBaseline = "top";
      context.lineJoin = "round";
      context.lineWidth = 3;
      context.strokeStyle = colours.halo;
      for (const place of candidates) {
        if (taken.length >= MOST_NAMES) break;
        const size = place.population >= 1_000_000 ? 14 : place.population >= 100_000 ? 13 : 12;
        const text = arabic && place.arabic !== "" ? place.arabic : place.name;
        context.font = `${place.population >= 100_000 ? 550 : 450} ${size}px ${FONTS}`;
        const x = (place.x - view.centreX) * view.worldSize + view.width / 2;
        const y = (place.y - view.centreY) * view.worldSize + view.height / 2;
        const width = context.measureText(text).width;
        if (taken.some((other) => Math.abs(other.x - x) < (other.w + width) / 2 + MARGIN.x && Math.abs(other.y - y) < 18 + MARGIN.y))
          continue;
        taken.push({ x, y, w: width });
        context.fillStyle = colours.textMuted;
        context.beginPath();
        context.arc(x, y, 2, 0, 2 * Math.PI);
        context.fill();
        context.strokeText(text, x, y + 5);
        context.fillText(text, x, y + 5);
      }
      canvas.dataset.names = String(taken.length);
    },
  };
}
