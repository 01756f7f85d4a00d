// The sentences of a judgement: which checks of an emitter are told, with the numbers that they rest on.

import type { Micros } from "../../base/units.ts";
import type { FindingCode } from "../../model/identity.ts";
import { OFFSET_PRIOR, STRONG } from "./emitter-models.ts";
import type { Emitter, EmitterState, ReceiverOffset, Reception, Strand } from "./emitter-state.ts";

const UNKNOWN_OFFSET: Readonly<ReceiverOffset> = { mean: OFFSET_PRIOR.mean, variance: OFFSET_PRIOR.variance, count: 0 };

export const offsetOf = (state: EmitterState, reception: Reception): Readonly<ReceiverOffset> =>
  state.offsets.get(reception.name) ?? UNKNOWN_OFFSET;

/**
 * Is a check told? When it is strong by itself and not outweighed, or one of the reasons of a judgement that is passed already. A copied serial is a
 * fact about two objects that may both be real, so nothing outweighs it.
 */
const told = (code: FindingCode, log: number, fake: number): boolean =>
  (fake >= 0.5 && log >= 1) || (log >= STRONG && (fake >= 0.1 || code === "serial-in-two-places"));

function keep(
  emitter: Emitter,
  code: FindingCode,
  strand: number,
  now: Micros,
  log: number,
  key: string,
  values: Record<string, string | number>,
): void {
  const confidence = 1 / (1 + Math.exp(-log));
  const known = emitter.findings.find((finding) => finding.code === code && finding.strand === strand);
  if (known !== undefined) {
    known.lastAt = now;
    known.confidence = confidence;
    known.values = values;
  } else if (emitter.findings.length < 24) emitter.findings.push({ code, at: now, lastAt: now, confidence, key, values, strand });
}

export const nameOf = (emitter: Emitter): string => emitter.identities[0]?.value ?? emitter.addresses.at(-1)?.value ?? "";

/** Findings about one course: radar and directions. `radarLog` is its log-likelihood ratio, `fake` its P(no object there). */
export function findOfStrand(emitter: Emitter, strand: Strand, radarLog: number, fake: number, now: Micros): void {
  if (told("no-radar-support", radarLog, fake))
    keep(emitter, "no-radar-support", strand.id, now, radarLog, "emitter-no-radar-support", {
      identity: nameOf(emitter),
      looks: strand.looks,
      misses: strand.looks - strand.hits,
      sensor: strand.radars.map((one) => one.sensorId).join(", "),
    });
  if (told("bearing-disagrees", strand.bearingLog, fake))
    keep(emitter, "bearing-disagrees", strand.id, now, strand.bearingLog, "emitter-bearing-disagrees", {
      identity: nameOf(emitter),
      bearings: strand.bearings,
      off: Math.round(strand.bearingOff),
      unit: strand.bearingUnit,
    });
}

/** Findings about all courses of an emitter. `copies` gives the courses that are flown at the same time. */
export function findOfEmitter(
  state: EmitterState,
  emitter: Emitter,
  copies: (emitter: Emitter, now: Micros) => Strand[],
  now: Micros,
): void {
  const { fake } = emitter;
  const signal = told("signal-strength-disagrees", emitter.signalLog, fake);
  const constant = told("constant-signal", emitter.constantLog, fake);
  if (signal || constant) {
    let most: Reception | undefined;
    for (const one of emitter.receptions) if (most === undefined || one.count > most.count) most = one;
    if (signal && most !== undefined)
      keep(emitter, "signal-strength-disagrees", 0, now, emitter.signalLog, "emitter-signal-disagrees", {
        identity: nameOf(emitter),
        sensor: most.sensorId,
        level: Math.round(most.level),
        expected: Math.round(offsetOf(state, most).mean + most.gain),
      });
    if (constant && most !== undefined)
      keep(emitter, "constant-signal", 0, now, emitter.constantLog, "emitter-constant-signal", {
        identity: nameOf(emitter),
        sensor: most.sensorId,
        spread: Math.round(Math.sqrt(most.levelLevel)),
        expected: Math.round(Math.sqrt(most.gainGain)),
      });
  }
  if (told("impossible-motion", emitter.motionLog, fake))
    keep(emitter, "impossible-motion", 0, now, emitter.motionLog, "emitter-impossible-motion", {
      identity: nameOf(emitter),
      jumps: Math.round(emitter.jumps),
      misfits: emitter.speedMisfits,
      speed: Math.round(emitter.jumpSpeed),
    });
  if (told("replayed-time", emitter.clockLog, fake))
    keep(emitter, "replayed-time", 0, now, emitter.clockLog, "emitter-replayed-time", {
      identity: nameOf(emitter),
      age: Math.round(emitter.stampAge),
      repeats: emitter.stampRepeats,
    });
  if (told("serial-in-two-places", emitter.copiedLog, fake)) {
    const [a, b] = copies(emitter, now);
    const apart = a === undefined || b === undefined ? 0 : Math.hypot(a.position[0] - b.position[0], a.position[1] - b.position[1]);
    keep(emitter, "serial-in-two-places", 0, now, emitter.copiedLog, "emitter-serial-in-two-places", {
      identity: nameOf(emitter),
      distance: Math.round(apart),
    });
  }
  // Likely members only: a level in common is no contradiction of one that a radar sees.
  if (emitter.floodId !== "" && fake >= 0.5) {
    const flood = state.floods.find((one) => one.id === emitter.floodId);
    keep(emitter, "many-identities-one-emitter", 0, now, emitter.floodLog, "emitter-many-identities", {
      identity: nameOf(emitter),
      group: emitter.floodId,
      count: flood?.emitterKeys.length ?? 0,
    });
  }
}
