// Which way a pan-tilt camera is mounted, from landmarks: a person points the camera at three or more places whose positions are
// known, and reads pan and tilt. Firmware scales wrongly and masts are not level, so neither is taken on trust.

import { err, ok, type Result } from "../base/result.ts";
import { wrapAngle } from "../base/units.ts";
import { angleBetween, azimuthElevation, type CameraMount, lookDirection } from "./camera-mount.ts";
import { type Geodetic, geodeticToEnu, localFrame, type Vector3 } from "./wgs84.ts";

/** One landmark as the camera saw it in the middle of its picture. */
export interface LandmarkSighting {
  readonly name: string;
  readonly position: Geodetic;
  /** In the camera's own units. */
  readonly pan: number;
  readonly tilt: number;
}

/** What the camera says its units are. */
export interface CameraUnits {
  /** rad for each raw unit of pan and tilt, signed; only a starting value where `known` is false. */
  readonly panScale: number;
  readonly tiltScale: number;
  /** The space counts degrees; a normalised space says nothing of how far a unit turns. */
  readonly known: boolean;
}

export interface LandmarkResidual {
  readonly name: string;
  /** Where the calibrated camera would look minus where the landmark is, rad; the azimuth's is measured across, on the sky. */
  readonly azimuth: number;
  readonly elevation: number;
  /** Angle between the two, rad. */
  readonly total: number;
}

export interface CameraCalibration {
  readonly mount: CameraMount;
  readonly residuals: readonly LandmarkResidual[];
  /** Root mean square of the residuals' totals, rad. 0 says nothing where `redundancy` is 0. */
  readonly rms: number;
  readonly worst: number;
  /** Measured angles more than unknowns: 0 means that a mistake in a landmark cannot show. */
  readonly redundancy: number;
  /** What was fitted beside heading, pitch, roll and tilt zero. */
  readonly fitted: readonly ("panScale" | "tiltScale")[];
  /** Pan counts anticlockwise, tilt counts downwards: the camera's axes are not as the standard wants them. */
  readonly panReversed: boolean;
  readonly tiltReversed: boolean;
  /** 1 sigma of where it points, rad, at the worst azimuth between 0 and 30 degrees of elevation. */
  readonly sigma: number;
}

export interface CalibrationRefusal {
  readonly code: "too-few" | "too-many" | "not-finite" | "too-near" | "bunched" | "scale-unseen" | "poor-fit";
  readonly message: string;
}

const LEAST = 3;
const MOST = 16;
/** A landmark's own position is good to a metre or two: nearer than this it is no direction. */
const NEAREST = 30; // m
/** A person centres a landmark about so well; the floor of every error that is stated. */
const CENTRING = 0.1 * (Math.PI / 180);
/** Fits better than this need no further unknowns; worse than the second are refused. */
const GOOD = 0.3 * (Math.PI / 180);
const POOR = 1.5 * (Math.PI / 180);
/** Largest 1 sigma of an unknown, in multiples of that of one centred landmark; beyond, the set does not determine it. */
const LOOSEST = 30;
const STEEPEST = 25 * (Math.PI / 180);
/** A reversed tilt axis must make the mast straighter by so much before it is believed. */
const STRAIGHTER = 2 * (Math.PI / 180);
const ITERATIONS = 25;
/** Where the search for the heading begins, evenly round: fewer where a unit is known to be about a degree. */
const HEADINGS = { known: 3, unknown: 8 };

/** heading, pitch, roll, tilt zero, ln of the pan and tilt factors. */
type Unknowns = [number, number, number, number, number, number];

interface Sight {
  azimuth: number;
  elevation: number;
  cosElevation: number;
  pan: number;
  tilt: number;
}

/**
 * Fits the mount to the landmarks by Levenberg-Marquardt (Press et al., "Numerical Recipes", third edition, section 15.5.2) from
 * several headings and both senses of each axis. With a space in degrees the scales are believed as long as the landmarks agree; a
 * normalised space has them fitted, which takes landmarks of different elevation.
 *
 * Refuses, with a sentence for the person: fewer than three landmarks, ones too near, sets that do not determine the mount
 * (bunched in one direction), and sets that no level-ish mount explains to 1.5 degrees. Never throws.
 */
export function calibrateCamera(
  landmarks: readonly LandmarkSighting[],
  camera: Geodetic,
  units: CameraUnits,
): Result<CameraCalibration, CalibrationRefusal> {
  if (landmarks.length < LEAST)
    return err({ code: "too-few", message: `at least ${LEAST} landmarks are needed, there are ${landmarks.length}` });
  if (landmarks.length > MOST) return err({ code: "too-many", message: `at most ${MOST} landmarks, there are ${landmarks.length}` });
  const frame = localFrame(camera.latitude, camera.longitude, camera.heightHae);
  const sights: Sight[] = [];
  const directions: Vector3[] = [];
  for (const { name, position, pan, tilt } of landmarks) {
    const direction = geodeticToEnu(frame, position.latitude, position.longitude, position.heightHae);
    if (![...direction, pan, tilt].every(Number.isFinite)) return err({ code: "not-finite", message: `${name}: a number is missing` });
    const distance = Math.hypot(...direction);
    if (distance < NEAREST)
      return err({
        code: "too-near",
        message: `${name} is ${Math.round(distance)} m from the camera; a landmark must be at least ${NEAREST} m away`,
      });
    const { azimuth, elevation } = azimuthElevation(direction);
    sights.push({ azimuth, elevation, cosElevation: Math.cos(elevation), pan, tilt });
    directions.push(direction);
  }

  const sets: boolean[][] = units.known
    ? [
        [true, true, true, true, false, false],
        [true, true, true, true, true, false],
        [true, true, true, true, true, true],
      ]
    : [[true, true, true, true, true, true]];
  let refusal: CalibrationRefusal | undefined;
  let best: Fit | undefined;
  for (const free of sets) {
    const outcome = fitBothSenses(sights, units, free);
    if (!outcome.ok) {
      // The simplest set says best what is wrong with the landmarks.
      refusal ??= outcome.error;
      continue;
    }
    if (best === undefined || outcome.value.rms < best.rms / 2) best = outcome.value;
    if (best.rms <= GOOD) break;
  }
  if (best === undefined) return err(refusal ?? { code: "bunched", message: BUNCHED });
  if (best.rms > POOR) {
    const worst = residualsOf(sights, best).reduce((a, b) => (b.total > a.total ? b : a));
    return err({
      code: "poor-fit",
      message: `no mount explains the landmarks: they miss by ${degrees(best.rms)} degrees on average, ${landmarks[worst.index].name} by ${degrees(worst.total)}; check positions, and which landmark is which`,
    });
  }
  const residuals = residualsOf(sights, best).map(({ index, azimuth, elevation }) => ({
    name: landmarks[index].name,
    azimuth,
    elevation,
    total: angleBetween(lookDirection(best.mount, sights[index].pan, sights[index].tilt), directions[index]),
  }));
  return ok({
    mount: best.mount,
    residuals,
    rms: Math.sqrt(residuals.reduce((sum, { total }) => sum + total * total, 0) / residuals.length),
    worst: Math.max(...residuals.map(({ total }) => total)),
    redundancy: 2 * sights.length - best.free.filter(Boolean).length,
    fitted: [...(best.free[4] ? (["panScale"] as const) : []), ...(best.free[5] ? (["tiltScale"] as const) : [])],
    panReversed: best.mount.panScale * units.panScale < 0,
    tiltReversed: best.mount.tiltScale * units.tiltScale < 0,
    sigma: worstSigma(sights, best),
  });
}

const BUNCHED = "the landmarks lie too close to one another in direction; choose some that are at least a third of the horizon apart";
const degrees = (angle: number) => Math.round((angle / Math.PI) * 1800) / 10;

interface Fit {
  mount: CameraMount;
  unknowns: Unknowns;
  free: readonly boolean[];
  panUnit: number;
  tiltUnit: number;
  /** Inverse of J'J, rad^2 for 1 rad of error: [6x6] with zeros for what was held. */
  spread: number[];
  rms: number;
}

/** The best fit of both senses of pan and tilt; a reversed axis only where it explains the landmarks clearly better. */
function fitBothSenses(sights: readonly Sight[], units: CameraUnits, free: readonly boolean[]): Result<Fit, CalibrationRefusal> {
  let chosen: Fit | undefined;
  let refusal: CalibrationRefusal | undefined;
  for (const [panSign, tiltSign] of [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ] as const) {
    const outcome = fitOneSense(sights, panSign * units.panScale, tiltSign * units.tiltScale, free, units.known);
    if (!outcome.ok) {
      refusal ??= outcome.error;
      continue;
    }
    const fit = outcome.value;
    if (chosen === undefined) chosen = fit;
    else if (chosen.rms > GOOD) {
      if (fit.rms < chosen.rms / 2) chosen = fit;
    } else if (fit.rms <= GOOD && leaning(fit) + STRAIGHTER < leaning(chosen)) chosen = fit;
  }
  return chosen === undefined ? err(refusal ?? { code: "bunched", message: BUNCHED }) : ok(chosen);
}

const leaning = (fit: Fit) => Math.hypot(fit.mount.pitch, fit.mount.roll);

function mountOf(u: Unknowns, panUnit: number, tiltUnit: number): CameraMount {
  return {
    heading: u[0] - 2 * Math.PI * Math.floor(u[0] / (2 * Math.PI)),
    pitch: u[1],
    roll: u[2],
    tiltZero: u[3],
    panScale: panUnit * Math.exp(u[4]),
    tiltScale: tiltUnit * Math.exp(u[5]),
  };
}

/** Two numbers for each sight, rad: across and up. */
function errorsOf(sights: readonly Sight[], u: Unknowns, panUnit: number, tiltUnit: number, out: number[]): number {
  const mount = mountOf(u, panUnit, tiltUnit);
  let sum = 0;
  for (let i = 0; i < sights.length; i++) {
    const sight = sights[i];
    const look = azimuthElevation(lookDirection(mount, sight.pan, sight.tilt));
    const across = wrapAngle(look.azimuth - sight.azimuth) * sight.cosElevation;
    const up = look.elevation - sight.elevation;
    out[2 * i] = across;
    out[2 * i + 1] = up;
    sum += across * across + up * up;
  }
  return sum;
}

function fitOneSense(
  sights: readonly Sight[],
  panUnit: number,
  tiltUnit: number,
  free: readonly boolean[],
  scaleKnown: boolean,
): Result<Fit, CalibrationRefusal> {
  let best: { u: Unknowns; sum: number } | undefined;
  const guesses = scaleKnown ? [0] : [0, -0.7];
  for (const guess of guesses) {
    const headings = scaleKnown ? HEADINGS.known : HEADINGS.unknown;
    for (let k = 0; k < headings; k++) {
      const heading = sights[0].azimuth - panUnit * Math.exp(guess) * sights[0].pan + (2 * Math.PI * k) / headings;
      const tiltZero = sights[0].elevation - tiltUnit * Math.exp(guess) * sights[0].tilt;
      const start: Unknowns = [heading, 0, 0, tiltZero, guess, guess];
      const found = descend(sights, start, panUnit, tiltUnit, free);
      if (isPlausible(found.u, scaleKnown) && (best === undefined || found.sum < best.sum)) best = found;
    }
  }
  if (best === undefined)
    return err({
      code: "poor-fit",
      message: "no mount within 25 degrees of level explains the landmarks; check positions, and which landmark is which",
    });
  const spread = spreadOf(sights, best.u, panUnit, tiltUnit, free);
  if (spread === undefined || !isTight(spread)) {
    const rest = free[5] ? spreadOf(sights, best.u, panUnit, tiltUnit, [...free.slice(0, 5), false]) : undefined;
    return rest !== undefined && isTight(rest)
      ? err({
          code: "scale-unseen",
          message:
            "the landmarks are all at about one elevation, so how far a unit of tilt turns does not show; add one clearly above or below",
        })
      : err({ code: "bunched", message: BUNCHED });
  }
  return ok({
    mount: mountOf(best.u, panUnit, tiltUnit),
    unknowns: best.u,
    free,
    panUnit,
    tiltUnit,
    spread,
    rms: Math.sqrt(best.sum / sights.length),
  });
}

/** Every unknown is determined to some multiple of one centring error. */
function isTight(spread: readonly number[]): boolean {
  for (let i = 0; i < 6; i++) if (!(Math.sqrt(spread[i * 7]) <= LOOSEST)) return false;
  return true;
}

function isPlausible(u: Unknowns, scaleKnown: boolean): boolean {
  const [low, high] = scaleKnown ? [0.5, 2] : [0.05, 3];
  return (
    Math.abs(u[1]) <= STEEPEST &&
    Math.abs(u[2]) <= STEEPEST &&
    Math.abs(u[3]) <= 1.8 &&
    Math.exp(u[4]) >= low &&
    Math.exp(u[4]) <= high &&
    Math.exp(u[5]) >= low &&
    Math.exp(u[5]) <= high
  );
}

const STEP = 1e-6;

/** J'J [6x6] and J'r [6] by central differences; rows and columns of what is held stay 0. */
function normalEquations(sights: readonly Sight[], u: Unknowns, panUnit: number, tiltUnit: number, free: readonly boolean[]) {
  const r: number[] = [];
  errorsOf(sights, u, panUnit, tiltUnit, r);
  const columns: number[][] = [];
  for (let j = 0; j < 6; j++) {
    if (!free[j]) {
      columns.push([]);
      continue;
    }
    const plus: number[] = [];
    const minus: number[] = [];
    const moved: Unknowns = [...u];
    moved[j] = u[j] + STEP;
    errorsOf(sights, moved, panUnit, tiltUnit, plus);
    moved[j] = u[j] - STEP;
    errorsOf(sights, moved, panUnit, tiltUnit, minus);
    columns.push(plus.map((value, i) => wrapAngle(value - minus[i]) / (2 * STEP)));
  }
  const A = new Array<number>(36).fill(0);
  const g = new Array<number>(6).fill(0);
  for (let i = 0; i < 6; i++) {
    if (!free[i]) continue;
    for (let k = 0; k < r.length; k++) g[i] += columns[i][k] * r[k];
    for (let j = 0; j < 6; j++) if (free[j]) for (let k = 0; k < r.length; k++) A[i * 6 + j] += columns[i][k] * columns[j][k];
  }
  return { A, g };
}

function descend(sights: readonly Sight[], start: Unknowns, panUnit: number, tiltUnit: number, free: readonly boolean[]) {
  let u: Unknowns = [...start];
  const r: number[] = [];
  let sum = errorsOf(sights, u, panUnit, tiltUnit, r);
  let lambda = 1e-3;
  for (let pass = 0; pass < ITERATIONS && sum > 1e-20; pass++) {
    const { A, g } = normalEquations(sights, u, panUnit, tiltUnit, free);
    for (let i = 0; i < 6; i++) A[i * 7] = free[i] ? A[i * 7] * (1 + lambda) + 1e-12 : 1;
    const step = solve(A, g);
    if (step === undefined) break;
    const next = u.map((value, i) => value - (free[i] ? Math.max(-0.5, Math.min(0.5, step[i])) : 0)) as Unknowns;
    const nextSum = errorsOf(sights, next, panUnit, tiltUnit, r);
    if (nextSum < sum) {
      const settled = sum - nextSum < 1e-14 * sum;
      u = next;
      sum = nextSum;
      lambda = Math.max(1e-9, lambda / 10);
      if (settled) break;
    } else {
      lambda *= 10;
      if (lambda > 1e9) break;
    }
  }
  return { u, sum };
}

/** Inverse of J'J over the free unknowns, undefined when the landmarks leave one of them open. */
function spreadOf(sights: readonly Sight[], u: Unknowns, panUnit: number, tiltUnit: number, free: readonly boolean[]) {
  const { A } = normalEquations(sights, u, panUnit, tiltUnit, free);
  for (let i = 0; i < 6; i++) if (!free[i]) A[i * 7] = 1;
  const inverse = new Array<number>(36).fill(0);
  for (let j = 0; j < 6; j++) {
    if (!free[j]) continue;
    const unit = new Array<number>(6).fill(0);
    unit[j] = 1;
    const column = solve([...A], unit);
    if (column === undefined) return undefined;
    for (let i = 0; i < 6; i++) inverse[i * 6 + j] = free[i] ? column[i] : 0;
  }
  return inverse;
}

/** x of A x = b for a symmetric positive definite row-major 6x6, by Cholesky; undefined when it is not. */
function solve(A: number[], b: readonly number[]): number[] | undefined {
  const L = new Array<number>(36).fill(0);
  for (let i = 0; i < 6; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = A[i * 6 + j];
      for (let k = 0; k < j; k++) sum -= L[i * 6 + k] * L[j * 6 + k];
      if (i !== j) L[i * 6 + j] = sum / L[j * 7];
      else if (sum > 1e-12) L[i * 7] = Math.sqrt(sum);
      else return undefined;
    }
  }
  const x = [...b];
  for (let i = 0; i < 6; i++) {
    for (let k = 0; k < i; k++) x[i] -= L[i * 6 + k] * x[k];
    x[i] /= L[i * 7];
  }
  for (let i = 5; i >= 0; i--) {
    for (let k = i + 1; k < 6; k++) x[i] -= L[k * 6 + i] * x[k];
    x[i] /= L[i * 7];
  }
  return x;
}

function residualsOf(sights: readonly Sight[], fit: Fit) {
  const r: number[] = [];
  errorsOf(sights, fit.unknowns, fit.panUnit, fit.tiltUnit, r);
  return sights.map((_, index) => ({
    index,
    azimuth: r[2 * index],
    elevation: r[2 * index + 1],
    total: Math.hypot(r[2 * index], r[2 * index + 1]),
  }));
}

/** Carries the errors of the unknowns to where the camera would look, all round. */
function worstSigma(sights: readonly Sight[], fit: Fit): number {
  const unknownCount = fit.free.filter(Boolean).length;
  const redundancy = 2 * sights.length - unknownCount;
  const seen = redundancy > 0 ? Math.sqrt((fit.rms * fit.rms * sights.length) / redundancy) : 0;
  const centring = Math.max(CENTRING, seen);
  let worst = 0;
  for (const elevation of [0, Math.PI / 6]) {
    for (let k = 0; k < 12; k++) {
      // The pan and tilt that look there; a unit's place in the raw range does not matter.
      const theta = (2 * Math.PI * (k - 6)) / 12;
      const probe: Sight[] = [
        {
          azimuth: 0,
          elevation: 0,
          cosElevation: 1,
          pan: theta / fit.mount.panScale,
          tilt: (elevation - fit.mount.tiltZero) / fit.mount.tiltScale,
        },
      ];
      const look = azimuthElevation(lookDirection(fit.mount, probe[0].pan, probe[0].tilt));
      probe[0].azimuth = look.azimuth;
      probe[0].elevation = look.elevation;
      probe[0].cosElevation = Math.cos(look.elevation);
      const jacobian: number[][] = [];
      for (let j = 0; j < 6; j++) {
        const plus: number[] = [];
        const moved: Unknowns = [...fit.unknowns];
        moved[j] += STEP;
        errorsOf(probe, moved, fit.panUnit, fit.tiltUnit, plus);
        jacobian.push(plus.map((value) => value / STEP));
      }
      let variance = 0;
      for (let row = 0; row < 2; row++)
        for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) variance += jacobian[i][row] * fit.spread[i * 6 + j] * jacobian[j][row];
      worst = Math.max(worst, Math.sqrt(Math.max(0, variance)) * centring);
    }
  }
  return worst;
}
