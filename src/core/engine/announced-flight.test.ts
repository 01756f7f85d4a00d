// An announced flight from the octets of its announcement to the answer on its track, and to its end.

import assert from "node:assert/strict";
import { test } from "node:test";
import { metres, micros, radians, seconds } from "../base/units.ts";
import { parseFriends } from "../identification/friend-files.ts";
import type { PictureEvent } from "../model/event.ts";
import type { Site } from "../model/site.ts";
import { friendViews } from "./judgement-views.ts";
import { createPicture } from "./picture.ts";
import { step } from "./step.ts";
import { trackViews } from "./views.ts";

const DEGREE = Math.PI / 180;
/** 2026-03-01T22:00:00Z, when the announced flight begins; it lasts ten minutes. */
const BEGINS = Date.UTC(2026, 2, 1, 22) * 1000;
const MINUTE = 60_000_000;
const SITE: Site = {
  id: "test",
  name: "Test",
  origin: { latitude: radians(36.9 * DEGREE), longitude: radians(43.1 * DEGREE), heightHae: metres(300) },
  sources: [{ id: "partner", protocol: "cot", origin: "live", timeBasis: "receive", options: {} }],
  sensors: [
    {
      id: "feed",
      name: "Feed",
      kind: "track-feed",
      source: "partner",
      north: "true",
      noise: { horizontal: metres(5), vertical: metres(5) },
      staleAfter: seconds(10),
      offlineAfter: seconds(30),
    },
  ],
  assets: [],
  zones: [],
};

const F3548 = {
  operational_intent: {
    reference: { id: "2f8343be-6482-4d1b-a474-16847e01af1e", manager: "uss1", state: "Accepted", version: 1 },
    details: {
      volumes: [
        {
          volume: {
            outline_circle: { center: { lat: 36.92, lng: 43.1 }, radius: { value: 300, units: "M" } },
            altitude_lower: { value: 300, reference: "W84", units: "M" },
            altitude_upper: { value: 420, reference: "W84", units: "M" },
          },
          time_start: { value: "2026-03-01T22:00:00Z", format: "RFC3339" },
          time_end: { value: "2026-03-01T22:10:00Z", format: "RFC3339" },
        },
      ],
      off_nominal_volumes: [],
      priority: 0,
    },
  },
};

/** Half a minute of a hovering drone that a partner's system reports; `north` m from the middle of the volume, from `at` on. */
function judgedAt(at: number, north: number) {
  const picture = createPicture();
  let now = at - 30_000_000;
  const give = (event: object) => {
    now += 250_000;
    return step(picture, { ...event, sequence: picture.sequence + 1, at: micros(now) } as PictureEvent);
  };
  give({ type: "configure", site: SITE, softwareVersion: "1" });
  const read = parseFriends(F3548, { frame: picture.frame, now: micros(now), from: "api", registeredBy: "Amal" });
  assert.ok(read.ok);
  const command = { kind: "register-friends", friends: read.value };
  const [answer] = give({ type: "command", commandId: "c1", actor: { name: "Amal", authenticated: false }, command });
  assert.ok(answer?.type === "command-result" && answer.ok);
  const iso = (us: number) => new Date(us / 1000).toISOString();
  const latitude = 36.92 + north / 110_980;
  while (now < at) {
    const xml = `<event version="2.0" uid="partner-7" type="a-u-A-M-F-Q" how="m-r" time="${iso(now)}" start="${iso(now)}" stale="${iso(now + 5e6)}"><point lat="${latitude}" lon="43.1" hae="360" ce="5" le="5"/><detail><track course="0" speed="0"/></detail></event>`;
    give({ type: "packet", sourceId: "partner", connection: 0, bytes: new TextEncoder().encode(xml) });
    give({ type: "tick" });
    give({ type: "tick" });
  }
  const [track] = trackViews(picture);
  assert.ok(track !== undefined, "there is a track");
  return { affiliation: track.affiliation, friendId: track.friendId, known: friendViews(picture).length, give, picture };
}

test("a flight announced in the shape of F3548 makes its track an assumed friend, 50 m outside and 30 s late too; 500 m outside or 5 min late not", () => {
  const id = "2f8343be-6482-4d1b-a474-16847e01af1e";
  const cases: [minutes: number, north: number, expected: string, friendId: string | null][] = [
    [5, 0, "assumed-friend", id],
    [5, 350, "assumed-friend", id],
    [5, 800, "unknown", null],
    [10.5, 0, "assumed-friend", id],
    [15, 0, "unknown", null],
  ];
  for (const [minutes, north, expected, friendId] of cases) {
    const { affiliation, friendId: found } = judgedAt(BEGINS + minutes * MINUTE, north);
    assert.deepEqual([affiliation, found], [expected, friendId], `${minutes} min, ${north} m`);
  }
});

test("an announcement is forgotten half an hour after its end: it vouches for nobody and is no longer listed", () => {
  assert.equal(judgedAt(BEGINS + 39 * MINUTE, 0).known, 1);
  assert.equal(judgedAt(BEGINS + 41 * MINUTE, 0).known, 0);
});
