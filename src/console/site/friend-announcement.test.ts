import assert from "node:assert/strict";
import { test } from "node:test";
import type { Micros } from "../../core/base/units.ts";
import { localFrame } from "../../core/geodesy/wgs84.ts";
import { parseFriends } from "../../core/identification/friend-files.ts";
import { announcementOf, type FriendDraft, newFriend } from "./friend-announcement.ts";

const now = Date.UTC(2026, 10, 24, 3, 40) * 1000;
const draft: FriendDraft = {
  ...newFriend(now, "36.9 43.1"),
  name: "Survey",
  owner: "Works",
  callsign: "EAGLE 2",
  serial: "1581F0000000000TEST1",
};
const context = {
  frame: localFrame((36.9 * Math.PI) / 180, (43.1 * Math.PI) / 180, 300),
  now: now as Micros,
  from: "api",
  registeredBy: "Amal",
} as const;

test("what the form says is an announcement that the server takes: volume, times, call sign, serial, owner, expiry", () => {
  const made = announcementOf(draft, "survey-1");
  assert.ok("body" in made);
  const read = parseFriends(made.body, context);
  assert.ok(read.ok, JSON.stringify(read));
  const [friend] = read.value;
  assert.deepEqual(
    [friend!.id, friend!.name, friend!.owner, friend!.callsign, friend!.identities],
    ["survey-1", "Survey", "Works", "EAGLE 2", [{ scheme: "remote-id-serial", value: "1581F0000000000TEST1" }]],
  );
  assert.equal(friend!.volumes[0]!.startsAt, now);
  assert.equal(friend!.volumes[0]!.endsAt, now + 3600e6);
  assert.equal(friend!.expiresAt, now + 5400e6, "half an hour after its end");
});

test("the field that is wrong first is named", () => {
  const wrongOf = (part: Partial<FriendDraft>) => {
    const made = announcementOf({ ...draft, ...part }, "x");
    return "wrong" in made ? made.wrong : undefined;
  };
  assert.equal(wrongOf({ name: " " }), "name");
  assert.equal(wrongOf({ owner: "" }), "owner");
  assert.equal(wrongOf({ place: "there" }), "place");
  assert.equal(wrongOf({ radius: "0" }), "radius");
  assert.equal(wrongOf({ ceiling: "0" }), "ceiling");
  assert.equal(wrongOf({ to: draft.from }), "to");
  assert.equal(wrongOf({ keptMinutes: "-1" }), "keptMinutes");
});
