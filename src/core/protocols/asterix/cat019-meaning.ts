// CAT019 multilateration system status -> SensorStatus. EUROCONTROL-SPEC-0149-18 edition 1.3.

import { metres, radians } from "../../base/units.ts";
import type { SensorStatus } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readInt16 } from "./items/flight-level.ts";
import { LSB_2_30, placeError, readInt32 } from "./items/position-wgs84.ts";
import { describeSystemStatus } from "./items/system-status.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import type { Meaning } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const HEIGHT_LSB = 0.25; // m
/** An operator reads a dozen sentences; a system of 255 sensors can have more to say. */
const MOST_NOTES = 12;
const shorten = (notes: string[]): string[] =>
  notes.length <= MOST_NOTES ? notes : [...notes.slice(0, MOST_NOTES - 1), `and ${notes.length - MOST_NOTES + 1} more faults`];

export function createCat019Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const TIME = at("140");
  const SYSTEM = at("550");
  const PROCESSORS = at("551");
  const REMOTE_SENSORS = at("552");
  const TRANSPONDERS = at("553");
  const PLACE = at("600");
  const HEIGHT = at("610");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I019/140", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    let latitude: number | undefined;
    let longitude: number | undefined;
    if (offsets[PLACE] >= 0) {
      latitude = readInt32(bytes, offsets[PLACE]) * LSB_2_30;
      longitude = readInt32(bytes, offsets[PLACE] + 4) * LSB_2_30;
      const error = placeError("I019/600", latitude, longitude, offsets[PLACE]);
      if (error !== undefined) return error;
    }
    let state: SensorStatus["state"];
    const notes: string[] = [];
    if (offsets[SYSTEM] >= 0) {
      const octet = bytes[offsets[SYSTEM]];
      const described = describeSystemStatus(octet, (octet & 0x08) !== 0);
      state = described.state;
      notes.push(...described.notes);
    }
    if (offsets[PROCESSORS] >= 0) {
      for (let i = 0; i < 4; i++) {
        // Standby and faulted at once is how the standard says that a processor is not used; running and faulted is a fault.
        const bits = (bytes[offsets[PROCESSORS]] >> (6 - 2 * i)) & 3;
        if (bits === 2) notes.push(`tracking processor ${i + 1} faulted`);
      }
    }
    if (offsets[REMOTE_SENSORS] >= 0) {
      for (let i = offsets[REMOTE_SENSORS] + 1; i < scan.ends[REMOTE_SENSORS]; i += 2) {
        if ((bytes[i + 1] & 0x08) === 0) notes.push(`remote sensor ${bytes[i]} faulted`);
        else if ((bytes[i + 1] & 0x04) === 0) notes.push(`remote sensor ${bytes[i]} off line`);
      }
    }
    if (offsets[TRANSPONDERS] >= 0) {
      for (let i = offsets[TRANSPONDERS], first = 1; i < scan.ends[TRANSPONDERS]; i++, first += 2) {
        for (const [number, bits] of [
          [first, bytes[i] >> 6],
          [first + 1, (bytes[i] >> 2) & 3],
        ]) {
          if (bits === 1) notes.push(`reference transponder ${number}: warning`);
          if (bits === 2) notes.push(`reference transponder ${number} faulted`);
        }
      }
    }
    context.observations.push({
      type: "status",
      sensorKey: sensorKeyOf(context.sac, context.sic),
      time: time === undefined ? undefined : timeOfDay(time),
      state,
      notes: state !== undefined || notes.length > 0 ? shorten(notes) : undefined,
      sensorType: "multilateration system",
      latitude: latitude === undefined ? undefined : radians(latitude),
      longitude: longitude === undefined ? undefined : radians(longitude),
      height: offsets[HEIGHT] < 0 ? undefined : { kind: "amsl", value: metres(readInt16(bytes, offsets[HEIGHT]) * HEIGHT_LSB) },
    });
    return undefined;
  };
}
