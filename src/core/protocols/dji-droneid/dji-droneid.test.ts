import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { fromHex } from "../../base/hex.ts";
import { encodeUtf8 } from "../../base/text.ts";
import { DEGREES_PER_RADIAN, micros } from "../../base/units.ts";
import type { Claim, Detection } from "../../model/observation.ts";
import { writePcapPacket } from "../pcap/pcap-packet.ts";
import { createRemoteIdDescriber } from "../remote-id/describe.ts";
import { remoteIdCaptureProtocol } from "../remote-id/remote-id-capture-protocol.ts";
import { remoteIdJsonProtocol } from "../remote-id/remote-id-json-protocol.ts";
import { createDjiDescriber } from "./describe.ts";
import { djiDroneIdProtocol } from "./dji-droneid-protocol.ts";
import { decodeDjiPayload, djiModel } from "./dji-payload.ts";

const shared = (path: string) => fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url));
const needs = (path: string) => (existsSync(shared(path)) ? false : "../shared is absent");

// Fixed octets, written by hand: serial PKTDJI0000000001 at 47.5 N 8.5 E, 120 m, 50 m above take-off, 3 m/s south, 4 m/s east,
// 1.5 m/s down; pilot at 47.4 N 8.4 E, home at 47.3 N 8.3 E; a Mavic Air 2.
const RECORD_2 =
  "020700fd07504b54444a49303030303030303030310aa316000e807e008a01a400d4fe90016aff2823406c43b09a010000e03b7e00dd5e1600b01a1600b3f77d003a0453494d5500000000000000000000000000000000";
const PAYLOAD = `5810${RECORD_2}2d9d`;
const BEACON_2 = `80000000ffffffffffff0200000000bb0200000000bb00000000000000000000640000000004444a4931dd5e26371258621310${RECORD_2}`;
const BEACON_1 =
  "80000000ffffffffffff0200000000bb0200000000bb00000000000000000000640000000004444a4931dd5226371258621310010700fd07504b54444a49303030303030303030310aa316000e807e008a01a400d4fe90016aff000000002823b01a1600b3f77d003a0453494d5500000000000000000000000000000000";

const good = (hex: string) => {
  const read = decodeDjiPayload(fromHex(hex)!);
  assert(read.ok, read.ok ? "" : read.error.message);
  return read.value;
};
const degrees = (angle: number | undefined) => Number((angle! * DEGREES_PER_RADIAN).toFixed(5));
const packet = (bytes: Uint8Array) => ({ receivedAt: micros(0), connection: 0, bytes });
const beacon = (hex: string) => packet(writePcapPacket({ linkType: 105, capturedAt: undefined, cut: false, bytes: fromHex(hex)! }));

test("every field of an OcuSync payload in its unit", () => {
  const record = good(PAYLOAD);
  assert.deepEqual([record.version, record.sequence, record.serial], [2, 7, "PKTDJI0000000001"]);
  assert.deepEqual([degrees(record.position?.latitude), degrees(record.position?.longitude)], [47.5, 8.5]);
  assert.deepEqual([degrees(record.pilot?.latitude), degrees(record.pilot?.longitude)], [47.4, 8.4]);
  assert.deepEqual([degrees(record.home?.latitude), degrees(record.home?.longitude)], [47.3, 8.3]);
  assert.deepEqual([record.altitude?.toFixed(1), record.height?.toFixed(1)], ["120.1", "50.0"]); // 394 and 164 feet
  assert.deepEqual([record.velocityNorth, record.velocityEast, record.velocityUp], [-3, 4, -1.5]);
  assert.deepEqual([record.motorOn, record.inAir, record.unixMilliseconds], [true, true, 1_763_893_800_000]);
  assert.deepEqual([djiModel(record.productType), record.uuid], ["DJI Mavic Air 2", "SIMU"]);
  assert.equal(djiModel(250), "DJI product 250");
});

test("one flipped bit anywhere refuses the payload", () => {
  const bytes = fromHex(PAYLOAD)!;
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] ^= 1 << (bit & 7);
    const read = djiDroneIdProtocol.receive(djiDroneIdProtocol.createState({}), packet(damaged), {});
    assert.deepEqual([read.observations, read.errors.length], [[], 1], `bit ${bit}`);
  }
});

test("another length is refused, and any octets give a record or a typed error", () => {
  assert.equal(decodeDjiPayload(fromHex(PAYLOAD)!.subarray(0, 90)).ok, false);
  assert.equal(decodeDjiPayload(new Uint8Array(92)).ok, false);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 85, maxLength: 95 }), (bytes) => {
      const read = decodeDjiPayload(bytes);
      if (!read.ok) assert(read.error.message.length > 0);
    }),
  );
});

test("a payload becomes a detection with the serial number and a claim with the pilot's place and the model", () => {
  const { observations, records } = djiDroneIdProtocol.receive(djiDroneIdProtocol.createState({}), packet(fromHex(PAYLOAD)!), {});
  const [detection, claim] = observations as [Detection, Claim];
  assert.equal(records, 1);
  assert.deepEqual(detection.identities, [{ scheme: "remote-id-serial", value: "PKTDJI0000000001" }]);
  assert(detection.measurement.kind === "position");
  assert.equal(detection.measurement.height?.kind, "pressure");
  assert.deepEqual(
    [detection.measurement.velocityEast?.toFixed(6), detection.measurement.velocityNorth?.toFixed(6)],
    ["4.000000", "-3.000000"],
  );
  assert.deepEqual([claim.statements.model, claim.statements.operatorPositionKind], ["DJI Mavic Air 2", "live"]);
  assert.equal(degrees(claim.statements.operatorLatitude), 47.4);
});

test("older aircraft in Wi-Fi beacons: both versions of the record; their heights are not used", () => {
  for (const [hex, kind, latitude] of [
    [BEACON_1, "take-off", 47.3],
    [BEACON_2, "live", 47.4],
  ] as const) {
    const read = remoteIdCaptureProtocol.receive(remoteIdCaptureProtocol.createState({}), beacon(hex), {});
    assert.deepEqual([read.errors, read.records], [[], 1]);
    const [detection, claim] = read.observations as [Detection, Claim];
    assert.deepEqual(
      detection.identities.map((identity) => identity.value),
      ["PKTDJI0000000001", "02:00:00:00:00:bb"],
    );
    assert(detection.measurement.kind === "position");
    assert.deepEqual([degrees(detection.measurement.latitude), detection.measurement.height], [47.5, undefined]);
    assert.deepEqual([claim.statements.operatorPositionKind, degrees(claim.statements.operatorLatitude)], [kind, latitude]);
    assert.equal(claim.statements.transport, "DJI Wi-Fi");
  }
  assert.equal(createRemoteIdDescriber()(beacon(BEACON_1))[0].model, "DJI Mavic Air 2");
});

test("every cut of a DJI beacon is refused or says nothing", () => {
  for (let length = 0; length < BEACON_2.length / 2; length++) {
    const read = remoteIdCaptureProtocol.receive(remoteIdCaptureProtocol.createState({}), beacon(BEACON_2.slice(0, 2 * length)), {});
    assert.deepEqual(read.observations, [], `${length}`);
  }
});

const DECODED = {
  serial_number: "PKTDJI0000000001",
  device_type: "Mavic Air 2",
  latitude: 47.5,
  longitude: 8.5,
  altitude: 120.1,
  height: 50,
  v_north: -300,
  v_east: 400,
  v_up: -150,
  app_lat: 47.4,
  app_lon: 8.4,
  "crc-packet": "9d2d",
  "crc-calculated": "9d2d",
};

test("DroneSecurity's decoded JSON says the same as the payload; a CRC that its receiver found wrong is refused", () => {
  const receive = (value: object) =>
    remoteIdJsonProtocol.receive(remoteIdJsonProtocol.createState({}), packet(encodeUtf8(JSON.stringify(value))), {});
  const read = receive(DECODED);
  assert.deepEqual([read.errors, read.records], [[], 1]);
  const [detection, claim] = read.observations as [Detection, Claim];
  assert(detection.measurement.kind === "position");
  assert.deepEqual([detection.measurement.velocityEast?.toFixed(6), detection.measurement.velocityUp], ["4.000000", -1.5]);
  assert.equal(claim.statements.model, "DJI Mavic Air 2");
  const bad = receive({ ...DECODED, "crc-calculated": "0000" });
  assert.deepEqual([bad.observations, bad.errors[0].code], [[], "checksum"]);
});

test("the recorded payloads: the good one equals the peer's values, the bad ones give no position", {
  skip: needs("data/dji/droneid_payloads.json"),
}, () => {
  const rows = JSON.parse(readFileSync(shared("data/dji/droneid_payloads.json"), "utf8")) as {
    good: { hex: string; decoded: Record<string, number | string> }[];
    bad: { hex: string }[];
  };
  assert.deepEqual([rows.good.length, rows.bad.length], [1, 4]);
  for (const row of rows.good) {
    const record = good(row.hex);
    const peer = row.decoded;
    const near = (angle: number | undefined, value: number | string) =>
      assert(Math.abs(angle! * DEGREES_PER_RADIAN - Number(value)) < 1e-12);
    assert.deepEqual(
      [record.serial, record.sequence, record.state, record.uuid],
      [peer.serial_number, peer.sequence_number, peer.state_info, peer.uuid],
    );
    near(record.position?.latitude, peer.latitude);
    near(record.position?.longitude, peer.longitude);
    near(record.pilot?.latitude, peer.app_lat);
    near(record.pilot?.longitude, peer.app_lon);
    near(record.home?.latitude, peer.latitude_home);
    near(record.home?.longitude, peer.longitude_home);
    assert.deepEqual([record.altitude!.toFixed(2), record.height!.toFixed(1)], [String(peer.altitude), String(peer.height)]);
    assert.deepEqual(
      [record.velocityNorth! * 100, record.velocityEast! * 100, record.velocityUp! * 100],
      [peer.v_north, peer.v_east, peer.v_up],
    );
    assert.equal(record.unixMilliseconds, peer.gps_time);
    assert.equal(djiModel(record.productType), `DJI ${peer.device_type}`);
  }
  for (const row of rows.bad) {
    const read = djiDroneIdProtocol.receive(djiDroneIdProtocol.createState({}), packet(fromHex(row.hex)!), {});
    assert.deepEqual([read.observations, read.errors.map((error) => error.code)], [[], ["checksum"]]);
  }
});

test("picket decode prints one row a payload", () => {
  assert.equal(createDjiDescriber()(packet(fromHex(PAYLOAD)!))[0].model, "DJI Mavic Air 2");
  assert.equal(createDjiDescriber()(packet(new Uint8Array(91)))[0].error, "checksum");
});
