import assert from "node:assert/strict";
import { test } from "node:test";
import { aTrackView } from "../../../../test/support/a-track-view.ts";
import { micros } from "../../base/units.ts";
import type { Claim, SourceTrack } from "../../model/observation.ts";
import type { TrackView } from "../../model/picture-view.ts";
import { asterixProtocol } from "./asterix-protocol.ts";
import {
  type AsterixOutputOptions,
  type AsterixPublisherState,
  asterixDue,
  asterixGoodbye,
  createAsterixPublisher,
  publishAsterix,
} from "./track-publisher.ts";
import { countryOfOperator } from "./uas-output.ts";

const NOW = Date.UTC(2026, 10, 23, 12) * 1000; // us; noon is 43,200 s
const OPTIONS: AsterixOutputOptions = {
  source: { sac: 25, sic: 100, service: 1 },
  period: micros(1e6),
  exercise: false,
  identities: false,
  uasReports: false,
};
const GOOD = { state: "operational", overloaded: false } as const;

function publish(state: AsterixPublisherState, tracks: TrackView[], after = 0, options = OPTIONS) {
  const update = publishAsterix(state, tracks, micros(NOW + after * 1e6), GOOD, options);
  const observations = update.datagrams.flatMap((bytes) => {
    const read = asterixProtocol.receive(asterixProtocol.createState({}), { bytes, connection: 0, receivedAt: micros(NOW) }, {});
    assert.deepEqual(read.errors, []);
    return read.observations;
  });
  return {
    update,
    observations,
    tracks: observations.filter((observation): observation is SourceTrack => observation.type === "source-track"),
  };
}

test("a receiver reads the track that the picture shows: place, height, velocity, ellipse, number", () => {
  const { tracks, update } = publish(createAsterixPublisher(), [aTrackView(NOW)]);
  assert.equal(update.tracks, 1);
  const [track] = tracks;
  assert.equal(track!.sourceTrackId, "12");
  assert.deepEqual(track!.time, { kind: "time-of-day", seconds: 43_200 });
  const { measurement } = track!;
  assert.ok(measurement.kind === "position");
  assert.ok(Math.abs((measurement.latitude * 180) / Math.PI - 36.9) < 6e-6);
  assert.ok(Math.abs((measurement.longitude * 180) / Math.PI - 43.1) < 6e-6);
  assert.equal(measurement.height?.kind, "hae");
  assert.ok(Math.abs(measurement.height!.value - 500) < 1);
  assert.deepEqual([measurement.velocityEast, measurement.velocityNorth], [12, -5]);
  // The 95 % ellipse lies east-west: 10 m and 5 m of one sigma.
  const [ee, en, nn] = measurement.covarianceEn!;
  assert.ok(Math.abs(ee - 100) < 6 && Math.abs(nn - 25) < 3 && Math.abs(en) < 1, `${ee} ${en} ${nn}`);
});

test("candidates and what is not live stay here; an exercise gets the latter marked as simulated", () => {
  const views = [aTrackView(NOW, { id: "T1", status: "tentative" }), aTrackView(NOW, { id: "SIM-T2", origin: "simulated" })];
  assert.deepEqual(publish(createAsterixPublisher(), views).tracks, []);
  const { tracks } = publish(createAsterixPublisher(), views, 0, { ...OPTIONS, exercise: true });
  assert.deepEqual(
    tracks.map((track) => [track.sourceTrackId, track.simulated]),
    [["2", true]],
  );
});

test("the number is that of the track's name while it is free, and stays the track's own for its whole life", () => {
  const state = createAsterixPublisher();
  const exercise = { ...OPTIONS, exercise: true };
  const views = [
    aTrackView(NOW, { id: "T12" }),
    aTrackView(NOW, { id: "SIM-T12", origin: "simulated" }),
    aTrackView(NOW, { id: "T65548" }),
  ];
  const first = publish(state, views, 0, exercise).tracks.map((track) => track.sourceTrackId);
  assert.equal(first[0], "12");
  assert.equal(new Set(first).size, 3);
  const again = publish(state, [...views].reverse(), 1, exercise).tracks.map((track) => track.sourceTrackId);
  assert.deepEqual(again, [...first].reverse());
});

test("a track that ends is told once more, as ended, and its number is free", () => {
  const state = createAsterixPublisher();
  publish(state, [aTrackView(NOW)]);
  const { tracks } = publish(state, [], 1);
  assert.deepEqual(
    tracks.map((track) => [track.sourceTrackId, track.ended]),
    [["12", true]],
  );
  assert.deepEqual(publish(state, [], 2).tracks, []);
  assert.equal(state.numbers.size, 0);
});

test("each update ends with the end of its batch and the service status, also with an empty sky", () => {
  const { update, observations } = publish(createAsterixPublisher(), []);
  assert.equal(update.datagrams.length, 2);
  assert.deepEqual(
    update.datagrams.map((bytes) => bytes[0]),
    [65, 65],
  );
  const status = observations.filter((observation) => observation.type === "status");
  assert.equal(status.at(-1)?.state, "operational");
  const goodbye = asterixGoodbye(createAsterixPublisher(), micros(NOW), OPTIONS);
  const read = asterixProtocol.receive(asterixProtocol.createState({}), { bytes: goodbye, connection: 0, receivedAt: micros(NOW) }, {});
  const [last] = read.observations;
  assert.ok(last?.type === "status" && last.state !== "operational");
});

test("updates keep their cadence: a late one does not move those after it, and a long pause is not caught up", () => {
  const state = createAsterixPublisher();
  assert.ok(asterixDue(state, micros(NOW)));
  publish(state, []);
  assert.equal(asterixDue(state, micros(NOW + 0.9e6)), false);
  publish(state, [], 1.2);
  assert.ok(asterixDue(state, micros(NOW + 2e6)));
  publish(state, [], 60);
  assert.equal(asterixDue(state, micros(NOW + 60.5e6)), false);
});

test("an update of many tracks goes out in parts, each track once, with the end of the batch behind the last", () => {
  const state = createAsterixPublisher();
  const views = Array.from({ length: 450 }, (_, i) => aTrackView(NOW, { id: `T${i + 1}` }));
  const parts: number[] = [];
  const ends: number[] = [];
  const numbers = new Set<string>();
  while (asterixDue(state, micros(NOW)) && parts.length < 10) {
    const update = publishAsterix(state, views, micros(NOW), GOOD, OPTIONS, 4);
    parts.push(update.tracks);
    ends.push(update.datagrams.filter((bytes) => bytes[0] === 65).length);
    for (const bytes of update.datagrams) {
      const read = asterixProtocol.receive(asterixProtocol.createState({}), { bytes, connection: 0, receivedAt: micros(NOW) }, {});
      for (const observation of read.observations) if (observation.type === "source-track") numbers.add(observation.sourceTrackId);
    }
  }
  assert.deepEqual(parts, [113, 113, 113, 111]);
  assert.deepEqual(ends, [0, 0, 0, 2]);
  assert.equal(numbers.size, 450);
});

test("an address, a squawk and a call sign leave only where the output releases them; the category of a drone always", () => {
  const view = aTrackView(NOW, {
    identities: [
      { scheme: "icao24", value: "4ca7a8" },
      { scheme: "mode3a", value: "4321" },
    ],
    claims: [{ sensorId: "adsb", heardAtUs: NOW, callsign: "SIM42" }],
  });
  const read = (identities: boolean) => {
    const { tracks, observations } = publish(createAsterixPublisher(), [view], 0, { ...OPTIONS, identities });
    const claim = observations.find((observation) => observation.type === "claim");
    const schemes = tracks[0]!.identities.map((identity) => identity.scheme).filter((scheme) => scheme === "icao24" || scheme === "mode3a");
    return { schemes, callsign: claim?.statements.callsign, category: claim?.statements.category };
  };
  assert.deepEqual(read(false), { schemes: [], callsign: undefined, category: "unmanned aerial vehicle" });
  assert.deepEqual(read(true), { schemes: ["icao24", "mode3a"], callsign: "SIM42", category: "unmanned aerial vehicle" });
});

const DRONE = (serial: string, operatorId?: string) =>
  aTrackView(NOW, {
    identities: [{ scheme: "remote-id-serial", value: serial }],
    claims: [{ ...aTrackView(NOW).claims[0]!, serial, ...(operatorId === undefined ? {} : { operatorId }) }],
  });
const WITH_129 = { ...OPTIONS, identities: true, uasReports: true };
const claimsIn = (sent: ReturnType<typeof publish>) => sent.observations.filter((one): one is Claim => one.type === "claim");

test("CAT129: an identified drone's report holds serial, country, place above mean sea level and velocity, one record a datagram", () => {
  const sent = publish(createAsterixPublisher(), [DRONE("1581F4XFC001", "FIN87astrdge12k8")], 0, WITH_129);
  const reports = sent.update.datagrams.filter((bytes) => bytes[0] === 129);
  assert.equal(reports.length, 1);
  const claim = claimsIn(sent).find(({ statements }) => statements.serial !== undefined)!;
  assert.equal(claim.statements.serial, "1581F4XFC001");
  assert.equal(claim.statements.description, "registered in FI");
  const place = sent.observations.find((one) => one.type === "detection")!;
  assert.ok(place.type === "detection" && place.measurement.kind === "position");
  assert.ok(Math.abs((place.measurement.latitude * 180) / Math.PI - 36.9) < 1e-6);
  // 500 m above the ellipsoid; EGM96 lies 15 to 25 m above it in the north of Iraq.
  assert.equal(place.measurement.height?.kind, "amsl");
  assert.ok(place.measurement.height!.value > 475 && place.measurement.height!.value < 485.1, String(place.measurement.height!.value));
  assert.ok(Math.abs(place.measurement.velocityEast! - 12) < 0.01 && Math.abs(place.measurement.velocityNorth! + 5) < 0.01);
  // 10 m and 5 m of one sigma: half of all lie within about 9.3 m, rounded up.
  assert.ok(Math.abs(place.measurement.horizontalSigma! - 10 / 1.17741) < 1e-6);
});

test("CAT129 goes out only where it is switched on and identities are released, of live data only, never with a shortened serial number", () => {
  const has129 = (sent: ReturnType<typeof publish>) => sent.update.datagrams.some((bytes) => bytes[0] === 129);
  const drone = DRONE("SIM000000042");
  assert.equal(has129(publish(createAsterixPublisher(), [drone], 0, WITH_129)), true);
  assert.equal(has129(publish(createAsterixPublisher(), [drone], 0, { ...WITH_129, identities: false })), false);
  assert.equal(has129(publish(createAsterixPublisher(), [drone], 0, { ...WITH_129, uasReports: false })), false);
  const simulated = { ...drone, origin: "simulated" as const };
  assert.equal(
    has129(publish(createAsterixPublisher(), [simulated], 0, { ...WITH_129, exercise: true })),
    false,
    "it has no mark for that",
  );
  const long = publish(createAsterixPublisher(), [DRONE("1581F4XFC22180001234")], 0, WITH_129);
  assert.equal(has129(long), false);
  assert.equal(long.update.longSerials, 1);
});

test("CAT129: without an operator's number of a known state the country is ZZ, which ISO 3166-1 leaves to its users", () => {
  for (const operatorId of [undefined, "", "FIN", "XXX87astrdge12k8", "something else entirely"])
    assert.equal(countryOfOperator(operatorId), "ZZ");
  assert.equal(countryOfOperator("deu87astrdge12k8"), "DE");
});
