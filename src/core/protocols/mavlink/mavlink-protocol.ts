import { sanitizeText } from "../../base/text.ts";
import { type Metres, type Micros, metres, metresPerSecond, micros, RADIANS_PER_DEGREE } from "../../base/units.ts";
import type { ClaimStatements, Height, Identity, Observation, PositionMeasurement, SensorTime } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import { categoryWords } from "../mode-s/category.ts";
import type { Protocol, ProtocolOptions } from "../protocol.ts";
import { createRemoteIdState, observeReport, type RemoteIdState, tickReports } from "../remote-id/uas-report.ts";
import { type MavlinkFrame, scanFrames } from "./frame.ts";
import {
  ADSB_VEHICLE,
  ATTITUDE,
  COLLISION,
  GLOBAL_POSITION_INT,
  GPS_RAW_INT,
  HEARTBEAT,
  OPEN_DRONE_ID_SYSTEM_UPDATE,
  SYSTEM_TIME,
} from "./messages.ts";
import { addressOffset, otherAircraft, positionOf, reportOf } from "./open-drone-id.ts";
import { float32, int16, int32, latin, offsetsOf, uint8, uint16, uint32, uint64 } from "./payload.ts";

const BEAT = offsetsOf(HEARTBEAT, "type", "autopilot", "base_mode", "system_status");
const CLOCK = offsetsOf(SYSTEM_TIME, "time_unix_usec", "time_boot_ms");
const GPS = offsetsOf(GPS_RAW_INT, "time_usec", "fix_type", "lat", "lon", "alt", "vel", "cog", "alt_ellipsoid", "h_acc", "v_acc");
const GLOBAL = offsetsOf(GLOBAL_POSITION_INT, "time_boot_ms", "lat", "lon", "alt", "relative_alt", "vx", "vy", "vz");
const UPDATE = offsetsOf(OPEN_DRONE_ID_SYSTEM_UPDATE, "operator_latitude", "operator_longitude", "operator_altitude_geo");
const VEHICLE = offsetsOf(
  ADSB_VEHICLE,
  "ICAO_address",
  "lat",
  "lon",
  "altitude_type",
  "altitude",
  "heading",
  "hor_velocity",
  "ver_velocity",
  "callsign",
  "emitter_type",
  "tslc",
  "flags",
  "squawk",
);

/** System numbers are one octet; a source may have a few connections. */
const MAX_SYSTEMS = 1_024;
const MAX_VEHICLES = 4_096;
/** Message numbers that were told once as not read. */
const MAX_UNREAD = 1_024;
const FORGET_AFTER = 600_000_000; // us
/** GPS_RAW_INT stands in for a position when GLOBAL_POSITION_INT was silent for this long. */
const POSITION_SILENCE = 5_000_000; // us
const CLAIM_PERIOD = 5_000_000; // us
/** A height above take-off changes all the time; it is told this often. */
const HEIGHT_PERIOD = 1_000_000; // us
/** An ADS-B receiver's vehicle that was silent for longer, s, is not where it was. */
const VEHICLE_AGE = 10;

/** A vehicle on the link. Plain data. */
export interface MavlinkSystem {
  lastHeard: Micros;
  /** UTC of boot, from SYSTEM_TIME. */
  bootAt: Micros | undefined;
  /** When GLOBAL_POSITION_INT last gave a position. */
  positionAt: Micros | undefined;
  /** 1 sigma, from GPS_RAW_INT of version 2. */
  horizontalSigma: Metres | undefined;
  verticalSigma: Metres | undefined;
  claim: string;
  claimedAt: Micros | undefined;
  /** When its height above take-off was last told. */
  heightAt: Micros | undefined;
}

interface VehicleClaim {
  claim: string;
  claimedAt: Micros;
}

export interface MavlinkState {
  /** By "connection/system". */
  readonly systems: Map<string, MavlinkSystem>;
  readonly vehicles: Map<string, VehicleClaim>;
  readonly remoteId: RemoteIdState;
  /** Messages that Picket does not read, by number, and how often they came. */
  readonly unread: Map<number, number>;
  evicted: number;
}

/**
 * Aircraft from MAVLink: own vehicles' telemetry, ADS-B traffic, and Remote ID that a receiver heard. Picket only listens.
 *
 * A packet is one frame or one datagram of several. A message that Picket does not read is told once for each number and then
 * counted. A vehicle's identity is its system number, which is unique on its link only.
 */
export const mavlinkProtocol: Protocol<MavlinkState> = {
  name: "mavlink",
  createState: () => ({
    systems: new Map(),
    vehicles: new Map(),
    remoteId: createRemoteIdState(),
    unread: new Map(),
    evicted: 0,
  }),
  receive(state, packet, options) {
    const observations: Observation[] = [];
    const errors: DecodeError[] = [];
    let records = 0;
    scanFrames(
      packet.bytes,
      (frame) => {
        if (take(state, frame, packet.receivedAt, packet.connection, options, observations, errors)) records += 1;
      },
      errors,
      true,
    );
    return { observations, errors, records };
  },
  tick(state, now) {
    for (const [key, system] of state.systems) if (now - system.lastHeard > FORGET_AFTER) state.systems.delete(key);
    for (const [key, vehicle] of state.vehicles) if (now - vehicle.claimedAt > FORGET_AFTER) state.vehicles.delete(key);
    return { observations: tickReports(state.remoteId, now), errors: [], replies: [], close: [] };
  },
};

function take(
  state: MavlinkState,
  frame: MavlinkFrame,
  receivedAt: Micros,
  connection: number,
  options: ProtocolOptions,
  observations: Observation[],
  errors: DecodeError[],
): boolean {
  const { definition } = frame;
  if (definition === undefined) {
    const count = state.unread.get(frame.messageId);
    if (count === undefined && state.unread.size >= MAX_UNREAD) return false;
    state.unread.set(frame.messageId, (count ?? 0) + 1);
    if (count === undefined) {
      errors.push({
        code: "unsupported",
        item: `MAVLink message ${frame.messageId}`,
        message: `message ${frame.messageId} is not one that Picket reads; told once`,
      });
    }
    return false;
  }
  if (definition === ATTITUDE || definition === COLLISION) return true; // read by `picket decode` only
  const context: Context = { state, frame, receivedAt, connection, options, observations, errors };
  switch (definition) {
    case HEARTBEAT:
      takeHeartbeat(context);
      return true;
    case SYSTEM_TIME: {
      const unix = uint64(frame, CLOCK.time_unix_usec);
      const system = systemOf(context);
      // Before the receiver has a fix the clock counts from 0 or from 1980.
      if (unix > EARLIEST_CLOCK && unix < LATEST_CLOCK) system.bootAt = micros(unix - uint32(frame, CLOCK.time_boot_ms) * 1000);
      return true;
    }
    case GPS_RAW_INT:
      return takeGps(context);
    case GLOBAL_POSITION_INT:
      return takeGlobalPosition(context);
    case ADSB_VEHICLE:
      return takeVehicle(context);
    case OPEN_DRONE_ID_SYSTEM_UPDATE:
      return takeOperator(context);
    default:
      return takeOpenDroneId(context);
  }
}

const EARLIEST_CLOCK = 1_420_070_400_000_000; // 2015, us
const LATEST_CLOCK = 7_258_118_400_000_000; // 2200, us

interface Context {
  readonly state: MavlinkState;
  readonly frame: MavlinkFrame;
  readonly receivedAt: Micros;
  readonly connection: number;
  readonly options: ProtocolOptions;
  readonly observations: Observation[];
  readonly errors: DecodeError[];
}

function systemOf(context: Context): MavlinkSystem {
  const { systems } = context.state;
  const key = `${context.connection}/${context.frame.system}`;
  let system = systems.get(key);
  if (system === undefined) {
    if (systems.size >= MAX_SYSTEMS) {
      let silent: string | undefined;
      let since = Number.POSITIVE_INFINITY;
      for (const [other, candidate] of systems) {
        // One that gives positions is worth more than one that does not, whenever it was heard.
        const worth = candidate.lastHeard + (candidate.positionAt === undefined ? 0 : FORGET_AFTER);
        if (worth < since) {
          since = worth;
          silent = other;
        }
      }
      systems.delete(silent!);
      context.state.evicted += 1;
      context.errors.push({ code: "oversized", item: "MAVLink systems", message: `more than ${MAX_SYSTEMS} systems: one was dropped` });
    }
    system = {
      lastHeard: context.receivedAt,
      bootAt: undefined,
      positionAt: undefined,
      horizontalSigma: undefined,
      verticalSigma: undefined,
      claim: "",
      claimedAt: undefined,
      heightAt: undefined,
    };
    systems.set(key, system);
  }
  system.lastHeard = context.receivedAt;
  return system;
}

const vehicleIdentity = (context: Context): Identity[] => [{ scheme: "mavlink-system", value: String(context.frame.system) }];

/** UTC when SYSTEM_TIME told when the vehicle was started, else its own counter. */
function bootTime(system: MavlinkSystem, bootMilliseconds: number): SensorTime {
  if (system.bootAt !== undefined) return { kind: "utc", at: micros(system.bootAt + bootMilliseconds * 1000) };
  return { kind: "relative", at: micros(bootMilliseconds * 1000) };
}

// MAV_TYPE, the kinds that fly or drive; ground stations, antennas, cameras and the like are no vehicles.
const VEHICLE_TYPES: Readonly<Record<number, string>> = {
  0: "generic",
  1: "fixed wing",
  2: "quadrotor",
  3: "coaxial helicopter",
  4: "helicopter",
  7: "airship",
  8: "free balloon",
  9: "rocket",
  10: "ground rover",
  11: "surface boat",
  12: "submarine",
  13: "hexarotor",
  14: "octorotor",
  15: "tricopter",
  16: "flapping wing",
  17: "kite",
  19: "VTOL tail-sitter duo",
  20: "VTOL tail-sitter quad",
  21: "VTOL tilt-rotor",
  22: "VTOL fixed rotor",
  23: "VTOL tail-sitter",
  24: "VTOL tilt-wing",
  28: "parafoil",
  29: "dodecarotor",
  35: "decarotor",
};
const SYSTEM_STATES = [
  "uninitialised",
  "booting",
  "calibrating",
  "standby",
  "active",
  "critical",
  "emergency",
  "powering off",
  "terminated",
];
const NO_AUTOPILOT = 8;
const ARMED = 0x80;

function takeHeartbeat(context: Context): void {
  const { frame } = context;
  const category = VEHICLE_TYPES[uint8(frame, BEAT.type)];
  if (category === undefined || uint8(frame, BEAT.autopilot) === NO_AUTOPILOT) return;
  const system = systemOf(context);
  const status = uint8(frame, BEAT.system_status);
  const statements: { -readonly [K in keyof ClaimStatements]: ClaimStatements[K] } = { category, transport: "MAVLink" };
  const word = SYSTEM_STATES[status];
  if (word !== undefined) statements.operationalStatus = `${word}, ${(uint8(frame, BEAT.base_mode) & ARMED) !== 0 ? "armed" : "disarmed"}`;
  if (status === 6) statements.emergency = "emergency";
  claim(context, system, statements);
}

function claim(context: Context, system: MavlinkSystem, statements: ClaimStatements): void {
  const text = `${statements.category ?? ""}|${statements.operationalStatus ?? ""}`;
  const due = system.claimedAt === undefined || context.receivedAt - system.claimedAt >= CLAIM_PERIOD;
  if (text === system.claim && !due) return;
  system.claim = text;
  system.claimedAt = context.receivedAt;
  tell(context, statements);
}

function tell(context: Context, statements: ClaimStatements): void {
  const said = isGenuine(context) ? { ...statements, authenticated: true } : statements;
  context.observations.push({ type: "claim", sensorKey: "", time: undefined, about: vehicleIdentity(context), statements: said });
}

const isGenuine = (context: Context) => context.options.signaturesVerified === true && context.frame.signed;

function takeGlobalPosition(context: Context): boolean {
  const system = systemOf(context);
  const { frame } = context;
  const position = positionOf(frame, GLOBAL.lat, GLOBAL.lon, "GLOBAL_POSITION_INT.lat");
  if (!position.ok) {
    context.errors.push(position.error);
    return false;
  }
  if (position.value === undefined) return true; // no fix yet
  system.positionAt = context.receivedAt;
  const time = bootTime(system, uint32(frame, GLOBAL.time_boot_ms));
  const measurement: PositionMeasurement = {
    kind: "position",
    ...position.value,
    height: heightOf("amsl", int32(frame, GLOBAL.alt), system.verticalSigma),
    horizontalSigma: system.horizontalSigma,
    velocityNorth: metresPerSecond(int16(frame, GLOBAL.vx) / 100),
    velocityEast: metresPerSecond(int16(frame, GLOBAL.vy) / 100),
    velocityUp: metresPerSecond(-int16(frame, GLOBAL.vz) / 100),
  };
  const identities = vehicleIdentity(context);
  context.observations.push({ type: "detection", sensorKey: "", time, measurement, identities });
  const above = heightOf("takeoff", int32(frame, GLOBAL.relative_alt));
  if (above !== undefined && (system.heightAt === undefined || context.receivedAt - system.heightAt >= HEIGHT_PERIOD)) {
    system.heightAt = context.receivedAt;
    tell(context, { heightAboveTakeoff: above.value });
  }
  return true;
}

/** Millimetres; undefined for what no aircraft reaches, INT32_MAX among it. */
function heightOf(kind: Height["kind"], millimetres: number, sigma?: Metres): Height | undefined {
  return millimetres > -2_000_000 && millimetres < 100_000_000 ? { kind, value: metres(millimetres / 1000), sigma } : undefined;
}

/** Its accuracy is kept for the fused position; it is a position itself only where the fused one is not sent. */
function takeGps(context: Context): boolean {
  const system = systemOf(context);
  // 1 sigma as the receiver says it; 0 is unknown. Fix types 3 to 6 are three-dimensional.
  const { frame } = context;
  const fix = uint8(frame, GPS.fix_type);
  const placed = fix >= 3 && fix <= 6;
  const horizontal = uint32(frame, GPS.h_acc);
  const vertical = uint32(frame, GPS.v_acc);
  system.horizontalSigma = placed && horizontal > 0 && horizontal < 1e8 ? metres(horizontal / 1000) : undefined;
  system.verticalSigma = placed && vertical > 0 && vertical < 1e8 ? metres(vertical / 1000) : undefined;
  if (!placed) return true;
  if (system.positionAt !== undefined && context.receivedAt - system.positionAt < POSITION_SILENCE) return true;
  const position = positionOf(frame, GPS.lat, GPS.lon, "GPS_RAW_INT.lat");
  if (!position.ok) {
    context.errors.push(position.error);
    return false;
  }
  if (position.value === undefined) return true;
  const speed = uint16(frame, GPS.vel); // cm/s; 65535 is unknown
  const course = uint16(frame, GPS.cog); // 1/100 degree; 65535 is unknown
  const moving = speed < 65_535 && course < 36_000;
  const angle = (course / 100) * RADIANS_PER_DEGREE;
  const ellipsoid = int32(frame, GPS.alt_ellipsoid);
  const measurement: PositionMeasurement = {
    kind: "position",
    ...position.value,
    height:
      ellipsoid === 0 ? heightOf("amsl", int32(frame, GPS.alt), system.verticalSigma) : heightOf("hae", ellipsoid, system.verticalSigma),
    horizontalSigma: system.horizontalSigma,
    velocityEast: moving ? metresPerSecond((speed / 100) * Math.sin(angle)) : undefined,
    velocityNorth: moving ? metresPerSecond((speed / 100) * Math.cos(angle)) : undefined,
  };
  // time_usec is either since boot or since 1970; only the second says an instant.
  const stamp = uint64(frame, GPS.time_usec);
  const time: SensorTime | undefined = stamp > EARLIEST_CLOCK && stamp < LATEST_CLOCK ? { kind: "utc", at: micros(stamp) } : undefined;
  context.observations.push({ type: "detection", sensorKey: "", time, measurement, identities: vehicleIdentity(context) });
  return true;
}

// ADSB_FLAGS
const VALID_COORDINATES = 1;
const VALID_ALTITUDE = 2;
const VALID_HEADING = 4;
const VALID_VELOCITY = 8;
const VALID_CALLSIGN = 16;
const VALID_SQUAWK = 32;
const SIMULATED = 64;
const VERTICAL_VELOCITY_VALID = 128;

/** The code is written as a decimal number whose digits are the octal ones. */
function isSquawk(code: number): boolean {
  return code <= 7777 && code % 10 < 8 && Math.floor(code / 10) % 10 < 8 && Math.floor(code / 100) % 10 < 8;
}

/** ADSB_EMITTER_TYPE to the category of the broadcast. */
const EMITTERS = ["", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "", "B1", "B2", "B3", "B4", "", "B6", "B7", "", "C1", "C2", "C3"];
/**
 * "Pressure altitude, QNH" is above sea level by its name and pressure altitude in many receivers: the two differ by up to
 * 8 m for each hPa, so it is taken by its name with an error that covers a usual day.
 */
const QNH_SIGMA = metres(100);

function takeVehicle(context: Context): boolean {
  const { state, frame, receivedAt, observations, errors } = context;
  const address = uint32(frame, VEHICLE.ICAO_address);
  if (address === 0 || address > 0xfffffe) {
    errors.push({ code: "out-of-range", item: "ADSB_VEHICLE.ICAO_address", message: "an aircraft address has 24 bits and is not 0" });
    return false;
  }
  const name = address.toString(16).padStart(6, "0");
  const flags = uint16(frame, VEHICLE.flags);
  const identities: Identity[] = [{ scheme: "icao24", value: name }];
  const statements: { -readonly [K in keyof ClaimStatements]: ClaimStatements[K] } = { icao24: name, transport: "ADS-B" };
  const callsign = sanitizeText(latin(frame, VEHICLE.callsign, 9), 8);
  if ((flags & VALID_CALLSIGN) !== 0 && callsign !== "") statements.callsign = callsign;
  const squawk = uint16(frame, VEHICLE.squawk);
  if ((flags & VALID_SQUAWK) !== 0 && isSquawk(squawk)) statements.squawk = String(squawk).padStart(4, "0");
  const category = EMITTERS[uint8(frame, VEHICLE.emitter_type)];
  if (category !== undefined && category !== "") statements.category = categoryWords(category);
  const text = `${statements.callsign ?? ""}|${statements.squawk ?? ""}|${statements.category ?? ""}`;
  const known = state.vehicles.get(name);
  if (known === undefined && state.vehicles.size >= MAX_VEHICLES) {
    errors.push({ code: "oversized", item: "ADSB_VEHICLE", message: `more than ${MAX_VEHICLES} aircraft at once: a claim was left out` });
  } else if (known === undefined || known.claim !== text || receivedAt - known.claimedAt >= CLAIM_PERIOD) {
    state.vehicles.set(name, { claim: text, claimedAt: receivedAt });
    observations.push({ type: "claim", sensorKey: "", time: undefined, about: identities, statements });
  }
  if ((flags & VALID_COORDINATES) === 0 || uint8(frame, VEHICLE.tslc) > VEHICLE_AGE) return true;
  const position = positionOf(frame, VEHICLE.lat, VEHICLE.lon, "ADSB_VEHICLE.lat");
  if (!position.ok) {
    errors.push(position.error);
    return false;
  }
  if (position.value === undefined) return true;
  const heading = uint16(frame, VEHICLE.heading);
  const moving = (flags & VALID_VELOCITY) !== 0 && (flags & VALID_HEADING) !== 0 && heading < 36_000;
  const angle = (heading / 100) * RADIANS_PER_DEGREE;
  const speed = uint16(frame, VEHICLE.hor_velocity) / 100;
  const geometric = uint8(frame, VEHICLE.altitude_type) === 1;
  const altitude = int32(frame, VEHICLE.altitude);
  const measurement: PositionMeasurement = {
    kind: "position",
    ...position.value,
    height: (flags & VALID_ALTITUDE) === 0 ? undefined : geometric ? heightOf("hae", altitude) : heightOf("amsl", altitude, QNH_SIGMA),
    velocityEast: moving ? metresPerSecond(speed * Math.sin(angle)) : undefined,
    velocityNorth: moving ? metresPerSecond(speed * Math.cos(angle)) : undefined,
    velocityUp: (flags & VERTICAL_VELOCITY_VALID) !== 0 ? metresPerSecond(int16(frame, VEHICLE.ver_velocity) / 100) : undefined,
  };
  // How long ago it was heard is told in whole seconds; the time of receipt less that is not better than nothing.
  const simulated = (flags & SIMULATED) !== 0 ? { simulated: true } : {};
  observations.push({ type: "detection", sensorKey: "", time: undefined, measurement, identities, ...simulated });
  return true;
}

/** Where the pilot of the vehicle is now. */
function takeOperator(context: Context): boolean {
  const { frame } = context;
  const position = positionOf(frame, UPDATE.operator_latitude, UPDATE.operator_longitude, "OPEN_DRONE_ID_SYSTEM_UPDATE.operator_latitude");
  if (!position.ok) {
    context.errors.push(position.error);
    return false;
  }
  if (position.value === undefined) return true;
  const { latitude, longitude } = position.value;
  const height = float32(frame, UPDATE.operator_altitude_geo); // -1000 is unknown
  tell(context, {
    operatorLatitude: latitude,
    operatorLongitude: longitude,
    operatorPositionKind: "live",
    operatorHeight: height > -1000 && height < 100_000 ? { kind: "hae", value: metres(height) } : undefined,
  });
  return true;
}

/** Not an address on any radio: tells the messages of one sender apart inside this source. */
const OWN = "mavlink-system";

function takeOpenDroneId(context: Context): boolean {
  const { state, frame, receivedAt, connection, observations, errors } = context;
  const definition = frame.definition!;
  const addressAt = addressOffset(definition);
  if (addressAt === undefined) return true; // arming status of the own vehicle
  const other = otherAircraft(frame, addressAt);
  const own = `${OWN} ${connection}/${frame.system}`;
  const report = reportOf(definition, frame, other ?? own);
  if (!report.ok) {
    errors.push(report.error);
    return false;
  }
  if (report.value === undefined) return true;
  for (const observation of observeReport(state.remoteId, report.value, receivedAt)) {
    observations.push(other === undefined ? ofSystem(observation, own, vehicleIdentity(context)) : observation);
  }
  return true;
}

/** Puts the vehicle's system number where the sender's mark stood: it is one more name of the same aircraft. */
function ofSystem(observation: Observation, mark: string, system: readonly Identity[]): Observation {
  const named = (identities: readonly Identity[]) => [...identities.filter((identity) => identity.value !== mark), ...system];
  if (observation.type === "detection") return { ...observation, identities: named(observation.identities) };
  if (observation.type === "claim") return { ...observation, about: named(observation.about) };
  return observation;
}
