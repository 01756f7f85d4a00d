import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { fromHex } from "../../base/hex.ts";
import { encodeUtf8 } from "../../base/text.ts";
import { METRES_PER_FOOT, METRES_PER_SECOND_PER_KNOT, micros } from "../../base/units.ts";
import { createModeSDescriber } from "./describe.ts";

const SHARED = new URL("../../../../../shared/data/modes/", import.meta.url);
const skip = existsSync(SHARED) ? false : "../shared is absent";
const TOULOUSE = { referenceLatitude: (43.63 * Math.PI) / 180, referenceLongitude: (1.37 * Math.PI) / 180 };
type Fields = Record<string, unknown>;
const rows = (name: string) =>
  gunzipSync(readFileSync(new URL(name, SHARED)))
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Fields);

function beast(hex: string): Uint8Array {
  const message = fromHex(hex)!;
  const bytes = new Uint8Array(8 + message.length);
  bytes[0] = message.length === 14 ? 0x33 : 0x32;
  bytes.set(message, 8);
  return bytes;
}
const one = (hex: string) => createModeSDescriber({})({ receivedAt: micros(0), connection: 0, bytes: beast(hex) })[0]!;

test("TC 28: an emergency and its squawk", () => {
  // ME field: type 28, subtype 1, emergency 5 (unlawful interference), Mode A 7500.
  const got = one(sealed("8d4ca216e1aaa200000000"));
  assert.deepEqual([got.kind, got.emergency, got.squawk], ["aircraft-status", "unlawful interference", "7500"]);
});

test("TC 28 subtype 2: a resolution advisory's bits", () => {
  const got = one(sealed("8d4ca216e2c0001400000a"));
  assert.deepEqual(got.resolutionAdvisory, {
    active: 0b11000000000000,
    complement: 0,
    terminated: false,
    multipleThreats: true,
    threatType: 1,
    threatIdentity: 10,
  });
});

test("TC 31: version 2, NACp 9, NIC supplement A, GVA 2, SIL 3, barometric integrity", () => {
  // Octets 5 and 6 of ME: version 010, NIC-A 1, NACp 1001; GVA 10, SIL 11, NICbaro 1.
  const got = one(sealed("8d4ca216f80000000059b8"));
  assert.deepEqual(
    [got.kind, got.version, got.nacp, got.nicSupplementA, got.gva, got.sil, got.nicBaro],
    ["operational-status", 2, 9, true, 2, 3, true],
  );
});

test("TC 20: the height is above the ellipsoid, in the same code as pressure altitude", () => {
  // The published 38,000 ft position with its type code changed from 11 to 20.
  const got = one(sealed("8d40621da0c382d690c8ac"));
  assert.equal(Math.round((got.heightHaeMetres as number) / METRES_PER_FOOT), 38_000);
  assert.equal(got.pressureAltitudeMetres, undefined);
});

test("DF18: a TIS-B target of a ground station's own numbering carries ~, an ICAO one does not", () => {
  assert.deepEqual([one(sealed("9240621d58c382d690c8ac")).transport], ["TIS-B"]);
  const describe = createModeSDescriber({});
  const twice = (hex: string) => {
    describe({ receivedAt: micros(0), connection: 0, bytes: beast(hex) });
    return describe({ receivedAt: micros(1_000_000), connection: 0, bytes: beast(hex) })[0]!;
  };
  assert.equal(twice(sealed("9240621d58c382d690c8ac")).icao24, "40621d");
  assert.equal(twice(sealed("9240621d59c382d690c8ac")).icao24, "~40621d", "IMF is set");
  assert.equal(twice(sealed("9540621d58c382d690c8ac")).icao24, "~40621d", "control field 5");
  assert.equal(twice(sealed("9640621d58c382d690c8ac")).transport, "ADS-R");
  assert.equal(twice(sealed("9140621d58c382d690c8ac")).transport, "ADS-B");
});

test("an AVR line gives the same object as the frame, and a bad line an object with its error", () => {
  const describe = createModeSDescriber({ format: "avr" });
  const line = (text: string) => describe({ receivedAt: micros(0), connection: 0, bytes: encodeUtf8(text) });
  assert.equal(line("*8D406B902015A678D4D220AA4BDA;")[0]!.callsign, "EZY85MH");
  assert.equal(line("@00000000000a8D406B902015A678D4D220AA4BDA;")[0]!.callsign, "EZY85MH");
  assert.equal(line("<00000000000aff8D406B902015A678D4D220AA4BDA;")[0]!.callsign, "EZY85MH");
  for (const [text, code] of [
    ["*8D406B902015A678D4D220AA4BDA", "truncated"],
    ["*8D406B902015A678D4D220AA4BD;", "malformed"],
    ["*8D406B9020;", "malformed"],
    ["hello;", "malformed"],
    [`*${"00".repeat(60)};`, "oversized"],
    ["*8D406B902015A678D4D220AA4BDB;", "checksum"],
  ] as const) {
    assert.equal(line(text)[0]!.error, code, text);
  }
});

/** The message with its parity, for 11 octets given in hexadecimal. */
function sealed(hex: string): string {
  const octets = [...fromHex(hex)!, 0, 0, 0];
  let remainder = 0;
  for (let bit = 0; bit < 88; bit++) {
    const next = (octets[bit >> 3]! >> (7 - (bit & 7))) & 1;
    const top = (remainder >> 23) & 1;
    remainder = (remainder << 1) & 0xffffff;
    if (top !== next) remainder ^= 0xfff409;
  }
  return hex + remainder.toString(16).padStart(6, "0");
}

test("every field that both know is pyModeS's: 48,000 received messages of DF17, 20 and 21", { skip }, () => {
  const differences: unknown[] = [];
  let compared = 0;
  const compare = (name: string, own: unknown, peer: unknown, tolerance: number, frame: string) => {
    if (peer === undefined || peer === null) return;
    compared += 1;
    const same = typeof own === "number" && typeof peer === "number" ? Math.abs(own - peer) <= tolerance : own === peer;
    if (!same) differences.push([name, own, peer, frame]);
  };
  const feet = (value: unknown) => (value === undefined ? undefined : Math.round((value as number) / METRES_PER_FOOT));
  const feetPerMinute = (value: unknown) => (value === undefined ? undefined : Math.round(((value as number) * 60) / METRES_PER_FOOT));
  const knots = (value: unknown) => (value === undefined ? undefined : (value as number) / METRES_PER_SECOND_PER_KNOT);
  const sources = rows("lfbo_1090.jet1090.jsonl.gz");
  let registers = 0;
  let sameRegister = 0;
  let otherRegister = 0;
  for (const file of ["pymodes_adsb", "pymodes_commb_df20", "pymodes_commb_df21", "lfbo_1090.pymodes"]) {
    const describe = createModeSDescriber(TOULOUSE);
    rows(`${file}.jsonl.gz`).forEach((row, index) => {
      const peer = (row.pymodes ?? row) as Fields;
      const frame = (row.frame ?? sources[index]!.frame) as string;
      const at = (row.t ?? sources[index]!.timestamp) as number;
      const own = describe({ receivedAt: micros(Math.round(at * 1e6)), connection: 1, bytes: beast(frame) })[0]!;
      assert.equal(own.error, undefined);
      compare("df", own.format, `DF${peer.df}`, 0, frame);
      compare("icao", (own.icao24 as string).toUpperCase(), peer.icao, 0, frame);
      compare("altitude", feet(own.pressureAltitudeMetres), peer.altitude, 0, frame);
      compare("squawk", own.squawk, peer.squawk, 0, frame);
      compare("typecode", own.typeCode, peer.typecode, 0, frame);
      compare("cpr_lat", own.cprLatitude, peer.cpr_lat, 0, frame);
      compare("cpr_lon", own.cprLongitude, peer.cpr_lon, 0, frame);
      if (peer.bds === "0,9") {
        const east = knots(own.velocityEastMetresPerSecond)!;
        const north = knots(own.velocityNorthMetresPerSecond)!;
        compare("groundspeed", Math.floor(Math.hypot(east, north) + 1e-9), peer.groundspeed, 0, frame);
        compare("track", ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360, peer.track, 1e-6, frame);
        compare("vertical_rate", feetPerMinute(own.verticalRateMetresPerSecond), peer.vertical_rate, 0, frame);
        compare("geo_minus_baro", feet(own.geometricMinusBarometricMetres), peer.geo_minus_baro, 0, frame);
        compare("nac_v", own.nacv, peer.nac_v, 0, frame);
        compare("vr_source", own.verticalRateSource === "gnss" ? "GNSS" : "BARO", peer.vr_source, 0, frame);
      }
      // pyModeS writes # for a character that is not legal; the one such callsign is a noise message's, and is unknown here.
      if (peer.bds === "0,8" && !(peer.callsign as string).includes("#")) {
        compare("callsign", own.callsign, (peer.callsign as string).replace(/_+$/, ""), 0, frame);
        compare("category", own.category === undefined ? 0 : Number((own.category as string)[1]), peer.category, 0, frame);
      }
      if (peer.bds === "0,6") {
        compare("groundspeed", knots(own.groundSpeedMetresPerSecond), peer.groundspeed, 1e-9, frame);
        compare("track", own.trackDegrees, peer.track, 1e-9, frame);
      }
      // pyModeS pairs halves in another way for surface positions; jet1090's are compared in beast-protocol.test.ts.
      if (peer.bds === "0,5" && own.latitudeDegrees !== undefined) {
        compare("latitude", own.latitudeDegrees, peer.latitude, 1e-9, frame);
        compare("longitude", own.longitudeDegrees, peer.longitude, 1e-9, frame);
      }
      if (peer.bds === "6,2") {
        compare("selected_altitude", feet(own.selectedAltitudeMetres), peer.selected_altitude, 0, frame);
        compare("baro_pressure_setting", own.pressureSettingHectopascals, peer.baro_pressure_setting, 0.051, frame);
        compare("nac_p", own.nacp, peer.nac_p, 0, frame);
        compare("nic_baro", Number(own.nicBaro), peer.nic_baro, 0, frame);
        compare("sil", own.sil, peer.sil, 0, frame);
        compare("tcas_operational", own.acasOperational, peer.tcas_operational, 0, frame);
      }
      const guess = own.registerGuess as Fields | undefined;
      if (peer.df !== 17 && ["2,0", "4,0", "5,0", "6,0"].includes(peer.bds as string)) {
        registers += 1;
        if (guess?.register === peer.bds) sameRegister += 1;
        else if (guess !== undefined) otherRegister += 1;
      }
      if (guess === undefined || guess.register !== peer.bds) return;
      if (guess.register === "6,0") {
        compare("magnetic_heading", guess.magneticHeadingDegrees, peer.magnetic_heading, 1e-9, frame);
        compare("indicated_airspeed", knots(guess.indicatedAirspeedMetresPerSecond), peer.indicated_airspeed, 1e-9, frame);
        compare("mach", guess.mach, peer.mach, 1e-9, frame);
        compare("baro_vertical_rate", feetPerMinute(guess.barometricRateMetresPerSecond), peer.baro_vertical_rate, 0, frame);
        compare("inertial_vertical_rate", feetPerMinute(guess.inertialRateMetresPerSecond), peer.inertial_vertical_rate, 0, frame);
      } else if (guess.register === "5,0") {
        compare("roll", guess.rollDegrees, peer.roll, 1e-9, frame);
        compare("true_track", guess.trackDegrees, peer.true_track, 1e-9, frame);
        compare("groundspeed", knots(guess.groundSpeedMetresPerSecond), peer.groundspeed, 1e-9, frame);
        compare("track_rate", guess.trackRateDegreesPerSecond, peer.track_rate, 1e-9, frame);
        compare("true_airspeed", knots(guess.trueAirspeedMetresPerSecond), peer.true_airspeed, 1e-9, frame);
      } else if (guess.register === "4,0") {
        compare("selected_altitude_mcp", feet(guess.selectedAltitudeMcpMetres), peer.selected_altitude_mcp, 0, frame);
        compare("selected_altitude_fms", feet(guess.selectedAltitudeFmsMetres), peer.selected_altitude_fms, 0, frame);
        compare("baro_pressure_setting", guess.pressureSettingHectopascals, peer.baro_pressure_setting, 0.051, frame);
      } else compare("callsign", guess.callsign, (peer.callsign as string).replace(/_+$/, ""), 0, frame);
    });
  }
  assert.deepEqual(differences.slice(0, 5), []);
  assert.ok(compared > 300_000, `${compared} fields compared`);
  // Which register a reply carries is a guess in both programs; they agree on nearly all.
  assert.ok(sameRegister / registers > 0.98 && otherRegister / registers < 0.001, `${sameRegister}, ${otherRegister} of ${registers}`);
});

test("recorded by dump1090: DF0, 4, 5, 11, 17, 20 and 21 read alike", { skip }, () => {
  const describe = createModeSDescriber({ format: "avr" });
  const formats = new Map<unknown, number>();
  for (const row of rows("modes1_avr_dump1090.jsonl.gz")) {
    const peer = row.pymodes as Fields;
    const own = describe({ receivedAt: micros(0), connection: 0, bytes: encodeUtf8(row.avr as string) })[0]!;
    formats.set(own.format, (formats.get(own.format) ?? 0) + 1);
    assert.equal((own.icao24 as string).toUpperCase(), peer.icao);
    if (typeof peer.altitude === "number") {
      assert.equal(Math.round((own.pressureAltitudeMetres as number) / METRES_PER_FOOT), peer.altitude, row.avr as string);
    }
    if (peer.squawk !== undefined) assert.equal(own.squawk, peer.squawk);
    if (peer.vertical_status !== undefined) assert.equal(own.onGround, peer.vertical_status !== "airborne");
  }
  assert.deepEqual([...formats].sort(), [
    ["DF0", 8],
    ["DF11", 32],
    ["DF17", 58],
    ["DF20", 7],
    ["DF21", 2],
    ["DF4", 1],
    ["DF5", 2],
  ]);
});
