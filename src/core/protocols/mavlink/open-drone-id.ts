// OPEN_DRONE_ID_* messages into the one form that every wire form of Remote ID takes here. mavlink.io, "Open Drone ID messages".
// MAVLink writes plain numbers with markers of unknown: 36100, 25500, 6300, -1000, and 0/0 for a position.

import { toHex } from "../../base/hex.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { sanitizeText } from "../../base/text.ts";
import { type Metres, metres, metresPerSecond, RADIANS_PER_DEGREE, type Radians, radians, seconds } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { ID_KINDS, type IdKind } from "../remote-id/basic-id.ts";
import type { Location } from "../remote-id/location.ts";
import { decodeOdid } from "../remote-id/odid-message.ts";
import type { ReportedId, UasReport } from "../remote-id/uas-report.ts";
import type { FieldValues, MessageDefinition } from "./messages.ts";

const EPOCH_2019 = 1_546_300_800; // s

const number = (fields: FieldValues, name: string) => fields[name] as number;
const octets = (fields: FieldValues, name: string) => fields[name] as Uint8Array;

/** Hexadecimal of `id_or_mac`, trailing zeros left out; undefined when it is empty: the message is about its own sender. */
export function otherAircraft(fields: FieldValues): string | undefined {
  const id = octets(fields, "id_or_mac");
  let end = id.length;
  while (end > 0 && id[end - 1] === 0) end--;
  return end === 0 ? undefined : toHex(id.subarray(0, Math.max(end, 6)));
}

/** What one OPEN_DRONE_ID_* message says; undefined for those that say nothing of an aircraft (authentication, arming). */
export function reportOf(
  definition: MessageDefinition,
  fields: FieldValues,
  radioAddress: string,
): Result<UasReport | undefined, DecodeError> {
  const base = { receiver: "", radioAddress, transport: "MAVLink" };
  switch (definition.name) {
    case "OPEN_DRONE_ID_BASIC_ID": {
      const id = basicId(fields);
      return id.ok ? ok({ ...base, ids: [id.value] }) : id;
    }
    case "OPEN_DRONE_ID_LOCATION": {
      const location = locationOf(fields);
      return location.ok ? ok({ ...base, ids: [], location: location.value }) : location;
    }
    case "OPEN_DRONE_ID_SELF_ID": {
      const text = sanitizeText(fields.description as string, 23);
      return ok({ ...base, ids: [], selfId: { descriptionType: number(fields, "description_type"), text } });
    }
    case "OPEN_DRONE_ID_OPERATOR_ID": {
      const id = sanitizeText(fields.operator_id as string, 20);
      return ok({ ...base, ids: [], operatorId: { operatorIdType: number(fields, "operator_id_type"), id } });
    }
    case "OPEN_DRONE_ID_SYSTEM": {
      const position = positionOf(fields, "operator_latitude", "operator_longitude", "OPEN_DRONE_ID_SYSTEM.operator_latitude");
      if (!position.ok) return position;
      const stamp = number(fields, "timestamp");
      return ok({
        ...base,
        ids: [],
        system: {
          operatorLocationType: number(fields, "operator_location_type"),
          classificationType: number(fields, "classification_type"),
          operatorLatitude: position.value?.latitude,
          operatorLongitude: position.value?.longitude,
          operatorAltitude: altitudeOf(fields, "operator_altitude_geo"),
          areaCount: number(fields, "area_count"),
          areaRadius: metres(number(fields, "area_radius")),
          areaCeiling: altitudeOf(fields, "area_ceiling"),
          areaFloor: altitudeOf(fields, "area_floor"),
          categoryEu: number(fields, "category_eu"),
          classEu: number(fields, "class_eu"),
          unixSeconds: stamp === 0 ? undefined : EPOCH_2019 + stamp,
        },
      });
    }
    case "OPEN_DRONE_ID_MESSAGE_PACK": {
      // The octets as they go over the air; the pack's own header is spread over two fields here.
      const pack = new Uint8Array(3 + 225);
      pack[0] = 0xf0;
      pack[1] = number(fields, "single_message_size");
      pack[2] = number(fields, "msg_pack_size");
      pack.set(octets(fields, "messages"), 3);
      const decoded = decodeOdid(pack);
      if (!decoded.ok) return decoded;
      const { basicIds, location, selfId, system, operatorId } = decoded.value;
      const ids = basicIds.map((one): ReportedId => ({ kind: one.kind, id: one.id, uaType: one.uaType }));
      return ok({ ...base, ids, location, selfId, system, operatorId });
    }
    default:
      return ok(undefined);
  }
}

function basicId(fields: FieldValues): Result<ReportedId, DecodeError> {
  const kind = (ID_KINDS[number(fields, "id_type")] ?? "reserved") as IdKind;
  const raw = octets(fields, "uas_id");
  let end = 0;
  while (end < raw.length && raw[end] !== 0) end++;
  let printable = true;
  let text = "";
  for (let i = 0; i < end; i++) {
    if (raw[i] < 0x20 || raw[i] > 0x7e) printable = false;
    text += String.fromCharCode(raw[i]);
  }
  const binary = kind === "utm-assigned" || kind === "session" || kind === "reserved";
  if (!printable && !binary) {
    return err({
      code: "malformed",
      item: "OPEN_DRONE_ID_BASIC_ID.uas_id",
      message: "an identifier holds octets that are not printable text",
    });
  }
  const id = printable ? text.trim() : toHex(raw).replace(/(00)+$/, "");
  return ok({ kind, id, uaType: number(fields, "ua_type") });
}

/** Undefined where the marker of unknown, NaN, or nothing that flies stands. */
function altitudeOf(fields: FieldValues, name: string): Metres | undefined {
  const value = number(fields, name);
  return value > -1000 && value < 100_000 ? metres(value) : undefined;
}

/** A WGS84 position in 1e-7 degrees; undefined for the 0/0 of unknown; refused when it is no place on the Earth. */
export function positionOf(
  fields: FieldValues,
  latitudeName: string,
  longitudeName: string,
  item: string,
): Result<{ latitude: Radians; longitude: Radians } | undefined, DecodeError> {
  const latitude = number(fields, latitudeName);
  const longitude = number(fields, longitudeName);
  if (latitude === 0 && longitude === 0) return ok(undefined);
  if (Math.abs(latitude) > 900_000_000 || Math.abs(longitude) > 1_800_000_000) {
    return err({ code: "out-of-range", item, message: "a latitude over 90 or a longitude over 180 degrees" });
  }
  return ok({ latitude: radians(latitude * 1e-7 * RADIANS_PER_DEGREE), longitude: radians(longitude * 1e-7 * RADIANS_PER_DEGREE) });
}

function locationOf(fields: FieldValues): Result<Location, DecodeError> {
  const position = positionOf(fields, "latitude", "longitude", "OPEN_DRONE_ID_LOCATION.latitude");
  if (!position.ok) return position;
  const direction = number(fields, "direction"); // 1/100 degree; 36100 is unknown
  const speed = number(fields, "speed_horizontal"); // cm/s; 25500 is unknown
  const climb = number(fields, "speed_vertical"); // cm/s; 6300 is unknown
  const time = number(fields, "timestamp"); // s after the hour; 65535 is unknown
  const height = number(fields, "height");
  return ok({
    status: number(fields, "status"),
    direction: direction < 36_000 ? radians((direction / 100) * RADIANS_PER_DEGREE) : undefined,
    speedHorizontal: speed < 25_500 ? metresPerSecond(speed / 100) : undefined,
    speedVertical: climb >= -6_200 && climb <= 6_200 ? metresPerSecond(climb / 100) : undefined,
    latitude: position.value?.latitude,
    longitude: position.value?.longitude,
    pressureAltitude: altitudeOf(fields, "altitude_barometric"),
    geodeticAltitude: altitudeOf(fields, "altitude_geodetic"),
    heightReference: number(fields, "height_reference") === 0 ? "takeoff" : "ground",
    height: height > -1000 && height < 100_000 ? metres(height) : undefined,
    horizontalAccuracy: number(fields, "horizontal_accuracy"),
    verticalAccuracy: number(fields, "vertical_accuracy"),
    barometricAccuracy: number(fields, "barometer_accuracy"),
    speedAccuracy: number(fields, "speed_accuracy"),
    timeAccuracy: number(fields, "timestamp_accuracy"),
    secondsAfterHour: time >= 0 && time <= 3_600 ? seconds(time) : undefined,
  });
}
