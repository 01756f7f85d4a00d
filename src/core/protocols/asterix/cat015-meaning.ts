// CAT015 reports of passive, multistatic and electro-optical sensors -> Detection or SourceTrack. EUROCONTROL ASTERIX category 015 edition 1.2.

import { metres, metresPerSecond, radians } from "../../base/units.ts";
import type { Height, Measurement, SensorClassification } from "../../model/observation.ts";
import { readBits, readSignedBits } from "./bits.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { partOf } from "./items/extension-parts.ts";
import { readInt16, readUint16 } from "./items/flight-level.ts";
import { LSB_2_31, placeError, readInt24, readInt32 } from "./items/position-wgs84.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, compoundMembers, itemIndex } from "./scan.ts";
import { pushReport } from "./tracked-report.ts";

const CENTI = 0.01; // m and m/s
const RANGE_LSB = 0.1; // m and m/s
const PRECISION_LSB = 0.25; // m
const CORRELATION_LSB = 1 / 128;
const AZIMUTH_LSB = (2 * Math.PI) / 65_536; // rad
const ELEVATION_LSB = Math.PI / 65_536; // rad
const ANGLE_PRECISION_LSB = Math.PI / 4 / 65_536; // rad; the standard counts 45/65536 deg
const DOPPLER_PRECISION_LSB = 1 / 64; // m/s

/** I015/000. */
const MEASUREMENT_TRACK = 2;
const SENSOR_TRACK = 4;
const TRACK_END = 5;
/** I015/020 MOMU. */
const MONOSTATIC = 0;

/** Sensors name a handful; the item has room for 255. */
const MOST_CLASSES = 8;
const REFERENCE_TARGET: SensorClassification = { label: "reference target" };

const horizontal = new Int32Array(8);
const vertical = new Int32Array(8);
const horizontalVelocity = new Int32Array(8);
const verticalVelocity = new Int32Array(8);
const range = new Int32Array(8);
const doppler = new Int32Array(16);
const azimuth = new Int32Array(8);
const elevation = new Int32Array(8);
const pathQuality = new Int32Array(8);

export function createCat015Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const MESSAGE_TYPE = at("000");
  const DESCRIPTOR = at("020");
  const TIME = at("145");
  const TRACK_NUMBER = at("161");
  const STATUS = at("170");
  const CLASSES = at("300");
  const PAIR = at("400");
  const HORIZONTAL = at("600");
  const VERTICAL = at("601");
  const HORIZONTAL_VELOCITY = at("602");
  const VERTICAL_VELOCITY = at("604");
  const RANGE = at("625");
  const DOPPLER = at("626");
  const AZIMUTH = at("627");
  const ELEVATION = at("628");
  const PATH_QUALITY = at("630");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I015/145", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    /** Offsets of the subfields of an item; all -1 when the item is absent. */
    const members = (item: number, into: Int32Array) => {
      if (offsets[item] < 0) into.fill(-1);
      else compoundMembers(table.structures[item], bytes, offsets[item], scan.ends[item], into);
    };
    members(HORIZONTAL, horizontal);
    members(VERTICAL, vertical);
    members(HORIZONTAL_VELOCITY, horizontalVelocity);
    members(VERTICAL_VELOCITY, verticalVelocity);
    members(RANGE, range);
    members(DOPPLER, doppler);
    members(AZIMUTH, azimuth);
    members(ELEVATION, elevation);
    members(PATH_QUALITY, pathQuality);

    const descriptor = partOf(bytes, offsets[DESCRIPTOR], scan.ends[DESCRIPTOR], 0);
    const monostatic = offsets[DESCRIPTOR] >= 0 && descriptor >> 6 === MONOSTATIC;
    let measurement: Measurement | undefined;
    if (horizontal[0] >= 0) {
      const latitude = readInt32(bytes, horizontal[0]) * LSB_2_31;
      const longitude = readInt32(bytes, horizontal[0] + 4) * LSB_2_31;
      const error = placeError("I015/600/P84", latitude, longitude, horizontal[0]);
      if (error !== undefined) return error;
      measurement = {
        kind: "position",
        latitude: radians(latitude),
        longitude: radians(longitude),
        height: readHeight(bytes),
        covarianceEn: readCovariance(bytes),
        ...readVelocity(bytes),
      };
    } else if (azimuth[0] >= 0) measurement = readDirection(bytes, monostatic, offsets[PAIR] >= 0);
    if (measurement === undefined) {
      remark(context, {
        code: "unplaced",
        item: azimuth[0] >= 0 ? "I015/627" : "I015/600",
        message:
          azimuth[0] >= 0
            ? "a direction from one of several receivers of a multistatic sensor: Picket does not hold the receivers' places"
            : "a report with neither a position nor an azimuth; a bistatic range alone is not used",
      });
      return undefined;
    }

    const messageType = offsets[MESSAGE_TYPE] < 0 ? 0 : bytes[offsets[MESSAGE_TYPE]] >> 1;
    const status = partOf(bytes, offsets[STATUS], scan.ends[STATUS], 0);
    const taxonomy = (descriptor >> 4) & 3;
    const classifications: SensorClassification[] = [];
    if (offsets[DESCRIPTOR] >= 0 && taxonomy === 1) classifications.push(REFERENCE_TARGET);
    for (let i = offsets[CLASSES] + 1; offsets[CLASSES] >= 0 && i < scan.ends[CLASSES] && classifications.length < MOST_CLASSES; i += 2) {
      // What a number means is agreed between the sensor's maker and its user.
      classifications.push({ label: `class ${readBits(bytes, i * 8, 9)}`, confidence: Math.min(100, bytes[i + 1] & 0x7f) / 100 });
    }
    pushReport(context, {
      sensorKey: sensorKeyOf(context.sac, context.sic),
      time: time === undefined ? undefined : timeOfDay(time),
      measurement,
      identities: [],
      classifications: classifications.length === 0 ? undefined : classifications,
      // Synthetic, simulated and replayed targets.
      simulated: offsets[DESCRIPTOR] >= 0 && taxonomy >= 2 ? true : undefined,
      snrDb: pathQuality[3] < 0 ? undefined : readSignedBits(bytes, pathQuality[3] * 8, 8),
      trackNumber: offsets[TRACK_NUMBER] < 0 ? undefined : readUint16(bytes, offsets[TRACK_NUMBER]),
      coasting: (status & 0x08) !== 0,
      smoothed: messageType === MEASUREMENT_TRACK || messageType === SENSOR_TRACK,
      ended: messageType === TRACK_END,
    });
    return undefined;
  };
}

/** A precision of 0 was not computed, or is absent: unknown. */
const sigmaOf = <Unit>(value: number, unit: (value: number) => Unit): Unit | undefined => (value > 0 ? unit(value) : undefined);

/** I015/601: geometric height above the ellipsoid. */
function readHeight(bytes: Uint8Array): Height | undefined {
  if (vertical[0] < 0) return undefined;
  return {
    kind: "hae",
    value: metres(readInt24(bytes, vertical[0]) * CENTI),
    sigma: sigmaOf(vertical[2] < 0 ? 0 : readBits(bytes, vertical[2] * 8, 24) * CENTI, metres),
  };
}

/** I015/600 subfield HPP: two standard deviations and their correlation. */
function readCovariance(bytes: Uint8Array): [number, number, number] | undefined {
  const at = horizontal[2];
  if (at < 0) return undefined;
  const east = readUint16(bytes, at) * PRECISION_LSB;
  const north = readUint16(bytes, at + 2) * PRECISION_LSB;
  if (east === 0 || north === 0) return undefined; // not computed
  const correlation = readSignedBits(bytes, (at + 4) * 8, 8) * CORRELATION_LSB;
  // A correlation of exactly -1 would make the covariance singular.
  return [east * east, Math.max(-0.99, correlation) * east * north, north * north];
}

function readVelocity(bytes: Uint8Array) {
  const at = horizontalVelocity[0];
  const precision = horizontalVelocity[2];
  return {
    velocityEast: at < 0 ? undefined : metresPerSecond(readSignedBits(bytes, at * 8, 20) * CENTI),
    velocityNorth: at < 0 ? undefined : metresPerSecond(readSignedBits(bytes, at * 8 + 20, 20) * CENTI),
    velocityUp: verticalVelocity[0] < 0 ? undefined : metresPerSecond(readInt24(bytes, verticalVelocity[0]) * CENTI),
    velocitySigma:
      precision < 0 ? undefined : metresPerSecond(Math.max(readUint16(bytes, precision), readUint16(bytes, precision + 2)) * CENTI),
  };
}

/** Azimuth from geographic north, with range where there is one place that it is counted from. */
function readDirection(bytes: Uint8Array, monostatic: boolean, ofPair: boolean): Measurement | undefined {
  if (!monostatic && ofPair) return undefined;
  const direction = {
    azimuth: radians(readUint16(bytes, azimuth[0]) * AZIMUTH_LSB),
    azimuthSigma: sigmaOf(azimuth[2] < 0 ? 0 : readUint16(bytes, azimuth[2]) * ANGLE_PRECISION_LSB, radians),
    north: "true" as const,
    elevation: elevation[0] < 0 ? undefined : radians(readInt16(bytes, elevation[0]) * ELEVATION_LSB),
    elevationSigma: sigmaOf(elevation[2] < 0 ? 0 : readUint16(bytes, elevation[2]) * ANGLE_PRECISION_LSB, radians),
  };
  const distance = range[0] < 0 ? -1 : readInt24(bytes, range[0]) * RANGE_LSB;
  if (!monostatic || distance < 0) return { kind: "bearing", ...direction };
  // The measured Doppler before the rate derived from ranges.
  let rangeRate: number | undefined;
  let rangeRateSigma = 0;
  if (doppler[0] >= 0) {
    rangeRate = readInt24(bytes, doppler[0]) * CENTI;
    if (doppler[1] >= 0) rangeRateSigma = readUint16(bytes, doppler[1]) * DOPPLER_PRECISION_LSB;
  } else if (range[3] >= 0) {
    rangeRate = readInt24(bytes, range[3]) * RANGE_LSB;
    if (range[5] >= 0) rangeRateSigma = readBits(bytes, range[5] * 8, 24) * RANGE_LSB;
  }
  return {
    kind: "polar",
    range: metres(distance),
    rangeSigma: sigmaOf(range[2] < 0 ? 0 : readBits(bytes, range[2] * 8, 24) * RANGE_LSB, metres),
    ...direction,
    rangeRate: rangeRate === undefined ? undefined : metresPerSecond(rangeRate),
    rangeRateSigma: sigmaOf(rangeRateSigma, metresPerSecond),
    height: readHeight(bytes),
  };
}
