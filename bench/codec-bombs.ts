// Input made to cost much: each bomb of a megabyte is put through framer and decoder as a socket would give it. What matters is the
// worst single bomb: milliseconds of CPU time, and what it leaves in memory. The limits themselves are held by tests.

import { fromHex } from "../src/core/base/hex.ts";
import { encodeUtf8 } from "../src/core/base/text.ts";
import { micros } from "../src/core/base/units.ts";
import { asterixProtocol } from "../src/core/protocols/asterix/asterix-protocol.ts";
import { createBeastFramer } from "../src/core/protocols/beast/beast-framer.ts";
import { beastProtocol } from "../src/core/protocols/beast/beast-protocol.ts";
import { createCotFramer } from "../src/core/protocols/cot/cot-framer.ts";
import { cotProtocol } from "../src/core/protocols/cot/cot-protocol.ts";
import { createLineFramer } from "../src/core/protocols/line-framer.ts";
import { createMavlinkFramer } from "../src/core/protocols/mavlink/mavlink-framer.ts";
import { mavlinkProtocol } from "../src/core/protocols/mavlink/mavlink-protocol.ts";
import { createPcapFramer } from "../src/core/protocols/pcap/pcap-framer.ts";
import type { Framer, Protocol } from "../src/core/protocols/protocol.ts";
import { readsbJsonProtocol } from "../src/core/protocols/readsb-json/readsb-json-protocol.ts";
import { remoteIdCaptureProtocol } from "../src/core/protocols/remote-id/remote-id-capture-protocol.ts";
import { remoteIdJsonProtocol } from "../src/core/protocols/remote-id/remote-id-json-protocol.ts";
import { createSapientFramer, frameSapient } from "../src/core/protocols/sapient/sapient-framer.ts";
import { sapientProtocol } from "../src/core/protocols/sapient/sapient-protocol.ts";
import { sbsProtocol } from "../src/core/protocols/sbs/sbs-protocol.ts";

const MEGABYTE = 1_000_000;
const CHUNK = 65_536;

interface Bomb {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly protocol: Protocol<unknown>;
  readonly framer?: () => Framer;
  /** Octets of a chunk; the rest of the time a socket's 64 kB. */
  readonly chunk?: number;
}

const erase = <State>(protocol: Protocol<State>): Protocol<unknown> => protocol as Protocol<unknown>;
const full = (octet: number, length = MEGABYTE) => new Uint8Array(length).fill(octet);
const repeat = (text: string, length = MEGABYTE) => encodeUtf8(text.repeat(Math.ceil(length / text.length)));
const lines = (maxLength: number) => () => createLineFramer({ maxLength });

const BOMBS: readonly Bomb[] = [
  { name: "Beast: nothing but escapes", bytes: full(0x1a), protocol: erase(beastProtocol), framer: createBeastFramer },
  { name: "Beast: one-octet fragments", bytes: full(0x33, 100_000), protocol: erase(beastProtocol), framer: createBeastFramer, chunk: 1 },
  { name: "MAVLink: nothing but starts", bytes: full(0xfd), protocol: erase(mavlinkProtocol), framer: () => createMavlinkFramer() },
  {
    name: "MAVLink: one-octet fragments",
    bytes: full(0xfd, 100_000),
    protocol: erase(mavlinkProtocol),
    framer: () => createMavlinkFramer(),
    chunk: 1,
  },
  { name: "SBS: a line without an end", bytes: full(0x2c), protocol: erase(sbsProtocol), framer: lines(512) },
  { name: "readsb: nested lists", bytes: repeat("["), protocol: erase(readsbJsonProtocol) },
  {
    name: "readsb: a hundred thousand empty aircraft",
    bytes: encodeUtf8(`{"now":1,"aircraft":[${"{},".repeat(100_000)}{}]}`),
    protocol: erase(readsbJsonProtocol),
  },
  { name: "Remote ID JSON: nested lists", bytes: repeat("[", 65_000), protocol: erase(remoteIdJsonProtocol) },
  {
    name: "capture: a packet of 4 GiB",
    bytes: fromHex(`d4c3b2a1020004000000000000000000ffff000069000000${"00".repeat(8)}ffffffffffffffff`)!,
    protocol: erase(remoteIdCaptureProtocol),
    framer: createPcapFramer,
  },
  {
    name: "SAPIENT: a frame of 4 GiB",
    bytes: fromHex("ffffffff00000000")!,
    protocol: erase(sapientProtocol),
    framer: () => createSapientFramer({}),
  },
  {
    name: "SAPIENT: nested groups",
    bytes: frameSapient(full(0x0b)),
    protocol: erase(sapientProtocol),
    framer: () => createSapientFramer({}),
  },
  { name: "TAK: a message of 4 GiB", bytes: fromHex("bfffffffff0f")!, protocol: erase(cotProtocol), framer: createCotFramer },
  { name: "CoT: nested elements", bytes: repeat("<a>"), protocol: erase(cotProtocol), framer: createCotFramer },
  {
    name: "CoT: entities",
    bytes: encodeUtf8(`<!DOCTYPE e [<!ENTITY a "${"A".repeat(1_000)}">${"<!ENTITY b '&a;&a;&a;&a;'>".repeat(1_000)}]><event uid="&b;"/>`),
    protocol: erase(cotProtocol),
    framer: createCotFramer,
  },
  {
    name: "ASTERIX: a FSPEC that never ends",
    bytes: Uint8Array.from([48, 0xff, 0xff, ...full(0xff, 65_532)]),
    protocol: erase(asterixProtocol),
  },
];

function explode(bomb: Bomb): { milliseconds: number; mebibytes: number } {
  const { protocol, bytes, chunk } = bomb;
  const state = protocol.createState({});
  const framer = bomb.framer?.();
  const memory = () => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  let worst = 0;
  const before = memory();
  const step = chunk ?? CHUNK;
  const call = (work: () => void) => {
    const began = process.cpuUsage();
    work();
    const used = process.cpuUsage(began);
    worst = Math.max(worst, (used.user + used.system) / 1_000);
  };
  const receive = (packet: Uint8Array) => protocol.receive(state, { receivedAt: micros(0), connection: 1, bytes: packet }, {});
  if (framer === undefined) call(() => void receive(bytes));
  else {
    for (let at = 0; at < bytes.length; at += step) {
      let packets: Uint8Array[] = [];
      let closed = false;
      call(() => {
        const out = framer.push(bytes.subarray(at, at + step));
        packets = out.packets;
        closed = out.close !== undefined;
      });
      for (const packet of packets) call(() => void receive(packet));
      if (closed) break;
    }
  }
  return { milliseconds: worst, mebibytes: Math.max(0, memory() - before) / 1_048_576 };
}

function all(): { units: number; seconds: number; note: string } {
  for (const bomb of BOMBS) explode(bomb); // compiled now
  let seconds = 0;
  const notes: string[] = [];
  for (const bomb of BOMBS) {
    // The best of three, because a collector may run inside one.
    const tries = [explode(bomb), explode(bomb), explode(bomb)];
    const milliseconds = Math.min(...tries.map((one) => one.milliseconds));
    const mebibytes = Math.min(...tries.map((one) => one.mebibytes));
    seconds += milliseconds / 1_000;
    const over = milliseconds > 10 || mebibytes > 8 ? "  OVER 10 ms or 8 MiB" : "";
    notes.push(
      `  ${bomb.name.padEnd(44)} worst call ${milliseconds.toFixed(1).padStart(6)} ms, ${mebibytes.toFixed(1).padStart(5)} MiB${over}`,
    );
  }
  return { units: BOMBS.length, seconds, note: notes.join("\n") };
}

export const benchmarks = [{ name: "bombs of up to a megabyte, refused", peer: "-", run: all }];
