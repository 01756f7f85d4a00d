import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { fromHex, toHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import type { Claim, Detection, PositionMeasurement } from "../../model/observation.ts";
import type { ProtocolOptions } from "../protocol.ts";
import { crcOf } from "./crc.ts";
import { createMavlinkDescriber } from "./describe.ts";
import { createMavlinkFramer } from "./mavlink-framer.ts";
import { mavlinkProtocol } from "./mavlink-protocol.ts";
import { MESSAGES, readFields } from "./messages.ts";
import { createSigningState } from "./signing.ts";
import { splitTlog } from "./tlog.ts";

const SHARED = new URL("../../../../../shared/data/", import.meta.url);
const skip = existsSync(SHARED) ? false : "../shared is absent";

// Version 2 GLOBAL_POSITION_INT of system 1, written octet by octet: 36.9 N 43.1 E, 350 m above sea level, 50 m above take-off,
// 10 m/s north, 5 m/s east, climbing 2 m/s.
const GPI = sealed(
  "fd1c00000701012100 00" + // header: length 28, sequence 7, system 1, component 1, message 33
    "e8030000" + // 1,000 ms after boot
    "407efe15" + // 369,000,000
    "c089b019" + // 431,000,000
    "30570500" + // 350,000 mm
    "50c30000" + // 50,000 mm
    "e803f40138ff3075", // 1000, 500, -200 cm/s, 30000
  104,
);

/** Closes a frame given in hexadecimal with its checksum. */
function sealed(hex: string, crcExtra: number): Uint8Array {
  const open = fromHex(hex.replaceAll(" ", ""))!;
  const crc = crcOf(Uint8Array.of(crcExtra), 0, 1, crcOf(open, 1, open.length, 0xffff));
  return Uint8Array.from([...open, crc & 255, crc >> 8]);
}

function receive(bytes: Uint8Array, options: ProtocolOptions = {}, state = mavlinkProtocol.createState(options), at = 0) {
  return mavlinkProtocol.receive(state, { receivedAt: micros(at), connection: 1, bytes }, options);
}

test("the seeds of the checksums follow from the fields, and are those that MAVLink publishes", () => {
  const seeds = Object.fromEntries([...MESSAGES.values()].map((message) => [message.name, message.crcExtra]));
  assert.deepEqual(seeds, {
    HEARTBEAT: 50,
    SYSTEM_TIME: 137,
    GPS_RAW_INT: 24,
    ATTITUDE: 39,
    GLOBAL_POSITION_INT: 104,
    ADSB_VEHICLE: 184,
    COLLISION: 81,
    OPEN_DRONE_ID_BASIC_ID: 114,
    OPEN_DRONE_ID_LOCATION: 254,
    OPEN_DRONE_ID_AUTHENTICATION: 140,
    OPEN_DRONE_ID_SELF_ID: 249,
    OPEN_DRONE_ID_SYSTEM: 77,
    OPEN_DRONE_ID_OPERATOR_ID: 49,
    OPEN_DRONE_ID_MESSAGE_PACK: 94,
    OPEN_DRONE_ID_ARM_STATUS: 139,
    OPEN_DRONE_ID_SYSTEM_UPDATE: 7,
  });
});

test("Picket holds no message that commands, configures or plans: only these sixteen", () => {
  const words = /COMMAND|MISSION|PARAM|SET_|MANUAL|OVERRIDE|SETUP|TRAJECTORY|RALLY|FENCE|FILE|SERIAL/;
  assert.equal(MESSAGES.size, 16);
  for (const message of MESSAGES.values()) assert.doesNotMatch(message.name, words);
});

test("a position of the own vehicle: degrees, metres above sea level, velocity by its axes, up positive", () => {
  const { observations, errors, records } = receive(GPI);
  assert.deepEqual([errors, records], [[], 1]);
  const detection = observations[0] as Detection;
  const place = detection.measurement as PositionMeasurement;
  assert.ok(Math.abs(place.latitude - (36.9 * Math.PI) / 180) < 1e-12);
  assert.ok(Math.abs(place.longitude - (43.1 * Math.PI) / 180) < 1e-12);
  assert.deepEqual([place.height?.kind, place.height?.value], ["amsl", 350]);
  assert.deepEqual([place.velocityNorth, place.velocityEast, place.velocityUp], [10, 5, 2]);
  assert.deepEqual(detection.identities, [{ scheme: "mavlink-system", value: "1" }]);
  assert.deepEqual(detection.time, { kind: "relative", at: 1_000_000 });
});

test("the height above take-off is told as a claim, once a second", () => {
  const state = mavlinkProtocol.createState({});
  const told = [0, 500_000, 1_000_000].map((at) => receive(GPI, {}, state, at).observations.filter((one) => one.type === "claim").length);
  assert.deepEqual(told, [1, 0, 1]);
  assert.equal((receive(GPI).observations[1] as Claim).statements.heightAboveTakeoff, 50);
});

test("an update of the operator's position: a live place, its height above the ellipsoid", () => {
  // 36.9 N 43.1 E, 300 m.
  const update = sealed("fd12000000010177320 0 407efe15 c089b019 00009643 00000000 0000".replaceAll(" ", ""), 7);
  const { statements } = receive(update).observations[0] as Claim;
  assert.ok(Math.abs(statements.operatorLatitude! - (36.9 * Math.PI) / 180) < 1e-12);
  assert.deepEqual([statements.operatorPositionKind, statements.operatorHeight], ["live", { kind: "hae", value: 300 }]);
});

test("SYSTEM_TIME turns the time since boot into UTC", () => {
  const state = mavlinkProtocol.createState({});
  // 1,700,000,000 s since 1970 at 500 ms after boot.
  const unix = 1_700_000_000_000_000n;
  const stamp = Array.from({ length: 8 }, (_, i) => Number((unix >> BigInt(8 * i)) & 255n));
  receive(sealed(`fd0c00000001010200 00${toHex(Uint8Array.from(stamp))}f4010000`, 137), {}, state);
  assert.deepEqual((receive(GPI, {}, state).observations[0] as Detection).time, { kind: "utc", at: 1_700_000_000_500_000 });
});

test("trailing zeros that version 2 cuts off are zero, and 0/0 is no position", () => {
  const short = sealed("fd010000000101210000 05", 104);
  const { observations, errors, records } = receive(short);
  assert.deepEqual([observations, errors, records], [[], [], 1]);
  assert.equal(createMavlinkDescriber({})({ receivedAt: micros(0), connection: 0, bytes: short })[0]!.hdg, 0);
});

test("a version 1 message of another length than the dialect's is refused", () => {
  const { errors, records } = receive(sealed("fe 08 00 01 01 00 0000000002030401", 50));
  assert.deepEqual([errors.map((error) => error.code), records], [["truncated"], 0]);
});

test("a turned bit breaks the checksum; the frame is refused once and the next one is read", () => {
  const damaged = GPI.slice();
  damaged[20] ^= 1;
  const { errors, records } = receive(Uint8Array.from([...damaged, ...GPI]));
  assert.deepEqual([errors.map((error) => error.code), records], [["checksum"], 1]);
});

test("an unknown incompatibility flag drops the frame", () => {
  const { errors, records } = receive(fromHex("fd098000000101000000000000000203510403e892")!);
  assert.deepEqual([errors.map((error) => error.code), records], [["unsupported"], 0]);
});

test("a message that is not read is told once and then counted", () => {
  const state = mavlinkProtocol.createState({});
  const statustext = fromHex("fd02000000010 1fd0000 0341 0000".replaceAll(" ", ""))!;
  assert.deepEqual(
    [1, 2, 3].map(() => receive(statustext, {}, state).errors.length),
    [1, 0, 0],
  );
  assert.equal(state.unread.get(253), 3);
});

test("a datagram that starts with noise, or ends inside a frame, gives its whole frames", () => {
  const noisy = receive(Uint8Array.from([0xfd, 0xff, ...GPI, ...GPI.slice(0, 20)]));
  assert.equal(noisy.records, 1);
  assert.deepEqual(
    noisy.errors.map((error) => error.code),
    ["truncated"],
  );
});

test("how a stream is cut into chunks changes no frame, and noise between frames is skipped", () => {
  const stream = Uint8Array.from([1, 2, 0x33, ...GPI, 0xfe, 9, ...GPI, ...GPI, 7]);
  const frames = (chunks: Uint8Array[]) => {
    const framer = createMavlinkFramer();
    return chunks.flatMap((chunk) => framer.push(chunk).packets.map(toHex));
  };
  const whole = frames([stream]);
  assert.equal(whole.length, 3);
  assert.ok(whole.every((frame) => frame === toHex(GPI)));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 }), { maxLength: 6 }), (cuts) => {
      const edges = [0, ...[...new Set(cuts)].sort((a, b) => a - b), stream.length];
      const chunks = edges.slice(1).map((edge, i) => stream.slice(edges[i], edge));
      assert.deepEqual(frames(chunks), whole);
    }),
  );
});

const KEY = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
/** GPI with a signature made with Node's own SHA-256: link 3, the time stamp in 10 us. */
function signed(stamp: number, key = KEY): Uint8Array {
  const open = GPI.slice(0, -2);
  open[2] = 1;
  const body = sealed(toHex(open), 104);
  const tail = Uint8Array.from([3, ...Array.from({ length: 6 }, (_, i) => Math.floor(stamp / 256 ** i) & 255)]);
  const digest = createHash("sha256").update(key).update(body).update(tail).digest().subarray(0, 6);
  return Uint8Array.from([...body, ...tail, ...digest]);
}

test("with a key: a genuine signature passes, everything else is refused and counted", () => {
  const framer = createMavlinkFramer({ signingKey: KEY });
  const push = (bytes: Uint8Array) => {
    const { packets, errors } = framer.push(bytes);
    return [packets.length, ...errors.map((error) => error.code)];
  };
  assert.deepEqual(push(signed(100_000_000)), [1]);
  assert.deepEqual(push(signed(100_000_000)), [0, "refused"], "the same time stamp is a replay");
  assert.deepEqual(push(signed(99_999_999)), [0, "refused"], "an older one too");
  assert.deepEqual(push(signed(100_000_001)), [1]);
  assert.deepEqual(push(GPI), [0, "refused"], "not signed");
  assert.deepEqual(push(signed(100_000_002, KEY.slice().reverse())), [0, "refused"], "another key");
  const tampered = signed(100_000_003);
  tampered[tampered.length - 1] ^= 1;
  assert.deepEqual(push(tampered), [0, "refused"]);
});

test("several links of one source share what they heard: a frame of one is a replay on another", () => {
  const signing = createSigningState(KEY);
  const [one, other] = [createMavlinkFramer({ signing }), createMavlinkFramer({ signing })];
  assert.equal(one.push(signed(100_000_000)).packets.length, 1);
  assert.match(other.push(signed(100_000_000)).errors[0].message, /a replay/);
  assert.equal(other.push(signed(100_000_001)).packets.length, 1);
});

test("with a clock a stream of the past is a replay even when nothing was heard yet", () => {
  // A minute after the frame's time stamp; signing time counts from 2015 in 10 us.
  const stamp = 100_000_000;
  const clock = (late: number) => () => 1_420_070_400_000_000 + stamp * 10 + late;
  const push = (late: number) => createMavlinkFramer({ signingKey: KEY, clock: clock(late) }).push(signed(stamp));
  assert.equal(push(59_000_000).packets.length, 1);
  assert.match(push(61_000_000).errors[0].message, /starts with a time stamp of the past/);
});

test("a claim of a vehicle counts as authenticated only when the shell verified signatures and the frame has one", () => {
  const heartbeat = sealed("fd090000000101000000 00000000020380 0403".replaceAll(" ", ""), 50);
  const statements = (options: ProtocolOptions) => (receive(heartbeat, options).observations[0] as Claim).statements;
  assert.deepEqual(statements({}), { category: "quadrotor", transport: "MAVLink", operationalStatus: "active, armed" });
  assert.equal(statements({ signaturesVerified: true }).authenticated, undefined, "not signed");
  const genuine = sealed("fd090100000101000000 00000000020380 0403", 50);
  const frame = Uint8Array.from([...genuine, ...new Uint8Array(13)]);
  assert.equal((receive(frame, { signaturesVerified: true }).observations[0] as Claim).statements.authenticated, true);
  assert.equal((receive(frame).observations[0] as Claim).statements.authenticated, undefined, "nobody verified it");
});

test("ADS-B traffic: address, place, geometric height and velocity where their flags say they are valid", () => {
  const vehicle = (flags: string, address = "16a24c00") =>
    receive(
      sealed(
        `fd2600000001 01f60000 ${address} 407efe15 c089b019 20a10700 2823 1027 c8ff ${flags} 5f02` + // 500,000 mm, 90 degrees, 100 m/s, -0.56 m/s, squawk 0607
          "01 455a5938354d4800 00 0e 01", // geometric, EZY85MH, unmanned, 1 s ago
        184,
      ),
    );
  const { observations } = vehicle("bf00"); // all valid, not simulated
  const claim = observations[0] as Claim;
  assert.deepEqual(claim.statements, {
    icao24: "4ca216",
    transport: "ADS-B",
    callsign: "EZY85MH",
    squawk: "0607",
    category: "B6 unmanned aerial vehicle",
  });
  const place = (observations[1] as Detection).measurement as PositionMeasurement;
  assert.deepEqual([place.height?.kind, place.height?.value], ["hae", 500]);
  assert.ok(Math.abs(place.velocityEast! - 100) < 1e-9 && Math.abs(place.velocityNorth!) < 1e-9);
  assert.equal(place.velocityUp, -0.56);
  assert.equal(vehicle("0000").observations.length, 1, "no flag, no position");
  assert.deepEqual(
    vehicle("bf00", "00000000").errors.map((error) => error.code),
    ["out-of-range"],
  );
});

test("Remote ID of the vehicle itself names its system number; that of another aircraft its radio address", () => {
  const basicId = (from: string) => sealed(`fd2c00000001 01 643200 0000 ${from} 01 02 ${"41".repeat(20)}`, 114);
  const about = (from: string) => (receive(basicId(from)).observations[0] as Claim).about;
  const serial = { scheme: "remote-id-serial", value: "A".repeat(20) };
  assert.deepEqual(about("00".repeat(20)), [serial, { scheme: "mavlink-system", value: "1" }]);
  assert.deepEqual(about(`a1b2c3d4e5f6${"00".repeat(14)}`), [serial, { scheme: "radio-address", value: "a1b2c3d4e5f6" }]);
});

test("a ground station's heartbeat is no aircraft", () => {
  assert.deepEqual(receive(sealed("fd090000 00ff00000000 000000000608000403".replaceAll(" ", ""), 50)).observations, []);
});

test("a pack that says it holds more messages than fit is refused", () => {
  const pack = (count: number) => {
    const hex = `fdf90000000101733200${"00".repeat(22)}19${count.toString(16).padStart(2, "0")}${"02".repeat(225)}`;
    return receive(sealed(hex, 94)).errors.map((error) => error.code);
  };
  assert.deepEqual(pack(10), ["malformed"]);
  assert.deepEqual(pack(0), ["malformed"]);
});

test("a real flight's log: as many of each message as pymavlink counts, and every field equal", { skip }, () => {
  const { packets } = splitTlog(readFileSync(new URL("mavlink/flight_dev.tlog", SHARED)));
  const counts = JSON.parse(readFileSync(new URL("mavlink/flight_dev.counts.json", SHARED), "utf8")) as Record<string, number>;
  const expected = gunzipSync(readFileSync(new URL("mavlink/flight_dev.expected.jsonl.gz", SHARED)))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter((row) => row.mavpackettype !== "STATUSTEXT" && row.mavpackettype !== "VFR_HUD");
  const describe = createMavlinkDescriber({});
  const own = packets
    .map((packet) => ({ at: packet.at, fields: describe({ receivedAt: packet.at, connection: 0, bytes: packet.bytes })[0]! }))
    .filter(({ fields }) => !(fields.message as string).startsWith("unknown"));
  for (const name of ["HEARTBEAT", "SYSTEM_TIME", "GPS_RAW_INT", "ATTITUDE", "GLOBAL_POSITION_INT"]) {
    assert.equal(own.filter(({ fields }) => fields.message === name).length, counts[name], name);
  }
  assert.equal(own.length, expected.length);
  own.forEach(({ at, fields }, index) => {
    const { t, sys, comp, seq, mavpackettype, ...values } = expected[index]!;
    assert.equal(fields.message, mavpackettype);
    assert.deepEqual([fields.system, fields.component, fields.sequence], [sys, comp, seq]);
    assert.ok(Math.abs(at / 1e6 - (t as number)) < 1e-6);
    for (const [name, value] of Object.entries(values)) assert.equal(fields[name], value, `${mavpackettype}.${name}`);
  });
});

test("a real flight through the framer: one vehicle, its positions in Australia, no error but noise", { skip }, () => {
  const { packets } = splitTlog(readFileSync(new URL("mavlink/flight_dev.tlog", SHARED)));
  const framer = createMavlinkFramer();
  const state = mavlinkProtocol.createState({});
  const seen = new Set<string>();
  const codes = new Set<string>();
  let detections = 0;
  for (const { at, bytes } of packets) {
    for (const frame of framer.push(bytes).packets) {
      const { observations, errors } = receive(frame, {}, state, at);
      for (const error of errors) codes.add(error.code);
      for (const observation of observations) {
        if (observation.type !== "detection") continue;
        detections += 1;
        seen.add(observation.identities[0]!.value);
        const place = observation.measurement as PositionMeasurement;
        assert.ok(Math.abs((place.latitude * 180) / Math.PI + 35.36) < 0.02);
      }
    }
  }
  assert.deepEqual([...seen], ["1"]);
  assert.deepEqual([...codes], ["unsupported"], "messages that are not read, told once each");
  assert.equal(detections, 859, "857 of GLOBAL_POSITION_INT that are not 0/0, and 2 of GPS_RAW_INT before the first of them");
});

test("200 frames that pymavlink encoded: every field equal, and a position or a claim from each kind", { skip }, () => {
  const rows = readFileSync(new URL("mavlink/odid_adsb_gpi_pymavlink_encoded.jsonl", SHARED), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { hex: string; decoded: Record<string, unknown> });
  assert.equal(rows.length, 200);
  const framer = createMavlinkFramer();
  const state = mavlinkProtocol.createState({});
  const kinds = new Map<string, number>();
  for (const { hex, decoded } of rows) {
    const { packets, errors } = framer.push(fromHex(hex)!);
    assert.deepEqual([packets.length, errors.length], [1, 0]);
    const { mavpackettype, ...values } = decoded;
    const two = packets[0]!;
    const definition = MESSAGES.get(two[7]! | (two[8]! << 8) | (two[9]! << 16))!;
    assert.equal(definition.name, mavpackettype);
    const own = readFields(definition, two.subarray(10, 10 + two[1]!));
    for (const [name, value] of Object.entries(values)) {
      const got = own[name];
      assert.deepEqual(got instanceof Uint8Array ? [...got] : got, value, `${mavpackettype}.${name}`);
    }
    const result = receive(two, {}, state, kinds.size);
    assert.deepEqual(result.errors, []);
    for (const observation of result.observations) {
      const key = `${mavpackettype} ${observation.type}`;
      kinds.set(key, (kinds.get(key) ?? 0) + 1);
    }
  }
  for (const kind of [
    "OPEN_DRONE_ID_BASIC_ID claim",
    "OPEN_DRONE_ID_LOCATION detection",
    "OPEN_DRONE_ID_SYSTEM claim",
    "OPEN_DRONE_ID_OPERATOR_ID claim",
    "OPEN_DRONE_ID_SELF_ID claim",
    "ADSB_VEHICLE claim",
    "GLOBAL_POSITION_INT detection",
  ]) {
    assert.ok((kinds.get(kind) ?? 0) > 0, `${kind}: ${[...kinds].join("; ")}`);
  }
});

test("the bad-input vectors: no record, one counted reject, and the next good frame is read", { skip }, () => {
  const vectors = readFileSync(new URL("bad-input/vectors.jsonl", SHARED), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { protocol: string; hex: string; why: string })
    .filter((vector) => vector.protocol === "mavlink");
  assert.equal(vectors.length, 2);
  for (const vector of vectors) {
    const state = mavlinkProtocol.createState({});
    const bad = receive(fromHex(vector.hex)!, {}, state);
    assert.deepEqual([bad.records, bad.observations.length, bad.errors.length], [0, 0, 1], vector.why);
    assert.equal(receive(GPI, {}, state).records, 1);
  }
});
