// How the targets of the tracker's scenarios move. Figures are those of the kinds of scenes, not of any one target.

import { normal, type RandomState, uniform, uniformBetween } from "../../math/random.ts";
import type { Path, TargetClass } from "./scenario-rows.ts";

/** Grid of the paths, s. */
export const STEP = 0.1;

/**
 * A drone, or a formation of drones that share their motion: straight legs and turns of 8 to 20 s at up to 0.2 rad/s, white
 * acceleration of 0.3 m/s^2 (1 Hz), a vertical rate that wanders around zero. `offsets` are the members' places; each member wanders
 * a little on its own.
 */
export function drones(
  random: RandomState,
  firstId: number,
  start: number,
  end: number,
  place: readonly [number, number, number],
  speed: number,
  heading: number,
  offsets: readonly (readonly [number, number, number])[],
): Path[] {
  const count = Math.floor((end - start) / STEP + 1e-9) + 1;
  const members = offsets.map(() => new Float64Array(count * 6));
  const own = offsets.map(() => [0, 0, 0, 0, 0, 0]);
  const x = [place[0], place[1], place[2], speed * Math.cos(heading), speed * Math.sin(heading), 0.5 * normal(random)];
  let omega = 0;
  let left = uniformBetween(random, 1, 12);
  const spread = Math.sqrt(STEP);
  for (let k = 0; k < count; k++) {
    members.forEach((states, m) => {
      for (let i = 0; i < 6; i++) states[k * 6 + i] = x[i]! + own[m]![i]! + (i < 3 ? offsets[m]![i]! : 0);
    });
    left -= STEP;
    if (left <= 0) {
      // Half of the legs are turns.
      omega = uniform(random) < 0.5 ? (uniform(random) < 0.5 ? -1 : 1) * uniformBetween(random, 0.04, 0.2) : 0;
      left = uniformBetween(random, 8, 20);
    }
    const cos = Math.cos(omega * STEP);
    const sin = Math.sin(omega * STEP);
    const vx = x[3]!;
    const vy = x[4]!;
    for (let i = 0; i < 3; i++) x[i] = x[i]! + STEP * x[3 + i]!;
    x[3] = cos * vx - sin * vy + 0.3 * spread * normal(random);
    x[4] = sin * vx + cos * vy + 0.3 * spread * normal(random);
    x[5] = x[5]! * (1 - 0.08 * STEP) + 0.3 * spread * normal(random);
    for (const member of own) {
      for (let i = 0; i < 3; i++) {
        member[i] = member[i]! + STEP * member[3 + i]!;
        member[3 + i] = member[3 + i]! - STEP * (0.3 * member[3 + i]! + 0.02 * member[i]!) + 0.15 * spread * normal(random);
      }
    }
  }
  return members.map((states, m) => ({ id: firstId + m, class: "drone", start, step: STEP, states }));
}

/** A bird: nearly constant speed around 12 m/s, a turn rate that wanders (Ornstein-Uhlenbeck, 4 s, up to about 0.5 rad/s). */
export function bird(random: RandomState, id: number, start: number, end: number, place: readonly [number, number, number]): Path {
  const count = Math.floor((end - start) / STEP + 1e-9) + 1;
  const states = new Float64Array(count * 6);
  let speed = uniformBetween(random, 9, 14);
  const preferred = speed;
  let heading = uniformBetween(random, -Math.PI, Math.PI);
  let omega = 0;
  let vz = 0;
  const x = [...place];
  const spread = Math.sqrt(STEP);
  for (let k = 0; k < count; k++) {
    states.set([x[0]!, x[1]!, x[2]!, speed * Math.cos(heading), speed * Math.sin(heading), vz], k * 6);
    x[0] = x[0]! + STEP * speed * Math.cos(heading);
    x[1] = x[1]! + STEP * speed * Math.sin(heading);
    x[2] = Math.max(x[2]! + STEP * vz, 5);
    heading += omega * STEP;
    omega += -omega * (STEP / 4) + 0.19 * spread * normal(random);
    speed += -0.3 * STEP * (speed - preferred) + 0.9 * spread * normal(random);
    vz += -0.25 * STEP * vz + 0.6 * spread * normal(random);
  }
  return { id, class: "bird", start, step: STEP, states };
}

/** Straight and level. */
export function straight(
  id: number,
  kind: TargetClass,
  start: number,
  end: number,
  place: readonly number[],
  velocity: readonly number[],
): Path {
  const count = Math.floor((end - start) / STEP + 1e-9) + 1;
  const states = new Float64Array(count * 6);
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < 3; i++) {
      states[k * 6 + i] = place[i]! + k * STEP * velocity[i]!;
      states[k * 6 + 3 + i] = velocity[i]!;
    }
  }
  return { id, class: kind, start, step: STEP, states };
}

/** Legs of constant acceleration: each [seconds, ax, ay, az]. */
export function legs(
  id: number,
  kind: TargetClass,
  start: number,
  place: readonly number[],
  velocity: readonly number[],
  schedule: readonly (readonly [number, number, number, number])[],
): Path {
  const states: number[] = [];
  const x = [...place];
  const v = [...velocity];
  states.push(...x, ...v);
  for (const [seconds, ...a] of schedule) {
    for (let k = 0; k < Math.round(seconds / STEP); k++) {
      for (let i = 0; i < 3; i++) {
        x[i] = x[i]! + STEP * v[i]! + 0.5 * STEP * STEP * a[i]!;
        v[i] = v[i]! + STEP * a[i]!;
      }
      states.push(...x, ...v);
    }
  }
  return { id, class: kind, start, step: STEP, states: Float64Array.from(states) };
}

/** Constant velocity in the plane with white acceleration of density `q`, one state each second, from a state at `anchor` both ways. */
export function planarFromMiddle(random: RandomState, id: number, first: number, anchor: number, last: number, q: number): Path {
  const states = new Float64Array((last - first + 1) * 6);
  const middle = [150 + 0.316 * normal(random), 150 + 0.316 * normal(random), 0.316 * normal(random), 0.316 * normal(random)];
  for (const direction of [1, -1]) {
    let [x, y, vx, vy] = middle as [number, number, number, number];
    const end = direction > 0 ? Math.max(last, anchor) : Math.min(first, anchor);
    for (let t = anchor; ; t += direction) {
      if (t >= first && t <= last) states.set([x, y, 0, vx, vy, 0], (t - first) * 6);
      if (t === end) break;
      // One second of white acceleration: correlated position and velocity parts.
      for (const axis of [0, 1]) {
        const a = Math.sqrt(q) * normal(random);
        const b = Math.sqrt(q) * normal(random);
        const dv = direction * a;
        const dp = 0.5 * a + b * Math.sqrt(1 / 12);
        if (axis === 0) {
          x += direction * vx + dp;
          vx += dv;
        } else {
          y += direction * vy + dp;
          vy += dv;
        }
      }
    }
  }
  return { id, class: "target", start: first, step: 1, states };
}

/** Constant velocity in the plane with white acceleration at arbitrary instants: states on a fine grid. */
export function planar(random: RandomState, id: number, start: number, end: number, x0: readonly number[], q: number): Path {
  const count = Math.max(Math.floor((end - start) / STEP + 1e-9) + 1, 1);
  const states = new Float64Array(count * 6);
  const x = [...x0];
  const scale = Math.sqrt(q * STEP);
  for (let k = 0; k < count; k++) {
    states.set([x[0]!, x[1]!, 0, x[2]!, x[3]!, 0], k * 6);
    for (const i of [0, 1]) {
      const a = scale * normal(random);
      x[i] = x[i]! + STEP * x[2 + i]! + 0.5 * STEP * a;
      x[2 + i] = x[2 + i]! + a;
    }
  }
  return { id, class: "target", start, step: STEP, states };
}
