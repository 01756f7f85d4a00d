// Which claims make room in a flood of broadcasts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Micros, micros } from "../base/units.ts";
import type { Identity } from "../model/observation.ts";
import { claimsAbout, keepClaim } from "./claims.ts";
import { createPicture, identityKey, LIMITS, type Picture, type SensorState } from "./picture.ts";

const START = 1_790_000_000_000_000;
const serial = (value: string): Identity => ({ scheme: "remote-id-serial", value });
const RECEIVER = { id: "rid", kind: "remote-id", origin: "live" } as SensorState;
const RADAR = { id: "radar", kind: "radar", origin: "live" } as SensorState;

function aPicture(): Picture {
  const picture = createPicture();
  picture.now = micros(START);
  picture.sensors.set("rid", RECEIVER);
  picture.sensors.set("radar", RADAR);
  return picture;
}

const say = (picture: Picture, value: string) =>
  keepClaim(picture, RECEIVER, { type: "claim", sensorKey: "", about: [serial(value)], statements: { uasType: "multirotor" } } as never);

function aTrack(picture: Picture, id: number, value: string, sensors: readonly string[]): void {
  const at = START as Micros;
  picture.tracks.set(`T${id}`, {
    id,
    origin: "live",
    createdAt: at,
    updatedAt: at,
    identities: new Map([[identityKey(serial(value)), serial(value)]]),
    contributions: new Map(sensors.map((sensor) => [sensor, { lastAt: at, detections: 3 }])),
    classification: "",
  });
}

const holds = (picture: Picture, value: string) => claimsAbout(picture, "live", [serial(value)]).length === 1;

test("a flood of broadcasts never pushes out the claim of a track that a radar sees, however old it is; what goes is counted", () => {
  const picture = aPicture();
  say(picture, "real");
  say(picture, "heard");
  say(picture, "stranger");
  aTrack(picture, 1, "real", ["rid", "radar"]);
  aTrack(picture, 2, "heard", ["rid"]);
  picture.now = micros(START + 1e6);
  for (let i = 0; i < 5 * LIMITS.claims; i++) {
    say(picture, `fake ${i}`);
    assert.ok(picture.claims.size <= LIMITS.claims);
  }
  assert.ok(holds(picture, "real"));
  assert.ok(holds(picture, "heard"), "a track uses it; nothing speaks against it");
  assert.ok(!holds(picture, "stranger"), "no track used it, and it was heard before the others");
  assert.equal(picture.claims.size + picture.dropped.get("claims")!, 5 * LIMITS.claims + 3);
  for (const id of picture.claimByIdentity.values()) assert.ok(picture.claims.has(id), "no identity points to what is gone");
});

test("what is probably no object makes room for what may be one, though a track was made of it", () => {
  const picture = aPicture();
  for (let i = 0; i < 600; i++) {
    say(picture, `honest ${i}`);
    say(picture, `fake ${i}`);
    aTrack(picture, i, `honest ${i}`, ["rid"]);
    aTrack(picture, 1000 + i, `fake ${i}`, ["rid"]);
    picture.judgement.emitters.verdicts.set(`T${1000 + i}`, { links: [], fake: 0.99 });
  }
  for (let i = 0; picture.claims.size < LIMITS.claims; i++) say(picture, `filler ${i}`);
  say(picture, "one more");
  const left = (kind: string) => Array.from({ length: 600 }, (_, i) => holds(picture, `${kind} ${i}`)).filter(Boolean).length;
  assert.equal(left("honest"), 600);
  assert.equal(left("fake"), 600 - LIMITS.claims / 16);
  assert.ok(holds(picture, "one more"));
});

test("when every claim is of a track that a radar sees, the one silent longest goes", () => {
  const picture = aPicture();
  for (let i = 0; i <= LIMITS.claims; i++) {
    aTrack(picture, i, `real ${i}`, ["radar"]);
    say(picture, `real ${i}`);
  }
  assert.equal(picture.claims.size, LIMITS.claims);
  assert.ok(!holds(picture, "real 0"));
});
