import assert from "node:assert/strict";
import { test } from "node:test";
import { micros, wrapAngle } from "../base/units.ts";
import { geodeticToEnu } from "../geodesy/wgs84.ts";
import { offsetBetween } from "./motion.ts";
import type { ObjectSpec } from "./scene.ts";
import { aDrone, aScene } from "./test-scenes.ts";
import { advanceWorld, createWorld, readTruth, type Truth, type World } from "./world.ts";

const START = micros(1_767_225_600_000_000);

/** Truth of every second, for so many seconds. */
function fly(objects: readonly ObjectSpec[], seconds: number, seed = 1): { world: World; path: Truth[][] } {
  const world = createWorld(aScene(objects, [], seed), START);
  const path: Truth[][] = [];
  for (let second = 1; second <= seconds; second++) {
    advanceWorld(world, micros(START + second * 1e6));
    path.push(readTruth(world));
  }
  return { world, path };
}
const plane = (world: World, one: Truth) => geodeticToEnu(world.ground.frame, one.latitude, one.longitude, one.heightHae);

test("positions move as the velocities say, near and far", () => {
  for (const east of [0, 120_000]) {
    const { path } = fly(
      [
        aDrone({
          class: "manned.transport",
          speedMetresPerSecond: 200,
          heightMetres: 9000,
          motion: {
            kind: "waypoints",
            points: [
              { eastMetres: east, northMetres: 0 },
              { eastMetres: east + 60_000, northMetres: 40_000 },
            ],
          },
        }),
      ],
      100,
    );
    const first = path[9][0];
    const last = path[99][0];
    const way = offsetBetween(first, last, 9300);
    let east90 = 0;
    let north90 = 0;
    for (let i = 10; i < 100; i++) {
      east90 += path[i][0].velocityEast;
      north90 += path[i][0].velocityNorth;
    }
    assert.ok(Math.abs(way.east - east90) < 2 && Math.abs(way.north - north90) < 2, `18 km flown to 2 m: ${way.east - east90}`);
  }
});

test("an orbit keeps its radius, its speed and its height", () => {
  const { world, path } = fly([aDrone()], 400);
  for (const [one] of path.slice(30)) {
    const [east, north, up] = plane(world, one);
    const radius = Math.hypot(east, north - 2500);
    assert.ok(Math.abs(radius - 300) < 15, `radius ${radius}`);
    assert.ok(Math.abs(up - 100) < 3);
    assert.ok(Math.hypot(one.velocityEast, one.velocityNorth) < 12.01);
  }
});

test("an object changes its velocity no faster than its own limit", () => {
  const { world, path } = fly(
    [
      aDrone({
        motion: {
          kind: "waypoints",
          repeat: true,
          points: [
            { eastMetres: 0, northMetres: 0 },
            { eastMetres: 300, northMetres: 0, hoverSeconds: 5 },
            { eastMetres: 300, northMetres: 300 },
          ],
        },
      }),
    ],
    300,
  );
  const limit = Math.max(0.3, world.objects[0].traits.acceleration);
  let turned = 0;
  for (let i = 1; i < path.length; i++) {
    const [before] = path[i - 1];
    const [after] = path[i];
    const change = Math.hypot(after.velocityEast - before.velocityEast, after.velocityNorth - before.velocityNorth);
    assert.ok(change <= limit * 1.001, `${change} m/s in a second`);
    if (change > 0.5) turned += 1;
  }
  assert.ok(turned > 20, "it really manoeuvres");
});

test("an airliner on a route passes its points within a tenth of its turning circle and ends at the last one", () => {
  const point = (eastMetres: number, northMetres: number) => ({ eastMetres, northMetres });
  const { world, path } = fly(
    [
      aDrone({
        class: "manned.transport",
        speedMetresPerSecond: 80,
        heightMetres: 600,
        motion: { kind: "waypoints", points: [point(-20_000, 0), point(0, 0), point(15_000, 4000)] },
      }),
    ],
    500,
  );
  const nearest = (east: number, north: number) =>
    Math.min(
      ...path
        .filter((objects) => objects.length > 0)
        .map(([one]) => {
          const [e, n] = plane(world, one);
          return Math.hypot(e - east, n - north);
        }),
    );
  // A turn of 15 degrees at 0.8 degrees a second or more: a circle of at most 5.7 km, cut by 48 m at the corner.
  assert.ok(nearest(0, 0) < 570, `${nearest(0, 0)} m from the corner`);
  assert.ok(nearest(15_000, 4000) < 100, `${nearest(15_000, 4000)} m from the end`);
  assert.equal(path.at(-1)?.length, 0, "gone at its end");
});

test("on wings the course turns no faster than the object can", () => {
  const corner = (eastMetres: number, northMetres: number) => ({ eastMetres, northMetres });
  const { world, path } = fly(
    [
      aDrone({
        class: "uas.fixedwing.small",
        speedMetresPerSecond: 20,
        motion: { kind: "waypoints", repeat: true, points: [corner(0, 0), corner(1500, 0), corner(1500, 1500), corner(0, 1500)] },
      }),
    ],
    600,
  );
  // What the class is usually seen to turn, 6 degrees a second, or what this one was drawn with.
  const limit = Math.max(world.objects[0].traits.turnRate, (6 * Math.PI) / 180);
  let fastest = 0;
  for (let i = 1; i < path.length; i++) {
    const course = (one: Truth) => Math.atan2(one.velocityEast, one.velocityNorth);
    fastest = Math.max(fastest, Math.abs(wrapAngle(course(path[i][0]) - course(path[i - 1][0]))));
  }
  assert.ok(fastest <= limit * 1.001 && fastest > 0.9 * limit, `${fastest} rad/s of ${limit}`);
});

test("an approach stops at its distance, waits, and goes back to where it came from", () => {
  const { world, path } = fly(
    [
      aDrone({
        motion: {
          kind: "approach",
          from: { eastMetres: 1500, northMetres: 0 },
          towards: { eastMetres: 0, northMetres: 0 },
          standoffMetres: 400,
          hoverSeconds: 30,
        },
      }),
    ],
    400,
  );
  const ranges = path.map((objects) => (objects.length === 0 ? Number.NaN : Math.hypot(...plane(world, objects[0]).slice(0, 2))));
  const nearest = Math.min(...ranges.filter((range) => !Number.isNaN(range)));
  assert.ok(nearest > 380 && nearest < 420, `nearest ${nearest}`);
  const waiting = ranges.filter((range) => range < 425).length;
  assert.ok(waiting >= 30 && waiting < 60, `${waiting} s near its stop`);
  assert.ok(Number.isNaN(ranges[399]), "gone, and not told to come again");
});

test("pauses of a wandering multirotor take the hover share of its class, 0.4, within a tenth", () => {
  let still = 0;
  let all = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const { path } = fly(
      [aDrone({ motion: { kind: "wander", centre: { eastMetres: 0, northMetres: 0 }, radiusMetres: 800 } })],
      1800,
      seed,
    );
    for (const [one] of path) {
      all += 1;
      if (Math.hypot(one.velocityEast, one.velocityNorth) < 1) still += 1;
    }
  }
  assert.ok(Math.abs(still / all - 0.4) < 0.1, `share ${still / all}`);
});

test("a wedge keeps station behind its leader", () => {
  const { path } = fly(
    [
      aDrone({
        class: "bird.large",
        speedMetresPerSecond: 15,
        group: { count: 7, shape: "wedge", spacingMetres: 8 },
        motion: {
          kind: "waypoints",
          points: [
            { eastMetres: 0, northMetres: -3000 },
            { eastMetres: 0, northMetres: 3000 },
          ],
        },
      }),
    ],
    200,
  );
  let sum = 0;
  let count = 0;
  for (const objects of path.slice(60)) {
    assert.equal(objects.length, 7);
    for (let member = 1; member < 7; member++) {
      const way = offsetBetween(objects[0], objects[member], 300);
      const rank = Math.ceil(member / 2);
      const right = (member % 2 === 1 ? 1 : -1) * rank * 8; // flying north: right is east
      sum += Math.hypot(way.east - right, way.north + rank * 8);
      count += 1;
    }
  }
  assert.ok(sum / count < 8, `mean distance from station ${sum / count} m`);
});

test("a balloon takes the wind's velocity: 5 m/s from the west carries it east", () => {
  const { path } = fly([aDrone({ class: "lta.balloon", motion: { kind: "drift", from: { eastMetres: 0, northMetres: 0 } } })], 120);
  const last = path.slice(60).map(([one]) => one);
  const mean = (pick: (one: Truth) => number) => last.reduce((sum, one) => sum + pick(one), 0) / last.length;
  assert.ok(Math.abs(mean((one) => one.velocityEast) - 5) < 1 && Math.abs(mean((one) => one.velocityNorth)) < 1);
  assert.ok(last.at(-1)!.heightHae > 320, "and it climbs");
});

test("a hovering drone sways by its standard deviation and stays", () => {
  const { world, path } = fly([aDrone({ motion: { kind: "hover", at: { eastMetres: 50, northMetres: 60 }, swayMetres: 2 } })], 4000);
  let square = 0;
  for (const [one] of path.slice(60)) {
    const [east, north] = plane(world, one);
    square += ((east - 50) * (east - 50) + (north - 60) * (north - 60)) / 2;
  }
  const sigma = Math.sqrt(square / (path.length - 60));
  assert.ok(Math.abs(sigma - 2) < 0.3, `sigma ${sigma} m`);
});

test("a soaring bird circles, climbs and stays in its district", () => {
  const { world, path } = fly(
    [
      aDrone({
        class: "bird.soaring",
        heightMetres: 250,
        motion: { kind: "soar", centre: { eastMetres: 0, northMetres: 0 }, radiusMetres: 900 },
      }),
    ],
    1800,
  );
  let highest = 0;
  for (const [one] of path) {
    const [east, north] = plane(world, one);
    assert.ok(Math.hypot(east, north) < 3500);
    highest = Math.max(highest, one.heightHae - 300);
  }
  assert.ok(highest > 260, `highest ${highest} m`);
});

test("an object that is to come back does, as another one", () => {
  const { path } = fly([aDrone({ lifetimeSeconds: 20, returnsAfterSeconds: [10, 10] })], 100);
  assert.equal(path[18].length, 1);
  assert.equal(path[25].length, 0);
  assert.equal(path[35].length, 1);
  assert.deepEqual([...new Set(path.flatMap((objects) => objects.map((one) => one.number)))], [1, 2, 3, 4]);
});
