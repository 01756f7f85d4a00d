// A sensor's own track is not a detection: its errors are correlated from one report to the next, because each report contains all
// earlier ones. What may be fused is only what is new since the last report of the same source track: the tracklet, the measurement
// that would have turned the source's old estimate into its new one (inverse Kalman filter; Drummond, "Tracklets and a hybrid fusion
// with process noise", Proc. SPIE 3163, 1997), component by component, since sources report variances only.

import type { TrackerDetection } from "./tracker.ts";

/** The last report of one source track. Kept under "sensor/source track", the one longest silent first. */
export interface SourceMemory {
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
  memories: Map<string, SourceMemory>,
  sensorId: string,
  detection: TrackerDetection,
  t: number,
): TrackerDetection | undefined {
  if (detection.sourceTrack === undefined || !detection.kind.startsWith("position")) return detection;
  const key = `${sensorId}/${detection.sourceTrack}`;
  const memory = memories.get(key);
  if (memory === undefined || memory.z.length !== detection.z.length || t - memory.at > 30_000_000) {
    remember(memories, key, detection, t);
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
  remember(memories, key, detection, t);
  return { ...detection, z, variance, covarianceEn: 0 };
}

/** The newest goes to the end: a Map keeps the order in which its keys came. */
function remember(memories: Map<string, SourceMemory>, key: string, detection: TrackerDetection, at: number): void {
  memories.delete(key);
  if (memories.size >= MAXIMUM_MEMORIES) memories.delete(memories.keys().next().value!);
  memories.set(key, { at, z: [...detection.z], variance: [...detection.variance] });
}
