// Scenario files of the tracker (JSON Lines, see docs/tracking.md): reading, running the tracker over them in arrival order, scoring.

import { createScoreSheet, readScore, type Score, type ScoreSheet, scoreStep } from "../../core/metrics/score.ts";
import type { ScenarioRow } from "../../core/simulation/tracking-scenarios/scenario-rows.ts";
import { createTracker, processScan, readTracks, setSensor, type TrackerState } from "../../core/tracking/picket-tracker.ts";
import type { Scan, TrackEstimate, TrackerDetection, TrackerSensor } from "../../core/tracking/tracker.ts";
import { FLAT_SETTINGS, SPATIAL_SETTINGS, type TrackerSettings } from "../../core/tracking/tracker-settings.ts";

interface SensorHeader {
  id: string;
  kind: "position2d" | "radar3d" | "bearing" | "azel" | "position3d" | "polar2d";
  position?: [number, number, number];
  boresight?: number;
  fov_range?: [number, number];
  fov_az?: [number, number];
  fov_el?: [number, number];
  max_range?: number;
  noise_std: number[];
  pd: number | Record<string, number>;
  pd_range_scale?: number;
  clutter_per_scan?: number;
  clutter_density?: number;
  period?: number;
  cooperative?: boolean;
}

export interface ScenarioHeader {
  scenario: string;
  seed: number;
  dt: number;
  steps: number;
  runs: number;
  gospa: { p: 1 | 2; c: number };
  motion?: { q: number; p_survive: number };
  birth?: { prior_targets: number; per_scan: number; mean: number[]; std: number[] };
  sensors: SensorHeader[];
}

export interface Truth {
  readonly id: number;
  readonly position: readonly number[];
  readonly velocity: readonly number[];
  readonly class: string;
}

export interface ScenarioRun {
  /** In order of arrival. */
  readonly scans: Scan[];
  /** Truth at each step, by step number. */
  readonly truth: Truth[][];
  /** For diagnosis only: the truth that each detection of each scan came from, -1 for a false one, in the order of `scans`. */
  readonly sources: (readonly number[])[];
  /** When each scan arrived, us. */
  readonly arrivals: number[];
}

export interface Scenario {
  readonly header: ScenarioHeader;
  readonly dimensions: 2 | 3;
  readonly sensors: TrackerSensor[];
  readonly runs: ScenarioRun[];
  readonly detections: number;
}

/** Scenario times count from 0; the tracker's from an instant well after the epoch. */
const EPOCH = 1_000_000_000_000;
export const instant = (seconds: number) => EPOCH + Math.round(seconds * 1e6);

function sensorOf(header: SensorHeader, motion: ScenarioHeader["motion"]): TrackerSensor {
  void motion;
  const pds = typeof header.pd === "number" ? [header.pd] : Object.values(header.pd);
  const reach = header.fov_range ?? (header.max_range === undefined ? undefined : [0, header.max_range]);
  const azimuth = header.fov_az ?? [-Math.PI, Math.PI];
  const elevation = header.fov_el ?? [-Math.PI / 2, Math.PI / 2];
  return {
    id: header.id,
    positionEnu: header.position ?? [0, 0, 0],
    rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    azimuthFrom: "east",
    fieldOfView:
      reach === undefined
        ? undefined
        : {
            rangeMin: reach[0],
            rangeMax: reach[1],
            azimuthCentre: (header.boresight ?? 0) + (azimuth[0] + azimuth[1]) / 2,
            azimuthWidth: azimuth[1] - azimuth[0],
            elevationMin: elevation[0],
            elevationMax: elevation[1],
          },
    detectionProbability: pds.reduce((sum, pd) => sum + pd, 0) / pds.length,
    falseDetectionsPerScan: header.clutter_per_scan ?? 0,
    falseDetectionDensity: header.clutter_density,
    updatePeriod: header.period ?? 1,
    cooperative: header.cooperative === true,
    passive: header.kind === "bearing",
  };
}

const KIND_OF = {
  position2d: "position2d",
  radar3d: "polar3d",
  polar2d: "polar2d",
  bearing: "bearing",
  azel: "bearing-elevation",
  position3d: "position3d",
} as const;

/** Reads a scenario. Truth and `src` are kept apart from the scans: the tracker never sees them. */
export function readScenario(lines: Iterable<string>): Scenario {
  const rows: ScenarioRow[] = [];
  for (const line of lines) if (line !== "") rows.push(JSON.parse(line) as ScenarioRow);
  return scenarioFromRows(rows);
}

/** The same from rows, as the project's own generators make them. */
export function scenarioFromRows(rows: Iterable<ScenarioRow>): Scenario {
  let header: ScenarioHeader | undefined;
  const runs: ScenarioRun[] = [];
  let detections = 0;
  let variances: Record<string, number[]> = {};
  let kinds: Record<string, SensorHeader["kind"]> = {};
  for (const row of rows) {
    if (row.type === "header") {
      header = row as unknown as ScenarioHeader;
      variances = Object.fromEntries(header.sensors.map((sensor) => [sensor.id, sensor.noise_std.map((sigma) => sigma * sigma)]));
      kinds = Object.fromEntries(header.sensors.map((sensor) => [sensor.id, sensor.kind]));
      continue;
    }
    runs[row.run] ??= { scans: [], truth: [], sources: [], arrivals: [] };
    const run = runs[row.run]!;
    if (row.type === "truth") {
      run.truth[Math.round(row.t / header!.dt)] = row.targets.map((target) => ({
        id: target[0] as number,
        class: target[1] as string,
        position: target.slice(2, 5) as unknown as number[],
        velocity: target.slice(5, 8) as unknown as number[],
      }));
    } else if (row.type === "scan") {
      const kind = KIND_OF[kinds[row.sensor]!];
      const variance = variances[row.sensor]!;
      detections += row.det.length;
      run.sources.push(row.src);
      run.arrivals.push(instant(row.arr));
      run.scans.push({
        sensorId: row.sensor,
        t: instant(row.t),
        looked: "field-of-view",
        detections: row.det.map((values, handle): TrackerDetection => {
          const identity = typeof values.at(-1) === "string" ? (values.at(-1) as string) : undefined;
          const z = (identity === undefined ? values : values.slice(0, -1)) as number[];
          return { kind, z, variance, identity, handle };
        }),
      });
    }
  }
  if (header === undefined) throw new Error("no header");
  return {
    header,
    dimensions: header.sensors[0]!.kind === "position2d" || header.sensors[0]!.kind === "polar2d" ? 2 : 3,
    sensors: header.sensors.map((sensor) => sensorOf(sensor, header!.motion)),
    runs,
    detections,
  };
}

/** The preset for the scenario's number of dimensions, with what the header says of motion and birth. */
export function settingsFor(scenario: Scenario): TrackerSettings {
  const { header } = scenario;
  if (scenario.dimensions === 3) return SPATIAL_SETTINGS;
  const { motion, birth } = header;
  return {
    ...FLAT_SETTINGS,
    modes: FLAT_SETTINGS.modes.map((mode) => ({
      ...mode,
      q: motion === undefined ? mode.q : (mode.q / FLAT_SETTINGS.modes[0]!.q) * motion.q,
      birthSpeed: birth === undefined ? mode.birthSpeed : birth.std[1]!,
    })),
    lifetime: motion === undefined ? FLAT_SETTINGS.lifetime : -header.dt / Math.log(motion.p_survive),
    initialUndetected: birth?.prior_targets ?? FLAT_SETTINGS.initialUndetected,
    birthRate: birth === undefined ? FLAT_SETTINGS.birthRate : birth.per_scan / header.dt,
    birthPlace: birth === undefined ? undefined : { mean: [birth.mean[0]!, birth.mean[2]!], sigma: [birth.std[0]!, birth.std[2]!] },
  };
}

export interface RunResult {
  /** Tracks at each step. */
  readonly estimates: TrackEstimate[][];
  readonly state: TrackerState;
  /** CPU time of each scan, us, the collector's included; empty unless asked for. */
  readonly scanMicros: number[];
}

/** Straight extrapolation of the position alone: all that a scenario's estimates need. */
function extrapolate(track: TrackEstimate, t: number): TrackEstimate {
  const dt = (t - track.at) / 1e6;
  if (dt === 0) return track;
  const [x, y, z] = track.position;
  const [vx, vy, vz] = track.velocity;
  return { ...track, at: t, position: [x + dt * vx, y + dt * vy, z + dt * vz] };
}

/**
 * Runs the tracker over one run in arrival order. The estimate for a step is read just before the first scan measured after it arrives.
 */
export function runScenario(
  scenario: Scenario,
  run: ScenarioRun,
  settings: TrackerSettings,
  sensors = scenario.sensors,
  timed = false,
): RunResult {
  const state = createTracker(settings);
  for (const sensor of sensors) setSensor(state, sensor);
  const estimates: TrackEstimate[][] = [];
  const scanMicros: number[] = [];
  let step = 0;
  const { dt, steps } = scenario.header;
  const read = () => {
    const t = instant(step * dt);
    estimates.push(readTracks(state).map((track) => extrapolate(track, t)));
    step += 1;
  };
  for (const scan of run.scans) {
    while (step < steps && scan.t > instant(step * dt)) read();
    if (!timed) {
      processScan(state, scan);
      continue;
    }
    const began = process.cpuUsage();
    processScan(state, scan);
    const spent = process.cpuUsage(began);
    scanMicros.push(spent.user + spent.system);
  }
  while (step < steps) read();
  return { estimates, state, scanMicros };
}

/** Scores estimates of one run into a sheet. */
export function scoreRun(sheet: ScoreSheet, scenario: Scenario, runNumber: number, estimates: readonly TrackEstimate[][], from = 0): void {
  const { dimensions, header } = scenario;
  for (let step = from; step < header.steps; step++) {
    const truth = scenario.runs[runNumber]!.truth[step];
    if (truth === undefined) continue;
    scoreStep(
      sheet,
      runNumber,
      truth.map((target) => ({ id: target.id, position: target.position.slice(0, dimensions) })),
      (estimates[step] ?? []).map((track) => ({ id: track.id, position: track.position.slice(0, dimensions) })),
    );
  }
}

/** What the sensors are told when their configured values are wrong: miss rate and clutter multiplied. */
export function misinform(sensors: readonly TrackerSensor[], missFactor: number, clutterFactor: number): TrackerSensor[] {
  return sensors.map((sensor) =>
    sensor.cooperative
      ? sensor
      : {
          ...sensor,
          detectionProbability: Math.max(1 - (1 - sensor.detectionProbability) * missFactor, 0.05),
          falseDetectionsPerScan: sensor.falseDetectionsPerScan * clutterFactor,
          falseDetectionDensity: sensor.falseDetectionDensity === undefined ? undefined : sensor.falseDetectionDensity * clutterFactor,
        },
  );
}

/** Runs and scores a whole scenario. */
export function scoreScenario(
  scenario: Scenario,
  settings: TrackerSettings,
  sensors = scenario.sensors,
  onlyRuns?: readonly number[],
): { score: Score; results: RunResult[]; sheet: ScoreSheet } {
  const sheet = createScoreSheet(scenario.header.gospa.c, scenario.header.gospa.p);
  const results: RunResult[] = [];
  scenario.runs.forEach((run, number) => {
    if (onlyRuns !== undefined && !onlyRuns.includes(number)) return;
    const result = runScenario(scenario, run, settings, sensors);
    results.push(result);
    scoreRun(sheet, scenario, number, result.estimates);
  });
  return { score: readScore(sheet), results, sheet };
}
