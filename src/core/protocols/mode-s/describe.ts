// One JSON object for each message, for people and for comparing with other decoders.

import { toHex } from "../../base/hex.ts";
import { DEGREES_PER_RADIAN } from "../../base/units.ts";
import { decodeAvrLine, receiveAvr } from "../avr/avr-protocol.ts";
import { BEAST_HEADER_LENGTH } from "../beast/beast-framer.ts";
import { createBeastState, receiveBeast } from "../beast/beast-protocol.ts";
import type { DecodeError } from "../decode-error.ts";
import type { Packet, ProtocolOptions } from "../protocol.ts";
import { categoryWords } from "./category.ts";
import { describeRegister } from "./comm-b.ts";
import type { ExtendedSquitter } from "./extended-squitter.ts";
import { addressHex, flightStatus, replyAltitude, replyOnGround, replySquawk } from "./message.ts";
import type { ModeSTrace } from "./mode-s-receiver.ts";
import { navigationIntegrity, navigationUncertainty } from "./quality.ts";

export type Describer = (packet: Packet) => Record<string, unknown>[];

/** What a bad packet looks like in the output of `picket decode`. */
export const describeError = (error: DecodeError): Record<string, unknown> => {
  const described: Record<string, unknown> = { error: error.code, item: error.item, message: error.message };
  if (error.offset !== undefined) described.offset = error.offset;
  return described;
};

/**
 * Makes a function that takes one Beast frame, or one AVR line where `format` is "avr", and returns one object for the
 * message and one for each error. It keeps the table of aircraft, so that positions are placed as they are when running:
 * a message of an address that is not shown yet says `known: false`. Every quantity wears its unit.
 */
export function createModeSDescriber(options: ProtocolOptions & { readonly format?: "beast" | "avr" }): Describer {
  const state = createBeastState();
  return (packet) => {
    const trace: ModeSTrace = {};
    const avr = options.format === "avr";
    const { errors, records } = avr ? receiveAvr(state, packet, options, trace) : receiveBeast(state, packet, options, trace);
    const out: Record<string, unknown>[] = [];
    if (records > 0) {
      let message = packet.bytes.subarray(BEAST_HEADER_LENGTH);
      if (avr) {
        const line = decodeAvrLine(packet.bytes);
        if (line.ok) message = line.value.message;
      }
      const described = describe(trace, message);
      if (!avr) described.signal = Math.round((packet.bytes[7] / 255) * 1000) / 1000; // amplitude, 1 is full scale
      out.push(described);
    }
    for (const error of errors) out.push(describeError(error));
    return out;
  };
}

/** Removes what is undefined, so that "absent" and "unknown" look the same. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept;
}

const degrees = (angle: number | undefined) => (angle === undefined ? undefined : angle * DEGREES_PER_RADIAN);

function describe(trace: ModeSTrace, message: Uint8Array): Record<string, unknown> {
  if (message.length === 2) return { format: "Mode A/C", code: toHex(message) };
  const format = trace.format!;
  const fields: Record<string, unknown> = {
    format: `DF${format}`,
    icao24: trace.aircraft?.name ?? addressHex(trace.address!),
    known: trace.known,
    transport: trace.transport,
    frame: toHex(message),
  };
  if (format === 0 || format === 4 || format === 16 || format === 20) fields.pressureAltitudeMetres = replyAltitude(message, 0);
  if (format === 5 || format === 21) fields.squawk = replySquawk(message, 0);
  if (format === 4 || format === 5 || format === 20 || format === 21) {
    const status = flightStatus(message, 0);
    fields.alert = status === 2 || status === 3 || status === 4;
    fields.ident = status === 4 || status === 5;
  }
  fields.onGround = replyOnGround(format, message, 0);
  // Which register a reply carries is not in the reply: this is a guess, and shown as one.
  if (format === 20 || format === 21) fields.registerGuess = describeRegister(message, 4);
  if (trace.squitter !== undefined) Object.assign(fields, describeSquitter(trace.squitter, trace));
  if (trace.latitude !== undefined) {
    fields.latitudeDegrees = degrees(trace.latitude);
    fields.longitudeDegrees = degrees(trace.longitude);
    fields.positionBy = trace.method;
  }
  return present(fields);
}

function describeSquitter(squitter: ExtendedSquitter, trace: ModeSTrace): Record<string, unknown> {
  const aircraft = trace.aircraft;
  switch (squitter.kind) {
    case "identification":
      return {
        kind: squitter.kind,
        typeCode: squitter.typeCode,
        callsign: squitter.callsign,
        category: squitter.category === undefined ? undefined : categoryWords(squitter.category),
      };
    case "airborne-position":
    case "surface-position": {
      const version = aircraft?.version ?? 0;
      const supplementB = squitter.kind === "airborne-position" && squitter.bit8;
      const integrity =
        version === 0
          ? undefined
          : navigationIntegrity(
              squitter.typeCode,
              version,
              aircraft?.nicSupplementA ?? false,
              supplementB,
              aircraft?.nicSupplementC ?? false,
            );
      const common = {
        kind: squitter.kind,
        typeCode: squitter.typeCode,
        parity: squitter.odd ? "odd" : "even",
        cprLatitude: squitter.cprLatitude,
        cprLongitude: squitter.cprLongitude,
        nucp: version === 0 ? navigationUncertainty(squitter.typeCode) : undefined,
        nic: integrity?.nic,
        containmentMetres: integrity?.radius,
      };
      if (squitter.kind === "surface-position") {
        return { ...common, groundSpeedMetresPerSecond: squitter.groundSpeed, trackDegrees: degrees(squitter.groundTrack) };
      }
      return {
        ...common,
        surveillanceStatus: squitter.surveillanceStatus,
        [squitter.altitudeKind === "hae" ? "heightHaeMetres" : "pressureAltitudeMetres"]: squitter.altitude,
      };
    }
    case "airborne-velocity":
      return {
        kind: squitter.kind,
        typeCode: 19,
        subtype: squitter.subtype,
        nacv: squitter.nacv,
        velocityEastMetresPerSecond: squitter.velocityEast,
        velocityNorthMetresPerSecond: squitter.velocityNorth,
        headingDegrees: degrees(squitter.heading),
        airspeedMetresPerSecond: squitter.airspeed,
        airspeedKind: squitter.airspeedKind,
        verticalRateMetresPerSecond: squitter.verticalRate,
        verticalRateSource: squitter.verticalRateSource,
        geometricMinusBarometricMetres: squitter.geometricMinusBarometric,
      };
    case "aircraft-status":
      return {
        kind: squitter.kind,
        typeCode: 28,
        subtype: squitter.subtype,
        emergency: squitter.emergency,
        squawk: squitter.squawk,
        resolutionAdvisory: squitter.resolutionAdvisory,
      };
    case "target-state":
      return {
        kind: squitter.kind,
        typeCode: 29,
        subtype: squitter.subtype,
        selectedAltitudeMetres: squitter.selectedAltitude,
        selectedAltitudeSource: squitter.selectedAltitudeSource,
        pressureSettingHectopascals: squitter.pressureSetting === undefined ? undefined : squitter.pressureSetting / 100,
        selectedHeadingDegrees: degrees(squitter.selectedHeading),
        nacp: squitter.nacp,
        nicBaro: squitter.nicBaro,
        sil: squitter.sil,
        autopilot: squitter.autopilot,
        verticalNavigation: squitter.verticalNavigation,
        altitudeHold: squitter.altitudeHold,
        approach: squitter.approach,
        lateralNavigation: squitter.lateralNavigation,
        acasOperational: squitter.acasOperational,
        emergency: squitter.emergency,
      };
    case "operational-status": {
      const { kind, bit56: _, ...rest } = squitter;
      return { kind, typeCode: 31, ...rest };
    }
    case "other":
      return { kind: squitter.kind, typeCode: squitter.typeCode, subtype: squitter.subtype };
  }
}
