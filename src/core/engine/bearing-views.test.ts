import assert from "node:assert/strict";
import { test } from "node:test";
import { RADIANS_PER_DEGREE as D, metres, radians } from "../base/units.ts";
import { createTracker, processScan, SPATIAL_SETTINGS, setSensor } from "../tracking/picket-tracker.ts";
import { bearingViews } from "./bearing-views.ts";
import { createPicture, type SensorState } from "./picture.ts";

for (const azimuthFrom of ["north", "east"] as const)
  test(`a direction without a track is a ray from its receiver, clockwise from true north (azimuths from ${azimuthFrom})`, () => {
    const picture = createPicture();
    const tracker = createTracker(SPATIAL_SETTINGS);
    picture.trackers.set("exercise", tracker);
    picture.sensors.set("finder", {
      id: "finder",
      position: { latitude: radians(36.9 * D), longitude: radians(43.1 * D), heightHae: metres(300) },
    } as unknown as SensorState);
    setSensor(tracker, {
      id: "finder",
      positionEnu: [0, 0, 0],
      rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      azimuthFrom,
      detectionProbability: 0.9,
      falseDetectionsPerScan: 0.1,
      cooperative: false,
      passive: true,
    });
    const heard = azimuthFrom === "north" ? 60 * D : 30 * D; // 60 degrees from north is 30 from east
    for (let k = 1; k <= 6; k++)
      processScan(tracker, {
        sensorId: "finder",
        t: 1e9 + k * 1e6,
        looked: "detections-only",
        detections: [{ kind: "bearing", z: [heard], variance: [3 * D * (3 * D)], handle: 0 }],
      });
    const [ray, ...rest] = bearingViews(picture);
    assert.deepEqual(rest, []);
    assert.match(ray!.id, /^EX-B\d+$/);
    assert.deepEqual([ray!.sensorId, ray!.latitudeDegrees, ray!.longitudeDegrees, ray!.rangeMetres], ["finder", 36.9, 43.1, 10_000]);
    assert.ok(Math.abs(ray!.azimuthDegrees - 60) < 0.5, String(ray!.azimuthDegrees));
    assert.ok(ray!.sigmaDegrees > 0.5 && ray!.sigmaDegrees < 3, "six looks are surer than one of 3 degrees");
  });
