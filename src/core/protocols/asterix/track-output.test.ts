import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { metres, micros } from "../../base/units.ts";
import type { Claim, SensorStatus, SourceTrack } from "../../model/observation.ts";
import { asterixProtocol } from "./asterix-protocol.ts";
import { encodeEndOfBatch, encodeServiceStatus, encodeSystemTracks, type OutgoingTrack } from "./track-output.ts";

const SOURCE = { sac: 25, sic: 100, service: 1 };
const DEGREE = Math.PI / 180;
const receive = (bytes: Uint8Array) =>
  asterixProtocol.receive(asterixProtocol.createState({}), { bytes, connection: 0, receivedAt: micros(0) }, {});

const track = (changes: Partial<OutgoingTrack> = {}): OutgoingTrack => ({
  trackNumber: 12,
  timeOfDay: 43_200,
  latitude: 36.9 * DEGREE,
  longitude: 43.1 * DEGREE,
  simulated: false,
  monosensor: false,
  coasting: false,
  first: false,
  ended: false,
  ...changes,
});

function sent(changes: Partial<OutgoingTrack>): { source: SourceTrack; claim: Claim | undefined } {
  const { datagrams, skipped } = encodeSystemTracks(SOURCE, [track(changes)]);
  assert.equal(skipped, 0);
  assert.equal(datagrams.length, 1);
  const { observations, errors } = receive(datagrams[0]);
  assert.deepEqual(errors, []);
  return {
    source: observations.find((observation) => observation.type === "source-track")!,
    claim: observations.find((observation) => observation.type === "claim"),
  };
}

test("what a receiver reads is the track that was sent, within the items' steps", () => {
  const { source, claim } = sent({
    covarianceEn: [100, -36, 64],
    height: { kind: "hae", value: metres(500), sigma: metres(12) },
    velocityEast: -20.25,
    velocityNorth: 10.5,
    velocityUp: 2,
    velocitySigma: 1.5,
    icao24: "4ca7a8",
    mode3a: "4321",
    callsign: "Sim 42",
    emitterCategory: 13,
  });
  assert.equal(source.sensorKey, "25/100");
  assert.equal(source.sourceTrackId, "12");
  const { measurement } = source;
  assert.ok(measurement.kind === "position");
  assert.ok(Math.abs(measurement.latitude - 36.9 * DEGREE) < 1e-7);
  assert.ok(Math.abs(measurement.longitude - 43.1 * DEGREE) < 1e-7);
  assert.deepEqual(measurement.covarianceEn, [100, -36, 64]);
  assert.equal(measurement.height?.kind, "hae");
  assert.ok(Math.abs(measurement.height!.value - 500) <= 0.96 && Math.abs(measurement.height!.sigma! - 12) <= 0.96);
  assert.equal(measurement.velocityEast, -20.25);
  assert.equal(measurement.velocityNorth, 10.5);
  assert.ok(Math.abs(measurement.velocityUp! - 2) < 0.02);
  assert.equal(measurement.velocitySigma, 1.5);
  assert.deepEqual(source.identities.slice(0, 2), [
    { scheme: "icao24", value: "4ca7a8" },
    { scheme: "mode3a", value: "4321" },
  ]);
  assert.equal(claim?.statements.callsign, "SIM42");
  assert.equal(claim?.statements.category, "unmanned aerial vehicle");
});

test("what is not live is marked as simulated, what ends as ended, what coasts as coasting", () => {
  assert.equal(sent({ simulated: true }).source.simulated, true);
  assert.equal(sent({ simulated: false }).source.simulated, undefined);
  assert.equal(sent({ ended: true }).source.ended, true);
  assert.equal(sent({ coasting: true }).source.coasting, true);
});

test("each height goes out in the item of its own datum, and one above take-off not at all", () => {
  const heightOf = (height: OutgoingTrack["height"]) => {
    const { measurement } = sent({ height }).source;
    assert.ok(measurement.kind === "position");
    return measurement.height;
  };
  assert.equal(heightOf({ kind: "hae", value: metres(100) })?.kind, "hae");
  assert.equal(heightOf({ kind: "amsl", value: metres(100) })?.kind, "amsl");
  assert.equal(heightOf({ kind: "pressure", value: metres(100) })?.kind, "pressure");
  assert.equal(heightOf({ kind: "takeoff", value: metres(100) }), undefined);
});

test("tracks fill datagrams of at most 1,400 octets and none is lost", () => {
  const tracks = Array.from({ length: 500 }, (_unused, i) =>
    track({ trackNumber: i, velocityEast: 1, velocityNorth: 2, callsign: `SIM${i}` }),
  );
  const { datagrams } = encodeSystemTracks(SOURCE, tracks);
  assert.ok(datagrams.length > 1 && datagrams.every((bytes) => bytes.length <= 1_400));
  const numbers = datagrams.flatMap((bytes) =>
    receive(bytes).observations.flatMap((observation) => (observation.type === "source-track" ? [Number(observation.sourceTrackId)] : [])),
  );
  assert.deepEqual(
    numbers,
    tracks.map((each) => each.trackNumber),
  );
});

test("no value makes the encoder fail: a track that cannot be placed is counted, a value that does not fit is left out", () => {
  const anything = fc.oneof(fc.double(), fc.double({ min: -1e5, max: 1e5 }));
  fc.assert(
    fc.property(
      fc.record({
        trackNumber: fc.integer({ min: -1, max: 70_000 }),
        timeOfDay: anything,
        latitude: fc.oneof(anything, fc.double({ min: -Math.PI / 2, max: Math.PI / 2, noNaN: true })),
        longitude: fc.oneof(anything, fc.double({ min: -Math.PI, max: Math.PI, noNaN: true })),
        covarianceEn: fc.tuple(anything, anything, anything),
        height: fc.record({
          kind: fc.constantFrom("hae" as const, "amsl" as const, "pressure" as const),
          value: anything,
          sigma: anything,
        }),
        velocityEast: anything,
        velocityNorth: anything,
        velocityUp: anything,
        velocitySigma: anything,
        callsign: fc.string(),
        mode3a: fc.string(),
        icao24: fc.string(),
      }),
      (changes) => {
        // Negative sigmas cannot come out of the tracker; everything else may.
        const height = { ...changes.height, value: metres(changes.height.value), sigma: metres(Math.abs(changes.height.sigma)) };
        const one = track({ ...changes, height, velocitySigma: Math.abs(changes.velocitySigma) });
        const { datagrams, skipped } = encodeSystemTracks(SOURCE, [one]);
        assert.equal(datagrams.length + skipped, 1);
        for (const bytes of datagrams) {
          const decoded = receive(bytes);
          assert.deepEqual(decoded.errors, []);
          assert.equal(decoded.records, 1);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test("midnight and the antimeridian stay inside the items' ranges", () => {
  const { source } = sent({ timeOfDay: 86_399.999, longitude: Math.PI });
  assert.deepEqual(source.time, { kind: "time-of-day", seconds: 0 });
  assert.ok(source.measurement.kind === "position");
  assert.equal(source.measurement.longitude, -Math.PI);
});

test("the service status and the end of a batch are read back as the tracker's status", () => {
  const statusOf = (bytes: Uint8Array) => {
    const { observations, errors } = receive(bytes);
    assert.deepEqual(errors, []);
    return observations[0] as SensorStatus;
  };
  const healthy = { state: "operational", overloaded: false, timeInvalid: false, renumbered: false } as const;
  assert.equal(statusOf(encodeServiceStatus(SOURCE, 100, healthy)).state, "operational");
  const degraded = statusOf(encodeServiceStatus(SOURCE, 100, { ...healthy, overloaded: true }));
  assert.equal(degraded.state, "degraded");
  assert.deepEqual(degraded.notes, ["overloaded"]);
  const mark = statusOf(encodeEndOfBatch(SOURCE, 100, 300));
  assert.equal(mark.state, undefined);
  assert.deepEqual(mark.time, { kind: "time-of-day", seconds: 100 });
});
