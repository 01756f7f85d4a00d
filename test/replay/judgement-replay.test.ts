// A watch in which people speak: what they said, what was judged and whom was called survive a snapshot and the journal's JSON, bit for bit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeState } from "../../src/core/base/state-codec.ts";
import { restorePicture, snapshotPicture } from "../../src/core/engine/digest.ts";
import { judgedFields, judgementView } from "../../src/core/engine/judgement-views.ts";
import { createPicture, type Picture } from "../../src/core/engine/picture.ts";
import { step } from "../../src/core/engine/step.ts";
import { trackViews } from "../../src/core/engine/views.ts";
import type { Actor, Command, Effect, PictureEvent } from "../../src/core/model/event.ts";
import { asJournalled } from "../../src/server/journal/event-codec.ts";
import { productEngine } from "../../src/server/journal/product-engine.ts";
import { demonstrationSite, SCENE_START, sceneSteps, type WithoutStamps } from "../support/scene-events.ts";

const SECONDS = 60;
const OKONKWO: Actor = { name: "Okonkwo", authenticated: false };

const HOUR = 3600 * 1_000_000;

/** What people say at a second of the scene, with what they see at that moment. */
function said(picture: Picture, second: number): readonly Command[] {
  const tracks = trackViews(picture).filter(({ status }) => status === "confirmed");
  const [first, second_, third] = tracks;
  const alert = judgementView(picture).alerts.find(({ state }) => state === "raised");
  const expiresAt = (picture.now + HOUR) as Picture["now"];
  switch (second) {
    case 12:
      return [
        { kind: "dismiss-track", trackId: first!.id, reason: "balloon", text: "drifts" },
        { kind: "set-wind", wind: { east: 3, north: -1, sigma: 2 } },
      ];
    case 15:
      return [{ kind: "declare", trackId: second_!.id, question: "affiliation", value: "hostile", reason: "seen by the tower", expiresAt }];
    case 18:
      return [
        {
          kind: "register-friend",
          friend: {
            id: "F1",
            name: "Survey",
            owner: "Engineers",
            identities: [{ scheme: "remote-id-serial", value: "1581F5FKD23800000001" }],
            volumes: [
              {
                shape: { kind: "circle", centre: [0, 0], radius: 2000 },
                floor: 0,
                ceiling: 500,
                startsAt: SCENE_START,
                endsAt: expiresAt,
              },
            ],
            expiresAt,
            from: "api",
            registeredAt: picture.now,
            registeredBy: "Okonkwo",
          },
        },
      ];
    case 24:
    case 36:
      return [
        ...(alert === undefined ? [] : [{ kind: "acknowledge-alert", alertId: alert.id } as const]),
        ...(third === undefined ? [] : [{ kind: "accept-track", trackId: third.id } as const]),
      ];
    case 28:
      return [{ kind: "take-cover", assetIds: ["fuel"], text: "into the shelter" }];
    case 40:
      return [...(third === undefined ? [] : [{ kind: "hold", subject: third.id } as const]), { kind: "all-clear", text: "over" }];
    case 44: {
      // The track of second 15, wherever it is in the list by now.
      const declared = trackViews(picture).find(({ declarations }) => declarations.some(({ question }) => question === "affiliation"));
      return declared === undefined ? [] : [{ kind: "withdraw-declaration", trackId: declared.id, question: "affiliation" }];
    }
    default:
      return [];
  }
}

test("a minute with dismissal, declaration, friend, acknowledgement and cover ends alike from a snapshot in the middle, again and again", () => {
  const site = {
    ...demonstrationSite(),
    channels: [{ id: "siren", kind: "webhook" as const, levels: [1 as const, 2 as const], takeCover: true, exercise: true }],
  };
  const through = createPicture();
  const restored: Picture[] = [];
  const answers: Extract<Effect, { type: "command-result" }>[] = [];
  const delivered: Extract<Effect, { type: "deliver" }>[] = [];
  let asked = 0;
  let lastSecond = 0;
  const waiting: WithoutStamps<PictureEvent>[] = [];
  const scene = sceneSteps("demo", 11, SECONDS, site, {
    more: (_, now) => {
      const second = Math.floor((now - SCENE_START) / 1e6);
      const events = waiting.splice(0);
      if (second !== lastSecond) {
        lastSecond = second;
        for (const command of said(through, second)) {
          asked += 1;
          events.push({ type: "command", commandId: `C${asked}`, actor: OKONKWO, command });
        }
        if (second === 20) events.push({ type: "health", recordingFailed: "the disk is full" });
        if (second === 26) events.push({ type: "health" });
      }
      return events;
    },
  });
  for (const { events } of scene) {
    for (const made of events) {
      const event = asJournalled(made);
      const effects = step(through, event);
      for (const copy of restored) assert.ok(Buffer.from(encodeState(step(copy, event))).equals(encodeState(effects)), "the same effects");
      for (const effect of effects) {
        if (effect.type === "command-result") answers.push(effect);
        if (effect.type !== "deliver") continue;
        delivered.push(effect);
        const { id, channels } = effect.notification;
        for (const channel of channels)
          waiting.push({ type: "receipt", notificationId: id, channel, state: id % 2 === 0 ? "failed" : "delivered", message: "" });
      }
    }
    const seconds = Math.round((through.now - SCENE_START) / 1e4) / 100;
    // Before anybody spoke, between declaration and friend, while cover is ordered, and after all of it.
    if ([10, 17, 30, 50].some((at) => seconds === at + 0.01)) restored.push(restorePicture(snapshotPicture(through)));
  }
  assert.equal(restored.length, 4);
  assert.ok(asked >= 9, `${asked} commands`);
  assert.deepEqual(
    answers.filter(({ ok }) => !ok),
    [],
    "every command was carried out",
  );
  assert.equal(answers.length, asked);
  assert.ok(delivered.some(({ notification }) => notification.kind === "take-cover"));
  // What the machine says of itself (here: nothing is recorded, and that call failed) is true whatever the sensors are; all else is of a simulated sky.
  for (const { notification } of delivered) {
    const ofMachine = ["alarm.recording-failed", "alarm.notification-undelivered"].includes(notification.key);
    if (!ofMachine) assert.equal(notification.origin, "simulated", notification.key);
  }
  const end = productEngine.pictureDigest(through);
  for (const copy of restored) assert.equal(productEngine.pictureDigest(copy), end);
  for (const track of trackViews(through)) {
    const { automaticAffiliation, affiliation } = judgedFields(through, track.id);
    assert.ok(!["hostile", "friend"].includes(automaticAffiliation), `automation says ${automaticAffiliation} of ${track.id}`);
    assert.ok(!["hostile", "friend"].includes(affiliation), "the declaration was withdrawn, nobody declared another");
  }
});

test("a snapshot of a version that judged nothing is gone on with: its tracks are judged from then on", () => {
  const picture = createPicture();
  let old: Picture | undefined;
  let count = 0;
  for (const { events } of sceneSteps("demo", 11, 8)) {
    for (const event of events) step(old ?? picture, event);
    count += 1;
    if (count !== 300) continue;
    const { judgement: _, ...unjudged } = picture;
    for (const { openScan } of unjudged.sensors.values())
      for (const context of openScan?.contexts ?? []) delete (context as { features?: unknown }).features;
    old = restorePicture(encodeState(unjudged));
  }
  assert.ok(old !== undefined);
  const tracks = trackViews(old);
  assert.ok(tracks.length > 0);
  for (const { id } of tracks) assert.ok(old.judgement.threats.has(id), `${id} is judged`);
});
