// The tracker's own scenarios: the kinds of the shared files under seeds of our own, and scenes that those do not have.

import {
  createRandom,
  exponential,
  normal,
  poisson,
  type RandomState,
  uniform,
  uniformBetween,
  uniformInteger,
} from "../../math/random.ts";
import { bird, drones, legs, planar, planarFromMiddle, STEP, straight } from "./paths.ts";
import { type HeaderRow, isVisible, look, observeRun, type Path, type ScanRow, type ScenarioRow, type SensorRow } from "./scenario-rows.ts";

const DEGREE = Math.PI / 180;
type Generator = (seed: number) => ScenarioRow[];

const headerOf = (
  scenario: string,
  seed: number,
  steps: number,
  c: number,
  sensors: readonly SensorRow[],
  more: Partial<HeaderRow> = {},
): HeaderRow => ({
  type: "header",
  scenario,
  seed,
  frame: "local plane, m",
  dt: 1,
  steps,
  runs: 1,
  gospa: { p: 2, c, alpha: 2 },
  sensors,
  ...more,
});

/** Four targets whose paths meet at half time in a plane; one of them ends there (Garcia-Fernandez et al., IEEE Trans. AES 54(4), 2018). */
function crossing(name: string, pd: number, clutter: number): Generator {
  return (seed) => {
    const random = createRandom(seed);
    const header = headerOf(
      name,
      seed,
      81,
      10,
      [
        {
          id: "pos",
          kind: "position2d",
          noise_std: [1, 1],
          pd,
          clutter_per_scan: clutter,
          clutter_region: [
            [0, 300],
            [0, 300],
          ],
          clutter_density: clutter / 90_000,
        },
      ],
      {
        motion: { model: "CV", q: 0.02, p_survive: 0.99 },
        birth: { prior_targets: 3, per_scan: 0.005, mean: [100, 0, 100, 0], std: [150, 1, 150, 1] },
      },
    );
    const paths: Path[] = [];
    for (let id = 0; id < 4; id++) paths.push(planarFromMiddle(random, id, 0, 40, id === 0 ? 39 : 80, 0.02));
    return [header, ...observeRun(random, header, 0, paths, () => true)];
  };
}

const SWARM_RADAR: SensorRow = {
  id: "radar1",
  kind: "radar3d",
  position: [0, 0, 5],
  boresight: 0,
  fov_range: [150, 5000],
  fov_az: [-60 * DEGREE, 60 * DEGREE],
  fov_el: [-2 * DEGREE, 30 * DEGREE],
  noise_std: [4, 0.4 * DEGREE, 0.6 * DEGREE, 0.4],
  pd: { drone: 0.9 },
  clutter_per_scan: 30,
  period: 1,
  latency: 0,
};

/** Loose square formations (70 m apart) and singles before one 3-D radar with range-rate. */
function swarm(name: string, targets: number): Generator {
  return (seed) => {
    const random = createRandom(seed);
    const header = headerOf(name, seed, 60, 50, [SWARM_RADAR]);
    const paths: Path[] = [];
    let id = 0;
    while (id < targets) {
      const start = uniformInteger(random, 15);
      const end = uniform(random) < 0.25 ? uniformBetween(random, start + 28, 60) : 60;
      const range = uniformBetween(random, 900, 3800);
      const azimuth = uniformBetween(random, -0.85, 0.85);
      const place: [number, number, number] = [range * Math.cos(azimuth), range * Math.sin(azimuth), uniformBetween(random, 60, 350)];
      const speed = uniformBetween(random, 8, 22);
      // Towards the middle of the field, roughly.
      const heading = Math.atan2(-place[1] + uniformBetween(random, -800, 800), 1500 - place[0]);
      const size = Math.min(uniform(random) < 0.8 ? 9 : 1, targets - id);
      const offsets: [number, number, number][] = [];
      for (let m = 0; m < size; m++)
        offsets.push([(m % 3) * 70 + 6 * normal(random), Math.floor(m / 3) * 70 + 6 * normal(random), 15 * normal(random)]);
      paths.push(...drones(random, id, start, end, place, speed, heading, offsets));
      id += size;
    }
    const scored = (path: Path, o: number) => isVisible(SWARM_RADAR, path, o);
    return [header, ...observeRun(random, header, 0, paths, scored)];
  };
}

/** Ten drones, twelve birds, four aircraft; two radars, an RF direction finder, a camera, Remote ID a second late, ADS-B. */
function multiSensor(name: string, bias: readonly [number, number, number]): Generator {
  return (seed) => {
    const random = createRandom(seed);
    const sensors: SensorRow[] = [
      {
        id: "radar1",
        kind: "radar3d",
        position: [0, 0, 8],
        boresight: 0,
        fov_range: [100, 6000],
        fov_az: [-Math.PI, Math.PI],
        fov_el: [-2 * DEGREE, 40 * DEGREE],
        noise_std: [5, 0.5 * DEGREE, 0.8 * DEGREE, 0.5],
        pd: { drone: 0.9, bird: 0.7, aircraft: 0.97 },
        clutter_per_scan: 10,
        period: 1,
        phase: 0,
        latency: 0.05,
      },
      {
        id: "radar2",
        kind: "radar3d",
        position: [2500, 1200, 15],
        boresight: Math.PI,
        fov_range: [100, 5000],
        fov_az: [-60 * DEGREE, 60 * DEGREE],
        fov_el: [-2 * DEGREE, 40 * DEGREE],
        noise_std: [3, 0.8 * DEGREE, 1 * DEGREE, 0.3],
        pd: { drone: 0.9, bird: 0.7, aircraft: 0.97 },
        clutter_per_scan: 5,
        period: 0.5,
        phase: 0.2,
        latency: 0.05,
        true_bias_r_az_el: bias,
      },
      {
        id: "rf1",
        kind: "bearing",
        position: [-800, 1500, 20],
        boresight: 0,
        noise_std: [2 * DEGREE],
        pd: { drone: 0.8 },
        max_range: 4000,
        clutter_per_scan: 0.5,
        fov_az: [-Math.PI, Math.PI],
        period: 1,
        phase: 0.4,
        latency: 0.2,
        only: [0, 2, 4, 6, 8],
      },
      {
        id: "eo1",
        kind: "azel",
        position: [1500, -900, 12],
        boresight: Math.PI / 2,
        noise_std: [0.1 * DEGREE, 0.1 * DEGREE],
        pd: { drone: 0.7, bird: 0.6, aircraft: 0.9 },
        max_range: 2500,
        clutter_per_scan: 1,
        fov_az: [-Math.PI / 2, Math.PI / 2],
        fov_el: [-2 * DEGREE, 40 * DEGREE],
        period: 0.5,
        phase: 0.1,
        latency: 0.15,
      },
      {
        id: "rid",
        kind: "position3d",
        noise_std: [3, 3, 6],
        pd: { drone: 0.85 },
        period: 1,
        phase: 0,
        latency: 1,
        cooperative: true,
        only: [0, 1, 2, 3, 4],
        identity_prefix: "RID",
      },
      {
        id: "adsb",
        kind: "position3d",
        noise_std: [10, 10, 15],
        pd: { aircraft: 0.95 },
        period: 1,
        phase: 0.3,
        latency: 0.3,
        cooperative: true,
        identity_prefix: "ADSB",
        only: [22, 23, 24, 25],
      },
    ];
    const header = headerOf(name, seed, 120, 50, sensors);
    const paths: Path[] = [];
    for (let id = 0; id < 10; id++) {
      const range = uniformBetween(random, 1000, 3400);
      const azimuth = uniformBetween(random, -Math.PI, Math.PI);
      const place: [number, number, number] = [range * Math.cos(azimuth), range * Math.sin(azimuth), uniformBetween(random, 60, 250)];
      const inward = azimuth + Math.PI + uniformBetween(random, -0.9, 0.9);
      paths.push(...drones(random, id, uniformInteger(random, 21), 120, place, uniformBetween(random, 6, 21), inward, [[0, 0, 0]]));
    }
    for (let id = 10; id < 22; id++)
      paths.push(
        bird(random, id, 0, 120, [
          uniformBetween(random, -2500, 2500),
          uniformBetween(random, -2500, 2500),
          uniformBetween(random, 40, 200),
        ]),
      );
    for (let id = 22; id < 26; id++) {
      const azimuth = uniformBetween(random, -Math.PI, Math.PI);
      const speed = uniformBetween(random, 50, 70);
      const heading = azimuth + Math.PI + uniformBetween(random, -0.5, 0.5);
      paths.push(
        straight(
          id,
          "aircraft",
          0,
          120,
          [4000 * Math.cos(azimuth), 4000 * Math.sin(azimuth), uniformBetween(random, 450, 650)],
          [speed * Math.cos(heading), speed * Math.sin(heading), 0],
        ),
      );
    }
    const scored = (path: Path, o: number) => {
      const range = Math.hypot(path.states[o]!, path.states[o + 1]!, path.states[o + 2]! - 8);
      return range > 100 && range < 6000;
    };
    return [header, ...observeRun(random, header, 0, paths, scored)];
  };
}

/** One range-bearing sensor whose Pd falls with distance; bearings are von Mises (kappa 1000), near enough normal with sigma 1/sqrt(1000). */
const rangeBearing: Generator = (seed) => {
  const random = createRandom(seed);
  const sensor: SensorRow = {
    id: "polar",
    kind: "polar2d",
    position: [100, 100, 0],
    boresight: 0,
    fov_range: [0, 1000],
    fov_az: [-Math.PI, Math.PI],
    noise_std: [Math.sqrt(3), Math.sqrt(1 / 1000)],
    pd: 1,
    pd_range_scale: 900,
    clutter_per_scan: 5,
    period: 1,
  };
  const header = headerOf("range-bearing", seed, 80, 20, [sensor], {
    motion: { model: "CV", q: 0.05, p_survive: 0.99 },
    birth: { prior_targets: 2, per_scan: 0.3, mean: [100, 0, 100, 0], std: [300, 2, 300, 2] },
  });
  const paths: Path[] = [];
  for (let id = 0; id < 6; id++) {
    const azimuth = uniformBetween(random, -Math.PI, Math.PI);
    const range = uniformBetween(random, 60, 500);
    paths.push(
      planar(
        random,
        id,
        uniformInteger(random, 10),
        80,
        [100 + range * Math.cos(azimuth), 100 + range * Math.sin(azimuth), 2 * normal(random), 2 * normal(random)],
        0.05,
      ),
    );
  }
  return [header, ...observeRun(random, header, 0, paths, () => true)];
};

/** Scans at exponential intervals, every fifth delayed by a Poisson number of scans, targets that come and go. */
const outOfSequence: Generator = (seed) => {
  const random = createRandom(seed);
  const sensor: SensorRow = {
    id: "pos",
    kind: "position2d",
    noise_std: [2, 2],
    pd: 0.9,
    clutter_per_scan: 5,
    clutter_region: [
      [0, 800],
      [0, 400],
    ],
    clutter_density: 5 / 320_000,
  };
  const times: number[] = [];
  let t = 0;
  for (let k = 0; k < 120; k++) {
    t += Math.max(exponential(random, 1), STEP);
    times.push(Math.round(t / STEP) * STEP);
  }
  const end = times.at(-1)!;
  const header = headerOf("out-of-sequence", seed, Math.floor(end), 20, [sensor], {
    motion: { model: "CV", q: 0.2, p_survive: Math.exp(-0.02) },
    birth: { prior_targets: 1, per_scan: 0.12, mean: [400, 0, 200, 0], std: [250, 3, 130, 3] },
  });
  const paths: Path[] = [];
  let born = 0;
  for (let id = 0; born < end; id++) {
    paths.push(
      planar(
        random,
        id,
        Math.round(born / STEP) * STEP,
        Math.min(born + exponential(random, 50), end + 1),
        [400 + 180 * normal(random), 200 + 90 * normal(random), 3 * normal(random), 3 * normal(random)],
        0.2,
      ),
    );
    born += exponential(random, 1 / 0.12);
  }
  const scans: ScanRow[] = times.map((at) => look(random, sensor, paths, 0, Math.round(at * 10) / 10));
  const arrival = scans.map((scan, k) => {
    const delay = uniform(random) < 0.2 ? poisson(random, 1) : 0;
    return { ...scan, arr: Math.round((times[Math.min(k + delay, times.length - 1)]! + (delay > 0 ? 0.05 : 0)) * 100) / 100 };
  });
  arrival.sort((a, b) => a.arr - b.arr || a.t - b.t);
  // The sensor sees whoever wanders out, so the truth holds them too.
  const truth = observeRun(random, { ...header, sensors: [] }, 0, paths, () => true);
  return [header, ...truth, ...arrival];
};

/** Five targets from a circle of 1 km inwards at 10 m/s, two range-bearing sensors. */
const convergence: Generator = (seed) => {
  const random = createRandom(seed);
  const sensors: SensorRow[] = [
    [-1500, -1500],
    [1500, -1500],
  ].map(([x, y], k) => ({
    id: `sensor${k + 1}`,
    kind: "polar2d",
    position: [x!, y!, 0],
    boresight: 0,
    fov_range: [0, 6000],
    fov_az: [-Math.PI, Math.PI],
    noise_std: [25, 0.5 * DEGREE],
    pd: 0.95,
    clutter_per_scan: 5,
    period: 1,
    phase: 0.5 * k,
  }));
  const header = headerOf("convergence", seed, 120, 100, sensors, {
    motion: { model: "CV", q: 0.01, p_survive: 0.999 },
    birth: { prior_targets: 5, per_scan: 0.01, mean: [0, 0, 0, 0], std: [1000, 10, 1000, 10] },
  });
  const turn = uniformBetween(random, 0, 2 * Math.PI);
  const paths: Path[] = [];
  for (let id = 0; id < 5; id++) {
    const a = turn + (id * 2 * Math.PI) / 5;
    paths.push(planar(random, id, 0, 120, [1000 * Math.cos(a), 1000 * Math.sin(a), -10 * Math.cos(a), -10 * Math.sin(a)], 0.01));
  }
  return [header, ...observeRun(random, header, 0, paths, () => true)];
};

/** Three hundred birds around three drones before the swarm's radar. */
const flock: Generator = (seed) => {
  const random = createRandom(seed);
  const radar: SensorRow = { ...SWARM_RADAR, pd: { drone: 0.9, bird: 0.7 } };
  const header = headerOf("flock", seed, 60, 50, [radar]);
  const paths: Path[] = [];
  const centre = [2000, uniformBetween(random, -400, 400)] as const;
  for (let id = 0; id < 3; id++) {
    paths.push(
      ...drones(
        random,
        id,
        0,
        60,
        [centre[0] + 150 * normal(random), centre[1] + 150 * normal(random), 120 + 30 * id],
        uniformBetween(random, 8, 15),
        uniformBetween(random, 2.5, 3.8),
        [[0, 0, 0]],
      ),
    );
  }
  for (let id = 3; id < 303; id++)
    paths.push(
      bird(random, id, 0, 60, [centre[0] + 350 * normal(random), centre[1] + 350 * normal(random), uniformBetween(random, 30, 250)]),
    );
  return [header, ...observeRun(random, header, 0, paths, (path, o) => isVisible(radar, path, o))];
};

/** A drone that hovers for 30 s, then sprints away at 8 m/s^2 to 24 m/s, and one that does the reverse. */
const hoverSprint: Generator = (seed) => {
  const random = createRandom(seed);
  const header = headerOf("hover-sprint", seed, 70, 50, [SWARM_RADAR]);
  const range = uniformBetween(random, 800, 2200);
  const a = uniformBetween(random, -0.6, 0.6);
  const heading = uniformBetween(random, -Math.PI, Math.PI);
  const ax = 8 * Math.cos(heading);
  const ay = 8 * Math.sin(heading);
  const first = legs(
    0,
    "drone",
    0,
    [range * Math.cos(a), range * Math.sin(a), 90],
    [0, 0, 0],
    [
      [30, 0, 0, 0],
      [3, ax, ay, 0],
      [37, 0, 0, 0],
    ],
  );
  const second = legs(
    1,
    "drone",
    0,
    [range * Math.cos(a) + 500, range * Math.sin(a) - 300, 120],
    [-3 * ax, -3 * ay, 0],
    [
      [20, 0, 0, 0],
      [3, ax, ay, 0],
      [47, 0, 0, 0],
    ],
  );
  return [header, ...observeRun(random, header, 0, [first, second], (path, o) => isVisible(SWARM_RADAR, path, o))];
};

/** A drone that crosses behind a building: 8 s without a detection. */
const occlusion: Generator = (seed) => {
  const random = createRandom(seed);
  const range = uniformBetween(random, 1200, 2000);
  const speed = 15;
  const half = (4 * speed) / range;
  const middle = uniformBetween(random, -0.2, 0.2);
  const radar: SensorRow = { ...SWARM_RADAR, hidden_az: [middle - half, middle + half], hidden_beyond: 300 };
  const header = headerOf("occlusion", seed, 50, 50, [radar]);
  // Straight, so that the shadow lasts 8 s whatever was drawn.
  const path = straight(0, "drone", 0, 50, [range * Math.cos(middle), range * Math.sin(middle) - 25 * speed, 80], [0, speed, 0]);
  return [header, ...observeRun(random, header, 0, [path], (_, o) => o >= 0)];
};

/** By name; each takes a seed and answers the rows of a scenario file with one run. */
export const GENERATORS: Readonly<Record<string, Generator>> = {
  crossing: crossing("crossing", 0.9, 10),
  "crossing-hard": crossing("crossing-hard", 0.75, 25),
  "swarm-50": swarm("swarm-50", 50),
  "swarm-200": swarm("swarm-200", 200),
  "multi-sensor": multiSensor("multi-sensor", [0, 0, 0]),
  "multi-sensor-biased": multiSensor("multi-sensor-biased", [12, 0.8 * DEGREE, 0]),
  "range-bearing": rangeBearing,
  "out-of-sequence": outOfSequence,
  convergence,
  flock,
  "hover-sprint": hoverSprint,
  occlusion,
};

/** A crowd of independent drones over a wide field, for scaling: `targets` of them, and half as many detections again. */
export function crowd(targets: number, seed: number, steps: number): ScenarioRow[] {
  const random: RandomState = createRandom(seed);
  // With a Pd of 0.9 three detections for each two targets.
  const radar: SensorRow = { ...SWARM_RADAR, fov_range: [150, 20_000], clutter_per_scan: 0.6 * targets };
  const header = headerOf(`crowd-${targets}`, seed, steps, 50, [radar]);
  const paths: Path[] = [];
  for (let id = 0; id < targets; id++) {
    const range = 1000 + 18_000 * Math.sqrt(uniform(random));
    const azimuth = uniformBetween(random, -0.95, 0.95);
    paths.push(
      ...drones(
        random,
        id,
        0,
        steps,
        [range * Math.cos(azimuth), range * Math.sin(azimuth), uniformBetween(random, 200, 900)],
        uniformBetween(random, 5, 20),
        uniformBetween(random, -Math.PI, Math.PI),
        [[0, 0, 0]],
      ),
    );
  }
  return [header, ...observeRun(random, header, 0, paths, (path, o) => isVisible(radar, path, o))];
}
