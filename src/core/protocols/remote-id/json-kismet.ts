// Kismet device records with a `uav.device` part (its drone PHY: DJI DroneID over Wi-Fi, or by radio through ANTSDR).
// Names of fields as Kismet's phy_uav_drone registers them. No recorded record was at hand; the tests' ones are written by hand.

import { micros } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";
import {
  identifierOf,
  isError,
  type JsonObject,
  locationOf,
  numberAt,
  objectAt,
  operatorOf,
  radioAddressOf,
  signalDbmOf,
  textAt,
} from "./json-value.ts";
import type { UasReport } from "./uas-report.ts";

export const isKismet = (value: JsonObject): boolean =>
  Object.hasOwn(value, "uav.device") || Object.hasOwn(value, "kismet.device.base.macaddr");

/** Undefined: a Kismet device that is no drone. */
export function readKismet(device: JsonObject): UasReport | DecodeError | undefined {
  const uav = objectAt(device, "uav.device");
  if (uav === undefined) return undefined;
  const telemetry = objectAt(uav, "uav.last_telemetry") ?? {};
  const place = objectAt(telemetry, "uav.telemetry.location") ?? {};
  const [latitude, longitude] = degreesOf(place);
  // A fix of 3 is the one with an altitude.
  const altitude = (numberAt(place, "kismet.common.location.fix") ?? 0) >= 3 ? numberAt(place, "kismet.common.location.alt") : undefined;
  const vNorth = numberAt(telemetry, "uav.telemetry.v_north");
  const vEast = numberAt(telemetry, "uav.telemetry.v_east");
  // Kismet fills what it did not hear with zeros, so a triple zero says nothing.
  const moving = vNorth !== undefined && vEast !== undefined && (vNorth !== 0 || vEast !== 0);
  const height = numberAt(telemetry, "uav.telemetry.height");
  const location = locationOf(
    {
      status: telemetry["uav.telemetry.airborne"] === 1 || telemetry["uav.telemetry.airborne"] === true ? 2 : 0,
      latitudeDegrees: latitude,
      longitudeDegrees: longitude,
      // DJI's altitude is barometric; see docs/protocols/dji-droneid.md.
      pressureAltitude: altitude,
      height: height === 0 ? undefined : height,
      speed: moving ? Math.hypot(vNorth, vEast) : undefined,
      directionDegrees: moving ? ((Math.atan2(vEast, vNorth) * 180) / Math.PI + 360) % 360 : undefined,
      verticalSpeed: moving ? numberAt(telemetry, "uav.telemetry.v_up") : undefined,
    },
    "uav.telemetry.location",
  );
  if (isError(location)) return location;
  const [appLatitude, appLongitude] = degreesOf(objectAt(uav, "uav.telemetry.app_location", "uav.app_location") ?? {});
  const app = operatorOf(appLatitude, appLongitude, undefined, 1, "uav.telemetry.app_location");
  if (isError(app)) return app;
  const [homeLatitude, homeLongitude] = degreesOf(objectAt(uav, "uav.telemetry.home_location", "uav.telemetry_home_location") ?? {});
  const home = operatorOf(homeLatitude, homeLongitude, undefined, 0, "uav.telemetry.home_location");
  if (isError(home)) return home;
  const serial = identifierOf(textAt(uav, "uav.serialnumber"));
  const model = [textAt(uav, "uav.manufacturer"), textAt(uav, "uav.model")].filter((part) => part !== undefined).join(" ");
  const lastHeard = numberAt(device, "kismet.device.base.last_time");
  const signal = objectAt(device, "kismet.device.base.signal") ?? {};
  return {
    receiver: textAt(device, "kismet.device.base.server_uuid") ?? "",
    transport: textAt(uav, "uav.match_type"),
    radioAddress: radioAddressOf(textAt(device, "kismet.device.base.macaddr")),
    signalDbm: signalDbmOf(numberAt(signal, "kismet.common.signal.last_signal")),
    heardAt: lastHeard === undefined || lastHeard < 1e9 ? undefined : { kind: "utc", at: micros(Math.round(lastHeard * 1e6)) },
    ids: serial === undefined ? [] : [{ kind: "serial", id: serial }],
    location,
    system: app ?? home,
    more: model === "" ? undefined : { model },
  };
}

/** Latitude and longitude: the newer "geopoint" has longitude first. */
function degreesOf(place: JsonObject): [latitude: number | undefined, longitude: number | undefined] {
  const point = place["kismet.common.location.geopoint"];
  if (Array.isArray(point) && typeof point[0] === "number" && typeof point[1] === "number") return [point[1], point[0]];
  return [numberAt(place, "kismet.common.location.lat"), numberAt(place, "kismet.common.location.lon")];
}
