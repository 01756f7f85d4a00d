// Sensors that report their own tracks, through the engine as octets of SAPIENT nodes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { metres, micros, RADIANS_PER_DEGREE, radians } from "../base/units.ts";
import type { PictureEvent } from "../model/event.ts";
import type { Site } from "../model/site.ts";
import { createSender, encodeDetection, encodeRegistration, encodeStatus, location, objectUlid } from "../protocols/sapient/encode.ts";
import { deriveUuid } from "../protocols/sapient/identifiers.ts";
import { Registration_NodeType } from "../protocols/sapient/sapient-pb.gen.ts";
import { createPicture } from "./picture.ts";
import { thinningInterval } from "./source-track-thinning.ts";
import { step } from "./step.ts";
import { trackViews } from "./views.ts";

const START = 1_790_000_000_000_000;
const SITE: Site = {
  id: "test",
  name: "Test",
  origin: { latitude: radians(36.9 * RADIANS_PER_DEGREE), longitude: radians(43.1 * RADIANS_PER_DEGREE), heightHae: metres(300) },
  sources: [{ id: "nodes", protocol: "sapient", origin: "live", timeBasis: "receive", options: {} }],
  sensors: [],
  assets: [],
  zones: [],
};
const METRES_PER_DEGREE = 111_000;

/** `count` radars that each report their own track of every object; objects fly north at 15 m/s, 500 m apart. */
function aSite(count: number, objects: number) {
  const picture = createPicture();
  const give = (event: object, at: number) => step(picture, { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent);
  give({ type: "configure", site: SITE, softwareVersion: "test" }, START);
  const nodes = Array.from({ length: count }, (_, i) => createSender(deriveUuid(`radar ${i}`)));
  const packet = (node: number, bytes: Uint8Array, at: number) =>
    give({ type: "packet", sourceId: "nodes", connection: node + 1, bytes }, at);
  nodes.forEach((sender, i) => {
    const description = {
      name: `R${i}`,
      shortName: `R${i}`,
      nodeTypes: [Registration_NodeType.RADAR],
      statusIntervalSeconds: 60,
      tracking: "track",
      form: "location",
      maximumLatencySeconds: 0.1,
      manufacturer: "x",
      model: "y",
    } as const;
    packet(i, encodeRegistration(sender, micros(START), description), START);
    packet(i, encodeStatus(sender, micros(START), {}), START);
  });
  /** Reports each `period` microseconds from `from` to `until` seconds, every node's error a fixed metre or two. */
  const fly = (from: number, until: number, period: number) => {
    for (let t = from * 1e6; t < until * 1e6; t += period) {
      for (let i = 0; i < count; i++) {
        for (let o = 0; o < objects; o++) {
          const at = START + t + i * 100 + o;
          const north = (15 * t) / 1e6 + (i % 3) - 1;
          const place = location({
            latitude: (36.9 + north / METRES_PER_DEGREE) * RADIANS_PER_DEGREE,
            longitude: (43.1 + (500 * o + (i % 2)) / (METRES_PER_DEGREE * 0.8)) * RADIANS_PER_DEGREE,
            height: 400,
            horizontalSigma: 5,
            verticalSigma: 10,
          });
          packet(i, encodeDetection(nodes[i]!, micros(at), { objectId: objectUlid(nodes[i]!, micros(START), o + 1), location: place }), at);
        }
      }
      give({ type: "tick" }, START + t + 20_000);
    }
  };
  /** One report of object `o` by node `i`, `t` microseconds after the start; a tick where `i` is negative. */
  const one = (i: number, o: number, t: number) => {
    const at = START + t;
    if (i < 0) {
      give({ type: "tick" }, at);
      return;
    }
    const place = location({
      latitude: (36.9 + (15 * t) / 1e6 / METRES_PER_DEGREE) * RADIANS_PER_DEGREE,
      longitude: (43.1 + (500 * o) / (METRES_PER_DEGREE * 0.8)) * RADIANS_PER_DEGREE,
      height: 400,
      horizontalSigma: 5,
      verticalSigma: 10,
    });
    packet(i, encodeDetection(nodes[i]!, micros(at), { objectId: objectUlid(nodes[i]!, micros(START), o + 1), location: place }), at);
  };
  return { picture, fly, one };
}

test("one object that three sensors track is one track: their track numbers do not speak against each other", () => {
  const { picture, fly } = aSite(3, 4);
  fly(0, 10, 200_000);
  const tracks = trackViews(picture).filter(({ status }) => status === "confirmed");
  assert.equal(tracks.length, 4);
  for (const track of tracks) assert.equal(track.contributions.length, 3, "each of the sensors is in it");
});

test("two tracks of one sensor are two objects, however near they are", () => {
  const { picture, fly } = aSite(1, 2);
  fly(0, 10, 200_000);
  assert.equal(trackViews(picture).filter(({ status }) => status === "confirmed").length, 2);
});

test("up to 2,500 packets a second every report is fused; above, a source track at most each 0.1 s, and at most each second at any rate", () => {
  assert.equal(thinningInterval(2_500), 0);
  assert.equal(thinningInterval(5_000), 200_000);
  assert.equal(thinningInterval(10_000), 400_000);
  assert.equal(thinningInterval(1e9), 1_000_000);
});

test("a flood of source tracks is counted whole, fused less often, and gives the same tracks", () => {
  const { picture, fly } = aSite(10, 10);
  fly(0, 6, 20_000); // 5,000 reports a second
  const tracks = trackViews(picture).filter(({ status }) => status === "confirmed");
  assert.equal(tracks.length, 10);
  const [sensor] = [...picture.sensors.values()];
  assert.equal(sensor!.detections, 3_000, "10 objects, 50 times a second, 6 s");
  const fused = tracks.flatMap(({ contributions }) => contributions).filter(({ sensorId }) => sensorId === sensor!.id);
  const sum = fused.reduce((total, { detections }) => total + detections, 0);
  // As it comes until half a second of 5,000 is over, then less and less often, in the end five times a second instead of fifty.
  assert.ok(sum > 300 && sum < 1_200, String(sum));
  for (const { speedMps, courseDegrees } of tracks) {
    assert.ok(Math.abs(speedMps - 15) < 2, String(speedMps));
    assert.ok(Math.min(courseDegrees, 360 - courseDegrees) < 8, String(courseDegrees));
  }
  assert.equal(sensor!.fusedAt.size, 10);
});

test("a sensor that keeps to its share is fused whole beside another's flood", () => {
  const { picture, one } = aSite(2, 0);
  for (let t = 0; t < 4e6; t += 1000) {
    for (let k = 0; k < 6; k++) one(0, k, t + k); // 6,000 a second
    if (t % 100_000 === 0) one(1, 7, t + 10); // 10 a second
    if (t % 5_000 === 0) one(-1, 0, t + 20);
  }
  const sensors = [...picture.sensors.values()];
  const fusedOf = (id: string) =>
    trackViews(picture)
      .flatMap(({ contributions }) => contributions)
      .filter(({ sensorId }) => sensorId === id)
      .reduce((total, { detections }) => total + detections, 0);
  assert.equal(sensors[0]!.detections, 24_000);
  assert.ok(fusedOf(sensors[0]!.id) < 8_000, `the flood is thinned: ${fusedOf(sensors[0]!.id)}`);
  assert.equal(sensors[1]!.detections, 40);
  assert.ok(fusedOf(sensors[1]!.id) >= 36, `the other is not: ${fusedOf(sensors[1]!.id)} of 40, but for the first looks`);
});

test("two reports of one track that waited together are no repetition: nothing is refused", () => {
  const { picture, one } = aSite(1, 0);
  for (let t = 0; t < 2e6; t += 100_000) {
    one(0, 1, t);
    one(0, 1, t); // both were taken from the queue in one instant
    one(-1, 0, t + 20_000);
  }
  assert.equal(picture.trackers.get("live")!.counts.refused, 0);
  assert.deepEqual([...picture.sources.get("nodes")!.errors.values()], []);
  assert.equal([...picture.sensors.values()][0]!.detections, 40);
});

test("a file that a sensor names stands in the claim as text", () => {
  const { picture } = aSite(1, 1);
  const node = createSender(deriveUuid("radar 0"));
  const give = (event: object, at: number) => step(picture, { ...event, sequence: picture.sequence + 1, at: micros(at) } as PictureEvent);
  const place = location({ latitude: 36.9 * RADIANS_PER_DEGREE, longitude: 43.1 * RADIANS_PER_DEGREE, height: 400, horizontalSigma: 5 });
  for (let i = 1; i <= 10; i++) {
    const at = START + i * 500_000;
    const files = [{ type: "image", url: "http://192.0.2.7/1.jpg" }];
    const bytes = encodeDetection(node, micros(at), {
      objectId: objectUlid(node, micros(START), 1),
      location: place,
      id: "SIM0001",
      files,
    });
    give({ type: "packet", sourceId: "nodes", connection: 1, bytes }, at);
    give({ type: "tick" }, at + 20_000);
  }
  const [track] = trackViews(picture);
  assert.deepEqual(track?.claims[0]?.files, [{ type: "image", url: "http://192.0.2.7/1.jpg" }]);
});
