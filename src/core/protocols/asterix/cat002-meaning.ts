// CAT002 service messages of older radars -> SensorStatus; their full time of day completes the truncated one of category 001.
// SUR.ET1.ST05.2000-STD-02b-01 edition 1.2.

import { radians, seconds } from "../../base/units.ts";
import { rememberTimeOfDay } from "./asterix-state.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readUint16 } from "./items/flight-level.ts";
import { describeWindow } from "./items/radar-events.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import type { Meaning } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const PERIOD_LSB = 1 / 128; // s
const SECTOR_LSB = (2 * Math.PI) / 256; // rad
const WINDOW_RANGE_LSB = 1.852 / 128; // km, for words only

const NORTH_MARK = 1;
const SECTOR = 2;
const SOUTH_MARK = 3;
const BLIND_ZONE_ON = 8;
const BLIND_ZONE_OFF = 9;

export function createCat002Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const MESSAGE_TYPE = at("000");
  const AZIMUTH = at("020");
  const TIME = at("030");
  const PERIOD = at("041");
  const WINDOW = at("100");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I002/030", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    const sensorKey = sensorKeyOf(context.sac, context.sic);
    if (time !== undefined) rememberTimeOfDay(context.state, sensorKey, time);
    const messageType = offsets[MESSAGE_TYPE] < 0 ? 0 : bytes[offsets[MESSAGE_TYPE]];
    let antennaAzimuth: number | undefined;
    if (messageType === NORTH_MARK) antennaAzimuth = 0;
    else if (messageType === SOUTH_MARK) antennaAzimuth = Math.PI;
    else if (messageType === SECTOR && offsets[AZIMUTH] >= 0) antennaAzimuth = bytes[offsets[AZIMUTH]] * SECTOR_LSB;
    const period = offsets[PERIOD] < 0 ? 0 : readUint16(bytes, offsets[PERIOD]) * PERIOD_LSB;
    let notes: string[] | undefined;
    if (messageType === BLIND_ZONE_ON) {
      notes = [`blind zone filtering is on${describeWindow(bytes, offsets[WINDOW], offsets[AZIMUTH], WINDOW_RANGE_LSB)}`];
    } else if (messageType === BLIND_ZONE_OFF) notes = [];
    context.observations.push({
      type: "status",
      sensorKey,
      time: time === undefined ? undefined : timeOfDay(time),
      notes,
      sensorType: "radar",
      rotationPeriod: period > 0 ? seconds(period) : undefined,
      antennaAzimuth: antennaAzimuth === undefined ? undefined : radians(antennaAzimuth),
    });
    return undefined;
  };
}
