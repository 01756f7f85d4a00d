// A flood of source tracks is fused less often. Each report of a sensor's own track contains all earlier ones, and the tracker takes
// from it what is new since the last one that it took (`tracking/source-track.ts`): leaving reports out between two loses time
// resolution and no information. Single detections are never left out.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import type { Picture, SensorState } from "./picture.ts";

/** Packets a second of one source that are fused as they come. */
const FREELY = 2_500;
/** At that rate and above, a source track is fused at most so often; the interval grows with the rate. */
const INTERVAL = 0.1 * MICROS_PER_SECOND;
const LONGEST = MICROS_PER_SECOND;
/** Source tracks of one sensor that are remembered; the one fused longest ago goes first. */
const MAXIMUM = 4_096;

/** Microseconds that must lie between two fused reports of a source track, at this many packets a second of its source. */
export const thinningInterval = (packetsPerSecond: number): number =>
  packetsPerSecond <= FREELY ? 0 : Math.min(LONGEST, (INTERVAL * packetsPerSecond) / FREELY);

/** Sensors of a source that spoke within the last second, as far as counts tell; at least one. */
function speakersOf(picture: Picture, sourceId: string): number {
  let speakers = 0;
  for (const sensor of picture.sensors.values())
    if (sensor.sourceId === sourceId && (sensor.detectionsThisSecond > 0 || sensor.detectionsPerSecond >= 1)) speakers += 1;
  return Math.max(1, speakers);
}

/**
 * Whether this report may be left out: a newer one of the same source track will tell what it tells. Remembers the ones that are not.
 *
 * A sensor that keeps to its share of what is fused freely is never thinned: another's flood on the same source takes nothing from it. Where the
 * time of receipt dates reports (`timedByReceipt`), two of one track at one instant only waited together: the second is left out as well, or the
 * tracker would have to refuse it as a repetition.
 */
export function mayLeaveOut(picture: Picture, sensor: SensorState, sourceTrackId: string, at: Micros, timedByReceipt: boolean): boolean {
  const source = picture.sources.get(sensor.sourceId);
  // The smoothed rate needs seconds to rise; a flood that has just begun is seen by what came since the last whole second.
  let interval = thinningInterval(Math.max(source?.packetsPerSecond ?? 0, source?.packetsThisSecond ?? 0));
  if (interval > 0) {
    const own = Math.max(sensor.detectionsPerSecond, sensor.detectionsThisSecond);
    if (own * speakersOf(picture, sensor.sourceId) <= FREELY) interval = 0;
  }
  const before = sensor.fusedAt.get(sourceTrackId);
  if (interval === 0) {
    if (timedByReceipt && before === at) return true;
    const [newest] = sensor.fusedAt.values();
    if (newest !== at) sensor.fusedAt.clear();
    if (!timedByReceipt) return false;
  } else if (before !== undefined && at >= before && at - before < interval) return true; // a clock that was set back must not silence a track
  sensor.fusedAt.delete(sourceTrackId);
  if (sensor.fusedAt.size >= MAXIMUM) sensor.fusedAt.delete(sensor.fusedAt.keys().next().value!);
  sensor.fusedAt.set(sourceTrackId, at);
  return false;
}
