// CAT063 -> SensorStatus of the sensor that the tracker speaks of (I063/050), not of the tracker. EUROCONTROL-SPEC-0149-10 edition 1.7.

import type { SensorStatus } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { partOf } from "./items/extension-parts.ts";
import { readInt16 } from "./items/flight-level.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const STATES: readonly SensorStatus["state"][] = ["operational", "degraded", "degraded", "off"];
const STATE_NOTES = ["", "the tracker calls it degraded", "starting", "not connected to the tracker"];
const PARTS: readonly (readonly [number, string])[] = [
  [0x20, "primary radar not usable"],
  [0x10, "secondary radar not usable"],
  [0x08, "Mode S not usable"],
  [0x04, "ADS-B not usable"],
  [0x02, "multilateration not usable"],
];

export function createCat063Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const TIME = at("030");
  const SENSOR = at("050");
  const STATUS = at("060");
  const TIME_BIAS = at("070");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I063/030", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    const sensorAt = offsets[SENSOR];
    if (sensorAt < 0) {
      remark(context, { code: "unplaced", item: "I063/050", message: "a sensor status that does not name its sensor" });
      return undefined;
    }
    let state: SensorStatus["state"];
    const notes: string[] = [];
    const statusAt = offsets[STATUS];
    if (statusAt >= 0) {
      const first = bytes[statusAt];
      const second = partOf(bytes, statusAt, scan.ends[STATUS], 1);
      const third = partOf(bytes, statusAt, scan.ends[STATUS], 2);
      state = STATES[first >> 6];
      if (STATE_NOTES[first >> 6] !== "") notes.push(STATE_NOTES[first >> 6]);
      const degrade = (bit: number, note: string) => {
        if (bit === 0) return;
        notes.push(note);
        if (state === "operational") state = "degraded";
      };
      for (const [bit, note] of PARTS) degrade(first & bit, note);
      if ((second & 0x80) !== 0) {
        notes.push("operational use is inhibited");
        if (state !== "off") state = "fault";
      }
      degrade(second & 0x40, "data processor overloaded");
      degrade(second & 0x20, "transmission overloaded");
      if ((second & 0x10) !== 0) notes.push("monitoring system disconnected");
      degrade(second & 0x08, "time source invalid");
      degrade(second & 0x04, "no plots are received from it");
      // Each of the last two has a bit that says whether it is filled in.
      degrade((third & 0xc0) === 0xc0 ? 1 : 0, "test target failed");
      degrade((third & 0x30) === 0x30 ? 1 : 0, "it suspects a spoofing attack");
    }
    const bias = offsets[TIME_BIAS] < 0 ? 0 : readInt16(bytes, offsets[TIME_BIAS]);
    if (bias !== 0) notes.push(`its time stamps are off by ${bias} ms, the tracker estimates`);
    context.observations.push({
      type: "status",
      sensorKey: sensorKeyOf(bytes[sensorAt], bytes[sensorAt + 1]),
      time: time === undefined ? undefined : timeOfDay(time),
      state,
      notes: state !== undefined || notes.length > 0 ? notes : undefined,
    });
    return undefined;
  };
}
