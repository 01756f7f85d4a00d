// Drones that said who they are, out to a client that knows CAT129: UAS identification reports. EUROCONTROL-SPEC-0149-29 edition 1.2, read
// through descriptions of it. One record a block, because the category has no blocks of several.

import { RADIANS_PER_DEGREE } from "../../base/units.ts";
import { geoidUndulation } from "../../geodesy/heights.ts";
import type { ItemValue } from "./describe.ts";
import { encodeAsterix } from "./encode.ts";
import type { OutgoingTrack, OutputSource } from "./track-output.ts";

const EDITION = "1.2";
/** I129/040, octets. */
const SERIAL_OCTETS = 12;
/** 50 % radius of two independent Gaussian axes of 1 sigma: sqrt(2 ln 2). */
const RADIUS_50 = 1.17741;
/** I129/110: beyond this, and where nothing is known, 0 is sent. */
const GREATEST_RADIUS = 255; // m
/** I129/050 is in every report. ISO 3166-1 leaves ZZ to its users; it is the usual word for "not known". */
const UNKNOWN_COUNTRY = "ZZ";

/**
 * States whose operators' registration numbers begin with three letters of ISO 3166-1 (EN 4709-002 and Regulation (EU) 2019/947 with the
 * states that apply it, and the United Kingdom), with their two letters.
 */
const COUNTRIES =
  "AUT AT BEL BE BGR BG CHE CH CYP CY CZE CZ DEU DE DNK DK ESP ES EST EE FIN FI FRA FR GBR GB GRC GR HRV HR HUN HU IRL IE ISL IS ITA IT LIE LI LTU LT LUX LU LVA LV MLT MT NLD NL NOR NO POL PL PRT PT ROU RO SVK SK SVN SI SWE SE";
const COUNTRY_BY_LETTERS = new Map(
  [...COUNTRIES.matchAll(/([A-Z]{3}) ([A-Z]{2})/g)].map(([, three, two]): [string, string] => [three!, two!]),
);

/** What a drone broadcast of itself, as far as CAT129 can carry it. */
export interface OutgoingUas {
  readonly serial: string;
  /** Two letters of ISO 3166-1. */
  readonly country: string;
}

/** Two letters of the state in which an operator is registered, by the number that its drone broadcasts; "ZZ" where it does not say. */
export function countryOfOperator(operatorId: string | undefined): string {
  const letters = operatorId === undefined || operatorId.length < 16 ? undefined : operatorId.slice(0, 3).toUpperCase();
  return (letters === undefined ? undefined : COUNTRY_BY_LETTERS.get(letters)) ?? UNKNOWN_COUNTRY;
}

/** Whether I129/040 can hold the serial number whole: a shortened one would be another drone's. */
export const fitsSerialItem = (serial: string): boolean => serial.length <= SERIAL_OCTETS && /^[\x21-\x7e]+$/.test(serial);

/**
 * One datagram of CAT129 for each track that is an identified drone, live and placed with a height; the others give none. The place is the track's,
 * the identity is the drone's own claim. The category cannot mark anything as simulated, so what is not live is never told.
 */
export function encodeUasReports(source: OutputSource, tracks: readonly OutgoingTrack[]): Uint8Array[] {
  const datagrams: Uint8Array[] = [];
  for (const track of tracks) {
    const record = uasRecord(source, track);
    if (record !== undefined) datagrams.push(encodeAsterix(129, EDITION, [record]));
  }
  return datagrams;
}

function uasRecord(source: OutputSource, track: OutgoingTrack): Record<string, ItemValue> | undefined {
  const { uas, height } = track;
  if (uas === undefined || track.simulated || track.ended || track.coasting || !fitsSerialItem(uas.serial)) return undefined;
  // Every report has a height, above mean sea level or above ground; of the ground nothing is known here.
  if (height === undefined || (height.kind !== "hae" && height.kind !== "amsl")) return undefined;
  const altitude = height.kind === "amsl" ? height.value : height.value - geoidUndulation(track.latitude, track.longitude);
  const latitude = track.latitude / RADIANS_PER_DEGREE;
  const longitude = track.longitude / RADIANS_PER_DEGREE;
  const placed = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && Math.abs(altitude) < 100_000;
  if (!placed || !(track.timeOfDay >= 0)) return undefined;
  const record: Record<string, ItemValue> = {
    "010": { SAC: source.sac, SIC: source.sic },
    "040": { SER: [...uas.serial.padEnd(SERIAL_OCTETS, " ")].map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("") },
    "050": { COU: /^[A-Z]{2}$/.test(uas.country) ? uas.country : UNKNOWN_COUNTRY },
    "070": { ToD: (Math.round(track.timeOfDay * 128) % (86_400 * 128)) / 128 },
    "080": { LAT: latitude, LON: longitude },
    "090": { ALT: altitude },
    "110": { SAC: radiusOf(track) },
  };
  const { velocityEast: east, velocityNorth: north, velocityUp: up } = track;
  if (isSpeed(east) && isSpeed(north)) record["185"] = { HVX: east, HVY: north };
  if (isSpeed(up)) record["220"] = { VV: up };
  return record;
}

const isSpeed = (value: number | undefined): value is number => value !== undefined && Math.abs(value) < 5_000; // m/s; 20 bits of 1 cm/s

function radiusOf(track: OutgoingTrack): number {
  if (track.covarianceEn === undefined) return 0;
  const [ee, , nn] = track.covarianceEn;
  const radius = Math.ceil(RADIUS_50 * Math.sqrt((ee + nn) / 2));
  return radius <= GREATEST_RADIUS ? radius : 0;
}
