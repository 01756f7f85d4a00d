import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { encodeUtf8 } from "../../base/text.ts";
import { DEGREES_PER_RADIAN, micros } from "../../base/units.ts";
import type { Claim, Detection, SensorStatus } from "../../model/observation.ts";
import { fromBase64 } from "./base64.ts";
import { createRemoteIdJsonDescriber } from "./describe.ts";
import { MAX_JSON, readJsonReports, remoteIdJsonProtocol } from "./remote-id-json-protocol.ts";
import { createRemoteIdState } from "./uas-report.ts";

const shared = (path: string) => fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url));
const needs = (path: string) => (existsSync(shared(path)) ? false : "../shared is absent");

const receive = (value: unknown, state = createRemoteIdState(), at = 0) =>
  remoteIdJsonProtocol.receive(
    state,
    { receivedAt: micros(at), connection: 0, bytes: encodeUtf8(typeof value === "string" ? value : JSON.stringify(value)) },
    {},
  );
type Received = ReturnType<typeof receive>;
const detection = (read: Received) => read.observations.find((o): o is Detection => o.type === "detection");
const said = (read: Received) => read.observations.find((o): o is Claim => o.type === "claim")?.statements;
const status = (read: Received) => read.observations.find((o): o is SensorStatus => o.type === "status");
const degrees = (angle: number | undefined) => (angle === undefined ? undefined : Number((angle * DEGREES_PER_RADIAN).toFixed(7)));
function placeOf(read: Received) {
  const found = detection(read);
  assert(found?.measurement.kind === "position");
  return found.measurement;
}

const SNIFFER_LIST = [
  { MAC: "02:00:00:00:00:AA", RSSI: -65 },
  { "Basic ID": { id_type: "Serial Number (ANSI/CTA-2063-A)", id: "PKT1", ua_type: 2 } },
  {
    "Location/Vector Message": {
      latitude: 47.377,
      longitude: 8.542,
      geodetic_altitude: 500,
      height_agl: 50,
      height_type: "Above Takeoff",
      op_status: "Airborne",
      direction: 90,
      speed: 10,
      vert_speed: -1.5,
      horizontal_accuracy: "< 3 m",
      vertical_accuracy: "<10 m",
      speed_accuracy: "<0.3 m/s",
      timestamp: "1800.5",
    },
  },
  { "System Message": { latitude: 47.376, longitude: 8.541, operator_location_type: "Live GNSS" } },
  { "Self-ID Message": { text: "dam survey" } },
  { "Operator ID Message": { operator_id: "CHEtest1" } },
];

test("DragonSync list form: every field becomes the same as on the air", () => {
  const read = receive(SNIFFER_LIST);
  assert.deepEqual(read.errors, []);
  const place = placeOf(read);
  assert.deepEqual([degrees(place.latitude), degrees(place.longitude)], [47.377, 8.542]);
  assert.equal(place.height?.value, 500);
  assert.equal(place.height?.sigma?.toFixed(3), "5.102");
  assert.equal(place.horizontalSigma?.toFixed(3), "1.226");
  assert.deepEqual([place.velocityEast?.toFixed(3), place.velocityUp], ["10.000", -1.5]);
  assert.deepEqual(detection(read)?.time, { kind: "hour", seconds: 1800.5 });
  assert.deepEqual(detection(read)?.identities, [
    { scheme: "remote-id-serial", value: "PKT1" },
    { scheme: "radio-address", value: "02:00:00:00:00:aa" },
  ]);
  assert.equal(detection(read)?.signalDbm, -65);
  const words = said(read)!;
  assert.deepEqual(
    [words.serial, words.category, words.description, words.operatorId, words.operationalStatus, words.operatorPositionKind],
    ["PKT1", "helicopter or multirotor", "dam survey", "CHEtest1", "airborne", "live"],
  );
  assert.equal(degrees(words.operatorLatitude), 47.376);
  assert.equal(words.heightAboveTakeoff, 50);
});

test("ESP32 object form: the same keys in one object, the address in aext, the operator under operator_lat", () => {
  const read = receive({
    index: 1,
    runtime: 2,
    AUX_ADV_IND: { rssi: -68 },
    aext: { AdvA: "AA:BB:CC:DD:EE:FF 12:34" },
    "Basic ID": { id_type: "Specific Session ID", id: "S1" },
    "Location/Vector Message": { latitude: "47.5", longitude: "8.5" },
    "System Message": { operator_lat: 47.4, operator_lon: 8.4 },
  });
  assert.deepEqual(detection(read)?.identities, [
    { scheme: "remote-id-session", value: "S1" },
    { scheme: "radio-address", value: "aa:bb:cc:dd:ee:ff" },
  ]);
  assert.equal(detection(read)?.signalDbm, -68);
  assert.equal(degrees(said(read)?.operatorLatitude), 47.4);
});

test("the older list form counts 1e-7 degrees, half metres from -1000 and quarter metres per second", () => {
  const read = receive([
    { MAC: "11:22:33:44:55:66" },
    { "Basic ID": { id_type: "Serial Number (ANSI/CTA-2063-A)", id: "PKT2", ua_type: "Helicopter (or Multirotor)" } },
    {
      "Location Vector": {
        op_status: "Airborne",
        ew_dir_segment: "West",
        speed_multiplier: "0.25",
        coord: {
          direction: 90,
          speed: 40,
          vert_speed: 4,
          latitude: 473770000,
          longitude: 85420000,
          pressure_altitude: 0,
          geodetic_altitude: 3000,
          height_agl: 2100,
          timestamp: 18000,
          horizontal_accuracy: "<1 m",
        },
      },
    },
    { System: { operator_location_type: "Takeoff", latitude: 473760000, longitude: 85410000, geodetic_altitude: 2900 } },
  ]);
  const place = placeOf(read);
  assert.deepEqual([degrees(place.latitude), degrees(place.longitude), place.height?.value], [47.377, 8.542, 500]);
  assert.equal(place.velocityEast?.toFixed(3), "-10.000"); // 90 degrees in the western half: 270
  assert.equal(place.velocityUp, 2);
  assert.deepEqual(detection(read)?.time, { kind: "hour", seconds: 1800 });
  const words = said(read)!;
  assert.deepEqual([words.heightAboveTakeoff, words.operatorHeight?.value, words.operatorPositionKind], [50, 450, "take-off"]);
});

test("unknown markers in JSON are unknown: 0/0, 361 degrees, 255 and 63 m/s, -1000 m, and 65531 m", () => {
  const marked = {
    latitude: 47.5,
    longitude: 8.5,
    direction: 361,
    speed: 255,
    vert_speed: 63,
    geodetic_altitude: -1000,
    pressure_altitude: 65531,
  };
  const place = placeOf(receive([SNIFFER_LIST[1], { "Location/Vector Message": marked }]));
  assert.deepEqual([place.velocityEast, place.velocityNorth, place.velocityUp, place.height], [undefined, undefined, undefined, undefined]);
  const nowhere = receive([SNIFFER_LIST[1], { "Location/Vector Message": { latitude: 0, longitude: 0, speed: 3 } }]);
  assert.equal(detection(nowhere), undefined);
  assert.equal(said(nowhere)?.serial, "PKT1");
});

test("DragonSync MQTT: the receiver that saw it, its own time, and zeros that mean nothing", () => {
  const drone = {
    id: "drone-PKT3",
    track_type: "drone",
    id_type: "Serial Number (ANSI/CTA-2063-A)",
    lat: 47.5,
    lon: 8.5,
    alt: 65531.0,
    height: 0.0,
    speed: 0.0,
    vspeed: 0.0,
    direction: 0.0,
    rssi: -70,
    mac: "",
    pilot_lat: 0.0,
    pilot_lon: 0.0,
    home_lat: 47.4,
    home_lon: 8.4,
    seen_by: "kit-1",
    observed_at: 1_763_893_800.5,
    rid_make: "ACME",
    rid_model: "Quad",
  };
  const read = receive(drone);
  assert.equal(detection(read)?.sensorKey, "kit-1");
  assert.deepEqual(detection(read)?.identities, [{ scheme: "remote-id-serial", value: "PKT3" }]);
  assert.deepEqual(detection(read)?.time, { kind: "utc", at: 1_763_893_800_500_000 });
  const place = placeOf(read);
  assert.deepEqual([place.height, place.velocityEast, place.velocityUp], [undefined, undefined, undefined]);
  const words = said(read)!;
  assert.deepEqual([words.model, words.operatorPositionKind, degrees(words.operatorLatitude)], ["ACME Quad", "take-off", 47.4]);
  const byAddress = receive({ ...drone, id: "drone-AABBCCDDEEFF", id_type: undefined });
  assert.deepEqual(detection(byAddress)?.identities, [{ scheme: "radio-address", value: "aa:bb:cc:dd:ee:ff" }]);
});

test("drones that a receiver could not identify never share its fallback identifier", () => {
  const state = createRemoteIdState();
  const drone = { track_type: "drone", lon: 8.5, pilot_lat: 0, pilot_lon: 0 };
  for (const id of ["drone-alert", "drone-alert-5776", "unknown", "", "000000", "N/A", "null"]) {
    const read = receive({ ...drone, id, lat: 47.5 }, state);
    assert.deepEqual(detection(read)?.identities, [], id);
    assert.equal(said(read), undefined);
  }
  assert.equal(state.emitters.size, 0);
});

test("an encrypted transmission without identity and position is told to a person and makes no track", () => {
  const read = receive([{ "Basic ID": { id: "drone-alert", RSSI: -80 } }, { "Self-ID Message": { text: "DJI Encrypted" } }]);
  assert.deepEqual(
    read.observations.map((o) => o.type),
    ["status"],
  );
  assert.match(status(read)!.notes![0], /neither its identity nor its position \(DJI Encrypted\), -80 dBm/);
});

test("a receiver kit's health becomes its sensor's status, with its place", () => {
  const read = receive({ id: "kit-1", latitude: 47.1, longitude: 8.1, hae: 431.5, cpu_usage: 3, gps_fix: true, updated: 1_763_893_800 });
  const found = status(read)!;
  assert.deepEqual([found.sensorKey, found.state, degrees(found.latitude), found.height?.value], ["kit-1", "operational", 47.1, 431.5]);
  assert.equal(status(receive({ id: "kit-1", cpu_usage: 3, gps_fix: false }))?.state, "degraded");
});

test("drone-mesh-mapper: zero means none", () => {
  const line = {
    mac: "aa:bb:cc:dd:ee:01",
    rssi: -55,
    drone_lat: 47.5,
    drone_long: 8.5,
    drone_altitude: 120,
    pilot_lat: 0,
    pilot_long: 0,
    basic_id: "PKT4",
  };
  const read = receive(line);
  assert.deepEqual([placeOf(read).height?.value, detection(read)?.signalDbm], [120, -55]);
  assert.equal(said(read)?.operatorLatitude, undefined);
  const nothing = receive({ ...line, drone_lat: 0, drone_long: 0, drone_altitude: 0 });
  assert.equal(detection(nothing), undefined);
});

test("Kismet: a device with a drone part; other devices say nothing", () => {
  const device = {
    "kismet.device.base.macaddr": "60:60:1F:00:00:01",
    "kismet.device.base.last_time": 1_763_893_800,
    "kismet.device.base.signal": { "kismet.common.signal.last_signal": -61 },
    "uav.device": {
      "uav.manufacturer": "DJI",
      "uav.model": "Mini 2",
      "uav.serialnumber": "PKT5",
      "uav.last_telemetry": {
        "uav.telemetry.location": {
          "kismet.common.location.geopoint": [8.5, 47.5],
          "kismet.common.location.alt": 130,
          "kismet.common.location.fix": 3,
        },
        "uav.telemetry.v_north": -3,
        "uav.telemetry.v_east": 4,
        "uav.telemetry.v_up": 1,
        "uav.telemetry.height": 20,
      },
    },
  };
  const read = receive([device, { "kismet.device.base.macaddr": "60:60:1F:00:00:02" }]);
  assert.deepEqual([read.errors, read.records], [[], 1]);
  const place = placeOf(read);
  assert.deepEqual([degrees(place.latitude), degrees(place.longitude)], [47.5, 8.5]);
  assert.deepEqual(place.height, { kind: "pressure", value: 130, sigma: undefined });
  assert.deepEqual([place.velocityEast?.toFixed(3), place.velocityNorth?.toFixed(3)], ["4.000", "-3.000"]);
  assert.equal(said(read)?.model, "DJI Mini 2");
  assert.equal(detection(read)?.identities[0].value, "PKT5");
});

test("several JSON lines in one packet are several reports; a bad line is one error beside them", () => {
  const line = JSON.stringify({ mac: "aa:bb:cc:dd:ee:01", drone_lat: 47.5, drone_long: 8.5, basic_id: "PKT4" });
  const read = receive(`${line}\n{broken\n${line.replaceAll("PKT4", "PKT6").replace(":01", ":02")}\n`);
  assert.deepEqual([read.records, read.errors.length], [2, 1]);
});

test("an impossible place, other JSON, no JSON and too much of it are each a typed error", () => {
  const code = (value: unknown) => receive(value).errors.map((error) => error.code);
  assert.deepEqual(code({ mac: "aa:bb:cc:dd:ee:01", drone_lat: 147.5, drone_long: 8.5, basic_id: "x" }), ["out-of-range"]);
  assert.deepEqual(code({ hello: 1 }), ["unsupported"]);
  assert.deepEqual(code("12"), ["unsupported"]);
  assert.deepEqual(code('{"lat": NaN}'), ["malformed"]);
  assert.deepEqual(code(`"${"x".repeat(MAX_JSON)}"`), ["oversized"]);
  assert.deepEqual(code("[".repeat(100_000)), ["oversized"]);
  assert.deepEqual(code("[".repeat(33) + "]".repeat(33)), ["oversized"]);
  assert.deepEqual(code("[".repeat(32) + "]".repeat(32)), ["unsupported"]);
  assert.deepEqual(code({ hello: `${"[".repeat(100)}"` }), ["unsupported"]); // brackets in text are text
});

test("a packet gives at most 256 reports, and says that the rest was left out", () => {
  const line = { mac: "aa:bb:cc:dd:ee:01", drone_lat: 47.5, drone_long: 8.5, basic_id: "PKT4" };
  const read = receive(Array.from({ length: 300 }, () => line));
  assert.deepEqual([read.records, read.errors.map((error) => error.code)], [256, ["oversized"]]);
});

test("text from the air is cleaned of control and direction characters and capped", () => {
  const read = receive([SNIFFER_LIST[1], { "Self-ID Message": { text: `a\u202eb\u0000c${"x".repeat(1000)}` } }]);
  assert.equal(said(read)?.description?.slice(0, 4), "abcx");
  assert(said(read)!.description!.length <= 256);
});

test("any JSON value never throws and never lets a NaN through", () => {
  const finite = (value: unknown): boolean =>
    typeof value === "number" ? Number.isFinite(value) : typeof value !== "object" || value === null || Object.values(value).every(finite);
  const keys = [
    "Basic ID",
    "Location/Vector Message",
    "System Message",
    "data",
    "sensor ID",
    "UASdata",
    "uav.device",
    "lat",
    "lon",
    "pilot_lat",
    "mac",
    "basic_id",
    "__proto__",
    "id",
    "latitude",
    "coord",
  ];
  const tree = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.double(),
      fc.string({ maxLength: 12 }),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie("value"), { maxLength: 4 }),
      tie("object"),
    ),
    object: fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 6 }),
  })).value;
  fc.assert(
    fc.property(tree, (value) => {
      const read = receive(value);
      assert(finite(read.observations));
      assert.deepEqual(receive(value), read);
    }),
    { numRuns: 2000 },
  );
});

test("base64 of RFC 4648 section 10, with and without padding; other characters are refused", () => {
  for (const [text, plain] of [
    ["", ""],
    ["Zg==", "f"],
    ["Zm8", "fo"],
    ["Zm9vYmFy", "foobar"],
  ]) {
    assert.equal(Buffer.from(fromBase64(text)!).toString(), plain);
  }
  for (const text of ["Z", "Z g=", "Zm9v*mFy"]) assert.equal(fromBase64(text), undefined, text);
});

for (const file of ["dronescout_mqtt_BLE-legacy.jsonl", "dronescout_mqtt_WiFi-NaN.jsonl"]) {
  test(`${file}: the C structure equals the receiver's own printout`, { skip: needs(`data/remoteid/${file}`) }, () => {
    for (const line of readFileSync(shared(`data/remoteid/${file}`), "utf8")
      .trim()
      .split("\n")) {
      const { message, expected } = JSON.parse(line) as { message: object; expected: Record<string, Record<string, number | string>> };
      const read = readJsonReports(encodeUtf8(JSON.stringify(message)));
      assert.deepEqual(read.errors, []);
      const [report] = read.reports;
      assert.equal(report.receiver, "SNSTAC-CUAS-0002");
      assert.deepEqual(report.ids, [{ kind: "serial", id: expected.BasicID0.UASID, uaType: expected.BasicID0.UAType }]);
      const at = report.location!;
      const peer = expected.Location;
      assert.deepEqual([degrees(at.latitude), degrees(at.longitude)], [peer.Latitude, peer.Longitude]);
      assert.deepEqual([at.geodeticAltitude, at.pressureAltitude, at.height], [peer.AltitudeGeo, undefined, peer.Height]);
      assert.deepEqual([at.status, at.speedHorizontal, at.secondsAfterHour], [peer.Status, peer.SpeedHorizontal, peer.TimeStamp]);
      assert.deepEqual(
        [at.horizontalAccuracy, at.verticalAccuracy, at.barometricAccuracy, at.speedAccuracy, at.timeAccuracy],
        [peer.HorizAccuracy, peer.VertAccuracy, peer.BaroAccuracy, peer.SpeedAccuracy, peer.TSAccuracy],
      );
      const operator = report.system!;
      assert.deepEqual(
        [degrees(operator.operatorLatitude), degrees(operator.operatorLongitude), operator.operatorAltitude, operator.unixSeconds],
        [
          expected.System.OperatorLatitude,
          expected.System.OperatorLongitude,
          expected.System.OperatorAltitudeGeo,
          1_546_300_800 + Number(expected.System.Timestamp),
        ],
      );
    }
  });
}

test("the other recorded receiver messages are read without an error", { skip: needs("data/remoteid") }, () => {
  const whole = (path: string) => readJsonReports(readFileSync(shared(path)));
  const flat = whole("data/remoteid/dronescout_ua_payload.json");
  assert.deepEqual(
    [flat.errors, flat.reports[0].ids[0].id, degrees(flat.reports[0].location?.latitude)],
    [[], "1581F4QWB22CC00302LV", 37.8288078],
  );
  assert.equal(flat.reports[0].location?.secondsAfterHour, 54 * 60 + 14);
  const health = whole("data/remoteid/dronescout_sensor_status.json");
  assert.deepEqual([health.errors, health.statuses[0].state, health.statuses[0].sensorKey], [[], "operational", "test_sensor_id_001"]);
  const old = whole("data/remoteid/droneid_zmq_list_format.json");
  assert.deepEqual([old.errors, old.reports.length], [[], 2]);
  assert.deepEqual([degrees(old.reports[0].location?.latitude), degrees(old.reports[0].location?.longitude)], [33.6577004, -82.2156164]);
  assert.equal(old.reports[0].location?.geodeticAltitude, 76); // 2152 / 2 - 1000
  assert.equal(old.reports[1].location?.latitude, undefined);
  assert.equal(old.reports[1].operatorId?.id, "FIN87astrdge12kxyz8");
});

test("DragonSync's own assertions hold for its messages", { skip: needs("data/dragonsync/zmq_messages.jsonl") }, () => {
  const rows = readFileSync(shared("data/dragonsync/zmq_messages.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string; message: unknown });
  const of = (name: string) => {
    const read = receive(rows.find((row) => row.name === name)!.message);
    assert.deepEqual(read.errors, [], name);
    return read;
  };
  const first = of("test_dji_list_with_freq_and_serial");
  assert.deepEqual(
    [said(first)?.serial, said(first)?.category, said(first)?.description],
    ["SN123", "helicopter or multirotor", "DJI Phantom"],
  );
  assert.deepEqual([degrees(placeOf(first).latitude), degrees(placeOf(first).longitude)], [10, 20]);
  const esp32 = of("test_esp32_with_aux_adv_ind");
  assert.deepEqual([detection(esp32)?.signalDbm, detection(esp32)?.identities[1].value], [-68, "aa:bb:cc:dd:ee:ff"]);
  const system = said(of("test_droneid_system_message_latitude_longitude"))!;
  assert.deepEqual([degrees(system.operatorLatitude), degrees(system.operatorLongitude)], [10.5, 20.5]);
  const accuracy = of("test_remote_id_accuracy_fields");
  assert.equal(placeOf(accuracy).horizontalSigma?.toFixed(3), "4.085"); // 10 m / 2.4477
  assert.equal(detection(accuracy)?.time, undefined); // 3600.5 s after the hour is no time
  const top = of("test_top_level_mac_rssi_in_list");
  assert.deepEqual([detection(top)?.signalDbm, detection(top)?.identities[1].value], [-55, "ff:ee:dd:cc:bb:aa"]);
  assert.equal(said(of("test_minimal_message"))?.serial, "MINIMAL");
  assert.equal(rows.length, 6);
});

test("picket decode prints one row a report and one an error", () => {
  const rows = createRemoteIdJsonDescriber()({
    receivedAt: micros(0),
    connection: 0,
    bytes: encodeUtf8(`${JSON.stringify(SNIFFER_LIST)}\nnonsense`),
  });
  assert.equal(rows.length, 2);
  assert.equal((rows[0].location as { speedHorizontalMps: number }).speedHorizontalMps, 10);
  assert.equal(rows[1].error, "malformed");
});
