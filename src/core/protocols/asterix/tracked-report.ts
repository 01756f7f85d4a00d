// Sensors that both measure and track in one category (010, 015, 020): which of their reports is a measurement.

import type { Identity, Measurement, SensorClassification, SensorKey, SensorTime } from "../../model/observation.ts";
import type { Context } from "./meaning.ts";

export interface TrackedReport {
  readonly sensorKey: SensorKey;
  readonly time: SensorTime | undefined;
  readonly measurement: Measurement;
  /** The track number is added to these. */
  readonly identities: Identity[];
  readonly classifications?: readonly SensorClassification[];
  readonly simulated?: boolean;
  readonly snrDb?: number;
  readonly trackNumber?: number;
  readonly coasting: boolean;
  readonly smoothed: boolean;
  readonly ended: boolean;
}

/**
 * A report whose position the sensor has smoothed or extrapolated is its own track (SourceTrack): its errors are correlated in time.
 * Any other is a Detection, which may carry the number of the track that it belongs to. A smoothed report without a number stays a Detection.
 */
export function pushReport(context: Context, report: TrackedReport): void {
  const { sensorKey, time, measurement, identities, classifications, simulated, trackNumber } = report;
  if (trackNumber !== undefined) identities.push({ scheme: "source-track", value: `${sensorKey}:${trackNumber}` });
  if (trackNumber !== undefined && (report.smoothed || report.coasting || report.ended)) {
    context.observations.push({
      type: "source-track",
      sensorKey,
      sourceTrackId: String(trackNumber),
      time,
      measurement,
      identities,
      classifications,
      coasting: report.coasting ? true : undefined,
      ended: report.ended ? true : undefined,
      simulated,
    });
    return;
  }
  context.observations.push({
    type: "detection",
    sensorKey,
    time,
    measurement,
    identities,
    classifications,
    snrDb: report.snrDb,
    simulated,
  });
}
