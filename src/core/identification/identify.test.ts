import assert from "node:assert/strict";
import { test } from "node:test";
import { at, declaration, friend, round, serial, track } from "../../../test/support/identification-tracks.ts";
import { decodeState, encodeState } from "../base/state-codec.ts";
import type { TrackFacts } from "../model/track-facts.ts";
import {
  createIdentification,
  declare,
  dismiss,
  forgetTracks,
  friendsOf,
  type IdentificationContext,
  type IdentificationState,
  identificationOf,
  identifyTracks,
  labelsOf,
  ledgerOf,
  registerFriend,
  withdrawDeclaration,
} from "./identify.ts";

/** Judges the same tracks once a second. */
function run(
  state: IdentificationState,
  from: number,
  to: number,
  tracks: (seconds: number) => TrackFacts[],
  over: Partial<IdentificationContext> = {},
): void {
  for (let s = from; s <= to; s++) {
    const all = tracks(s);
    identifyTracks(state, all, round(s, all, over));
  }
}

const shown = (state: IdentificationState, key = "T1") => identificationOf(state, key)?.affiliation;

test("a track that was just confirmed is pending, one that nothing speaks for is unknown after ten seconds", () => {
  const state = createIdentification();
  run(state, 0, 9, (s) => [track(s)]);
  assert.equal(shown(state), "pending");
  run(state, 10, 10, (s) => [track(s)]);
  assert.equal(shown(state), "unknown");
});

test("a tentative track stays pending and has no evidence of affiliation", () => {
  const state = createIdentification();
  run(state, 0, 20, (s) => [track(s, { status: "tentative" })]);
  assert.equal(shown(state), "pending");
  assert.equal(ledgerOf(state, "T1")?.affiliation.evidence.length, 0);
});

test("an announced flight in its corridor at its time is an assumed friend, and the plan is the reason", () => {
  const state = createIdentification();
  assert.ok(registerFriend(state, friend(), at(0)).ok);
  run(state, 0, 12, (s) => [track(s, { position: [1800 - 10 * s, 0, 80], velocity: [-10, 0, 0] })]);
  assert.equal(shown(state), "assumed-friend");
  assert.equal(identificationOf(state, "T1")?.friendId, "patrol");
  const ledger = ledgerOf(state, "T1")!.affiliation;
  assert.equal(ledger.leading, "friend");
  const plan = ledger.evidence.find(({ slot }) => slot === "friend-plan")!;
  assert.equal(plan.sentence, "it is where and when Perimeter patrol (Base security) was announced");
  assert.deepEqual(
    ledger.whatWouldChange.filter(({ kind }) => kind === "without").map(({ slot, wouldBe }) => [slot, wouldBe]),
    [["friend-plan", "unknown"]],
  );
  assert.deepEqual(friendsOf(state, at(12))[0].trackKeys, ["T1"]);
});

test("500 m outside, or 5 min late, an announced flight is nobody's friend; 50 m and 30 s it still is", () => {
  const cases: [what: string, seconds: number, north: number, expected: string][] = [
    ["inside", 100, 0, "assumed-friend"],
    ["50 m outside", 100, 150, "assumed-friend"],
    ["500 m outside", 100, 600, "unknown"],
    ["30 s late", 630, 0, "assumed-friend"],
    ["5 min late", 900, 0, "unknown"],
    ["30 s early", -30, 0, "assumed-friend"],
    ["5 min early", -300, 0, "unknown"],
  ];
  for (const [what, seconds, north, expected] of cases) {
    for (const sigma of [5, 30, 150, 400]) {
      const state = createIdentification();
      registerFriend(state, friend(), at(-1000));
      run(state, seconds - 12, seconds, (s) => [
        track(s, { since: seconds - 12, position: [1500, north, 80], velocity: [-0.1, 0, 0], sigma }),
      ]);
      // Where the track's own place is known worse than 200 m nothing is said at all.
      assert.equal(shown(state), sigma > 200 ? "unknown" : expected, `${what}, sigma ${sigma} m`);
    }
  }
});

test("a person's declaration is shown, stands beside the estimate, and ends at its expiry or when it is withdrawn", () => {
  const state = createIdentification();
  run(state, 0, 19, (s) => [track(s)]);
  assert.ok(declare(state, "T1", declaration({ value: "hostile", at: at(19.5), expiresAt: at(30) })).ok);
  assert.equal(shown(state), "hostile");
  assert.notEqual(identificationOf(state, "T1")?.automatic, "hostile");
  run(state, 20, 29, (s) => [track(s)]);
  assert.equal(shown(state), "hostile");
  run(state, 30, 31, (s) => [track(s)]);
  assert.equal(shown(state), "unknown");
  assert.ok(declare(state, "T1", declaration({ at: at(31.5), expiresAt: at(300) })).ok);
  assert.equal(shown(state), "friend");
  assert.equal(withdrawDeclaration(state, "T1", "affiliation", at(32)), true);
  assert.equal(shown(state), "unknown");
  const changes = ledgerOf(state, "T1")!.affiliation.reversals.map(({ from, to, cause }) => [from, to, cause?.change]);
  assert.deepEqual(changes.at(-1), ["friend", "unknown", "withdrawn"]);
  assert.deepEqual(changes.at(-2), ["unknown", "friend", "declared"]);
  assert.equal(labelsOf(state).length, 2);
});

test("a declaration without a reason, an expiry or a meaning is refused", () => {
  const state = createIdentification();
  run(state, 0, 1, (s) => [track(s)]);
  assert.equal(declare(state, "T1", declaration({ reason: " " })).ok, false);
  assert.equal(declare(state, "T1", declaration({ expiresAt: at(20) })).ok, false);
  assert.equal(declare(state, "T1", declaration({ value: "balloon" })).ok, false);
  assert.equal(declare(state, "T2", declaration()).ok, false);
  assert.equal(labelsOf(state).length, 0);
});

test("a dismissal is kept as a label with the features of that moment", () => {
  const state = createIdentification();
  run(state, 0, 12, (s) => [track(s, { velocity: [3, 4, 0] })]);
  const by = { name: "A. Officer", authenticated: false };
  assert.ok(dismiss(state, "T1", { reason: "balloon", text: "", by, at: at(12) }).ok);
  assert.equal(dismiss(state, "T1", { reason: "other", text: "", by, at: at(12) }).ok, false);
  const [label] = labelsOf(state);
  assert.equal(label.value, "balloon");
  assert.equal(label.features.groundSpeed, 5);
});

test("what is remembered of a track goes with it, and its plan is free again", () => {
  const state = createIdentification();
  registerFriend(state, friend(), at(0));
  run(state, 0, 12, (s) => [track(s, { position: [1000, 0, 80] })]);
  forgetTracks(state, new Set());
  assert.equal(identificationOf(state, "T1"), undefined);
  assert.deepEqual(friendsOf(state, at(12))[0].trackKeys, []);
});

test("a friend's serial off the plan is no match and is reported within five seconds", () => {
  const state = createIdentification();
  registerFriend(state, friend({ identities: [{ scheme: "remote-id-serial", value: "1581F4567" }] }), at(0));
  run(state, 0, 5, (s) => [track(s, { position: [0, 4000, 80], identities: [serial("1581f4567")], fedBy: ["radar", "remote-id"] })]);
  const identification = identificationOf(state, "T1")!;
  assert.equal(identification.friendId, undefined);
  assert.deepEqual(
    identification.findings.map(({ code, key }) => [code, key]),
    [["off-plan", "friend-off-plan"]],
  );
  run(state, 6, 60, (s) => [track(s, { position: [0, 4000, 80], identities: [serial("1581f4567")], fedBy: ["radar", "remote-id"] })]);
  assert.ok(!["friend", "assumed-friend"].includes(shown(state)!));
});

test("memory is bounded: 50 reversals of a track and 5,000 labels, the oldest making room, counted", () => {
  const state = createIdentification();
  run(state, 0, 1, (s) => [track(s)]);
  const values = ["friend", "hostile"] as const;
  for (let i = 0; i < 5100; i++)
    assert.ok(declare(state, "T1", declaration({ value: values[i % 2], at: at(2 + i / 1000), expiresAt: at(9000) })).ok);
  assert.equal(labelsOf(state).length, 5000);
  assert.equal(state.labelsDropped, 100);
  const ledger = ledgerOf(state, "T1")!.affiliation;
  assert.equal(ledger.reversals.length, 50);
  assert.ok(ledger.reversalsDropped >= 5000);
  assert.equal(labelsOf(state).at(-1)?.value, "affiliation: hostile");
});

test("a flood of evidence from a check of broadcasts leaves the 64 most telling pieces, and numbers that are none are left out", () => {
  const state = createIdentification();
  const pieces = Array.from({ length: 200 }, (_, i) => ({
    slot: `flood-${i}`,
    question: "affiliation" as const,
    source: "picket",
    basis: "measured" as const,
    at: at(1),
    logLikelihood: i === 0 ? [Number.NaN, 0, 0] : [0, 0, i / 1000],
    key: "affiliation-prior",
    values: {},
  }));
  const emitters = { findings: new Map(), evidence: new Map([["T1", pieces]]) };
  run(state, 0, 12, (s) => [track(s)], { emitters });
  const ledger = ledgerOf(state, "T1")!;
  assert.equal(ledger.affiliation.evidence.length, 64);
  assert.ok(ledger.evidenceDropped > 0);
  assert.ok(identificationOf(state, "T1")!.allegiance.every(Number.isFinite));
});

test("the state is plain data: it goes into a snapshot and comes back value for value, and goes on from there alike", () => {
  const state = createIdentification();
  registerFriend(state, friend({ identities: [{ scheme: "remote-id-serial", value: "X1" }] }), at(-60));
  const tracks = (s: number) => [
    track(s, { position: [1800 - 10 * s, 0, 80], velocity: [-10, 0, 0], identities: [serial("X1")], fedBy: ["radar", "remote-id"] }),
    track(s, { key: "T2", position: [1950 - 10 * s, 20, 80], velocity: [-10, 0, 0] }),
  ];
  run(state, 0, 15, tracks);
  const by = { name: "A. Officer", authenticated: false };
  dismiss(state, "T2", { reason: "balloon", text: "", by, at: at(15) });
  const encoded = encodeState(state);
  const copy = decodeState(encoded) as IdentificationState;
  assert.deepEqual(encodeState(copy), encoded);
  run(state, 16, 40, tracks);
  run(copy, 16, 40, tracks);
  assert.deepEqual(encodeState(copy), encodeState(state));
});
