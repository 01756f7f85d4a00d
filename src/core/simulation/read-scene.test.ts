import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BUILT_IN_SCENES, findScene } from "./built-in-scenes.ts";
import { readScene } from "./read-scene.ts";
import type { Scene } from "./scene.ts";
import { aDrone, aRadar, aScene } from "./test-scenes.ts";

const plain = (scene: Scene): Record<string, unknown> => JSON.parse(JSON.stringify(scene)) as Record<string, unknown>;
function refusal(change: (scene: Record<string, never>) => void): string {
  const scene = plain(aScene([aDrone()], [aRadar()]));
  change(scene as Record<string, never>);
  const read = readScene(scene);
  assert.ok(!read.ok, "refused");
  return `${read.error.path}: ${read.error.message}`;
}

test("every scene that comes with Picket reads back as itself", () => {
  for (const scene of BUILT_IN_SCENES) {
    const read = readScene(plain(scene));
    assert.ok(read.ok, `${scene.name}: ${read.ok ? "" : `${read.error.path}: ${read.error.message}`}`);
    assert.deepEqual(plain(read.value), plain(scene));
  }
});

test("the scenes are what their names say", () => {
  const count = (name: string) => findScene(name)!.objects.reduce((sum, one) => sum + (one.group?.count ?? 1), 0);
  assert.ok(count("demo") >= 15);
  assert.equal(count("swarm"), 30);
  assert.equal(count("migration"), 403);
  assert.equal(count("load"), 500);
  const demo = findScene("demo")!;
  const drones = demo.objects.filter((one) => one.class.startsWith("uas."));
  assert.ok(drones.some((one) => one.remoteId === "yes") && drones.some((one) => one.remoteId === "no" && one.radio === "no"));
  assert.ok(demo.objects.some((one) => one.class.startsWith("bird.")) && demo.objects.some((one) => one.class.startsWith("clutter.")));
  // No scene of Picket's own flies a one-way drone, and no scene at all says how one comes to a place.
  for (const scene of BUILT_IN_SCENES) assert.ok(scene.objects.every((one) => one.class !== "uas.oneway"));
});

test("a slip is told with its place and what was expected", () => {
  assert.equal(
    refusal((scene) => {
      (scene.objects as unknown as Record<string, unknown>[])[0].heightMeters = 5;
    }),
    'objects[0].heightMeters: unknown key; did you mean "heightMetres"?',
  );
  assert.match(
    refusal((scene) => {
      (scene.objects as unknown as Record<string, unknown>[])[0].class = "uas.saucer";
    }),
    /^objects\[0\]\.class: there is no class "uas\.saucer"; classes are uas\.multirotor\.micro/,
  );
  assert.equal(
    refusal((scene) => {
      (scene.sensors as unknown as Record<string, unknown>[])[0].heightMetres = "ten";
    }),
    'sensors[0].heightMetres: expected a number, found "ten"',
  );
  assert.equal(
    refusal((scene) => {
      (scene as Record<string, unknown>).sensors = [];
    }),
    "scene.sensors: expected 1 to 100 entries, found 0",
  );
  assert.match(
    refusal((scene) => {
      const objects = scene.objects as unknown as unknown[];
      objects.push(objects[0]);
    }),
    /two entries have the id "drone"/,
  );
  assert.match(
    refusal((scene) => {
      (scene.objects as unknown as Record<string, unknown>[])[0].group = { count: 6000, shape: "flock", spacingMetres: 5 };
    }),
    /^objects\[0\]\.group\.count: expected 1 to 5000/,
  );
});

test("a one-way drone may be seen to fly by, but has no approach", () => {
  const with_ = (motion: Scene["objects"][number]["motion"]) =>
    readScene(plain(aScene([aDrone({ class: "uas.oneway", motion })], [aRadar()])));
  const by = { eastMetres: 0, northMetres: 0 };
  assert.ok(with_({ kind: "orbit", centre: by, radiusMetres: 3000 }).ok);
  const refused = with_({ kind: "approach", from: { eastMetres: 5000, northMetres: 0 }, towards: by, standoffMetres: 0, hoverSeconds: 0 });
  assert.ok(!refused.ok);
});

test("anything at all is read or refused, never thrown at", () => {
  fc.assert(fc.property(fc.anything(), (value) => typeof readScene(value).ok === "boolean"));
  // And any one part of a good scene replaced by anything.
  const keys = ["name", "title", "seed", "start", "origin", "wind", "qnhHectopascals", "objects", "sensors", "durationSeconds"];
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.anything(), (key, value) => {
      const read = readScene({ ...plain(aScene([aDrone()], [aRadar()])), [key]: value });
      return typeof read.ok === "boolean";
    }),
  );
});
