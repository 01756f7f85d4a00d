import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DISMISSAL_REASONS } from "../model/alert.ts";
import { CLASS_NAMES } from "../model/identity.ts";
import { type AttentionState, type AttentionTrack, assessByPerson, attentionOf, createAttention, updateAttention } from "./attention.ts";
import { AMAL, aFinding, after, START } from "./test-situations.ts";

const settings = { attentionScore: 0.5, assessSeconds: 20, urgentSeconds: 5, urgentBelowSeconds: 60 };
const DRONE: AttentionTrack = {
  key: "T1",
  inbound: true,
  timeToZone: 200,
  score: 0.7,
  uas: 0.9,
  className: "multirotor-small",
  affiliation: "unknown",
  findings: [],
};
const BIRD: AttentionTrack = { ...DRONE, score: 0.2, uas: 0.1, className: "bird-medium" };
const run = (state: AttentionState, seconds: number, ...tracks: AttentionTrack[]) =>
  updateAttention(state, tracks, { now: after(seconds), settings });
const stateOf = (state: AttentionState) => attentionOf(state, "T1").state;
const dismissed = (reason: (typeof DISMISSAL_REASONS)[number], track: AttentionTrack = BIRD, text = "") => {
  const state = createAttention();
  run(state, 0, track);
  assert.ok(assessByPerson(state, "T1", { kind: "dismiss", reason, text }, AMAL, after(1)).ok);
  assert.deepEqual(run(state, 2, track), []);
  assert.equal(stateOf(state), "dismissed");
  return state;
};

test("an inbound drone above the attention score is due at once, with 20 s, and overdue when they are over", () => {
  const state = createAttention();
  assert.deepEqual(
    run(state, 0, DRONE).map(({ from, to }) => [from, to]),
    [["not-inbound", "due"]],
  );
  assert.equal(attentionOf(state, "T1").assessBy, after(20));
  assert.equal(attentionOf(state, "T1").needs, "person");
  run(state, 19, { ...DRONE, timeToZone: 181 });
  assert.equal(stateOf(state), "due");
  run(state, 20, { ...DRONE, timeToZone: 180 });
  assert.equal(stateOf(state), "overdue");
});

test("nearer than 60 s to a zone there are 5 s; one that comes nearer gets less time, never more", () => {
  const state = createAttention();
  run(state, 0, { ...DRONE, timeToZone: 62 });
  assert.equal(attentionOf(state, "T1").assessBy, after(20));
  run(state, 3, { ...DRONE, timeToZone: 59 });
  assert.equal(attentionOf(state, "T1").assessBy, after(8));
  run(state, 4, { ...DRONE, timeToZone: 300 });
  assert.equal(attentionOf(state, "T1").assessBy, after(8));
  run(state, 8, DRONE);
  assert.equal(stateOf(state), "overdue");
});

test("below the attention score a listed rule assesses at once, and says which and with what values", () => {
  const state = createAttention();
  run(state, 0, BIRD);
  const attention = attentionOf(state, "T1");
  assert.equal(attention.state, "assessed");
  assert.equal(attention.rule, "rule.bird");
  assert.deepEqual(attention.ruleValues, { score: 0.2, className: "bird-medium", uas: 0.1, affiliation: "unknown" });
  assert.equal(attention.assessBy, undefined);
});

test("the rules: a friend, an aircraft, a balloon, clutter; what none knows has its low score as the reason", () => {
  const ruleOf = (track: Partial<AttentionTrack>) => {
    const state = createAttention();
    run(state, 0, { ...BIRD, ...track });
    return attentionOf(state, "T1").rule;
  };
  assert.equal(ruleOf({ affiliation: "assumed-friend" }), "rule.friend");
  assert.equal(ruleOf({ className: "helicopter", uas: 0.01 }), "rule.aircraft");
  assert.equal(ruleOf({ className: "balloon", uas: 0.1 }), "rule.balloon");
  assert.equal(ruleOf({ className: "clutter" }), "rule.ground-or-clutter");
  assert.equal(ruleOf({ className: "bird-large", uas: 0.4 }), "rule.low-score");
  assert.equal(ruleOf({ className: "unknown", uas: undefined }), "rule.low-score");
  assert.equal(ruleOf({ findings: [aFinding("many-identities-one-emitter"), aFinding("no-radar-support")] }), "rule.flood-member");
});

test("a rule stops fitting when the score rises above the attention score: the track is due, and says why", () => {
  const state = createAttention();
  run(state, 0, BIRD);
  const changes = run(state, 10, { ...BIRD, score: 0.55, uas: 0.6 });
  assert.deepEqual(
    changes.map(({ from, to, because }) => [from, to, because]),
    [["assessed", "due", "rule.stopped-fitting"]],
  );
  assert.equal(attentionOf(state, "T1").reopenedBecause, "rule.stopped-fitting");
  assert.equal(attentionOf(state, "T1").assessBy, after(30));
});

test("a score that flickers about the limit does not hand the track to and fro; below the limit by the margin a rule takes it", () => {
  const state = createAttention();
  run(state, 0, { ...BIRD, score: 0.51 });
  run(state, 1, { ...BIRD, score: 0.46 });
  assert.equal(stateOf(state), "due");
  run(state, 2, { ...BIRD, score: 0.44 });
  assert.equal(stateOf(state), "assessed");
});

test("no rule may assess a second contact in a friend's corridor, or a suspect that is near the limit, however low the score", () => {
  for (const track of [
    { ...BIRD, findings: [aFinding("companion", { confidence: 0.8 })] },
    { ...BIRD, uas: 0.2, score: 0.3, affiliation: "suspect" as const },
    { ...BIRD, affiliation: "assumed-friend" as const, findings: [aFinding("serial-in-two-places")] },
  ]) {
    const state = createAttention();
    run(state, 0, track);
    assert.equal(stateOf(state), "due");
  }
});

test("what is surely a bird stays with a rule below the limit though its behaviour alone made it a suspect; a person's hostile never does", () => {
  const bird = createAttention();
  run(bird, 0, { ...BIRD, uas: 0.02, score: 0.3, affiliation: "suspect" });
  assert.equal(stateOf(bird), "assessed");
  const declared = createAttention();
  run(declared, 0, { ...BIRD, uas: 0.02, score: 0.3, affiliation: "hostile" });
  assert.equal(stateOf(declared), "due");
});

test("what a person accepted stays accepted while it comes nearer, and for five minutes after it went away", () => {
  const state = createAttention();
  run(state, 0, DRONE);
  assert.ok(assessByPerson(state, "T1", { kind: "accept" }, AMAL, after(3)).ok);
  assert.equal(attentionOf(state, "T1").by!.name, "Amal");
  run(state, 100, { ...DRONE, score: 0.9 });
  assert.equal(stateOf(state), "assessed");
  run(state, 300, { ...DRONE, inbound: false });
  run(state, 390, DRONE);
  assert.equal(stateOf(state), "assessed");
  run(state, 700, { ...DRONE, inbound: false });
  assert.equal(stateOf(state), "not-inbound");
  run(state, 701, DRONE);
  assert.equal(stateOf(state), "due");
});

test("a track that turns away for 5 s needs nothing any more; one that flickers for 4 s keeps its time", () => {
  const state = createAttention();
  run(state, 0, DRONE);
  run(state, 4, { ...DRONE, inbound: false });
  assert.equal(stateOf(state), "due");
  run(state, 4.5, DRONE);
  assert.equal(attentionOf(state, "T1").assessBy, after(20));
  run(state, 9.5, { ...DRONE, inbound: false });
  assert.equal(stateOf(state), "not-inbound");
});

test("a dismissal wants a reason of the list, and a text where it is 'other'", () => {
  const state = createAttention();
  const code = (verdict: Parameters<typeof assessByPerson>[2]) => {
    const outcome = assessByPerson(state, "T1", verdict, AMAL, START);
    return outcome.ok ? "ok" : outcome.error.code;
  };
  assert.equal(code({ kind: "dismiss", reason: "ufo" as never }), "unknown-reason");
  assert.equal(code({ kind: "dismiss", reason: "other", text: " " }), "no-text");
  assert.equal(code({ kind: "dismiss", reason: "other", text: "kite of the school" }), "ok");
  assert.equal(attentionOf(state, "T1").text, "kite of the school");
});

test("a 'balloon' that flies upwind comes back: reopened, needs a person in time, and stands above where it was", () => {
  const balloon: AttentionTrack = { ...BIRD, className: "balloon" };
  const state = dismissed("balloon", balloon);
  const contradicted = { ...balloon, dismissalContradicted: aFinding("dismissal-contradicted", { at: after(30), lastAt: after(30) }) };
  const changes = run(state, 30, contradicted);
  assert.deepEqual(
    changes.map(({ from, to, because }) => [from, to, because]),
    [["dismissed", "reopened", "reopened.behaviour"]],
  );
  const attention = attentionOf(state, "T1");
  assert.equal(attention.reason, "balloon");
  assert.equal(attention.reopenedBecause, "reopened.behaviour");
  assert.equal(attention.assessBy, after(50));
  assert.ok(attention.boost > 0);
  run(state, 50, contradicted);
  assert.equal(stateOf(state), "overdue");
  assert.ok(attentionOf(state, "T1").boost > 0);
});

test("a dismissal comes back by a companion, by a friend off its plan or in two places, by suspicion, by a risen score, by class", () => {
  const because = (reason: (typeof DISMISSAL_REASONS)[number], change: Partial<AttentionTrack>, seconds = 10) => {
    const state = dismissed(reason, BIRD, "x");
    run(state, 10, { ...BIRD, ...change });
    run(state, 10 + seconds, { ...BIRD, ...change });
    return attentionOf(state, "T1").reopenedBecause;
  };
  const at = { at: after(10), lastAt: after(10) };
  assert.equal(because("balloon", { findings: [aFinding("companion", at)] }), "reopened.companion");
  assert.equal(because("friend", { findings: [aFinding("off-plan", at)] }), "reopened.off-plan");
  assert.equal(because("bird", { findings: [aFinding("off-plan", at)] }), undefined);
  assert.equal(because("friend", { findings: [aFinding("serial-in-two-places", at)] }), "reopened.serial");
  assert.equal(because("bird", { affiliation: "suspect", score: 0.21 }), "reopened.affiliation");
  assert.equal(because("bird", { score: 0.44 }), undefined);
  assert.equal(because("bird", { score: 0.46 }), "reopened.score");
  assert.equal(because("bird", { uas: 0.85 }, 4), undefined, "for 4 s only");
  assert.equal(because("bird", { uas: 0.85 }, 5), "reopened.class");
  assert.equal(because("other", { uas: 0.85 }), undefined, "a person's own words are not about the class");
});

test("what a person dismissed again in the face of a finding stays dismissed, until the finding has gone on for 30 s", () => {
  const finding = (seconds: number) => aFinding("companion", { at: after(10), lastAt: after(seconds) });
  const state = dismissed("friend");
  run(state, 10, { ...BIRD, findings: [finding(10)] });
  assert.equal(stateOf(state), "reopened");
  assert.ok(assessByPerson(state, "T1", { kind: "dismiss", reason: "friend" }, AMAL, after(12)).ok);
  assert.equal(attentionOf(state, "T1").boost, 0);
  run(state, 40, { ...BIRD, findings: [finding(40)] });
  assert.equal(stateOf(state), "dismissed");
  run(state, 43, { ...BIRD, findings: [finding(43)] });
  assert.equal(stateOf(state), "reopened");
});

test("the memory is bounded: what waits for a person is never pushed out by what a rule can assess", () => {
  const state = createAttention();
  run(state, 0, DRONE);
  const birds = Array.from({ length: 5000 }, (_, i) => ({ ...BIRD, key: `B${i}` }));
  run(state, 1, DRONE, ...birds);
  assert.equal(state.records.size, 4096);
  assert.equal(stateOf(state), "due");
  assert.equal(state.leftOut, 905, "5,001 tracks for 4,096 places");
  run(state, 400, { ...DRONE, key: "T2" });
  assert.equal(state.records.size, 1, "tracks that are gone for five minutes are forgotten");
});

test("a guard full of tracks that wait for people lets the worse newcomer in for the one with the lowest score, and counts who is left out", () => {
  const state = createAttention();
  const scoreOf = (i: number) => 0.6 + (i % 100) / 1000; // 0.600 to 0.699
  const crowd = Array.from({ length: 4096 }, (_, i) => ({ ...DRONE, key: `D${i}`, score: scoreOf(i) }));
  run(state, 0, ...crowd);
  assert.equal(state.leftOut, 0);
  assert.ok(assessByPerson(state, "D0", { kind: "accept" }, AMAL, after(1)).ok);
  const worst = { ...DRONE, key: "worst", score: 0.9 };
  const like = { ...DRONE, key: "like", score: 0.61 };
  const bird = { ...BIRD, key: "bird" };
  run(state, 2, bird, like, worst, ...crowd);
  assert.equal(attentionOf(state, "worst").state, "due");
  assert.equal(attentionOf(state, "like").state, "not-inbound", "no worse than what waits by more than the margin");
  assert.equal(attentionOf(state, "D0").by, AMAL, "0.600, but a person spoke");
  assert.equal(attentionOf(state, "D100").state, "not-inbound", "0.600: the lowest that nobody spoke of made room");
  assert.equal(state.records.size, 4096);
  assert.equal(state.evicted, 1);
  assert.equal(state.leftOut, 2);
  run(state, 3, bird, like, worst, ...crowd);
  assert.equal(state.evicted, 1, "and nothing goes to and fro");
  assert.equal(state.leftOut, 3);
  // A person's word about one that was left out finds room.
  assert.ok(assessByPerson(state, "like", { kind: "dismiss", reason: "clutter" }, AMAL, after(4)).ok);
  assert.equal(attentionOf(state, "like").state, "dismissed");
  run(state, 5, worst);
  assert.equal(state.leftOut, 0, "the crowd is gone");
});

test("whatever happens, an inbound track is due, overdue, reopened, assessed or dismissed, and never without an assess-by while a person must assess", () => {
  const findings = fc.array(
    fc.constantFrom("companion", "off-plan", "no-radar-support", "many-identities-one-emitter", "dismissal-contradicted"),
    {
      maxLength: 2,
    },
  );
  const move = fc.record({
    seconds: fc.integer({ min: 0, max: 90 }),
    inbound: fc.boolean(),
    time: fc.option(fc.integer({ min: 0, max: 200 }), { nil: undefined }),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
    uas: fc.double({ min: 0, max: 1, noNaN: true }),
    className: fc.constantFrom(...CLASS_NAMES),
    affiliation: fc.constantFrom("pending", "unknown", "assumed-friend", "friend", "neutral", "suspect", "hostile"),
    findings,
    verdict: fc.option(fc.constantFrom("accept", ...DISMISSAL_REASONS), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 20 }), (moves) => {
      const state = createAttention();
      let now = 0;
      let latest: number | undefined;
      for (const { seconds, time, verdict, ...track } of moves) {
        now += seconds;
        const at = { at: after(now), lastAt: after(now) };
        run(state, now, {
          ...track,
          key: "T1",
          findings: track.findings.map((code) => aFinding(code as never, at)),
          ...(time === undefined ? {} : { timeToZone: time }),
        } as AttentionTrack);
        const attention = attentionOf(state, "T1");
        if (track.inbound) assert.notEqual(attention.state, "not-inbound");
        const waiting = attention.state === "due" || attention.state === "overdue" || attention.state === "reopened";
        assert.equal(attention.assessBy !== undefined, waiting);
        if (waiting) {
          assert.equal(attention.needs, "person");
          if (attention.state === "due") assert.ok(attention.assessBy! > after(now));
          if (latest !== undefined && attention.state !== "reopened") assert.ok(attention.assessBy! <= Math.max(latest, after(now + 20)));
          latest = attention.assessBy;
        } else latest = undefined;
        if (attention.state === "assessed") assert.ok((attention.rule !== undefined) !== (attention.by !== undefined));
        if (verdict !== undefined) {
          const outcome =
            verdict === "accept"
              ? assessByPerson(state, "T1", { kind: "accept" }, AMAL, after(now))
              : assessByPerson(state, "T1", { kind: "dismiss", reason: verdict, text: "x" }, AMAL, after(now));
          assert.ok(outcome.ok);
          latest = undefined;
        }
      }
    }),
  );
});
