import assert from "node:assert/strict";
import { test } from "node:test";
import { createPicture } from "../../src/core/engine/picture.ts";
import { nextScanDue } from "../../src/core/engine/scans.ts";
import { step } from "../../src/core/engine/step.ts";
import { sceneEvents } from "../support/scene-events.ts";

test("an open look is complete 1 ms after its last detection and 4 ms after its first at the latest, and a tick at that instant closes it", () => {
  const picture = createPicture();
  let opened = 0;
  let longest = 0;
  for (const event of sceneEvents("demo", 1, 12)) {
    const before = nextScanDue(picture);
    if (event.type === "tick" && before !== undefined && before <= event.at) {
      // The tick that comes when the look is complete, as the shell gives it, closes it; the scene's own comes later.
      const copy = structuredClone(picture);
      step(copy, { type: "tick", sequence: copy.sequence + 1, at: Math.max(before, copy.now) as typeof event.at });
      const after = nextScanDue(copy);
      assert.ok(after === undefined || after > Math.max(before, picture.now));
    }
    step(picture, event);
    const due = nextScanDue(picture);
    if (due === undefined) continue;
    opened += 1;
    longest = Math.max(longest, due - picture.now);
  }
  assert.ok(opened > 100, `${opened}`);
  assert.ok(longest <= 1_000, `${longest} us from now`);
});
