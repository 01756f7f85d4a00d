// Reads a scene that came from a file: every key, unit and name is checked, and a mistake is told with its place and what was expected.

import { err, ok, type Result } from "../base/result.ts";
import { findTargetClass, TARGET_CLASSES } from "../model/target-classes.ts";
import { type MotionSpec, type ObjectSpec, OUTPUTS, type PlaceSpec, type Scene, type SensorSpec, type WaypointSpec } from "./scene.ts";
import { whyNotSimulated } from "./sensing.ts";

export interface SceneError {
  /** "objects[2].motion.points[0].heightMetres" */
  readonly path: string;
  readonly message: string;
}

/** A scene is made by a person: these keep a slip of the pen from filling the memory. */
const MOST_OBJECTS = 5000;
const MOST_SENSORS = 100;

class Refused extends Error {
  readonly error: SceneError;
  constructor(path: string, message: string) {
    super(message);
    this.error = { path, message };
  }
}
const refuse = (path: string, message: string): never => {
  throw new Refused(path, message);
};

type Entry = Readonly<Record<string, unknown>>;

function entry(value: unknown, path: string, known: readonly string[]): Entry {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse(path, "expected a mapping");
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const near = known.map((name) => ({ name, distance: editDistance(key, name) })).sort((a, b) => a.distance - b.distance)[0];
    refuse(
      path === "" ? key : `${path}.${key}`,
      near !== undefined && near.distance <= Math.max(3, key.length / 2)
        ? `unknown key; did you mean "${near.name}"?`
        : `unknown key; known are ${known.join(", ")}`,
    );
  }
  return value as Entry;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text === undefined ? "nothing" : text.slice(0, 60);
};

function number(from: Entry, key: string, path: string, low: number, high: number): number {
  const value = from[key];
  if (typeof value !== "number" || !Number.isFinite(value)) return refuse(`${path}.${key}`, `expected a number, found ${show(value)}`);
  if (value < low || value > high) return refuse(`${path}.${key}`, `expected ${low} to ${high}, found ${value}`);
  return value;
}
const optionalNumber = (from: Entry, key: string, path: string, low: number, high: number): number | undefined =>
  from[key] === undefined ? undefined : number(from, key, path, low, high);

function pair(from: Entry, key: string, path: string, low: number, high: number): [number, number] {
  const value = from[key];
  if (!Array.isArray(value) || value.length !== 2) return refuse(`${path}.${key}`, `expected two numbers [from, to], found ${show(value)}`);
  const [a, b] = value.map((_, i) => number(value as unknown as Entry, String(i), `${path}.${key}`, low, high));
  if (a > b) refuse(`${path}.${key}`, `the first is above the second: ${show(value)}`);
  return [a, b];
}

function text(from: Entry, key: string, path: string, pattern = /^[^\p{Cc}]{1,120}$/u): string {
  const value = from[key];
  if (typeof value !== "string" || !pattern.test(value)) return refuse(`${path}.${key}`, `expected text, found ${show(value)}`);
  return value;
}
function oneOf<Word extends string>(from: Entry, key: string, path: string, words: readonly Word[]): Word {
  const value = from[key];
  if (!words.includes(value as Word)) refuse(`${path}.${key}`, `expected ${words.join(", ")}, found ${show(value)}`);
  return value as Word;
}
function truth(from: Entry, key: string, path: string): boolean | undefined {
  const value = from[key];
  if (value !== undefined && typeof value !== "boolean") refuse(`${path}.${key}`, `expected true or false, found ${show(value)}`);
  return value as boolean | undefined;
}
function list(from: Entry, key: string, path: string, least: number, most: number): readonly unknown[] {
  const value = from[key];
  if (!Array.isArray(value)) return refuse(`${path}.${key}`, `expected a list, found ${show(value)}`);
  if (value.length < least || value.length > most) refuse(`${path}.${key}`, `expected ${least} to ${most} entries, found ${value.length}`);
  return value;
}

const IDENTIFIER = /^[a-z0-9][a-z0-9-]{0,39}$/;
const FAR = 500_000; // m from the origin
const PLACE_KEYS = ["eastMetres", "northMetres", "rangeMetres", "bearingDegrees"];
const POINT_KEYS = [...PLACE_KEYS, "heightMetres", "speedMetresPerSecond", "hoverSeconds"];
const MAXIMUM_HEIGHT = 40_000;
const MAXIMUM_SPEED = 500;
const MAXIMUM_TIME = 30 * 86_400;

function place(value: unknown, path: string, known = PLACE_KEYS): PlaceSpec {
  const from = entry(value, path, known);
  if (from.rangeMetres !== undefined || from.bearingDegrees !== undefined) {
    return { rangeMetres: pair(from, "rangeMetres", path, 0, FAR), bearingDegrees: pair(from, "bearingDegrees", path, -360, 720) };
  }
  return { eastMetres: number(from, "eastMetres", path, -FAR, FAR), northMetres: number(from, "northMetres", path, -FAR, FAR) };
}

function waypoint(value: unknown, path: string): WaypointSpec {
  const at = place(value, path, POINT_KEYS);
  const from = value as Entry;
  return {
    ...at,
    heightMetres: optionalNumber(from, "heightMetres", path, 0, MAXIMUM_HEIGHT),
    speedMetresPerSecond: optionalNumber(from, "speedMetresPerSecond", path, 0.1, MAXIMUM_SPEED),
    hoverSeconds: optionalNumber(from, "hoverSeconds", path, 0, MAXIMUM_TIME),
  };
}

const MOTION_KEYS: Readonly<Record<MotionSpec["kind"], readonly string[]>> = {
  waypoints: ["kind", "points", "repeat"],
  orbit: ["kind", "centre", "radiusMetres", "clockwise"],
  hover: ["kind", "at", "swayMetres"],
  approach: ["kind", "from", "towards", "standoffMetres", "hoverSeconds"],
  wander: ["kind", "centre", "radiusMetres"],
  soar: ["kind", "centre", "radiusMetres"],
  drift: ["kind", "from", "ceilingMetres"],
};

function motion(value: unknown, path: string): MotionSpec {
  const kinds = Object.keys(MOTION_KEYS) as MotionSpec["kind"][];
  const kind = oneOf((value ?? {}) as Entry, "kind", path, kinds);
  const from = entry(value, path, MOTION_KEYS[kind]);
  const radius = () => number(from, "radiusMetres", path, 1, FAR);
  switch (kind) {
    case "waypoints": {
      const points = list(from, "points", path, 2, 500).map((point, i) => waypoint(point, `${path}.points[${i}]`));
      return { kind, points, repeat: truth(from, "repeat", path) };
    }
    case "orbit":
      return { kind, centre: place(from.centre, `${path}.centre`), radiusMetres: radius(), clockwise: truth(from, "clockwise", path) };
    case "hover":
      return { kind, at: place(from.at, `${path}.at`), swayMetres: optionalNumber(from, "swayMetres", path, 0, 50) };
    case "approach":
      return {
        kind,
        from: place(from.from, `${path}.from`),
        towards: place(from.towards, `${path}.towards`),
        standoffMetres: number(from, "standoffMetres", path, 0, FAR),
        hoverSeconds: number(from, "hoverSeconds", path, 0, MAXIMUM_TIME),
      };
    case "wander":
    case "soar":
      return { kind, centre: place(from.centre, `${path}.centre`), radiusMetres: radius() };
    case "drift":
      return {
        kind,
        from: place(from.from, `${path}.from`),
        ceilingMetres: optionalNumber(from, "ceilingMetres", path, 1, MAXIMUM_HEIGHT),
      };
  }
}

const OBJECT_KEYS = [
  "id",
  "class",
  "motion",
  "speedMetresPerSecond",
  "heightMetres",
  "rcsDbsm",
  "group",
  "appearsAfterSeconds",
  "lifetimeSeconds",
  "returnsAfterSeconds",
  "remoteId",
  "adsb",
  "radio",
  "partner",
  "operator",
  "callsign",
];
const DECISIONS = ["yes", "no", "by-class"] as const;

function object(value: unknown, path: string): ObjectSpec {
  const from = entry(value, path, OBJECT_KEYS);
  const className = text(from, "class", path);
  if (findTargetClass(className) === undefined) {
    refuse(`${path}.class`, `there is no class "${className}"; classes are ${TARGET_CLASSES.map((one) => one.id).join(", ")}`);
  }
  const how = motion(from.motion, `${path}.motion`);
  // An outline for surveillance: it may be seen to fly by, and no scene says how one comes to a place.
  if (className === "uas.oneway" && how.kind === "approach") refuse(`${path}.motion.kind`, `class "${className}" has no approach`);
  const decision = (key: string) => (from[key] === undefined ? undefined : oneOf(from, key, path, DECISIONS));
  const group = from.group === undefined ? undefined : entry(from.group, `${path}.group`, ["count", "shape", "spacingMetres"]);
  return {
    id: text(from, "id", path, IDENTIFIER),
    class: className,
    motion: how,
    speedMetresPerSecond: optionalNumber(from, "speedMetresPerSecond", path, 0.1, MAXIMUM_SPEED),
    heightMetres: optionalNumber(from, "heightMetres", path, 0, MAXIMUM_HEIGHT),
    rcsDbsm: optionalNumber(from, "rcsDbsm", path, -80, 60),
    group:
      group === undefined
        ? undefined
        : {
            count: whole(group, "count", `${path}.group`, 1, MOST_OBJECTS),
            shape: oneOf(group, "shape", `${path}.group`, ["flock", "wedge", "line"]),
            spacingMetres: number(group, "spacingMetres", `${path}.group`, 0.5, 5000),
          },
    appearsAfterSeconds: optionalNumber(from, "appearsAfterSeconds", path, 0, MAXIMUM_TIME),
    lifetimeSeconds: optionalNumber(from, "lifetimeSeconds", path, 1, MAXIMUM_TIME),
    returnsAfterSeconds: from.returnsAfterSeconds === undefined ? undefined : pair(from, "returnsAfterSeconds", path, 0, MAXIMUM_TIME),
    remoteId: decision("remoteId"),
    adsb: decision("adsb"),
    radio: decision("radio"),
    partner: truth(from, "partner", path),
    operator: from.operator === undefined ? undefined : place(from.operator, `${path}.operator`),
    callsign: from.callsign === undefined ? undefined : text(from, "callsign", path, /^[A-Z]{1,2}$/),
  };
}

function whole(from: Entry, key: string, path: string, low: number, high: number): number {
  const value = number(from, key, path, low, high);
  return Number.isInteger(value) ? value : refuse(`${path}.${key}`, `expected a whole number, found ${value}`);
}

const SENSOR_KEYS = [
  "id",
  "name",
  "class",
  "at",
  "heightMetres",
  "boresightDegrees",
  "output",
  "link",
  "updateSeconds",
  "falsePerScan",
  "falsePerHour",
  "rangeMaxMetres",
  "setting",
  "sac",
  "sic",
];

function sensor(value: unknown, path: string): SensorSpec {
  const from = entry(value, path, SENSOR_KEYS);
  const at = entry(from.at, `${path}.at`, ["eastMetres", "northMetres"]);
  const spec: SensorSpec = {
    id: text(from, "id", path, IDENTIFIER),
    name: text(from, "name", path),
    class: text(from, "class", path),
    at: {
      eastMetres: number(at, "eastMetres", `${path}.at`, -FAR, FAR),
      northMetres: number(at, "northMetres", `${path}.at`, -FAR, FAR),
    },
    heightMetres: number(from, "heightMetres", path, 0, 1000),
    boresightDegrees: optionalNumber(from, "boresightDegrees", path, -360, 360),
    output: oneOf(from, "output", path, OUTPUTS),
    link: from.link === undefined ? undefined : text(from, "link", path, IDENTIFIER),
    updateSeconds: optionalNumber(from, "updateSeconds", path, 0.05, 60),
    falsePerScan: optionalNumber(from, "falsePerScan", path, 0, 2000),
    falsePerHour: optionalNumber(from, "falsePerHour", path, 0, 100_000),
    rangeMaxMetres: optionalNumber(from, "rangeMaxMetres", path, 10, FAR),
    setting: from.setting === undefined ? undefined : text(from, "setting", path),
    sac: from.sac === undefined ? undefined : whole(from, "sac", path, 0, 255),
    sic: from.sic === undefined ? undefined : whole(from, "sic", path, 0, 255),
  };
  const why = whyNotSimulated(spec);
  if (why !== undefined) refuse(path, why);
  return spec;
}

const SCENE_KEYS = ["name", "title", "seed", "start", "durationSeconds", "origin", "wind", "qnhHectopascals", "objects", "sensors"];

/** Checks a scene as parsed from YAML or JSON. Never throws; the first mistake is returned with its path. */
export function readScene(value: unknown): Result<Scene, SceneError> {
  try {
    const from = entry(value, "", SCENE_KEYS);
    const at = "scene";
    const origin = entry(from.origin, "origin", ["latitudeDegrees", "longitudeDegrees", "groundHaeMetres"]);
    const wind = from.wind === undefined ? undefined : entry(from.wind, "wind", ["fromDegrees", "speedMetresPerSecond"]);
    const start = from.start === undefined ? undefined : text(from, "start", at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    if (start !== undefined && !Number.isFinite(Date.parse(start))) refuse("scene.start", `no such instant: ${start}`);
    const scene: Scene = {
      name: text(from, "name", at, IDENTIFIER),
      title: text(from, "title", at),
      seed: whole(from, "seed", at, 0, 4_294_967_295),
      start,
      durationSeconds: optionalNumber(from, "durationSeconds", at, 1, MAXIMUM_TIME),
      origin: {
        latitudeDegrees: number(origin, "latitudeDegrees", "origin", -85, 85),
        longitudeDegrees: number(origin, "longitudeDegrees", "origin", -180, 180),
        groundHaeMetres: number(origin, "groundHaeMetres", "origin", -500, 9000),
      },
      wind: {
        fromDegrees: wind === undefined ? 0 : number(wind, "fromDegrees", "wind", 0, 360),
        speedMetresPerSecond: wind === undefined ? 0 : number(wind, "speedMetresPerSecond", "wind", 0, 50),
      },
      qnhHectopascals: optionalNumber(from, "qnhHectopascals", at, 900, 1080) ?? 1013.25,
      objects: list(from, "objects", at, 0, MOST_OBJECTS).map((one, i) => object(one, `objects[${i}]`)),
      sensors: list(from, "sensors", at, 1, MOST_SENSORS).map((one, i) => sensor(one, `sensors[${i}]`)),
    };
    const total = scene.objects.reduce((sum, one) => sum + (one.group?.count ?? 1), 0);
    if (total > MOST_OBJECTS) refuse("objects", `${total} objects in all; at most ${MOST_OBJECTS}`);
    for (const [what, ids] of [
      ["objects", scene.objects.map((one) => one.id)],
      ["sensors", scene.sensors.map((one) => one.id)],
    ] as const) {
      const twice = ids.find((id, i) => ids.indexOf(id) !== i);
      if (twice !== undefined) refuse(what, `two entries have the id "${twice}"`);
    }
    return ok(scene);
  } catch (failure) {
    if (failure instanceof Refused) return err(failure.error);
    throw failure; // our own mistake
  }
}
