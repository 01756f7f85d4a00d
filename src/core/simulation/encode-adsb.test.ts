import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "../base/hex.ts";
import { decodeUtf8, encodeUtf8 } from "../base/text.ts";
import { micros } from "../base/units.ts";
import type { Detection } from "../model/observation.ts";
import { createBeastFramer } from "../protocols/beast/beast-framer.ts";
import { beastProtocol } from "../protocols/beast/beast-protocol.ts";
import { decodeCprGlobalAirborne } from "../protocols/mode-s/cpr.ts";
import { parityResidual } from "../protocols/mode-s/crc.ts";
import { sbsProtocol } from "../protocols/sbs/sbs-protocol.ts";
import {
  encodeAirbornePosition,
  encodeBeast,
  encodeCpr,
  encodeIdentification,
  encodeSbs,
  encodeSquitters,
  encodeVelocity,
} from "./encode-adsb.ts";
import type { AdsbReport } from "./report.ts";

const DEGREE = Math.PI / 180;
const AT = micros(1_767_225_600_000_000);
const report = (more: Partial<AdsbReport> = {}): AdsbReport => ({
  kind: "adsb",
  what: "position",
  at: AT,
  sensor: 0,
  truth: 1,
  icao24: 0x40621d,
  callsign: "KLM1023",
  category: [4, 0],
  latitude: 52.2572 * DEGREE,
  longitude: 3.91937 * DEGREE,
  pressureAltitude: 38_000 * 0.3048,
  velocityEast: 100,
  velocityNorth: -50,
  velocityUp: 2,
  heightHae: 11_650,
  odd: false,
  levelDbm: -60,
  ...more,
});

test("CPR: 52.2572 N 3.91937 E is the textbook's pair 93000, 51372 and 74158, 50194", () => {
  assert.deepEqual(encodeCpr(52.2572, 3.91937, false), { latitude: 93_000, longitude: 51_372 });
  // The odd message of the textbook was sent a little farther on: 52.26578 N 3.93892 E.
  assert.deepEqual(encodeCpr(52.26578, 3.93892, true), { latitude: 74_158, longitude: 50_194 });
});

test("the even position message at 38,000 ft and the identification of KLM1023 are the textbook's octets", () => {
  assert.equal(toHex(encodeAirbornePosition(report())), "8d40621d58c382d690c8ac2863a7");
  assert.equal(toHex(encodeIdentification(report({ icao24: 0x4840d6 }))), "8d4840d6202cc371c32ce0576098");
});

test("every squitter has a good parity", () => {
  for (const what of ["position", "velocity", "identification"] as const) {
    for (const message of encodeSquitters(report({ what }))) assert.equal(parityResidual(message, 0, 14), 0);
  }
});

test("a pair of positions decodes back to within 5.1 m anywhere below 80 degrees", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -80, max: 80, noNaN: true }),
      fc.double({ min: -180, max: 179.999, noNaN: true }),
      (latitude, longitude) => {
        const even = encodeCpr(latitude, longitude, false);
        const odd = encodeCpr(latitude, longitude, true);
        const place = decodeCprGlobalAirborne(even.latitude, even.longitude, odd.latitude, odd.longitude, true);
        // The two may fall on either side of an edge between zones: then no receiver can tell.
        if (place === undefined) return;
        const north = (place.latitude / DEGREE - latitude) * 111_320;
        const turn = place.longitude / DEGREE - longitude;
        const east = (turn - 360 * Math.round(turn / 360)) * 111_320 * Math.cos(latitude * DEGREE);
        // One step of 17 bits in 6 degrees is 5.1 m; the nearest step is within half of it. Longitude zones grow to 20 degrees at 80.
        assert.ok(Math.abs(north) < 2.7 && Math.abs(east) < 5.1, `${north} ${east}`);
      },
    ),
  );
});

/** The newest position that Picket's own reader makes of these frames. */
function readBack(reports: readonly AdsbReport[]): Detection | undefined {
  const state = beastProtocol.createState({});
  const framer = createBeastFramer();
  let newest: Detection | undefined;
  for (const one of reports) {
    for (const message of encodeSquitters(one)) {
      const framed = framer.push(encodeBeast(message, one.at - AT, one.levelDbm));
      assert.deepEqual(framed.errors, []);
      for (const bytes of framed.packets) {
        const decoded = beastProtocol.receive(state, { receivedAt: one.at, connection: 1, bytes }, {});
        assert.deepEqual(decoded.errors, []);
        for (const observation of decoded.observations) if (observation.type === "detection") newest = observation;
      }
    }
  }
  return newest;
}

test("an aircraft's frames are read back as its place to 10 m, its height to 50 ft, its velocity to a knot", () => {
  const sequence = Array.from({ length: 8 }, (_, i) => [
    report({ what: "position", odd: i % 2 === 1, at: micros(AT + i * 500_000) }),
    report({ what: "velocity", at: micros(AT + i * 500_000 + 100_000) }),
  ]).flat();
  const read = readBack(sequence);
  assert.ok(read !== undefined && read.measurement.kind === "position");
  const { measurement } = read;
  assert.ok(Math.abs(measurement.latitude / DEGREE - 52.2572) * 111_320 < 10);
  assert.ok(Math.abs(measurement.longitude / DEGREE - 3.91937) * 68_150 < 10);
  // The velocity message tells how much higher satellite navigation is than the altimeter: two roundings to 25 ft.
  assert.equal(measurement.height?.kind, "hae");
  assert.ok(Math.abs((measurement.height?.value ?? 0) - 11_650) <= 7.7);
  assert.ok(Math.abs((measurement.velocityEast ?? 0) - 100) < 0.52 && Math.abs((measurement.velocityNorth ?? 0) + 50) < 0.52);
  assert.ok(read.identities.some((identity) => identity.scheme === "icao24" && identity.value === "40621d"));
});

test("the octet 1a inside a frame is sent twice, and the 12 MHz counter counts", () => {
  const message = encodeVelocity(report({ icao24: 0x1a1a1a }));
  const frame = encodeBeast(message, 1_000_000, -20);
  assert.equal(toHex(frame.subarray(0, 8)), "1a33000000b71b00"); // 12,000,000 = 0xb71b00
  assert.equal(frame[8], 255, "a full signal");
  const { packets } = createBeastFramer().push(frame);
  assert.deepEqual([...packets[0].subarray(8)], [...message]);
  assert.equal(frame.length, 2 + 21 + 3);
});

test("SBS lines have 22 fields and are read back", () => {
  const state = sbsProtocol.createState({});
  let observed = 0;
  for (const what of ["identification", "position", "velocity"] as const) {
    const line = decodeUtf8(encodeSbs(report({ what, callsign: "SIM101", at: micros(AT + 242_000) })));
    assert.equal(line.split(",").length, 22, line);
    assert.ok(line.endsWith("\r\n") && line.includes("2026/01/01,00:00:00.242"));
    const decoded = sbsProtocol.receive(state, { receivedAt: AT, connection: 1, bytes: encodeUtf8(line.trim()) }, {});
    assert.deepEqual(decoded.errors, []);
    observed += decoded.records;
  }
  assert.equal(observed, 3);
});
