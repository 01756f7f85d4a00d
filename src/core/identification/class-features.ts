// What a track shows of its class, kept in little memory while it flies: a ring of the last 10 to 20 s of its motion, and for each
// sensor sums of what its detections said besides where the object is. Plain data: part of the picture.

import type { Micros } from "../base/units.ts";
import type { SensorKind } from "../model/site.ts";
import type { FeatureObservation, TrackFacts, Wind } from "../model/track-facts.ts";

/** Samples of motion kept. At one a second or a radar's turn of 1.33 s they span 15 to 20 s. */
export const RING = 16;
/** Samples nearer than this are one; s. */
const SPACING = 0.95;
/** Older samples are not the track's present behaviour; s. */
export const WINDOW = 24;
/** Spans over which changes are measured: turns as target-classes.ts defines them, changes of speed over half of that; s. */
const TURN_SPAN = 5;
const SPEED_SPAN = 2.5;
const SPAN_TOLERANCE = 1.1;

/** Places in one sample of the ring. */
export const S_TIME = 0; // s since `createdAt`
export const S_EAST = 1; // m/s
export const S_NORTH = 2;
export const S_SIGMA = 3; // 1 sigma of one horizontal velocity component, m/s
export const S_TURN = 4; // rad/s, magnitude over TURN_SPAN; -1: not known
export const S_GAIN = 5; // m/s^2, magnitude of the change of speed over SPEED_SPAN; -1: not known
export const S_X = 6; // m east and north of the first sample
export const S_Y = 7;
export const S_AGILITY = 8; // ln(m^2/s^3), see `agilityOf`
export const SAMPLE = 9;

/** Behind the samples of the ring, of the newest alone: vertical speed and its 1 sigma, m/s; the sigma is -1 where it is not known. */
const UP = RING * SAMPLE;
const SIGMA_UP = UP + 1;
/** Then what the evidence last given was made of, in the units of `MotionSummary`; NaN: not known. */
const JUDGED = UP + 2;
const J_SPEED = JUDGED;
const J_TURN = JUDGED + 1;
const J_GAIN = JUDGED + 2;
const J_UP = JUDGED + 3; // m/s
const J_HEIGHT = JUDGED + 4; // m over the site
const J_AGILITY = JUDGED + 5;
const J_COUNT = 6;

/**
 * What counts as a change since evidence was last given. Twice the error of the newest sample, and so much of the value besides: a tenth of a speed or of a
 * height is far less than any class of the tables spreads over. Below all of these evidence that is `CALM` old (class-evidence) moves by little.
 */
const ERRORS = 2;
const SHARE = 0.1;
const LEAST_SPEED = 0.5; // m/s
const LEAST_HEIGHT = 10; // m
const LEAST_AGILITY = 0.7; // ln(m^2/s^3)
/** A gap so many times as long as the shortest: a look was missed. */
const MISSED = 1.6;
/** Looks at the echo, and reports of any other kind, up to which each one tells much. */
const FIRST_LOOKS = 16;
const FIRST_REPORTS = 6;

/** Sensors of which features are kept; a ninth takes the place of the one silent longest, which is counted. */
const MOST_SENSORS = 8;
/** Different labels of one sensor that are told apart. */
const MOST_LABELS = 3;
/** Looks after which the mean echo forgets: a track's aspect changes over minutes. */
const RCS_MEMORY = 40;
/** Reports after which votes for micro-Doppler and labels forget. */
const VOTE_MEMORY = 12;

export interface LabelVote {
  label: string;
  /** Sum of association weights, forgetting. */
  votes: number;
  /** Newest confidence that the sensor gave, 0..1; -1: none. */
  confidence: number;
}

/** What one sensor's detections of this track said. */
export interface SensorFeatures {
  readonly sensorId: string;
  kind: SensorKind;
  lastAt: Micros;
  /** Looks with an echo, their mean and the sum of squared deviations, dB and dB^2. Forgetting beyond RCS_MEMORY looks. */
  rcsLooks: number;
  rcsMean: number;
  rcsSquares: number;
  /** Votes for rotor, propeller, flap, none. */
  microDoppler: [number, number, number, number];
  labels: LabelVote[];
}

export interface ClassFeatures {
  readonly createdAt: Micros;
  observedAt: Micros;
  measuredAt: Micros;
  /** Samples put into the ring so far; the newest is at (samples - 1) % RING. */
  samples: number;
  /** Shortest time between two samples so far, s: about the time between two looks. */
  shortestGap: number;
  /** Where the first sample was, east and north, m. */
  readonly start: [number, number];
  /** [RING x SAMPLE], see S_TIME and the rest; behind them UP, SIGMA_UP, J_SPEED and the rest. */
  readonly ring: Float32Array;
  sensors: SensorFeatures[];
  /** Sensors whose features made room for others. */
  forgotten: number;
  /** Counts up with each change that evidence may depend on. */
  revision: number;
  /** Something of a new kind came: evidence must not wait. */
  news: boolean;
  /** Something moved since evidence was last given, see ERRORS and the rest: evidence must not grow old. */
  restless: boolean;
  /** What the evidence last given was made of: its revision, its time, and the claims and identities beside the features. */
  judged: { revision: number; at: Micros; beside: string };
}

/** A track's features before anything was seen: about 620 octets and 150 for each sensor. */
export function createClassFeatures(at: Micros): ClassFeatures {
  return {
    createdAt: at,
    observedAt: at,
    measuredAt: 0 as Micros,
    samples: 0,
    shortestGap: 10,
    start: [0, 0],
    ring: new Float32Array(JUDGED + J_COUNT),
    sensors: [],
    forgotten: 0,
    revision: 0,
    news: true,
    restless: true,
    judged: { revision: -1, at: 0 as Micros, beside: "" },
  };
}

/**
 * How lively the tracker takes the object to be: the logarithm of the density of acceleration noise, m^2/s^3, that explains its errors.
 * An IMM makes its covariance wide when an object manoeuvres. For a Kalman filter of constant velocity in its steady state
 * sigma_p^2 = sqrt(2) R^(3/4) q^(1/4) and sigma_v^2 = sqrt(2) R^(1/4) q^(3/4) (R: density of the measurement's error), so that
 * q = sigma_v^3 / (sqrt(2) sigma_p), whatever the sensor's error is. (Bar-Shalom, Li & Kirubarajan 2001, section 8.2.)
 */
export const agilityOf = (positionSigma: number, velocitySigma: number): number =>
  Math.log((velocitySigma * velocitySigma * velocitySigma) / (Math.SQRT2 * positionSigma));

/** m^2/s^3 with which `predictTrack` (core/tracking) carries a state on from its last look. */
const PREDICTION_NOISE = 1;
/** s; a state that was carried on for longer says nothing of the tracker's own errors. */
const LONGEST_PREDICTION = 2;

/** Agility from the covariance of a state that was carried on by `dt` s since it was measured: what that added is taken out again. */
function measuredAgility(P: Float64Array, dt: number): number {
  if (!(dt >= 0 && dt <= LONGEST_PREDICTION)) return Number.NaN;
  const vv = (P[21]! + P[28]!) / 2;
  const pv = (P[3]! + P[10]!) / 2;
  const pp = (P[0]! + P[7]!) / 2;
  const velocity = Math.max(vv - PREDICTION_NOISE * dt, 0.2 * vv);
  const cross = pv - dt * velocity - (PREDICTION_NOISE * dt * dt) / 2;
  const position = Math.max(pp - 2 * dt * cross - dt * dt * velocity - (PREDICTION_NOISE * dt * dt * dt) / 3, 0.2 * pp);
  return agilityOf(Math.sqrt(position), Math.sqrt(velocity));
}

const finite = (value: number): boolean => value - value === 0;

/**
 * Takes in where the tracker now has the object: meant to be called once or twice a second. A state that no measurement has changed since
 * (a coasting track) is not taken in: a prediction is always straight. Times that run backwards and numbers that are none are left out.
 *
 * `wind` is not used for what is kept; `classEvidence` asks for the wind of its own moment.
 */
export function observeFacts(features: ClassFeatures, facts: TrackFacts, _wind?: Wind): void {
  if (facts.measuredAt <= features.measuredAt) return;
  const time = (facts.at - features.createdAt) / 1e6;
  const { ring } = features;
  const newest = features.samples === 0 ? -1 : ((features.samples - 1) % RING) * SAMPLE;
  const gap = newest >= 0 ? time - ring[newest + S_TIME]! : 10;
  if (gap < SPACING) return;
  // By index: an array taken apart by name goes through its iterator.
  const { velocity, position } = facts;
  const vE = velocity[0];
  const vN = velocity[1];
  const vU = velocity[2];
  const P = facts.covariance;
  const sigma = Math.sqrt((P[21]! + P[28]!) / 2);
  const x = position[0];
  const y = position[1];
  if (!finite(vE + vN + sigma + time + x + y)) return;
  const upKnown = facts.heightKnown && finite(vU + P[35]!);

  const speed = Math.sqrt(vE * vE + vN * vN);
  let turn = -1;
  let gain = -1;
  // Backwards through the ring: first the sample half a turn's span ago, then the one a whole span ago.
  const count = features.samples < RING ? features.samples : RING;
  for (let back = 1; back <= count; back++) {
    const at = ((features.samples - back) % RING) * SAMPLE;
    const age = time - ring[at + S_TIME]!;
    if (age < SPEED_SPAN - SPAN_TOLERANCE / 2) continue;
    if (age > TURN_SPAN + SPAN_TOLERANCE) break;
    const e = ring[at + S_EAST]!;
    const n = ring[at + S_NORTH]!;
    const before = Math.sqrt(e * e + n * n);
    if (gain < 0) gain = Math.abs(speed - before) / age;
    if (age < TURN_SPAN - SPAN_TOLERANCE) continue;
    // A course means something only for what clearly moves.
    if (speed > 3 * sigma && before > 3 * sigma && speed > 1 && before > 1)
      turn = Math.abs(Math.atan2(e * vN - n * vE, e * vE + n * vN)) / age;
    break;
  }

  if (features.samples === 0) {
    features.start[0] = x;
    features.start[1] = y;
  }
  if (gap < features.shortestGap) features.shortestGap = gap;
  const to = (features.samples % RING) * SAMPLE;
  ring[to + S_TIME] = time;
  ring[to + S_EAST] = vE;
  ring[to + S_NORTH] = vN;
  ring[to + S_SIGMA] = sigma;
  ring[UP] = upKnown ? vU : 0;
  ring[SIGMA_UP] = upKnown ? Math.sqrt(P[35]!) : -1;
  ring[to + S_TURN] = turn;
  ring[to + S_GAIN] = gain;
  ring[to + S_X] = x - features.start[0];
  ring[to + S_Y] = y - features.start[1];
  ring[to + S_AGILITY] = measuredAgility(P, (facts.at - facts.measuredAt) / 1e6);
  if (!features.restless) features.restless = gap > MISSED * features.shortestGap || hasMoved(ring, to, facts, upKnown);
  features.samples += 1;
  features.observedAt = facts.at;
  features.measuredAt = facts.measuredAt;
  features.revision += 1;
}

/** Whether the sample at `to` is another than those that the evidence last given was made of. What was not known then and is now counts too. */
function hasMoved(ring: Float32Array, to: number, facts: TrackFacts, upKnown: boolean): boolean {
  const east = ring[to + S_EAST]!;
  const north = ring[to + S_NORTH]!;
  const speed = Math.sqrt(east * east + north * north);
  const sigma = ring[to + S_SIGMA]!;
  const agility = ring[to + S_AGILITY]!;
  const reference = ring[J_SPEED]!;
  if (isApart(speed, reference, Math.max(ERRORS * sigma, LEAST_SPEED + SHARE * reference))) return true;
  // The most that the window had of these is what counts: only more of it is new.
  const error = ERRORS * Math.SQRT2 * sigma;
  if (ring[to + S_TURN]! > ring[J_TURN]! + error / (speed * TURN_SPAN)) return true;
  if (ring[to + S_GAIN]! > ring[J_GAIN]! + error / SPEED_SPAN) return true;
  if (finite(agility) && isApart(agility, ring[J_AGILITY]!, LEAST_AGILITY)) return true;
  if (!upKnown) return false;
  const P = facts.covariance;
  const height = ring[J_HEIGHT]!;
  const heightError = ERRORS * Math.sqrt(P[14]!);
  return (
    isApart(facts.velocity[2], ring[J_UP]!, Math.max(ERRORS * Math.sqrt(P[35]!), LEAST_SPEED)) ||
    isApart(facts.position[2], height, Math.max(heightError, LEAST_HEIGHT + SHARE * Math.abs(height)))
  );
}
const isApart = (value: number, reference: number, most: number): boolean => !(Math.abs(value - reference) <= most);

/** Remembers what evidence was made of, and that nothing moved since. `motion` is the summary of `features` as of now. */
export function noteJudged(features: ClassFeatures, facts: TrackFacts, motion: MotionSummary): void {
  const { ring } = features;
  features.news = false;
  features.restless = features.samples < RING;
  if (features.samples === 0) return;
  ring[J_SPEED] = motion.speed;
  ring[J_TURN] = motion.turn;
  ring[J_GAIN] = motion.gain;
  ring[J_AGILITY] = motion.agility;
  ring[J_UP] = motion.climb - motion.climb === 0 ? facts.velocity[2] : Number.NaN;
  ring[J_HEIGHT] = facts.heightKnown ? facts.position[2] : Number.NaN;
}

const MICRO_DOPPLER = ["rotor", "propeller", "flap", "none"] as const;

/** Takes in what a detection said besides its place, weighted with the probability that it belongs to the track. */
export function observeFeature(features: ClassFeatures, observation: FeatureObservation): void {
  const weight = observation.association;
  if (!(weight > 0.05)) return;
  const { rcsDbsm, microDoppler, classifications } = observation;
  if (rcsDbsm === undefined && microDoppler === undefined && (classifications === undefined || classifications.length === 0)) return;
  const sensor = sensorOf(features, observation);
  if (observation.at > sensor.lastAt) sensor.lastAt = observation.at;
  const share = weight < 1 ? weight : 1;
  if (rcsDbsm !== undefined && finite(rcsDbsm)) {
    const value = rcsDbsm < -80 ? -80 : rcsDbsm > 80 ? 80 : rcsDbsm;
    const looks = Math.min(sensor.rcsLooks, RCS_MEMORY - 1);
    const keep = sensor.rcsLooks > 0 ? looks / sensor.rcsLooks : 1;
    if (sensor.rcsLooks < FIRST_LOOKS) features.restless = true;
    const after = looks + share;
    const step = value - sensor.rcsMean;
    sensor.rcsMean += (share / after) * step;
    sensor.rcsSquares = keep * sensor.rcsSquares + share * step * (value - sensor.rcsMean);
    sensor.rcsLooks = after;
  }
  if (microDoppler !== undefined) {
    const votes = sensor.microDoppler;
    const kind = MICRO_DOPPLER.indexOf(microDoppler);
    if (kind >= 0 && votes[kind] === 0) features.news = true;
    else if (kind >= 0 && !leads(votes, kind)) features.restless = true;
    for (let i = 0; i < 4; i++) votes[i] = votes[i]! * (1 - 1 / VOTE_MEMORY) + (i === kind ? share : 0);
  }
  if (classifications !== undefined && classifications.length > 0) {
    let strongest = classifications[0]!;
    for (const one of classifications) if ((one.confidence ?? 0) > (strongest.confidence ?? 0)) strongest = one;
    const known = sensor.labels.find(({ label }) => label === strongest.label);
    if (known === undefined) features.news = true;
    else if (known.votes < FIRST_REPORTS || sensor.labels.some(({ votes }) => votes > known.votes)) features.restless = true;
    voteFor(sensor, strongest.label, strongest.confidence ?? -1, share);
  }
  features.revision += 1;
}

/** Votes enough, and most of them for this. */
function leads(votes: readonly number[], kind: number): boolean {
  let sum = 0;
  for (const vote of votes) sum += vote;
  return sum >= FIRST_REPORTS && votes[kind]! > 0.5 * sum;
}

function sensorOf(features: ClassFeatures, observation: FeatureObservation): SensorFeatures {
  for (const known of features.sensors) if (known.sensorId === observation.sensorId) return known;
  const fresh: SensorFeatures = {
    sensorId: observation.sensorId,
    kind: observation.sensorKind,
    lastAt: observation.at,
    rcsLooks: 0,
    rcsMean: 0,
    rcsSquares: 0,
    microDoppler: [0, 0, 0, 0],
    labels: [],
  };
  if (features.sensors.length >= MOST_SENSORS) {
    let oldest = 0;
    for (let i = 1; i < features.sensors.length; i++) if (features.sensors[i]!.lastAt < features.sensors[oldest]!.lastAt) oldest = i;
    features.sensors.splice(oldest, 1);
    features.forgotten += 1;
  }
  features.sensors.push(fresh);
  return fresh;
}

function voteFor(sensor: SensorFeatures, label: string, confidence: number, share: number): void {
  let found: LabelVote | undefined;
  for (const vote of sensor.labels) {
    vote.votes *= 1 - 1 / VOTE_MEMORY;
    if (vote.label === label) found = vote;
  }
  if (found === undefined) {
    found = { label, votes: 0, confidence };
    if (sensor.labels.length >= MOST_LABELS) {
      let least = 0;
      for (let i = 1; i < sensor.labels.length; i++) if (sensor.labels[i]!.votes < sensor.labels[least]!.votes) least = i;
      sensor.labels.splice(least, 1);
    }
    sensor.labels.push(found);
  }
  found.votes += share;
  found.confidence = confidence;
}

/** Summary of the ring: what the likelihoods are asked with. Reused scratch; SI units. */
export interface MotionSummary {
  samples: number;
  /** s between the oldest and the newest sample used. */
  span: number;
  /** Share of samples in which it stood still. */
  hoverShare: number;
  /** Speed over ground while moving (while standing: of all), m/s, and its 1 sigma. */
  speed: number;
  speedSigma: number;
  /** Most significant change of course over 5 s, rad/s; -1: not known. */
  turn: number;
  turnSigma: number;
  /** Most significant change of speed over 2.5 s, m/s^2; -1: not known. */
  gain: number;
  gainSigma: number;
  /** Vertical speed, m/s, up positive; NaN: not known. */
  climb: number;
  climbSigma: number;
  /** Mean velocity, m/s. */
  east: number;
  north: number;
  /** |mean velocity| / mean |velocity|, 0..1. */
  straightness: number;
  /** Distance made good over 5 s against what the speeds of these 5 s promise, mean over the window, and its 1 sigma; -1: not known. */
  progress: number;
  progressSigma: number;
  /** Mean of the logarithm of the tracker's acceleration noise after SETTLING, ln(m^2/s^3), and over how many s; NaN: not known. */
  agility: number;
  agilitySpan: number;
  /** Share of looks in which it was seen, since the oldest sample of the window: 0..1; -1: not known. */
  support: number;
}

export const emptySummary = (): MotionSummary => ({
  samples: 0,
  span: 0,
  hoverShare: 0,
  speed: 0,
  speedSigma: 1,
  turn: -1,
  turnSigma: 1,
  gain: -1,
  gainSigma: 1,
  climb: Number.NaN,
  climbSigma: 1,
  east: 0,
  north: 0,
  straightness: 1,
  progress: -1,
  progressSigma: 1,
  agility: Number.NaN,
  agilitySpan: 0,
  support: -1,
});

/** m/s below which an object stands, as the tables define hovering. */
const STANDING = 1;
/** s over which the errors of a tracker's velocity stay alike: so many seconds hold one independent value. An estimate. */
const ERROR_MEMORY = 4;
/** s after which a tracker's covariance is its steady state rather than what it assumed at birth. An estimate. */
const SETTLING = 5;
/** Longest time between two looks that is taken for granted, s. */
const USUAL_GAP = 2.5;
/**
 * m/s, 1 sigma: the vertical speed that the tracker gives an object before it knows (core/tracking/tracker-settings, mean of the modes).
 * A Kalman estimate is drawn towards that prior mean of 0: given the true w it is k w + noise of variance k sigma^2, k = 1 - sigma^2 / prior^2.
 */
const VERTICAL_PRIOR = 3.4;

// Scratch of one summary: nothing of it outlives the call.
const slots = new Int32Array(RING);
const times = new Float64Array(RING);
const speedSums = new Float64Array(RING);

/**
 * Sums the ring up into `out`, as of `at`; samples older than WINDOW before the newest are left out. `positionSigma` is 1 sigma of one
 * horizontal axis now, m. Allocates nothing.
 */
export function summarizeMotion(features: ClassFeatures, at: Micros, positionSigma: number, out: MotionSummary): void {
  const { ring } = features;
  const count = features.samples < RING ? features.samples : RING;
  out.samples = 0;
  out.span = 0;
  out.turn = -1;
  out.gain = -1;
  out.climb = Number.NaN;
  out.progress = -1;
  out.support = -1;
  out.agility = Number.NaN;
  out.agilitySpan = 0;
  if (count === 0) return;
  const newest = ((features.samples - 1) % RING) * SAMPLE;
  const last = ring[newest + S_TIME]!;
  let n = 0;
  let first = last;
  // Weighted with the inverse of the variance: a tracker is unsure of velocities at first.
  let weight = 0;
  let east = 0;
  let north = 0;
  let speedAll = 0;
  let moving = 0;
  let speedMoving = 0;
  let turnScore = Number.NEGATIVE_INFINITY;
  let gainScore = Number.NEGATIVE_INFINITY;
  let made = 0;
  let promised = 0;
  let legs = 0;
  let lively = 0;
  let livelyCount = 0;
  // Newest first: the speed of each sample, and the sum of those from the newest to it.
  let sum = 0;
  for (let i = 0, slot = newest; i < count; i++, slot = slot === 0 ? (RING - 1) * SAMPLE : slot - SAMPLE) {
    const e = ring[slot + S_EAST]!;
    const v = ring[slot + S_NORTH]!;
    sum += Math.sqrt(e * e + v * v);
    slots[i] = slot;
    times[i] = ring[slot + S_TIME]!;
    speedSums[i] = sum;
  }
  let far = 0;
  for (let i = 0; i < count; i++) {
    const slot = slots[i]!;
    const time = times[i]!;
    if (last - time > WINDOW) break;
    first = time;
    const e = ring[slot + S_EAST]!;
    const v = ring[slot + S_NORTH]!;
    const sigma = ring[slot + S_SIGMA]!;
    const noise = sigma * sigma;
    const w = 1 / (noise + 1e-4);
    const square = e * e + v * v;
    const speed = Math.sqrt(square);
    n += 1;
    weight += w;
    east += w * e;
    north += w * v;
    speedAll += w * speed;
    if (square > STANDING * STANDING + 2 * noise) {
      moving += w;
      speedMoving += w * speed;
    }
    const agility = ring[slot + S_AGILITY]!;
    if (time > SETTLING && agility - agility === 0) {
      lively += agility;
      livelyCount += 1;
      out.agilitySpan = last - time;
    }
    const turned = ring[slot + S_TURN]!;
    if (turned >= 0) {
      const turnSigma = (Math.SQRT2 * sigma) / (speed * TURN_SPAN);
      if (turned - turnSigma > turnScore) {
        turnScore = turned - turnSigma;
        out.turn = turned;
        out.turnSigma = turnSigma;
      }
    }
    const gained = ring[slot + S_GAIN]!;
    if (gained >= 0) {
      const gainSigma = (Math.SQRT2 * sigma) / SPEED_SPAN;
      if (gained - gainSigma > gainScore) {
        gainScore = gained - gainSigma;
        out.gain = gained;
        out.gainSigma = gainSigma;
      }
    }
    // One leg of up to TURN_SPAN that ends here: how far did it get, and how far should it have got?
    while (far + 1 < count && time - times[far + 1]! <= TURN_SPAN + SPAN_TOLERANCE) far += 1;
    const elapsed = time - times[far]!;
    if (far > i && elapsed >= SPEED_SPAN - SPAN_TOLERANCE / 2) {
      const then = slots[far]!;
      const dx = ring[slot + S_X]! - ring[then + S_X]!;
      const dy = ring[slot + S_Y]! - ring[then + S_Y]!;
      made += Math.sqrt(dx * dx + dy * dy);
      promised += ((speedSums[far]! - speedSums[i]! + speed) / (far - i + 1)) * elapsed;
      legs += 1;
    }
  }
  const span = last - first;
  const independent = 1 + Math.min(span / ERROR_MEMORY, n - 1);
  const noise = n / weight;
  out.samples = n;
  out.span = span;
  out.hoverShare = 1 - moving / weight;
  const mixed = moving > 0.2 * weight && moving < 0.8 * weight;
  const raw = mixed ? speedMoving / moving : speedAll / weight;
  // The length of a vector with noise on it is too long by the noise that averaging does not take away.
  const excess = noise * (1 - 1 / independent);
  out.speed = Math.sqrt(Math.max(raw * raw - excess, 0.01));
  out.speedSigma = Math.sqrt(noise / independent);
  const sigmaUp = ring[SIGMA_UP]!;
  if (sigmaUp >= 0) {
    const known = Math.max(1 - (sigmaUp * sigmaUp) / (VERTICAL_PRIOR * VERTICAL_PRIOR), 0.1);
    out.climb = ring[UP]! / known;
    out.climbSigma = sigmaUp / Math.sqrt(known);
  }
  if (livelyCount > 0) out.agility = lively / livelyCount;
  out.east = east / weight;
  out.north = north / weight;
  out.straightness = speedAll > 0 ? Math.sqrt(east * east + north * north) / speedAll : 1;
  // Since it began, or since the oldest sample of the window. A few samples do not tell yet how often the sensors look.
  const whole = features.samples === n;
  const watched = (at - features.createdAt) / 1e6 - (whole ? 0 : first);
  const gap = features.samples < 4 ? Math.min(features.shortestGap, USUAL_GAP) : features.shortestGap;
  if (watched > 3) out.support = Math.min(((whole ? n : n - 1) * gap) / watched, 1);
  if (legs > 0 && promised > 0) {
    out.progress = made / promised;
    out.progressSigma = (Math.SQRT2 * positionSigma * legs) / promised;
  }
}
