// One source of Mode S messages: which aircraft there are, and what each message adds. Shared by Beast and AVR.

import { type Metres, type MetresPerSecond, metres, metresPerSecond } from "../../base/units.ts";
import type { ClaimStatements, Height, Identity, Observation, PositionMeasurement, SensorTime } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import type { ProtocolOptions } from "../protocol.ts";
import { type Aircraft, type AircraftTable, admit, createAircraftTable, NOT_ICAO, sweep } from "./aircraft-table.ts";
import { categoryWords } from "./category.ts";
import { type AirbornePosition, decodeExtendedSquitter, type ExtendedSquitter, type SurfacePosition } from "./extended-squitter.ts";
import { codeField, decodeHeader, replyOnGround, replySquawk } from "./message.ts";
import { placeAircraft, type ReferenceEvidence } from "./position.ts";
import { geometricHeightSigma, positionSigma, velocitySigma } from "./quality.ts";

/** A velocity is put beside a position when it is not older than this, s; it is broadcast twice a second. */
const VELOCITY_FRESH = 3;
/** An airliner turns and accelerates with up to about this, m/s^2: what an older velocity loses in accuracy. */
const MANOEUVRE = 3;
/** The difference of the two heights changes slowly, with the weather and the level, s. */
const DIFFERENCE_FRESH = 30;
/** 1 sigma of a transponder's pressure altitude: 125 ft at 95 % (ICAO Annex 10 volume IV, 3.1.1.7.12.2.4). */
const PRESSURE_SIGMA = metres(38 / 1.96);
/** An unchanged claim is repeated after this, s, so that its age on the screen is honest. */
const CLAIM_PERIOD = 5;

export interface ModeSState {
  readonly table: AircraftTable;
  readonly evidence: ReferenceEvidence;
  /** Messages with a good parity whose address is not (yet) known: replies of aircraft that were never heard in clear. */
  unattributed: number;
}

export const createModeSState = (): ModeSState => ({
  table: createAircraftTable(),
  evidence: { near: 0, far: 0, heardLatitude: undefined, heardLongitude: undefined },
  unattributed: 0,
});

/** What one message said, for whoever shows messages; the fields that the observations are made of. */
export interface ModeSTrace {
  format?: number;
  aircraft?: Aircraft;
  address?: number;
  known?: boolean;
  transport?: Transport;
  squitter?: ExtendedSquitter;
  method?: "global" | "local" | "reference";
  latitude?: number;
  longitude?: number;
}

export type Transport = "ADS-B" | "TIS-B" | "ADS-R" | "MLAT" | "Mode S";

/**
 * Takes one Mode S message and appends what it says to `observations` and `errors`. Returns whether the message was good.
 *
 * `now` is the stream's clock in seconds, which never runs backwards; `time` goes into the observations.
 * Never throws. An address shows only after two messages whose parity proves it; addresses laid over the parity count only
 * for aircraft that are shown. Allocates nothing that outlives the call but the table, which is capped.
 */
export function receiveModeS(
  state: ModeSState,
  bytes: Uint8Array,
  offset: number,
  length: number,
  now: number,
  time: SensorTime | undefined,
  multilateration: boolean,
  options: ProtocolOptions,
  observations: Observation[],
  errors: DecodeError[],
  trace?: ModeSTrace,
): boolean {
  const header = decodeHeader(bytes, offset, length);
  if (!header.ok) {
    errors.push(header.error);
    return false;
  }
  const { format, address, addressSource } = header.value;
  if (trace !== undefined) {
    trace.format = format;
    trace.address = address;
  }
  const table = state.table;
  sweep(table, now);

  if (addressSource !== "parity") {
    const aircraft = table.aircraft.get(address);
    if (trace !== undefined) {
      trace.known = aircraft !== undefined;
      trace.aircraft = aircraft;
      trace.transport = "Mode S";
    }
    if (aircraft === undefined) {
      state.unattributed += 1;
      return true;
    }
    aircraft.messages += 1;
    aircraft.lastHeard = now;
    if (addressSource === "overlay") takeReply(aircraft, format, bytes, offset, now, time, observations);
    return true;
  }

  let squitter: ExtendedSquitter | undefined;
  let icao = true;
  let transport: Transport = format === 11 ? "Mode S" : multilateration ? "MLAT" : "ADS-B";
  if (format !== 11) {
    if (format === 18) {
      const control = bytes[offset] & 7; // CF, ICAO Annex 10 volume IV 3.1.2.8.7.2
      if (control === 4 || control === 7) {
        return true; // TIS-B and ADS-R management, and reserved: nothing about an aircraft
      }
      squitter = control === 3 ? undefined : decodeExtendedSquitter(bytes, offset + 4);
      if (control === 1 || control === 5) icao = false;
      // IMF: 1 says that the address is not ICAO's.
      if ((control === 2 || control === 6) && squitter !== undefined) icao = !hasForeignAddress(squitter);
      if (control === 3) icao = (bytes[offset + 4] & 0x80) === 0;
      if (control >= 2 && control <= 5 && !multilateration) transport = "TIS-B";
      if (control === 6) transport = "ADS-R";
    } else if (format === 19 && (bytes[offset] & 7) !== 0) {
      return true; // military formats; only application field 0 is extended squitter
    } else squitter = decodeExtendedSquitter(bytes, offset + 4);
  }

  const key = icao ? address : address + NOT_ICAO;
  const head = ((bytes[offset + 4] ?? 0) << 16) | ((bytes[offset + 5] ?? 0) << 8) | (bytes[offset + 6] ?? 0);
  const tail = length === 14 ? (bytes[offset + 7] << 16) | (bytes[offset + 8] << 8) | bytes[offset + 9] : 0;
  const aircraft = admit(table, key, now, head, tail, errors);
  if (trace !== undefined) {
    trace.known = aircraft !== undefined;
    trace.aircraft = aircraft;
    trace.transport = transport;
    trace.squitter = squitter;
  }
  if (aircraft === undefined) return true;
  aircraft.messages += 1;
  aircraft.lastHeard = now;

  if (format === 11 || format === 17) {
    takeOnGround(aircraft, replyOnGround(format, bytes, offset), now, time, observations);
  }
  if (squitter === undefined) return true;
  switch (squitter.kind) {
    case "airborne-position":
      if (squitter.hasPosition) takePosition(state.evidence, aircraft, squitter, false, now, time, options, observations, errors, trace);
      break;
    case "surface-position":
      takeSurfaceVelocity(aircraft, squitter, now);
      takePosition(state.evidence, aircraft, squitter, true, now, time, options, observations, errors, trace);
      break;
    case "airborne-velocity":
      if (squitter.velocityEast !== undefined && squitter.velocityNorth !== undefined) {
        aircraft.velocityAt = now;
        aircraft.velocityEast = squitter.velocityEast;
        aircraft.velocityNorth = squitter.velocityNorth;
        aircraft.velocityUp = squitter.verticalRate;
        aircraft.nacv = squitter.nacv;
      }
      if (squitter.geometricMinusBarometric !== undefined) {
        aircraft.differenceAt = now;
        aircraft.geometricMinusBarometric = squitter.geometricMinusBarometric;
      }
      break;
    case "identification":
      takeIdentification(aircraft, squitter.callsign, squitter.category, transport, now, time, observations);
      break;
    case "aircraft-status":
      if (squitter.emergency !== undefined) {
        takeEmergency(aircraft, squitter.emergency, squitter.squawk, now, time, observations);
      }
      break;
    case "target-state":
      aircraft.nacp = squitter.nacp;
      // Version 0 has no such message: subtype 0 came with version 1, subtype 1 with version 2.
      if (aircraft.version === 0) aircraft.version = squitter.subtype === 1 ? 2 : 1;
      break;
    case "operational-status":
      aircraft.version = squitter.version;
      aircraft.nacp = squitter.version === 0 ? undefined : squitter.nacp;
      aircraft.nicSupplementA = squitter.nicSupplementA;
      aircraft.nicSupplementC = squitter.nicSupplementC;
      if (squitter.gva !== undefined) aircraft.gva = squitter.gva;
      break;
    case "other":
      break;
  }
  return true;
}

/** The IMF bit of TIS-B and ADS-R, which stands in another place in each message (ICAO Doc 9871 C.2.4, DO-260B 2.2.17). */
function hasForeignAddress(squitter: ExtendedSquitter): boolean {
  switch (squitter.kind) {
    case "airborne-position":
      return squitter.bit8;
    case "surface-position":
      return squitter.bit21;
    case "airborne-velocity":
      return squitter.bit9;
    case "operational-status":
      return squitter.bit56;
    default:
      return false;
  }
}

const identitiesOf = (aircraft: Aircraft): Identity[] => [{ scheme: "icao24", value: aircraft.name }];

function claim(aircraft: Aircraft, time: SensorTime | undefined, statements: ClaimStatements, observations: Observation[]): void {
  observations.push({ type: "claim", sensorKey: "", time, about: identitiesOf(aircraft), statements });
}

/** DF0, 4, 5, 16, 20, 21 and 24 of a known aircraft. Their altitude has no place and so makes no detection. */
function takeReply(
  aircraft: Aircraft,
  format: number,
  bytes: Uint8Array,
  offset: number,
  now: number,
  time: SensorTime | undefined,
  observations: Observation[],
): void {
  // Noise takes the address of one of a few hundred known aircraft every minute or so. It does not say the same thing twice running.
  if ((format === 5 || format === 21) && codeField(bytes, offset) !== 0) {
    const squawk = replySquawk(bytes, offset);
    const agreed = squawk === aircraft.repliedSquawk;
    aircraft.repliedSquawk = squawk;
    if (agreed) takeSquawk(aircraft, squawk, now, time, observations);
  }
  const onGround = replyOnGround(format, bytes, offset);
  if (onGround === undefined) return;
  const agreed = onGround === aircraft.repliedOnGround;
  aircraft.repliedOnGround = onGround;
  if (agreed) takeOnGround(aircraft, onGround, now, time, observations);
}

function takeSquawk(aircraft: Aircraft, squawk: string, now: number, time: SensorTime | undefined, observations: Observation[]): void {
  if (squawk === aircraft.squawk && now - aircraft.squawkAt < CLAIM_PERIOD) return;
  aircraft.squawk = squawk;
  aircraft.squawkAt = now;
  claim(aircraft, time, { icao24: aircraft.name, squawk }, observations);
}

function takeOnGround(
  aircraft: Aircraft,
  onGround: boolean | undefined,
  now: number,
  time: SensorTime | undefined,
  observations: Observation[],
): void {
  if (onGround === undefined) return;
  if (onGround === aircraft.onGround && now - aircraft.onGroundAt < CLAIM_PERIOD) return;
  aircraft.onGround = onGround;
  aircraft.onGroundAt = now;
  claim(aircraft, time, { icao24: aircraft.name, onGround }, observations);
}

function takeIdentification(
  aircraft: Aircraft,
  callsign: string | undefined,
  category: string | undefined,
  transport: Transport,
  now: number,
  time: SensorTime | undefined,
  observations: Observation[],
): void {
  if (callsign === undefined && category === undefined) return;
  if (callsign === aircraft.callsign && category === aircraft.category && now - aircraft.callsignAt < CLAIM_PERIOD) return;
  aircraft.callsign = callsign;
  aircraft.category = category;
  aircraft.callsignAt = now;
  const words = category === undefined ? undefined : categoryWords(category);
  claim(aircraft, time, { icao24: aircraft.name, callsign, category: words, transport }, observations);
}

function takeEmergency(
  aircraft: Aircraft,
  emergency: string,
  squawk: string | undefined,
  now: number,
  time: SensorTime | undefined,
  observations: Observation[],
): void {
  if (emergency === aircraft.emergency && squawk === aircraft.squawk && now - aircraft.emergencyAt < CLAIM_PERIOD) return;
  aircraft.emergency = emergency;
  aircraft.emergencyAt = now;
  if (squawk !== undefined) {
    aircraft.squawk = squawk;
    aircraft.squawkAt = now;
  }
  claim(aircraft, time, { icao24: aircraft.name, emergency, squawk }, observations);
}

function takeSurfaceVelocity(aircraft: Aircraft, squitter: SurfacePosition, now: number): void {
  if (squitter.groundSpeed === undefined) return;
  // Standing still needs no track.
  if (squitter.groundTrack === undefined && squitter.groundSpeed > 0) return;
  const track = squitter.groundTrack ?? 0;
  aircraft.velocityAt = now;
  aircraft.velocityEast = squitter.groundSpeed * Math.sin(track);
  aircraft.velocityNorth = squitter.groundSpeed * Math.cos(track);
  aircraft.velocityUp = undefined;
  aircraft.nacv = 0;
}

function takePosition(
  evidence: ReferenceEvidence,
  aircraft: Aircraft,
  squitter: AirbornePosition | SurfacePosition,
  surface: boolean,
  now: number,
  time: SensorTime | undefined,
  options: ProtocolOptions,
  observations: Observation[],
  errors: DecodeError[],
  trace: ModeSTrace | undefined,
): void {
  const placed = placeAircraft(aircraft, surface, squitter.odd, squitter.cprLatitude, squitter.cprLongitude, now, options, evidence);
  takeOnGround(aircraft, surface, now, time, observations);
  if (placed.outcome === "waiting") return;
  if (placed.outcome === "no-reference") {
    if (!aircraft.saidUnplaced) {
      errors.push({
        code: "unplaced",
        item: "surface CPR",
        message: `${aircraft.name} is on the ground and cannot be placed: the receiver's own position is not configured`,
      });
    }
    aircraft.saidUnplaced = true;
    return;
  }
  if (placed.outcome === "refused") {
    errors.push({
      code: "inconsistent",
      item: `CPR ${placed.gate} gate`,
      message:
        placed.gate === "speed"
          ? `${aircraft.name} would have jumped ${Math.round(placed.metres / 1000)} km; the position was not used`
          : `${aircraft.name} would be ${Math.round(placed.metres / 1000)} km from the receiver; the position was not used`,
    });
    return;
  }
  if (placed.elsewhere !== undefined) {
    errors.push({
      code: "unplaced",
      item: "receiver position",
      message:
        `${aircraft.name} is ${Math.round(placed.elsewhere / 1000)} km from the configured position: the receiver must be elsewhere, ` +
        "so that position is not used",
    });
  }
  const { latitude, longitude } = placed.position;
  if (trace !== undefined) {
    trace.method = placed.method;
    trace.latitude = latitude;
    trace.longitude = longitude;
  }
  let supplementB = false;
  let height: Height | undefined;
  if (squitter.kind === "airborne-position") {
    supplementB = squitter.bit8;
    height = heightOf(aircraft, squitter, now);
  }
  const measurement: Mutable<PositionMeasurement> = { kind: "position", latitude, longitude };
  if (height !== undefined) measurement.height = height;
  measurement.horizontalSigma = positionSigma(
    squitter.typeCode,
    aircraft.version,
    aircraft.nacp,
    aircraft.nicSupplementA,
    supplementB,
    aircraft.nicSupplementC,
  );
  const velocityAge = now - aircraft.velocityAt;
  if (aircraft.velocityAt >= 0 && velocityAge <= VELOCITY_FRESH) {
    measurement.velocityEast = metresPerSecond(aircraft.velocityEast);
    measurement.velocityNorth = metresPerSecond(aircraft.velocityNorth);
    if (aircraft.velocityUp !== undefined) measurement.velocityUp = metresPerSecond(aircraft.velocityUp);
    const sigma = velocitySigma(aircraft.nacv);
    if (sigma !== undefined) measurement.velocitySigma = Math.hypot(sigma, MANOEUVRE * velocityAge) as MetresPerSecond;
  }
  observations.push({ type: "detection", sensorKey: "", time, measurement, identities: identitiesOf(aircraft) });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Height above the ellipsoid where the aircraft tells it, because it needs no pressure setting; its pressure altitude else. */
function heightOf(aircraft: Aircraft, squitter: AirbornePosition, now: number): Height | undefined {
  if (squitter.altitude === undefined) return undefined;
  if (squitter.altitudeKind === "hae") return { kind: "hae", value: squitter.altitude, sigma: geometricHeightSigma(aircraft.gva) };
  if (aircraft.differenceAt >= 0 && now - aircraft.differenceAt <= DIFFERENCE_FRESH) {
    const value = (squitter.altitude + aircraft.geometricMinusBarometric) as Metres;
    return { kind: "hae", value, sigma: geometricHeightSigma(aircraft.gva) };
  }
  return { kind: "pressure", value: squitter.altitude, sigma: PRESSURE_SIGMA };
}
