// CAT062 system tracks -> SourceTrack (another tracker's opinion, correlated in time) and Claim. EUROCONTROL-SPEC-0149-9 edition 1.21.

import { METRES_PER_FOOT, metres, metresPerSecond, radians } from "../../base/units.ts";
import type { ClaimStatements, Height, Identity, PositionMeasurement } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { emitterCategory, priorityStatus } from "./items/emitter-category.ts";
import { readFlightLevel, readInt16, readUint16 } from "./items/flight-level.ts";
import { readTrackStatus, type TrackStatusBits } from "./items/i062-080.ts";
import { type Accuracies, readAccuracies } from "./items/i062-500.ts";
import { mode4Reply, mode5Reply, readMode5Summary } from "./items/iff-reply.ts";
import { emergencyOf, isDiscrete, readMode3A, squawkText } from "./items/mode-3a.ts";
import { LSB_2_25, placeError, readInt32 } from "./items/position-wgs84.ts";
import { readAscii, readCallsign, readTargetAddress } from "./items/target-address.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, compoundMembers, expansionMember, itemIndex } from "./scan.ts";

const VELOCITY_LSB = 0.25; // m/s
const CLIMB_LSB = (6.25 * METRES_PER_FOOT) / 60; // m/s
const GEOMETRIC_LSB = 6.25 * METRES_PER_FOOT; // m
const BAROMETRIC_LSB = 25 * METRES_PER_FOOT; // m

const status: TrackStatusBits = {
  geometricPreferred: false,
  tentative: false,
  simulated: false,
  ended: false,
  coasting: false,
  adsbInconsistent: false,
  militaryEmergency: false,
  mode4: 0,
  mode5: 0,
  emergency: 0,
  potentiallyFalse: false,
};
const accuracies: Accuracies = {
  covariance: [Number.NaN, 0, Number.NaN],
  geometricHeight: Number.NaN,
  barometricHeight: Number.NaN,
  velocity: Number.NaN,
};
/** Offsets of the subfields of a compound item, by position. */
const subfields = new Int32Array(32);

// Positions of the subfields of I062/380 and I062/390 that are read, counted from 0.
const ADDRESS = 0;
const IDENTIFICATION = 1;
const COMMUNICATIONS = 9;
const EMITTER_CATEGORY = 20;
const FLIGHT_PLAN_CALLSIGN = 1;
const AIRCRAFT_TYPE = 4;

/** I062/340 SID. */
const SENSOR_PRESENT = 0x80;
// Octets of one repetition: RE subfields CST and CSN, I062/510.
const CONTRIBUTION_OCTETS = 5;
const SENSOR_OCTETS = 3;
const COMPOSED_OCTETS = 3;
const MOST_LINEAGE = 32;

export function createCat062Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const TRACK_NUMBER = at("040");
  const MODE_3A = at("060");
  const TIME = at("070");
  const STATUS = at("080");
  const POSITION = at("105");
  const GEOMETRIC = at("130");
  const BAROMETRIC = at("135");
  const FLIGHT_LEVEL = at("136");
  const VELOCITY = at("185");
  const CLIMB = at("220");
  const MODE_5 = at("110");
  const TARGET = at("245");
  const DERIVED = at("380");
  const FLIGHT_PLAN = at("390");
  const MEASURED = at("340");
  const ACCURACY = at("500");
  const COMPOSED = at("510");
  const EXPANSION = at("RE");

  /**
   * What the track was made of, so that a sensor's own plots are not counted a second time: contributing sensors with their local
   * track numbers ("23/2:77") or without ("23/2"), the sensor of the last measurement, and the tracks of a composed one.
   */
  function readLineage(bytes: Uint8Array, offsets: Int32Array, ends: Int32Array): string[] | undefined {
    let lineage: string[] | undefined;
    const add = (name: string) => {
      if (lineage === undefined) lineage = [name];
      else if (lineage.length < MOST_LINEAGE && !lineage.includes(name)) lineage.push(name);
    };
    if (EXPANSION >= 0 && offsets[EXPANSION] >= 0) {
      const member = (name: string) => expansionMember(table.structures[EXPANSION], bytes, offsets[EXPANSION], ends[EXPANSION], name);
      const numbered = member("CST");
      // Each repetition: SAC, SIC, four spare bits and a type, then the number.
      for (let i = 0, n = numbered < 0 ? 0 : bytes[numbered]; i < n; i++) {
        const each = numbered + 1 + i * CONTRIBUTION_OCTETS;
        add(`${sensorKeyOf(bytes[each], bytes[each + 1])}:${readUint16(bytes, each + 3)}`);
      }
      const plain = member("CSN");
      for (let i = 0, n = plain < 0 ? 0 : bytes[plain]; i < n; i++) {
        const each = plain + 1 + i * SENSOR_OCTETS;
        add(sensorKeyOf(bytes[each], bytes[each + 1]));
      }
    }
    const measuredAt = offsets[MEASURED];
    if (measuredAt >= 0 && (bytes[measuredAt] & SENSOR_PRESENT) !== 0) {
      let at = measuredAt + 1;
      while ((bytes[at - 1] & 1) !== 0) at++;
      add(sensorKeyOf(bytes[at], bytes[at + 1]));
    }
    if (offsets[COMPOSED] >= 0) {
      for (let at = offsets[COMPOSED]; at < ends[COMPOSED]; at += COMPOSED_OCTETS) {
        add(`unit ${bytes[at]}:${readUint16(bytes, at + 1) >> 1}`);
      }
    }
    return lineage;
  }

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const time = offsets[TIME] < 0 ? undefined : readTimeOfDay(bytes, offsets[TIME]);
    if (time !== undefined) {
      const error = timeOfDayError("I062/070", time, offsets[TIME]);
      if (error !== undefined) return error;
    }
    const positionAt = offsets[POSITION];
    let latitude = 0;
    let longitude = 0;
    if (positionAt >= 0) {
      latitude = readInt32(bytes, positionAt) * LSB_2_25;
      longitude = readInt32(bytes, positionAt + 4) * LSB_2_25;
      const error = placeError("I062/105", latitude, longitude, positionAt);
      if (error !== undefined) return error;
    }
    const trackAt = offsets[TRACK_NUMBER];
    if (positionAt < 0 || trackAt < 0) {
      remark(context, {
        code: "unplaced",
        item: positionAt < 0 ? "I062/105" : "I062/040",
        message:
          positionAt < 0
            ? "a system track without a position in WGS84; its Cartesian position is in a plane that the message does not name"
            : "a system track without a track number cannot be followed",
      });
      return undefined;
    }
    const sensorKey = sensorKeyOf(context.sac, context.sic);
    const sensorTime = time === undefined ? undefined : timeOfDay(time);
    // Absent parts of the status are the standard's defaults, all 0; an absent item as well.
    if (offsets[STATUS] >= 0) readTrackStatus(bytes, offsets[STATUS], scan.ends[STATUS], status);
    else readTrackStatus(NO_STATUS, 0, 1, status);

    const accuracyKnown = offsets[ACCURACY] >= 0;
    if (accuracyKnown) readAccuracies(bytes, offsets[ACCURACY], latitude, accuracies);
    const velocityAt = offsets[VELOCITY];
    const measurement: PositionMeasurement = {
      kind: "position",
      latitude: radians(latitude),
      longitude: radians(longitude),
      height: readHeight(bytes, offsets[GEOMETRIC], offsets[BAROMETRIC], offsets[FLIGHT_LEVEL], accuracyKnown),
      covarianceEn:
        accuracyKnown && !Number.isNaN(accuracies.covariance[0])
          ? [accuracies.covariance[0], accuracies.covariance[1], accuracies.covariance[2]]
          : undefined,
      velocityEast: velocityAt < 0 ? undefined : metresPerSecond(readInt16(bytes, velocityAt) * VELOCITY_LSB),
      velocityNorth: velocityAt < 0 ? undefined : metresPerSecond(readInt16(bytes, velocityAt + 2) * VELOCITY_LSB),
      velocityUp: offsets[CLIMB] < 0 ? undefined : metresPerSecond(readInt16(bytes, offsets[CLIMB]) * CLIMB_LSB),
      velocitySigma: accuracyKnown && !Number.isNaN(accuracies.velocity) ? metresPerSecond(accuracies.velocity) : undefined,
    };

    const identities: Identity[] = [];
    let address: string | undefined;
    let callsign: string | undefined;
    let category: string | undefined;
    let onGround: boolean | undefined;
    const derivedAt = offsets[DERIVED];
    if (derivedAt >= 0) {
      compoundMembers(table.structures[DERIVED], bytes, derivedAt, scan.ends[DERIVED], subfields);
      if (subfields[ADDRESS] >= 0) address = readTargetAddress(bytes, subfields[ADDRESS]);
      if (subfields[IDENTIFICATION] >= 0) callsign = readCallsign(bytes, subfields[IDENTIFICATION]);
      if (subfields[EMITTER_CATEGORY] >= 0) category = emitterCategory(bytes[subfields[EMITTER_CATEGORY]]);
      const communications = subfields[COMMUNICATIONS];
      if (communications >= 0) onGround = onGroundOf((bytes[communications] >> 2) & 7);
    }
    let model: string | undefined;
    if (offsets[FLIGHT_PLAN] >= 0) {
      compoundMembers(table.structures[FLIGHT_PLAN], bytes, offsets[FLIGHT_PLAN], scan.ends[FLIGHT_PLAN], subfields);
      if (callsign === undefined && subfields[FLIGHT_PLAN_CALLSIGN] >= 0) callsign = readAscii(bytes, subfields[FLIGHT_PLAN_CALLSIGN], 7);
      if (subfields[AIRCRAFT_TYPE] >= 0) model = readAscii(bytes, subfields[AIRCRAFT_TYPE], 4);
    }
    // I062/245: two bits that say whose the characters are, six spare, then eight characters.
    if (callsign === undefined && offsets[TARGET] >= 0) callsign = readCallsign(bytes, offsets[TARGET] + 1);
    if (address !== undefined) identities.push({ scheme: "icao24", value: address });
    const code = offsets[MODE_3A] >= 0 ? readMode3A(bytes, offsets[MODE_3A]) : -1;
    if (isDiscrete(code)) identities.push({ scheme: "mode3a", value: squawkText(code) });
    const number = readUint16(bytes, trackAt);
    identities.push({ scheme: "source-track", value: `${sensorKey}:${number}` });

    const reply = readMode5Summary(bytes, offsets[MODE_5]) ?? mode5Reply(status.mode5) ?? mode4Reply(status.mode4);
    const description = describeTrack(status, reply);
    context.observations.push({
      type: "source-track",
      sensorKey,
      sourceTrackId: String(number),
      time: sensorTime,
      measurement,
      identities,
      lineage: readLineage(bytes, scan.offsets, scan.ends),
      coasting: status.coasting ? true : undefined,
      ended: status.ended ? true : undefined,
      simulated: status.simulated ? true : undefined,
    });

    const emergency =
      emergencyOf(code) ?? priorityStatus(status.emergency) ?? (status.militaryEmergency ? "military emergency" : undefined);
    if (
      callsign === undefined &&
      address === undefined &&
      code < 0 &&
      category === undefined &&
      emergency === undefined &&
      reply === undefined
    ) {
      return undefined;
    }
    const statements: ClaimStatements = {
      callsign,
      icao24: address,
      squawk: code < 0 ? undefined : squawkText(code),
      category,
      model,
      emergency,
      onGround,
      description,
      transport: "ASTERIX system track",
    };
    context.observations.push({ type: "claim", sensorKey, time: sensorTime, about: identities, statements });
    return undefined;
  };
}

const NO_STATUS = new Uint8Array(1);

/** What the tracker says of its own track, and what a military interrogator heard, in plain words. */
function describeTrack(bits: TrackStatusBits, reply: string | undefined): string | undefined {
  if (!bits.tentative && !bits.potentiallyFalse && !bits.adsbInconsistent) return reply;
  const words = reply === undefined ? [] : [reply];
  if (bits.tentative) words.push("tentative track");
  if (bits.potentiallyFalse) words.push("potential false track");
  if (bits.adsbInconsistent) words.push("its ADS-B disagrees with other sensors");
  return words.join("; ");
}

/** Flight status of I062/380 subfield 10: as I048/230. */
function onGroundOf(flightStatus: number): boolean | undefined {
  if (flightStatus === 0 || flightStatus === 2) return false;
  return flightStatus === 1 || flightStatus === 3 ? true : undefined;
}

/** The height that the tracker itself prefers (I062/080 MRH); measured level, then calculated, where it has no preference to offer. */
function readHeight(
  bytes: Uint8Array,
  geometricAt: number,
  barometricAt: number,
  levelAt: number,
  accuracyKnown: boolean,
): Height | undefined {
  if (geometricAt >= 0 && (status.geometricPreferred || (barometricAt < 0 && levelAt < 0))) {
    const sigma = accuracyKnown ? accuracies.geometricHeight : Number.NaN;
    return {
      kind: "hae",
      value: metres(readInt16(bytes, geometricAt) * GEOMETRIC_LSB),
      sigma: Number.isNaN(sigma) ? undefined : metres(sigma),
    };
  }
  if (barometricAt >= 0) {
    // The top bit says that QNH was applied: then it is a height above mean sea level, no pressure altitude.
    const corrected = (bytes[barometricAt] & 0x80) !== 0;
    const raw = (bytes[barometricAt] & 0x7f) * 256 + bytes[barometricAt + 1];
    const sigma = accuracyKnown ? accuracies.barometricHeight : Number.NaN;
    return {
      kind: corrected ? "amsl" : "pressure",
      value: metres((raw >= 0x4000 ? raw - 0x8000 : raw) * BAROMETRIC_LSB),
      sigma: Number.isNaN(sigma) ? undefined : metres(sigma),
    };
  }
  return levelAt >= 0 ? readFlightLevel(bytes, levelAt) : undefined;
}
