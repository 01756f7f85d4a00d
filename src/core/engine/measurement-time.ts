// When was it measured? A message carries a full instant, a time of day without a date, a free-running counter, or nothing;
// the source's `timeBasis` says which clock is believed.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { SensorTime, TimeBasis } from "../model/observation.ts";

const DAY = 86_400 * MICROS_PER_SECOND;
const HOUR = 3_600 * MICROS_PER_SECOND;
/** A sensor's clock may run this far ahead of the receive time before it is not believed. */
const AHEAD_LIMIT = 2 * MICROS_PER_SECOND;
/** A declared latency beyond this tells of a slow link, not of the measurement, s. */
const LARGEST_LATENCY = 3;
/** Data may be this old when it arrives before its clock is not believed. */
const BEHIND_LIMIT = 30 * MICROS_PER_SECOND;
/** How well the time of receipt says when something was measured: what receivers and networks hold it back, s. */
const RECEIVE_SIGMA = 0.2;
/** How well a sensor's own time stamp does, s. */
const SENSOR_SIGMA = 0.02;
/** A recording's clock is re-anchored when one message is this much older, or that much newer, than the one before. */
const JUMP_BACK = 3 * MICROS_PER_SECOND;
const JUMP_AHEAD = 60 * MICROS_PER_SECOND;

/**
 * How the clock of a recording lies against ours. It may run faster or slower (a recording played at ten times its pace): only a jump
 * anchors it anew, so speeds stay those of the recording.
 */
export interface ClockAnchor {
  /** Receive time minus sensor time of the first message, microseconds. */
  shift: number;
  /** Newest sensor time. */
  lastSensorAt: number;
}

export interface ResolvedTime {
  /** 1 sigma of `at`, s: what moves meanwhile is measured that much worse. */
  sigma: number;
  /** Measurement time, UTC; on the shifted clock of a recording where the source has one. */
  at: Micros;
  /** Sensor time minus receive time, microseconds; undefined where the message has no usable time. */
  offset: number | undefined;
  /** The sensor's clock is not believed, or was re-anchored: a sentence for the sensor's status. */
  finding: string | undefined;
  /** New anchor for `sensor-shifted`. */
  anchor: ClockAnchor | undefined;
}

/** The instant nearest to `near` that has this remainder of `period`. */
function nearest(remainder: number, period: number, near: number): number {
  const base = near - (((near % period) + period) % period) + remainder;
  if (base - near > period / 2) return base - period;
  if (near - base > period / 2) return base + period;
  return base;
}

/**
 * Resolves a message's own time into an instant.
 *
 * `anchor` is that of a `sensor-shifted` source, undefined before its first message. Live measurements are never later than `receivedAt`.
 */
export function resolveTime(
  time: SensorTime | undefined,
  basis: TimeBasis,
  receivedAt: Micros,
  anchor: ClockAnchor | undefined,
): ResolvedTime {
  if (time === undefined) return { at: receivedAt, sigma: RECEIVE_SIGMA, offset: undefined, finding: undefined, anchor };
  const near = basis === "sensor-shifted" && anchor !== undefined ? anchor.lastSensorAt : receivedAt;
  let sensorAt: number | undefined;
  if (time.kind === "utc") sensorAt = time.at;
  // Measured somewhere between the sending and the latency that the sensor declares before it: the middle errs least.
  else if (time.kind === "sent") sensorAt = time.at - (Math.min(Math.max(time.maximumLatency, 0), LARGEST_LATENCY) * MICROS_PER_SECOND) / 2;
  else if (time.kind === "time-of-day") sensorAt = nearest(time.seconds * MICROS_PER_SECOND, DAY, near);
  else if (time.kind === "hour") sensorAt = nearest(time.seconds * MICROS_PER_SECOND, HOUR, near);
  else if (basis === "sensor-shifted") sensorAt = time.at;
  if (sensorAt === undefined || !Number.isFinite(sensorAt))
    return { sigma: RECEIVE_SIGMA, at: receivedAt, offset: undefined, finding: undefined, anchor };
  sensorAt = Math.round(sensorAt);
  const offset = sensorAt - receivedAt;
  // Even between the sending and the declared latency before it: a uniform distribution's sigma.
  const sigma =
    time.kind === "sent"
      ? Math.max(SENSOR_SIGMA, Math.min(Math.max(time.maximumLatency, 0), LARGEST_LATENCY) / Math.sqrt(12))
      : SENSOR_SIGMA;

  if (basis === "receive")
    return { sigma: RECEIVE_SIGMA, at: receivedAt, offset: time.kind === "relative" ? undefined : offset, finding: undefined, anchor };

  if (basis === "sensor") {
    if (offset > AHEAD_LIMIT || offset < -BEHIND_LIMIT) {
      const text = `its clock differs from the server's by ${(offset / MICROS_PER_SECOND).toFixed(1)} s; receive time is used`;
      return { sigma: RECEIVE_SIGMA, at: receivedAt, offset, finding: text, anchor };
    }
    // A clock slightly ahead must not date a measurement in the future.
    return { sigma, at: Math.min(sensorAt, receivedAt) as Micros, offset, finding: undefined, anchor };
  }

  // sensor-shifted: a recording keeps the spacing of its own clock, moved to now.
  if (anchor === undefined)
    return {
      sigma,
      at: receivedAt,
      offset: undefined,
      finding: undefined,
      anchor: { shift: receivedAt - sensorAt, lastSensorAt: sensorAt },
    };
  const jump = sensorAt - anchor.lastSensorAt;
  if (jump < -JUMP_BACK || jump > JUMP_AHEAD) {
    const finding = `the recording's clock jumped by ${(jump / MICROS_PER_SECOND).toFixed(1)} s; re-anchored`;
    return { sigma, at: receivedAt, offset: undefined, finding, anchor: { shift: receivedAt - sensorAt, lastSensorAt: sensorAt } };
  }
  return {
    sigma,
    at: (sensorAt + anchor.shift) as Micros,
    offset: undefined,
    finding: undefined,
    anchor: { shift: anchor.shift, lastSensorAt: Math.max(anchor.lastSensorAt, sensorAt) },
  };
}
