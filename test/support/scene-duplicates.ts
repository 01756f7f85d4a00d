// How many tracks stand for one object, in a built-in scene whose truth is known: what an operator sees doubled.

import type { Micros } from "../../src/core/base/units.ts";
import { createPicture, type Picture, trackKey } from "../../src/core/engine/picture.ts";
import { step } from "../../src/core/engine/step.ts";
import { geodeticToEnu } from "../../src/core/geodesy/wgs84.ts";
import { readTruth, type World } from "../../src/core/simulation/world.ts";
import { predictTrack, readTracks } from "../../src/core/tracking/picket-tracker.ts";
import { SCENE_START, sceneSteps } from "./scene-events.ts";

/** A track belongs to the neighbourhood of an object within this, plus a share of its distance from the origin (bearing errors). */
const REACH = 120; // m
const REACH_SHARE = 0.012;

export interface SecondCount {
  /** Seconds after the start. */
  readonly second: number;
  /** Objects in the air, and those with a track near them. */
  readonly objects: number;
  readonly covered: number;
  /** Reported tracks; those that are one too many near an object; those with no object near. */
  readonly tracks: number;
  readonly duplicates: number;
  readonly strays: number;
}

export interface DuplicateSpell {
  readonly track: string;
  /** Object that has another track already. */
  readonly object: string;
  readonly from: number;
  seconds: number;
  /** Sensors that feed the track, and those of the other. */
  sensors: string;
  others: string;
}

export interface DuplicateReport {
  readonly seconds: SecondCount[];
  readonly spells: DuplicateSpell[];
}

/** Plays `seconds` of a scene into the engine, and compares its tracks with the truth at each whole second. */
export function countDuplicates(scene: string, seed: number, seconds: number): DuplicateReport {
  const picture = createPicture();
  const counts: SecondCount[] = [];
  const spells: DuplicateSpell[] = [];
  const open = new Map<string, DuplicateSpell>();
  let next = SCENE_START + 1_000_000;
  for (const { world, events } of sceneSteps(scene, seed, seconds)) {
    for (const event of events) step(picture, event);
    if (picture.now < next) continue;
    next += 1_000_000;
    const second = Math.round((picture.now - SCENE_START) / 1e6);
    counts.push(compare(picture, world, second, open, spells));
  }
  return { seconds: counts, spells };
}

function compare(picture: Picture, world: World, second: number, open: Map<string, DuplicateSpell>, spells: DuplicateSpell[]): SecondCount {
  const truth = readTruth(world).map((object) => {
    const [east, north] = geodeticToEnu(picture.frame, object.latitude, object.longitude, object.heightHae);
    return { id: object.id, east, north };
  });
  const tracks = [...picture.trackers].flatMap(([origin, tracker]) =>
    readTracks(tracker).map((estimate) => {
      const { position } = predictTrack(estimate, picture.now as Micros);
      const key = trackKey(origin, estimate.id);
      const record = picture.tracks.get(key);
      const sensors = record === undefined ? "" : [...record.contributions.keys()].sort().join("+");
      return { key, east: position[0], north: position[1], sensors, on: -1 };
    }),
  );
  // Nearest pairs first; each object takes one track, each track one object.
  const pairs: { track: number; object: number; distance: number }[] = [];
  tracks.forEach((track, i) => {
    truth.forEach((object, j) => {
      const distance = Math.hypot(track.east - object.east, track.north - object.north);
      if (distance < REACH + REACH_SHARE * Math.hypot(object.east, object.north)) pairs.push({ track: i, object: j, distance });
    });
  });
  pairs.sort((a, b) => a.distance - b.distance);
  const takenBy = new Map<number, number>();
  for (const { track, object } of pairs) {
    if (tracks[track]!.on >= 0 || takenBy.has(object)) continue;
    tracks[track]!.on = object;
    takenBy.set(object, track);
  }
  let duplicates = 0;
  let strays = 0;
  const seen = new Set<string>();
  tracks.forEach((track, i) => {
    if (track.on >= 0) return;
    const near = pairs.find((pair) => pair.track === i);
    if (near === undefined) {
      strays += 1;
      return;
    }
    duplicates += 1;
    seen.add(track.key);
    const object = truth[near.object]!;
    const known = open.get(track.key);
    if (known !== undefined) {
      known.seconds += 1;
      known.sensors = track.sensors;
      return;
    }
    const spell = {
      track: track.key,
      object: object.id,
      from: second,
      seconds: 1,
      sensors: track.sensors,
      others: tracks[takenBy.get(near.object)!]!.sensors,
    };
    open.set(track.key, spell);
    spells.push(spell);
  });
  for (const key of open.keys()) if (!seen.has(key)) open.delete(key);
  return { second, objects: truth.length, covered: takenBy.size, tracks: tracks.length, duplicates, strays };
}
