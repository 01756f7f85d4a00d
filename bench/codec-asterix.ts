// ASTERIX: datagrams to observations on one core, and to JSON for `picket decode`. Records as a Mode S radar and an ARTAS-like tracker
// send them (the items that their recordings have), made by the project's own encoder from a seed.

import { micros } from "../src/core/base/units.ts";
import { asterixProtocol } from "../src/core/protocols/asterix/asterix-protocol.ts";
import { createAsterixDescriber } from "../src/core/protocols/asterix/describe.ts";
import { type AsterixRecord, encodeAsterix } from "../src/core/protocols/asterix/encode.ts";
import { type Draw, drawFrom } from "../src/core/protocols/asterix/sample-record.ts";
import type { CodecBenchmark } from "./codecs.ts";

const SEED = 48;
const DATAGRAMS = 400;
const hex = (draw: Draw, digits: number) => Array.from({ length: digits }, () => draw(16).toString(16)).join("");
const octal = (draw: Draw) => draw(4096).toString(8).padStart(4, "0");
const callsign = (draw: Draw) => `SIM${String(draw(10_000)).padStart(4, "0")} `;

function plot(draw: Draw): AsterixRecord {
  return {
    "010": { SAC: 25, SIC: 201 },
    "140": { ToD: draw(86_400 * 128) / 128 },
    "020": { TYP: 5 },
    "040": { RHO: draw(65_536) / 256, THETA: (draw(65_536) * 360) / 65_536 },
    "070": { V: 0, G: 0, L: 0, MODE3A: octal(draw) },
    "090": { V: 0, G: 0, FL: draw(1600) / 4 },
    "130": { SRL: { SRL: 1 }, SRR: { SRR: 4 }, SAM: { SAM: -draw(80) } },
    "220": { ADDR: hex(draw, 6) },
    "240": { TID: callsign(draw) },
    "250": [4, 5, 6].slice(0, 1 + draw(3)).map((register) => ({ MBDATA: hex(draw, 14), BDS1: register, BDS2: 0 })),
    "161": { TRN: draw(4096) },
    "042": { X: draw(200) - 100, Y: draw(200) - 100 },
    "200": { GSP: draw(2000) / 16_384, HDG: draw(360) },
    "170": { CNF: 0, RAD: 2, TRE: 0 },
    "230": { COM: 1, STAT: 0, MSSC: 1, ARC: 1, AIC: 1, B1A: 1, B1B: 5 },
  };
}

function systemTrack(draw: Draw): AsterixRecord {
  return {
    "010": { SAC: 25, SIC: 100 },
    "015": { SID: 0 },
    "070": { ToD: draw(86_400 * 128) / 128 },
    "105": { LAT: draw(180) - 90, LON: draw(360) - 180 },
    "100": { X: draw(400_000) - 200_000, Y: draw(400_000) - 200_000 },
    "185": { VX: draw(500) - 250, VY: draw(500) - 250 },
    "210": { AX: 0, AY: 0 },
    "060": { V: 0, G: 0, CH: 0, MODE3A: octal(draw) },
    "380": {
      ADR: { ADR: hex(draw, 6) },
      ID: { ACID: callsign(draw) },
      MHG: { MAH: draw(360) },
      TAS: { TAS: draw(500) },
      FSS: { MV: 0, AH: 0, AM: 0, ALT: 37_000 },
      COM: { COM: 1, STAT: 0, SSC: 1, ARC: 1, AIC: 1, B1A: 1, B1B: 6 },
      BVR: { BVR: 0 },
      TAN: { TAN: draw(360) },
      GSP: { GSP: 0.13 },
      IAR: { IAR: 268 },
      MAC: { MAC: 0.8 },
    },
    "040": { TN: draw(65_536) },
    "080": { MON: 1, SRC: 6, KOS: 1, CST: 0, PSR: 1 },
    "290": { PSR: { PSR: 5 }, SSR: { SSR: 3 }, MDS: { MDS: 3 } },
    "200": { TRANS: 0 },
    "295": { MFL: { MFL: 5 }, MDA: { MDA: 5 } },
    "136": { MFL: draw(400) },
    "130": { ALT: draw(40_000) },
    "135": { QNH: 0, CTB: draw(400) },
    "220": { ROCD: 0 },
    "500": { APC: { X: 40, Y: 60 }, COV: { COV: 10 }, ATV: { X: 2, Y: 2 } },
    "340": { SID: { SAC: 23, SIC: 2 }, MDC: { LMC: draw(400) }, MDA: { MODE3A: octal(draw) } },
  };
}

/** Datagrams of four records, near the 1,400 octets that a network carries whole for the larger kind. */
const datagrams = (category: number, edition: string, record: (draw: Draw) => AsterixRecord): Uint8Array[] => {
  const draw = drawFrom(SEED);
  return Array.from({ length: DATAGRAMS }, () =>
    encodeAsterix(
      category,
      edition,
      Array.from({ length: 4 }, () => record(draw)),
    ),
  );
};

const cpuSeconds = (began: NodeJS.CpuUsage) => {
  const used = process.cpuUsage(began);
  return (used.user + used.system) / 1e6;
};

/** Rounds over all datagrams for about `least` CPU seconds, after as much warming up. */
function measure(each: (bytes: Uint8Array) => number, all: readonly Uint8Array[], least = 1): { units: number; seconds: number } {
  const round = () => {
    let units = 0;
    for (const bytes of all) units += each(bytes);
    return units;
  };
  for (const began = process.cpuUsage(); cpuSeconds(began) < least / 2; ) round();
  let units = 0;
  const began = process.cpuUsage();
  do units += round();
  while (cpuSeconds(began) < least);
  return { units, seconds: cpuSeconds(began) };
}

function toObservations(all: readonly Uint8Array[]) {
  const state = asterixProtocol.createState({});
  const options = {};
  return measure((bytes) => asterixProtocol.receive(state, { bytes, connection: 0, receivedAt: micros(0) }, options).records, all);
}

function toJson(all: readonly Uint8Array[]) {
  const describe = createAsterixDescriber({});
  return measure((bytes) => describe({ bytes, connection: 0, receivedAt: micros(0) }).length, all);
}

export const benchmarks: readonly CodecBenchmark[] = [
  {
    name: "ASTERIX CAT048 records to observations (150,000)",
    peer: "Croatian decoder 37,600",
    run: () => toObservations(datagrams(48, "1.32", plot)),
  },
  {
    name: "ASTERIX CAT062 records to observations (80,000)",
    peer: "Croatian decoder 25,800",
    run: () => toObservations(datagrams(62, "1.21", systemTrack)),
  },
  { name: "ASTERIX CAT048 records to JSON, every item", peer: "Croatian decoder 37,600", run: () => toJson(datagrams(48, "1.32", plot)) },
  {
    name: "ASTERIX CAT062 records to JSON, every item",
    peer: "Croatian decoder 25,800",
    run: () => toJson(datagrams(62, "1.21", systemTrack)),
  },
  {
    name: "ASTERIX CAT062 records encoded",
    peer: "-",
    run: () => {
      const draw = drawFrom(SEED);
      const records = Array.from({ length: 200 }, () => systemTrack(draw));
      const encodeFour = (bytes: Uint8Array) => {
        encodeAsterix(62, "1.21", records.slice(bytes[0], bytes[0] + 4));
        return 4;
      };
      return measure(encodeFour, [Uint8Array.of(0), Uint8Array.of(100)]);
    },
  },
];
