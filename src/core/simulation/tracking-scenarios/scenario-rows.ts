// The rows of a tracker scenario file (JSON Lines; docs/tracking.md has the format) and the simulated sensors that fill them. Metres,
// seconds, radians; azimuth counter-clockwise from east. Everything is drawn from one seeded generator, so a seed is a scenario.

import { wrapAngle } from "../../base/units.ts";
import { normal, poisson, type RandomState, uniform, uniformBetween } from "../../math/random.ts";

export type TargetClass = "target" | "drone" | "bird" | "aircraft";

export interface SensorRow {
  readonly id: string;
  readonly kind: "position2d" | "radar3d" | "polar2d" | "bearing" | "azel" | "position3d";
  readonly position?: readonly [number, number, number];
  readonly boresight?: number;
  readonly fov_range?: readonly [number, number];
  readonly fov_az?: readonly [number, number];
  readonly fov_el?: readonly [number, number];
  readonly max_range?: number;
  readonly noise_std: readonly number[];
  readonly pd: number | Readonly<Record<string, number>>;
  /** Pd is multiplied by exp(-range / this), m. */
  readonly pd_range_scale?: number;
  readonly clutter_per_scan?: number;
  readonly clutter_density?: number;
  /** Where a position sensor's false detections fall. */
  readonly clutter_region?: readonly (readonly [number, number])[];
  readonly period?: number;
  readonly phase?: number;
  readonly latency?: number;
  readonly cooperative?: boolean;
  readonly true_bias_r_az_el?: readonly [number, number, number];
  /** Only these targets, by identifier: those that broadcast, or that transmit. */
  readonly only?: readonly number[];
  /** What an identity string starts with. */
  readonly identity_prefix?: string;
  /** A wall: targets in this sector (rad, around the sensor) beyond this range (m) are hidden. */
  readonly hidden_az?: readonly [number, number];
  readonly hidden_beyond?: number;
}

export interface HeaderRow {
  readonly type: "header";
  readonly scenario: string;
  readonly seed: number;
  readonly frame: string;
  readonly dt: number;
  readonly steps: number;
  readonly runs: number;
  readonly gospa: { readonly p: 2; readonly c: number; readonly alpha: 2 };
  readonly motion?: { readonly model: string; readonly q: number; readonly p_survive: number };
  readonly birth?: {
    readonly prior_targets: number;
    readonly per_scan: number;
    readonly mean: readonly number[];
    readonly std: readonly number[];
  };
  readonly sensors: readonly SensorRow[];
}

/** [id, class, x, y, z, vx, vy, vz] */
export type TruthTarget = readonly [number, string, number, number, number, number, number, number];
export interface TruthRow {
  readonly type: "truth";
  readonly run: number;
  readonly t: number;
  readonly targets: readonly TruthTarget[];
}
export interface ScanRow {
  readonly type: "scan";
  readonly run: number;
  readonly t: number;
  readonly arr: number;
  readonly sensor: string;
  readonly det: readonly (readonly (number | string)[])[];
  readonly src: readonly number[];
}
export type ScenarioRow = HeaderRow | TruthRow | ScanRow;

/** A target's path on a fixed grid of time: state k is at `start + k * step` seconds. */
export interface Path {
  readonly id: number;
  readonly class: TargetClass;
  readonly start: number;
  readonly step: number;
  /** [k x 6]: position, velocity. */
  readonly states: Float64Array;
}

/** Offset of the state at `t` (s) in `states`, or -1 outside the target's life. */
export function stateAt(path: Path, t: number): number {
  const k = Math.round((t - path.start) / path.step);
  return k < 0 || (k + 1) * 6 > path.states.length ? -1 : k * 6;
}

const rounded = (value: number, digits: number) => Math.round(value * digits) / digits;

/** What is inside the sensor's view: range (m) and angles (rad) from it. */
function inView(sensor: SensorRow, range: number, azimuth: number, elevation: number): boolean {
  const reach = sensor.fov_range ?? (sensor.max_range === undefined ? undefined : ([0, sensor.max_range] as const));
  if (reach !== undefined && (range < reach[0] || range > reach[1])) return false;
  const relative = wrapAngle(azimuth - (sensor.boresight ?? 0));
  if (sensor.fov_az !== undefined && (relative < sensor.fov_az[0] || relative > sensor.fov_az[1])) return false;
  if (sensor.fov_el !== undefined && (elevation < sensor.fov_el[0] || elevation > sensor.fov_el[1])) return false;
  if (sensor.hidden_az !== undefined && range > (sensor.hidden_beyond ?? 0)) {
    const inside = wrapAngle(azimuth - sensor.hidden_az[0]);
    if (inside >= 0 && inside <= sensor.hidden_az[1] - sensor.hidden_az[0]) return false;
  }
  return true;
}

/** Whether a target at `path.states[o]` is where this sensor could see it. */
export function isVisible(sensor: SensorRow, path: Path, o: number): boolean {
  const [px, py, pz] = sensor.position ?? [0, 0, 0];
  const dx = path.states[o]! - px;
  const dy = path.states[o + 1]! - py;
  const dz = path.states[o + 2]! - pz;
  const range = Math.max(Math.hypot(dx, dy, dz), 1e-6);
  return inView(sensor, range, Math.atan2(dy, dx), Math.asin(dz / range));
}

/** One look of one sensor at `t` (s): detections in random order, each with the truth that it came from, or -1. */
export function look(random: RandomState, sensor: SensorRow, paths: readonly Path[], run: number, t: number): ScanRow {
  const [px, py, pz] = sensor.position ?? [0, 0, 0];
  const [biasRange, biasAzimuth, biasElevation] = sensor.true_bias_r_az_el ?? [0, 0, 0];
  const found: { det: (number | string)[]; src: number; order: number }[] = [];
  const noise = (k: number) => normal(random) * sensor.noise_std[k]!;
  for (const path of paths) {
    if (sensor.only !== undefined && !sensor.only.includes(path.id)) continue;
    const o = stateAt(path, t);
    if (o < 0) continue;
    const s = path.states;
    const dx = s[o]! - px;
    const dy = s[o + 1]! - py;
    const dz = s[o + 2]! - pz;
    const range = Math.max(Math.hypot(dx, dy, dz), 1e-6);
    const azimuth = Math.atan2(dy, dx);
    const elevation = Math.asin(dz / range);
    const positional = sensor.kind === "position2d" || sensor.kind === "position3d";
    if (!positional && !inView(sensor, range, azimuth, elevation)) continue;
    let pd = typeof sensor.pd === "number" ? sensor.pd : (sensor.pd[path.class] ?? 0);
    if (sensor.pd_range_scale !== undefined) pd *= Math.exp(-range / sensor.pd_range_scale);
    if (uniform(random) >= pd) continue;
    let det: (number | string)[];
    const az = () => rounded(wrapAngle(azimuth + noise(sensor.kind === "bearing" || sensor.kind === "azel" ? 0 : 1) + biasAzimuth), 1e5);
    switch (sensor.kind) {
      case "position2d":
        det = [rounded(s[o]! + noise(0), 1e3), rounded(s[o + 1]! + noise(1), 1e3)];
        break;
      case "position3d":
        det = [
          rounded(s[o]! + noise(0), 1e3),
          rounded(s[o + 1]! + noise(1), 1e3),
          rounded(s[o + 2]! + noise(2), 1e3),
          `${sensor.identity_prefix ?? "ID"}-${path.id}`,
        ];
        break;
      case "radar3d":
        det = [
          rounded(range + noise(0) + biasRange, 1e2),
          az(),
          rounded(elevation + noise(2) + biasElevation, 1e5),
          rounded((dx * s[o + 3]! + dy * s[o + 4]! + dz * s[o + 5]!) / range + noise(3), 1e2),
        ];
        break;
      case "polar2d":
        det = [rounded(range + noise(0) + biasRange, 1e2), az()];
        break;
      case "bearing":
        det = [az()];
        break;
      case "azel":
        det = [az(), rounded(elevation + noise(1) + biasElevation, 1e5)];
        break;
    }
    found.push({ det, src: path.id, order: uniform(random) });
  }
  const between = (span: readonly [number, number]) => uniformBetween(random, span[0], span[1]);
  const clutter = poisson(random, sensor.clutter_per_scan ?? 0);
  const reach = sensor.fov_range ?? ([0, sensor.max_range ?? 1000] as const);
  const sector = sensor.fov_az ?? ([-Math.PI, Math.PI] as const);
  const heights = sensor.fov_el ?? ([0, 0.5] as const);
  for (let k = 0; k < clutter; k++) {
    const azimuth = rounded(wrapAngle((sensor.boresight ?? 0) + between(sector)), 1e5);
    let det: number[];
    switch (sensor.kind) {
      case "position2d":
        det = sensor.clutter_region!.map((span) => rounded(between(span), 1e3));
        break;
      case "radar3d":
        det = [rounded(between(reach), 1e2), azimuth, rounded(between(heights), 1e5), rounded(4 * normal(random), 1e2)];
        break;
      case "polar2d":
        det = [rounded(between(reach), 1e2), azimuth];
        break;
      case "bearing":
        det = [azimuth];
        break;
      case "azel":
        det = [azimuth, rounded(between(heights), 1e5)];
        break;
      default:
        continue;
    }
    found.push({ det, src: -1, order: uniform(random) });
  }
  found.sort((a, b) => a.order - b.order);
  return {
    type: "scan",
    run,
    t,
    arr: rounded(t + (sensor.latency ?? 0), 1e6),
    sensor: sensor.id,
    det: found.map((one) => one.det),
    src: found.map((one) => one.src),
  };
}

/** Rows of one run in order of arrival (truth rows first at their second): every sensor looks each `period` from its `phase`. */
export function observeRun(
  random: RandomState,
  header: HeaderRow,
  run: number,
  paths: readonly Path[],
  scored: (path: Path, offset: number) => boolean,
): ScenarioRow[] {
  const scans: ScanRow[] = [];
  const end = (header.steps - 1) * header.dt;
  for (const sensor of header.sensors) {
    const period = sensor.period ?? header.dt;
    for (let k = 0; ; k++) {
      const t = rounded((sensor.phase ?? 0) + k * period, 1e6);
      if (t > end) break;
      scans.push(look(random, sensor, paths, run, t));
    }
  }
  scans.sort((a, b) => a.arr - b.arr || a.t - b.t);
  const rows: ScenarioRow[] = [];
  for (let step = 0; step < header.steps; step++) {
    const t = step * header.dt;
    const targets: TruthTarget[] = [];
    for (const path of paths) {
      const o = stateAt(path, t);
      if (o < 0 || !scored(path, o)) continue;
      const s = path.states;
      targets.push([path.id, path.class, s[o]!, s[o + 1]!, s[o + 2]!, s[o + 3]!, s[o + 4]!, s[o + 5]!]);
    }
    rows.push({ type: "truth", run, t, targets });
  }
  rows.push(...scans);
  return rows;
}
