// Splits and merges that people order, in the picture alone: drones that say where they are, heard by one receiver or two.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RADIANS_PER_DEGREE as D, metres, micros, radians } from "../base/units.ts";
import type { Command, Effect, PictureEvent } from "../model/event.ts";
import type { Site } from "../model/site.ts";
import { pictureDigest, restorePicture, snapshotPicture } from "./digest.ts";
import { judgementView } from "./judgement-views.ts";
import { createPicture, type Picture } from "./picture.ts";
import { step } from "./step.ts";
import { noticeView, trackViews } from "./views.ts";

const START = 1_790_000_000_000_000;
const PLACE = { latitude: radians(36.9 * D), longitude: radians(43.1 * D), heightHae: metres(300) };
const SITE: Site = {
  id: "test",
  name: "Test",
  origin: PLACE,
  sources: ["near", "far"].map((id) => ({ id, protocol: "remote-id-json", origin: "live", timeBasis: "receive", options: {} })),
  sensors: [],
  assets: [],
  zones: [],
};

interface Drone {
  east: number;
  north: number;
  /** Sources that hear it. */
  by: ("near" | "far")[];
  kind?: "serial" | "caa-registration";
}

function scene() {
  let picture = createPicture();
  const events: PictureEvent[] = [];
  const drones = new Map<string, Drone>();
  let at = START;
  const give = (event: object): Effect[] => {
    const stamped = { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent;
    events.push(structuredClone(stamped));
    return step(picture, stamped);
  };
  give({ type: "configure", site: SITE, softwareVersion: "test" });
  return {
    picture: () => picture,
    events,
    drones,
    /** Seconds at five reports a second; every drone flies north at 10 m/s. */
    pass(time: number) {
      for (let i = 0; i < time * 5; i++) {
        at += 200_000;
        for (const [serial, drone] of drones) {
          drone.north += 2;
          const said = {
            mac: `60:60:1f:00:00:0${serial.at(-1)}`,
            rssi: -60,
            drone_lat: 36.9 + drone.north / 111_000,
            drone_long: 43.1 + drone.east / 88_990,
            drone_altitude: 400,
            basic_id: serial,
            id_type: drone.kind ?? "serial",
          };
          for (const sourceId of drone.by)
            give({ type: "packet", sourceId, connection: 0, bytes: new TextEncoder().encode(JSON.stringify(said)) });
        }
        give({ type: "tick" });
      }
    },
    /** "done", or the code of the refusal. */
    ask(command: Command): string {
      const effect = give({ type: "command", commandId: "c", actor: { name: "Aziz", authenticated: false }, command }).find(
        ({ type }) => type === "command-result",
      );
      assert.ok(effect?.type === "command-result");
      return effect.ok ? "done" : effect.code!;
    },
    ids: () => trackViews(picture).map(({ id }) => id),
    track: (id: string) => trackViews(picture).find((track) => track.id === id)!,
    in: (seconds: number) => micros(at + seconds * 1e6),
    notices: () => picture.notices.map((notice) => noticeView(notice).text),
    goOnFromSnapshot() {
      picture = restorePicture(snapshotPicture(picture));
    },
  };
}

const A = "1581F0000000000TEST1";
const B = "1581F0000000000TEST2";
const named = (picture: Picture, id: string) =>
  [...(picture.tracks.get(id)?.identities.values() ?? [])]
    .map(({ value }) => value)
    .filter((value) => !value.includes(":"))
    .sort();

test("two tracks that a person says are one are shown as one with both names, though what they broadcast differs; after the end they are two", () => {
  const watch = scene();
  watch.drones.set(A, { east: 300, north: 0, by: ["near"] });
  watch.drones.set(B, { east: 340, north: 0, by: ["far"] });
  watch.pass(8);
  assert.deepEqual(watch.ids(), ["T1", "T2"]);
  const order = { kind: "merge-tracks", trackId: "T1", otherId: "T2", reason: "one drone, two labels", expiresAt: watch.in(20) } as const;
  assert.equal(watch.ask(order), "done");
  assert.deepEqual(watch.ids(), ["T1"]);
  watch.pass(5);
  watch.goOnFromSnapshot();
  watch.pass(5);
  assert.deepEqual(watch.ids(), ["T1"]);
  assert.deepEqual(named(watch.picture(), "T1"), [A, B]);
  assert.deepEqual(watch.track("T1").contributions.length, 2);
  const [association] = judgementView(watch.picture()).associations!;
  assert.deepEqual([association!.trackId, association!.others, association!.by], ["T1", ["T2"], "Aziz"]);
  watch.pass(11);
  assert.deepEqual(watch.ids(), ["T1", "T2"]);
  assert.equal(judgementView(watch.picture()).associations, undefined);
  assert.ok(watch.notices().some((text) => /has expired/.test(text)));
});

test("a member of a merge that flies away is shown again, and everybody is told: what may be there is never hidden", () => {
  const watch = scene();
  watch.drones.set(A, { east: 300, north: 0, by: ["near"] });
  watch.drones.set(B, { east: 340, north: 0, by: ["near"] });
  watch.pass(8);
  assert.equal(watch.ask({ kind: "merge-tracks", trackId: "T1", otherId: "T2", reason: "double", expiresAt: watch.in(600) }), "done");
  for (let i = 0; i < 40; i++) {
    watch.drones.get(B)!.east += 15;
    watch.pass(1);
  }
  assert.deepEqual(watch.ids(), ["T1", "T2"]);
  assert.ok(watch.notices().some((text) => /T2, which Aziz says is T1, is \d+ m away/.test(text)));
  for (let i = 0; i < 40; i++) {
    watch.drones.get(B)!.east -= 15;
    watch.pass(1);
  }
  assert.deepEqual(watch.ids(), ["T1"], "and one again when it is back");
});

test("a member that is lost and begins again under another number stays merged", () => {
  const watch = scene();
  watch.drones.set(A, { east: 300, north: 0, by: ["near"] });
  watch.drones.set(B, { east: 340, north: 0, by: ["far"] });
  watch.pass(8);
  watch.ask({ kind: "merge-tracks", trackId: "T1", otherId: "T2", reason: "double", expiresAt: watch.in(600) });
  watch.drones.delete(B);
  watch.pass(18);
  watch.drones.set("1581F0000000000TEST3", { east: 340, north: watch.drones.get(A)!.north, by: ["far"] });
  watch.pass(12);
  assert.deepEqual(watch.ids(), ["T1"]);
});

test("what one receiver hears is another object: it gets a track of its own, and the two never become one while the word stands", () => {
  const watch = scene();
  watch.drones.set(A, { east: 300, north: 0, by: ["near", "far"] });
  watch.pass(8);
  assert.deepEqual(watch.ids(), ["T1"]);
  const far = watch.track("T1").contributions.find(({ sensorId }) => sensorId.includes("far"))!.sensorId;
  const order = { kind: "split-track", trackId: "T1", sensorId: far, reason: "two of a kind", expiresAt: watch.in(600) } as const;
  assert.equal(watch.ask(order), "done");
  watch.pass(30);
  const ids = watch.ids();
  assert.equal(ids.length, 2, ids.join());
  for (const id of ids) assert.equal(watch.track(id).contributions.length, 1);
  assert.deepEqual(
    watch.track("T1").contributions.map(({ sensorId }) => sensorId === far),
    [false],
  );
  const [association] = judgementView(watch.picture()).associations!;
  assert.deepEqual(
    association!.others,
    ids.filter((id) => id !== "T1"),
  );
  assert.equal(
    watch.ask({ kind: "merge-tracks", trackId: "T1", otherId: association!.others[0]!, reason: "no", expiresAt: watch.in(60) }),
    "kept-apart",
  );
  assert.equal(watch.ask({ kind: "withdraw-association", associationId: association!.id }), "done");
  watch.pass(30);
  assert.deepEqual(watch.ids(), ["T1"], "the correlator has its way again");
});

test("what is heard under a name is another object", () => {
  const watch = scene();
  const C = "FIN87astrdge12k8";
  watch.drones.set(A, { east: 300, north: 0, by: ["near"] });
  watch.drones.set(C, { east: 302, north: 0, by: ["far"], kind: "caa-registration" });
  watch.pass(15);
  const id = watch.ids()[0]!;
  assert.deepEqual(watch.ids(), [id], "two labels of one drone");
  const identity = { scheme: "caa-registration", value: C } as const;
  assert.equal(watch.ask({ kind: "split-track", trackId: id, identity, reason: "another drone", expiresAt: watch.in(600) }), "done");
  watch.pass(20);
  assert.equal(watch.ids().length, 2);
  assert.ok(!named(watch.picture(), id).includes(C));
});

test("each reason against an order has its code, and nothing changes", () => {
  const watch = scene();
  watch.drones.set(A, { east: 300, north: 0, by: ["near"] });
  watch.pass(8);
  const near = watch.track("T1").contributions[0]!.sensorId;
  const expiresAt = watch.in(60);
  const merge = { kind: "merge-tracks", trackId: "T1", otherId: "T1", reason: "x", expiresAt } as const;
  assert.equal(watch.ask(merge), "same-track");
  assert.equal(watch.ask({ ...merge, otherId: "T9" }), "unknown-track");
  const split = { kind: "split-track", trackId: "T1", sensorId: near, reason: "x", expiresAt } as const;
  assert.equal(watch.ask(split), "nothing-left");
  assert.equal(watch.ask({ ...split, sensorId: "nobody" }), "not-in-it");
  assert.equal(watch.ask({ ...split, reason: " " }), "no-reason");
  assert.equal(watch.ask({ ...split, expiresAt: watch.in(-1) }), "expired");
  assert.equal(watch.ask({ kind: "split-track", trackId: "T1", reason: "x", expiresAt }), "nothing-named");
  assert.equal(watch.ask({ kind: "withdraw-association", associationId: 7 }), "unknown-association");
  assert.equal(watch.ask({ kind: "track-note", trackId: "T1", text: "  " }), "empty");
  assert.equal(watch.picture().associations, undefined);
});

test("a note stands beside its track with who wrote it, and everything replays bit for bit", () => {
  const watch = scene();
  watch.drones.set(A, { east: 300, north: 0, by: ["near", "far"] });
  watch.pass(8);
  assert.equal(watch.ask({ kind: "track-note", trackId: "T1", text: " looks like the survey drone " }), "done");
  const [note] = judgementView(watch.picture()).notes!;
  assert.deepEqual([note!.trackId, note!.text, note!.by, note!.authenticated], ["T1", "looks like the survey drone", "Aziz", false]);
  const far = watch.track("T1").contributions.find(({ sensorId }) => sensorId.includes("far"))!.sensorId;
  watch.ask({ kind: "split-track", trackId: "T1", sensorId: far, reason: "two", expiresAt: watch.in(20) });
  watch.pass(25);
  const again = createPicture();
  for (const event of watch.events) step(again, event);
  assert.equal(pictureDigest(again), pictureDigest(watch.picture()));
});
