// CAT021 ADS-B target reports -> Detection (a broadcast position with the accuracy that it claims) and Claim.
// EUROCONTROL-SPEC-0149-12 edition 2.7. Edition 0.26 has other items: `cat021-old-meaning.ts`.

import { METRES_PER_FOOT, metres, metresPerSecond, radians } from "../../base/units.ts";
import type { ClaimStatements, Height, Identity, SensorClassification } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { emitterCategory, priorityStatus } from "./items/emitter-category.ts";
import { readFlightLevel, readInt16, readUint16 } from "./items/flight-level.ts";
import { type Quality, readQuality } from "./items/i021-090.ts";
import { readMode5Summary } from "./items/iff-reply.ts";
import { emergencyOf, isDiscrete, squawkText } from "./items/mode-3a.ts";
import { LSB_2_23, LSB_2_30, placeError, readInt24, readInt32 } from "./items/position-wgs84.ts";
import { readCallsign, readTargetAddress } from "./items/target-address.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, expansionMember, itemIndex } from "./scan.ts";

const GEOMETRIC_LSB = 6.25 * METRES_PER_FOOT; // m
const CLIMB_LSB = (6.25 * METRES_PER_FOOT) / 60; // m/s
const GROUND_SPEED_LSB = 1852 / 16_384; // m/s; the standard counts 2^-14 NM/s
const TRACK_ANGLE_LSB = (2 * Math.PI) / 65_536; // rad
/** I021/130 and I021/131 are one position in two resolutions: they may differ by the coarser step, here doubled for rounding. */
const SAME_PLACE = 2 * LSB_2_23; // rad

const quality: Quality = { horizontal: Number.NaN, velocity: Number.NaN };

const FIELD_MONITOR: SensorClassification = { label: "field monitor (fixed transponder)" };
const LINKS = ["ADS-B", "ADS-B UAT", "ADS-B 1090 ES", "ADS-B VDL 4", "ADS-B", "ADS-B", "ADS-B", "ADS-B"];

/** Address types of I021/040: only the first is an ICAO address that can be matched with other sensors'. */
const ICAO_ADDRESS = 0;
const DUPLICATE_ADDRESS = 1;

export function createCat021Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const CATEGORY = at("020");
  const DESCRIPTOR = at("040");
  const MODE_3A = at("070");
  const TIMES = [
    ["071", at("071")],
    ["073", at("073")],
    ["077", at("077")],
  ] as const;
  const ADDRESS = at("080");
  const QUALITY = at("090");
  const POSITION = at("130");
  const POSITION_FINE = at("131");
  const AMPLITUDE = at("132");
  const GEOMETRIC = at("140");
  const FLIGHT_LEVEL = at("145");
  const BAROMETRIC_RATE = at("155");
  const GEOMETRIC_RATE = at("157");
  const GROUND_VECTOR = at("160");
  const TRACK_NUMBER = at("161");
  const CALLSIGN = at("170");
  const STATUS = at("200");
  const VERSION = at("210");
  const EXPANSION = at("RE");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    let time: number | undefined;
    for (const [item, index] of TIMES) {
      if (offsets[index] < 0) continue;
      const value = readTimeOfDay(bytes, offsets[index]);
      const error = timeOfDayError(`I021/${item}`, value, offsets[index]);
      if (error !== undefined) return error;
      // When the position holds, when its message was received, when the report was sent: the first there is.
      if (time === undefined) time = value;
    }

    let placed = false;
    let latitude = 0;
    let longitude = 0;
    if (offsets[POSITION] >= 0) {
      latitude = readInt24(bytes, offsets[POSITION]) * LSB_2_23;
      longitude = readInt24(bytes, offsets[POSITION] + 3) * LSB_2_23;
      const error = placeError("I021/130", latitude, longitude, offsets[POSITION]);
      if (error !== undefined) return error;
      placed = true;
    }
    const fineAt = offsets[POSITION_FINE];
    if (fineAt >= 0) {
      const fineLatitude = readInt32(bytes, fineAt) * LSB_2_30;
      const fineLongitude = readInt32(bytes, fineAt + 4) * LSB_2_30;
      const error = placeError("I021/131", fineLatitude, fineLongitude, fineAt);
      if (error !== undefined) return error;
      if (placed && !samePlace(latitude, longitude, fineLatitude, fineLongitude)) {
        return {
          code: "inconsistent",
          item: "I021/131",
          message: "the high-resolution position disagrees with I021/130; is the edition right?",
          offset: fineAt,
        };
      }
      latitude = fineLatitude;
      longitude = fineLongitude;
      placed = true;
    }

    const sensorKey = sensorKeyOf(context.sac, context.sic);
    const sensorTime = time === undefined ? undefined : timeOfDay(time);
    const descriptorAt = offsets[DESCRIPTOR];
    const descriptorEnd = descriptorAt < 0 ? 0 : scan.ends[DESCRIPTOR];
    const first = descriptorAt < 0 ? 0 : bytes[descriptorAt];
    const second = descriptorEnd - descriptorAt > 1 ? bytes[descriptorAt + 1] : 0;
    const third = descriptorEnd - descriptorAt > 2 ? bytes[descriptorAt + 2] : 0;

    const identities: Identity[] = [];
    const addressType = first >> 5;
    const address = offsets[ADDRESS] >= 0 ? readTargetAddress(bytes, offsets[ADDRESS]) : undefined;
    if (address !== undefined) {
      if (addressType === ICAO_ADDRESS) identities.push({ scheme: "icao24", value: address });
      // A duplicate address names two aircraft, so it joins nothing; the others are addresses that no register holds.
      else if (addressType !== DUPLICATE_ADDRESS) identities.push({ scheme: "radio-address", value: `adsb-${address}` });
    }
    const codeAt = offsets[MODE_3A];
    const code = codeAt < 0 ? -1 : (bytes[codeAt] & 0x0f) * 256 + bytes[codeAt + 1];
    if (isDiscrete(code)) identities.push({ scheme: "mode3a", value: squawkText(code) });
    const trackAt = offsets[TRACK_NUMBER];
    if (trackAt >= 0)
      identities.push({ scheme: "source-track", value: `${sensorKey}:${(bytes[trackAt] & 0x0f) * 256 + bytes[trackAt + 1]}` });

    const reply =
      EXPANSION < 0 || offsets[EXPANSION] < 0
        ? undefined
        : readMode5Summary(bytes, expansionMember(table.structures[EXPANSION], bytes, offsets[EXPANSION], scan.ends[EXPANSION], "MES"));
    const cprFailed = (third & 0x08) !== 0;
    if (!placed || cprFailed) {
      remark(context, {
        code: "unplaced",
        item: cprFailed ? "I021/040" : "I021/130",
        message: cprFailed ? "the ground station says that the position failed its validation" : "an ADS-B report without a position",
        offset: cprFailed ? descriptorAt : undefined,
      });
    } else {
      quality.horizontal = Number.NaN;
      quality.velocity = Number.NaN;
      const version = offsets[VERSION] < 0 ? 0 : (bytes[offsets[VERSION]] >> 3) & 7;
      if (offsets[QUALITY] >= 0) readQuality(bytes, offsets[QUALITY], scan.ends[QUALITY], version, quality);
      const vectorAt = offsets[GROUND_VECTOR];
      // The first bit says that the value is beyond the field: then it is a bound, not a speed.
      const speed = vectorAt < 0 || (bytes[vectorAt] & 0x80) !== 0 ? undefined : readUint16(bytes, vectorAt) * GROUND_SPEED_LSB;
      const angle = vectorAt < 0 ? 0 : readUint16(bytes, vectorAt + 2) * TRACK_ANGLE_LSB;
      const climb = readRate(bytes, offsets[GEOMETRIC_RATE]) ?? readRate(bytes, offsets[BAROMETRIC_RATE]);
      let height: Height | undefined;
      if (offsets[GEOMETRIC] >= 0 && readUint16(bytes, offsets[GEOMETRIC]) !== GREATER_THAN_MAXIMUM) {
        height = { kind: "hae", value: metres(readInt16(bytes, offsets[GEOMETRIC]) * GEOMETRIC_LSB) };
      } else if (offsets[FLIGHT_LEVEL] >= 0) height = readFlightLevel(bytes, offsets[FLIGHT_LEVEL]);
      const amplitudeAt = offsets[AMPLITUDE];
      context.observations.push({
        type: "detection",
        sensorKey,
        time: sensorTime,
        measurement: {
          kind: "position",
          latitude: radians(latitude),
          longitude: radians(longitude),
          height,
          horizontalSigma: Number.isNaN(quality.horizontal) ? undefined : metres(quality.horizontal),
          velocityEast: speed === undefined ? undefined : metresPerSecond(speed * Math.sin(angle)),
          velocityNorth: speed === undefined ? undefined : metresPerSecond(speed * Math.cos(angle)),
          velocityUp: climb === undefined ? undefined : metresPerSecond(climb),
          velocitySigma: speed === undefined || Number.isNaN(quality.velocity) ? undefined : metresPerSecond(quality.velocity),
        },
        identities,
        classifications: (first & 0x02) !== 0 ? [FIELD_MONITOR] : undefined,
        signalDbm: amplitudeAt < 0 ? undefined : bytes[amplitudeAt] >= 0x80 ? bytes[amplitudeAt] - 0x100 : bytes[amplitudeAt],
        simulated: (second & 0x30) !== 0 ? true : undefined,
      });
    }

    if (identities.length === 0) return undefined;
    const statusAt = offsets[STATUS];
    const statusOctet = statusAt < 0 ? 0 : bytes[statusAt];
    const statements: ClaimStatements = {
      callsign: offsets[CALLSIGN] < 0 ? undefined : readCallsign(bytes, offsets[CALLSIGN]),
      icao24: addressType === ICAO_ADDRESS ? address : undefined,
      squawk: code < 0 ? undefined : squawkText(code),
      category: offsets[CATEGORY] < 0 ? undefined : emitterCategory(bytes[offsets[CATEGORY]]),
      emergency:
        priorityStatus((statusOctet >> 2) & 7) ?? emergencyOf(code) ?? ((statusOctet & 0x20) !== 0 ? "military emergency" : undefined),
      onGround: descriptorEnd - descriptorAt > 1 ? (second & 0x40) !== 0 : undefined,
      description: describeDoubts(reply, (second & 0x06) === 0x02, (third & 0x20) !== 0, (third & 0x02) !== 0),
      transport: offsets[VERSION] < 0 ? "ADS-B" : LINKS[bytes[offsets[VERSION]] & 7],
    };
    context.observations.push({ type: "claim", sensorKey, time: sensorTime, about: identities, statements });
    return undefined;
  };
}

/** I021/140: this value says "greater than 150,000 ft". */
const GREATER_THAN_MAXIMUM = 0x7fff;

/** I021/155 and 157: a bit for "range exceeded", then 15 bits of 6.25 ft/min, two's complement. Unit: m/s. */
function readRate(bytes: Uint8Array, offset: number): number | undefined {
  if (offset < 0 || (bytes[offset] & 0x80) !== 0) return undefined;
  const raw = (bytes[offset] & 0x7f) * 256 + bytes[offset + 1];
  return (raw >= 0x4000 ? raw - 0x8000 : raw) * CLIMB_LSB;
}

/** What a military interrogator heard, and what the ground station doubts (I021/040 CL, IPC, RCF), in plain words. */
function describeDoubts(
  reply: string | undefined,
  suspect: boolean,
  positionCheckFailed: boolean,
  rangeCheckFailed: boolean,
): string | undefined {
  if (reply === undefined && !suspect && !positionCheckFailed && !rangeCheckFailed) return undefined;
  const words = reply === undefined ? [] : [reply];
  if (suspect) words.push("the ground station calls the report suspect");
  if (positionCheckFailed) words.push("an independent position check failed");
  if (rangeCheckFailed) words.push("beyond the range that the ground station can hear");
  return words.join("; ");
}

function samePlace(latitudeA: number, longitudeA: number, latitudeB: number, longitudeB: number): boolean {
  const turn = Math.abs(longitudeA - longitudeB);
  return Math.abs(latitudeA - latitudeB) <= SAME_PLACE && Math.min(turn, 2 * Math.PI - turn) <= SAME_PLACE;
}
