import assert from "node:assert/strict";
import { test } from "node:test";
import { micros } from "../base/units.ts";
import { createTracker, processScan, SPATIAL_SETTINGS, setSensor } from "../tracking/picket-tracker.ts";
import { S_FAKE, S_THREAT, STANDING_SIZE } from "../tracking/tracker-state.ts";
import { createPicture, trackKey } from "./picture.ts";
import { tellStandings } from "./standings.ts";

test("each tracker is told which of its own tracks are fakes and what they threaten, by origin", () => {
  const picture = createPicture();
  for (const origin of ["live", "simulated"] as const) {
    const tracker = createTracker(SPATIAL_SETTINGS);
    setSensor(tracker, {
      id: "rid",
      positionEnu: [0, 0, 0],
      rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      azimuthFrom: "north",
      detectionProbability: 0.9,
      falseDetectionsPerScan: 0,
      cooperative: true,
    });
    for (const [k, identity] of ["a", "b"].entries())
      processScan(tracker, {
        sensorId: "rid",
        t: 1_700_000_000_000_000,
        looked: "detections-only",
        detections: [{ kind: "position3d", z: [1000 * k, 500, 100], variance: [25, 25, 25], identity, handle: 0 }],
      });
    picture.trackers.set(origin, tracker);
    for (const id of [1, 2])
      picture.tracks.set(trackKey(origin, id), {
        id,
        origin,
        createdAt: micros(0),
        updatedAt: micros(0),
        identities: new Map(),
        contributions: new Map(),
        classification: "",
      });
  }
  picture.judgement.emitters.verdicts.set("T2", { fake: 0.9, links: [] });
  picture.judgement.threats.set("SIM-T1", { at: micros(0), score: 0.6, inbound: true, assets: [], zones: [] });
  tellStandings(picture);
  const told = (origin: "live" | "simulated", id: number) => {
    const at = (id - 1) * STANDING_SIZE;
    const { standing } = picture.trackers.get(origin)!;
    return [standing[at + S_FAKE], standing[at + S_THREAT]];
  };
  assert.deepEqual(
    [told("live", 1), told("live", 2), told("simulated", 1), told("simulated", 2)],
    [
      [0, 0],
      [0.9, 0],
      [0, 0.6],
      [0, 0],
    ],
  );
});
