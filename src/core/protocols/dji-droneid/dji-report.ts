// A DJI DroneID record as a report of an unmanned aircraft, so that it is handled as Remote ID is.

import { metres, metresPerSecond, radians, wrapAzimuth } from "../../base/units.ts";
import type { SensorTime } from "../../model/observation.ts";
import type { Location } from "../remote-id/location.ts";
import type { SystemMessage } from "../remote-id/system.ts";
import type { UasReport } from "../remote-id/uas-report.ts";
import { type DjiRecord, djiModel } from "./dji-payload.ts";

export interface DjiReception {
  readonly receiver: string;
  readonly transport: string;
  readonly radioAddress?: string;
  readonly signalDbm?: number;
  readonly heardAt?: SensorTime;
}

export function djiReport(record: DjiRecord, reception: DjiReception): UasReport {
  return {
    ...reception,
    ids: record.serial === undefined ? [] : [{ kind: "serial", id: record.serial }],
    location: locationOf(record),
    system: operatorOf(record),
    more: { model: djiModel(record.productType) },
  };
}

function locationOf(record: DjiRecord): Location {
  const { velocityNorth: north, velocityEast: east } = record;
  return {
    status: record.inAir ? 2 : 1,
    latitude: record.position?.latitude,
    longitude: record.position?.longitude,
    // Judged from the one recorded flight: its take-off would lie 30 m above the sea where the terrain is at about 100 m, which only
    // a barometer against the standard atmosphere says on a day of high pressure.
    pressureAltitude: record.altitude,
    heightReference: "takeoff",
    height: record.height,
    speedHorizontal: north === undefined || east === undefined ? undefined : metresPerSecond(Math.hypot(north, east)),
    direction: north === undefined || east === undefined ? undefined : radians(wrapAzimuth(Math.atan2(east, north))),
    speedVertical: record.velocityUp,
    horizontalAccuracy: 0,
    verticalAccuracy: 0,
    barometricAccuracy: 0,
    speedAccuracy: 0,
    timeAccuracy: 0,
  };
}

/** The pilot's device where it says where it is, otherwise the place that the aircraft returns to. */
function operatorOf(record: DjiRecord): SystemMessage | undefined {
  const place = record.pilot ?? record.home;
  if (place === undefined) return undefined;
  return {
    operatorLocationType: record.pilot === undefined ? 0 : 1,
    classificationType: 0,
    operatorLatitude: place.latitude,
    operatorLongitude: place.longitude,
    areaCount: 0,
    areaRadius: metres(0),
    categoryEu: 0,
    classEu: 0,
  };
}
