// The MAVLink messages that Picket reads: where aircraft are and who they say they are, and nothing else. Picket only listens;
// no command, parameter or mission message is described anywhere.
// Fields in the order of the dialect file common.xml (mavlink.io, "Common message set"); the order on the wire and the seed of
// the checksum (CRC_EXTRA) follow from it by the rules of mavlink.io, "Serialization".

import { decodeUtf8 } from "../../base/text.ts";
import { addToCrc, CRC_START } from "./crc.ts";

type FieldType = "uint64_t" | "uint32_t" | "int32_t" | "float" | "uint16_t" | "int16_t" | "uint8_t" | "char";
const SIZES: Readonly<Record<FieldType, number>> = {
  uint64_t: 8,
  uint32_t: 4,
  int32_t: 4,
  float: 4,
  uint16_t: 2,
  int16_t: 2,
  uint8_t: 1,
  char: 1,
};

/** Type, name, and length where it is an array. */
type FieldText = `${FieldType} ${string}` | `${FieldType}[${number}] ${string}`;

interface Field {
  readonly type: FieldType;
  readonly name: string;
  /** 0 for a single value. */
  readonly count: number;
  /** Within the payload. */
  readonly offset: number;
}

export interface MessageDefinition {
  readonly id: number;
  readonly name: string;
  /** In the order of the dialect file. */
  readonly fields: readonly Field[];
  /** Without and with extension fields. */
  readonly baseLength: number;
  readonly fullLength: number;
  readonly crcExtra: number;
}

function define(id: number, name: string, base: readonly FieldText[], extensions: readonly FieldText[] = []): MessageDefinition {
  const parsed = base.map(parseField);
  // Larger types first, else as listed; extension fields stay where they are listed.
  const ordered = parsed.map((field, index) => ({ field, index }));
  ordered.sort((a, b) => SIZES[b.field.type] - SIZES[a.field.type] || a.index - b.index);
  let offset = 0;
  let crc = CRC_START;
  const feed = (text: string) => {
    for (let i = 0; i < text.length; i++) crc = addToCrc(crc, text.charCodeAt(i));
  };
  const placed = new Map<string, Field>();
  feed(`${name} `);
  for (const { field } of ordered) {
    feed(`${field.type} ${field.name} `);
    if (field.count > 0) crc = addToCrc(crc, field.count);
    placed.set(field.name, { ...field, offset });
    offset += SIZES[field.type] * Math.max(field.count, 1);
  }
  const baseLength = offset;
  for (const field of extensions.map(parseField)) {
    placed.set(field.name, { ...field, offset });
    offset += SIZES[field.type] * Math.max(field.count, 1);
  }
  const fields = [...base, ...extensions].map((text) => placed.get(parseField(text).name)!);
  return { id, name, fields, baseLength, fullLength: offset, crcExtra: (crc & 0xff) ^ (crc >> 8) };
}

function parseField(text: FieldText): Omit<Field, "offset"> {
  const [type, name] = text.split(" ");
  const open = type.indexOf("[");
  if (open < 0) return { type: type as FieldType, name, count: 0 };
  return { type: type.slice(0, open) as FieldType, name, count: Number(type.slice(open + 1, -1)) };
}

const ODID_TARGET = ["uint8_t target_system", "uint8_t target_component"] as const;
const ODID_HEAD = [...ODID_TARGET, "uint8_t[20] id_or_mac"] as const;

export const HEARTBEAT = define(0, "HEARTBEAT", [
  "uint8_t type",
  "uint8_t autopilot",
  "uint8_t base_mode",
  "uint32_t custom_mode",
  "uint8_t system_status",
  "uint8_t mavlink_version",
]);
export const SYSTEM_TIME = define(2, "SYSTEM_TIME", ["uint64_t time_unix_usec", "uint32_t time_boot_ms"]);
export const GPS_RAW_INT = define(
  24,
  "GPS_RAW_INT",
  [
    "uint64_t time_usec",
    "uint8_t fix_type",
    "int32_t lat",
    "int32_t lon",
    "int32_t alt",
    "uint16_t eph",
    "uint16_t epv",
    "uint16_t vel",
    "uint16_t cog",
    "uint8_t satellites_visible",
  ],
  ["int32_t alt_ellipsoid", "uint32_t h_acc", "uint32_t v_acc", "uint32_t vel_acc", "uint32_t hdg_acc", "uint16_t yaw"],
);
export const ATTITUDE = define(30, "ATTITUDE", [
  "uint32_t time_boot_ms",
  "float roll",
  "float pitch",
  "float yaw",
  "float rollspeed",
  "float pitchspeed",
  "float yawspeed",
]);
export const GLOBAL_POSITION_INT = define(33, "GLOBAL_POSITION_INT", [
  "uint32_t time_boot_ms",
  "int32_t lat",
  "int32_t lon",
  "int32_t alt",
  "int32_t relative_alt",
  "int16_t vx",
  "int16_t vy",
  "int16_t vz",
  "uint16_t hdg",
]);
export const ADSB_VEHICLE = define(246, "ADSB_VEHICLE", [
  "uint32_t ICAO_address",
  "int32_t lat",
  "int32_t lon",
  "uint8_t altitude_type",
  "int32_t altitude",
  "uint16_t heading",
  "uint16_t hor_velocity",
  "int16_t ver_velocity",
  "char[9] callsign",
  "uint8_t emitter_type",
  "uint8_t tslc",
  "uint16_t flags",
  "uint16_t squawk",
]);
export const COLLISION = define(247, "COLLISION", [
  "uint8_t src",
  "uint32_t id",
  "uint8_t action",
  "uint8_t threat_level",
  "float time_to_minimum_delta",
  "float altitude_minimum_delta",
  "float horizontal_minimum_delta",
]);
export const OPEN_DRONE_ID_BASIC_ID = define(12900, "OPEN_DRONE_ID_BASIC_ID", [
  ...ODID_HEAD,
  "uint8_t id_type",
  "uint8_t ua_type",
  "uint8_t[20] uas_id",
]);
export const OPEN_DRONE_ID_LOCATION = define(12901, "OPEN_DRONE_ID_LOCATION", [
  ...ODID_HEAD,
  "uint8_t status",
  "uint16_t direction",
  "uint16_t speed_horizontal",
  "int16_t speed_vertical",
  "int32_t latitude",
  "int32_t longitude",
  "float altitude_barometric",
  "float altitude_geodetic",
  "uint8_t height_reference",
  "float height",
  "uint8_t horizontal_accuracy",
  "uint8_t vertical_accuracy",
  "uint8_t barometer_accuracy",
  "uint8_t speed_accuracy",
  "float timestamp",
  "uint8_t timestamp_accuracy",
]);
export const OPEN_DRONE_ID_AUTHENTICATION = define(12902, "OPEN_DRONE_ID_AUTHENTICATION", [
  ...ODID_HEAD,
  "uint8_t authentication_type",
  "uint8_t data_page",
  "uint8_t last_page_index",
  "uint8_t length",
  "uint32_t timestamp",
  "uint8_t[23] authentication_data",
]);
export const OPEN_DRONE_ID_SELF_ID = define(12903, "OPEN_DRONE_ID_SELF_ID", [
  ...ODID_HEAD,
  "uint8_t description_type",
  "char[23] description",
]);
export const OPEN_DRONE_ID_SYSTEM = define(12904, "OPEN_DRONE_ID_SYSTEM", [
  ...ODID_HEAD,
  "uint8_t operator_location_type",
  "uint8_t classification_type",
  "int32_t operator_latitude",
  "int32_t operator_longitude",
  "uint16_t area_count",
  "uint16_t area_radius",
  "float area_ceiling",
  "float area_floor",
  "uint8_t category_eu",
  "uint8_t class_eu",
  "float operator_altitude_geo",
  "uint32_t timestamp",
]);
export const OPEN_DRONE_ID_OPERATOR_ID = define(12905, "OPEN_DRONE_ID_OPERATOR_ID", [
  ...ODID_HEAD,
  "uint8_t operator_id_type",
  "char[20] operator_id",
]);
export const OPEN_DRONE_ID_MESSAGE_PACK = define(12915, "OPEN_DRONE_ID_MESSAGE_PACK", [
  ...ODID_HEAD,
  "uint8_t single_message_size",
  "uint8_t msg_pack_size",
  "uint8_t[225] messages",
]);
export const OPEN_DRONE_ID_ARM_STATUS = define(12918, "OPEN_DRONE_ID_ARM_STATUS", ["uint8_t status", "char[50] error"]);
export const OPEN_DRONE_ID_SYSTEM_UPDATE = define(12919, "OPEN_DRONE_ID_SYSTEM_UPDATE", [
  ...ODID_TARGET,
  "int32_t operator_latitude",
  "int32_t operator_longitude",
  "float operator_altitude_geo",
  "uint32_t timestamp",
]);

export const MESSAGES: ReadonlyMap<number, MessageDefinition> = new Map(
  [
    HEARTBEAT,
    SYSTEM_TIME,
    GPS_RAW_INT,
    ATTITUDE,
    GLOBAL_POSITION_INT,
    ADSB_VEHICLE,
    COLLISION,
    OPEN_DRONE_ID_BASIC_ID,
    OPEN_DRONE_ID_LOCATION,
    OPEN_DRONE_ID_AUTHENTICATION,
    OPEN_DRONE_ID_SELF_ID,
    OPEN_DRONE_ID_SYSTEM,
    OPEN_DRONE_ID_OPERATOR_ID,
    OPEN_DRONE_ID_MESSAGE_PACK,
    OPEN_DRONE_ID_ARM_STATUS,
    OPEN_DRONE_ID_SYSTEM_UPDATE,
  ].map((definition) => [definition.id, definition]),
);

export type FieldValue = number | string | Uint8Array;
export type FieldValues = Record<string, FieldValue>;

/**
 * Values of a payload by field name, in the message's own units; octets that the sender cut off as trailing zeros are zero.
 * Text ends at its first NUL. A float may be NaN or infinite: whoever uses it checks.
 */
export function readFields(definition: MessageDefinition, payload: Uint8Array): FieldValues {
  let full = payload;
  if (payload.length < definition.fullLength) {
    full = new Uint8Array(definition.fullLength);
    full.set(payload);
  }
  const view = new DataView(full.buffer, full.byteOffset, full.byteLength);
  const values: FieldValues = {};
  for (const field of definition.fields) values[field.name] = readField(field, full, view);
  return values;
}

function readField(field: Field, payload: Uint8Array, view: DataView): FieldValue {
  const { offset, count } = field;
  if (field.type === "char") {
    let end = offset;
    while (end < offset + count && payload[end] !== 0) end++;
    return decodeUtf8(payload.subarray(offset, end));
  }
  if (count > 0) return payload.slice(offset, offset + count); // arrays are of octets only
  switch (field.type) {
    case "uint8_t":
      return payload[offset];
    case "uint16_t":
      return view.getUint16(offset, true);
    case "int16_t":
      return view.getInt16(offset, true);
    case "uint32_t":
      return view.getUint32(offset, true);
    case "int32_t":
      return view.getInt32(offset, true);
    case "float":
      return view.getFloat32(offset, true);
    case "uint64_t":
      return view.getUint32(offset + 4, true) * 4_294_967_296 + view.getUint32(offset, true);
  }
}
