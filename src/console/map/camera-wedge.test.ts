import assert from "node:assert/strict";
import { test } from "node:test";
import type { CameraView } from "../../core/model/camera.ts";
import { wedgeOf } from "./camera-wedge.ts";

// The map's middle is the camera; a metre is a tenth of a pixel.
const view = { width: 800, height: 600, centreX: 0.5, centreY: 0.5, worldSize: 4_007_501.6 };
const camera = (more: Partial<CameraView>): CameraView =>
  ({
    latitudeDegrees: 0,
    longitudeDegrees: 0,
    azimuthDegrees: 90,
    elevationDegrees: 0,
    fieldOfViewDegrees: 90,
    looksAt: "T1",
    slew: { rangeMetres: 1000 },
    ...more,
  }) as CameraView;

test("a camera in the middle that looks east, 90 degrees wide, at a track 1,000 m away: edges to the north-east and south-east, 115 px long", () => {
  const { x, y, edges } = wedgeOf(camera({}), view, 0.1);
  assert.deepEqual([x, y], [400, 300]);
  const reach = 115 * Math.SQRT1_2;
  for (const [edge, dy] of [
    [edges![0], -reach],
    [edges![1], reach],
  ] as const) {
    assert.ok(Math.abs(edge.x - (400 + reach)) < 1e-9 && Math.abs(edge.y - (300 + dy)) < 1e-9);
  }
});

test("without a track it reaches 1,500 m, upwards less far over the ground, and not at all where nobody knows where it looks", () => {
  const length = (more: Partial<CameraView>) => {
    const { edges, x, y } = wedgeOf(camera(more), view, 0.1);
    return Math.hypot(edges![0].x - x, edges![0].y - y);
  };
  assert.ok(Math.abs(length({ looksAt: null }) - 150) < 1e-9);
  assert.ok(Math.abs(length({ elevationDegrees: 60 }) - 57.5) < 1e-9);
  assert.equal(wedgeOf(camera({ azimuthDegrees: null }), view, 0.1).edges, undefined);
});
