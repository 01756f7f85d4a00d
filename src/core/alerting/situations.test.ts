import assert from "node:assert/strict";
import { test } from "node:test";
import { ALARM_COSTS, alarmLimit, mattersProbability } from "./alarm-cost.ts";
import { ALARM_DEFINITIONS } from "./alarm-definitions.ts";
import { alertText } from "./alert-text.ts";
import { findSituations, type SituationInputs, type SituationTrack } from "./situations.ts";
import { createCover, requestTakeCover } from "./take-cover.ts";
import { AMAL, aFinding, after, anIdentification, aSituationTrack, DEPOT, START } from "./test-situations.ts";

const inputs = (...tracks: SituationTrack[]): SituationInputs => ({ tracks, assets: [DEPOT], groups: [], sensors: [], floods: [] });
const of = (...tracks: SituationTrack[]) =>
  findSituations(inputs(...tracks))
    .map(({ definitionId, subject }) => `${definitionId} ${subject}`)
    .sort();

const assessed = { state: "assessed", needs: "person", by: AMAL, boost: 0 } as const;

test("the limit of expected cost: one half with two minutes to go, 1/2.2 with twenty seconds, evenly between, never rising as time runs out", () => {
  assert.equal(alarmLimit(200), 0.5);
  assert.equal(alarmLimit(120), 0.5);
  assert.ok(Math.abs(alarmLimit(20) - 1 / 2.2) < 1e-12);
  assert.ok(Math.abs(alarmLimit(70) - 1 / 2.1) < 1e-12);
  assert.equal(alarmLimit(undefined), 0.5);
  for (let time = 1; time < 200; time++) assert.ok(alarmLimit(time - 1) <= alarmLimit(time));
});

test("P(matters): 0.9 drone and 0.02 unknown is 0.906 x 0.9 when nobody knows whose it is, nothing for a friend, all of it for one with a second contact", () => {
  const close = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} ${b}`);
  close(mattersProbability(1, anIdentification(0.9)), 0.906 * 0.9);
  close(mattersProbability(1, anIdentification(0.9, { affiliation: "friend" })), 0);
  close(mattersProbability(1, anIdentification(0.9, { affiliation: "friend", findings: [aFinding("companion")] })), 0.906);
  close(mattersProbability(0.5, anIdentification(0.9, { affiliation: "suspect" })), 0.453);
  close(mattersProbability(1, undefined), 0.45);
  close(mattersProbability(1, anIdentification(0.1, { affiliation: "hostile" })), 0.5);
});

test("a probable drone on its way in calls; a probable bird does not, even though it is as close; most likely is not the question", () => {
  assert.deepEqual(of(aSituationTrack({ distance: 5600, identification: anIdentification(0.9) })), ["zone-entry T1"]);
  assert.deepEqual(of(aSituationTrack({ distance: 1000, identification: anIdentification(0.3) })), []);
  // Less likely than not a drone, and close: it calls.
  assert.deepEqual(of(aSituationTrack({ distance: 800, entryProbability: 1, identification: anIdentification(0.49, { unknown: 0.1 }) })), [
    "zone-entry T1",
  ]);
  // The same far off can wait for more evidence.
  assert.deepEqual(
    of(aSituationTrack({ distance: 5600, entryProbability: 1, identification: anIdentification(0.49, { unknown: 0.1 }) })),
    [],
  );
  // Most likely a drone, but it will pass by.
  assert.deepEqual(
    of(aSituationTrack({ distance: 3000, entryProbability: 0.1, inbound: false, identification: anIdentification(0.9) })),
    [],
  );
});

test("what an alarm says can be spoken: asset, bearing from it, distance, whole seconds", () => {
  const [situation] = findSituations(inputs(aSituationTrack({ distance: 5600, identification: anIdentification(0.9) })));
  assert.deepEqual(situation!.values, {
    track: "T1",
    class: "multirotor-small",
    affiliation: "unknown",
    score: 60,
    asset: "Depot",
    bearing: 90,
    distance: 5600,
    time: 340,
  });
  assert.equal(situation!.assetId, "depot");
});

test("tentative tracks, friends and dismissed tracks do not call; one accepted by a person calls again only for cover and inside", () => {
  const drone = anIdentification(0.9);
  assert.deepEqual(of(aSituationTrack({ identification: drone, status: "tentative" })), []);
  assert.deepEqual(of(aSituationTrack({ identification: anIdentification(0.9, { affiliation: "friend" }) })), []);
  assert.deepEqual(of(aSituationTrack({ identification: anIdentification(0.9, { affiliation: "assumed-friend" }) })), []);
  const dismissed = { state: "dismissed", needs: "person", by: AMAL, reason: "bird", boost: 0 } as const;
  assert.deepEqual(of(aSituationTrack({ identification: drone, attention: dismissed })), []);
  assert.deepEqual(of(aSituationTrack({ identification: drone, distance: 5600, attention: assessed })), []);
  assert.deepEqual(of(aSituationTrack({ identification: drone, distance: 2000, attention: assessed })), ["take-cover T1"]);
  assert.deepEqual(of(aSituationTrack({ identification: drone, distance: 300, attention: assessed })), [
    "keep-out-inside T1",
    "take-cover T1",
  ]);
});

test("an inbound track that nobody assessed in time calls whatever it is; one that came back calls as contradicted", () => {
  const overdue = { state: "overdue", needs: "person", boost: 0, assessBy: START } as const;
  assert.deepEqual(of(aSituationTrack({ distance: 5600, identification: anIdentification(0.2), attention: overdue })), [
    "inbound-unassessed T1",
  ]);
  const reopened = { state: "reopened", needs: "person", boost: 0.2, assessBy: after(20) } as const;
  assert.deepEqual(of(aSituationTrack({ distance: 5600, identification: anIdentification(0.2), attention: reopened })), [
    "dismissal-contradicted T1",
  ]);
});

test("a drone that says who it is, uncontradicted and a minute away, is asked about first; contradicted, or near, it is like any other", () => {
  const plain = { identification: anIdentification(0.9), remoteId: "1581F000SIM" };
  assert.deepEqual(of(aSituationTrack({ ...plain, distance: 2000 })), ["unannounced-drone T1"]);
  assert.deepEqual(of(aSituationTrack({ ...plain, distance: 1200 })), ["take-cover T1", "zone-entry T1"]);
  const contradicted = anIdentification(0.9, { findings: [aFinding("bearing-disagrees")] });
  assert.deepEqual(of(aSituationTrack({ ...plain, distance: 2000, identification: contradicted })), [
    "identity-contradiction T1",
    "take-cover T1",
    "zone-entry T1",
  ]);
});

test("an alert zone calls before it is entered, but being inside one is not being inside a keep-out", () => {
  const track = aSituationTrack({ inbound: false, entryProbability: 0, identification: anIdentification(0.9) });
  const zone = { zoneId: "north", inside: false, distance: 300, timeToEntry: 20, entryProbability: 0.9, score: 0.5, contributions: [] };
  const withZone = (change: object) =>
    of({ ...track, threat: { ...track.threat, zones: [{ ...zone, kind: "alert" as const, ...change }] } });
  assert.deepEqual(withZone({}), ["zone-entry T1"]);
  assert.deepEqual(withZone({ inside: true, timeToEntry: 0 }), ["zone-entry T1"]);
  assert.deepEqual(withZone({ inside: true, timeToEntry: 0, kind: "keep-out" }), ["keep-out-inside T1", "zone-entry T1"]);
});

test("a contradiction calls near the site or on the way in, not far off, not when it is unsure", () => {
  const ghost = (confidence: number) => anIdentification(0.1, { findings: [aFinding("no-radar-support", { confidence })] });
  assert.deepEqual(of(aSituationTrack({ distance: 4000, inbound: false, identification: ghost(0.9) })), ["identity-contradiction T1"]);
  assert.deepEqual(of(aSituationTrack({ distance: 9000, inbound: false, identification: ghost(0.9) })), []);
  assert.deepEqual(of(aSituationTrack({ distance: 4000, inbound: false, identification: ghost(0.7) })), []);
});

test("one serial in two places is one situation, though two tracks carry the finding", () => {
  const found = (other: string) => anIdentification(0.1, { findings: [aFinding("serial-in-two-places", { tracks: [other] })] });
  const situations = findSituations(
    inputs(
      aSituationTrack({ key: "T4", inbound: false, identification: found("T7") }),
      aSituationTrack({ key: "T7", inbound: false, identification: found("T4") }),
    ),
  );
  assert.deepEqual(new Set(situations.map(({ subject }) => subject)), new Set(["T4"]));
  assert.deepEqual(situations[0]!.tracks, ["T4", "T7"]);
});

test("the second contact calls, not the friend that it follows", () => {
  const friend = anIdentification(0.9, {
    affiliation: "assumed-friend",
    findings: [aFinding("companion", { tracks: ["T2"], confidence: 0.6 })],
  });
  const follower = anIdentification(0.3, { findings: [aFinding("companion", { tracks: ["T1"], confidence: 0.6 })] });
  const tracks = [
    aSituationTrack({ key: "T1", distance: 3000, entryProbability: 0.5, identification: friend, attention: assessed }),
    aSituationTrack({ key: "T2", distance: 3600, entryProbability: 0.5, identification: follower }),
  ];
  assert.deepEqual(of(...tracks), ["companion T2"]);
});

test("fakes of one flood are one situation; the real drone among them, which radar sees, calls for itself", () => {
  const fake = anIdentification(0.9, { findings: [aFinding("many-identities-one-emitter"), aFinding("no-radar-support")] });
  const real = anIdentification(0.9, { findings: [aFinding("many-identities-one-emitter")] });
  const tracks = Array.from({ length: 64 }, (_, i) =>
    aSituationTrack({ key: `T${i + 10}`, distance: 2000, identification: fake, remoteId: `SIM${i}` }),
  );
  const all = findSituations({
    ...inputs(...tracks, aSituationTrack({ key: "T1", identification: real, remoteId: "SIMREAL" })),
    floods: [
      { id: "flood-rid-1", origin: "live", tracks: [...tracks.map(({ facts }) => facts.key), "T1"], identities: 65, sensorId: "rid-1" },
    ],
  });
  assert.deepEqual(all.map(({ definitionId, subject }) => `${definitionId} ${subject}`).sort(), [
    "remote-id-flood flood-rid-1",
    "take-cover T1",
    "zone-entry T1",
  ]);
});

test("thirty drones of one group are one situation; five that come together are one before the tracker has called them a group; three are three", () => {
  const drones = (count: number) =>
    Array.from({ length: count }, (_, i) =>
      aSituationTrack({ key: `T${i + 10}`, distance: 5600 + 40 * i, identification: anIdentification(0.9) }),
    );
  const thirty = drones(30);
  const grouped = findSituations({
    ...inputs(...thirty),
    groups: [{ id: "G1", origin: "live", tracks: thirty.map(({ facts }) => facts.key), count: 30.2, countLow: 27, countHigh: 33 }],
  });
  assert.deepEqual(
    grouped.map(({ definitionId, subject }) => `${definitionId} ${subject}`),
    ["swarm G1"],
  );
  assert.deepEqual([grouped[0]!.values.count, grouped[0]!.values.low, grouped[0]!.values.high], [30, 27, 33]);
  assert.deepEqual(of(...drones(5)), ["swarm near-T10"]);
  assert.equal(of(...drones(3)).length, 3);
});

test("drones beside a group that the tracker has not counted to it belong to its alarm; a pair far off is its own", () => {
  const drone = (key: string, distance: number, north = 0) =>
    aSituationTrack({ key, distance, north, identification: anIdentification(0.9) });
  const members = Array.from({ length: 8 }, (_, i) => drone(`T${i + 10}`, 5600 + 40 * i));
  const strays = [drone("T50", 6100), drone("T51", 6300), drone("T52", 6500)];
  const far = [drone("T60", 5600, 3000), drone("T61", 5650, 3000)];
  const group = { id: "G1", origin: "live" as const, tracks: members.map(({ facts }) => facts.key), count: 8, countLow: 7, countHigh: 9 };
  const all = findSituations({ ...inputs(...members, ...strays, ...far), groups: [group] });
  assert.deepEqual(all.map(({ definitionId, subject }) => `${definitionId} ${subject}`).sort(), [
    "swarm G1",
    "zone-entry T60",
    "zone-entry T61",
  ]);
  const swarm = all.find(({ definitionId }) => definitionId === "swarm")!;
  assert.equal(swarm.tracks.length, 11);
  assert.deepEqual([swarm.values.count, swarm.values.low, swarm.values.high], [11, 10, 12]);
});

test("one that strays from a swarm whose alarm is open, or begins again among it, is still of it, and calls alone where it is the last or far off", () => {
  const known = Array.from({ length: 6 }, (_, i) =>
    // They do not call any more: by now they look like birds.
    aSituationTrack({ key: `T${i + 10}`, distance: 5600 + 40 * i, identification: anIdentification(0.05) }),
  );
  const swarming = new Set(known.map(({ facts }) => facts.key));
  const found = (...tracks: SituationTrack[]) =>
    findSituations({ ...inputs(...tracks), swarming }).map(({ definitionId, subject, tracks: members }) => [
      definitionId,
      subject,
      members.length,
    ]);
  const fresh = aSituationTrack({ key: "T90", distance: 5700, identification: anIdentification(0.9) });
  const stray = aSituationTrack({ key: "T15", distance: 6200, identification: anIdentification(0.9) });
  const far = aSituationTrack({ key: "T91", distance: 5600, north: 2000, identification: anIdentification(0.9) });
  assert.deepEqual(found(...known), []);
  assert.deepEqual(found(...known, fresh), [["swarm", "near-T10", 7]]);
  assert.deepEqual(found(...known.slice(0, 5), stray), [["swarm", "near-T10", 6]]);
  assert.deepEqual(found(...known, far), [["zone-entry", "T91", 1]]);
  assert.deepEqual(found(stray), [["zone-entry", "T15", 1]]);
});

test("what crosses a swarm whose alarm is open calls alone, also in its midst; what coasts there, or began a moment ago, shows no velocity that anybody measured and is of it", () => {
  const known = Array.from({ length: 6 }, (_, i) =>
    aSituationTrack({ key: `T${i + 10}`, distance: 2000 + 40 * i, identification: anIdentification(0.9) }),
  );
  const swarming = new Set(known.map(({ facts }) => facts.key));
  const callers = (change: Partial<SituationTrack["facts"]>) => {
    const intruder = aSituationTrack({ key: "T90", distance: 2100, north: 60, identification: anIdentification(0.9) });
    // 25 m/s across the swarm's 15 m/s, for a minute.
    const facts = { ...intruder.facts, velocity: [0, -25, 0] as const, createdAt: after(0), at: after(60), ...change };
    const found = findSituations({ ...inputs(...known, { ...intruder, facts }), swarming });
    return new Set(found.map(({ definitionId, subject }) => (definitionId === "swarm" ? "swarm" : subject)));
  };
  assert.deepEqual(callers({}), new Set(["swarm", "T90"]));
  assert.deepEqual(callers({ status: "coasting" }), new Set(["swarm"]));
  assert.deepEqual(callers({ createdAt: after(55) }), new Set(["swarm"]));
  // 400 m beside it neither makes it a member.
  assert.deepEqual(callers({ status: "coasting", position: [2100, 400, 60] }), new Set(["swarm", "T90"]));
});

test("what is less sure than 0.75 to matter has to go on for 10 s before it calls, for 6 s with less than a minute to go; what is surer, or nobody assessed, has not", () => {
  const waits = (distance: number, uas: number, more: Partial<SituationTrack> = {}) =>
    findSituations(inputs({ ...aSituationTrack({ distance, identification: anIdentification(uas) }), ...more })).map(
      ({ definitionId, holdFor }) => `${definitionId} ${holdFor ?? 0}`,
    );
  // 15 m/s: the keep-out is some minutes away, then some seconds.
  assert.deepEqual(waits(5600, 0.7), ["zone-entry 10"]);
  assert.ok(waits(1200, 0.7).includes("zone-entry 6"));
  assert.deepEqual(waits(5600, 0.95), ["zone-entry 0"]);
  const overdue = { state: "overdue", needs: "person", boost: 0 } as const;
  assert.ok(waits(5600, 0.7, { attention: overdue }).includes("inbound-unassessed 0"));
});

test("cover that is ordered for an asset is not suggested again; the approach itself still calls", () => {
  const cover = createCover();
  const track = aSituationTrack({ distance: 2000, identification: anIdentification(0.9) });
  const ids = () => findSituations({ ...inputs(track), cover }).map(({ definitionId }) => definitionId);
  assert.deepEqual(ids(), ["take-cover", "zone-entry"]);
  requestTakeCover(cover, { assetIds: [], text: "", origin: "live" }, ["depot"], AMAL, after(0));
  assert.deepEqual(ids(), ["zone-entry"]);
});

test("a flock of birds is no swarm", () => {
  const birds = Array.from({ length: 40 }, (_, i) =>
    aSituationTrack({ key: `T${i + 10}`, distance: 2000 + 5 * i, identification: anIdentification(0.2) }),
  );
  const group = { id: "G1", origin: "live" as const, tracks: birds.map(({ facts }) => facts.key), count: 40, countLow: 35, countHigh: 45 };
  assert.deepEqual(findSituations({ ...inputs(...birds), groups: [group] }), []);
});

test("a silent sensor is lost where nothing else looks, degraded where something does; a stale one is neither", () => {
  const sensor = (freshness: "OFFLINE" | "STALE", alone: boolean) =>
    findSituations({
      ...inputs(),
      sensors: [{ id: "radar-1", origin: "live", freshness, alone, sectorFromDegrees: 40, sectorToDegrees: 160 }],
    }).map(({ definitionId, values }) => [definitionId, values.from, values.to]);
  assert.deepEqual(sensor("OFFLINE", true), [["sensor-lost", 40, 160]]);
  assert.deepEqual(sensor("OFFLINE", false), [["sensor-degraded", 40, 160]]);
  assert.deepEqual(sensor("STALE", true), []);
});

test("a track inside a keep-out zone is told by the zone's name, without the asset that is near; cover is for the asset", () => {
  const track = aSituationTrack({ distance: 900, entryProbability: 0.7, identification: anIdentification(0.9) });
  const zone = {
    zoneId: "z1",
    kind: "keep-out",
    inside: true,
    distance: -40,
    timeToEntry: 0,
    entryProbability: 1,
    score: 0.9,
    contributions: [],
  } as const;
  const situationsOf = (zones: readonly { id: string; name: string }[]) =>
    new Map(
      findSituations({ ...inputs({ ...track, threat: { ...track.threat, zones: [zone] } }), zones }).map((each) => [
        each.definitionId,
        each,
      ]),
    );
  const found = situationsOf([{ id: "z1", name: "Runway" }]);
  const inside = found.get("keep-out-inside")!;
  assert.equal(inside.assetId, undefined);
  assert.deepEqual([inside.values.zone, inside.values.asset, inside.values.time], ["Runway", undefined, 0]);
  assert.equal(
    alertText("alarm.keep-out-inside", inside.values),
    "T1 is inside the keep-out zone Runway, probably a drone that nobody announced",
  );
  const cover = found.get("take-cover")!;
  assert.deepEqual([cover.assetId, cover.values.asset, cover.values.zone], ["depot", "Depot", undefined]);
  assert.equal(situationsOf([]).get("keep-out-inside")!.values.zone, "z1", "without a name, by its id");
});

test("the weight of an asset, and so a low score, never keeps an approach from calling or cover from being suggested", () => {
  const near = { distance: 1200, entryProbability: 0.9, identification: anIdentification(0.9) };
  assert.deepEqual(of(aSituationTrack({ ...near, score: 0.05 })), of(aSituationTrack({ ...near, score: 0.9 })));
  assert.deepEqual(of(aSituationTrack({ ...near, score: 0.05 })), ["take-cover T1", "zone-entry T1"]);
});

test("recording that fails, an overload and notifications that did not get through are situations of the site", () => {
  const undelivered = { notificationId: 1, kind: "alert", channel: "mail", message: "refused", origin: "live" as const };
  const all = findSituations({
    ...inputs(),
    recordingFailed: { reason: "disk full" },
    overload: { dropped: 40, reason: "queue of radar-1" },
    leftOut: 7,
    nothingProtected: { origin: "simulated" },
    undelivered: [undelivered, { ...undelivered, channel: "hook" }, { ...undelivered, kind: "take-cover" }],
  });
  assert.deepEqual(
    all.map(({ definitionId, values, subject }) => [definitionId, values.channels ?? values.reason ?? values.count ?? subject]),
    [
      ["recording-failed", "disk full"],
      ["overload", "queue of radar-1"],
      ["attention-full", 7],
      ["nothing-protected", "site-simulated"],
      ["take-cover-undelivered", "mail"],
      ["notification-undelivered", "hook, mail"],
    ],
  );
});

test("every situation that can be found has a definition", () => {
  const ids = new Set(ALARM_DEFINITIONS.map(({ id }) => id));
  for (const id of [
    "keep-out-inside",
    "take-cover",
    "inbound-unassessed",
    "dismissal-contradicted",
    "zone-entry",
    "unannounced-drone",
    "companion",
    "identity-contradiction",
    "off-plan",
    "remote-id-flood",
    "swarm",
    "sensor-lost",
    "sensor-degraded",
    "recording-failed",
    "overload",
    "attention-full",
    "nothing-protected",
    "notification-undelivered",
    "take-cover-undelivered",
  ])
    assert.ok(ids.has(id), id);
  assert.equal(ids.size, 19);
  assert.ok(ALARM_COSTS.missNear > ALARM_COSTS.missFar);
});

test("a notification that failed in an exercise is an alarm of its own, so that one that failed in earnest calls", () => {
  const undelivered = [
    { notificationId: 1, kind: "alert", channel: "siren", message: "no answer", origin: "exercise" as const },
    { notificationId: 2, kind: "alert", channel: "siren", message: "refused", origin: "live" as const },
  ];
  const found = findSituations({ tracks: [], assets: [], groups: [], sensors: [], floods: [], undelivered });
  assert.deepEqual(
    found.map(({ definitionId, subject, origin, values }) => [definitionId, subject, origin, values.reason]),
    [
      ["notification-undelivered", "site", "live", "refused"],
      ["notification-undelivered", "site-exercise", "exercise", "no answer"],
    ],
  );
});
