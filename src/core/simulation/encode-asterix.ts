// Plots and services of a simulated rotating radar as ASTERIX CAT048 (edition 1.32) and CAT034 (edition 1.29) datagrams.

import { DEGREES_PER_RADIAN, METRES_PER_NAUTICAL_MILE, type Micros, wrapAzimuth } from "../base/units.ts";
import { type AsterixRecord, encodeAsterix } from "../protocols/asterix/encode.ts";
import type { PlotReport, SectorReport } from "./report.ts";
import { SECTORS } from "./report.ts";

export interface RadarIdentity {
  /** System area code and system identification code. */
  readonly sac: number;
  readonly sic: number;
  /** Radians and metres above the ellipsoid. */
  readonly latitude: number;
  readonly longitude: number;
  readonly heightHae: number;
}

const DAY = 86_400; // s
const LARGEST_TIME = DAY - 1 / 128;
/** Seconds since midnight UTC, cut into the item's 24 hours. */
const timeOfDay = (at: Micros): number => Math.min(LARGEST_TIME, (at / 1e6) % DAY);
/** The largest azimuth that 16 bits hold: one that would round up to a whole turn is north. */
const azimuthDegrees = (azimuth: number, steps: number): number =>
  ((Math.round((wrapAzimuth(azimuth) * DEGREES_PER_RADIAN * steps) / 360) % steps) * 360) / steps;
const MOST_RANGE = 65_535 / 256; // NM
/** dBm: what the receiver adds to the signal-to-noise ratio; only differences mean something. */
const NOISE_LEVEL = -110;

/** A single primary plot; marked as a simulated target report (I048/020 SIM). */
function plotRecord(radar: RadarIdentity, plot: PlotReport): AsterixRecord {
  return {
    "010": { SAC: radar.sac, SIC: radar.sic },
    "140": { ToD: timeOfDay(plot.at) },
    "020": { TYP: 1, SIM: 1 },
    "040": { RHO: Math.min(MOST_RANGE, plot.range / METRES_PER_NAUTICAL_MILE), THETA: azimuthDegrees(plot.azimuth, 65_536) },
    "130": { PAM: { PAM: Math.max(-128, Math.min(127, Math.round(NOISE_LEVEL + plot.snrDb))) } },
    ...(plot.rangeRate === undefined ? {} : { "120": { CAL: { D: 0, CAL: Math.max(-512, Math.min(511, Math.round(plot.rangeRate))) } } }),
  };
}

/** Plots in one UDP payload: below the 1,472 octets that pass an Ethernet whole. */
const PLOTS_PER_DATAGRAM = 50;

/** The datagrams of one sector that has just been swept: its plots, then the service message of the next sector. */
export function encodeSector(radar: RadarIdentity, plots: readonly PlotReport[], sector: SectorReport): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  for (let i = 0; i < plots.length; i += PLOTS_PER_DATAGRAM) {
    datagrams.push(
      encodeAsterix(
        48,
        "1.32",
        plots.slice(i, i + PLOTS_PER_DATAGRAM).map((plot) => plotRecord(radar, plot)),
      ),
    );
  }
  const next = (sector.sector + 1) % SECTORS;
  const service: AsterixRecord = {
    "010": { SAC: radar.sac, SIC: radar.sic },
    "000": { MT: next === 0 ? 1 : 2 }, // north marker, else sector crossing
    "030": { ToD: timeOfDay(sector.at) },
    "020": { SN: (360 * next) / SECTORS },
    ...(next === 0
      ? {
          "041": { ARP: sector.turn },
          "120": { HGT: radar.heightHae, LAT: radar.latitude * DEGREES_PER_RADIAN, LON: radar.longitude * DEGREES_PER_RADIAN },
        }
      : {}),
  };
  datagrams.push(encodeAsterix(34, "1.29", [service]));
  return datagrams;
}
