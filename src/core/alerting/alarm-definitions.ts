// The alarms that Picket comes with, as data. Each is there because the operator has something to do; docs/alarms.md is the table in words.

import { err, ok, type Result } from "../base/result.ts";
import type { AlarmDefinition, AlertLevel } from "../model/alert.ts";
import type { JudgementSettings } from "../model/site.ts";

const alarm = (
  id: string,
  level: AlertLevel,
  action: string,
  groupBy: AlarmDefinition["groupBy"],
  onDelay: number,
  offDelay: number,
  more: Partial<AlarmDefinition> = {},
): AlarmDefinition => ({
  id,
  level,
  conditionKey: `alarm.${id}`,
  actionKey: `action.${action}`,
  groupBy,
  onDelay,
  offDelay,
  // The highest level stays until a person has seen it.
  latching: level === 1,
  enabled: true,
  ...more,
});

/** One track on its way in is one situation, from the first warning to the keep-out: one alarm, which may rise in level. */
const APPROACH = "approach";

/** Delays in s. Levels are aimed at 5, 15 and 80 of a hundred alarms. */
export const ALARM_DEFINITIONS: readonly AlarmDefinition[] = [
  alarm("keep-out-inside", 1, "assess-now", "track", 3, 30, { family: APPROACH, rank: 9, mandatory: true }),
  alarm("take-cover", 1, "order-take-cover", "track", 3, 30, { family: APPROACH, rank: 8, mandatory: true }),
  alarm("inbound-unassessed", 1, "assess-now", "track", 2, 30, { family: APPROACH, rank: 7, mandatory: true }),
  alarm("swarm", 1, "assess-group", "group", 2, 20, { family: "swarm" }),
  alarm("take-cover-undelivered", 1, "call-by-voice", "site", 0, 5),
  alarm("companion", 2, "look-at-second", "track", 1, 15, { family: APPROACH, rank: 6 }),
  alarm("dismissal-contradicted", 2, "assess-again", "track", 2, 15, { family: APPROACH, rank: 5 }),
  alarm("zone-entry", 2, "assess", "track", 4, 30, { family: APPROACH, rank: 4 }),
  alarm("unannounced-drone", 2, "ask-neighbours", "track", 4, 30, { family: APPROACH, rank: 3 }),
  alarm("identity-contradiction", 2, "do-not-trust-claim", "track", 2, 30),
  alarm("remote-id-flood", 2, "rely-on-radar", "group", 1, 60),
  alarm("sensor-lost", 2, "cover-sector", "sensor", 5, 15),
  alarm("recording-failed", 2, "restore-recording", "site", 1, 30),
  alarm("overload", 2, "reduce-load", "site", 5, 60),
  alarm("attention-full", 2, "call-more-people", "site", 1, 30, { mandatory: true }),
  alarm("nothing-protected", 2, "name-what-is-protected", "site", 5, 5, { mandatory: true }),
  alarm("notification-undelivered", 2, "tell-by-voice", "site", 0, 30),
  alarm("sensor-degraded", 3, "check-sensor", "sensor", 10, 30),
  alarm("off-plan", 3, "call-owner", "track", 5, 30),
];

export interface OverrideError {
  readonly code: "unknown-alarm" | "mandatory";
  readonly id: string;
  readonly message: string;
}

/**
 * The default set with a site's changes. A site can switch an alarm off, move its level and its delays; it can neither switch off nor lower a mandatory
 * one, nor keep the highest level from latching. The first change that is wrong is answered with its reason, and nothing is changed.
 */
export function mergeDefinitions(overrides: JudgementSettings["alarms"]): Result<readonly AlarmDefinition[], OverrideError> {
  const byId = new Map(ALARM_DEFINITIONS.map((definition) => [definition.id, definition]));
  for (const change of overrides) {
    const known = byId.get(change.id);
    if (known === undefined) return err({ code: "unknown-alarm", id: change.id, message: `there is no alarm "${change.id}"` });
    const level = change.level ?? known.level;
    const enabled = change.enabled ?? known.enabled;
    const onDelay = change.onDelay ?? known.onDelay;
    if (known.mandatory === true && (!enabled || level > known.level || onDelay > 10)) {
      return err({
        code: "mandatory",
        id: change.id,
        message: `"${change.id}" can neither be switched off, nor lowered, nor delayed by more than 10 s`,
      });
    }
    byId.set(change.id, {
      ...known,
      level,
      enabled,
      onDelay,
      offDelay: change.offDelay ?? known.offDelay,
      latching: known.latching || level === 1,
    });
  }
  return ok([...byId.values()]);
}
