// CAT205 radio direction finders -> Detection (a bearing, or the place of a transmitter) and SensorStatus (where the bearing starts).
// EUROCONTROL ASTERIX category 205 edition 1.0.

import { metres, radians } from "../../base/units.ts";
import type { Identity, Measurement, SensorClassification } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readInt16, readUint16 } from "./items/flight-level.ts";
import { LSB_2_25, placeError, readInt32 } from "./items/position-wgs84.ts";
import { readAscii } from "./items/target-address.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const ANGLE_LSB = Math.PI / 18_000; // rad; the standard counts 0.01 deg
const TURN = 36_000; // counts
const UNCERTAINTY_LSB = 100; // m
/** "Expected within this radius" is read as 95 %: sqrt(-2 ln 0.05) standard deviations of each axis. */
const RADIUS_95 = 2.4477;

/** I205/000. */
const POSITION_REPORT = 1;
const BEARING_REPORT = 2;
const CONFLICT_REPORT = 3;
const SENSOR_DATA = 5;

export function createCat205Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const MESSAGE_TYPE = at("000");
  const TIME = at("030");
  const PLACE = at("050");
  const LOCAL_BEARING = at("070");
  const CHANNEL = at("090");
  const UNCERTAINTY = at("110");
  const OTHER_PLACE = at("130");
  const OTHER_UNCERTAINTY = at("150");
  const TRACK_NUMBER = at("160");
  const SENSOR = at("170");
  const ELEVATION = at("200");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I205/030", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    const sensorTime = time === undefined ? undefined : timeOfDay(time);
    for (const [item, index] of [
      ["I205/050", PLACE],
      ["I205/130", OTHER_PLACE],
    ] as const) {
      if (offsets[index] < 0) continue;
      const error = placeError(
        item,
        readInt32(bytes, offsets[index]) * LSB_2_25,
        readInt32(bytes, offsets[index] + 4) * LSB_2_25,
        offsets[index],
      );
      if (error !== undefined) return error;
    }
    const messageType = offsets[MESSAGE_TYPE] < 0 ? 0 : bytes[offsets[MESSAGE_TYPE]];
    const systemKey = sensorKeyOf(context.sac, context.sic);
    // A system has several direction finders at several places: each is a sensor of its own.
    const sensorKey = offsets[SENSOR] < 0 ? systemKey : `${systemKey}/${bytes[offsets[SENSOR]]}`;
    const channel = offsets[CHANNEL] < 0 ? undefined : readAscii(bytes, offsets[CHANNEL], 7);
    const classifications: SensorClassification[] | undefined = channel === undefined ? undefined : [{ label: `radio channel ${channel}` }];
    const identities: Identity[] =
      offsets[TRACK_NUMBER] < 0 ? [] : [{ scheme: "source-track", value: `${systemKey}:${readUint16(bytes, offsets[TRACK_NUMBER])}` }];
    const push = (key: string, measurement: Measurement, of: readonly Identity[]) =>
      context.observations.push({ type: "detection", sensorKey: key, time: sensorTime, measurement, identities: of, classifications });

    if (messageType === POSITION_REPORT || messageType === CONFLICT_REPORT) {
      const position = readPlace(bytes, offsets[PLACE], offsets[UNCERTAINTY]);
      if (position !== undefined) push(systemKey, position, identities);
      // The second transmitter of a conflict has no number of its own.
      const other = messageType === CONFLICT_REPORT ? readPlace(bytes, offsets[OTHER_PLACE], offsets[OTHER_UNCERTAINTY]) : undefined;
      if (other !== undefined) push(systemKey, other, []);
      if (position !== undefined || other !== undefined) return undefined;
    } else if (messageType === BEARING_REPORT || messageType === SENSOR_DATA) {
      // 360 degrees is in the item's range and is north.
      const count = offsets[LOCAL_BEARING] < 0 ? undefined : readUint16(bytes, offsets[LOCAL_BEARING]);
      if (count !== undefined && count > TURN) {
        return { code: "out-of-range", item: "I205/070", message: "a bearing of more than 360 degrees", offset: offsets[LOCAL_BEARING] };
      }
      if (offsets[PLACE] >= 0) {
        context.observations.push({
          type: "status",
          sensorKey,
          time: sensorTime,
          sensorType: "radio direction finder",
          latitude: radians(readInt32(bytes, offsets[PLACE]) * LSB_2_25),
          longitude: radians(readInt32(bytes, offsets[PLACE] + 4) * LSB_2_25),
        });
      }
      if (count !== undefined) {
        const elevation = offsets[ELEVATION] < 0 ? Number.NaN : readInt16(bytes, offsets[ELEVATION]) * ANGLE_LSB;
        push(
          sensorKey,
          {
            kind: "bearing",
            azimuth: radians((count % TURN) * ANGLE_LSB),
            north: "true",
            // NaN fails the comparison, as does an angle beyond the zenith.
            elevation: Math.abs(elevation) <= Math.PI / 2 ? radians(elevation) : undefined,
          },
          identities,
        );
        return undefined;
      }
    } else return undefined; // the end of a detection, or a type of a later edition: nothing is measured
    remark(context, { code: "unplaced", item: "I205/070", message: "a direction finder's report without a bearing or a place" });
    return undefined;
  };
}

function readPlace(bytes: Uint8Array, placeAt: number, uncertaintyAt: number): Measurement | undefined {
  if (placeAt < 0) return undefined;
  return {
    kind: "position",
    latitude: radians(readInt32(bytes, placeAt) * LSB_2_25),
    longitude: radians(readInt32(bytes, placeAt + 4) * LSB_2_25),
    // A radius of 0 is below the item's step, or was not computed: unknown.
    horizontalSigma:
      uncertaintyAt < 0 || bytes[uncertaintyAt] === 0 ? undefined : metres((bytes[uncertaintyAt] * UNCERTAINTY_LSB) / RADIUS_95),
  };
}
