// drone-mesh-mapper (github.com/colonelpanichacks): ESP32 nodes write one flat object a line; 0 means "none" in every number.

import type { DecodeError } from "../decode-error.ts";
import {
  isError,
  type JsonObject,
  locationOf,
  numberAt,
  operatorOf,
  radioAddressOf,
  reportedIdOf,
  signalDbmOf,
  textAt,
} from "./json-value.ts";
import type { UasReport } from "./uas-report.ts";

export const isMeshMapper = (value: JsonObject): boolean =>
  Object.hasOwn(value, "drone_lat") ||
  Object.hasOwn(value, "drone_long") ||
  (Object.hasOwn(value, "basic_id") && Object.hasOwn(value, "mac"));

export function readMeshMapper(message: JsonObject): UasReport | DecodeError {
  const altitude = numberAt(message, "drone_altitude");
  const location = locationOf(
    {
      latitudeDegrees: numberAt(message, "drone_lat"),
      longitudeDegrees: numberAt(message, "drone_long", "drone_lon"),
      geodeticAltitude: altitude === 0 ? undefined : altitude,
    },
    "drone_lat",
  );
  if (isError(location)) return location;
  const system = operatorOf(numberAt(message, "pilot_lat"), numberAt(message, "pilot_long", "pilot_lon"), undefined, 3, "pilot_lat");
  if (isError(system)) return system;
  const reported = reportedIdOf(textAt(message, "basic_id"), message.id_type, message.ua_type);
  return {
    receiver: textAt(message, "node_id", "node") ?? "",
    radioAddress: radioAddressOf(textAt(message, "mac")),
    signalDbm: signalDbmOf(numberAt(message, "rssi")),
    ids: reported === undefined ? [] : [reported],
    location,
    system,
  };
}
