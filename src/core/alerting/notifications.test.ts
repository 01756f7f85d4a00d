import assert from "node:assert/strict";
import { test } from "node:test";
import type { NotificationReceipt } from "../model/alert.ts";
import type { ChannelConfiguration } from "../model/site.ts";
import { ALARM_DEFINITIONS } from "./alarm-definitions.ts";
import { createAlerting, updateAlerts } from "./alerts.ts";
import {
  alertNotification,
  channelsFor,
  coverNotification,
  createNotifications,
  pendingNotifications,
  takeReceipt,
  testNotification,
  undelivered,
} from "./notifications.ts";
import { createCover, requestTakeCover } from "./take-cover.ts";
import { AMAL, after, aSituation } from "./test-situations.ts";

const CHANNELS: readonly ChannelConfiguration[] = [
  { id: "duty-mail", levels: [1], takeCover: true, exercise: false },
  { id: "hook", levels: [1, 2], takeCover: false, exercise: false },
  { id: "drill", levels: [1, 2, 3], takeCover: true, exercise: true },
];
const receipt = (notificationId: number, channel: string, state: NotificationReceipt["state"], seconds = 1): NotificationReceipt => ({
  notificationId,
  channel,
  state,
  at: after(seconds),
  message: state === "failed" ? "connection refused" : "",
});
const order = (origin: "live" | "exercise" = "live") => {
  const made = requestTakeCover(createCover(), { assetIds: [], text: "go", origin }, [], AMAL, after(0));
  assert.ok(made.ok);
  return made.value;
};

test("an alarm goes to the channels of its level; what is not live goes only to those marked exercise", () => {
  assert.deepEqual(channelsFor({ kind: "alert", level: 1, origin: "live" }, CHANNELS), ["drill", "duty-mail", "hook"]);
  assert.deepEqual(channelsFor({ kind: "alert", level: 2, origin: "live" }, CHANNELS), ["drill", "hook"]);
  assert.deepEqual(channelsFor({ kind: "alert", level: 1, origin: "simulated" }, CHANNELS), ["drill"]);
  assert.deepEqual(channelsFor({ kind: "alert", level: 1, origin: "recorded" }, CHANNELS), ["drill"]);
});

test("an order to take cover goes to every channel that is marked for it, whatever its levels; an exercise's only to exercise channels", () => {
  assert.deepEqual(channelsFor({ kind: "take-cover", level: 1, origin: "live" }, CHANNELS), ["drill", "duty-mail"]);
  assert.deepEqual(channelsFor({ kind: "all-clear", level: 1, origin: "exercise" }, CHANNELS), ["drill"]);
});

test("only changes that call are notified: raised is, acknowledged and cleared are not", () => {
  const state = createNotifications();
  const alerting = createAlerting();
  const definitions = ALARM_DEFINITIONS.map((each) => ({ ...each, onDelay: 0, offDelay: 0 }));
  const [raised] = updateAlerts(alerting, [aSituation("zone-entry")], { now: after(0), definitions });
  const notification = alertNotification(state, raised!, "alarm.zone-entry", CHANNELS);
  assert.deepEqual(notification!.channels, ["drill", "hook"]);
  assert.equal(notification!.alertId, "A1");
  const [cleared] = updateAlerts(alerting, [], { now: after(1), definitions });
  assert.equal(cleared!.kind, "cleared");
  assert.equal(alertNotification(state, cleared!, "alarm.zone-entry", CHANNELS), undefined);
  assert.equal(alertNotification(state, raised!, "alarm.zone-entry", []), undefined);
});

test("never a silent failure: given up, or without an answer for 5 s, an order to take cover is undelivered on that channel", () => {
  const state = createNotifications();
  const sent = coverNotification(state, order(), "Depot", CHANNELS, after(0));
  assert.deepEqual(undelivered(state, after(5)), []);
  takeReceipt(state, receipt(sent.id, "drill", "delivered"));
  assert.deepEqual(
    undelivered(state, after(6)).map(({ channel, kind }) => [channel, kind]),
    [["duty-mail", "take-cover"]],
  );
  takeReceipt(state, receipt(sent.id, "duty-mail", "failed"));
  assert.equal(undelivered(state, after(7))[0]!.message, "connection refused");
  takeReceipt(state, receipt(sent.id, "duty-mail", "delivered"));
  assert.deepEqual(undelivered(state, after(8)), []);
});

test("an order that no channel takes is told as undelivered", () => {
  const state = createNotifications();
  coverNotification(state, order("exercise"), "Depot", CHANNELS.slice(0, 2), after(0));
  assert.deepEqual(
    undelivered(state, after(0)).map(({ channel }) => channel),
    ["-"],
  );
});

test("a failure is held up until a later one of its kind got through on that channel, or for ten minutes", () => {
  const state = createNotifications();
  const test1 = testNotification(state, "hook", "live", "Amal", CHANNELS, after(0))!;
  takeReceipt(state, receipt(test1.id, "hook", "failed"));
  assert.equal(undelivered(state, after(599)).length, 1);
  assert.equal(undelivered(state, after(602)).length, 0, "told after 1 s");
  const test2 = testNotification(state, "hook", "live", "Amal", CHANNELS, after(100))!;
  takeReceipt(state, receipt(test2.id, "hook", "sent"));
  assert.equal(undelivered(state, after(110)).length, 0);
});

test("a test goes to the channel that it names, with its origin as label, also where the channel takes live alarms only", () => {
  const state = createNotifications();
  assert.deepEqual(testNotification(state, "hook", "live", "Amal", CHANNELS, after(0))!.channels, ["hook"]);
  const labelled = testNotification(state, "hook", "exercise", "Amal", CHANNELS, after(0))!;
  assert.deepEqual([labelled.origin, labelled.channels], ["exercise", ["hook"]]);
  assert.equal(testNotification(state, "nowhere", "live", "Amal", CHANNELS, after(0)), undefined);
});

test("receipts that nobody asked for are counted, a late 'sent' does not undo a delivery, and the memory keeps 500", () => {
  const state = createNotifications();
  const first = testNotification(state, "hook", "live", "Amal", CHANNELS, after(0))!;
  assert.equal(takeReceipt(state, receipt(99, "hook", "sent")), false);
  assert.equal(takeReceipt(state, receipt(first.id, "drill", "sent")), false);
  assert.equal(state.strayReceipts, 2);
  takeReceipt(state, receipt(first.id, "hook", "delivered"));
  takeReceipt(state, receipt(first.id, "hook", "retrying"));
  assert.equal(state.sent.get(first.id)!.receipts.get("hook")!.state, "delivered");
  for (let i = 0; i < 600; i++) testNotification(state, "hook", "live", "Amal", CHANNELS, after(i));
  assert.equal(state.sent.size, 500);
  assert.equal(state.sent.has(first.id), false, "what was delivered goes first");
  assert.equal(state.forgotten, 100);
});

test("what had no receipt or was to be tried again is pending; a failure told long afterwards is held up from then on", () => {
  const state = createNotifications();
  const sent = coverNotification(state, order(), "Depot", CHANNELS, after(0));
  assert.deepEqual(
    pendingNotifications(state).map(({ notification, channels }) => [notification.id, channels]),
    [[sent.id, ["drill", "duty-mail"]]],
  );
  takeReceipt(state, receipt(sent.id, "drill", "delivered"));
  takeReceipt(state, receipt(sent.id, "duty-mail", "retrying"));
  assert.deepEqual(pendingNotifications(state)[0]!.channels, ["duty-mail"]);
  takeReceipt(state, { ...receipt(sent.id, "duty-mail", "failed"), at: after(5000) });
  assert.deepEqual(pendingNotifications(state), []);
  assert.equal(undelivered(state, after(5599)).length, 1);
  assert.equal(undelivered(state, after(5601)).length, 0);
});
