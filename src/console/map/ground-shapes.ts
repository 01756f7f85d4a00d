// Shapes on the ground as GeoJSON: rings, sectors and a metric grid around the site. Geodesy through the site's tangent frame, good to
// better than a pixel over the tens of kilometres that a site watches.

import { enuToGeodetic, type LocalFrame, localFrame } from "../../core/geodesy/wgs84.ts";
import type { SensorView, SiteView } from "../../core/model/picture-view.ts";

const DEGREES = 180 / Math.PI;
export type LngLat = [longitudeDegrees: number, latitudeDegrees: number];

export function frameAt(latitudeDegrees: number, longitudeDegrees: number, heightHae = 0): LocalFrame {
  return localFrame(latitudeDegrees / DEGREES, longitudeDegrees / DEGREES, heightHae);
}

/** The place `range` metres away along `azimuth` (radians clockwise from true north). */
export function placeAt(frame: LocalFrame, range: number, azimuth: number): LngLat {
  const place = enuToGeodetic(frame, range * Math.sin(azimuth), range * Math.cos(azimuth), 0);
  return [place.longitude * DEGREES, place.latitude * DEGREES];
}

export function circle(frame: LocalFrame, radius: number, points = 96): LngLat[] {
  const ring: LngLat[] = [];
  for (let i = 0; i <= points; i++) ring.push(placeAt(frame, radius, (2 * Math.PI * (i % points)) / points));
  return ring;
}

/** A closed sector from the centre, or the whole circle when it is 360 degrees wide. */
export function sector(frame: LocalFrame, radius: number, centreDegrees: number, widthDegrees: number): LngLat[] {
  if (widthDegrees >= 360) return circle(frame, radius);
  const from = (centreDegrees - widthDegrees / 2) / DEGREES;
  const steps = Math.max(8, Math.ceil(widthDegrees / 4));
  const centre: LngLat = [frame.origin.longitude * DEGREES, frame.origin.latitude * DEGREES];
  const ring: LngLat[] = [centre];
  for (let i = 0; i <= steps; i++) ring.push(placeAt(frame, radius, from + (widthDegrees / DEGREES) * (i / steps)));
  ring.push(centre);
  return ring;
}

type Properties = Record<string, string | number | boolean>;
type Feature = GeoJSON.Feature<GeoJSON.Geometry, Properties>;
export const collection = (features: Feature[]): GeoJSON.FeatureCollection<GeoJSON.Geometry, Properties> => ({
  type: "FeatureCollection",
  features,
});
const line = (coordinates: LngLat[], properties: Properties): Feature => ({
  type: "Feature",
  geometry: { type: "LineString", coordinates },
  properties,
});
const polygon = (coordinates: LngLat[], properties: Properties): Feature => ({
  type: "Feature",
  geometry: { type: "Polygon", coordinates: [coordinates] },
  properties,
});

/** Metres of the range rings around the first asset. */
export const RING_RANGES = [1_000, 2_000, 5_000, 10_000] as const;
/** The ring that carries the compass: the one that "show the whole site" just fits. */
const COMPASS_RANGE = 5_000;

/** South-south-east: between two compass labels, and seldom where a sensor stands. */
const RING_LABEL_AZIMUTH = (165 * Math.PI) / 180;

export interface GroundLabel {
  readonly lngLat: LngLat;
  readonly kind: "ring" | "asset" | "zone" | "sensor" | "compass";
  readonly text: string;
  /** For rings: metres; the label is only drawn when there is room. */
  readonly metres?: number;
  readonly muted?: boolean;
}

/** Who gets room first. */
const LABEL_ORDER: Record<GroundLabel["kind"], number> = { asset: 0, sensor: 1, zone: 2, compass: 3, ring: 4 };

export interface Ground {
  readonly rings: GeoJSON.FeatureCollection;
  readonly zones: GeoJSON.FeatureCollection;
  readonly coverage: GeoJSON.FeatureCollection;
  readonly labels: readonly GroundLabel[];
  /** West, south, east, north: what "fit site" shows. */
  readonly bounds: [number, number, number, number];
}

/** Everything that stands still: made again when the site or a sensor's health changes, never with a track. */
export function groundOf(site: SiteView, sensors: Iterable<SensorView>, words: { metres(value: number): string }): Ground {
  const rings: Feature[] = [];
  const zones: Feature[] = [];
  const coverage: Feature[] = [];
  const labels: GroundLabel[] = [];
  const centres = site.assets.length > 0 ? site.assets : [{ ...site, radiusMetres: 0 }];

  // Rings of one place only: those of many neighbours cross and say less than none.
  const first = centres[0]!;
  const frame = frameAt(first.latitudeDegrees, first.longitudeDegrees);
  for (const range of RING_RANGES) {
    rings.push(line(circle(frame, range, 180), { kind: "ring", range }));
    labels.push({ lngLat: placeAt(frame, range, RING_LABEL_AZIMUTH), kind: "ring", text: words.metres(range), metres: range });
  }
  const outer = COMPASS_RANGE;
  for (let degrees = 0; degrees < 360; degrees += 10) {
    const long = degrees % 30 === 0;
    rings.push(
      line([placeAt(frame, outer, degrees / DEGREES), placeAt(frame, outer * (long ? 1.02 : 1.01), degrees / DEGREES)], { kind: "tick" }),
    );
    if (long)
      labels.push({
        lngLat: placeAt(frame, outer * 1.05, degrees / DEGREES),
        kind: "compass",
        text: String(degrees).padStart(3, "0"),
        metres: outer,
      });
  }
  for (const zone of site.zones) {
    const ring = [...zone.polygon, zone.polygon[0]!] as LngLat[];
    zones.push(polygon(ring, { kind: zone.kind, active: zone.active }));
    const top = zone.polygon.reduce((best, point) => (point[1] > best[1] ? point : best));
    labels.push({ lngLat: [top[0], top[1]], kind: "zone", text: `${zone.name}${limitsOf(zone, words)}`, muted: !zone.active });
  }
  for (const sensor of sensors) {
    if (sensor.position === null) continue;
    const at = frameAt(sensor.position.latitudeDegrees, sensor.position.longitudeDegrees);
    const well = sensor.freshness === "LIVE";
    labels.push({
      lngLat: [sensor.position.longitudeDegrees, sensor.position.latitudeDegrees],
      kind: "sensor",
      text: sensor.name,
      muted: !well,
    });
    if (sensor.rangeMaxMetres !== null) {
      const width = sensor.azimuthWidthDegrees ?? 360;
      coverage.push(polygon(sector(at, sensor.rangeMaxMetres, sensor.azimuthCentreDegrees ?? 0, width), { well, whole: width >= 360 }));
    }
  }
  for (const asset of site.assets) {
    const around = frameAt(asset.latitudeDegrees, asset.longitudeDegrees);
    if (asset.radiusMetres > 0) rings.push(polygon(circle(around, asset.radiusMetres), { kind: "keep-out" }));
    labels.push({ lngLat: [asset.longitudeDegrees, asset.latitudeDegrees], kind: "asset", text: asset.name });
  }
  const reach = placeBounds(frame, 5_500);
  labels.sort((a, b) => LABEL_ORDER[a.kind] - LABEL_ORDER[b.kind]);
  return { rings: collection(rings), zones: collection(zones), coverage: collection(coverage), labels, bounds: reach };
}

/** " 0 m–120 m", what there is of it: on a map the two numbers that decide whether a height is inside. */
function limitsOf({ floor, ceiling }: SiteView["zones"][number], words: { metres(value: number): string }): string {
  if (floor === null && ceiling === null) return "";
  return ` ${floor === null ? "" : words.metres(floor.metres)}–${ceiling === null ? "" : words.metres(ceiling.metres)}`;
}

function placeBounds(frame: LocalFrame, metres: number): [number, number, number, number] {
  const [west] = placeAt(frame, metres, -Math.PI / 2);
  const [east] = placeAt(frame, metres, Math.PI / 2);
  const [, south] = placeAt(frame, metres, Math.PI);
  const [, north] = placeAt(frame, metres, 0);
  return [west, south, east, north];
}
