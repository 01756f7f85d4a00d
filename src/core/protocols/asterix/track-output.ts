// Tracks out to an ATM or air-defence client: CAT062 for each confirmed track, CAT065 for the service. EUROCONTROL-SPEC-0149-9 edition
// 1.20 and -15 edition 1.5, which today's receivers hold; the later editions only add to them.

import { METRES_PER_FOOT } from "../../base/units.ts";
import type { Height } from "../../model/observation.ts";
import type { ItemValue, ItemValues } from "./describe.ts";
import { type AsterixRecord, encodeAsterix } from "./encode.ts";
import type { OutgoingUas } from "./uas-output.ts";

const TRACK_EDITION = "1.20";
const SERVICE_EDITION = "1.5";
/** What Ethernet carries in one piece (1,500 less the IP and UDP headers), with room for a tunnel's. */
const MOST_DATAGRAM_OCTETS = 1_400;
const DAY = 86_400; // s
/** Category and length of a data block. */
const BLOCK_HEAD = 3; // octets
const DEGREES = 180 / Math.PI;

/** The system that sends: its codes are allocated by the user's authority. */
export interface OutputSource {
  readonly sac: number;
  readonly sic: number;
  /** I062/015: which of the system's services this is. */
  readonly service: number;
}

/** A track as the receiver is to see it. SI units, radians, WGS84; undefined is not sent. */
export interface OutgoingTrack {
  /** 0 to 65,535; the caller gives numbers again when it must. */
  readonly trackNumber: number;
  /** Of the position, seconds since midnight UTC. */
  readonly timeOfDay: number;
  readonly latitude: number;
  readonly longitude: number;
  /** East-east, east-north, north-north, m^2. */
  readonly covarianceEn?: readonly [number, number, number];
  readonly height?: Height;
  /** m/s. */
  readonly velocityEast?: number;
  readonly velocityNorth?: number;
  readonly velocityUp?: number;
  /** m/s, 1 sigma of each horizontal axis. */
  readonly velocitySigma?: number;
  readonly icao24?: string;
  /** Four octal digits. */
  readonly mode3a?: string;
  readonly callsign?: string;
  /** I062/380 emitter category; 13 is an unmanned aerial vehicle. */
  readonly emitterCategory?: number;
  /** What an identified drone broadcast of itself, where the output releases it: goes out as CAT129. */
  readonly uas?: OutgoingUas;
  /** Anything but live data: the receiver must know. */
  readonly simulated: boolean;
  readonly monosensor: boolean;
  readonly coasting: boolean;
  readonly first: boolean;
  /** The last message of this track. */
  readonly ended: boolean;
}

export type ServiceState = "operational" | "degraded" | "not-connected" | "unknown";

/**
 * Datagrams of CAT062 with these tracks in their order, each at most 1,400 octets. Values that an item cannot hold leave the item out
 * (a speed), or become the greatest that it holds where the standard reads that as "or more" (an accuracy). A track whose
 * position is not on the Earth, or whose number or time does not fit, is left out and counted in `skipped`.
 */
export function encodeSystemTracks(
  source: OutputSource,
  tracks: readonly OutgoingTrack[],
): { readonly datagrams: Uint8Array[]; readonly skipped: number } {
  const datagrams: Uint8Array[] = [];
  let skipped = 0;
  let batch: Uint8Array[] = [];
  let octets = BLOCK_HEAD;
  const flush = () => {
    if (batch.length > 0) datagrams.push(joinRecords(62, batch, octets));
    batch = [];
    octets = BLOCK_HEAD;
  };
  for (const track of tracks) {
    const record = trackRecord(source, track);
    if (record === undefined) {
      skipped++;
      continue;
    }
    // Each record is encoded once, as a block of its own; the block that is sent is made of their octets.
    const encoded = encodeAsterix(62, TRACK_EDITION, [record]).subarray(BLOCK_HEAD);
    if (octets + encoded.length > MOST_DATAGRAM_OCTETS) flush();
    batch.push(encoded);
    octets += encoded.length;
  }
  flush();
  return { datagrams, skipped };
}

/** A data block: category, length in two octets, records. */
function joinRecords(category: number, records: readonly Uint8Array[], length: number): Uint8Array {
  const block = new Uint8Array(length);
  block.set([category, length >> 8, length & 255]);
  let at = BLOCK_HEAD;
  for (const record of records) {
    block.set(record, at);
    at += record.length;
  }
  return block;
}

/** CAT065 "SDPS status": sent at a steady interval, so that the receiver notices silence. */
export function encodeServiceStatus(
  source: OutputSource,
  timeOfDay: number,
  status: { readonly state: ServiceState; readonly overloaded: boolean; readonly timeInvalid: boolean; readonly renumbered: boolean },
): Uint8Array {
  const release = { operational: 0, degraded: 1, "not-connected": 2, unknown: 3 }[status.state];
  return encodeAsterix(65, SERVICE_EDITION, [
    {
      ...serviceHead(source, 1, timeOfDay),
      "040": {
        NOGO: release,
        OVL: status.overloaded ? 1 : 0,
        TSV: status.timeInvalid ? 1 : 0,
        PSS: 1,
        // A bit that turns over each time the track numbers start again.
        STTN: status.renumbered ? 1 : 0,
      },
    },
  ]);
}

/** CAT065 "end of batch": after the CAT062 datagrams of one update. `batch` counts 0 to 255. */
export function encodeEndOfBatch(source: OutputSource, timeOfDay: number, batch: number): Uint8Array {
  return encodeAsterix(65, SERVICE_EDITION, [{ ...serviceHead(source, 2, timeOfDay), "020": { BTN: batch & 255 } }]);
}

function serviceHead(source: OutputSource, messageType: number, timeOfDay: number): Record<string, ItemValue> {
  return {
    "010": { SAC: source.sac, SIC: source.sic },
    "000": { MT: messageType },
    "015": { SID: source.service },
    "030": { ToD: wrapDay(timeOfDay) },
  };
}

/** Into [0, 86,400), also after rounding to 1/128 s. */
function wrapDay(timeOfDay: number): number {
  const steps = Math.round(timeOfDay * 128) % (DAY * 128);
  return (steps < 0 ? steps + DAY * 128 : steps) / 128;
}

function trackRecord(source: OutputSource, track: OutgoingTrack): AsterixRecord | undefined {
  const latitude = track.latitude * DEGREES;
  const longitude = track.longitude * DEGREES;
  const placed = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180; // false for NaN as well
  const numbered = Number.isInteger(track.trackNumber) && track.trackNumber >= 0 && track.trackNumber <= 65_535;
  if (!placed || !numbered || !fits(track.timeOfDay, 2 * DAY)) return undefined;
  const record: Record<string, ItemValue> = {
    "010": { SAC: source.sac, SIC: source.sic },
    "015": { SID: source.service },
    "070": { ToD: wrapDay(track.timeOfDay) },
    // 180 degrees east is not in the item's range, 180 degrees west is.
    "105": { LAT: latitude, LON: longitude >= 180 - LONGITUDE_STEP / 2 ? -180 : longitude },
    "040": { TN: track.trackNumber },
    "080": statusOf(track),
  };
  const velocityFits = fits(track.velocityEast, 8191) && fits(track.velocityNorth, 8191);
  if (velocityFits) record["185"] = { VX: track.velocityEast!, VY: track.velocityNorth! };
  if (fits(track.velocityUp, 1000)) record["220"] = { ROCD: (track.velocityUp! / METRES_PER_FOOT) * 60 };
  if (track.mode3a !== undefined && /^[0-7]{4}$/.test(track.mode3a)) record["060"] = { MODE3A: track.mode3a };
  const derived: Record<string, ItemValue> = {};
  if (track.icao24 !== undefined && /^[0-9a-f]{6}$/.test(track.icao24)) derived.ADR = { ADR: track.icao24 };
  const callsign = track.callsign?.toUpperCase().replace(/[^A-Z0-9]/g, "");
  if (callsign !== undefined && callsign !== "") derived.ID = { ACID: callsign.slice(0, 8) };
  if (track.emitterCategory !== undefined) derived.EMC = { EMC: track.emitterCategory };
  if (Object.keys(derived).length > 0) record["380"] = derived;
  addHeight(record, track.height);
  const accuracies = accuraciesOf(track, velocityFits);
  if (accuracies !== undefined) record["500"] = accuracies;
  return record;
}

const LONGITUDE_STEP = 180 / 33_554_432; // degrees

const fits = (value: number | undefined, greatest: number): boolean => value !== undefined && Math.abs(value) <= greatest;

function statusOf(track: OutgoingTrack): ItemValues {
  const geometric = track.height?.kind === "hae" ? 1 : 0;
  const status: Record<string, number> = { MON: track.monosensor ? 1 : 0, MRH: geometric, CNF: 0 };
  status.SIM = track.simulated ? 1 : 0;
  status.TSE = track.ended ? 1 : 0;
  status.TSB = track.first ? 1 : 0;
  // The fourth part is sent only when it says something: older receivers know fewer parts.
  if (track.coasting) status.CST = 1;
  return status;
}

/** Each height in the item of its own datum; a height above take-off has none, and is not sent. */
function addHeight(record: Record<string, ItemValue>, height: Height | undefined): void {
  if (height === undefined || !Number.isFinite(height.value)) return;
  const feet = height.value / METRES_PER_FOOT;
  if (feet < -1500 || feet > 150_000) return;
  if (height.kind === "hae") record["130"] = { ALT: feet };
  else if (height.kind === "pressure") record["136"] = { MFL: feet / 100 };
  else if (height.kind === "amsl") record["135"] = { QNH: 1, CTB: feet / 100 };
}

function accuraciesOf(track: OutgoingTrack, velocitySent: boolean): ItemValues | undefined {
  const accuracies: Record<string, ItemValue> = {};
  if (track.covarianceEn?.every(Number.isFinite)) {
    const [ee, en, nn] = track.covarianceEn;
    const most = 65_535 / 2; // m; the greatest value says "or more"
    accuracies.APC = { X: Math.min(Math.sqrt(Math.max(0, ee)), most), Y: Math.min(Math.sqrt(Math.max(0, nn)), most) };
    accuracies.COV = { COV: Math.sign(en) * Math.min(Math.sqrt(Math.abs(en)), 32_767 / 2) };
  }
  const sigma = track.height?.sigma;
  if (sigma !== undefined && Number.isFinite(sigma)) {
    if (track.height!.kind === "hae") accuracies.AGA = { AGA: Math.min(sigma / METRES_PER_FOOT, 255 * 6.25) };
    else if (track.height!.kind === "amsl") accuracies.ABA = { ABA: Math.min(sigma / METRES_PER_FOOT / 100, 255 / 4) };
  }
  if (velocitySent && track.velocitySigma !== undefined && Number.isFinite(track.velocitySigma)) {
    const sent = Math.min(track.velocitySigma, 255 / 4);
    accuracies.ATV = { X: sent, Y: sent };
  }
  return Object.keys(accuracies).length === 0 ? undefined : accuracies;
}
