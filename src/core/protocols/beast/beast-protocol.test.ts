import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { fromHex, toHex } from "../../base/hex.ts";
import { micros } from "../../base/units.ts";
import type { Claim, Detection, Observation, PositionMeasurement } from "../../model/observation.ts";
import { longitudeZones } from "../mode-s/cpr.ts";
import { distance } from "../mode-s/position.ts";
import type { ProtocolOptions } from "../protocol.ts";
import { splitBeastFile } from "./beast-framer.ts";
import { type BeastState, beastProtocol } from "./beast-protocol.ts";

const SHARED = new URL("../../../../../shared/data/", import.meta.url);
const skip = existsSync(SHARED) ? false : "../shared is absent";
const DEGREE = Math.PI / 180;

/** One Beast frame with the counter at `at` seconds. */
function frame(hex: string, at: number): Uint8Array {
  const message = fromHex(hex)!;
  const bytes = new Uint8Array(8 + message.length);
  bytes[0] = message.length === 14 ? 0x33 : 0x32;
  let ticks = Math.round(at * 12_000_000);
  for (let i = 6; i >= 1; i--) {
    bytes[i] = ticks % 256;
    ticks = Math.floor(ticks / 256);
  }
  bytes.set(message, 8);
  return bytes;
}
function feed(state: BeastState, hex: string, at: number, options: ProtocolOptions = {}) {
  return beastProtocol.receive(state, { receivedAt: micros(Math.round(at * 1e6)), connection: 1, bytes: frame(hex, at) }, options);
}
const detectionOf = (observations: readonly Observation[]) =>
  observations.find((observation): observation is Detection => observation.type === "detection");
const nameOf = (observation: Observation) =>
  observation.type === "claim" ? observation.about[0]!.value : observation.type === "detection" ? observation.identities[0]!.value : "";
const lines = (name: string) => {
  const bytes = readFileSync(new URL(name, SHARED));
  return (name.endsWith(".gz") ? gunzipSync(bytes).toString() : bytes.toString()).trim().split("\n");
};

// A published pair of 40621D: even and odd airborne positions at 38,000 ft.
const EVEN = "8d40621d58c382d690c8ac2863a7";
const ODD = "8d40621d58c386435cc412692ad6";

test("a new address is shown from its second message, and its first pair gives the position", () => {
  const state = beastProtocol.createState({});
  assert.deepEqual(feed(state, ODD, 1).observations, []);
  assert.equal(detectionOf(feed(state, EVEN, 3).observations), undefined, "the odd half came before the address was shown");
  const detection = detectionOf(feed(state, ODD, 4).observations)!;
  const place = detection.measurement as PositionMeasurement;
  assert.deepEqual(detection.identities, [{ scheme: "icao24", value: "40621d" }]);
  assert.ok(distance(place.latitude, place.longitude, 52.2657 * DEGREE, 3.9389 * DEGREE) < 200);
  assert.deepEqual([place.height?.kind, Math.round(place.height!.value)], ["pressure", 11_582]); // 38,000 ft
  assert.deepEqual(detection.time, { kind: "relative", at: 4_000_000 });
});

test("accuracy: NUCp 7 of a version 0 aircraft until it says its version or NACp; NACp 9 is 30 m at 95 %", () => {
  const state = beastProtocol.createState({});
  const targetState = new Uint8Array(14);
  targetState.set(fromHex("8d40621dea0dc870013c00")!); // TC 29 of version 2 with NACp 9
  seal(targetState);
  feed(state, ODD, 1);
  feed(state, EVEN, 2);
  const sigma = (hex: string, at: number) =>
    (detectionOf(feed(state, hex, at).observations)!.measurement as PositionMeasurement).horizontalSigma!;
  assert.ok(Math.abs(sigma(ODD, 3) - 92.6 / 2.4477468) < 1e-3);
  feed(state, toHex(targetState), 3.5);
  assert.ok(Math.abs(sigma(EVEN, 4) - 30 / 2.4477468) < 1e-3);
});

test("a pair older than 10 s gives no position", () => {
  const state = beastProtocol.createState({});
  feed(state, ODD, 1);
  feed(state, EVEN, 2);
  assert.equal(detectionOf(feed(state, ODD, 12.5).observations), undefined);
  assert.notEqual(detectionOf(feed(state, EVEN, 13).observations), undefined);
});

test("the same transmission over two ways confirms nothing", () => {
  const state = beastProtocol.createState({});
  feed(state, EVEN, 1);
  feed(state, EVEN, 1.001);
  assert.equal(state.modeS.table.aircraft.size, 0);
  feed(state, EVEN, 1.5);
  assert.equal(state.modeS.table.aircraft.size, 1);
});

test("a second message more than a minute later does not confirm an address", () => {
  const state = beastProtocol.createState({});
  feed(state, EVEN, 1);
  feed(state, EVEN, 62);
  assert.equal(state.modeS.table.aircraft.size, 0);
});

test("an all-zero message has a good parity and is no aircraft", () => {
  const state = beastProtocol.createState({});
  const zero = `88${"00".repeat(13)}`;
  const nought = "00".repeat(14);
  for (let at = 1; at < 5; at++) {
    feed(state, nought.slice(0, 14), at);
    feed(state, zero, at);
  }
  assert.equal(state.modeS.table.aircraft.size + state.modeS.table.candidates.size, 0);
});

test("a reply whose address lies over its parity shows nothing until that address was heard in clear", () => {
  const state = beastProtocol.createState({});
  assert.deepEqual(feed(state, "280010248c796b", 1).observations, []);
  assert.equal(state.modeS.unattributed, 1);
  feed(state, "5d4d20237a55a6", 2);
  feed(state, "5d4d20237a55a6", 3);
  assert.deepEqual(feed(state, "280010248c796b", 4).observations, [], "noise may take a known address: once proves nothing");
  const observations = feed(state, "280010248c796b", 5).observations;
  assert.equal((observations[0] as Claim).statements.squawk, "0112");
});

test("a position that no aircraft could have reached is refused and counted", () => {
  const state = beastProtocol.createState({});
  for (let i = 0; i < 4; i++) feed(state, i % 2 === 0 ? ODD : EVEN, 1 + i);
  // The same aircraft's halves as a pair 10 degrees further south would be: latitude zones shifted.
  const aircraft = state.modeS.table.aircraft.get(0x40621d)!;
  aircraft.latitude -= 10 * DEGREE;
  const { observations, errors } = feed(state, ODD, 5);
  assert.equal(detectionOf(observations), undefined);
  assert.equal(errors[0]?.item, "CPR speed gate");
  // Three pairs in a row that agree overrule the wrong memory.
  feed(state, EVEN, 6);
  assert.notEqual(detectionOf(feed(state, ODD, 7).observations), undefined);
});

test("a position over 1,000 km from the receiver is refused once an aircraft was placed near it", () => {
  // The published pair lies in the Netherlands; a second receiver's aircraft would lie near 36.9 N 43.1 E.
  const options = { referenceLatitude: 36.9 * DEGREE, referenceLongitude: 43.1 * DEGREE };
  const state = beastProtocol.createState(options);
  state.modeS.evidence.near = 1;
  for (let i = 0; i < 3; i++) feed(state, i % 2 === 0 ? ODD : EVEN, 1 + i, options);
  const { observations, errors } = feed(state, EVEN, 5, options);
  assert.equal(detectionOf(observations), undefined);
  assert.equal(errors[0]?.item, "CPR range gate");
});

test("a feed from elsewhere is told once and its aircraft are shown where they are; its surface traffic is at its own airport", () => {
  const options = { referenceLatitude: 36.9 * DEGREE, referenceLongitude: 43.1 * DEGREE };
  const state = beastProtocol.createState(options);
  const told: string[] = [];
  let shown = 0;
  for (let i = 0; i < 10; i++) {
    const { observations, errors } = feed(state, i % 2 === 0 ? ODD : EVEN, 1 + i, options);
    told.push(...errors.map((error) => `${error.code} ${error.item}`));
    const place = detectionOf(observations)?.measurement as PositionMeasurement | undefined;
    if (place === undefined) continue;
    shown += 1;
    assert.ok(distance(place.latitude, place.longitude, 52.26 * DEGREE, 3.93 * DEGREE) < 5_000);
  }
  assert.deepEqual([shown, told], [8, ["unplaced receiver position"]]);
  // Surface traffic of that feed is at its own airport: a pair needs a place within 45 degrees only, and other traffic gives it.
  const surface = [surfaceMessage(52.3, 4.76, false), surfaceMessage(52.3, 4.76, true)];
  let onGround = 0;
  for (let i = 0; i < 6; i++) {
    const detection = detectionOf(feed(state, surface[i % 2]!, 20 + 3 * i, options).observations);
    if (detection === undefined) continue;
    onGround += 1;
    const place = detection.measurement as PositionMeasurement;
    assert.ok(distance(place.latitude, place.longitude, 52.3 * DEGREE, 4.76 * DEGREE) < 5);
  }
  assert.ok(onGround >= 4, String(onGround));
});

/** A surface position of 484412 standing still, with its parity. CPR as ICAO Doc 9871 C.2.6.3 encodes it. */
function surfaceMessage(latitude: number, longitude: number, odd: boolean): string {
  const mod = (value: number, base: number) => value - base * Math.floor(value / base);
  const dLatitude = 90 / (odd ? 59 : 60);
  const yz = Math.floor((131_072 * mod(latitude, dLatitude)) / dLatitude + 0.5);
  const rounded = dLatitude * (yz / 131_072 + Math.floor(latitude / dLatitude));
  const dLongitude = 90 / (longitudeZones(rounded) - (odd ? 1 : 0));
  const xz = Math.floor((131_072 * mod(longitude, dLongitude)) / dLongitude + 0.5);
  const bits = `00111${"0000001"}${"0"}${"0000000"}0${odd ? 1 : 0}${yz.toString(2).padStart(17, "0")}${xz.toString(2).padStart(17, "0")}`;
  const message = new Uint8Array(14);
  message.set([0x8c, 0x48, 0x44, 0x12]);
  for (let i = 0; i < 7; i++) message[4 + i] = Number.parseInt(bits.slice(8 * i, 8 * i + 8), 2);
  seal(message);
  return toHex(message);
}

test("without a counter in the frames the time of receipt measures the age of a pair", () => {
  const state = beastProtocol.createState({});
  const send = (hex: string, receivedAt: number) =>
    beastProtocol.receive(state, { receivedAt: micros(receivedAt * 1e6), connection: 1, bytes: frame(hex, 0) }, {});
  send(ODD, 100);
  send(EVEN, 101);
  assert.equal(detectionOf(send(ODD, 112).observations), undefined);
  const detection = detectionOf(send(EVEN, 113).observations);
  assert.notEqual(detection, undefined);
  assert.equal(detection!.time, undefined);
});

test("three connections of one source that run side by side do not make time pass three times as fast", () => {
  const state = beastProtocol.createState({});
  const send = (hex: string, connection: number, at: number) =>
    beastProtocol.receive(state, { receivedAt: micros(at * 1e6), connection, bytes: frame(hex, at + 1_000 * connection) }, {});
  for (let at = 0; at < 9; at++) for (const connection of [1, 2, 3]) send("5d4d20237a55a6", connection, at);
  assert.equal(state.now, 8);
  // Even and odd 8 s apart, heard by two of the receivers, are a pair.
  send(ODD, 1, 9);
  send(EVEN, 1, 10);
  assert.notEqual(detectionOf(send(ODD, 2, 18).observations), undefined);
});

test("GPS time stamps are a time of day when configured", () => {
  const options = { beastTimestamps: "gps" } as const;
  const state = beastProtocol.createState(options);
  let observations: Observation[] = [];
  for (let i = 0; i < 3; i++) {
    const bytes = frame(i % 2 === 0 ? ODD : EVEN, 0);
    // 3,600 + i seconds of the day in 18 bits, then 500,000,000 ns in 30 bits.
    const value = BigInt(3_600 + i) * (1n << 30n) + 500_000_000n;
    for (let j = 0; j < 6; j++) bytes[6 - j] = Number((value >> BigInt(8 * j)) & 255n);
    observations = beastProtocol.receive(state, { receivedAt: micros(i * 1e6), connection: 1, bytes }, options).observations;
  }
  assert.deepEqual(detectionOf(observations)!.time, { kind: "time-of-day", seconds: 3_602.5 });
});

test("a flood of invented addresses stays inside the limits, is counted, and leaves a heard aircraft alone", () => {
  const state = beastProtocol.createState({});
  for (let i = 0; i < 40; i++) feed(state, i % 2 === 0 ? ODD : EVEN, 1 + i * 0.1);
  // Good DF11 messages of 9,900 invented addresses: a hundred at a time, then the same hundred a tenth of a second later.
  const evictions: string[] = [];
  for (let n = 0; n < 19_800; n++) {
    const address = 0xa00000 + Math.floor(n / 200) * 100 + (n % 100);
    const message = Uint8Array.of(0x5d, address >> 16, (address >> 8) & 255, address & 255, 0, 0, 0);
    seal(message);
    const bytes = new Uint8Array(15);
    bytes[0] = 0x32;
    bytes.set(message, 8);
    const { errors } = beastProtocol.receive(state, { receivedAt: micros(6_000_000 + n * 1_000), connection: 1, bytes }, {});
    evictions.push(...errors.map((error) => error.item));
  }
  assert.ok(state.modeS.table.aircraft.size <= 8_192);
  assert.ok(state.modeS.table.candidates.size <= 4_096);
  assert.deepEqual(evictions, ["aircraft table", "aircraft table"], "1,024 dropped at a time, and told");
  assert.ok(state.modeS.table.aircraft.has(0x40621d));
});

/** Writes the parity of a message with a clear address into its last three octets. */
function seal(message: Uint8Array): void {
  let remainder = 0;
  for (let bit = 0; bit < (message.length - 3) * 8; bit++) {
    const top = (remainder >> 23) & 1;
    const next = (message[bit >> 3]! >> (7 - (bit & 7))) & 1;
    remainder = (remainder << 1) & 0xffffff;
    if ((top ^ next) === 1) remainder ^= 0xfff409;
  }
  const end = message.length - 3;
  message[end] = remainder >> 16;
  message[end + 1] = (remainder >> 8) & 255;
  message[end + 2] = remainder & 255;
}

test("recorded at Toulouse: every position of readsb is found in order within 5 m, and no other aircraft is shown", { skip }, () => {
  const { packets } = splitBeastFile(readFileSync(new URL("adsb-feeds/lfbo_240s.beast", SHARED)));
  const state = beastProtocol.createState({});
  const placed: { frame: number; latitude: number; longitude: number; height: number }[] = [];
  const shown = new Set<string>();
  packets.forEach((bytes, index) => {
    const { observations, errors } = beastProtocol.receive(state, { receivedAt: micros(0), connection: 1, bytes }, {});
    assert.deepEqual(errors, []);
    for (const observation of observations) shown.add(nameOf(observation));
    const detection = detectionOf(observations);
    if (detection === undefined) return;
    const { latitude, longitude, height } = detection.measurement as PositionMeasurement;
    placed.push({ frame: index + 1, latitude, longitude, height: height!.value });
  });
  const expected = lines("adsb-feeds/readsb_out.positions.jsonl").map((line) => JSON.parse(line) as Record<string, number>);
  assert.equal(expected.length, 479);
  // readsb does not count a frame that came twice, so its count falls behind the frame number, by 37 at the end; and it may count a few
  // more frames before it writes a position out.
  let next = 0;
  let worst = 0;
  for (const position of expected) {
    let found = false;
    while (next < placed.length && placed[next]!.frame <= position.messages! + 40) {
      const own = placed[next++]!;
      if (own.frame < position.messages! - 10) continue;
      const apart = distance(own.latitude, own.longitude, position.lat! * DEGREE, position.lon! * DEGREE);
      if (apart > 5) continue;
      worst = Math.max(worst, apart);
      assert.ok(Math.abs(own.height - position.alt_geom! * 0.3048) < 16, "the geometric height of readsb, which rounds to 25 ft");
      found = true;
      break;
    }
    assert.ok(found, `the position at message ${position.messages} is missing`);
  }
  assert.ok(worst < 0.2, `worst ${worst} m`);
  assert.deepEqual([...shown], ["400f99"]);
});

test("recorded at Toulouse, gate to gate: at least 98 % of jet1090's positions within 5 m, and no ghost", { skip }, () => {
  const options = { referenceLatitude: 43.63 * DEGREE, referenceLongitude: 1.37 * DEGREE };
  const state = beastProtocol.createState(options);
  const shown = new Set<string>();
  let wanted = 0;
  let within = 0;
  let wrong = 0;
  for (const line of lines("modes/lfbo_1090.jet1090.jsonl.gz")) {
    const row = JSON.parse(line) as { timestamp: number; frame: string; icao24: string; latitude?: number; longitude?: number };
    const { observations } = feed(state, row.frame, row.timestamp - 1_717_660_000, options);
    for (const observation of observations) {
      shown.add(nameOf(observation));
      assert.equal(nameOf(observation), row.icao24);
    }
    if (typeof row.latitude !== "number") continue;
    wanted += 1;
    const detection = detectionOf(observations);
    if (detection === undefined) continue;
    const place = detection.measurement as PositionMeasurement;
    if (distance(place.latitude, place.longitude, row.latitude * DEGREE, row.longitude! * DEGREE) <= 5) within += 1;
    else wrong += 1;
  }
  assert.equal(wanted, 8_638);
  assert.equal(wrong, 0);
  assert.ok(within >= 0.98 * wanted, `${within} of ${wanted}`);
  // Addresses that were heard once, and 000000, which two noise frames carried, are not shown.
  assert.deepEqual([...shown].sort(), ["3461ce", "392ae6", "400f99", "4863db", "4ca216", "4d226a"]);
});
