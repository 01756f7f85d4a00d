// The 56-bit ME field of extended squitter (DF17, DF18 and military DF19), by type code.
// RTCA DO-260B 2.2.3.2 and ICAO Doc 9871 (second edition) appendix A to C. Bit numbers in comments count from 1, as there.

import {
  METRES_PER_FOOT,
  METRES_PER_SECOND_PER_KNOT,
  type Metres,
  type MetresPerSecond,
  metres,
  metresPerSecond,
  RADIANS_PER_DEGREE,
  type Radians,
  radians,
} from "../../base/units.ts";
import { decodeAltitude12 } from "./altitude-code.ts";
import { readBits } from "./bits.ts";
import { decodeSquawk } from "./identity-code.ts";

/** TC 9-18 and 20-22, and TC 0, which carries an altitude and no position. */
export interface AirbornePosition {
  readonly kind: "airborne-position";
  readonly typeCode: number;
  /** 0 none, 1 permanent alert (emergency), 2 temporary alert (code changed), 3 special position identification. */
  readonly surveillanceStatus: number;
  /** NIC supplement B in version 2; single antenna flag before; IMF in TIS-B and ADS-R. */
  readonly bit8: boolean;
  readonly altitude: Metres | undefined;
  /** "pressure" for TC 9-18 and 0, "hae" for TC 20-22. */
  readonly altitudeKind: "pressure" | "hae";
  readonly odd: boolean;
  readonly cprLatitude: number;
  readonly cprLongitude: number;
  readonly hasPosition: boolean;
}

/** TC 5-8. */
export interface SurfacePosition {
  readonly kind: "surface-position";
  readonly typeCode: number;
  readonly groundSpeed: MetresPerSecond | undefined;
  /** Clockwise from true north, in [0, 2*pi). */
  readonly groundTrack: Radians | undefined;
  /** UTC synchronised; IMF in TIS-B and ADS-R. */
  readonly bit21: boolean;
  readonly odd: boolean;
  readonly cprLatitude: number;
  readonly cprLongitude: number;
}

/** TC 1-4. */
export interface Identification {
  readonly kind: "identification";
  readonly typeCode: number;
  /** Trailing spaces removed; undefined when no character was legal or sent. */
  readonly callsign: string | undefined;
  /** "A3" and the like; undefined when the category is 0. */
  readonly category: string | undefined;
}

/** TC 19. */
export interface AirborneVelocity {
  readonly kind: "airborne-velocity";
  readonly subtype: number;
  /** NACv, or NUCr in version 0. */
  readonly nacv: number;
  /** Intent change flag; IMF in TIS-B and ADS-R. */
  readonly bit9: boolean;
  /** Over ground; subtypes 1 and 2. */
  readonly velocityEast: MetresPerSecond | undefined;
  readonly velocityNorth: MetresPerSecond | undefined;
  /** Subtypes 3 and 4; to magnetic or true north, which the message does not say. */
  readonly heading: Radians | undefined;
  readonly airspeed: MetresPerSecond | undefined;
  readonly airspeedKind: "indicated" | "true" | undefined;
  readonly verticalRate: MetresPerSecond | undefined;
  readonly verticalRateSource: "gnss" | "barometric";
  /** Geometric height less barometric altitude. */
  readonly geometricMinusBarometric: Metres | undefined;
}

/** TC 28. */
export interface AircraftStatus {
  readonly kind: "aircraft-status";
  readonly subtype: number;
  /** Subtype 1. */
  readonly emergency: string | undefined;
  readonly squawk: string | undefined;
  /** Subtype 2: an ACAS resolution advisory is broadcast. */
  readonly resolutionAdvisory: ResolutionAdvisory | undefined;
}

export interface ResolutionAdvisory {
  /** 14 bits, ICAO Annex 10 volume IV 4.3.8.4.2.2.1.1. */
  readonly active: number;
  readonly complement: number;
  readonly terminated: boolean;
  readonly multipleThreats: boolean;
  readonly threatType: number;
  readonly threatIdentity: number;
}

/** TC 29. */
export interface TargetState {
  readonly kind: "target-state";
  /** 0 is version 1, 1 is version 2. */
  readonly subtype: number;
  readonly selectedAltitude: Metres | undefined;
  readonly selectedAltitudeSource: "mcp" | "fms" | "holding" | undefined;
  /** Altimeter setting, Pa. */
  readonly pressureSetting: number | undefined;
  readonly selectedHeading: Radians | undefined;
  readonly nacp: number;
  readonly nicBaro: boolean;
  readonly sil: number;
  readonly autopilot: boolean | undefined;
  readonly verticalNavigation: boolean | undefined;
  readonly altitudeHold: boolean | undefined;
  readonly approach: boolean | undefined;
  readonly lateralNavigation: boolean | undefined;
  readonly acasOperational: boolean | undefined;
  readonly emergency: string | undefined;
}

/** TC 31. */
export interface OperationalStatus {
  readonly kind: "operational-status";
  /** 0 airborne, 1 surface. */
  readonly subtype: number;
  readonly version: number;
  readonly nicSupplementA: boolean;
  /** Version 2, surface. */
  readonly nicSupplementC: boolean;
  readonly nacp: number;
  /** Version 2, airborne: geometric vertical accuracy. */
  readonly gva: number | undefined;
  readonly sil: number;
  readonly silPerSample: boolean;
  readonly nicBaro: boolean | undefined;
  /** North of the headings and tracks: false true, true magnetic. */
  readonly magneticNorth: boolean;
  readonly acasOperational: boolean | undefined;
  readonly resolutionAdvisoryActive: boolean;
  readonly identSwitch: boolean;
  readonly singleAntenna: boolean;
  readonly systemDesignAssurance: number;
  /** IMF in ADS-R. */
  readonly bit56: boolean;
}

/** A type code or subtype that says nothing about where or who: kept so that it is counted and shown. */
export interface OtherSquitter {
  readonly kind: "other";
  readonly typeCode: number;
  readonly subtype: number;
}

export type ExtendedSquitter =
  | AirbornePosition
  | SurfacePosition
  | Identification
  | AirborneVelocity
  | AircraftStatus
  | TargetState
  | OperationalStatus
  | OtherSquitter;

/** Reads the ME field at `offset`; seven octets must be there. Every pattern of bits has a meaning, so there is no error. */
export function decodeExtendedSquitter(bytes: Uint8Array, offset: number): ExtendedSquitter {
  const typeCode = bytes[offset] >> 3;
  if (typeCode >= 9 && typeCode <= 22 && typeCode !== 19) return decodeAirbornePosition(bytes, offset, typeCode);
  if (typeCode === 19) return decodeAirborneVelocity(bytes, offset);
  if (typeCode >= 1 && typeCode <= 4) return decodeIdentification(bytes, offset, typeCode);
  if (typeCode >= 5 && typeCode <= 8) return decodeSurfacePosition(bytes, offset, typeCode);
  const subtype = bytes[offset] & 7;
  if (typeCode === 0) return decodeAirbornePosition(bytes, offset, 0);
  if (typeCode === 28 && (subtype === 1 || subtype === 2)) return decodeAircraftStatus(bytes, offset, subtype);
  if (typeCode === 29 && subtype >> 1 <= 1) return decodeTargetState(bytes, offset);
  if (typeCode === 31 && subtype <= 1) return decodeOperationalStatus(bytes, offset, subtype);
  return { kind: "other", typeCode, subtype };
}

function decodeAirbornePosition(bytes: Uint8Array, offset: number, typeCode: number): AirbornePosition {
  const code = (bytes[offset + 1] << 4) | (bytes[offset + 2] >> 4); // bits 9-20
  const gnss = typeCode >= 20;
  // One code for both heights (DO-260B 2.2.3.2.3.4.3). Some programs read TC 20-22 as twelve bits of metres, which could not
  // say where an airliner flies.
  const altitude = decodeAltitude12(code)?.altitude;
  return {
    kind: "airborne-position",
    typeCode,
    surveillanceStatus: (bytes[offset] >> 1) & 3, // bits 6-7
    bit8: (bytes[offset] & 1) !== 0,
    altitude,
    altitudeKind: gnss ? "hae" : "pressure",
    odd: (bytes[offset + 2] & 4) !== 0, // bit 22
    cprLatitude: ((bytes[offset + 2] & 3) << 15) | (bytes[offset + 3] << 7) | (bytes[offset + 4] >> 1), // bits 23-39
    cprLongitude: ((bytes[offset + 4] & 1) << 16) | (bytes[offset + 5] << 8) | bytes[offset + 6], // bits 40-56
    hasPosition: typeCode !== 0,
  };
}

function decodeSurfacePosition(bytes: Uint8Array, offset: number, typeCode: number): SurfacePosition {
  const movement = ((bytes[offset] & 7) << 4) | (bytes[offset + 1] >> 4); // bits 6-12
  const hasTrack = (bytes[offset + 1] & 8) !== 0; // bit 13
  const track = ((bytes[offset + 1] & 7) << 4) | (bytes[offset + 2] >> 4); // bits 14-20
  const knots = decodeMovement(movement);
  return {
    kind: "surface-position",
    typeCode,
    groundSpeed: knots === undefined ? undefined : metresPerSecond(knots * METRES_PER_SECOND_PER_KNOT),
    groundTrack: hasTrack ? radians((track * 2 * Math.PI) / 128) : undefined,
    bit21: (bytes[offset + 2] & 8) !== 0,
    odd: (bytes[offset + 2] & 4) !== 0,
    cprLatitude: ((bytes[offset + 2] & 3) << 15) | (bytes[offset + 3] << 7) | (bytes[offset + 4] >> 1),
    cprLongitude: ((bytes[offset + 4] & 1) << 16) | (bytes[offset + 5] << 8) | bytes[offset + 6],
  };
}

/** Knots of a movement code: steps that widen with speed (DO-260B table 2-19); undefined when not available or reserved. */
export function decodeMovement(code: number): number | undefined {
  if (code === 0 || code > 124) return undefined;
  if (code === 1) return 0;
  if (code <= 8) return 0.125 + (code - 2) * 0.125;
  if (code <= 12) return 1 + (code - 9) * 0.25;
  if (code <= 38) return 2 + (code - 13) * 0.5;
  if (code <= 93) return 15 + (code - 39);
  if (code <= 108) return 70 + (code - 94) * 2;
  if (code <= 123) return 100 + (code - 109) * 5;
  return 175;
}

const CHARACTERS = "#ABCDEFGHIJKLMNOPQRSTUVWXYZ##### ###############0123456789######";
const CATEGORY_LETTERS = "?DCBA"; // by type code 1..4

/** Eight 6-bit characters of ICAO Annex 10 volume IV table 3-9; undefined when none is sent or one is not in the table. */
export function decodeCallsign(bytes: Uint8Array, offset: number): string | undefined {
  let text = "";
  for (let i = 0; i < 8; i++) {
    const character = CHARACTERS[readBits(bytes, offset, i * 6, 6)];
    if (character === "#") return undefined;
    text += character;
  }
  text = text.trimEnd();
  return text === "" ? undefined : text;
}

function decodeIdentification(bytes: Uint8Array, offset: number, typeCode: number): Identification {
  const category = bytes[offset] & 7;
  return {
    kind: "identification",
    typeCode,
    callsign: decodeCallsign(bytes, offset + 1),
    category: category === 0 ? undefined : `${CATEGORY_LETTERS[typeCode]}${category}`,
  };
}

function decodeAirborneVelocity(bytes: Uint8Array, offset: number): AirborneVelocity {
  const subtype = bytes[offset] & 7;
  const supersonic = subtype === 2 || subtype === 4 ? 4 : 1; // kt per count
  let velocityEast: MetresPerSecond | undefined;
  let velocityNorth: MetresPerSecond | undefined;
  let heading: Radians | undefined;
  let airspeed: MetresPerSecond | undefined;
  let airspeedKind: "indicated" | "true" | undefined;
  if (subtype === 1 || subtype === 2) {
    const west = (bytes[offset + 1] & 4) !== 0; // bit 14
    const eastWest = ((bytes[offset + 1] & 3) << 8) | bytes[offset + 2]; // bits 15-24
    const south = (bytes[offset + 3] & 0x80) !== 0; // bit 25
    const northSouth = ((bytes[offset + 3] & 0x7f) << 3) | (bytes[offset + 4] >> 5); // bits 26-35
    // 0 is not available; 1 is zero; the last count means more than it says.
    if (eastWest > 0 && northSouth > 0) {
      const lsb = supersonic * METRES_PER_SECOND_PER_KNOT;
      velocityEast = metresPerSecond((west ? 1 - eastWest : eastWest - 1) * lsb);
      velocityNorth = metresPerSecond((south ? 1 - northSouth : northSouth - 1) * lsb);
    }
  } else if (subtype === 3 || subtype === 4) {
    if ((bytes[offset + 1] & 4) !== 0) {
      heading = radians(((((bytes[offset + 1] & 3) << 8) | bytes[offset + 2]) * 2 * Math.PI) / 1024);
    }
    const count = ((bytes[offset + 3] & 0x7f) << 3) | (bytes[offset + 4] >> 5);
    if (count > 0) {
      airspeed = metresPerSecond((count - 1) * supersonic * METRES_PER_SECOND_PER_KNOT);
      airspeedKind = (bytes[offset + 3] & 0x80) !== 0 ? "true" : "indicated";
    }
  }
  const rate = ((bytes[offset + 4] & 7) << 6) | (bytes[offset + 5] >> 2); // bits 38-46
  const rateFeet = (bytes[offset + 4] & 8) !== 0 ? -(rate - 1) * 64 : (rate - 1) * 64; // ft/min
  const difference = bytes[offset + 6] & 0x7f; // bits 50-56
  const differenceFeet = (bytes[offset + 6] & 0x80) !== 0 ? -(difference - 1) * 25 : (difference - 1) * 25;
  const known = subtype >= 1 && subtype <= 4;
  return {
    kind: "airborne-velocity",
    subtype,
    nacv: (bytes[offset + 1] >> 3) & 7, // bits 11-13
    bit9: (bytes[offset + 1] & 0x80) !== 0,
    velocityEast,
    velocityNorth,
    heading,
    airspeed,
    airspeedKind,
    verticalRate: known && rate > 0 ? metresPerSecond((rateFeet * METRES_PER_FOOT) / 60) : undefined,
    verticalRateSource: (bytes[offset + 4] & 0x10) !== 0 ? "barometric" : "gnss",
    geometricMinusBarometric: known && difference > 0 ? metres(differenceFeet * METRES_PER_FOOT) : undefined,
  };
}

/** Words of emergency states 0 to 7; 0 is no emergency. */
const EMERGENCIES = [
  "none",
  "general emergency",
  "medical",
  "minimum fuel",
  "no communications",
  "unlawful interference",
  "downed aircraft",
  "reserved",
] as const;

function decodeAircraftStatus(bytes: Uint8Array, offset: number, subtype: number): AircraftStatus {
  if (subtype === 1) {
    const code = ((bytes[offset + 1] & 0x1f) << 8) | bytes[offset + 2]; // bits 12-24
    return {
      kind: "aircraft-status",
      subtype,
      emergency: EMERGENCIES[bytes[offset + 1] >> 5], // bits 9-11
      squawk: code === 0 ? undefined : decodeSquawk(code),
      resolutionAdvisory: undefined,
    };
  }
  return {
    kind: "aircraft-status",
    subtype,
    emergency: undefined,
    squawk: undefined,
    resolutionAdvisory: {
      active: readBits(bytes, offset, 8, 14),
      complement: readBits(bytes, offset, 22, 4),
      terminated: readBits(bytes, offset, 26, 1) === 1,
      multipleThreats: readBits(bytes, offset, 27, 1) === 1,
      threatType: readBits(bytes, offset, 28, 2),
      threatIdentity: readBits(bytes, offset, 30, 26),
    },
  };
}

function decodeTargetState(bytes: Uint8Array, offset: number): TargetState {
  const bit = (number: number) => readBits(bytes, offset, number - 1, 1) === 1;
  const subtype = readBits(bytes, offset, 5, 2);
  const nacp = readBits(bytes, offset, 39, 4);
  const nicBaro = bit(44);
  const sil = readBits(bytes, offset, 44, 2);
  if (subtype === 1) {
    const altitude = readBits(bytes, offset, 9, 11);
    const pressure = readBits(bytes, offset, 20, 9);
    const modes = bit(47);
    return {
      kind: "target-state",
      subtype,
      selectedAltitude: altitude === 0 ? undefined : metres((altitude - 1) * 32 * METRES_PER_FOOT),
      selectedAltitudeSource: altitude === 0 ? undefined : bit(9) ? "fms" : "mcp",
      pressureSetting: pressure === 0 ? undefined : 80_000 + (pressure - 1) * 80, // LSB 0.8 hPa from 800 hPa
      selectedHeading: bit(30) ? radians((readBits(bytes, offset, 30, 9) * Math.PI) / 256) : undefined, // 9 bits, 180/256 deg
      nacp,
      nicBaro,
      sil,
      autopilot: modes ? bit(48) : undefined,
      verticalNavigation: modes ? bit(49) : undefined,
      altitudeHold: modes ? bit(50) : undefined,
      approach: modes ? bit(52) : undefined,
      lateralNavigation: modes ? bit(54) : undefined,
      acasOperational: bit(53),
      emergency: undefined,
    };
  }
  const verticalSource = readBits(bytes, offset, 7, 2);
  const horizontalSource = readBits(bytes, offset, 25, 2);
  const heading = readBits(bytes, offset, 27, 9);
  const hundreds = readBits(bytes, offset, 15, 10);
  return {
    kind: "target-state",
    subtype,
    // 0 to 1010 count 100 ft from -1,000 ft; above that is not legal.
    selectedAltitude: verticalSource === 0 || hundreds > 1010 ? undefined : metres((hundreds * 100 - 1000) * METRES_PER_FOOT),
    selectedAltitudeSource: ([undefined, "mcp", "holding", "fms"] as const)[verticalSource],
    pressureSetting: undefined,
    selectedHeading: horizontalSource === 0 || heading > 359 ? undefined : radians(heading * RADIANS_PER_DEGREE),
    nacp,
    nicBaro,
    sil,
    autopilot: undefined,
    verticalNavigation: undefined,
    altitudeHold: undefined,
    approach: undefined,
    lateralNavigation: undefined,
    acasOperational: ([true, false, true, undefined] as const)[readBits(bytes, offset, 51, 2)],
    emergency: EMERGENCIES[readBits(bytes, offset, 53, 3)],
  };
}

function decodeOperationalStatus(bytes: Uint8Array, offset: number, subtype: number): OperationalStatus {
  const bit = (number: number) => readBits(bytes, offset, number - 1, 1) === 1;
  const version = readBits(bytes, offset, 40, 3);
  const airborne = subtype === 0;
  let acasOperational: boolean | undefined;
  if (airborne && version === 2) acasOperational = bit(11);
  else if (airborne && version <= 1) acasOperational = !bit(11); // "not TCAS" before version 2
  return {
    kind: "operational-status",
    subtype,
    version,
    nicSupplementA: bit(44),
    nicSupplementC: !airborne && version === 2 && bit(20),
    nacp: readBits(bytes, offset, 44, 4),
    gva: airborne && version === 2 ? readBits(bytes, offset, 48, 2) : undefined,
    sil: readBits(bytes, offset, 50, 2),
    silPerSample: version === 2 && bit(55),
    nicBaro: airborne ? bit(53) : undefined,
    magneticNorth: bit(54),
    acasOperational,
    resolutionAdvisoryActive: bit(27),
    identSwitch: bit(28),
    singleAntenna: bit(30),
    systemDesignAssurance: version === 2 ? readBits(bytes, offset, 30, 2) : 0,
    bit56: bit(56),
  };
}
