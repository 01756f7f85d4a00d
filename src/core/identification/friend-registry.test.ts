import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { at, CORRIDOR, friend, round, serial, track } from "../../../test/support/identification-tracks.ts";
import type { FriendIntent, FriendVolume } from "../model/identity.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import {
  chanceInside,
  createFriendRegistry,
  FRIEND_LIMIT,
  friendsByIdentity,
  matchFriends,
  planFit,
  registerFriend,
  removeExpiredFriends,
  removeFriend,
  WATCHED_AREA,
} from "./friend-registry.ts";
import { areaOf, boundsOf, distanceTo } from "./friend-volume.ts";
import * as identify from "./identify.ts";

const square: FriendVolume["shape"] = {
  kind: "polygon",
  points: [
    [0, 0],
    [100, 0],
    [100, 100],
    [0, 100],
  ],
};

test("distances and areas of a circle, a square and a corridor", () => {
  const circle: FriendVolume["shape"] = { kind: "circle", centre: [10, 0], radius: 5 };
  assert.equal(distanceTo(circle, 10, 3), 0);
  assert.equal(distanceTo(circle, 10, 9), 4);
  assert.ok(Math.abs(areaOf(circle) - 25 * Math.PI) < 1e-9);
  assert.equal(distanceTo(square, 50, 50), 0);
  assert.equal(distanceTo(square, 130, 140), 50);
  assert.equal(areaOf(square), 10_000);
  assert.equal(distanceTo(CORRIDOR.shape, 1000, 99), 0);
  assert.equal(distanceTo(CORRIDOR.shape, 1000, 150), 50);
  // Beyond the end: 300 and 400 from it make 500.
  assert.equal(distanceTo(CORRIDOR.shape, 2300, 400), 400);
  assert.deepEqual(boundsOf(CORRIDOR.shape), [-100, -100, 2100, 100]);
});

test("a ring's distance is the same wherever it starts and whichever way it runs", () => {
  const corner = fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }));
  fc.assert(
    fc.property(fc.array(corner, { minLength: 3, maxLength: 8 }), corner, fc.nat(), (points, [e, n], turn) => {
      const ring = (list: readonly [number, number][]): FriendVolume["shape"] => ({ kind: "polygon", points: list });
      const k = turn % points.length;
      const rotated = [...points.slice(k), ...points.slice(0, k)];
      const distance = distanceTo(ring(points), e, n);
      assert.ok(Math.abs(distanceTo(ring(rotated), e, n) - distance) < 1e-6);
      assert.ok(Math.abs(distanceTo(ring([...points].reverse()), e, n) - distance) < 1e-6);
      const [west, south, east, north] = boundsOf(ring(points));
      const outsideBox = Math.hypot(Math.max(west - e, 0, e - east), Math.max(south - n, 0, n - north));
      assert.ok(distance >= outsideBox - 1e-9, "never nearer than its box");
    }),
  );
});

const only = (intent: FriendIntent) => {
  const registry = createFriendRegistry();
  assert.ok(registerFriend(registry, intent, at(-100)).ok);
  return registry.friends.get(intent.id)!;
};

test("50 m and 30 s outside match, 500 m and 5 min do not, however badly the place of the track is known", () => {
  const record = only(friend());
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 2000, noNaN: true }),
      fc.double({ min: 1, max: 5000, noNaN: true }),
      fc.constantFrom(-1, 1),
      fc.boolean(),
      (east, sigma, side, heightKnown) => {
        const near = track(300, { position: [east, side * 150, 80], sigma: Math.min(sigma, 200), heightKnown });
        assert.equal(planFit(record, near, at(300)).fit, "in");
        const far = track(300, { position: [east, side * 600, 80], sigma, heightKnown });
        assert.notEqual(planFit(record, far, at(300)).fit, "in");
        const inside = track(300, { position: [east, 0, 80], sigma: Math.min(sigma, 200), heightKnown });
        assert.equal(planFit(record, inside, at(630)).fit, "in");
        assert.equal(planFit(record, inside, at(-30)).fit, "in");
        assert.equal(planFit(record, inside, at(900)).fit, "off");
        assert.equal(planFit(record, inside, at(-300)).fit, "off");
      },
    ),
  );
});

test("height counts only when it is known: 100 m above the ceiling is off, 30 m is not", () => {
  const record = only(friend());
  const fit = (up: number, heightKnown = true) => planFit(record, track(0, { position: [1000, 0, up], heightKnown, sigma: 5 }), at(10)).fit;
  assert.equal(fit(150), "in");
  assert.equal(fit(220), "off");
  assert.equal(fit(220, false), "in");
});

test("each leg holds at its own time only", () => {
  const second: FriendVolume = {
    ...CORRIDOR,
    shape: { kind: "circle", centre: [4000, 0], radius: 200 },
    startsAt: at(600),
    endsAt: at(1200),
  };
  const record = only(friend({ volumes: [CORRIDOR, second] }));
  const there = track(0, { position: [4000, 0, 80], sigma: 5 });
  assert.equal(planFit(record, there, at(300)).fit, "off");
  assert.equal(planFit(record, there, at(900)).fit, "in");
});

test("a larger plan says less: the chance that a stranger is in it is its share of the watched air", () => {
  const wide = (radius: number): FriendVolume => ({
    ...CORRIDOR,
    shape: { kind: "circle", centre: [0, 0], radius },
    floor: 0,
    ceiling: 420,
  });
  // Height: 420 m and 40 m of margin above and below make the 500 m that count.
  assert.ok(Math.abs(chanceInside(wide(900), true, 100) - (Math.PI * 1000 * 1000) / WATCHED_AREA) < 1e-12);
  assert.ok(Math.abs(chanceInside(wide(900), true, 100) - 0.04) < 1e-12);
  assert.ok(chanceInside(wide(3000), true, 100) > chanceInside(wide(900), true, 100));
  assert.equal(chanceInside(wide(50_000), true, 100), 1);
});

test("what cannot be used is refused with its place", () => {
  const registry = createFriendRegistry();
  const cases: [Partial<FriendIntent>, RegExp][] = [
    [{ id: "" }, /^id: /],
    [{ volumes: [] }, /^volumes: at least one/],
    [{ volumes: [{ ...CORRIDOR, floor: 200 }] }, /^volumes\[0\]: the floor must be below/],
    [{ volumes: [{ ...CORRIDOR, endsAt: at(-1) }] }, /^volumes\[0\]: the start must be before/],
    [{ volumes: [{ ...CORRIDOR, shape: { kind: "circle", centre: [0, Number.NaN], radius: 5 } }] }, /^volumes\[0\]: a circle needs/],
    [{ volumes: [{ ...CORRIDOR, shape: { kind: "polygon", points: [[0, 0]] } }] }, /^volumes\[0\]: 3 to /],
    [{ expiresAt: Number.NaN as FriendIntent["expiresAt"] }, /^expiresAt: /],
  ];
  for (const [over, message] of cases) {
    const result = registerFriend(registry, friend(over), at(0));
    assert.ok(!result.ok);
    assert.match(result.error.message, message);
  }
  assert.equal(registry.friends.size, 0);
  assert.equal(registry.refused, cases.length);
});

test("an expired announcement vouches for nobody and is removed with its identities", () => {
  const registry = createFriendRegistry();
  registerFriend(registry, friend({ identities: [{ scheme: "remote-id-serial", value: "X1" }], expiresAt: at(100) }), at(0));
  const record = registry.friends.get("patrol")!;
  const facts = track(99, { position: [1000, 0, 80] });
  assert.equal(planFit(record, facts, at(99)).fit, "in");
  assert.equal(planFit(record, facts, at(100)).fit, "off");
  removeExpiredFriends(registry, at(100));
  assert.equal(registry.friends.size, 0);
  assert.equal(registry.byIdentity.size, 0);
});

test("identities match whatever their case, and each friend is found by each of them once", () => {
  const registry = createFriendRegistry();
  const identities = [
    { scheme: "remote-id-serial", value: "1581F4" },
    { scheme: "mavlink-system", value: "7" },
  ];
  registerFriend(registry, friend({ identities }), at(0));
  registerFriend(registry, friend({ identities }), at(1));
  assert.deepEqual(friendsByIdentity(registry, serial("1581f4")), ["patrol"]);
  assert.equal(removeFriend(registry, "patrol"), true);
  assert.equal(removeFriend(registry, "patrol"), false);
  assert.deepEqual(friendsByIdentity(registry, serial("1581f4")), []);
});

test("the registry holds 500: a sooner flight takes the place of the latest one, a later one is refused, both counted", () => {
  const registry = createFriendRegistry();
  const starting = (id: string, hours: number) =>
    friend({
      id,
      volumes: [{ ...CORRIDOR, startsAt: at(hours * 3600), endsAt: at(hours * 3600 + 600) }],
      expiresAt: at(1e6),
    });
  for (let i = 0; i < FRIEND_LIMIT; i++) assert.ok(registerFriend(registry, starting(`f${i}`, 1 + i / 100), at(0)).ok);
  assert.ok(registerFriend(registry, starting("soon", 0.5), at(0)).ok);
  assert.equal(registry.friends.size, FRIEND_LIMIT);
  assert.equal(registry.friends.has(`f${FRIEND_LIMIT - 1}`), false);
  const late = registerFriend(registry, starting("late", 100), at(0));
  assert.ok(!late.ok && late.error.code === "full");
  assert.deepEqual([registry.evicted, registry.refused], [1, 1]);
});

test("matches tell fit, distance and identity for every announcement that has something to do with a track", () => {
  const registry = createFriendRegistry();
  registerFriend(registry, friend(), at(0));
  registerFriend(
    registry,
    friend({
      id: "courier",
      name: "Courier",
      identities: [{ scheme: "remote-id-serial", value: "X1" }],
      volumes: [{ ...CORRIDOR, shape: { kind: "circle", centre: [0, 3000], radius: 100 } }],
    }),
    at(0),
  );
  const facts = track(10, { position: [1000, 0, 80], identities: [serial("X1")] });
  const found = matchFriends(registry, facts, at(10)).map(({ friendId, fit, identity }) => [friendId, fit, identity?.value]);
  assert.deepEqual(found, [
    ["patrol", "in", undefined],
    ["courier", "off", "X1"],
  ]);
});

// --- Which track flies which plan ---------------------------------------------------------------------------------------------------------

function run(state: identify.IdentificationState, from: number, to: number, tracks: (seconds: number) => TrackFacts[]): void {
  for (let s = from; s <= to; s++) identify.identifyTracks(state, tracks(s), round(s, tracks(s)));
}
const announced = () => {
  const state = identify.createIdentification();
  assert.ok(identify.registerFriend(state, friend({ identities: [{ scheme: "remote-id-serial", value: "X1" }] }), at(-60)).ok);
  return state;
};
const said = (state: identify.IdentificationState, key: string) => identify.identificationOf(state, key)!;
const keys = (state: identify.IdentificationState, key: string) =>
  identify.ledgerOf(state, key)!.affiliation.evidence.map((line) => line.key);

test("a copied serial: the track in the plan keeps it by its place, the copy off the plan is never a friend, and both show it", () => {
  const state = announced();
  const real = (s: number) => track(s, { key: "T1", position: [1800 - 10 * s, 0, 80], velocity: [-10, 0, 0], identities: [serial("X1")] });
  const copy = (s: number) => track(s, { key: "T2", position: [0, -3000, 80], velocity: [0, 10, 0], identities: [serial("X1")] });
  run(state, 0, 10, (s) => [real(s)]);
  assert.ok(keys(state, "T1").includes("friend-identity"));
  run(state, 11, 21, (s) => [real(s), copy(s)]);
  assert.equal(said(state, "T1").affiliation, "assumed-friend");
  assert.ok(keys(state, "T1").includes("friend-identity-twice"));
  assert.equal(said(state, "T2").friendId, undefined);
  assert.ok(["pending", "unknown", "suspect"].includes(said(state, "T2").affiliation));
  const finding = said(state, "T2").findings[0];
  assert.deepEqual([finding.code, finding.key, finding.tracks], ["off-plan", "friend-off-plan", ["T1"]]);
  assert.ok(finding.at - at(11) <= 10e6, "a contradiction within 10 s");
});

test("two serials in one plan and no track that flew it before: neither is a friend by its serial", () => {
  const state = announced();
  const one = (s: number) => track(s, { key: "T1", position: [1800 - 10 * s, 0, 80], velocity: [-10, 0, 0], identities: [serial("X1")] });
  const two = (s: number) => track(s, { key: "T2", position: [900 - 5 * s, 0, 80], velocity: [-5, 0, 0], identities: [serial("X1")] });
  run(state, 0, 20, (s) => [one(s), two(s)]);
  for (const key of ["T1", "T2"]) {
    assert.ok(!["friend", "assumed-friend"].includes(said(state, key).affiliation), key);
    assert.ok(keys(state, key).includes("friend-plan-shared"));
  }
});

test("a plan without an identity speaks for the one that was in it first; with two at once for none", () => {
  const state = identify.createIdentification();
  identify.registerFriend(state, friend(), at(-60));
  const one = (s: number) => track(s, { key: "T1", position: [1800 - 10 * s, 0, 80], velocity: [-10, 0, 0] });
  const two = (s: number) => track(s, { key: "T2", position: [1900 - 10 * s, 20, 80], velocity: [-10, 0, 0] });
  run(state, 0, 5, (s) => [one(s)]);
  run(state, 6, 20, (s) => [one(s), two(s)]);
  assert.equal(said(state, "T1").affiliation, "assumed-friend");
  assert.notEqual(said(state, "T2").affiliation, "assumed-friend");
  const both = identify.createIdentification();
  identify.registerFriend(both, friend(), at(-60));
  run(both, 0, 20, (s) => [one(s), two(s)]);
  for (const key of ["T1", "T2"]) assert.notEqual(said(both, key).affiliation, "assumed-friend");
});

test("the announced identity takes a plan from a track that was merely in it first", () => {
  const state = announced();
  const bird = (s: number) => track(s, { key: "T1", position: [500, 0, 80], velocity: [3, 0, 0] });
  const own = (s: number) => track(s, { key: "T2", position: [1900 - 10 * s, 20, 80], velocity: [-10, 0, 0], identities: [serial("X1")] });
  run(state, 0, 5, (s) => [bird(s)]);
  assert.equal(said(state, "T1").friendId, "patrol");
  run(state, 6, 20, (s) => [bird(s), own(s)]);
  assert.equal(said(state, "T2").friendId, "patrol");
  assert.equal(said(state, "T2").affiliation, "assumed-friend");
  assert.equal(said(state, "T1").friendId, undefined);
});

test("where its serial would be heard and is not, a place in the plan alone is not enough", () => {
  const state = announced();
  const facts = (s: number) => track(s, { position: [1800 - 10 * s, 0, 80], velocity: [-10, 0, 0] });
  for (let s = 0; s <= 20; s++)
    identify.identifyTracks(
      state,
      [facts(s)],
      round(s, [facts(s)], { coverage: () => [{ sensorId: "rid-1", kind: "remote-id", detectionProbability: 0.98 }] }),
    );
  assert.ok(keys(state, "T1").includes("friend-identity-missing"));
  assert.equal(said(state, "T1").affiliation, "unknown");
});

test("a friend that leaves its plan is reported within 5 s, falls back, and is one again when it returns", () => {
  const state = announced();
  const east = (s: number) => (s <= 20 ? 1500 : 1500 - 10 * (s - 20));
  const north = (s: number) => (s <= 20 ? 0 : s <= 80 ? 12 * (s - 20) : Math.max(0, 720 - 12 * (s - 80)));
  const facts = (s: number) => track(s, { position: [east(s), north(s), 80], velocity: [-10, 12, 0], identities: [serial("X1")] });
  let reportedAt: number | undefined;
  for (let s = 0; s <= 160; s++) {
    run(state, s, s, (t) => [facts(t)]);
    if (said(state, "T1").findings.some(({ code }) => code === "off-plan")) reportedAt ??= s;
    if (s === 60) {
      assert.equal(said(state, "T1").affiliation, "unknown");
      assert.equal(identify.ledgerOf(state, "T1")!.affiliation.reversals.at(-1)?.cause?.slot, "friend-plan");
    }
  }
  // Half width 100 m and a margin of 100 + 2 x 10 m: left at 220 m, 18.3 s after it turned away.
  assert.ok(reportedAt !== undefined && reportedAt >= 39 && reportedAt <= 44, `${reportedAt}`);
  assert.equal(said(state, "T1").affiliation, "assumed-friend");
});

test("a friend that flies on after its announced end is reported as overdue", () => {
  const state = announced();
  run(state, 640, 659, (s) => [track(s, { since: 600, position: [1500, 0, 80], velocity: [-1, 0, 0] })]);
  assert.equal(said(state, "T1").affiliation, "assumed-friend");
  run(state, 661, 670, (s) => [track(s, { since: 600, position: [1500, 0, 80], velocity: [-1, 0, 0] })]);
  assert.deepEqual(
    said(state, "T1").findings.map(({ key }) => key),
    ["friend-overdue"],
  );
  assert.equal(said(state, "T1").affiliation, "unknown");
});

test("live and simulated tracks take no plan from each other and keep each other no company", () => {
  const state = identify.createIdentification();
  identify.registerFriend(state, friend(), at(-60));
  const one = (s: number) => track(s, { key: "T1", position: [1800 - 10 * s, 0, 80], velocity: [-10, 0, 0] });
  const simulated = (s: number) =>
    track(s, { key: "SIM-T1", origin: "simulated", position: [1790 - 10 * s, 20, 80], velocity: [-10, 0, 0] });
  run(state, 0, 20, (s) => [simulated(s), one(s)]);
  for (const key of ["T1", "SIM-T1"]) {
    assert.equal(said(state, key).affiliation, "assumed-friend", "each in its own world");
    assert.deepEqual(said(state, key).findings, [], "no company across origins");
  }
});
