// Targets that move exactly as one mode of the tracker believes, seen by a sensor exactly as good as it says: what a consistency test
// needs. The truth is drawn from the filter's own prior, so every deviation from chi-square is the filter's fault.

import { createRandom, normal } from "../../math/random.ts";

export interface MatchedMotion {
  readonly name: string;
  readonly mode: {
    readonly q: number;
    readonly qUp: number;
    readonly turnRate: number;
    readonly sojourn: number;
    readonly share: number;
    readonly birthSpeed: number;
    readonly birthSpeedUp: number;
  };
}

const mode = (q: number, qUp: number, turnRate: number, birthSpeed: number) => ({
  q,
  qUp,
  turnRate,
  sojourn: 10,
  share: 1,
  birthSpeed,
  birthSpeedUp: 3,
});

export const MATCHED_MOTIONS: readonly MatchedMotion[] = [
  { name: "straight", mode: mode(0.15, 0.12, 0, 12) },
  { name: "turning", mode: mode(0.5, 0.2, 0.14, 15) },
  { name: "manoeuvring", mode: mode(8, 0.6, 0, 20) },
  { name: "hovering", mode: mode(0.05, 0.05, 0, 0.5) },
];

/** Sixty scans, one a second, of one target; every scan detects it and nothing else. */
export function matchedRun(name: string, seed: number) {
  const motion = MATCHED_MOTIONS.find((one) => one.name === name)!;
  const random = createRandom(seed * 7919 + name.length);
  const { q, qUp, turnRate, birthSpeed, birthSpeedUp } = motion.mode;
  const sensor = {
    id: "radar",
    positionEnu: [0, 0, 0] as const,
    rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    azimuthFrom: "east" as const,
    fieldOfView: { rangeMin: 1, rangeMax: 50_000, azimuthCentre: 0, azimuthWidth: 2 * Math.PI, elevationMin: -1.5, elevationMax: 1.5 },
    detectionProbability: 0.99,
    falseDetectionsPerScan: 1e-6,
    updatePeriod: 1,
    cooperative: false,
  };
  const noise = [4, 0.004, 0.006, 0.4];
  const x = [
    3000 + 50 * normal(random),
    1000 + 50 * normal(random),
    800,
    birthSpeed * normal(random),
    birthSpeed * normal(random),
    birthSpeedUp * normal(random),
  ];
  const truth: number[][] = [];
  const scans = [];
  const start = 1_000_000_000_000;
  for (let k = 0; k < 60; k++) {
    truth.push([...x]);
    const range = Math.hypot(x[0]!, x[1]!, x[2]!);
    const exact = [range, Math.atan2(x[1]!, x[0]!), Math.asin(x[2]! / range), (x[0]! * x[3]! + x[1]! * x[4]! + x[2]! * x[5]!) / range];
    scans.push({
      sensorId: "radar",
      t: start + k * 1_000_000,
      looked: "field-of-view" as const,
      detections: [
        {
          kind: "polar3d" as const,
          z: exact.map((value, i) => value + noise[i]! * normal(random)),
          variance: noise.map((sigma) => sigma * sigma),
          handle: 0,
        },
      ],
    });
    // One second of the mode's own motion: turn, then white acceleration (correlated position and velocity parts).
    const angle = turnRate;
    const sin = Math.sin(angle);
    const cos = Math.cos(angle);
    const ms = turnRate === 0 ? 1 : sin / turnRate;
    const mc = turnRate === 0 ? 0 : (1 - cos) / turnRate;
    const vx = x[3]!;
    const vy = x[4]!;
    x[0] = x[0]! + ms * vx - mc * vy;
    x[1] = x[1]! + mc * vx + ms * vy;
    x[2] = x[2]! + x[5]!;
    x[3] = cos * vx - sin * vy;
    x[4] = sin * vx + cos * vy;
    for (let i = 0; i < 3; i++) {
      const scale = Math.sqrt(i < 2 ? q : qUp);
      const a = scale * normal(random);
      x[3 + i] = x[3 + i]! + a;
      x[i] = x[i]! + 0.5 * a + scale * Math.sqrt(1 / 12) * normal(random);
    }
  }
  return { sensor, scans, truth };
}
