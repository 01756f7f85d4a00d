// CAT048 target reports -> Detection (one plot of one radar turn) and Claim (what the transponder said).
// EUROCONTROL-SPEC-0149-4 edition 1.32. The radar's own track (I048/161, 042, 170, 200) is not a measurement: only its number is kept.

import { metres, metresPerSecond, radians } from "../../base/units.ts";
import type { ClaimStatements, Detection, Height, Identity, Measurement, SensorClassification } from "../../model/observation.ts";
import { sensorKeyOf } from "./items/data-source.ts";
import { readFlaggedFlightLevel } from "./items/flight-level.ts";
import { readTargetReportDescriptor, type TargetReportDescriptor } from "./items/i048-020.ts";
import { readTargetKinds } from "./items/i048-030.ts";
import { readAzimuth, readExtendedRange, readRange } from "./items/i048-040.ts";
import { readHeight3D } from "./items/i048-110.ts";
import { readRadialSpeed } from "./items/i048-120.ts";
import { readAmplitude, readPlotRatio } from "./items/i048-130.ts";
import { readOnGround } from "./items/i048-230.ts";
import { extendedMode4Reply, mode4Reply, readMode5Summary } from "./items/iff-reply.ts";
import { emergencyOf, isDiscrete, readMode3A, squawkText } from "./items/mode-3a.ts";
import { readCallsign, readTargetAddress } from "./items/target-address.ts";
import { readTimeOfDay, timeOfDay, timeOfDayError } from "./items/time-of-day.ts";
import { type Meaning, remark } from "./meaning.ts";
import { type CompiledTable, expansionMember, itemIndex } from "./scan.ts";

const descriptor: TargetReportDescriptor = {
  type: 0,
  simulated: false,
  fieldMonitor: false,
  extendedRange: false,
  mode4: 0,
  militaryEmergency: false,
};

const FIELD_MONITOR: SensorClassification = { label: "field monitor (fixed transponder)" };

export function createCat048Meaning(table: CompiledTable): Meaning {
  const at = (item: string) => itemIndex(table, item);
  const DESCRIPTOR = at("020");
  const WARNINGS = at("030");
  const POSITION = at("040");
  const MODE_3A = at("070");
  const FLIGHT_LEVEL = at("090");
  const HEIGHT_3D = at("110");
  const DOPPLER = at("120");
  const CHARACTERISTICS = at("130");
  const TIME = at("140");
  const TRACK_NUMBER = at("161");
  const ADDRESS = at("220");
  const CAPABILITY = at("230");
  const IDENTIFICATION = at("240");
  const EXPANSION = at("RE");

  /** Mode 5 before Mode 4, the finer coding before the coarser. */
  function readReply(bytes: Uint8Array, expansionAt: number, expansionEnd: number): string | undefined {
    if (EXPANSION >= 0 && expansionAt >= 0) {
      const member = (name: string) => expansionMember(table.structures[EXPANSION], bytes, expansionAt, expansionEnd, name);
      const summary = readMode5Summary(bytes, member("M5N")) ?? readMode5Summary(bytes, member("MD5"));
      if (summary !== undefined) return summary;
      const extendedAt = member("M4E");
      if (extendedAt >= 0) {
        const extended = extendedMode4Reply((bytes[extendedAt] >> 1) & 3);
        if (extended !== undefined) return extended;
      }
    }
    return mode4Reply(descriptor.mode4);
  }

  /** Signal to clutter, dB, from subfield RPC of the expansion field; undefined without it. */
  function readSignalToClutter(bytes: Uint8Array, expansionAt: number, expansionEnd: number): number | undefined {
    if (EXPANSION < 0 || expansionAt < 0) return undefined;
    const at = expansionMember(table.structures[EXPANSION], bytes, expansionAt, expansionEnd, "RPC");
    return at < 0 ? undefined : readPlotRatio(bytes, at);
  }

  return (bytes, scan, context) => {
    const offsets = scan.offsets;
    const timeAt = offsets[TIME];
    const time = timeAt < 0 ? undefined : readTimeOfDay(bytes, timeAt);
    if (time !== undefined) {
      const error = timeOfDayError("I048/140", time, timeAt);
      if (error !== undefined) return error;
    }
    const sensorKey = sensorKeyOf(context.sac, context.sic);
    const sensorTime = time === undefined ? undefined : timeOfDay(time);

    descriptor.type = -1;
    descriptor.simulated = false;
    descriptor.fieldMonitor = false;
    descriptor.extendedRange = false;
    descriptor.mode4 = 0;
    descriptor.militaryEmergency = false;
    if (offsets[DESCRIPTOR] >= 0) readTargetReportDescriptor(bytes, offsets[DESCRIPTOR], descriptor);

    const identities: Identity[] = [];
    const address = offsets[ADDRESS] >= 0 ? readTargetAddress(bytes, offsets[ADDRESS]) : undefined;
    if (address !== undefined) identities.push({ scheme: "icao24", value: address });
    const code = offsets[MODE_3A] >= 0 ? readMode3A(bytes, offsets[MODE_3A]) : -1;
    if (isDiscrete(code)) identities.push({ scheme: "mode3a", value: squawkText(code) });
    const trackAt = offsets[TRACK_NUMBER];
    if (trackAt >= 0) {
      const number = (bytes[trackAt] & 0x0f) * 256 + bytes[trackAt + 1];
      identities.push({ scheme: "source-track", value: `${sensorKey}:${number}` });
    }

    const positionAt = offsets[POSITION];
    if (positionAt < 0 || descriptor.type === 0) {
      remark(context, {
        code: "unplaced",
        item: "I048/040",
        message:
          descriptor.type === 0
            ? "a target report that says 'no detection': the radar missed its track, so there is no plot"
            : "a target report without a measured position: no plot can be made of it",
        offset: positionAt < 0 ? undefined : positionAt,
      });
      return undefined;
    }

    const azimuth = readAzimuth(bytes, positionAt);
    let height: Height | undefined = offsets[FLIGHT_LEVEL] >= 0 ? readFlaggedFlightLevel(bytes, offsets[FLIGHT_LEVEL]) : undefined;
    if (height === undefined && offsets[HEIGHT_3D] >= 0) height = readHeight3D(bytes, offsets[HEIGHT_3D]);
    const radialSpeed = offsets[DOPPLER] >= 0 ? readRadialSpeed(bytes, offsets[DOPPLER]) : undefined;

    let measurement: Measurement;
    let range: number | undefined = readRange(bytes, positionAt);
    if (descriptor.extendedRange) {
      const rangeAt =
        EXPANSION < 0 ? -1 : expansionMember(table.structures[EXPANSION], bytes, offsets[EXPANSION], scan.ends[EXPANSION], "ERR");
      range = rangeAt < 0 ? undefined : readExtendedRange(bytes, rangeAt);
    }
    // A range that overflowed its field and is nowhere else leaves the direction alone.
    if (range === undefined) measurement = { kind: "bearing", azimuth: radians(azimuth), north: "true" };
    else {
      measurement = {
        kind: "polar",
        range: metres(range),
        azimuth: radians(azimuth),
        north: "true",
        height,
        rangeRate: radialSpeed === undefined ? undefined : metresPerSecond(radialSpeed),
      };
    }
    let classifications = offsets[WARNINGS] >= 0 ? readTargetKinds(bytes, offsets[WARNINGS], scan.ends[WARNINGS]) : undefined;
    if (descriptor.fieldMonitor) {
      if (classifications === undefined) classifications = [FIELD_MONITOR];
      else classifications.push(FIELD_MONITOR);
    }
    const reply = readReply(bytes, offsets[EXPANSION], scan.ends[EXPANSION]);
    // A reply is no kind of target; it stands here only where no claim can carry it.
    if (reply !== undefined && identities.length === 0) classifications = [...(classifications ?? []), { label: reply }];
    const amplitude = offsets[CHARACTERISTICS] >= 0 ? readAmplitude(bytes, offsets[CHARACTERISTICS]) : undefined;
    const detection: Detection = {
      type: "detection",
      sensorKey,
      time: sensorTime,
      measurement,
      identities,
      classifications,
      signalDbm: amplitude,
      snrDb: readSignalToClutter(bytes, offsets[EXPANSION], scan.ends[EXPANSION]),
      simulated: descriptor.simulated ? true : undefined,
    };
    context.observations.push(detection);

    if (identities.length === 0) return undefined;
    const callsign = offsets[IDENTIFICATION] >= 0 ? readCallsign(bytes, offsets[IDENTIFICATION]) : undefined;
    if (callsign === undefined && code < 0 && reply === undefined) return undefined;
    const emergency = code < 0 ? undefined : emergencyOf(code);
    const statements: ClaimStatements = {
      callsign,
      icao24: address,
      squawk: code < 0 ? undefined : squawkText(code),
      emergency: emergency ?? (descriptor.militaryEmergency ? "military emergency" : undefined),
      onGround: offsets[CAPABILITY] >= 0 ? readOnGround(bytes, offsets[CAPABILITY]) : undefined,
      description: reply,
      transport: "Mode A/C/S",
    };
    context.observations.push({ type: "claim", sensorKey, time: sensorTime, about: identities, statements });
    return undefined;
  };
}
