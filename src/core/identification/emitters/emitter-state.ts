// What is remembered of everybody who broadcasts: plain data, bounded.

import type { Micros } from "../../base/units.ts";
import type { FindingCode } from "../../model/identity.ts";
import type { Identity, Origin } from "../../model/observation.ts";
import type { Enu } from "./emission.ts";

/** Bounds: what a flood can cost. What is pushed out or not taken in is counted. */
export const EMITTER_LIMITS = {
  emitters: 4096,
  strandsPerEmitter: 4,
  receptionsPerEmitter: 4,
  addressesPerEmitter: 4,
  identitiesPerEmitter: 8,
  radarsPerStrand: 4,
  floods: 8,
  offsets: 256,
};

/** What one radar should have seen at the place that a strand claims. */
export interface RadarLooks {
  sensorId: string;
  /** Looks that are due since the last one that was judged. */
  due: number;
  /** The radar's detections in the strand's track when last judged. */
  detections: number;
  /** Newest time at which it was too slow along the line of sight to be seen, and whether that spell was judged. */
  slowAt: Micros;
  slowJudged: boolean;
}

/** One course of claimed places that one object could have flown. An honest identity has one; a copied serial has two. */
export interface Strand {
  id: number;
  trackKey: string;
  position: Enu;
  heightKnown: boolean;
  /** Claimed, else from the last two places; undefined after the first. */
  velocity: Enu | undefined;
  sigma: number;
  /** Time of `position`: the message's own where it is sane. */
  t: number;
  bornAt: Micros;
  lastAt: Micros;
  fixes: number;
  /** Times of the newest two fixes, for "alive twice within ten seconds". */
  beforeLastAt: Micros;
  radars: RadarLooks[];
  /** Log-likelihood of the looks so far when radars see the object, and when there is nothing. */
  seenLog: number;
  absentLog: number;
  looks: number;
  hits: number;
  /** Chance that radars cannot see this object although coverage says so. */
  blind: number;
  /** Log-likelihood ratio (absent over there) of bearings and fixes, and how many. */
  bearingLog: number;
  bearings: number;
  bearingAt: Micros;
  /** Newest disagreement, for the sentence. */
  bearingOff: number;
  bearingUnit: "deg" | "m";
}

/** How strongly one receiver hears an emitter, beside what the claimed places let expect. Averages forget after about 30 messages. */
export interface Reception {
  /** "sensor transport". */
  name: string;
  sensorId: string;
  transport: string;
  lastAt: Micros;
  count: number;
  /** Mean level, dBm, and mean expected path gain, dB. */
  level: number;
  gain: number;
  /** Second central moments, dB^2. */
  levelLevel: number;
  levelGain: number;
  gainGain: number;
  /** True once it helped to learn the receiver's offset. */
  learnt: boolean;
}

export interface KeptFinding {
  code: FindingCode;
  at: Micros;
  lastAt: Micros;
  confidence: number;
  key: string;
  values: Record<string, string | number>;
  /** Strand concerned; 0 is all. */
  strand: number;
}

export interface Emitter {
  key: string;
  origin: Origin;
  kind: "drone" | "aircraft";
  identities: Identity[];
  firstAt: Micros;
  lastAt: Micros;
  heard: number;
  /** Radio addresses, newest last; `name` is "origin address". */
  addresses: { value: string; name: string; at: Micros }[];
  strands: Strand[];
  nextStrand: number;
  lastStrand: number;
  receptions: Reception[];
  /** Places judged and places that could not be reached from the one before; both forget. */
  fixes: number;
  jumps: number;
  /** Largest impossible speed, m/s, for the sentence. */
  jumpSpeed: number;
  /** Fixes whose claimed velocity was compared with the distance flown, and how many did not fit. */
  speedChecks: number;
  speedMisfits: number;
  /** Times of the newest changes between strands that nobody could fly. */
  switches: Micros[];
  /** Stamped messages, smoothed age (s), newest stamp, its first hearing, and stamps that came again. */
  stamps: number;
  stampAge: number;
  newestStamp: Micros;
  newestStampAt: Micros;
  stampRepeats: number;
  /** Log-likelihood ratios (no such object over honest) of the checks that concern the whole emitter, at the last check. */
  signalLog: number;
  constantLog: number;
  motionLog: number;
  clockLog: number;
  copiedLog: number;
  floodLog: number;
  /** All checks of its best strand without what others do. */
  ownLog: number;
  floodId: string;
  findings: KeptFinding[];
  /** P(no object where it claims), of its best strand, at the last check. */
  fake: number;
  /** Radar echoes that went with one of its places. */
  supports: number;
}

/** Level of one metre's distance at a receiver, by transport: dBm. */
export interface ReceiverOffset {
  mean: number;
  variance: number;
  count: number;
}

export interface FloodRecord {
  id: string;
  origin: Origin;
  at: Micros;
  lastAt: Micros;
  emitterKeys: string[];
  /** "address AA:BB", "level rid-1", "difference rid-1 rid-2": what they have in common. */
  signs: string[];
  sensorId: string;
  how: "address" | "signal" | "burst";
}

/** What is told of a track. */
export interface TrackVerdict {
  links: { emitterKey: string; strand: number }[];
  fake: number;
}

export interface EmitterState {
  emitters: Map<string, Emitter>;
  /** "origin address" -> emitter that last named itself with it: positions of Bluetooth 4 carry only the address. */
  owners: Map<string, string>;
  /** "sensor transport" */
  offsets: Map<string, ReceiverOffset>;
  floods: FloodRecord[];
  nextFlood: number;
  /** Of the last check. */
  verdicts: Map<string, TrackVerdict>;
  startedAt: Micros | undefined;
  checkedAt: Micros | undefined;
  /** 0 or 1: floods are looked for every other time. */
  turn: number;
  /** Emitters pushed out, newcomers not taken in, and messages without identity or with impossible numbers. */
  evicted: number;
  refused: number;
  unusable: number;
}

export function createEmitters(): EmitterState {
  return {
    emitters: new Map(),
    owners: new Map(),
    offsets: new Map(),
    floods: [],
    nextFlood: 1,
    verdicts: new Map(),
    startedAt: undefined,
    checkedAt: undefined,
    turn: 0,
    evicted: 0,
    refused: 0,
    unusable: 0,
  };
}
