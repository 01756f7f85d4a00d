// CAT020 multilateration reports -> Detection, or SourceTrack where the system has smoothed; Claim. EUROCONTROL-SPEC-0149-14 edition 1.11.

import { METRES_PER_FOOT, metres, metresPerSecond, radians } from "../../base/units.ts";
import type { Height, Identity, Measurement, SensorClassification } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { partOf } from "./items/extension-parts.ts";
import { readFlaggedFlightLevel, readInt16, readUint16 } from "./items/flight-level.ts";
import { readTargetKinds } from "./items/i048-030.ts";
import { readOnGround } from "./items/i048-230.ts";
import { emergencyOf, isDiscrete, readMode3A, squawkText } from "./items/mode-3a.ts";
import { LSB_2_25, placeError, readInt24, readInt32 } from "./items/position-wgs84.ts";
import { readCallsign, readTargetAddress } from "./items/target-address.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, compoundMembers, itemIndex } from "./scan.ts";
import { pushReport } from "./tracked-report.ts";

const PLANE_LSB = 0.5; // m
const VELOCITY_LSB = 0.25; // m/s
const DEVIATION_LSB = 0.25; // m
const HEIGHT_DEVIATION_LSB = 0.5; // m
const HEIGHT_LSB = 6.25 * METRES_PER_FOOT; // m

// Subfields of I020/500, counted from 0.
const POSITION_DEVIATION = 1;
const HEIGHT_DEVIATION = 2;
const subfields = new Int32Array(8);

const FIELD_MONITOR: SensorClassification = { label: "field monitor (fixed transponder)" };
const GHOST: SensorClassification = { label: "ghost track" };

export function createCat020Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const DESCRIPTOR = at("020");
  const WARNINGS = at("030");
  const PLACE = at("041");
  const CARTESIAN = at("042");
  const MODE_3A = at("070");
  const LEVEL = at("090");
  const GEOMETRIC = at("105");
  const MEASURED_HEIGHT = at("110");
  const TIME = at("140");
  const TRACK_NUMBER = at("161");
  const STATUS = at("170");
  const VELOCITY = at("202");
  const ADDRESS = at("220");
  const CAPABILITY = at("230");
  const IDENTIFICATION = at("245");
  const ACCURACY = at("500");

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I020/140", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    const sensorKey = sensorKeyOf(context.sac, context.sic);
    const sensorTime = time === undefined ? undefined : timeOfDay(time);
    const second = partOf(bytes, offsets[DESCRIPTOR], scan.ends[DESCRIPTOR], 1);

    let sigmaEast: number | undefined;
    let sigmaNorth = 0;
    let sigmaUp: number | undefined;
    if (offsets[ACCURACY] >= 0) {
      compoundMembers(table.structures[ACCURACY], bytes, offsets[ACCURACY], scan.ends[ACCURACY], subfields);
      const deviationAt = subfields[POSITION_DEVIATION];
      if (deviationAt >= 0) {
        sigmaEast = readUint16(bytes, deviationAt) * DEVIATION_LSB;
        sigmaNorth = readUint16(bytes, deviationAt + 2) * DEVIATION_LSB;
        // A standard deviation of 0 was not computed.
        if (sigmaEast === 0 || sigmaNorth === 0) sigmaEast = undefined;
      }
      const upAt = subfields[HEIGHT_DEVIATION];
      if (upAt >= 0 && readUint16(bytes, upAt) > 0) sigmaUp = readUint16(bytes, upAt) * HEIGHT_DEVIATION_LSB;
    }
    let height: Height | undefined;
    if (offsets[GEOMETRIC] >= 0) {
      height = {
        kind: "hae",
        value: metres(readInt16(bytes, offsets[GEOMETRIC]) * HEIGHT_LSB),
        sigma: sigmaUp === undefined ? undefined : metres(sigmaUp),
      };
    } else if (offsets[LEVEL] >= 0) height = readFlaggedFlightLevel(bytes, offsets[LEVEL]);

    const velocityAt = offsets[VELOCITY];
    let measurement: Measurement | undefined;
    if (offsets[PLACE] >= 0) {
      const latitude = readInt32(bytes, offsets[PLACE]) * LSB_2_25;
      const longitude = readInt32(bytes, offsets[PLACE] + 4) * LSB_2_25;
      const error = placeError("I020/041", latitude, longitude, offsets[PLACE]);
      if (error !== undefined) return error;
      measurement = {
        kind: "position",
        latitude: radians(latitude),
        longitude: radians(longitude),
        height,
        // The correlation of I020/500 has a step of 1/4 and is of no use.
        covarianceEn: sigmaEast === undefined ? undefined : [sigmaEast * sigmaEast, 0, sigmaNorth * sigmaNorth],
        velocityEast: velocityAt < 0 ? undefined : metresPerSecond(readInt16(bytes, velocityAt) * VELOCITY_LSB),
        velocityNorth: velocityAt < 0 ? undefined : metresPerSecond(readInt16(bytes, velocityAt + 2) * VELOCITY_LSB),
      };
    } else if (offsets[CARTESIAN] >= 0) {
      measurement = {
        kind: "local",
        east: metres(readInt24(bytes, offsets[CARTESIAN]) * PLANE_LSB),
        north: metres(readInt24(bytes, offsets[CARTESIAN] + 3) * PLANE_LSB),
        up: offsets[MEASURED_HEIGHT] < 0 ? undefined : metres(readInt16(bytes, offsets[MEASURED_HEIGHT]) * HEIGHT_LSB),
        sigma: sigmaEast === undefined ? undefined : metres(Math.max(sigmaEast, sigmaNorth)),
      };
    }
    if (measurement === undefined) {
      remark(context, { code: "unplaced", item: "I020/041", message: "a multilateration report without a position" });
      return undefined;
    }
    const identities: Identity[] = [];
    const address = offsets[ADDRESS] < 0 ? undefined : readTargetAddress(bytes, offsets[ADDRESS]);
    if (address !== undefined) identities.push({ scheme: "icao24", value: address });
    const code = offsets[MODE_3A] < 0 ? -1 : readMode3A(bytes, offsets[MODE_3A]);
    if (isDiscrete(code)) identities.push({ scheme: "mode3a", value: squawkText(code) });
    const statusAt = offsets[STATUS];
    const status = partOf(bytes, statusAt, scan.ends[STATUS], 0);
    const ghost = (partOf(bytes, statusAt, scan.ends[STATUS], 1) & 0x80) !== 0;
    let classifications = offsets[WARNINGS] < 0 ? undefined : readTargetKinds(bytes, offsets[WARNINGS], scan.ends[WARNINGS]);
    if ((second & 0x80) !== 0) classifications = [...(classifications ?? []), FIELD_MONITOR];
    if (ghost) classifications = [...(classifications ?? []), GHOST];
    pushReport(context, {
      sensorKey,
      time: sensorTime,
      measurement,
      identities,
      classifications,
      simulated: (second & 0x06) !== 0 ? true : undefined,
      trackNumber: offsets[TRACK_NUMBER] < 0 ? undefined : readUint16(bytes, offsets[TRACK_NUMBER]) & 0x0fff,
      coasting: (status & 0x20) !== 0,
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
        onGround: offsets[CAPABILITY] >= 0 ? readOnGround(bytes, offsets[CAPABILITY]) : (second & 0x10) !== 0 ? true : undefined,
        transport: "multilateration",
      },
    });
    return undefined;
  };
}
