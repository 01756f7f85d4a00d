// Categories 010 (surface movement), 015 and 016 (passive and multistatic), 019 and 020 (multilateration), 205 (direction finders).

import assert from "node:assert/strict";
import { test } from "node:test";
import { micros } from "../../base/units.ts";
import type { Claim, Detection, Observation, SensorStatus, SourceTrack } from "../../model/observation.ts";
import { asterixProtocol } from "./asterix-protocol.ts";
import { findTable } from "./editions.ts";
import { type AsterixRecord, encodeAsterix } from "./encode.ts";

const receive = (category: number, ...records: AsterixRecord[]) => {
  const bytes = encodeAsterix(
    category,
    findTable(category)!.table.edition,
    records.map((record) => ({ "010": { SAC: 7, SIC: 8 }, ...record })),
  );
  return asterixProtocol.receive(asterixProtocol.createState({}), { bytes, connection: 0, receivedAt: micros(0) }, {});
};
const first = <Type extends Observation>(category: number, record: AsterixRecord, type: Type["type"]): Type => {
  const { observations, errors } = receive(category, record);
  assert.deepEqual(errors, []);
  const found = observations.find((observation) => observation.type === type);
  assert.ok(found !== undefined, `a ${type}`);
  return found as Type;
};
const near = (actual: number | undefined, expected: number, tolerance = 1e-9) =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

// ---- 010 -------------------------------------------------------------------------------------------------------------------------

const SURFACE = { "000": { MT: 1 }, "020": { TYP: 3 }, "140": { ToD: 10 } };

test("I010: each of the three positions is taken in its own form, the geographic one first", () => {
  const wgs84 = first<Detection>(
    10,
    { ...SURFACE, "041": { LAT: 45, LON: 90 }, "042": { X: 5, Y: 6 }, "202": { VX: 1.5, VY: -2 } },
    "detection",
  );
  assert.ok(wgs84.measurement.kind === "position");
  near(wgs84.measurement.latitude, Math.PI / 4);
  assert.equal(wgs84.measurement.velocityEast, 1.5);
  assert.equal(wgs84.measurement.velocityNorth, -2);
  const polar = first<Detection>(10, { ...SURFACE, "040": { RHO: 1500, TH: 90 } }, "detection");
  assert.ok(polar.measurement.kind === "polar");
  assert.equal(polar.measurement.range, 1500);
  const local = first<Detection>(10, { ...SURFACE, "042": { X: -300, Y: 400 }, "500": { DEVX: 2, DEVY: 3, COVXY: 0 } }, "detection");
  assert.deepEqual(local.measurement, { kind: "local", east: -300, north: 400, up: undefined, sigma: 3 });
});

test("I010/170: a smoothed or extrapolated position is the sensor's own track, a measured one a detection", () => {
  const place = { ...SURFACE, "042": { X: 1, Y: 2 }, "161": { TRK: 5 } };
  assert.equal(receive(10, { ...place, "170": { STH: 0 } }).observations[0].type, "detection");
  const smoothed = first<SourceTrack>(10, { ...place, "170": { STH: 1 } }, "source-track");
  assert.equal(smoothed.sourceTrackId, "5");
  assert.equal(smoothed.coasting, undefined);
  assert.equal(first<SourceTrack>(10, { ...place, "170": { CST: 3 } }, "source-track").coasting, true);
  assert.equal(first<SourceTrack>(10, { ...place, "170": { TRE: 1 } }, "source-track").ended, true);
});

test("I010: vehicles, test targets and ghosts are said to be so", () => {
  const detection = first<Detection>(
    10,
    { ...SURFACE, "020": { TYP: 1, TOT: 2, TST: 1 }, "042": { X: 1, Y: 2 }, "170": { GHO: 1 } },
    "detection",
  );
  assert.deepEqual(detection.classifications, [{ label: "ground vehicle" }, { label: "ghost track" }]);
  assert.equal(detection.simulated, true);
});

test("I010/550: a status message tells the sensor's state in plain words", () => {
  const status = first<SensorStatus>(10, { "000": { MT: 3 }, "140": { ToD: 1 }, "550": { NOGO: 0, TSV: 1, DIV: 1 } }, "status");
  assert.equal(status.state, "degraded");
  assert.deepEqual(status.notes, ["time source invalid", "diversity degraded"]);
});

test("I010: a report without any position is counted", () => {
  assert.deepEqual(
    receive(10, SURFACE).errors.map((error) => error.code),
    ["unplaced"],
  );
});

// ---- 020 and 019 -----------------------------------------------------------------------------------------------------------------

test("I020: a multilateration report has a position with the accuracy that the system computed, and a claim", () => {
  const record = {
    "020": { MS: 0, GBS: 0 },
    "140": { ToD: 10 },
    "041": { LAT: 45, LON: 90 },
    "105": { GH: 1000 },
    "220": { ADDR: "4ca7a8" },
    "245": { STI: 0, CHR: "RYR174C " },
    "070": { MODE3A: "1275" },
    "230": { STAT: 1 },
    "500": { SDP: { X: 10, Y: 20, XY: 0 }, SDH: { SDH: 15 } },
  };
  const { measurement, identities } = first<Detection>(20, record, "detection");
  assert.ok(measurement.kind === "position");
  assert.deepEqual(measurement.covarianceEn, [100, 0, 400]);
  assert.deepEqual(measurement.height?.kind, "hae");
  near(measurement.height?.value, 304.8, 1);
  assert.equal(measurement.height?.sigma, 15);
  assert.deepEqual(identities, [
    { scheme: "icao24", value: "4ca7a8" },
    { scheme: "mode3a", value: "1275" },
  ]);
  const { statements } = first<Claim>(20, record, "claim");
  assert.equal(statements.callsign, "RYR174C");
  assert.equal(statements.onGround, true);
});

test("I020: without a geographic position the local one is taken, test and simulated targets are marked", () => {
  const detection = first<Detection>(20, { "020": { MS: 0, SIM: 1 }, "042": { X: 100.5, Y: -200 }, "110": { MH: 1000 } }, "detection");
  assert.ok(detection.measurement.kind === "local");
  assert.equal(detection.measurement.east, 100.5);
  assert.equal(detection.measurement.north, -200);
  near(detection.measurement.up, 304.8, 1e-9);
  assert.equal(detection.simulated, true);
});

test("I020/170: smoothed positions are source tracks", () => {
  const record = { "020": { MS: 0 }, "041": { LAT: 1, LON: 1 }, "161": { TRN: 9 }, "170": { STH: 1, CST: 1 } };
  const source = first<SourceTrack>(20, record, "source-track");
  assert.equal(source.sourceTrackId, "9");
  assert.equal(source.coasting, true);
});

test("I019: each faulted part of a multilateration system is named", () => {
  const status = first<SensorStatus>(
    19,
    {
      "000": { MT: 2 },
      "550": { NOGO: 1, TTF: 1 },
      "551": { TP1A: 1, TP1B: 1, TP2A: 1, TP2B: 0 },
      "552": [
        { RSI: 1, RSS: 1, RSO: 1 },
        { RSI: 2, RSS: 0, RSO: 1 },
        { RSI: 3, RSS: 1, RSO: 0 },
      ],
      "553": { REFTR1: 3, REFTR2: 2, REFTR3: 1, REFTR4: 3 },
      "600": { LAT: 45, LON: -45 },
      "610": { HGT: 250 },
    },
    "status",
  );
  assert.equal(status.state, "degraded");
  assert.deepEqual(status.notes, [
    "says that it is degraded",
    "test target failed",
    "tracking processor 2 faulted",
    "remote sensor 2 faulted",
    "remote sensor 3 off line",
    "reference transponder 2 faulted",
    "reference transponder 3: warning",
  ]);
  assert.equal(status.latitude, Math.PI / 4);
  assert.deepEqual(status.height, { kind: "amsl", value: 250 });
});

// ---- 015 and 016 -----------------------------------------------------------------------------------------------------------------

test("I015: a plot of a one-place sensor has range, azimuth, elevation and Doppler, each with its precision", () => {
  const detection = first<Detection>(
    15,
    {
      "000": { MT: 3 },
      "020": { MOMU: 0 },
      "145": { ToD: 20 },
      "300": [{ CLS: 7, PRB: 80 }],
      "625": { R: { R: 1234.5 }, SDR: { SDR: 5 }, RR: { RR: -99 } },
      "626": { DV: { DV: -12.34 }, SDDV: { SDDV: 0.5 } },
      "627": { AZ: { AZ: 90 }, SDASZ: { SDASZ: 0.5 } },
      "628": { EL: { EL: 45 } },
      "630": { RPS: { RPS: 17 } },
    },
    "detection",
  );
  const { measurement } = detection;
  assert.ok(measurement.kind === "polar");
  near(measurement.range, 1234.5, 1e-6);
  near(measurement.rangeSigma, 5);
  assert.equal(measurement.azimuth, Math.PI / 2);
  near(measurement.azimuthSigma, (0.5 * Math.PI) / 180, 1e-5);
  assert.equal(measurement.elevation, Math.PI / 4);
  near(measurement.rangeRate, -12.34, 1e-6); // the measured Doppler, not the derived range rate
  assert.equal(measurement.rangeRateSigma, 0.5);
  assert.equal(detection.snrDb, 17);
  assert.deepEqual(detection.classifications, [{ label: "class 7", confidence: 0.8 }]);
});

test("I015: the range of a multistatic sensor is no range from one place; its azimuth is a bearing, unless it is one receiver's", () => {
  const multistatic = { "000": { MT: 3 }, "020": { MOMU: 1 }, "625": { R: { R: 5000 } }, "627": { AZ: { AZ: 180 } } };
  const detection = first<Detection>(15, multistatic, "detection");
  assert.ok(detection.measurement.kind === "bearing");
  near(detection.measurement.azimuth, Math.PI);
  const ofPair = receive(15, { ...multistatic, "400": { PID: 3, ON: 1 } });
  assert.deepEqual(ofPair.observations, []);
  assert.deepEqual(
    ofPair.errors.map((error) => [error.code, error.item]),
    [["unplaced", "I015/627"]],
  );
});

test("I015: a geographic position comes with its covariance, height above the ellipsoid and velocity", () => {
  const record = {
    "000": { MT: 4 },
    "020": { MOMU: 1, TTAX: 3 },
    "161": { TRN: 300 },
    "170": { CSTP: 1 },
    "600": { P84: { LATITUDE: 45, LONGITUDE: -45 }, HPP: { SDHPX: 10, SDHPY: 20, COSDHPXY: 0.5 } },
    "601": { GH: { GH: 123.45 }, SDGH: { SDGH: 6 } },
    "602": { HV: { X: -15.5, Y: 20.25 }, SDHV: { X: 1, Y: 2, COHVXY: 0 } },
    "604": { VV: { VV: -3 } },
  };
  const source = first<SourceTrack>(15, record, "source-track");
  assert.equal(source.sourceTrackId, "300");
  assert.equal(source.coasting, true);
  assert.equal(source.simulated, true);
  const { measurement } = source;
  assert.ok(measurement.kind === "position");
  near(measurement.latitude, Math.PI / 4);
  assert.deepEqual(measurement.covarianceEn, [100, 100, 400]); // correlation 0.5 of 10 m and 20 m
  assert.equal(measurement.height?.kind, "hae");
  near(measurement.height?.value, 123.45);
  near(measurement.height?.sigma, 6);
  near(measurement.velocityEast, -15.5);
  near(measurement.velocityNorth, 20.25);
  near(measurement.velocityUp, -3);
  near(measurement.velocitySigma, 2);
});

test("I016: the system's reference point is the sensor's place", () => {
  const status = first<SensorStatus>(
    16,
    { "000": { MT: 1 }, "200": { SCRP: 30 }, "400": { LAT: 45, LON: 45 }, "405": { ALT: 100 } },
    "status",
  );
  assert.equal(status.latitude, Math.PI / 4);
  assert.deepEqual(status.height, { kind: "amsl", value: 100 });
  assert.equal(status.statusInterval, 30);
});

// ---- 205 -------------------------------------------------------------------------------------------------------------------------

test("I205: a bearing is told of its own direction finder, whose place comes with it", () => {
  const record = {
    "000": { MT: 5 },
    "030": { ToD: 5 },
    "050": { LAT: 45, LON: 45 },
    "070": { THETA: 270 },
    "090": { RCN: "121.500" },
    "160": { TN: 4 },
    "170": { SIDR: 3 },
    "200": { SE: 10 },
  };
  const status = first<SensorStatus>(205, record, "status");
  assert.equal(status.sensorKey, "7/8/3");
  near(status.latitude, Math.PI / 4);
  const detection = first<Detection>(205, record, "detection");
  assert.equal(detection.sensorKey, "7/8/3");
  assert.ok(detection.measurement.kind === "bearing");
  near(detection.measurement.azimuth, 1.5 * Math.PI);
  near(detection.measurement.elevation, Math.PI / 18);
  assert.deepEqual(detection.classifications, [{ label: "radio channel 121.500" }]);
  assert.deepEqual(detection.identities, [{ scheme: "source-track", value: "7/8:4" }]);
});

test("I205: a position report is a place with its radius, 360 degrees are north, more is refused", () => {
  const place = first<Detection>(205, { "000": { MT: 1 }, "050": { LAT: 45, LON: 45 }, "110": { EU: 1000 } }, "detection");
  assert.ok(place.measurement.kind === "position");
  near(place.measurement.horizontalSigma, 1000 / 2.4477);
  const north = first<Detection>(205, { "000": { MT: 2 }, "070": { THETA: 360 } }, "detection");
  assert.ok(north.measurement.kind === "bearing" && north.measurement.azimuth === 0);
  const refused = receive(205, { "000": { MT: 2 }, "070": { THETA: 360.5 } });
  assert.deepEqual(
    refused.errors.map((error) => [error.code, error.item]),
    [["out-of-range", "I205/070"]],
  );
});
