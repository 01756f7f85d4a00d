// What calls people though no track does, through the engine as a whole.

import assert from "node:assert/strict";
import { test } from "node:test";
import { metres, micros, radians } from "../base/units.ts";
import type { Effect, PictureEvent } from "../model/event.ts";
import type { Origin } from "../model/observation.ts";
import type { Site } from "../model/site.ts";
import { judgementView } from "./judgement-views.ts";
import { createPicture, type Picture } from "./picture.ts";
import { step } from "./step.ts";

const DEGREE = Math.PI / 180;
const HERE = { latitude: radians(36.9 * DEGREE), longitude: radians(43.1 * DEGREE), heightHae: metres(300) };

const site = (origin: Origin, more: Partial<Site> = {}): Site => ({
  id: "test",
  name: "Test",
  origin: HERE,
  sources: [{ id: "rid", protocol: "remote-id-json", origin, timeBasis: "receive", options: {} }],
  sensors: [],
  assets: [],
  zones: [],
  channels: [{ id: "mail", levels: [1, 2], takeCover: true, exercise: false }],
  ...more,
});

type WithoutStamps<T> = T extends PictureEvent ? Omit<T, "sequence" | "at"> : never;

function feeder(picture: Picture) {
  let at = 1_790_000_000_000_000;
  const give = (event: WithoutStamps<PictureEvent>): Effect[] => {
    at += 100_000;
    return step(picture, { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent);
  };
  return {
    give,
    configure: (to: Site) => give({ type: "configure", site: to, softwareVersion: "1" }),
    /** Lets so many seconds pass. */
    pass: (seconds: number) => Array.from({ length: 10 * seconds }, () => give({ type: "tick" })).flat(),
  };
}

const called = (picture: Picture) =>
  judgementView(picture).alerts.map(({ definitionId, origin, action }) => [definitionId, origin, action.text]);
const ACTION = "Have the assets and zones of the site entered; until then watch the map yourself";

test("a site without assets and zones says that it assesses nothing, for as long as that is so", () => {
  const picture = createPicture();
  const feed = feeder(picture);
  feed.configure(site("live"));
  const effects = feed.pass(7);
  assert.deepEqual(called(picture), [["nothing-protected", "live", ACTION]]);
  assert.ok(effects.some((effect) => effect.type === "deliver" && effect.notification.key === "alarm.nothing-protected"));
  const square = [0, 1, 2].map((i) => ({ latitude: radians((37 + (i % 2)) * DEGREE), longitude: radians((43 + i) * DEGREE) }));
  feed.configure(site("live", { zones: [{ id: "z", name: "Z", kind: "information", polygon: square }] }));
  feed.pass(7);
  assert.equal(called(picture).length, 1, "an information zone protects nothing");
  feed.configure(site("live", { zones: [{ id: "z", name: "Z", kind: "keep-out", polygon: square }] }));
  feed.pass(7);
  assert.deepEqual(called(picture), []);
  feed.configure(site("simulated"));
  feed.pass(7);
  assert.deepEqual(called(picture), [["nothing-protected", "simulated", ACTION]], "a simulated site's alarm wears its label");
});

test("the test of a channel is as real as the site, also on a channel that takes live messages only", () => {
  for (const origin of ["live", "simulated", "exercise"] as const) {
    const picture = createPicture();
    const feed = feeder(picture);
    feed.configure(site(origin));
    const command = { kind: "test-channel", channel: "mail" } as const;
    const effects = feed.give({ type: "command", commandId: "c1", actor: { name: "Amal", authenticated: true }, command });
    const told = effects.flatMap((effect) => (effect.type === "deliver" ? [effect.notification] : []));
    assert.deepEqual(
      told.map((notification) => [notification.kind, notification.origin, notification.channels]),
      [["test", origin, ["mail"]]],
    );
  }
});
