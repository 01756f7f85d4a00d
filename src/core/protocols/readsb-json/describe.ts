import { decodeUtf8Strict, encodeUtf8 } from "../../base/text.ts";
import { DEGREES_PER_RADIAN } from "../../base/units.ts";
import type { Packet, ProtocolOptions } from "../protocol.ts";
import { readsbJsonProtocol } from "./readsb-json-protocol.ts";

/**
 * Makes a function that takes one document or line and returns one object for each aircraft in it, or one for each error, with `aircraft`, its
 * place in the list from 0. Every quantity wears its unit. Each aircraft is read by itself: what was told before is told again.
 */
export function createReadsbDescriber(options: ProtocolOptions): (packet: Packet) => Record<string, unknown>[] {
  const read = (packet: Packet, index: number | undefined): Record<string, unknown>[] => {
    const decoded = readsbJsonProtocol.receive(readsbJsonProtocol.createState(options), packet, options);
    const place = index === undefined ? {} : { aircraft: index };
    const rows: Record<string, unknown>[] = decoded.errors.map(({ code, item, message }) => ({ error: code, item, message, ...place }));
    if (decoded.records === 0) return rows;
    const row: Record<string, unknown> = {};
    for (const observation of decoded.observations) {
      if (observation.type === "claim") Object.assign(row, observation.statements);
      if (observation.type !== "detection" || observation.measurement.kind !== "position") continue;
      const { latitude, longitude, height, horizontalSigma, velocityEast, velocityNorth, velocityUp } = observation.measurement;
      const [identity] = observation.identities;
      Object.assign(row, {
        icao24: identity?.value,
        measuredAtUs: observation.time?.kind === "utc" ? observation.time.at : undefined,
        latitudeDegrees: latitude * DEGREES_PER_RADIAN,
        longitudeDegrees: longitude * DEGREES_PER_RADIAN,
        heightHaeMetres: height?.kind === "hae" ? height.value : undefined,
        pressureAltitudeMetres: height?.kind === "pressure" ? height.value : undefined,
        horizontalSigmaMetres: horizontalSigma,
        velocityEastMetresPerSecond: velocityEast,
        velocityNorthMetresPerSecond: velocityNorth,
        velocityUpMetresPerSecond: velocityUp,
      });
    }
    for (const key of Object.keys(row)) if (row[key] === undefined) delete row[key];
    return [...rows, { ...place, ...row }];
  };

  return (packet) => {
    // What is wrong with the document as a whole is told once, and nothing is parsed that the reader refused to.
    const whole = readsbJsonProtocol.receive(readsbJsonProtocol.createState(options), packet, options);
    const refused = whole.errors.some(({ item }) => item === "document" || item === "now");
    const list = refused ? undefined : aircraftOf(packet.bytes);
    if (list === undefined) return read(packet, undefined);
    return list.aircraft.flatMap((aircraft, index) => {
      const bytes = encodeUtf8(JSON.stringify({ now: list.now, aircraft: [aircraft] }));
      return read({ ...packet, bytes }, index).map((row) =>
        "error" in row || "icao24" in row
          ? row
          : {
              ...row,
              icao24: String((aircraft as { hex?: unknown }).hex)
                .trim()
                .toLowerCase(),
            },
      );
    });
  };
}

/** The list of a whole document; undefined for a line of one aircraft, and for anything else. */
function aircraftOf(bytes: Uint8Array): { now: unknown; aircraft: unknown[] } | undefined {
  try {
    const document = JSON.parse(decodeUtf8Strict(bytes) ?? "") as { now?: unknown; aircraft?: unknown } | null;
    return Array.isArray(document?.aircraft) ? { now: document.now, aircraft: document.aircraft as unknown[] } : undefined;
  } catch {
    return undefined; // not JSON: the reader says so
  }
}
