// Feeds damaged input to one decoder and holds it to its promises: never throws, only typed errors, no NaN or Infinity, the same output
// for the same input, state that survives a snapshot, and (where asked for) bounded time and memory.

import { toHex } from "../../src/core/base/hex.ts";
import { decodeState, encodeState } from "../../src/core/base/state-codec.ts";
import { micros } from "../../src/core/base/units.ts";
import { createRandom, type RandomState, uniform, uniformInteger } from "../../src/core/math/random.ts";
import type { Framer, Packet, Protocol, ProtocolOptions } from "../../src/core/protocols/protocol.ts";
import { checkDecoded, checkErrors, checkObservation, checkPlain, sameValue } from "./check-output.ts";
import { join, MAX_INPUT, mutate, randomOctets } from "./mutate.ts";

export interface FuzzTarget {
  readonly name: string;
  readonly protocol: Protocol<unknown>;
  readonly options: ProtocolOptions;
  readonly framer?: () => Framer;
  readonly describer?: (options: ProtocolOptions) => (packet: Packet) => Record<string, unknown>[];
  /** Good packets: recorded ones where `../shared` is there, and always the project's own. */
  samples(): Uint8Array[];
  /** A packet as it stands in its stream; without it the packet itself. */
  inStream?(packet: Uint8Array): Uint8Array;
  /** Puts a checksum right, so that damage gets past it. */
  seal?(packet: Uint8Array): Uint8Array;
}

export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** CPU milliseconds that one call may take; not held when undefined. */
  readonly callMilliseconds?: number;
  /** Bytes that the heap may grow by between the first quarter and the end; needs --expose-gc. */
  readonly heapGrowth?: number;
  readonly onProgress?: (done: number) => void;
}

export interface FuzzReport {
  readonly runs: number;
  readonly records: number;
  readonly errors: number;
  readonly observations: number;
  readonly worstMilliseconds: number;
  readonly heapGrowth: number | undefined;
}

/** Starting again now and then reaches what only a young state does. */
const RUNS_OF_A_STATE = 5_000;
const START = 1_780_000_000_000_000;

export class FuzzFailure extends Error {
  override readonly name = "FuzzFailure";
}

/** Throws a `FuzzFailure` that names seed, run and octets; the same seed gives the same runs. */
export function fuzz(target: FuzzTarget, options: FuzzOptions): FuzzReport {
  const { protocol } = target;
  const samples = target.samples();
  if (samples.length === 0) throw new FuzzFailure(`${target.name} has no sample`);
  const random = createRandom(options.seed);
  const describe = target.describer?.(target.options);
  const describeAgain = target.describer?.(target.options);
  let one = protocol.createState(target.options);
  let two = protocol.createState(target.options);
  let now = START;
  let records = 0;
  let errors = 0;
  let observations = 0;
  let worst = 0;
  let quarterHeap: number | undefined;
  let input = new Uint8Array(0);

  // CPU time of one call. A slow one is measured again three times, because a compiler or a collector may have run inside it.
  const timed = <Value>(call: () => Value, again: () => () => unknown): Value => {
    if (options.callMilliseconds === undefined) return call();
    const [value, first] = cpuMilliseconds(call);
    let took = first;
    for (let i = 0; i < 3 && took > options.callMilliseconds; i++) took = Math.min(took, cpuMilliseconds(again())[1]);
    if (took > options.callMilliseconds) throw new Error(`one call took ${took.toFixed(1)} ms of CPU time`);
    if (took > worst) worst = took;
    return value;
  };

  const receive = (bytes: Uint8Array, connection: number) => {
    input = new Uint8Array(bytes);
    const packet = () => ({ receivedAt: micros(now), connection, bytes: bytes.slice() });
    const first = timed(
      () => protocol.receive(one, packet(), target.options),
      () => {
        const copy = decodeState(encodeState(two));
        return () => protocol.receive(copy, packet(), target.options);
      },
    );
    const second = protocol.receive(two, packet(), target.options);
    checkDecoded(first);
    if (!sameValue(first, second)) throw new Error("the same input gave another output");
    records += first.records;
    errors += first.errors.length;
    observations += first.observations.length;
    if (describe === undefined || describeAgain === undefined) return;
    const described = timed(
      () => describe(packet()),
      () => {
        const fresh = target.describer!(target.options);
        return () => fresh(packet());
      },
    );
    for (const object of described) checkPlain(object, "description");
    if (!sameValue(described, describeAgain(packet()))) throw new Error("the same input was described in another way");
  };

  for (let run = 0; run < options.runs; run++) {
    try {
      if (run > 0 && run % RUNS_OF_A_STATE === 0) {
        const octets = encodeState(one);
        if (!sameValue(octets, encodeState(two))) throw new Error("two states that saw the same differ");
        one = protocol.createState(target.options);
        two = protocol.createState(target.options);
      } else if (run % RUNS_OF_A_STATE === RUNS_OF_A_STATE / 2) {
        // From here on one of the twins is its own snapshot.
        one = decodeState(encodeState(one));
      }
      now += uniformInteger(random, uniform(random) < 0.98 ? 200_000 : 90_000_000);
      const connection = 1 + uniformInteger(random, 3);
      if (uniform(random) < 0.02 && protocol.connectionChanged !== undefined) {
        const change = uniform(random) < 0.5 ? "opened" : "closed";
        const first = protocol.connectionChanged(one, connection, change, micros(now), target.options);
        checkDecoded(first);
        if (!sameValue(first, protocol.connectionChanged(two, connection, change, micros(now), target.options))) {
          throw new Error("a connection's change gave another output");
        }
      }
      if (uniform(random) < 0.02 && protocol.tick !== undefined) {
        const first = timed(
          () => protocol.tick!(one, micros(now), target.options),
          () => {
            const copy = decodeState(encodeState(two));
            return () => protocol.tick!(copy, micros(now), target.options);
          },
        );
        for (const observation of first.observations) checkObservation(observation);
        checkErrors(first.errors);
        if (!sameValue(first, protocol.tick(two, micros(now), target.options))) throw new Error("a tick gave another output");
      }
      const packet = draw(random, target, samples);
      if (target.framer !== undefined && uniform(random) < 0.25) {
        for (const framed of frame(random, target, samples, packet, (bytes) => {
          input = new Uint8Array(bytes);
        })) {
          receive(framed, connection);
        }
      } else receive(packet, connection);
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);
      throw new FuzzFailure(`${target.name}, seed ${options.seed}, run ${run}: ${reason}\noctets ${toHex(input)}`);
    }
    if (run === Math.floor(options.runs / 4)) quarterHeap = heapUsed();
    if (options.onProgress !== undefined && run % 10_000 === 0) options.onProgress(run);
  }
  const endHeap = heapUsed();
  const heapGrowth = quarterHeap === undefined || endHeap === undefined ? undefined : endHeap - quarterHeap;
  if (options.heapGrowth !== undefined && heapGrowth !== undefined && heapGrowth > options.heapGrowth) {
    throw new FuzzFailure(`${target.name}: the heap grew by ${heapGrowth} bytes`);
  }
  return { runs: options.runs, records, errors, observations, worstMilliseconds: worst, heapGrowth };
}

/** A packet: mostly a damaged sample, half of those with their checksum put right; sometimes a good one, sometimes noise. */
function draw(random: RandomState, target: FuzzTarget, samples: readonly Uint8Array[]): Uint8Array {
  const choice = uniform(random);
  const sample = samples[uniformInteger(random, samples.length)]!;
  if (choice < 0.1) return randomOctets(random);
  if (choice < 0.25) return sample.slice();
  const damaged = mutate(random, sample, samples[uniformInteger(random, samples.length)]!);
  return target.seal !== undefined && uniform(random) < 0.6 ? target.seal(damaged) : damaged;
}

/** Packets that the framer finds in a stream of one to three packets with damage between them, cut at random. */
function frame(
  random: RandomState,
  target: FuzzTarget,
  samples: readonly Uint8Array[],
  packet: Uint8Array,
  note: (stream: Uint8Array) => void,
): Uint8Array[] {
  const inStream = target.inStream ?? ((bytes: Uint8Array) => bytes);
  const parts = [inStream(packet)];
  for (let i = uniformInteger(random, 3); i > 0; i--) parts.push(inStream(draw(random, target, samples)));
  let stream = join(...parts);
  if (uniform(random) < 0.3) stream = mutate(random, stream, parts[0]!);
  note(stream);
  const cuts: number[] = [];
  for (let at = 0; at < stream.length; ) {
    at += 1 + uniformInteger(random, uniform(random) < 0.2 ? 2 : 400);
    cuts.push(Math.min(at, stream.length));
  }
  const once = () => {
    const framer = target.framer!();
    const packets: Uint8Array[] = [];
    let from = 0;
    for (const to of cuts) {
      const out = framer.push(stream.slice(from, to));
      checkErrors(out.errors);
      packets.push(...out.packets);
      from = to;
      if (out.close !== undefined) break;
    }
    return packets;
  };
  const packets = once();
  if (!sameValue(packets, once())) throw new Error("the same stream was framed in another way");
  return packets.filter((framed) => framed.length <= 16 * MAX_INPUT);
}

function cpuMilliseconds<Value>(call: () => Value): [Value, number] {
  const began = process.cpuUsage();
  const value = call();
  const used = process.cpuUsage(began);
  return [value, (used.user + used.system) / 1_000];
}

function heapUsed(): number | undefined {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return undefined;
  gc();
  return process.memoryUsage().heapUsed;
}
