// A sensor's own track is not a detection: its errors are correlated from one report to the next, because each report contains all
// earlier ones. What may be fused is only what is new since the last report of the same source track: the tracklet, the measurement
// that would have turned the source's old estimate into its new one (inverse Kalman filter; Drummond, "Tracklets and a hybrid fusion
// with process noise", Proc. SPIE 3163, 1997), component by component, since sources report variances only.

import type { TrackerDetection } from "./tracker.ts";

/** The last report of one source track. */
export interface SourceMemory {
  /** "sensor/source track". */
  readonly key: string;
  at: number;
  z: number[];
  variance: number[];
}

/** Memories kept; the one longest silent goes first. */
const MAXIMUM_MEMORIES = 4096;
/** Growth of a source's own position and velocity variance where it reports no velocity: an unknown speed (m^2/s^2) and acceleration (m^2/s^3). */
const UNKNOWN_SPEED = 225;
const ACCELERATION = 4;
/** The tracklet is never weaker than this many times the report's variance: what is left over is not worth a number. */
const WEAKEST = 400;

/**
 * The new information in a report of a source track, as a detection with independent errors; undefined when the report is not newer
 * than the last. The first report of a track is taken whole. Position kinds only; others pass unchanged.
 */
export function toTracklet(
  memories: SourceMemory[],
  sensorId: string,
  detection: TrackerDetection,
  t: number,
): TrackerDetection | undefined {
  if (detection.sourceTrack === undefined || !detection.kind.startsWith("position")) return detection;
  const key = `${sensorId}/${detection.sourceTrack}`;
  let memory = memories.find((one) => one.key === key);
  if (memory === undefined || memory.z.length !== detection.z.length || t - memory.at > 30_000_000) {
    if (memory === undefined) {
      if (memories.length >= MAXIMUM_MEMORIES) {
        let oldest = 0;
        for (let k = 1; k < memories.length; k++) if (memories[k]!.at < memories[oldest]!.at) oldest = k;
        memories.splice(oldest, 1);
      }
      memory = { key, at: t, z: [...detection.z], variance: [...detection.variance] };
      memories.push(memory);
    } else Object.assign(memory, { at: t, z: [...detection.z], variance: [...detection.variance] });
    return detection;
  }
  const dt = (t - memory.at) / 1e6;
  if (!(dt > 0)) return undefined;
  const withVelocity = detection.kind.endsWith("velocity");
  const axes = withVelocity ? detection.z.length / 2 : detection.z.length;
  const z: number[] = [];
  const variance: number[] = [];
  for (let k = 0; k < detection.z.length; k++) {
    const position = k < axes;
    // The old report, carried to now. Without a velocity the new report's place is the best guess of where it went.
    const speed = withVelocity && position ? memory.z[axes + k]! : 0;
    const before = position ? (withVelocity ? memory.z[k]! + dt * speed : detection.z[k]!) : memory.z[k]!;
    const growth = position
      ? dt * dt * (withVelocity ? memory.variance[axes + k]! : UNKNOWN_SPEED) + (ACCELERATION * dt * dt * dt) / 3
      : ACCELERATION * dt;
    const old = memory.variance[k]! + growth;
    const now = detection.variance[k]!;
    const weakest = WEAKEST * now;
    // 1/now = 1/old + 1/new: solve for the new information.
    const news = now < old ? Math.min((now * old) / (old - now), weakest) : weakest;
    variance.push(news);
    z.push(before + ((detection.z[k]! - before) * (old + news)) / old);
  }
  Object.assign(memory, { at: t, z: [...detection.z], variance: [...detection.variance] });
  return { ...detection, z, variance, covarianceEn: 0 };
}
