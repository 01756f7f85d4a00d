// What single detections hand on to the checks of broadcasts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { micros } from "../base/units.ts";
import { takeFeatures } from "./judgement-inputs.ts";
import { createPicture, LIMITS, type SensorState } from "./picture.ts";

const NOW = 1_790_000_000_000_000;
const identities = [{ scheme: "icao24" as const, value: "4ca7b5" }];
const hand = (kind: string, detection: object, more: object = {}) => {
  const picture = createPicture();
  picture.now = micros(NOW);
  const sensor = { id: "mlat", kind, origin: "live", position: undefined } as SensorState;
  const give = () =>
    takeFeatures(
      picture,
      sensor,
      "live",
      0,
      1,
      { identities, features: { heardAt: micros(NOW) }, ...more } as never,
      detection as never,
      NOW,
    );
  give();
  return { picture, give };
};

test("a transmission that is placed by time differences is compared with what its sender claims", () => {
  const position = { kind: "position2d", z: [1200, -300], variance: [400, 900] };
  const { picture, give } = hand("rf-tdoa", position);
  assert.deepEqual(picture.judgement.fixes, [{ sensorId: "mlat", at: NOW, positionEnu: [1200, -300, 0], sigma: 30, identities }]);
  for (let i = 0; i < 2 * LIMITS.bearings; i++) give();
  assert.equal(picture.judgement.fixes.length, LIMITS.bearings, "bounded");
  assert.deepEqual(hand("rf-tdoa", position, { identities: [] }).picture.judgement.fixes, [], "of nobody");
  assert.deepEqual(hand("radar", position).picture.judgement.fixes, [], "an echo says nothing of who sends");
});
