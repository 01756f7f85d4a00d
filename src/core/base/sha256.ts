// SHA-256 without Node: the digest of a picture is computed inside the core. FIPS PUB 180-4, sections 4.1.2, 4.2.2, 5 and 6.2.

import { toHex } from "./hex.ts";

/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (section 4.2.2). */
const K = new Uint32Array(64);
/** First 32 bits of the fractional parts of the square roots of the first 8 primes (section 5.3.3). */
const INITIAL = new Uint32Array(8);

// Computed instead of listed: integer roots of prime * 2^(32 n) are exact with bigints, so no constant can be mistyped.
{
  let count = 0;
  for (let candidate = 2; count < 64; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (!prime) continue;
    if (count < 8) INITIAL[count] = Number(BigInt.asUintN(32, integerRoot(BigInt(candidate) << 64n, 2)));
    K[count] = Number(BigInt.asUintN(32, integerRoot(BigInt(candidate) << 96n, 3)));
    count += 1;
  }
}

/** Largest integer whose `degree`-th power is at most `value`, by bisection. */
function integerRoot(value: bigint, degree: 2 | 3): bigint {
  let low = 0n;
  let high = 1n << 64n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const power = degree === 2 ? middle * middle : middle * middle * middle;
    if (power <= value) low = middle;
    else high = middle;
  }
  return low;
}

const W = new Uint32Array(64);

/** SHA-256 of `bytes`, 32 octets. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const H = new Uint32Array(INITIAL);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length - (bytes.length % 64);
  for (let offset = 0; offset < whole; offset += 64) compress(H, view, offset);

  // The rest, a one bit, zeros, and the length in bits as 64-bit big-endian: one or two more blocks.
  const rest = bytes.length - whole;
  const tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[rest] = 0x80;
  const tailView = new DataView(tail.buffer);
  tailView.setUint32(tail.length - 8, Math.floor(bytes.length / 536_870_912));
  tailView.setUint32(tail.length - 4, (bytes.length % 536_870_912) * 8);
  for (let offset = 0; offset < tail.length; offset += 64) compress(H, tailView, offset);

  const digest = new Uint8Array(32);
  const digestView = new DataView(digest.buffer);
  for (let i = 0; i < 8; i++) digestView.setUint32(4 * i, H[i]);
  return digest;
}

/** SHA-256 of `bytes` as 64 lower-case hexadecimal digits. */
export const sha256Hex = (bytes: Uint8Array): string => toHex(sha256(bytes));

/** Section 6.2.2: one block of 64 octets at `offset` into the hash value `H` [8]. */
function compress(H: Uint32Array, block: DataView, offset: number): void {
  for (let t = 0; t < 16; t++) W[t] = block.getUint32(offset + 4 * t);
  for (let t = 16; t < 64; t++) {
    const x = W[t - 15];
    const y = W[t - 2];
    const sigma0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const sigma1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[t] = W[t - 16] + sigma0 + W[t - 7] + sigma1;
  }
  let a = H[0] | 0;
  let b = H[1] | 0;
  let c = H[2] | 0;
  let d = H[3] | 0;
  let e = H[4] | 0;
  let f = H[5] | 0;
  let g = H[6] | 0;
  let h = H[7] | 0;
  for (let t = 0; t < 64; t++) {
    const sum1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const choice = (e & f) ^ (~e & g);
    const t1 = (h + sum1 + choice + K[t] + W[t]) | 0;
    const sum0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const majority = (a & b) ^ (a & c) ^ (b & c);
    const t2 = (sum0 + majority) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  H[0] += a;
  H[1] += b;
  H[2] += c;
  H[3] += d;
  H[4] += e;
  H[5] += f;
  H[6] += g;
  H[7] += h;
}
