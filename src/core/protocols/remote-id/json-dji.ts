// Decoded DJI DroneID as JSON, one object a payload, with the names of DroneSecurity (the receiver of the NDSS 2023 paper).
// Other DJI receivers (antsdr_dji_droneid, dji-receiver) speak the DragonSync list form, json-dragonsync.ts.

import type { DecodeError } from "../decode-error.ts";
import { identifierOf, isError, type JsonObject, locationOf, numberAt, operatorOf, textAt } from "./json-value.ts";
import type { UasReport } from "./uas-report.ts";

export const isDjiDecoded = (value: JsonObject): boolean => Object.hasOwn(value, "serial_number") && Object.hasOwn(value, "device_type");

export function readDjiDecoded(message: JsonObject): UasReport | DecodeError {
  const sent = textAt(message, "crc-packet");
  const calculated = textAt(message, "crc-calculated");
  if (sent !== undefined && calculated !== undefined && sent !== calculated) {
    return { code: "checksum", item: "crc-packet", message: "The receiver's own CRC check of the DJI payload failed." };
  }
  const north = numberAt(message, "v_north");
  const east = numberAt(message, "v_east");
  const up = numberAt(message, "v_up");
  const known = north !== undefined && east !== undefined;
  const location = locationOf(
    {
      latitudeDegrees: numberAt(message, "latitude"),
      longitudeDegrees: numberAt(message, "longitude"),
      pressureAltitude: numberAt(message, "altitude"),
      height: numberAt(message, "height"),
      // Hundredths of m/s, as on the air.
      speed: known ? Math.hypot(north, east) / 100 : undefined,
      directionDegrees: known ? ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360 : undefined,
      verticalSpeed: up === undefined ? undefined : up / 100,
    },
    "latitude",
  );
  if (isError(location)) return location;
  const pilot = operatorOf(numberAt(message, "app_lat"), numberAt(message, "app_lon"), undefined, 1, "app_lat");
  if (isError(pilot)) return pilot;
  const home = operatorOf(numberAt(message, "latitude_home"), numberAt(message, "longitude_home"), undefined, 0, "latitude_home");
  if (isError(home)) return home;
  const serial = identifierOf(textAt(message, "serial_number"));
  const model = textAt(message, "device_type");
  return {
    receiver: "",
    transport: "DJI OcuSync",
    ids: serial === undefined ? [] : [{ kind: "serial", id: serial }],
    location,
    system: pilot ?? home,
    more: model === undefined ? undefined : { model: `DJI ${model}` },
  };
}
