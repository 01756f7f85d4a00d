// CAT010 surface movement data and short-range radars -> Detection, or SourceTrack where the sensor has smoothed; status -> SensorStatus.
// SUR.ET1.ST05.2000-STD-07-01 edition 1.1.

import { METRES_PER_FOOT, metres, metresPerSecond, radians } from "../../base/units.ts";
import type { Height, Identity, Measurement, SensorClassification } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { partOf } from "./items/extension-parts.ts";
import { readFlaggedFlightLevel, readInt16, readUint16 } from "./items/flight-level.ts";
import { emergencyOf, isDiscrete, readMode3A, squawkText } from "./items/mode-3a.ts";
import { LSB_2_31, placeError, readInt32 } from "./items/position-wgs84.ts";
import { describeSystemStatus } from "./items/system-status.ts";
import { readCallsign, readTargetAddress } from "./items/target-address.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, itemIndex } from "./scan.ts";
import { pushReport } from "./tracked-report.ts";

const VELOCITY_LSB = 0.25; // m/s
const DEVIATION_LSB = 0.25; // m
const HEIGHT_LSB = 6.25 * METRES_PER_FOOT; // m
const AZIMUTH_LSB = (2 * Math.PI) / 65_536; // rad

const TARGET_REPORT = 1;
const PSR = 3;
const KINDS: readonly (SensorClassification | undefined)[] = [
  undefined,
  { label: "aircraft" },
  { label: "ground vehicle" },
  { label: "helicopter" },
];
const FIELD_MONITOR: SensorClassification = { label: "field monitor (fixed transponder)" };
const GHOST: SensorClassification = { label: "ghost track" };

export function createCat010Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const MESSAGE_TYPE = at("000");
  const DESCRIPTOR = at("020");
  const POLAR = at("040");
  const PLACE = at("041");
  const CARTESIAN = at("042");
  const MODE_3A = at("060");
  const LEVEL = at("090");
  const HEIGHT = at("091");
  const TIME = at("140");
  const TRACK_NUMBER = at("161");
  const STATUS = at("170");
  const VELOCITY = at("202");
  const ADDRESS = at("220");
  const IDENTIFICATION = at("245");
  const DEVIATION = at("500");
  const SYSTEM = at("550");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I010/140", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    const sensorKey = sensorKeyOf(context.sac, context.sic);
    const sensorTime = time === undefined ? undefined : timeOfDay(time);
    const messageType = offsets[MESSAGE_TYPE] < 0 ? TARGET_REPORT : bytes[offsets[MESSAGE_TYPE]];
    if (messageType !== TARGET_REPORT) {
      const system = offsets[SYSTEM] < 0 ? undefined : bytes[offsets[SYSTEM]];
      const described = system === undefined ? undefined : describeSystemStatus(system, (system & 0x04) !== 0);
      if (described !== undefined && (system! & 0x08) !== 0) described.notes.push("diversity degraded");
      context.observations.push({
        type: "status",
        sensorKey,
        time: sensorTime,
        state: described?.state,
        notes: described?.notes,
        sensorType: "surface movement sensor",
      });
      return undefined;
    }

    const descriptorAt = offsets[DESCRIPTOR];
    const first = partOf(bytes, descriptorAt, scan.ends[DESCRIPTOR], 0);
    const second = partOf(bytes, descriptorAt, scan.ends[DESCRIPTOR], 1);
    const level: Height | undefined = offsets[LEVEL] < 0 ? undefined : readFlaggedFlightLevel(bytes, offsets[LEVEL]);
    const velocityAt = offsets[VELOCITY];
    const deviationAt = offsets[DEVIATION];
    // A standard deviation of 0 was not computed.
    const known = deviationAt >= 0 && bytes[deviationAt] > 0 && bytes[deviationAt + 1] > 0;
    const sigmaEast = known ? bytes[deviationAt] * DEVIATION_LSB : undefined;
    const sigmaNorth = known ? bytes[deviationAt + 1] * DEVIATION_LSB : undefined;

    let measurement: Measurement | undefined;
    if (offsets[PLACE] >= 0) {
      const latitude = readInt32(bytes, offsets[PLACE]) * LSB_2_31;
      const longitude = readInt32(bytes, offsets[PLACE] + 4) * LSB_2_31;
      const error = placeError("I010/041", latitude, longitude, offsets[PLACE]);
      if (error !== undefined) return error;
      measurement = {
        kind: "position",
        latitude: radians(latitude),
        longitude: radians(longitude),
        height: level,
        covarianceEn: sigmaEast === undefined ? undefined : [sigmaEast * sigmaEast, 0, sigmaNorth! * sigmaNorth!],
        velocityEast: velocityAt < 0 ? undefined : metresPerSecond(readInt16(bytes, velocityAt) * VELOCITY_LSB),
        velocityNorth: velocityAt < 0 ? undefined : metresPerSecond(readInt16(bytes, velocityAt + 2) * VELOCITY_LSB),
      };
    } else if (offsets[POLAR] >= 0) {
      measurement = {
        kind: "polar",
        range: metres(readUint16(bytes, offsets[POLAR])), // the standard counts metres
        azimuth: radians(readUint16(bytes, offsets[POLAR] + 2) * AZIMUTH_LSB),
        north: "true",
        height: level,
      };
    } else if (offsets[CARTESIAN] >= 0) {
      measurement = {
        kind: "local",
        east: metres(readInt16(bytes, offsets[CARTESIAN])),
        north: metres(readInt16(bytes, offsets[CARTESIAN] + 2)),
        up: offsets[HEIGHT] < 0 ? undefined : metres(readInt16(bytes, offsets[HEIGHT]) * HEIGHT_LSB),
        sigma: sigmaEast === undefined ? undefined : metres(Math.max(sigmaEast, sigmaNorth!)),
      };
    }
    const identities: Identity[] = [];
    const address = offsets[ADDRESS] < 0 ? undefined : readTargetAddress(bytes, offsets[ADDRESS]);
    if (address !== undefined) identities.push({ scheme: "icao24", value: address });
    const code = offsets[MODE_3A] < 0 ? -1 : readMode3A(bytes, offsets[MODE_3A]);
    if (isDiscrete(code)) identities.push({ scheme: "mode3a", value: squawkText(code) });
    const trackNumber = offsets[TRACK_NUMBER] < 0 ? undefined : readUint16(bytes, offsets[TRACK_NUMBER]) & 0x0fff;
    const statusAt = offsets[STATUS];
    const status = partOf(bytes, statusAt, scan.ends[STATUS], 0);
    const ghost = (partOf(bytes, statusAt, scan.ends[STATUS], 2) & 0x80) !== 0;
    const classifications = [KINDS[(second >> 1) & 3], (second & 0x20) !== 0 ? FIELD_MONITOR : undefined, ghost ? GHOST : undefined].filter(
      (kind) => kind !== undefined,
    );
    if (measurement === undefined) {
      remark(context, { code: "unplaced", item: "I010/041", message: "a target report without a position in any of its three forms" });
      return undefined;
    }
    pushReport(context, {
      sensorKey,
      time: sensorTime,
      measurement,
      identities,
      classifications: classifications.length === 0 ? undefined : classifications,
      simulated: (second & 0xc0) !== 0 ? true : undefined,
      trackNumber,
      // CST tells an extrapolated position, STH a smoothed one: neither is a measurement.
      coasting: (status & 0x30) !== 0,
      smoothed: (status & 0x02) !== 0,
      ended: (status & 0x40) !== 0,
    });
    const callsign = offsets[IDENTIFICATION] < 0 ? undefined : readCallsign(bytes, offsets[IDENTIFICATION] + 1);
    if (identities.length === 0 || (callsign === undefined && code < 0)) return undefined;
    context.observations.push({
      type: "claim",
      sensorKey,
      time: sensorTime,
      about: identities,
      statements: {
        callsign,
        icao24: address,
        squawk: code < 0 ? undefined : squawkText(code),
        emergency: code < 0 ? undefined : emergencyOf(code),
        // A primary radar hears no ground bit.
        onGround: descriptorAt < 0 || first >> 5 === PSR ? undefined : (first & 0x04) !== 0,
        transport: "ASTERIX surface movement",
      },
    });
    return undefined;
  };
}
