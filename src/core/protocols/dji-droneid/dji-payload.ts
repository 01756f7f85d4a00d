// DJI DroneID: the record that DJI aircraft broadcast over OcuSync 2 (a payload of 91 octets with a CRC) and, the older ones, in a
// vendor element of their Wi-Fi beacons. DJI publishes nothing; the fields were worked out by Freek van Tienen and Jan Dumon (in Kismet)
// and by Schiller et al., "Drone Security and the Mysterious Case of DJI's DroneID" (NDSS 2023). Newer models encrypt the payload.

import { err, ok, type Result } from "../../base/result.ts";
import { type Metres, type MetresPerSecond, metres, metresPerSecond, RADIANS_PER_DEGREE, type Radians, radians } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";

const ITEM = "DJI DroneID";
export const PAYLOAD_LENGTH = 91;
const CRC_AT = 89;
/** Octets from the version on: versions 1 and 2 of the record. */
const RECORD_LENGTH = { 1: 75, 2: 87 } as const;
/** Counts of one degree. Every public decoder divides by this; 1e-7 rad would differ by 2.4 m at 51 degrees north. */
const COUNTS_PER_DEGREE = 174_533;
const SPEED_LSB = 0.01; // m/s
// The NDSS receiver counts feet (3.281 to the metre) in the OcuSync payload. For the Wi-Fi element Kismet takes metres and others
// tenths of them, so heights of that one are not used.
const FEET_PER_METRE = 3.281;
const SERIAL_LENGTH = 16;

/** Bits of the state: which fields hold. */
const SERIAL_VALID = 0x01;
const HOME_SET = 0x04;
const MOTOR_ON = 0x10;
const IN_AIR = 0x20;
const GPS_VALID = 0x40;
const ALTITUDE_VALID = 0x80;
const HEIGHT_VALID = 0x100;
const HORIZONTAL_SPEED_VALID = 0x200;
const VERTICAL_SPEED_VALID = 0x400;

export interface DjiPlace {
  readonly latitude: Radians;
  readonly longitude: Radians;
}

export interface DjiRecord {
  readonly version: 1 | 2;
  readonly sequence: number;
  /** As on the air. */
  readonly state: number;
  readonly serial?: string;
  readonly position?: DjiPlace;
  /** Barometric; OcuSync only. */
  readonly altitude?: Metres;
  /** Above the place of take-off; OcuSync only. */
  readonly height?: Metres;
  readonly velocityNorth?: MetresPerSecond;
  readonly velocityEast?: MetresPerSecond;
  readonly velocityUp?: MetresPerSecond;
  readonly motorOn: boolean;
  readonly inAir: boolean;
  /** Milliseconds since the Unix epoch, as the pilot's device says; version 2. */
  readonly unixMilliseconds?: number;
  /** The pilot's device; version 2. */
  readonly pilot?: DjiPlace;
  /** Where it returns to: the place of take-off unless the pilot moved it. */
  readonly home?: DjiPlace;
  readonly productType: number;
  readonly uuid?: string;
}

/** Reads an OcuSync payload of 91 octets. A CRC that does not match yields nothing. Never throws. */
export function decodeDjiPayload(bytes: Uint8Array): Result<DjiRecord, DecodeError> {
  if (bytes.length !== PAYLOAD_LENGTH) {
    return err({
      code: bytes.length < PAYLOAD_LENGTH ? "truncated" : "oversized",
      item: ITEM,
      message: `A payload has ${PAYLOAD_LENGTH} octets, got ${bytes.length}.`,
      needed: PAYLOAD_LENGTH,
      got: bytes.length,
    });
  }
  if (crc16(bytes, CRC_AT) !== (bytes[CRC_AT] | (bytes[CRC_AT + 1] << 8))) {
    return err({
      code: "checksum",
      item: `${ITEM}.CRC`,
      message: "The CRC of the payload does not match; it may be encrypted.",
      offset: CRC_AT,
    });
  }
  // Octet 0 counts the payload, octet 1 is the type of packet: 0x10 is the one with telemetry.
  if (bytes[1] !== 0x10)
    return err({ code: "unsupported", item: `${ITEM}.type`, message: `Packet type ${bytes[1]} is not read.`, offset: 1 });
  return decodeRecord(bytes, 2, true);
}

/** Reads the record of a Wi-Fi vendor element, from its version octet on. It has no CRC of its own; the frame's protects it. */
export const decodeDjiElement = (bytes: Uint8Array): Result<DjiRecord, DecodeError> => decodeRecord(bytes, 0, false);

function decodeRecord(bytes: Uint8Array, start: number, hasHeights: boolean): Result<DjiRecord, DecodeError> {
  const version = bytes[start];
  if (version !== 1 && version !== 2) {
    return err({ code: "unsupported", item: `${ITEM}.version`, message: `Version ${version} of the record is not read.`, offset: start });
  }
  const needed = start + RECORD_LENGTH[version];
  if (bytes.length < needed) {
    return err({
      code: "truncated",
      item: ITEM,
      message: `The record needs ${needed} octets, got ${bytes.length}.`,
      needed,
      got: bytes.length,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, bytes.byteLength - start);
  const state = view.getUint16(3, true);
  const has = (bit: number) => (state & bit) !== 0;
  let serial: string | undefined;
  if (has(SERIAL_VALID)) {
    const text = printable(bytes, start + 5, SERIAL_LENGTH);
    if (text === undefined)
      return err({ code: "malformed", item: `${ITEM}.serial`, message: "The serial number is not printable text.", offset: start + 5 });
    if (text !== "") serial = text;
  }
  const places: Record<"position" | "pilot" | "home", DjiPlace | undefined> = { position: undefined, pilot: undefined, home: undefined };
  const tail = version === 1 ? 45 : 57; // of the home position
  const wanted: readonly ["position" | "pilot" | "home", boolean, latitudeAt: number, longitudeAt: number][] = [
    ["position", has(GPS_VALID), 25, 21],
    ["pilot", version === 2, 49, 53],
    ["home", has(HOME_SET), tail + 4, tail],
  ];
  for (const [name, said, latitudeAt, longitudeAt] of wanted) {
    if (!said) continue;
    const latitude = view.getInt32(latitudeAt, true) / COUNTS_PER_DEGREE;
    const longitude = view.getInt32(longitudeAt, true) / COUNTS_PER_DEGREE;
    if (latitude === 0 && longitude === 0) continue;
    if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
      const message = `Latitude ${latitude.toFixed(4)} and longitude ${longitude.toFixed(4)} are not a place on the Earth.`;
      return err({ code: "out-of-range", item: `${ITEM}.${name}`, message, offset: start + latitudeAt });
    }
    places[name] = { latitude: radians(latitude * RADIANS_PER_DEGREE), longitude: radians(longitude * RADIANS_PER_DEGREE) };
  }
  const speed = (at: number, bit: number) => (has(bit) ? metresPerSecond(view.getInt16(at, true) * SPEED_LSB) : undefined);
  const unixMilliseconds = version === 2 ? view.getUint32(41, true) + view.getUint32(45, true) * 4_294_967_296 : undefined;
  const uuidAt = tail + 10;
  const uuidLength = Math.min(20, view.getUint8(tail + 9));
  const uuid = printable(bytes, start + uuidAt, uuidLength);
  return ok({
    version,
    sequence: view.getUint16(1, true),
    state,
    serial,
    ...places,
    altitude: hasHeights && has(ALTITUDE_VALID) ? metres(view.getInt16(29, true) / FEET_PER_METRE) : undefined,
    height: hasHeights && has(HEIGHT_VALID) ? metres(view.getInt16(31, true) / FEET_PER_METRE) : undefined,
    velocityNorth: speed(33, HORIZONTAL_SPEED_VALID),
    velocityEast: speed(35, HORIZONTAL_SPEED_VALID),
    velocityUp: speed(37, VERTICAL_SPEED_VALID),
    motorOn: has(MOTOR_ON),
    inAir: has(IN_AIR),
    unixMilliseconds: unixMilliseconds === 0 ? undefined : unixMilliseconds,
    productType: view.getUint8(tail + 8),
    uuid: uuid === "" ? undefined : uuid,
  });
}

/** Text up to the first zero; undefined when it is not printable ASCII. */
function printable(bytes: Uint8Array, from: number, length: number): string | undefined {
  let text = "";
  for (let i = from; i < from + length && bytes[i] !== 0; i++) {
    if (bytes[i] < 0x20 || bytes[i] > 0x7e) return undefined;
    text += String.fromCharCode(bytes[i]);
  }
  return text.trim();
}

/** CRC-16 with the CCITT polynomial reflected (0x8408) and DJI's own preset, as in all of its serial protocols. */
function crc16(bytes: Uint8Array, end: number): number {
  let crc = 0x3692;
  for (let i = 0; i < end; i++) {
    crc ^= bytes[i];
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0x8408;
  }
  return crc;
}

/** Names of the product types; DJI's own list for AeroScope, as published in 2023. */
const PRODUCTS: Readonly<Record<number, string>> = {
  1: "Inspire 1",
  2: "Phantom 3",
  3: "Phantom 3",
  4: "Phantom 3 Standard",
  5: "Matrice 100",
  11: "Phantom 4",
  12: "Agras MG-1",
  14: "Matrice 600",
  15: "Phantom 3 4K",
  16: "Mavic Pro",
  17: "Inspire 2",
  18: "Phantom 4 Pro",
  21: "Spark",
  23: "Matrice 600 Pro",
  24: "Mavic Air",
  25: "Matrice 200",
  26: "Phantom 4",
  27: "Phantom 4 Advanced",
  28: "Matrice 210",
  30: "Matrice 210 RTK",
  35: "Phantom 4 RTK",
  36: "Phantom 4 Pro V2.0",
  41: "Mavic 2",
  44: "Matrice 200 V2",
  51: "Mavic 2 Enterprise",
  53: "Mavic Mini",
  58: "Mavic Air 2",
  59: "Phantom 4 Multispectral",
  60: "Matrice 300 RTK",
  61: "FPV",
  63: "Mini 2",
  64: "Agras T10",
  65: "Agras T30",
  66: "Air 2S",
  67: "Matrice 30",
  68: "Mavic 3",
  69: "Mavic 2 Enterprise Advanced",
  70: "Mini SE",
  72: "Agras T40",
  73: "Mini 3 Pro",
  75: "Avata",
  76: "Inspire 3",
  77: "Mavic 3 Enterprise",
  78: "FlyCart 30",
  84: "Mavic 3 Pro",
  86: "Mavic 3 Classic",
  87: "Mini 3",
  88: "Mini 2 SE",
  89: "Matrice 350 RTK",
  90: "Air 3",
};

/** "DJI Mavic Air 2", or the number where the name is not known. */
export const djiModel = (productType: number): string => `DJI ${PRODUCTS[productType] ?? `product ${productType}`}`;
