// Evidence of class: what a track shows, weighed against every class. One slot for each group of features, so that nothing counts
// twice; a ledger adds them up.
//
// A name of CLASS_NAMES is a mixture of table classes. Slots are asked one after another, and each is weighed given the ones before:
// L_k(name) = ln sum_m w_m p_k(m), then w_m <- w_m p_k(m) / (that sum). So the sum over slots is exactly the logarithm of the mixture of
// products: "balloon" cannot take the standing still of a tethered one together with the faint echo of a toy.

import { MICROS_PER_SECOND, type Micros } from "../base/units.ts";
import { naturalLogarithm } from "../math/logarithm.ts";
import { CLASS_NAMES, type Evidence, type EvidenceBasis } from "../model/identity.ts";
import { FAMILY_PRIORS, type TargetFamily } from "../model/target-classes.ts";
import type { TrackFacts, Wind } from "../model/track-facts.ts";
import { type ClassFeatures, emptySummary, noteJudged, type SensorFeatures, summarizeMotion } from "./class-features.ts";
import { CLAIM_RELIABILITY, type ClassClaim, confusion, LABEL_QUALITY, type LabelQuality, meaningOf, means } from "./class-labels.ts";
import { type ClassModel, defaultClassModel, multiplyLikelihood, setLikelihood, UNKNOWN } from "./class-model.ts";
import { PATTERN_FAMILIES, PATTERN_FEATURES, patternFeatures, patternLikelihood } from "./class-pattern.ts";

const NAMES = CLASS_NAMES.length;

/** Evidence of one slot that moved less than this (nats) since it was last given is given again as the same object. */
const UNCHANGED = 0.02;

/** dB, 1 sigma of one look at a Swerling 1 echo, and what the mean of the logarithm lies below the logarithm of the mean. */
const LOOK_SIGMA = 5.57;
const LOG_MEAN_BIAS = 2.51;
/** Looks beyond which more do not help: aspect and calibration stay. */
const MOST_LOOKS = 16;

/** Chance that an object which does not broadcast carries a broadcast all the same: a wrong association, or a forgery. */
const STRAY_REMOTE_ID = 0.004;
const STRAY_TRANSPONDER = 0.0005;
/** A forged or borrowed transponder on something unmanned. */
const GHOST_TRANSPONDER = 0.004;
/** Chance that a direction finder's bearing is put on a silent object that happens to lie there. */
const STRAY_RADIO = 0.05;

/** s; about the age at which a track is confirmed: priors are of such tracks. */
const YOUNG = 3;
/** Share of looks in which a track must have been seen for its covariance to tell of its manoeuvres. */
const STEADILY_SEEN = 0.7;
/** ln(m^2/s^3) from which on the tracker sees it manoeuvre. */
const LIVELY = -0.8;
/** Progress (distance made good against speed) below which an object stays where it is; its error beyond which nothing can be said. */
const STAYS = 0.7;
const VAGUE = 1;
/** 1 sigma of the progress of what flies, errors apart: turns shorten the way. An estimate. */
const PROGRESS_SIGMA = 0.12;

/** Below this, m/s, wind carries nothing that could be told from standing. */
const LEAST_WIND = 1;
/** Gusts, and wind that differs with height and place: m/s, and share of the wind speed. */
const GUST = 0.8;
const WIND_SHEAR = 0.3;

/** Which part of the evidence to ask for: benches and audits take features apart with it. */
export interface EvidenceOptions {
  readonly model?: ClassModel;
  /** Slots of measured features that are left out: "progress", "speed", "manoeuvre", "climb", "height", "support", "age", "wind", "pattern", "rcs", "micro-doppler", "label", "radio". */
  readonly without?: readonly string[];
  /** Confusion of single sensors, by id, where better is known than the kind's default. */
  readonly labelQuality?: Readonly<Record<string, LabelQuality>>;
  /** What was given last time: pieces that did not change come back as the same objects, and the same list when none did. */
  readonly previous?: readonly Evidence[];
}

interface Work {
  model: ClassModel;
  /** [members + 1] share of each member in its name times its likelihood in the slots so far. */
  weights: Float64Array;
  /** [members + 1] likelihood of the slot at hand. */
  likelihood: Float64Array;
  sums: Float64Array;
  /** [names] each name's weight against that of "unknown", given the slots so far. */
  before: Float64Array;
  /** [names] log-likelihood of the slot at hand. */
  log: Float64Array;
  nameOf: Int32Array;
  /** [members + 1] index of each member's family in `spread`, and "unknown" after the families. */
  familyOf: Int32Array;
  /** [families + 1] likelihood of the slot at hand, where it is one for all of a family. */
  spread: Float64Array;
  previous: readonly Evidence[] | undefined;
  /** Where in `previous` the next slot is looked for first: slots mostly come in the order of last time. */
  cursor: number;
  /** Pieces so far. */
  out: Evidence[];
  /** Of the piece that is being made. */
  slot: string;
  key: string;
  source: string;
}
const works = new Map<ClassModel, Work>();
function workFor(model: ClassModel): Work {
  let work = works.get(model);
  if (work === undefined) {
    const size = model.classes.length + 1;
    work = {
      model,
      weights: new Float64Array(size),
      likelihood: new Float64Array(size),
      sums: new Float64Array(NAMES),
      before: new Float64Array(NAMES),
      log: new Float64Array(NAMES),
      nameOf: Int32Array.from(model.nameOf),
      familyOf: Int32Array.from([...model.family.map((family) => FAMILY_INDEX[family]), PATTERN_FAMILIES.length]),
      spread: new Float64Array(PATTERN_FAMILIES.length + 1),
      previous: undefined,
      cursor: 0,
      out: [],
      slot: "",
      key: "",
      source: "",
    };
    if (works.size > 64) works.clear();
    works.set(model, work);
  }
  return work;
}
const summary = emptySummary();
const patternScratch = new Float64Array(PATTERN_FEATURES.length);
const patternLogs = new Float64Array(PATTERN_FAMILIES.length);
const FAMILY_INDEX: Readonly<Record<TargetFamily, number>> = { uas: 0, bird: 1, manned: 2, lta: 3, ground: 4, clutter: 5 };

/**
 * Log prior of each name, natural logarithms, in the order of CLASS_NAMES; exp of it sums to 1. `weights` are those of the families among
 * new tracks at the site (they need not add up to 1); within a family every table class is as likely as any other.
 */
export function classPrior(
  weights: Readonly<Partial<Record<TargetFamily, number>>> = FAMILY_PRIORS,
  model = defaultClassModel(),
): number[] {
  const probabilities = new Array<number>(NAMES).fill(0);
  let total = 0;
  const inFamily = (family: TargetFamily) => model.family.reduce((count, other) => count + (other === family ? 1 : 0), 0);
  for (let m = 0; m < model.classes.length; m++) {
    const family = model.family[m]!;
    const weight = Math.max(weights[family] ?? 0, 1e-6) / inFamily(family);
    probabilities[model.nameOf[m]!] += weight;
    total += weight;
  }
  const { unknownPrior } = model.constants;
  return probabilities.map((p, n) => Math.log(n === UNKNOWN ? unknownPrior : Math.max(((1 - unknownPrior) * p) / total, 1e-12)));
}

/**
 * What the features and claims say of the class: one piece of evidence for each slot that has something to say, never throws, every
 * number finite. Log-likelihoods are taken against "unknown", whose own is 0 throughout.
 *
 * Call it after `observeFacts` and `observeFeature`; with `previous`, unchanged pieces come back as they were.
 */
export function classEvidence(
  features: ClassFeatures,
  facts: TrackFacts,
  claims: readonly ClassClaim[],
  wind: Wind | undefined,
  options: EvidenceOptions = {},
): Evidence[] {
  const { judged } = features;
  let beside = "";
  if (options.previous !== undefined) {
    const sameBeside = isBeside(judged.beside, facts, claims, wind);
    if (sameBeside && judged.revision >= 0) {
      if (judged.revision === features.revision) return options.previous as Evidence[];
      const settled = features.samples >= SETTLED && !features.news;
      if (settled && facts.at - judged.at < (features.restless ? REFRESH : CALM) && facts.at >= judged.at)
        return options.previous as Evidence[];
    }
    beside = sameBeside ? judged.beside : besideFeatures(facts, claims, wind);
  }
  judged.revision = features.revision;
  judged.at = facts.at;
  judged.beside = beside;
  const model = options.model ?? defaultClassModel();
  const work = workFor(model);
  const { previous, without } = options;
  startWork(work);
  work.previous = previous;
  const { out } = work;
  out.length = 0;
  const at = features.observedAt;

  const { covariance } = facts;
  const positionSigma = Math.sqrt((covariance[0]! + covariance[7]!) / 2);
  summarizeMotion(features, facts.at, positionSigma >= 0 ? positionSigma : 100, summary);
  const motion = summary;
  noteJudged(features, facts, motion);
  if (motion.samples >= 1) {
    // What flashes in one place (a turbine's blades) shows a speed and does not get anywhere.
    const jitters = motion.progress >= 0 && motion.progress + 2 * motion.progressSigma < STAYS;
    if (without?.includes("progress") !== true && motion.progress >= 0 && motion.progressSigma < VAGUE) {
      progressLikelihood(work);
      if (says(work, "progress", jitters ? "class-gets-nowhere" : "class-gets-on", "picket"))
        add(work, "measured", at, {
          speed: tenths(motion.speed),
          progress: Math.round(100 * motion.progress),
          seconds: Math.round(motion.span),
        });
    }
    if (without?.includes("speed") !== true) {
      const mixed = motion.hoverShare > 0.2 && motion.hoverShare < 0.8;
      const speed = jitters ? motion.progress * motion.speed : motion.speed;
      setLikelihood(mixed && !jitters ? model.movingSpeed : model.speed, speed, motion.speedSigma, work.likelihood);
      if (says(work, "speed", motion.hoverShare >= 0.8 ? "class-stands" : mixed ? "class-stop-and-go" : "class-speed", "picket"))
        add(work, "measured", at, {
          speed: tenths(motion.speed),
          sigma: tenths(motion.speedSigma),
          standing: Math.round(100 * motion.hoverShare),
          seconds: Math.round(motion.span),
        });
    }
    // Where looks are missed the covariance is wide for that reason.
    const agile = motion.agility - motion.agility === 0 && motion.support >= STEADILY_SEEN;
    if (without?.includes("manoeuvre") !== true && (motion.gain >= 0 || agile)) {
      if (motion.gain >= 0) setLikelihood(model.gain, motion.gain, motion.gainSigma, work.likelihood);
      else work.likelihood.fill(1);
      if (motion.turn >= 0) multiplyLikelihood(model.turn, motion.turn, motion.turnSigma, work.likelihood);
      if (agile) {
        // Calmer than calm is calm: how calm depends on the tracker's settings.
        const agility = Math.min(Math.max(motion.agility, model.constants.agilityStraight - 0.5), 3);
        multiplyLikelihood(model.agility, agility, 0.2, work.likelihood);
      }
      const turning = motion.turn > 3 * motion.turnSigma && motion.turn > 0.05;
      const gaining = motion.gain > 3 * motion.gainSigma && motion.gain > 0.5;
      const lively = agile && motion.agility > LIVELY;
      const key = turning
        ? "class-turns"
        : gaining
          ? "class-changes-speed"
          : lively
            ? "class-lively"
            : agile
              ? "class-calm"
              : "class-steady";
      if (says(work, "manoeuvre", key, "picket"))
        add(work, "measured", at, {
          turn: tenths(Math.max(motion.turn, 0) * 57.29577951308232),
          gain: tenths(Math.max(motion.gain, 0)),
          agility: agile ? Math.round(100 * Math.exp(motion.agility)) / 100 : 0,
          seconds: Math.round(motion.span),
        });
    }
    if (without?.includes("climb") !== true && motion.climb - motion.climb === 0) {
      setLikelihood(model.climb, Math.abs(motion.climb), motion.climbSigma, work.likelihood);
      const steep = Math.abs(motion.climb) > 2 * motion.climbSigma && Math.abs(motion.climb) > 0.3;
      if (says(work, "climb", steep ? (motion.climb > 0 ? "class-climbs" : "class-descends") : "class-level", "picket"))
        add(work, "measured", at, {
          climb: tenths(Math.abs(motion.climb)),
          sigma: tenths(motion.climbSigma),
          seconds: Math.round(motion.span),
        });
    }
  }
  if (without?.includes("height") !== true && facts.heightKnown && motion.samples >= 1) {
    const height = facts.position[2];
    const sigma = Math.sqrt(facts.covariance[14]!);
    if (height - height === 0 && sigma > 0) {
      setLikelihood(model.height, height, sigma, work.likelihood);
      if (says(work, "height", "class-height", "picket"))
        add(work, "measured", at, { height: Math.round(height), sigma: Math.round(sigma) });
    }
  }
  if (without?.includes("support") !== true && motion.support >= 0) {
    supportLikelihood(work);
    if (says(work, "support", "class-support", "picket")) add(work, "measured", at, { share: Math.round(100 * motion.support) });
  }
  if (without?.includes("age") !== true && motion.samples >= 1) {
    const age = (features.observedAt - features.createdAt) / MICROS_PER_SECOND;
    if (age >= YOUNG) {
      work.likelihood.fill(1);
      const lives = falseTrackLives(age) / falseTrackLives(YOUNG);
      for (let m = 0; m < model.falseTrack.length; m++) if (model.falseTrack[m] === 1) work.likelihood[m] = lives;
      if (says(work, "age", "class-persists", "picket")) add(work, "measured", at, { seconds: Math.round(age) });
    }
  }
  if (without?.includes("wind") !== true && wind !== undefined && motion.samples >= 3) {
    const drift = windLikelihood(work, wind);
    if (drift !== undefined && says(work, "wind", drift.key, wind.from === "operator" ? "operator" : "picket"))
      add(work, "measured", at, drift.values);
  }
  // Fitted on tracks from 5 s on; a track that few looks have seen by then says something by that.
  const old = features.observedAt - features.createdAt >= YOUNG * MICROS_PER_SECOND;
  if (without?.includes("pattern") !== true && motion.samples >= 1 && old) {
    const height = facts.heightKnown && without?.includes("height") !== true ? facts.position[2] : Number.NaN;
    if (without?.includes("climb") === true) motion.climb = Number.NaN;
    patternFeatures(motion, height, without?.includes("wind") === true ? undefined : wind, patternScratch);
    patternLikelihood(patternScratch, patternLogs);
    let best = 0;
    for (let f = 1; f < patternLogs.length; f++) if (patternLogs[f]! > patternLogs[best]!) best = f;
    const { spread, familyOf, likelihood } = work;
    for (let f = 0; f < patternLogs.length; f++) spread[f] = Math.exp(patternLogs[f]!);
    spread[patternLogs.length] = 1;
    for (let m = 0; m < familyOf.length; m++) likelihood[m] = spread[familyOf[m]!]!;
    if (says(work, "pattern", `class-pattern-${PATTERN_FAMILIES[best]!}`, "picket"))
      add(work, "measured", at, { seconds: Math.round(motion.span) });
  }
  if (without?.includes("rcs") !== true) {
    const echo = pooledEcho(features.sensors);
    if (echo !== undefined) {
      setLikelihood(
        model.rcs,
        echo.mean + LOG_MEAN_BIAS,
        Math.sqrt((LOOK_SIGMA * LOOK_SIGMA) / Math.min(echo.looks, MOST_LOOKS) + 1),
        work.likelihood,
      );
      if (echo.looks >= 8) multiplyLikelihood(model.fluctuation, echo.sigma, (1.1 * LOOK_SIGMA) / Math.sqrt(echo.looks), work.likelihood);
      if (says(work, "rcs", "class-rcs", echo.sensorId))
        add(work, "measured", echo.at, {
          rcs: Math.round(echo.mean + LOG_MEAN_BIAS),
          looks: Math.round(echo.looks),
          fluctuation: tenths(echo.sigma),
          sensor: echo.sensorId,
        });
    }
  }
  let turningSeenBy = "";
  if (without?.includes("micro-doppler") !== true) {
    const seen = pooledMicroDoppler(features.sensors);
    if (seen !== undefined) {
      turningSeenBy = seen.sensorId;
      const shares = model.microDoppler;
      for (let m = 0; m < work.likelihood.length; m++) {
        const none = shares[3]![m]!;
        let p = 0;
        for (let k = 0; k < 3; k++) p += seen.votes[k]! * shares[k]![m]!;
        work.likelihood[m] =
          seen.seen >= 1 ? p : seen.seen <= 0 ? none : Math.exp(seen.seen * Math.log(p) + (1 - seen.seen) * Math.log(none));
      }
      if (says(work, "micro-doppler", `class-micro-doppler-${seen.kind}`, seen.sensorId))
        add(work, "measured", seen.at, {
          sensor: seen.sensorId,
          share: Math.round(100 * seen.share),
        });
    }
  }
  if (without?.includes("radio") !== true) radioEvidence(facts, work);
  if (without?.includes("label") !== true) {
    for (const sensor of features.sensors) {
      if (sensor.labels.length === 0) continue;
      // What an object says of itself comes again as a claim, and counts there.
      if (claims.some(({ sensorId }) => sensorId === sensor.sensorId)) continue;
      labelEvidence(sensor, work, turningSeenBy === sensor.sensorId, options.labelQuality?.[sensor.sensorId]);
    }
  }
  broadcastEvidence(facts, claims, work);
  for (const claim of claims) claimEvidence(claim, work);

  work.previous = undefined;
  let same = previous !== undefined && previous.length === out.length;
  for (let i = 0; i < out.length && same; i++) same = out[i] === previous![i];
  return same ? (previous as Evidence[]) : out.slice();
}

/**
 * Samples after which a track's evidence changes slowly, and for how long it is then left as it is, us: a few scans of most radars. Where nothing of what it is
 * made of moved by more than its own error and a tenth (`hasMoved` in class-features), for longer.
 */
const SETTLED = 8;
const REFRESH = 4_000_000;
const CALM = 12_000_000;

let lastWind: Wind | undefined;
let lastWindText = "";

/** Whether `text` is what `besideFeatures` would give, without making it: asked for every track at every look, and nearly always so. */
function isBeside(text: string, facts: TrackFacts, claims: readonly ClassClaim[], wind: Wind | undefined): boolean {
  let at = 0;
  if (wind !== undefined) {
    if (wind !== lastWind) {
      lastWind = wind;
      lastWindText = `${wind.east} ${wind.north} ${wind.sigma}`;
    }
    if (!text.startsWith(lastWindText)) return false;
    at = lastWindText.length;
  }
  for (let i = 0; i < facts.identities.length && at >= 0; i++) at = wordAt(text, at, facts.identities[i]!.scheme);
  for (let i = 0; i < facts.contributors.length && at >= 0; i++) at = wordAt(text, at, facts.contributors[i]!.kind);
  for (let i = 0; i < claims.length && at >= 0; i++) {
    const claim = claims[i]!;
    at = wordAt(text, at, claim.sensorId);
    if (at >= 0) at = wordAt(text, at, claim.kind);
    if (at >= 0) at = wordAt(text, at, claim.category);
    if (at >= 0) at = wordAt(text, at, claim.reliability === undefined ? "" : String(claim.reliability));
  }
  return at === text.length;
}

/** Where `text` goes on behind a blank and this word; -1 where it does not have them at `at`. */
const wordAt = (text: string, at: number, word: string): number =>
  text.charCodeAt(at) === 32 && text.startsWith(word, at + 1) ? at + 1 + word.length : -1;

/** What evidence depends on besides the features, as a text to compare. */
function besideFeatures(facts: TrackFacts, claims: readonly ClassClaim[], wind: Wind | undefined): string {
  // Keep `isBeside` in step.
  let text = wind === undefined ? "" : `${wind.east} ${wind.north} ${wind.sigma}`;
  for (const { scheme } of facts.identities) text += ` ${scheme}`;
  for (const { kind } of facts.contributors) text += ` ${kind}`;
  for (const claim of claims) text += ` ${claim.sensorId} ${claim.kind} ${claim.category} ${claim.reliability ?? ""}`;
  return text;
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** A list of fractions from the start: engines change the representation of one that is filled later. */
const BLANK: readonly number[] = CLASS_NAMES.map(() => 0.5);

/** Every member has its share in its name again, and nothing has been weighed. */
function startWork(work: Work): void {
  const { weights, before, nameOf, sums, model } = work;
  const { shareInName } = model;
  for (let n = 0; n < NAMES; n++) sums[n] = 0;
  for (let m = 0; m < weights.length; m++) {
    weights[m] = shareInName[m]!;
    sums[nameOf[m]!] = sums[nameOf[m]!]! + shareInName[m]!;
  }
  const reference = 1 / sums[UNKNOWN]!;
  // The shares of a name add up to 1; a name whose classes the model leaves out says what "unknown" says.
  for (let n = 0; n < NAMES; n++) before[n] = sums[n]! > 0 ? sums[n]! * reference : 1;
  work.cursor = 0;
}

/** Weighs the likelihoods at hand into `work.log` and passes the members' weights on; false when the slot says nothing. Allocates nothing. */
function weigh(work: Work): boolean {
  const { weights, likelihood, sums, before, log, nameOf } = work;
  for (let n = 0; n < NAMES; n++) sums[n] = 0;
  for (let m = 0; m < weights.length; m++) {
    const joint = weights[m]! * likelihood[m]!;
    weights[m] = joint;
    sums[nameOf[m]!] = sums[nameOf[m]!]! + joint;
  }
  const reference = 1 / sums[UNKNOWN]!;
  let telling = false;
  for (let n = 0; n < NAMES; n++) {
    const sum = sums[n]!;
    // A name whose classes the model leaves out keeps 0 weight: it says what "unknown" says.
    const ratio = sum > 0 ? sum * reference : 1;
    const value = naturalLogarithm(ratio / before[n]!);
    before[n] = ratio;
    log[n] = value;
    if (value > UNCHANGED || value < -UNCHANGED) telling = true;
  }
  log[UNKNOWN] = 0;
  // Only ratios count: products of many slots must not run out of numbers.
  if (!(sums[UNKNOWN]! > 1e-60)) for (let m = 0; m < weights.length; m++) weights[m] = weights[m]! * reference;
  return telling;
}

/**
 * Weighs the slot. True when it has something new to say, for which `add` makes the piece; where it says what it said last time, that piece is
 * given again and nothing is made.
 */
function says(work: Work, slot: string, key: string, source: string): boolean {
  if (!weigh(work)) return false;
  const old = kept(work, slot, key, source);
  if (old !== undefined) {
    work.out.push(old);
    return false;
  }
  work.slot = slot;
  work.key = key;
  work.source = source;
  return true;
}

/** The piece that was given last time, where it still says the same. */
function kept(work: Work, slot: string, key: string, source: string): Evidence | undefined {
  const { previous, log, cursor } = work;
  if (previous === undefined) return undefined;
  const count = previous.length;
  for (let step = 0; step < count; step++) {
    const at = cursor + step < count ? cursor + step : cursor + step - count;
    const old = previous[at]!;
    if (old.slot !== slot) continue;
    work.cursor = at + 1 < count ? at + 1 : 0;
    if (old.key !== key || old.source !== source) return undefined;
    const { logLikelihood } = old;
    for (let n = 0; n < NAMES; n++) {
      const change = logLikelihood[n]! - log[n]!;
      if (!(change < UNCHANGED && change > -UNCHANGED)) return undefined;
    }
    return old;
  }
  return undefined;
}

function add({ log, out, slot, key, source }: Work, basis: EvidenceBasis, at: Micros, values: Evidence["values"]): void {
  const logLikelihood = BLANK.slice();
  for (let n = 0; n < NAMES; n++) logLikelihood[n] = log[n]!;
  out.push({ slot, question: "class", source, basis, at, logLikelihood, key, values });
}

/** Chance that a false track has lived so long: its lifetime in the table is log-normal with 2, 5 and 20 s at 5, 50 and 95 %. */
export function falseTrackLives(age: number): number {
  const z = (Math.log(age) - Math.log(5)) / ((Math.log(20) - Math.log(2)) / 3.29);
  // Logistic curve for the normal's tail: within 0.01, and heavier far out, where the table says nothing.
  return Math.max(1 / (1 + Math.exp(1.702 * z)), 0.01);
}

/**
 * Does it go with the wind? For what drifts, the velocity is the wind's; for all others the heading is even. The speed has been weighed
 * already, so it is taken out here: p(velocity | drifts, wind) 2 pi v / p(v | class).
 */
function windLikelihood(work: Work, wind: Wind): { key: string; values: Evidence["values"] } | undefined {
  const speed = Math.sqrt(wind.east * wind.east + wind.north * wind.north);
  if (!(speed >= LEAST_WIND) || summary.samples === 0) return undefined;
  const { model, likelihood } = work;
  const spread = Math.sqrt(
    wind.sigma * wind.sigma + GUST * GUST + WIND_SHEAR * WIND_SHEAR * speed * speed + summary.speedSigma * summary.speedSigma,
  );
  const dE = summary.east - wind.east;
  const dN = summary.north - wind.north;
  const off = Math.sqrt(dE * dE + dN * dN);
  const plane = Math.exp((-0.5 * off * off) / (spread * spread)) / (2 * Math.PI * spread * spread);
  setLikelihood(model.plainSpeed, summary.speed, summary.speedSigma, likelihood);
  const along = 2 * Math.PI * Math.max(summary.speed, 0.3) * plane;
  for (let m = 0; m < likelihood.length; m++) {
    const ratio = model.drifts[m] === 1 ? along / likelihood[m]! : 1;
    likelihood[m] = Math.min(Math.max(ratio, 0.003), 30);
  }
  const course = (east: number, north: number) => Math.round((((Math.atan2(east, north) * 57.29577951308232) % 360) + 360) % 360) % 360;
  return {
    key: off < 2 * spread ? "class-drifts-with-wind" : "class-not-with-wind",
    values: {
      speed: tenths(Math.sqrt(summary.east * summary.east + summary.north * summary.north)),
      course: course(summary.east, summary.north),
      windSpeed: tenths(speed),
      windCourse: course(wind.east, wind.north),
      difference: tenths(off),
    },
  };
}

/** Does it get on as fast as it seems to move? Most do; what is fixed may show any speed, a false track jumps. */
function progressLikelihood(work: Work): void {
  const { model, likelihood } = work;
  const sigma = Math.sqrt(PROGRESS_SIGMA * PROGRESS_SIGMA + summary.progressSigma * summary.progressSigma);
  const z = (Math.min(summary.progress, 1) - 0.97) / sigma;
  const gets = Math.exp(-0.5 * z * z) / (sigma * 2.5066282746310002);
  const any = 1 / 1.5;
  for (let m = 0; m < likelihood.length; m++)
    likelihood[m] = model.fixed[m] === 1 ? any : model.falseTrack[m] === 1 ? 0.5 * any + 0.5 * gets : 0.05 * any + 0.95 * gets;
  likelihood[likelihood.length - 1] = 0.3 * any + 0.7 * gets;
}

/** How often was it seen? What flies, nearly always; what stands hides from a radar's Doppler filter; a false track comes and goes. */
function supportLikelihood(work: Work): void {
  const { model, likelihood } = work;
  const { supportSigma } = model.constants;
  const z = (1 - summary.support) / supportSigma;
  const seen = (2 * Math.exp(-0.5 * z * z)) / (supportSigma * 2.5066282746310002);
  for (let m = 0; m < likelihood.length; m++) {
    const share = model.supported[m]!;
    // Blades flash now and then: the oftener it is seen, the less is it that.
    likelihood[m] = model.fixed[m] === 1 ? 2 * (1 - summary.support) + 0.05 : share * seen + 1 - share;
  }
}

interface Echo {
  sensorId: string;
  at: Micros;
  looks: number;
  mean: number;
  sigma: number;
}
/** All radars' echoes as one: they see the same object, so a second radar confirms its size and is no second opinion on it. */
function pooledEcho(sensors: readonly SensorFeatures[]): Echo | undefined {
  let looks = 0;
  let mean = 0;
  let squares = 0;
  let best: SensorFeatures | undefined;
  for (const sensor of sensors) {
    if (!(sensor.rcsLooks > 0)) continue;
    looks += sensor.rcsLooks;
    mean += sensor.rcsLooks * sensor.rcsMean;
    squares += sensor.rcsSquares;
    if (best === undefined || sensor.rcsLooks > best.rcsLooks) best = sensor;
  }
  if (best === undefined || looks < 0.5) return undefined;
  return { sensorId: best.sensorId, at: best.lastAt, looks, mean: mean / looks, sigma: looks > 1 ? Math.sqrt(squares / (looks - 1)) : 0 };
}

const KINDS = ["rotor", "propeller", "flap", "none"] as const;
/**
 * Share of reports that show moving parts up to which they count as strays, and from which on as seen: a radar sees them now and then, and in a dense
 * flock a report may be the neighbour's. Between them, and below so many such reports, the evidence grows from none to all.
 */
const STRAY_SHARE = 0.1;
const SEEN_SHARE = 0.4;
const SEEN_REPORTS = 3;

/** What micro-Doppler shows, over all radars that look for it; an object either has moving parts or has not, so all votes are one. */
function pooledMicroDoppler(
  sensors: readonly SensorFeatures[],
): { sensorId: string; at: Micros; votes: readonly number[]; kind: string; share: number; seen: number } | undefined {
  const votes: [number, number, number, number] = [0, 0, 0, 0];
  let best: SensorFeatures | undefined;
  let most = 0;
  for (const sensor of sensors) {
    const [a, b, c, d] = sensor.microDoppler;
    const sum = a + b + c + d;
    if (sum <= 0) continue;
    for (let k = 0; k < 4; k++) votes[k] += sensor.microDoppler[k]!;
    if (sum > most) {
      most = sum;
      best = sensor;
    }
  }
  if (best === undefined) return undefined;
  const moving = votes[0] + votes[1] + votes[2];
  const share = moving / (moving + votes[3]);
  const seen = Math.min(moving / SEEN_REPORTS, 1) * Math.min(Math.max((share - STRAY_SHARE) / (SEEN_SHARE - STRAY_SHARE), 0), 1);
  votes[3] = 0;
  if (moving > 0) for (let k = 0; k < 3; k++) votes[k] /= moving;
  const kind = seen < 0.3 ? 3 : votes[0] >= votes[1] && votes[0] >= votes[2] ? 0 : votes[1] >= votes[2] ? 1 : 2;
  return { sensorId: best.sensorId, at: best.lastAt, votes, kind: KINDS[kind]!, share, seen };
}

/** A direction finder shares in the track: it transmits where drones do. Silence says nothing: many do not, and many are not heard. */
function radioEvidence(facts: TrackFacts, work: Work): void {
  for (const { kind, sensorId, lastAt } of facts.contributors) {
    if (kind !== "rf-direction-finder" && kind !== "rf-tdoa") continue;
    const { classes } = work.model;
    for (let m = 0; m < classes.length; m++) {
      const { radio, family } = classes[m]!;
      // Bands of the air services are no drone's link; what such aircraft carry besides is rarely heard.
      const emits = family === "uas" ? radio.emitProbability : 0.1 * radio.emitProbability;
      work.likelihood[m] = STRAY_RADIO + (1 - STRAY_RADIO) * emits;
    }
    work.likelihood[classes.length] = 0.2;
    if (says(work, "radio", "class-radio", sensorId)) add(work, "measured", lastAt, { sensor: sensorId });
    return;
  }
}

/** One sensor's own word, over all its reports: words that change share their say. */
function labelEvidence(sensor: SensorFeatures, work: Work, sameEcho: boolean, quality: LabelQuality | undefined): void {
  let total = 0;
  for (const { label, votes } of sensor.labels) if (meaningOf(label) !== undefined) total += votes;
  if (!(total > 0)) return;
  const { model, likelihood } = work;
  likelihood.fill(0);
  let strongest = sensor.labels[0]!;
  let most = -1;
  for (const vote of sensor.labels) {
    const column = columnOf(
      model,
      vote.label,
      quality ?? LABEL_QUALITY[sensor.kind],
      vote.confidence < 0 ? 0.8 : Math.min(vote.confidence, 1),
    );
    if (column === undefined) continue;
    for (let m = 0; m < likelihood.length; m++) likelihood[m] = likelihood[m]! + (vote.votes / total) * column[m]!;
    if (vote.votes > most) {
      most = vote.votes;
      strongest = vote;
    }
  }
  // A radar's word is made of the same echo as the micro-Doppler it reports.
  const weight = model.constants.labelWeight * (sameEcho ? 0.2 : 1);
  for (let m = 0; m < likelihood.length; m++) likelihood[m] = Math.exp(weight * Math.log(likelihood[m]!));
  const claimed = sensor.kind === "remote-id" || sensor.kind === "adsb" || sensor.kind === "track-feed";
  if (says(work, `label:${sensor.sensorId}`, "class-label", sensor.sensorId))
    add(work, claimed ? "claimed" : "measured", sensor.lastAt, {
      sensor: sensor.sensorId,
      label: strongest.label,
      confidence: strongest.confidence < 0 ? "" : Math.round(100 * strongest.confidence),
    });
}

const columns = new Map<ClassModel, Map<string, Float64Array | undefined>>();
/** The confusion column of a word, remembered; confidences are rounded to a tenth for that. */
function columnOf(model: ClassModel, label: string, quality: LabelQuality, confidence: number): Float64Array | undefined {
  let known = columns.get(model);
  if (known === undefined) {
    if (columns.size > 64) columns.clear();
    known = new Map();
    columns.set(model, known);
  }
  const rounded = Math.round(10 * confidence) / 10;
  const key = `${quality.right} ${quality.alike} ${rounded} ${label}`;
  if (known.has(key)) return known.get(key);
  if (known.size > 512) known.clear(); // words come from outside: bounded
  const meaning = meaningOf(label);
  const column = meaning === undefined ? undefined : confusion(model.classes, meaning, quality, rounded);
  known.set(key, column);
  return column;
}

/** That it broadcasts at all, whatever it says: once, however many receivers hear it. */
function broadcastEvidence(facts: TrackFacts, claims: readonly ClassClaim[], work: Work): void {
  let remoteId = false;
  let transponder = false;
  for (const { scheme } of facts.identities) {
    if (scheme === "remote-id-serial" || scheme === "remote-id-session") remoteId = true;
    if (scheme === "icao24" || scheme === "mode3a") transponder = true;
  }
  let remoteIdTrust = 1;
  let transponderTrust = 1;
  for (const claim of claims) {
    if (claim.kind === "remote-id") {
      remoteId = true;
      remoteIdTrust = Math.min(remoteIdTrust, claim.reliability ?? 1);
    } else if (claim.kind === "adsb") {
      transponder = true;
      transponderTrust = Math.min(transponderTrust, claim.reliability ?? 1);
    }
  }
  const { classes } = work.model;
  if (remoteId) {
    const newest = newestOf(facts, "remote-id");
    for (let m = 0; m < classes.length; m++) work.likelihood[m] = STRAY_REMOTE_ID + remoteIdTrust * classes[m]!.remoteIdProbability;
    work.likelihood[classes.length] = 0.02;
    if (says(work, "remote-id", "class-remote-id", newest?.sensorId ?? "picket"))
      add(work, "claimed", newest?.lastAt ?? facts.measuredAt, {});
  }
  if (transponder) {
    // A radar that shares in the track heard the reply where it saw the echo; a receiver alone has only the aircraft's word.
    const radar = newestOf(facts, "radar") ?? newestOf(facts, "radar-2d");
    const receiver = newestOf(facts, "adsb");
    for (let m = 0; m < classes.length; m++) {
      const { family, adsbProbability } = classes[m]!;
      const ghost = family === "uas" ? GHOST_TRANSPONDER : STRAY_TRANSPONDER;
      work.likelihood[m] = ghost + transponderTrust * adsbProbability;
    }
    work.likelihood[classes.length] = 0.01;
    const measured = radar !== undefined && receiver === undefined;
    const source = (measured ? radar : (receiver ?? radar))?.sensorId ?? "picket";
    if (says(work, "transponder", radar === undefined ? "class-transponder-claimed" : "class-transponder", source))
      add(work, measured ? "measured" : "claimed", facts.measuredAt, {});
  }
}

function newestOf(facts: TrackFacts, kind: string): TrackFacts["contributors"][number] | undefined {
  let found: TrackFacts["contributors"][number] | undefined;
  for (const one of facts.contributors) if (one.kind === kind && (found === undefined || one.lastAt > found.lastAt)) found = one;
  return found;
}

/** What it calls itself, given that it says something: believed as far as claims of that kind can be. */
function claimEvidence(claim: ClassClaim, work: Work): void {
  const column = claimColumn(work.model, claim.category);
  if (column === undefined) return;
  const trust = CLAIM_RELIABILITY[claim.kind] * Math.min(Math.max(claim.reliability ?? 1, 0), 1);
  const { classes } = work.model;
  const { likelihood } = work;
  for (let m = 0; m < classes.length; m++) likelihood[m] = (1 - trust) / 8 + (column[m] === 1 ? trust : 0);
  likelihood[classes.length] = (1 - trust) / 8 + 0.2 * trust;
  if (says(work, `claim:${claim.sensorId}`, "class-claim", claim.sensorId))
    add(work, claim.kind === "own-system" ? "authenticated" : "claimed", claim.at, { sensor: claim.sensorId, category: claim.category });
}

const claimColumns = new Map<ClassModel, Map<string, Uint8Array | undefined>>();
/** Which classes a word means, 1 for each that it does, remembered; undefined for a word without a meaning. */
function claimColumn(model: ClassModel, category: string): Uint8Array | undefined {
  let known = claimColumns.get(model);
  if (known === undefined) {
    if (claimColumns.size > 64) claimColumns.clear();
    known = new Map();
    claimColumns.set(model, known);
  }
  const column = known.get(category);
  if (column !== undefined || known.has(category)) return column;
  if (known.size > 512) known.clear(); // words come from outside: bounded
  const meaning = meaningOf(category);
  const found = meaning === undefined ? undefined : Uint8Array.from(model.classes, (one) => (means(meaning, one) ? 1 : 0));
  known.set(category, found);
  return found;
}
