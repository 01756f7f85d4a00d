import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { micros } from "../base/units.ts";
import { ALARM_DEFINITIONS } from "./alarm-definitions.ts";
import { ALERT_TEXT_KEYS, alertText } from "./alert-text.ts";
import { acknowledge, createAlerting, shelve, updateAlerts } from "./alerts.ts";
import { ATTENTION_RULES } from "./attention.ts";
import { ackSeconds, ackStep, monthOf } from "./audit.ts";
import { auditMonths, selfAudit } from "./self-audit.ts";
import { AMAL, aSituation } from "./test-situations.ts";

/** 2026-02-01T00:00:00Z. */
const FEBRUARY = Date.UTC(2026, 1, 1) * 1000;
const at = (seconds: number) => micros(FEBRUARY + Math.round(seconds * 1e6));
const definitions = ALARM_DEFINITIONS.map((each) => ({ ...each, onDelay: 0, offDelay: 0 }));

test("the month of an instant: the calendar's, in UTC, also in leap years and at midnight", () => {
  assert.equal(monthOf(micros(Date.UTC(2024, 1, 29, 23, 59, 59) * 1000)).month, "2024-02");
  assert.equal(monthOf(micros(Date.UTC(2024, 2, 1) * 1000)).month, "2024-03");
  assert.equal(monthOf(micros(Date.UTC(2026, 11, 31, 23) * 1000)).endsAt, Date.UTC(2027, 0, 1) * 1000);
  fc.assert(
    fc.property(fc.date({ min: new Date("1970-01-01"), max: new Date("2099-12-31"), noInvalidDate: true }), (date) => {
      const { month, startsAt, endsAt } = monthOf(micros(date.getTime() * 1000));
      assert.equal(month, date.toISOString().slice(0, 7));
      assert.equal(startsAt, Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) * 1000);
      assert.equal(endsAt, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) * 1000);
    }),
  );
});

test("a time to acknowledge falls into a step that is at most 10 % above it", () => {
  for (const seconds of [0.2, 1, 5, 20, 60, 600, 3600, 86_400]) {
    const upper = ackSeconds(ackStep(seconds));
    assert.ok(upper >= seconds - 1e-9 && upper <= seconds * 1.1 + 1e-9, `${seconds}: ${upper}`);
  }
});

test("a month by hand: ten alarms in the first hour, eight of level 3, one of 2, one of 1; their acknowledgements; the noisiest; the peak", () => {
  const state = createAlerting();
  // Eight times one sensor, five minutes apart: each is acknowledged after 10 s and gone after 60 s.
  for (let i = 0; i < 8; i++) {
    const start = i * 300;
    updateAlerts(state, [aSituation("sensor-degraded", "radar-1")], { now: at(start), definitions });
    assert.ok(acknowledge(state, `A${i + 1}`, AMAL, at(start + 10)).ok);
    updateAlerts(state, [], { now: at(start + 60), definitions });
  }
  updateAlerts(state, [aSituation("zone-entry", "T1"), aSituation("keep-out-inside", "T2")], { now: at(2400), definitions });
  assert.ok(acknowledge(state, "A10", AMAL, at(2404)).ok);
  assert.ok(shelve(state, "A9", { reason: "known", until: at(2410 + 3600) }, AMAL, at(2410)).ok);
  updateAlerts(state, [], { now: at(3000), definitions });
  updateAlerts(state, [], { now: at(3600), definitions });

  assert.deepEqual(auditMonths(state), ["2026-02"]);
  const audit = selfAudit(state, "2026-02", at(3600), 1)!;
  assert.equal(audit.calls, 10);
  assert.deepEqual(audit.byDefinition, [
    { definitionId: "sensor-degraded", calls: 8 },
    { definitionId: "keep-out-inside", calls: 1 },
    { definitionId: "zone-entry", calls: 1 },
  ]);
  assert.deepEqual(audit.byLevel, { 1: { calls: 1, share: 0.1 }, 2: { calls: 1, share: 0.1 }, 3: { calls: 8, share: 0.8 } });
  assert.equal(audit.byHour[0], 10);
  // Six periods of ten minutes: 2, 2, 2, 2, 2, 0.
  assert.ok(Math.abs(audit.meanPer10Min - 10 / 6) < 1e-12);
  assert.equal(audit.peakPer10Min, 2);
  assert.equal(audit.peakAt, at(0));
  assert.equal(audit.floodShare, 0);
  assert.deepEqual(audit.topTen[0], { definitionId: "sensor-degraded", subject: "radar-1", calls: 8, share: 0.8 });
  assert.equal(audit.toAcknowledge[3].count, 8);
  assert.ok(audit.toAcknowledge[3].median! >= 10 && audit.toAcknowledge[3].median! <= 11);
  assert.ok(audit.toAcknowledge[1].p95! >= 4 && audit.toAcknowledge[1].p95! <= 4.4);
  assert.equal(audit.toAcknowledge[2].count, 0);
  assert.equal(audit.toAcknowledge[2].median, undefined);
  assert.equal(audit.shelved, 1);
  assert.equal(audit.shelvedTooLong, 1, "for the whole hour that the level allows");
  assert.equal(audit.neverAcknowledged, 1, "the shelved one ended without an acknowledgement");
  assert.equal(audit.figures.find(({ key }) => key === "mean-per-10-min")!.met, false);
  assert.equal(audit.figures.find(({ key }) => key === "chattering")!.met, true);
  assert.equal(selfAudit(state, "2026-01", at(3600)), undefined);
  assert.ok(Math.abs(selfAudit(state, "2026-02", at(3600), 2)!.meanPer10Min - 10 / 12) < 1e-12);
});

test("three calls within a minute are chattering, eleven in ten minutes a flood, and an alarm of two days stale", () => {
  const state = createAlerting();
  for (let i = 0; i < 11; i++) {
    updateAlerts(state, [aSituation("overload", "site")], { now: at(20 * i), definitions });
    updateAlerts(state, [], { now: at(20 * i + 10), definitions });
  }
  updateAlerts(state, [aSituation("sensor-lost", "radar-1")], { now: at(1200), definitions });
  const audit = selfAudit(state, "2026-02", at(1200 + 2 * 86_400))!;
  assert.deepEqual(audit.chattering, [{ definitionId: "overload", subject: "site", times: 9 }]);
  assert.ok(audit.floodShare > 0);
  assert.deepEqual(audit.stale, [{ definitionId: "sensor-lost", count: 1 }]);
});

test("two months are kept, the older ones are gone", () => {
  const state = createAlerting();
  for (let month = 0; month < 4; month++) {
    const now = micros(Date.UTC(2026, month, 15) * 1000);
    updateAlerts(state, [aSituation("overload", "site")], { now, definitions });
    updateAlerts(state, [], { now: micros(now + 1e6), definitions });
  }
  assert.deepEqual(auditMonths(state), ["2026-03", "2026-04"]);
});

test("every alarm, action and rule has an English sentence, and none is left over", () => {
  const needed = new Set([
    ...ALARM_DEFINITIONS.flatMap(({ conditionKey, actionKey }) => [conditionKey, actionKey]),
    ...ATTENTION_RULES.map(({ key }) => key),
  ]);
  for (const key of needed) assert.ok(ALERT_TEXT_KEYS.includes(key), key);
  for (const key of ALERT_TEXT_KEYS) if (/^(alarm|action)\./.test(key)) assert.ok(needed.has(key), `${key} is used by nothing`);
});

test("a sentence fills its values in, leaves out a part that has none, and shows a key that it does not know", () => {
  assert.equal(
    alertText("alarm.zone-entry", { track: "T12", asset: "Depot", time: 95, bearing: 40, distance: 1900 }),
    "T12 is expected to enter the keep-out of Depot in 95 s, bearing 40 degrees, 1900 m",
  );
  assert.equal(alertText("alarm.zone-entry", { track: "T12" }), "T12 is expected to enter the keep-out");
  assert.equal(alertText("alarm.companion", { track: "T12" }), "T12 follows ? in its corridor: a second contact that nobody announced");
  assert.equal(alertText("alarm.no-such", {}), "alarm.no-such");
});
