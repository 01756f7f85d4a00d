import assert from "node:assert/strict";
import { test } from "node:test";
import { at, type Draft, friend, round, serial, track } from "../../../test/support/identification-tracks.ts";
import { createRandom, normal } from "../math/random.ts";
import type { DismissalReason } from "../model/alert.ts";
import type { MicroDoppler } from "../model/observation.ts";
import type { TrackFacts, Wind } from "../model/track-facts.ts";
import { createClassFeatures } from "./class-features.ts";
import { type DismissalContext, startDismissalTest, testDismissal } from "./dismissal.ts";
import {
  createIdentification,
  dismiss,
  dismissalOf,
  type IdentificationContext,
  type IdentificationState,
  identificationOf,
  identifyTracks,
  ledgerOf,
  observeFeature,
  registerFriend,
} from "./identify.ts";

const by = { name: "A. Officer", authenticated: false };
/** 5 m/s towards the east. */
const WEST_WIND: Wind = { east: 5, north: 0, sigma: 1, from: "configuration" };
type Over = Partial<Omit<IdentificationContext, "now" | "allTracks">>;

interface Flight {
  readonly reason: DismissalReason;
  readonly text?: string;
  /** Where it is and how it moves; dismissed at 10 s. */
  readonly draft: (seconds: number) => Draft;
  readonly until?: number;
  readonly over?: Over;
  readonly blades?: MicroDoppler;
  readonly prepare?: (state: IdentificationState) => void;
}

/**
 * Keys of what contradicts the dismissal, in the order of their appearance, and the second of the first. What the ledger of class says by
 * itself is kept apart: it has its own test.
 */
function fly({ reason, text = "", draft, until = 60, over = {}, blades, prepare }: Flight) {
  const state = createIdentification();
  prepare?.(state);
  const keys: string[] = [];
  let first: number | undefined;
  for (let s = 0; s <= until; s++) {
    const facts = track(s, draft(s));
    if (blades !== undefined && s > 12)
      observeFeature(state, "T1", { sensorId: "radar-1", sensorKind: "radar", at: at(s), microDoppler: blades, association: 1 });
    identifyTracks(state, [facts], round(s, [facts], over));
    if (s === 10) assert.ok(dismiss(state, "T1", { reason, text, by, at: at(10) }).ok);
    for (const { code, key } of identificationOf(state, "T1")!.findings) {
      if (code !== "dismissal-contradicted" || key === "dismissal-class" || keys.includes(key)) continue;
      keys.push(key);
      first ??= s;
    }
  }
  return { keys, first, state };
}
const sentence = (state: IdentificationState) =>
  ledgerOf(state, "T1")!.findings.find(({ code }) => code === "dismissal-contradicted")?.sentence;

const drifting = (s: number): Draft => ({ position: [-3000 + 5 * s, 1500, 120 + s], velocity: [5, 0, 1] });

test("a balloon that drifts with the wind stays dismissed", () => {
  assert.deepEqual(fly({ reason: "balloon", draft: drifting, until: 120, over: { wind: WEST_WIND } }).keys, []);
});

for (const [what, wind] of [
  ["a known wind", WEST_WIND],
  ["no wind known", undefined],
] as const) {
  test(`200 seeded balloons with gusts and an estimate's errors, ${what}: at most one is taken back`, () => {
    let back = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const random = createRandom(seed);
      let [gustE, gustN] = [0, 0];
      const draft = (s: number): Draft => {
        gustE = 0.8 * gustE + 0.6 * normal(random);
        gustN = 0.8 * gustN + 0.6 * normal(random);
        const v: [number, number, number] = [5 + gustE + 0.5 * normal(random), gustN + 0.5 * normal(random), 1];
        return { position: [-3000 + 5 * s, 1500, 120 + s], velocity: v };
      };
      if (fly({ reason: "balloon", draft, over: { wind } }).keys.length > 0) back += 1;
    }
    assert.ok(back <= 1, `${back} of 200`);
  });
}

test("a balloon that flies upwind comes back within 5 s with a sentence", () => {
  const turned = (s: number): Draft => (s <= 30 ? drifting(s) : { position: [-2850 - 8 * (s - 30), 1500, 150], velocity: [-8, 0, 0] });
  const { keys, first, state } = fly({ reason: "balloon", draft: turned, over: { wind: WEST_WIND } });
  assert.ok(keys.includes("dismissal-upwind"));
  assert.ok(first !== undefined && first > 30 && first <= 35, `${first}`);
  assert.match(
    sentence(state) ?? "",
    /^dismissed as a balloon, but it moves at 8 m\/s towards 270 deg while the wind goes 5 m\/s towards 90 deg$/,
  );
  assert.equal(dismissalOf(state, "T1")?.reason, "balloon", "the dismissal itself is kept");
});

test("without a wind a balloon that changes its motion comes back all the same", () => {
  const turned = (s: number): Draft => (s <= 30 ? drifting(s) : { position: [-2850, 1500 + 8 * (s - 30), 150], velocity: [0, 8, 0] });
  assert.deepEqual(fly({ reason: "balloon", draft: turned }).keys, ["dismissal-manoeuvre"]);
});

test("turning blades contradict a balloon, a bird and clutter, beating wings do not", () => {
  for (const reason of ["balloon", "bird", "clutter"] as const) {
    const still = (): Draft => ({ position: [-3000, 1500, 120], velocity: [1.5, 0, 0] });
    assert.equal(fly({ reason, draft: still, until: 25, blades: "rotor" }).keys[0], "dismissal-rotor");
    assert.deepEqual(fly({ reason, draft: still, until: 25, blades: "flap" }).keys, []);
  }
});

test("a bird that wanders stays dismissed; one that holds straight for the asset at one height for 20 s comes back", () => {
  const wandering = (s: number): Draft => ({
    position: [2000 - 5 * s, 300 * Math.sin(s / 10), 60 + 15 * Math.sin(s / 7)],
    velocity: [-5, 30 * Math.cos(s / 10), 2 * Math.cos(s / 7)],
  });
  assert.deepEqual(fly({ reason: "bird", draft: wandering }).keys, []);
  const straight = (s: number): Draft => ({ position: [3500 - 14 * s, 100, 80], velocity: [-14, 0, 0] });
  const { keys, first } = fly({ reason: "bird", draft: straight });
  assert.deepEqual(keys, ["dismissal-straight-inbound"]);
  assert.ok(first! >= 29 && first! <= 32, `${first}`);
});

test("a bird at 45 m/s is none", () => {
  const fast = (s: number): Draft => ({ position: [-3000, 45 * s - 1000, 80], velocity: [0, 45, 0] });
  assert.ok(fly({ reason: "bird", draft: fast, until: 20 }).keys.includes("dismissal-too-fast"));
});

test("a bird that hangs still for 20 s comes back", () => {
  assert.deepEqual(fly({ reason: "bird", draft: () => ({ position: [2000, 1000, 80], velocity: [0.2, 0.1, 0] }), until: 40 }).keys, [
    "dismissal-hovers",
  ]);
});

test("a friend inside its plan stays dismissed, one that leaves it comes back", () => {
  const prepare = (state: IdentificationState) => void registerFriend(state, friend(), at(-60));
  const inside = (s: number): Draft => ({ position: [1900 - 10 * s, 0, 80], velocity: [-10, 0, 0] });
  assert.deepEqual(fly({ reason: "friend", draft: inside, prepare, until: 100 }).keys, []);
  const leaves = (s: number): Draft => (s <= 20 ? inside(s) : { position: [1700, 15 * (s - 20), 80], velocity: [0, 15, 0] });
  const { keys, state } = fly({ reason: "friend", draft: leaves, prepare });
  assert.deepEqual(keys, ["dismissal-off-plan"]);
  assert.match(sentence(state) ?? "", /^dismissed as a friend, but it is \d+ m outside the plan of Perimeter patrol$/);
});

test("a friend whom nobody announced comes back when it makes for an asset, and when its serial is contradicted", () => {
  const inbound = (s: number): Draft => ({ position: [3000 - 12 * s, 100, 80], velocity: [-12, 0, 0] });
  assert.deepEqual(fly({ reason: "friend", draft: inbound, until: 30 }).keys, ["dismissal-not-announced"]);
  const passing = (s: number): Draft => ({ position: [3000, -600 + 12 * s, 80], velocity: [0, 12, 0] });
  assert.deepEqual(fly({ reason: "friend", draft: passing, until: 30 }).keys, []);
  const finding = { code: "bearing-disagrees", at: at(15), lastAt: at(15), confidence: 0.9, key: "x", values: {}, tracks: [] } as const;
  const emitters = { evidence: new Map(), findings: new Map([["T1", [finding]]]) };
  assert.deepEqual(fly({ reason: "friend", draft: passing, until: 30, over: { emitters } }).keys, ["dismissal-contradicted-identity"]);
});

test("an aircraft that flies low and slow without a transponder comes back, one with a transponder does not", () => {
  const low = (s: number): Draft => ({ position: [-3000 + 12 * s, 1500, 40], velocity: [12, 0, 0] });
  assert.deepEqual(fly({ reason: "aircraft", draft: low, until: 30 }).keys, ["dismissal-low-and-slow"]);
  const known = (s: number): Draft => ({ ...low(s), fedBy: ["radar", "adsb"], identities: [{ scheme: "icao24", value: "4CA7B5" }] });
  assert.deepEqual(fly({ reason: "aircraft", draft: known, until: 30 }).keys, []);
});

test("an aircraft that is high and fast where a receiver would hear it comes back when it is silent", () => {
  const high = (s: number): Draft => ({ position: [-9000 + 90 * s, 4000, 900], velocity: [90, 0, 0] });
  const over: Over = { coverage: () => [{ sensorId: "adsb-1", kind: "adsb", detectionProbability: 0.98 }] };
  assert.deepEqual(fly({ reason: "aircraft", draft: high, until: 40, over }).keys, ["dismissal-no-transponder"]);
  assert.deepEqual(fly({ reason: "aircraft", draft: high, until: 40 }).keys, []);
});

test("clutter stays where it is; when it moves off it comes back", () => {
  const still = (s: number): Draft => ({ position: [2000 + 20 * Math.sin(s), 900, 30], velocity: [2 * Math.cos(s), 0, 0] });
  assert.deepEqual(fly({ reason: "clutter", draft: still }).keys, []);
  const moving = (s: number): Draft => ({ position: [-2000 - 8 * s, 900, 30], velocity: [-8, 0, 0] });
  assert.deepEqual(fly({ reason: "clutter", draft: moving }).keys, ["dismissal-moved-away"]);
});

test("whatever else it was dismissed as, it comes back when it makes for an asset or enters its keep-out", () => {
  const inbound = (s: number): Draft => ({ position: [3000 - 12 * s, 100, 80], velocity: [-12, 0, 0] });
  assert.deepEqual(fly({ reason: "other", text: "kite festival", draft: inbound, until: 40 }).keys, ["dismissal-approaches"]);
  const away = (s: number): Draft => ({ position: [3000 + 12 * s, 100, 80], velocity: [12, 0, 0] });
  assert.deepEqual(fly({ reason: "other", text: "kite festival", draft: away, until: 40 }).keys, []);
});

test("a reason that was likely and that the ledger of class rules out for 5 s comes back; one that never was likely does not", () => {
  const context = (second: number, familyProbability: number): DismissalContext => ({
    now: at(second),
    wind: undefined,
    features: createClassFeatures(at(0)),
    nearest: undefined,
    friendId: "",
    offPlan: undefined,
    transponder: false,
    adsbCoverage: 0,
    adsbSensor: "",
    contradiction: undefined,
    companionOf: undefined,
    familyProbability,
  });
  for (const [then, expected] of [
    [0.6, 15],
    [0.05, undefined],
  ] as const) {
    const started = startDismissalTest("bird", at(0), { east: 3000, north: 0, sigma: 10 }, false, then);
    let first: number | undefined;
    for (let s = 1; s <= 30; s++) {
      const found = testDismissal(started, track(s, { velocity: [6, 4, 1] }), context(s, s <= 10 ? then : 0.01));
      if (found.some(({ key }) => key === "dismissal-class")) first ??= s;
    }
    // Ruled out from second 11 on: five seconds of it are full at 15.
    assert.equal(first, expected);
  }
});

test("a newer dismissal clears the contradiction and is tested from then on; the contradiction itself never fades", () => {
  const straight = (s: number): Draft => ({ position: [3500 - 14 * s, 100, 80], velocity: [-14, 0, 0] });
  const { state } = fly({ reason: "bird", draft: straight, until: 40 });
  const later = (s: number): TrackFacts => track(s, { position: [3000, 2000, 80], velocity: [0, 10, 0] });
  for (let s = 41; s <= 200; s++) identifyTracks(state, [later(s)], round(s, [later(s)]));
  assert.ok(identificationOf(state, "T1")!.findings.some(({ key, lastAt }) => key === "dismissal-straight-inbound" && lastAt <= at(41)));
  assert.ok(dismiss(state, "T1", { reason: "bird", text: "seen", by, at: at(200) }).ok);
  assert.deepEqual(identificationOf(state, "T1")!.findings, []);
});

test("a dismissal changes no estimate: class, affiliation and evidence are those of the same track without it", () => {
  const judge = (dismissed: boolean) => {
    const state = createIdentification();
    for (let s = 0; s <= 40; s++) {
      const facts = track(s, { position: [3500 - 14 * s, 100, 80], velocity: [-14, 0, 0], identities: [serial("X1")] });
      identifyTracks(state, [facts], round(s, [facts]));
      if (dismissed && s === 10) dismiss(state, "T1", { reason: "balloon", text: "", by, at: at(10) });
    }
    const { findings: _, ...rest } = identificationOf(state, "T1")!;
    return rest;
  };
  assert.deepEqual(judge(true), judge(false));
});
