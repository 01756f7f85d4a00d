// Cursor on Target out: Picket's tracks as events that TAK clients show. Pure; what may leave at all is decided before.

import {
  DEGREES_PER_RADIAN,
  type Metres,
  MICROS_PER_SECOND,
  type Micros,
  metres,
  micros,
  type Radians,
  type Seconds,
} from "../../base/units.ts";
import { COT_UNKNOWN, type CotEvent } from "./cot-event.ts";
import { formatCotTime } from "./cot-time.ts";
import type { ClaimedAffiliation } from "./cot-type.ts";
import { writeXml, type XmlElement } from "./xml.ts";

export interface CotTrack {
  /** Stable for the track's whole life and unique among all senders, for example "picket.<site>.T12". */
  readonly uid: string;
  readonly callsign: string;
  readonly affiliation: ClaimedAffiliation;
  /** Identifier of a target class of core/model ("uas.multirotor.small", "manned.helicopter"); undefined when not known. */
  readonly targetClass?: string;
  readonly latitude: Radians;
  readonly longitude: Radians;
  readonly heightHae?: Metres;
  /** Horizontal covariance [east-east, east-north, north-north], m^2. */
  readonly covarianceEn: readonly [number, number, number];
  /** 1 sigma; undefined together with an unknown height. */
  readonly heightSigma?: Metres;
  /** m/s. */
  readonly velocityEast: number;
  readonly velocityNorth: number;
  /** Instant of the state. */
  readonly at: Micros;
  /** Time between two events of this track; it goes stale after four of them, or after `staleAfter`. */
  readonly updateInterval: Seconds;
  readonly staleAfter?: Seconds;
  /** A sensor of ours measured it, or it told us itself. */
  readonly source: "fused" | "radar" | "gps";
  readonly remarks?: string;
  /** Anything but live is marked in the name and in `how`. */
  readonly simulated: boolean;
}

/** Where an aircraft's operator is. Sent only by outputs that are configured for it. */
export interface CotOperator {
  /** Of the track. */
  readonly trackUid: string;
  readonly trackType: string;
  readonly callsign: string;
  readonly latitude: Radians;
  readonly longitude: Radians;
  readonly heightHae?: Metres;
  readonly at: Micros;
  readonly updateInterval: Seconds;
  readonly staleAfter?: Seconds;
  readonly simulated: boolean;
}

const STALE_AFTER_INTERVALS = 4;

/** Events take their letter from the affiliation alone: what an aircraft looks like says nothing of whose it is. */
const LETTERS: Readonly<Record<ClaimedAffiliation, string>> = {
  pending: "p",
  unknown: "u",
  "assumed-friend": "a",
  friend: "f",
  neutral: "n",
  suspect: "s",
  hostile: "h",
};

/** MIL-STD-2525 functions by target class, the longest matching beginning first. Drones have military symbols only. */
const FUNCTIONS: readonly (readonly [targetClass: string, type: string])[] = [
  ["uas.fixedwing", "A-M-F-Q"],
  ["uas.tactical", "A-M-F-Q"],
  ["uas.oneway", "A-M-F-Q"],
  ["uas.vtol_hybrid", "A-M-F-Q"],
  ["uas", "A-M-H-Q"],
  ["manned.helicopter", "A-C-H"],
  ["manned", "A-C-F"],
  ["lta", "A-C-L"],
  ["ground", "G"],
];

/** "a-s-A-M-H-Q": atom, suspect, air, military rotary-wing drone. A class without a function of its own is just in the air. */
export function cotTypeOf(affiliation: ClaimedAffiliation, targetClass: string | undefined): string {
  const found = FUNCTIONS.find(([known]) => targetClass === known || targetClass?.startsWith(`${known}.`));
  return `a-${LETTERS[affiliation]}-${found === undefined ? "A" : found[1]}`;
}

const HOW = { fused: "m-f", radar: "m-r", gps: "m-g" } as const;

/** The event of one track. */
export function cotEventOfTrack(track: CotTrack): CotEvent {
  const speed = Math.hypot(track.velocityEast, track.velocityNorth);
  const course = (Math.atan2(track.velocityEast, track.velocityNorth) * DEGREES_PER_RADIAN + 360) % 360;
  const remarks = [track.simulated ? "SIMULATED" : "", track.remarks ?? ""].filter((part) => part !== "").join(" ");
  return {
    uid: track.uid,
    type: cotTypeOf(track.affiliation, track.targetClass),
    how: track.simulated ? "m-s" : HOW[track.source],
    ...lifeOf(track.at, track.updateInterval, track.staleAfter),
    point: {
      latitudeDegrees: track.latitude * DEGREES_PER_RADIAN,
      longitudeDegrees: track.longitude * DEGREES_PER_RADIAN,
      hae: track.heightHae,
      ce: circularError(track.covarianceEn),
      le: track.heightHae === undefined ? undefined : track.heightSigma,
    },
    detail: element(
      "detail",
      [],
      [
        element("contact", [["callsign", named(track.callsign, track.simulated)]]),
        element("track", [
          ["speed", speed.toFixed(2)],
          ["course", course.toFixed(2)],
        ]),
        element("remarks", [], [], remarks),
        element("precisionlocation", [
          ["geopointsrc", track.source === "gps" ? "GPS" : "CALC"],
          ["altsrc", track.heightHae === undefined ? "???" : track.source === "gps" ? "GPS" : "CALC"],
        ]),
      ],
    ),
  };
}

/** On the ground, and nobody knows whose. */
export const OPERATOR_TYPE = "a-u-G";

/** The event of a track's operator: an object of its own on the ground, linked to the aircraft. */
export function cotEventOfOperator(operator: CotOperator): CotEvent {
  return {
    uid: operatorUid(operator.trackUid),
    type: OPERATOR_TYPE,
    how: operator.simulated ? "m-s" : "m-p",
    ...lifeOf(operator.at, operator.updateInterval, operator.staleAfter),
    point: {
      latitudeDegrees: operator.latitude * DEGREES_PER_RADIAN,
      longitudeDegrees: operator.longitude * DEGREES_PER_RADIAN,
      hae: operator.heightHae,
    },
    detail: element(
      "detail",
      [],
      [
        element("contact", [["callsign", named(`${operator.callsign} operator`, operator.simulated)]]),
        element("link", [
          ["uid", operator.trackUid],
          ["type", operator.trackType],
          ["relation", "p-p"],
        ]),
        element("remarks", [], [], "Operator position as broadcast by the aircraft; not verified."),
      ],
    ),
  };
}

/** Takes a track, or an operator by `operatorUid`, off the receivers' maps. */
export function cotEventOfDeletion(uid: string, type: string, at: Micros): CotEvent {
  return {
    uid: `${uid}.delete`,
    type: "t-x-d-d",
    how: "m-g",
    ...lifeOf(at, 15 as Seconds),
    point: { latitudeDegrees: 0, longitudeDegrees: 0 },
    detail: element(
      "detail",
      [],
      [
        element("link", [
          ["uid", uid],
          ["type", type],
          ["relation", "none"],
        ]),
        element("__forcedelete", []),
      ],
    ),
  };
}

export const operatorUid = (trackUid: string) => `${trackUid}.operator`;

/** One XML document. */
export function encodeCotXml(event: CotEvent): string {
  const optional = (name: string, value: string | undefined): [string, string][] => (value === undefined ? [] : [[name, value]]);
  const time = (name: "time" | "start" | "stale"): [string, string][] =>
    optional(name, event[name] === undefined ? undefined : formatCotTime(event[name]));
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>${writeXml(
    element(
      "event",
      [
        ["version", "2.0"],
        ["uid", event.uid],
        ["type", event.type],
        ...time("time"),
        ...time("start"),
        ...time("stale"),
        ["how", event.how],
        ...optional("access", event.access),
        ...optional("qos", event.qos),
        ...optional("opex", event.opex),
      ],
      [
        element("point", [
          ["lat", decimal(event.point.latitudeDegrees)],
          ["lon", decimal(event.point.longitudeDegrees)],
          ["hae", decimal(event.point.hae ?? COT_UNKNOWN)],
          ["ce", decimal(event.point.ce ?? COT_UNKNOWN)],
          ["le", decimal(event.point.le ?? COT_UNKNOWN)],
        ]),
        event.detail ?? element("detail", []),
      ],
    ),
  )}`;
}

function lifeOf(at: Micros, updateInterval: Seconds, staleAfter?: Seconds): { time: Micros; start: Micros; stale: Micros } {
  const life = staleAfter ?? STALE_AFTER_INTERVALS * updateInterval; // s
  return { time: at, start: at, stale: micros(at + Math.round(life * MICROS_PER_SECOND)) };
}

/** 1 sigma along the long axis of the horizontal ellipse: a circle that never claims to know more than the estimate does. */
function circularError([ee, en, nn]: readonly [number, number, number]): Metres {
  const half = (ee + nn) / 2;
  const difference = (ee - nn) / 2;
  return metres(Math.sqrt(Math.max(0, half + Math.sqrt(difference * difference + en * en))));
}

const named = (callsign: string, simulated: boolean) => (simulated && !callsign.startsWith("SIM") ? `SIM ${callsign}` : callsign);

/** Without an exponent, which not every client reads; a tenth of a micrometre is enough. */
function decimal(value: number): string {
  const shortest = String(value);
  return shortest.includes("e") ? value.toFixed(7) : shortest;
}

function element(name: string, attributes: [string, string][], children: XmlElement[] = [], text = ""): XmlElement {
  return { name, attributes, children, text };
}
