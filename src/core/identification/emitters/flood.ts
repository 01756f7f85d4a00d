// One transmitter that sends many identities: found by its radio address, or by a level (with two receivers: a difference of levels) that
// many identities share although they claim to be at different ranges.

import type { Micros } from "../../base/units.ts";
import { clamp, PRIOR_FAKE_LOG_ODDS, SIGNAL_SIGMA } from "./emitter-models.ts";
import { EMITTER_LIMITS, type Emitter, type EmitterState, type FloodRecord } from "./emitter-state.ts";

const SECOND = 1_000_000;
/** Log-odds that others' conduct alone may lend: a member that nothing else speaks against, and a little for it, stays below one half. */
const MOST_ODDS = 1.5;
/** Heard within this to count, and a group that nobody was seen of for so long has ended. */
const ALIVE = 10 * SECOND;
/** What others do says nothing of a newcomer before radars had time to see it. */
const NEWCOMER = 7 * SECOND;
const ENDED = 30 * SECOND;
/** Identities of one address within a minute from which it is a flood; two may be a drone and the module on its back. */
const ADDRESS_IDENTITIES = 3;
const ADDRESS_WINDOW = 60 * SECOND;
/** Identities that share a level, and the log-likelihood ratio of the whole group, from which it is a flood. */
const SIGNAL_IDENTITIES = 6;
const GROUP_LOG = 10;
/** dB: how far the mean of one identity may lie from its transmitter's, beside its own noise. */
const SHARED_SIGMA = 1;
const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

const normalLog = (off: number, variance: number): number => -0.5 * ((off * off) / variance + Math.log(variance)) - HALF_LOG_TWO_PI;

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : 0.5 * (sorted[middle - 1] + sorted[middle]);
}

/** Level (or difference of levels), expected gain (or difference), both dB, and the variance of the mean level, of one emitter. */
export interface LevelSample {
  readonly level: number;
  readonly gain: number;
  readonly variance: number;
}

export interface SharedLevel {
  /** Log-likelihood ratio: some share of all have one common level, over: each has its own place, a fleet of one make among them. */
  readonly groupLog: number;
  readonly level: number;
  readonly share: number;
  /** For each sample ln p(level | the common transmitter) - ln p(level | its own place) + ln(share / (1 - share)). */
  readonly memberLog: readonly number[];
}

const ROUNDS = 4;

/** Mixture of a narrow component around `centre` and the broad one, fitted by expectation-maximisation. */
function fitMixture(x: readonly number[], variances: readonly number[], constants: readonly number[], broadLog: readonly number[]) {
  const n = x.length;
  // The densest five decibels, to begin with.
  const sorted = [...x].sort((a, b) => a - b);
  let centre = sorted[0];
  let most = 0;
  for (let i = 0, j = 0; j < n; j++) {
    while (sorted[j] - sorted[i] > 5) i += 1;
    if (j - i + 1 > most) {
      most = j - i + 1;
      centre = 0.5 * (sorted[i] + sorted[j]);
    }
  }
  let share = clamp(most / n, 0.05, 0.95);
  const narrow = new Float64Array(n);
  let gain = 0;
  for (let round = 0; ; round++) {
    const last = round === ROUNDS;
    let sum = 0;
    let weighted = 0;
    let weights = 0;
    for (let i = 0; i < n; i++) {
      const off = x[i] - centre;
      narrow[i] = constants[i] - (0.5 * off * off) / variances[i];
      const ratio = share * Math.exp(Math.min(narrow[i] - broadLog[i], 50));
      const mixture = 1 - share + ratio;
      if (last) gain += Math.log(mixture);
      const responsibility = ratio / mixture;
      sum += responsibility;
      weighted += (responsibility * x[i]) / variances[i];
      weights += responsibility / variances[i];
    }
    if (last || weights === 0) break;
    centre = weighted / weights;
    share = clamp(sum / n, 0.02, 0.98);
  }
  return { centre, share, gain, narrow };
}

/**
 * Do some of these share one transmitter? Three explanations: each at its own place with its own power (spread fitted to the sample, at least 6 dB);
 * the same with a fleet of one make among them (level - gain in common); one transmitter (level in common, whatever range is claimed).
 */
export function findSharedLevel(samples: readonly LevelSample[]): SharedLevel {
  const n = samples.length;
  const y = samples.map((one) => one.level - one.gain);
  const own = median(y);
  const spread = 1.4826 * median(y.map((value) => Math.abs(value - own)));
  const broad = Math.max(SIGNAL_SIGMA.path * SIGNAL_SIGMA.path, spread * spread);
  const broadLog = samples.map((one, i) => normalLog(y[i] - own, broad + one.variance));
  const variances = samples.map((one) => SHARED_SIGMA * SHARED_SIGMA + one.variance);
  const constants = variances.map((variance) => -0.5 * Math.log(variance) - HALF_LOG_TWO_PI);
  const x = samples.map((one) => one.level);
  const shared = fitMixture(x, variances, constants, broadLog);
  // The fleet can only take away: it is fitted when there is something to take from.
  const fleetGain = shared.gain < GROUP_LOG ? 0 : fitMixture(y, variances, constants, broadLog).gain;
  const odds = Math.log(shared.share / (1 - shared.share));
  return {
    groupLog: n === 0 ? 0 : shared.gain - Math.max(0, fleetGain),
    level: shared.centre,
    share: shared.share,
    memberLog: samples.map((_, i) => shared.narrow[i] - broadLog[i] + odds),
  };
}

/** Recomputes `floodLog` and `floodId` of every emitter, and the list of floods. */
export function findFloods(state: EmitterState, now: Micros): void {
  const alive: Emitter[] = [];
  for (const emitter of state.emitters.values()) {
    emitter.floodLog = 0;
    emitter.floodId = "";
    if (now - emitter.lastAt <= ALIVE) alive.push(emitter);
  }
  byAddress(state, now, alive);
  bySignal(state, now, alive);
  byBirth(state, now, alive);
  state.floods = state.floods.filter((flood) => now - flood.lastAt <= ENDED);
}

function byAddress(state: EmitterState, now: Micros, alive: readonly Emitter[]): void {
  const groups = new Map<string, Emitter[]>();
  for (const emitter of alive) {
    for (const { name, at } of emitter.addresses) {
      if (now - at > ADDRESS_WINDOW) continue;
      const group = groups.get(name);
      if (group === undefined) groups.set(name, [emitter]);
      else group.push(emitter);
    }
  }
  for (const [name, members] of groups) {
    if (members.length === 2) for (const emitter of members) emitter.floodLog = Math.max(emitter.floodLog, 1.5);
    if (members.length < ADDRESS_IDENTITIES) continue;
    const flood = keepFlood(state, now, `address ${name}`, members, "address", members[0].receptions[0]?.sensorId ?? "");
    for (const emitter of members) {
      emitter.floodLog = 6.5;
      emitter.floodId = flood.id;
    }
  }
}

interface Feature {
  readonly sign: string;
  readonly sensorId: string;
  readonly emitters: Emitter[];
  readonly samples: LevelSample[];
}

function bySignal(state: EmitterState, now: Micros, alive: readonly Emitter[]): void {
  const features = new Map<string, Feature>();
  const add = (sign: string, sensorId: string, emitter: Emitter, sample: LevelSample) => {
    let feature = features.get(sign);
    if (feature === undefined) {
      feature = { sign, sensorId, emitters: [], samples: [] };
      features.set(sign, feature);
    }
    feature.emitters.push(emitter);
    feature.samples.push(sample);
  };
  const sampleVariance = SIGNAL_SIGMA.sample * SIGNAL_SIGMA.sample;
  for (const emitter of alive) {
    if (emitter.floodId !== "") continue; // its transmitter is known already
    const heard = emitter.receptions.filter((one) => one.count >= 2 && now - one.lastAt <= ALIVE);
    for (let i = 0; i < heard.length; i++) {
      const a = heard[i];
      const variance = (2 * sampleVariance) / Math.min(a.count, 10); // neighbouring messages share their fading
      add(`${emitter.origin} level ${a.sensorId} ${a.transport}`, a.sensorId, emitter, { level: a.level, gain: a.gain, variance });
      for (let j = i + 1; j < heard.length; j++) {
        const b = heard[j];
        if (a.transport !== b.transport) continue;
        const [one, two] = a.sensorId < b.sensorId ? [a, b] : [b, a];
        add(`${emitter.origin} difference ${one.sensorId} ${two.sensorId} ${a.transport}`, one.sensorId, emitter, {
          level: one.level - two.level,
          gain: one.gain - two.gain,
          variance: variance + (2 * sampleVariance) / Math.min(b.count, 10),
        });
      }
    }
  }
  for (const feature of features.values()) {
    if (feature.emitters.length < SIGNAL_IDENTITIES) continue;
    const shared = findSharedLevel(feature.samples);
    if (shared.groupLog < GROUP_LOG) continue;
    const members = feature.emitters.filter((_, i) => shared.memberLog[i] > 0);
    if (members.length < SIGNAL_IDENTITIES) continue;
    const births = birthWindow(state, now, members);
    const inside: Emitter[] = [];
    for (let i = 0; i < feature.emitters.length; i++) {
      const emitter = feature.emitters[i];
      let odds = shared.memberLog[i];
      // Nobody knows who was there first when everybody was there at the start: then the group is told, and nobody is condemned by it alone.
      let most = -0.8;
      if (births !== undefined) {
        const inWindow = emitter.firstAt >= births.from && emitter.firstAt <= births.to;
        odds += inWindow ? births.inside : births.outside;
        most = MOST_ODDS;
      }
      if (odds <= 0 || seenByRadar(emitter)) continue;
      inside.push(emitter);
      const log = Math.min(odds, most) - PRIOR_FAKE_LOG_ODDS;
      if (log > emitter.floodLog && now - emitter.firstAt >= NEWCOMER && emitter.heard >= 3) emitter.floodLog = log;
    }
    if (inside.length < SIGNAL_IDENTITIES) continue;
    const flood = keepFlood(state, now, feature.sign, inside, "signal", feature.sensorId);
    for (const emitter of inside) emitter.floodId = flood.id;
  }
}

/** Echoes went with it, and still do. */
const seenByRadar = (emitter: Emitter): boolean => emitter.supports > 0 && emitter.fake < 0.02;

/** Chance newcomers of an ordinary site: one in ten minutes of the group's own window, as ln ratio against the group's burst. */
const ORDINARY_WINDOW = 600; // s

/**
 * When the group's identities appeared: together, as a flood begins, or over a long time. Undefined when it was there at the start or came slowly:
 * then birth tells nothing.
 */
function birthWindow(state: EmitterState, now: Micros, members: readonly Emitter[]) {
  const births = members.map((emitter) => emitter.firstAt as number).sort((a, b) => a - b);
  // The shortest time in which four of five were born: who was there before is no part of the burst.
  const count = Math.ceil(0.8 * births.length);
  let from = births[0]!;
  let to = births.at(-1)!;
  for (let i = 0; i + count <= births.length; i++) {
    if (births[i + count - 1]! - births[i]! >= to - from) continue;
    from = births[i]!;
    to = births[i + count - 1]!;
  }
  const span = Math.max((to - from) / SECOND, 5);
  if (span > 120 || from - (state.startedAt ?? now) < 15 * SECOND) return undefined;
  const slack = SECOND;
  return {
    from: from - slack,
    to: to + slack,
    inside: Math.min(3, Math.log(ORDINARY_WINDOW / span)),
    outside: -7,
  };
}

/** s: births this close together belong to one cohort; a longer chain of them is the ordinary traffic of the place. */
const COHORT_GAP = 1;
const COHORT_SPAN = 15;
/** Identities, fakes expected among them, and the log-likelihood ratio of the whole cohort, from which it is one. */
const COHORT_IDENTITIES = 8;
const COHORT_FAKES = 4;
const COHORT_LOG = 6;
/** Weight of the prior, in emitters. */
const COHORT_PRIOR = 5;

/**
 * Those who appeared together share an unknown share of fakes, estimated from what each one's own checks say (expectation-maximisation with a beta
 * prior of mean 2 %). It takes the place of the prior for all of them. Who was there in the first quarter of a minute appeared with everybody, because
 * Picket did: nothing follows.
 */
function byBirth(state: EmitterState, now: Micros, alive: readonly Emitter[]): void {
  const start = (state.startedAt ?? 0) + 15 * SECOND;
  const sorted = alive.filter((emitter) => emitter.firstAt >= start).sort((a, b) => a.firstAt - b.firstAt || (a.key < b.key ? -1 : 1));
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]!.firstAt - sorted[to - 1]!.firstAt <= COHORT_GAP * SECOND) to += 1;
    const span = sorted[to - 1]!.firstAt - sorted[from]!.firstAt;
    if (to - from >= COHORT_IDENTITIES && span <= COHORT_SPAN * SECOND) judgeCohort(state, sorted.slice(from, to), now);
    from = to;
  }
}

function judgeCohort(state: EmitterState, cohort: readonly Emitter[], now: Micros): void {
  const ratios = cohort.map((emitter) => Math.exp(clamp(emitter.ownLog, -8, 8)));
  let share = 0.3;
  let fakes = 0;
  let gain = 0;
  for (let round = 0; round < 6; round++) {
    fakes = 0;
    gain = 0;
    for (const ratio of ratios) {
      const mixture = 1 - share + share * ratio;
      fakes += (share * ratio) / mixture;
      gain += Math.log(mixture);
    }
    share = (0.02 * COHORT_PRIOR + fakes) / (COHORT_PRIOR + cohort.length);
  }
  if (fakes < COHORT_FAKES || gain < COHORT_LOG) return;
  const log = Math.min(Math.log(share / (1 - share)), MOST_ODDS) - PRIOR_FAKE_LOG_ODDS;
  for (const emitter of cohort) {
    if (seenByRadar(emitter) || now - emitter.firstAt < NEWCOMER || emitter.heard < 3) continue;
    if (log > emitter.floodLog) emitter.floodLog = log;
  }
  // Told as one group, together with what a common level made of them.
  const addressed = new Set(state.floods.filter((flood) => flood.how === "address").map((flood) => flood.id));
  const members = cohort.filter((emitter, i) => {
    const odds = (share * ratios[i]!) / (1 - share);
    return odds > 1 && !addressed.has(emitter.floodId) && !seenByRadar(emitter) && now - emitter.firstAt >= NEWCOMER;
  });
  if (members.length < COHORT_IDENTITIES) return;
  const flood = keepFlood(state, now, `burst ${cohort[0]!.firstAt}`, members, "burst", members[0]!.receptions[0]?.sensorId ?? "");
  for (const emitter of members) emitter.floodId = flood.id;
}

function keepFlood(
  state: EmitterState,
  now: Micros,
  sign: string,
  members: readonly Emitter[],
  how: FloodRecord["how"],
  sensorId: string,
): FloodRecord {
  const keys = members.map((emitter) => emitter.key).sort();
  // The same sign, or mostly the same members under another sign, is the same flood.
  let flood = state.floods.find((one) => one.signs.includes(sign));
  if (flood === undefined) {
    const set = new Set(keys);
    flood = state.floods.find((one) => {
      const both = one.emitterKeys.filter((key) => set.has(key)).length;
      return one.how !== "address" && how !== "address" && 2 * both > Math.min(one.emitterKeys.length, keys.length);
    });
    flood?.signs.push(sign);
    if (flood !== undefined && flood.signs.length > 8) flood.signs.shift();
  }
  if (flood === undefined) {
    flood = { id: `F${state.nextFlood}`, origin: members[0].origin, at: now, lastAt: now, emitterKeys: [], signs: [sign], sensorId, how };
    state.nextFlood += 1;
    state.floods.push(flood);
    if (state.floods.length > EMITTER_LIMITS.floods) {
      let smallest = 0;
      for (let i = 1; i < state.floods.length; i++)
        if (state.floods[i].emitterKeys.length < state.floods[smallest].emitterKeys.length && state.floods[i] !== flood) smallest = i;
      state.floods.splice(smallest, 1);
    }
  }
  // Found twice in one turn, by level and as a burst: all of both.
  flood.emitterKeys = flood.lastAt === now ? [...new Set([...flood.emitterKeys, ...keys])].sort() : keys;
  flood.lastAt = now;
  return flood;
}
