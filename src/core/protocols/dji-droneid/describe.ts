// What `picket decode` prints of DJI DroneID: one object a payload, errors as objects with `error`, `item` and `offset`.

import { DEGREES_PER_RADIAN } from "../../base/units.ts";
import type { Packet, ProtocolOptions } from "../protocol.ts";
import { type DjiPlace, type DjiRecord, decodeDjiPayload, djiModel } from "./dji-payload.ts";

export function createDjiDescriber(_options: ProtocolOptions = {}): (packet: Packet) => Record<string, unknown>[] {
  return (packet) => {
    const read = decodeDjiPayload(packet.bytes);
    if (read.ok) return [describeDji(read.value)];
    return [{ error: read.error.code, item: read.error.item, offset: read.error.offset, message: read.error.message }];
  };
}

export function describeDji(record: DjiRecord): Record<string, unknown> {
  return {
    version: record.version,
    sequence: record.sequence,
    state: record.state,
    serial: record.serial,
    model: djiModel(record.productType),
    position: degrees(record.position),
    pressureAltitudeMetres: record.altitude,
    heightAboveTakeoffMetres: record.height,
    velocityNorthMps: record.velocityNorth,
    velocityEastMps: record.velocityEast,
    velocityUpMps: record.velocityUp,
    motorOn: record.motorOn,
    inAir: record.inAir,
    unixMilliseconds: record.unixMilliseconds,
    pilot: degrees(record.pilot),
    home: degrees(record.home),
    uuid: record.uuid,
  };
}

const degrees = (place: DjiPlace | undefined) =>
  place === undefined
    ? undefined
    : { latitudeDegrees: place.latitude * DEGREES_PER_RADIAN, longitudeDegrees: place.longitude * DEGREES_PER_RADIAN };
