// OPEN_DRONE_ID_* messages into the one form that every wire form of Remote ID takes here. mavlink.io, "Open Drone ID messages".
// MAVLink writes plain numbers with markers of unknown: 36100, 25500, 6300, -1000, and 0/0 for a position.

import { toHex } from "../../base/hex.ts";
import { err, ok, type Result } from "../../base/result.ts";
import { decodeUtf8, sanitizeText } from "../../base/text.ts";
import { type Metres, metres, metresPerSecond, RADIANS_PER_DEGREE, type Radians, radians, seconds } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import { ID_KINDS, type IdKind } from "../remote-id/basic-id.ts";
import type { Location } from "../remote-id/location.ts";
import { decodeOdid } from "../remote-id/odid-message.ts";
import type { ReportedId, UasReport } from "../remote-id/uas-report.ts";
import {
  MESSAGES,
  type MessageDefinition,
  OPEN_DRONE_ID_BASIC_ID,
  OPEN_DRONE_ID_LOCATION,
  OPEN_DRONE_ID_MESSAGE_PACK,
  OPEN_DRONE_ID_OPERATOR_ID,
  OPEN_DRONE_ID_SELF_ID,
  OPEN_DRONE_ID_SYSTEM,
} from "./messages.ts";
import { float32, int16, int32, latin, octets, offsetsOf, type Payload, uint8, uint16, uint32 } from "./payload.ts";

const EPOCH_2019 = 1_546_300_800; // s

const ID = offsetsOf(OPEN_DRONE_ID_BASIC_ID, "id_type", "ua_type", "uas_id");
const LOCATION = offsetsOf(
  OPEN_DRONE_ID_LOCATION,
  "status",
  "direction",
  "speed_horizontal",
  "speed_vertical",
  "latitude",
  "longitude",
  "altitude_barometric",
  "altitude_geodetic",
  "height_reference",
  "height",
  "horizontal_accuracy",
  "vertical_accuracy",
  "barometer_accuracy",
  "speed_accuracy",
  "timestamp",
  "timestamp_accuracy",
);
const SELF = offsetsOf(OPEN_DRONE_ID_SELF_ID, "description_type", "description");
const OPERATOR = offsetsOf(OPEN_DRONE_ID_OPERATOR_ID, "operator_id_type", "operator_id");
const SYSTEM = offsetsOf(
  OPEN_DRONE_ID_SYSTEM,
  "operator_location_type",
  "classification_type",
  "operator_latitude",
  "operator_longitude",
  "area_count",
  "area_radius",
  "area_ceiling",
  "area_floor",
  "category_eu",
  "class_eu",
  "operator_altitude_geo",
  "timestamp",
);
const PACK = offsetsOf(OPEN_DRONE_ID_MESSAGE_PACK, "single_message_size", "msg_pack_size", "messages");
const ADDRESS_LENGTH = 20;

const ADDRESS_AT: ReadonlyMap<MessageDefinition, number | undefined> = new Map(
  [...MESSAGES.values()].map((definition) => [definition, definition.fields.find((field) => field.name === "id_or_mac")?.offset]),
);

/** Offset of `id_or_mac`; undefined for the messages that have none. */
export const addressOffset = (definition: MessageDefinition): number | undefined => ADDRESS_AT.get(definition);

/** Hexadecimal of `id_or_mac`, trailing zeros left out; undefined when it is empty: the message is about its own sender. */
export function otherAircraft(payload: Payload, offset: number): string | undefined {
  let length = ADDRESS_LENGTH;
  while (length > 0 && uint8(payload, offset + length - 1) === 0) length--;
  return length === 0 ? undefined : toHex(octets(payload, offset, Math.max(length, 6)));
}

/** What one OPEN_DRONE_ID_* message says; undefined for those that say nothing of an aircraft (authentication, arming). */
export function reportOf(
  definition: MessageDefinition,
  payload: Payload,
  radioAddress: string,
): Result<UasReport | undefined, DecodeError> {
  const base = { receiver: "", radioAddress, transport: "MAVLink" };
  switch (definition) {
    case OPEN_DRONE_ID_BASIC_ID: {
      const id = basicId(payload);
      return id.ok ? ok({ ...base, ids: [id.value] }) : id;
    }
    case OPEN_DRONE_ID_LOCATION: {
      const location = locationOf(payload);
      return location.ok ? ok({ ...base, ids: [], location: location.value }) : location;
    }
    case OPEN_DRONE_ID_SELF_ID: {
      const text = sanitizeText(decodeUtf8(textOctets(payload, SELF.description, 23)), 23);
      return ok({ ...base, ids: [], selfId: { descriptionType: uint8(payload, SELF.description_type), text } });
    }
    case OPEN_DRONE_ID_OPERATOR_ID: {
      const id = sanitizeText(latin(payload, OPERATOR.operator_id, 20), 20);
      return ok({ ...base, ids: [], operatorId: { operatorIdType: uint8(payload, OPERATOR.operator_id_type), id } });
    }
    case OPEN_DRONE_ID_SYSTEM: {
      const position = positionOf(payload, SYSTEM.operator_latitude, SYSTEM.operator_longitude, "OPEN_DRONE_ID_SYSTEM.operator_latitude");
      if (!position.ok) return position;
      const stamp = uint32(payload, SYSTEM.timestamp);
      return ok({
        ...base,
        ids: [],
        system: {
          operatorLocationType: uint8(payload, SYSTEM.operator_location_type),
          classificationType: uint8(payload, SYSTEM.classification_type),
          operatorLatitude: position.value?.latitude,
          operatorLongitude: position.value?.longitude,
          operatorAltitude: altitudeOf(payload, SYSTEM.operator_altitude_geo),
          areaCount: uint16(payload, SYSTEM.area_count),
          areaRadius: metres(uint16(payload, SYSTEM.area_radius)),
          areaCeiling: altitudeOf(payload, SYSTEM.area_ceiling),
          areaFloor: altitudeOf(payload, SYSTEM.area_floor),
          categoryEu: uint8(payload, SYSTEM.category_eu),
          classEu: uint8(payload, SYSTEM.class_eu),
          unixSeconds: stamp === 0 ? undefined : EPOCH_2019 + stamp,
        },
      });
    }
    case OPEN_DRONE_ID_MESSAGE_PACK: {
      // The octets as they go over the air; the pack's own header is spread over two fields here.
      const pack = new Uint8Array(3 + 225);
      pack[0] = 0xf0;
      pack[1] = uint8(payload, PACK.single_message_size);
      pack[2] = uint8(payload, PACK.msg_pack_size);
      pack.set(octets(payload, PACK.messages, 225), 3);
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

function basicId(payload: Payload): Result<ReportedId, DecodeError> {
  const kind = (ID_KINDS[uint8(payload, ID.id_type)] ?? "reserved") as IdKind;
  const raw = octets(payload, ID.uas_id, 20);
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
  return ok({ kind, id, uaType: uint8(payload, ID.ua_type) });
}

/** Undefined where the marker of unknown, NaN, or nothing that flies stands. */
function altitudeOf(payload: Payload, offset: number): Metres | undefined {
  const value = float32(payload, offset);
  return value > -1000 && value < 100_000 ? metres(value) : undefined;
}

/** A WGS84 position in 1e-7 degrees; undefined for the 0/0 of unknown; refused when it is no place on the Earth. */
export function positionOf(
  payload: Payload,
  latitudeAt: number,
  longitudeAt: number,
  item: string,
): Result<{ latitude: Radians; longitude: Radians } | undefined, DecodeError> {
  const latitude = int32(payload, latitudeAt);
  const longitude = int32(payload, longitudeAt);
  if (latitude === 0 && longitude === 0) return ok(undefined);
  if (Math.abs(latitude) > 900_000_000 || Math.abs(longitude) > 1_800_000_000) {
    return err({ code: "out-of-range", item, message: "a latitude over 90 or a longitude over 180 degrees" });
  }
  return ok({ latitude: radians(latitude * 1e-7 * RADIANS_PER_DEGREE), longitude: radians(longitude * 1e-7 * RADIANS_PER_DEGREE) });
}

function locationOf(payload: Payload): Result<Location, DecodeError> {
  const position = positionOf(payload, LOCATION.latitude, LOCATION.longitude, "OPEN_DRONE_ID_LOCATION.latitude");
  if (!position.ok) return position;
  const direction = uint16(payload, LOCATION.direction); // 1/100 degree; 36100 is unknown
  const speed = uint16(payload, LOCATION.speed_horizontal); // cm/s; 25500 is unknown
  const climb = int16(payload, LOCATION.speed_vertical); // cm/s; 6300 is unknown
  const time = float32(payload, LOCATION.timestamp); // s after the hour; 65535 is unknown
  const height = float32(payload, LOCATION.height);
  return ok({
    status: uint8(payload, LOCATION.status),
    direction: direction < 36_000 ? radians((direction / 100) * RADIANS_PER_DEGREE) : undefined,
    speedHorizontal: speed < 25_500 ? metresPerSecond(speed / 100) : undefined,
    speedVertical: climb >= -6_200 && climb <= 6_200 ? metresPerSecond(climb / 100) : undefined,
    latitude: position.value?.latitude,
    longitude: position.value?.longitude,
    pressureAltitude: altitudeOf(payload, LOCATION.altitude_barometric),
    geodeticAltitude: altitudeOf(payload, LOCATION.altitude_geodetic),
    heightReference: uint8(payload, LOCATION.height_reference) === 0 ? "takeoff" : "ground",
    height: height > -1000 && height < 100_000 ? metres(height) : undefined,
    horizontalAccuracy: uint8(payload, LOCATION.horizontal_accuracy),
    verticalAccuracy: uint8(payload, LOCATION.vertical_accuracy),
    barometricAccuracy: uint8(payload, LOCATION.barometer_accuracy),
    speedAccuracy: uint8(payload, LOCATION.speed_accuracy),
    timeAccuracy: uint8(payload, LOCATION.timestamp_accuracy),
    secondsAfterHour: time >= 0 && time <= 3_600 ? seconds(time) : undefined,
  });
}

/** Octets up to the first NUL. */
function textOctets(payload: Payload, offset: number, count: number): Uint8Array {
  const all = octets(payload, offset, count);
  const end = all.indexOf(0);
  return end < 0 ? all : all.subarray(0, end);
}
