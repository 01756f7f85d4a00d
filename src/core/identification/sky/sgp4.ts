// Satellites from two-line elements: SGP4 for orbits of less than 225 minutes, which holds everything that people see with the naked eye as a moving
// light. Hoots & Roehrich, "Spacetrack Report No. 3" (1980), as corrected by Vallado, Crawford, Hujsak & Kelso, "Revisiting Spacetrack Report #3"
// (2006); WGS72 constants. Positions are good to a few kilometres for elements of the same week: 0.3 degrees at 800 km.

import { err, ok, type Result } from "../../base/result.ts";
import { type Micros, RADIANS_PER_DEGREE } from "../../base/units.ts";

const EARTH_RADIUS = 6378.135; // km
const MU = 398_600.8; // km^3/s^2
const XKE = 60 / Math.sqrt((EARTH_RADIUS * EARTH_RADIUS * EARTH_RADIUS) / MU);
const J2 = 0.001082616;
const J3 = -0.00000253881;
const J4 = -0.00000165597;
const J3_OVER_J2 = J3 / J2;
const TWO_PI = 2 * Math.PI;

/** Mean elements of a two-line element set: rad, rad/min, 1/Earth radii. */
export interface SatelliteElements {
  readonly name: string;
  readonly catalogueNumber: string;
  readonly epoch: Micros;
  readonly bstar: number;
  readonly inclination: number;
  readonly node: number;
  readonly eccentricity: number;
  readonly perigee: number;
  readonly meanAnomaly: number;
  /** rad/min, as the set gives it (Kozai). */
  readonly meanMotion: number;
}

export interface ElementsError {
  readonly code: "malformed" | "checksum" | "deep-space";
  readonly message: string;
}

const checksum = (line: string): number => {
  let sum = 0;
  for (const letter of line.slice(0, 68)) sum += letter >= "0" && letter <= "9" ? Number(letter) : letter === "-" ? 1 : 0;
  return sum % 10;
};

/** "-11606-4" is -0.11606e-4. */
function assumedDecimal(text: string): number {
  const found = /^\s*([+-]?)(\d{5})([+-]\d)\s*$/.exec(text);
  return found === null ? Number.NaN : Number(`${found[1]}0.${found[2]}e${found[3]}`);
}

/** Reads the two lines. Never throws: both checksums, the numbers and the period are checked. */
export function parseTwoLineElements(name: string, line1: string, line2: string): Result<SatelliteElements, ElementsError> {
  const malformed = (message: string) => err({ code: "malformed" as const, message });
  if (!line1.startsWith("1 ") || !line2.startsWith("2 ") || line1.length < 69 || line2.length < 69)
    return malformed("expected two lines of 69 characters that begin with 1 and 2");
  for (const line of [line1, line2])
    if (checksum(line) !== Number(line[68]))
      return err({ code: "checksum", message: `checksum of line ${line[0]} is ${checksum(line)}, not ${line[68]}` });
  if (line1.slice(2, 7) !== line2.slice(2, 7)) return malformed("the two lines are of different satellites");
  const year = Number(line1.slice(18, 20));
  const day = Number(line1.slice(20, 32));
  const degrees = (from: number, to: number) => Number(line2.slice(from, to)) * RADIANS_PER_DEGREE;
  const elements: SatelliteElements = {
    name: name.trim() === "" ? line1.slice(2, 7).trim() : name.trim().slice(0, 40),
    catalogueNumber: line1.slice(2, 7).trim(),
    epoch: Math.round((Date.UTC(year < 57 ? 2000 + year : 1900 + year, 0, 1) + (day - 1) * 86_400_000) * 1000) as Micros,
    bstar: assumedDecimal(line1.slice(53, 61)),
    inclination: degrees(8, 16),
    node: degrees(17, 25),
    eccentricity: Number(`0.${line2.slice(26, 33).trim()}`),
    perigee: degrees(34, 42),
    meanAnomaly: degrees(43, 51),
    meanMotion: (Number(line2.slice(52, 63)) * TWO_PI) / 1440,
  };
  for (const value of Object.values(elements))
    if (typeof value === "number" && !Number.isFinite(value)) return malformed("a field is not a number");
  if (elements.meanMotion <= 0 || elements.eccentricity >= 1) return malformed("mean motion or eccentricity cannot be");
  if (TWO_PI / elements.meanMotion >= 225)
    return err({ code: "deep-space", message: "periods of 225 minutes and more need deep-space terms" });
  return ok(elements);
}

const twoThirds = (x: number): number => Math.exp((2 / 3) * Math.log(x));

export interface SatelliteState {
  /** km and km/s, true equator and mean equinox of date (TEME). */
  readonly position: readonly [number, number, number];
  readonly velocity: readonly [number, number, number];
}

/** Position `minutes` after the epoch of the elements; undefined when it has decayed or the numbers leave the model. */
export function propagateSatellite(e: SatelliteElements, minutes: number): SatelliteState | undefined {
  // Initialisation: the Brouwer mean motion from Kozai's, and the secular rates.
  const ecc = e.eccentricity;
  const oneMinusE2 = 1 - ecc * ecc;
  const rootOneMinusE2 = Math.sqrt(oneMinusE2);
  const cosi = Math.cos(e.inclination);
  const sini = Math.sin(e.inclination);
  const cosi2 = cosi * cosi;
  const cosi4 = cosi2 * cosi2;
  const a1 = twoThirds(XKE / e.meanMotion);
  const d1 = (0.75 * J2 * (3 * cosi2 - 1)) / (rootOneMinusE2 * oneMinusE2);
  const del1 = d1 / (a1 * a1);
  const a0 = a1 * (1 - del1 * del1 - del1 * (1 / 3 + (134 * del1 * del1) / 81));
  const n = e.meanMotion / (1 + d1 / (a0 * a0));
  const ao = twoThirds(XKE / n);
  const po = ao * oneMinusE2;
  const con42 = 1 - 5 * cosi2;
  const con41 = -con42 - cosi2 - cosi2;
  const perigeeRadius = ao * (1 - ecc);
  const simple = perigeeRadius < 220 / EARTH_RADIUS + 1;

  // Drag: s and (q0 - s)^4 depend on the height of the perigee.
  const height = (perigeeRadius - 1) * EARTH_RADIUS;
  const sKm = height < 98 ? 20 : height < 156 ? height - 78 : 78;
  const s = sKm / EARTH_RADIUS + 1;
  const q = (120 - sKm) / EARTH_RADIUS;
  const q4 = q * q * q * q;
  const pinv2 = 1 / (po * po);
  const xi = 1 / (ao - s);
  const eta = ao * ecc * xi;
  const eta2 = eta * eta;
  const eeta = ecc * eta;
  const psi2 = Math.abs(1 - eta2);
  const coef = q4 * xi * xi * xi * xi;
  const coef1 = coef / (psi2 * psi2 * psi2 * Math.sqrt(psi2));
  const cc2 = coef1 * n * (ao * (1 + 1.5 * eta2 + eeta * (4 + eta2)) + ((0.375 * J2 * xi) / psi2) * con41 * (8 + 3 * eta2 * (8 + eta2)));
  const cc1 = e.bstar * cc2;
  const cc3 = ecc > 1e-4 ? (-2 * coef * xi * J3_OVER_J2 * n * sini) / ecc : 0;
  const x1mth2 = 1 - cosi2;
  const cc4 =
    2 *
    n *
    coef1 *
    ao *
    oneMinusE2 *
    (eta * (2 + 0.5 * eta2) +
      ecc * (0.5 + 2 * eta2) -
      ((J2 * xi) / (ao * psi2)) *
        (-3 * con41 * (1 - 2 * eeta + eta2 * (1.5 - 0.5 * eeta)) +
          0.75 * x1mth2 * (2 * eta2 - eeta * (1 + eta2)) * Math.cos(2 * e.perigee)));
  const cc5 = 2 * coef1 * ao * oneMinusE2 * (1 + 2.75 * (eta2 + eeta) + eeta * eta2);
  const t1 = 1.5 * J2 * pinv2 * n;
  const t2 = 0.5 * t1 * J2 * pinv2;
  const t3 = -0.46875 * J4 * pinv2 * pinv2 * n;
  const anomalyRate = n + 0.5 * t1 * rootOneMinusE2 * con41 + 0.0625 * t2 * rootOneMinusE2 * (13 - 78 * cosi2 + 137 * cosi4);
  const perigeeRate = -0.5 * t1 * con42 + 0.0625 * t2 * (7 - 114 * cosi2 + 395 * cosi4) + t3 * (3 - 36 * cosi2 + 49 * cosi4);
  const nodeRate1 = -t1 * cosi;
  const nodeRate = nodeRate1 + (0.5 * t2 * (4 - 19 * cosi2) + 2 * t3 * (3 - 7 * cosi2)) * cosi;

  // Secular gravity and drag.
  const t = minutes;
  const tt = t * t;
  const meanAnomaly0 = e.meanAnomaly + anomalyRate * t;
  const perigee0 = e.perigee + perigeeRate * t;
  let perigee = perigee0;
  let anomaly = meanAnomaly0;
  const node = e.node + nodeRate * t + 3.5 * oneMinusE2 * nodeRate1 * cc1 * tt;
  let tempA = 1 - cc1 * t;
  let tempE = e.bstar * cc4 * t;
  let tempL = 1.5 * cc1 * tt;
  if (!simple) {
    const cc1sq = cc1 * cc1;
    const d2 = 4 * ao * xi * cc1sq;
    const temp = (d2 * xi * cc1) / 3;
    const d3 = (17 * ao + s) * temp;
    const d4 = 0.5 * temp * ao * xi * (221 * ao + 31 * s) * cc1;
    const cube = (x: number) => (1 + eta * Math.cos(x)) * (1 + eta * Math.cos(x)) * (1 + eta * Math.cos(x));
    const shift =
      e.bstar * cc3 * Math.cos(e.perigee) * t +
      (ecc > 1e-4 ? ((-2 / 3) * coef * e.bstar) / eeta : 0) * (cube(meanAnomaly0) - cube(e.meanAnomaly));
    anomaly = meanAnomaly0 + shift;
    perigee = perigee0 - shift;
    const ttt = tt * t;
    tempA -= d2 * tt + d3 * ttt + d4 * ttt * t;
    tempE += e.bstar * cc5 * (Math.sin(anomaly) - Math.sin(e.meanAnomaly));
    tempL +=
      (d2 + 2 * cc1sq) * ttt +
      ttt *
        t *
        (0.25 * (3 * d3 + cc1 * (12 * d2 + 10 * cc1sq)) + t * 0.2 * (3 * d4 + 12 * cc1 * d3 + 6 * d2 * d2 + 15 * cc1sq * (2 * d2 + cc1sq)));
  }
  const a = ao * tempA * tempA;
  const em = Math.max(ecc - tempE, 1e-6);
  if (!(a > 0.9) || em >= 1 || ecc - tempE < -0.001) return undefined;
  const nm = XKE / (a * Math.sqrt(a));
  anomaly += n * tempL;

  // Long-period terms, Kepler's equation.
  const axn = em * Math.cos(perigee);
  const inverse = 1 / (a * (1 - em * em));
  const ayn = em * Math.sin(perigee) + inverse * (-0.5 * J3_OVER_J2 * sini);
  const denominator = Math.abs(1 + cosi) > 1.5e-12 ? 1 + cosi : 1.5e-12;
  const lcof = (-0.25 * J3_OVER_J2 * sini * (3 + 5 * cosi)) / denominator;
  const u = (anomaly + perigee + inverse * lcof * axn) % TWO_PI;
  let eo = u;
  for (let i = 0; i < 10; i++) {
    const step = (u - ayn * Math.cos(eo) + axn * Math.sin(eo) - eo) / (1 - axn * Math.cos(eo) - ayn * Math.sin(eo));
    eo += Math.max(-0.95, Math.min(0.95, step));
    if (Math.abs(step) < 1e-12) break;
  }
  const sinE = Math.sin(eo);
  const cosE = Math.cos(eo);
  const ecosE = axn * cosE + ayn * sinE;
  const esinE = axn * sinE - ayn * cosE;
  const el2 = axn * axn + ayn * ayn;
  const pl = a * (1 - el2);
  if (!(pl > 0)) return undefined;

  // Short-period terms.
  const r = a * (1 - ecosE);
  const rDot = (Math.sqrt(a) * esinE) / r;
  const rvDot = Math.sqrt(pl) / r;
  const beta = Math.sqrt(1 - el2);
  const share = esinE / (1 + beta);
  const sinU = (a / r) * (sinE - ayn - axn * share);
  const cosU = (a / r) * (cosE - axn + ayn * share);
  const sin2u = 2 * sinU * cosU;
  const cos2u = 1 - 2 * sinU * sinU;
  const k1 = (0.5 * J2) / pl;
  const k2 = k1 / pl;
  const radius = r * (1 - 1.5 * k2 * beta * con41) + 0.5 * k1 * x1mth2 * cos2u;
  if (radius < 1) return undefined;
  const su = Math.atan2(sinU, cosU) - 0.25 * k2 * (7 * cosi2 - 1) * sin2u;
  const nodeK = node + 1.5 * k2 * cosi * sin2u;
  const incK = e.inclination + 1.5 * k2 * cosi * sini * cos2u;
  const radial = rDot - (nm * k1 * x1mth2 * sin2u) / XKE;
  const along = rvDot + (nm * k1 * (x1mth2 * cos2u + 1.5 * con41)) / XKE;

  const [sn, cn, ss, cs] = [Math.sin(nodeK), Math.cos(nodeK), Math.sin(su), Math.cos(su)];
  const [si, ci] = [Math.sin(incK), Math.cos(incK)];
  const unit = [-sn * ci * ss + cn * cs, cn * ci * ss + sn * cs, si * ss];
  const ahead = [-sn * ci * cs - cn * ss, cn * ci * cs - sn * ss, si * cs];
  const speed = (EARTH_RADIUS * XKE) / 60;
  const place = (i: number) => radius * EARTH_RADIUS * unit[i];
  const rate = (i: number) => speed * (radial * unit[i] + along * ahead[i]);
  return { position: [place(0), place(1), place(2)], velocity: [rate(0), rate(1), rate(2)] };
}

/** Greenwich mean sidereal time, rad (IAU 1982; UT1 is taken for UTC, which costs at most 14 arc seconds). */
export function greenwichSiderealTime(at: Micros): number {
  const days = at / 86_400_000_000 + 2_440_587.5 - 2_451_545;
  const century = days / 36_525;
  const degrees = 280.46061837 + 360.98564736629 * days + century * century * (0.000387933 - century / 38_710_000);
  const turn = degrees % 360;
  return (turn < 0 ? turn + 360 : turn) * RADIANS_PER_DEGREE;
}
