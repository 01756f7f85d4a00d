// Mode S with its state: Beast frames of 200 simulated aircraft through framer, parity, CPR, gates and table, on one core.
// The mix is that of a real receiver: for each second and aircraft two positions, two velocities, and replies to ground radars.

import { METRES_PER_FOOT, micros, RADIANS_PER_DEGREE } from "../src/core/base/units.ts";
import { createRandom, uniformBetween } from "../src/core/math/random.ts";
import { createBeastFramer } from "../src/core/protocols/beast/beast-framer.ts";
import { beastProtocol } from "../src/core/protocols/beast/beast-protocol.ts";
import { createLineFramer } from "../src/core/protocols/line-framer.ts";
import { parityResidual } from "../src/core/protocols/mode-s/crc.ts";
import { sbsProtocol } from "../src/core/protocols/sbs/sbs-protocol.ts";
import { encodeBeast, encodeSbs, encodeSquitters } from "../src/core/simulation/encode-adsb.ts";
import type { AdsbReport } from "../src/core/simulation/report.ts";

const SEED = 4;
const AIRCRAFT = 200;
const SECONDS = 60;
const START = 1_780_000_000_000_000;
const REFERENCE = { referenceLatitude: 36.9 * RADIANS_PER_DEGREE, referenceLongitude: 43.1 * RADIANS_PER_DEGREE };

interface Timed {
  readonly at: number;
  readonly report: AdsbReport;
}

/** A reply to an interrogation: format and 13-bit field in place, the address over the parity. */
function reply(format: 4 | 5 | 20 | 21, field: number, icao24: number): Uint8Array {
  const bytes = new Uint8Array(format >= 16 ? 14 : 7);
  bytes[0] = format << 3;
  bytes[2] = field >> 8;
  bytes[3] = field & 255;
  const parity = parityResidual(bytes, 0, bytes.length) ^ icao24;
  bytes.set([parity >> 16, (parity >> 8) & 255, parity & 255], bytes.length - 3);
  return bytes;
}

function reports(): Timed[] {
  const random = createRandom(SEED);
  const made: Timed[] = [];
  for (let n = 0; n < AIRCRAFT; n++) {
    const latitude = uniformBetween(random, 35.5, 38.3) * RADIANS_PER_DEGREE;
    const longitude = uniformBetween(random, 41.5, 44.7) * RADIANS_PER_DEGREE;
    const pressureAltitude = uniformBetween(random, 1_000, 12_000);
    const speed = uniformBetween(random, 60, 250);
    const phase = uniformBetween(random, 0, 0.5);
    for (let tick = 0; tick < 2 * SECONDS; tick++) {
      const seconds = tick / 2 + phase;
      const at = START + Math.round(seconds * 1e6);
      const common = {
        kind: "adsb",
        sensor: 0,
        truth: n + 1,
        at: micros(at),
        icao24: 0x4b0000 + n,
        callsign: `SIM${n}`,
        category: [4, 3],
        latitude: latitude + (speed * seconds) / 6_371_000,
        longitude,
        pressureAltitude,
        heightHae: pressureAltitude + 60,
        velocityEast: 0,
        velocityNorth: speed,
        velocityUp: 0,
        odd: tick % 2 === 1,
        levelDbm: -60,
      } as const;
      made.push({ at, report: { ...common, what: "position" } });
      made.push({ at: at + 100_000, report: { ...common, what: "velocity" } });
      if (tick % 10 === 0) made.push({ at: at + 200_000, report: { ...common, what: "identification" } });
    }
  }
  return made.sort((a, b) => a.at - b.at || a.report.icao24 - b.report.icao24);
}

function beastStream(): Uint8Array[] {
  const frames: Uint8Array[] = [];
  const altitude = (metres: number) => {
    const n = Math.round((metres / METRES_PER_FOOT + 1000) / 25);
    return ((n & 0x7e0) << 2) | ((n & 0x10) << 1) | 0x10 | (n & 0xf);
  };
  for (const { at, report } of reports()) {
    for (const message of encodeSquitters(report)) frames.push(encodeBeast(message, at - START + 1, report.levelDbm));
    if (report.what !== "position") continue;
    for (const format of [4, 5, 20, 21] as const) {
      const message = reply(format, format % 2 === 0 ? altitude(report.pressureAltitude) : 0x0808, report.icao24);
      frames.push(message.length === 14 ? encodeBeast(message, at - START + 2, report.levelDbm) : shortFrame(message, at - START + 2));
    }
  }
  return frames;
}

/** The simulator only makes long messages; a receiver's frame of a short one differs in its type and length. */
function shortFrame(message: Uint8Array, sinceStart: number): Uint8Array {
  const out = [0x1a, 0x32];
  const body = [...Array.from({ length: 6 }, (_, i) => Math.floor((sinceStart * 12) / 256 ** (5 - i)) & 255), 80, ...message];
  for (const octet of body) out.push(...(octet === 0x1a ? [octet, octet] : [octet]));
  return Uint8Array.from(out);
}

/** As a socket gives them: some kilobytes at a time. */
function chunks(parts: Uint8Array[], size: number): Uint8Array[] {
  const whole = Buffer.concat(parts);
  const cut: Uint8Array[] = [];
  for (let i = 0; i < whole.length; i += size) cut.push(new Uint8Array(whole.subarray(i, i + size)));
  return cut;
}

const cpuSeconds = (began: NodeJS.CpuUsage) => {
  const used = process.cpuUsage(began);
  return (used.user + used.system) / 1e6;
};

function timed(once: () => number): { units: number; seconds: number } {
  once();
  once();
  const began = process.cpuUsage();
  let units = 0;
  for (let i = 0; i < 5; i++) units += once();
  return { units, seconds: cpuSeconds(began) };
}

function decodeBeast(): { units: number; seconds: number } {
  const stream = chunks(beastStream(), 8_192);
  let placed = 0;
  const result = timed(() => {
    const framer = createBeastFramer();
    const state = beastProtocol.createState(REFERENCE);
    let units = 0;
    placed = 0;
    for (const chunk of stream) {
      for (const bytes of framer.push(chunk).packets) {
        const decoded = beastProtocol.receive(state, { receivedAt: micros(START), connection: 1, bytes }, REFERENCE);
        units += decoded.records;
        for (const observation of decoded.observations) if (observation.type === "detection") placed += 1;
      }
    }
    return units;
  });
  if (placed < 0.98 * AIRCRAFT * SECONDS * 2) throw new Error(`only ${placed} positions: the bench would measure nothing`);
  return result;
}

function decodeSbs(): { units: number; seconds: number } {
  const lines = chunks(
    reports().map(({ report }) => encodeSbs(report)),
    8_192,
  );
  return timed(() => {
    const framer = createLineFramer({ maxLength: 512 });
    const state = sbsProtocol.createState({});
    let units = 0;
    for (const chunk of lines) {
      for (const bytes of framer.push(chunk).packets) {
        units += sbsProtocol.receive(state, { receivedAt: micros(START + units * 2_000), connection: 1, bytes }, {}).records;
      }
    }
    return units;
  });
}

export const benchmarks = [
  { name: "Mode S messages, stateful (Beast, 200 aircraft)", peer: "pyModeS 34,000; readsb (C) 920,000", run: decodeBeast },
  { name: "SBS lines", peer: "-", run: decodeSbs },
];
