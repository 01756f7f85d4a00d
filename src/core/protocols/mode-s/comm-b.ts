// Ground-initiated Comm-B registers: 56 bits in DF20 and DF21, and in ASTERIX Mode S items, where their number is known.
// ICAO Doc 9871 (second edition), tables A-2-32 (2,0), A-2-64 (4,0), A-2-80 (5,0), A-2-96 (6,0). Bit numbers count from 1, as there.

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
import { readBits } from "./bits.ts";
import { decodeCallsign } from "./extended-squitter.ts";

export interface SelectedVerticalIntention {
  readonly selectedAltitudeMcp: Metres | undefined;
  readonly selectedAltitudeFms: Metres | undefined;
  /** Pa. */
  readonly pressureSetting: number | undefined;
}

export interface TrackAndTurn {
  /** Positive right wing down. */
  readonly roll: Radians | undefined;
  /** True, in [0, 2*pi). */
  readonly trackAngle: Radians | undefined;
  readonly groundSpeed: MetresPerSecond | undefined;
  /** rad/s, positive to the right. */
  readonly trackRate: number | undefined;
  readonly trueAirspeed: MetresPerSecond | undefined;
}

export interface HeadingAndSpeed {
  /** Magnetic, in [0, 2*pi). */
  readonly magneticHeading: Radians | undefined;
  readonly indicatedAirspeed: MetresPerSecond | undefined;
  readonly mach: number | undefined;
  readonly barometricRate: MetresPerSecond | undefined;
  readonly inertialRate: MetresPerSecond | undefined;
}

/** A field with a status bit: its unsigned count, or undefined when the status is not set. */
function field(bytes: Uint8Array, offset: number, status: number, first: number, length: number): number | undefined {
  return readBits(bytes, offset, status - 1, 1) === 0 ? undefined : readBits(bytes, offset, first - 1, length);
}

/** The same in two's complement with the sign as its first bit. */
function signed(bytes: Uint8Array, offset: number, status: number, first: number, length: number): number | undefined {
  const count = field(bytes, offset, status, first, length);
  if (count === undefined) return undefined;
  const half = 1 << (length - 1);
  return count >= half ? count - 2 * half : count;
}

const scaled = (count: number | undefined, lsb: number) => (count === undefined ? undefined : count * lsb);
const turn = (angle: number | undefined) => (angle === undefined ? undefined : radians(angle < 0 ? angle + 2 * Math.PI : angle));

/** BDS 2,0: the callsign; undefined when a character is not legal or there is none. */
export const decodeRegister20 = (bytes: Uint8Array, offset: number): string | undefined => decodeCallsign(bytes, offset + 1);

/** BDS 4,0. */
export function decodeRegister40(bytes: Uint8Array, offset: number): SelectedVerticalIntention {
  const mcp = scaled(field(bytes, offset, 1, 2, 12), 16 * METRES_PER_FOOT);
  const fms = scaled(field(bytes, offset, 14, 15, 12), 16 * METRES_PER_FOOT);
  const pressure = field(bytes, offset, 27, 28, 12);
  return {
    selectedAltitudeMcp: mcp === undefined ? undefined : metres(mcp),
    selectedAltitudeFms: fms === undefined ? undefined : metres(fms),
    pressureSetting: pressure === undefined ? undefined : 80_000 + pressure * 10, // LSB 0.1 hPa from 800 hPa
  };
}

/** BDS 5,0. */
export function decodeRegister50(bytes: Uint8Array, offset: number): TrackAndTurn {
  const roll = scaled(signed(bytes, offset, 1, 2, 10), (45 / 256) * RADIANS_PER_DEGREE);
  const track = scaled(signed(bytes, offset, 12, 13, 11), (90 / 512) * RADIANS_PER_DEGREE);
  const speed = scaled(field(bytes, offset, 24, 25, 10), 2 * METRES_PER_SECOND_PER_KNOT);
  const rate = scaled(signed(bytes, offset, 35, 36, 10), (8 / 256) * RADIANS_PER_DEGREE);
  const airspeed = scaled(field(bytes, offset, 46, 47, 10), 2 * METRES_PER_SECOND_PER_KNOT);
  return {
    roll: roll === undefined ? undefined : radians(roll),
    trackAngle: turn(track),
    groundSpeed: speed === undefined ? undefined : metresPerSecond(speed),
    trackRate: rate,
    trueAirspeed: airspeed === undefined ? undefined : metresPerSecond(airspeed),
  };
}

/** BDS 6,0. */
export function decodeRegister60(bytes: Uint8Array, offset: number): HeadingAndSpeed {
  const heading = scaled(signed(bytes, offset, 1, 2, 11), (90 / 512) * RADIANS_PER_DEGREE);
  const indicated = scaled(field(bytes, offset, 13, 14, 10), METRES_PER_SECOND_PER_KNOT);
  const mach = scaled(field(bytes, offset, 24, 25, 10), 2.048 / 512);
  const barometric = scaled(signed(bytes, offset, 35, 36, 10), (32 * METRES_PER_FOOT) / 60);
  const inertial = scaled(signed(bytes, offset, 46, 47, 10), (32 * METRES_PER_FOOT) / 60);
  return {
    magneticHeading: turn(heading),
    indicatedAirspeed: indicated === undefined ? undefined : metresPerSecond(indicated),
    mach,
    barometricRate: barometric === undefined ? undefined : metresPerSecond(barometric),
    inertialRate: inertial === undefined ? undefined : metresPerSecond(inertial),
  };
}

/** Whether every field whose status is not set is zero, as the standard asks. */
function emptyWhereUnset(bytes: Uint8Array, offset: number, fields: readonly (readonly [number, number, number])[]): boolean {
  return fields.every(
    ([status, first, length]) => readBits(bytes, offset, status - 1, 1) === 1 || readBits(bytes, offset, first - 1, length) === 0,
  );
}

const within = (value: number | undefined, low: number, high: number) => value === undefined || (value >= low && value <= high);

/** Whether the 56 bits at `offset` could be that register: reserved bits, status bits and ranges agree. */
export function couldBe20(bytes: Uint8Array, offset: number): boolean {
  return bytes[offset] === 0x20 && decodeRegister20(bytes, offset) !== undefined;
}

export function couldBe40(bytes: Uint8Array, offset: number): boolean {
  if (readBits(bytes, offset, 39, 8) !== 0 || readBits(bytes, offset, 51, 2) !== 0) return false; // bits 40-47 and 52-53 are reserved
  if (
    !emptyWhereUnset(bytes, offset, [
      [1, 2, 12],
      [14, 15, 12],
      [27, 28, 12],
    ])
  )
    return false;
  const got = decodeRegister40(bytes, offset);
  if (got.selectedAltitudeMcp === undefined && got.selectedAltitudeFms === undefined && got.pressureSetting === undefined) return false;
  return (
    within(got.selectedAltitudeMcp, 0, 15_240) && within(got.selectedAltitudeFms, 0, 15_240) && within(got.pressureSetting, 85_000, 110_000)
  );
}

export function couldBe50(bytes: Uint8Array, offset: number): boolean {
  if (
    !emptyWhereUnset(bytes, offset, [
      [1, 2, 10],
      [12, 13, 11],
      [24, 25, 10],
      [35, 36, 10],
      [46, 47, 10],
    ])
  )
    return false;
  const got = decodeRegister50(bytes, offset);
  if (got.groundSpeed === undefined || got.trueAirspeed === undefined || got.trackAngle === undefined) return false;
  return (
    within(got.roll, -50 * RADIANS_PER_DEGREE, 50 * RADIANS_PER_DEGREE) &&
    within(got.groundSpeed, 20, 310) &&
    within(got.trueAirspeed, 20, 260) &&
    Math.abs(got.groundSpeed - got.trueAirspeed) < 105
  );
}

export function couldBe60(bytes: Uint8Array, offset: number): boolean {
  if (
    !emptyWhereUnset(bytes, offset, [
      [1, 2, 11],
      [13, 14, 10],
      [24, 25, 10],
      [35, 36, 10],
      [46, 47, 10],
    ])
  )
    return false;
  const got = decodeRegister60(bytes, offset);
  if (got.magneticHeading === undefined || got.indicatedAirspeed === undefined || got.mach === undefined) return false;
  return (
    within(got.indicatedAirspeed, 20, 260) &&
    within(got.mach, 0.05, 1) &&
    within(got.barometricRate, -31, 31) &&
    within(got.inertialRate, -31, 31)
  );
}

/** What the register says if exactly one of 2,0, 4,0, 5,0 and 6,0 fits; undefined when none or several do. Advice only. */
export function describeRegister(bytes: Uint8Array, offset: number): Record<string, unknown> | undefined {
  const found: Record<string, unknown>[] = [];
  if (couldBe20(bytes, offset)) found.push({ register: "2,0", callsign: decodeRegister20(bytes, offset) });
  if (couldBe40(bytes, offset)) {
    const { selectedAltitudeMcp, selectedAltitudeFms, pressureSetting } = decodeRegister40(bytes, offset);
    found.push({
      register: "4,0",
      selectedAltitudeMcpMetres: selectedAltitudeMcp,
      selectedAltitudeFmsMetres: selectedAltitudeFms,
      pressureSettingHectopascals: pressureSetting === undefined ? undefined : pressureSetting / 100,
    });
  }
  if (couldBe50(bytes, offset)) {
    const { roll, trackAngle, groundSpeed, trackRate, trueAirspeed } = decodeRegister50(bytes, offset);
    const degrees = (angle: number | undefined) => (angle === undefined ? undefined : angle / RADIANS_PER_DEGREE);
    found.push({
      register: "5,0",
      rollDegrees: degrees(roll),
      trackDegrees: degrees(trackAngle),
      groundSpeedMetresPerSecond: groundSpeed,
      trackRateDegreesPerSecond: degrees(trackRate),
      trueAirspeedMetresPerSecond: trueAirspeed,
    });
  }
  if (couldBe60(bytes, offset)) {
    const { magneticHeading, indicatedAirspeed, mach, barometricRate, inertialRate } = decodeRegister60(bytes, offset);
    found.push({
      register: "6,0",
      magneticHeadingDegrees: magneticHeading === undefined ? undefined : magneticHeading / RADIANS_PER_DEGREE,
      indicatedAirspeedMetresPerSecond: indicatedAirspeed,
      mach,
      barometricRateMetresPerSecond: barometricRate,
      inertialRateMetresPerSecond: inertialRate,
    });
  }
  return found.length === 1 ? found[0] : undefined;
}
