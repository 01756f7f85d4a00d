// MAVLink: a mix of telemetry, ADS-B traffic and Remote ID through framer, checksum and fields to observations, on one core.

import { encodeUtf8 } from "../src/core/base/text.ts";
import { micros } from "../src/core/base/units.ts";
import { createRandom, uniformBetween, uniformInteger } from "../src/core/math/random.ts";
import { createMavlinkFramer } from "../src/core/protocols/mavlink/mavlink-framer.ts";
import { mavlinkProtocol } from "../src/core/protocols/mavlink/mavlink-protocol.ts";
import {
  ADSB_VEHICLE,
  GLOBAL_POSITION_INT,
  HEARTBEAT,
  MESSAGES,
  type MessageDefinition,
  OPEN_DRONE_ID_BASIC_ID,
  OPEN_DRONE_ID_LOCATION,
  readFields,
} from "../src/core/protocols/mavlink/messages.ts";
import { encodeMavlink } from "../src/core/simulation/encode-mavlink.ts";

const SEED = 4;
const PACKETS = 50_000;
const START = 1_780_000_000_000_000;

const frame = (definition: MessageDefinition, system: number, sequence: number, values: Record<string, number | string>) => {
  const address = values.id_or_mac;
  const uas = values.uas_id;
  const octets = {
    ...(typeof address === "string" ? { id_or_mac: encodeUtf8(address) } : {}),
    ...(typeof uas === "string" ? { uas_id: encodeUtf8(uas) } : {}),
  };
  return encodeMavlink(definition, { system, component: 1, sequence }, { ...values, ...octets });
};

function stream(): Uint8Array[] {
  const random = createRandom(SEED);
  const frames: Uint8Array[] = [];
  for (let n = 0; n < PACKETS; n++) {
    const system = 1 + uniformInteger(random, 20);
    const lat = Math.round(uniformBetween(random, 360_000_000, 380_000_000));
    const lon = Math.round(uniformBetween(random, 420_000_000, 440_000_000));
    switch (n % 10) {
      case 0:
        frames.push(frame(HEARTBEAT, system, n, { type: 2, autopilot: 3, base_mode: 0x81, system_status: 4, mavlink_version: 3 }));
        break;
      case 1:
      case 2:
        frames.push(
          frame(ADSB_VEHICLE, system, n, {
            ICAO_address: 0x4b0000 + uniformInteger(random, 200),
            lat,
            lon,
            altitude: 3_000_000,
            heading: 9_000,
            hor_velocity: 12_000,
            callsign: "SIM123",
            emitter_type: 3,
            tslc: 1,
            flags: 0xbf,
            squawk: 7000,
          }),
        );
        break;
      case 3:
        frames.push(
          frame(OPEN_DRONE_ID_BASIC_ID, system, n, { id_or_mac: `SIM${n % 50}x`, id_type: 1, ua_type: 2, uas_id: `SIM${n % 50}` }),
        );
        break;
      case 4:
      case 5:
        frames.push(
          frame(OPEN_DRONE_ID_LOCATION, system, n, {
            id_or_mac: `SIM${n % 50}x`,
            status: 2,
            latitude: lat,
            longitude: lon,
            direction: 9_000,
            speed_horizontal: 1_000,
            altitude_geodetic: uniformBetween(random, 100, 500),
            altitude_barometric: -1000,
            height: 50,
            horizontal_accuracy: 10,
            timestamp: n % 3_600,
          }),
        );
        break;
      default:
        frames.push(
          frame(GLOBAL_POSITION_INT, system, n, {
            time_boot_ms: n,
            lat,
            lon,
            alt: 350_000,
            relative_alt: 50_000,
            vx: 1_000,
            vy: 500,
            vz: -100,
            hdg: 9_000,
          }),
        );
    }
  }
  return frames;
}

/** As a socket gives them: eight kilobytes at a time. */
function chunks(): Uint8Array[] {
  const whole = Buffer.concat(stream());
  const cut: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += 8_192) cut.push(new Uint8Array(whole.subarray(at, at + 8_192)));
  return cut;
}

function timed(once: () => number): { units: number; seconds: number } {
  if (once() !== PACKETS) throw new Error("not every packet was read: the bench would measure nothing");
  once();
  const began = process.cpuUsage();
  let units = 0;
  for (let i = 0; i < 5; i++) units += once();
  const used = process.cpuUsage(began);
  return { units, seconds: (used.user + used.system) / 1e6 };
}

/** What other libraries' figures measure: frames cut, checksums checked, every field of every message read into an object. */
function readAll(): { units: number; seconds: number } {
  const stream = chunks();
  return timed(() => {
    const framer = createMavlinkFramer();
    let units = 0;
    let fields = 0;
    for (const chunk of stream) {
      for (const bytes of framer.push(chunk).packets) {
        const definition = MESSAGES.get(bytes[7] | (bytes[8] << 8) | (bytes[9] << 16));
        if (definition === undefined) continue;
        fields += Object.keys(readFields(definition, bytes.subarray(10, 10 + bytes[1]))).length;
        units += 1;
      }
    }
    if (fields < 5 * units) throw new Error("fields are missing");
    return units;
  });
}

/** What the server does: frames cut, journalled as packets, scanned again, and made into detections and claims. */
function observe(): { units: number; seconds: number } {
  const stream = chunks();
  return timed(() => {
    const framer = createMavlinkFramer();
    const state = mavlinkProtocol.createState({});
    let units = 0;
    let observed = 0;
    for (const chunk of stream) {
      for (const bytes of framer.push(chunk).packets) {
        const decoded = mavlinkProtocol.receive(state, { receivedAt: micros(START + units * 1_000), connection: 1, bytes }, {});
        units += decoded.records;
        observed += decoded.observations.length;
      }
    }
    if (observed < PACKETS / 2) throw new Error("observations are missing");
    return units;
  });
}

export const benchmarks = [
  { name: "MAVLink packets, every field", peer: "node-mavlink 116,000", run: readAll },
  { name: "MAVLink packets, to detections and claims", peer: "-", run: observe },
];
