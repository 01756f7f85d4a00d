// SAPIENT: detections read through framer, guard, decoder, rules and geometry on one core; and the guard against bombs.

import { micros } from "../src/core/base/units.ts";
import {
  createSender,
  encodeDetection,
  encodeRegistration,
  encodeStatus,
  objectUlid,
  rangeBearing,
} from "../src/core/protocols/sapient/encode.ts";
import { deriveUuid } from "../src/core/protocols/sapient/identifiers.ts";
import { createSapientFramer, frameSapient } from "../src/core/protocols/sapient/sapient-framer.ts";
import { Registration_NodeType } from "../src/core/protocols/sapient/sapient-pb.gen.ts";
import { sapientProtocol } from "../src/core/protocols/sapient/sapient-protocol.ts";
import { guardWire } from "../src/core/protocols/sapient/wire-guard.ts";

const T0 = micros(1_780_000_000_000_000);
const NODES = 20;
const OBJECTS = 50;

/** Frames of 20 registered nodes with 50 objects each: a scan of every object, then the next. */
function scene(scans: number): { setup: Uint8Array[]; frames: Uint8Array[] } {
  const senders = Array.from({ length: NODES }, (_, i) => createSender(deriveUuid(`bench ${i}`)));
  const setup = senders.flatMap((sender) => [
    encodeRegistration(sender, T0, {
      name: "bench",
      shortName: "bench",
      nodeTypes: [Registration_NodeType.RADAR],
      statusIntervalSeconds: 10,
      tracking: "none",
      form: "range-bearing",
      maximumLatencySeconds: 0.1,
      manufacturer: "Example",
      model: "R1",
      classes: [["Air Vehicle", "UAV Rotary Wing"]],
    }),
    encodeStatus(sender, T0, { place: { latitude: 0.6, longitude: 0.7, height: 300 } }),
  ]);
  const frames: Uint8Array[] = [];
  for (let scan = 0; scan < scans; scan++) {
    for (const [index, sender] of senders.entries()) {
      for (let object = 0; object < OBJECTS; object++) {
        const at = micros(T0 + scan * 1e6);
        frames.push(
          encodeDetection(sender, at, {
            objectId: objectUlid(sender, T0, object),
            rangeBearing: rangeBearing({
              azimuth: (object * 0.1 + index) % 6,
              elevation: 0.1,
              range: 500 + object * 20,
              azimuthSigma: 0.01,
              elevationSigma: 0.02,
              rangeSigma: 5,
            }),
            confidence: 0.8,
            classes: [{ path: ["Air Vehicle", "UAV Rotary Wing"], confidence: 0.6 }],
            velocity: { east: 5, north: -3, sigma: 1 },
          }),
        );
      }
    }
  }
  return { setup, frames };
}

const seconds = (began: NodeJS.CpuUsage) => {
  const used = process.cpuUsage(began);
  return (used.user + used.system) / 1e6;
};

function decodeDetections(): { units: number; seconds: number } {
  const { setup, frames } = scene(20);
  const run = (): number => {
    const state = sapientProtocol.createState({});
    const framer = createSapientFramer();
    for (const [i, bytes] of setup.entries()) sapientProtocol.receive(state, { bytes, receivedAt: T0, connection: Math.floor(i / 2) }, {});
    let units = 0;
    for (const [i, frame] of frames.entries()) {
      for (const bytes of framer.push(frame).packets) {
        const connection = Math.floor(i / OBJECTS) % NODES;
        const decoded = sapientProtocol.receive(state, { bytes, receivedAt: T0, connection }, {});
        for (const observation of decoded.observations) if (observation.type === "detection") units += 1;
      }
    }
    return units;
  };
  for (const [i, frame] of frames.entries()) frames[i] = frameSapient(frame);
  run();
  const began = process.cpuUsage();
  let units = 0;
  for (let i = 0; i < 3; i++) units += run();
  return { units, seconds: seconds(began) };
}

/** Refusing a megabyte that is all nested, all fields, or all groups. */
function refuseBombs(): { units: number; seconds: number } {
  const groups = new Uint8Array(1_000_000).fill(0x0b);
  const fields = new Uint8Array(1_000_000).map((_, i) => (i % 2 === 0 ? 0x70 : 1));
  const bombs = [groups, fields];
  const began = process.cpuUsage();
  let units = 0;
  for (let i = 0; i < 200; i++) {
    for (const bomb of bombs) {
      if (guardWire(bomb).ok) throw new Error("a bomb was let through");
      units += 1;
    }
  }
  return { units, seconds: seconds(began) };
}

export const benchmarks = [
  { name: "SAPIENT detections read, 20 nodes", peer: "Apex 410-1,640 routed", run: decodeDetections },
  { name: "SAPIENT 1 MB bombs refused", peer: "-", run: refuseBombs },
];
