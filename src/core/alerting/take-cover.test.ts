import assert from "node:assert/strict";
import { test } from "node:test";
import { ALARM_COSTS } from "./alarm-cost.ts";
import {
  allClear,
  COVER_SETTINGS,
  type CoverTrack,
  coverInForce,
  coverPromptFor,
  coverPrompts,
  createCover,
  isOrdered,
  requestTakeCover,
} from "./take-cover.ts";
import { AMAL, aFinding, after, anIdentification, aSituationTrack, BEN } from "./test-situations.ts";

const ASSETS = ["depot", "mess", "tower"];
const DRONE = anIdentification(0.9);
const prompt = (track: CoverTrack) => coverPromptFor(track, COVER_SETTINGS, ALARM_COSTS)?.time;

test("a confirmed track that threatens is prompted as soon as it is within 300 s, and in the step in which it is confirmed when it is nearer", () => {
  const at = (seconds: number, status: "tentative" | "confirmed" = "confirmed") =>
    prompt(aSituationTrack({ distance: 500 + 10 * seconds, speed: 10, identification: DRONE, status }));
  assert.equal(at(301), undefined);
  assert.equal(at(300), 300);
  assert.equal(at(200), 200);
  assert.equal(at(12), 12);
  assert.equal(at(12, "tentative"), undefined);
});

test("a bird, a friend, a dismissed track and one that will pass by are not prompted", () => {
  assert.equal(prompt(aSituationTrack({ identification: anIdentification(0.3) })), undefined);
  assert.equal(prompt(aSituationTrack({ identification: anIdentification(0.9, { affiliation: "assumed-friend" }) })), undefined);
  assert.equal(prompt(aSituationTrack({ identification: DRONE, entryProbability: 0.3 })), undefined);
  const dismissed = { state: "dismissed", needs: "person", by: AMAL, reason: "bird", boost: 0 } as const;
  assert.equal(prompt(aSituationTrack({ identification: DRONE, attention: dismissed })), undefined);
});

test("a second contact in a friend's corridor is prompted though it is taken for a friend", () => {
  const identification = anIdentification(0.9, { affiliation: "assumed-friend", findings: [aFinding("companion", { confidence: 0.9 })] });
  assert.equal(prompt(aSituationTrack({ distance: 2000, identification })), 100);
});

test("a drone that says who it is, uncontradicted, is prompted in the last minute only, because somebody is asked first", () => {
  const at = (seconds: number) =>
    prompt(aSituationTrack({ distance: 500 + 10 * seconds, speed: 10, identification: DRONE, remoteId: "SIM1" }));
  assert.equal(at(100), undefined);
  assert.equal(at(60), 60);
});

test("one prompt for each asset, by the track that arrives first; none where cover is ordered", () => {
  const tracks = [
    aSituationTrack({ key: "T1", distance: 3000, identification: DRONE }),
    aSituationTrack({ key: "T2", distance: 2000, identification: DRONE }),
  ];
  const state = createCover();
  assert.deepEqual(
    coverPrompts(tracks, state, COVER_SETTINGS, ALARM_COSTS).map(({ assetId, trackKey, time }) => [assetId, trackKey, time]),
    [["depot", "T2", 100]],
  );
  requestTakeCover(state, { assetIds: ["depot"], text: "", origin: "live" }, ASSETS, AMAL, after(0));
  assert.deepEqual(coverPrompts(tracks, state, COVER_SETTINGS, ALARM_COSTS), []);
});

test("one person orders cover, for assets or for the whole site; an asset that does not exist is refused and nothing is ordered", () => {
  const state = createCover();
  const wrong = requestTakeCover(state, { assetIds: ["depot", "nowhere"], text: "", origin: "live" }, ASSETS, AMAL, after(0));
  assert.ok(!wrong.ok && wrong.error.code === "unknown-asset");
  assert.equal(state.orders.length, 0);
  const order = requestTakeCover(
    state,
    { assetIds: ["mess", "depot", "mess"], text: " drone from the east ", origin: "live" },
    ASSETS,
    AMAL,
    after(1),
  );
  assert.ok(order.ok);
  assert.deepEqual(order.value.assetIds, ["depot", "mess"]);
  assert.equal(order.value.by.name, "Amal");
  assert.equal(order.value.text, "drone from the east");
  assert.equal(isOrdered(state, "depot", "live"), true);
  assert.equal(isOrdered(state, "tower", "live"), false);
  assert.equal(isOrdered(state, "depot", "exercise"), false);
  assert.ok(requestTakeCover(state, { assetIds: [], text: "", origin: "live" }, ASSETS, BEN, after(2)).ok);
  assert.equal(isOrdered(state, "tower", "live"), true);
});

test("the all-clear ends every order in force, says who, and is refused when nothing is ordered; no time ends an order", () => {
  const state = createCover();
  requestTakeCover(state, { assetIds: [], text: "", origin: "live" }, ASSETS, AMAL, after(0));
  requestTakeCover(state, { assetIds: ["depot"], text: "", origin: "exercise" }, ASSETS, AMAL, after(1));
  assert.equal(coverInForce(state)!.id, 2);
  const ended = allClear(state, "live", BEN, after(86_400));
  assert.ok(ended.ok && ended.value.length === 1);
  assert.equal(ended.value[0]!.allClearBy!.name, "Ben");
  assert.equal(isOrdered(state, "depot", "exercise"), true);
  const again = allClear(state, "live", BEN, after(86_401));
  assert.ok(!again.ok && again.error.code === "nothing-ordered");
});

test("however many orders are given, one in force is never shifted out by others", () => {
  const state = createCover();
  requestTakeCover(state, { assetIds: ["depot"], text: "", origin: "live" }, ASSETS, AMAL, after(0));
  for (let i = 1; i <= 300; i++) requestTakeCover(state, { assetIds: ["mess"], text: "", origin: "live" }, ASSETS, AMAL, after(i));
  assert.equal(state.orders.length, 200);
  assert.equal(isOrdered(state, "depot", "live"), true);
  assert.equal(isOrdered(state, "tower", "live"), false, "and none is ordered that nobody ordered");
  for (let i = 0; i < 250; i++) {
    requestTakeCover(state, { assetIds: ["tower"], text: "", origin: "exercise" }, ASSETS, AMAL, after(400 + i));
    allClear(state, "exercise", AMAL, after(400 + i));
  }
  assert.equal(state.orders.length, 200);
  assert.equal(isOrdered(state, "depot", "live"), true);
  assert.equal(isOrdered(state, "tower", "exercise"), false);
  const ended = allClear(state, "live", BEN, after(900));
  assert.ok(ended.ok);
  assert.deepEqual([...new Set(ended.value.flatMap(({ assetIds }) => assetIds))].sort(), ["depot", "mess"], "the all-clear names both");
});
