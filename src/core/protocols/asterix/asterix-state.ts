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
