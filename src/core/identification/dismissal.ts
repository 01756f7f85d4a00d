// A person's dismissal is a hypothesis: for each reason there is a list of what such an object does and does not do. When the track stops
// fitting, a finding with a sentence calls the person back. Nothing here lowers anything: a dismissal that fits changes no estimate.

import type { Micros } from "../base/units.ts";
import type { DismissalReason } from "../model/alert.ts";
import type { TrackFacts, Wind } from "../model/track-facts.ts";
import type { ClosestApproach } from "./affiliation.ts";
import type { ClassFeatures } from "./class-features.ts";

/** What is remembered of a track since it was dismissed. */
export interface DismissalTest {
  readonly reason: DismissalReason;
  readonly startedAt: Micros;
  /** Where and how it was then. */
  readonly east: number;
  readonly north: number;
  readonly sigma: number;
  /** Mean velocity of the first seconds since, and from how many looks; m/s. */
  meanEast: number;
  meanNorth: number;
  meanLooks: number;
  /** Probability of the reason's family then; NaN where the reason names none. */
  readonly familyProbability: number;
  /** To the nearest asset when it was first looked at since; NaN: not yet. */
  assetDistance: number;
  insideThen: boolean;
  /** An announced flight covered it at some time since. */
  planned: boolean;
  /** s for which each expectation has failed, by key; forgets half as fast as it learns. */
  failing: Record<string, number>;
  updatedAt: Micros;
  /** Last samples, one a second: [time s, course rad, speed m/s, up m, east m, north m] each. */
  samples: number[];
}

/** What a test may look at besides the track. */
export interface DismissalContext {
  readonly now: Micros;
  readonly wind: Wind | undefined;
  readonly features: ClassFeatures;
  readonly nearest: ClosestApproach | undefined;
  /** Id of the announced flight that it flies; "" for none. */
  readonly friendId: string;
  /** m outside that flight's plan and its name, when it is off it. */
  readonly offPlan: { readonly name: string; readonly distance: number } | undefined;
  /** A transponder and a radar agree on it. */
  readonly transponder: boolean;
  readonly adsbCoverage: number;
  readonly adsbSensor: string;
  /** Strongest finding of the checks of broadcasts, in words; undefined without one. */
  readonly contradiction: string | undefined;
  /** Friend whose company it keeps. */
  readonly companionOf: string | undefined;
  /** Probability of the reason's family now. */
  readonly familyProbability: number;
}

export interface Contradiction {
  readonly key: string;
  readonly values: Readonly<Record<string, string | number>>;
  readonly confidence: number;
}

const SAMPLES = 24;
const SAMPLE = 6;

/** Squared Mahalanobis distance that a drifting object exceeds once in a thousand looks: chi-square, two degrees of freedom. */
const CHI_SQUARE_999 = 13.816;
/** m/s, 1 sigma: gusts that the wind's own error does not cover. */
const GUST = 1;
const GUST_SHARE = 0.15;
/** m/s: faster than any of its kind for more than a moment. Estimates, beyond the 95 % quantiles of the class table. */
const FASTEST: Partial<Readonly<Record<DismissalReason, number>>> = { bird: 35, balloon: 25, clutter: 15 };
/** m/s that a drifting object's velocity may change by, for a wind that is not known, and how long its mean is taken over. */
const STEADY = 5;
const MEAN_TIME = 8e6; // us
const TRANSPONDER_SPEED = 60;
const TRANSPONDER_HEIGHT = 300;
const LOW = 60;
const SLOW_AIRCRAFT = 25;
const MOVED = 100;
const CLOSER = 100;
const STRAIGHT_FOR = 20; // s
const STRAIGHT_SPREAD = 0.06; // rad, 1 sigma of the course
const EVEN_SPEED = 0.08; // share of the speed, 1 sigma
const EVEN_HEIGHT = 4; // m, 1 sigma

/** Starts to test a dismissal from the track's last state. */
export function startDismissalTest(
  reason: DismissalReason,
  startedAt: Micros,
  last: { readonly east: number; readonly north: number; readonly sigma: number } | undefined,
  planned: boolean,
  familyProbability: number,
): DismissalTest {
  return {
    reason,
    startedAt,
    east: last?.east ?? Number.NaN,
    north: last?.north ?? Number.NaN,
    sigma: last?.sigma ?? 0,
    meanEast: 0,
    meanNorth: 0,
    meanLooks: 0,
    familyProbability,
    assetDistance: Number.NaN,
    insideThen: false,
    planned,
    failing: {},
    updatedAt: startedAt,
    samples: [],
  };
}

/** Looks once more at a dismissed track; gives every expectation that has failed for long enough. Never throws. */
export function testDismissal(test: DismissalTest, facts: TrackFacts, context: DismissalContext): Contradiction[] {
  const { reason } = test;
  const { now, nearest } = context;
  const elapsed = Math.min(2, Math.max(0, (now - test.updatedAt) / 1e6));
  test.updatedAt = now;
  const speed = Math.hypot(facts.velocity[0], facts.velocity[1]);
  const sigma = Math.sqrt(Math.max(0, facts.covariance[21], facts.covariance[28]));
  keepSample(test, facts, speed, now);
  if (nearest !== undefined && Number.isNaN(test.assetDistance)) {
    test.assetDistance = nearest.distance;
    test.insideThen = nearest.distance <= nearest.asset.radius;
  }
  if (context.friendId !== "") test.planned = true;

  const found: Contradiction[] = [];
  /** Said once `fails` has held for `seconds`, on the whole. */
  const expect = (
    key: string,
    fails: boolean,
    seconds: number,
    confidence: number,
    values: () => Readonly<Record<string, string | number>>,
  ) => {
    const before = test.failing[key] ?? 0;
    const score = fails ? Math.min(2 * seconds, before + elapsed) : Math.max(0, before - elapsed / 2);
    if (score === 0 && before === 0 && !fails) return;
    test.failing[key] = score;
    if (fails && score >= seconds) found.push({ key: `dismissal-${key}`, values: values(), confidence });
  };

  if (reason !== "aircraft" && reason !== "friend" && reason !== "other") {
    const sensor = rotorSensor(context.features);
    expect("rotor", sensor !== undefined, 0, 0.9, () => ({ reason, sensor: sensor ?? "" }));
  }
  const fastest = FASTEST[reason];
  if (fastest !== undefined) {
    const carried = reason === "balloon" && context.wind !== undefined ? Math.hypot(context.wind.east, context.wind.north) + 10 : 0;
    expect("too-fast", speed > Math.max(fastest, carried) + 2 * sigma, 3, 0.8, () => ({ reason, speed: Math.round(speed) }));
  }

  switch (reason) {
    case "balloon":
      expectDrift(test, facts, context, sigma, expect);
      break;
    case "bird": {
      const straight = straightInbound(test, facts, nearest);
      expect("straight-inbound", straight !== undefined, 0, 0.6, () => ({ asset: nearest?.asset.name ?? "", seconds: straight ?? 0 }));
      const still = stillFor(test, sigma);
      expect("hovers", still >= STRAIGHT_FOR, 0, 0.5, () => ({ reason, seconds: still }));
      break;
    }
    case "friend":
      expect("off-plan", context.offPlan !== undefined && test.planned, 3, 0.8, () => ({
        name: context.offPlan?.name ?? "",
        distance: Math.round(context.offPlan?.distance ?? 0),
      }));
      expect("not-announced", !test.planned && nearest?.inbound === true, 5, 0.6, () => ({ asset: nearest?.asset.name ?? "" }));
      expect("contradicted-identity", context.contradiction !== undefined, 1, 0.8, () => ({ finding: context.contradiction ?? "" }));
      break;
    case "aircraft": {
      const height = facts.heightKnown ? facts.position[2] : Number.NaN;
      expect("low-and-slow", !context.transponder && height < LOW && speed + 2 * sigma < SLOW_AIRCRAFT, 10, 0.7, () => ({
        speed: Math.round(speed),
        height: Math.round(height),
      }));
      const expected = height >= TRANSPONDER_HEIGHT && speed >= TRANSPONDER_SPEED && context.adsbCoverage >= 0.9;
      expect("no-transponder", !context.transponder && expected, 15, 0.6, () => ({
        speed: Math.round(speed),
        height: Math.round(height),
        sensor: context.adsbSensor,
      }));
      break;
    }
    case "clutter": {
      const moved = Math.hypot(facts.position[0] - test.east, facts.position[1] - test.north);
      const beyond = MOVED + 3 * (test.sigma + Math.sqrt(Math.max(0, facts.covariance[0], facts.covariance[7])));
      expect("moved-away", moved > beyond && speed > 3 + 2 * sigma, 3, 0.7, () => ({ distance: Math.round(moved) }));
      expectNoApproach(test, context, expect);
      break;
    }
    case "other":
      expectNoApproach(test, context, expect);
      break;
  }

  expect("companion", context.companionOf !== undefined, 0, 0.8, () => ({ reason, friend: context.companionOf ?? "" }));
  // What it is by its features, where the person's reason was likely then and no longer is.
  const unlikely = test.familyProbability >= 0.1 && context.familyProbability <= 0.02;
  expect("class", unlikely, 5, 0.7, () => ({ reason, percent: Math.round(context.familyProbability * 1000) / 10 }));
  return found;
}

type Expect = (
  key: string,
  fails: boolean,
  seconds: number,
  confidence: number,
  values: () => Readonly<Record<string, string | number>>,
) => void;

/** A balloon goes with the wind; where no wind is known it at least goes evenly. */
function expectDrift(test: DismissalTest, facts: TrackFacts, { wind, now }: DismissalContext, sigma: number, expect: Expect): void {
  const [vE, vN] = facts.velocity;
  if (wind !== undefined) {
    const gust = GUST + GUST_SHARE * Math.hypot(wind.east, wind.north);
    const doubt = wind.sigma * wind.sigma + gust * gust;
    const ee = facts.covariance[21] + doubt;
    const en = facts.covariance[22];
    const nn = facts.covariance[28] + doubt;
    const dE = vE - wind.east;
    const dN = vN - wind.north;
    const off = (nn * dE * dE - 2 * en * dE * dN + ee * dN * dN) / (ee * nn - en * en);
    expect("upwind", off > CHI_SQUARE_999, 3, 0.9, () => ({
      speed: Math.round(Math.hypot(vE, vN)),
      course: courseOf(vE, vN),
      windSpeed: Math.round(Math.hypot(wind.east, wind.north)),
      windCourse: courseOf(wind.east, wind.north),
    }));
  }
  // Beside a known wind this would only count the same thing again, and worse: gusts change a balloon's motion too.
  if (wind !== undefined) return;
  if (now - test.startedAt < MEAN_TIME) {
    test.meanLooks += 1;
    test.meanEast += (vE - test.meanEast) / test.meanLooks;
    test.meanNorth += (vN - test.meanNorth) / test.meanLooks;
    return;
  }
  const change = Math.hypot(vE - test.meanEast, vN - test.meanNorth);
  expect("manoeuvre", change > Math.max(STEADY, 4 * sigma), 4, 0.6, () => ({ reason: test.reason, change: Math.round(change) }));
}

/** Degrees clockwise from north, whole. */
function courseOf(east: number, north: number): number {
  const degrees = Math.round((Math.atan2(east, north) * 180) / Math.PI);
  return degrees < 0 ? degrees + 360 : degrees;
}

/** It neither comes closer to an asset on purpose nor enters a keep-out. */
function expectNoApproach(test: DismissalTest, { nearest }: DismissalContext, expect: Expect): void {
  if (nearest === undefined) return;
  const closer = test.assetDistance - nearest.distance;
  const inside = nearest.distance <= nearest.asset.radius && !test.insideThen;
  expect("approaches", (nearest.inbound && closer > CLOSER) || inside, 3, 0.7, () => ({
    reason: test.reason === "other" ? "harmless" : test.reason,
    asset: nearest.asset.name,
    distance: Math.max(0, Math.round(closer)),
  }));
}

/** A sensor whose micro-Doppler says turning blades most of the time. */
function rotorSensor(features: ClassFeatures): string | undefined {
  for (const { sensorId, microDoppler } of features.sensors) {
    const [rotor, propeller, flap, none] = microDoppler;
    const blades = rotor + propeller;
    if (blades >= 2 && blades > flap && blades >= 0.4 * (blades + flap + none)) return sensorId;
  }
  return undefined;
}

function keepSample(test: DismissalTest, facts: TrackFacts, speed: number, now: Micros): void {
  const time = (now - test.startedAt) / 1e6;
  const { samples } = test;
  if (samples.length > 0 && time - samples[samples.length - SAMPLE] < 0.9) return;
  const [east, north, up] = facts.position;
  const course = Math.atan2(facts.velocity[0], facts.velocity[1]);
  samples.push(time, course, speed, facts.heightKnown ? up : Number.NaN, east, north);
  if (samples.length > SAMPLES * SAMPLE) samples.splice(0, samples.length - SAMPLES * SAMPLE);
}

/** Seconds for which it has flown straight, evenly and at one height while inbound; undefined when it has not for long enough. */
function straightInbound(test: DismissalTest, facts: TrackFacts, nearest: ClosestApproach | undefined): number | undefined {
  const { samples } = test;
  const count = samples.length / SAMPLE;
  if (nearest?.inbound !== true || !facts.heightKnown || count < 10) return undefined;
  const first = Math.max(0, count - 1 - Math.round(STRAIGHT_FOR));
  const span = samples[(count - 1) * SAMPLE] - samples[first * SAMPLE];
  if (span < STRAIGHT_FOR - 1) return undefined;
  let sumSin = 0;
  let sumCos = 0;
  let sumSpeed = 0;
  let sumUp = 0;
  const n = count - first;
  for (let i = first; i < count; i++) {
    sumSin += Math.sin(samples[i * SAMPLE + 1]);
    sumCos += Math.cos(samples[i * SAMPLE + 1]);
    sumSpeed += samples[i * SAMPLE + 2];
    sumUp += samples[i * SAMPLE + 3];
  }
  const resultant = Math.min(1, Math.hypot(sumSin, sumCos) / n);
  const spread = Math.sqrt(Math.max(0, -2 * Math.log(Math.max(resultant, 1e-12))));
  const meanSpeed = sumSpeed / n;
  const meanUp = sumUp / n;
  let speedSquares = 0;
  let upSquares = 0;
  for (let i = first; i < count; i++) {
    const ds = samples[i * SAMPLE + 2] - meanSpeed;
    const du = samples[i * SAMPLE + 3] - meanUp;
    speedSquares += ds * ds;
    upSquares += du * du;
  }
  const even = Math.sqrt(speedSquares / n) <= EVEN_SPEED * meanSpeed && Math.sqrt(upSquares / n) <= EVEN_HEIGHT;
  return spread <= STRAIGHT_SPREAD && even ? Math.round(span) : undefined;
}

/** Seconds for which it has stayed within 15 m at less than 1 m/s and its error. */
function stillFor(test: DismissalTest, sigma: number): number {
  const { samples } = test;
  const count = samples.length / SAMPLE;
  if (count < 2) return 0;
  const last = (count - 1) * SAMPLE;
  let since = samples[last];
  for (let i = last; i >= 0; i -= SAMPLE) {
    const away = Math.hypot(samples[i + 4] - samples[last + 4], samples[i + 5] - samples[last + 5]);
    if (samples[i + 2] > 1 + sigma || away > 15) break;
    since = samples[i];
  }
  return Math.round(samples[last] - since);
}
