import assert from "node:assert/strict";
import { test } from "node:test";
import { metres, micros, radians } from "../core/base/units.ts";
import { createPicture } from "../core/engine/picture.ts";
import { step } from "../core/engine/step.ts";
import { trackViews } from "../core/engine/views.ts";
import type { PictureEvent } from "../core/model/event.ts";
import type { PictureHost } from "./live/picture-host.ts";
import { createMetrics } from "./metrics.ts";

test("broadcasts that are probably no object stay out of the number of tracks, and are counted by themselves", async () => {
  const picture = createPicture();
  let at = Date.UTC(2026, 2, 1) * 1000;
  const give = (event: object) => {
    at += 250_000;
    step(picture, { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent);
  };
  const origin = { latitude: radians(0.644), longitude: radians(0.7522), heightHae: metres(300) };
  const sources = [{ id: "partner", protocol: "cot", origin: "live", timeBasis: "receive", options: {} }];
  give({ type: "configure", softwareVersion: "1", site: { id: "s", name: "S", origin, sources, sensors: [], assets: [], zones: [] } });
  const iso = (us: number) => new Date(us / 1000).toISOString();
  for (let i = 0; i < 12; i++) {
    for (const [uid, lon] of [
      ["a", 43.1],
      ["b", 43.13],
    ]) {
      const xml = `<event version="2.0" uid="${uid}" type="a-u-A-M-F-Q" how="m-r" time="${iso(at)}" start="${iso(at)}" stale="${iso(at + 5e6)}"><point lat="36.9" lon="${lon}" hae="360" ce="5" le="5"/></event>`;
      give({ type: "packet", sourceId: "partner", connection: 0, bytes: new TextEncoder().encode(xml) });
    }
    give({ type: "tick" });
    give({ type: "tick" });
  }
  const tracks = trackViews(picture);
  assert.equal(tracks.length, 2);
  const host = { picture: () => picture, addresses: () => new Map() } as unknown as PictureHost;
  const count = async (name: string) => {
    const { text } = await createMetrics(host, undefined, () => 0).read();
    return [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\d+)$`, "gm"))].reduce((sum, [, value]) => sum + Number(value), 0);
  };
  assert.deepEqual([await count("picket_tracks"), await count("picket_tracks_fake")], [2, 0]);
  picture.judgement.emitters.verdicts.set(tracks[0]!.id, { links: [], fake: 0.97 });
  assert.deepEqual([await count("picket_tracks"), await count("picket_tracks_fake")], [1, 1]);
});
