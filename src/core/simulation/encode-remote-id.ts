// Remote ID as a receiver hands it on: one JSON text a broadcast, in the list form of the DroneID receivers or the object form of ESP32
// ones. No radio frame is built anywhere in Picket.

import { encodeUtf8 } from "../base/text.ts";
import { DEGREES_PER_RADIAN, wrapAzimuth } from "../base/units.ts";
import type { RemoteIdReport } from "./report.ts";

export type RemoteIdForm = "list" | "object";

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
const degrees = (angle: number): number => round(angle * DEGREES_PER_RADIAN, 7); // as broadcast: 1e-7 degree

/** One UDP payload. Degrees, metres, metres per second, dBm: the receivers' own units. Altitudes in steps of half a metre, as broadcast. */
export function encodeRemoteIdJson(report: RemoteIdReport, form: RemoteIdForm): Uint8Array {
  const basic = { id_type: "Serial Number (ANSI/CTA-2063-A)", id: report.serial, ua_type: report.uaType };
  const halfMetres = (value: number) => Math.round(2 * value) / 2;
  const secondsOfHour = round((report.at / 1e6) % 3600, 1);
  const speed = Math.hypot(report.velocityEast, report.velocityNorth);
  const movement = {
    op_status: "Airborne",
    height_type: "Above Takeoff",
    direction: Math.round(wrapAzimuth(Math.atan2(report.velocityEast, report.velocityNorth)) * DEGREES_PER_RADIAN) % 360,
    speed: Math.round(speed * 4) / 4,
    vert_speed: halfMetres(report.velocityUp),
    latitude: degrees(report.latitude),
    longitude: degrees(report.longitude),
    pressure_altitude: halfMetres(report.pressureAltitude),
    geodetic_altitude: halfMetres(report.heightHae),
    height_agl: halfMetres(report.heightAboveTakeoff),
    horizontal_accuracy: "<10 m",
    vertical_accuracy: "<10 m",
    speed_accuracy: "<1 m/s",
    timestamp: secondsOfHour.toFixed(1),
    timestamp_accuracy: "0.1s",
  };
  const system = {
    operator_location_type: "Takeoff",
    latitude: degrees(report.operatorLatitude),
    longitude: degrees(report.operatorLongitude),
    geodetic_altitude: halfMetres(report.operatorHeightHae),
  };
  const rssi = Math.round(report.levelDbm);
  if (form === "object") {
    return encodeUtf8(
      JSON.stringify({
        index: Math.floor(report.at / 1e6) % 100_000,
        runtime: Math.floor(report.at / 1e6) % 1_000_000,
        AUX_ADV_IND: { rssi },
        aext: { AdvA: report.mac.toUpperCase() },
        "Basic ID": basic,
        "Location/Vector Message": movement,
        "Self-ID Message": { text: "SIMULATED" },
        "System Message": { operator_lat: system.latitude, operator_lon: system.longitude, ...system },
        "Operator ID Message": { operator_id_type: "Operator ID", operator_id: report.operatorId },
      }),
    );
  }
  return encodeUtf8(
    JSON.stringify([
      { "Basic ID": { ...basic, MAC: report.mac, RSSI: rssi } },
      { "Location/Vector Message": movement },
      { "Self-ID Message": { text: "SIMULATED" } },
      { "System Message": system },
      { "Operator ID Message": { operator_id_type: "Operator ID", operator_id: report.operatorId } },
    ]),
  );
}
