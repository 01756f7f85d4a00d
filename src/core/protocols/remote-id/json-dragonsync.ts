// DroneID and DragonSync (github.com/alphafox02): their sniffers' messages, as a list of one-key objects or as one object with the
// same keys (ESP32), and the flat object that DragonSync publishes over MQTT. Names of fields from DragonSync's mqtt-schema.md.

import { metres, micros, RADIANS_PER_DEGREE, radians } from "../../base/units.ts";
import type { SensorStatus } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import {
  horizontalCodeOf,
  identifierOf,
  isError,
  isObject,
  type JsonObject,
  type LocationNumbers,
  locationOf,
  numberAt,
  objectAt,
  operatorOf,
  radioAddressOf,
  reportedIdOf,
  signalDbmOf,
  speedCodeOf,
  statusOf,
  textAt,
  verticalCodeOf,
} from "./json-value.ts";
import { ALTITUDE_LSB, ALTITUDE_OFFSET } from "./odid-octets.ts";
import type { ReportedId, UasReport } from "./uas-report.ts";

const BASIC_ID = ["Basic ID"];
const LOCATION = ["Location/Vector Message", "Location Vector", "Location/Vector"];
const SYSTEM = ["System Message", "System"];
const SELF_ID = ["Self-ID Message", "Self ID", "Self-ID"];
const OPERATOR_ID = ["Operator ID Message", "Operator ID"];
const MESSAGE_KEYS = [...BASIC_ID, ...LOCATION, ...SYSTEM, ...SELF_ID, ...OPERATOR_ID, "AUX_ADV_IND", "aext", "Frequency Message"];

/** A list of one-key objects, as the sniffers send it. */
export const isDragonSyncList = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= 64 &&
  value.every(isObject) &&
  value.some((part) => isSnifferObject(part as JsonObject));

/** One object with the same keys. */
export const isSnifferObject = (value: JsonObject): boolean => MESSAGE_KEYS.some((key) => Object.hasOwn(value, key));

export function readSnifferList(parts: readonly unknown[]): UasReport | DecodeError {
  // Basic IDs come several times; of the others the last one holds.
  const merged: Record<string, unknown> = {};
  const basicIds: JsonObject[] = [];
  for (const part of parts) {
    if (!isObject(part)) continue;
    for (const key of Object.keys(part)) {
      const value = part[key];
      if (key === "__proto__") continue;
      if (key === "Basic ID" && isObject(value)) basicIds.push(value);
      else merged[key] = value;
    }
  }
  return readSniffer(merged, basicIds);
}

export function readSnifferObject(message: JsonObject): UasReport | DecodeError {
  const basicId = objectAt(message, ...BASIC_ID);
  return readSniffer(message, basicId === undefined ? [] : [basicId]);
}

function readSniffer(message: JsonObject, basicIds: readonly JsonObject[]): UasReport | DecodeError {
  const ids: ReportedId[] = [];
  for (const basicId of basicIds) {
    const reported = reportedIdOf(textAt(basicId, "id"), basicId.id_type, basicId.ua_type);
    if (reported !== undefined) ids.push(reported);
  }
  const location = objectAt(message, ...LOCATION);
  const system = objectAt(message, ...SYSTEM);
  const selfId = objectAt(message, ...SELF_ID);
  const operatorId = objectAt(message, ...OPERATOR_ID);
  const advertisement = objectAt(message, "AUX_ADV_IND") ?? {};
  const extended = objectAt(message, "aext") ?? {};
  const radioAddress = radioAddressOf(
    textAt(message, "MAC", "mac") ?? basicIds.map((id) => textAt(id, "MAC")).find((text) => text !== undefined) ?? textAt(extended, "AdvA"),
  );
  const signal =
    numberAt(message, "RSSI", "rssi") ??
    basicIds.map((id) => numberAt(id, "RSSI")).find((value) => value !== undefined) ??
    numberAt(advertisement, "rssi");
  // Only the older list has a "coord" inside, and its numbers are as on the air: 1e-7 degrees, half metres from -1000.
  const coordinates = location === undefined ? undefined : objectAt(location, "coord");
  const read =
    location === undefined
      ? undefined
      : locationOf(coordinates === undefined ? plainNumbers(location) : rawNumbers(location, coordinates), "Location Vector");
  if (isError(read)) return read;
  const operator = system === undefined ? undefined : readOperator(system, coordinates !== undefined || hasRawPosition(system));
  if (isError(operator)) return operator;
  const operatorText = operatorId === undefined ? undefined : identifierOf(textAt(operatorId, "operator_id", "id"));
  const description = selfId === undefined ? undefined : textAt(selfId, "text");
  return {
    receiver: textAt(message, "seen_by", "sensor_id") ?? "",
    transport: textAt(message, "transport"),
    radioAddress,
    signalDbm: signalDbmOf(signal),
    ids,
    location: read,
    system: operator,
    selfId: description === undefined ? undefined : { descriptionType: 0, text: description },
    operatorId: operatorText === undefined ? undefined : { operatorIdType: 0, id: operatorText },
  };
}

function plainNumbers(location: JsonObject): LocationNumbers {
  return {
    ...words(location),
    directionDegrees: wholeDirection(numberAt(location, "direction"), location),
    speed: numberAt(location, "speed"),
    verticalSpeed: numberAt(location, "vert_speed", "vspeed"),
    latitudeDegrees: numberAt(location, "latitude"),
    longitudeDegrees: numberAt(location, "longitude"),
    pressureAltitude: numberAt(location, "pressure_altitude"),
    geodeticAltitude: numberAt(location, "geodetic_altitude"),
    height: numberAt(location, "height_agl", "height"),
    ...accuracies(location),
    secondsAfterHour: numberAt(location, "timestamp"),
  };
}

function rawNumbers(location: JsonObject, coordinates: JsonObject): LocationNumbers {
  const fast = /0\.75/.test(textAt(location, "speed_multiplier") ?? "");
  const speed = numberAt(coordinates, "speed");
  const verticalSpeed = numberAt(coordinates, "vert_speed");
  const tenths = numberAt(coordinates, "timestamp");
  return {
    ...words(location),
    directionDegrees: wholeDirection(numberAt(coordinates, "direction"), location),
    // 255 marks an unknown speed with either multiplier.
    speed: speed === undefined || speed >= 255 ? undefined : fast ? speed * 0.75 + 63.75 : speed * 0.25,
    verticalSpeed: verticalSpeed === undefined ? undefined : verticalSpeed * 0.5,
    latitudeDegrees: scaled(numberAt(coordinates, "latitude")),
    longitudeDegrees: scaled(numberAt(coordinates, "longitude")),
    pressureAltitude: rawAltitude(numberAt(coordinates, "pressure_altitude")),
    geodeticAltitude: rawAltitude(numberAt(coordinates, "geodetic_altitude")),
    height: rawAltitude(numberAt(coordinates, "height_agl")),
    ...accuracies(coordinates),
    secondsAfterHour: tenths === undefined ? undefined : tenths / 10,
  };
}

function words(location: JsonObject): LocationNumbers {
  return {
    status: statusOf(location.op_status),
    heightReference: /ground|agl/i.test(textAt(location, "height_type") ?? "") ? "ground" : "takeoff",
  };
}

function accuracies(from: JsonObject): LocationNumbers {
  return {
    horizontalAccuracy: horizontalCodeOf(from.horizontal_accuracy),
    verticalAccuracy: verticalCodeOf(from.vertical_accuracy),
    barometricAccuracy: verticalCodeOf(from.baro_accuracy),
    speedAccuracy: speedCodeOf(from.speed_accuracy),
  };
}

/** Some sniffers give the octet (0..179) beside the half, some the whole direction: a western one below 180 is the octet. */
function wholeDirection(direction: number | undefined, location: JsonObject): number | undefined {
  if (direction === undefined) return undefined;
  return /west/i.test(textAt(location, "ew_dir_segment") ?? "") && direction < 180 ? direction + 180 : direction;
}

const scaled = (value: number | undefined) => (value === undefined ? undefined : value / 1e7);
const rawAltitude = (value: number | undefined) => (value === undefined ? undefined : value * ALTITUDE_LSB + ALTITUDE_OFFSET);

/** A system message alone says by its size which numbers it has: no place has a latitude of a thousand degrees. */
function hasRawPosition(system: JsonObject): boolean {
  return Math.abs(numberAt(system, "latitude") ?? 0) > 1000 || Math.abs(numberAt(system, "longitude") ?? 0) > 1000;
}

function readOperator(system: JsonObject, raw: boolean) {
  const latitude = numberAt(system, "operator_lat", "latitude");
  const longitude = numberAt(system, "operator_lon", "longitude");
  const altitude = numberAt(system, "operator_altitude_geo", "geodetic_altitude");
  const words = textAt(system, "operator_location_type") ?? "";
  const kind = /take-?off/i.test(words) ? 0 : /live|dynamic/i.test(words) ? 1 : /fixed/i.test(words) ? 2 : 3;
  const operator = raw
    ? operatorOf(scaled(latitude), scaled(longitude), rawAltitude(altitude), kind, "System Message")
    : operatorOf(latitude, longitude, altitude, kind, "System Message");
  if (operator !== undefined || raw) return operator;
  return operatorOf(numberAt(system, "home_lat"), numberAt(system, "home_lon"), undefined, 0, "System Message");
}

/** What DragonSync publishes of one drone; 0 stands for "no value" there. */
export const isDragonSyncDrone = (value: JsonObject): boolean =>
  Object.hasOwn(value, "lat") && Object.hasOwn(value, "lon") && (Object.hasOwn(value, "pilot_lat") || value.track_type === "drone");

export function readDragonSyncDrone(drone: JsonObject): UasReport | DecodeError {
  const notZero = (...keys: string[]) => {
    const value = numberAt(drone, ...keys);
    return value === 0 ? undefined : value;
  };
  const moving = [numberAt(drone, "speed"), numberAt(drone, "vspeed"), numberAt(drone, "direction")].some((value) => value !== 0);
  const location = locationOf(
    {
      status: statusOf(drone.op_status),
      directionDegrees: moving ? numberAt(drone, "direction") : undefined,
      speed: moving ? numberAt(drone, "speed") : undefined,
      verticalSpeed: moving ? numberAt(drone, "vspeed") : undefined,
      latitudeDegrees: numberAt(drone, "lat"),
      longitudeDegrees: numberAt(drone, "lon"),
      pressureAltitude: notZero("pressure_altitude"),
      geodeticAltitude: notZero("alt"),
      height: notZero("height"),
      heightReference: /ground|agl/i.test(textAt(drone, "height_type") ?? "") ? "ground" : "takeoff",
      horizontalAccuracy: horizontalCodeOf(drone.horizontal_accuracy),
      verticalAccuracy: verticalCodeOf(drone.vertical_accuracy),
      barometricAccuracy: verticalCodeOf(drone.baro_accuracy),
      speedAccuracy: speedCodeOf(drone.speed_accuracy),
      secondsAfterHour: notZero("rid_timestamp", "timestamp"),
    },
    "drone.lat",
  );
  if (isError(location)) return location;
  const pilot = operatorOf(numberAt(drone, "pilot_lat"), numberAt(drone, "pilot_lon"), undefined, 3, "drone.pilot_lat");
  if (isError(pilot)) return pilot;
  const home = operatorOf(numberAt(drone, "home_lat"), numberAt(drone, "home_lon"), undefined, 0, "drone.home_lat");
  if (isError(home)) return home;
  // "drone-<serial>", "drone-<address>" where the aircraft gave no serial, "drone-alert" for all that could not be read.
  const name = textAt(drone, "id");
  const bare = name?.startsWith("drone-") && identifierOf(name) !== undefined ? name.slice("drone-".length) : name;
  const radioAddress = radioAddressOf(textAt(drone, "mac")) ?? radioAddressOf(bare);
  const isAddress = radioAddressOf(bare) !== undefined && textAt(drone, "id_type") === undefined;
  const ids: ReportedId[] = [];
  const reported = reportedIdOf(isAddress ? undefined : bare, drone.id_type, drone.ua_type);
  if (reported !== undefined) ids.push(reported);
  const registration = identifierOf(textAt(drone, "caa_id"));
  if (registration !== undefined) ids.push({ kind: "caa-registration", id: registration });
  const operatorId = identifierOf(textAt(drone, "operator_id"));
  const description = textAt(drone, "description");
  const model = [textAt(drone, "rid_make"), textAt(drone, "rid_model")].filter((part) => part !== undefined).join(" ");
  const observedAt = numberAt(drone, "observed_at");
  return {
    receiver: textAt(drone, "seen_by") ?? "",
    transport: textAt(drone, "transport"),
    radioAddress,
    signalDbm: signalDbmOf(numberAt(drone, "rssi")),
    heardAt: observedAt === undefined || observedAt < 1e9 ? undefined : { kind: "utc", at: micros(Math.round(observedAt * 1e6)) },
    ids,
    location,
    system: pilot ?? home,
    selfId: description === undefined ? undefined : { descriptionType: 0, text: description },
    operatorId: operatorId === undefined ? undefined : { operatorIdType: 0, id: operatorId },
    more: model === "" ? undefined : { model },
  };
}

/** Health of a receiver kit, as DragonSync publishes it. */
export const isDragonSyncKit = (value: JsonObject): boolean => Object.hasOwn(value, "cpu_usage") && Object.hasOwn(value, "id");

export function readDragonSyncKit(kit: JsonObject): SensorStatus {
  const latitude = numberAt(kit, "latitude");
  const longitude = numberAt(kit, "longitude");
  const height = numberAt(kit, "hae");
  const placed =
    latitude !== undefined &&
    longitude !== undefined &&
    (latitude !== 0 || longitude !== 0) &&
    Math.abs(latitude) <= 90 &&
    Math.abs(longitude) <= 180;
  const updated = numberAt(kit, "updated");
  return {
    type: "status",
    sensorKey: textAt(kit, "id") ?? "",
    time: updated === undefined || updated < 1e9 ? undefined : { kind: "utc", at: micros(Math.round(updated * 1e6)) },
    state: kit.gps_fix === false ? "degraded" : "operational",
    notes: kit.gps_fix === false ? ["The receiver has no GPS fix."] : undefined,
    sensorType: "Remote ID receiver",
    latitude: placed ? radians(latitude * RADIANS_PER_DEGREE) : undefined,
    longitude: placed ? radians(longitude * RADIANS_PER_DEGREE) : undefined,
    height: placed && height !== undefined && height !== 0 ? { kind: "hae", value: metres(height) } : undefined,
  };
}
