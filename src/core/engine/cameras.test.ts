// Who may turn which camera, and what standing rules do, in the picture alone. The shell's side is in test/server/cameras.test.ts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { RADIANS_PER_DEGREE as D, metres, micros, radians, seconds } from "../base/units.ts";
import type { CameraCommand, CameraConfiguration } from "../model/camera.ts";
import type { Effect, PictureEvent } from "../model/event.ts";
import type { Origin } from "../model/observation.ts";
import type { Affiliation } from "../model/picture-view.ts";
import type { Site } from "../model/site.ts";
import { cameraViews } from "./cameras.ts";
import { pictureDigest, restorePicture, snapshotPicture } from "./digest.ts";
import { createPicture, type Picture } from "./picture.ts";
import { step } from "./step.ts";
import { noticeView, trackViews } from "./views.ts";

const START = 1_790_000_000_000_000;
const PLACE = { latitude: radians(36.9 * D), longitude: radians(43.1 * D), heightHae: metres(300) };

const aCamera = (id: string, more: Partial<CameraConfiguration> = {}): CameraConfiguration => ({
  id,
  name: id,
  position: PLACE,
  heading: radians(0),
  pitch: radians(0),
  roll: radians(0),
  exercise: false,
  holdFor: seconds(60),
  rulePeriod: seconds(2),
  ...more,
});

const aSite = (cameras: CameraConfiguration[], origin: Origin = "live"): Site => ({
  id: "test",
  name: "Test",
  origin: PLACE,
  sources: [{ id: "rid", protocol: "remote-id-json", origin, timeBasis: "receive", options: {} }],
  sensors: [],
  assets: [{ id: "house", name: "House", position: PLACE, radius: metres(100), weight: 1 }],
  zones: [],
  cameras,
});

type WithoutStamps<T> = T extends PictureEvent ? Omit<T, "sequence" | "at"> : never;

/** A picture with cameras that answer in degrees, and drones that say where they are each 200 ms. */
function scene(cameras: CameraConfiguration[], origin: Origin = "live") {
  const picture = createPicture();
  const events: PictureEvent[] = [];
  const drones = new Map<string, [east: number, north: number]>();
  let at = START;
  const give = (event: WithoutStamps<PictureEvent>, into: Picture = picture): Effect[] => {
    const stamped = { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent;
    events.push(structuredClone(stamped));
    return step(into, stamped);
  };
  const ready = () => {
    for (const { id } of cameras)
      give({
        type: "camera-state",
        cameraId: id,
        connection: "ready",
        message: "",
        space: "degrees",
        pose: { pan: 0, tilt: 0, zoom: 0, azimuth: radians(0), elevation: radians(0), fieldOfView: radians(60 * D) },
      });
  };
  give({ type: "configure", site: aSite(cameras, origin), softwareVersion: "test" });
  ready();
  return {
    picture,
    events,
    drones,
    give,
    pass: (time: number): Effect[] => {
      const effects: Effect[] = [];
      for (let i = 0; i < time * 5; i++) {
        at += 200_000;
        for (const [serial, [east, north]] of drones) {
          const message = {
            mac: `60:60:1f:00:00:0${serial.at(-1)}`,
            rssi: -60,
            drone_lat: 36.9 + north / 111_000,
            drone_long: 43.1 + east / 88_990,
            drone_altitude: 400,
            pilot_lat: 0,
            pilot_long: 0,
            basic_id: serial,
          };
          give({ type: "packet", sourceId: "rid", connection: 0, bytes: new TextEncoder().encode(JSON.stringify(message)) });
        }
        effects.push(...give({ type: "tick" }));
      }
      return effects;
    },
    ask: (command: CameraCommand, name = "Aziz"): Effect[] =>
      give({ type: "command", commandId: "c", actor: { name, authenticated: false }, command }),
    view: (index = 0) => cameraViews(picture)[index]!,
    trackId: () => trackViews(picture)[0]!.id,
    notices: () => picture.notices.map((notice) => noticeView(notice).text),
  };
}

const refusal = (effects: readonly Effect[]) => {
  const result = effects.find((effect) => effect.type === "command-result");
  assert.ok(result?.type === "command-result");
  return result.ok ? "done" : result.code;
};
const slews = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.type === "slew" ? [`${effect.cameraId} ${effect.trackId}`] : []));

test("a slew asks the shell for the track's state in the site's frame; nothing turns by itself", () => {
  const { drones, pass, ask, trackId, view } = scene([aCamera("mast")]);
  drones.set("1581F0000000000TEST1", [300, 400]);
  assert.deepEqual(slews(pass(6)), []);
  const [effect] = ask({ kind: "slew-camera", cameraId: "mast", trackId: trackId() }).filter(({ type }) => type === "slew");
  assert.ok(effect?.type === "slew");
  assert.ok(Math.abs(effect.position[0] - 300) < 5 && Math.abs(effect.position[1] - 400) < 5 && Math.abs(effect.position[2] - 100) < 10);
  assert.equal(effect.covariance.length, 36);
  assert.deepEqual([view().slew!.by, view().slew!.rule, view().slew!.outcome], ["Aziz", false, "moving"]);
  assert.deepEqual(slews(pass(5)), []);
});

test("each reason against a slew has its code", () => {
  const { drones, pass, ask, trackId, give } = scene([aCamera("mast")]);
  drones.set("1581F0000000000TEST1", [300, 400]);
  pass(6);
  const id = trackId();
  assert.equal(refusal(ask({ kind: "slew-camera", cameraId: "mast", trackId: "T99" })), "no-track");
  assert.equal(refusal(ask({ kind: "slew-camera", cameraId: "other", trackId: id })), "no-camera");
  ask({ kind: "hold-camera", cameraId: "mast", takeOver: false }, "Basma");
  assert.equal(refusal(ask({ kind: "slew-camera", cameraId: "mast", trackId: id })), "held");
  assert.equal(refusal(ask({ kind: "release-camera", cameraId: "mast" })), "held");
  assert.equal(refusal(ask({ kind: "camera-rule", cameraId: "mast", enabled: true, priorities: ["unknown"], follow: null })), "held");
  assert.equal(refusal(ask({ kind: "release-camera", cameraId: "mast" }, "Basma")), "done");
  assert.equal(refusal(ask({ kind: "release-camera", cameraId: "mast" }, "Basma")), "not-held");
  give({ type: "camera-state", cameraId: "mast", connection: "ready", message: "", space: "generic" });
  assert.equal(refusal(ask({ kind: "slew-camera", cameraId: "mast", trackId: id })), "not-calibrated");
  give({ type: "camera-state", cameraId: "mast", connection: "failed", message: "no answer" });
  assert.equal(refusal(ask({ kind: "slew-camera", cameraId: "mast", trackId: id })), "not-ready");
  for (const origin of ["simulated", "recorded", "exercise"] as const) {
    const other = scene([aCamera("mast")], origin);
    other.drones.set("1581F0000000000TEST1", [300, 400]);
    other.pass(6);
    assert.equal(refusal(other.ask({ kind: "slew-camera", cameraId: "mast", trackId: other.trackId() })), "not-live", origin);
    const marked = scene([aCamera("mast", { exercise: true })], origin);
    marked.drones.set("1581F0000000000TEST1", [300, 400]);
    marked.pass(6);
    assert.equal(refusal(marked.ask({ kind: "slew-camera", cameraId: "mast", trackId: marked.trackId() })), "done", origin);
  }
});

test("a hold ends by itself after its time, with a word; taking it over stops the camera and tells who had it", () => {
  const { pass, ask, view, notices } = scene([aCamera("mast", { holdFor: seconds(3) })]);
  assert.deepEqual(
    ask({ kind: "hold-camera", cameraId: "mast", takeOver: false }, "Basma").map(({ type }) => type),
    ["stop-camera", "command-result"],
  );
  assert.equal(refusal(ask({ kind: "hold-camera", cameraId: "mast", takeOver: false })), "held");
  assert.equal(refusal(ask({ kind: "hold-camera", cameraId: "mast", takeOver: true })), "done");
  assert.equal(view().heldBy, "Aziz");
  assert.ok(notices().includes("Aziz took mast over from Basma"));
  pass(2);
  assert.equal(view().heldBy, "Aziz");
  pass(2);
  assert.equal(view().heldBy, null);
  assert.ok(notices().includes("mast is free again: the hold of Aziz ran out"));
});

test("a standing rule turns to its affiliations alone, each period, not while a person holds, and not once switched off", () => {
  const { drones, pass, ask, trackId, view } = scene([aCamera("mast")]);
  drones.set("1581F0000000000TEST1", [300, 400]);
  pass(6);
  const rule = (enabled: boolean, priorities: Affiliation[]): CameraCommand => ({
    kind: "camera-rule",
    cameraId: "mast",
    enabled,
    priorities,
    follow: null,
  });
  ask(rule(true, ["hostile"]));
  assert.deepEqual(slews(pass(6)), [], "nobody declared anything hostile");
  ask(rule(true, ["hostile", "suspect", "unknown", "pending"]));
  const asked = slews(pass(10));
  assert.ok(asked.length >= 4 && asked.length <= 6, `every 2 s in 10 s: ${asked.length}`);
  assert.equal(new Set(asked).size, 1);
  assert.equal(asked[0], `mast ${trackId()}`);
  assert.equal(view().slew!.rule, true);
  ask({ kind: "hold-camera", cameraId: "mast", takeOver: false });
  assert.deepEqual(slews(pass(6)), []);
  ask({ kind: "release-camera", cameraId: "mast" });
  assert.ok(slews(pass(4)).length > 0);
  ask(rule(false, []));
  assert.deepEqual(slews(pass(6)), []);
});

test("a rule stays ten seconds on a track before it goes to a better ranked one of the same affiliation", () => {
  const { drones, pass, ask, trackId } = scene([aCamera("mast")]);
  drones.set("1581F0000000000TEST1", [2000, 0]);
  pass(6);
  const first = trackId();
  ask({ kind: "camera-rule", cameraId: "mast", enabled: true, priorities: ["suspect", "unknown", "pending"], follow: null });
  pass(1);
  // Nearer to the house, and so ranked before the first.
  drones.set("1581F0000000000TEST2", [300, 0]);
  const turns: string[] = [];
  for (let second = 1; second <= 20; second++) turns.push(...slews(pass(1)));
  const second = turns.find((asked) => asked !== `mast ${first}`);
  assert.ok(second !== undefined, turns.join());
  const change = turns.indexOf(second);
  assert.ok(change >= 4 && change <= 6, `the first for 10 s, asked for every 2 s: ${change}`);
  assert.ok(
    turns.slice(change).every((asked) => asked === second),
    "and then it stays there",
  );
});

test("a rule that follows a track ends with it and does not look for another", () => {
  const { drones, pass, ask, trackId, view, notices } = scene([aCamera("mast")]);
  drones.set("1581F0000000000TEST1", [300, 400]);
  pass(6);
  const id = trackId();
  ask({ kind: "camera-rule", cameraId: "mast", enabled: true, priorities: ["pending", "unknown"], follow: id });
  assert.ok(slews(pass(4)).every((asked) => asked === `mast ${id}`));
  drones.clear();
  drones.set("1581F0000000000TEST2", [-2000, 100]);
  pass(200);
  assert.deepEqual([view().rule.enabled, view().rule.follow], [false, null]);
  assert.ok(notices().includes(`mast no longer follows ${id}: the track has ended`));
  assert.deepEqual(slews(pass(6)), []);
});

test("an answer to an older request changes nothing; out of reach is a notice where a person asked, not where the rule did", () => {
  const { drones, pass, ask, trackId, view, give, notices } = scene([aCamera("mast")]);
  drones.set("1581F0000000000TEST1", [300, 400]);
  pass(6);
  ask({ kind: "slew-camera", cameraId: "mast", trackId: trackId() });
  ask({ kind: "slew-camera", cameraId: "mast", trackId: trackId() });
  give({ type: "slew-result", cameraId: "mast", requestId: 1, outcome: "failed", reason: "late" });
  assert.equal(view().slew!.outcome, "moving");
  give({
    type: "slew-result",
    cameraId: "mast",
    requestId: 2,
    outcome: "out-of-reach",
    reason: "it is 40 degrees beyond the stop of tilt",
  });
  assert.equal(view().slew!.outcome, "out-of-reach");
  const told = notices().filter((text) => text.includes("out of reach")).length;
  assert.equal(told, 1);
  ask({ kind: "camera-rule", cameraId: "mast", enabled: true, priorities: ["pending", "unknown"], follow: null });
  pass(3);
  give({ type: "slew-result", cameraId: "mast", requestId: view().slew!.id, outcome: "out-of-reach", reason: "again" });
  assert.equal(notices().filter((text) => text.includes("out of reach")).length, told);
});

test("the camera looks at a track while it is inside its picture by azimuth, elevation and field of view, and no longer when the pose is old", () => {
  const { drones, pass, ask, trackId, view, give } = scene([aCamera("mast")]);
  drones.set("1581F0000000000TEST1", [300, 400]);
  pass(6);
  ask({ kind: "slew-camera", cameraId: "mast", trackId: trackId() });
  const look = (azimuth: number, elevation: number, width: number) =>
    give({
      type: "camera-state",
      cameraId: "mast",
      connection: "ready",
      message: "",
      pose: { pan: 0, tilt: 0, zoom: 0, azimuth: radians(azimuth * D), elevation: radians(elevation * D), fieldOfView: radians(width * D) },
    });
  // 300 east, 400 north, 100 up: azimuth 36.87, elevation 11.3.
  look(36.9, 11.3, 5);
  assert.equal(view().looksAt, trackId());
  look(36.9, 20, 5);
  assert.equal(view().looksAt, null);
  look(50, 11.3, 30);
  assert.equal(view().looksAt, trackId());
  pass(11);
  assert.equal(view().looksAt, null);
});

test("the same events give the same picture, cameras and all, and a snapshot goes on as the original would", () => {
  const { drones, pass, ask, trackId, picture, events, give } = scene([aCamera("mast"), aCamera("roof")]);
  drones.set("1581F0000000000TEST1", [300, 400]);
  pass(6);
  ask({ kind: "slew-camera", cameraId: "mast", trackId: trackId() });
  ask({ kind: "camera-rule", cameraId: "roof", enabled: true, priorities: ["pending", "unknown"], follow: null });
  const landmarks = [0, 2, 4].map((azimuth, i) => ({
    name: `l${i}`,
    position: {
      latitude: radians(PLACE.latitude + 0.0002 * Math.cos(azimuth)),
      longitude: radians(PLACE.longitude + 0.0003 * Math.sin(azimuth)),
      heightHae: metres(320),
    },
    pan: azimuth / D,
    tilt: 1,
  }));
  ask({ kind: "calibrate-camera", cameraId: "mast", space: "degrees", panUnit: D, tiltUnit: D, landmarks });
  pass(3);
  const again = createPicture();
  for (const event of events) step(again, event);
  assert.equal(pictureDigest(again), pictureDigest(picture));
  const restored = restorePicture(snapshotPicture(picture));
  give({ type: "slew-result", cameraId: "mast", requestId: 1, outcome: "on-target", reason: "", miss: radians(0.001) });
  step(restored, events.at(-1)!);
  assert.equal(pictureDigest(restored), pictureDigest(picture));
  // A changed configuration keeps what is known of a camera that stays, and forgets one that goes.
  give({ type: "configure", site: aSite([aCamera("roof", { name: "Roof" })]), softwareVersion: "test" });
  assert.deepEqual(
    cameraViews(picture).map(({ name, rule }) => [name, rule.enabled]),
    [["Roof", true]],
  );
});
