// Replay is the same function fed again: digests agree after each piece, from the beginning and from a snapshot in the middle.

import assert from "node:assert/strict";
import { test } from "node:test";
import { restorePicture, snapshotPicture } from "../../src/core/engine/digest.ts";
import { createPicture } from "../../src/core/engine/picture.ts";
import { step } from "../../src/core/engine/step.ts";
import { sensorViews, trackViews } from "../../src/core/engine/views.ts";
import { productEngine } from "../../src/server/journal/product-engine.ts";
import { sceneSteps } from "../support/scene-events.ts";

test("the same seeded half minute gives the same digest after every second, twice", () => {
  const digests = (): string[] => {
    const picture = createPicture();
    const found: string[] = [];
    let second = 0;
    for (const { events } of sceneSteps("demo", 7, 12)) {
      for (const event of events) step(picture, event);
      if (Math.floor(picture.now / 1e6) !== second) {
        second = Math.floor(picture.now / 1e6);
        found.push(productEngine.pictureDigest(picture));
      }
    }
    return found;
  };
  const first = digests();
  assert.ok(first.length >= 12);
  assert.equal(new Set(first).size, first.length, "every digest differs from the one before");
  assert.deepEqual(digests(), first);
});

test("a picture restored from a snapshot in the middle ends at the same digest as one that ran through", () => {
  const through = createPicture();
  let restored: ReturnType<typeof createPicture> | undefined;
  let count = 0;
  for (const { events } of sceneSteps("demo", 11, 16)) {
    for (const event of events) {
      step(through, event);
      if (restored !== undefined) step(restored, event);
    }
    count += 1;
    if (count === 400) restored = restorePicture(snapshotPicture(through));
  }
  assert.ok(restored !== undefined);
  assert.equal(productEngine.pictureDigest(restored), productEngine.pictureDigest(through));
});

test("the demonstration shows what is there: tracks near true objects, every sensor heard, nothing but simulated", () => {
  const picture = createPicture();
  for (const { events } of sceneSteps("demo", 3, 20)) for (const event of events) step(picture, event);
  const tracks = trackViews(picture);
  assert.ok(tracks.filter((track) => track.status === "confirmed").length >= 8, `${tracks.length} tracks`);
  for (const track of tracks) {
    assert.equal(track.origin, "simulated");
    assert.match(track.id, /^SIM-T\d+$/);
    assert.ok(!["friend", "hostile"].includes(track.affiliation), "those are people's words");
  }
  for (const sensor of sensorViews(picture)) assert.notEqual(sensor.lastAtUs, null, `${sensor.id} was never heard`);
});
