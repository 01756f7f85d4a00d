import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex } from "../../base/hex.ts";
import { METRES_PER_FOOT, METRES_PER_SECOND_PER_KNOT } from "../../base/units.ts";
import { decodeAltitude13, decodeGillham } from "./altitude-code.ts";
import { parityResidual } from "./crc.ts";
import { type AirborneVelocity, decodeExtendedSquitter, decodeMovement, type ExtendedSquitter } from "./extended-squitter.ts";
import { decodeSquawk } from "./identity-code.ts";
import { decodeHeader, replyAltitude, replySquawk } from "./message.ts";

const octets = (hex: string) => fromHex(hex)!;
const squitter = <Kind extends ExtendedSquitter["kind"]>(hex: string, kind: Kind) => {
  const decoded = decodeExtendedSquitter(octets(hex), 4);
  assert.equal(decoded.kind, kind);
  return decoded as Extract<ExtendedSquitter, { kind: Kind }>;
};
const feet = (value: number | undefined) => (value === undefined ? undefined : Math.round(value / METRES_PER_FOOT));
const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);

test("the parity of a DF17 message is zero, and one turned bit shows", () => {
  const message = octets("8d406b902015a678d4d220aa4bda");
  assert.equal(parityResidual(message, 0, 14), 0);
  for (let bit = 0; bit < 112; bit++) {
    const turned = message.slice();
    turned[bit >> 3] ^= 0x80 >> (bit & 7);
    assert.notEqual(parityResidual(turned, 0, 14), 0);
  }
});

test("the address of DF0, DF4 and DF5 lies over the parity", () => {
  for (const hex of ["02e60eb9be4118", "20000f1f684a6c", "280010248c796b"]) {
    const header = decodeHeader(octets(hex), 0, 7);
    assert.ok(header.ok);
    assert.equal(header.value.address, 0x4d2023);
    assert.equal(header.value.addressSource, "overlay");
  }
});

test("a damaged DF17 is refused, never corrected", () => {
  const header = decodeHeader(octets("8d406b902015a678d4d220aa4bdb"), 0, 14);
  assert.ok(!header.ok && header.error.code === "checksum");
});

test("a DF11 whose parity carries an interrogator's code is told apart from one that proves its address", () => {
  const message = octets("5d4d20237a55a6");
  const plain = decodeHeader(message, 0, 7);
  assert.ok(plain.ok && plain.value.addressSource === "parity" && plain.value.address === 0x4d2023);
  message[6] ^= 0x05; // interrogator code 5
  const answered = decodeHeader(message, 0, 7);
  assert.ok(answered.ok && answered.value.addressSource === "interrogator");
  message[5] ^= 0x01;
  assert.ok(!decodeHeader(message, 0, 7).ok);
});

test("a message of another length than its format has is refused", () => {
  for (const [hex, code] of [
    ["8d406b90", "truncated"],
    ["8d406b902015a6", "truncated"],
    ["02e60eb9be411800000000000000", "malformed"],
  ] as const) {
    const bytes = octets(hex);
    const header = decodeHeader(bytes, 0, bytes.length);
    assert.ok(!header.ok && header.error.code === code, hex);
  }
});

test("altitude in 25 ft steps: DF4 20000f1f is 23,375 ft and DF0 02e60eb9 is 22,825 ft", () => {
  assert.equal(feet(replyAltitude(octets("20000f1f684a6c"), 0)), 23_375);
  assert.equal(feet(replyAltitude(octets("02e60eb9be4118"), 0)), 22_825);
});

test("Gillham altitude: the first legal code is -1,200 ft, and 100 ft further only one bit changes", () => {
  // ICAO Annex 10 volume IV, appendix to chapter 3: C4 alone is -1,200 ft, C2 C4 -1,100 ft, C2 -1,000 ft, C1 C2 -900 ft, C1 -800 ft,
  // then B4 C1 is -700 ft.
  const C1 = 0x1000;
  const C2 = 0x0400;
  const C4 = 0x0100;
  const B4 = 0x0002;
  const D4 = 0x0001;
  assert.deepEqual([C4, C2 | C4, C2, C1 | C2, C1, B4 | C1, B4 | C1 | C2].map(decodeGillham), [-12, -11, -10, -9, -8, -7, -6]);
  assert.equal(decodeGillham(0), undefined);
  assert.equal(decodeGillham(C1 | C4), undefined);
  assert.equal(decodeGillham(D4), undefined);
});

test("every Gillham level from -1,200 ft to 126,700 ft has exactly one code, a neighbour of the next level's", () => {
  const codes = new Map<number, number>();
  for (let code = 0; code < 8192; code++) {
    if ((code & 0x40) !== 0) continue;
    const level = decodeGillham(code);
    if (level === undefined) continue;
    assert.ok(!codes.has(level), `two codes for ${level}`);
    codes.set(level, code);
  }
  assert.equal(codes.size, 1_280);
  for (let level = -12; level < 1_267; level++) {
    const difference = codes.get(level)! ^ codes.get(level + 1)!;
    assert.equal(difference & (difference - 1), 0, `one bit between ${level} and ${level + 1}`);
  }
});

test("an altitude field of zero is unknown, and the metric form counts metres", () => {
  assert.equal(decodeAltitude13(0), undefined);
  assert.equal(decodeAltitude13(0x40 | 0x80 | 0x01)?.altitude, 65);
});

test("Mode A codes: DF5 28001024 is squawk 0112; single bits stand where Annex 10 puts them", () => {
  assert.equal(replySquawk(octets("280010248c796b"), 0), "0112");
  assert.equal(decodeSquawk(0x0800 | 0x0200 | 0x0080), "7000");
  assert.equal(decodeSquawk(0x0020 | 0x0008 | 0x0002), "0700");
  assert.equal(decodeSquawk(0x1000 | 0x0400 | 0x0100), "0070");
  assert.equal(decodeSquawk(0x0010 | 0x0004 | 0x0001), "0007");
});

test("identification: a callsign of eight characters and the category", () => {
  const got = squitter("8d406b902015a678d4d220aa4bda", "identification");
  assert.equal(got.callsign, "EZY85MH");
  assert.equal(got.category, undefined);
});

test("airborne position: 38,000 ft and the CPR codes of the published even and odd pair", () => {
  const even = squitter("8d40621d58c382d690c8ac2863a7", "airborne-position");
  const odd = squitter("8d40621d58c386435cc412692ad6", "airborne-position");
  assert.deepEqual([feet(even.altitude), even.odd, even.cprLatitude, even.cprLongitude], [38_000, false, 93_000, 51_372]);
  assert.deepEqual([feet(odd.altitude), odd.odd, odd.cprLatitude, odd.cprLongitude], [38_000, true, 74_158, 50_194]);
  assert.equal(even.altitudeKind, "pressure");
});

test("airborne velocity over ground: 8 kt west, 159 kt south, descending 832 ft/min, geometric 550 ft above barometric", () => {
  const got: AirborneVelocity = squitter("8d485020994409940838175b284f", "airborne-velocity");
  near(got.velocityEast! / METRES_PER_SECOND_PER_KNOT, -8, 1e-9);
  near(got.velocityNorth! / METRES_PER_SECOND_PER_KNOT, -159, 1e-9);
  near((got.verticalRate! * 60) / METRES_PER_FOOT, -832, 1e-9);
  assert.equal(feet(got.geometricMinusBarometric), 550);
});

test("airborne velocity by airspeed: heading 243.98 degrees, 375 kt true airspeed, descending 2,304 ft/min", () => {
  const got = squitter("8da05f219b06b6af189400cbc33f", "airborne-velocity");
  near((got.heading! * 180) / Math.PI, 243.984375, 1e-9);
  near(got.airspeed! / METRES_PER_SECOND_PER_KNOT, 375, 1e-9);
  assert.equal(got.airspeedKind, "true");
  near((got.verticalRate! * 60) / METRES_PER_FOOT, -2_304, 1e-9);
  assert.equal(got.velocityEast, undefined);
});

test("movement codes on the ground widen with speed", () => {
  assert.deepEqual([0, 1, 2, 8, 9, 12, 13, 25, 38, 39, 93, 94, 108, 109, 123, 124, 125].map(decodeMovement), [
    undefined,
    0,
    0.125,
    0.875,
    1,
    1.75,
    2,
    8,
    14.5,
    15,
    69,
    70,
    98,
    100,
    170,
    175,
    undefined,
  ]);
});
