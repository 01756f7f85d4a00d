// The site's own base map beneath everything else: pictures dimmed to the theme, or vector tiles of the two common sets of layers
// (OpenMapTiles and Protomaps). Names on it are not drawn: towns have theirs, and tracks need the room.

import type { LayerSpecification, Map as MapLibreMap } from "maplibre-gl";
import type { MapColours } from "./theme-colours.ts";

export interface BaseMapInfo {
  readonly name: string;
  readonly format: "png" | "jpeg" | "webp" | "avif" | "mvt";
  readonly minZoom: number;
  readonly maxZoom: number;
  readonly bounds: [number, number, number, number];
  readonly attribution: string;
  readonly layers: readonly string[];
}

/** What the site has; undefined when it has none or it cannot be asked: the borders of the build are then all there is. */
export async function askBaseMap(): Promise<BaseMapInfo | undefined> {
  try {
    const answer = await fetch("/api/v1/base-map");
    if (!answer.ok) return undefined;
    const { baseMap } = (await answer.json()) as { baseMap?: BaseMapInfo | null };
    return baseMap ?? undefined;
  } catch {
    return undefined;
  }
}

const SOURCE = "base-map";
/** First of the layers that lie above it. */
const BELOW = "graticule";

/** 0 black to 1 white, of #rrggbb. */
function lightness(colour: string): number {
  const value = /^#([0-9a-f]{6})$/i.exec(colour)?.[1];
  if (value === undefined) return 0;
  return [0, 2, 4].reduce((sum, at) => sum + Number.parseInt(value.slice(at, at + 2), 16) / 255, 0) / 3;
}

/** Layers for the base map in the colours of the theme, the lowest first. */
export function baseMapLayers(info: BaseMapInfo, colours: MapColours): LayerSpecification[] {
  if (info.format !== "mvt") {
    const dark = lightness(colours.sea) < 0.4;
    // A picture made for daylight would outshine every symbol at night.
    const paint = dark ? { "raster-saturation": -0.8, "raster-brightness-max": 0.35, "raster-contrast": -0.1 } : { "raster-opacity": 0.75 };
    return [{ id: "base-picture", type: "raster", source: SOURCE, paint: { "raster-fade-duration": 0, ...paint } }];
  }
  const there = (names: readonly string[]) => names.filter((name) => info.layers.includes(name));
  const fill = (names: string[], colour: string, opacity = 1): LayerSpecification[] =>
    there(names).map((name) => ({
      id: `base-fill-${name}`,
      type: "fill",
      source: SOURCE,
      "source-layer": name,
      filter: ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false],
      paint: { "fill-color": colour, "fill-opacity": opacity, "fill-antialias": false },
    }));
  const line = (names: string[], colour: string, atTen: number, atSixteen: number, opacity = 1): LayerSpecification[] =>
    there(names).map((name) => ({
      id: `base-line-${name}`,
      type: "line",
      source: SOURCE,
      "source-layer": name,
      filter: ["match", ["geometry-type"], ["LineString", "MultiLineString"], true, false],
      paint: {
        "line-color": colour,
        "line-opacity": opacity,
        "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 10, atTen, 16, atSixteen],
      },
    }));
  return [
    ...fill(["earth"], colours.land),
    ...fill(["landcover", "landuse", "park"], colours.grid, 0.35),
    ...fill(["water"], colours.sea),
    ...line(["water", "waterway"], colours.sea, 1, 3),
    ...fill(["buildings", "building"], colours.border, 0.35),
    ...line(["roads", "transportation"], colours.border, 0.5, 5, 0.7),
    ...line(["boundaries", "boundary"], colours.border, 1, 2),
  ];
}

/** Puts it under the grid; does nothing when the map was taken away meanwhile. */
export function addBaseMap(map: MapLibreMap, info: BaseMapInfo, colours: MapColours): void {
  if (map.getSource(SOURCE) !== undefined || map.getLayer(BELOW) === undefined) return;
  map.addSource(SOURCE, {
    type: info.format === "mvt" ? "vector" : "raster",
    tiles: [`${location.origin}/api/v1/base-map/{z}/{x}/{y}`],
    minzoom: info.minZoom,
    maxzoom: info.maxZoom,
    bounds: info.bounds,
    ...(info.format === "mvt" ? {} : { tileSize: 256 }),
  } as Parameters<MapLibreMap["addSource"]>[1]);
  for (const layer of baseMapLayers(info, colours)) map.addLayer(layer, BELOW);
}

export function recolourBaseMap(map: MapLibreMap, info: BaseMapInfo, colours: MapColours): void {
  for (const layer of baseMapLayers(info, colours))
    if (map.getLayer(layer.id) !== undefined)
      for (const [name, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, name as never, value as never);
}
