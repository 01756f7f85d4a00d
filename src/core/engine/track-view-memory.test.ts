import assert from "node:assert/strict";
import { test } from "node:test";
import { sceneSteps } from "../../../test/support/scene-events.ts";
import type { Actor } from "../model/event.ts";
import { createPicture } from "./picture.ts";
import { step } from "./step.ts";
import { trackViews } from "./views.ts";

const OPERATOR: Actor = { name: "Duty officer", authenticated: false };

test("a view that was kept from the last look is the one that would be made now, whatever happened between", () => {
  const picture = createPicture();
  let looks = 0;
  let same = 0;
  let before = new Map<string, unknown>();
  let sequence = 0;
  let dismissed = false;
  for (const { events } of sceneSteps("demo", 3, 30)) {
    for (const event of events) {
      sequence += 1;
      step(picture, { ...event, sequence });
    }
    looks += 1;
    if (looks % 7 !== 0) continue;
    const views = trackViews(picture);
    // A spread picture is another picture: nothing is remembered of it.
    assert.deepEqual(views, trackViews({ ...picture }));
    for (const view of views) if (before.get(view.id) === view) same += 1;
    before = new Map(views.map((view) => [view.id, view]));
    const first = views.find(({ status }) => status === "confirmed");
    if (first === undefined || dismissed || looks < 700) continue;
    dismissed = true;
    sequence += 1;
    const command = { kind: "dismiss-track", trackId: first.id, reason: "bird", text: "" } as const;
    step(picture, { type: "command", sequence, at: picture.now, actor: OPERATOR, command, commandId: "c-1" });
    assert.deepEqual(trackViews(picture), trackViews({ ...picture }));
  }
  assert.ok(dismissed);
  assert.ok(same > 0, "most looks find most tracks as they were");
});
