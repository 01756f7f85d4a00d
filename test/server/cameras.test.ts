// Slew-to-cue through the whole server: a track from a socket, a person's press over HTTP, a camera that turns.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { angleBetween } from "../../src/core/geodesy/camera-mount.ts";
import { geodeticToEnu, localFrame } from "../../src/core/geodesy/wgs84.ts";
import type { CameraView } from "../../src/core/model/camera.ts";
import type { TrackView } from "../../src/core/model/picture-view.ts";
import { productEngine } from "../../src/server/journal/product-engine.ts";
import { replay } from "../../src/server/journal/replay.ts";
import { softwareVersion } from "../../src/server/software-version.ts";
import { type OnvifCamera, type OnvifCameraOptions, startOnvifCamera } from "../support/onvif-camera.ts";
import { type Items, startSite, type TestSite } from "../support/start-site.ts";

const D = Math.PI / 180;
const PLACE = { latitude: 36.9, longitude: 43.1, height: 320 };

interface Scene {
  site: TestSite;
  camera: OnvifCamera;
  /** Says over Remote ID where a drone is, metres east and north of the camera, and keeps saying it. */
  fly(east: number, north: number, heightHae: number): void;
  /** The same on a circle around the camera, clockwise from north. */
  orbit(radius: number, degreesPerSecond: number, heightHae: number): void;
  post(path: string, body: object): Promise<{ status: number; answer: Record<string, unknown> & { title?: string; detail?: string } }>;
  view(): Promise<CameraView>;
  until(good: (camera: CameraView) => boolean): Promise<CameraView>;
  track(): Promise<TrackView>;
}

async function withScene(
  options: OnvifCameraOptions & { origin?: string; exercise?: boolean; yaml?: string },
  look: (scene: Scene) => Promise<void>,
): Promise<void> {
  const camera = await startOnvifCamera(options);
  const passwordFile = join(tmpdir(), `picket-camera-${process.pid}.txt`);
  writeFileSync(passwordFile, "camera-secret\n");
  const site = await startSite(`
site: { id: test, name: Test, origin: { latitudeDegrees: ${PLACE.latitude}, longitudeDegrees: ${PLACE.longitude}, heightHaeMetres: 300 } }
sources:
  - { id: rid, protocol: remote-id-json, listen: "udp://127.0.0.1:0", origin: ${options.origin ?? "live"} }
cameras:
  - id: mast
    name: Mast
    position: { latitudeDegrees: ${PLACE.latitude}, longitudeDegrees: ${PLACE.longitude}, heightHaeMetres: ${PLACE.height} }
    onvif: "${camera.url}"
    user: picket
    passwordFile: "${passwordFile}"
    mount: { headingDegrees: ${(options.mount?.heading ?? 0) / D} }
    panDegreesPerSecond: ${options.speed ?? 120}
    tiltDegreesPerSecond: ${options.speed ?? 120}
    exercise: ${options.exercise ?? false}
    rulePeriodSeconds: 1
    ${options.yaml ?? ""}
`);
  const socket = createSocket("udp4");
  let timer: NodeJS.Timeout | undefined;
  const port = site.server.sourcePort("rid")!;
  const speak = (east: number, north: number, heightHae: number) => {
    const message = JSON.stringify({
      mac: "60:60:1f:aa:bb:cc",
      rssi: -60,
      drone_lat: PLACE.latitude + north / 111_000,
      drone_long: PLACE.longitude + east / 88_990,
      drone_altitude: heightHae,
      pilot_lat: 0,
      pilot_long: 0,
      basic_id: "1581F00000000000TEST",
    });
    socket.send(`${message}\n`, port, "127.0.0.1");
  };
  const scene: Scene = {
    site,
    camera,
    fly: (east, north, heightHae) => {
      clearInterval(timer);
      const say = () => {
        speak(east, north, heightHae);
      };
      say();
      timer = setInterval(say, 200);
    },
    orbit: (radius, degreesPerSecond, heightHae) => {
      clearInterval(timer);
      const began = performance.now();
      timer = setInterval(() => {
        const angle = ((performance.now() - began) / 1000) * degreesPerSecond * D;
        speak(radius * Math.sin(angle), radius * Math.cos(angle), heightHae);
      }, 200);
    },
    post: async (path, body) => {
      const response = await fetch(`${site.url}/api/v1/cameras/mast/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      return { status: response.status, answer: (await response.json()) as never };
    },
    view: async () => (await site.get<Items<CameraView>>("cameras")).items[0]!,
    until: async (good) => (await site.until<Items<CameraView>>("cameras", ({ items }) => good(items[0]!), 40)).items[0]!,
    track: async () => {
      const { items } = await site.until<Items<TrackView>>(
        "tracks",
        (answer) => answer.items.some(({ status }) => status !== "tentative"),
        40,
      );
      return items.find(({ status }) => status !== "tentative")!;
    },
  };
  try {
    await scene.until(({ connection }) => connection === "ready");
    await look(scene);
  } finally {
    clearInterval(timer);
    socket.close();
    await site.end();
    await camera.close();
  }
}

/** Angle in degrees between where the camera really looks and where a track really is, as its own server says. */
function missDegrees(scene: Scene, track: TrackView): number {
  const frame = localFrame(PLACE.latitude * D, PLACE.longitude * D, PLACE.height);
  const { latitudeDegrees, longitudeDegrees, heightHaeMetres } = track.position;
  const place = geodeticToEnu(frame, latitudeDegrees * D, longitudeDegrees * D, heightHaeMetres!);
  return angleBetween(scene.camera.looks().direction, place) / D;
}

test("a press turns the camera to the track and says that it got there; a second operator is refused while the first has it by hand", async () => {
  await withScene({ mount: { heading: 90 * D, pitch: 0, roll: 0, tiltZero: 0 } }, async (scene) => {
    scene.fly(400, 600, 420);
    const track = await scene.track();
    const pressed = await scene.post("slew", { trackId: track.id, actor: "Aziz" });
    assert.equal(pressed.status, 200, JSON.stringify(pressed));
    const there = await scene.until(({ slew }) => slew?.outcome === "on-target");
    assert.equal(there.slew!.by, "Aziz");
    const now = await scene.track();
    assert.ok(missDegrees(scene, now) < there.fieldOfViewDegrees! / 2, `${missDegrees(scene, now)} of ${there.fieldOfViewDegrees}`);
    // Azimuth of 400 m east, 600 m north: atan(400/600) = 33.7 degrees, on a mount that faces 90.
    assert.ok(Math.abs(scene.camera.looks().azimuthDegrees - 33.7) < 2);
    assert.equal((await scene.until(({ looksAt }) => looksAt !== null)).looksAt, track.id);

    assert.equal((await scene.post("hold", { actor: "Aziz" })).status, 200);
    const other = await scene.post("slew", { trackId: track.id, actor: "Basma" });
    assert.deepEqual([other.status, other.answer.title, other.answer.detail], [409, "held", "Aziz has Mast by hand"]);
    assert.equal((await scene.post("hold", { actor: "Basma" })).status, 409);
    assert.equal((await scene.post("release", { actor: "Basma" })).status, 409);
    assert.equal((await scene.post("slew", { trackId: track.id, actor: "Aziz" })).status, 200);
    assert.equal((await scene.post("hold", { actor: "Basma", takeOver: true })).status, 200);
    assert.equal((await scene.view()).heldBy, "Basma");
    assert.equal((await scene.post("release", { actor: "Basma" })).status, 200);
    assert.equal((await scene.post("slew", { trackId: track.id, actor: "Carim" })).status, 200);
    const events = await scene.site.get<Items<{ text: string }>>("events");
    assert.ok(events.items.some(({ text }) => text === "Aziz: slew-camera"));
    assert.ok(events.items.some(({ text }) => text.startsWith("camera mast: on-target")));
  });
});

test("a track behind the stop is out of reach, in words, and the camera does not move", async () => {
  await withScene({ pan: { min: -60, max: 60 } }, async (scene) => {
    scene.fly(0, -700, 400);
    const track = await scene.track();
    await scene.post("slew", { trackId: track.id });
    const told = await scene.until(({ slew }) => slew?.outcome === "out-of-reach");
    assert.match(told.slew!.reason, /^it is 1\d\d(\.\d)? degrees beyond the stop of pan$/);
    assert.equal(scene.camera.asked.includes("AbsoluteMove"), false);
    assert.ok(scene.site.server.notices().some(({ text }) => text.startsWith(`${track.id} is out of reach of Mast`)));
  });
});

test("a motor that stalls half way is found out: not reached, with how much is missing", async () => {
  await withScene({}, async (scene) => {
    scene.fly(700, 0, 400);
    const track = await scene.track();
    scene.camera.fault = "stuck";
    await scene.post("slew", { trackId: track.id });
    const told = await scene.until(({ slew }) => slew?.outcome === "not-reached");
    assert.ok(told.slew!.missDegrees! > 40 && told.slew!.missDegrees! < 50, String(told.slew!.missDegrees));
    assert.match(told.slew!.reason, /stands still, 4\d(\.\d)? degrees away/);
  });
});

test("a camera that stops answering is told as lost, and works again when it is back", async () => {
  await withScene({}, async (scene) => {
    scene.fly(300, 300, 400);
    const track = await scene.track();
    scene.camera.fault = "redirect";
    const lost = await scene.until(({ connection }) => connection === "failed");
    assert.match(lost.message, /redirects are not followed/);
    const refused = await scene.post("slew", { trackId: track.id });
    assert.deepEqual([refused.status, refused.answer.title], [409, "not-ready"]);
    scene.camera.fault = "none";
    await scene.until(({ connection }) => connection === "ready");
    assert.equal((await scene.post("slew", { trackId: track.id })).status, 200);
    await scene.until(({ slew }) => slew?.outcome === "on-target");
    const told = scene.site.server
      .notices()
      .map(({ key }) => key)
      .filter((key) => key === "camera-lost" || key === "camera-back");
    assert.deepEqual(told, ["camera-lost", "camera-back"]);
  });
});

test("a camera is never turned to a simulated track unless it is marked for exercises", async () => {
  await withScene({ origin: "simulated" }, async (scene) => {
    scene.fly(300, 300, 400);
    const track = await scene.track();
    assert.equal(track.id.startsWith("SIM-"), true);
    const refused = await scene.post("slew", { trackId: track.id });
    assert.deepEqual([refused.status, refused.answer.title], [409, "not-live"]);
    assert.equal((await scene.post("rule", { enabled: true, follow: track.id })).answer.title, "not-live");
    // The standing rule does not do what a press may not.
    assert.equal((await scene.post("rule", { enabled: true, priorities: ["pending", "unknown"] })).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 1600));
    assert.equal(scene.camera.asked.includes("AbsoluteMove"), false);
  });
  await withScene({ origin: "simulated", exercise: true }, async (scene) => {
    scene.fly(300, 300, 400);
    const track = await scene.track();
    assert.equal((await scene.post("slew", { trackId: track.id })).status, 200);
    await scene.until(({ slew }) => slew?.outcome === "on-target");
  });
});

test("a standing rule is off until an operator switches it on, follows its track, and stops for a hand", async () => {
  await withScene({}, async (scene) => {
    scene.fly(0, 250, 400);
    const track = await scene.track();
    assert.equal((await scene.view()).rule.enabled, false);
    assert.equal((await scene.post("rule", { enabled: true, follow: track.id, actor: "Aziz" })).status, 200);
    const first = await scene.until(({ slew }) => slew?.outcome === "on-target");
    assert.equal(first.slew!.rule, true);
    // 250 m away at 22 m/s, round to the east: the camera comes along.
    scene.orbit(250, 5, 400);
    const followed = await scene.site.until<Items<CameraView>>(
      "cameras",
      () => scene.camera.looks().azimuthDegrees > 15 && scene.camera.looks().azimuthDegrees < 180,
      40,
    );
    assert.equal(followed.items[0]!.slew!.trackId, track.id);
    await scene.post("hold", { actor: "Basma" });
    const moves = () => scene.camera.asked.filter((operation) => operation === "AbsoluteMove").length;
    await scene.site.until<Items<CameraView>>("cameras", () => scene.camera.asked.includes("Stop"), 20);
    const before = moves();
    await new Promise((resolve) => setTimeout(resolve, 1600));
    assert.equal(moves(), before, "nothing turns a camera that a person has by hand");
  });
});

test("three landmarks calibrate a camera that stands askew; the next slew is right, and the mount outlives the server", async () => {
  const mount = { heading: 250 * D, pitch: 3 * D, roll: -2 * D, tiltZero: 0 };
  await withScene({ mount, spaces: ["generic"], yaml: "positions: generic" }, async (scene) => {
    scene.fly(-500, 300, 450);
    const track = await scene.track();
    const refused = await scene.post("slew", { trackId: track.id });
    assert.deepEqual([refused.status, refused.answer.title], [409, "not-calibrated"]);
    // A person turns the camera by its joystick until each landmark is in the middle, and reads pan and tilt off the API.
    const frame = localFrame(PLACE.latitude * D, PLACE.longitude * D, PLACE.height);
    const { enuToGeodetic } = await import("../../src/core/geodesy/wgs84.ts");
    const landmarks = [];
    for (const [name, pan, tilt] of [
      ["tower", -100, 40],
      ["church", 20, 15],
      ["mast", 130, -2],
      ["hill", 70, 8],
    ] as const) {
      scene.camera.turnTo(pan, tilt);
      const raw = (await scene.until(
        (view) => Math.abs((view.pan ?? 9) - pan / 180) < 1e-3 && Math.abs((view.tilt ?? 9) - ((tilt + 30) / 60 - 1)) < 1e-3,
      ))!;
      const { direction } = scene.camera.looks();
      const at = enuToGeodetic(frame, direction[0] * 900, direction[1] * 900, direction[2] * 900);
      landmarks.push({
        name,
        latitudeDegrees: at.latitude / D,
        longitudeDegrees: at.longitude / D,
        heightHaeMetres: at.heightHae,
        pan: raw.pan,
        tilt: raw.tilt,
      });
    }
    const few = await scene.post("calibration", { landmarks: landmarks.slice(0, 2) });
    assert.deepEqual([few.status, few.answer.detail], [409, "at least 3 landmarks are needed, there are 2"]);
    const done = await scene.post("calibration", { landmarks, actor: "Engineer" });
    assert.equal(done.status, 200, JSON.stringify(done.answer));
    assert.ok(Math.abs((done.answer.headingDegrees as number) - 250) < 0.5, JSON.stringify(done.answer));
    assert.ok((done.answer.rmsDegrees as number) < 0.1);
    assert.equal((await scene.post("slew", { trackId: track.id })).status, 200);
    const there = await scene.until(({ slew }) => slew?.outcome === "on-target");
    const now = await scene.track();
    assert.ok(missDegrees(scene, now) < there.fieldOfViewDegrees! / 2, `${missDegrees(scene, now)} of ${there.fieldOfViewDegrees}`);

    await scene.site.stop();
    const again = await startSite(
      `
site: { id: test, name: Test, origin: { latitudeDegrees: ${PLACE.latitude}, longitudeDegrees: ${PLACE.longitude}, heightHaeMetres: 300 } }
cameras:
  - { id: mast, position: { latitudeDegrees: ${PLACE.latitude}, longitudeDegrees: ${PLACE.longitude}, heightHaeMetres: ${PLACE.height} }, onvif: "${scene.camera.url}" }
`,
      scene.site.dataFolder,
    );
    try {
      const { items } = await again.get<Items<CameraView>>("cameras");
      assert.equal(items[0]!.calibration?.landmarks, 4);
      assert.equal(items[0]!.calibration?.by, "Engineer");
    } finally {
      await again.stop();
    }
  });
});

test("the journal of a watch with cameras replays to the same picture, and the replay turns nothing", async () => {
  await withScene({}, async (scene) => {
    scene.fly(300, 400, 400);
    const track = await scene.track();
    await scene.post("slew", { trackId: track.id, actor: "Aziz" });
    await scene.until(({ slew }) => slew?.outcome === "on-target");
    await scene.post("hold", { actor: "Aziz" });
    await scene.post("slew", { trackId: track.id, actor: "Basma" });
    await scene.site.stop();
    const asked = scene.camera.asked.length;
    const report = await replay(join(scene.site.dataFolder, "journal"), productEngine, { softwareVersion: softwareVersion(), every: 0 });
    assert.deepEqual([report.differences, report.failure], [[], undefined]);
    assert.ok(report.compared > 0, "digests were compared");
    assert.equal(scene.camera.asked.length, asked);
  });
});

test("the picture passes through: a JPEG, a stream; never a redirect, never what is no picture", async () => {
  await withScene({}, async (scene) => {
    const url = `${scene.site.url}/api/v1/cameras/mast/picture`;
    const still = await fetch(url);
    assert.equal(still.headers.get("content-type"), "image/jpeg");
    const octets = new Uint8Array(await still.arrayBuffer());
    assert.deepEqual([octets[0], octets[1], octets.at(-2), octets.at(-1)], [0xff, 0xd8, 0xff, 0xd9]);
    // Ten consoles at once are one request to the camera.
    await new Promise((resolve) => setTimeout(resolve, 150));
    const before = scene.camera.pictures;
    await Promise.all(Array.from({ length: 10 }, async () => (await fetch(url)).arrayBuffer()));
    assert.ok(scene.camera.pictures - before <= 2, String(scene.camera.pictures - before));
    await new Promise((resolve) => setTimeout(resolve, 150));
    scene.camera.fault = "not-a-picture";
    const none = await fetch(url);
    assert.equal(none.status, 502);
    assert.match(((await none.json()) as { detail: string }).detail, /is not a JPEG/);
    await new Promise((resolve) => setTimeout(resolve, 150));
    scene.camera.fault = "redirect";
    assert.match(((await (await fetch(url)).json()) as { detail: string }).detail, /redirects are not followed/);
    assert.equal((await fetch(`${scene.site.url}/api/v1/cameras/other/picture`)).status, 404);
  });
  const camera = await startOnvifCamera();
  try {
    await withScene({ yaml: `pictureUrl: "http://127.0.0.1:${camera.port}/stream.mjpeg"` }, async (scene) => {
      const url = `${scene.site.url}/api/v1/cameras/mast/picture`;
      assert.equal((await fetch(url)).headers.get("content-type"), "image/jpeg");
      const abort = new AbortController();
      const stream = await fetch(`${url}?form=mjpeg`, { signal: abort.signal });
      assert.match(stream.headers.get("content-type")!, /^multipart\/x-mixed-replace; boundary=frame$/);
      const reader = stream.body!.getReader();
      let text = "";
      while (!/--frame[\s\S]*--frame/.test(text)) text += Buffer.from((await reader.read()).value!).toString("latin1");
      abort.abort();
    });
  } finally {
    await camera.close();
  }
});

test("a camera without a password file, with a password in its address, or with an id twice does not start the site", async () => {
  const yaml = (camera: string) => `
site: { id: test, name: Test, origin: { latitudeDegrees: 1, longitudeDegrees: 1, heightHaeMetres: 0 } }
cameras: [${camera}]
`;
  const base = "position: { latitudeDegrees: 1, longitudeDegrees: 1, heightHaeMetres: 0 }";
  const refused = async (camera: string, words: RegExp) => assert.rejects(startSite(yaml(camera)), words);
  await refused(`{ id: a, ${base}, onvif: "http://u:p@h/" }`, /without a user or password/);
  await refused(`{ id: a, ${base}, onvif: "http://h/", user: u, passwordFile: "/nowhere/at/all" }`, /cannot be read/);
  await refused(`{ id: a, ${base}, onvif: "http://h/" }, { id: a, ${base}, onvif: "http://h/" }`, /used twice/);
  await refused(`{ id: a, ${base}, onvif: "ftp://h/" }`, /http:\/\/HOST/);
});
