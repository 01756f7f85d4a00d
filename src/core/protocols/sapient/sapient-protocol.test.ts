import assert from "node:assert/strict";
import { test } from "node:test";
import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { decodeState, encodeState } from "../../base/state-codec.ts";
import { RADIANS_PER_DEGREE as DEGREE, type Micros, micros } from "../../base/units.ts";
import type { Claim, Detection, SensorStatus, SourceTrack } from "../../model/observation.ts";
import type { Decoded, ProtocolOptions } from "../protocol.ts";
import {
  createSender,
  detectionReport,
  type EdgeNodeDescription,
  encodeAlert,
  encodeDetection,
  encodeError,
  encodeGoodbye,
  encodeRegistration,
  encodeSapient,
  encodeStatus,
  location,
  locationUtm,
  objectUlid,
  rangeBearing,
  registration,
  type SenderState,
  statusReport,
} from "./encode.ts";
import { deriveUuid, isUlid } from "./identifiers.ts";
import {
  Alert_AlertType,
  AlertAck_AlertAckStatus,
  LocationCoordinateSystem,
  LocationDatum,
  type LocationSchema,
  RangeBearingCoordinateSystem,
  RangeBearingDatum,
  Registration_ModeType,
  Registration_NodeType,
  type SapientMessage,
  SapientMessageSchema,
  SpeedUnits,
} from "./sapient-pb.gen.ts";
import { sapientProtocol } from "./sapient-protocol.ts";

const T0 = micros(1_780_000_000_000_000);
const after = (secondsLater: number) => micros(T0 + secondsLater * 1e6);
const SITE = { referenceLatitude: 36.9 * DEGREE, referenceLongitude: 43.1 * DEGREE };
const close = (got: number | undefined, want: number, tolerance: number) =>
  assert.ok(got !== undefined && Math.abs(got - want) <= tolerance, `${got} is not ${want} within ${tolerance}`);

const RADAR: EdgeNodeDescription = {
  name: "North radar",
  shortName: "RDR-N",
  nodeTypes: [Registration_NodeType.RADAR],
  statusIntervalSeconds: 10,
  tracking: "none",
  form: "range-bearing",
  maximumLatencySeconds: 0.25,
  rangeMaxMetres: 5000,
  manufacturer: "Example",
  model: "R1",
  classes: [["Air Vehicle", "UAV Rotary Wing"]],
  objectInfo: [{ type: "rcs", units: "dBsm" }],
};

/** One fusion node and a wire to it. */
function aFusionNode(options: ProtocolOptions = SITE) {
  const state = sapientProtocol.createState(options);
  const node = createSender(deriveUuid("radar north"));
  const give = (bytes: Uint8Array, at: Micros = T0, connection = 1): Decoded =>
    sapientProtocol.receive(state, { bytes, receivedAt: at, connection }, options);
  return {
    state,
    node,
    give,
    tick: (at: Micros) => sapientProtocol.tick!(state, at, options),
    change: (change: "opened" | "closed", at: Micros, connection = 1) =>
      sapientProtocol.connectionChanged!(state, connection, change, at, options),
    register: (description: EdgeNodeDescription = RADAR, at: Micros = T0, connection = 1, sender: SenderState = node) =>
      give(encodeRegistration(sender, at, description), at, connection),
    status: (at: Micros = T0, connection = 1) => give(encodeStatus(node, at, { place: PLACE }), at, connection),
  };
}
const PLACE = { latitude: 36.9 * DEGREE, longitude: 43.1 * DEGREE, height: 300 };

const repliesOf = (decoded: Decoded): SapientMessage[] => (decoded.replies ?? []).map((bytes) => fromBinary(SapientMessageSchema, bytes));
const onlyReply = (decoded: Decoded) => {
  const replies = repliesOf(decoded);
  assert.equal(replies.length, 1);
  return replies[0].content;
};
const statusOf = (decoded: { observations: readonly unknown[] }) =>
  decoded.observations.filter((observation) => (observation as SensorStatus).type === "status") as SensorStatus[];
const detectionsOf = (decoded: Decoded) => decoded.observations.filter((observation) => observation.type === "detection") as Detection[];
const tracksOf = (decoded: Decoded) => decoded.observations.filter((observation) => observation.type === "source-track") as SourceTrack[];

/** Octets of any content, for what the builders would never make. */
const raw = (node: SenderState, at: Micros, content: MessageInitShape<typeof SapientMessageSchema>["content"]) =>
  encodeSapient(node, at, content);

function ready(description: EdgeNodeDescription = RADAR, options: ProtocolOptions = SITE) {
  const fusion = aFusionNode(options);
  fusion.register(description);
  fusion.status();
  return fusion;
}

test("SEQ-01: a registration is acknowledged and names the sensor", () => {
  const fusion = aFusionNode();
  const decoded = fusion.register();
  const ack = onlyReply(decoded);
  assert.equal(ack.case, "registrationAck");
  assert.ok(ack.case === "registrationAck");
  assert.equal(ack.value.acceptance, true);
  assert.deepEqual(ack.value.ackResponseReason, []);
  assert.equal(repliesOf(decoded)[0].destinationId, fusion.node.nodeId);
  const [status] = statusOf(decoded);
  assert.equal(status.sensorKey, fusion.node.nodeId);
  assert.equal(status.name, "RDR-N");
  assert.equal(status.sensorType, "RADAR");
  assert.equal(status.statusInterval, 10);
  assert.deepEqual(decoded.errors, []);
});

test("SEQ-01: anything before the registration is answered with an Error and goes no further", () => {
  const fusion = aFusionNode();
  const decoded = fusion.status();
  assert.deepEqual(decoded.observations, []);
  assert.equal(decoded.errors[0].code, "sequence");
  const reply = onlyReply(decoded);
  assert.ok(reply.case === "error");
  assert.match(reply.value.errorMessage[0], /a Registration must come first/);
  assert.ok((reply.value.packet?.length ?? 0) > 0);
});

test("a registration with several faults is refused with every one of them", () => {
  const fusion = aFusionNode();
  const broken = registration(RADAR);
  broken.icdVersion = "BSI Flex 335 v3.1";
  broken.configData = [];
  broken.capabilities = [];
  broken.statusDefinition = { statusInterval: { value: Number.NaN, units: 4 } };
  broken.modeDefinition = [
    { ...broken.modeDefinition![0], modeName: "A" },
    { ...broken.modeDefinition![0], modeName: "B" },
  ];
  const decoded = fusion.give(raw(fusion.node, T0, { case: "registration", value: broken }));
  const ack = onlyReply(decoded);
  assert.ok(ack.case === "registrationAck");
  assert.equal(ack.value.acceptance, false);
  const reasons = ack.value.ackResponseReason.join("\n");
  for (const want of [/icd_version/, /config_data/, /capabilities/, /status_interval/, /2 modes are of type DEFAULT/])
    assert.match(reasons, want);
  // false is really on the wire: the field has presence.
  assert.ok(ack.value.acceptance !== undefined);
  assert.deepEqual(decoded.observations, []);
  const later = fusion.status(after(1));
  assert.equal(later.errors[0].code, "sequence", "SEQ-03: nothing is read after a refusal");
  const again = onlyReply(fusion.register(RADAR, after(2)));
  assert.ok(again.case === "registrationAck" && again.value.acceptance === true, "a better registration is accepted");
});

test("SEQ-15: without a default or permanent mode there is none to start in", () => {
  const fusion = aFusionNode();
  const broken = registration(RADAR);
  broken.modeDefinition![0].modeType = Registration_ModeType.TEMPORARY;
  const ack = onlyReply(fusion.give(raw(fusion.node, T0, { case: "registration", value: broken })));
  assert.ok(ack.case === "registrationAck" && ack.value.acceptance === false);
  assert.match(ack.value.ackResponseReason[0], /no mode is of type DEFAULT or PERMANENT/);
});

test("the version is read with blanks, underscores and the STANREC text", () => {
  for (const icdVersion of [
    "BSI Flex 335 v2.0",
    "BSI_Flex_335_v2.0",
    "BSI Flex 335 v2.0 / NATO STANREC 4869 Ed A V1.0",
    "BSI Flex 335 v1.0",
  ]) {
    const ack = onlyReply(aFusionNode().register({ ...RADAR, icdVersion }));
    assert.ok(ack.case === "registrationAck" && ack.value.acceptance === true, icdVersion);
  }
});

test("a node that is not on the list is refused", () => {
  const fusion = aFusionNode({ ...SITE, allowedNodes: [deriveUuid("someone else")] });
  const decoded = fusion.register();
  const ack = onlyReply(decoded);
  assert.ok(ack.case === "registrationAck" && ack.value.acceptance === false);
  assert.equal(decoded.errors[0].code, "refused");
  assert.equal(fusion.status().errors[0].code, "sequence");
});

test("a status report becomes place, state, field of view and notes", () => {
  const fusion = aFusionNode();
  fusion.register();
  const decoded = fusion.give(
    encodeStatus(fusion.node, T0, {
      system: "warning",
      place: PLACE,
      fieldOfView: { azimuth: 0.5, elevation: 0.1, range: 5000, horizontalExtent: 2, verticalExtent: 0.4 },
      notes: [
        { type: 4, level: 3, value: "heavy rain" },
        { type: 12, level: 2, value: "heading 45 deg" },
      ],
    }),
  );
  const [status] = statusOf(decoded);
  assert.equal(status.state, "degraded");
  close(status.latitude, 36.9 * DEGREE, 1e-12);
  close(status.longitude, 43.1 * DEGREE, 1e-12);
  assert.deepEqual(status.height, { kind: "hae", value: 300 });
  close(status.heading, 45 * DEGREE, 1e-12);
  close(status.fieldOfView?.azimuthCentre, 0.5, 1e-9);
  close(status.fieldOfView?.azimuthWidth, 2, 1e-9);
  close(status.fieldOfView?.elevationMax, 0.3, 1e-9);
  close(status.fieldOfView?.rangeMax, 5000, 1e-9);
  assert.deepEqual(status.notes, ["warning: weather heavy rain"]);
  assert.deepEqual(decoded.errors, []);
  assert.deepEqual(status.time, { kind: "sent", at: T0, maximumLatency: 0.25 });
});

test("range and bearing of a node without tracking is a polar detection with its errors", () => {
  const fusion = ready();
  const decoded = fusion.give(
    encodeDetection(fusion.node, after(1), {
      objectId: objectUlid(fusion.node, T0, 1),
      rangeBearing: rangeBearing({ azimuth: 1, elevation: 0.1, range: 1500, azimuthSigma: 0.01, elevationSigma: 0.02, rangeSigma: 5 }),
      confidence: 0.75,
      classes: [{ path: ["Air Vehicle", "UAV Rotary Wing"], confidence: 0.5 }],
      objectInfo: [{ type: "rcs", value: "-17.5" }],
    }),
    after(1),
  );
  assert.deepEqual(decoded.errors, []);
  assert.equal(decoded.replies, undefined);
  const [detection] = detectionsOf(decoded);
  const { measurement } = detection;
  assert.ok(measurement.kind === "polar");
  close(measurement.range, 1500, 1e-9);
  close(measurement.rangeSigma, 5, 1e-9);
  close(measurement.azimuth, 1, 1e-12);
  close(measurement.azimuthSigma, 0.01, 1e-12);
  close(measurement.elevation, 0.1, 1e-12);
  close(measurement.elevationSigma, 0.02, 1e-12);
  assert.equal(measurement.north, "true");
  assert.equal(detection.confidence, 0.75);
  assert.equal(detection.rcsDbsm, -17.5);
  assert.deepEqual(detection.classifications, [{ label: "Air Vehicle/UAV Rotary Wing", confidence: 0.5 }]);
  assert.deepEqual(detection.time, { kind: "sent", at: after(1), maximumLatency: 0.25 });
  assert.deepEqual(detection.identities, [], "object_id of a plot says nothing about the next one");
});

test("a radar's micro-Doppler is read from object_info in plain words; a word without a meaning says nothing", () => {
  const fusion = ready({
    ...RADAR,
    objectInfo: [
      { type: "rcs", units: "dBsm" },
      { type: "microDoppler", units: "word" },
    ],
  });
  const seen = (value: string) => {
    const decoded = fusion.give(
      encodeDetection(fusion.node, after(1), {
        objectId: objectUlid(fusion.node, T0, 1),
        rangeBearing: rangeBearing({ azimuth: 1, elevation: 0.1, range: 1500, azimuthSigma: 0.01, elevationSigma: 0.02, rangeSigma: 5 }),
        objectInfo: [{ type: "microDoppler", value }],
      }),
      after(1),
    );
    return detectionsOf(decoded)[0].microDoppler;
  };
  assert.equal(seen("rotor"), "rotor");
  assert.equal(seen("Prop"), "propeller");
  assert.equal(seen("flapping"), "flap");
  assert.equal(seen("none"), "none", "looked for and not seen, which is not the same as not looked for");
  assert.equal(seen("constructor"), undefined);
  assert.equal(seen("sideways"), undefined);
});

test("tracking_type decides: NONE is a detection, TRACK is the node's own track under its object_id", () => {
  const fusion = ready({ ...RADAR, tracking: "track", form: "location" });
  const objectId = objectUlid(fusion.node, T0, 1);
  const decoded = fusion.give(
    encodeDetection(fusion.node, T0, {
      objectId,
      location: location({ latitude: 36.91 * DEGREE, longitude: 43.11 * DEGREE, height: 400, horizontalSigma: 10, verticalSigma: 20 }),
      velocity: { east: 10, north: -5, up: 1, sigma: 2 },
    }),
  );
  assert.deepEqual(detectionsOf(decoded), []);
  const [track] = tracksOf(decoded);
  assert.equal(track.sourceTrackId, objectId);
  assert.deepEqual(track.identities, [{ scheme: "source-track", value: `${fusion.node.nodeId}/${objectId}` }]);
  const { measurement } = track;
  assert.ok(measurement.kind === "position");
  close(measurement.latitude, 36.91 * DEGREE, 1e-12);
  close(measurement.covarianceEn?.[0], 100, 1e-6);
  close(measurement.covarianceEn?.[2], 100, 1e-6);
  close(measurement.height?.sigma, 20, 1e-9);
  assert.equal(measurement.velocityEast, 10);
  assert.equal(measurement.velocityNorth, -5);
  assert.equal(measurement.velocityUp, 1);
  assert.equal(measurement.velocitySigma, 2);
  const lost = fusion.give(encodeDetection(fusion.node, T0, { objectId, state: "lostInView", location: location(PLACE) }));
  assert.equal(tracksOf(lost)[0].ended, true);
});

test("an object that says nothing of itself makes no claim", () => {
  const fusion = ready({ ...RADAR, tracking: "track" });
  const decoded = fusion.give(
    encodeDetection(fusion.node, T0, { objectId: objectUlid(fusion.node, T0, 1), rangeBearing: rangeBearing({ azimuth: 1, range: 100 }) }),
  );
  assert.deepEqual(
    decoded.observations.map(({ type }) => type),
    ["source-track"],
  );
});

test("a mode that does not declare tracking_type gives tracks, because correlated errors must not pass as independent", () => {
  const fusion = aFusionNode();
  const undeclared = registration(RADAR);
  undeclared.modeDefinition![0].trackingType = undefined;
  fusion.give(raw(fusion.node, T0, { case: "registration", value: undeclared }));
  fusion.status();
  const decoded = fusion.give(
    encodeDetection(fusion.node, T0, { objectId: objectUlid(fusion.node, T0, 1), rangeBearing: rangeBearing({ azimuth: 1, range: 100 }) }),
  );
  assert.equal(tracksOf(decoded).length, 1);
});

test("velocities in the declared unit: 36 km/h is 10 m/s", () => {
  const fusion = aFusionNode();
  const kph = registration({ ...RADAR, form: "location", tracking: "track" });
  kph.modeDefinition![0].detectionDefinition![0].velocityType!.velocityUnitsOneof = {
    case: "enuVelocityUnits",
    value: { eastNorthRateUnits: SpeedUnits.KPH, upRateUnits: SpeedUnits.MS },
  };
  fusion.give(raw(fusion.node, T0, { case: "registration", value: kph }));
  fusion.status();
  const [track] = tracksOf(
    fusion.give(
      encodeDetection(fusion.node, T0, {
        objectId: objectUlid(fusion.node, T0, 1),
        location: location(PLACE),
        velocity: { east: 36, north: 0, up: 3 },
      }),
    ),
  );
  assert.ok(track.measurement.kind === "position");
  close(track.measurement.velocityEast, 10, 1e-9);
  assert.equal(track.measurement.velocityUp, 3);
});

test("a sensor that sees only directions: no range, or a range with an error as large as itself", () => {
  const fusion = ready();
  for (const shape of [{ azimuth: 2 }, { azimuth: 2, range: 2500, rangeSigma: 2500 }]) {
    const [detection] = detectionsOf(
      fusion.give(encodeDetection(fusion.node, T0, { objectId: objectUlid(fusion.node, T0, 1), rangeBearing: rangeBearing(shape) })),
    );
    assert.equal(detection.measurement.kind, "bearing");
    assert.ok(detection.measurement.kind === "bearing");
    close(detection.measurement.azimuth, 2, 1e-12);
  }
});

test("kilometres and radians are read as such, and every north is kept for the engine", () => {
  const fusion = ready();
  const [detection] = detectionsOf(
    fusion.give(
      raw(fusion.node, T0, {
        case: "detectionReport",
        value: detectionReport(fusion.node, T0, {
          objectId: objectUlid(fusion.node, T0, 1),
          rangeBearing: {
            azimuth: 1,
            range: 2,
            rangeError: 0.1,
            coordinateSystem: RangeBearingCoordinateSystem.RADIANS_KM,
            datum: RangeBearingDatum.MAGNETIC,
          },
        }),
      }),
    ),
  );
  assert.ok(detection.measurement.kind === "polar");
  assert.equal(detection.measurement.range, 2000);
  close(detection.measurement.rangeSigma, 100, 1e-9);
  assert.equal(detection.measurement.azimuth, 1);
  assert.equal(detection.measurement.north, "magnetic");
});

test("UTM is placed by zone, with its errors turned from grid to true north", () => {
  const fusion = ready({ ...RADAR, form: "utm", zone: "38S", tracking: "track" });
  const [track] = tracksOf(
    fusion.give(
      encodeDetection(fusion.node, T0, {
        objectId: objectUlid(fusion.node, T0, 1),
        location: {
          ...locationUtm({ latitude: 36.91 * DEGREE, longitude: 43.11 * DEGREE, height: 400 }),
          xError: 30,
          yError: 10,
          utmZone: undefined,
        },
      }),
    ),
  );
  const { measurement } = track;
  assert.ok(measurement.kind === "position");
  close(measurement.latitude, 36.91 * DEGREE, 1e-11);
  close(measurement.longitude, 43.11 * DEGREE, 1e-11);
  const [ee, en, nn] = measurement.covarianceEn!;
  close(ee + nn, 1000, 1e-9);
  close(ee * nn - en * en, 90_000, 1e-6);
  // Convergence is -1.135 degrees there (grid north points west of true north), so east and north are mildly correlated.
  close(en, Math.cos(0.01981) * Math.sin(-0.01981) * (100 - 900), 0.1);
});

test("swapped latitude and longitude are repaired near the node, and the operator is told", () => {
  const fusion = ready({ ...RADAR, form: "location", tracking: "track" });
  const right = location({ latitude: 36.91 * DEGREE, longitude: 43.11 * DEGREE, height: 400 });
  const send = (x: number, y: number) =>
    fusion.give(encodeDetection(fusion.node, T0, { objectId: objectUlid(fusion.node, T0, 1), location: { ...right, x, y } }));
  // 38.5 E 40.5 N is 565 km away and 290 km when swapped: not clearly wrong, so it stays as it was sent.
  const near = tracksOf(send(38.5, 40.5))[0].measurement;
  assert.ok(near.kind === "position");
  close(near.latitude, 40.5 * DEGREE, 1e-12);
  // 36.91 E 43.11 N is 850 km away.
  const far = tracksOf(send(36.91, 43.11))[0].measurement;
  assert.ok(far.kind === "position");
  close(far.latitude, 36.91 * DEGREE, 1e-12);

  const london = aFusionNode({ referenceLatitude: 51.5 * DEGREE, referenceLongitude: -0.1 * DEGREE });
  london.register({ ...RADAR, form: "location", tracking: "track" });
  const decoded = london.give(
    encodeDetection(london.node, T0, { objectId: objectUlid(london.node, T0, 1), location: { ...right, x: 51.4, y: -0.2 } }),
  );
  const { measurement } = tracksOf(decoded)[0];
  assert.ok(measurement.kind === "position");
  close(measurement.latitude, 51.4 * DEGREE, 1e-12);
  close(measurement.longitude, -0.2 * DEGREE, 1e-12);
  assert.equal(decoded.errors[0].code, "inconsistent");
  assert.match(decoded.errors[0].message, /swapped/);
  assert.match(statusOf(decoded)[0].notes!.join(), /swapped/);
});

test("degrees in UTM fields are repaired with a warning, also when they are swapped", () => {
  const fusion = aFusionNode({ referenceLatitude: 51.5 * DEGREE, referenceLongitude: -0.1 * DEGREE });
  fusion.register({ ...RADAR, form: "utm", zone: "30U", tracking: "track" });
  for (const [x, y] of [
    [-0.2, 51.4],
    [51.4, -0.2],
  ]) {
    const decoded = fusion.give(
      encodeDetection(fusion.node, T0, {
        objectId: objectUlid(fusion.node, T0, 1),
        location: { x, y, z: 100, coordinateSystem: LocationCoordinateSystem.UTM_M, datum: LocationDatum.WGS84_G },
      }),
    );
    const { measurement } = tracksOf(decoded)[0];
    assert.ok(measurement.kind === "position");
    close(measurement.latitude, 51.4 * DEGREE, 1e-12);
    assert.deepEqual(measurement.height, { kind: "amsl", value: 100 });
    assert.match(decoded.errors[0].message, /degrees in fields that say UTM/);
  }
});

test("in strict mode nothing is repaired", () => {
  const fusion = ready(
    { ...RADAR, form: "location", tracking: "track" },
    { referenceLatitude: 51.5 * DEGREE, referenceLongitude: -0.1 * DEGREE, strict: true },
  );
  const decoded = fusion.give(
    encodeDetection(fusion.node, T0, {
      objectId: objectUlid(fusion.node, T0, 1),
      location: { ...location(PLACE), x: 51.4, y: -0.2, coordinateSystem: LocationCoordinateSystem.UTM_M },
    }),
  );
  assert.deepEqual(tracksOf(decoded), []);
  assert.match(statusOf(decoded)[0].notes!.join(), /no UTM metres/);
  assert.equal(onlyReply(decoded).case, "error");
});

test("NaN, latitude 91.5 and an impossible azimuth never pass; the connection stays and the node hears why", () => {
  const fusion = ready({ ...RADAR, form: "location" });
  const objectId = objectUlid(fusion.node, T0, 1);
  const place = location(PLACE);
  const bad = [
    { location: { ...place, x: Number.NaN } },
    { location: { ...place, y: Number.POSITIVE_INFINITY } },
    { location: { ...place, y: 91.5 } },
    { location: { ...place, x: undefined } },
    { rangeBearing: rangeBearing({ azimuth: Number.NaN, range: 100 }) },
    { rangeBearing: rangeBearing({ azimuth: 7, range: 100 }) },
    { rangeBearing: rangeBearing({ azimuth: 1, range: -5 }) },
    { rangeBearing: rangeBearing({ range: 100 }) },
    {},
  ];
  for (const [index, input] of bad.entries()) {
    const at = after(10 * index);
    const decoded = fusion.give(encodeDetection(fusion.node, at, { objectId, ...input }), at);
    assert.deepEqual(detectionsOf(decoded), [], JSON.stringify(input));
    assert.equal(decoded.close, undefined);
    assert.equal(onlyReply(decoded).case, "error");
  }
});

test("an error that is absurdly large or small cannot make a variance that is infinite or zero", () => {
  const fusion = ready({ ...RADAR, form: "location" });
  const objectId = objectUlid(fusion.node, T0, 1);
  for (const [error, least, most] of [
    [1e300, 0, 0],
    [1e11, 1e12, 1e12],
    [1e-300, 1e-4, 1e-4],
  ]) {
    const bytes = encodeDetection(fusion.node, T0, { objectId, location: { ...location(PLACE), xError: error, yError: error } });
    const [detection] = detectionsOf(fusion.give(bytes));
    assert.ok(detection.measurement.kind === "position");
    const variance = detection.measurement.covarianceEn?.[0] ?? 0;
    assert.ok(variance >= least * 0.999 && variance <= most * 1.001, `${error}: ${variance}`);
  }
});

test("a confidence of 1.7 is left out with a warning, the detection stays", () => {
  const fusion = ready();
  const decoded = fusion.give(
    encodeDetection(fusion.node, T0, {
      objectId: objectUlid(fusion.node, T0, 1),
      rangeBearing: rangeBearing({ azimuth: 1, range: 100 }),
      confidence: 1.7,
    }),
  );
  assert.equal(detectionsOf(decoded)[0].confidence, undefined);
  assert.match(decoded.errors[0].message, /1\.7 is no confidence/);
});

test("a missing height stays unknown; a height takes the registered datum, and without any it is left out", () => {
  const fusion = ready({ ...RADAR, form: "location" });
  const objectId = objectUlid(fusion.node, T0, 1);
  const heightOf = (place: MessageInitShape<typeof LocationSchema>, from = fusion) => {
    const [detection] = detectionsOf(from.give(encodeDetection(from.node, T0, { objectId, location: place })));
    assert.ok(detection.measurement.kind === "position");
    return detection.measurement.height;
  };
  assert.equal(heightOf({ ...location(PLACE), z: undefined }), undefined);
  assert.deepEqual(heightOf({ ...location(PLACE), datum: LocationDatum.WGS84_G }), { kind: "amsl", value: 300 });
  assert.deepEqual(heightOf({ ...location(PLACE), datum: undefined }), { kind: "hae", value: 300 });
  assert.equal(heightOf({ ...location(PLACE), z: Number.NaN }), undefined);
  const silent = aFusionNode();
  const undeclared = registration({ ...RADAR, form: "location" });
  undeclared.modeDefinition![0].detectionDefinition![0].locationType!.datumOneof = {
    case: "locationDatum",
    value: LocationDatum.UNSPECIFIED,
  };
  silent.give(raw(silent.node, T0, { case: "registration", value: undeclared }));
  assert.equal(heightOf({ ...location(PLACE), datum: undefined }, silent), undefined);
});

test("SEQ-19: a form, datum or field that was not declared is said beside the sensor and still read", () => {
  const fusion = ready({ ...RADAR, form: "location" });
  const objectId = objectUlid(fusion.node, T0, 1);
  const bearing = fusion.give(encodeDetection(fusion.node, T0, { objectId, rangeBearing: rangeBearing({ azimuth: 1, range: 100 }) }));
  assert.equal(detectionsOf(bearing).length, 1);
  assert.match(statusOf(bearing)[0].notes!.join(), /declares locations/);
  const datum = fusion.give(encodeDetection(fusion.node, T0, { objectId, location: { ...location(PLACE), datum: LocationDatum.WGS84_G } }));
  assert.match(statusOf(datum)[0].notes!.join(), /not the datum that the registration declares/);
  const field = fusion.give(
    encodeDetection(fusion.node, T0, { objectId, location: location(PLACE), objectInfo: [{ type: "blade count", value: "4" }] }),
  );
  assert.match(statusOf(field)[0].notes!.join(), /"blade count" is not declared/);
});

test("what an object says of itself becomes a claim, with the serial as identity", () => {
  const fusion = ready({ ...RADAR, form: "location", tracking: "track" });
  const decoded = fusion.give(
    encodeDetection(fusion.node, T0, {
      objectId: objectUlid(fusion.node, T0, 1),
      location: location(PLACE),
      id: "1581F45T7228S00A1B23".slice(0, 20),
      objectInfo: [{ type: "operator_id", value: "GBR-OP-1234" }],
    }),
  );
  const claim = decoded.observations.find((observation) => observation.type === "claim") as Claim;
  assert.equal(claim.statements.serial, "1581F45T7228S00A1B23");
  assert.equal(claim.statements.operatorId, "GBR-OP-1234");
  assert.deepEqual(claim.about[0], { scheme: "remote-id-serial", value: "1581F45T7228S00A1B23" });
  assert.deepEqual(tracksOf(decoded)[0].identities[0], claim.about[0]);
});

test("SEQ-16: an alert is acknowledged with its own identifier and shown beside the sensor", () => {
  const fusion = ready();
  const decoded = fusion.give(encodeAlert(fusion.node, T0, Alert_AlertType.WARNING, "Tamper\u202e switch open"));
  const ack = onlyReply(decoded);
  assert.ok(ack.case === "alertAck");
  assert.ok(isUlid(ack.value.alertId!));
  assert.equal(ack.value.alertAckStatus, AlertAck_AlertAckStatus.ACCEPTED);
  assert.deepEqual(statusOf(decoded)[0].notes, ["alert (warning): Tamper switch open"]);
});

test("SEQ-17: an Error is never answered with an Error, even a broken one", () => {
  const fusion = aFusionNode();
  const error = fusion.give(encodeError(fusion.node, T0, Uint8Array.of(1), ["no"]));
  assert.equal(error.replies, undefined);
  assert.equal(error.errors[0].code, "refused");
  const anonymous = toBinary(SapientMessageSchema, create(SapientMessageSchema, { content: { case: "error", value: {} } }));
  assert.equal(fusion.give(anonymous).replies, undefined);
});

test("SEQ-17: Error replies are limited to a burst of five and one a second after it", () => {
  const fusion = aFusionNode();
  const junk = Uint8Array.of(0xff, 0xff, 0xff);
  let replies = 0;
  for (let i = 0; i < 100; i++) replies += fusion.give(junk, T0).replies?.length ?? 0;
  assert.equal(replies, 5);
  assert.equal(fusion.give(junk, after(1)).replies?.length, 1);
  assert.equal(fusion.give(junk, after(1)).replies, undefined);
});

test("a large packet is not sent back whole", () => {
  const fusion = aFusionNode();
  const huge = new Uint8Array(500_000).fill(0xff);
  const reply = onlyReply(fusion.give(huge));
  assert.ok(reply.case === "error" && reply.value.packet?.length === 4096);
});

test("SEQ-07: three missed status reports close the connection and report the node lost", () => {
  const fusion = ready();
  assert.deepEqual(fusion.tick(after(32)).close, []);
  const result = fusion.tick(after(34));
  assert.deepEqual(
    result.close.map(({ connection }) => connection),
    [1],
  );
  assert.equal(statusOf(result)[0].state, "fault");
  assert.match(statusOf(result)[0].notes![0], /node lost: no status report for 34 s/);
  assert.deepEqual(fusion.tick(after(35)).observations, [], "said once");
});

test("SEQ-08: back within two minutes a node goes on without registering, later it must register", () => {
  const fusion = ready();
  fusion.change("closed", after(5));
  fusion.tick(after(100));
  const back = fusion.status(after(110), 2);
  assert.equal(statusOf(back)[0].state, "operational");
  fusion.change("closed", after(111), 2);
  fusion.tick(after(240));
  assert.equal(fusion.status(after(241), 3).errors[0].code, "sequence");
});

test("SEQ-10: after a goodbye the node is gone, without a fault", () => {
  const fusion = ready();
  const decoded = fusion.give(encodeGoodbye(fusion.node, after(1)), after(1));
  assert.equal(statusOf(decoded)[0].state, "goodbye");
  assert.deepEqual(fusion.tick(after(50)).observations, []);
  assert.equal(fusion.state.nodes.size, 0);
  assert.deepEqual(fusion.change("closed", after(51)).observations, []);
});

test("SEQ-11: a second registration replaces the first; another node id on the connection is an error", () => {
  const fusion = ready();
  const again = onlyReply(fusion.register({ ...RADAR, shortName: "NEW" }));
  assert.ok(again.case === "registrationAck" && again.value.acceptance === true);
  const detection = fusion.give(
    encodeDetection(fusion.node, T0, { objectId: objectUlid(fusion.node, T0, 1), rangeBearing: rangeBearing({ azimuth: 1, range: 100 }) }),
  );
  assert.match(statusOf(detection)[0].notes!.join(), /before the first status report/, "the cached status is cleared");
  const stranger = createSender(deriveUuid("stranger"));
  const refused = fusion.register(RADAR, T0, 1, stranger);
  assert.equal(onlyReply(refused).case, "error");
  assert.equal(fusion.state.nodes.size, 1);
});

test("SEQ-12: a node id on a second connection takes over, and the operator is told of a possible spoof", () => {
  const fusion = ready();
  const second = fusion.register(RADAR, after(1), 2);
  assert.ok((onlyReply(second) as { value: { acceptance: boolean } }).value.acceptance);
  assert.match(second.errors[0].message, /second connection/);
  assert.match(statusOf(second)[0].notes!.join(), /spoof/);
  const first = fusion.status(after(2), 1);
  assert.deepEqual(first.observations, []);
  assert.equal(first.errors[0].code, "sequence");
  assert.equal(statusOf(fusion.status(after(2), 2))[0].state, "operational");
});

test("SEQ-12: an authenticated connection never yields to an unauthenticated one, not even while it is away", () => {
  const fusion = aFusionNode();
  sapientProtocol.connectionChanged!(fusion.state, 1, "opened", T0, SITE, ["radar.example"]);
  fusion.register();
  fusion.status();
  const second = fusion.register(RADAR, after(1), 2);
  assert.equal((onlyReply(second) as { value: { acceptance: boolean } }).value.acceptance, false);
  assert.match(statusOf(second)[0].notes!.join(), /spoof/);
  assert.equal(statusOf(fusion.status(after(2), 1))[0].state, "operational");
  fusion.change("closed", after(3), 1);
  assert.equal(fusion.status(after(4), 5).errors[0].code, "refused", "SEQ-08 does not resume on less");
  assert.equal((onlyReply(fusion.register(RADAR, after(5), 6)) as { value: { acceptance: boolean } }).value.acceptance, false);
  sapientProtocol.connectionChanged!(fusion.state, 7, "opened", after(6), SITE, ["radar.example"]);
  assert.equal(statusOf(fusion.status(after(7), 7))[0].state, "operational");
});

test("a dependent speaks on its parent's connection, and its silence does not close it", () => {
  const fusion = aFusionNode();
  const child = createSender(deriveUuid("child"));
  const hub = { ...RADAR, nodeTypes: [Registration_NodeType.FUSION_NODE], dependentNodes: [child.nodeId] };
  fusion.register(hub);
  const accepted = onlyReply(fusion.register({ ...RADAR, shortName: "CHILD" }, T0, 1, child));
  assert.ok(accepted.case === "registrationAck" && accepted.value.acceptance === true);
  fusion.status(after(30));
  const result = fusion.tick(after(40));
  assert.match(statusOf(result)[0].notes![0], /node lost/);
  assert.equal(statusOf(result)[0].sensorKey, child.nodeId);
  assert.deepEqual(result.close, []);
});

test("a parent that comes back within two minutes brings its dependents, and losing one to another connection costs it nothing else", () => {
  const fusion = aFusionNode();
  const child = createSender(deriveUuid("child"));
  fusion.register({ ...RADAR, nodeTypes: [Registration_NodeType.FUSION_NODE], dependentNodes: [child.nodeId] });
  fusion.register({ ...RADAR, shortName: "CHILD" }, T0, 1, child);
  const childStatus = (at: Micros, connection: number) => fusion.give(encodeStatus(child, at, {}), at, connection);
  fusion.change("closed", after(1));
  assert.equal(statusOf(fusion.status(after(2), 2))[0].state, "operational");
  assert.equal(statusOf(childStatus(after(3), 2))[0].state, "operational");
  fusion.register(RADAR, after(4), 3, child);
  assert.equal(childStatus(after(5), 2).errors[0].code, "sequence", "the newest registration of the child counts");
  assert.equal(statusOf(fusion.status(after(6), 2))[0].state, "operational", "the parent goes on");
  assert.equal(statusOf(childStatus(after(7), 3))[0].state, "operational");
});

test("links to files are passed on for people to read, and only web addresses", () => {
  const fusion = ready({ ...RADAR, form: "location", tracking: "track" });
  const url = "https://camera.example/clip/7.jpg?t=5";
  const decoded = fusion.give(
    encodeDetection(fusion.node, T0, {
      objectId: objectUlid(fusion.node, T0, 1),
      location: location(PLACE),
      files: [
        { type: "image/jpeg", url },
        { type: "image/jpeg", url: "file:///etc/passwd" },
        { type: "image/jpeg", url: "javascript:alert(1)" },
        { type: "image/jpeg", url: "https://a\u202eb.example/" },
      ],
    }),
  );
  const claim = decoded.observations.find((observation) => observation.type === "claim") as Claim;
  assert.deepEqual(claim.statements.files, [{ type: "image/jpeg", url }]);
  assert.equal(decoded.errors.filter(({ item }) => item === "detection_report.associated_file.url").length, 3);
});

test("what is remembered of a registration is bounded: too many types or dependents, or too many octets, are refused and not cut", () => {
  const acceptance = (description: EdgeNodeDescription) => {
    const ack = onlyReply(aFusionNode().register(description));
    assert.ok(ack.case === "registrationAck");
    return ack.value.acceptance === true ? "accepted" : ack.value.ackResponseReason.join();
  };
  const types = (count: number) => Array.from({ length: count }, () => Registration_NodeType.RADAR);
  const dependents = (count: number) => Array.from({ length: count }, (_, i) => deriveUuid(`d${i}`));
  assert.equal(acceptance({ ...RADAR, nodeTypes: types(64) }), "accepted");
  assert.match(acceptance({ ...RADAR, nodeTypes: types(65) }), /more than 64 entries/);
  assert.equal(acceptance({ ...RADAR, dependentNodes: dependents(256) }), "accepted");
  assert.match(acceptance({ ...RADAR, dependentNodes: dependents(257) }), /more than 256 nodes/);
  assert.match(acceptance({ ...RADAR, name: "n".repeat(300_000) }), /octets, the limit is 262144/);
});

test("a certificate that names node ids speaks for these nodes only, and makes the connection an authenticated one", () => {
  const fusion = aFusionNode();
  sapientProtocol.connectionChanged!(fusion.state, 1, "opened", T0, SITE, [
    "radar.example",
    `urn:uuid:${deriveUuid("radar north").toUpperCase()}`,
  ]);
  sapientProtocol.connectionChanged!(fusion.state, 2, "opened", T0, SITE, [deriveUuid("someone else")]);
  sapientProtocol.connectionChanged!(fusion.state, 3, "opened", T0, SITE, ["radar.example"]);
  const refused = onlyReply(fusion.register(RADAR, T0, 2));
  assert.ok(refused.case === "registrationAck" && refused.value.acceptance === false);
  assert.match(refused.value.ackResponseReason[0], /certificate of this connection does not name/);
  for (const connection of [1, 3]) {
    const accepted = onlyReply(fusion.register(RADAR, T0, connection));
    assert.ok(accepted.case === "registrationAck" && accepted.value.acceptance === true, String(connection));
    assert.equal(fusion.state.connections.get(connection)!.authenticated, true);
  }
  const plain = onlyReply(fusion.register(RADAR, T0, 4));
  assert.ok(plain.case === "registrationAck" && plain.value.acceptance === false, "an unauthenticated connection takes nothing over");
});

test("SEQ-06 and SEQ-14: UNCHANGED before NEW and an undeclared mode are said beside the sensor", () => {
  const fusion = aFusionNode();
  fusion.register();
  const decoded = fusion.give(encodeStatus(fusion.node, T0, { unchanged: true, mode: "Turbo" }));
  const notes = statusOf(decoded)[0].notes!.join();
  assert.match(notes, /UNCHANGED before the first NEW/);
  assert.match(notes, /mode "Turbo" is not declared/);
});

test("SEQ-22: a clock that is off is named in milliseconds; the time itself is left to the engine", () => {
  const fusion = ready();
  const late = fusion.give(encodeStatus(fusion.node, micros(T0 - 2_500_000), { place: PLACE }), T0);
  assert.match(statusOf(late)[0].notes!.join(), /clock is 2500 ms behind/);
  // A recording is years old, and its times are the right ones for it.
  const ancient = fusion.give(
    encodeDetection(fusion.node, micros(1_000_000), {
      objectId: objectUlid(fusion.node, T0, 1),
      rangeBearing: rangeBearing({ azimuth: 1, range: 100 }),
    }),
  );
  assert.deepEqual(detectionsOf(ancient)[0].time, { kind: "sent", at: 1_000_000, maximumLatency: 0.25 });
});

test("a time stamp that is no instant is not used", () => {
  const fusion = ready();
  const bytes = toBinary(
    SapientMessageSchema,
    create(SapientMessageSchema, {
      timestamp: { seconds: 9_007_199_254_740_991n, nanos: 0 },
      nodeId: fusion.node.nodeId,
      content: {
        case: "detectionReport",
        value: detectionReport(fusion.node, T0, {
          objectId: objectUlid(fusion.node, T0, 1),
          rangeBearing: rangeBearing({ azimuth: 1, range: 100 }),
        }),
      },
    }),
  );
  assert.equal(detectionsOf(fusion.give(bytes))[0].time, undefined);
});

test("a connection that never registers is closed after a minute", () => {
  const fusion = aFusionNode();
  fusion.change("opened", T0);
  assert.deepEqual(fusion.tick(after(59)).close, []);
  assert.match(fusion.tick(after(61)).close[0].reason, /no accepted registration/);
});

test("an empty frame is a keep-alive and is not answered", () => {
  assert.deepEqual(aFusionNode().give(new Uint8Array(0)), { observations: [], errors: [], records: 0 });
});

test("messages that only a fusion node sends are refused from an edge node", () => {
  const fusion = ready();
  const decoded = fusion.give(raw(fusion.node, T0, { case: "registrationAck", value: { acceptance: true } }));
  assert.equal(decoded.errors[0].code, "sequence");
});

test("an effector may register and is shown as external, not controlled", () => {
  const fusion = aFusionNode();
  const decoded = fusion.register({ ...RADAR, nodeTypes: [Registration_NodeType.RADAR, Registration_NodeType.JAMMER] });
  assert.equal(statusOf(decoded)[0].notes![0], "external effector, not controlled by Picket");
  assert.equal(statusOf(decoded)[0].sensorType, "RADAR + JAMMER");
});

test("the state is bounded in nodes, connections and findings, and the refused ones are counted", () => {
  const fusion = aFusionNode();
  for (let i = 0; i < 300; i++) fusion.register(RADAR, T0, i + 1, createSender(deriveUuid(`node ${i}`)));
  assert.equal(fusion.state.nodes.size, 256);
  assert.equal(fusion.state.refusedNodes, 44);
  for (let i = 300; i < 700; i++) fusion.give(Uint8Array.of(0), T0, i);
  assert.equal(fusion.state.connections.size, 512);
  assert.ok(fusion.state.refusedConnections > 0);
  const many = ready();
  for (let i = 0; i < 500; i++) {
    const report = statusReport(many.node, T0, {
      mode: `mode ${String.fromCharCode(97 + (i % 26))}${String.fromCharCode(97 + Math.floor(i / 26))}`,
    });
    many.give(raw(many.node, T0, { case: "statusReport", value: report }));
  }
  const [node] = many.state.nodes.values();
  assert.ok(node.findings.size <= 64);
  assert.ok(node.findingsForgotten > 0);
});

test("any octets at all: no throw, no number that is none, the same answer twice", () => {
  const good = [
    encodeRegistration(createSender(deriveUuid("radar north")), T0, RADAR),
    encodeDetection(createSender(deriveUuid("radar north")), T0, {
      objectId: "01JTEST",
      rangeBearing: rangeBearing({ azimuth: 1, range: 100 }),
    }),
    encodeStatus(createSender(deriveUuid("radar north")), T0, { place: PLACE }),
  ];
  const mutated = fc
    .tuple(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 }), fc.nat())
    .map(([bytes, changes, cut]) => {
      const copy = bytes.slice(0, cut % 3 === 0 ? cut % (bytes.length + 1) : bytes.length);
      for (const [at, value] of changes) if (copy.length > 0) copy[at % copy.length] = value;
      return copy;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), (bytes) => {
      const a = ready();
      const b = ready();
      const first = a.give(bytes, after(1));
      assert.deepEqual(first, b.give(bytes, after(1)));
      assert.deepEqual(a.state, b.state);
      const check = (value: unknown): void => {
        if (typeof value === "number") assert.ok(Number.isFinite(value));
        else if (typeof value === "object" && value !== null && !(value instanceof Uint8Array))
          for (const inner of Object.values(value)) check(inner);
      };
      check(first.observations);
    }),
    { numRuns: 400 },
  );
});

test("the state is plain data: a snapshot of it goes on exactly as the original", () => {
  const fusion = ready();
  const copy = decodeState(encodeState(fusion.state)) as typeof fusion.state;
  const bytes = encodeDetection(fusion.node, T0, {
    objectId: objectUlid(fusion.node, T0, 1),
    rangeBearing: rangeBearing({ azimuth: 1, range: 100 }),
    confidence: 2,
  });
  const packet = { bytes, receivedAt: after(1), connection: 1 };
  assert.deepEqual(sapientProtocol.receive(copy, packet, SITE), sapientProtocol.receive(fusion.state, packet, SITE));
  assert.deepEqual(copy, fusion.state);
});
