// The harness must fail where a decoder breaks a promise, or its silence says nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { radians } from "../../src/core/base/units.ts";
import { createRandom } from "../../src/core/math/random.ts";
import type { Observation } from "../../src/core/model/observation.ts";
import type { DecodeError } from "../../src/core/protocols/decode-error.ts";
import type { Decoded, Protocol } from "../../src/core/protocols/protocol.ts";
import { FuzzFailure, type FuzzTarget, fuzz } from "./fuzz.ts";
import { mutate } from "./mutate.ts";
import { TARGETS, uncoveredFolders } from "./targets.ts";

interface State {
  calls: number;
  kept: unknown;
}
const nothing: Decoded = { observations: [], errors: [], records: 0 };
const place = (latitude: number): Observation => ({
  type: "detection",
  sensorKey: "",
  time: undefined,
  measurement: { kind: "position", latitude: radians(latitude), longitude: radians(0) },
  identities: [],
});

function target(receive: (state: State, bytes: Uint8Array) => Decoded, extra: Partial<FuzzTarget> = {}): FuzzTarget {
  const protocol: Protocol<State> = {
    name: "broken",
    createState: () => ({ calls: 0, kept: undefined }),
    receive: (state, packet) => {
      state.calls += 1;
      return receive(state, packet.bytes);
    },
  };
  return { name: "broken", protocol: protocol as Protocol<unknown>, options: {}, samples: () => [Uint8Array.of(1, 2, 3, 4)], ...extra };
}
const broken = (receive: (state: State, bytes: Uint8Array) => Decoded, reason: RegExp, extra: Partial<FuzzTarget> = {}) =>
  assert.throws(
    () => fuzz(target(receive, extra), { runs: 3_000, seed: 1 }),
    (error) => error instanceof FuzzFailure && reason.test(error.message) && /octets [0-9a-f]*$/.test(error.message),
  );

test("a decoder that keeps its promises passes", () => {
  assert.equal(
    fuzz(
      target(() => nothing),
      { runs: 3_000, seed: 1 },
    ).runs,
    3_000,
  );
});

test("a decoder that throws for some octets is found", () => {
  broken((_, bytes) => {
    if (bytes[0] === 255) throw new RangeError("out of bounds");
    return nothing;
  }, /RangeError: out of bounds/);
});

test("NaN, Infinity and a latitude over the pole are found wherever they hide", () => {
  broken((_, bytes) => ({ ...nothing, observations: bytes[1] === 0 ? [place(Number.NaN)] : [] }), /latitude is NaN/);
  broken((_, bytes) => ({ ...nothing, observations: bytes[1] === 0 ? [place(2)] : [] }), /latitude 2/);
  broken((_, bytes) => ({ ...nothing, records: bytes.length > 10 ? Number.NaN : 0 }), /records is NaN/);
});

test("an error without a known code, an item or a message is found", () => {
  const withError = (error: unknown) => ({ ...nothing, errors: [error as DecodeError] });
  broken(() => withError({ code: "bad", item: "x", message: "x" }), /without a known code/);
  broken(() => withError({ code: "malformed", item: "", message: "x" }), /without an item/);
  broken(() => withError({ code: "malformed", item: "x", message: "" }), /without a message/);
});

test("output that depends on something other than input and state is found", () => {
  let count = 0;
  broken(() => ({ ...nothing, records: count++ % 3 }), /another output/);
});

test("state that does not survive a snapshot is found", () => {
  broken((state) => {
    state.kept = () => 1;
    return nothing;
  }, /plain|function/i);
});

test("a decoder that is slow for some octets is found by its CPU time", () => {
  const slow = target((state, bytes) => {
    let sum = 0;
    if (bytes.length > 6) for (let i = 0; i < 5e7; i++) sum += i % 7;
    state.kept = sum;
    return nothing;
  });
  assert.throws(() => fuzz(slow, { runs: 3_000, seed: 1, callMilliseconds: 5 }), /ms of CPU time/);
});

test("the same seed gives the same damage", () => {
  const draw = () => {
    const random = createRandom(7);
    return Array.from({ length: 100 }, () => mutate(random, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), Uint8Array.of(9, 10)));
  };
  assert.deepEqual(draw(), draw());
});

test("every decoder of src/core/protocols is fuzzed", () => {
  assert.deepEqual(uncoveredFolders(), []);
  assert.equal(new Set(TARGETS.map((one) => one.name)).size, TARGETS.length);
});
