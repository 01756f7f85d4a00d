// BlueMark DroneScout receivers over MQTT: {protocol, data: {"sensor ID", RSSI, "MAC address", timestamp, type, UASdata}}, where UASdata
// is the base64 of a C structure; the receiver's own status in the same envelope; and the flat object that dronecot makes of it.

import { micros } from "../../base/units.ts";
import type { SensorStatus, SensorTime } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import { fromBase64 } from "./base64.ts";
import {
  isError,
  type JsonObject,
  locationOf,
  numberAt,
  objectAt,
  operatorOf,
  radioAddressOf,
  reportedIdOf,
  signalDbmOf,
  textAt,
} from "./json-value.ts";
import { decodeUasData } from "./uas-data-struct.ts";
import type { UasReport } from "./uas-report.ts";

export const isDroneScout = (value: JsonObject): boolean => {
  const data = objectAt(value, "data");
  return data !== undefined && Object.hasOwn(data, "sensor ID");
};

export function readDroneScout(message: JsonObject): UasReport | SensorStatus | DecodeError {
  const data = objectAt(message, "data") ?? {};
  const receiver = textAt(data, "sensor ID") ?? "";
  const heardAt = millisecondsOf(numberAt(data, "timestamp"));
  const envelope = {
    receiver,
    transport: textAt(data, "type"),
    radioAddress: radioAddressOf(textAt(data, "MAC address")),
    signalDbm: signalDbmOf(numberAt(data, "RSSI")),
    heardAt,
  };
  if (typeof data.UASdata === "string") {
    // 920 octets are 1,228 characters; a little more is allowed for what later versions append.
    const octets = data.UASdata.length > 4096 ? undefined : fromBase64(data.UASdata);
    if (octets === undefined) return { code: "malformed", item: "data.UASdata", message: "UASdata is not base64, or is too long." };
    const decoded = decodeUasData(octets);
    return decoded.ok ? { ...envelope, ...decoded.value } : decoded.error;
  }
  if (Object.hasOwn(message, "BasicID")) return readFlat(message, data, envelope);
  const status = textAt(data, "status");
  if (status === undefined) {
    return { code: "unsupported", item: "data", message: "A DroneScout message holds neither UASdata nor a status." };
  }
  return {
    type: "status",
    sensorKey: receiver,
    time: heardAt,
    state: status.toLowerCase() === "normal" ? "operational" : "degraded",
    notes: status.toLowerCase() === "normal" ? undefined : [`The receiver says: ${status}.`],
    sensorType: "Remote ID receiver",
    name: [textAt(data, "model"), textAt(data, "firmware version")].filter((part) => part !== undefined).join(" ") || undefined,
  };
}

function readFlat(message: JsonObject, data: JsonObject, envelope: Omit<UasReport, "ids">): UasReport | DecodeError {
  const location = locationOf(
    {
      status: numberAt(message, "Status"),
      directionDegrees: numberAt(message, "Direction"),
      speed: numberAt(message, "SpeedHorizontal"),
      verticalSpeed: numberAt(message, "SpeedVertical"),
      latitudeDegrees: numberAt(message, "Latitude"),
      longitudeDegrees: numberAt(message, "Longitude"),
      pressureAltitude: numberAt(message, "AltitudeBaro"),
      geodeticAltitude: numberAt(message, "AltitudeGeo"),
      heightReference: numberAt(message, "HeightType") === 1 ? "ground" : "takeoff",
      height: numberAt(message, "Height"),
      horizontalAccuracy: numberAt(message, "HorizAccuracy"),
      verticalAccuracy: numberAt(message, "VertAccuracy"),
      barometricAccuracy: numberAt(message, "BaroAccuracy"),
      speedAccuracy: numberAt(message, "SpeedAccuracy"),
      timeAccuracy: numberAt(message, "TSAccuracy"),
      secondsAfterHour: clockOf(message.TimeStamp),
    },
    "Latitude",
  );
  if (isError(location)) return location;
  const kind = numberAt(message, "OperatorLocationType");
  const system = operatorOf(
    numberAt(message, "OperatorLatitude"),
    numberAt(message, "OperatorLongitude"),
    numberAt(message, "OperatorAltitudeGeo"),
    kind !== undefined && kind >= 0 && kind <= 2 ? kind : 3,
    "OperatorLatitude",
  );
  if (isError(system)) return system;
  const reported = reportedIdOf(textAt(message, "BasicID"), message.IDType, message.UAType);
  const extra = objectAt(data, "extra") ?? {};
  const model = [textAt(extra, "manufacturer"), textAt(extra, "model")].filter((part) => part !== undefined).join(" ");
  return {
    ...envelope,
    ids: reported === undefined ? [] : [reported],
    location,
    system,
    more: model === "" ? undefined : { model },
  };
}

/** [minute, second, a hundredth of the two] after the hour: the third number is 60 in all samples, so only the first two are read. */
function clockOf(value: unknown): number | undefined {
  if (!Array.isArray(value) || value.length < 2) return undefined;
  const [minute, second] = value as unknown[];
  return typeof minute === "number" && typeof second === "number" && minute < 60 && second < 60 ? minute * 60 + second : undefined;
}

function millisecondsOf(value: number | undefined): SensorTime | undefined {
  return value === undefined || value < 1e12 || value > 1e14 ? undefined : { kind: "utc", at: micros(Math.round(value * 1000)) };
}
