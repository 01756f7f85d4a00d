// The likelihood ratio of each check: ln p(what was seen | nothing is at the claimed place) - ln p(what was seen | an honest object is there).
// Positive speaks against the broadcast. The figures are estimates of this project, on the careful side; docs/identification.md lists them.

/** Before any check: one broadcast in fifty is not what it says. */
export const PRIOR_FAKE_LOG_ODDS = Math.log(0.02 / 0.98);

/** A finding stands alone from here on: 55 to 1. */
export const STRONG = 4;

export const clamp = (value: number, low: number, high: number): number => (value < low ? low : value > high ? high : value);

/** P(fake) of a log-likelihood ratio under the prior. */
export const fakeProbability = (logRatio: number): number => 1 / (1 + Math.exp(-(PRIOR_FAKE_LOG_ODDS + logRatio)));

/** ln(e^a + e^b) without overflow. */
export function logAdd(a: number, b: number): number {
  const high = a > b ? a : b;
  return high + Math.log(1 + Math.exp(-Math.abs(a - b)));
}

/** A coverage figure is a plan, not a measurement: no radar is believed to see more than this. */
export const DETECTION_CEILING = 0.95;
/** Chance that a look at an empty place gives an echo there all the same: clutter, a bird, another object. */
export const FALSE_ECHO = 0.03;

/** P(radars are blind to an object that coverage says they see): shape, wind farm, wrong plan; and during a spell below their least speed. */
export const BLIND = { drone: 0.005, aircraft: 0.003, slow: 0.3 };

/**
 * Radar co-presence. With `blind` the object is there and no radar sees it; else each look is independent:
 * p(looks | honest) = blind * product(false echo) + (1 - blind) * product(Pd). k misses at Pd 0.9 give at most ln(1/blind).
 */
export function radarLogRatio(seenLog: number, absentLog: number, blind: number): number {
  return absentLog - logAdd(Math.log(blind) + absentLog, Math.log(1 - blind) + seenLog);
}

/** Gross errors of a direction finder (reflections): sensor class rf.df. */
export const BEARING_OUTLIER = 0.08;
const TWO_PI = 2 * Math.PI;

/**
 * One bearing, `residual` and `sigma` in rad. Honest: normal, or with 8 % anywhere; elsewhere: anywhere. Halved, because reflections last.
 */
export function bearingLogRatio(residual: number, sigma: number): number {
  const scaled = residual / sigma;
  const honest = ((1 - BEARING_OUTLIER) * Math.exp(-0.5 * scaled * scaled)) / (sigma * Math.sqrt(TWO_PI)) + BEARING_OUTLIER / TWO_PI;
  return 0.5 * (Math.log(1 / TWO_PI) - Math.log(honest));
}

/** Places that a transmitter might be instead: a disc of 3 km radius, m^2. */
const ELSEWHERE_AREA = Math.PI * 3000 * 3000;

/** One position by time differences, `distance` in m from the claimed place, `sigma` of each axis. As `bearingLogRatio`, in two dimensions. */
export function fixLogRatio(distance: number, sigma: number): number {
  const scaled = distance / sigma;
  const honest = ((1 - BEARING_OUTLIER) * Math.exp(-0.5 * scaled * scaled)) / (TWO_PI * sigma * sigma) + BEARING_OUTLIER / ELSEWHERE_AREA;
  return 0.5 * (Math.log(1 / ELSEWHERE_AREA) - Math.log(honest));
}

/** dB: power of the transmitter and its class, common to all receivers; antenna lobes, shadowing and two-ray fading, for each. */
export const SIGNAL_SIGMA = { transmitter: 6, path: 6, sample: 4 };
/** dB: the same when the transmitter is somewhere else. */
const ELSEWHERE_SIGMA = { transmitter: 15, path: 12 };
/** dBm that a receiver reads of a usual transmitter (15 dBm) at one metre in free space at 2.4 GHz; its own error until it has learnt. */
export const OFFSET_PRIOR = { mean: -25, variance: 64 };

/** ln of the density of `y` under N(0, common * 1 1' + diag(own)); Sherman-Morrison. */
function oneFactorLog(y: readonly number[], common: number, own: readonly number[]): number {
  let inverseSum = 0;
  let weighted = 0;
  let squares = 0;
  let logs = 0;
  for (let i = 0; i < y.length; i++) {
    inverseSum += 1 / own[i];
    weighted += y[i] / own[i];
    squares += (y[i] * y[i]) / own[i];
    logs += Math.log(own[i]);
  }
  const growth = 1 + common * inverseSum;
  return -0.5 * (squares - (common * weighted * weighted) / growth + logs + Math.log(growth) + y.length * Math.log(TWO_PI));
}

/**
 * Mean level against claimed range at all receivers. `residuals` in dB: mean level - (offset + expected gain); `variances` in dB^2 of
 * each receiver's offset and of its mean. One power of the transmitter is common to all, so what counts with two receivers is the difference.
 * Log-distance law with exponent 2.
 */
export function signalLogRatio(residuals: readonly number[], variances: readonly number[]): number {
  if (residuals.length === 0) return 0;
  const { transmitter, path } = SIGNAL_SIGMA;
  const here = variances.map((variance) => path * path + variance);
  const there = variances.map((variance) => ELSEWHERE_SIGMA.path * ELSEWHERE_SIGMA.path + variance);
  const ratio =
    oneFactorLog(residuals, ELSEWHERE_SIGMA.transmitter * ELSEWHERE_SIGMA.transmitter, there) -
    oneFactorLog(residuals, transmitter * transmitter, here);
  return clamp(ratio, -1.5, 5);
}

/**
 * Constant signal while the claimed place moves. Regression of the level on the expected gain with slope 0 (transmitter stands still) against
 * slope 1 (it is where it says): the difference of the sums of squares over twice the noise. Neighbouring messages share their shadowing: a third counts.
 * Moments in dB^2.
 */
export function constantLogRatio(gainGain: number, levelGain: number, count: number): number {
  const effective = Math.min(count, 30) / 3;
  const noise = SIGNAL_SIGMA.path * SIGNAL_SIGMA.path;
  return clamp(((gainGain - 2 * levelGain) * effective) / (2 * noise), -3, 5);
}

const logFactorial = (n: number): number => {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
};
const poissonLog = (count: number, mean: number): number => count * Math.log(mean) - mean - logFactorial(count);
const binomialLog = (k: number, n: number, p: number): number => k * Math.log(p) + (n - k) * Math.log(1 - p);

/** Fastest that is believed, m/s: a drone, an aircraft. */
export const SPEED_LIMIT = { drone: 80, aircraft: 400 };
/** Of one place after another: an honest receiver of satellite navigation jumps, a careless fake jumps. */
const JUMP_RATE = { honest: 0.003, fake: 0.3, share: 0.3 };
/** Of one velocity beside the distance flown. */
const MISFIT_RATE = { honest: 0.05, fake: 0.6, share: 0.4 };

/**
 * Impossible motion: `jumps` places in `fixes` that nobody could reach (Poisson), `misfits` of `checks` claimed velocities that do not fit the
 * distance flown (binomial). A share of fakes moves smoothly, so few jumps never speak for honesty by more than a little.
 */
export function motionLogRatio(jumps: number, fixes: number, misfits: number, checks: number): number {
  let ratio = 0;
  if (fixes > 0) {
    const k = Math.round(jumps);
    const honest = poissonLog(k, JUMP_RATE.honest * fixes);
    const fake = logAdd(Math.log(1 - JUMP_RATE.share) + honest, Math.log(JUMP_RATE.share) + poissonLog(k, JUMP_RATE.fake * fixes));
    ratio += clamp(fake - honest, -0.4, 7);
  }
  if (checks > 0) {
    const honest = binomialLog(misfits, checks, MISFIT_RATE.honest);
    const fake = logAdd(
      Math.log(1 - MISFIT_RATE.share) + honest,
      Math.log(MISFIT_RATE.share) + binomialLog(misfits, checks, MISFIT_RATE.fake),
    );
    ratio += clamp(fake - honest, -0.5, 3);
  }
  return ratio;
}

/** s: an honest message's stamp is this new when it is heard. */
export const STAMP_AGE_LIMIT = 10;

/**
 * Time stamps. `age` (s): how old messages say they are, smoothed; `repeats`: stamps that had been heard more than five seconds before;
 * `frozen`: the newest stamp is older than ten seconds of flight. Honest clocks that are 18 s off forget the leap seconds of GPS time: ten times
 * as common as other honest errors (1 %).
 */
export function clockLogRatio(stamps: number, age: number, repeats: number, frozen: boolean): number {
  if (stamps < 2) return 0;
  const leap = Math.abs(Math.abs(age) - 18) < 1.5;
  const old = Math.abs(age) > STAMP_AGE_LIMIT ? Math.log(0.3 / (leap ? 0.1 : 0.01)) : Math.log(0.7 / 0.99);
  const again = repeats >= 2 ? Math.min(6, 2.5 * (repeats - 1)) : 0;
  return clamp(old + again + (frozen ? 2 : 0), -0.5, 7);
}
