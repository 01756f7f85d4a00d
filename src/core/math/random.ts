// The seeded generator for simulation, generators of scenarios and tests. The state is plain data, so that a simulation can be
// snapshotted; nothing from sensor to screen draws random numbers.

/** State of a xoshiro128** generator (Blackman & Vigna, "Scrambled Linear Pseudorandom Number Generators", 2021) and a spare normal. */
export interface RandomState {
  /** Four 32-bit words, not all zero. */
  words: [number, number, number, number];
  /** The second number of the last polar pair, if unused. */
  spareNormal: number | undefined;
}

/** Starts a generator: the words come from a splitmix32 sequence over the seed, so near seeds give unrelated streams. */
export function createRandom(seed: number): RandomState {
  let s = seed >>> 0;
  const next = () => {
    s = (s + 0x9e3779b9) >>> 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return { words: [next(), next(), next(), next() | 1], spareNormal: undefined };
}

const rotateLeft = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0;

function nextWord(random: RandomState): number {
  const w = random.words;
  const result = Math.imul(rotateLeft(Math.imul(w[1], 5) >>> 0, 7), 9) >>> 0;
  const t = (w[1] << 9) >>> 0;
  w[2] = (w[2] ^ w[0]) >>> 0;
  w[3] = (w[3] ^ w[1]) >>> 0;
  w[1] = (w[1] ^ w[2]) >>> 0;
  w[0] = (w[0] ^ w[3]) >>> 0;
  w[2] = (w[2] ^ t) >>> 0;
  w[3] = rotateLeft(w[3], 11);
  return result;
}

/** Uniform in [0, 1), 53 bits. */
export function uniform(random: RandomState): number {
  const high = nextWord(random) >>> 5;
  const low = nextWord(random) >>> 6;
  return (high * 67108864 + low) / 9007199254740992;
}

/** Uniform in [from, to). */
export const uniformBetween = (random: RandomState, from: number, to: number) => from + (to - from) * uniform(random);

/** Integer in [0, count). */
export const uniformInteger = (random: RandomState, count: number) => Math.floor(uniform(random) * count);

/** Standard normal (Marsaglia's polar method). */
export function normal(random: RandomState): number {
  const spare = random.spareNormal;
  if (spare !== undefined) {
    random.spareNormal = undefined;
    return spare;
  }
  for (;;) {
    const u = 2 * uniform(random) - 1;
    const v = 2 * uniform(random) - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) {
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      random.spareNormal = v * scale;
      return u * scale;
    }
  }
}

/** Exponential with the given mean. */
export const exponential = (random: RandomState, mean: number) => -mean * Math.log(1 - uniform(random));

/** Poisson with the given mean: by products of uniforms up to 30, and as a sum of halves above. */
export function poisson(random: RandomState, mean: number): number {
  if (!(mean > 0)) return 0;
  if (mean > 30) return poisson(random, mean / 2) + poisson(random, mean / 2);
  const limit = Math.exp(-mean);
  let count = 0;
  let product = uniform(random);
  while (product > limit) {
    count += 1;
    product *= uniform(random);
  }
  return count;
}
