// Cursor on Target on one core: XML and TAK protocol version 1 to events, to observations, and back to octets.

import { encodeUtf8 } from "../src/core/base/text.ts";
import { metres, micros, radians, seconds } from "../src/core/base/units.ts";
import { createRandom, uniformBetween } from "../src/core/math/random.ts";
import type { CotEvent } from "../src/core/protocols/cot/cot-event.ts";
import { cotProtocol, readCotPacket } from "../src/core/protocols/cot/cot-protocol.ts";
import { cotEventOfTrack, encodeCotXml } from "../src/core/protocols/cot/encode.ts";
import { encodeTakMesh } from "../src/core/protocols/tak/tak-encode.ts";

const SEED = 2;
const EVENTS = 500;
const START = 1_780_000_000_000_000;

function events(): CotEvent[] {
  const random = createRandom(SEED);
  return Array.from({ length: EVENTS }, (_, i) =>
    cotEventOfTrack({
      uid: `picket.bench.T${i}`,
      callsign: `SIM-T${i}`,
      affiliation: "unknown",
      targetClass: "uas.multirotor.small",
      latitude: radians(uniformBetween(random, 0.6, 0.7)),
      longitude: radians(uniformBetween(random, 0.7, 0.8)),
      heightHae: metres(uniformBetween(random, 300, 900)),
      covarianceEn: [uniformBetween(random, 1, 100), 0, uniformBetween(random, 1, 100)],
      heightSigma: metres(10),
      velocityEast: uniformBetween(random, -20, 20),
      velocityNorth: uniformBetween(random, -20, 20),
      at: micros(START + i * 1000),
      updateInterval: seconds(1),
      source: "fused",
      remarks: "bench",
      simulated: true,
    }),
  );
}

/** CPU seconds of `rounds` passes over `items`, after two to warm up. */
function measure<Item>(items: readonly Item[], rounds: number, use: (item: Item) => void) {
  for (let round = 0; round < 2; round++) for (const item of items) use(item);
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; round++) for (const item of items) use(item);
  const { user, system } = process.cpuUsage(before);
  return { units: items.length * rounds, seconds: (user + system) / 1e6 };
}

const decode = (bytes: Uint8Array) => {
  if (readCotPacket(bytes).events.length !== 1) throw new Error("a good event was refused");
};
const receive = () => {
  const state = cotProtocol.createState({});
  return (bytes: Uint8Array) => {
    if (cotProtocol.receive(state, { receivedAt: micros(START), connection: 0, bytes }, {}).observations.length !== 2)
      throw new Error("an event gave no track and claim");
  };
};
const xml = () => events().map((event) => encodeUtf8(encodeCotXml(event)));
const tak = () => events().map(encodeTakMesh);

export const benchmarks = [
  { name: "CoT XML decoded", peer: "node-cot 6,800", run: () => measure(xml(), 200, decode) },
  { name: "CoT XML to observations", peer: "-", run: () => measure(xml(), 200, receive()) },
  { name: "TAK protobuf decoded", peer: "node-cot 12,200", run: () => measure(tak(), 400, decode) },
  { name: "TAK protobuf to observations", peer: "-", run: () => measure(tak(), 400, receive()) },
  { name: "CoT XML encoded", peer: "-", run: () => measure(events(), 200, (event) => void encodeCotXml(event)) },
  { name: "TAK protobuf encoded", peer: "-", run: () => measure(events(), 100, (event) => void encodeTakMesh(event)) },
];
