// The map itself: land, borders, zones, rings and coverage by MapLibre; what moves by the overlay above it. Loaded after the table,
// because the table is what a person needs first. Everything comes from the build; no tile server is asked.

import "maplibre-gl/dist/maplibre-gl.css";
import { Map as MapLibreMap, type StyleSpecification, setWorkerUrl } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?url";
import { feature, mesh } from "topojson-client";
import bordersUrl from "world-atlas/countries-50m.json?url";
import type { TrackView } from "../../core/model/picture-view.ts";
import { mercatorX, mercatorY, type PictureStore } from "../live/picture-store.ts";
import { addBaseMap, askBaseMap, type BaseMapInfo, recolourBaseMap } from "./base-map.ts";
import { type Drawing, type DrawingHands, drawCrosshair, drawDrawing, drawMarker, handleAt } from "./drawing.ts";
import { collection, type Ground, groundOf } from "./ground-shapes.ts";
import { createPlaceNames } from "./place-names.ts";
import type { Place } from "./ruler.ts";
import { type MapColours, readColours } from "./theme-colours.ts";
import { createTrackOverlay, type OverlaySettings, type OverlayWords, type View } from "./track-overlay.ts";

setWorkerUrl(workerUrl);

export interface SiteMapHandlers {
  onSelect(trackId: string | undefined): void;
  onHover(trackId: string | undefined): void;
  onPointer(place: { longitudeDegrees: number; latitudeDegrees: number } | undefined): void;
  /** After each frame in which the view or the selected symbol moved. */
  onFrame(frame: { metresPerPixel: number; selectedAt: { x: number; y: number } | undefined }): void;
  /** The graphics of this computer cannot draw the ground; symbols are drawn all the same. */
  onGroundLost(): void;
  /** The site's own base map is drawn; what its makers want to be named. */
  onBaseMap(attribution: string): void;
}

export interface SiteMapWords extends OverlayWords {
  metres(value: number): string;
  /** Names of towns in Arabic, where the list has one. */
  readonly arabicPlaces: boolean;
}

export interface SiteMap {
  setSelected(id: string | undefined): void;
  setHovered(id: string | undefined): void;
  setVisible(visible: ((track: TrackView) => boolean) | undefined): void;
  setRanking(ids: readonly string[]): void;
  setWords(words: SiteMapWords): void;
  setSettings(settings: Partial<OverlaySettings & { places: boolean }>): void;
  /** Reads the style sheet's colours again. */
  themeChanged(): void;
  fitSite(): void;
  centreOn(longitudeDegrees: number, latitudeDegrees: number): void;
  zoomBy(steps: number): void;
  panBy(x: number, y: number): void;
  focus(): void;
  /** While something is drawn, the pointer and Enter draw instead of selecting. Undefined ends it. */
  setDrawing(drawing: Drawing | undefined, hands?: DrawingHands): void;
  /** The mark of a searched place; undefined takes it away. */
  setMarker(place: Place | undefined, label?: string): void;
  destroy(): void;
}

const EMPTY = collection([]);

function styleOf(colours: MapColours): StyleSpecification {
  return {
    version: 8,
    sources: {
      land: { type: "geojson", data: EMPTY, tolerance: 0.6, maxzoom: 8 },
      borders: { type: "geojson", data: EMPTY, tolerance: 0.6, maxzoom: 8 },
      graticule: { type: "geojson", data: EMPTY },
      coverage: { type: "geojson", data: EMPTY },
      zones: { type: "geojson", data: EMPTY },
      rings: { type: "geojson", data: EMPTY },
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": colours.sea } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": colours.land, "fill-antialias": false } },
      { id: "graticule", type: "line", source: "graticule", paint: { "line-color": colours.grid, "line-width": 1 } },
      { id: "borders", type: "line", source: "borders", paint: { "line-color": colours.border, "line-width": 1.25 } },
      {
        id: "coverage-fill",
        type: "fill",
        source: "coverage",
        paint: {
          "fill-color": ["case", ["get", "well"], colours.coverage, colours.coverageIll],
          "fill-opacity": ["case", ["get", "well"], 0.03, 0.015],
        },
      },
      {
        id: "coverage-line",
        type: "line",
        source: "coverage",
        filter: ["get", "well"],
        paint: { "line-color": colours.coverage, "line-width": 1, "line-opacity": 0.45 },
      },
      {
        id: "coverage-line-ill",
        type: "line",
        source: "coverage",
        filter: ["!", ["get", "well"]],
        paint: { "line-color": colours.coverageIll, "line-width": 1, "line-opacity": 0.8, "line-dasharray": [2, 4] },
      },
      {
        id: "zones-fill",
        type: "fill",
        source: "zones",
        paint: {
          "fill-color": ["match", ["get", "kind"], ["keep-out", "restricted"], colours.zoneKeepOut, colours.zone],
          "fill-opacity": ["case", ["get", "active"], 0.07, 0.02],
        },
      },
      {
        id: "zones-line",
        type: "line",
        source: "zones",
        paint: {
          "line-color": ["match", ["get", "kind"], ["keep-out", "restricted"], colours.zoneKeepOut, colours.zone],
          "line-width": 1.25,
          "line-opacity": ["case", ["get", "active"], 0.85, 0.35],
          "line-dasharray": [5, 3],
        },
      },
      {
        id: "keep-out-fill",
        type: "fill",
        source: "rings",
        filter: ["==", ["get", "kind"], "keep-out"],
        paint: { "fill-color": colours.asset, "fill-opacity": 0.08 },
      },
      {
        id: "keep-out-line",
        type: "line",
        source: "rings",
        filter: ["==", ["get", "kind"], "keep-out"],
        paint: { "line-color": colours.asset, "line-width": 1.5, "line-opacity": 0.8 },
      },
      {
        id: "rings",
        type: "line",
        source: "rings",
        filter: ["in", ["get", "kind"], ["literal", ["ring", "tick"]]],
        paint: { "line-color": colours.ring, "line-width": 1 },
      },
    ],
  };
}

/** Each degree, and each ten minutes near the site: quiet lines that give the eye a scale where the land is empty. */
function graticule(bounds: Ground["bounds"] | undefined): GeoJSON.FeatureCollection {
  const lines: [number, number][][] = [];
  if (bounds !== undefined) {
    const middleLon = (bounds[0] + bounds[2]) / 2;
    const middleLat = (bounds[1] + bounds[3]) / 2;
    const STEP = 1 / 12; // degrees: five minutes of arc
    const REACH = 24;
    const lon0 = Math.round(middleLon / STEP) * STEP;
    const lat0 = Math.round(middleLat / STEP) * STEP;
    for (let i = -REACH; i <= REACH; i++) {
      const lon = lon0 + i * STEP;
      const lat = Math.max(-85, Math.min(85, lat0 + i * STEP));
      lines.push([
        [lon, Math.max(-85, lat0 - REACH * STEP)],
        [lon, Math.min(85, lat0 + REACH * STEP)],
      ]);
      lines.push([
        [lon0 - REACH * STEP, lat],
        [lon0 + REACH * STEP, lat],
      ]);
    }
  }
  return collection(lines.map((coordinates) => ({ type: "Feature", geometry: { type: "LineString", coordinates }, properties: {} })));
}

export function createSiteMap(container: HTMLElement, store: PictureStore, firstWords: SiteMapWords, handlers: SiteMapHandlers): SiteMap {
  const picture = store.picture;
  let words = firstWords;
  let colours = readColours();
  const ground = document.createElement("div");
  ground.className = "map-ground";
  const canvas = document.createElement("canvas");
  canvas.className = "map-tracks";
  canvas.setAttribute("aria-hidden", "true");
  const namesCanvas = document.createElement("canvas");
  namesCanvas.className = "map-names";
  namesCanvas.setAttribute("aria-hidden", "true");
  container.append(ground, namesCanvas, canvas);

  const overlay = createTrackOverlay(canvas, picture, colours, words);
  const names = createPlaceNames(namesCanvas, colours, () => drawNames(true));
  names.setArabic(words.arabicPlaces);
  let namesView = "";
  let baseMap: BaseMapInfo | undefined;
  let gone = false;
  const map = new MapLibreMap({
    container: ground,
    style: styleOf(colours),
    center: [0, 20],
    zoom: 1.6,
    minZoom: 1,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    maxPitch: 0,
    renderWorldCopies: false,
    fadeDuration: 0,
    canvasContextAttributes: { antialias: true },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();

  let groundLabels: Ground | undefined;
  let groundVersion = -1;
  let loaded = false;
  let fitted = false;
  let dirty = true;
  let frame = 0;
  let selected: string | undefined;
  let drawing: Drawing | undefined;
  let hands: DrawingHands | undefined;
  let marker: { place: Place; label: string } | undefined;
  let dragged: number | undefined;
  const context = canvas.getContext("2d")!;

  const setSource = (id: string, shapes: GeoJSON.GeoJSON) => {
    const source = map.getSource(id) as { setData?(shapes: GeoJSON.GeoJSON): void } | undefined;
    source?.setData?.(shapes);
  };

  const applyGround = () => {
    if (picture.site === undefined) return;
    groundLabels = groundOf(picture.site, picture.sensors.values(), words);
    overlay.setGroundLabels(groundLabels.labels);
    // Once, and before the map is ready: later it would take the view out of a person's hand.
    if (!fitted) {
      fitted = true;
      fitSite(false);
    }
    if (!loaded) return;
    groundVersion = picture.groundVersion;
    setSource("graticule", graticule(groundLabels.bounds));
    setSource("rings", groundLabels.rings);
    setSource("zones", groundLabels.zones);
    setSource("coverage", groundLabels.coverage);
  };

  const view = (): View => {
    const centre = map.getCenter();
    return {
      centreX: mercatorX(centre.lng),
      centreY: mercatorY(centre.lat),
      worldSize: 512 * 2 ** map.getZoom(),
      width: ground.clientWidth,
      height: ground.clientHeight,
    };
  };

  /** Towns stand still: they are drawn again when the view, the words or the colours changed, not for each position of a track. */
  function drawNames(again = false): void {
    const now = view();
    const key = `${now.centreX} ${now.centreY} ${now.worldSize} ${now.width} ${now.height}`;
    if (key === namesView && !again) return;
    namesView = key;
    names.draw(now);
  }

  const draw = () => {
    dirty = false;
    drawNames();
    if (groundVersion !== picture.groundVersion) applyGround();
    const now = view();
    overlay.draw(now);
    if (marker !== undefined) drawMarker(context, marker.place, marker.label, now, colours);
    if (drawing !== undefined) drawDrawing(context, drawing, now, colours);
    if (hands !== undefined && document.activeElement === map.getCanvas()) drawCrosshair(context, now, colours);
    const centre = map.getCenter();
    handlers.onFrame({
      metresPerPixel: (2 * Math.PI * 6_378_137 * Math.cos((centre.lat * Math.PI) / 180)) / now.worldSize,
      selectedAt: selected === undefined ? undefined : overlay.whereIs(selected),
    });
  };

  const want = () => {
    if (dirty) return;
    dirty = true;
    frame = requestAnimationFrame(draw);
  };

  function fitSite(animate = true): void {
    if (groundLabels === undefined) return;
    const still = !animate || matchMedia("(prefers-reduced-motion: reduce)").matches;
    map.fitBounds(groundLabels.bounds, { padding: 24, duration: still ? 0 : 350 });
  }

  applyGround();
  map.on("load", () => {
    loaded = true;
    applyGround();
    dirty = false;
    want();
    void askBaseMap().then((info) => {
      if (info === undefined || gone) return;
      baseMap = info;
      addBaseMap(map, info, colours);
      handlers.onBaseMap(info.attribution);
    });
    fetch(bordersUrl)
      .then((answer) => answer.json())
      .then((atlas) => {
        setSource("land", feature(atlas, atlas.objects.land) as GeoJSON.GeoJSON);
        setSource(
          "borders",
          mesh(atlas, atlas.objects.countries, (a, b) => a !== b),
        );
      })
      .catch(() => handlers.onGroundLost());
  });
  // The overlay follows the map within the same frame, so that symbols never swim.
  map.on("move", () => {
    cancelAnimationFrame(frame);
    draw();
  });
  map.on("resize", draw);
  map.on("error", () => handlers.onGroundLost());
  const unsubscribe = store.subscribe(want);

  const placeOf = ({ lngLat }: { lngLat: { lng: number; lat: number } }): Place => ({
    longitudeDegrees: lngLat.lng,
    latitudeDegrees: lngLat.lat,
  });
  map.on("click", (event) => {
    const hit = overlay.hit(event.point.x, event.point.y);
    if (hands === undefined) handlers.onSelect(hit);
    // A press on a handle is the end of a move, not a new corner.
    else if (drawing === undefined || handleAt(drawing, view(), event.point.x, event.point.y) === undefined)
      hands.onAdd(placeOf(event), hit);
  });
  map.on("mousedown", (event) => {
    if (hands?.onMove === undefined || drawing === undefined) return;
    dragged = handleAt(drawing, view(), event.point.x, event.point.y);
    if (dragged !== undefined) event.preventDefault(); // the map stays where it is
  });
  const letGo = () => {
    dragged = undefined;
  };
  addEventListener("mouseup", letGo);
  map.getCanvas().addEventListener("keydown", (event) => {
    if (hands === undefined || event.key !== "Enter") return;
    event.preventDefault();
    const now = view();
    const { lng, lat } = map.getCenter();
    hands.onAdd({ longitudeDegrees: lng, latitudeDegrees: lat }, overlay.hit(now.width / 2, now.height / 2));
  });
  for (const change of ["focus", "blur"] as const) map.getCanvas().addEventListener(change, want);
  map.on("mousemove", (event) => {
    if (dragged !== undefined) hands?.onMove?.(dragged, placeOf(event));
    const over = overlay.hit(event.point.x, event.point.y, 14);
    map.getCanvas().style.cursor = dragged !== undefined ? "grabbing" : over === undefined ? "crosshair" : "pointer";
    handlers.onHover(over);
    handlers.onPointer({ longitudeDegrees: event.lngLat.lng, latitudeDegrees: event.lngLat.lat });
  });
  map.on("mouseout", () => {
    handlers.onHover(undefined);
    handlers.onPointer(undefined);
  });

  return {
    setSelected(id) {
      selected = id;
      overlay.setSelected(id);
      want();
    },
    setHovered(id) {
      overlay.setHovered(id);
      want();
    },
    setVisible(visible) {
      overlay.setVisible(visible);
      want();
    },
    setRanking(ids) {
      overlay.setRanking(ids);
      // Only labels depend on it; in a crowd they can wait for the next positions, which are never far.
      if (ids.length < 500) want();
    },
    setWords(next) {
      words = next;
      overlay.setWords(next);
      names.setArabic(next.arabicPlaces);
      drawNames(true);
      groundVersion = -1;
      want();
    },
    setSettings({ places, ...settings }) {
      Object.assign(overlay.settings, settings);
      if (places !== undefined) {
        names.setShown(places);
        drawNames(true);
      }
      want();
    },
    themeChanged() {
      colours = readColours();
      overlay.setColours(colours);
      names.setColours(colours);
      drawNames(true);
      if (loaded) {
        for (const layer of styleOf(colours).layers)
          for (const [name, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, name as never, value as never);
        if (baseMap !== undefined) recolourBaseMap(map, baseMap, colours);
      }
      want();
    },
    fitSite,
    centreOn(longitudeDegrees, latitudeDegrees) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      map.easeTo({ center: [longitudeDegrees, latitudeDegrees], zoom: Math.max(map.getZoom(), 13), duration: still ? 0 : 300 });
    },
    zoomBy(steps) {
      map.zoomTo(map.getZoom() + steps, { duration: 120 });
    },
    panBy(x, y) {
      map.panBy([x, y], { duration: 0 });
    },
    focus() {
      map.getCanvas().focus();
    },
    setDrawing(next, by) {
      drawing = next;
      hands = by;
      if (by === undefined) dragged = undefined;
      want();
    },
    setMarker(place, label = "") {
      marker = place === undefined ? undefined : { place, label };
      want();
    },
    destroy() {
      gone = true;
      removeEventListener("mouseup", letGo);
      unsubscribe();
      cancelAnimationFrame(frame);
      map.remove();
      container.replaceChildren();
    },
  };
}
