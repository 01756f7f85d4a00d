// What calls people though no track does, through the engine as a whole.

import assert from "node:assert/strict";
import { test } from "node:test";
import { metres, micros, radians } from "../base/units.ts";
import { enuToGeodetic } from "../geodesy/wgs84.ts";
import type { Effect, PictureEvent } from "../model/event.ts";
import type { Origin } from "../model/observation.ts";
import type { Site } from "../model/site.ts";
import { interruptedDeliveries } from "./call-people.ts";
import { pictureDigest, restorePicture, snapshotPicture } from "./digest.ts";
import { friendViews, judgedFields, judgementView, labelLines } from "./judgement-views.ts";
import { createPicture, type Picture } from "./picture.ts";
import { step } from "./step.ts";
import { noteState } from "./unusable-states.ts";

const DEGREE = Math.PI / 180;
const HERE = { latitude: radians(36.9 * DEGREE), longitude: radians(43.1 * DEGREE), heightHae: metres(300) };

const site = (origin: Origin, more: Partial<Site> = {}): Site => ({
  id: "test",
  name: "Test",
  origin: HERE,
  sources: [{ id: "rid", protocol: "remote-id-json", origin, timeBasis: "receive", options: {} }],
  sensors: [],
  assets: [],
  zones: [],
  channels: [{ id: "mail", levels: [1, 2], takeCover: true, exercise: false }],
  ...more,
});

type WithoutStamps<T> = T extends PictureEvent ? Omit<T, "sequence" | "at"> : never;

function feeder(picture: Picture) {
  let at = Math.max(1_790_000_000_000_000, picture.now);
  const give = (event: WithoutStamps<PictureEvent>): Effect[] => {
    at += 100_000;
    return step(picture, { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent);
  };
  return {
    give,
    configure: (to: Site) => give({ type: "configure", site: to, softwareVersion: "1" }),
    /** Lets so many seconds pass. */
    pass: (seconds: number) => Array.from({ length: 10 * seconds }, () => give({ type: "tick" })).flat(),
  };
}

const called = (picture: Picture) =>
  judgementView(picture).alerts.map(({ definitionId, origin, action }) => [definitionId, origin, action.text]);
const ACTION = "Have the assets and zones of the site entered; until then watch the map yourself";

test("a site without assets and zones says that it assesses nothing, for as long as that is so", () => {
  const picture = createPicture();
  const feed = feeder(picture);
  feed.configure(site("live"));
  const effects = feed.pass(7);
  assert.deepEqual(called(picture), [["nothing-protected", "live", ACTION]]);
  assert.ok(effects.some((effect) => effect.type === "deliver" && effect.notification.key === "alarm.nothing-protected"));
  const square = [0, 1, 2].map((i) => ({ latitude: radians((37 + (i % 2)) * DEGREE), longitude: radians((43 + i) * DEGREE) }));
  feed.configure(site("live", { zones: [{ id: "z", name: "Z", kind: "information", polygon: square }] }));
  feed.pass(7);
  assert.equal(called(picture).length, 1, "an information zone protects nothing");
  feed.configure(site("live", { zones: [{ id: "z", name: "Z", kind: "keep-out", polygon: square }] }));
  feed.pass(7);
  assert.deepEqual(called(picture), []);
  feed.configure(site("simulated"));
  feed.pass(7);
  assert.deepEqual(called(picture), [["nothing-protected", "simulated", ACTION]], "a simulated site's alarm wears its label");
});

test("the test of a channel is as real as the site, also on a channel that takes live messages only", () => {
  for (const origin of ["live", "simulated", "exercise"] as const) {
    const picture = createPicture();
    const feed = feeder(picture);
    feed.configure(site(origin));
    const command = { kind: "test-channel", channel: "mail" } as const;
    const effects = feed.give({ type: "command", commandId: "c1", actor: { name: "Amal", authenticated: true }, command });
    const told = effects.flatMap((effect) => (effect.type === "deliver" ? [effect.notification] : []));
    assert.deepEqual(
      told.map((notification) => [notification.kind, notification.origin, notification.channels]),
      [["test", origin, ["mail"]]],
    );
  }
});

const AMAL = { name: "Amal", authenticated: true };
const flight = (id: string, east: number, more: object = {}) => ({
  id,
  name: id,
  owner: "Police",
  identities: [],
  volumes: [
    {
      shape: { kind: "circle" as const, centre: [east, 0] as const, radius: 300 },
      floor: 0,
      ceiling: 120,
      startsAt: micros(1_790_000_000_000_000),
      endsAt: micros(1_790_003_600_000_000),
    },
  ],
  expiresAt: micros(1_790_005_400_000_000),
  from: "api" as const,
  registeredAt: micros(1_790_000_000_000_000),
  registeredBy: "Amal",
  ...more,
});

test("what people announced and labelled survives a moved origin, at the same place on the earth", () => {
  const picture = createPicture();
  const feed = feeder(picture);
  feed.configure(site("live"));
  feed.give({ type: "command", commandId: "c1", actor: AMAL, command: { kind: "register-friend", friend: flight("patrol", 2000) } });
  picture.judgement.identification.labels.push({
    trackKey: "T1",
    at: micros(1_790_000_000_000_000),
    by: AMAL,
    kind: "dismissal",
    value: "bird",
    reason: "",
    features: { speed: 12 },
  });
  const placeOf = () => {
    const [{ intent }] = friendViews(picture) as [ReturnType<typeof friendViews>[number]];
    const { shape, floor } = intent.volumes[0]!;
    assert.ok(shape.kind === "circle");
    const { latitude, longitude } = enuToGeodetic(picture.frame, shape.centre[0], shape.centre[1], 0);
    return { centre: shape.centre, floor, latitude: latitude / DEGREE, longitude: longitude / DEGREE };
  };
  const before = placeOf();
  feed.configure(site("live", { origin: { ...HERE, longitude: radians(43.11 * DEGREE), heightHae: metres(350) } }));
  const after = placeOf();
  assert.ok(Math.abs(after.latitude - before.latitude) < 1e-7 && Math.abs(after.longitude - before.longitude) < 1e-7);
  // A hundredth of a degree of longitude is 890 m there; the origin is 50 m higher.
  assert.ok(Math.abs(after.centre[0] - (2000 - 891.2)) < 1, `${after.centre[0]}`);
  assert.ok(Math.abs(after.floor + 50) < 0.5, `${after.floor}`);
  assert.equal(labelLines(picture).split("\n").length, 2);
  feed.pass(2);
  assert.equal(friendViews(picture).length, 1);
});

test("several flights are announced all or none, and each that is refused is named", () => {
  const picture = createPicture();
  const feed = feeder(picture);
  feed.configure(site("live"));
  feed.give({ type: "command", commandId: "c0", actor: AMAL, command: { kind: "register-friend", friend: flight("patrol", 0) } });
  const friends = [flight("patrol", 900), flight("b", 0, { volumes: [] }), flight("c", 0), flight("d", 0, { owner: "" })];
  const [refused] = feed.give({ type: "command", commandId: "c1", actor: AMAL, command: { kind: "register-friends", friends } });
  assert.ok(refused?.type === "command-result" && !refused.ok);
  assert.deepEqual(
    refused.errors!.map(({ item }) => item),
    ["friends[1]", "friends[3]"],
  );
  assert.match(refused.errors![0]!.message, /friends\[1\] \(b\): volumes: at least one/);
  const known = () =>
    friendViews(picture).map(({ intent }) => [intent.id, (intent.volumes[0]!.shape as { centre: readonly number[] }).centre[0]]);
  assert.deepEqual(known(), [["patrol", 0]], "the older announcement of the same id stands too");
  const [taken] = feed.give({
    type: "command",
    commandId: "c2",
    actor: AMAL,
    command: { kind: "register-friends", friends: [flight("patrol", 900), flight("c", 0)] },
  });
  assert.ok(taken?.type === "command-result" && taken.ok);
  assert.deepEqual(known(), [
    ["c", 0],
    ["patrol", 900],
  ]);
});

test("a track whose place is no number is counted and told of once, and again only after it had one", () => {
  const picture = createPicture();
  const told = () => picture.notices.filter(({ key }) => key === "state-not-usable").length;
  const good = { key: "T1", position: [1, 2, 3] as const, velocity: [0, 0, 0] as const };
  const bad = { ...good, velocity: [Number.NaN, 0, 0] as const };
  noteState(picture, good as never);
  assert.equal(told(), 0);
  noteState(picture, bad as never);
  noteState(picture, bad as never);
  assert.deepEqual([told(), picture.judgement.unusableStates], [1, 1]);
  noteState(picture, good as never);
  noteState(picture, bad as never);
  assert.equal(told(), 2);
  assert.deepEqual(picture.notices.at(-1)!.values, { track: "T1", count: 2 });
});

test("what the server could not deliver before it stopped is tried again while it holds, and told as over when it does not", () => {
  const first = createPicture();
  const feed = feeder(first);
  feed.configure(site("live"));
  const sent = feed.pass(7).flatMap((effect) => (effect.type === "deliver" ? [effect.notification] : []));
  const order = feed.give({ type: "command", commandId: "c1", actor: AMAL, command: { kind: "take-cover", assetIds: [], text: "" } });
  const ids = [...sent, ...order.flatMap((effect) => (effect.type === "deliver" ? [effect.notification] : []))].map(({ id }) => id);
  assert.equal(ids.length, 2, "an alarm and an order");
  // The server stops, and another goes on with its snapshot.
  const picture = restorePicture(snapshotPicture(first));
  const listed = () => {
    const { again, over } = interruptedDeliveries(picture);
    return { again: again.map(({ notification }) => notification.id), over: over.map(({ notification }) => notification.id) };
  };
  assert.deepEqual(listed(), { again: ids, over: [] });
  assert.equal(pictureDigest(picture), pictureDigest(first), "asking changes nothing");
  const later = feeder(picture);
  later.give({ type: "tick" });
  later.give({ type: "command", commandId: "c2", actor: AMAL, command: { kind: "all-clear", text: "" } });
  const clear = Math.max(...picture.judgement.notifications.sent.keys());
  assert.deepEqual(listed(), { again: [ids[0], clear], over: [ids[1]] }, "nobody is told to take cover after the all-clear");
  const reached = { type: "receipt", channel: "mail", state: "delivered", message: "" } as const;
  for (const notificationId of [ids[0]!, clear]) later.give({ ...reached, notificationId });
  assert.deepEqual(listed(), { again: [], over: [ids[1]] });
  later.give({ ...reached, notificationId: ids[1]!, state: "failed", message: "it was not delivered before the server stopped" });
  assert.deepEqual(listed(), { again: [], over: [] });
});

test("the time to a keep-out is told with the place that it counts to", () => {
  const picture = createPicture();
  const asset = { closingSpeed: 10, closestApproach: 0, timeToClosestApproach: 90, entryProbability: 0.8, score: 0.6, contributions: [] };
  const zone = {
    zoneId: "z",
    kind: "keep-out",
    inside: false,
    distance: 120.4,
    timeToEntry: 12,
    entryProbability: 0.9,
    score: 0.5,
    contributions: [],
  };
  const reachesOf = (more: object) => {
    const threat = {
      at: picture.now,
      score: 0.6,
      assetId: "far",
      inbound: true,
      assets: [{ ...asset, assetId: "far", distance: 900, timeToKeepOut: 40 }],
      ...more,
    };
    picture.judgement.threats.set("T1", threat as never);
    return judgedFields(picture, "T1").threat.reaches;
  };
  assert.deepEqual(reachesOf({ timeToZone: 40 }), { kind: "asset", id: "far", distanceMetres: 900 });
  assert.deepEqual(reachesOf({ timeToZone: 12, zones: [zone] }), { kind: "zone", id: "z", distanceMetres: 120 });
  assert.deepEqual(reachesOf({ timeToZone: 0, zones: [{ ...zone, inside: true, distance: -30, timeToEntry: 0 }] }), {
    kind: "zone",
    id: "z",
    distanceMetres: 0,
  });
  assert.equal(reachesOf({}), null);
});
