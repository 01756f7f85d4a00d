// What a simulated object knows and says of itself: its place with the errors of its own instruments, and its names.

import { MICROS_PER_SECOND, pascals } from "../base/units.ts";
import { amslFromHae, pressureAltitudeFromAmsl } from "../geodesy/heights.ts";
import { normal } from "../math/random.ts";
import { metresPerRadian } from "./motion.ts";
import type { ObjectSpec } from "./scene.ts";
import type { SimulatedObject, World } from "./world.ts";

/** s that slow errors of satellite navigation last, and their size: estimates, about what a modern receiver shows under open sky. */
const NAVIGATION_TIME = 60;
export const NAVIGATION_SIGMA: readonly [number, number, number] = [2, 2, 4];
export const ALTIMETER_SIGMA = 10; // m; an estimate well inside the 38 m that altimetry is allowed

/** What an object believes of its own place: satellite navigation with a slow error. */
export function ownPosition(world: World, object: SimulatedObject): { latitude: number; longitude: number; heightHae: number } {
  const seconds = (world.now - object.navigationErrorAt) / MICROS_PER_SECOND;
  if (seconds > 0) {
    const keep = Math.exp(-seconds / NAVIGATION_TIME);
    for (let i = 0; i < 3; i++) {
      object.navigationError[i] =
        keep * object.navigationError[i] + Math.sqrt(1 - keep * keep) * NAVIGATION_SIGMA[i] * normal(object.voice);
    }
    object.navigationErrorAt = world.now;
  }
  const k = object.kinematics;
  const scale = metresPerRadian(k.latitude, k.heightHae);
  return {
    latitude: k.latitude + object.navigationError[1] / scale.north,
    longitude: k.longitude + object.navigationError[0] / scale.east,
    heightHae: k.heightHae + object.navigationError[2],
  };
}

/** What its altimeter reads: ISA pressure altitude, m. */
export function ownPressureAltitude(world: World, object: SimulatedObject): number {
  const k = object.kinematics;
  const amsl = amslFromHae(k.latitude, k.longitude, k.heightHae);
  return pressureAltitudeFromAmsl(amsl, pascals(world.scene.qnhHectopascals * 100)).value + object.altimeterError;
}

/** The names that an object uses. All start with SIM; addresses are from a block that no state was given. */
export const callsignOf = (spec: ObjectSpec, object: SimulatedObject): string =>
  `SIM${(spec.callsign ?? "").slice(0, 2).toUpperCase()}${100 + (object.number % 900)}`;
/** Like ANSI/CTA-2063-A: four letters of maker, length code A (ten), ten digits. The standard knows no letter I, so no drone can have it. */
export const serialOf = (object: SimulatedObject): string => `SIM0A${String(object.number).padStart(10, "0")}`;
export const operatorIdOf = (object: SimulatedObject): string => `SIM-OP-${String(object.number).padStart(6, "0")}`;
export const icao24Of = (object: SimulatedObject): number => 0xfa0000 + (object.number % 0xffff);
/** Locally administered: no maker's address. */
export const macOf = (object: SimulatedObject): string =>
  `02:51:4d:${[object.number >> 16, object.number >> 8, object.number].map((octet) => (octet & 255).toString(16).padStart(2, "0")).join(":")}`;
