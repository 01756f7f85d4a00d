import assert from "node:assert/strict";
import { test } from "node:test";
import type { Micros } from "../base/units.ts";
import type { Actor, Command, Effect } from "../model/event.ts";
import { HAND_OVER_TEXT } from "../model/hand-over.ts";
import { commandWatch, isWatchCommand, passWatchTime, watchSummary } from "./hand-over.ts";
import { handOverViews } from "./hand-over-view.ts";
import { createPicture, type Picture } from "./picture.ts";

const BASMA: Actor = { name: "Basma", authenticated: false };
const NILS: Actor = { name: "Nils", authenticated: true, personId: "p2" };

/** "done", or the code of the refusal. */
function ask(picture: Picture, command: Command, actor: Actor): string {
  assert.ok(isWatchCommand(command));
  const effects: Effect[] = [];
  commandWatch(picture, command, actor, "c1", effects);
  const [answer] = effects;
  assert.ok(answer?.type === "command-result");
  return answer.ok ? "done" : (answer.code ?? "?");
}
const at = (picture: Picture, minutes: number) => {
  picture.now = (1_700_000_000_000_000 + minutes * 60e6) as Micros;
};
const offer = (to = "Nils", text = "quiet night"): Command => ({ kind: "hand-over-watch", to, text });

test("the watch is given by one person and taken by another; what was in hand passes on, and everybody is told", () => {
  const picture = createPicture();
  at(picture, 0);
  picture.judgement.alerting.trackHolds.set("T4", { by: "Basma", at: picture.now });
  picture.judgement.alerting.trackHolds.set("T9", { by: "Omar", at: picture.now });
  assert.equal(ask(picture, offer(), BASMA), "done");
  assert.deepEqual(handOverViews(picture)[0]!.summary.held, [
    { id: "T4", by: "Basma" },
    { id: "T9", by: "Omar" },
  ]);
  at(picture, 3);
  assert.equal(ask(picture, { kind: "accept-watch", handOverId: 1 }, NILS), "done");
  const [taken] = handOverViews(picture);
  assert.deepEqual(
    [taken!.state, taken!.by, taken!.byAuthenticated, taken!.from, taken!.text],
    ["accepted", "Nils", true, "Basma", "quiet night"],
  );
  assert.deepEqual(
    [...picture.judgement.alerting.trackHolds].map(([id, { by }]) => [id, by]),
    [
      ["T4", "Nils"],
      ["T9", "Omar"],
    ],
  );
  assert.deepEqual(
    picture.notices.map(({ key }) => key),
    ["watch-offered", "watch-accepted"],
  );
});

test("nobody gives the watch to himself or takes his own, under whatever spelling; nobody takes what is not open", () => {
  const picture = createPicture();
  at(picture, 0);
  assert.equal(ask(picture, offer(" basma "), BASMA), "same-person");
  assert.equal(ask(picture, offer("  "), BASMA), "nobody");
  assert.equal(ask(picture, { kind: "accept-watch", handOverId: 1 }, NILS), "unknown");
  assert.equal(ask(picture, offer(), BASMA), "done");
  assert.equal(ask(picture, { kind: "accept-watch", handOverId: 1 }, { ...BASMA, name: "BASMA" }), "same-person");
  assert.equal(ask(picture, { kind: "accept-watch", handOverId: 1 }, NILS), "done");
  assert.equal(ask(picture, { kind: "accept-watch", handOverId: 1 }, NILS), "accepted");
  // One account is one person, whatever it calls itself.
  assert.equal(ask(picture, offer("Ann"), NILS), "done");
  assert.equal(ask(picture, { kind: "accept-watch", handOverId: 2 }, { ...NILS, name: "Ann" }), "same-person");
});

test("a newer offer replaces an open one, and one that nobody takes lapses after half an hour, once, with a warning", () => {
  const picture = createPicture();
  at(picture, 0);
  ask(picture, offer("Nils"), BASMA);
  ask(picture, offer("Omar"), BASMA);
  assert.deepEqual(
    handOverViews(picture).map(({ to, state }) => [to, state]),
    [
      ["Omar", "open"],
      ["Nils", "replaced"],
    ],
  );
  at(picture, 29.9);
  passWatchTime(picture);
  assert.equal(handOverViews(picture)[0]!.state, "open");
  at(picture, 30);
  passWatchTime(picture);
  passWatchTime(picture);
  assert.equal(handOverViews(picture)[0]!.state, "lapsed");
  assert.equal(picture.notices.filter(({ key }) => key === "watch-lapsed").length, 1);
  assert.equal(ask(picture, { kind: "accept-watch", handOverId: 2 }, NILS), "lapsed");
});

test("the memory is bounded: ten hand-overs, forty entries of each kind with the rest counted, and a text of stated length", () => {
  const picture = createPicture();
  at(picture, 0);
  for (let index = 0; index < 60; index++) picture.judgement.alerting.trackHolds.set(`T${index}`, { by: "Basma", at: picture.now });
  for (let index = 0; index < 15; index++) ask(picture, offer("Nils", "x".repeat(HAND_OVER_TEXT + 5)), BASMA);
  const all = handOverViews(picture);
  assert.deepEqual([all.length, all[0]!.id, all[0]!.text.length], [10, 15, HAND_OVER_TEXT]);
  const summary = watchSummary(picture);
  assert.deepEqual([summary.held.length, summary.more], [40, 20]);
});
