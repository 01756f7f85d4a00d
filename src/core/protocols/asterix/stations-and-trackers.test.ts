// Categories 023 (ADS-B ground stations), 063 and 065 (trackers), 021 before edition 1, and 129 (UAS identification).

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import type { Claim, Detection, Observation, SensorStatus } from "../../model/observation.ts";
import { asterixProtocol } from "./asterix-protocol.ts";
import { findTable } from "./editions.ts";
import { type AsterixRecord, encodeAsterix } from "./encode.ts";

function receive(category: number, record: AsterixRecord, edition = findTable(category)!.table.edition) {
  const bytes = encodeAsterix(category, edition, [{ "010": { SAC: 7, SIC: 8 }, ...record }]);
  const options = { editions: { [String(category)]: edition } };
  return asterixProtocol.receive(asterixProtocol.createState(options), { bytes, connection: 0, receivedAt: micros(0) }, options);
}
function first<Type extends Observation>(category: number, record: AsterixRecord, type: Type["type"], edition?: string): Type {
  const { observations, errors } = receive(category, record, edition);
  assert.deepEqual(errors, []);
  return observations.find((observation) => observation.type === type) as Type;
}

test("I023: a ground station's faults and suspicion of spoofing are told in plain words", () => {
  const station = first<SensorStatus>(
    23,
    { "000": { RT: 1 }, "100": { NOGO: 0, TSV: 1, SPO: 1, GSSP: 10 }, "200": { RANGE: 100 } },
    "status",
  );
  assert.equal(station.state, "degraded");
  assert.deepEqual(station.notes, ["time source invalid", "the station suspects a spoofing attack", "operational range 185 km"]);
  assert.equal(station.statusInterval, 10);
  assert.equal(first<SensorStatus>(23, { "000": { RT: 1 }, "100": { NOGO: 1 } }, "status").state, "fault");
  const service = (code: number) => first<SensorStatus>(23, { "000": { RT: 2 }, "110": { STAT: code } }, "status").state;
  assert.deepEqual([1, 2, 3, 4, 5].map(service), ["fault", "off", "degraded", "operational", "degraded"]);
});

test("I063: the status is of the sensor that it names, not of the tracker", () => {
  const status = first<SensorStatus>(
    63,
    { "030": { ToD: 3 }, "050": { SAC: 23, SIC: 2 }, "060": { CON: 0, PSR: 1, NPW: 1, "SPO.EP": 1, "SPO.VAL": 1 }, "070": { TSB: -250 } },
    "status",
  );
  assert.equal(status.sensorKey, "23/2");
  assert.equal(status.state, "degraded");
  assert.deepEqual(status.notes, [
    "primary radar not usable",
    "no plots are received from it",
    "it suspects a spoofing attack",
    "its time stamps are off by -250 ms, the tracker estimates",
  ]);
  assert.equal(first<SensorStatus>(63, { "050": { SAC: 1, SIC: 1 }, "060": { CON: 3 } }, "status").state, "off");
  assert.equal(first<SensorStatus>(63, { "050": { SAC: 1, SIC: 1 }, "060": { CON: 0, OPS: 1 } }, "status").state, "fault");
  assert.equal(receive(63, { "030": { ToD: 3 } }).errors[0].item, "I063/050");
});

test("I065: the tracker's state, its reports, and an end of batch that says no more than that it lives", () => {
  const status = (record: AsterixRecord) => first<SensorStatus>(65, record, "status");
  assert.equal(status({ "000": { MT: 1 }, "040": { NOGO: 0 } }).state, "operational");
  assert.equal(status({ "000": { MT: 1 }, "040": { NOGO: 2 } }).state, "off");
  assert.equal(status({ "000": { MT: 1 }, "040": { NOGO: 3 } }).state, undefined);
  assert.deepEqual(status({ "000": { MT: 3 }, "050": { REP: 3 } }).notes, ["main radar out of service"]);
  const batch = status({ "000": { MT: 2 }, "020": { BTN: 5 } });
  assert.equal(batch.state ?? batch.notes, undefined);
});

test("I021 edition 0.26: other positions of the same items, and another order of address types", () => {
  const record = {
    "030": { ToD: 100 },
    "040": { SIM: 0, GBS: 1, ATP: 1 },
    "080": { ADDR: "1a4b65" },
    "090": { PA: 7 },
    "130": { LAT: 45, LON: 90 },
    "140": { GA: 1000 },
    "160": { GS: 0.1, TA: 90 },
    "170": { TID: "EZS14ZH " },
    "200": { TS: 1 },
    "020": { ECAT: 13 },
  };
  const detection = first<Detection>(21, record, "detection", "0.26");
  assert.deepEqual(detection.identities, [{ scheme: "icao24", value: "1a4b65" }]);
  const { measurement } = detection;
  assert.ok(measurement.kind === "position");
  assert.equal(measurement.latitude, Math.PI / 4);
  assert.equal(measurement.height?.value, 304.8);
  assert.ok(Math.abs(measurement.horizontalSigma! - 92.6 / 2.4477) < 1e-9);
  const { statements } = first<Claim>(21, record, "claim", "0.26");
  assert.equal(statements.emergency, "general emergency");
  assert.equal(statements.onGround, true);
  assert.equal(statements.category, "unmanned aerial vehicle");
});

test("octets of edition 0.26 read as 2.7 are refused, not turned into positions", () => {
  const bytes = encodeAsterix(21, "0.26", [
    {
      "010": { SAC: 7, SIC: 8 },
      "030": { ToD: 50_000 },
      "040": { ATP: 1 },
      "080": { ADDR: "1a4b65" },
      "130": { LAT: 45, LON: 90 },
      "140": { GA: 30_000 },
      "090": { PA: 7 },
      "145": { FL: 300 },
    },
  ]);
  const decoded = asterixProtocol.receive(asterixProtocol.createState({}), { bytes, connection: 0, receivedAt: micros(0) }, {});
  assert.equal(decoded.records, 0);
  assert.equal(decoded.errors.length, 1);
});

test("I129: a drone's report is a position and a claim of its serial number", () => {
  const record = {
    "020": { MID: "SIM" },
    "030": { MOD: "Q01" },
    "040": { SER: "53494d303030303030303432" }, // "SIM000000042" in ASCII
    "050": { COU: "IQ" },
    "070": { ToD: 100 },
    "080": { LAT: 45, LON: 90 },
    "090": { ALT: 500 },
    "100": { AGL: 120 },
    "110": { SAC: 12 },
    "120": { UCC: 1 },
    "185": { HVX: -5.5, HVY: 2.25 },
    "220": { VV: 1.5 },
  };
  const detection = first<Detection>(129, record, "detection");
  assert.deepEqual(detection.identities, [{ scheme: "remote-id-serial", value: "SIM000000042" }]);
  const { measurement } = detection;
  assert.ok(measurement.kind === "position");
  assert.equal(measurement.latitude, Math.PI / 4);
  assert.deepEqual(measurement.height, { kind: "amsl", value: 500 });
  assert.ok(Math.abs(measurement.horizontalSigma! - 12 / 1.17741) < 1e-9);
  assert.ok(Math.abs(measurement.velocityEast! + 5.5) < 1e-9 && Math.abs(measurement.velocityNorth! - 2.25) < 1e-9);
  assert.ok(Math.abs(measurement.velocityUp! - 1.5) < 1e-9);
  const { statements } = first<Claim>(129, record, "claim");
  assert.equal(statements.serial, "SIM000000042");
  assert.equal(statements.model, "SIM Q01");
  assert.equal(statements.description, "registered in IQ, open category");
  assert.equal(statements.heightAboveTakeoff, 120);
});

test("I129: an accuracy of 0 is unknown, and the octets are where the standard puts them", () => {
  // FSPEC 87 d0: items 010, 050, 070 and 080, 090, 110. 12:00:00 is 546000; 10 degrees north 038e38e4; 500 m 001388.
  const bytes = fromHex("810019" + "87d0" + "0000" + "5553" + "546000" + "038e38e4" + "f8e38e39" + "001388" + "0000")!;
  const decoded = asterixProtocol.receive(asterixProtocol.createState({}), { bytes, connection: 0, receivedAt: micros(0) }, {});
  assert.deepEqual(decoded.errors, []);
  const { measurement, time } = decoded.observations[0] as Detection;
  assert.deepEqual(time, { kind: "time-of-day", seconds: 43_200 });
  assert.ok(measurement.kind === "position");
  assert.ok(Math.abs(measurement.latitude - (10 * Math.PI) / 180) < 1e-8);
  assert.ok(Math.abs(measurement.longitude + (20 * Math.PI) / 180) < 1e-8);
  assert.equal(measurement.horizontalSigma, undefined);
  assert.deepEqual(measurement.height, { kind: "amsl", value: 500 });
});
