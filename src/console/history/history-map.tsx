import "maplibre-gl/dist/maplibre-gl.css";
import { Map as MapLibreMap, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { useEffect, useRef, useState } from "react";
import type { SiteView } from "../../core/model/picture-view.ts";
import { collection, groundOf } from "../map/ground-shapes.ts";
import { readColours } from "../map/theme-colours.ts";
import { useWords } from "../strings/words-context.tsx";
import type { HeatItem, PathPoint } from "./history-query.ts";

setWorkerUrl(workerUrl);
const EMPTY = collection([]);

/** Cells as squares; `share` is the logarithm of their count on a scale from 0 to 1, because one hover outweighs a hundred crossings. */
function heatShapes(cells: readonly HeatItem[]): GeoJSON.FeatureCollection {
  const most = cells.reduce((largest, { positions }) => Math.max(largest, positions), 1);
  return collection(
    cells.map(({ west, south, east, north, positions }) => ({
      type: "Feature",
      geometry: {
        type: "Polygon",
        coordinates: [
          [
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
          ],
        ],
      },
      properties: { share: Math.log1p(positions) / Math.log1p(most) },
    })),
  );
}

function pathShapes(points: readonly PathPoint[]): GeoJSON.FeatureCollection {
  const paths = new Map<string, [number, number][]>();
  for (const { trackKey, longitudeDegrees, latitudeDegrees } of points) {
    const path = paths.get(trackKey);
    if (path === undefined) paths.set(trackKey, [[longitudeDegrees, latitudeDegrees]]);
    else path.push([longitudeDegrees, latitudeDegrees]);
  }
  return collection(
    [...paths.values()].map((coordinates) => ({
      type: "Feature",
      geometry: coordinates.length > 1 ? { type: "LineString", coordinates } : { type: "Point", coordinates: coordinates[0]! },
      properties: {},
    })),
  );
}

/** Where tracks were: a heat map, the paths of what was chosen, and the site's zones and assets to find one's way by. */
export function HistoryMap({ site, heat, paths }: { site: SiteView; heat: readonly HeatItem[]; paths: readonly PathPoint[] }) {
  const words = useWords();
  const holder = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<MapLibreMap>();
  const [lost, setLost] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the map is made once; what it shows follows below
  useEffect(() => {
    const container = holder.current;
    if (container === null) return;
    const colours = readColours();
    const ground = groundOf(site, [], { metres: (value) => words.distance(value) });
    let made: MapLibreMap;
    try {
      made = new MapLibreMap({
        container,
        style: {
          version: 8,
          sources: {
            zones: { type: "geojson", data: ground.zones },
            rings: { type: "geojson", data: ground.rings },
            heat: { type: "geojson", data: EMPTY },
            paths: { type: "geojson", data: EMPTY },
          },
          layers: [
            { id: "ground", type: "background", paint: { "background-color": colours.land } },
            { id: "rings", type: "line", source: "rings", paint: { "line-color": colours.ring, "line-width": 1 } },
            {
              id: "heat",
              type: "fill",
              source: "heat",
              paint: {
                "fill-color": colours.suspect,
                "fill-opacity": ["interpolate", ["linear"], ["get", "share"], 0, 0.1, 1, 0.85],
                "fill-antialias": false,
              },
            },
            {
              id: "zones",
              type: "line",
              source: "zones",
              paint: { "line-color": colours.zone, "line-width": 1.5, "line-dasharray": [5, 3] },
            },
            { id: "paths", type: "line", source: "paths", paint: { "line-color": colours.select, "line-width": 2.5 } },
            {
              id: "points",
              type: "circle",
              source: "paths",
              filter: ["==", ["geometry-type"], "Point"],
              paint: { "circle-color": colours.select, "circle-radius": 4 },
            },
          ],
        },
        bounds: ground.bounds,
        fitBoundsOptions: { padding: 16 },
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        maxPitch: 0,
        renderWorldCopies: false,
        fadeDuration: 0,
      });
    } catch {
      setLost(true);
      return;
    }
    made.touchZoomRotate.disableRotation();
    made.keyboard.disableRotation();
    made.on("load", () => setMap(made));
    made.on("error", () => setLost(true));
    return () => {
      setMap(undefined);
      made.remove();
    };
  }, [site.id]);
  useEffect(() => {
    const set = (id: string, shapes: GeoJSON.FeatureCollection) =>
      (map?.getSource(id) as { setData?(shapes: GeoJSON.GeoJSON): void } | undefined)?.setData?.(shapes);
    set("heat", heatShapes(heat));
    set("paths", pathShapes(paths));
    const bounds = boundsOf(heat, paths);
    if (map !== undefined && bounds !== undefined) map.fitBounds(bounds, { padding: 32, maxZoom: 15, duration: 0 });
  }, [map, heat, paths]);
  return (
    <div className="history-map" role="img" aria-label={words.t("history.map-described", { cells: heat.length, positions: paths.length })}>
      <div
        ref={holder}
        className="history-map-ground"
        data-ready={map !== undefined || undefined}
        data-cells={heat.length}
        data-points={paths.length}
      />
      {lost ? <p className="quiet history-map-lost">{words.t("history.map-lost")}</p> : null}
    </div>
  );
}

function boundsOf(heat: readonly HeatItem[], paths: readonly PathPoint[]): [number, number, number, number] | undefined {
  const points: (readonly [number, number])[] =
    paths.length > 0
      ? paths.map(({ longitudeDegrees, latitudeDegrees }) => [longitudeDegrees, latitudeDegrees])
      : heat.flatMap(({ west, south, east, north }) => [[west, south] as const, [east, north] as const]);
  if (points.length === 0) return undefined;
  const bounds: [number, number, number, number] = [180, 90, -180, -90];
  for (const [lon, lat] of points) {
    bounds[0] = Math.min(bounds[0], lon);
    bounds[1] = Math.min(bounds[1], lat);
    bounds[2] = Math.max(bounds[2], lon);
    bounds[3] = Math.max(bounds[3], lat);
  }
  return bounds;
}
