import assert from "node:assert/strict";
import { test } from "node:test";
import { metresPerSecond, micros, radians } from "../../base/units.ts";
import { metresPerDegree } from "./local-scale.ts";
import { checkMotion, createMotionState } from "./motion-check.ts";

const LATITUDE = 0.9;
/** Moves `objects` things for 30 s along straight lines and reports velocity through `report`; gives the last sentence. */
function watch(report: (east: number, north: number) => [number, number], jitterMetres = 1): string | undefined {
  const state = createMotionState();
  const scale = metresPerDegree(LATITUDE);
  let said: string | undefined;
  for (let t = 0; t < 30; t++) {
    for (let object = 0; object < 5; object++) {
      const course = object * 1.3 + 0.2;
      const [east, north] = [15 * Math.sin(course), 15 * Math.cos(course)];
      const jitter = Math.sin(t * 7.7 + object) * jitterMetres;
      const [e, n] = report(east, north);
      const measurement = {
        kind: "position" as const,
        latitude: radians(LATITUDE + ((north * t + jitter) / scale.north) * (Math.PI / 180)),
        longitude: radians(((east * t - jitter) / scale.east) * (Math.PI / 180)),
        velocityEast: metresPerSecond(e),
        velocityNorth: metresPerSecond(n),
      };
      said = checkMotion(state, String(object), measurement, micros(t * 1e6)) ?? said;
    }
  }
  assert.ok(state.places.size <= 32 && state.verdicts.length <= 40);
  return said;
}

test("velocities that agree with the motion say nothing, noisy ones neither", () => {
  assert.equal(
    watch((east, north) => [east, north]),
    undefined,
  );
  assert.equal(
    watch((east, north) => [east * 1.1, north * 0.95], 2),
    undefined,
  );
});

test("a wrong unit, exchanged axes and a wrong sign are each named", () => {
  assert.match(watch((east, north) => [east * 3.6, north * 3.6])!, /km\/h under a registration that says m\/s/);
  assert.match(watch((east, north) => [east / 3.6, north / 3.6])!, /m\/s under a registration that says km\/h/);
  assert.match(watch((east, north) => [north, east])!, /exchanged/);
  assert.match(watch((east, north) => [-east, -north])!, /against the way/);
});

test("velocities that are wrong in no simple way are left to the tracker", () => {
  assert.equal(
    watch((east, north) => [north * 1.7, -east]),
    undefined,
  );
});

test("memory is bounded: of a hundred objects the newest 32 are kept", () => {
  const state = createMotionState();
  for (let object = 0; object < 100; object++) {
    checkMotion(
      state,
      String(object),
      {
        kind: "position",
        latitude: radians(0.9),
        longitude: radians(0),
        velocityEast: metresPerSecond(10),
        velocityNorth: metresPerSecond(0),
      },
      micros(0),
    );
  }
  assert.equal(state.places.size, 32);
  assert.ok(state.places.has("99") && !state.places.has("67"));
});
