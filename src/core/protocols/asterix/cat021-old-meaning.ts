// CAT021 before edition 1, as some ground stations still send it -> Detection and Claim. EUROCONTROL-SPEC-0149-12 edition 0.26.

import { METRES_PER_FOOT, metres, metresPerSecond, radians } from "../../base/units.ts";
import type { Height, Identity, SensorClassification } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { emitterCategory, priorityStatus } from "./items/emitter-category.ts";
import { readFlightLevel, readInt16, readUint16 } from "./items/flight-level.ts";
import { horizontalSigmaOfNucp, velocitySigma } from "./items/i021-090.ts";
import { emergencyOf, isDiscrete, readMode3A, squawkText } from "./items/mode-3a.ts";
import { LSB_2_25, placeError, readInt32 } from "./items/position-wgs84.ts";
import { readCallsign, readTargetAddress } from "./items/target-address.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const HEIGHT_LSB = 6.25 * METRES_PER_FOOT; // m
const CLIMB_LSB = (6.25 * METRES_PER_FOOT) / 60; // m/s
const GROUND_SPEED_LSB = 1852 / 16_384; // m/s
const ANGLE_LSB = (2 * Math.PI) / 65_536; // rad
/** Address types of this edition: another order than in edition 2. */
const NOT_UNIQUE = 0;
const ICAO_ADDRESS = 1;
const FIELD_MONITOR: SensorClassification = { label: "field monitor (fixed transponder)" };

export function createOldCat021Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const CATEGORY = at("020");
  const TIME = at("030");
  const DESCRIPTOR = at("040");
  const MODE_3A = at("070");
  const ADDRESS = at("080");
  const FIGURE_OF_MERIT = at("090");
  const VELOCITY_ACCURACY = at("095");
  const POSITION = at("130");
  const GEOMETRIC = at("140");
  const LEVEL = at("145");
  const BAROMETRIC_RATE = at("155");
  const GEOMETRIC_RATE = at("157");
  const GROUND_VECTOR = at("160");
  const CALLSIGN = at("170");
  const STATUS = at("200");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I021/030", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    const positionAt = offsets[POSITION];
    const latitude = positionAt < 0 ? 0 : readInt32(bytes, positionAt) * LSB_2_25;
    const longitude = positionAt < 0 ? 0 : readInt32(bytes, positionAt + 4) * LSB_2_25;
    const error = placeError("I021/130", latitude, longitude, positionAt);
    if (error !== undefined) return error;

    const sensorKey = sensorKeyOf(context.sac, context.sic);
    const sensorTime = time === undefined ? undefined : timeOfDay(time);
    const descriptorAt = offsets[DESCRIPTOR];
    const first = descriptorAt < 0 ? 0 : bytes[descriptorAt];
    const addressType = descriptorAt < 0 ? NOT_UNIQUE : bytes[descriptorAt + 1] >> 5;
    const identities: Identity[] = [];
    const address = offsets[ADDRESS] < 0 ? undefined : readTargetAddress(bytes, offsets[ADDRESS]);
    if (address !== undefined) {
      if (addressType === ICAO_ADDRESS) identities.push({ scheme: "icao24", value: address });
      else if (addressType !== NOT_UNIQUE) identities.push({ scheme: "radio-address", value: `adsb-${address}` });
    }
    const code = offsets[MODE_3A] < 0 ? -1 : readMode3A(bytes, offsets[MODE_3A]);
    if (isDiscrete(code)) identities.push({ scheme: "mode3a", value: squawkText(code) });
    if (positionAt < 0) {
      remark(context, { code: "unplaced", item: "I021/130", message: "an ADS-B report without a position" });
    } else {
      const vectorAt = offsets[GROUND_VECTOR];
      const speed = vectorAt < 0 ? undefined : readInt16(bytes, vectorAt) * GROUND_SPEED_LSB;
      const angle = vectorAt < 0 ? 0 : readUint16(bytes, vectorAt + 2) * ANGLE_LSB;
      const climbAt = offsets[GEOMETRIC_RATE] >= 0 ? offsets[GEOMETRIC_RATE] : offsets[BAROMETRIC_RATE];
      let height: Height | undefined;
      if (offsets[GEOMETRIC] >= 0) height = { kind: "hae", value: metres(readInt16(bytes, offsets[GEOMETRIC]) * HEIGHT_LSB) };
      else if (offsets[LEVEL] >= 0) height = readFlightLevel(bytes, offsets[LEVEL]);
      const sigma = offsets[FIGURE_OF_MERIT] < 0 ? Number.NaN : horizontalSigmaOfNucp(bytes[offsets[FIGURE_OF_MERIT] + 1] & 0x0f);
      const speedSigma = offsets[VELOCITY_ACCURACY] < 0 ? Number.NaN : velocitySigma(bytes[offsets[VELOCITY_ACCURACY]]);
      context.observations.push({
        type: "detection",
        sensorKey,
        time: sensorTime,
        measurement: {
          kind: "position",
          latitude: radians(latitude),
          longitude: radians(longitude),
          height,
          horizontalSigma: Number.isNaN(sigma) ? undefined : metres(sigma),
          velocityEast: speed === undefined ? undefined : metresPerSecond(speed * Math.sin(angle)),
          velocityNorth: speed === undefined ? undefined : metresPerSecond(speed * Math.cos(angle)),
          velocityUp: climbAt < 0 ? undefined : metresPerSecond(readInt16(bytes, climbAt) * CLIMB_LSB),
          velocitySigma: speed === undefined || Number.isNaN(speedSigma) ? undefined : metresPerSecond(speedSigma),
        },
        identities,
        classifications: (first & 0x08) !== 0 ? [FIELD_MONITOR] : undefined,
        simulated: (first & 0x30) !== 0 ? true : undefined,
      });
    }
    if (identities.length === 0) return undefined;
    context.observations.push({
      type: "claim",
      sensorKey,
      time: sensorTime,
      about: identities,
      statements: {
        callsign: offsets[CALLSIGN] < 0 ? undefined : readCallsign(bytes, offsets[CALLSIGN]),
        icao24: addressType === ICAO_ADDRESS ? address : undefined,
        squawk: code < 0 ? undefined : squawkText(code),
        category: offsets[CATEGORY] < 0 ? undefined : emitterCategory(bytes[offsets[CATEGORY]]),
        emergency: (offsets[STATUS] < 0 ? undefined : priorityStatus(bytes[offsets[STATUS]])) ?? emergencyOf(code),
        onGround: descriptorAt < 0 ? undefined : (first & 0x40) !== 0,
        transport: "ADS-B",
      },
    });
    return undefined;
  };
}
