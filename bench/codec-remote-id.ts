// Remote ID and DJI DroneID on one core: packs as messages, captured frames all the way to observations, and receivers' JSON.
// Messages and frames are fixed octets, written by hand: the project has no encoder for what is on the air.

import { fromHex } from "../src/core/base/hex.ts";
import { micros } from "../src/core/base/units.ts";
import { decodeDjiPayload } from "../src/core/protocols/dji-droneid/dji-payload.ts";
import { writePcapPacket } from "../src/core/protocols/pcap/pcap-packet.ts";
import { decodeOdid } from "../src/core/protocols/remote-id/odid-message.ts";
import { remoteIdCaptureProtocol } from "../src/core/protocols/remote-id/remote-id-capture-protocol.ts";
import { remoteIdJsonProtocol } from "../src/core/protocols/remote-id/remote-id-json-protocol.ts";

const TEXTS = 2000;
const DRONES = 200;

const BASIC_ID = "0212504b545445535430303030303030303030303031000000";
const LOCATION = "12205a280410283d1ce0671705900bb80b34084b2350460200";
const SELF_ID = "3200737572766579206f66207468652064616d000000000000";
const SYSTEM = "420500013d1cd04017050100000000000012540b80a9a90e00";
const OPERATOR_ID = "52004348457465737431323334353637383900000000000000";
const PACK = fromHex(`f21905${BASIC_ID}${LOCATION}${SELF_ID}${SYSTEM}${OPERATOR_ID}`)!;

/** A Wi-Fi beacon and a Bluetooth 5 advertisement as receivers hand them over, each with its check sequence. */
const FRAMES = [
  {
    linkType: 127,
    hex: "00000c002240000010c4000080000000ffffffffffff0200000000aa0200000000aa0000000000000000000064000000000454455354dd53fa0bbc0d07f219030212504b54544553543030303030303030303030303100000012205a280410283d1ce0671705900bb80b34084b2350460200420500013d1cd04017050100000000000012540b80a9a90e008c784ba6",
  },
  {
    linkType: 272,
    hex: "037200030100020a210a35000000000000d6be898e00075e0909aa0000000002750e5316faff0d03f219030212504b54544553543030303030303030303030303100000012205a280410283d1ce0671705900bb80b34084b2350460200420500013d1cd04017050100000000000012540b80a9a90e00d92649",
  },
].map(({ linkType, hex }) => writePcapPacket({ linkType, capturedAt: micros(1_780_000_000_000_000), cut: false, bytes: fromHex(hex)! }));

function json(drone: number, i: number): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify([
      { MAC: `02:00:00:00:00:${drone.toString(16).padStart(2, "0")}`, RSSI: -60 },
      { "Basic ID": { id_type: "Serial Number (ANSI/CTA-2063-A)", id: `SIM${drone}`, ua_type: 2 } },
      {
        "Location/Vector Message": {
          latitude: 36.9 + i * 1e-6,
          longitude: 43.1,
          geodetic_altitude: 400,
          height_agl: 50,
          speed: 10,
          vert_speed: 0,
          direction: 90,
        },
      },
      { "System Message": { latitude: 36.9, longitude: 43.1 } },
    ]),
  );
}

/** CPU seconds of `rounds` passes over `items`, after one to warm up. */
function measure<Item>(items: readonly Item[], rounds: number, use: (item: Item, round: number) => void) {
  for (const item of items) use(item, 0);
  const before = process.cpuUsage();
  for (let round = 1; round <= rounds; round++) for (const item of items) use(item, round);
  const { user, system } = process.cpuUsage(before);
  return { units: items.length * rounds, seconds: (user + system) / 1e6 };
}

export const benchmarks = [
  {
    name: "Remote ID packs decoded (5 messages each)",
    peer: "-",
    run: () =>
      measure([PACK], 600_000, (pack) => {
        if (!decodeOdid(pack).ok) throw new Error("a good pack was refused");
      }),
  },
  {
    name: "Remote ID captured frames to observations",
    peer: "-",
    run: () => {
      const state = remoteIdCaptureProtocol.createState({});
      let observations = 0;
      let at = 0;
      // Two seconds between two frames: each is a new measurement and none is passed over as a repeat.
      const measured = measure(FRAMES, 100_000, (bytes) => {
        at += 2_000_000;
        const packet = { receivedAt: micros(at), connection: 1, bytes };
        observations += remoteIdCaptureProtocol.receive(state, packet, {}).observations.length;
      });
      if (observations < 2 * measured.units) throw new Error("frames gave too few observations");
      return measured;
    },
  },
  {
    name: "Remote ID receivers' JSON to observations",
    peer: "-",
    run: () => {
      const state = remoteIdJsonProtocol.createState({});
      const texts = Array.from({ length: TEXTS }, (_, i) => json(i % DRONES, i));
      return measure(texts, 20, (bytes, round) => {
        if (remoteIdJsonProtocol.receive(state, { receivedAt: micros(round * 100_000), connection: 0, bytes }, {}).records !== 1)
          throw new Error("a good report was refused");
      });
    },
  },
  {
    name: "DJI DroneID payloads decoded",
    peer: "-",
    run: () => {
      const payload = fromHex(
        "5810020700fd07504b54444a49303030303030303030310aa316000e807e008a01a400d4fe90016aff2823406c43b09a010000e03b7e00dd5e1600b01a1600b3f77d003a0453494d55000000000000000000000000000000002d9d",
      )!;
      return measure([payload], 400_000, (bytes) => {
        if (!decodeDjiPayload(bytes).ok) throw new Error("a good payload was refused");
      });
    },
  },
];
