// The engine as a whole, fed with octets as a sensor sends them. Vectors come from our own encoders.

import assert from "node:assert/strict";
import { test } from "node:test";
import { metres, micros, radians, seconds } from "../base/units.ts";
import type { PictureEvent } from "../model/event.ts";
import type { Site } from "../model/site.ts";
import { createBeastFramer } from "../protocols/beast/beast-framer.ts";
import { encodeBeast, encodeSquitters } from "../simulation/encode-adsb.ts";
import type { AdsbReport } from "../simulation/report.ts";
import { pictureDigest, restorePicture, snapshotPicture } from "./digest.ts";
import { createPicture, LIMITS, type Picture } from "./picture.ts";
import { step } from "./step.ts";
import { sensorViews, sourceCounters, trackViews } from "./views.ts";

const DEGREE = Math.PI / 180;
const START = 1_790_000_000_000_000;

const site = (origin: "live" | "simulated" = "live"): Site => ({
  id: "test",
  name: "Test",
  origin: { latitude: radians(36.9 * DEGREE), longitude: radians(43.1 * DEGREE), heightHae: metres(300) },
  sources: [
    { id: "adsb", protocol: "beast", origin, timeBasis: "receive", options: {} },
    { id: "rid", protocol: "remote-id-json", origin, timeBasis: "receive", options: {} },
    { id: "radar", protocol: "asterix", origin, timeBasis: "sensor", options: {} },
  ],
  sensors: [
    {
      id: "receiver",
      name: "Receiver",
      kind: "adsb",
      source: "adsb",
      north: "true",
      noise: {},
      staleAfter: seconds(10),
      offlineAfter: seconds(30),
    },
  ],
  assets: [],
  zones: [],
});

type WithoutStamps<T> = T extends PictureEvent ? Omit<T, "sequence" | "at"> : never;

function feeder(picture: Picture) {
  let at = START;
  return {
    give: (event: WithoutStamps<PictureEvent>, after = 0) => {
      at += after;
      return step(picture, { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent);
    },
    pass: (count: number) => {
      for (let i = 0; i < count * 10; i++) {
        at += 100_000;
        step(picture, { type: "tick", sequence: picture.sequence + 1, at: micros(at) });
      }
    },
  };
}

/** Position (even and odd), velocity and identification of one aircraft, as Beast frames. */
function beastPackets(east: number): Uint8Array[] {
  const framer = createBeastFramer();
  const report = {
    kind: "adsb",
    sensor: 0,
    at: START,
    object: 1,
    icao24: 0x4ca123,
    callsign: "SIM123",
    category: [1, 3],
    latitude: 36.95 * DEGREE,
    longitude: (43.2 + east / 89_000) * DEGREE,
    pressureAltitude: 3000,
    heightHae: 3050,
    velocityEast: 200,
    velocityNorth: 0,
    velocityUp: 0,
    odd: false,
    levelDbm: -40,
  } as unknown as AdsbReport;
  const spoken: AdsbReport[] = [
    { ...report, what: "position" },
    { ...report, what: "position", odd: true },
    { ...report, what: "velocity" },
    { ...report, what: "identification" },
  ];
  return spoken.flatMap((one) => encodeSquitters(one)).flatMap((message) => framer.push(encodeBeast(message, 0, -40)).packets);
}

test("events must come in order and time must not run backwards", () => {
  const picture = createPicture();
  step(picture, { type: "tick", sequence: 1, at: micros(START) });
  assert.throws(() => step(picture, { type: "tick", sequence: 3, at: micros(START) }), /event 3 follows 1/);
  assert.throws(() => step(picture, { type: "tick", sequence: 2, at: micros(START - 1) }), /never lets time run backwards/);
});

test("octets of a source that is not configured change nothing but the sequence", () => {
  const picture = createPicture();
  const { give } = feeder(picture);
  give({ type: "configure", site: site(), softwareVersion: "1" });
  give({ type: "packet", sourceId: "nowhere", connection: 0, bytes: new Uint8Array([1, 2, 3]) });
  assert.equal(picture.sequence, 2);
  assert.equal(
    sourceCounters(picture).every((source) => source.packets === 0),
    true,
  );
});

test("random octets are counted by reason, place no track and leave every number finite", () => {
  const picture = createPicture();
  const { give, pass } = feeder(picture);
  give({ type: "configure", site: site(), softwareVersion: "1" });
  let seed = 12345;
  const random = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return seed >>> 16;
  };
  for (let i = 0; i < 600; i++) {
    const bytes = Uint8Array.from({ length: random() % 200 }, () => random() & 255);
    give({ type: "packet", sourceId: ["adsb", "rid", "radar"][i % 3]!, connection: 0, bytes }, 1000);
  }
  pass(1);
  assert.deepEqual(trackViews(picture), []);
  for (const source of sourceCounters(picture)) {
    const refused = source.errors.reduce((sum, error) => sum + error.count, 0);
    assert.ok(refused > 100, `${source.id} counted ${refused}`);
    assert.ok(source.errors.length <= LIMITS.errorsPerSource + 1);
    assert.ok(source.errors.every((error) => error.message.length > 5 && error.item !== ""));
  }
});

test("a snapshot and its restoration go on to the same digest", () => {
  const picture = createPicture();
  const { give, pass } = feeder(picture);
  give({ type: "configure", site: site(), softwareVersion: "1" });
  for (let i = 0; i < 5; i++) {
    for (const bytes of beastPackets(i * 200)) give({ type: "packet", sourceId: "adsb", connection: 1, bytes });
    pass(1);
  }
  const copy = restorePicture(snapshotPicture(picture));
  assert.equal(pictureDigest(copy), pictureDigest(picture));
  const later = (target: Picture) => {
    for (let i = 0; i < 30; i++) step(target, { type: "tick", sequence: target.sequence + 1, at: micros(target.now + 100_000) });
    return pictureDigest(target);
  };
  assert.equal(later(copy), later(picture));
});

test("a simulated source's tracks carry the label in their identifier and their origin", () => {
  const picture = createPicture();
  const { give, pass } = feeder(picture);
  give({ type: "configure", site: site("simulated"), softwareVersion: "1" });
  for (let i = 0; i < 6; i++) {
    for (const bytes of beastPackets(i * 200)) give({ type: "packet", sourceId: "adsb", connection: 1, bytes });
    pass(1);
  }
  const [track] = trackViews(picture);
  assert.ok(track !== undefined);
  assert.match(track.id, /^SIM-T\d+$/);
  assert.equal(track.origin, "simulated");
  assert.equal(track.affiliation, "pending");
});

test("an aircraft's broadcast becomes one track with its call sign as a claim, never as an affiliation", () => {
  const picture = createPicture();
  const { give, pass } = feeder(picture);
  give({ type: "configure", site: site(), softwareVersion: "1" });
  for (let i = 0; i < 8; i++) {
    for (const bytes of beastPackets(i * 200)) give({ type: "packet", sourceId: "adsb", connection: 1, bytes });
    pass(1);
  }
  const tracks = trackViews(picture);
  assert.equal(tracks.length, 1);
  assert.equal(tracks[0]!.claims[0]?.callsign, "SIM123");
  assert.equal(tracks[0]!.affiliation, "pending");
  assert.ok(Math.abs(tracks[0]!.velocityEastMps - 200) < 10, `${tracks[0]!.velocityEastMps}`);
  assert.deepEqual(
    tracks[0]!.contributions.map(({ sensorId }) => sensorId),
    ["receiver"],
  );
});

test("a sensor that falls silent is told once as stale and once as offline, and again when it is back", () => {
  const picture = createPicture();
  const { give, pass } = feeder(picture);
  give({ type: "configure", site: site(), softwareVersion: "1" });
  const speak = () => {
    for (const bytes of beastPackets(0)) give({ type: "packet", sourceId: "adsb", connection: 1, bytes });
  };
  speak();
  pass(1);
  speak();
  pass(1);
  assert.equal(sensorViews(picture)[0]!.freshness, "LIVE");
  pass(12);
  assert.equal(sensorViews(picture)[0]!.freshness, "STALE");
  pass(25);
  assert.equal(sensorViews(picture)[0]!.freshness, "OFFLINE");
  speak();
  pass(1);
  const keys = picture.notices.map((notice) => notice.key);
  assert.deepEqual(keys, ["sensor-live", "sensor-stale", "sensor-offline", "sensor-live"]);
});

test("a flood of invented Remote IDs is bounded: the longest silent claims make room and the loss is told", () => {
  const picture = createPicture();
  const { give, pass } = feeder(picture);
  give({ type: "configure", site: site(), softwareVersion: "1" });
  for (let i = 0; i < LIMITS.claims + 50; i++) {
    const report = {
      kind: "remote-id",
      serial: `SIM0A${String(i).padStart(10, "0")}`,
      mac: `02:00:00:${(i >> 16).toString(16).padStart(2, "0")}:${((i >> 8) & 255).toString(16).padStart(2, "0")}:${(i & 255).toString(16).padStart(2, "0")}`,
    };
    const text = JSON.stringify([
      { "Basic ID": { id_type: "Serial Number (ANSI/CTA-2063-A)", id: report.serial, MAC: report.mac } },
      { "Operator ID Message": { operator_id: "SIM-OP" } },
    ]);
    give({ type: "packet", sourceId: "rid", connection: 0, bytes: new TextEncoder().encode(text) }, 100);
  }
  pass(1);
  assert.ok(picture.claims.size <= LIMITS.claims);
  assert.ok(picture.claimByIdentity.size <= LIMITS.claims * LIMITS.identitiesPerTrack);
});
