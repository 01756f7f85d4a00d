// Where a bar begins and how long it is, and which of a threat's reasons are shown. Pure.

import type { Threat, ThreatContribution } from "../../core/model/threat.ts";

/** Percent of the bar's room: from the middle to the end side for a weight above zero, to the start side for one below. */
export function barOf(weight: number, largest: number): { start: number; size: number } {
  const share = largest > 0 && Number.isFinite(weight) ? Math.min(1, Math.abs(weight) / largest) : 0;
  const size = share * 50;
  return { start: weight < 0 ? 50 - size : 50, size };
}

/** Reasons of the place that is worst off; their points add up to 100 times its score. */
export function threatLines(threat: Threat): readonly ThreatContribution[] {
  const place =
    threat.zoneId !== undefined
      ? threat.zones?.find(({ zoneId }) => zoneId === threat.zoneId)
      : threat.assets.find(({ assetId }) => assetId === threat.assetId);
  return [...(place?.contributions ?? [])].sort((a, b) => b.points - a.points);
}
