import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { fromHex } from "../../base/hex.ts";
import { decodeState, encodeState } from "../../base/state-codec.ts";
import { DEGREES_PER_RADIAN, micros, radians } from "../../base/units.ts";
import type { Claim, Detection, Observation, SensorStatus } from "../../model/observation.ts";
import type { DecodeError } from "../decode-error.ts";
import { createPcapFramer } from "../pcap/pcap-framer.ts";
import { writePcapPacket } from "../pcap/pcap-packet.ts";
import { createRemoteIdDescriber } from "./describe.ts";
import { decodeOdid } from "./odid-message.ts";
import { remoteIdCaptureProtocol } from "./remote-id-capture-protocol.ts";
import { createRemoteIdState, MAX_EMITTERS, observeReport, tickReports, timeOf, type UasReport } from "./uas-report.ts";

const shared = (path: string) => fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url));
const needs = (path: string) => (existsSync(shared(path)) ? false : "../shared is absent");

// Fixed octets, written by hand; the project has no encoder for any of these framings. All carry serial PKTTEST0000000000001
// at 47.377 N 8.542 E, 500 m above the ellipsoid, 10 m/s east, 2 m/s up.
const FRAMES = {
  beacon: {
    linkType: 127,
    hex: "00000c002240000010c4000080000000ffffffffffff0200000000aa0200000000aa0000000000000000000064000000000454455354dd53fa0bbc0d07f219030212504b54544553543030303030303030303030303100000012205a280410283d1ce0671705900bb80b34084b2350460200420500013d1cd04017050100000000000012540b80a9a90e008c784ba6",
  },
  nan: {
    linkType: 105,
    hex: "d0000000516f9a0100000200000000aa506f9a01000000000409506f9a130102000000032a008869199d920901001402aabb1d09f2190112205a280410283d1ce0671705900bb80b34084b2350460200",
  },
  legacyId: { linkType: 251, hex: "d6be898e4225aa00000000021e16faff0d010212504b5454455354303030303030303030303030310000008fb8cf" },
  legacyLocation: { linkType: 251, hex: "d6be898e4225aa00000000021e16faff0d0212205a280410283d1ce0671705900bb80b34084b2350460200e9c8ba" },
  extended: {
    linkType: 256,
    hex: "05b50000d6be898e038cd6be898e00075e0909aa0000000002750e5316faff0d03f219030212504b54544553543030303030303030303030303100000012205a280410283d1ce0671705900bb80b34084b2350460200420500013d1cd04017050100000000000012540b80a9a90e00d92649",
  },
  nordic: {
    linkType: 272,
    hex: "037200030100020a210a35000000000000d6be898e00075e0909aa0000000002750e5316faff0d03f219030212504b54544553543030303030303030303030303100000012205a280410283d1ce0671705900bb80b34084b2350460200420500013d1cd04017050100000000000012540b80a9a90e00d92649",
  },
};
// 2026-11-23 10:30:00.5 UTC; the location says 1800.0 s after the hour.
const CAPTURED = micros(Date.UTC(2026, 10, 23, 10, 30, 0, 500) * 1000);

const packetOf = (frame: { linkType: number; hex: string }, capturedAt: number | undefined = CAPTURED, cut = false) =>
  writePcapPacket({
    linkType: frame.linkType,
    capturedAt: capturedAt === undefined ? undefined : micros(capturedAt),
    cut,
    bytes: fromHex(frame.hex)!,
  });
const receive = (state = createRemoteIdState(), bytes: Uint8Array, receivedAt = 0) =>
  remoteIdCaptureProtocol.receive(state, { receivedAt: micros(receivedAt), connection: 1, bytes }, {});
const detections = (observations: readonly Observation[]) => observations.filter((o): o is Detection => o.type === "detection");
const claims = (observations: readonly Observation[]) => observations.filter((o): o is Claim => o.type === "claim");
const degrees = (angle: number | undefined) => Number((angle! * DEGREES_PER_RADIAN).toFixed(7));
const values = (identities: readonly { value: string }[]) => identities.map((identity) => identity.value);

test("a Wi-Fi beacon becomes a detection with the serial number first and a claim with the operator's place", () => {
  const { observations, errors, records } = receive(undefined, packetOf(FRAMES.beacon));
  assert.deepEqual(errors, []);
  assert.equal(records, 3);
  const [detection] = detections(observations);
  assert(detection.measurement.kind === "position");
  const at = detection.measurement;
  assert.deepEqual([degrees(at.latitude), degrees(at.longitude)], [47.377, 8.542]);
  assert.equal(at.height?.kind, "hae");
  assert.equal(at.height?.value, 500);
  assert.equal(at.height?.sigma?.toFixed(3), "5.102"); // 10 m / 1.96
  assert.equal(at.horizontalSigma?.toFixed(3), "1.226"); // 3 m / 2.4477
  assert.deepEqual([at.velocityEast?.toFixed(6), at.velocityNorth?.toFixed(6), at.velocityUp], ["10.000000", "0.000000", 2]);
  assert.deepEqual(detection.identities, [
    { scheme: "remote-id-serial", value: "PKTTEST0000000000001" },
    { scheme: "radio-address", value: "02:00:00:00:00:aa" },
  ]);
  assert.equal(detection.signalDbm, -60); // 0xc4
  assert.equal(detection.sensorKey, "");
  const [claim] = claims(observations);
  const said = claim.statements;
  assert.deepEqual([degrees(said.operatorLatitude), degrees(said.operatorLongitude)], [47.376, 8.541]);
  assert.equal(said.operatorPositionKind, "live");
  assert.deepEqual(said.operatorHeight, { kind: "hae", value: 450 });
  assert.equal(said.category, "helicopter or multirotor, EU open class C1");
  assert.equal(said.operationalStatus, "airborne");
  assert.equal(said.onGround, false);
  assert.equal(said.heightAboveTakeoff, 50);
  assert.equal(said.transport, "Wi-Fi beacon");
  assert.equal(said.authenticated, undefined);
  assert.equal(said.affiliation, undefined);
});

test("a position is dated by the drone's tenths of an hour, in the hour that the capture says", () => {
  const [detection] = detections(receive(undefined, packetOf(FRAMES.beacon)).observations);
  assert.deepEqual(detection.time, { kind: "utc", at: CAPTURED - 500_000 });
  // Without a date the hour is left to the engine; a counter stays a counter.
  assert.deepEqual(timeOf(undefined, 1800 as never), { kind: "hour", seconds: 1800 });
  assert.deepEqual(timeOf({ kind: "relative", at: micros(7) }, 1800 as never), { kind: "relative", at: 7 });
  // 59:59.9 heard at 00:00.4 belongs to the hour before.
  const justAfter = micros(Date.UTC(2026, 10, 23, 11, 0, 0, 400) * 1000);
  assert.deepEqual(timeOf({ kind: "utc", at: justAfter }, 3599.9 as never), { kind: "utc", at: justAfter - 500_000 });
  // A clock that is 20 minutes off (or never set) does not date anything.
  assert.deepEqual(timeOf({ kind: "utc", at: CAPTURED }, 600 as never), { kind: "utc", at: CAPTURED });
});

test("NAN, Bluetooth 5 with either capture header: the same drone", () => {
  for (const [frame, transport] of [
    [FRAMES.nan, "Wi-Fi NAN"],
    [FRAMES.extended, "Bluetooth 5 long range"],
    [FRAMES.nordic, "Bluetooth 5 long range"],
  ] as const) {
    const { observations, errors } = receive(undefined, packetOf(frame));
    assert.deepEqual(errors, []);
    const [detection] = detections(observations);
    assert.equal(values(detection.identities).at(-1), "02:00:00:00:00:aa", transport);
    assert(detection.measurement.kind === "position");
    assert.equal(degrees(detection.measurement.latitude), 47.377);
    assert.equal(claims(observations)[0].statements.transport, transport);
  }
  assert.equal(detections(receive(undefined, packetOf(FRAMES.extended)).observations)[0].signalDbm, -75); // 0xb5
  assert.equal(detections(receive(undefined, packetOf(FRAMES.nordic)).observations)[0].signalDbm, -53); // 0x35
});

test("Bluetooth 4 sends identity and position apart: the address joins them", () => {
  const state = createRemoteIdState();
  const first = receive(state, packetOf(FRAMES.legacyLocation));
  assert.deepEqual(values(detections(first.observations)[0].identities), ["02:00:00:00:00:aa"]);
  const second = receive(state, packetOf(FRAMES.legacyId), 300_000);
  assert.equal(claims(second.observations)[0].statements.serial, "PKTTEST0000000000001");
  const third = receive(state, packetOf(FRAMES.legacyLocation), 2_000_000);
  assert.deepEqual(values(detections(third.observations)[0].identities), ["PKTTEST0000000000001", "02:00:00:00:00:aa"]);
  assert.deepEqual(
    [first, third].map((read) => detections(read.observations)[0].classifications),
    [undefined, [{ label: "helicopter or multirotor" }]],
  );
});

test("one flipped bit anywhere after the capture header of a frame with a checksum gives a checksum error and no observation", () => {
  for (const { frame, from } of [
    { frame: FRAMES.beacon, from: 12 },
    { frame: FRAMES.legacyId, from: 6 },
    { frame: FRAMES.extended, from: 17 },
    { frame: FRAMES.nordic, from: 24 },
  ]) {
    const bytes = fromHex(frame.hex)!;
    for (let bit = from * 8; bit < bytes.length * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] ^= 1 << (bit & 7);
      const read = receive(undefined, writePcapPacket({ linkType: frame.linkType, capturedAt: CAPTURED, cut: false, bytes: damaged }));
      assert.deepEqual(read.observations, [], `bit ${bit}`);
      assert.equal(read.errors.length, 1, `bit ${bit}`);
    }
  }
});

test("a receiver's own mark of a damaged frame is enough to refuse it", () => {
  const code = (hex: string, linkType: number) => receive(undefined, packetOf({ linkType, hex })).errors[0].code;
  assert.equal(code(FRAMES.beacon.hex.replace("10c40000", "50c40000"), 127), "checksum"); // radiotap flags: bad FCS
  assert.equal(code(FRAMES.beacon.hex.replace("10c40000", "10c40200"), 127), "checksum"); // radiotap RX flags: bad PLCP
  assert.equal(code(FRAMES.nordic.hex.replace("020a210a", "020a200a"), 272), "checksum"); // sniffer: CRC not matched
  assert.equal(code(FRAMES.extended.hex.replace("038c", "0384"), 256), "checksum"); // pseudo-header: CRC checked, not valid
});

test("every cut of every frame is refused, or is no Remote ID, and never a phantom", () => {
  for (const frame of Object.values(FRAMES)) {
    for (let length = 0; length < frame.hex.length / 2; length++) {
      for (const cut of [false, true]) {
        const bytes = fromHex(frame.hex.slice(0, 2 * length))!;
        const read = receive(undefined, writePcapPacket({ linkType: frame.linkType, capturedAt: undefined, cut, bytes }));
        const withoutChecksum = cut && length >= frame.hex.length / 2 - 4; // only the check sequence is missing
        if (!withoutChecksum) assert.deepEqual(read.observations, [], `${frame.linkType} ${length}`);
      }
    }
  }
});

test("any octets on any link type give observations without NaN, or typed errors", () => {
  const finite = (value: unknown): boolean =>
    typeof value === "number" ? Number.isFinite(value) : typeof value !== "object" || value === null || Object.values(value).every(finite);
  const frames = Object.values(FRAMES).map((frame) => ({ linkType: frame.linkType, bytes: fromHex(frame.hex)! }));
  const damaged = fc
    .tuple(fc.constantFrom(...frames), fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 4 }), fc.nat(400))
    .map(([frame, edits, keep]) => {
      const bytes = frame.bytes.slice(0, Math.max(1, keep));
      for (const [at, value] of edits) bytes[at % bytes.length] = value;
      return writePcapPacket({ linkType: frame.linkType, capturedAt: undefined, cut: true, bytes });
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
      const read = receive(undefined, bytes);
      assert(finite(read.observations));
      for (const error of read.errors) assert(error.message.length > 0);
    }),
    { numRuns: 3000 },
  );
});

// Below this line reports stand for frames: what is tested is who is whom, not the framing.
const LOCATION = (() => {
  const read = decodeOdid(fromHex("12205a280410283d1ce0671705900bb80b34084b2350460200")!);
  assert(read.ok && read.value.location !== undefined);
  return read.value.location;
})();
const locationAt = (latitudeE7: number): UasReport["location"] => ({
  ...LOCATION,
  latitude: radians(latitudeE7 / 1e7 / DEGREES_PER_RADIAN),
});
const report = (over: Partial<UasReport>): UasReport => ({ receiver: "", ids: [], ...over });
const SERIAL = (id: string) => ({ kind: "serial" as const, id, uaType: 2 });

test("identity is kept when the radio address rotates", () => {
  const state = createRemoteIdState();
  const before = observeReport(
    state,
    report({ radioAddress: "02:00:00:00:00:01", ids: [SERIAL("A1")], location: locationAt(470000000) }),
    micros(0),
  );
  const after = observeReport(
    state,
    report({ radioAddress: "02:00:00:00:00:02", ids: [SERIAL("A1")], location: locationAt(470000100) }),
    micros(1_000_000),
  );
  assert.equal(detections(before)[0].identities[0].value, "A1");
  assert.deepEqual(detections(after)[0].identities[0], detections(before)[0].identities[0]);
});

test("a serial number and a session identifier under one address are both kept, the serial number first", () => {
  const state = createRemoteIdState();
  const address = { radioAddress: "02:00:00:00:00:01" };
  observeReport(state, report({ ...address, ids: [{ kind: "session", id: "S9" }] }), micros(0));
  observeReport(state, report({ ...address, ids: [SERIAL("A1")] }), micros(1));
  const [detection] = detections(observeReport(state, report({ ...address, location: locationAt(470000000) }), micros(2)));
  assert.deepEqual(
    detection.identities.map((identity) => identity.scheme),
    ["remote-id-serial", "remote-id-session", "radio-address"],
  );
});

test("one address that sends several serial numbers is nobody's: positions without their own identifier stay nameless", () => {
  const state = createRemoteIdState();
  const address = { radioAddress: "02:00:00:00:00:66" };
  observeReport(state, report({ ...address, ids: [SERIAL("FAKE1")] }), micros(0));
  const own = observeReport(state, report({ ...address, ids: [SERIAL("FAKE2")], location: locationAt(470000000) }), micros(100_000));
  assert.deepEqual(values(detections(own)[0].identities), ["FAKE2"]);
  const bare = observeReport(state, report({ ...address, location: locationAt(480000000) }), micros(200_000));
  assert.deepEqual(detections(bare)[0].identities, []);
  // A minute after the last change the address is somebody's again.
  const later = observeReport(state, report({ ...address, ids: [SERIAL("FAKE2")], location: locationAt(480000001) }), micros(70_000_000));
  assert.deepEqual(values(detections(later)[0].identities), ["FAKE2", "02:00:00:00:00:66"]);
});

test("drones without identity never share one", () => {
  const state = createRemoteIdState();
  const first = detections(observeReport(state, report({ location: locationAt(470000000) }), micros(0)))[0];
  const second = detections(observeReport(state, report({ location: locationAt(480000000) }), micros(1)))[0];
  assert.deepEqual([first.identities, second.identities], [[], []]);
});

test("the same broadcast heard again within a second is one measurement; a new time or place is another", () => {
  const state = createRemoteIdState();
  const hear = (at: number, latitude: number, receiver = "") =>
    observeReport(
      state,
      report({ receiver, radioAddress: "02:00:00:00:00:01", ids: [SERIAL("A1")], location: locationAt(latitude) }),
      micros(at),
    );
  assert.deepEqual(
    hear(0, 470000000).map((o) => o.type),
    ["detection", "claim"],
  );
  assert.deepEqual(hear(30_000, 470000000), []);
  assert.deepEqual(
    hear(40_000, 470000001).map((o) => o.type),
    ["detection"],
  );
  assert.deepEqual(
    hear(1_500_000, 470000001).map((o) => o.type),
    ["detection", "claim"],
  ); // still there
  assert.deepEqual(
    hear(1_500_001, 470000001, "other receiver").map((o) => o.type),
    ["detection", "claim"],
  );
});

test("a serial number without a position is a claim and no detection", () => {
  const observations = observeReport(createRemoteIdState(), report({ radioAddress: "02:00:00:00:00:01", ids: [SERIAL("A1")] }), micros(0));
  assert.deepEqual(
    observations.map((o) => o.type),
    ["claim"],
  );
});

test("the state is plain data: a copy of it goes on exactly as the original does", () => {
  const state = createRemoteIdState();
  receive(state, packetOf(FRAMES.legacyId), 0);
  receive(state, packetOf(FRAMES.beacon), 100_000);
  const copy = decodeState(encodeState(state)) as typeof state;
  assert.deepEqual(copy, state);
  for (const at of [200_000, 3_000_000]) {
    assert.deepEqual(receive(copy, packetOf(FRAMES.legacyLocation), at), receive(state, packetOf(FRAMES.legacyLocation), at));
  }
  assert.deepEqual(copy, state);
});

test("a flood of addresses heard once pushes out its own, never a drone heard before, and is told to the operator", () => {
  const state = createRemoteIdState();
  const drone = { radioAddress: "02:00:00:00:00:01" };
  for (let i = 0; i < 3; i++) observeReport(state, report({ ...drone, ids: [SERIAL("A1")] }), micros(i));
  for (let i = 0; i < MAX_EMITTERS + 500; i++)
    observeReport(state, report({ radioAddress: `flood-${i}`, ids: [SERIAL(`F${i}`)] }), micros(10 + i));
  assert(state.emitters.size <= MAX_EMITTERS);
  assert.equal(state.evicted, 512); // two sixteenths of 4,096 for 501 too many
  assert.equal(state.emitters.size, MAX_EMITTERS + 501 - 512);
  const [detection] = detections(observeReport(state, report({ ...drone, location: locationAt(470000000) }), micros(10_000)));
  assert.equal(detection.identities[0].value, "A1");
  const [status] = tickReports(state, micros(20_000)) as SensorStatus[];
  assert.match(status.notes![0], /512 radio addresses were given up/);
  assert.deepEqual(tickReports(state, micros(30_000)), []);
  tickReports(state, micros(700_000_000));
  assert.equal(state.emitters.size, 0); // silent for over ten minutes
});

test("the recorded DJI Air 3: drone, operator position and serial number", { skip: needs("data/remoteid/dji_air3.pcapng") }, () => {
  const framer = createPcapFramer();
  const framed = framer.push(readFileSync(shared("data/remoteid/dji_air3.pcapng")));
  assert.equal(framed.packets.length, 12);
  assert.deepEqual(framed.errors, []);
  const state = createRemoteIdState();
  const all: Observation[] = [];
  for (const [i, bytes] of framed.packets.entries()) {
    const read = receive(state, bytes, i * 300_000);
    assert.deepEqual(read.errors, []);
    all.push(...read.observations);
  }
  assert.equal(detections(all).length, 9);
  for (const detection of detections(all)) {
    assert.deepEqual(values(detection.identities), ["1581F6N8A23B2ML3Y3KR", "60:60:1f:71:93:3b"]);
    assert(detection.time?.kind === "utc");
    assert.equal(new Date(detection.time.at / 1000).toISOString().slice(0, 15), "2024-10-07T13:2");
  }
  const said = claims(all)[0].statements;
  assert.deepEqual([degrees(said.operatorLatitude), degrees(said.operatorLongitude)], [33.6632364, -82.1916647]);
  assert.equal(said.serial, "1581F6N8A23B2ML3Y3KR");
  assert.equal(said.affiliation, undefined);
  const rows = framed.packets.flatMap((bytes) => createRemoteIdDescriber()({ receivedAt: micros(0), connection: 0, bytes }));
  assert.equal(rows.length, 9);
});

test("the recorded Bluetooth 5 capture: all 25 frames with a bad CRC are refused, by the mark and by our own CRC", {
  skip: needs("data/remoteid/ble5_long_range.jsonl"),
}, () => {
  const rows = readFileSync(shared("data/remoteid/ble5_long_range.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { frame: string });
  const state = createRemoteIdState();
  const errors: DecodeError[] = [];
  let bad = 0;
  for (const row of rows) {
    const read = receive(state, packetOf({ linkType: 272, hex: row.frame }));
    errors.push(...read.errors);
    assert.deepEqual(detections(read.observations), []); // the good frames carry no position
    const bytes = fromHex(row.frame)!;
    if ((bytes[8] & 1) !== 0) continue;
    bad += 1;
    bytes[8] |= 1; // the sniffer's mark taken away: the frame's own CRC must still refuse it
    const again = receive(undefined, writePcapPacket({ linkType: 272, capturedAt: undefined, cut: false, bytes }));
    assert.deepEqual([again.observations, again.errors[0].code], [[], "checksum"]);
  }
  assert.equal(bad, 25);
  assert.equal(errors.filter((error) => error.code === "checksum").length, 25);
  assert.equal(errors.filter((error) => error.item === "ODID pack.MsgPackSize").length, 19); // empty packs, sent before the device knows anything
});
