import { MICROS_PER_SECOND, micros, seconds } from "../../base/units.ts";
import type { Observation, SensorTime } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import { createModeSState, type ModeSState, type ModeSTrace, receiveModeS } from "../mode-s/mode-s-receiver.ts";
import type { Decoded, Packet, Protocol, ProtocolOptions } from "../protocol.ts";
import { BEAST_HEADER_LENGTH } from "./beast-framer.ts";
import { advance, createStreamClock, type StreamClock } from "./stream-clock.ts";

const TYPE_MODE_AC = 0x31;
const TYPE_SHORT = 0x32;
const TYPE_LONG = 0x33;
const MESSAGE_LENGTH = [2, 7, 14] as const;

/** Ticks of the receiver's counter in a second. */
const CLOCK_RATE = 12_000_000;
const TWO_TO_24 = 16_777_216;
/** Upper half of the time stamp that marks a position computed by multilateration: FF 00 "MLAT". */
export const MLAT_HIGH = 0xff004d;
export const MLAT_LOW = 0x4c4154;

/** Connections whose clocks are kept; a source has one, or a few over a reconnect. */
const MAX_CLOCKS = 16;

export interface BeastState {
  readonly modeS: ModeSState;
  /** One for each connection, newest last. */
  readonly clocks: Map<number, StreamClock>;
  /** Seconds; the newest of all clocks, where a new connection begins. */
  now: number;
}

export const createBeastState = (): BeastState => ({ modeS: createModeSState(), clocks: new Map(), now: 0 });

/**
 * Mode S from one Beast frame (see `createBeastFramer`).
 *
 * `time` of an observation is the receiver's 12 MHz counter as a relative time, or the time of day where
 * `options.beastTimestamps` is "gps". Receivers' counters drift and many forwarders rewrite them, so a source normally uses
 * the time of receipt (`timeBasis: receive`); inside, the counter measures the age of CPR pairs, where it holds together.
 */
export const beastProtocol: Protocol<BeastState> = {
  name: "beast",
  createState: createBeastState,
  receive: (state, packet, options) => receiveBeast(state, packet, options),
  connectionChanged(state, connection, change) {
    if (change === "closed") state.clocks.delete(connection);
    return { observations: [], errors: [], records: 0 };
  },
};

/** As `beastProtocol.receive`, and fills `trace` for whoever shows single messages. */
export function receiveBeast(state: BeastState, packet: Packet, options: ProtocolOptions, trace?: ModeSTrace): Decoded {
  const observations: Observation[] = [];
  const errors: DecodeError[] = [];
  const { bytes } = packet;
  const type = bytes[0];
  if (type !== TYPE_MODE_AC && type !== TYPE_SHORT && type !== TYPE_LONG) {
    errors.push({ code: "unsupported", item: "Beast type", message: "a Beast frame starts with type 1, 2 or 3", offset: 0, got: type });
    return { observations, errors, records: 0 };
  }
  const length = MESSAGE_LENGTH[type - TYPE_MODE_AC];
  const needed = BEAST_HEADER_LENGTH + length;
  if (bytes.length !== needed) {
    errors.push({
      code: bytes.length < needed ? "truncated" : "malformed",
      item: "Beast frame",
      message: `a Beast frame of type ${type - 0x30} has ${needed} octets`,
      needed,
      got: bytes.length,
    });
    return { observations, errors, records: 0 };
  }
  const high = (bytes[1] << 16) | (bytes[2] << 8) | bytes[3];
  const low = (bytes[4] << 16) | (bytes[5] << 8) | bytes[6];
  const multilateration = high === MLAT_HIGH && low === MLAT_LOW;
  const stamp = beastStamp(high, low, options);
  const now = keepTime(state, packet, multilateration ? undefined : stamp?.seconds);
  if (type === TYPE_MODE_AC) return { observations, errors, records: 1 }; // a code without an address: nothing to attribute
  const good = receiveModeS(
    state.modeS,
    bytes,
    BEAST_HEADER_LENGTH,
    length,
    now,
    multilateration ? undefined : stamp?.time,
    multilateration,
    options,
    observations,
    errors,
    trace,
  );
  return { observations, errors, records: good ? 1 : 0 };
}

export interface Stamp {
  /** For differences between stamps of one stream. */
  readonly seconds: number;
  readonly time: SensorTime;
}

/** A time stamp by its two halves of 24 bits; undefined for 0, which programs send that have no counter. */
export function beastStamp(high: number, low: number, options: ProtocolOptions): Stamp | undefined {
  if (high === 0 && low === 0) return undefined;
  if (options.beastTimestamps === "gps") {
    // Radarcape: 18 bits seconds of the day, UTC, then 30 bits of nanoseconds.
    const day = high >>> 6;
    const nanoseconds = (high & 0x3f) * TWO_TO_24 + low;
    if (day >= 86_401 || nanoseconds >= 1_000_000_000) return undefined;
    const value = day + nanoseconds / 1e9;
    return { seconds: value, time: { kind: "time-of-day", seconds: seconds(value) } };
  }
  const ticks = high * TWO_TO_24 + low;
  return { seconds: ticks / CLOCK_RATE, time: { kind: "relative", at: micros(Math.round(ticks / 12)) } };
}

/** Moves the connection's clock on by one frame and returns it, s. `stamp` is undefined where the frame has none. */
export function keepTime(state: BeastState, packet: Packet, stamp: number | undefined): number {
  let clock = state.clocks.get(packet.connection);
  if (clock === undefined) {
    if (state.clocks.size >= MAX_CLOCKS) {
      for (const oldest of state.clocks.keys()) {
        state.clocks.delete(oldest);
        break;
      }
    }
    clock = createStreamClock(state.now);
    state.clocks.set(packet.connection, clock);
  }
  const now = advance(clock, packet.receivedAt / MICROS_PER_SECOND, stamp);
  if (now > state.now) state.now = now;
  return now;
}
