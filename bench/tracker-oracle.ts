// The oracle of the scoreboard: a constant-velocity extended Kalman filter for each truth that is told which detections are its own and
// when it ends. It is a reference for association, no lower bound. Settings as in the shared baselines: q = 1 (0.02 in the plane), first
// state from the first detection with a position, velocity 0 with 20 m/s (1 m/s in the plane), scans sorted by measurement time.

import { angleComponent, innovate, PREPARED_P, PREPARED_SIZE, PREPARED_Y, prepareUpdate } from "../src/core/estimation/measurement.ts";
import { MODE_SIZE, predictConstantVelocity } from "../src/core/estimation/motion.ts";
import { createScoreSheet, readScore, type Score, scoreStep } from "../src/core/metrics/score.ts";
import { createTracker, processScan, SPATIAL_SETTINGS, setSensor } from "../src/core/tracking/picket-tracker.ts";
import type { TrackerDetection, TrackerSensor } from "../src/core/tracking/tracker.ts";
import { MODES } from "../src/core/tracking/tracker-state.ts";
import { instant, type Scenario } from "../src/server/cli/track-scenario.ts";

const KINDS = ["polar3d", "polar2d", "bearing", "bearing-elevation", "position2d", "position3d"];

/** A first state from one detection: the tracker's own, with the oracle's velocity. */
function firstState(sensor: TrackerSensor, detection: TrackerDetection, t: number, speed: number, flat: boolean): Float64Array | undefined {
  if (detection.kind === "bearing" || detection.kind === "bearing-elevation") return undefined;
  const state = createTracker({
    ...SPATIAL_SETTINGS,
    modes: [{ ...SPATIAL_SETTINGS.modes[0]!, birthSpeed: speed, birthSpeedUp: speed }],
    birthExistence: 0,
    dropExistence: 0,
    historyStates: 0,
    ...(flat ? { unknownHeight: 0, unknownHeightSigma: 0.01 } : {}),
  });
  setSensor(state, sensor);
  processScan(state, { sensorId: sensor.id, t, looked: "detections-only", detections: [detection] });
  return state.slab.slice(MODES, MODES + MODE_SIZE);
}

export function scoreOracle(scenario: Scenario, onlyRuns?: readonly number[]): Score {
  const flat = scenario.dimensions === 2;
  const q = flat ? 0.02 : 1;
  const sheet = createScoreSheet(scenario.header.gospa.c, scenario.header.gospa.p);
  const prepared = new Float64Array(PREPARED_SIZE);
  const whitened = new Float64Array(6);
  scenario.runs.forEach((run, number) => {
    if (onlyRuns !== undefined && !onlyRuns.includes(number)) return;
    const order = run.scans.map((_, k) => k).sort((a, b) => run.scans[a]!.t - run.scans[b]!.t || a - b);
    const filters = new Map<number, { s: Float64Array; at: number }>();
    let next = 0;
    for (let step = 0; step < scenario.header.steps; step++) {
      const t = instant(step * scenario.header.dt);
      for (; next < order.length && run.scans[order[next]!]!.t <= t; next++) {
        const scan = run.scans[order[next]!]!;
        const sensor = scenario.sensors.find((one) => one.id === scan.sensorId)!;
        const geometry = {
          east: sensor.positionEnu[0],
          north: sensor.positionEnu[1],
          up: sensor.positionEnu[2],
          rotation: sensor.rotation,
          azimuthSign: 1 as const,
        };
        scan.detections.forEach((detection, j) => {
          const id = run.sources[order[next]!]![j]!;
          if (id < 0) return;
          const filter = filters.get(id);
          if (filter === undefined) {
            const s = firstState(sensor, detection, scan.t, flat ? 1 : 20, flat);
            if (s !== undefined) {
              // The range-rate belongs to the first update, not to the start.
              for (let k = 3; k < 6; k++) s[k] = 0;
              for (let k = 6 + 6; k < 27; k++) s[k] = 0;
              const v = flat ? 1 : 400;
              s[6 + 9] = v;
              s[6 + 14] = v;
              s[6 + 20] = v;
              filters.set(id, { s, at: scan.t });
            }
            return;
          }
          predictConstantVelocity(filter.s, 0, (scan.t - filter.at) / 1e6, q, q);
          filter.at = scan.t;
          const kind = KINDS.indexOf(detection.kind);
          const n = detection.z.length;
          if (!prepareUpdate(filter.s, 0, kind, n, geometry, detection.variance, 0, 0, prepared, 0)) return;
          innovate(prepared, 0, detection.z, 0, n, angleComponent(kind), Infinity, whitened, 0);
          for (let k = 0; k < n; k++)
            for (let i = 0; i < 6; i++) filter.s[i] = filter.s[i]! + prepared[PREPARED_Y + k * 6 + i]! * whitened[k]!;
          for (let k = 0; k < 21; k++) filter.s[6 + k] = prepared[PREPARED_P + k]!;
        });
      }
      const truth = run.truth[step] ?? [];
      const tracks = truth
        .filter((target) => filters.has(target.id))
        .map((target) => {
          const { s, at } = filters.get(target.id)!;
          const dt = (t - at) / 1e6;
          return { id: target.id, position: [0, 1, 2].slice(0, scenario.dimensions).map((i) => s[i]! + dt * s[3 + i]!) };
        });
      scoreStep(
        sheet,
        number,
        truth.map((target) => ({ id: target.id, position: target.position.slice(0, scenario.dimensions) })),
        tracks,
      );
    }
  });
  return readScore(sheet);
}
