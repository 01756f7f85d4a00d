// What the ASTERIX codec remembers of a source between datagrams: plain data, part of the picture.

import type { SensorKey } from "../../model/observation.ts";

export interface AsterixState {
  /** Newest full time of day of each sensor, s: category 001 sends only the low bits of its own. */
  readonly timesOfDay: Map<SensorKey, number>;
  /** Sensors that found no room in `timesOfDay`. */
  forgotten: number;
}

/** One source rarely carries more than a handful of sensors; beyond this the one heard first goes, and is counted. */
export const MOST_SENSORS = 256;

export const createAsterixState = (): AsterixState => ({ timesOfDay: new Map(), forgotten: 0 });

/** Remembers a sensor's full time of day. */
export function rememberTimeOfDay(state: AsterixState, sensorKey: SensorKey, value: number): void {
  if (!state.timesOfDay.has(sensorKey) && state.timesOfDay.size >= MOST_SENSORS) {
    state.timesOfDay.delete(state.timesOfDay.keys().next().value!);
    state.forgotten++;
  }
  state.timesOfDay.set(sensorKey, value);
}

const TRUNCATION = 512; // s; I001/141 has 16 bits of 1/128 s
const DAY = 86_400; // s

/**
 * The full time of day nearest to the sensor's last one that has these low bits; undefined before any full time is known.
 * Right while the two are less than 256 s apart. A day is not a multiple of 512 s, so the low bits start anew at midnight.
 */
export function completeTimeOfDay(state: AsterixState, sensorKey: SensorKey, truncated: number): number | undefined {
  const last = state.timesOfDay.get(sensorKey);
  if (last === undefined) return undefined;
  let best: number | undefined;
  for (let block = Math.floor(last / TRUNCATION) - 1; block <= Math.floor(last / TRUNCATION) + 1; block++) {
    const candidate = block * TRUNCATION + truncated;
    if (candidate < 0 || candidate >= DAY) continue;
    if (best === undefined || Math.abs(candidate - last) < Math.abs(best - last)) best = candidate;
  }
  // Around midnight the nearest may be on the other side of it.
  const other = last < DAY / 2 ? Math.floor(DAY / TRUNCATION) * TRUNCATION + truncated : truncated;
  if (other < DAY) {
    const apart = DAY - Math.abs(other - last);
    if (best === undefined || apart < Math.abs(best - last)) best = other;
  }
  return best;
}
