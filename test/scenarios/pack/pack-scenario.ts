// The scenario pack: seeded scenes through the whole of `step`, from octets to alarms, with what must come of it. Each scenario is a
// list of questions that one run answers yes or no (or not asked); the table counts them over many seeds with 95 % intervals.
// Everything here is simulated: it shows that the judgement does what it is meant to do, and nothing about a site.

import { judgementView } from "../../../src/core/engine/judgement-views.ts";
import { createPicture, type Picture } from "../../../src/core/engine/picture.ts";
import { step } from "../../../src/core/engine/step.ts";
import { trackViews } from "../../../src/core/engine/views.ts";
import { geodeticToEnu } from "../../../src/core/geodesy/wgs84.ts";
import type { PictureEvent } from "../../../src/core/model/event.ts";
import type { JudgementView, TrackView } from "../../../src/core/model/picture-view.ts";
import type { Site } from "../../../src/core/model/site.ts";
import type { Scene } from "../../../src/core/simulation/scene.ts";
import { readTruth, type World } from "../../../src/core/simulation/world.ts";
import { SCENE_START, sceneSteps, type WithoutStamps } from "../../support/scene-events.ts";

/** One answer of a run: undefined where the question did not come up (no such track was ever confirmed). */
export type Answers = Readonly<Record<string, boolean | undefined>>;

export interface Must {
  /** Key of the answers. */
  readonly question: string;
  readonly text: string;
  /** Share of "yes" among the runs in which it came up. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface PackScenario {
  readonly id: string;
  readonly title: string;
  /** Seeds of the full run and of the short one in `npm test`. */
  readonly seeds: number;
  readonly shortSeeds: number;
  readonly musts: readonly Must[];
  run(seed: number): Answers;
}

export interface Moment {
  /** s since the scene began. */
  readonly seconds: number;
  readonly picture: Picture;
  readonly world: World;
  readonly tracks: readonly TrackView[];
  readonly judgement: JudgementView;
}

export interface PlayOptions {
  readonly site: Site;
  readonly seconds: number;
  /** us between steps of the scene. */
  readonly step?: number;
  /** Octets that no simulated object sends, and a person's commands. */
  readonly more?: (world: World, seconds: number) => readonly WithoutStamps<PictureEvent>[];
  /** Called each `every` seconds (1); true ends the run. A command pushed to `commands` is carried out next. */
  readonly watch: (moment: Moment, commands: WithoutStamps<PictureEvent>[]) => unknown;
  readonly every?: number;
}

/** Plays a scene into a picture. */
export function play(scene: Scene, seed: number, options: PlayOptions): Picture {
  const picture = createPicture();
  const commands: WithoutStamps<PictureEvent>[] = [];
  const every = options.every ?? 1;
  let next = every;
  const steps = sceneSteps(scene, seed, options.seconds, options.site, {
    step: options.step ?? 50_000,
    more: (world, now) => [...commands.splice(0), ...(options.more?.(world, (now - SCENE_START) / 1e6) ?? [])],
  });
  for (const { world, events } of steps) {
    for (const event of events) step(picture, event);
    const seconds = (picture.now - SCENE_START) / 1e6;
    if (seconds < next) continue;
    next = seconds + every - 1e-6;
    const moment = { seconds, picture, world, tracks: trackViews(picture), judgement: judgementView(picture) };
    if (options.watch(moment, commands) === true) break;
  }
  return picture;
}

/** True positions by object id, [east, north, up] in the site's frame, m. */
export function truthOf({ world, picture }: Moment): Map<string, readonly [number, number, number]> {
  const places = new Map<string, readonly [number, number, number]>();
  for (const { id, latitude, longitude, heightHae } of readTruth(world))
    places.set(id, geodeticToEnu(picture.frame, latitude, longitude, heightHae));
  return places;
}

/** Tracks within `within` m (horizontal) of a true object that are nearer to it than to any other object; nearest first. */
export function tracksOf(moment: Moment, id: string, within = 150): TrackView[] {
  const places = truthOf(moment);
  const place = places.get(id);
  if (place === undefined) return [];
  const away = (track: TrackView, at: readonly [number, number, number]) => Math.hypot(track.eastMetres - at[0], track.northMetres - at[1]);
  return moment.tracks
    .filter((track) => {
      const own = away(track, place);
      return own <= within && ![...places].some(([other, at]) => other !== id && away(track, at) < own);
    })
    .sort((a, b) => away(a, place) - away(b, place));
}

/** 95 % interval of a share (Wilson). */
export function wilson(yes: number, asked: number): [number, number] {
  if (asked === 0) return [0, 1];
  const z = 1.96;
  const p = yes / asked;
  const centre = p + (z * z) / (2 * asked);
  const half = z * Math.sqrt((p * (1 - p)) / asked + (z * z) / (4 * asked * asked));
  const scale = 1 + (z * z) / asked;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

export interface Tally {
  readonly must: Must;
  readonly yes: number;
  readonly asked: number;
  readonly met: boolean;
}

/** Runs `seeds` seeds from `first` on and counts. */
export function tally(scenario: PackScenario, seeds: number, first = 1, progress?: (done: number) => void): Tally[] {
  const answers: Answers[] = [];
  for (let seed = first; seed < first + seeds; seed++) {
    answers.push(scenario.run(seed));
    progress?.(answers.length);
  }
  return scenario.musts.map((must) => {
    const asked = answers.map((each) => each[must.question]).filter((answer) => answer !== undefined);
    const yes = asked.filter(Boolean).length;
    const share = asked.length === 0 ? Number.NaN : yes / asked.length;
    const met = (must.atLeast === undefined || share >= must.atLeast) && (must.atMost === undefined || share <= must.atMost);
    return { must, yes, asked: asked.length, met };
  });
}
