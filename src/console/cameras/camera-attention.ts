// Which camera a press turns, when the tile opens, and when the camera keeps people from looking at what matters most. Pure.

import type { CameraView } from "../../core/model/camera.ts";
import type { TrackView } from "../../core/model/picture-view.ts";

/** The name under which this console acts where nobody chose one. */
export const OPERATOR = "operator";

const METRES_PER_DEGREE = 111_195;

function distance(camera: CameraView, track: TrackView): number {
  const north = (track.position.latitudeDegrees - camera.latitudeDegrees) * METRES_PER_DEGREE;
  const cos = Math.cos((camera.latitudeDegrees * Math.PI) / 180);
  return Math.hypot(north, (track.position.longitudeDegrees - camera.longitudeDegrees) * METRES_PER_DEGREE * cos);
}

/**
 * The camera that the slew key turns: one that answers and is not in another hand, not busy with a standing rule where another is free,
 * the nearest of those. When none is free the nearest of all, so that the refusal says why. Undefined without cameras.
 */
export function chooseCamera(cameras: readonly CameraView[], track: TrackView, actor: string = OPERATOR): CameraView | undefined {
  const cost = (camera: CameraView): number[] => [
    track.origin === "live" || camera.exercise ? 0 : 1,
    camera.connection === "ready" ? 0 : 1,
    camera.heldBy === null || camera.heldBy === actor ? 0 : 1,
    camera.rule.enabled ? 1 : 0,
    distance(camera, track),
  ];
  let best: { camera: CameraView; cost: number[] } | undefined;
  for (const camera of cameras) {
    const mine = cost(camera);
    const differs = best === undefined ? 0 : mine.findIndex((value, index) => value !== best!.cost[index]);
    if (best === undefined || (differs >= 0 ? mine[differs]! < best.cost[differs]! : camera.id < best.camera.id))
      best = { camera, cost: mine };
  }
  return best?.camera;
}

/** The camera whose newest slew was asked for since `known` (camera id -> slew id): the tile opens on it. The newest where there are several. */
export function newlySlewed(cameras: readonly CameraView[], known: ReadonlyMap<string, number>): CameraView | undefined {
  let found: CameraView | undefined;
  for (const camera of cameras) {
    // Standing rules turn cameras all the time: they do not open a tile that a person closed.
    if (camera.slew === null || camera.slew.rule || camera.slew.id <= (known.get(camera.id) ?? 0)) continue;
    if (found === undefined || camera.slew.atUs > found.slew!.atUs) found = camera;
  }
  return found;
}

export interface Distraction {
  readonly camera: CameraView;
  readonly trackId: string;
  /** 1 is the first. */
  readonly rank: number;
  readonly firstId: string;
}

/** A camera that looks at a lower-ranked track while no camera looks at the first; the lowest-ranked such. `ranking`: track ids, first first. */
export function distractionOf(cameras: readonly CameraView[], ranking: readonly string[]): Distraction | undefined {
  const firstId = ranking[0];
  if (firstId === undefined || cameras.some((camera) => camera.looksAt === firstId)) return undefined;
  let found: Distraction | undefined;
  for (const camera of cameras) {
    if (camera.looksAt === null) continue;
    const rank = ranking.indexOf(camera.looksAt) + 1;
    if (rank > 1 && rank > (found?.rank ?? 0)) found = { camera, trackId: camera.looksAt, rank, firstId };
  }
  return found;
}
