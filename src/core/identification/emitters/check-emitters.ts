// About once a second: what the broadcasts of the last seconds add up to, for each emitter and each of its courses.

import { DEGREES_PER_RADIAN, MICROS_PER_SECOND, type Micros, wrapAngle } from "../../base/units.ts";
import type { Identity } from "../../model/observation.ts";
import type { Contributor, TrackFacts } from "../../model/track-facts.ts";
import type { EmissionBearing, EmissionFix, EmitterCheckInput } from "./emission.ts";
import { findOfEmitter, findOfStrand, offsetOf } from "./emitter-findings.ts";
import {
  BLIND,
  bearingLogRatio,
  clamp,
  clockLogRatio,
  constantLogRatio,
  DETECTION_CEILING,
  FALSE_ECHO,
  fakeProbability,
  fixLogRatio,
  motionLogRatio,
  PRIOR_FAKE_LOG_ODDS,
  radarLogRatio,
  SIGNAL_SIGMA,
  signalLogRatio,
} from "./emitter-models.ts";
import { EMITTER_LIMITS, type Emitter, type EmitterState, type Strand } from "./emitter-state.ts";
import { findFloods } from "./flood.ts";
import { emitterKey, forget } from "./observe-emission.ts";

const SECOND = MICROS_PER_SECOND;
/** Silence after which an emitter, and one of its courses, is forgotten. */
const FORGET_EMITTER = 120 * SECOND;
const FORGET_STRAND = 15 * SECOND;
/** A claim this old says nothing of where the object is now. */
const FRESH = 3 * SECOND;
/** A radar and the tracker get so long before a miss counts. */
const GRACE = 2 * SECOND;
/** A finding is shown for so long after it last held. */
const KEEP_FINDING = 60 * SECOND;
/** Two courses of one identity count as at the same time within this. */
const COPY_WINDOW = 10 * SECOND;
/** Pd from which a miss counts. */
const COVERED = 0.9;
/** m: two objects this near give one echo. */
const MERGED = 50;
/** m/s above a radar's least speed along the line of sight. */
const SPEED_MARGIN = 0.5;
const CELL = 300; // m, of the grid of radar tracks

interface RadarTrack {
  readonly facts: TrackFacts;
  /** A course of some emitter is kept in this track: its echoes are that one's. */
  readonly owned: boolean;
  taken: boolean;
}

/** Judges every emitter. Deterministic, bounded by the number of emitters; never throws on what broadcasts say. */
export function checkEmitters(state: EmitterState, input: EmitterCheckInput): void {
  const { now } = input;
  const elapsed = state.checkedAt === undefined ? 1 : clamp((now - state.checkedAt) / SECOND, 0, 3);
  state.checkedAt = now;
  for (const emitter of state.emitters.values()) {
    if (now - emitter.lastAt > FORGET_EMITTER) forget(state, emitter);
    else if (emitter.strands.some((strand) => now - strand.lastAt > FORGET_STRAND))
      emitter.strands = emitter.strands.filter((strand) => now - strand.lastAt <= FORGET_STRAND);
  }
  const filmed = new Set<string>();
  checkRadar(state, input, elapsed, filmed);
  checkDirections(state, input);
  for (const emitter of state.emitters.values()) {
    if (now - emitter.lastAt > FORGET_STRAND) continue;
    checkSignal(state, emitter);
    checkWhole(emitter, now);
    emitter.ownLog = ownLogOf(emitter);
  }
  // What others do changes slowly, and costs most: every other time.
  state.turn = 1 - state.turn;
  if (state.turn === 1) findFloods(state, now);
  conclude(state, now, filmed);
}

function checkRadar(state: EmitterState, input: EmitterCheckInput, elapsed: number, filmed: Set<string>): void {
  const { now } = input;
  const strands: { emitter: Emitter; strand: Strand }[] = [];
  const owned = new Set<string>();
  for (const emitter of state.emitters.values()) {
    for (const strand of emitter.strands) {
      if (now - strand.lastAt > FRESH) continue;
      strands.push({ emitter, strand });
      if (strand.trackKey !== "") owned.add(strand.trackKey);
    }
  }
  if (strands.length === 0) return;
  const byKey = ownTracks(input.tracks, now, owned, filmed);
  // Most courses have echoes in their own track; the others need to know what radars see around them.
  let made: ReadonlyMap<number, RadarTrack[]> | undefined;
  const grid = (): ReadonlyMap<number, RadarTrack[]> => {
    made ??= radarTracks(input.tracks, now, owned);
    return made;
  };
  // Echoes beside a course without echoes of its own: nearest pairs first, each radar track once.
  const partners = pairUp(strands, byKey, grid, now);

  for (const { emitter, strand } of strands) {
    const up = strand.heightKnown ? strand.position[2] : 60;
    const seers = input.coverage([strand.position[0], strand.position[1], up], emitter.kind);
    let judged = 0;
    for (const seer of seers) {
      if ((seer.kind !== "radar" && seer.kind !== "radar-2d") || judged >= EMITTER_LIMITS.radarsPerStrand) continue;
      judged += 1;
      const own = byKey.get(strand.trackKey)?.contributors.find((one) => one.sensorId === seer.sensorId);
      const detections = own?.detections ?? 0;
      let record = strand.radars.find((one) => one.sensorId === seer.sensorId);
      if (record === undefined) {
        if (strand.radars.length >= EMITTER_LIMITS.radarsPerStrand) continue;
        record = { sensorId: seer.sensorId, due: 0, detections, slowAt: 0 as Micros, slowJudged: false };
        strand.radars.push(record);
      }
      const slow = radialSpeed(strand, seer.positionEnu) < (seer.minimumRadialSpeed ?? 1) + SPEED_MARGIN;
      if (slow) record.slowAt = now;
      const period = Math.max(seer.updatePeriod ?? 1, 0.05);
      // Several looks of a fast radar within one check are hardly independent: one is judged.
      record.due = Math.min(record.due + elapsed / period, 2);
      if (record.due < 1) continue;
      const hit = detections !== record.detections && detections > 0 && now - own!.lastAt < 4 * SECOND;
      record.detections = detections;
      record.due = Math.max(record.due - 1, 0) % 1;
      if (hit) {
        look(emitter, strand, true, seer.detectionProbability);
        continue;
      }
      const partner = partners.get(strand);
      if (partner !== undefined && echoOf(partner, seer.sensorId, now, period)) {
        look(emitter, strand, true, seer.detectionProbability);
        continue;
      }
      // A place that was claimed once may be a slip of satellite navigation: a course has two.
      if (now - strand.bornAt < GRACE || strand.fixes < 2 || seer.detectionProbability < COVERED) continue;
      const foreign = nearestRadarTrack(grid, strand, (track) => track.facts.key !== strand.trackKey);
      if (foreign !== undefined && foreign.distance < MERGED + 2 * strand.sigma) continue; // one echo for two: nobody's miss
      const plots = input.radarPlotsNear?.(strand.position, gateOf(strand)) ?? 0;
      if (plots > 0) {
        // The tracker has not taken this plot yet; when another object is about, it may be that one's.
        if (foreign === undefined || foreign.distance > 2 * gateOf(strand)) look(emitter, strand, true, seer.detectionProbability);
        continue;
      }
      // While it stays slow a radar that is blind to it stays blind: such a spell is one look. A radar that sees it start gets its grace again.
      if (slow ? record.slowJudged : now - record.slowAt < GRACE) continue;
      record.slowJudged = slow;
      look(emitter, strand, false, seer.detectionProbability * (slow ? 1 - BLIND.slow : 1));
    }
  }
}

function look(emitter: Emitter, strand: Strand, hit: boolean, probability: number): void {
  const pd = clamp(probability, 0.05, DETECTION_CEILING);
  strand.seenLog = 0.97 * strand.seenLog + Math.log(hit ? pd : 1 - pd);
  strand.absentLog = 0.97 * strand.absentLog + Math.log(hit ? FALSE_ECHO : 1 - FALSE_ECHO);
  // Bounded, so that four looks turn it: what was there may have gone.
  if (strand.seenLog - strand.absentLog > 12) strand.absentLog = strand.seenLog - 12;
  if (strand.absentLog - strand.seenLog > 12) strand.seenLog = strand.absentLog - 12;
  strand.looks += 1;
  if (hit) {
    strand.hits += 1;
    // One echo may be clutter: from the second on it is support.
    if (strand.hits >= 2) emitter.supports += 1;
  }
}

function radialSpeed(strand: Strand, radar: readonly [number, number, number] | undefined): number {
  const v = strand.velocity;
  if (v === undefined) return 0;
  if (radar === undefined) return Math.hypot(v[0], v[1]);
  const dx = strand.position[0] - radar[0];
  const dy = strand.position[1] - radar[1];
  const distance = Math.hypot(dx, dy);
  return distance < 1 ? 0 : Math.abs(v[0] * dx + v[1] * dy) / distance;
}

/** m: where the echo of a claimed place may be: noise of both, and a second of flight. */
function gateOf(strand: Strand): number {
  const speed = strand.velocity === undefined ? 0 : Math.hypot(strand.velocity[0], strand.velocity[1]);
  return Math.min(40 + 3 * strand.sigma + speed, 600);
}

const echoOf = (track: RadarTrack, sensorId: string, now: Micros, period: number): boolean => {
  const one = track.facts.contributors.find((contributor) => contributor.sensorId === sensorId);
  return one !== undefined && now - one.lastAt < (1 + 2 * period) * SECOND;
};

/** One number for a cell; far-off places share cells, which costs time and nothing else. */
const cellAt = (i: number, j: number): number => ((i & 0x7fff) << 15) | (j & 0x7fff);

const isRadarEcho = ({ kind, lastAt }: Contributor, now: Micros): boolean =>
  (kind === "radar" || kind === "radar-2d") && now - lastAt < 4 * SECOND;

/** Tracks in which broadcasts are kept, by key; into `filmed` those of them that a camera sees now. */
function ownTracks(tracks: readonly TrackFacts[], now: Micros, owned: ReadonlySet<string>, filmed: Set<string>): Map<string, TrackFacts> {
  const byKey = new Map<string, TrackFacts>();
  for (const facts of tracks) {
    if (!owned.has(facts.key)) continue;
    byKey.set(facts.key, facts);
    for (const { kind, lastAt } of facts.contributors) if (kind === "camera" && now - lastAt < 5 * SECOND) filmed.add(facts.key);
  }
  return byKey;
}

/** Tracks that a radar sees now, by cell. */
function radarTracks(tracks: readonly TrackFacts[], now: Micros, owned: ReadonlySet<string>): Map<number, RadarTrack[]> {
  const grid = new Map<number, RadarTrack[]>();
  for (const facts of tracks) {
    if (!facts.contributors.some((one) => isRadarEcho(one, now))) continue;
    const cell = cellAt(Math.floor(facts.position[0] / CELL), Math.floor(facts.position[1] / CELL));
    const track: RadarTrack = { facts, owned: owned.has(facts.key), taken: false };
    const list = grid.get(cell);
    if (list === undefined) grid.set(cell, [track]);
    else list.push(track);
  }
  return grid;
}

function nearRadarTracks(
  grid: () => ReadonlyMap<number, RadarTrack[]>,
  strand: Strand,
  radius: number,
  visit: (track: RadarTrack, distance: number) => void,
) {
  const cells = grid();
  if (cells.size === 0) return;
  const [east, north] = strand.position;
  for (let i = Math.floor((east - radius) / CELL); i <= Math.floor((east + radius) / CELL); i++) {
    for (let j = Math.floor((north - radius) / CELL); j <= Math.floor((north + radius) / CELL); j++) {
      for (const track of cells.get(cellAt(i, j)) ?? []) {
        const distance = Math.hypot(track.facts.position[0] - east, track.facts.position[1] - north);
        if (distance <= radius) visit(track, distance);
      }
    }
  }
}

function nearestRadarTrack(grid: () => ReadonlyMap<number, RadarTrack[]>, strand: Strand, wanted: (track: RadarTrack) => boolean) {
  let best: { track: RadarTrack; distance: number } | undefined;
  nearRadarTracks(grid, strand, 2 * gateOf(strand), (track, distance) => {
    if (wanted(track) && (best === undefined || distance < best.distance)) best = { track, distance };
  });
  return best;
}

function pairUp(
  strands: readonly { emitter: Emitter; strand: Strand }[],
  byKey: ReadonlyMap<string, TrackFacts>,
  grid: () => ReadonlyMap<number, RadarTrack[]>,
  now: Micros,
): Map<Strand, RadarTrack> {
  const pairs: { strand: Strand; track: RadarTrack; share: number }[] = [];
  for (const { strand } of strands) {
    const own = byKey.get(strand.trackKey);
    if (own?.contributors.some((one) => isRadarEcho(one, now))) continue;
    nearRadarTracks(grid, strand, gateOf(strand), (track, distance) => {
      if (track.owned) return;
      const spread = Math.sqrt(Math.max(0, track.facts.covariance[0] + track.facts.covariance[7]));
      const allowed = gateOf(strand) + Math.min(3 * spread, 300);
      pairs.push({ strand, track, share: distance / allowed });
    });
  }
  pairs.sort(
    (a, b) =>
      a.share - b.share ||
      (a.track.facts.key < b.track.facts.key ? -1 : a.track.facts.key > b.track.facts.key ? 1 : a.strand.id - b.strand.id),
  );
  const partners = new Map<Strand, RadarTrack>();
  for (const { strand, track } of pairs) {
    if (track.taken || partners.has(strand)) continue;
    track.taken = true;
    partners.set(strand, track);
  }
  return partners;
}

function emittersOf(state: EmitterState, identities: readonly Identity[]): Emitter[] {
  const found: Emitter[] = [];
  for (const origin of ["live", "simulated", "recorded", "exercise"] as const) {
    for (const identity of identities) {
      const key =
        identity.scheme === "radio-address"
          ? (state.owners.get(`${origin} ${identity.value}`) ?? emitterKey(origin, identity))
          : emitterKey(origin, identity);
      const emitter = state.emitters.get(key);
      if (emitter !== undefined && !found.includes(emitter)) found.push(emitter);
    }
  }
  return found;
}

/** Bearings and fixes: each belongs to the course that it fits best; one that fits none speaks against all. */
function checkDirections(state: EmitterState, input: EmitterCheckInput): void {
  for (const bearing of input.bearings) {
    if (!(bearing.sigma > 0)) continue;
    credit(state, bearing, input.now, (strand) => {
      const dx = strand.position[0] - bearing.positionEnu[0];
      const dy = strand.position[1] - bearing.positionEnu[1];
      const distance = Math.max(Math.hypot(dx, dy), 10);
      const placed = (strand.sigma + 5) / distance;
      const residual = wrapAngle(bearing.azimuth - Math.atan2(dx, dy));
      const log = bearingLogRatio(residual, Math.sqrt(bearing.sigma * bearing.sigma + placed * placed));
      return { log, off: Math.abs(residual) * DEGREES_PER_RADIAN, unit: "deg" };
    });
  }
  for (const fix of input.fixes ?? []) {
    if (!(fix.sigma > 0)) continue;
    credit(state, fix, input.now, (strand) => {
      const distance = Math.hypot(strand.position[0] - fix.positionEnu[0], strand.position[1] - fix.positionEnu[1]);
      const sigma = Math.sqrt(fix.sigma * fix.sigma + strand.sigma * strand.sigma + 100);
      return { log: fixLogRatio(distance, sigma), off: distance, unit: "m" };
    });
  }
}

function credit(
  state: EmitterState,
  measured: EmissionBearing | EmissionFix,
  now: Micros,
  judge: (strand: Strand) => { log: number; off: number; unit: "deg" | "m" },
): void {
  for (const emitter of emittersOf(state, measured.identities)) {
    const live = emitter.strands.filter((strand) => now - strand.lastAt <= FRESH);
    const answers = live.map(judge);
    let best = -1;
    for (let i = 0; i < answers.length; i++)
      if (Number.isFinite(answers[i].log) && (best < 0 || answers[i].log < answers[best].log)) best = i;
    if (best < 0) continue;
    for (let i = 0; i < live.length; i++) {
      if (answers[best].log < 0 && i !== best) continue;
      const strand = live[i];
      strand.bearingLog = clamp(0.95 * strand.bearingLog + answers[i].log, -4, 7);
      strand.bearings += 1;
      strand.bearingAt = measured.at;
      if (answers[i].log <= 0) continue;
      strand.bearingOff = answers[i].off;
      strand.bearingUnit = answers[i].unit;
    }
  }
}

/**
 * Level against range. A receiver's offset is learnt only from emitters that a radar has seen where they claim to be, once each, with the
 * innovation clipped at 2.5 sigma: a flood cannot teach it.
 */
function checkSignal(state: EmitterState, emitter: Emitter): void {
  const residuals: number[] = [];
  const variances: number[] = [];
  let constant = 0;
  for (const reception of emitter.receptions) {
    if (reception.count < 2) continue;
    const offset = offsetOf(state, reception);
    const noise = (2 * SIGNAL_SIGMA.sample * SIGNAL_SIGMA.sample) / Math.min(reception.count, 10);
    const residual = reception.level - reception.gain - offset.mean;
    residuals.push(residual);
    variances.push(offset.variance + noise);
    if (reception.count >= 4) {
      const one = constantLogRatio(reception.gainGain, reception.levelGain, reception.count);
      if (Math.abs(one) > Math.abs(constant)) constant = one;
    }
    if (!reception.learnt && reception.count >= 8 && emitter.supports >= 4 && emitter.fake < 0.05) {
      reception.learnt = true;
      const one = SIGNAL_SIGMA.transmitter * SIGNAL_SIGMA.transmitter + SIGNAL_SIGMA.path * SIGNAL_SIGMA.path + noise;
      const total = offset.variance + one;
      const innovation = clamp(residual, -2.5 * Math.sqrt(total), 2.5 * Math.sqrt(total));
      const share = offset.variance / total;
      if (offset.count > 0 || state.offsets.size < EMITTER_LIMITS.offsets)
        state.offsets.set(reception.name, {
          mean: offset.mean + share * innovation,
          variance: Math.max((1 - share) * offset.variance, 4),
          count: offset.count + 1,
        });
    }
  }
  emitter.signalLog = signalLogRatio(residuals, variances);
  emitter.constantLog = constant;
}

/** Two courses that one identity keeps at the same time, and that nobody could fly to and fro. */
function copies(emitter: Emitter, now: Micros): Strand[] {
  const recent = emitter.switches.filter((at) => now - at <= COPY_WINDOW);
  if (recent.length < 2) return [];
  return emitter.strands.filter((strand) => strand.fixes >= 2 && now - strand.beforeLastAt <= COPY_WINDOW);
}

/** What the copied identity adds to "no object there": one of the two may be real, so it never reaches one half by itself. */
const COPIED_SHARE = -PRIOR_FAKE_LOG_ODDS - 0.5;
const COPIED_LOG = 6;

function checkWhole(emitter: Emitter, now: Micros): void {
  const twice = copies(emitter, now).length >= 2;
  emitter.copiedLog = twice ? COPIED_LOG : 0;
  // The first place of the other course was a jump: it is explained now.
  const jumps = Math.max(0, emitter.jumps - (emitter.switches.some((at) => now - at <= 6 * COPY_WINDOW) ? 1 : 0));
  const misfits = twice ? 0 : emitter.speedMisfits;
  emitter.motionLog = motionLogRatio(jumps, emitter.fixes, misfits, emitter.speedChecks);
  const flying = emitter.strands.some((strand) => strand.velocity !== undefined && Math.hypot(strand.velocity[0], strand.velocity[1]) > 2);
  const frozen = flying && emitter.stamps > 5 && now - emitter.newestStampAt > 10 * SECOND && now - emitter.lastAt < FRESH;
  emitter.clockLog = clockLogRatio(emitter.stamps, emitter.stampAge, emitter.stampRepeats, frozen);
}

/** Everything but what others do, for the course with the least against it. */
function ownLogOf(emitter: Emitter): number {
  let least = emitter.strands.length === 0 ? 0 : Number.POSITIVE_INFINITY;
  for (const strand of emitter.strands) least = Math.min(least, strandRadarLog(strand) + strand.bearingLog);
  return least + emitter.signalLog + emitter.constantLog + emitter.motionLog + emitter.clockLog;
}

/** What speaks against all courses of an emitter. A member of a flood by signal was judged by its level there: half of it counts here. */
export function emitterLog(emitter: Emitter): number {
  const signal = emitter.floodLog > 0 ? 0.5 * Math.max(0, emitter.signalLog) : emitter.signalLog;
  const copied = emitter.copiedLog > 0 ? COPIED_SHARE : 0;
  return signal + emitter.constantLog + emitter.motionLog + emitter.clockLog + emitter.floodLog + copied;
}

export const strandRadarLog = (strand: Strand): number =>
  strand.looks === 0 ? 0 : radarLogRatio(strand.seenLog, strand.absentLog, strand.blind);

function conclude(state: EmitterState, now: Micros, filmed: ReadonlySet<string>): void {
  state.verdicts.clear();
  for (const emitter of state.emitters.values()) {
    if (emitter.findings.length > 0) emitter.findings = emitter.findings.filter((finding) => now - finding.lastAt <= KEEP_FINDING);
    const whole = emitterLog(emitter);
    let least = 1;
    for (const strand of emitter.strands) {
      const radar = strandRadarLog(strand);
      const fake = fakeProbability(whole + radar + strand.bearingLog);
      if (now - strand.lastAt <= FORGET_STRAND) least = Math.min(least, fake);
      if (now - emitter.lastAt <= FORGET_STRAND) findOfStrand(emitter, strand, radar, fake, now);
      if (strand.trackKey === "") continue;
      let verdict = state.verdicts.get(strand.trackKey);
      if (verdict === undefined) {
        verdict = { links: [], fake: 1 };
        state.verdicts.set(strand.trackKey, verdict);
      }
      verdict.links.push({ emitterKey: emitter.key, strand: strand.id });
      verdict.fake = Math.min(verdict.fake, filmed.has(strand.trackKey) ? Math.min(fake, 0.05) : fake);
    }
    emitter.fake = emitter.strands.length === 0 ? fakeProbability(whole) : least;
    if (now - emitter.lastAt <= FORGET_STRAND) findOfEmitter(state, emitter, copies, now);
  }
}
