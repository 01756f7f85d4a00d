// CAT129 UAS identification reports -> Detection (the drone's own position) and Claim (who it says it is).
// EUROCONTROL-SPEC-0149-29 edition 1.2. A broadcast or relayed claim like Remote ID: evidence, never identity.

import { metres, metresPerSecond, radians } from "../../base/units.ts";
import type { Identity } from "../../model/observation.ts";
import { readSignedBits } from "./bits.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readUint16 } from "./items/flight-level.ts";
import { LSB_2_30, placeError, readInt24, readInt32 } from "./items/position-wgs84.ts";
import { readAscii } from "./items/target-address.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";

const HEIGHT_LSB = 0.1; // m
const VELOCITY_LSB = 0.01; // m/s
/** 50 % radius of two independent Gaussian axes of 1 sigma: sqrt(2 ln 2). */
const RADIUS_50 = 1.17741;
const SERIAL_OCTETS = 12;
/** I129/120 UCC. */
const CERTIFICATION = [undefined, "open category", "specific category", "certified category"];

export function createCat129Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const MANUFACTURER = at("020");
  const MODEL = at("030");
  const SERIAL = at("040");
  const COUNTRY = at("050");
  const TIME = at("070");
  const PLACE = at("080");
  const ALTITUDE = at("090");
  const ABOVE_GROUND = at("100");
  const ACCURACY = at("110");
  const RISK = at("120");
  const HORIZONTAL = at("185");
  const VERTICAL = at("220");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I129/070", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    const placeAt = offsets[PLACE];
    const latitude = placeAt < 0 ? 0 : readInt32(bytes, placeAt) * LSB_2_30;
    const longitude = placeAt < 0 ? 0 : readInt32(bytes, placeAt + 4) * LSB_2_30;
    const error = placeError("I129/080", latitude, longitude, placeAt);
    if (error !== undefined) return error;

    const sensorKey = sensorKeyOf(context.sac, context.sic);
    const sensorTime = time === undefined ? undefined : timeOfDay(time);
    const text = (index: number, octets: number) => (offsets[index] < 0 ? undefined : readAscii(bytes, offsets[index], octets));
    const serial = text(SERIAL, SERIAL_OCTETS);
    const identities: Identity[] = serial === undefined ? [] : [{ scheme: "remote-id-serial", value: serial }];
    if (placeAt < 0) {
      remark(context, {
        code: "unplaced",
        item: "I129/080",
        message: "a drone's report without its position, which every report must have",
      });
    } else {
      // 0 says "unknown, or more than the item can hold".
      const radius = offsets[ACCURACY] < 0 ? 0 : readUint16(bytes, offsets[ACCURACY]);
      const horizontalAt = offsets[HORIZONTAL];
      context.observations.push({
        type: "detection",
        sensorKey,
        time: sensorTime,
        measurement: {
          kind: "position",
          latitude: radians(latitude),
          longitude: radians(longitude),
          height: offsets[ALTITUDE] < 0 ? undefined : { kind: "amsl", value: metres(readInt24(bytes, offsets[ALTITUDE]) * HEIGHT_LSB) },
          horizontalSigma: radius === 0 ? undefined : metres(radius / RADIUS_50),
          velocityEast: horizontalAt < 0 ? undefined : metresPerSecond(readSignedBits(bytes, horizontalAt * 8, 20) * VELOCITY_LSB),
          velocityNorth: horizontalAt < 0 ? undefined : metresPerSecond(readSignedBits(bytes, horizontalAt * 8 + 20, 20) * VELOCITY_LSB),
          velocityUp:
            offsets[VERTICAL] < 0 ? undefined : metresPerSecond(readSignedBits(bytes, offsets[VERTICAL] * 8 + 4, 20) * VELOCITY_LSB),
        },
        identities,
      });
    }
    if (identities.length === 0) return undefined;
    const maker = text(MANUFACTURER, 3);
    const model = text(MODEL, 3);
    const country = text(COUNTRY, 2);
    const certification = offsets[RISK] < 0 ? undefined : CERTIFICATION[bytes[offsets[RISK]] >> 6];
    const description = [country === undefined ? undefined : `registered in ${country}`, certification].filter(
      (part) => part !== undefined,
    );
    context.observations.push({
      type: "claim",
      sensorKey,
      time: sensorTime,
      about: identities,
      statements: {
        serial,
        model: maker === undefined && model === undefined ? undefined : [maker, model].filter((part) => part !== undefined).join(" "),
        category: "unmanned aerial vehicle",
        description: description.length === 0 ? undefined : description.join(", "),
        heightAboveTakeoff: offsets[ABOVE_GROUND] < 0 ? undefined : metres(readInt24(bytes, offsets[ABOVE_GROUND]) * HEIGHT_LSB),
        transport: "ASTERIX UAS identification",
      },
    });
    return undefined;
  };
}
