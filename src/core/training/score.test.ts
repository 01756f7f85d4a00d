import assert from "node:assert/strict";
import { test } from "node:test";
import { type ExerciseFacts, scoreExercise, type TrackSample, type TruthSample } from "./score.ts";

const ASSET = { id: "post", name: "Post", latitudeDegrees: 0, longitudeDegrees: 0, radiusMetres: 500 };
/** Degrees of latitude that are so many metres. */
const north = (metres: number) => metres / 111_195;
const second = (s: number) => s * 1e6;

/** From 3,000 m north straight in at 20 m/s: at the edge of the radius after 125 s. */
const inbound = (object: string, family: TruthSample["family"] = "uas", own = false): TruthSample[] =>
  Array.from({ length: 141 }, (_, s) => ({
    atUs: second(s),
    object,
    family,
    own,
    latitudeDegrees: north(3000 - 20 * s),
    longitudeDegrees: 0,
  }));
const seen = (truth: readonly TruthSample[], trackKey: string, fromSecond: number, offMetres = 30): TrackSample[] =>
  truth.slice(fromSecond).map(({ atUs, latitudeDegrees, longitudeDegrees }) => ({
    atUs: atUs + 300_000,
    trackKey,
    latitudeDegrees: latitudeDegrees + north(offMetres),
    longitudeDegrees,
  }));
const facts = (part: Partial<ExerciseFacts>): ExerciseFacts => ({
  truth: [],
  tracks: [],
  names: new Map(),
  alarms: [],
  decisions: [],
  assets: [ASSET],
  ...part,
});

test("times count from the first track, and a decision counts when it came before the drone did", () => {
  const truth = inbound("drone 1");
  const score = scoreExercise(
    facts({
      truth,
      tracks: seen(truth, "k1", 10),
      names: new Map([["k1", "EXE-T1"]]),
      alarms: [{ id: "A1", raisedAtUs: second(20), acknowledgedAtUs: second(26.3), trackKeys: ["k1"] }],
      decisions: [
        { atUs: second(40.3), kind: "accept-track", actor: "Basma", trackKey: "k1" },
        { atUs: second(60.3), kind: "take-cover", actor: "Basma", trackKey: null },
      ],
    }),
  );
  const [object] = score.objects;
  assert.deepEqual(object!.trackIds, ["EXE-T1"]);
  assert.equal(object!.calledFor, true);
  assert.equal(object!.arrivedAtUs, second(125));
  assert.equal(object!.trackedAtUs, second(10.3));
  assert.equal(object!.inTime, true);
  assert.ok(Math.abs(object!.nearestMetres - -300) < 1, "at the end 200 m from the middle, 300 m inside");
  assert.deepEqual([score.acknowledge.median, score.assess.median, score.decide.median], [16, 30, 50]);
  assert.deepEqual([score.calledFor, score.tracked, score.inTime, score.needlessAlarms, score.mistakes], [1, 1, 1, 0, 0]);
});

test("what nobody decided, or decided too late, is not in time; a cover before anybody saw it is no decision about it", () => {
  const truth = [...inbound("late"), ...inbound("early").map((sample) => ({ ...sample, longitudeDegrees: 0.01 }))];
  const tracks = [
    ...seen(
      truth.filter(({ object }) => object === "late"),
      "k1",
      5,
    ),
    ...seen(
      truth.filter(({ object }) => object === "early"),
      "k2",
      50,
    ),
  ];
  const score = scoreExercise(
    facts({
      truth,
      tracks,
      decisions: [
        { atUs: second(2), kind: "take-cover", actor: "Basma", trackKey: null },
        { atUs: second(130), kind: "declare", actor: "Basma", trackKey: "k1", value: "hostile" },
      ],
    }),
  );
  assert.deepEqual(
    score.objects.map(({ object, inTime, decidedAtUs }) => [object, inTime, decidedAtUs]),
    [
      ["early", false, null],
      ["late", false, second(130)],
    ],
  );
  assert.deepEqual(score.decide, { median: 124.7, worst: 124.7, done: 1 });
});

test("own drones, birds and drones that stay far away call for nobody, and alarms about them are needless", () => {
  const far = inbound("far").slice(0, 20);
  const truth = [
    ...inbound("own", "uas", true),
    ...inbound("gull", "bird").map((each) => ({ ...each, longitudeDegrees: 0.02 })),
    ...far.map((each) => ({ ...each, longitudeDegrees: 0.05 })),
  ];
  const score = scoreExercise(
    facts({
      truth,
      tracks: seen(
        truth.filter(({ object }) => object === "gull"),
        "k1",
        0,
      ),
      alarms: [
        { id: "A1", raisedAtUs: second(9), acknowledgedAtUs: null, trackKeys: ["k1"] },
        { id: "A2", raisedAtUs: second(9), acknowledgedAtUs: null, trackKeys: [] },
      ],
      decisions: [{ atUs: second(10), kind: "declare", actor: "Basma", trackKey: "k1", value: "hostile" }],
    }),
  );
  assert.deepEqual([score.calledFor, score.needlessAlarms], [0, 1], "an alarm about no track, as of a dead sensor, is not counted");
  assert.deepEqual(score.objects.find(({ object }) => object === "gull")!.mistakes, ["declared-hostile"]);
  assert.equal(score.objects[0]!.inTime, null);
});

test("a drone that was dismissed or called a friend is a mistake that is named", () => {
  const truth = inbound("drone");
  const score = scoreExercise(
    facts({
      truth,
      tracks: seen(truth, "k1", 0),
      decisions: [
        { atUs: second(5), kind: "dismiss-track", actor: "Basma", trackKey: "k1" },
        { atUs: second(6), kind: "declare", actor: "Basma", trackKey: "k1", value: "friend" },
      ],
    }),
  );
  assert.deepEqual(score.objects[0]!.mistakes, ["declared-friend", "drone-dismissed"]);
  assert.equal(score.mistakes, 2);
});

test("a track goes to the object that it followed most of the time, and to none beyond 200 m", () => {
  const near = inbound("near");
  const other = inbound("other").map((each) => ({ ...each, longitudeDegrees: 0.001 })); // 111 m beside
  const score = scoreExercise(facts({ truth: [...near, ...other], tracks: [...seen(near, "k1", 0, 20), ...seen(near, "lost", 0, 900)] }));
  assert.deepEqual(
    score.objects.map(({ object, trackIds }) => [object, trackIds]),
    [
      ["near", ["k1"]],
      ["other", []],
    ],
  );
});
