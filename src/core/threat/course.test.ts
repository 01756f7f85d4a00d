import assert from "node:assert/strict";
import { test } from "node:test";
import { type Micros, micros } from "../base/units.ts";
import { createRandom, normal } from "../math/random.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import { createCourses, forgetCourses, refineCourse } from "./course.ts";

/** A track at a place with a noisy velocity: 10 m and 1.5 m/s (1 sigma). */
function facts(at: Micros, east: number, north: number, ve: number, vn: number): TrackFacts {
  const covariance = new Float64Array(36);
  for (const i of [0, 7, 14]) covariance[i] = 100;
  for (const i of [21, 28, 35]) covariance[i] = 2.25;
  return {
    key: "T1",
    origin: "live",
    status: "confirmed",
    existence: 1,
    createdAt: micros(0),
    measuredAt: at,
    at,
    position: [east, north, 100],
    velocity: [ve, vn, 0],
    covariance,
    heightKnown: true,
    identities: [],
    contributors: [],
  };
}

test("a minute on one course at 10 m/s gives that velocity to 0.5 m/s, and says so", () => {
  const state = createCourses();
  const random = createRandom(1);
  let refined = facts(micros(0), 0, 0, 0, 0);
  for (let s = 0; s <= 60; s++) {
    const at = micros(s * 1e6);
    refined = refineCourse(
      state,
      facts(at, 10 * normal(random), 3500 - 10 * s + 10 * normal(random), 1.5 * normal(random), -10 + 1.5 * normal(random)),
      at,
    );
  }
  assert.ok(Math.hypot(refined.velocity[0], refined.velocity[1] + 10) < 0.5, String(refined.velocity));
  assert.ok(refined.covariance[21]! < 0.25 && refined.covariance[21]! > 0.01);
  assert.equal(refined.covariance[0], 100, "its place stays the tracker's");
});

test("a track that turns keeps the tracker's velocity", () => {
  const state = createCourses();
  let refined = facts(micros(0), 0, 0, 0, 0);
  for (let s = 0; s <= 60; s++) {
    const angle = s / 5; // a circle of 50 m radius at 10 m/s
    const at = micros(s * 1e6);
    const truth = facts(at, 50 * Math.sin(angle), 50 * Math.cos(angle), 10 * Math.cos(angle), -10 * Math.sin(angle));
    refined = refineCourse(state, truth, at);
    if (s > 20) assert.deepEqual(refined.velocity, truth.velocity);
  }
});

test("when the newest velocity leaves the line, the line is not believed any more", () => {
  const state = createCourses();
  for (let s = 0; s < 60; s += 1) refineCourse(state, facts(micros(s * 1e6), 0, -10 * s, 0, -10), micros(s * 1e6));
  const turned = facts(micros(60e6), 0, -600, 10, 0);
  assert.deepEqual(refineCourse(state, turned, micros(60e6)).velocity, [10, 0, 0]);
});

test("a track that is gone is forgotten", () => {
  const state = createCourses();
  refineCourse(state, facts(micros(0), 0, 0, 1, 1), micros(0));
  forgetCourses(state, micros(61e6), 60);
  assert.equal(state.courses.size, 0);
});
