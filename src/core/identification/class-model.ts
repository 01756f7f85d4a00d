// The classes behind the names, and how likely each shows a measured value. Every name of CLASS_NAMES is a mixture of classes of
// core/model/target-classes; the spread of each class is convolved with the error of the measurement and kept as a table, so that
// asking for all classes at once is one interpolation.

import { assert } from "../base/assert.ts";
import { naturalLogarithm } from "../math/logarithm.ts";
import { CLASS_NAMES, type ClassName } from "../model/identity.ts";
import { type Distribution, TARGET_CLASSES, type TargetClass, type TargetFamily } from "../model/target-classes.ts";

/** Class of target-classes -> the name under which it is shown. */
export const NAME_OF_CLASS: Readonly<Record<string, ClassName>> = {
  "uas.multirotor.micro": "multirotor-small",
  "uas.multirotor.small": "multirotor-small",
  "uas.multirotor.large": "multirotor-large",
  "uas.helicopter": "multirotor-large",
  "uas.fpv": "fpv",
  "uas.fixedwing.small": "fixed-wing",
  "uas.tactical": "fixed-wing",
  "uas.vtol_hybrid": "vtol",
  "uas.oneway": "one-way",
  "bird.small": "bird-small",
  insect_bat: "bird-small",
  "bird.medium": "bird-medium",
  "bird.large": "bird-large",
  "bird.soaring": "bird-large",
  "bird.flock": "bird-flock",
  "manned.light": "aircraft",
  "manned.ultralight": "aircraft",
  "manned.transport": "aircraft",
  "manned.jet": "aircraft",
  "manned.helicopter": "helicopter",
  "lta.balloon": "balloon",
  "lta.radiosonde": "balloon",
  "lta.aerostat": "balloon",
  "lta.kite": "balloon",
  "ground.vehicle": "ground-vehicle",
  "ground.person": "ground-vehicle",
  "clutter.wind_turbine": "clutter",
  "clutter.false_track": "clutter",
};

export const UNKNOWN = CLASS_NAMES.indexOf("unknown");

/** Carried by the air: no motion of their own but up. */
const DRIFTERS = ["lta.balloon", "lta.radiosonde"];

/**
 * Figures that are no property of a class but of how motion shows in a track, and how far features may be taken as independent. Fitted by
 * `scripts/fit-classifier.ts` on simulated, tracked objects with seeds of its own (docs/identification.md); the bench uses others.
 */
export interface ClassConstants {
  /** Share of tracks that show no turn, no change of speed, no climb worth the name within the window. */
  readonly straightShare: number;
  readonly steadyShare: number;
  readonly levelShare: number;
  /** The same for what flies on wings: it turns at constant speed, while what can hover slows down in corners. */
  readonly straightShareWings: number;
  readonly steadyShareWings: number;
  readonly levelShareWings: number;
  /** The greatest of many noisy values is noisier than each: factor on its 1 sigma. */
  readonly peakNoise: number;
  /** The greatest value seen in a window against the class's median. */
  /** What can hover slows down in corners: its mean speed over the window against the table's. */
  readonly speedFactor: number;
  readonly turnFactor: number;
  readonly gainFactor: number;
  readonly turnFactorWings: number;
  readonly gainFactorWings: number;
  readonly climbFactor: number;
  /** What is added to the class's own spread, 1 sigma of the logarithm. */
  readonly turnSpread: number;
  readonly gainSpread: number;
  readonly climbSpread: number;
  readonly speedSpread: number;
  /** The same for what can hover: it hurries and dawdles. */
  readonly speedSpreadHover: number;
  readonly heightSpread: number;
  /** dB, 1 sigma: a radar's calibration, the aspect, and that the tables are estimates. */
  readonly rcsSpread: number;
  /**
   * Agility (`agilityOf` in class-features) of what flies straight, and of what manoeuvres with 1 m/s^2 across its course, ln(m^2/s^3);
   * how the latter grows with the logarithm of that acceleration; their spreads; the acceleration (ln m/s^2) of which half the tracks show
   * a manoeuvre, and how fast that share grows.
   */
  readonly agilityStraight: number;
  readonly agilityManoeuvre: number;
  readonly agilitySlope: number;
  readonly agilityStraightSpread: number;
  readonly agilitySpread: number;
  readonly agilityMiddle: number;
  readonly agilityGrowth: number;
  readonly agilityWeight: number;
  /** Agility of an echo from turning blades. */
  readonly agilityBlades: number;
  /** How much of an object's standing still is seen: a radar's Doppler filter hides most of it. Not for what is fixed. */
  readonly standingSeen: number;
  /** Share of tracks of fixed things with blades whose Doppler looks like a speed. */
  readonly bladeShare: number;
  /** The speeds that a tracker makes of it, even from 0 to this share of the speed of the tips. */
  readonly bladeReach: number;
  /** Share of objects that are seen in (nearly) every look, if they never stand; how far below 1 that is; and of false tracks. */
  readonly supportShare: number;
  readonly supportFalse: number;
  readonly supportSigma: number;
  /** Added to each class's micro-Doppler shares before they are made to add up to 1. */
  readonly microDopplerDoubt: number;
  /** Exponents on likelihoods: 1 counts a feature fully, less because features are correlated and tables are estimates. */
  readonly speedWeight: number;
  readonly turnWeight: number;
  readonly gainWeight: number;
  readonly climbWeight: number;
  readonly heightWeight: number;
  readonly rcsWeight: number;
  readonly fluctuationWeight: number;
  readonly microDopplerWeight: number;
  readonly labelWeight: number;
  /** Prior probability of an object that is none of the classes. */
  readonly unknownPrior: number;
  /** Share of each class's own likelihood that is the broad one of "unknown": no single feature excludes a class for good. */
  readonly outlierShare: number;
}

export const CLASS_CONSTANTS: ClassConstants = {
  straightShare: 0.568,
  steadyShare: 0.984,
  levelShare: 0.561,
  straightShareWings: 0.334,
  steadyShareWings: 0.0646,
  levelShareWings: 0.885,
  peakNoise: 1.5,
  speedFactor: 0.951,
  turnFactor: 1,
  gainFactor: 1,
  turnFactorWings: 1,
  gainFactorWings: 1,
  climbFactor: 1.28,
  turnSpread: 0.8,
  gainSpread: 0.8,
  climbSpread: 2.74,
  speedSpread: 0.05,
  speedSpreadHover: 0.05,
  heightSpread: 0.27,
  rcsSpread: 1,
  agilityStraight: -1.26,
  agilityManoeuvre: -0.438,
  agilitySlope: 0.431,
  agilityStraightSpread: 1.07,
  agilitySpread: 1.16,
  agilityMiddle: 1.09,
  agilityGrowth: 3.03,
  agilityWeight: 1,
  agilityBlades: 3.25,
  standingSeen: 0.673,
  bladeShare: 0.995,
  bladeReach: 0.628,
  supportShare: 0.842,
  supportFalse: 0.6,
  supportSigma: 0.144,
  microDopplerDoubt: 0.003,
  speedWeight: 0.593,
  turnWeight: 0.369,
  gainWeight: 0.306,
  climbWeight: 0.756,
  heightWeight: 1,
  rcsWeight: 1,
  fluctuationWeight: 1,
  microDopplerWeight: 1,
  labelWeight: 0.7,
  unknownPrior: 0.04,
  outlierShare: 0.00221,
};

/**
 * Tempered likelihoods of all members, by a measured value and its 1 sigma: values[(s * nx + x) * members + m]. Bilinear between
 * the logarithm of sigma and the stretched value; outside, the edge's.
 */
export interface LikelihoodTable {
  readonly members: number;
  readonly scale: number;
  readonly x0: number;
  readonly dx: number;
  readonly nx: number;
  readonly s0: number;
  readonly ds: number;
  readonly ns: number;
  readonly values: Float32Array;
}

export interface ClassModel {
  readonly constants: ClassConstants;
  /** Table classes that the model knows, in the order of every member vector; "unknown" comes after them. */
  readonly classes: readonly TargetClass[];
  /** [members + 1] index into CLASS_NAMES of each member; the last is "unknown". */
  readonly nameOf: readonly number[];
  /** [members + 1] weight of each member within its name. */
  readonly shareInName: Float64Array;
  readonly family: readonly TargetFamily[];
  /** Speed over ground of what moves or stands throughout, of what did both (moving part), and how likely the latter is at all. */
  readonly speed: LikelihoodTable;
  readonly movingSpeed: LikelihoodTable;
  readonly turn: LikelihoodTable;
  readonly gain: LikelihoodTable;
  readonly climb: LikelihoodTable;
  readonly agility: LikelihoodTable;
  readonly height: LikelihoodTable;
  readonly rcs: LikelihoodTable;
  readonly fluctuation: LikelihoodTable;
  /** [4 kinds][members + 1], tempered. */
  readonly microDoppler: readonly Float64Array[];
  /** [members + 1] for drifters 1, else 0. */
  readonly drifts: Float64Array;
  /** Untempered density of the measured speed, for what the wind is asked. */
  readonly plainSpeed: LikelihoodTable;
  /** Members that are false tracks. */
  readonly falseTrack: Float64Array;
  /** Members that echo from one place, whatever their Doppler says. */
  readonly fixed: Float64Array;
  /** [members + 1] share of objects that are seen in nearly every look. */
  readonly supported: Float64Array;
}

const Z_RANGE = 2.8;
const Z_NODES = 29;

interface Spread {
  /** "log": logarithm is normal around ln(median). "plain": the value is. */
  readonly shape: "log" | "plain";
  readonly middle: number;
  readonly sigma: number;
}

const spreadOf = (d: Distribution, factor = 1, more = 0): Spread =>
  d.shape === "log-normal"
    ? { shape: "log", middle: Math.log(d.median * factor), sigma: Math.hypot((Math.log(d.high) - Math.log(d.low)) / 3.29, more) }
    : { shape: "plain", middle: d.median * factor, sigma: Math.hypot((d.high - d.low) / 3.29, more) };

/** Scaled modified Bessel function I0(x) exp(-x), x >= 0. Abramowitz & Stegun 9.8.1 and 9.8.2; relative error below 2e-7. */
export function besselI0e(x: number): number {
  if (x < 3.75) {
    const t = (x / 3.75) * (x / 3.75);
    return Math.exp(-x) * (1 + t * (3.5156229 + t * (3.0899424 + t * (1.2067492 + t * (0.2659732 + t * (0.0360768 + t * 0.0045813))))));
  }
  const t = 3.75 / x;
  const sum =
    0.39894228 +
    t *
      (0.01328592 +
        t *
          (0.00225319 + t * (-0.00157565 + t * (0.00916281 + t * (-0.02057706 + t * (0.02635537 + t * (-0.01647633 + t * 0.00392377)))))));
  return sum / Math.sqrt(x);
}

const gauss = (x: number, mean: number, sigma: number): number =>
  Math.exp((-0.5 * (x - mean) * (x - mean)) / (sigma * sigma)) / (sigma * 2.5066282746310002);

/** Density of a measured length where a plane vector of true length `u` has noise `sigma` on each component (Rice). */
const rice = (x: number, u: number, sigma: number): number => {
  const s2 = sigma * sigma;
  return (x / s2) * Math.exp((-(x - u) * (x - u)) / (2 * s2)) * besselI0e((x * u) / s2);
};
const folded = (x: number, u: number, sigma: number): number => gauss(x, u, sigma) + gauss(x, -u, sigma);

type Kernel = (x: number, u: number, sigma: number) => number;

/** Density of a measured `x`: the spread, smeared by the kernel of the measurement. */
function smear(spread: Spread, kernel: Kernel, x: number, sigma: number): number {
  if (spread.shape === "plain") return kernel(x, spread.middle, Math.sqrt(sigma * sigma + spread.sigma * spread.sigma));
  const dz = (2 * Z_RANGE) / (Z_NODES - 1);
  let sum = 0;
  for (let i = 0; i < Z_NODES; i++) {
    const z = -Z_RANGE + i * dz;
    const u = Math.exp(spread.middle + spread.sigma * z);
    // A node stands for its neighbourhood: without its width a sharp measurement would see the nodes one by one.
    const width = 0.7 * dz * spread.sigma * u;
    sum += NODE_WEIGHTS[i]! * kernel(x, u, Math.sqrt(sigma * sigma + width * width));
  }
  return sum;
}
const NODE_WEIGHTS = (() => {
  const weights = Array.from({ length: Z_NODES }, (_, i) => {
    const z = -Z_RANGE + (2 * Z_RANGE * i) / (Z_NODES - 1);
    return Math.exp(-0.5 * z * z);
  });
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
})();

interface Grid {
  /** Stretching: x = asinh(value / scale); 0: x = value. */
  readonly scale: number;
  readonly from: number;
  readonly to: number;
  readonly steps: number;
  readonly sigmaFrom: number;
  readonly sigmaTo: number;
  readonly sigmaSteps: number;
}

const unstretch = (x: number, scale: number): number => (scale === 0 ? x : (scale * (Math.exp(x) - Math.exp(-x))) / 2);
const stretch = (value: number, scale: number): number => {
  if (scale === 0) return value;
  const y = value / scale;
  return y >= 0 ? naturalLogarithm(y + Math.sqrt(y * y + 1)) : -naturalLogarithm(-y + Math.sqrt(y * y + 1));
};

/** The broad likelihood of "unknown": half the mean of all families, half even over the (stretched) range of the table. */
function build(
  classes: readonly TargetClass[],
  grid: Grid,
  weight: number,
  outlierShare: number,
  density: (targetClass: TargetClass, value: number, sigma: number) => number,
): LikelihoodTable {
  const members = classes.length + 1;
  const { scale, steps, sigmaSteps } = grid;
  const x0 = stretch(grid.from, scale);
  const dx = (stretch(grid.to, scale) - x0) / (steps - 1);
  const s0 = Math.log(grid.sigmaFrom);
  const ds = (Math.log(grid.sigmaTo) - s0) / (sigmaSteps - 1);
  const values = new Float32Array(sigmaSteps * steps * members);
  const row = new Float64Array(members);
  const perFamily = new Map<string, number>();
  for (const { family } of classes) perFamily.set(family, (perFamily.get(family) ?? 0) + 1);
  for (let s = 0; s < sigmaSteps; s++) {
    const sigma = Math.exp(s0 + s * ds);
    for (let k = 0; k < steps; k++) {
      const value = unstretch(x0 + k * dx, scale);
      const at = (s * steps + k) * members;
      let mean = 0;
      for (let m = 0; m < classes.length; m++) {
        const p = density(classes[m]!, value, sigma);
        row[m] = p;
        mean += p / (perFamily.get(classes[m]!.family)! * perFamily.size);
      }
      // Even over the stretched range: d(x)/d(value) is 1 / sqrt(value^2 + scale^2), or 1.
      const stretched = (scale === 0 ? 1 : 1 / Math.sqrt(value * value + scale * scale)) / (dx * (steps - 1));
      const broad = 0.5 * mean + 0.5 * stretched;
      row[classes.length] = broad;
      for (let m = 0; m <= classes.length; m++) {
        const p = (1 - outlierShare) * row[m]! + outlierShare * broad;
        values[at + m] = weight === 1 ? p : Math.exp(weight * Math.log(Math.max(p, 1e-30)));
      }
    }
  }
  return { members, scale, x0, dx, nx: steps, s0, ds, ns: sigmaSteps, values };
}

/** Weights of the four nodes around what was asked last: the first two of one sigma, the others of the next. */
const nodes = new Float64Array(4);
/** Fills `nodes`; returns where the first of them begins in the table. */
function locate(table: LikelihoodTable, value: number, sigma: number): number {
  const { members, nx, ns } = table;
  let x = (stretch(value, table.scale) - table.x0) / table.dx;
  let s = (naturalLogarithm(sigma) - table.s0) / table.ds;
  x = x > 0 ? (x < nx - 1 ? x : nx - 1) : 0; // NaN becomes 0: never outside
  s = s > 0 ? (s < ns - 1 ? s : ns - 1) : 0;
  const ix = x < nx - 2 ? x | 0 : nx - 2;
  const is = s < ns - 2 ? s | 0 : ns - 2;
  const fx = x - ix;
  const fs = s - is;
  nodes[0] = (1 - fx) * (1 - fs);
  nodes[1] = fx * (1 - fs);
  nodes[2] = (1 - fx) * fs;
  nodes[3] = fx * fs;
  return (is * nx + ix) * members;
}

/** Likelihood of every member for one measured value into `out` [members + 1]. Allocates nothing. */
export function setLikelihood(table: LikelihoodTable, value: number, sigma: number, out: Float64Array): void {
  const a = locate(table, value, sigma);
  const { members, values } = table;
  const c = a + table.nx * members;
  const wa = nodes[0]!;
  const wb = nodes[1]!;
  const wc = nodes[2]!;
  const wd = nodes[3]!;
  for (let m = 0; m < members; m++)
    out[m] = wa * values[a + m]! + wb * values[a + members + m]! + wc * values[c + m]! + wd * values[c + members + m]!;
}

/** The same, multiplied into `out`. */
export function multiplyLikelihood(table: LikelihoodTable, value: number, sigma: number, out: Float64Array): void {
  const a = locate(table, value, sigma);
  const { members, values } = table;
  const c = a + table.nx * members;
  const wa = nodes[0]!;
  const wb = nodes[1]!;
  const wc = nodes[2]!;
  const wd = nodes[3]!;
  for (let m = 0; m < members; m++)
    out[m] = out[m]! * (wa * values[a + m]! + wb * values[a + members + m]! + wc * values[c + m]! + wd * values[c + members + m]!);
}

/** Mean length of stretches of movement, s, and the window over which a track is watched. The simulator's; an estimate there too. */
const MEAN_STRETCH = 45;
const WATCHED = 15;

/** How likely a class moves, stands, or does both while it is watched: two states with exponential stays. */
export function stopAndGo(hoverShare: number): { moves: number; stands: number; both: number } {
  const q = Math.min(Math.max(hoverShare, 0.002), 0.98);
  const pause = (MEAN_STRETCH * q) / (1 - q);
  const moves = (1 - q) * Math.exp(-WATCHED / MEAN_STRETCH);
  // Those that hardly ever stop have no pauses to interrupt.
  const uninterrupted = q < 0.02 ? 1 - q - 0.002 : moves;
  const stands = q * Math.exp(-WATCHED / pause);
  return { moves: uninterrupted, stands, both: Math.max(1 - uninterrupted - stands, 0.002) };
}

/** True for what has to keep moving. */
const onWings = (one: TargetClass): boolean => one.hoverShare <= 0.05 && one.fixed !== true && !DRIFTERS.includes(one.id);
/** Share of tracks that show no manoeuvre: nearly all of what only drifts. */
const shareOf = (one: TargetClass, hovering: number, wings: number): number =>
  DRIFTERS.includes(one.id) ? 0.97 : onWings(one) ? wings : hovering;
const mix = (share: number, first: number, second: () => number): number => share * first + (1 - share) * second();

/** m/s: what stands is seen with about this speed, swaying. */
const SWAY = 0.4;

/**
 * Makes the tables. `withheld` classes are left out: what the model does not know must come out as "unknown".
 */
export function createClassModel(
  options: {
    readonly withheld?: readonly string[];
    readonly constants?: Partial<ClassConstants>;
    readonly classes?: readonly TargetClass[];
  } = {},
): ClassModel {
  const constants: ClassConstants = { ...CLASS_CONSTANTS, ...options.constants };
  const c = constants;
  const classes = (options.classes ?? TARGET_CLASSES).filter(({ id }) => options.withheld?.includes(id) !== true);
  for (const { id } of classes) assert(NAME_OF_CLASS[id] !== undefined, `class ${id} has a name to be shown under`);
  const nameOf = [...classes.map(({ id }) => CLASS_NAMES.indexOf(NAME_OF_CLASS[id]!)), UNKNOWN];
  const shareInName = new Float64Array(nameOf.length);
  for (let m = 0; m < nameOf.length; m++) shareInName[m] = 1 / nameOf.filter((name) => name === nameOf[m]).length;

  const memo = new Map<
    string,
    { speed: Spread; turn: Spread; gain: Spread; climb: Spread; height: Spread; rcs: Spread; fluctuation: Spread }
  >();
  for (const one of classes) {
    const f = one.features;
    const drifts = DRIFTERS.includes(one.id);
    const wings = onWings(one);
    memo.set(one.id, {
      speed: spreadOf(f.speed, wings || drifts ? 1 : c.speedFactor, wings || drifts ? c.speedSpread : c.speedSpreadHover),
      turn: spreadOf(f.turnRate, wings ? c.turnFactorWings : c.turnFactor, c.turnSpread),
      gain: spreadOf(f.acceleration, wings ? c.gainFactorWings : c.gainFactor, c.gainSpread),
      climb: drifts ? spreadOf(f.climbRate, 1, 0.1) : spreadOf(f.climbRate, c.climbFactor, c.climbSpread),
      height: spreadOf(f.heightAboveGround, 1, c.heightSpread),
      rcs: spreadOf(f.rcsDbsm, 1, c.rcsSpread),
      fluctuation: spreadOf(f.rcsFluctuationDb),
    });
  }
  const spreads = (one: TargetClass) => memo.get(one.id)!;
  const states = new Map(classes.map((one) => [one.id, stopAndGo(one.fixed === true ? one.hoverShare : c.standingSeen * one.hoverShare)]));
  const speedGrid: Grid = { scale: 0.5, from: 0, to: 400, steps: 56, sigmaFrom: 0.1, sigmaTo: 12, sigmaSteps: 7 };
  const standing = (value: number, sigma: number) => rice(value, 0.5 * SWAY, Math.hypot(sigma, SWAY));
  const plain = (one: TargetClass, value: number, sigma: number) => {
    const { moves, stands } = states.get(one.id)!;
    const own = stands * standing(value, sigma) + moves * smear(spreads(one).speed, rice, value, sigma);
    if (one.fixed !== true) return own;
    // The Doppler of its blades passes for a speed until the track has stayed where it is for long enough.
    const tip = one.features.microDopplerTipSpeed?.median ?? 0;
    const reach = c.bladeReach * tip;
    return (1 - c.bladeShare) * own + (value < reach ? c.bladeShare / reach : 0);
  };

  const shares = ["rotor", "prop", "flap", "none"] as const;
  const microDoppler = shares.map((kind) => {
    const out = new Float64Array(classes.length + 1);
    const perFamily = new Map<string, number>();
    for (const { family } of classes) perFamily.set(family, (perFamily.get(family) ?? 0) + 1);
    let mean = 0;
    classes.forEach((one, m) => {
      const p = ((one.microDoppler[kind] ?? 0) + c.microDopplerDoubt) / (1 + 4 * c.microDopplerDoubt);
      out[m] = p;
      mean += p / (perFamily.get(one.family)! * perFamily.size);
    });
    out[classes.length] = 0.5 * mean + 0.125;
    for (let m = 0; m < out.length; m++) out[m] = Math.exp(c.microDopplerWeight * Math.log(out[m]!));
    return out;
  });

  const flags = (test: (one: TargetClass) => boolean) => Float64Array.from([...classes.map((one) => (test(one) ? 1 : 0)), 0]);
  return {
    constants,
    classes,
    nameOf,
    shareInName,
    family: classes.map(({ family }) => family),
    speed: build(classes, speedGrid, c.speedWeight, c.outlierShare, plain),
    plainSpeed: build(classes, speedGrid, 1, c.outlierShare, plain),
    movingSpeed: build(
      classes,
      speedGrid,
      c.speedWeight,
      c.outlierShare,
      (one, value, sigma) => states.get(one.id)!.both * smear(spreads(one).speed, rice, value, sigma),
    ),
    turn: build(
      classes,
      { scale: 0.01, from: 0, to: Math.PI, steps: 32, sigmaFrom: 0.002, sigmaTo: 0.3, sigmaSteps: 6 },
      c.turnWeight,
      c.outlierShare,
      (one, value, sigma) =>
        mix(shareOf(one, c.straightShare, c.straightShareWings), folded(value, 0, Math.hypot(c.peakNoise * sigma, 0.005)), () =>
          smear(spreads(one).turn, folded, value, sigma),
        ),
    ),
    gain: build(
      classes,
      { scale: 0.1, from: 0, to: 60, steps: 32, sigmaFrom: 0.03, sigmaTo: 4, sigmaSteps: 6 },
      c.gainWeight,
      c.outlierShare,
      (one, value, sigma) =>
        mix(shareOf(one, c.steadyShare, c.steadyShareWings), folded(value, 0, Math.hypot(c.peakNoise * sigma, 0.05)), () =>
          smear(spreads(one).gain, folded, value, sigma),
        ),
    ),
    agility: build(
      classes,
      { scale: 0, from: -4, to: 4, steps: 33, sigmaFrom: 0.1, sigmaTo: 1, sigmaSteps: 3 },
      c.agilityWeight,
      c.outlierShare,
      (one, value, sigma) => {
        if (one.fixed === true) return gauss(value, c.agilityBlades, Math.hypot(c.agilitySpread, sigma));
        // Across its course it is accelerated by speed times turn rate; what can hover, by what it can.
        const across = one.features.speed.median * one.features.turnRate.median;
        const most = Math.log(onWings(one) || DRIFTERS.includes(one.id) ? across : Math.max(across, one.features.acceleration.median));
        const straight = 1 / (1 + Math.exp(c.agilityGrowth * (most - c.agilityMiddle)));
        return (
          straight * gauss(value, c.agilityStraight, Math.hypot(c.agilityStraightSpread, sigma)) +
          (1 - straight) * gauss(value, c.agilityManoeuvre + c.agilitySlope * most, Math.hypot(c.agilitySpread, sigma))
        );
      },
    ),
    climb: build(
      classes,
      { scale: 0.2, from: 0, to: 120, steps: 32, sigmaFrom: 0.05, sigmaTo: 8, sigmaSteps: 7 },
      c.climbWeight,
      c.outlierShare,
      (one, value, sigma) => {
        const level = DRIFTERS.includes(one.id) ? 0.03 : onWings(one) ? c.levelShareWings : c.levelShare;
        return level * folded(value, 0, Math.hypot(sigma, 0.1)) + (1 - level) * smear(spreads(one).climb, folded, value, sigma);
      },
    ),
    height: build(
      classes,
      { scale: 3, from: -400, to: 20_000, steps: 56, sigmaFrom: 0.5, sigmaTo: 300, sigmaSteps: 8 },
      c.heightWeight,
      c.outlierShare,
      (one, value, sigma) => smear(spreads(one).height, gauss, value, sigma),
    ),
    rcs: build(
      classes,
      { scale: 0, from: -65, to: 55, steps: 61, sigmaFrom: 0.7, sigmaTo: 8, sigmaSteps: 5 },
      c.rcsWeight,
      c.outlierShare,
      (one, value, sigma) => smear(spreads(one).rcs, gauss, value, sigma),
    ),
    fluctuation: build(
      classes,
      { scale: 0, from: 0, to: 20, steps: 21, sigmaFrom: 0.7, sigmaTo: 5, sigmaSteps: 4 },
      c.fluctuationWeight,
      c.outlierShare,
      (one, value, sigma) => smear(spreads(one).fluctuation, gauss, value, sigma),
    ),
    microDoppler,
    drifts: flags(({ id }) => DRIFTERS.includes(id)),
    supported: Float64Array.from([
      ...classes.map((one) => (one.id === "clutter.false_track" ? c.supportFalse : c.supportShare * (1 - 0.8 * one.hoverShare))),
      0.6 * c.supportShare,
    ]),
    fixed: flags(({ fixed }) => fixed === true),
    falseTrack: flags(({ id }) => id === "clutter.false_track"),
  };
}

let cached: ClassModel | undefined;
/** The model of all classes with the fitted constants; made once, when first asked for (some ten milliseconds). */
export function defaultClassModel(): ClassModel {
  cached ??= createClassModel();
  return cached;
}
