// CAT034 radar service messages -> SensorStatus. EUROCONTROL-SPEC-0149-2b edition 1.29.

import { metres, radians, seconds } from "../../base/units.ts";
import type { SensorStatus } from "../../model/observation.ts";
import { rememberTimeOfDay } from "./asterix-state.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readInt16, readUint16 } from "./items/flight-level.ts";
import { readRadarConfiguration } from "./items/i034-050.ts";
import { readProcessingMode } from "./items/i034-060.ts";
import { LSB_2_23, placeError, readInt24 } from "./items/position-wgs84.ts";
import { describeWindow } from "./items/radar-events.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import type { Meaning } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const SECTOR_LSB = (2 * Math.PI) / 256; // rad
const PERIOD_LSB = 1 / 128; // s
const WINDOW_RANGE_LSB = 1.852 / 256; // km, for words only

/** I034/000; 1 and 2 tell where the antenna is. */
const NORTH_MARK = 1;
const SECTOR = 2;
const EVENTS: ReadonlyMap<number, string> = new Map([
  [3, "geographical filter is on"],
  [4, "jamming strobe"],
  [5, "solar storm"],
  [6, "jamming strobe on the secondary radar"],
  [7, "jamming strobe on the Mode S interrogator"],
]);

export function createCat034Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const MESSAGE_TYPE = at("000");
  const AZIMUTH = at("020");
  const TIME = at("030");
  const PERIOD = at("041");
  const CONFIGURATION = at("050");
  const PROCESSING = at("060");
  const WINDOW = at("100");
  const PLACE = at("120");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I034/030", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    let latitude: number | undefined;
    let longitude: number | undefined;
    let height: number | undefined;
    const placeAt = offsets[PLACE];
    if (placeAt >= 0) {
      height = readInt16(bytes, placeAt);
      latitude = readInt24(bytes, placeAt + 2) * LSB_2_23;
      longitude = readInt24(bytes, placeAt + 5) * LSB_2_23;
      const error = placeError("I034/120", latitude, longitude, placeAt);
      if (error !== undefined) return error;
    }
    const sensorKey = sensorKeyOf(context.sac, context.sic);
    if (time !== undefined) rememberTimeOfDay(context.state, sensorKey, time);

    const notes: string[] = [];
    let state: SensorStatus["state"];
    let sensorType: string | undefined;
    if (offsets[CONFIGURATION] >= 0) {
      const configuration = readRadarConfiguration(bytes, offsets[CONFIGURATION]);
      state = configuration.state;
      sensorType = configuration.sensorType;
      notes.push(...configuration.notes);
    }
    if (offsets[PROCESSING] >= 0) {
      const reductions = readProcessingMode(bytes, offsets[PROCESSING]);
      if (reductions.length > 0 && state === "operational") state = "degraded";
      notes.push(...reductions);
    }
    const messageType = offsets[MESSAGE_TYPE] < 0 ? 0 : bytes[offsets[MESSAGE_TYPE]];
    const event = EVENTS.get(messageType);
    if (event !== undefined) notes.push(event + describeWindow(bytes, offsets[WINDOW], offsets[AZIMUTH], WINDOW_RANGE_LSB));

    let antennaAzimuth: number | undefined;
    if (messageType === NORTH_MARK) antennaAzimuth = 0;
    else if (messageType === SECTOR && offsets[AZIMUTH] >= 0) antennaAzimuth = bytes[offsets[AZIMUTH]] * SECTOR_LSB;
    const period = offsets[PERIOD] < 0 ? 0 : readUint16(bytes, offsets[PERIOD]) * PERIOD_LSB;

    context.observations.push({
      type: "status",
      sensorKey,
      time: time === undefined ? undefined : timeOfDay(time),
      state,
      // Said with the configuration, and by an event; a mere sector mark says nothing and must not wipe the notes.
      notes: offsets[CONFIGURATION] >= 0 || notes.length > 0 ? notes : undefined,
      sensorType,
      latitude: latitude === undefined ? undefined : radians(latitude),
      longitude: longitude === undefined ? undefined : radians(longitude),
      // "3D-position in WGS 84 co-ordinates": the height is above that ellipsoid.
      height: height === undefined ? undefined : { kind: "hae", value: metres(height) },
      rotationPeriod: period > 0 ? seconds(period) : undefined,
      antennaAzimuth: antennaAzimuth === undefined ? undefined : radians(antennaAzimuth),
    });
    return undefined;
  };
}
