// The scenes that come with Picket. The place is invented; every name that an object uses starts with SIM.

import type { ObjectSpec, PlaceSpec, Scene, SensorSpec } from "./scene.ts";

const at = (eastMetres: number, northMetres: number) => ({ eastMetres, northMetres });
const ring = (nearest: number, farthest: number, fromDegrees: number, toDegrees: number): PlaceSpec => ({
  rangeMetres: [nearest, farthest],
  bearingDegrees: [fromDegrees, toDegrees],
});

/** An invented base on a plain; the same origin as the demonstration site. */
const GROUND = {
  origin: { latitudeDegrees: 36.9, longitudeDegrees: 43.1, groundHaeMetres: 300 },
  wind: { fromDegrees: 310, speedMetresPerSecond: 4 },
  qnhHectopascals: 1013.25,
};

const RADAR_3D: SensorSpec = {
  id: "radar-3d",
  name: "Drone radar",
  class: "radar.rotating3d.x",
  at: at(0, 0),
  heightMetres: 12,
  output: "sapient",
};
const RADAR_2D: SensorSpec = {
  id: "radar-2d",
  name: "Airfield surveillance radar",
  class: "radar.2d.x",
  at: at(-700, 450),
  heightMetres: 15,
  output: "asterix",
  sac: 99,
  sic: 1,
  falsePerScan: 5, // the class's good day: a site of its own has set its clutter map
};
const DIRECTION_FINDER_WEST: SensorSpec = {
  id: "df-west",
  name: "Direction finder west",
  class: "rf.df",
  at: at(-1500, -200),
  heightMetres: 10,
  output: "sapient",
  setting: "los",
};
const DIRECTION_FINDER_EAST: SensorSpec = {
  id: "df-east",
  name: "Direction finder east",
  class: "rf.df",
  at: at(1300, 1100),
  heightMetres: 10,
  output: "sapient",
  setting: "los",
};
const CAMERA: SensorSpec = {
  id: "camera",
  name: "Tower camera",
  class: "eo.ptz",
  at: at(40, -30),
  heightMetres: 18,
  output: "sapient",
  updateSeconds: 0.5,
};
const ADSB: SensorSpec = { id: "adsb", name: "ADS-B receiver", class: "adsb.1090", at: at(0, 20), heightMetres: 20, output: "beast" };
const REMOTE_ID: SensorSpec = {
  id: "remote-id",
  name: "Remote ID receiver",
  class: "rid.wifi",
  at: at(10, 0),
  heightMetres: 15,
  output: "remote-id-json",
  setting: "los",
};
const PARTNER: SensorSpec = { id: "partner", name: "Partner feed", class: "partner.feed", at: at(0, 0), heightMetres: 5, output: "cot" };

/** The airfield lies north-west; runway 13/31, its middle at (-4500, 3500). */
const THRESHOLD_13 = at(-5700, 4400);
const THRESHOLD_31 = at(-3300, 2600);

const arrival = (id: string, after: number): ObjectSpec => ({
  id,
  class: "manned.transport",
  callsign: "A",
  adsb: "yes",
  radio: "no",
  speedMetresPerSecond: 125,
  heightMetres: 4200,
  motion: {
    kind: "waypoints",
    points: [
      { rangeMetres: [75_000, 90_000], bearingDegrees: [330, 355], heightMetres: 4200, speedMetresPerSecond: 160 },
      { eastMetres: -27_000, northMetres: 24_000, heightMetres: 1500, speedMetresPerSecond: 110 },
      { eastMetres: -16_000, northMetres: 12_200, heightMetres: 650, speedMetresPerSecond: 78 },
      { ...THRESHOLD_13, heightMetres: 16, speedMetresPerSecond: 70 },
      { ...THRESHOLD_31, heightMetres: 3, speedMetresPerSecond: 30 },
    ],
  },
  appearsAfterSeconds: after,
  returnsAfterSeconds: [60, 240],
});

const departure = (id: string, after: number): ObjectSpec => ({
  id,
  class: "manned.transport",
  callsign: "D",
  adsb: "yes",
  radio: "no",
  heightMetres: 5,
  motion: {
    kind: "waypoints",
    points: [
      { ...THRESHOLD_13, heightMetres: 3, speedMetresPerSecond: 75 },
      { eastMetres: 1500, northMetres: -1100, heightMetres: 420, speedMetresPerSecond: 90 },
      { eastMetres: 16_000, northMetres: -14_000, heightMetres: 2400, speedMetresPerSecond: 150 },
      { rangeMetres: [80_000, 95_000], bearingDegrees: [95, 140], heightMetres: 8500, speedMetresPerSecond: 210 },
    ],
  },
  appearsAfterSeconds: after,
  returnsAfterSeconds: [120, 360],
});

const overflight = (id: string, from: PlaceSpec, to: PlaceSpec, heightMetres: number): ObjectSpec => ({
  id,
  class: "manned.transport",
  callsign: "O",
  adsb: "yes",
  radio: "no",
  heightMetres,
  motion: {
    kind: "waypoints",
    points: [
      { ...from, heightMetres, speedMetresPerSecond: 235 },
      { ...to, heightMetres, speedMetresPerSecond: 235 },
    ],
  },
  returnsAfterSeconds: [60, 300],
});

const DEMO: Scene = {
  name: "demo",
  title: "A base near an airfield: honest drones, an unannounced one, birds, airliners, clutter (simulated)",
  seed: 1,
  ...GROUND,
  objects: [
    {
      id: "survey",
      class: "uas.multirotor.small",
      motion: { kind: "wander", centre: at(1500, -900), radiusMetres: 500 },
      heightMetres: 70,
      remoteId: "yes",
      radio: "yes",
      operator: at(1100, -700),
      lifetimeSeconds: 1500,
      returnsAfterSeconds: [30, 120],
    },
    {
      id: "intruder",
      class: "uas.multirotor.small",
      motion: { kind: "approach", from: ring(3200, 4200, 20, 75), towards: at(0, 0), standoffMetres: 320, hoverSeconds: 75 },
      speedMetresPerSecond: 14,
      heightMetres: 90,
      rcsDbsm: -15,
      remoteId: "no",
      adsb: "no",
      radio: "yes",
      operator: ring(3000, 3600, 40, 60),
      appearsAfterSeconds: 20,
      returnsAfterSeconds: [60, 200],
    },
    {
      id: "racer",
      class: "uas.fpv",
      motion: { kind: "approach", from: ring(3000, 4000, 195, 250), towards: at(200, -200), standoffMetres: 250, hoverSeconds: 4 },
      speedMetresPerSecond: 26,
      heightMetres: 60,
      remoteId: "no",
      adsb: "no",
      radio: "no",
      appearsAfterSeconds: 150,
      returnsAfterSeconds: [200, 500],
    },
    {
      id: "lurker",
      class: "uas.multirotor.small",
      motion: { kind: "hover", at: ring(1700, 2400, 100, 160), swayMetres: 2 },
      heightMetres: 110,
      remoteId: "no",
      radio: "yes",
      appearsAfterSeconds: 60,
      lifetimeSeconds: 700,
      returnsAfterSeconds: [120, 400],
    },
    {
      id: "mapper",
      class: "uas.fixedwing.small",
      motion: {
        kind: "waypoints",
        repeat: true,
        points: [at(-3200, -1800), at(-1200, -1800), at(-1200, -2200), at(-3200, -2200), at(-3200, -2600), at(-1200, -2600)],
      },
      speedMetresPerSecond: 18,
      heightMetres: 140,
      remoteId: "yes",
      radio: "yes",
      operator: at(-2000, -1500),
    },
    {
      id: "patrol",
      class: "uas.multirotor.large",
      motion: { kind: "orbit", centre: at(0, 0), radiusMetres: 850 },
      speedMetresPerSecond: 11,
      heightMetres: 80,
      rcsDbsm: -9,
      remoteId: "yes",
      radio: "yes",
      partner: true,
      operator: at(20, 10),
      callsign: "P",
    },
    {
      id: "courier",
      class: "uas.multirotor.large",
      motion: { kind: "waypoints", points: [at(-4200, -3000), at(-2000, 1200), at(900, 3600)] },
      heightMetres: 100,
      speedMetresPerSecond: 15,
      remoteId: "yes",
      radio: "yes",
      operator: at(-4200, -3000),
      appearsAfterSeconds: 90,
      returnsAfterSeconds: [120, 300],
    },
    arrival("arrival-1", 0),
    arrival("arrival-2", 260),
    departure("departure-1", 30),
    overflight("overflight-1", ring(110_000, 130_000, 230, 250), ring(110_000, 130_000, 50, 70), 10_700),
    overflight("overflight-2", ring(90_000, 120_000, 80, 100), ring(90_000, 120_000, 280, 300), 11_300),
    {
      id: "helicopter",
      class: "manned.helicopter",
      motion: {
        kind: "waypoints",
        repeat: true,
        points: [at(-4500, 3500), at(-500, 4200), at(4000, 900), at(800, -3000), at(-3500, -800)],
      },
      speedMetresPerSecond: 45,
      heightMetres: 220,
      adsb: "yes",
      radio: "no",
      partner: true,
      callsign: "H",
    },
    {
      id: "trainer",
      class: "manned.light",
      motion: { kind: "orbit", centre: at(-4500, 3500), radiusMetres: 2200, clockwise: false },
      speedMetresPerSecond: 48,
      heightMetres: 320,
      adsb: "yes",
      radio: "no",
      callsign: "T",
    },
    {
      id: "pigeons",
      class: "bird.medium",
      motion: { kind: "wander", centre: at(700, 500), radiusMetres: 900 },
      heightMetres: 45,
      group: { count: 6, shape: "flock", spacingMetres: 12 },
    },
    {
      id: "geese",
      class: "bird.large",
      motion: { kind: "waypoints", points: [ring(4500, 5500, 330, 370), ring(4500, 5500, 160, 200)] },
      heightMetres: 180,
      group: { count: 7, shape: "wedge", spacingMetres: 6 },
      returnsAfterSeconds: [60, 240],
    },
    { id: "kite-1", class: "bird.soaring", motion: { kind: "soar", centre: at(-900, -1300), radiusMetres: 1400 }, heightMetres: 250 },
    { id: "kite-2", class: "bird.soaring", motion: { kind: "soar", centre: at(1900, 1800), radiusMetres: 1400 }, heightMetres: 300 },
    { id: "crow", class: "bird.medium", motion: { kind: "wander", centre: at(-400, 300), radiusMetres: 600 }, heightMetres: 35 },
    {
      id: "balloon",
      class: "lta.balloon",
      motion: { kind: "drift", from: ring(1800, 2600, 290, 330), ceilingMetres: 900 },
      returnsAfterSeconds: [60, 300],
      lifetimeSeconds: 600,
      radio: "no",
    },
    {
      id: "turbine-1",
      class: "clutter.wind_turbine",
      motion: { kind: "hover", at: at(3100, 2300), swayMetres: 0 },
      heightMetres: 80,
      radio: "no",
    },
    {
      id: "turbine-2",
      class: "clutter.wind_turbine",
      motion: { kind: "hover", at: at(3500, 2150), swayMetres: 0 },
      heightMetres: 80,
      radio: "no",
    },
    {
      id: "lorry",
      class: "ground.vehicle",
      motion: { kind: "waypoints", repeat: true, points: [at(-2600, -500), at(-300, -650), at(2400, -350), at(-300, -640)] },
      speedMetresPerSecond: 14,
      heightMetres: 2,
      radio: "no",
    },
  ],
  sensors: [RADAR_3D, RADAR_2D, DIRECTION_FINDER_WEST, DIRECTION_FINDER_EAST, CAMERA, ADSB, REMOTE_ID, PARTNER],
};

const SWARM: Scene = {
  name: "swarm",
  title: "Thirty drones in three groups come near a base (simulated)",
  seed: 2,
  ...GROUND,
  objects: [0, 1, 2].map((group) => ({
    id: `group-${group + 1}`,
    class: "uas.multirotor.small",
    motion: {
      kind: "approach" as const,
      from: ring(3600, 4200, 40 + 110 * group, 60 + 110 * group),
      towards: at(0, 0),
      standoffMetres: 300,
      hoverSeconds: 40,
    },
    speedMetresPerSecond: 15,
    heightMetres: 80 + 30 * group,
    remoteId: "no" as const,
    adsb: "no" as const,
    group: { count: 10, shape: group === 0 ? ("wedge" as const) : ("flock" as const), spacingMetres: 25 },
    appearsAfterSeconds: 20 * group,
    returnsAfterSeconds: [60, 90] as const,
  })),
  sensors: [RADAR_3D, RADAR_2D, DIRECTION_FINDER_WEST, DIRECTION_FINDER_EAST, CAMERA, REMOTE_ID],
};

const MIGRATION: Scene = {
  name: "migration",
  title: "Four hundred migrating birds and three drones among them (simulated)",
  seed: 3,
  ...GROUND,
  objects: [
    ...Array.from(
      { length: 16 },
      (_, i): ObjectSpec => ({
        id: `flock-${i + 1}`,
        class: i % 4 === 0 ? "bird.large" : "bird.medium",
        motion: { kind: "waypoints", points: [ring(4000, 7500, 320 + 5 * i, 330 + 5 * i), ring(4500, 6500, 150 + 4 * i, 160 + 4 * i)] },
        group: { count: 25, shape: i % 4 === 0 ? "wedge" : "flock", spacingMetres: 14 },
        appearsAfterSeconds: 4 * i,
        returnsAfterSeconds: [10, 90],
      }),
    ),
    {
      id: "survey",
      class: "uas.multirotor.small",
      motion: { kind: "wander", centre: at(1500, -900), radiusMetres: 700 },
      heightMetres: 80,
      remoteId: "yes",
      operator: at(1100, -700),
    },
    {
      id: "intruder",
      class: "uas.multirotor.small",
      motion: { kind: "approach", from: ring(3200, 4200, 330, 390), towards: at(0, 0), standoffMetres: 320, hoverSeconds: 75 },
      speedMetresPerSecond: 13,
      heightMetres: 120,
      remoteId: "no",
      radio: "no",
      returnsAfterSeconds: [60, 120],
    },
    {
      id: "racer",
      class: "uas.fpv",
      motion: { kind: "approach", from: ring(3000, 3800, 340, 380), towards: at(0, 0), standoffMetres: 300, hoverSeconds: 5 },
      remoteId: "no",
      radio: "no",
      heightMetres: 100,
      appearsAfterSeconds: 120,
      returnsAfterSeconds: [120, 300],
    },
  ],
  sensors: [RADAR_3D, RADAR_2D, CAMERA, REMOTE_ID],
};

const QUIET: Scene = {
  name: "quiet",
  title: "A quiet night: two airliners, a few birds, no drone (simulated)",
  seed: 4,
  ...GROUND,
  objects: [
    overflight("overflight-1", ring(110_000, 130_000, 230, 250), ring(110_000, 130_000, 50, 70), 10_700),
    arrival("arrival-1", 120),
    { id: "owl", class: "bird.medium", motion: { kind: "wander", centre: at(600, 800), radiusMetres: 900 } },
    {
      id: "lorry",
      class: "ground.vehicle",
      motion: { kind: "waypoints", repeat: true, points: [at(-2600, -500), at(2400, -350)] },
      radio: "no",
    },
  ],
  sensors: [{ ...RADAR_3D, falsePerScan: 1 }, RADAR_2D, DIRECTION_FINDER_WEST, CAMERA, ADSB, REMOTE_ID],
};

/** Four drone radars around 500 objects that echo well: 2,000 detections a second and more. For benchmarks. */
const loadScene = (name: string, title: string, count: number): Scene => ({
  name,
  title,
  seed: 5,
  ...GROUND,
  objects: Array.from(
    { length: count },
    (_, i): ObjectSpec => ({
      id: `object-${i + 1}`,
      class: i % 5 === 0 ? "uas.vtol_hybrid" : "uas.fixedwing.small",
      motion: {
        kind: "orbit",
        centre: ring(300, 5600, 0, 360),
        radiusMetres: 250 + (i % 7) * 60,
        clockwise: i % 2 === 0,
      },
      heightMetres: 60 + (i % 50) * 25,
      rcsDbsm: 0,
      remoteId: "no",
      adsb: "no",
      radio: "no",
    }),
  ),
  sensors: [at(1500, 1500), at(1500, -1500), at(-1500, -1500), at(-1500, 1500)].map((place, i) => ({
    ...RADAR_3D,
    id: `radar-${i + 1}`,
    name: `Drone radar ${i + 1}`,
    at: place,
    updateSeconds: 0.9,
    falsePerScan: 2,
  })),
});
const LOAD = loadScene("load", "Five hundred objects, two thousand detections a second (simulated, for measurements)", 500);
const LOAD_200 = loadScene("load-200", "Two hundred objects, eight hundred detections a second (simulated, for measurements)", 200);

export const BUILT_IN_SCENES: readonly Scene[] = [DEMO, SWARM, MIGRATION, QUIET, LOAD, LOAD_200];

export const findScene = (name: string): Scene | undefined => BUILT_IN_SCENES.find((scene) => scene.name === name);
