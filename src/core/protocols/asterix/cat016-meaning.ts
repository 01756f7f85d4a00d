// CAT016 configuration of independent non-cooperative sensors -> SensorStatus with the system's reference point.
// EUROCONTROL ASTERIX category 016 edition 1.0. Transmitters and receivers (I016/410, 420) are described, and not yet used: see docs/protocols.

import { metres, radians, seconds } from "../../base/units.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readInt16 } from "./items/flight-level.ts";
import { LSB_2_31, placeError, readInt32 } from "./items/position-wgs84.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import type { Meaning } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const HEIGHT_LSB = 0.25; // m

export function createCat016Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const TIME = at("140");
  const PERIOD = at("200");
  const PLACE = at("400");
  const HEIGHT = at("405");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I016/140", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    let latitude: number | undefined;
    let longitude: number | undefined;
    if (offsets[PLACE] >= 0) {
      latitude = readInt32(bytes, offsets[PLACE]) * LSB_2_31;
      longitude = readInt32(bytes, offsets[PLACE] + 4) * LSB_2_31;
      const error = placeError("I016/400", latitude, longitude, offsets[PLACE]);
      if (error !== undefined) return error;
    }
    const period = offsets[PERIOD] < 0 ? 0 : bytes[offsets[PERIOD]];
    context.observations.push({
      type: "status",
      sensorKey: sensorKeyOf(context.sac, context.sic),
      time: time === undefined ? undefined : timeOfDay(time),
      sensorType: "independent non-cooperative sensor",
      latitude: latitude === undefined ? undefined : radians(latitude),
      longitude: longitude === undefined ? undefined : radians(longitude),
      height: offsets[HEIGHT] < 0 ? undefined : { kind: "amsl", value: metres(readInt16(bytes, offsets[HEIGHT]) * HEIGHT_LSB) },
      statusInterval: period > 0 ? seconds(period) : undefined,
    });
    return undefined;
  };
}
