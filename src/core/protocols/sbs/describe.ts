import { DEGREES_PER_RADIAN } from "../../base/units.ts";
import type { Packet, ProtocolOptions } from "../protocol.ts";
import { decodeSbsLine } from "./sbs-line.ts";

/** Makes a function that takes one line and returns one object for it, or one for its error. Every quantity wears its unit. */
export function createSbsDescriber(_options: ProtocolOptions): (packet: Packet) => Record<string, unknown>[] {
  return (packet) => {
    const decoded = decodeSbsLine(packet.bytes);
    if (!decoded.ok) {
      const { code, item, message, offset } = decoded.error;
      return [{ error: code, item, message, ...(offset === undefined ? {} : { offset }) }];
    }
    const line = decoded.value;
    const degrees = (angle: number | undefined) => (angle === undefined ? undefined : angle * DEGREES_PER_RADIAN);
    const fields: Record<string, unknown> = {
      messageType: line.messageType,
      transmissionType: line.transmissionType,
      icao24: line.address,
      madeAtUs: line.madeAt,
      callsign: line.callsign,
      pressureAltitudeMetres: line.altitude,
      groundSpeedMetresPerSecond: line.groundSpeed,
      trackDegrees: degrees(line.track),
      latitudeDegrees: degrees(line.latitude),
      longitudeDegrees: degrees(line.longitude),
      verticalRateMetresPerSecond: line.verticalRate,
      squawk: line.squawk,
      alert: line.alert,
      emergency: line.emergency,
      ident: line.ident,
      onGround: line.onGround,
    };
    for (const key of Object.keys(fields)) if (fields[key] === undefined) delete fields[key];
    return [fields];
  };
}
