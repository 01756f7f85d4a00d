// What the Open Drone ID messages share: their size, their text fields, their fixed-point numbers and their unknown markers.
// ASTM F3411-22a section 5.4.5 (message formats), which EN 4709-002:2023 takes over; opendroneid-core-c is the public reading of both.

import { type Metres, metres, RADIANS_PER_DEGREE, type Radians, radians } from "../../base/units.ts";
import type { DecodeError } from "../decode-error.ts";

/** Every message is 25 octets: one of type and version, 24 of content. */
export const MESSAGE_LENGTH = 25;
/** Octets of an identifier (UAS ID, operator ID). */
export const ID_LENGTH = 20;

export const POSITION_LSB = 1e-7; // deg
export const ALTITUDE_LSB = 0.5; // m
export const ALTITUDE_OFFSET = -1000; // m; also the marker of an unknown altitude
/** 00:00:00 on 1 January 2019, UTC: the epoch of the 32-bit time stamps. */
export const EPOCH_2019_SECONDS = 1_546_300_800;

/** A latitude and longitude, or undefined where the message marks them as unknown (both zero). */
export interface OdidPosition {
  readonly latitude: Radians;
  readonly longitude: Radians;
}

export type PositionReading = OdidPosition | undefined | DecodeError;

/**
 * Reads two little-endian 1e-7 degree numbers. Both zero is the standard's "unknown". Outside +-90 and +-180 degrees the message is
 * damaged, which is returned as the error.
 */
export function readPosition(bytes: Uint8Array, offset: number, item: string): PositionReading {
  const latitude = int32(bytes, offset);
  const longitude = int32(bytes, offset + 4);
  if (latitude === 0 && longitude === 0) return undefined;
  if (latitude < -900_000_000 || latitude > 900_000_000 || longitude < -1_800_000_000 || longitude > 1_800_000_000) {
    return {
      code: "out-of-range",
      item,
      message: `Latitude ${latitude / 1e7} and longitude ${longitude / 1e7} are not a place on the Earth.`,
      offset,
    };
  }
  return {
    latitude: radians((latitude / 1e7) * RADIANS_PER_DEGREE),
    longitude: radians((longitude / 1e7) * RADIANS_PER_DEGREE),
  };
}

/** Metres of a half-metre count from -1000 m; undefined for the marker 0. */
export function readAltitude(bytes: Uint8Array, offset: number): Metres | undefined {
  const raw = bytes[offset] | (bytes[offset + 1] << 8);
  return raw === 0 ? undefined : metres(raw * ALTITUDE_LSB + ALTITUDE_OFFSET);
}

/**
 * The text of a zero-padded ASCII field up to its first zero, or undefined when another character than printable ASCII is in it:
 * identifiers are printable, so anything else is a damaged message.
 */
export function readIdText(bytes: Uint8Array, offset: number, length: number): string | undefined {
  let text = "";
  for (let i = 0; i < length; i++) {
    const code = bytes[offset + i];
    if (code === 0) break;
    if (code < 0x20 || code > 0x7e) return undefined;
    text += ASCII[code];
  }
  return text.length > 0 && (text[0] === " " || text[text.length - 1] === " ") ? text.trim() : text;
}

// One string for each character: joining these is faster than making them anew for each identifier.
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

export const uint16 = (bytes: Uint8Array, offset: number) => bytes[offset] | (bytes[offset + 1] << 8);
export const int32 = (bytes: Uint8Array, offset: number) =>
  bytes[offset] | (bytes[offset + 1] << 8) | (bytes[offset + 2] << 16) | (bytes[offset + 3] << 24);
export const uint32 = (bytes: Uint8Array, offset: number) => int32(bytes, offset) >>> 0;
