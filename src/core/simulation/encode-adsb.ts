// 1090 MHz extended squitters of simulated aircraft, wrapped as a receiver's Beast frames or SBS lines. Picket's only encoder of these
// messages: it makes what a receiver hands on, nothing that a transmitter could send.
// RTCA DO-260B / ICAO Doc 9871 (second edition) for the messages; the Beast format by its public description (Jetvision).

import { assert } from "../base/assert.ts";
import { encodeUtf8 } from "../base/text.ts";
import {
  DEGREES_PER_RADIAN,
  METRES_PER_FOOT,
  METRES_PER_SECOND_PER_KNOT,
  type Micros,
  RADIANS_PER_DEGREE,
  wrapAzimuth,
} from "../base/units.ts";
import { longitudeZones } from "../protocols/mode-s/cpr.ts";
import { parityResidual } from "../protocols/mode-s/crc.ts";
import type { AdsbReport } from "./report.ts";

const OCTETS = 14;

/** Writes fields one after another, most significant bit first. */
class BitWriter {
  readonly bytes = new Uint8Array(OCTETS);
  private position = 0;
  put(bits: number, value: number): void {
    assert(Number.isInteger(value) && value >= 0 && value < 2 * (1 << (bits - 1)), "the value fits its field");
    for (let bit = bits - 1; bit >= 0; bit--) {
      if (Math.floor(value / (1 << bit)) % 2 === 1) this.bytes[this.position >> 3] |= 0x80 >> (this.position & 7);
      this.position++;
    }
  }
}

/** DF17, capability 5 (airborne), an address and 56 bits that `fill` writes; parity last. */
function squitter(icao24: number, fill: (writer: BitWriter) => void): Uint8Array {
  const writer = new BitWriter();
  writer.put(5, 17);
  writer.put(3, 5);
  writer.put(24, icao24);
  fill(writer);
  const { bytes } = writer;
  const parity = parityResidual(bytes, 0, OCTETS); // over zero parity: the parity itself
  bytes[11] = parity >> 16;
  bytes[12] = (parity >> 8) & 255;
  bytes[13] = parity & 255;
  return bytes;
}

/** 25 ft steps with the Q bit; from -1,000 ft to 50,175 ft, cut at the ends. */
function altitudeCode(pressureAltitude: number): number {
  const steps = Math.round((pressureAltitude / METRES_PER_FOOT + 1000) / 25);
  const n = Math.max(0, Math.min(2047, steps));
  return ((n & 0x7f0) << 1) | 0x10 | (n & 0xf);
}

const CPR_SCALE = 131_072; // 17 bits
const modulo = (value: number, base: number) => value - base * Math.floor(value / base);

/** Airborne CPR. DO-260B appendix A.1.7.3. Degrees in. */
export function encodeCpr(latitude: number, longitude: number, odd: boolean): { latitude: number; longitude: number } {
  const zoneHeight = 360 / (odd ? 59 : 60);
  const y = Math.floor((CPR_SCALE * modulo(latitude, zoneHeight)) / zoneHeight + 0.5);
  // The zone count belongs to the latitude that a decoder will find, not to the true one.
  const decoded = zoneHeight * (y / CPR_SCALE + Math.floor(latitude / zoneHeight));
  const zoneWidth = 360 / Math.max(1, longitudeZones(decoded) - (odd ? 1 : 0));
  const x = Math.floor((CPR_SCALE * modulo(longitude, zoneWidth)) / zoneWidth + 0.5);
  return { latitude: modulo(y, CPR_SCALE), longitude: modulo(x, CPR_SCALE) };
}

/** TC 11: airborne position with pressure altitude, containment below 0.1 NM (NIC 8). */
export function encodeAirbornePosition(report: AdsbReport): Uint8Array {
  const cpr = encodeCpr(report.latitude * DEGREES_PER_RADIAN, report.longitude * DEGREES_PER_RADIAN, report.odd);
  return squitter(report.icao24, (writer) => {
    writer.put(5, 11);
    writer.put(2, 0); // no alert
    writer.put(1, 0); // NIC supplement B
    writer.put(12, altitudeCode(report.pressureAltitude));
    writer.put(1, 0); // not tied to UTC
    writer.put(1, report.odd ? 1 : 0);
    writer.put(17, cpr.latitude);
    writer.put(17, cpr.longitude);
  });
}

const FEET_PER_MINUTE = METRES_PER_FOOT / 60;

/** TC 19 subtype 1: velocity over ground in knots, vertical rate (barometric), and GNSS height less pressure altitude. */
export function encodeVelocity(report: AdsbReport): Uint8Array {
  const part = (value: number) => Math.min(1022, Math.round(Math.abs(value) / METRES_PER_SECOND_PER_KNOT)) + 1;
  const rate = Math.min(510, Math.round(Math.abs(report.velocityUp) / FEET_PER_MINUTE / 64)) + 1;
  const difference = (report.heightHae - report.pressureAltitude) / METRES_PER_FOOT / 25;
  return squitter(report.icao24, (writer) => {
    writer.put(5, 19);
    writer.put(3, 1);
    writer.put(1, 0); // no intent change
    writer.put(1, 0);
    writer.put(3, 2); // NACv 2: better than 3 m/s
    writer.put(1, report.velocityEast < 0 ? 1 : 0);
    writer.put(10, part(report.velocityEast));
    writer.put(1, report.velocityNorth < 0 ? 1 : 0);
    writer.put(10, part(report.velocityNorth));
    writer.put(1, 1); // barometric rate
    writer.put(1, report.velocityUp < 0 ? 1 : 0);
    writer.put(9, rate);
    writer.put(2, 0);
    writer.put(1, difference < 0 ? 1 : 0);
    writer.put(7, Math.min(126, Math.round(Math.abs(difference))) + 1);
  });
}

const CHARACTERS = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######";

/** TC 1 to 4: call sign and emitter category. */
export function encodeIdentification(report: AdsbReport): Uint8Array {
  return squitter(report.icao24, (writer) => {
    writer.put(5, report.category[0]);
    writer.put(3, report.category[1]);
    for (const character of report.callsign.padEnd(8, " ").slice(0, 8)) writer.put(6, Math.max(0, CHARACTERS.indexOf(character)));
  });
}

/** TC 31 subtype 0: version 2, NACp 9 (30 m), SIL 3. */
export function encodeOperationalStatus(report: AdsbReport): Uint8Array {
  return squitter(report.icao24, (writer) => {
    writer.put(5, 31);
    writer.put(3, 0); // airborne
    writer.put(16, 0); // capability class
    writer.put(16, 0); // operational mode
    writer.put(3, 2); // version 2
    writer.put(1, 0); // NIC supplement A
    writer.put(4, 9); // NACp
    writer.put(2, 2); // GVA
    writer.put(2, 3); // SIL
    writer.put(1, 1); // barometric altitude cross-checked
    writer.put(1, 0);
    writer.put(1, 0);
    writer.put(1, 0);
  });
}

/** The squitters of one report; identification brings the status with it. */
export function encodeSquitters(report: AdsbReport): Uint8Array[] {
  if (report.what === "position") return [encodeAirbornePosition(report)];
  if (report.what === "velocity") return [encodeVelocity(report)];
  return [encodeIdentification(report), encodeOperationalStatus(report)];
}

const ESCAPE = 0x1a;
/** Level (dBm) at which the receiver's signal octet is full. */
const FULL_LEVEL = -20;

/**
 * One Beast frame of a Mode S long message: escape, "3", six octets of a 12 MHz counter, signal, message; escapes doubled.
 * `sinceStart` is microseconds since the receiver's counter was zero.
 */
export function encodeBeast(message: Uint8Array, sinceStart: number, levelDbm: number): Uint8Array {
  assert(message.length === OCTETS, "a long Mode S message");
  const body = new Uint8Array(7 + OCTETS);
  let counter = Math.floor(sinceStart * 12);
  for (let i = 5; i >= 0; i--) {
    body[i] = counter % 256;
    counter = Math.floor(counter / 256);
  }
  const amplitude = 255 * Math.exp(((levelDbm - FULL_LEVEL) / 20) * Math.LN10);
  body[6] = Math.max(1, Math.min(255, Math.round(amplitude)));
  body.set(message, 7);
  const out: number[] = [ESCAPE, 0x33];
  for (const octet of body) {
    out.push(octet);
    if (octet === ESCAPE) out.push(ESCAPE);
  }
  return Uint8Array.from(out);
}

/** "2026/11/23,10:42:11.242" of an instant. */
function sbsDate(at: Micros): string {
  const iso = new Date(Math.floor(at / 1000)).toISOString();
  return `${iso.slice(0, 10).replaceAll("-", "/")},${iso.slice(11, 23)}`;
}

/** BaseStation (SBS) lines of one report, CR LF ended: MSG 1 identification, 3 position, 4 velocity. */
export function encodeSbs(report: AdsbReport): Uint8Array {
  const date = sbsDate(report.at);
  const hex = report.icao24.toString(16).toUpperCase().padStart(6, "0");
  const head = (type: number) => `MSG,${type},1,1,${hex},1,${date},${date}`;
  const feet = 25 * Math.round(report.pressureAltitude / METRES_PER_FOOT / 25);
  switch (report.what) {
    case "identification":
      return encodeUtf8(`${head(1)},${report.callsign.padEnd(8, " ")},,,,,,,,,,,0\r\n`);
    case "position": {
      const latitude = (report.latitude * DEGREES_PER_RADIAN).toFixed(5);
      const longitude = (report.longitude * DEGREES_PER_RADIAN).toFixed(5);
      return encodeUtf8(`${head(3)},,${feet},,,${latitude},${longitude},,,0,0,0,0\r\n`);
    }
    case "velocity": {
      const knots = Math.round(Math.hypot(report.velocityEast, report.velocityNorth) / METRES_PER_SECOND_PER_KNOT);
      const track = Math.round(wrapAzimuth(Math.atan2(report.velocityEast, report.velocityNorth)) / RADIANS_PER_DEGREE) % 360;
      const rate = 64 * Math.round(report.velocityUp / FEET_PER_MINUTE / 64);
      return encodeUtf8(`${head(4)},,,${knots},${track},,,${rate},,,,,0\r\n`);
    }
  }
}
