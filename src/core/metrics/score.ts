// The score of a whole run: RMS GOSPA with its parts, OSPA, SIAP-style ratios, changes of identifier.

import { euclidean, gospa, ospa, type Point, root } from "./gospa.ts";

export interface Labelled {
  readonly id: string | number;
  readonly position: Point;
}

export interface Score {
  readonly rmsGospa: number;
  readonly rmsLocalisation: number;
  readonly rmsMissed: number;
  readonly rmsFalse: number;
  readonly meanOspa: number;
  readonly missedPerStep: number;
  readonly falsePerStep: number;
  /** Over GOSPA pairs; undefined when there are none. */
  readonly positionRmse: number | undefined;
  readonly completeness: number;
  readonly ambiguity: number;
  readonly spuriousness: number;
  readonly idSwitches: number;
  readonly targets: number;
  readonly idHold: number;
  readonly steps: number;
}

/** One step as scored; parts are p-th powers. */
export interface StepScore {
  readonly run: number;
  readonly gospa: number;
  readonly localisation: number;
  readonly missed: number;
  readonly false: number;
  readonly ospa: number;
}

/** Collects steps in time order within each run. Plain data. */
export interface ScoreSheet {
  readonly c: number;
  readonly p: 1 | 2;
  readonly steps: StepScore[];
  readonly lastId: Record<string, string | number>;
  readonly held: Record<string, Record<string, number>>;
  readonly life: Record<string, number>;
  squaredErrors: number;
  pairs: number;
  switches: number;
  truths: number;
  tracks: number;
  associatedTracks: number;
  associatedTruths: number;
}

export function createScoreSheet(c: number, p: 1 | 2 = 2): ScoreSheet {
  return {
    c,
    p,
    steps: [],
    lastId: {},
    held: {},
    life: {},
    squaredErrors: 0,
    pairs: 0,
    switches: 0,
    truths: 0,
    tracks: 0,
    associatedTracks: 0,
    associatedTruths: 0,
  };
}

/** Adds one instant. A gap in a pairing is no switch of identifier; a trade of two targets is two. */
export function scoreStep(sheet: ScoreSheet, run: number, truth: readonly Labelled[], tracks: readonly Labelled[]): StepScore {
  const truthPoints = truth.map((target) => target.position);
  const trackPoints = tracks.map((track) => track.position);
  const g = gospa(truthPoints, trackPoints, sheet.c, sheet.p);
  const step: StepScore = {
    run,
    gospa: g.distance,
    localisation: g.localisation,
    missed: g.missed,
    false: g.false,
    ospa: ospa(truthPoints, trackPoints, sheet.c, sheet.p),
  };
  sheet.steps.push(step);
  for (const [i, j] of g.pairs) {
    const key = `${run}/${truth[i]!.id}`;
    const id = tracks[j]!.id;
    if (sheet.lastId[key] !== undefined && sheet.lastId[key] !== id) sheet.switches += 1;
    sheet.lastId[key] = id;
    sheet.held[key] ??= {};
    sheet.held[key][String(id)] = (sheet.held[key][String(id)] ?? 0) + 1;
    const distance = euclidean(truthPoints[i]!, trackPoints[j]!);
    sheet.squaredErrors += distance * distance;
    sheet.pairs += 1;
  }
  for (const target of truth) sheet.life[`${run}/${target.id}`] = (sheet.life[`${run}/${target.id}`] ?? 0) + 1;
  const covered = new Set<number>();
  for (const point of trackPoints) {
    let nearest = -1;
    let least = Infinity;
    for (let i = 0; i < truthPoints.length; i++) {
      const distance = euclidean(truthPoints[i]!, point);
      if (distance < least) {
        least = distance;
        nearest = i;
      }
    }
    if (nearest >= 0 && least < sheet.c) {
      covered.add(nearest);
      sheet.associatedTracks += 1;
    }
  }
  sheet.associatedTruths += covered.size;
  sheet.truths += truth.length;
  sheet.tracks += tracks.length;
  return step;
}

/** The score so far. With nothing to divide by, completeness and spuriousness are 0 and ambiguity is 1. */
export function readScore(sheet: ScoreSheet): Score {
  const n = Math.max(sheet.steps.length, 1);
  let total = 0;
  let localisation = 0;
  let missed = 0;
  let falseTracks = 0;
  let meanOspa = 0;
  for (const step of sheet.steps) {
    total += sheet.p === 1 ? step.gospa : step.gospa * step.gospa;
    localisation += step.localisation;
    missed += step.missed;
    falseTracks += step.false;
    meanOspa += step.ospa;
  }
  const cp = sheet.p === 1 ? sheet.c : sheet.c * sheet.c;
  let held = 0;
  for (const counts of Object.values(sheet.held)) held += Math.max(...Object.values(counts));
  let life = 0;
  for (const steps of Object.values(sheet.life)) life += steps;
  return {
    rmsGospa: root(total / n, sheet.p),
    rmsLocalisation: root(localisation / n, sheet.p),
    rmsMissed: root(missed / n, sheet.p),
    rmsFalse: root(falseTracks / n, sheet.p),
    meanOspa: meanOspa / n,
    missedPerStep: (2 * missed) / n / cp,
    falsePerStep: (2 * falseTracks) / n / cp,
    positionRmse: sheet.pairs > 0 ? Math.sqrt(sheet.squaredErrors / sheet.pairs) : undefined,
    completeness: sheet.truths > 0 ? sheet.associatedTruths / sheet.truths : 0,
    ambiguity: sheet.associatedTruths > 0 ? sheet.associatedTracks / sheet.associatedTruths : 1,
    spuriousness: sheet.tracks > 0 ? (sheet.tracks - sheet.associatedTracks) / sheet.tracks : 0,
    idSwitches: sheet.switches,
    targets: Object.keys(sheet.life).length,
    idHold: held / Math.max(life, 1),
    steps: sheet.steps.length,
  };
}
