// CAT023 status of an ADS-B ground station and its services -> SensorStatus. EUROCONTROL-SPEC-0149-16 edition 1.3.

import { seconds } from "../../base/units.ts";
import type { SensorStatus } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import type { Meaning } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

/** I023/110: state and words of each service status. */
const SERVICE: readonly (readonly [SensorStatus["state"], string] | undefined)[] = [
  undefined,
  ["fault", "service failed"],
  ["off", "service disabled"],
  ["degraded", "service degraded"],
  ["operational", ""],
  ["degraded", "service is starting"],
];

export function createCat023Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const TIME = at("070");
  const STATION = at("100");
  const SERVICE_STATUS = at("110");
  const RANGE = at("200");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I023/070", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    let state: SensorStatus["state"];
    let statusInterval: number | undefined;
    const notes: string[] = [];
    const stationAt = offsets[STATION];
    if (stationAt >= 0) {
      const octet = bytes[stationAt];
      state = "operational";
      const degrade = (bit: number, note: string) => {
        if ((octet & bit) === 0) return;
        notes.push(note);
        state = "degraded";
      };
      degrade(0x40, "data processor overloaded");
      degrade(0x20, "transmission overloaded");
      degrade(0x08, "time source invalid");
      degrade(0x04, "the station suspects a spoofing attack");
      if ((octet & 0x80) !== 0) {
        state = "fault";
        notes.push("its data must not be used operationally (NOGO)");
      }
      if ((octet & 0x02) !== 0) notes.push("track numbering has restarted");
      if (scan.ends[STATION] - stationAt > 1) statusInterval = bytes[stationAt + 1] >> 1;
    }
    if (offsets[SERVICE_STATUS] >= 0) {
      const service = SERVICE[(bytes[offsets[SERVICE_STATUS]] >> 1) & 7];
      if (service !== undefined) {
        if (state === undefined || state === "operational") state = service[0];
        if (service[1] !== "") notes.push(service[1]);
      }
    }
    if (offsets[RANGE] >= 0) notes.push(`operational range ${(bytes[offsets[RANGE]] * 1.852).toFixed(0)} km`);
    context.observations.push({
      type: "status",
      sensorKey: sensorKeyOf(context.sac, context.sic),
      time: time === undefined ? undefined : timeOfDay(time),
      state,
      notes: state !== undefined || notes.length > 0 ? notes : undefined,
      sensorType: "ADS-B ground station",
      statusInterval: statusInterval === undefined || statusInterval === 0 ? undefined : seconds(statusInterval),
    });
    return undefined;
  };
}
