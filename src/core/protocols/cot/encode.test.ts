import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeUtf8 } from "../../base/text.ts";
import { metres, micros, RADIANS_PER_DEGREE, radians, seconds } from "../../base/units.ts";
import { decodeCotXml } from "./cot-event.ts";
import { cotProtocol } from "./cot-protocol.ts";
import { readCotType } from "./cot-type.ts";
import { type CotTrack, cotEventOfDeletion, cotEventOfOperator, cotEventOfTrack, cotTypeOf, encodeCotXml, operatorUid } from "./encode.ts";
import { attributeOf, childOf } from "./xml.ts";

const NOON = micros(Date.UTC(2026, 10, 23, 12) * 1000);
const TRACK: CotTrack = {
  uid: "picket.site.T12",
  callsign: "T12",
  affiliation: "suspect",
  targetClass: "uas.multirotor.small",
  latitude: radians(47.377 * RADIANS_PER_DEGREE),
  longitude: radians(8.542 * RADIANS_PER_DEGREE),
  heightHae: metres(500),
  covarianceEn: [25, 0, 100],
  heightSigma: metres(7),
  velocityEast: 3,
  velocityNorth: -4,
  at: NOON,
  updateInterval: seconds(2.5),
  source: "fused",
  simulated: false,
};
const read = (text: string) => {
  const decoded = decodeCotXml(text);
  assert(decoded.ok, decoded.ok ? "" : decoded.error.message);
  return decoded.value;
};

test("a track becomes an event with its own numbers", () => {
  const event = read(encodeCotXml(cotEventOfTrack(TRACK)));
  assert.deepEqual([event.uid, event.type, event.how], ["picket.site.T12", "a-s-A-M-H-Q", "m-f"]);
  assert.deepEqual([event.time, event.stale], [NOON, NOON + 10_000_000]); // four intervals
  assert.deepEqual([event.point.hae, event.point.ce, event.point.le], [500, 10, 7]); // sqrt(100) is the long axis
  const motion = childOf(event.detail, "track");
  assert.deepEqual([attributeOf(motion, "speed"), attributeOf(motion, "course")], ["5.00", "143.13"]); // atan2(3, -4)
  assert.equal(attributeOf(childOf(event.detail, "contact"), "callsign"), "T12");
});

test("ce is the long axis of a turned ellipse", () => {
  // Axes of 10 m and 2 m, turned by 45 degrees: variances (100 + 4) / 2, covariance (100 - 4) / 2.
  assert.equal(cotEventOfTrack({ ...TRACK, covarianceEn: [52, 48, 52] }).point.ce, 10);
});

test("the letter follows the affiliation alone and the function the class alone", () => {
  const classes = ["uas.multirotor.small", "uas.fixedwing.small", "uas.oneway", "manned.jet", "bird.flock", undefined];
  const types = classes.map((targetClass) => cotTypeOf("unknown", targetClass));
  assert.deepEqual(types, ["a-u-A-M-H-Q", "a-u-A-M-F-Q", "a-u-A-M-F-Q", "a-u-A-C-F", "a-u-A", "a-u-A"]);
  for (const affiliation of ["pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"] as const) {
    for (const targetClass of classes) {
      const type = cotTypeOf(affiliation, targetClass);
      assert.equal(readCotType(type).affiliation, affiliation);
      assert.equal(type.slice(3), cotTypeOf("unknown", targetClass).slice(3));
    }
  }
});

test("an unknown height is 9999999 with an unknown error, never zero", () => {
  const text = encodeCotXml(cotEventOfTrack({ ...TRACK, heightHae: undefined }));
  assert.match(text, /hae="9999999" ce="10" le="9999999"/);
});

test("anything but live says so in its name, its remarks and its how", () => {
  const event = cotEventOfTrack({ ...TRACK, simulated: true, remarks: "exercise" });
  assert.deepEqual([event.how, attributeOf(childOf(event.detail, "contact"), "callsign")], ["m-s", "SIM T12"]);
  assert.equal(childOf(event.detail, "remarks")?.text, "SIMULATED exercise");
  const already = cotEventOfTrack({ ...TRACK, simulated: true, callsign: "SIM-T12" });
  assert.equal(attributeOf(childOf(already.detail, "contact"), "callsign"), "SIM-T12");
});

test("the operator is an event of its own that links to the aircraft; the aircraft's event says nothing of the operator", () => {
  const operator = cotEventOfOperator({
    trackUid: TRACK.uid,
    trackType: "a-s-A-M-H-Q",
    callsign: "T12",
    latitude: radians(47.3 * RADIANS_PER_DEGREE),
    longitude: radians(8.5 * RADIANS_PER_DEGREE),
    at: NOON,
    updateInterval: seconds(5),
    simulated: false,
  });
  const event = read(encodeCotXml(operator));
  assert.deepEqual([event.uid, event.type], [operatorUid(TRACK.uid), "a-u-G"]);
  assert.equal(attributeOf(childOf(event.detail, "link"), "uid"), TRACK.uid);
  assert.equal(event.point.hae, undefined);
  assert.doesNotMatch(encodeCotXml(cotEventOfTrack(TRACK)), /operator|47\.3"|link/);
});

test("what is sent and deleted again comes and goes at a receiver", () => {
  const state = cotProtocol.createState({});
  const hear = (text: string) => cotProtocol.receive(state, { receivedAt: NOON, connection: 0, bytes: encodeUtf8(text) }, {});
  const first = hear(encodeCotXml(cotEventOfTrack(TRACK)));
  assert.deepEqual(
    first.observations.map((one) => one.type),
    ["source-track", "claim"],
  );
  const gone = hear(encodeCotXml(cotEventOfDeletion(TRACK.uid, "a-s-A-M-H-Q", NOON)));
  const [ended] = gone.observations;
  assert(ended.type === "source-track");
  assert.deepEqual([ended.sourceTrackId, ended.ended], [TRACK.uid, true]);
});

test("hostile text cannot break out of its place, and no number has an exponent", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), fc.double({ min: -180, max: 180, noNaN: true }), (text, longitude) => {
      const track = { ...TRACK, callsign: `x${text}`, remarks: text, longitude: radians(longitude * RADIANS_PER_DEGREE) };
      const xml = encodeCotXml(cotEventOfTrack(track));
      const event = read(xml);
      assert(Math.abs(event.point.longitudeDegrees - longitude) < 1e-6);
      assert.equal(event.detail?.children.length, 4);
      assert.doesNotMatch(xml, /(lat|lon)="[^"]*e/);
    }),
    { numRuns: 300 },
  );
});
