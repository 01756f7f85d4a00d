// CAT065 status of a tracker's service -> SensorStatus of the tracker. EUROCONTROL-SPEC-0149-15 edition 1.6.

import type { SensorStatus } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import type { Meaning } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const STATES: readonly SensorStatus["state"][] = ["operational", "degraded", "off", undefined];
const STATE_NOTES = ["", "the tracker says that it is degraded", "the tracker is not connected", ""];
/** I065/050; the words are ours. */
const REPORTS: readonly (string | undefined)[] = [
  undefined,
  "service degraded",
  "service no longer degraded",
  "main radar out of service",
  "service interrupted by its operator",
  "service interrupted by a contingency",
  "ready to restart after a contingency",
  "service ended by its operator",
  "main radar of the user failed",
  "service restarted by its operator",
  "main radar becomes operational",
  "main radar becomes degraded",
  "service continuity broken: the adjacent unit is disconnected",
  "service continuity restored",
  "service follows the backup radar",
  "service follows the main radar",
  "main radar and any backup radar failed",
];

export function createCat065Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const TIME = at("030");
  const CONFIGURATION = at("040");
  const REPORT = at("050");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I065/030", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    let state: SensorStatus["state"];
    const notes: string[] = [];
    if (offsets[CONFIGURATION] >= 0) {
      const octet = bytes[offsets[CONFIGURATION]];
      state = STATES[octet >> 6];
      if (STATE_NOTES[octet >> 6] !== "") notes.push(STATE_NOTES[octet >> 6]);
      const degrade = (bit: number, note: string) => {
        if ((octet & bit) === 0) return;
        notes.push(note);
        if (state === "operational") state = "degraded";
      };
      degrade(0x20, "overloaded");
      degrade(0x10, "time source invalid");
    }
    const report = offsets[REPORT] < 0 ? undefined : REPORTS[bytes[offsets[REPORT]]];
    if (report !== undefined) notes.push(report);
    context.observations.push({
      type: "status",
      sensorKey: sensorKeyOf(context.sac, context.sic),
      time: time === undefined ? undefined : timeOfDay(time),
      state,
      // An end-of-batch mark says that the tracker lives and nothing more.
      notes: state !== undefined || notes.length > 0 ? notes : undefined,
      sensorType: "tracker",
    });
    return undefined;
  };
}
