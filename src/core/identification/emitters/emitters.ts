// The broadcasts' judge, as the engine uses it: feed each broadcast to `observeEmission`, call `checkEmitters` about once a second, and ask by
// track. Methods, figures and limits: docs/identification.md.

import type { Micros } from "../../base/units.ts";
import { CLASS_NAMES, type Evidence, type Finding } from "../../model/identity.ts";
import { emitterLog, strandRadarLog } from "./check-emitters.ts";
import type { Flood } from "./emission.ts";
import { nameOf } from "./emitter-findings.ts";
import { clamp, PRIOR_FAKE_LOG_ODDS } from "./emitter-models.ts";
import type { Emitter, EmitterState, FloodRecord, Strand } from "./emitter-state.ts";

export { checkEmitters } from "./check-emitters.ts";
export type { Emission, EmissionBearing, EmissionFix, EmitterCheckInput, Flood, SensorCoverage } from "./emission.ts";
export { createEmitters, EMITTER_LIMITS, type EmitterState } from "./emitter-state.ts";
export { observeEmission } from "./observe-emission.ts";

/** P(the broadcast is no real object), 0..1, of what is claimed in this track at the last check; 0 when nothing is broadcast there. */
export const isFake = (state: EmitterState, trackKey: string): number => state.verdicts.get(trackKey)?.fake ?? 0;

interface Link {
  readonly emitter: Emitter;
  readonly strand: Strand | undefined;
}

function linksOf(state: EmitterState, trackKey: string): Link[] {
  const found: Link[] = [];
  for (const { emitterKey, strand } of state.verdicts.get(trackKey)?.links ?? []) {
    const emitter = state.emitters.get(emitterKey);
    if (emitter !== undefined) found.push({ emitter, strand: emitter.strands.find((one) => one.id === strand) });
  }
  return found;
}

/** Contradictions that hold, or held in the last minute, for what is broadcast in this track; strongest first. */
export function emitterFindings(state: EmitterState, trackKey: string): readonly Finding[] {
  const found: Finding[] = [];
  for (const { emitter, strand } of linksOf(state, trackKey)) {
    for (const finding of emitter.findings) {
      if (finding.strand !== 0 && finding.strand !== strand?.id) continue;
      const { code, at, lastAt, confidence, key, values } = finding;
      let tracks: string[] = [];
      if (code === "serial-in-two-places") tracks = emitter.strands.map((one) => one.trackKey);
      else if (code === "many-identities-one-emitter") {
        const flood = state.floods.find((one) => one.id === emitter.floodId);
        if (flood !== undefined) tracks = tracksOf(state, flood);
      }
      found.push({
        code,
        at,
        lastAt,
        confidence,
        key,
        values: { ...values },
        tracks: [...new Set(tracks)].filter((one) => one !== "" && one !== trackKey).slice(0, 128),
      });
    }
  }
  return found.sort((a, b) => b.confidence - a.confidence || (a.code < b.code ? -1 : 1));
}

/** P(a broadcast with no object behind it | allegiance), before anything is known: friends hardly do that, hostile people sometimes. */
const FAKE_GIVEN = { friend: 0.001, neutral: 0.005, hostile: 0.1 };

/** ln P(all checks so far | allegiance): with the sum `log` of their ratios, (1 - f) + f * e^log. */
const allegianceLog = (log: number): number[] =>
  [FAKE_GIVEN.friend, FAKE_GIVEN.neutral, FAKE_GIVEN.hostile].map((f) => Math.log(1 - f + f * Math.exp(clamp(log, -10, 9))));

/** s: a course that was there so much earlier is the first holder of its serial. */
const FIRST_HOLDER = 30_000_000;

/**
 * Evidence of the checks for the ledger. Question "affiliation": the pieces follow the chain rule in a fixed order, so that their sum is exactly the
 * log-likelihood of all checks together. Question "class": what is probably no object is no class of object either.
 * One emitter speaks for a track: the least suspect one that is kept in it; a copied identity always does.
 */
export function emitterEvidence(state: EmitterState, trackKey: string): readonly Evidence[] {
  const at = state.checkedAt ?? (0 as Micros);
  const links = linksOf(state, trackKey);
  let best: Link | undefined;
  for (const link of links) if (best === undefined || link.emitter.fake < best.emitter.fake) best = link;
  if (best === undefined) return [];
  const evidence: Evidence[] = [];
  const { emitter, strand } = best;
  const identity = nameOf(emitter);
  const pieces: [string, string, number, Record<string, string | number>][] = [
    [
      "emitter-radar",
      "emitter-radar",
      strand === undefined ? 0 : strandRadarLog(strand),
      { identity, hits: strand?.hits ?? 0, looks: strand?.looks ?? 0 },
    ],
    ["emitter-bearing", "emitter-bearing", strand?.bearingLog ?? 0, { identity, bearings: strand?.bearings ?? 0 }],
    ["emitter-signal", "emitter-signal", emitter.signalLog, { identity }],
    ["emitter-constant", "emitter-constant", emitter.constantLog, { identity }],
    ["emitter-motion", "emitter-motion", emitter.motionLog, { identity, jumps: Math.round(emitter.jumps) }],
    ["emitter-clock", "emitter-clock", emitter.clockLog, { identity, age: Math.round(emitter.stampAge) }],
    ["emitter-flood", "emitter-flood", emitter.floodLog, { identity, group: emitter.floodId || "none" }],
  ];
  // A flood judged a member's level already: what remains of its own is what the sum counts.
  const counted = emitterLog(emitter) - (emitter.copiedLog > 0 ? copiedShare(emitter) : 0);
  const plain = emitter.signalLog + emitter.constantLog + emitter.motionLog + emitter.clockLog + emitter.floodLog;
  pieces[2]![2] += counted - plain;
  let sum = 0;
  let before = allegianceLog(0);
  for (const [slot, key, log, values] of pieces) {
    sum += log;
    const after = allegianceLog(sum);
    const piece = after.map((value, i) => value - before[i]!);
    before = after;
    if (Math.max(...piece.map(Math.abs)) < 0.02) continue;
    evidence.push({
      slot: `${slot}:${emitter.key}`,
      question: "affiliation",
      source: "picket",
      basis: "measured",
      at,
      logLikelihood: piece,
      key,
      values: { ...values, ratio: Math.round(log * 10) / 10 },
    });
  }
  for (const link of links) {
    if (link.emitter.copiedLog <= 0) continue;
    const born = link.strand?.bornAt ?? at;
    const first = link.emitter.strands.every((one) => one === link.strand || one.bornAt - born >= FIRST_HOLDER);
    evidence.push({
      slot: `emitter-copied:${link.emitter.key}`,
      question: "affiliation",
      source: "picket",
      basis: "measured",
      at,
      // Who had the serial first may be its owner; who came later took it from somebody. Whoever sends it, it no longer proves a friend.
      logLikelihood: first ? [Math.log(0.2), Math.log(0.5), 0] : [Math.log(0.005), Math.log(0.1), 0],
      key: first ? "emitter-copied-first" : "emitter-copied-later",
      values: { identity: nameOf(link.emitter) },
    });
  }
  const fake = isFake(state, trackKey);
  if (fake >= 0.5) {
    evidence.push({
      slot: "emitter-not-real",
      question: "class",
      source: "picket",
      basis: "measured",
      at,
      logLikelihood: CLASS_NAMES.map((name) => (name === "unknown" || name === "clutter" ? 0 : Math.log(1 - 0.98 * fake))),
      key: "emitter-not-real",
      values: { identity, percent: Math.round(100 * fake) },
    });
  }
  return evidence;
}

/** What `emitterLog` counts of a copied identity. */
const copiedShare = (emitter: Emitter): number => (emitter.copiedLog > 0 ? -PRIOR_FAKE_LOG_ODDS - 0.5 : 0);

function tracksOf(state: EmitterState, flood: FloodRecord): string[] {
  const tracks: string[] = [];
  for (const key of flood.emitterKeys)
    for (const strand of state.emitters.get(key)?.strands ?? []) if (strand.trackKey !== "") tracks.push(strand.trackKey);
  return tracks;
}

/** Groups of identities that one transmitter sends, oldest first: each is one thing to show, and one alarm. */
export function floods(state: EmitterState): readonly Flood[] {
  return state.floods.map((flood) => ({
    id: flood.id,
    at: flood.at,
    lastAt: flood.lastAt,
    emitterKeys: [...flood.emitterKeys],
    trackKeys: tracksOf(state, flood),
    count: flood.emitterKeys.length,
    key: `emitter-flood-${flood.how}`,
    values: { group: flood.id, count: flood.emitterKeys.length, sensor: flood.sensorId },
  }));
}
