// Packed symmetric 6x6 matrices: 21 numbers, rows of the lower triangle one after another, so element (i, j) with i >= j is
// at i(i+1)/2 + j. A covariance kept this way cannot lose its symmetry, and a track costs 21 instead of 36 numbers.

/** Numbers in a packed symmetric 6x6 matrix. */
export const PACKED_6 = 21;

/** Where element (i, j) of a packed symmetric matrix is. */
export function packedIndex(i: number, j: number): number {
  return i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i;
}

/** Full row-major 6x6 from the packed form at `offset`. */
export function unpackSymmetric6(packed: Float64Array, offset = 0): Float64Array {
  const full = new Float64Array(36);
  for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) full[i * 6 + j] = packed[offset + packedIndex(i, j)]!;
  return full;
}

/** Packs the lower triangle of a full row-major 6x6. */
export function packSymmetric6(full: ArrayLike<number>, packed: Float64Array, offset = 0): void {
  let k = offset;
  for (let i = 0; i < 6; i++) for (let j = 0; j <= i; j++) packed[k++] = full[i * 6 + j]!;
}

/**
 * Cholesky factor L (lower, packed) of the packed symmetric n x n matrix at `a`, in place. Answers the natural logarithm of the
 * determinant, or NaN when the matrix is not positive definite (the caller then refuses the update). Allocates nothing.
 */
export function choleskyPacked(m: Float64Array, a: number, n: number): number {
  let logDeterminant = 0;
  for (let i = 0, rowI = a; i < n; rowI += ++i) {
    for (let j = 0, rowJ = a; j <= i; rowJ += ++j) {
      let sum = m[rowI + j]!;
      for (let k = 0; k < j; k++) sum -= m[rowI + k]! * m[rowJ + k]!;
      if (i === j) {
        if (!(sum > 0)) return Number.NaN;
        m[rowI + i] = Math.sqrt(sum);
        logDeterminant += Math.log(sum);
      } else m[rowI + j] = sum / m[rowJ + j]!;
    }
  }
  return logDeterminant;
}
