import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import type { Decoded } from "../protocol.ts";
import { asterixProtocol } from "./asterix-protocol.ts";
import { createAsterixDescriber } from "./describe.ts";
import { findTable, TABLES } from "./editions.ts";
import { encodeAsterix } from "./encode.ts";
import { type Draw, drawFrom, sampleRecord } from "./sample-record.ts";

const RUNS = 20_000;
const CODES = new Set(["truncated", "oversized", "malformed", "unsupported", "out-of-range", "inconsistent", "unplaced"]);

/** A block of one to four records, damaged: flipped bits, cut, grown, doubled, spliced, or with another length. */
function damaged(draw: Draw): { bytes: Uint8Array; editions: Record<string, string> } {
  const table = TABLES[draw(TABLES.length)];
  const records = Array.from({ length: 1 + draw(4) }, () => sampleRecord(table, draw));
  let bytes = encodeAsterix(table.category, table.edition, records);
  for (let times = draw(4); times > 0; times--) {
    const at = draw(Math.max(1, bytes.length));
    switch (draw(7)) {
      case 0:
        bytes[at] ^= 1 << draw(8);
        break;
      case 1:
        bytes[at] = [0, 1, 0x7f, 0x80, 0xfe, 0xff][draw(6)];
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = Uint8Array.from([...bytes.subarray(0, at), draw(256), ...bytes.subarray(at)]);
        break;
      case 4:
        bytes = Uint8Array.from([...bytes, ...bytes.subarray(at)]);
        break;
      case 5:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.min(bytes.length, at + 1 + draw(8)))]);
        break;
      default:
        if (bytes.length > 2) bytes[1 + draw(2)] = draw(256);
    }
    if (bytes.length === 0) bytes = Uint8Array.of(draw(256));
  }
  return { bytes, editions: { [String(table.category)]: table.edition } };
}

/** Every number of a value is finite; undefined is how absence is said. */
function assertFinite(value: unknown, path: string): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), `${path} is ${value}`);
  else if (typeof value === "object" && value !== null)
    for (const [key, inner] of Object.entries(value)) assertFinite(inner, `${path}.${key}`);
}

function assertPossible(decoded: Decoded): void {
  for (const observation of decoded.observations) {
    assertFinite(observation, observation.type);
    assert.match(observation.sensorKey, /^\d{1,3}\/\d{1,3}(\/\d{1,3})?$/);
    if (observation.time?.kind === "time-of-day") assert.ok(observation.time.seconds >= 0 && observation.time.seconds < 86_400);
    if (observation.type === "detection" || observation.type === "source-track") {
      const { measurement } = observation;
      if (measurement.kind === "position") {
        assert.ok(Math.abs(measurement.latitude) <= Math.PI / 2 && Math.abs(measurement.longitude) <= Math.PI);
        const [ee, en, nn] = measurement.covarianceEn ?? [1, 0, 1];
        assert.ok(ee > 0 && nn > 0 && en * en <= ee * nn, "a covariance is positive");
        assert.ok(measurement.horizontalSigma === undefined || measurement.horizontalSigma > 0);
      }
      if (measurement.kind === "polar" || measurement.kind === "bearing") {
        assert.ok(measurement.azimuth >= 0 && measurement.azimuth < 2 * Math.PI);
      }
      if (measurement.kind === "polar") assert.ok(measurement.range >= 0);
    }
  }
  for (const error of decoded.errors) {
    assert.ok(CODES.has(error.code), error.code);
    assert.ok(error.item.length > 0 && error.message.length > 0);
  }
}

test(`${RUNS} damaged datagrams: only typed errors, only finite and possible values, and the same answer twice`, () => {
  const draw = drawFrom(2026);
  const state = asterixProtocol.createState({});
  let errors = 0;
  let records = 0;
  for (let run = 0; run < RUNS; run++) {
    const { bytes, editions } = damaged(draw);
    const options = { editions };
    const packet = { bytes, connection: 0, receivedAt: micros(0) };
    const decoded = asterixProtocol.receive(state, packet, options);
    assertPossible(decoded);
    errors += decoded.errors.length;
    records += decoded.records;
    if (run % 10 === 0) {
      const once = asterixProtocol.receive(asterixProtocol.createState(options), packet, options);
      const twice = asterixProtocol.receive(asterixProtocol.createState(options), packet, options);
      assert.deepEqual(twice, once, toHex(bytes));
      const described = createAsterixDescriber(options)(packet);
      assertFinite(described, "described");
      // The describer checks no values, so it may show a record that the picture refuses; never fewer.
      assert.ok(described.filter((record) => record.error === undefined).length >= once.records);
    }
  }
  // The damage is neither always nor never fatal, or this test would show nothing.
  assert.ok(errors > RUNS / 4 && records > RUNS / 2, `${errors} errors, ${records} records`);
});

test("random octets make no record often enough to matter, and never throw", () => {
  const draw = drawFrom(7);
  const state = asterixProtocol.createState({});
  let records = 0;
  for (let run = 0; run < 5_000; run++) {
    const bytes = Uint8Array.from({ length: draw(200) }, () => draw(256));
    const decoded = asterixProtocol.receive(state, { bytes, connection: 0, receivedAt: micros(0) }, {});
    assertPossible(decoded);
    records += decoded.records;
  }
  assert.ok(records <= 5, `${records} records from noise`);
});

test("a datagram of 65,535 octets of ones, or of the smallest bad blocks, ends after a bounded number of errors", () => {
  const state = asterixProtocol.createState({});
  const ones = new Uint8Array(65_535).fill(0xff);
  assert.equal(asterixProtocol.receive(state, { bytes: ones, connection: 0, receivedAt: micros(0) }, {}).errors.length, 1);
  const tiny = Uint8Array.from({ length: 65_532 }, (_unused, i) => [0xff, 0x00, 0x04, 0x00][i % 4]);
  assert.equal(asterixProtocol.receive(state, { bytes: tiny, connection: 0, receivedAt: micros(0) }, {}).errors.length, 64);
});

test("a datagram of nothing but records that cannot be placed is counted, not listed one by one", () => {
  const state = asterixProtocol.createState({});
  const bytes = encodeAsterix(
    48,
    "1.32",
    Array.from({ length: 16_000 }, () => ({ "010": { SAC: 1, SIC: 1 } })),
  );
  const decoded = asterixProtocol.receive(state, { bytes, connection: 0, receivedAt: micros(0) }, {});
  assert.equal(decoded.records, 16_000);
  assert.equal(decoded.errors.length, 65);
  assert.equal(decoded.errors.at(-1)!.message, "15936 more records of this datagram could not be placed");
});

test("what the codec remembers of a source is bounded, and what it forgets is counted", () => {
  const state = asterixProtocol.createState({});
  for (let sensor = 0; sensor < 300; sensor++) {
    const bytes = encodeAsterix(2, findTable(2)!.table.edition, [
      { "010": { SAC: sensor >> 8, SIC: sensor & 255 }, "000": { MT: 1 }, "030": { ToD: 1 } },
    ]);
    asterixProtocol.receive(state, { bytes, connection: 0, receivedAt: micros(0) }, {});
  }
  assert.equal(state.timesOfDay.size, 256);
  assert.equal(state.forgotten, 44);
});
