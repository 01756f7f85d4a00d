// Scenes for tests: one object, one sensor, nothing else.

import type { ObjectSpec, Scene, SensorSpec } from "./scene.ts";

export const aScene = (objects: readonly ObjectSpec[], sensors: readonly SensorSpec[] = [], seed = 1): Scene => ({
  name: "test",
  title: "a test",
  seed,
  origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, groundHaeMetres: 300 },
  wind: { fromDegrees: 270, speedMetresPerSecond: 5 },
  qnhHectopascals: 1013.25,
  objects,
  sensors,
});

export const aDrone = (more: Partial<ObjectSpec> = {}): ObjectSpec => ({
  id: "drone",
  class: "uas.multirotor.small",
  motion: { kind: "orbit", centre: { eastMetres: 0, northMetres: 2500 }, radiusMetres: 300 },
  heightMetres: 100,
  speedMetresPerSecond: 12,
  remoteId: "no",
  adsb: "no",
  radio: "no",
  ...more,
});

export const aRadar = (more: Partial<SensorSpec> = {}): SensorSpec => ({
  id: "radar",
  name: "Radar",
  class: "radar.rotating3d.x",
  at: { eastMetres: 0, northMetres: 0 },
  heightMetres: 10,
  output: "sapient",
  falsePerScan: 0,
  ...more,
});
