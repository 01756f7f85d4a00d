import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { encodeUtf8 } from "../../base/text.ts";
import { micros } from "../../base/units.ts";
import type { Claim, Detection, PositionMeasurement } from "../../model/observation.ts";
import { createLineFramer } from "../line-framer.ts";
import { createSbsDescriber } from "./describe.ts";
import { decodeSbsLine, SBS_MAX_LINE } from "./sbs-line.ts";
import { sbsProtocol } from "./sbs-protocol.ts";

const SHARED = new URL("../../../../../shared/data/", import.meta.url);
const skip = existsSync(SHARED) ? false : "../shared is absent";
const DEGREE = Math.PI / 180;
const POSITION = "MSG,3,1,1,4CA216,1,2026/11/23,10:00:00.500,2026/11/23,10:00:00.500,,1000,,,36.9,43.1,,,0,0,0,0";
const VELOCITY = "MSG,4,1,1,4CA216,1,2026/11/23,10:00:00.000,2026/11/23,10:00:00.000,,,100,90,,,-600,,,,,0";

const decode = (text: string) => decodeSbsLine(encodeUtf8(text));
const run = (...texts: string[]) => {
  const state = sbsProtocol.createState({});
  return texts.map((text, index) =>
    sbsProtocol.receive(state, { receivedAt: micros(1e15 + index * 1e6), connection: 1, bytes: encodeUtf8(text) }, {}),
  );
};

test("a position line: 1,000 ft of pressure altitude is 304.8 m, the address is lower case, the clock is UTC", () => {
  const line = decode(POSITION);
  assert.ok(line.ok);
  assert.equal(line.value.address, "4ca216");
  assert.equal(line.value.altitude, 304.8);
  assert.equal(line.value.latitude, 36.9 * DEGREE);
  assert.equal(line.value.madeAt, Date.UTC(2026, 10, 23, 10, 0, 0, 500) * 1000);
  assert.equal(line.value.groundSpeed, undefined, "an empty field is unknown, never zero");
  assert.equal(line.value.onGround, false);
});

test("velocity of MSG 4 is put beside a position of the next three seconds: 100 kt to the east, descending 600 ft/min", () => {
  const detection = run(VELOCITY, VELOCITY, POSITION)[2]!.observations.find((o): o is Detection => o.type === "detection")!;
  const place = detection.measurement as PositionMeasurement;
  assert.ok(Math.abs(place.velocityEast! - 51.4444) < 1e-3);
  assert.ok(Math.abs(place.velocityNorth!) < 1e-9);
  assert.ok(Math.abs(place.velocityUp! + 3.048) < 1e-9);
  assert.deepEqual(place.height, { kind: "pressure", value: 304.8 });
  assert.deepEqual(detection.identities, [{ scheme: "icao24", value: "4ca216" }]);
});

test("an address shows from its second message, of which two lines of one message are not two", () => {
  const [first, second] = run(POSITION, POSITION);
  assert.deepEqual(first!.observations, []);
  assert.equal(second!.observations[0]!.type, "detection");
  assert.deepEqual(run(`${POSITION}\n${POSITION}\n`)[0]!.observations, []);
});

test("a datagram of several lines gives each of them, and tells of the bad one", () => {
  const later = POSITION.replaceAll("10:00:00.500", "10:00:01.000");
  const [result] = run(`${POSITION}\r\n\r\nrubbish\r\n${later}\r\n`);
  assert.deepEqual([result!.records, result!.errors.length, result!.observations[0]?.type], [2, 1, "detection"]);
});

test("what cannot be true refuses the line with the field's number", () => {
  const cases: [string, string, string][] = [
    [POSITION.replace("36.9", "91.5"), "out-of-range", "SBS field 15 (latitude)"],
    [POSITION.replace("43.1", "NaN"), "malformed", "SBS field 16 (longitude)"],
    [POSITION.replace("36.9", ""), "inconsistent", "SBS fields 15 and 16"],
    [POSITION.replace("4CA216", "4CA2"), "malformed", "SBS field 5"],
    [POSITION.replace("MSG,3", "MSG,9"), "unsupported", "SBS field 2"],
    ["MSG,3,1,1,4CA216", "truncated", "SBS line"],
    ["*8d406b902015a678d4d220aa4bda;", "malformed", "SBS field 1"],
    [POSITION + " ".repeat(SBS_MAX_LINE), "oversized", "SBS line"],
  ];
  for (const [text, code, item] of cases) {
    const got = decode(text);
    assert.ok(!got.ok, text);
    assert.deepEqual([got.error.code, got.error.item], [code, item]);
  }
});

test("a jump to another continent is refused and counted", () => {
  const results = run(POSITION, POSITION, POSITION.replace("43.1", "-70"), POSITION);
  assert.equal(results[2]!.errors[0]?.item, "SBS speed gate");
  assert.equal(results[3]!.observations[0]!.type, "detection");
});

test("a recorded BaseStation stream: one aircraft, its callsign and squawk, and every position that the lines carry", { skip }, () => {
  const framer = createLineFramer({ maxLength: SBS_MAX_LINE });
  const { packets, errors } = framer.push(readFileSync(new URL("adsb-feeds/readsb_out.sbs", SHARED)));
  assert.deepEqual([packets.length, errors.length], [3_103, 0]);
  const state = sbsProtocol.createState({});
  let detections = 0;
  let withPosition = 0;
  const said: Claim["statements"][] = [];
  packets.forEach((bytes, index) => {
    const decoded = sbsProtocol.receive(state, { receivedAt: micros(index * 77_000), connection: 1, bytes }, {});
    assert.deepEqual(decoded.errors, []);
    assert.equal(decoded.records, 1);
    const line = decodeSbsLine(bytes);
    if (line.ok && line.value.latitude !== undefined) withPosition += 1;
    for (const observation of decoded.observations) {
      if (observation.type === "detection") detections += 1;
      if (observation.type === "claim") said.push(observation.statements);
    }
  });
  assert.equal(detections, withPosition);
  assert.ok(detections > 450);
  assert.ok(said.some((statements) => statements.callsign === "BAW3AK"));
  assert.ok(said.some((statements) => statements.squawk === "2312"));
  assert.deepEqual([...state.aircraft.keys()], ["400f99"]);
});

test("a line described: degrees and metres, absent where the field is empty; a bad line is an object with its error", () => {
  const describe = createSbsDescriber({});
  const packet = (text: string) => ({ receivedAt: micros(0), connection: 0, bytes: encodeUtf8(text) });
  const [fields] = describe(packet(POSITION));
  assert.deepEqual([fields!.icao24, fields!.pressureAltitudeMetres, "squawk" in fields!], ["4ca216", 304.8, false]);
  assert.ok(Math.abs((fields!.latitudeDegrees as number) - 36.9) < 1e-12);
  assert.equal(describe(packet("MSG,9"))[0]!.error, "truncated");
});
