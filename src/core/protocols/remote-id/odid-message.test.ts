import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { fromHex } from "../../base/hex.ts";
import { DEGREES_PER_RADIAN } from "../../base/units.ts";
import { horizontalSigma, speedSigma, verticalSigma } from "./accuracy.ts";
import { decodeOdid, type OdidTransmission } from "./odid-message.ts";
import { readRadioFrame } from "./radio-frame.ts";

const shared = (path: string) => fileURLToPath(new URL(`../../../../../shared/${path}`, import.meta.url));
const needs = (path: string) => (existsSync(shared(path)) ? false : "../shared is absent");

// Written by hand from the tables of ASTM F3411-22a.
const BASIC = "0212504b545445535430303030303030303030303031000000"; // serial PKTTEST0000000000001, multirotor
const LOCATION = "12205a280410283d1ce0671705900bb80b34084b2350460200";
const SELF_ID = "3200737572766579206f66207468652064616d000000000000";
const SYSTEM = "420500013d1cd04017050100000000000012540b80a9a90e00";
const OPERATOR = "52004348457465737431323334353637383900000000000000";

const decode = (hex: string) => decodeOdid(fromHex(hex)!);
function good(hex: string): OdidTransmission {
  const read = decode(hex);
  assert(read.ok, read.ok ? "" : read.error.message);
  return read.value;
}
const refused = (hex: string) => {
  const read = decode(hex);
  assert(!read.ok);
  return read.error;
};
const degrees = (angle: number | undefined) => Math.round(angle! * DEGREES_PER_RADIAN * 1e7) / 1e7;

test("Basic ID: type 1 in the upper four bits is a serial number, 2 in the lower four a multirotor", () => {
  assert.deepEqual(good(BASIC).basicIds, [{ kind: "serial", idType: 1, uaType: 2, id: "PKTTEST0000000000001" }]);
});

test("Basic ID: a session identifier of binary octets is shown as hexadecimal", () => {
  const [id] = good(`0241${"01200100300000000000000000000000ff000000"}000000`).basicIds;
  assert.deepEqual(id, { kind: "session", idType: 4, uaType: 1, id: "01200100300000000000000000000000ff" });
});

test("Basic ID: octets that are not printable are a damaged serial number", () => {
  assert.equal(refused(`0212${"80ff".repeat(10)}000000`).item, "ODID Basic ID.UASID");
});

test("Location: every field in its unit", () => {
  const location = good(LOCATION).location!;
  assert.equal(location.status, 2);
  assert.equal(degrees(location.direction), 90);
  assert.equal(location.speedHorizontal, 10); // 40 x 0.25
  assert.equal(location.speedVertical, 2); // 4 x 0.5
  assert.equal(degrees(location.latitude), 47.377);
  assert.equal(degrees(location.longitude), 8.542);
  assert.equal(location.pressureAltitude, 480); // 2960 / 2 - 1000
  assert.equal(location.geodeticAltitude, 500);
  assert.equal(location.height, 50);
  assert.equal(location.heightReference, "takeoff");
  assert.deepEqual([location.horizontalAccuracy, location.verticalAccuracy], [11, 4]);
  assert.deepEqual([location.speedAccuracy, location.barometricAccuracy], [3, 2]);
  assert.equal(location.secondsAfterHour, 1800);
  assert.equal(location.timeAccuracy, 2);
});

test("Location: 361 degrees, 255 m/s, 63 m/s, 0/0, -1000 m and 0xFFFF are unknown, never numbers", () => {
  // Status 2 with the western and fast bits, 181, 255, 126, position and altitudes and accuracies 0, time 0xFFFF.
  const location = good(`1223b5ff7e${"00".repeat(8)}${"00".repeat(6)}0000ffff0000`).location!;
  for (const key of [
    "direction",
    "speedHorizontal",
    "speedVertical",
    "latitude",
    "longitude",
    "pressureAltitude",
    "geodeticAltitude",
    "height",
    "secondsAfterHour",
  ] as const) {
    assert.equal(location[key], undefined, key);
  }
});

test("Location: the western half adds 180 degrees, the multiplier makes 0.75 m/s steps from 63.75", () => {
  const location = good(`12235a0400${LOCATION.slice(10)}`).location!;
  assert.equal(degrees(location.direction), 270);
  assert.equal(location.speedHorizontal, 66.75); // 4 x 0.75 + 63.75
});

test("Location: a latitude over 90 degrees or a time over one hour is a damaged message", () => {
  assert.equal(refused(`12205a280401e9a435${LOCATION.slice(18)}`).code, "out-of-range"); // 90.0000001
  assert.equal(refused(`${LOCATION.slice(0, 42)}a18c${LOCATION.slice(46)}`).item, "ODID Location.Timestamp"); // 36001 tenths
});

test("Self-ID, System and Operator ID: every field", () => {
  assert.deepEqual(good(SELF_ID).selfId, { descriptionType: 0, text: "survey of the dam" });
  const system = good(SYSTEM).system!;
  assert.equal(system.operatorLocationType, 1); // live
  assert.equal(system.classificationType, 1); // European Union
  assert.deepEqual([degrees(system.operatorLatitude), degrees(system.operatorLongitude)], [47.376, 8.541]);
  assert.equal(system.operatorAltitude, 450);
  assert.deepEqual([system.categoryEu, system.classEu], [1, 2]);
  assert.equal(system.areaCeiling, undefined);
  assert.equal(system.unixSeconds, 1_546_300_800 + 246_000_000);
  assert.deepEqual(good(OPERATOR).operatorId, { operatorIdType: 0, id: "CHEtest123456789" });
});

test("Authentication: page 0 says how many octets its pages hold, and more than they can hold is refused", () => {
  const [page] = good(`2230022a80a9a90e${"ab".repeat(17)}`).authentication;
  assert.equal(page.authenticationType, 3);
  assert.deepEqual([page.page, page.lastPage, page.length], [0, 2, 42]);
  assert.equal(page.octets.length, 17);
  assert.equal(good(`2231${"cd".repeat(23)}`).authentication[0].octets.length, 23);
  assert.equal(refused(`2230001200000000${"ab".repeat(17)}`).code, "inconsistent"); // 18 octets do not fit in page 0
});

test("a pack holds one to nine messages of 25 octets, and octets after it are padding", () => {
  const pack = good(`f21905${BASIC}${LOCATION}${SELF_ID}${SYSTEM}${OPERATOR}deadbeef`);
  assert.equal(pack.messages, 5);
  assert.equal(pack.basicIds.length, 1);
  assert(pack.location && pack.selfId && pack.system && pack.operatorId);
});

test("an empty pack, a pack of ten, another message size, a nested pack and a cut pack are each one refusal", () => {
  assert.match(refused(`f01900${"00".repeat(225)}`).message, /no message/);
  assert.equal(refused(`f2190a${"02".repeat(250)}`).item, "ODID pack.MsgPackSize");
  assert.equal(refused("f2180212").item, "ODID pack.SingleMessageSize");
  assert.match(refused(`f21901f2${"00".repeat(24)}`).message, /another pack/);
  assert.deepEqual(
    [refused("f2190302123135383146").code, refused("f2190302123135383146").needed, refused("f2190302123135383146").got],
    ["truncated", 78, 10],
  );
});

test("a good message beside a damaged one in a pack is refused with it", () => {
  assert.equal(refused(`f21902${BASIC}12205a280401e9a435${LOCATION.slice(18)}`).code, "out-of-range");
});

test("accuracy code 11 says 95 % within 3 m: 1 sigma is 3 / 2.4477 on each axis", () => {
  assert.equal(horizontalSigma(11)!.toFixed(4), "1.2256");
  assert.equal(horizontalSigma(1)!.toFixed(0), "7566"); // 10 NM
  assert.equal(verticalSigma(5)!.toFixed(4), "1.5306"); // 3 / 1.96
  assert.equal(speedSigma(4)!.toFixed(4), "0.1226"); // 0.3 / 2.4477
  for (const code of [0, 13, 15]) assert.equal(horizontalSigma(code), undefined);
  for (const code of [0, 7, 15]) assert.equal(verticalSigma(code), undefined);
  for (const code of [0, 5, 15]) assert.equal(speedSigma(code), undefined);
});

test("any octets give a transmission or a typed error, with finite numbers only", () => {
  const finite = (value: unknown): boolean =>
    typeof value === "number" ? Number.isFinite(value) : typeof value !== "object" || value === null || Object.values(value).every(finite);
  const arbitrary = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // Valid packs with wild messages reach further than noise does.
    fc
      .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.uint8Array({ minLength: 24, maxLength: 24 })), { minLength: 1, maxLength: 9 })
      .map((messages) =>
        Uint8Array.from([0xf2, 25, messages.length, ...messages.flatMap(([type, content]) => [(type << 4) | 2, ...content])]),
      ),
  );
  fc.assert(
    fc.property(arbitrary, (bytes) => {
      const read = decodeOdid(bytes);
      if (read.ok) assert(finite(read.value));
      else assert(read.error.message.length > 0);
    }),
    { numRuns: 3000 },
  );
});

// The peer's values keep its unknown markers; ours are put back in for the comparison.
function inPeersTerms(read: OdidTransmission): Record<string, unknown> {
  const near = (value: number | undefined, marker: number) => (value === undefined ? marker : value);
  const place = (angle: number | undefined) => (angle === undefined ? 0 : degrees(angle));
  const out: Record<string, unknown> = {};
  read.basicIds.forEach((id, i) => {
    out[`BasicID${i}`] = { UAType: id.uaType, IDType: id.idType, UASID: id.id };
  });
  if (read.location !== undefined) {
    const at = read.location;
    out.Location = {
      Status: at.status,
      Direction: at.direction === undefined ? 361 : Math.round(at.direction * DEGREES_PER_RADIAN),
      SpeedHorizontal: near(at.speedHorizontal, 255),
      SpeedVertical: near(at.speedVertical, 63),
      Latitude: place(at.latitude),
      Longitude: place(at.longitude),
      AltitudeBaro: near(at.pressureAltitude, -1000),
      AltitudeGeo: near(at.geodeticAltitude, -1000),
      HeightType: at.heightReference === "takeoff" ? 0 : 1,
      Height: near(at.height, -1000),
      HorizAccuracy: at.horizontalAccuracy,
      VertAccuracy: at.verticalAccuracy,
      BaroAccuracy: at.barometricAccuracy,
      SpeedAccuracy: at.speedAccuracy,
      TSAccuracy: at.timeAccuracy,
      TimeStamp: at.secondsAfterHour ?? 65535,
    };
  }
  if (read.selfId !== undefined) out.SelfID = { DescType: read.selfId.descriptionType, Desc: read.selfId.text };
  if (read.system !== undefined) {
    const system = read.system;
    out.System = {
      OperatorLocationType: system.operatorLocationType,
      ClassificationType: system.classificationType,
      OperatorLatitude: place(system.operatorLatitude),
      OperatorLongitude: place(system.operatorLongitude),
      AreaCount: system.areaCount,
      AreaRadius: system.areaRadius,
      AreaCeiling: near(system.areaCeiling, -1000),
      AreaFloor: near(system.areaFloor, -1000),
      CategoryEU: system.categoryEu,
      ClassEU: system.classEu,
      OperatorAltitudeGeo: near(system.operatorAltitude, -1000),
      Timestamp: system.unixSeconds === undefined ? 0 : system.unixSeconds - 1_546_300_800,
    };
  }
  if (read.operatorId !== undefined) out.OperatorID = { OperatorIdType: read.operatorId.operatorIdType, OperatorId: read.operatorId.id };
  return out;
}

const recordings = [
  { file: "wifi_beacon_dji_air3.jsonl", frames: 12, good: 9 },
  { file: "wifi_beacon_esp32.jsonl", frames: 11, good: 11 },
  { file: "wifi_nan_esp32.jsonl", frames: 32, good: 22 },
  { file: "ble5_long_range.jsonl", frames: 150, good: 106 },
];
for (const { file, frames, good: expected } of recordings) {
  test(`${file}: equal to opendroneid-core-c in every field of every good frame`, { skip: needs(`data/remoteid/${file}`) }, () => {
    const lines = readFileSync(shared(`data/remoteid/${file}`), "utf8")
      .trim()
      .split("\n");
    assert.equal(lines.length, frames);
    let equal = 0;
    for (const line of lines) {
      const row = JSON.parse(line) as {
        i: number;
        linktype: number;
        frame: string;
        odid: { mac: string | null; msgType: number; counter: number; decoded: object }[];
      };
      const read = readRadioFrame({ linkType: row.linktype, capturedAt: undefined, cut: false, bytes: fromHex(row.frame)! });
      if (!read.ok) continue; // a bad radio CRC: counted in the capture protocol's test
      const peer = row.odid[0];
      assert.equal(read.value !== undefined, peer !== undefined, `frame ${row.i}`);
      if (read.value === undefined || peer === undefined) continue;
      assert.equal(read.value.counter, peer.counter);
      if (peer.mac !== null) assert.equal(read.value.radioAddress, peer.mac);
      const decoded = decodeOdid(read.value.octets);
      assert.equal(decoded.ok, peer.msgType !== 255, `frame ${row.i}`);
      if (!decoded.ok) continue;
      assert.deepEqual(inPeersTerms(decoded.value), peer.decoded, `frame ${row.i}`);
      equal += 1;
    }
    assert.equal(equal, expected);
  });
}

test("bad-input vectors: each is refused with one typed error", { skip: needs("data/bad-input/vectors.jsonl") }, () => {
  const vectors = readFileSync(shared("data/bad-input/vectors.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { protocol: string; hex: string });
  const ours = vectors.filter((vector) => vector.protocol === "remoteid");
  assert.equal(ours.length, 5);
  for (const vector of ours) assert.equal(decode(vector.hex).ok, false);
});
