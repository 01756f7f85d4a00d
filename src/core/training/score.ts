// How an exercise went: what was really in the air beside what the screen showed and what people did. Times are counted from the moment at
// which the tracker first had the object, because that is what a person can answer for; the sensors' part is printed beside it.

import type { ExerciseScore, Mistake, ObjectScore, Spread } from "../model/exercise-score.ts";
import type { TargetFamily } from "../model/target-classes.ts";

/** One object at one second, as the simulator knows it. */
export interface TruthSample {
  readonly atUs: number;
  /** Unique in an exercise; an object that comes again is another one. */
  readonly object: string;
  readonly family: TargetFamily;
  /** Flown by the own side: nobody has to be called for it. */
  readonly own: boolean;
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
}

export interface TrackSample {
  readonly atUs: number;
  readonly trackKey: string;
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
}

export interface AlarmFact {
  readonly id: string;
  readonly raisedAtUs: number;
  readonly acknowledgedAtUs: number | null;
  readonly trackKeys: readonly string[];
}

/** A command that was carried out; refused ones are left out before. */
export interface DecisionFact {
  readonly atUs: number;
  readonly kind: string;
  readonly actor: string;
  readonly trackKey: string | null;
  /** Of a declaration: the affiliation or class that was declared. */
  readonly value?: string;
}

export interface ProtectedPlace {
  readonly id: string;
  readonly name: string;
  readonly latitudeDegrees: number;
  readonly longitudeDegrees: number;
  readonly radiusMetres: number;
}

export interface ExerciseFacts {
  readonly truth: readonly TruthSample[];
  readonly tracks: readonly TrackSample[];
  /** Names of tracks by key, for people. */
  readonly names: ReadonlyMap<string, string>;
  readonly alarms: readonly AlarmFact[];
  readonly decisions: readonly DecisionFact[];
  readonly assets: readonly ProtectedPlace[];
}

/** A track belongs to the object that was nearest to it most of the time, never farther than this, m. */
const MATCH_GATE = 200;
const MATCHES_NEEDED = 3;
/** From here on a foreign drone is worth a person, m beyond a protected radius. */
export const CALLED_WITHIN = 2000;
const METRES_PER_DEGREE = 111_195;

const ASSESSES = new Set(["accept-track", "dismiss-track", "declare"]);
const DECIDES = new Set(["take-cover", "open-case", "dismiss-track", "declare"]);

/** Metres over ground, on a sphere's tangent: good to a metre or two over the kilometres of a site. */
function apart(a: { latitudeDegrees: number; longitudeDegrees: number }, b: { latitudeDegrees: number; longitudeDegrees: number }): number {
  const north = (a.latitudeDegrees - b.latitudeDegrees) * METRES_PER_DEGREE;
  const middle = ((a.latitudeDegrees + b.latitudeDegrees) / 2) * (Math.PI / 180);
  const east = (a.longitudeDegrees - b.longitudeDegrees) * METRES_PER_DEGREE * Math.cos(middle);
  return Math.hypot(north, east);
}

/** Pure: the same facts give the same score. Facts outside of the time of the truth are ignored by nobody but the caller. */
export function scoreExercise(facts: ExerciseFacts): ExerciseScore {
  const bySecond = new Map<number, TruthSample[]>();
  const byObject = new Map<string, TruthSample[]>();
  for (const sample of facts.truth) {
    push(bySecond, Math.round(sample.atUs / 1e6), sample);
    push(byObject, sample.object, sample);
  }
  const objectOfTrack = matchTracks(facts.tracks, bySecond);
  const firstOfTrack = new Map<string, number>();
  for (const { trackKey, atUs } of facts.tracks) {
    const before = firstOfTrack.get(trackKey);
    if (before === undefined || atUs < before) firstOfTrack.set(trackKey, atUs);
  }

  const objects = [...byObject].map(([object, samples]) => {
    const keys = [...objectOfTrack].filter(([, of]) => of === object).map(([key]) => key);
    return scoreObject(object, samples, keys, facts, firstOfTrack);
  });
  objects.sort((a, b) => Number(b.calledFor) - Number(a.calledFor) || a.firstAtUs - b.firstAtUs || (a.object < b.object ? -1 : 1));
  const wanted = objects.filter(({ calledFor }) => calledFor);
  const wantedKeys = new Set([...objectOfTrack].filter(([, of]) => wanted.some(({ object }) => object === of)).map(([key]) => key));
  const since = (read: (object: ObjectScore) => number | null): Spread =>
    spread(wanted.flatMap((object) => secondsBetween(object.trackedAtUs, read(object))));
  return {
    calledFor: wanted.length,
    tracked: wanted.filter(({ trackedAtUs }) => trackedAtUs !== null).length,
    inTime: wanted.filter(({ inTime }) => inTime === true).length,
    acknowledge: since(({ acknowledgedAtUs }) => acknowledgedAtUs),
    assess: since(({ assessedAtUs }) => assessedAtUs),
    decide: since(({ decidedAtUs }) => decidedAtUs),
    needlessAlarms: facts.alarms.filter(({ trackKeys }) => trackKeys.length > 0 && !trackKeys.some((key) => wantedKeys.has(key))).length,
    mistakes: objects.reduce((sum, { mistakes }) => sum + mistakes.length, 0),
    objects,
  };
}

function matchTracks(tracks: readonly TrackSample[], bySecond: ReadonlyMap<number, readonly TruthSample[]>): Map<string, string> {
  const votes = new Map<string, Map<string, number>>();
  for (const sample of tracks) {
    let nearest: TruthSample | undefined;
    let least = MATCH_GATE;
    for (const truth of bySecond.get(Math.round(sample.atUs / 1e6)) ?? []) {
      const distance = apart(sample, truth);
      if (distance < least) {
        least = distance;
        nearest = truth;
      }
    }
    if (nearest === undefined) continue;
    let of = votes.get(sample.trackKey);
    if (of === undefined) {
      of = new Map();
      votes.set(sample.trackKey, of);
    }
    of.set(nearest.object, (of.get(nearest.object) ?? 0) + 1);
  }
  const matched = new Map<string, string>();
  for (const [key, of] of votes) {
    const [best] = [...of].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    if (best !== undefined && best[1] >= MATCHES_NEEDED) matched.set(key, best[0]);
  }
  return matched;
}

function scoreObject(
  object: string,
  samples: readonly TruthSample[],
  trackKeys: readonly string[],
  facts: ExerciseFacts,
  firstOfTrack: ReadonlyMap<string, number>,
): ObjectScore {
  const first = samples[0]!;
  let nearestMetres = Number.POSITIVE_INFINITY;
  let nearestAsset = "";
  let arrivedAtUs: number | null = null;
  for (const sample of samples)
    for (const asset of facts.assets) {
      const edge = apart(sample, asset) - asset.radiusMetres;
      if (edge < nearestMetres) {
        nearestMetres = edge;
        nearestAsset = asset.name;
      }
      if (edge <= 0 && (arrivedAtUs === null || sample.atUs < arrivedAtUs)) arrivedAtUs = sample.atUs;
    }
  const calledFor = first.family === "uas" && !first.own && nearestMetres <= CALLED_WITHIN;
  const mine = new Set(trackKeys);
  const trackedAtUs = earliest(trackKeys.map((key) => firstOfTrack.get(key)));
  const alarms = facts.alarms.filter((alarm) => alarm.trackKeys.some((key) => mine.has(key)));
  const about = facts.decisions.filter(({ trackKey }) => trackKey !== null && mine.has(trackKey));
  // Take cover is for everybody: it counts for whoever was there and had been seen.
  const covers = facts.decisions.filter(
    ({ kind, atUs }) => kind === "take-cover" && trackedAtUs !== null && atUs >= trackedAtUs && atUs <= samples.at(-1)!.atUs,
  );
  const decidedAtUs = earliest([...about, ...covers].filter(({ kind }) => DECIDES.has(kind)).map(({ atUs }) => atUs));
  return {
    object,
    family: first.family,
    calledFor,
    firstAtUs: first.atUs,
    nearestMetres,
    nearestAsset,
    arrivedAtUs,
    trackIds: trackKeys.map((key) => facts.names.get(key) ?? key),
    trackedAtUs,
    alarmedAtUs: earliest(alarms.map(({ raisedAtUs }) => raisedAtUs)),
    acknowledgedAtUs: earliest(alarms.map(({ acknowledgedAtUs }) => acknowledgedAtUs)),
    assessedAtUs: earliest(about.filter(({ kind }) => ASSESSES.has(kind)).map(({ atUs }) => atUs)),
    decidedAtUs,
    inTime: calledFor ? decidedAtUs !== null && (arrivedAtUs === null || decidedAtUs <= arrivedAtUs) : null,
    mistakes: mistakesOf(first, calledFor, about),
  };
}

function mistakesOf({ family, own }: TruthSample, calledFor: boolean, about: readonly DecisionFact[]): Mistake[] {
  const found = new Set<Mistake>();
  for (const { kind, value } of about) {
    if (kind === "dismiss-track" && calledFor) found.add("drone-dismissed");
    if (kind !== "declare") continue;
    if ((value === "friend" || value === "assumed-friend") && family === "uas" && !own) found.add("declared-friend");
    if (value === "hostile" && (family !== "uas" || own)) found.add("declared-hostile");
  }
  return [...found].sort();
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

const earliest = (times: readonly (number | null | undefined)[]): number | null => {
  const known = times.filter((time): time is number => time !== null && time !== undefined);
  return known.length === 0 ? null : Math.min(...known);
};

const secondsBetween = (from: number | null, to: number | null): number[] => (from === null || to === null ? [] : [(to - from) / 1e6]);

function spread(seconds: readonly number[]): Spread {
  const sorted = [...seconds].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median =
    sorted.length === 0 ? null : sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, worst: sorted.at(-1) ?? null, done: sorted.length };
}
