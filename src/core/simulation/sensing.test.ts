import assert from "node:assert/strict";
import { test } from "node:test";
import { micros, wrapAngle } from "../base/units.ts";
import { findSensorClass } from "../model/sensor-classes.ts";
import { angleSigma, detectionProbability, fromDb, logisticChance, meanSnr } from "./radar-equation.ts";
import type { Report } from "./report.ts";
import type { ObjectSpec, SensorSpec } from "./scene.ts";
import { sightOf, whyNotSimulated } from "./sensing.ts";
import { aDrone, aRadar, aScene } from "./test-scenes.ts";
import { advanceWorld, createWorld, type World } from "./world.ts";

const START = micros(1_767_225_600_000_000);
const DEGREE = Math.PI / 180;
type Of<Kind extends Report["kind"]> = Extract<Report, { kind: Kind }>;

/** Reports of so many seconds, each with the truth at the end of its step (0.1 s). */
function look(
  objects: readonly ObjectSpec[],
  sensors: readonly SensorSpec[],
  seconds: number,
  seed = 1,
): { world: World; reports: { report: Report; truth: ReturnType<typeof sightOf> | undefined }[] } {
  const world = createWorld(aScene(objects, sensors, seed), START);
  const reports: { report: Report; truth: ReturnType<typeof sightOf> | undefined }[] = [];
  for (let step = 1; step <= seconds * 10; step++) {
    for (const report of advanceWorld(world, micros(START + step * 100_000))) {
      const object = "truth" in report ? world.objects.find((one) => one.number === report.truth) : undefined;
      const truth =
        object === undefined
          ? undefined
          : sightOf(world.sensors[report.sensor].frame, object.ecef, object.ecefVelocity, (world.now - report.at) / 1e6);
      reports.push({ report, truth });
    }
  }
  return { world, reports };
}
const plots = <Seen extends { report: Report }>(reports: readonly Seen[]) => reports.filter(({ report }) => report.kind === "plot");
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => value * value)));

/** Straight to and fro along a line of sight, so that Doppler is never blind for long. */
const along = (range: number): ObjectSpec =>
  aDrone({
    class: "uas.fixedwing.small",
    speedMetresPerSecond: 19,
    heightMetres: 150,
    rcsDbsm: -20,
    motion: { kind: "orbit", centre: { eastMetres: 0, northMetres: range }, radiusMetres: 120 },
  });

test("a radar detects as often as its equation says, at three ranges", () => {
  const radar = findSensorClass("radar.rotating3d.x")!.radar!;
  for (const range of [2500, 4688, 6500]) {
    const { reports } = look([along(range)], [aRadar({ updateSeconds: 1 })], 3000);
    // What it may see: all turns but those that are blind. On a circle the radial speed is v cos(angle): blind below 0.8 m/s.
    const blind = (2 / Math.PI) * Math.asin(radar.minimumRadialSpeed / 19);
    const expected = detectionProbability(meanSnr(radar.reference, range, 0.01), radar.reference.falseAlarmProbability) * (1 - blind);
    const share = plots(reports).length / 3000;
    assert.ok(Math.abs(share - expected) < 0.035, `${range} m: ${share}, expected ${expected}`);
  }
});

test("a radar's errors are those of its class, and it says their size", () => {
  const { reports } = look([along(2500)], [aRadar({ updateSeconds: 0.5 })], 2000);
  const seen = plots(reports).map(({ report, truth }) => ({ plot: report as Of<"plot">, truth: truth! }));
  assert.ok(seen.length > 2500);
  const normalised = (pick: (one: (typeof seen)[number]) => number) => deviation(seen.map(pick));
  // Chi-square with 2,500 degrees and more: the standard deviation is known to 1.4 %; four of these.
  for (const [name, value] of [
    ["range", normalised(({ plot, truth }) => (plot.range - truth.range) / plot.rangeSigma)],
    ["azimuth", normalised(({ plot, truth }) => wrapAngle(plot.azimuth - truth.azimuth) / plot.azimuthSigma)],
    ["elevation", normalised(({ plot, truth }) => (plot.elevation! - truth.elevation) / plot.elevationSigma!)],
    ["range rate", normalised(({ plot, truth }) => (plot.rangeRate! - truth.rangeRate) / plot.rangeRateSigma!)],
  ] as const) {
    assert.ok(Math.abs(value - 1) < 0.06, `${name}: ${value} of its sigma`);
  }
  assert.equal(seen[0].plot.rangeSigma, 2.5);
  for (const { plot } of seen) {
    // By its own signal-to-noise ratio.
    assert.ok(Math.abs(plot.azimuthSigma - angleSigma(0.5 * DEGREE, 2 * DEGREE, fromDb(plot.snrDb))) < 1e-12);
  }
});

test("a rotating radar measures when its beam passes: 200 m/s and a turn of 20 s are no error", () => {
  const jet = aDrone({
    class: "manned.transport",
    speedMetresPerSecond: 200,
    heightMetres: 1500,
    rcsDbsm: 30,
    motion: { kind: "waypoints", points: [at(-6000, 4000), at(6000, 5000)] },
  });
  const errors: number[] = [];
  for (let seed = 1; seed <= 12; seed++) {
    for (const { report, truth } of plots(look([jet], [aRadar({ updateSeconds: 20 })], 55, seed).reports)) {
      errors.push(((report as Of<"plot">).range - truth!.range) / 2.5);
    }
  }
  // A sector lasts 0.63 s, in which it flies 125 m.
  assert.ok(errors.length >= 20 && deviation(errors) < 1.6, `${deviation(errors)} of its sigma in ${errors.length} plots`);
});

test("a hovering drone is lost to Doppler and kept by a radar without a speed limit", () => {
  const hover = aDrone({ motion: { kind: "hover", at: { eastMetres: 0, northMetres: 1500 }, swayMetres: 0 }, rcsDbsm: 0 });
  const { reports } = look([hover], [aRadar(), aRadar({ id: "flat", class: "radar.2d.x", output: "asterix" })], 60);
  assert.equal(plots(reports).filter(({ report }) => report.kind === "plot" && report.sensor === 0).length, 0);
  assert.ok(plots(reports).filter(({ report }) => report.kind === "plot" && report.sensor === 1).length > 40);
});

test("false plots come as often as the scene says and lie all round", () => {
  const { reports } = look([], [aRadar({ falsePerScan: 6, updateSeconds: 1 })], 1000);
  const count = plots(reports).length;
  // Poisson with mean 6,000: sigma 77.
  assert.ok(Math.abs(count - 6000) < 4 * 77, `${count} in 1,000 turns`);
  const azimuths = plots(reports).map(({ report }) => (report as Of<"plot">).azimuth);
  for (let quarter = 0; quarter < 4; quarter++) {
    const inside = azimuths.filter((azimuth) => Math.floor(azimuth / (Math.PI / 2)) === quarter).length;
    assert.ok(Math.abs(inside / count - 0.25) < 0.03);
  }
});

test("two objects in one resolution cell are one plot, two apart are two", () => {
  const pair = (apart: number): ObjectSpec[] => [
    aDrone({ id: "a", rcsDbsm: 10, class: "uas.fixedwing.small", motion: { kind: "waypoints", points: [at(0, 1500), at(0, 4000)] } }),
    aDrone({
      id: "b",
      rcsDbsm: 10,
      class: "uas.fixedwing.small",
      motion: { kind: "waypoints", points: [at(apart, 1500), at(apart, 4000)] },
    }),
  ];
  // The beam is 2 degrees wide: half of it is 35 m at 2 km.
  const near = plots(look(pair(5), [aRadar()], 60).reports).length;
  const far = plots(look(pair(400), [aRadar()], 60).reports).length;
  assert.ok(near >= 40 && near <= 47 && far >= 78, `${near} and ${far} plots in 45 turns`);
});
const at = (eastMetres: number, northMetres: number) => ({ eastMetres, northMetres });

test("what is below the horizon, out of the sector or out of range is not seen", () => {
  const loud = (motion: ObjectSpec["motion"], heightMetres: number) => aDrone({ rcsDbsm: 40, motion, heightMetres });
  const orbit = (east: number, north: number): ObjectSpec["motion"] => ({ kind: "orbit", centre: at(east, north), radiusMetres: 100 });
  const sector = aRadar({ class: "radar.panel.k", boresightDegrees: 90 });
  assert.equal(plots(look([loud(orbit(-1000, 0), 100)], [sector], 20).reports).length, 0, "behind the panel");
  assert.ok(plots(look([loud(orbit(1000, 0), 100)], [sector], 20).reports).length > 20, "before the panel");
  assert.equal(plots(look([loud(orbit(3500, 0), 100)], [sector], 20).reports).length, 0, "3.5 km away, and it looks 3 km");
  // Horizon of an antenna and an object at 0.5 m each: 5.83 km. The radar looks 5 degrees down, so that only the Earth hides it.
  const low = aRadar({ heightMetres: 0.5 });
  assert.equal(plots(look([loud(orbit(7000, 0), 0.5)], [low], 20).reports).length, 0, "under the horizon");
  assert.ok(plots(look([loud(orbit(7000, 0), 100)], [low], 20).reports).length > 5, "above it");
  assert.ok(plots(look([loud(orbit(5000, 0), 0.5)], [low], 20).reports).length > 5, "before it");
});

test("a direction finder hears as often and points as well as its class says, with its gross errors", () => {
  const df: SensorSpec = {
    id: "df",
    name: "df",
    class: "rf.df",
    at: at(0, 0),
    heightMetres: 10,
    output: "sapient",
    setting: "suburban",
    falsePerHour: 0,
    updateSeconds: 1,
  };
  const emitter = aDrone({ radio: "yes", motion: { kind: "orbit", centre: at(0, 1500), radiusMetres: 50 }, operator: at(6900, 0) });
  const { reports } = look([emitter], [df], 4000);
  const bearings = reports
    .map(({ report, truth }) => ({ bearing: report as Of<"bearing">, truth }))
    .filter(({ bearing }) => bearing.truth > 0);
  const share = bearings.length / 4000;
  assert.ok(Math.abs(share - logisticChance(1503, 1800)) < 0.03, `heard ${share}`);
  const errors = bearings.map(({ bearing, truth }) => wrapAngle(bearing.azimuth - truth!.azimuth));
  const gross = errors.filter((error) => Math.abs(error) > 15 * DEGREE).length / errors.length;
  // 8 % are anywhere on the circle; 330 of 360 degrees of them are beyond 15 degrees.
  assert.ok(Math.abs(gross - 0.08 * (330 / 360)) < 0.02, `gross ${gross}`);
  const usual = deviation(errors.filter((error) => Math.abs(error) <= 12 * DEGREE)) / DEGREE;
  assert.ok(Math.abs(usual - 3) < 0.3, `sigma ${usual} degrees`);
});

test("a microphone array points to where the sound came from", () => {
  const array: SensorSpec = {
    id: "mic",
    name: "mic",
    class: "acoustic.array",
    at: at(0, 0),
    heightMetres: 2,
    output: "sapient",
    falsePerHour: 0,
  };
  // 30 m/s across at 200 m: the sound is 0.58 s old, so the bearing lags by 17.5 m in 200 m: 5.0 degrees.
  const crossing = aDrone({
    class: "uas.fixedwing.small",
    speedMetresPerSecond: 30,
    heightMetres: 5,
    motion: { kind: "waypoints", points: [at(-300, 200), at(300, 200)] },
  });
  const lags: number[] = [];
  for (let seed = 1; seed <= 60; seed++) {
    for (const { report, truth } of look([crossing], [array], 20, seed).reports) {
      if (report.kind === "bearing" && truth !== undefined && Math.abs(wrapAngle(truth.azimuth)) < 15 * DEGREE) {
        lags.push(wrapAngle(truth.azimuth - report.azimuth) / DEGREE);
      }
    }
  }
  assert.ok(lags.length > 100);
  assert.ok(Math.abs(mean(lags) - 4.8) < 1.5, `lag ${mean(lags)} degrees of ${lags.length} bearings`);
});

test("a Remote ID receiver hears half of the messages at its half range", () => {
  const receiver: SensorSpec = {
    id: "rid",
    name: "rid",
    class: "rid.wifi",
    at: at(0, 0),
    heightMetres: 10,
    output: "remote-id-json",
    setting: "los",
  };
  const speaker = aDrone({ remoteId: "yes", motion: { kind: "orbit", centre: at(0, 1998), radiusMetres: 20 } });
  const heard = look([speaker], [receiver], 2000).reports.length / 2000;
  assert.ok(Math.abs(heard - 0.5) < 0.05, `${heard}`);
});

test("an airliner says its place twice a second and its name every five seconds, and one message in ten is lost", () => {
  const receiver: SensorSpec = { id: "adsb", name: "adsb", class: "adsb.1090", at: at(0, 0), heightMetres: 10, output: "beast" };
  const airliner = aDrone({
    class: "manned.transport",
    adsb: "yes",
    heightMetres: 9000,
    speedMetresPerSecond: 220,
    motion: { kind: "waypoints", points: [at(-40_000, 20_000), at(100_000, 20_000)] },
  });
  const { reports } = look([airliner], [receiver], 300);
  const count = (what: string) => reports.filter(({ report }) => report.kind === "adsb" && report.what === what).length;
  assert.ok(Math.abs(count("position") - 300 * 2 * 0.9) < 40, `${count("position")} positions`);
  assert.ok(Math.abs(count("identification") - 60 * 0.9) < 12);
  for (const { report } of reports) assert.ok(report.kind === "adsb" && report.callsign.startsWith("SIM"));
});

test("a camera follows a drone, and recognises it only when it is large enough on its pixels", () => {
  const camera: SensorSpec = {
    id: "eye",
    name: "eye",
    class: "eo.ptz",
    at: at(0, 0),
    heightMetres: 10,
    output: "sapient",
    updateSeconds: 0.5,
  };
  const share = (range: number) => {
    const { reports } = look([aDrone({ motion: { kind: "orbit", centre: at(0, range), radiusMetres: 50 } })], [camera], 300);
    const bearings = reports.map(({ report }) => report as Of<"bearing">);
    return { seen: bearings.length / 600, named: bearings.filter((one) => one.path !== undefined).length / Math.max(1, bearings.length) };
  };
  const near = share(400);
  const far = share(2500);
  assert.ok(near.seen > 0.9 && near.named > 0.9, JSON.stringify(near));
  assert.ok(far.named < 0.3, JSON.stringify(far));
});

test("a sensor that the simulator cannot be is refused in words", () => {
  const spec = aRadar();
  assert.equal(whyNotSimulated(spec), undefined);
  assert.match(whyNotSimulated({ ...spec, class: "rf.tdoa" }) ?? "", /rf-tdoa are not simulated/);
  assert.match(whyNotSimulated({ ...spec, class: "radar.panel.k", output: "asterix" }) ?? "", /see all round/);
  assert.match(whyNotSimulated({ ...spec, output: "beast" }) ?? "", /sends sapient or asterix/);
  assert.match(whyNotSimulated({ ...spec, class: "rf.df", setting: "jungle" }) ?? "", /los, suburban, urban/);
});
