// How soon a track could reach a protected asset if it flew straight on: as the server judged it, else plain geometry on what it sent.

import { geodeticToEnu, localFrame } from "../../core/geodesy/wgs84.ts";
import type { SiteView, TrackView } from "../../core/model/picture-view.ts";

const RADIANS_PER_DEGREE = Math.PI / 180;

export interface AssetPlace {
  readonly id: string;
  readonly name: string;
  /** Metres in the site's frame. */
  readonly east: number;
  readonly north: number;
  readonly radius: number;
}

export interface Approach {
  /** A keep-out zone has no centre and no asset: it is named by itself. */
  readonly kind: "asset" | "zone";
  readonly id: string;
  readonly name: string;
  /** Horizontal metres now to the asset's centre or the zone's edge. */
  readonly distance: number;
  /** Seconds until the keep-out on a straight course; 0 inside it; undefined when the course misses it. */
  readonly reachesIn: number | undefined;
}

/** Assets of a site in its own east-north frame. */
export function assetPlaces(site: SiteView): AssetPlace[] {
  const frame = localFrame(site.latitudeDegrees * RADIANS_PER_DEGREE, site.longitudeDegrees * RADIANS_PER_DEGREE, site.heightHaeMetres);
  return site.assets.map((asset) => {
    const [east, north] = geodeticToEnu(
      frame,
      asset.latitudeDegrees * RADIANS_PER_DEGREE,
      asset.longitudeDegrees * RADIANS_PER_DEGREE,
      site.heightHaeMetres,
    );
    return { id: asset.id, name: asset.name, east, north, radius: asset.radiusMetres };
  });
}

/**
 * Seconds until a point at (east, north) metres from the asset, moving at (vEast, vNorth) m/s, comes within `radius` metres;
 * 0 when it is; undefined when a straight course never does. Smaller root of |p + v t| = r.
 */
export function timeToRadius(east: number, north: number, vEast: number, vNorth: number, radius: number): number | undefined {
  const c = east * east + north * north - radius * radius;
  if (c <= 0) return 0;
  const b = east * vEast + north * vNorth;
  const a = vEast * vEast + vNorth * vNorth;
  if (b >= 0 || a === 0) return undefined;
  const discriminant = b * b - a * c;
  if (discriminant < 0) return undefined;
  return (-b - Math.sqrt(discriminant)) / a;
}

type Named = { readonly id: string; readonly name: string };

/** What the server judged, where it did; a place that the site does not show is left to geometry. */
function judgedApproach({ threat }: TrackView, assets: readonly AssetPlace[], zones: readonly Named[]): Approach | undefined {
  if (threat === undefined) return undefined;
  const { reaches, assetId, distanceMetres, timeToZoneSeconds } = threat;
  if (reaches !== null && timeToZoneSeconds !== null) {
    const { kind, id, distanceMetres: distance } = reaches;
    const name = (kind === "zone" ? zones : assets).find((each: Named) => each.id === id)?.name;
    return name === undefined ? undefined : { kind, id, name, distance, reachesIn: timeToZoneSeconds };
  }
  const asset = assetId === null || distanceMetres === null ? undefined : assets.find(({ id }) => id === assetId);
  if (asset === undefined) return undefined;
  return { kind: "asset", id: asset.id, name: asset.name, distance: distanceMetres!, reachesIn: undefined };
}

/**
 * The keep-out that the server says is reached first, with its time; else the asset that it finds worst off. Where nothing was judged: the asset that is
 * reached first, or the nearest one when none is; undefined for a site without assets.
 */
export function approachOf(track: TrackView, assets: readonly AssetPlace[], zones: readonly Named[] = []): Approach | undefined {
  const judged = judgedApproach(track, assets, zones);
  if (judged !== undefined) return judged;
  let best: Approach | undefined;
  for (const asset of assets) {
    const east = track.eastMetres - asset.east;
    const north = track.northMetres - asset.north;
    const reachesIn = timeToRadius(east, north, track.velocityEastMps, track.velocityNorthMps, asset.radius);
    const approach = { kind: "asset", id: asset.id, name: asset.name, distance: Math.hypot(east, north), reachesIn } as const;
    if (best === undefined || comesBefore(approach, best)) best = approach;
  }
  return best;
}

/** Sooner first; what is never reached comes after what is, nearer first. */
export function comesBefore(a: Approach, b: Approach): boolean {
  if (a.reachesIn !== undefined || b.reachesIn !== undefined) {
    return (a.reachesIn ?? Number.POSITIVE_INFINITY) < (b.reachesIn ?? Number.POSITIVE_INFINITY);
  }
  return a.distance < b.distance;
}
