import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeState, encodeState } from "../base/state-codec.ts";
import type { AlarmDefinition, Situation } from "../model/alert.ts";
import { ALARM_DEFINITIONS, mergeDefinitions } from "./alarm-definitions.ts";
import {
  ALERT_LIMITS,
  type AlertingState,
  acknowledge,
  alertFigures,
  createAlerting,
  hold,
  holdTrack,
  openAlerts,
  release,
  releaseTrack,
  shelve,
  unshelve,
  updateAlerts,
} from "./alerts.ts";
import { AMAL, after, aSituation, BEN } from "./test-situations.ts";

/** The default set with delays that are easy to count with: s on, s off. */
const DELAYS: Record<string, readonly [number, number]> = {
  "zone-entry": [3, 15],
  "keep-out-inside": [1, 10],
  "inbound-unassessed": [0, 10],
};
const DEFINITIONS = ALARM_DEFINITIONS.map((each) => {
  const [onDelay, offDelay] = DELAYS[each.id] ?? [each.onDelay, each.offDelay];
  return { ...each, onDelay, offDelay };
});

const run = (state: AlertingState, seconds: number, ...situations: Situation[]) =>
  updateAlerts(state, situations, { now: after(seconds), definitions: DEFINITIONS });
const kinds = (changes: readonly { kind: string }[]) => changes.map(({ kind }) => kind);
const only = (state: AlertingState) => openAlerts(state)[0]!;
/** An alarm of that definition, raised at 10 s. */
function raised(definitionId: string, subject = "T1"): AlertingState {
  const state = createAlerting();
  run(state, 0, aSituation(definitionId, subject));
  run(state, 10, aSituation(definitionId, subject));
  assert.equal(only(state).state, "raised");
  return state;
}

test("a condition with an on-delay of 3 s is raised when it has held for 3 s, and not before", () => {
  const state = createAlerting();
  assert.deepEqual(kinds(run(state, 0, aSituation("zone-entry"))), []);
  assert.deepEqual(kinds(run(state, 2.9, aSituation("zone-entry"))), []);
  assert.deepEqual(kinds(run(state, 3, aSituation("zone-entry"))), ["raised"]);
  assert.deepEqual(kinds(run(state, 4, aSituation("zone-entry"))), []);
  assert.equal(only(state).id, "A1");
  assert.equal(only(state).level, 2);
});

test("a condition that breaks off within its on-delay starts again", () => {
  const state = createAlerting();
  run(state, 0, aSituation("zone-entry"));
  run(state, 2);
  assert.deepEqual(kinds(run(state, 4, aSituation("zone-entry"))), []);
  assert.deepEqual(kinds(run(state, 7, aSituation("zone-entry"))), ["raised"]);
});

test("an off-delay of 15 s: gone for 14 s is still open, for 15 s is cleared and in the history", () => {
  const state = raised("zone-entry");
  assert.deepEqual(kinds(run(state, 20)), []);
  assert.deepEqual(kinds(run(state, 34)), []);
  assert.deepEqual(kinds(run(state, 35)), ["cleared"]);
  assert.equal(state.history.length, 1);
  assert.equal(state.history[0]!.clearedAt, after(35));
});

test("the highest level latches: gone it is returned, and ends when a person acknowledges", () => {
  const state = raised("keep-out-inside");
  run(state, 11);
  assert.deepEqual(kinds(run(state, 21)), ["returned"]);
  assert.deepEqual(kinds(run(state, 3600)), []);
  const outcome = acknowledge(state, "A1", AMAL, after(3601));
  assert.ok(outcome.ok);
  assert.deepEqual(kinds(outcome.value), ["acknowledged", "cleared"]);
  assert.equal(state.open.size, 0);
  assert.equal(state.history[0]!.acknowledgedBy!.name, "Amal");
});

test("acknowledged in time, the highest level clears by itself when the condition is gone", () => {
  const state = raised("keep-out-inside");
  assert.ok(acknowledge(state, "A1", AMAL, after(11)).ok);
  run(state, 12);
  assert.deepEqual(kinds(run(state, 22)), ["cleared"]);
});

test("a returned alarm whose condition comes back is the same alarm, raised again, and counts the repeat", () => {
  const state = raised("keep-out-inside");
  run(state, 11);
  run(state, 21);
  assert.deepEqual(kinds(run(state, 30, aSituation("keep-out-inside"))), ["re-raised"]);
  assert.equal(only(state).id, "A1");
  assert.equal(only(state).repeats, 1);
});

test("an alarm that was cleared and comes back within the hour is a new one that says how often it came", () => {
  const state = raised("zone-entry");
  run(state, 20);
  run(state, 35);
  run(state, 40, aSituation("zone-entry"));
  assert.deepEqual(kinds(run(state, 43, aSituation("zone-entry"))), ["raised"]);
  assert.equal(only(state).id, "A2");
  assert.equal(only(state).repeats, 1);
});

test("one track on its way in is one alarm: predicted, then unassessed, then inside; it calls again only when the level rises", () => {
  const state = createAlerting();
  run(state, 0, aSituation("zone-entry"));
  assert.deepEqual(kinds(run(state, 3, aSituation("zone-entry"))), ["raised"]);
  assert.ok(acknowledge(state, "A1", AMAL, after(4)).ok);
  assert.deepEqual(kinds(run(state, 20, aSituation("zone-entry"), aSituation("inbound-unassessed"))), ["escalated"]);
  assert.equal(state.open.size, 1);
  assert.equal(only(state).level, 1);
  assert.equal(only(state).state, "raised");
  assert.equal(only(state).definitionId, "inbound-unassessed");
  run(state, 40, aSituation("keep-out-inside"), aSituation("inbound-unassessed"));
  assert.deepEqual(kinds(run(state, 42, aSituation("keep-out-inside"), aSituation("inbound-unassessed"))), []);
  assert.equal(only(state).definitionId, "keep-out-inside");
  // What it says follows the condition; its level does not fall while it is open.
  run(state, 50, aSituation("zone-entry"));
  run(state, 54, aSituation("zone-entry"));
  assert.equal(only(state).definitionId, "zone-entry");
  assert.equal(only(state).level, 1);
});

test("shelving wants a reason, and lasts at most 15 min for the highest level and an hour for the second", () => {
  const state = raised("keep-out-inside");
  const code = (request: { reason: string; until: ReturnType<typeof after> }) => {
    const outcome = shelve(state, "A1", request, AMAL, after(20));
    return outcome.ok ? "ok" : outcome.error.code;
  };
  assert.equal(code({ reason: "  ", until: after(60) }), "no-reason");
  assert.equal(code({ reason: "police helicopter", until: after(20) }), "too-long");
  assert.equal(code({ reason: "police helicopter", until: after(20 + 901) }), "too-long");
  assert.equal(code({ reason: "police helicopter", until: after(20 + 900) }), "ok");
  assert.equal(only(state).shelvedReason, "police helicopter");
  assert.equal(only(state).shelvedBy!.name, "Amal");
  const second = raised("zone-entry");
  assert.ok(shelve(second, "A1", { reason: "known", until: after(20 + 3600) }, AMAL, after(20)).ok);
});

test("a shelved alarm that still holds calls again when its time is over; one whose condition is gone is cleared", () => {
  const state = raised("zone-entry");
  shelve(state, "A1", { reason: "known", until: after(300) }, AMAL, after(20));
  assert.deepEqual(kinds(run(state, 299, aSituation("zone-entry"))), []);
  assert.deepEqual(kinds(run(state, 300, aSituation("zone-entry"))), ["shelf-expired"]);
  assert.equal(only(state).state, "raised");
  assert.equal(only(state).shelvedUntil, undefined);
  shelve(state, "A1", { reason: "known", until: after(600) }, AMAL, after(301));
  run(state, 310);
  assert.deepEqual(kinds(run(state, 325)), ["cleared"]);
});

test("a shelved alarm that rises in level comes off the shelf", () => {
  const state = raised("zone-entry");
  shelve(state, "A1", { reason: "known", until: after(3000) }, AMAL, after(20));
  assert.deepEqual(kinds(run(state, 30, aSituation("inbound-unassessed"))), ["escalated"]);
  assert.equal(only(state).shelvedUntil, undefined);
});

test("unshelving calls again; what is not shelved cannot be", () => {
  const state = raised("zone-entry");
  const early = unshelve(state, "A1", BEN, after(11));
  assert.ok(!early.ok && early.error.code === "not-shelved");
  shelve(state, "A1", { reason: "known", until: after(300) }, AMAL, after(20));
  assert.ok(unshelve(state, "A1", BEN, after(21)).ok);
  assert.equal(only(state).state, "raised");
});

test("with two operators: one holds, the other cannot take it without saying so, but may always acknowledge", () => {
  const state = raised("zone-entry");
  assert.ok(hold(state, "A1", AMAL, after(11)).ok);
  const refused = hold(state, "A1", BEN, after(12));
  assert.ok(!refused.ok && refused.error.code === "held-by-another");
  assert.ok(refused.error.message.includes("Amal"));
  const notHis = release(state, "A1", BEN, after(12));
  assert.ok(!notHis.ok && notHis.error.code === "held-by-another");
  const acknowledged = acknowledge(state, "A1", BEN, after(13));
  assert.ok(acknowledged.ok && acknowledged.value[0]!.by!.name === "Ben");
  const taken = hold(state, "A1", BEN, after(14), true);
  assert.ok(taken.ok && taken.value[0]!.alert.heldBy === "Ben");
  assert.ok(release(state, "A1", BEN, after(15)).ok);
  assert.equal(only(state).heldBy, undefined);
});

test("tracks are held the same way", () => {
  const state = createAlerting();
  assert.ok(holdTrack(state, "T1", AMAL, after(0)).ok);
  assert.ok(!holdTrack(state, "T1", BEN, after(1)).ok);
  assert.ok(holdTrack(state, "T1", BEN, after(1), true).ok);
  assert.ok(!releaseTrack(state, "T1", AMAL).ok);
  assert.ok(releaseTrack(state, "T1", BEN).ok);
  assert.ok(!releaseTrack(state, "T1", BEN).ok);
});

test("nothing can be done with an alarm that is not there, and acknowledging twice is told, not repeated", () => {
  const state = raised("zone-entry");
  for (const outcome of [
    acknowledge(state, "A9", AMAL, after(20)),
    shelve(state, "A9", { reason: "x", until: after(30) }, AMAL, after(20)),
    unshelve(state, "A9", AMAL, after(20)),
    hold(state, "A9", AMAL, after(20)),
    release(state, "A9", AMAL, after(20)),
  ])
    assert.ok(!outcome.ok && outcome.error.code === "unknown-alert");
  assert.ok(acknowledge(state, "A1", AMAL, after(20)).ok);
  const twice = acknowledge(state, "A1", BEN, after(21));
  assert.ok(!twice.ok && twice.error.code === "already-acknowledged");
});

test("a group's alarm takes in the alarms of its tracks, and keeps its name though the group's identifier changes", () => {
  const state = createAlerting();
  const members = ["T1", "T2", "T3", "T4"];
  run(state, 0, ...members.slice(0, 2).map((key) => aSituation("zone-entry", key)));
  run(state, 3, ...members.slice(0, 2).map((key) => aSituation("zone-entry", key)));
  assert.equal(state.open.size, 2);
  run(state, 4, aSituation("swarm", "near-T1", { tracks: members }));
  assert.deepEqual(kinds(run(state, 6, aSituation("swarm", "near-T1", { tracks: members }))), ["raised", "merged", "merged"]);
  assert.equal(state.open.size, 1);
  const { id } = only(state);
  assert.deepEqual(kinds(run(state, 7, aSituation("swarm", "G4", { tracks: members }))), []);
  assert.equal(only(state).id, id);
  assert.equal(state.open.size, 1);
});

test("a track that falls out of its group's alarm for a moment does not call by itself; one that stays out for more than 20 s does", () => {
  const state = createAlerting();
  const members = ["T1", "T2", "T3", "T4"];
  const whole = aSituation("swarm", "G1", { tracks: members });
  const less = aSituation("swarm", "G1", { tracks: members.slice(1) });
  run(state, 0, whole);
  assert.deepEqual(kinds(run(state, 2, whole)), ["raised"]);
  assert.deepEqual(kinds(run(state, 3, less, aSituation("inbound-unassessed", "T1"))), []);
  assert.deepEqual(kinds(run(state, 4, whole)), []);
  assert.deepEqual(kinds(run(state, 24, less, aSituation("inbound-unassessed", "T1"))), []);
  assert.deepEqual(kinds(run(state, 24.1, less, aSituation("inbound-unassessed", "T1"))), ["raised"]);
});

test("a group's alarm takes in that of a track that is no more and flew beside three of its members, and not that of one that flew beside others", () => {
  const state = createAlerting();
  const lost = [
    aSituation("zone-entry", "T8", { beside: ["T1", "T2", "T3", "T8"] }),
    aSituation("zone-entry", "T9", { beside: ["T1", "T2", "T9", "T10"] }),
  ];
  run(state, 0, ...lost);
  assert.deepEqual(kinds(run(state, 4, ...lost)), ["raised", "raised"]);
  // Both tracks are gone; the rest of T8's group begins to call.
  const group = aSituation("swarm", "G1", { tracks: ["T1", "T2", "T3", "T4"] });
  run(state, 5, group);
  assert.deepEqual(kinds(run(state, 7, group)), ["raised", "merged"]);
  assert.deepEqual(
    openAlerts(state).map(({ subject }) => subject),
    ["G1", "T9"],
  );
});

test("a situation that has to hold for longer than its definition says calls after that time, and begins anew when it breaks", () => {
  const state = createAlerting();
  const unsure = aSituation("zone-entry", "T1", { holdFor: 10 });
  assert.deepEqual(kinds(run(state, 0, unsure)), []);
  assert.deepEqual(kinds(run(state, 5, unsure)), []);
  assert.deepEqual(kinds(run(state, 6)), []);
  assert.deepEqual(kinds(run(state, 7, unsure)), []);
  assert.deepEqual(kinds(run(state, 16, unsure)), []);
  assert.deepEqual(kinds(run(state, 17, unsure)), ["raised"]);
  // It became sure: the definition's own 4 s are enough, and they are over.
  const other = createAlerting();
  run(other, 0, unsure);
  assert.deepEqual(kinds(run(other, 5, aSituation("zone-entry", "T1"))), ["raised"]);
});

test("what is simulated is named so, and never shares an alarm with what is live", () => {
  const state = createAlerting();
  const both = [aSituation("inbound-unassessed", "T1"), aSituation("inbound-unassessed", "SIM-T1", { origin: "simulated" })];
  run(state, 0, ...both);
  assert.deepEqual(
    openAlerts(state)
      .map(({ id }) => id)
      .sort(),
    ["A1", "SIM-A2"],
  );
});

test("disabled and unknown definitions are passed over", () => {
  const merged = mergeDefinitions([{ id: "off-plan", enabled: false }]);
  assert.ok(merged.ok);
  const state = createAlerting();
  for (const seconds of [0, 60])
    updateAlerts(state, [aSituation("off-plan"), aSituation("nonsense")], { now: after(seconds), definitions: merged.value });
  assert.equal(state.open.size, 0);
});

test("a site can move delays and levels, but not switch off or lower what keeps inbound tracks from being left unassessed", () => {
  const merged = mergeDefinitions([{ id: "sensor-degraded", level: 1, onDelay: 1 as never, offDelay: 2 as never }]);
  assert.ok(merged.ok);
  const definition = merged.value.find(({ id }) => id === "sensor-degraded")!;
  assert.deepEqual([definition.level, definition.onDelay, definition.offDelay, definition.latching], [1, 1, 2, true]);
  const code = (change: Parameters<typeof mergeDefinitions>[0][number]) => {
    const outcome = mergeDefinitions([change]);
    return outcome.ok ? "ok" : outcome.error.code;
  };
  assert.equal(code({ id: "inbound-unassessed", enabled: false }), "mandatory");
  assert.equal(code({ id: "keep-out-inside", level: 2 }), "mandatory");
  assert.equal(code({ id: "take-cover", onDelay: 600 as never }), "mandatory");
  assert.equal(code({ id: "no-such" }), "unknown-alarm");
});

test("the default set: ids are unique, every level 1 latches, each has a condition and an action", () => {
  assert.equal(new Set(ALARM_DEFINITIONS.map(({ id }) => id)).size, ALARM_DEFINITIONS.length);
  for (const { level, latching, conditionKey, actionKey } of ALARM_DEFINITIONS) {
    assert.ok(level !== 1 || latching);
    assert.ok(conditionKey.startsWith("alarm.") && actionKey.startsWith("action."));
  }
});

test("the figures: calls in 10 minutes and an hour, share of levels, noisiest source first", () => {
  const state = createAlerting();
  // Four of level 3 at 0 s, one of level 2 at 3,000 s and one of level 1 at 3,550 s.
  for (const sensor of ["a", "b", "c", "d"])
    run(state, -10, ...["a", "b", "c", "d"].map((id) => aSituation("sensor-degraded", id, { tracks: [sensor] })));
  const sensors = ["a", "b", "c", "d"].map((id) => aSituation("sensor-degraded", id));
  run(state, 0, ...sensors);
  run(state, 2997, ...sensors, aSituation("zone-entry", "T1"));
  run(state, 3000, ...sensors, aSituation("zone-entry", "T1"));
  run(state, 3550, ...sensors, aSituation("zone-entry", "T1"), aSituation("inbound-unassessed", "T2"));
  const figures = alertFigures(state, after(3590), 2);
  assert.equal(figures.per10Min, 2);
  assert.equal(figures.ratePerOperatorHour, 3);
  assert.deepEqual(figures.levels, { 1: 1 / 6, 2: 1 / 6, 3: 4 / 6 });
  assert.equal(figures.topSources.length, 6);
  assert.equal(figures.floodMinutes, 0);
  assert.equal(alertFigures(state, after(3590)).ratePerOperatorHour, 6);
});

test("twelve calls at once are a flood for one operator, over when fewer than five lie in ten minutes, and none for two", () => {
  const state = createAlerting();
  const many = Array.from({ length: 12 }, (_, i) => aSituation("inbound-unassessed", `T${i}`));
  run(state, 0, ...many);
  assert.equal(alertFigures(state, after(60)).inFlood, true);
  assert.equal(alertFigures(state, after(3600)).floodMinutes, 10);
  assert.equal(alertFigures(state, after(3600)).inFlood, false);
  assert.equal(alertFigures(state, after(3600), 2).floodMinutes, 0);
});

test("three calls of one source within a minute are chattering; open for more than a day is stale", () => {
  const state = createAlerting();
  const definitions: readonly AlarmDefinition[] = ALARM_DEFINITIONS.map((each) =>
    each.id === "sensor-degraded" ? { ...each, onDelay: 0, offDelay: 0 } : each,
  );
  const on = (seconds: number, present: boolean) =>
    updateAlerts(state, present ? [aSituation("sensor-degraded", "radar-1")] : [], { now: after(seconds), definitions });
  for (let i = 0; i < 3; i++) {
    on(i * 20, true);
    on(i * 20 + 10, false);
  }
  assert.deepEqual(alertFigures(state, after(60)).chattering, [{ definitionId: "sensor-degraded", subject: "radar-1", calls: 3 }]);
  on(100, true);
  assert.equal(only(state).repeats, 3);
  on(100 + 86_400, true);
  assert.deepEqual(alertFigures(state, after(100 + 86_401)).stale, ["A4"]);
});

test("the memory is bounded: the least worthy open alarm makes room for a worse one, each loss is counted, the history keeps 5,000", () => {
  const state = createAlerting();
  const definitions = ALARM_DEFINITIONS.map((each) => ({ ...each, onDelay: 0, offDelay: 0 }));
  const low = Array.from({ length: ALERT_LIMITS.open + 5 }, (_, i) => aSituation("off-plan", `T${i}`));
  updateAlerts(state, low, { now: after(0), definitions });
  assert.equal(state.open.size, ALERT_LIMITS.open);
  assert.equal(state.dropped.refused, 5);
  const changes = updateAlerts(state, [...low, aSituation("inbound-unassessed", "X1")], { now: after(1), definitions });
  assert.ok(changes.some(({ kind, alert }) => kind === "raised" && alert.subject === "X1"));
  assert.equal(state.dropped.open, 1);
  assert.ok(state.open.size <= ALERT_LIMITS.open);
  for (let round = 0; round < 6; round++) {
    updateAlerts(state, [], { now: after(10 + 2 * round), definitions });
    updateAlerts(state, low, { now: after(11 + 2 * round), definitions });
  }
  assert.equal(state.history.length, ALERT_LIMITS.history);
  assert.ok(state.dropped.history > 0);
});

test("any sequence of conditions and hands keeps the state sound, and it survives a snapshot bit for bit", () => {
  const definitions = ["zone-entry", "inbound-unassessed", "keep-out-inside", "off-plan", "swarm"] as const;
  const move = fc.record({
    seconds: fc.integer({ min: 0, max: 400 }),
    holds: fc.array(fc.record({ id: fc.constantFrom(...definitions), track: fc.nat(3) }), { maxLength: 5 }),
    hand: fc.option(fc.record({ what: fc.nat(4), alert: fc.nat(5) }), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(move, { maxLength: 25 }), (moves) => {
      const state = createAlerting();
      let now = 0;
      for (const { seconds, holds, hand } of moves) {
        now += seconds;
        const calls = state.annunciations.length;
        const changes = run(
          state,
          now,
          ...holds.map(({ id, track }) => aSituation(id, id === "swarm" ? "G1" : `T${track}`, { tracks: [`T${track}`] })),
        );
        assert.equal(
          state.annunciations.length - calls,
          changes.filter(({ kind }) => ["raised", "re-raised", "escalated", "shelf-expired"].includes(kind)).length,
        );
        const pairs = new Set<string>();
        for (const [id, { alert, family, seen }] of state.open) {
          assert.equal(alert.id, id);
          assert.notEqual(alert.state, "cleared");
          assert.equal(state.byPair.get(`${family} ${alert.subject}`), id, "one open alarm for one situation");
          assert.ok(!pairs.has(`${family} ${alert.subject}`));
          pairs.add(`${family} ${alert.subject}`);
          assert.equal(alert.state === "shelved", alert.shelvedUntil !== undefined);
          if (alert.state === "acknowledged") assert.ok(seen);
        }
        assert.equal(state.byPair.size, state.open.size);
        for (const { alert } of state.open.values())
          if (alert.level === 1 && alert.state === "returned") assert.ok(alert.lastAt < after(now));
        if (hand !== undefined) {
          const id = `A${hand.alert}`;
          if (hand.what === 0) acknowledge(state, id, AMAL, after(now));
          else if (hand.what === 1) shelve(state, id, { reason: "r", until: after(now + 100) }, AMAL, after(now));
          else if (hand.what === 2) unshelve(state, id, AMAL, after(now));
          else if (hand.what === 3) hold(state, id, BEN, after(now));
        }
      }
      assert.deepEqual(decodeState(encodeState(state)), state);
    }),
    { numRuns: 100 },
  );
});
